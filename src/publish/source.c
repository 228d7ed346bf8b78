/*
 * The sources: a page that lists them, and a list of entries for each.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/uri.h"
#include "base/utf8.h"
#include "publish/lists.h"

#define STATES_KEY	"publish_source_states"
#define ABOUT_COLUMNS	500	/* of what a source says of itself */
#define CHART_MONTHS	12
#define CHART_COLUMNS	30

static bool
is_own(const struct store_feed *f)
{
	return strcmp(f->url, STORE_OWN_URL) == 0;
}

/*
 * Whether it has a page.  One that has left the configuration keeps it as
 * long as there are entries that point to it.
 */
static bool
has_page(const struct store_feed *f)
{
	return (f->active && !is_own(f)) || f->nentries > 0;
}

static const char *
name_of(const struct site *s, const struct store_feed *f)
{
	if (is_own(f) || f->name == NULL || f->name[0] == '\0')
		return s->config->name;
	return f->name;
}

/* An address of the feed's, when it may be linked to. */
static struct theme_value
address(const struct store_feed *f, const char *url, struct arena *a)
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

static struct theme_value
feed_address(const struct store_feed *f, struct arena *a)
{
	return f->hidden || is_own(f) ? look_text(NULL) :
	    address(f, f->url, a);
}

/* One failure may be anything; two say something about the source. */
static bool
is_failing(const struct store_feed *f)
{
	return f->active && f->failures > 1 && f->error != NULL &&
	    f->error[0] != '\0';
}

/* "12 entries, 2026-01-14, cannot be read at the moment (404)" */
static struct theme_value
state(const struct site *s, const struct store_feed *f, struct arena *a)
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
	else if (is_failing(f)) {
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

static int
put_source(struct site *s, const struct stale *st,
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
	v[LI_TITLE] = look_text(name_of(s, f));
	if (f->subtitle != NULL)
		utf8_shorten(&about, span_str(f->subtitle), ABOUT_COLUMNS);
	v[LI_ABOUT] = look_keep(&a, &about);
	v[LI_STATE] = state(s, f, &a);
	v[LI_SITE] = address(f, f->link, &a);
	v[LI_FEED] = feed_address(f, &a);
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

static void
put_item(struct look_rows *rows, struct site *s, const struct store_feed *f)
{
	struct theme_value *row = look_add(rows);
	struct buf path = { 0 };

	site_feed_path(&path, f);
	row[SRC_URL] = look_path(rows->a, buf_cstr(&path));
	row[SRC_NAME] = look_text(name_of(s, f));
	row[SRC_STATE] = state(s, f, rows->a);
	row[SRC_SITE] = address(f, f->link, rows->a);
	row[SRC_FEED] = feed_address(f, rows->a);
	buf_free(&path);
}

struct theme_value
sources_list(struct site *s, bool lively, struct arena *a)
{
	struct look_rows rows = { .a = a, .width = SRC_FIELDS };

	for (size_t i = 0; i < s->nfeeds; i++)
		if (has_page(&s->feeds[i]) &&
		    site_feed_lively(s, &s->feeds[i]) == lively)
			put_item(&rows, s, &s->feeds[i]);
	return look_list(&rows);
}

static int
put_sources(struct site *s, struct error *e)
{
	const struct store_query all = { .own = -1 };
	struct theme_value v[SO_FIELDS] = { 0 };
	struct arena a = { 0 };
	int rc;

	v[SO_COUNT] = look_count(s, store_count(s->store, &all), &a);
	v[SO_SOURCES] = sources_list(s, true, &a);
	v[SO_SILENT] = sources_list(s, false, &a);
	v[SO_GROUPS] = look_existing(s, &a, "g/");
	v[SO_TAGS] = look_existing(s, &a, "t/");
	v[SO_LANGUAGES] = look_existing(s, &a, "l/");
	rc = look_put(s, PAGE_SOURCES, v, "s/index.gmi", e);
	arena_free(&a);
	return rc;
}

/* --- what is stale --- */

/*
 * Fetching and the mere passing of time make no marks, and yet pages say
 * whether a source can be read and is silent: so keep what they said last.
 */
static void
state_line(struct buf *out, const struct site *s, const struct store_feed *f)
{
	buf_putf(out, "\n%lld %c %d\n", (long long)f->id, f->gone ? 'g' :
	    site_feed_lively(s, f) ? 'l' : 's', is_failing(f) ? f->status :
	    -1);
}

static bool
is_stale(const struct site *s, const struct stale *st,
    const struct store_feed *f, const char *states, const char **at)
{
	struct buf line = { 0 };
	bool stale = st->all;

	for (size_t i = 0; i < st->nfeeds && !stale; i++)
		stale = st->feeds[i] == f->id;
	if (!stale) {
		state_line(&line, s, f);
		/* one after the other, unless feeds came or went */
		if (strncmp(*at, buf_cstr(&line), line.n) != 0)
			*at = strstr(states, buf_cstr(&line));
		stale = *at == NULL;
		*at = stale ? states : *at + line.n;
	}
	buf_free(&line);
	return stale;
}

static int
keep_states(struct site *s, const char *had, struct error *e)
{
	struct buf now = { 0 };
	int rc = 0;

	for (size_t i = 0; i < s->nfeeds; i++)
		state_line(&now, s, &s->feeds[i]);
	if (!s->options->dry_run && strcmp(buf_cstr(&now), had) != 0)
		rc = store_meta_set(s->store, STATES_KEY, buf_cstr(&now), e);
	buf_free(&now);
	return rc;
}

static int
put_stale(struct site *s, const struct stale *st, const char *states,
    bool *any, struct error *e)
{
	struct buf dir = { 0 };
	int rc = 0;
	const char *at = states;

	for (size_t i = 0; i < s->nfeeds && rc == 0; i++) {
		/* a copy: the list may move when a feed is looked up */
		const struct store_feed f = s->feeds[i];

		if (!is_stale(s, st, &f, states, &at))
			continue;
		*any = true;
		buf_clear(&dir);
		buf_puts(&dir, "capsule/");
		site_feed_path(&dir, &f);
		rc = has_page(&f) ? put_source(s, st, &f, e) :
		    tree_gone_prefix(s->tree, buf_cstr(&dir), false, e);
	}
	buf_free(&dir);
	return rc;
}

int
sources_publish(struct site *s, const struct stale *st, struct error *e)
{
	struct buf prefix = { 0 }, states = { 0 };
	struct store_feed own;
	bool any = st->all || st->sources || st->ngone_feeds > 0;
	int rc = 0;

	/* not among the store's feeds until it is looked up */
	if (store_feed_by_url(s->store, &own, &s->arena, STORE_OWN_URL) == 0)
		(void)site_feed(s, own.id);
	for (size_t i = 0; i < st->ngone_feeds && rc == 0; i++) {
		buf_clear(&prefix);
		buf_putf(&prefix, "capsule/s/%s/", st->gone_feeds[i]);
		rc = tree_gone_prefix(s->tree, buf_cstr(&prefix), true, e);
	}
	(void)store_meta_get(s->store, STATES_KEY, &states);
	if (rc == 0)
		rc = put_stale(s, st, buf_cstr(&states), &any, e);
	if (rc == 0 && any)
		rc = put_sources(s, e);
	if (rc == 0)
		rc = keep_states(s, buf_cstr(&states), e);
	buf_free(&prefix);
	buf_free(&states);
	return rc;
}
