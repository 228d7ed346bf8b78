/*
 * theme.h - pages from partials: small gemtext files with named fields.
 *
 * The language is orrery-theme(5).  A partial is compiled once, against the
 * tables of fields that its page has: names become places, and what a field
 * may hold decides where it may stand.  Words can never begin another type
 * of line, whatever is in them, so a theme needs no care for strangers'
 * titles.  Nothing here knows what a page is about.
 */
#ifndef THEME_THEME_H
#define THEME_THEME_H

#include <stddef.h>

#include "base/buf.h"
#include "base/error.h"
#include "base/hash.h"

#define THEME_FILE_MAX	((size_t)64 << 10)	/* bytes of a partial */
#define THEME_NEST_MAX	16	/* sections in each other, and partials */
#define THEME_STEPS_MAX	20000	/* of a compiled page */
#define THEME_WORK_MAX	5000000	/* steps taken for one page */

enum theme_type {
	THEME_TEXT,	/* words: cleaned, kept on one line */
	THEME_URL,	/* an address, for link lines */
	THEME_BLOCK,	/* whole lines of safe gemtext, on a line of its own */
	THEME_LIST,	/* rows, for a section */
};

struct theme_field {
	const char	*name;		/* [a-z0-9_]+; NULL ends a table */
	enum theme_type	 type;
	const struct theme_field *rows;	/* of a list: the fields of a row */
};

/* A page's partial is NAME.gmi. */
struct theme_kind {
	const char	*name;		/* NULL ends a table */
	const struct theme_field *fields;
};

/*
 * Values stand in the order of their table.  Those of a list are nrows
 * times as many values as its rows have fields.  All borrowed.
 */
struct theme_value {
	struct span			 s;
	const struct theme_value	*rows;
	size_t				 nrows;
};

struct theme_options {
	const struct theme_kind	*kinds;
	const struct theme_field *common;	/* fields that every page has */
	/* where partials are looked for first: directories, NULL at the end */
	const char *const	*dirs;
	/* then in this theme of the program's own, then in "plain" */
	const char		*shipped;
	/* each problem as "file:line: what; what to do" */
	void			(*report)(const char *line, void *arg);
	void			*arg;
};

struct theme;

/* Whether the program has a theme of that name in it. */
int	theme_is_shipped(const char *name);

/*
 * Compile all kinds.  E_SYNTAX when a partial has problems (all were
 * reported; e has the first), E_FAIL when one cannot be read.
 */
int	theme_new(struct theme **out, const struct theme_options *o,
	    struct error *e);
void	theme_free(struct theme *t);
/* Digest of all that was compiled: other bytes, other pages. */
void	theme_hash(const struct theme *t, char hex[HASH_HEX]);

/* Whether pages of that kind show that field of their own. */
bool	theme_uses(const struct theme *t, size_t kind, size_t field);
/*
 * Append the page of that kind (its place in the table).  Blank lines never
 * pile up, none is at either end.  E_LIMIT when the page grows without end.
 */
int	theme_render(const struct theme *t, size_t kind,
	    const struct theme_value *common, const struct theme_value *page,
	    struct buf *out, struct error *e);

#endif
