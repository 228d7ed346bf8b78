/* OPML and the other lists, in and out. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "config/opml.h"

static void
take(struct list *l, const char *text, enum list_format want)
{
	*l = (struct list){ 0 };
	assert_int_equal(list_read(l, span_str(text), LIST_UNKNOWN, NULL,
	    NULL), 0);
	assert_int_equal(l->format, want);
}

static void
groups_and_categories(void **state)
{
	struct list l;

	(void)state;
	take(&l, "<?xml version='1.0'?><OPML><head><title> T &amp; &eacute; "
	    "</title></head><body><outline text=' g '><outline title='h'>"
	    "<outline text=\"A\" XMLURL=' http://a.example/f ' "
	    "category='x, /y/z ,,'/></outline><outline type=rss text='B' "
	    "xmlUrl='https://b.example/?a=1&b=2'></outline></outline>"
	    "<outline xmlUrl='http://a.example/f' text='again' "
	    "category='x,late'/><outline xmlUrl='file:///etc/passwd'/>"
	    "<outline type='link' url='http://l.example/'/>", LIST_OPML);
	assert_string_equal(l.title, "T & \u00e9");
	assert_int_equal(l.nfeeds, 2);
	assert_string_equal(l.feeds[0].url, "http://a.example/f");
	assert_string_equal(l.feeds[0].title, "A");
	assert_int_equal(l.feeds[0].npaths, 4);
	assert_string_equal(l.feeds[0].paths[0].names[0], "x");
	assert_string_equal(l.feeds[0].paths[1].names[1], "z");
	assert_string_equal(l.feeds[0].paths[2].names[0], "g");
	assert_string_equal(l.feeds[0].paths[2].names[1], "h");
	assert_string_equal(l.feeds[0].paths[3].names[0], "late");
	assert_string_equal(l.feeds[1].url, "https://b.example/?a=1&b=2");
	assert_int_equal(l.feeds[1].paths[0].n, 1);
	assert_int_equal(l.nleft, 2);
	list_free(&l);
}

static void
encodings(void **state)
{
	struct list l;

	(void)state;
	take(&l, "<?xml version=\"1.0\" encoding=\"windows-1251\"?><opml>"
	    "<outline text=\"\xcf\xf0\xe8\xe2\xe5\xf2\" "
	    "xmlUrl=\"http://a.example/\"/></opml>", LIST_OPML);
	assert_string_equal(l.feeds[0].title, "Привет");
	list_free(&l);
	take(&l, "<opml><outline text=\"caf\xe9\" "
	    "xmlUrl=\"http://a.example/\"/></opml>", LIST_OPML);
	assert_string_equal(l.feeds[0].title, "caf\u00e9");
	list_free(&l);
}

/* Names that no category attribute can express stand as groups. */
static void
written_and_read_again(void **state)
{
	struct list l, again = { 0 };
	struct buf out = { 0 };
	struct list_feed *f;

	(void)state;
	take(&l, "<opml><body><outline text='R&amp;D, all'><outline "
	    "text='&quot;A&quot; &lt;1&gt;' xmlUrl='http://a.example/?x&amp;y' "
	    "category='/p/q,r'/></outline><outline text='B' "
	    "xmlUrl='http://b.example/'/></body></opml>", LIST_OPML);
	f = &l.feeds[1];
	list_add_tag(&l, f, span_str("a/b"));
	list_add_tag(&l, f, span_str("c"));
	opml_write(&out, &l, "Thu, 01 Jan 1970 00:00:00 +0000");
	assert_int_equal(opml_read(&again, buf_span(&out), NULL), 0);
	assert_int_equal(again.nfeeds, 2);
	for (size_t i = 0; i < 2; i++) {
		assert_string_equal(again.feeds[i].url, l.feeds[i].url);
		assert_string_equal(again.feeds[i].title, l.feeds[i].title);
		assert_int_equal(again.feeds[i].npaths, l.feeds[i].npaths);
	}
	assert_string_equal(again.feeds[0].paths[2].names[0], "R&D, all");
	assert_string_equal(again.feeds[1].paths[0].names[0], "a/b");
	list_free(&l);
	list_free(&again);
	buf_free(&out);
}

