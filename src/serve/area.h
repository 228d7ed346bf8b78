/*
 * area.h - parts of the capsule for the holders of listed certificates.
 */
#ifndef SERVE_AREA_H
#define SERVE_AREA_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/error.h"
#include "base/hash.h"

struct areas {
	struct area_keys {
		const char	*prefix;	/* borrowed; "/members/" */
		char		(*keys)[HASH_HEX];
		size_t		 n;
	} *list;
	size_t	 n;
};

/*
 * Read the file of one area: a SHA-256 in hex a line, of a certificate
 * (DER) or of its public key, "#" begins a comment.
 */
int	area_add(struct areas *a, const char *prefix, const char *file,
	    struct error *e);
void	area_free(struct areas *a);

/*
 * The status for a visitor of path (with its leading slash): 0 welcome,
 * 60 no certificate, 61 not listed, 62 outside its dates.
 */
int	area_check(const struct areas *a, const char *path, bool has_cert,
	    const char *cert, const char *key, int64_t from, int64_t until,
	    int64_t now);

#endif
