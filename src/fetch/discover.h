/*
 * discover.h - where a page says its feeds are.  Pure: the page is a
 * stranger's; what is found is a list of absolute addresses to try.
 */
#ifndef FETCH_DISCOVER_H
#define FETCH_DISCOVER_H

#include "base/span.h"

#define DISCOVER_MAX	32	/* addresses of one page */

struct discovery {
	char	*urls[DISCOVER_MAX];	/* absolute, best first, each once */
	size_t	 n;
};

/* The <link rel=alternate> feeds of an HTML page, else what <a> links look
 * like feeds. */
void	discover_html(struct discovery *d, struct span page, const char *base);
/* Links of a gemtext page that look like feeds. */
void	discover_gemtext(struct discovery *d, struct span page,
	    const char *base);
/* Items of a gopher menu that look like feeds. */
void	discover_gopher(struct discovery *d, struct span menu);
/* Where software commonly puts them on the site of base. */
void	discover_common(struct discovery *d, const char *base);
void	discover_free(struct discovery *d);

#endif
