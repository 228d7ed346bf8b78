/*
 * What storing costs, and that it costs the same beside a million entries:
 * filling, ten changed entries, an unchanged feed, the questions of a page.
 *
 *	bench_store [ENTRIES...]	(1000 100000)
 */
#include <sys/resource.h>
#include <sys/stat.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/date.h"
#include "base/xalloc.h"
#include "store/store.h"

#include "bench.h"
#include "made.h"

#define ROUNDS		40

static void
die(const struct error *e)
{
	fprintf(stderr, "bench_store: %s\n", e->msg);
	exit(1);
}

static int64_t *
subscribe(struct store *s, size_t n)
{
	struct source *src = xcalloc(n, sizeof(*src));
	int64_t *ids = xcalloc(n, sizeof(*ids));
	struct config c = { .sources = src, .nsources = n };
	struct arena a = { 0 };
	struct store_feed f;
	struct error e;

	for (size_t i = 0; i < n; i++)
		src[i].url = arena_printf(&a, "https://s%zu.example/feed", i);
	if (store_sync_feeds(s, &c, NOW, &e) != 0)
		die(&e);
	for (size_t i = 0; i < n; i++)
		if (store_feed_by_url(s, &f, &a, src[i].url) == 0)
			ids[i] = f.id;
	arena_free(&a);
	free(src);
	return ids;
}

static void
merge(struct store *s, int64_t id, size_t number, int generation,
    const struct merge_options *o)
{
	struct arena a = { 0 };
	struct merge_result r;
	struct error e;

	if (store_merge(s, id, make_feed(&a, number, generation), o, &r,
	    &e) != 0)
		die(&e);
	arena_free(&a);
}

/* What a front page, a tag's page and an entry's page ask. */
static size_t
ask_pages(struct store *s, int64_t feed)
{
	const struct store_query q[] = {
		{ .own = -1, .front = true, .limit = 60, .what = STORE_BODY },
		{ .own = -1, .tag = "rust", .limit = 60 },
		{ .own = -1, .feed = feed, .limit = 60 },
		{ .own = -1, .from = NOW - 30 * 86400,
		    .until = NOW - 29 * 86400, .limit = 60 },
	};
	struct arena a = { 0 };
	struct store_entry en = { 0 }, other;
	struct store_bucket *b;
	struct store_cursor *c;
	struct error e;
	size_t rows = 0, n;

	for (size_t i = 0; i < sizeof(q) / sizeof(q[0]); i++) {
		if (store_select(s, &c, &q[i], &e) != 0)
			die(&e);
		while (store_next(c, &en, &a, &e) == 1)
			rows++;
		store_cursor_free(c);
	}
	for (int i = 0; i < 4; i++)
		(void)store_neighbour(s, &other, &a, &en, i & 1 ? en.feed : 0,
		    (i & 2) != 0);
	(void)store_buckets(s, BUCKET_MONTH, 0, &b, &n, &a);
	(void)store_buckets(s, BUCKET_TAG, 0, &b, &n, &a);
	arena_free(&a);
	return rows;
}

static void
row(const char *what, size_t entries, const char *unit, double figure)
{
	char name[80];

	snprintf(name, sizeof(name), "%s, %zu entries", what, entries);
	bench_put(&(struct bench_row){ .name = name, .unit = unit,
	    .ours = figure });
}

static void
bench(size_t entries)
{
	struct merge_options o = { .now = NOW, .new_items = 50,
		.revision = 1 };
	size_t nfeeds = entries / PER_FEED;
	char dir[] = "/tmp/orrery-bench-XXXXXX", path[64], cmd[64];
	double changed[ROUNDS], same[ROUNDS], pages[ROUNDS], t;
	struct store *s;
	struct stat st;
	struct error e;
	int64_t *ids;

	if (mkdtemp(dir) == NULL)
		exit(1);
	snprintf(path, sizeof(path), "%s/o.db", dir);
	if (store_open(&s, path, true, &e) != 0)
		die(&e);
	ids = subscribe(s, nfeeds);
	t = bench_now();
	for (size_t i = 0; i < nfeeds; i++)
		merge(s, ids[i], i, 0, &o);
	t = bench_now() - t;
	(void)store_unmark_all(s, &e);
	for (int i = 0; i < ROUNDS; i++) {
		size_t k = (size_t)i * 7919 % nfeeds;

		o.now = NOW + (i + 1) * 7200;
		changed[i] = bench_now();
		merge(s, ids[k], k, i + 1, &o);
		changed[i] = bench_now() - changed[i];
		same[i] = bench_now();
		merge(s, ids[k], k, i + 1, &o);
		same[i] = bench_now() - same[i];
		pages[i] = bench_now();
		(void)ask_pages(s, ids[k]);
		pages[i] = bench_now() - pages[i];
	}
	store_close(s);
	row("fill", entries, "entries/s", (double)entries / t);
	row("10 of 100 changed", entries, "ms", bench_median(changed,
	    ROUNDS) * 1e3);
	row("none of 100 changed", entries, "ms", bench_median(same, ROUNDS) *
	    1e3);
	row("questions of a feed's pages", entries, "ms", bench_median(pages,
	    ROUNDS) * 1e3);
	if (stat(path, &st) == 0)
		row("size of an entry", entries, "bytes", (double)st.st_size /
		    (double)entries);
	free(ids);
	snprintf(cmd, sizeof(cmd), "rm -rf %s", dir);
	if (system(cmd) != 0)
		exit(1);
}

int
main(int argc, char **argv)
{
	struct rusage u;

	bench_start("store", &argc, argv);
	if (argc < 2) {
		bench(1000);
		bench(100000);
	}
	for (int i = 1; i < argc; i++)
		bench(strtoul(argv[i], NULL, 10));
	getrusage(RUSAGE_SELF, &u);
	bench_put(&(struct bench_row){ .name = "peak memory", .unit = "MB",
	    .ours = (double)u.ru_maxrss / 1024 });
	return bench_end();
}
