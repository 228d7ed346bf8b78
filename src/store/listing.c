#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/date.h"
#include "base/log.h"
#include "store/internal.h"

static const enum store_buckets periods[] = { BUCKET_DAY, BUCKET_MONTH,
	BUCKET_YEAR };
#define NPERIODS	(sizeof(periods) / sizeof(periods[0]))

#define TERM_MONTHS	((int)BUCKET_LANGUAGE + 1)	/* a kind of bucket */
#define MONTHS_KEY	"term_months"
#define MONTHS_OF	"1"

int64_t
listing_term(struct store *s, enum store_buckets kind, const char *name,
    bool make, struct error *e)
{
	struct arena a = { 0 };
	char lang[9];
	const char *fold;
	int64_t id;
	int rc;

	if (kind == BUCKET_LANGUAGE) {
		ident_language(lang, name);
		name = lang;
	}
	fold = ident_fold(name, &a);
	id = fold[0] == '\0' ? 0 : db_int(s->db, 0, "SELECT id FROM term"
	    " WHERE kind=? AND fold=?", "nt", (int)kind, fold);
	if (id == 0 && make && fold[0] != '\0') {
		rc = db_run(s->db, e, "INSERT INTO term(kind, fold, name)"
		    " VALUES(?, ?, ?)", "ntt", (int)kind, fold, name);
		id = rc != 0 ? rc :
		    sqlite3_last_insert_rowid(db_handle(s->db));
	}
	arena_free(&a);
	return id;
}

/* --- the terms an entry is listed under --- */

struct terms {
	struct { int64_t id; enum store_buckets kind; } *list;
	size_t	n;
};

static int
terms_put(struct store *s, struct terms *t, struct arena *a,
    enum store_buckets kind, const char *name, struct error *e)
{
	int64_t id = listing_term(s, kind, name, true, e);

	if (id < 0)
		return (int)id;
	for (size_t i = 0; i < t->n; i++)
		if (t->list[i].id == id)
			return 0;
	if (id > 0) {
		t->list = arena_push(a, t->list, &t->n, sizeof(*t->list));
		t->list[t->n - 1].id = id;
		t->list[t->n - 1].kind = kind;
	}
	return 0;
}

static int
terms_of(struct store *s, struct terms *t, struct arena *a,
    const struct listed *l, struct error *e)
{
	struct span rest = span_str(l->tags), line;
	const char **groups;
	size_t n;
	int rc = 0;

	memset(t, 0, sizeof(*t));
	while (rc == 0 && span_line(&rest, &line))
		rc = terms_put(s, t, a, BUCKET_TAG,
		    arena_strndup(a, line.p, line.n), e);
	if (rc == 0 && l->language != NULL)
		rc = terms_put(s, t, a, BUCKET_LANGUAGE, l->language, e);
	if (rc == 0)
		rc = store_feed_groups(s, l->feed, &groups, &n, a);
	for (size_t i = 0; rc == 0 && i < n; i++)
		rc = terms_put(s, t, a, BUCKET_GROUP, groups[i], e);
	return rc;
}

/* --- counts --- */

static int
count_up(struct store *s, enum store_buckets kind, int64_t feed,
    const char *key, int64_t term, int64_t sort, struct error *e)
{
	static const char sql[] = "INSERT INTO bucket(kind, feed, key, n,"
	    " newest) VALUES(?1, ?2, ?3, 1, ?4) ON CONFLICT(kind, feed, key)"
	    " DO UPDATE SET n=n+1, newest=max(newest, ?4)";

	return key != NULL ?
	    db_run(s->db, e, sql, "niti", (int)kind, feed, key, sort) :
	    db_run(s->db, e, sql, "niii", (int)kind, feed, term, sort);
}

/*
 * Called when the entry is out of the lists already.  The newest of what is
 * left: for periods the next older entry when it is of the same period.
 */
