#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/date.h"
#include "base/uri.h"
#include "base/xalloc.h"
#include "store/merge.h"

#define RECENT		500		/* entries that fingerprints search */
#define EARLIEST	631152000	/* 1990: no feed is older */
#define DAY		86400
#define KEY_MAX		512		/* bytes; longer ids are hashed */
#define WORDS_MAX	((size_t)64 * 1024)
#define UPHEAVAL_MIN	4		/* fewer entries prove nothing */
#define TELLING		24		/* bytes of words that are no formula */

int64_t
identify_date(const struct entry *en, int64_t now)
{
	int64_t t = en->published != DATE_NONE ? en->published :
	    en->date != DATE_NONE ? en->date : en->updated;

	/* 0 is what an uninitialised member looks like, and is absurd too */
	return t < EARLIEST || t > now + DAY ? DATE_NONE : t;
}

const struct content *
identify_content(const struct entry *en)
{
	return en->content.value != NULL && en->content.value[0] != '\0' ?
	    &en->content : &en->summary;
}

/*
 * The words of a text without its markup and punctuation, so that another
 * spelling of the same (entities, attributes, a converter's revision) gives the
 * same fingerprint.
 */
static const char *
words(const char *s, struct arena *a)
{
	size_t n = s != NULL ? strnlen(s, WORDS_MAX) : 0, w = 0;
	char *out = arena_alloc(a, n + 1);
	bool tag = false;

	for (size_t i = 0; i < n; i++) {
		unsigned char c = (unsigned char)s[i];

		if (c == '<')
			tag = true;
		else if (c == '>' && tag)
			tag = false;
		else if (tag)
			continue;
		else if (c >= 'A' && c <= 'Z')
			out[w++] = (char)(c + 32);
		else if (c >= 0x80 || (c >= 'a' && c <= 'z') ||
		    (c >= '0' && c <= '9'))
			out[w++] = (char)c;
	}
	return out;
}

/* "https://host/" and the feed's own site are links of many entries. */
static bool
weak_link(const char *link, const char *canonical, const char *site)
{
	struct uri u;

	if (canonical == NULL)
		return true;
	if (site != NULL && strcmp(canonical, site) == 0)
		return true;
	uri_split(&u, span_str(link));
	return u.path.n <= 1 && u.query.n == 0 && u.fragment.n == 0;
}

static int64_t
any_date(const struct entry *en)
{
	return en->published != DATE_NONE ? en->published :
	    en->date != DATE_NONE ? en->date : en->updated;
}

static void
describe(struct item *it, const struct entry *en, size_t order,
    const char *site, int64_t now, struct arena *a)
{
	const char *text = words(identify_content(en)->value, a);
	const char *parts[2];
	bool dated, titled;
	char when[32];

	it->e = en;
	it->order = order;
	it->title = ident_fold(en->title, a);
	it->canonical = ident_canonical(en->link, a);
	it->link_weak = weak_link(en->link, it->canonical, site);
	it->date = identify_date(en, now);
	parts[0] = it->title;
	parts[1] = text;
	ident_print(it->print, parts, 2);
	it->has_print = it->title[0] != '\0' || text[0] != '\0';
	/*
	 * Title and second say who it is; where there is neither id nor
	 * link, one of the two must.
	 */
	dated = any_date(en) != DATE_NONE;
	titled = it->title[0] != '\0';
	if (dated)
		snprintf(when, sizeof(when), "%lld", (long long)any_date(en));
	else
		snprintf(when, sizeof(when), "undated");
	it->has_moment = (dated && titled) || ((dated || titled) &&
	    en->id == NULL && it->canonical == NULL);
	parts[1] = when;
	ident_print(it->moment, parts, 2);
}

/* --- ids and links that several items of one fetch have --- */

static const char *
guid_of(const struct item *it)
{
	return it->e->id != NULL && it->e->id[0] != '\0' ? it->e->id : NULL;
}

static int
by_string(const char *a, const char *b)
{
	return strcmp(a != NULL ? a : "", b != NULL ? b : "");
}

static int
by_order(const struct item *a, const struct item *b)
{
	return a->order < b->order ? -1 : a->order > b->order;
}

