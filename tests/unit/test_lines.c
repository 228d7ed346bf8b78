/*
 * What every output is, whatever the input: the lines that were asked for
 * and no others, clean, and the same when read and written again.
 */
#include "convert_pairs.h"

#include "base/uri.h"
#include "base/utf8.h"

#define ROUNDS	4000

static uint32_t seed;

static uint32_t
pick(uint32_t n)
{
	seed = seed * 1664525u + 1013904223u;
	return (seed >> 8) % n;
}

/* Words of strangers that would like to be more than words. */
static const char *const forged[] = { "=> gemini://evil.example/ x",
	"# head", "### head", "* item", "> quote", "```", "```sh", "=>x",
	"\u200b# hidden", "\u00ad=> /hidden", "a\n=> /second line",
	"a\r\n# second line", "\x01=> /y", "\xff```", "&#10;=> /z", "&#35; h",
	"\u2028# separated", "&nbsp;* b", "  > c", "plain words",
	"\u202e=> turned" };

#define NFORGED	(sizeof(forged) / sizeof(forged[0]))

static void
count(struct span gmi, size_t n[GEMTEXT_PRE + 1])
{
	struct gemtext_reader r = { .rest = gmi };
	struct gemtext_line l;

	memset(n, 0, (GEMTEXT_PRE + 1) * sizeof(*n));
	while (gemtext_next(&r, &l))
		n[l.kind]++;
	assert_false(r.pre);
}

static void
put_numbered(struct buf *out, const char *s, int n)
{
	const char *at = strstr(s, "%d");

	if (at == NULL) {
		buf_puts(out, s);
		return;
	}
	buf_put(out, s, (size_t)(at - s));
	buf_putf(out, "%d%s", n, at + 2);
}

/*
 * F26: documents made of blocks of known kinds, with forged lines as their
 * words.  As many lines of each kind come out as blocks went in.
 */
static void
test_f26_no_line_is_forged(void **state)
{
	static const struct {
		const char		*open, *close;
		enum gemtext_kind	 kind;
	} blocks[] = {	/* %d: another one each time */
		{ "<p>", "</p>", GEMTEXT_TEXT },
		{ "<div>", "</div>", GEMTEXT_TEXT },
		{ "<h1>", "</h1>", GEMTEXT_HEADING1 },
		{ "<h2>", "</h2>", GEMTEXT_HEADING2 },
		{ "<h3>", "</h3>", GEMTEXT_HEADING3 },
		{ "<h6>", "</h6>", GEMTEXT_HEADING3 },
		{ "<ul><li>", "</li></ul>", GEMTEXT_ITEM },
		{ "<blockquote>", "</blockquote>", GEMTEXT_QUOTE },
		{ "<p><a href='/u%d'>", "</a></p>", GEMTEXT_LINK },
		{ "<img src=i%d alt=\"", "\">", GEMTEXT_LINK },
	};

	(void)state;
	seed = 26;
	for (int i = 0; i < ROUNDS; i++) {
		size_t asked[GEMTEXT_PRE + 1] = { 0 }, got[GEMTEXT_PRE + 1];
		struct buf in = { 0 }, out = { 0 };

		for (uint32_t k = pick(6) + 1; k > 0; k--) {
			uint32_t b = pick(sizeof(blocks) / sizeof(blocks[0]));

			/* A word makes sure that the block is none without. */
			put_numbered(&in, blocks[b].open, (int)k);
			buf_puts(&in, forged[pick(NFORGED)]);
			buf_puts(&in, " w");
			buf_puts(&in, blocks[b].close);
			buf_puts(&in, "<p>between</p>");
			asked[blocks[b].kind]++;
			asked[GEMTEXT_TEXT]++;
		}
		assert_int_equal(gemtext_convert(&out, NULL, GEMTEXT_HTML,
		    buf_span(&in), &(struct gemtext_options){ .base =
		    "https://s.example/d/p" }, NULL), 0);
		count(buf_span(&out), got);
		/* Text lines and the blank ones between blocks: two blocks
		 * stand apart by one. */
		for (enum gemtext_kind k = GEMTEXT_LINK; k <= GEMTEXT_PRE; k++)
			if (got[k] != asked[k])
				print_error("kind %d of: %s\nin: %s\n", (int)k,
				    buf_cstr(&out), buf_cstr(&in));
		for (enum gemtext_kind k = GEMTEXT_LINK; k <= GEMTEXT_PRE; k++)
			assert_int_equal(got[k], asked[k]);
		buf_free(&in);
		buf_free(&out);
	}
}

