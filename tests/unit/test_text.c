/* Wrapped text for Gopher. */
#include "convert_pairs.h"

static void
test_text(void **state)
{
	static const struct pair pairs[] = {
		{ "<p>one two three four five", "one two three\nfour five\n" },
		{ "<h1>Top</h1><h2>Sub</h2>x", "Top\n===\n\nSub\n---\n\nx\n" },
		{ "<ul><li>one two three four<ul><li>in</ul></ul>",
		    "* one two three\n  four\n  * in\n" },
		{ "<blockquote>one two three four</blockquote>",
		    "> one two three\n> four\n" },
		{ "<pre>a\tb and a long line</pre>",
		    "a       b and a long line\n" },
		{ "<p>a <a href=/l>link</a>",
		    "a link[1]\n\nLinks:\n[1] https://s.example/l\n" },
		{ "<p># x</p>", "# x\n" },
	};

	(void)state;
	check_pairs(GEMTEXT_HTML, true, 16, PAIRS(pairs));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_text),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
