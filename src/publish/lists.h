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
#include "publish/look.h"

struct page_list {
	const char	*dir;		/* "s/mozilla-blog/" */
	enum look_kind	 kind;		/* of its first page */
	/* LI_FIELDS: what all its pages say, entries and periods left out */
	const struct theme_value *values;
	struct store_query q;		/* what is listed; no bounds */
	int64_t		 n;		/* entries that match */
	bool		 all;		/* every page is stale */
};

/* --- list.c --- */
/* Put the stale pages of a list, drop those it no longer has. */
int	list_put(struct site *s, const struct stale *st,
	    const struct page_list *l, struct error *e);
/* A row for each entry of q; the last one's place in *last unless that is
 * NULL. */
int	list_entries(struct look_rows *rows, struct site *s,
	    const struct store_query *q, struct store_entry *last,
	    struct error *e);
bool	list_has_page(struct site *s, const char *path);

/* --- source.c --- */
/* Whether the pages say that it cannot be read. */
bool	source_fails(const struct store_feed *f);
/* "12 entries, 2026-01-14, cannot be read at the moment (404)" */
struct theme_value source_state(const struct site *s,
	    const struct store_feed *f, struct arena *a);
/* An address that f gives, and its own; empty when it is not to be linked
 * to. */
struct theme_value source_link(const struct store_feed *f, const char *url,
	    struct arena *a);
struct theme_value source_feed_link(const struct store_feed *f,
	    struct arena *a);
/* Put the stale pages of its list. */
int	source_put(struct site *s, const struct stale *st,
	    const struct store_feed *f, struct error *e);

/* --- sources.c --- */
/* s/index.gmi, the pages after it, and the lists of the stale feeds. */
int	sources_publish(struct site *s, const struct stale *st,
	    struct error *e);
/*
 * The sources (SRC_FIELDS) that post, for a page that has other things to
 * say: nothing when they are more than fit on a page.
 */
struct theme_value sources_few(struct site *s, struct arena *a);

/* --- lists.c --- */
/* All of it, and feed.gmi with the newest entries of all sources. */
int	lists_publish(struct site *s, const struct stale *st,
	    struct error *e);

#endif
