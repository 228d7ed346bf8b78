/*
 * text.c - see text.h.
 */
#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "base/uri.h"
#include "base/utf8.h"
#include "feed/charset.h"
#include "feed/text.h"
#include "feed/xml.h"
#include "gemtext/gemtext.h"

/*
 * Whether the character of several bytes at p may have to go or be mended:
 * those below U+0100 and a few blocks are left to the thorough way.
 */
static bool
is_suspect(const unsigned char *p, size_t n)
{
	if (n < 2)
		return true;
	switch (p[0]) {
	case 0xc2: case 0xc3:
		/* Latin-1: fine unless another follows, as when UTF-8 was
		 * encoded twice. */
		return (p[0] == 0xc2 && (p[1] < 0xa1 || p[1] == 0xad)) ||
		    n < 3 || p[2] >= 0xc0;
	case 0xcc: case 0xcd:
		/* marks on a letter, when they pile up */
		return n < 3 || (p[2] & 0xfe) == 0xcc || p[2] >= 0xe1;
	case 0xe1:
		return p[1] == 0xaa || p[1] == 0xab || p[1] == 0xb7;
	case 0xe2:
		return p[1] == 0x83 || p[1] == 0x81 || (p[1] == 0x80 &&
		    (p[2] == 0x8b || p[2] >= 0xa8) && p[2] != 0xb0 &&
		    p[2] != 0xb2 && p[2] != 0xb9 && p[2] != 0xba);
	case 0xef:
		return p[1] == 0xbb || p[1] == 0xbf || (p[1] == 0xb8 &&
		    (n < 4 || (p[3] & 0xfe) == 0xcc || p[3] >= 0xe1));
	case 0xf3:
		return true;
	}
	return false;
}

/* Nothing in s (valid UTF-8) has to be cleaned. */
static bool
is_simple(struct span s, bool lines)
{
	const unsigned char *p = (const unsigned char *)s.p, *end = p + s.n;

	if (!lines && s.n > 0 && memmem(s.p, s.n, "  ", 2) != NULL)
		return false;
	for (;;) {
		p += utf8_printable(span_of((const char *)p,
		    (size_t)(end - p)), lines);
		if (p == end)
			return true;
		if (*p < 0x80)
			return false;
		for (; p < end && *p >= 0x80; p++)
			if (*p >= 0xc2 && is_suspect(p, (size_t)(end - p)))
				return false;
	}
}

/* Without white space at its ends, U+00A0 too. */
static struct span
trim_blank(struct span s)
{
	static const char nbsp[] = "\xc2\xa0";
	size_t n;

	do {
		n = s.n;
		s = span_trim(s);
		if (span_starts(s, nbsp))
			s = span_from(s, 2);
		if (s.n >= 2 && memcmp(s.p + s.n - 2, nbsp, 2) == 0)
			s.n -= 2;
	} while (s.n < n);
	return s;
}

/*
 * Run s through charset_mend() and clean (utf8_line or utf8_lines) into the
 * arena.
 */
static const char *
cleaned(struct arena *a, struct span s,
    void (*clean)(struct buf *, struct span))
{
	struct buf mended = { 0 }, out = { 0 };
	const char *result = NULL;

	s = trim_blank(s);
	buf_reserve(&out, s.n);
	clean(&out, charset_mend(&mended, s) ? buf_span(&mended) : s);
	s = span_trim(buf_span(&out));
	if (s.n > 0)
		result = arena_strndup(a, s.p, s.n);
	buf_free(&mended);
	buf_free(&out);
	return result;
}

const char *
text_line(struct arena *a, struct span s)
{
	s = span_trim(s);
	if (s.n == 0)
		return NULL;
	if (is_simple(s, false))
		return arena_strndup(a, s.p, s.n);
	return cleaned(a, s, utf8_line);
}

const char *
text_body(struct arena *a, struct span s)
{
	s = span_trim(s);
	if (s.n == 0)
		return NULL;
	if (is_simple(s, true))
		return arena_strndup(a, s.p, s.n);
	return cleaned(a, s, utf8_lines);
}

/*
 * Without the tags of raised and lowered text (a title has its characters as
 * they stand, "m2") and of frames, which would hide what is behind one that is
 * not closed.
 */
