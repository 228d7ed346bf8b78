/*
 * formats.h - one reader for each family of formats, behind parse.h.
 *
 * Each takes valid UTF-8 and fills a zeroed struct feed (times DATE_NONE).
 */
#ifndef FEED_FORMATS_H
#define FEED_FORMATS_H

#include "feed/parse.h"

/* RSS 0.9x, 1.0, 2.0, Atom 0.3, 1.0, CDF. */
int	feed_read_xml(struct feed *f, struct arena *a, struct span s,
	    const struct parse_options *o, struct error *e);
int	feed_read_json(struct feed *f, struct arena *a, struct span s,
	    const struct parse_options *o, struct error *e);
/* A gemtext page, its dated links (or all, if none is dated) as entries. */
int	feed_read_gemtext(struct feed *f, struct arena *a, struct span s,
	    const struct parse_options *o, struct error *e);
/* A gopher menu, or a text that lists dated files. */
int	feed_read_gopher(struct feed *f, struct arena *a, struct span s,
	    const struct parse_options *o, struct error *e);

/* Set the times of a new feed and entry to DATE_NONE, and so on. */
void	feed_blank(struct feed *f);
void	feed_blank_entry(struct entry *en);
/* Room for one more entry, or NULL beyond the limit (counted). */
struct entry *feed_add_entry(struct feed *f, struct arena *a,
	    const struct parse_options *o);
/* What follows from other members: date, link from id, summary_only. */
void	feed_finish_entry(struct entry *en);
/* Append, unless an equal one is there. */
void	feed_add_category(struct arena *a, struct category **list, size_t *n,
	    struct category c);
void	feed_add_link(struct arena *a, struct link **list, size_t *n,
	    struct link l);
void	feed_add_person(struct arena *a, struct person **list, size_t *n,
	    struct person p);

#endif
