/*
 * text.c - a document as wrapped plain text, its links numbered and listed
 * at the end; and finished gemtext laid out the same way.
 */
#include <stdlib.h>

#include "base/utf8.h"
#include "base/xalloc.h"
#include "gemtext/doc.h"
#include "gemtext/gemtext.h"
#include "gemtext/wrap.h"

#define CUT_RESERVE	((size_t)8192)

/* URLs in the order of their numbers. */
struct numbers {
	struct span	*urls;
	size_t		 n, cap;
	uint32_t	*slot;		/* number by hash, 0 free */
	size_t		 mask;
};

struct layout {
	struct buf		*out;
	const struct doc	*d;
	size_t			 width;
	struct numbers		 numbers;
	const struct block	*prev;
	bool			 rule;
	int			 shift;
};

/* --- numbers --- */

static void
numbers_grow(struct numbers *t)
{
	size_t size = t->mask != 0 ? (t->mask + 1) * 2 : 64;

	free(t->slot);
	t->slot = xcalloc(size, sizeof(*t->slot));
	t->mask = size - 1;
	for (size_t k = 0; k < t->n; k++) {
		uint64_t h = 1469598103934665603u;
		size_t i;

		for (size_t j = 0; j < t->urls[k].n; j++)
			h = (h ^ (unsigned char)t->urls[k].p[j]) *
			    1099511628211u;
		for (i = h & t->mask; t->slot[i] != 0; i = (i + 1) & t->mask)
			continue;
		t->slot[i] = (uint32_t)k + 1;
	}
}

/* The number of url, a new one when it has none. */
static size_t
number_of(struct numbers *t, struct span url)
{
	uint64_t h = 1469598103934665603u;
	size_t i;

	if (t->mask == 0 || t->n * 2 >= t->mask)
		numbers_grow(t);
	for (size_t j = 0; j < url.n; j++)
		h = (h ^ (unsigned char)url.p[j]) * 1099511628211u;
	for (i = h & t->mask; t->slot[i] != 0; i = (i + 1) & t->mask)
		if (span_eq(t->urls[t->slot[i] - 1], url))
			return t->slot[i];
	if (t->n == t->cap) {
		t->cap = t->cap != 0 ? t->cap * 2 : 32;
		t->urls = xreallocarray(t->urls, t->cap, sizeof(*t->urls));
	}
	t->urls[t->n++] = url;
	t->slot[i] = (uint32_t)t->n;
	return t->n;
}

static void
numbers_list(struct buf *out, const struct numbers *t, bool blank)
{
	if (t->n == 0)
		return;
	buf_puts(out, blank ? "\nLinks:\n" : "Links:\n");
	for (size_t i = 0; i < t->n; i++) {
		buf_putf(out, "[%zu] ", i + 1);
		buf_put_span(out, t->urls[i]);
		buf_putc(out, '\n');
	}
}

static void
numbers_free(struct numbers *t)
{
	free(t->urls);
	free(t->slot);
}

/* --- text with its numbers --- */

static struct span
link_url(const struct doc_link *l)
{
	return span_of(l->url, l->url_len);
}

/* Whether the words of a link are its address, scheme and all. */
static bool
says_url(const struct doc *d, const struct doc_link *l)
{
	struct buf label = { 0 };
	bool same;

	doc_link_label(&label, d, l);
	same = label.n > 0 && strstr(label.p, "://") != NULL &&
	    doc_label_is_url(buf_span(&label), link_url(l));
	buf_free(&label);
	return same;
}

/* Append the block's text with "[n]" behind each link. */
static void
put_numbered(struct buf *out, const struct doc *d, const struct block *k,
    void *arg)
{
	struct layout *l = arg;
	uint32_t at = k->text;

	for (uint32_t i = k->mark; i < k->mark_end; i++) {
		const struct mark *m = &d->marks[i];
		const struct doc_link *link = &d->links[m->link];
		uint32_t pos = m->pos < k->text_end ? m->pos : k->text_end;

		if (link->url == NULL || m->kind == MARK_OPEN ||
		    m->kind == MARK_IMAGE || (m->kind == MARK_CLOSE &&
		    (!link->whole || says_url(d, link))))
			continue;
		if (pos > at) {
			buf_put(out, d->text.p + at, pos - at);
			at = pos;
		}
		buf_putf(out, "[%zu]", number_of(&l->numbers,
		    link_url(link)));
	}
	if (k->text_end > at)
		buf_put(out, d->text.p + at, k->text_end - at);
}

