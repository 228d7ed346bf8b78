/*
 * generation.c - fork, wait until all is well, replace who dies.
 */
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "base/file.h"
#include "base/log.h"
#include "base/xalloc.h"
#include "serve/generation.h"
#include "serve/served_certs.h"
#include "serve/worker.h"

#define WORKERS_MAX	(STATS_WORKERS / 2)
/* How long a worker may take until it answers. */
#define START_MS	15000
/* A worker that dies younger than this is waited for before the next. */
#define YOUNG_SECONDS	10
#define BACKOFF_MAX	60

static int64_t
monotonic(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return ts.tv_sec;
}

static bool
sandboxed(const struct config *c)
{
	return c->sandbox == NULL || strcmp(c->sandbox, "off") != 0;
}

/* --- forking --- */

/* As fork(), with the signals that a child has from the start. */
static pid_t
fork_child(const struct shared *shared)
{
	pid_t pid, parent = getpid();

	fflush(NULL);
	if ((pid = fork()) != 0)
		return pid;
	signal(SIGTERM, SIG_DFL);
	signal(SIGCHLD, SIG_DFL);
	sigprocmask(SIG_SETMASK, &shared->old_signals, NULL);
	/* Nobody is to go on alone when the parent is killed. */
	prctl(PR_SET_PDEATHSIG, SIGTERM);
	if (getppid() != parent)
		_exit(1);
	return 0;
}

/* Close what belongs to others; ends[which] of each member stays. */
static void
close_channels(const struct generation *g, bool key, bool search, int end)
{
	for (int i = 0; i < g->nworkers; i++) {
		const struct member *m = &g->members[i];

		for (int j = 0; j < 2; j++) {
			if (m->key[j] != -1 && !(key && j == end))
				close(m->key[j]);
			if (m->search[j] != -1 && !(search && j == end))
				close(m->search[j]);
		}
	}
}

static void
close_listeners(const struct generation *g)
{
	for (size_t i = 0; i < g->nlisteners; i++)
		close(g->listeners[i].fd);
}

static int
start_keyd(struct generation *g, const struct shared *shared, struct error *e)
{
	int fds[WORKERS_MAX];
	pid_t pid;

	if ((pid = fork_child(shared)) == -1)
		return error_errno(e, "cannot start the key process");
	if (pid == 0) {
		close_listeners(g);
		close_channels(g, true, false, 0);
		for (int i = 0; i < g->nworkers; i++)
			fds[i] = g->members[i].key[0];
		keyd_main(g->pairs, g->ncerts, fds, (size_t)g->nworkers,
		    g->config->user, sandboxed(g->config));
	}
	g->keyd = pid;
	return 0;
}

static int
start_searchd(struct generation *g, const struct shared *shared, int which,
    struct error *e)
{
	int fds[WORKERS_MAX];
	pid_t pid;

	if ((pid = fork_child(shared)) == -1)
		return error_errno(e, "cannot start the search process");
	if (pid == 0) {
		close_listeners(g);
		close_channels(g, false, true, 0);
		for (int i = 0; i < g->nworkers; i++)
			fds[i] = g->members[i].search[0];
		searchd_main(g->search_path, fds, (size_t)g->nworkers,
		    g->config->user, sandboxed(g->config));
	}
	g->searchd[which] = pid;
	return 0;
}

static int
take_slot(struct shared *shared)
{
	for (int i = 0; i < STATS_WORKERS; i++)
		if (!shared->slot_used[i]) {
			shared->slot_used[i] = true;
			return i;
		}
	return -1;
}

static void
give_slot(struct shared *shared, struct member *m)
{
	if (m->slot == -1)
		return;
	limits_forget(shared->limits, m->slot);
	stats_forget(shared->stats, m->slot);
	shared->slot_used[m->slot] = false;
	m->slot = -1;
}

static void
run_worker(struct generation *g, struct shared *shared, struct member *m,
    int ready)
{
	struct worker_start s = {
		.config = g->config, .slot = m->slot,
		.listeners = g->listeners, .nlisteners = g->nlisteners,
		.pairs = g->pairs, .npairs = g->ncerts,
		.key_fd = g->key_process ? m->key[1] : -1,
		.search_fd = m->search[1], .ready_fd = ready,
		.stats = shared->stats, .limits = shared->limits,
		.nworkers = g->nworkers,
	};

	for (int i = 0; i < g->nworkers; i++) {
		struct member *o = &g->members[i];

		for (int j = 0; j < 2; j++) {
			if (o->key[j] != -1 && (o != m || j == 0))
				close(o->key[j]);
			if (o->search[j] != -1 && (o != m || j == 0))
				close(o->search[j]);
		}
	}
	worker_main(&s);
}

/*
 * Start a worker; with wait, return when it answers.  WORKER_EXIT_KEYS
 * when it could not work with the key process.
 */
