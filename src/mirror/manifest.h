/*
 * manifest.h - the list of a capsule's files (orrery-mirror(5)).  Pure.
 */
#ifndef MIRROR_MANIFEST_H
#define MIRROR_MANIFEST_H

#include <stdbool.h>
#include <stdint.h>

#include "base/hash.h"
#include "base/span.h"

#define MANIFEST_PATH		"mirror/manifest.tsv"
#define MANIFEST_DIR		"mirror/"	/* lists list no list but parts */
#define MANIFEST_PARTS_MAX	100000
#define MANIFEST_DEPTH_MAX	16	/* lists that name each other */
#define MANIFEST_BYTES_MAX	((size_t)64 << 20)
#define MANIFEST_FILES_MAX	((size_t)500000)
#define MANIFEST_PATH_MAX	1000	/* bytes */

struct manifest_file {
	struct span	path;		/* "e/2026/x.gmi": no leading slash */
	int64_t		size, mtime;
	char		sha256[HASH_HEX];
	bool		gone;		/* taken out on purpose */
	bool		part;		/* itself a list, of other files */
};

struct manifest {
	struct manifest_file	*files;	/* by path, each once */
	size_t			 n;
	size_t			 nbad;	/* lines that were left out */
};

/* Read text, which is borrowed; E_SYNTAX when no line of it is sound. */
int	manifest_read(struct manifest *m, struct span text);
void	manifest_free(struct manifest *m);
const struct manifest_file *manifest_find(const struct manifest *m,
	    struct span path);

/*
 * Whether path is one that a mirror may write: relative, plain segments
 * without "." or "..", hidden names or control characters.
 */
bool	manifest_path_safe(struct span path);

#endif
