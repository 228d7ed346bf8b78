/*
 * internal.h - what the files of the search share.
 */
#ifndef SEARCH_INTERNAL_H
#define SEARCH_INTERNAL_H

#include "base/buf.h"
#include "base/db.h"
#include "search/search.h"

/* Columns of the full-text table, in order; see columns[] in query.c. */
enum field { FIELD_ANY, FIELD_FEED, FIELD_TAG, FIELD_AUTHOR, FIELD_LANG };

struct query_term {
	struct span	text;
	enum field	field;
	bool		negative, prefix;
};

struct query {
	struct query_term	terms[SEARCH_TERMS_MAX];
	size_t			n;
	int64_t			after, before;	/* INT64_MIN, INT64_MAX none */
	bool			dropped;	/* there were more terms */
	bool			single;		/* the index is an old one: lone
						 * letters are beginnings */
	const char		*bad;		/* what could not be read, or NULL */
};

/* --- query.c --- */
/* Read what a person typed; strings in a. */
void	query_parse(struct query *q, struct arena *a, struct span typed);
/* The FTS5 expression, "" when there is nothing to look for. */
void	query_match(struct buf *out, const struct query *q);

/* --- script.c --- */
/* Whether words of c's script are not parted by spaces. */
bool	script_dense(uint32_t c);
/* Whether c is part of a word at all. */
bool	script_word(uint32_t c);
/* Append s as it is indexed: runs of dense script as pairs, and each of their
 * letters once at the end. */
void	script_index(struct buf *out, struct span s);

/* --- snippet.c --- */
/* One line around the first place where one of q's terms stands. */
const char *snippet_of(const struct query *q, struct span text,
	    struct arena *a);

#endif
