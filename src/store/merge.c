#include <stdlib.h>
#include <string.h>

#include "base/date.h"
#include "base/utf8.h"
#include "base/xalloc.h"
#include "store/merge.h"

#define VERSION_GAP	3600	/* seconds between two kept versions */
#define EXCERPT_COLUMNS	300
#define EXCERPT_BYTES	1200	/* looked at for an excerpt */

/* What is the same for every entry of one merge. */
struct merge {
	struct store		*s;
	struct store_feed	 feed;
	const struct feed	*f;
	const struct merge_options *o;
	struct merge_result	*r;
	struct matching		 m;
	struct arena		*a;
	const char		*host;	/* of the feed's address */
};

/* The columns of an entry that come from the feed. */
struct fields {
	const char	*author, *author_uri, *language, *license;
	const char	*tags, *enclosures, *excerpt, *source_title;
	const char	*source_link;
	unsigned char	 body[PRINT_LEN];	/* what a reader reads */
	unsigned char	 rest[PRINT_LEN];	/* what stands around it */
};

static void
join_people(struct fields *x, const struct person *p, size_t n,
    struct arena *a)
{
	struct buf b = { 0 };

	for (size_t i = 0; i < n; i++) {
		const char *name = p[i].name != NULL && p[i].name[0] != '\0' ?
		    p[i].name : p[i].email;

		if (x->author_uri == NULL)
			x->author_uri = p[i].uri;
		if (name == NULL || name[0] == '\0')
			continue;
		if (b.n > 0)
			buf_puts(&b, ", ");
		utf8_line(&b, span_str(name));
	}
	x->author = b.n > 0 ? arena_strndup(a, b.p, b.n) : NULL;
	buf_free(&b);
}

/* Gemtext lines that are prose: no links, headings, quotes, pictures. */
static bool
prose(struct span line)
{
	line = span_trim(line);
	return line.n > 0 && !span_starts(line, "=>") && line.p[0] != '#' &&
	    line.p[0] != '>' && !span_starts(line, "* ");
}

static void
first_prose(struct buf *out, const char *gemtext)
{
	struct span rest = span_str(gemtext), line;
	bool pre = false;

	while (out->n == 0 && span_line(&rest, &line)) {
		if (span_starts(line, "```"))
			pre = !pre;
		else if (!pre && prose(line)) {
			if (line.n > EXCERPT_BYTES)
				line.n = EXCERPT_BYTES;
			utf8_line(out, line);
		}
	}
}

/* The first paragraph on one line, or NULL. */
static const char *
excerpt(const struct entry *en, struct arena *a)
{
	struct buf line = { 0 }, cut = { 0 };
	const char *s;

	if (en->gemtext != NULL)
		first_prose(&line, en->gemtext);
	if (line.n == 0 && en->summary.type == CONTENT_TEXT &&
	    en->summary.value != NULL)
		utf8_line(&line, span_of(en->summary.value,
		    strnlen(en->summary.value, EXCERPT_BYTES)));
	utf8_shorten(&cut, buf_span(&line), EXCERPT_COLUMNS);
	s = cut.n > 0 ? arena_strndup(a, cut.p, cut.n) : NULL;
	buf_free(&line);
	buf_free(&cut);
	return s;
}

static const char *
first_of(const char *a, const char *b, const char *c)
{
	return a != NULL && a[0] != '\0' ? a :
	    b != NULL && b[0] != '\0' ? b : c;
}

static void
read_fields(struct merge *g, struct fields *x, const struct item *it)
{
	const struct entry *en = it->e;
	const struct content *c = identify_content(en);
	const char *body[3], *rest[12];

	memset(x, 0, sizeof(*x));
	join_people(x, en->authors, en->nauthors, g->a);
	x->language = first_of(en->language, c->language,
	    first_of(g->feed.language, g->f->language, NULL));
	x->license = en->license;
	x->tags = entry_tags_text(en, g->a);
	x->enclosures = entry_enclosures_text(en, g->a);
	x->excerpt = excerpt(en, g->a);
	if (en->source != NULL) {
		x->source_title = en->source->title;
		x->source_link = en->source->link;
	}
	/* white space between words shows nowhere */
	body[0] = en->title;
	body[1] = c->value;
	body[2] = c->src;
	ident_print(x->body, body, 3);
	rest[0] = x->author;
	rest[1] = x->author_uri;
	rest[2] = x->language;
	rest[3] = x->license;
	rest[4] = x->tags;
	rest[5] = x->enclosures;
	rest[6] = x->source_title;
	rest[7] = x->source_link;
	rest[8] = it->canonical;
	rest[9] = en->rights;
	rest[10] = en->comments;
	rest[11] = en->image_url;
	ident_print(x->rest, rest, 12);
}

