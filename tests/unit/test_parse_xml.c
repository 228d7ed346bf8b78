/* RSS, RDF and Atom: names, bases, constructs, and what is broken. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <cmocka.h>

#include "feed/parse.h"

static struct arena arena;

static struct feed *
parse(const char *text)
{
	struct parse_options o = { .base_url = "http://f.example/feed.xml" };
	struct error e = { 0 };
	struct feed *f;

	if (feed_parse(&f, &arena, span_str(text), &o, &e) != 0)
		fail_msg("%s", e.msg);
	return f;
}

#define RSS(item) "<rss version='2.0' " \
	"xmlns:content='http://purl.org/rss/1.0/modules/content/' " \
	"xmlns:q='http://purl.org/dc/elements/1.1/'><channel>" item \
	"</channel></rss>"
#define ATOM(x) "<feed xmlns='http://www.w3.org/2005/Atom'>" x "</feed>"

static void
test_rss(void **state)
{
	struct feed *f = parse(RSS("<title>A &amp;amp; B</title>"
	    "<link>/home</link><description>d</description><ttl>90</ttl>"
	    "<skipHours><hour>0</hour><hour>23</hour></skipHours>"
	    "<skipDays><day>Sunday</day></skipDays>"
	    "<image><title>no</title><url>i.png</url><link>/i</link></image>"
	    "<item><title>One</title><link>1.html</link>"
	    "<guid isPermaLink='false'>x</guid>"
	    "<author>ann@f.example (Ann)</author><q:creator>Ben</q:creator>"
	    "<category domain='d'>c</category><category>c2</category>"
	    "<enclosure url='a.mp3' length='7' type='audio/mpeg'/>"
	    "<description>&lt;p&gt;s&lt;/p&gt;</description>"
	    "<content:encoded><![CDATA[<b>c</b>]]></content:encoded>"
	    "<source url='http://s.example/'>S</source></item>"));
	struct entry *en = &f->entries[0];

	(void)state;
	assert_int_equal(f->format, FEED_RSS);
	assert_string_equal(f->title, "A & B");
	assert_string_equal(f->link, "http://f.example/home");
	assert_string_equal(f->image_url, "http://f.example/i.png");
	assert_string_equal(f->image_link, "http://f.example/i");
	assert_int_equal(f->ttl, 90);
	assert_int_equal(f->skip_hours, 1u | 1u << 23);
	assert_int_equal(f->skip_days, 1);
	assert_int_equal(f->nentries, 1);
	assert_string_equal(en->link, "http://f.example/1.html");
	assert_string_equal(en->id, "x");
	assert_int_equal(en->nauthors, 2);
	assert_string_equal(en->authors[0].email, "ann@f.example");
	assert_string_equal(en->authors[0].name, "Ann");
	assert_string_equal(en->authors[1].name, "Ben");
	assert_string_equal(en->categories[0].scheme, "d");
	assert_string_equal(en->categories[1].term, "c2");
	assert_int_equal(en->enclosures[0].length, 7);
	assert_string_equal(en->summary.value, "<p>s</p>");
	assert_string_equal(en->content.value, "<b>c</b>");
	assert_string_equal(en->source->title, "S");
	assert_string_equal(en->source->url, "http://s.example/");
	assert_false(en->summary_only);
	assert_null(f->problem);
}

/* Comments and places, in the namespaces that blogs have for them. */
static void
test_threads(void **state)
{
	struct feed *f = parse("<rss xmlns:s='http://purl.org/rss/1.0/modules/"
	    "slash/' xmlns:w='http://wellformedweb.org/CommentAPI/' "
	    "xmlns:g='http://www.georss.org/georss' "
	    "xmlns:m='http://www.opengis.net/gml'><channel>"
	    "<item><title>a</title><comments>/c</comments>"
	    "<s:comments> 12 </s:comments><w:commentRss>/c.rss</w:commentRss>"
	    "<g:point> 45.256  -71.92 </g:point></item>"
	    "<item><s:comments>many</s:comments><g:point>91 0</g:point></item>"
	    "<item><g:where><m:Point><m:pos>-0.5 +180</m:pos></m:Point>"
	    "</g:where><g:point>1 nan</g:point></item></channel></rss>");
	struct entry *en = f->entries;

	(void)state;
	assert_int_equal(f->nentries, 3);
	assert_string_equal(en[0].comments, "http://f.example/c");
	assert_int_equal(en[0].ncomments, 12);
	assert_int_equal(en[0].nlinks, 1);
	assert_string_equal(en[0].links[0].rel, "replies");
	assert_string_equal(en[0].links[0].href, "http://f.example/c.rss");
	assert_string_equal(en[0].place, "45.256 -71.92");
	assert_null(en[0].link);
	assert_int_equal(en[1].ncomments, -1);
	assert_null(en[1].place);
	assert_string_equal(en[2].place, "-0.5 +180");

	f = parse("<feed xmlns='http://www.w3.org/2005/Atom' "
	    "xmlns:thr='http://purl.org/syndication/thread/1.0'><entry>"
	    "<id>u:1</id><link href='/p'/><link rel='replies' href='/r' "
	    "type='text/html' thr:count='3'/><thr:in-reply-to ref='u:0' "
	    "href='/q' type='text/html'/></entry><entry><id>u:2</id>"
	    "<thr:total>4</thr:total><thr:in-reply-to ref='u:1'/></entry>"
	    "</feed>");
	en = f->entries;
	assert_int_equal(f->nentries, 2);
	assert_string_equal(en[0].link, "http://f.example/p");
	assert_string_equal(en[0].comments, "http://f.example/r");
	assert_int_equal(en[0].ncomments, 3);
	assert_int_equal(en[0].nlinks, 3);
	assert_string_equal(en[0].links[2].rel, "in-reply-to");
	assert_string_equal(en[0].links[2].href, "http://f.example/q");
	assert_int_equal(en[1].ncomments, 4);
	assert_string_equal(en[1].links[0].href, "u:1");
}

