/*
 * charset.h - which encoding bytes are in, and out of it into UTF-8.
 *
 * In order: a byte order mark, the transport's charset, what the XML
 * declaration says, UTF-8; a label that the bytes contradict gives way to
 * the next, at last to windows-1252, in which everything can be read.
 * Encodings come from a list; UTF-7 and EBCDIC are not in it.
 */
#ifndef FEED_CHARSET_H
#define FEED_CHARSET_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/span.h"

/*
 * in as valid UTF-8 without byte order mark: a part of in itself when it
 * is that already, else of store, which the caller frees.  *name is set to
 * the encoding's name, a static string.  content_type may be NULL.
 */
struct span charset_utf8(struct buf *store, struct span in,
	    const char *content_type, const char **name);

/*
 * Undo two common faults of one text: UTF-8 taken for Latin-1 and encoded
 * again, and bytes of windows-1252 left as U+0080-009F.  s is valid UTF-8;
 * true when out (empty before) has it mended.
 */
bool	charset_mend(struct buf *out, struct span s);

/* What windows-1252 has at byte c (0x80-0x9f), as a code point. */
uint32_t charset_cp1252(unsigned char c);

#endif
