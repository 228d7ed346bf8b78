/*
 * Lists of entries as menus.  Entries of a month or year share its menus, so
 * that a new one changes the newest of them and leaves the rest alone.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/uri.h"
#include "publish/hole_list.h"
#include "publish/parts.h"

#define LINKS_MAX	4	/* of one entry */
#define ROOTS		2

static const char *const roots[ROOTS] = { "hole", "hole/ascii" };

static const char *
word(const struct site *s, enum word w)
{
	return strings_get(s->words, w);
}

void
hole_blank(struct gophermenu *m)
{
	gophermenu_info(m, span_of("", 0));
}

void
hole_day(struct gophermenu *m, struct site *s, struct buf *last, int64_t t)
{
	struct buf day = { 0 };

	site_day(&day, s, t);
	if (!span_eq(buf_span(&day), buf_span(last))) {
		hole_blank(m);
		gophermenu_info(m, buf_span(&day));
		buf_clear(last);
		buf_put_span(last, buf_span(&day));
	}
	buf_free(&day);
}

/* Attachments, and the original when it is an item itself. */
static void
entry_links(struct gophermenu *m, struct site *s,
    const struct store_entry *en)
{
	struct buf label = { 0 };
	char scheme[16];
	size_t n = 0;

	uri_scheme(scheme, sizeof(scheme), span_str(en->link != NULL ?
	    en->link : ""));
	if (strcmp(scheme, "gopher") == 0)
		gophermenu_link(m, span_str(en->link),
		    span_str(word(s, W_original)));
	for (size_t i = 0; i < en->nenclosures && n < LINKS_MAX; i++) {
		const struct link *l = &en->enclosures[i];

		if (l->href == NULL)
			continue;
		n++;
		buf_clear(&label);
		buf_putf(&label, "%s: ", word(s, W_attached));
		if (l->title != NULL && l->title[0] != '\0')
			buf_putf(&label, "%s ", l->title);
		if (l->type != NULL && l->type[0] != '\0')
			buf_putf(&label, "(%s)", l->type);
		else if (l->title == NULL || l->title[0] == '\0')
			buf_puts(&label, l->href);
		gophermenu_link(m, span_str(l->href), buf_span(&label));
	}
	buf_free(&label);
}

void
hole_entry(struct gophermenu *m, struct site *s, const struct store_entry *en,
    const struct hole_list *l, bool excerpt)
{
	struct buf title = { 0 }, sel = { 0 }, line = { 0 };
	const char *author = site_author(s, en);

	site_title(&title, s, en);
	buf_putc(&sel, '/');
	buf_puts(&sel, en->path);
	buf_puts(&sel, ".txt");
	gophermenu_item(m, '0', buf_span(&title), buf_cstr(&sel), true);
	if (!l->sourceless)
		buf_puts(&line, site_source_name(s, en));
	if (author != NULL)
		buf_putf(&line, "%s%s", line.n > 0 ? ", " : "", author);
	if (line.n > 0)
		gophermenu_info_indented(m, buf_span(&line), 2, 1);
	if (excerpt && en->excerpt != NULL && en->excerpt[0] != '\0' &&
	    en->title != NULL && en->title[0] != '\0')
		gophermenu_info_indented(m, span_str(en->excerpt), 2, 2);
	if (!excerpt)
		entry_links(m, s, en);
	buf_free(&title);
	buf_free(&sel);
	buf_free(&line);
}

static void
feed_links(struct gophermenu *m, struct site *s, const struct store_feed *f)
{
	struct buf url = { 0 };

	if (f->link != NULL && f->link[0] != '\0')
		gophermenu_link(m, span_str(f->link),
		    span_str(word(s, W_website)));
	if (!f->hidden && strstr(f->url, "://") != NULL) {
		uri_public(&url, f->url);
		gophermenu_link(m, buf_span(&url), span_str(word(s, W_feed)));
	}
	buf_free(&url);
}

static void
begin_list(struct gophermenu *m, struct site *s, const struct hole_list *l,
    size_t page)
{
	gophermenu_info(m, span_str(l->title));
	if (page == 1 && l->intro != NULL && l->intro[0] != '\0')
		gophermenu_info(m, span_str(l->intro));
	if (page == 1 && l->feed != NULL)
		feed_links(m, s, l->feed);
	if (l->dayless)
		hole_blank(m);
}

