/*
 * Menus of the hole: the newest entries, sources, years, months and days.
 */
#include <stdio.h>
#include <string.h>

#include "publish/hole.h"

#define DIR_MAX	128

/* What a list of entries looks like. */
struct list {
	const char	*dir;
	const char	*title;
	const char	*intro;		/* or NULL */
	bool		 dayless;	/* all of one day */
	bool		 sourceless;	/* all of one source */
};

static const char *
word(const struct site *s, enum word w)
{
	return strings_get(s->words, w);
}

static void
blank(struct gophermenu *m)
{
	gophermenu_info(m, span_of("", 0));
}

/* A line with the day, when it is another than the one in last. */
static void
day_heading(struct gophermenu *m, struct site *s, struct buf *last, int64_t t)
{
	struct buf day = { 0 };

	site_day(&day, s, t);
	if (!span_eq(buf_span(&day), buf_span(last))) {
		blank(m);
		gophermenu_info(m, buf_span(&day));
		buf_clear(last);
		buf_put_span(last, buf_span(&day));
	}
	buf_free(&day);
}

/* The text as an item, and beneath it where it comes from. */
static void
entry_item(struct gophermenu *m, struct site *s, const struct store_entry *en,
    const struct list *l, bool excerpt)
{
	struct buf title = { 0 }, sel = { 0 }, line = { 0 };
	const char *author = site_author(s, en);

	site_title(&title, s, en);
	buf_putf(&sel, "/%s.txt", en->path);
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
	buf_free(&title);
	buf_free(&sel);
	buf_free(&line);
}

static void
begin_list(struct gophermenu *m, const struct list *l, size_t page)
{
	gophermenu_info(m, span_str(l->title));
	if (page == 1 && l->intro != NULL && l->intro[0] != '\0')
		gophermenu_info(m, span_str(l->intro));
	if (l->dayless)
		blank(m);
}

static void
page_dir(char dir[DIR_MAX], const struct list *l, size_t page)
{
	if (page == 1)
		snprintf(dir, DIR_MAX, "%s", l->dir);
	else
		snprintf(dir, DIR_MAX, "%s/p%zu", l->dir, page);
}

static void
page_item(struct gophermenu *m, const struct site *s, const struct list *l,
    size_t page, enum word w)
{
	char dir[DIR_MAX], sel[DIR_MAX + 1];

	page_dir(dir, l, page);
	snprintf(sel, sizeof(sel), "/%s", dir);
	gophermenu_item(m, '1', span_str(word(s, w)), sel, false);
}

static int
end_list(struct gophermenu *m, struct site *s, const struct list *l,
    size_t page, bool more, struct error *e)
{
	char dir[DIR_MAX];

	if (page > 1 || more)
		blank(m);
	if (page > 1)
		page_item(m, s, l, page - 1, W_newer);
	if (more)
		page_item(m, s, l, page + 1, W_older);
	hole_home(m, s);
	page_dir(dir, l, page);
	return hole_put_menu(s, dir, m, e);
}

/* A menu that is not wanted any more, and those below it. */
static int
drop_dir(struct site *s, const char *dir, struct error *e)
{
	struct buf b = { 0 };
	int rc;

	buf_putf(&b, "hole/%s/", dir);
	rc = tree_gone_prefix(s->tree, buf_cstr(&b), false, e);
	if (rc == 0 && s->config->gopher_ascii) {
		buf_clear(&b);
		buf_putf(&b, "hole/ascii/%s/", dir);
		rc = tree_gone_prefix(s->tree, buf_cstr(&b), false, e);
	}
	buf_free(&b);
	return rc;
}

/*
 * All entries of q in menus of at most GOPHERMENU_ITEMS_MAX; none leave no
 * menu, unless keep says so.
 */
