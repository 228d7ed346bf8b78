#include <sys/stat.h>

#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/db.h"
#include "base/xalloc.h"

#define BUSY_MS		10000		/* another connection's commit */
#define VALUE_MAX	(32 << 20)	/* bytes of one value or row */

#define HINTS		256		/* a power of two */

struct kept {
	sqlite3_stmt	*st;
	bool		 used;
};

struct db {
	sqlite3		*h;
	char		*path;
	const char	*remedy;
	struct kept	*kept;
	size_t		 nkept;
	struct error	 trouble;	/* the first since it was asked for */
	/* where the statement of a text, and a statement, were last found */
	uint16_t	 by_sql[HINTS], by_st[HINTS];
};

/*
 * Debian compiles URI names in, so that "file:x?mode=..." or ":memory:"
 * would not be the file of that name.  A path that starts with "/" or "./"
 * is always a path.
 */
static char *
plain_path(const char *path)
{
	return path[0] == '/' ? xstrdup(path) : xasprintf("./%s", path);
}

static int
check_owner(const char *path, enum db_mode mode, struct error *e)
{
	struct stat st;
	int fd;

	if (mode == DB_CREATE) {
		fd = open(path, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC |
		    O_NOFOLLOW, 0600);
		if (fd != -1)
			close(fd);
		else if (errno != EEXIST)
			return error_errno(e, "%s: cannot be made", path);
	}
	if (stat(path, &st) == -1)
		return errno == ENOENT ?
		    error_set(e, E_NOTFOUND, "%s: not there", path) :
		    error_errno(e, "%s", path);
	if (!S_ISREG(st.st_mode))
		return error_set(e, E_FAIL, "%s: not a file", path);
	if (mode == DB_READ)
		return 0;
	if (st.st_uid != geteuid())
		return error_set(e, E_FAIL, "%s: belongs to user %lu, and this"
		    " is user %lu; run as its owner, or give it the right one"
		    " with chown", path, (unsigned long)st.st_uid,
		    (unsigned long)geteuid());
	if ((st.st_mode & 077) != 0 && chmod(path, 0600) == -1)
		return error_errno(e, "%s: mode", path);
	return 0;
}

static void
settle(sqlite3 *h, enum db_mode mode)
{
	sqlite3_extended_result_codes(h, 1);
	sqlite3_busy_timeout(h, BUSY_MS);
	sqlite3_db_config(h, SQLITE_DBCONFIG_DEFENSIVE, 1, NULL);
	sqlite3_db_config(h, SQLITE_DBCONFIG_TRUSTED_SCHEMA, 0, NULL);
	sqlite3_db_config(h, SQLITE_DBCONFIG_ENABLE_LOAD_EXTENSION, 0, NULL);
	sqlite3_limit(h, SQLITE_LIMIT_LENGTH, VALUE_MAX);
	sqlite3_limit(h, SQLITE_LIMIT_ATTACHED, 0);
	(void)sqlite3_exec(h, "PRAGMA cell_size_check=1; PRAGMA mmap_size=0;"
	    "PRAGMA foreign_keys=0; PRAGMA temp_store=MEMORY;", NULL, NULL,
	    NULL);
	/* What is forgotten is overwritten, not only let go. */
	(void)sqlite3_exec(h, mode == DB_READ ? "PRAGMA query_only=1" :
	    "PRAGMA secure_delete=1", NULL, NULL, NULL);
}

int
db_open(struct db **out, const char *path, enum db_mode mode, struct error *e)
{
	struct db *d = xcalloc(1, sizeof(*d));
	int flags, rc;

	*out = NULL;
	d->path = plain_path(path);
	d->remedy = "put a backup in its place";
	if ((rc = check_owner(d->path, mode, e)) != 0) {
		db_close(d);
		return rc;
	}
	flags = mode == DB_READ ? SQLITE_OPEN_READONLY : SQLITE_OPEN_READWRITE;
	flags |= SQLITE_OPEN_NOMUTEX |
	    SQLITE_OPEN_PRIVATECACHE;
	if (sqlite3_open_v2(d->path, &d->h, flags, NULL) != SQLITE_OK) {
		rc = error_set(e, E_FAIL, "%s: cannot be opened: %s", path,
		    d->h != NULL ? sqlite3_errmsg(d->h) : "no memory");
		db_close(d);
		return rc;
	}
	settle(d->h, mode);
	*out = d;
	return 0;
}

