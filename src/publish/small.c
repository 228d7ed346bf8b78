/*
 * What the small pages share, and the tables by which the server knows the
 * language of a page and some pages for /random.
 */
#include <ctype.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "publish/bundles.h"
#include "publish/small.h"

#define RANDOM_PAGES	1000	/* the newest, to pick one from */
#define TAG_MAX		35	/* of a language tag, by RFC 5646 */
#define STALE_MANY	20000	/* entries whose rows are not kept apart */

struct row {
	const char	*path;		/* "e/2026/abc-title.gmi" */
	const char	*rest;		/* after the path; NULL: no line */
};

struct rows {
	struct row	*list;
	size_t		 n;
	struct arena	 arena;
};

/* --- what the parts share --- */

int
small_put(struct site *s, const char *path, struct buf *bytes,
    struct error *e)
{
	int rc;

	while (bytes->n > 1 && bytes->p[bytes->n - 1] == '\n' &&
	    bytes->p[bytes->n - 2] == '\n')
		buf_truncate(bytes, bytes->n - 1);
	rc = tree_put(s->tree, path, buf_span(bytes), e);
	site_step(s);
	return rc;
}

bool
small_is_language(const char *s)
{
	size_t n = s != NULL ? strlen(s) : 0;

	for (size_t i = 0; i < n; i++)
		if (!isalnum((unsigned char)s[i]) && s[i] != '-')
			return false;
	return n > 1 && n <= TAG_MAX;
}

/* --- the languages of pages --- */

static void
add_row(struct rows *r, const char *path, const char *rest)
{
	r->list = arena_push(&r->arena, r->list, &r->n, sizeof(*r->list));
	r->list[r->n - 1] = (struct row){ path, rest };
}

static bool
is_other_language(const struct site *s, const char *lang)
{
	return small_is_language(lang) && (s->config->language == NULL ||
	    strcasecmp(lang, s->config->language) != 0);
}

static void
add_entry(struct rows *r, const struct site *s, const struct store_entry *en)
{
	bool listed = !en->hidden && is_other_language(s, en->language);

	add_row(r, arena_printf(&r->arena, "%s.gmi", en->path),
	    listed ? arena_strdup(&r->arena, en->language) : NULL);
}

static int
collect_all(struct site *s, struct rows *r, struct error *e)
{
	const struct store_query q = { .own = -1 };
	struct store_cursor *c;
	struct store_entry en;
	struct arena a = { 0 };
	int rc;

	if ((rc = store_select(s->store, &c, &q, e)) != 0)
		return rc;
	while ((rc = store_next(c, &en, &a, e)) == 1) {
		if (is_other_language(s, en.language))
			add_entry(r, s, &en);
		arena_free(&a);
	}
	store_cursor_free(c);
	arena_free(&a);
	return rc;
}

static void
collect_stale(struct site *s, const struct stale *st, struct rows *r)
{
	struct arena a = { 0 };
	struct store_entry en;

	for (size_t i = 0; i < st->nentries; i++)
		if (store_entry(s->store, &en, &a, st->entries[i], 0) == 0) {
			add_entry(r, s, &en);
			arena_free(&a);
		}
	for (size_t i = 0; i < st->ngone; i++)
		add_row(r, arena_printf(&r->arena, "%s.gmi", st->gone[i]),
		    NULL);
	arena_free(&a);
}

static int
by_path(const void *a, const void *b)
{
	return strcmp(((const struct row *)a)->path,
	    ((const struct row *)b)->path);
}

static void
put_row(struct buf *out, const struct row *r)
{
	if (r->rest != NULL)
		buf_putf(out, "%s\t%s\n", r->path, r->rest);
}

/* The lines of old, with rows (sorted by path) in place of theirs. */
static void
merge(struct buf *out, struct span old, const struct row *rows, size_t n)
{
	struct span line, path;
	size_t i = 0;
	int c;

	while (span_line(&old, &line)) {
		const char *tab = memchr(line.p, '\t', line.n);

		path = span_of(line.p, tab != NULL ? (size_t)(tab - line.p) :
		    line.n);
		for (c = -1; i < n; i++) {
			size_t m = strlen(rows[i].path);

			c = memcmp(rows[i].path, path.p,
			    m < path.n ? m : path.n);
			if (c == 0)
				c = m < path.n ? -1 : m > path.n;
			if (c >= 0)
				break;
			put_row(out, &rows[i]);
		}
		if (i < n && c == 0)
			continue;	/* its row comes next */
		buf_put_span(out, line);
		buf_putc(out, '\n');
	}
	for (; i < n; i++)
		put_row(out, &rows[i]);
}

