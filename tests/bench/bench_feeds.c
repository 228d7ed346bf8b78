/*
 * bench_feeds - feed_parse() over real feeds, beside libxml2's SAX parser with
 * empty handlers on the same bytes, sfeed and feedparser where installed.
 *
 *	bench_feeds [DIRECTORY [ROUNDS]]
 *
 * DIRECTORY (default: ${SHARED:-../shared}/data/feeds/files) holds the feeds;
 * without it there is nothing to measure.
 */
#include <sys/resource.h>

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <libxml/parser.h>
#include <libxml/parserInternals.h>

#include "base/file.h"
#include "base/xalloc.h"
#include "feed/parse.h"

struct file {
	struct buf	bytes;
	bool		xml;
};

static double
cpu(int who)
{
	struct rusage u;

	getrusage(who, &u);
	return (double)(u.ru_utime.tv_sec + u.ru_stime.tv_sec) +
	    (double)(u.ru_utime.tv_usec + u.ru_stime.tv_usec) / 1e6;
}

static struct file *
load(const char *dir, size_t *n, size_t *total)
{
	struct file *all = NULL;
	struct dirent *d;
	DIR *dp = opendir(dir);

	*n = *total = 0;
	if (dp == NULL)
		return NULL;
	while ((d = readdir(dp)) != NULL) {
		char *path = file_join(dir, d->d_name);
		struct file f = { .bytes = { 0 } };
		struct span s;

		if (d->d_name[0] != '.' && file_read(&f.bytes, path, NULL) ==
		    0) {
			s = span_trim(buf_span(&f.bytes));
			f.xml = s.n > 0 && s.p[0] != '{';
			all = xreallocarray(all, *n + 1, sizeof(*all));
			all[(*n)++] = f;
			*total += f.bytes.n;
		}
		free(path);
	}
	closedir(dp);
	return all;
}

static void
report(const char *name, double seconds, size_t bytes, size_t entries)
{
	printf("%-28s %8.3f s  %8.1f MB/s", name, seconds,
	    (double)bytes / 1e6 / seconds);
	if (entries > 0)
		printf("  %9.0f entries/s", (double)entries / seconds);
	printf("\n");
}

static double
ours(struct file *all, size_t n, int rounds, bool xml_only, size_t *entries)
{
	double start = cpu(RUSAGE_SELF);

	*entries = 0;
	for (int r = 0; r < rounds; r++)
		for (size_t i = 0; i < n; i++) {
			struct arena a = { 0 };
			struct feed *f;

			if (xml_only && !all[i].xml)
				continue;
			if (feed_parse(&f, &a, buf_span(&all[i].bytes), NULL,
			    NULL) == 0)
				*entries += f->nentries;
			arena_free(&a);
		}
	return cpu(RUSAGE_SELF) - start;
}

static void
on_start(void *c, const xmlChar *name, const xmlChar *prefix,
    const xmlChar *uri, int nb, const xmlChar **nss, int na, int nd,
    const xmlChar **attrs)
{
	(void)c, (void)name, (void)prefix, (void)uri, (void)nb, (void)nss;
	(void)na, (void)nd, (void)attrs;
}

static void
on_end(void *c, const xmlChar *name, const xmlChar *prefix,
    const xmlChar *uri)
{
	(void)c, (void)name, (void)prefix, (void)uri;
}

static void
on_text(void *c, const xmlChar *s, int n)
{
	(void)c, (void)s, (void)n;
}

static double
floor_of(struct file *all, size_t n, int rounds)
{
	xmlSAXHandler sax = { .initialized = XML_SAX2_MAGIC,
	    .startElementNs = on_start, .endElementNs = on_end,
	    .characters = on_text, .cdataBlock = on_text };
	double start = cpu(RUSAGE_SELF);

	for (int r = 0; r < rounds; r++)
		for (size_t i = 0; i < n; i++) {
			xmlParserCtxtPtr x;

			if (!all[i].xml)
				continue;
			x = xmlCreateMemoryParserCtxt(all[i].bytes.p,
			    (int)all[i].bytes.n);
			if (x == NULL)
				continue;
			*x->sax = sax;
			xmlCtxtUseOptions(x, XML_PARSE_RECOVER |
			    XML_PARSE_NONET | XML_PARSE_NOERROR |
			    XML_PARSE_NOWARNING);
			xmlParseDocument(x);
			if (x->myDoc != NULL)
				xmlFreeDoc(x->myDoc);
			xmlFreeParserCtxt(x);
		}
	return cpu(RUSAGE_SELF) - start;
}

/* One run of another program over the directory, when it is there. */
static void
other(const char *name, const char *test, const char *command, size_t bytes)
{
	double start;

	if (system(test) != 0) {
		printf("%-28s not installed\n", name);
		return;
	}
	start = cpu(RUSAGE_CHILDREN);
	if (system(command) == 0)
		report(name, cpu(RUSAGE_CHILDREN) - start, bytes, 0);
}

int
main(int argc, char **argv)
{
	const char *shared = getenv("SHARED");
	char *dir = argc > 1 ? xstrdup(argv[1]) :
	    xasprintf("%s/data/feeds/files", shared != NULL ? shared :
	    "../shared");
	int rounds = argc > 2 ? atoi(argv[2]) : 5;
	size_t n, total, entries, xml = 0;
	struct file *all = load(dir, &n, &total);
	struct rusage u;
	double sax, mine;
	char *command;

	if (n == 0) {
		printf("bench_feeds: no feeds in %s, nothing measured\n", dir);
		return 0;
	}
	for (size_t i = 0; i < n; i++)
		xml += all[i].xml ? all[i].bytes.n : 0;
	printf("%zu feeds, %.1f MB, %d rounds; CPU time\n", n,
	    (double)total / 1e6, rounds);
	mine = ours(all, n, rounds, true, &entries);
	report("feed_parse, XML", mine, xml * (size_t)rounds, entries);
	sax = floor_of(all, n, rounds);
	report("libxml2 SAX, empty handlers", sax, xml * (size_t)rounds, 0);
	printf("%-28s %8.2f\n", "ratio to libxml2", mine / sax);
	mine = ours(all, n, rounds, false, &entries);
	report("feed_parse, all", mine, total * (size_t)rounds, entries);
	getrusage(RUSAGE_SELF, &u);
	printf("%-28s %8.1f MB (%.1f of it the feeds themselves)\n",
	    "peak memory", (double)u.ru_maxrss / 1024, (double)total / 1e6);
	command = xasprintf("cd '%s' && for f in *; do sfeed < \"$f\"; done "
	    ">/dev/null 2>&1; :", dir);
	other("sfeed (a process a feed)", "command -v sfeed >/dev/null", command,
	    total);
	free(command);
	command = xasprintf("cd '%s' && /usr/bin/python3 -c 'import feedparser,"
	    "os\nfor f in os.listdir(\".\"): feedparser.parse(open(f,\"rb\")"
	    ".read())' 2>/dev/null", dir);
	other("feedparser (one process)", "/usr/bin/python3 -c 'import "
	    "feedparser' 2>/dev/null", command, total);
	free(command);
	for (size_t i = 0; i < n; i++)
		buf_free(&all[i].bytes);
	free(all);
	free(dir);
	return 0;
}
