#include <stdio.h>
#include <string.h>

#include "store/internal.h"

int
store_mark(struct store *s, const char *what, struct error *e)
{
	return db_run(s->db, e, "INSERT OR IGNORE INTO mark(what) VALUES(?)",
	    "t", what);
}

int
store_marks(struct store *s, int (*each)(const char *what, void *arg),
    void *arg)
{
	sqlite3_stmt *st = db_query(s->db, NULL,
	    "SELECT what FROM mark ORDER BY what", "");
	const char *what;
	int rc;

	if (st == NULL)
		return E_FAIL;
	while ((rc = db_step(s->db, st, NULL)) == 1) {
		what = (const char *)sqlite3_column_text(st, 0);
		/* none for want of memory, which db_done() tells of */
		if ((rc = what != NULL ? each(what, arg) : E_FAIL) != 0)
			break;
	}
	db_done(s->db, st);
	return rc;
}

int
store_unmark_all(struct store *s, struct error *e)
{
	return db_exec(s->db, "DELETE FROM mark", e);
}

int
store_mark_everything(struct store *s, struct error *e)
{
	return store_mark(s, "all", e);
}

/* --- manifest --- */

static void
file_row(sqlite3_stmt *st, struct store_file *f, const char *path)
{
	const char *hex = (const char *)sqlite3_column_text(st, 3);

	memset(f, 0, sizeof(*f));
	f->path = path;
	f->size = sqlite3_column_int64(st, 1);
	f->mtime = sqlite3_column_int64(st, 2);
	snprintf(f->sha256, sizeof(f->sha256), "%s", hex != NULL ? hex : "");
	f->gone = sqlite3_column_int(st, 4) != 0;
}

int
store_file(struct store *s, struct store_file *f, struct arena *a,
    const char *path)
{
	sqlite3_stmt *st = db_query(s->db, NULL, "SELECT path, size, mtime,"
	    " sha256, gone FROM file WHERE path=?", "t", path);
	int rc;

	if (st == NULL)
		return E_FAIL;
	if ((rc = db_step(s->db, st, NULL)) == 1)
		file_row(st, f, db_text(st, 0, a));
	db_done(s->db, st);
	return rc == 1 ? 0 : rc == 0 ? E_NOTFOUND : rc;
}

int
store_file_put(struct store *s, const struct store_file *f, struct error *e)
{
	return db_run(s->db, e, "INSERT INTO file(path, size, mtime, sha256,"
	    " gone) VALUES(?1, ?2, ?3, ?4, ?5) ON CONFLICT(path) DO UPDATE"
	    " SET size=?2, mtime=?3, sha256=?4, gone=?5", "tiitn", f->path,
	    f->size, f->mtime, f->sha256, (int)f->gone);
}

int
store_file_gone(struct store *s, const char *path, bool tombstone,
    struct error *e)
{
	if (tombstone)
		return db_run(s->db, e, "INSERT INTO file(path, size, mtime,"
		    " sha256, gone) VALUES(?, 0, 0, '', 1) ON CONFLICT(path)"
		    " DO UPDATE SET size=0, sha256='', gone=1", "t", path);
	return db_run(s->db, e, "DELETE FROM file WHERE path=?", "t", path);
}

int
store_files_between(struct store *s, const char *from, const char *until,
    int (*each)(const struct store_file *f, void *arg), void *arg,
    struct error *e)
{
	struct store_file f;
	sqlite3_stmt *st;
	int rc;

	st = db_query(s->db, e, "SELECT path, size, mtime, sha256, gone FROM"
	    " file WHERE path>=? AND path<? ORDER BY path", "tt", from, until);
	if (st == NULL)
		return E_FAIL;
	while ((rc = db_step(s->db, st, e)) == 1) {
		file_row(st, &f, (const char *)sqlite3_column_text(st, 0));
		if ((rc = each(&f, arg)) != 0)
			break;
	}
	db_done(s->db, st);
	return rc;
}

int
store_files(struct store *s, const char *prefix,
    int (*each)(const struct store_file *f, void *arg), void *arg,
    struct error *e)
{
	struct store_file f;
	sqlite3_stmt *st;
	size_t n = strlen(prefix);
	int rc;

	/* a walk along the key from the prefix on, until it ends */
	st = db_query(s->db, e, "SELECT path, size, mtime, sha256, gone FROM"
	    " file WHERE path>=? ORDER BY path", "t", prefix);
	if (st == NULL)
		return E_FAIL;
	while ((rc = db_step(s->db, st, e)) == 1) {
		const char *path = (const char *)sqlite3_column_text(st, 0);

		if (strncmp(path, prefix, n) != 0) {
			rc = 0;
			break;
		}
		file_row(st, &f, path);
		if ((rc = each(&f, arg)) != 0)
			break;
	}
	db_done(s->db, st);
	return rc;
}

/* --- pins --- */

#define PIN_COLUMNS "host, spki, not_after, first_seen, last_seen, refused"

static void
pin_row(sqlite3_stmt *st, struct store_pin *p, struct arena *a)
{
	memset(p, 0, sizeof(*p));
	p->host = db_text(st, 0, a);
	snprintf(p->spki, sizeof(p->spki), "%s",
	    (const char *)sqlite3_column_text(st, 1));
	p->not_after = sqlite3_column_int64(st, 2);
	p->first_seen = sqlite3_column_int64(st, 3);
	p->last_seen = sqlite3_column_int64(st, 4);
	snprintf(p->refused, sizeof(p->refused), "%s",
	    (const char *)sqlite3_column_text(st, 5));
}

int
store_pin_get(struct store *s, struct store_pin *p, struct arena *a,
    const char *host)
{
	sqlite3_stmt *st = db_query(s->db, NULL, "SELECT " PIN_COLUMNS
	    " FROM pin WHERE host=?", "t", host);
	int rc;

	if (st == NULL)
		return E_FAIL;
	if ((rc = db_step(s->db, st, NULL)) == 1)
		pin_row(st, p, a);
	db_done(s->db, st);
	return rc == 1 ? 0 : rc == 0 ? E_NOTFOUND : rc;
}

int
store_pin_set(struct store *s, const struct store_pin *p, struct error *e)
{
	return db_run(s->db, e, "INSERT INTO pin(" PIN_COLUMNS ") VALUES(?1,"
	    " ?2, ?3, ?4, ?5, ?6) ON CONFLICT(host) DO UPDATE SET spki=?2,"
	    " not_after=?3, first_seen=?4, last_seen=?5, refused=?6",
	    "ttiiit", p->host, p->spki, p->not_after, p->first_seen,
	    p->last_seen, p->refused);
}

int
store_pins(struct store *s, struct store_pin **list, size_t *n,
    struct arena *a)
{
	sqlite3_stmt *st = db_query(s->db, NULL, "SELECT " PIN_COLUMNS
	    " FROM pin ORDER BY host", "");
	int rc;

	*list = NULL;
	*n = 0;
	if (st == NULL)
		return E_FAIL;
	while ((rc = db_step(s->db, st, NULL)) == 1) {
		*list = arena_push(a, *list, n, sizeof(**list));
		pin_row(st, &(*list)[*n - 1], a);
	}
	db_done(s->db, st);
	return rc;
}

int
store_pin_drop(struct store *s, const char *host, struct error *e)
{
	int rc = db_run(s->db, e, "DELETE FROM pin WHERE host=?", "t", host);

	if (rc == 0 && sqlite3_changes(db_handle(s->db)) == 0)
		return error_set(e, E_NOTFOUND, "%s: no pin for it", host);
	return rc;
}
