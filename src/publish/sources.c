/*
 * The sources: pages that list them, and which of their own pages are stale.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/xalloc.h"
#include "publish/lists.h"
#include "publish/sourcepages.h"

#define STATES_KEY	"publish_source_states"
#define ORDER_KEY	"publish_source_order"
#define SOURCES_MAX	250	/* sources on a page of them */

/* --- a page --- */

static void
put_item(struct look_rows *rows, struct site *s, const struct store_feed *f)
{
	struct theme_value *row = look_add(rows);
	struct buf path = { 0 };

	site_feed_path(&path, f);
	row[SRC_URL] = look_path(rows->a, buf_cstr(&path));
	row[SRC_NAME] = look_text(site_feed_name(s, f));
	row[SRC_STATE] = source_state(s, f, rows->a);
	row[SRC_SITE] = source_link(f, f->link, rows->a);
	row[SRC_FEED] = source_feed_link(f, rows->a);
	buf_free(&path);
}

static struct theme_value
items(struct site *s, const struct source_pages *l, size_t from, size_t until,
    struct arena *a)
{
	struct look_rows rows = { .a = a, .width = SRC_FIELDS };

	for (size_t i = from; i < until; i++)
		put_item(&rows, s, &s->feeds[l->at[i]]);
	return look_list(&rows);
}

struct theme_value
sources_few(struct site *s, struct arena *a)
{
	struct source_pages l;
	struct theme_value v = { 0 };

	source_pages_fill(&l, s, SOURCES_MAX, true);
	if (l.nlively <= SOURCES_MAX)
		v = items(s, &l, 0, l.nlively, a);
	source_pages_free(&l);
	return v;
}

static const char *
page_path(struct arena *a, size_t page)
{
	return page == 0 ? "s/index.gmi" :
	    arena_printf(a, "s/p%zu.gmi", page + 1);
}

static struct theme_value
other_pages(struct site *s, const struct source_pages *l, size_t page,
    struct arena *a)
{
	struct look_rows rows = { .a = a, .width = LINK_FIELDS };
	struct buf label = { 0 };

	for (size_t i = 0; l->pages > 1 && i < l->pages; i++) {
		if (i == page)
			continue;
		buf_clear(&label);
		source_pages_label(&label, l, s, i);
		look_link_to(&rows, i == 0 ? "s/" : page_path(a, i),
		    buf_cstr(&label), NULL);
	}
	buf_free(&label);
	return look_list(&rows);
}

static int
put_page(struct site *s, const struct source_pages *l, size_t page,
    struct error *e)
{
	const struct store_query all = { .own = -1 };
	struct theme_value v[SO_FIELDS] = { 0 };
	struct arena a = { 0 };
	size_t from = page * SOURCES_MAX, end = source_pages_end(l, page);
	size_t lively;
	int rc;

	lively = l->nlively < from ? from : l->nlively > end ? end :
	    l->nlively;
	if (page == 0) {
		v[SO_COUNT] = look_count(s, store_count(s->store, &all), &a);
		v[SO_GROUPS] = look_existing(s, &a, "g/");
		v[SO_TAGS] = look_existing(s, &a, "t/");
		v[SO_LANGUAGES] = look_existing(s, &a, "l/");
	}
	v[SO_SOURCES] = items(s, l, from, lively, &a);
	v[SO_SILENT] = items(s, l, lively, end, &a);
	v[SO_PAGES] = other_pages(s, l, page, &a);
	rc = look_put(s, PAGE_SOURCES, v, page_path(&a, page), e);
	arena_free(&a);
	return rc;
}

/* Pages of a time when there were more sources. */
static int
drop_pages(struct site *s, size_t page, struct error *e)
{
	struct arena a = { 0 };
	const char *path;
	int rc = 0;

	while (rc == 0 && list_has_page(s, path = page_path(&a, page++)))
		rc = tree_gone(s->tree, arena_printf(&a, "capsule/%s", path),
		    false, e);
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
	    site_feed_lively(s, f) ? 'l' : 's', source_fails(f) ? f->status :
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

static void
all_states(struct buf *out, const struct site *s)
{
	for (size_t i = 0; i < s->nfeeds; i++)
		state_line(out, s, &s->feeds[i]);
}

/* Put the pages of the stale sources, and mark them in changed. */
static int
put_stale(struct site *s, const struct stale *st, const char *states,
    bool *changed, struct error *e)
{
	struct buf dir = { 0 };
	int rc = 0;
	const char *at = states;

	for (size_t i = 0; i < s->nfeeds && rc == 0; i++) {
		/* a copy: the list may move when a feed is looked up */
		const struct store_feed f = s->feeds[i];

		if (!is_stale(s, st, &f, states, &at))
			continue;
		changed[i] = true;
		buf_clear(&dir);
		buf_puts(&dir, "capsule/");
		site_feed_path(&dir, &f);
		rc = site_feed_listed(&f) ? source_put(s, st, &f, e) :
		    tree_gone_prefix(s->tree, buf_cstr(&dir), false, e);
	}
	buf_free(&dir);
	return rc;
}

static int
put_pages(struct site *s, const struct stale *st, const bool *changed,
    struct error *e)
{
	bool all = st->all || st->sources, any = all || st->ngone_feeds > 0;
	struct source_pages l;
	int rc = 0;

	for (size_t i = 0; i < s->nfeeds && !any; i++)
		any = changed[i];
	if (!any)
		return 0;
	source_pages_fill(&l, s, SOURCES_MAX, true);
	rc = source_pages_mark(&l, s, changed, ORDER_KEY, e);
	for (size_t i = 0; i < l.pages && rc == 0; i++)
		/* the first one counts the entries of all */
		if (all || i == 0 || l.fresh[i])
			rc = put_page(s, &l, i, e);
	if (rc == 0)
		rc = drop_pages(s, l.pages, e);
	source_pages_free(&l);
	return rc;
}

int
sources_publish(struct site *s, const struct stale *st, struct error *e)
{
	struct buf prefix = { 0 }, states = { 0 }, now = { 0 };
	struct store_feed own;
	bool *changed, same;
	int rc = 0;

	/* not among the store's feeds until it is looked up */
	if (store_feed_by_url(s->store, &own, &s->arena, STORE_OWN_URL) == 0)
		(void)site_feed(s, own.id);
	changed = xcalloc(s->nfeeds + 1, sizeof(*changed));
	for (size_t i = 0; i < st->ngone_feeds && rc == 0; i++) {
		buf_clear(&prefix);
		buf_putf(&prefix, "capsule/s/%s/", st->gone_feeds[i]);
		rc = tree_gone_prefix(s->tree, buf_cstr(&prefix), true, e);
	}
	(void)store_meta_get(s->store, STATES_KEY, &states);
	all_states(&now, s);
	same = span_eq(buf_span(&now), buf_span(&states));
	if (rc == 0 && (!same || st->all || st->nfeeds > 0))
		rc = put_stale(s, st, buf_cstr(&states), changed, e);
	if (rc == 0)
		rc = put_pages(s, st, changed, e);
	if (rc == 0 && !same && !s->options->dry_run)
		rc = store_meta_set(s->store, STATES_KEY, buf_cstr(&now), e);
	free(changed);
	buf_free(&now);
	buf_free(&prefix);
	buf_free(&states);
	return rc;
}
