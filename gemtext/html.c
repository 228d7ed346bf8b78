/*
 * HTML by libxml2's SAX events over the whole document in memory.
 *
 * A pass before it makes the input what the parser reads well: valid UTF-8
 * without control characters, references resolved by the standard's
 * table, comments, declarations and CDATA marks gone, stray "<" and "&"
 * escaped, and a ceiling on what one tag may carry.
 */
#include <libxml/HTMLparser.h>
#include <libxml/parserInternals.h>

#include "base/utf8.h"
#include "gemtext/input.h"

/* Bytes and attributes of one tag that count; more are left out. */
#define TAG_BYTES_MAX	((size_t)64 * 1024)
#define TAG_ATTS_MAX	256

struct pass {
	struct buf	*out;
	struct span	 in;
};

static bool
letter(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

/* --- the pass before --- */

/* Past the next occurrence of mark, or to the end. */
static void
skip_past(struct pass *p, const char *mark)
{
	size_t n = strlen(mark);
	const char *at = memmem(p->in.p, p->in.n, mark, n);

	p->in = at == NULL ? span_of(p->in.p + p->in.n, 0) :
	    span_from(p->in, (size_t)(at - p->in.p) + n);
}

static void
put_escaped_text(struct buf *out, const char *s)
{
	for (; *s != '\0'; s++)
		switch (*s) {
		case '<':
			buf_puts(out, "&lt;");
			break;
		case '>':
			buf_puts(out, "&gt;");
			break;
		case '&':
			buf_puts(out, "&amp;");
			break;
		case '"':
			buf_puts(out, "&#34;");
			break;
		case '\'':
			buf_puts(out, "&#39;");
			break;
		default:
			buf_putc(out, *s);
			break;
		}
}

static void
put_code_point(struct buf *out, uint32_t c)
{
	char s[5] = "";

	if (c == 0 || c > 0x10ffff || (c >= 0xd800 && c <= 0xdfff))
		c = UTF8_REPLACEMENT;
	if (c < 0x20 && c != '\t' && c != '\n' && c != '\r' && c != '\f')
		return;
	s[utf8_encode(c, s)] = '\0';
	put_escaped_text(out, s);
}

/* A reference; p->in begins with "&". */
static void
reference(struct pass *p, bool attribute)
{
	struct span s = span_from(p->in, 1);
	const char *text;
	uint32_t v = 0;
	size_t n;

	if (s.n >= 2 && s.p[0] == '#') {
		bool hex = s.p[1] == 'x' || s.p[1] == 'X';
		size_t i = hex ? 2 : 1, digits = 0;

		for (; i < s.n; i++, digits++) {
			char c = s.p[i];
			uint32_t d;

			if (c >= '0' && c <= '9')
				d = (uint32_t)(c - '0');
			else if (hex && ((c | 32) >= 'a' && (c | 32) <= 'f'))
				d = (uint32_t)((c | 32) - 'a' + 10);
			else
				break;
			if (v <= 0x110000)
				v = v * (hex ? 16 : 10) + d;
		}
		if (digits > 0) {
			if (i < s.n && s.p[i] == ';')
				i++;
			put_code_point(p->out, v);
			p->in = span_from(s, i);
			return;
		}
	}
	if ((n = entity_find(s, attribute, &text)) > 0) {
		put_escaped_text(p->out, text);
		p->in = span_from(s, n);
		return;
	}
	buf_puts(p->out, "&amp;");
	p->in = s;
}

/* One character of text or of an attribute's value. */
static void
character(struct pass *p)
{
	uint32_t c;
	size_t n = utf8_decode(p->in, &c);

	if (c >= 0x20 || c == '\n' || c == '\t' || c == '\r')
		utf8_put(p->out, c);
	else if (c == '\f')
		buf_putc(p->out, ' ');
	p->in = span_from(p->in, n);
}

static bool
clean_ascii(char c)
{
	return (c >= 0x20 && c < 0x7f && c != '<' && c != '&' && c != ']') ||
	    c == '\n';
}

/* A quoted value; p->in begins behind the quote. */
static void
quoted(struct pass *p, char quote, bool keep)
{
	size_t start = p->out->n;

	while (p->in.n > 0 && p->in.p[0] != quote) {
		if (p->in.p[0] == '&')
			reference(p, true);
		else if (p->in.p[0] == '<') {
			buf_puts(p->out, "&lt;");
			p->in = span_from(p->in, 1);
		} else
			character(p);
		if (p->out->n - start > TAG_BYTES_MAX)
			keep = false;
	}
	if (!keep)
		buf_truncate(p->out, start);
	p->in = span_from(p->in, 1);
	buf_putc(p->out, quote);
}

/* A start or end tag; p->in begins with "<". */
static void
tag(struct pass *p)
{
	size_t start = p->out->n, atts = 0;
	char last = '<';

	/* "</br>" is a break to browsers; the parser drops it. */
	if (span_istarts(p->in, "</br") && p->in.n > 4 &&
	    !letter(p->in.p[4])) {
		buf_puts(p->out, "<br");
		p->in = span_from(p->in, 4);
	} else {
		buf_put(p->out, p->in.p, 1);
		p->in = span_from(p->in, 1);
	}
	while (p->in.n > 0 && p->in.p[0] != '>') {
		char c = p->in.p[0];
		bool keep = atts < TAG_ATTS_MAX &&
		    p->out->n - start < TAG_BYTES_MAX;

		if (ascii_space(c) && !ascii_space(last))
			atts++;
		if ((c == '"' || c == '\'') && last == '=') {
			p->in = span_from(p->in, 1);
			if (!keep) {
				const char *q = memchr(p->in.p, c, p->in.n);

				p->in = q == NULL ? span_from(p->in,
				    p->in.n) : span_from(p->in,
				    (size_t)(q - p->in.p) + 1);
			} else {
				buf_putc(p->out, c);
				quoted(p, c, true);
				if (p->in.n > 0 && !ascii_space(p->in.p[0]) &&
				    p->in.p[0] != '>' && p->in.p[0] != '/')
					buf_putc(p->out, ' ');
			}
			last = c;
			continue;
		}
		if (!ascii_space(c) || last != '=')
			last = c;
		if (!keep) {
			p->in = span_from(p->in, 1);
		} else if (c == '&') {
			reference(p, true);
		} else if (c == '<') {
			buf_puts(p->out, "&lt;");
			p->in = span_from(p->in, 1);
		} else
			character(p);
	}
	buf_putc(p->out, '>');
	p->in = span_from(p->in, 1);
}

/* Elements whose content is not markup; it is not shown either. */
static bool
raw_element(struct pass *p)
{
	static const char *const names[] = { "script", "style", "textarea",
	    "title", "noembed", "noframes" };

	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		size_t n = strlen(names[i]);
		struct span s = span_from(p->in, 1), rest;

		if (!span_istarts(s, names[i]) || s.n <= n ||
		    letter(s.p[n]) || (s.p[n] >= '0' && s.p[n] <= '9') ||
		    s.p[n] == '-')
			continue;
		/* Find its end tag, whatever the case of its letters. */
		rest = span_from(s, n);
		for (;;) {
			const char *lt = memmem(rest.p, rest.n, "</", 2);

			if (lt == NULL) {
				p->in = span_from(rest, rest.n);
				return true;
			}
			rest = span_from(rest, (size_t)(lt - rest.p) + 2);
			if (span_istarts(rest, names[i]) && (rest.n == n ||
			    !letter(rest.p[n])))
				break;
		}
		p->in = rest;
		skip_past(p, ">");
		return true;
	}
	return false;
}

