#include "base/utf8.h"
#include "publish/xmlout.h"

static bool
is_xml_char(uint32_t c)
{
	return c == '\t' || c == '\n' || c == '\r' ||
	    (c >= 0x20 && c <= 0xd7ff) || (c >= 0xe000 && c <= 0xfffd) ||
	    (c >= 0x10000 && c <= 0x10ffff);
}

void
xmlout_text(struct buf *out, struct span s)
{
	while (s.n > 0) {
		uint32_t c;

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
xmlout_element(struct buf *out, int indent, const char *name,
    const char *text)
{
	if (text == NULL || text[0] == '\0')
		return;
	buf_putf(out, "%*s<%s>", indent, "", name);
	xmlout_text(out, span_str(text));
	buf_putf(out, "</%s>\n", name);
}

void
xmlout_attribute(struct buf *out, const char *name, const char *value)
{
	if (value == NULL || value[0] == '\0')
		return;
	buf_putf(out, " %s=\"", name);
	xmlout_text(out, span_str(value));
	buf_putc(out, '"');
}
