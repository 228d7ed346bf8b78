/*
 * Menus by group, tag and language, and the menus that list those.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "publish/hole_list.h"
#include "publish/lists.h"

#define MEMBERS_KEY	"hole_group_members"

struct kind {
	enum store_buckets buckets;
	const char	*dir;		/* "t" */
	/* A term's name may be anything: pages stand in a place apart. */
	const char	*more;		/* "tags" */
	enum word	 word;
	void		(*path)(struct buf *, const char *);
	const char	**stale;
	size_t		 nstale;
	bool		 whole;	/* stale lists are stale in every menu */
	bool		 few;	/* look for lists that are missing */
	size_t		 least;	/* fewer are not worth a list */
};

static void
term_dir(struct buf *out, const struct kind *k, const char *key)
{
	buf_clear(out);
	k->path(out, key);
	buf_truncate(out, out->n - 1);
}

static int
put_term(struct site *s, const struct stale *st, const struct kind *k,
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
	if (k->buckets == BUCKET_TAG)
		q.tag = b->key;
	else if (k->buckets == BUCKET_GROUP)
		q.group = b->key;
	else
		q.language = b->key;
	rc = hole_list_put(s, st, &q, b->n, st->all || k->whole, &l, e);
	buf_free(&dir);
	buf_free(&title);
	buf_free(&intro);
	return rc;
}

/* --- the menu of the terms --- */

static void
index_dir(char dir[HOLE_DIR_MAX], const struct kind *k, size_t part)
{
	if (part == 0)
		snprintf(dir, HOLE_DIR_MAX, "%s", k->dir);
	else
		snprintf(dir, HOLE_DIR_MAX, "%s/p%zu", k->more, part + 1);
}

static void
index_item(struct gophermenu *m, struct site *s, const struct kind *k,
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
term_item(struct gophermenu *m, struct site *s, const struct kind *k,
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
put_index(struct site *s, const struct kind *k,
    const struct store_bucket *list, size_t n, struct error *e)
{
	size_t parts = (n + GOPHERMENU_ITEMS_MAX - 1) / GOPHERMENU_ITEMS_MAX;
	struct buf out = { 0 }, title = { 0 };
	char dir[HOLE_DIR_MAX];
	struct gophermenu m;
	int rc = hole_list_drop(s, k->more, e);

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

/* --- what is stale --- */

static int
by_fold(const void *a, const void *b)
{
	return strcasecmp(*(const char *const *)a, *(const char *const *)b);
}

static int
by_name(const void *a, const void *b)
{
	return strcmp(*(const char *const *)a, *(const char *const *)b);
}

/* Marks may be spelled as in the configuration, keys as first seen. */
static bool
is_stale(const struct kind *k, const char *key)
{
	return k->nstale > 0 && bsearch(&key, k->stale, k->nstale,
	    sizeof(*k->stale), by_fold) != NULL;
}

static bool
is_missing(struct site *s, const struct kind *k, const char *key)
{
	struct buf dir = { 0 };
	bool missing;

	term_dir(&dir, k, key);
	missing = !hole_has(s, buf_cstr(&dir));
	buf_free(&dir);
	return missing;
}

struct known {
	struct site	*site;
	size_t		 skip;		/* bytes before "t/rust/menu" */
	const char	**dirs;		/* "t/rust", sorted */
	size_t		 n;
};

/* A menu of a list that is no more. */
static int
drop_unknown(const struct store_file *f, void *arg)
{
	struct known *k = arg;
	const char *name = f->path + k->skip, *slash = strchr(name, '/');
	struct arena a = { 0 };
	const char *dir;
	bool known;

	if (f->gone || slash == NULL ||
	    (slash = strchr(slash + 1, '/')) == NULL)
		return 0;
	dir = arena_strndup(&a, name, (size_t)(slash - name));
	known = k->n > 0 && bsearch(&dir, k->dirs, k->n, sizeof(*k->dirs),
	    by_name) != NULL;
	arena_free(&a);
	return known ? 0 : tree_gone(k->site->tree, f->path, false, NULL);
}

static int
drop_lists(struct site *s, const struct kind *k,
    const struct store_bucket *list, size_t n, struct error *e)
{
	static const char *const roots[] = { "hole/", "hole/ascii/" };
	struct arena a = { 0 };
	struct buf dir = { 0 };
	struct known known = { .site = s };
	int rc = 0;

	for (size_t i = 0; i < n; i++) {
		term_dir(&dir, k, list[i].key);
		known.dirs = arena_push(&a, known.dirs, &known.n,
		    sizeof(*known.dirs));
		known.dirs[i] = arena_strdup(&a, buf_cstr(&dir));
	}
	if (n > 0)
		qsort(known.dirs, n, sizeof(*known.dirs), by_name);
	for (size_t i = 0; i < 2 && rc == 0; i++) {
		known.skip = strlen(roots[i]);
		rc = store_files(s->store, arena_printf(&a, "%s%s/",
		    roots[i], k->dir), drop_unknown, &known, e);
	}
	buf_free(&dir);
	arena_free(&a);
	return rc;
}

static int
put_stale(struct site *s, const struct stale *st, const struct kind *k,
    const struct store_bucket *list, size_t n, struct error *e)
{
	size_t found = 0;
	bool unknown;
	int rc = 0;

	for (size_t i = 0; i < n; i++)
		found += is_stale(k, list[i].key);
	/* a mark without a list: it was emptied, or is spelled otherwise */
	unknown = found < k->nstale;
	for (size_t i = 0; i < n && rc == 0; i++)
		if (st->all || is_stale(k, list[i].key) || (k->few &&
		    (unknown || is_missing(s, k, list[i].key))))
			rc = put_term(s, st, k, &list[i], e);
	if (rc == 0)
		rc = put_index(s, k, list, n, e);
	if (rc == 0 && (st->all || unknown))
		rc = drop_lists(s, k, list, n, e);
	return rc;
}

static int
put_kind(struct site *s, const struct stale *st, struct kind *k,
    struct error *e)
{
	struct store_bucket *list;
	struct arena a = { 0 };
	size_t n;
	int rc;

	if (!st->all && k->nstale == 0)
		return 0;
	rc = store_buckets(s->store, k->buckets, 0, &list, &n, &a);
	if (rc != 0) {
		error_set(e, rc, "the lists below %s cannot be read", k->dir);
	} else if (n < k->least) {
		if ((rc = hole_list_drop(s, k->dir, e)) == 0)
			rc = hole_list_drop(s, k->more, e);
	} else {
		if (k->nstale > 0)
			qsort(k->stale, k->nstale, sizeof(*k->stale),
			    by_fold);
		rc = put_stale(s, st, k, list, n, e);
	}
	arena_free(&a);
	return rc;
}

int
hole_terms(struct site *s, const struct stale *st, struct error *e)
{
	struct kind kinds[] = {
		{ BUCKET_GROUP, "g", "groups", W_groups, site_group_path,
		    st->groups, st->ngroups, false, true, 1 },
		{ BUCKET_TAG, "t", "tags", W_tags, site_tag_path, st->tags,
		    st->ntags, false, false, 1 },
		{ BUCKET_LANGUAGE, "l", "languages", W_languages,
		    site_language_path, st->langs, st->nlangs, false, true,
		    2 },
	};
	int rc = lists_members_changed(s, MEMBERS_KEY, &kinds[0].whole, e);

	for (size_t i = 0; i < sizeof(kinds) / sizeof(kinds[0]) && rc == 0;
	    i++)
		rc = put_kind(s, st, &kinds[i], e);
	return rc;
}
