/* Reading gemtext by lines, and writing single safe lines. */
#include "convert_pairs.h"

static void
test_lines(void **state)
{
	static const struct {
		enum gemtext_kind kind;
		const char	*text, *url;
	} want[] = {
		{ GEMTEXT_HEADING1, "h", "" }, { GEMTEXT_HEADING3, "#i", "" },
		{ GEMTEXT_LINK, "a b", "/x" }, { GEMTEXT_LINK, "", "/y" },
		{ GEMTEXT_ITEM, "it", "" }, { GEMTEXT_TEXT, "*it", "" },
		{ GEMTEXT_QUOTE, "q", "" }, { GEMTEXT_TOGGLE, "alt", "" },
		{ GEMTEXT_PRE, "=> no", "" }, { GEMTEXT_TOGGLE, "", "" },
		{ GEMTEXT_TEXT, "end", "" } };
	struct gemtext_reader r = { .rest = span_str("# h\n####i\n"
	    "=>\t/x  a b\r\n=> /y\n* it\n*it\n>q\n```alt\n=> no\n```\nend") };
	struct gemtext_line l;

	(void)state;
	for (size_t i = 0; i < sizeof(want) / sizeof(want[0]); i++) {
		assert_true(gemtext_next(&r, &l));
		assert_int_equal(l.kind, want[i].kind);
		assert_true(span_eqs(l.text, want[i].text));
		assert_true(span_eqs(l.url, want[i].url));
	}
	assert_false(gemtext_next(&r, &l));
}

static void
test_put(void **state)
{
	struct buf out = { 0 };

	(void)state;
	gemtext_put_text(&out, span_str("=> x\ny"));
	gemtext_put_text(&out, span_str("plain"));
	gemtext_put_link(&out, span_str("/a b"), span_str("l\n# m"));
	assert_string_equal(buf_cstr(&out),
	    " => x y\nplain\n=> /a%20b l # m\n");
	buf_clear(&out);
	gemtext_line(&out, GEMTEXT_HTML, span_str("<b>A</b> &amp;\n B"));
	assert_string_equal(buf_cstr(&out), "A & B");
	buf_free(&out);
}

static void
test_prose(void **state)
{
	struct buf out = { 0 };

	(void)state;
	gemtext_prose(&out, span_str("# The boat\n\n=> gemini://x/ Its yard\n"
	    "=> https://y.example/z\n* oars \n> sail on\n```chart\n# a\n"
	    "  => b\n```\n=>\nEnd #1 => 2.\r\n"));
	assert_string_equal(buf_cstr(&out), "The boat\nIts yard\n"
	    "https://y.example/z\noars\nsail on\nchart\n# a => b\n"
	    "End #1 => 2.");
	buf_clear(&out);
	gemtext_prose(&out, span_str("\n\n"));
	assert_int_equal(out.n, 0);
	buf_free(&out);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_lines),
		cmocka_unit_test(test_put),
		cmocka_unit_test(test_prose),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
