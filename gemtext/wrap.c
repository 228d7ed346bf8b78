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
	return utf8_width(c) == 2 && !(c >= 0x1100 && c <= 0x11ff) &&
	    !(c >= 0xac00 && c <= 0xd7ff) && !(c >= 0x3130 && c <= 0x318f) &&
	    !(c >= 0x1f000 && c <= 0x1faff) && !(c >= 0x2300 && c <= 0x2bff);
}

static bool
among(uint32_t c, const char *set)
{
	struct span s = span_str(set);
	uint32_t k;

	while (s.n > 0) {
		s = span_from(s, utf8_decode(s, &k));
		if (k == c)
			return true;
	}
	return false;
}

static bool
no_break_before(uint32_t c)
{
	return utf8_width(c) == 0 || among(c, "、。，．・：；？！）］｝」』】〉》〕ー"
	    "ァィゥェォッャュョ々…‥％.,;:!?)]}");
}

static bool
no_break_after(uint32_t c)
{
	return among(c, "（［｛「『【〈《〔([{");
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

/* The run up to the next place where a line may break. */
static struct span
next_unit(struct span s)
{
	uint32_t last = 0, c;
	size_t n = 0;

	while (n < s.n) {
		size_t len = utf8_decode(span_from(s, n), &c);

		if (c == ' ')
			break;
		if (n > 0 && (wide(last) || wide(c)) && !no_break_before(c) &&
		    !no_break_after(last))
			break;
		if (utf8_width(c) > 0)
			last = c;
		n += len;
	}
	return span_of(s.p, n);
}

/* A unit longer than a line, cut between characters. */
static void
put_cut(struct wrap *w, struct span unit)
{
	uint32_t c;

	while (unit.n > 0) {
		size_t n = utf8_decode(unit, &c), cols =
		    (size_t)utf8_width(c);

		if (cols > 0 && w->column + cols > w->width &&
		    w->column > w->indent)
			new_line(w);
		buf_put(w->out, unit.p, n);
		w->column += cols;
		unit = span_from(unit, n);
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
		unit = next_unit(s);
		cols = utf8_columns(unit);
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
