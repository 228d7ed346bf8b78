/*
 * add.c - subscribe: find the feed that an address means, show it, write
 * its section.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sysexits.h>

#include "base/date.h"
#include "base/file.h"
#include "base/uri.h"
#include "base/utf8.h"
#include "base/xalloc.h"
#include "cmd/cmd.h"
#include "cmd/edit.h"
#include "fetch/discover.h"
#include "fetch/fetch.h"
#include "update/child.h"

#define TRIES_MAX	12	/* addresses looked at for one page */
#define PAGE_ACCEPT	"text/html, application/xhtml+xml, "		\
	"application/atom+xml, application/rss+xml, application/feed+json, "	\
	"*/*;q=0.5"

static int	run(const struct cmd_global *, int, char **);

const struct command cmd_add = {
	.name = "add",
	.usage = "add [--name NAME] [--allow-private] [--dry-run] URL",
	.summary = "subscribe to a feed, or to the one that a page names",
	.help =
	"URL is a feed, a page (HTML, gemtext, gopher menu), or a host.\n"
	"  --name NAME      what the planet calls it (default: its own title)\n"
	"  --allow-private  it lives at an inner address, and that is meant\n"
	"  --dry-run        show what was found, write nothing\n",
	.run = run,
};

/* What one address turned out to be. */
struct answer {
	int		 rc;		/* 0 a feed; else why not */
	struct error	 error;
	char		*title;
	size_t		 nentries;
	bool		 dated;		/* one of them at least */
	struct buf	 page;
	char		*type, *base;
	bool		 fetched;
};

struct add {
	const struct cmd_global	*g;
	struct config		*c;
	const char		*name;
	bool			 allow_private, dry_run;
	struct child_pool	*pool;
	struct fetch		*fetch;
	/* found feeds, best first */
	char			*urls[TRIES_MAX];
	char			*titles[TRIES_MAX];
	size_t			 nfound;
	int			 tries;
};

static void
answer_free(struct answer *a)
{
	buf_free(&a->page);
	free(a->title);
	free(a->type);
	free(a->base);
}

static void
parsed(int status, struct feed *f, struct arena *arena, const struct error *e,
    void *arg)
{
	struct answer *a = arg;
	struct buf title = { .max = 400 };

	(void)arena;
	a->rc = status;
	if (status != 0) {
		a->error = *e;
		return;
	}
	a->nentries = f->nentries;
	for (size_t i = 0; i < f->nentries; i++)
		a->dated |= f->entries[i].published != DATE_NONE;
	utf8_line(&title, span_str(f->title));
	a->title = buf_take(&title);
}

static void
fetched(const struct fetch_request *r, struct fetch_result *res, void *arg)
{
	struct answer *a = arg;

	(void)r;
	a->base = xstrdup(res->url);
	if (res->outcome != FETCH_OK) {
		a->rc = error_set(&a->error, res->outcome ==
		    FETCH_UNREACHABLE || res->outcome == FETCH_SLOW_DOWN ?
		    E_AGAIN : E_FAIL, "%s", res->message);
		return;
	}
	a->fetched = true;
	a->type = xstrdup(res->content_type);
	a->page = res->body;
	res->body = (struct buf){ 0 };
}

/* Fetch and read one address. */
static void
look(struct add *x, struct answer *a, const char *url)
{
	struct fetch_request r = { .url = url, .accept = PAGE_ACCEPT,
	    .timeout = x->c->feed_timeout > 0 ? x->c->feed_timeout : 20,
	    .allow_private = x->allow_private };
	struct child_job job = { .now = cmd_now() };
	struct error *e = &a->error;
	int rc;

	x->tries++;
	/* A failure of the transfer itself sets a->rc in fetched(). */
	if ((rc = fetch_add(x->fetch, &r, fetched, a, e)) != 0 ||
	    (rc = fetch_run(x->fetch, -1, NULL, NULL, e)) != 0)
		a->rc = rc;
	if (a->rc != 0 || !a->fetched)
		return;
	job.url = a->base;
	job.content_type = a->type;
	if ((a->rc = child_submit(x->pool, buf_span(&a->page), &job, parsed,
	    a, e)) == 0)
		child_collect(x->pool, true);
	if (a->rc != 0)
		error_wrap(e, "%s", a->base);
}

static void
found(struct add *x, const char *url, const struct answer *a)
{
	for (size_t i = 0; i < x->nfound; i++)
		if (strcmp(x->urls[i], url) == 0)
			return;
	if (x->nfound == TRIES_MAX)
		return;
	if (!x->g->quiet)
		printf("found  %s  (%s%s%zu entries)\n", url,
		    a->title != NULL ? a->title : "", a->title != NULL &&
		    a->title[0] != '\0' ? ", " : "", a->nentries);
	x->urls[x->nfound] = xstrdup(url);
	x->titles[x->nfound++] = xstrdup(a->title);
}

static void
try_all(struct add *x, const struct discovery *d, bool first_only)
{
	for (size_t i = 0; i < d->n && x->tries < TRIES_MAX; i++) {
		struct answer a = { .rc = 0 };

		look(x, &a, d->urls[i]);
		if (a.rc == 0)
			found(x, d->urls[i], &a);
		answer_free(&a);
		if (first_only && x->nfound > 0)
			return;
	}
}

