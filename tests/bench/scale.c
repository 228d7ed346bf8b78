/*
 * scale.c - planets of growing size, each command of a keeper measured on
 * each of them: time and peak memory of the largest process, and how they
 * grow.
 *
 *	scale DIR [FEEDS...]		(50 500 5000)
 *	scale DIR make FEEDS		only make the planet, and leave it there
 *
 * Every feed has 200 entries of about 120 words, so that 5000 feeds are a
 * million entries.  DIR has to be empty and is removed.  What is printed is the
 * table of doc/scale.md.
 */
#include <sys/stat.h>

#include <dirent.h>
#include <fcntl.h>
#include <libgen.h>
#include <limits.h>
#include <math.h>
#include <signal.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/file.h"
#include "base/xalloc.h"

#include "bench.h"

#define PER_FEED	200
#define WORDS		120
#define VOCABULARY	60000
#define START		1764000000	/* of the clock, see ORRERY_NOW */
/* Entries up to which mirrors are measured, if MIRROR_MAX does not say. */
#define MIRROR_MAX	25000
#define SIZES_MAX	8

static char	 orrery[PATH_MAX], load[PATH_MAX], dir[PATH_MAX];
static double	 sizes[SIZES_MAX];
static int	 nsizes;

/* --- the texts --- */

static uint64_t seed;

static uint64_t
rnd(void)
{
	seed ^= seed << 13;
	seed ^= seed >> 7;
	seed ^= seed << 17;
	return seed;
}

/* Words as a language has them: a few are everywhere, most are rare. */
static void
put_word(struct buf *b)
{
	static const char c[] = "bcdfghklmnprstvw", v[] = "aeiou";
	double u = (double)(rnd() >> 11) / 9007199254740992.0;
	unsigned n = (unsigned)pow(VOCABULARY, u) + 19;

	while (n > 0) {
		buf_putc(b, c[n % 16]);
		n /= 16;
		buf_putc(b, v[n % 5]);
		n /= 5;
	}
	buf_putc(b, ' ');
}

static void
put_entry(struct buf *b, long feed, long number, int edited)
{
	static const char *const tags[] = { "web", "rust", "life", "music",
	    "garden", "sea", "print", "radio" };
	time_t when = START - 86400 * 9 * (PER_FEED - number) -
	    feed * 7919 % 700000;
	struct tm tm;
	char date[64];

	seed = (uint64_t)feed * 1000003 + (uint64_t)number * 7919 + 88172645463;
	gmtime_r(&when, &tm);
	strftime(date, sizeof(date), "%a, %d %b %Y %H:%M:%S GMT", &tm);
	buf_puts(b, "<item><title>");
	for (int i = 0; i < 5; i++)
		put_word(b);
	buf_putf(b, "</title><link>https://s%ld.example/p/%ld</link>"
	    "<guid isPermaLink=\"false\">tag:s%ld.example:%ld</guid>"
	    "<pubDate>%s</pubDate><category>%s</category><description>"
	    "&lt;p&gt;", feed, number, feed, number, date,
	    tags[(feed + number) % 8]);
	for (int i = 0; i < WORDS; i++) {
		put_word(b);
		if (i == WORDS / 2)
			buf_puts(b, "&lt;/p&gt;&lt;p&gt;");
	}
	buf_puts(b, edited ? " corrected&lt;/p&gt;" : "&lt;/p&gt;");
	buf_puts(b, "</description></item>\n");
}

/* The feed after so many new entries; each brings an edited one along. */
static void
write_feed(long feed, int fresh)
{
	struct buf b = { 0 };
	struct error e;
	char path[PATH_MAX];

	buf_putf(&b, "<rss version=\"2.0\"><channel><title>Source %ld</title>"
	    "<link>https://s%ld.example/</link><description>Words of source "
	    "%ld</description>\n", feed, feed, feed);
	for (long i = PER_FEED + fresh - 1; i >= fresh; i--)
		put_entry(&b, feed, i, fresh > 0 && i == PER_FEED - 2);
	buf_puts(&b, "</channel></rss>\n");
	snprintf(path, sizeof(path), "%s/feeds/%ld.xml", dir, feed);
	if (file_replace(path, buf_span(&b), 0644, false, &e) != 0) {
		fprintf(stderr, "scale: %s\n", e.msg);
		exit(1);
	}
	buf_free(&b);
}

