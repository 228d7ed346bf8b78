/*
 * wire.c - a feed as bytes, for the pipe between child and parent.
 *
 * A version byte, then every member in the order of feed.h: strings as
 * length + 1 (0 is NULL) and bytes, numbers as eight bytes, lists as a
 * count and their elements.  Both directions are one description walked by
 * one of two sets of functions, so they cannot drift apart.
 */
#include <string.h>

#include "base/utf8.h"
#include "feed/formats.h"

#define WIRE_VERSION	2
#define WIRE_LIST_MAX	65536	/* elements of one list */

struct wire {
	struct buf	*out;	/* writing, or NULL */
	struct arena	*a;	/* reading */
	struct span	 in;
	bool		 bad;
};

static void
number(struct wire *w, int64_t *v)
{
	unsigned char b[8];
	uint64_t u = (uint64_t)*v;

	if (w->out != NULL) {
		for (int i = 0; i < 8; i++)
			b[i] = (unsigned char)(u >> (8 * i));
		buf_put(w->out, b, sizeof(b));
		return;
	}
	*v = 0;
	if (w->bad || w->in.n < sizeof(b)) {
		w->bad = true;
		return;
	}
	memcpy(b, w->in.p, sizeof(b));
	w->in = span_from(w->in, sizeof(b));
	u = 0;
	for (int i = 0; i < 8; i++)
		u |= (uint64_t)b[i] << (8 * i);
	*v = (int64_t)u;
}

/* A number of a narrower type, from low to high. */
static int64_t
ranged(struct wire *w, int64_t v, int64_t low, int64_t high)
{
	number(w, &v);
	if (v < low || v > high) {
		w->bad = true;
		return low;
	}
	return v;
}

/* Only what a string of feed.h may contain comes in. */
static bool
is_clean(struct span s)
{
	uint32_t c;
	bool ok;

	while (s.n > 0) {
		size_t plain = 0;

		while (plain < s.n && ((s.p[plain] >= ' ' && s.p[plain] < 0x7f)
		    || s.p[plain] == '\n' || s.p[plain] == '\t'))
			plain++;
		if ((s = span_from(s, plain)).n == 0)
			break;
		s = span_from(s, utf8_decode_ok(s, &c, &ok));
		if (!ok || (c < 0x20 && c != '\n' && c != '\t') ||
		    (c >= 0x7f && c < 0xa0))
			return false;
	}
	return true;
}

static void
string(struct wire *w, const char **s)
{
	int64_t n = w->out == NULL || *s == NULL ? 0 :
	    (int64_t)strlen(*s) + 1;

	number(w, &n);
	if (w->out != NULL) {
		if (n > 0)
			buf_put(w->out, *s, (size_t)n - 1);
		return;
	}
	*s = NULL;
	if (n == 0 || w->bad)
		return;
	if (n < 0 || (uint64_t)n - 1 > w->in.n ||
	    !is_clean(span_of(w->in.p, (size_t)n - 1))) {
		w->bad = true;
		return;
	}
	*s = arena_strndup(w->a, w->in.p, (size_t)n - 1);
	w->in = span_from(w->in, (size_t)n - 1);
}

/*
 * The count of a list, and when reading its (zeroed) elements.  No element
 * takes less than eight bytes, so a count cannot make us allocate more than
 * a small multiple of the input.
 */
static size_t
list(struct wire *w, void **p, size_t *n, size_t size)
{
	int64_t count = ranged(w, (int64_t)*n, 0, WIRE_LIST_MAX);

	if (w->out != NULL)
		return *n;
	*n = 0;
	*p = NULL;
	if (w->bad || (size_t)count > w->in.n / 8) {
		w->bad = w->bad || count > 0;
		return 0;
	}
	if (count > 0)
		*p = arena_alloc(w->a, (size_t)count * size);
	*n = (size_t)count;
	return *n;
}

#define LIST(w, p, n) \
	list((w), (void **)(void *)&(p), &(n), sizeof(*(p)))

static void
flag(struct wire *w, bool *b)
{
	*b = ranged(w, *b, 0, 1) != 0;
}

static void
persons(struct wire *w, struct person **p, size_t *n)
{
	for (size_t i = 0, k = LIST(w, *p, *n); i < k; i++) {
		string(w, &(*p)[i].name);
		string(w, &(*p)[i].email);
		string(w, &(*p)[i].uri);
	}
}

static void
categories(struct wire *w, struct category **c, size_t *n)
{
	for (size_t i = 0, k = LIST(w, *c, *n); i < k; i++) {
		string(w, &(*c)[i].term);
		string(w, &(*c)[i].scheme);
		string(w, &(*c)[i].label);
	}
}

