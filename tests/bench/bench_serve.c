/*
 * bench_serve.c - what an answer costs the server, beside the least that
 * the library needs for it (floor_tls.c, floor_gopher.c) and beside Debian's
 * molly-brown, gophernicus and pygopherd where they are installed.
 *
 *	bench_serve [--json FILE] [REQUESTS]
 *
 * All run on loopback with one worker; the same clients (load.c) ask each
 * in turn, five rounds, and medians are compared.  CPU is user and system
 * time of all processes of a server, by the scheduler's own count.
 */
#include <sys/socket.h>
#include <sys/stat.h>

#include <arpa/inet.h>
#include <dirent.h>
#include <libgen.h>
#include <netinet/in.h>
#include <signal.h>
#include <stdbool.h>
#include <stddef.h>

#include "bench.h"

#define IDLE_CONNECTIONS	1000

struct server {
	const char	*name;
	pid_t		 pid;
	int		 port, gopher;
};

/* What one round of requests showed. */
struct seen {
	double	cpu;		/* us a request */
	double	rate, p99;	/* requests/s, us */
	double	bytes;		/* a request */
};

static char	dir[] = "/tmp/orrery-bench.XXXXXX";
static char	bin[4096];

#pragma GCC diagnostic ignored "-Wformat-nonliteral"

/* A short text that lives for a while. */
static char *
format(const char *fmt, const char *a, const char *b)
{
	static char out[16][9000];
	static int at;

	at = (at + 1) % 16;
	snprintf(out[at], sizeof(out[at]), fmt, a, b);
	return out[at];
}

static void
put(const char *name, size_t size)
{
	FILE *f = fopen(format("%s/%s", dir, name), "w");

	if (f == NULL)
		exit(70);
	for (size_t i = 0; i < size; i++)
		putc(i % 64 == 63 ? '\n' : 'a', f);
	fclose(f);
}

static void
put_text(const char *name, const char *text)
{
	FILE *f = fopen(format("%s/%s", dir, name), "w");

	if (f == NULL)
		exit(70);
	fputs(text, f);
	fclose(f);
}

static void
make_planet(void)
{
	static const char *const dirs[] = { "", "output", "output/capsule",
	    "output/hole" };
	static const char ini[] = "[Planet]\nname = B\n"
	    "link = gemini://localhost/\n"
	    "owner_name = B\nowner_email = b@example.org\n"
	    "output_dir = output\ncache_directory = cache\n"
	    "[gemini]\nlisten = 127.0.0.1:0\nhost = localhost\n"
	    "[gopher]\nlisten = 127.0.0.1:0\n"
	    "[server]\nworkers = 1\nkey_process = %s\naccess_log = log\n"
	    "max_per_address = 100000\nrate_per_address = 1000000\n";

	chmod(dir, 0755);
	for (size_t i = 0; i < 4; i++)
		mkdir(format("%s/%s", dir, dirs[i]), 0755);
	put("output/capsule/1k.gmi", 1000);
	put("output/capsule/10k.gmi", 10000);
	put("output/capsule/100k.gmi", 100000);
	put("output/capsule/50m.gmi", 50000000);
	put("output/hole/1k.txt", 1000);
	put("output/hole/100k.txt", 100000);
	put_text("keys.ini", format(ini, "yes", ""));
	put_text("nokeys.ini", format(ini, "no", ""));
}

/* --- servers --- */

