/*
 * server.c - the parent: sockets, certificates, processes, reload, end.
 *
 * The parent answers nobody.  It starts generations: a set of workers with
 * their helpers, made from one configuration.  A reload starts a new
 * generation whole, and only when that stands tells the old one to finish
 * what it began.  So an old connection never meets new keys, and a broken
 * configuration changes nothing.
 */
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <sys/wait.h>

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "base/file.h"
#include "base/log.h"
#include "base/sandbox.h"
#include "base/xalloc.h"
#include "serve/generation.h"
#include "serve/serve.h"

#define METRICS_SECONDS	10
#define CERTS_SECONDS	5
#define WARN_SECONDS	86400
/* How long the end may take after SIGTERM. */
#define STOP_SECONDS	10

struct server {
	const struct serve_options *options;
	const struct config	*config;	/* in force */
	struct shared		 shared;
	struct generation	*now, *old;	/* old: a list */
	int64_t			 metrics_at, certs_at, warned_at;
	bool			 stop;
};

static int64_t
wall(void)
{
	return (int64_t)time(NULL);
}

/* Tell the service manager, if there is one, without its library. */
static void
notify(const char *state)
{
	const char *path = getenv("NOTIFY_SOCKET");
	struct sockaddr_un un = { .sun_family = AF_UNIX };
	size_t n;
	int fd;

	if (path == NULL || (n = strlen(path)) >= sizeof(un.sun_path) ||
	    (path[0] != '/' && path[0] != '@'))
		return;
	memcpy(un.sun_path, path, n);
	if (path[0] == '@')
		un.sun_path[0] = '\0';
	if ((fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0)) == -1)
		return;
	(void)sendto(fd, state, strlen(state), MSG_NOSIGNAL,
	    (struct sockaddr *)&un,
	    (socklen_t)(offsetof(struct sockaddr_un, sun_path) + n));
	close(fd);
}

static void
announce(const struct generation *g)
{
	for (size_t i = 0; i < g->nlisteners; i++)
		printf("listening %s %s\n",
		    protocol_name(g->listeners[i].protocol),
		    g->listeners[i].name);
	printf("ready\n");
	fflush(stdout);
}

static void
write_metrics(const struct server *s, const char *path, int workers,
    int64_t cert_until)
{
	struct error e;

	if (path != NULL && stats_write(s->shared.stats, path, workers,
	    cert_until, &e) != 0)
		log_warn("serve: metrics: %s", e.msg);
}

static void
metrics_due(struct server *s)
{
	int64_t t = wall();

	if (t - s->metrics_at < METRICS_SECONDS)
		return;
	s->metrics_at = t;
	write_metrics(s, s->config->metrics, s->now->nworkers,
	    s->now->cert_until);
}

/* --- reload --- */

static void
take_up(struct server *s, const struct config *c, bool owned)
{
	struct generation *next;
	struct error e = { 0 };

	notify("RELOADING=1");
	if (generation_start(&next, c, &s->shared, s->now, &e) != 0) {
		log_error("serve: %s; what was in force stays so", e.msg);
		if (owned)
			config_free((struct config *)(uintptr_t)c);
		notify("READY=1");
		return;
	}
	next->owns_config = owned;
	generation_drain(s->now);
	s->now->next = s->old;
	s->old = s->now;
	s->now = next;
	s->config = c;
	s->shared.stats->reloads++;
	limits_set(s->shared.limits, c->max_per_address, c->rate_per_address);
	log_info("serve: configuration and certificates taken up");
	notify("READY=1");
}

static void
reload(struct server *s)
{
	struct config *c;

	if (s->options->reload == NULL) {
		/* The caller owns the configuration: only certificates and
		 * logs are new. */
		take_up(s, s->config, s->now->owns_config);
		if (s->old != NULL && s->old->config == s->config &&
		    s->now->config == s->config)
			s->old->owns_config = false;
		return;
	}
	if ((c = s->options->reload(s->options->arg)) == NULL) {
		log_error("serve: the configuration cannot be used; what was "
		    "in force stays so");
		return;
	}
	take_up(s, c, true);
}

static void
look_at_certs(struct server *s)
{
	int64_t t = wall();
	bool owned;

	if (t - s->warned_at >= WARN_SECONDS) {
		s->warned_at = t;
		generation_warn(s->now, t);
	}
	if (t - s->certs_at < CERTS_SECONDS)
		return;
	s->certs_at = t;
	if (!generation_certs_changed(s->now, t))
		return;
	log_info("serve: a certificate changed");
	owned = s->now->owns_config;
	take_up(s, s->config, false);
	/* The configuration moves on to the generation that uses it. */
	if (s->old != NULL && s->old->config == s->config) {
		s->old->owns_config = false;
		s->now->owns_config = owned;
	}
}

/* --- life --- */

