/*
 * Feeds that want to hurt: memory stays bounded, nothing is amplified, and
 * what is readable is read.  (Time is bounded by the test's own patience:
 * each of these took minutes or gigabytes in one parser or another.)
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <cmocka.h>

#include "base/utf8.h"
#include "feed/parse.h"

#define ITEM	"<item><title>ok</title><link>http://e.example/1</link></item>"
#define MEMORY	((size_t)64 << 20)

static void
repeat(struct buf *b, const char *s, int n)
{
	while (n-- > 0)
		buf_puts(b, s);
}

/* before, n times what, after: parsed, with so many entries (-1: refused). */
static void
hostile(const char *before, const char *what, int n, const char *after,
    int entries)
{
	struct arena a = { 0 };
	struct buf b = { 0 };
	struct error e = { 0 };
	struct feed *f;
	int status;

	buf_puts(&b, before);
	repeat(&b, what, n);
	buf_puts(&b, after);
	status = feed_parse(&f, &a, buf_span(&b), NULL, &e);
	if (entries < 0) {
		assert_int_not_equal(status, 0);
		assert_null(strchr(e.msg, '\n'));
		assert_int_not_equal(e.msg[0], '\0');
	} else {
		assert_int_equal(status, 0);
		assert_int_equal(f->nentries, entries);
		if (entries > 0)
			assert_string_equal(f->entries[0].title, "ok");
	}
	assert_true(a.used < MEMORY);
	buf_free(&b);
	arena_free(&a);
}

static void
test_entities(void **state)
{
	struct arena a = { 0 };
	struct feed *f;

	(void)state;
	hostile("<!DOCTYPE rss [<!ENTITY a \"xxxxxxxxxxxxxxxx\">]><rss><channel>"
	    ITEM "<item><description>", "&a;", 200000, "</description></item>"
	    "</channel></rss>", 2);
	hostile("<!DOCTYPE rss [<!ENTITY a \"xxxxxxxxxxxxxxxx\">]><rss><channel>"
	    ITEM "<item><enclosure url=\"", "&a;", 200000, "\"/></item>"
	    "</channel></rss>", 2);
	hostile("<!DOCTYPE rss [", "<!ATTLIST item a CDATA \"x\">", 40000,
	    "]><rss><channel>" ITEM "</channel></rss>", 1);
	assert_int_equal(feed_parse(&f, &a, span_str("<!DOCTYPE rss [<!ENTITY x "
	    "SYSTEM \"file:///etc/passwd\"><!ENTITY amp \"evil\">]><rss>"
	    "<channel><title>[&x;&amp;]</title></channel></rss>"), NULL, NULL),
	    0);
	assert_string_equal(f->title, "[&x;&]");
	arena_free(&a);
}

static void
test_floods(void **state)
{
	(void)state;
	hostile("<rss><channel ", "a='b' ", 80000, ">" ITEM "</channel></rss>",
	    1);
	hostile("<rss ", "xmlns:a='b' ", 80000, "><channel>" ITEM
	    "</channel></rss>", 1);
	hostile("<rss><channel>" ITEM "<item><description>", "<div>", 100000,
	    "</description></item>" ITEM "</channel></rss>", 3);
	hostile("<rss><channel>" ITEM, "<![CDATA[", 200000, "", 1);
	hostile("<rss><channel>" ITEM, "<!-- >", 200000, "", 1);
	hostile("<rss><channel>" ITEM, "<?x >", 200000, "", 1);
	hostile("<rss><channel>" ITEM, "<!x ", 200000, "", 1);
	hostile("<rss><channel>" ITEM, "</y>", 200000, "", 1);
	hostile("<rss><channel>" ITEM, "<a b='", 200000, "", 1);
	hostile("<rss><channel>" ITEM "<title>", "&", 500000, "", 1);
	hostile("<!DOCTYPE ", "\"'<!--", 200000, "<rss>" ITEM "</rss>", -1);
	hostile("<rss><channel>", ITEM, 100000, "</channel></rss>", 500);
	hostile("<rss><channel><item><title>ok</title><author>", "a@", 100000,
	    "</author></item></channel></rss>", 1);
	hostile("<rss><channel><item><title>ok</title>",
	    "<category>c</category><link rel='x' href='http://e/'/>", 50000,
	    "</item></channel></rss>", 1);
	hostile("{\"items\":", "[", 100000, "]}", -1);
	hostile("{\"items\":[", "{},", 1000000, "{}]}", -1);
	hostile("{\"items\":[{\"title\":\"ok\"},", "{\"id\":1},", 60000,
	    "{}]}", 500);
}

/* No string may carry what a terminal would obey. */
static void
test_controls(void **state)
{
	struct arena a = { 0 };
	struct buf b = { 0 };
	struct feed *f;
	struct span s;
	uint32_t c;

	(void)state;
	buf_puts(&b, "<rss><channel><title>x");
	for (c = 1; c < 0xa0; c++) {
		if (c != '<' && c != '&')
			utf8_put(&b, c);
		buf_putf(&b, "&#%u;&#x%x;", (unsigned)c, (unsigned)c);
	}
	buf_puts(&b, "&#x202e;&#xfeff;&#0;&#xd800;&#x110000;日</title>"
	    "</channel></rss>");
	assert_int_equal(feed_parse(&f, &a, buf_span(&b), NULL, NULL), 0);
	for (s = span_str(f->title); s.n > 0; ) {
		s = span_from(s, utf8_decode(s, &c));
		assert_false(c < 0x20 || (c >= 0x7f && c < 0xa0));
		assert_false(c == 0x202e || c == 0xfeff);
	}
	assert_true(utf8_valid(span_str(f->title)));
	buf_free(&b);
	arena_free(&a);
}

/* Marks pile up on no letter, whatever stands between them. */
static void
test_piles(void **state)
{
	static const char mark[] = "\xcc\x81";
	struct arena a = { 0 };
	struct buf b = { 0 };
	struct feed *f;
	size_t marks = 0;

	(void)state;
	buf_puts(&b, "<rss><channel><title>Z");
	for (size_t i = 0; i < 50; i++)
		buf_putf(&b, "%s\xef\xb8\x8f\xe2\x80\x8d\xe2\x80\x8b", mark);
	buf_puts(&b, "</title></channel></rss>");
	assert_int_equal(feed_parse(&f, &a, buf_span(&b), NULL, NULL), 0);
	for (const char *p = f->title; (p = strstr(p, mark)) != NULL; p += 2)
		marks++;
	assert_int_equal(marks, 2);	/* and two variation selectors */
	buf_free(&b);
	arena_free(&a);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_entities),
		cmocka_unit_test(test_floods),
		cmocka_unit_test(test_controls),
		cmocka_unit_test(test_piles),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
