/*
 * xml.c - see xml.h.
 */
#include <ctype.h>
#include <string.h>

#include "base/utf8.h"
#include "feed/ns.h"
#include "feed/xml.h"
#include "gemtext/input.h"

/* What a byte may be in a name: 2 its start, 1 further on. */
static const unsigned char in_name[128] = {
	['-'] = 1, ['.'] = 1, ['0'] = 1, 1, 1, 1, 1, 1, 1, 1, 1, 1,
	[':'] = 2, ['_'] = 2,
	['A'] = 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2,
	    2, 2, 2, 2, 2,
	['a'] = 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2,
	    2, 2, 2, 2, 2,
};

static bool
name_start(char c)
{
	return (c & 0x80) != 0 || in_name[c & 0x7f] == 2;
}

static bool
name_char(char c)
{
	return (c & 0x80) != 0 || in_name[c & 0x7f] != 0;
}

void
xml_init(struct xml *x, struct span utf8, struct arena *a)
{
	memset(x, 0, offsetof(struct xml, stack));
	memset(&x->stack[0], 0, sizeof(x->stack[0]));
	memset(x->over, 0, sizeof(x->over));
	x->depth = x->nattrs = x->nbindings = x->nover = x->closing = 0;
	x->empty = x->verbatim = false;
	memset(x->missing, 0, sizeof(x->missing));
	x->text_end = NULL;
	x->problem = NULL;
	x->in = utf8;
	x->p = utf8.p;
	x->end = utf8.p + utf8.n;
	x->arena = a;
}

void
xml_damage(struct xml *x, const char *what)
{
	size_t line = 1;

	if (x->problem != NULL)
		return;
	for (const char *p = x->in.p; p < x->p; p++)
		line += *p == '\n';
	x->problem = arena_printf(x->arena, "line %zu: %s", line, what);
}

/* --- references -------------------------------------------------------- */

static size_t
numeric_reference(struct span s, char out[8], size_t *n)
{
	uint32_t c = 0;
	size_t i = 2, start;
	bool hex = s.n > 2 && (s.p[2] == 'x' || s.p[2] == 'X');

	if (hex)
		i++;
	for (start = i; i < s.n && i < start + 10; i++) {
		char d = s.p[i];

		if (isdigit((unsigned char)d))
			d -= '0';
		else if (hex && isxdigit((unsigned char)d))
			d = (char)(tolower((unsigned char)d) - 'a' + 10);
		else
			break;
		if (c < 0x110000)
			c = c * (hex ? 16 : 10) + (uint32_t)d;
	}
	if (i == start)
		return 0;
	if (c == 0 || c > 0x10ffff || (c >= 0xd800 && c < 0xe000))
		c = UTF8_REPLACEMENT;
	*n = utf8_encode(c, out);
	return i < s.n && s.p[i] == ';' ? i + 1 : i;
}

/* "&lt;" and its like, nearly all there are: the length, or 0. */
static size_t
markup_reference(struct span s, char *c)
{
	if (s.n >= 6 && memcmp(s.p + 1, "quot;", 5) == 0) {
		*c = '"';
		return 6;
	}
	if (s.n >= 4 && s.p[2] == 't' && s.p[3] == ';' &&
	    (s.p[1] == 'l' || s.p[1] == 'g')) {
		*c = s.p[1] == 'l' ? '<' : '>';
		return 4;
	}
	if (s.n >= 5 && memcmp(s.p + 1, "amp;", 4) == 0) {
		*c = '&';
		return 5;
	}
	return 0;
}

size_t
xml_reference(struct span s, char out[8], size_t *n)
{
	const char *text;
	size_t len;

	if (s.n < 3)
		return 0;
	if (s.p[1] == '#')
		return numeric_reference(s, out, n);
	*n = 1;
	if ((len = markup_reference(s, out)) > 0)
		return len;
	len = entity_find(span_from(s, 1), false, &text);
	if (len == 0 || s.p[len] != ';' || strlen(text) > 8)
		return 0;
	*n = strlen(text);
	memcpy(out, text, *n);
	return len + 1;
}

void
xml_value(struct buf *out, struct span raw)
{
	char c[8];
	size_t n, len;

	while (raw.n > 0) {
		for (len = 0; len < raw.n && raw.p[len] != '&' &&
		    (raw.p[len] == ' ' || !ascii_space(raw.p[len])); len++)
			;
		buf_put(out, raw.p, len);
		raw = span_from(raw, len);
		if (raw.n == 0)
			break;
		len = raw.p[0] == '&' ? xml_reference(raw, c, &n) : 0;
		if (len == 0) {
			len = n = 1;
			c[0] = raw.p[0] == '&' ? '&' : ' ';
		}
		buf_put(out, c, n);
		raw = span_from(raw, len);
	}
}