static int64_t
newest_left(struct store *s, enum store_buckets kind, int64_t feed,
    const char *key, int64_t term, int64_t sort)
{
	char now[16];
	int64_t t;

	if (key != NULL) {
		t = feed == 0 ? db_int(s->db, DATE_NONE, "SELECT sort FROM"
		    " entry WHERE sort<=? AND shown=1 ORDER BY sort DESC,"
		    " id DESC LIMIT 1", "i", sort) :
		    db_int(s->db, DATE_NONE, "SELECT sort FROM entry WHERE"
		    " feed=? AND sort<=? AND shown=1 ORDER BY sort DESC,"
		    " id DESC LIMIT 1", "ii", feed, sort);
		if (t == DATE_NONE)
			return 0;
		ident_period(s, now, kind, t);
		return strcmp(now, key) == 0 ? t : 0;
	}
	if (feed == 0)
		return db_int(s->db, 0, "SELECT sort FROM listing WHERE"
		    " term=? ORDER BY sort DESC LIMIT 1", "i", term);
	return db_int(s->db, 0, "SELECT l.sort FROM listing l CROSS JOIN"
	    " entry e ON e.id=l.entry WHERE l.term=?"
	    " AND e.feed=? ORDER BY l.sort DESC LIMIT 1", "ii", term, feed);
}

static int
count_down(struct store *s, enum store_buckets kind, int64_t feed,
    const char *key, int64_t term, int64_t sort, struct error *e)
{
	sqlite3_stmt *st;
	int64_t n = 0, newest = 0;
	int rc;

	st = key != NULL ? db_query(s->db, e, "SELECT n, newest FROM bucket"
	    " WHERE kind=? AND feed=? AND key=?", "nit", (int)kind, feed, key)
	    : db_query(s->db, e, "SELECT n, newest FROM bucket"
	    " WHERE kind=? AND feed=? AND key=?", "nii", (int)kind, feed,
	    term);
	if (st == NULL)
		return E_FAIL;
	if ((rc = db_step(s->db, st, e)) == 1) {
		n = sqlite3_column_int64(st, 0);
		newest = sqlite3_column_int64(st, 1);
	}
	db_done(s->db, st);
	if (rc != 1)
		return rc;
	if (n > 1 && newest == sort)
		newest = newest_left(s, kind, feed, key, term, sort);
	if (n <= 1 && key != NULL)
		return db_run(s->db, e, "DELETE FROM bucket WHERE kind=? AND"
		    " feed=? AND key=?", "nit", (int)kind, feed, key);
	if (n <= 1)
		return db_run(s->db, e, "DELETE FROM bucket WHERE kind=? AND"
		    " feed=? AND key=?", "nii", (int)kind, feed, term);
	if (key != NULL)
		return db_run(s->db, e, "UPDATE bucket SET n=n-1, newest=?"
		    " WHERE kind=? AND feed=? AND key=?", "init", newest,
		    (int)kind, feed, key);
	return db_run(s->db, e, "UPDATE bucket SET n=n-1, newest=?"
	    " WHERE kind=? AND feed=? AND key=?", "inii", newest, (int)kind,
	    feed, term);
}

static int
count(struct store *s, bool up, enum store_buckets kind, int64_t feed,
    const char *key, int64_t term, int64_t sort, struct error *e)
{
	return up ? count_up(s, kind, feed, key, term, sort, e) :
	    count_down(s, kind, feed, key, term, sort, e);
}

/* A term's entries by month: in bucket, the term stands for a feed. */
static int
count_month(struct store *s, bool up, int64_t term, int64_t sort,
    struct error *e)
{
	char key[16];
	int rc;

	ident_period(s, key, BUCKET_MONTH, sort);
	if (up)
		return db_run(s->db, e, "INSERT INTO bucket(kind, feed, key,"
		    " n, newest) VALUES(?, ?, ?, 1, 0) ON CONFLICT(kind, feed,"
		    " key) DO UPDATE SET n=n+1", "nit", TERM_MONTHS, term,
		    key);
	rc = db_run(s->db, e, "UPDATE bucket SET n=n-1 WHERE kind=? AND"
	    " feed=? AND key=?", "nit", TERM_MONTHS, term, key);
	return rc != 0 ? rc : db_run(s->db, e, "DELETE FROM bucket WHERE"
	    " kind=? AND feed=? AND key=? AND n<=0", "nit", TERM_MONTHS,
	    term, key);
}

