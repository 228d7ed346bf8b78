/*
 * relink.h - make the links of an HTML fragment absolute.
 */
#ifndef FEED_RELINK_H
#define FEED_RELINK_H

#include "base/buf.h"
#include "base/span.h"

/*
 * Append html to out with href, src, cite and the like resolved against
 * base (NULL: as they stand).  Everything else is copied byte for byte; what
 * cannot be resolved too.
 */
void	feed_relink(struct buf *out, struct span html, const char *base);

#endif
