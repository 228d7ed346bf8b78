/*
 * conn.c - what happens to a connection, state by state.
 */
#include <sys/sendfile.h>

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "base/log.h"
#include "base/uri.h"
#include "base/xalloc.h"
#include "serve/conn_io.h"
#include "serve/proxyproto.h"
#include "serve/request.h"
#include "serve/worker.h"

/* Milliseconds; the request and the handshake have theirs in all. */
#define PROXY_MS	5000
#define HANDSHAKE_MS	10000
#define REQUEST_MS	10000
#define SEARCH_MS	5000
#define STALL_MS	30000	/* an answer without any progress */
#define NOTIFY_MS	10000
#define DRAIN_MS	2000
/* An answer as a whole: a minute, and a second for each KB. */
#define TOTAL_MS	60000

#define DRAIN_BYTES	(4u << 20)
#define SENDFILE_MAX	(256 * 1024)

/* The first byte of a TLS record that opens a handshake. */
#define TLS_HANDSHAKE_BYTE	0x16

#define SAY_SLOW	"Too many requests from your address; wait a few " \
			    "seconds between them"
#define SAY_OVERLOAD	"Too many visitors at once; try again in a minute"
#define SAY_SEARCHES	"Other searches are running; try again in a few seconds"
#define SAY_LATE	"The request did not end in time"

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

static void	drive(struct conn *c);

static bool
is_gopher(const struct conn *c)
{
	return c->listener->protocol != PROTOCOL_GEMINI;
}

/* --- states and deadlines --- */

static int
state_ms(enum conn_state s)
{
	switch (s) {
	case CONN_PROXY:
		return PROXY_MS;
	case CONN_FIRST:
	case CONN_HANDSHAKE:
		return HANDSHAKE_MS;
	case CONN_REQUEST:
		return REQUEST_MS;
	case CONN_SEARCH:
		return SEARCH_MS;
	case CONN_REPLY:
		return STALL_MS;
	case CONN_NOTIFY:
		return NOTIFY_MS;
	default:
		return DRAIN_MS;
	}
}

static void
enter(struct conn *c, enum conn_state state)
{
	struct worker *w = c->worker;

	TAILQ_REMOVE(&w->queues[c->state], c, link);
	c->state = state;
	c->deadline_ms = w->now_ms + state_ms(state);
	TAILQ_INSERT_TAIL(&w->queues[state], c, link);
}

void
conn_progress(struct conn *c)
{
	if (c->state == CONN_REPLY)
		enter(c, CONN_REPLY);
}

/* --- the socket --- */

static void
on_event(evutil_socket_t fd, short what, void *arg)
{
	struct conn *c = arg;

	(void)fd;
	c->worker->now_ms = worker_clock();
	if (what & EV_READ)
		c->readable = true;
	drive(c);
}

static void
watch(struct conn *c, bool writing)
{
	if (c->writing == writing && event_initialized(&c->event))
		return;
	if (event_initialized(&c->event))
		event_del(&c->event);
	c->writing = writing;
	event_assign(&c->event, c->worker->base, c->fd,
	    (short)((writing ? EV_WRITE : EV_READ) | EV_PERSIST), on_event, c);
	event_add(&c->event, NULL);
}

/* --- beginning and end --- */

static void
take_from(struct conn *c, const struct sockaddr_storage *from)
{
	if (!c->worker->config->log_addresses)
		return;
	if (c->from == NULL)
		c->from = xmalloc(sizeof(*c->from));
	*c->from = *from;
}

/*
 * Count the connection for the address it is from.  False: it is not even
 * worth an answer.
 */
static bool
count(struct conn *c, const struct sockaddr *from)
{
	struct worker *w = c->worker;

	if (!limit_key(&c->key, from))
		return true;
	switch (limit_enter(w->limits, w->slot, &c->key, w->now_ms)) {
	case LIMIT_DROP:
		stats_add(&w->stats->counter[STAT_DROPPED], 1);
		return false;
	case LIMIT_SLOW:
		if (c->refuse == 0)
			c->refuse = 44;
		break;
	case LIMIT_OK:
		break;
	}
	c->counted = true;
	return true;
}

