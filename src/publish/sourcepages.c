/*
 * sourcepages.c - where a source stands in the lists of them.
 */
#include <stdlib.h>
#include <string.h>

#include "base/hash.h"
#include "base/utf8.h"
#include "base/xalloc.h"
#include "publish/sourcepages.h"

#define LABEL_COLUMNS	24

static void
take(struct source_pages *p, const struct site *s, bool lively, bool silent)
{
	for (size_t i = 0; i < s->nfeeds; i++) {
		const struct store_feed *f = &s->feeds[i];
		bool posts;

		if (!site_feed_listed(f))
			continue;
		posts = site_feed_lively(s, f);
		if ((posts && lively) || (!posts && silent))
			p->at[p->n++] = i;
	}
}

void
source_pages_fill(struct source_pages *p, const struct site *s, size_t size,
    bool silent_last)
{
	memset(p, 0, sizeof(*p));
	p->size = size;
	p->at = xcalloc(s->nfeeds + 1, sizeof(*p->at));
	take(p, s, true, !silent_last);
	p->nlively = p->n;
	if (silent_last)
		take(p, s, false, true);
	p->pages = p->n > 0 ? (p->n + size - 1) / size : 1;
	p->fresh = xcalloc(p->pages, sizeof(*p->fresh));
}

void
source_pages_free(struct source_pages *p)
{
	free(p->at);
	free(p->fresh);
}

size_t
source_pages_end(const struct source_pages *p, size_t page)
{
	size_t end = (page + 1) * p->size;

	return end < p->n ? end : p->n;
}

int
source_pages_mark(struct source_pages *p, struct site *s,
    const bool *changed, const char *key, struct error *e)
{
	struct buf order = { 0 }, had = { 0 };
	char hex[HASH_HEX];
	int rc = 0;

	for (size_t i = 0; i < p->n; i++) {
		const struct store_feed *f = &s->feeds[p->at[i]];

		buf_putf(&order, "%lld %s%c", (long long)f->id,
		    site_feed_name(s, f), i < p->nlively ? 1 : 2);
		if (changed[p->at[i]])
			p->fresh[i / p->size] = true;
	}
	hash_hex(buf_span(&order), hex);
	(void)store_meta_get(s->store, key, &had);
	if (strcmp(buf_cstr(&had), hex) != 0) {
		memset(p->fresh, true, p->pages * sizeof(*p->fresh));
		if (!s->options->dry_run)
			rc = store_meta_set(s->store, key, hex, e);
	}
	buf_free(&order);
	buf_free(&had);
	return rc;
}

void
source_pages_label(struct buf *out, const struct source_pages *p,
    const struct site *s, size_t page)
{
	const struct store_feed *first = &s->feeds[p->at[page * p->size]],
	    *last = &s->feeds[p->at[source_pages_end(p, page) - 1]];

	utf8_shorten(out, span_str(site_feed_name(s, first)), LABEL_COLUMNS);
	buf_puts(out, " – ");
	utf8_shorten(out, span_str(site_feed_name(s, last)), LABEL_COLUMNS);
}
