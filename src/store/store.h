/*
 * store.h - what the program asks of storage, in domain words.
 *
 * One SQLite file (WAL).  One writer at a time (store_lock()); readers may
 * be many.  Strings handed out live in the row struct's arena.
 */
#ifndef STORE_STORE_H
#define STORE_STORE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/error.h"
#include "base/hash.h"
#include "config/config.h"
#include "feed/feed.h"

struct store;

#define STORE_SCHEMA	4		/* user_version of this program */
#define STORE_VERSIONS	10		/* edits kept of an entry */

/*
 * Open (and for writing: create, back up and migrate) the file.  E_FAIL with
 * a message that says how to recover when it is damaged, E_LIMIT when its
 * schema is newer than STORE_SCHEMA.
 */
int	store_open(struct store **out, const char *path, bool writable,
	    struct error *e);
void	store_close(struct store *s);
/* quick_check; E_FAIL with what was found and how to restore. */
int	store_check(struct store *s, struct error *e);
/* The first question that failed since this was asked last, as db_trouble(). */
int	store_trouble(struct store *s, struct error *e);
/*
 * Take the kernel lock that lets one process update.  E_AGAIN when another
 * holds it.  Released by store_close() or the death of the process.  E_FAIL
 * when the file is damaged (looked through each time while it is small, else
 * once a day): it must not be written.
 */
int	store_lock(struct store *s, struct error *e);
int	store_backup(struct store *s, const char *path,
	    void (*progress)(int done, int total, void *arg), void *arg,
	    struct error *e);
int	store_restore(const char *backup, const char *path, struct error *e);
int	store_restore_progress(const char *backup, const char *path,
	    void (*progress)(int done, int total, void *arg), void *arg,
	    struct error *e);

/* May be nested: an inner one rolls back alone. */
int	store_begin(struct store *s, struct error *e);
int	store_commit(struct store *s, struct error *e);
void	store_rollback(struct store *s);

/* --- small values: revisions, times, tokens --- */
int	store_meta_get(struct store *s, const char *key, struct buf *value);
int	store_meta_set(struct store *s, const char *key, const char *value,
	    struct error *e);

/* --- feeds --- */
struct store_feed {
	int64_t		 id;
	const char	*url;		/* as configured */
	const char	*slug;		/* permanent, "mozilla-blog", unique */
	const char	*name;		/* shown: configured, else title, else host */
	const char	*title, *subtitle, *link, *language, *rights, *license;
	const char	*icon, *feed_id, *self;
	bool		 active;	/* in the configuration */
	bool		 hidden;	/* its URL is not shown */
	bool		 noarchive;
	/* fetching */
	const char	*etag, *last_modified;	/* byte-exact */
	const char	*validators_of;	/* the address that gave them */
	const char	*body_hash;
	const char	*fetch_url;	/* permanent redirect followed, or NULL */
	const char	*moved_to;	/* last permanent target seen */
	int		 moved_count;
	int64_t		 moved_since;
	int64_t		 last_try, last_ok, last_new, next_try;
	const char	*why;		/* the rule that decided next_try */
	int		 status;	/* protocol status of the last try */
	const char	*error;		/* one line, NULL when fine */
	const char	*problem;	/* damage in the last good body */
	int		 failures;	/* in a row */
	int		 crashes;	/* of the parsing child in a row */
	bool		 gone;		/* 410 / 52: never asked again */
	int64_t		 min_until;	/* not before, by max-age or Retry-After */
	int		 ttl;		/* seconds, by ttl, sy: */
	unsigned	 skip_hours, skip_days;
	int64_t		 nentries;
	int64_t		 newest;	/* sort time of the newest entry */
	int64_t		 rhythm;	/* store_feed_rhythm(); -1: ask it */
};

/*
 * Make the stored set of feeds equal to the configuration's: adds, marks
 * active and inactive, takes names.  Entries of feeds that left stay.
 */
