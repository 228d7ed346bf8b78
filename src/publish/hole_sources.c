/*
 * Menus of the hole that list the sources, and those of each source.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/xalloc.h"
#include "publish/hole_list.h"
#include "publish/sourcepages.h"

#define ORDER_KEY	"publish_hole_source_order"

static const char *
word(const struct site *s, enum word w)
{
	return strings_get(s->words, w);
}

void
hole_source_dir(struct buf *out, const char *slug)
{
	buf_puts(out, "s/");
	buf_puts(out, slug);
	/* there is a file "menu" in "s" already */
	if (strcmp(slug, "menu") == 0)
		buf_putc(out, '-');
}

static int
source_menu(struct site *s, const struct stale *st, int64_t id,
    struct error *e)
{
	const struct store_feed *found = site_feed(s, id);
	struct store_query q = { .own = -1, .feed = id };
	struct store_feed f;
	struct buf dir = { 0 };
	struct hole_list l = { .sourceless = true, .up = "/s",
	    .up_label = word(s, W_sources) };
	int rc;

	if (found == NULL)
		return 0;
	/* a copy: the array may move when a feed is looked up */
	f = *found;
	hole_source_dir(&dir, f.slug);
	l.dir = buf_cstr(&dir);
	l.title = site_feed_name(s, &f);
	l.intro = f.subtitle;
	l.feed = site_feed_own(&f) ? NULL : &f;
	rc = site_feed_listed(&f) ? hole_list_put(s, st, &q, f.nentries,
	    st->all, &l, e) : hole_list_drop(s, l.dir, e);
	buf_free(&dir);
	return rc;
}

static void
source_item(struct gophermenu *m, struct site *s, const struct store_feed *f)
{
	struct buf b = { 0 };

	buf_putc(&b, '/');
	hole_source_dir(&b, f->slug);
	gophermenu_item(m, '1', span_str(site_feed_name(s, f)), buf_cstr(&b),
	    true);
	buf_clear(&b);
	strings_count(&b, s->words, W_entries, f->nentries);
	if (f->nentries > 0) {
		buf_puts(&b, ", ");
		site_day(&b, s, f->newest);
	}
	gophermenu_info_indented(m, buf_span(&b), 2, 1);
	buf_free(&b);
}

/* Sources have names of all kinds: pages stand in a place apart. */
static void
page_dir(char dir[HOLE_DIR_MAX], size_t page)
{
	if (page == 0)
		snprintf(dir, HOLE_DIR_MAX, "s");
	else
		snprintf(dir, HOLE_DIR_MAX, "sources/p%zu", page + 1);
}

static void
page_item(struct gophermenu *m, const struct source_pages *p,
    const struct site *s, size_t page)
{
	char dir[HOLE_DIR_MAX], sel[HOLE_DIR_MAX + 1];
	struct buf label = { 0 };

	page_dir(dir, page);
	snprintf(sel, sizeof(sel), "/%s", dir);
	source_pages_label(&label, p, s, page);
	gophermenu_item(m, '1', buf_span(&label), sel, false);
	buf_free(&label);
}

static int
put_page(struct site *s, const struct source_pages *p, size_t page,
    struct error *e)
{
	struct buf out = { 0 };
	struct gophermenu m;
	char dir[HOLE_DIR_MAX];
	int rc;

	hole_menu(&m, s, &out);
	gophermenu_info(&m, span_str(word(s, p->n > 0 ? W_sources :
	    W_nothing)));
	if (p->n > 0)
		hole_blank(&m);
	for (size_t i = page * p->size; i < source_pages_end(p, page); i++)
		source_item(&m, s, &s->feeds[p->at[i]]);
	if (p->pages > 1)
		hole_blank(&m);
	/* so that none is far away */
	for (size_t i = 0; p->pages > 1 && i < p->pages; i++)
		if (i != page)
			page_item(&m, p, s, i);
	hole_home(&m, s);
	page_dir(dir, page);
	rc = hole_put_menu(s, dir, &m, e);
	buf_free(&out);
	return rc;
}

/* Pages of a time when there were more sources. */
static int
drop_pages(struct site *s, size_t page, struct error *e)
{
	char dir[HOLE_DIR_MAX];
	int rc = 0;

	for (page_dir(dir, page); rc == 0 && hole_has(s, dir);
	    page_dir(dir, ++page))
		rc = hole_list_drop(s, dir, e);
	return rc;
}

static int
put_pages(struct site *s, const struct stale *st, struct error *e)
{
	bool *changed = xcalloc(s->nfeeds + 1, sizeof(*changed));
	struct source_pages p;
	int rc;

	for (size_t i = 0; i < st->nfeeds; i++) {
		const struct store_feed *f = site_feed(s, st->feeds[i]);

		if (f != NULL)
			changed[f - s->feeds] = true;
	}
	source_pages_fill(&p, s, GOPHERMENU_ITEMS_MAX, false);
	rc = source_pages_mark(&p, s, changed, ORDER_KEY, e);
	for (size_t i = 0; i < p.pages && rc == 0; i++)
		if (st->all || st->sources || p.fresh[i])
			rc = put_page(s, &p, i, e);
	if (rc == 0)
		rc = drop_pages(s, p.pages, e);
	source_pages_free(&p);
	free(changed);
	return rc;
}

int
hole_sources(struct site *s, const struct stale *st, struct error *e)
{
	int rc = 0;

	for (size_t i = 0; st->all && i < s->nfeeds && rc == 0; i++)
		rc = source_menu(s, st, s->feeds[i].id, e);
	for (size_t i = 0; i < st->nfeeds && rc == 0; i++)
		rc = source_menu(s, st, st->feeds[i], e);
	if (rc == 0 && (st->all || st->sources || st->nfeeds > 0))
		rc = put_pages(s, st, e);
	return rc;
}
