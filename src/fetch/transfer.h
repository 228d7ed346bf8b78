/*
 * transfer.h - one request on its way; private to src/fetch.
 *
 * fetch.c queues, starts and ends transfers and follows their redirects;
 * http.c and stream.c (Gemini and Gopher) carry one hop each.
 */
#ifndef FETCH_TRANSFER_H
#define FETCH_TRANSFER_H

#include <curl/curl.h>
#include <event2/event.h>
#include <event2/event_struct.h>
#include <tls.h>

#include "base/uri.h"
#include "fetch/fetch.h"
#include "fetch/gunzip.h"
#include "fetch/header.h"
#include "fetch/resolve.h"

#define CONNECT_MS	10000	/* for a connection to be made */
#define LOW_SPEED_BYTES	200	/* a second, */
#define LOW_SPEED_S	15	/* over so many seconds, else give up */
#define ERROR_BODY_MAX	((size_t)64 * 1024)	/* of a 404 page, read for
						 * the connection's sake */

#define SPARE_BODIES	32	/* of at most */
#define SPARE_BODY_MAX	((size_t)256 * 1024)

/* The values of an answer that outlive its bytes. */
struct reply {
	char	etag[HEADER_VALUE_MAX + 1];
	char	last_modified[HEADER_VALUE_MAX + 1];
	char	content_type[HEADER_VALUE_MAX + 1];
	char	location[URI_MAX + 1];
	bool	has_location;
	int64_t	date, expires, max_age;	/* 0, 0, -1: not given */
	bool	has_expires;
	enum content_coding coding;
	char	denied[160];		/* why an address was refused */
};

struct host {
	struct host	*next_hash, *next;
	struct transfer	*head, **tail;	/* waiting for a turn */
	int		 active;
	int64_t		 not_before_ms;
	enum { HOST_IDLE, HOST_READY, HOST_WAITING } place;
	char		 name[];
};

struct transfer {
	struct fetch		*f;
	struct transfer		*next, *prev;	/* queue, or active list */
	struct fetch_request	 r;		/* its strings are ours */
	void			(*done)(const struct fetch_request *,
				    struct fetch_result *, void *);
	void			*arg;
	char			*url;		/* of this hop */
	struct host		*host;
	int			 hops;
	bool			 temporary;	/* a temporary hop was met */
	bool			 downgraded;	/* https to http */
	bool			 strange;	/* left the first origin */
	char			*permanent;
	int64_t			 first_ms;	/* start of the first hop */
	int64_t			 began_ms, deadline_ms;
	int			 budget_ms;	/* left of the timeout */
	/* From the first start on: thousands may be waiting. */
	struct fetch_result	*res;
	struct reply		*reply;
	struct http		*http;
	struct stream		*stream;
};

struct fetch {
	struct fetch_options	 o;
	char			*user_agent, *proxy, *private_hint, **own;
	struct curl_slist	 agent_header, accept_header;
	struct event_base	*base;
	struct event		*tick_ev;
	CURLM			*multi;
	struct event		*curl_timer;
	struct http		*spare;		/* easy handles to use again */
	/* Bodies to use again: what malloc gives back and takes anew for each
	 * costs more page faults than the transfer costs otherwise. */
	struct buf		 bodies[SPARE_BODIES];
	size_t			 nbodies;
	struct resolver		*resolver;
	struct event		*resolver_ev;
	struct tls_config	*tls;
	struct host		*table[1024];
	struct host		*ready, **ready_end;
	struct host		*waiting;
	struct transfer		*active;
	int			 nactive;
	size_t			 npending;
	int			(*tick)(void *);
	void			*tick_arg;
	bool			 stop, out_of_time;
	int64_t			 until_ms;	/* -1 no bound */
};

void	reply_clear(struct reply *r);
int64_t	fetch_time(const struct fetch *f);	/* wall clock, seconds */

/* Whether t may talk to sa; says why not in t->denied. */
bool	transfer_allowed(struct transfer *t, const struct sockaddr *sa,
	    int port);
/* Say that the address text is an inner one. */
void	transfer_denied(struct transfer *t, const char *text);
/*
 * End t: its done function is called and t is gone afterwards.  fmt is the
 * message, NULL when all is fine.
 */
void	transfer_end(struct transfer *t, enum fetch_outcome outcome,
	    const char *fmt, ...) __attribute__((format(printf, 3, 4)));
/* Follow a redirect, or end t when it may not be; t may be gone after. */
void	transfer_redirect(struct transfer *t, struct span location,
	    bool permanent);

int	http_init(struct fetch *f, struct error *e);
void	http_fini(struct fetch *f);
int	http_start(struct transfer *t, struct error *e);
void	http_stop(struct transfer *t);	/* abandon the hop */

void	stream_start(struct transfer *t);	/* may end t */
void	stream_stop(struct transfer *t);
void	stream_tick(struct transfer *t, int64_t now_ms);	/* may end t */
void	stream_resolved(struct transfer *t, struct addrinfo *list, int error);

#endif
