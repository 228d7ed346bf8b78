/*
 * conn_ask.c - from a connection's first byte to the end of its request.
 */
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/log.h"
#include "base/xalloc.h"
#include "serve/conn_step.h"

/* The first byte of a TLS record that opens a handshake. */
#define TLS_HANDSHAKE_BYTE	0x16

#define SAY_SLOW	"Too many requests from your address; wait a few " \
			    "seconds between them"
#define SAY_OVERLOAD	"Too many visitors at once; try again in a minute"
#define SAY_SEARCHES	"Other searches are running; try again in a few seconds"

static enum step
start_tls(struct conn *c)
{
	struct worker *w = c->worker;

	/* Text on this port gets no answer in text. */
	if ((unsigned char)w->in[w->in_off] != TLS_HANDSHAKE_BYTE)
		return STEP_CLOSE;
	worker_room_to_shake(w);
	if ((c->tls = tlsio_accept(w->tls, conn_tls_read, conn_tls_write, c)) ==
	    NULL) {
		log_warn("serve: TLS: %s", tls_error(w->tls) != NULL ?
		    tls_error(w->tls) : "out of memory");
		return STEP_CLOSE;
	}
	/* The handshake's time began with the connection. */
	conn_enter_late(c, CONN_HANDSHAKE);
	return STEP_ON;
}

enum step
conn_step_first(struct conn *c)
{
	struct worker *w = c->worker;
	int rc = conn_fill(c);

	if (rc != 1)
		return rc == 0 ? STEP_READ : STEP_CLOSE;
	if (protocol_is_tls(c->listener->protocol))
		return start_tls(c);
	/* TLS on the plain port: silence. */
	if ((unsigned char)w->in[w->in_off] == TLS_HANDSHAKE_BYTE)
		return STEP_CLOSE;
	conn_enter(c, CONN_REQUEST);
	return STEP_ON;
}

static struct conn_request *
request_buffer(struct conn *c)
{
	if (c->request == NULL) {
		c->request = xmalloc(sizeof(*c->request));
		c->request->n = c->request->line = 0;
	}
	return c->request;
}

enum step
conn_step_proxy(struct conn *c)
{
	struct worker *w = c->worker;
	struct conn_request *q = request_buffer(c);
	struct sockaddr_storage from;
	ssize_t used;
	size_t n;
	int rc;

	if ((rc = conn_fill(c)) != 1)
		return rc == 0 ? STEP_READ : STEP_CLOSE;
	n = w->in_len - w->in_off;
	if (n > sizeof(q->bytes) - q->n)
		n = sizeof(q->bytes) - q->n;
	memcpy(q->bytes + q->n, w->in + w->in_off, n);
	used = proxy_parse((unsigned char *)q->bytes, q->n + n, &from);
	if (used == -2)
		return STEP_CLOSE;
	if (used == -1) {
		q->n += n;
		w->in_off += n;
		return q->n == sizeof(q->bytes) ? STEP_CLOSE : STEP_ON;
	}
	/* What follows the header stays where it is. */
	w->in_off += (size_t)used - q->n;
	free(c->request);
	c->request = NULL;
	if (from.ss_family != AF_UNSPEC) {
		if (!conn_count(c, (struct sockaddr *)&from))
			return STEP_CLOSE;
		conn_from(c, &from);
	}
	conn_enter(c, CONN_FIRST);
	return STEP_ON;
}

enum step
conn_step_handshake(struct conn *c)
{
	struct worker *w = c->worker;

	switch (tls_handshake(c->tls)) {
	case 0:
		stats_add(&w->stats->counter[STAT_HANDSHAKES], 1);
		conn_enter(c, CONN_REQUEST);
		return STEP_ON;
	case TLS_WANT_POLLIN:
		return STEP_READ;
	case TLS_WANT_POLLOUT:
		return STEP_WRITE;
	default:
		stats_add(&w->stats->counter[STAT_HANDSHAKES_FAILED], 1);
		log_debug("serve: handshake: %s", tls_error(c->tls) != NULL ?
		    tls_error(c->tls) : "failed");
		/* An alert may be waiting to be sent. */
		(void)conn_flush(c);
		return STEP_CLOSE;
	}
}

/* Bytes of the request, decrypted if need be: > 0, 0 end, -1 broken, -2, -3
 * wait to read, to write. */
static ssize_t
read_plain(struct conn *c, char *p, size_t n)
{
	ssize_t got;

	if (c->tls == NULL) {
		got = conn_tls_read(NULL, p, n, c);
		return got == TLS_WANT_POLLIN ? -2 : got;
	}
	got = tls_read(c->tls, p, n);
	return got == TLS_WANT_POLLIN ? -2 : got == TLS_WANT_POLLOUT ? -3 : got;
}