int	store_sync_feeds(struct store *s, const struct config *c, int64_t now,
	    struct error *e);
int	store_feed(struct store *s, struct store_feed *f, struct arena *a,
	    int64_t id);
/*
 * The feed that own posts belong to, made when it is not there yet;
 * store_feeds() does not list it.  Negative on failure.
 */
#define STORE_OWN_URL	"orrery:posts"
int64_t	store_own_feed(struct store *s, struct error *e);
int	store_feed_by_url(struct store *s, struct store_feed *f,
	    struct arena *a, const char *url);
int	store_feed_by_slug(struct store *s, struct store_feed *f,
	    struct arena *a, const char *slug);
/* All feeds, by name; *list in a, and arena_push() may add to it. */
int	store_feeds(struct store *s, struct store_feed **list, size_t *n,
	    struct arena *a, struct error *e);
/*
 * Grows when this store writes anything of any feed but what its tries
 * change (last_try, last_ok, next_try, min_until, why): a list read when it
 * was the same is what store_feeds() would give now, but for those.
 */
uint64_t store_feeds_stamp(const struct store *s);
/*
 * Write the fetching members of f (etag to skip_days, rhythm).  was: as they
 * were read in this run, when nobody else has written since, which spares
 * those that are the same; or NULL.
 */
int	store_feed_fetched(struct store *s, const struct store_feed *f,
	    const struct store_feed *was, struct error *e);
/* Seconds between the feed's latest entries on average, 0 unknown. */
int64_t	store_feed_rhythm(struct store *s, int64_t feed);
/* All groups of all feeds, "feed name" a line, in an order that lasts. */
int	store_group_members(struct store *s, struct buf *out, struct error *e);
int	store_feed_groups(struct store *s, int64_t feed, const char ***groups,
	    size_t *n, struct arena *a);

/* --- entries --- */
struct store_entry {
	int64_t		 id;		/* rowid, internal */
	const char	*pid;		/* permanent short public id [0-9a-z]{6,} */
	const char	*path;		/* "e/<year>/<pid>-<slug>", no extension */
	int64_t		 feed;
	const char	*guid, *link, *title;
	const char	*author, *author_uri;	/* joined by ", " */
	const char	*language, *rights, *license, *comments;
	int64_t		 published, updated, first_seen;
	int64_t		 sort;		/* min(published, first_seen) */
	bool		 date_only;
	const char	**tags;
	size_t		 ntags;
	struct link	*enclosures;
	size_t		 nenclosures;
	const char	*source_title, *source_link; /* atom:source of planets */
	const char	*image;
	const char	*excerpt;	/* first paragraph, plain, one line */
	bool		 summary_only;
	bool		 archived;	/* backlog: not on the front page */
	bool		 hidden;	/* filtered, or duplicate of another feed's */
	bool		 own;		/* the planet's own post */
	int64_t		 duplicate_of;	/* entry id shown instead, 0 none */
	const char	*html;		/* raw content as the feed gave it (STORE_RAW) */
	int		 html_type;	/* enum content_type */
	const char	*html_base;
	const char	*gemtext, *text; /* converted (STORE_BODY) */
	int		 revision;	/* GEMTEXT_REVISION of the bodies */
};

struct merge_options {
	int64_t		 now;
	int		 new_items;	/* most new per run shown, rest archived */
	enum future_dates future_dates;
	bool		 own;
	int		 revision;	/* of the bodies in the entries */
	/* says whether the entry is to be hidden; NULL: never */
	bool		(*filtered)(const struct feed *, const struct entry *,
			    void *arg);
	void		*arg;
};

struct merge_result {
	size_t	nnew;		/* archived and duplicate ones included */
	size_t	nchanged;	/* another title or text */
	size_t	nretouched;	/* another author, tag, enclosure ... only */
	size_t	nsame, nduplicate, narchived;
};

