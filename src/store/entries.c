#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/date.h"
#include "base/utf8.h"
#include "base/xalloc.h"
#include "store/internal.h"

#define COLUMNS "e.id, e.pid, e.path, e.feed, e.guid, e.link, e.title," \
    " e.author, e.author_uri, e.language, e.rights, e.license, e.comments," \
    " e.published, e.updated, e.first_seen, e.sort, e.date_only, e.tags," \
    " e.enclosures, e.source_title, e.source_link, e.image, e.excerpt," \
    " e.summary_only, e.archived, e.hidden, e.own, e.duplicate_of"
#define BRIEF_COLUMNS "e.id, e.path, e.feed, e.link, e.title, e.author," \
    " e.published, e.sort, e.date_only, e.enclosures, e.excerpt, e.own"
#define BODY_COLUMNS ", b.gemtext, b.text, b.revision"
#define WITH_BODY	(STORE_BODY | STORE_RAW)
#define RAW_COLUMNS ", b.html, b.html_type, b.html_base"

/* --- lists within a column: a line each, fields between tabs --- */

static void
put_field(struct buf *b, const char *s)
{
	for (; s != NULL && *s != '\0'; s++)
		buf_putc(b, (unsigned char)*s < ' ' ? ' ' : *s);
}

static char *
text_of(struct buf *b, struct arena *a)
{
	char *s = b->n > 0 ? arena_strndup(a, b->p, b->n) : NULL;

	buf_free(b);
	return s;
}

char *
entry_tags_text(const struct entry *en, struct arena *a)
{
	struct buf b = { 0 };

	for (size_t i = 0; i < en->ncategories; i++) {
		const struct category *c = &en->categories[i];
		const char *name = c->label != NULL && c->label[0] != '\0' ?
		    c->label : c->term;
		struct buf line = { 0 };

		utf8_line(&line, span_str(name));
		if (line.n > 0 && b.n > 0)
			buf_putc(&b, '\n');
		put_field(&b, buf_cstr(&line));
		buf_free(&line);
	}
	return text_of(&b, a);
}

char *
entry_enclosures_text(const struct entry *en, struct arena *a)
{
	struct buf b = { 0 };

	for (size_t i = 0; i < en->nenclosures; i++) {
		const struct link *l = &en->enclosures[i];

		if (b.n > 0)
			buf_putc(&b, '\n');
		put_field(&b, l->href);
		buf_putc(&b, '\t');
		put_field(&b, l->type);
		buf_putf(&b, "\t%lld\t", (long long)l->length);
		put_field(&b, l->title);
	}
	return text_of(&b, a);
}

static const char *
take_field(struct span *line, struct arena *a)
{
	const char *tab = memchr(line->p, '\t', line->n);
	size_t n = tab != NULL ? (size_t)(tab - line->p) : line->n;
	const char *s = n > 0 ? arena_strndup(a, line->p, n) : NULL;

	*line = span_from(*line, n + 1);
	return s;
}

static void
read_lists(struct store_entry *en, struct span tags, struct span enclosures,
    struct arena *a)
{
	struct span line;

	while (span_line(&tags, &line)) {
		en->tags = arena_push(a, en->tags, &en->ntags,
		    sizeof(*en->tags));
		en->tags[en->ntags - 1] = arena_strndup(a, line.p, line.n);
	}
	while (span_line(&enclosures, &line)) {
		struct link *l;
		const char *n;

		en->enclosures = arena_push(a, en->enclosures,
		    &en->nenclosures, sizeof(*en->enclosures));
		l = &en->enclosures[en->nenclosures - 1];
		l->rel = "enclosure";
		l->href = take_field(&line, a);
		l->type = take_field(&line, a);
		n = take_field(&line, a);
		l->length = n != NULL ? strtoll(n, NULL, 10) : -1;
		l->title = take_field(&line, a);
	}
}

static struct span
column_span(sqlite3_stmt *st, int i)
{
	const void *p = sqlite3_column_text(st, i);

	return span_of(p != NULL ? p : "",
	    p != NULL ? (size_t)sqlite3_column_bytes(st, i) : 0);
}