static int
by_guid(const void *pa, const void *pb)
{
	const struct item *a = *(struct item *const *)pa;
	const struct item *b = *(struct item *const *)pb;
	int c = by_string(guid_of(a), guid_of(b));

	return c != 0 ? c : by_order(a, b);
}

static int
by_link(const void *pa, const void *pb)
{
	const struct item *a = *(struct item *const *)pa;
	const struct item *b = *(struct item *const *)pb;
	int c = by_string(a->canonical, b->canonical);

	return c != 0 ? c : by_order(a, b);
}

static int
by_key(const void *pa, const void *pb)
{
	const struct item *a = *(struct item *const *)pa;
	const struct item *b = *(struct item *const *)pb;
	int c = by_string(a->key, b->key);

	return c != 0 ? c : by_order(a, b);
}

/*
 * Two versions of one entry in one document (Atom allows it) agree in all
 * but the text; the newer one counts.
 */
static void
drop_older(struct item *a, struct item *b)
{
	if (by_string(a->canonical, b->canonical) != 0 ||
	    by_string(a->title, b->title) != 0 ||
	    any_date(a->e) != any_date(b->e))
		return;
	if (a->title[0] == '\0' &&
	    memcmp(a->print, b->print, PRINT_LEN) != 0)
		return;
	if (b->e->updated != DATE_NONE && a->e->updated != DATE_NONE &&
	    b->e->updated > a->e->updated)
		a->dropped = true;
	else
		b->dropped = true;
}

static void
find_shared(struct matching *m, struct item **p)
{
	qsort(p, m->n, sizeof(*p), by_guid);
	for (size_t i = 1; i < m->n; i++)
		if (guid_of(p[i]) != NULL &&
		    by_string(guid_of(p[i - 1]), guid_of(p[i])) == 0)
			drop_older(p[i - 1], p[i]);
	for (size_t i = 0, j; i < m->n; i++) {
		if (p[i]->dropped || guid_of(p[i]) == NULL)
			continue;
		for (j = i + 1; j < m->n && p[j]->dropped; j++)
			continue;
		if (j < m->n && by_string(guid_of(p[i]), guid_of(p[j])) == 0)
			p[i]->guid_shared = p[j]->guid_shared = true;
	}
	qsort(p, m->n, sizeof(*p), by_link);
	for (size_t i = 0, j; i < m->n; i++) {
		if (p[i]->dropped || p[i]->canonical == NULL)
			continue;
		for (j = i + 1; j < m->n && p[j]->dropped; j++)
			continue;
		if (j < m->n &&
		    by_string(p[i]->canonical, p[j]->canonical) == 0)
			p[i]->link_shared = p[j]->link_shared = true;
	}
}

/* --- keys --- */

static const char *
key_text(char kind, const char *s, struct arena *a)
{
	unsigned char sum[PRINT_LEN];
	char hex[2 * PRINT_LEN + 1];

	if (strlen(s) <= KEY_MAX)
		return arena_printf(a, "%c:%s", kind, s);
	ident_print(sum, &s, 1);
	for (int i = 0; i < PRINT_LEN; i++)
		snprintf(hex + 2 * i, 3, "%02x", sum[i]);
	return arena_printf(a, "%c#%s", kind, hex);
}

static const char *
key_print(const char *kind, const unsigned char *print, struct arena *a)
{
	char hex[2 * PRINT_LEN + 1];

	for (int i = 0; i < PRINT_LEN; i++)
		snprintf(hex + 2 * i, 3, "%02x", print[i]);
	return arena_printf(a, "%s:%s", kind, hex);
}

static void
choose_key(struct item *it, struct arena *a)
{
	if (guid_of(it) != NULL && !it->guid_shared)
		it->key = key_text('i', guid_of(it), a);
	else if (it->canonical != NULL && !it->link_shared && !it->link_weak)
		it->key = key_text('l', it->canonical, a);
	else if (it->has_moment)
		it->key = key_print("f", it->moment, a);
	else
		it->key = key_print("t", it->print, a);
}

