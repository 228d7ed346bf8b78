#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/xalloc.h"
#include "search/search_db.h"

#define CANDIDATES	2000	/* newest matches that are ranked */
#define SPARE_MS	50	/* for reading and cutting the results */
#define OPS		500	/* of SQLite between looks at the clock */
#define YEAR		31557600.0

struct candidate {
	int64_t	id, time;
	double	score;
};

static int64_t
now_ms(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (int64_t)t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

static int
late(void *arg)
{
	const struct search *s = arg;

	return now_ms() > s->deadline;
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

static const char ranked[] = "SELECT ft.rowid, d.time,"
    " bm25(ft, 8.0, 2.0, 3.0, 4.0, 0.0, 1.0) FROM ft CROSS JOIN doc d"
    " ON d.id=ft.rowid WHERE ft MATCH ? AND d.time>=? AND d.time<?"
    " ORDER BY ft.rowid DESC LIMIT ?";
static const char unranked[] = "SELECT ft.rowid, d.time, -1.0 FROM ft"
    " CROSS JOIN doc d ON d.id=ft.rowid WHERE ft MATCH ? AND d.time>=?"
    " AND d.time<? ORDER BY ft.rowid DESC LIMIT ?";
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
gather_with(struct search *s, const char *sql, const struct query *q,
    const char *match, int limit, int64_t deadline, struct candidate *list,
    size_t *n, int64_t now, struct error *e)
{
	s->deadline = deadline;
	return collect(s, match[0] == '\0' ?
	    db_query(s->db, e, sql, "iin", q->after, q->before, limit) :
	    db_query(s->db, e, sql, "tiin", match, q->after, q->before,
	    limit), list, n, now, e);
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
 * gathered by FTS5 in one stretch that no deadline interrupts, so there
 * the cheap way goes first, and shows whether the dear one can be afforded.
 */
static int
gather(struct search *s, const struct query *q, struct candidate *list,
    size_t *n, int64_t now, struct error *e)
{
	struct buf match = { 0 };
	int64_t start = now_ms(), end = start + SEARCH_DEADLINE_MS - SPARE_MS;
	bool cheap = true;
	int rc = E_AGAIN;

	query_match(&match, q);
	if (match.n == 0) {
		rc = gather_with(s, by_time, q, "", SEARCH_LIMIT, end, list,
		    n, now, e);
		goto done;
	}
	if (has_prefix(q)) {
		rc = gather_with(s, unranked, q, buf_cstr(&match),
		    SEARCH_LIMIT, end, list, n, now, e);
		cheap = rc == 0 && now_ms() - start < SEARCH_DEADLINE_MS / 8;
	}
	if (cheap)
		rc = gather_with(s, ranked, q, buf_cstr(&match), CANDIDATES,
		    start + SEARCH_DEADLINE_MS / 2, list, n, now, e);
	if (cheap && rc == E_AGAIN)
		rc = gather_with(s, unranked, q, buf_cstr(&match),
		    SEARCH_LIMIT, end, list, n, now, e);
	/* some are better than none */
	if (rc == E_AGAIN && *n > 0)
		rc = 0;
done:
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
	list = xcalloc(CANDIDATES, sizeof(*list));
	sqlite3_progress_handler(db_handle(s->db), OPS, late, s);
	rc = gather(s, &q, list, &n, now, e);
	sqlite3_progress_handler(db_handle(s->db), 0, NULL, NULL);
	if (n > SEARCH_LIMIT)
		n = SEARCH_LIMIT;
	r->more = rc == 0 && n > from + SEARCH_PAGE;
	if (n > from + SEARCH_PAGE)
		n = from + SEARCH_PAGE;
	if (rc == 0 && n > from)
		r->hits = arena_alloc(a, (n - from) * sizeof(*r->hits));
	for (size_t i = from; i < n && rc == 0; i++)
		rc = load_hit(s, &q, &r->hits[r->nhits++], &list[i], a, e);
	if (rc == 0 && r->nhits == 0 && r->hint == NULL)
		r->hint = page > 0 ? "there are no more results" :
		    "nothing was found; try fewer words, or the beginning of"
		    " one: gard*";
	free(list);
	return rc;
}
