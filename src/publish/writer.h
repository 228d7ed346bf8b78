/*
 * writer.h - files that appear one after the other, whole.
 *
 * A file is dated and gets its name when it is whole: a new one for the first
 * time, where the file system knows files without a name, any other by a
 * rename from a name of its own.  A writer does so in a thread, so that the next page is made meanwhile: half
 * of what a page costs is the kernel's.  Files appear in the order in which
 * they were put; after a failure no further one does.
 */
#ifndef PUBLISH_WRITER_H
#define PUBLISH_WRITER_H

#include <stdbool.h>
#include <stdint.h>

#include "base/error.h"
#include "base/span.h"

/* What may wait: files, and bytes of them in all but the last. */
#define WRITER_FILES	32768
#define WRITER_BYTES	((size_t)32 << 20)
#define WRITER_SOME	16	/* for so many the thread is woken */

struct writer;

struct writer_file {
	const char	*path;		/* its directories are made */
	const char	*temp;		/* what it may be called before */
	struct span	 bytes;
	int64_t		 mtime;		/* seconds */
	bool		 fresh;		/* path is believed to be free */
};

int	writer_write(const struct writer_file *f, struct error *e);

/* NULL when there is no thread to be had: use writer_write(). */
struct writer	*writer_new(void);
/* As writer_write(), later; all is copied.  Tells of an earlier failure. */
int		 writer_put(struct writer *w, const struct writer_file *f,
		    struct error *e);
/* Until all that was put is there; the first failure, again and again. */
int		 writer_wait(struct writer *w, struct error *e);
/* What still waits is not written.  NULL is none. */
void		 writer_free(struct writer *w);

#endif