static void
brief_row(sqlite3_stmt *st, struct store_entry *en, struct arena *a)
{
	*en = (struct store_entry){
		.id = sqlite3_column_int64(st, 0),
		.path = db_text(st, 1, a),
		.feed = sqlite3_column_int64(st, 2),
		.link = db_text(st, 3, a),
		.title = db_text(st, 4, a),
		.author = db_text(st, 5, a),
		.published = db_date(st, 6),
		.updated = INT64_MIN,
		.sort = sqlite3_column_int64(st, 7),
		.date_only = sqlite3_column_int(st, 8) != 0,
		.excerpt = db_text(st, 10, a),
		.own = sqlite3_column_int(st, 11) != 0,
	};
	read_lists(en, span_str(""), column_span(st, 9), a);
}

static void
entry_row(sqlite3_stmt *st, struct store_entry *en, struct arena *a,
    unsigned what)
{
	int i = 0, tags;

	if (what & STORE_BRIEF) {
		brief_row(st, en, a);
		return;
	}
	memset(en, 0, sizeof(*en));
	en->id = sqlite3_column_int64(st, i++);
	en->pid = db_text(st, i++, a);
	en->path = db_text(st, i++, a);
	en->feed = sqlite3_column_int64(st, i++);
	en->guid = db_text(st, i++, a);
	en->link = db_text(st, i++, a);
	en->title = db_text(st, i++, a);
	en->author = db_text(st, i++, a);
	en->author_uri = db_text(st, i++, a);
	en->language = db_text(st, i++, a);
	en->rights = db_text(st, i++, a);
	en->license = db_text(st, i++, a);
	en->comments = db_text(st, i++, a);
	en->published = db_date(st, i++);
	en->updated = db_date(st, i++);
	en->first_seen = sqlite3_column_int64(st, i++);
	en->sort = sqlite3_column_int64(st, i++);
	en->date_only = sqlite3_column_int(st, i++) != 0;
	tags = i;
	i += 2;
	en->source_title = db_text(st, i++, a);
	en->source_link = db_text(st, i++, a);
	en->image = db_text(st, i++, a);
	en->excerpt = db_text(st, i++, a);
	en->summary_only = sqlite3_column_int(st, i++) != 0;
	en->archived = sqlite3_column_int(st, i++) != 0;
	en->hidden = sqlite3_column_int(st, i++) != 0;
	en->own = sqlite3_column_int(st, i++) != 0;
	en->duplicate_of = sqlite3_column_int64(st, i++);
	if (en->duplicate_of != 0)
		en->hidden = true;
	read_lists(en, column_span(st, tags), column_span(st, tags + 1), a);
	if (what & STORE_BODY) {
		en->gemtext = db_text(st, i++, a);
		en->text = db_text(st, i++, a);
		en->revision = sqlite3_column_int(st, i++);
	}
	if (what & STORE_RAW) {
		en->html = db_text(st, i++, a);
		en->html_type = sqlite3_column_int(st, i++);
		en->html_base = db_text(st, i++, a);
	}
}

/* --- one entry --- */

static const char *
select_by(const char *where, unsigned what, struct buf *sql)
{
	buf_puts(sql, what & STORE_BRIEF ? "SELECT " BRIEF_COLUMNS :
	    "SELECT " COLUMNS);
	if (what & STORE_BODY)
		buf_puts(sql, BODY_COLUMNS);
	if (what & STORE_RAW)
		buf_puts(sql, RAW_COLUMNS);
	buf_puts(sql, " FROM entry e");
	if (what & WITH_BODY)
		buf_puts(sql, " LEFT JOIN body b ON b.entry=e.id");
	buf_puts(sql, where);
	return buf_cstr(sql);
}

static int
entry_one(struct store *s, sqlite3_stmt *st, struct store_entry *en,
    struct arena *a, unsigned what)
{
	int rc;

	if (st == NULL)
		return E_FAIL;
	if ((rc = db_step(s->db, st, NULL)) == 1)
		entry_row(st, en, a, what);
	db_done(s->db, st);
	return rc == 1 ? 0 : rc == 0 ? E_NOTFOUND : rc;
}

