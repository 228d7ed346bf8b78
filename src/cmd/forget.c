/*
 * forget.c - take something out, everywhere and for good.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sysexits.h>
#include <unistd.h>

#include "base/utf8.h"
#include "cmd/session.h"
#include "search/search.h"

struct forget {
	const struct cmd_global	*g;
	const struct config	*c;
	struct store		*s;
	struct arena		 a;
	const char		*search_path;
	bool			 yes, dry_run;
	struct store_entry	 entry;		/* id 0: a feed */
	struct store_feed	 feed;
	int64_t			*ids;		/* for the search */
	size_t			 nids;
};

/*
 * The public id in what a person copied: "abc123", "e/2026/abc123-title",
 * "gemini://host/e/2026/abc123-title.gmi".
 */
static const char *
public_id(struct arena *a, const char *what)
{
	const char *slash = strrchr(what, '/');
	size_t n;

	if (slash != NULL)
		what = slash + 1;
	n = strspn(what, "0123456789abcdefghijklmnopqrstuvwxyz");
	return arena_strndup(a, what, n);
}

static int
find(struct forget *f, const char *what, struct error *e)
{
	struct store_feed *list;
	size_t n;
	int rc;

	if (store_entry_by_pid(f->s, &f->entry, &f->a,
	    public_id(&f->a, what), 0) == 0)
		return store_feed(f->s, &f->feed, &f->a, f->entry.feed);
	if (store_feed_by_url(f->s, &f->feed, &f->a, what) == 0 ||
	    store_feed_by_slug(f->s, &f->feed, &f->a, what) == 0)
		return 0;
	if ((rc = store_feeds(f->s, &list, &n, &f->a, e)) != 0)
		return rc;
	for (size_t i = 0; i < n; i++)
		if (strcasecmp(list[i].name, what) == 0) {
			f->feed = list[i];
			return 0;
		}
	return error_set(e, E_NOTFOUND, "%.200s: neither an entry nor a"
	    " source; give the address of its page, or of the feed", what);
}

/* The index is told by number, and afterwards there are none. */
static int
collect(struct forget *f, struct error *e)
{
	struct store_query q = { .feed = f->feed.id, .all = true, .own = -1 };
	struct store_cursor *c;
	struct store_entry en;
	int rc;

	if (f->entry.id != 0) {
		f->ids = arena_push(&f->a, NULL, &f->nids, sizeof(*f->ids));
		f->ids[0] = f->entry.id;
		return 0;
	}
	if ((rc = store_select(f->s, &c, &q, e)) != 0)
		return rc;
	for (;;) {
		struct arena one = { 0 };

		rc = store_next(c, &en, &one, e);
		arena_free(&one);
		if (rc != 1)
			break;
		f->ids = arena_push(&f->a, f->ids, &f->nids,
		    sizeof(*f->ids));
		f->ids[f->nids - 1] = en.id;
	}
	store_cursor_free(c);
	return rc;
}

static int
forget_search(struct forget *f, struct error *e)
{
	struct show show = { .g = f->g };
	struct search *s = NULL;
	int rc = 0;

	if (access(f->search_path, F_OK) == -1)
		return 0;
	/* merging a large one takes a while, and nobody can say how long */
	if (session_draws(&show))
		session_draw(&show, "taking it out of the search index");
	if ((rc = search_open(&s, f->search_path, true, e)) == 0 &&
	    (rc = search_begin(s, e)) == 0) {
		for (size_t i = 0; i < f->nids && rc == 0; i++)
			rc = search_delete(s, f->ids[i], e);
		if (rc == 0 && (rc = search_scrub(s, e)) == 0)
			rc = search_commit(s, e);
	}
	search_close(s);
	session_clear(&show);
	/* an index that cannot forget goes, and is made again */
	if (rc != 0 && unlink(f->search_path) == 0)
		rc = 0;
	return rc;
}

