/*
 * The river: the front page and the archive by day, month and year.
 *
 * A day's page never changes once the day is over and its entries are
 * read, so what is old is written once.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "publish/bundles.h"
#include "publish/lists.h"
#include "publish/pages.h"

/* A month with more entries lists its days alone. */
#define MONTH_ENTRIES_MAX	500
/* A day is cut into pages of so many entries and bytes. */
#define DAY_ENTRIES_MAX		500
#define RIVER_BYTES_MAX		(TREE_PAGE_MAX / 2)
/* So many years are looked through for the same day. */
#define YEARS_BACK		30

/* Entries as they come, under their days. */
struct river {
	struct site		*s;
	struct arena		 a;
	struct look_rows	 days, entries;
	struct buf		 day;		/* of the entries so far */
	size_t			 n, bytes;
	const char		*source;	/* of the last entry */
};

static void
river_init(struct river *r, struct site *s)
{
	memset(r, 0, sizeof(*r));
	r->s = s;
	r->days = (struct look_rows){ .a = &r->a, .width = DAY_FIELDS };
	r->entries = (struct look_rows){ .a = &r->a, .width = ROW_FIELDS };
}

static void
river_free(struct river *r)
{
	arena_free(&r->a);
	buf_free(&r->day);
}

static void
end_day(struct river *r)
{
	if (r->days.n > 0)
		r->days.v[(r->days.n - 1) * DAY_FIELDS + DAY_ENTRIES] =
		    look_list(&r->entries);
	r->entries = (struct look_rows){ .a = &r->a, .width = ROW_FIELDS };
	r->source = NULL;
}

/* Begin the day of that instant; false when it has begun already. */
static bool
begin_day(struct river *r, int64_t t)
{
	struct buf day = { 0 }, b = { 0 };
	struct theme_value *row;
	bool fresh;

	site_day(&day, r->s, t);
	fresh = r->days.n == 0 || !span_eq(buf_span(&day), buf_span(&r->day));
	if (fresh) {
		end_day(r);
		row = look_add(&r->days);
		row[DAY_NAME].s = buf_span(&day);
		row[DAY_NAME].s.p = arena_strndup(&r->a, day.p, day.n);
		site_iso_day(&b, t);
		row[DAY_DATE] = look_keep(&r->a, &b);
		site_day_path(&b, row[DAY_DATE].s.p);
		row[DAY_URL] = look_path(&r->a, buf_cstr(&b));
		buf_clear(&r->day);
		buf_put_span(&r->day, buf_span(&day));
	}
	buf_free(&day);
	buf_free(&b);
	return fresh;
}

static void
river_add(struct river *r, const struct store_entry *en)
{
	struct theme_value *row;
	const char *source;

	begin_day(r, site_date(en));
	row = look_add(&r->entries);
	look_entry(row, r->s, en, &r->a);
	source = row[ROW_SOURCE].s.p;
	if (r->source == NULL || strcmp(source, r->source) != 0)
		row[ROW_NEW_SOURCE] = row[ROW_SOURCE];
	r->source = source;
	for (size_t i = 0; i < ROW_FIELDS; i++)
		r->bytes += row[i].s.n;
	r->n++;
}

static struct theme_value
river_days(struct river *r)
{
	end_day(r);
	return look_list(&r->days);
}

/* --- the front page --- */

/* The page of the day of that instant. */
static struct theme_value
day_page(int64_t t, struct arena *a)
{
	struct theme_value v;
	struct buf day = { 0 }, path = { 0 };

	site_iso_day(&day, t);
	site_day_path(&path, buf_cstr(&day));
	v = look_path(a, buf_cstr(&path));
	buf_free(&day);
	buf_free(&path);
	return v;
}

static struct theme_value
years(struct site *s, struct arena *a)
{
	struct look_rows rows = { .a = a, .width = LINK_FIELDS };
	struct store_bucket *list;
	struct buf path = { 0 };
	size_t n = 0;

	if (store_buckets(s->store, BUCKET_YEAR, 0, &list, &n, a) == 0)
		for (size_t i = 0; i < n; i++) {
			buf_clear(&path);
			site_year_path(&path, list[i].key);
			look_link_to(&rows, buf_cstr(&path), list[i].key,
			    NULL);
		}
	buf_free(&path);
	return look_list(&rows);
}

