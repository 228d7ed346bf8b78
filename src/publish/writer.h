/*
 * writer.h - files that appear one after the other, whole.
 *
 * A file is written under a name of its own, dated, and renamed into place.
 * A writer does so in a thread, so that the next page is made meanwhile: half
 * of what a page costs is the kernel's.  Files appear in the order in which
 * they were put; after a failure no further one does.
 */
#ifndef PUBLISH_WRITER_H
#define PUBLISH_WRITER_H

#include <stdint.h>

#include "base/error.h"
#include "base/span.h"

/* What may wait: files, and bytes of them in all but the last. */
#define WRITER_FILES	256
#define WRITER_BYTES	((size_t)8 << 20)

struct writer;

/*
 * Write bytes to temp, with the times mtime (seconds), and rename it to path,
 * whose directories are made when they are missing.
 */
int	writer_write(const char *temp, const char *path, struct span bytes,
	    int64_t mtime, struct error *e);

/* NULL when there is no thread to be had: use writer_write(). */
struct writer	*writer_new(void);
/* As writer_write(), later; all is copied.  Tells of an earlier failure. */
int		 writer_put(struct writer *w, const char *temp,
		    const char *path, struct span bytes, int64_t mtime,
		    struct error *e);
/* Until all that was put is there; the first failure, again and again. */
int		 writer_wait(struct writer *w, struct error *e);
/* What still waits is not written.  NULL is none. */
void		 writer_free(struct writer *w);

#endif
