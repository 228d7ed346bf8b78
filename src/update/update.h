/*
 * update.h - one run: fetch what is due, parse, store, publish.
 *
 * Each feed that brings something commits in its own transaction, so an
 * interrupted run keeps what it had.  Answers that change nothing are
 * committed together, several times a second.
 */
#ifndef UPDATE_UPDATE_H
#define UPDATE_UPDATE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/error.h"
#include "config/config.h"
#include "fetch/fetch.h"
#include "publish/publish.h"
#include "store/store.h"

/* How one feed fared; strings are borrowed for the call. */
struct update_event {
	const char	*url, *name;
	enum fetch_outcome outcome;
	int		 status;	/* protocol's; 0 none */
	const char	*message;	/* one line, NULL when fine */
	size_t		 nnew, nchanged;
	int		 ms;
};

struct update_progress {
	size_t	total, done, failed, nnew;
	int64_t	bytes;
	int	elapsed_ms;
};

#define UPDATE_CHILDREN	2	/* that parse */

struct child_pool;

struct update_options {
	/*
	 * Best made by the caller before it reads anything, so that parents and
	 * children share no memory worth copying or stealing; NULL: made here.
	 */
	struct child_pool *pool;
	bool		 all;		/* whatever is due or not */
	bool		 dry_run;	/* name what would be fetched */
	const char	*pattern;	/* part of URL or name, or glob */
	const char	*search_path;	/* the full-text file */
	const char	*version;	/* for the User-Agent */
	bool		 quick;		/* no pause between requests to a host */
	int64_t		(*now)(void);
	void		(*event)(const struct update_event *, void *arg);
	void		(*progress)(const struct update_progress *, void *arg);
	void		(*phase)(const char *what, size_t done, size_t total,
			    void *arg);
	/* one line about the keeper's own posts or a list */
	void		(*report)(const char *line, void *arg);
	int		(*stop)(void *arg);	/* non-zero ends the run early */
	void		*arg;
};

struct update_result {
	size_t	feeds;		/* active ones */
	size_t	due;		/* asked in this run */
	size_t	unchanged, changed, failed, gone;
	size_t	nnew, nchanged;
	int64_t	bytes;
	bool	stopped;
	struct publish_result published;
};

/*
 * Do a run on a store that the caller opened and locked.  0 even when
 * feeds failed (r says how many); negative when the store or the output
 * failed.
 */
int	update_run(struct store *s, struct config *c,
	    const struct update_options *o, struct update_result *r,
	    struct error *e);

/*
 * Bring own posts, converter revision, search index and pages up to date;
 * the part of a run that needs no network.  all renders every page anew.
 */
int	update_publish(struct store *s, const struct config *c,
	    const struct update_options *o, bool all,
	    struct publish_result *r, struct error *e);
/* The same with what a run has already. */
struct update_known {
	struct child_pool	*pool;
	bool			 all;
	/* as of store_feeds_stamp(), tries of since then written into it */
	struct store_feed	*feeds;		/* or NULL */
	size_t			 nfeeds;
	uint64_t		 stamp;
};
int	update_publish_with(struct store *s, const struct config *c,
	    const struct update_options *o, const struct update_known *known,
	    struct publish_result *r, struct error *e);

#endif