static void
one_line(struct buf *b)
{
	for (size_t i = 0; i < b->n; i++)
		if (b->p[i] == '\n')
			b->p[i] = ' ';
}

static void
put_cell(struct buf *out, const struct doc *d, const struct block *k,
    void *arg)
{
	size_t start = out->n;

	put_numbered(out, d, k, arg);
	for (size_t i = start; i < out->n; i++)
		if (out->p[i] == '\n')
			out->p[i] = ' ';
}

/* --- blocks --- */

static void
prefix_of(struct buf *p, const struct layout *l, const struct block *k,
    unsigned indent)
{
	/* However deep, half of a line remains for the words. */
	if (indent > l->width / 2)
		indent = (unsigned)l->width / 2;
	for (unsigned i = 0; i < k->quotes; i++)
		buf_puts(p, "> ");
	while (indent-- > 0)
		buf_putc(p, ' ');
}

static void
put_lines(struct layout *l, struct span text, struct span first,
    struct span rest)
{
	struct span line;
	bool begun = false;

	while (span_line(&text, &line)) {
		line = span_trim(line);
		if (line.n == 0)
			continue;
		wrap_line(l->out, line, l->width, begun ? rest : first, rest);
		begun = true;
	}
}

static void
put_paragraph(struct layout *l, const struct block *k)
{
	struct buf text = { 0 }, prefix = { 0 };

	prefix_of(&prefix, l, k, k->kind == BLOCK_PARA ? 2u * k->lists : 0);
	put_numbered(&text, l->d, k, l);
	put_lines(l, buf_span(&text), buf_span(&prefix), buf_span(&prefix));
	buf_free(&text);
	buf_free(&prefix);
}

static void
put_item(struct layout *l, const struct block *k)
{
	struct buf text = { 0 }, first = { 0 }, rest = { 0 };
	struct block flat = *k;
	size_t mark;

	prefix_of(&first, l, k, k->lists > 0 ? 2u * (k->lists - 1u) : 0);
	buf_put_span(&rest, buf_span(&first));
	flat.lists = 1;
	mark = first.n;
	doc_marker(&first, l->d, &flat);
	for (size_t i = utf8_columns(span_of(first.p + mark, first.n - mark));
	    i > 0; i--)
		buf_putc(&rest, ' ');
	put_numbered(&text, l->d, k, l);
	one_line(&text);
	put_lines(l, buf_span(&text), buf_span(&first), buf_span(&rest));
	buf_free(&text);
	buf_free(&first);
	buf_free(&rest);
}

static void
put_heading(struct layout *l, const struct block *k)
{
	unsigned level = (unsigned)k->level + (unsigned)l->shift;
	struct buf text = { 0 }, prefix = { 0 };
	struct span lines, line;
	size_t longest = 0, start = l->out->n;

	prefix_of(&prefix, l, k, 0);
	put_numbered(&text, l->d, k, l);
	one_line(&text);
	put_lines(l, buf_span(&text), buf_span(&prefix), buf_span(&prefix));
	lines = span_of(l->out->p + start, l->out->n - start);
	while (span_line(&lines, &line))
		if (utf8_columns(line) > longest)
			longest = utf8_columns(line);
	if (level <= 2 && k->quotes == 0) {
		while (longest-- > 0)
			buf_putc(l->out, level == 1 ? '=' : '-');
		buf_putc(l->out, '\n');
	}
	buf_free(&text);
	buf_free(&prefix);
}

/* One line of code: tabs become spaces up to the next multiple of eight. */
static void
put_code_line(struct buf *out, struct span s)
{
	size_t column = 0;
	uint32_t c;

	while (s.n > 0) {
		size_t n = utf8_decode(s, &c);

		if (c == '\t') {
			do
				buf_putc(out, ' ');
			while (++column % 8 != 0);
		} else {
			buf_put(out, s.p, n);
			column += (size_t)utf8_width(c);
		}
		s = span_from(s, n);
	}
	buf_putc(out, '\n');
}

