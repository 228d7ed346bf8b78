/*
 * xmlfield.c - put the text of an element into the model.
 */
#include <stdlib.h>
#include <string.h>

#include "base/utf8.h"
#include "feed/text.h"
#include "feed/xmlfeed.h"

#define ITUNES_SCHEME	"http://www.itunes.com/"

/* --- whom a field belongs to ------------------------------------------- */

/* The feed or source that is described, or NULL inside an entry. */
static struct feed *
feed_of(const struct xml_reader *r)
{
	if (r->role == ROLE_SOURCE && r->source != NULL)
		return r->source;
	return r->role == ROLE_FEED ? r->f : NULL;
}

static struct entry *
entry_of(const struct xml_reader *r)
{
	return r->role == ROLE_ENTRY ? r->entry : NULL;
}

static void
add_person(struct xml_reader *r, struct person p, bool contributor)
{
	struct feed *f = feed_of(r);
	struct entry *en = entry_of(r);

	if (en != NULL && contributor)
		feed_add_person(r->a, &en->contributors, &en->ncontributors,
		    p);
	else if (en != NULL)
		feed_add_person(r->a, &en->authors, &en->nauthors, p);
	else if (f != NULL && contributor)
		feed_add_person(r->a, &f->contributors, &f->ncontributors, p);
	else if (f != NULL)
		feed_add_person(r->a, &f->authors, &f->nauthors, p);
}

static void
add_category(struct xml_reader *r, struct category c)
{
	struct feed *f = feed_of(r);
	struct entry *en = entry_of(r);

	if (en != NULL)
		feed_add_category(r->a, &en->categories, &en->ncategories, c);
	else if (f != NULL)
		feed_add_category(r->a, &f->categories, &f->ncategories, c);
}

static const char *
attr_line(const struct xml_reader *r, const struct xml *x, const char *name)
{
	const char *v = xml_attr(x, NS_CORE, name);

	return v == NULL ? NULL : text_line(r->a, span_str(v));
}

static const char *
attr_url(const struct xml_reader *r, struct xml *x, const char *name)
{
	const char *v = xml_attr(x, NS_CORE, name);

	return v == NULL ? NULL :
	    text_url(r->a, xml_top(x)->base, span_str(v));
}

/* --- links and other elements of attributes ---------------------------- */

static bool
is_page(const struct link *l)
{
	return strcmp(l->rel, "alternate") == 0 && (l->type == NULL ||
	    strstr(l->type, "html") != NULL ||
	    strncmp(l->type, "text/gemini", 11) == 0);
}

static int64_t
length_of(const char *s)
{
	char *end;
	long long v;

	if (s == NULL)
		return -1;
	v = strtoll(s, &end, 10);
	return end == s || v < 0 ? -1 : (int64_t)v;
}

static void
feed_link(struct xml_reader *r, struct feed *f, struct link l)
{
	if (is_page(&l) && (f->link == NULL || !r->own_link))
		f->link = f->link == NULL || l.type == NULL ||
		    strstr(l.type, "html") != NULL ? l.href : f->link;
	else if (strcmp(l.rel, "self") == 0 && f->url == NULL)
		f->url = l.href;
	else if (strcmp(l.rel, "next") == 0 && f->next == NULL)
		f->next = l.href;
	else if (strcmp(l.rel, "hub") == 0 && f->hub == NULL)
		f->hub = l.href;
	else if (strcmp(l.rel, "license") == 0 && f->license == NULL)
		f->license = l.href;
	else if (strcmp(l.rel, "image") == 0 && f->image_url == NULL)
		f->image_url = l.href;
	feed_add_link(r->a, &f->links, &f->nlinks, l);
}

static void
add_enclosure(struct xml_reader *r, struct link l)
{
	struct entry *en = entry_of(r);

	if (en == NULL || l.href == NULL)
		return;
	for (size_t i = 0; i < en->nenclosures; i++)
		if (strcmp(en->enclosures[i].href, l.href) == 0)
			return;
	l.rel = "enclosure";
	feed_add_link(r->a, &en->enclosures, &en->nenclosures, l);
	feed_add_link(r->a, &en->links, &en->nlinks, l);
}

