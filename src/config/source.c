/*
 * source.c - the sections that are subscriptions.
 */
#include <sys/stat.h>

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/file.h"
#include "base/uri.h"
#include "base/utf8.h"
#include "base/xalloc.h"
#include "config/filter.h"
#include "config/lists.h"
#include "config/reader.h"

/* Places in c->sources by the hash of their address, 0 free, else 1 more. */
struct source_index {
	uint32_t	*slots;
	size_t		 nslots;	/* a power of two, never full */
	size_t		 n;		/* sources that are in it */
};

/* --- addresses --- */

static bool
is_feed_scheme(const char *s)
{
	static const char *const known[] = { "http", "https", "gemini",
		"gopher", "gophers", NULL };

	for (const char *const *k = known; *k != NULL; k++)
		if (strcmp(s, *k) == 0)
			return true;
	return false;
}

int
config_feed_url(struct buf *out, struct span url, struct error *e)
{
	char scheme[32];
	struct buf full = { 0 }, fixed = { 0 };
	const char *hash;
	size_t n;
	int rc;

	url = span_trim(url);
	/* feed:https://x and feed://x, as browsers once wrote them */
	if (span_istarts(url, "feed://")) {
		buf_puts(&fixed, "http:");
		buf_put_span(&fixed, span_from(url, 5));
		url = buf_span(&fixed);
	} else if (span_istarts(url, "feed:")) {
		url = span_from(url, 5);
	}
	uri_scheme(scheme, sizeof(scheme), url);
	if (!is_feed_scheme(scheme))
		rc = error_set(e, E_SYNTAX, scheme[0] == '\0' ?
		    "no address; write it whole, e.g. "
		    "\"https://example.org/feed.xml\"" :
		    "no feed can be read by \"%s:\"; http, https, gemini, "
		    "gopher and gophers can", scheme);
	else if ((rc = uri_resolve(&full, NULL, url)) != 0)
		rc = error_set(e, E_SYNTAX, rc == E_LIMIT ?
		    "the address is longer than %d bytes" :
		    "the address has no valid host name", URI_MAX);
	if (rc == 0) {
		hash = memchr(full.p, '#', full.n);
		n = hash != NULL ? (size_t)(hash - full.p) : full.n;
		buf_put(out, full.p, n);
	}
	buf_free(&full);
	buf_free(&fixed);
	return rc;
}

static const char *
unescaped(struct arena *a, struct span s)
{
	struct buf b = { 0 }, kept = { 0 };
	const char *p;

	uri_unescape(&b, s);
	key_secret(&kept, buf_span(&b));
	p = kept.n > 0 ? arena_strndup(a, kept.p, kept.n) : NULL;
	buf_free(&b);
	buf_free(&kept);
	return p;
}

/* Of a file: byte for byte, but for control characters. */
static const char *
file_name(struct arena *a, struct span s)
{
	struct buf b = { 0 }, kept = { 0 };
	const char *p;

	uri_unescape(&b, s);
	for (size_t i = 0; i < b.n; i++)
		if ((unsigned char)b.p[i] >= ' ' && b.p[i] != 0x7f)
			buf_putc(&kept, b.p[i]);
	p = arena_strdup(a, buf_cstr(&kept));
	buf_free(&b);
	buf_free(&kept);
	return p;
}

/* Name and password leave the address, so that it can be shown. */
static void
set_url(struct arena *a, struct source *s, struct span url)
{
	struct uri u;
	const char *colon;
	size_t start;

	s->url = arena_strndup(a, url.p, url.n);
	uri_split(&u, url);
	if (u.userinfo.p == NULL)
		return;
	colon = memchr(u.userinfo.p, ':', u.userinfo.n);
	start = (size_t)(u.userinfo.p - url.p);
	if (colon != NULL)
		s->password = unescaped(a, span_from(u.userinfo,
		    (size_t)(colon - u.userinfo.p) + 1));
	s->user = unescaped(a, span_of(u.userinfo.p, colon != NULL ?
	    (size_t)(colon - u.userinfo.p) : u.userinfo.n));
	s->url = arena_printf(a, "%.*s%.*s", (int)start, url.p,
	    (int)(url.n - start - u.userinfo.n - 1),
	    url.p + start + u.userinfo.n + 1);
}