static void
test_atom(void **state)
{
	struct feed *f = parse("<a:feed xmlns:a='http://www.w3.org/2005/Atom' "
	    "xml:base='http://b.example/d/' xml:lang='en'>"
	    "<a:title type='text'>1 &lt; 2</a:title>"
	    "<a:link rel='self' href='me'/><a:link rel='next' href='p2'/>"
	    "<a:entry xml:base='e/'><a:link rel='edit' href='x'/>"
	    "<a:link href='y'/><a:id> urn:x </a:id>"
	    "<a:published>2026-01-14T00:00:00+01:00</a:published>"
	    "<a:updated>2026-01-15T00:00:00Z</a:updated>"
	    "<a:author><a:name>N</a:name><a:uri>u</a:uri></a:author>"
	    "<a:content type='xhtml' xml:lang='de'>"
	    "<div xmlns='http://www.w3.org/1999/xhtml'>a &amp; <br/>"
	    "<a href='z'>b</a></div></a:content></a:entry></a:feed>");
	struct entry *en = &f->entries[0];

	(void)state;
	assert_int_equal(f->format, FEED_ATOM);
	assert_string_equal(f->title, "1 < 2");
	assert_string_equal(f->url, "http://b.example/d/me");
	assert_string_equal(f->next, "http://b.example/d/p2");
	assert_string_equal(f->language, "en");
	assert_string_equal(en->link, "http://b.example/d/e/y");
	assert_string_equal(en->id, "urn:x");
	assert_int_equal(en->date, 1768345200);
	assert_string_equal(en->authors[0].uri, "http://b.example/d/e/u");
	assert_int_equal(en->content.type, CONTENT_HTML);
	assert_string_equal(en->content.base, "http://b.example/d/e/");
	assert_string_equal(en->content.language, "de");
	assert_string_equal(en->content.value,
	    "<div>a &amp; <br /><a href=\"z\">b</a></div>");
}

#define ITUNES	" xmlns:i='http://www.itunes.com/dtds/podcast-1.0.dtd'"
#define MEDIA	" xmlns:m='http://search.yahoo.com/mrss/'"