static void
entry_link(struct xml_reader *r, struct entry *en, struct link l)
{
	/* Of several the last counts, as planets have read them since long. */
	if (is_page(&l) && !r->own_link)
		en->link = l.href;
	else if (strcmp(l.rel, "enclosure") == 0)
		add_enclosure(r, l);
	else if (strcmp(l.rel, "license") == 0 && en->license == NULL)
		en->license = l.href;
	else if (strcmp(l.rel, "image") == 0 && en->image_url == NULL)
		en->image_url = l.href;
	else if (strcmp(l.rel, "replies") == 0 && en->comments == NULL &&
	    l.type != NULL && strstr(l.type, "html") != NULL)
		en->comments = l.href;
	feed_add_link(r->a, &en->links, &en->nlinks, l);
}

/* How many comments, of the first that says so. */
static void
set_count(struct entry *en, const char *s)
{
	if (en != NULL && en->ncomments < 0)
		en->ncomments = length_of(s);
}

/* A link by attributes, as in Atom. */
static void
start_link(struct xml_reader *r, struct xml *x)
{
	struct feed *f = feed_of(r);
	struct entry *en = entry_of(r);
	struct link l = { .rel = attr_line(r, x, "rel"),
	    .href = attr_url(r, x, "href"), .type = attr_line(r, x, "type"),
	    .title = attr_line(r, x, "title"),
	    .hreflang = attr_line(r, x, "hreflang"),
	    .length = length_of(xml_attr(x, NS_CORE, "length")) };

	if (l.rel == NULL)
		l.rel = "alternate";
	if (strncmp(l.rel, "http://www.iana.org/assignments/relation/",
	    41) == 0)
		l.rel += 41;
	/* An empty reference means this very document. */
	if (l.href == NULL && xml_attr(x, NS_CORE, "href") != NULL && xml_top(x)->base != NULL)
		l.href = text_url(r->a, NULL, span_str(xml_top(x)->base));
	r->link = l;
	if (l.href == NULL || r->role == ROLE_IMAGE)
		return;
	if (en != NULL)
		entry_link(r, en, l);
	else if (f != NULL)
		feed_link(r, f, l);
	if (strcmp(l.rel, "replies") == 0)
		set_count(en, xml_attr(x, NS_THR, "count"));
}

/* What an entry answers (RFC 4685): its page, or its id as a last resort. */
static void
start_in_reply_to(struct xml_reader *r, struct xml *x)
{
	struct entry *en = entry_of(r);
	struct link l = { .rel = "in-reply-to", .href = attr_url(r, x, "href"),
	    .type = attr_line(r, x, "type"), .length = -1 };

	if (l.href == NULL)
		l.href = attr_line(r, x, "ref");
	if (en != NULL)
		feed_add_link(r->a, &en->links, &en->nlinks, l);
}

static void
start_enclosure(struct xml_reader *r, struct xml *x)
{
	struct link l = { .href = attr_url(r, x, "url"),
	    .type = attr_line(r, x, "type"),
	    .length = length_of(xml_attr(x, NS_CORE, "length")) };

	if (l.href == NULL)
		l.href = attr_url(r, x, "href");
	if (l.length < 0)
		l.length = length_of(xml_attr(x, NS_CORE, "filesize"));
	/* Pictures are not what one downloads an episode for. */
	if (r->field == F_MEDIA_CONTENT && (l.type == NULL ||
	    (strncmp(l.type, "audio/", 6) != 0 &&
	    strncmp(l.type, "video/", 6) != 0)))
		return;
	add_enclosure(r, l);
}

static void
start_thumbnail(struct xml_reader *r, struct xml *x)
{
	struct entry *en = entry_of(r);
	const char *url = attr_url(r, x, "url");

	if (en == NULL || url == NULL || en->nthumbnails >= 64)
		return;
	en->thumbnails = arena_push(r->a, en->thumbnails, &en->nthumbnails,
	    sizeof(*en->thumbnails));
	en->thumbnails[en->nthumbnails - 1] = url;
}

