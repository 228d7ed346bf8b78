/*
 * parse.h - bytes in, struct feed out.  Pure: no files, no network, no
 * globals; fuzzers call it in process.
 */
#ifndef FEED_PARSE_H
#define FEED_PARSE_H

#include "base/arena.h"
#include "base/buf.h"
#include "base/error.h"
#include "base/span.h"
#include "feed/feed.h"

struct parse_options {
	const char	*base_url;	/* address of the feed, or NULL */
	const char	*content_type;	/* transport's media type, or NULL */
	size_t		 max_entries;	/* 0: FEED_ENTRIES_MAX */
	size_t		 skip_entries;	/* so many first ones are left out */
	int64_t		 now;		/* for date-only and absurd dates */
};

/*
 * Recognise the format and read it.  Damaged input yields what could be
 * read, with feed->problem set.  Of more entries than max_entries the
 * newest are read, also where a feed has its oldest first.  *out and its strings live in arena.
 * E_SYNTAX when the bytes are no feed ("not a feed: an HTML page"),
 * E_LIMIT when a ceiling was met before any entry.
 */
int	feed_parse(struct feed **out, struct arena *arena, struct span bytes,
	    const struct parse_options *o, struct error *e);

/*
 * Make links what a planet follows: the page itself where the link counts
 * clicks (feedburner:origLink); where the link is no address, or only the
 * feed's own (url), the id if that is one, else none.
 */
void	feed_mend_links(struct feed *f, const char *url);
/* The address that f gives itself, or its site's; NULL: none that is one. */
const char *feed_own_address(const struct feed *f);
/*
 * Forget what is no address, but relative to one that nobody knows: who
 * follows it elsewhere would be led astray.
 */
void	feed_drop_relative(struct feed *f);

/*
 * The feed as a self-contained run of bytes and back, for the pipe between
 * the parsing child and its parent.  feed_decode() trusts nothing: E_SYNTAX on anything
 * malformed.  Every member of feed.h is carried.
 */
void	feed_encode(struct buf *out, const struct feed *f);
int	feed_decode(struct feed **out, struct arena *arena, struct span bytes,
	    struct error *e);

#endif
