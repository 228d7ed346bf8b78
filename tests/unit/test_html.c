/* HTML to gemtext: the rules of orrery-gemtext(7), one by one. */
#include <pthread.h>

#include "base/utf8.h"
#include "convert_pairs.h"

/* A sanitizer's frames are larger. */
#if defined(__SANITIZE_ADDRESS__)
#define SHAPES_STACK	(2048 * 1024)
#else
#define SHAPES_STACK	(256 * 1024)
#endif

static void
check(const struct pair *pairs, size_t n)
{
	check_pairs(GEMTEXT_HTML, false, 0, pairs, n);
}

static void
test_text(void **state)
{
	static const struct pair pairs[] = {
		{ "", "" },
		{ "<p> </p><!-- x -->", "" },
		{ "<p>un<i>break</i>able \n\t words</p>",
		    "unbreakable words\n" },
		{ "one<br>two", "one\ntwo\n" },
		{ "<b>one</b>: two <i>three</i> four", "one: two three four\n" },
		{ "<b>one</b>: two<p>x</i><p>y <b>z</b> w", "one: two\n\nx\n\n"
		    "y z w\n" },
		{ "one<br> <br>two", "one\n\ntwo\n" },
		{ "<script>a</script><p hidden>b</p>c<style>d</style>", "c\n" },
		{ "<p>soft\u00adhyphen\u200b, \u202eturned</p>",
		    "softhyphen, turned\n" },
		{ "<p>a\x01" "b\x7f\xff</p>", "ab\ufffd\n" },
		{ "<p>Z&#x301;\u0302\u0303<b>&#x304;\u0305</b>\u0306 e\u0301</p>"
		    "<pre>Z\u0301\u0302\u0303\u0304\u0305e\u0301</pre>",
		    "Z\u0301\u0302\u0303\u0304 e\u0301\n\n"
		    "```\nZ\u0301\u0302\u0303\u0304e\u0301\n```\n" },
	};

	(void)state;
	check(PAIRS(pairs));
}

static void
test_references(void **state)
{
	static const struct pair pairs[] = {
		{ "&check; &NotEqualTilde; &fjlig;", "\u2713 \u2242\u0338 fj\n" },
		{ "&reg 1 &notit; &nosuch; a&b &", "\u00ae 1 \u00acit; &nosuch; "
		    "a&b &\n" },
		{ "&lt;b&gt; &amp;lt; &nvlt;", "<b> &lt; <\u20d2\n" },
		{ "&#x41;&#66;&#147;&#0;", "AB\u201c\n" },
		{ "<img src=i alt='&check;&quot;'>",
		    "=> https://s.example/d/i Image: \u2713\"\n" },
		{ "<a href='/?a=1&copy=2&ampx'>Two of them</a>",
		    "=> https://s.example/?a=1&copy=2&ampx Two of them\n" },
	};

	(void)state;
	check(PAIRS(pairs));
}

static void
test_marks(void **state)
{
	static const struct pair pairs[] = {
		{ "<p>run <code>ls</code>, <code>a`b</code></p>",
		    "run `ls`, a`b\n" },
		{ "<p><del>no</del> <q>yes</q></p>", "~~no~~ \u201cyes\u201d\n" },
		{ "<p>10<sup>-3</sup> CO<sub>2</sub> 2<sup>nd</sup> "
		    "k<sub>a b</sub></p>", "10\u207b\u00b3 CO\u2082 2nd "
		    "k_(a b)\n" },
		{ "<p><math alttext=\"a^2\"><mi>a</mi></math></p>", "$a^2$\n" },
		{ "<p>x <code></code>y</p>", "x y\n" },
	};

	(void)state;
	check(PAIRS(pairs));
}

/* No text becomes a line of another type. */
static void
test_escapes(void **state)
{
	static const struct pair pairs[] = {
		{ "<p>=&gt; /x<br># y<br>&gt; z<br>* w<br>```</p>",
		    " => /x\n # y\n > z\n * w\n ```\n" },
		{ "<p>*w</p><p>=x</p>", "*w\n\n=x\n" },
		{ "<pre>```\n# in code</pre>", "```\n ```\n# in code\n```\n" },
		{ "<h2>a&#10;# b</h2>", "## a # b\n" },
		{ "<p>&#8203;# hidden</p>", " # hidden\n" },
	};

	(void)state;
	check(PAIRS(pairs));
}

static void
test_blocks(void **state)
{
	static const struct pair pairs[] = {
		{ "<h1>a</h1><h5>b</h5>c", "# a\n\n### b\n\nc\n" },
		{ "<ul><li>a<ul><li>b</ul><li>c</ul>", "* a\n* - b\n* c\n" },
		{ "<ol start=4 type=i><li>a<li value=9>b</ol>",
		    "iv. a\nix. b\n" },
		{ "<dl><dt>t<dd>d<dt>u<dd>e</dl>", "t\n* d\n\nu\n* e\n" },
		/* links of quotes come behind them, each once, or not at all */
		{ "<blockquote>a <img src='/i' alt='I'></blockquote><p>x</p>"
		    "<blockquote><img src='/i' alt='I'></blockquote>",
		    "> a\n=> https://s.example/i Image: I\n\nx\n" },
		{ "<blockquote><p>a <img src='/i' alt='I'></p>"
		    "<p><img src='/i' alt='I'></p></blockquote><p>c</p>",
		    "> a\n=> https://s.example/i Image: I\n\nc\n" },
		{ "<blockquote><p>a <a href='/l'>b</a></p><pre> </pre>"
		    "</blockquote><p>c</p>",
		    "> a b\n=> https://s.example/l b\n\nc\n" },
		{ "<blockquote><p>a<p>b<blockquote>c</blockquote>"
		    "</blockquote>", "> a\n>\n> b\n>\n> > c\n" },
		{ "<pre class=language-c>\nint\tx;  \n\n</pre>",
		    "```c\nint\tx;\n```\n" },
		{ "<hr>a<hr><hr>b<hr>", "a\n\n---\n\nb\n" },
		{ "<table><tr><th>k<th>long<tr><td>1<td>2</table>",
		    "```table\nk | long\n--+-----\n1 | 2\n```\n" },
	};

	(void)state;
	check(PAIRS(pairs));
}

