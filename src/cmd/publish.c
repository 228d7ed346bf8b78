#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sysexits.h>

#include "cmd/session.h"

static int
publish_once(const struct cmd_global *g, const struct config *c,
    struct update_options *o, struct show *show, bool all)
{
	struct publish_result r = { 0 };
	struct error e = { 0 };
	struct store *s;
	char *search_path;
	bool busy;
	int code;

	if ((code = session_open(&s, c, &busy)) != EX_OK) {
		if (busy)
			fprintf(stderr, "orrery: another run is at work; try "
			    "again when it is done\n");
		return code;
	}
	search_path = cmd_search_path(c);
	o->search_path = search_path;
	if (store_sync_feeds(s, c, cmd_now(), &e) != 0 ||
	    update_publish(s, c, o, all, &r, &e) != 0) {
		session_clear(show);
		code = cmd_fail(&e);
	} else {
		session_clear(show);
		if (g->json)
			printf("{\"written\": %zu, \"unchanged\": %zu, "
			    "\"removed\": %zu}\n", r.written, r.unchanged,
			    r.removed);
		else if (!g->quiet)
			printf("%zu pages %swritten, %zu unchanged, %zu "
			    "removed\n", r.written, o->dry_run ?
			    "would be " : "", r.unchanged, r.removed);
	}
	store_close(s);
	free(search_path);
	return code;
}

static int
run(const struct cmd_global *g, int argc, char **argv)
{
	struct show show = { .g = g };
	struct update_options o = { 0 };
	struct config *c;
	bool all = false;
	int code;

	session_options(&o, &show);
	for (int i = 1; i < argc; i++) {
		if (strcmp(argv[i], "--all") == 0)
			all = true;
		else if (strcmp(argv[i], "--dry-run") == 0)
			o.dry_run = true;
		else
			return cmd_unexpected(&cmd_publish, argv[i]);
	}
	if ((c = cmd_config(g, &code)) == NULL)
		return code;
	code = publish_once(g, c, &o, &show, all);
	config_free(c);
	return code;
}

const struct command cmd_publish = {
	.name = "publish",
	.usage = "publish [--all] [--dry-run]",
	.summary = "render pages from what is stored, without fetching",
	.help =
	    "  --all       render every page again, not only stale ones\n"
	    "  --dry-run   count what would be written, write nothing\n",
	.run = run,
};
