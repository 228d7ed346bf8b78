/*
 * Published files.  The manifest in the store says what a file holds; the
 * file itself is only looked at to see that it is still there.
 */
#include <sys/stat.h>

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/arena.h"
#include "base/file.h"
#include "base/xalloc.h"
#include "publish/tree.h"
#include "publish/writer.h"

/* A run that writes more than that has a thread do it. */
#define FEW_FILES	64
#define CAPSULE		"capsule/"

struct removal {
	const char	*path;	/* NULL: taken back */
	bool		 tombstone;
};

struct tree {
	struct store		*store;
	struct tree_options	 o;
	struct tree_counts	 counts;
	struct arena		 arena;
	struct buf		 changes;	/* 'a', 'c' or 'g', path, NUL */
	bool			 changed;
	struct removal		*removals;
	size_t			 nremovals;
	const char		**doomed;	/* NULL: written again */
	size_t			 ndoomed;
	unsigned		 temps;
	struct writer		*writer;	/* NULL: none, or not yet */
};

int
tree_begin(struct tree **out, struct store *s, const struct tree_options *o,
    struct error *e)
{
	struct tree *t;
	int rc = 0;

	if (!o->dry_run && (rc = file_mkdirs(o->dir, 0755, e)) != 0)
		return rc;
	t = xcalloc(1, sizeof(*t));
	t->store = s;
	t->o = *o;
	*out = t;
	return 0;
}

void
tree_close(struct tree *t)
{
	if (t == NULL)
		return;
	writer_free(t->writer);
	arena_free(&t->arena);
	buf_free(&t->changes);
	free(t);
}

char *
tree_temp(struct tree *t)
{
	return xasprintf("%s/.tmp-%ld-%u", t->o.dir, (long)getpid(),
	    t->temps++);
}

static void
keep_change(struct tree *t, char what, const char *path)
{
	t->changed = true;
	if (strncmp(path, CAPSULE, strlen(CAPSULE)) != 0)
		return;
	buf_putc(&t->changes, what);
	buf_put(&t->changes, path, strlen(path) + 1);
}

static void
take_back(struct tree *t, const char *path)
{
	for (size_t i = 0; i < t->nremovals; i++)
		if (t->removals[i].path != NULL &&
		    strcmp(t->removals[i].path, path) == 0)
			t->removals[i].path = NULL;
	for (size_t i = 0; i < t->ndoomed; i++)
		if (t->doomed[i] != NULL && strcmp(t->doomed[i], path) == 0)
			t->doomed[i] = NULL;
}

int
tree_flush(struct tree *t, struct error *e)
{
	return t->writer != NULL ? writer_wait(t->writer, e) : 0;
}

int
tree_read(struct tree *t, const char *path, struct buf *out, struct error *e)
{
	struct error own = { 0 };
	char *full;
	int rc;

	if ((rc = tree_flush(t, e)) != 0)
		return rc;
	full = file_join(t->o.dir, path);
	rc = file_read(out, full, &own);
	if (rc != 0 && rc != E_NOTFOUND && e != NULL)
		*e = own;
	free(full);
	return rc;
}

/* Whether path holds what f says, by the manifest and by its size. */
static bool
is_same(struct tree *t, const struct store_file *had, bool known,
    const struct store_file *f)
{
	struct stat st;
	char *full;
	bool same;

	if (!known || had->gone || had->size != f->size ||
	    strcmp(had->sha256, f->sha256) != 0)
		return false;
	/* it may have been put a moment ago */
	if (tree_flush(t, NULL) != 0)
		return false;
	full = file_join(t->o.dir, f->path);
	same = lstat(full, &st) == 0 && S_ISREG(st.st_mode) &&
	    st.st_size == f->size;
	free(full);
	return same;
}

/* Now, or soon and before what is put next. */
static int
write_file(struct tree *t, const char *path, struct span bytes, bool fresh,
    struct error *e)
{
	char *full = file_join(t->o.dir, path), *temp = tree_temp(t);
	const struct writer_file f = { .path = full, .temp = temp,
	    .bytes = bytes, .mtime = t->o.now, .fresh = fresh };
	int rc;

	if (t->counts.written == FEW_FILES)
		t->writer = writer_new();
	rc = t->writer != NULL ? writer_put(t->writer, &f, e) :
	    writer_write(&f, e);
	free(temp);
	free(full);
	return rc;
}

int
tree_put(struct tree *t, const char *path, struct span bytes,
    struct error *e)
{
	struct arena a = { 0 };
	struct store_file had = { 0 }, f = { .path = path,
	    .size = (int64_t)bytes.n, .mtime = t->o.now };
	bool known;
	int rc = 0;

	take_back(t, path);
	hash_hex(bytes, f.sha256);
	known = store_file(t->store, &had, &a, path) == 0;
	if (is_same(t, &had, known, &f)) {
		t->counts.unchanged++;
		goto done;
	}
	t->counts.written++;
	if (t->o.dry_run)
		goto done;
	if ((rc = write_file(t, path, bytes, !known || had.gone, e)) == 0 &&
	    (rc = store_file_put(t->store, &f, e)) == 0)
		keep_change(t, known && !had.gone ? 'c' : 'a', path);
done:
	arena_free(&a);
	return rc;
}

