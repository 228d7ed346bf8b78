/*
 * zygote.h - the process that forks the parsing children and reaps them.
 */
#ifndef UPDATE_ZYGOTE_H
#define UPDATE_ZYGOTE_H

#include <sys/types.h>

#include <stdbool.h>

#include "base/error.h"

struct zygote {
	pid_t	pid;
	int	fd;	/* commands go here */
};

/*
 * Fork it.  With require its children refuse to work outside a sandbox;
 * E_FAIL then, when this machine has none.
 */
int	zygote_start(struct zygote *z, bool require, struct error *e);
/* End it and every child it has. */
void	zygote_stop(struct zygote *z);
/* A new child; *fd is our end of its socket pair. */
int	zygote_spawn(struct zygote *z, pid_t *pid, int *fd, struct error *e);
/* Kill the child (if it still lives) and return its wait status. */
int	zygote_reap(struct zygote *z, pid_t pid);

#endif