/* Bring rows into a table; fresh: nothing of it is kept. */
static int
update_table(struct site *s, const char *path, const struct row *rows,
    size_t n, bool fresh, struct error *e)
{
	struct buf old = { 0 }, out = { 0 };
	int rc = fresh ? 0 : tree_read(s->tree, path, &old, e);

	/* one that is there and cannot be read must not lose its rows */
	if (rc != 0 && rc != E_NOTFOUND)
		goto done;
	rc = 0;
	merge(&out, buf_span(&old), rows, n);
	if (out.n > 0)
		rc = small_put(s, path, &out, e);
	else if (tree_has(s->tree, path))
		rc = tree_gone(s->tree, path, false, e);
done:
	buf_free(&old);
	buf_free(&out);
	return rc;
}

static size_t
year_length(const char *path)
{
	const char *slash = strncmp(path, "e/", 2) == 0 ?
	    strchr(path + 2, '/') : NULL;

	return slash != NULL ? (size_t)(slash - path) : 0;
}

static int
put_languages(struct site *s, const struct stale *st, struct error *e)
{
	/* of so many, the few in another language are found by reading all */
	bool all = st->all || st->nentries > STALE_MANY;
	struct rows r = { 0 };
	int rc = 0;

	if (all) {
		if ((rc = tree_gone_prefix(s->tree, "meta/1", false, e)) == 0 &&
		    (rc = tree_gone_prefix(s->tree, "meta/2", false, e)) == 0)
			rc = collect_all(s, &r, e);
	} else {
		collect_stale(s, st, &r);
	}
	if (r.n > 1)
		qsort(r.list, r.n, sizeof(*r.list), by_path);
	for (size_t i = 0, k; i < r.n && rc == 0; i = k) {
		size_t m = year_length(r.list[i].path);
		struct buf path = { 0 };

		for (k = i + 1; k < r.n && year_length(r.list[k].path) == m &&
		    memcmp(r.list[k].path, r.list[i].path, m) == 0; k++)
			;
		if (m > 2) {
			buf_putf(&path, "meta/%.*s.tsv", (int)m - 2,
			    r.list[i].path + 2);
			rc = update_table(s, buf_cstr(&path), r.list + i,
			    k - i, all, e);
		}
		buf_free(&path);
	}
	arena_free(&r.arena);
	return rc;
}

/*
 * The pages that are words of the interface alone, and so in English when
 * the planet speaks a language that has none.
 */
static int
put_own(struct site *s, struct error *e)
{
	static const char *const pages[] = { "about.gmi",
	    "fingerprints.gmi", "health.gmi", "help.gmi", "mirror.gmi" };
	struct buf out = { 0 };
	int rc = 0;

	if (s->config->language != NULL &&
	    !strings_known(s->config->language))
		for (size_t i = 0; i < sizeof(pages) / sizeof(*pages); i++)
			buf_putf(&out, "%s\ten\n", pages[i]);
	if (out.n > 0)
		rc = small_put(s, "meta/pages.tsv", &out, e);
	else if (tree_has(s->tree, "meta/pages.tsv"))
		rc = tree_gone(s->tree, "meta/pages.tsv", false, e);
	buf_free(&out);
	return rc;
}

static int
put_random(struct site *s, struct error *e)
{
	const struct store_query q = { .own = -1, .limit = RANDOM_PAGES };
	struct store_cursor *c;
	struct store_entry en;
	struct arena a = { 0 };
	struct buf out = { 0 };
	int rc;

	if ((rc = store_select(s->store, &c, &q, e)) != 0)
		return rc;
	while ((rc = store_next(c, &en, &a, e)) == 1) {
		site_entry_path(&out, &en);
		buf_putc(&out, '\n');
		arena_free(&a);
	}
	store_cursor_free(c);
	arena_free(&a);
	if (rc == 0)
		rc = small_put(s, "meta/random.tsv", &out, e);
	buf_free(&out);
	return rc;
}

int
small_publish(struct site *s, const struct stale *st, struct error *e)
{
	int rc;

	if ((rc = robots_publish(s, e)) != 0 ||
	    (rc = health_publish(s, e)) != 0 ||
	    (rc = about_publish(s, e)) != 0 ||
	    (rc = put_own(s, e)) != 0 ||
	    (rc = put_languages(s, st, e)) != 0)
		return rc;
	if ((st->all || st->front || st->nentries > 0 || st->ngone > 0) &&
	    (rc = put_random(s, e)) != 0)
		return rc;
	if ((rc = tree_remove(s->tree, e)) != 0 ||
	    (rc = bundles_publish(s, st, e)) != 0 ||
	    (rc = tree_remove(s->tree, e)) != 0)
		return rc;
	return mirrorfiles_publish(s, st, e);
}
