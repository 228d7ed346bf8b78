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

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_markdown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
