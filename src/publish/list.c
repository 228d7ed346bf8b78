/*
 * The pages of one list of entries.  Entries of a month or year share its
 * pages, so that what is old keeps its place and its bytes.
 */
#include <string.h>

#include "base/utf8.h"
#include "gemtext/gemtext.h"
#include "publish/lists.h"

/* A page of the longest titles is still a page that clients take. */
#define TITLE_COLUMNS	200

struct pages {
	struct arena	 arena;
	const char	**keep;	/* paths of the list that are wanted */
	size_t		 nkeep;
};

void
list_line(struct buf *out, const char *mark, const char *s)
{
	buf_puts(out, mark);
	gemtext_put_text(out, span_str(s));
	if (out->n > 0 && out->p[out->n - 1] != '\n')
		buf_putc(out, '\n');
}

void
list_link(struct buf *out, struct site *s, const struct store_entry *en,
    bool sourced)
{
	struct buf url = { 0 }, label = { 0 }, title = { 0 };

	buf_putc(&url, '/');
	site_entry_path(&url, en);
	site_iso_day(&label, site_date(en));
	buf_putc(&label, ' ');
	if (sourced)
		buf_putf(&label, "%s: ", site_source_name(s, en));
	site_title(&title, s, en);
	utf8_shorten(&label, buf_span(&title), TITLE_COLUMNS);
	gemtext_put_link(out, buf_span(&url), buf_span(&label));
	buf_free(&url);
	buf_free(&label);
	buf_free(&title);
}

void
list_to(struct buf *out, const char *path, const char *label)
{
	struct buf url = { 0 };

	buf_putf(&url, "/%s", path);
	gemtext_put_link(out, buf_span(&url), span_str(label));
	buf_free(&url);
}

void
list_foot(struct buf *out, struct site *s, const char *up, const char *label)
{
	if (out->n < 2 || out->p[out->n - 2] != '\n')
		buf_putc(out, '\n');
	if (up != NULL)
		list_to(out, up, label);
	list_to(out, "", s->config->name);
}

int
list_page(struct site *s, const char *path, const struct buf *page,
    struct error *e)
{
	struct buf full = { 0 };
	int rc;

	buf_putf(&full, "capsule/%s", path);
	rc = tree_put(s->tree, buf_cstr(&full), buf_span(page), e);
	buf_free(&full);
	site_step(s);
	return rc;
}

int
list_entries(struct buf *out, struct site *s, const struct store_query *q,
    bool sourced, struct store_entry *last, struct arena *a, struct error *e)
{
	struct store_cursor *c;
	struct store_entry en;
	int rc;

	if ((rc = store_select(s->store, &c, q, e)) != 0)
		return rc;
	while ((rc = store_next(c, &en, a, e)) == 1) {
		list_link(out, s, &en, sourced);
		if (last != NULL)
			*last = en;
		arena_free(a);
	}
	store_cursor_free(c);
	return rc;
}

/* Part 1 of 2026-01 is "2026-01.gmi", the next one "2026-01-p2.gmi". */
static const char *
part_path(struct arena *a, const struct page_list *l, const char *key,
    int64_t part)
{
	return part == 1 ? arena_printf(a, "%s%s.gmi", l->dir, key) :
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

/* The pages of one month or year, newest entries on the first. */
static int
put_period(struct site *s, const struct page_list *l, const char *key,
    const struct store_query *bounds, int64_t parts, struct error *e)
{
	struct store_query q = *bounds;
	struct store_entry last = { 0 };
	struct arena a = { 0 }, row = { 0 };
	struct buf out = { 0 };
	int rc = 0;

	q.limit = SITE_LIST_MAX;
	for (int64_t i = 1; i <= parts && rc == 0; i++) {
		buf_clear(&out);
		list_line(&out, "# ", arena_printf(&a, "%s: %s", l->title,
		    key));
		buf_putc(&out, '\n');
		strings_count(&out, s->words, W_entries,
		    store_count(s->store, bounds));
		buf_puts(&out, "\n\n");
		rc = list_entries(&out, s, &q, l->sourced, &last, &row, e);
		if (rc != 0)
			break;
		q.after_sort = last.sort;
		q.after_id = last.id;
		buf_putc(&out, '\n');
		if (i > 1)
			list_to(&out, part_path(&a, l, key, i - 1),
			    strings_get(s->words, W_newer));
		if (i < parts)
			list_to(&out, part_path(&a, l, key, i + 1),
			    strings_get(s->words, W_older));
		list_to(&out, l->dir, l->title);
		list_to(&out, "", s->config->name);
		rc = list_page(s, part_path(&a, l, key, i), &out, e);
	}
	buf_free(&out);
	arena_free(&row);
	arena_free(&a);
	return rc;
}

/*
 * Bounds of zero mean none to a query: the second before 1970 belongs to
 * it.
 */
static bool
bound(struct store_query *q, const char *key)
{
	if (!site_bounds(key, &q->from, &q->until))
		return false;
	if (q->from == 0)
		q->from = -1;
	if (q->until == 0)
		q->until = -1;
	return true;
}

/* Links to the months or years of a list; their pages when stale. */
static int
put_archive(struct site *s, const struct stale *st,
    const struct page_list *l, struct pages *p, struct buf *index,
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
	buf_putc(index, '\n');
	list_line(index, "## ", strings_get(s->words, W_archive));
	buf_putc(index, '\n');
	for (size_t i = 0; i < n && rc == 0; i++) {
		const char *key = list[i].key, *path;
		struct store_query q = l->q;
		int64_t parts, count;

		if (!bound(&q, key) ||
		    (count = store_count(s->store, &q)) <= 0)
			continue;
		parts = (count + SITE_LIST_MAX - 1) / SITE_LIST_MAX;
		for (int64_t part = 1; part <= parts; part++)
			keep_page(p, part_path(&p->arena, l, key, part));
		path = part_path(&p->arena, l, key, 1);
		buf_clear(&label);
		buf_putf(&label, "%s: ", key);
		strings_count(&label, s->words, W_entries, count);
		list_to(index, path, buf_cstr(&label));
		if (l->all || is_in(stale, nstale, key) ||
		    !list_has_page(s, path))
			rc = put_period(s, l, key, &q, parts, e);
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
	struct store_query q = l->q;
	struct arena row = { 0 };
	struct buf out = { 0 };
	const char *path;
	int rc;

	path = arena_printf(&p.arena, "%sindex.gmi", l->dir);
	keep_page(&p, path);
	list_line(&out, "# ", l->title);
	buf_putc(&out, '\n');
	buf_put_span(&out, l->intro);
	if (l->intro.n > 0)
		buf_putc(&out, '\n');
	q.limit = SITE_LIST_MAX;
	rc = list_entries(&out, s, &q, l->sourced, NULL, &row, e);
	if (rc == 0 && l->n > SITE_LIST_MAX)
		rc = put_archive(s, st, l, &p, &out, e);
	if (rc == 0) {
		list_foot(&out, s, l->up, l->up_label);
		rc = list_page(s, path, &out, e);
	}
	if (rc == 0)
		rc = store_files(s->store, arena_printf(&p.arena,
		    "capsule/%s", l->dir), sweep_one, &w, e);
	buf_free(&out);
	arena_free(&row);
	arena_free(&p.arena);
	return rc;
}
