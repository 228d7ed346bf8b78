/*
 * opml.c - OPML by a scanner of our own.
 *
 * Lists come from strangers and are often damaged, and all that matters of
 * them are the attributes of one element.  So no XML parser is at work
 * here: there are no declarations, no entities beyond characters, no
 * depth, and each byte is looked at a fixed number of times.
 */
#include <ctype.h>
#include <iconv.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <libxml/HTMLparser.h>

#include "base/utf8.h"
#include "config/opml.h"

enum attribute {
	A_TEXT, A_TITLE, A_XMLURL, A_HTMLURL, A_TYPE, A_CATEGORY,
	A_DESCRIPTION, A_LANGUAGE, A_URL, NATTRIBUTES
};

static const char *const attribute_names[NATTRIBUTES] = {
	"text", "title", "xmlurl", "htmlurl", "type", "category",
	"description", "language", "url",
};

struct scanner {
	struct list	*list;
	const char	*p, *end;
	struct span	 groups[OPML_DEPTH_MAX];	/* names in the arena */
	size_t		 depth;		/* outlines open, may pass the max */
	bool		 seen;		/* <opml> or <outline> */
	bool		 no_quote[2];	/* none of ' or " is left ahead */
	const char	**head;		/* where text goes: title, owner */
	struct buf	 text;
};

/* --- encoding --- */

/* Families that iconv may be asked for; others do harm (UTF-7, EBCDIC). */
static bool
is_known_charset(const char *name)
{
	static const char *const known[] = { "utf-16", "iso-8859-",
		"iso8859-", "iso_8859-", "latin", "windows-", "cp125",
		"cp866", "cp932", "cp936", "cp949", "koi8-", "gb", "big5",
		"euc-", "shift_jis", "shift-jis", "sjis", "us-ascii",
		"macintosh", "x-mac-cyrillic", "iso-2022-jp", "tis-620",
		"ascii", NULL };

	for (const char *const *k = known; *k != NULL; k++)
		if (strncasecmp(name, *k, strlen(*k)) == 0)
			return true;
	return false;
}

/* The encoding of the XML declaration, "" when there is none. */
static void
declared(char *out, size_t size, struct span in)
{
	const char *at, *stop;
	struct span d = { in.p, in.n < 512 ? in.n : 512 };

	out[0] = '\0';
	if ((stop = memmem(d.p, d.n, "?>", 2)) == NULL)
		return;
	d.n = (size_t)(stop - d.p);
	if ((at = memmem(d.p, d.n, "encoding", 8)) == NULL)
		return;
	d = span_trim(span_from(d, (size_t)(at - d.p) + 8));
	if (d.n == 0 || d.p[0] != '=')
		return;
	d = span_trim(span_from(d, 1));
	if (d.n < 2 || (d.p[0] != '"' && d.p[0] != '\''))
		return;
	at = memchr(d.p + 1, d.p[0], d.n - 1);
	if (at == NULL || (size_t)(at - d.p) > size)
		return;
	memcpy(out, d.p + 1, (size_t)(at - d.p) - 1);
	out[at - d.p - 1] = '\0';
}

/* Convert what is convertible; a bad byte becomes U+FFFD. */
static bool
convert(struct buf *out, struct span in, const char *charset)
{
	iconv_t cd = iconv_open("UTF-8", charset);
	char *from = (char *)(size_t)in.p;
	size_t left = in.n;

	if (cd == (iconv_t)-1)
		return false;
	while (left > 0) {
		char chunk[4096], *to = chunk;
		size_t room = sizeof(chunk), before = left;

		iconv(cd, &from, &left, &to, &room);
		buf_put(out, chunk, sizeof(chunk) - room);
		if (left == before && room == sizeof(chunk)) {
			utf8_put(out, UTF8_REPLACEMENT);
			from++;
			left--;
		}
	}
	iconv_close(cd);
	return true;
}

static void
to_utf8(struct buf *out, struct span in)
{
	char charset[64];

	if (span_starts(in, "\xef\xbb\xbf"))
		in = span_from(in, 3);
	else if (span_starts(in, "\xff\xfe") ||
	    (in.n > 1 && in.p[0] == '<' && in.p[1] == '\0')) {
		if (convert(out, in, "UTF-16LE"))
			return;
	} else if (span_starts(in, "\xfe\xff")) {
		if (convert(out, in, "UTF-16BE"))
			return;
	}
	declared(charset, sizeof(charset), in);
	if (is_known_charset(charset) && !(utf8_valid(in) &&
	    strncasecmp(charset, "iso-2022", 8) != 0) &&
	    convert(out, in, charset))
		return;
	if (!utf8_valid(in) && convert(out, in, "WINDOWS-1252"))
		return;
	utf8_repair(out, in);
}

