/*
 * How fast the full-text file is built and asked, and how big it is.
 *
 *	bench_search [ENTRIES [FILE]]		(100000)
 *
 * FILE is kept, and asked as it is when it is there.
 */
#include <sys/stat.h>

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "base/xalloc.h"
#include "search/search.h"

#define VOCABULARY	60000
#define HAN		0x4e00	/* first of 3000 letters */
#define WORDS		120	/* of an entry */
#define NOW		1767225600

static uint64_t seed = 42;

static uint64_t
rnd(void)
{
	seed ^= seed << 13;
	seed ^= seed >> 7;
	seed ^= seed << 17;
	return seed;
}

/* Words as a language has them: a few are everywhere, most are rare. */
static unsigned
zipf(void)
{
	double u = (double)(rnd() >> 11) / 9007199254740992.0;

	return (unsigned)(pow(VOCABULARY, u)) - 1;
}

/* A pronounceable word for a number, the same every time. */
static void
word(char *out, unsigned n)
{
	static const char c[] = "bcdfghklmnprstvw", v[] = "aeiou";
	int i = 0;

	n += 20;
	while (n > 0) {
		out[i++] = c[n % 16];
		n /= 16;
		out[i++] = v[n % 5];
		n /= 5;
	}
	out[i] = '\0';
}

