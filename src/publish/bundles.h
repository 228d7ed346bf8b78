/*
 * bundles.h - each month that is over as one file to take away: a Gempub
 * book (bundles/2026-01.gpub) and an archive of its pages (.tar.gz, .tar.zst).
 */
#ifndef PUBLISH_BUNDLES_H
#define PUBLISH_BUNDLES_H

#include "publish/look.h"

#define BUNDLES_DIR	"bundles/"

/*
 * Make what is missing or stale of the months that this run touched, and
 * mirror.gmi, which lists them.  After the pages were put and removals made.
 * A month whose pages did not change keeps its files.
 */
int	bundles_publish(struct site *s, const struct stale *st,
	    struct error *e);
/* Rows (LINK_FIELDS) for the bundles of a month ("2026-01") that are there. */
void	bundles_links(struct look_rows *rows, struct site *s,
	    const char *month);

#endif
