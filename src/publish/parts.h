/*
 * parts.h - a month or year of a list, cut into pages.
 *
 * Parts are numbered from the oldest, so that one keeps its entries, and its
 * bytes, when newer ones come.
 */
#ifndef PUBLISH_PARTS_H
#define PUBLISH_PARTS_H

#include "base/error.h"
#include "publish/site.h"

struct part {
	int64_t	 number, of;	/* 1 is the oldest, and `of` the newest */
	int64_t	 n;		/* entries */
	struct store_query q;	/* them, newest first */
};

struct parts {
	struct store_query q;	/* what is listed; no bounds */
	const char	*key;	/* "2026" or "2026-01" */
	int64_t		 n;	/* entries of that time */
	int64_t		 size;	/* of them in a part */
	bool		 all;	/* every part is stale */
	/*
	 * Write one part; what it read last goes to *last, which is filled
	 * with zeros before.
	 */
	int		(*put)(const struct part *p, struct store_entry *last,
			    void *arg, struct error *e);
	void		*arg;
};

/*
 * Put the stale parts, newest first: those with a stale entry, and all from
 * the first place where entries came or went.
 */
int	parts_put(struct site *s, const struct stale *st,
	    const struct parts *p, struct error *e);
/* How many parts n entries make. */
int64_t	parts_count(int64_t n, int64_t size);

#endif