void
conn_local(const struct conn *c, struct peer *p)
{
	struct sockaddr_storage ss;
	socklen_t len = sizeof(ss);

	if (conn_is_gopher(c) && c->tls != NULL)
		p->as = route_gopher_named(c->worker->route,
		    tls_conn_servername(c->tls));
	else if (conn_is_gopher(c)) {
		p->as = c->listener->host;
		p->as_port = c->listener->port;
	}
	if (c->listener->fixed) {
		memcpy(p->local_ip, c->listener->ip, sizeof(p->local_ip));
		p->local_port = c->listener->port;
		return;
	}
	if (getsockname(c->fd, (struct sockaddr *)&ss, &len) == -1)
		ss.ss_family = AF_UNSPEC;
	p->local_port = listen_address(&ss, p->local_ip, sizeof(p->local_ip));
}

static enum step
begin_search(struct conn *c)
{
	struct worker *w = c->worker;

	c->secret = true;
	stats_add(&w->stats->counter[STAT_SEARCHES], 1);
	if (!worker_search(w, c)) {
		stats_add(&w->stats->counter[STAT_SEARCHES_REFUSED], 1);
		return conn_refuse(c, 44, SAY_SEARCHES);
	}
	conn_enter(c, CONN_SEARCH);
	stats_add(&w->stats->searching, 1);
	return STEP_WAIT;
}

/*
 * Whether all that was said is the one line of the request, as far as
 * anybody can know.
 */
static bool
nothing_behind(const struct conn *c)
{
	const struct worker *w = c->worker;
	const struct conn_request *q = c->request;

	return w->in_off == w->in_len && !c->readable &&
	    memchr(q->bytes + q->line, '\n', q->n - q->line) ==
	    q->bytes + q->n - 1;
}

static enum step
judge(struct conn *c, struct span line)
{
	struct worker *w = c->worker;
	struct peer p = { 0 };
	struct gemini_request gemini;
	struct gopher_request gopher;

	if (c->refuse != 0) {
		stats_add(&w->stats->counter[c->refuse == 44 ? STAT_LIMITED :
		    STAT_OVERLOAD], 1);
		return conn_refuse(c, c->refuse, c->refuse == 44 ? SAY_SLOW :
		    SAY_OVERLOAD);
	}
	conn_local(c, &p);
	if (c->tls != NULL)
		tlsio_peer(c->tls, &p);
	route_refresh(w->route, w->now_ms / 1000);
	if (conn_is_gopher(c)) {
		gopher_parse(&gopher, line);
		/* Others than plain items may have more to say. */
		c->nothing_behind = c->tls == NULL &&
		    gopher.kind == GOPHER_ITEM && nothing_behind(c);
		route_gopher(w->route, &w->answer, &gopher, &p);
	} else {
		gemini_parse(&gemini, line);
		route_gemini(w->route, &w->answer, &gemini, &p,
		    (int64_t)time(NULL));
	}
	if (w->answer.kind == ANSWER_SEARCH)
		return begin_search(c);
	return conn_reply(c, &w->answer);
}

/*
 * The handshake ends with the client's word, and without tickets we have
 * nothing to answer.  A client that sends its request in small steps waits
 * for our acknowledgement first, which the kernel would hold back for
 * 40 ms: send it now.
 */
static void
acknowledge(const struct conn *c)
{
	int on = 1;

	if (!c->listener->local)
		(void)setsockopt(c->fd, IPPROTO_TCP, TCP_QUICKACK, &on,
		    sizeof(on));
}

enum step
conn_step_request(struct conn *c)
{
	struct conn_request *q = request_buffer(c);
	ssize_t n, len;

	n = read_plain(c, q->bytes + q->n, sizeof(q->bytes) - q->n);
	if (n == -2 && c->tls != NULL && q->n == 0)
		acknowledge(c);
	if (n == -2 && q->n == 0) {
		/* Who has not begun to ask holds no memory for it. */
		free(c->request);
		c->request = NULL;
	}
	if (n == -2 || n == -3)
		return n == -2 ? STEP_READ : STEP_WRITE;
	if (n <= 0)
		return STEP_CLOSE;
	q->n += (size_t)n;
	len = conn_is_gopher(c) ? gopher_line(q->bytes, q->n) :
	    gemini_line(q->bytes, q->n);
	if (len == -1)
		return STEP_ON;		/* once more, until it has to wait */
	if (len == -2) {
		q->line = q->n;
		if (c->refuse == 0)
			return conn_refuse(c, 59, conn_is_gopher(c) ?
			    "That selector is too long" :
			    "The address is longer than 1024 bytes");
		len = (ssize_t)q->n;
	}
	q->line = (size_t)len;
	return judge(c, span_of(q->bytes, q->line));
}
