/*
 * Menus by group, tag and language, and the menus that list those.
 */
#include <stdio.h>
#include <string.h>

#include "publish/hole_list.h"
#include "publish/terms.h"

/* A term's name may be anything: pages of its list stand in a place apart. */
static const char *
more_dir(const struct term_kind *k)
{
	return k->buckets == BUCKET_TAG ? "tags" :
	    k->buckets == BUCKET_GROUP ? "groups" : "languages";
}

static void
term_dir(struct buf *out, const struct term_kind *k, const char *key)
{
	buf_clear(out);
	k->path(out, key);
	buf_truncate(out, out->n - 1);
}

static int
put_term(struct site *s, const struct stale *st, const struct term_kind *k,
    const struct store_bucket *b, struct error *e)
{
	struct store_query q = { .own = -1 };
	struct buf dir = { 0 }, title = { 0 }, intro = { 0 };
	char up[16];
	struct hole_list l = { .up = up,
	    .up_label = strings_get(s->words, k->word) };
	int rc;

	term_dir(&dir, k, b->key);
	buf_putf(&title, "%s: %s", s->config->name, b->key);
	strings_count(&intro, s->words, W_entries, b->n);
	snprintf(up, sizeof(up), "/%s", k->dir);
	l.dir = buf_cstr(&dir);
	l.title = buf_cstr(&title);
	l.intro = buf_cstr(&intro);
	terms_query(&q, k, b->key);
	rc = hole_list_put(s, st, &q, b->n, st->all || k->whole, &l, e);
	buf_free(&dir);
	buf_free(&title);
	buf_free(&intro);
	return rc;
}

/* --- the menu of the terms --- */

static void
index_dir(char dir[HOLE_DIR_MAX], const struct term_kind *k, size_t part)
{
	if (part == 0)
		snprintf(dir, HOLE_DIR_MAX, "%s", k->dir);
	else
		snprintf(dir, HOLE_DIR_MAX, "%s/p%zu", more_dir(k), part + 1);
}

static void
index_item(struct gophermenu *m, struct site *s, const struct term_kind *k,
    size_t part, size_t parts)
{
	char dir[HOLE_DIR_MAX], sel[HOLE_DIR_MAX + 1];
	struct buf label = { 0 };

	index_dir(dir, k, part);
	snprintf(sel, sizeof(sel), "/%s", dir);
	buf_putf(&label, "%s (%zu/%zu)", strings_get(s->words, k->word),
	    part + 1, parts);
	gophermenu_item(m, '1', buf_span(&label), sel, false);
	buf_free(&label);
}

static void
term_item(struct gophermenu *m, struct site *s, const struct term_kind *k,
    const struct store_bucket *b)
{
	struct buf dir = { 0 }, sel = { 0 }, label = { 0 };

	term_dir(&dir, k, b->key);
	buf_putf(&sel, "/%s", buf_cstr(&dir));
	buf_putf(&label, "%s, ", b->key);
	strings_count(&label, s->words, W_entries, b->n);
	gophermenu_item(m, '1', buf_span(&label), buf_cstr(&sel), true);
	buf_free(&dir);
	buf_free(&sel);
	buf_free(&label);
}

static int
put_index(struct site *s, const struct term_kind *k,
    const struct store_bucket *list, size_t n, struct error *e)
{
	size_t parts = (n + GOPHERMENU_ITEMS_MAX - 1) / GOPHERMENU_ITEMS_MAX;
	struct buf out = { 0 }, title = { 0 };
	char dir[HOLE_DIR_MAX];
	struct gophermenu m;
	int rc = hole_list_drop(s, more_dir(k), e);

	buf_putf(&title, "%s: %s", s->config->name,
	    strings_get(s->words, k->word));
	for (size_t part = 0; part < parts && rc == 0; part++) {
		size_t end = (part + 1) * GOPHERMENU_ITEMS_MAX;

		buf_clear(&out);
		hole_menu(&m, s, &out);
		gophermenu_info(&m, buf_span(&title));
		hole_blank(&m);
		for (size_t i = part * GOPHERMENU_ITEMS_MAX; i < n && i < end;
		    i++)
			term_item(&m, s, k, &list[i]);
		if (parts > 1)
			hole_blank(&m);
		/* in order of names, there is no older and newer */
		for (size_t i = 0; parts > 1 && i < parts; i++)
			if (i != part)
				index_item(&m, s, k, i, parts);
		hole_home(&m, s);
		index_dir(dir, k, part);
		rc = hole_put_menu(s, dir, &m, e);
	}
	buf_free(&out);
	buf_free(&title);
	return rc;
}

static bool
has_list(struct site *s, const char *dir)
{
	struct buf d = { 0 };
	bool has;

	buf_put(&d, dir, strlen(dir) - 1);
	has = hole_has(s, buf_cstr(&d));
	buf_free(&d);
	return has;
}

static int
drop_kind(struct site *s, const struct term_kind *k, struct error *e)
{
	int rc = hole_list_drop(s, k->dir, e);

	return rc == 0 ? hole_list_drop(s, more_dir(k), e) : rc;
}

int
hole_terms(struct site *s, const struct stale *st, struct error *e)
{
	static const struct term_lists lists = {
		.roots = { "hole/", "hole/ascii/" },
		.members_key = "hole_group_members",
		.put = put_term, .index = put_index, .has = has_list,
		.drop = drop_kind,
	};

	return terms_publish(s, st, &lists, e);
}