static int
put_body(struct merge *g, int64_t id, const struct entry *en,
    struct error *e)
{
	const struct content *c = identify_content(en);

	return db_run(g->s->db, e, "INSERT INTO body(entry, html, html_type,"
	    " html_base, gemtext, text, revision) VALUES(?1, ?2, ?3, ?4, ?5,"
	    " ?6, ?7) ON CONFLICT(entry) DO UPDATE SET html=?2, html_type=?3,"
	    " html_base=?4, gemtext=?5, text=?6, revision=?7", "itntttn", id,
	    c->value, (int)c->type, c->base, en->gemtext, en->text,
	    en->gemtext != NULL ? g->o->revision : 0);
}

/* --- entries that are known --- */

struct known {
	const char	*key, *title, *link, *canonical;
	int64_t		 published;
	bool		 hidden, shown, held;
	int64_t		 duplicate_of;
	bool		 body_same, rest_same;
};

static int
load_known(struct merge *g, struct known *k, int64_t id,
    const struct fields *x, struct error *e)
{
	sqlite3_stmt *st = db_query(g->s->db, e, "SELECT key, title, link,"
	    " canonical, published, hidden, shown, hold IS NOT NULL,"
	    " duplicate_of, body_print=?, rest_print=? FROM entry WHERE id=?",
	    "bbi", x->body, PRINT_LEN, x->rest, PRINT_LEN, id);
	int rc;

	if (st == NULL)
		return E_FAIL;
	if ((rc = db_step(g->s->db, st, e)) == 1) {
		k->key = db_text(st, 0, g->a);
		k->title = db_text(st, 1, g->a);
		k->link = db_text(st, 2, g->a);
		k->canonical = db_text(st, 3, g->a);
		k->published = db_date(st, 4);
		k->hidden = sqlite3_column_int(st, 5) != 0;
		k->shown = sqlite3_column_int(st, 6) != 0;
		k->held = sqlite3_column_int(st, 7) != 0;
		k->duplicate_of = sqlite3_column_int64(st, 8);
		k->body_same = sqlite3_column_int(st, 9) != 0;
		k->rest_same = sqlite3_column_int(st, 10) != 0;
	}
	db_done(g->s->db, st);
	return rc == 1 ? 0 : rc == 0 ? E_FAIL : rc;
}

/*
 * Keep the text that is about to go, unless one went within the hour: a
 * text that flaps leaves no trail.
 */
static int
keep_version(struct merge *g, int64_t id, struct error *e)
{
	struct db *d = g->s->db;
	int64_t last;
	int rc;

	last = db_int(d, DATE_NONE, "SELECT max(replaced) FROM version WHERE"
	    " entry=?", "i", id);
	if (last != DATE_NONE && g->o->now - last < VERSION_GAP)
		return 0;
	rc = db_run(d, e, "INSERT OR IGNORE INTO version(entry, replaced,"
	    " title, html, html_type) SELECT e.id, ?, e.title, b.html,"
	    " b.html_type FROM entry e JOIN body b ON b.entry=e.id WHERE"
	    " e.id=?", "ii", g->o->now, id);
	if (rc == 0)
		rc = db_run(d, e, "DELETE FROM version WHERE entry=?1 AND"
		    " replaced IN (SELECT replaced FROM version WHERE"
		    " entry=?1 ORDER BY replaced DESC LIMIT -1 OFFSET ?2)",
		    "in", id, STORE_VERSIONS);
	return rc;
}

/* Another text in the feed may well be the same text on the page. */
static bool
same_page(struct merge *g, int64_t id, const struct known *k,
    const struct entry *en)
{
	if (en->gemtext == NULL || strcmp(k->title != NULL ? k->title : "",
	    en->title != NULL ? en->title : "") != 0)
		return false;
	return db_int(g->s->db, 0, "SELECT gemtext=? AND revision=? FROM"
	    " body WHERE entry=?", "tni", en->gemtext, g->o->revision,
	    id) == 1;
}

