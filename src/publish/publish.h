/*
 * publish.h - the capsule and the hole, written in O(changed).
 *
 * output_dir/capsule is the Gemini tree, output_dir/hole the Gopher tree.
 */
#ifndef PUBLISH_PUBLISH_H
#define PUBLISH_PUBLISH_H

#include <stdbool.h>

#include "base/error.h"
#include "config/config.h"
#include "store/store.h"

struct publish_options {
	bool	 all;		/* render everything again */
	bool	 dry_run;	/* count, write nothing */
	bool	 sync;		/* syncfs once at the end */
	int64_t	 now;
	/* what store_feeds() would give, if the caller has it; or NULL */
	struct store_feed *feeds;
	size_t	 nfeeds;
	void	(*progress)(size_t done, size_t total, void *arg);
	void	*arg;
};

struct publish_result {
	size_t	written, unchanged, removed;
};

/*
 * Render the stale pages; write what differs by rename; entry pages
 * first, lists after, removals last; then clear the marks.
 */
int	publish(struct store *s, const struct config *c,
	    const struct publish_options *o, struct publish_result *r,
	    struct error *e);

/*
 * Write the entries of a source or of a month ("2026-01") to the new file
 * path as a Gempub book; feed 0 means the month.  E_NOTFOUND when there is
 * nothing, E_LIMIT when it is too much.
 */
int	publish_book(struct store *s, const struct config *c, int64_t now,
	    int64_t feed, const char *month, const char *path,
	    struct error *e);

/*
 * Read posts_dir (*.md, *.gmi) into the store as own entries.  A bad front
 * matter is reported by file:line through report and costs that post.
 */
int	publish_posts(struct store *s, const struct config *c, int64_t now,
	    void (*report)(const char *line, void *arg), void *arg,
	    struct error *e);

/*
 * Hide and show stored entries as the rules of the configuration (filters,
 * max_items) have it now; marks what became stale.
 */
int	publish_rules(struct store *s, const struct config *c, int64_t now,
	    struct error *e);

/*
 * Compile the theme that c names.  Each problem goes to report as
 * "file:line: what; what to do"; e has the first.
 */
int	publish_check_theme(const struct config *c,
	    void (*report)(const char *line, void *arg), void *arg,
	    struct error *e);

/*
 * Let entries fall into days of the planet's zone: once after opening the
 * store, before anything is merged.
 */
void	publish_zone(struct store *s, const struct config *c);

#endif
