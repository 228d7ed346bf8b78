/* Markdown to gemtext: it follows the rules for HTML. */
#include "convert_pairs.h"

static void
test_markdown(void **state)
{
	static const struct pair pairs[] = {
		{ "# a\n\nb\nc *d*\n", "# a\n\nb c d\n" },
		{ "---\ntitle: x\n---\nbody\n", "body\n" },
		{ "* a\n  1. b\n* [x] c\n", "* a\n* 1. b\n* [x] c\n" },
		{ "> q\n>\n> r\n", "> q\n>\n> r\n" },
		{ "```sh\nls  -l\n```\n", "```sh\nls  -l\n```\n" },
		{ "[the words](/u \"t\")\n",
		    "=> https://s.example/u the words\n" },
		{ "![pic](i.png)\n", "=> https://s.example/d/i.png Image: pic\n" },
		{ "a ~~b~~ `c` &check; <u>d</u>\n", "a ~~b~~ `c` \u2713 d\n" },
		{ "[x](javascript:y)\n", "x\n" },
		{ "\\# a\n\n\\=> b\n", " # a\n\n => b\n" },
		{ "|k|v|\n|---|---|\n|a|b|\n", "```table\nk | v\n--+--\na | b\n```\n" },
	};

	(void)state;
	check_pairs(GEMTEXT_MARKDOWN, false, 0, PAIRS(pairs));
}

/* HTML in Markdown: its elements may go on over other events. */
static void
test_html_in_markdown(void **state)
{
	static const struct pair pairs[] = {
		{ "a <b>b\n\nc\n", "a b\n\nc\n" },
		{ "<div>\n\n*a*\n\n</div>\n\nb\n", "a\n\nb\n" },
		{ "1. x <br> y\n\n<ul><li>z</ul>\n", "1. x y\n\n* z\n" },
		{ "a <script>b *c*</script> d\n", "a d\n" },
		{ "a <!-- *b* --> c <a href='/u'>see</a> many more words\n",
		    "a c see many more words\n=> https://s.example/u see\n" },
		{ "<p>\n<img src=i.png alt=x>\n</p>\n\ny\n",
		    "=> https://s.example/d/i.png Image: x\n\ny\n" },
	};

	(void)state;
	check_pairs(GEMTEXT_MARKDOWN, false, 0, PAIRS(pairs));
}

/* Heads of tables may be empty and short of dashes; code is left alone. */
static void
test_short_tables(void **state)
{
	static const struct pair pairs[] = {
		{ "| | |\n|-|-|\n|a|b|\n|c|d|\n",
		    "```table\na | b\nc | d\n```\n" },
		{ "|k|v|\n|:-|-:|\n|a|b|\n",
		    "```table\nk | v\n--+--\na | b\n```\n" },
		{ "```\n|k|v|\n|-|-|\n```\n",
		    "```\n|k|v|\n|-|-|\n```\n" },
		{ "    |k|v|\n    |-|-|\n", "```\n|k|v|\n|-|-|\n```\n" },
		{ "a | b\n- | c\n", "a | b\n\n* | c\n" },
	};

	(void)state;
	check_pairs(GEMTEXT_MARKDOWN, false, 0, PAIRS(pairs));
}

static void
test_plain(void **state)
{
	static const struct pair pairs[] = {
		{ "a\nb\n\n\n c\n", "a b\n\nc\n" },
		{ "see:\n\n    x = 1\n\n\ty = 2\n\nafter\n",
		    "see:\n\n```\n    x = 1\n\n\ty = 2\n```\n\nafter\n" },
		{ "take:\n- one\n  more\n- two\n1. three\n",
		    "take:\n- one more\n- two\n1. three\n" },
		{ "* a\n* b\n=> c\n", " * a\n * b => c\n" },
		{ "    code\nnot\n", "code not\n" },
	};

	(void)state;
	check_pairs(GEMTEXT_PLAIN, false, 0, PAIRS(pairs));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_markdown),
		cmocka_unit_test(test_html_in_markdown),
		cmocka_unit_test(test_short_tables),
		cmocka_unit_test(test_plain),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