/* --- names ------------------------------------------------------------- */

static struct span
local_of(struct span qname)
{
	const char *colon = memchr(qname.p, ':', qname.n);

	return colon == NULL ? qname :
	    span_of(colon + 1, (size_t)(qname.p + qname.n - colon - 1));
}

static struct span
prefix_of(struct span qname)
{
	const char *colon = memchr(qname.p, ':', qname.n);

	return colon == NULL ? span_of(qname.p, 0) :
	    span_of(qname.p, (size_t)(colon - qname.p));
}

static bool
span_ieq(struct span a, struct span b)
{
	return a.n == b.n && strncasecmp(a.p, b.p, a.n) == 0;
}

static enum ns
resolve(const struct xml *x, struct span prefix)
{
	for (size_t i = x->nbindings; i-- > 0; )
		if (span_eq(x->bindings[i].prefix, prefix))
			return x->bindings[i].ns;
	return ns_of_prefix(prefix);
}

static void
bind_one(struct xml *x, const struct xml_attr *a)
{
	struct buf uri = { 0 };
	struct xml_binding *b;

	if (x->nbindings == XML_BINDINGS_MAX) {
		xml_damage(x, "too many namespaces");
		return;
	}
	b = &x->bindings[x->nbindings++];
	b->prefix = a->qname.n > 6 ? span_from(a->qname, 6) :
	    span_of(a->qname.p, 0);
	buf_init(&uri, XML_VALUE_MAX * 2);
	xml_value(&uri, a->raw);
	b->ns = ns_of_uri(buf_span(&uri), b->prefix);
	buf_free(&uri);
}

static void
bind_all(struct xml *x)
{
	for (size_t i = 0; i < x->nattrs; i++)
		if (span_starts(x->attrs[i].qname, "xmlns") &&
		    (x->attrs[i].qname.n == 5 || x->attrs[i].qname.p[5] == ':'))
			bind_one(x, &x->attrs[i]);
	for (size_t i = 0; i < x->nattrs; i++) {
		struct xml_attr *a = &x->attrs[i];
		struct span prefix = prefix_of(a->qname);

		a->local = local_of(a->qname);
		a->ns = prefix.n == 0 ? NS_CORE : resolve(x, prefix);
	}
}

const char *
xml_attr(const struct xml *x, enum ns ns, const char *local)
{
	struct buf v = { 0 };
	const char *s;

	for (size_t i = 0; i < x->nattrs; i++) {
		const struct xml_attr *a = &x->attrs[i];

		if (a->ns != ns || !span_ieqs(a->local, local))
			continue;
		if (memchr(a->raw.p, '&', a->raw.n) == NULL &&
		    memchr(a->raw.p, '\n', a->raw.n) == NULL)
			return arena_strndup(x->arena, a->raw.p, a->raw.n);
		xml_value(&v, a->raw);
		s = arena_strndup(x->arena, buf_cstr(&v), v.n);
		buf_free(&v);
		return s;
	}
	return NULL;
}

/* --- tags -------------------------------------------------------------- */

static struct span
take_name(struct xml *x)
{
	const char *p = x->p;

	while (x->p < x->end && name_char(*x->p))
		x->p++;
	return span_of(p, (size_t)(x->p - p));
}

static void
skip_space(struct xml *x)
{
	while (x->p < x->end && ascii_space(*x->p))
		x->p++;
}

/* The value behind "=", quoted or not. */
static struct span
take_value(struct xml *x)
{
	const char *start, *q;

	skip_space(x);
	if (x->p < x->end && (*x->p == '"' || *x->p == '\'')) {
		start = x->p + 1;
		q = memchr(start, *x->p, (size_t)(x->end - start));
		if (q != NULL) {
			x->p = q + 1;
			return span_of(start, (size_t)(q - start));
		}
		xml_damage(x, "an attribute's quotation mark is missing");
		x->p = start;
	} else {
		start = x->p;
		xml_damage(x, "an attribute's value is not quoted");
	}
	while (x->p < x->end && !ascii_space(*x->p) && *x->p != '>' &&
	    *x->p != '<')
		x->p++;
	return span_of(start, (size_t)(x->p - start));
}

static void
add_attr(struct xml *x, struct span name, struct span value)
{
	if (x->nattrs == XML_ATTRS_MAX) {
		xml_damage(x, "too many attributes");
		return;
	}
	if (value.n > XML_VALUE_MAX) {
		xml_damage(x, "an attribute is too long");
		return;
	}
	x->attrs[x->nattrs++] = (struct xml_attr){ NS_CORE, name, name, value };
}

