/*
 * json.c - JSON Feed 1.0 and 1.1.
 */
#include <ctype.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include <jansson.h>

#include "feed/formats.h"
#include "feed/text.h"

#define JSON_DEPTH_MAX	32	/* arrays and objects within each other */
#define JSON_VALUES_MAX	250000	/* some 10 000 entries; a value takes 200 bytes */

struct json_reader {
	struct arena	*a;
	const char	*base;
};

/* --- before the library sees it ---------------------------------------- */

/* Four hexadecimal digits at p, or -1. */
static long
hex4(const char *p, const char *end)
{
	long v = 0;

	if (end - p < 4)
		return -1;
	for (int i = 0; i < 4; i++) {
		if (!isxdigit((unsigned char)p[i]))
			return -1;
		v = v * 16 + (isdigit((unsigned char)p[i]) ? p[i] - '0' :
		    tolower((unsigned char)p[i]) - 'a' + 10);
	}
	return v;
}

/*
 * Copy s, mending what real writers get wrong inside strings (raw control
 * characters, half of a surrogate pair, \u0000) and checking depth and number
 * of values.
 */
static int
mend(struct buf *out, struct span s, struct error *e)
{
	const char *p = s.p, *end = s.p + s.n;
	int depth = 0, values = 0;
	bool in = false;

	while (p < end) {
		char c = *p;

		if (!in) {
			in = c == '"';
			depth += (c == '{' || c == '[') -
			    (c == '}' || c == ']');
			if (depth > JSON_DEPTH_MAX)
				return error_set(e, E_LIMIT, "not read: JSON "
				    "nested deeper than %d", JSON_DEPTH_MAX);
			values += c == ',' || c == '{' || c == '[';
			if (values > JSON_VALUES_MAX)
				return error_set(e, E_LIMIT, "not read: JSON "
				    "of more than %d values", JSON_VALUES_MAX);
			buf_putc(out, c);
			p++;
			continue;
		}
		if (c == '\\' && p + 1 < end && p[1] == 'u') {
			long v = hex4(p + 2, end), w = -1;

			if (v >= 0xd800 && v < 0xdc00 && end - p > 12 &&
			    p[6] == '\\' && p[7] == 'u')
				w = hex4(p + 8, end);
			if (v >= 0xd800 && v < 0xdc00 && w >= 0xdc00 &&
			    w < 0xe000) {
				buf_put(out, p, 12);
				p += 12;
			} else if (v <= 0 || (v >= 0xd800 && v < 0xe000)) {
				buf_puts(out, "\\ufffd");
				p += v < 0 ? 2 : 6;
			} else {
				buf_put(out, p, 6);
				p += 6;
			}
			continue;
		}
		if (c == '\\' && p + 1 < end) {
			if (strchr("\"\\/bfnrt", p[1]) != NULL && p[1] != 0)
				buf_put(out, p, 2);
			else
				buf_putc(out, ' ');
			p += 2;
			continue;
		}
		in = c != '"';
		if ((unsigned char)c < 0x20)
			buf_puts(out, c == '\n' ? "\\n" : c == '\t' ? "\\t" :
			    " ");
		else
			buf_putc(out, c);
		p++;
	}
	return 0;
}

/* --- members ----------------------------------------------------------- */

static struct span
string_of(const json_t *o, const char *key)
{
	const json_t *v = json_object_get(o, key);

	return json_is_string(v) ? span_of(json_string_value(v),
	    json_string_length(v)) : span_of("", 0);
}

static const char *
line(const struct json_reader *r, const json_t *o, const char *key)
{
	return text_line(r->a, string_of(o, key));
}

static const char *
url(const struct json_reader *r, const json_t *o, const char *key)
{
	return text_url(r->a, r->base, string_of(o, key));
}

