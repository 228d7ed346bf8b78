/*
 * blogroll.h - the subscriptions as OPML 2.0 and as a list of addresses.
 */
#ifndef PUBLISH_BLOGROLL_H
#define PUBLISH_BLOGROLL_H

#include "base/buf.h"
#include "store/store.h"

/* Active feeds only; of a hidden one the name and the site. */
void	blogroll_opml(struct buf *out, const char *title, const char *owner,
	    const char *email, const struct store_feed *feeds, size_t n);
/* One address a line, hidden ones left out. */
void	blogroll_urls(struct buf *out, const struct store_feed *feeds,
	    size_t n);

#endif
