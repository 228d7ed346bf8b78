/*
 * xmlfeed.c - walk through the elements of an XML feed.
 *
 * RSS in all versions, RDF, and Atom differ in names, not in shape, and real
 * feeds mix them: one walk reads them all.  Each open element carries the
 * role its children are read in; elements of no meaning have none, so
 * that a title within something else is nobody's title.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/utf8.h"
#include "base/xalloc.h"
#include "feed/text.h"
#include "feed/xmlfeed.h"

#define TEXT_MAX	((size_t)4 << 20)	/* bytes of one field */
#define ROOT_WITHIN	2000	/* tags among which the root must be */

static void	start(struct xml_reader *r, struct xml *x);

/* --- base and language ------------------------------------------------- */

static void
inherit(struct xml_reader *r, struct xml *x)
{
	struct xml_frame *f = xml_top(x);
	const char *v;

	for (size_t i = 0; i < x->nattrs; i++) {
		if (x->attrs[i].ns != NS_XML)
			continue;
		if (span_ieqs(x->attrs[i].local, "base") &&
		    (v = xml_attr(x, NS_XML, "base")) != NULL) {
			v = text_url(r->a, f->base, span_str(v));
			if (v != NULL && strchr(v, ':') != NULL)
				f->base = v;
		} else if (span_ieqs(x->attrs[i].local, "lang") &&
		    (v = xml_attr(x, NS_XML, "lang")) != NULL)
			f->language = text_line(r->a, span_str(v));
	}
}

/* --- markup inside a construct ----------------------------------------- */

static void
put_escaped(struct buf *b, struct span s)
{
	const char *from = s.p, *end = s.p + s.n;

	for (const char *p = s.p; p < end; p++) {
		if (*p != '<' && *p != '>' && *p != '&')
			continue;
		buf_put(b, from, (size_t)(p - from));
		buf_puts(b, *p == '<' ? "&lt;" : *p == '>' ? "&gt;" : "&amp;");
		from = p + 1;
	}
	buf_put(b, from, (size_t)(end - from));
}

/*
 * The first element in a construct: what came before it is text, unless it
 * has tags of its own (escaped and plain markup mixed).
 */
static void
turn_into_markup(struct xml_reader *r)
{
	struct span before = buf_span(&r->text);
	struct buf b = { 0 };

	r->markup = true;
	r->escape = memchr(before.p, '<', before.n) == NULL;
	if (!r->escape || span_trim(before).n == 0)
		return;
	buf_init(&b, TEXT_MAX);
	put_escaped(&b, before);
	buf_free(&r->text);
	r->text = b;
}

static bool
is_void(struct span name)
{
	static const char *const names[] = { "br", "img", "hr", "input",
	    "meta", "link", "col", "area", "base", "embed", "param", "source",
	    "track", "wbr", "frame" };

	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		if (span_ieqs(name, names[i]))
			return true;
	return false;
}

static struct span
markup_name(const struct xml_frame *f)
{
	return f->ns == NS_XHTML || f->ns == NS_CORE ? f->local : f->qname;
}

static void
markup_start(struct xml_reader *r, struct xml *x)
{
	struct buf *b = &r->text, value = { 0 };

	buf_putc(b, '<');
	buf_put_span(b, markup_name(xml_top(x)));
	for (size_t i = 0; i < x->nattrs; i++) {
		const struct xml_attr *a = &x->attrs[i];

		if (span_starts(a->qname, "xmlns"))
			continue;
		buf_clear(&value);
		xml_value(&value, a->raw);
		buf_putc(b, ' ');
		buf_put_span(b, a->ns == NS_XHTML ? a->local : a->qname);
		buf_puts(b, "=\"");
		for (size_t k = 0; k < value.n; k++) {
			if (value.p[k] == '"')
				buf_puts(b, "&quot;");
			else
				put_escaped(b, span_of(value.p + k, 1));
		}
		buf_putc(b, '"');
	}
	buf_puts(b, is_void(markup_name(xml_top(x))) ? " />" : ">");
	buf_free(&value);
}

static void
markup_end(struct xml_reader *r, const struct xml_frame *f)
{
	struct span name = markup_name(f);

	if (is_void(name))
		return;
	buf_puts(&r->text, "</");
	buf_put_span(&r->text, name);
	buf_putc(&r->text, '>');
}

/* --- containers -------------------------------------------------------- */

static void
close_entry(struct xml_reader *r)
{
	if (r->entry == NULL)
		return;
	r->source = NULL;
	if (r->entry->link == NULL)
		r->entry->link = r->guid_link;
	/* An id is a link unless it says that it is none. */
	if (r->entry->link == NULL && r->id_is_link)
		r->entry->link = r->entry->id;
	if (r->guid_link != NULL && r->entry->link == r->guid_link)
		feed_add_link(r->a, &r->entry->links, &r->entry->nlinks,
		    (struct link){ .rel = "alternate", .href = r->guid_link,
		    .length = -1 });
	feed_finish_entry(r->entry);
	r->entry = NULL;
}

