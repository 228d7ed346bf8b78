/*
 * bench_convert - gemtext_convert() over the entries of real feeds, beside
 * libxml2's HTML parser with empty handlers; over Markdown, beside md4c with
 * empty callbacks; beside other programs; and over hostile shapes, twice as
 * long each time.
 *
 *	bench_convert [--json FILE] [MARKDOWN-DIRECTORY...]
 *
 * The feeds are those in ${SHARED:-../shared}/data/feeds/files, the Markdown
 * is what lies in the directories (default: the project's own, and the
 * shared specifications).
 */
#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <libxml/HTMLparser.h>
#include <libxml/parserInternals.h>
#include <md4c.h>

#include "base/file.h"
#include "base/xalloc.h"
#include "feed/parse.h"
#include "gemtext/gemtext.h"

#include "bench.h"

#define SMALL	64		/* shorter bodies are no documents */
#define BULK	((size_t)1 << 20)	/* bytes given to other programs */
#define ALONE	40		/* documents given to them one by one */

struct doc {
	struct buf	 bytes;
	char		*base;
};

struct set {
	struct doc		*all;
	size_t			 n, bytes;
	enum gemtext_from	 from;
	int			 passes;
	bool			 text;		/* wrapped text as well */
	const char		*command;	/* of another program */
	const char		*our_command;
	struct span		 bulk;
};

static void
add(struct set *s, struct span bytes, const char *base)
{
	struct doc d = { .base = base != NULL ? xstrdup(base) : NULL };

	if (bytes.n < SMALL)
		return;
	buf_put_span(&d.bytes, bytes);
	s->all = xreallocarray(s->all, s->n + 1, sizeof(*s->all));
	s->all[s->n++] = d;
	s->bytes += bytes.n;
}

static void
add_entries(struct set *s, struct span bytes)
{
	struct arena a = { 0 };
	struct feed *f;

	if (feed_parse(&f, &a, bytes, NULL, NULL) == 0)
		for (size_t i = 0; i < f->nentries; i++) {
			const struct content *c = &f->entries[i].content;

			if (c->value == NULL)
				c = &f->entries[i].summary;
			if (c->type == CONTENT_HTML && c->value != NULL)
				add(s, span_str(c->value), c->base);
		}
	arena_free(&a);
}

static void
load(struct set *s, const char *dir, const char *ext)
{
	struct dirent *d;
	DIR *dp = opendir(dir);

	while (dp != NULL && (d = readdir(dp)) != NULL) {
		char *path = file_join(dir, d->d_name);
		size_t n = strlen(d->d_name), e = strlen(ext);
		struct buf b = { 0 };

		if (d->d_name[0] != '.' && n > e && strcmp(d->d_name + n - e,
		    ext) == 0 && file_read(&b, path, NULL) == 0) {
			if (s->from == GEMTEXT_HTML)
				add_entries(s, buf_span(&b));
			else
				add(s, buf_span(&b), NULL);
		}
		buf_free(&b);
		free(path);
	}
	if (dp != NULL)
		closedir(dp);
}

static double
ours(void *arg)
{
	struct set *s = arg;
	double start = bench_cpu(RUSAGE_SELF);

	for (int p = 0; p < s->passes; p++)
		for (size_t i = 0; i < s->n; i++) {
			struct gemtext_options o = { .base = s->all[i].base };
			struct buf gmi = { 0 }, txt = { 0 };

			(void)gemtext_convert(&gmi, s->text ? &txt : NULL,
			    s->from, buf_span(&s->all[i].bytes), &o, NULL);
			buf_free(&gmi);
			buf_free(&txt);
		}
	return bench_cpu(RUSAGE_SELF) - start;
}

/* --- the floors --- */

static void
on_start(void *c, const xmlChar *name, const xmlChar **atts)
{
	(void)c, (void)name, (void)atts;
}

static void
on_end(void *c, const xmlChar *name)
{
	(void)c, (void)name;
}

static void
on_text(void *c, const xmlChar *s, int n)
{
	(void)c, (void)s, (void)n;
}

static void
on_error(void *c, const char *fmt, ...)
{
	(void)c, (void)fmt;
}

static void
sax_one(struct span in)
{
	htmlSAXHandler sax = { .startElement = on_start,
	    .endElement = on_end, .characters = on_text,
	    .ignorableWhitespace = on_text, .warning = on_error,
	    .error = on_error };
	htmlParserCtxtPtr c = htmlCreateMemoryParserCtxt(in.p, (int)in.n);

	if (c == NULL)
		return;
	htmlCtxtUseOptions(c, HTML_PARSE_IGNORE_ENC | HTML_PARSE_NOIMPLIED |
	    HTML_PARSE_NOERROR | HTML_PARSE_NOWARNING | HTML_PARSE_NONET);
	*c->sax = sax;
	xmlSwitchEncoding(c, XML_CHAR_ENCODING_UTF8);
	htmlParseDocument(c);
	if (c->myDoc != NULL)
		xmlFreeDoc(c->myDoc);
	c->myDoc = NULL;
	htmlFreeParserCtxt(c);
}