static int
list_menus(struct site *s, const struct store_query *q, const struct list *l,
    bool keep, struct error *e)
{
	struct store_cursor *c;
	struct store_entry en;
	struct arena a = { 0 };
	struct buf out = { 0 }, day = { 0 };
	struct gophermenu m;
	size_t n = 0, page = 1;
	int rc;

	if ((rc = drop_dir(s, l->dir, e)) != 0 ||
	    (rc = store_select(s->store, &c, q, e)) != 0)
		return rc;
	hole_menu(&m, s, &out);
	begin_list(&m, l, page);
	while ((rc = store_next(c, &en, &a, e)) == 1) {
		if (n == GOPHERMENU_ITEMS_MAX) {
			if ((rc = end_list(&m, s, l, page, true, e)) != 0)
				break;
			buf_clear(&out);
			buf_clear(&day);
			n = 0;
			begin_list(&m, l, ++page);
		}
		n++;
		if (!l->dayless)
			day_heading(&m, s, &day, en.sort);
		entry_item(&m, s, &en, l, false);
		arena_free(&a);
	}
	if (rc == 0 && (n > 0 || keep))
		rc = end_list(&m, s, l, page, false, e);
	store_cursor_free(c);
	arena_free(&a);
	buf_free(&out);
	buf_free(&day);
	return rc;
}

/* --- sources --- */

static bool
is_own(const struct store_feed *f)
{
	return strcmp(f->url, STORE_OWN_URL) == 0;
}

static const char *
source_name(const struct site *s, const struct store_feed *f)
{
	return is_own(f) || f->name == NULL ? s->config->name : f->name;
}

/* One that left is listed as long as there is something to read. */
static bool
is_listed(const struct store_feed *f)
{
	return f->slug != NULL && ((f->active && !is_own(f)) ||
	    f->nentries > 0);
}

static int
source_menu(struct site *s, int64_t id, struct error *e)
{
	const struct store_feed *f = site_feed(s, id);
	struct store_query q = { .own = -1, .feed = id };
	char dir[DIR_MAX];
	struct list l = { .dir = dir, .sourceless = true };

	if (f == NULL || f->slug == NULL)
		return 0;
	snprintf(dir, sizeof(dir), "s/%s", f->slug);
	l.title = source_name(s, f);
	l.intro = f->subtitle;
	return list_menus(s, &q, &l, true, e);
}

static void
source_item(struct gophermenu *m, struct site *s, const struct store_feed *f)
{
	struct buf b = { 0 };

	buf_putf(&b, "/s/%s", f->slug);
	gophermenu_item(m, '1', span_str(source_name(s, f)), buf_cstr(&b),
	    true);
	buf_clear(&b);
	strings_count(&b, s->words, W_entries, f->nentries);
	if (f->nentries > 0) {
		buf_puts(&b, ", ");
		site_day(&b, s, f->newest);
	}
	gophermenu_info_indented(m, buf_span(&b), 2, 1);
	buf_free(&b);
}

static int
sources_menu(struct site *s, struct error *e)
{
	const struct list l = { .dir = "s", .title = word(s, W_sources),
	    .dayless = true };
	/* A source's slug may be anything: pages stand in a place apart. */
	const struct list more = { .dir = "sources",
	    .title = word(s, W_sources), .dayless = true };
	struct buf out = { 0 };
	struct gophermenu m;
	size_t n = 0, page = 1;
	int rc = drop_dir(s, more.dir, e);

	hole_menu(&m, s, &out);
	begin_list(&m, &l, page);
	for (size_t i = 0; i < s->nfeeds && rc == 0; i++) {
		if (!is_listed(&s->feeds[i]))
			continue;
		if (n == GOPHERMENU_ITEMS_MAX) {
			rc = end_list(&m, s, page == 1 ? &l : &more, page,
			    true, e);
			buf_clear(&out);
			n = 0;
			begin_list(&m, &l, ++page);
		}
		n++;
		source_item(&m, s, &s->feeds[i]);
	}
	if (rc == 0)
		rc = end_list(&m, s, page == 1 ? &l : &more, page, false, e);
	buf_free(&out);
	return rc;
}