/* That day of another year with entries, if it has any and the year the day. */
static int64_t
same_day(struct site *s, const char *day, int year, struct arena *a,
    const char **key, int64_t *from)
{
	struct store_query q = { .own = -1 };

	*key = arena_printf(a, "%04d%s", year, day + 4);
	if ((year % 4 != 0 || (year % 100 == 0 && year % 400 != 0)) &&
	    strcmp(day + 4, "-02-29") == 0)
		return 0;
	if (!site_bounds(*key, &q.from, &q.until))
		return 0;
	*from = q.from;
	return site_count(s, *key);
}

/* The same day of earlier years, as far as it has entries. */
static struct theme_value
earlier_years(struct site *s, const char *day, struct arena *a)
{
	struct look_rows rows = { .a = a, .width = LINK_FIELDS };
	struct buf path = { 0 }, name = { 0 }, n = { 0 };
	int year = atoi(day);

	for (int y = year - 1; y >= year - YEARS_BACK; y--) {
		const char *key;
		int64_t from, count = same_day(s, day, y, a, &key, &from);

		if (count == 0)
			continue;
		buf_clear(&path);
		buf_clear(&name);
		buf_clear(&n);
		site_day_path(&path, key);
		site_day(&name, s, from);
		strings_count(&n, s->words, W_entries, count);
		look_link_to(&rows, buf_cstr(&path), buf_cstr(&name),
		    buf_cstr(&n));
	}
	buf_free(&path);
	buf_free(&name);
	buf_free(&n);
	return look_list(&rows);
}

/* The newest entries; false when there is no room for more. */
static bool
take(struct river *r, const struct store_entry *en, size_t limit, int days)
{
	struct buf day = { 0 };
	bool full = r->n == limit || r->bytes > RIVER_BYTES_MAX;

	if (!full && days > 0 && r->days.n == (size_t)days) {
		site_day(&day, r->s, site_date(en));
		full = !span_eq(buf_span(&day), buf_span(&r->day));
		buf_free(&day);
	}
	if (!full)
		river_add(r, en);
	return !full;
}

/* *next: the page of the day of the first entry that is not shown. */
static int
newest(struct river *r, struct theme_value *next, struct error *e)
{
	const struct config *c = r->s->config;
	size_t limit = c->items_per_page > 0 ? (size_t)c->items_per_page : 60;
	/* one more, to know where the rest begins */
	struct store_query q = { .own = -1, .front = true,
	    .limit = limit + 1, .what = STORE_BRIEF };
	struct store_cursor *cursor;
	struct store_entry en;
	int rc;

	if ((rc = store_select(r->s->store, &cursor, &q, e)) != 0)
		return rc;
	while ((rc = store_next(cursor, &en, &r->a, e)) == 1)
		if (!take(r, &en, limit, c->days_per_page)) {
			*next = day_page(site_date(&en), &r->a);
			break;
		}
	store_cursor_free(cursor);
	return rc < 0 ? rc : 0;
}

int
page_front(struct site *s, struct error *e)
{
	struct theme_value v[FR_FIELDS] = { 0 };
	struct river r;
	struct buf b = { 0 };
	int rc;

	river_init(&r, s);
	rc = newest(&r, &v[FR_OLDER], e);
	v[FR_DAYS] = river_days(&r);
	v[FR_YEARS] = years(s, &r.a);
	if (theme_uses(s->theme, PAGE_FRONT, FR_SOURCES))
		v[FR_SOURCES] = sources_few(s, &r.a);
	v[FR_GROUPS] = look_existing(s, &r.a, "g/");
	v[FR_TAGS] = look_existing(s, &r.a, "t/");
	v[FR_LANGUAGES] = look_existing(s, &r.a, "l/");
	if (r.days.n > 0)
		v[FR_MEMORY] = earlier_years(s, r.days.v[DAY_DATE].s.p,
		    &r.a);
	/* pages that are made when they are asked for */
	if (r.n > 0 && s->config->gemini) {
		v[FR_SEARCH] = look_text("/search");
		v[FR_RANDOM] = look_text("/random");
	}
	if (s->config->gopher) {
		site_gopher_url(&b, s, '1', "");
		v[FR_GOPHER] = look_keep(&r.a, &b);
	}
	if (rc == 0)
		rc = look_put(s, PAGE_FRONT, v, "index.gmi", e);
	buf_free(&b);
	river_free(&r);
	return rc;
}

