/*
 * worker.c - accept, watch deadlines, keep within bounds, drain.
 */
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/un.h>

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sysexits.h>
#include <time.h>
#include <unistd.h>

#include "base/log.h"
#include "base/sandbox.h"
#include "base/uri.h"
#include "base/xalloc.h"
#include "serve/conn_step.h"
#include "serve/searchd.h"
#include "serve/worker.h"

#define TICK_MS		100
/* Connections taken at once before others get their turn. */
#define ACCEPT_MAX	16
/* How long a worker that was told to stop finishes what it began. */
#define DRAIN_GRACE_MS	60000
/* Who has not asked after that long makes room when there is none. */
#define EVICT_AGE_MS	500
#define EVICT_STALL_MS	1000
/* Descriptors for files, logs, channels, and one to say "41" with. */
#define SPARE_FDS	12

int64_t
worker_clock(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC_COARSE, &ts);
	return (int64_t)ts.tv_sec * 1000 + ts.tv_nsec / 1000000;
}

/* --- room --- */

/* The first of a queue if its state began at least age ago. */
static struct conn *
older_than(struct worker *w, enum conn_state s, int64_t age)
{
	struct conn *c = TAILQ_FIRST(&w->queues[s]);

	return c != NULL && c->deadline_ms - conn_state_ms(s) + age <=
	    w->now_ms ? c : NULL;
}

bool
worker_evict(struct worker *w)
{
	struct conn *c;

	/* Those already answered go first, then the silent, then the slow. */
	while ((c = TAILQ_FIRST(&w->queues[CONN_LINGER])) != NULL) {
		int open = w->open;

		conn_timeout(c);
		if (w->open < open)
			return true;
	}
	if ((c = TAILQ_FIRST(&w->queues[CONN_DRAIN])) == NULL &&
	    (c = older_than(w, CONN_FIRST, EVICT_AGE_MS)) == NULL &&
	    (c = older_than(w, CONN_PROXY, EVICT_AGE_MS)) == NULL &&
	    (c = older_than(w, CONN_HANDSHAKE, EVICT_AGE_MS)) == NULL &&
	    (c = older_than(w, CONN_REQUEST, EVICT_AGE_MS)) == NULL &&
	    (c = older_than(w, CONN_REPLY, EVICT_STALL_MS)) == NULL &&
	    (c = older_than(w, CONN_NOTIFY, EVICT_STALL_MS)) == NULL)
		return false;
	if (c->state != CONN_DRAIN)
		stats_add(&w->stats->counter[STAT_EVICTED], 1);
	conn_close(c);
	return true;
}

static bool
is_same_address(const struct conn *a, const struct conn *b)
{
	return memcmp(&a->key, &b->key, sizeof(a->key)) == 0;
}

/* The first in a queue of the address that most of it are from, if any is. */
static struct conn *
first_of_crowd(const struct conn_queue *q)
{
	struct conn *c = NULL, *crowd = TAILQ_FIRST(q);
	size_t votes = 0;

	/* Each takes a vote from another; who has more than half keeps some. */
	TAILQ_FOREACH(c, q, link) {
		if (votes == 0)
			crowd = c;
		if (is_same_address(c, crowd))
			votes++;
		else
			votes--;
	}
	if (votes == 0)
		return TAILQ_FIRST(q);
	TAILQ_FOREACH(c, q, link)
		if (is_same_address(c, crowd))
			break;
	return c;
}

void
worker_room_to_shake(struct worker *w)
{
	struct conn *c;

	if (w->handshaking < w->max_handshaking ||
	    (c = first_of_crowd(&w->queues[CONN_HANDSHAKE])) == NULL)
		return;
	stats_add(&w->stats->counter[STAT_EVICTED], 1);
	conn_close(c);
}

static void
pause_accepting(struct worker *w)
{
	if (w->paused)
		return;
	w->paused = true;
	for (size_t i = 0; i < w->naccepting; i++)
		event_del(&w->accepting[i].event);
}

static void
resume_accepting(struct worker *w)
{
	if (!w->paused || w->draining)
		return;
	w->paused = false;
	for (size_t i = 0; i < w->naccepting; i++)
		event_add(&w->accepting[i].event, NULL);
}

static void
keep_ticking(struct worker *w)
{
	struct timeval every = { .tv_usec = TICK_MS * 1000 };

	if (w->ticking)
		return;
	w->ticking = true;
	event_add(&w->tick, &every);
}

void
worker_freed(struct worker *w)
{
	if (w->paused && w->open < w->max_open)
		resume_accepting(w);
}

