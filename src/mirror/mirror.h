/*
 * mirror.h - a polite copy of a Gemini capsule in a directory.
 *
 * With a manifest (orrery-mirror(5)) only what changed is asked for, and
 * checked by its digest; without one the capsule is crawled by its links,
 * within bounds.  A run that is killed goes on where it was.
 */
#ifndef MIRROR_MIRROR_H
#define MIRROR_MIRROR_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/error.h"

#define MIRROR_CRAWL_MAX	5000	/* pages without a manifest */
#define MIRROR_FILE_MAX		((size_t)64 << 20)	/* bytes of a file */
#define MIRROR_BYTES_MAX	((int64_t)8 << 30)	/* bytes of a run */
#define MIRROR_DELAY_MS		1000	/* between two requests */

struct mirror_options {
	const char	*url;		/* "gemini://host/" */
	const char	*dir;
	const char	*warc;		/* a new file, or NULL */
	size_t		 max;		/* requests; 0: no limit with a
					 * manifest, else MIRROR_CRAWL_MAX */
	int64_t		 max_bytes;	/* 0: MIRROR_BYTES_MAX */
	int		 delay_ms;	/* 0: MIRROR_DELAY_MS; negative none */
	int		 timeout;	/* seconds a request; 0: 60 */
	bool		 allow_private;
	bool		 verify;	/* read kept files again */
	/* remove what no list names any more though it is most of what there
	 * was */
	bool		 prune;
	const char	*user_agent;
	int64_t		(*now)(void);	/* NULL: time(2) */
	/* One line about something a person may want to know; may be NULL. */
	void		(*report)(const char *line, void *arg);
	int		(*stop)(void *arg);	/* non-zero ends the run */
	/* Before each request: the files seen to, of those known so far; may
	 * be NULL. */
	void		(*progress)(size_t done, size_t known, void *arg);
	void		*arg;
};

struct mirror_result {
	bool	manifest;	/* the capsule has one */
	bool	cut;		/* max or max_bytes was met */
	size_t	requests, fetched, unchanged, removed, failed, barred;
	int64_t	bytes;
};

/*
 * Bring dir up to date.  E_AGAIN when it is not whole and a later run may
 * help (server busy, some files failed, stopped), E_NOTFOUND when
 * robots.txt bars archivers from everything, E_FAIL else.
 */
int	mirror_run(const struct mirror_options *o, struct mirror_result *r,
	    struct error *e);

#endif
