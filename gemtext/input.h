/*
 * input.h - what each kind of input is made into a document by.
 */
#ifndef GEMTEXT_INPUT_H
#define GEMTEXT_INPUT_H

#include "gemtext/build.h"

/* Parse an HTML document or fragment into the builder. */
void	html_parse(struct build *b, struct span in);
/* Markdown; false when a budget was met and the rest left out. */
bool	markdown_parse(struct build *b, struct span in);
/* Plain text: paragraphs by blank lines, addresses become links. */
void	plain_parse(struct build *b, struct span in);

/*
 * The longest named reference at the start of s (which begins after
 * "&"): its length with the semicolon if it has one, 0 for none; *text
 * is what it stands for.  In an attribute a reference without semicolon
 * before "=" or a letter is none.
 */
size_t	entity_find(struct span s, bool attribute, const char **text);

#endif