static void
start_cover(struct xml_reader *r, struct xml *x)
{
	const char *url = attr_url(r, x, "href");

	if (url == NULL)
		url = attr_url(r, x, "url");
	if (url == NULL)
		return;
	if (entry_of(r) != NULL)
		entry_of(r)->image_url = url;
	else if (feed_of(r) != NULL && feed_of(r)->image_url == NULL)
		feed_of(r)->image_url = url;
}

static void
start_category(struct xml_reader *r, struct xml *x)
{
	r->category = (struct category){ .term = attr_line(r, x, "term"),
	    .scheme = attr_line(r, x, "scheme"),
	    .label = attr_line(r, x, "label") };
	if (r->category.scheme == NULL)
		r->category.scheme = attr_line(r, x, "domain");
	if (r->field == F_ITUNES_CATEGORY) {
		r->category.term = attr_line(r, x, "text");
		r->category.scheme = ITUNES_SCHEME;
		if (r->category.term != NULL)
			add_category(r, r->category);
	}
}

static void
start_resource(struct xml_reader *r, struct xml *x)
{
	const char *v = xml_attr(x, NS_RDF, "resource");

	if (v == NULL)
		v = xml_attr(x, NS_CORE, "resource");
	if (v != NULL)
		buf_puts(&r->text, v);
}

/* <meta name="robots" content="noarchive"> of a feed. */
static void
start_robots(struct xml_reader *r, struct xml *x)
{
	const char *name = attr_line(r, x, "name");
	const char *what = attr_line(r, x, "content");

	if (r->role == ROLE_FEED && name != NULL && what != NULL &&
	    strcasecmp(name, "robots") == 0 &&
	    (strcasestr(what, "noarchive") != NULL ||
	    strcasestr(what, "noindex") != NULL))
		r->f->noarchive = true;
}

void
xml_field_start(struct xml_reader *r, struct xml *x)
{
	const char *v;

	r->type = r->mode = NULL;
	switch (r->field) {
	case F_LINK:
		start_link(r, x);
		break;
	case F_ID:
		v = xml_attr(x, NS_CORE, "ispermalink");
		r->permalink = span_ieqs(xml_top(x)->local, "guid") &&
		    (v == NULL || strcasecmp(v, "false") != 0);
		r->explicit = v != NULL && strcasecmp(v, "true") == 0;
		break;
	case F_IN_REPLY_TO:
		start_in_reply_to(r, x);
		break;
	case F_ENCLOSURE:
	case F_MEDIA_CONTENT:
		start_enclosure(r, x);
		break;
	case F_THUMBNAIL:
		start_thumbnail(r, x);
		break;
	case F_COVER:
		start_cover(r, x);
		break;
	case F_CATEGORY:
	case F_ITUNES_CATEGORY:
		start_category(r, x);
		break;
	case F_LICENSE:
	case F_GENERATOR:
		start_resource(r, x);
		break;
	case F_ROBOTS:
		start_robots(r, x);
		break;
	default:
		r->type = attr_line(r, x, "type");
		r->mode = attr_line(r, x, "mode");
		if (r->field == F_CONTENT && entry_of(r) != NULL &&
		    !r->good_content)
			entry_of(r)->content.src = attr_url(r, x, "src");
	}
}

/* --- text constructs --------------------------------------------------- */

static bool
is_type(const char *type, const char *a, const char *b)
{
	size_t n = strcspn(type, "; ");

	return span_ieqs(span_of(type, n), a) || span_ieqs(span_of(type, n), b);
}

static bool
ends_with(const char *type, const char *tail)
{
	size_t n = strcspn(type, "; "), k = strlen(tail);

	return n >= k && strncasecmp(type + n - k, tail, k) == 0;
}

/* Content that neither Atom nor practice would put into XML as it is. */
static bool
is_base64(const struct xml_reader *r)
{
	if (r->markup)
		return false;
	if (r->mode != NULL && strcasecmp(r->mode, "base64") == 0)
		return true;
	if (r->type == NULL || strchr(r->type, '/') == NULL || r->mode != NULL)
		return false;
	return strncasecmp(r->type, "text/", 5) != 0 &&
	    !ends_with(r->type, "+xml") && !ends_with(r->type, "/xml") &&
	    !ends_with(r->type, "json");
}

