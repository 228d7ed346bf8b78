/*
 * Lists by group, tag and language: what is stale.
 */
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "publish/terms.h"

void
terms_query(struct store_query *q, const struct term_kind *k,
    const char *key)
{
	if (k->buckets == BUCKET_TAG)
		q->tag = key;
	else if (k->buckets == BUCKET_GROUP)
		q->group = key;
	else
		q->language = key;
}

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
is_stale(const struct term_kind *k, const char *key)
{
	return k->nstale > 0 && bsearch(&key, k->stale, k->nstale,
	    sizeof(*k->stale), by_fold) != NULL;
}

static bool
is_missing(struct site *s, const struct term_lists *l,
    const struct term_kind *k, const char *key)
{
	struct buf dir = { 0 };
	bool missing;

	k->path(&dir, key);
	missing = !l->has(s, buf_cstr(&dir));
	buf_free(&dir);
	return missing;
}

struct known {
	struct site	*site;
	size_t		 skip;		/* bytes before "t/rust/..." */
	const char	**dirs;		/* "t/rust/", sorted */
	size_t		 n;
};

/* A file of a list that is no more. */
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
	dir = arena_strndup(&a, name, (size_t)(slash - name) + 1);
	known = k->n > 0 && bsearch(&dir, k->dirs, k->n, sizeof(*k->dirs),
	    by_name) != NULL;
	arena_free(&a);
	return known ? 0 : tree_gone(k->site->tree, f->path, false, NULL);
}

static int
drop_unlisted(struct site *s, const struct term_lists *l,
    const struct term_kind *k, const struct store_bucket *list, size_t n,
    struct error *e)
{
	struct arena a = { 0 };
	struct buf dir = { 0 };
	struct known known = { .site = s };
	int rc = 0;

	for (size_t i = 0; i < n; i++) {
		buf_clear(&dir);
		k->path(&dir, list[i].key);
		known.dirs = arena_push(&a, known.dirs, &known.n,
		    sizeof(*known.dirs));
		known.dirs[i] = arena_strdup(&a, buf_cstr(&dir));
	}
	if (n > 0)
		qsort(known.dirs, n, sizeof(*known.dirs), by_name);
	for (size_t i = 0; l->roots[i] != NULL && rc == 0; i++) {
		known.skip = strlen(l->roots[i]);
		rc = store_files(s->store, arena_printf(&a, "%s%s/",
		    l->roots[i], k->dir), drop_unknown, &known, e);
	}
	buf_free(&dir);
	arena_free(&a);
	return rc;
}

static int
put_stale(struct site *s, const struct stale *st, const struct term_lists *l,
    const struct term_kind *k, const struct store_bucket *list, size_t n,
    struct error *e)
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
		    (unknown || is_missing(s, l, k, list[i].key))))
			rc = l->put(s, st, k, &list[i], e);
	if (rc == 0)
		rc = l->index(s, k, list, n, e);
	if (rc == 0 && (st->all || unknown))
		rc = drop_unlisted(s, l, k, list, n, e);
	return rc;
}

static int
put_kind(struct site *s, const struct stale *st, const struct term_lists *l,
    const struct term_kind *k, struct error *e)
{
	struct store_bucket *list;
	struct arena a = { 0 };
	size_t n;
	int rc;

	if (!st->all && k->nstale == 0)
		return 0;
	rc = store_buckets(s->store, k->buckets, 0, &list, &n, &a);
	if (rc != 0) {
		error_set(e, rc, "the lists below %s/ cannot be read", k->dir);
	} else if (n < k->least) {
		rc = l->drop(s, k, e);
	} else {
		if (k->nstale > 0)
			qsort(k->stale, k->nstale, sizeof(*k->stale),
			    by_fold);
		rc = put_stale(s, st, l, k, list, n, e);
	}
	arena_free(&a);
	return rc;
}

/*
 * Whether the groups have other feeds than when this was asked last.  A feed
 * that joins or leaves a group brings or takes entries of every year, and no
 * mark says which: so what the groups were made of is kept under key.
 */
static int
members_changed(struct site *s, const char *key, bool *changed,
    struct error *e)
{
	struct buf now = { 0 }, had = { 0 };
	char hex[HASH_HEX];
	int rc;

	if ((rc = store_group_members(s->store, &now, e)) != 0) {
		buf_free(&now);
		return rc;
	}
	hash_hex(buf_span(&now), hex);
	(void)store_meta_get(s->store, key, &had);
	*changed = strcmp(buf_cstr(&had), hex) != 0;
	if (*changed && !s->options->dry_run)
		rc = store_meta_set(s->store, key, hex, e);
	buf_free(&now);
	buf_free(&had);
	return rc;
}

int
terms_publish(struct site *s, const struct stale *st,
    const struct term_lists *l, struct error *e)
{
	struct term_kind kinds[] = {
		{ BUCKET_GROUP, "g", W_groups, site_group_path, st->groups,
		    st->ngroups, false, true, 1 },
		{ BUCKET_TAG, "t", W_tags, site_tag_path, st->tags,
		    st->ntags, false, false, 1 },
		{ BUCKET_LANGUAGE, "l", W_languages, site_language_path,
		    st->langs, st->nlangs, false, true, 2 },
	};
	int rc = members_changed(s, l->members_key, &kinds[0].whole, e);

	for (size_t i = 0; i < sizeof(kinds) / sizeof(kinds[0]) && rc == 0;
	    i++)
		rc = put_kind(s, st, l, &kinds[i], e);
	return rc;
}