/* F26 in code: a fence inside is none, and nothing leaves the code. */
static void
test_f26_code_keeps_its_fence(void **state)
{
	(void)state;
	seed = 27;
	for (int i = 0; i < ROUNDS; i++) {
		size_t got[GEMTEXT_PRE + 1];
		struct buf in = { 0 }, out = { 0 };

		buf_puts(&in, "<pre>x\n");
		for (uint32_t k = pick(6) + 1; k > 0; k--)
			buf_putf(&in, "%s\n", forged[pick(NFORGED)]);
		buf_puts(&in, "y</pre>");
		assert_int_equal(gemtext_convert(&out, NULL, GEMTEXT_HTML,
		    buf_span(&in), NULL, NULL), 0);
		count(buf_span(&out), got);
		assert_int_equal(got[GEMTEXT_TOGGLE], 2);
		for (enum gemtext_kind k = GEMTEXT_TEXT; k < GEMTEXT_TOGGLE;
		    k++)
			assert_int_equal(got[k], 0);
		buf_free(&in);
		buf_free(&out);
	}
}

/* F28: links that are not links become their words. */
static void
test_f28_links_that_are_not(void **state)
{
	static const char *const refs[] = { "javascript:alert(1)",
		"JaVaScRiPt:alert(1)", " javascript:x", "java&#10;script:x",
		"java&#9;script:x", "&#1;javascript:x", "&#x6a;avascript:x",
		"javascript&colon;x", "data:text/html,x", "vbscript:x",
		"file:///etc/passwd", "about:blank", "blob:x", "ws://x/",
		"http://", "http://a b/", "https://ex^ample/", "http:///",
		"http://[x]/", "https://x:99999/", "//", "view-source:http://x/",
		"http://%00/", "http://\x01/" };

	(void)state;
	for (size_t i = 0; i < sizeof(refs) / sizeof(refs[0]); i++)
		for (int md = 0; md < 2; md++) {
			struct buf in = { 0 }, out = { 0 };
			size_t got[GEMTEXT_PRE + 1];

			buf_putf(&in, "<p>some <a href=\"%s\">words</a> and "
			    "<img src=\"%s\" alt=pic></p>", refs[i], refs[i]);
			assert_int_equal(gemtext_convert(&out, NULL, md ?
			    GEMTEXT_MARKDOWN : GEMTEXT_HTML, buf_span(&in),
			    NULL, NULL), 0);
			count(buf_span(&out), got);
			if (got[GEMTEXT_LINK] != 0)
				print_error("of: %s\n", refs[i]);
			assert_int_equal(got[GEMTEXT_LINK], 0);
			assert_string_equal(buf_cstr(&out),
			    "some words and [Image: pic]\n");
			buf_free(&in);
			buf_free(&out);
		}
}

/* F28: what is left of a hostile address is one URI and nothing else. */
static void
test_f28_addresses_are_one_word(void **state)
{
	static const struct pair pairs[] = {
		{ "<a href='https://x.example/ a\tb'>Some words</a>",
		    "=> https://x.example/%20ab Some words\n" },
		{ "<a href='https://x.example/&#10;=&gt; gemini://e/'>W w</a>",
		    "=> https://x.example/=%3E%20gemini://e/ W w\n" },
		{ "<a href='https:\\\\x.example\\a'>W w</a>",
		    "=> https://x.example/a W w\n" },
		{ "<a href='https://x.example/?q=\"<>`{}'>W w</a>",
		    "=> https://x.example/?q=%22%3C%3E%60%7B%7D W w\n" },
		{ "<a href='https://x.example/\xe2\x80\xae'>W w</a>",
		    "=> https://x.example/%E2%80%AE W w\n" },
	};
	struct buf in = { 0 }, out = { 0 };

	(void)state;
	check_pairs(GEMTEXT_HTML, false, 0, PAIRS(pairs));
	/* Ten thousand bytes are no link; a gemini request has a limit. */
	for (int i = 0; i < 2; i++) {
		buf_clear(&in);
		buf_clear(&out);
		buf_putf(&in, "<a href='%s://x.example/", i == 0 ? "https" :
		    "gemini");
		for (int k = 0; k < (i == 0 ? 10000 : 1024); k++)
			buf_putc(&in, 'a');
		buf_puts(&in, "'>Words</a>");
		assert_int_equal(gemtext_convert(&out, NULL, GEMTEXT_HTML,
		    buf_span(&in), NULL, NULL), 0);
		assert_string_equal(buf_cstr(&out), "Words\n");
	}
	buf_free(&in);
	buf_free(&out);
}

