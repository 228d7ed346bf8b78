#include <idn2.h>
#include <stdlib.h>

#include "base/uri.h"
#include "base/utf8.h"

static const char unreserved[] = "-._~";
static const char user_char[] = "-._~!$&'()*+,;=:";
static const char pchar[] = "-._~!$&'()*+,;=:@/";
static const char query_char[] = "-._~!$&'()*+,;=:@/?";

static bool
alnum(char c)
{
	return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') ||
	    (c >= 'A' && c <= 'Z');
}

static bool
alpha(char c)
{
	return alnum(c) && !(c >= '0' && c <= '9');
}

static int
hex_value(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	if (c >= 'a' && c <= 'f')
		return c - 'a' + 10;
	if (c >= 'A' && c <= 'F')
		return c - 'A' + 10;
	return -1;
}

static char
lower(char c)
{
	return c >= 'A' && c <= 'Z' ? (char)(c + 32) : c;
}

static bool
is_escape(struct span s)
{
	return s.n >= 3 && s.p[0] == '%' && hex_value(s.p[1]) >= 0 &&
	    hex_value(s.p[2]) >= 0;
}

static bool
among(char c, const char *set)
{
	return c != '\0' && strchr(set, c) != NULL;
}

/* --- taking apart --- */

/* Length of "scheme" when s begins with "scheme:", else 0. */
static size_t
scheme_length(struct span s)
{
	size_t i;

	if (s.n == 0 || !alpha(s.p[0]))
		return 0;
	for (i = 1; i < s.n; i++) {
		char c = s.p[i];

		if (c == ':')
			return i;
		if (!alnum(c) && c != '+' && c != '-' && c != '.')
			return 0;
	}
	return 0;
}

/* Cut s at the first stop; s keeps what is before. */
static struct span
cut_at(struct span *s, char stop)
{
	const char *at = s->n > 0 ? memchr(s->p, stop, s->n) : NULL;
	size_t i = at != NULL ? (size_t)(at - s->p) : s->n;
	struct span rest = span_from(*s, i);

	s->n = i;
	return rest;
}

static void
split_authority(struct uri *u, struct span a)
{
	const char *at = memrchr(a.p, '@', a.n);
	size_t i;

	if (at != NULL) {
		u->userinfo = span_of(a.p, (size_t)(at - a.p));
		a = span_from(a, u->userinfo.n + 1);
	}
	for (i = a.n; i > 0 && a.p[i - 1] != ':' && a.p[i - 1] != ']'; i--)
		continue;
	if (i > 0 && a.p[i - 1] == ':') {
		u->port = span_from(a, i);
		a.n = i - 1;
	}
	u->host = a;
}

void
uri_split(struct uri *u, struct span s)
{
	size_t n = scheme_length(s);
	struct span rest;

	*u = (struct uri){ 0 };
	if (n > 0) {
		u->scheme = span_of(s.p, n);
		s = span_from(s, n + 1);
	}
	rest = cut_at(&s, '#');
	if (rest.n > 0)
		u->fragment = span_from(rest, 1);
	rest = cut_at(&s, '?');
	if (rest.n > 0)
		u->query = span_from(rest, 1);
	if (s.n >= 2 && s.p[0] == '/' && s.p[1] == '/') {
		u->has_authority = true;
		s = span_from(s, 2);
		u->path = cut_at(&s, '/');
		split_authority(u, s);
	} else
		u->path = s;
}

/* --- encoding --- */

void
uri_escape(struct buf *out, struct span s, const char *keep)
{
	for (size_t i = 0; i < s.n; i++) {
		char c = s.p[i];

		if (alnum(c) || among(c, unreserved) || among(c, keep))
			buf_putc(out, c);
		else
			buf_putf(out, "%%%02X", (unsigned char)c);
	}
}

void
uri_unescape(struct buf *out, struct span s)
{
	while (s.n > 0) {
		if (is_escape(s)) {
			buf_putc(out, (char)(hex_value(s.p[1]) << 4 |
			    hex_value(s.p[2])));
			s = span_from(s, 3);
		} else {
			buf_putc(out, s.p[0]);
			s = span_from(s, 1);
		}
	}
}

/* As uri_escape(), leaving what is escaped already. */
static void
put_encoded(struct buf *out, struct span s, const char *keep)
{
	size_t run = 0;

	while (run < s.n) {
		struct span at = span_from(s, run);

		if (alnum(at.p[0]) || among(at.p[0], keep)) {
			run++;
		} else if (is_escape(at)) {
			run += 3;
		} else {
			buf_put(out, s.p, run);
			buf_putf(out, "%%%02X", (unsigned char)at.p[0]);
			s = span_from(s, run + 1);
			run = 0;
		}
	}
	buf_put(out, s.p, run);
}

