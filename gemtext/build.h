/*
 * build.h - elements and text in, a document out.
 *
 * The HTML parser and the Markdown parser call the same four functions.
 * The stack is explicit and every question ("is this table data", "what
 * is this link's text") is answered once, on the way.
 */
#ifndef GEMTEXT_BUILD_H
#define GEMTEXT_BUILD_H

#include "gemtext/doc.h"
#include "gemtext/gemtext.h"
#include "gemtext/tags.h"

/* Elements open at once beyond which further ones are only counted. */
#define BUILD_DEPTH_MAX		100000
#define BUILD_LINKS_MAX		20000
#define BUILD_BLOCKS_MAX	200000
#define BUILD_TEXT_MAX		((size_t)16 << 20)

struct build;

/* Fill d (zeroed) from calls on the returned builder. */
struct build	*build_new(struct doc *d, const struct gemtext_options *o);

/* An element begins; atts may be NULL.  Void elements are ended too. */
void	 build_start(struct build *b, const struct tag_info *t,
	    const struct atts *atts);
void	 build_end(struct build *b);		/* the innermost one */
/* An element ends before what is in it: a loss if that depends on it. */
void	 build_shallow(struct build *b, const struct tag_info *t);
/* Text, in any number of pieces, references resolved. */
void	 build_text(struct build *b, const char *p, size_t n);
/* Close what is open and finish the document; frees b. */
void	 build_finish(struct build *b);

#endif
