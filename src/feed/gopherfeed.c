/*
 * gopherfeed.c - gopher menus and phlog listings.
 *
 * An item that can be read and has a date, at the front of its label or of its
 * file's name, is an entry of noon that day.  On a menu without a single one
 * every item is an entry, dated when it is first seen, but for those that lead
 * to the menu itself and above it.
 */
#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "base/uri.h"
#include "feed/formats.h"
#include "feed/text.h"

struct item {
	char		 type;
	struct span	 label, selector, host, port;
};

/* Take the field up to the next tab off *rest. */
static struct span
field(struct span *rest)
{
	const char *tab = memchr(rest->p, '\t', rest->n);
	size_t n = tab != NULL ? (size_t)(tab - rest->p) : rest->n;
	struct span s = span_of(rest->p, n);

	*rest = span_from(*rest, n + (tab != NULL));
	return s;
}

/* A line of a menu: type and label, selector, host, port. */
static bool
read_item(struct span line, struct item *it)
{
	if (line.n < 4 || memchr(line.p, '\t', line.n) == NULL)
		return false;
	it->type = line.p[0];
	line = span_from(line, 1);
	it->label = span_trim(field(&line));
	it->selector = field(&line);
	it->host = span_trim(field(&line));
	it->port = span_trim(field(&line));
	return it->host.n > 0 && it->host.n < 256;
}

static bool
is_date(struct span s)
{
	for (size_t i = 0; i < 10 && i < s.n; i++)
		if (i == 4 || i == 7 ? s.p[i] != '-' && s.p[i] != '.' &&
		    s.p[i] != '/' : !isdigit((unsigned char)s.p[i]))
			return false;
	return s.n >= 10 && (s.n == 10 || !isdigit((unsigned char)s.p[10]));
}

/*
 * The date at the front of a label ("[2026-01-14] Title", "2026-01-14
 * Title"), or in the last part of the selector; *title is the rest.
 */
static int64_t
item_date(const struct item *it, struct span *title)
{
	struct span s = it->label;
	const char *slash;
	int64_t t;

	*title = it->label;
	if (s.n > 0 && (s.p[0] == '[' || s.p[0] == '('))
		s = span_from(s, 1);
	if (is_date(s) && (t = date_parse(span_of(s.p, 10))) != DATE_NONE) {
		s = span_from(s, 10);
		while (s.n > 0 && s.p[0] != '\0' &&
		    strchr("]) \t-:|.", s.p[0]) != NULL)
			s = span_from(s, 1);
		if (s.n > 0)
			*title = s;
		return t + 12 * 3600;
	}
	s = it->selector;
	slash = memrchr(s.p, '/', s.n);
	if (slash != NULL)
		s = span_from(s, (size_t)(slash + 1 - s.p));
	if (is_date(s) && (t = date_parse(span_of(s.p, 10))) != DATE_NONE)
		return t + 12 * 3600;
	return DATE_NONE;
}

static const char *
item_url(struct arena *a, const struct item *it)
{
	struct buf b = { 0 };
	const char *url = NULL;
	long port = strtol(arena_strndup(a, it->port.p, it->port.n), NULL, 10);

	if (span_istarts(it->selector, "URL:") ||
	    span_istarts(it->selector, "/URL:")) {
		url = text_url(a, NULL, span_from(it->selector,
		    it->selector.p[0] == '/' ? 5 : 4));
		return url != NULL && strchr(url, ':') != NULL ? url : NULL;
	}
	if (port < 0 || port > 65535)
		return NULL;
	buf_puts(&b, "gopher://");
	buf_put_span(&b, it->host);
	if (port != 0 && port != 70)
		buf_putf(&b, ":%ld", port);
	buf_putf(&b, "/%c", it->type);
	uri_escape(&b, it->selector, "/:@!$&'()*+,;=~?");
	url = text_url(a, NULL, buf_span(&b));
	buf_free(&b);
	return url != NULL && strncmp(url, "gopher://", 9) == 0 ? url : NULL;
}

/* Whether url is the menu at base, or one above it. */
static bool
is_above(const char *url, const char *base)
{
	return base != NULL && strncmp(base, url, strlen(url)) == 0;
}

static void
add(struct feed *f, struct arena *a, const struct parse_options *o,
    const struct item *it, bool dated)
{
	struct span title;
	int64_t t = item_date(it, &title);
	const char *url;
	struct entry *en;

	if (dated != (t != DATE_NONE))
		return;
	url = item_url(a, it);
	if (url == NULL || is_above(url, o->base_url))
		return;
	en = feed_add_entry(f, a, o);
	if (en == NULL)
		return;
	en->id = en->link = url;
	en->title = text_line(a, title);
	en->published = t;
	en->date_only = t != DATE_NONE;
	feed_add_link(a, &en->links, &en->nlinks, (struct link){
	    .rel = "alternate", .href = url, .length = -1 });
	feed_finish_entry(en);
}

/*
 * A plain text that lists files, a date before each name: the names are
 * taken relative to the text's own address.
 */
static void
add_line(struct feed *f, struct arena *a, const struct parse_options *o,
    struct span line)
{
	struct item it = { .type = '0', .label = span_trim(line),
	    .selector = span_of("", 0) };
	struct span title;
	int64_t t = item_date(&it, &title);
	struct entry *en;
	size_t n = 0;

	if (t == DATE_NONE || title.p == it.label.p)
		return;
	en = feed_add_entry(f, a, o);
	if (en == NULL)
		return;
	while (n < title.n && !ascii_space(title.p[n]))
		n++;
	en->title = text_line(a, title);
	/* A single word with a dot in it is a file's name. */
	if (n == title.n && memchr(title.p, '.', n) != NULL)
		en->link = text_url(a, o->base_url, title);
	en->id = en->link != NULL ? en->link : text_line(a, it.label);
	en->published = t;
	en->date_only = true;
	feed_finish_entry(en);
}

/* The items of a menu, the dated ones or the others. */
static void
read_items(struct feed *f, struct arena *a, struct span s,
    const struct parse_options *o, bool dated)
{
	struct span line;
	struct item it;

	while (span_line(&s, &line) && !span_eqs(line, "."))
		if (read_item(line, &it) && it.type != '\0' &&
		    strchr("01hgIs9dP;", it.type) != NULL)
			add(f, a, o, &it, dated);
}

int
feed_read_gopher(struct feed *f, struct arena *a, struct span s,
    const struct parse_options *o, struct error *e)
{
	struct span rest = s, line;
	struct item it;
	bool menu = false;

	f->format = FEED_GOPHER;
	f->link = f->url = f->id = o->base_url == NULL ? NULL :
	    arena_strdup(a, o->base_url);
	while (span_line(&rest, &line)) {
		if (span_eqs(line, "."))
			break;
		if (!read_item(line, &it)) {
			/* gophernicus and others send bare text lines too */
			if (f->title == NULL && line.n > 1 &&
			    line.p[0] == 'i')
				f->title = text_line(a, span_from(line, 1));
			continue;
		}
		menu = true;
		if (it.type == 'i' && f->title == NULL && it.label.n > 0)
			f->title = text_line(a, it.label);
	}
	if (menu)
		read_items(f, a, s, o, true);
	if (menu && f->nentries == 0)
		read_items(f, a, s, o, false);
	for (rest = s; !menu && span_line(&rest, &line); )
		add_line(f, a, o, line);
	if (!menu && f->nentries == 0)
		return error_set(e, E_SYNTAX, "not a feed: neither a gopher "
		    "menu nor a list of dated lines");
	return 0;
}