/* --- hosts --- */

static bool
host_char_bad(unsigned char c)
{
	return c <= 0x20 || c == 0x7f || among((char)c, "<>\"\\^{|}`%/?#@:[]");
}

static int
put_ipv6(struct buf *out, struct span host)
{
	for (size_t i = 1; i + 1 < host.n; i++)
		if (hex_value(host.p[i]) < 0 && !among(host.p[i], ":."))
			return E_SYNTAX;
	for (size_t i = 0; i < host.n; i++)
		buf_putc(out, lower(host.p[i]));
	return 0;
}

/* As most are: lower case and dots. */
static bool
host_is_plain(struct span host)
{
	for (size_t i = 0; i < host.n; i++)
		if (!(host.p[i] >= 'a' && host.p[i] <= 'z') &&
		    !(host.p[i] >= '-' && host.p[i] <= '9' &&
		    host.p[i] != '/'))
			return false;
	return true;
}

int
uri_host_ascii(struct buf *out, struct span host)
{
	struct buf raw = { 0 };
	char *ascii = NULL;
	bool plain = true;
	int rc = E_SYNTAX;

	if (host.n == 0 || host.n > 1024)
		return E_SYNTAX;
	if (host.p[0] == '[')
		return host.p[host.n - 1] == ']' && host.n > 3 ?
		    put_ipv6(out, host) : E_SYNTAX;
	if (host_is_plain(host)) {
		buf_put_span(out, host);
		return 0;
	}
	uri_unescape(&raw, host);
	for (size_t i = 0; i < raw.n; i++) {
		if (host_char_bad((unsigned char)raw.p[i]))
			goto done;
		plain = plain && (unsigned char)raw.p[i] < 0x80;
	}
	if (plain) {
		for (size_t i = 0; i < raw.n; i++)
			buf_putc(out, lower(raw.p[i]));
		rc = 0;
		goto done;
	}
	if (!utf8_valid(buf_span(&raw)) ||
	    idn2_to_ascii_8z(raw.p, &ascii,
	    IDN2_NFC_INPUT | IDN2_NONTRANSITIONAL) != IDN2_OK ||
	    ascii[0] == '\0')
		goto done;
	for (char *p = ascii; *p != '\0'; p++)
		if (host_char_bad((unsigned char)*p))
			goto done;
	buf_puts(out, ascii);
	rc = 0;
done:
	idn2_free(ascii);
	buf_free(&raw);
	return rc;
}

/* --- schemes --- */

static const struct {
	const char	*name;
	const char	*port;
} default_ports[] = {
	{ "http", "80" }, { "https", "443" }, { "gemini", "1965" },
	{ "gopher", "70" }, { "gophers", "70" }, { "ftp", "21" },
	{ "ftps", "990" }, { "sftp", "22" }, { "ssh", "22" },
	{ "git", "9418" }, { "finger", "79" }, { "spartan", "300" },
	{ "nex", "1900" }, { "guppy", "6775" }, { "titan", "1965" },
	{ "irc", "6667" }, { "ircs", "6697" }, { "nntp", "119" },
};

static bool
port_is_default(struct span scheme, struct span port)
{
	for (size_t i = 0; i < sizeof(default_ports) /
	    sizeof(default_ports[0]); i++)
		if (span_ieqs(scheme, default_ports[i].name))
			return span_eqs(port, default_ports[i].port);
	return false;
}

bool
uri_scheme_linkable(const char *scheme)
{
	static const char *const list[] = { "http", "https", "gemini",
	    "gopher", "gophers", "finger", "spartan", "nex", "titan", "guppy",
	    "mailto", "tel", "sms", "xmpp", "irc", "ircs", "magnet", "ftp",
	    "ftps", "sftp", "ssh", "git", "news", "nntp", "geo", "matrix" };

	for (size_t i = 0; i < sizeof(list) / sizeof(list[0]); i++)
		if (strcmp(scheme, list[i]) == 0)
			return true;
	return false;
}

static bool
is_break(char c)
{
	return c == '\t' || c == '\n' || c == '\r';
}

