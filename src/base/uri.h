/*
 * uri.h - resolve, normalise and compare URLs.
 *
 * Resolution follows RFC 3986 section 5 after the clean-up that HTML
 * prescribes (C0 and space stripped at both ends; tab, LF, CR removed
 * inside); doc/orrery-gemtext.7 section on URLs gives the rules.
 */
#ifndef BASE_URI_H
#define BASE_URI_H

#include <stdbool.h>

#include "base/buf.h"
#include "base/error.h"
#include "base/span.h"

#define URI_MAX		4096	/* bytes; longer ones are refused */

/* Parts of a URI as they stand; absent ones have p == NULL. */
struct uri {
	struct span scheme, userinfo, host, port, path, query, fragment;
	bool	has_authority;
};

/* Split s by RFC 3986 appendix B (lenient); always succeeds. */
void	uri_split(struct uri *u, struct span s);

/*
 * Append to out the absolute, normalised URI that ref means against base
 * (NULL or "": none): scheme and host lower case, host in punycode, default
 * port dropped, dot segments removed, empty path of http(s), gemini "/",
 * characters outside RFC 3986 percent-encoded as UTF-8, existing escapes
 * kept, "\" read as "/" in http(s).  E_SYNTAX when it cannot be resolved or the host
 * is invalid; E_LIMIT when longer than URI_MAX; out is then unchanged.
 */
int	uri_resolve(struct buf *out, const char *base, struct span ref);

/*
 * The lower-case scheme of ref after HTML's clean-up when it has one, into
 * out (NUL-terminated, truncated to size); "" when it has none.
 */
void	uri_scheme(char *out, size_t size, struct span ref);

/* Whether a link of that scheme may be published (4.1 of the rules). */
bool	uri_scheme_linkable(const char *scheme);

/*
 * Append the form in which two addresses of one page are equal: scheme
 * http(s) folded to https, "www." dropped, default port, fragment and tracking
 * parameters (utm_*, fbclid, gclid, ...) dropped, final slash dropped,
 * escapes normalised.  For comparison only, never shown.
 */
void	uri_canonical(struct buf *out, const char *uri);

/* Append uri without userinfo and query string, for public pages and logs. */
void	uri_public(struct buf *out, const char *uri);

/* Append s percent-encoded but for unreserved characters and those in keep. */
void	uri_escape(struct buf *out, struct span s, const char *keep);
/* Append s percent-decoded once. */
void	uri_unescape(struct buf *out, struct span s);

/* Append host in its ASCII (IDNA) form, lower case. E_SYNTAX if invalid. */
int	uri_host_ascii(struct buf *out, struct span host);

#endif