/* --- text --- */

/* Append the character that the reference at s ("&...") means; returns the
 * bytes taken, 0 when it is none. */
static size_t
put_reference(struct buf *out, struct span s)
{
	char name[16];
	const htmlEntityDesc *known;
	const char *semi = memchr(s.p, ';', s.n < 14 ? s.n : 14);
	size_t n;
	uint32_t c = 0;

	if (semi == NULL || (n = (size_t)(semi - s.p) - 1) == 0)
		return 0;
	memcpy(name, s.p + 1, n);
	name[n] = '\0';
	if (name[0] == '#') {
		bool hex = name[1] == 'x' || name[1] == 'X';
		char *end;
		unsigned long v = strtoul(name + (hex ? 2 : 1), &end,
		    hex ? 16 : 10);

		if (*end != '\0' || end == name + (hex ? 2 : 1) ||
		    v > 0x10ffff || (v >= 0xd800 && v < 0xe000))
			return 0;
		c = (uint32_t)v;
	} else if (strcmp(name, "apos") == 0) {
		c = '\'';
	} else if ((known = htmlEntityLookup((const xmlChar *)name)) !=
	    NULL) {
		c = known->value;
	}
	if (c == 0)
		return 0;
	utf8_put(out, c);
	return n + 2;
}

static void
put_text(struct buf *out, struct span s)
{
	while (s.n > 0) {
		const char *amp = memchr(s.p, '&', s.n);
		size_t n = amp != NULL ? (size_t)(amp - s.p) : s.n;

		buf_put(out, s.p, n);
		s = span_from(s, n);
		if (s.n == 0)
			break;
		if ((n = put_reference(out, s)) == 0) {
			buf_putc(out, '&');
			n = 1;
		}
		s = span_from(s, n);
	}
}

/* --- tags --- */

/* "x:Outline" is outline. */
static struct span
local_name(struct span name)
{
	const char *colon = memchr(name.p, ':', name.n);

	return colon != NULL ? span_from(name, (size_t)(colon - name.p) + 1) :
	    name;
}

static void
skip_space(struct scanner *x)
{
	while (x->p < x->end && ascii_space(*x->p))
		x->p++;
}

static struct span
take_name(struct scanner *x)
{
	const char *start = x->p;

	while (x->p < x->end && !ascii_space(*x->p) &&
	    strchr("=/><\"'", *x->p) == NULL)
		x->p++;
	return span_of(start, (size_t)(x->p - start));
}

/* After "=": quoted, or up to a blank or the tag's end. */
static struct span
take_value(struct scanner *x)
{
	const char *start, *close = NULL;
	char quote;

	skip_space(x);
	if (x->p == x->end)
		return span_str(NULL);
	quote = *x->p;
	if (quote == '"' || quote == '\'') {
		start = ++x->p;
		if (!x->no_quote[quote == '"'])
			close = memchr(start, quote,
			    (size_t)(x->end - start));
		if (close != NULL) {
			x->p = close + 1;
			return span_of(start, (size_t)(close - start));
		}
		x->no_quote[quote == '"'] = true;
	}
	start = x->p;
	while (x->p < x->end && !ascii_space(*x->p) && *x->p != '>')
		x->p++;
	return span_of(start, (size_t)(x->p - start));
}

/*
 * The attributes up to ">"; the first of a name counts.  Returns whether
 * the tag closes itself.
 */
static bool
take_attributes(struct scanner *x, struct span values[NATTRIBUTES])
{
	bool closed = false;

	memset(values, 0, NATTRIBUTES * sizeof(*values));
	for (;;) {
		struct span name, value = { 0 };

		skip_space(x);
		if (x->p == x->end)
			return closed;
		if (*x->p == '>') {
			x->p++;
			return closed;
		}
		if (*x->p == '<')	/* the ">" was forgotten */
			return closed;
		closed = *x->p == '/';
		name = take_name(x);
		if (name.n == 0) {
			x->p++;
			continue;
		}
		name = local_name(name);
		skip_space(x);
		if (x->p < x->end && *x->p == '=') {
			x->p++;
			value = take_value(x);
		}
		for (int i = 0; i < NATTRIBUTES; i++)
			if (values[i].p == NULL &&
			    span_ieqs(name, attribute_names[i]))
				values[i] = value.p != NULL ? value :
				    span_str("");
	}
}

