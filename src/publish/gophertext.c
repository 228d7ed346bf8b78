/*
 * gophertext.c - plain text for the wire; declared in gophermenu.h.
 */
#include <stdlib.h>

#include <unilbrk.h>
#include <uninorm.h>

#include "base/utf8.h"
#include "base/xalloc.h"
#include "publish/gophermenu.h"

#define TAB_COLUMNS	8

void
gophertext_wrap(struct buf *out, struct span s, size_t width, size_t indent,
    const char *eol)
{
	struct buf clean = { .max = 1 << 20 };
	char *brk;
	size_t start = 0;

	utf8_line(&clean, s);
	if (clean.n == 0)
		goto out;
	brk = xmalloc(clean.n);
	u8_width_linebreaks((const uint8_t *)clean.p, clean.n, (int)width, 0,
	    0, NULL, "UTF-8", brk);
	for (size_t i = 1; i <= clean.n; i++) {
		size_t end = i;

		if (i < clean.n && brk[i] != UC_BREAK_POSSIBLE &&
		    brk[i] != UC_BREAK_MANDATORY)
			continue;
		while (end > start && clean.p[end - 1] == ' ')
			end--;
		if (end > start) {
			buf_putf(out, "%*s", (int)indent, "");
			buf_put(out, clean.p + start, end - start);
			buf_puts(out, eol);
		}
		start = i;
	}
	free(brk);
out:
	buf_free(&clean);
}

void
gophertext_put(struct buf *out, struct span lines)
{
	struct span line;

	while (span_line(&lines, &line)) {
		size_t column = 0;

		while (line.n > 0 && ascii_space(line.p[line.n - 1]))
			line.n--;
		/* Kristall ends a text at a line of a single dot, and
		 * nobody takes doubled ones off again. */
		if (line.n > 0 && line.p[0] == '.')
			buf_putc(out, ' ');
		while (line.n > 0) {
			size_t n = utf8_printable(line, false);
			uint32_t c;

			buf_put(out, line.p, n);
			column += n;
			if ((line = span_from(line, n)).n == 0)
				break;
			line = span_from(line, utf8_decode(line, &c));
			if (c == '\t') {
				do
					buf_putc(out, ' ');
				while (++column % TAB_COLUMNS != 0);
			} else if (!utf8_is_dropped(c)) {
				utf8_put(out, c);
				column += (size_t)utf8_width(c);
			}
		}
		buf_puts(out, "\r\n");
	}
}

static const char *
typewriter(uint32_t c)
{
	static const struct {
		uint32_t	 c;
		const char	*s;
	} table[] = {
		{ 0xa0, " " }, { 0xa9, "(c)" }, { 0xab, "\"" },
		{ 0xae, "(R)" }, { 0xb0, " deg" }, { 0xb1, "+/-" },
		{ 0xb7, "*" }, { 0xbb, "\"" }, { 0xc6, "AE" },
		{ 0xd0, "D" }, { 0xd7, "x" }, { 0xd8, "O" }, { 0xde, "Th" },
		{ 0xdf, "ss" }, { 0xe6, "ae" }, { 0xf0, "d" },
		{ 0xf7, "/" }, { 0xf8, "o" }, { 0xfe, "th" },
		{ 0x110, "D" }, { 0x111, "d" }, { 0x131, "i" },
		{ 0x141, "L" }, { 0x142, "l" }, { 0x152, "OE" },
		{ 0x153, "oe" }, { 0x2010, "-" }, { 0x2011, "-" },
		{ 0x2012, "-" }, { 0x2013, "-" }, { 0x2014, "--" },
		{ 0x2015, "--" }, { 0x2018, "'" }, { 0x2019, "'" },
		{ 0x201a, "'" }, { 0x201c, "\"" }, { 0x201d, "\"" },
		{ 0x201e, "\"" }, { 0x2022, "*" }, { 0x2026, "..." },
		{ 0x2032, "'" }, { 0x2033, "\"" }, { 0x2039, "'" },
		{ 0x203a, "'" }, { 0x20ac, "EUR" }, { 0x2190, "<-" },
		{ 0x2192, "->" }, { 0x2212, "-" }, { 0x2248, "~" },
		{ 0x2260, "!=" }, { 0x2264, "<=" }, { 0x2265, ">=" },
	};

	for (size_t i = 0; i < sizeof(table) / sizeof(table[0]); i++)
		if (table[i].c == c)
			return table[i].s;
	return NULL;
}

static void
put_folded(struct buf *out, uint32_t c)
{
	const char *s = typewriter(c);

	if (c < 0x80)
		buf_putc(out, (char)c);
	else if (s != NULL)
		buf_puts(out, s);
	else if (utf8_width(c) > 0)
		buf_putc(out, '?');
}

void
gophertext_ascii(struct buf *out, struct span s)
{
	while (s.n > 0) {
		uint32_t c, parts[UC_DECOMPOSITION_MAX_LENGTH];
		int n;

		s = span_from(s, utf8_decode(s, &c));
		n = c < 0x80 || typewriter(c) != NULL ? -1 :
		    uc_canonical_decomposition(c, parts);
		if (n <= 0)
			put_folded(out, c);
		while (n > 0) {
			ucs4_t more[UC_DECOMPOSITION_MAX_LENGTH];

			/* U+1EA5 is U+00E2 and a mark, and so on. */
			if (uc_canonical_decomposition(parts[0], more) > 0) {
				parts[0] = more[0];
				continue;
			}
			put_folded(out, parts[0]);
			break;
		}
	}
}
