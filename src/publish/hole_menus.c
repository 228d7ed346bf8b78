/*
 * Menus of the hole: the newest entries, sources, years, months and days, and
 * the way to the rest.
 */
#include <stdio.h>
#include <string.h>

#include "publish/hole_list.h"

static const char *
word(const struct site *s, enum word w)
{
	return strings_get(s->words, w);
}

/* --- days, months, years --- */

/* "2026-01-14" as "2026/01/14". */
static void
key_dir(char dir[HOLE_DIR_MAX], const char *key)
{
	snprintf(dir, HOLE_DIR_MAX, "%s", key);
	for (char *p = dir; *p != '\0'; p++)
		if (*p == '-')
			*p = '/';
}

static int
day_menu(struct site *s, const char *key, struct error *e)
{
	struct store_query q = { .own = -1 };
	struct buf title = { 0 };
	char dir[HOLE_DIR_MAX], up[HOLE_DIR_MAX];
	struct hole_list l = { .dir = dir, .dayless = true, .up = up,
	    .up_label = word(s, W_archive) };
	int rc;

	if (!site_query_bounds(&q, key))
		return 0;
	key_dir(dir, key);
	snprintf(up, sizeof(up), "/%.7s", dir);
	site_day(&title, s, q.from);
	l.title = buf_cstr(&title);
	rc = hole_list_all(s, &q, &l, e);
	buf_free(&title);
	return rc;
}

/* Name of a bucket as people say it. */
static void
bucket_name(struct buf *out, const struct site *s, const char *key)
{
	int64_t from, until;

	if (strlen(key) == 10 && site_bounds(key, &from, &until))
		site_day(out, s, from);
	else if (strlen(key) == 7 && site_bounds(key, &from, &until))
		strings_date(out, s->words, strings_month_format(s->words),
		    from, site_offset(from), "");
	else
		buf_puts(out, key);
}

/* The buckets of kind whose keys begin with key, at dir. */
static int
bucket_menu(struct site *s, enum store_buckets kind, const char *key,
    const char *dir, const char *title, struct error *e)
{
	struct store_bucket *list;
	struct arena a = { 0 };
	struct buf out = { 0 }, b = { 0 };
	struct gophermenu m;
	char to[HOLE_DIR_MAX];
	size_t n = 0, shown = 0;
	int rc = store_buckets_in(s->store, kind, key, &list, &n, &a);

	hole_menu(&m, s, &out);
	gophermenu_info(&m, span_str(title));
	hole_blank(&m);
	for (size_t i = 0; i < n && rc == 0; i++) {
		key_dir(to, list[i].key);
		buf_clear(&b);
		bucket_name(&b, s, list[i].key);
		buf_puts(&b, ", ");
		strings_count(&b, s->words, W_entries, list[i].n);
		memmove(to + 1, to, strlen(to) + 1);
		to[0] = '/';
		gophermenu_item(&m, '1', buf_span(&b), to, false);
		shown++;
	}
	if (key[0] != '\0') {
		hole_blank(&m);
		if (strlen(key) > 4)
			snprintf(to, sizeof(to), "/%.4s", key);
		else
			snprintf(to, sizeof(to), "/archive");
		gophermenu_item(&m, '1', span_str(word(s, W_archive)), to,
		    false);
		gophermenu_item(&m, '1', span_str(s->config->name), "/",
		    false);
	} else {
		hole_home(&m, s);
	}
	if (rc == 0)
		rc = shown > 0 || key[0] == '\0' ?
		    hole_put_menu(s, dir, &m, e) : hole_list_drop(s, dir, e);
	arena_free(&a);
	buf_free(&out);
	buf_free(&b);
	return rc;
}

static int
period_menu(struct site *s, enum store_buckets kind, const char *key,
    struct error *e)
{
	struct buf title = { 0 };
	char dir[HOLE_DIR_MAX];
	int rc;

