#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/uri.h"
#include "fetch/discover.h"

/* Of an <a>; nobody reads further than that for a feed. */
#define PAGE_MAX	((size_t)2 << 20)

struct tag {
	struct span	name, rel, type, href;
};

static void
add(struct discovery *d, const char *base, struct span href)
{
	struct buf plain = { .max = URI_MAX }, url = { .max = URI_MAX };
	char scheme[16];

	if (d->n == DISCOVER_MAX)
		return;
	/* Of the entities an address needs only this one in practice. */
	for (size_t i = 0; i < href.n; i++) {
		buf_putc(&plain, href.p[i]);
		if (span_istarts(span_from(href, i), "&amp;"))
			i += 4;
		else if (span_istarts(span_from(href, i), "&#38;"))
			i += 4;
	}
	if (uri_resolve(&url, base, buf_span(&plain)) != 0)
		goto out;
	uri_scheme(scheme, sizeof(scheme), buf_span(&url));
	if (strcmp(scheme, "http") != 0 && strcmp(scheme, "https") != 0 &&
	    strcmp(scheme, "gemini") != 0 && strcmp(scheme, "gopher") != 0)
		goto out;
	if (memchr(url.p, '#', url.n) != NULL)
		buf_truncate(&url, (size_t)((char *)memchr(url.p, '#',
		    url.n) - url.p));
	for (size_t i = 0; i < d->n; i++)
		if (strcmp(d->urls[i], buf_cstr(&url)) == 0)
			goto out;
	d->urls[d->n++] = buf_take(&url);
out:
	buf_free(&plain);
	buf_free(&url);
}

void
discover_free(struct discovery *d)
{
	for (size_t i = 0; i < d->n; i++)
		free(d->urls[i]);
	d->n = 0;
}

/* Whether one of the blank-separated words of list is word. */
static bool
has_word(struct span list, const char *word)
{
	while (list.n > 0) {
		size_t n = 0;

		while (n < list.n && !ascii_space(list.p[n]))
			n++;
		if (span_ieqs(span_of(list.p, n), word))
			return true;
		list = span_from(list, n + 1);
	}
	return false;
}

static bool
feed_type(struct span type)
{
	static const char *const types[] = { "application/atom+xml",
	    "application/rss+xml", "application/feed+json",
	    "application/rdf+xml", "application/json", "text/xml",
	    "application/xml", "application/x.atom+xml" };

	type = span_trim(type);
	for (size_t i = 0; i < sizeof(types) / sizeof(types[0]); i++)
		if (span_istarts(type, types[i]))
			return true;
	return false;
}

/* Whether an address looks like that of a feed. */
static bool
feed_like(struct span href)
{
	static const char *const ends[] = { ".atom", ".rss", ".rdf",
	    "atom.xml", "rss.xml", "feed.xml", "index.xml", "feed.json",
	    "/feed", "/feed/", "/rss", "/rss/", "/atom", "/atom/",
	    "/feeds", "/feeds/", ".xml" };
	struct uri u;

	uri_split(&u, href);
	for (size_t i = 0; i < sizeof(ends) / sizeof(ends[0]); i++) {
		size_t n = strlen(ends[i]);

		if (u.path.n >= n && span_ieqs(span_from(u.path,
		    u.path.n - n), ends[i]))
			return true;
	}
	return span_ieqs(u.path, "atom.xml") || span_ieqs(u.path, "feed") ||
	    span_ieqs(u.path, "rss");
}

/* --- HTML, only as far as tags and their attributes go --- */

static struct span
take_value(struct span *s)
{
	struct span v = { s->p, 0 };
	char quote = 0;

	*s = span_from(*s, 1);			/* "=" */
	while (s->n > 0 && ascii_space(s->p[0]))
		*s = span_from(*s, 1);
	if (s->n > 0 && (s->p[0] == '"' || s->p[0] == '\'')) {
		quote = s->p[0];
		*s = span_from(*s, 1);
	}
	v.p = s->p;
	while (v.n < s->n && (quote != 0 ? s->p[v.n] != quote :
	    !ascii_space(s->p[v.n]) && s->p[v.n] != '>'))
		v.n++;
	*s = span_from(*s, v.n + (quote != 0 ? 1 : 0));
	return v;
}

static void
take_attribute(struct span *s, struct tag *t)
{
	struct span name = { s->p, 0 }, value = { NULL, 0 };

	while (name.n < s->n && !ascii_space(s->p[name.n]) &&
	    strchr("=>/", s->p[name.n]) == NULL)
		name.n++;
	*s = span_from(*s, name.n > 0 ? name.n : 1);
	while (s->n > 0 && ascii_space(s->p[0]))
		*s = span_from(*s, 1);
	if (name.n > 0 && s->n > 0 && s->p[0] == '=')
		value = take_value(s);
	if (span_ieqs(name, "rel"))
		t->rel = value;
	else if (span_ieqs(name, "type"))
		t->type = value;
	else if (span_ieqs(name, "href"))
		t->href = value;
}

