/*
 * What a month's bundles were made of is kept in the store as a digest of
 * its pages, so that a run looks at the months it touched and rewrites those
 * that differ.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/file.h"
#include "base/log.h"
#include "gemtext/gemtext.h"
#include "publish/book.h"
#include "publish/bundles.h"
#include "publish/pages.h"
#include "publish/small.h"

#define CAPSULE		"capsule/"
#define MIRROR_PAGE	"mirror.gmi"
/* Changes when books or archives are made in another way. */
#define REVISION	"1"

struct bundles {
	struct site	*site;
	struct arena	 arena;
	bool		 all;		/* months are looked at */
	const char	**months;	/* that may be stale */
	size_t		 n;
	bool		 changed;	/* some file came or went */
};

static bool
has_tar(const struct site *s)
{
	return s->config->bundles != NULL &&
	    strcmp(s->config->bundles, "no") != 0;
}

/* "capsule/bundles/2026-01.gpub" */
static const char *
file_of(struct arena *a, const char *month, const char *kind)
{
	return arena_printf(a, CAPSULE BUNDLES_DIR "%s.%s", month, kind);
}

/* --- which months --- */

static void
add_month(struct bundles *b, const char *month)
{
	for (size_t i = 0; i < b->n; i++)
		if (strcmp(b->months[i], month) == 0)
			return;
	b->months = arena_push(&b->arena, b->months, &b->n,
	    sizeof(*b->months));
	b->months[b->n - 1] = arena_strdup(&b->arena, month);
}

/* The month that a changed page belongs to, by its path. */
static int
touched(char what, const char *path, void *arg)
{
	struct bundles *b = arg;
	const char *p = path + strlen(CAPSULE), *id;
	struct arena a = { 0 };
	struct store_entry en;
	struct buf day = { 0 };
	char month[16];
	int y, m, d;

	/* of a run that makes all only what went is not among the months */
	if (b->all && what != 'g')
		return 0;
	if (sscanf(p, "%4d/%2d/%2d.gmi", &y, &m, &d) == 3) {
		snprintf(month, sizeof(month), "%04d-%02d", y % 10000,
		    m % 100);
		add_month(b, month);
	} else if (strncmp(p, "e/", 2) == 0 &&
	    (id = strchr(p + 2, '/')) != NULL) {
		id = arena_strndup(&a, id + 1, strspn(id + 1,
		    "0123456789abcdefghijklmnopqrstuvwxyz"));
		if (store_entry_by_pid(b->site->store, &en, &a, id,
		    0) == 0) {
			site_iso_day(&day, en.sort);
			buf_truncate(&day, strlen("2026-01"));
			add_month(b, buf_cstr(&day));
			buf_free(&day);
		}
	}
	arena_free(&a);
	return 0;
}

/* Months that are stale, and those that are over and have no bundle yet. */
static int
collect(struct bundles *b, const struct stale *st, struct error *e)
{
	struct site *s = b->site;
	struct store_bucket *list;
	size_t n = 0;
	int rc;

	b->all = st->all;
	for (size_t i = 0; i < st->nmonths; i++)
		add_month(b, st->months[i]);
	if ((rc = tree_changes(s->tree, touched, b)) != 0)
		return rc;
	rc = store_buckets(s->store, BUCKET_MONTH, 0, &list, &n, &b->arena);
	if (rc != 0)
		return error_set(e, rc, "the months cannot be listed");
	for (size_t i = 0; i < n; i++)
		if (st->all || (s->config->books && !tree_has(s->tree,
		    file_of(&b->arena, list[i].key, "gpub"))) ||
		    (has_tar(s) && !tree_has(s->tree, file_of(&b->arena,
		    list[i].key, s->config->bundles))))
			add_month(b, list[i].key);
	return 0;
}

/* --- one month --- */

struct month {
	const char	*key;		/* "2026-01" */
	struct arena	 arena;
	struct store_query q;
	struct book_file *files;	/* its published pages */
	size_t		 n;
	struct buf	 print;		/* what the bundles depend on */
};

static bool
wanted(struct site *s, const struct store_entry *en)
{
	const struct store_feed *f = site_feed(s, en->feed);

	return f == NULL || !robots_unwilling(s, f);
}

/* One file of the month, when it is published. */
static void
add_file(struct bundles *b, struct month *m, const char *path, int64_t mtime)
{
	struct store_file f;

	if (store_file(b->site->store, &f, &m->arena, path) != 0 || f.gone)
		return;
	m->files = arena_push(&m->arena, m->files, &m->n, sizeof(*m->files));
	m->files[m->n - 1] = (struct book_file){ f.path, mtime };
	buf_putf(&m->print, "%s %s\n", path, f.sha256);
}

