#include <string.h>

#include "base/uri.h"
#include "gemtext/gemtext.h"
#include "publish/atom.h"
#include "publish/site.h"
#include "publish/xmlout.h"

#define HTML_MAX	((size_t)4 << 20)

int64_t
atom_published(const struct store_entry *en)
{
	return en->published != DATE_NONE ? en->published : en->first_seen;
}

int64_t
atom_updated(const struct store_entry *en)
{
	int64_t t = atom_published(en);

	return en->updated != DATE_NONE && en->updated > t ? en->updated : t;
}

static void
put_date(struct buf *out, int indent, const char *name, int64_t t)
{
	if (t == DATE_NONE)
		t = 0;
	xmlout_start(out, indent, name);
	date_rfc3339(out, t);
	xmlout_end(out, name);
}

static void
put_link(struct buf *out, int indent, const char *rel, const char *href,
    const char *type)
{
	struct buf abs = { .max = URI_MAX };

	if (href != NULL && href[0] != '\0' &&
	    uri_resolve(&abs, NULL, span_str(href)) == 0) {
		buf_putf(out, "%*s<link", indent, "");
		xmlout_attribute(out, "rel", rel);
		xmlout_attribute(out, "type", type);
		xmlout_attribute(out, "href", buf_cstr(&abs));
		buf_puts(out, "/>\n");
	}
	buf_free(&abs);
}

static void
put_person(struct buf *out, int indent, const char *name, const char *uri,
    const char *email)
{
	struct buf abs = { .max = URI_MAX };

	buf_putf(out, "%*s<author>\n", indent, "");
	xmlout_element(out, indent + 2, "name", name);
	if (uri != NULL && uri_resolve(&abs, NULL, span_str(uri)) == 0)
		xmlout_element(out, indent + 2, "uri", buf_cstr(&abs));
	if (email != NULL && strchr(email, '@') != NULL)
		xmlout_element(out, indent + 2, "email", email);
	buf_putf(out, "%*s</author>\n", indent, "");
	buf_free(&abs);
}

void
atom_begin(struct buf *out, const struct atom_feed *f)
{
	buf_puts(out, "<?xml version=\"1.0\" encoding=\"utf-8\"?>\n"
	    "<feed xmlns=\"http://www.w3.org/2005/Atom\"");
	xmlout_attribute(out, "xml:lang", f->language);
	buf_puts(out, ">\n");
	xmlout_element(out, 2, "id", f->id);
	buf_puts(out, "  <title>");
	xmlout_text(out, span_str(f->title));
	buf_puts(out, "</title>\n");
	xmlout_element(out, 2, "subtitle", f->subtitle);
	put_date(out, 2, "updated", f->updated);
	put_link(out, 2, "self", f->self, "application/atom+xml");
	put_link(out, 2, "alternate", f->alternate, "text/gemini");
	put_person(out, 2, f->author != NULL && f->author[0] != '\0' ?
	    f->author : f->title, NULL, f->email);
	xmlout_element(out, 2, "rights", f->rights);
	buf_puts(out, "  <generator>orrery</generator>\n");
}

void
atom_end(struct buf *out)
{
	buf_puts(out, "</feed>\n");
}

void
atom_id(struct buf *out, const struct store_entry *en, const char *url)
{
	char scheme[32] = "";

	/* guids that are no IRI ("?p=12", a bare number) are no Atom id;
	 * those of own posts are file names, known here alone. */
	if (!en->own && en->guid != NULL && strpbrk(en->guid, " <>\"{}|\\^`\t\n") == NULL)
		uri_scheme(scheme, sizeof(scheme), span_str(en->guid));
	buf_puts(out, scheme[0] != '\0' ? en->guid : url);
}

