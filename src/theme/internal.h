/*
 * internal.h - what the compiler of partials leaves for the renderer.
 */
#ifndef THEME_INTERNAL_H
#define THEME_INTERNAL_H

#include <stdbool.h>
#include <stdint.h>

#include "base/arena.h"
#include "theme/theme.h"

/* The steps of a page; those from LINE to an end of line build a line. */
enum step_what {
	STEP_LITERAL,	/* whole lines as they are */
	STEP_BLANK,	/* a blank line, unless there is one */
	STEP_BLOCK,	/* a field's lines */
	STEP_LINE,	/* begin a line */
	STEP_TEXT,	/* words of the theme */
	STEP_FIELD,	/* words of a field */
	STEP_URL,	/* the line so far is an address, a label follows */
	STEP_END_LINK,
	STEP_END_TEXT,	/* of a line that begins with a field */
	STEP_END_MARK,	/* of a line whose first n bytes are the theme's */
	STEP_END_PRE,	/* of a line of preformatted text */
	STEP_IF,	/* section: at its end when there is nothing */
	STEP_UNLESS,	/* inverted section */
	STEP_EACH,	/* section of a list: once a row */
	STEP_CLOSE,	/* end of any section */
};

struct step {
	enum step_what	 what;
	uint16_t	 scope, field;	/* where the value is */
	uint16_t	 width;		/* EACH: values in a row */
	uint32_t	 n;		/* END_MARK: bytes of the mark */
	uint32_t	 end;		/* of a section: the step after it */
	struct span	 text;
};

struct page {
	struct step	*steps;
	size_t		 n;
};

/* A partial as it was read. */
struct partial {
	const char	*name;		/* "entry" */
	const char	*file;		/* for messages */
	struct span	 text;
};

struct theme {
	struct arena	 arena;
	struct page	*pages;
	const struct theme_kind *kinds;
	struct partial	**partials;
	size_t		 npartials;
};

/* Themes in the program: theme/name/text, NULL at the end. */
struct shipped {
	const char	*theme, *name, *text;
};
extern const struct shipped theme_files[];

#endif
