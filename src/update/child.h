/*
 * child.h - a pool of sandboxed children that parse and convert.
 *
 * Strangers' bytes are parsed in processes that can open no file and no
 * socket, within CPU and memory limits.  A child that dies, loops or
 * balloons costs the one job it had.
 */
#ifndef UPDATE_CHILD_H
#define UPDATE_CHILD_H

#include "base/arena.h"
#include "base/error.h"
#include "base/span.h"
#include "feed/feed.h"

#define CHILD_CPU_SECONDS	5
#define CHILD_WALL_SECONDS	20
#define CHILD_MEMORY		((size_t)512 << 20)

struct child_pool;

struct child_job {
	const char	*url;		/* base of relative links, or NULL */
	const char	*content_type;
	const char	*own_path;	/* for messages about own posts, or NULL */
	size_t		 max_entries;
	int64_t		 now;
	int		 width;		/* of the plain text */
};

/* n children, forked now: call before threads or TLS state exist. */
int	child_pool_new(struct child_pool **out, int n, struct error *e);
void	child_pool_free(struct child_pool *p);

/*
 * Parse bytes as a feed and convert every entry (gemtext, text set).
 * E_SYNTAX no feed; E_LIMIT the child died or met a limit (the message
 * names which; a new child takes its place).
 */
int	child_parse(struct child_pool *p, struct feed **out, struct arena *a,
	    struct span bytes, const struct child_job *job, struct error *e);

/* Convert one body again (a new converter revision). */
int	child_convert(struct child_pool *p, struct buf *gmi, struct buf *txt,
	    int content_type, const char *body, const char *base, int width,
	    struct error *e);

#endif