/* --- accepting --- */

/*
 * Take one connection.  False when there is none, or no room for one.
 */
static bool
accept_one(struct worker *w, const struct listener *l)
{
	struct sockaddr_storage ss = { 0 };
	socklen_t len = sizeof(ss);
	short refuse = 0;
	int fd;

	if (w->open >= w->max_open && !worker_evict(w)) {
		/* A few more are told so; then the queue has to wait. */
		if (w->open >= w->max_open + w->max_open / 8 + 1) {
			pause_accepting(w);
			return false;
		}
		refuse = 41;
	}
	fd = accept4(l->fd, (struct sockaddr *)&ss, &len,
	    SOCK_NONBLOCK | SOCK_CLOEXEC);
	if (fd == -1) {
		if (errno == EMFILE || errno == ENFILE || errno == ENOBUFS ||
		    errno == ENOMEM) {
			if (worker_evict(w))
				return true;
			pause_accepting(w);
			return false;
		}
		/* The client left before we came: the next one may be there. */
		return errno == ECONNABORTED || errno == EINTR;
	}
	if (len == 0)
		ss.ss_family = AF_UNIX;
	conn_new(w, l, fd, (struct sockaddr *)&ss, refuse);
	return true;
}

static void
on_accept(evutil_socket_t fd, short what, void *arg)
{
	struct accepting *a = arg;
	struct worker *w = a->worker;

	(void)fd;
	(void)what;
	w->now_ms = worker_clock();
	for (int i = 0; i < ACCEPT_MAX && !w->paused; i++)
		if (!accept_one(w, a->listener))
			break;
	keep_ticking(w);
}

/* --- time --- */

static void
stop_if_done(struct worker *w)
{
	if (w->draining && (w->open == 0 || w->now_ms > w->drain_until_ms))
		event_base_loopbreak(w->base);
}

static void
on_tick(evutil_socket_t fd, short what, void *arg)
{
	struct worker *w = arg;
	static int64_t flushed;

	(void)fd;
	(void)what;
	w->now_ms = worker_clock();
	for (int s = 0; s < CONN_STATES; s++) {
		struct conn *c, *next;

		/* Only those due now: handling one may put it at the end. */
		for (c = TAILQ_FIRST(&w->queues[s]);
		    c != NULL && c->deadline_ms <= w->now_ms; c = next) {
			next = TAILQ_NEXT(c, link);
			conn_timeout(c);
		}
	}
	if (w->paused && !w->draining) {
		/* Room for those who wait in the kernel's queue. */
		while (w->open >= w->max_open && worker_evict(w))
			;
		resume_accepting(w);
	}
	if (w->now_ms - flushed >= 1000) {
		flushed = w->now_ms;
		stats_add(&w->stats->counter[STAT_LOG_LOST],
		    access_flush(w->access));
	}
	stop_if_done(w);
	if (w->open == 0 && !w->draining && !w->paused) {
		/* Nothing to watch: sleep until somebody comes. */
		event_del(&w->tick);
		w->ticking = false;
		stats_add(&w->stats->counter[STAT_LOG_LOST],
		    access_flush(w->access));
	}
}

static void
on_stop(evutil_socket_t fd, short what, void *arg)
{
	struct worker *w = arg;

	(void)fd;
	(void)what;
	if (w->draining)
		return;
	w->now_ms = worker_clock();
	pause_accepting(w);
	w->draining = true;
	w->drain_until_ms = w->now_ms + DRAIN_GRACE_MS;
	for (size_t i = 0; i < w->naccepting; i++)
		close(w->accepting[i].listener->fd);
	/* Who has not said a word yet will find the next worker. */
	while (!TAILQ_EMPTY(&w->queues[CONN_DRAIN]))
		conn_close(TAILQ_FIRST(&w->queues[CONN_DRAIN]));
	keep_ticking(w);
	stop_if_done(w);
}

/* --- search --- */