/* Where an item of a CDF channel leads, and since when. */
static void
open_cdf_item(struct xml_reader *r, struct xml *x)
{
	const char *href = xml_attr(x, NS_CORE, "href");
	const char *date = xml_attr(x, NS_CORE, "lastmod");

	if (href != NULL)
		r->entry->link = text_url(r->a, xml_top(x)->base,
		    span_str(href));
	if (date != NULL)
		r->entry->updated = date_parse(span_str(date));
}

static void
open_entry(struct xml_reader *r, struct xml *x)
{
	const char *about;

	for (size_t d = x->depth - 1; d > 0; d--)
		if (x->stack[d].field == F_ITEM) {
			xml_replace(x, d);
			break;
		}
	close_entry(r);
	r->entry = feed_add_entry(r->f, r->a, r->o);
	r->over = r->entry == NULL;
	r->guid_link = NULL;
	r->id_is_link = false;
	r->own_link = r->good_title = r->good_summary = r->good_content =
	    false;
	if (r->entry == NULL)
		return;
	r->entry->language = xml_top(x)->language;
	if (r->f->format == FEED_CDF)
		open_cdf_item(r, x);
	about = xml_attr(x, NS_RDF, "about");
	if (about != NULL)
		r->entry->id = text_line(r->a, span_str(about));
}

static void
open_source(struct xml_reader *r, struct xml *x)
{
	const char *url;

	if (r->entry == NULL)
		return;
	r->source = arena_alloc(r->a, sizeof(*r->source));
	feed_blank(r->source);
	r->source->language = xml_top(x)->language;
	r->entry->source = r->source;
	url = xml_attr(x, NS_CORE, "url");
	if (url != NULL)
		r->source->url = text_url(r->a, xml_top(x)->base,
		    span_str(url));
	buf_clear(&r->loose);
}

static void
close_source(struct xml_reader *r)
{
	struct feed *s = r->source;

	if (s != NULL && s->title == NULL && s->link == NULL && s->id == NULL)
		s->title = text_plain(r->a, buf_span(&r->loose),
		    text_is_html(buf_span(&r->loose)));
	buf_clear(&r->loose);
	r->source = NULL;
}

static void
open_channel(struct xml_reader *r, struct xml *x, struct xml_frame *f)
{
	const char *about;

	if (f->language != NULL && r->f->language == NULL)
		r->f->language = f->language;
	about = xml_attr(x, NS_RDF, "about");
	if (about != NULL && r->f->id == NULL)
		r->f->id = text_line(r->a, span_str(about));
}

/* The root says which format it is. */
static void
open_root(struct xml_reader *r, struct xml *x, const struct field_name *n)
{
	struct xml_frame *f = xml_top(x);

	r->found = true;
	f->role = ROLE_FEED;
	f->field = (int)n->field;
	r->atom = span_ieqs(f->local, "feed");
	r->f->format = r->atom ? FEED_ATOM :
	    span_ieqs(f->local, "rdf") ? FEED_RDF :
	    span_ieqs(f->local, "channel") && xml_attr(x, NS_CORE, "href") !=
	    NULL ? FEED_CDF : FEED_RSS;
	open_channel(r, x, f);
	if (r->f->format == FEED_CDF && r->f->link == NULL)
		r->f->link = text_url(r->a, f->base,
		    span_str(xml_attr(x, NS_CORE, "href")));
}

static void	open_container(struct xml_reader *r, struct xml *x,
		    const struct field_name *n, enum role role);

/* An entry by itself (RFC 4287, 2), or in an element of unknown name. */
static void
open_headless(struct xml_reader *r, struct xml *x, const struct field_name *n)
{
	r->found = r->headless = true;
	r->atom = span_ieqs(xml_top(x)->local, "entry");
	r->f->format = r->atom ? FEED_ATOM : FEED_RSS;
	x->stack[x->depth - 1].role = ROLE_FEED;
	open_container(r, x, n, ROLE_FEED);
}

static void
open_container(struct xml_reader *r, struct xml *x, const struct field_name *n,
    enum role role)
{
	struct xml_frame *f = xml_top(x);

