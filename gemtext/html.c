/*
 * HTML by libxml2's SAX events, with what its 2.9 parser needs before and
 * after: see doc/orrery-gemtext.7, "Broken and hostile input".
 */
#include <stdlib.h>

#include <libxml/HTMLparser.h>
#include <libxml/parserInternals.h>

#include "base/utf8.h"
#include "base/xalloc.h"
#include "gemtext/build.h"
#include "gemtext/input.h"

#define ATTRIBUTES_MAX	128	/* the parser compares each with all before */
/* An end tag is looked for through all that is open: what is deeper than
 * this opens and closes at once, but for what holds no elements. */
#define OPEN_MAX	1000

static bool
alnum(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
	    (c >= '0' && c <= '9');
}

/*
 * Copy a reference.  The parser knows those of HTML 4 only, and none
 * without its semicolon: named ones become what they stand for here, in
 * such a form that no markup comes of it.
 */
static size_t
copy_reference(struct buf *out, struct span s, bool attribute)
{
	const char *text;
	size_t n = entity_find(span_from(s, 1), attribute, &text);

	if (n == 0) {
		buf_putc(out, '&');
		return 1;
	}
	for (; *text != '\0'; text++) {
		if ((unsigned char)*text >= 0x80 || alnum(*text))
			buf_putc(out, *text);
		else
			buf_putf(out, "&#%d;", *text);
	}
	return n + 1;
}

/* Copy a tag up to its end, with at most ATTRIBUTES_MAX attributes. */
static size_t
copy_tag(struct buf *out, struct span s)
{
	size_t i = 1, words = 0;
	char quote = '\0';
	bool value = false;

	buf_putc(out, '<');
	for (; i < s.n; i++) {
		char c = s.p[i];

		if (quote != '\0') {
			if (c == quote)
				quote = '\0';
		} else if (c == '>') {
			buf_putc(out, '>');
			return i + 1;
		} else if ((c == '"' || c == '\'') && value)
			quote = c;
		else if (ascii_space(c))
			words += i + 1 < s.n && !ascii_space(s.p[i + 1]) &&
			    s.p[i + 1] != '=';
		else if (c == '<' && i > 1)
			return i;
		if (!ascii_space(c))
			value = quote == '\0' && c == '=';
		if (words > ATTRIBUTES_MAX)
			continue;
		if (c == '&')
			i += copy_reference(out, span_from(s, i), true) - 1;
		else if (c != '\0')
			buf_putc(out, c);
	}
	return i;
}

static void
prepare(struct buf *out, struct span in)
{
	struct buf valid = { 0 };
	struct span s = in;

	if (!utf8_valid(in)) {
		utf8_repair(&valid, in);
		s = buf_span(&valid);
	}
	while (s.n > 0) {
		size_t n = 0;

		while (n < s.n && s.p[n] != '<' && s.p[n] != '&' &&
		    s.p[n] != ']' && s.p[n] != '\0')
			n++;
		buf_put(out, s.p, n);
		s = span_from(s, n);
		n = 1;
		if (s.n == 0)
			break;
		if (s.p[0] == '&')
			n = copy_reference(out, s, false);
		else if (span_starts(s, "]]>"))
			n = 3;
		else if (span_starts(s, "<![CDATA["))
			n = 9;
		else if (span_istarts(s, "</br"))
			buf_puts(out, "<br"), n = 4;
		else if (s.p[0] == '<' && s.n > 1 && (alnum(s.p[1]) &&
		    s.p[1] > '9'))
			n = copy_tag(out, s);
		else if (s.p[0] != '\0')
			buf_putc(out, s.p[0]);
		s = span_from(s, n);
	}
	buf_free(&valid);
}

static void
sax_start(void *ctx, const xmlChar *name, const xmlChar **atts)
{
	xmlParserCtxtPtr c = ctx;

	build_start(c->_private, (const char *)name,
	    (const char *const *)atts);
	if (c->nameNr > OPEN_MAX && xmlStrcmp(name, BAD_CAST "script") != 0 &&
	    xmlStrcmp(name, BAD_CAST "style") != 0) {
		build_end(c->_private, (const char *)name);
		c->name = c->nameTab[--c->nameNr - 1];
	}
}

static void
sax_end(void *ctx, const xmlChar *name)
{
	build_end(((xmlParserCtxtPtr)ctx)->_private, (const char *)name);
}

static void
sax_text(void *ctx, const xmlChar *p, int n)
{
	build_text(((xmlParserCtxtPtr)ctx)->_private, (const char *)p,
	    (size_t)n);
}

static void
sax_quiet(void *ctx, const char *fmt, ...)
{
	(void)ctx;
	(void)fmt;
}

void
html_parse(struct build *b, struct span in)
{
	struct buf clean = { 0 };
	htmlParserCtxtPtr c;
	htmlSAXHandler sax = { .startElement = sax_start,
	    .endElement = sax_end, .characters = sax_text,
	    .ignorableWhitespace = sax_text, .warning = sax_quiet,
	    .error = sax_quiet };

	prepare(&clean, in);
	if (clean.n > 0 && (c = htmlCreateMemoryParserCtxt(clean.p,
	    (int)clean.n)) != NULL) {
		htmlCtxtUseOptions(c, HTML_PARSE_IGNORE_ENC |
		    HTML_PARSE_NOIMPLIED | HTML_PARSE_NOERROR |
		    HTML_PARSE_NOWARNING | HTML_PARSE_NONET);
		*c->sax = sax;
		c->_private = b;
		xmlSwitchEncoding(c, XML_CHAR_ENCODING_UTF8);
		htmlParseDocument(c);
		if (c->myDoc != NULL)
			xmlFreeDoc(c->myDoc);
		c->myDoc = NULL;
		htmlFreeParserCtxt(c);
	}
	buf_free(&clean);
}
