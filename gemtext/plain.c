/*
 * Plain text: paragraphs are separated by blank lines.  A paragraph that is
 * indented throughout is code; items of a list keep their lines.
 */
#include "base/utf8.h"
#include "gemtext/build.h"

static bool
indented(struct span line)
{
	return span_starts(line, "\t") || span_starts(line, "    ");
}

/* "- x", "* x", "+ x", "\u2022 x", "1. x", "1) x". */
static bool
is_item(struct span line)
{
	size_t n = 0;

	line = span_trim(line);
	while (n < 9 && n < line.n && line.p[n] >= '0' && line.p[n] <= '9')
		n++;
	if (n > 0)
		return n + 1 < line.n && (line.p[n] == '.' ||
		    line.p[n] == ')') && line.p[n + 1] == ' ';
	return span_starts(line, "- ") || span_starts(line, "* ") ||
	    span_starts(line, "+ ") || span_starts(line, "\u2022 ");
}

/* Take the lines up to a blank one; whether each is indented. */
static bool
next_paragraph(struct span *rest, struct span *lines, bool *code)
{
	struct span line, ahead = *rest;

	*code = true;
	while (span_line(&ahead, &line) && span_trim(line).n == 0)
		*rest = ahead;
	if (span_trim(*rest).n == 0)
		return false;
	*lines = *rest;
	for (ahead = *rest; span_line(&ahead, &line) &&
	    span_trim(line).n > 0; *rest = ahead)
		*code = *code && indented(line);
	lines->n -= rest->n;
	return true;
}

static void
put_lines(struct build *b, struct span lines)
{
	const struct tag_info *br = tag_find("br");
	struct span line;
	bool first = true;

	while (span_line(&lines, &line)) {
		if (!first && is_item(line)) {
			build_start(b, br, NULL);
			build_end(b);
		}
		first = false;
		build_text(b, line.p, line.n);
		build_text(b, "\n", 1);
	}
}

void
plain_parse(struct build *b, struct span in)
{
	const struct tag_info *p = tag_find("p"), *pre = tag_find("pre");
	struct buf valid = { 0 };
	struct span rest = in, lines;
	bool code, in_code = false;

	if (!utf8_valid(in)) {
		utf8_repair(&valid, in);
		rest = buf_span(&valid);
	}
	while (next_paragraph(&rest, &lines, &code)) {
		if (code && in_code)
			build_text(b, "\n", 1);
		else {
			if (in_code)
				build_end(b);
			build_start(b, code ? pre : p, NULL);
		}
		in_code = code;
		if (code)
			build_text(b, lines.p, lines.n);
		else {
			put_lines(b, lines);
			build_end(b);
		}
	}
	if (in_code)
		build_end(b);
	buf_free(&valid);
}
