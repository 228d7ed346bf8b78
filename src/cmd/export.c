/*
 * export.c - the subscriptions for other programs.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sysexits.h>
#include <unistd.h>

#include "base/date.h"
#include "cmd/cmd.h"
#include "config/opml.h"
#include "store/store.h"

static int	run(const struct cmd_global *, int, char **);

const struct command cmd_export = {
	.name = "export",
	.usage = "export [--private] opml|urls|config",
	.summary = "print the subscriptions for another program",
	.help =
	"  opml       OPML 2.0, with groups; names as the feeds give them\n"
	"  urls       newsboat's urls file\n"
	"  config     the effective configuration, whole\n"
	"  --private  also sources whose address is kept private\n",
	.run = run,
};

/* "a/b" is group b within a. */
static void
add_groups(struct list *l, struct list_feed *f, const struct source *s)
{
	for (size_t i = 0; i < s->ngroups; i++) {
		struct span names[LIST_PATH_DEPTH_MAX];
		const char *p = s->groups[i];
		size_t n = 0;

		while (*p != '\0' && n < LIST_PATH_DEPTH_MAX) {
			size_t len = strcspn(p, "/");

			names[n++] = span_of(p, len);
			p += len + (p[len] == '/');
		}
		list_add_path(l, f, names, n);
	}
}

static void
fill(struct list *l, const struct config *c, struct store *store,
    bool private, size_t *nprivate)
{
	l->title = c->name;
	l->owner = c->owner_name;
	l->email = c->owner_email;
	for (size_t i = 0; i < c->nsources; i++) {
		const struct source *s = &c->sources[i];
		struct store_feed sf = { 0 };
		struct list_feed *f;

		if (s->file != NULL || s->kind == SOURCE_LIST)
			continue;
		if (s->hidden && !private) {
			++*nprivate;
			continue;
		}
		if ((f = list_add(l, span_str(s->url), 0)) == NULL)
			continue;
		f->title = s->name;
		f->link = s->link;
		f->language = s->language;
		add_groups(l, f, s);
		if (store == NULL || store_feed_by_url(store, &sf, &l->arena,
		    s->url) != 0)
			continue;
		if (f->title == NULL)
			f->title = sf.name;
		if (f->link == NULL)
			f->link = sf.link;
	}
}

/* The store knows titles and sites; an export works without it too. */
static struct store *
open_store(const struct config *c)
{
	char *path = cmd_store_path(c);
	struct store *s = NULL;

	if (access(path, R_OK) != 0 || store_open(&s, path, false, NULL) != 0)
		s = NULL;
	free(path);
	return s;
}

static void
put_quoted(struct buf *out, const char *mark, const char *s)
{
	buf_putf(out, " \"%s", mark);
	for (; *s != '\0'; s++) {
		if (*s == '"' || *s == '\\')
			buf_putc(out, '\\');
		buf_putc(out, *s);
	}
	buf_putc(out, '"');
}

static void
put_urls(struct buf *out, const struct list *l)
{
	for (size_t i = 0; i < l->nfeeds; i++) {
		const struct list_feed *f = &l->feeds[i];

		buf_puts(out, f->url);
		if (f->title != NULL)
			put_quoted(out, "~", f->title);
		for (size_t k = 0; k < f->npaths; k++)
			put_quoted(out, "", f->paths[k].names[
			    f->paths[k].n - 1]);
		buf_putc(out, '\n');
	}
}

static void
export(struct buf *out, const char *what, const struct config *c,
    bool private)
{
	struct list l = { 0 };
	struct store *store = open_store(c);
	struct buf date = { 0 };
	size_t nprivate = 0;

	fill(&l, c, store, private, &nprivate);
	if (strcmp(what, "urls") == 0) {
		put_urls(out, &l);
	} else {
		date_rfc822(&date, cmd_now());
		opml_write(out, &l, buf_cstr(&date));
	}
	if (nprivate > 0)
		fprintf(stderr, "orrery: %zu private source%s left out; "
		    "--private includes them\n", nprivate,
		    nprivate == 1 ? "" : "s");
	buf_free(&date);
	list_free(&l);
	store_close(store);
}

static int
run(const struct cmd_global *g, int argc, char **argv)
{
	const char *what = NULL;
	struct config *c;
	struct buf out = { 0 };
	bool private = false;
	int code = EX_OK;

	for (int i = 1; i < argc; i++) {
		if (strcmp(argv[i], "--private") == 0)
			private = true;
		else if (argv[i][0] == '-' || what != NULL)
			return cmd_unexpected(&cmd_export, argv[i]);
		else
			what = argv[i];
	}
	if (what == NULL)
		return cmd_usage(&cmd_export, "what is to be exported?");
	if (strcmp(what, "opml") != 0 && strcmp(what, "urls") != 0 &&
	    strcmp(what, "config") != 0)
		return cmd_usage(&cmd_export, "\"%.60s\" is none of opml, "
		    "urls, config", what);
	if ((c = cmd_config(g, &code)) == NULL)
		return code;
	if (strcmp(what, "config") == 0)
		config_print(&out, c);
	else
		export(&out, what, c, private);
	fwrite(buf_cstr(&out), 1, out.n, stdout);
	buf_free(&out);
	config_free(c);
	return EX_OK;
}
