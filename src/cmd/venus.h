/*
 * venus.h - the entries that Planet Venus kept in its cache.
 */
#ifndef CMD_VENUS_H
#define CMD_VENUS_H

#include <stdbool.h>

#include "cmd/cmd.h"
#include "config/lists.h"

/*
 * Bring the entries of the cache that l (read from the configuration at
 * path) names into the store, and say so; with dry count them only.
 * Returns a sysexits code; without a cache nothing is done.
 */
int	venus_cache(const struct cmd_global *g, const struct list *l,
	    const char *path, bool dry);

#endif
