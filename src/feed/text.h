/*
 * text.h - from what stands in an element to the strings of feed.h.
 *
 * All results are in the arena, valid UTF-8 without control characters, and
 * NULL where nothing is left.
 */
#ifndef FEED_TEXT_H
#define FEED_TEXT_H

#include <stdbool.h>

#include "base/arena.h"
#include "base/span.h"
#include "feed/feed.h"

/* One line, white space collapsed: names, ids, labels. */
const char *text_line(struct arena *a, struct span s);
/* As many lines as there are, LF between them: bodies. */
const char *text_body(struct arena *a, struct span s);
/* A plain text construct: HTML becomes its text. */
const char *text_plain(struct arena *a, struct span s, bool html);
/*
 * Whether text that claims to be plain is HTML: all its tags are HTML's and
 * one of them is closed, or there is a character reference.
 */
bool	text_is_html(struct span s);
/* The bytes in base64, or NULL when s is none; *n is set. */
char	*text_base64(struct arena *a, struct span s, size_t *n);
/*
 * "Ann <me@example.com>", "me@example.com (Ann)", "Ann": taken apart; false
 * when nothing is left.
 */
bool	text_person(struct arena *a, struct person *p, struct span s);
/* "1:02:03", "62:03", "3723": seconds, -1 if it is none of them. */
int64_t	text_duration(struct span s);
/* ref against base; where that fails, ref cleaned if it is absolute, or
 * (relative, without base) as it stands. */
const char *text_url(struct arena *a, const char *base, struct span ref);

#endif