static void
not_opml(void **state)
{
	struct list l = { 0 };

	(void)state;
	assert_int_equal(opml_read(&l, span_str("<rss><channel/></rss>"),
	    NULL), E_SYNTAX);
	list_free(&l);
	assert_int_equal(list_read(&l, span_str("hello\nworld\n"),
	    LIST_UNKNOWN, NULL, NULL), E_SYNTAX);
	list_free(&l);
}

/* Entities, attribute floods, depth: time follows length. */
static void
hostile(void **state)
{
	struct buf b = { 0 };
	struct list l = { 0 };

	(void)state;
	buf_puts(&b, "<!DOCTYPE opml [<!ENTITY a \"aaaaaaaaaa\"><!ENTITY b "
	    "SYSTEM \"file:///etc/passwd\">]><opml><outline text='&a;&b;' "
	    "xmlUrl='http://a.example/'");
	for (int i = 0; i < 100000; i++)
		buf_putf(&b, " a%d='", i & 1 ? i : 0);
	buf_puts(&b, "/>");
	for (int i = 0; i < 100000; i++)
		buf_puts(&b, "<outline text='&amp;'><outline x=\"");
	assert_int_equal(opml_read(&l, buf_span(&b), NULL), 0);
	assert_int_equal(l.nfeeds, 1);
	assert_string_equal(l.feeds[0].title, "&a;&b;");
	list_free(&l);
	buf_free(&b);
}

static void
other_lists(void **state)
{
	struct list l;

	(void)state;
	take(&l, "# mine\nhttp://a.example/f \"tag one\" two \"~A title\" !\n"
	    "\"exec:rm -rf /\"\n\"query:x:unread = 1\"\n", LIST_NEWSBOAT);
	assert_int_equal(l.nfeeds, 1);
	assert_string_equal(l.feeds[0].title, "A title");
	assert_int_equal(l.feeds[0].npaths, 2);
	assert_string_equal(l.feeds[0].paths[0].names[0], "tag one");
	assert_int_equal(l.nleft, 2);
	list_free(&l);
	take(&l, "maxage=3\nfeeds() {\n\t# feed <name> <url>\n\tfeed \"N\" "
	    "\"https://a.example/f\" \"https://a.example/\"\n"
	    "\tfeed 'S' \"$HOME/x\"\n}\n", LIST_SFEED);
	assert_int_equal(l.nfeeds, 1);
	assert_string_equal(l.feeds[0].link, "https://a.example/");
	list_free(&l);
	take(&l, "maxarticles 200\nfeed 30m http://a.example/f\n"
	    "  define_name A B\nfeed 1h http://b.example/ define_name=C\n",
	    LIST_RAWDOG);
	assert_string_equal(l.feeds[0].title, "A B");
	assert_string_equal(l.feeds[1].title, "C");
	list_free(&l);
	take(&l, "1Phlog\t/phlog\tg.example\t7070\n", LIST_MOKU_PONA);
	assert_string_equal(l.feeds[0].url,
	    "gopher://g.example:7070/1/phlog");
	list_free(&l);
	take(&l, "# List\n\n=> gemini://a.example/ A capsule\n"
	    "- [B](https://b.example/f)\nhttps://c.example/ C\n",
	    LIST_PLAIN);
	assert_string_equal(l.title, "List");
	assert_int_equal(l.nfeeds, 3);
	assert_string_equal(l.feeds[1].title, "B");
	assert_string_equal(l.feeds[2].title, "C");
	list_free(&l);
	take(&l, "title = P\n[key]\n  title = K\n  feed = http://a.example/\n"
	    "  location = en\n", LIST_PLUTO);
	assert_string_equal(l.title, "P");
	assert_string_equal(l.feeds[0].title, "K");
	list_free(&l);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(groups_and_categories),
		cmocka_unit_test(encodings),
		cmocka_unit_test(written_and_read_again),
		cmocka_unit_test(not_opml),
		cmocka_unit_test(hostile),
		cmocka_unit_test(other_lists),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
