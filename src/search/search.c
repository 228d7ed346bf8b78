#include <sys/stat.h>

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/utf8.h"
#include "base/xalloc.h"
#include "search/internal.h"
#include "search/search_db.h"

/* 2: prose instead of gemtext; 3: lone letters.  The tables are the same. */
#define REVISION	3
#define REVISION_OLDEST	1

/*
 * The full-text table keeps no text (content=''): what it indexes is cut
 * into pairs where a script needs it, and nobody wants to read that.  Rows are
 * taken out by giving it their values again, from doc and body.
 */
static const char schema[] =
"CREATE TABLE doc(id INTEGER PRIMARY KEY, time INT NOT NULL,"
" path TEXT NOT NULL, title TEXT, source TEXT, slug TEXT, author TEXT,"
" language TEXT, tags TEXT);"
"CREATE INDEX doc_time ON doc(time, id);"
"CREATE TABLE body(id INTEGER PRIMARY KEY, text TEXT);"
"CREATE VIRTUAL TABLE ft USING fts5(title, source, author, tags, lang,"
" text, content='', tokenize='porter unicode61 remove_diacritics 2');";

/*
 * Written with the first rows: a file without it was left unfinished, and
 * what was to be in it is in no mark of the store any more.
 */
static const char made[] = "PRAGMA user_version=3";

/* Whether the file is one that this program can use; sets s->old. */
static bool
known_revision(struct search *s)
{
	int64_t n = db_int(s->db, -1, "PRAGMA user_version", "");

	s->old = n < REVISION;
	return n >= REVISION_OLDEST && n <= REVISION;
}

static const char merge_all[] = "INSERT INTO ft(ft) VALUES('optimize')";

static void
note_file(struct search *s)
{
	struct stat st;

	s->ino = stat(s->path, &st) == 0 ? st.st_ino : 0;
}

/*
 * A rollback journal, not a write-ahead log: a reader that may write nothing
 * at all can then open the file as it is.
 */
static const char settled[] = "PRAGMA journal_mode=DELETE;"
    "PRAGMA synchronous=NORMAL; PRAGMA cache_size=-32768;";
static const char hasty[] = "PRAGMA journal_mode=OFF;"
    "PRAGMA synchronous=OFF; PRAGMA cache_size=-65536;";

static int
create(struct db **d, const char *path, const char *settings, struct error *e)
{
	int rc;

	if ((rc = db_open(d, path, DB_CREATE, e)) != 0)
		return rc;
	if ((rc = db_exec(*d, settings, e)) == 0 &&
	    (rc = db_exec(*d, "BEGIN IMMEDIATE", e)) == 0) {
		rc = db_exec(*d, schema, e);
		if (rc == 0)
			rc = db_exec(*d, "COMMIT", e);
	}
	if (rc != 0) {
		db_close(*d);
		*d = NULL;
	}
	return rc;
}

static int
unusable(struct search *s, struct error *e)
{
	return error_set(e, E_FAIL, "%s: damaged, unfinished or of another"
	    " version; remove it, `orrery publish` makes it again", s->path);
}

/* What a killed run left beside the file holds texts, too. */
static void
remove_unfinished(const struct search *s)
{
	static const char *const ends[] = { ".new", ".new-journal" };

	for (size_t i = 0; i < sizeof(ends) / sizeof(ends[0]); i++) {
		char *path = xasprintf("%s%s", s->path, ends[i]);

		(void)unlink(path);
		free(path);
	}
}

static int
open_writable(struct search *s, struct error *e)
{
	int rc;

	remove_unfinished(s);
	if (access(s->path, F_OK) == -1) {
		s->fresh = true;
		return create(&s->db, s->path, settled, e);
	}
	if ((rc = db_open(&s->db, s->path, DB_WRITE, e)) != 0)
		return rc;
	rc = db_exec(s->db, settled, e);
	if (rc == E_AGAIN)
		return rc;
	if (rc != 0 || !known_revision(s) || db_int(s->db, -1, "SELECT"
	    " count(*) FROM ft WHERE ft MATCH '\"x\"'", "") < 0)
		return unusable(s, e);
	return 0;
}

static int
open_reader(struct search *s, struct error *e)
{
	int rc;

	note_file(s);
	if ((rc = db_open(&s->db, s->path, DB_READ, e)) == E_NOTFOUND)
		return error_set(e, rc, "%s: nothing indexed yet; run `orrery"
		    " update` first", s->path);
	if (rc != 0)
		return rc;
	sqlite3_busy_timeout(db_handle(s->db), SEARCH_DEADLINE_MS / 2);
	db_set_remedy(s->db, "remove it and run `orrery publish`, which"
	    " makes it again");
	if (!known_revision(s))
		return unusable(s, e);
	return 0;
}

