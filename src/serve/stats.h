/*
 * stats.h - counters that workers keep and the parent writes down.
 */
#ifndef SERVE_STATS_H
#define SERVE_STATS_H

#include <stdatomic.h>
#include <stdint.h>

#include "base/error.h"

#define STATS_WORKERS	64

enum stat_counter {
	STAT_CONNECTIONS,	/* accepted */
	STAT_HANDSHAKES,	/* finished */
	STAT_HANDSHAKES_FAILED,
	STAT_RESUMED,
	STAT_BYTES,		/* of answers */
	STAT_LIMITED,		/* answered 44 for their address */
	STAT_DROPPED,		/* closed unanswered, far beyond the limits */
	STAT_OVERLOAD,		/* answered 41 */
	STAT_EVICTED,		/* slow ones closed to make room */
	STAT_TIMEOUTS,
	STAT_SEARCHES,
	STAT_SEARCHES_REFUSED,
	STAT_LOG_LOST,		/* log lines that could not be written */
	STAT_COUNTERS
};

/* One worker's; only it writes, so relaxed stores will do. */
struct stats {
	_Atomic uint64_t counter[STAT_COUNTERS];
	_Atomic uint64_t gemini[100], gopher[100];	/* by status */
	_Atomic uint64_t open;			/* connections now */
	_Atomic uint64_t searching;		/* queries now */
};

struct stats_table {
	struct stats	worker[STATS_WORKERS];
	uint64_t	restarts, reloads;	/* the parent's */
	int64_t		started;
};

struct stats_table *stats_new(int64_t now);
void	stats_free(struct stats_table *t);
/* A worker that ends leaves its counts, not its open connections. */
void	stats_forget(struct stats_table *t, int worker);
static inline void
stats_add(_Atomic uint64_t *c, uint64_t n)
{
	atomic_fetch_add_explicit(c, n, memory_order_relaxed);
}
static inline void
stats_sub(_Atomic uint64_t *c, uint64_t n)
{
	atomic_fetch_sub_explicit(c, n, memory_order_relaxed);
}
uint64_t stats_searching(const struct stats_table *t);
/* Write the counters in the text form of Prometheus's exporters. */
int	stats_write(const struct stats_table *t, const char *path, int workers,
	    int64_t cert_until, struct error *e);

#endif
