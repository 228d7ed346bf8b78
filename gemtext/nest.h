/*
 * nest.h - well-formed markup goes to the builder as it comes.
 *
 * Most documents close what they open, in order, or leave out only the
 * end tags that everybody leaves out.  For those the parser would say
 * nothing that is not known.  At the first tag that is less clear the
 * document is read again, through the parser: both ways give the same
 * text (tests/fuzz/fuzz_html.c compares them).
 */
#ifndef GEMTEXT_NEST_H
#define GEMTEXT_NEST_H

#include "gemtext/build.h"

struct nest_open {
	uint32_t	 name;		/* hash of it */
	enum nest	 nest;
};

struct nesting {
	struct build	*b;		/* NULL: not used */
	struct nest_open *open;
	size_t		 n, cap;
	bool		 unclear;	/* all that follows is ignored */
};

void	nest_start(struct nesting *s, const char *name, size_t n,
	    const struct atts *a, bool ended);
void	nest_end(struct nesting *s, const char *name, size_t n);
void	nest_text(struct nesting *s, const char *p, size_t n);

#endif