/*
 * The first menu of a list has the list's own name; page is its number else.
 * Of a day numbers count from the newest, of a month or year from the oldest.
 */
static void
page_dir(char dir[HOLE_DIR_MAX], const char *base, int64_t page, bool first)
{
	if (first)
		snprintf(dir, HOLE_DIR_MAX, "%s", base);
	else
		snprintf(dir, HOLE_DIR_MAX, "%s/p%lld", base,
		    (long long)page);
}

static void
dir_item(struct gophermenu *m, const char *dir, struct span label)
{
	char sel[HOLE_DIR_MAX + 1];

	snprintf(sel, sizeof(sel), "/%s", dir);
	gophermenu_item(m, '1', label, sel, false);
}

static void
page_item(struct gophermenu *m, const struct site *s,
    const struct hole_list *l, size_t page, enum word w)
{
	char dir[HOLE_DIR_MAX];

	page_dir(dir, l->dir, (int64_t)page, page == 1);
	dir_item(m, dir, span_str(word(s, w)));
}

static void
foot(struct gophermenu *m, struct site *s, const struct hole_list *l)
{
	if (l->up != NULL) {
		hole_blank(m);
		gophermenu_item(m, '1', span_str(l->up_label), l->up, false);
		gophermenu_item(m, '1', span_str(s->config->name), "/",
		    false);
	} else {
		hole_home(m, s);
	}
}

static int
end_list(struct gophermenu *m, struct site *s, const struct hole_list *l,
    size_t page, bool more, struct error *e)
{
	char dir[HOLE_DIR_MAX];

	if (page > 1 || more)
		hole_blank(m);
	if (page > 1)
		page_item(m, s, l, page - 1, W_newer);
	if (more)
		page_item(m, s, l, page + 1, W_older);
	foot(m, s, l);
	page_dir(dir, l->dir, (int64_t)page, page == 1);
	return hole_put_menu(s, dir, m, e);
}

int
hole_list_drop(struct site *s, const char *dir, struct error *e)
{
	int rc = 0;

	for (size_t i = 0; i < ROOTS && rc == 0; i++) {
		struct buf b = { 0 };

		buf_putf(&b, "%s/%s/", roots[i], dir);
		rc = tree_gone_prefix(s->tree, buf_cstr(&b), false, e);
		buf_free(&b);
	}
	return rc;
}

bool
hole_has(struct site *s, const char *dir)
{
	struct buf b = { 0 };
	bool has;

	buf_putf(&b, "hole/%s/menu", dir);
	has = tree_has(s->tree, buf_cstr(&b));
	buf_free(&b);
	return has;
}

int
hole_list_all(struct site *s, const struct store_query *q,
    const struct hole_list *l, struct error *e)
{
	struct store_query brief = *q;
	struct store_cursor *c;
	struct store_entry en;
	struct arena a = { 0 };
	struct buf out = { 0 }, day = { 0 };
	struct gophermenu m;
	size_t n = 0, page = 1;
	int rc;

	brief.what = STORE_BRIEF;
	if ((rc = hole_list_drop(s, l->dir, e)) != 0 ||
	    (rc = store_select(s->store, &c, &brief, e)) != 0)
		return rc;
	hole_menu(&m, s, &out);
	begin_list(&m, s, l, page);
	while ((rc = store_next(c, &en, &a, e)) == 1) {
		if (n == GOPHERMENU_ITEMS_MAX) {
			if ((rc = end_list(&m, s, l, page, true, e)) != 0)
				break;
			buf_clear(&out);
			buf_clear(&day);
			n = 0;
			begin_list(&m, s, l, ++page);
		}
		n++;
		if (!l->dayless)
			hole_day(&m, s, &day, en.sort);
		hole_entry(&m, s, &en, l, false);
		arena_free(&a);
	}
	if (rc == 0 && n > 0)
		rc = end_list(&m, s, l, page, false, e);
	store_cursor_free(c);
	arena_free(&a);
	buf_free(&out);
	buf_free(&day);
	return rc;
}

/* --- by month or year --- */

