/*
 * small.h - what stands around the pages: about, help, health, robots.txt,
 * the server's tables and the lists for mirrors.
 */
#ifndef PUBLISH_SMALL_H
#define PUBLISH_SMALL_H

#include "publish/site.h"

/*
 * To be called when all pages were put, before the caller's own
 * tree_finish().  It makes the removals that are due, since the lists for
 * mirrors tell of them; the caller's tree_finish() then has the counts.
 */
int	small_publish(struct site *s, const struct stale *st,
	    struct error *e);

/* --- the parts; each puts its files and nothing else --- */
/* about.c: about.gmi, help.gmi, fingerprints.gmi, security.txt. */
int	about_publish(struct site *s, struct error *e);
/* health.c: health.gmi, the only page that tells of runs. */
int	health_publish(struct site *s, struct error *e);
/* robots.c: robots.txt. */
int	robots_publish(struct site *s, struct error *e);
/* Whether copies of that feed's entries are to stay out of archives. */
bool	robots_unwilling(const struct site *s, const struct store_feed *f);
/*
 * mirrorfiles.c: mirror/manifest.tsv, this month's change log and the
 * server's table of what is gone; after the removals.
 */
int	mirrorfiles_publish(struct site *s, const struct stale *st,
	    struct error *e);

/* --- shared by them --- */
#define SMALL_HEALTH	"capsule/health.gmi"
#define SMALL_MIRROR	"capsule/mirror/"

int	small_put(struct site *s, const char *path, struct buf *bytes,
	    struct error *e);
/* Whether s is a language tag of letters, digits and hyphens. */
bool	small_is_language(const char *s);

#endif
