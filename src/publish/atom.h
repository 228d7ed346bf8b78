/*
 * atom.h - entries as an Atom 1.0 document (RFC 4287).
 *
 * Full texts travel as HTML that is made here from the stored gemtext: every
 * reader shows that (few know text/gemini, and line ends of type="text"
 * are lost in browsers), and it is safe by construction, since only our own
 * elements can be in it.
 */
#ifndef PUBLISH_ATOM_H
#define PUBLISH_ATOM_H

#include "base/buf.h"
#include "store/store.h"

struct atom_feed {
	const char	*id;		/* absolute, permanent */
	const char	*title, *subtitle, *rights, *language;
	const char	*self;		/* absolute URL of the document */
	const char	*alternate;	/* of the page it belongs to */
	const char	*author, *email;	/* author never NULL */
	int64_t		 updated;	/* of the newest entry; no clock */
};

struct atom_item {
	const struct store_entry *entry;	/* with STORE_BODY */
	const struct store_feed	 *feed;		/* its source; NULL: own post */
	const char	*title;		/* never empty */
	const char	*url;		/* absolute, of the planet's page */
	const char	*gopher;	/* of the hole's text, or NULL */
};

void	atom_begin(struct buf *out, const struct atom_feed *f);
void	atom_entry(struct buf *out, const struct atom_item *i);
void	atom_end(struct buf *out);

/* The time an entry last changed, and was published. */
int64_t	atom_updated(const struct store_entry *en);
int64_t	atom_published(const struct store_entry *en);
/* An id that is a valid IRI and the original one where that is. */
void	atom_id(struct buf *out, const struct store_entry *en,
	    const char *url);
/* gemtext as HTML; relative links resolve against base, and those that may
 * not be linked to lose their link. */
void	atom_html(struct buf *out, struct span gemtext, const char *base);

#endif
