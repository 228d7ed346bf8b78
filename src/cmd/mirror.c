/*
 * mirror.c - copy a capsule into a directory.
 */
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sysexits.h>

#include "base/clock.h"
#include "cmd/session.h"
#include "mirror/mirror.h"

static int	run(const struct cmd_global *, int, char **);

static volatile sig_atomic_t	interrupted;

const struct command cmd_mirror = {
	.name = "mirror",
	.usage = "mirror [--warc FILE] [--max N] [--max-mb N] [--delay MS] "
	    "[--verify] [--prune] [--allow-private] gemini://HOST/ DIR",
	.summary = "copy a capsule into a directory, asking only for changes",
	.help =
	"  --warc FILE      also write what was fetched as WARC (.gz: packed)\n"
	"  --max N          at most N requests (default 5000 without manifest)\n"
	"  --max-mb N       at most so many megabytes (default 8192)\n"
	"  --delay MS       between two requests (default 1000)\n"
	"  --verify         check the digests of files kept from before\n"
	"  --prune          remove files though most are listed no more\n"
	"  --allow-private  the capsule lives at an inner address\n"
	"robots.txt is obeyed as virtual agent \"archiver\". The server's key is\n"
	"pinned in DIR/.orrery-mirror/pins. orrery-mirror(5) tells the format.\n",
	.run = run,
};

#define DRAW_MS	100	/* the progress line is drawn at most this often */

struct copying {
	struct show		show;
	struct mirror_result	r;
};

static void
on_signal(int sig)
{
	(void)sig;
	interrupted = 1;
}

static int
stop(void *arg)
{
	(void)arg;
	return interrupted;
}

static void
report(const char *line, void *arg)
{
	struct copying *c = arg;

	if (c->show.g->quiet)
		return;
	session_clear(&c->show);
	fprintf(stderr, "orrery: %s\n", line);
}

static void
progress(size_t done, size_t known, void *arg)
{
	struct copying *c = arg;
	char text[120];
	int64_t ms = clock_ms();

	if (!session_draws(&c->show))
		return;
	if (c->show.line && ms - c->show.last_ms < DRAW_MS)
		return;
	c->show.last_ms = ms;
	snprintf(text, sizeof(text), "mirroring %zu/%zu  %zu requests  %.1f"
	    " MB", done, known, c->r.requests + 1, (double)c->r.bytes / 1e6);
	session_draw(&c->show, text);
}

static bool
number(const char *s, long *n)
{
	char *end;

	errno = 0;
	*n = strtol(s, &end, 10);
	return errno == 0 && end != s && *end == '\0' && *n >= 0 &&
	    *n <= 1000000000;
}

static int
options(struct mirror_options *o, int argc, char **argv)
{
	long n;

	for (int i = 1; i < argc; i++) {
		if (strcmp(argv[i], "--warc") == 0 && i + 1 < argc)
			o->warc = argv[++i];
		else if (strcmp(argv[i], "--max") == 0 && i + 1 < argc &&
		    number(argv[i + 1], &n) && n > 0) {
			o->max = (size_t)n;
			i++;
		} else if (strcmp(argv[i], "--max-mb") == 0 && i + 1 < argc &&
		    number(argv[i + 1], &n) && n > 0) {
			o->max_bytes = (int64_t)n << 20;
			i++;
		} else if (strcmp(argv[i], "--delay") == 0 && i + 1 < argc &&
		    number(argv[i + 1], &n)) {
			o->delay_ms = n > 0 ? (int)n : -1;
			i++;
		} else if (strcmp(argv[i], "--verify") == 0)
			o->verify = true;
		else if (strcmp(argv[i], "--prune") == 0)
			o->prune = true;
		else if (strcmp(argv[i], "--allow-private") == 0)
			o->allow_private = true;
		else if (argv[i][0] == '-' || o->dir != NULL)
			return cmd_unexpected(&cmd_mirror, argv[i]);
		else if (o->url == NULL)
			o->url = argv[i];
		else
			o->dir = argv[i];
	}
	if (o->url == NULL || o->dir == NULL)
		return cmd_usage(&cmd_mirror, "an address and a directory "
		    "are needed");
	return EX_OK;
}

static void
summary(const struct cmd_global *g, const struct mirror_options *o,
    const struct mirror_result *r)
{
	if (g->json)
		printf("{\"manifest\": %s, \"requests\": %zu, \"fetched\": "
		    "%zu, \"unchanged\": %zu, \"removed\": %zu, \"failed\": "
		    "%zu, \"barred\": %zu, \"cut\": %s, \"bytes\": %lld}\n",
		    r->manifest ? "true" : "false", r->requests, r->fetched,
		    r->unchanged, r->removed, r->failed, r->barred,
		    r->cut ? "true" : "false", (long long)r->bytes);
	else if (!g->quiet)
		printf("%s: %zu new or changed, %zu unchanged, %zu removed, "
		    "%zu failed, %zu barred by robots.txt (%zu requests, "
		    "%s)%s\n", o->dir, r->fetched, r->unchanged, r->removed,
		    r->failed, r->barred, r->requests, r->manifest ?
		    "by manifest" : "by links", r->cut ? ", cut short" : "");
}

static int
run(const struct cmd_global *g, int argc, char **argv)
{
	struct copying c = { .show = { .g = g } };
	struct mirror_options o = { .report = report, .stop = stop,
	    .progress = progress, .arg = &c, .now = cmd_now };
	struct error e = { 0 };
	int code, rc;

	if ((code = options(&o, argc, argv)) != EX_OK)
		return code;
	signal(SIGINT, on_signal);
	signal(SIGTERM, on_signal);
	rc = mirror_run(&o, &c.r, &e);
	session_clear(&c.show);
	if (rc == 0 || c.r.requests > 0)
		summary(g, &o, &c.r);
	if (rc == 0)
		return EX_OK;
	code = cmd_fail(&e);
	return rc == E_NOTFOUND && c.r.requests > 0 ? EX_NOPERM : code;
}