/* What podcasts add: covers, genres, words, the same file told twice. */
static void
test_podcast(void **state)
{
	struct feed *f = parse("<rss version='2.0'" ITUNES MEDIA "><channel>"
	    "<title>P</title><i:image href='cover.jpg'/>"
	    "<i:image href='second.jpg'/>"
	    "<i:category text='Arts'><i:category text='Food'/></i:category>"
	    "<i:author>Ann</i:author>"
	    "<item><title>E</title><i:image href='/e.jpg'/>"
	    "<i:keywords>salt, sea ,,tide</i:keywords>"
	    "<i:duration>1:02:03</i:duration>"
	    "<enclosure url='e.mp3' length='7' type='audio/mpeg'/>"
	    "<m:content url='e.mp3' type='audio/mpeg' fileSize='7'/>"
	    "<m:content url='e.ogg' type='audio/ogg' fileSize='9'/>"
	    "<m:content url='e.png' type='image/png'/>"
	    "<m:content url='unknown'/>"
	    "<m:thumbnail url='t.png'/><m:thumbnail/></item>"
	    "</channel></rss>");
	struct entry *en = &f->entries[0];

	(void)state;
	assert_string_equal(f->image_url, "http://f.example/cover.jpg");
	assert_int_equal(f->ncategories, 2);
	assert_string_equal(f->categories[0].term, "Arts");
	assert_string_equal(f->categories[1].term, "Food");
	assert_int_equal(f->nauthors, 1);
	assert_string_equal(f->authors[0].name, "Ann");
	assert_string_equal(en->image_url, "http://f.example/e.jpg");
	assert_int_equal(en->ncategories, 3);
	assert_string_equal(en->categories[0].term, "salt");
	assert_string_equal(en->categories[1].term, "sea");
	assert_string_equal(en->categories[2].term, "tide");
	assert_int_equal(en->duration, 3723);
	assert_int_equal(en->nenclosures, 2);
	assert_string_equal(en->enclosures[0].href,
	    "http://f.example/e.mp3");
	assert_int_equal(en->enclosures[0].length, 7);
	assert_string_equal(en->enclosures[1].href,
	    "http://f.example/e.ogg");
	assert_int_equal(en->enclosures[1].length, 9);
	assert_int_equal(en->nthumbnails, 1);
}

/* Atom's rarer parts: RFC 4287, 4.2, RFC 4946, RFC 4685. */
static void
test_atom_rest(void **state)
{
	struct feed *f = parse("<feed xmlns='http://www.w3.org/2005/Atom'"
	    " xmlns:x='http://www.w3.org/1999/xhtml'>"
	    "<title>F</title><x:meta name='robots' content='noarchive'/>"
	    "<link rel='license' href='http://l.example/f'/>"
	    "<link rel='image' href='pic.png'/>"
	    "<link rel='http://www.iana.org/assignments/relation/next' "
	    "href='?page=2'/><icon>i.ico</icon><logo>l.png</logo>"
	    "<published>2026-01-02T03:04:05Z</published>"
	    "<contributor><name>Con</name></contributor>"
	    "<entry><id>urn:1</id><title>E</title>"
	    "<link rel='license' href='http://l.example/e'/>"
	    "<link rel='image' href='e.png'/>"
	    "<link rel='replies' type='text/html' href='/talk'/>"
	    "<author><name>ann@f.example (Ann)</name></author>"
	    "<contributor><name>Ben</name><email>b@f.example</email>"
	    "<uri>/ben</uri></contributor>"
	    "<rights>(c) Ann</rights>"
	    "<content type='text/markdown'>*m*</content></entry>"
	    "<entry><id>urn:2</id>"
	    "<content type='text/gemini'># g</content></entry></feed>");
	struct entry *en = &f->entries[0];

	(void)state;
	assert_true(f->noarchive);
	assert_string_equal(f->license, "http://l.example/f");
	assert_string_equal(f->image_url, "http://f.example/pic.png");
	assert_string_equal(f->next, "http://f.example/feed.xml?page=2");
	assert_string_equal(f->icon, "http://f.example/i.ico");
	assert_string_equal(f->logo, "http://f.example/l.png");
	assert_int_equal(f->published, 1767323045);
	assert_int_equal(f->ncontributors, 1);
	assert_string_equal(f->contributors[0].name, "Con");
	assert_string_equal(en->license, "http://l.example/e");
	assert_string_equal(en->image_url, "http://f.example/e.png");
	assert_string_equal(en->comments, "http://f.example/talk");
	assert_string_equal(en->rights, "(c) Ann");
	assert_string_equal(en->authors[0].name, "Ann");
	assert_string_equal(en->authors[0].email, "ann@f.example");
	assert_int_equal(en->ncontributors, 1);
	assert_string_equal(en->contributors[0].email, "b@f.example");
	assert_string_equal(en->contributors[0].uri, "http://f.example/ben");
	assert_int_equal(en->content.type, CONTENT_MARKDOWN);
	assert_int_equal(f->entries[1].content.type, CONTENT_GEMTEXT);
}

