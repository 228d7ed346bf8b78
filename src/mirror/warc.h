/*
 * warc.h - what was fetched, as an archive file (WARC 1.0, libarchive).
 */
#ifndef MIRROR_WARC_H
#define MIRROR_WARC_H

#include <stdint.h>

#include "base/error.h"
#include "base/span.h"

struct warc;

/* Create path, which must not exist; compressed when it ends in ".gz". */
int	warc_open(struct warc **out, const char *path, struct error *e);
/* Add one resource record. */
int	warc_put(struct warc *w, const char *url, struct span body,
	    int64_t time, struct error *e);
/* Finish the file; w is gone.  NULL is allowed. */
int	warc_close(struct warc *w, struct error *e);

#endif