/* --- days, months, years --- */

/* "2026-01-14" as "2026/01/14". */
static void
key_dir(char dir[DIR_MAX], const char *key)
{
	snprintf(dir, DIR_MAX, "%s", key);
	for (char *p = dir; *p != '\0'; p++)
		if (*p == '-')
			*p = '/';
}

static int
day_menu(struct site *s, const char *key, struct error *e)
{
	struct store_query q = { .own = -1 };
	struct buf title = { 0 };
	char dir[DIR_MAX];
	struct list l = { .dir = dir, .dayless = true };
	int rc;

	if (!site_bounds(key, &q.from, &q.until))
		return 0;
	key_dir(dir, key);
	site_day(&title, s, q.from);
	l.title = buf_cstr(&title);
	rc = list_menus(s, &q, &l, false, e);
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
	char to[DIR_MAX];
	size_t n = 0, shown = 0;
	int rc = store_buckets(s->store, kind, 0, &list, &n, &a);

	hole_menu(&m, s, &out);
	gophermenu_info(&m, span_str(title));
	blank(&m);
	for (size_t i = 0; i < n && rc == 0; i++) {
		if (strncmp(list[i].key, key, strlen(key)) != 0)
			continue;
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
	hole_home(&m, s);
	if (rc == 0)
		rc = shown > 0 || key[0] == '\0' ?
		    hole_put_menu(s, dir, &m, e) : drop_dir(s, dir, e);
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
	char dir[DIR_MAX];
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
	    .limit = GOPHERMENU_ITEMS_MAX };
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
	blank(&m);
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
main_items(struct gophermenu *m, struct site *s)
{
	struct buf url = { 0 }, label = { 0 };

	blank(m);
	gophermenu_item(m, '7', span_str(word(s, W_search)), "/search", false);
	gophermenu_item(m, '1', span_str(word(s, W_sources)), "/s", false);
	gophermenu_item(m, '1', span_str(word(s, W_archive)), "/archive",
	    false);
	gophermenu_item(m, '1', span_str(word(s, W_subscribe)), "/feed",
	    false);
	gophermenu_item(m, '0', span_str(word(s, W_about)), "/about.txt",
	    false);
	if (s->config->gopher_ascii)
		gophermenu_item(m, '1', span_str("ASCII"), "/ascii", false);
	if (s->config->gemini) {
		site_url(&url, s, "");
		buf_putf(&label, "%s, Gemini", s->config->name);
		gophermenu_link(m, buf_span(&url), buf_span(&label));
	}
	buf_free(&url);
	buf_free(&label);
}

static int
main_menu(struct site *s, struct error *e)
{
	const struct list l = { .dir = "" };
	struct store_query q = { .own = -1, .front = true,
	    .limit = (size_t)s->config->items_per_page };
	struct store_cursor *c;
	struct store_entry en;
	struct arena a = { 0 };
	struct buf out = { 0 }, day = { 0 };
	struct gophermenu m;
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
		day_heading(&m, s, &day, en.sort);
		entry_item(&m, s, &en, &l, true);
		arena_free(&a);
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
	int rc = 0;

	for (size_t i = 0; st->all && i < s->nfeeds && rc == 0; i++)
		rc = source_menu(s, s->feeds[i].id, e);
	for (size_t i = 0; i < st->nfeeds && rc == 0; i++)
		rc = source_menu(s, st->feeds[i], e);
	if (rc == 0)
		rc = archive(s, st, e);
	if (rc == 0 && (st->all || st->sources || st->nfeeds > 0))
		rc = sources_menu(s, e);
	if (rc == 0 && (st->all || st->front || st->nentries > 0)) {
		if ((rc = feed_menu(s, e)) == 0)
			rc = main_menu(s, e);
	}
	return rc;
}
