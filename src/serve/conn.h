/*
 * conn.h - a connection: one struct, a named state, one way to its end.
 */
#ifndef SERVE_CONN_H
#define SERVE_CONN_H

#include <sys/queue.h>
#include <sys/socket.h>

#include <event2/event_struct.h>
#include <stdbool.h>
#include <stdint.h>
#include <tls.h>

#include "base/span.h"
#include "serve/hot.h"
#include "serve/limit.h"
#include "serve/listen.h"

/* Each state has a deadline of its own, see conn.c. */
enum conn_state {
	CONN_PROXY,		/* the PROXY header is awaited */
	CONN_FIRST,		/* nothing came yet; no TLS object exists */
	CONN_HANDSHAKE,
	CONN_REQUEST,		/* the request line is awaited */
	CONN_SEARCH,		/* the search process is at it */
	CONN_REPLY,		/* the answer is on its way */
	CONN_NOTIFY,		/* close_notify is on its way */
	CONN_LINGER,		/* all said; nobody listens for a while */
	CONN_DRAIN,		/* our side is closed, theirs is awaited */
	CONN_STATES
};

struct worker;

struct conn {
	TAILQ_ENTRY(conn) link;		/* in its state's queue */
	struct event	 event;
	struct worker	*worker;
	const struct listener *listener;
	int		 fd;
	enum conn_state	 state;
	bool		 writing;	/* the event waits to write */
	bool		 readable;	/* the socket may hold bytes */
	bool		 eof;
	bool		 counted;	/* in the table of limits */
	bool		 noted;		/* in the access log */
	bool		 secret;
	bool		 nothing_behind; /* the request ends what was said */
	short		 refuse;	/* 0, or 44, 41: decided at accept */
	short		 status;
	int64_t		 deadline_ms;
	int64_t		 total_ms;	/* the answer must be through by then */
	struct limit_key key;
	struct tls	*tls;
	struct sockaddr_storage *from;	/* of the client, for the log; or NULL */
	/* bytes read from the socket that nobody took yet */
	char		*in;
	size_t		 in_len;
	/* bytes for the socket that it did not take yet */
	char		*out;
	size_t		 out_off, out_len;
	/* the request, from its first byte on */
	struct conn_request *request;
	/* the answer */
	char		*body;		/* in memory, or NULL */
	size_t		 body_len;
	struct hot_page	*page;		/* or kept by the route */
	int		 file;		/* or in a file */
	int64_t		 off, size;
	uint32_t	 search_id;
	unsigned	 drained;	/* bytes read in CONN_DRAIN */
	uint64_t	 sent;		/* bytes of the answer */
};

/*
 * Take over a descriptor just accepted.  refuse: 44 or 41 to answer that
 * to whatever is asked, 0 else.  Memory is all that can fail, and that
 * aborts.
 */
void	conn_new(struct worker *w, const struct listener *l, int fd,
	    const struct sockaddr *from, short refuse);
/* Close and forget; the only way out. */
void	conn_close(struct conn *c);
/* How long a state may last, in milliseconds. */
int	conn_state_ms(enum conn_state s);
/* Its deadline has passed. */
void	conn_timeout(struct conn *c);
/* The search process answered. */
void	conn_search_done(struct conn *c, int status, struct span body);

#endif