static void
put_level(struct buf *out, struct span s)
{
	while (s.n > 0) {
		const char *lt = memchr(s.p, '<', s.n), *gt = NULL;
		size_t n = lt != NULL ? (size_t)(lt - s.p) : s.n;
		struct span tag;

		buf_put(out, s.p, n);
		s = span_from(s, n);
		tag = span_from(s, s.n > 1 && s.p[1] == '/' ? 2 : 1);
		if (span_istarts(tag, "sup>") || span_istarts(tag, "sub>") ||
		    span_istarts(tag, "iframe"))
			gt = memchr(s.p, '>', s.n);
		if (gt == NULL)
			buf_put(out, s.p, s.n > 0);
		s = span_from(s, gt != NULL ? (size_t)(gt - s.p) + 1 : 1);
	}
}

const char *
text_plain(struct arena *a, struct span s, bool html)
{
	struct buf out = { 0 }, level = { 0 };
	const char *line = text_body(a, s), *result;

	if (line == NULL)
		return NULL;
	s = span_str(line);
	if (!html || (memchr(s.p, '<', s.n) == NULL &&
	    memchr(s.p, '&', s.n) == NULL))
		return text_line(a, s);
	put_level(&level, s);
	gemtext_line(&out, GEMTEXT_HTML, buf_span(&level));
	result = text_line(a, buf_span(&out));
	buf_free(&level);
	buf_free(&out);
	return result;
}

/* --- is it HTML? ------------------------------------------------------- */

static int
compare(const void *a, const void *b)
{
	return strcmp(a, *(const char *const *)b);
}

/* Elements of HTML that text about something else hardly mentions. */
static bool
is_html_element(const char *name)
{
	static const char *const names[] = {
		"a", "abbr", "acronym", "address", "article", "aside", "audio",
		"b", "big", "blockquote", "br", "caption", "center", "cite",
		"code", "col", "dd", "del", "details", "dfn", "div", "dl",
		"dt", "em", "figcaption", "figure", "font", "footer", "form",
		"h1", "h2", "h3", "h4", "h5", "h6", "header", "hr", "i",
		"iframe", "img", "ins", "kbd", "label", "li", "map", "mark",
		"nav", "noscript", "object", "ol", "p", "param", "picture",
		"pre", "q", "rp", "rt", "ruby", "s", "samp", "script",
		"section", "small", "source", "span", "strike", "strong",
		"style", "sub", "summary", "sup", "table", "tbody", "td",
		"tfoot", "th", "thead", "time", "tr", "tt", "u", "ul", "var",
		"video", "wbr",
	};

	return bsearch(name, names, sizeof(names) / sizeof(names[0]),
	    sizeof(names[0]), compare) != NULL;
}

/* The element's name behind "<" or "</", in lower case; "" if there is none. */
static size_t
tag_name(struct span s, char name[16])
{
	size_t n = 0;

	while (n < s.n && n < 15 && isalnum((unsigned char)s.p[n])) {
		name[n] = (char)tolower((unsigned char)s.p[n]);
		n++;
	}
	name[n] = '\0';
	return n;
}

bool
text_is_html(struct span s)
{
	bool closed = false, reference = false;
	char name[16], c[8];
	size_t n;

	if (memchr(s.p, '<', s.n) == NULL && memchr(s.p, '&', s.n) == NULL)
		return false;
	for (size_t i = 0; i < s.n; i++) {
		if (s.p[i] == '&') {
			if (xml_reference(span_from(s, i), c, &n) > 0)
				reference = true;
		} else if (s.p[i] == '<' && i + 1 < s.n) {
			bool end = s.p[i + 1] == '/';

			n = tag_name(span_from(s, i + 1 + end), name);
			if (n == 0)
				continue;
			if (!is_html_element(name))
				return false;
			closed = closed || end || strcmp(name, "br") == 0 ||
			    strcmp(name, "img") == 0;
		}
	}
	return closed || reference;
}

/* --- base64 ------------------------------------------------------------ */

static int
base64_value(char c)
{
	if (c >= 'A' && c <= 'Z')
		return c - 'A';
	if (c >= 'a' && c <= 'z')
		return c - 'a' + 26;
	if (c >= '0' && c <= '9')
		return c - '0' + 52;
	return c == '+' || c == '-' ? 62 : c == '/' || c == '_' ? 63 : -1;
}

char *
text_base64(struct arena *a, struct span s, size_t *n)
{
	char *out = arena_alloc(a, s.n / 4 * 3 + 4);
	unsigned acc = 0;
	int bits = 0, v;

	*n = 0;
	for (size_t i = 0; i < s.n && s.p[i] != '='; i++) {
		if (ascii_space(s.p[i]))
			continue;
		v = base64_value(s.p[i]);
		if (v < 0)
			return NULL;
		acc = (acc << 6 | (unsigned)v) & 0xffffff;
		bits += 6;
		if (bits >= 8) {
			bits -= 8;
			out[(*n)++] = (char)(acc >> bits & 0xff);
		}
	}
	return out;
}

