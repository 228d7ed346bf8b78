/*
 * HTML by libxml2's SAX events.  The parser sees a skeleton of the
 * document (skeleton.h) and says what is open where.
 */
#include <stdlib.h>

#include <libxml/HTMLparser.h>
#include <libxml/parserInternals.h>

#include "gemtext/builder.h"
#include "gemtext/skeleton.h"

/*
 * An end tag is looked for through all that is open, so what is deeper
 * than this opens and closes at once.  The fewer end tags there are, the
 * deeper it may be.
 */
#define OPEN_MIN	1000
#define SEARCH_MIN	((size_t)10000000)
#define SEARCH_PER_BYTE	64

#define NAMES		64	/* a power of two */

struct parse {
	struct build	*b;
	struct skeleton	*k;
	size_t		 open_max;
	/* The parser's names are interned: known again by their address. */
	struct {
		const xmlChar		*name;
		const struct tag_info	*tag;
	}		 names[NAMES];
};

static const struct tag_info *
tag_of(struct parse *p, const xmlChar *name)
{
	size_t i = ((uintptr_t)name ^ (uintptr_t)name >> 6) & (NAMES - 1);

	if (p->names[i].name != name) {
		p->names[i].name = name;
		p->names[i].tag = tag_find((const char *)name);
	}
	return p->names[i].tag;
}

static size_t
number(const xmlChar *s, const xmlChar *end)
{
	size_t n = 0;

	for (; s != end && *s != '\0'; s++)
		n = n << 6 | (size_t)((*s - '@') & 63);
	return n;
}

static void
sax_start(void *ctx, const xmlChar *name, const xmlChar **atts)
{
	xmlParserCtxtPtr c = ctx;
	struct parse *p = c->_private;
	const struct atts *a = NULL;
	size_t i;

	if (atts != NULL && atts[0] != NULL && atts[1] != NULL &&
	    (i = number(atts[1], NULL)) < p->k->natts)
		a = &p->k->atts[i];
	build_start(p->b, tag_of(p, name), a);
	if ((size_t)c->nameNr > p->open_max) {
		build_shallow(p->b, tag_of(p, name));
		build_end(p->b);
		c->name = c->nameTab[--c->nameNr - 1];
	}
}

static void
sax_end(void *ctx, const xmlChar *name)
{
	(void)name;
	build_end(((struct parse *)((xmlParserCtxtPtr)ctx)->_private)->b);
}

static void
sax_text(void *ctx, const xmlChar *s, int n)
{
	struct parse *p = ((xmlParserCtxtPtr)ctx)->_private;
	const struct run *r;
	size_t i;

	if (s[0] < '@') {
		build_text(p->b, (const char *)s, (size_t)n);
		return;
	}
	if ((i = number(s, s + n)) >= p->k->nruns)
		return;
	r = &p->k->runs[i];
	build_text(p->b, r->p != NULL ? r->p : p->k->text.p + r->at, r->n);
}

static void
sax_quiet(void *ctx, const char *fmt, ...)
{
	(void)ctx;
	(void)fmt;
}

void
skeleton_parse(struct skeleton *k, struct build *b)
{
	struct parse p = { .b = b, .k = k };
	htmlParserCtxtPtr c;
	htmlSAXHandler sax = { .startElement = sax_start,
	    .endElement = sax_end, .characters = sax_text,
	    .ignorableWhitespace = sax_text, .warning = sax_quiet,
	    .error = sax_quiet };

	skeleton_close(k);
	if (k->nesting.b != NULL || k->markup.n == 0 || (c = htmlCreateMemoryParserCtxt(k->markup.p,
	    (int)k->markup.n)) == NULL)
		return;
	p.open_max = (SEARCH_MIN + SEARCH_PER_BYTE * k->markup.n) /
	    (k->searches + 1);
	if (p.open_max < OPEN_MIN)
		p.open_max = OPEN_MIN;
	htmlCtxtUseOptions(c, HTML_PARSE_IGNORE_ENC |
	    HTML_PARSE_NOIMPLIED | HTML_PARSE_NOERROR |
	    HTML_PARSE_NOWARNING | HTML_PARSE_NONET);
	*c->sax = sax;
	c->_private = &p;
	xmlSwitchEncoding(c, XML_CHAR_ENCODING_UTF8);
	htmlParseDocument(c);
	if (c->myDoc != NULL)
		xmlFreeDoc(c->myDoc);
	c->myDoc = NULL;
	htmlFreeParserCtxt(c);
}

bool
html_parse(struct build *b, struct span in, bool direct)
{
	struct skeleton k;
	bool clear;

	skeleton_begin(&k, direct ? b : NULL);
	skeleton_html(&k, in);
	skeleton_parse(&k, b);
	clear = !k.nesting.unclear;
	skeleton_done(&k);
	return clear;
}