static int
on_block(MD_BLOCKTYPE t, void *detail, void *arg)
{
	(void)t, (void)detail, (void)arg;
	return 0;
}

static int
on_span(MD_SPANTYPE t, void *detail, void *arg)
{
	(void)t, (void)detail, (void)arg;
	return 0;
}

static int
on_words(MD_TEXTTYPE t, const MD_CHAR *p, MD_SIZE n, void *arg)
{
	(void)t, (void)p, (void)n, (void)arg;
	return 0;
}

static double
bare(void *arg)
{
	static const MD_PARSER md = { 0, MD_FLAG_TABLES |
	    MD_FLAG_STRIKETHROUGH | MD_FLAG_TASKLISTS |
	    MD_FLAG_PERMISSIVEAUTOLINKS, on_block, on_block, on_span, on_span,
	    on_words, NULL, NULL };
	struct set *s = arg;
	double start = bench_cpu(RUSAGE_SELF);

	for (int p = 0; p < s->passes; p++)
		for (size_t i = 0; i < s->n; i++) {
			const struct buf *b = &s->all[i].bytes;

			if (s->from == GEMTEXT_HTML)
				sax_one(buf_span(b));
			else
				md_parse(b->p, (MD_SIZE)b->n, &md, NULL);
		}
	return bench_cpu(RUSAGE_SELF) - start;
}

static void
beside_floor(struct set *s, const char *name, double target)
{
	struct bench_row r = { .name = name, .unit = "s", .peer = "floor",
	    .target = target };
	double mb = (double)s->bytes * s->passes / 1e6;

	ours(s);
	bare(s);
	bench_compare(&r, ours, bare, s, BENCH_ROUNDS * 2 + 1);
	printf("# %s: %.1f MB/s, the floor %.1f MB/s\n", name, mb / r.ours,
	    mb / r.other);
}

/* --- other programs --- */

static double
run_cost(const char *command)
{
	struct bench_cost c = bench_command(command);

	return c.status == 0 ? c.cpu : 0;
}

static double
their_run(void *arg)
{
	return run_cost(((struct set *)arg)->command);
}

static double
our_run(void *arg)
{
	return run_cost(((struct set *)arg)->our_command);
}

static void
put_file(const char *dir, const char *name, struct span s)
{
	char *path = file_join(dir, name);
	FILE *f = fopen(path, "wb");

	if (f != NULL) {
		fwrite(s.p, 1, s.n, f);
		fclose(f);
	}
	free(path);
}

/* One bulk of documents, and some alone, as files in dir. */
static void
put_files(const struct set *s, const char *dir, const char *ext)
{
	struct buf bulk = { 0 };
	char name[64];

	for (size_t i = 0; i < s->n && bulk.n < BULK; i++) {
		buf_put_span(&bulk, buf_span(&s->all[i].bytes));
		buf_puts(&bulk, "\n\n");
	}
	snprintf(name, sizeof(name), "bulk%s", ext);
	put_file(dir, name, buf_span(&bulk));
	for (size_t i = 0; i < ALONE && i < s->n; i++) {
		snprintf(name, sizeof(name), "one-%02zu%s", i, ext);
		put_file(dir, name, buf_span(&s->all[i * s->n / ALONE %
		    s->n].bytes));
	}
	buf_free(&bulk);
}

static void
beside(struct set *s, const char *dir, const char *program, const char *args,
    const char *ext, const char *orrery)
{
	static const char *const what[] = { "in bulk", "one by one" };
	const char *kind = strcmp(ext, ".md") == 0 ? "Markdown" : "HTML";

	if (!bench_has(program)) {
		printf("# %s is not installed\n", program);
		return;
	}
	for (int i = 0; i < 2; i++) {
		const char *files = i == 0 ? "bulk" : "one-*";
		char *theirs = xasprintf("cd '%s' && for f in %s%s; do %s %s "
		    "\"$f\"; done >/dev/null 2>&1", dir, files, ext, program,
		    args);
		char *mine = xasprintf("cd '%s' && for f in %s%s; do '%s' "
		    "convert --from %s --to gemtext <\"$f\"; done "
		    ">/dev/null 2>&1; :", dir, files, ext, orrery,
		    strcmp(ext, ".md") == 0 ? "markdown" : "html");
		char *name = xasprintf("%s, programs %s", kind, what[i]);

		s->command = theirs;
		s->our_command = mine;
		bench_compare(&(struct bench_row){ .name = name, .unit = "s",
		    .peer = program, .target = 1 }, our_run, their_run, s,
		    BENCH_ROUNDS);
		free(theirs);
		free(mine);
		free(name);
	}
}