/* Parameters that say where a reader came from go; no others do. */
static void
test_tracking(void **state)
{
	static const struct pair pairs[] = {
		{ "<a href='/a?utm_source=x&amp;utm_medium=y'>W w</a>",
		    "=> https://s.example/a W w\n" },
		{ "<a href='/a?b=1&amp;utm_source=x&amp;c=2#d'>W w</a>",
		    "=> https://s.example/a?b=1&c=2#d W w\n" },
		{ "<a href='/a?fbclid=x#d'>W w</a>",
		    "=> https://s.example/a#d W w\n" },
		{ "<a href='/a?utm&amp;xutm_source=1&amp;utm_=2&amp;'>W w</a>",
		    "=> https://s.example/a?utm&xutm_source=1 W w\n" },
		{ "<a href='/a?&amp;b='>W w</a>",
		    "=> https://s.example/a?&b= W w\n" },
		{ "<a href='/utm_source=x'>W w</a>",
		    "=> https://s.example/utm_source=x W w\n" },
	};

	(void)state;
	check_pairs(GEMTEXT_HTML, false, 0, PAIRS(pairs));
}

/* Write again what was read of a line. */
static void
write_line(struct buf *out, const struct gemtext_line *l)
{
	static const char *const marks[] = { [GEMTEXT_TEXT] = "",
		[GEMTEXT_LINK] = "=> ", [GEMTEXT_HEADING1] = "# ",
		[GEMTEXT_HEADING2] = "## ", [GEMTEXT_HEADING3] = "### ",
		[GEMTEXT_ITEM] = "* ", [GEMTEXT_QUOTE] = "> ",
		[GEMTEXT_TOGGLE] = "```", [GEMTEXT_PRE] = "" };

	buf_puts(out, l->kind == GEMTEXT_QUOTE && l->text.n == 0 ? ">" :
	    marks[l->kind]);
	if (l->kind == GEMTEXT_LINK) {
		buf_put_span(out, l->url);
		if (l->text.n > 0)
			buf_putc(out, ' ');
	}
	buf_put_span(out, l->text);
	buf_putc(out, '\n');
}

/* What is read by the rules of gemtext and written again is the same. */
static void
test_round_trip(void **state)
{
	static const char *const tags[] = { "p", "h1", "h4", "ul", "ol", "li",
		"blockquote", "pre", "table", "tr", "td", "a href=/x", "b",
		"code", "br", "hr", "img src=/i alt=q", "sup", "dl", "dt", "dd",
		"del", "figure", "figcaption", "q" };

	(void)state;
	seed = 28;
	for (int i = 0; i < ROUNDS; i++) {
		struct buf in = { 0 }, out = { 0 }, again = { 0 };
		struct gemtext_reader r;
		struct gemtext_line l;

		for (uint32_t k = pick(20) + 1; k > 0; k--) {
			const char *t = tags[pick(sizeof(tags) /
			    sizeof(tags[0]))];

			if (pick(2) != 0)
				buf_putf(&in, "<%s>", t);
			else
				buf_putf(&in, "</%.*s>", (int)strcspn(t, " "),
				    t);
			buf_puts(&in, forged[pick(NFORGED)]);
		}
		assert_int_equal(gemtext_convert(&out, NULL, GEMTEXT_HTML,
		    buf_span(&in), &(struct gemtext_options){ .base =
		    "https://s.example/d/p" }, NULL), 0);
		r = (struct gemtext_reader){ .rest = buf_span(&out) };
		while (gemtext_next(&r, &l))
			write_line(&again, &l);
		if (strcmp(buf_cstr(&out), buf_cstr(&again)) != 0)
			print_error("of: %s\n", buf_cstr(&in));
		assert_string_equal(buf_cstr(&out), buf_cstr(&again));
		buf_free(&in);
		buf_free(&out);
		buf_free(&again);
	}
}

/*
 * Nesting has no limit until there are so many end tags that to look for
 * what they end would take too long.  Then a link may be lost: that is
 * said.
 */