static int
start_worker(struct generation *g, struct shared *shared, struct member *m,
    bool wait, struct error *e)
{
	struct pollfd p = { .events = POLLIN };
	int ready[2], status = 0, how = 0;
	char byte;

	if (pipe2(ready, O_CLOEXEC) == -1)
		return error_errno(e, "cannot start a worker");
	if ((m->slot = take_slot(shared)) == -1)
		status = error_set(e, E_LIMIT, "too many workers are still "
		    "finishing; try again in a minute");
	else if ((m->pid = fork_child(shared)) == -1) {
		m->pid = 0;
		status = error_errno(e, "cannot start a worker");
	} else if (m->pid == 0) {
		close(ready[0]);
		run_worker(g, shared, m, ready[1]);
	}
	close(ready[1]);
	m->started = monotonic();
	p.fd = ready[0];
	if (status == 0 && wait && (poll(&p, 1, START_MS) != 1 ||
	    read(ready[0], &byte, 1) != 1)) {
		kill(m->pid, SIGKILL);
		waitpid(m->pid, &how, 0);
		m->pid = 0;
		status = WIFEXITED(how) && WEXITSTATUS(how) ==
		    WORKER_EXIT_KEYS ? WORKER_EXIT_KEYS :
		    error_set(e, E_FAIL, "a worker could not start");
	}
	close(ready[0]);
	if (status != 0)
		give_slot(shared, m);
	return status;
}

/* --- a whole generation --- */

static int
open_channels(struct generation *g, bool keys, bool search, struct error *e)
{
	for (int i = 0; i < g->nworkers; i++) {
		struct member *m = &g->members[i];

		if ((keys && socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC,
		    0, m->key) == -1) ||
		    (search && socketpair(AF_UNIX, SOCK_SEQPACKET |
		    SOCK_CLOEXEC, 0, m->search) == -1))
			return error_errno(e, "cannot make a channel");
	}
	return 0;
}

static int
start_workers(struct generation *g, struct shared *shared, struct error *e)
{
	int status = 0;

	for (int i = 0; i < g->nworkers && status == 0; i++)
		status = start_worker(g, shared, &g->members[i], true, e);
	return status;
}

static void
stop_process(pid_t *pid)
{
	if (*pid <= 0)
		return;
	kill(*pid, SIGKILL);
	while (waitpid(*pid, NULL, 0) == -1 && errno == EINTR)
		;
	*pid = 0;
}

static void
stop_workers(struct generation *g, struct shared *shared)
{
	for (int i = 0; i < g->nworkers; i++) {
		stop_process(&g->members[i].pid);
		give_slot(shared, &g->members[i]);
	}
}

/*
 * The workers, with the keys in their process if that works out, else
 * with the keys in themselves.
 */
static int
start_all(struct generation *g, struct shared *shared, struct error *e)
{
	int status = 0;

	g->key_process = g->config->key_process && g->ncerts > 0 &&
	    keyd_can(g->pairs, g->ncerts);
	if (g->config->key_process && g->ncerts > 0 && !g->key_process &&
	    !shared->keys_warned) {
		shared->keys_warned = true;
		log_warn("serve: only elliptic curve keys can live in the key "
		    "process; the workers hold them");
	}
	if ((status = open_channels(g, g->key_process, g->search_path != NULL,
	    e)) != 0)
		return status;
	if (g->key_process && (status = start_keyd(g, shared, e)) != 0)
		return status;
	for (int i = 0; g->search_path != NULL && i < SEARCHD_PROCESSES; i++)
		if ((status = start_searchd(g, shared, i, e)) != 0)
			return status;
	status = start_workers(g, shared, e);
	if (status == WORKER_EXIT_KEYS) {
		if (!shared->keys_warned)
			log_warn("serve: the key process does not work with "
			    "this TLS library; the workers hold the keys");
		shared->keys_warned = true;
		stop_workers(g, shared);
		stop_process(&g->keyd);
		g->key_process = false;
		status = start_workers(g, shared, e);
	}
	return status;
}

static int
count_workers(const struct config *c)
{
	long n = c->workers > 0 ? c->workers : sysconf(_SC_NPROCESSORS_ONLN);

	return n < 1 ? 1 : n > WORKERS_MAX ? WORKERS_MAX : (int)n;
}

static struct generation *
generation_new(const struct config *c)
{
	struct generation *g = xcalloc(1, sizeof(*g));

	g->config = c;
	g->nworkers = count_workers(c);
	g->members = xcalloc((size_t)g->nworkers, sizeof(*g->members));
	for (int i = 0; i < g->nworkers; i++) {
		struct member *m = &g->members[i];

		m->slot = m->key[0] = m->key[1] = -1;
		m->search[0] = m->search[1] = -1;
	}
	if (c->cache_dir != NULL)
		g->search_path = file_join(c->cache_dir, "search.db");
	return g;
}

