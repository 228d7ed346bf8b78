/*
 * ini.h - lexer for the dialect of Python's ConfigParser.
 *
 * Sections in brackets; "key = value" or "key: value"; a line indented
 * deeper than its key's continues the value; "#" or ";" at the start of a
 * line, and ";" after a blank within a value, begin a comment.  Keys are
 * case-insensitive.  Knows nothing of planets: values stay as written
 * until ini_value() puts "%(name)s" in.
 *
 * Damage never stops the reading: what cannot be understood is reported
 * and left out.
 */
#ifndef CONFIG_INI_H
#define CONFIG_INI_H

#include <stdbool.h>
#include <stddef.h>

#include "base/arena.h"
#include "base/buf.h"
#include "base/error.h"
#include "base/span.h"

#define INI_FILE_MAX	((size_t)16 << 20)	/* bytes of a file */
#define INI_NAME_MAX	4096			/* of a section or key */
#define INI_VALUE_MAX	((size_t)64 << 10)	/* of an expanded value */
#define INI_DEPTH_MAX	10			/* of interpolation */

struct ini_item {
	const char	*key;		/* lower case, to look up */
	const char	*raw_key;	/* as written: paths keep their case */
	const char	*value;		/* lines joined by LF; NULL without "=" */
	int		 line;
};

struct ini_section {
	const char	*name;
	int		 line;
	struct ini_item	*items;		/* one per key, in file order */
	size_t		 nitems;
	bool		 repeated;	/* a later one of the same name */
	int		 first;		/* index of the first one of it */
};

struct ini {
	/* The first is what stands before any section (name NULL); its
	 * items count as [Planet]'s in Pluto's dialect. */
	struct ini_section	*sections;
	size_t			 nsections;
	struct ini_section	*defaults;	/* [DEFAULT], or NULL */
	struct arena		 arena;
};

enum ini_trouble {
	INI_SYNTAX,	/* a line is neither section, key nor comment */
	INI_REPEATED_KEY,	/* in one section; the later one counts */
	INI_ENCODING,	/* a line was no UTF-8; read as Windows-1252 */
};

/* Told of each trouble; what is one clause without place or full stop. */
typedef void ini_report(enum ini_trouble kind, int line, const char *what,
	    void *arg);

/*
 * Read bytes into ini (zeroed; free with ini_free()).  E_SYNTAX only for
 * what is no text at all: NUL bytes, or an UTF-16 file that does not
 * convert.  report may be NULL.
 */
int	ini_parse(struct ini *ini, struct span bytes, ini_report *report,
	    void *arg, struct error *e);
void	ini_free(struct ini *ini);

/*
 * Move the items of repeated sections into the first of their name, where
 * the later value of a key counts: what ConfigParser made of them.
 */
void	ini_merge(struct ini *ini);

/* The first section of that name (exact), or NULL. */
const struct ini_section *ini_section(const struct ini *ini,
	    const char *name);
/* The item of s alone with that lower-case key, or NULL. */
const struct ini_item *ini_own(const struct ini_section *s, const char *key);
/* As ini_own(), else [DEFAULT]'s; s may be NULL. */
const struct ini_item *ini_get(const struct ini *ini,
	    const struct ini_section *s, const char *key);

/*
 * Append the value of item as section s sees it: "%(name)s" replaced by
 * that key's value, at most INI_DEPTH_MAX deep; "%%" is then "%".  A value
 * without "%(" is taken as it stands, so strftime formats need no care.
 * E_NOTFOUND names the missing key, E_LIMIT a circle or excess.
 */
int	ini_value(struct buf *out, const struct ini *ini,
	    const struct ini_section *s, const struct ini_item *item,
	    struct error *e);

#endif
