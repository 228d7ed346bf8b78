/* JSON Feed, gemtext pages, gopher menus; links of HTML made absolute. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <cmocka.h>

#include "feed/mask.h"
#include "feed/parse.h"
#include "feed/relink.h"

static struct arena arena;

static struct feed *
parse(const char *text, const char *base, const char *type)
{
	struct parse_options o = { .base_url = base, .content_type = type };
	struct error e = { 0 };
	struct feed *f;

	if (feed_parse(&f, &arena, span_str(text), &o, &e) != 0)
		fail_msg("%s", e.msg);
	return f;
}

static void
test_json(void **state)
{
	struct feed *f = parse("{\"version\":\"https://jsonfeed.org/version/1\","
	    "\"title\":\"T & <b>\",\"items\":[{\"id\":7,\"url\":\"/a\","
	    "\"content_text\":\"x <y>\",\"tags\":[\"t\",\"t\"],"
	    "\"title\":\"a\\u0000b\\ud800\","
	    "\"date_published\":\"2026-01-14T05:00:00Z\","
	    "\"attachments\":[{\"url\":\"m.mp3\",\"size_in_bytes\":3,"
	    "\"duration_in_seconds\":61}]},5,{\"id\":\"http://i.example/\"}]}",
	    "http://j.example/feed.json", NULL);

	(void)state;
	assert_int_equal(f->format, FEED_JSON);
	assert_string_equal(f->title, "T & <b>");
	assert_int_equal(f->nentries, 2);
	assert_string_equal(f->entries[0].id, "7");
	assert_string_equal(f->entries[0].title, "a\xef\xbf\xbd" "b\xef\xbf\xbd");
	assert_string_equal(f->entries[0].link, "http://j.example/a");
	assert_int_equal(f->entries[0].content.type, CONTENT_TEXT);
	assert_string_equal(f->entries[0].content.value, "x <y>");
	assert_int_equal(f->entries[0].ncategories, 1);
	assert_int_equal(f->entries[0].date, 1768366800);
	assert_int_equal(f->entries[0].duration, 61);
	assert_string_equal(f->entries[1].link, "http://i.example/");
}

static void
test_gemtext(void **state)
{
	struct feed *f = parse("# Log\r\n\r\n## About frost\r\n"
	    "=> /about About me\r\n=> b.gmi 2026-01-14 - Frost\r\n"
	    "=> c.gmi 2026-01-02: Leeks\r\n=> d.gmi 2026-13-02 no\r\n"
	    "=> e.gmi 2026-01-021 no\r\n",
	    "gemini://g.example/log/", "text/gemini; lang=en");

	(void)state;
	assert_int_equal(f->format, FEED_GEMTEXT);
	assert_string_equal(f->title, "Log");
	assert_string_equal(f->subtitle, "About frost");
	assert_int_equal(f->nentries, 2);
	assert_string_equal(f->entries[0].title, "Frost");
	assert_string_equal(f->entries[0].link, "gemini://g.example/log/b.gmi");
	assert_string_equal(f->entries[0].id, f->entries[0].link);
	assert_int_equal(f->entries[0].date, 1768348800 + 43200);
	assert_true(f->entries[0].date_only);
	assert_string_equal(f->entries[1].title, "Leeks");
}

/* No date anywhere: every link that leads elsewhere is an entry. */
static void
test_undated(void **state)
{
	struct feed *f = parse("# Log\n=> / Home\n=> one.gmi One\n"
	    "=> gemini://g.example/log/ This page\n=> mailto:a@g.example Me\n"
	    "=> two.gmi\n", "gemini://g.example/log/", "text/gemini");

	(void)state;
	assert_int_equal(f->nentries, 2);
	assert_string_equal(f->entries[0].title, "One");
	assert_int_equal(f->entries[0].date, DATE_NONE);
	assert_string_equal(f->entries[1].title,
	    "gemini://g.example/log/two.gmi");
}

static void
test_gopher(void **state)
{
	struct feed *f = parse("iMy phlog\tfake\t(NULL)\t0\r\n"
	    "0[2026-01-14] Frost\t/phlog/a b.txt\tp.example\t70\r\n"
	    "0Leeks\t/phlog/2026-01-02-leeks.txt\tp.example\t7070\r\n"
	    "hSite\tURL:https://w.example/\tp.example\t70\r\n"
	    "3Error\t\terror.host\t1\r\n.\r\n0after\t/x\tp.example\t70\r\n",
	    "gopher://p.example/1/phlog", "application/gopher-menu");

	(void)state;
	assert_int_equal(f->format, FEED_GOPHER);
	assert_string_equal(f->title, "My phlog");
	assert_int_equal(f->nentries, 2);
	assert_string_equal(f->entries[0].title, "Frost");
	assert_string_equal(f->entries[0].link,
	    "gopher://p.example/0/phlog/a%20b.txt");
	assert_int_equal(f->entries[0].date, 1768348800 + 43200);
	assert_string_equal(f->entries[1].title, "Leeks");
	assert_string_equal(f->entries[1].link,
	    "gopher://p.example:7070/0/phlog/2026-01-02-leeks.txt");
	assert_int_not_equal(f->entries[1].date, DATE_NONE);
}

