/*
 * The river: the front page and the archive by day, month and year.
 *
 * A day's page never changes once the day is over and its entries are
 * read, so what is old is written once.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/utf8.h"
#include "gemtext/gemtext.h"
#include "publish/pages.h"

/* A month with more entries lists its days alone. */
#define MONTH_ENTRIES_MAX	500

/* "Source: Title", author and time, first paragraph. */
static void
teaser(struct buf *out, struct site *s, const struct store_entry *en)
{
	struct buf path = { 0 }, label = { 0 }, line = { 0 };
	const char *author = site_author(s, en);

	site_entry_path(&path, en);
	buf_putf(&label, "%s: ", site_source_name(s, en));
	site_title(&label, s, en);
	page_link(out, buf_cstr(&path), buf_cstr(&label));
	if (author != NULL)
		buf_putf(&line, "%s, ", author);
	site_time(&line, s, site_date(en));
	page_line(out, "", buf_span(&line));
	if (en->excerpt != NULL && en->excerpt[0] != '\0')
		page_line(out, "", span_str(en->excerpt));
	buf_putc(out, '\n');
	buf_free(&path);
	buf_free(&label);
	buf_free(&line);
}

/* Entries of q, newest first, under day headings of that mark. */
static int
put_river(struct site *s, const struct store_query *q, struct buf *out,
    int days, int64_t *shown, struct error *e)
{
	struct store_cursor *c;
	struct store_entry en;
	struct arena a = { 0 };
	struct buf day = { 0 }, last = { 0 };
	int rc;

	if ((rc = store_select(s->store, &c, q, e)) != 0)
		return rc;
	while ((rc = store_next(c, &en, &a, e)) == 1 &&
	    out->n < TREE_PAGE_MAX - 65536) {
		buf_clear(&day);
		site_day(&day, s, site_date(&en));
		if (!span_eq(buf_span(&day), buf_span(&last))) {
			if (days-- == 0)
				break;
			page_line(out, "## ", buf_span(&day));
			buf_putc(out, '\n');
			buf_clear(&last);
			buf_put_span(&last, buf_span(&day));
		}
		teaser(out, s, &en);
		(*shown)++;
		arena_free(&a);
	}
	store_cursor_free(c);
	arena_free(&a);
	buf_free(&day);
	buf_free(&last);
	return rc < 0 ? rc : 0;
}

static void
put_years(struct site *s, struct buf *out)
{
	struct store_bucket *years;
	struct arena a = { 0 };
	size_t n = 0;

	if (store_buckets(s->store, BUCKET_YEAR, 0, &years, &n, &a) == 0)
		for (size_t i = 0; i < n; i++) {
			struct buf path = { 0 }, label = { 0 };

			site_year_path(&path, years[i].key);
			buf_putf(&label, "%s %s",
			    strings_get(s->words, W_archive), years[i].key);
			page_link(out, buf_cstr(&path), buf_cstr(&label));
			buf_free(&path);
			buf_free(&label);
		}
	arena_free(&a);
}

static void
put_doors(struct site *s, struct buf *out)
{
	const struct config *c = s->config;
	struct buf url = { 0 };

	page_link(out, "s/", strings_get(s->words, W_sources));
	if (store_count(s->store, &(struct store_query){ .own = -1 }) > 0)
		page_link(out, "search", strings_get(s->words, W_search));
	page_link(out, "about.gmi", strings_get(s->words, W_about));
	page_link(out, "feed.gmi", strings_get(s->words, W_subscribe));
	page_link(out, "atom.xml", "Atom");
	if (c->gopher) {
		site_gopher_url(&url, s, '1', "");
		gemtext_put_link(out, buf_span(&url), span_str("Gopher"));
	}
	buf_free(&url);
}

int
page_front(struct site *s, struct error *e)
{
	const struct config *c = s->config;
	struct store_query q = { .own = -1, .front = true,
	    .limit = c->items_per_page > 0 ? (size_t)c->items_per_page : 60 };
	struct buf out = { 0 };
	int64_t shown = 0;
	int rc;

	page_line(&out, "# ", span_str(c->name));
	buf_putc(&out, '\n');
	if (c->subtitle != NULL && c->subtitle[0] != '\0')
		page_line(&out, "", span_str(c->subtitle));
	else
		page_line(&out, "", span_str(strings_get(s->words, W_intro)));
	buf_putc(&out, '\n');
	put_doors(s, &out);
	buf_putc(&out, '\n');
	rc = put_river(s, &q, &out, c->days_per_page > 0 ?
	    c->days_per_page : -1, &shown, e);
	put_years(s, &out);
	if (rc == 0)
		rc = page_put(s, "index.gmi", &out, e);
	buf_free(&out);
	return rc;
}

/* "# Planet: what", a sentence that says how much there is. */
static void
put_head(struct site *s, struct buf *out, const char *what, int64_t n)
{
	struct buf b = { 0 };

	buf_putf(&b, "%s: %s", s->config->name, what);
	page_line(out, "# ", buf_span(&b));
	buf_putc(out, '\n');
	buf_clear(&b);
	strings_count(&b, s->words, W_entries, n);
	page_line(out, "", buf_span(&b));
	buf_putc(out, '\n');
	buf_free(&b);
}

static int
gone(struct site *s, const struct buf *path, struct error *e)
{
	struct buf full = { 0 };
	size_t n;
	int rc;

	buf_putf(&full, "capsule/%s", buf_cstr(path));
	n = full.n;
	if (n > 0 && full.p[n - 1] == '/')
		buf_puts(&full, "index.gmi");
	rc = tree_gone(s->tree, buf_cstr(&full), false, e);
	buf_free(&full);
	return rc;
}

