/*
 * bench_serve.c - CPU per request beside the floor (floor_tls.c).
 *
 * Starts the server and the floor on loopback with one worker each, asks
 * both for pages of several sizes, alternating, and prints microseconds of
 * CPU (user and system, all processes of the server) per request, the
 * lowest of three runs.  Arguments: the number of requests (2000).
 */
#include <sys/stat.h>
#include <sys/wait.h>

#include <dirent.h>
#include <libgen.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define RUNS	3

static char	dir[] = "/tmp/orrery-bench.XXXXXX";
static char	bin[4096];

struct server {
	pid_t	pid;
	int	port, gopher;
};

#pragma GCC diagnostic ignored "-Wformat-nonliteral"

static char *
format(const char *fmt, const char *a, const char *b)
{
	static char out[8][9000];
	static int at;

	at = (at + 1) % 8;
	snprintf(out[at], sizeof(out[at]), fmt, a, b);
	return out[at];
}

static void
put(const char *name, size_t size)
{
	FILE *f = fopen(format("%s/%s", dir, name), "w");

	for (size_t i = 0; i < size && f != NULL; i++)
		putc('a', f);
	if (f != NULL)
		fclose(f);
}

static void
make_planet(int keys)
{
	static const char *const dirs[] = { "", "output", "output/capsule",
	    "output/hole" };
	FILE *f;

	for (size_t i = 0; i < 4; i++)
		mkdir(format("%s/%s", dir, dirs[i]), 0755);
	put("output/capsule/1k.gmi", 1000);
	put("output/capsule/10k.gmi", 10000);
	put("output/capsule/100k.gmi", 100000);
	put("output/capsule/50m.gmi", 50000000);
	put("output/hole/1k.txt", 1000);
	f = fopen(format("%s/planet.ini", dir, ""), "w");
	if (f == NULL)
		exit(70);
	fprintf(f, "[Planet]\nname = B\nlink = gemini://localhost/\n"
	    "owner_name = B\nowner_email = b@example.org\n"
	    "output_dir = output\ncache_directory = cache\n"
	    "[gemini]\nlisten = 127.0.0.1:0\nhost = localhost\n"
	    "[gopher]\nlisten = 127.0.0.1:0\n"
	    "[server]\nworkers = 1\nkey_process = %s\naccess_log = log\n"
	    "max_per_address = 100000\nrate_per_address = 1000000\n",
	    keys ? "yes" : "no");
	fclose(f);
}

static void
start(struct server *s, char *const argv[])
{
	char line[256];
	int p[2];
	FILE *f;

	memset(s, 0, sizeof(*s));
	if (pipe(p) == -1 || (s->pid = fork()) == -1)
		exit(71);
	if (s->pid == 0) {
		dup2(p[1], STDOUT_FILENO);
		if (chdir(dir) == 0)
			execv(argv[0], argv);
		_exit(127);
	}
	close(p[1]);
	f = fdopen(p[0], "r");
	while (fgets(line, sizeof(line), f) != NULL) {
		char *colon = strrchr(line, ':');

		if (strncmp(line, "ready", 5) == 0)
			break;
		if (strncmp(line, "listening gopher", 16) == 0)
			s->gopher = atoi(colon + 1);
		else if (colon != NULL)
			s->port = atoi(colon + 1);
		else {
			s->port = atoi(line + 10);
			break;
		}
	}
	if (s->port == 0)
		exit(69);
}

static void
stop(struct server *s)
{
	kill(s->pid, SIGTERM);
	waitpid(s->pid, NULL, 0);
}

/* Clock ticks of a process and its children that live. */
static long
ticks(pid_t root)
{
	DIR *proc = opendir("/proc");
	struct dirent *d;
	long sum = 0;

	while ((d = readdir(proc)) != NULL) {
		char text[1024], *at;
		long user, sys;
		int parent;
		FILE *f;

		if (d->d_name[0] < '0' || d->d_name[0] > '9' ||
		    (f = fopen(format("/proc/%s/stat", d->d_name, ""),
		    "r")) == NULL)
			continue;
		if (fgets(text, sizeof(text), f) != NULL &&
		    (at = strrchr(text, ')')) != NULL &&
		    sscanf(at + 2, "%*c %d %*d %*d %*d %*d %*u %*u %*u %*u "
		    "%*u %ld %ld", &parent, &user, &sys) == 3 &&
		    (atoi(d->d_name) == root || parent == root))
			sum += user + sys;
		fclose(f);
	}
	closedir(proc);
	return sum;
}

