/*
 * internal.h - what the files of the store share; nobody else's business.
 */
#ifndef STORE_INTERNAL_H
#define STORE_INTERNAL_H

#include "base/db.h"
#include "store/store.h"

#define PRINT_LEN	16	/* bytes of a fingerprint: half a SHA-256 */
#define PID_LEN		8	/* letters of a public id */
#define SLUG_MAX	60	/* bytes of a slug */

struct store {
	struct db	*db;
	char		*path;
	bool		 writable;
	int		 lock_fd;	/* -1: not held */
	int		 depth;		/* of store_begin() */
	int		(*offset)(int64_t t);	/* zone, NULL UTC */
	bool		 zoned;		/* counts are of that one: */
	struct buf	 zone;		/* its offsets, see store_set_zone() */
	uint64_t	 feeds_stamp;	/* rows of feed written */
};

/* --- schema.c --- */
struct migration {
	const char	*sql;		/* from version i to i + 1 */
};
extern const struct migration store_migrations[STORE_SCHEMA];
/*
 * Bring d to version n, with a copy of the old file beside it first
 * (PATH.vN.bak) unless it is new; refuses newer files with E_LIMIT.
 */
int	migrate(struct db *d, const struct migration *m, int n, bool writable,
	    struct error *e);

/* --- backup.c --- */
int	backup_copy(struct db *from, const char *to,
	    void (*progress)(int, int, void *), void *arg, struct error *e);

/* --- ident.c: identities, pure --- */
void	ident_print(unsigned char out[PRINT_LEN], const char *const *parts,
	    size_t n);
/* The comparable form of a link, NULL when there is none. */
char	*ident_canonical(const char *link, struct arena *a);
/* The host in that form, "" when there is none. */
const char *ident_host(const char *url, struct arena *a);
/* Text with case, white space and marks of no weight folded away. */
char	*ident_fold(const char *s, struct arena *a);
void	ident_pid(char out[PID_LEN + 1], const char *feed_url,
	    const char *key, unsigned attempt);
/* ASCII slug of at most max bytes, "" when the text has no Latin letters. */
void	ident_slug(char *out, size_t max, const char *text);
/* Primary subtag, lower case, "" unknown: at least 9 bytes. */
void	ident_language(char out[9], const char *tag);
/* "2026-01-14", "2026-01" or "2026" of t in the store's zone. */
void	ident_period(const struct store *s, char out[16],
	    enum store_buckets kind, int64_t t);

/* --- listing.c: what lists an entry is in, counts, marks --- */
struct listed {
	int64_t		 id, feed, sort;
	const char	*tags;		/* as stored, a tag a line */
	const char	*language;
	bool		 archived;
};
int	listing_add(struct store *s, const struct listed *l, struct error *e);
int	listing_remove(struct store *s, const struct listed *l,
	    struct error *e);
/* Mark the lists l is in; with neighbours also the pages beside it. */
int	listing_mark(struct store *s, const struct listed *l, bool neighbours,
	    struct error *e);
/* As it is stored; E_NOTFOUND. shown may be NULL. */
int	listing_load(struct store *s, struct listed *l, bool *shown,
	    struct arena *a, int64_t id, struct error *e);
int	listing_groups_changed(struct store *s, int64_t feed,
	    const char *const *groups, size_t n, struct error *e);
int	listing_rezone(struct store *s, struct error *e);
int	listing_markf(struct store *s, struct error *e, const char *fmt, ...)
	    __attribute__((format(printf, 3, 4)));
/* Id of a term, 0 when there is none and make is false, negative failure. */
int64_t	listing_term(struct store *s, enum store_buckets kind,
	    const char *name, bool make, struct error *e);

/* --- entries.c --- */
char	*entry_tags_text(const struct entry *en, struct arena *a);
char	*entry_enclosures_text(const struct entry *en, struct arena *a);
/* Show entries that waited for their date. */
int	entry_release(struct store *s, int64_t now, struct error *e);
/* Change whether an entry is shown, with lists and marks. */
int	entry_show(struct store *s, int64_t id, bool hidden,
	    int64_t duplicate_of, struct error *e);

/* --- feeds.c --- */
#define SOURCES_KEY	"sources"	/* digest of the set last taken over */
int	feed_describe(struct store *s, int64_t id, const struct feed *f,
	    struct error *e);

#endif