int
generation_start(struct generation **out, const struct config *c,
    struct shared *shared, struct generation *old, struct error *e)
{
	struct generation *g = generation_new(c);
	int status;

	*out = NULL;
	if ((status = served_certs_load(g, (int64_t)time(NULL), e)) == 0 &&
	    (status = listen_all(&g->listeners, &g->nlisteners, c,
	    old != NULL ? old->listeners : NULL,
	    old != NULL ? old->nlisteners : 0, e)) == 0 &&
	    (status = start_all(g, shared, e)) != 0) {
		stop_workers(g, shared);
		if (old != NULL)
			listen_restore(g->listeners, g->nlisteners,
			    old->listeners, old->nlisteners);
	}
	if (status != 0) {
		generation_free(g);
		return status < 0 ? status : E_FAIL;
	}
	generation_warn(g, (int64_t)time(NULL));
	*out = g;
	return 0;
}

void
generation_drain(struct generation *g)
{
	g->draining = true;
	for (int i = 0; i < g->nworkers; i++)
		if (g->members[i].pid > 0)
			kill(g->members[i].pid, SIGTERM);
}

void
generation_kill(struct generation *g)
{
	for (int i = 0; i < g->nworkers; i++)
		if (g->members[i].pid > 0)
			kill(g->members[i].pid, SIGKILL);
}

static bool
has_died(pid_t *pid, int *how)
{
	pid_t got;

	if (*pid <= 0)
		return false;
	got = waitpid(*pid, how, WNOHANG);
	if (got == 0 || (got == -1 && errno != ECHILD))
		return false;
	*pid = 0;
	return true;
}

static void
explain(int how, const char *who)
{
	if (WIFSIGNALED(how))
		log_error("serve: %s died by signal %d (%s) and is replaced",
		    who, WTERMSIG(how), strsignal(WTERMSIG(how)));
	else
		log_error("serve: %s ended with status %d and is replaced", who,
		    WIFEXITED(how) ? WEXITSTATUS(how) : -1);
}

static void
reap_helpers(struct generation *g, struct shared *shared, bool restart)
{
	struct error e;
	int how = 0;

	if (has_died(&g->keyd, &how) && restart)
		explain(how, "the key process");
	for (int i = 0; i < SEARCHD_PROCESSES; i++)
		if (has_died(&g->searchd[i], &how) && restart)
			explain(how, "a search process");
	/* At most one try a second: a helper that cannot live costs little. */
	if (!restart || monotonic() == g->helpers_at)
		return;
	if (g->key_process && g->keyd == 0) {
		g->helpers_at = monotonic();
		if (start_keyd(g, shared, &e) != 0)
			log_error("serve: %s", e.msg);
	}
	for (int i = 0; g->search_path != NULL && i < SEARCHD_PROCESSES; i++) {
		if (g->searchd[i] != 0)
			continue;
		g->helpers_at = monotonic();
		if (start_searchd(g, shared, i, &e) != 0)
			log_error("serve: %s", e.msg);
	}
}

int
generation_reap(struct generation *g, struct shared *shared, bool restart)
{
	struct error e = { 0 };
	int alive = 0, how = 0;

	reap_helpers(g, shared, restart);
	for (int i = 0; i < g->nworkers; i++) {
		struct member *m = &g->members[i];

		if (has_died(&m->pid, &how)) {
			int64_t now = monotonic();

			give_slot(shared, m);
			if (restart) {
				explain(how, "a worker");
				m->failures = now - m->started < YOUNG_SECONDS ?
				    m->failures + 1 : 0;
				m->again_at = now + (m->failures == 0 ? 0 :
				    m->failures > 6 ? BACKOFF_MAX :
				    INT64_C(1) << (m->failures - 1));
				shared->stats->restarts++;
			}
		}
		if (m->pid == 0 && restart && monotonic() >= m->again_at &&
		    start_worker(g, shared, m, false, &e) != 0) {
			log_error("serve: %s", e.msg);
			m->again_at = monotonic() + BACKOFF_MAX;
		}
		alive += m->pid > 0;
	}
	return alive;
}

void
generation_free(struct generation *g)
{
	if (g == NULL)
		return;
	stop_process(&g->keyd);
	for (int i = 0; i < SEARCHD_PROCESSES; i++)
		stop_process(&g->searchd[i]);
	for (int i = 0; i < g->nworkers; i++)
		for (int j = 0; j < 2; j++) {
			if (g->members[i].key[j] != -1)
				close(g->members[i].key[j]);
			if (g->members[i].search[j] != -1)
				close(g->members[i].search[j]);
		}
	listen_free(g->listeners, g->nlisteners);
	served_certs_free(g);
	if (g->owns_config)
		config_free((struct config *)(uintptr_t)g->config);
	free(g->search_path);
	free(g->members);
	free(g);
}
