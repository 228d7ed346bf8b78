#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/xalloc.h"
#include "search/search_db.h"

#define CANDIDATES	2000	/* newest matches that are ranked */
#define SPARE		5	/* that part of the time is for the results */
#define FEW		2000	/* entries that are looked at one by one */
#define SPARSE		20	/* ids for each of them */
#define OPS		500	/* of SQLite between looks at the clock */
#define YEAR		31557600.0

struct candidate {
	int64_t	id, time;
	double	score;
};

static int
late(void *arg)
{
	const struct search *s = arg;

	return clock_ms() > s->deadline;
}

static int
best_first(const void *pa, const void *pb)
{
	const struct candidate *a = pa, *b = pb;

	if (a->score != b->score)
		return a->score > b->score ? -1 : 1;
	if (a->time != b->time)
		return a->time > b->time ? -1 : 1;
	return a->id > b->id ? -1 : a->id < b->id;
}

/* Half the weight after two years: old gold still beats new lead. */
static double
recency(int64_t age)
{
	return 1.0 / (1.0 + (age > 0 ? (double)age : 0.0) / (2 * YEAR));
}

/* What all of them are given, in the order of their marks. */
struct bounds {
	int64_t	after, before;	/* of the time */
	int64_t	first, last;	/* ids that those times have */
	int64_t	n;		/* entries of those times, -1 unknown */
};

static const char ranked[] = "SELECT ft.rowid, d.time,"
    " bm25(ft, 8.0, 2.0, 3.0, 4.0, 0.0, 1.0) FROM ft CROSS JOIN doc d"
    " ON d.id=ft.rowid WHERE ft MATCH ? AND d.time>=? AND d.time<?"
    " AND ft.rowid>=? AND ft.rowid<=? ORDER BY ft.rowid DESC LIMIT ?";
static const char unranked[] = "SELECT ft.rowid, d.time, -1.0 FROM ft"
    " CROSS JOIN doc d ON d.id=ft.rowid WHERE ft MATCH ? AND d.time>=?"
    " AND d.time<? AND ft.rowid>=? AND ft.rowid<=? ORDER BY ft.rowid DESC"
    " LIMIT ?";
/* Few entries of that time: each is looked at, wherever its id lies. */
static const char one_by_one[] = "SELECT d.id, d.time, -1.0 FROM doc d"
    " CROSS JOIN ft ON ft.rowid=d.id WHERE ft MATCH ? AND d.time>=?"
    " AND d.time<? AND d.id>=? AND d.id<=? ORDER BY d.time DESC LIMIT ?";
static const char by_time[] = "SELECT id, time, -1.0 FROM doc WHERE"
    " time>=? AND time<? ORDER BY time DESC, id DESC LIMIT ?";

static int
collect(struct search *s, sqlite3_stmt *st, struct candidate *list, size_t *n,
    int64_t now, struct error *e)
{
	int rc;

	*n = 0;
	if (st == NULL)
		return e->status;
	while ((rc = db_step(s->db, st, e)) == 1) {
		struct candidate *c = &list[(*n)++];

		c->id = sqlite3_column_int64(st, 0);
		c->time = sqlite3_column_int64(st, 1);
		c->score = -sqlite3_column_double(st, 2) *
		    recency(now - c->time);
	}
	db_done(s->db, st);
	return rc;
}

static int
gather_with(struct search *s, const char *sql, const struct bounds *b,
    const char *match, int limit, int64_t deadline, struct candidate *list,
    size_t *n, int64_t now, struct error *e)
{
	*n = 0;
	s->deadline = deadline;
	if (clock_ms() >= deadline)
		return error_set(e, E_AGAIN, "the time for it was up");
	return collect(s, match[0] == '\0' ?
	    db_query(s->db, e, sql, "iin", b->after, b->before, limit) :
	    db_query(s->db, e, sql, "tiiiin", match, b->after, b->before,
	    b->first, b->last, limit), list, n, now, e);
}

/*
 * FTS5 knows ids, not times: without bounds it would walk from the newest
 * match through all that are younger than those wanted, or older.  An index
 * has both; when even that takes long there are no bounds but the time.
 */
