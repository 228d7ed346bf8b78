/* Tables: whether one is data is decided once, when it ends. */
#include <stdlib.h>

#include "base/utf8.h"
#include "base/xalloc.h"
#include "gemtext/builder.h"

void
cells_table_start(struct build *b, const struct atts *atts)
{
	struct open_table t = { .block = b->d->nblocks, .cell = b->ncells,
	    .item_base = b->item_base };
	const char *role = att_of(atts, ATT_ROLE);

	t.layout = role != NULL && strcasecmp(role, "presentation") == 0;
	if (b->ntables > 0) {
		b->tables[b->ntables - 1].layout = true;
		b->tables[b->ntables - 1].nests = true;
	}
	GROW(b->tables, b->ntables, b->tables_cap);
	b->tables[b->ntables++] = t;
	b->item_base = b->nitems;
}

void
cells_row(struct build *b)
{
	if (b->ntables == 0)
		return;
	b->tables[b->ntables - 1].rows++;
	b->tables[b->ntables - 1].column = 0;
}

void
cells_cell_start(struct build *b, bool head, const struct atts *atts)
{
	struct open_table *t;
	const char *s = att_of(atts, ATT_COLSPAN);
	long span = s != NULL ? strtol(s, NULL, 10) : 1;

	if (b->ntables == 0)
		return;
	t = &b->tables[b->ntables - 1];
	if (t->rows == 0)
		t->rows = 1;
	if (span < 1)
		span = 1;
	if (span > TABLE_COLUMNS_MAX)
		span = TABLE_COLUMNS_MAX;
	t->in_cell = true;
	if (b->ncells - t->cell > BUILD_BLOCKS_MAX) {
		t->layout = true;
		return;
	}
	GROW(b->cells, b->ncells, b->cells_cap);
	b->cells[b->ncells++] = (struct table_cell){ .row = t->rows - 1,
	    .column = t->column, .block = (uint32_t)b->d->nblocks,
	    .block_end = (uint32_t)b->d->nblocks, .head = head };
	if (t->column < TABLE_COLUMNS_MAX)
		t->column += (uint32_t)span;
	else
		t->layout = true;
	if (t->column > t->columns)
		t->columns = t->column;
}

void
cells_cell_end(struct build *b)
{
	struct open_table *t;

	if (b->ntables == 0)
		return;
	t = &b->tables[b->ntables - 1];
	t->in_cell = false;
	if (b->ncells > t->cell)
		b->cells[b->ncells - 1].block_end = (uint32_t)b->d->nblocks;
}

static bool
is_data(const struct build *b, const struct open_table *t)
{
	if (t->layout || t->rows < 2 || t->columns < 2 ||
	    t->columns > TABLE_COLUMNS_MAX)
		return false;
	for (size_t i = t->cell; i < b->ncells; i++) {
		const struct table_cell *c = &b->cells[i];
		const struct block *k;

		if (c->block_end > c->block + 1)
			return false;
		if (c->block_end == c->block)
			continue;
		k = &b->d->blocks[c->block];
		if (k->kind != BLOCK_PARA || k->quotes > b->quotes ||
		    k->text_end - k->text > 4 * CELL_CHARS_MAX)
			return false;
		if (k->text_end - k->text > CELL_CHARS_MAX) {
			size_t chars = 0;

			for (uint32_t j = k->text; j < k->text_end; j++)
				chars += (b->d->text.p[j] & 0xc0) != 0x80;
			if (chars > CELL_CHARS_MAX)
				return false;
		}
	}
	return true;
}

static bool
only_numbers(const struct doc *d, const struct block *k)
{
	for (uint32_t i = k->text; i < k->text_end; i++)
		if (!ascii_space(d->text.p[i]) &&
		    (d->text.p[i] < '0' || d->text.p[i] > '9'))
			return false;
	return k->text_end > k->text;
}

/* The column of line numbers beside code. */
static void
drop_numbers(struct build *b, const struct open_table *t)
{
	bool code = false;

	for (size_t i = t->block; i < b->d->nblocks; i++)
		code = code || (b->d->blocks[i].kind == BLOCK_PRE &&
		    !only_numbers(b->d, &b->d->blocks[i]));
	for (size_t i = t->cell; code && i < b->ncells; i++) {
		bool all = true;

		for (size_t j = b->cells[i].block; j < b->cells[i].block_end;
		    j++)
			all = all && only_numbers(b->d, &b->d->blocks[j]);
		for (size_t j = b->cells[i].block; all &&
		    j < b->cells[i].block_end; j++)
			b->d->blocks[j].dead = true;
	}
}

static void
data_table(struct build *b, const struct open_table *t)
{
	struct doc *d = b->d;
	uint32_t map[TABLE_COLUMNS_MAX + 1] = { 0 };
	struct table data = { .cell = (uint32_t)d->ncells };
	uint32_t row = UINT32_MAX, first_mark;
	struct buf line = { 0 };
	const char *alt = NULL;
	struct block *k;

	first_mark = t->block < d->nblocks ? d->blocks[t->block].mark :
	    (uint32_t)d->nmarks;
	data.head = true;
	for (size_t i = t->cell; i < b->ncells; i++)
		if (b->cells[i].block_end > b->cells[i].block)
			map[b->cells[i].column] = 1;
	for (uint32_t i = 0; i < t->columns; i++)
		map[i] = map[i] != 0 ? data.columns++ : UINT32_MAX;
	for (size_t i = t->cell; i < b->ncells; i++) {
		const struct table_cell *c = &b->cells[i];

		if (c->row == 0 && !c->head)
			data.head = false;
		if (c->block_end == c->block)
			continue;
		if (row != c->row) {
			if (row == UINT32_MAX && c->row != 0)
				data.head = false;
			row = c->row;
			data.rows++;
		}
		GROW(d->cells, d->ncells, d->cells_cap);
		d->cells[d->ncells++] = (struct cell){ .row = data.rows - 1,
		    .column = map[c->column], .block = c->block };
		data.cells++;
		d->blocks[c->block].dead = true;
	}
	/* What stands in no cell stays, before the table. */
	for (size_t i = t->block; i < d->nblocks; i++) {
		if (d->blocks[i].caption && alt == NULL) {
			doc_block_line(&line, d, &d->blocks[i]);
			alt = arena_strdup(&d->arena, buf_cstr(&line));
		}
		if (d->blocks[i].caption)
			d->blocks[i].dead = true;
	}
	buf_free(&line);
	if (data.cells == 0 || (k = build_push_block(b)) == NULL)
		return;
	GROW(d->tables, d->ntables, d->tables_cap);
	k->kind = BLOCK_TABLE;
	k->table = (uint32_t)d->ntables;
	k->alt = alt;
	k->mark = first_mark;
	d->tables[d->ntables++] = data;
}

void
cells_table_end(struct build *b)
{
	struct open_table t;

	if (b->ntables == 0)
		return;
	t = b->tables[--b->ntables];
	if (is_data(b, &t))
		data_table(b, &t);
	else if (!t.nests)
		/* Blocks are looked at by their innermost table only. */
		drop_numbers(b, &t);
	b->ncells = t.cell;
	b->item_base = t.item_base;
}
