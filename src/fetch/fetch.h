/*
 * fetch.h - many transfers at once over HTTP(S), Gemini and Gopher.
 *
 * The caller adds requests and runs the loop; each ends in one call of its
 * done function.  No storage and no parsing in here.
 */
#ifndef FETCH_FETCH_H
#define FETCH_FETCH_H

#include <stdbool.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/error.h"

#define FETCH_WIRE_MAX		((size_t)8 << 20)	/* bytes received */
#define FETCH_DECODED_MAX	((size_t)16 << 20)	/* after gzip */
#define FETCH_REDIRECTS_MAX	5

struct fetch_request {
	const char	*url;
	const char	*etag, *last_modified;	/* byte-exact, or NULL */
	const char	*user, *password;
	int		 timeout;	/* seconds in all */
	bool		 allow_private;	/* inner addresses are fine */
	bool		 insecure;
	const char	*accept;	/* NULL: feed types first */
	/*
	 * The address that the validators came from; they are sent to no
	 * other.  NULL: the feed's, wherever its redirects lead.
	 */
	const char	*validators_of;
	size_t		 max_bytes;	/* gemini, gopher; 0: FETCH_WIRE_MAX */
	bool		 same_host;	/* redirects stay on the host */
	void		*arg;		/* the caller's */
};

enum fetch_outcome {
	FETCH_OK,		/* body holds a whole new body */
	FETCH_NOT_MODIFIED,	/* 304 */
	FETCH_GONE,		/* 410, gemini 52 */
	FETCH_REFUSED,		/* 401 403 404, gemini 5x, 6x: rarely heals */
	FETCH_SLOW_DOWN,	/* 429, 503, gemini 44 */
	FETCH_ERROR,		/* 5xx, partial body, limits, protocol errors */
	FETCH_UNREACHABLE,	/* no name, no route, no connection, time-out */
	FETCH_FORBIDDEN,	/* the address or scheme is not allowed */
	FETCH_CERTIFICATE,	/* https invalid, or the pinned key changed */
};

struct fetch_result {
	enum fetch_outcome	 outcome;
	int			 status;	/* protocol's; 0 none */
	struct buf		 body;		/* owned by fetch; buf_take() it */
	const char		*content_type;	/* as sent; gemini's META */
	const char		*etag, *last_modified;
	const char		*url;		/* where the body came from */
	const char		*permanent;	/* where the hops before the first
						 * temporary one led by 301, 308, 31;
						 * NULL none, or https to http */
	bool			 no_name;	/* UNREACHABLE: no such host name */
	bool			 validated;	/* validators were sent */
	int64_t			 fresh_until;	/* max-age, Expires; 0 none */
	int64_t			 retry_after;	/* absolute; 0 none */
	char			 message[ERROR_MAX]; /* the cause in the
						 * protocol's words; "" when fine */
	int64_t			 bytes;		/* on the wire */
	int			 ms;
};

struct fetch_options {
	const char	*user_agent;
	int		 parallel;	/* transfers at once */
	int		 per_host;	/* 2 */
	/*
	 * Between the starts of two requests to one host; 0: a second, negative:
	 * none.  Requests with allow_private never wait: the keeper's own
	 * machines need no protection from him.
	 */
	int		 pause_ms;
	const char	*proxy;		/* NULL none; "environment" */
	int64_t		(*now)(void);	/* NULL: time(2) */
	/* What a person does about an inner address that is meant, for the
	 * message; NULL: "set allow_private = yes for this feed". */
	const char	*private_hint;
	/* addresses we listen on ("127.0.0.1:1965"), never fetched from */
	const char *const *own;
	/*
	 * Trust on first use.  Called with "host:port", the key's SHA-256 and the
	 * certificate's end before the request is sent: 0 go on, negative
	 * refuse with the message in e.  NULL: all are trusted.
	 */
	int		(*pin)(const char *host, const char *spki,
			    int64_t not_after, void *arg, struct error *e);
	void		*pin_arg;
};

struct fetch;
int	fetch_new(struct fetch **out, const struct fetch_options *o,
	    struct error *e);
void	fetch_free(struct fetch *f);
/*
 * Queue a request.  It is copied, but its strings stay the caller's and must
 * live until done was called: once, from fetch_run().  done may add further
 * ones; what it is given lives until it returns.  E_SYNTAX when the URL is
 * none of the four schemes': nothing was queued.
 *
 * After a 429, 503 or 44 its host is left alone: for a short Retry-After
 * the rest of its requests wait; for a longer one they end as
 * FETCH_SLOW_DOWN with status 0, unasked.
 */
int	fetch_add(struct fetch *f, const struct fetch_request *r,
	    void (*done)(const struct fetch_request *, struct fetch_result *,
	    void *arg), void *arg, struct error *e);
/*
 * Run until no request is left, waiting at most timeout_ms (-1: no
 * bound); tick (may be NULL) is called about ten times a second and stops
 * the run by returning non-zero.  Returns 0 when all are done, E_AGAIN else.
 */
int	fetch_run(struct fetch *f, int timeout_ms, int (*tick)(void *arg),
	    void *arg, struct error *e);

#endif