/* Ids are strings, but many writers have numbers. */
static const char *
id(const struct json_reader *r, const json_t *o)
{
	const json_t *v = json_object_get(o, "id");
	double d;

	if (json_is_integer(v))
		return arena_printf(r->a, "%" JSON_INTEGER_FORMAT,
		    json_integer_value(v));
	if (json_is_real(v)) {
		d = json_real_value(v);
		return arena_printf(r->a, fabs(d) < 1e15 && d == floor(d) ?
		    "%.0f" : "%.17g", d);
	}
	return line(r, o, "id");
}

static int64_t
whole(const json_t *o, const char *key)
{
	const json_t *v = json_object_get(o, key);
	double d;

	if (json_is_string(v))
		return strtoll(json_string_value(v), NULL, 10);
	if (!json_is_number(v))
		return -1;
	d = json_number_value(v);
	return d >= 0 && d < 9e15 ? (int64_t)d : -1;
}

static void
person(const struct json_reader *r, const json_t *o, struct person **list,
    size_t *n)
{
	struct person p = { 0 };

	if (json_is_string(o)) {
		text_person(r->a, &p, span_str(json_string_value(o)));
	} else {
		p.name = line(r, o, "name");
		p.uri = url(r, o, "url");
		if (p.uri != NULL && strncasecmp(p.uri, "mailto:", 7) == 0) {
			p.email = p.uri + 7;
			p.uri = NULL;
		}
	}
	feed_add_person(r->a, list, n, p);
}

static void
persons(const struct json_reader *r, const json_t *o, struct person **list,
    size_t *n)
{
	const json_t *all = json_object_get(o, "authors"), *one;
	size_t i;

	if (json_is_array(all))
		for (i = 0; i < json_array_size(all); i++)
			person(r, json_array_get(all, i), list, n);
	one = json_object_get(o, "author");
	if (*n == 0 && one != NULL)
		person(r, one, list, n);
}

static void
add_page(const struct json_reader *r, struct link **list, size_t *n,
    const char *rel, const char *href, const char *type)
{
	feed_add_link(r->a, list, n, (struct link){ .rel = rel, .href = href,
	    .type = type, .length = -1 });
}

static void
read_attachments(const struct json_reader *r, const json_t *item,
    struct entry *en)
{
	const json_t *all = json_object_get(item, "attachments"), *o;

	for (size_t i = 0; i < json_array_size(all); i++) {
		struct link l = { .rel = "enclosure" };

		o = json_array_get(all, i);
		l.href = url(r, o, "url");
		l.type = line(r, o, "mime_type");
		l.title = line(r, o, "title");
		l.length = whole(o, "size_in_bytes");
		feed_add_link(r->a, &en->enclosures, &en->nenclosures, l);
		if (en->duration < 0)
			en->duration = whole(o, "duration_in_seconds");
	}
}

static void
set_content(const struct json_reader *r, const json_t *item, const char *key,
    enum content_type type, struct content *c, const char *language)
{
	const char *value = text_body(r->a, string_of(item, key));

	if (value == NULL || c->type != CONTENT_NONE)
		return;
	*c = (struct content){ .type = type, .value = value, .base = r->base,
	    .language = language };
}