static void
beside_programs(struct set *html, struct set *md)
{
	const char *orrery = getenv("ORRERY");
	char dir[] = "/tmp/bench_convert.XXXXXX", *own, *rm;

	if (mkdtemp(dir) == NULL)
		return;
	own = realpath(orrery != NULL ? orrery : "build/orrery", NULL);
	if (own == NULL) {
		printf("# no orrery to compare programs with\n");
		rmdir(dir);
		return;
	}
	if (html->n > 0) {
		put_files(html, dir, ".html");
		beside(html, dir, "w3m", "-dump -T text/html", ".html", own);
		beside(html, dir, "lynx", "-dump -force_html", ".html", own);
		beside(html, dir, "pandoc", "-f html -t plain", ".html", own);
	}
	if (md->n > 0) {
		put_files(md, dir, ".md");
		beside(md, dir, "lowdown", "-tgemini", ".md", own);
		beside(md, dir, "pandoc", "-f gfm -t plain", ".md", own);
	}
	rm = xasprintf("rm -r '%s'", dir);
	if (system(rm) != 0)
		printf("# %s stays\n", dir);
	free(rm);
	free(own);
}

/* --- hostile shapes --- */

static const struct {
	const char		*name;
	const char		*head, *again, *tail;
	enum gemtext_from	 from;
} shapes[] = {
	{ "div", "", "<div>", "x", GEMTEXT_HTML },
	{ "div closed", "", "<div></div>", "x", GEMTEXT_HTML },
	{ "quotes", "", "<blockquote>x", "", GEMTEXT_HTML },
	{ "lists", "", "<ul><li>x", "", GEMTEXT_HTML },
	{ "tables", "", "<table><tr><td>x", "", GEMTEXT_HTML },
	{ "cells", "<table>", "<tr><td>x<td>y", "", GEMTEXT_HTML },
	{ "wide table", "<table><tr>", "<td>x", "", GEMTEXT_HTML },
	{ "inline", "", "<b><i>x", "", GEMTEXT_HTML },
	{ "stray ends", "", "<b></i>", "x", GEMTEXT_HTML },
	{ "stray p ends", "", "</p>", "x", GEMTEXT_HTML },
	{ "paragraphs in divs", "", "<div><p></div>", "", GEMTEXT_HTML },
	{ "open tags", "", "<a ", "", GEMTEXT_HTML },
	{ "open attributes", "", "<a b=\"", "", GEMTEXT_HTML },
	{ "attributes", "<a", " b=c", ">x", GEMTEXT_HTML },
	{ "open comments", "", "<!-- > ", "", GEMTEXT_HTML },
	{ "open scripts", "", "<script>", "", GEMTEXT_HTML },
	{ "open titles", "", "<title>", "", GEMTEXT_HTML },
	{ "references", "", "&notanentity", "", GEMTEXT_HTML },
	{ "ampersands", "", "&", "", GEMTEXT_HTML },
	{ "less-than signs", "", "<", "", GEMTEXT_HTML },
	{ "brackets", "", "]", "", GEMTEXT_HTML },
	{ "links", "", "<a href=/x>y</a>", "", GEMTEXT_HTML },
	{ "open links", "", "<a href=/x>", "y", GEMTEXT_HTML },
	{ "links in a line", "<p>", "w <a href=/x>y</a>", "", GEMTEXT_HTML },
	{ "raised", "", "<sup>1", "", GEMTEXT_HTML },
	{ "figures", "", "<figure><img src=x><figcaption>y", "",
	    GEMTEXT_HTML },
	{ "bodies", "<div>", "<body>", "", GEMTEXT_HTML },
	{ "one word", "", "x", "", GEMTEXT_HTML },
	{ "breaks", "", "x<br>", "", GEMTEXT_HTML },
	{ "code", "<pre>", "```\n", "", GEMTEXT_HTML },
	{ "emphasis", "", "*a **a ", "", GEMTEXT_MARKDOWN },
	{ "brackets", "", "[", "", GEMTEXT_MARKDOWN },
	{ "links", "", "[a](", "", GEMTEXT_MARKDOWN },
	{ "images", "", "![", "](x)", GEMTEXT_MARKDOWN },
	{ "quotes", "", ">", "x", GEMTEXT_MARKDOWN },
	{ "lists", "", "* ", "x", GEMTEXT_MARKDOWN },
	{ "backticks", "", "`a``", "", GEMTEXT_MARKDOWN },
	{ "definitions", "[a]: /x\n\n", "[a] ", "", GEMTEXT_MARKDOWN },
	{ "HTML", "", "<b>x ", "", GEMTEXT_MARKDOWN },
	{ "table rows", "|a|b|\n|---|---|\n", "|x|\n", "", GEMTEXT_MARKDOWN },
	{ "lines", "", "    x\n", "", GEMTEXT_PLAIN },
};

