/*
 * book.c - a source or a month as a Gempub book.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sysexits.h>
#include <unistd.h>

#include "base/xalloc.h"
#include "cmd/cmd.h"
#include "publish/publish.h"

static int	run(const struct cmd_global *, int, char **);

const struct command cmd_book = {
	.name = "book",
	.usage = "book SOURCE|YYYY-MM FILE",
	.summary = "write a source or a month as a Gempub book",
	.help =
	"SOURCE is the feed's address, its short name, or its name; FILE is"
	" made and\nmust not be there. A book is gemtext pages in a ZIP, which"
	" Lagrange opens.\n",
	.run = run,
};

static bool
is_month(const char *s)
{
	return strlen(s) == 7 && strspn(s, "0123456789") == 4 && s[4] == '-' &&
	    strspn(s + 5, "0123456789") == 2;
}

static int
find(struct store *s, int64_t *feed, const char *what, struct error *e)
{
	struct arena a = { 0 };
	struct store_feed f, *list;
	size_t n;
	int rc = 0;

	*feed = 0;
	if (is_month(what))
		return 0;
	if (store_feed_by_url(s, &f, &a, what) == 0 ||
	    store_feed_by_slug(s, &f, &a, what) == 0)
		*feed = f.id;
	else if ((rc = store_feeds(s, &list, &n, &a, e)) == 0)
		for (size_t i = 0; i < n && *feed == 0; i++)
			if (list[i].name != NULL &&
			    strcasecmp(list[i].name, what) == 0)
				*feed = list[i].id;
	if (rc == 0 && *feed == 0)
		rc = error_set(e, E_NOTFOUND, "%.200s: neither a source nor a"
		    " month; `orrery status` names the sources", what);
	arena_free(&a);
	return rc;
}

/* Beside the target, so that it appears whole or not at all. */
static int
make(struct store *s, const struct config *c, const char *what,
    const char *path, struct error *e)
{
	char *temp;
	int64_t feed;
	int rc;

	if ((rc = find(s, &feed, what, e)) != 0)
		return rc;
	temp = xasprintf("%s.tmp-%ld", path, (long)getpid());
	rc = publish_book(s, c, cmd_now(), feed, what, temp, e);
	if (rc == 0 && link(temp, path) == -1)
		rc = errno == EEXIST ? error_set(e, E_EXIST, "%s is there"
		    " already; choose another name", path) :
		    error_errno(e, "%s", path);
	(void)unlink(temp);
	free(temp);
	return rc;
}

static int
run(const struct cmd_global *g, int argc, char **argv)
{
	struct error e = { 0 };
	struct store *s = NULL;
	struct config *c;
	char *path;
	int code;

	for (int i = 1; i < argc; i++)
		if (argv[i][0] == '-' || i > 2)
			return cmd_unexpected(&cmd_book, argv[i]);
	if (argc != 3)
		return cmd_usage(&cmd_book, "it wants a source or a month,"
		    " and a file");
	if ((c = cmd_config(g, &code)) == NULL)
		return code;
	path = cmd_store_path(c);
	code = EX_OK;
	if (store_open(&s, path, false, &e) != 0 ||
	    make(s, c, argv[1], argv[2], &e) != 0)
		code = cmd_fail(&e);
	else if (!g->quiet)
		printf("%s\n", argv[2]);
	store_close(s);
	free(path);
	config_free(c);
	return code;
}