static void
find_bounds(struct search *s, struct bounds *b, int64_t deadline)
{
	sqlite3_stmt *st;

	b->first = INT64_MIN;
	b->last = INT64_MAX;
	b->n = -1;
	if (b->after == INT64_MIN && b->before == INT64_MAX)
		return;
	s->deadline = deadline;
	st = db_query(s->db, NULL, "SELECT count(*), min(id), max(id) FROM doc"
	    " WHERE time>=? AND time<?", "ii", b->after, b->before);
	if (st != NULL && db_step(s->db, st, NULL) == 1) {
		b->n = sqlite3_column_int64(st, 0);
		b->first = sqlite3_column_int64(st, 1);
		b->last = sqlite3_column_int64(st, 2);
	}
	if (st != NULL)
		db_done(s->db, st);
}

static bool
has_prefix(const struct query *q)
{
	for (size_t i = 0; i < q->n; i++)
		if (q->terms[i].prefix)
			return true;
	return false;
}

/*
 * Rank the newest matches; when a word is so common that weighing it takes
 * too long, give the newest as they are.  A beginning that many words share is
 * gathered by FTS5 in one stretch before the first match, so there
 * the cheap way goes first, and shows whether the dear one can be afforded.
 */
static int
gather_words(struct search *s, const struct query *q, const struct bounds *b,
    const char *match, int64_t start, int64_t end, struct candidate *list,
    size_t *n, enum search_cut *cut, int64_t now, struct error *e)
{
	bool cheap = true;
	int rc = E_AGAIN;

	if (b->n >= 0 && b->n <= FEW && b->last - b->first > b->n * SPARSE)
		return gather_with(s, one_by_one, b, match, SEARCH_LIMIT, end,
		    list, n, now, e);
	if (has_prefix(q)) {
		rc = gather_with(s, unranked, b, match, SEARCH_LIMIT, end,
		    list, n, now, e);
		cheap = rc == 0 && clock_ms() - start < s->limit_ms / 8;
		*cut = SEARCH_NEWEST;
	}
	if (cheap) {
		*cut = SEARCH_WHOLE;
		rc = gather_with(s, ranked, b, match, CANDIDATES, start +
		    s->limit_ms / 2, list, n, now, e);
	}
	if (cheap && rc == E_AGAIN) {
		*cut = SEARCH_NEWEST;
		rc = gather_with(s, unranked, b, match, SEARCH_LIMIT, end,
		    list, n, now, e);
	}
	return rc;
}

static int
gather(struct search *s, const struct query *q, struct candidate *list,
    size_t *n, enum search_cut *cut, int64_t now, struct error *e)
{
	struct bounds b = { .after = q->after, .before = q->before };
	struct buf match = { 0 };
	int64_t start = clock_ms(), end = start + s->limit_ms -
	    s->limit_ms / SPARE;
	int rc;

	*cut = SEARCH_WHOLE;
	query_match(&match, q);
	if (match.n == 0)
		rc = gather_with(s, by_time, &b, "", SEARCH_LIMIT, end, list,
		    n, now, e);
	else {
		find_bounds(s, &b, start + s->limit_ms / 4);
		rc = gather_words(s, q, &b, buf_cstr(&match), start, end,
		    list, n, cut, now, e);
	}
	if (rc == E_AGAIN && clock_ms() >= end) {
		/* some are better than none */
		*cut = SEARCH_LATE;
		rc = 0;
	}
	/* all of them, and no more: their order alone is another */
	if (rc == 0 && *cut == SEARCH_NEWEST && *n < SEARCH_LIMIT)
		*cut = SEARCH_WHOLE;
	buf_free(&match);
	if (rc == 0)
		qsort(list, *n, sizeof(*list), best_first);
	return rc;
}

static int
load_hit(struct search *s, const struct query *q, struct search_hit *h,
    const struct candidate *c, struct arena *a, struct error *e)
{
	sqlite3_stmt *st = db_query(s->db, e, "SELECT d.path, d.title,"
	    " d.source, b.text FROM doc d LEFT JOIN body b ON b.id=d.id"
	    " WHERE d.id=?", "i", c->id);
	const char *text;
	int rc;

	if (st == NULL)
		return e->status;
	if ((rc = db_step(s->db, st, e)) == 1) {
		h->path = db_text(st, 0, a);
		h->title = db_text(st, 1, a);
		h->source = db_text(st, 2, a);
		h->time = c->time;
		text = (const char *)sqlite3_column_text(st, 3);
		h->snippet = snippet_of(q, span_of(text != NULL ? text : "",
		    text != NULL ? (size_t)sqlite3_column_bytes(st, 3) : 0),
		    a);
	}
	db_done(s->db, st);
	return rc < 0 ? rc : 0;
}

