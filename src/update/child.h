/*
 * child.h - a pool of sandboxed children that parse and convert.
 *
 * Strangers' bytes are parsed in processes that can open no file and no
 * socket, within CPU, memory and time limits.  A child that dies, loops
 * or balloons costs the one job it had; another takes its place.
 *
 * The children are forked by a small process of their own, made when the
 * pool is made, so that they hold nothing of what the caller does later:
 * no keys, no connections, no store.
 */
#ifndef UPDATE_CHILD_H
#define UPDATE_CHILD_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/buf.h"
#include "base/error.h"
#include "base/span.h"
#include "feed/feed.h"

#define CHILD_CPU_SECONDS	5	/* a job */
#define CHILD_WALL_SECONDS	20	/* a job, waiting included */
#define CHILD_MEMORY		((size_t)512 << 20)
#define CHILD_REPLY_MAX		((size_t)128 << 20)
#define CHILD_JOBS_MAX		500	/* then a fresh child takes over */
#define CHILDREN_MAX		8

struct child_pool;

struct child_job {
	const char	*url;		/* base of relative links, or NULL */
	const char	*content_type;	/* transport's, or NULL */
	size_t		 max_entries;	/* 0: FEED_ENTRIES_MAX */
	int64_t		 now;
	int		 width;		/* of the plain text; 0 default */
};

/*
 * Called when a job is done.  status is 0, E_SYNTAX (no feed) or E_LIMIT
 * (the child died or met a limit, which e names); f lives in a, which the
 * callee may keep by copying the struct and zeroing *a, and which is freed
 * otherwise.
 */
typedef void child_done(int status, struct feed *f, struct arena *a,
	    const struct error *e, void *arg);

/*
 * n children (at most CHILDREN_MAX); call before threads exist.  With require
 * (`sandbox = require`) E_FAIL when they could not be sandboxed.
 */
int	child_pool_new(struct child_pool **out, int n, bool require,
	    struct error *e);
/* Whether a configuration's word for the sandbox is "require". */
bool	child_sandbox_required(const char *word);
void	child_pool_free(struct child_pool *p);

/*
 * Hand bytes to an idle child, to be parsed as a feed and every entry
 * converted (its gemtext and text set).  Waits for a child when none is
 * idle, calling the done functions of those that end meanwhile.
 */
int	child_submit(struct child_pool *p, struct span bytes,
	    const struct child_job *job, child_done *done, void *arg,
	    struct error *e);
/* Call the done functions of finished jobs; wait: until none is left. */
void	child_collect(struct child_pool *p, bool wait);

/* Convert one body again (a new converter revision); waits. */
int	child_convert(struct child_pool *p, struct buf *gmi, struct buf *txt,
	    const struct content *body, const char *original, int width,
	    struct error *e);

/*
 * What the child does, in this process: parse bytes and convert every
 * entry.  For commands that read one feed, and for fuzzers.
 */
int	child_parse_here(struct feed **out, struct arena *a, struct span bytes,
	    const struct child_job *job, struct error *e);

#endif