/* --- outlines --- */

/* An attribute's clean text in the arena, NULL when empty. */
static const char *
attribute(struct scanner *x, struct span raw)
{
	struct buf b = { 0 };
	const char *text;

	if (raw.n > OPML_ATTRIBUTE_MAX)
		raw.n = OPML_ATTRIBUTE_MAX;
	put_text(&b, raw);
	text = list_text(x->list, buf_span(&b));
	buf_free(&b);
	return text;
}

/* "/a/b,tag": each part is a path. */
static void
add_categories(struct scanner *x, struct list_feed *f, const char *value)
{
	struct span rest = span_str(value);

	while (rest.n > 0) {
		const char *comma = memchr(rest.p, ',', rest.n);
		struct span part = span_of(rest.p, comma != NULL ?
		    (size_t)(comma - rest.p) : rest.n);
		struct span names[LIST_PATH_DEPTH_MAX];
		size_t n = 0;

		rest = span_from(rest, part.n + 1);
		while (part.n > 0 && n < LIST_PATH_DEPTH_MAX) {
			const char *slash = memchr(part.p, '/', part.n);

			names[n] = span_trim(span_of(part.p, slash != NULL ?
			    (size_t)(slash - part.p) : part.n));
			part = span_from(part, slash != NULL ?
			    (size_t)(slash - part.p) + 1 : part.n);
			n += names[n].n > 0;
		}
		list_add_path(x->list, f, names, n);
	}
}

static void
outline_feed(struct scanner *x, struct span url, const char *title,
    struct span v[NATTRIBUTES])
{
	struct list_feed *f;
	struct buf b = { 0 };
	size_t n = x->depth < LIST_PATH_DEPTH_MAX ? x->depth :
	    LIST_PATH_DEPTH_MAX;
	const char *category;

	if (url.n > OPML_ATTRIBUTE_MAX)
		url.n = OPML_ATTRIBUTE_MAX;
	put_text(&b, url);
	f = list_add(x->list, span_trim(buf_span(&b)), 0);
	buf_free(&b);
	if (f == NULL)
		return;
	/* an address in the title's place is no title */
	if (f->title == NULL && title != NULL && strcmp(title, f->url) != 0)
		f->title = title;
	if (f->link == NULL)
		f->link = attribute(x, v[A_HTMLURL]);
	if (f->description == NULL)
		f->description = attribute(x, v[A_DESCRIPTION]);
	if (f->language == NULL)
		f->language = attribute(x, v[A_LANGUAGE]);
	if ((category = attribute(x, v[A_CATEGORY])) != NULL)
		add_categories(x, f, category);
	list_add_path(x->list, f, x->groups, n);
}

static void
outline(struct scanner *x)
{
	struct span v[NATTRIBUTES];
	bool closed = take_attributes(x, v);
	const char *title = attribute(x, v[A_TEXT]);
	struct span url = v[A_XMLURL];
	bool is_list = span_ieqs(v[A_TYPE], "link") ||
	    span_ieqs(v[A_TYPE], "include");

	x->seen = true;
	if (title == NULL)
		title = attribute(x, v[A_TITLE]);
	if (span_trim(url).n == 0 && !is_list && (span_ieqs(v[A_TYPE],
	    "rss") || span_ieqs(v[A_TYPE], "atom")))
		url = v[A_URL];
	if (span_trim(url).n > 0)
		outline_feed(x, url, title, v);
	else if (is_list && v[A_URL].n > 0)
		list_leave(x->list, v[A_URL], "a list within the list; "
		    "import it by itself", 0);
	if (closed)
		return;
	if (x->depth < OPML_DEPTH_MAX)
		x->groups[x->depth] = span_str(title);
	x->depth++;
}

/* --- the document --- */

static void
head_end(struct scanner *x)
{
	if (x->head != NULL && *x->head == NULL)
		*x->head = list_text(x->list, buf_span(&x->text));
	x->head = NULL;
	buf_clear(&x->text);
}

