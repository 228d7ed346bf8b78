/*
 * lists.h - remote reading lists: their members count as subscriptions.
 *
 * A list is re-read like a feed.  It may add feeds; it never sets an
 * option, never names a file, and when more than a tenth of its members
 * vanish at once the old state stays until the keeper agrees.
 */
#ifndef UPDATE_LISTS_H
#define UPDATE_LISTS_H

#include "base/arena.h"
#include "base/error.h"
#include "base/span.h"
#include "config/config.h"
#include "store/store.h"

/*
 * Add the members of every list, as last fetched, to c's sources.  What is wrong
 * with a stored list is told through report, a line each.
 */
void	lists_expand(struct config *c,
	    void (*report)(const char *line, void *arg), void *arg);

/*
 * Keep a newly fetched list.  E_SYNTAX when it is none, E_LIMIT when it
 * shrank too much; the message says how to accept that.
 */
int	lists_save(const struct config *c, const struct source *list,
	    struct span body, struct error *e);

/* The fetching state of a list, kept beside the feeds'. */
void	lists_state_load(struct store *s, const struct source *list,
	    struct store_feed *f, struct arena *a);
int	lists_state_save(struct store *s, const struct store_feed *f,
	    struct error *e);

#endif
