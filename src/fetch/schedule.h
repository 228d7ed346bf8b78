/*
 * schedule.h - when a feed is asked next, and which rule decided.  Pure.
 */
#ifndef FETCH_SCHEDULE_H
#define FETCH_SCHEDULE_H

#include "config/config.h"
#include "fetch/fetch.h"
#include "store/store.h"

/*
 * Fold the result of a try at time now into f: failures, min_until,
 * redirects, gone, next_try and why.  all_failed: everything failed in
 * this run, so nobody's back-off grows.  rhythm: seconds between the
 * feed's entries, 0 unknown.  jitter in [0, 1) only ever makes it later.
 */
void	schedule_next(struct store_feed *f, const struct source *src,
	    const struct config *c, const struct fetch_result *r,
	    bool all_failed, int64_t rhythm, double jitter, int64_t now);
/* Whether f is to be asked at now. */
bool	schedule_due(const struct store_feed *f, int64_t now);
/* The URL to ask. */
const char *schedule_url(const struct store_feed *f);

#endif