/* --- the archive --- */

static int
gone(struct site *s, const char *path, struct error *e)
{
	struct buf full = { 0 };
	int rc;

	buf_putf(&full, "capsule/%s", path);
	rc = tree_gone(s->tree, buf_cstr(&full), false, e);
	buf_free(&full);
	return rc;
}

/* The nearest entry from t on, or the nearest before t. */
static bool
beside(struct site *s, int64_t t, bool newer, struct arena *a, int64_t *when)
{
	/* bounds of zero are none: the second before 1970 belongs to it */
	int64_t bound = t == 0 ? -1 : t;
	struct store_query q = { .own = -1, .from = newer ? bound : 0,
	    .until = newer ? 0 : bound, .limit = 1,
	    .order = newer ? STORE_OLDEST : STORE_NEWEST,
	    .what = STORE_BRIEF };
	struct store_cursor *c;
	struct store_entry en;
	bool found;

	if (store_select(s->store, &c, &q, NULL) != 0)
		return false;
	found = store_next(c, &en, a, NULL) == 1;
	if (found)
		*when = en.sort;
	store_cursor_free(c);
	return found;
}

static const char *
iso_day(int64_t t, struct arena *a)
{
	struct buf b = { 0 };
	const char *day;

	site_iso_day(&b, t);
	day = arena_strndup(a, buf_cstr(&b), b.n);
	buf_free(&b);
	return day;
}

static void
push(struct site *s, const char ***list, size_t *n, const char *day)
{
	*list = arena_push(&s->arena, *list, n, sizeof(**list));
	(*list)[*n - 1] = day;
}

int
page_day_beside(struct site *s, const char *day, const char ***list,
    size_t *n, struct error *e)
{
	struct store_query q = { .own = -1 };
	struct buf path = { 0 };
	int64_t t;
	bool had, has;

	(void)e;
	if (!site_bounds(day, &q.from, &q.until))
		return 0;
	buf_puts(&path, "capsule/");
	site_day_path(&path, day);
	had = tree_has(s->tree, buf_cstr(&path));
	has = store_count(s->store, &q) > 0;
	buf_free(&path);
	if (had == has)
		return 0;
	if (beside(s, q.from, false, &s->arena, &t))
		push(s, list, n, iso_day(t, &s->arena));
	if (beside(s, q.until, true, &s->arena, &t))
		push(s, list, n, iso_day(t, &s->arena));
	for (int y = atoi(day) + 1; y <= atoi(day) + YEARS_BACK; y++) {
		const char *key;

		if (same_day(s, day, y, &s->arena, &key, &t) > 0)
			push(s, list, n, key);
	}
	return 0;
}

/* A day that is being written, page after page. */
struct day {
	struct site	*s;
	const char	*key;		/* "2026-01-14" */
	struct theme_value name, count, up, newer, older, memory;
	struct arena	 a;
	size_t		 part;
};

/* "2026/01/14.gmi", then "2026/01/14-p2.gmi". */
static const char *
day_part(struct day *d, size_t part)
{
	struct buf b = { 0 };
	const char *path;

	site_day_path(&b, d->key);
	path = part == 1 ? arena_strdup(&d->a, buf_cstr(&b)) :
	    arena_printf(&d->a, "%.*s-p%zu.gmi", (int)b.n - 4, b.p, part);
	buf_free(&b);
	return path;
}

static int
put_part(struct day *d, struct river *r, bool more, struct error *e)
{
	struct theme_value v[TI_FIELDS] = { [TI_NAME] = d->name,
	    [TI_COUNT] = d->count, [TI_UP] = d->up };

	d->part++;
	v[TI_DAYS] = river_days(r);
	v[TI_MEMORY] = d->memory;
	v[TI_NEWER] = d->part == 1 ? d->newer :
	    look_path(&r->a, day_part(d, d->part - 1));
	v[TI_OLDER] = !more ? d->older :
	    look_path(&r->a, day_part(d, d->part + 1));
	return look_put(d->s, PAGE_DAY, v, day_part(d, d->part), e);
}