int
search_open(struct search **out, const char *path, bool writable,
    struct error *e)
{
	struct search *s = xcalloc(1, sizeof(*s));
	int rc;

	*out = NULL;
	s->path = xstrdup(path);
	s->writable = writable;
	s->limit_ms = SEARCH_DEADLINE_MS;
	rc = writable ? open_writable(s, e) : open_reader(s, e);
	if (rc != 0) {
		search_close(s);
		return rc;
	}
	*out = s;
	return 0;
}

void
search_close(struct search *s)
{
	char *part;

	if (s == NULL)
		return;
	if (s->building != NULL) {
		part = xasprintf("%s.new", s->path);
		db_close(s->building);
		(void)unlink(part);
		free(part);
	}
	if (s->depth > 0)
		(void)db_exec(s->db, "ROLLBACK", NULL);
	db_close(s->db);
	free(s->path);
	free(s);
}

/* A reader looks whether the file was made anew beneath it. */
int
search_refresh(struct search *s, struct error *e)
{
	struct stat st;

	if (s->writable || (s->db != NULL && stat(s->path, &st) == 0 &&
	    st.st_ino == s->ino))
		return 0;
	db_close(s->db);
	s->db = NULL;
	return open_reader(s, e);
}

bool
search_fresh(const struct search *s)
{
	return s->fresh;
}

bool
search_old(const struct search *s)
{
	return s->old;
}

void
search_set_limit(struct search *s, int ms)
{
	s->limit_ms = ms;
}

int64_t
search_count(struct search *s)
{
	return db_int(search_target(s), 0, "SELECT count(*) FROM doc", "");
}

struct db *
search_target(struct search *s)
{
	return s->building != NULL ? s->building : s->db;
}

int
search_begin(struct search *s, struct error *e)
{
	int rc;

	if (s->depth == 0 &&
	    (rc = db_exec(search_target(s), "BEGIN IMMEDIATE", e)) != 0)
		return rc;
	s->depth++;
	return 0;
}

/* The new file, whole and on the disk, takes the old one's place. */
static int
take_place(struct search *s, struct error *e)
{
	char *part = xasprintf("%s.new", s->path);
	int rc, fd;

	rc = db_exec(s->building, merge_all, e);
	if (rc == 0)
		rc = db_exec(s->building, made, e);
	db_close(s->building);
	s->building = NULL;
	if (rc == 0) {
		fd = open(part, O_RDONLY | O_CLOEXEC);
		if (fd == -1 || fsync(fd) == -1 ||
		    rename(part, s->path) == -1)
			rc = error_errno(e, "%s", part);
		if (fd != -1)
			close(fd);
	}
	if (rc != 0)
		(void)unlink(part);
	else {
		db_close(s->db);
		s->db = NULL;
		rc = open_writable(s, e);
		s->fresh = false;
	}
	free(part);
	return rc;
}

int
search_commit(struct search *s, struct error *e)
{
	int rc;

	if (s->depth == 0)
		return error_set(e, E_FAIL, "%s: no transaction to commit",
		    s->path);
	if (--s->depth > 0)
		return 0;
	rc = s->fresh && s->building == NULL ? db_exec(s->db, made, e) : 0;
	if (rc == 0)
		rc = db_exec(search_target(s), "COMMIT", e);
	if (rc != 0) {
		(void)db_exec(search_target(s), "ROLLBACK", NULL);
		return rc;
	}
	if (s->building != NULL)
		return take_place(s, e);
	s->fresh = false;
	return 0;
}

int
search_reset(struct search *s, struct error *e)
{
	char *part = xasprintf("%s.new", s->path);
	int rc;

	if (s->depth > 0 && s->building == NULL)
		(void)db_exec(s->db, "ROLLBACK", NULL);
	db_close(s->building);
	s->building = NULL;
	(void)unlink(part);
	rc = create(&s->building, part, hasty, e);
	if (rc != 0)
		s->depth = 0;
	else if (s->depth > 0)
		rc = db_exec(s->building, "BEGIN", e);
	free(part);
	return rc;
}

/* --- rows --- */

/* What the full-text table is given, for putting in and taking out. */
struct indexed {
	struct buf	title, source, author, tags, lang, text;
};

static struct span
bounded(const char *s, size_t max)
{
	struct span t = span_str(s);

	if (t.n > max) {
		t.n = max;
		while (t.n > 0 && (t.p[t.n] & 0xc0) == 0x80)
			t.n--;
	}
	return t;
}