static void
links(struct wire *w, struct link **l, size_t *n)
{
	for (size_t i = 0, k = LIST(w, *l, *n); i < k; i++) {
		string(w, &(*l)[i].rel);
		string(w, &(*l)[i].href);
		string(w, &(*l)[i].type);
		string(w, &(*l)[i].title);
		string(w, &(*l)[i].hreflang);
		number(w, &(*l)[i].length);
	}
}

static void
content(struct wire *w, struct content *c)
{
	c->type = (enum content_type)ranged(w, c->type, CONTENT_NONE,
	    CONTENT_GEMTEXT);
	string(w, &c->value);
	string(w, &c->base);
	string(w, &c->language);
	string(w, &c->src);
}

/* Everything of a feed but its entries. */
static void
head(struct wire *w, struct feed *f)
{
	f->format = (enum feed_format)ranged(w, f->format, FEED_UNKNOWN,
	    FEED_GOPHER);
	string(w, &f->encoding);
	string(w, &f->title);
	string(w, &f->subtitle);
	string(w, &f->link);
	string(w, &f->id);
	number(w, &f->updated);
	number(w, &f->published);
	string(w, &f->language);
	string(w, &f->rights);
	string(w, &f->license);
	string(w, &f->generator);
	string(w, &f->icon);
	string(w, &f->logo);
	string(w, &f->image_url);
	string(w, &f->image_title);
	string(w, &f->image_link);
	string(w, &f->url);
	string(w, &f->next);
	string(w, &f->hub);
	persons(w, &f->authors, &f->nauthors);
	persons(w, &f->contributors, &f->ncontributors);
	categories(w, &f->categories, &f->ncategories);
	links(w, &f->links, &f->nlinks);
	f->ttl = (int)ranged(w, f->ttl, 0, INT32_MAX);
	f->skip_hours = (unsigned)ranged(w, f->skip_hours, 0, UINT32_MAX);
	f->skip_days = (unsigned)ranged(w, f->skip_days, 0, UINT32_MAX);
	f->update_period = (int)ranged(w, f->update_period, 0, INT32_MAX);
	flag(w, &f->noarchive);
	f->nskipped = (size_t)ranged(w, (int64_t)f->nskipped, 0, INT32_MAX);
	string(w, &f->problem);
}

static void
entry(struct wire *w, struct entry *en)
{
	bool has_source = en->source != NULL;

	string(w, &en->id);
	string(w, &en->title);
	string(w, &en->link);
	number(w, &en->published);
	number(w, &en->updated);
	number(w, &en->date);
	persons(w, &en->authors, &en->nauthors);
	persons(w, &en->contributors, &en->ncontributors);
	content(w, &en->summary);
	content(w, &en->content);
	categories(w, &en->categories, &en->ncategories);
	links(w, &en->enclosures, &en->nenclosures);
	links(w, &en->links, &en->nlinks);
	string(w, &en->comments);
	number(w, &en->ncomments);
	string(w, &en->place);
	string(w, &en->rights);
	string(w, &en->license);
	string(w, &en->language);
	string(w, &en->image_url);
	for (size_t i = 0, k = LIST(w, en->thumbnails, en->nthumbnails);
	    i < k; i++)
		string(w, &en->thumbnails[i]);
	number(w, &en->duration);
	flag(w, &has_source);
	if (has_source && !w->bad) {
		if (w->out == NULL) {
			en->source = arena_alloc(w->a, sizeof(*en->source));
			feed_blank(en->source);
		}
		head(w, en->source);
	}
	flag(w, &en->date_only);
	string(w, &en->gemtext);
	string(w, &en->text);
	flag(w, &en->summary_only);
}

static void
whole(struct wire *w, struct feed *f)
{
	(void)ranged(w, WIRE_VERSION, WIRE_VERSION, WIRE_VERSION);
	head(w, f);
	for (size_t i = 0, k = LIST(w, f->entries, f->nentries); i < k &&
	    !w->bad; i++)
		entry(w, &f->entries[i]);
}

void
feed_encode(struct buf *out, const struct feed *f)
{
	struct wire w = { .out = out };
	struct feed copy = *f;

	/* Writing changes nothing behind the pointers. */
	whole(&w, &copy);
}

int
feed_decode(struct feed **out, struct arena *arena, struct span bytes,
    struct error *e)
{
	struct wire w = { .a = arena, .in = bytes };
	struct feed *f = arena_alloc(arena, sizeof(*f));

	*out = NULL;
	feed_blank(f);
	whole(&w, f);
	if (w.bad || w.in.n > 0)
		return error_set(e, E_SYNTAX, "a parsing child answered with "
		    "something that is no feed");
	*out = f;
	return 0;
}
