/*
 * hash.h - SHA-256 by libcrypto, for identities and change detection.
 */
#ifndef BASE_HASH_H
#define BASE_HASH_H

#include <stddef.h>

#include "base/span.h"

#define HASH_LEN	32			/* bytes */
#define HASH_HEX	(2 * HASH_LEN + 1)	/* text with its NUL */

void	hash_sha256(struct span s, unsigned char out[HASH_LEN]);
void	hash_hex(struct span s, char out[HASH_HEX]);	/* lower case */

#endif
