/*
 * xml.h - a reader for the XML that feeds really are.
 *
 * It takes valid UTF-8 and gives tags and text, one at a time, with
 * namespaces resolved to the few that feeds use.  It never stops at an error:
 * what does not fit is read as text, skipped or closed, and the first such
 * place is remembered.  There are no entity declarations, no external
 * anything, no recursion; cost is linear in the input.
 */
#ifndef FEED_XML_H
#define FEED_XML_H

#include <stdbool.h>
#include <stddef.h>

#include "base/arena.h"
#include "base/buf.h"
#include "base/span.h"

#define XML_DEPTH_MAX	200	/* deeper elements count as text around them */
#define XML_ATTRS_MAX	256	/* further ones of a tag are not read */
#define XML_VALUE_MAX	((size_t)64 << 10)	/* longer ones neither */
#define XML_BINDINGS_MAX 128	/* namespaces in scope */

enum ns {
	NS_CORE,	/* RSS in all its namespaces, Atom, or none */
	NS_RDF, NS_XML, NS_DC, NS_DCTERMS, NS_CONTENT, NS_ITUNES, NS_MEDIA,
	NS_SY, NS_SLASH, NS_THR, NS_GEORSS, NS_GML, NS_XHTML, NS_SOURCE, NS_CC,
	NS_WFW, NS_FEEDBURNER, NS_FH, NS_APP, NS_ADMIN, NS_XLINK, NS_OTHER,
};

enum xml_event { XML_START, XML_END, XML_TEXT, XML_EOF };

struct xml_attr {
	enum ns		 ns;	/* NS_CORE without a prefix */
	struct span	 qname, local;
	struct span	 raw;	/* the value as it stands */
};

struct xml_frame {
	enum ns		 ns;
	struct span	 qname, local;
	size_t		 nbindings;	/* before this element */
	/* For the user of the reader, inherited from the frame around it. */
	const char	*base, *language;
	int		 role;		/* 0 at start, not inherited */
	int		 field;
};

struct xml_binding {
	struct span	 prefix;
	enum ns		 ns;
};

struct xml {
	struct span		 in;
	const char		*p, *end;
	struct arena		*arena;
	struct xml_frame	 stack[XML_DEPTH_MAX + 1]; /* [0]: document */
	size_t			 depth;
	struct xml_attr		 attrs[XML_ATTRS_MAX];
	size_t			 nattrs;
	struct xml_binding	 bindings[XML_BINDINGS_MAX];
	size_t			 nbindings;
	unsigned short		 over[64];	/* open tags beyond the depth */
	size_t			 nover;
	size_t			 closing;	/* implied ends to report */
	bool			 empty;		/* an end follows at once */
	bool			 verbatim;	/* the text was CDATA */
	struct span		 text;		/* of XML_TEXT */
	char			 reference[8];
	bool			 missing[3];	/* no "-->", "?>", ">" ahead */
	const char		*text_end;	/* of the run being given out */
	const char		*problem;	/* first damage, or NULL */
};

void	xml_init(struct xml *x, struct span utf8, struct arena *a);
/*
 * The next event.  At XML_START the element is stack[depth] and its
 * attributes are in attrs; at XML_END it is still there and goes with the
 * next call.  XML_TEXT comes in pieces, references resolved.
 */
enum xml_event xml_next(struct xml *x);
/* Append the pieces of text that would come next, up to the next tag. */
void	xml_text_run(struct xml *x, struct buf *out);
static inline struct xml_frame *
xml_top(struct xml *x)
{
	return &x->stack[x->depth];
}

/*
 * The element that just began takes the place of the one at depth, which
 * should have been closed before.
 */
void	xml_replace(struct xml *x, size_t depth);

/* The attribute's value in the arena, NULL when it is not there. */
const char *xml_attr(const struct xml *x, enum ns ns, const char *local);
/* Append a raw value with its references resolved and white space as blanks. */
void	xml_value(struct buf *out, struct span raw);
/*
 * The character or short text that the reference at the start of s stands for,
 * s beginning with "&": its length in s, or 0 when it is none.
 */
size_t	xml_reference(struct span s, char out[8], size_t *n);
/* Note damage at the current place, unless some was noted before. */
void	xml_damage(struct xml *x, const char *what);

#endif
