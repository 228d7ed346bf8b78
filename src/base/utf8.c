#include <string.h>
#include <unictype.h>
#include <uniwidth.h>

#include "base/utf8.h"

size_t
utf8_decode_ok(struct span s, uint32_t *c, bool *ok)
{
	const unsigned char *p = (const unsigned char *)s.p;
	uint32_t v;
	size_t need, i;
	unsigned char lo = 0x80, hi = 0xbf;

	*ok = true;
	if (p[0] < 0x80) {
		*c = p[0];
		return 1;
	}
	*ok = false;
	*c = UTF8_REPLACEMENT;
	if (p[0] >= 0xc2 && p[0] <= 0xdf)
		need = 1, v = p[0] & 0x1fu;
	else if (p[0] >= 0xe0 && p[0] <= 0xef)
		need = 2, v = p[0] & 0x0fu;
	else if (p[0] >= 0xf0 && p[0] <= 0xf4)
		need = 3, v = p[0] & 0x07u;
	else
		return 1;
	/* The second byte's range excludes overlongs and surrogates. */
	if (p[0] == 0xe0)
		lo = 0xa0;
	else if (p[0] == 0xed)
		hi = 0x9f;
	else if (p[0] == 0xf0)
		lo = 0x90;
	else if (p[0] == 0xf4)
		hi = 0x8f;
	for (i = 1; i <= need; i++) {
		if (i >= s.n || p[i] < lo || p[i] > hi)
			return i;
		v = v << 6 | (p[i] & 0x3fu);
		lo = 0x80;
		hi = 0xbf;
	}
	*ok = true;
	*c = v;
	return need + 1;
}

size_t
utf8_encode(uint32_t c, char out[4])
{
	if (c > 0x10ffff || (c >= 0xd800 && c <= 0xdfff))
		c = UTF8_REPLACEMENT;
	if (c < 0x80) {
		out[0] = (char)c;
		return 1;
	}
	if (c < 0x800) {
		out[0] = (char)(0xc0 | c >> 6);
		out[1] = (char)(0x80 | (c & 0x3f));
		return 2;
	}
	if (c < 0x10000) {
		out[0] = (char)(0xe0 | c >> 12);
		out[1] = (char)(0x80 | (c >> 6 & 0x3f));
		out[2] = (char)(0x80 | (c & 0x3f));
		return 3;
	}
	out[0] = (char)(0xf0 | c >> 18);
	out[1] = (char)(0x80 | (c >> 12 & 0x3f));
	out[2] = (char)(0x80 | (c >> 6 & 0x3f));
	out[3] = (char)(0x80 | (c & 0x3f));
	return 4;
}

void
utf8_put(struct buf *b, uint32_t c)
{
	char out[4];
	size_t n = utf8_encode(c, out);

	buf_put(b, out, n);
}

/* --- runs -------------------------------------------------------------- */

#define EACH(byte)	(0x0101010101010101u * (uint64_t)(byte))

static uint64_t
word_at(const char *p)
{
	uint64_t w;

	memcpy(&w, p, sizeof(w));
	return w;
}

size_t
utf8_ascii(struct span s)
{
	size_t i = 0;

	while (s.n - i >= 32 && ((word_at(s.p + i) | word_at(s.p + i + 8) |
	    word_at(s.p + i + 16) | word_at(s.p + i + 24)) & EACH(0x80)) == 0)
		i += 32;
	while (s.n - i >= 8 && (word_at(s.p + i) & EACH(0x80)) == 0)
		i += 8;
	while (i < s.n && (unsigned char)s.p[i] < 0x80)
		i++;
	return i;
}

/* Zero when all bytes of w are 0x20 to 0x7e. */
static uint64_t
unprintable(uint64_t w)
{
	return (w | (w - EACH(0x20)) | (w + EACH(1))) & EACH(0x80);
}

size_t
utf8_printable(struct span s, bool lines)
{
	size_t i = 0;

	for (;;) {
		while (s.n - i >= 16 && (unprintable(word_at(s.p + i)) |
		    unprintable(word_at(s.p + i + 8))) == 0)
			i += 16;
		while (i < s.n && (unsigned char)(s.p[i] - 0x20) < 0x5f)
			i++;
		if (i == s.n || !lines || (s.p[i] != '\n' && s.p[i] != '\t'))
			return i;
		i++;
	}
}

bool
utf8_valid(struct span s)
{
	const unsigned char *p;
	uint32_t c;
	bool ok = true;


	while ((s = span_from(s, utf8_ascii(s))).n > 0 && ok)
		while (s.n > 0 && (unsigned char)s.p[0] >= 0x80 && ok) {
			p = (const unsigned char *)s.p;
			if (s.n > 1 && p[0] >= 0xc2 && p[0] < 0xe0 &&
			    (p[1] & 0xc0) == 0x80)
				s.p += 2, s.n -= 2;
			else if (s.n > 2 && p[0] > 0xe0 && p[0] < 0xed &&
			    (p[1] & 0xc0) == 0x80 && (p[2] & 0xc0) == 0x80)
				s.p += 3, s.n -= 3;
			else
				s = span_from(s, utf8_decode_ok(s, &c, &ok));
		}
	return ok;
}