static bool
better_scheme(const char *old, const char *new)
{
	return old != NULL && new != NULL && strncmp(old, "http:", 5) == 0 &&
	    strncmp(new, "https:", 6) == 0;
}

/* The first address stays, but for a better scheme or a better address. */
static const char *
choose_link(const struct known *k, const struct item *it)
{
	const char *new = it->e->link;

	if (new == NULL || k->link == NULL)
		return new != NULL ? new : k->link;
	if (k->canonical != NULL && it->canonical != NULL &&
	    strcmp(k->canonical, it->canonical) == 0 &&
	    !better_scheme(k->link, new))
		return k->link;
	return new;
}

/* An index is rewritten only for a column that did change. */
static int
write_canonical(struct merge *g, const struct item *it, const struct known *k,
    struct error *e)
{
	if (it->canonical == NULL || (k->canonical != NULL &&
	    strcmp(k->canonical, it->canonical) == 0))
		return 0;
	return db_run(g->s->db, e, "UPDATE entry SET canonical=? WHERE id=?",
	    "ti", it->canonical, it->match);
}

static int
write_known(struct merge *g, const struct item *it, const struct fields *x,
    const struct known *k, struct error *e)
{
	const struct entry *en = it->e;
	int rc;

	rc = db_run(g->s->db, e, "UPDATE entry SET link=?,"
	    " title=?, author=?, author_uri=?, language=?, rights=?,"
	    " license=?, comments=?, published=?, updated=?, tags=?,"
	    " enclosures=?, source_title=?, source_link=?, image=?,"
	    " excerpt=?, summary_only=?, moment=?, body_print=?,"
	    " rest_print=? WHERE id=?", "ttttttttddttttttnbbbi",
	    choose_link(k, it), en->title, x->author, x->author_uri,
	    x->language, en->rights, x->license, en->comments,
	    k->published != DATE_NONE ? k->published : it->date, en->updated,
	    x->tags, x->enclosures, x->source_title, x->source_link,
	    en->image_url, x->excerpt, (int)en->summary_only,
	    it->has_moment ? it->moment : NULL, PRINT_LEN,
	    x->body, PRINT_LEN, x->rest, PRINT_LEN, it->match);
	if (rc == 0)
		rc = write_canonical(g, it, k, e);
	if (rc == 0 && !k->body_same)
		rc = db_run(g->s->db, e, "UPDATE entry SET print=? WHERE"
		    " id=?", "bi", it->print, PRINT_LEN, it->match);
	return rc;
}

/* The lists it was in and those it comes into. */
static int
relist(struct merge *g, const struct item *it, const struct fields *x,
    const struct known *k, struct error *e)
{
	struct listed was, now;
	bool named;
	int rc;

	rc = listing_load(g->s, &was, NULL, g->a, it->match, e);
	if (rc == 0 && k->shown)
		rc = listing_mark(g->s, &was, false, e);
	if (rc == 0)
		rc = write_known(g, it, x, k, e);
	if (rc != 0 || !k->shown)
		return rc;
	if ((rc = listing_load(g->s, &now, NULL, g->a, it->match, e)) != 0)
		return rc;
	if (strcmp(was.tags != NULL ? was.tags : "",
	    now.tags != NULL ? now.tags : "") != 0 ||
	    strcmp(was.language != NULL ? was.language : "",
	    now.language != NULL ? now.language : "") != 0) {
		/* out of the table while the counts go down */
		rc = db_run(g->s->db, e, "UPDATE entry SET shown=0 WHERE"
		    " id=?", "i", it->match);
		if (rc == 0)
			rc = listing_remove(g->s, &was, e);
		if (rc == 0)
			rc = db_run(g->s->db, e, "UPDATE entry SET shown=1"
			    " WHERE id=?", "i", it->match);
		if (rc == 0)
			rc = listing_add(g->s, &now, e);
	}
	/* the pages beside it say its title, or its first words */
	named = db_int(g->s->db, 0, "SELECT title IS ? AND title<>'' FROM"
	    " entry WHERE id=?", "ti", k->title, it->match) != 0;
	return rc == 0 ? listing_mark(g->s, &now, !named, e) : rc;
}

