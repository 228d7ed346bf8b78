/*
 * converted.h - what holds for everything the converter writes.
 */
#ifndef TESTS_FUZZ_CONVERTED_H
#define TESTS_FUZZ_CONVERTED_H

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/uri.h"
#include "base/utf8.h"
#include "gemtext/build.h"
#include "gemtext/doc.h"
#include "gemtext/gemtext.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#define must(what) do {							\
	if (!(what)) {							\
		fprintf(stderr, "not so: %s\n", #what);			\
		abort();						\
	}								\
} while (0)

static void
clean(struct span s)
{
	must(utf8_valid(s));
	must(s.n == 0 || s.p[s.n - 1] == '\n');
	for (uint32_t c; s.n > 0; ) {
		s = span_from(s, utf8_decode(s, &c));
		must(c == '\n' || c == '\t' || !utf8_is_dropped(c));
	}
}

/* Blocks apart by one blank line, links that are URIs, fences closed. */
static void
lines(struct span gmi)
{
	struct gemtext_reader r = { .rest = gmi };
	struct gemtext_line l;
	bool blank = true;

	while (gemtext_next(&r, &l)) {
		char scheme[32];

		if (l.kind == GEMTEXT_PRE || l.kind == GEMTEXT_TOGGLE) {
			blank = false;
			continue;
		}
		must(memchr(l.text.p, '\t', l.text.n) == NULL);
		must(l.kind != GEMTEXT_TEXT || l.text.n > 0 || !blank);
		blank = l.kind == GEMTEXT_TEXT && l.text.n == 0;
		if (l.kind != GEMTEXT_LINK)
			continue;
		uri_scheme(scheme, sizeof(scheme), l.url);
		must(l.url.n > 0 && l.url.n <= URI_MAX);
		must(uri_scheme_linkable(scheme));
	}
	must(!r.pre && (!blank || gmi.n == 0));
}

/* Both outputs by one way through the converter; false if it is none. */
static bool
one_way(struct buf *out, enum gemtext_from from, struct span in, bool direct)
{
	struct gemtext_options o = { .base = "https://a.example/b/c" };
	struct build *b;
	struct doc d;
	bool taken;

	doc_begin(&d);
	b = build_new(&d, &o);
	if (from == GEMTEXT_HTML)
		taken = html_parse(b, in, direct);
	else
		taken = markdown_parse(b, in, direct) != MARKDOWN_UNCLEAR;
	build_finish(b);
	writer_gemtext(out, &d, &o);
	writer_text(out, &d, &o);
	doc_end(&d);
	return taken;
}

/* Markup that goes round the parser means what it does through it. */
static inline void
both_ways(enum gemtext_from from, struct span in)
{
	struct buf direct = { 0 }, parsed = { 0 };

	if (one_way(&direct, from, in, true)) {
		must(one_way(&parsed, from, in, false));
		must(span_eq(buf_span(&direct), buf_span(&parsed)));
	}
	buf_free(&direct);
	buf_free(&parsed);
}

static inline void
converted(enum gemtext_from from, const uint8_t *data, size_t size)
{
	struct gemtext_options o = { .base = "https://a.example/b/c",
	    .heading_shift = size & 1 };
	struct span in = span_of((const char *)data, size);
	struct buf gmi = { 0 }, txt = { 0 }, again = { 0 };

	both_ways(from, in);
	gemtext_convert(&gmi, &txt, from, in, &o, NULL);
	gemtext_convert(&again, NULL, from, in, &o, NULL);
	clean(buf_span(&gmi));
	clean(buf_span(&txt));
	lines(buf_span(&gmi));
	must(span_eq(buf_span(&gmi), buf_span(&again)));
	buf_free(&again);
	gemtext_line(&again, from, in);
	must(utf8_valid(buf_span(&again)));
	must(memchr(buf_cstr(&again), '\n', again.n) == NULL);
	buf_free(&again);
	gemtext_to_text(&again, buf_span(&gmi), 40);
	clean(buf_span(&again));
	buf_free(&again);
	buf_free(&gmi);
	buf_free(&txt);
}

#endif
