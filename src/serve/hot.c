/*
 * hot.c - a table of pages by name, the one unused for longest goes first.
 */
#include <sys/queue.h>

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/xalloc.h"
#include "serve/hot.h"

#define BUCKETS		1024
/* Seconds: the times of a file are no finer than some milliseconds, and
 * clocks of servers of files differ. */
#define SETTLED		2

struct entry {
	struct hot_page	 page;		/* first: a page is its entry */
	TAILQ_ENTRY(entry) used;	/* the last used at the end */
	LIST_ENTRY(entry) same;		/* in a bucket */
	unsigned	 refs;
	bool		 kept;
	struct hot_key	 key;
	char		*path;
	uint32_t	 hash;
	size_t		 bytes;
	dev_t		 dev;
	ino_t		 ino;
	off_t		 size;
	struct timespec	 mtime, ctime;
};

TAILQ_HEAD(entry_queue, entry);
LIST_HEAD(entry_list, entry);

struct hot {
	size_t		 max, kept, held;
	struct entry_queue used;
	struct entry_list bucket[BUCKETS];
};

struct hot *
hot_new(size_t max)
{
	struct hot *h = xcalloc(1, sizeof(*h));

	h->max = max;
	TAILQ_INIT(&h->used);
	for (size_t i = 0; i < BUCKETS; i++)
		LIST_INIT(&h->bucket[i]);
	return h;
}

static void
let_go(struct hot *h, struct entry *e)
{
	if (e->refs > 0 || e->kept)
		return;
	h->held -= e->bytes;
	free((char *)(uintptr_t)e->page.p);
	free((char *)(uintptr_t)e->key.name);
	free(e->path);
	free(e);
}

static void
drop(struct hot *h, struct entry *e)
{
	TAILQ_REMOVE(&h->used, e, used);
	LIST_REMOVE(e, same);
	h->kept -= e->bytes;
	e->kept = false;
	let_go(h, e);
}

void
hot_free(struct hot *h)
{
	if (h == NULL)
		return;
	while (!TAILQ_EMPTY(&h->used))
		drop(h, TAILQ_FIRST(&h->used));
	free(h);
}

static uint32_t
hash_of(const struct hot_key *k)
{
	uint32_t n = 2166136261u;

	for (const char *s = k->name; *s != '\0'; s++)
		n = (n ^ (unsigned char)*s) * 16777619u;
	n ^= (uint32_t)(((uintptr_t)k->tree ^ (uintptr_t)k->variant) >> 4);
	n ^= (uint32_t)k->port << 16;
	return n ^ n >> 15;
}

static bool
same_key(const struct hot_key *a, const struct hot_key *b)
{
	return a->tree == b->tree && a->variant == b->variant &&
	    a->port == b->port && strcmp(a->name, b->name) == 0;
}

static bool
same_time(const struct timespec *a, const struct timespec *b)
{
	return a->tv_sec == b->tv_sec && a->tv_nsec == b->tv_nsec;
}

static bool
same_file(const struct entry *e, const struct stat *st)
{
	return e->dev == st->st_dev && e->ino == st->st_ino &&
	    e->size == st->st_size && same_time(&e->mtime, &st->st_mtim) &&
	    same_time(&e->ctime, &st->st_ctim);
}

static struct entry *
lookup(const struct hot *h, const struct hot_key *k, uint32_t hash)
{
	struct entry *e;

	LIST_FOREACH(e, &h->bucket[hash % BUCKETS], same)
		if (e->hash == hash && same_key(&e->key, k))
			return e;
	return NULL;
}

struct hot_page *
hot_find(struct hot *h, const struct hot_key *k)
{
	struct entry *e = lookup(h, k, hash_of(k));
	struct stat st;

	if (e == NULL)
		return NULL;
	if (!tree_stat(k->tree, e->path, &st) || !same_file(e, &st)) {
		drop(h, e);
		return NULL;
	}
	TAILQ_REMOVE(&h->used, e, used);
	TAILQ_INSERT_TAIL(&h->used, e, used);
	e->refs++;
	return &e->page;
}

/* The bytes of fd, all n of them. */
static bool
read_all(struct buf *out, int fd, size_t n)
{
	char *to = buf_reserve(out, n);

	while (to != NULL && out->n < n) {
		ssize_t got = pread(fd, out->p + out->n, n - out->n,
		    (off_t)out->n);

		if (got <= 0)
			return false;
		buf_truncate(out, out->n + (size_t)got);
	}
	return to != NULL;
}

static void
keep(struct hot *h, struct entry *e, const struct hot_key *k)
{
	struct entry *before;

	e->hash = hash_of(k);
	if ((before = lookup(h, k, e->hash)) != NULL)
		drop(h, before);
	e->kept = true;
	h->kept += e->bytes;
	TAILQ_INSERT_TAIL(&h->used, e, used);
	LIST_INSERT_HEAD(&h->bucket[e->hash % BUCKETS], e, same);
	while (h->kept > h->max)
		drop(h, TAILQ_FIRST(&h->used));
}

static struct entry *
make(struct hot *h, struct buf *b, const struct hot_key *k, const char *path,
    const struct stat *st)
{
	struct entry *e = xcalloc(1, sizeof(*e));

	e->page.n = b->n;
	e->page.p = xreallocarray(buf_take(b), e->page.n + 1, 1);
	e->refs = 1;
	e->key = *k;
	e->key.name = xstrdup(k->name);
	e->path = xstrdup(path);
	e->bytes = e->page.n + sizeof(*e) + strlen(path) + strlen(k->name);
	e->dev = st->st_dev;
	e->ino = st->st_ino;
	e->size = st->st_size;
	e->mtime = st->st_mtim;
	e->ctime = st->st_ctim;
	h->held += e->bytes;
	return e;
}

struct hot_page *
hot_read(struct hot *h, const struct hot_key *k, const char *path, int fd,
    const struct stat *st, int64_t now, hot_edit *edit, void *arg)
{
	const size_t max = edit != NULL ? HOT_EDIT_MAX : HOT_PAGE_MAX;
	struct buf b = { .max = max }, edited = { .max = 2 * max };
	struct entry *e = NULL;

	if (st->st_size < 0 || (uintmax_t)st->st_size > max ||
	    h->held + (size_t)st->st_size > 2 * h->max)
		return NULL;
	if (read_all(&b, fd, (size_t)st->st_size)) {
		if (edit != NULL)
			edit(&edited, buf_span(&b), arg);
		e = make(h, edit != NULL ? &edited : &b, k, path, st);
		if (e->page.n <= HOT_PAGE_MAX &&
		    st->st_ctim.tv_sec + SETTLED <= now &&
		    st->st_mtim.tv_sec + SETTLED <= now)
			keep(h, e, k);
	}
	buf_free(&b);
	buf_free(&edited);
	return e != NULL ? &e->page : NULL;
}

void
hot_release(struct hot *h, struct hot_page *p)
{
	struct entry *e = (struct entry *)p;

	if (e == NULL)
		return;
	e->refs--;
	let_go(h, e);
}

size_t
hot_held(const struct hot *h)
{
	return h->held;
}