static int
put_parts(struct day *d, const struct store_query *q, struct error *e)
{
	struct store_cursor *c;
	struct store_entry en;
	struct river r;
	int rc;

	if ((rc = store_select(d->s->store, &c, q, e)) != 0)
		return rc;
	river_init(&r, d->s);
	while ((rc = store_next(c, &en, &r.a, e)) == 1) {
		if (r.n == DAY_ENTRIES_MAX || r.bytes > RIVER_BYTES_MAX) {
			if ((rc = put_part(d, &r, true, e)) != 0)
				break;
			/* the row at hand lives in the arena: read again */
			river_free(&r);
			river_init(&r, d->s);
			if ((rc = store_entry(d->s->store, &en, &r.a, en.id,
			    q->what)) != 0)
				break;
		}
		river_add(&r, &en);
	}
	store_cursor_free(c);
	if (rc == 0)
		rc = put_part(d, &r, false, e);
	river_free(&r);
	return rc;
}

int
page_day(struct site *s, const char *day, struct error *e)
{
	struct store_query q = { .own = -1, .what = STORE_BRIEF };
	struct day d = { .s = s, .key = day };
	struct buf b = { 0 };
	int64_t n, t;
	int rc = 0;

	if (!site_bounds(day, &q.from, &q.until))
		return 0;
	if ((n = site_count(s, day)) > 0) {
		site_day(&b, s, q.from);
		d.name = look_keep(&d.a, &b);
		d.count = look_count(s, n, &d.a);
		site_month_path(&b, day);
		d.up = look_path(&d.a, buf_cstr(&b));
		if (beside(s, q.until, true, &d.a, &t))
			d.newer = day_page(t, &d.a);
		if (beside(s, q.from, false, &d.a, &t))
			d.older = day_page(t, &d.a);
		d.memory = earlier_years(s, day, &d.a);
		rc = put_parts(&d, &q, e);
	}
	/* pages that it no longer needs */
	for (;;) {
		const char *path = day_part(&d, d.part + 1);

		buf_clear(&b);
		buf_putf(&b, "capsule/%s", path);
		if (rc != 0 || !tree_has(s->tree, buf_cstr(&b)))
			break;
		rc = gone(s, path, e);
		d.part++;
	}
	buf_free(&b);
	arena_free(&d.a);
	return rc;
}

/* The further pages of a day ("2026/01/14.gmi"), so that none is far away. */
static void
more_parts(struct look_rows *rows, struct site *s, const char *path,
    const char *label)
{
	struct buf full = { 0 };

	for (size_t part = 2;; part++) {
		buf_clear(&full);
		buf_putf(&full, "capsule/%.*s-p%zu.gmi",
		    (int)strlen(path) - 4, path, part);
		if (!tree_has(s->tree, buf_cstr(&full)))
			break;
		look_link_to(rows, buf_cstr(&full) + strlen("capsule/"),
		    label, arena_printf(rows->a, "%zu", part));
	}
	buf_free(&full);
}

/* Links to the days that begin with prefix and have entries. */
static int
day_links(struct look_rows *rows, struct site *s, const char *prefix,
    struct error *e)
{
	struct store_bucket *days;
	struct arena a = { 0 };
	struct buf path = { 0 }, label = { 0 }, n = { 0 };
	size_t ndays = 0;
	int64_t from, until;
	int rc;

	rc = store_buckets_in(s->store, BUCKET_DAY, prefix, &days, &ndays,
	    &a);
	if (rc != 0)
		error_set(e, rc, "the days of %s are not to be had", prefix);
	for (size_t i = 0; rc == 0 && i < ndays; i++) {
		if (!site_bounds(days[i].key, &from, &until))
			continue;
		buf_clear(&path);
		buf_clear(&label);
		buf_clear(&n);
		site_day_path(&path, days[i].key);
		site_day(&label, s, from);
		strings_count(&n, s->words, W_entries, days[i].n);
		look_link_to(rows, buf_cstr(&path), buf_cstr(&label),
		    buf_cstr(&n));
		more_parts(rows, s, buf_cstr(&path), buf_cstr(&label));
	}
	buf_free(&path);
	buf_free(&label);
	buf_free(&n);
	arena_free(&a);
	return rc;
}