int
store_entry(struct store *s, struct store_entry *en, struct arena *a,
    int64_t id, unsigned what)
{
	struct buf sql = { 0 };
	int rc;

	rc = entry_one(s, db_query(s->db, NULL, select_by(" WHERE e.id=?",
	    what, &sql), "i", id), en, a, what);
	buf_free(&sql);
	return rc;
}

int
store_entry_by_pid(struct store *s, struct store_entry *en, struct arena *a,
    const char *pid, unsigned what)
{
	struct buf sql = { 0 };
	int rc;

	rc = entry_one(s, db_query(s->db, NULL, select_by(" WHERE e.pid=?",
	    what, &sql), "t", pid), en, a, what);
	buf_free(&sql);
	return rc;
}

int
store_neighbour(struct store *s, struct store_entry *out, struct arena *a,
    const struct store_entry *en, int64_t feed, bool newer)
{
	struct buf sql = { 0 };
	int rc;

	(void)select_by(newer ? " WHERE (e.sort, e.id)>(?1, ?2)" :
	    " WHERE (e.sort, e.id)<(?1, ?2)", STORE_BRIEF, &sql);
	buf_puts(&sql, feed != 0 ? " AND e.shown=1 AND e.feed=?3" :
	    " AND e.shown=1");
	buf_puts(&sql, newer ? " ORDER BY e.sort, e.id LIMIT 1" :
	    " ORDER BY e.sort DESC, e.id DESC LIMIT 1");
	rc = entry_one(s, feed != 0 ?
	    db_query(s->db, NULL, buf_cstr(&sql), "iii", en->sort, en->id,
	    feed) :
	    db_query(s->db, NULL, buf_cstr(&sql), "ii", en->sort, en->id),
	    out, a, STORE_BRIEF);
	buf_free(&sql);
	return rc;
}

int
store_also_in(struct store *s, int64_t entry, int64_t **feeds, size_t *n,
    struct arena *a)
{
	sqlite3_stmt *st = db_query(s->db, NULL, "SELECT DISTINCT feed FROM"
	    " entry WHERE duplicate_of=?1 AND duplicate_of<>0 AND hidden=0"
	    " ORDER BY feed", "i", entry);
	int rc;

	*feeds = NULL;
	*n = 0;
	if (st == NULL)
		return E_FAIL;
	while ((rc = db_step(s->db, st, NULL)) == 1) {
		*feeds = arena_push(a, *feeds, n, sizeof(**feeds));
		(*feeds)[*n - 1] = sqlite3_column_int64(st, 0);
	}
	db_done(s->db, st);
	return rc;
}

/* --- walks --- */

struct store_cursor {
	struct store	*s;
	sqlite3_stmt	*st;
	struct buf	 sql;
	unsigned	 what;
	size_t		 left;
	bool		 bounded;
	bool		 empty;		/* of a tag that nobody has */
};

/* The terms asked for; false when one of them does not exist. */
static bool
query_terms(struct store *s, const struct store_query *q, int64_t *terms,
    size_t *n)
{
	const struct { enum store_buckets kind; const char *name; } ask[] = {
		{ BUCKET_TAG, q->tag }, { BUCKET_GROUP, q->group },
		{ BUCKET_LANGUAGE, q->language },
	};

	*n = 0;
	for (size_t i = 0; i < sizeof(ask) / sizeof(ask[0]); i++) {
		if (ask[i].name == NULL)
			continue;
		terms[*n] = listing_term(s, ask[i].kind, ask[i].name, false,
		    NULL);
		if (terms[(*n)++] <= 0)
			return false;
	}
	return true;
}

/*
 * A term's walk goes along listing, else along the index of the feed or of
 * the river; each starts at its place and reads no more than it gives.
 * Numbers are put into the text: they are ours, and few shapes recur.
 */
