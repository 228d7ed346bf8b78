/*
 * pin.h - trust on first use: what to think of a key.  Pure.
 */
#ifndef FETCH_PIN_H
#define FETCH_PIN_H

#include <stddef.h>
#include <stdint.h>

#include "base/error.h"

enum { PIN_SAME = 0, PIN_TAKE = 1 };

/*
 * Judge the key spki that host ("name:port") shows at time now against
 * the one known (NULL or "": none yet), whose certificate ended at
 * not_after (0 unknown).  PIN_SAME; PIN_TAKE when spki is to be
 * remembered in its place (first meeting, or the old certificate has
 * ended); E_FAIL when it changed too early, with a message that
 * names both and ends in the command to accept it, "accept HOST".
 */
int	pin_judge(const char *host, const char *known, int64_t not_after,
	    const char *spki, int64_t now, const char *accept,
	    struct error *e);

/*
 * "host", "host:port", "[::1]:port" or a gemini URL as the key of its pin,
 * "host:port", into out.  E_SYNTAX when it is none.
 */
int	pin_name(char *out, size_t size, const char *text);

#endif
