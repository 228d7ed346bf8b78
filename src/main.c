/*
 * main.c - global options, the command table, exit codes.
 */
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sysexits.h>
#include <unistd.h>

#include "base/log.h"
#include "cmd/cmd.h"
#include "cmd/library.h"
#include "config/keys.h"

static int	run_help(const struct cmd_global *, int, char **);
static int	run_version(const struct cmd_global *, int, char **);

static const struct command cmd_help = {
	.name = "help",
	.usage = "help [COMMAND]",
	.summary = "what orrery can do, or how one command is used",
	.run = run_help,
};

static const struct command cmd_version = {
	.name = "version",
	.usage = "version",
	.summary = "version of orrery and of its libraries",
	.run = run_version,
};

/* In the order a keeper meets them. */
static const struct command *const commands[] = {
	&cmd_init,
	&cmd_add,
	&cmd_remove,
	&cmd_import,
	&cmd_export,
	&cmd_book,
	&cmd_update,
	&cmd_publish,
	&cmd_serve,
	&cmd_run,
	&cmd_check,
	&cmd_status,
	&cmd_filter,
	&cmd_search,
	&cmd_cert,
	&cmd_pins,
	&cmd_mirror,
	&cmd_forget,
	&cmd_backup,
	&cmd_restore,
	&cmd_convert,
	&cmd_parse,
	&cmd_version,
	&cmd_help,
};

#define NCOMMANDS	(sizeof(commands) / sizeof(commands[0]))

static const char global_help[] =
    "options of every command:\n"
    "  -c FILE     the planet's configuration (default " CONFIG_DEFAULT ")\n"
    "  -q          only errors\n"
    "  -v          more detail; twice for debugging\n"
    "  --json      output for programs, where the command has one\n"
    "  -h, --help  this, or a command's own help\n"
    "  --version   version\n";

static const struct command *
find(const char *name)
{
	for (size_t i = 0; i < NCOMMANDS; i++)
		if (strcmp(commands[i]->name, name) == 0)
			return commands[i];
	return NULL;
}

static void
help_all(FILE *out)
{
	fprintf(out, "usage: orrery COMMAND [options]\n\n"
	    "A planet for the small web: many people's feeds, read as one "
	    "place.\n\ncommands:\n");
	for (size_t i = 0; i < NCOMMANDS; i++)
		fprintf(out, "  %-9s %s\n", commands[i]->name,
		    commands[i]->summary);
	fprintf(out, "\n%s\nA first planet:  orrery init planet && cd planet "
	    "&& orrery run\n", global_help);
}

static void
help_one(FILE *out, const struct command *c)
{
	fprintf(out, "usage: orrery %s\n\n%s\n", c->usage, c->summary);
	if (c->help != NULL)
		fprintf(out, "\n%s", c->help);
	fprintf(out, "\n%s", global_help);
}

/* Words that other programs have for a command of ours. */
static const struct {
	const char	*word;
	const char	*command;
} elsewhere[] = {
	{ "subscribe", "add" }, { "delete", "remove" }, { "rm", "remove" },
	{ "unsubscribe", "remove" }, { "fetch", "update" },
	{ "refresh", "update" }, { "build", "publish" },
	{ "render", "publish" }, { "start", "run" }, { "list", "status" },
	{ "find", "search" }, { "server", "serve" }, { "new", "init" },
};

/* The command that was probably meant, or NULL. */
static const char *
meant(const char *name)
{
	const char *nearest = NULL;
	char lower[16];
	int best = 3, d;

	if (strlen(name) >= sizeof(lower))
		return NULL;
	for (size_t i = 0; i <= strlen(name); i++)
		lower[i] = name[i] >= 'A' && name[i] <= 'Z' ?
		    (char)(name[i] + 'a' - 'A') : name[i];
	for (size_t i = 0; i < sizeof(elsewhere) / sizeof(elsewhere[0]); i++)
		if (strcmp(elsewhere[i].word, lower) == 0)
			return elsewhere[i].command;
	for (size_t i = 0; i < NCOMMANDS; i++) {
		int limit = strlen(commands[i]->name) < 5 ? 1 : 2;

		d = key_distance(lower, commands[i]->name, limit);
		if (d <= limit && d < best) {
			best = d;
			nearest = commands[i]->name;
		}
	}
	return nearest;
}