static bool
from_proxy(const struct worker *w, const struct listener *l,
    const struct sockaddr *from)
{
	const unsigned char *ip = NULL;

	for (size_t i = 0; i < w->nproxies; i++) {
		const struct proxy_net *p = &w->proxies[i];
		int full = p->bits / 8, rest = p->bits % 8;

		if (p->family == AF_UNIX && l->local)
			return true;
		if (p->family != from->sa_family)
			continue;
		if (from->sa_family == AF_INET)
			ip = (const unsigned char *)
			    &((const struct sockaddr_in *)from)->sin_addr;
		else
			ip = (const unsigned char *)
			    &((const struct sockaddr_in6 *)from)->sin6_addr;
		if (memcmp(ip, p->net, (size_t)full) == 0 && (rest == 0 ||
		    (ip[full] ^ p->net[full]) >> (8 - rest) == 0))
			return true;
	}
	return false;
}

void
conn_new(struct worker *w, const struct listener *l, int fd,
    const struct sockaddr *from, short refuse)
{
	struct conn *c = xcalloc(1, sizeof(*c));
	bool proxied = from_proxy(w, l, from);

	c->worker = w;
	c->listener = l;
	c->fd = fd;
	c->file = -1;
	c->refuse = refuse;
	c->state = proxied ? CONN_PROXY : CONN_FIRST;
	c->deadline_ms = w->now_ms + state_ms(c->state);
	TAILQ_INSERT_TAIL(&w->queues[c->state], c, link);
	w->open++;
	stats_add(&w->stats->open, 1);
	stats_add(&w->stats->counter[STAT_CONNECTIONS], 1);
	/* A proxy's own address counts for nothing. */
	if (!proxied) {
		if (!count(c, from)) {
			conn_close(c);
			return;
		}
		if (w->config->log_addresses && from->sa_family != AF_UNIX) {
			struct sockaddr_storage ss = { 0 };

			memcpy(&ss, from, from->sa_family == AF_INET ?
			    sizeof(struct sockaddr_in) :
			    sizeof(struct sockaddr_in6));
			take_from(c, &ss);
		}
	}
	watch(c, false);
}

static void
note(struct conn *c)
{
	struct worker *w = c->worker;
	char address[INET6_ADDRSTRLEN] = "";
	struct access_entry en = {
		.time = (int64_t)time(NULL), .gopher = is_gopher(c),
		.status = c->status, .secret = c->secret, .bytes = c->sent,
	};

	if (c->noted || c->status == 0 || c->request == NULL)
		return;
	c->noted = true;
	stats_add(is_gopher(c) ? &w->stats->gopher[c->status % 100] :
	    &w->stats->gemini[c->status % 100], 1);
	stats_add(&w->stats->counter[STAT_BYTES], c->sent);
	if (w->access == NULL)
		return;
	en.request = span_of(c->request->bytes, c->request->line);
	if (c->from != NULL && c->from->ss_family == AF_INET)
		inet_ntop(AF_INET, &((struct sockaddr_in *)c->from)->sin_addr,
		    address, sizeof(address));
	else if (c->from != NULL && c->from->ss_family == AF_INET6)
		inet_ntop(AF_INET6,
		    &((struct sockaddr_in6 *)c->from)->sin6_addr, address,
		    sizeof(address));
	if (address[0] != '\0')
		en.address = address;
	stats_add(&w->stats->counter[STAT_LOG_LOST],
	    access_note(w->access, &en));
}

void
conn_close(struct conn *c)
{
	struct worker *w = c->worker;

	note(c);
	if (c->state == CONN_SEARCH)
		stats_sub(&w->stats->searching, 1);
	if (event_initialized(&c->event))
		event_del(&c->event);
	TAILQ_REMOVE(&w->queues[c->state], c, link);
	if (c->counted)
		limit_leave(w->limits, w->slot, &c->key);
	if (c->file != -1)
		close(c->file);
	tls_free(c->tls);
	close(c->fd);
	free(c->from);
	free(c->in);
	free(c->out);
	free(c->request);
	free(c->body);
	free(c);
	w->open--;
	stats_sub(&w->stats->open, 1);
	worker_freed(w);
}

/* --- the steps --- */

static enum step
start_tls(struct conn *c)
{
	struct worker *w = c->worker;

	/* Text on this port gets no answer in text. */
	if ((unsigned char)w->in[w->in_off] != TLS_HANDSHAKE_BYTE)
		return STEP_CLOSE;
	if ((c->tls = tlsio_accept(w->tls, conn_tls_read, conn_tls_write, c)) ==
	    NULL) {
		log_warn("serve: TLS: %s", tls_error(w->tls) != NULL ?
		    tls_error(w->tls) : "out of memory");
		return STEP_CLOSE;
	}
	/* The handshake's time began with the connection. */
	TAILQ_REMOVE(&w->queues[c->state], c, link);
	c->state = CONN_HANDSHAKE;
	TAILQ_INSERT_TAIL(&w->queues[c->state], c, link);
	return STEP_ON;
}

