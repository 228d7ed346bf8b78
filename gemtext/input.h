/*
 * input.h - the named character references of HTML.
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

#endif