static void
write_planet(long feeds)
{
	struct buf b = { 0 };
	struct error e;
	char path[PATH_MAX];

	snprintf(path, sizeof(path), "%s/feeds", dir);
	if (file_mkdirs(path, 0755, &e) != 0)
		exit(1);
	buf_puts(&b, "[Planet]\nname = Scale\nlink = gemini://localhost/\n"
	    "owner_name = S\nowner_email = s@example.org\n"
	    "cache_directory = cache\noutput_dir = output\n"
	    "[gemini]\nlisten = 127.0.0.1:0\nhost = localhost\n"
	    "[gopher]\nlisten = 127.0.0.1:0\n"
	    "[server]\nmax_per_address = 100000\nrate_per_address = 1000000\n");
	for (long i = 0; i < feeds; i++) {
		buf_putf(&b, "[feeds/%ld.xml]\nname = Source %ld\n", i, i);
		write_feed(i, 0);
	}
	snprintf(path, sizeof(path), "%s/planet.ini", dir);
	if (file_replace(path, buf_span(&b), 0644, false, &e) != 0)
		exit(1);
	buf_free(&b);
}

/* --- what was measured --- */

static struct line {
	const char	*name;
	double		 wall[SIZES_MAX], cpu[SIZES_MAX], peak[SIZES_MAX];
} lines[40];
static int nlines;

static struct line *
line_of(const char *name)
{
	for (int i = 0; i < nlines; i++)
		if (strcmp(lines[i].name, name) == 0)
			return &lines[i];
	lines[nlines].name = name;
	return &lines[nlines++];
}

static void
note(const char *name, double wall, double cpu, double peak)
{
	struct line *l = line_of(name);

	l->wall[nsizes] = wall;
	l->cpu[nsizes] = cpu;
	l->peak[nsizes] = peak;
	fprintf(stderr, "%9.0f  %-36s %10.3f s %10.3f s cpu %8.1f MB\n",
	    sizes[nsizes], name, wall, cpu, peak);
}

static void __attribute__((format(printf, 2, 0)))
measure(const char *name, const char *fmt, long arg)
{
	char what[PATH_MAX], command[2 * PATH_MAX];
	struct bench_cost c;

	snprintf(what, sizeof(what), fmt, arg);
	snprintf(command, sizeof(command), "cd '%s' && '%s' %s >out 2>err", dir,
	    orrery, what);
	c = bench_command(command);
	if (c.status != 0) {
		fprintf(stderr, "scale: %s: status %d\n", what, c.status);
		snprintf(command, sizeof(command), "tail -n 5 '%s/err' >&2",
		    dir);
		(void)!system(command);
	}
	note(name, c.wall, c.cpu, c.peak);
}

/* --- serving --- */

/* MB of the largest process of a group, by its highest mark. */
static double
group_peak(pid_t group)
{
	DIR *proc = opendir("/proc");
	struct dirent *d;
	double most = 0;

	while (proc != NULL && (d = readdir(proc)) != NULL) {
		char path[300], text[256];
		long pid = strtol(d->d_name, NULL, 10), kb;
		FILE *f;

		if (pid <= 0 || getpgid((pid_t)pid) != group)
			continue;
		snprintf(path, sizeof(path), "/proc/%ld/status", pid);
		if ((f = fopen(path, "r")) == NULL)
			continue;
		while (fgets(text, sizeof(text), f) != NULL)
			if (sscanf(text, "VmHWM: %ld", &kb) == 1 &&
			    (double)kb / 1024 > most)
				most = (double)kb / 1024;
		fclose(f);
	}
	if (proc != NULL)
		closedir(proc);
	return most;
}

static pid_t
serve(int *port)
{
	char text[256];
	int p[2];
	pid_t pid;
	FILE *f;

	*port = 0;
	if (pipe(p) == -1 || (pid = fork()) == -1)
		exit(1);
	if (pid == 0) {
		setpgid(0, 0);
		dup2(p[1], STDOUT_FILENO);
		if (chdir(dir) == 0)
			execl(orrery, "orrery", "serve", (char *)NULL);
		_exit(127);
	}
	close(p[1]);
	f = fdopen(p[0], "r");
	while (fgets(text, sizeof(text), f) != NULL &&
	    strncmp(text, "ready", 5) != 0)
		if (strncmp(text, "listening gemini", 16) == 0)
			*port = atoi(strrchr(text, ':') + 1);
	return pid;
}

static void
ask(const char *name, int port, pid_t pid, long n, const char *path)
{
	char command[2 * PATH_MAX], answer[256] = "";
	double rate = 0;
	FILE *f;

	snprintf(command, sizeof(command), "'%s' 127.0.0.1 %d 16 %ld "
	    "'gemini://localhost/%s\\r\\n'", load, port, n, path);
	if ((f = popen(command, "r")) == NULL ||
	    fgets(answer, sizeof(answer), f) == NULL ||
	    strstr(answer, "failed=0 ") == NULL)
		fprintf(stderr, "scale: %s: %s\n", path, answer);
	if (f != NULL)
		pclose(f);
	sscanf(answer, "rate=%lf", &rate);
	note(name, rate > 0 ? 1 / rate : 0, 0, group_peak(pid));
}

