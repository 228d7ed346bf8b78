/*
 * backup.c - a copy of the store while everything goes on.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sysexits.h>
#include <unistd.h>

#include "cmd/cmd.h"
#include "cmd/backup.h"
#include "store/store.h"

void
backup_progress(int done, int total, void *arg)
{
	const struct backup_show *show = arg;

	/* pages of four kilobytes: what takes a moment shows nothing */
	if (!show->g->tty || show->g->quiet || total < 10000)
		return;
	if (done == total)
		fputs("\r\033[K", stderr);
	else
		fprintf(stderr, "\r%s %d%%\033[K", show->verb,
		    (int)(100.0 * done / total));
	fflush(stderr);
}

static int
run(const struct cmd_global *g, int argc, char **argv)
{
	struct backup_show show = { g, "copying" };
	struct store *s = NULL;
	struct config *c;
	struct error e;
	char *path;
	int code = EX_OK;

	if (argc > 1 && argv[1][0] == '-')
		return cmd_unexpected(&cmd_backup, argv[1]);
	if (argc != 2 || argv[1][0] == '\0')
		return cmd_usage(&cmd_backup, "it wants one file to write");
	if ((c = cmd_config(g, &code)) == NULL)
		return code;
	path = cmd_store_path(c);
	if (access(argv[1], F_OK) == 0)
		code = (error_set(&e, E_EXIST, "%s: is there already and is"
		    " left alone; choose another name", argv[1]),
		    cmd_fail(&e));
	else if (store_open(&s, path, false, &e) != 0 ||
	    store_check(s, &e) != 0 ||
	    store_backup(s, argv[1], backup_progress, &show, &e) != 0)
		code = cmd_fail(&e);
	else if (!g->quiet)
		printf("%s: a whole copy; put it back with `orrery restore"
		    " FILE`\n", argv[1]);
	store_close(s);
	free(path);
	config_free(c);
	return code;
}

const struct command cmd_backup = {
	.name = "backup",
	.usage = "backup FILE",
	.summary = "copy the store to FILE while updates and the server go on",
	.help =
	    "FILE holds entries, sources and their state. The configuration,"
	    " own posts and\ncertificates are files of their own: copy them"
	    " as well. Search and pages are\nmade again from these.\n",
	.run = run,
};