/*
 * Equal keys within one fetch: the words tell them apart, and where even
 * those are equal there is one entry, twice.
 */
static void
part_keys(struct matching *m, struct item **p, struct arena *a)
{
	qsort(p, m->n, sizeof(*p), by_key);
	for (size_t i = 0, j; i < m->n; i = j) {
		for (j = i + 1; j < m->n &&
		    strcmp(p[i]->key, p[j]->key) == 0; j++)
			continue;
		for (size_t k = i + 1; k < j; k++) {
			bool twin = false;

			for (size_t l = i; l < k && !twin && k - i < 64; l++)
				twin = memcmp(p[l]->print, p[k]->print,
				    PRINT_LEN) == 0 && by_string(
				    p[l]->canonical, p[k]->canonical) == 0;
			if (twin)
				p[k]->dropped = true;
		}
		for (size_t k = i + 1; k < j; k++)
			p[k]->key = key_print(p[i]->key, p[k]->print, a);
	}
	/* what the words did not part is dropped as well */
	qsort(p, m->n, sizeof(*p), by_key);
	for (size_t i = 1; i < m->n; i++)
		if (strcmp(p[i - 1]->key, p[i]->key) == 0)
			p[i]->dropped = true;
}

/* --- a set of entry ids that are spoken for --- */

struct ids {
	int64_t	*slot;
	size_t	 cap;
};

static bool
ids_put(struct ids *s, int64_t id)
{
	size_t i = (size_t)((uint64_t)id * 0x9e3779b97f4a7c15u >> 20) &
	    (s->cap - 1);

	while (s->slot[i] != 0 && s->slot[i] != id)
		i = (i + 1) & (s->cap - 1);
	if (s->slot[i] == id)
		return false;
	s->slot[i] = id;
	return true;
}

static bool
ids_has(const struct ids *s, int64_t id)
{
	size_t i = (size_t)((uint64_t)id * 0x9e3779b97f4a7c15u >> 20) &
	    (s->cap - 1);

	while (s->slot[i] != 0 && s->slot[i] != id)
		i = (i + 1) & (s->cap - 1);
	return s->slot[i] == id;
}

static void
ids_init(struct ids *s, size_t n, struct arena *a)
{
	for (s->cap = 64; s->cap < 2 * n; s->cap *= 2)
		continue;
	s->slot = arena_alloc(a, s->cap * sizeof(*s->slot));
}

/* --- matching, from the surest sign to the least sure --- */

static void
match_keys(struct store *s, int64_t feed, struct matching *m,
    struct ids *taken)
{
	for (size_t i = 0; i < m->n; i++) {
		struct item *it = &m->items[i];

		if (it->dropped)
			continue;
		it->match = db_int(s->db, 0, "SELECT id FROM entry WHERE"
		    " feed=? AND key=?", "it", feed, it->key);
		if (it->match != 0)
			(void)ids_put(taken, it->match);
	}
}

/* A new id on a known address, unless the address belongs to many. */
static int
match_links(struct store *s, int64_t feed, struct matching *m,
    struct ids *taken, struct error *e)
{
	sqlite3_stmt *st;
	int rc = 0;

	for (size_t i = 0; i < m->n && rc == 0; i++) {
		struct item *it = &m->items[i];

		if (it->dropped || it->match != 0 || it->link_weak ||
		    it->link_shared || it->canonical == NULL)
			continue;
		st = db_query(s->db, e, "SELECT id FROM entry WHERE"
		    " canonical=? AND feed=? ORDER BY sort DESC LIMIT 8",
		    "ti", it->canonical, feed);
		if (st == NULL)
			return E_FAIL;
		while (it->match == 0 && (rc = db_step(s->db, st, e)) == 1) {
			int64_t id = sqlite3_column_int64(st, 0);

			if (ids_put(taken, id))
				it->match = id;
		}
		rc = rc < 0 ? rc : 0;
		db_done(s->db, st);
	}
	return rc;
}

struct recent {
	int64_t		 id, published;
	const char	*canonical;
	unsigned char	 print[PRINT_LEN], moment[PRINT_LEN];
	unsigned char	 text[PRINT_LEN];	/* once text_known */
	bool		 has_moment, text_known, has_text;
};