static int
merge_known(struct merge *g, const struct item *it, struct error *e)
{
	bool hide = g->o->filtered != NULL &&
	    g->o->filtered(g->f, it->e, g->o->arg);
	struct fields x;
	struct known k;
	int rc;

	read_fields(g, &x, it);
	if ((rc = load_known(g, &k, it->match, &x, e)) != 0)
		return rc;
	/* a new id is taken over, or the next fetch would not find it */
	if (strcmp(k.key, it->key) != 0)
		rc = db_run(g->s->db, e, "UPDATE OR IGNORE entry SET key=?"
		    " WHERE id=?", "ti", it->key, it->match);
	if (rc == 0 && hide != k.hidden && !k.held)
		rc = entry_show(g->s, it->match, hide, k.duplicate_of, e);
	if (rc != 0)
		return rc;
	if (better_scheme(k.link, it->e->link))
		k.rest_same = false;
	k.shown = k.shown ? !hide : !hide && k.hidden && !k.held &&
	    k.duplicate_of == 0;
	if (k.body_same && k.rest_same) {
		g->r->nsame++;
		return 0;
	}
	if (k.rest_same && same_page(g, it->match, &k, it->e)) {
		/* the page is the same: note the new raw text, no more */
		g->r->nsame++;
		if ((rc = put_body(g, it->match, it->e, e)) == 0)
			rc = db_run(g->s->db, e, "UPDATE entry SET print=?,"
			    " body_print=? WHERE id=?", "bbi", it->print,
			    PRINT_LEN, x.body, PRINT_LEN, it->match);
		return rc;
	}
	if (k.body_same)
		g->r->nretouched++;
	else
		g->r->nchanged++;
	if (!k.body_same && (rc = keep_version(g, it->match, e)) != 0)
		return rc;
	if ((rc = relist(g, it, &x, &k, e)) == 0 && !k.body_same)
		rc = put_body(g, it->match, it->e, e);
	return rc;
}

/* --- entries that are new --- */

/*
 * The entry of another feed that this one repeats, 0 none.  The words must
 * be the same, or both feeds be of the very site that the link names and call
 * it the same: a stranger that copies an address neither changes nor
 * hides what stands there.
 */
static int
find_original(struct merge *g, const struct item *it, int64_t *id,
    struct error *e)
{
	static const char by_link[] = "SELECT e.id, e.print=?2, e.title,"
	    " f.url FROM entry e CROSS JOIN feed f ON f.id=e.feed"
	    " WHERE e.canonical=?1 AND e.feed<>?3 AND e.shown=1 AND e.own=0"
	    " ORDER BY e.first_seen, e.id LIMIT 16";
	sqlite3_stmt *st;
	const char *host;
	int rc = 0;

	*id = 0;
	if (it->canonical != NULL && !it->link_weak && !it->link_shared) {
		host = ident_host(it->e->link, g->a);
		st = db_query(g->s->db, e, by_link, "tbi", it->canonical,
		    it->print, PRINT_LEN, g->feed.id);
		if (st == NULL)
			return E_FAIL;
		while (*id == 0 && (rc = db_step(g->s->db, st, e)) == 1) {
			bool words = sqlite3_column_int(st, 1) != 0;
			const char *title = ident_fold(
			    (const char *)sqlite3_column_text(st, 2), g->a);

			if (words || (strcmp(host, g->host) == 0 &&
			    strcmp(title, it->title) == 0 &&
			    strcmp(host, ident_host((const char *)
			    sqlite3_column_text(st, 3), g->a)) == 0))
				*id = sqlite3_column_int64(st, 0);
		}
		db_done(g->s->db, st);
	} else if (it->canonical == NULL && it->e->id != NULL &&
	    it->has_print)
		*id = db_int(g->s->db, 0, "SELECT id FROM entry WHERE"
		    " print=? AND feed<>? AND guid=? AND shown=1 AND own=0"
		    " ORDER BY first_seen, id LIMIT 1", "bit", it->print,
		    PRINT_LEN, g->feed.id, it->e->id);
	return rc < 0 ? rc : 0;
}

