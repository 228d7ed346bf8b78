/*
 * atom_html.c - gemtext as HTML for the planet's feeds; see atom.h.
 */
#include "base/uri.h"
#include "gemtext/gemtext.h"
#include "publish/atom.h"
#include "publish/xmlout.h"

enum block { NONE, LIST, QUOTE, PRE };

static void
change(struct buf *out, enum block *at, enum block to)
{
	static const char *const open[] = { "", "<ul>\n", "<blockquote>\n",
	    "<pre>" };
	static const char *const shut[] = { "", "</ul>\n", "</blockquote>\n",
	    "</pre>\n" };

	if (*at != to) {
		buf_puts(out, shut[*at]);
		buf_puts(out, open[to]);
		*at = to;
	}
}

static void
put(struct buf *out, const char *name, struct span text)
{
	xmlout_start(out, 0, name);
	xmlout_text(out, text);
	xmlout_end(out, name);
}

static void
put_anchor(struct buf *out, struct span url, struct span label,
    const char *base)
{
	struct buf abs = { .max = URI_MAX };
	char scheme[32];

	if (label.n == 0)
		label = url;
	if (uri_resolve(&abs, base, url) != 0)
		buf_clear(&abs);
	uri_scheme(scheme, sizeof(scheme), buf_span(&abs));
	if (uri_scheme_linkable(scheme)) {
		buf_puts(out, "<p><a");
		xmlout_attribute(out, "href", buf_cstr(&abs));
		buf_putc(out, '>');
		xmlout_text(out, label);
		buf_puts(out, "</a></p>\n");
	} else
		put(out, "p", label);
	buf_free(&abs);
}

void
atom_html(struct buf *out, struct span gemtext, const char *base)
{
	struct gemtext_reader r = { .rest = gemtext };
	struct gemtext_line l;
	enum block at = NONE;

	while (gemtext_next(&r, &l)) {
		change(out, &at, l.kind == GEMTEXT_ITEM ? LIST :
		    l.kind == GEMTEXT_QUOTE ? QUOTE :
		    l.kind == GEMTEXT_PRE ? PRE : NONE);
		switch (l.kind) {
		case GEMTEXT_HEADING1:
			put(out, "h2", l.text);
			break;
		case GEMTEXT_HEADING2:
			put(out, "h3", l.text);
			break;
		case GEMTEXT_HEADING3:
			put(out, "h4", l.text);
			break;
		case GEMTEXT_ITEM:
			put(out, "li", l.text);
			break;
		case GEMTEXT_LINK:
			put_anchor(out, l.url, l.text, base);
			break;
		case GEMTEXT_PRE:
			xmlout_text(out, l.text);
			buf_putc(out, '\n');
			break;
		case GEMTEXT_TOGGLE:
			break;
		default:
			if (l.text.n > 0)
				put(out, "p", l.text);
		}
	}
	change(out, &at, NONE);
}
