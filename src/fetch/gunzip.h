/*
 * gunzip.h - undo one layer of gzip, a piece at a time, into a ceiling.
 */
#ifndef FETCH_GUNZIP_H
#define FETCH_GUNZIP_H

#include <stdbool.h>
#include <zlib.h>

#include "base/buf.h"
#include "base/span.h"

struct gunzip {
	z_stream	z;
	bool		open;
	bool		whole;	/* the last member ended with its check sum */
};

/* Append what in unpacks to; E_LIMIT over out's ceiling, E_SYNTAX no gzip. */
int	gunzip_put(struct gunzip *g, struct buf *out, struct span in);
/* 0 when the stream was whole, E_SYNTAX when it was cut off. */
int	gunzip_end(const struct gunzip *g);
void	gunzip_free(struct gunzip *g);

#endif
