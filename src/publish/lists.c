/*
 * Lists by tag, group and language, the pages that list those, and the
 * newest entries of all.
 */
#include "publish/lists.h"
#include "publish/terms.h"

#define TERMS_MAX	500	/* tags on a page of tags */

static const char *
index_dir(struct arena *a, const struct term_kind *k)
{
	return arena_printf(a, "%s/", k->dir);
}

static int
put_term(struct site *s, const struct stale *st, const struct term_kind *k,
    const struct store_bucket *b, struct error *e)
{
	struct theme_value v[LI_FIELDS] = { 0 };
	struct page_list l = { .kind = PAGE_LIST, .values = v, .n = b->n,
	    .all = st->all || k->whole, .q = { .own = -1 } };
	struct arena a = { 0 };
	struct buf path = { 0 };
	int rc;

	k->path(&path, b->key);
	/* its name alone says nothing in a list of subscriptions */
	v[LI_TITLE] = look_text(arena_printf(&a, "%s: %s", s->config->name,
	    b->key));
	v[LI_COUNT] = look_count(s, b->n, &a);
	v[LI_SOURCED] = look_text(b->key);
	v[LI_UP] = look_path(&a, index_dir(&a, k));
	v[LI_UP_LABEL] = look_text(strings_get(s->words, k->word));
	if (k->buckets == BUCKET_GROUP)
		v[LI_ATOM] = look_existing(s, &a, arena_printf(&a,
		    "%satom.xml", buf_cstr(&path)));
	l.dir = buf_cstr(&path);
	terms_query(&l.q, k, b->key);
	rc = list_put(s, st, &l, e);
	buf_free(&path);
	arena_free(&a);
	return rc;
}

static const char *
index_path(struct arena *a, const struct term_kind *k, size_t part)
{
	return part == 0 ? arena_printf(a, "%s/index.gmi", k->dir) :
	    arena_printf(a, "%s/p%zu.gmi", k->dir, part + 1);
}

/* In order of names there is no older and newer: links to all parts. */
static struct theme_value
other_parts(const struct term_kind *k, size_t part, size_t parts,
    struct arena *a)
{
	struct look_rows rows = { .a = a, .width = LINK_FIELDS };

	for (size_t i = 0; parts > 1 && i < parts; i++)
		if (i != part)
			look_link_to(&rows, i == 0 ? index_dir(a, k) :
			    index_path(a, k, i), arena_printf(a, "%zu/%zu",
			    i + 1, parts), NULL);
	return look_list(&rows);
}

/* The lists of a kind, TERMS_MAX on a page. */
static int
put_index(struct site *s, const struct term_kind *k,
    const struct store_bucket *list, size_t n, struct error *e)
{
	size_t parts = (n + TERMS_MAX - 1) / TERMS_MAX;
	struct buf path = { 0 }, count = { 0 };
	int rc = 0;

	for (size_t part = 0; part < parts && rc == 0; part++) {
		struct theme_value v[TE_FIELDS] = { [TE_NAME] =
		    look_text(strings_get(s->words, k->word)) };
		struct arena a = { 0 };
		struct look_rows rows = { .a = &a, .width = LINK_FIELDS };
		size_t end = (part + 1) * TERMS_MAX;

		for (size_t i = part * TERMS_MAX; i < n && i < end; i++) {
			buf_clear(&path);
			buf_clear(&count);
			k->path(&path, list[i].key);
			strings_count(&count, s->words, W_entries, list[i].n);
			look_link_to(&rows, buf_cstr(&path), list[i].key,
			    buf_cstr(&count));
		}
		v[TE_TERMS] = look_list(&rows);
		v[TE_PARTS] = other_parts(k, part, parts, &a);
		rc = look_put(s, PAGE_TERMS, v, index_path(&a, k, part), e);
		arena_free(&a);
	}
	buf_free(&path);
	buf_free(&count);
	return rc;
}

static bool
has_list(struct site *s, const char *dir)
{
	struct buf path = { 0 };
	bool has;

	buf_putf(&path, "%sindex.gmi", dir);
	has = list_has_page(s, buf_cstr(&path));
	buf_free(&path);
	return has;
}

static int
drop_kind(struct site *s, const struct term_kind *k, struct error *e)
{
	struct buf prefix = { 0 };
	int rc;

	buf_putf(&prefix, "capsule/%s/", k->dir);
	rc = tree_gone_prefix(s->tree, buf_cstr(&prefix), false, e);
	buf_free(&prefix);
	return rc;
}

/* The newest entries of all sources, to be subscribed to. */
static int
put_feed(struct site *s, struct error *e)
{
	struct store_query q = { .own = -1, .limit = SITE_LIST_MAX };
	struct theme_value v[FE_FIELDS] = { 0 };
	struct arena a = { 0 };
	struct look_rows rows = { .a = &a, .width = ROW_FIELDS };
	int rc;

	rc = list_entries(&rows, s, &q, NULL, e);
	v[FE_ENTRIES] = look_list(&rows);
	if (rc == 0)
		rc = look_put(s, PAGE_FEED, v, "feed.gmi", e);
	arena_free(&a);
	return rc;
}

int
lists_publish(struct site *s, const struct stale *st, struct error *e)
{
	static const struct term_lists lists = {
		.roots = { "capsule/" }, .members_key = "publish_group_members",
		.put = put_term, .index = put_index, .has = has_list,
		.drop = drop_kind,
	};
	int rc = terms_publish(s, st, &lists, e);

	if (rc == 0)
		rc = sources_publish(s, st, e);
	if (rc == 0 && (st->all || st->front || st->nentries > 0 ||
	    st->ngone > 0))
		rc = put_feed(s, e);
	return rc;
}