static void
describe(struct forget *f, struct buf *out)
{
	if (f->entry.id != 0) {
		buf_puts(out, "\"");
		utf8_line(out, span_str(f->entry.title != NULL ?
		    f->entry.title : f->entry.path));
		buf_puts(out, "\" of ");
		utf8_line(out, span_str(f->feed.name));
	} else {
		utf8_line(out, span_str(f->feed.name));
		buf_putf(out, " and its %zu entries", f->nids);
	}
}

static bool
agreed(struct forget *f, const char *what)
{
	char answer[16] = "";

	if (f->yes || isatty(STDIN_FILENO) != 1)
		return true;
	fprintf(stderr, "forget %s for good? Type yes: ", what);
	return fgets(answer, sizeof(answer), stdin) != NULL &&
	    strcmp(answer, "yes\n") == 0;
}

static int
publish_now(struct forget *f, struct error *e)
{
	struct show show = { .g = f->g };
	struct update_options o = { 0 };
	struct publish_result r = { 0 };
	int rc;

	session_options(&o, &show);
	o.search_path = f->search_path;
	rc = update_publish(f->s, f->c, &o, false, &r, e);
	session_clear(&show);
	return rc;
}

static int
forget(struct forget *f, const char *what, struct error *e)
{
	struct buf words = { 0 };
	int rc;

	if ((rc = find(f, what, e)) != 0 || (rc = collect(f, e)) != 0)
		return rc;
	describe(f, &words);
	if (f->entry.id == 0 && config_source(f->c, f->feed.url) != NULL)
		rc = error_set(e, E_EXIST, "%s is still subscribed and would"
		    " come back; run `orrery remove %s` first",
		    f->feed.name, f->feed.url);
	else if (f->dry_run)
		printf("would forget %s\n", buf_cstr(&words));
	else if (!agreed(f, buf_cstr(&words)))
		rc = error_set(e, E_EXIST, "nothing was forgotten");
	else {
		/* the index first: a stop in between must not leave it there */
		rc = forget_search(f, e);
		if (rc == 0)
			rc = f->entry.id != 0 ?
			    store_forget_entry(f->s, f->entry.pid, e) :
			    store_forget_feed(f->s, f->feed.id, e);
		if (rc == 0)
			rc = publish_now(f, e);
		if (rc == 0 && !f->g->quiet)
			printf("forgotten: %s\n", buf_cstr(&words));
	}
	buf_free(&words);
	return rc;
}

static int
run(const struct cmd_global *g, int argc, char **argv)
{
	struct forget f = { .g = g };
	const char *what = NULL;
	char *search_path = NULL;
	struct config *c;
	struct error e = { 0 };
	bool busy;
	int code;

	for (int i = 1; i < argc; i++) {
		if (strcmp(argv[i], "--yes") == 0)
			f.yes = true;
		else if (strcmp(argv[i], "--dry-run") == 0)
			f.dry_run = true;
		else if (argv[i][0] == '-' || what != NULL)
			return cmd_unexpected(&cmd_forget, argv[i]);
		else
			what = argv[i];
	}
	if (what == NULL || what[0] == '\0')
		return cmd_usage(&cmd_forget, "it wants an entry or a"
		    " source");
	if ((c = cmd_config(g, &code)) == NULL)
		return code;
	f.c = c;
	f.search_path = search_path = cmd_search_path(c);
	if ((code = session_open(&f.s, c, &busy)) != EX_OK) {
		if (busy)
			fprintf(stderr, "orrery: another run is at work; try"
			    " again when it is done\n");
	} else if (forget(&f, what, &e) != 0)
		code = cmd_fail(&e);
	store_close(f.s);
	free(search_path);
	arena_free(&f.a);
	config_free(c);
	return code;
}

const struct command cmd_forget = {
	.name = "forget",
	.usage = "forget [--yes] [--dry-run] ENTRY|SOURCE",
	.summary = "take an entry or a source out of everything, for good",
	.help =
	    "  --yes       do not ask on a terminal\n"
	    "  --dry-run   say what would go\n"
	    "\nENTRY is the address of its page or its short id, SOURCE the"
	    " address of the\nfeed. Store, former texts, pages, index and"
	    " manifest lose it; its pages answer\n52, and it does not come"
	    " back with the next update. Backups are yours to purge.\n",
	.run = run,
};