static int
set_file(struct reader *r, struct source *s, const struct ini_section *sec)
{
	const char *name = sec->name;
	struct stat st;
	char *path;
	int rc = 0;

	if (strncmp(name, "file://", 7) == 0)
		name = file_name(r->c->arena, span_str(name + 7));
	path = file_join(r->c->dir, name);
	if (stat(path, &st) == -1) {
		config_problem(r->problems, true, r->path, sec->line,
		    "[%.120s]: neither an address nor a file here (%s); "
		    "write the address whole or put the file into %s",
		    sec->name, strerror(errno), r->c->dir);
		rc = -1;
	} else if (!S_ISREG(st.st_mode)) {
		config_problem(r->problems, true, r->path, sec->line,
		    "[%.120s]: is no regular file; a subscription is an "
		    "address or a feed in a file", sec->name);
		rc = -1;
	}
	s->url = arena_strdup(r->c->arena, name);
	s->file = arena_strdup(r->c->arena, path);
	free(path);
	return rc;
}

/* --- keys --- */

static void
put_extra(struct reader *r, struct source *s, const char *key,
    const char *value)
{
	for (size_t i = 0; i < s->nextra; i++)
		if (strcmp(s->extra[i].key, key) == 0) {
			s->extra[i].value = value;
			return;
		}
	s->extra = arena_push(r->c->arena, s->extra, &s->nextra,
	    sizeof(*s->extra));
	s->extra[s->nextra - 1] = (struct setting){ key, value };
}

/* Whether so many sections have the key that it cannot be a slip. */
static bool
is_habit(const struct reader *r, const char *key)
{
	int n = 0;

	for (size_t i = 0; i < r->ini.nsections && n < KEY_HABIT; i++)
		if (ini_own(&r->ini.sections[i], key) != NULL)
			n++;
	return n >= KEY_HABIT;
}

static void
unknown_key(struct reader *r, const struct ini_section *sec,
    const struct ini_item *it, struct source *s)
{
	struct buf raw = { 0 }, clean = { 0 };
	const char *near;
	struct error e = { 0 };

	if (it->value == NULL) {
		config_problem(r->problems, !r->foreign, r->path, it->line,
		    "\"%.60s\" is neither a section nor a setting; write "
		    "\"key = value\"", it->raw_key);
		return;
	}
	if ((near = key_slip(it->key)) != NULL && !is_habit(r, it->key))
		config_problem(r->problems, !r->foreign, r->path, it->line,
		    "no key \"%.60s\"; did you mean \"%s\"?", it->raw_key,
		    near);
	if (ini_value(&raw, &r->ini, sec, it, &e) != 0)
		config_problem(r->problems, true, r->path, it->line,
		    "%.60s: %s", it->raw_key, e.msg);
	else
		utf8_line(&clean, buf_span(&raw));
	if (clean.n > 0)
		put_extra(r, s, arena_strdup(r->c->arena, it->key),
		    arena_strdup(r->c->arena, buf_cstr(&clean)));
	buf_free(&raw);
	buf_free(&clean);
}

static void
source_item(struct reader *r, const struct ini_section *sec,
    const struct ini_item *it, struct source *s, bool pluto)
{
	const char *name = pluto && strcmp(it->key, "title") == 0 ?
	    "name" : it->key;
	const struct key *k = key_find(keys_source, name);

	if (k != NULL)
		reader_set(r, sec, it, k, s);
	else if (pluto && strcmp(it->key, "feed") == 0)
		return;
	else if (strcmp(it->key, "filters") == 0)
		reader_sifter(r, sec, it, &s->filter);
	else if (key_is_ignored(it->key))
		reader_ignore(r, it->line, it->key);
	else
		unknown_key(r, sec, it, s);
}

static void
source_items(struct reader *r, const struct ini_section *sec,
    struct source *s, bool pluto)
{
	const struct ini_section *d = r->ini.defaults;

	for (size_t i = 0; d != NULL && i < d->nitems; i++)
		/* an address is of its section alone */
		if (ini_own(sec, d->items[i].key) == NULL &&
		    strcmp(d->items[i].key, "feed") != 0)
			source_item(r, sec, &d->items[i], s, false);
	for (size_t i = 0; i < sec->nitems; i++)
		source_item(r, sec, &sec->items[i], s, pluto);
}