/* Licences and languages as RSS says them by other vocabularies. */
static void
test_rss_rest(void **state)
{
	struct feed *f = parse("<rss version='2.0' xmlns:cc="
	    "'http://web.resource.org/cc/' xmlns:r="
	    "'http://www.w3.org/1999/02/22-rdf-syntax-ns#' xmlns:d="
	    "'http://purl.org/dc/elements/1.1/' xmlns:p="
	    "'http://backend.userland.com/creativeCommonsRssModule'>"
	    "<channel><title>T</title>"
	    "<cc:license r:resource='http://l.example/f'/>"
	    "<d:language>de</d:language><item><title>E</title>"
	    "<p:license>http://l.example/e</p:license>"
	    "<d:language>fr</d:language><d:rights>Ann's</d:rights>"
	    "<d:creator>Ann</d:creator><d:contributor>Ben</d:contributor>"
	    "</item></channel></rss>");
	struct entry *en = &f->entries[0];

	(void)state;
	assert_string_equal(f->license, "http://l.example/f");
	assert_string_equal(f->language, "de");
	assert_string_equal(en->license, "http://l.example/e");
	assert_string_equal(en->language, "fr");
	assert_string_equal(en->rights, "Ann's");
	assert_int_equal(en->nauthors, 1);
	assert_string_equal(en->authors[0].name, "Ann");
	assert_int_equal(en->ncontributors, 1);
	assert_string_equal(en->contributors[0].name, "Ben");
}

static void
test_rdf(void **state)
{
	struct feed *f = parse("<!DOCTYPE rdf:RDF [<!ENTITY % h PUBLIC 'a' "
	    "'b'> %h;]><rdf:RDF xmlns:rdf="
	    "'http://www.w3.org/1999/02/22-rdf-syntax-ns#' "
	    "xmlns='http://purl.org/rss/1.0/'><channel rdf:about='c'>"
	    "<title>caf&eacute;</title></channel><item rdf:about='u:1'>"
	    "<title>t</title><link>http://l.example/</link></item>"
	    "<textinput><title>no</title></textinput></rdf:RDF>");

	(void)state;
	assert_int_equal(f->format, FEED_RDF);
	assert_string_equal(f->title, "café");
	assert_int_equal(f->nentries, 1);
	assert_string_equal(f->entries[0].id, "u:1");
}

/* Titles of elements that are not ours stay out; nesting decides. */
static void
test_strangers(void **state)
{
	struct feed *f = parse(RSS("<title>T</title>"
	    "<textInput><title>no</title><link>no</link></textInput>"
	    "<item><x><title>no</title></x><title>yes</title>"
	    "<image><title>no</title><link>no</link></image></item>"));

	(void)state;
	assert_string_equal(f->title, "T");
	assert_null(f->link);
	assert_string_equal(f->entries[0].title, "yes");
	assert_null(f->entries[0].link);
}

static void
test_guid(void **state)
{
	struct feed *f = parse(RSS("<item><guid>http://a.example/1</guid>"
	    "</item><item><guid>77</guid></item>"
	    "<item><guid isPermaLink='false'>http://a.example/2</guid></item>"));

	(void)state;
	assert_string_equal(f->entries[0].link, "http://a.example/1");
	assert_string_equal(f->entries[1].link, "77");	/* as it says */
	assert_null(f->entries[2].link);
	assert_string_equal(f->entries[2].id, "http://a.example/2");
}

/* What a planet follows: addresses, and not the feed itself. */
static void
test_mend_links(void **state)
{
	struct feed *f = parse(RSS("<item><guid>77</guid></item>"
	    "<item><guid>http://a.example/1</guid></item>"
	    "<item><link>http://f.example/feed.xml</link>"
	    "<guid isPermaLink='false'>http://a.example/2</guid></item>"
	    "<item><link>http://clicks.example/9</link><guid>u:9</guid>"
	    "<feedburner:origLink>http://a.example/9</feedburner:origLink>"
	    "</item><item><link>http://a.example/3</link><guid>u:3</guid></item>"
	    "<item><link>http://f.example/feed.xml</link>"
	    "<guid>tag:4</guid></item>"));

	(void)state;
	feed_mend_links(f, "http://f.example/feed.xml");
	assert_null(f->entries[0].link);
	assert_string_equal(f->entries[1].link, "http://a.example/1");
	assert_string_equal(f->entries[2].link, "http://a.example/2");
	assert_string_equal(f->entries[3].link, "http://a.example/9");
	assert_string_equal(f->entries[4].link, "http://a.example/3");
	assert_null(f->entries[5].link);
}