/* Why nothing can be looked for, or what was left out; NULL all is well. */
static const char *
hint_for(const struct query *q, struct span typed, bool *hopeless)
{
	size_t positive = 0;

	for (size_t i = 0; i < q->n; i++)
		positive += !q->terms[i].negative;
	*hopeless = true;
	if (span_trim(typed).n == 0)
		return "type a word, a \"phrase in quotes\", or feed:NAME,"
		    " tag:NAME, author:NAME, after:2026-01, before:2026-02,"
		    " lang:en; -word leaves out";
	if (q->bad != NULL)
		return q->bad;
	if (positive == 0 && q->n > 0)
		return "there are only words to leave out; add one to look"
		    " for";
	if (positive == 0 && q->after == INT64_MIN && q->before == INT64_MAX)
		return "there is no word in it to look for; letters and"
		    " digits count";
	*hopeless = false;
	return q->dropped ? "only the first 8 words were looked for" : NULL;
}

/* What the results are not, when they are not all that was asked for. */
static const char *
hint_after(const struct search_results *r, size_t page)
{
	if (r->cut == SEARCH_LATE && r->nhits == 0)
		return "there was not the time to look everywhere, and nothing"
		    " was found so far; add a rarer word, feed:NAME or"
		    " after:2026-01";
	if (r->cut == SEARCH_LATE)
		return "there was not the time to look everywhere: these are"
		    " the newest found so far; add a rarer word, feed:NAME or"
		    " after:2026-01";
	if (r->nhits == 0)
		return page > 0 ? "there are no more results" :
		    "nothing was found; try fewer words, or the beginning of"
		    " one: gard*";
	if (r->cut == SEARCH_NEWEST)
		return "this is in very many texts: the newest are shown, not"
		    " the best";
	return NULL;
}

static int
load_page(struct search *s, struct search_results *r, const struct query *q,
    const struct candidate *list, size_t n, struct arena *a, struct error *e)
{
	int rc = 0;

	if (n > 0)
		r->hits = arena_alloc(a, n * sizeof(*r->hits));
	for (size_t i = 0; i < n && rc == 0; i++)
		rc = load_hit(s, q, &r->hits[r->nhits++], &list[i], a, e);
	return rc;
}

int
search_query(struct search *s, struct search_results *r, struct arena *a,
    struct span typed, size_t page, int64_t now, struct error *e)
{
	struct candidate *list;
	struct error own;
	struct query q;
	bool hopeless;
	size_t n = 0, from = page * SEARCH_PAGE;
	int rc;

	if (e == NULL)
		e = &own;
	memset(r, 0, sizeof(*r));
	query_parse(&q, a, typed);
	r->hint = hint_for(&q, typed, &hopeless);
	if (hopeless || page >= SEARCH_LIMIT / SEARCH_PAGE)
		return 0;
	if ((rc = search_refresh(s, e)) != 0)
		return rc;
	q.single = s->old;
	list = xcalloc(CANDIDATES, sizeof(*list));
	sqlite3_progress_handler(db_handle(s->db), OPS, late, s);
	rc = gather(s, &q, list, &n, &r->cut, now, e);
	sqlite3_progress_handler(db_handle(s->db), 0, NULL, NULL);
	if (n > SEARCH_LIMIT)
		n = SEARCH_LIMIT;
	r->more = rc == 0 && n > from + SEARCH_PAGE;
	if (n > from + SEARCH_PAGE)
		n = from + SEARCH_PAGE;
	if (rc == 0 && n > from)
		rc = load_page(s, r, &q, &list[from], n - from, a, e);
	if (rc == 0 && (r->hint == NULL || r->cut == SEARCH_LATE))
		r->hint = hint_after(r, page);
	free(list);
	return rc;
}
