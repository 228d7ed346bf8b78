/* A feed through the pipe: the same on the other side, or refused. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <cmocka.h>

#include "feed/parse.h"

static const char text[] = "<rss version='2.0'><channel><title>T</title>"
    "<ttl>5</ttl><item><title>One</title><guid>http://a.example/1</guid>"
    "<author>a@a.example (A)</author><category>c</category>"
    "<pubDate>Wed, 14 Jan 2026 05:00:00 GMT</pubDate>"
    "<description>d</description><enclosure url='http://a.example/m' "
    "length='9'/><slash:comments>7</slash:comments><georss:point>1 -2"
    "</georss:point><source url='http://s.example/'>S</source></item>"
    "<item><title>Two</title></item></channel></rss>";

static void
test_whole(void **state)
{
	struct arena a = { 0 };
	struct buf one = { 0 }, two = { 0 };
	struct feed *f, *g;

	(void)state;
	assert_int_equal(feed_parse(&f, &a, span_str(text), NULL, NULL), 0);
	f->entries[0].gemtext = "# g\n";
	f->entries[0].text = "";
	feed_encode(&one, f);
	assert_int_equal(feed_decode(&g, &a, buf_span(&one), NULL), 0);
	assert_int_equal(g->nentries, 2);
	assert_int_equal(g->ttl, 5);
	assert_string_equal(g->entries[0].title, "One");
	assert_int_equal(g->entries[0].date, 1768366800);
	assert_string_equal(g->entries[0].authors[0].email, "a@a.example");
	assert_int_equal(g->entries[0].enclosures[0].length, 9);
	assert_string_equal(g->entries[0].source->title, "S");
	assert_int_equal(g->entries[0].ncomments, 7);
	assert_int_equal(g->entries[1].ncomments, -1);
	assert_string_equal(g->entries[0].place, "1 -2");
	assert_string_equal(g->entries[0].gemtext, "# g\n");
	assert_string_equal(g->entries[0].text, "");
	assert_null(g->entries[1].source);
	assert_null(g->entries[1].gemtext);
	feed_encode(&two, g);
	assert_true(span_eq(buf_span(&one), buf_span(&two)));
	buf_free(&one);
	buf_free(&two);
	arena_free(&a);
}

/* Cut anywhere, or with a byte turned, it is refused or at least sound. */
static void
test_broken(void **state)
{
	struct arena a = { 0 };
	struct buf b = { 0 };
	struct error e;
	struct feed *f;

	(void)state;
	assert_int_equal(feed_parse(&f, &a, span_str(text), NULL, NULL), 0);
	feed_encode(&b, f);
	for (size_t n = 0; n < b.n; n++)
		assert_int_equal(feed_decode(&f, &a, span_of(b.p, n), &e),
		    E_SYNTAX);
	for (size_t i = 0; i < b.n; i++) {
		b.p[i] = (char)(b.p[i] ^ 0x80);
		(void)feed_decode(&f, &a, buf_span(&b), NULL);
		b.p[i] = (char)(b.p[i] ^ 0x80);
	}
	buf_putc(&b, 'x');
	assert_int_equal(feed_decode(&f, &a, buf_span(&b), &e), E_SYNTAX);
	assert_null(f);
	buf_free(&b);
	arena_free(&a);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_whole),
		cmocka_unit_test(test_broken),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