/*
 * The place in the river: the date, unless it lies ahead; without one the
 * time of first sight, a second less for each entry above in the feed.
 */
static int64_t
place(const struct merge *g, const struct item *it, int64_t published)
{
	int64_t now = g->o->now;

	if (published == DATE_NONE)
		return now - (int64_t)it->order;
	return published < now ? published : now;
}

static int
choose_pid(struct merge *g, char pid[PID_LEN + 1], const char *key,
    struct error *e)
{
	for (unsigned i = 0; i < 1000; i++) {
		ident_pid(pid, g->feed.url, key, i);
		if (db_int(g->s->db, 0, "SELECT 1 FROM entry WHERE pid=?",
		    "t", pid) == 0 && db_int(g->s->db, 0, "SELECT 1 FROM"
		    " tombstone WHERE pid=?", "t", pid) == 0)
			return 0;
	}
	return error_set(e, E_FAIL, "no free id for an entry");
}

struct fate {
	bool	archived, hidden;
	int64_t	hold, published, sort, original;
};

static int
insert(struct merge *g, const struct item *it, const struct fields *x,
    const struct fate *t, int64_t *id, struct error *e)
{
	const struct entry *en = it->e;
	char pid[PID_LEN + 1], slug[SLUG_MAX + 1], year[16];
	const char *path;
	int rc;

	if ((rc = choose_pid(g, pid, it->key, e)) != 0)
		return rc;
	ident_slug(slug, SLUG_MAX, en->title);
	ident_period(g->s, year, BUCKET_YEAR, t->sort);
	path = arena_printf(g->a, "e/%s/%s%s%s", year, pid,
	    slug[0] != '\0' ? "-" : "", slug);
	rc = db_run(g->s->db, e, "INSERT INTO entry(pid, path, feed, key,"
	    " canonical, print, moment, body_print, rest_print, guid, link,"
	    " title, author, author_uri, language, rights, license, comments,"
	    " published, updated, first_seen, sort, date_only, tags,"
	    " enclosures, source_title, source_link, image, excerpt,"
	    " summary_only, archived, own, hidden, duplicate_of, hold, shown)"
	    " VALUES(?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,"
	    "?,?,?,?,?,?,?,?)", "ttittbbbbtttttttttddiintttttt" "nnnnidn",
	    pid, path, g->feed.id, it->key, it->canonical, it->print,
	    PRINT_LEN, it->has_moment ? it->moment : NULL, PRINT_LEN,
	    x->body, PRINT_LEN, x->rest, PRINT_LEN, en->id, en->link,
	    en->title, x->author, x->author_uri, x->language, en->rights,
	    x->license, en->comments, t->published, en->updated, g->o->now,
	    t->sort, (int)(en->date_only && t->published != DATE_NONE),
	    x->tags, x->enclosures, x->source_title, x->source_link,
	    en->image_url, x->excerpt, (int)en->summary_only,
	    (int)t->archived, (int)g->o->own, (int)t->hidden, t->original,
	    t->hold, (int)(!t->hidden && t->original == 0));
	*id = sqlite3_last_insert_rowid(db_handle(g->s->db));
	return rc;
}

static void
decide(struct merge *g, const struct item *it, struct fate *t)
{
	int64_t said = it->date;

	memset(t, 0, sizeof(*t));
	t->hold = DATE_NONE;
	t->hidden = g->o->filtered != NULL &&
	    g->o->filtered(g->f, it->e, g->o->arg);
	/* dates ahead by more than a day are kept out of said already */
	if (g->o->future_dates == FUTURE_IGNORE_ENTRY && !t->hidden) {
		int64_t raw = it->e->published != DATE_NONE ?
		    it->e->published : it->e->date;

		if (raw != DATE_NONE && raw > g->o->now) {
			t->hidden = true;
			t->hold = raw;
			said = raw;
		}
	}
	if (g->o->future_dates == FUTURE_IGNORE_DATE && said > g->o->now)
		said = DATE_NONE;
	t->published = said;
	t->sort = place(g, it, said);
}

static int
merge_new(struct merge *g, const struct item *it, bool archive,
    struct error *e)
{
	struct fields x;
	struct listed l;
	struct fate t;
	int64_t id = 0;
	int rc;