/* Count the months of a term (0: of all) anew. */
static int
recount_months(struct store *s, int64_t term, struct error *e)
{
	sqlite3_stmt *st;
	int rc;

	rc = db_run(s->db, e, "DELETE FROM bucket WHERE kind=?1 AND (?2=0 OR"
	    " feed=?2)", "ni", TERM_MONTHS, term);
	if (rc != 0)
		return rc;
	st = db_query(s->db, e, "SELECT term, sort FROM listing WHERE ?1=0 OR"
	    " term=?1", "i", term);
	if (st == NULL)
		return E_FAIL;
	while ((rc = db_step(s->db, st, e)) == 1)
		if ((rc = count_month(s, true, sqlite3_column_int64(st, 0),
		    sqlite3_column_int64(st, 1), e)) != 0)
			break;
	db_done(s->db, st);
	return rc;
}

static int
count_periods(struct store *s, bool up, const struct listed *l,
    struct error *e)
{
	char key[16];
	int rc = 0;

	for (size_t i = 0; i < NPERIODS && rc == 0; i++) {
		ident_period(s, key, periods[i], l->sort);
		rc = count(s, up, periods[i], 0, key, 0, l->sort, e);
		/* a source's days are as many as its entries */
		if (rc == 0 && periods[i] != BUCKET_DAY)
			rc = count(s, up, periods[i], l->feed, key, 0,
			    l->sort, e);
	}
	return rc;
}

static int
count_feed(struct store *s, bool up, const struct listed *l, struct error *e)
{
	if (up)
		return db_run(s->db, e, "UPDATE feed SET nentries=nentries+1,"
		    " newest=max(newest, ?) WHERE id=?", "ii", l->sort,
		    l->feed);
	return db_run(s->db, e, "UPDATE feed SET nentries=nentries-1,"
	    " newest=coalesce((SELECT sort FROM entry WHERE feed=?1 AND"
	    " shown=1 ORDER BY sort DESC, id DESC LIMIT 1), 0) WHERE id=?1",
	    "i", l->feed);
}

static int
terms_apply(struct store *s, bool up, const struct listed *l, struct error *e)
{
	struct arena a = { 0 };
	struct terms t;
	int rc;

	rc = terms_of(s, &t, &a, l, e);
	for (size_t i = 0; rc == 0 && i < t.n; i++) {
		rc = up ? db_run(s->db, e, "INSERT OR IGNORE INTO listing"
		    "(term, sort, entry) VALUES(?, ?, ?)", "iii",
		    t.list[i].id, l->sort, l->id) :
		    db_run(s->db, e, "DELETE FROM listing WHERE term=? AND"
		    " sort=? AND entry=?", "iii", t.list[i].id, l->sort,
		    l->id);
		if (rc == 0 && sqlite3_changes(db_handle(s->db)) == 0)
			continue;
		if (rc == 0)
			rc = count(s, up, t.list[i].kind, 0, NULL,
			    t.list[i].id, l->sort, e);
		if (rc == 0)
			rc = count_month(s, up, t.list[i].id, l->sort, e);
		if (rc == 0 && t.list[i].kind != BUCKET_GROUP)
			rc = count(s, up, t.list[i].kind, l->feed, NULL,
			    t.list[i].id, l->sort, e);
	}
	arena_free(&a);
	return rc;
}

/* l is in its table, with shown=1, already. */
int
listing_add(struct store *s, const struct listed *l, struct error *e)
{
	int rc;

	if ((rc = count_periods(s, true, l, e)) == 0 &&
	    (rc = count_feed(s, true, l, e)) == 0 &&
	    (rc = terms_apply(s, true, l, e)) == 0)
		rc = listing_markf(s, e, "joined:%lld", (long long)l->sort);
	return rc;
}

/* l is out of its table, or has shown=0, already. */
int
listing_remove(struct store *s, const struct listed *l, struct error *e)
{
	int rc;

	if ((rc = count_periods(s, false, l, e)) == 0 &&
	    (rc = count_feed(s, false, l, e)) == 0 &&
	    (rc = terms_apply(s, false, l, e)) == 0)
		rc = listing_markf(s, e, "left:%lld", (long long)l->sort);
	return rc;
}

