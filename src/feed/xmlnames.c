/*
 * xmlnames.c - which element is which field.
 */
#include "feed/xmlfeed.h"

#define BOX	KIND_CONTAINER
#define CON	KIND_CONSTRUCT
#define LINE	KIND_LINE

static const struct field_name names[] = {
	{ NS_CORE, "item", F_ITEM, BOX }, { NS_CORE, "entry", F_ITEM, BOX },
	{ NS_CORE, "rss", F_ROOT, BOX }, { NS_RDF, "rdf", F_ROOT, BOX },
	{ NS_CORE, "rdf", F_ROOT, BOX },
	{ NS_CORE, "feed", F_CHANNEL, BOX },
	{ NS_CORE, "channel", F_CHANNEL, BOX },
	{ NS_CORE, "source", F_SOURCE, BOX },
	{ NS_CORE, "image", F_IMAGE, BOX },
	{ NS_CORE, "author", F_AUTHOR, BOX },
	{ NS_DC, "author", F_AUTHOR, BOX },
	{ NS_CORE, "contributor", F_CONTRIBUTOR, BOX },
	{ NS_DC, "contributor", F_CONTRIBUTOR, BOX },
	{ NS_CORE, "skiphours", F_SKIP, BOX },
	{ NS_CORE, "skipdays", F_SKIP, BOX },
	{ NS_MEDIA, "group", F_MEDIA, BOX },
	{ NS_MEDIA, "content", F_MEDIA_CONTENT, BOX },
	{ NS_ITUNES, "category", F_ITUNES_CATEGORY, BOX },
	{ NS_GEORSS, "where", F_WHERE, BOX },
	{ NS_GML, "point", F_WHERE, BOX },

	{ NS_CORE, "title", F_TITLE, CON },
	{ NS_DC, "title", F_MEDIA_TITLE, CON },
	{ NS_DCTERMS, "title", F_MEDIA_TITLE, CON },
	{ NS_MEDIA, "title", F_MEDIA_TITLE, CON },
	{ NS_ITUNES, "title", F_MEDIA_TITLE, CON },
	{ NS_CORE, "description", F_DESCRIPTION, CON },
	{ NS_CORE, "abstract", F_DESCRIPTION, CON },
	{ NS_DC, "description", F_OTHER_SUMMARY, CON },
	{ NS_DCTERMS, "abstract", F_OTHER_SUMMARY, CON },
	{ NS_ITUNES, "summary", F_OTHER_SUMMARY, CON },
	{ NS_MEDIA, "description", F_OTHER_SUMMARY, CON },
	{ NS_CORE, "summary", F_SUMMARY, CON },
	{ NS_CORE, "subtitle", F_SUBTITLE, CON },
	{ NS_CORE, "tagline", F_SUBTITLE, CON },
	{ NS_ITUNES, "subtitle", F_OTHER_SUBTITLE, CON },
	{ NS_CORE, "content", F_CONTENT, CON },
	{ NS_CONTENT, "encoded", F_ENCODED, CON },
	{ NS_CORE, "fullitem", F_ENCODED, CON },
	{ NS_CORE, "encoded", F_ENCODED, CON },
	{ NS_XHTML, "body", F_ENCODED, CON },
	{ NS_XHTML, "div", F_ENCODED, CON },
	{ NS_CORE, "body", F_ENCODED, CON },
	{ NS_SOURCE, "markdown", F_MARKDOWN, CON },
	{ NS_CORE, "rights", F_RIGHTS, CON },
	{ NS_CORE, "copyright", F_RIGHTS, CON },
	{ NS_DC, "rights", F_RIGHTS, CON },
	{ NS_DCTERMS, "rights", F_RIGHTS, CON },

	{ NS_CORE, "link", F_LINK, LINE }, { NS_ITUNES, "link", F_LINK, LINE },
	{ NS_CORE, "guid", F_ID, LINE }, { NS_CORE, "id", F_ID, LINE },
	{ NS_DC, "identifier", F_ID, LINE },
	{ NS_CORE, "pubdate", F_PUBLISHED, LINE },
	{ NS_CORE, "published", F_PUBLISHED, LINE },
	{ NS_CORE, "issued", F_PUBLISHED, LINE },
	{ NS_DCTERMS, "issued", F_PUBLISHED, LINE },
	{ NS_DCTERMS, "available", F_PUBLISHED, LINE },
	{ NS_CORE, "updated", F_UPDATED, LINE },
	{ NS_CORE, "modified", F_UPDATED, LINE },
	{ NS_CORE, "lastbuilddate", F_UPDATED, LINE },
	{ NS_CORE, "date", F_MODIFIED, LINE },
	{ NS_DC, "date", F_MODIFIED, LINE },
	{ NS_DCTERMS, "date", F_MODIFIED, LINE },
	{ NS_DCTERMS, "modified", F_UPDATED, LINE },
	{ NS_CORE, "created", F_CREATED, LINE },
	{ NS_DCTERMS, "created", F_CREATED, LINE },
	{ NS_DC, "creator", F_CREATOR, LINE },
	{ NS_DCTERMS, "creator", F_CREATOR, LINE },
	{ NS_CORE, "creator", F_CREATOR, LINE },
	{ NS_CORE, "managingeditor", F_CREATOR, LINE },
	{ NS_ITUNES, "author", F_OTHER_CREATOR, LINE },
	{ NS_CORE, "category", F_CATEGORY, LINE },
	{ NS_DC, "subject", F_CATEGORY, LINE },
	{ NS_DCTERMS, "subject", F_CATEGORY, LINE },
	{ NS_MEDIA, "category", F_CATEGORY, LINE },
	{ NS_CORE, "keywords", F_KEYWORDS, LINE },
	{ NS_ITUNES, "keywords", F_KEYWORDS, LINE },
	{ NS_MEDIA, "keywords", F_KEYWORDS, LINE },
	{ NS_CORE, "enclosure", F_ENCLOSURE, LINE },
	{ NS_CORE, "comments", F_COMMENTS, LINE },
	{ NS_CC, "license", F_LICENSE, LINE },
	{ NS_DCTERMS, "license", F_LICENSE, LINE },
	{ NS_CORE, "language", F_LANGUAGE, LINE },
	{ NS_DC, "language", F_LANGUAGE, LINE },
	{ NS_DCTERMS, "language", F_LANGUAGE, LINE },
	{ NS_CORE, "generator", F_GENERATOR, LINE },
	{ NS_ADMIN, "generatoragent", F_GENERATOR, LINE },
	{ NS_CORE, "icon", F_ICON, LINE }, { NS_CORE, "logo", F_LOGO, LINE },
	{ NS_ITUNES, "image", F_COVER, LINE },
	{ NS_CORE, "ttl", F_TTL, LINE },
	{ NS_CORE, "hour", F_HOUR, LINE }, { NS_CORE, "day", F_DAY, LINE },
	{ NS_SY, "updateperiod", F_PERIOD, LINE },
	{ NS_SY, "updatefrequency", F_FREQUENCY, LINE },
	{ NS_MEDIA, "thumbnail", F_THUMBNAIL, LINE },
	{ NS_ITUNES, "duration", F_DURATION, LINE },
	{ NS_CORE, "name", F_NAME, LINE }, { NS_CORE, "email", F_EMAIL, LINE },
	{ NS_CORE, "uri", F_URI, LINE }, { NS_CORE, "url", F_URI, LINE },
	{ NS_CORE, "homepage", F_URI, LINE },
	{ NS_FEEDBURNER, "origlink", F_ORIGINAL, LINE },
	{ NS_XHTML, "meta", F_ROBOTS, LINE },
	{ NS_SLASH, "comments", F_COMMENT_COUNT, LINE },
	{ NS_THR, "total", F_COMMENT_COUNT, LINE },
	{ NS_WFW, "commentrss", F_COMMENT_FEED, LINE },
	{ NS_THR, "in-reply-to", F_IN_REPLY_TO, LINE },
	{ NS_GEORSS, "point", F_POINT, LINE },
	{ NS_GML, "pos", F_POINT, LINE },
};

