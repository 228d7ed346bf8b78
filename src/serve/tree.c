/*
 * tree.c - openat2() beneath a root, with a walk where there is none.
 */
#include <sys/syscall.h>

#include <errno.h>
#include <fcntl.h>
#include <linux/openat2.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/xalloc.h"
#include "serve/tree.h"

/* A FIFO without a writer must not hold us. */
#define FLAGS	(O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY)

void
tree_init(struct tree *t, const char *path)
{
	t->path = xstrdup(path);
	t->fd = -1;
	tree_refresh(t);
}

void
tree_free(struct tree *t)
{
	if (t->fd != -1)
		close(t->fd);
	free(t->path);
	t->path = NULL;
	t->fd = -1;
}

void
tree_refresh(struct tree *t)
{
	struct stat now, held;

	if (t->fd != -1) {
		/* Same directory as before: nothing to do. */
		if (stat(t->path, &now) == -1 || (fstat(t->fd, &held) == 0 &&
		    now.st_ino == held.st_ino && now.st_dev == held.st_dev))
			return;
		close(t->fd);
	}
	t->fd = open(t->path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
}

/* For kernels before 5.6: each part on its own, no link followed. */
static int
walk(int root, const char *path)
{
	int at = root, fd = -1;

	for (;;) {
		size_t n = strcspn(path, "/");
		char name[256];
		bool last = path[n] == '\0' || path[n + 1] == '\0';

		if (n >= sizeof(name)) {
			errno = ENAMETOOLONG;
			fd = -1;
			break;
		}
		memcpy(name, path, n);
		name[n] = '\0';
		if (strcmp(name, "..") == 0) {
			errno = EXDEV;
			fd = -1;
			break;
		}
		fd = openat(at, name, FLAGS | O_NOFOLLOW |
		    (path[n] == '/' ? O_DIRECTORY : 0));
		if (fd == -1 || last)
			break;
		if (at != root)
			close(at);
		at = fd;
		path += n + 1;
	}
	if (at != root) {
		int saved = errno;

		close(at);
		errno = saved;
	}
	return fd;
}

static int
open_beneath(int root, const char *path)
{
	static bool absent;
	struct open_how how = {
		.flags = FLAGS,
		.resolve = RESOLVE_BENEATH | RESOLVE_NO_MAGICLINKS,
	};
	long fd;

	/* EAGAIN: something was renamed meanwhile; that passes. */
	for (int tries = 0; !absent && tries < 16; tries++) {
		fd = syscall(SYS_openat2, root, path, &how, sizeof(how));
		if (fd != -1)
			return (int)fd;
		if (errno == ENOSYS || errno == EPERM)
			absent = true;
		else if (errno != EAGAIN)
			return -1;
	}
	return walk(root, path);
}

enum tree_result
tree_open(struct tree *t, const char *path, int *fd, struct stat *st)
{
	enum tree_result result;

	*fd = -1;
	if (t->fd == -1)
		tree_refresh(t);
	if (t->fd == -1)
		return TREE_NONE;
	*fd = open_beneath(t->fd, path[0] == '\0' ? "." : path);
	if (*fd == -1)
		return errno == EMFILE || errno == ENFILE || errno == ENOMEM ?
		    TREE_BUSY : TREE_NONE;
	if (fstat(*fd, st) == 0 && S_ISREG(st->st_mode))
		return TREE_FILE;
	result = S_ISDIR(st->st_mode) ? TREE_DIRECTORY : TREE_NONE;
	close(*fd);
	*fd = -1;
	return result;
}

bool
tree_stat(const struct tree *t, const char *path, struct stat *st)
{
	return t->fd != -1 && fstatat(t->fd, path, st, 0) == 0;
}
