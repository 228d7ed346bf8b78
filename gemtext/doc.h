/*
 * doc.h - a document between its parser and its writers.
 *
 * Parsers drive the builder (build.h), which fills this; writer.c and
 * text.c lay it out.  All text lies in one buffer: a block is a range of
 * it, and marks say where links begin and end and where images stand.
 * Nothing here is ever nested: structure is numbers on the blocks.
 */
#ifndef GEMTEXT_DOC_H
#define GEMTEXT_DOC_H

#include <stdbool.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/buf.h"

#define QUOTE_DEPTH_MAX	4	/* deeper quotes are shown at this depth */
#define ITEM_DASHES_MAX	3
#define TABLE_COLUMNS_MAX 60	/* more make a layout of it */
#define TABLE_WIDTH_MAX	78	/* columns of display; wider ones are lists */
#define CELL_CHARS_MAX	300	/* characters; more make a layout of it */

enum block_kind { BLOCK_PARA, BLOCK_HEADING, BLOCK_ITEM, BLOCK_TERM,
	BLOCK_PRE, BLOCK_TABLE, BLOCK_RULE };

struct list {
	char	type;		/* '*' bullets; '1' 'a' 'A' 'i' 'I' */
	bool	reversed;	/* and no start was given: numbers run down */
	int32_t	count;		/* items so far */
	int32_t	next;		/* number of the next item */
	uint32_t top;		/* outermost list it is in */
};

struct block {
	enum block_kind	 kind;
	bool		 dead;		/* taken back: not written */
	uint8_t		 level;		/* of a heading, 1 to 6 */
	uint8_t		 quotes;	/* 0 to QUOTE_DEPTH_MAX */
	uint8_t		 lists;		/* depth of lists around, at most 255 */
	bool		 caption;	/* of a table or figure */
	uint32_t	 quote[QUOTE_DEPTH_MAX];	/* which ones, outermost first */
	uint32_t	 top;		/* outermost list of an item or term, 0 none */
	uint32_t	 list;		/* of an item */
	int32_t		 number;	/* of an item in an ordered list */
	bool		 numbered;
	uint32_t	 text, text_end;	/* range of doc.text */
	uint32_t	 mark, mark_end;	/* range of doc.marks */
	const char	*alt;		/* language, or a table's caption */
	uint32_t	 table;		/* of a BLOCK_TABLE */
};

enum mark_kind { MARK_OPEN, MARK_CLOSE, MARK_IMAGE, MARK_AFTER };

/* At byte pos of the text: a link begins, ends, an image stands, or a
 * link's line is due after the block though its text is elsewhere. */
struct mark {
	uint32_t	 pos;
	uint32_t	 link;
	enum mark_kind	 kind;
};

struct doc_link {
	const char	*url;		/* NULL: not linked after all */
	uint32_t	 url_len;
	const char	*label;		/* given one, instead of its text */
	bool		 image;		/* or other media: written even inside text */
	bool		 whole;		/* opened and closed in one block */
	uint32_t	 text, text_end;	/* its words, for the label */
};

struct cell {
	uint32_t	 row, column;
	uint32_t	 block;		/* its text, or UINT32_MAX when empty */
};

struct table {
	uint32_t	 cell, cells;	/* range of doc.cells */
	uint32_t	 rows, columns;
	bool		 head;		/* the first row is a head */
};

struct doc {
	struct buf	 text;
	struct arena	 arena;
	struct block	*blocks;
	size_t		 nblocks, blocks_cap;
	struct mark	*marks;
	size_t		 nmarks, marks_cap;
	struct doc_link	*links;
	size_t		 nlinks, links_cap;
	struct list	*lists;		/* lists[0] is for items without one */
	size_t		 nlists, lists_cap;
	struct table	*tables;
	size_t		 ntables, tables_cap;
	struct cell	*cells;
	size_t		 ncells, cells_cap;
	const char	*self;		/* its own address, or NULL */
	bool		 cut;		/* a ceiling was met while building */
};

/* An empty document, and its end.  What little memory the last one of a
 * thread took is kept for the next. */
void	doc_begin(struct doc *d);
void	doc_end(struct doc *d);

/* Display form of the number n of a list of that type: "3", "c", "iii". */
void	doc_number(struct buf *out, char type, int32_t n);
/* What stands before an item's text: "* ", "* - ", "3. ", "* 1. ". */
void	doc_marker(struct buf *out, const struct doc *d, const struct block *b);
/* Words of a link on one line (its label, or its text). */
void	doc_link_label(struct buf *out, const struct doc *d,
	    const struct doc_link *l);
/* Whether label only repeats url. */
bool	doc_label_is_url(struct span label, struct span url);
/* The text of a block on one line (LF is a space). */
void	doc_block_line(struct buf *out, const struct doc *d,
	    const struct block *b);

/* Whether b follows a without a blank line: items of one list, dt and dd. */
bool	doc_tight(const struct block *a, const struct block *b);
/* Level at which a heading is shown; state is zeroed at first. */
struct heading_state { uint8_t source[8], shown[8], n; };
int	doc_heading(struct heading_state *s, int level, int shift);
/* How many quotes a and b are both in. */
unsigned doc_common_quotes(const struct block *a, const struct block *b);

/* --- the parsers, which drive the builder --- */
struct build;
struct span;
/*
 * With direct, only what needs no parser; false when one is needed: b is
 * then of no use.
 */
bool	html_parse(struct build *b, struct span in, bool direct);
enum markdown_result { MARKDOWN_WHOLE, MARKDOWN_CUT, MARKDOWN_UNCLEAR };
enum markdown_result markdown_parse(struct build *b, struct span in,
	    bool direct);
void	plain_parse(struct build *b, struct span in);

/* --- the writers --- */
struct gemtext_options;

/* Append the document as gemtext; false when out's ceiling cut it. */
bool	writer_gemtext(struct buf *out, const struct doc *d,
	    const struct gemtext_options *o);
/* Append the document as wrapped text; false when it was cut. */
bool	writer_text(struct buf *out, const struct doc *d,
	    const struct gemtext_options *o);

/* Lay out a data table. Appends lines of padded cells to lines (each with
 * LF) and returns its width in columns. */
size_t	table_layout(struct buf *lines, const struct doc *d,
	    const struct table *t, void (*cell)(struct buf *out,
	    const struct doc *d, const struct block *b, void *arg), void *arg);
/* Append one "Head: cell | Head: cell" for row; false when it is empty. */
bool	table_record(struct buf *out, const struct doc *d,
	    const struct table *t, uint32_t row, void (*cell)(struct buf *out,
	    const struct doc *d, const struct block *b, void *arg), void *arg);

#endif