/* The directory of a month or year, with its page. */
static int
put_index(struct site *s, enum look_kind kind, const struct theme_value *v,
    struct buf *dir, struct error *e)
{
	buf_puts(dir, "index.gmi");
	return look_put(s, kind, v, buf_cstr(dir), e);
}

static int
drop_index(struct site *s, struct buf *dir, struct error *e)
{
	buf_puts(dir, "index.gmi");
	return gone(s, buf_cstr(dir), e);
}

int
page_month(struct site *s, const char *month, struct error *e)
{
	struct theme_value v[TI_FIELDS] = { [TI_NAME] = look_text(month) };
	struct store_query q = { .own = -1 };
	struct arena a = { 0 };
	struct look_rows days = { .a = &a, .width = LINK_FIELDS };
	struct look_rows rows = { .a = &a, .width = ROW_FIELDS };
	struct look_rows bundles = { .a = &a, .width = LINK_FIELDS };
	struct buf path = { 0 }, year = { 0 };
	int64_t n;
	int rc;

	if (!site_bounds(month, &q.from, &q.until))
		return 0;
	site_month_path(&path, month);
	if ((n = site_count(s, month)) == 0) {
		rc = drop_index(s, &path, e);
		goto done;
	}
	v[TI_COUNT] = look_count(s, n, &a);
	rc = day_links(&days, s, month, e);
	if (rc == 0 && n <= MONTH_ENTRIES_MAX)
		rc = list_entries(&rows, s, &q, NULL, e);
	v[TI_LINKS] = look_list(&days);
	v[TI_ENTRIES] = look_list(&rows);
	bundles_links(&bundles, s, month);
	v[TI_BUNDLES] = look_list(&bundles);
	site_year_path(&year, month);
	v[TI_UP] = look_path(&a, buf_cstr(&year));
	if (rc == 0)
		rc = put_index(s, PAGE_MONTH, v, &path, e);
done:
	buf_free(&path);
	buf_free(&year);
	arena_free(&a);
	return rc;
}

/* The months of a year that have entries, the newest first. */
static int
months(struct look_rows *rows, struct site *s, const char *year,
    struct error *e)
{
	struct buf path = { 0 };
	int rc = 0;

	for (int m = 12; m >= 1 && rc == 0; m--) {
		struct look_rows days = { .a = rows->a,
		    .width = LINK_FIELDS };
		struct theme_value *row;
		char key[16];

		snprintf(key, sizeof(key), "%.4s-%02d", year, m);
		if (site_count(s, key) == 0)
			continue;
		rc = day_links(&days, s, key, e);
		buf_clear(&path);
		site_month_path(&path, key);
		row = look_add(rows);
		row[MO_NAME] = look_text(arena_strdup(rows->a, key));
		row[MO_URL] = look_path(rows->a, buf_cstr(&path));
		row[MO_LINKS] = look_list(&days);
	}
	buf_free(&path);
	return rc;
}

int
page_year(struct site *s, const char *year, struct error *e)
{
	struct theme_value v[TI_FIELDS] = { [TI_NAME] = look_text(year) };
	struct arena a = { 0 };
	struct look_rows rows = { .a = &a, .width = MO_FIELDS };
	struct buf path = { 0 };
	int64_t n, from, until;
	int rc;

	if (!site_bounds(year, &from, &until))
		return 0;
	site_year_path(&path, year);
	if ((n = site_count(s, year)) == 0) {
		rc = drop_index(s, &path, e);
		goto done;
	}
	v[TI_COUNT] = look_count(s, n, &a);
	rc = months(&rows, s, year, e);
	v[TI_MONTHS] = look_list(&rows);
	if (rc == 0)
		rc = put_index(s, PAGE_YEAR, v, &path, e);
done:
	buf_free(&path);
	arena_free(&a);
	return rc;
}
