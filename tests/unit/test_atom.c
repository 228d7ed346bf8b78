#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include <jansson.h>
#include <libxml/parser.h>

#include "publish/blogroll.h"
#include "publish/jsonfeed.h"
#include "publish/xmlout.h"

static struct store_feed feed = {
	.name = "A & <B>", .url = "https://a.example/feed?token=s3cret",
	.feed_id = "https://a.example/feed?token=s3cret",
	.link = "https://a.example/", .active = true, .hidden = true,
};
static struct link enclosure = { .href = "https://a.example/x.ogg",
	.type = "audio/ogg", .length = 12 };
static const char *tags[] = { "c++", "\"q\"" };
static struct store_entry entry = {
	.guid = "?p=12", .link = "https://a.example/1", .published = 86400,
	.updated = DATE_NONE, .first_seen = 99, .tags = tags, .ntags = 2,
	.enclosures = &enclosure, .nenclosures = 1,
	.gemtext = "# H]]>\n* one\n* two\n=> javascript:x bad\n"
	    "=> pic.png Pic\n```\n<pre>\n```\nend \x01\xff\n",
};
static const struct atom_item item = { .entry = &entry, .feed = &feed,
	.title = "T <b>", .url = "gemini://p.example/e/1970/a.gmi" };
static const struct atom_feed head = { .id = "gemini://p.example/",
	.title = "P & Q", .self = "gemini://p.example/atom.xml",
	.author = "Keeper", .updated = 86400 };

static void
test_atom(void **state)
{
	struct buf b = { 0 };
	xmlDoc *doc;

	(void)state;
	atom_begin(&b, &head);
	atom_entry(&b, &item);
	atom_end(&b);
	doc = xmlReadMemory(b.p, (int)b.n, NULL, NULL, XML_PARSE_NONET);
	assert_non_null(doc);
	xmlFreeDoc(doc);
	assert_null(strstr(b.p, "s3cret"));
	/* "?p=12" is no IRI: the planet's own address stands for it */
	assert_non_null(strstr(b.p,
	    "<id>gemini://p.example/e/1970/a.gmi</id>"));
	assert_non_null(strstr(b.p, "<updated>1970-01-02T00:00:00Z</updated>"));
	assert_non_null(strstr(b.p, "<name>A &amp; &lt;B&gt;</name>"));
	assert_null(strstr(b.p, "javascript"));
	buf_free(&b);
}

static void
test_html(void **state)
{
	struct buf b = { 0 };

	(void)state;
	atom_html(&b, span_str("* a\n* <b>\ntext\n=> ../x L\n"),
	    "gemini://p.example/e/1/a.gmi");
	assert_string_equal(buf_cstr(&b), "<ul>\n<li>a</li>\n"
	    "<li>&lt;b&gt;</li>\n</ul>\n<p>text</p>\n"
	    "<p><a href=\"gemini://p.example/e/x\">L</a></p>\n");
	buf_free(&b);
}

static void
test_json(void **state)
{
	struct buf b = { 0 };
	json_t *j, *items;

	(void)state;
	jsonfeed_begin(&b, &head);
	jsonfeed_item(&b, &item, true);
	jsonfeed_item(&b, &item, false);
	jsonfeed_end(&b);
	j = json_loadb(b.p, b.n, JSON_REJECT_DUPLICATES, NULL);
	assert_non_null(j);
	items = json_object_get(j, "items");
	assert_int_equal(json_array_size(items), 2);
	assert_string_equal(json_string_value(json_object_get(
	    json_array_get(items, 1), "title")), "T <b>");
	assert_null(strstr(b.p, "s3cret"));
	json_decref(j);
	buf_free(&b);
}

static void
test_blogroll(void **state)
{
	struct buf b = { 0 };
	struct store_feed two[2] = { feed, feed };

	(void)state;
	two[1].hidden = false;
	two[1].url = "https://b.example/?format=rss";
	two[1].link = "https://b.example/?a=1&b=2";
	blogroll_opml(&b, "P", NULL, NULL, two, 2);
	assert_null(strstr(b.p, "s3cret"));
	assert_non_null(strstr(b.p,
	    "xmlUrl=\"https://b.example/?format=rss\""));
	assert_non_null(strstr(b.p,
	    "htmlUrl=\"https://b.example/?a=1&amp;b=2\""));
	buf_clear(&b);
	blogroll_urls(&b, two, 2);
	assert_string_equal(buf_cstr(&b), "https://b.example/?format=rss\n");
	/* a query may be a key, wherever it turns up */
	two[1].url = "https://b.example/?auth=kept-back";
	two[1].link = "https://b.example/home?kept-back";
	buf_clear(&b);
	blogroll_opml(&b, "P", NULL, NULL, two, 2);
	assert_null(strstr(b.p, "kept-back"));
	assert_non_null(strstr(b.p, "url=\"https://b.example/home\""));
	buf_free(&b);
}

static void
test_xmlout(void **state)
{
	struct buf b = { 0 };

	(void)state;
	xmlout_text(&b, span_of("a\0b\x01<]]>\xff\r\xef\xbf\xbf", 13));
	assert_string_equal(buf_cstr(&b), "ab&lt;]]&gt;\xef\xbf\xbd&#13;");
	buf_free(&b);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_atom), cmocka_unit_test(test_html),
		cmocka_unit_test(test_json), cmocka_unit_test(test_blogroll),
		cmocka_unit_test(test_xmlout),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
