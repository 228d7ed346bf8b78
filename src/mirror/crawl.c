/*
 * crawl.c - a capsule without a manifest, by its links.
 *
 * Breadth first, one host, no queries, so many pages and no more: an
 * endless calendar costs its own copy and nothing else.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "base/file.h"
#include "base/hash.h"
#include "base/uri.h"
#include "base/xalloc.h"
#include "mirror/internal.h"
#include "mirror/manifest.h"

#define DEPTH_MAX	32	/* segments of a path */
#define QUEUE_FACTOR	8	/* addresses remembered per page allowed */
#define FAILED_MAX	50	/* failures in a row: the capsule is ill */

struct seen {
	struct seen	*next;
	unsigned char	 hash[HASH_LEN];
};

struct crawl {
	struct mirror	*m;
	char		**queue;
	size_t		 n, at, max, limit;
	struct seen	*table[4096];
	FILE		*done;		/* URLs had, for a run after a crash */
	int		 ill;
};

/* True when it was not there before. */
static bool
remember(struct crawl *c, struct span url)
{
	unsigned char hash[HASH_LEN];
	struct seen *s, **slot;

	hash_sha256(url, hash);
	slot = &c->table[(hash[0] << 8 | hash[1]) %
	    (sizeof(c->table) / sizeof(c->table[0]))];
	for (s = *slot; s != NULL; s = s->next)
		if (memcmp(s->hash, hash, HASH_LEN) == 0)
			return false;
	s = xmalloc(sizeof(*s));
	memcpy(s->hash, hash, HASH_LEN);
	s->next = *slot;
	*slot = s;
	return true;
}

static size_t
depth(struct span path)
{
	size_t n = 0;

	for (size_t i = 0; i < path.n; i++)
		n += path.p[i] == '/';
	return n;
}

/* Put an address of this capsule into the queue, unless it was there. */
static void
enqueue(struct crawl *c, const char *base, struct span ref)
{
	struct buf url = { .max = URI_MAX };
	struct uri u;
	size_t root = strlen(c->m->root);
	char *hash;

	if (c->n >= c->max || uri_resolve(&url, base, ref) != 0)
		goto out;
	if ((hash = memchr(url.p, '#', url.n)) != NULL)
		buf_truncate(&url, (size_t)(hash - url.p));
	uri_split(&u, buf_span(&url));
	/* A query is a question, and questions have no end. */
	if (url.n < root || memcmp(url.p, c->m->root, root) != 0 ||
	    u.query.p != NULL || depth(u.path) > DEPTH_MAX ||
	    !remember(c, buf_span(&url)))
		goto out;
	c->queue = xreallocarray(c->queue, c->n + 1, sizeof(*c->queue));
	c->queue[c->n++] = buf_take(&url);
out:
	buf_free(&url);
}

static void
enqueue_links(struct crawl *c, const char *base, struct span page)
{
	struct span line, ref;
	bool pre = false;

	while (span_line(&page, &line)) {
		if (span_starts(line, "```"))
			pre = !pre;
		if (pre || !span_starts(line, "=>"))
			continue;
		ref = span_trim(span_from(line, 2));
		for (size_t i = 0; i < ref.n; i++)
			if (ascii_space(ref.p[i]))
				ref.n = i;
		if (ref.n > 0)
			enqueue(c, base, ref);
	}
}

/* The file for an address: its path, decoded; index.gmi for a directory. */
static bool
path_of(struct buf *path, const char *url, const char *type)
{
	struct uri u;

	uri_split(&u, span_str(url));
	uri_unescape(path, u.path.n > 0 ? span_from(u.path, 1) : u.path);
	if (path->n == 0 || path->p[path->n - 1] == '/')
		buf_puts(path, type != NULL && strncmp(type, "text/gemini",
		    11) == 0 ? "index.gmi" : "index");
	return !path->over && manifest_path_safe(buf_span(path));
}

static void
note_done(struct crawl *c, const char *url)
{
	/* Written at once: whoever kills us asks for nothing first. */
	if (c->done != NULL) {
		fprintf(c->done, "%s\n", url);
		fflush(c->done);
	}
}

