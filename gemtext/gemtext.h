/*
 * gemtext.h - HTML, Markdown and plain text to gemtext and to wrapped text.
 *
 * Bytes in, bytes out: no feeds, no network, no files.  The rules are
 * doc/orrery-gemtext.7.  Time and memory are linear in the input.
 */
#ifndef GEMTEXT_GEMTEXT_H
#define GEMTEXT_GEMTEXT_H

#include <stdbool.h>
#include <stddef.h>

#include "base/buf.h"
#include "base/error.h"
#include "base/span.h"

/* Changes whenever the same input may give other output: stored bodies of
 * another revision are converted again. */
#define GEMTEXT_REVISION	3

#define GEMTEXT_WIDTH_DEFAULT	67
#define GEMTEXT_INPUT_MAX	((size_t)4 << 20)	/* longer input is cut */
#define GEMTEXT_OUTPUT_MAX	((size_t)1 << 20)

enum gemtext_from { GEMTEXT_HTML, GEMTEXT_MARKDOWN, GEMTEXT_PLAIN };

struct gemtext_options {
	const char	*base;		/* URL, or NULL */
	size_t		 width;		/* of text; 0: GEMTEXT_WIDTH_DEFAULT */
	int		 heading_shift;	/* 0; 1: "#" becomes "##", and so on,
					 * at most "###", without skipping */
	const char	*original;	/* where a cut document goes on, or NULL */
	bool		 furniture;	/* keep what feeds add: "The post ...
					 * appeared first on", utm_ parameters */
};

/*
 * Convert in once and append the gemtext to gmi and the wrapped text to
 * txt; either may be NULL.  What passes a ceiling is cut at a block
 * boundary, with a line that says so (and the link o->original), and
 * E_LIMIT is returned with the output whole and valid; 0 otherwise.
 */
int	gemtext_convert(struct buf *gmi, struct buf *txt, enum gemtext_from from,
	    struct span in, const struct gemtext_options *o, struct error *e);

/*
 * The text of an HTML fragment or of plain text on one line, entities
 * resolved and tags gone: for titles and descriptions.
 */
void	gemtext_line(struct buf *out, enum gemtext_from from, struct span in);

/* --- reading gemtext, line by line (the specification's "Line types") --- */

enum gemtext_kind { GEMTEXT_TEXT, GEMTEXT_LINK, GEMTEXT_HEADING1,
	GEMTEXT_HEADING2, GEMTEXT_HEADING3, GEMTEXT_ITEM, GEMTEXT_QUOTE,
	GEMTEXT_TOGGLE, GEMTEXT_PRE };

struct gemtext_line {
	enum gemtext_kind	kind;
	struct span		text;	/* without its mark; a link's label */
	struct span		url;	/* of a link */
};

struct gemtext_reader {
	struct span	rest;
	bool		pre;
};

/* Take the next line of a document; false at its end. */
bool	gemtext_next(struct gemtext_reader *r, struct gemtext_line *line);

/*
 * Lay out finished gemtext (own posts, pages) as wrapped text of at most width
 * columns: links numbered, listed at the end under "Links:".
 */
void	gemtext_to_text(struct buf *txt, struct span gmi, size_t width);

/*
 * Append what a reader of the document reads, a line each: no marks, no
 * addresses but of links without a label, no empty lines.  Preformatted
 * lines share one.  For search and its snippets.
 */
void	gemtext_prose(struct buf *out, struct span gmi);

/*
 * Append s as one safe text line of a page: clean, on one line, and with
 * a space in front if it would otherwise be another line type.
 */
void	gemtext_put_text(struct buf *out, struct span s);
/* Append "=> url label\n"; both cleaned; a url that is no URI reference is
 * percent-encoded. */
void	gemtext_put_link(struct buf *out, struct span url, struct span label);

#endif
