/*
 * skeleton.h - what the HTML parser is given: tags, and a number in place
 * of each text and of each element's attributes.
 *
 * The parser is good at the structure of broken HTML, and slow and wrong
 * with characters (it knows half of the references, takes a document with
 * one bad byte for Latin-1, ends scripts early).  So the bytes are read
 * here, once, as the HTML standard says, and go round it: the parser sees
 *
 *	<p>@</p><a i="@">A</a>
 *
 * and each number leads back to the text or attributes that it stands for.
 */
#ifndef GEMTEXT_SKELETON_H
#define GEMTEXT_SKELETON_H

#include <stdbool.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/buf.h"
#include "gemtext/build.h"
#include "gemtext/nest.h"

/* A text; it lies in the source, or decoded in skeleton.text. */
struct run {
	const char	*p;		/* NULL: in skeleton.text */
	size_t		 at, n;
};

struct skeleton {
	struct buf	 markup;	/* for the parser */
	struct run	*runs;
	size_t		 nruns, runs_cap;
	struct atts	*atts;
	size_t		 natts, atts_cap;
	struct buf	 text;
	struct arena	 arena;		/* attributes and their values */
	size_t		 searches;	/* tags that may search all open ones */
	struct run	 now;		/* the text being put together */
	bool		 pieces;	/* elements go on over calls */
	unsigned	 unclosed;	/* raw elements known to have no end */
	struct buf	 scratch;
	struct nesting	 nesting;	/* with a builder: nothing is kept */
};

/*
 * An empty skeleton, and its end; memory is kept as in doc.h.  With a
 * builder, it is driven at once as long as the markup is clear; when
 * nesting.unclear says that it was not, what the builder has is of no use.
 */
void	skeleton_begin(struct skeleton *k, struct build *direct);
void	skeleton_done(struct skeleton *k);

/*
 * Read HTML, which must outlive the skeleton.  Any bytes will do: text may
 * be invalid UTF-8 and hold NUL, as build_text() takes them; attributes
 * are repaired.
 */
void	skeleton_html(struct skeleton *k, struct span in);

/* One by one, for markup of other kinds; names are in lower case, and at
 * most ATT_NONE values, which are copied. */
void	skeleton_start(struct skeleton *k, const char *name,
	    const struct att_value *v, size_t n);
void	skeleton_end(struct skeleton *k, const char *name);
/* Text without references; it is copied. */
void	skeleton_text(struct skeleton *k, struct span s);

/* No more will come. */
void	skeleton_close(struct skeleton *k);
/* Close it and, unless it had a builder, let the parser read it and drive the builder (html.c). */
void	skeleton_parse(struct skeleton *k, struct build *b);

#endif
