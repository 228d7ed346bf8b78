#include <stdlib.h>

#include "base/uri.h"
#include "base/utf8.h"
#include "gemtext/doc.h"

#define KEEP_MAX	((size_t)1 << 20)	/* bytes of text, of blocks */

/*
 * Documents are many and small: to take their memory from the system and
 * give it back each time costs as much as all the rest.
 */
static _Thread_local struct doc spare;

void
doc_begin(struct doc *d)
{
	*d = spare;
	spare = (struct doc){ 0 };
}

void
doc_end(struct doc *d)
{
	struct doc *s = &spare;

	arena_reset(&d->arena);
	buf_clear(&d->text);
	if (s->blocks == NULL && d->text.cap <= KEEP_MAX &&
	    d->blocks_cap * sizeof(*d->blocks) <= KEEP_MAX &&
	    d->links_cap * sizeof(*d->links) <= KEEP_MAX) {
		*s = (struct doc){ .text = d->text, .arena = d->arena,
		    .blocks = d->blocks, .blocks_cap = d->blocks_cap,
		    .marks = d->marks, .marks_cap = d->marks_cap,
		    .links = d->links, .links_cap = d->links_cap,
		    .lists = d->lists, .lists_cap = d->lists_cap,
		    .tables = d->tables, .tables_cap = d->tables_cap,
		    .cells = d->cells, .cells_cap = d->cells_cap };
	} else {
		buf_free(&d->text);
		arena_free(&d->arena);
		free(d->blocks);
		free(d->marks);
		free(d->links);
		free(d->lists);
		free(d->tables);
		free(d->cells);
	}
	*d = (struct doc){ 0 };
}

static void
put_letters(struct buf *out, int32_t n, char first)
{
	char rev[16];
	size_t len = 0;

	for (; n > 0 && len < sizeof(rev); n = (n - 1) / 26)
		rev[len++] = (char)(first + (n - 1) % 26);
	while (len > 0)
		buf_putc(out, rev[--len]);
}

static void
put_roman(struct buf *out, int32_t n, bool capital)
{
	static const struct { int32_t value; const char *small, *big; } r[] = {
		{ 1000, "m", "M" }, { 900, "cm", "CM" }, { 500, "d", "D" },
		{ 400, "cd", "CD" }, { 100, "c", "C" }, { 90, "xc", "XC" },
		{ 50, "l", "L" }, { 40, "xl", "XL" }, { 10, "x", "X" },
		{ 9, "ix", "IX" }, { 5, "v", "V" }, { 4, "iv", "IV" },
		{ 1, "i", "I" },
	};

	for (size_t i = 0; i < sizeof(r) / sizeof(r[0]); i++)
		for (; n >= r[i].value; n -= r[i].value)
			buf_puts(out, capital ? r[i].big : r[i].small);
}

void
doc_number(struct buf *out, char type, int32_t n)
{
	if ((type == 'a' || type == 'A') && n > 0)
		put_letters(out, n, type);
	else if ((type == 'i' || type == 'I') && n > 0 && n < 4000)
		put_roman(out, n, type == 'I');
	else
		buf_putf(out, "%d", (int)n);
}

/* The number that is shown: only a closed list knows how far down to run. */
static int32_t
shown_number(const struct doc *d, const struct block *b)
{
	const struct list *l = &d->lists[b->list];

	return l->reversed ? l->count + 1 - b->number : b->number;
}

void
doc_marker(struct buf *out, const struct doc *d, const struct block *b)
{
	unsigned dashes = b->lists > 1 ? b->lists - 1u : 0;

	if (dashes > 0 || !b->numbered)
		buf_puts(out, "* ");
	if (dashes > 0) {
		if (b->numbered)
			dashes--;
		if (dashes > ITEM_DASHES_MAX)
			dashes = ITEM_DASHES_MAX;
		while (dashes-- > 0)
			buf_puts(out, "- ");
	}
	if (b->numbered) {
		doc_number(out, d->lists[b->list].type, shown_number(d, b));
		buf_puts(out, ". ");
	}
}

/* Append a range of the text on one line; code may have tabs in it. */
static void
put_line(struct buf *out, const struct doc *d, uint32_t from, uint32_t end)
{
	utf8_line(out, span_of(d->text.p + from, end - from));
}

void
doc_link_label(struct buf *out, const struct doc *d, const struct doc_link *l)
{
	if (l->label != NULL)
		buf_puts(out, l->label);
	else if (l->text_end > l->text)
		put_line(out, d, l->text, l->text_end);
}

void
doc_block_line(struct buf *out, const struct doc *d, const struct block *b)
{
	if (b->text_end > b->text)
		put_line(out, d, b->text, b->text_end);
}

/* Without scheme, "//" or final slash, for comparing. */
static struct span
bare_url(struct span s)
{
	struct uri u;

	uri_split(&u, s);
	if (u.scheme.n > 0 && (u.has_authority || span_ieqs(u.scheme,
	    "mailto") || span_ieqs(u.scheme, "tel")))
		s = span_from(s, u.scheme.n + 1);
	if (span_starts(s, "//"))
		s = span_from(s, 2);
	while (s.n > 0 && s.p[s.n - 1] == '/')
		s.n--;
	return s;
}

bool
doc_label_is_url(struct span label, struct span url)
{
	struct buf a = { 0 }, b = { 0 };
	bool same;

	if (label.n == 0 || memchr(label.p, ' ', label.n) != NULL)
		return label.n == 0;
	uri_unescape(&a, bare_url(label));
	uri_unescape(&b, bare_url(url));
	same = a.n == b.n && (a.n == 0 || strncasecmp(a.p, b.p, a.n) == 0);
	buf_free(&a);
	buf_free(&b);
	return same;
}

bool
doc_tight(const struct block *a, const struct block *b)
{
	if (a == NULL || b->kind != BLOCK_ITEM)
		return false;
	return (a->kind == BLOCK_ITEM || a->kind == BLOCK_TERM) &&
	    a->top == b->top && a->quotes == b->quotes;
}

int
doc_heading(struct heading_state *s, int level, int shift)
{
	int shown;

	if (shift == 0)
		return level > 3 ? 3 : level;
	while (s->n > 0 && s->source[s->n - 1] > level)
		s->n--;
	if (s->n > 0 && s->source[s->n - 1] == level)
		return s->shown[s->n - 1];
	shown = s->n > 0 ? s->shown[s->n - 1] + 1 : 1 + shift;
	if (shown > 3)
		shown = 3;
	s->source[s->n] = (uint8_t)level;
	s->shown[s->n++] = (uint8_t)shown;
	return shown;
}

unsigned
doc_common_quotes(const struct block *a, const struct block *b)
{
	unsigned n = 0;

	while (n < a->quotes && n < b->quotes && a->quote[n] == b->quote[n])
		n++;
	return n;
}
