/*
 * tags.h - what the converter knows of each HTML element.
 */
#ifndef GEMTEXT_TAGS_H
#define GEMTEXT_TAGS_H

#include <stdint.h>

enum tag { TAG_OTHER, TAG_MUTED, TAG_A, TAG_ANNOTATION, TAG_AUDIO, TAG_BASE,
	TAG_BLOCK, TAG_BR, TAG_CAPTION, TAG_CODE, TAG_DD, TAG_DEL, TAG_DL,
	TAG_DT, TAG_EMBED, TAG_FIGCAPTION, TAG_FIGURE, TAG_HEADING, TAG_HR,
	TAG_IFRAME, TAG_IMG, TAG_INPUT, TAG_LI, TAG_MATH, TAG_OBJECT, TAG_OL,
	TAG_PRE, TAG_Q, TAG_QUOTE, TAG_RP, TAG_RT, TAG_SKIP, TAG_SOURCE,
	TAG_SUB, TAG_SUP, TAG_TABLE, TAG_TD, TAG_TR, TAG_UL, TAG_VIDEO };

struct tag_info {
	const char	*name;
	enum tag	 tag;
	uint8_t		 level;		/* of a heading */
};

/* Never NULL: unknown elements are inline and let their content through. */
const struct tag_info *tag_find(const char *name);

#endif