/* What the captured text is, by attribute, by habit, by looking at it. */
static enum content_type
type_of(const struct xml_reader *r, struct span s, bool encoded)
{
	enum content_type t = CONTENT_TEXT;

	if (r->field == F_DESCRIPTION || r->field == F_ENCODED)
		t = CONTENT_HTML;
	else if (r->field == F_MARKDOWN)
		t = CONTENT_MARKDOWN;
	if (r->type != NULL) {
		if (is_type(r->type, "html", "text/html") ||
		    is_type(r->type, "xhtml", "application/xhtml+xml"))
			t = CONTENT_HTML;
		else if (is_type(r->type, "text", "text/plain") ||
		    is_type(r->type, "plain", "text"))
			t = CONTENT_TEXT;
		else if (is_type(r->type, "text/markdown",
		    "text/x-markdown"))
			t = CONTENT_MARKDOWN;
		else if (is_type(r->type, "text/gemini", "text/gemini"))
			t = CONTENT_GEMTEXT;
	}
	if (r->markup)
		return CONTENT_HTML;
	if (t == CONTENT_TEXT && !r->atom && !encoded && text_is_html(s))
		return CONTENT_HTML;
	return t;
}

/* The captured bytes, decoded when they are base64. */
static struct span
captured(struct xml_reader *r, bool *encoded)
{
	struct span s = buf_span(&r->text);
	size_t n;
	char *p;

	*encoded = is_base64(r);
	if (!*encoded)
		return s;
	p = text_base64(r->a, s, &n);
	if (p == NULL || !utf8_valid(span_of(p, n)))
		return s;
	return span_of(p, n);
}

static const char *
plain(struct xml_reader *r)
{
	bool encoded;
	struct span s = captured(r, &encoded);

	return text_plain(r->a, s, type_of(r, s, encoded) == CONTENT_HTML);
}

static bool
body(struct xml_reader *r, struct content *c, const struct xml_frame *f)
{
	bool encoded;
	struct span s = captured(r, &encoded);
	const char *value = text_body(r->a, s), *src = c->src;

	if (value == NULL && src == NULL)
		return false;
	c->type = type_of(r, s, encoded);
	c->value = value;
	c->base = f->base;
	c->language = f->language;
	return value != NULL;
}

static void
end_title(struct xml_reader *r)
{
	struct feed *f = feed_of(r);
	const char *s = plain(r);

	if (s == NULL)
		return;
	if (r->role == ROLE_IMAGE) {
		if (r->entry == NULL)
			r->f->image_title = s;
	} else if (entry_of(r) != NULL) {
		if (r->good_title || (r->field != F_TITLE &&
		    entry_of(r)->title != NULL))
			return;
		entry_of(r)->title = s;
		r->good_title = r->field == F_TITLE;
	} else if (f != NULL && (f->title == NULL || r->field == F_TITLE))
		f->title = s;
}

static void
end_summary(struct xml_reader *r, const struct xml_frame *f)
{
	struct entry *en = entry_of(r);
	bool good = r->field != F_OTHER_SUMMARY;

	if (en == NULL || (en->summary.value != NULL &&
	    (r->good_summary || !good)))
		return;
	if (body(r, &en->summary, f))
		r->good_summary = good;
}

static void
end_subtitle(struct xml_reader *r)
{
	struct feed *f = feed_of(r);
	bool good = r->field == F_SUBTITLE || r->field == F_DESCRIPTION;
	const char *s;

	if (f == NULL || (f->subtitle != NULL && r->good_subtitle && !good))
		return;
	s = plain(r);
	if (s != NULL) {
		f->subtitle = s;
		if (f == r->f)
			r->good_subtitle = good;
	}
}

