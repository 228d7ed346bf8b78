/*
 * relink.c - see relink.h.
 */
#include <ctype.h>
#include <string.h>

#include "base/uri.h"
#include "feed/relink.h"
#include "feed/xml.h"

static bool
is_link(struct span name)
{
	static const char *const names[] = { "href", "src", "cite", "action",
	    "background", "classid", "codebase", "data", "longdesc", "poster",
	    "profile", "usemap", "xlink:href" };

	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		if (span_ieqs(name, names[i]))
			return true;
	return false;
}

static size_t
name_length(struct span s)
{
	size_t n = 0;

	while (n < s.n && (isalnum((unsigned char)s.p[n]) ||
	    strchr(":-_", s.p[n]) != NULL) && s.p[n] != '\0')
		n++;
	return n;
}

static void
put_url(struct buf *out, struct span raw, const char *base, char quote)
{
	struct buf value = { 0 }, url = { 0 };

	xml_value(&value, raw);
	if (uri_resolve(&url, base, buf_span(&value)) != 0) {
		buf_put_span(out, raw);
	} else {
		for (size_t i = 0; i < url.n; i++) {
			if (url.p[i] == '&')
				buf_puts(out, "&amp;");
			else if (url.p[i] == quote)
				buf_puts(out, quote == '"' ? "%22" : "%27");
			else
				buf_putc(out, url.p[i]);
		}
	}
	buf_free(&value);
	buf_free(&url);
}

/* The value at s: its length with quotation marks; *raw is what is inside. */
static size_t
value_at(struct span s, struct span *raw)
{
	const char *q;
	size_t n = 0;

	if (s.n > 0 && (s.p[0] == '"' || s.p[0] == '\'')) {
		q = memchr(s.p + 1, s.p[0], s.n - 1);
		if (q == NULL)
			return 0;
		*raw = span_of(s.p + 1, (size_t)(q - s.p - 1));
		return raw->n + 2;
	}
	while (n < s.n && !ascii_space(s.p[n]) && s.p[n] != '>')
		n++;
	*raw = span_of(s.p, n);
	return n;
}

/* One attribute, or one byte that is none, of a tag; the length taken. */
static size_t
attribute(struct buf *out, struct span s, const char *base)
{
	size_t n = name_length(s), i, len;
	struct span raw;

	if (n == 0) {
		buf_putc(out, s.p[0]);
		return 1;
	}
	for (i = n; i < s.n && ascii_space(s.p[i]); i++)
		;
	if (i == s.n || s.p[i] != '=') {
		buf_put(out, s.p, n);
		return n;
	}
	for (i++; i < s.n && ascii_space(s.p[i]); i++)
		;
	len = value_at(span_from(s, i), &raw);
	if (len == 0 || !is_link(span_of(s.p, n))) {
		buf_put(out, s.p, i + len);
		return i + len;
	}
	buf_put(out, s.p, n);
	buf_puts(out, "=");
	buf_putc(out, s.p[i] == '\'' ? '\'' : '"');
	put_url(out, raw, base, s.p[i] == '\'' ? '\'' : '"');
	buf_putc(out, s.p[i] == '\'' ? '\'' : '"');
	return i + len;
}

void
feed_relink(struct buf *out, struct span html, const char *base)
{
	struct span s = html;
	const char *lt;
	size_t n;

	while (s.n > 0) {
		lt = memchr(s.p, '<', s.n);
		n = lt == NULL ? s.n : (size_t)(lt - s.p);
		buf_put(out, s.p, n);
		s = span_from(s, n);
		if (s.n < 2 || !isalpha((unsigned char)s.p[1])) {
			/* "<!" of no comment or declaration was meant as text. */
			if (s.n >= 3 && s.p[1] == '!' && s.p[2] != '-' &&
			    s.p[2] != '[' && !isalpha((unsigned char)s.p[2]))
				buf_puts(out, "&lt;");
			else
				buf_put(out, s.p, s.n < 1 ? 0 : 1);
			s = span_from(s, 1);
			continue;
		}
		n = 1 + name_length(span_from(s, 1));
		buf_put(out, s.p, n);
		s = span_from(s, n);
		while (s.n > 0 && s.p[0] != '>' && s.p[0] != '<')
			s = span_from(s, attribute(out, s, base));
	}
}