static void
less_than(struct pass *p)
{
	struct span s = span_from(p->in, 1);

	if (span_starts(s, "!--")) {
		p->in = span_from(s, 3);
		if (span_starts(p->in, ">") || span_starts(p->in, "->"))
			skip_past(p, ">");
		else
			skip_past(p, "-->");
	} else if (span_istarts(s, "![CDATA[")) {
		p->in = span_from(s, 8);
	} else if (s.n > 0 && letter(s.p[0])) {
		if (!raw_element(p))
			tag(p);
	} else if (s.n > 1 && s.p[0] == '/' && letter(s.p[1])) {
		tag(p);
	} else if (s.n > 0 && (s.p[0] == '!' || s.p[0] == '?' ||
	    (s.p[0] == '/' && s.n > 1))) {
		skip_past(p, ">");
	} else {
		buf_puts(p->out, "&lt;");
		p->in = s;
	}
}

static void
prepare(struct buf *out, struct span in)
{
	struct pass p = { out, in };

	while (p.in.n > 0) {
		size_t run = 0;

		while (run < p.in.n && clean_ascii(p.in.p[run]))
			run++;
		buf_put(out, p.in.p, run);
		p.in = span_from(p.in, run);
		if (p.in.n == 0)
			break;
		if (p.in.p[0] == '<')
			less_than(&p);
		else if (p.in.p[0] == '&')
			reference(&p, false);
		else if (span_starts(p.in, "]]>"))
			p.in = span_from(p.in, 3);
		else
			character(&p);
	}
}

/* --- the parser --- */

static void
on_start(void *arg, const xmlChar *name, const xmlChar **atts)
{
	build_start(arg, (const char *)name, (const char *const *)atts);
}

static void
on_end(void *arg, const xmlChar *name)
{
	build_end(arg, (const char *)name);
}

static void
on_text(void *arg, const xmlChar *p, int n)
{
	build_text(arg, (const char *)p, (size_t)n);
}

void
html_parse(struct build *b, struct span in)
{
	xmlSAXHandler sax = {
		.startElement = on_start, .endElement = on_end,
		.characters = on_text, .ignorableWhitespace = on_text,
		.cdataBlock = on_text,
	};
	htmlParserCtxtPtr ctx;
	struct buf clean = { 0 };

	prepare(&clean, in);
	if (clean.n == 0 || clean.n > INT32_MAX)
		goto done;
	if ((ctx = htmlCreateMemoryParserCtxt(clean.p, (int)clean.n)) == NULL)
		goto done;
	htmlCtxtUseOptions(ctx, HTML_PARSE_RECOVER | HTML_PARSE_NOERROR |
	    HTML_PARSE_NOWARNING | HTML_PARSE_NONET | HTML_PARSE_IGNORE_ENC |
	    HTML_PARSE_NOIMPLIED);
	xmlSwitchEncoding(ctx, XML_CHAR_ENCODING_UTF8);
	if (ctx->sax != NULL)
		*ctx->sax = sax;
	ctx->userData = b;
	htmlParseDocument(ctx);
	htmlFreeParserCtxt(ctx);
done:
	buf_free(&clean);
}
