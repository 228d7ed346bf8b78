/*
 * route_gopher.c - selectors: items, searches, and strangers at the port.
 */
#include <stdio.h>
#include <string.h>
#include <strings.h>
#include <unistd.h>

#include "base/uri.h"
#include "base/utf8.h"
#include "serve/route_internal.h"

/* Columns of a selector shown in an error. */
#define SHOWN_MAX	60

const struct vhost *
route_gopher_named(const struct route *r, const char *sni)
{
	for (size_t i = 0; sni != NULL && i < r->config->nvhosts; i++) {
		const struct vhost *v = &r->config->vhosts[i];

		/* A tree of its own is another planet. */
		if (strcasecmp(v->name, sni) == 0 &&
		    (v->root == NULL || v->ngopher_listen > 0))
			return v;
	}
	return NULL;
}

/* The name that stands in the published menus. */
static const char *
own_host(const struct route *r)
{
	return r->config->gopher_host != NULL ? r->config->gopher_host :
	    r->config->gemini_host != NULL ? r->config->gemini_host :
	    "localhost";
}

const char *
route_gopher_host(const struct route *r, const struct peer *p)
{
	return p->as != NULL ? p->as->name : own_host(r);
}

int
route_gopher_port(const struct route *r, const struct peer *p)
{
	if (p->as != NULL && p->as->gopher_port > 0)
		return p->as->gopher_port;
	if (p->as != NULL && p->as_port > 0)
		return p->as_port;
	return r->config->gopher_port > 0 ? r->config->gopher_port :
	    p->local_port;
}

/* --- menus under another name --- */

struct rename {
	struct span	 host, port;
	const char	*new_host;
	int		 new_port;
};

/*
 * A line of a menu: what leads to this server under its own name leads to
 * it under the other one.
 */
static void
rename_line(struct buf *out, struct span line, const struct rename *to)
{
	const char *end = line.p + line.n, *host = line.p, *port = NULL;
	size_t n;

	for (int i = 0; i < 2 && host != NULL; i++)
		if ((host = memchr(host, '\t', (size_t)(end - host))) != NULL)
			host++;
	if (host != NULL)
		port = memchr(host, '\t', (size_t)(end - host));
	if (port == NULL || !span_ieqs(span_of(host, (size_t)(port - host)),
	    to->host.p)) {
		buf_put_span(out, line);
		return;
	}
	port++;
	for (n = 0; port + n < end && port[n] >= '0' && port[n] <= '9'; n++)
		continue;
	if (n != to->port.n || memcmp(port, to->port.p, n) != 0) {
		buf_put_span(out, line);
		return;
	}
	buf_put(out, line.p, (size_t)(host - line.p));
	buf_putf(out, "%s\t%d", to->new_host, to->new_port);
	buf_put_span(out, span_from(line, (size_t)(port - line.p) + n));
}

static void
rename_menu(struct buf *out, struct span menu, void *arg)
{
	const struct rename *to = arg;

	while (menu.n > 0) {
		const char *end = memchr(menu.p, '\n', menu.n);
		size_t n = end != NULL ? (size_t)(end - menu.p) + 1 : menu.n;

		rename_line(out, span_of(menu.p, n), to);
		menu = span_from(menu, n);
	}
}

static bool
is_menu(const char *path)
{
	const char *slash = strrchr(path, '/');

	return strcmp(slash != NULL ? slash + 1 : path, "menu") == 0;
}

/* As route_open(); a menu has the name that the peer knows the hole by. */
static enum tree_result
open_as(struct route *r, struct answer *a, const struct peer *p,
    const char *asked, const char *path)
{
	struct hot_key key = { .tree = &r->hole, .name = asked };
	enum tree_result found;
	char port[16];
	struct rename to = {
		.host = span_str(own_host(r)),
		.new_host = route_gopher_host(r, p),
		.new_port = route_gopher_port(r, p),
	};

	if (p->as == NULL || (strcasecmp(to.host.p, to.new_host) == 0 &&
	    to.new_port == r->config->gopher_port))
		return route_open(r, a, &key, path, NULL, NULL);
	snprintf(port, sizeof(port), "%d", r->config->gopher_port);
	to.port = span_str(port);
	key.variant = p->as;
	key.port = to.new_port;
	found = route_open(r, a, &key, path, is_menu(path) ? rename_menu :
	    NULL, &to);
	/* a menu that there is no room for would lead to the other name */
	if (found == TREE_FILE && a->kind == ANSWER_FILE && is_menu(path)) {
		close(a->fd);
		a->fd = -1;
		a->kind = ANSWER_BYTES;
		return TREE_BUSY;
	}
	return found;
}