static void
read_item(const struct json_reader *r, const json_t *item, struct entry *en,
    const char *language)
{
	const json_t *tags = json_object_get(item, "tags");
	struct span s;

	en->id = id(r, item);
	s = string_of(item, "title");
	en->title = text_plain(r->a, s, false);
	en->link = url(r, item, "url");
	if (en->link == NULL)
		en->link = url(r, item, "external_url");
	else
		add_page(r, &en->links, &en->nlinks, "related",
		    url(r, item, "external_url"), NULL);
	if (en->link == NULL && en->id != NULL &&
	    (strncasecmp(en->id, "http://", 7) == 0 ||
	    strncasecmp(en->id, "https://", 8) == 0))
		en->link = text_url(r->a, r->base, span_str(en->id));
	add_page(r, &en->links, &en->nlinks, "alternate", en->link, NULL);
	en->language = line(r, item, "language");
	if (en->language == NULL)
		en->language = language;
	set_content(r, item, "content_html", CONTENT_HTML, &en->content,
	    en->language);
	set_content(r, item, "content_text", CONTENT_TEXT, &en->content,
	    en->language);
	set_content(r, item, "summary", CONTENT_TEXT, &en->summary,
	    en->language);
	s = string_of(item, "date_published");
	en->published = date_parse(s);
	en->date_only = s.n > 0 && memchr(s.p, ':', s.n) == NULL;
	en->updated = date_parse(string_of(item, "date_modified"));
	en->image_url = url(r, item, "image");
	if (en->image_url == NULL)
		en->image_url = url(r, item, "banner_image");
	for (size_t i = 0; i < json_array_size(tags); i++)
		if (json_is_string(json_array_get(tags, i)))
			feed_add_category(r->a, &en->categories,
			    &en->ncategories, (struct category){ .term =
			    text_line(r->a, span_str(json_string_value(
			    json_array_get(tags, i)))) });
	persons(r, item, &en->authors, &en->nauthors);
	read_attachments(r, item, en);
	feed_finish_entry(en);
}

static void
read_feed(const struct json_reader *r, const json_t *root, struct feed *f)
{
	const json_t *hubs = json_object_get(root, "hubs");

	f->format = FEED_JSON;
	f->title = text_plain(r->a, string_of(root, "title"), false);
	f->subtitle = text_plain(r->a, string_of(root, "description"), false);
	f->link = url(r, root, "home_page_url");
	f->url = url(r, root, "feed_url");
	f->id = f->url != NULL ? line(r, root, "feed_url") : NULL;
	f->next = url(r, root, "next_url");
	f->logo = url(r, root, "icon");
	f->icon = url(r, root, "favicon");
	if (f->icon == NULL)
		f->icon = f->logo;
	f->language = line(r, root, "language");
	f->hub = url(r, json_array_get(hubs, 0), "url");
	persons(r, root, &f->authors, &f->nauthors);
	add_page(r, &f->links, &f->nlinks, "alternate", f->link, NULL);
	add_page(r, &f->links, &f->nlinks, "self", f->url,
	    "application/feed+json");
	add_page(r, &f->links, &f->nlinks, "next", f->next, NULL);
	add_page(r, &f->links, &f->nlinks, "hub", f->hub, NULL);
}

static bool
is_feed(const json_t *root)
{
	struct span version = string_of(root, "version");

	return json_is_object(root) && (json_is_array(json_object_get(root,
	    "items")) || strstr(version.p, "jsonfeed") != NULL);
}

int
feed_read_json(struct feed *f, struct arena *a, struct span s,
    const struct parse_options *o, struct error *e)
{
	struct json_reader r = { a, o->base_url };
	struct buf text = { 0 };
	json_t *root = NULL, *items, *item;
	json_error_t why;
	struct entry *en;
	int status = 0;

	if ((status = mend(&text, s, e)) != 0)
		goto out;
	root = json_loadb(buf_cstr(&text), text.n, JSON_DISABLE_EOF_CHECK,
	    &why);
	if (root == NULL) {
		status = error_set(e, E_SYNTAX, "not a feed: damaged JSON, "
		    "line %d: %s", why.line, why.text);
		goto out;
	}
	if (!is_feed(root)) {
		status = error_set(e, E_SYNTAX, "not a feed: JSON without the "
		    "members of a JSON Feed");
		goto out;
	}
	read_feed(&r, root, f);
	items = json_object_get(root, "items");
	for (size_t i = 0; i < json_array_size(items); i++) {
		item = json_array_get(items, i);
		if (!json_is_object(item))
			continue;
		en = feed_add_entry(f, a, o);
		if (en != NULL)
			read_item(&r, item, en, f->language);
	}
out:
	json_decref(root);
	buf_free(&text);
	return status;
}
