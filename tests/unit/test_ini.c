/* The lexer: what Python's ConfigParser accepts, and what it does not. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <stdio.h>
#include <string.h>

#include "config/ini.h"

struct told {
	int	n, line;
	enum ini_trouble kind;
};

static void
on_trouble(enum ini_trouble kind, int line, const char *what, void *arg)
{
	struct told *t = arg;

	(void)what;
	t->n++;
	t->line = line;
	t->kind = kind;
}

static struct told
parse(struct ini *ini, const char *text)
{
	struct told t = { 0 };

	*ini = (struct ini){ 0 };
	assert_int_equal(ini_parse(ini, span_str(text), on_trouble, &t,
	    NULL), 0);
	return t;
}

/* The expanded value of a key, to be compared; static. */
static const char *
value(const struct ini *ini, const char *section, const char *key)
{
	static struct buf out;
	const struct ini_section *s = ini_section(ini, section);
	const struct ini_item *it = ini_get(ini, s, key);

	buf_clear(&out);
	if (it == NULL)
		return NULL;
	return ini_value(&out, ini, s, it, NULL) == 0 ? buf_cstr(&out) :
	    "(error)";
}

static void
separators_comments_case(void **state)
{
	struct ini ini;
	struct told t;

	(void)state;
	t = parse(&ini, "\xef\xbb\xbf# c\r\n; c\r\n[S] trailing\r\nA = 1\r\n"
	    "b: two = 2\r\nREM nothing\r\nC=x ; comment\r\nd = a;b\r\n"
	    "url = http://x/?a=b:c\r\ne = \"\"\r\n");
	assert_int_equal(t.n, 0);
	assert_string_equal(value(&ini, "S", "a"), "1");
	assert_string_equal(value(&ini, "S", "b"), "two = 2");
	assert_string_equal(value(&ini, "S", "c"), "x");
	assert_string_equal(value(&ini, "S", "d"), "a;b");
	assert_string_equal(value(&ini, "S", "url"), "http://x/?a=b:c");
	assert_string_equal(value(&ini, "S", "e"), "");
	assert_null(value(&ini, "s", "a"));
	ini_free(&ini);
}

static void
continuation_by_indentation(void **state)
{
	struct ini ini;

	(void)state;
	parse(&ini, "[S]\nlist:\n#  skipped\n  one\n\n  two ; c\nnext = 3\n"
	    "[P]\n  title = T\n  feed = F\n    more\n");
	assert_string_equal(value(&ini, "S", "list"), "one\ntwo");
	assert_string_equal(value(&ini, "S", "next"), "3");
	assert_string_equal(value(&ini, "P", "title"), "T");
	assert_string_equal(value(&ini, "P", "feed"), "F\nmore");
	ini_free(&ini);
}

static void
section_names(void **state)
{
	char text[5000] = "[http://x/?", *end = text + strlen(text);
	struct ini ini;

	(void)state;
	memset(end, 'a', 3000);
	strcpy(end + 3000, "]\nname = long\n[http://[::1]:8080/f]\n"
	    "name = six\n[http://y/]junk\nname = junk\n");
	parse(&ini, text);
	assert_int_equal(ini.nsections, 4);
	assert_int_equal(strlen(ini.sections[1].name), 3010);
	assert_string_equal(ini.sections[2].name, "http://[::1]:8080/f");
	assert_string_equal(ini.sections[3].name, "http://y/");
	ini_free(&ini);
}

