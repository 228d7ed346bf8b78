/*
 * edit.h - change one section of a planet.ini and leave the rest of the
 * file, comments and order, to the byte.
 */
#ifndef CMD_EDIT_H
#define CMD_EDIT_H

#include "base/buf.h"
#include "base/error.h"
#include "base/span.h"

/*
 * The section whose header is line number line (from 1) of text: its first
 * byte and length.  Blank lines and comments before the next header belong
 * to that one and are not part of it.  False when line is no header.
 */
bool	edit_section(struct span text, int line, struct span *section);

/* Append text without that section and the blank lines after it. */
void	edit_remove(struct buf *out, struct span text, struct span section);

/*
 * Append text with key = value in that section, in place of what it says
 * of key; value NULL: with nothing said of key.
 */
void	edit_set(struct buf *out, struct span text, struct span section,
	    const char *key, const char *value);

/*
 * Append text with a new section at its end.  name NULL: none is given.
 */
void	edit_append(struct buf *out, struct span text, const char *url,
	    const char *name, bool allow_private);

/*
 * Replace the file at path by text if the result loads and, when url is
 * not NULL, has (or, with present false, lacks) that source; else the file stays as it was.
 */
int	edit_write(const char *path, struct span old, struct span text,
	    const char *url, bool present, struct error *e);

#endif