/* What HTML strips: C0 and space at the ends; tab, LF, CR inside. */
static struct span
html_clean(struct buf *own, struct span s)
{
	size_t run;

	while (s.n > 0 && (unsigned char)s.p[0] <= 0x20)
		s = span_from(s, 1);
	while (s.n > 0 && (unsigned char)s.p[s.n - 1] <= 0x20)
		s.n--;
	for (run = 0; run < s.n && !is_break(s.p[run]); run++)
		continue;
	if (run == s.n)
		return s;
	buf_put(own, s.p, run);
	for (; run < s.n; run++)
		if (!is_break(s.p[run]))
			buf_putc(own, s.p[run]);
	return buf_span(own);
}

void
uri_scheme(char *out, size_t size, struct span ref)
{
	struct buf own = { 0 };
	struct span s = html_clean(&own, ref);
	size_t n = scheme_length(s), i;

	for (i = 0; i < n && i + 1 < size; i++)
		out[i] = lower(s.p[i]);
	out[i] = '\0';
	buf_free(&own);
}

static bool
scheme_is_web(struct span scheme)
{
	return span_ieqs(scheme, "http") || span_ieqs(scheme, "https");
}

/* Schemes whose empty path is "/". */
static bool
scheme_has_root(struct span scheme)
{
	return scheme_is_web(scheme) || span_ieqs(scheme, "gemini") ||
	    span_ieqs(scheme, "spartan") || span_ieqs(scheme, "titan");
}

/* --- resolving --- */

/* Append path without its dot segments (RFC 3986, 5.2.4); encoded dots
 * count as dots. */
static void
put_path(struct buf *out, struct span path)
{
	size_t start = out->n;
	bool last_dot = false;

	while (path.n > 0) {
		struct span seg;
		size_t n = 0, dots = 0, i;

		if (path.p[0] == '/')
			n = 1;
		while (n < path.n && path.p[n] != '/')
			n++;
		seg = span_of(path.p, n);
		path = span_from(path, n);
		if (seg.n > 0 && seg.p[0] == '/')
			seg = span_from(seg, 1);
		for (i = 0; i < seg.n; ) {
			if (seg.p[i] == '.')
				i++;
			else if (span_istarts(span_from(seg, i), "%2e"))
				i += 3;
			else
				break;
			dots++;
		}
		last_dot = i == seg.n && (dots == 1 || dots == 2);
		if (!last_dot) {
			buf_putc(out, '/');
			put_encoded(out, seg, pchar);
		} else if (dots == 2) {
			while (out->n > start && out->p[out->n - 1] != '/')
				buf_truncate(out, out->n - 1);
			if (out->n > start)
				buf_truncate(out, out->n - 1);
		}
	}
	if (last_dot)
		buf_putc(out, '/');
}

/* In http(s) a backslash before the query is a slash. */
static struct span
turn_backslashes(struct buf *own, struct span s)
{
	struct buf turned = { 0 };
	size_t i;

	if (memchr(s.p, '\\', s.n) == NULL)
		return s;
	for (i = 0; i < s.n && s.p[i] != '?' && s.p[i] != '#'; i++)
		buf_putc(&turned, s.p[i] == '\\' ? '/' : s.p[i]);
	buf_put_span(&turned, span_from(s, i));
	buf_free(own);
	*own = turned;
	return buf_span(own);
}

static int
put_authority(struct buf *out, const struct uri *u, struct span scheme)
{
	struct span port = u->port;

	buf_puts(out, "//");
	if (u->userinfo.n > 0) {
		put_encoded(out, u->userinfo, user_char);
		buf_putc(out, '@');
	}
	if (uri_host_ascii(out, u->host) != 0)
		return E_SYNTAX;
	if (port.n == 0)
		return 0;
	while (port.n > 1 && port.p[0] == '0')
		port = span_from(port, 1);
	for (size_t i = 0; i < port.n; i++)
		if (port.p[i] < '0' || port.p[i] > '9')
			return E_SYNTAX;
	if (port.n > 5 || (port.n == 5 && memcmp(port.p, "65535", 5) > 0))
		return E_SYNTAX;
	if (!port_is_default(scheme, port)) {
		buf_putc(out, ':');
		buf_put_span(out, port);
	}
	return 0;
}

/* Join a relative path to the base's (RFC 3986, 5.2.3) into out. */
static void
merge_paths(struct buf *out, const struct uri *base, struct span path)
{
	const char *slash = memrchr(base->path.p != NULL ? base->path.p : "",
	    '/', base->path.n);

	if (slash != NULL)
		buf_put(out, base->path.p,
		    (size_t)(slash - base->path.p) + 1);
	else
		buf_putc(out, '/');
	buf_put_span(out, path);
}

