/*
 * xmlfeed.h - the state shared by the two halves of the XML reader:
 * xmlfeed.c walks the elements, xmlfield.c puts their texts into the model.
 */
#ifndef FEED_XMLFEED_H
#define FEED_XMLFEED_H

#include "feed/formats.h"
#include "feed/xml.h"

enum field {
	F_NONE,
	/* containers */
	F_ROOT, F_CHANNEL, F_ITEM, F_SOURCE, F_IMAGE, F_AUTHOR, F_CONTRIBUTOR,
	F_MEDIA, F_WHERE, F_SKIP,
	/* text constructs */
	F_TITLE, F_MEDIA_TITLE, F_DESCRIPTION, F_OTHER_SUMMARY, F_SUMMARY,
	F_SUBTITLE, F_OTHER_SUBTITLE, F_CONTENT, F_ENCODED, F_MARKDOWN,
	F_RIGHTS,
	/* one line of text, or attributes alone */
	F_LINK, F_ID, F_PUBLISHED, F_UPDATED, F_MODIFIED, F_CREATED, F_CREATOR,
	F_OTHER_CREATOR, F_CATEGORY, F_ITUNES_CATEGORY, F_KEYWORDS,
	F_ENCLOSURE, F_COMMENTS, F_LICENSE, F_LANGUAGE, F_GENERATOR, F_ICON,
	F_LOGO, F_COVER, F_TTL, F_HOUR, F_DAY, F_PERIOD, F_FREQUENCY,
	F_THUMBNAIL, F_MEDIA_CONTENT, F_DURATION, F_NAME, F_EMAIL, F_URI,
	F_ORIGINAL, F_ROBOTS, F_COMMENT_COUNT, F_COMMENT_FEED, F_IN_REPLY_TO,
	F_POINT,
};

enum kind { KIND_CONTAINER, KIND_CONSTRUCT, KIND_LINE };

/* What the children of an element are read as; 0 is "not at all". */
enum role {
	ROLE_NONE, ROLE_FEED, ROLE_ENTRY, ROLE_SOURCE, ROLE_IMAGE, ROLE_PERSON,
	ROLE_SKIP,
};

struct field_name {
	enum ns		 ns;
	const char	*local;
	enum field	 field;
	enum kind	 kind;
};

#define FIELD_SLOTS	512	/* a power of two, over twice the names */

struct field_index {
	unsigned char	slot[FIELD_SLOTS];	/* of a name, from 1; 0: none */
};

struct xml_reader {
	struct field_index		 index;
	struct arena			*a;
	const struct parse_options	*o;
	struct feed			*f;
	struct entry			*entry;		/* open, or NULL */
	struct feed			*source;	/* open, or NULL */
	struct person			*person;	/* open, or NULL */
	struct person			 person_is;
	struct buf			 loose;	/* text right in a container */
	bool				 atom;
	bool				 found;	/* a feed's root element */
	bool				 headless;	/* found by its entries alone */
	bool				 over;	/* beyond the limit of entries */

	/* The field being captured. */
	enum field			 field;
	enum kind			 kind;
	enum role			 role;	/* of what it belongs to */
	size_t				 at;	/* its depth; 0: none */
	struct buf			 text;
	bool				 markup;	/* it has elements */
	bool				 escape;	/* its text is escaped */
	const char			*type;		/* attribute, or NULL */
	const char			*mode;		/* of Atom 0.3 */
	bool				 permalink;	/* a guid that may be a link */
	bool				 explicit;	/* because it says so */
	struct link			 link;		/* its attributes */
	struct category			 category;	/* its attributes */

	/* About the open entry. */
	const char			*guid_link;
	bool				 id_is_link;	/* nothing says it is none */
	bool				 own_link;	/* by RSS's link element */
	bool				 good_title, good_summary, good_content;
	bool				 good_subtitle;
	int				 period, frequency;	/* sy: */
};

/* An index over the names of all fields, for one reader. */
void	xml_field_index(struct field_index *x);
const struct field_name *xml_field_of(const struct field_index *x, enum ns ns,
	    struct span local);
/* At the start tag of a field: what its attributes say. */
void	xml_field_start(struct xml_reader *r, struct xml *x);
/* Its text is complete: put it where it belongs. */
void	xml_field_end(struct xml_reader *r, const struct xml_frame *f);
void	xml_person_end(struct xml_reader *r, enum field field,
	    enum role owner);

#endif
