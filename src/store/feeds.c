#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/uri.h"
#include "base/utf8.h"
#include "base/xalloc.h"
#include "store/internal.h"

#define SELECT_FEED "SELECT id, url, slug, given_name, title, subtitle," \
    " coalesce(given_link, link), coalesce(given_language, language)," \
    " rights, license, icon, feed_id, self, active, hidden, noarchive," \
    " etag, last_modified, validators_of, body_hash, fetch_url, moved_to," \
    " moved_count, moved_since, last_try, last_ok, last_new, next_try, why," \
    " status, error, problem, failures, crashes, gone, min_until, ttl," \
    " skip_hours, skip_days, nentries, newest, rhythm"			\
    " FROM feed LEFT JOIN attempt ON attempt.feed=feed.id"

/* What a source is called when neither keeper nor feed gave a name. */
static const char *
host_name(const char *url, struct arena *a)
{
	struct uri u;

	uri_split(&u, span_str(url));
	if (u.host.n == 0)
		return url;
	return span_istarts(u.host, "www.") ?
	    arena_strndup(a, u.host.p + 4, u.host.n - 4) :
	    arena_strndup(a, u.host.p, u.host.n);
}

static void
feed_row(sqlite3_stmt *st, struct store_feed *f, struct arena *a)
{
	const char *given = db_text(st, 3, a);
	int i = 0;

	memset(f, 0, sizeof(*f));
	f->id = sqlite3_column_int64(st, i++);
	f->url = db_text(st, i++, a);
	f->slug = db_text(st, i++, a);
	i++;
	f->title = db_text(st, i++, a);
	f->subtitle = db_text(st, i++, a);
	f->link = db_text(st, i++, a);
	f->language = db_text(st, i++, a);
	f->rights = db_text(st, i++, a);
	f->license = db_text(st, i++, a);
	f->icon = db_text(st, i++, a);
	f->feed_id = db_text(st, i++, a);
	f->self = db_text(st, i++, a);
	f->active = sqlite3_column_int(st, i++) != 0;
	f->hidden = sqlite3_column_int(st, i++) != 0;
	f->noarchive = sqlite3_column_int(st, i++) != 0;
	f->etag = db_text(st, i++, a);
	f->last_modified = db_text(st, i++, a);
	f->validators_of = db_text(st, i++, a);
	f->body_hash = db_text(st, i++, a);
	f->fetch_url = db_text(st, i++, a);
	f->moved_to = db_text(st, i++, a);
	f->moved_count = sqlite3_column_int(st, i++);
	f->moved_since = sqlite3_column_int64(st, i++);
	f->last_try = sqlite3_column_int64(st, i++);
	f->last_ok = sqlite3_column_int64(st, i++);
	f->last_new = sqlite3_column_int64(st, i++);
	f->next_try = sqlite3_column_int64(st, i++);
	f->why = db_text(st, i++, a);
	f->status = sqlite3_column_int(st, i++);
	f->error = db_text(st, i++, a);
	f->problem = db_text(st, i++, a);
	f->failures = sqlite3_column_int(st, i++);
	f->crashes = sqlite3_column_int(st, i++);
	f->gone = sqlite3_column_int(st, i++) != 0;
	f->min_until = sqlite3_column_int64(st, i++);
	f->ttl = sqlite3_column_int(st, i++);
	f->skip_hours = (unsigned)sqlite3_column_int64(st, i++);
	f->skip_days = (unsigned)sqlite3_column_int64(st, i++);
	f->nentries = sqlite3_column_int64(st, i++);
	f->newest = sqlite3_column_int64(st, i++);
	f->rhythm = sqlite3_column_int64(st, i++);
	f->name = given != NULL && given[0] != '\0' ? given :
	    f->title != NULL && f->title[0] != '\0' ? f->title :
	    host_name(f->url, a);
}

static int
one(struct store *s, sqlite3_stmt *st, struct store_feed *f, struct arena *a)
{
	int rc;

	if (st == NULL)
		return E_FAIL;
	if ((rc = db_step(s->db, st, NULL)) == 1)
		feed_row(st, f, a);
	db_done(s->db, st);
	return rc == 1 ? 0 : rc == 0 ? E_NOTFOUND : rc;
}

