#include <sys/stat.h>

#include <dirent.h>
#include <errno.h>
#include <inttypes.h>
#include <libgen.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sysexits.h>
#include <unistd.h>

#include "base/file.h"
#include "base/xalloc.h"
#include "cmd/session.h"
#include "cmd/venus.h"
#include "gemtext/gemtext.h"
#include "update/child.h"

/* Entries and bytes put into one document for a child. */
#define BATCH_ENTRIES	200
#define BATCH_BYTES	((size_t)4 << 20)
#define ENTRY_BYTES	((size_t)2 << 20)
#define FILES_MAX	200000

static const char head[] = "<?xml version=\"1.0\" encoding=\"utf-8\"?>\n"
    "<feed xmlns=\"http://www.w3.org/2005/Atom\">\n";
static const char tail[] = "</feed>\n";

struct venus {
	const struct cmd_global	*g;
	const struct list	*list;
	const struct config	*c;
	struct store		*store;
	struct child_pool	*pool;
	struct buf		*docs;		/* one a feed of the list */
	size_t			*counts;
	size_t			 nfiles, nodd, nhomeless, nnew, nknown;
	struct error		 e;
	int			 rc;
};

/* A batch on its way through a child. */
struct batch {
	struct venus	*v;
	char		*url;
};

/* --- which feed an entry came from --- */

static struct span
between(struct span s, const char *from, const char *to)
{
	const char *a = memmem(s.p, s.n, from, strlen(from)), *b;
	struct span r;

	if (a == NULL)
		return span_of(s.p, 0);
	r = span_from(s, (size_t)(a - s.p) + strlen(from));
	b = memmem(r.p, r.n, to, strlen(to));
	r.n = b != NULL ? (size_t)(b - r.p) : 0;
	return r;
}

/* The href of the link in s that is rel="self". */
static struct span
self_link(struct span s)
{
	while (s.n > 0) {
		struct span tag = between(s, "<link", ">");

		if (tag.n == 0)
			break;
		if (memmem(tag.p, tag.n, "\"self\"", 6) != NULL)
			return between(tag, "href=\"", "\"");
		s = span_from(s, (size_t)(tag.p + tag.n - s.p));
	}
	return span_of(s.p, 0);
}

static void
unescape(struct buf *out, struct span s)
{
	static const struct { const char *is, *was; } marks[] = {
		{ "&", "&amp;" }, { "<", "&lt;" }, { ">", "&gt;" },
		{ "\"", "&quot;" } };

	for (size_t i = 0; i < s.n; i++) {
		size_t k = 0;

		while (k < 4 && !span_starts(span_from(s, i), marks[k].was))
			k++;
		if (k == 4) {
			buf_putc(out, s.p[i]);
			continue;
		}
		buf_puts(out, marks[k].is);
		i += strlen(marks[k].was) - 1;
	}
}

/*
 * Venus wrote the subscription's settings into each entry's source, its
 * name as planet:name; the feed's own address is its self link.
 */
static bool
feed_of(const struct venus *v, struct span entry, size_t *at)
{
	struct span source = between(entry, "<source", "</source>");
	struct span raw = between(source, "<planet:name>", "</planet:name>");
	struct buf name = { 0 }, url = { 0 };
	bool found = false;

	unescape(&name, span_trim(raw));
	unescape(&url, self_link(source));
	for (size_t i = 0; i < v->list->nfeeds && !found; i++) {
		const struct list_feed *f = &v->list->feeds[i];

		found = (url.n > 0 && strcmp(f->url, url.p) == 0) ||
		    (name.n > 0 && f->title != NULL &&
		    strcmp(f->title, name.p) == 0);
		*at = i;
	}
	buf_free(&name);
	buf_free(&url);
	return found;
}

/* --- into the store --- */

static void
merged(int status, struct feed *f, struct arena *a, const struct error *e,
    void *arg)
{
	struct batch *b = arg;
	struct venus *v = b->v;
	struct merge_options o = { .now = cmd_now(),
	    .future_dates = v->c->future_dates,
	    .revision = GEMTEXT_REVISION };
	struct merge_result r = { 0 };
	struct store_feed sf;
	int rc = 0;

	(void)a;
	if (status != 0) {
		fprintf(stderr, "orrery: entries of %s in the cache: %s; "
		    "left out\n", b->url, e->msg);
	} else if (v->rc == 0 && store_feed_by_url(v->store, &sf, a,
	    b->url) == 0) {
		/* its source is the feed that it is stored under */
		for (size_t i = 0; i < f->nentries; i++)
			f->entries[i].source = NULL;
		if ((rc = store_begin(v->store, &v->e)) == 0 &&
		    (rc = store_merge(v->store, sf.id, f, &o, &r,
		    &v->e)) == 0)
			rc = store_commit(v->store, &v->e);
		else
			store_rollback(v->store);
		v->nnew += r.nnew;
		v->nknown += r.nsame + r.nchanged + r.nduplicate;
	}
	if (rc != 0)
		v->rc = rc;
	free(b->url);
	free(b);
}

static void
flush_feed(struct venus *v, size_t i)
{
	const struct source *s = config_source(v->c, v->list->feeds[i].url);
	struct child_job job = { .now = cmd_now(),
	    .content_type = "application/atom+xml",
	    .max_entries = BATCH_ENTRIES, .width = v->c->gopher_width };
	struct buf *doc = &v->docs[i];
	struct batch *b;
	int rc;

	if (doc->n == 0)
		return;
	buf_puts(doc, tail);
	if (s == NULL) {
		v->nhomeless += v->counts[i];
	} else {
		b = xcalloc(1, sizeof(*b));
		b->v = v;
		b->url = xstrdup(s->url);
		job.url = b->url;
		rc = child_submit(v->pool, buf_span(doc), &job, merged, b,
		    &v->e);
		if (rc != 0) {
			v->rc = rc;
			free(b->url);
			free(b);
		}
	}
	buf_free(doc);
	v->counts[i] = 0;
}

