/*
 * tree.h - open what lies beneath a published tree, and nothing else.
 */
#ifndef SERVE_TREE_H
#define SERVE_TREE_H

#include <stdbool.h>
#include <sys/stat.h>

struct tree {
	char	*path;		/* owned */
	int	 fd;		/* -1 until it is there */
};

void	tree_init(struct tree *t, const char *path);
void	tree_free(struct tree *t);
/* Open the tree if it came, or came anew, since the last look. */
void	tree_refresh(struct tree *t);

enum tree_result { TREE_FILE, TREE_DIRECTORY, TREE_NONE, TREE_BUSY };

/*
 * Open path, which is relative and clean (request.h), for reading.
 * TREE_FILE: *fd and *st are a regular file's; the caller closes it.
 * TREE_BUSY: descriptors or memory ran out.
 */
enum tree_result tree_open(struct tree *t, const char *path, int *fd,
		    struct stat *st);
/*
 * stat() of such a path, which says whether it is still the file that
 * tree_open() gave: nothing is opened, so links may lead it anywhere.
 */
bool	tree_stat(const struct tree *t, const char *path, struct stat *st);

#endif
