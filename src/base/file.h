/*
 * file.h - read bounded, write whole.
 */
#ifndef BASE_FILE_H
#define BASE_FILE_H

#include <stdbool.h>
#include <sys/types.h>

#include "base/buf.h"
#include "base/error.h"

/*
 * Append the file's bytes to out.  "-" is standard input.  E_NOTFOUND when
 * it is not there, E_LIMIT when it passes out's ceiling, E_FAIL else
 * (a directory, a device, a read error).
 */
int	file_read(struct buf *out, const char *path, struct error *e);
/* Append what is left to read of fd. */
int	file_read_fd(struct buf *out, int fd, struct error *e);
/* Write all of s to fd, going on after short writes and EINTR. */
int	file_write_fd(int fd, struct span s, struct error *e);
/*
 * Replace path by s in one step: a temporary file beside it, fsync when
 * sync, rename.  On failure the old file is untouched.
 */
int	file_replace(const char *path, struct span s, mode_t mode, bool sync,
	    struct error *e);
/* As mkdir -p. */
int	file_mkdirs(const char *path, mode_t mode, struct error *e);
/* "dir/name", or name alone when it is absolute; the caller frees it. */
char	*file_join(const char *dir, const char *name);

#endif