static void
put_pre(struct layout *l, const struct block *k)
{
	struct buf text = { 0 };
	struct span rest, line;
	size_t blank = 0;
	bool begun = false;

	put_numbered(&text, l->d, k, l);
	rest = buf_span(&text);
	while (span_line(&rest, &line)) {
		while (line.n > 0 && ascii_space(line.p[line.n - 1]))
			line.n--;
		if (line.n == 0) {
			blank += begun;
			continue;
		}
		for (; blank > 0; blank--)
			buf_putc(l->out, '\n');
		put_code_line(l->out, line);
		begun = true;
	}
	buf_free(&text);
}

static void
put_table(struct layout *l, const struct block *k)
{
	const struct table *t = &l->d->tables[k->table];
	struct buf lines = { 0 };
	size_t limit = l->width > TABLE_WIDTH_MAX ? l->width :
	    TABLE_WIDTH_MAX;

	if (k->alt != NULL)
		wrap_line(l->out, span_str(k->alt), l->width, span_of("", 0),
		    span_of("", 0));
	if (table_layout(&lines, l->d, t, put_cell, l) <= limit) {
		buf_put_span(l->out, buf_span(&lines));
	} else {
		for (uint32_t r = t->head && t->rows > 1; r < t->rows; r++) {
			struct buf row = { 0 };

			if (table_record(&row, l->d, t, r, put_cell, l))
				wrap_line(l->out, buf_span(&row), l->width,
				    span_str("* "), span_str("  "));
			buf_free(&row);
		}
	}
	buf_free(&lines);
}

static void
put_images(struct layout *l, const struct block *k, bool leading)
{
	for (uint32_t i = k->mark; i < k->mark_end; i++) {
		const struct mark *m = &l->d->marks[i];
		const struct doc_link *link = &l->d->links[m->link];
		struct buf text = { 0 }, prefix = { 0 };

		if (m->kind != MARK_IMAGE || link->url == NULL ||
		    (m->pos <= k->text && k->kind == BLOCK_PARA &&
		    k->quotes == 0) != leading)
			continue;
		prefix_of(&prefix, l, k, k->kind == BLOCK_PARA ?
		    2u * k->lists : 0);
		doc_link_label(&text, l->d, link);
		buf_putf(&text, " [%zu]", number_of(&l->numbers,
		    link_url(link)));
		wrap_line(l->out, buf_span(&text), l->width,
		    buf_span(&prefix), buf_span(&prefix));
		buf_free(&text);
		buf_free(&prefix);
	}
}

static void
separate(struct layout *l, const struct block *k)
{
	const struct block *p = l->prev;
	unsigned n = 0;

	if (p == NULL)
		return;
	while (!l->rule && n < p->quotes && n < k->quotes &&
	    p->quote[n] == k->quote[n])
		n++;
	if (k->kind == BLOCK_ITEM && (p->kind == BLOCK_ITEM ||
	    p->kind == BLOCK_TERM) && p->top == k->top && !l->rule &&
	    p->quotes == k->quotes && n == k->quotes)
		return;
	for (unsigned i = 0; i < n; i++)
		buf_puts(l->out, i > 0 ? " >" : ">");
	buf_putc(l->out, '\n');
	if (l->rule)
		buf_puts(l->out, "---\n\n");
	l->rule = false;
}

static void
put_body(struct layout *l, const struct block *k)
{
	switch (k->kind) {
	case BLOCK_HEADING:
		put_heading(l, k);
		break;
	case BLOCK_ITEM:
		put_item(l, k);
		break;
	case BLOCK_PRE:
		put_pre(l, k);
		break;
	case BLOCK_TABLE:
		put_table(l, k);
		break;
	default:
		put_paragraph(l, k);
		break;
	}
}