	decide(g, it, &t);
	t.archived = archive;
	if (!g->o->own && (rc = find_original(g, it, &t.original, e)) != 0)
		return rc;
	read_fields(g, &x, it);
	if ((rc = insert(g, it, &x, &t, &id, e)) != 0 ||
	    (rc = put_body(g, id, it->e, e)) != 0)
		return rc;
	g->r->nnew++;
	g->r->narchived += t.archived;
	g->r->nduplicate += t.original != 0;
	if (t.original != 0)
		rc = listing_markf(g->s, e, "entry:%lld",
		    (long long)t.original);
	if (t.hidden || t.original != 0 || rc != 0)
		return rc;
	if ((rc = listing_load(g->s, &l, NULL, g->a, id, e)) != 0 ||
	    (rc = listing_add(g->s, &l, e)) != 0)
		return rc;
	return listing_mark(g->s, &l, true, e);
}

/* --- the whole --- */

static int
newest_first(const void *pa, const void *pb)
{
	const struct item *a = *(struct item *const *)pa;
	const struct item *b = *(struct item *const *)pb;

	/* undated ones count as today's, in the feed's order */
	if (a->date != b->date)
		return a->date == DATE_NONE ? -1 : b->date == DATE_NONE ? 1 :
		    a->date > b->date ? -1 : 1;
	return a->order < b->order ? -1 : a->order > b->order;
}

/*
 * Which of the new ones go to the archive straight away: of a known feed,
 * those beyond the most that one run may bring, and, when a feed has
 * changed all its ids, what is no newer than what was known.  A feed just
 * added sorts in by its dates; only its undated entries could flood today.
 */
static bool
to_archive(const struct merge *g, const struct item *it, size_t rank)
{
	size_t most = g->o->new_items > 0 ? (size_t)g->o->new_items :
	    SIZE_MAX;

	if (g->o->own)
		return false;
	if (!g->m.known)
		return it->date == DATE_NONE && rank >= most;
	if (rank >= most)
		return true;
	return g->m.upheaval && it->date != DATE_NONE &&
	    it->date <= g->m.newest;
}

static int
merge_all(struct merge *g, struct error *e)
{
	struct item **new = arena_alloc(g->a, (g->m.n + 1) * sizeof(*new));
	bool *archive = arena_alloc(g->a, g->m.n + 1);
	size_t n = 0;
	int rc = 0;

	for (size_t i = 0; i < g->m.n; i++) {
		struct item *it = &g->m.items[i];

		if (!it->dropped && !it->buried && it->match == 0)
			new[n++] = it;
	}
	qsort(new, n, sizeof(*new), newest_first);
	for (size_t i = 0; i < n; i++)
		archive[new[i]->order] = to_archive(g, new[i], i);
	/*
	 * From the end of the feed to its head, so that among equal times
	 * the one above gets the higher number and comes first.
	 */
	for (size_t i = g->m.n; i-- > 0 && rc == 0; ) {
		struct item *it = &g->m.items[i];

		if (it->dropped || it->buried)
			continue;
		rc = it->match != 0 ? merge_known(g, it, e) :
		    merge_new(g, it, archive[it->order], e);
	}
	return rc;
}

int
store_merge(struct store *s, int64_t feed, const struct feed *f,
    const struct merge_options *o, struct merge_result *r, struct error *e)
{
	struct arena a = { 0 };
	struct merge g = { .s = s, .f = f, .o = o, .r = r, .a = &a };
	int rc;

	memset(r, 0, sizeof(*r));
	if ((rc = store_begin(s, e)) != 0)
		return rc;
	if ((rc = store_feed(s, &g.feed, &a, feed)) != 0)
		rc = error_set(e, rc, "no feed %lld in the store",
		    (long long)feed);
	else if (!o->own)
		rc = feed_describe(s, feed, f, e);
	g.host = rc == 0 ? ident_host(g.feed.url, &a) : "";
	if (rc == 0)
		rc = entry_release(s, o->now, e);
	if (rc == 0)
		rc = identify(s, feed, f, o->now, &g.m, &a, e);
	if (rc == 0)
		rc = merge_all(&g, e);
	if (rc == 0)
		rc = store_commit(s, e);
	else
		store_rollback(s);
	arena_free(&a);
	return rc;
}