/* A port that was free a moment ago, for servers that want to be told. */
static int
free_port(void)
{
	struct sockaddr_in in = { .sin_family = AF_INET,
	    .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
	socklen_t len = sizeof(in);
	int fd = socket(AF_INET, SOCK_STREAM, 0);

	if (bind(fd, (struct sockaddr *)&in, sizeof(in)) == -1 ||
	    getsockname(fd, (struct sockaddr *)&in, &len) == -1)
		exit(71);
	close(fd);
	return ntohs(in.sin_port);
}

static bool
answers(int port)
{
	struct sockaddr_in in = { .sin_family = AF_INET,
	    .sin_port = htons((uint16_t)port),
	    .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
	int fd = socket(AF_INET, SOCK_STREAM, 0);
	bool ok = connect(fd, (struct sockaddr *)&in, sizeof(in)) == 0;

	close(fd);
	return ok;
}

static pid_t
launch(char *const argv[], int out)
{
	pid_t pid;

	fflush(NULL);
	if ((pid = fork()) == -1)
		exit(71);
	if (pid != 0)
		return pid;
	if (out != -1)
		dup2(out, STDOUT_FILENO);
	if (chdir(dir) == 0)
		execvp(argv[0], argv);
	_exit(127);
}

/* One that says where it listens. */
static void
start(struct server *s, const char *name, char *const argv[])
{
	char line[256];
	int p[2];
	FILE *f;

	*s = (struct server){ .name = name };
	if (pipe(p) == -1)
		exit(71);
	s->pid = launch(argv, p[1]);
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
	if (s->port == 0) {
		fprintf(stderr, "%s does not start\n", name);
		exit(69);
	}
}

static void
stop(struct server *s)
{
	kill(s->pid, SIGTERM);
	waitpid(s->pid, NULL, 0);
}

static void
start_ours(struct server *s, bool keys)
{
	char *argv[] = { format("%s/orrery", bin, ""), "serve", "-c",
	    keys ? "keys.ini" : "nokeys.ini", NULL };

	start(s, "ours", argv);
}

static void
start_floor(struct server *s, const char *bytes)
{
	char *argv[] = { format("%s/tests/bench/floor_tls", bin, ""),
	    format("%s/certs/localhost.crt", dir, ""),
	    format("%s/certs/localhost.key", dir, ""), format("%s", bytes, ""),
	    NULL };

	start(s, "floor", argv);
}

/* One that is told a port and says nothing. */
static bool
start_silent(struct server *s, const char *name, int port, char *const argv[])
{
	*s = (struct server){ .name = name, .port = port };
	s->pid = launch(argv, -1);
	for (int i = 0; i < 100; i++) {
		if (answers(port))
			return true;
		usleep(50000);
	}
	fprintf(stderr, "%s does not start\n", name);
	stop(s);
	return false;
}

static bool
start_molly(struct server *s)
{
	char conf[2048], *argv[] = { "molly-brown", "-c", "molly.conf", NULL };
	int port = free_port();

	if (!bench_has("molly-brown"))
		return false;
	snprintf(conf, sizeof(conf), "Port = %d\nHostname = \"localhost\"\n"
	    "CertPath = \"%s/certs/localhost.crt\"\n"
	    "KeyPath = \"%s/certs/localhost.key\"\n"
	    "DocBase = \"%s/output/capsule\"\nAccessLog = \"molly.log\"\n"
	    "ErrorLog = \"molly.err\"\n", port, dir, dir, dir);
	put_text("molly.conf", conf);
	return start_silent(s, "molly-brown", port, argv);
}

/* What inetd does: a process for each connection. */
static void __attribute__((noreturn))
inetd(int port, char *const argv[])
{
	struct sockaddr_in in = { .sin_family = AF_INET,
	    .sin_port = htons((uint16_t)port),
	    .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
	int on = 1, fd, l = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

	setsockopt(l, SOL_SOCKET, SO_REUSEADDR, &on, sizeof(on));
	if (bind(l, (struct sockaddr *)&in, sizeof(in)) == -1 ||
	    listen(l, 4096) == -1)
		_exit(71);
	for (;;) {
		while (waitpid(-1, NULL, WNOHANG) > 0)
			;
		if ((fd = accept(l, NULL, NULL)) == -1)
			continue;
		if (fork() == 0) {
			dup2(fd, STDIN_FILENO);
			dup2(fd, STDOUT_FILENO);
			close(fd);
			execvp(argv[0], argv);
			_exit(127);
		}
		close(fd);
	}
}

static bool
start_gophernicus(struct server *s)
{
	char port[16], *argv[] = { "/usr/sbin/gophernicus", "-h", "localhost",
	    "-p", port, "-r", format("%s/output/hole", dir, ""), "-g", "menu",
	    "-nf", "-nx", "-nu", "-nv", "-nr", "-i", "100000000", "-k",
	    "100000000", NULL };

	*s = (struct server){ .name = "gophernicus", .port = free_port() };
	if (access(argv[0], X_OK) == -1)
		return false;
	snprintf(port, sizeof(port), "%d", s->port);
	fflush(NULL);
	if ((s->pid = fork()) == 0)
		inetd(s->port, argv);
	for (int i = 0; i < 100 && !answers(s->port); i++)
		usleep(50000);
	return true;
}

static bool
start_pygopherd(struct server *s)
{
	char cmd[2048], *argv[] = { "/usr/sbin/pygopherd", "py.conf", NULL };
	int port = free_port();

	if (access(argv[0], X_OK) == -1)
		return false;
	snprintf(cmd, sizeof(cmd), "sed -e 's|^port *=.*|port = %d|' "
	    "-e 's|^root *=.*|root = %s/output/hole|' "
	    "-e 's|^usechroot *=.*|usechroot = no|' "
	    "-e 's|^detach *=.*|detach = no|' -e 's|^pidfile *=.*||' "
	    "-e 's|^setuid *=.*||' -e 's|^setgid *=.*||' "
	    "-e 's|^logmethod *=.*|logmethod = none|' "
	    "-e 's|^mimetypes *=.*|mimetypes = /etc/mime.types|' "
	    "/etc/pygopherd/pygopherd.conf >%s/py.conf", port, dir, dir);
	if (system(cmd) != 0)
		return false;
	return start_silent(s, "pygopherd", port, argv);
}

/* --- what the kernel counted --- */

/* Sum of f(pid) over a process and its children that live. */
static double
over_family(pid_t root, double (*f)(int))
{
	DIR *proc = opendir("/proc");
	struct dirent *d;
	double sum = 0;

	while ((d = readdir(proc)) != NULL) {
		char text[1024] = "", *at;
		int pid = atoi(d->d_name), parent = 0;
		FILE *st;

		if (pid <= 0 || (st = fopen(format("/proc/%s/stat", d->d_name,
		    ""), "r")) == NULL)
			continue;
		if (fgets(text, sizeof(text), st) != NULL &&
		    (at = strrchr(text, ')')) != NULL &&
		    sscanf(at + 2, "%*c %d", &parent) == 1 &&
		    (pid == root || parent == root))
			sum += f(pid);
		fclose(st);
	}
	closedir(proc);
	return sum;
}

/* Microseconds of CPU of a process, its threads, and children it reaped. */
static double
cpu_us(int pid)
{
	char path[64], text[1024] = "", *at;
	struct dirent *d;
	double us = 0;
	DIR *tasks;
	FILE *f;

	snprintf(path, sizeof(path), "/proc/%d/task", pid);
	if ((tasks = opendir(path)) == NULL)
		return 0;
	while ((d = readdir(tasks)) != NULL) {
		double ns = 0;

		if (d->d_name[0] == '.' || (f = fopen(format(
		    "%s/%s/schedstat", path, d->d_name), "r")) == NULL)
			continue;
		if (fscanf(f, "%lf", &ns) == 1)
			us += ns / 1e3;
		fclose(f);
	}
	closedir(tasks);
	snprintf(path, sizeof(path), "/proc/%d/stat", pid);
	if ((f = fopen(path, "r")) != NULL) {
		long user = 0, sys = 0;

		if (fgets(text, sizeof(text), f) != NULL &&
		    (at = strrchr(text, ')')) != NULL &&
		    sscanf(at + 2, "%*c %*d %*d %*d %*d %*d %*u %*u %*u %*u "
		    "%*u %*d %*d %ld %ld", &user, &sys) == 2)
			us += (double)(user + sys) * 1e6 /
			    (double)sysconf(_SC_CLK_TCK);
		fclose(f);
	}
	return us;
}

/* KB of memory that a process holds for itself. */
static double
memory_kb(int pid)
{
	char path[64], line[256];
	double kb = 0;
	FILE *f;

	snprintf(path, sizeof(path), "/proc/%d/status", pid);
	if ((f = fopen(path, "r")) == NULL)
		return 0;
	while (fgets(line, sizeof(line), f) != NULL)
		if (sscanf(line, "RssAnon: %lf", &kb) == 1)
			break;
	fclose(f);
	return kb;
}

/* --- asking --- */

static struct seen
ask(const struct server *s, int port, const char *request, int many, long n,
    bool plain)
{
	char cmd[8192], answer[256] = "";
	double before = over_family(s->pid, cpu_us);
	struct seen seen = { 0 };
	FILE *f;

	snprintf(cmd, sizeof(cmd), "%s/tests/support/load %s 127.0.0.1 %d %d "
	    "%ld '%s\\r\\n'", bin, plain ? "-p" : "", port, many, n, request);
	if ((f = popen(cmd, "r")) == NULL)
		exit(71);
	if (fgets(answer, sizeof(answer), f) == NULL ||
	    sscanf(answer, "rate=%lf good=%*d other=%*d failed=%*d bytes=%lf "
	    "p50=%*f p99=%lf", &seen.rate, &seen.bytes, &seen.p99) != 3 ||
	    strstr(answer, "failed=0 ") == NULL)
		printf("# %s: %s", s->name, answer);
	pclose(f);
	seen.bytes /= (double)n;
	seen.cpu = (over_family(s->pid, cpu_us) - before) / (double)n;
	return seen;
}

static double
median_of(const struct seen *seen, size_t field)
{
	double v[BENCH_ROUNDS];

	for (int i = 0; i < BENCH_ROUNDS; i++)
		memcpy(&v[i], (const char *)&seen[i] + field, sizeof(v[i]));
	return bench_median(v, BENCH_ROUNDS);
}

#define MEDIAN(runs, field)	median_of(runs, offsetof(struct seen, field))

static void
row(const char *what, const char *how, const char *unit, const char *peer,
    double ours, double other, double target)
{
	char name[256];

	snprintf(name, sizeof(name), "%s, %s", what, how);
	bench_put(&(struct bench_row){ .name = name, .unit = unit,
	    .peer = peer, .ours = ours, .other = other, .target = target });
}

/* --- Gemini --- */

struct page {
	const char	*name, *file, *bytes;
	int		 part;	/* so many times fewer requests */
};

enum { OURS, IN_WORKER, FLOOR, MOLLY, SERVERS };

static void
gemini_page(struct server *all, size_t n, const struct page *page, int many,
    long requests)
{
	struct seen seen[SERVERS][BENCH_ROUNDS];
	char request[128], what[64];

	snprintf(request, sizeof(request), "gemini://localhost/%s", page->file);
	snprintf(what, sizeof(what), "%s, %d at once", page->name, many);
	for (int i = 0; i < BENCH_ROUNDS; i++)
		for (size_t s = 0; s < n; s++)
			seen[s][i] = ask(&all[s], all[s].port, request, many,
			    requests / page->part + many / 8 + 1, false);
	for (size_t s = FLOOR; s < n; s++) {
		row(what, "CPU", "us", all[s].name, MEDIAN(seen[OURS], cpu),
		    MEDIAN(seen[s], cpu), s == FLOOR ? 1.15 : 0);
		if (s == FLOOR)
			row(what, "CPU, key in the worker", "us", "floor",
			    MEDIAN(seen[IN_WORKER], cpu), MEDIAN(seen[s], cpu),
			    1.15);
		row(what, "rate", "requests/s", all[s].name,
		    MEDIAN(seen[OURS], rate), MEDIAN(seen[s], rate), 0);
		if (many == 256)
			row(what, "p99", "us", all[s].name,
			    MEDIAN(seen[OURS], p99), MEDIAN(seen[s], p99),
			    s == FLOOR ? 1 : 0);
		if (page->part >= 100)
			row(what, "throughput", "MB/s", all[s].name,
			    MEDIAN(seen[OURS], rate) *
			    MEDIAN(seen[OURS], bytes) / 1e6,
			    MEDIAN(seen[s], rate) *
			    MEDIAN(seen[s], bytes) / 1e6,
			    s == FLOOR ? 1 / 0.95 : 0);
	}
}

/* KB a connection costs that does nothing: kind of load.c. */
static double
idle_kb(const struct server *s, const char *kind)
{
	char line[128] = "";
	double before = over_family(s->pid, memory_kb), kb = 0;
	char *argv[] = { format("%s/tests/support/load", bin, ""), "-s",
	    format("%s", kind, ""), "127.0.0.1", NULL, NULL, "x", NULL };
	char port[16], many[16];
	int p[2];
	pid_t pid;
	FILE *f;

	snprintf(port, sizeof(port), "%d", s->port);
	snprintf(many, sizeof(many), "%d", IDLE_CONNECTIONS);
	argv[4] = port;
	argv[5] = many;
	if (pipe(p) == -1)
		exit(71);
	pid = launch((char *[]){ argv[0], argv[1], argv[2], argv[3], port,
	    many, argv[6], NULL }, p[1]);
	close(p[1]);
	f = fdopen(p[0], "r");
	if (fgets(line, sizeof(line), f) != NULL)
		/* The kernel hands over the silent ones after a while. */
		for (int i = 0; i < 30; i++) {
			double now = over_family(s->pid, memory_kb);

			kb = now - before > kb ? now - before : kb;
			usleep(100000);
		}
	fclose(f);
	kill(pid, SIGKILL);
	waitpid(pid, NULL, 0);
	return kb / IDLE_CONNECTIONS;
}

static void
memory(void)
{
	static const char *const kinds[2][2] = { { "silent",
	    "memory of a connection without its first byte" }, { "idle",
	    "memory of an idle TLS connection" } };
	double v[3][BENCH_ROUNDS];
	struct server s;

	for (int k = 0; k < 2; k++) {
		bool molly = false;

		/* New processes each time: what was freed is not given back. */
		for (int i = 0; i < BENCH_ROUNDS; i++) {
			start_ours(&s, true);
			v[0][i] = idle_kb(&s, kinds[k][0]);
			stop(&s);
			start_floor(&s, "1000");
			v[1][i] = idle_kb(&s, kinds[k][0]);
			stop(&s);
			if ((molly = start_molly(&s))) {
				v[2][i] = idle_kb(&s, kinds[k][0]);
				stop(&s);
			}
		}
		for (int i = 0; i < (molly ? 3 : 2); i++)
			bench_median(v[i], BENCH_ROUNDS);
		row("1000 at once", kinds[k][1], "KB", "floor",
		    v[0][BENCH_ROUNDS / 2], v[1][BENCH_ROUNDS / 2],
		    k == 0 ? 0 : 1.05);
		if (molly)
			row("1000 at once", kinds[k][1], "KB", "molly-brown",
			    v[0][BENCH_ROUNDS / 2], v[2][BENCH_ROUNDS / 2], 0);
	}
}

static void
gemini(long requests)
{
	static const struct page pages[] = {
		{ "1 KB", "1k.gmi", "1000", 1 },
		{ "10 KB", "10k.gmi", "10000", 1 },
		{ "100 KB", "100k.gmi", "100000", 4 },
		{ "50 MB", "50m.gmi", "50000000", 100 } };
	static const int many[] = { 1, 32, 256 };
	struct server all[SERVERS];
	size_t n = MOLLY;

	start_ours(&all[OURS], true);
	start_ours(&all[IN_WORKER], false);
	if (start_molly(&all[MOLLY]))
		n = SERVERS;
	else
		printf("# molly-brown is not installed\n");
	for (size_t i = 0; i < sizeof(pages) / sizeof(pages[0]); i++) {
		start_floor(&all[FLOOR], pages[i].bytes);
		for (size_t j = 0; j < (pages[i].part >= 100 ? 1 : 3); j++)
			gemini_page(all, n, &pages[i], many[j], requests);
		stop(&all[FLOOR]);
	}
	for (size_t i = 0; i < n; i++)
		if (i != FLOOR)
			stop(&all[i]);
}

/* --- Gopher --- */

static void
gopher_page(struct server *all, size_t n, const char *file, int many,
    long requests)
{
	struct seen seen[4][BENCH_ROUNDS];
	char what[64], request[64];

	snprintf(what, sizeof(what), "gopher %s, %d at once", file, many);
	snprintf(request, sizeof(request), "/%s", file);
	for (int i = 0; i < BENCH_ROUNDS; i++)
		for (size_t s = 0; s < n; s++)
			seen[s][i] = ask(&all[s], s == 0 ? all[s].gopher :
			    all[s].port, request, many,
			    s < 2 ? requests * 4 : requests / 4 + 1, true);
	for (size_t s = 1; s < n; s++) {
		row(what, "CPU", "us", all[s].name, MEDIAN(seen[0], cpu),
		    MEDIAN(seen[s], cpu), s == 1 ? 1.3 : 0);
		row(what, "rate", "requests/s", all[s].name,
		    MEDIAN(seen[0], rate), MEDIAN(seen[s], rate), 0);
	}
}

static void
gopher(long requests)
{
	static const char *const files[] = { "1k.txt", "100k.txt" };
	struct server all[4];
	size_t n = 2;

	start_ours(&all[0], true);
	if (start_gophernicus(&all[n]))
		n++;
	else
		printf("# gophernicus is not installed\n");
	if (start_pygopherd(&all[n]))
		n++;
	else
		printf("# pygopherd is not installed\n");
	for (size_t i = 0; i < 2; i++) {
		char *argv[] = { format("%s/tests/bench/floor_gopher", bin,
		    ""), format("output/hole/%s", files[i], ""), NULL };

		start(&all[1], "floor", argv);
		gopher_page(all, n, files[i], 1, requests);
		gopher_page(all, n, files[i], 32, requests);
		stop(&all[1]);
	}
	for (size_t i = 0; i < n; i++)
		if (i != 1)
			stop(&all[i]);
}

int
main(int argc, char **argv)
{
	char *self = realpath(argv[0], NULL);
	long n;

	bench_start("serve", &argc, argv);
	n = argc > 1 ? strtol(argv[1], NULL, 10) : 400;
	if (self == NULL || mkdtemp(dir) == NULL || n < 1)
		return 64;
	/* build/tests/bench/bench_serve */
	snprintf(bin, sizeof(bin), "%s", dirname(dirname(dirname(self))));
	make_planet();
	gemini(n);
	gopher(n);
	memory();
	if (system(format("rm -rf '%s'", dir, "")) != 0)
		return 1;
	return bench_end();
}