/* Attributes up to and including ">" or "/>"; true for the latter. */
static bool
take_attrs(struct xml *x)
{
	struct span name, value;

	x->nattrs = 0;
	for (;;) {
		skip_space(x);
		if (x->p == x->end || *x->p == '<') {
			xml_damage(x, "a tag is not closed");
			return false;
		}
		if (*x->p == '>') {
			x->p++;
			return false;
		}
		if (*x->p == '/' && x->p + 1 < x->end && x->p[1] == '>') {
			x->p += 2;
			return true;
		}
		if (!name_start(*x->p)) {
			xml_damage(x, "a character that cannot be in a tag");
			x->p++;
			continue;
		}
		name = take_name(x);
		skip_space(x);
		if (x->p < x->end && *x->p == '=') {
			x->p++;
			value = take_value(x);
		} else {
			xml_damage(x, "an attribute without value");
			value = name;
		}
		add_attr(x, name, value);
	}
}

static size_t
slot(struct span name)
{
	unsigned h = 5381;

	for (size_t i = 0; i < name.n; i++)
		h = h * 33 + (unsigned)tolower((unsigned char)name.p[i]);
	return h % 64;
}

/* p is behind "<" at a name.  False when nothing is to be reported. */
static bool
start_tag(struct xml *x)
{
	struct span qname = take_name(x);
	struct xml_frame *f, *outer = xml_top(x);
	bool empty = take_attrs(x);

	if (x->depth == XML_DEPTH_MAX) {
		xml_damage(x, "elements are nested too deep");
		if (!empty && x->over[slot(qname)] < 0xffff) {
			x->over[slot(qname)]++;
			x->nover++;
		}
		return false;
	}
	f = &x->stack[++x->depth];
	f->nbindings = x->nbindings;
	bind_all(x);
	f->qname = qname;
	f->local = local_of(qname);
	f->ns = resolve(x, prefix_of(qname));
	f->base = outer->base;
	f->language = outer->language;
	f->role = f->field = 0;
	x->empty = empty;
	return true;
}

/* p is behind "</".  Sets how many elements end; 0 for a stray one. */
static void
end_tag(struct xml *x)
{
	struct span qname = take_name(x);
	size_t d;

	skip_space(x);
	if (x->p < x->end && *x->p == '>')
		x->p++;
	else
		xml_damage(x, "an end tag is not closed");
	if (x->nover > 0 && x->over[slot(qname)] > 0) {
		x->over[slot(qname)]--;
		x->nover--;
		return;
	}
	for (d = x->depth; d > 0; d--)
		if (span_ieq(x->stack[d].qname, qname))
			break;
	if (d == 0) {
		xml_damage(x, "an end tag without a start");
		return;
	}
	if (d < x->depth)
		xml_damage(x, "an element is not closed");
	if (x->nover > 0) {
		memset(x->over, 0, sizeof(x->over));
		x->nover = 0;
	}
	x->closing = x->depth - d + 1;
}

enum mark { COMMENT_END, PI_END, TAG_END };

/*
 * Skip to behind a mark, from bytes further on; false when it is missing.
 * What is missing once is not searched for again.
 */
static bool
skip_behind(struct xml *x, size_t from, enum mark m)
{
	static const char *const marks[] = { "-->", "?>", ">" };
	const char *q = NULL;

	if (x->missing[m] || (size_t)(x->end - x->p) < from)
		return false;
	q = memmem(x->p + from, (size_t)(x->end - x->p) - from, marks[m],
	    strlen(marks[m]));
	if (q == NULL) {
		x->missing[m] = true;
		return false;
	}
	x->p = q + strlen(marks[m]);
	return true;
}

/* "<!DOCTYPE ... [ ... ]>": skipped, with whatever it declares. */
static void
skip_doctype(struct xml *x)
{
	int brackets = 0;
	char quote = '\0';

	while (x->p < x->end) {
		char c = *x->p;

		if (quote != '\0') {
			if (c == quote)
				quote = '\0';
		} else if (c == '"' || c == '\'')
			quote = c;
		else if (c == '<' && x->end - x->p > 4 &&
		    memcmp(x->p, "<!--", 4) == 0 &&
		    skip_behind(x, 4, COMMENT_END))
			continue;
		else if (c == '[')
			brackets++;
		else if (c == ']')
			brackets--;
		else if (c == '>' && brackets <= 0) {
			x->p++;
			return;
		}
		x->p++;
	}
}

/* CDATA: given out as one piece of text, to the end when it is not closed. */
static void
cdata(struct xml *x)
{
	const char *start = x->p + 9, *q = start;

	while ((q = memchr(q, ']', (size_t)(x->end - q))) != NULL &&
	    (x->end - q < 3 || q[1] != ']' || q[2] != '>'))
		q++;
	if (q == NULL) {
		xml_damage(x, "a CDATA section is not closed");
		q = x->end;
	}
	x->text = span_of(start, (size_t)(q - start));
	x->p = q < x->end ? q + 3 : q;
	x->verbatim = true;
}

