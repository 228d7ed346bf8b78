#include <stdio.h>

#include "store/internal.h"

/*
 * What is deleted is overwritten (SQLite is told so), and the log of writes
 * is emptied, so that a canary is in no file of the store afterwards.
 */
static int
scrub(struct store *s, struct error *e)
{
	(void)e;
	(void)db_exec(s->db, "PRAGMA wal_checkpoint(TRUNCATE)", NULL);
	return 0;
}

static int
tombstone(struct store *s, int64_t id, int64_t under_feed, struct error *e)
{
	return db_run(s->db, e, "INSERT INTO tombstone(feed, key, canonical,"
	    " print, pid, path) SELECT ?1, CASE ?1 WHEN 0 THEN NULL ELSE key"
	    " END, CASE ?1 WHEN 0 THEN NULL ELSE canonical END,"
	    " CASE ?1 WHEN 0 THEN NULL ELSE print END, pid, path FROM entry"
	    " WHERE id=?2", "ii", under_feed, id);
}

/* Another feed's copy takes the place; the others then repeat that one. */
static int
promote(struct store *s, int64_t id, struct error *e)
{
	int64_t heir = db_int(s->db, 0, "SELECT id FROM entry WHERE"
	    " duplicate_of=?1 AND duplicate_of<>0 ORDER BY first_seen, id"
	    " LIMIT 1", "i", id);
	bool hidden;
	int rc;

	if (heir == 0)
		return 0;
	hidden = db_int(s->db, 0, "SELECT hidden FROM entry WHERE id=?", "i",
	    heir) != 0;
	if ((rc = entry_show(s, heir, hidden, 0, e)) == 0)
		rc = db_run(s->db, e, "UPDATE entry SET duplicate_of=?2"
		    " WHERE duplicate_of=?1 AND duplicate_of<>0", "ii", id,
		    heir);
	return rc;
}

/* Rows, texts, former texts, marks; under_feed 0: it may come back. */
static int
bury(struct store *s, int64_t id, int64_t under_feed, struct error *e)
{
	struct arena a = { 0 };
	struct store_entry en;
	struct listed l;
	bool shown;
	int rc;

	if ((rc = store_entry(s, &en, &a, id, 0)) != 0)
		goto done;
	if ((rc = listing_load(s, &l, &shown, &a, id, e)) != 0)
		goto done;
	if (shown && (rc = listing_mark(s, &l, true, e)) != 0)
		goto done;
	if (en.duplicate_of != 0 && (rc = listing_markf(s, e, "entry:%lld",
	    (long long)en.duplicate_of)) != 0)
		goto done;
	if ((rc = tombstone(s, id, under_feed, e)) != 0 ||
	    (rc = db_run(s->db, e, "DELETE FROM entry WHERE id=?", "i",
	    id)) != 0 ||
	    (rc = db_run(s->db, e, "DELETE FROM body WHERE entry=?", "i",
	    id)) != 0 ||
	    (rc = db_run(s->db, e, "DELETE FROM version WHERE entry=?", "i",
	    id)) != 0)
		goto done;
	if (shown && (rc = listing_remove(s, &l, e)) != 0)
		goto done;
	if ((rc = promote(s, id, e)) != 0 ||
	    (rc = db_run(s->db, e, "DELETE FROM mark WHERE what='entry:'||?",
	    "i", id)) != 0)
		goto done;
	rc = listing_markf(s, e, "gone:%s", en.path);
done:
	arena_free(&a);
	return rc;
}

int
store_forget_entry(struct store *s, const char *pid, struct error *e)
{
	int64_t id, feed;
	int rc;

	if ((rc = store_begin(s, e)) != 0)
		return rc;
	id = db_int(s->db, 0, "SELECT id FROM entry WHERE pid=?", "t", pid);
	feed = db_int(s->db, 0, "SELECT feed FROM entry WHERE id=?", "i", id);
	rc = id == 0 ? error_set(e, E_NOTFOUND, "%s: no entry has this id",
	    pid) : bury(s, id, feed, e);
	if (rc == 0)
		rc = store_commit(s, e);
	else
		store_rollback(s);
	return rc == 0 ? scrub(s, e) : rc;
}

int
store_forget_feed(struct store *s, int64_t feed, struct error *e)
{
	struct arena a = { 0 };
	struct store_feed f;
	int64_t id;
	int rc;

	if ((rc = store_begin(s, e)) != 0)
		return rc;
	if ((rc = store_feed(s, &f, &a, feed)) != 0)
		rc = error_set(e, rc, "no such feed in the store");
	while (rc == 0 && (id = db_int(s->db, 0, "SELECT id FROM entry WHERE"
	    " feed=? ORDER BY sort DESC, id DESC LIMIT 1", "i", feed)) != 0)
		rc = bury(s, id, 0, e);
	if (rc == 0)
		rc = listing_groups_changed(s, feed, NULL, 0, e);
	if (rc == 0)
		rc = db_run(s->db, e, "UPDATE tombstone SET feed=0, key=NULL,"
		    " canonical=NULL, print=NULL WHERE feed=?", "i", feed);
	if (rc == 0)
		rc = db_run(s->db, e, "DELETE FROM feed WHERE id=?", "i",
		    feed);
	/* should the configuration still have it, it is a new one */
	if (rc == 0)
		rc = store_meta_set(s, SOURCES_KEY, NULL, e);
	if (rc == 0)
		rc = db_run(s->db, e, "DELETE FROM attempt WHERE feed=?", "i",
		    feed);
	if (rc == 0)
		rc = db_run(s->db, e, "DELETE FROM mark WHERE what='feed:'||?",
		    "i", feed);
	if (rc == 0)
		rc = listing_markf(s, e, "gonefeed:%s", f.slug);
	if (rc == 0)
		rc = store_mark(s, "sources", e);
	if (rc == 0)
		rc = store_commit(s, e);
	else
		store_rollback(s);
	arena_free(&a);
	return rc == 0 ? scrub(s, e) : rc;
}
