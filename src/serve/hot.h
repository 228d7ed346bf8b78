/*
 * hot.h - small published files kept in memory, so that a page that is
 * asked for again costs one look at its name.
 *
 * A page is given out only while stat() of its path shows the very file
 * that was read: device, number, size and times.  So what was replaced is
 * new, and what was removed is gone, with the next request.  A file that
 * changed within the last two seconds is read each time: another change
 * might leave it the same times.
 */
#ifndef SERVE_HOT_H
#define SERVE_HOT_H

#include <stddef.h>
#include <stdint.h>
#include <sys/stat.h>

#include "base/buf.h"
#include "serve/tree.h"

#define HOT_PAGE_MAX	((size_t)128 * 1024)	/* longer ones are sent from
						 * their file */
#define HOT_EDIT_MAX	((size_t)1 << 20)	/* bytes of one to edit */
#define HOT_BYTES	((size_t)8 << 20)	/* of a worker */

/* Bytes of a file. */
struct hot_page {
	const char	*p;
	size_t		 n;
};

/* What a page is kept under. */
struct hot_key {
	struct tree	*tree;
	const char	*name;		/* as asked for, clean */
	/* What edits the page, if anything does: one name's page may be
	 * kept in several forms. */
	const void	*variant;
	int		 port;
};

/* Append to out what the client gets in the place of page. */
typedef void hot_edit(struct buf *out, struct span page, void *arg);

struct hot;

/* Keep at most max bytes, not counting what is being sent. */
struct hot	*hot_new(size_t max);
void		 hot_free(struct hot *h);

/* A page that is still as published, or NULL; hot_release() ends its use. */
struct hot_page	*hot_find(struct hot *h, const struct hot_key *k);
/*
 * Read all of fd into a page.  path is its place in the tree and st what
 * fstat() said; now, seconds since 1970, decides whether it may be kept.
 * NULL when the file is too long, shorter than st says, or too much is in
 * use; fd stays open.  With edit, which is called with arg, the page is what
 * that makes of the file, and longer ones are read too but not kept.
 */
struct hot_page	*hot_read(struct hot *h, const struct hot_key *k,
		    const char *path, int fd, const struct stat *st,
		    int64_t now, hot_edit *edit, void *arg);
void		 hot_release(struct hot *h, struct hot_page *p);
/* Bytes in memory: kept or in use. */
size_t		 hot_held(const struct hot *h);

#endif
