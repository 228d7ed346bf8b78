/*
 * feed.h - the model every format is read into (RFC 4287's terms).
 *
 * All strings are valid UTF-8 with a terminating NUL, without control
 * characters (LF and tab only in content), and live in the arena that was
 * given to the parser; NULL is "not there".  Times are seconds since the
 * epoch, UTC; DATE_NONE is "not there or unreadable".
 */
#ifndef FEED_FEED_H
#define FEED_FEED_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/date.h"

/* Most entries read of one feed by default. */
#define FEED_ENTRIES_MAX	500

enum feed_format {
	FEED_UNKNOWN, FEED_RSS, FEED_RDF, FEED_ATOM, FEED_JSON, FEED_CDF,
	FEED_GEMTEXT, FEED_GOPHER,
};

struct person {
	const char	*name, *email, *uri;
};

struct category {
	const char	*term, *scheme, *label;
};

struct link {
	const char	*rel, *href, *type, *title, *hreflang;
	int64_t		 length;	/* bytes; -1 unknown */
};

enum content_type { CONTENT_NONE, CONTENT_TEXT, CONTENT_HTML,
	CONTENT_MARKDOWN, CONTENT_GEMTEXT };

struct content {
	enum content_type	 type;
	const char		*value;		/* LF line ends */
	const char		*base;		/* what its links resolve against */
	const char		*language;
	const char		*src;		/* Atom out-of-line content */
};

struct entry;

/* A feed, or the atom:source of an entry (which has no entries). */
struct feed {
	enum feed_format	 format;
	const char		*encoding;	/* the bytes were read in */
	const char		*title, *subtitle, *link, *id;
	int64_t			 updated, published;
	const char		*language, *rights, *license, *generator;
	const char		*icon, *logo;
	const char		*image_url, *image_title, *image_link;
	const char		*url;		/* its own address: rel=self, source url */
	const char		*next;		/* RFC 5005 rel=next */
	const char		*hub;		/* WebSub */
	struct person		*authors, *contributors;
	size_t			 nauthors, ncontributors;
	struct category		*categories;
	size_t			 ncategories;
	struct link		*links;
	size_t			 nlinks;
	int			 ttl;		/* minutes; 0 not given */
	unsigned		 skip_hours;	/* bit h: hour h GMT */
	unsigned		 skip_days;	/* bit d: 0 is Sunday */
	int			 update_period;	/* seconds by sy:, 0 not given */
	bool			 noarchive;	/* asks not to be archived */
	struct entry		*entries;	/* in the feed's order */
	size_t			 nentries;
	size_t			 nskipped;	/* beyond the limit */
	const char		*problem;	/* first damage: "line 12: ..." */
};

struct entry {
	const char		*id;		/* as it stands */
	const char		*title;		/* plain text, one line */
	const char		*link;		/* absolute when a base is known */
	int64_t			 published, updated, date;
	struct person		*authors, *contributors;
	size_t			 nauthors, ncontributors;
	struct content		 summary, content;
	struct category		*categories;
	size_t			 ncategories;
	struct link		*enclosures;	/* href, type, length, title */
	size_t			 nenclosures;
	struct link		*links;
	size_t			 nlinks;
	const char		*comments, *rights, *license, *language;
	int64_t			 ncomments;	/* the feed's count; -1 unknown */
	/* GeoRSS: "latitude longitude" in degrees, one space between. */
	const char		*place;
	const char		*image_url;
	const char		**thumbnails;
	size_t			 nthumbnails;
	int64_t			 duration;	/* seconds; -1 unknown */
	struct feed		*source;	/* of aggregated entries, or NULL */
	bool			 date_only;	/* no time of day was given */
	/*
	 * The body converted (content, else summary), set by whoever ran the
	 * converter, in the child; NULL before.
	 */
	const char		*gemtext;
	const char		*text;		/* wrapped plain text for Gopher */
	bool			 summary_only;	/* there was no full content */
};

#endif
