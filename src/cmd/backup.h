/*
 * backup.h - the progress line of backup and restore.
 */
#ifndef CMD_BACKUP_H
#define CMD_BACKUP_H

#include "cmd/cmd.h"

struct backup_show {
	const struct cmd_global	*g;
	const char		*verb;
};

/* For store_backup(); arg is a struct backup_show. */
void	backup_progress(int done, int total, void *arg);

#endif