static void
query_from(struct buf *sql, const struct store_query *q,
    const int64_t *terms, size_t n, bool places)
{
	const char *at = n > 0 ? "l" : "e";
	const char *id = n > 0 ? "l.entry" : "e.id";
	bool down = q->order == STORE_NEWEST;
	/* listing has shown entries alone, and knows enough to place them */
	bool alone = places && n > 0 && q->feed == 0 && !q->front &&
	    q->own < 0;
	/*
	 * SQLite enters an index at one bound and steps over what lies before
	 * the other: a bound that the place after which to go on implies would
	 * have it step over all entries up to there.
	 */
	bool after = q->after_sort != 0 || q->after_id != 0;
	bool from = q->from != 0 && !(after && !down &&
	    q->after_sort >= q->from);
	bool until = q->until != 0 && !(after && down &&
	    q->after_sort < q->until);

	if (alone)
		buf_puts(sql, " FROM listing l");
	else if (n > 0)
		buf_puts(sql, " FROM listing l CROSS JOIN entry e"
		    " ON e.id=l.entry");
	else
		buf_putf(sql, " FROM entry e INDEXED BY %s",
		    q->feed != 0 ? "entry_feed" : "entry_river");
	if (q->what & WITH_BODY)
		buf_puts(sql, " LEFT JOIN body b ON b.entry=e.id");
	buf_puts(sql, " WHERE 1");
	if (n > 0)
		buf_puts(sql, " AND l.term=?1");
	for (size_t i = 1; i < n; i++)
		buf_putf(sql, " AND EXISTS(SELECT 1 FROM listing m WHERE"
		    " m.term=%lld AND m.sort=l.sort AND m.entry=l.entry)",
		    (long long)terms[i]);
	if (q->feed != 0)
		buf_puts(sql, " AND e.feed=?2");
	if (!q->all && !alone)
		buf_puts(sql, " AND e.shown=1");
	if (q->front)
		buf_puts(sql, " AND e.archived=0");
	if (q->own >= 0)
		buf_putf(sql, " AND e.own=%d", q->own != 0);
	if (from)
		buf_putf(sql, " AND %s.sort>=?3", at);
	if (until)
		buf_putf(sql, " AND %s.sort<?4", at);
	if (after)
		buf_putf(sql, " AND (%s.sort, %s)%s(?5, ?6)", at, id,
		    down ? "<" : ">");
}

static sqlite3_stmt *
query_bind(struct store *s, const struct buf *sql,
    const struct store_query *q, int64_t term, struct error *e)
{
	sqlite3_stmt *st = db_query(s->db, e, buf_cstr(sql), "");

	if (st == NULL)
		return NULL;
	/* those that the text does not name are refused, and not missed */
	(void)sqlite3_bind_int64(st, 1, term);
	(void)sqlite3_bind_int64(st, 2, q->feed);
	(void)sqlite3_bind_int64(st, 3, q->from);
	(void)sqlite3_bind_int64(st, 4, q->until);
	(void)sqlite3_bind_int64(st, 5, q->after_sort);
	(void)sqlite3_bind_int64(st, 6, q->after_id);
	return st;
}

int
store_select(struct store *s, struct store_cursor **out,
    const struct store_query *q, struct error *e)
{
	struct store_cursor *c = xcalloc(1, sizeof(*c));
	bool down = q->order == STORE_NEWEST;
	int64_t terms[3] = { 0 };
	size_t n;

	*out = c;
	c->s = s;
	c->what = q->what;
	c->left = q->limit;
	c->bounded = q->limit != 0;
	/* only shown entries are listed by term */
	c->empty = !query_terms(s, q, terms, &n);
	if (c->empty)
		return 0;
	buf_putf(&c->sql, "SELECT %s%s%s",
	    q->what & STORE_BRIEF ? BRIEF_COLUMNS : COLUMNS,
	    q->what & STORE_BODY ? BODY_COLUMNS : "",
	    q->what & STORE_RAW ? RAW_COLUMNS : "");
	query_from(&c->sql, q, terms, n, false);
	buf_putf(&c->sql, " ORDER BY %s.sort%s, %s%s", n > 0 ? "l" : "e",
	    down ? " DESC" : "", n > 0 ? "l.entry" : "e.id",
	    down ? " DESC" : "");
	c->st = query_bind(s, &c->sql, q, terms[0], e);
	if (c->st != NULL)
		return 0;
	store_cursor_free(c);
	*out = NULL;
	return e != NULL ? e->status : E_FAIL;
}

