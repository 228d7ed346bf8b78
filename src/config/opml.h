/*
 * opml.h - OPML subscription lists in and out.
 */
#ifndef CONFIG_OPML_H
#define CONFIG_OPML_H

#include "base/buf.h"
#include "base/error.h"
#include "base/span.h"
#include "config/lists.h"

/* Outlines within outlines; deeper ones are read as if at this depth. */
#define OPML_DEPTH_MAX		128
#define OPML_ATTRIBUTE_MAX	4096	/* bytes of an attribute that count */

/*
 * Read OPML 1.0, 1.1 or 2.0 into list (zeroed), leniently: any encoding
 * that iconv knows, wrong case of names, unclosed elements, undefined
 * entities.  Hostile documents cost time in proportion to their length.
 * E_SYNTAX when there is no <opml> and no <outline> in it.
 */
int	opml_read(struct list *list, struct span bytes, struct error *e);

/*
 * Append list as OPML 2.0.  A feed of one group is written inside it;
 * further groups go into its category attribute.  date is an RFC 822
 * date for dateModified, or NULL.
 */
void	opml_write(struct buf *out, const struct list *list,
	    const char *date);

#endif
