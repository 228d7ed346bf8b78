#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/file.h"
#include "base/hash.h"
#include "base/xalloc.h"
#include "config/lists.h"
#include "update/lists.h"

/* A list may lose this part of its members at once, and always so many. */
#define SHRINK_TENTHS	1
#define SHRINK_ALWAYS	2
#define LIST_MAX	((size_t)16 << 20)

/* Where the last good state of a list lies. */
static char *
list_path(const struct config *c, const struct source *list)
{
	char hex[HASH_HEX];

	hash_hex(span_str(list->url), hex);
	return xasprintf("%s/lists/%.16s.list", c->cache_dir, hex);
}

static int
list_stored(struct list *out, const struct config *c,
    const struct source *list, struct error *e)
{
	char *path = list_path(c, list);
	struct buf bytes;
	int rc;

	buf_init(&bytes, LIST_MAX);
	memset(out, 0, sizeof(*out));
	if ((rc = file_read(&bytes, path, e)) == 0)
		rc = list_read(out, buf_span(&bytes),
		    list_format_named(list->list_format != NULL ?
		    list->list_format : ""), list->url, e);
	buf_free(&bytes);
	free(path);
	return rc;
}

static void
expand_one(struct config *c, size_t at, const struct list *l)
{
	for (size_t i = 0; i < l->nfeeds; i++) {
		/* Adding moves the array: look the list up each time. */
		struct source *s = config_source_add(c, &c->sources[at],
		    l->feeds[i].url);

		if (s == NULL)
			continue;
		s->name = arena_strdup(c->arena, l->feeds[i].title);
		s->link = NULL;
	}
}

void
lists_expand(struct config *c, void (*report)(const char *line, void *arg),
    void *arg)
{
	size_t own = c->nsources;

	for (size_t i = 0; i < own; i++) {
		struct error e = { 0 };
		struct list l;
		int rc;

		if (c->sources[i].kind != SOURCE_LIST || c->sources[i].paused)
			continue;
		if (c->sources[i].file != NULL)
			continue;
		rc = list_stored(&l, c, &c->sources[i], &e);
		if (rc == 0)
			expand_one(c, i, &l);
		else if (rc != E_NOTFOUND && report != NULL) {
			error_wrap(&e, "reading list %s", c->sources[i].url);
			report(e.msg, arg);
		}
		list_free(&l);
	}
}

static int
compare_url(const void *a, const void *b)
{
	return strcmp(*(const char *const *)a, *(const char *const *)b);
}

/* How many addresses of old are not in new. */
static size_t
vanished(const struct list *old, const struct list *new)
{
	const char **urls = xcalloc(new->nfeeds, sizeof(*urls));
	size_t n = 0;

	for (size_t i = 0; i < new->nfeeds; i++)
		urls[i] = new->feeds[i].url;
	qsort(urls, new->nfeeds, sizeof(*urls), compare_url);
	for (size_t i = 0; i < old->nfeeds; i++)
		n += bsearch(&old->feeds[i].url, urls, new->nfeeds,
		    sizeof(*urls), compare_url) == NULL;
	free(urls);
	return n;
}

static int
check_shrink(const struct config *c, const struct source *list,
    const struct list *new, struct error *e)
{
	struct list old;
	size_t gone;
	char *path;
	int rc = 0;

	if (list_stored(&old, c, list, NULL) != 0) {
		list_free(&old);
		return 0;
	}
	gone = vanished(&old, new);
	if (gone > SHRINK_ALWAYS && gone * 10 > old.nfeeds * SHRINK_TENTHS) {
		path = list_path(c, list);
		rc = error_set(e, E_LIMIT, "%zu of the %zu feeds of this "
		    "reading list are gone; the old state stays (remove %s "
		    "to accept the new one)", gone, old.nfeeds, path);
		free(path);
	}
	list_free(&old);
	return rc;
}

int
lists_save(const struct config *c, const struct source *list,
    struct span body, struct error *e)
{
	struct list new = { 0 };
	char *path = list_path(c, list), *dir = file_join(c->cache_dir,
	    "lists");
	int rc;

	rc = list_read(&new, body, list_format_named(
	    list->list_format != NULL ? list->list_format : ""), list->url, e);
	if (rc == 0 && (rc = check_shrink(c, list, &new, e)) == 0 &&
	    (rc = file_mkdirs(dir, 0700, e)) == 0)
		rc = file_replace(path, body, 0600, true, e);
	list_free(&new);
	free(path);
	free(dir);
	return rc;
}

/* --- state: one tab-separated line under the list's address --- */

#define STATE_NUMBERS	9	/* between the texts and the last text */

/* Header values and one-line messages hold no tab. */
static void
put_text(struct buf *b, const char *s)
{
	buf_putf(b, "%s\t", s != NULL ? s : "");
}

int
lists_state_save(struct store *s, const struct store_feed *f,
    struct error *e)
{
	char *key = xasprintf("list:%s", f->url);
	struct buf b = { 0 };
	int rc;

	put_text(&b, f->etag);
	put_text(&b, f->last_modified);
	put_text(&b, f->body_hash);
	put_text(&b, f->fetch_url);
	put_text(&b, f->moved_to);
	put_text(&b, f->why);
	put_text(&b, f->error);
	buf_putf(&b, "%d\t%" PRId64 "\t%" PRId64 "\t%" PRId64 "\t%" PRId64
	    "\t%d\t%d\t%d\t%" PRId64 "\t", f->moved_count, f->moved_since,
	    f->last_try, f->last_ok, f->next_try, f->status, f->failures,
	    f->gone, f->min_until);
	put_text(&b, f->validators_of);
	rc = store_meta_set(s, key, buf_cstr(&b), e);
	buf_free(&b);
	free(key);
	return rc;
}

static const char *
take_text(struct span *rest, struct arena *a)
{
	const char *tab = memchr(rest->p, '\t', rest->n);
	size_t n = tab != NULL ? (size_t)(tab - rest->p) : rest->n;
	const char *s = n > 0 ? arena_strndup(a, rest->p, n) : NULL;

	*rest = span_from(*rest, n + 1);
	return s;
}

void
lists_state_load(struct store *s, const struct source *list,
    struct store_feed *f, struct arena *a)
{
	char *key = xasprintf("list:%s", list->url);
	struct buf b = { 0 };
	struct span rest;
	int gone = 0;

	*f = (struct store_feed){ .url = list->url,
	    .name = list->name != NULL ? list->name : list->url };
	if (store_meta_get(s, key, &b) == 0) {
		rest = buf_span(&b);
		f->etag = take_text(&rest, a);
		f->last_modified = take_text(&rest, a);
		f->body_hash = take_text(&rest, a);
		f->fetch_url = take_text(&rest, a);
		f->moved_to = take_text(&rest, a);
		f->why = take_text(&rest, a);
		f->error = take_text(&rest, a);
		(void)sscanf(rest.p, "%d\t%" SCNd64 "\t%" SCNd64 "\t%" SCNd64
		    "\t%" SCNd64 "\t%d\t%d\t%d\t%" SCNd64, &f->moved_count,
		    &f->moved_since, &f->last_try, &f->last_ok, &f->next_try,
		    &f->status, &f->failures, &gone, &f->min_until);
		f->gone = gone != 0;
		for (int i = 0; i < STATE_NUMBERS; i++)
			(void)take_text(&rest, a);
		f->validators_of = take_text(&rest, a);
	}
	buf_free(&b);
	free(key);
}
