/*
 * internal.h - a mirror run; private to src/mirror.
 */
#ifndef MIRROR_INTERNAL_H
#define MIRROR_INTERNAL_H

#include "base/buf.h"
#include "base/hash.h"
#include "base/span.h"
#include "fetch/fetch.h"
#include "mirror/manifest.h"
#include "mirror/mirror.h"
#include "mirror/warc.h"

#define STATE_DIR	".orrery-mirror"

struct mirror {
	const struct mirror_options	*o;
	struct mirror_result		*r;
	struct fetch			*fetch;
	char				*root;	/* "gemini://host[:port]/" */
	struct buf			 robots;
	struct warc			*warc;
	struct buf			 pins;	/* "host TAB key TAB end" lines */
	bool				 busy;	/* the server wants no more now */
	int				 unstored; /* files in a row */
	size_t				 done, known;	/* files, for progress */
	size_t				 body_max; /* of the next answer */
};

/* One answer; got_free() it. */
struct got {
	enum fetch_outcome	 outcome;
	int			 status;
	struct buf		 body;
	char			*url, *type;
	int64_t			 retry_after;
	char			 message[ERROR_MAX];
	bool			 done;
};

void	mirror_say(struct mirror *m, const char *fmt, ...)
	    __attribute__((format(printf, 2, 3)));
bool	mirror_stopped(struct mirror *m);
/* Whether the run has had what it may; says so and notes that it is cut. */
bool	mirror_enough(struct mirror *m, size_t requests);
/*
 * Ask for url, again after each "slow down".  0 when there is an answer of
 * whatever kind, E_AGAIN when the server (or the caller) wants the run to end.
 */
int	mirror_get(struct mirror *m, struct got *g, const char *url,
	    struct error *e);
void	got_free(struct got *g);
/* The URL of a path below the root; caller frees. */
char	*mirror_url(const struct mirror *m, struct span path);
/* The file of a path below the directory; caller frees. */
char	*mirror_file(const struct mirror *m, struct span path);
/*
 * Write body as path unless the same bytes are there; mtime 0 leaves the
 * time alone.  Counts into the result.
 */
int	mirror_store(struct mirror *m, struct span path, struct span body,
	    int64_t mtime, struct error *e);
/* Whether the file that f describes is there already. */
bool	mirror_is_there(const struct mirror *m, const struct manifest_file *f);
/*
 * Ask for a file.  1 when g holds the bytes that the manifest promises; 0
 * when not, which is counted and said.
 */
int	mirror_get_file(struct mirror *m, const struct manifest_file *f,
	    const char *url, struct got *g, struct error *e);
/* Take one file; a failure of its own is counted and not returned. */
int	mirror_take(struct mirror *m, const struct manifest_file *f,
	    struct error *e);
/* A file of the run's own, beside the mirror; caller frees. */
char	*mirror_state(const struct mirror *m, const char *name);
bool	mirror_allowed(const struct mirror *m, struct span path);

/* Bring all up to date with the manifest, whose text and lines are given. */
int	mirror_lists(struct mirror *m, struct span text,
	    const struct manifest *list, struct error *e);
int	mirror_crawl(struct mirror *m, struct error *e);

#endif
