/*
 * Tables while they are read: which are data, which are layout.
 *
 * The cells' texts become ordinary blocks.  When the table ends they stay
 * (layout), or are taken back and belong to the cells of a data table.
 */
#include <stdlib.h>

#include "base/xalloc.h"
#include "gemtext/builder.h"

void
cells_table_start(struct build *b, const char *const *atts)
{
	const char *role = att(atts, "role");
	struct open_table t = { .block = b->d->nblocks, .cell = b->ncells,
	    .item_base = b->item_base };

	t.layout = role != NULL && (strcmp(role, "presentation") == 0 ||
	    strcmp(role, "none") == 0);
	if (b->ntables > 0)
		b->tables[b->ntables - 1].layout = true;
	GROW(b->tables, b->ntables, b->tables_cap);
	b->tables[b->ntables++] = t;
	b->item_base = b->nitems;
}

void
cells_row(struct build *b)
{
	struct open_table *t;

	if (b->ntables == 0)
		return;
	t = &b->tables[b->ntables - 1];
	t->rows++;
	t->column = 0;
	t->in_cell = false;
}

void
cells_cell_start(struct build *b, bool head, const char *const *atts)
{
	const char *span = att(atts, "colspan");
	struct open_table *t;
	long n = 1;

	if (b->ntables == 0)
		return;
	t = &b->tables[b->ntables - 1];
	if (t->rows == 0)
		t->rows = 1;
	if (span != NULL)
		n = strtol(span, NULL, 10);
	if (n < 1)
		n = 1;
	if (n > TABLE_COLUMNS_MAX)
		n = TABLE_COLUMNS_MAX;
	GROW(b->cells, b->ncells, b->cells_cap);
	b->cells[b->ncells++] = (struct table_cell){ .row = t->rows - 1,
	    .column = t->column, .block = (uint32_t)b->d->nblocks,
	    .block_end = (uint32_t)b->d->nblocks, .head = head };
	t->column += (uint32_t)n;
	if (t->column > t->columns)
		t->columns = t->column;
	if (t->columns > TABLE_COLUMNS_MAX)
		t->layout = true;
	t->in_cell = true;
}

/* Whether the block may stand in a cell of a data table. */
static bool
simple(const struct build *b, const struct block *k)
{
	size_t chars = 0;

	if (k->kind != BLOCK_PARA || k->quotes > b->quotes)
		return false;
	for (uint32_t i = k->text; i < k->text_end; i++)
		chars += ((unsigned char)b->d->text.p[i] & 0xc0) != 0x80;
	return chars <= CELL_CHARS_MAX;
}

void
cells_cell_end(struct build *b)
{
	struct open_table *t;
	struct table_cell *c;

	if (b->ntables == 0)
		return;
	t = &b->tables[b->ntables - 1];
	if (!t->in_cell || b->ncells == t->cell)
		return;
	t->in_cell = false;
	c = &b->cells[b->ncells - 1];
	c->block_end = (uint32_t)b->d->nblocks;
	if (c->block_end - c->block > 1 || (c->block_end > c->block &&
	    !simple(b, &b->d->blocks[c->block])))
		t->layout = true;
}

/* Digits and white space alone. */
static bool
only_numbers(const struct build *b, const struct block *k)
{
	if (k->text_end == k->text)
		return false;
	for (uint32_t i = k->text; i < k->text_end; i++)
		if ((b->d->text.p[i] < '0' || b->d->text.p[i] > '9') &&
		    !ascii_space(b->d->text.p[i]))
			return false;
	return true;
}

/* Numbers of lines beside code say nothing on a page of their own. */
static void
drop_line_numbers(struct build *b, const struct open_table *t)
{
	bool code = false;

	for (size_t i = t->block; i < b->d->nblocks && !code; i++)
		code = b->d->blocks[i].kind == BLOCK_PRE &&
		    !only_numbers(b, &b->d->blocks[i]);
	for (size_t i = t->block; code && i < b->d->nblocks; i++)
		if (only_numbers(b, &b->d->blocks[i]))
			b->d->blocks[i].dead = true;
}

/* Blocks that stand in no cell and are no caption make it a layout. */
static bool
all_in_cells(const struct build *b, const struct open_table *t)
{
	size_t n = 0, captions = 0;

	for (size_t i = t->cell; i < b->ncells; i++)
		n += b->cells[i].block_end - b->cells[i].block;
	for (size_t i = t->block; i < b->d->nblocks; i++)
		captions += b->d->blocks[i].caption;
	return captions <= 1 && n + captions == b->d->nblocks - t->block;
}

/* Rows and columns that have text, renumbered from 0. */
static uint32_t
renumber(uint32_t *map, uint32_t n)
{
	uint32_t used = 0;

	for (uint32_t i = 0; i < n; i++)
		map[i] = map[i] != 0 ? used++ : UINT32_MAX;
	return used;
}

static void
make_data(struct build *b, const struct open_table *t)
{
	struct doc *d = b->d;
	uint32_t *row = xcalloc(t->rows, sizeof(*row));
	uint32_t column[TABLE_COLUMNS_MAX + 1] = { 0 };
	struct table data = { .cell = (uint32_t)d->ncells, .head = true };
	struct buf caption = { 0 };
	struct block *k;
	size_t ntables;

	for (size_t i = t->cell; i < b->ncells; i++)
		if (b->cells[i].block_end > b->cells[i].block)
			row[b->cells[i].row] = column[b->cells[i].column] = 1;
	data.rows = renumber(row, t->rows);
	data.columns = renumber(column, t->columns);
	if (data.rows < 2 || data.columns < 2)
		goto done;
	for (size_t i = t->block; i < d->nblocks; i++) {
		if (d->blocks[i].caption)
			doc_block_line(&caption, d, &d->blocks[i]);
		d->blocks[i].dead = true;
	}
	for (size_t i = t->cell; i < b->ncells; i++) {
		const struct table_cell *c = &b->cells[i];

		if (row[c->row] == UINT32_MAX)
			continue;
		if (row[c->row] == 0 && !c->head)
			data.head = false;
		if (c->block_end == c->block)
			continue;
		GROW(d->cells, d->ncells, d->cells_cap);
		d->cells[d->ncells++] = (struct cell){ row[c->row],
		    column[c->column], c->block };
	}
	data.cells = (uint32_t)d->ncells - data.cell;
	ntables = d->ntables;
	GROW(d->tables, d->ntables, d->tables_cap);
	d->tables[d->ntables++] = data;
	if ((k = build_push_block(b)) != NULL) {
		k->kind = BLOCK_TABLE;
		k->table = (uint32_t)ntables;
		k->alt = caption.n > 0 ? arena_strndup(&d->arena, caption.p,
		    caption.n) : NULL;
		/* Its links are its cells': their marks are one range. */
		k->mark = d->blocks[t->block].mark;
		k->mark_end = (uint32_t)d->nmarks;
	}
done:
	free(row);
	buf_free(&caption);
}

void
cells_table_end(struct build *b)
{
	struct open_table t;

	if (b->ntables == 0)
		return;
	t = b->tables[--b->ntables];
	b->item_base = t.item_base;
	if (!t.layout && t.rows >= 2 && t.columns >= 2 && all_in_cells(b, &t))
		make_data(b, &t);
	else
		drop_line_numbers(b, &t);
	b->ncells = t.cell;
}
