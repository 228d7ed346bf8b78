/*
 * Lists by tag, group and language, the pages that list those, and the
 * newest entries of all.
 */
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "publish/lists.h"

#define TERMS_MAX	500	/* tags on a page of tags */
#define MEMBERS_KEY	"publish_group_members"

struct kind {
	enum store_buckets buckets;
	const char	*dir;		/* "t/" */
	enum word	 word;
	void		(*path)(struct buf *, const char *);
	const char	**stale;
	size_t		 nstale;
	bool		 whole;	/* stale lists are stale on every page */
	bool		 few;	/* look for lists that are missing */
	size_t		 least;	/* fewer are not worth a list */
};

static int
put_term(struct site *s, const struct stale *st, const struct kind *k,
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
	v[LI_UP] = look_path(&a, k->dir);
	v[LI_UP_LABEL] = look_text(strings_get(s->words, k->word));
	if (k->buckets == BUCKET_GROUP)
		v[LI_ATOM] = look_existing(s, &a, arena_printf(&a,
		    "%satom.xml", buf_cstr(&path)));
	l.dir = buf_cstr(&path);
	if (k->buckets == BUCKET_TAG)
		l.q.tag = b->key;
	else if (k->buckets == BUCKET_GROUP)
		l.q.group = b->key;
	else
		l.q.language = b->key;
	rc = list_put(s, st, &l, e);
	buf_free(&path);
	arena_free(&a);
	return rc;
}

static const char *
index_path(struct arena *a, const struct kind *k, size_t part)
{
	return part == 0 ? arena_printf(a, "%sindex.gmi", k->dir) :
	    arena_printf(a, "%sp%zu.gmi", k->dir, part + 1);
}

/* In order of names there is no older and newer: links to all parts. */
static struct theme_value
other_parts(const struct kind *k, size_t part, size_t parts,
    struct arena *a)
{
	struct look_rows rows = { .a = a, .width = LINK_FIELDS };

	for (size_t i = 0; parts > 1 && i < parts; i++)
		if (i != part)
			look_link_to(&rows, i == 0 ? k->dir :
			    index_path(a, k, i), arena_printf(a, "%zu/%zu",
			    i + 1, parts), NULL);
	return look_list(&rows);
}

/* The lists of a kind, TERMS_MAX on a page. */
static int
put_index(struct site *s, const struct kind *k,
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

struct known {
	struct site	*site;
	size_t		 skip;	/* bytes before the name of a list */
	const char	**dirs;
	size_t		 n;
};

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

/* A file of a list that is no more. */
static int
drop_unknown(const struct store_file *f, void *arg)
{
	struct known *k = arg;
	const char *slash = strchr(f->path + k->skip, '/');
	char *dir;
	bool known;

	if (f->gone || slash == NULL)
		return 0;
	dir = strndup(f->path, (size_t)(slash - f->path) + 1);
	if (dir == NULL)
		abort();
	known = k->n > 0 &&
	    bsearch(&dir, k->dirs, k->n, sizeof(*k->dirs), by_name) != NULL;
	free(dir);
	return known ? 0 : tree_gone(k->site->tree, f->path, false, NULL);
}

static int
drop_lists(struct site *s, const struct kind *k,
    const struct store_bucket *list, size_t n, struct error *e)
{
	struct arena a = { 0 };
	struct buf path = { 0 };
	struct known known = { .site = s };
	const char *prefix = arena_printf(&a, "capsule/%s", k->dir);
	int rc;

	known.skip = strlen(prefix);
	for (size_t i = 0; i < n; i++) {
		buf_clear(&path);
		buf_puts(&path, "capsule/");
		k->path(&path, list[i].key);
		known.dirs = arena_push(&a, known.dirs, &known.n,
		    sizeof(*known.dirs));
		known.dirs[i] = arena_strdup(&a, buf_cstr(&path));
	}
	if (n > 0)
		qsort(known.dirs, n, sizeof(*known.dirs), by_name);
	rc = store_files(s->store, prefix, drop_unknown, &known, e);
	buf_free(&path);
	arena_free(&a);
	return rc;
}

static bool
is_missing(struct site *s, const struct kind *k, const char *key)
{
	struct buf path = { 0 };
	bool missing;

	k->path(&path, key);
	buf_puts(&path, "index.gmi");
	missing = !list_has_page(s, buf_cstr(&path));
	buf_free(&path);
	return missing;
}

/* Marks may be spelled as in the configuration, keys as first seen. */
static bool
is_stale(const struct kind *k, const char *key)
{
	return k->nstale > 0 && bsearch(&key, k->stale, k->nstale,
	    sizeof(*k->stale), by_fold) != NULL;
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
put_kind(struct site *s, const struct stale *st, const struct kind *k,
    struct error *e)
{
	struct store_bucket *list;
	struct arena a = { 0 };
	const char *prefix = arena_printf(&a, "capsule/%s", k->dir);
	size_t n;
	int rc = 0;

	if (!st->all && k->nstale == 0)
		goto done;
	rc = store_buckets(s->store, k->buckets, 0, &list, &n, &a);
	if (rc != 0) {
		error_set(e, rc, "the lists below %s cannot be read", k->dir);
		goto done;
	}
	if (k->nstale > 0)
		qsort(k->stale, k->nstale, sizeof(*k->stale), by_fold);
	rc = n < k->least ? tree_gone_prefix(s->tree, prefix, false, e) :
	    put_stale(s, st, k, list, n, e);
done:
	arena_free(&a);
	return rc;
}

int
lists_members_changed(struct site *s, const char *key, bool *changed,
    struct error *e)
{
	struct buf now = { 0 }, had = { 0 };
	struct arena a = { 0 };
	char hex[HASH_HEX];
	int rc = 0;

	for (size_t i = 0; i < s->nfeeds; i++) {
		const char **groups;
		size_t n;

		if (store_feed_groups(s->store, s->feeds[i].id, &groups, &n,
		    &a) != 0)
			continue;
		for (size_t j = 0; j < n; j++)
			buf_putf(&now, "%lld %s\n",
			    (long long)s->feeds[i].id, groups[j]);
	}
	hash_hex(buf_span(&now), hex);
	(void)store_meta_get(s->store, key, &had);
	*changed = strcmp(buf_cstr(&had), hex) != 0;
	if (*changed && !s->options->dry_run)
		rc = store_meta_set(s->store, key, hex, e);
	buf_free(&now);
	buf_free(&had);
	arena_free(&a);
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
	struct kind kinds[] = {
		{ BUCKET_GROUP, "g/", W_groups, site_group_path, st->groups,
		    st->ngroups, false, true, 1 },
		{ BUCKET_TAG, "t/", W_tags, site_tag_path, st->tags,
		    st->ntags, false, false, 1 },
		{ BUCKET_LANGUAGE, "l/", W_languages, site_language_path,
		    st->langs, st->nlangs, false, true, 2 },
	};
	int rc = lists_members_changed(s, MEMBERS_KEY, &kinds[0].whole, e);

	for (size_t i = 0; i < sizeof(kinds) / sizeof(kinds[0]) && rc == 0;
	    i++)
		rc = put_kind(s, st, &kinds[i], e);
	if (rc == 0)
		rc = sources_publish(s, st, e);
	if (rc == 0 && (st->all || st->front || st->nentries > 0 ||
	    st->ngone > 0))
		rc = put_feed(s, e);
	return rc;
}
