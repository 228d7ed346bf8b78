/*
 * lists.h - pages that list entries: sources, groups, tags, languages.
 *
 * A list is a directory: index.gmi has the newest entries as dated links,
 * and when there are more, pages by month (sources) or year (the others)
 * hold all of them, so that every entry can be reached.
 */
#ifndef PUBLISH_LISTS_H
#define PUBLISH_LISTS_H

#include "base/error.h"
#include "publish/site.h"

struct page_list {
	const char	*dir;		/* "s/mozilla-blog/" */
	const char	*title;		/* after "# " */
	struct span	 intro;		/* gemtext between title and entries */
	struct store_query q;		/* what is listed; no bounds */
	int64_t		 n;		/* entries that match */
	bool		 sourced;	/* "Source: Title" as labels */
	bool		 all;		/* every page is stale */
	const char	*up, *up_label;	/* the page that lists the lists */
};

/* --- list.c --- */
/* Put the stale pages of a list, drop those it no longer has. */
int	list_put(struct site *s, const struct stale *st,
	    const struct page_list *l, struct error *e);
/* "=> /e/... 2026-01-14 Source: Title" */
void	list_link(struct buf *out, struct site *s,
	    const struct store_entry *en, bool sourced);
/* Such a line for each entry of q; the last one's place in *last unless
 * that is NULL (its strings are gone). */
int	list_entries(struct buf *out, struct site *s,
	    const struct store_query *q, bool sourced,
	    struct store_entry *last, struct arena *a, struct error *e);
/* A link to a page of the capsule. */
void	list_to(struct buf *out, const char *path, const char *label);
/* Append "# ", "## " or nothing, then s as one safe line. */
void	list_line(struct buf *out, const char *mark, const char *s);
/* End a page: a blank line, "up" (unless NULL) and the front page. */
void	list_foot(struct buf *out, struct site *s, const char *up,
	    const char *label);
/* Put "capsule/" and path. */
int	list_page(struct site *s, const char *path, const struct buf *page,
	    struct error *e);
bool	list_has_page(struct site *s, const char *path);

/* --- source.c --- */
/* s/index.gmi and the lists of the stale feeds. */
int	sources_publish(struct site *s, const struct stale *st,
	    struct error *e);

/* --- lists.c --- */
/*
 * Whether the groups have other feeds than when this was asked last.  A feed
 * that joins or leaves a group brings or takes entries of every year, and no
 * mark says which: so what the groups were made of is kept under key.
 */
int	lists_members_changed(struct site *s, const char *key, bool *changed,
	    struct error *e);
/* All of it, and feed.gmi with the newest entries of all sources. */
int	lists_publish(struct site *s, const struct stale *st,
	    struct error *e);

#endif