static void
interpolation(void **state)
{
	struct ini ini;

	(void)state;
	parse(&ini, "[DEFAULT]\nhome = /h\nwho = nobody\n[S]\nwho = me\n"
	    "p = %(home)s/%(WHO)s at 100%%\nraw = 100%% %d %b\n"
	    "loop = %(loop)s\nbad = %(none)s\nodd = %(home) %\n"
	    "lit = %%(home)s\n");
	assert_string_equal(value(&ini, "S", "p"), "/h/me at 100%");
	assert_string_equal(value(&ini, "S", "raw"), "100%% %d %b");
	assert_string_equal(value(&ini, "S", "loop"), "(error)");
	assert_string_equal(value(&ini, "S", "bad"), "(error)");
	assert_string_equal(value(&ini, "S", "odd"), "%(home) %");
	assert_string_equal(value(&ini, "S", "lit"), "%(home)s");
	ini_free(&ini);
}

/* Ten levels of ten references each would be 10^10 copies. */
static void
interpolation_is_bounded(void **state)
{
	struct buf text = { 0 };
	struct ini ini;

	(void)state;
	buf_puts(&text, "[S]\nk0 = xxxxxxxxxx\n");
	for (int i = 1; i < 10; i++) {
		buf_putf(&text, "k%d = ", i);
		for (int k = 0; k < 10; k++)
			buf_putf(&text, "%%(k%d)s", i - 1);
		buf_putc(&text, '\n');
	}
	parse(&ini, buf_cstr(&text));
	assert_string_equal(value(&ini, "S", "k9"), "(error)");
	assert_int_equal(strlen(value(&ini, "S", "k3")), 10000);
	ini_free(&ini);
	buf_free(&text);
}

static void
repeated(void **state)
{
	struct ini ini;
	struct told t;

	(void)state;
	t = parse(&ini, "[a]\nk = 1\nK = 2\nl = 1\n[b]\n[a]\nl = 3\nm = 4\n");
	assert_int_equal(t.n, 1);
	assert_int_equal(t.kind, INI_REPEATED_KEY);
	assert_int_equal(t.line, 3);
	assert_string_equal(value(&ini, "a", "k"), "2");
	assert_true(ini.sections[3].repeated);
	assert_int_equal(ini.sections[3].first, 1);
	ini_merge(&ini);
	assert_string_equal(value(&ini, "a", "l"), "3");
	assert_string_equal(value(&ini, "a", "m"), "4");
	ini_free(&ini);
}

static void
other_encodings(void **state)
{
	static const char utf16[] = "\xff\xfe[\0S\0]\0\n\0k\0=\0\xe9\0\n";
	struct ini ini;
	struct told t;

	(void)state;
	t = parse(&ini, "[S]\nname = Caf\xe9 \x93x\x94\nok = Z\xc3\xbc\n");
	assert_int_equal(t.kind, INI_ENCODING);
	assert_int_equal(t.line, 2);
	assert_string_equal(value(&ini, "S", "name"),
	    "Caf\u00e9 \u201cx\u201d");
	assert_string_equal(value(&ini, "S", "ok"), "Z\u00fc");
	ini_free(&ini);
	assert_int_equal(ini_parse(&ini, span_of(utf16, sizeof(utf16)), NULL,
	    NULL, NULL), 0);
	assert_string_equal(value(&ini, "S", "k"), "\u00e9");
	ini_free(&ini);
	assert_int_equal(ini_parse(&ini, span_of("[a]\0", 4), NULL, NULL,
	    NULL), E_SYNTAX);
	ini_free(&ini);
}

static void
damage_is_told_by_line(void **state)
{
	struct ini ini;
	struct told t;

	(void)state;
	t = parse(&ini, "[S]\nk = 1\n[unclosed\n= 2\n");
	assert_int_equal(t.n, 2);
	assert_int_equal(t.line, 4);
	assert_string_equal(value(&ini, "S", "k"), "1");
	ini_free(&ini);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(separators_comments_case),
		cmocka_unit_test(continuation_by_indentation),
		cmocka_unit_test(section_names),
		cmocka_unit_test(interpolation),
		cmocka_unit_test(interpolation_is_bounded),
		cmocka_unit_test(repeated),
		cmocka_unit_test(other_encodings),
		cmocka_unit_test(damage_is_told_by_line),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
