/*
 * holetext.h - an entry as a text of the Gopher hole.
 */
#ifndef PUBLISH_HOLETEXT_H
#define PUBLISH_HOLETEXT_H

#include "base/buf.h"
#include "publish/strings.h"
#include "store/store.h"

struct holetext {
	const struct store_entry *entry;	/* with STORE_BODY */
	const struct strings *words;	/* the labels' language */
	const char	*title;		/* never empty */
	const char	*source;	/* its name, or NULL */
	const char	*author;	/* or NULL */
	const char	*date;		/* as people read it */
	const char	*gemini;	/* URL of the twin, or NULL */
	const char	*menu;		/* URL of the menu to go on at, or NULL */
	size_t		 width;		/* columns */
};

/*
 * Append the entry for the wire: a head that says what it is (a saved file
 * has no other), the stored text, and where to go on.  CR LF, no final dot.
 */
void	holetext_put(struct buf *out, const struct holetext *t);

#endif