static int
load_recent(struct store *s, int64_t feed, struct recent **list, size_t *n,
    struct arena *a, struct error *e)
{
	sqlite3_stmt *st = db_query(s->db, e, "SELECT id, published, print,"
	    " moment, canonical FROM entry WHERE feed=? ORDER BY sort DESC,"
	    " id DESC LIMIT ?", "in", feed, RECENT);
	int rc;

	*list = NULL;
	*n = 0;
	if (st == NULL)
		return E_FAIL;
	while ((rc = db_step(s->db, st, e)) == 1) {
		struct recent *r;

		*list = arena_push(a, *list, n, sizeof(**list));
		r = &(*list)[*n - 1];
		r->id = sqlite3_column_int64(st, 0);
		r->published = db_date(st, 1);
		r->canonical = db_text(st, 4, a);
		if (sqlite3_column_bytes(st, 2) == PRINT_LEN)
			memcpy(r->print, sqlite3_column_blob(st, 2),
			    PRINT_LEN);
		r->has_moment = sqlite3_column_bytes(st, 3) == PRINT_LEN;
		if (r->has_moment)
			memcpy(r->moment, sqlite3_column_blob(st, 3),
			    PRINT_LEN);
	}
	db_done(s->db, st);
	return rc;
}

/* Both have addresses, and they are of two sites. */
static bool
other_site(const char *a, const char *b)
{
	struct uri ua, ub;

	if (a == NULL || b == NULL)
		return false;
	uri_split(&ua, span_str(a));
	uri_split(&ub, span_str(b));
	return !span_eq(ua.host, ub.host);
}

/*
 * The same words under a new id and a new address.  A series may repeat
 * its words ("Open thread"), on another day: unless everything moved at
 * once, the dates must agree as well.
 */
static bool
same_words(const struct matching *m, const struct item *it,
    const struct recent *r)
{
	int64_t d = it->date, p = r->published;

	if (!it->has_print || memcmp(it->print, r->print, PRINT_LEN) != 0)
		return false;
	if (m->upheaval || d == DATE_NONE || p == DATE_NONE)
		return true;
	return d - p < DAY && p - d < DAY;
}

static bool
same_second(const struct item *it, const struct recent *r)
{
	return it->date != DATE_NONE && it->date == r->published;
}

/* The words of a body without its title; false where they tell little. */
static bool
text_print(unsigned char out[PRINT_LEN], const char *s)
{
	struct arena a = { 0 };
	const char *text = words(s, &a);
	bool telling = strlen(text) >= TELLING;

	ident_print(out, &text, 1);
	arena_free(&a);
	return telling;
}

/* Read once per entry, since a stranger may give them all one date. */
static void
learn_text(struct store *s, struct recent *r)
{
	sqlite3_stmt *st;

	if (r->text_known)
		return;
	r->text_known = true;
	st = db_query(s->db, NULL, "SELECT substr(html, 1, ?) FROM body WHERE"
	    " entry=?", "ni", (int)WORDS_MAX, r->id);
	if (st == NULL)
		return;
	if (db_step(s->db, st, NULL) == 1)
		r->has_text = text_print(r->text,
		    (const char *)sqlite3_column_text(st, 0));
	db_done(s->db, st);
}

/*
 * A title was edited, and the address and the id of the page with it, as
 * where pages are files named after it: the text and the second are left.
 */
static bool
same_text(struct store *s, struct item *it, struct recent *r)
{
	if (!same_second(it, r) || it->e->date_only)
		return false;
	if (!it->text_known)
		it->has_text = text_print(it->text,
		    identify_content(it->e)->value);
	it->text_known = true;
	if (!it->has_text)
		return false;
	learn_text(s, r);
	return r->has_text && memcmp(it->text, r->text, PRINT_LEN) == 0;
}

/*
 * One post on another site is another (in the feed of a planet), but all of
 * them are a move, be they few, if the words are of the same second.
 */
