/*
 * table.h - what publishing says about single pages: language, gone.
 *
 * The .tsv files in meta/ beside a published tree hold lines "path TAB lang
 * TAB flag": the path relative to the tree's root, without a leading
 * slash; "-" for the planet's language; the flag "gone" for a page that
 * was taken out for good.  meta/random.tsv holds a path a line.
 */
#ifndef SERVE_TABLE_H
#define SERVE_TABLE_H

#include <stdbool.h>
#include <stdint.h>

#include "base/span.h"

struct table;

struct table_row {
	struct span	lang;	/* empty: the default */
	bool		gone;
};

/* A table of the files in dir; nothing is read yet. */
struct table	*table_new(const char *dir);
void		 table_free(struct table *t);
/* Read the files again when one of them changed. */
void		 table_refresh(struct table *t);
/* False, and an empty row, for a path that no file names. */
bool		 table_find(const struct table *t, const char *path,
		    struct table_row *row);
/* One of the paths of random.tsv, picked by dice; empty when there is none. */
struct span	 table_random(const struct table *t, uint32_t dice);

#endif
