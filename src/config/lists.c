/*
 * lists.c - the form that all lists are read into, and which is which.
 */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/utf8.h"
#include "base/xalloc.h"
#include "config/config.h"
#include "config/ini.h"
#include "config/listfmt.h"
#include "config/opml.h"

/* Things left out that are remembered one by one. */
#define LEFT_MAX	1000

/* Open addressing over the feeds' normalised addresses. */
struct list_index {
	size_t		*slots;		/* feed + 1; 0 free */
	const char	**urls;		/* normalised, by feed */
	size_t		 nslots, nurls;
};

static const char *const names[] = {
	[LIST_UNKNOWN] = "unknown",
	[LIST_OPML] = "OPML",
	[LIST_VENUS] = "Planet Venus configuration",
	[LIST_PLUTO] = "Pluto configuration",
	[LIST_RAWDOG] = "rawdog configuration",
	[LIST_NEWSBOAT] = "newsboat urls",
	[LIST_SFEED] = "sfeedrc",
	[LIST_MOKU_PONA] = "moku-pona sites",
	[LIST_PLAIN] = "list of addresses",
};

const char *
list_format_name(enum list_format format)
{
	return names[format];
}

enum list_format
list_format_named(const char *name)
{
	if (strcmp(name, "opml") == 0)
		return LIST_OPML;
	if (strcmp(name, "config") == 0)
		return LIST_VENUS;
	if (strcmp(name, "txt") == 0)
		return LIST_PLAIN;
	return LIST_UNKNOWN;
}

const char *
list_text(struct list *list, struct span s)
{
	struct buf b = { 0 };
	const char *text = NULL;

	utf8_line(&b, s);
	if (b.n > 0)
		text = arena_strdup(&list->arena, buf_cstr(&b));
	buf_free(&b);
	return text;
}

void
list_leave(struct list *list, struct span what, const char *why, int line)
{
	struct list_left *l;
	const char *text;

	if (list->nleft == LEFT_MAX)
		return;
	if (what.n > 200)
		what.n = 200;
	text = list_text(list, what);
	list->left = arena_push(&list->arena, list->left, &list->nleft,
	    sizeof(*l));
	l = &list->left[list->nleft - 1];
	l->what = text != NULL ? text : "";
	l->why = arena_strdup(&list->arena, why);
	l->line = line;
}

/* --- one feed per address --- */

static size_t
hash(const char *s)
{
	uint64_t h = 14695981039346656037u;

	for (; *s != '\0'; s++)
		h = (h ^ (unsigned char)*s) * 1099511628211u;
	return (size_t)(h ^ (h >> 29));
}

static size_t *
slot(struct list_index *x, const char *url)
{
	size_t i = hash(url) & (x->nslots - 1);

	while (x->slots[i] != 0 && strcmp(x->urls[x->slots[i] - 1],
	    url) != 0)
		i = (i + 1) & (x->nslots - 1);
	return &x->slots[i];
}

static void
index_grow(struct list *list, size_t n)
{
	struct list_index *x = list->index;

	if (x == NULL)
		x = list->index = xcalloc(1, sizeof(*x));
	if (x->nslots > 2 * n)
		return;
	x->nslots = x->nslots == 0 ? 64 : x->nslots * 2;
	free(x->slots);
	x->slots = xcalloc(x->nslots, sizeof(*x->slots));
	for (size_t i = 0; i < list->nfeeds; i++)
		*slot(x, x->urls[i]) = i + 1;
}

/* "www.example.org/feed", as careless exporters write. */
static bool
lacks_scheme(struct span url)
{
	size_t host = 0;

	while (host < url.n && strchr("/:?# ", url.p[host]) == NULL)
		host++;
	return host > 3 && memchr(url.p, '.', host) != NULL &&
	    url.p[0] != '.' && (host == url.n || url.p[host] == '/');
}