/* --- persons ----------------------------------------------------------- */

static bool
mail_char(char c)
{
	return isalnum((unsigned char)c) || strchr("_-.+", c) != NULL;
}

/* The e-mail address in s, empty when there is none. */
static struct span
find_mail(struct span s)
{
	for (size_t i = 1; i + 3 < s.n; i++) {
		size_t from = i, to = i + 1;
		bool dot = false;

		if (s.p[i] != '@')
			continue;
		while (from > 0 && s.p[from - 1] != '\0' &&
		    mail_char(s.p[from - 1]))
			from--;
		while (to < s.n && s.p[to] != '\0' &&
		    (isalnum((unsigned char)s.p[to]) || s.p[to] == '-' ||
		    s.p[to] == '.'))
			to++;
		while (to > i && (s.p[to - 1] == '.' || s.p[to - 1] == '-'))
			to--;
		for (size_t k = i + 1; k < to; k++)
			dot = dot || s.p[k] == '.';
		if (from < i && dot)
			return span_of(s.p + from, to - from);
	}
	return span_of(s.p, 0);
}

/* Without the brackets that an address leaves around or beside a name. */
static struct span
unwrap(struct span s)
{
	for (;;) {
		s = span_trim(s);
		if (s.n >= 2 && ((s.p[0] == '(' && s.p[s.n - 1] == ')') ||
		    (s.p[0] == '<' && s.p[s.n - 1] == '>') ||
		    (s.p[0] == '"' && s.p[s.n - 1] == '"'))) {
			s = span_of(s.p + 1, s.n - 2);
			continue;
		}
		if (s.n >= 2 && (memcmp(s.p + s.n - 2, "()", 2) == 0 ||
		    memcmp(s.p + s.n - 2, "<>", 2) == 0)) {
			s.n -= 2;
			continue;
		}
		if (s.n >= 2 && (memcmp(s.p, "()", 2) == 0 ||
		    memcmp(s.p, "<>", 2) == 0)) {
			s = span_from(s, 2);
			continue;
		}
		return s;
	}
}

bool
text_person(struct arena *a, struct person *p, struct span s)
{
	struct buf rest = { 0 };
	const char *line = text_plain(a, s, text_is_html(s));
	struct span mail;

	*p = (struct person){ 0 };
	if (line == NULL)
		return false;
	s = span_str(line);
	mail = find_mail(s);
	if (mail.n > 0) {
		size_t from = (size_t)(mail.p - s.p), to = from + mail.n;

		p->email = text_line(a, mail);
		if (from >= 7 && strncasecmp(s.p + from - 7, "mailto:", 7) == 0)
			from -= 7;
		if (span_istarts(span_from(s, to), "?subject="))
			to += strcspn(s.p + to, " \t");
		buf_put(&rest, s.p, from);
		buf_put_span(&rest, span_from(s, to));
		s = buf_span(&rest);
	}
	p->name = text_line(a, unwrap(s));
	buf_free(&rest);
	return p->name != NULL || p->email != NULL;
}

int64_t
text_duration(struct span s)
{
	int64_t total = 0, part = 0;
	int colons = 0;

	s = span_trim(s);
	if (s.n == 0 || s.n > 16)
		return -1;
	for (size_t i = 0; i < s.n; i++) {
		if (s.p[i] == ':') {
			total = (total + part) * 60;
			part = 0;
			if (++colons > 2)
				return -1;
		} else if (s.p[i] == '.' && i > 0) {
			break;	/* parts of a second */
		} else if (isdigit((unsigned char)s.p[i])) {
			part = part * 10 + (s.p[i] - '0');
			if (part > 100000000)
				return -1;
		} else
			return -1;
	}
	return total + part;
}

const char *
text_url(struct arena *a, const char *base, struct span ref)
{
	struct buf out = { 0 };
	const char *result = NULL;

	ref = span_trim(ref);
	if (ref.n == 0)
		return NULL;
	if (uri_resolve(&out, base, ref) == 0 && out.n > 0)
		result = arena_strndup(a, buf_cstr(&out), out.n);
	else if (ref.n <= URI_MAX)
		result = text_line(a, ref);
	buf_free(&out);
	return result;
}
