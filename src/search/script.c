#include <stdlib.h>

#include <unictype.h>

#include "base/utf8.h"
#include "base/xalloc.h"
#include "search/internal.h"

bool
script_word(uint32_t c)
{
	if (c < 0x80)
		return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
		    (c >= '0' && c <= '9');
	return uc_is_general_category_withtable(c, UC_CATEGORY_MASK_L |
	    UC_CATEGORY_MASK_N);
}

bool
script_dense(uint32_t c)
{
	static const struct { uint32_t from, to; } table[] = {
		{ 0x0e00, 0x0eff },	/* Thai, Lao */
		{ 0x1000, 0x109f },	/* Burmese */
		{ 0x1780, 0x17ff },	/* Khmer */
		{ 0x3005, 0x3007 },
		{ 0x3040, 0x30ff },	/* kana */
		{ 0x31f0, 0x31ff },
		{ 0x3400, 0x4dbf }, { 0x4e00, 0x9fff },	/* Han */
		{ 0xac00, 0xd7a3 },	/* Hangul */
		{ 0xf900, 0xfaff }, { 0xff66, 0xff9d },
		{ 0x20000, 0x3ffff },
	};

	if (c < table[0].from)
		return false;
	for (size_t i = 0; i < sizeof(table) / sizeof(table[0]); i++)
		if (c >= table[i].from && c <= table[i].to)
			return script_word(c);
	return false;
}

/* Vowel signs and tones of those scripts: left out, here and in queries. */
static bool
joins(uint32_t c)
{
	return c >= 0x0e00 && c <= 0x17ff &&
	    uc_is_general_category_withtable(c, UC_CATEGORY_MASK_M);
}

static int
by_value(const void *a, const void *b)
{
	uint32_t x = *(const uint32_t *)a, y = *(const uint32_t *)b;

	return x < y ? -1 : x > y;
}

/* The letters that were met, each once, as words of their own. */
static void
put_letters(struct buf *out, uint32_t *met, size_t n)
{
	qsort(met, n, sizeof(*met), by_value);
	for (size_t i = 0; i < n; i++) {
		if (i > 0 && met[i] == met[i - 1])
			continue;
		buf_putc(out, ' ');
		utf8_put(out, met[i]);
	}
}

/*
 * "東京都" becomes "東京 京都" and, after all else, "京 東 都": several
 * letters are found as a phrase of pairs, a single one as a word.  As the
 * beginning of pairs it would be thousands of words in a large index.
 */
void
script_index(struct buf *out, struct span s)
{
	uint32_t c, last = 0, *met = NULL;
	size_t n, nmet = 0, cap = 0;
	bool in = false;

	for (size_t i = 0; i < s.n; i += n) {
		n = utf8_decode(span_from(s, i), &c);
		if (script_dense(c)) {
			if (in) {
				utf8_put(out, last);
				utf8_put(out, c);
			}
			buf_putc(out, ' ');
			in = true;
			last = c;
			if (nmet == cap) {
				cap = cap > 0 ? cap * 2 : 64;
				met = xreallocarray(met, cap, sizeof(*met));
			}
			met[nmet++] = c;
			continue;
		}
		if (in && joins(c))
			continue;
		in = false;
		if (c == 0)
			buf_putc(out, ' ');
		else
			utf8_put(out, c);
	}
	if (nmet > 0)
		put_letters(out, met, nmet);
	free(met);
}