static void
reap(struct server *s)
{
	struct generation **at = &s->old;

	generation_reap(s->now, &s->shared, true);
	while (*at != NULL) {
		struct generation *g = *at;

		if (generation_reap(g, &s->shared, false) > 0) {
			at = &g->next;
			continue;
		}
		*at = g->next;
		generation_free(g);
	}
}

static void
on_signal(struct server *s, int sig)
{
	switch (sig) {
	case SIGTERM:
	case SIGINT:
		s->stop = true;
		break;
	case SIGHUP:
	case SIGUSR1:
		reload(s);
		break;
	default:
		break;
	}
}

static void
run(struct server *s)
{
	const struct timespec second = { .tv_sec = 1 };
	int64_t end = s->options->seconds > 0 ?
	    wall() + s->options->seconds : INT64_MAX, ticked = wall();

	while (!s->stop && wall() < end) {
		int sig = sigtimedwait(&s->shared.signals, NULL, &second);

		if (sig > 0)
			on_signal(s, sig);
		/* A service manager stops all: who ended so is not missed. */
		if (s->stop)
			break;
		reap(s);
		look_at_certs(s);
		metrics_due(s);
		if (wall() != ticked && !s->stop) {
			ticked = wall();
			if (s->options->tick != NULL)
				s->options->tick(s->options->arg);
		}
	}
}

/* Let all finish within bounds; a second signal hurries them. */
static void
finish(struct server *s)
{
	const struct timespec little = { .tv_nsec = 50000000 };
	int64_t until = wall() + STOP_SECONDS;
	bool hurry = false;

	notify("STOPPING=1");
	generation_drain(s->now);
	s->now->next = s->old;
	s->old = s->now;
	s->now = NULL;
	while (s->old != NULL) {
		struct generation *g = s->old;
		int sig;

		if (generation_reap(g, &s->shared, false) == 0) {
			s->old = g->next;
			generation_free(g);
			continue;
		}
		sig = sigtimedwait(&s->shared.signals, NULL, &little);
		hurry = hurry || sig == SIGTERM || sig == SIGINT ||
		    wall() >= until;
		if (hurry)
			generation_kill(g);
	}
}

static int
prepare(struct server *s, const struct config *c, struct error *e)
{
	int status;

	if (c->sandbox != NULL && strcmp(c->sandbox, "require") == 0 &&
	    sandbox_landlock_abi() == 0)
		return error_set(e, E_FAIL, "this kernel has no Landlock and "
		    "`sandbox = require` is set; set it to auto to do without");
	if ((c->sandbox == NULL || strcmp(c->sandbox, "off") != 0) &&
	    sandbox_landlock_abi() == 0)
		log_warn("serve: this kernel has no Landlock: workers could "
		    "read files outside the published tree");
	if (geteuid() == 0 && (c->user == NULL || c->user[0] == '\0'))
		log_warn("serve: running as root; set `user` so that the "
		    "workers do not");
	if ((status = file_mkdirs(c->output_dir, 0755, e)) != 0)
		return status;
	s->shared.stats = stats_new(wall());
	s->shared.limits = limits_new(c->max_per_address, c->rate_per_address);
	if (s->shared.stats == NULL || s->shared.limits == NULL)
		return error_errno(e, "shared memory");
	return 0;
}

int
serve(const struct config *c, const struct serve_options *o, struct error *e)
{
	static const struct serve_options none;
	const struct timespec at_once = { 0, 0 };
	struct server s = { .options = o != NULL ? o : &none, .config = c };
	int64_t until;
	char *metrics;
	int status;

	sigemptyset(&s.shared.signals);
	sigaddset(&s.shared.signals, SIGTERM);
	sigaddset(&s.shared.signals, SIGINT);
	sigaddset(&s.shared.signals, SIGHUP);
	sigaddset(&s.shared.signals, SIGUSR1);
	sigaddset(&s.shared.signals, SIGCHLD);
	sigprocmask(SIG_BLOCK, &s.shared.signals, &s.shared.old_signals);
	if ((status = prepare(&s, c, e)) == 0)
		status = generation_start(&s.now, c, &s.shared, NULL, e);
	if (status == 0) {
		announce(s.now);
		notify("READY=1");
		s.warned_at = wall();
		run(&s);
		/* The configuration goes with the last generation. */
		metrics = s.config->metrics != NULL ?
		    xstrdup(s.config->metrics) : NULL;
		until = s.now->cert_until;
		finish(&s);
		write_metrics(&s, metrics, 0, until);
		free(metrics);
	}
	stats_free(s.shared.stats);
	limits_free(s.shared.limits);
	/* One that came twice must not be what this process ends by. */
	while (sigtimedwait(&s.shared.signals, NULL, &at_once) > 0)
		continue;
	sigprocmask(SIG_SETMASK, &s.shared.old_signals, NULL);
	return status;
}
