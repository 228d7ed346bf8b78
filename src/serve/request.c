/*
 * request.c - request lines of Gemini and Gopher, judged.
 */
#include <string.h>

#include "base/utf8.h"
#include "serve/request.h"

#define GEMINI_PORT	1965

/* Sentences for META: what is wrong and what to do. */
#define SAY_BAD		"This is not a request that can be understood; " \
			    "check the address"
#define SAY_RELATIVE	"The whole address is needed, beginning with gemini://"
#define SAY_USERINFO	"Leave out the user name before the host"
#define SAY_FRAGMENT	"Leave out the \"#\" and what follows it"
#define SAY_LONG	"The address is longer than 1024 bytes"
#define SAY_SCHEME	"Only gemini addresses are served here"
#define SAY_PATH	"There is no such page; start from the front page"

static void
refuse(struct gemini_request *r, int status, const char *why)
{
	if (r->status == 0) {
		r->status = status;
		r->why = why;
	}
}

static bool
is_alpha(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

static bool
is_digit(char c)
{
	return c >= '0' && c <= '9';
}

static int
hex(char c)
{
	if (is_digit(c))
		return c - '0';
	if (c >= 'a' && c <= 'f')
		return c - 'a' + 10;
	if (c >= 'A' && c <= 'F')
		return c - 'A' + 10;
	return -1;
}

ssize_t
gemini_line(const char *p, size_t n)
{
	size_t seen = n < GEMINI_LINE_MAX ? n : GEMINI_LINE_MAX;
	const char *cr = p;

	while ((cr = memchr(cr, '\r', seen - (size_t)(cr - p))) != NULL) {
		if ((size_t)(cr - p) + 1 < seen && cr[1] == '\n')
			return cr - p;
		cr++;
	}
	return n >= GEMINI_LINE_MAX ? -2 : -1;
}

ssize_t
gopher_line(const char *p, size_t n)
{
	size_t seen = n < GOPHER_LINE_MAX + 2 ? n : GOPHER_LINE_MAX + 2;
	const char *nl = seen > 0 ? memchr(p, '\n', seen) : NULL;

	if (nl == NULL)
		return n >= GOPHER_LINE_MAX + 2 ? -2 : -1;
	if (nl > p && nl[-1] == '\r')
		nl--;
	return nl - p > GOPHER_LINE_MAX ? -2 : nl - p;
}

/* Printable, UTF-8, and every "%" the start of an escape. */
static bool
well_formed(struct span s)
{
	for (size_t i = 0; i < s.n; i++) {
		unsigned char c = (unsigned char)s.p[i];

		if (c <= ' ' || c == 0x7f || strchr("<>\"{}|^`", c) != NULL)
			return false;
		if (c == '%' && (i + 2 >= s.n || hex(s.p[i + 1]) < 0 ||
		    hex(s.p[i + 2]) < 0))
			return false;
	}
	return utf8_valid(s);
}

/* Take the part of *s before the first of the bytes in stops. */
static struct span
take_until(struct span *s, const char *stops)
{
	struct span part = { s->p, 0 };

	while (part.n < s->n && strchr(stops, s->p[part.n]) == NULL)
		part.n++;
	*s = span_from(*s, part.n);
	return part;
}

/* The scheme and its ":" off *s; false when there is none. */
static bool
take_scheme(struct span *s, struct span *scheme)
{
	size_t n = 0;

	if (s->n == 0 || !is_alpha(s->p[0]))
		return false;
	while (n < s->n && (is_alpha(s->p[n]) || is_digit(s->p[n]) ||
	    s->p[n] == '+' || s->p[n] == '-' || s->p[n] == '.'))
		n++;
	if (n == s->n || s->p[n] != ':')
		return false;
	*scheme = span_of(s->p, n);
	*s = span_from(*s, n + 1);
	return true;
}

static bool
parse_port(struct gemini_request *r, struct span s)
{
	int port = 0;

	for (size_t i = 0; i < s.n; i++) {
		if (!is_digit(s.p[i]) || (port = port * 10 + s.p[i] - '0') > 65535)
			return false;
	}
	/* "host:" without a number means the default. */
	r->port = s.n == 0 ? GEMINI_PORT : port;
	return s.n == 0 || port > 0;
}

static bool
all_in(struct span s, const char *set)
{
	for (size_t i = 0; i < s.n; i++)
		if (strchr(set, s.p[i]) == NULL)
			return false;
	return s.n > 0;
}

static void
parse_authority(struct gemini_request *r, struct span a)
{
	struct span host, port;

	if (memchr(a.p, '@', a.n) != NULL) {
		refuse(r, 59, SAY_USERINFO);
		return;
	}
	if (a.n > 0 && a.p[0] == '[') {
		const char *end = memchr(a.p, ']', a.n);

		if (end == NULL) {
			refuse(r, 59, SAY_BAD);
			return;
		}
		host = span_of(a.p + 1, (size_t)(end - a.p) - 1);
		port = span_from(a, (size_t)(end - a.p) + 1);
		if (!all_in(host, "0123456789abcdefABCDEF:.") ||
		    (port.n > 0 && port.p[0] != ':')) {
			refuse(r, 59, SAY_BAD);
			return;
		}
		r->host_literal = true;
	} else {
		host = take_until(&a, ":");
		port = a;
		r->host_literal = all_in(host, "0123456789.");
		/* One dot at the end only says that the name is complete. */
		if (host.n > 1 && host.p[host.n - 1] == '.')
			host.n--;
	}
	if (port.n > 0)
		port = span_from(port, 1);
	if (host.n == 0 || memchr(host.p, '[', host.n) != NULL ||
	    memchr(host.p, ']', host.n) != NULL ||
	    memchr(host.p, '\\', host.n) != NULL || !parse_port(r, port))
		refuse(r, 59, SAY_BAD);
	r->host = host;
}

/* Decode one segment into out; its length, or -1 when it is unfit. */
static ssize_t
segment(char *out, struct span s, bool decode)
{
	size_t n = 0;

	for (size_t i = 0; i < s.n; i++) {
		char c = s.p[i];

		if (decode && c == '%') {
			if (i + 2 >= s.n || hex(s.p[i + 1]) < 0 ||
			    hex(s.p[i + 2]) < 0)
				return -1;
			c = (char)(hex(s.p[i + 1]) << 4 | hex(s.p[i + 2]));
			i += 2;
		}
		if ((unsigned char)c < ' ' || c == 0x7f || c == '/' || c == '\\')
			return -1;
		out[n++] = c;
	}
	return utf8_valid(span_of(out, n)) ? (ssize_t)n : -1;
}

int
request_path(char *out, size_t size, struct span path, bool decode)
{
	size_t n = 0;
	bool last;

	if (path.n > 0 && path.p[0] == '/')
		path = span_from(path, 1);
	out[0] = '\0';
	if (path.n >= size)
		return 59;
	do {
		struct span s = take_until(&path, "/");
		ssize_t len;

		last = path.n == 0;
		path = span_from(path, 1);
		if (span_eqs(s, ".."))  {
			/* Above the root there is nothing, not the root. */
			if (n == 0)
				return 51;
			for (n--; n > 0 && out[n - 1] != '/'; n--)
				;
			continue;
		}
		if (span_eqs(s, "."))
			continue;
		if ((len = segment(out + n, s, decode)) < 0)
			return 59;
		if (len == 0 && !last)
			return 51;
		/* Hidden files are nobody's business, but for one. */
		if (len > 0 && out[n] == '.' && (n != 0 || len != 11 ||
		    memcmp(out, ".well-known", 11) != 0))
			return 51;
		n += (size_t)len;
		if (!last)
			out[n++] = '/';
	} while (!last);
	out[n] = '\0';
	return 0;
}

void
gemini_parse(struct gemini_request *r, struct span line)
{
	struct span rest = line, scheme, path;
	int status;

	memset(r, 0, offsetof(struct gemini_request, path));
	r->path[0] = '\0';
	r->uri = line;
	r->port = GEMINI_PORT;
	if (line.n > GEMINI_URI_MAX) {
		refuse(r, 59, SAY_LONG);
		return;
	}
	if (line.n == 0 || !well_formed(line)) {
		refuse(r, 59, SAY_BAD);
		return;
	}
	if (!take_scheme(&rest, &scheme)) {
		refuse(r, 59, SAY_RELATIVE);
		return;
	}
	if (memchr(line.p, '#', line.n) != NULL) {
		refuse(r, 59, SAY_FRAGMENT);
		return;
	}
	if (!span_ieqs(scheme, "gemini")) {
		refuse(r, 53, SAY_SCHEME);
		return;
	}
	if (!span_starts(rest, "//")) {
		refuse(r, 59, SAY_BAD);
		return;
	}
	rest = span_from(rest, 2);
	parse_authority(r, take_until(&rest, "/?"));
	path = take_until(&rest, "?");
	if (rest.n > 0) {
		r->has_query = true;
		r->query = span_from(rest, 1);
	}
	if ((status = request_path(r->path, sizeof(r->path), path, true)) != 0)
		refuse(r, status, status == 51 ? SAY_PATH : SAY_BAD);
}

void
gopher_parse(struct gopher_request *r, struct span line)
{
	struct span rest = line, plus;

	memset(r, 0, sizeof(*r));
	r->selector = take_until(&rest, "\t");
	if (line.n > GOPHER_LINE_MAX || memchr(line.p, '\0', line.n) != NULL ||
	    memchr(line.p, '\r', line.n) != NULL) {
		r->kind = GOPHER_BAD;
		return;
	}
	if (rest.n > 0) {
		r->has_search = true;
		rest = span_from(rest, 1);
		r->search = take_until(&rest, "\t");
	}
	plus = rest.n > 0 ? span_from(rest, 1) : r->search;
	if (rest.n == 0 && r->has_search && (span_starts(plus, "+") ||
	    span_starts(plus, "!") || span_starts(plus, "$"))) {
		/* "selector TAB +" asks in Gopher+; it is no search. */
		r->has_search = plus.p[0] == '+' && plus.n > 1;
	}
	if (plus.n > 0 && (plus.p[0] == '!' || plus.p[0] == '$') &&
	    (rest.n > 0 || plus.n == 1))
		r->kind = GOPHER_PLUS;
	if (span_starts(line, "GET ") || span_starts(line, "HEAD ") ||
	    span_starts(line, "POST "))
		r->kind = GOPHER_HTTP;
	else if (span_starts(r->selector, "URL:") ||
	    span_starts(r->selector, "/URL:")) {
		r->kind = GOPHER_URL;
		r->url = span_from(r->selector,
		    r->selector.p[0] == '/' ? 5 : 4);
	}
}