/*
 * Bring a fetched feed's entries in, by the identity rules of
 * doc/feeds.md, marking what pages became stale; the caller's transaction.
 */
int	store_merge(struct store *s, int64_t feed, const struct feed *f,
	    const struct merge_options *o, struct merge_result *r,
	    struct error *e);

#define STORE_BODY	1	/* also gemtext and text */
#define STORE_RAW	2	/* also html */
/* no more than lists show: id, path, feed, link, title, author, published,
 * sort, date_only, enclosures, excerpt, own */
#define STORE_BRIEF	4

enum store_order { STORE_NEWEST, STORE_OLDEST };

struct store_query {
	int64_t		 feed;		/* 0 any */
	const char	*group, *tag, *language;	/* NULL any */
	int		 own;		/* -1 any */
	int64_t		 from, until;	/* sort in [from, until); 0, 0 any */
	bool		 front;		/* not archived ones */
	bool		 all;		/* hidden ones too */
	/* keyset: strictly after this place in the order; 0 from the start */
	int64_t		 after_sort, after_id;
	size_t		 limit;		/* 0 none */
	enum store_order order;
	unsigned	 what;		/* STORE_BODY | STORE_RAW, or STORE_BRIEF */
};

struct store_cursor;
int	store_select(struct store *s, struct store_cursor **out,
	    const struct store_query *q, struct error *e);
/* 1 a row (in a), 0 the end, negative a failure. */
int	store_next(struct store_cursor *c, struct store_entry *en,
	    struct arena *a, struct error *e);
void	store_cursor_free(struct store_cursor *c);
/* Those that q lists, at most q->limit, and no more are read. */
int64_t	store_count(struct store *s, const struct store_query *q);

int	store_entry(struct store *s, struct store_entry *en, struct arena *a,
	    int64_t id, unsigned what);
int	store_entry_by_pid(struct store *s, struct store_entry *en,
	    struct arena *a, const char *pid, unsigned what);
/* The feeds that carry the same post, other than en's own. */
int	store_also_in(struct store *s, int64_t entry, int64_t **feeds, size_t *n,
	    struct arena *a);
/*
 * Neighbour in the river (feed 0) or within a feed, STORE_BRIEF; E_NOTFOUND
 * at the end.
 */
int	store_neighbour(struct store *s, struct store_entry *out, struct arena *a,
	    const struct store_entry *en, int64_t feed, bool newer);
int	store_set_body(struct store *s, int64_t entry, const char *gemtext,
	    const char *text, const char *excerpt, int revision,
	    struct error *e);

/* Hide or show an entry (a filter changed); marks what became stale. */
int	store_set_hidden(struct store *s, int64_t entry, bool hidden,
	    struct error *e);
/* Former texts of an entry, newest first. */
struct store_version {
	int64_t		 replaced;	/* when a newer text came */
	const char	*title;
	const char	*html;
	int		 html_type;
};
int	store_versions(struct store *s, int64_t entry,
	    struct store_version **list, size_t *n, struct arena *a);

/*
 * Keys: "2026-01-14", "2026-01", "2026", a tag as first spelled, a group,
 * a language's primary subtag ("de").  Queries take any spelling of them.
 */
struct store_bucket {
	const char	*key;	/* "2026-01-14", "2026-01", "2026", tag, group, lang */
	int64_t		 n;
	int64_t		 newest;
};
enum store_buckets { BUCKET_DAY, BUCKET_MONTH, BUCKET_YEAR, BUCKET_TAG,
	BUCKET_GROUP, BUCKET_LANGUAGE };
/*
 * Counts kept up by triggers, so that listing them costs the number of
 * buckets; days are those of the planet's zone (store_set_zone()).
 */
int	store_buckets(struct store *s, enum store_buckets kind, int64_t feed,
	    struct store_bucket **list, size_t *n, struct arena *a);
