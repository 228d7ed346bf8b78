/*
 * search.h - the full-text file: publishing writes it, searchd queries it.
 *
 * SQLite FTS5 in a file of its own, rebuildable from the store at any
 * time.  Query language: words, "phrases", -not, feed: tag: author:
 * after: before: lang:.  User text never reaches MATCH raw.
 *
 * Words are folded (case, diacritics) and stemmed (Porter, which does most
 * for English and little harm elsewhere).  Scripts written without spaces
 * (Chinese, Japanese, Thai, Lao, Khmer, Burmese) and Korean, whose words
 * carry their particles, are indexed by pairs of letters and found as
 * phrases of pairs: most of their words have two letters, for which
 * SQLite's trigrams, needing three, would find nothing.  Single letters are
 * indexed too, each once for a text.
 */
#ifndef SEARCH_SEARCH_H
#define SEARCH_SEARCH_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/error.h"
#include "base/span.h"

#define SEARCH_TERMS_MAX	8
#define SEARCH_DEADLINE_MS	500
#define SEARCH_TEXT_MAX		((size_t)64 * 1024)	/* indexed per entry */
#define SEARCH_PAGE		20			/* results a page */
#define SEARCH_LIMIT		100			/* results at most */

struct search;

struct search_doc {
	int64_t		 id;		/* store's entry id */
	const char	*path;		/* "e/2026/abc123-title" */
	const char	*title, *source, *source_slug, *author, *language;
	const char	*tags;		/* space-separated */
	const char	*text;		/* prose; cut at SEARCH_TEXT_MAX */
	int64_t		 time;
};

struct search_hit {
	const char	*path, *title, *source;
	int64_t		 time;
	const char	*snippet;	/* plain, one line */
};

enum search_cut {
	SEARCH_WHOLE,		/* the best of all */
	SEARCH_NEWEST,		/* the newest: to weigh all took too long */
	SEARCH_LATE,		/* what was found when the time was up */
};

struct search_results {
	struct search_hit *hits;
	size_t		 nhits;
	bool		 more;		/* another page exists */
	enum search_cut	 cut;
	const char	*hint;		/* what they are not and why, or NULL */
};

/*
 * Open, for writing also make, the file.  E_FAIL when it is damaged or was
 * left unfinished: remove it and open again, then fill it from the store.
 */
int	search_open(struct search **out, const char *path, bool writable,
	    struct error *e);
void	search_close(struct search *s);
int	search_begin(struct search *s, struct error *e);
int	search_commit(struct search *s, struct error *e);
int	search_put(struct search *s, const struct search_doc *d,
	    struct error *e);
int	search_delete(struct search *s, int64_t id, struct error *e);
/*
 * Leave no word in the file that only deleted rows had.  FTS5 just notes
 * what is deleted until its parts are merged; this merges all of them, which
 * takes as long as a tenth of filling it.
 */
int	search_scrub(struct search *s, struct error *e);
/*
 * Fill it anew: what is put from here on goes to a file beside it, which takes
 * its place at search_commit(); readers have the old one until then.
 */
int	search_reset(struct search *s, struct error *e);
/* Whether it was just made and is to be filled from the store. */
bool	search_fresh(const struct search *s);
/*
 * Whether an earlier program filled it, with other text: it answers and can
 * be changed, but is to be filled anew.
 */
bool	search_old(const struct search *s);
int64_t	search_count(struct search *s);
/* Let a query take so many milliseconds instead of SEARCH_DEADLINE_MS. */
void	search_set_limit(struct search *s, int ms);
/*
 * Page (from 0) of the results of what a person typed.  Neither a hopeless
 * query nor a deadline that passed is an error: hint says what to do.
 */
int	search_query(struct search *s, struct search_results *r,
	    struct arena *a, struct span query, size_t page, int64_t now,
	    struct error *e);

#endif
