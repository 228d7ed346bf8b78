#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sysexits.h>

#include "base/clock.h"
#include "base/uri.h"
#include "cmd/session.h"
#include "update/child.h"

static volatile sig_atomic_t	interrupted;

static void
on_signal(int sig)
{
	(void)sig;
	interrupted = 1;
}

static int
stop_asked(void *arg)
{
	(void)arg;
	return interrupted;
}

static void
print_due(const struct update_event *ev, void *arg)
{
	(void)arg;
	printf("%s\t%s\n", ev->url, ev->name != NULL ? ev->name : "");
}

static int
parse_options(struct update_options *o, int argc, char **argv)
{
	for (int i = 1; i < argc; i++) {
		if (strcmp(argv[i], "--all") == 0)
			o->all = true;
		else if (strcmp(argv[i], "--dry-run") == 0)
			o->dry_run = true;
		else if (strcmp(argv[i], "--feed") == 0 && i + 1 < argc)
			o->pattern = argv[++i];
		else
			return cmd_unexpected(&cmd_update, argv[i]);
	}
	return EX_OK;
}

static int
update_once(const struct cmd_global *g, struct config *c,
    struct update_options *o, struct show *show)
{
	struct update_result r;
	struct error e = { 0 };
	int64_t began;
	struct store *s;
	char *search_path;
	bool busy;
	int code;

	if ((code = session_open(&s, c, &busy)) != EX_OK) {
		if (!busy)
			return code;
		if (!g->quiet)
			fprintf(stderr, "orrery: another run is at work; this "
			    "one leaves it alone\n");
		return EX_OK;
	}
	search_path = cmd_search_path(c);
	o->search_path = search_path;
	began = clock_ms();
	if (update_run(s, c, o, &r, &e) != 0) {
		session_clear(show);
		code = cmd_fail(&e);
	} else if (!o->dry_run) {
		session_clear(show);
		session_summary(show, &r, (int)(clock_ms() - began));
	}
	store_close(s);
	free(search_path);
	return code;
}

static int
run(const struct cmd_global *g, int argc, char **argv)
{
	struct show show = { .g = g };
	struct update_options o = { .stop = stop_asked };
	struct error e = { 0 };
	struct config *c;
	int code;

	session_options(&o, &show);
	if ((code = parse_options(&o, argc, argv)) != EX_OK)
		return code;
	if (o.dry_run)
		o.event = print_due;
	/* The children first, while this process holds nothing. */
	if (!o.dry_run && child_pool_new(&o.pool, UPDATE_CHILDREN, false,
	    &e) != 0)
		return cmd_fail(&e);
	if ((c = cmd_config(g, &code)) != NULL) {
		/* Only now it is known: others must be made. */
		if (child_sandbox_required(c->sandbox)) {
			child_pool_free(o.pool);
			o.pool = NULL;
		}
		signal(SIGINT, on_signal);
		signal(SIGTERM, on_signal);
		code = update_once(g, c, &o, &show);
		config_free(c);
	}
	child_pool_free(o.pool);
	return code;
}

const struct command cmd_update = {
	.name = "update",
	.usage = "update [--all] [--feed PATTERN] [--dry-run]",
	.summary = "fetch the feeds that are due, store and publish what changed",
	.help =
	    "  --all           ask every feed now, due or not (still "
	    "conditionally)\n"
	    "  --feed PATTERN  only feeds whose URL or name contains it\n"
	    "  --dry-run       name what would be fetched, do nothing\n"
	    "\nOnly one run works at a time; a second one says so and exits 0.\n",
	.run = run,
};
