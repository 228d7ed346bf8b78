/*
 * conn_step.h - what conn.c, conn_ask.c and conn_reply.c share.
 *
 * Each state has a step: a function that does what can be done now and
 * says what the connection waits for next.
 */
#ifndef SERVE_CONN_STEP_H
#define SERVE_CONN_STEP_H

#include "serve/conn_io.h"
#include "serve/proxyproto.h"
#include "serve/request.h"
#include "serve/worker.h"

/* The request, kept until the answer is in the log. */
struct conn_request {
	size_t	n;
	size_t	line;		/* of n, without the line's end */
	char	bytes[GEMINI_LINE_MAX];
};

_Static_assert(GEMINI_LINE_MAX >= GOPHER_LINE_MAX + 2,
    "one buffer for requests of both protocols");
_Static_assert(GEMINI_LINE_MAX >= PROXY_HEADER_MAX,
    "and for the PROXY header before them");

enum step {
	STEP_ON,		/* the state changed: go on */
	STEP_READ,		/* wait until there is something to read */
	STEP_WRITE,		/* wait until there is room to write */
	STEP_WAIT,		/* wait for something else */
	STEP_CLOSE
};

static inline bool
conn_is_gopher(const struct conn *c)
{
	return c->listener->protocol != PROTOCOL_GEMINI;
}

/* Another state, with a deadline of its own. */
void	conn_enter(struct conn *c, enum conn_state state);
/* Another state with the deadline of the one before. */
void	conn_enter_late(struct conn *c, enum conn_state state);
/*
 * Count the connection for the address it is from.  False: it is not even
 * worth an answer.
 */
bool	conn_count(struct conn *c, const struct sockaddr *from);
/* It holds nothing of the limit of its address any more. */
void	conn_uncount(struct conn *c);
/* Keep the address for the log, if the log has addresses. */
void	conn_from(struct conn *c, const struct sockaddr_storage *from);
/* Into the access log and the counters, once. */
void	conn_note(struct conn *c);

/* conn_ask.c: from the first byte to the end of the request line. */
enum step conn_step_proxy(struct conn *c);
enum step conn_step_first(struct conn *c);
enum step conn_step_handshake(struct conn *c);
enum step conn_step_request(struct conn *c);
/* The address the client connected to, and the name the hole has there. */
void	conn_local(const struct conn *c, struct peer *p);

/* conn_reply.c: from the answer to the end. */
enum step conn_step_reply(struct conn *c);
enum step conn_step_notify(struct conn *c);
enum step conn_step_drain(struct conn *c);
/* Send bytes held in memory; takes a copy. */
void	conn_reply_bytes(struct conn *c, const char *p, size_t n);
enum step conn_reply(struct conn *c, struct answer *a);
/* A refusal in the words of the protocol. */
enum step conn_refuse(struct conn *c, int status, const char *what);

#endif
