/*
 * mirrorlists.h - the manifest and the lists it is cut into (orrery-mirror(5)).
 *
 * Every file is in the list of a prefix of its path.  A list that would have
 * more than MIRRORLISTS_MAX bytes of lines names lists instead, one for each
 * byte that may follow, and so on: what a change rewrites, and a mirror
 * fetches, grows with the logarithm of the capsule.
 */
#ifndef PUBLISH_MIRRORLISTS_H
#define PUBLISH_MIRRORLISTS_H

#include <stdbool.h>
#include <stddef.h>

#include "base/error.h"
#include "publish/site.h"

#define MIRRORLISTS_MAX		65536	/* bytes of lines in a list */
#define MIRRORLISTS_DEPTH	6	/* bytes of a prefix below its root */

/* Whether a file of the tree ("capsule/...") belongs into a list. */
bool	mirrorlists_has(const char *path);

/*
 * Put the lists in which the touched files are, each as they stand in the
 * manifest now; all: every list.  Sorts touched.  The bytes are those that
 * making all lists anew would give.
 */
int	mirrorlists_put(struct site *s, const char **touched, size_t n,
	    bool all, struct error *e);
/* The line of a file in a list, mark ("", "\tpart") at its end. */
struct store_file;
void	mirrorlists_line(struct buf *out, const struct store_file *f,
	    const char *mark);

#endif
