/*
 * xmlout.h - the planet's own XML: what is put in cannot break out.
 */
#ifndef PUBLISH_XMLOUT_H
#define PUBLISH_XMLOUT_H

#include "base/buf.h"
#include "base/span.h"

/*
 * Append s as character data or attribute value: ill-formed UTF-8 becomes
 * U+FFFD, characters that XML 1.0 forbids are dropped, markup is escaped.
 */
void	xmlout_text(struct buf *out, struct span s);
/* A start tag, and an end tag with its line end. */
void	xmlout_start(struct buf *out, int indent, const char *name);
void	xmlout_end(struct buf *out, const char *name);
/* <name>text</name> and LF after indent blanks; nothing when text is NULL
 * or empty. */
void	xmlout_element(struct buf *out, int indent, const char *name,
	    const char *text);
/* ' name="value"'; nothing when value is NULL or empty. */
void	xmlout_attribute(struct buf *out, const char *name,
	    const char *value);

#endif
