/*
 * Conversion beside the parser it stands on: HTML to both outputs, and
 * libxml2's events into nothing.  Files may be given; else a document of
 * ordinary markup is made.
 */
#include <stdio.h>
#include <time.h>

#include <libxml/HTMLparser.h>

#include "gemtext/gemtext.h"

#define ROUNDS	20

static double
now(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

static void
ignore(void *ctx, const char *fmt, ...)
{
	(void)ctx;
	(void)fmt;
}

static void
measure(const char *name, struct span in)
{
	htmlSAXHandler sax = { .error = ignore, .warning = ignore };
	double start = now(), ours, floor;

	for (int i = 0; i < ROUNDS; i++) {
		struct buf gmi = { 0 }, txt = { 0 };

		(void)gemtext_convert(&gmi, &txt, GEMTEXT_HTML, in, NULL,
		    NULL);
		buf_free(&gmi);
		buf_free(&txt);
	}
	ours = now() - start;
	start = now();
	for (int i = 0; i < ROUNDS; i++) {
		htmlParserCtxtPtr c = htmlCreateMemoryParserCtxt(in.p,
		    (int)in.n);

		if (c == NULL)
			return;
		*c->sax = sax;
		htmlParseDocument(c);
		htmlFreeParserCtxt(c);
	}
	floor = now() - start;
	printf("%-28s %8zu bytes  ours %7.1f MB/s  parser alone %7.1f MB/s\n",
	    name, in.n, (double)in.n * ROUNDS / ours / 1e6,
	    (double)in.n * ROUNDS / floor / 1e6);
}

int
main(int argc, char **argv)
{
	struct buf in = { 0 };

	for (int i = 1; i < argc; i++) {
		char chunk[65536];
		FILE *f = fopen(argv[i], "rb");
		size_t n;

		if (f == NULL) {
			perror(argv[i]);
			continue;
		}
		buf_clear(&in);
		while ((n = fread(chunk, 1, sizeof(chunk), f)) > 0)
			buf_put(&in, chunk, n);
		fclose(f);
		if (in.n > 0)
			measure(argv[i], buf_span(&in));
	}
	if (argc == 1) {
		for (int i = 0; i < 2000; i++)
			buf_putf(&in, "<h2>Part %d</h2>\n<p>Words of an "
			    "<em>ordinary</em> post with a <a href=\"https://"
			    "s.example/%d\">link</a> &amp; more words, then "
			    "<code>code</code>.</p>\n<ul><li>one</li><li>two"
			    "</li></ul>\n", i, i);
		measure("made", buf_span(&in));
	}
	buf_free(&in);
	return 0;
}