/* Where nothing has a date, everything may be an entry but the way back. */
static void
test_gopher_undated(void **state)
{
	struct feed *f = parse("1Home\t\tp.example\t70\r\n"
	    "1This menu\t/log/2026\tp.example\t70\r\n"
	    "1The log\t/log/\tp.example\t70\r\n"
	    "0Frost\t/log/2026/frost.txt\tp.example\t70\r\n"
	    "1Older\t/log/2025\tp.example\t70\r\n"
	    "hSite\tURL:https://w.example/\tp.example\t70\r\n.\r\n",
	    "gopher://p.example/1/log/2026", "application/gopher-menu");

	(void)state;
	assert_int_equal(f->nentries, 3);
	assert_string_equal(f->entries[0].link,
	    "gopher://p.example/0/log/2026/frost.txt");
	assert_int_equal(f->entries[0].date, DATE_NONE);
	assert_string_equal(f->entries[1].link,
	    "gopher://p.example/1/log/2025");
	assert_string_equal(f->entries[2].link, "https://w.example/");
}

static void
relink(const char *in, const char *want)
{
	struct buf b = { 0 };

	feed_relink(&b, span_str(in), "http://r.example/d/");
	assert_string_equal(buf_cstr(&b), want);
	buf_free(&b);
}

static void
test_relink(void **state)
{
	(void)state;
	relink("<a href='x'>href=\"y\"</a>",
	    "<a href='http://r.example/d/x'>href=\"y\"</a>");
	relink("<img alt=\"src=z\" SRC=i.png>",
	    "<img alt=\"src=z\" SRC=\"http://r.example/d/i.png\">");
	relink("<a href=\"?a=1&amp;b=2\" title='>'>",
	    "<a href=\"http://r.example/d/?a=1&amp;b=2\" title='>'>");
	relink("1 < 2 <!-- c --> <p", "1 < 2 <!-- c --> <p");
	relink("<!' x", "&lt;!' x");
	relink("<a href=\"unclosed", "<a href=\"unclosed");
}

static int
teardown(void **state)
{
	(void)state;
	arena_free(&arena);
	return 0;
}

#define TEST(f)	cmocka_unit_test_teardown(f, teardown)

static void
test_mask(void **state)
{
	static const struct { const char *url, *title; } cases[] = {
		{ "https://u:pa55word@x.example/", "u, xxxxxxxx, politics" },
		{ "https://u:pa55@x.example/", "u, pa55word, politics" },
		{ "https://x.example/?cat=politics", "u, pa55word, politics" },
		{ "https://x.example/?authkey=politics#a",
		    "u, pa55word, xxxxxxxx" },
		{ "https://x.example/?a&b=1&Token=politics;c=pa55word",
		    "u, pa55word, xxxxxxxx" },
		{ "https://x.example/?u", "u, pa55word, politics" },
	};
	const char *secret = "{\"version\":\"https://jsonfeed.org/version/1\","
	    "\"items\":[{\"id\":\"u, pa55word, politics\",\"url\":"
	    "\"https://x.example/0123456789abcdef\",\"content_text\":"
	    "\"0123456789abcdef 0123456789abcdef0\"}]}";
	struct feed *f;

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		f = parse(secret, NULL, NULL);
		feed_mask(f, cases[i].url, NULL, &arena);
		assert_string_equal(f->entries[0].id, cases[i].title);
	}
	feed_mask(f, "https://x.example/?0123456789abcdef", "word, p", &arena);
	assert_string_equal(f->entries[0].id, "u, pa55xxxxxxxolitics");
	assert_string_equal(f->entries[0].link,
	    "https://x.example/xxxxxxxxxxxxxxxx");
	assert_string_equal(f->entries[0].content.value,
	    "xxxxxxxxxxxxxxxx xxxxxxxxxxxxxxxx0");
	/* a long word is none */
	f = parse(secret, NULL, NULL);
	feed_mask(f, "https://x.example/?tag=antidisestablishment", "word",
	    &arena);
	assert_string_equal(f->entries[0].id, "u, pa55word, politics");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(test_mask), TEST(test_json), TEST(test_gemtext), TEST(test_undated),
		TEST(test_gopher), TEST(test_gopher_undated), TEST(test_relink),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