static double
once(const struct server *s, int port, const char *request, int many, long n,
    double *rate, int plain)
{
	char cmd[8192], answer[256] = "";
	long before = ticks(s->pid);
	FILE *f;

	snprintf(cmd, sizeof(cmd), "%s/tests/support/load %s 127.0.0.1 %d %d "
	    "%ld '%s\\r\\n'", bin, plain ? "-p" : "", port, many, n, request);
	if ((f = popen(cmd, "r")) == NULL)
		exit(71);
	if (fgets(answer, sizeof(answer), f) == NULL ||
	    strstr(answer, "failed=0 ") == NULL)
		fprintf(stderr, "load: %s\n", answer);
	pclose(f);
	sscanf(answer, "rate=%lf", rate);
	return (double)(ticks(s->pid) - before) * 1e6 /
	    (double)sysconf(_SC_CLK_TCK) / (double)n;
}

static void
compare(const char *name, const struct server *ours, int port,
    const struct server *floor, const char *request, int many, long n,
    int plain)
{
	double best[2] = { 1e12, 1e12 }, rate[2] = { 0, 0 }, r = 0, us;

	for (int i = 0; i < RUNS; i++)
		for (int who = 0; who < 2; who++) {
			us = once(who ? floor : ours, who ? floor->port : port,
			    request, many, n, &r, plain);
			if (us < best[who])
				best[who] = us;
			if (r > rate[who])
				rate[who] = r;
		}
	printf("%-18s c=%-3d  %8.0f us  floor %8.0f us  ratio %.2f  "
	    "%6.0f/s floor %6.0f/s\n", name, many, best[0], best[1],
	    best[0] / best[1], rate[0], rate[1]);
	fflush(stdout);
}

static void
gemini(long n, int keys)
{
	static const struct { const char *name, *bytes; int part; } pages[] = {
		{ "1k", "1000", 1 }, { "10k", "10000", 1 },
		{ "100k", "100000", 4 }, { "50m", "50000000", 400 } };
	static const int many[] = { 1, 32, 256 };
	char *serve[] = { strdup(format("%s/orrery", bin, "")), "serve", NULL };
	struct server ours, floor;

	make_planet(keys);
	start(&ours, serve);
	for (size_t i = 0; i < 4; i++) {
		char *argv[] = { format("%s/tests/bench/floor_tls", bin, ""),
		    format("%s/certs/localhost.crt", dir, ""),
		    format("%s/certs/localhost.key", dir, ""),
		    (char *)(size_t)pages[i].bytes, NULL };
		char request[128];

		start(&floor, argv);
		snprintf(request, sizeof(request), "gemini://localhost/%s.gmi",
		    pages[i].name);
		for (size_t j = 0; j < (i == 3 ? 1 : 3); j++)
			compare(pages[i].name, &ours, ours.port, &floor,
			    request, many[j], n / pages[i].part + 1, 0);
		stop(&floor);
	}
	if (!keys) {
		char *argv[] = { format("%s/tests/bench/floor_tls", bin, ""),
		    "-", "-", "1000", NULL };

		start(&floor, argv);
		compare("gopher 1k", &ours, ours.gopher, &floor, "/1k.txt", 32,
		    n * 4, 1);
		stop(&floor);
	}
	stop(&ours);
	free(serve[0]);
}

int
main(int argc, char **argv)
{
	char *self = realpath(argv[0], NULL);
	long n = argc > 1 ? strtol(argv[1], NULL, 10) : 2000;

	if (self == NULL || mkdtemp(dir) == NULL || n < 1)
		return 64;
	/* build/tests/bench/bench_serve */
	snprintf(bin, sizeof(bin), "%s", dirname(dirname(dirname(self))));
	printf("keys in a process of their own:\n");
	gemini(n, 1);
	printf("keys in the worker:\n");
	gemini(n, 0);
	return system(format("rm -rf '%s'", dir, "")) == 0 ? 0 : 1;
}
