/*
 * The pages of one list of entries.  Entries of a month or year share its
 * pages, so that what is old keeps its place and its bytes.
 */
#include <string.h>

#include "publish/lists.h"

struct pages {
	struct arena	 arena;
	const char	**keep;	/* paths of the list that are wanted */
	size_t		 nkeep;
};

int
list_entries(struct look_rows *rows, struct site *s,
    const struct store_query *q, struct store_entry *last, struct error *e)
{
	struct store_cursor *c;
	struct store_entry en;
	int rc;

	if ((rc = store_select(s->store, &c, q, e)) != 0)
		return rc;
	while ((rc = store_next(c, &en, rows->a, e)) == 1) {
		look_entry(look_add(rows), s, &en, rows->a);
		if (last != NULL)
			*last = en;
	}
	store_cursor_free(c);
	return rc;
}

/*
 * The newest part of 2026-01 is "2026-01.gmi", the oldest "2026-01-p1.gmi":
 * numbers count from the oldest, so that a part keeps its entries when others
 * come.  i counts from the newest, which is 1.
 */
static const char *
part_path(struct arena *a, const struct page_list *l, const char *key,
    int64_t i, int64_t parts)
{
	return i == 1 ? arena_printf(a, "%s%s.gmi", l->dir, key) :
	    arena_printf(a, "%s%s-p%lld.gmi", l->dir, key,
	    (long long)(parts - i + 1));
}

/*
 * The time of the oldest stale entry: parts with older ones alone stay as
 * they are.  Of one that is no longer shown nobody knows which it was in.
 */
static int64_t
oldest_stale(struct site *s, const struct stale *st)
{
	struct arena a = { 0 };
	struct store_entry en;

	if (s->oldest_known)
		return s->oldest;
	s->oldest_known = true;
	s->oldest = st->ngone > 0 ? INT64_MIN : INT64_MAX;
	for (size_t i = 0; i < st->nentries && s->oldest != INT64_MIN; i++) {
		if (store_entry(s->store, &en, &a, st->entries[i], 0) != 0 ||
		    en.hidden || en.duplicate_of != 0)
			s->oldest = INT64_MIN;
		else if (en.sort < s->oldest)
			s->oldest = en.sort;
		arena_free(&a);
	}
	return s->oldest;
}

static void
keep_page(struct pages *p, const char *path)
{
	p->keep = arena_push(&p->arena, p->keep, &p->nkeep,
	    sizeof(*p->keep));
	p->keep[p->nkeep - 1] = arena_printf(&p->arena, "capsule/%s", path);
}

static bool
is_in(const char **list, size_t n, const char *key)
{
	for (size_t i = 0; i < n; i++)
		if (strcmp(list[i], key) == 0)
			return true;
	return false;
}

bool
list_has_page(struct site *s, const char *path)
{
	struct buf full = { 0 };
	bool has;

	buf_putf(&full, "capsule/%s", path);
	has = tree_has(s->tree, buf_cstr(&full));
	buf_free(&full);
	return has;
}

/* The pages of one month or year, newest entries on the first. */
static int
put_period(struct site *s, const struct page_list *l, const char *key,
    const struct store_query *bounds, int64_t n, int64_t stale,
    struct error *e)
{
	int64_t parts = (n + SITE_LIST_MAX - 1) / SITE_LIST_MAX;
	struct store_query q = *bounds;
	struct store_entry last = { 0 };
	int rc = 0;

	q.limit = (size_t)(n - (parts - 1) * SITE_LIST_MAX);
	for (int64_t i = 1; i <= parts && rc == 0; i++) {
		struct arena a = { 0 };
		struct look_rows rows = { .a = &a, .width = ROW_FIELDS };
		struct theme_value v[LI_FIELDS];

		memcpy(v, l->values, sizeof(v));
		v[LI_PERIOD] = look_text(key);
		v[LI_COUNT] = look_count(s, i == 1 ? n : SITE_LIST_MAX, &a);
		if ((rc = list_entries(&rows, s, &q, &last, e)) == 0) {
			v[LI_ENTRIES] = look_list(&rows);
			if (i > 1)
				v[LI_NEWER] = look_path(&a, part_path(&a, l,
				    key, i - 1, parts));
			if (i < parts)
				v[LI_OLDER] = look_path(&a, part_path(&a, l,
				    key, i + 1, parts));
			v[LI_UP] = look_path(&a, l->dir);
			rc = look_put(s, PAGE_PART, v, part_path(&a, l, key,
			    i, parts), e);
		}
		q.after_sort = last.sort;
		q.after_id = last.id;
		q.limit = SITE_LIST_MAX;
		/* the links of three change when one is added */
		if (i >= 3 && i < parts && last.sort < stale &&
		    list_has_page(s, part_path(&a, l, key, i + 1, parts)))
			parts = i;
		arena_free(&a);
	}
	return rc;
}

