/*
 * run - for those without cron: one process that keeps two others, a
 * server and, every few minutes, an update of the feeds that are due.
 */
#include <sys/stat.h>
#include <sys/wait.h>

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sysexits.h>
#include <time.h>
#include <unistd.h>

#include "base/log.h"
#include "cmd/cmd.h"

#define UPDATE_EVERY	300	/* seconds between looks at what is due */
#define STOP_PATIENCE	20	/* seconds for the server to drain */
#define RESTART_MAX	60	/* longest pause before a server restart */

struct keeper {
	const struct cmd_global	*g;
	const char		*program;
	pid_t			 server, update;
	time_t			 next_update, next_server;
	int			 pause;		/* before the next restart */
	struct timespec		 seen;		/* mtime of the configuration */
	int			 code;
};

static pid_t
start(const struct keeper *k, const char *command, const char *extra)
{
	char *argv[8];
	sigset_t none;
	int n = 0;
	pid_t pid;

	argv[n++] = (char *)(uintptr_t)"orrery";
	argv[n++] = (char *)(uintptr_t)command;
	argv[n++] = (char *)(uintptr_t)"-c";
	argv[n++] = (char *)(uintptr_t)k->g->config;
	if (k->g->verbose > 0)
		argv[n++] = (char *)(uintptr_t)
		    (k->g->verbose > 1 ? "-vv" : "-v");
	else if (k->g->quiet)
		argv[n++] = (char *)(uintptr_t)"-q";
	if (extra != NULL)
		argv[n++] = (char *)(uintptr_t)extra;
	argv[n] = NULL;
	if ((pid = fork()) == 0) {
		sigemptyset(&none);
		sigprocmask(SIG_SETMASK, &none, NULL);
		execv(k->program, argv);
		_exit(EX_OSERR);
	}
	if (pid == -1)
		log_error("%s not started: %s", command, strerror(errno));
	return pid;
}

static time_t
seconds(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return ts.tv_sec;
}

/* A server that will not start (a bad port, a bad key) ends us too. */
static void
server_ended(struct keeper *k, int status)
{
	k->server = 0;
	if (WIFEXITED(status) && WEXITSTATUS(status) != 0) {
		k->code = WEXITSTATUS(status);
		return;
	}
	log_error("server ended, restart in %d s", k->pause);
	k->next_server = seconds() + k->pause;
	k->pause = k->pause * 2 > RESTART_MAX ? RESTART_MAX : k->pause * 2;
}

static void
reap(struct keeper *k)
{
	int status;
	pid_t pid;

	while ((pid = waitpid(-1, &status, WNOHANG)) > 0) {
		if (pid == k->server)
			server_ended(k, status);
		else if (pid == k->update)
			k->update = 0;
	}
}

/* A changed configuration is taken up by the server and the next update. */
static void
watch_config(struct keeper *k)
{
	struct stat st;

	if (stat(k->g->config, &st) == -1 ||
	    (st.st_mtim.tv_sec == k->seen.tv_sec &&
	    st.st_mtim.tv_nsec == k->seen.tv_nsec))
		return;
	if (k->seen.tv_sec != 0) {
		log_info("configuration changed, taking it up");
		if (k->server > 0)
			kill(k->server, SIGHUP);
		k->next_update = seconds();
	}
	k->seen = st.st_mtim;
}

static void
stop_all(struct keeper *k)
{
	if (k->update > 0)
		kill(k->update, SIGTERM);
	if (k->server > 0)
		kill(k->server, SIGTERM);
	for (int i = 0; i < STOP_PATIENCE * 10 &&
	    (k->server > 0 || k->update > 0); i++) {
		const struct timespec tenth = { 0, 100000000 };
		int status;
		pid_t pid;

		while ((pid = waitpid(-1, &status, WNOHANG)) > 0) {
			if (pid == k->server)
				k->server = 0;
			if (pid == k->update)
				k->update = 0;
		}
		if (k->server > 0 || k->update > 0)
			nanosleep(&tenth, NULL);
	}
	if (k->server > 0)
		kill(k->server, SIGKILL);
	if (k->update > 0)
		kill(k->update, SIGKILL);
}

static int
keep(struct keeper *k)
{
	const struct timespec second = { 1, 0 };
	sigset_t set;

	sigemptyset(&set);
	sigaddset(&set, SIGTERM);
	sigaddset(&set, SIGINT);
	sigaddset(&set, SIGHUP);
	sigaddset(&set, SIGCHLD);
	sigprocmask(SIG_BLOCK, &set, NULL);
	k->pause = 1;
	while (k->code == 0) {
		int sig;

		if (k->server == 0 && seconds() >= k->next_server)
			k->server = start(k, "serve", NULL);
		watch_config(k);
		if (k->update == 0 && seconds() >= k->next_update) {
			k->update = start(k, "update", NULL);
			k->next_update = seconds() + UPDATE_EVERY;
		}
		sig = sigtimedwait(&set, NULL, &second);
		if (sig == SIGTERM || sig == SIGINT)
			break;
		if (sig == SIGHUP && k->server > 0) {
			kill(k->server, SIGHUP);
			k->next_update = seconds();
		}
		reap(k);
	}
	stop_all(k);
	return k->code;
}

static int
run(const struct cmd_global *g, int argc, char **argv)
{
	struct keeper k = { .g = g, .program = "/proc/self/exe" };
	struct config *c;
	int code, status;
	pid_t pid;

	if (argc > 1)
		return cmd_unexpected(&cmd_run, argv[1]);
	if ((c = cmd_config(g, &code)) == NULL)
		return code;
	config_free(c);
	/* What is stored can be read at once; the network may take a while. */
	if ((pid = start(&k, "publish", "-q")) > 0 &&
	    waitpid(pid, &status, 0) == pid && WIFEXITED(status) &&
	    WEXITSTATUS(status) != 0 && WEXITSTATUS(status) != EX_TEMPFAIL)
		return WEXITSTATUS(status);
	return keep(&k);
}

const struct command cmd_run = {
	.name = "run",
	.usage = "run",
	.summary = "serve, and update on a schedule, in one process tree",
	.help =
	    "Feeds that are due are looked for every five minutes. A changed\n"
	    "configuration is taken up by itself, and on SIGHUP.\n",
	.run = run,
};
