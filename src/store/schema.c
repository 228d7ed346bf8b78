#include <stdio.h>
#include <stdlib.h>

#include "base/xalloc.h"
#include "store/internal.h"

/*
 * Version 1.  Entry rows carry what lists show; bodies and former texts
 * have tables of their own, so that walking a list reads no bodies.
 * listing holds, per tag, group and language, the entries in their order,
 * so that every page is a walk along one index; bucket holds the counts.
 */
static const char v1[] =
"CREATE TABLE meta(key TEXT PRIMARY KEY, value TEXT) WITHOUT ROWID;"
"CREATE TABLE feed("
" id INTEGER PRIMARY KEY,"
" url TEXT NOT NULL UNIQUE,"
" slug TEXT NOT NULL UNIQUE,"
" given_name TEXT, given_link TEXT, given_language TEXT,"	/* configured */
" title TEXT, subtitle TEXT, link TEXT, language TEXT, rights TEXT,"
" license TEXT, icon TEXT, feed_id TEXT, self TEXT,"
" active INT NOT NULL DEFAULT 1, hidden INT NOT NULL DEFAULT 0,"
" noarchive INT NOT NULL DEFAULT 0,"
" etag TEXT, last_modified TEXT, body_hash TEXT, fetch_url TEXT,"
" moved_to TEXT, moved_count INT NOT NULL DEFAULT 0,"
" moved_since INT NOT NULL DEFAULT 0,"
" last_try INT NOT NULL DEFAULT 0, last_ok INT NOT NULL DEFAULT 0,"
" last_new INT NOT NULL DEFAULT 0, next_try INT NOT NULL DEFAULT 0,"
" why TEXT, status INT NOT NULL DEFAULT 0, error TEXT, problem TEXT,"
" failures INT NOT NULL DEFAULT 0, crashes INT NOT NULL DEFAULT 0,"
" gone INT NOT NULL DEFAULT 0, min_until INT NOT NULL DEFAULT 0,"
" ttl INT NOT NULL DEFAULT 0, skip_hours INT NOT NULL DEFAULT 0,"
" skip_days INT NOT NULL DEFAULT 0,"
" nentries INT NOT NULL DEFAULT 0, newest INT NOT NULL DEFAULT 0);"
"CREATE TABLE feed_group(feed INT NOT NULL, name TEXT NOT NULL,"
" PRIMARY KEY(feed, name)) WITHOUT ROWID;"
"CREATE TABLE entry("
" id INTEGER PRIMARY KEY,"
" pid TEXT NOT NULL UNIQUE, path TEXT NOT NULL,"
" feed INT NOT NULL, key TEXT NOT NULL,"
" canonical TEXT, print BLOB NOT NULL, moment BLOB,"
" body_print BLOB NOT NULL, rest_print BLOB NOT NULL,"
" guid TEXT, link TEXT, title TEXT, author TEXT, author_uri TEXT,"
" language TEXT, rights TEXT, license TEXT, comments TEXT,"
" published INT, updated INT, first_seen INT NOT NULL, sort INT NOT NULL,"
" date_only INT NOT NULL, tags TEXT, enclosures TEXT,"
" source_title TEXT, source_link TEXT, image TEXT, excerpt TEXT,"
" summary_only INT NOT NULL, archived INT NOT NULL, own INT NOT NULL,"
" hidden INT NOT NULL, duplicate_of INT NOT NULL DEFAULT 0,"
" hold INT, shown INT NOT NULL,"
" UNIQUE(feed, key));"
/* Hidden and archived ones are passed over within the index. */
"CREATE INDEX entry_river ON entry(sort, id, shown, archived, own);"
"CREATE INDEX entry_feed ON entry(feed, sort, id, shown, archived, own);"
"CREATE INDEX entry_canonical ON entry(canonical)"
" WHERE canonical IS NOT NULL;"
"CREATE INDEX entry_print ON entry(print);"
"CREATE INDEX entry_duplicate ON entry(duplicate_of)"
" WHERE duplicate_of <> 0;"
"CREATE INDEX entry_hold ON entry(hold) WHERE hold IS NOT NULL;"
"CREATE TABLE body(entry INTEGER PRIMARY KEY, html TEXT,"
" html_type INT NOT NULL, html_base TEXT, gemtext TEXT, text TEXT,"
" revision INT NOT NULL);"
"CREATE INDEX body_revision ON body(revision);"
"CREATE TABLE version(entry INT NOT NULL, replaced INT NOT NULL,"
" title TEXT, html TEXT, html_type INT NOT NULL,"
" PRIMARY KEY(entry, replaced)) WITHOUT ROWID;"
"CREATE TABLE term(id INTEGER PRIMARY KEY, kind INT NOT NULL,"
" fold TEXT NOT NULL, name TEXT NOT NULL, UNIQUE(kind, fold));"
"CREATE TABLE listing(term INT NOT NULL, sort INT NOT NULL,"
" entry INT NOT NULL, PRIMARY KEY(term, sort, entry)) WITHOUT ROWID;"
/* feed 0: the planet; key: of the period, or of the term by number */
"CREATE TABLE bucket(kind INT NOT NULL, feed INT NOT NULL,"
" key NOT NULL, n INT NOT NULL, newest INT NOT NULL,"
" PRIMARY KEY(kind, feed, key)) WITHOUT ROWID;"
"CREATE TABLE tombstone(id INTEGER PRIMARY KEY, feed INT NOT NULL,"
" key TEXT, canonical TEXT, print BLOB, pid TEXT NOT NULL,"
" path TEXT NOT NULL);"
"CREATE INDEX tombstone_key ON tombstone(feed, key);"
"CREATE INDEX tombstone_canonical ON tombstone(canonical)"
" WHERE canonical IS NOT NULL;"
"CREATE INDEX tombstone_print ON tombstone(print) WHERE print IS NOT NULL;"
"CREATE TABLE mark(what TEXT PRIMARY KEY) WITHOUT ROWID;"
"CREATE TABLE file(path TEXT PRIMARY KEY, size INT NOT NULL,"
" mtime INT NOT NULL, sha256 TEXT NOT NULL, gone INT NOT NULL)"
" WITHOUT ROWID;"
"CREATE TABLE pin(host TEXT PRIMARY KEY, spki TEXT NOT NULL,"
" not_after INT NOT NULL, first_seen INT NOT NULL,"
" last_seen INT NOT NULL, refused TEXT NOT NULL) WITHOUT ROWID;";