static void
indexed_fill(struct indexed *x, const struct search_doc *d)
{
	memset(x, 0, sizeof(*x));
	script_index(&x->title, bounded(d->title, 1024));
	script_index(&x->source, bounded(d->source, 1024));
	buf_putc(&x->source, ' ');
	buf_puts(&x->source, d->source_slug != NULL ? d->source_slug : "");
	script_index(&x->author, bounded(d->author, 1024));
	script_index(&x->tags, bounded(d->tags, 4096));
	for (const char *p = d->language; p != NULL && *p != '\0' &&
	    *p != '-' && *p != '_'; p++)
		buf_putc(&x->lang, *p);
	script_index(&x->text, bounded(d->text, SEARCH_TEXT_MAX));
}

static void
indexed_free(struct indexed *x)
{
	buf_free(&x->title);
	buf_free(&x->source);
	buf_free(&x->author);
	buf_free(&x->tags);
	buf_free(&x->lang);
	buf_free(&x->text);
}

static int
ft_row(struct db *db, bool in, int64_t id, const struct search_doc *d,
    struct error *e)
{
	struct indexed x;
	int rc;

	indexed_fill(&x, d);
	rc = db_run(db, e, in ? "INSERT INTO ft(rowid, title, source, author,"
	    " tags, lang, text) VALUES(?, ?, ?, ?, ?, ?, ?)" :
	    "INSERT INTO ft(ft, rowid, title, source, author, tags, lang,"
	    " text) VALUES('delete', ?, ?, ?, ?, ?, ?, ?)", "itttttt", id,
	    buf_cstr(&x.title), buf_cstr(&x.source), buf_cstr(&x.author),
	    buf_cstr(&x.tags), buf_cstr(&x.lang), buf_cstr(&x.text));
	indexed_free(&x);
	return rc;
}

static int
load(struct db *db, struct search_doc *d, struct arena *a, int64_t id,
    struct error *e)
{
	sqlite3_stmt *st = db_query(db, e, "SELECT d.title, d.source, d.slug,"
	    " d.author, d.language, d.tags, b.text FROM doc d LEFT JOIN body"
	    " b ON b.id=d.id WHERE d.id=?", "i", id);
	int rc;

	if (st == NULL)
		return E_FAIL;
	memset(d, 0, sizeof(*d));
	if ((rc = db_step(db, st, e)) == 1) {
		d->title = db_text(st, 0, a);
		d->source = db_text(st, 1, a);
		d->source_slug = db_text(st, 2, a);
		d->author = db_text(st, 3, a);
		d->language = db_text(st, 4, a);
		d->tags = db_text(st, 5, a);
		d->text = db_text(st, 6, a);
	}
	db_done(db, st);
	return rc;
}

int
search_delete(struct search *s, int64_t id, struct error *e)
{
	struct db *db = search_target(s);
	struct arena a = { 0 };
	struct search_doc d;
	int rc;

	rc = load(db, &d, &a, id, e);
	if (rc == 1 && (rc = ft_row(db, false, id, &d, e)) == 0 &&
	    (rc = db_run(db, e, "DELETE FROM doc WHERE id=?", "i", id)) == 0)
		rc = db_run(db, e, "DELETE FROM body WHERE id=?", "i", id);
	arena_free(&a);
	return rc;
}

int
search_scrub(struct search *s, struct error *e)
{
	return db_exec(search_target(s), merge_all, e);
}

int
search_put(struct search *s, const struct search_doc *d, struct error *e)
{
	struct db *db = search_target(s);
	struct span text = bounded(d->text, SEARCH_TEXT_MAX);
	char *cut = xstrndup(text.p, text.n);
	int rc;

	if ((rc = search_delete(s, d->id, e)) == 0)
		rc = db_run(db, e, "INSERT INTO doc(id, time, path, title,"
		    " source, slug, author, language, tags) VALUES(?, ?, ?,"
		    " ?, ?, ?, ?, ?, ?)", "iittttttt", d->id, d->time,
		    d->path, d->title, d->source, d->source_slug, d->author,
		    d->language, d->tags);
	if (rc == 0)
		rc = db_run(db, e, "INSERT INTO body(id, text) VALUES(?, ?)",
		    "it", d->id, cut);
	if (rc == 0)
		rc = ft_row(db, true, d->id, d, e);
	if (rc == 0 && s->depth == 0 && s->fresh && s->building == NULL &&
	    (rc = db_exec(db, made, e)) == 0)
		s->fresh = false;
	free(cut);
	return rc;
}