/* Links to the months or years of a list; their pages when stale. */
static int
put_archive(struct site *s, const struct stale *st,
    const struct page_list *l, struct pages *p, struct look_rows *index,
    struct error *e)
{
	bool months = l->q.feed != 0;
	const char **stale = months ? st->months : st->years;
	size_t n, nstale = months ? st->nmonths : st->nyears;
	struct store_bucket *list;
	struct buf label = { 0 };
	int rc;

	rc = store_buckets(s->store, months ? BUCKET_MONTH : BUCKET_YEAR,
	    l->q.feed, &list, &n, &p->arena);
	if (rc != 0)
		return error_set(e, rc, "the periods of %s cannot be read",
		    l->dir);
	for (size_t i = 0; i < n && rc == 0; i++) {
		const char *key = list[i].key, *path;
		struct store_query q = l->q;
		int64_t parts, count;

		if (!site_query_bounds(&q, key) ||
		    (count = store_count(s->store, &q)) <= 0)
			continue;
		parts = (count + SITE_LIST_MAX - 1) / SITE_LIST_MAX;
		for (int64_t part = 1; part <= parts; part++)
			keep_page(p, part_path(&p->arena, l, key, part,
			    parts));
		path = part_path(&p->arena, l, key, 1, parts);
		buf_clear(&label);
		strings_count(&label, s->words, W_entries, count);
		look_link_to(index, path, key, buf_cstr(&label));
		/* so that none is far away */
		for (int64_t part = 2; part <= parts; part++)
			look_link_to(index, part_path(&p->arena, l, key,
			    part, parts), key, arena_printf(&p->arena,
			    "%lld", (long long)(parts - part + 1)));
		if (l->all || is_in(stale, nstale, key) ||
		    !list_has_page(s, path))
			rc = put_period(s, l, key, &q, count, l->all ?
			    INT64_MIN : oldest_stale(s, st), e);
	}
	buf_free(&label);
	return rc;
}

struct sweep {
	struct site	*site;
	struct pages	*pages;
};

static int
sweep_one(const struct store_file *f, void *arg)
{
	struct sweep *w = arg;
	size_t n = strlen(f->path);

	/* feeds of the list for programs lie here too */
	if (f->gone || n < 4 || strcmp(f->path + n - 4, ".gmi") != 0 ||
	    is_in(w->pages->keep, w->pages->nkeep, f->path))
		return 0;
	return tree_gone(w->site->tree, f->path, false, NULL);
}

int
list_put(struct site *s, const struct stale *st, const struct page_list *l,
    struct error *e)
{
	struct pages p = { 0 };
	struct sweep w = { s, &p };
	struct look_rows rows = { .a = &p.arena, .width = ROW_FIELDS };
	struct look_rows index = { .a = &p.arena, .width = LINK_FIELDS };
	struct theme_value v[LI_FIELDS];
	struct store_query q = l->q;
	const char *path;
	int rc;

	memcpy(v, l->values, sizeof(v));
	path = arena_printf(&p.arena, "%sindex.gmi", l->dir);
	keep_page(&p, path);
	q.limit = SITE_LIST_MAX;
	rc = list_entries(&rows, s, &q, NULL, e);
	if (rc == 0 && l->n > SITE_LIST_MAX)
		rc = put_archive(s, st, l, &p, &index, e);
	v[LI_ENTRIES] = look_list(&rows);
	v[LI_PERIODS] = look_list(&index);
	if (rc == 0)
		rc = look_put(s, l->kind, v, path, e);
	if (rc == 0)
		rc = store_files(s->store, arena_printf(&p.arena,
		    "capsule/%s", l->dir), sweep_one, &w, e);
	arena_free(&p.arena);
	return rc;
}
