/*
 * route_internal.h - what the two halves of routing share.
 */
#ifndef SERVE_ROUTE_INTERNAL_H
#define SERVE_ROUTE_INTERNAL_H

#include "serve/area.h"
#include "serve/route.h"
#include "serve/table.h"
#include "serve/tree.h"

struct site {
	const char	*name;		/* of the host, ASCII form */
	const char	*language;
	struct tree	 tree;
	struct table	*table;
};

struct route {
	const struct config *config;
	struct site	*sites;		/* the first is the planet's own */
	size_t		 nsites;
	struct tree	 hole;
	struct hot	*hot;
	struct areas	 areas;
	const char	**paths;
	bool		 search;
	int64_t		 refreshed;
	uint32_t	 dice;
};

/*
 * What lies at path of the key's tree, as page or file of the answer; what
 * is kept under the key needs no opening.  edit as for hot_read().
 */
enum tree_result route_open(struct route *r, struct answer *a,
	    const struct hot_key *k, const char *path, hot_edit *edit, void *arg);
bool	route_is_work_file(const char *path);
/* The page of "/search/2", from 0. */
unsigned route_page(const char *s);

#endif