/* A section with such a content_type is a list of subscriptions. */
static bool
set_list(struct reader *r, const struct ini_section *sec, struct source *s)
{
	static const struct {
		const char	*word, *format;
	} kinds[] = {
		{ "opml", "opml" }, { "config", "config" },
		{ "ini", "config" }, { "txt", "txt" },
		{ "text/plain", "txt" }, { "foaf", NULL }, { "csv", NULL },
		{ "rdf", NULL },
	};

	for (size_t i = 0; s->content_type != NULL &&
	    i < sizeof(kinds) / sizeof(kinds[0]); i++) {
		if (strstr(s->content_type, kinds[i].word) == NULL)
			continue;
		s->kind = SOURCE_LIST;
		s->list_format = kinds[i].format;
		if (s->list_format != NULL)
			return true;
		config_problem(r->problems, false, r->path, sec->line,
		    "[%.120s]: reading lists of the kind \"%s\" are not "
		    "read; use opml, config or txt; left out", sec->name,
		    kinds[i].word);
		return false;
	}
	return true;
}

/* --- sections --- */

static int
source_address(struct reader *r, const struct ini_section *sec,
    struct source *s, bool pluto)
{
	const struct ini_item *feed = pluto ? ini_own(sec, "feed") : NULL;
	struct buf url = { 0 };
	struct error e = { 0 };
	char scheme[32];
	int rc;

	rc = config_feed_url(&url, span_str(feed != NULL ? feed->value :
	    sec->name), &e);
	if (rc == 0) {
		set_url(r->c->arena, s, buf_span(&url));
		if (feed != NULL) {
			struct buf nick = { 0 };

			utf8_line(&nick, span_str(sec->name));
			s->nick = nick.n == 0 ? NULL :
			    arena_strdup(r->c->arena, buf_cstr(&nick));
			buf_free(&nick);
		}
	} else {
		static const char *const known[] = { "http", "https",
			"gemini", "gopher", "gophers", NULL };
		const char *near;

		uri_scheme(scheme, sizeof(scheme), span_str(sec->name));
		near = key_nearest(scheme, NULL, NULL, known);
		if (feed == NULL && near != NULL)
			config_problem(r->problems, true, r->path, sec->line,
			    "[%.120s]: no scheme \"%s:\"; did you mean "
			    "\"%s:\"?", sec->name, scheme, near);
		else
			config_problem(r->problems, false, r->path,
			    feed != NULL ? feed->line : sec->line,
			    "[%.120s]: %s; left out", sec->name, e.msg);
	}
	buf_free(&url);
	return rc;
}

static void
source_section(struct reader *r, const struct ini_section *sec,
    enum section_kind kind)
{
	struct config *c = r->c;
	struct source s = c->defaults;
	int rc;

	s.line = sec->line;
	if (kind == SECTION_FILE)
		rc = set_file(r, &s, sec);
	else
		rc = source_address(r, sec, &s, kind == SECTION_PLUTO);
	/* the keys' own faults are told all the same */
	source_items(r, sec, &s, kind == SECTION_PLUTO);
	if (!set_list(r, sec, &s) || rc != 0)
		return;
	c->sources = arena_push_moving(c->arena, c->sources, &c->nsources,
	    sizeof(*c->sources));
	c->sources[c->nsources - 1] = s;
}

static int
by_url(const void *a, const void *b)
{
	const struct source *x = *(const struct source *const *)a;
	const struct source *y = *(const struct source *const *)b;
	int c = strcmp(x->url, y->url);

	return c != 0 ? c : x < y ? -1 : x > y;
}

/* Two spellings of one address are one subscription: the first's. */
static void
drop_doubles(struct reader *r)
{
	struct config *c = r->c;
	const struct source **order;
	size_t n = 0;
	bool *gone;

	if (c->nsources < 2)
		return;
	order = xcalloc(c->nsources, sizeof(*order));
	gone = xcalloc(c->nsources, sizeof(*gone));
	for (size_t i = 0; i < c->nsources; i++)
		order[i] = &c->sources[i];
	qsort(order, c->nsources, sizeof(*order), by_url);
	for (size_t i = 1, first = 0; i < c->nsources; i++) {
		if (strcmp(order[first]->url, order[i]->url) != 0) {
			first = i;
			continue;
		}
		gone[order[i] - c->sources] = true;
		config_problem(r->problems, false, r->path, order[i]->line,
		    "the same address as in line %d; left out, remove one",
		    order[first]->line);
	}
	for (size_t i = 0; i < c->nsources; i++)
		if (!gone[i])
			c->sources[n++] = c->sources[i];
	c->nsources = n;
	free(order);
	free(gone);
}