int
listing_load(struct store *s, struct listed *l, bool *shown, struct arena *a,
    int64_t id, struct error *e)
{
	sqlite3_stmt *st = db_query(s->db, e, "SELECT feed, sort, tags,"
	    " language, archived, shown FROM entry WHERE id=?", "i", id);
	int rc;

	if (st == NULL)
		return E_FAIL;
	if ((rc = db_step(s->db, st, e)) == 1) {
		*l = (struct listed){ .id = id,
		    .feed = sqlite3_column_int64(st, 0),
		    .sort = sqlite3_column_int64(st, 1),
		    .tags = db_text(st, 2, a), .language = db_text(st, 3, a),
		    .archived = sqlite3_column_int(st, 4) != 0 };
		if (shown != NULL)
			*shown = sqlite3_column_int(st, 5) != 0;
		rc = 0;
	} else if (rc == 0)
		rc = error_set(e, E_NOTFOUND, "no such entry");
	db_done(s->db, st);
	return rc;
}

/* --- marks --- */

int
listing_markf(struct store *s, struct error *e, const char *fmt, ...)
{
	char *text = NULL;
	va_list ap;
	int rc;

	va_start(ap, fmt);
	rc = vasprintf(&text, fmt, ap);
	va_end(ap);
	if (rc == -1)
		return error_set(e, E_FAIL, "out of memory");
	rc = store_mark(s, text, e);
	free(text);
	return rc;
}

static int
mark_neighbour(struct store *s, const struct listed *l, bool newer,
    bool in_feed, struct error *e)
{
	static const char river_newer[] = "SELECT id FROM entry WHERE"
	    " (sort, id)>(?, ?) AND shown=1 ORDER BY sort, id LIMIT 1";
	static const char river_older[] = "SELECT id FROM entry WHERE"
	    " (sort, id)<(?, ?) AND shown=1 ORDER BY sort DESC, id DESC"
	    " LIMIT 1";
	static const char feed_newer[] = "SELECT id FROM entry WHERE"
	    " feed=?3 AND (sort, id)>(?1, ?2) AND shown=1 ORDER BY sort, id"
	    " LIMIT 1";
	static const char feed_older[] = "SELECT id FROM entry WHERE"
	    " feed=?3 AND (sort, id)<(?1, ?2) AND shown=1 ORDER BY sort DESC,"
	    " id DESC LIMIT 1";
	int64_t id;

	id = in_feed ? db_int(s->db, 0, newer ? feed_newer : feed_older,
	    "iii", l->sort, l->id, l->feed) :
	    db_int(s->db, 0, newer ? river_newer : river_older, "ii",
	    l->sort, l->id);
	return id == 0 ? 0 : listing_markf(s, e, "entry:%lld", (long long)id);
}

static int
mark_terms(struct store *s, const struct listed *l, struct error *e)
{
	static const char *const names[] = { [BUCKET_TAG] = "tag",
		[BUCKET_GROUP] = "group", [BUCKET_LANGUAGE] = "lang" };
	struct arena a = { 0 };
	struct terms t;
	int rc;

	rc = terms_of(s, &t, &a, l, e);
	for (size_t i = 0; rc == 0 && i < t.n; i++)
		rc = db_run(s->db, e, "INSERT OR IGNORE INTO mark(what)"
		    " SELECT ?||':'||name FROM term WHERE id=?", "ti",
		    names[t.list[i].kind], t.list[i].id);
	arena_free(&a);
	return rc;
}

int
listing_mark(struct store *s, const struct listed *l, bool neighbours,
    struct error *e)
{
	static const char *const names[] = { [BUCKET_DAY] = "day",
		[BUCKET_MONTH] = "month", [BUCKET_YEAR] = "year" };
	char key[16];
	int rc;

	rc = listing_markf(s, e, "entry:%lld", (long long)l->id);
	for (int i = 0; neighbours && i < 4 && rc == 0; i++)
		rc = mark_neighbour(s, l, (i & 1) != 0, (i & 2) != 0, e);
	for (size_t i = 0; i < NPERIODS && rc == 0; i++) {
		ident_period(s, key, periods[i], l->sort);
		rc = listing_markf(s, e, "%s:%s", names[periods[i]], key);
	}
	if (rc == 0)
		rc = listing_markf(s, e, "feed:%lld", (long long)l->feed);
	if (rc == 0 && !l->archived)
		rc = store_mark(s, "front", e);
	if (rc == 0)
		rc = mark_terms(s, l, e);
	return rc;
}

