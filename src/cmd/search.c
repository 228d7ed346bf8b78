/*
 * search.c - the capsule's search, in the shell.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sysexits.h>

#include <jansson.h>

#include "base/date.h"
#include "base/utf8.h"
#include "cmd/cmd.h"
#include "search/search.h"

static void
put_clean(struct buf *out, const char *s)
{
	utf8_line(out, span_str(s));
}

static void
print_hits(const struct search_results *r, size_t page)
{
	struct buf out = { 0 };

	for (size_t i = 0; i < r->nhits; i++) {
		const struct search_hit *h = &r->hits[i];
		int y, m, d;

		date_civil(h->time / 86400 - (h->time % 86400 < 0), &y, &m,
		    &d);
		buf_putf(&out, "%3zu. ", page * SEARCH_PAGE + i + 1);
		put_clean(&out, h->title != NULL && h->title[0] != '\0' ?
		    h->title : h->snippet);
		buf_putf(&out, "\n     %04d-%02d-%02d  ", y, m, d);
		put_clean(&out, h->source);
		buf_puts(&out, "  ");
		put_clean(&out, h->path);
		buf_puts(&out, "\n     ");
		put_clean(&out, h->snippet);
		buf_puts(&out, "\n\n");
	}
	fwrite(buf_cstr(&out), 1, out.n, stdout);
	buf_free(&out);
}

static void
print_json(const struct search_results *r)
{
	json_t *list = json_array(), *o;

	for (size_t i = 0; i < r->nhits; i++) {
		const struct search_hit *h = &r->hits[i];

		o = json_pack("{s:s, s:s, s:s, s:s, s:I}", "path", h->path,
		    "title", h->title != NULL ? h->title : "", "source",
		    h->source != NULL ? h->source : "", "snippet",
		    h->snippet != NULL ? h->snippet : "", "time",
		    (json_int_t)h->time);
		json_array_append_new(list, o);
	}
	o = json_pack("{s:o, s:b, s:b, s:s?}", "results", list, "more",
	    r->more, "complete", r->cut == SEARCH_WHOLE, "hint", r->hint);
	json_dumpf(o, stdout, JSON_INDENT(2));
	putchar('\n');
	json_decref(o);
}

static int
look(const struct cmd_global *g, const char *path, struct span query,
    size_t page)
{
	struct search *s = NULL;
	struct search_results r = { .cut = SEARCH_WHOLE };
	struct arena a = { 0 };
	struct error e;
	int code = EX_OK;

	if (search_open(&s, path, false, &e) != 0 ||
	    search_query(s, &r, &a, query, page, cmd_now(), &e) != 0)
		code = cmd_fail(&e);
	else if (g->json)
		print_json(&r);
	else {
		print_hits(&r, page);
		if (r.hint != NULL && !g->quiet)
			fprintf(stderr, "orrery: %s\n", r.hint);
		if (r.more && !g->quiet)
			fprintf(stderr, "more with --page %zu\n", page + 2);
	}
	if (code == EX_OK && r.cut == SEARCH_LATE && r.nhits == 0)
		code = EX_TEMPFAIL;
	search_close(s);
	arena_free(&a);
	return code;
}

static int
run(const struct cmd_global *g, int argc, char **argv)
{
	struct buf query = { .max = 4096 };
	struct config *c;
	bool words = false;
	size_t page = 0;
	char *path, *end;
	int code = EX_OK;

	for (int i = 1; i < argc; i++) {
		if (!words && strcmp(argv[i], "--") == 0) {
			words = true;
		} else if (!words && strcmp(argv[i], "--page") == 0 &&
		    i + 1 < argc) {
			page = strtoul(argv[++i], &end, 10);
			if (*end != '\0' || page == 0 || page > 1000) {
				code = cmd_usage(&cmd_search, "--page wants a"
				    " number from 1 on");
				goto done;
			}
			page--;
		} else if (!words && strncmp(argv[i], "--", 2) == 0) {
			code = cmd_unexpected(&cmd_search, argv[i]);
			goto done;
		} else {
			if (query.n > 0)
				buf_putc(&query, ' ');
			buf_puts(&query, argv[i]);
		}
	}
	if (query.n == 0) {
		code = cmd_usage(&cmd_search, "nothing to look for");
		goto done;
	}
	if ((c = cmd_config(g, &code)) == NULL)
		goto done;
	path = cmd_search_path(c);
	code = look(g, path, buf_span(&query), page);
	free(path);
	config_free(c);
done:
	buf_free(&query);
	return code;
}

const struct command cmd_search = {
	.name = "search",
	.usage = "search [--page N] WORDS",
	.summary = "full-text search over every entry",
	.help =
	    "  --page N    the Nth twenty results\n"
	    "\nWORDS: words that must all be there, \"a phrase\" (quote it for"
	    " the shell as\nwell), word* for beginnings, -word to leave out,"
	    " and feed:NAME tag:NAME\nauthor:NAME lang:en after:2026-01"
	    " before:2026-02-15\n",
	.run = run,
};
