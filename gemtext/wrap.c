#include <unigbrk.h>

#include "base/utf8.h"
#include "gemtext/wrap.h"

struct wrap {
	struct buf	*out;
	size_t		 width;
	struct span	 rest;		/* prefix of further lines */
	size_t		 column;	/* of the current line, prefix included */
	size_t		 indent;	/* columns of its prefix */
};

static bool
wide(uint32_t c)
{
	return c >= 0x2e80 && utf8_width(c) == 2 &&
	    !(c >= 0xac00 && c <= 0xd7ff) && !(c >= 0x3130 && c <= 0x318f) &&
	    !(c >= 0x1f000 && c <= 0x1faff);
}

/* Closing punctuation, small kana, and marks. */
static bool
no_break_before(uint32_t c)
{
	switch (c) {
	case 0x3001: case 0x3002: case 0xff0c: case 0xff0e: case 0x30fb:
	case 0xff1a: case 0xff1b: case 0xff1f: case 0xff01: case 0xff09:
	case 0xff3d: case 0xff5d: case 0x300d: case 0x300f: case 0x3011:
	case 0x3009: case 0x300b: case 0x3015: case 0x30fc: case 0x30a1:
	case 0x30a3: case 0x30a5: case 0x30a7: case 0x30a9: case 0x30c3:
	case 0x30e3: case 0x30e5: case 0x30e7: case 0x3005: case 0x2026:
	case 0x2025: case 0xff05: case '.': case ',': case ';': case ':':
	case '!': case '?': case ')': case ']': case '}':
		return true;
	default:
		return utf8_width(c) == 0;
	}
}

/* Opening brackets. */
static bool
no_break_after(uint32_t c)
{
	switch (c) {
	case 0xff08: case 0xff3b: case 0xff5b: case 0x300c: case 0x300e:
	case 0x3010: case 0x3008: case 0x300a: case 0x3014: case '(':
	case '[': case '{':
		return true;
	default:
		return false;
	}
}

static void
new_line(struct wrap *w)
{
	while (w->out->n > 0 && w->out->p[w->out->n - 1] == ' ')
		buf_truncate(w->out, w->out->n - 1);
	buf_putc(w->out, '\n');
	buf_put_span(w->out, w->rest);
	w->column = w->indent = utf8_columns(w->rest);
}

/* The run up to the next place where a line may break, and its columns. */
static struct span
next_unit(struct span s, size_t *cols)
{
	uint32_t last = 0, c;
	size_t n = 0;

	while (n < s.n && s.p[n] > ' ' && s.p[n] < 0x7f)
		n++;
	*cols = n;
	if (n == s.n || s.p[n] == ' ')
		return span_of(s.p, n);
	if (n > 0)
		last = (unsigned char)s.p[n - 1];
	while (n < s.n && s.p[n] != ' ') {
		size_t len = utf8_decode(span_from(s, n), &c);
		int w = utf8_width(c);

		if (n > 0 && (wide(last) || wide(c)) && !no_break_before(c) &&
		    !no_break_after(last))
			break;
		if (w > 0)
			last = c;
		*cols += (size_t)w;
		n += len;
	}
	return span_of(s.p, n);
}

/* A vowel of Thai or Lao that is written before its consonant. */
static bool
stands_before(struct span cluster)
{
	uint32_t c;

	utf8_decode(cluster, &c);
	return (c >= 0xe40 && c <= 0xe44) || (c >= 0xec0 && c <= 0xec4);
}

/* The first characters of s that are not to be parted. */
static struct span
next_cluster(struct span s)
{
	const uint8_t *p = (const uint8_t *)s.p, *end = p + s.n, *q = p;

	if ((unsigned char)s.p[0] < 0x80 && (s.n == 1 ||
	    (unsigned char)s.p[1] < 0x80))
		return span_of(s.p, 1);
	do {
		struct span at = span_from(s, (size_t)(q - p));

		q = u8_grapheme_next(q, end);
		if (q == NULL)
			return s;
		if (!stands_before(at))
			break;
	} while (q < end);
	return span_of(s.p, (size_t)(q - p));
}

/*
 * A unit longer than a line, cut between what is seen as characters.  So
 * are Thai, Lao, Khmer and Burmese, which have no spaces between words:
 * where words end is known to a dictionary only.
 */
static void
put_cut(struct wrap *w, struct span unit)
{
	while (unit.n > 0) {
		struct span cluster = next_cluster(unit);
		size_t cols = utf8_columns(cluster);

		if (cols > 0 && w->column + cols > w->width &&
		    w->column > w->indent)
			new_line(w);
		buf_put_span(w->out, cluster);
		w->column += cols;
		unit = span_from(unit, cluster.n);
	}
}

void
wrap_line(struct buf *out, struct span s, size_t width, struct span first,
    struct span rest)
{
	struct wrap w = { out, width, rest, 0, 0 };
	bool space = false;

	buf_put_span(out, first);
	w.column = w.indent = utf8_columns(first);
	while (s.n > 0) {
		struct span unit;
		size_t cols;

		if (s.p[0] == ' ') {
			space = true;
			s = span_from(s, 1);
			continue;
		}
		unit = next_unit(s, &cols);
		s = span_from(s, unit.n);
		if (w.column > w.indent && w.column + (space ? 1 : 0) + cols >
		    width)
			new_line(&w);
		else if (space && w.column > w.indent) {
			buf_putc(out, ' ');
			w.column++;
		}
		space = false;
		if (w.indent + cols > width &&
		    memmem(unit.p, unit.n, "://", 3) == NULL)
			put_cut(&w, unit);
		else {
			buf_put_span(out, unit);
			w.column += cols;
		}
	}
	while (out->n > 0 && out->p[out->n - 1] == ' ')
		buf_truncate(out, out->n - 1);
	buf_putc(out, '\n');
}