void
utf8_repair(struct buf *out, struct span s)
{
	uint32_t c;
	size_t n, run = 0;
	bool ok;

	/* Copy valid runs whole. */
	while (run < s.n) {
		run += utf8_ascii(span_from(s, run));
		if (run == s.n)
			break;
		n = utf8_decode_ok(span_from(s, run), &c, &ok);
		if (ok) {
			run += n;
			continue;
		}
		buf_put(out, s.p, run);
		utf8_put(out, UTF8_REPLACEMENT);
		s = span_from(s, run + n);
		run = 0;
	}
	buf_put(out, s.p, run);
}

/* Bytes at the start of s that utf8_line() copies as they are. */
static size_t
line_run(struct span s)
{
	size_t i = 0;

	while (i < s.n && (unsigned char)(s.p[i] - 0x20) < 0x5f &&
	    (s.p[i] != ' ' || (i > 0 && s.p[i - 1] != ' ' && i + 1 < s.n &&
	    (unsigned char)(s.p[i + 1] - 0x21) < 0x5e)))
		i++;
	return i;
}

void
utf8_line(struct buf *out, struct span s)
{
	uint32_t c;
	size_t start = out->n, run;
	unsigned pile = 0;
	bool space = false;

	while (s.n > 0) {
		run = line_run(s);
		if (run == 0) {
			run = utf8_decode(s, &c);
			if (utf8_is_space(c) || utf8_is_dropped(c)) {
				if (utf8_is_space(c)) {
					space = true;
					pile = 0;
				}
				s = span_from(s, run);
				continue;
			}
		} else
			c = 0;
		if (utf8_is_piled(&pile, c)) {
			s = span_from(s, run);
			continue;
		}
		if (space && out->n > start)
			buf_putc(out, ' ');
		space = false;
		if (c == UTF8_REPLACEMENT)
			utf8_put(out, c);
		else
			buf_put(out, s.p, run);
		s = span_from(s, run);
	}
}

void
utf8_lines(struct buf *out, struct span s)
{
	uint32_t c;
	size_t n, run = 0;	/* bytes that go as they are */
	unsigned pile = 0;
	bool ok;

	while (run < s.n) {
		if ((n = utf8_printable(span_from(s, run), true)) > 0)
			pile = 0;
		run += n;
		if (run == s.n)
			break;
		n = utf8_decode_ok(span_from(s, run), &c, &ok);
		if (ok && c != 0x2028 && c != 0x2029 && !utf8_is_dropped(c) &&
		    !utf8_is_piled(&pile, c)) {
			run += n;
			continue;
		}
		buf_put(out, s.p, run);
		if (c == '\r' || c == 0x2028 || c == 0x2029)
			buf_putc(out, '\n');
		else if (!ok)
			utf8_put(out, c);
		if (c == '\r' && run + 1 < s.n && s.p[run + 1] == '\n')
			n++;
		s = span_from(s, run + n);
		run = 0;
	}
	buf_put(out, s.p, run);
}

int
utf8_width_rare(uint32_t c)
{
	int w;

	if (uc_is_general_category_withtable(c,
	    UC_CATEGORY_MASK_Mn | UC_CATEGORY_MASK_Me | UC_CATEGORY_MASK_Cf))
		return 0;
	w = uc_width(c, "UTF-8");
	return w == 2 ? 2 : 1;
}

size_t
utf8_columns(struct span s)
{
	uint32_t c;
	size_t n = 0;

	while (s.n > 0) {
		size_t run = utf8_printable(s, false);

		n += run;
		s = span_from(s, run);
		if (s.n == 0)
			break;
		s = span_from(s, utf8_decode(s, &c));
		n += (size_t)utf8_width(c);
	}
	return n;
}

void
utf8_shorten(struct buf *out, struct span s, size_t max)
{
	struct span rest = s;
	size_t cols = 0, cut = 0, word = 0, word_cols = 0;
	uint32_t c;

	if (utf8_columns(s) <= max) {
		buf_put_span(out, s);
		return;
	}
	while (rest.n > 0) {
		size_t n = utf8_decode(rest, &c);

		if (cols + (size_t)utf8_width(c) + 1 > max)
			break;
		if (c == ' ') {
			word = cut;
			word_cols = cols;
		}
		cols += (size_t)utf8_width(c);
		cut += n;
		rest = span_from(rest, n);
	}
	if (rest.n > 0 && rest.p[0] != ' ' && word_cols * 3 >= max * 2)
		cut = word;
	while (cut > 0 && s.p[cut - 1] == ' ')
		cut--;
	buf_put(out, s.p, cut);
	buf_puts(out, "…");
}