struct list_feed *
list_add(struct list *list, struct span url, int line)
{
	struct list_feed *f = NULL;
	struct buf whole = { 0 };
	struct list_index *x;
	struct buf key = { 0 };
	struct error e = { 0 };
	const char *own;
	size_t *at;

	own = list_text(list, url);
	url = span_str(own);
	if (list->format == LIST_OPML && lacks_scheme(url)) {
		buf_puts(&whole, "http://");
		buf_put_span(&whole, url);
		url = buf_span(&whole);
		own = arena_strdup(&list->arena, buf_cstr(&whole));
	}
	if (config_feed_url(&key, url, &e) != 0) {
		list_leave(list, url, e.msg, line);
		goto done;
	}
	index_grow(list, list->nfeeds + 1);
	x = list->index;
	at = slot(x, buf_cstr(&key));
	if (*at != 0) {
		f = &list->feeds[*at - 1];
		goto done;
	}
	if (list->nfeeds == LIST_FEEDS_MAX) {
		list_leave(list, url, "more feeds than one list may have",
		    line);
		goto done;
	}
	x->urls = arena_push(&list->arena, (void *)(size_t)x->urls,
	    &x->nurls, sizeof(*x->urls));
	x->urls[x->nurls - 1] = arena_strdup(&list->arena, buf_cstr(&key));
	list->feeds = arena_push(&list->arena, list->feeds, &list->nfeeds,
	    sizeof(*list->feeds));
	*at = list->nfeeds;
	f = &list->feeds[list->nfeeds - 1];
	*f = (struct list_feed){ .url = own, .line = line };
done:
	buf_free(&key);
	buf_free(&whole);
	return f;
}

void
list_add_path(struct list *list, struct list_feed *feed,
    const struct span *part, size_t n)
{
	const char *clean[LIST_PATH_DEPTH_MAX];
	struct list_path *p;
	size_t depth = 0;

	for (size_t i = 0; i < n && depth < LIST_PATH_DEPTH_MAX; i++)
		if ((clean[depth] = list_text(list, part[i])) != NULL)
			depth++;
	if (depth == 0 || feed->npaths >= 64)
		return;
	for (size_t i = 0; i < feed->npaths; i++) {
		bool same = feed->paths[i].n == depth;

		for (size_t k = 0; k < depth && same; k++)
			same = strcmp(feed->paths[i].names[k],
			    clean[k]) == 0;
		if (same)
			return;
	}
	feed->paths = arena_push(&list->arena, feed->paths, &feed->npaths,
	    sizeof(*feed->paths));
	p = &feed->paths[feed->npaths - 1];
	p->names = arena_alloc(&list->arena, depth * sizeof(*p->names));
	memcpy(p->names, clean, depth * sizeof(*p->names));
	p->n = depth;
}

void
list_add_tag(struct list *list, struct list_feed *feed, struct span name)
{
	list_add_path(list, feed, &name, 1);
}

/* --- which is which --- */

struct look {
	size_t	sections, feed_keys, rawdog, sfeed, quoted, special, menu,
		links, urls, other;
};

/* The first word of s. */
static struct span
word(struct span s)
{
	size_t n = 0;

	s = span_trim(s);
	while (n < s.n && !ascii_space(s.p[n]))
		n++;
	return span_of(s.p, n);
}

static bool
is_address(struct span s)
{
	struct buf b = { 0 };
	bool yes = config_feed_url(&b, s, NULL) == 0;

	buf_free(&b);
	return yes;
}

static void
look_at_address(struct look *l, struct span s, struct span first)
{
	struct span rest = span_trim(span_from(s, first.n));

	l->urls++;
	if (rest.n > 1 && (rest.p[0] == '"' || rest.p[0] == '~' ||
	    rest.p[0] == '!'))
		l->quoted++;
}

