/*
 * site.h - what every page writer of a run shares.
 *
 * A writer reads the store through site->store, puts files through
 * site->tree (tree.h), takes words from site->words and addresses from
 * the functions here.  Nothing here keeps more than the feeds in memory.
 */
#ifndef PUBLISH_SITE_H
#define PUBLISH_SITE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/buf.h"
#include "base/error.h"
#include "config/config.h"
#include "publish/publish.h"
#include "publish/stale.h"
#include "publish/strings.h"
#include "publish/tree.h"
#include "store/store.h"

#define SITE_LIST_MAX	100	/* entries on a page of a list */

struct theme;
struct theme_value;

struct site {
	struct store		*store;
	const struct config	*config;
	const struct publish_options *options;
	const struct strings	*words;
	struct theme		*theme;
	const struct theme_value *common;	/* look.h */
	struct tree		*tree;
	int64_t			 now;
	/* all feeds, active or not, in the store's order (by name) */
	struct store_feed	*feeds;
	size_t			 nfeeds;
	/* their places, by id; site_feed() keeps it */
	size_t			*by_id, nby_id;
	struct buf		 copies;	/* paths of what was copied */
	size_t			 done, total;	/* for progress */
	struct arena		 arena;	/* lives as long as the run */
};

/* --- feeds --- */
/* The feed of that id (the own posts' one too), or NULL. */
const struct store_feed *site_feed(struct site *s, int64_t id);
/*
 * Append an address that the feed f is or gives, for public pages: without
 * the query of f's own address, which may be a key, wherever it turns up.
 * One like "?format=rss" is no key and stays.
 */
void	site_address(struct buf *out, const struct store_feed *f,
	    const char *address);
/* Whether it is the one of the planet's own posts. */
bool	site_feed_own(const struct store_feed *f);
/*
 * Whether it has a page.  One that has left the configuration keeps it as
 * long as there are entries that point to it.
 */
bool	site_feed_listed(const struct store_feed *f);
/* What it is called in lists; the own posts have the planet's name. */
const char *site_feed_name(const struct site *s, const struct store_feed *f);
/* Whether the feed has posted within activity_threshold. */
bool	site_feed_lively(const struct site *s, const struct store_feed *f);
/* "Name" of what stands before an entry's title: the feed's name. */
const char *site_source_name(struct site *s, const struct store_entry *en);
/* The author, when it says more than the source's name; else NULL. */
const char *site_author(struct site *s, const struct store_entry *en);
/*
 * Leave of en's bodies what `excerpt` of its source allows; the rest is kept in
 * a.  en is then a summary.
 */
void	site_excerpt(struct site *s, struct store_entry *en,
	    struct arena *a);
/* An entry's title, or its first words when it has none; never empty. */
void	site_title(struct buf *out, const struct site *s,
	    const struct store_entry *en);

/* --- time --- */
/* Seconds east of UTC in the planet's zone at t. */
int	site_offset(int64_t t);
/* "14 Jan 2026 5:00pm GMT": date_format, or the language's own. */
void	site_time(struct buf *out, const struct site *s, int64_t t);
/* "14 Jan 2026": new_date_format, or the language's own. */
void	site_day(struct buf *out, const struct site *s, int64_t t);
/* "2026-01-14" in the planet's zone. */
void	site_iso_day(struct buf *out, int64_t t);
/* [from, until) of "2026-01-14", "2026-01" or "2026" in the planet's zone;
 * false when key is none of them. */
bool	site_bounds(const char *key, int64_t *from, int64_t *until);
/*
 * Narrow q to them.  Bounds of zero mean none to a query: the second before
 * 1970 belongs to it.
 */
bool	site_query_bounds(struct store_query *q, const char *key);
/* How many entries are shown for a key: of a day, a month, a year. */
int64_t	site_count(struct site *s, const char *key);
/* The date an entry is shown with: published, or first seen. */
int64_t	site_date(const struct store_entry *en);

/* --- addresses; all relative to the capsule's root, without "/" in front
 * of them.  A file of the tree is "capsule/" and the address, with
 * "index.gmi" after a final "/". --- */
void	site_entry_path(struct buf *out, const struct store_entry *en);
					/* "e/2026/abc-title.gmi" */
void	site_feed_path(struct buf *out, const struct store_feed *f);
					/* "s/mozilla-blog/" */
void	site_tag_path(struct buf *out, const char *tag);	/* "t/rust/" */
void	site_group_path(struct buf *out, const char *group);	/* "g/core/" */
void	site_language_path(struct buf *out, const char *lang);	/* "l/de/" */
void	site_day_path(struct buf *out, const char *day);
					/* "2026/01/14.gmi" */
void	site_month_path(struct buf *out, const char *month);	/* "2026/01/" */
void	site_year_path(struct buf *out, const char *year);	/* "2026/" */
/* A short ASCII name for s that is the same for equal s only. */
void	site_slug(struct buf *out, const char *s);
/* "gemini://host/" and path; port only when it is not 1965. */
void	site_url(struct buf *out, const struct site *s, const char *path);
/* "gopher://host/1selector", port only when it is not 70. */
void	site_gopher_url(struct buf *out, const struct site *s, char type,
	    const char *selector);
/* The host name that stands in addresses; "localhost" without one. */
const char *site_host(const struct site *s);

/* Tell the caller's progress function that one more page is done. */
void	site_step(struct site *s);

#endif