/*
 * Too wide for columns, and nothing but a head: its words stay, and those
 * that stand in no cell.
 */
static void
test_wide_head(void **state)
{
	char in[512], want[512], word[101];

	(void)state;
	memset(word, 'w', 100);
	word[100] = '\0';
	snprintf(in, sizeof(in), "a<table><tr><th>%s<th>x<tr>t</table>", word);
	snprintf(want, sizeof(want), "a\n\nt\n\n* %s | x\n", word);
	check(&(struct pair){ in, want }, 1);
	check(&(struct pair){ "<table><caption>C</caption><tr><a href=/s>s</a> t"
	    "<td>1<a href=/u>u</a><td>2<tr><td>3<td>4</table>",
	    "=> https://s.example/s s t\n\n```C\n1u | 2\n3  | 4\n```\n"
	    "=> https://s.example/u u\n" }, 1);
}

static void
test_links(void **state)
{
	static const struct pair pairs[] = {
		{ "<p>Words around a <a href=../l>link</a> in the middle.</p>",
		    "Words around a link in the middle.\n"
		    "=> https://s.example/l link\n" },
		{ "<p><a href=l>The link alone</a></p>",
		    "=> https://s.example/d/l The link alone\n" },
		{ "<p><a href=' java\nscript:x'>a</a> <a href=data:,>b</a></p>",
		    "a b\n" },
		{ "<p>See it<a href=#n>3</a></p>", "See it[3]\n" },
		{ "<img src=i alt=A><video src=v></video>",
		    "=> https://s.example/d/i Image: A\n"
		    "=> https://s.example/d/v Video\n" },
		{ "<img src=i width=1 height=1>", "" },
	};

	(void)state;
	check(PAIRS(pairs));
}

/* What is deeper than anything honest still keeps its words. */
static void
test_deep(void **state)
{
	struct buf in = { 0 }, out = { 0 };

	(void)state;
	for (int i = 0; i < 20000; i++)
		buf_puts(&in, "<div>");
	buf_puts(&in, "in<script>x</script><style>y</style>");
	for (int i = 0; i < 20000; i++)
		buf_puts(&in, "</b></div>");
	buf_puts(&in, "<p>after");
	assert_int_equal(gemtext_convert(&out, NULL, GEMTEXT_HTML,
	    buf_span(&in), NULL, NULL), 0);
	assert_string_equal(buf_cstr(&out), "in\n\nafter\n");
	buf_free(&in);
	buf_free(&out);
}

/* Shapes that cost others much, by how often they are there. */
static const char *const shapes[] = {
	"<div>", "<b>", "<a href=/x>", "<table>", "<tr>", "<td>", "<ul><li>",
	"<ol>", "<blockquote>", "<pre>", "<p>", "</p>", "<h1>", "<select>",
	"<svg>", "<math><mi>", "<template>", "<button>", "<font><b></font>",
	"<dl><dt>", "<figure>", "<sup>", "<iframe>", "<!--", "<![CDATA[", "<",
	"&", "&#", "&amp", "<a href='", "<img src=i alt=x>", "<p><b><i></p>",
	"<table><td><table>", "<details><summary>", "<br>", "<hr>", "=> ",
	"``` ", "\u0301", "\u202e", "<code>`", "<span x=", "\xff",
};

static void *
convert_shapes(void *arg)
{
	static const size_t sizes[] = { 1000, 16000, 128000, 512000 };

	for (size_t i = 0; i < sizeof(shapes) / sizeof(shapes[0]) * 4; i++) {
		struct buf in = { 0 }, gmi = { 0 }, text = { 0 };
		int rc;

		while (in.n < sizes[i % 4])
			buf_puts(&in, shapes[i / 4]);
		buf_puts(&in, "<p>after");
		rc = gemtext_convert(&gmi, &text, GEMTEXT_HTML, buf_span(&in),
		    NULL, NULL);
		if ((rc != 0 && rc != E_LIMIT) || gmi.n > GEMTEXT_OUTPUT_MAX +
		    4096 || text.n > 8 * in.n || !utf8_valid(buf_span(&gmi)) ||
		    !utf8_valid(buf_span(&text)))
			*(const char **)arg = shapes[i / 4];
		buf_free(&in);
		buf_free(&gmi);
		buf_free(&text);
	}
	return NULL;
}

/* None needs more than a small stack, or writes much more than it is. */
static void
test_shapes(void **state)
{
	const char *bad = NULL;
	pthread_attr_t small;
	pthread_t t;

	(void)state;
	pthread_attr_init(&small);
	assert_int_equal(pthread_attr_setstacksize(&small, SHAPES_STACK), 0);
	assert_int_equal(pthread_create(&t, &small, convert_shapes, &bad), 0);
	assert_int_equal(pthread_join(t, NULL), 0);
	if (bad != NULL)
		fail_msg("\"%s\" again and again", bad);
	pthread_attr_destroy(&small);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_text),
		cmocka_unit_test(test_references),
		cmocka_unit_test(test_marks),
		cmocka_unit_test(test_escapes),
		cmocka_unit_test(test_blocks),
		cmocka_unit_test(test_wide_head),
		cmocka_unit_test(test_links),
		cmocka_unit_test(test_deep),
		cmocka_unit_test(test_shapes),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
