/*
 * Data tables laid out by display width, or row by row when too wide.
 */
#include <stdlib.h>

#include "base/utf8.h"
#include "base/xalloc.h"
#include "gemtext/doc.h"

static const struct block *
cell_at(const struct doc *d, const struct table *t, const struct cell **next,
    uint32_t row, uint32_t column)
{
	const struct cell *end = d->cells + t->cell + t->cells;

	if (*next < end && (*next)->row == row && (*next)->column == column)
		return &d->blocks[((*next)++)->block];
	return NULL;
}

static void
pad(struct buf *out, size_t n, char c)
{
	while (n-- > 0)
		buf_putc(out, c);
}

static void
trim_line(struct buf *out)
{
	size_t n = out->n;

	while (n > 0 && out->p[n - 1] == ' ')
		n--;
	buf_truncate(out, n);
}

/* The line of dashes under a head. */
static void
put_rule(struct buf *out, const size_t *width, uint32_t columns)
{
	for (uint32_t c = 0; c < columns; c++) {
		if (c > 0)
			buf_puts(out, "-+-");
		pad(out, width[c], '-');
	}
	buf_putc(out, '\n');
}

size_t
table_layout(struct buf *lines, const struct doc *d, const struct table *t,
    void (*cell)(struct buf *, const struct doc *, const struct block *,
    void *), void *arg)
{
	size_t width[TABLE_COLUMNS_MAX + 1] = { 0 }, total = 0;
	struct buf *text = xcalloc(t->cells, sizeof(*text));
	const struct cell *c = d->cells + t->cell;
	uint32_t i = 0;

	for (uint32_t k = 0; k < t->cells; k++) {
		size_t w;

		cell(&text[k], d, &d->blocks[c[k].block], arg);
		w = utf8_columns(buf_span(&text[k]));
		if (w > width[c[k].column])
			width[c[k].column] = w;
	}
	for (uint32_t k = 0; k < t->columns; k++)
		total += width[k] + (k > 0 ? 3 : 0);
	for (uint32_t row = 0; row < t->rows; row++) {
		for (uint32_t col = 0; col < t->columns; col++) {
			size_t w = 0;

			if (col > 0)
				buf_puts(lines, " | ");
			if (i < t->cells && c[i].row == row &&
			    c[i].column == col) {
				buf_put_span(lines, buf_span(&text[i]));
				w = utf8_columns(buf_span(&text[i++]));
			}
			pad(lines, width[col] - w, ' ');
		}
		trim_line(lines);
		buf_putc(lines, '\n');
		if (row == 0 && t->head)
			put_rule(lines, width, t->columns);
	}
	for (uint32_t k = 0; k < t->cells; k++)
		buf_free(&text[k]);
	free(text);
	return total;
}

bool
table_record(struct buf *out, const struct doc *d, const struct table *t,
    uint32_t row, void (*cell)(struct buf *, const struct doc *,
    const struct block *, void *), void *arg)
{
	const struct cell *c = d->cells + t->cell, *head = c;
	const struct cell *end = c + t->cells;
	size_t start = out->n;

	while (c < end && c->row < row)
		c++;
	for (uint32_t col = 0; col < t->columns; col++) {
		const struct block *h = t->head ?
		    cell_at(d, t, &head, 0, col) : NULL;
		const struct block *k = cell_at(d, t, &c, row, col);

		if (k == NULL)
			continue;
		if (out->n > start)
			buf_puts(out, " | ");
		if (h != NULL) {
			doc_block_line(out, d, h);
			buf_puts(out, ": ");
		}
		cell(out, d, k, arg);
	}
	return out->n > start;
}
