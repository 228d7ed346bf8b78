/*
 * request.h - what a client asked for, as pure functions over its bytes.
 *
 * Nothing here opens a file or knows a host: a request line goes in, and
 * a checked path or the reason for a refusal comes out.
 */
#ifndef SERVE_REQUEST_H
#define SERVE_REQUEST_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

#include "base/span.h"

/* A URI may have 1024 bytes; its line is two longer. */
#define GEMINI_URI_MAX		1024
#define GEMINI_LINE_MAX		(GEMINI_URI_MAX + 2)
/* A selector with its search, without the line's end. */
#define GOPHER_LINE_MAX		1024

struct gemini_request {
	int		 status;	/* 0 fine; 51, 53 or 59 refused */
	const char	*why;		/* the sentence for META, if refused */
	struct span	 uri;		/* as received, for the log */
	struct span	 host;		/* as received, brackets cut, no dot */
	bool		 host_literal;	/* an IPv6 literal, or looks like IPv4 */
	int		 port;		/* 1965 when absent */
	struct span	 query;		/* raw, without "?" */
	bool		 has_query;
	/*
	 * The decoded path without the leading slash, dot segments resolved:
	 * "" for the root, "e/2026/x.gmi", "e/2026/".  No segment of it is
	 * empty (but the last), hidden, or holds a slash, backslash or control
	 * character.
	 */
	char		 path[GEMINI_URI_MAX + 1];
};

/*
 * Where the request line in p[0..n) ends: the number of bytes in it without
 * CR LF, -1 when more are needed, -2 when it is too long.
 */
ssize_t	gemini_line(const char *p, size_t n);
/* Judge a line; r->status says how it went. */
void	gemini_parse(struct gemini_request *r, struct span line);

/*
 * Decode and check one path as above into out (size bytes); 0, 51 or 59.
 * decode: take percent escapes as what they mean.
 */
int	request_path(char *out, size_t size, struct span path, bool decode);

enum gopher_kind {
	GOPHER_ITEM,		/* a selector */
	GOPHER_URL,		/* "URL:..." */
	GOPHER_HTTP,		/* a web browser */
	GOPHER_PLUS,		/* a Gopher+ question about attributes */
	GOPHER_BAD		/* not text, or too long */
};

struct gopher_request {
	enum gopher_kind kind;
	struct span	 selector;	/* as received */
	struct span	 search;	/* after the first TAB */
	bool		 has_search;
	struct span	 url;		/* of GOPHER_URL, without "URL:" */
};

/*
 * As gemini_line(), but a bare LF ends the line too; the length counts
 * neither CR nor LF.
 */
ssize_t	gopher_line(const char *p, size_t n);
void	gopher_parse(struct gopher_request *r, struct span line);

#endif
