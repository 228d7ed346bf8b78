/*
 * utf8.h - decode, repair, clean and measure UTF-8.
 *
 * Column widths and normalisation come from libunistring.
 */
#ifndef BASE_UTF8_H
#define BASE_UTF8_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/span.h"

#define UTF8_REPLACEMENT	0xfffdu

/*
 * Decode one character of s (s.n > 0) into *c; returns the bytes taken, 1
 * to 4.  An invalid sequence (overlong, surrogate, beyond U+10FFFF, cut
 * off) gives UTF8_REPLACEMENT and takes its maximal ill-formed part.
 */
static inline size_t	utf8_decode(struct span s, uint32_t *c);
/* As utf8_decode(), and says whether the sequence was valid. */
size_t	utf8_decode_ok(struct span s, uint32_t *c, bool *ok);
/* Write c to out (4 bytes of room), return its length. */
size_t	utf8_encode(uint32_t c, char out[4]);
void	utf8_put(struct buf *b, uint32_t c);
bool	utf8_valid(struct span s);
/* How many bytes at the start of s are ASCII. */
size_t	utf8_ascii(struct span s);
/* How many are printable ASCII (space counts), with lines LF and tab too. */
size_t	utf8_printable(struct span s, bool lines);
/* Append s with every ill-formed part replaced by U+FFFD. */
void	utf8_repair(struct buf *out, struct span s);

/*
 * Whether c is dropped from all text (doc/orrery-gemtext.7): C0 except
 * LF and tab, DEL, C1, U+00AD, U+200B, U+2060, U+FEFF, U+202A-202E,
 * U+2066-2069, U+E0000-E007F, noncharacters FFFE and FFFF.
 */
static inline bool	utf8_is_dropped(uint32_t c);

/*
 * Whether c is a mark too many on its letter: marks of any script's letters
 * (U+0300-036F, 1AB0-1AFF, 1DC0-1DFF, 20D0-20FF, FE20-FE2F) and variation
 * selectors that follow UTF8_PILE_MAX others, joiners and direction marks
 * (U+200C-200F) between them or not.  *pile counts them; 0 at the start, and
 * where text goes by that was not asked about.  What is dropped is not to be
 * asked about.
 */
#define UTF8_PILE_MAX	4
static inline bool	utf8_is_piled(unsigned *pile, uint32_t c);

/* White space that collapses: space, tab, LF, CR, FF, A0, 2028, 2029. */
static inline bool	utf8_is_space(uint32_t c);

/*
 * Append s as clean text on a single line: repaired, dropped characters
 * gone, white space runs one space, none at the ends.
 */
void	utf8_line(struct buf *out, struct span s);
/* Append s as clean text that may have lines (LF) and tabs; CR LF and CR
 * become LF. */
void	utf8_lines(struct buf *out, struct span s);

/* Columns of c: 0 for Mn, Me, Cf; 2 for East Asian W and F; else 1. */
static inline int	utf8_width(uint32_t c);
/* Columns of a valid UTF-8 string. */
size_t	utf8_columns(struct span s);
/*
 * Append at most max columns of s, cut at a word where one ends in the
 * last third, with "…" when something was cut.
 */
void	utf8_shorten(struct buf *out, struct span s, size_t max);

/* --- inline, since they are asked of every character --- */

int	utf8_width_rare(uint32_t c);

static inline size_t
utf8_decode(struct span s, uint32_t *c)
{
	bool ok;

	if ((unsigned char)s.p[0] < 0x80) {
		*c = (unsigned char)s.p[0];
		return 1;
	}
	return utf8_decode_ok(s, c, &ok);
}

static inline bool
utf8_is_dropped(uint32_t c)
{
	if (c < 0x7f)
		return c < 0x20 && c != '\n' && c != '\t';
	if (c <= 0x9f || c == 0xad)
		return true;
	if (c < 0x200b)
		return false;
	return c == 0x200b || c == 0x2060 || c == 0xfeff ||
	    (c >= 0x202a && c <= 0x202e) || (c >= 0x2066 && c <= 0x2069) ||
	    (c >= 0xe0000 && c <= 0xe007f) || c == 0xfffe || c == 0xffff;
}

static inline bool
utf8_is_piled(unsigned *pile, uint32_t c)
{
	if (c >= 0x200c && c <= 0x200f)
		return false;
	if (c < 0x300 || (c > 0x36f && c < 0x1ab0) ||
	    !(c <= 0x1aff || (c >= 0x1dc0 && c <= 0x1dff) ||
	    (c >= 0x20d0 && c <= 0x20ff) || (c >= 0xfe00 && c <= 0xfe0f) ||
	    (c >= 0xfe20 && c <= 0xfe2f) || (c >= 0xe0100 && c <= 0xe01ef))) {
		*pile = 0;
		return false;
	}
	return ++*pile > UTF8_PILE_MAX;
}

static inline bool
utf8_is_space(uint32_t c)
{
	if (c < 0x80)
		return c == ' ' || c == '\t' || c == '\n' || c == '\r' ||
		    c == '\f';
	return c == 0xa0 || c == 0x2028 || c == 0x2029;
}

static inline int
utf8_width(uint32_t c)
{
	if (c >= 0x20 && c < 0x300)
		return c == 0xad ? 0 : 1;
	/* Most of what is met: ideographs, Hangul, kana; Greek, Cyrillic,
	 * marks of punctuation. */
	if ((c >= 0x4e00 && c <= 0x9fff) || (c >= 0xac00 && c <= 0xd7a3) ||
	    (c >= 0x3041 && c <= 0x3096) || (c >= 0x30a1 && c <= 0x30fa) ||
	    (c >= 0x3001 && c <= 0x3029))
		return 2;
	if ((c >= 0x370 && c <= 0x482) || (c >= 0x48a && c <= 0x52f) ||
	    (c >= 0x2010 && c <= 0x2027) || (c >= 0x2030 && c <= 0x205e))
		return 1;
	return utf8_width_rare(c);
}

#endif