static void
end_content(struct xml_reader *r, const struct xml_frame *f)
{
	struct entry *en = entry_of(r);

	if (en == NULL || r->good_content)
		return;
	if (r->field == F_MARKDOWN && en->content.value != NULL)
		return;
	if (body(r, &en->content, f))
		r->good_content = r->field != F_MARKDOWN;
}

/* --- single lines ------------------------------------------------------ */

static void
end_link(struct xml_reader *r, const struct xml_frame *f)
{
	struct span s = span_trim(buf_span(&r->text));
	struct link l = r->link;

	if (s.n == 0 || (l.href != NULL && r->role != ROLE_IMAGE))
		return;
	l.href = text_url(r->a, f->base, s);
	if (l.href == NULL)
		return;
	if (r->role == ROLE_IMAGE) {
		if (r->entry == NULL)
			r->f->image_link = l.href;
	} else if (strcmp(l.rel, "alternate") != 0) {
		if (entry_of(r) != NULL)
			entry_link(r, r->entry, l);
		else if (feed_of(r) != NULL)
			feed_link(r, feed_of(r), l);
	} else if (entry_of(r) != NULL) {
		entry_of(r)->link = l.href;
		r->own_link = true;
		feed_add_link(r->a, &r->entry->links, &r->entry->nlinks, l);
	} else if (feed_of(r) != NULL) {
		feed_of(r)->link = l.href;
		feed_add_link(r->a, &feed_of(r)->links, &feed_of(r)->nlinks,
		    l);
	}
}

static void
end_id(struct xml_reader *r, const struct xml_frame *f)
{
	const char *id = text_line(r->a, buf_span(&r->text));
	struct entry *en = entry_of(r);

	if (id == NULL)
		return;
	if (en == NULL) {
		if (feed_of(r) != NULL && f->ns == NS_CORE)
			feed_of(r)->id = id;
		return;
	}
	if (f->ns != NS_CORE && en->id != NULL)
		return;
	en->id = id;
	r->id_is_link = r->permalink || span_ieqs(f->local, "id");
	/* The address of the page is a common id in Atom as well. */
	if ((r->permalink && (r->explicit || id[0] == '/' ||
	    strstr(id, "://") != NULL)) ||
	    (r->atom && strncmp(id, "http", 4) == 0))
		r->guid_link = text_url(r->a, f->base, span_str(id));
	if (r->guid_link != NULL && strstr(r->guid_link, "://") == NULL)
		r->guid_link = NULL;
}

static void
end_date(struct xml_reader *r)
{
	struct span s = span_trim(buf_span(&r->text));
	int64_t t = date_parse(s);
	struct feed *f = feed_of(r);
	struct entry *en = entry_of(r);

	if (t == DATE_NONE)
		return;
	if (en != NULL) {
		if (r->field == F_PUBLISHED)
			en->published = t;
		else if (r->field == F_CREATED)
			en->date = t;
		else if (r->field == F_UPDATED || en->updated == DATE_NONE)
			en->updated = t;
		if (r->field == F_PUBLISHED || en->published == DATE_NONE)
			en->date_only = memchr(s.p, ':', s.n) == NULL;
	} else if (f != NULL) {
		if (r->field == F_PUBLISHED)
			f->published = t;
		else if (r->field == F_UPDATED || (r->field == F_MODIFIED &&
		    f->updated == DATE_NONE))
			f->updated = t;
	}
}

static void
end_category(struct xml_reader *r)
{
	const char *s = text_plain(r->a, buf_span(&r->text),
	    text_is_html(buf_span(&r->text)));
	struct category c = r->category;

	if (s != NULL && c.term == NULL)
		c.term = s;
	if (c.term == NULL && c.label != NULL)
		c.term = c.label;
	if (c.term != NULL)
		add_category(r, c);
}

static void
end_keywords(struct xml_reader *r)
{
	const char *s = text_line(r->a, buf_span(&r->text));
	size_t n;

	while (s != NULL && *s != '\0') {
		const char *word;

		n = strcspn(s, ",");
		if ((word = text_line(r->a, span_of(s, n))) != NULL)
			add_category(r, (struct category){ .term = word,
			    .scheme = ITUNES_SCHEME });
		s += n + (s[n] != '\0');
	}
}