static double
seconds(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

static int
by_value(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;

	return x < y ? -1 : x > y;
}

static void
die(const char *what, const struct error *e)
{
	fprintf(stderr, "bench_search: %s: %s\n", what, e->msg);
	exit(1);
}

static void
build(struct search *s, size_t n)
{
	struct error e;
	double start = seconds(), t;

	if (search_begin(s, &e) != 0 || search_reset(s, &e) != 0)
		die("reset", &e);
	for (size_t i = 0; i < n; i++) {
		char text[WORDS * 16], title[128], path[32], source[32];
		char author[32], w[24];
		struct search_doc d = { .id = (int64_t)i + 1, .path = path,
		    .title = title, .source = source, .source_slug = source,
		    .author = author, .language = i % 7 ? "en" : "de",
		    .tags = i % 3 ? "web" : "rust web", .text = text };
		size_t at = 0;

		snprintf(path, sizeof(path), "e/2025/%08zx", i);
		snprintf(source, sizeof(source), "source-%zu", i % 1000);
		snprintf(author, sizeof(author), "author%zu", i % 3000);
		title[0] = '\0';
		for (int k = 0; k < 5; k++) {
			word(w, zipf());
			sprintf(title + strlen(title), "%s ", w);
		}
		for (int k = 0; k < WORDS; k++) {
			word(w, zipf());
			at += (size_t)sprintf(text + at, "%s ", w);
		}
		/* one in five is in Chinese */
		if (i % 5 == 0)
			for (at = 0; at < WORDS * 3; at += 3) {
				unsigned c = HAN + zipf() % 3000;

				text[at] = (char)(0xe0 | c >> 12);
				text[at + 1] = (char)(0x80 | (c >> 6 & 63));
				text[at + 2] = (char)(0x80 | (c & 63));
				text[at + 3] = '\0';
			}
		d.time = NOW - (int64_t)(n - i) * 600;
		if (search_put(s, &d, &e) != 0)
			die("put", &e);
	}
	t = seconds();
	if (search_commit(s, &e) != 0)
		die("commit", &e);
	printf("build: %zu entries, %.0f/s put, %.0f/s in all (%.1f s of it"
	    " to merge)\n", n, (double)n / (t - start), (double)n /
	    (seconds() - start), seconds() - t);
}

static void
ask(struct search *s, const char *label, int rounds,
    void (*make)(char *out, int i))
{
	double *took = xcalloc((size_t)rounds, sizeof(*took));
	size_t hits = 0, late = 0, newest = 0;

	for (int i = 0; i < rounds; i++) {
		struct search_results r;
		struct arena a = { 0 };
		struct error e;
		char q[256];
		double start;

		make(q, i);
		start = seconds();
		if (search_query(s, &r, &a, span_str(q), 0, NOW, &e) != 0)
			die(q, &e);
		late += r.cut == SEARCH_LATE;
		newest += r.cut == SEARCH_NEWEST;
		took[i] = (seconds() - start) * 1000;
		hits += r.nhits;
		arena_free(&a);
	}
	qsort(took, (size_t)rounds, sizeof(*took), by_value);
	printf("%-28s p50 %6.1f ms  p99 %6.1f ms  max %6.1f ms  hits %.1f"
	    "  not ranked %zu  too late %zu\n", label, took[rounds / 2],
	    took[rounds * 99 / 100], took[rounds - 1],
	    (double)hits / rounds, newest, late);
	free(took);
}

static void
one_word(char *out, int i)
{
	(void)i;
	word(out, zipf());
}

static void
two_words(char *out, int i)
{
	char a[24], b[24];

	(void)i;
	word(a, zipf());
	word(b, zipf());
	sprintf(out, "%s %s", a, b);
}

static void
commonest(char *out, int i)
{
	word(out, (unsigned)i % 3);
}

static void
phrase(char *out, int i)
{
	char a[24], b[24];

	word(a, (unsigned)i % 5);
	word(b, zipf());
	sprintf(out, "\"%s %s\"", a, b);
}

static void
prefix(char *out, int i)
{
	(void)i;
	word(out, 5000 + (unsigned)rnd() % 5000);
	strcpy(out + 3, "*");
}

static void
filters(char *out, int i)
{
	char a[24];

	word(a, (unsigned)i % 50);
	sprintf(out, "%s feed:source-%d lang:en after:2020", a, i % 1000);
}

static void
minus(char *out, int i)
{
	char a[24], b[24], c[24];

	word(a, (unsigned)i % 4);
	word(b, 1 + (unsigned)i % 4);
	word(c, 2 + (unsigned)i % 4);
	sprintf(out, "%s -%s -%s -\"%s %s\"", a, b, c, a, b);
}

/* A word that is everywhere, of a source that has little. */
static void
few(char *out, int i)
{
	char a[24];

	word(a, (unsigned)i % 3);
	sprintf(out, "%s feed:source-%d", a, i * 31 % 1000);
}

/* The oldest of a common word: what is walked from the newest is far. */
static void
long_ago(char *out, int i)
{
	char a[24];

	word(a, (unsigned)i % 3);
	sprintf(out, "%s before:%s", a, i % 2 ? "2007-02" : "2006");
}

/* No entry has two languages. */
static void
never(char *out, int i)
{
	char a[24];

	word(a, (unsigned)i % 3);
	sprintf(out, "%s lang:en lang:de tag:web", a);
}

static void
no_phrase(char *out, int i)
{
	char a[24], b[24];

	word(a, (unsigned)i % 3);
	word(b, 1 + (unsigned)i % 3);
	sprintf(out, "\"%s %s %s %s %s\"", a, b, a, b, a);
}

static void
one_letter(char *out, int i)
{
	uint32_t c = (uint32_t)(HAN + i % 3);

	sprintf(out, "%c%c%c", (char)(0xe0 | c >> 12), (char)(0x80 | (c >> 6 &
	    63)), (char)(0x80 | (c & 63)));
}

static void
two_letters(char *out, int i)
{
	one_letter(out, i);
	one_letter(out + strlen(out), i + 1);
}

/* Nearly everything, but what another common word has. */
static void
excluded(char *out, int i)
{
	char a[24];

	(void)i;
	word(a, 0);
	sprintf(out, "tag:web -%s -lang:en", a);
}

static void
worst(char *out, int i)
{
	out[0] = '\0';
	for (unsigned k = 0; k < 8; k++) {
		char a[24];

		word(a, k + (unsigned)i % 3);
		a[3] = '\0';
		sprintf(out + strlen(out), "%s* ", a);
	}
}

static void
ask_all(struct search *s)
{
	ask(s, "one word", 300, one_word);
	ask(s, "two words", 300, two_words);
	ask(s, "the commonest words", 30, commonest);
	ask(s, "phrase", 100, phrase);
	ask(s, "prefix of three letters", 50, prefix);
	ask(s, "word, feed:, lang:, after:", 100, filters);
	ask(s, "common word, few feeds", 30, few);
	ask(s, "common word, long ago", 30, long_ago);
	ask(s, "common words that never meet", 30, never);
	ask(s, "common phrase that is not there", 30, no_phrase);
	ask(s, "one letter of dense script", 30, one_letter);
	ask(s, "two letters of dense script", 30, two_letters);
	ask(s, "common words, three minus", 30, minus);
	ask(s, "a common word but another", 30, excluded);
	ask(s, "eight prefixes", 30, worst);
}

static void
report_size(const char *path, size_t n)
{
	struct stat st;

	if (stat(path, &st) == 0)
		printf("size: %.1f MB, %.0f bytes an entry of about %d bytes"
		    " text\n", (double)st.st_size / 1e6, (double)st.st_size /
		    (double)n, WORDS * 6);
}

int
main(int argc, char **argv)
{
	size_t n = argc > 1 ? strtoul(argv[1], NULL, 10) : 100000;
	char dir[] = "/tmp/orrery-bench-XXXXXX", path[4096], cmd[64];
	bool keep = argc > 2;
	struct search *s;
	struct error e;

	if (!keep && mkdtemp(dir) == NULL)
		return 1;
	snprintf(path, sizeof(path), "%s%s", keep ? argv[2] : dir,
	    keep ? "" : "/search.db");
	if (!keep || access(path, F_OK) == -1) {
		if (search_open(&s, path, true, &e) != 0)
			die("open", &e);
		build(s, n);
		search_close(s);
	}
	report_size(path, n);
	if (search_open(&s, path, false, &e) != 0)
		die("open", &e);
	ask_all(s);
	search_close(s);
	if (keep)
		return 0;
	snprintf(cmd, sizeof(cmd), "rm -rf %s", dir);
	return system(cmd) != 0;
}
