#include "base/utf8.h"
#include "publish/xmlout.h"

static bool
is_xml_char(uint32_t c)
{
	return c == '\t' || c == '\n' || c == '\r' ||
	    (c >= 0x20 && c <= 0xd7ff) || (c >= 0xe000 && c <= 0xfffd) ||
	    (c >= 0x10000 && c <= 0x10ffff);
}

/* Bytes at the start of s that go out as they are. */
static size_t
plain(struct span s)
{
	uint32_t c;
	size_t i = 0, n;
	bool ok;

	while (i < s.n) {
		switch (s.p[i]) {
		case '&': case '<': case '>': case '"': case '\r':
			return i;
		default:
			if ((unsigned char)(s.p[i] - 0x20) < 0x5f) {
				i++;
				continue;
			}
		}
		n = utf8_decode_ok(span_from(s, i), &c, &ok);
		if (!ok || !is_xml_char(c))
			return i;
		i += n;
	}
	return i;
}

void
xmlout_text(struct buf *out, struct span s)
{
	while (s.n > 0) {
		size_t n = plain(s);
		uint32_t c;

		buf_put(out, s.p, n);
		if ((s = span_from(s, n)).n == 0)
			break;
		s = span_from(s, utf8_decode(s, &c));
		switch (c) {
		case '&':
			buf_puts(out, "&amp;");
			break;
		case '<':
			buf_puts(out, "&lt;");
			break;
		case '>':	/* so that "]]>" never stands there */
			buf_puts(out, "&gt;");
			break;
		case '"':
			buf_puts(out, "&quot;");
			break;
		case '\r':	/* a parser would make it a LF */
			buf_puts(out, "&#13;");
			break;
		default:
			if (is_xml_char(c))
				utf8_put(out, c);
		}
	}
}

void
xmlout_start(struct buf *out, int indent, const char *name)
{
	while (indent-- > 0)
		buf_putc(out, ' ');
	buf_putc(out, '<');
	buf_puts(out, name);
	buf_putc(out, '>');
}

void
xmlout_end(struct buf *out, const char *name)
{
	buf_puts(out, "</");
	buf_puts(out, name);
	buf_puts(out, ">\n");
}

void
xmlout_element(struct buf *out, int indent, const char *name,
    const char *text)
{
	if (text == NULL || text[0] == '\0')
		return;
	xmlout_start(out, indent, name);
	xmlout_text(out, span_str(text));
	xmlout_end(out, name);
}

void
xmlout_attribute(struct buf *out, const char *name, const char *value)
{
	if (value == NULL || value[0] == '\0')
		return;
	buf_putc(out, ' ');
	buf_puts(out, name);
	buf_puts(out, "=\"");
	xmlout_text(out, span_str(value));
	buf_putc(out, '"');
}
