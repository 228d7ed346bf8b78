/*
 * gophermenu.h - the only code that emits gopher menu lines.
 *
 * Whatever text comes in, what goes out are lines of a known type with
 * five fields, at most GOPHERMENU_COLUMNS wide, without control characters.
 */
#ifndef PUBLISH_GOPHERMENU_H
#define PUBLISH_GOPHERMENU_H

#include <stdbool.h>

#include "base/buf.h"
#include "base/span.h"

/* Bombadillo and UMN cut at 69 on a terminal of 80. */
#define GOPHERMENU_COLUMNS	67
#define GOPHERMENU_ITEMS_MAX	100	/* entries of a menu before it is split */

struct gophermenu {
	struct buf	*out;	/* borrowed */
	const char	*host;	/* public name; borrowed */
	int		 port;
	const char	*nothing;	/* of an empty menu; NULL: in English */
	const char	*untitled;	/* of an empty display; NULL: in English */
};

/* A line of text, wrapped into several where it is long; "" is a blank. */
void	gophermenu_info(struct gophermenu *m, struct span text);
/* The same, indented by blanks and at most lines lines. */
void	gophermenu_info_indented(struct gophermenu *m, struct span text,
	    size_t indent, size_t lines);
/*
 * An item of this server.  A display text that is too long is cut at a
 * word with "…"; with whole set it goes on in text lines beneath.
 * Control characters, TAB and what is not ASCII leave the selector.
 */
void	gophermenu_item(struct gophermenu *m, char type, struct span display,
	    const char *selector, bool whole);
/*
 * An absolute URL: a real item for gopher://, "h" with "URL:" for the other
 * schemes that may be linked to; a text line for the rest.
 */
void	gophermenu_link(struct gophermenu *m, struct span url,
	    struct span label);
/* The final ".", after a line of text when the menu would be empty. */
void	gophermenu_end(struct gophermenu *m);

/* Append clean s wrapped at width columns, each line after indent blanks,
 * lines ended by eol; a word that is too long stands alone on its line. */
void	gophertext_wrap(struct buf *out, struct span s, size_t width,
	    size_t indent, const char *eol);
/* Append lines as a text for the wire: CR LF, no trailing blanks, no
 * line that begins with ".", tabs expanded. */
void	gophertext_put(struct buf *out, struct span lines);
/* Append s in ASCII: letters without their marks, quotes and dashes
 * as typewriters had them, "?" for the rest. */
void	gophertext_ascii(struct buf *out, struct span s);
/* The twin of a finished menu: display texts in ASCII, selectors of texts
 * and menus of host:port below prefix. */
void	gophermenu_ascii(struct buf *out, struct span menu, const char *host,
	    int port, const char *prefix);

#endif
