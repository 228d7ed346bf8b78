/* Any bytes as any feed: strings keep their promise, the wire is exact. */
#include <stdlib.h>
#include <string.h>

#include "base/utf8.h"
#include "feed/parse.h"
#include "feed/relink.h"

int	LLVMFuzzerTestOneInput(const uint8_t *, size_t);

/* What feed.h promises of every string. */
static void
check(const char *s)
{
	if (s == NULL)
		return;
	if (!utf8_valid(span_str(s)))
		abort();
	for (; *s != '\0'; s++)
		if (((unsigned char)*s < 0x20 && *s != '\n' && *s != '\t') ||
		    *s == 0x7f)
			abort();
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	struct span in = span_of((const char *)data, n);
	struct parse_options o = { .base_url = "http://a.example/feed" };
	struct arena a = { 0 }, b = { 0 };
	struct buf one = { 0 }, two = { 0 };
	struct feed *f, *g;

	if (feed_parse(&f, &a, in, &o, NULL) != 0)
		goto out;
	check(f->title);
	check(f->subtitle);
	check(f->problem);
	for (size_t i = 0; i < f->nentries; i++) {
		check(f->entries[i].id);
		check(f->entries[i].title);
		check(f->entries[i].link);
		check(f->entries[i].content.value);
		check(f->entries[i].summary.value);
		if (f->entries[i].summary.value != NULL)
			feed_relink(&two, span_str(f->entries[i].summary.value),
			    "http://a.example/");
	}
	buf_clear(&two);
	feed_encode(&one, f);
	if (feed_decode(&g, &b, buf_span(&one), NULL) != 0)
		abort();
	feed_encode(&two, g);
	if (!span_eq(buf_span(&one), buf_span(&two)))
		abort();
out:
	buf_free(&one);
	buf_free(&two);
	arena_free(&a);
	arena_free(&b);
	return 0;
}