/* Of days, months or years those whose keys begin with prefix. */
int	store_buckets_in(struct store *s, enum store_buckets kind,
	    const char *prefix, struct store_bucket **list, size_t *n,
	    struct arena *a);
/* The count of one of those: days by "2026-01-14", and so on. */
int64_t	store_bucket_count(struct store *s, enum store_buckets kind,
	    const char *key);
/*
 * What q lists, which is all, a feed or one term without bounds, by
 * BUCKET_MONTH or BUCKET_YEAR, newest first; newest is not told of a term.
 */
int	store_periods(struct store *s, const struct store_query *q,
	    enum store_buckets kind, struct store_bucket **list, size_t *n,
	    struct arena *a);
/*
 * Where the k-th entry of q stands, counted from 0 and in q's order; reads k
 * rows of an index.  E_NOTFOUND when there are not as many.
 */
int	store_place(struct store *s, const struct store_query *q, int64_t k,
	    int64_t *sort, int64_t *id);
/*
 * Shown entries of a feed (0: all) per step seconds, going back from until:
 * counts[0] is the latest step.  Costs the entries of that time.
 */
int	store_histogram(struct store *s, int64_t feed, int64_t until,
	    int64_t step, int64_t *counts, size_t n);
/* The zone in which entries fall into days, as seconds east at a time. */
void	store_set_zone(struct store *s, int (*offset)(int64_t t));

/* Remove for ever: rows, versions, bodies; leaves tombstones for 52. */
int	store_forget_entry(struct store *s, const char *pid, struct error *e);
int	store_forget_feed(struct store *s, int64_t feed, struct error *e);

/*
 * --- stale marks ---
 * "entry:ID", "front", "day:2026-01-14", "month:2026-01", "year:2026",
 * "feed:ID", "tag:T", "group:G", "lang:L", "sources", "all";
 * "gone:e/2026/abc-title": pages of a forgotten entry, to be removed for
 * ever (52), "gonefeed:SLUG" likewise of a feed.
 */
int	store_mark(struct store *s, const char *what, struct error *e);
/* Calls each with each mark, in order, until it returns non-zero. */
int	store_marks(struct store *s, int (*each)(const char *what, void *arg),
	    void *arg);
int	store_unmark_all(struct store *s, struct error *e);
int	store_mark_everything(struct store *s, struct error *e);

/* --- manifest of the published trees --- */
struct store_file {
	const char	*path;		/* "capsule/e/2026/..." relative to output_dir */
	int64_t		 size, mtime;	/* mtime: seconds */
	char		 sha256[HASH_HEX];
	bool		 gone;		/* tombstone: 52 */
};
int	store_file(struct store *s, struct store_file *f, struct arena *a,
	    const char *path);
int	store_file_put(struct store *s, const struct store_file *f,
	    struct error *e);
int	store_file_gone(struct store *s, const char *path, bool tombstone,
	    struct error *e);
/* All with that prefix, by path. */
int	store_files(struct store *s, const char *prefix,
	    int (*each)(const struct store_file *f, void *arg), void *arg,
	    struct error *e);
/* All from a path up to another one, which is left out, by path. */
int	store_files_between(struct store *s, const char *from,
	    const char *until,
	    int (*each)(const struct store_file *f, void *arg), void *arg,
	    struct error *e);

/* --- certificate pins of gemini sources --- */
struct store_pin {
	const char	*host;		/* "host:port" */
	char		 spki[HASH_HEX];	/* SHA-256 of the public key */
	int64_t		 not_after, first_seen, last_seen;
	char		 refused[HASH_HEX];	/* other key seen since, "" none */
};
int	store_pin_get(struct store *s, struct store_pin *p, struct arena *a,
	    const char *host);
int	store_pin_set(struct store *s, const struct store_pin *p,
	    struct error *e);
int	store_pins(struct store *s, struct store_pin **list, size_t *n,
	    struct arena *a);
int	store_pin_drop(struct store *s, const char *host, struct error *e);

#endif
