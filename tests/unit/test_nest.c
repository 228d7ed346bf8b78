/*
 * Markup that goes straight to the builder gives what it gives through
 * the HTML parser: over documents of random tags, well-formed or nearly.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include <cmocka.h>

#include "gemtext/build.h"
#include "gemtext/doc.h"
#include "gemtext/gemtext.h"

#define DIRECT	5000	/* documents that went round the parser */

static const char *const names[] = { "a", "abbr", "address", "article",
	"aside", "audio", "b", "big", "blockquote", "br", "button", "caption",
	"center", "code", "dd", "del", "details", "div", "dl", "dt", "em",
	"figcaption", "figure", "font", "form", "h1", "h2", "h3", "h4", "hr",
	"i", "iframe", "img", "input", "ins", "kbd", "li", "math", "menu",
	"noscript", "object", "ol", "option", "p", "pre", "q", "rt", "ruby",
	"s", "script", "section", "select", "small", "span", "strong",
	"style", "sub", "summary", "sup", "svg", "table", "tbody", "td",
	"template", "textarea", "th", "thead", "title", "tr", "u", "ul",
	"video", "wbr", "xmp", "unknown" };

#define NAMES	(sizeof(names) / sizeof(names[0]))

static uint32_t seed;

static uint32_t
pick(uint32_t n)
{
	seed = seed * 1664525u + 1013904223u;
	return (seed >> 8) % n;
}

static void
put_words(struct buf *out)
{
	static const char *const words[] = { "x", " two words ", "\n", "&amp;",
		"<!-- c -->", " ", "&#32;", "long enough to be a line of text",
		"]]>", "\u00e9", "# no" };

	buf_puts(out, words[pick(sizeof(words) / sizeof(words[0]))]);
}

static void
put_attributes(struct buf *out, const char *name)
{
	if (strcmp(name, "a") == 0)
		buf_putf(out, " href=/%u", pick(4));
	else if (strcmp(name, "img") == 0)
		buf_putf(out, " src=\"/%u.png\" alt='p'", pick(4));
	else if (pick(12) == 0)
		buf_puts(out, pick(2) != 0 ? " hidden" : " class='x'");
}

/* Open some, close them in order; now and then leave one out or err. */
static void
make(struct buf *out)
{
	const char *open[64];
	size_t n = 0;

	for (uint32_t i = pick(24) + 1; i > 0; i--) {
		uint32_t what = pick(10);

		if (what < 4 && n < 64) {
			open[n] = names[pick(NAMES)];
			buf_putf(out, "<%s", open[n]);
			put_attributes(out, open[n]);
			buf_puts(out, pick(20) == 0 ? "/>" : ">");
			n++;
		} else if (what < 7 && n > 0) {
			n--;
			if (pick(6) != 0)
				buf_putf(out, "</%s>", open[n]);
		} else if (what == 9 && pick(8) == 0)
			buf_putf(out, "</%s>", names[pick(NAMES)]);
		else
			put_words(out);
	}
}

static bool
one_way(struct buf *out, struct span in, bool direct)
{
	struct gemtext_options o = { .base = "https://a.example/b/c" };
	struct build *b;
	struct doc d;
	bool taken;

	doc_begin(&d);
	b = build_new(&d, &o);
	taken = html_parse(b, in, direct);
	build_finish(b);
	writer_gemtext(out, &d, &o);
	writer_text(out, &d, &o);
	doc_end(&d);
	return taken;
}

static void
test_both_ways(void **state)
{
	unsigned direct_ones = 0;

	(void)state;
	for (seed = 1; direct_ones < DIRECT; ) {
		struct buf in = { 0 }, direct = { 0 }, parsed = { 0 };

		make(&in);
		if (one_way(&direct, buf_span(&in), true)) {
			direct_ones++;
			assert_true(one_way(&parsed, buf_span(&in), false));
			if (strcmp(buf_cstr(&direct), buf_cstr(&parsed)) != 0)
				print_error("of: %s\n", buf_cstr(&in));
			assert_string_equal(buf_cstr(&direct),
			    buf_cstr(&parsed));
		}
		buf_free(&in);
		buf_free(&direct);
		buf_free(&parsed);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_both_ways),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
