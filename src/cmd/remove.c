/*
 * remove.c - take a feed out of the configuration, or let it rest.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sysexits.h>

#include "base/file.h"
#include "cmd/cmd.h"
#include "cmd/edit.h"

enum action { REMOVE, PAUSE, RESUME };

/* By address, else by its name in the configuration. */
static const struct source *
find(const struct config *c, const char *what)
{
	const struct source *s = config_source(c, what);

	for (size_t i = 0; s == NULL && i < c->nsources; i++)
		if (c->sources[i].name != NULL &&
		    strcasecmp(c->sources[i].name, what) == 0)
			s = &c->sources[i];
	return s;
}

static int
change(const struct cmd_global *g, const struct source *s,
    enum action action)
{
	struct buf old = { .max = (size_t)16 << 20 }, text = { 0 };
	struct error e = { 0 };
	struct span section;
	int code = EX_OK;

	if (file_read(&old, g->config, &e) != 0) {
		code = cmd_fail(&e);
		goto out;
	}
	if (!edit_section(buf_span(&old), s->line, &section)) {
		error_set(&e, E_NOTFOUND, "%s: %s has no section of its own "
		    "here; it comes from a list", g->config, s->url);
		code = cmd_fail(&e);
		goto out;
	}
	if (action == REMOVE)
		edit_remove(&text, buf_span(&old), section);
	else
		edit_set(&text, buf_span(&old), section, "paused",
		    action == PAUSE ? "yes" : NULL);
	if (edit_write(g->config, buf_span(&old), buf_span(&text), s->url,
	    action != REMOVE, &e) != 0)
		code = cmd_fail(&e);
out:
	buf_free(&old);
	buf_free(&text);
	return code;
}

static int
run(const struct cmd_global *g, int argc, char **argv)
{
	static const char *const done[] = { "removed", "paused", "resumed" };
	enum action action = REMOVE;
	const char *what = NULL;
	const struct source *s;
	struct config *c;
	struct error e = { 0 };
	int code = EX_OK;

	for (int i = 1; i < argc; i++) {
		if (strcmp(argv[i], "--pause") == 0)
			action = PAUSE;
		else if (strcmp(argv[i], "--resume") == 0)
			action = RESUME;
		else if (argv[i][0] == '-' || what != NULL)
			return cmd_unexpected(&cmd_remove, argv[i]);
		else
			what = argv[i];
	}
	if (what == NULL)
		return cmd_usage(&cmd_remove, "which feed?");
	if ((c = cmd_config(g, &code)) == NULL)
		return code;
	if ((s = find(c, what)) == NULL) {
		error_set(&e, E_NOTFOUND, "%s: no feed \"%.200s\"; give its "
		    "address or its name", g->config, what);
		code = cmd_fail(&e);
	} else if ((code = change(g, s, action)) == EX_OK && !g->quiet)
		printf("%s %s\n", done[action], s->url);
	config_free(c);
	return code;
}

const struct command cmd_remove = {
	.name = "remove",
	.usage = "remove [--pause | --resume] URL|NAME",
	.summary = "unsubscribe from a feed, or let it rest",
	.help =
	"  --pause     keep the section, ask the feed no more\n"
	"  --resume    ask it again\n"
	"Comments and order of the configuration stay. Entries fetched so far\n"
	"stay in the archive; `orrery forget` takes those out.\n",
	.run = run,
};