/* --- changes of the settings that lists depend on --- */

/* The entries of feed enter or leave the list of one group. */
static int
group_entries(struct store *s, int64_t feed, const char *group, bool in,
    struct error *e)
{
	int64_t term = listing_term(s, BUCKET_GROUP, group, true, e);
	int rc;

	if (term <= 0)
		return (int)term;
	rc = in ? db_run(s->db, e, "INSERT OR IGNORE INTO listing(term, sort,"
	    " entry) SELECT ?, sort, id FROM entry WHERE feed=? AND shown=1",
	    "ii", term, feed) :
	    db_run(s->db, e, "DELETE FROM listing WHERE (term, sort, entry)"
	    " IN (SELECT ?, sort, id FROM entry WHERE feed=?)", "ii", term,
	    feed);
	if (rc == 0)
		rc = db_run(s->db, e, "DELETE FROM bucket WHERE kind=? AND"
		    " feed=0 AND key=?", "ni", (int)BUCKET_GROUP, term);
	if (rc == 0)
		rc = db_run(s->db, e, "INSERT INTO bucket(kind, feed, key, n,"
		    " newest) SELECT ?1, 0, ?2, count(*), max(sort) FROM"
		    " listing WHERE term=?2 HAVING count(*)>0", "ni",
		    (int)BUCKET_GROUP, term);
	if (rc == 0)
		rc = recount_months(s, term, e);
	if (rc == 0)
		rc = listing_markf(s, e, "group:%s", group);
	return rc;
}

static bool
among(const char *const *list, size_t n, const char *name)
{
	for (size_t i = 0; i < n; i++)
		if (strcmp(list[i], name) == 0)
			return true;
	return false;
}

int
listing_groups_changed(struct store *s, int64_t feed,
    const char *const *groups, size_t n, struct error *e)
{
	struct arena a = { 0 };
	const char **old;
	size_t nold;
	int rc;

	rc = store_feed_groups(s, feed, &old, &nold, &a);
	for (size_t i = 0; rc == 0 && i < nold; i++) {
		if (among(groups, n, old[i]))
			continue;
		rc = group_entries(s, feed, old[i], false, e);
		if (rc == 0)
			rc = db_run(s->db, e, "DELETE FROM feed_group WHERE"
			    " feed=? AND name=?", "it", feed, old[i]);
	}
	for (size_t i = 0; rc == 0 && i < n; i++) {
		if (among(old, nold, groups[i]))
			continue;
		rc = db_run(s->db, e, "INSERT OR IGNORE INTO feed_group(feed,"
		    " name) VALUES(?, ?)", "it", feed, groups[i]);
		if (rc == 0)
			rc = group_entries(s, feed, groups[i], true, e);
	}
	arena_free(&a);
	return rc;
}

/* Count the periods anew: entries fall into other days. */
int
listing_rezone(struct store *s, struct error *e)
{
	struct listed l = { 0 };
	sqlite3_stmt *st;
	int rc;

	rc = db_exec(s->db, "DELETE FROM bucket WHERE kind IN (0, 1, 2)", e);
	if (rc != 0)
		return rc;
	st = db_query(s->db, e, "SELECT feed, sort FROM entry WHERE shown=1",
	    "");
	if (st == NULL)
		return E_FAIL;
	while ((rc = db_step(s->db, st, e)) == 1) {
		l.feed = sqlite3_column_int64(st, 0);
		l.sort = sqlite3_column_int64(st, 1);
		if ((rc = count_periods(s, true, &l, e)) != 0)
			break;
	}
	db_done(s->db, st);
	if (rc == 0)
		rc = recount_months(s, 0, e);
	return rc == 0 ? store_mark_everything(s, e) : rc;
}

/* Stores of before have no counts of terms by month. */
static bool
has_months(struct store *s)
{
	struct buf had = { 0 };
	bool has = store_meta_get(s, MONTHS_KEY, &had) == 0 &&
	    strcmp(buf_cstr(&had), MONTHS_OF) == 0;

	buf_free(&had);
	return has;
}

