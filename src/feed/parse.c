/*
 * parse.c - recognise the format and hand over.
 */
#include <string.h>

#include "feed/charset.h"
#include "feed/formats.h"

typedef int	reader(struct feed *, struct arena *, struct span,
		    const struct parse_options *, struct error *);

#define SNIFF	((size_t)64 << 10)	/* bytes in which a root may begin */

static bool
base_is(const struct parse_options *o, const char *scheme)
{
	return o->base_url != NULL && span_istarts(span_str(o->base_url),
	    scheme);
}

static bool
type_is(const struct parse_options *o, const char *type)
{
	return o->content_type != NULL &&
	    span_istarts(span_trim(span_str(o->content_type)), type);
}

/* Where the first feed element begins, if there is one within reach. */
static bool
has_root(struct span s)
{
	static const char *const roots[] = { "<rss", "<feed", "<rdf:RDF",
	    "<channel", ":rss", ":feed", ":RDF", "<?xml", "<RDF" };
	struct span head = span_of(s.p, s.n < SNIFF ? s.n : SNIFF);

	for (size_t i = 0; i < sizeof(roots) / sizeof(roots[0]); i++)
		if (memmem(head.p, head.n, roots[i], strlen(roots[i])) != NULL)
			return true;
	return false;
}

/*
 * XML is recognised by its bytes whatever the label says, JSON too; the
 * formats of lines need a label or an address, since any text would do.
 */
static reader *
recognise(struct span s, const struct parse_options *o)
{
	struct span t = span_trim(s);

	if (t.n > 0 && t.p[0] == '{')
		return feed_read_json;
	if (t.n > 0 && t.p[0] == '<')
		return feed_read_xml;
	if (t.n > 0 && t.p[0] == '[' && type_is(o, "application/"))
		return feed_read_json;
	if (has_root(s))
		return feed_read_xml;
	if (type_is(o, "text/gemini"))
		return feed_read_gemtext;
	if (type_is(o, "application/gopher-menu"))
		return feed_read_gopher;
	if (base_is(o, "gopher:"))
		return feed_read_gopher;
	if (base_is(o, "gemini:") || base_is(o, "spartan:"))
		return feed_read_gemtext;
	if (t.n > 0 && (t.p[0] == '#' || span_starts(t, "=>")) &&
	    memmem(t.p, t.n, "=>", 2) != NULL)
		return feed_read_gemtext;
	return NULL;
}

/* Whether the dates of the entries go up rather than down. */
static bool
is_oldest_first(const struct feed *f)
{
	int64_t last = DATE_NONE;
	long up = 0;

	for (size_t i = 0; i < f->nentries; i++) {
		int64_t t = f->entries[i].date;

		if (t == DATE_NONE)
			continue;
		if (last != DATE_NONE)
			up += (t > last) - (t < last);
		last = t;
	}
	return up > 0;
}

/* Read once more, without the entries that were too many, at the front. */
static int
read_newest(struct feed *f, reader *read, struct arena *a, struct span s,
    const struct parse_options *o, struct error *e)
{
	struct parse_options behind = *o;
	const char *encoding = f->encoding;

	behind.skip_entries = f->nskipped;
	feed_blank(f);
	f->encoding = encoding;
	return read(f, a, s, &behind, e);
}

int
feed_parse(struct feed **out, struct arena *arena, struct span bytes,
    const struct parse_options *o, struct error *e)
{
	static const struct parse_options none = { 0 };
	struct feed *f = arena_alloc(arena, sizeof(*f));
	struct buf store = { 0 };
	struct span s;
	const char *encoding;
	reader *read;
	int status;

	*out = NULL;
	if (o == NULL)
		o = &none;
	s = charset_utf8(&store, bytes, o->content_type, &encoding);
	feed_blank(f);
	f->encoding = encoding;
	read = recognise(s, o);
	if (span_trim(s).n == 0)
		status = error_set(e, E_SYNTAX, "not a feed: it is empty");
	else if (read == NULL)
		status = error_set(e, E_SYNTAX, "not a feed: neither XML nor "
		    "JSON nor a page of links");
	else
		status = read(f, arena, s, o, e);
	if (status == 0 && f->nskipped > 0 && is_oldest_first(f))
		status = read_newest(f, read, arena, s, o, e);
	if (status == 0)
		*out = f;
	buf_free(&store);
	return status;
}