static void
end_schedule(struct xml_reader *r)
{
	static const char days[] = "sunmontuewedthufrisat";
	static const struct { const char *name; int seconds; } periods[] = {
		{ "hourly", 3600 }, { "daily", 86400 }, { "weekly", 604800 },
		{ "monthly", 2592000 }, { "yearly", 31536000 },
	};
	struct span s = span_trim(buf_span(&r->text));
	int v = atoi(buf_cstr(&r->text));

	switch (r->field) {
	case F_TTL:
		if (r->role == ROLE_FEED && v > 0 && v < 10000000)
			r->f->ttl = v;
		break;
	case F_HOUR:
		if (s.n > 0 && v >= 0 && v <= 24)
			r->f->skip_hours |= 1u << (v % 24);
		break;
	case F_DAY:
		for (unsigned d = 0; d < 7 && s.n >= 3; d++)
			if (strncasecmp(s.p, days + 3 * d, 3) == 0)
				r->f->skip_days |= 1u << d;
		break;
	case F_PERIOD:
		for (size_t i = 0; i < 5; i++)
			if (span_ieqs(s, periods[i].name))
				r->period = periods[i].seconds;
		break;
	default:
		r->frequency = v > 0 && v < 100000 ? v : 1;
	}
}

static void
end_person_part(struct xml_reader *r, const struct xml_frame *f)
{
	struct span s = buf_span(&r->text);

	if (r->role == ROLE_IMAGE) {
		if (r->entry == NULL && r->f->image_url == NULL)
			r->f->image_url = text_url(r->a, f->base, s);
		else if (r->entry != NULL && r->entry->image_url == NULL)
			r->entry->image_url = text_url(r->a, f->base, s);
	} else if (r->person == NULL)
		return;
	else if (r->field == F_NAME)
		r->person->name = text_plain(r->a, s, text_is_html(s));
	else if (r->field == F_EMAIL)
		r->person->email = text_line(r->a, s);
	else
		r->person->uri = text_url(r->a, f->base, s);
}

void
xml_person_end(struct xml_reader *r, enum field field, enum role owner)
{
	struct person p;

	r->role = owner;
	if (r->person->name == NULL && r->person->email == NULL) {
		text_person(r->a, &p, buf_span(&r->loose));
		p.uri = r->person->uri;
		*r->person = p;
	} else if (r->person->name != NULL && r->person->email == NULL &&
	    strchr(r->person->name, '@') != NULL &&
	    text_person(r->a, &p, span_str(r->person->name))) {
		r->person->email = p.email;
		if (p.name != NULL)
			r->person->name = p.name;
	}
	add_person(r, *r->person, field == F_CONTRIBUTOR);
}

static void
end_creator(struct xml_reader *r)
{
	struct entry *en = entry_of(r);
	struct feed *f = feed_of(r);
	struct person p;

	if (r->field == F_OTHER_CREATOR && ((en != NULL && en->nauthors > 0) ||
	    (f != NULL && f->nauthors > 0)))
		return;
	if (text_person(r->a, &p, buf_span(&r->text)))
		add_person(r, p, false);
}

static void
set_url(struct xml_reader *r, const struct xml_frame *f)
{
	const char *url = text_url(r->a, f->base, buf_span(&r->text));
	struct entry *en = entry_of(r);
	struct feed *owner = feed_of(r);

	if (url == NULL)
		return;
	if (r->field == F_COMMENTS && en != NULL)
		en->comments = url;
	else if (r->field == F_LICENSE && en != NULL)
		en->license = url;
	else if (r->field == F_LICENSE && owner != NULL)
		owner->license = url;
	else if (r->field == F_ICON && owner != NULL)
		owner->icon = url;
	else if (r->field == F_LOGO && owner != NULL)
		owner->logo = url;
	else if (r->field == F_COMMENT_FEED && en != NULL)
		feed_add_link(r->a, &en->links, &en->nlinks, (struct link){
		    .rel = "replies", .href = url,
		    .type = "application/rss+xml", .length = -1 });
	else if (r->field == F_ORIGINAL && en != NULL)
		feed_add_link(r->a, &en->links, &en->nlinks, (struct link){
		    .rel = "canonical", .href = url, .length = -1 });
	if (r->field == F_LICENSE) {
		struct link l = { .rel = "license", .href = url,
		    .length = -1 };

		if (en != NULL)
			feed_add_link(r->a, &en->links, &en->nlinks, l);
		else if (owner != NULL)
			feed_add_link(r->a, &owner->links, &owner->nlinks, l);
	}
}