static int
save(struct crawl *c, struct got *g, struct error *e)
{
	struct mirror *m = c->m;
	struct buf path = { .max = MANIFEST_PATH_MAX };
	struct error own = { 0 };
	int rc = 0;

	if (!path_of(&path, g->url, g->type)) {
		mirror_say(m, "%s: no file can have that name; left out",
		    g->url);
	} else if (mirror_store(m, buf_span(&path), buf_span(&g->body), 0,
	    &own) != 0) {
		/* "/a" and "/a/b" cannot both be files. */
		mirror_say(m, "%s: %s; left out", g->url, own.msg);
		m->r->failed++;
	} else if (m->warc != NULL)
		rc = warc_put(m->warc, g->url, buf_span(&g->body),
		    m->o->now != NULL ? m->o->now() : time(NULL), e);
	buf_free(&path);
	return rc;
}

static int
visit(struct crawl *c, const char *url, struct error *e)
{
	struct mirror *m = c->m;
	struct got g;
	int rc;

	if ((rc = mirror_get(m, &g, url, e)) != 0)
		goto out;
	if (g.outcome != FETCH_OK) {
		mirror_say(m, "%s: %s", url, g.message);
		/* A dead link is the capsule's affair; a fault may heal. */
		if (g.outcome != FETCH_REFUSED && g.outcome != FETCH_GONE &&
		    g.outcome != FETCH_FORBIDDEN) {
			m->r->failed++;
			if (++c->ill >= FAILED_MAX)
				rc = error_set(e, E_AGAIN, "%d requests in a "
				    "row failed; come back later", c->ill);
		}
		goto out;
	}
	c->ill = 0;
	/* A redirect may have led to a page that was had already. */
	if (strcmp(g.url, url) != 0 && !remember(c, span_str(g.url)))
		goto out;
	rc = save(c, &g, e);
	if (g.type != NULL && strncmp(g.type, "text/gemini", 11) == 0)
		enqueue_links(c, g.url, buf_span(&g.body));
	note_done(c, url);
out:
	got_free(&g);
	return rc;
}

/* Whether a run that broke off had url; its links are read from the file. */
static bool
had(struct crawl *c, struct span done, const char *url)
{
	struct buf path = { .max = MANIFEST_PATH_MAX };
	struct buf page = { .max = MIRROR_FILE_MAX };
	struct span line;
	char *file;
	bool found = false;

	while (!found && span_line(&done, &line))
		found = span_eqs(line, url);
	if (found && path_of(&path, url, "text/gemini")) {
		file = mirror_file(c->m, buf_span(&path));
		found = file_read(&page, file, NULL) == 0;
		free(file);
		if (found && path.n > 4 &&
		    strcmp(path.p + path.n - 4, ".gmi") == 0)
			enqueue_links(c, url, buf_span(&page));
	} else
		found = false;
	buf_free(&page);
	buf_free(&path);
	return found;
}

static int
walk(struct crawl *c, struct span earlier, struct error *e)
{
	struct mirror *m = c->m;
	int rc = 0;

	for (; rc == 0 && c->at < c->n; c->at++) {
		const char *url = c->queue[c->at];

		m->done = c->at;
		m->known = c->n;
		if (!mirror_allowed(m, span_str(url + strlen(m->root)))) {
			m->r->barred++;
		} else if (had(c, earlier, url)) {
			m->r->unchanged++;
		} else if (mirror_enough(m, c->limit)) {
			break;
		} else
			rc = visit(c, url, e);
	}
	return rc;
}

int
mirror_crawl(struct mirror *m, struct error *e)
{
	struct crawl *c = xcalloc(1, sizeof(*c));
	struct buf earlier = { .max = (size_t)64 << 20 };
	char *state = xasprintf("%s/" STATE_DIR "/crawl", m->o->dir);
	struct seen *s, *next;
	int rc;

	c->m = m;
	c->limit = m->o->max > 0 ? m->o->max : MIRROR_CRAWL_MAX;
	c->max = c->limit * QUEUE_FACTOR;
	(void)file_read(&earlier, state, NULL);
	c->done = fopen(state, "ae");
	enqueue(c, m->root, span_str(m->o->url));
	enqueue(c, m->root, span_str(m->root));
	rc = walk(c, buf_span(&earlier), e);
	/* A run that came to its end starts afresh next time. */
	if (c->done != NULL)
		fclose(c->done);
	if (rc == 0)
		(void)unlink(state);
	for (size_t i = 0; i < c->n; i++)
		free(c->queue[i]);
	for (size_t i = 0; i < sizeof(c->table) / sizeof(*c->table); i++)
		for (s = c->table[i]; s != NULL; s = next) {
			next = s->next;
			free(s);
		}
	free(c->queue);
	buf_free(&earlier);
	free(state);
	free(c);
	return rc;
}
