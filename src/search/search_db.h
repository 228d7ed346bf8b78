/*
 * search_db.h - the open index, for search.c and find.c.
 */
#ifndef SEARCH_SEARCH_DB_H
#define SEARCH_SEARCH_DB_H

#include <sys/types.h>

#include "search/internal.h"

struct search {
	struct db	*db;
	struct db	*building;	/* being filled anew, NULL */
	char		*path;
	bool		 writable, fresh, old;
	int		 depth;
	ino_t		 ino;		/* of the file that is open */
	int		 limit_ms;	/* of a query */
	int64_t		 deadline;	/* of the running query, ms */
};

struct db *search_target(struct search *s);
int	search_refresh(struct search *s, struct error *e);

#endif
