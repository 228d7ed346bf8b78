/*
 * tags.h - what the converter knows of elements and attributes.
 */
#ifndef GEMTEXT_TAGS_H
#define GEMTEXT_TAGS_H

#include <stddef.h>
#include <stdint.h>

enum tag { TAG_OTHER, TAG_MUTED, TAG_A, TAG_ANNOTATION, TAG_AUDIO, TAG_BASE,
	TAG_BLOCK, TAG_BR, TAG_CAPTION, TAG_CODE, TAG_DD, TAG_DEL, TAG_DL,
	TAG_DT, TAG_EMBED, TAG_FIGCAPTION, TAG_FIGURE, TAG_HEADING, TAG_HR,
	TAG_IFRAME, TAG_IMG, TAG_INPUT, TAG_LI, TAG_MATH, TAG_OBJECT, TAG_OL,
	TAG_PRE, TAG_Q, TAG_QUOTE, TAG_RP, TAG_RT, TAG_SKIP, TAG_SOURCE,
	TAG_SUB, TAG_SUP, TAG_TABLE, TAG_TD, TAG_TR, TAG_UL, TAG_VIDEO };

/*
 * What an element's start closes by itself, and what closes it: see
 * nest.c.  Of an odd one nothing is known there.
 */
enum nest { NEST_FREE, NEST_SOFT, NEST_A, NEST_P, NEST_DIV, NEST_HEAD,
	NEST_RULE, NEST_LIST, NEST_LI, NEST_DL, NEST_DT, NEST_DD, NEST_TABLE,
	NEST_CAPTION, NEST_ROWS, NEST_ROW, NEST_CELL, NEST_VOID, NEST_ODD };

struct tag_info {
	const char	*name;
	enum tag	 tag;
	enum nest	 nest;
	uint8_t		 level;		/* of a heading */
};

/*
 * The element of that name (in lower case), found once for each tag.
 * Never NULL: unknown elements are inline and let their content through.
 */
const struct tag_info *tag_find(const char *name);

/* The attributes that mean something here; all others are nothing. */
enum att { ATT_ALT, ATT_ALTTEXT, ATT_ARIA_LABEL, ATT_CHECKED, ATT_CLASS,
	ATT_COLSPAN, ATT_DATA, ATT_DATA_LANG, ATT_DATA_LAZY_SRC,
	ATT_DATA_ORIGINAL, ATT_DATA_SRC, ATT_ENCODING, ATT_HEIGHT, ATT_HIDDEN,
	ATT_HREF, ATT_REVERSED, ATT_ROLE, ATT_SRC, ATT_SRCSET, ATT_START,
	ATT_STYLE, ATT_TITLE, ATT_TYPE, ATT_VALUE, ATT_WIDTH, ATT_NONE };

struct att_value {
	enum att	 att;
	const char	*value;		/* "" without one */
};

/* The attributes of one element; the first of a name counts. */
struct atts {
	const struct att_value *v;
	size_t		 n;
	uint32_t	 set;		/* bit 1 << att for each that is there */
};

/* Which attribute that name (in any case) is, or ATT_NONE. */
enum att att_find(const char *name, size_t n);
/* Its value, NULL when it is not there. */
const char *att_of(const struct atts *a, enum att att);

#endif