static double
shape_cost(size_t i, size_t bytes)
{
	struct buf in = { 0 }, gmi = { 0 }, txt = { 0 };
	double start;

	buf_puts(&in, shapes[i].head);
	while (in.n < bytes)
		buf_puts(&in, shapes[i].again);
	buf_puts(&in, shapes[i].tail);
	start = bench_cpu(RUSAGE_SELF);
	(void)gemtext_convert(&gmi, &txt, shapes[i].from, buf_span(&in),
	    &(struct gemtext_options){ .base = "https://s.example/" }, NULL);
	start = bench_cpu(RUSAGE_SELF) - start;
	buf_free(&in);
	buf_free(&gmi);
	buf_free(&txt);
	return start;
}

struct shape {
	size_t	i, bytes;
};

static double
twice(void *arg)
{
	struct shape *s = arg;

	return shape_cost(s->i, s->bytes * 2);
}

static double
once(void *arg)
{
	struct shape *s = arg;

	return shape_cost(s->i, s->bytes);
}

/* Twice the input is about twice the work; three times is too much. */
static void
hostile(void)
{
	for (size_t i = 0; i < sizeof(shapes) / sizeof(shapes[0]); i++) {
		struct shape s = { i, (size_t)256 << 10 };
		char *name = xasprintf("512 KB beside 256 KB, %s: %s",
		    shapes[i].from == GEMTEXT_HTML ? "HTML" :
		    shapes[i].from == GEMTEXT_PLAIN ? "plain" : "Markdown",
		    shapes[i].name);

		bench_compare(&(struct bench_row){ .name = name, .unit = "s",
		    .peer = "half of it", .target = 3 }, twice, once, &s,
		    BENCH_ROUNDS);
		free(name);
	}
}

/* --- memory --- */

static int
convert_bulk(void *arg)
{
	struct set *s = arg;
	struct buf gmi = { 0 };

	(void)gemtext_convert(&gmi, NULL, GEMTEXT_HTML, s->bulk, NULL, NULL);
	buf_free(&gmi);
	return 0;
}

static int
convert_none(void *arg)
{
	(void)arg;
	return 0;
}

static void
memory(struct set *s)
{
	struct buf all = { 0 };
	double base;

	for (size_t i = 0; i < s->n && all.n < 4 * BULK; i++)
		buf_put_span(&all, buf_span(&s->all[i].bytes));
	if (all.n < 2 * BULK)
		return;
	s->bulk = span_of(all.p, 2 * BULK);
	base = bench_child(convert_none, s).peak;
	bench_put(&(struct bench_row){ .name = "peak memory for 2 MB of HTML, "
	    "beside the input", .unit = "MB", .peer = "input",
	    .ours = bench_child(convert_bulk, s).peak - base,
	    .other = 2.1 });
	buf_free(&all);
}

int
main(int argc, char **argv)
{
	const char *shared = getenv("SHARED");
	struct set html = { .from = GEMTEXT_HTML, .passes = 2 };
	struct set md = { .from = GEMTEXT_MARKDOWN, .passes = 1 };
	char *dir;

	bench_start("convert", &argc, argv);
	if (shared == NULL)
		shared = "../shared";
	dir = xasprintf("%s/data/feeds/files", shared);
	load(&html, dir, "");
	free(dir);
	dir = xasprintf("%s/specs", shared);
	for (int i = 1; i < argc; i++)
		load(&md, argv[i], ".md");
	if (argc == 1) {
		load(&md, ".", ".md");
		load(&md, "doc", ".md");
		load(&md, dir, ".md");
	}
	free(dir);
	while (md.n > 0 && md.bytes * (size_t)md.passes < 20 * BULK)
		md.passes++;
	if (html.n > 0) {
		printf("# %zu entries, %.1f MB of HTML, %d times a round\n",
		    html.n, (double)html.bytes / 1e6, html.passes);
		beside_floor(&html, "HTML to gemtext", 1.5);
		html.text = true;
		beside_floor(&html, "HTML to gemtext and text", 2);
		memory(&html);
	} else
		printf("# no feeds, HTML is not measured\n");
	if (md.n > 0) {
		printf("# %zu documents, %.1f MB of Markdown, %d times a "
		    "round\n", md.n, (double)md.bytes / 1e6, md.passes);
		beside_floor(&md, "Markdown to gemtext", 3);
	}
	beside_programs(&html, &md);
	hostile();
	return bench_end();
}
