#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/utf8.h"
#include "publish/gophermenu.h"

/* Rules 16, 18, 20, 21, 24: every line strictly, the dot last. */
static void
check_menu(struct span menu)
{
	struct span line;
	size_t lines = 0;

	assert_true(menu.n >= 3);
	assert_memory_equal(menu.p + menu.n - 3, ".\r\n", 3);
	menu.n -= 3;
	while (menu.n > 0) {
		struct span display;
		const char *tab;
		size_t tabs = 0;

		assert_true(span_line(&menu, &line));
		assert_memory_equal(line.p + line.n, "\r\n", 2);
		for (size_t i = 0; i < line.n; i++) {
			tabs += line.p[i] == '\t';
			assert_true((unsigned char)line.p[i] >= ' ' ||
			    line.p[i] == '\t');
		}
		assert_int_equal(tabs, 3);
		assert_non_null(strchr("01379gIphs;dxi", line.p[0]));
		tab = memchr(line.p, '\t', line.n);
		display = span_of(line.p + 1, (size_t)(tab - line.p) - 1);
		assert_true(utf8_valid(display));
		assert_true(utf8_columns(display) <= GOPHERMENU_COLUMNS);
		lines++;
	}
	assert_true(lines > 0);
}

static void
test_hostile(void **state)
{
	static const char *const texts[] = {
		"a\tb\r\n.\r\n1evil\t/x\tevil.example\t70", "", "\x1b[2J\xff\xfe",
		"日本語の長い題名が幅を超えて続いていくときでも途中で切られて読める形で残らなければならない",
		"🚀🚀🚀🚀🚀🚀🚀🚀🚀🚀🚀🚀🚀🚀🚀🚀🚀🚀🚀🚀🚀🚀🚀🚀🚀🚀🚀🚀🚀🚀🚀🚀🚀🚀🚀🚀🚀",
		"averyveryveryveryveryveryveryveryveryveryveryveryveryverylongword"
		"withoutanyblankinit",
	};
	struct buf b = { 0 };

	(void)state;
	for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
		struct gophermenu m = { .out = &b, .host = "hole.example",
		    .port = 70 };
		struct span s = span_str(texts[i]);

		buf_clear(&b);
		gophermenu_info(&m, s);
		gophermenu_item(&m, '0', s, texts[i], true);
		gophermenu_link(&m, s, s);
		gophermenu_link(&m, span_str("gopher://a.example/0a%09b"), s);
		gophermenu_link(&m, span_str("https://a.example/\t\r\nx"), s);
		gophermenu_end(&m);
		check_menu(buf_span(&b));
	}
	buf_free(&b);
}

static void
test_lines(void **state)
{
	struct buf b = { 0 };
	struct gophermenu m = { .out = &b, .host = "hole.example",
	    .port = 7070 };

	(void)state;
	gophermenu_info(&m, span_str(""));
	gophermenu_item(&m, '1', span_str("About"), "/about/", false);
	gophermenu_link(&m, span_str("gopher://far.example/1/phlog"),
	    span_str("A phlog"));
	gophermenu_link(&m, span_str("gemini://hole.example/"),
	    span_str("Twin"));
	gophermenu_link(&m, span_str("javascript:alert(1)"), span_str("Bad"));
	gophermenu_end(&m);
	assert_string_equal(buf_cstr(&b), "i\t\tnull.host\t1\r\n"
	    "1About\t/about/\thole.example\t7070\r\n"
	    "1A phlog\t/phlog\tfar.example\t70\r\n"
	    "hTwin\tURL:gemini://hole.example/\thole.example\t7070\r\n"
	    "iBad\t\tnull.host\t1\r\n.\r\n");
	buf_free(&b);
}

/* What goes on beyond the lines it may have says so once. */
static void
test_cut(void **state)
{
	const char *full = "冬の朝、港に着くと海は静かで、空は澄んでいた。桟橋を歩いて";
	struct buf b = { 0 }, text = { 0 };
	struct gophermenu m = { .out = &b, .host = "h.example", .port = 70 };

	(void)state;
	/* the first line is cut, or has room for the sign */
	for (int i = 0; i < 2; i++) {
		buf_clear(&text);
		buf_puts(&text, i == 0 ? "" : "x ");
		buf_puts(&text, full);
		buf_puts(&text, full);
		buf_clear(&b);
		gophermenu_info_indented(&m, buf_span(&text), 2, 1);
		assert_non_null(strstr(buf_cstr(&b), "…\t"));
		assert_null(strstr(buf_cstr(&b), "… …"));
	}
	buf_free(&text);
	buf_clear(&b);
	gophermenu_info_indented(&m, span_str("one two"), 60, 1);
	assert_string_equal(buf_cstr(&b), "i" "          " "          "
	    "          " "          " "          " "          "
	    "one two\t\tnull.host\t1\r\n");
	buf_clear(&b);
	gophermenu_info_indented(&m, span_str("one two x"), 60, 1);
	assert_string_equal(buf_cstr(&b), "i" "          " "          "
	    "          " "          " "          " "          "
	    "one …\t\tnull.host\t1\r\n");
	buf_free(&b);
}

static void
test_empty(void **state)	/* rule 20 */
{
	struct buf b = { 0 };
	struct gophermenu m = { .out = &b, .host = "h", .port = 70 };

	(void)state;
	gophermenu_end(&m);
	check_menu(buf_span(&b));
	buf_free(&b);
}

static void
test_text(void **state)		/* rules 30 to 35 */
{
	struct buf b = { 0 };

	(void)state;
	gophertext_put(&b, span_str(".\n..\n.NET\na\tb  \n\x1b[1mred\n"));
	assert_string_equal(buf_cstr(&b),
	    " .\r\n ..\r\n .NET\r\na       b\r\n[1mred\r\n");
	buf_free(&b);
}

static void
test_ascii(void **state)	/* rule 34 */
{
	struct buf b = { 0 };

	(void)state;
	gophertext_ascii(&b, span_str("“Süß” — café… ấ 日"));
	assert_string_equal(buf_cstr(&b), "\"Suss\" -- cafe... a ?");
	buf_clear(&b);
	gophermenu_ascii(&b, span_str("0ü\t/a.txt\th\t70\r\n"
	    "0Atom\t/atom.xml\th\t70\r\n1x\t/p\tother\t70\r\n"
	    "1ASCII\t/ascii\th\t70\r\n.\r\n"),
	    "h", 70, "/ascii");
	assert_string_equal(buf_cstr(&b), "0u\t/ascii/a.txt\th\t70\r\n"
	    "0Atom\t/atom.xml\th\t70\r\n1x\t/p\tother\t70\r\n"
	    "1ASCII\t/ascii\th\t70\r\n.\r\n");
	buf_free(&b);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_hostile), cmocka_unit_test(test_lines),
		cmocka_unit_test(test_cut),
		cmocka_unit_test(test_empty), cmocka_unit_test(test_text),
		cmocka_unit_test(test_ascii),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