static int
unknown(const char *name)
{
	const char *other = meant(name);
	struct error e = { 0 };

	/* an argument may hold anything: error_set() makes it printable */
	if (name[0] == '-')
		error_set(&e, 0, "no option \"%.60s\"; `orrery help` lists"
		    " options and commands", name);
	else if (other != NULL)
		error_set(&e, 0, "no command \"%.60s\"; did you mean"
		    " `orrery %s`? `orrery help` lists all", name, other);
	else
		error_set(&e, 0, "no command \"%.60s\"; `orrery help` lists"
		    " them", name);
	fprintf(stderr, "orrery: %s\n", e.msg);
	return EX_USAGE;
}

static int
run_help(const struct cmd_global *g, int argc, char **argv)
{
	const struct command *c;

	(void)g;
	if (argc < 2) {
		help_all(stdout);
		return EX_OK;
	}
	if (argc > 2 || argv[1][0] == '-')
		return cmd_unexpected(&cmd_help, argv[argc > 2 ? 2 : 1]);
	if ((c = find(argv[1])) == NULL)
		return unknown(argv[1]);
	help_one(stdout, c);
	return EX_OK;
}

static int
run_version(const struct cmd_global *g, int argc, char **argv)
{
	struct library list[LIBRARIES];

	(void)argv;
	if (g != NULL && argc > 1)
		return cmd_unexpected(&cmd_version, argv[1]);
	printf("orrery %s\n", ORRERY_VERSION);
	libraries(list);
	for (size_t i = 0; i < LIBRARIES; i++)
		printf("%-13s %s\n", list[i].name, list[i].version);
	return EX_OK;
}

/*
 * Take the options that every command has out of argv, wherever they
 * stand; "--" ends them.  Returns the new argc, or -1.
 */
static int
take_globals(struct cmd_global *g, bool *help, bool *version, int argc,
    char **argv)
{
	int n = 1, i;

	for (i = 1; i < argc; i++) {
		const char *a = argv[i];

		if (strcmp(a, "--") == 0) {
			while (i < argc)
				argv[n++] = argv[i++];
			break;
		}
		if (strcmp(a, "-c") == 0 || strcmp(a, "--config") == 0) {
			if (++i == argc) {
				fprintf(stderr, "orrery: %s wants a file; "
				    "`orrery help` says more\n", a);
				return -1;
			}
			g->config = argv[i];
		} else if (strcmp(a, "-q") == 0 || strcmp(a, "--quiet") == 0)
			g->quiet = true;
		else if (strcmp(a, "-v") == 0 || strcmp(a, "--verbose") == 0)
			g->verbose++;
		else if (strcmp(a, "-vv") == 0)
			g->verbose += 2;
		else if (strcmp(a, "--json") == 0)
			g->json = true;
		else if (strcmp(a, "-h") == 0 || strcmp(a, "--help") == 0)
			*help = true;
		else if (strcmp(a, "--version") == 0)
			*version = true;
		else
			argv[n++] = argv[i];
	}
	argv[n] = NULL;
	return n;
}

/* A full disk must not look like success. */
static int
close_output(int code)
{
	if ((fflush(stdout) != 0 || ferror(stdout)) && code == EX_OK) {
		perror("orrery: standard output");
		return EX_IOERR;
	}
	return code;
}

int
main(int argc, char **argv)
{
	struct cmd_global g = { .config = CONFIG_DEFAULT };
	const struct command *c;
	bool help = false, version = false;
	const char *env;

	signal(SIGPIPE, SIG_IGN);
	if ((argc = take_globals(&g, &help, &version, argc, argv)) == -1)
		return EX_USAGE;
	g.tty = isatty(STDERR_FILENO) == 1;
	env = getenv("NO_COLOR");
	g.no_color = !g.tty || (env != NULL && env[0] != '\0');
	log_set_level(g.quiet ? LOG_ERROR : g.verbose > 1 ? LOG_DEBUG :
	    g.verbose > 0 ? LOG_INFO : LOG_WARN);
	if (version)
		return close_output(run_version(&g, 0, NULL));
	if (argc < 2) {
		help_all(help ? stdout : stderr);
		return help ? close_output(EX_OK) : EX_USAGE;
	}
	if ((c = find(argv[1])) == NULL)
		return unknown(argv[1]);
	if (help) {
		help_one(stdout, c);
		return close_output(EX_OK);
	}
	return close_output(c->run(&g, argc - 1, argv + 1));
}