int
store_feed(struct store *s, struct store_feed *f, struct arena *a, int64_t id)
{
	return one(s, db_query(s->db, NULL, SELECT_FEED " WHERE id=?",
	    "i", id), f, a);
}

int
store_feed_by_url(struct store *s, struct store_feed *f, struct arena *a,
    const char *url)
{
	return one(s, db_query(s->db, NULL, SELECT_FEED " WHERE url=?",
	    "t", url), f, a);
}

int
store_feed_by_slug(struct store *s, struct store_feed *f, struct arena *a,
    const char *slug)
{
	return one(s, db_query(s->db, NULL, SELECT_FEED " WHERE slug=?",
	    "t", slug), f, a);
}

static int
by_name(const void *a, const void *b, void *list)
{
	const struct store_feed *f = (struct store_feed *)list +
	    *(const uint32_t *)a, *g = (struct store_feed *)list +
	    *(const uint32_t *)b;
	int c = sqlite3_stricmp(f->name, g->name);

	return c != 0 ? c : (f->id > g->id) - (f->id < g->id);
}

/* In its place, each row moved once: rows are long. */
static void
sort_by_name(struct store_feed *list, size_t n)
{
	uint32_t *from = xcalloc(n + 1, sizeof(*from));

	for (size_t i = 0; i < n; i++)
		from[i] = (uint32_t)i;
	qsort_r(from, n, sizeof(*from), by_name, list);
	for (size_t i = 0; i < n; i++) {
		struct store_feed first;
		size_t at = i;

		if (from[i] == i)
			continue;
		first = list[i];
		/* along the circle of those that take one another's place */
		while (from[at] != i) {
			size_t next = from[at];

			list[at] = list[next];
			from[at] = (uint32_t)at;
			at = next;
		}
		list[at] = first;
		from[at] = (uint32_t)at;
	}
	free(from);
}

uint64_t
store_feeds_stamp(const struct store *s)
{
	return s->feeds_stamp;
}

int
store_feeds(struct store *s, struct store_feed **list, size_t *n,
    struct arena *a, struct error *e)
{
	int64_t count = db_int(s->db, 0, "SELECT count(*) FROM feed", "");
	sqlite3_stmt *st;
	size_t cap = 1;
	int rc;

	*list = NULL;
	*n = 0;
	/* sorted here: SQLite would move all columns of each */
	st = db_query(s->db, e, SELECT_FEED " WHERE url<>'" STORE_OWN_URL "'",
	    "");
	if (st == NULL)
		return e != NULL ? e->status : E_FAIL;
	/* as long as if it had been pushed, but never moved */
	while (cap < (size_t)count)
		cap *= 2;
	if (count > 0)
		*list = arena_alloc(a, cap * sizeof(**list));
	while ((rc = db_step(s->db, st, e)) == 1) {
		if (*n < cap && *list != NULL)
			(*n)++;
		else
			*list = arena_push(a, *list, n, sizeof(**list));
		feed_row(st, &(*list)[*n - 1], a);
	}
	db_done(s->db, st);
	if (*n > 1)
		sort_by_name(*list, *n);
	return rc;
}

static bool
same(const char *a, const char *b)
{
	return a == b ||
	    strcmp(a != NULL ? a : "", b != NULL ? b : "") == 0;
}

/* Whether a try that gave f found all as it was, but for what it decides. */
static bool
same_but_attempt(const struct store_feed *f, const struct store_feed *was)
{
	return same(f->etag, was->etag) &&
	    same(f->last_modified, was->last_modified) &&
	    same(f->validators_of, was->validators_of) &&
	    same(f->body_hash, was->body_hash) &&
	    same(f->fetch_url, was->fetch_url) &&
	    same(f->moved_to, was->moved_to) &&
	    same(f->error, was->error) && same(f->problem, was->problem) &&
	    f->moved_count == was->moved_count &&
	    f->moved_since == was->moved_since &&
	    f->last_new == was->last_new && f->status == was->status &&
	    f->failures == was->failures && f->crashes == was->crashes &&
	    f->gone == was->gone && f->ttl == was->ttl &&
	    f->skip_hours == was->skip_hours &&
	    f->skip_days == was->skip_days && f->rhythm == was->rhythm;
}