static enum step
step_first(struct conn *c)
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
	enter(c, CONN_REQUEST);
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

static enum step
step_proxy(struct conn *c)
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
		if (!count(c, (struct sockaddr *)&from))
			return STEP_CLOSE;
		take_from(c, &from);
	}
	enter(c, CONN_FIRST);
	return STEP_ON;
}

static enum step
step_handshake(struct conn *c)
{
	struct worker *w = c->worker;

	switch (tls_handshake(c->tls)) {
	case 0:
		stats_add(&w->stats->counter[STAT_HANDSHAKES], 1);
		enter(c, CONN_REQUEST);
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

static void
local_address(const struct conn *c, struct peer *p)
{
	struct sockaddr_storage ss;
	socklen_t len = sizeof(ss);

	p->local_ip[0] = '\0';
	p->local_port = 0;
	if (getsockname(c->fd, (struct sockaddr *)&ss, &len) == -1)
		return;
	if (ss.ss_family == AF_INET) {
		struct sockaddr_in *in = (struct sockaddr_in *)&ss;

		inet_ntop(AF_INET, &in->sin_addr, p->local_ip,
		    sizeof(p->local_ip));
		p->local_port = ntohs(in->sin_port);
	} else if (ss.ss_family == AF_INET6) {
		struct sockaddr_in6 *in6 = (struct sockaddr_in6 *)&ss;

		inet_ntop(AF_INET6, &in6->sin6_addr, p->local_ip,
		    sizeof(p->local_ip));
		p->local_port = ntohs(in6->sin6_port);
	}
}

/* Send bytes held in memory; takes a copy. */
static void
reply_bytes(struct conn *c, const char *p, size_t n)
{
	c->body = xmalloc(n > 0 ? n : 1);
	memcpy(c->body, p, n);
	c->body_len = n;
	c->off = 0;
	c->size = 0;
	c->total_ms = c->worker->now_ms + TOTAL_MS + (int64_t)n;
	enter(c, CONN_REPLY);
}

static enum step
reply_answer(struct conn *c, struct answer *a)
{
	c->status = (short)a->status;
	c->secret = a->secret;
	reply_bytes(c, a->head.p != NULL ? a->head.p : "", a->head.n);
	if (a->kind == ANSWER_FILE) {
		c->file = a->fd;
		c->size = a->size;
		c->total_ms += c->size;
	}
	return STEP_ON;
}

/* A refusal in the words of the protocol. */
static enum step
refuse(struct conn *c, int status, const char *what)
{
	struct worker *w = c->worker;
	struct peer p = { 0 };

	if (is_gopher(c)) {
		local_address(c, &p);
		answer_gopher_error(&w->answer, w->route, &p, status, what);
	} else
		answer_gemini(&w->answer, status, what);
	w->answer.secret = c->secret;
	return reply_answer(c, &w->answer);
}

static enum step
begin_search(struct conn *c)
{
	struct worker *w = c->worker;

	c->secret = true;
	stats_add(&w->stats->counter[STAT_SEARCHES], 1);
	if (!worker_search(w, c)) {
		stats_add(&w->stats->counter[STAT_SEARCHES_REFUSED], 1);
		return refuse(c, 44, SAY_SEARCHES);
	}
	enter(c, CONN_SEARCH);
	stats_add(&w->stats->searching, 1);
	return STEP_WAIT;
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
		return refuse(c, c->refuse, c->refuse == 44 ? SAY_SLOW :
		    SAY_OVERLOAD);
	}
	local_address(c, &p);
	if (c->tls != NULL)
		tlsio_peer(c->tls, &p);
	route_refresh(w->route, w->now_ms / 1000);
	if (is_gopher(c)) {
		gopher_parse(&gopher, line);
		route_gopher(w->route, &w->answer, &gopher, &p);
	} else {
		gemini_parse(&gemini, line);
		route_gemini(w->route, &w->answer, &gemini, &p,
		    (int64_t)time(NULL));
	}
	if (w->answer.kind == ANSWER_SEARCH)
		return begin_search(c);
	return reply_answer(c, &w->answer);
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

static enum step
step_request(struct conn *c)
{
	struct conn_request *q = request_buffer(c);
	ssize_t n, len;

	n = read_plain(c, q->bytes + q->n, sizeof(q->bytes) - q->n);
	if (n == -2 && c->tls != NULL && q->n == 0)
		acknowledge(c);
	if (n == -2 || n == -3)
		return n == -2 ? STEP_READ : STEP_WRITE;
	if (n <= 0)
		return STEP_CLOSE;
	q->n += (size_t)n;
	len = is_gopher(c) ? gopher_line(q->bytes, q->n) :
	    gemini_line(q->bytes, q->n);
	if (len == -1)
		return STEP_ON;		/* once more, until it has to wait */
	if (len == -2) {
		q->line = q->n;
		if (c->refuse == 0)
			return refuse(c, 59, is_gopher(c) ?
			    "That selector is too long" :
			    "The address is longer than 1024 bytes");
		len = (ssize_t)q->n;
	}
	q->line = (size_t)len;
	return judge(c, span_of(q->bytes, q->line));
}

/* Put n bytes of an answer into the way out; < 0 when the way is broken. */
static int
put_plain(struct conn *c, const char *p, size_t n)
{
	struct worker *w = c->worker;
	ssize_t put;

	if (c->tls == NULL) {
		memcpy(w->out + w->out_len, p, n);
		w->out_len += n;
		c->sent += n;
		return 0;
	}
	while (n > 0) {
		/* There is room for the record: this has nothing to wait for. */
		if ((put = tls_write(c->tls, p, n)) <= 0)
			return -1;
		p += put;
		n -= (size_t)put;
		c->sent += (size_t)put;
	}
	return 0;
}

/*
 * The next piece of the answer in the worker's chunk: what is left in
 * memory, then the file.  Its length; 0 at the end, -1 when the file is
 * shorter than it was.
 */
static ssize_t
next_chunk(struct conn *c)
{
	struct worker *w = c->worker;
	size_t n = 0, want;
	ssize_t got;

	if (c->body != NULL) {
		n = c->body_len - (size_t)c->off;
		if (n > WORKER_CHUNK)
			n = WORKER_CHUNK;
		memcpy(w->chunk, c->body + c->off, n);
		c->off += (int64_t)n;
		if ((size_t)c->off < c->body_len)
			return (ssize_t)n;
		free(c->body);
		c->body = NULL;
		c->off = 0;
	}
	if (c->file == -1 || c->off == c->size || n == WORKER_CHUNK)
		return (ssize_t)n;
	want = WORKER_CHUNK - n;
	if ((int64_t)want > c->size - c->off)
		want = (size_t)(c->size - c->off);
	got = pread(c->file, w->chunk + n, want, c->off);
	if (got <= 0)
		return -1;
	c->off += got;
	return (ssize_t)n + got;
}

/* A file in the clear: the kernel moves it by itself. */
static enum step
send_file(struct conn *c)
{
	while (c->off < c->size) {
		off_t off = (off_t)c->off;
		ssize_t n = sendfile(c->fd, c->file, &off,
		    c->size - c->off > SENDFILE_MAX ? SENDFILE_MAX :
		    (size_t)(c->size - c->off));

		if (n == -1 && errno == EINTR)
			continue;
		if (n == -1 && (errno == EAGAIN || errno == EWOULDBLOCK))
			return STEP_WRITE;
		if (n <= 0)
			return STEP_CLOSE;
		c->off += n;
		c->sent += (uint64_t)n;
		conn_progress(c);
	}
	enter(c, CONN_NOTIFY);
	return STEP_ON;
}

static enum step
step_reply(struct conn *c)
{
	ssize_t n;
	int rc;

	if (c->worker->now_ms > c->total_ms)
		return STEP_CLOSE;
	for (;;) {
		if (!conn_room(c) && (rc = conn_flush(c)) != 0)
			return rc == -1 ? STEP_CLOSE : STEP_WRITE;
		if (c->tls == NULL && c->body != NULL && c->body_len == 0) {
			free(c->body);
			c->body = NULL;
		}
		if (c->tls == NULL && c->body == NULL && c->file != -1) {
			if ((rc = conn_flush(c)) != 0)
				return rc == -1 ? STEP_CLOSE : STEP_WRITE;
			return send_file(c);
		}
		/* A cut-off answer must not look whole: no close_notify. */
		if ((n = next_chunk(c)) == -1) {
			(void)conn_flush(c);
			return STEP_CLOSE;
		}
		if (n == 0)
			break;
		if (put_plain(c, c->worker->chunk, (size_t)n) == -1)
			return STEP_CLOSE;
		if (c->body == NULL && (c->file == -1 || c->off == c->size))
			break;
	}
	if (c->file != -1) {
		close(c->file);
		c->file = -1;
	}
	enter(c, CONN_NOTIFY);
	return STEP_ON;
}

static enum step
step_notify(struct conn *c)
{
	int rc;

	if (!conn_room(c) && (rc = conn_flush(c)) != 0)
		return rc == -1 ? STEP_CLOSE : STEP_WRITE;
	if (c->tls != NULL) {
		/* The peer owes us nothing: its close_notify is not awaited. */
		(void)tls_close(c->tls);
		tls_free(c->tls);
		c->tls = NULL;
	}
	/* From here on the bytes only have to leave. */
	if ((rc = conn_flush(c)) != 0)
		return rc == -1 ? STEP_CLOSE : STEP_WRITE;
	note(c);
	if (shutdown(c->fd, SHUT_WR) == -1 || c->eof)
		return STEP_CLOSE;
	enter(c, CONN_DRAIN);
	return STEP_ON;
}

/*
 * Closing with input unread would reset the connection and could take the
 * answer with it: read on, within bounds, until the peer has closed.
 */
static enum step
step_drain(struct conn *c)
{
	struct worker *w = c->worker;
	int rc;

	c->drained += (unsigned)(w->in_len - w->in_off);
	w->in_off = w->in_len = 0;
	if (c->drained > DRAIN_BYTES)
		return STEP_CLOSE;
	rc = conn_fill(c);
	return rc == 1 ? STEP_ON : rc == 0 ? STEP_READ : STEP_CLOSE;
}

static enum step
step(struct conn *c)
{
	switch (c->state) {
	case CONN_PROXY:
		return step_proxy(c);
	case CONN_FIRST:
		return step_first(c);
	case CONN_HANDSHAKE:
		return step_handshake(c);
	case CONN_REQUEST:
		return step_request(c);
	case CONN_SEARCH:
		/* Only a peer that gives up can have woken us. */
		return conn_fill(c) == -1 ? STEP_CLOSE : STEP_WAIT;
	case CONN_REPLY:
		return step_reply(c);
	case CONN_NOTIFY:
		return step_notify(c);
	case CONN_DRAIN:
		return step_drain(c);
	default:
		return STEP_CLOSE;
	}
}

static void
drive(struct conn *c)
{
	enum step next;

	conn_unpack(c);
	while ((next = step(c)) == STEP_ON)
		;
	if (next != STEP_CLOSE && (c->worker->out_len > 0 || c->out != NULL)) {
		int rc = conn_flush(c);

		if (rc == -1)
			next = STEP_CLOSE;
		else if (rc == 1)
			next = STEP_WRITE;
	}
	if (next == STEP_CLOSE) {
		conn_close(c);
		return;
	}
	conn_pack(c);
	if (next == STEP_WAIT) {
		/* A peer that talks on must not wake us again and again. */
		event_del(&c->event);
		return;
	}
	if (!event_pending(&c->event, EV_READ | EV_WRITE, NULL))
		event_add(&c->event, NULL);
	watch(c, next == STEP_WRITE);
}

void
conn_search_done(struct conn *c, int status, struct span body)
{
	struct worker *w = c->worker;
	struct buf whole = { 0 };

	stats_sub(&w->stats->searching, 1);
	enter(c, CONN_REPLY);
	if (status != 20) {
		buf_put_span(&whole, body);
		(void)refuse(c, status, buf_cstr(&whole));
	} else {
		if (!is_gopher(c))
			buf_putf(&whole, "20 text/gemini\r\n");
		buf_put_span(&whole, body);
		c->status = 20;
		reply_bytes(c, buf_cstr(&whole), whole.n);
	}
	buf_free(&whole);
	drive(c);
}

void
conn_timeout(struct conn *c)
{
	struct worker *w = c->worker;

	stats_add(&w->stats->counter[STAT_TIMEOUTS],
	    c->state != CONN_DRAIN);
	/*
	 * Who asked, however incompletely, or waits for a search is told; all
	 * others have shown that they do not listen.
	 */
	if (c->state == CONN_SEARCH) {
		conn_search_done(c, 40, span_str("The search took too long; "
		    "use fewer or longer words"));
		return;
	}
	if (c->state == CONN_REQUEST && c->request != NULL &&
	    c->request->n > 0) {
		c->request->line = c->request->n;
		(void)refuse(c, 59, SAY_LATE);
		drive(c);
		return;
	}
	conn_close(c);
}
