/*
 * bench_feeds - feed_parse() over real feeds, beside libxml2's SAX parser with
 * empty handlers on the same bytes, sfeed and feedparser where installed.
 *
 *	bench_feeds [--json FILE] [DIRECTORY [PASSES]]
 *
 * DIRECTORY (default: ${SHARED:-../shared}/data/feeds/files) holds the feeds;
 * without it there is nothing to measure.  A round is PASSES (default 3)
 * times all feeds.
 */
#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <libxml/parser.h>
#include <libxml/parserInternals.h>

#include "base/file.h"
#include "base/xalloc.h"
#include "feed/parse.h"

#include "bench.h"

struct file {
	struct buf	bytes;
	bool		xml;
};

struct set {
	struct file	*all;
	size_t		 n, bytes, xml_bytes, entries, largest;
	bool		 xml_only;
	int		 passes;
	const char	*command;	/* of another program */
	double		 empty;		/* seconds its processes cost alone */
};

static void
load(struct set *s, const char *dir)
{
	struct dirent *d;
	DIR *dp = opendir(dir);

	if (dp == NULL)
		return;
	while ((d = readdir(dp)) != NULL) {
		char *path = file_join(dir, d->d_name);
		struct file f = { .bytes = { 0 } };
		struct span t;

		if (d->d_name[0] != '.' && file_read(&f.bytes, path, NULL) ==
		    0) {
			t = span_trim(buf_span(&f.bytes));
			f.xml = t.n > 0 && t.p[0] != '{';
			s->all = xreallocarray(s->all, s->n + 1,
			    sizeof(*s->all));
			s->all[s->n++] = f;
			s->bytes += f.bytes.n;
			s->xml_bytes += f.xml ? f.bytes.n : 0;
			if (f.bytes.n > s->all[s->largest].bytes.n)
				s->largest = s->n - 1;
		}
		free(path);
	}
	closedir(dp);
}

static size_t
parse_one(const struct file *file)
{
	struct arena a = { 0 };
	struct feed *f;
	size_t n = 0;

	if (feed_parse(&f, &a, buf_span(&file->bytes), NULL, NULL) == 0)
		n = f->nentries;
	arena_free(&a);
	return n;
}

/* Seconds of one round. */
static double
ours(void *arg)
{
	struct set *s = arg;
	double start = bench_cpu(RUSAGE_SELF);

	for (int p = 0; p < s->passes; p++) {
		s->entries = 0;
		for (size_t i = 0; i < s->n; i++)
			if (s->all[i].xml || !s->xml_only)
				s->entries += parse_one(&s->all[i]);
	}
	return bench_cpu(RUSAGE_SELF) - start;
}