/* A number of degrees at *s, no larger than max; past it in *s. */
static bool
degrees(const char **s, double max)
{
	size_t n = strspn(*s, "+-.0123456789");
	char *end;
	double d = strtod(*s, &end);

	if (n == 0 || end != *s + n || !(d >= -max && d <= max))
		return false;
	*s += n;
	return true;
}

/* "45.256 -71.92": where the entry is of. */
static void
set_place(struct entry *en, const char *s)
{
	const char *p = s;

	if (en != NULL && en->place == NULL && degrees(&p, 90) &&
	    *p++ == ' ' && degrees(&p, 180) && *p == '\0')
		en->place = s;
}

static void
set_text(struct xml_reader *r)
{
	const char *s = r->field == F_RIGHTS ? plain(r) :
	    text_line(r->a, buf_span(&r->text));
	struct entry *en = entry_of(r);
	struct feed *f = feed_of(r);

	if (s == NULL)
		return;
	if (r->field == F_RIGHTS && en != NULL)
		en->rights = s;
	else if (r->field == F_RIGHTS && f != NULL)
		f->rights = s;
	else if (r->field == F_LANGUAGE && en != NULL)
		en->language = s;
	else if (r->field == F_LANGUAGE && f != NULL)
		f->language = s;
	else if (r->field == F_GENERATOR && f != NULL)
		f->generator = s;
	else if (r->field == F_DURATION && en != NULL)
		en->duration = text_duration(span_str(s));
	else if (r->field == F_COMMENT_COUNT)
		set_count(en, s);
	else if (r->field == F_POINT)
		set_place(en, s);
}

void
xml_field_end(struct xml_reader *r, const struct xml_frame *f)
{
	switch (r->field) {
	case F_TITLE:
	case F_MEDIA_TITLE:
		end_title(r);
		break;
	case F_DESCRIPTION:
	case F_OTHER_SUMMARY:
	case F_SUMMARY:
		if (r->role == ROLE_ENTRY)
			end_summary(r, f);
		else
			end_subtitle(r);
		break;
	case F_SUBTITLE:
	case F_OTHER_SUBTITLE:
		end_subtitle(r);
		break;
	case F_CONTENT:
	case F_ENCODED:
	case F_MARKDOWN:
		end_content(r, f);
		break;
	case F_LINK:
		end_link(r, f);
		break;
	case F_ID:
		end_id(r, f);
		break;
	case F_PUBLISHED:
	case F_UPDATED:
	case F_MODIFIED:
	case F_CREATED:
		end_date(r);
		break;
	case F_CREATOR:
	case F_OTHER_CREATOR:
		end_creator(r);
		break;
	case F_CATEGORY:
		end_category(r);
		break;
	case F_KEYWORDS:
		end_keywords(r);
		break;
	case F_TTL:
	case F_HOUR:
	case F_DAY:
	case F_PERIOD:
	case F_FREQUENCY:
		end_schedule(r);
		break;
	case F_NAME:
	case F_EMAIL:
	case F_URI:
		end_person_part(r, f);
		break;
	case F_COMMENTS:
	case F_LICENSE:
	case F_ICON:
	case F_LOGO:
	case F_ORIGINAL:
	case F_COMMENT_FEED:
		set_url(r, f);
		break;
	case F_RIGHTS:
	case F_LANGUAGE:
	case F_GENERATOR:
	case F_DURATION:
	case F_COMMENT_COUNT:
	case F_POINT:
		set_text(r);
		break;
	default:
		break;
	}
}
