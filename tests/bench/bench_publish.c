/*
 * What publishing costs: all pages beside a bare loop that writes the same
 * files, and ten changed entries among few and among many stored ones.
 *
 *	bench_publish [ENTRIES...]	(1000 100000)
 */
#include <sys/stat.h>

#include <fcntl.h>
#include <ftw.h>

#include "base/file.h"
#include "base/xalloc.h"
#include "bench.h"
#include "made.h"
#include "publish/publish.h"
#include "store/store.h"

#define HOURS		7200
#define ROUNDS		9
#define OPEN_FILES	32

struct planet {
	char		 dir[64], copy[64];
	struct config	 c;
	struct store	*s;
	int64_t		*ids;
	size_t		 nfeeds;
	int		 runs;
};

static void
die(const char *what, const struct error *e)
{
	fprintf(stderr, "bench_publish: %s: %s\n", what, e->msg);
	exit(1);
}

static void
merge(struct planet *p, size_t number, int generation)
{
	const struct merge_options o = { .now = NOW + generation * HOURS,
	    .new_items = PER_FEED, .revision = 1 };
	struct arena a = { 0 };
	struct merge_result r;
	struct error e = { 0 };

	if (store_merge(p->s, p->ids[number], make_feed(&a, number,
	    generation), &o, &r, &e) != 0)
		die("merge", &e);
	arena_free(&a);
}

static void
subscribe(struct planet *p)
{
	struct source *src = xcalloc(p->nfeeds, sizeof(*src));
	struct arena a = { 0 };
	struct store_feed f;
	struct error e = { 0 };

	p->c.sources = src;
	p->c.nsources = p->nfeeds;
	for (size_t i = 0; i < p->nfeeds; i++) {
		src[i].url = xasprintf("https://s%zu.example/feed", i);
		src[i].archive = -1;
	}
	if (store_sync_feeds(p->s, &p->c, NOW, &e) != 0)
		die("feeds", &e);
	p->ids = xcalloc(p->nfeeds, sizeof(*p->ids));
	for (size_t i = 0; i < p->nfeeds; i++)
		if (store_feed_by_url(p->s, &f, &a, src[i].url) == 0)
			p->ids[i] = f.id;
	arena_free(&a);
	/* no source has settings of its own, and looking for them by name in
	 * a list made by hand would be what is measured */
	p->c.nsources = 0;
}

static void
make_planet(struct planet *p, size_t entries)
{
	struct error e = { 0 };
	char *path;

	*p = (struct planet){ .dir = "/tmp/orrery-bench-XXXXXX",
	    .nfeeds = entries / PER_FEED,
	    .c = { .name = "Planet", .language = "en", .timezone = "UTC",
	    .theme = "plain", .robots = "default", .gemini = true,
	    .gopher = true, .gopher_width = 67, .items_per_page = 60,
	    .gemini_host = "planet.example", .gopher_host =
	    "planet.example" } };
	if (mkdtemp(p->dir) == NULL)
		exit(1);
	snprintf(p->copy, sizeof(p->copy), "%s/copy", p->dir);
	p->c.dir = p->dir;
	p->c.output_dir = file_join(p->dir, "output");
	path = file_join(p->dir, "o.db");
	if (store_open(&p->s, path, true, &e) != 0)
		die("store", &e);
	publish_zone(p->s, &p->c);
	free(path);
	subscribe(p);
	if (store_begin(p->s, &e) != 0)
		die("store", &e);
	for (size_t i = 0; i < p->nfeeds; i++)
		merge(p, i, 0);
	if (store_commit(p->s, &e) != 0)
		die("store", &e);
}

static void
drop_planet(struct planet *p)
{
	char command[128];

	store_close(p->s);
	free(p->ids);
	snprintf(command, sizeof(command), "rm -rf %s", p->dir);
	if (system(command) != 0)
		exit(1);
}

/* A run; pages that were written in *written. */
static struct bench_cost
run(struct planet *p, bool all, size_t *written)
{
	const struct publish_options o = { .all = all,
	    .now = NOW + p->runs++ * HOURS };
	struct publish_result r = { 0 };
	struct bench_cost c = { 0 };
	struct error e = { 0 };

	c.wall = bench_now();
	c.cpu = bench_cpu(RUSAGE_SELF);
	if (publish(p->s, &p->c, &o, &r, &e) != 0)
		die("publish", &e);
	c.wall = bench_now() - c.wall;
	c.cpu = bench_cpu(RUSAGE_SELF) - c.cpu;
	*written = r.written;
	return c;
}

/* --- the floor: open, write, close --- */

static struct bench_cost	floor_cost;
static size_t			floor_files, floor_skip;
static const char		*floor_to;

