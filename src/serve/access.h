/*
 * access.h - the access log: one escaped line a request.
 */
#ifndef SERVE_ACCESS_H
#define SERVE_ACCESS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/error.h"
#include "base/span.h"

/* Bytes of a line, at most, its end included. */
#define ACCESS_LINE_MAX	512

struct access_entry {
	int64_t		 time;		/* seconds */
	bool		 gopher;
	int		 status;
	struct span	 request;	/* as received; escaped when written */
	bool		 secret;	/* cut its query off */
	uint64_t	 bytes;
	const char	*address;	/* NULL: not to be written */
};

enum access_format { ACCESS_PLAIN, ACCESS_COMMON, ACCESS_JSON };

/* By the name in the configuration; plain for any other. */
enum access_format access_format(const char *name);
/* Append the line of en. */
void	access_line(struct buf *out, enum access_format f,
	    const struct access_entry *en);

struct access;

/* path: a file, "-" for standard error; NULL gives *out NULL: no log. */
int	access_open(struct access **out, const char *path,
	    enum access_format f, struct error *e);
void	access_free(struct access *a);
/*
 * Note a request; a may be NULL.  Lines are written in bundles, and never
 * waited for: the number of lines lost is returned.
 */
unsigned access_note(struct access *a, const struct access_entry *en);
unsigned access_flush(struct access *a);

#endif