/* The page names no feed by itself: look where it says, then around. */
static void
search(struct add *x, const struct answer *page)
{
	struct discovery d = { .n = 0 };
	struct span text = buf_span(&page->page);

	if (strncmp(page->base, "gopher", 6) == 0)
		discover_gopher(&d, text);
	else if (page->type != NULL &&
	    strncmp(page->type, "text/gemini", 11) == 0)
		discover_gemtext(&d, text, page->base);
	else
		discover_html(&d, text, page->base);
	try_all(x, &d, false);
	discover_free(&d);
	if (x->nfound > 0)
		return;
	discover_common(&d, page->base);
	try_all(x, &d, true);
	discover_free(&d);
}

/*
 * Any page of links over Gemini or Gopher can be read as a feed.  One without
 * a single date is more likely the way to one.
 */
static bool
mere_page(const struct answer *a)
{
	return !a->dated && a->type != NULL && (strncmp(a->type,
	    "text/gemini", 11) == 0 || strcmp(a->type,
	    "application/gopher-menu") == 0);
}

/* Feeds of comments come after feeds of posts. */
static size_t
best(const struct add *x)
{
	for (size_t i = 0; i < x->nfound; i++)
		if (strcasestr(x->urls[i], "comment") == NULL)
			return i;
	return 0;
}

static int
subscribe(struct add *x, const char *url, const char *title)
{
	const struct source *old = config_source(x->c, url);
	struct buf text = { .max = (size_t)16 << 20 }, more = { 0 };
	struct error e = { 0 };
	int code = EX_OK;

	if (old != NULL) {
		printf("known  %s  (%s line %d)\n", url, x->g->config,
		    old->line);
		return EX_OK;
	}
	if (x->dry_run)
		return EX_OK;
	if (file_read(&text, x->g->config, &e) != 0) {
		code = cmd_fail(&e);
	} else {
		edit_append(&more, buf_span(&text), url, x->name != NULL ?
		    x->name : title, x->allow_private);
		if (edit_write(x->g->config, buf_span(&text), buf_span(&more),
		    url, true, &e) != 0)
			code = cmd_fail(&e);
		else if (!x->g->quiet)
			printf("added  %s  to %s\n", url, x->g->config);
	}
	buf_free(&text);
	buf_free(&more);
	return code;
}

static int
add(struct add *x, const char *url)
{
	struct answer a = { .rc = 0 };
	size_t i;
	int code = EX_OK;

	look(x, &a, url);
	if (a.fetched && (a.rc != 0 || mere_page(&a)))
		search(x, &a);
	if (a.rc == 0)
		found(x, url, &a);
	if (x->nfound == 0 && !a.fetched) {
		error_wrap(&a.error, "%s", url);
		code = cmd_fail(&a.error);
		if (code == EX_SOFTWARE)
			code = EX_UNAVAILABLE;
	} else if (x->nfound == 0) {
		error_set(&a.error, E_SYNTAX, "%s names no feed, and none is "
		    "at the usual places; give the feed's own address", url);
		code = cmd_fail(&a.error);
	} else {
		i = best(x);
		code = subscribe(x, x->urls[i], x->titles[i]);
		if (x->nfound > 1 && !x->g->quiet)
			printf("The others can be added by their address.\n");
	}
	answer_free(&a);
	return code;
}

/* "example.org" is what people type. */
static char *
whole_address(const char *typed)
{
	char scheme[32];

	uri_scheme(scheme, sizeof(scheme), span_str(typed));
	if (strstr(typed, "://") != NULL || (scheme[0] != '\0' &&
	    strchr(typed, '.') == NULL))
		return xstrdup(typed);
	return xasprintf("https://%s", typed);
}

static int
prepare(struct add *x, struct error *e)
{
	const char *contact = x->c->user_agent_contact != NULL ?
	    x->c->user_agent_contact : x->c->link;
	char *agent = contact != NULL ? xasprintf("orrery/%s (+%s)",
	    ORRERY_VERSION, contact) : xasprintf("orrery/%s", ORRERY_VERSION);
	struct fetch_options o = { .user_agent = agent, .parallel = 1,
	    .proxy = x->c->proxy, .private_hint = "add --allow-private" };
	int rc;

	/* The child first: it must not inherit threads. */
	if ((rc = child_pool_new(&x->pool, 1,
	    child_sandbox_required(x->c->sandbox), e)) == 0)
		rc = fetch_new(&x->fetch, &o, e);
	free(agent);
	return rc;
}

static int
run(const struct cmd_global *g, int argc, char **argv)
{
	struct add x = { .g = g };
	const char *typed = NULL;
	struct error e = { 0 };
	char *url;
	int code = EX_OK;

	for (int i = 1; i < argc; i++) {
		if (strcmp(argv[i], "--allow-private") == 0)
			x.allow_private = true;
		else if (strcmp(argv[i], "--dry-run") == 0)
			x.dry_run = true;
		else if (strcmp(argv[i], "--name") == 0 && i + 1 < argc)
			x.name = argv[++i];
		else if (argv[i][0] == '-' || typed != NULL)
			return cmd_unexpected(&cmd_add, argv[i]);
		else
			typed = argv[i];
	}
	if (typed == NULL)
		return cmd_usage(&cmd_add, "which address?");
	if ((x.c = cmd_config(g, &code)) == NULL)
		return code;
	url = whole_address(typed);
	if (prepare(&x, &e) != 0)
		code = cmd_fail(&e);
	else
		code = add(&x, url);
	for (size_t i = 0; i < x.nfound; i++) {
		free(x.urls[i]);
		free(x.titles[i]);
	}
	free(url);
	fetch_free(x.fetch);
	child_pool_free(x.pool);
	config_free(x.c);
	return code;
}