static int
add_entries(struct bundles *b, struct month *m, struct error *e)
{
	struct store_query q = m->q;
	struct store_cursor *c;
	struct store_entry en;
	struct arena a = { 0 };
	int rc;

	q.order = STORE_OLDEST;
	if ((rc = store_select(b->site->store, &c, &q, e)) != 0)
		return rc;
	while ((rc = store_next(c, &en, &a, e)) == 1) {
		if (wanted(b->site, &en))
			add_file(b, m, arena_printf(&a, CAPSULE "%s.gmi",
			    en.path), en.sort);
		arena_free(&a);
	}
	store_cursor_free(c);
	arena_free(&a);
	return rc;
}

/* The pages of days show all entries: not when some are left out. */
static void
add_days(struct bundles *b, struct month *m, int64_t shown)
{
	struct buf path = { 0 };

	if ((int64_t)m->n != shown)
		return;
	for (int d = 1; d <= 31; d++) {
		const char *day = arena_printf(&m->arena, "%s-%02d", m->key,
		    d);
		int64_t from, until;

		if (!site_bounds(day, &from, &until))
			continue;
		buf_clear(&path);
		buf_puts(&path, CAPSULE);
		site_day_path(&path, day);
		add_file(b, m, buf_cstr(&path), until - 1);
	}
	buf_free(&path);
}

static void
month_title(struct buf *out, const struct site *s, const struct month *m)
{
	buf_putf(out, "%s: ", s->config->name);
	strings_date(out, s->words, strings_month_format(s->words), m->q.from,
	    site_offset(m->q.from), "");
}

static const char *
print_key(struct bundles *b, const struct month *m)
{
	return arena_printf(&b->arena, "bundle:%s", m->key);
}

/* Bring in the file at temp, or say why there is none. */
static int
put_made(struct bundles *b, const struct month *m, const char *kind, int made,
    const char *temp, struct error *e)
{
	const char *path = file_of(&b->arena, m->key, kind);
	bool had = tree_has(b->site->tree, path);
	int rc = 0;

	if (made == 0)
		rc = tree_put_file(b->site->tree, path, temp, e);
	else if (made == E_LIMIT || made == E_NOTFOUND) {
		if (made == E_LIMIT)
			log_warn("no bundle for %s: %s", m->key, e->msg);
		rc = tree_gone(b->site->tree, path, false, e);
	} else
		rc = made;
	b->changed = b->changed || had != (made == 0);
	return rc;
}

static int
make_book(struct bundles *b, const struct month *m, struct error *e)
{
	char *temp = tree_temp(b->site->tree);
	struct buf title = { 0 };
	int rc;

	month_title(&title, b->site, m);
	rc = book_write(b->site, temp, buf_cstr(&title), &m->q, wanted, e);
	rc = put_made(b, m, "gpub", rc, temp, e);
	buf_free(&title);
	free(temp);
	return rc;
}

static int
make_tar(struct bundles *b, const struct month *m, struct error *e)
{
	const char *kind = b->site->config->bundles;
	char *temp = tree_temp(b->site->tree);
	int rc = m->n == 0 ? E_NOTFOUND : book_tar(b->site, temp, kind,
	    m->files, m->n, e);

	rc = put_made(b, m, kind, rc, temp, e);
	free(temp);
	return rc;
}

/* What the settings no longer ask for, or all of a month without entries. */
static int
drop(struct bundles *b, const char *month, bool all, struct error *e)
{
	static const char *const kinds[] = { "gpub", "tar.gz", "tar.zst" };
	const struct config *c = b->site->config;
	int rc = 0;

	for (size_t i = 0; i < 3 && rc == 0; i++) {
		const char *path = file_of(&b->arena, month, kinds[i]);
		bool keep = i == 0 ? c->books : has_tar(b->site) &&
		    strcmp(c->bundles, kinds[i]) == 0;

		if ((keep && !all) || !tree_has(b->site->tree, path))
			continue;
		b->changed = true;
		rc = tree_gone(b->site->tree, path, false, e);
	}
	return rc;
}

/* Whether somebody took away a file that is to be there. */
static bool
was_deleted(struct bundles *b, const struct month *m)
{
	const char *const kinds[] = { "gpub", b->site->config->bundles };
	bool deleted = false;

	for (size_t i = 0; i < 2; i++) {
		const char *path = kinds[i] != NULL ?
		    file_of(&b->arena, m->key, kinds[i]) : NULL;
		char *full;

		if (path == NULL || !tree_has(b->site->tree, path))
			continue;
		full = file_join(b->site->config->output_dir, path);
		deleted = deleted || access(full, F_OK) == -1;
		free(full);
	}
	return deleted;
}