void
answer_gopher_error(struct answer *a, const struct route *r,
    const struct peer *p, int status, const char *what)
{
	a->kind = ANSWER_BYTES;
	a->status = status;
	buf_clear(&a->head);
	buf_putf(&a->head, "3%s\t\terror.host\t1\r\n", what);
	buf_putf(&a->head, "1To the main menu\t/\t%s\t%d\r\n.\r\n", route_gopher_host(r, p),
	    route_gopher_port(r, p));
}

static void
not_found(struct answer *a, const struct route *r, const struct peer *p,
    struct span selector)
{
	struct buf name = { .max = 4096 }, shown = { .max = 4096 },
	    what = { .max = 8192 };

	utf8_line(&name, selector);
	utf8_shorten(&shown, buf_span(&name), SHOWN_MAX);
	buf_putf(&what, "There is nothing under \"%s\"", buf_cstr(&shown));
	answer_gopher_error(a, r, p, 51, buf_cstr(&what));
	buf_free(&name);
	buf_free(&shown);
	buf_free(&what);
}

/* HTML: what is not plainly harmless becomes a reference by number. */
static void
put_html(struct buf *out, struct span s)
{
	for (size_t i = 0; i < s.n; i++) {
		unsigned char c = (unsigned char)s.p[i];

		if (strchr("<>&\"'", c) != NULL)
			buf_putf(out, "&#%d;", c);
		else
			buf_putc(out, (char)c);
	}
}

static bool
url_is_fit(struct span url)
{
	char scheme[16];
	static const char *const known[] = { "http", "https", "gemini",
	    "gopher", "gophers", "mailto", "finger", "spartan", "ftp", "irc",
	    "ircs", "news", "nntp", "telnet", "ssh", "magnet", "xmpp" };

	if (!utf8_valid(url) || url.n == 0)
		return false;
	for (size_t i = 0; i < url.n; i++)
		if ((unsigned char)url.p[i] < ' ' || url.p[i] == 0x7f)
			return false;	/* no address has them */
	uri_scheme(scheme, sizeof(scheme), url);
	for (size_t i = 0; i < sizeof(known) / sizeof(known[0]); i++)
		if (strcmp(scheme, known[i]) == 0)
			return true;
	return false;
}

static void
url_page(struct answer *a, struct route *r, const struct peer *p,
    struct span url)
{
	struct buf html = { .max = 16384 };

	if (!url_is_fit(url)) {
		answer_gopher_error(a, r, p, 51,
		    "That link leads nowhere that can be shown");
		return;
	}
	put_html(&html, url);
	buf_clear(&a->head);
	buf_putf(&a->head, "<!DOCTYPE html>\n<html><head>"
	    "<meta charset=\"utf-8\">"
	    "<meta http-equiv=\"refresh\" content=\"5;url=%s\">"
	    "<title>A link out of gopherspace</title></head>\n"
	    "<body><p>This link leaves gopherspace:</p>\n"
	    "<p><a href=\"%s\">%s</a></p></body></html>\n",
	    buf_cstr(&html), buf_cstr(&html), buf_cstr(&html));
	a->status = 20;
	buf_free(&html);
}

static void
web_page(struct answer *a, struct route *r, const struct peer *p,
    const struct gopher_request *q)
{
	buf_clear(&a->head);
	a->status = 20;
	buf_puts(&a->head, "HTTP/1.0 200 OK\r\n"
	    "Content-Type: text/html; charset=utf-8\r\n"
	    "Connection: close\r\n\r\n");
	if (span_starts(q->selector, "HEAD "))
		return;
	buf_puts(&a->head, "<!DOCTYPE html>\n<html><head>"
	    "<meta charset=\"utf-8\"><title>Gopher</title></head>\n"
	    "<body><p>This is a gopher server. Its address is "
	    "<a href=\"");
	for (int i = 0; i < 2; i++) {
		buf_putf(&a->head, "gopher://%s", route_gopher_host(r, p));
		if (route_gopher_port(r, p) != 70)
			buf_putf(&a->head, ":%d", route_gopher_port(r, p));
		buf_puts(&a->head, i == 0 ? "/\">" : "/</a>");
	}
	if (r->config->gemini && r->config->gemini_host != NULL)
		buf_putf(&a->head, "; the same over Gemini is "
		    "<a href=\"gemini://%s/\">gemini://%s/</a>",
		    r->config->gemini_host, r->config->gemini_host);
	buf_puts(&a->head, ".</p></body></html>\n");
}

/* Try one spelling of a selector; true when a was filled. */
static bool
try_path(struct route *r, struct answer *a, const struct peer *p,
    struct span selector, bool decode)
{
	char name[GOPHER_LINE_MAX + sizeof("/menu")];
	enum tree_result found;
	char asked[GOPHER_LINE_MAX];
	size_t n;

