/*
 * span.h - a borrowed run of bytes: pointer and length, no terminator.
 */
#ifndef BASE_SPAN_H
#define BASE_SPAN_H

#include <stdbool.h>
#include <stddef.h>
#include <string.h>
#include <strings.h>

struct span {
	const char	*p;
	size_t		 n;
};

static inline struct span
span_of(const char *p, size_t n)
{
	return (struct span){ p, n };
}

/* s may be NULL: the empty span. */
static inline struct span
span_str(const char *s)
{
	return (struct span){ s != NULL ? s : "", s != NULL ? strlen(s) : 0 };
}

static inline bool
span_eq(struct span a, struct span b)
{
	return a.n == b.n && (a.n == 0 || memcmp(a.p, b.p, a.n) == 0);
}

static inline bool
span_eqs(struct span a, const char *s)
{
	return span_eq(a, span_str(s));
}

/* ASCII case-insensitive comparison. */
static inline bool
span_ieqs(struct span a, const char *s)
{
	return a.n == strlen(s) && (a.n == 0 || strncasecmp(a.p, s, a.n) == 0);
}

static inline bool
span_starts(struct span a, const char *s)
{
	size_t n = strlen(s);

	return a.n >= n && memcmp(a.p, s, n) == 0;
}

static inline bool
span_istarts(struct span a, const char *s)
{
	size_t n = strlen(s);

	return a.n >= n && strncasecmp(a.p, s, n) == 0;
}

static inline struct span
span_from(struct span a, size_t off)
{
	/* an empty one may be NULL, which takes no offset */
	if (a.n == 0 || off == 0)
		return a;
	return off >= a.n ? (struct span){ a.p + a.n, 0 } :
	    (struct span){ a.p + off, a.n - off };
}

static inline bool
ascii_space(char c)
{
	return c == ' ' || c == '\t' || c == '\n' || c == '\r' ||
	    c == '\f' || c == '\v';
}

/* Without ASCII white space at both ends. */
static inline struct span
span_trim(struct span a)
{
	while (a.n > 0 && ascii_space(a.p[0]))
		a.p++, a.n--;
	while (a.n > 0 && ascii_space(a.p[a.n - 1]))
		a.n--;
	return a;
}

/*
 * Take the next line off *rest (without its LF or CR LF) into *line;
 * false when nothing is left.
 */
static inline bool
span_line(struct span *rest, struct span *line)
{
	const char *nl;

	if (rest->n == 0)
		return false;
	nl = memchr(rest->p, '\n', rest->n);
	line->p = rest->p;
	line->n = nl != NULL ? (size_t)(nl - rest->p) : rest->n;
	*rest = span_from(*rest, line->n + (nl != NULL ? 1 : 0));
	if (line->n > 0 && line->p[line->n - 1] == '\r')
		line->n--;
	return true;
}

#endif