int
store_next(struct store_cursor *c, struct store_entry *en, struct arena *a,
    struct error *e)
{
	int rc;

	if (c->empty || (c->bounded && c->left == 0))
		return 0;
	if ((rc = db_step(c->s->db, c->st, e)) == 1) {
		entry_row(c->st, en, a, c->what);
		c->left--;
	} else
		c->empty = true;
	return rc;
}

void
store_cursor_free(struct store_cursor *c)
{
	if (c == NULL)
		return;
	db_done(c->s->db, c->st);
	buf_free(&c->sql);
	free(c);
}

/* What the counters know already; -1 when they do not. */
static int64_t
count_known(struct store *s, const struct store_query *q, size_t n,
    int64_t term)
{
	static const char one[] = "SELECT n FROM bucket WHERE kind=? AND"
	    " feed=? AND key=?";
	enum store_buckets kind;

	if (q->all || q->front || q->own >= 0 || q->from != 0 ||
	    q->until != 0 || q->after_sort != 0 || q->after_id != 0 || n > 1)
		return -1;
	if (n == 0 && q->feed != 0)
		return db_int(s->db, 0, "SELECT nentries FROM feed WHERE"
		    " id=?", "i", q->feed);
	if (n == 0)
		return db_int(s->db, 0, "SELECT coalesce(sum(nentries), 0)"
		    " FROM feed", "");
	kind = q->tag != NULL ? BUCKET_TAG : q->group != NULL ?
	    BUCKET_GROUP : BUCKET_LANGUAGE;
	if (q->feed != 0 && kind == BUCKET_GROUP)
		return -1;
	return db_int(s->db, 0, one, "nii", (int)kind, q->feed, term);
}

int64_t
store_count(struct store *s, const struct store_query *q)
{
	struct buf sql = { 0 };
	int64_t terms[3] = { 0 }, count = 0;
	sqlite3_stmt *st;
	size_t n;

	if (!query_terms(s, q, terms, &n))
		return 0;
	if ((count = count_known(s, q, n, terms[0])) < 0) {
		struct store_query plain = *q;

		plain.what = 0;
		count = 0;
		buf_puts(&sql, "SELECT count(*) FROM (SELECT 1");
		query_from(&sql, &plain, terms, n, true);
		if (q->limit != 0)
			buf_putf(&sql, " LIMIT %zu", q->limit);
		buf_putc(&sql, ')');
		st = query_bind(s, &sql, q, terms[0], NULL);
		if (st != NULL && db_step(s->db, st, NULL) == 1)
			count = sqlite3_column_int64(st, 0);
		db_done(s->db, st);
		buf_free(&sql);
	}
	if (q->limit != 0 && count > (int64_t)q->limit)
		count = (int64_t)q->limit;
	return count;
}

int
store_place(struct store *s, const struct store_query *q, int64_t k,
    int64_t *sort, int64_t *id)
{
	const char *way = q->order == STORE_NEWEST ? " DESC" : "";
	struct store_query plain = *q;
	struct buf sql = { 0 };
	int64_t terms[3] = { 0 };
	sqlite3_stmt *st;
	size_t n;
	int rc;

	if (!query_terms(s, q, terms, &n))
		return E_NOTFOUND;
	plain.what = 0;
	buf_putf(&sql, "SELECT %s", n > 0 ? "l.sort, l.entry" : "e.sort, e.id");
	query_from(&sql, &plain, terms, n, true);
	buf_putf(&sql, " ORDER BY %s%s, %s%s LIMIT 1 OFFSET ?7",
	    n > 0 ? "l.sort" : "e.sort", way, n > 0 ? "l.entry" : "e.id", way);
	rc = E_FAIL;
	if ((st = query_bind(s, &sql, q, terms[0], NULL)) != NULL) {
		(void)sqlite3_bind_int64(st, 7, k);
		if ((rc = db_step(s->db, st, NULL)) == 1) {
			*sort = sqlite3_column_int64(st, 0);
			*id = sqlite3_column_int64(st, 1);
		}
	}
	db_done(s->db, st);
	buf_free(&sql);
	return rc == 1 ? 0 : rc == 0 ? E_NOTFOUND : rc;
}

