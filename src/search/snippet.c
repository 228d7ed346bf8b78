#include <stdlib.h>
#include <string.h>

#include <unicase.h>
#include <uninorm.h>

#include "base/utf8.h"
#include "search/internal.h"

#define BEFORE	60	/* bytes of context before the place */
#define COLUMNS	160	/* of the whole line */
#define STEM	4	/* letters that endings leave alone */

/* Lower case without its marks, so that "É" is found by "e". */
static uint32_t
fold(uint32_t c)
{
	uint32_t parts[UC_DECOMPOSITION_MAX_LENGTH];
	int tag;

	if (c < 0x80)
		return c >= 'A' && c <= 'Z' ? c + 32 : c;
	if (c < 0x2000 && uc_decomposition(c, &tag, parts) > 0)
		c = parts[0];
	return uc_tolower(c);
}

/*
 * Length of what stands at text if the word begins so, else 0.  Stemming
 * found the entry, so an ending may differ: all but the last two letters
 * of a longer word must agree.
 */
static size_t
begins(struct span text, struct span word)
{
	size_t i = 0, j = 0, same = 0, letters = 0;
	uint32_t a, b;

	for (size_t k = 0; k < word.n; letters++)
		k += utf8_decode(span_from(word, k), &a);
	while (j < word.n && i < text.n) {
		size_t n = utf8_decode(span_from(text, i), &a);
		size_t m = utf8_decode(span_from(word, j), &b);

		if (fold(a) != fold(b))
			break;
		i += n;
		j += m;
		same++;
	}
	if (same == letters || (letters > STEM + 1 && same + 2 >= letters))
		return i;
	return 0;
}

/* Where one of the words stands at the start of a word of text. */
static size_t
find(const struct query *q, struct span text)
{
	bool inside = false;
	uint32_t c;
	size_t n;

	for (size_t i = 0; i < text.n; i += n) {
		n = utf8_decode(span_from(text, i), &c);
		if (!script_word(c)) {
			inside = false;
			continue;
		}
		if (inside && !script_dense(c))
			continue;
		inside = true;
		for (size_t k = 0; k < q->n; k++) {
			const struct query_term *t = &q->terms[k];

			if (!t->negative && t->field == FIELD_ANY &&
			    begins(span_from(text, i), t->text) > 0)
				return i;
		}
	}
	return 0;
}

/*
 * Lines of the text as one: a dot between where nothing else ends the first,
 * as after a heading or a line of a list.
 */
static void
join_lines(struct buf *out, struct span text)
{
	uint32_t c, last = 0;
	size_t n;

	for (size_t i = 0; i < text.n; i += n) {
		n = utf8_decode(span_from(text, i), &c);
		if (c == '\n')
			buf_puts(out, script_word(last) ? " · " : " ");
		else
			buf_put(out, text.p + i, n);
		last = c;
	}
}

const char *
snippet_of(const struct query *q, struct span text, struct arena *a)
{
	struct buf one = { 0 }, line = { 0 }, out = { 0 };
	size_t at, from;
	const char *s;

	text = span_trim(text);
	at = find(q, text);
	/* near the end there is room for more of what stands before */
	from = at > BEFORE ? at - BEFORE : 0;
	if (from > 0 && text.n - from < COLUMNS)
		from = text.n > COLUMNS ? text.n - COLUMNS : 0;
	/* from the start of a word */
	if (from > 0) {
		while (from < at && !ascii_space(text.p[from]))
			from++;
		while (from > 0 && (text.p[from] & 0xc0) == 0x80)
			from--;
		buf_puts(&out, "… ");
	}
	text = span_from(text, from);
	if (text.n > 4 * COLUMNS) {
		text.n = 4 * COLUMNS;
		while (text.n > 0 && (text.p[text.n] & 0xc0) == 0x80)
			text.n--;
	}
	join_lines(&one, text);
	utf8_line(&line, buf_span(&one));
	utf8_shorten(&out, buf_span(&line), COLUMNS);
	s = arena_strndup(a, buf_cstr(&out), out.n);
	buf_free(&one);
	buf_free(&line);
	buf_free(&out);
	return s;
}
