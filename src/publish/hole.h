/*
 * hole.h - the Gopher tree of a run: texts of entries, and menus to them.
 *
 * Menus are files named "menu" in the form they have on the wire; the
 * selector of a directory is answered with its menu.
 */
#ifndef PUBLISH_HOLE_H
#define PUBLISH_HOLE_H

#include "publish/gophermenu.h"
#include "publish/site.h"

/*
 * Render what is stale: texts first, the menus that name them after.
 * Without [gopher] the hole is taken away.
 */
int	hole_publish(struct site *s, const struct stale *st,
	    struct error *e);

/*
 * What repeats a file of the capsule, which must be there already: the
 * health page as a text, when that changed or all is to be put.
 */
int	hole_publish_late(struct site *s, bool all, struct error *e);

/* --- shared by the parts of the hole --- */
#define HOLE_ATOM	"atom.xml"
#define HOLE_OPML	"feeds.opml"
#define HOLE_HEALTH	"health.txt"

/* The directory of a source: "s/SLUG". */
void	hole_source_dir(struct buf *out, const char *slug);
/* A menu of this hole that is appended to out. */
void	hole_menu(struct gophermenu *m, const struct site *s,
	    struct buf *out);
/* End m and make it the menu of directory dir ("" is the main menu). */
int	hole_put_menu(struct site *s, const char *dir, struct gophermenu *m,
	    struct error *e);
/* The name of the main menu and how to get there, as the last item. */
void	hole_home(struct gophermenu *m, const struct site *s);
/* All menus that are stale, the main menu last. */
int	hole_menus(struct site *s, const struct stale *st, struct error *e);

#endif