int
tree_put_file(struct tree *t, const char *path, const char *temp,
    struct error *e)
{
	struct buf b = { 0 };
	int rc;

	if ((rc = file_read(&b, temp, e)) == 0)
		rc = tree_put(t, path, buf_span(&b), e);
	(void)unlink(temp);
	buf_free(&b);
	return rc;
}

int
tree_gone(struct tree *t, const char *path, bool tombstone, struct error *e)
{
	struct removal *r;

	(void)e;
	t->removals = arena_push(&t->arena, t->removals, &t->nremovals,
	    sizeof(*t->removals));
	r = &t->removals[t->nremovals - 1];
	r->path = arena_strdup(&t->arena, path);
	r->tombstone = tombstone;
	return 0;
}

struct prefix {
	struct tree	*t;
	bool		 tombstone;
};

static int
gone_one(const struct store_file *f, void *arg)
{
	struct prefix *p = arg;

	return f->gone ? 0 : tree_gone(p->t, f->path, p->tombstone, NULL);
}

int
tree_gone_prefix(struct tree *t, const char *prefix, bool tombstone,
    struct error *e)
{
	struct prefix p = { t, tombstone };

	return store_files(t->store, prefix, gone_one, &p, e);
}

bool
tree_has(struct tree *t, const char *path)
{
	struct arena a = { 0 };
	struct store_file f;
	bool has = store_file(t->store, &f, &a, path) == 0 && !f.gone;

	for (size_t i = 0; has && i < t->nremovals; i++)
		if (t->removals[i].path != NULL &&
		    strcmp(t->removals[i].path, path) == 0)
			has = false;
	arena_free(&a);
	return has;
}

/* The directories above path, up to the tree's own, if they are empty. */
static void
remove_parents(struct tree *t, const char *path)
{
	char *dir = xstrdup(path), *slash;

	while ((slash = strrchr(dir, '/')) != NULL) {
		char *full;
		bool done;

		*slash = '\0';
		if (strchr(dir, '/') == NULL)
			break;		/* "capsule" stays */
		full = file_join(t->o.dir, dir);
		done = rmdir(full) == -1;
		free(full);
		if (done)
			break;
	}
	free(dir);
}

static int
remove_one(struct tree *t, const struct removal *r, struct error *e)
{
	struct arena a = { 0 };
	struct store_file f = { 0 };
	bool known = store_file(t->store, &f, &a, r->path) == 0;
	int rc = 0;

	if (!known || (f.gone && !r->tombstone))
		goto done;
	if (!f.gone)
		t->counts.removed++;
	if (t->o.dry_run)
		goto done;
	if ((rc = store_file_gone(t->store, r->path, r->tombstone, e)) != 0)
		goto done;
	if (!f.gone)
		keep_change(t, 'g', r->path);
	t->doomed = arena_push(&t->arena, t->doomed, &t->ndoomed,
	    sizeof(*t->doomed));
	t->doomed[t->ndoomed - 1] = r->path;
done:
	arena_free(&a);
	return rc;
}

/* Nothing goes before what replaced it is on the disk. */
static int
unlink_doomed(struct tree *t, struct error *e)
{
	int rc = 0;

	for (size_t i = 0; i < t->ndoomed && rc == 0; i++) {
		char *full;

		if (t->doomed[i] == NULL)
			continue;
		full = file_join(t->o.dir, t->doomed[i]);
		if (unlink(full) == -1 && errno != ENOENT && errno != ENOTDIR)
			rc = error_errno(e, "%s", full);
		else
			remove_parents(t, t->doomed[i]);
		free(full);
	}
	return rc;
}

static int
sync_tree(struct tree *t, struct error *e)
{
	int fd, rc = 0;

	if (!t->o.sync || t->o.dry_run || !t->changed)
		return 0;
	fd = open(t->o.dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (fd == -1 || syncfs(fd) == -1)
		rc = error_errno(e, "%s: sync", t->o.dir);
	if (fd != -1)
		close(fd);
	return rc;
}

int
tree_remove(struct tree *t, struct error *e)
{
	int rc = 0;

	for (size_t i = 0; i < t->nremovals && rc == 0; i++)
		if (t->removals[i].path != NULL)
			rc = remove_one(t, &t->removals[i], e);
	t->nremovals = 0;
	t->removals = NULL;
	return rc;
}

int
tree_finish(struct tree *t, struct tree_counts *c, struct error *e)
{
	int rc;

	if ((rc = tree_remove(t, e)) == 0 && (rc = tree_flush(t, e)) == 0 &&
	    (rc = sync_tree(t, e)) == 0)
		rc = unlink_doomed(t, e);
	*c = t->counts;
	return rc;
}

int
tree_changes(struct tree *t, int (*each)(char what, const char *path,
    void *arg), void *arg)
{
	size_t end = t->changes.n, n;
	int rc = 0;

	/* what is put meanwhile may move them */
	for (size_t i = 0; i < end && rc == 0; i += n) {
		const char *path = t->changes.p + i + 1;

		n = strlen(path) + 2;
		rc = each(path[-1], path, arg);
	}
	return rc;
}
