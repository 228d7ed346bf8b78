/*
 * The pages of one list of entries.  Entries of a month or year share its
 * pages, so that what is old keeps its place and its bytes.
 */
#include <stdlib.h>
#include <string.h>

#include "publish/lists.h"
#include "publish/parts.h"

struct pages {
	struct arena	 arena;
	const char	**keep;	/* paths of the list that are wanted */
	size_t		 nkeep;
};

int
list_entries(struct look_rows *rows, struct site *s,
    const struct store_query *q, struct store_entry *last, struct error *e)
{
	struct store_query brief = *q;
	struct store_cursor *c;
	struct store_entry en;
	int rc;

	brief.what = STORE_BRIEF;
	if ((rc = store_select(s->store, &c, &brief, e)) != 0)
		return rc;
	while ((rc = store_next(c, &en, rows->a, e)) == 1) {
		look_entry(look_add(rows), s, &en, rows->a);
		if (last != NULL)
			*last = en;
	}
	store_cursor_free(c);
	return rc;
}

/* The newest part of 2026-01 is "2026-01.gmi", the oldest "2026-01-p1.gmi". */
static const char *
part_path(struct arena *a, const struct page_list *l, const char *key,
    int64_t part, int64_t parts)
{
	return part == parts ? arena_printf(a, "%s%s.gmi", l->dir, key) :
	    arena_printf(a, "%s%s-p%lld.gmi", l->dir, key, (long long)part);
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

struct period {
	struct site	*site;
	const struct page_list *list;
	const char	*key;
	int64_t		 n;
};

static int
put_part(const struct part *p, struct store_entry *last, void *arg,
    struct error *e)
{
	const struct period *d = arg;
	const struct page_list *l = d->list;
	struct arena a = { 0 };
	struct look_rows rows = { .a = &a, .width = ROW_FIELDS };
	struct theme_value v[LI_FIELDS];
	int rc;

	memcpy(v, l->values, sizeof(v));
	v[LI_PERIOD] = look_text(d->key);
	v[LI_COUNT] = look_count(d->site, p->number == p->of ? d->n : p->n,
	    &a);
	if ((rc = list_entries(&rows, d->site, &p->q, last, e)) == 0) {
		v[LI_ENTRIES] = look_list(&rows);
		if (p->number < p->of)
			v[LI_NEWER] = look_path(&a, part_path(&a, l, d->key,
			    p->number + 1, p->of));
		if (p->number > 1)
			v[LI_OLDER] = look_path(&a, part_path(&a, l, d->key,
			    p->number - 1, p->of));
		v[LI_UP] = look_path(&a, l->dir);
		rc = look_put(d->site, PAGE_PART, v, part_path(&a, l, d->key,
		    p->number, p->of), e);
	}
	arena_free(&a);
	return rc;
}

/* The stale pages of one month or year. */
static int
put_period(struct site *s, const struct stale *st, const struct page_list *l,
    const char *key, int64_t n, bool all, struct error *e)
{
	struct period d = { s, l, key, n };

	return parts_put(s, st, &(struct parts){ .q = l->q, .key = key,
	    .n = n, .size = SITE_LIST_MAX, .all = all, .put = put_part,
	    .arg = &d }, e);
}

static void
link_period(struct pages *p, struct look_rows *index, struct site *s,
    const struct page_list *l, const struct store_bucket *b)
{
	int64_t parts = parts_count(b->n, SITE_LIST_MAX);
	struct buf label = { 0 };

	strings_count(&label, s->words, W_entries, b->n);
	look_link_to(index, part_path(&p->arena, l, b->key, parts, parts),
	    b->key, buf_cstr(&label));
	/* so that none is far away */
	for (int64_t part = parts; part > 0; part--) {
		const char *path = part_path(&p->arena, l, b->key, part,
		    parts);

		keep_page(p, path);
		if (part < parts)
			look_link_to(index, path, b->key, arena_printf(
			    &p->arena, "%lld", (long long)part));
	}
	buf_free(&label);
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
	int rc;

	rc = store_periods(s->store, &l->q, months ? BUCKET_MONTH :
	    BUCKET_YEAR, &list, &n, &p->arena);
	if (rc != 0)
		return error_set(e, rc, "the periods of %s cannot be read",
		    l->dir);
	for (size_t i = 0; i < n && rc == 0; i++) {
		const char *key = list[i].key;
		int64_t parts = parts_count(list[i].n, SITE_LIST_MAX);
		bool all = l->all || !list_has_page(s, part_path(&p->arena, l,
		    key, parts, parts));

		if (index != NULL)
			link_period(p, index, s, l, &list[i]);
		if (all || is_in(stale, nstale, key))
			rc = put_period(s, st, l, key, list[i].n, all, e);
	}
	return rc;
}

struct sweep {
	struct site	*site;
	struct pages	*pages;
};

static int
by_path(const void *a, const void *b)
{
	return strcmp(*(const char *const *)a, *(const char *const *)b);
}

static int
sweep_one(const struct store_file *f, void *arg)
{
	const struct sweep *w = arg;
	size_t n = strlen(f->path);

	/* feeds of the list for programs lie here too */
	if (f->gone || n < 4 || strcmp(f->path + n - 4, ".gmi") != 0 ||
	    bsearch(&f->path, w->pages->keep, w->pages->nkeep,
	    sizeof(*w->pages->keep), by_path) != NULL)
		return 0;
	return tree_gone(w->site->tree, f->path, false, NULL);
}

/* Pages that entries which left have emptied. */
static int
sweep(struct site *s, struct pages *p, const char *dir, struct error *e)
{
	struct sweep w = { s, p };

	qsort(p->keep, p->nkeep, sizeof(*p->keep), by_path);
	return store_files(s->store, arena_printf(&p->arena, "capsule/%s",
	    dir), sweep_one, &w, e);
}

/*
 * Whether the first page of a list of a term is as it was: nothing moved, and
 * what is stale is older than its last entry.  A source's page tells more of
 * it than its entries.
 */
static bool
first_stays(const struct stale *st, const struct page_list *l,
    const struct store_entry *last)
{
	return !l->all && l->q.feed == 0 && st->nmoved == 0 &&
	    l->n > SITE_LIST_MAX && (st->ntimes == 0 ||
	    st->times[st->ntimes - 1] < last->sort);
}

int
list_put(struct site *s, const struct stale *st, const struct page_list *l,
    struct error *e)
{
	struct pages p = { 0 };
	struct look_rows rows = { .a = &p.arena, .width = ROW_FIELDS };
	struct look_rows index = { .a = &p.arena, .width = LINK_FIELDS };
	struct theme_value v[LI_FIELDS];
	struct store_query q = l->q;
	struct store_entry last = { 0 };
	const char *path;
	bool stays;
	int rc;

	memcpy(v, l->values, sizeof(v));
	path = arena_printf(&p.arena, "%sindex.gmi", l->dir);
	keep_page(&p, path);
	q.limit = SITE_LIST_MAX;
	rc = list_entries(&rows, s, &q, &last, e);
	stays = first_stays(st, l, &last) && list_has_page(s, path);
	if (rc == 0 && l->n > SITE_LIST_MAX)
		rc = put_archive(s, st, l, &p, stays ? NULL : &index, e);
	if (rc == 0 && !stays) {
		v[LI_ENTRIES] = look_list(&rows);
		v[LI_PERIODS] = look_list(&index);
		rc = look_put(s, l->kind, v, path, e);
	}
	if (rc == 0 && !stays && (l->all || st->left))
		rc = sweep(s, &p, l->dir, e);
	arena_free(&p.arena);
	return rc;
}