static void
served(long feeds)
{
	const char *most = getenv("MIRROR_MAX");
	double start = bench_now();
	char command[PATH_MAX + 40];
	int port;
	pid_t pid = serve(&port);

	note("serve: until it is ready", bench_now() - start, 0,
	    group_peak(pid));
	ask("serve: the front page", port, pid, 2000, "");
	ask("serve: a search for a rare word", port, pid, 20,
	    "search?bemusako");
	if (feeds * PER_FEED <= (most != NULL ? strtol(most, NULL, 10) :
	    MIRROR_MAX)) {
		measure("mirror: all", "mirror --delay 0 --allow-private "
		    "--max 10000000 gemini://localhost:%ld/ copy", port);
		measure("mirror: nothing changed", "mirror --delay 0 "
		    "--allow-private --max 10000000 gemini://localhost:%ld/ "
		    "copy", port);
	}
	kill(pid, SIGTERM);
	waitpid(pid, NULL, 0);
	snprintf(command, sizeof(command), "rm -rf '%s/copy'", dir);
	(void)!system(command);
}

/* --- one size --- */

static void
clock_at(long days)
{
	char text[32];

	snprintf(text, sizeof(text), "%ld", START + days * 86400L);
	setenv("ORRERY_NOW", text, 1);
}

static double
megabytes(const char *what)
{
	char command[PATH_MAX + 60];
	double mb = 0;
	FILE *f;

	snprintf(command, sizeof(command), "du -sm '%s/%s' 2>/dev/null", dir,
	    what);
	if ((f = popen(command, "r")) != NULL) {
		(void)!fscanf(f, "%lf", &mb);
		pclose(f);
	}
	return mb;
}

static void
one(long feeds)
{
	char command[PATH_MAX + 40];

	sizes[nsizes] = (double)feeds * PER_FEED;
	write_planet(feeds);
	clock_at(1);
	measure("first update: everything is new", "update -q --all", 0);
	clock_at(2);
	measure("update: nothing changed", "update -q --all", 0);
	for (long i = 0; i < feeds; i += 100)
		write_feed(i, 1);
	clock_at(3);
	measure("update: 1 feed in 100 changed", "update -q --all", 0);
	measure("publish: nothing is stale", "publish -q", 0);
	measure("status", "status -q", 0);
	measure("search, command: a rare word", "search -q bemusako", 0);
	measure("search, command: two common words", "search -q nada pada", 0);
	measure("backup", "backup -q copy.db", 0);
	served(feeds);
	note("size: store and index (MB as s)", megabytes("cache"), 0, 0);
	note("size: output (MB as s)", megabytes("output"), 0, 0);
	nsizes++;
	snprintf(command, sizeof(command), "rm -rf '%s'", dir);
	(void)!system(command);
}

/* The exponent of growth between the first and the last size: 1 is as the
 * size, 0 is not at all. */
static void
put_exponent(const double *v, const char *end)
{
	int last = nsizes - 1;

	while (last > 0 && v[last] == 0)
		last--;
	if (last > 0 && v[0] > 0)
		printf(" %6.2f%s", log(v[last] / v[0]) /
		    log(sizes[last] / sizes[0]), end);
	else
		printf(" %6s%s", "-", end);
}

static void
table(void)
{
	printf("%-36s", "entries");
	for (int i = 0; i < nsizes; i++)
		printf(" %23.0f", sizes[i]);
	printf(" %20s\n%-36s", "growth", "");
	for (int i = 0; i < nsizes; i++)
		printf(" %8s %8s %5s", "wall s", "cpu s", "MB");
	printf(" %6s %6s %6s\n", "wall", "cpu", "MB");
	for (int k = 0; k < nlines; k++) {
		printf("%-36s", lines[k].name);
		for (int i = 0; i < nsizes; i++)
			printf(" %8.3f %8.3f %5.0f", lines[k].wall[i],
			    lines[k].cpu[i], lines[k].peak[i]);
		put_exponent(lines[k].wall, "");
		put_exponent(lines[k].cpu, "");
		put_exponent(lines[k].peak, "\n");
	}
}

int
main(int argc, char **argv)
{
	const char *build = getenv("BUILD");
	static const long usual[] = { 50, 500, 5000 };

	if (argc < 2 || mkdir(argv[1], 0755) == -1 ||
	    realpath(argv[1], dir) == NULL) {
		fprintf(stderr, "usage: scale DIR [FEEDS...], DIR a new one\n");
		return 64;
	}
	if (realpath(getenv("ORRERY") != NULL ? getenv("ORRERY") :
	    "build/orrery", orrery) == NULL)
		return 69;
	snprintf(load, sizeof(load), "%s/tests/support/load", build != NULL ?
	    build : "build");
	if (argc == 4 && strcmp(argv[2], "make") == 0) {
		write_planet(strtol(argv[3], NULL, 10));
		return 0;
	}
	for (int i = 2; i < argc && nsizes < SIZES_MAX; i++)
		one(strtol(argv[i], NULL, 10));
	if (argc == 2)
		for (size_t i = 0; i < 3; i++)
			one(usual[i]);
	table();
	return 0;
}