struct periods {
	struct site	*site;
	struct arena	 arena;
	const char	**dirs;		/* that are wanted, "t/rust/2026/p1" */
	size_t		 n;
	const char	*list;		/* "t/rust" */
	size_t		 skip;		/* bytes of "hole/" */
};

static void
keep_dirs(struct periods *p, const char *base, int64_t parts)
{
	char dir[HOLE_DIR_MAX];

	for (int64_t i = 1; i <= parts; i++) {
		page_dir(dir, base, i, i == parts);
		p->dirs = arena_push(&p->arena, p->dirs, &p->n,
		    sizeof(*p->dirs));
		p->dirs[p->n - 1] = arena_strdup(&p->arena, dir);
	}
}

static bool
is_in(const char *const *list, size_t n, const char *key)
{
	for (size_t i = 0; i < n; i++)
		if (strcmp(list[i], key) == 0)
			return true;
	return false;
}

struct period {
	struct site	*site;
	const struct hole_list *list;	/* of the month or year */
};

static void
part_item(struct gophermenu *m, const struct period *d, int64_t number,
    int64_t of, enum word w)
{
	char dir[HOLE_DIR_MAX];

	page_dir(dir, d->list->dir, number, number == of);
	dir_item(m, dir, span_str(word(d->site, w)));
}

static int
put_part(const struct part *p, struct store_entry *last, void *arg,
    struct error *e)
{
	const struct period *d = arg;
	struct store_query brief = p->q;
	struct store_cursor *c;
	struct arena a = { 0 };
	struct buf out = { 0 }, day = { 0 };
	struct gophermenu m;
	char dir[HOLE_DIR_MAX];
	int rc;

	brief.what = STORE_BRIEF;
	if ((rc = store_select(d->site->store, &c, &brief, e)) != 0)
		return rc;
	hole_menu(&m, d->site, &out);
	begin_list(&m, d->site, d->list, 1);
	while ((rc = store_next(c, last, &a, e)) == 1) {
		hole_day(&m, d->site, &day, last->sort);
		hole_entry(&m, d->site, last, d->list, false);
		arena_free(&a);
	}
	store_cursor_free(c);
	if (p->of > 1)
		hole_blank(&m);
	if (p->number < p->of)
		part_item(&m, d, p->number + 1, p->of, W_newer);
	if (p->number > 1)
		part_item(&m, d, p->number - 1, p->of, W_older);
	foot(&m, d->site, d->list);
	page_dir(dir, d->list->dir, p->number, p->number == p->of);
	if (rc == 0)
		rc = hole_put_menu(d->site, dir, &m, e);
	arena_free(&a);
	buf_free(&out);
	buf_free(&day);
	return rc;
}

static int
put_period(struct site *s, const struct stale *st, const struct hole_list *l,
    const char *dir, const struct parts *p, struct error *e)
{
	struct parts parts = *p;
	struct buf title = { 0 };
	char up[HOLE_DIR_MAX + 1];
	struct hole_list part = { .dir = dir, .sourceless = l->sourceless,
	    .up = up, .up_label = l->title };
	struct period d = { s, &part };
	int rc;

	snprintf(up, sizeof(up), "/%s", l->dir);
	buf_putf(&title, "%s: %s", l->title, p->key);
	part.title = buf_cstr(&title);
	parts.put = put_part;
	parts.arg = &d;
	rc = parts_put(s, st, &parts, e);
	buf_free(&title);
	return rc;
}

static int
put_periods(struct gophermenu *m, const struct stale *st,
    struct periods *p, const struct store_query *q, bool all,
    const struct hole_list *l, struct error *e)
{
	struct site *s = p->site;
	bool months = q->feed != 0;
	const char *const *stale = months ? st->months : st->years;
	size_t n, nstale = months ? st->nmonths : st->nyears;
	struct store_bucket *list;
	struct buf label = { 0 };
	int rc;

	rc = store_periods(s->store, q, months ? BUCKET_MONTH : BUCKET_YEAR,
	    &list, &n, &p->arena);
	if (rc != 0)
		return error_set(e, rc, "the periods of %s cannot be read",
		    l->dir);
	if (m != NULL) {
		hole_blank(m);
		gophermenu_info(m, span_str(word(s, W_archive)));
		hole_blank(m);
	}
	for (size_t i = 0; i < n && rc == 0; i++) {
		const char *dir = arena_printf(&p->arena, "%s/%s", l->dir,
		    list[i].key);
		struct parts parts = { .q = *q, .key = list[i].key,
		    .n = list[i].n, .size = GOPHERMENU_ITEMS_MAX,
		    .all = all || !hole_has(s, dir) };

		keep_dirs(p, dir, parts_count(parts.n, parts.size));
		if (m != NULL) {
			buf_clear(&label);
			buf_putf(&label, "%s, ", list[i].key);
			strings_count(&label, s->words, W_entries, parts.n);
			dir_item(m, dir, buf_span(&label));
		}
		if (parts.all || is_in(stale, nstale, list[i].key))
			rc = put_period(s, st, l, dir, &parts, e);
	}
	buf_free(&label);
	return rc;
}