/* --- changes --- */

int
entry_show(struct store *s, int64_t id, bool hidden, int64_t duplicate_of,
    struct error *e)
{
	struct arena a = { 0 };
	struct listed l;
	bool was = false, now = !hidden && duplicate_of == 0;
	int rc;

	rc = listing_load(s, &l, &was, &a, id, e);
	/* the lists it leaves change as much as those it enters */
	if (rc == 0 && was && !now)
		rc = listing_mark(s, &l, true, e);
	if (rc == 0)
		rc = db_run(s->db, e, "UPDATE entry SET hidden=?,"
		    " duplicate_of=?, shown=? WHERE id=?", "nini",
		    (int)hidden, duplicate_of, (int)now, id);
	if (rc == 0 && was != now)
		rc = now ? listing_add(s, &l, e) : listing_remove(s, &l, e);
	if (rc == 0 && now && !was)
		rc = listing_mark(s, &l, true, e);
	arena_free(&a);
	return rc;
}

int
store_set_hidden(struct store *s, int64_t entry, bool hidden,
    struct error *e)
{
	int64_t of = db_int(s->db, -1, "SELECT duplicate_of FROM entry WHERE"
	    " id=?", "i", entry);

	if (of == -1)
		return error_set(e, E_NOTFOUND, "no such entry");
	return entry_show(s, entry, hidden, of, e);
}

int
entry_release(struct store *s, int64_t now, struct error *e)
{
	int64_t id, hold;
	int rc = 0;

	while (rc == 0) {
		id = db_int(s->db, 0, "SELECT id FROM entry WHERE hold<=?"
		    " ORDER BY hold, id LIMIT 1", "i", now);
		if (id == 0)
			break;
		hold = db_int(s->db, now, "SELECT hold FROM entry WHERE id=?",
		    "i", id);
		rc = db_run(s->db, e, "UPDATE entry SET hold=NULL, sort=?"
		    " WHERE id=?", "ii", hold, id);
		if (rc == 0)
			rc = store_set_hidden(s, id, false, e);
	}
	return rc;
}

int
store_set_body(struct store *s, int64_t entry, const char *gemtext,
    const char *text, const char *excerpt, int revision, struct error *e)
{
	struct arena a = { 0 };
	struct store_entry en = { 0 };
	struct listed l;
	bool shown = false;
	int rc;

	rc = store_entry(s, &en, &a, entry, STORE_BODY);
	if (rc != 0)
		rc = error_set(e, rc, "no such entry");
	if (rc == 0)
		rc = db_run(s->db, e, "UPDATE body SET gemtext=?, text=?,"
		    " revision=? WHERE entry=?", "ttni", gemtext, text,
		    revision, entry);
	if (rc == 0 && strcmp(en.excerpt != NULL ? en.excerpt : "",
	    excerpt != NULL ? excerpt : "") != 0) {
		rc = db_run(s->db, e, "UPDATE entry SET excerpt=? WHERE"
		    " id=?", "ti", excerpt, entry);
		if (rc == 0 &&
		    (rc = listing_load(s, &l, &shown, &a, entry, e)) == 0 &&
		    shown)
			rc = listing_mark(s, &l, false, e);
	}
	if (rc == 0)
		rc = listing_markf(s, e, "entry:%lld", (long long)entry);
	arena_free(&a);
	return rc;
}

int
store_versions(struct store *s, int64_t entry, struct store_version **list,
    size_t *n, struct arena *a)
{
	sqlite3_stmt *st = db_query(s->db, NULL, "SELECT replaced, title,"
	    " html, html_type FROM version WHERE entry=? ORDER BY replaced"
	    " DESC", "i", entry);
	int rc;

	*list = NULL;
	*n = 0;
	if (st == NULL)
		return E_FAIL;
	while ((rc = db_step(s->db, st, NULL)) == 1) {
		*list = arena_push(a, *list, n, sizeof(**list));
		(*list)[*n - 1] = (struct store_version){
			sqlite3_column_int64(st, 0), db_text(st, 1, a),
			db_text(st, 2, a), sqlite3_column_int(st, 3) };
	}
	db_done(s->db, st);
	return rc;
}
