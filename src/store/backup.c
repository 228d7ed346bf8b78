#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/xalloc.h"
#include "store/internal.h"

#define STEP_PAGES	1024	/* between two calls of progress */

/* Copy page by page; from must not change meanwhile. */
static int
copy_pages(struct db *to, struct db *from,
    void (*progress)(int, int, void *), void *arg, struct error *e)
{
	sqlite3_backup *b;
	int rc, total, tries = 0;

	b = sqlite3_backup_init(db_handle(to), "main", db_handle(from),
	    "main");
	if (b == NULL)
		return db_fail(to, e);
	do {
		rc = sqlite3_backup_step(b, STEP_PAGES);
		total = sqlite3_backup_pagecount(b);
		if (progress != NULL && rc != SQLITE_BUSY)
			progress(total - sqlite3_backup_remaining(b), total,
			    arg);
		if (rc == SQLITE_BUSY || rc == SQLITE_LOCKED)
			sqlite3_sleep(20);
	} while (rc == SQLITE_OK || ((rc == SQLITE_BUSY ||
	    rc == SQLITE_LOCKED) && ++tries < 500));
	(void)sqlite3_backup_finish(b);
	if (rc == SQLITE_DONE)
		return 0;
	if (rc == SQLITE_BUSY || rc == SQLITE_LOCKED)
		return error_set(e, E_AGAIN, "%s: in use by another process;"
		    " try again", db_path(to));
	return sqlite3_errcode(db_handle(from)) != SQLITE_OK &&
	    sqlite3_errcode(db_handle(from)) != SQLITE_DONE ?
	    db_fail(from, e) : db_fail(to, e);
}

static int
sync_file(const char *path, struct error *e)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC), rc = 0;

	if (fd == -1 || fsync(fd) == -1)
		rc = error_errno(e, "%s", path);
	if (fd != -1)
		close(fd);
	return rc;
}

/* Beside it first, then renamed: a stop leaves no half copy under to. */
int
backup_copy(struct db *from, const char *to,
    void (*progress)(int, int, void *), void *arg, struct error *e)
{
	char *part = xasprintf("%s.part", to);
	struct db *d = NULL;
	int rc;

	(void)unlink(part);
	rc = db_open(&d, part, DB_CREATE, e);
	if (rc == 0)
		rc = copy_pages(d, from, progress, arg, e);
	/* a single file that any reader can open */
	if (rc == 0)
		rc = db_exec(d, "PRAGMA journal_mode=DELETE", e);
	db_close(d);
	if (rc == 0)
		rc = sync_file(part, e);
	if (rc == 0 && rename(part, to) == -1)
		rc = error_errno(e, "%s", to);
	if (rc != 0)
		(void)unlink(part);
	free(part);
	return rc;
}

/*
 * From a connection of its own that keeps one snapshot open, so that
 * writers go on and the copy is of one moment.
 */
int
store_backup(struct store *s, const char *path,
    void (*progress)(int done, int total, void *arg), void *arg,
    struct error *e)
{
	struct db *d = NULL;
	int rc;

	if ((rc = db_open(&d, s->path, DB_READ, e)) != 0)
		return rc;
	rc = db_exec(d, "BEGIN; SELECT count(*) FROM meta", e);
	if (rc == 0)
		rc = backup_copy(d, path, progress, arg, e);
	db_close(d);
	return rc;
}

int
store_restore(const char *backup, const char *path, struct error *e)
{
	return store_restore_progress(backup, path, NULL, NULL, e);
}

/* A damaged file and its companions are kept under another name. */
static int
move_aside(const char *path, struct error *e)
{
	static const char *const tail[] = { "", "-wal", "-shm", "-journal" };
	int rc = 0;

	for (size_t i = 0; i < sizeof(tail) / sizeof(tail[0]); i++) {
		char *from = xasprintf("%s%s", path, tail[i]);
		char *to = xasprintf("%s.damaged%s", path, tail[i]);

		if (rename(from, to) == -1 && errno != ENOENT)
			rc = error_errno(e, "%s", from);
		free(from);
		free(to);
	}
	return rc;
}

/* Whether what is at path can be written over through SQLite. */
static bool
usable(const char *path)
{
	struct store *s;
	struct error e;
	int rc;

	rc = store_open(&s, path, true, &e);
	if (rc == 0)
		rc = store_check(s, &e);
	else if (rc == E_LIMIT || rc == E_AGAIN)
		return true;	/* newer, or busy: sound in itself */
	store_close(s);
	return rc == 0;
}

/* A sound store of this or an older version, which opening will migrate. */
static int
is_backup(struct store *b, struct error *e)
{
	int64_t v = db_int(b->db, -1, "PRAGMA user_version", "");

	if (v > STORE_SCHEMA)
		return error_set(e, E_LIMIT, "%s: made by a newer orrery",
		    b->path);
	if (v < 1 || db_int(b->db, -1, "SELECT count(*) FROM feed", "") < 0)
		return error_set(e, E_FAIL, "%s: no backup of a store",
		    b->path);
	return store_check(b, e);
}

int
store_restore_progress(const char *backup, const char *path,
    void (*progress)(int done, int total, void *arg), void *arg,
    struct error *e)
{
	struct store from = { .path = (char *)backup, .lock_fd = -1 };
	struct store lock = { .path = xstrdup(path),
	    .lock_fd = -1 };
	struct db *to = NULL;
	int rc;

	if ((rc = store_lock(&lock, e)) != 0)
		goto done;
	if ((rc = db_open(&from.db, backup, DB_READ, e)) != 0 ||
	    (rc = is_backup(&from, e)) != 0) {
		error_wrap(e, "not restored");
		goto done;
	}
	if (access(path, F_OK) == 0 && !usable(path) &&
	    (rc = move_aside(path, e)) != 0)
		goto done;
	if ((rc = db_open(&to, path, DB_CREATE, e)) != 0)
		goto done;
	(void)db_exec(to, "PRAGMA journal_mode=WAL", NULL);
	if ((rc = copy_pages(to, from.db, progress, arg, e)) != 0)
		goto done;
	rc = db_exec(to, "PRAGMA journal_mode=WAL", e);
done:
	db_close(to);
	db_close(from.db);
	if (lock.lock_fd != -1)
		close(lock.lock_fd);
	free(lock.path);
	return rc;
}
