/*
 * A source: what is told of it, and the list of its entries.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/uri.h"
#include "base/utf8.h"
#include "publish/lists.h"

#define ABOUT_COLUMNS	500	/* of what a source says of itself */
#define CHART_MONTHS	12
#define CHART_COLUMNS	30

struct theme_value
source_link(const struct store_feed *f, const char *url, struct arena *a)
{
	struct theme_value v = { 0 };
	struct buf b = { 0 };
	char scheme[16];

	if (url == NULL)
		return v;
	uri_scheme(scheme, sizeof(scheme), span_str(url));
	if (scheme[0] != '\0' && uri_scheme_linkable(scheme)) {
		site_address(&b, f, url);
		v = look_keep(a, &b);
	}
	buf_free(&b);
	return v;
}

struct theme_value
source_feed_link(const struct store_feed *f, struct arena *a)
{
	return f->hidden || site_feed_own(f) ? look_text(NULL) :
	    source_link(f, f->url, a);
}

/* One failure may be anything; two say something about the source. */
bool
source_fails(const struct store_feed *f)
{
	return f->active && f->failures > 1 && f->error != NULL &&
	    f->error[0] != '\0';
}

struct theme_value
source_state(const struct site *s, const struct store_feed *f, struct arena *a)
{
	struct theme_value v;
	struct buf out = { 0 };

	strings_count(&out, s->words, W_entries, f->nentries);
	if (f->nentries > 0) {
		buf_puts(&out, ", ");
		site_iso_day(&out, f->newest);
	}
	if (f->gone)
		buf_putf(&out, ", %s", strings_get(s->words, W_gone));
	else if (source_fails(f)) {
		buf_putf(&out, ", %s", strings_get(s->words, W_failing));
		if (f->status > 0)
			buf_putf(&out, " (%d)", f->status);
	}
	v = look_keep(a, &out);
	buf_free(&out);
	return v;
}

/* The month n before "2026-01". */
static void
month_before(char out[16], const char *month, int n)
{
	int at = atoi(month) * 12 + atoi(month + 5) - 1 - n;

	snprintf(out, 16, "%04d-%02d", at / 12 % 10000,
	    at < 0 ? 1 : at % 12 + 1);
}

static int64_t
count_of(const struct store_bucket *list, size_t n, const char *key)
{
	for (size_t i = 0; i < n; i++)
		if (strcmp(list[i].key, key) == 0)
			return list[i].n;
	return 0;
}

/*
 * Its entries month by month, back from the newest: not from today, so that
 * a page without news stays as it is.
 */
static struct theme_value
chart(const struct site *s, const struct store_feed *f, struct arena *a)
{
	int64_t counts[CHART_MONTHS], most = 0;
	struct store_bucket *list;
	struct theme_value v;
	struct buf out = { 0 };
	char key[16];
	size_t n;

	if (store_buckets(s->store, BUCKET_MONTH, f->id, &list, &n, a) != 0 ||
	    n < 2)
		return look_text(NULL);
	for (int i = 0; i < CHART_MONTHS; i++) {
		month_before(key, list[0].key, i);
		counts[i] = count_of(list, n, key);
		most = counts[i] > most ? counts[i] : most;
	}
	buf_putf(&out, "``` %s\n", strings_get(s->words, W_posts_per_month));
	for (int i = 0; i < CHART_MONTHS; i++) {
		int64_t bar = (counts[i] * CHART_COLUMNS + most - 1) / most;

		month_before(key, list[0].key, i);
		buf_putf(&out, "%s %4lld%s", key, (long long)counts[i],
		    bar > 0 ? " " : "");
		while (bar-- > 0)
			buf_puts(&out, "▪");
		buf_putc(&out, '\n');
	}
	buf_puts(&out, "```\n");
	v = look_keep(a, &out);
	buf_free(&out);
	return v;
}

int
source_put(struct site *s, const struct stale *st,
    const struct store_feed *f, struct error *e)
{
	struct theme_value v[LI_FIELDS] = { 0 };
	struct page_list l = { .kind = PAGE_SOURCE, .values = v,
	    .n = f->nentries, .all = st->all,
	    .q = { .feed = f->id, .own = -1 } };
	struct arena a = { 0 };
	struct buf path = { 0 }, about = { 0 };
	int rc;

	site_feed_path(&path, f);
	v[LI_TITLE] = look_text(site_feed_name(s, f));
	if (f->subtitle != NULL)
		utf8_shorten(&about, span_str(f->subtitle), ABOUT_COLUMNS);
	v[LI_ABOUT] = look_keep(&a, &about);
	v[LI_STATE] = source_state(s, f, &a);
	v[LI_SITE] = source_link(f, f->link, &a);
	v[LI_FEED] = source_feed_link(f, &a);
	v[LI_ATOM] = look_existing(s, &a, arena_printf(&a, "%satom.xml",
	    buf_cstr(&path)));
	v[LI_CHART] = chart(s, f, &a);
	v[LI_UP] = look_text("/s/");
	v[LI_UP_LABEL] = look_text(strings_get(s->words, W_sources));
	l.dir = buf_cstr(&path);
	rc = list_put(s, st, &l, e);
	buf_free(&path);
	buf_free(&about);
	arena_free(&a);
	return rc;
}