bool
worker_search(struct worker *w, struct conn *c)
{
	struct searchd_query q = { 0 };
	struct buf plain = { .max = SEARCHD_QUERY_MAX - 1 };
	struct peer p = { 0 };
	ssize_t n;

	if (w->search_fd == -1 ||
	    stats_searching(w->table) >= SEARCHD_PROCESSES)
		return false;
	if (w->answer.escaped)
		uri_unescape(&plain, w->answer.query);
	else
		buf_put_span(&plain, w->answer.query);
	q.id = c->search_id = ++w->search_id;
	q.page = w->answer.page;
	q.gopher = c->listener->protocol != PROTOCOL_GEMINI;
	conn_local(c, &p);
	q.port = route_gopher_port(w->route, &p);
	strncpy(q.host, route_gopher_host(w->route, &p), sizeof(q.host) - 1);
	q.len = (uint32_t)plain.n;
	if (plain.n > 0)
		memcpy(q.query, plain.p, plain.n);
	buf_free(&plain);
	n = send(w->search_fd, &q, sizeof(q), MSG_DONTWAIT | MSG_NOSIGNAL);
	return n == (ssize_t)sizeof(q);
}

static void
on_search(evutil_socket_t fd, short what, void *arg)
{
	static char bytes[sizeof(struct searchd_reply) + SEARCHD_BODY_MAX];
	struct worker *w = arg;
	struct searchd_reply head;
	struct conn *c;
	ssize_t n;

	(void)what;
	w->now_ms = worker_clock();
	n = recv(fd, bytes, sizeof(bytes), MSG_DONTWAIT);
	if (n == 0 || (n == -1 && errno != EAGAIN && errno != EINTR)) {
		event_del(&w->search_event);
		return;
	}
	if (n < (ssize_t)sizeof(head))
		return;
	memcpy(&head, bytes, sizeof(head));
	TAILQ_FOREACH(c, &w->queues[CONN_SEARCH], link) {
		if (c->search_id != head.id)
			continue;
		conn_search_done(c, head.status == 20 ? 20 : 40,
		    span_of(bytes + sizeof(head), (size_t)n - sizeof(head)));
		break;
	}
}

/* --- setting up --- */

static int
add_proxy(struct worker *w, const char *text, struct error *e)
{
	struct proxy_net net = { 0 };
	const char *slash = strchr(text, '/');
	char ip[64];
	size_t n = slash != NULL ? (size_t)(slash - text) : strlen(text);

	if (strncmp(text, "unix", 4) == 0) {
		net.family = AF_UNIX;
	} else {
		if (n >= sizeof(ip))
			n = sizeof(ip) - 1;
		memcpy(ip, text, n);
		ip[n] = '\0';
		if (inet_pton(AF_INET, ip, net.net) == 1) {
			net.family = AF_INET;
			net.bits = 32;
		} else if (inet_pton(AF_INET6, ip, net.net) == 1) {
			net.family = AF_INET6;
			net.bits = 128;
		} else
			return error_set(e, E_SYNTAX, "proxy_from: \"%s\" is "
			    "no address", text);
		if (slash != NULL) {
			long bits = strtol(slash + 1, NULL, 10);

			if (bits < 0 || bits > net.bits)
				return error_set(e, E_SYNTAX, "proxy_from: "
				    "\"%s\" is no network", text);
			net.bits = (int)bits;
		}
	}
	w->proxies = xreallocarray(w->proxies, w->nproxies + 1,
	    sizeof(*w->proxies));
	w->proxies[w->nproxies++] = net;
	return 0;
}

/* As many connections as wished for, and as descriptors allow. */
static void
set_max_open(struct worker *w, int nworkers)
{
	struct rlimit fds;
	long each = w->config->max_connections, room;

	if (each <= 0)
		each = 4096;
	each = (each + nworkers - 1) / (nworkers > 0 ? nworkers : 1);
	if (getrlimit(RLIMIT_NOFILE, &fds) == 0) {
		fds.rlim_cur = fds.rlim_max;
		(void)setrlimit(RLIMIT_NOFILE, &fds);
		getrlimit(RLIMIT_NOFILE, &fds);
		/* An answer from a file needs a second descriptor. */
		room = fds.rlim_cur == RLIM_INFINITY ? each :
		    ((long)fds.rlim_cur - 2 * SPARE_FDS -
		    (long)w->naccepting) * 2 / 3;
		if (room < each)
			each = room > 4 ? room : 4;
	}
	w->max_open = (int)each;
	/* Half of all who are here may be at their keys at once. */
	w->max_handshaking = w->max_open / 2;
}

static int
set_tls(struct worker *w, const struct worker_start *s, struct error *e)
{
	struct tlsio_options o = {
		.pairs = s->pairs, .n = s->npairs,
		.key_process = s->key_fd != -1,
		.client_certs = route_wants_certs(w->route),
	};
	int status;

	if (s->npairs == 0)
		return 0;
	if ((status = tlsio_init(e)) != 0)
		return status;
	if (s->key_fd != -1 && (status = keyd_attach(s->key_fd, e)) != 0)
		return status;
	if ((status = tlsio_server(&w->tls, &o, e)) != 0)
		return status;
	return tlsio_selftest(w->tls, e);
}