void
db_close(struct db *d)
{
	if (d == NULL)
		return;
	for (size_t i = 0; i < d->nkept; i++)
		sqlite3_finalize(d->kept[i].st);
	free(d->kept);
	sqlite3_close_v2(d->h);
	free(d->path);
	free(d);
}

sqlite3 *
db_handle(struct db *d)
{
	return d->h;
}

const char *
db_path(const struct db *d)
{
	return strncmp(d->path, "./", 2) == 0 ? d->path + 2 : d->path;
}

void
db_set_remedy(struct db *d, const char *remedy)
{
	d->remedy = remedy;
}

/* A value that was lost for want of memory would pass for none. */
static void
check_memory(int code)
{
	if ((code & 0xff) == SQLITE_NOMEM || code == SQLITE_IOERR_NOMEM)
		xalloc_failed("SQLite");
}

static int
tell(struct db *d, struct error *e)
{
	const char *path = db_path(d);
	int code = sqlite3_errcode(d->h);

	check_memory(code);
	switch (code & 0xff) {
	case SQLITE_BUSY:
	case SQLITE_LOCKED:
		return error_set(e, E_AGAIN, "%s: in use by another process;"
		    " try again", path);
	case SQLITE_INTERRUPT:
		return error_set(e, E_AGAIN, "%s: the time for it was up",
		    path);
	case SQLITE_CORRUPT:
	case SQLITE_NOTADB:
		return error_set(e, E_FAIL, "%s: the file is damaged; %s",
		    path, d->remedy);
	case SQLITE_FULL:
		return error_set(e, E_FAIL, "%s: no space left; free some and"
		    " run again, nothing is lost", path);
	case SQLITE_READONLY:
		return error_set(e, E_FAIL, "%s: cannot be written; see who"
		    " owns it and its directory", path);
	default:
		return error_set(e, E_FAIL, "%s: %s", path,
		    sqlite3_errmsg(d->h));
	}
}

int
db_fail(struct db *d, struct error *e)
{
	struct error own;
	int rc = tell(d, e != NULL ? e : &own);

	if (d->trouble.status == 0)
		d->trouble = e != NULL ? *e : own;
	return rc;
}

int
db_trouble(struct db *d, struct error *e)
{
	int status = d->trouble.status;

	if (status != 0 && e != NULL)
		*e = d->trouble;
	d->trouble.status = 0;
	return status;
}

int
db_exec(struct db *d, const char *sql, struct error *e)
{
	return sqlite3_exec(d->h, sql, NULL, NULL, NULL) == SQLITE_OK ? 0 :
	    db_fail(d, e);
}

static size_t
hint(const void *p)
{
	return (size_t)((uintptr_t)p * 0x9e3779b97f4a7c15u >> 40) &
	    (HINTS - 1);
}

static bool
fits(const struct db *d, size_t i, const char *sql)
{
	return i < d->nkept && !d->kept[i].used &&
	    strcmp(sqlite3_sql(d->kept[i].st), sql) == 0;
}

static struct kept *
keep(struct db *d, const char *sql, struct error *e)
{
	uint16_t *at = &d->by_sql[hint(sql)];
	sqlite3_stmt *st;
	size_t i = *at;

	if (fits(d, i, sql))
		return &d->kept[i];
	for (i = 0; i < d->nkept && !fits(d, i, sql); i++)
		continue;
	if (i == d->nkept) {
		if (sqlite3_prepare_v3(d->h, sql, -1,
		    SQLITE_PREPARE_PERSISTENT, &st, NULL) != SQLITE_OK) {
			(void)db_fail(d, e);
			return NULL;
		}
		d->kept = xreallocarray(d->kept, d->nkept + 1,
		    sizeof(*d->kept));
		d->kept[d->nkept++] = (struct kept){ st, false };
	}
	*at = (uint16_t)i;
	d->by_st[hint(d->kept[i].st)] = (uint16_t)i;
	return &d->kept[i];
}