static bool
at(const struct xml *x, const char *s)
{
	size_t n = strlen(s);

	return (size_t)(x->end - x->p) >= n && strncasecmp(x->p, s, n) == 0;
}

/* --- text -------------------------------------------------------------- */

/* One piece of the run of text that ends at text_end. */
static void
text_piece(struct xml *x)
{
	const char *stop;
	size_t n = 0, len;

	x->verbatim = false;
	if (*x->p == '&') {
		len = xml_reference(span_of(x->p,
		    (size_t)(x->text_end - x->p)), x->reference, &n);
		if (len > 0) {
			x->text = span_of(x->reference, n);
			x->p += len;
			return;
		}
		xml_damage(x, "an undefined entity or a bare \"&\"");
		x->text = span_of(x->p, 1);
		x->p++;
		return;
	}
	stop = memchr(x->p, '&', (size_t)(x->text_end - x->p));
	if (stop == NULL)
		stop = x->text_end;
	x->text = span_of(x->p, (size_t)(stop - x->p));
	x->p = stop;
}

void
xml_text_run(struct xml *x, struct buf *out)
{
	const char *amp;
	char c;
	size_t len;

	while (x->text_end != NULL && x->p < x->text_end) {
		len = (size_t)(x->text_end - x->p);
		amp = memchr(x->p, '&', len);
		if (amp == NULL)
			amp = x->text_end;
		buf_put(out, x->p, (size_t)(amp - x->p));
		x->p = amp;
		len = (size_t)(x->text_end - x->p);
		if (len == 0)
			break;
		if ((len = markup_reference(span_of(x->p, len), &c)) > 0) {
			buf_putc(out, c);
			x->p += len;
			continue;
		}
		text_piece(x);
		buf_put_span(out, x->text);
	}
}

/* What follows "<": true when there is an event in *ev. */
static bool
markup(struct xml *x, enum xml_event *ev)
{
	char next = x->p + 1 < x->end ? x->p[1] : '\0';

	if (name_start(next)) {
		x->p++;
		*ev = XML_START;
		return start_tag(x);
	}
	if (next == '/' && x->p + 2 < x->end && name_start(x->p[2])) {
		x->p += 2;
		end_tag(x);
		*ev = XML_END;
		return x->closing > 0;
	}
	if (at(x, "<![CDATA[")) {
		cdata(x);
		*ev = XML_TEXT;
		return x->text.n > 0;
	}
	if (at(x, "<!--") && skip_behind(x, 4, COMMENT_END))
		return false;
	if (at(x, "<?") && (skip_behind(x, 2, PI_END) ||
	    skip_behind(x, 2, TAG_END)))
		return false;
	if (at(x, "<!DOCTYPE")) {
		skip_doctype(x);
		return false;
	}
	if (at(x, "<!") && skip_behind(x, 2, TAG_END))
		return false;
	xml_damage(x, "a bare \"<\"");
	x->text = span_of(x->p++, 1);
	x->verbatim = false;
	*ev = XML_TEXT;
	return true;
}

void
xml_replace(struct xml *x, size_t depth)
{
	size_t nbindings = x->stack[depth].nbindings;

	xml_damage(x, "an element is not closed");
	x->stack[depth] = *xml_top(x);
	x->stack[depth].nbindings = nbindings;
	x->depth = depth;
}

/* Take the element that was reported as ended off the stack. */
static void
drop(struct xml *x)
{
	x->nbindings = xml_top(x)->nbindings;
	x->depth--;
}

enum xml_event
xml_next(struct xml *x)
{
	enum xml_event ev;

	if (x->closing > 0) {
		drop(x);
		if (--x->closing > 0)
			return XML_END;
	}
	if (x->empty) {
		x->empty = false;
		x->closing = 1;
		return XML_END;
	}
	for (;;) {
		if (x->text_end != NULL && x->p < x->text_end) {
			text_piece(x);
			return XML_TEXT;
		}
		x->text_end = NULL;
		if (x->p >= x->end)
			break;
		if (*x->p == '<') {
			if (markup(x, &ev))
				return ev;
			continue;
		}
		x->text_end = memchr(x->p, '<', (size_t)(x->end - x->p));
		if (x->text_end == NULL)
			x->text_end = x->end;
	}
	if (x->depth > 0) {
		xml_damage(x, "the feed ends before its last end tag");
		x->closing = x->depth;
		return XML_END;
	}
	return XML_EOF;
}