	f->field = (int)n->field;
	switch (n->field) {
	case F_ITEM:
		open_entry(r, x);
		f = xml_top(x);
		f->role = r->over ? ROLE_NONE : ROLE_ENTRY;
		break;
	case F_ROOT:
	case F_CHANNEL:
		close_entry(r);
		f->role = ROLE_FEED;
		open_channel(r, x, f);
		break;
	case F_SOURCE:
		if (role == ROLE_ENTRY) {
			open_source(r, x);
			f->role = ROLE_SOURCE;
		}
		break;
	case F_IMAGE:
		f->role = ROLE_IMAGE;
		xml_field_start(r, x);
		break;
	case F_AUTHOR:
	case F_CONTRIBUTOR:
		r->person_is = (struct person){ 0 };
		r->person = &r->person_is;
		buf_clear(&r->loose);
		r->role = role;
		f->role = ROLE_PERSON;
		break;
	case F_SKIP:
		f->role = ROLE_SKIP;
		break;
	default:	/* media:group, itunes:category, georss:where, ... */
		f->role = (int)role;
		r->role = role;
		r->field = n->field;
		xml_field_start(r, x);
	}
}

static void
close_container(struct xml_reader *r, struct xml *x)
{
	const struct xml_frame *f = xml_top(x);

	switch ((enum field)f->field) {
	case F_ITEM:
		close_entry(r);
		break;
	case F_SOURCE:
		close_source(r);
		break;
	case F_AUTHOR:
	case F_CONTRIBUTOR:
		if (r->person != NULL)
			xml_person_end(r, (enum field)f->field,
			    (enum role)x->stack[x->depth - 1].role);
		r->person = NULL;
		buf_clear(&r->loose);
		break;
	default:
		break;
	}
}

/* --- fields ------------------------------------------------------------ */

static void
begin(struct xml_reader *r, struct xml *x, const struct field_name *n,
    enum role role)
{
	r->at = x->depth;
	r->field = n->field;
	r->kind = n->kind;
	r->role = role;
	r->markup = r->escape = false;
	buf_clear(&r->text);
	xml_field_start(r, x);
}

static void
finish(struct xml_reader *r, struct xml *x)
{
	const struct xml_frame *f = &x->stack[r->at];

	if (r->text.over)
		xml_damage(x, "an element is too long and was left out");
	else
		xml_field_end(r, f);
	buf_clear(&r->text);
	r->at = 0;
}

/*
 * A start tag inside a field: markup, or the sign that an end tag is
 * missing.  Then the field ends here and the element counts as its sibling.
 */
static bool
is_missing_end(const struct xml_reader *r, const struct field_name *n)
{
	if (n == NULL)
		return false;
	if (n->field == F_ITEM)
		return true;
	/* No title has a link element or a guid in it. */
	if (r->field == F_TITLE && !r->markup && r->role != ROLE_IMAGE)
		return n->field == F_LINK || n->field == F_ID ||
		    n->field == F_DESCRIPTION || n->field == F_ENCODED ||
		    n->field == F_PUBLISHED || n->field == F_UPDATED;
	return r->kind == KIND_LINE && r->role != ROLE_PERSON;
}

static void
start_in_field(struct xml_reader *r, struct xml *x)
{
	struct xml_frame *f = xml_top(x);
	const struct field_name *n = f->ns == NS_XHTML ? NULL :
	    xml_field_of(&r->index, f->ns, f->local);

	if (is_missing_end(r, n)) {
		enum role role = r->role;
		size_t at = r->at;

		xml_damage(x, "an element is not closed");
		finish(r, x);
		for (size_t d = at; d < x->depth; d++)
			x->stack[d].role = (int)role;
		start(r, x);
		return;
	}
	if (r->kind != KIND_CONSTRUCT)
		return;
	/* Escaped HTML in a div that was put around it all the same. */
	if (!r->markup && r->type != NULL && strstr(r->type, "html") != NULL &&
	    strstr(r->type, "xhtml") == NULL &&
	    span_ieqs(f->local, "div") && span_trim(buf_span(&r->text)).n == 0)
		return;
	if (!r->markup)
		turn_into_markup(r);
	markup_start(r, x);
}

/* Whether a field of that name means something in that place. */
static bool
belongs(const struct field_name *n, enum role role)
{
	switch (role) {
	case ROLE_IMAGE:
		return n->field == F_TITLE || n->field == F_LINK ||
		    n->field == F_URI;
	case ROLE_PERSON:
		return n->field == F_NAME || n->field == F_EMAIL ||
		    n->field == F_URI;
	case ROLE_SKIP:
		return n->field == F_HOUR || n->field == F_DAY;
	case ROLE_NONE:
		return n->field == F_ITEM;
	default:
		if (role == ROLE_ENTRY && n->field == F_CHANNEL)
			return false;
		return n->field != F_NAME && n->field != F_EMAIL &&
		    n->field != F_URI && n->field != F_HOUR &&
		    n->field != F_DAY;
	}
}

