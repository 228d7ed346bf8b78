#include <sys/stat.h>

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "base/xalloc.h"
#include "store/internal.h"

#define CHECK_ALWAYS	(4 << 20)	/* bytes */
#define CHECK_EVERY	86400		/* seconds */

static const char remedy[] = "the published pages are not touched; get a"
    " backup back with `orrery restore FILE`, or move the file away and"
    " run `orrery update --all`";

static int
settings(struct store *s, struct error *e)
{
	int rc;

	if (!s->writable)
		return 0;
	if ((rc = db_exec(s->db, "PRAGMA journal_mode=WAL", e)) != 0)
		return rc;
	return db_exec(s->db, "PRAGMA synchronous=NORMAL;"
	    "PRAGMA wal_autocheckpoint=2000;"
	    "PRAGMA journal_size_limit=67108864;"
	    "PRAGMA cache_size=-32768", e);
}

static void
on_update(void *arg, int what, const char *db, const char *table,
    sqlite3_int64 id)
{
	struct store *s = arg;

	(void)what;
	(void)db;
	(void)id;
	s->feeds_stamp += strcmp(table, "feed") == 0;
}

static void
unlock(struct store *s)
{
	if (s->lock_fd != -1)
		close(s->lock_fd);
	s->lock_fd = -1;
}

int
store_open(struct store **out, const char *path, bool writable,
    struct error *e)
{
	struct store *s = xcalloc(1, sizeof(*s));
	int rc;

	*out = NULL;
	s->path = xstrdup(path);
	s->writable = writable;
	s->lock_fd = -1;
	rc = db_open(&s->db, path, writable ? DB_CREATE : DB_READ, e);
	if (rc == E_NOTFOUND)
		(void)error_set(e, rc, "%s: nothing stored yet; run `orrery"
		    " update` first", path);
	if (rc == 0) {
		(void)sqlite3_update_hook(db_handle(s->db), on_update, s);
		db_set_remedy(s->db, remedy);
		rc = settings(s, e);
	}
	if (rc == 0)
		rc = migrate(s->db, store_migrations, STORE_SCHEMA, writable,
		    e);
	if (rc != 0) {
		store_close(s);
		return rc;
	}
	*out = s;
	return 0;
}

void
store_close(struct store *s)
{
	if (s == NULL)
		return;
	while (s->depth > 0)
		store_rollback(s);
	db_close(s->db);
	unlock(s);
	buf_free(&s->zone);
	free(s->path);
	free(s);
}

int
store_check(struct store *s, struct error *e)
{
	sqlite3_stmt *st = db_query(s->db, e, "PRAGMA quick_check(1)", "");
	const char *found;
	int rc;

	if (st == NULL)
		return e != NULL ? e->status : E_FAIL;
	if ((rc = db_step(s->db, st, e)) == 1) {
		found = (const char *)sqlite3_column_text(st, 0);
		rc = found != NULL && strcmp(found, "ok") == 0 ? 0 :
		    error_set(e, E_FAIL, "%s: the file is damaged (%.120s);"
		    " %s", s->path, found != NULL ? found : "?", remedy);
	} else if (rc == 0)
		rc = error_set(e, E_FAIL, "%s: cannot be checked", s->path);
	db_done(s->db, st);
	return rc;
}

int
store_trouble(struct store *s, struct error *e)
{
	return db_trouble(s->db, e);
}

/*
 * Whoever takes the lock is going to write: not into a damaged file.  A small
 * one is read through each time, a big one (that takes long) once a day.
 */
static int
check_before_writing(struct store *s, struct error *e)
{
	struct stat st;
	char text[32];
	int64_t now = time(NULL), last;
	int rc;

	if (!s->writable || s->db == NULL)
		return 0;
	last = db_int(s->db, 0, "SELECT CAST(value AS INT) FROM meta WHERE"
	    " key='checked'", "");
	if (stat(s->path, &st) == 0 && st.st_size > CHECK_ALWAYS &&
	    now >= last && now - last < CHECK_EVERY)
		return 0;
	if ((rc = store_check(s, e)) != 0)
		return rc;
	snprintf(text, sizeof(text), "%lld", (long long)now);
	return st.st_size > CHECK_ALWAYS ?
	    store_meta_set(s, "checked", text, e) : 0;
}