	key_dir(dir, key);
	bucket_name(&title, s, key);
	rc = bucket_menu(s, kind, key, dir, buf_cstr(&title), e);
	buf_free(&title);
	return rc;
}

static int
each_key(struct site *s, enum store_buckets kind, struct error *e)
{
	struct store_bucket *list;
	struct arena a = { 0 };
	size_t n = 0;
	int rc = store_buckets(s->store, kind, 0, &list, &n, &a);

	for (size_t i = 0; i < n && rc == 0; i++) {
		if (kind == BUCKET_DAY)
			rc = day_menu(s, list[i].key, e);
		else
			rc = period_menu(s, kind == BUCKET_MONTH ?
			    BUCKET_DAY : BUCKET_MONTH, list[i].key, e);
	}
	arena_free(&a);
	return rc;
}

static int
archive(struct site *s, const struct stale *st, struct error *e)
{
	int rc = 0;

	if (st->all) {
		if ((rc = each_key(s, BUCKET_DAY, e)) == 0 &&
		    (rc = each_key(s, BUCKET_MONTH, e)) == 0)
			rc = each_key(s, BUCKET_YEAR, e);
	}
	for (size_t i = 0; i < st->ndays && rc == 0; i++)
		rc = day_menu(s, st->days[i], e);
	for (size_t i = 0; i < st->nmonths && rc == 0; i++)
		rc = period_menu(s, BUCKET_DAY, st->months[i], e);
	for (size_t i = 0; i < st->nyears && rc == 0; i++)
		rc = period_menu(s, BUCKET_MONTH, st->years[i], e);
	if (rc == 0 && (st->all || st->nyears > 0))
		rc = bucket_menu(s, BUCKET_YEAR, "", "archive",
		    word(s, W_archive), e);
	return rc;
}

/* --- the newest --- */

/* "2026-01-14 Title" a line: what aggregators of phlogs read. */
static int
feed_menu(struct site *s, struct error *e)
{
	struct store_query q = { .own = -1, .front = true,
	    .limit = GOPHERMENU_ITEMS_MAX, .what = STORE_BRIEF };
	struct store_cursor *c;
	struct store_entry en;
	struct arena a = { 0 };
	struct buf out = { 0 }, b = { 0 }, sel = { 0 };
	struct gophermenu m;
	int rc;

	if ((rc = store_select(s->store, &c, &q, e)) != 0)
		return rc;
	hole_menu(&m, s, &out);
	gophermenu_info(&m, span_str(s->config->name));
	hole_blank(&m);
	while ((rc = store_next(c, &en, &a, e)) == 1) {
		buf_clear(&b);
		buf_clear(&sel);
		site_iso_day(&b, site_date(&en));
		buf_putf(&b, " %s: ", site_source_name(s, &en));
		site_title(&b, s, &en);
		buf_putf(&sel, "/%s.txt", en.path);
		gophermenu_item(&m, '0', buf_span(&b), buf_cstr(&sel), false);
		arena_free(&a);
	}
	hole_home(&m, s);
	if (rc == 0)
		rc = hole_put_menu(s, "feed", &m, e);
	store_cursor_free(c);
	arena_free(&a);
	buf_free(&out);
	buf_free(&b);
	buf_free(&sel);
	return rc;
}

static void
own_posts(struct gophermenu *m, struct site *s)
{
	for (size_t i = 0; i < s->nfeeds; i++) {
		const struct store_feed *f = &s->feeds[i];
		struct buf sel = { 0 };

		if (!site_feed_own(f) || f->slug == NULL || f->nentries == 0)
			continue;
		buf_putc(&sel, '/');
		hole_source_dir(&sel, f->slug);
		gophermenu_item(m, '1', span_str(word(s, W_posts)),
		    buf_cstr(&sel), false);
		buf_free(&sel);
	}
}