static void
look_at(struct look *l, struct span line)
{
	struct span s = span_trim(line), first = word(s), rest;

	if (s.n == 0 || s.p[0] == '#' || s.p[0] == ';')
		return;
	rest = span_trim(span_from(s, first.n));
	if (s.p[0] == '[' && memchr(s.p, ']', s.n) != NULL &&
	    memmem(s.p, s.n, "](", 2) == NULL)
		l->sections++;
	else if (span_eqs(first, "feeds()") || (span_eqs(first, "feed") &&
	    rest.n > 0 && (rest.p[0] == '"' || rest.p[0] == '\'')))
		l->sfeed++;
	else if (span_eqs(first, "feed") && rest.n > 0 &&
	    rest.p[0] >= '0' && rest.p[0] <= '9')
		l->rawdog++;
	else if (span_eqs(first, "feed") || span_starts(s, "feed="))
		l->feed_keys++;
	else if (span_starts(s, "query:") || span_starts(s, "\"query:") ||
	    span_starts(s, "exec:") || span_starts(s, "\"exec:") ||
	    span_starts(s, "filter:") || span_starts(s, "\"filter:"))
		l->special++;
	else if (memchr(s.p, '\t', s.n) != NULL && strchr("017hIg", s.p[0])
	    != NULL && s.p[0] != '\0' && !is_address(first))
		l->menu++;
	else if (span_starts(s, "=>"))
		l->links++;
	else if (is_address(first))
		look_at_address(l, s, first);
	else
		l->other++;
}

enum list_format
list_recognise(struct span bytes, const char *name)
{
	struct look l = { 0 };
	struct span rest = bytes, line, start;
	const char *base = name != NULL ? strrchr(name, '/') : NULL;

	if (span_starts(bytes, "\xef\xbb\xbf"))
		rest = span_from(bytes, 3);
	start = span_trim(rest);
	if (span_starts(bytes, "\xff\xfe<") || (bytes.n > 3 &&
	    memcmp(bytes.p, "\xfe\xff\0<", 4) == 0) || (start.n > 0 &&
	    start.p[0] == '<'))
		return LIST_OPML;
	base = base != NULL ? base + 1 : name;
	while (span_line(&rest, &line))
		look_at(&l, line);
	if (l.sfeed > 0)
		return LIST_SFEED;
	if (l.rawdog > 0)
		return LIST_RAWDOG;
	if (l.sections > 0)
		return l.feed_keys > 0 ? LIST_PLUTO : LIST_VENUS;
	if (l.special > 0 || l.quoted > 0 || (l.urls > 0 && base != NULL &&
	    strcmp(base, "urls") == 0))
		return LIST_NEWSBOAT;
	if (l.menu > 0 || (l.links > 0 && base != NULL &&
	    strcmp(base, "sites.txt") == 0))
		return LIST_MOKU_PONA;
	return l.urls + l.links > 0 ? LIST_PLAIN : LIST_UNKNOWN;
}

int
list_read(struct list *list, struct span bytes, enum list_format format,
    const char *name, struct error *e)
{
	int rc = 0;

	if (format == LIST_UNKNOWN)
		format = list_recognise(bytes, name);
	list->format = format;
	switch (format) {
	case LIST_OPML:
		rc = opml_read(list, bytes, e);
		break;
	case LIST_VENUS:
	case LIST_PLUTO:
		rc = listfmt_ini(list, bytes, e);
		break;
	case LIST_RAWDOG:
		listfmt_lines(list, bytes, listfmt_rawdog);
		break;
	case LIST_NEWSBOAT:
		listfmt_lines(list, bytes, listfmt_newsboat);
		break;
	case LIST_SFEED:
		listfmt_lines(list, bytes, listfmt_sfeed);
		break;
	case LIST_MOKU_PONA:
	case LIST_PLAIN:
		listfmt_lines(list, bytes, listfmt_plain);
		break;
	default:
		rc = error_set(e, E_SYNTAX, "no list of feeds that is known "
		    "here: OPML, a configuration of Planet Venus, Pluto or "
		    "rawdog, newsboat's urls, sfeedrc, or addresses one a "
		    "line");
	}
	if (list->index != NULL) {
		free(list->index->slots);
		free(list->index);
		list->index = NULL;
	}
	return rc;
}

void
list_free(struct list *list)
{
	if (list->index != NULL)
		free(list->index->slots);
	free(list->index);
	arena_free(&list->arena);
	*list = (struct list){ 0 };
}
