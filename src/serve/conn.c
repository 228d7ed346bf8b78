/*
 * conn.c - what happens to a connection, state by state.
 */
#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "base/xalloc.h"
#include "serve/conn_step.h"

/* Milliseconds; the request and the handshake have theirs in all. */
#define PROXY_MS	5000
#define HANDSHAKE_MS	10000
#define REQUEST_MS	10000
#define SEARCH_MS	5000
#define STALL_MS	30000	/* an answer without any progress */
#define NOTIFY_MS	10000
/*
 * After the last byte a client closes by itself, nearly always.  Looking
 * once after this time is cheaper than to be woken by its close_notify and
 * by its end.
 */
#define LINGER_MS	100
#define DRAIN_MS	2000

#define SAY_LATE	"The request did not end in time"

static void	drive(struct conn *c);

/* --- states and deadlines --- */

int
conn_state_ms(enum conn_state s)
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
	case CONN_LINGER:
		return LINGER_MS;
	default:
		return DRAIN_MS;
	}
}

static void
unqueue(struct conn *c)
{
	struct worker *w = c->worker;

	TAILQ_REMOVE(&w->queues[c->state], c, link);
	w->handshaking -= c->state == CONN_HANDSHAKE;
}

void
conn_enter_late(struct conn *c, enum conn_state state)
{
	struct worker *w = c->worker;

	unqueue(c);
	c->state = state;
	TAILQ_INSERT_TAIL(&w->queues[state], c, link);
	w->handshaking += state == CONN_HANDSHAKE;
}

void
conn_enter(struct conn *c, enum conn_state state)
{
	c->deadline_ms = c->worker->now_ms + conn_state_ms(state);
	conn_enter_late(c, state);
}

void
conn_progress(struct conn *c)
{
	if (c->state == CONN_REPLY)
		conn_enter(c, CONN_REPLY);
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
	if (event_initialized(&c->event)) {
		if (c->writing != writing)
			event_del(&c->event);
		else if (event_pending(&c->event, EV_READ | EV_WRITE, NULL))
			return;
	}
	c->writing = writing;
	event_assign(&c->event, c->worker->base, c->fd,
	    (short)((writing ? EV_WRITE : EV_READ) | EV_PERSIST), on_event, c);
	event_add(&c->event, NULL);
}

/* --- beginning and end --- */

void
conn_from(struct conn *c, const struct sockaddr_storage *from)
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
bool
conn_count(struct conn *c, const struct sockaddr *from)
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

void
conn_uncount(struct conn *c)
{
	if (c->counted)
		limit_leave(c->worker->limits, c->worker->slot, &c->key);
	c->counted = false;
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
	c->deadline_ms = w->now_ms + conn_state_ms(c->state);
	TAILQ_INSERT_TAIL(&w->queues[c->state], c, link);
	w->open++;
	stats_add(&w->stats->open, 1);
	stats_add(&w->stats->counter[STAT_CONNECTIONS], 1);
	/* A proxy's own address counts for nothing. */
	if (!proxied) {
		if (!conn_count(c, from)) {
			conn_close(c);
			return;
		}
		if (w->config->log_addresses && from->sa_family != AF_UNIX) {
			struct sockaddr_storage ss = { 0 };

			memcpy(&ss, from, from->sa_family == AF_INET ?
			    sizeof(struct sockaddr_in) :
			    sizeof(struct sockaddr_in6));
			conn_from(c, &ss);
		}
	}
	/* It was let in with its first bytes: they are there already. */
	c->readable = true;
	drive(c);
}

void
conn_note(struct conn *c)
{
	struct worker *w = c->worker;
	char address[INET6_ADDRSTRLEN] = "";
	struct access_entry en = {
		.time = (int64_t)time(NULL), .gopher = conn_is_gopher(c),
		.status = c->status, .secret = c->secret, .bytes = c->sent,
	};

	if (c->noted || c->status == 0 || c->request == NULL)
		return;
	c->noted = true;
	stats_add(conn_is_gopher(c) ? &w->stats->gopher[c->status % 100] :
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

	conn_note(c);
	if (c->state == CONN_SEARCH)
		stats_sub(&w->stats->searching, 1);
	if (event_initialized(&c->event))
		event_del(&c->event);
	unqueue(c);
	conn_uncount(c);
	if (c->file != -1)
		close(c->file);
	route_release(w->route, c->page);
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
step(struct conn *c)
{
	switch (c->state) {
	case CONN_PROXY:
		return conn_step_proxy(c);
	case CONN_FIRST:
		return conn_step_first(c);
	case CONN_HANDSHAKE:
		return conn_step_handshake(c);
	case CONN_REQUEST:
		return conn_step_request(c);
	case CONN_SEARCH:
		/* Only a peer that gives up can have woken us. */
		return conn_fill(c) == -1 ? STEP_CLOSE : STEP_WAIT;
	case CONN_REPLY:
		return conn_step_reply(c);
	case CONN_NOTIFY:
		return conn_step_notify(c);
	case CONN_LINGER:
		return STEP_WAIT;
	case CONN_DRAIN:
		return conn_step_drain(c);
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
		if (event_initialized(&c->event))
			event_del(&c->event);
		return;
	}
	watch(c, next == STEP_WRITE);
}

void
conn_search_done(struct conn *c, int status, struct span body)
{
	struct worker *w = c->worker;
	struct buf whole = { 0 };

	stats_sub(&w->stats->searching, 1);
	conn_enter(c, CONN_REPLY);
	if (status != 20) {
		buf_put_span(&whole, body);
		(void)conn_refuse(c, status, buf_cstr(&whole));
	} else {
		if (!conn_is_gopher(c))
			buf_putf(&whole, "20 text/gemini\r\n");
		buf_put_span(&whole, body);
		c->status = 20;
		conn_reply_bytes(c, buf_cstr(&whole), whole.n);
	}
	buf_free(&whole);
	drive(c);
}

void
conn_timeout(struct conn *c)
{
	struct worker *w = c->worker;

	if (c->state == CONN_LINGER) {
		conn_enter(c, CONN_DRAIN);
		c->readable = true;
		drive(c);
		return;
	}
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
		(void)conn_refuse(c, 59, SAY_LATE);
		drive(c);
		return;
	}
	conn_close(c);
}
