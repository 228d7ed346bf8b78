#ifndef ORRERY_BENCH_H
#define ORRERY_BENCH_H

/*
 * bench.h - what the benchmark programs share.
 *
 * A benchmark is tests/bench/bench_NAME.c.  It prints one line, with tabs
 * between the fields, for each thing it measured:
 *
 *	name  unit  ours  other  peer  ratio  target  verdict
 *
 * "peer" says whom "other" was measured on: "floor" for the bare library
 * that does the least the job needs, else a program with its version.  A
 * unit that ends in "/s" is a rate, where more is better; every other one is
 * a cost.  The ratio says how many times the other's cost is ours, so that
 * below 1 is better than the other whatever the unit.  The target is the most
 * the ratio may be; 0 is none.  Lines that begin with # are remarks.
 *
 *	int
 *	main(int argc, char **argv)
 *	{
 *		bench_start("feeds", &argc, argv);
 *		bench_compare(&(struct bench_row){ .name = "parse, XML",
 *		    .unit = "s", .peer = "floor", .target = 3 },
 *		    ours, floor, arg, BENCH_ROUNDS);
 *		return bench_end();
 *	}
 *
 * bench_start() takes --json FILE out of the arguments; the rows are written
 * there as a JSON array as well.  tests/bench/run.sh makes one table of all.
 */
#include <sys/resource.h>
#include <sys/wait.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#define BENCH_ROUNDS	5	/* the least a figure is the median of */
#define BENCH_MAXROUNDS	99

struct bench_row {
	const char	*name;		/* what is measured */
	const char	*unit;		/* "s", "MB", "MB/s", "requests/s" */
	const char	*peer;		/* "floor" or a program; NULL: none */
	double		 ours, other;	/* other 0: nothing to compare with */
	double		 target;	/* the most the ratio may be; 0: none */
};

static FILE		*bench_json;
static const char	*bench_name;
static int		 bench_rows;

