/*
 * tree.h - published files: write what differs, by rename, remove last.
 *
 * Paths are relative to output_dir: "capsule/index.gmi", "hole/gophermap".
 * The order of tree_put() calls is the order in which files appear, so put
 * what is linked to before what links to it.  Removals wait for
 * tree_remove().  The manifest is the store's (store_file()); the caller
 * has a transaction open from tree_begin() until after tree_finish().
 */
#ifndef PUBLISH_TREE_H
#define PUBLISH_TREE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/error.h"
#include "base/span.h"
#include "store/store.h"

/* A page is cut or split before it is this long, in bytes. */
#define TREE_PAGE_MAX	((size_t)1 << 20)

struct tree;

struct tree_options {
	const char	*dir;		/* output_dir */
	int64_t		 now;		/* becomes the mtime of what is written */
	bool		 dry_run;	/* count only */
	bool		 sync;		/* syncfs once, at the end */
};

struct tree_counts {
	size_t	written, unchanged, removed;
};

int	tree_begin(struct tree **out, struct store *s,
	    const struct tree_options *o, struct error *e);
void	tree_close(struct tree *t);

/*
 * Make path hold bytes.  A file that has them already keeps inode and
 * mtime.  Takes back an earlier tree_gone() of the same run.
 */
int	tree_put(struct tree *t, const char *path, struct span bytes,
	    struct error *e);
/*
 * The same for a large file that was written at temp (beneath output_dir,
 * as given by tree_temp()): it is hashed, and renamed or dropped.
 */
int	tree_put_file(struct tree *t, const char *path, const char *temp,
	    struct error *e);
/* A fresh absolute name for such a file, freed by the caller. */
char	*tree_temp(struct tree *t);

/*
 * A run that puts many files has them written by a thread, in their order.
 * Wait until all that was put is there: to be called before a published file
 * is read.  A failure to write may be told here or by any later put.
 */
int	tree_flush(struct tree *t, struct error *e);
/*
 * Append what a published file holds.  E_NOTFOUND, of which e is not told:
 * it is not there; else it cannot be read.
 */
int	tree_read(struct tree *t, const char *path, struct buf *out,
	    struct error *e);

/*
 * path is no longer wanted: removed at the end.  tombstone: it is gone for
 * ever and the server answers 52.  Nothing happens when it is not there.
 */
int	tree_gone(struct tree *t, const char *path, bool tombstone,
	    struct error *e);
/* The same for every published file whose path begins with prefix. */
int	tree_gone_prefix(struct tree *t, const char *prefix, bool tombstone,
	    struct error *e);

/* Whether the file is published (and not about to be removed). */
bool	tree_has(struct tree *t, const char *path);

/*
 * Note the removals that are due in the manifest and the changes.  The files
 * go in tree_finish().
 */
int	tree_remove(struct tree *t, struct error *e);
/*
 * One sync of all that was written, then the removals, with the directories
 * that they leave empty; files of others keep theirs.  What the caller's
 * commit says is there, is there.  Fills c.
 */
int	tree_finish(struct tree *t, struct tree_counts *c, struct error *e);

/*
 * What this run changed so far of the capsule, for the log: calls each with
 * 'a' (added), 'c' (changed) or 'g' (gone) until it returns non-zero, which
 * is the result.  path is valid until something is put.
 */
int	tree_changes(struct tree *t,
	    int (*each)(char what, const char *path, void *arg), void *arg);

#endif