static void
test_depth(void **state)
{
	static const struct {
		const char	*open, *close;
	} deep[] = {
		{ "<div>", "" }, { "<ul><li>", "" }, { "<blockquote>", "" },
		{ "<b>", "</b>" }, { "<ul><li>", "</li></ul>" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(deep) / sizeof(deep[0]); i++) {
		struct buf in = { 0 }, out = { 0 };
		bool cut = deep[i].close[0] != '\0';

		for (int k = 0; k < 30000; k++)
			buf_puts(&in, deep[i].open);
		buf_puts(&in, "<a href='https://x.example/'>the depth</a>");
		for (int k = 0; k < 30000; k++)
			buf_puts(&in, deep[i].close);
		assert_int_equal(gemtext_convert(&out, NULL, GEMTEXT_HTML,
		    buf_span(&in), NULL, NULL), cut ? E_LIMIT : 0);
		assert_non_null(strstr(buf_cstr(&out), "the depth"));
		assert_true((strstr(buf_cstr(&out), "[Cut here") != NULL) ==
		    cut);
		assert_true((strstr(buf_cstr(&out), "x.example") != NULL) ==
		    !cut);
		buf_free(&in);
		buf_free(&out);
	}
}

/* Thai and Khmer are cut between clusters, never before a mark or vowel. */
static void
test_scripts_without_spaces(void **state)
{
	static const struct pair pairs[] = {
		/* ko kai, sara i (above), ... ; sara e stands before. */
		{ "<p>\u0e01\u0e34\u0e19\u0e02\u0e49\u0e32\u0e27\u0e41"
		    "\u0e25\u0e49\u0e27</p>",
		    "\u0e01\u0e34\u0e19\u0e02\u0e49\u0e32\n"
		    "\u0e27\u0e41\u0e25\u0e49\u0e27\n" },
	};

	(void)state;
	check_pairs(GEMTEXT_HTML, true, 4, PAIRS(pairs));
}

/* Content of raw elements is no markup. */
static void
test_raw(void **state)
{
	static const struct pair pairs[] = {
		{ "<xmp><b>a</b> &amp;</xmp>b", "```\n<b>a</b> &amp;\n```\n\nb\n" },
		{ "a<plaintext><b>\n</plaintext>",
		    "a\n\n```\n<b>\n</plaintext>\n```\n" },
		{ "<listing><b>a</b>\n  c</listing>", "```\na\n  c\n```\n" },
		{ "<script>if (a<b) '</p>'</script>x", "x\n" },
		{ "<title><b>no</title>x", "x\n" },
		{ "<textarea><p>no</textarea>x", "x\n" },
		{ "<iframe src='https://v.example/'><p>no</iframe>x",
		    "=> https://v.example/ Embedded: v.example\n\nx\n" },
		{ "<xmp>never closed", "```\nnever closed\n```\n" },
		/* and where they are never closed, what follows is */
		{ "<p>a<iframe src='https://v.example/'><p>b<p>c", "a\n"
		    "=> https://v.example/ Embedded: v.example\n\nb\n\nc\n" },
		{ "a<textarea><p>b", "a\n\nb\n" },
		{ "<title>a<p>b", "a\n\nb\n" },
		{ "<noframes>a<noembed><p>b", "a\n\nb\n" },
		{ "<iframe src=/v><p>a<iframe src=/w>no</iframe><p>b",
		    "=> https://s.example/v Embedded: s.example\n\na\n"
		    "=> https://s.example/w Embedded: s.example\n\nb\n" },
		{ "<textarea>a<textarea>no</textarea><p>b", "a\n\nb\n" },
		{ "<title>a<titles>no</title><p>b", "b\n" },
		{ "a<script>b<p>c", "a\n" },
		{ "<script>'<script>'</script>a", "a\n" },
		{ "a <!-- b -- > c --!> d <!-->e<!--->f", "a d ef\n" },
		{ "a</>b</ c", "ab c\n" },
	};

	(void)state;
	check_pairs(GEMTEXT_HTML, false, 0, PAIRS(pairs));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_f26_no_line_is_forged),
		cmocka_unit_test(test_f26_code_keeps_its_fence),
		cmocka_unit_test(test_f28_links_that_are_not),
		cmocka_unit_test(test_f28_addresses_are_one_word),
		cmocka_unit_test(test_tracking),
		cmocka_unit_test(test_round_trip),
		cmocka_unit_test(test_depth),
		cmocka_unit_test(test_scripts_without_spaces),
		cmocka_unit_test(test_raw),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
