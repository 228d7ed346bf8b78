/*
 * db.h - SQLite, opened carefully and called briefly.
 *
 * Statements are prepared once per connection and kept.  Parameters are
 * given with a format, one letter each: i int64_t, n int, t text (NULL
 * allowed), b bytes (pointer, then int length; NULL allowed), d a date
 * (int64_t; INT64_MIN is stored as NULL).
 */
#ifndef BASE_DB_H
#define BASE_DB_H

#include <stdbool.h>
#include <stdint.h>

#include <sqlite3.h>

#include "base/arena.h"
#include "base/error.h"

enum db_mode {
	DB_READ,	/* must exist; nothing can be written through it */
	DB_WRITE,	/* must exist */
	DB_CREATE,	/* made with mode 0600 when it is not there */
};

struct db;

/*
 * Open path (a file name, never a URI).  E_NOTFOUND when it is not there,
 * E_FAIL when it is no database, belongs to another user (for writing), or
 * cannot be opened.
 */
int	db_open(struct db **out, const char *path, enum db_mode mode,
	    struct error *e);
void	db_close(struct db *d);
sqlite3	*db_handle(struct db *d);
const char *db_path(const struct db *d);
/* What to do about a damaged file, for messages; a static string. */
void	db_set_remedy(struct db *d, const char *remedy);

/* Run statements without parameters or results. */
int	db_exec(struct db *d, const char *sql, struct error *e);
/*
 * A prepared and bound statement, or NULL with e set.  It is kept for the next
 * use and must be given back with db_done().  sql must outlive d
 * or be equal text; one text may be in use several times at once.
 */
sqlite3_stmt *db_query(struct db *d, struct error *e, const char *sql,
	    const char *fmt, ...);
/* 1 a row, 0 the end, negative a failure. */
int	db_step(struct db *d, sqlite3_stmt *st, struct error *e);
void	db_done(struct db *d, sqlite3_stmt *st);
/* Bind, run to the end, give back. */
int	db_run(struct db *d, struct error *e, const char *sql,
	    const char *fmt, ...);
/* First column of the first row; none when there is no row or a failure. */
int64_t	db_int(struct db *d, int64_t none, const char *sql,
	    const char *fmt, ...);
/* Message for the last failure of d: E_AGAIN when busy or interrupted. */
int	db_fail(struct db *d, struct error *e);
/*
 * The status and message of the first failure since this was asked last; 0 when
 * there was none.  For work of many questions, where each may take a
 * failure for "nothing there": what was made of them must not be kept.
 */
int	db_trouble(struct db *d, struct error *e);

/* Column i in a; NULL stays NULL. */
const char *db_text(sqlite3_stmt *st, int i, struct arena *a);
/* Column i as a date: NULL gives INT64_MIN. */
int64_t	db_date(sqlite3_stmt *st, int i);

#endif