	if (request_path(name, GOPHER_LINE_MAX, selector, decode) != 0 ||
	    route_is_work_file(name))
		return false;
	n = strlen(name);
	if (n > 0 && name[n - 1] == '/')
		name[--n] = '\0';
	memcpy(asked, name, n + 1);
	found = open_as(r, a, p, asked, name);
	if (found == TREE_DIRECTORY) {
		snprintf(name + n, sizeof(name) - n, n > 0 ? "/menu" : "menu");
		found = open_as(r, a, p, asked, name);
	}
	if (found == TREE_BUSY) {
		answer_gopher_error(a, r, p, 41,
		    "Too much to do at once; try again in a minute");
		return true;
	}
	if (found != TREE_FILE)
		return false;
	a->status = 20;
	buf_clear(&a->head);
	return true;
}

/* "/search", "/search/2", and "/search/2/words" of a menu's "more". */
static bool
is_search(struct span s, unsigned *page, struct span *words)
{
	char number[8] = "";
	size_t n = 0;

	/* With the item's type in front, as a pasted URL path has it. */
	if (span_starts(s, "/7/"))
		s = span_from(s, 2);
	else if (span_starts(s, "7/"))
		s = span_from(s, 1);
	if (s.n > 0 && s.p[0] == '/')
		s = span_from(s, 1);
	*page = 0;
	*words = span_of("", 0);
	if (!span_starts(s, "search"))
		return false;
	s = span_from(s, 6);
	if (s.n == 0 || span_eqs(s, "/"))
		return true;
	if (s.p[0] != '/')
		return false;
	s = span_from(s, 1);
	while (n < s.n && n < sizeof(number) - 1 && s.p[n] != '/')
		n++;
	memcpy(number, s.p, n);
	*page = route_page(number);
	if (n < s.n && s.p[n] == '/')
		*words = span_from(s, n + 1);
	return true;
}

static void
search_hint(struct answer *a, const struct route *r, const struct peer *p)
{
	buf_clear(&a->head);
	a->status = 20;
	buf_puts(&a->head,
	    "iSearch the entries of this planet\t\tnull.host\t1\r\n"
	    "iNothing was asked for: type a few words.\t\tnull.host\t1\r\n");
	buf_putf(&a->head, "7Search\t/search\t%s\t%d\r\n"
	    "1To the main menu\t/\t%s\t%d\r\n.\r\n", route_gopher_host(r, p),
	    route_gopher_port(r, p), route_gopher_host(r, p), route_gopher_port(r, p));
}

static void
item(struct route *r, struct answer *a, const struct gopher_request *q,
    const struct peer *p)
{
	struct span s = q->selector, inner, words;

	if (r->search && is_search(s, &a->page, &words)) {
		bool typed = q->has_search && span_trim(q->search).n > 0;

		a->secret = true;
		if (!typed && words.n == 0) {
			search_hint(a, r, p);
			return;
		}
		a->kind = ANSWER_SEARCH;
		a->status = 20;
		a->query = typed ? q->search : words;
		a->escaped = !typed;
		buf_clear(&a->head);
		return;
	}
	if (try_path(r, a, p, s, false))
		return;
	/* "/1/dir", "0/a.txt": the type that a URL has there. */
	inner = s.n > 0 && s.p[0] == '/' ? span_from(s, 1) : s;
	if (inner.n > 1 && inner.p[1] == '/' &&
	    try_path(r, a, p, span_from(inner, 1), false))
		return;
	if (inner.n == 1 && (inner.p[0] == '1' || inner.p[0] == '0') &&
	    try_path(r, a, p, span_of("", 0), false))
		return;
	if (memchr(s.p, '%', s.n) != NULL && try_path(r, a, p, s, true))
		return;
	not_found(a, r, p, s);
}

void
route_gopher(struct route *r, struct answer *a, const struct gopher_request *q,
    const struct peer *p)
{
	a->kind = ANSWER_BYTES;
	a->hot = NULL;
	a->fd = -1;
	a->secret = false;
	switch (q->kind) {
	case GOPHER_ITEM:
		item(r, a, q, p);
		break;
	case GOPHER_URL:
		url_page(a, r, p, q->url);
		break;
	case GOPHER_HTTP:
		web_page(a, r, p, q);
		break;
	case GOPHER_PLUS:
		a->status = 51;
		buf_clear(&a->head);
		buf_puts(&a->head,
		    "--1\r\n1 this is no Gopher+ server\r\n.\r\n");
		break;
	case GOPHER_BAD:
		answer_gopher_error(a, r, p, 59,
		    "That is no selector; it is too long or not text");
		break;
	}
}