static void
test_alternates(void **state)
{
	struct feed *f = parse(ATOM("<entry><link href='/1'/>"
	    "<link rel='alternate' type='text/html' href='/2'/>"
	    "<link rel='alternate' type='application/json' href='/3'/>"
	    "</entry><entry><link href=''/><id>http://f.example/4</id>"
	    "</entry>"));

	(void)state;
	assert_string_equal(f->entries[0].link, "http://f.example/2");
	assert_string_equal(f->entries[1].link, "http://f.example/feed.xml");
}

static void
test_cdf(void **state)
{
	struct feed *f = parse("<CHANNEL HREF='/home'><TITLE>T</TITLE>"
	    "<ITEM HREF='/a' LASTMOD='2026-01-14T05:00:00Z'><TITLE>A</TITLE>"
	    "<ABSTRACT>s</ABSTRACT></ITEM></CHANNEL>");

	(void)state;
	assert_int_equal(f->format, FEED_CDF);
	assert_string_equal(f->link, "http://f.example/home");
	assert_string_equal(f->entries[0].title, "A");
	assert_string_equal(f->entries[0].link, "http://f.example/a");
	assert_string_equal(f->entries[0].summary.value, "s");
	assert_true(f->entries[0].date == 1768366800);
}

/* Of too many the newest are kept, whichever end they are at. */
static void
test_newest(void **state)
{
	struct parse_options o = { .max_entries = 2 };
	struct error e = { 0 };
	struct feed *f;
	struct buf up = { 0 }, down = { 0 };

	(void)state;
	buf_puts(&up, "<rss><channel><title>T</title>");
	buf_puts(&down, "<rss><channel><title>T</title>");
	for (int i = 1; i <= 5; i++) {
		buf_putf(&up, "<item><guid>%d</guid><pubDate>2026-01-0%d"
		    "</pubDate></item>", i, i);
		buf_putf(&down, "<item><guid>%d</guid><pubDate>2026-01-0%d"
		    "</pubDate></item>", i, 9 - i);
	}
	assert_int_equal(feed_parse(&f, &arena, buf_span(&up), &o, &e), 0);
	assert_int_equal(f->nentries, 2);
	assert_int_equal(f->nskipped, 3);
	assert_string_equal(f->title, "T");
	assert_string_equal(f->entries[0].id, "4");
	assert_string_equal(f->entries[1].id, "5");
	assert_int_equal(feed_parse(&f, &arena, buf_span(&down), &o, &e), 0);
	assert_int_equal(f->nskipped, 3);
	assert_string_equal(f->entries[0].id, "1");
	assert_string_equal(f->entries[1].id, "2");
	buf_free(&up);
	buf_free(&down);
}

/* Entries without a feed around them. */
static void
test_headless(void **state)
{
	struct feed *f = parse("<entry xmlns='http://www.w3.org/2005/Atom'>"
	    "<id>u:1</id><title>One</title></entry>");
	struct parse_options o = { 0 };
	struct error e = { 0 };

	(void)state;
	assert_int_equal(f->format, FEED_ATOM);
	assert_int_equal(f->nentries, 1);
	assert_string_equal(f->entries[0].title, "One");
	f = parse("<list><item><title>A</title><link>/a</link></item>"
	    "<item><title>B</title></item></list>");
	assert_int_equal(f->nentries, 2);
	assert_string_equal(f->entries[1].title, "B");
	assert_int_equal(feed_parse(&f, &arena, span_str("<words><entry>a"
	    "</entry><entry>b</entry></words>"), &o, &e), E_SYNTAX);
}

static void
test_titles(void **state)
{
	struct feed *f = parse(RSS(
	    "<item><title>Fish &amp;amp; &lt;i&gt;chips&lt;/i&gt;</title>"
	    "</item><item><title>the &lt;vector&gt; header</title></item>"
	    "<item><title>\n a\n\tb </title></item>"
	    "<item><title>x <em>y</em> z</title></item>"
	    "<item><title>30 m&lt;sup>2&lt;/sup></title></item>"));

	(void)state;
	assert_string_equal(f->entries[0].title, "Fish & chips");
	assert_string_equal(f->entries[1].title, "the <vector> header");
	assert_string_equal(f->entries[2].title, "a b");
	assert_string_equal(f->entries[3].title, "x y z");
	assert_string_equal(f->entries[4].title, "30 m2");
}