/* copy: whether texts and blobs may go before the statement is done. */
static int
bind(sqlite3_stmt *st, const char *fmt, va_list ap, bool copy)
{
	void (*whose)(void *) = copy ? SQLITE_TRANSIENT : SQLITE_STATIC;
	const void *p;
	int64_t v;
	int n, rc = SQLITE_OK;

	for (int i = 1; *fmt != '\0' && rc == SQLITE_OK; fmt++, i++) {
		switch (*fmt) {
		case 'i':
			rc = sqlite3_bind_int64(st, i, va_arg(ap, int64_t));
			break;
		case 'n':
			rc = sqlite3_bind_int(st, i, va_arg(ap, int));
			break;
		case 'd':
			v = va_arg(ap, int64_t);
			rc = v == INT64_MIN ? sqlite3_bind_null(st, i) :
			    sqlite3_bind_int64(st, i, v);
			break;
		case 't':
			rc = sqlite3_bind_text(st, i, va_arg(ap,
			    const char *), -1, whose);
			break;
		case 'b':
			p = va_arg(ap, const void *);
			n = va_arg(ap, int);
			rc = sqlite3_bind_blob(st, i, p, n, whose);
			break;
		default:
			abort();	/* a format of ours, not input */
		}
	}
	return rc;
}

static sqlite3_stmt *
vquery(struct db *d, struct error *e, const char *sql, const char *fmt,
    va_list ap, bool copy)
{
	struct kept *k = keep(d, sql, e);

	if (k == NULL)
		return NULL;
	k->used = true;
	if (bind(k->st, fmt, ap, copy) != SQLITE_OK) {
		(void)db_fail(d, e);
		db_done(d, k->st);
		return NULL;
	}
	return k->st;
}

sqlite3_stmt *
db_query(struct db *d, struct error *e, const char *sql, const char *fmt, ...)
{
	sqlite3_stmt *st;
	va_list ap;

	va_start(ap, fmt);
	st = vquery(d, e, sql, fmt, ap, true);
	va_end(ap);
	return st;
}

int
db_step(struct db *d, sqlite3_stmt *st, struct error *e)
{
	switch (sqlite3_step(st)) {
	case SQLITE_ROW:
		return 1;
	case SQLITE_DONE:
		return 0;
	default:
		return db_fail(d, e);
	}
}

void
db_done(struct db *d, sqlite3_stmt *st)
{
	size_t i;

	if (st == NULL)
		return;
	check_memory(sqlite3_reset(st));
	(void)sqlite3_clear_bindings(st);
	i = d->by_st[hint(st)];
	if (i >= d->nkept || d->kept[i].st != st)
		for (i = 0; i < d->nkept && d->kept[i].st != st; i++)
			continue;
	if (i < d->nkept)
		d->kept[i].used = false;
}

int
db_run(struct db *d, struct error *e, const char *sql, const char *fmt, ...)
{
	sqlite3_stmt *st;
	va_list ap;
	int rc;

	va_start(ap, fmt);
	st = vquery(d, e, sql, fmt, ap, false);
	va_end(ap);
	if (st == NULL)
		return e != NULL ? e->status : E_FAIL;
	while ((rc = db_step(d, st, e)) == 1)
		continue;
	db_done(d, st);
	return rc;
}

int64_t
db_int(struct db *d, int64_t none, const char *sql, const char *fmt, ...)
{
	sqlite3_stmt *st;
	int64_t v = none;
	va_list ap;

	va_start(ap, fmt);
	st = vquery(d, NULL, sql, fmt, ap, false);
	va_end(ap);
	if (st == NULL)
		return none;
	if (db_step(d, st, NULL) == 1 &&
	    sqlite3_column_type(st, 0) != SQLITE_NULL)
		v = sqlite3_column_int64(st, 0);
	db_done(d, st);
	return v;
}

const char *
db_text(sqlite3_stmt *st, int i, struct arena *a)
{
	const void *p = sqlite3_column_text(st, i);

	return p == NULL ? NULL :
	    arena_strndup(a, p, (size_t)sqlite3_column_bytes(st, i));
}

int64_t
db_date(sqlite3_stmt *st, int i)
{
	return sqlite3_column_type(st, i) == SQLITE_NULL ? INT64_MIN :
	    sqlite3_column_int64(st, i);
}
