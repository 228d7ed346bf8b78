/*
 * wrap.h - lay a line of text out in columns.
 */
#ifndef GEMTEXT_WRAP_H
#define GEMTEXT_WRAP_H

#include "base/buf.h"

/*
 * Append s (valid UTF-8, one line) in lines of at most width columns, the
 * first after the prefix first, the others after rest; each ends in LF.
 * Breaks at spaces and beside wide characters as doc/orrery-gemtext.7
 * says; a word longer than a line is cut unless it has "://" in it.
 */
void	wrap_line(struct buf *out, struct span s, size_t width,
	    struct span first, struct span rest);

#endif
