/*
 * gempub.h - gemtext pages as one Gempub book (a ZIP, application/gpub+zip).
 *
 * The same pages give the same bytes: order, times and owners are fixed.
 */
#ifndef PUBLISH_GEMPUB_H
#define PUBLISH_GEMPUB_H

#include <stdint.h>

#include "base/buf.h"
#include "base/error.h"

struct gempub;

struct gempub_about {
	const char	*title;		/* never NULL */
	const char	*author, *language, *description, *date, *license;
};

/* Start a book in the file at path, which is made or emptied. */
int	gempub_open(struct gempub **out, const char *path,
	    const struct gempub_about *about, int64_t mtime, struct error *e);
/*
 * Add a page under a relative name, and a line for it in the index.
 * E_SYNTAX when the name is not a plain path inside the book.
 */
int	gempub_add(struct gempub *g, const char *name, const char *title,
	    struct span gemtext, struct error *e);
/* Write the index and close; g is freed whatever the result. */
int	gempub_close(struct gempub *g, struct error *e);

#endif
