/*
 * header.h - what the three protocols say about a body.  Pure: the text is
 * a stranger's, and every value copied out is bounded and free of control
 * characters.
 */
#ifndef FETCH_HEADER_H
#define FETCH_HEADER_H

#include <stdbool.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/span.h"

#define HEADER_VALUE_MAX	512	/* bytes of a header's value kept */
#define GEMINI_META_MAX		1024

/*
 * Copy value into out when it fits size (NUL included) and holds no
 * control character; else out becomes "" and false is returned: a cut
 * validator is worse than none.
 */
bool	header_copy(char *out, size_t size, struct span value);

/* Seconds since the epoch of an HTTP date; 0 when it is none. */
int64_t	header_date(struct span value);
/* Retry-After in either form, as an absolute time; 0 when it is neither. */
int64_t	header_retry_after(struct span value, int64_t now);
/*
 * max-age of a Cache-Control value into *seconds; true when there is one
 * (no-cache and no-store give 0: no freshness at all).
 */
bool	header_max_age(struct span value, int64_t *seconds);

enum content_coding { CODING_NONE, CODING_GZIP, CODING_OTHER };
/* What a Content-Encoding value asks for; more than one layer is OTHER. */
enum content_coding header_coding(struct span value);

/*
 * Read a Gemini response header ("20 text/gemini\r\n") off the front of
 * in.  Bytes taken; 0 when more are needed; E_SYNTAX no Gemini header,
 * E_LIMIT META is too long.
 */
int	header_gemini(struct span in, int *status, struct span *meta);

/*
 * The selector and type of the path (and query) of a gopher URL, decoded:
 * appended to selector.  E_SYNTAX when it holds CR, LF, TAB or NUL.
 */
int	header_gopher_selector(struct span path, struct span query,
	    struct buf *selector, char *type);
/*
 * Take a gopher menu's or text's final "." line off the body; true when
 * the body is a single error item (type 3), whose text is then in *error.
 */
bool	header_gopher_finish(struct buf *body, char type, struct span *error);

#endif
