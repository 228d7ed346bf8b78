#include "base/utf8.h"
#include "publish/jsonfeed.h"

void
jsonfeed_string(struct buf *out, struct span s)
{
	buf_putc(out, '"');
	while (s.n > 0) {
		size_t n = 0;
		uint32_t c;

		while (n < s.n && (unsigned char)(s.p[n] - 0x20) < 0x5f &&
		    s.p[n] != '"' && s.p[n] != '\\')
			n++;
		buf_put(out, s.p, n);
		if ((s = span_from(s, n)).n == 0)
			break;
		s = span_from(s, utf8_decode(s, &c));
		if (c == '"' || c == '\\')
			buf_putf(out, "\\%c", (char)c);
		else if (c == '\n')
			buf_puts(out, "\\n");
		else if (c < 0x20 || c == 0x7f)
			buf_putf(out, "\\u%04x", (unsigned)c);
		else
			utf8_put(out, c);
	}
	buf_putc(out, '"');
}

static void
member(struct buf *out, const char *name, const char *value)
{
	if (value == NULL || value[0] == '\0')
		return;
	buf_putf(out, ", \"%s\": ", name);
	jsonfeed_string(out, span_str(value));
}

static void
date_member(struct buf *out, const char *name, int64_t t)
{
	buf_putf(out, ", \"%s\": \"", name);
	date_rfc3339(out, t == DATE_NONE ? 0 : t);
	buf_putc(out, '"');
}

void
jsonfeed_begin(struct buf *out, const struct atom_feed *f)
{
	buf_puts(out, "{\"version\": \"https://jsonfeed.org/version/1.1\"");
	buf_puts(out, ", \"title\": ");
	jsonfeed_string(out, span_str(f->title));
	member(out, "home_page_url", f->alternate);
	member(out, "feed_url", f->self);
	member(out, "description", f->subtitle);
	member(out, "language", f->language);
	if (f->author != NULL && f->author[0] != '\0') {
		buf_puts(out, ", \"authors\": [{\"name\": ");
		jsonfeed_string(out, span_str(f->author));
		buf_puts(out, "}]");
	}
	buf_puts(out, ", \"items\": [");
}

static void
put_attachments(struct buf *out, const struct store_entry *en)
{
	bool any = false;

	for (size_t i = 0; i < en->nenclosures; i++) {
		const struct link *l = &en->enclosures[i];

		if (l->href == NULL)
			continue;
		buf_puts(out, any ? ", " : ", \"attachments\": [");
		any = true;
		buf_puts(out, "{\"url\": ");
		jsonfeed_string(out, span_str(l->href));
		/* The format demands a type. */
		member(out, "mime_type", l->type != NULL ? l->type :
		    "application/octet-stream");
		member(out, "title", l->title);
		if (l->length > 0)
			buf_putf(out, ", \"size_in_bytes\": %lld",
			    (long long)l->length);
		buf_putc(out, '}');
	}
	if (any)
		buf_putc(out, ']');
}

static void
put_tags(struct buf *out, const struct store_entry *en)
{
	if (en->ntags == 0)
		return;
	buf_puts(out, ", \"tags\": [");
	for (size_t i = 0; i < en->ntags; i++) {
		if (i > 0)
			buf_puts(out, ", ");
		jsonfeed_string(out, span_str(en->tags[i]));
	}
	buf_putc(out, ']');
}

void
jsonfeed_item(struct buf *out, const struct atom_item *i, bool first)
{
	const struct store_entry *en = i->entry;
	const char *author = en->author;
	struct buf b = { .max = (size_t)4 << 20 };

	if ((author == NULL || author[0] == '\0') && i->feed != NULL)
		author = i->feed->name;
	atom_id(&b, en, i->url);
	buf_puts(out, first ? "\n{\"id\": " : ",\n{\"id\": ");
	jsonfeed_string(out, buf_span(&b));
	member(out, "url", i->url);
	member(out, "external_url", en->link);
	member(out, "title", i->title);
	buf_clear(&b);
	atom_html(&b, span_str(en->gemtext), i->url);
	/* An item must have one of the two contents, be it empty. */
	buf_puts(out, ", \"content_html\": ");
	jsonfeed_string(out, buf_span(&b));
	member(out, "summary", en->excerpt);
	member(out, "image", en->image);
	date_member(out, "date_published", atom_published(en));
	date_member(out, "date_modified", atom_updated(en));
	if (author != NULL && author[0] != '\0') {
		buf_puts(out, ", \"authors\": [{\"name\": ");
		jsonfeed_string(out, span_str(author));
		member(out, "url", en->author_uri);
		buf_puts(out, "}]");
	}
	member(out, "language", en->language);
	put_tags(out, en);
	put_attachments(out, en);
	buf_putc(out, '}');
	buf_free(&b);
}

void
jsonfeed_end(struct buf *out)
{
	buf_puts(out, "\n]}\n");
}
