/* Filter rules: what hides an entry, and what is refused. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <string.h>

#include "config/filter.h"

static struct filter *f;

static int
setup(void **state)
{
	static struct config none;

	(void)state;
	return filter_new(&f, &none, NULL);
}

static int
teardown(void **state)
{
	(void)state;
	filter_free(f);
	return 0;
}

static const struct filter_text post = {
	.title = "Über Clojure", .text = "A long\n  text about (def x) 42",
	.author = "Ann", .categories = "lisp\nnews",
	.link = "https://a.example/p", .language = "de-AT",
};

#define HIDES(...)	filter_match(f, &(struct filter_rules){ __VA_ARGS__ }, \
			    &post)

static void
include_and_exclude(void **state)
{
	(void)state;
	assert_null(HIDES(.include = "(clojure|Clojure|\\(def |\\(defn-? )"));
	assert_string_equal(HIDES(.include = "Haskell"),
	    "include = Haskell");
	assert_string_equal(HIDES(.exclude_title = "Clojure"),
	    "exclude_title = Clojure");
	assert_null(HIDES(.exclude_title = "lisp"));
	assert_non_null(HIDES(.exclude_category = "^news$\nlisp"));
	assert_non_null(HIDES(.exclude_author = "Ann"));
	assert_non_null(HIDES(.include_link = "^gemini:"));
	assert_null(HIDES(.include_language = "^de"));
}

static void
lines_are_rules(void **state)
{
	(void)state;
	assert_null(HIDES(.include = "Clojure\ntext"));
	assert_string_equal(HIDES(.include = "Clojure\nHaskell"),
	    "include = Haskell");
	assert_string_equal(HIDES(.exclude = "Haskell\ntext about"),
	    "exclude = text about");
}

static void
notation(void **state)
{
	(void)state;
	assert_null(HIDES(.include = "(?i)CLOJURE"));
	assert_non_null(HIDES(.include = "CLOJURE"));
	assert_null(HIDES(.include = "\\b\\d\\d\\b"));
	assert_null(HIDES(.include = "(?:long) text"));
	assert_null(HIDES(.include_title = "^.ber "));
	assert_null(HIDES(.include_title = "(?i)^ÜBER"));
	assert_null(HIDES(.include = "[\\d]{2}"));
}

static void
refused(void **state)
{
	static const char *const bad[] = { "(a", "(a)\\1", "(?=x)", "[a",
		"(a{1,200}){1,200}", "a{2,1}", "a++", "a*+", "a{2}+",
		"(((((((((((a+)+)+)+)+)+)+)+)+)+)+)+", NULL };
	struct error e = { 0 };

	(void)state;
	for (const char *const *p = bad; *p != NULL; p++)
		assert_int_not_equal(filter_check(*p, &e), 0);
	assert_int_equal(filter_check("a{2,20}b", &e), 0);
	assert_int_equal(filter_check("((a+)+b+)+[+]+\\++x+y+z+", &e), 0);
}

static void
unknown_language_passes(void **state)
{
	struct filter_text t = { .title = "x" };
	struct filter_rules r = { .include_language = "en" };

	(void)state;
	assert_null(filter_match(f, &r, &t));
	r.include_author = "Ann";
	assert_non_null(filter_match(f, &r, &t));
}

static void
sifter(void **state)
{
	struct buf in = { 0 }, ex = { 0 }, other = { 0 };

	(void)state;
	assert_true(filter_sifter(span_str("regexp_sifter.py?require=a%7Cb"
	    "&exclude=c+d"), &in, &ex, &other));
	assert_string_equal(buf_cstr(&in), "a|b");
	assert_string_equal(buf_cstr(&ex), "c d");
	assert_false(filter_sifter(span_str("x.py regexp_sifter?require=e"),
	    &in, &ex, &other));
	assert_string_equal(buf_cstr(&in), "a|b\ne");
	assert_string_equal(buf_cstr(&other), "x.py");
	buf_free(&in);
	buf_free(&ex);
	buf_free(&other);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(include_and_exclude),
		cmocka_unit_test(lines_are_rules),
		cmocka_unit_test(notation),
		cmocka_unit_test(refused),
		cmocka_unit_test(unknown_language_passes),
		cmocka_unit_test(sifter),
	};

	return cmocka_run_group_tests(tests, setup, teardown);
}
