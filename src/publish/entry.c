/*
 * The page of an entry.
 */
#include <stdlib.h>

#include "base/utf8.h"
#include "publish/look.h"
#include "publish/pages.h"

/* Columns of a neighbour's title in a link to it. */
#define NEIGHBOUR_COLUMNS	70

static void
put_size(struct buf *out, int64_t bytes)
{
	if (bytes >= 1000000)
		buf_putf(out, ", %.1f MB", (double)bytes / 1e6);
	else if (bytes > 0)
		buf_putf(out, ", %lld kB", (long long)(bytes + 999) / 1000);
}

static struct theme_value
enclosures(struct site *s, const struct store_entry *en, struct arena *a)
{
	struct look_rows rows = { .a = a, .width = LINK_FIELDS };
	struct buf label = { 0 };

	for (size_t i = 0; i < en->nenclosures; i++) {
		const struct link *l = &en->enclosures[i];
		struct theme_value *row;

		if (l->href == NULL)
			continue;
		buf_puts(&label, l->title != NULL && l->title[0] != '\0' ?
		    l->title : strings_get(s->words, W_attachment));
		buf_putf(&label, " (%s", l->type != NULL &&
		    l->type[0] != '\0' ? l->type :
		    strings_get(s->words, W_file));
		put_size(&label, l->length);
		buf_putc(&label, ')');
		row = look_add(&rows);
		row[LINK_URL] = look_text(l->href);
		row[LINK_LABEL] = look_keep(a, &label);
	}
	buf_free(&label);
	return look_list(&rows);
}

static struct theme_value
tags(const struct store_entry *en, struct arena *a)
{
	struct theme_value v;
	struct buf list = { 0 };

	for (size_t i = 0; i < en->ntags; i++)
		buf_putf(&list, "%s%s", i > 0 ? ", " : "", en->tags[i]);
	v = look_keep(a, &list);
	buf_free(&list);
	return v;
}

static struct theme_value
also_in(struct site *s, const struct store_entry *en, struct arena *a)
{
	struct theme_value v;
	struct buf list = { 0 };
	int64_t *feeds;
	size_t n = 0;

	if (store_also_in(s->store, en->id, &feeds, &n, a) == 0)
		for (size_t i = 0; i < n; i++) {
			const struct store_feed *f = site_feed(s, feeds[i]);

			if (f != NULL)
				buf_putf(&list, "%s%s", list.n > 0 ? ", " : "",
				    f->name);
		}
	v = look_keep(a, &list);
	buf_free(&list);
	return v;
}

static struct theme_value
link_to(struct site *s, const struct store_entry *other, struct arena *a)
{
	struct look_rows rows = { .a = a, .width = LINK_FIELDS };
	struct buf title = { 0 }, b = { 0 };
	struct theme_value *row;

	if (other == NULL)
		return look_list(&rows);
	row = look_add(&rows);
	site_entry_path(&b, other);
	row[LINK_URL] = look_path(a, buf_cstr(&b));
	site_title(&title, s, other);
	buf_clear(&b);
	utf8_shorten(&b, buf_span(&title), NEIGHBOUR_COLUMNS);
	row[LINK_LABEL] = look_keep(a, &b);
	row[LINK_SOURCE] = look_text(site_source_name(s, other));
	buf_free(&b);
	buf_free(&title);
	return look_list(&rows);
}

/* The entry before or after, in the river or in the source. */
static struct theme_value
neighbour(struct site *s, const struct store_entry *en, int64_t feed,
    bool newer, struct arena *a)
{
	struct store_entry other;

	return link_to(s, store_neighbour(s->store, &other, a, en, feed,
	    newer) == 0 ? &other : NULL, a);
}

static void
neighbours(struct theme_value *v, struct site *s,
    const struct store_entry *en, const struct page_beside *b,
    struct arena *a)
{
	v[EN_NEWER] = b != NULL ? link_to(s, b->newer, a) :
	    neighbour(s, en, 0, true, a);
	v[EN_OLDER] = b != NULL ? link_to(s, b->older, a) :
	    neighbour(s, en, 0, false, a);
	if (en->own)
		return;
	v[EN_SRC_NEWER] = b != NULL ? link_to(s, b->source_newer, a) :
	    neighbour(s, en, en->feed, true, a);
	v[EN_SRC_OLDER] = neighbour(s, en, en->feed, false, a);
}

static void
fill(struct theme_value *v, struct site *s, const struct store_entry *en,
    const struct page_beside *beside, struct arena *a)
{
	const struct store_feed *f = en->own ? NULL :
	    site_feed(s, en->feed);
	struct buf b = { 0 };

	site_title(&b, s, en);
	v[EN_TITLE] = look_keep(a, &b);
	v[EN_SOURCE] = look_text(site_source_name(s, en));
	if (f != NULL) {
		site_feed_path(&b, f);
		v[EN_SOURCE_URL] = look_path(a, buf_cstr(&b));
		buf_clear(&b);
	}
	v[EN_AUTHOR] = look_text(site_author(s, en));
	site_time(&b, s, site_date(en));
	v[EN_TIME] = look_keep(a, &b);
	site_iso_day(&b, site_date(en));
	v[EN_DATE] = look_keep(a, &b);
	v[EN_BODY] = look_text(en->gemtext);
	v[EN_ENCLOSURES] = enclosures(s, en, a);
	v[EN_ORIGINAL] = look_text(en->link);
	v[EN_COMMENTS] = look_text(en->comments);
	v[EN_TAGS] = tags(en, a);
	v[EN_ALSO] = also_in(s, en, a);
	v[EN_LICENCE] = look_text(en->license != NULL ? en->license :
	    en->rights);
	v[EN_LANGUAGE] = look_text(en->language);
	v[EN_OWN] = look_text(en->own ? s->config->name : NULL);
	neighbours(v, s, en, beside, a);
	buf_free(&b);
}

int
page_entry(struct site *s, const struct store_entry *en,
    const struct page_beside *b, struct error *e)
{
	struct theme_value v[EN_FIELDS] = { 0 };
	struct store_entry shown = *en;
	struct arena a = { 0 };
	struct buf path = { 0 };
	int rc;

	site_excerpt(s, &shown, &a);
	fill(v, s, &shown, b, &a);
	site_entry_path(&path, en);
	rc = look_put(s, PAGE_ENTRY, v, buf_cstr(&path), e);
	buf_free(&path);
	arena_free(&a);
	return rc;
}

int
page_entry_gone(struct site *s, const char *path, bool tombstone,
    struct error *e)
{
	struct buf full = { 0 };
	int rc;

	buf_putf(&full, "capsule/%s.gmi", path);
	rc = tree_gone(s->tree, buf_cstr(&full), tombstone, e);
	site_step(s);
	buf_free(&full);
	return rc;
}