#define NNAMES	(sizeof(names) / sizeof(names[0]))

_Static_assert(NNAMES < FIELD_SLOTS / 2, "the index is too small");

static size_t
hash(enum ns ns, struct span local)
{
	unsigned char first = (unsigned char)local.p[0] | 0x20;
	unsigned char last = (unsigned char)local.p[local.n - 1] | 0x20;

	return ((unsigned)ns * 37 + first * 5 + last * 11u + local.n * 3) %
	    FIELD_SLOTS;
}

void
xml_field_index(struct field_index *x)
{
	memset(x, 0, sizeof(*x));
	for (size_t i = 0; i < NNAMES; i++) {
		size_t h = hash(names[i].ns, span_str(names[i].local));

		while (x->slot[h] != 0)
			h = (h + 1) % FIELD_SLOTS;
		x->slot[h] = (unsigned char)(i + 1);
	}
}

const struct field_name *
xml_field_of(const struct field_index *x, enum ns ns, struct span local)
{
	if (local.n == 0)
		return NULL;
	for (size_t h = hash(ns, local); x->slot[h] != 0;
	    h = (h + 1) % FIELD_SLOTS) {
		const struct field_name *n = &names[x->slot[h] - 1];

		if (n->ns == ns && span_ieqs(local, n->local))
			return n;
	}
	return NULL;
}
