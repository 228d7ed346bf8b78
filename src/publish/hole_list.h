/*
 * hole_list.h - lists of entries as menus; private to the hole.
 */
#ifndef PUBLISH_HOLE_LIST_H
#define PUBLISH_HOLE_LIST_H

#include "publish/hole.h"

#define HOLE_DIR_MAX	160	/* bytes of a directory's name */

/* What a list of entries looks like. */
struct hole_list {
	const char	*dir;		/* "s/mozilla-blog"; no slash at its end */
	const char	*title;
	const char	*intro;		/* or NULL */
	bool		 dayless;	/* all of one day */
	bool		 sourceless;	/* all of one source */
	/* The feed whose site is linked to, or NULL. */
	const struct store_feed *feed;
	/* Selector and name of the menu above, when that is not the first. */
	const char	*up, *up_label;
};

/*
 * All entries of q in menus of at most GOPHERMENU_ITEMS_MAX; none leave no
 * menu.
 */
int	hole_list_all(struct site *s, const struct store_query *q,
	    const struct hole_list *l, struct error *e);
/*
 * The newest entries of q, which are n in all, and when there are more, all
 * of them by month (of a feed) or year, so that what is old keeps its place.
 * all: every menu is stale.
 */
int	hole_list_put(struct site *s, const struct stale *st,
	    const struct store_query *q, int64_t n, bool all,
	    const struct hole_list *l, struct error *e);
/* Directory dir is not wanted any more, nor is what is below it. */
int	hole_list_drop(struct site *s, const char *dir, struct error *e);

/* --- shared by the menus --- */
void	hole_blank(struct gophermenu *m);
/* A line with the day, when it is another than the one in last. */
void	hole_day(struct gophermenu *m, struct site *s, struct buf *last,
	    int64_t t);
/* The text as an item, where it comes from, and what belongs to it. */
void	hole_entry(struct gophermenu *m, struct site *s,
	    const struct store_entry *en, const struct hole_list *l,
	    bool excerpt);
bool	hole_has(struct site *s, const char *dir);

/* hole_terms.c: lists by group, tag and language, and the lists of those. */
int	hole_terms(struct site *s, const struct stale *st, struct error *e);

/* hole_sources.c: the sources, and the list of each. */
int	hole_sources(struct site *s, const struct stale *st, struct error *e);

#endif