/* What f says of its addresses, none of which may tell a key. */
static void
put_source(struct buf *out, const struct store_feed *f)
{
	struct buf b = { .max = URI_MAX };

	buf_puts(out, "    <source>\n");
	/* The source's own id is often its address; of a hidden one that
	 * would tell it. */
	if (!f->hidden) {
		const char *id = f->feed_id != NULL ? f->feed_id : f->link;
		char scheme[32] = "";

		if (id != NULL)
			uri_scheme(scheme, sizeof(scheme), span_str(id));
		if (scheme[0] == '\0')
			id = f->url;
		/* a file's place on this machine is no id either */
		if (strchr(id, ':') != NULL)
			site_address(&b, f, id);
		xmlout_element(out, 6, "id", buf_cstr(&b));
		buf_clear(&b);
		site_address(&b, f, f->url);
		/* only where it still leads to the feed */
		if (strcmp(buf_cstr(&b), f->url) == 0)
			put_link(out, 6, "self", f->url, NULL);
	}
	xmlout_element(out, 6, "title", f->name);
	buf_clear(&b);
	if (f->link != NULL)
		site_address(&b, f, f->link);
	put_link(out, 6, "alternate", buf_cstr(&b), NULL);
	xmlout_element(out, 6, "rights", f->rights);
	buf_free(&b);
	buf_puts(out, "    </source>\n");
}

static void
put_enclosure(struct buf *out, const struct link *l)
{
	struct buf abs = { .max = URI_MAX };

	if (l->href != NULL && uri_resolve(&abs, NULL, span_str(l->href)) == 0) {
		buf_puts(out, "    <link rel=\"enclosure\"");
		/* RFC 4287 wants a media type or nothing. */
		if (l->type != NULL && strchr(l->type, '/') != NULL &&
		    strpbrk(l->type, " ;,") == NULL)
			xmlout_attribute(out, "type", l->type);
		if (l->length > 0)
			buf_putf(out, " length=\"%lld\"",
			    (long long)l->length);
		xmlout_attribute(out, "title", l->title);
		xmlout_attribute(out, "href", buf_cstr(&abs));
		buf_puts(out, "/>\n");
	}
	buf_free(&abs);
}

static void
put_body(struct buf *out, const struct atom_item *i)
{
	struct buf html = { .max = HTML_MAX };
	const struct store_entry *en = i->entry;
	const char *name = en->summary_only ? "summary" : "content";

	atom_html(&html, span_str(en->gemtext), i->url);
	if (html.n > 0) {
		buf_putf(out, "    <%s type=\"html\"", name);
		xmlout_attribute(out, "xml:lang", en->language);
		buf_putc(out, '>');
		xmlout_text(out, buf_span(&html));
		buf_putf(out, "</%s>\n", name);
	}
	buf_free(&html);
}

void
atom_entry(struct buf *out, const struct atom_item *i)
{
	const struct store_entry *en = i->entry;
	const char *author = en->author;
	struct buf id = { .max = URI_MAX };

	if ((author == NULL || author[0] == '\0') && i->feed != NULL)
		author = i->feed->name;
	atom_id(&id, en, i->url);
	buf_puts(out, "  <entry>\n");
	xmlout_element(out, 4, "id", buf_cstr(&id));
	buf_puts(out, "    <title>");
	xmlout_text(out, span_str(i->title));
	buf_puts(out, "</title>\n");
	put_date(out, 4, "updated", atom_updated(en));
	put_date(out, 4, "published", atom_published(en));
	/* One alternate without a type is the original; the planet's own
	 * copies have types, so no two are alike. */
	put_link(out, 4, "alternate", i->url, "text/gemini");
	put_link(out, 4, "alternate", i->gopher, "text/plain");
	put_link(out, 4, "alternate", en->link, NULL);
	put_link(out, 4, "replies", en->comments, NULL);
	put_link(out, 4, "license", en->license, NULL);
	for (size_t n = 0; n < en->nenclosures; n++)
		put_enclosure(out, &en->enclosures[n]);
	if (author != NULL && author[0] != '\0')
		put_person(out, 4, author, en->author_uri, NULL);
	for (size_t n = 0; n < en->ntags; n++) {
		if (en->tags[n] == NULL || en->tags[n][0] == '\0')
			continue;
		buf_puts(out, "    <category");
		xmlout_attribute(out, "term", en->tags[n]);
		buf_puts(out, "/>\n");
	}
	xmlout_element(out, 4, "rights", en->rights);
	if (i->feed != NULL && !en->own)
		put_source(out, i->feed);
	put_body(out, i);
	buf_puts(out, "  </entry>\n");
	buf_free(&id);
}