static int
make(struct bundles *b, struct month *m, struct error *e)
{
	struct site *s = b->site;
	char hex[HASH_HEX];
	struct buf had = { 0 };
	int64_t shown = site_count(s, m->key);
	bool was = b->changed;
	int rc;

	buf_putf(&m->print, REVISION " %d %s\n%s\n%s\n%s\n%s\n",
	    s->config->books, has_tar(s) ? s->config->bundles : "no",
	    s->config->name, site_host(s), strings_language(s->words),
	    s->config->subtitle != NULL ? s->config->subtitle : "");
	if ((rc = add_entries(b, m, e)) != 0)
		return rc;
	add_days(b, m, shown);
	hash_hex(buf_span(&m->print), hex);
	(void)store_meta_get(s->store, print_key(b, m), &had);
	if (strcmp(buf_cstr(&had), hex) != 0 || was_deleted(b, m)) {
		b->changed = false;
		if (s->config->books)
			rc = make_book(b, m, e);
		if (rc == 0 && has_tar(s) &&
		    (rc = tree_flush(s->tree, e)) == 0)
			rc = make_tar(b, m, e);
		if (rc == 0)
			rc = store_meta_set(s->store, print_key(b, m), hex, e);
		/* the page of the month names what there is */
		if (rc == 0 && b->changed)
			rc = page_month(s, m->key, e);
		b->changed = b->changed || was;
	}
	buf_free(&had);
	return rc;
}

static int
one_month(struct bundles *b, const char *key, struct error *e)
{
	struct month m = { .key = key, .q = { .own = -1 } };
	bool any = b->site->config->books || has_tar(b->site);
	int64_t shown;
	int rc = 0;

	if (!site_query_bounds(&m.q, key))
		return 0;
	shown = site_count(b->site, key);
	rc = drop(b, key, shown == 0, e);
	/* one that goes on would be made again with every entry */
	if (rc == 0 && any && shown > 0 && m.q.until <= b->site->now)
		rc = make(b, &m, e);
	buf_free(&m.print);
	arena_free(&m.arena);
	return rc;
}

/* --- links --- */

/* "January 2026 as a book" */
static void
put_label(struct buf *out, const struct site *s, enum word w,
    const char *month)
{
	const char *form = strings_get(s->words, w), *at = strstr(form, "%s");
	int64_t from, until;

	buf_clear(out);
	if (at == NULL || !site_bounds(month, &from, &until))
		return;
	buf_put(out, form, (size_t)(at - form));
	strings_date(out, s->words, strings_month_format(s->words), from,
	    site_offset(from), "");
	buf_puts(out, at + 2);
}

void
bundles_links(struct look_rows *rows, struct site *s, const char *month)
{
	static const struct {
		const char	*kind;
		enum word	 word;
	} kinds[] = { { "gpub", W_book }, { "tar.gz", W_bundle },
		{ "tar.zst", W_bundle } };
	struct buf label = { 0 };

	for (size_t i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++) {
		const char *path = file_of(rows->a, month, kinds[i].kind);

		put_label(&label, s, kinds[i].word, month);
		if (tree_has(s->tree, path))
			look_link_to(rows, path + strlen(CAPSULE),
			    buf_cstr(&label), "");
	}
	buf_free(&label);
}

static int
mirror_page(struct bundles *b, struct error *e)
{
	struct theme_value v[MI_FIELDS] = { 0 };
	struct site *s = b->site;
	struct look_rows rows = { .a = &b->arena, .width = LINK_FIELDS };
	struct store_bucket *list;
	size_t n = 0;
	int rc = store_buckets(s->store, BUCKET_MONTH, 0, &list, &n,
	    &b->arena);

	if (rc != 0)
		return error_set(e, rc, "the months cannot be listed");
	for (size_t i = 0; i < n; i++)
		bundles_links(&rows, s, list[i].key);
	v[MI_BUNDLES] = look_list(&rows);
	return look_put(s, PAGE_MIRROR, v, MIRROR_PAGE, e);
}

int
bundles_publish(struct site *s, const struct stale *st, struct error *e)
{
	struct bundles b = { .site = s };
	int rc;

	if (s->options->dry_run)
		return 0;
	rc = collect(&b, st, e);
	for (size_t i = 0; i < b.n && rc == 0; i++)
		rc = one_month(&b, b.months[i], e);
	if (rc == 0 && (st->all || b.changed ||
	    !tree_has(s->tree, CAPSULE MIRROR_PAGE)))
		rc = mirror_page(&b, e);
	arena_free(&b.arena);
	return rc;
}
