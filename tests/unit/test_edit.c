/*
 * Changing one section of a configuration and no other byte.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <string.h>

#include "cmd/edit.h"

static const char file[] =
    "# mine\n"
    "[Planet]\n"
    "name = P\n"
    "\n"
    "# friends\n"
    "[https://a.example/feed]\n"
    "name = Anna\n"
    "# she writes on Sundays\n"
    "filter = one\n"
    "  two\n"
    "\n"
    "# the others\n"
    "[https://b.example/feed]\n"
    "name = Ben";

static struct span
section(int line)
{
	struct span s;

	assert_true(edit_section(span_str(file), line, &s));
	return s;
}

static void
test_section(void **state)
{
	struct span s;

	(void)state;
	s = section(6);
	assert_true(span_starts(s, "[https://a.example/feed]\n"));
	assert_true(span_eqs(span_from(s, s.n - 6), "  two\n"));
	assert_true(span_eqs(section(13),
	    "[https://b.example/feed]\nname = Ben"));
	assert_false(edit_section(span_str(file), 7, &s));
	assert_false(edit_section(span_str(file), 0, &s));
	assert_false(edit_section(span_str(file), 99, &s));
	assert_false(edit_section(span_str(""), 1, &s));
}

static void
test_remove(void **state)
{
	struct buf out = { .max = 0 };

	(void)state;
	edit_remove(&out, span_str(file), section(6));
	assert_string_equal(buf_cstr(&out),
	    "# mine\n[Planet]\nname = P\n\n# friends\n# the others\n"
	    "[https://b.example/feed]\nname = Ben");
	buf_free(&out);
	edit_remove(&out, span_str(file), section(13));
	assert_int_equal(out.n, strlen(file) - strlen(
	    "[https://b.example/feed]\nname = Ben"));
	assert_memory_equal(out.p, file, out.n);
	buf_free(&out);
}

static void
test_set(void **state)
{
	struct buf on = { .max = 0 }, off = { .max = 0 };
	struct span s;

	(void)state;
	edit_set(&on, span_str(file), section(6), "paused", "yes");
	assert_non_null(strstr(buf_cstr(&on),
	    "[https://a.example/feed]\npaused = yes\nname = Anna\n# she"));
	assert_true(edit_section(buf_span(&on), 6, &s));
	edit_set(&off, buf_span(&on), s, "paused", NULL);
	assert_string_equal(buf_cstr(&off), file);
	buf_free(&on);
	buf_free(&off);
	/* a value of several lines goes as a whole */
	edit_set(&on, span_str(file), section(6), "filter", "x");
	assert_null(strstr(buf_cstr(&on), "two"));
	assert_non_null(strstr(buf_cstr(&on), "# she writes on Sundays\n\n"));
	buf_free(&on);
}

static void
test_append(void **state)
{
	struct buf out = { .max = 0 };

	(void)state;
	edit_append(&out, span_str(file), "gemini://c.example/", "Cleo", true);
	assert_memory_equal(out.p, file, strlen(file));
	assert_string_equal(out.p + strlen(file), "\n\n[gemini://c.example/]\n"
	    "name = Cleo\nallow_private = yes\n");
	buf_free(&out);
	/* a name that would mean something else is not written */
	edit_append(&out, span_str(""), "gemini://c.example/",
	    "100 % ; x\n[evil]", false);
	assert_string_equal(buf_cstr(&out), "[gemini://c.example/]\n");
	buf_free(&out);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_section),
		cmocka_unit_test(test_remove),
		cmocka_unit_test(test_set),
		cmocka_unit_test(test_append),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
