/*
 * input.h - the character references of HTML.
 */
#ifndef GEMTEXT_INPUT_H
#define GEMTEXT_INPUT_H

#include <stdbool.h>
#include <stddef.h>

#include "base/span.h"

/*
 * The longest named reference at the start of s (which begins after
 * "&"): its length with the semicolon if it has one, 0 for none; *text
 * is what it stands for.  In an attribute a reference without semicolon
 * before "=", a letter or a digit is none.
 */
size_t	entity_find(struct span s, bool attribute, const char **text);

/*
 * The reference at the start of s, which begins with "&", named or a
 * number: its length, 0 for none.  It stands for the *len bytes at *text,
 * which may lie in room; no bytes for what is no character.
 */
size_t	reference_find(struct span s, bool attribute, char room[8],
	    const char **text, size_t *len);

#endif
