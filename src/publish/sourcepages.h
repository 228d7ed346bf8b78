/*
 * sourcepages.h - the sources, so many on a page, and which of the pages are
 * stale.  Capsule and hole have pages of their own of them.
 */
#ifndef PUBLISH_SOURCEPAGES_H
#define PUBLISH_SOURCEPAGES_H

#include <stdbool.h>
#include <stddef.h>

#include "publish/site.h"

struct source_pages {
	size_t		*at;		/* places among the site's feeds */
	size_t		 n, nlively;
	size_t		 size, pages;	/* sources on a page; at least 1 page */
	bool		*fresh;		/* by page: to be put again */
};

/*
 * All that are listed, by name; with silent_last, those that post come before
 * those that are silent and nlively tells where these begin (else n).
 */
void	source_pages_fill(struct source_pages *p, const struct site *s,
	    size_t size, bool silent_last);
void	source_pages_free(struct source_pages *p);
/* The place after the last of a page. */
size_t	source_pages_end(const struct source_pages *p, size_t page);
/*
 * Mark the pages of the feeds that changed (by place among the site's); and
 * all of them when sources moved, came, left or changed their names since
 * this was asked last with that key of the store.
 */
int	source_pages_mark(struct source_pages *p, struct site *s,
	    const bool *changed, const char *key, struct error *e);
/* "Aardvark – Heron": who is first and last on a page that is not empty. */
void	source_pages_label(struct buf *out, const struct source_pages *p,
	    const struct site *s, size_t page);

#endif