/* The next start tag after *rest; false at the end. */
static bool
next_tag(struct span *rest, struct tag *t)
{
	const char *lt, *end;

	*t = (struct tag){ .name = { NULL, 0 } };
	while (rest->n > 0 &&
	    (lt = memchr(rest->p, '<', rest->n)) != NULL) {
		*rest = span_from(*rest, (size_t)(lt - rest->p));
		if (span_starts(*rest, "<!--")) {
			end = memmem(rest->p + 4, rest->n - 4, "-->", 3);
			if (end == NULL)
				return false;
			*rest = span_from(*rest, (size_t)(end - rest->p) + 3);
			continue;
		}
		*rest = span_from(*rest, 1);
		t->name = span_of(rest->p, 0);
		while (t->name.n < rest->n &&
		    (((rest->p[t->name.n] | 0x20) >= 'a' &&
		    (rest->p[t->name.n] | 0x20) <= 'z')))
			t->name.n++;
		if (t->name.n == 0)
			continue;
		*rest = span_from(*rest, t->name.n);
		while (rest->n > 0 && rest->p[0] != '>') {
			if (ascii_space(rest->p[0]) || rest->p[0] == '/')
				*rest = span_from(*rest, 1);
			else
				take_attribute(rest, t);
		}
		return true;
	}
	return false;
}

void
discover_html(struct discovery *d, struct span page, const char *base)
{
	struct buf own = { .max = URI_MAX };
	struct span rest;
	struct tag t;

	if (page.n > PAGE_MAX)
		page.n = PAGE_MAX;
	for (rest = page; next_tag(&rest, &t);) {
		if (span_ieqs(t.name, "base") && t.href.n > 0 && own.n == 0 &&
		    uri_resolve(&own, base, t.href) == 0)
			base = buf_cstr(&own);
		else if (span_ieqs(t.name, "link") && t.href.n > 0 &&
		    (has_word(t.rel, "alternate") || has_word(t.rel, "feed")) &&
		    feed_type(t.type))
			add(d, base, t.href);
	}
	if (d->n == 0)
		for (rest = page; next_tag(&rest, &t);)
			if (span_ieqs(t.name, "a") && t.href.n > 0 &&
			    feed_like(t.href))
				add(d, base, t.href);
	buf_free(&own);
}

void
discover_gemtext(struct discovery *d, struct span page, const char *base)
{
	struct span line, url;
	bool pre = false;

	while (span_line(&page, &line)) {
		if (span_starts(line, "```"))
			pre = !pre;
		if (pre || !span_starts(line, "=>"))
			continue;
		url = span_trim(span_from(line, 2));
		for (size_t i = 0; i < url.n; i++)
			if (ascii_space(url.p[i]))
				url.n = i;
		if (url.n > 0 && feed_like(url))
			add(d, base, url);
	}
}

void
discover_gopher(struct discovery *d, struct span menu)
{
	struct span line;

	while (span_line(&menu, &line)) {
		struct span field[4], rest = line;
		struct buf url = { .max = URI_MAX };
		size_t n = 0;

		while (n < 4) {
			const char *tab = memchr(rest.p, '\t', rest.n);

			field[n] = span_of(rest.p, tab != NULL ?
			    (size_t)(tab - rest.p) : rest.n);
			rest = span_from(rest, field[n++].n + 1);
			if (tab == NULL)
				break;
		}
		if (n < 4 || line.p[0] == 'i' || !feed_like(field[1]))
			continue;
		buf_puts(&url, "gopher://");
		buf_put_span(&url, field[2]);
		buf_putc(&url, ':');
		buf_put_span(&url, span_trim(field[3]));
		buf_putf(&url, "/%c", line.p[0]);
		uri_escape(&url, field[1], "/");
		add(d, NULL, buf_span(&url));
		buf_free(&url);
	}
}

void
discover_common(struct discovery *d, const char *base)
{
	static const char *const web[] = { "/feed", "/feed.xml", "/atom.xml",
	    "/rss.xml", "/index.xml", "/rss", "/feed.json", NULL };
	static const char *const gemini[] = { "/feed.xml", "/atom.xml",
	    "/gemlog/", "/gemlog/atom.xml", "/posts/", "/log/", NULL };
	static const char *const gopher[] = { "/0/atom.xml", "/0/feed.xml",
	    "/1/phlog", "/1/phlog/", NULL };
	const char *const *paths;
	struct uri u;

	uri_split(&u, span_str(base));
	paths = span_starts(u.scheme, "http") ? web :
	    span_eqs(u.scheme, "gemini") ? gemini : gopher;
	for (; *paths != NULL; paths++)
		add(d, base, span_str(*paths));
}
