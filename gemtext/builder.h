/*
 * builder.h - the builder's state, shared by build.c (elements), inline.c
 * (text, links, marks), media.c (images and their kin) and cells.c (tables).
 */
#ifndef GEMTEXT_BUILDER_H
#define GEMTEXT_BUILDER_H

#include "gemtext/build.h"
#include "gemtext/tags.h"

/* An element that is open. */
struct open {
	uint8_t		 tag;
	uint8_t		 flag;
	uint32_t	 a, b;		/* what its end needs */
	const char	*language;	/* that it names for code inside */
};

/* A list item (or dd) that is open. */
struct item {
	uint32_t	 list;
	int32_t		 number;
	uint8_t		 lists;		/* depth */
	bool		 numbered;
	bool		 pending;	/* its first text is still to come */
};

struct figure {
	uint32_t	 image, images;	/* last one; how many */
	uint32_t	 caption, captions;	/* block; how many */
};

struct table_cell {
	uint32_t	 row, column, block, block_end;
	bool		 head;
};

struct open_table {
	size_t		 block;		/* blocks before it */
	size_t		 cell;		/* first of build.cells */
	uint32_t	 rows, column, columns;
	bool		 layout, in_cell;
	bool		 nests;		/* there is a table inside */
	size_t		 item_base;	/* to be restored */
};

struct build {
	struct doc	*d;
	bool		 furniture;	/* gemtext_options.furniture */
	const char	*base;		/* for resolving; NULL none */
	const char	*self;		/* the document's own address, no fragment */
	bool		 base_seen;
	struct open	*stack;
	size_t		 depth, stack_cap;
	size_t		 beyond;	/* open beyond BUILD_DEPTH_MAX */
	size_t		 skip;		/* open elements that are not shown */
	size_t		 mute;		/* stack depth whose end unmutes; 0 no */
	/* the block under construction */
	bool		 in_block;
	struct block	 cur;
	uint32_t	 flushes;	/* blocks ended so far */
	bool		 space, space_lf;
	uint32_t	 last;		/* last character */
	unsigned	 pile;		/* marks on it, see utf8_is_piled() */
	unsigned	 breaks;	/* <br> waiting */
	unsigned	 pre;		/* depth */
	const char	*language;	/* of the code block */
	uint8_t		 heading;
	bool		 term, caption;
	/* quotes */
	uint32_t	 quotes, next_quote;
	uint32_t	 quote[QUOTE_DEPTH_MAX];
	/* lists */
	uint32_t	*lists;
	size_t		 nlists, lists_cap;
	struct item	*items;
	size_t		 nitems, items_cap, item_base;
	/* the link that is open */
	bool		 linked;	/* inside an <a> */
	bool		 link_pending;	/* nothing of it was shown yet */
	bool		 link_internal;
	const char	*link_url, *link_title;
	uint32_t	 link, link_text, link_flushes, link_mark;
	uint32_t	 link_image, link_images;
	const char	*link_alt;	/* of its last image */
	uint8_t		 marks_open[TAG_VIDEO + 1];
	/* math, media, figures, tables */
	uint32_t	 math_text, math_flushes;
	bool		 math_done;
	size_t		 media_depth;	/* of the video that is open */
	const char	*media_label;
	struct figure	*figures;
	size_t		 nfigures, figures_cap;
	bool		 figcaption;
	struct open_table *tables;
	size_t		 ntables, tables_cap;
	struct table_cell *cells;
	size_t		 ncells, cells_cap;
};

#define GROW(array, n, cap) do {					\
	if ((n) == (cap)) {						\
		(cap) = (cap) != 0 ? (cap) * 2 : 16;			\
		(array) = xreallocarray((array), (cap), sizeof(*(array))); \
	}								\
} while (0)

/* Whether the class attribute has that word. */
bool	att_class(const struct atts *atts, const char *word);

/* build.c */
void	build_flush(struct build *b);		/* end the block, if any */
void	build_begin(struct build *b);		/* begin one, if none */
struct block *build_push_block(struct build *b);

/* inline.c */
void	inline_visible(struct build *b, uint32_t first);
void	inline_put(struct build *b, const char *s);	/* as it is */
uint32_t inline_link(struct build *b, const char *url);
void	inline_mark(struct build *b, enum mark_kind kind, uint32_t link);
void	inline_a_start(struct build *b, const struct atts *atts);
void	inline_a_end(struct build *b);
void	inline_open(struct build *b, struct open *o);
void	inline_close(struct build *b, const struct open *o);
void	inline_math_start(struct build *b, const struct atts *atts);
void	inline_annotation_start(struct build *b, const struct atts *atts);
void	inline_annotation_end(struct build *b);
/*
 * The absolute URL of ref in the document's arena when it may be linked,
 * else NULL; *internal says whether it leads into this document.
 */
const char *inline_url(struct build *b, const char *ref, bool *internal);

/* media.c */
void	media_image(struct build *b, const struct atts *atts);
void	media_embed(struct build *b, const struct atts *atts, const char *src);
void	media_start(struct build *b, bool video, const struct atts *atts);
void	media_source(struct build *b, const struct atts *atts);
void	media_figure_start(struct build *b);
void	media_figure_end(struct build *b);

/* cells.c */
void	cells_table_start(struct build *b, const struct atts *atts);
void	cells_table_end(struct build *b);
void	cells_row(struct build *b);
void	cells_cell_start(struct build *b, bool head, const struct atts *atts);
void	cells_cell_end(struct build *b);

#endif