static void
start(struct xml_reader *r, struct xml *x)
{
	struct xml_frame *f = xml_top(x);
	enum role role = (enum role)x->stack[x->depth - 1].role;
	const struct field_name *n = xml_field_of(&r->index, f->ns, f->local);

	if (n == NULL)
		return;
	if (!r->found) {
		if (n->field == F_ROOT || n->field == F_CHANNEL)
			open_root(r, x, n);
		else if (n->field == F_ITEM && x->depth <= 2)
			open_headless(r, x, n);
		return;
	}
	/* An item counts wherever it is, once the last one is closed. */
	if (!belongs(n, role) || (n->field == F_ITEM && role == ROLE_NONE &&
	    (r->entry != NULL || r->over)))
		return;
	if (r->person != NULL && role != ROLE_PERSON) {
		r->person = NULL;
		buf_clear(&r->loose);
	}
	if (n->kind == KIND_CONTAINER)
		open_container(r, x, n, role);
	else
		begin(r, x, n, role);
}

static void
text(struct xml_reader *r, struct xml *x)
{
	int role = xml_top(x)->role;

	if (r->at != 0) {
		if (r->markup && r->escape)
			put_escaped(&r->text, x->text);
		else {
			buf_put_span(&r->text, x->text);
			xml_text_run(x, &r->text);
		}
	} else if ((role == ROLE_PERSON || role == ROLE_SOURCE) &&
	    r->loose.n < 4096)
		buf_put_span(&r->loose, x->text);
}

static void
end(struct xml_reader *r, struct xml *x)
{
	if (r->at == 0) {
		close_container(r, x);
		if (xml_top(x)->field == F_ITEM)
			r->over = false;
	} else if (x->depth == r->at)
		finish(r, x);
	else if (r->kind == KIND_CONSTRUCT && r->markup)
		markup_end(r, xml_top(x));
}

/* --- the whole --------------------------------------------------------- */

/* What a document without a feed's root element is, for the message. */
static int
refuse(const char *first, bool any, struct error *e)
{
	if (strcasecmp(first, "html") == 0 || strcasecmp(first, "body") == 0 ||
	    strcasecmp(first, "head") == 0)
		return error_set(e, E_SYNTAX, "not a feed: an HTML page");
	if (strcasecmp(first, "opml") == 0)
		return error_set(e, E_SYNTAX, "not a feed: a list of "
		    "subscriptions (OPML); use `orrery import`");
	if (any)
		return error_set(e, E_SYNTAX, "not a feed: XML with the root "
		    "element \"%s\"", first);
	return error_set(e, E_SYNTAX, "not a feed: no feed element in it");
}

/* Whether entries without a feed are some: one has an id or a link. */
static bool
has_substance(const struct feed *f)
{
	for (size_t i = 0; i < f->nentries; i++)
		if (f->entries[i].id != NULL || f->entries[i].link != NULL)
			return true;
	return false;
}

int
feed_read_xml(struct feed *f, struct arena *a, struct span s,
    const struct parse_options *o, struct error *e)
{
	struct xml_reader reader = { .a = a, .o = o, .f = f }, *r = &reader;
	struct xml *x = xmalloc(sizeof(*x));
	char first[32] = "";
	size_t ntags = 0;
	enum xml_event ev;
	int status = 0;

	buf_init(&r->text, TEXT_MAX);
	buf_init(&r->loose, 0);
	xml_init(x, s, a);
	xml_field_index(&r->index);
	x->stack[0].base = o->base_url;
	while ((ev = xml_next(x)) != XML_EOF) {
		if (ev == XML_TEXT) {
			text(r, x);
			continue;
		}
		if (ev == XML_END) {
			end(r, x);
			continue;
		}
		inherit(r, x);
		if (r->at != 0) {
			start_in_field(r, x);
			continue;
		}
		if (!r->found && ntags++ == 0)
			snprintf(first, sizeof(first), "%.*s",
			    (int)(xml_top(x)->local.n & 0xff),
			    xml_top(x)->local.p);
		/* A page may have a feed in it; scraps of RDF are none. */
		if (!r->found && strcasecmp(first, "html") == 0 &&
		    !span_ieqs(xml_top(x)->local, "feed") &&
		    !span_ieqs(xml_top(x)->local, "rss"))
			continue;
		start(r, x);
		if (!r->found && ntags > ROOT_WITHIN)
			break;
	}
	close_entry(r);
	f->problem = x->problem;
	if (r->period > 0)
		f->update_period = r->period /
		    (r->frequency > 0 ? r->frequency : 1);
	if (!r->found || (r->headless && !has_substance(f)))
		status = refuse(first, ntags > 0, e);
	buf_free(&r->text);
	buf_free(&r->loose);
	free(x);
	return status;
}