int
store_feed_fetched(struct store *s, const struct store_feed *f,
    const struct store_feed *was, struct error *e)
{
	int rc = db_run(s->db, e, "REPLACE INTO attempt(feed, last_try,"
	    " last_ok, next_try, min_until, why) VALUES(?, ?, ?, ?, ?, ?)",
	    "iiiiit", f->id, f->last_try, f->last_ok, f->next_try,
	    f->min_until, f->why);

	if (rc != 0 || (was != NULL && same_but_attempt(f, was)))
		return rc;
	return db_run(s->db, e, "UPDATE feed SET etag=?, last_modified=?,"
	    " validators_of=?, body_hash=?, fetch_url=?, moved_to=?, moved_count=?,"
	    " moved_since=?, last_new=?, status=?, error=?, problem=?,"
	    " failures=?, crashes=?, gone=?, ttl=?, skip_hours=?, skip_days=?,"
	    " rhythm=? WHERE id=?", "ttttttniinttnnnniiii", f->etag,
	    f->last_modified, f->validators_of, f->body_hash, f->fetch_url,
	    f->moved_to, f->moved_count, f->moved_since, f->last_new,
	    f->status, f->error, f->problem, f->failures, f->crashes,
	    (int)f->gone, f->ttl, (int64_t)f->skip_hours,
	    (int64_t)f->skip_days, f->rhythm, f->id);
}

/* Entries whose spacing tells a feed's rhythm. */
#define RHYTHM_ENTRIES	10

int64_t
store_feed_rhythm(struct store *s, int64_t feed)
{
	/* The index entry_feed alone answers it. */
	return db_int(s->db, 0, "SELECT CASE WHEN count(*)>2 THEN"
	    " (max(sort)-min(sort))/(count(*)-1) ELSE 0 END FROM (SELECT sort"
	    " FROM entry INDEXED BY entry_feed WHERE feed=?1"
	    " ORDER BY sort DESC LIMIT ?2)", "in", feed, RHYTHM_ENTRIES);
}

int
store_feed_groups(struct store *s, int64_t feed, const char ***groups,
    size_t *n, struct arena *a)
{
	sqlite3_stmt *st = db_query(s->db, NULL, "SELECT name FROM feed_group"
	    " WHERE feed=? ORDER BY name", "i", feed);
	int rc;

	*groups = NULL;
	*n = 0;
	if (st == NULL)
		return E_FAIL;
	while ((rc = db_step(s->db, st, NULL)) == 1) {
		*groups = arena_push(a, *groups, n, sizeof(**groups));
		(*groups)[*n - 1] = db_text(st, 0, a);
	}
	db_done(s->db, st);
	return rc;
}

int
store_group_members(struct store *s, struct buf *out, struct error *e)
{
	sqlite3_stmt *st = db_query(s->db, e, "SELECT feed, name FROM"
	    " feed_group ORDER BY feed, name", "");
	int rc;

	if (st == NULL)
		return E_FAIL;
	while ((rc = db_step(s->db, st, e)) == 1)
		buf_putf(out, "%lld %s\n",
		    (long long)sqlite3_column_int64(st, 0),
		    (const char *)sqlite3_column_text(st, 1));
	db_done(s->db, st);
	return rc;
}

/* --- the set of feeds --- */

/* "mozilla-blog", then "mozilla-blog-2": permanent, so never taken twice. */
static void
choose_slug(struct store *s, char *out, size_t size, const char *name,
    const char *url)
{
	struct arena a = { 0 };
	char base[SLUG_MAX + 1], pid[PID_LEN + 1];

	ident_slug(base, SLUG_MAX - 8, name);
	if (base[0] == '\0')
		ident_slug(base, SLUG_MAX - 8, host_name(url, &a));
	if (base[0] == '\0') {
		ident_pid(pid, url, "", 0);
		snprintf(base, sizeof(base), "%s", pid);
	}
	snprintf(out, size, "%s", base);
	for (int i = 2; db_int(s->db, 0, "SELECT 1 FROM feed WHERE slug=?",
	    "t", out) == 1; i++)
		snprintf(out, size, "%s-%d", base, i);
	arena_free(&a);
}