/*
 * Zones are told apart by what they do: their offsets a month apart from
 * 1990 on.
 */
static void
zone_text(struct buf *out, int (*offset)(int64_t t))
{
	for (int64_t t = 631152000; offset != NULL && t < 2208988800;
	    t += 30 * 86400 + 3607)
		buf_putf(out, "%d,", offset(t));
	/* all zero is UTC, however it is called */
	if (strspn(buf_cstr(out), "0,") == out->n)
		buf_clear(out);
}

/* Another zone than that the counts were made with means counting anew. */
static int
count_in_zone(struct store *s, struct span zone, struct error *e)
{
	struct buf had = { 0 };
	char hex[HASH_HEX];
	bool counted;
	int rc;

	hash_hex(zone, hex);
	(void)store_meta_get(s, "zone", &had);
	counted = (strcmp(buf_cstr(&had), hex) == 0 ||
	    (had.n == 0 && zone.n == 0)) && has_months(s);
	buf_free(&had);
	if (counted)
		return 0;
	if ((rc = store_begin(s, e)) != 0)
		return rc;
	rc = listing_rezone(s, e);
	if (rc == 0)
		rc = store_meta_set(s, "zone", hex, e);
	if (rc == 0)
		rc = store_meta_set(s, MONTHS_KEY, MONTHS_OF, e);
	if (rc == 0)
		return store_commit(s, e);
	store_rollback(s);
	return rc;
}

void
store_set_zone(struct store *s, int (*offset)(int64_t t))
{
	struct buf b = { 0 };
	struct error e = { 0 };

	s->offset = offset;
	zone_text(&b, offset);
	if (s->writable && (!s->zoned ||
	    !span_eq(buf_span(&b), buf_span(&s->zone)))) {
		s->zoned = count_in_zone(s, buf_span(&b), &e) == 0;
		if (!s->zoned)
			log_warn("counting by day in another zone failed: "
			    "%s", e.msg);
		buf_clear(&s->zone);
		buf_put_span(&s->zone, buf_span(&b));
	}
	buf_free(&b);
}

/* Not counted, since they are nearly as many as the entries. */
static int
feed_days(struct store *s, int64_t feed, struct store_bucket **list,
    size_t *n, struct arena *a)
{
	sqlite3_stmt *st = db_query(s->db, NULL, "SELECT sort FROM entry WHERE"
	    " feed=? AND shown=1 ORDER BY sort DESC", "i", feed);
	char key[16];
	int rc;

	if (st == NULL)
		return E_FAIL;
	while ((rc = db_step(s->db, st, NULL)) == 1) {
		int64_t t = sqlite3_column_int64(st, 0);

		ident_period(s, key, BUCKET_DAY, t);
		if (*n == 0 || strcmp((*list)[*n - 1].key, key) != 0) {
			*list = arena_push(a, *list, n, sizeof(**list));
			(*list)[*n - 1] = (struct store_bucket){
				arena_strdup(a, key), 0, t };
		}
		(*list)[*n - 1].n++;
	}
	db_done(s->db, st);
	return rc;
}

int
store_buckets(struct store *s, enum store_buckets kind, int64_t feed,
    struct store_bucket **list, size_t *n, struct arena *a)
{
	static const char by_period[] = "SELECT key, n, newest FROM bucket"
	    " WHERE kind=? AND feed=? ORDER BY key DESC";
	static const char by_term[] = "SELECT t.name, b.n, b.newest FROM"
	    " bucket b CROSS JOIN term t ON t.id=b.key WHERE b.kind=? AND"
	    " b.feed=? ORDER BY t.fold";
	sqlite3_stmt *st;
	struct error e;
	int rc;

	*list = NULL;
	*n = 0;
	if (kind == BUCKET_DAY && feed != 0)
		return feed_days(s, feed, list, n, a);
	st = db_query(s->db, &e, kind <= BUCKET_YEAR ? by_period : by_term,
	    "ni", (int)kind, feed);
	if (st == NULL)
		return E_FAIL;
	while ((rc = db_step(s->db, st, &e)) == 1) {
		*list = arena_push(a, *list, n, sizeof(**list));
		(*list)[*n - 1] = (struct store_bucket){
			db_text(st, 0, a), sqlite3_column_int64(st, 1),
			sqlite3_column_int64(st, 2) };
	}
	db_done(s->db, st);
	return rc;
}