static bool
may_be(const struct matching *m, const struct item *it,
    const struct recent *r)
{
	if (m->upheaval || !other_site(it->canonical, r->canonical))
		return true;
	return m->strange && it->has_print && same_second(it, r) &&
	    memcmp(it->print, r->print, PRINT_LEN) == 0;
}

static int
match_prints(struct store *s, int64_t feed, struct matching *m,
    struct ids *taken, struct arena *a, struct error *e)
{
	struct recent *r;
	size_t n;
	int rc;

	if ((rc = load_recent(s, feed, &r, &n, a, e)) != 0)
		return rc;
	for (int pass = 0; pass < 3; pass++)
		for (size_t i = 0; i < m->n; i++) {
			struct item *it = &m->items[i];

			for (size_t j = 0; j < n && !it->dropped &&
			    it->match == 0; j++) {
				if (ids_has(taken, r[j].id) ||
				    !may_be(m, it, &r[j]))
					continue;
				if (pass == 0 ? same_words(m, it, &r[j]) :
				    pass == 1 ? it->has_moment &&
				    r[j].has_moment && memcmp(it->moment,
				    r[j].moment, PRINT_LEN) == 0 :
				    same_text(s, it, &r[j])) {
					it->match = r[j].id;
					(void)ids_put(taken, r[j].id);
				}
			}
		}
	return 0;
}

static size_t
unmatched(const struct matching *m)
{
	size_t n = 0;

	for (size_t i = 0; i < m->n; i++)
		n += !m->items[i].dropped && m->items[i].match == 0;
	return n;
}

/* What was forgotten stays forgotten, under a new id as well. */
static void
find_buried(struct store *s, int64_t feed, struct matching *m)
{
	if (db_int(s->db, 0, "SELECT 1 FROM tombstone WHERE feed=? LIMIT 1",
	    "i", feed) == 0)
		return;
	for (size_t i = 0; i < m->n; i++) {
		struct item *it = &m->items[i];

		if (it->dropped || it->match != 0)
			continue;
		it->buried = db_int(s->db, 0, "SELECT 1 FROM tombstone WHERE"
		    " feed=? AND key=?", "it", feed, it->key) == 1 ||
		    (it->has_print && db_int(s->db, 0, "SELECT 1 FROM"
		    " tombstone WHERE print=? AND feed=?", "bi", it->print,
		    PRINT_LEN, feed) == 1) ||
		    (it->canonical != NULL && !it->link_weak &&
		    !it->link_shared && db_int(s->db, 0, "SELECT 1 FROM"
		    " tombstone WHERE canonical=? AND feed=?", "ti",
		    it->canonical, feed) == 1);
	}
}

int
identify(struct store *s, int64_t feed, const struct feed *f, int64_t now,
    struct matching *m, struct arena *a, struct error *e)
{
	const char *site = ident_canonical(f->link, a);
	struct item **p = arena_alloc(a, (f->nentries + 1) * sizeof(*p));
	struct ids taken;
	size_t left;
	int rc = 0;

	memset(m, 0, sizeof(*m));
	m->n = f->nentries;
	m->items = arena_alloc(a, (m->n + 1) * sizeof(*m->items));
	for (size_t i = 0; i < m->n; i++) {
		describe(&m->items[i], &f->entries[i], i, site, now, a);
		p[i] = &m->items[i];
	}
	find_shared(m, p);
	for (size_t i = 0; i < m->n; i++)
		choose_key(&m->items[i], a);
	part_keys(m, p, a);
	m->newest = db_int(s->db, DATE_NONE, "SELECT sort FROM entry WHERE"
	    " feed=? ORDER BY sort DESC, id DESC LIMIT 1", "i", feed);
	m->known = m->newest != DATE_NONE;
	if (m->known) {
		ids_init(&taken, m->n, a);
		match_keys(s, feed, m, &taken);
		rc = match_links(s, feed, m, &taken, e);
		left = unmatched(m);
		m->upheaval = m->n >= UPHEAVAL_MIN && 2 * left >= m->n;
		m->strange = left == m->n;
		if (rc == 0 && left > 0)
			rc = match_prints(s, feed, m, &taken, a, e);
	}
	if (rc == 0)
		find_buried(s, feed, m);
	return rc;
}
