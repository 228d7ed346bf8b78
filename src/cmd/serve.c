/*
 * serve.c - the command that serves the published tree.
 */
#include <stdlib.h>
#include <string.h>
#include <sysexits.h>

#include "base/log.h"
#include "cmd/cmd.h"
#include "serve/serve.h"

static struct config *
reload(void *arg)
{
	int code;

	return cmd_config(arg, &code);
}

static int
run(const struct cmd_global *g, int argc, char **argv)
{
	struct serve_options o = { .reload = reload };
	struct cmd_global copy = *g;
	struct config *c;
	struct error e = { 0 };
	int code;

	for (int i = 1; i < argc; i++) {
		char *end;
		long n;

		if (strcmp(argv[i], "--seconds") != 0 || i + 1 == argc)
			return cmd_unexpected(&cmd_serve, argv[i]);
		n = strtol(argv[++i], &end, 10);
		if (*end != '\0' || n < 1 || n > 1000000000)
			return cmd_usage(&cmd_serve,
			    "--seconds wants a number, not \"%.60s\"", argv[i]);
		o.seconds = (int)n;
	}
	if ((c = cmd_config(g, &code)) == NULL)
		return code;
	log_set_time(true);
	o.arg = &copy;
	code = EX_OK;
	if (serve(c, &o, &e) != 0) {
		log_set_time(false);
		code = cmd_fail(&e);
		/* A port that is taken may be free in a moment. */
		if (code == EX_SOFTWARE)
			code = EX_UNAVAILABLE;
	}
	config_free(c);
	return code;
}

const struct command cmd_serve = {
	.name = "serve",
	.usage = "serve [--seconds N]",
	.summary = "serve the capsule and the hole until told to stop",
	.help =
	    "  --seconds N   stop after N seconds, for trying out\n"
	    "\n"
	    "SIGHUP takes up configuration and certificates anew, SIGTERM "
	    "ends.\n",
	.run = run,
};
