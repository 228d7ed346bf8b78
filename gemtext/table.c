/* Data tables, as aligned columns or as records. */
#include <stdlib.h>

#include "base/utf8.h"
#include "base/xalloc.h"
#include "gemtext/doc.h"

typedef void cell_fn(struct buf *, const struct doc *, const struct block *,
    void *);

static void
pad(struct buf *out, char c, size_t n)
{
	while (n-- > 0)
		buf_putc(out, c);
}

static void
trim_line(struct buf *out, size_t from)
{
	while (out->n > from && out->p[out->n - 1] == ' ')
		buf_truncate(out, out->n - 1);
	buf_putc(out, '\n');
}

static void
dashes(struct buf *out, const size_t *width, uint32_t columns)
{
	for (uint32_t i = 0; i < columns; i++) {
		if (i > 0)
			buf_puts(out, "-+-");
		pad(out, '-', width[i]);
	}
	buf_putc(out, '\n');
}

size_t
table_layout(struct buf *lines, const struct doc *d, const struct table *t,
    cell_fn *cell, void *arg)
{
	size_t width[TABLE_COLUMNS_MAX + 1] = { 0 }, *end, total = 0;
	struct buf texts = { 0 };
	uint32_t at = 0;

	end = xcalloc(t->cells + 1, sizeof(*end));
	for (uint32_t i = 0; i < t->cells; i++) {
		const struct cell *c = &d->cells[t->cell + i];
		size_t from = texts.n, w;

		cell(&texts, d, &d->blocks[c->block], arg);
		end[i] = texts.n;
		w = utf8_columns(span_of(texts.n > 0 ? texts.p + from : "",
		    texts.n - from));
		if (w > width[c->column])
			width[c->column] = w;
	}
	for (uint32_t i = 0; i < t->columns; i++)
		total += width[i] + (i > 0 ? 3 : 0);
	for (uint32_t row = 0; row < t->rows; row++) {
		size_t from = lines->n;

		for (uint32_t i = 0; i < t->columns; i++) {
			size_t w = 0;

			if (i > 0)
				buf_puts(lines, " | ");
			if (at < t->cells && d->cells[t->cell + at].row ==
			    row && d->cells[t->cell + at].column == i) {
				size_t s = at > 0 ? end[at - 1] : 0;
				struct span text = span_of(texts.n > 0 ?
				    texts.p + s : "", end[at] - s);

				buf_put_span(lines, text);
				w = utf8_columns(text);
				at++;
			}
			pad(lines, ' ', width[i] - w);
		}
		trim_line(lines, from);
		if (row == 0 && t->head)
			dashes(lines, width, t->columns);
	}
	free(end);
	buf_free(&texts);
	return total;
}

bool
table_record(struct buf *out, const struct doc *d, const struct table *t,
    uint32_t row, cell_fn *cell, void *arg)
{
	uint32_t i = 0, h = 0;
	bool any = false;

	/* Cells are in order: rows are found by halving. */
	for (uint32_t lo = 0, hi = t->cells; lo < hi; i = lo) {
		uint32_t mid = lo + (hi - lo) / 2;

		if (d->cells[t->cell + mid].row < row)
			lo = mid + 1;
		else
			hi = mid;
	}
	for (; i < t->cells && d->cells[t->cell + i].row == row; i++) {
		const struct cell *c = &d->cells[t->cell + i], *head;

		if (any)
			buf_puts(out, " | ");
		any = true;
		while (h < t->cells && (head = &d->cells[t->cell + h])->row ==
		    0 && head->column < c->column)
			h++;
		if (t->head && row > 0 && h < t->cells &&
		    d->cells[t->cell + h].row == 0 &&
		    d->cells[t->cell + h].column == c->column) {
			cell(out, d, &d->blocks[d->cells[t->cell + h].block],
			    arg);
			buf_puts(out, ": ");
		}
		cell(out, d, &d->blocks[c->block], arg);
	}
	return any;
}