static void
main_items(struct gophermenu *m, struct site *s)
{
	static const struct {
		const char	*dir;
		enum word	 word;
	} lists[] = { { "s", W_sources }, { "g", W_groups }, { "t", W_tags },
		{ "l", W_languages }, { "archive", W_archive } };
	struct buf url = { 0 }, label = { 0 }, sel = { 0 };

	hole_blank(m);
	gophermenu_item(m, '7', span_str(word(s, W_search)), "/search", false);
	for (size_t i = 0; i < sizeof(lists) / sizeof(lists[0]); i++) {
		buf_clear(&sel);
		buf_putf(&sel, "/%s", lists[i].dir);
		if (hole_has(s, lists[i].dir))
			gophermenu_item(m, '1', span_str(word(s,
			    lists[i].word)), buf_cstr(&sel), false);
	}
	own_posts(m, s);
	gophermenu_item(m, '1', span_str(word(s, W_subscribe)), "/feed",
	    false);
	/* Not '0': a feed's lines are neither CR LF nor wrapped. */
	if (tree_has(s->tree, "hole/" HOLE_ATOM))
		gophermenu_item(m, 'h', span_str("Atom"), "/" HOLE_ATOM,
		    false);
	if (tree_has(s->tree, "hole/" HOLE_OPML))
		gophermenu_item(m, 'h', span_str("OPML"), "/" HOLE_OPML,
		    false);
	gophermenu_item(m, '0', span_str(word(s, W_about)), "/about.txt",
	    false);
	gophermenu_item(m, '0', span_str(word(s, W_health)), "/" HOLE_HEALTH,
	    false);
	if (s->config->gopher_ascii)
		gophermenu_item(m, '1', span_str(word(s, W_in_ascii)),
		    "/ascii", false);
	if (s->config->gemini) {
		site_url(&url, s, "");
		buf_putf(&label, "%s, Gemini", s->config->name);
		gophermenu_link(m, buf_span(&url), buf_span(&label));
	}
	buf_free(&url);
	buf_free(&label);
	buf_free(&sel);
}

static int
main_menu(struct site *s, struct error *e)
{
	const struct hole_list l = { .dir = "" };
	struct store_query q = { .own = -1, .front = true,
	    .limit = (size_t)s->config->items_per_page,
	    .what = STORE_BRIEF };
	struct store_cursor *c;
	struct store_entry en;
	struct arena a = { 0 };
	struct buf out = { 0 }, day = { 0 };
	struct gophermenu m;
	size_t n = 0;
	int rc;

	if (q.limit == 0 || q.limit > GOPHERMENU_ITEMS_MAX)
		q.limit = GOPHERMENU_ITEMS_MAX;
	if ((rc = store_select(s->store, &c, &q, e)) != 0)
		return rc;
	hole_menu(&m, s, &out);
	gophermenu_info(&m, span_str(s->config->name));
	if (s->config->subtitle != NULL && s->config->subtitle[0] != '\0')
		gophermenu_info(&m, span_str(s->config->subtitle));
	while ((rc = store_next(c, &en, &a, e)) == 1) {
		hole_day(&m, s, &day, en.sort);
		hole_entry(&m, s, &en, &l, true);
		arena_free(&a);
		n++;
	}
	if (n == 0) {
		hole_blank(&m);
		gophermenu_info(&m, span_str(word(s, W_nothing)));
	}
	main_items(&m, s);
	if (rc == 0)
		rc = hole_put_menu(s, "", &m, e);
	store_cursor_free(c);
	arena_free(&a);
	buf_free(&out);
	buf_free(&day);
	return rc;
}

int
hole_menus(struct site *s, const struct stale *st, struct error *e)
{
	int rc = hole_sources(s, st, e);

	if (rc == 0)
		rc = hole_terms(s, st, e);
	if (rc == 0)
		rc = archive(s, st, e);
	if (rc == 0 && (st->all || st->front || st->nentries > 0)) {
		if ((rc = feed_menu(s, e)) == 0)
			rc = main_menu(s, e);
	}
	return rc;
}