static void
start_tag(struct scanner *x)
{
	struct span v[NATTRIBUTES];
	struct span name = local_name(take_name(x));

	head_end(x);
	if (span_ieqs(name, "outline")) {
		outline(x);
		return;
	}
	take_attributes(x, v);
	if (span_ieqs(name, "opml")) {
		x->seen = true;
		x->depth = 0;
	} else if (span_ieqs(name, "body")) {
		x->depth = 0;
	} else if (x->depth == 0 && span_ieqs(name, "title")) {
		x->head = &x->list->title;
	} else if (x->depth == 0 && span_ieqs(name, "ownerName")) {
		x->head = &x->list->owner;
	} else if (x->depth == 0 && span_ieqs(name, "ownerEmail")) {
		x->head = &x->list->email;
	}
}

static void
end_tag(struct scanner *x)
{
	struct span name = local_name(take_name(x));
	const char *gt = memchr(x->p, '>', (size_t)(x->end - x->p));

	head_end(x);
	x->p = gt != NULL ? gt + 1 : x->end;
	if (span_ieqs(name, "outline")) {
		if (x->depth > 0)
			x->depth--;
	} else if (span_ieqs(name, "body") || span_ieqs(name, "opml")) {
		x->depth = 0;
	}
}

/* Past stop, or to the end when it does not come. */
static struct span
skip_past(struct scanner *x, const char *stop)
{
	const char *start = x->p, *at = memmem(x->p,
	    (size_t)(x->end - x->p), stop, strlen(stop));

	if (at == NULL) {
		x->p = x->end;
		return span_of(start, (size_t)(x->end - start));
	}
	x->p = at + strlen(stop);
	return span_of(start, (size_t)(at - start));
}

/* <!DOCTYPE ... [ ... ]>: nothing in it is believed. */
static void
skip_declaration(struct scanner *x)
{
	int depth = 0;

	for (; x->p < x->end; x->p++) {
		if (*x->p == '[')
			depth++;
		else if (*x->p == ']')
			depth--;
		else if (*x->p == '>' && depth <= 0)
			break;
	}
	if (x->p < x->end)
		x->p++;
}

static bool
at(const struct scanner *x, const char *s)
{
	return span_starts(span_of(x->p, (size_t)(x->end - x->p)), s);
}

static void
scan(struct scanner *x)
{
	while (x->p < x->end) {
		const char *lt = memchr(x->p, '<', (size_t)(x->end - x->p));
		const char *stop = lt != NULL ? lt : x->end;

		if (x->head != NULL && x->text.n < OPML_ATTRIBUTE_MAX)
			put_text(&x->text, span_of(x->p,
			    (size_t)(stop - x->p)));
		x->p = stop;
		if (lt == NULL)
			break;
		if (at(x, "<!--")) {
			x->p += 4;
			skip_past(x, "-->");
		} else if (at(x, "<![CDATA[")) {
			struct span s;

			x->p += 9;
			s = skip_past(x, "]]>");
			if (x->head != NULL)
				buf_put_span(&x->text, s);
		} else if (at(x, "<!")) {
			skip_declaration(x);
		} else if (at(x, "<?")) {
			skip_past(x, "?>");
		} else if (at(x, "</")) {
			x->p += 2;
			end_tag(x);
		} else {
			x->p++;
			start_tag(x);
		}
	}
	head_end(x);
}

int
opml_read(struct list *list, struct span bytes, struct error *e)
{
	struct scanner x = { .list = list };
	struct buf utf8 = { 0 };
	int rc = 0;

	list->format = LIST_OPML;
	to_utf8(&utf8, bytes);
	x.p = buf_cstr(&utf8);
	x.end = x.p + utf8.n;
	scan(&x);
	if (!x.seen)
		rc = error_set(e, E_SYNTAX, "no OPML: there is neither "
		    "<opml> nor <outline> in it");
	buf_free(&x.text);
	buf_free(&utf8);
	return rc;
}

/* --- writing --- */

static void
put_escaped(struct buf *out, const char *s)
{
	for (; *s != '\0'; s++) {
		switch (*s) {
		case '&':
			buf_puts(out, "&amp;");
			break;
		case '<':
			buf_puts(out, "&lt;");
			break;
		case '>':
			buf_puts(out, "&gt;");
			break;
		case '"':
			buf_puts(out, "&quot;");
			break;
		default:
			buf_putc(out, *s);
		}
	}
}

