/*
 * filter.h - which entries the keeper wants, by regular expressions.
 *
 * A rule is one or more POSIX extended expressions, one a line: for
 * include every line must be found, for exclude none may be.  Of Perl's
 * and Python's notation the usual is understood: "(?i)" at the start (any
 * case), "(?:", \d \D \w \W \s \S \b.  Back-references and look-around
 * are refused, so that no entry can make matching slow.
 */
#ifndef CONFIG_FILTER_H
#define CONFIG_FILTER_H

#include <stdbool.h>

#include "base/buf.h"
#include "base/error.h"
#include "config/config.h"

#define FILTER_PATTERN_MAX	4096	/* bytes of one expression */
#define FILTER_TEXT_MAX		((size_t)256 << 10)	/* bytes looked at */

/* What is known of an entry; NULL counts as empty. */
struct filter_text {
	const char	*title, *text, *author, *link;
	const char	*categories;	/* joined by LF */
	const char	*language;	/* NULL: unknown, passes its rules */
};

struct filter;

/* Compile the rules of c and all its sources; E_SYNTAX names the worst. */
int	filter_new(struct filter **out, const struct config *c,
	    struct error *e);
void	filter_free(struct filter *f);	/* NULL is allowed */

/*
 * The rule of s that hides an entry, as "exclude_title = sponsored", or
 * NULL when it is to be shown.  The text lives until the next call.
 * s->filter already holds what [Planet] and [DEFAULT] say.
 */
const char *filter_hidden_by(struct filter *f, const struct source *s,
	    const struct filter_text *t);

/* As filter_hidden_by() for rules that belong to no source. */
const char *filter_match(struct filter *f, const struct filter_rules *r,
	    const struct filter_text *t);

/* Whether every line of rule compiles; the message quotes the bad one. */
int	filter_check(const char *rule, struct error *e);

/*
 * Of Venus's `filters` value: append the patterns of regexp_sifter calls
 * to include and exclude (lines); false when another program is named in
 * it, which is then appended to other.
 */
bool	filter_sifter(struct span words, struct buf *include,
	    struct buf *exclude, struct buf *other);

#endif