void
reader_sources(struct reader *r)
{
	for (size_t i = 1; i < r->ini.nsections; i++) {
		const struct ini_section *s = &r->ini.sections[i];
		enum section_kind kind = reader_kind(r, s);

		if (s->repeated)
			continue;
		if (kind == SECTION_FEED || kind == SECTION_PLUTO ||
		    kind == SECTION_FILE)
			source_section(r, s, kind);
	}
	drop_doubles(r);
	r->c->index = arena_alloc(r->c->arena, sizeof(*r->c->index));
}

struct source *
config_source_add(struct config *c, const struct source *like,
    const char *url)
{
	struct source s = like != NULL ? *like : c->defaults;
	struct buf b = { 0 };
	struct source *added = NULL;

	/* A list's password is for the list, not for all it names. */
	s.user = c->defaults.user;
	s.password = c->defaults.password;
	if (config_feed_url(&b, span_str(url), NULL) == 0) {
		s.kind = SOURCE_FEED;
		s.file = s.list_format = NULL;
		s.name = s.link = s.content_type = NULL;
		set_url(c->arena, &s, buf_span(&b));
		if (config_source(c, s.url) == NULL) {
			c->sources = arena_push(c->arena, c->sources,
			    &c->nsources, sizeof(*c->sources));
			added = &c->sources[c->nsources - 1];
			*added = s;
		}
	}
	buf_free(&b);
	return added;
}

/* --- looking addresses up --- */

/* The slot of url: its source's, or the free one where it would be. */
static uint32_t *
index_slot(const struct config *c, const char *url)
{
	const struct source_index *x = c->index;
	uint32_t hash = 2166136261u;
	size_t at;

	for (const char *p = url; *p != '\0'; p++)
		hash = (hash ^ (unsigned char)*p) * 16777619u;
	for (at = hash & (x->nslots - 1); x->slots[at] != 0;
	    at = (at + 1) & (x->nslots - 1))
		if (strcmp(c->sources[x->slots[at] - 1].url, url) == 0)
			break;
	return &x->slots[at];
}

/* Sources are only ever added once the file is read. */
static void
index_update(const struct config *c)
{
	struct source_index *x = c->index;

	if (x->nslots < 2 * (c->nsources + 1)) {
		for (x->nslots = 64; x->nslots < 4 * c->nsources; )
			x->nslots *= 2;
		x->slots = arena_alloc(c->arena, x->nslots *
		    sizeof(*x->slots));
		x->n = 0;
	}
	for (; x->n < c->nsources; x->n++) {
		uint32_t *slot = index_slot(c, c->sources[x->n].url);

		if (*slot == 0)
			*slot = (uint32_t)x->n + 1;
	}
}

/* Of a configuration that was not read from a file. */
static const struct source *
source_of(const struct config *c, const char *url)
{
	for (size_t i = 0; i < c->nsources; i++)
		if (strcmp(c->sources[i].url, url) == 0)
			return &c->sources[i];
	return NULL;
}

const struct source *
config_source(const struct config *c, const char *url)
{
	struct buf b = { 0 };
	uint32_t at = 0;

	/* One that was put together by hand has no index. */
	for (size_t i = 0; c->index == NULL && i < c->nsources; i++)
		if (strcmp(c->sources[i].url, url) == 0)
			return &c->sources[i];
	if (c->index == NULL)
		return source_of(c, url);
	index_update(c);
	/* as it stands: nearly always in normal form already */
	if ((at = *index_slot(c, url)) == 0 &&
	    config_feed_url(&b, span_str(url), NULL) == 0)
		at = *index_slot(c, buf_cstr(&b));
	buf_free(&b);
	return at == 0 ? NULL : &c->sources[at - 1];
}

const char *
source_extra(const struct source *s, const char *key)
{
	for (size_t i = 0; i < s->nextra; i++)
		if (strcmp(s->extra[i].key, key) == 0)
			return s->extra[i].value;
	return NULL;
}