static int64_t
feed_new(struct store *s, const char *url, const char *name, struct error *e)
{
	char slug[SLUG_MAX + 16];
	int rc;

	choose_slug(s, slug, sizeof(slug), name, url);
	rc = db_run(s->db, e, "INSERT INTO feed(url, slug) VALUES(?, ?)",
	    "tt", url, slug);
	return rc != 0 ? rc : sqlite3_last_insert_rowid(db_handle(s->db));
}

int64_t
store_own_feed(struct store *s, struct error *e)
{
	int64_t id = db_int(s->db, 0, "SELECT id FROM feed WHERE url=?", "t",
	    STORE_OWN_URL);

	return id != 0 ? id : feed_new(s, STORE_OWN_URL, "posts", e);
}

/* What is looked up for each source while the two sets are compared. */
struct sync {
	const char	**urls;		/* configured, sorted */
	size_t		 nurls;
	struct leftover	*left;		/* stored and not configured */
	size_t		 nleft;
};

struct leftover {
	const struct store_feed	*f;	/* NULL: another source took it over */
	const char		*canonical;
};

static int
compare_url(const void *a, const void *b)
{
	return strcmp(*(const char *const *)a, *(const char *const *)b);
}

static bool
configured(const struct sync *y, const char *url)
{
	return bsearch(&url, y->urls, y->nurls, sizeof(*y->urls),
	    compare_url) != NULL;
}

static void
sync_prepare(struct sync *y, const struct config *c,
    const struct store_feed *all, size_t n, struct arena *a)
{
	struct buf b = { 0 };

	y->urls = arena_alloc(a, (c->nsources + 1) * sizeof(*y->urls));
	for (size_t i = 0; i < c->nsources; i++)
		y->urls[y->nurls++] = c->sources[i].url;
	qsort(y->urls, y->nurls, sizeof(*y->urls), compare_url);
	y->left = arena_alloc(a, (n + 1) * sizeof(*y->left));
	for (size_t i = 0; i < n; i++) {
		if (configured(y, all[i].url))
			continue;
		buf_clear(&b);
		uri_canonical(&b, all[i].url);
		y->left[y->nleft++] = (struct leftover){ &all[i],
		    arena_strdup(a, buf_cstr(&b)) };
	}
	buf_free(&b);
}

/*
 * The keeper wrote down a new address of a feed that is stored already:
 * the one it had moved to, or the same in another spelling.  Its entries,
 * and their paths, stay.
 */
static int64_t
renamed_from(struct sync *y, const char *url)
{
	struct buf want = { 0 };
	int64_t id = 0;

	uri_canonical(&want, url);
	for (size_t i = 0; i < y->nleft && id == 0; i++) {
		const struct store_feed *f = y->left[i].f;

		if (f == NULL)
			continue;
		if ((f->fetch_url != NULL && strcmp(f->fetch_url, url) == 0) ||
		    (f->moved_to != NULL && strcmp(f->moved_to, url) == 0) ||
		    (want.n > 0 && span_eqs(buf_span(&want),
		    y->left[i].canonical))) {
			id = f->id;
			y->left[i].f = NULL;
		}
	}
	buf_free(&want);
	return id;
}

/* Mark a feed's years, tags and languages, and the groups it is in. */
static int
mark_lists_of(struct store *s, int64_t feed, struct error *e)
{
	static const struct {
		enum store_buckets kind;
		const char	*name;
	} kinds[] = { { BUCKET_YEAR, "year" }, { BUCKET_TAG, "tag" },
		{ BUCKET_LANGUAGE, "lang" } };
	struct arena a = { 0 };
	struct store_bucket *list;
	const char **groups;
	size_t n;
	int rc = 0;

	for (size_t i = 0; i < sizeof(kinds) / sizeof(kinds[0]) && rc == 0;
	    i++) {
		rc = store_buckets(s, kinds[i].kind, feed, &list, &n, &a);
		for (size_t j = 0; rc == 0 && j < n; j++)
			rc = listing_markf(s, e, "%s:%s", kinds[i].name,
			    list[j].key);
	}
	if (rc == 0)
		rc = store_feed_groups(s, feed, &groups, &n, &a);
	for (size_t i = 0; rc == 0 && i < n; i++)
		rc = listing_markf(s, e, "group:%s", groups[i]);
	arena_free(&a);
	return rc;
}

