/*
 * common.c - what every command does the same way.
 */
#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sysexits.h>
#include <time.h>

#include "base/file.h"
#include "base/log.h"
#include "base/sandbox.h"
#include "certs/certs.h"
#include "cmd/cmd.h"
#include "config/keys.h"

/*
 * What the configuration says about the log counts unless the command
 * line already asked for more or less.
 */
static void
apply_log_level(const struct cmd_global *g, const struct config *c)
{
	if (!g->quiet && g->verbose == 0)
		log_set_level((enum log_level)c->log_level);
}

struct config *
cmd_config(const struct cmd_global *g, int *code)
{
	struct config_problems problems = { 0 };
	struct config *c = NULL;
	struct error e = { 0 };
	int status;

	status = config_load(&c, g->config, &problems, &e);
	for (size_t i = 0; i < problems.n; i++)
		if (problems.list[i].fatal || !g->quiet)
			fprintf(stderr, "%s\n", problems.list[i].text);
	config_problems_free(&problems);
	if (status == 0) {
		apply_log_level(g, c);
		return c;
	}
	fprintf(stderr, "orrery: %s\n", e.msg);
	*code = status == E_NOTFOUND ? EX_NOINPUT :
	    status == E_SYNTAX || status == E_LIMIT ? EX_CONFIG : EX_IOERR;
	return NULL;
}

int
cmd_become(const struct config *c)
{
	struct error e = { 0 };

	return sandbox_drop_user(c->user, &e) == 0 ? EX_OK : cmd_fail(&e);
}

char *
cmd_store_path(const struct config *c)
{
	return file_join(c->cache_dir, "orrery.db");
}

char *
cmd_search_path(const struct config *c)
{
	return file_join(c->cache_dir, "search.db");
}

int
cmd_fail(const struct error *e)
{
	fprintf(stderr, "orrery: %s\n", e->msg[0] != '\0' ? e->msg :
	    "failed without saying why; please report this");
	switch (e->status) {
	case E_NOTFOUND:
		return EX_NOINPUT;
	case E_LIMIT:
	case E_SYNTAX:
		return EX_DATAERR;
	case E_AGAIN:
		return EX_TEMPFAIL;
	case E_EXIST:
		return EX_CANTCREAT;
	default:
		return EX_SOFTWARE;
	}
}

int
cmd_usage(const struct command *c, const char *fmt, ...)
{
	struct error e = { 0 };
	char what[ERROR_MAX];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(what, sizeof(what), fmt, ap);
	va_end(ap);
	/* what may quote an argument: error_set() makes it printable */
	error_set(&e, E_FAIL, "%s", what);
	fprintf(stderr, "orrery %s: %s; usage: orrery %s; `orrery help %s`"
	    " says more\n", c->name, e.msg, c->usage, c->name);
	return EX_USAGE;
}

/* The next "--name" of a help text; false at its end. */
static bool
next_option(const char **text, char *name, size_t size)
{
	size_t n;

	if (*text == NULL || (*text = strstr(*text, "--")) == NULL)
		return false;
	n = 2 + strspn(*text + 2, "abcdefghijklmnopqrstuvwxyz-");
	snprintf(name, size, "%.*s", (int)n, *text);
	*text += n;
	return true;
}

int
cmd_unexpected(const struct command *c, const char *arg)
{
	const char *texts[] = { c->usage, c->help };
	char name[40], nearest[40] = "";
	int best = 3;

	if (arg[0] != '-' || arg[1] == '\0')
		return cmd_usage(c, "\"%.60s\" is one argument too many", arg);
	for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++)
		while (next_option(&texts[i], name, sizeof(name))) {
			int d = key_distance(arg, name, 2);

			if (d < best) {
				best = d;
				memcpy(nearest, name, sizeof(nearest));
			}
		}
	if (best == 0)
		return cmd_usage(c, "%s: its value is missing or is none"
		    " that it takes", nearest);
	if (best < 3)
		return cmd_usage(c, "no option \"%.60s\"; did you mean %s?",
		    arg, nearest);
	return cmd_usage(c, "no option \"%.60s\"", arg);
}

int64_t
cmd_now(void)
{
	const char *s = getenv("ORRERY_NOW");
	char *end;
	long long t;

	if (s != NULL && *s != '\0') {
		errno = 0;
		t = strtoll(s, &end, 10);
		if (errno == 0 && *end == '\0')
			return t;
	}
	return time(NULL);
}

void
cmd_certificates(const struct config *c, void (*each)(const char *host,
    const char *cert, const char *key, bool made, void *arg), void *arg)
{
	bool own = false;

	if (!c->gemini && c->ngophers_listen == 0)
		return;
	for (size_t i = 0; i <= c->nvhosts; i++) {
		const struct vhost *v = i < c->nvhosts ? &c->vhosts[i] : NULL;
		const char *host = v != NULL ? v->name : c->gemini_host;
		struct cert_files f;

		if (v == NULL && own)
			continue;
		own = own || strcmp(host, c->gemini_host) == 0;
		cert_files_init(&f, c->certs_dir, host);
		if (v != NULL && v->cert != NULL)
			each(host, v->cert, v->key, false, arg);
		else
			each(host, f.cert, f.key, true, arg);
		cert_files_free(&f);
	}
}
