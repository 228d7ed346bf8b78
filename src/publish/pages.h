/*
 * pages.h - the pages of entries and of time: what publish.c calls.
 *
 * Each function renders what it is asked for and puts it into the tree;
 * what differs from the published file is written, the rest keeps its
 * bytes and times.
 */
#ifndef PUBLISH_PAGES_H
#define PUBLISH_PAGES_H

#include "publish/site.h"

/* entry.c: the page of an entry, with its body. */
/* What stands beside an entry, as far as who goes along the river knows. */
struct page_beside {
	const struct store_entry *newer, *older;	/* NULL: there is none */
	const struct store_entry *source_newer;		/* in its source */
};
/* b NULL: ask the store for all. */
int	page_entry(struct site *s, const struct store_entry *en,
	    const struct page_beside *b,
	    struct error *e);
/* entry.c: take an entry's page away; tombstone: for ever. */
int	page_entry_gone(struct site *s, const char *path, bool tombstone,
	    struct error *e);

/* river.c: the front page, a day, a month ("2026-01"), a year. */
int	page_front(struct site *s, struct error *e);
int	page_day(struct site *s, const char *day, struct error *e);
/* Add the other days whose pages change because that one's comes or goes
 * in this run; in s->arena. */
int	page_day_beside(struct site *s, const char *day, const char ***list,
	    size_t *n, struct error *e);
int	page_month(struct site *s, const char *month, struct error *e);
int	page_year(struct site *s, const char *year, struct error *e);

#endif