/* The source's name stands on every page that shows an entry of it. */
static int
mark_all_of(struct store *s, int64_t feed, struct error *e)
{
	sqlite3_stmt *st;
	char day[16], last[16] = "";
	int rc;

	rc = db_run(s->db, e, "INSERT OR IGNORE INTO mark(what) SELECT"
	    " 'entry:'||id FROM entry WHERE feed=? AND shown=1", "i", feed);
	if (rc == 0)
		rc = listing_markf(s, e, "feed:%lld", (long long)feed);
	if (rc == 0)
		rc = store_mark(s, "front", e);
	if (rc == 0)
		rc = mark_lists_of(s, feed, e);
	if (rc != 0)
		return rc;
	st = db_query(s->db, e, "SELECT sort FROM entry WHERE feed=?"
	    " AND shown=1 ORDER BY sort DESC", "i", feed);
	if (st == NULL)
		return E_FAIL;
	while ((rc = db_step(s->db, st, e)) == 1) {
		ident_period(s, day, BUCKET_DAY, sqlite3_column_int64(st, 0));
		if (strcmp(day, last) == 0)
			continue;
		memcpy(last, day, sizeof(last));
		if ((rc = listing_markf(s, e, "day:%s", day)) != 0 ||
		    (rc = listing_markf(s, e, "month:%.7s", day)) != 0)
			break;
	}
	db_done(s->db, st);
	return rc;
}

/* What of a source changed, for the marks. */
static int
sync_marks(struct store *s, const struct store_feed *was, bool is_new,
    const struct source *src, struct error *e)
{
	struct arena a = { 0 };
	struct store_feed now;
	int rc = 0;

	if (is_new || !was->active || was->hidden != src->hidden)
		rc = store_mark(s, "sources", e);
	if (!is_new && rc == 0 && store_feed(s, &now, &a, was->id) == 0 &&
	    (!same(now.name, was->name) || !same(now.link, was->link))) {
		rc = store_mark(s, "sources", e);
		if (rc == 0)
			rc = mark_all_of(s, was->id, e);
	}
	arena_free(&a);
	return rc;
}

static int
sync_source(struct store *s, struct sync *y, const struct source *src,
    struct error *e)
{
	struct arena a = { 0 };
	struct store_feed was = { 0 };
	bool is_new = false, changed = false;
	int64_t id = 0;
	int rc = 0;

	if (store_feed_by_url(s, &was, &a, src->url) == 0)
		id = was.id;
	else if ((id = renamed_from(y, src->url)) != 0) {
		rc = db_run(s->db, e, "UPDATE feed SET url=?, fetch_url=NULL,"
		    " moved_to=NULL, moved_count=0, moved_since=0, gone=0"
		    " WHERE id=?", "ti", src->url, id);
		(void)store_feed(s, &was, &a, id);
	} else {
		id = feed_new(s, src->url, src->name, e);
		is_new = true;
	}
	if (id < 0)
		rc = (int)id;
	if (rc == 0)
		rc = db_run(s->db, e, "UPDATE feed SET active=1,"
		    " given_name=?1, given_link=?2, given_language=?3,"
		    " hidden=?4 WHERE id=?5 AND NOT (active=1 AND given_name"
		    " IS ?1 AND given_link IS ?2 AND given_language IS ?3"
		    " AND hidden=?4)", "tttni", src->name, src->link,
		    src->language, (int)src->hidden, id);
	changed = sqlite3_changes(db_handle(s->db)) > 0;
	if (rc == 0 && (changed || is_new))
		rc = sync_marks(s, &was, is_new, src, e);
	if (rc == 0)
		rc = listing_groups_changed(s, id, src->groups, src->ngroups,
		    e);
	arena_free(&a);
	return rc;
}

static void
put_part(struct buf *b, const char *s)
{
	buf_puts(b, s != NULL ? s : "");
	buf_putc(b, s != NULL ? '\1' : '\2');
}