/* Seconds of the monotonic clock. */
static inline double
bench_now(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

/* Seconds of processor time, user and system, of RUSAGE_SELF or _CHILDREN. */
static inline double
bench_cpu(int who)
{
	struct rusage u;

	getrusage(who, &u);
	return (double)(u.ru_utime.tv_sec + u.ru_stime.tv_sec) +
	    (double)(u.ru_utime.tv_usec + u.ru_stime.tv_usec) / 1e6;
}

static inline int
bench_order(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;

	return (x > y) - (x < y);
}

/* The median of n figures, which are sorted in place. */
static inline double
bench_median(double *v, int n)
{
	qsort(v, (size_t)n, sizeof(*v), bench_order);
	return n % 2 == 1 ? v[n / 2] : (v[n / 2 - 1] + v[n / 2]) / 2;
}

/* Begin; removes "--json FILE" from the arguments. */
static inline void
bench_start(const char *name, int *argc, char **argv)
{
	int n = 1;

	bench_name = name;
	for (int i = 1; i < *argc; i++) {
		if (strcmp(argv[i], "--json") == 0 && i + 1 < *argc) {
			if ((bench_json = fopen(argv[++i], "w")) == NULL) {
				perror(argv[i]);
				exit(1);
			}
			fputs("[", bench_json);
		} else
			argv[n++] = argv[i];
	}
	argv[n] = NULL;
	*argc = n;
	setvbuf(stdout, NULL, _IOLBF, 0);
}

static inline int
bench_is_rate(const char *unit)
{
	size_t n = strlen(unit);

	return n >= 2 && strcmp(unit + n - 2, "/s") == 0;
}

static inline void
bench_quote(const char *s)
{
	fputc('"', bench_json);
	for (; *s != '\0'; s++) {
		if (*s == '"' || *s == '\\')
			fputc('\\', bench_json);
		fputc((unsigned char)*s < 0x20 ? ' ' : *s, bench_json);
	}
	fputc('"', bench_json);
}

/* Print one row. */
static inline void
bench_put(const struct bench_row *r)
{
	double ratio = r->ours <= 0 || r->other <= 0 ? 0 :
	    bench_is_rate(r->unit) ? r->other / r->ours : r->ours / r->other;
	const char *peer = r->peer != NULL ? r->peer : "-";
	const char *verdict = ratio == 0 || r->target == 0 ? "-" :
	    ratio <= r->target ? "met" : "over";

	printf("%s: %s\t%s\t%.4g\t%.4g\t%s\t%.3g\t%.3g\t%s\n", bench_name,
	    r->name, r->unit, r->ours, r->other, peer, ratio, r->target,
	    verdict);
	if (bench_json == NULL)
		return;
	fprintf(bench_json, "%s\n{\"bench\":", bench_rows++ > 0 ? "," : "");
	bench_quote(bench_name);
	fputs(",\"name\":", bench_json);
	bench_quote(r->name);
	fputs(",\"unit\":", bench_json);
	bench_quote(r->unit);
	fputs(",\"peer\":", bench_json);
	bench_quote(peer);
	fprintf(bench_json, ",\"ours\":%.6g,\"other\":%.6g,\"ratio\":%.4g,"
	    "\"target\":%.4g,\"verdict\":\"%s\"}", r->ours, r->other, ratio,
	    r->target, verdict);
}

/*
 * Two functions that each return the figure of one round, called in turn
 * (ours, other, ours, other ...) rounds times; medians go into the row,
 * which is printed.  other may be NULL.
 */
static inline void
bench_compare(struct bench_row *r, double (*ours)(void *),
    double (*other)(void *), void *arg, int rounds)
{
	double a[BENCH_MAXROUNDS], b[BENCH_MAXROUNDS];

	if (rounds > BENCH_MAXROUNDS)
		rounds = BENCH_MAXROUNDS;
	for (int i = 0; i < rounds; i++) {
		a[i] = ours(arg);
		b[i] = other != NULL ? other(arg) : 0;
	}
	r->ours = bench_median(a, rounds);
	r->other = bench_median(b, rounds);
	bench_put(r);
}

/* What a process cost. */
struct bench_cost {
	double	wall, cpu;	/* seconds */
	double	peak;		/* MB of resident memory, of the largest process */
	int	status;		/* of exit; 128 and more: a signal */
};

/* fn(arg) in a child; its return value is the status. */
static inline struct bench_cost
bench_child(int (*fn)(void *), void *arg)
{
	struct bench_cost c = { .status = 127 };
	struct rusage ru;
	double start;
	int status;
	pid_t pid;

	fflush(NULL);
	start = bench_now();
	if ((pid = fork()) == 0)
		_exit(fn(arg));
	if (pid == -1 || wait4(pid, &status, 0, &ru) != pid)
		return c;
	c.wall = bench_now() - start;
	c.cpu = (double)(ru.ru_utime.tv_sec + ru.ru_stime.tv_sec) +
	    (double)(ru.ru_utime.tv_usec + ru.ru_stime.tv_usec) / 1e6;
	c.peak = (double)ru.ru_maxrss / 1024;
	c.status = WIFEXITED(status) ? WEXITSTATUS(status) :
	    128 + WTERMSIG(status);
	return c;
}

static inline int
bench_sh(void *command)
{
	execl("/bin/sh", "sh", "-c", (const char *)command, (char *)NULL);
	return 127;
}

/* A command of the shell, measured as a whole with what it waited for. */
static inline struct bench_cost
bench_command(const char *command)
{
	return bench_child(bench_sh, (void *)(size_t)command);
}

/* Whether a program is there to be compared with. */
static inline int
bench_has(const char *program)
{
	char command[256];

	snprintf(command, sizeof(command), "command -v %s >/dev/null 2>&1",
	    program);
	return system(command) == 0;
}

/* The end of main(). */
static inline int
bench_end(void)
{
	if (bench_json != NULL) {
		fputs("\n]\n", bench_json);
		if (fclose(bench_json) != 0)
			return 1;
		bench_json = NULL;
	}
	return 0;
}

#endif
