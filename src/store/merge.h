/*
 * merge.h - between finding out which entry is which (identify.c) and
 * writing it down (merge.c).
 */
#ifndef STORE_MERGE_H
#define STORE_MERGE_H

#include "store/internal.h"

struct item {
	const struct entry *e;
	size_t		 order;		/* place in the feed */
	const char	*key;		/* within the feed: "i:" and its id ... */
	const char	*canonical;	/* comparable link, NULL none */
	const char	*title;		/* folded, "" none */
	bool		 link_weak;	/* of a front page: says little */
	bool		 guid_shared, link_shared;
	bool		 dropped;	/* another item is this one, newer */
	bool		 buried;	/* forgotten once: never again */
	bool		 has_print, has_moment;
	bool		 text_known, has_text;
	unsigned char	 print[PRINT_LEN];	/* title and words */
	unsigned char	 moment[PRINT_LEN];	/* title and time */
	unsigned char	 text[PRINT_LEN];	/* words, once text_known */
	int64_t		 date;		/* believable, or DATE_NONE */
	int64_t		 match;		/* entry id, 0 new */
};

struct matching {
	struct item	*items;
	size_t		 n;
	bool		 known;		/* the feed had entries before */
	bool		 upheaval;	/* most of a known feed looks new */
	bool		 strange;	/* all of it does, however little it is */
	int64_t		 newest;	/* place of the newest known entry */
};

/*
 * Say of each entry of f which stored entry of that feed it is.  Strings
 * live in a.
 */
int	identify(struct store *s, int64_t feed, const struct feed *f,
	    int64_t now, struct matching *m, struct arena *a,
	    struct error *e);
/* Published, else date, else updated, when anybody could believe it. */
int64_t	identify_date(const struct entry *en, int64_t now);
/* The content that is the entry's text. */
const struct content *identify_content(const struct entry *en);

#endif