/* The target of r against b, whose parts are put together in t. */
static int
put_target(struct buf *out, const struct uri *b, const struct uri *r)
{
	struct uri t = *r;
	struct buf path = { 0 };
	bool has_path = r->path.n > 0;
	int rc = 0;

	if (t.scheme.p == NULL) {
		if (b->scheme.p == NULL)
			return E_SYNTAX;
		t.scheme = b->scheme;
		if (!r->has_authority) {
			if (!b->has_authority &&
			    (b->path.n == 0 || b->path.p[0] != '/'))
				return E_SYNTAX;
			t.has_authority = b->has_authority;
			t.userinfo = b->userinfo;
			t.host = b->host;
			t.port = b->port;
			if (!has_path) {
				t.path = b->path;
				if (r->query.p == NULL)
					t.query = b->query;
			} else if (r->path.p[0] != '/') {
				merge_paths(&path, b, r->path);
				t.path = buf_span(&path);
			}
		}
	}
	if (scheme_is_web(t.scheme) && !t.has_authority)
		rc = E_SYNTAX;
	for (size_t i = 0; i < t.scheme.n; i++)
		buf_putc(out, lower(t.scheme.p[i]));
	buf_putc(out, ':');
	if (rc == 0 && t.has_authority)
		rc = put_authority(out, &t, t.scheme);
	if (t.has_authority || (t.path.n > 0 && t.path.p[0] == '/')) {
		size_t start = out->n;

		put_path(out, t.path);
		/* "x:/.//y" must not come to have an authority. */
		if (!t.has_authority && out->n >= start + 2 &&
		    out->p[start + 1] == '/')
			rc = E_SYNTAX;
		if (t.path.n == 0 && scheme_has_root(t.scheme))
			buf_putc(out, '/');
	} else
		put_encoded(out, t.path, pchar);
	if (t.query.p != NULL) {
		buf_putc(out, '?');
		put_encoded(out, t.query, query_char);
	}
	if (t.fragment.p != NULL) {
		buf_putc(out, '#');
		put_encoded(out, t.fragment, query_char);
	}
	buf_free(&path);
	return rc;
}

/*
 * "https:path" is relative to a base of the same scheme and else lacks
 * its slashes; browsers read both.
 */
static struct span
mend_web(struct buf *own, struct span s, const struct uri *base)
{
	size_t n = scheme_length(s), slashes = n + 1;
	struct buf mended = { 0 };

	while (slashes < s.n && s.p[slashes] == '/')
		slashes++;
	if (slashes - n - 1 == 2)
		return s;
	if (slashes == n + 1 && base->scheme.n == n &&
	    strncasecmp(base->scheme.p, s.p, n) == 0)
		return span_from(s, n + 1);
	buf_put(&mended, s.p, n + 1);
	buf_puts(&mended, "//");
	buf_put_span(&mended, span_from(s, slashes));
	buf_free(own);
	*own = mended;
	return buf_span(own);
}

/* Bytes that stay as they are: 1 in a host, 2 in a path, 4 in a query. */
static const unsigned char as_is[256] = {
	['!'] = 6, ['$'] = 6, ['&'] = 6, 6, 6, 6, 6, 6, 6, ['-'] = 7,
	['.'] = 7, ['/'] = 6, ['0'] = 7, 7, 7, 7, 7, 7, 7, 7, 7, 7,
	[':'] = 6, 6, ['='] = 6, ['?'] = 4, ['@'] = 6,
	['A'] = 6, 6, 6, 6, 6, 6, 6, 6, 6, 6, 6, 6, 6, 6, 6, 6, 6, 6, 6, 6, 6,
	    6, 6, 6, 6, 6,
	['_'] = 6,
	['a'] = 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7,
	    7, 7, 7, 7, 7,
	['~'] = 6,
};

/* How long the port at the start of s is, with its colon; 0: look closer. */
static size_t
plain_port(struct span s, int usual)
{
	size_t i = 1;
	int port = 0;

	while (i < s.n && i < 6 && s.p[i] >= '0' && s.p[i] <= '9')
		port = 10 * port + (s.p[i++] - '0');
	return i > 1 && s.p[1] != '0' && port <= 65535 && port != usual ? i :
	    0;
}

/*
 * Whether s is an address of the web that resolves to itself, as most in feeds
 * are: nothing to encode, no segment that begins with a dot.
 */
