/*
 * Gemtext line by line, and the two lines that pages put together from
 * strangers' words.
 */
#include "base/uri.h"
#include "base/utf8.h"
#include "gemtext/gemtext.h"

static bool
blank(char c)
{
	return c == ' ' || c == '\t';
}

static struct span
skip_blanks(struct span s)
{
	while (s.n > 0 && blank(s.p[0]))
		s = span_from(s, 1);
	return s;
}

static struct span
trim_end(struct span s)
{
	while (s.n > 0 && blank(s.p[s.n - 1]))
		s.n--;
	return s;
}

static void
read_link(struct gemtext_line *line, struct span s)
{
	size_t n = 0;

	s = skip_blanks(span_from(s, 2));
	while (n < s.n && !blank(s.p[n]))
		n++;
	line->kind = GEMTEXT_LINK;
	line->url = span_of(s.p, n);
	line->text = trim_end(skip_blanks(span_from(s, n)));
}

bool
gemtext_next(struct gemtext_reader *r, struct gemtext_line *line)
{
	struct span s;

	*line = (struct gemtext_line){ 0 };
	if (!span_line(&r->rest, &s))
		return false;
	line->kind = GEMTEXT_TEXT;
	line->text = s;
	if (span_starts(s, "```")) {
		r->pre = !r->pre;
		line->kind = GEMTEXT_TOGGLE;
		line->text = trim_end(skip_blanks(span_from(s, 3)));
	} else if (r->pre) {
		line->kind = GEMTEXT_PRE;
	} else if (span_starts(s, "=>")) {
		read_link(line, s);
	} else if (span_starts(s, "#")) {
		size_t n = 1;

		while (n < 3 && n < s.n && s.p[n] == '#')
			n++;
		line->kind = (enum gemtext_kind)(GEMTEXT_HEADING1 + n - 1);
		line->text = trim_end(skip_blanks(span_from(s, n)));
	} else if (span_starts(s, "* ")) {
		line->kind = GEMTEXT_ITEM;
		line->text = trim_end(span_from(s, 2));
	} else if (span_starts(s, ">")) {
		line->kind = GEMTEXT_QUOTE;
		line->text = trim_end(skip_blanks(span_from(s, 1)));
	}
	return true;
}

void
gemtext_prose(struct buf *out, struct span gmi)
{
	struct gemtext_reader r = { .rest = gmi };
	struct gemtext_line line;
	bool began = false, pre = false;

	while (gemtext_next(&r, &line)) {
		struct span s = span_trim(line.text);

		if (s.n == 0)
			s = span_trim(line.url);
		if (s.n == 0)
			continue;
		if (began)
			buf_putc(out, pre && line.kind == GEMTEXT_PRE ? ' ' :
			    '\n');
		buf_put_span(out, s);
		began = true;
		pre = line.kind == GEMTEXT_PRE;
	}
}

void
gemtext_put_text(struct buf *out, struct span s)
{
	struct buf line = { 0 };
	struct span l;

	utf8_line(&line, s);
	l = buf_span(&line);
	if (span_starts(l, "=>") || span_starts(l, "#") ||
	    span_starts(l, ">") || span_starts(l, "```") ||
	    span_starts(l, "* "))
		buf_putc(out, ' ');
	buf_put_span(out, l);
	buf_putc(out, '\n');
	buf_free(&line);
}

void
gemtext_put_link(struct buf *out, struct span url, struct span label)
{
	static const char keep[] = ":/?#[]@!$&'()*+,;=%";
	size_t mark;

	buf_puts(out, "=> ");
	mark = out->n;
	uri_escape(out, span_trim(url), keep);
	if (out->n == mark)
		buf_putc(out, '.');
	buf_putc(out, ' ');
	mark = out->n;
	utf8_line(out, label);
	if (out->n == mark)
		buf_truncate(out, mark - 1);
	buf_putc(out, '\n');
}