/*
 * Version 2.  Validators belong to the address that gave them.  Before, it
 * was not kept: it is where the feed was last known to be.
 */
static const char v2[] =
"ALTER TABLE feed ADD validators_of TEXT;"
"UPDATE feed SET validators_of=coalesce(fetch_url, moved_to, url)"
" WHERE etag IS NOT NULL OR last_modified IS NOT NULL;";

/* Version 3.  A feed's rhythm is kept; -1 asks for it to be found anew. */
static const char v3[] =
"ALTER TABLE feed ADD rhythm INT NOT NULL DEFAULT -1;";

/*
 * Version 4.  What each try changes has a table of its own: rows so short
 * that a run in which nothing is new writes a few pages and no more.
 */
static const char v4[] =
"CREATE TABLE attempt(feed INTEGER PRIMARY KEY, last_try INT NOT NULL,"
" last_ok INT NOT NULL, next_try INT NOT NULL, min_until INT NOT NULL,"
" why TEXT);"
"INSERT INTO attempt SELECT id, last_try, last_ok, next_try, min_until, why"
" FROM feed WHERE last_try<>0 OR next_try<>0 OR min_until<>0;"
"ALTER TABLE feed DROP COLUMN last_try;"
"ALTER TABLE feed DROP COLUMN last_ok;"
"ALTER TABLE feed DROP COLUMN next_try;"
"ALTER TABLE feed DROP COLUMN min_until;"
"ALTER TABLE feed DROP COLUMN why;";

const struct migration store_migrations[STORE_SCHEMA] = {
	{ v1 }, { v2 }, { v3 }, { v4 },
};

static int
version(struct db *d, int *v, struct error *e)
{
	sqlite3_stmt *st = db_query(d, e, "PRAGMA user_version", "");
	int rc;

	if (st == NULL)
		return e != NULL ? e->status : E_FAIL;
	if ((rc = db_step(d, st, e)) == 1)
		*v = sqlite3_column_int(st, 0);
	db_done(d, st);
	return rc == 1 ? 0 : rc == 0 ? E_FAIL : rc;
}

static int
copy_first(struct db *d, int v, struct error *e)
{
	char *to;
	int rc;

	to = xasprintf("%s.v%d.bak", db_path(d), v);
	rc = backup_copy(d, to, NULL, NULL, e);
	if (rc != 0)
		rc = error_wrap(e, "copy before the new version");
	free(to);
	return rc;
}

/* All steps in one transaction: a stop in the middle leaves the old file. */
static int
run(struct db *d, const struct migration *m, int from, int to,
    struct error *e)
{
	char pragma[48];
	int rc, v = from;

	(void)db_exec(d, "PRAGMA synchronous=FULL", NULL);
	if ((rc = db_exec(d, "BEGIN IMMEDIATE", e)) != 0)
		return rc;
	/* somebody else may have been quicker */
	if ((rc = version(d, &v, e)) == 0)
		for (int i = v; i < to && rc == 0; i++)
			rc = db_exec(d, m[i].sql, e);
	if (rc == 0 && v < to) {
		snprintf(pragma, sizeof(pragma), "PRAGMA user_version=%d", to);
		rc = db_exec(d, pragma, e);
	}
	if (rc == 0)
		rc = db_exec(d, "COMMIT", e);
	if (rc != 0)
		(void)db_exec(d, "ROLLBACK", NULL);
	(void)db_exec(d, "PRAGMA synchronous=NORMAL", NULL);
	return rc;
}

int
migrate(struct db *d, const struct migration *m, int n, bool writable,
    struct error *e)
{
	int rc, v = 0;

	if ((rc = version(d, &v, e)) != 0)
		return rc;
	if (v == n)
		return 0;
	if (v > n || v < 0)
		return error_set(e, E_LIMIT, "%s: made by a newer orrery"
		    " (version %d of its tables, this one knows %d); install"
		    " that one again, or restore a backup", db_path(d), v, n);
	if (!writable)
		return error_set(e, E_FAIL, "%s: %s; run `orrery update`"
		    " once", db_path(d), v == 0 ? "empty" :
		    "made by an older orrery");
	if (v > 0 && (rc = copy_first(d, v, e)) != 0)
		return rc;
	return run(d, m, v, n, e);
}