static bool
is_settled(struct span s)
{
	size_t i = span_starts(s, "https://") ? 8 : 7, host = i;

	if (s.n > URI_MAX || (i == 7 && !span_starts(s, "http://")))
		return false;
	while (i < s.n && (as_is[(unsigned char)s.p[i]] & 1) != 0)
		i++;
	if (i == host || i - host > 1024)
		return false;
	if (i < s.n && s.p[i] == ':')
		i += plain_port(span_from(s, i), host == 8 ? 443 : 80);
	if (i == s.n || s.p[i] != '/')
		return false;
	for (; i < s.n && (as_is[(unsigned char)s.p[i]] & 2) != 0; i++)
		if (s.p[i] == '.' && s.p[i - 1] == '/')
			return false;
	while (i < s.n && (as_is[(unsigned char)s.p[i]] & 4) != 0)
		i++;
	return i == s.n;
}

int
uri_resolve(struct buf *out, const char *base, struct span ref)
{
	struct buf own = { 0 };
	struct span s;
	struct uri b, r;
	size_t start = out->n;
	int rc = E_LIMIT;

	if (is_settled(ref)) {
		buf_put_span(out, ref);
		return 0;
	}
	if (ref.n > 4 * URI_MAX)
		return E_LIMIT;
	s = html_clean(&own, ref);
	uri_split(&b, span_str(base));
	uri_split(&r, s);
	if (scheme_is_web(r.scheme.p != NULL ? r.scheme : b.scheme)) {
		s = turn_backslashes(&own, s);
		if (r.scheme.p != NULL)
			s = mend_web(&own, s, &b);
		uri_split(&r, s);
	}
	rc = put_target(out, &b, &r);
	if (rc == 0 && out->n - start > URI_MAX)
		rc = E_LIMIT;
	if (rc != 0)
		buf_truncate(out, start);
	buf_free(&own);
	return rc;
}

/* --- comparing and showing --- */

static bool
is_tracking(struct span name)
{
	static const char *const names[] = { "fbclid", "gclid", "dclid",
	    "msclkid", "mc_cid", "mc_eid", "igshid", "yclid", "_hsenc",
	    "_hsmi", "mkt_tok", "ref_src", "twclid", "wt_mc" };

	if (span_istarts(name, "utm_"))
		return true;
	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		if (span_ieqs(name, names[i]))
			return true;
	return false;
}

/* Append s with escapes of unreserved characters undone, others in capitals. */
static void
put_canonical(struct buf *out, struct span s)
{
	while (s.n > 0) {
		char c = s.p[0];

		if (!is_escape(s)) {
			buf_putc(out, c);
			s = span_from(s, 1);
			continue;
		}
		c = (char)(hex_value(s.p[1]) << 4 | hex_value(s.p[2]));
		if (alnum(c) || among(c, unreserved))
			buf_putc(out, c);
		else
			buf_putf(out, "%%%02X", (unsigned char)c);
		s = span_from(s, 3);
	}
}

static void
put_query(struct buf *out, struct span query)
{
	char mark = '?';

	while (query.n > 0) {
		struct span one = query, name;

		query = cut_at(&one, '&');
		query = span_from(query, 1);
		name = one;
		(void)cut_at(&name, '=');
		if (one.n == 0 || is_tracking(name))
			continue;
		buf_putc(out, mark);
		mark = '&';
		put_canonical(out, one);
	}
}

void
uri_canonical(struct buf *out, const char *uri)
{
	struct buf full = { 0 };
	struct uri u;
	bool web;

	if (uri_resolve(&full, NULL, span_str(uri)) != 0) {
		buf_puts(out, uri);
		return;
	}
	uri_split(&u, buf_span(&full));
	web = scheme_is_web(u.scheme);
	if (web)
		buf_puts(out, "https");
	else
		buf_put_span(out, u.scheme);
	buf_putc(out, ':');
	if (u.has_authority) {
		buf_puts(out, "//");
		buf_put_span(out, web && span_starts(u.host, "www.") ?
		    span_from(u.host, 4) : u.host);
		if (u.port.n > 0) {
			buf_putc(out, ':');
			buf_put_span(out, u.port);
		}
	}
	while (u.path.n > 0 && u.path.p[u.path.n - 1] == '/')
		u.path.n--;
	put_canonical(out, u.path);
	put_query(out, u.query);
	buf_free(&full);
}

void
uri_public(struct buf *out, const char *uri)
{
	struct uri u;

	uri_split(&u, span_str(uri));
	if (u.scheme.p != NULL) {
		buf_put_span(out, u.scheme);
		buf_putc(out, ':');
	}
	if (u.has_authority) {
		buf_puts(out, "//");
		buf_put_span(out, u.host);
		if (u.port.n > 0) {
			buf_putc(out, ':');
			buf_put_span(out, u.port);
		}
	}
	buf_put_span(out, u.path);
}