static void
put_attribute(struct buf *out, const char *name, const char *value)
{
	if (value == NULL)
		return;
	buf_putf(out, " %s=\"", name);
	put_escaped(out, value);
	buf_putc(out, '"');
}

static void
put_element(struct buf *out, const char *name, const char *value)
{
	if (value == NULL)
		return;
	buf_putf(out, "    <%s>", name);
	put_escaped(out, value);
	buf_putf(out, "</%s>\n", name);
}

/* Whether the names survive a category attribute. */
static bool
path_is_plain(const struct list_path *p)
{
	for (size_t i = 0; i < p->n; i++)
		if (strpbrk(p->names[i], ",/") != NULL)
			return false;
	return true;
}

static bool
same_path(const struct list_path *a, const struct list_path *b)
{
	size_t n = a != NULL ? a->n : 0;

	if (n != (b != NULL ? b->n : 0))
		return false;
	for (size_t i = 0; i < n; i++)
		if (strcmp(a->names[i], b->names[i]) != 0)
			return false;
	return true;
}

static void
indent(struct buf *out, size_t n)
{
	for (size_t i = 0; i < 2 + n; i++)
		buf_puts(out, "  ");
}

/* Close the groups of from and open those of to. */
static void
put_groups(struct buf *out, const struct list_path *from,
    const struct list_path *to)
{
	if (same_path(from, to))
		return;
	for (size_t i = from != NULL ? from->n : 0; i > 0; i--) {
		indent(out, i - 1);
		buf_puts(out, "</outline>\n");
	}
	for (size_t i = 0; to != NULL && i < to->n; i++) {
		indent(out, i);
		buf_puts(out, "<outline");
		put_attribute(out, "text", to->names[i]);
		put_attribute(out, "title", to->names[i]);
		buf_puts(out, ">\n");
	}
}

static void
put_categories(struct buf *out, const struct list_feed *f)
{
	bool any = false;

	for (size_t i = 0; i + 1 < f->npaths; i++) {
		const struct list_path *p = &f->paths[i];

		if (!path_is_plain(p))
			continue;
		buf_puts(out, any ? "," : " category=\"");
		any = true;
		for (size_t k = 0; k < p->n; k++) {
			if (p->n > 1 || k > 0)
				buf_putc(out, '/');
			put_escaped(out, p->names[k]);
		}
	}
	if (any)
		buf_putc(out, '"');
}

static void
put_outline(struct buf *out, const struct list_feed *f, bool whole,
    size_t depth)
{
	const char *title = f->title != NULL ? f->title : f->url;

	indent(out, depth);
	buf_puts(out, "<outline type=\"rss\"");
	put_attribute(out, "text", title);
	put_attribute(out, "title", title);
	put_attribute(out, "xmlUrl", f->url);
	put_attribute(out, "htmlUrl", f->link);
	put_attribute(out, "description", f->description);
	put_attribute(out, "language", f->language);
	if (whole && f->npaths > 1)
		put_categories(out, f);
	buf_puts(out, "/>\n");
}

void
opml_write(struct buf *out, const struct list *list, const char *date)
{
	const struct list_path *open = NULL;

	buf_puts(out, "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"
	    "<opml version=\"2.0\">\n  <head>\n");
	put_element(out, "title", list->title);
	put_element(out, "dateModified", date);
	put_element(out, "ownerName", list->owner);
	put_element(out, "ownerEmail", list->email);
	buf_puts(out, "  </head>\n  <body>\n");
	for (size_t i = 0; i < list->nfeeds; i++) {
		const struct list_feed *f = &list->feeds[i];
		const struct list_path *last = f->npaths > 0 ?
		    &f->paths[f->npaths - 1] : NULL;

		/* the last group is where it stands; what no category can
		 * express gets an outline of its own */
		for (size_t k = 0; k + 1 < f->npaths; k++) {
			if (path_is_plain(&f->paths[k]))
				continue;
			put_groups(out, open, &f->paths[k]);
			open = &f->paths[k];
			put_outline(out, f, false, open->n);
		}
		put_groups(out, open, last);
		open = last;
		put_outline(out, f, true, open != NULL ? open->n : 0);
	}
	put_groups(out, open, NULL);
	buf_puts(out, "  </body>\n</opml>\n");
}
