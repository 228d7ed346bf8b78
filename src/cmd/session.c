#include <sys/ioctl.h>

#include <inttypes.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sysexits.h>
#include <unistd.h>

#include "base/file.h"
#include "base/uri.h"
#include "base/utf8.h"
#include "cmd/session.h"

/* The progress line is drawn at most this often. */
#define DRAW_MS	100

int
session_open(struct store **s, const struct config *c, bool *busy)
{
	struct error e = { 0 };
	char *path = cmd_store_path(c);
	int code = EX_OK;

	*busy = false;
	*s = NULL;
	if ((code = cmd_become(c)) != EX_OK) {
		free(path);
		return code;
	}
	if (file_mkdirs(c->cache_dir, 0700, &e) != 0 ||
	    store_open(s, path, true, &e) != 0) {
		code = cmd_fail(&e);
	} else if (store_lock(*s, &e) != 0) {
		if (e.status == E_AGAIN) {
			*busy = true;
			code = EX_TEMPFAIL;
		} else
			code = cmd_fail(&e);
	}
	if (code != EX_OK) {
		store_close(*s);
		*s = NULL;
	}
	free(path);
	return code;
}

static int
columns(void)
{
	struct winsize w;

	if (ioctl(STDERR_FILENO, TIOCGWINSZ, &w) == 0 && w.ws_col > 20)
		return w.ws_col;
	return 80;
}

void
session_clear(struct show *show)
{
	if (show->line)
		fputs("\r\033[K", stderr);
	show->line = false;
}

void
session_draw(struct show *show, const char *text)
{
	struct buf cut = { 0 };

	utf8_shorten(&cut, span_str(text), (size_t)columns() - 1);
	fprintf(stderr, "\r%s\033[K", buf_cstr(&cut));
	fflush(stderr);
	show->line = true;
	buf_free(&cut);
}

bool
session_draws(const struct show *show)
{
	return show->g->tty && !show->g->quiet && !show->g->json;
}

static void
on_progress(const struct update_progress *p, void *arg)
{
	struct show *show = arg;
	char text[200];
	double rate;
	int eta;

	show->progress = *p;
	if (!session_draws(show) || p->total == 0 ||
	    p->elapsed_ms - show->last_ms < DRAW_MS)
		return;
	show->last_ms = p->elapsed_ms;
	rate = p->elapsed_ms > 0 ?
	    (double)p->done * 1000 / p->elapsed_ms : 0;
	eta = rate > 0 ? (int)((double)(p->total - p->done) / rate) : 0;
	snprintf(text, sizeof(text), "fetching %zu/%zu  %zu new  %zu failed  "
	    "%.0f feeds/s  %d s left", p->done, p->total, p->nnew, p->failed,
	    rate, eta);
	session_draw(show, text);
}

static void
on_phase(const char *what, size_t done, size_t total, void *arg)
{
	struct show *show = arg;
	char text[120];

	if (!session_draws(show) || total < 200)
		return;
	if (done == total) {
		session_clear(show);
		return;
	}
	snprintf(text, sizeof(text), "%s %zu/%zu", what, done, total);
	session_draw(show, text);
}

static const char *const outcome_words[] = {
	[FETCH_OK] = "ok", [FETCH_NOT_MODIFIED] = "unchanged",
	[FETCH_GONE] = "gone", [FETCH_REFUSED] = "refused",
	[FETCH_SLOW_DOWN] = "slow down", [FETCH_ERROR] = "error",
	[FETCH_UNREACHABLE] = "unreachable", [FETCH_FORBIDDEN] = "forbidden",
	[FETCH_CERTIFICATE] = "certificate",
};

static void
on_event(const struct update_event *ev, void *arg)
{
	struct show *show = arg;
	struct buf url = { 0 };
	bool bad = ev->message != NULL;

	if (show->g->quiet || (!bad && show->g->verbose == 0))
		return;
	session_clear(show);
	uri_public(&url, ev->url);
	if (bad)
		fprintf(stderr, "%s%s%s: %s\n", show->g->no_color ? "" :
		    "\033[33m", buf_cstr(&url), show->g->no_color ? "" :
		    "\033[0m", ev->message);
	else
		fprintf(stderr, "%s: %s, %zu new, %zu changed, %d ms\n",
		    buf_cstr(&url), outcome_words[ev->outcome], ev->nnew,
		    ev->nchanged, ev->ms);
	buf_free(&url);
}

static void
on_report(const char *line, void *arg)
{
	struct show *show = arg;

	session_clear(show);
	fprintf(stderr, "orrery: %s\n", line);
}

void
session_options(struct update_options *o, struct show *show)
{
	o->now = cmd_now;
	o->version = ORRERY_VERSION;
	o->event = on_event;
	o->progress = on_progress;
	o->phase = on_phase;
	o->report = on_report;
	o->arg = show;
}

void
session_summary(const struct show *show, const struct update_result *r, int ms)
{
	const struct cmd_global *g = show->g;

	if (g->json) {
		printf("{\"feeds\": %zu, \"asked\": %zu, \"unchanged\": %zu, "
		    "\"changed\": %zu, \"failed\": %zu, \"gone\": %zu, "
		    "\"new\": %zu, \"edited\": %zu, \"bytes\": %" PRId64 ", "
		    "\"pages_written\": %zu, \"pages_removed\": %zu, "
		    "\"stopped\": %s, \"ms\": %d}\n",
		    r->feeds, r->due, r->unchanged, r->changed, r->failed,
		    r->gone, r->nnew, r->nchanged, r->bytes,
		    r->published.written, r->published.removed,
		    r->stopped ? "true" : "false", ms);
		return;
	}
	/* The health page changes each time: no news for cron's mail. */
	if (g->quiet || (!g->tty && g->verbose == 0 && r->failed == 0 &&
	    r->nnew + r->nchanged == 0 && !r->stopped))
		return;
	printf("%zu of %zu feeds asked: %zu changed, %zu unchanged, %zu "
	    "failed; %zu new entries, %zu edited; %zu pages written, %zu "
	    "removed; %.1f s%s\n", r->due, r->feeds, r->changed,
	    r->unchanged + r->gone, r->failed, r->nnew, r->nchanged,
	    r->published.written, r->published.removed, ms / 1000.0,
	    r->stopped ? " (stopped early)" : "");
}
