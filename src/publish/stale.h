/*
 * stale.h - what a run has to render again.
 */
#ifndef PUBLISH_STALE_H
#define PUBLISH_STALE_H

#include "base/arena.h"
#include "base/error.h"
#include "store/store.h"

/* The marks of the store, sorted and told apart. */
struct stale {
	bool		 all;		/* everything is stale; lists are not
					 * filled in then */
	bool		 front, sources;
	int64_t		*entries, *feeds;
	size_t		 nentries, nfeeds;
	/*
	 * Times of the stale entries that are shown, and of those that came
	 * into lists or left them; sorted.  A list's entries keep their
	 * places up to the first that moved.
	 */
	int64_t		*times, *moved;
	size_t		 ntimes, nmoved;
	bool		 left;		/* some left */
	const char	**days, **months, **years;	/* "2026-01-14" ... */
	size_t		 ndays, nmonths, nyears;
	const char	**tags, **groups, **langs;
	size_t		 ntags, ngroups, nlangs;
	const char	**gone;		/* "e/2026/abc-title" of forgotten ones */
	size_t		 ngone;
	const char	**gone_feeds;	/* slugs of forgotten feeds */
	size_t		 ngone_feeds;
};

/*
 * Fill st, which lives in a, from the marks of the store.  all: everything is
 * known to be stale, whatever they say.
 */
int	stale_load(struct store *s, struct stale *st, struct arena *a,
	    bool all, struct error *e);

#endif