static double
our_rate(void *arg)
{
	struct set *s = arg;

	return (double)s->bytes * s->passes / 1e6 / ours(arg);
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

static void
sax_one(const struct file *f)
{
	static const xmlSAXHandler sax = { .initialized = XML_SAX2_MAGIC,
	    .startElementNs = on_start, .endElementNs = on_end,
	    .characters = on_text, .cdataBlock = on_text };
	xmlParserCtxtPtr x = xmlCreateMemoryParserCtxt(f->bytes.p,
	    (int)f->bytes.n);

	if (x == NULL)
		return;
	*x->sax = sax;
	xmlCtxtUseOptions(x, XML_PARSE_RECOVER | XML_PARSE_NONET |
	    XML_PARSE_NOERROR | XML_PARSE_NOWARNING);
	xmlParseDocument(x);
	if (x->myDoc != NULL)
		xmlFreeDoc(x->myDoc);
	xmlFreeParserCtxt(x);
}

static double
sax_floor(void *arg)
{
	struct set *s = arg;
	double start = bench_cpu(RUSAGE_SELF);

	for (int p = 0; p < s->passes; p++)
		for (size_t i = 0; i < s->n; i++)
			if (s->all[i].xml)
				sax_one(&s->all[i]);
	return bench_cpu(RUSAGE_SELF) - start;
}

/* MB/s of another program over the directory once. */
static double
program_rate(void *arg)
{
	struct set *s = arg;
	struct bench_cost c = bench_command(s->command);

	return c.cpu > s->empty ? (double)s->bytes / 1e6 / (c.cpu - s->empty) :
	    0;
}

static void
beside_sfeed(struct set *s, const char *dir, int passes)
{
	double empty[BENCH_ROUNDS];
	char *run, *nothing;

	if (!bench_has("sfeed")) {
		printf("# sfeed is not installed\n");
		return;
	}
	run = xasprintf("cd '%s' && for f in *; do sfeed <\"$f\"; done "
	    ">/dev/null 2>&1; :", dir);
	nothing = xasprintf("cd '%s' && for f in *; do sfeed </dev/null; done "
	    ">/dev/null 2>&1; :", dir);
	for (int i = 0; i < BENCH_ROUNDS; i++)
		empty[i] = bench_command(nothing).cpu;
	s->empty = bench_median(empty, BENCH_ROUNDS);
	s->command = run;
	s->passes = passes;
	bench_compare(&(struct bench_row){ .name = "all feeds, beside sfeed",
	    .unit = "MB/s", .peer = "sfeed" }, our_rate, program_rate, s,
	    BENCH_ROUNDS);
	printf("# sfeed is a process for each feed; the %.2f s that as many "
	    "take on empty input are not counted\n", s->empty);
	free(run);
	free(nothing);
}

static void
beside_feedparser(struct set *s, const char *dir, int passes)
{
	char *run;

	if (system("/usr/bin/python3 -c 'import feedparser' 2>/dev/null") !=
	    0) {
		printf("# python3-feedparser is not installed\n");
		return;
	}
	run = xasprintf("cd '%s' && /usr/bin/python3 -c 'import feedparser,"
	    "os\nfor f in os.listdir(\".\"): feedparser.parse(open(f,\"rb\")"
	    ".read())' 2>/dev/null", dir);
	s->empty = 0;
	s->command = run;
	s->passes = passes;
	bench_compare(&(struct bench_row){ .name =
	    "all feeds, beside feedparser", .unit = "MB/s",
	    .peer = "feedparser" }, our_rate, program_rate, s, BENCH_ROUNDS);
	free(run);
}

static int
parse_all(void *arg)
{
	struct set *s = arg;

	for (size_t i = 0; i < s->n; i++)
		parse_one(&s->all[i]);
	return 0;
}

static int
parse_largest(void *arg)
{
	struct set *s = arg;

	parse_one(&s->all[s->largest]);
	return 0;
}

static int
parse_none(void *arg)
{
	(void)arg;
	return 0;
}

static void
memory(struct set *s)
{
	double base = bench_child(parse_none, s).peak;

	bench_put(&(struct bench_row){ .name = "memory above the feeds "
	    "themselves, all beside the largest alone", .unit = "MB",
	    .peer = "largest", .ours = bench_child(parse_all, s).peak - base,
	    .other = bench_child(parse_largest, s).peak - base });
}

int
main(int argc, char **argv)
{
	const char *shared = getenv("SHARED");
	struct set s = { 0 };
	double seconds;
	char *dir;
	int passes;

	bench_start("feeds", &argc, argv);
	dir = argc > 1 ? xstrdup(argv[1]) : xasprintf("%s/data/feeds/files",
	    shared != NULL ? shared : "../shared");
	passes = argc > 2 ? atoi(argv[2]) : 3;
	load(&s, dir);
	if (s.n == 0) {
		printf("# no feeds in %s, nothing measured\n", dir);
		free(dir);
		return bench_end();
	}
	printf("# %zu feeds, %.1f MB; processor time\n", s.n,
	    (double)s.bytes / 1e6);
	s.passes = passes;
	s.xml_only = true;
	/* Once each for the allocator and the caches. */
	ours(&s);
	sax_floor(&s);
	bench_compare(&(struct bench_row){ .name = "parse the XML feeds",
	    .unit = "s", .peer = "floor", .target = 1.5 }, ours, sax_floor,
	    &s, BENCH_ROUNDS * 2 + 1);
	s.xml_only = false;
	seconds = ours(&s) / passes;
	bench_put(&(struct bench_row){ .name = "all feeds",
	    .unit = "entries/s", .ours = (double)s.entries / seconds });
	memory(&s);
	beside_sfeed(&s, dir, passes);
	beside_feedparser(&s, dir, passes);
	for (size_t i = 0; i < s.n; i++)
		buf_free(&s.all[i].bytes);
	free(s.all);
	free(dir);
	return bench_end();
}
