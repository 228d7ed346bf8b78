/*
 * mask.h - the secrets of a subscription's address, taken out of what the
 * feed says.
 */
#ifndef FEED_MASK_H
#define FEED_MASK_H

#include "base/arena.h"
#include "feed/feed.h"

/*
 * Write "x" over each byte of password (NULL: none), or of a secret of url,
 * wherever a title, text, link or identifier of f repeats it.  Secrets of a
 * URL are the password before "@" and values of the query: six bytes or more
 * where the name says so ("key", "token", "auth" ...), else sixteen or more
 * letters and digits, some of each.  A link may be of no use then; with the
 * secret in it, it is not for the public.  New strings are in a.
 */
void	feed_mask(struct feed *f, const char *url, const char *password,
	    struct arena *a);

#endif