static int
by_dir(const void *a, const void *b)
{
	return strcmp(*(const char *const *)a, *(const char *const *)b);
}

/* A menu of a part that is no more. */
static int
sweep_one(const struct store_file *f, void *arg)
{
	const struct periods *p = arg;
	const char *name = f->path + p->skip, *end = strrchr(name, '/');
	char dir[HOLE_DIR_MAX + 16];
	const char *key = dir;

	if (f->gone)
		return 0;
	if (end != NULL) {
		snprintf(dir, sizeof(dir), "%.*s", (int)(end - name), name);
		if (strcmp(dir, p->list) == 0 || (p->n > 0 && bsearch(&key,
		    p->dirs, p->n, sizeof(*p->dirs), by_dir) != NULL))
			return 0;
	}
	return tree_gone(p->site->tree, f->path, false, NULL);
}

static int
sweep(struct periods *p, const char *dir, struct error *e)
{
	int rc = 0;

	p->list = dir;
	if (p->n > 0)
		qsort(p->dirs, p->n, sizeof(*p->dirs), by_dir);
	for (size_t i = 0; i < ROOTS && rc == 0; i++) {
		const char *prefix = arena_printf(&p->arena, "%s/%s/",
		    roots[i], dir);

		p->skip = strlen(roots[i]) + 1;
		rc = store_files(p->site->store, prefix, sweep_one, p, e);
	}
	return rc;
}

/* As first_stays() of the capsule's lists. */
static bool
first_stays(const struct stale *st, const struct store_query *q, int64_t n,
    bool all, const struct store_entry *last)
{
	return !all && q->feed == 0 && st->nmoved == 0 &&
	    n > GOPHERMENU_ITEMS_MAX && (st->ntimes == 0 ||
	    st->times[st->ntimes - 1] < last->sort);
}

int
hole_list_put(struct site *s, const struct stale *st,
    const struct store_query *q, int64_t n, bool all,
    const struct hole_list *l, struct error *e)
{
	struct periods p = { .site = s };
	struct store_query newest = *q;
	struct store_cursor *c;
	struct store_entry en = { 0 };
	struct arena a = { 0 };
	struct buf out = { 0 }, day = { 0 };
	struct gophermenu m;
	bool stays;
	int rc;

	newest.limit = GOPHERMENU_ITEMS_MAX;
	newest.what = STORE_BRIEF;
	if ((rc = store_select(s->store, &c, &newest, e)) != 0)
		return rc;
	hole_menu(&m, s, &out);
	begin_list(&m, s, l, 1);
	while ((rc = store_next(c, &en, &a, e)) == 1) {
		hole_day(&m, s, &day, en.sort);
		hole_entry(&m, s, &en, l, false);
		arena_free(&a);
	}
	store_cursor_free(c);
	stays = first_stays(st, q, n, all, &en) && hole_has(s, l->dir);
	if (rc == 0 && n > GOPHERMENU_ITEMS_MAX)
		rc = put_periods(stays ? NULL : &m, st, &p, q, all, l, e);
	if (rc == 0 && !stays) {
		foot(&m, s, l);
		rc = hole_put_menu(s, l->dir, &m, e);
	}
	if (rc == 0 && (all || st->left))
		rc = sweep(&p, l->dir, e);
	arena_free(&a);
	arena_free(&p.arena);
	buf_free(&out);
	buf_free(&day);
	return rc;
}