static int
put_at(struct site *s, struct buf *path, const struct buf *out,
    struct error *e)
{
	if (path->n > 0 && path->p[path->n - 1] == '/')
		buf_puts(path, "index.gmi");
	return page_put(s, buf_cstr(path), out, e);
}

int
page_day(struct site *s, const char *day, struct error *e)
{
	struct store_query q = { .own = -1 };
	struct buf out = { 0 }, path = { 0 }, name = { 0 }, month = { 0 };
	int64_t n, shown = 0;
	int rc = 0;

	if (!site_bounds(day, &q.from, &q.until))
		return 0;
	site_day_path(&path, day);
	if ((n = store_count(s->store, &q)) == 0) {
		rc = gone(s, &path, e);
		goto done;
	}
	site_day(&name, s, q.from);
	put_head(s, &out, buf_cstr(&name), n);
	rc = put_river(s, &q, &out, -1, &shown, e);
	site_month_path(&month, span_str(day).n >= 7 ?
	    arena_strndup(&s->arena, day, 7) : day);
	page_link(&out, buf_cstr(&month), strings_get(s->words, W_archive));
	page_link(&out, "", s->config->name);
	if (rc == 0)
		rc = put_at(s, &path, &out, e);
done:
	buf_free(&out);
	buf_free(&path);
	buf_free(&name);
	buf_free(&month);
	return rc;
}

/* Links to the days of q's time that have entries. */
static int
put_days(struct site *s, struct buf *out, const char *prefix,
    struct error *e)
{
	struct store_bucket *days;
	struct arena a = { 0 };
	size_t n = 0, len = strlen(prefix);
	int rc;

	rc = store_buckets(s->store, BUCKET_DAY, 0, &days, &n, &a);
	if (rc != 0)
		error_set(e, rc, "the days of %s are not to be had", prefix);
	for (size_t i = 0; rc == 0 && i < n; i++) {
		struct buf path = { 0 }, label = { 0 };
		int64_t from, until;

		if (strncmp(days[i].key, prefix, len) == 0 &&
		    site_bounds(days[i].key, &from, &until)) {
			site_day_path(&path, days[i].key);
			site_day(&label, s, from);
			buf_puts(&label, " · ");
			strings_count(&label, s->words, W_entries, days[i].n);
			page_link(out, buf_cstr(&path), buf_cstr(&label));
		}
		buf_free(&path);
		buf_free(&label);
	}
	arena_free(&a);
	return rc;
}

static int
put_titles(struct site *s, const struct store_query *q, struct buf *out,
    struct error *e)
{
	struct store_cursor *c;
	struct store_entry en;
	struct arena a = { 0 };
	int rc;

	if ((rc = store_select(s->store, &c, q, e)) != 0)
		return rc;
	while ((rc = store_next(c, &en, &a, e)) == 1) {
		struct buf path = { 0 }, label = { 0 };

		site_entry_path(&path, &en);
		buf_putf(&label, "%s: ", site_source_name(s, &en));
		site_title(&label, s, &en);
		page_link(out, buf_cstr(&path), buf_cstr(&label));
		buf_free(&path);
		buf_free(&label);
		arena_free(&a);
	}
	store_cursor_free(c);
	arena_free(&a);
	return rc < 0 ? rc : 0;
}

int
page_month(struct site *s, const char *month, struct error *e)
{
	struct store_query q = { .own = -1 };
	struct buf out = { 0 }, path = { 0 }, year = { 0 };
	int64_t n;
	int rc;

	if (!site_bounds(month, &q.from, &q.until))
		return 0;
	site_month_path(&path, month);
	if ((n = store_count(s->store, &q)) == 0) {
		rc = gone(s, &path, e);
		goto done;
	}
	put_head(s, &out, month, n);
	rc = put_days(s, &out, month, e);
	if (rc == 0 && n <= MONTH_ENTRIES_MAX) {
		buf_putc(&out, '\n');
		rc = put_titles(s, &q, &out, e);
	}
	buf_putc(&out, '\n');
	site_year_path(&year, arena_strndup(&s->arena, month, 4));
	page_link(&out, buf_cstr(&year), strings_get(s->words, W_archive));
	page_link(&out, "", s->config->name);
	if (rc == 0)
		rc = put_at(s, &path, &out, e);
done:
	buf_free(&out);
	buf_free(&path);
	buf_free(&year);
	return rc;
}

int
page_year(struct site *s, const char *year, struct error *e)
{
	struct store_query q = { .own = -1 };
	struct buf out = { 0 }, path = { 0 }, month = { 0 };
	char key[16];
	int64_t n;
	int rc = 0;

	if (!site_bounds(year, &q.from, &q.until))
		return 0;
	site_year_path(&path, year);
	if ((n = store_count(s->store, &q)) == 0) {
		rc = gone(s, &path, e);
		goto done;
	}
	put_head(s, &out, year, n);
	for (int m = 12; m >= 1 && rc == 0; m--) {
		snprintf(key, sizeof(key), "%.4s-%02d", year, m);
		if (!site_bounds(key, &q.from, &q.until) ||
		    store_count(s->store, &q) == 0)
			continue;
		page_line(&out, "## ", span_str(key));
		buf_putc(&out, '\n');
		buf_clear(&month);
		site_month_path(&month, key);
		page_link(&out, buf_cstr(&month), key);
		rc = put_days(s, &out, key, e);
		buf_putc(&out, '\n');
	}
	page_link(&out, "", s->config->name);
	if (rc == 0)
		rc = put_at(s, &path, &out, e);
done:
	buf_free(&out);
	buf_free(&path);
	buf_free(&month);
	return rc;
}