int
store_buckets_in(struct store *s, enum store_buckets kind, const char *prefix,
    struct store_bucket **list, size_t *n, struct arena *a)
{
	sqlite3_stmt *st;
	int rc;

	*list = NULL;
	*n = 0;
	/* ":" comes after the digits and "-" */
	st = db_query(s->db, NULL, "SELECT key, n, newest FROM bucket WHERE"
	    " kind=?1 AND feed=0 AND key>=?2 AND key<?2||':' ORDER BY key"
	    " DESC", "nt", (int)kind, prefix);
	if (st == NULL)
		return E_FAIL;
	while ((rc = db_step(s->db, st, NULL)) == 1) {
		*list = arena_push(a, *list, n, sizeof(**list));
		(*list)[*n - 1] = (struct store_bucket){
			db_text(st, 0, a), sqlite3_column_int64(st, 1),
			sqlite3_column_int64(st, 2) };
	}
	db_done(s->db, st);
	return rc;
}

int64_t
store_bucket_count(struct store *s, enum store_buckets kind, const char *key)
{
	return db_int(s->db, 0, "SELECT n FROM bucket WHERE kind=? AND feed=0"
	    " AND key=?", "nt", (int)kind, key);
}

/* The one term that q names; 0 when there is none by that name. */
static int64_t
term_of(struct store *s, const struct store_query *q)
{
	return q->tag != NULL ? listing_term(s, BUCKET_TAG, q->tag, false,
	    NULL) : q->group != NULL ? listing_term(s, BUCKET_GROUP, q->group,
	    false, NULL) : listing_term(s, BUCKET_LANGUAGE, q->language, false,
	    NULL);
}

int
store_periods(struct store *s, const struct store_query *q,
    enum store_buckets kind, struct store_bucket **list, size_t *n,
    struct arena *a)
{
	sqlite3_stmt *st;
	int rc;

	if (q->tag == NULL && q->group == NULL && q->language == NULL)
		return store_buckets(s, kind, q->feed, list, n, a);
	*list = NULL;
	*n = 0;
	st = db_query(s->db, NULL, "SELECT substr(key, 1, ?3), sum(n) FROM"
	    " bucket WHERE kind=?1 AND feed=?2 GROUP BY 1 ORDER BY 1 DESC",
	    "nin", TERM_MONTHS, term_of(s, q), kind == BUCKET_YEAR ? 4 : 7);
	if (st == NULL)
		return E_FAIL;
	while ((rc = db_step(s->db, st, NULL)) == 1) {
		*list = arena_push(a, *list, n, sizeof(**list));
		(*list)[*n - 1] = (struct store_bucket){ db_text(st, 0, a),
			sqlite3_column_int64(st, 1), 0 };
	}
	db_done(s->db, st);
	return rc;
}

int
store_histogram(struct store *s, int64_t feed, int64_t until, int64_t step,
    int64_t *counts, size_t n)
{
	int64_t from = until - step * (int64_t)n;
	sqlite3_stmt *st;
	int rc;

	memset(counts, 0, n * sizeof(*counts));
	st = feed != 0 ? db_query(s->db, NULL, "SELECT (?1-1-sort)/?2,"
	    " count(*) FROM entry WHERE feed=?4 AND sort>=?3 AND sort<?1 AND"
	    " shown=1 GROUP BY 1", "iiii", until, step, from, feed) :
	    db_query(s->db, NULL, "SELECT (?1-1-sort)/?2, count(*) FROM entry"
	    " WHERE sort>=?3 AND sort<?1 AND shown=1 GROUP BY 1", "iii",
	    until, step, from);
	if (st == NULL)
		return E_FAIL;
	while ((rc = db_step(s->db, st, NULL)) == 1) {
		int64_t i = sqlite3_column_int64(st, 0);

		if (i >= 0 && i < (int64_t)n)
			counts[i] = sqlite3_column_int64(st, 1);
	}
	db_done(s->db, st);
	return rc;
}