/* --- files --- */

static void
take_entry(struct venus *v, struct span entry)
{
	struct span start = span_trim(entry);
	size_t at;

	if (span_starts(start, "<?xml")) {
		const char *end = memmem(start.p, start.n, "?>", 2);

		start = span_trim(span_from(start, end != NULL ?
		    (size_t)(end - start.p) + 2 : start.n));
	}
	if (!span_starts(start, "<entry") && !span_starts(start,
	    "<atom:entry")) {
		v->nodd++;
		return;
	}
	v->nfiles++;
	if (!feed_of(v, start, &at)) {
		v->nhomeless++;
		return;
	}
	if (v->store == NULL)
		return;
	if (v->counts[at] == BATCH_ENTRIES ||
	    v->docs[at].n + start.n > BATCH_BYTES)
		flush_feed(v, at);
	if (v->docs[at].n == 0)
		buf_puts(&v->docs[at], head);
	buf_put_span(&v->docs[at], start);
	buf_putc(&v->docs[at], '\n');
	v->counts[at]++;
}

static void
walk(struct venus *v, DIR *dir, const char *path)
{
	struct dirent *d;
	size_t n = 0;

	while (v->rc == 0 && n < FILES_MAX && (d = readdir(dir)) != NULL) {
		char *file = file_join(path, d->d_name);
		struct stat st;
		struct buf bytes;

		buf_init(&bytes, ENTRY_BYTES);
		if (d->d_name[0] != '.' && lstat(file, &st) == 0 &&
		    S_ISREG(st.st_mode)) {
			n++;
			if (file_read(&bytes, file, NULL) == 0)
				take_entry(v, buf_span(&bytes));
			else
				v->nodd++;
			if (v->g->tty && !v->g->quiet && n % 200 == 0)
				fprintf(stderr, "\rcache: %zu files", n);
		}
		buf_free(&bytes);
		free(file);
	}
	if (v->g->tty && !v->g->quiet && n >= 200)
		fprintf(stderr, "\r\033[K");
	if (v->store == NULL)
		return;		/* counted only */
	for (size_t i = 0; i < v->list->nfeeds && v->rc == 0; i++)
		flush_feed(v, i);
	child_collect(v->pool, true);
}

/* The cache as the configuration names it; it may have moved here with
 * the rest of its directory. */
static char *
cache_path(const struct list *l, const char *path)
{
	const char *value = "cache";
	char *copy = xstrdup(path), *dir = dirname(copy), *cache, *base;
	struct stat st;

	for (size_t i = 0; i < l->nsettings; i++)
		if (strcmp(l->settings[i].key, "cache_directory") == 0)
			value = l->settings[i].value;
	cache = file_join(dir, value);
	if (stat(cache, &st) == -1 || !S_ISDIR(st.st_mode)) {
		char *name = xstrdup(value);

		base = file_join(dir, basename(name));
		free(cache);
		free(name);
		cache = base;
	}
	free(copy);
	return cache;
}

static int
store_entries(struct venus *v, DIR *dir, const char *path)
{
	struct config *c;
	bool busy = false;
	int code = EX_OK;

	if ((c = cmd_config(&(struct cmd_global){ .config = v->g->config,
	    .quiet = true }, &code)) == NULL)
		return code;
	v->c = c;
	if (child_pool_new(&v->pool, 2,
	    child_sandbox_required(c->sandbox), &v->e) != 0) {
		code = cmd_fail(&v->e);
	} else if ((code = session_open(&v->store, c, &busy)) != EX_OK) {
		if (busy)
			fprintf(stderr, "orrery: an update is running; "
			    "import the cache when it is done\n");
	} else if (store_sync_feeds(v->store, c, cmd_now(), &v->e) != 0) {
		code = cmd_fail(&v->e);
	} else {
		walk(v, dir, path);
		if (v->rc != 0)
			code = cmd_fail(&v->e);
	}
	child_pool_free(v->pool);
	store_close(v->store);
	config_free(c);
	return code;
}

int
venus_cache(const struct cmd_global *g, const struct list *l,
    const char *path, bool dry)
{
	struct venus v = { .g = g, .list = l };
	char *cache = cache_path(l, path);
	DIR *dir = opendir(cache);
	int code = EX_OK;

	if (dir == NULL) {
		printf("left     the cache %s: %s\n", cache,
		    strerror(errno));
		free(cache);
		return EX_OK;
	}
	v.docs = xcalloc(l->nfeeds, sizeof(*v.docs));
	v.counts = xcalloc(l->nfeeds, sizeof(*v.counts));
	if (dry)
		walk(&v, dir, cache);
	else
		code = store_entries(&v, dir, cache);
	printf("cache    %s: %zu entries", cache, v.nfiles);
	if (!dry)
		printf(", %zu stored, %zu known already", v.nnew, v.nknown);
	if (v.nhomeless > 0)
		printf(", %zu of feeds no longer subscribed left",
		    v.nhomeless);
	if (v.nodd > 0)
		printf(", %zu other files left", v.nodd);
	putchar('\n');
	for (size_t i = 0; i < l->nfeeds; i++)
		buf_free(&v.docs[i]);
	free(v.docs);
	free(v.counts);
	closedir(dir);
	free(cache);
	return code;
}
