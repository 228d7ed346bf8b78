/*
 * keys.h - every key that a configuration may have, in tables.
 *
 * Reading, defaults, printing and the search for the nearest known key all
 * go through these, so that a key is described in one place.  Private to
 * src/config.
 */
#ifndef CONFIG_KEYS_H
#define CONFIG_KEYS_H

#include <stdbool.h>
#include <stddef.h>

#include "base/arena.h"
#include "base/buf.h"
#include "base/error.h"
#include "config/config.h"

enum key_type {
	KEY_TEXT,	/* one line; an empty value is NULL */
	KEY_NUMBER,	/* int in [min, max] */
	KEY_SECONDS,	/* int; "20", "20s", "5m", "1h", "2d", "1w" */
	KEY_DAYS,	/* int; "90", "90d", "3w" */
	KEY_BOOL,
	KEY_WISH,	/* -1 auto, 0 no, 1 yes */
	KEY_DATE,	/* a strftime format */
	KEY_DIR,	/* path relative to the configuration's directory */
	KEY_FILE,	/* as KEY_DIR, and it must be there */
	KEY_OUTFILE,	/* as KEY_DIR, but "-" stays */
	KEY_WORD,	/* one of choices, kept as text */
	KEY_ENUM,	/* one of choices, kept as its index */
	KEY_LIST,	/* words or comma-separated names; array and count */
	KEY_NAMES,	/* comma-separated names that may hold blanks */
	KEY_LISTEN,	/* list of addresses to listen on */
	KEY_RULE,	/* regular expressions */
	KEY_LANGUAGE,	/* BCP 47 */
	KEY_ZONE,	/* name in the time zone database */
	KEY_ADDRESS,	/* an absolute URL */
	KEY_HOST,	/* host name; kept in its ASCII form */
};

struct key {
	const char	*name;
	enum key_type	 type;
	size_t		 offset;	/* of the member */
	size_t		 count;		/* of a list's count; or of "given" */
	const char	*dflt;		/* as it would be written; NULL none */
	long		 min, max;
	const char	*choices;	/* "a b c" */
	unsigned	 flags;
};

#define KEY_PAGES	1	/* published pages depend on it */
#define KEY_GIVEN	2	/* count is the offset of a bool: was set */
#define KEY_PLANET	4	/* of a source, and may stand in [Planet] */
#define KEY_SECRET	8	/* never into a message */

/* Each ends with a NULL name. */
extern const struct key	keys_planet[], keys_gemini[], keys_gopher[],
		keys_server[], keys_source[], keys_host[];

/* The key of that name or alias in table, or NULL. */
const struct key *key_find(const struct key *table, const char *name);
/* Whether Venus or its ancestors knew the key and a capsule has no use. */
bool	key_is_ignored(const char *name);
/* Whether it is a customary word of a feed's section (face, nick). */
bool	key_is_customary(const char *name);
/* Edit distance (a swap of neighbours is one), at most limit + 1. */
int	key_distance(const char *a, const char *b, int limit);
/*
 * The known name close enough to name that it was probably meant; tables
 * and name lists end with NULL and may be NULL.
 */
const char *key_nearest(const char *name, const struct key *table,
	    const struct key *table2, const char *const *names);

/* Whether a feed's key that no table has looks like one that it has. */
const char *key_slip(const char *name);
/* So many sections with one such key mean it. */
#define KEY_HABIT	3

/* What values are relative to, and where strings go. */
struct key_context {
	struct arena	*arena;
	const char	*dir;
};

/*
 * Set the member of the struct at base that k describes.  On failure
 * base is unchanged and the message says what is wrong and what to write.
 */
int	key_set(struct key_context *x, void *base, const struct key *k,
	    const char *value, struct error *e);
/*
 * Append s as the text of a KEY_SECRET, which is no prose: all of it counts,
 * but for what a line of a file cannot hold (control characters, blanks
 * around it or before a ";").
 */
void	key_secret(struct buf *out, struct span s);
/* Set every member to its default. */
void	keys_default(struct key_context *x, void *base,
	    const struct key *table);
/* Whether a and b have the same value there; false: they may have it. */
bool	key_same(const void *a, const void *b, const struct key *k);
/* Append the member as a value that key_set() reads; false when unset. */
bool	key_format(struct buf *out, const void *base, const struct key *k);

#endif