/* Digest of all that the set of feeds takes from the configuration. */
static void
sources_digest(const struct config *c, char hex[HASH_HEX])
{
	struct buf b = { 0 };

	for (size_t i = 0; i < c->nsources; i++) {
		const struct source *src = &c->sources[i];

		/* Lists are no feeds, but hold their addresses. */
		put_part(&b, src->url);
		put_part(&b, src->name);
		put_part(&b, src->link);
		put_part(&b, src->language);
		buf_putc(&b, src->kind == SOURCE_FEED ? '1' : '0');
		buf_putc(&b, src->hidden ? '1' : '0');
		for (size_t j = 0; j < src->ngroups; j++)
			put_part(&b, src->groups[j]);
		buf_putc(&b, '\n');
	}
	hash_hex(buf_span(&b), hex);
	buf_free(&b);
}

/* Whether the stored set is that of the configuration already. */
static bool
sync_done(struct store *s, const char *digest)
{
	struct buf b = { 0 };
	bool same_digest = store_meta_get(s, SOURCES_KEY, &b) == 0 &&
	    strcmp(buf_cstr(&b), digest) == 0;

	buf_free(&b);
	return same_digest;
}

static int
sync_all(struct store *s, const struct config *c, struct error *e)
{
	struct arena a = { 0 };
	struct sync y = { .nurls = 0 };
	struct store_feed *all;
	size_t n;
	int rc;

	if ((rc = store_feeds(s, &all, &n, &a, e)) == 0)
		sync_prepare(&y, c, all, n, &a);
	for (size_t i = 0; rc == 0 && i < c->nsources; i++)
		if (c->sources[i].kind == SOURCE_FEED)
			rc = sync_source(s, &y, &c->sources[i], e);
	for (size_t i = 0; rc == 0 && i < y.nleft; i++) {
		const struct store_feed *f = y.left[i].f;

		if (f == NULL || !f->active)
			continue;
		rc = db_run(s->db, e, "UPDATE feed SET active=0 WHERE id=?",
		    "i", f->id);
		if (rc == 0)
			rc = store_mark(s, "sources", e);
		if (rc == 0)
			rc = listing_markf(s, e, "feed:%lld",
			    (long long)f->id);
	}
	arena_free(&a);
	return rc;
}

int
store_sync_feeds(struct store *s, const struct config *c, int64_t now,
    struct error *e)
{
	char digest[HASH_HEX];
	int rc;

	sources_digest(c, digest);
	if ((rc = store_begin(s, e)) != 0)
		return rc;
	if (!sync_done(s, digest) && (rc = sync_all(s, c, e)) == 0)
		rc = store_meta_set(s, SOURCES_KEY, digest, e);
	if (rc == 0)
		rc = entry_release(s, now, e);
	if (rc == 0)
		rc = store_commit(s, e);
	else
		store_rollback(s);
	return rc;
}

/* Take over what the feed says of itself. */
int
feed_describe(struct store *s, int64_t id, const struct feed *f,
    struct error *e)
{
	struct arena a = { 0 };
	struct store_feed was, now;
	int rc;

	if ((rc = store_feed(s, &was, &a, id)) != 0) {
		arena_free(&a);
		return error_set(e, rc, "no such feed in the store");
	}
	rc = db_run(s->db, e, "UPDATE feed SET title=coalesce(?, title),"
	    " subtitle=?, link=coalesce(?, link), language=?, rights=?,"
	    " license=?, icon=?, feed_id=?, self=?, noarchive=? WHERE id=?",
	    "tttttttttni", f->title, f->subtitle, f->link, f->language,
	    f->rights, f->license, f->icon != NULL ? f->icon : f->image_url,
	    f->id, f->url, (int)f->noarchive, id);
	if (rc == 0 && (rc = store_feed(s, &now, &a, id)) == 0) {
		if (!same(was.name, now.name) ||
		    !same(was.link, now.link)) {
			rc = mark_all_of(s, id, e);
			if (rc == 0)
				rc = store_mark(s, "sources", e);
		} else if (!same(was.subtitle, now.subtitle) ||
		    !same(was.rights, now.rights) ||
		    !same(was.license, now.license) ||
		    was.noarchive != now.noarchive)
			rc = listing_markf(s, e, "feed:%lld", (long long)id);
	}
	arena_free(&a);
	return rc;
}