static void
put_block(struct layout *l, const struct block *k)
{
	struct buf *out = l->out, own = { 0 };
	struct block image = *k;

	image.kind = BLOCK_PARA;
	l->out = &own;
	put_images(l, k, true);
	l->out = out;
	if (own.n > 0) {
		separate(l, &image);
		buf_put_span(out, buf_span(&own));
		l->prev = k;
	}
	buf_clear(&own);
	l->out = &own;
	put_body(l, k);
	put_images(l, k, false);
	l->out = out;
	if (own.n > 0) {
		separate(l, k);
		buf_put_span(out, buf_span(&own));
		l->prev = k;
	}
	buf_free(&own);
}

bool
writer_text(struct buf *out, const struct doc *d,
    const struct gemtext_options *o)
{
	struct layout l = { .out = out, .d = d,
	    .width = o != NULL && o->width > 0 ? o->width :
	    GEMTEXT_WIDTH_DEFAULT, .shift = o != NULL ? o->heading_shift : 0 };
	size_t start = out->n, max = out->max != 0 &&
	    out->max < 2 * GEMTEXT_OUTPUT_MAX ? out->max :
	    2 * GEMTEXT_OUTPUT_MAX;
	bool cut = d->cut;

	if (l.width < 4)
		l.width = 4;
	max = max > CUT_RESERVE ? max - CUT_RESERVE : 0;
	for (size_t i = 0; i < d->nblocks; i++) {
		const struct block *k = &d->blocks[i], *prev = l.prev;
		size_t mark = out->n;

		if (k->dead)
			continue;
		if (k->kind == BLOCK_RULE) {
			l.rule = l.prev != NULL;
			continue;
		}
		put_block(&l, k);
		if (out->n - start > max || out->over) {
			out->over = false;
			buf_truncate(out, mark);
			l.prev = prev;
			cut = true;
			break;
		}
	}
	if (cut)
		buf_putf(out, "%s[The text goes on, but is cut here for its "
		    "length.]\n", l.prev != NULL ? "\n" : "");
	numbers_list(out, &l.numbers, l.prev != NULL || cut);
	numbers_free(&l.numbers);
	return !cut;
}

/* --- finished gemtext --- */

static void
put_heading_line(struct buf *out, struct span s, int level, size_t width)
{
	size_t start = out->n, longest = 0;
	struct span lines, line, none = { "", 0 };

	wrap_line(out, s, width, none, none);
	lines = span_of(out->p + start, out->n - start);
	while (span_line(&lines, &line))
		if (utf8_columns(line) > longest)
			longest = utf8_columns(line);
	if (level > 2)
		return;
	while (longest-- > 0)
		buf_putc(out, level == 1 ? '=' : '-');
	buf_putc(out, '\n');
}

void
gemtext_to_text(struct buf *txt, struct span gmi, size_t width)
{
	struct gemtext_reader r = { gmi, false };
	struct gemtext_line line;
	struct numbers numbers = { 0 };
	struct span none = { "", 0 };
	bool any = false;

	while (gemtext_next(&r, &line)) {
		struct buf s = { 0 };

		any = true;
		switch (line.kind) {
		case GEMTEXT_HEADING1:
		case GEMTEXT_HEADING2:
		case GEMTEXT_HEADING3:
			put_heading_line(txt, line.text,
			    (int)(line.kind - GEMTEXT_HEADING1) + 1, width);
			break;
		case GEMTEXT_LINK:
			buf_put_span(&s, line.text.n > 0 ? line.text :
			    line.url);
			buf_putf(&s, " [%zu]", number_of(&numbers, line.url));
			wrap_line(txt, buf_span(&s), width, none, none);
			break;
		case GEMTEXT_ITEM:
			wrap_line(txt, line.text, width, span_str("* "),
			    span_str("  "));
			break;
		case GEMTEXT_QUOTE:
			wrap_line(txt, line.text, width, span_str("> "),
			    span_str("> "));
			break;
		case GEMTEXT_PRE:
			put_code_line(txt, line.text);
			break;
		case GEMTEXT_TOGGLE:
			break;
		default:
			wrap_line(txt, span_trim(line.text), width, none,
			    none);
			break;
		}
		buf_free(&s);
	}
	numbers_list(txt, &numbers, any);
	numbers_free(&numbers);
}
