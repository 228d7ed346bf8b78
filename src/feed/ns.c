/*
 * ns.c - see ns.h.
 */
#include <stddef.h>

#include "feed/ns.h"

struct name {
	const char	*text;
	enum ns		 ns;
};

/* In lower case, without a final "/" or "#". */
static const struct name uris[] = {
	{ "", NS_CORE },
	{ "http://www.w3.org/2005/atom", NS_CORE },
	{ "http://purl.org/atom/ns", NS_CORE },
	{ "http://purl.org/rss/1.0", NS_CORE },
	{ "http://my.netscape.com/rdf/simple/0.9", NS_CORE },
	{ "http://channel.netscape.com/rdf/simple/0.9", NS_CORE },
	{ "http://purl.org/echo", NS_CORE },
	{ "uri/of/echo/namespace", NS_CORE },
	{ "http://purl.org/pie", NS_CORE },
	{ "http://purl.org/rss/1.0/modules/rss091", NS_CORE },
	{ "http://purl.org/net/rss1.1", NS_CORE },
	{ "http://backend.userland.com/rss", NS_CORE },
	{ "http://backend.userland.com/rss2", NS_CORE },
	{ "http://backend.userland.com/rss091", NS_CORE },
	{ "http://blogs.law.harvard.edu/tech/rss", NS_CORE },
	{ "http://cyber.law.harvard.edu/rss/rss.html", NS_CORE },
	{ "http://www.rssboard.org/rss-specification", NS_CORE },
	{ "http://rssnamespace.org/feeds/rss", NS_CORE },
	{ "http://www.w3.org/1999/02/22-rdf-syntax-ns", NS_RDF },
	{ "http://www.w3.org/xml/1998/namespace", NS_XML },
	{ "http://purl.org/dc/elements/1.1", NS_DC },
	{ "http://purl.org/dc/elements/1.0", NS_DC },
	{ "http://purl.org/metadata/dublin_core", NS_DC },
	{ "http://purl.org/dc/terms", NS_DCTERMS },
	{ "http://purl.org/rss/1.0/modules/content", NS_CONTENT },
	{ "http://www.itunes.com/dtds/podcast-1.0.dtd", NS_ITUNES },
	{ "http://www.itunes.com/dtds/podcast-1.0", NS_ITUNES },
	{ "http://search.yahoo.com/mrss", NS_MEDIA },
	{ "https://search.yahoo.com/mrss", NS_MEDIA },
	{ "http://video.search.yahoo.com/mrss", NS_MEDIA },
	{ "http://purl.org/rss/1.0/modules/syndication", NS_SY },
	{ "http://purl.org/rss/1.0/modules/slash", NS_SLASH },
	{ "http://purl.org/syndication/thread/1.0", NS_THR },
	{ "http://www.georss.org/georss", NS_GEORSS },
	{ "http://www.georss.org/georss/10", NS_GEORSS },
	{ "http://www.opengis.net/gml", NS_GML },
	{ "http://www.w3.org/1999/xhtml", NS_XHTML },
	{ "http://source.scripting.com", NS_SOURCE },
	{ "http://source.smallpict.com/2014/07/12/thesourcenamespace.html",
	    NS_SOURCE },
	{ "http://backend.userland.com/creativecommonsrssmodule", NS_CC },
	{ "http://cyber.law.harvard.edu/rss/creativecommonsrssmodule.html",
	    NS_CC },
	{ "http://web.resource.org/cc", NS_CC },
	{ "http://creativecommons.org/ns", NS_CC },
	{ "http://wellformedweb.org/commentapi", NS_WFW },
	{ "http://rssnamespace.org/feedburner/ext/1.0", NS_FEEDBURNER },
	{ "http://purl.org/syndication/history/1.0", NS_FH },
	{ "http://www.w3.org/2007/app", NS_APP },
	{ "http://purl.org/atom/app", NS_APP },
	{ "http://webns.net/mvcb", NS_ADMIN },
	{ "http://www.w3.org/1999/xlink", NS_XLINK },
};

static const struct name prefixes[] = {
	{ "", NS_CORE }, { "rss", NS_CORE }, { "atom", NS_CORE },
	{ "atom10", NS_CORE }, { "a10", NS_CORE },
	{ "rdf", NS_RDF }, { "xml", NS_XML },
	{ "dc", NS_DC }, { "dcterms", NS_DCTERMS }, { "content", NS_CONTENT },
	{ "itunes", NS_ITUNES }, { "media", NS_MEDIA }, { "sy", NS_SY },
	{ "slash", NS_SLASH }, { "thr", NS_THR }, { "georss", NS_GEORSS },
	{ "gml", NS_GML },
	{ "xhtml", NS_XHTML }, { "source", NS_SOURCE },
	{ "creativecommons", NS_CC }, { "cc", NS_CC }, { "wfw", NS_WFW },
	{ "feedburner", NS_FEEDBURNER }, { "fh", NS_FH }, { "app", NS_APP },
	{ "admin", NS_ADMIN }, { "xlink", NS_XLINK },
};

enum ns
ns_of_uri(struct span uri, struct span prefix)
{
	uri = span_trim(uri);
	while (uri.n > 0 && (uri.p[uri.n - 1] == '/' ||
	    uri.p[uri.n - 1] == '#'))
		uri.n--;
	for (size_t i = 0; i < sizeof(uris) / sizeof(uris[0]); i++)
		if (span_ieqs(uri, uris[i].text))
			return uris[i].ns;
	return ns_of_prefix(prefix);
}

enum ns
ns_of_prefix(struct span prefix)
{
	for (size_t i = 0; i < sizeof(prefixes) / sizeof(prefixes[0]); i++)
		if (span_ieqs(prefix, prefixes[i].text))
			return prefixes[i].ns;
	return NS_OTHER;
}