static int
write_again(const char *path, const struct stat *st, int type, struct FTW *f)
{
	char to[512];
	struct buf b = { 0 };
	struct error e = { 0 };
	double wall, cpu;
	int fd;

	(void)st;
	(void)f;
	snprintf(to, sizeof(to), "%s%s", floor_to, path + floor_skip);
	if (type == FTW_F && file_read(&b, path, &e) != 0)
		die("floor", &e);
	wall = bench_now();
	cpu = bench_cpu(RUSAGE_SELF);
	if (type == FTW_D) {
		mkdir(to, 0755);
	} else if (type == FTW_F) {
		fd = open(to, O_WRONLY | O_CREAT | O_EXCL, 0644);
		if (fd == -1 || file_write_fd(fd, buf_span(&b), &e) != 0 ||
		    close(fd) != 0)
			die("floor", &e);
		floor_files++;
	}
	floor_cost.wall += bench_now() - wall;
	floor_cost.cpu += bench_cpu(RUSAGE_SELF) - cpu;
	buf_free(&b);
	return 0;
}

static void
write_floor(struct planet *p)
{
	floor_cost = (struct bench_cost){ 0 };
	floor_files = 0;
	floor_to = p->copy;
	floor_skip = strlen(p->c.output_dir);
	if (nftw(p->c.output_dir, write_again, OPEN_FILES, FTW_PHYS) != 0)
		exit(1);
}

/* --- rows --- */

static void
full(struct planet *p, size_t entries)
{
	struct bench_cost c;
	char name[80];
	size_t n;

	c = run(p, true, &n);
	write_floor(p);
	printf("# %zu files written, %zu by the floor\n", n, floor_files);
	snprintf(name, sizeof(name), "all pages of %zu entries", entries);
	bench_put(&(struct bench_row){ .name = name, .unit = "pages/s",
	    .peer = "floor", .ours = (double)n / c.wall, .target = 2,
	    .other = (double)floor_files / floor_cost.wall });
	snprintf(name, sizeof(name), "the same, processor time");
	bench_put(&(struct bench_row){ .name = name, .unit = "us/page",
	    .peer = "floor", .ours = c.cpu * 1e6 / (double)n,
	    .other = floor_cost.cpu * 1e6 / (double)floor_files });
	c = run(p, true, &n);
	snprintf(name, sizeof(name), "all again, nothing changed");
	bench_put(&(struct bench_row){ .name = name, .unit = "s",
	    .ours = c.wall });
}

static double
few(struct planet *p, size_t entries, size_t least_entries, double least)
{
	double wall[ROUNDS], cpu[ROUNDS], median;
	char name[80], peer[40];
	size_t n = 0;

	for (int i = 0; i < ROUNDS; i++) {
		struct bench_cost c;

		merge(p, (size_t)i * 7919 % p->nfeeds, i + 1);
		c = run(p, false, &n);
		wall[i] = c.wall * 1e3;
		cpu[i] = c.cpu * 1e3;
	}
	printf("# %zu files written by the last\n", n);
	snprintf(peer, sizeof(peer), "%zu entries", least_entries);
	median = bench_median(cpu, ROUNDS);
	snprintf(name, sizeof(name), "%d changed of %zu", CHANGED, entries);
	bench_put(&(struct bench_row){ .name = name, .unit = "ms",
	    .ours = bench_median(wall, ROUNDS) });
	snprintf(name, sizeof(name), "%d changed of %zu, processor time",
	    CHANGED, entries);
	bench_put(&(struct bench_row){ .name = name, .unit = "ms",
	    .peer = least > 0 ? peer : NULL, .ours = median,
	    .other = least, .target = 1.5 });
	return median;
}

int
main(int argc, char **argv)
{
	size_t sizes[8] = { 1000, 100000 }, n = 2;
	struct rusage u;
	double least = 0;

	setenv("TZ", "UTC", 1);
	bench_start("publish", &argc, argv);
	if (argc > 1)
		for (n = 0; n < 8 && (int)n + 1 < argc; n++)
			sizes[n] = strtoul(argv[n + 1], NULL, 10);
	for (size_t i = 0; i < n; i++) {
		struct planet p;
		double median;

		if (sizes[i] < PER_FEED)
			continue;
		make_planet(&p, sizes[i]);
		full(&p, sizes[i]);
		median = few(&p, sizes[i], sizes[0], least);
		if (i == 0)
			least = median;
		drop_planet(&p);
	}
	getrusage(RUSAGE_SELF, &u);
	bench_put(&(struct bench_row){ .name = "peak memory", .unit = "MB",
	    .ours = (double)u.ru_maxrss / 1024 });
	return bench_end();
}
