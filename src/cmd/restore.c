/*
 * restore.c - put a backup in the store's place.
 */
#include <stdio.h>
#include <stdlib.h>
#include <sysexits.h>
#include <unistd.h>

#include "base/file.h"
#include "cmd/backup.h"
#include "store/store.h"

/* Pages and index may be of what was stored before: all is stale. */
static int
forget_derived(const struct config *c, const char *path, struct error *e)
{
	char *search = cmd_search_path(c);
	struct store *s = NULL;
	int rc;

	(void)unlink(search);
	if ((rc = store_open(&s, path, true, e)) == 0)
		rc = store_mark_everything(s, e);
	store_close(s);
	free(search);
	return rc;
}

static int
run(const struct cmd_global *g, int argc, char **argv)
{
	struct backup_show show = { g, "restoring" };
	struct config *c;
	struct error e;
	char *path;
	int code = EX_OK;

	if (argc > 1 && argv[1][0] == '-')
		return cmd_unexpected(&cmd_restore, argv[1]);
	if (argc != 2 || argv[1][0] == '\0')
		return cmd_usage(&cmd_restore, "it wants one file, made by"
		    " `orrery backup`");
	if ((c = cmd_config(g, &code)) == NULL)
		return code;
	path = cmd_store_path(c);
	if ((code = cmd_become(c)) != EX_OK) {
		/* said already */
	} else if (file_mkdirs(c->cache_dir, 0700, &e) != 0 ||
	    store_restore_progress(argv[1], path, backup_progress, &show,
	    &e) != 0 || forget_derived(c, path, &e) != 0)
		code = cmd_fail(&e);
	else if (!g->quiet)
		printf("restored from %s; `orrery publish` renders the pages"
		    " again\n", argv[1]);
	free(path);
	config_free(c);
	return code;
}

const struct command cmd_restore = {
	.name = "restore",
	.usage = "restore FILE",
	.summary = "put a backup in the store's place",
	.help =
	    "The server may go on running; an update must not. A damaged"
	    " store is kept\nbeside the new one as orrery.db.damaged.\n",
	.run = run,
};