/*
 * A lock of the kernel's, not a number in a file: it ends with its holder,
 * however that ends.  A record lock, since children that were forked
 * while it was held do not inherit it.
 */
int
store_lock(struct store *s, struct error *e)
{
	struct flock l = { .l_type = F_WRLCK, .l_whence = SEEK_SET };
	char *path;
	int rc = 0;

	if (s->lock_fd != -1)
		return 0;
	path = xasprintf("%s.lock", s->path);
	s->lock_fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW,
	    0600);
	if (s->lock_fd == -1)
		rc = error_errno(e, "%s", path);
	else if (fcntl(s->lock_fd, F_SETLK, &l) == -1) {
		if (errno != EAGAIN && errno != EACCES)
			rc = error_errno(e, "%s", path);
		else if (fcntl(s->lock_fd, F_GETLK, &l) == 0 &&
		    l.l_type != F_UNLCK)
			rc = error_set(e, E_AGAIN, "another update is running"
			    " (process %ld)", (long)l.l_pid);
		else
			rc = error_set(e, E_AGAIN,
			    "another update is running");
		unlock(s);
	} else if ((rc = check_before_writing(s, e)) != 0)
		unlock(s);
	free(path);
	return rc;
}

/*
 * --- transactions ---
 *
 * One begun within another is a savepoint: what fails inside goes, and
 * the outer one may still commit the rest.
 */

int
store_begin(struct store *s, struct error *e)
{
	int rc;

	rc = db_exec(s->db, s->depth == 0 ? "BEGIN IMMEDIATE" :
	    "SAVEPOINT inner", e);
	if (rc == 0)
		s->depth++;
	return rc;
}

int
store_commit(struct store *s, struct error *e)
{
	int rc;

	if (s->depth == 0)
		return error_set(e, E_FAIL, "%s: no transaction to commit",
		    s->path);
	rc = db_exec(s->db, s->depth == 1 ? "COMMIT" : "RELEASE inner", e);
	if (rc != 0)
		store_rollback(s);
	else
		s->depth--;
	return rc;
}

void
store_rollback(struct store *s)
{
	bool lost = sqlite3_get_autocommit(db_handle(s->db)) != 0;

	/* on a full disk SQLite takes everything back by itself */
	if (s->depth > 1 && !lost)
		(void)db_exec(s->db, "ROLLBACK TO inner; RELEASE inner",
		    NULL);
	else if (!lost)
		(void)db_exec(s->db, "ROLLBACK", NULL);
	if (s->depth > 0)
		s->depth--;
}

/* --- small values --- */

int
store_meta_get(struct store *s, const char *key, struct buf *value)
{
	sqlite3_stmt *st = db_query(s->db, NULL,
	    "SELECT value FROM meta WHERE key=?", "t", key);
	int rc;

	if (st == NULL)
		return E_FAIL;
	rc = db_step(s->db, st, NULL);
	if (rc == 1) {
		buf_put(value, sqlite3_column_text(st, 0),
		    (size_t)sqlite3_column_bytes(st, 0));
		rc = 0;
	} else if (rc == 0)
		rc = E_NOTFOUND;
	db_done(s->db, st);
	return rc;
}

int
store_meta_set(struct store *s, const char *key, const char *value,
    struct error *e)
{
	if (value == NULL)
		return db_run(s->db, e, "DELETE FROM meta WHERE key=?", "t",
		    key);
	return db_run(s->db, e, "INSERT INTO meta(key, value) VALUES(?, ?)"
	    " ON CONFLICT(key) DO UPDATE SET value=excluded.value", "tt", key,
	    value);
}