static void
test_base64(void **state)
{
	struct feed *f = parse(ATOM("<entry><content type='application/x'>"
	    "aGVs\nbG8=</content></entry><entry><content type='application/x'>"
	    "not base64!</content></entry>"));

	(void)state;
	assert_string_equal(f->entries[0].content.value, "hello");
	assert_string_equal(f->entries[1].content.value, "not base64!");
}

/* Damage: entries come anyway, and the first place is named. */
static void
damaged(const char *text, size_t entries, const char *problem)
{
	struct feed *f = parse(text);

	assert_int_equal(f->nentries, entries);
	if (problem == NULL)
		assert_null(f->problem);
	else
		assert_string_equal(f->problem, problem);
}

static void
test_damage(void **state)
{
	struct feed *f;

	(void)state;
	damaged(RSS("\n<item><title>R & D</title></item><item></item>"), 2,
	    "line 2: an undefined entity or a bare \"&\"");
	damaged(RSS("<item><title>a < b</title></item>"), 1,
	    "line 1: a bare \"<\"");
	damaged(RSS("<item><title>a<item><title>b</title></item>"), 2,
	    "line 1: an element is not closed");
	damaged("<rss><channel><item><title>a</title>", 1,
	    "line 1: the feed ends before its last end tag");
	damaged(RSS("<item a=b></item>"), 1,
	    "line 1: an attribute's value is not quoted");
	damaged(RSS("</x><item/>"), 1, "line 1: an end tag without a start");
	damaged("\n <?xml version='1.0'?>" RSS("<item/>"), 1, NULL);
	damaged("<br /><b>Warning</b>: x\n<?xml version='1.0'?>"
	    RSS("<item/>"), 1, NULL);

	f = parse(RSS("<item><link>http://a.example/<title>t</title></item>"
	    "<item><description><p>a<br>b</description><title>u</title>"
	    "</item>"));
	assert_string_equal(f->entries[0].link, "http://a.example/");
	assert_string_equal(f->entries[0].title, "t");
	assert_string_equal(f->entries[1].title, "u");
	assert_string_equal(f->entries[1].summary.value,
	    "<p>a<br />b</p>");
}

static void
refused(const char *text, const char *why)
{
	struct error e = { 0 };
	struct feed *f;

	assert_int_equal(feed_parse(&f, &arena, span_str(text), NULL, &e),
	    E_SYNTAX);
	assert_string_equal(e.msg, why);
}

static void
test_refused(void **state)
{
	(void)state;
	refused("", "not a feed: it is empty");
	refused("<!DOCTYPE html><html><head><title>x</title></head></html>",
	    "not a feed: an HTML page");
	refused("<opml/>", "not a feed: a list of subscriptions (OPML); "
	    "use `orrery import`");
	refused("<svg><title>x</title></svg>",
	    "not a feed: XML with the root element \"svg\"");
	refused("just words", "not a feed: neither XML nor JSON nor a page "
	    "of links");
	refused("{\"a\":1}", "not a feed: JSON without the members of a JSON "
	    "Feed");
}

static void
test_limit(void **state)
{
	struct parse_options o = { .max_entries = 2 };
	struct feed *f;

	(void)state;
	assert_int_equal(feed_parse(&f, &arena, span_str(RSS(
	    "<item/><item/><item><title>3</title></item><title>T</title>")),
	    &o, NULL), 0);
	assert_int_equal(f->nentries, 2);
	assert_int_equal(f->nskipped, 1);
	assert_string_equal(f->title, "T");
}

static int
teardown(void **state)
{
	(void)state;
	arena_free(&arena);
	return 0;
}

#define TEST(f)	cmocka_unit_test_teardown(f, teardown)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(test_rss), TEST(test_threads), TEST(test_atom),
		TEST(test_podcast), TEST(test_atom_rest),
		TEST(test_rss_rest), TEST(test_rdf),
		TEST(test_strangers), TEST(test_guid), TEST(test_titles),
		TEST(test_mend_links), TEST(test_alternates),
		TEST(test_headless), TEST(test_cdf), TEST(test_newest),
		TEST(test_base64), TEST(test_damage), TEST(test_refused),
		TEST(test_limit),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
