/*
 * jsonfeed.h - the same entries as JSON Feed 1.1.
 */
#ifndef PUBLISH_JSONFEED_H
#define PUBLISH_JSONFEED_H

#include "publish/atom.h"

void	jsonfeed_begin(struct buf *out, const struct atom_feed *f);
/* first: no item came before. */
void	jsonfeed_item(struct buf *out, const struct atom_item *i, bool first);
void	jsonfeed_end(struct buf *out);
/* s as a JSON string with its quotes; ill-formed UTF-8 is repaired. */
void	jsonfeed_string(struct buf *out, struct span s);

#endif