static int
give_up_rights(struct worker *w, struct error *e)
{
	const struct config *c = w->config;
	struct sandbox box = { .read_paths = route_paths(w->route) };
	int status;

	if ((status = sandbox_drop_user(c->user, e)) != 0)
		return status;
	if (c->sandbox != NULL && strcmp(c->sandbox, "off") == 0)
		return 0;
	status = sandbox_enter(&box, e);
	/* That the kernel has no Landlock was said by the parent. */
	return status == E_NOTFOUND && (c->sandbox == NULL ||
	    strcmp(c->sandbox, "require") != 0) ? 0 : status;
}

static int
set_events(struct worker *w, const struct worker_start *s, struct error *e)
{
	struct event_config *ec = event_config_new();

	if (ec == NULL)
		return error_set(e, E_FAIL, "events: out of memory");
	/* No list of changes: descriptors are closed and come again at once. */
	event_config_set_flag(ec, EVENT_BASE_FLAG_NOLOCK);
	w->base = event_base_new_with_config(ec);
	event_config_free(ec);
	if (w->base == NULL)
		return error_set(e, E_FAIL, "events: cannot be set up");
	w->accepting = xcalloc(s->nlisteners, sizeof(*w->accepting));
	for (size_t i = 0; i < s->nlisteners; i++) {
		struct accepting *a = &w->accepting[w->naccepting++];

		a->worker = w;
		a->listener = &s->listeners[i];
		event_assign(&a->event, w->base, a->listener->fd,
		    EV_READ | EV_PERSIST, on_accept, a);
		event_add(&a->event, NULL);
	}
	event_assign(&w->tick, w->base, -1, EV_PERSIST, on_tick, w);
	evsignal_assign(&w->stop, w->base, SIGTERM, on_stop, w);
	event_add(&w->stop, NULL);
	if (w->search_fd != -1) {
		event_assign(&w->search_event, w->base, w->search_fd,
		    EV_READ | EV_PERSIST, on_search, w);
		event_add(&w->search_event, NULL);
	}
	return 0;
}

static int
start(struct worker *w, const struct worker_start *s, struct error *e)
{
	const struct config *c = s->config;
	int status;

	w->config = c;
	w->slot = s->slot;
	w->table = s->stats;
	w->stats = &s->stats->worker[s->slot];
	w->limits = s->limits;
	w->search_fd = s->search_fd;
	w->now_ms = worker_clock();
	for (int i = 0; i < CONN_STATES; i++)
		TAILQ_INIT(&w->queues[i]);
	for (size_t i = 0; i < c->nproxy_from; i++)
		if ((status = add_proxy(w, c->proxy_from[i], e)) != 0)
			return status;
	if ((status = route_new(&w->route, c, s->search_fd != -1, e)) != 0 ||
	    (status = access_open(&w->access, c->access_log,
	    access_format(c->access_format), e)) != 0)
		return status;
	if ((status = set_tls(w, s, e)) != 0)
		return status;
	if ((status = set_events(w, s, e)) != 0)
		return status;
	set_max_open(w, s->nworkers);
	return give_up_rights(w, e);
}

void
worker_main(const struct worker_start *s)
{
	struct worker *w = xcalloc(1, sizeof(*w));
	struct error e = { 0 };

	signal(SIGPIPE, SIG_IGN);
	signal(SIGHUP, SIG_IGN);
	signal(SIGUSR1, SIG_IGN);
	/* Control-C reaches all; the parent says when to stop. */
	signal(SIGINT, SIG_IGN);
	if (start(w, s, &e) != 0) {
		if (s->key_fd != -1)
			_exit(WORKER_EXIT_KEYS);
		log_error("serve: %s", e.msg);
		_exit(EX_CONFIG);
	}
	/* After a restart nobody waits to hear it. */
	if (write(s->ready_fd, "r", 1) != 1)
		log_debug("serve: a worker is back");
	close(s->ready_fd);
	event_base_dispatch(w->base);
	/* What is left after the grace is cut off. */
	for (int i = 0; i < CONN_STATES; i++)
		while (!TAILQ_EMPTY(&w->queues[i]))
			conn_close(TAILQ_FIRST(&w->queues[i]));
	stats_add(&w->stats->counter[STAT_LOG_LOST], access_flush(w->access));
	access_free(w->access);
	_exit(0);
}
