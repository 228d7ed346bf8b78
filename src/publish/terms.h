/*
 * terms.h - which lists by group, tag and language are stale, and which are
 * no more.  The capsule and the hole both have such lists; each says how it
 * writes them.
 */
#ifndef PUBLISH_TERMS_H
#define PUBLISH_TERMS_H

#include "publish/site.h"

/* A kind of terms. */
struct term_kind {
	enum store_buckets buckets;
	const char	*dir;		/* "t" */
	enum word	 word;		/* their name */
	void		(*path)(struct buf *, const char *);	/* "t/rust/" */
	const char	**stale;
	size_t		 nstale;
	bool		 whole;	/* stale lists are stale on every page */
	bool		 few;	/* look for lists that are missing */
	size_t		 least;	/* fewer are not worth a list */
};

/* How one kind of files has them. */
struct term_lists {
	const char	*roots[3];	/* "capsule/"; NULL at the end */
	const char	*members_key;	/* where the store has
					 * what groups are made of */
	/* the list of one term */
	int		(*put)(struct site *, const struct stale *,
			    const struct term_kind *,
			    const struct store_bucket *, struct error *);
	/* the list of the n terms */
	int		(*index)(struct site *, const struct term_kind *,
			    const struct store_bucket *list, size_t n,
			    struct error *);
	/* whether the list of a term, at dir ("t/rust/"), is there */
	bool		(*has)(struct site *, const char *dir);
	/* a kind that is not worth its lists */
	int		(*drop)(struct site *, const struct term_kind *,
			    struct error *);
};

int	terms_publish(struct site *s, const struct stale *st,
	    const struct term_lists *l, struct error *e);

/* Narrow q to a term. */
void	terms_query(struct store_query *q, const struct term_kind *k,
	    const char *key);

#endif
