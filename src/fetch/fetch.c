/*
 * fetch.c - the queue: whose turn it is, redirects, and ends.
 *
 * Each host has a queue of its own; hosts with something to do stand in a
 * ring, so that one host with a thousand feeds does not hold up the others.
 */
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/clock.h"
#include "base/xalloc.h"
#include "fetch/address.h"
#include "fetch/transfer.h"

#define TICK_MS		100
#define PARALLEL_MAX	512
#define POLLED_MAX	64	/* sockets for which poll(2) is cheaper */
#define PAUSE_MS	1000	/* between two requests to one host */
#define QUIET_WAIT_S	30	/* a Retry-After that is waited for */
#define QUIET_OTHERS_S	3600	/* longest that one feed's 429 delays others */

int64_t
fetch_time(const struct fetch *f)
{
	return f->o.now != NULL ? f->o.now() : (int64_t)time(NULL);
}

/* --- hosts --- */

static struct host *
host_get(struct fetch *f, struct span name)
{
	uint32_t hash = 2166136261u;
	struct host *h, **slot;

	for (size_t i = 0; i < name.n; i++)
		hash = (hash ^ (unsigned char)name.p[i]) * 16777619u;
	slot = &f->table[hash % (sizeof(f->table) / sizeof(f->table[0]))];
	for (h = *slot; h != NULL; h = h->next_hash)
		if (span_eqs(name, h->name))
			return h;
	h = xcalloc(1, sizeof(*h) + name.n + 1);
	memcpy(h->name, name.p, name.n);
	h->tail = &h->head;
	h->next_hash = *slot;
	*slot = h;
	return h;
}

static void
host_ready(struct fetch *f, struct host *h)
{
	if (h->place != HOST_IDLE || h->head == NULL)
		return;
	if (h->active >= f->o.per_host)
		return;		/* listed again when one of them ends */
	if (h->not_before_ms > clock_ms()) {
		h->place = HOST_WAITING;
		h->next = f->waiting;
		f->waiting = h;
		return;
	}
	h->place = HOST_READY;
	h->next = NULL;
	*f->ready_end = h;
	f->ready_end = &h->next;
}

static void
wake_waiting(struct fetch *f, int64_t now)
{
	struct host *h, **at = &f->waiting;

	while ((h = *at) != NULL) {
		if (h->not_before_ms > now) {
			at = &h->next;
			continue;
		}
		*at = h->next;
		h->place = HOST_IDLE;
		host_ready(f, h);
	}
}

static void
enqueue(struct transfer *t, bool front)
{
	struct host *h = t->host;

	if (front) {
		if ((t->next = h->head) == NULL)
			h->tail = &t->next;
		h->head = t;
	} else {
		t->next = NULL;
		*h->tail = t;
		h->tail = &t->next;
	}
	t->f->npending++;
	host_ready(t->f, h);
}

static struct transfer *
dequeue(struct fetch *f, struct host *h)
{
	struct transfer *t = h->head;

	if ((h->head = t->next) == NULL)
		h->tail = &h->head;
	t->next = NULL;
	f->npending--;
	return t;
}

/* --- transfers --- */

static void
keep_body(struct fetch *f, struct buf *body)
{
	if (body->cap == 0 || body->cap > SPARE_BODY_MAX ||
	    f->nbodies == SPARE_BODIES) {
		buf_free(body);
		return;
	}
	buf_clear(body);
	f->bodies[f->nbodies++] = *body;
}

static void
transfer_free(struct transfer *t)
{
	if (t->res != NULL)
		keep_body(t->f, &t->res->body);
	free(t->res);
	free(t->reply);
	free(t->permanent);
	free(t->url);
	free(t);
}

/* Without userinfo and fragment, which go to nobody. */
static void
strip(struct buf *url)
{
	struct uri u;
	char *hash = memchr(url->p, '#', url->n);

	if (hash != NULL)
		buf_truncate(url, (size_t)(hash - url->p));
	uri_split(&u, buf_span(url));
	if (u.userinfo.p != NULL) {
		size_t at = (size_t)(u.userinfo.p - url->p);

		memmove(url->p + at, url->p + at + u.userinfo.n + 1,
		    url->n - at - u.userinfo.n - 1);
		buf_truncate(url, url->n - u.userinfo.n - 1);
	}
}

static bool
scheme_known(struct span s)
{
	return span_eqs(s, "http") || span_eqs(s, "https") ||
	    span_eqs(s, "gemini") || span_eqs(s, "gopher") ||
	    span_eqs(s, "gophers");
}

static void
set_url(struct transfer *t, struct buf *url)
{
	struct uri u;

	free(t->url);
	t->url = buf_take(url);
	uri_split(&u, span_str(t->url));
	t->host = host_get(t->f, u.host);
}

int
fetch_add(struct fetch *f, const struct fetch_request *r,
    void (*done)(const struct fetch_request *, struct fetch_result *, void *),
    void *arg, struct error *e)
{
	struct buf url = { .max = URI_MAX + 1 };
	struct transfer *t;
	struct uri u;

	if (uri_resolve(&url, NULL, span_str(r->url)) != 0) {
		buf_free(&url);
		return error_set(e, E_SYNTAX, "\"%.200s\" is no URL", r->url);
	}
	uri_split(&u, buf_span(&url));
	if (!scheme_known(u.scheme) || u.host.n == 0) {
		buf_free(&url);
		return error_set(e, E_SYNTAX, "\"%.200s\": only http, https, "
		    "gemini and gopher addresses can be fetched", r->url);
	}
	strip(&url);
	t = xcalloc(1, sizeof(*t));
	t->f = f;
	t->r = *r;
	t->done = done;
	t->arg = arg;
	t->budget_ms = (r->timeout > 0 ? r->timeout : 30) * 1000;
	set_url(t, &url);
	enqueue(t, false);
	return 0;
}

void
reply_clear(struct reply *r)
{
	/* it is long: not all of it */
	r->etag[0] = r->last_modified[0] = r->content_type[0] = '\0';
	r->location[0] = r->denied[0] = '\0';
	r->has_location = r->has_expires = false;
	r->date = r->expires = 0;
	r->max_age = -1;
	r->coding = CODING_NONE;
}

void
transfer_denied(struct transfer *t, const char *text)
{
	const char *hint = t->f->private_hint;

	snprintf(t->reply->denied, sizeof(t->reply->denied), "%s is an inner "
	    "address; if that is meant, %s", text, hint != NULL ? hint :
	    "set allow_private = yes for this feed");
}

bool
transfer_allowed(struct transfer *t, const struct sockaddr *sa, int port)
{
	const size_t size = sizeof(t->reply->denied);
	char text[64], *denied = t->reply->denied;

	address_text(sa, text, sizeof(text));
	if (address_is_own(sa, (const char *const *)t->f->own))
		snprintf(denied, size, "%s port %d is this planet itself",
		    text, port);
	else if (address_port_denied(port))
		snprintf(denied, size, "port %d is never asked for feeds",
		    port);
	else if (!t->r.allow_private && address_is_inner(sa))
		transfer_denied(t, text);
	else
		return true;
	return false;
}

static void
leave_active(struct transfer *t)
{
	struct fetch *f = t->f;

	if (t->http != NULL)
		http_stop(t);
	if (t->stream != NULL)
		stream_stop(t);
	if (t->prev != NULL)
		t->prev->next = t->next;
	else
		f->active = t->next;
	if (t->next != NULL)
		t->next->prev = t->prev;
	t->next = t->prev = NULL;
	f->nactive--;
	t->host->active--;
	t->res->ms += (int)(clock_ms() - t->began_ms);
	host_ready(f, t->host);
}

/* The result's strings are set from reply; whatever failed has no body. */
static void
deliver(struct transfer *t, enum fetch_outcome outcome)
{
	struct fetch_result *r = t->res;
	bool good = outcome == FETCH_OK || outcome == FETCH_NOT_MODIFIED;

	r->outcome = outcome;
	if (outcome != FETCH_OK)
		buf_clear(&r->body);
	r->url = t->url;
	r->permanent = t->downgraded ? NULL : t->permanent;
	if (t->reply != NULL && good) {
		if (t->reply->etag[0] != '\0')
			r->etag = t->reply->etag;
		if (t->reply->last_modified[0] != '\0')
			r->last_modified = t->reply->last_modified;
		if (t->reply->content_type[0] != '\0')
			r->content_type = t->reply->content_type;
	}
	t->done(&t->r, r, t->arg);
	transfer_free(t);
}

static void
make_result(struct transfer *t)
{
	t->res = xcalloc(1, sizeof(*t->res));
	if (t->f->nbodies > 0)
		t->res->body = t->f->bodies[--t->f->nbodies];
	t->res->body.max = t->r.max_bytes > FETCH_DECODED_MAX ?
	    t->r.max_bytes : FETCH_DECODED_MAX;
}

static void
hush_rest(struct fetch *f, struct host *h, int64_t retry_after, int status)
{
	struct transfer *t, *list = h->head;
	int64_t latest = fetch_time(f) + QUIET_OTHERS_S;

	h->head = NULL;
	h->tail = &h->head;
	while ((t = list) != NULL) {
		list = t->next;
		t->next = NULL;
		f->npending--;
		if (t->res == NULL)
			make_result(t);
		t->res->status = 0;
		t->res->retry_after = retry_after < latest ? retry_after :
		    latest;
		snprintf(t->res->message, sizeof(t->res->message), "not asked: "
		    "%s answered %d to another feed and wants quiet", h->name,
		    status);
		deliver(t, FETCH_SLOW_DOWN);
	}
}

/* A host that asked for quiet gets it from all of its feeds. */
static void
quieten(struct fetch *f, struct host *h, int status, int64_t retry_after)
{
	int64_t wait = retry_after - fetch_time(f), until;

	if (retry_after == 0)
		wait = status == 503 ? 0 : 5;
	if (wait > QUIET_WAIT_S) {
		hush_rest(f, h, retry_after, status);
		return;
	}
	until = clock_ms() + wait * 1000;
	if (until > h->not_before_ms)
		h->not_before_ms = until;
}

void
transfer_end(struct transfer *t, enum fetch_outcome outcome,
    const char *fmt, ...)
{
	struct fetch *f = t->f;
	struct host *h = t->host;
	int status = t->res->status;
	int64_t retry_after = t->res->retry_after;
	struct error e;
	char text[ERROR_MAX];
	va_list ap;

	t->res->message[0] = '\0';
	if (fmt != NULL) {
		va_start(ap, fmt);
		vsnprintf(text, sizeof(text), fmt, ap);
		va_end(ap);
		error_set(&e, 0, "%s", text);
		memcpy(t->res->message, e.msg, sizeof(e.msg));
	}
	leave_active(t);
	deliver(t, outcome);
	if (outcome == FETCH_SLOW_DOWN)
		quieten(f, h, status, retry_after);
}

static void
start(struct transfer *t)
{
	struct fetch *f = t->f;
	struct error e = { 0 };
	struct uri u;
	int pause = f->o.pause_ms;

	t->began_ms = clock_ms();
	if (t->first_ms == 0)
		t->first_ms = t->began_ms;
	t->deadline_ms = t->began_ms + t->budget_ms;
	if (!t->r.allow_private && pause > 0 &&
	    t->began_ms + pause > t->host->not_before_ms)
		t->host->not_before_ms = t->began_ms + pause;
	t->prev = NULL;
	if ((t->next = f->active) != NULL)
		t->next->prev = t;
	f->active = t;
	f->nactive++;
	t->host->active++;
	if (t->res == NULL)
		make_result(t);
	if (t->reply == NULL)
		t->reply = xmalloc(sizeof(*t->reply));
	reply_clear(t->reply);
	uri_split(&u, span_str(t->url));
	if (u.scheme.p[0] != 'h')
		stream_start(t);
	else if (http_start(t, &e) != 0)
		transfer_end(t, FETCH_ERROR, "%s", e.msg);
}

static void
pump(struct fetch *f)
{
	struct host *h;

	while (f->nactive < f->o.parallel && (h = f->ready) != NULL) {
		struct transfer *t;

		if ((f->ready = h->next) == NULL)
			f->ready_end = &f->ready;
		h->place = HOST_IDLE;
		if (h->head == NULL || h->active >= f->o.per_host)
			continue;
		if (h->not_before_ms > clock_ms()) {
			host_ready(f, h);
			continue;
		}
		t = dequeue(f, h);
		start(t);
		host_ready(f, h);
	}
}

/* --- redirects --- */

static bool
same_origin(const char *a, const char *b)
{
	struct uri x, y;

	uri_split(&x, span_str(a));
	uri_split(&y, span_str(b));
	return span_eq(x.scheme, y.scheme) && span_eq(x.host, y.host) &&
	    span_eq(x.port, y.port);
}

/* Whether a redirect may lead from one scheme to the other. */
static bool
hop_allowed(struct span from, struct span to)
{
	if (span_starts(from, "http"))
		return span_eqs(to, "http") || span_eqs(to, "https");
	return span_eq(from, to);
}

void
transfer_redirect(struct transfer *t, struct span location, bool permanent)
{
	struct buf url = { .max = URI_MAX + 1 };
	struct host *old = t->host;
	struct uri from, to;

	if (++t->hops > FETCH_REDIRECTS_MAX) {
		transfer_end(t, FETCH_ERROR, "%d: more than %d redirects",
		    t->res->status, FETCH_REDIRECTS_MAX);
		return;
	}
	if (location.n == 0 || uri_resolve(&url, t->url, location) != 0) {
		transfer_end(t, FETCH_ERROR, "%d: redirect to no address",
		    t->res->status);
		goto out;
	}
	uri_split(&from, span_str(t->url));
	uri_split(&to, buf_span(&url));
	if (to.host.n == 0 || !hop_allowed(from.scheme, to.scheme)) {
		transfer_end(t, FETCH_FORBIDDEN, "%d: redirect to %.*s: is "
		    "not followed", t->res->status,
		    (int)(to.scheme.n < 40 ? to.scheme.n : 40), to.scheme.p);
		goto out;
	}
	if (t->r.same_host && (!span_eq(from.host, to.host) ||
	    !span_eq(from.port, to.port))) {
		transfer_end(t, FETCH_FORBIDDEN, "%d: redirect to another "
		    "host", t->res->status);
		goto out;
	}
	strip(&url);
	if (strcmp(buf_cstr(&url), t->url) == 0) {
		transfer_end(t, FETCH_ERROR, "%d: redirects to itself",
		    t->res->status);
		goto out;
	}
	if (from.scheme.n > to.scheme.n)
		t->downgraded = true;
	if (!same_origin(t->url, buf_cstr(&url)))
		t->strange = true;
	if (!permanent)
		t->temporary = true;
	if (!t->temporary) {
		free(t->permanent);
		t->permanent = xstrdup(buf_cstr(&url));
	}
	t->budget_ms = (int)(t->deadline_ms - clock_ms());
	if (t->budget_ms <= 0) {
		transfer_end(t, FETCH_UNREACHABLE, "timed out after %d s of "
		    "redirects", t->r.timeout);
		goto out;
	}
	leave_active(t);
	buf_clear(&t->res->body);
	set_url(t, &url);
	/* Another host's turn must be waited for; the same one's is still
	 * held. */
	if (t->host == old && old->active < t->f->o.per_host)
		start(t);
	else
		enqueue(t, true);
out:
	buf_free(&url);
}

/* --- the loop --- */

static void
on_tick(evutil_socket_t fd, short what, void *arg)
{
	struct fetch *f = arg;
	struct transfer *t, *next;
	int64_t now = clock_ms();

	(void)fd;
	(void)what;
	for (t = f->active; t != NULL; t = next) {
		next = t->next;
		if (t->stream != NULL)
			stream_tick(t, now);
	}
	wake_waiting(f, now);
	if (f->tick != NULL && f->tick(f->tick_arg) != 0)
		f->stop = true;
	if (f->until_ms != -1 && now >= f->until_ms)
		f->out_of_time = true;
}

int
fetch_run(struct fetch *f, int timeout_ms, int (*tick)(void *), void *arg,
    struct error *e)
{
	const struct timeval every = { .tv_usec = TICK_MS * 1000 };

	f->tick = tick;
	f->tick_arg = arg;
	f->stop = f->out_of_time = false;
	f->until_ms = timeout_ms < 0 ? -1 : clock_ms() + timeout_ms;
	if (event_add(f->tick_ev, &every) == -1)
		return error_set(e, E_FAIL, "cannot set a timer");
	for (;;) {
		pump(f);
		if (f->stop || f->out_of_time ||
		    (f->nactive == 0 && f->npending == 0))
			break;
		if (event_base_loop(f->base, EVLOOP_ONCE) == -1)
			return error_set(e, E_FAIL, "the event loop failed");
	}
	event_del(f->tick_ev);
	if (f->nactive == 0 && f->npending == 0)
		return 0;
	return error_set(e, E_AGAIN, "stopped with %zu requests left",
	    f->npending + (size_t)f->nactive);
}

static void
copy_options(struct fetch *f, const struct fetch_options *o)
{
	size_t n = 0;

	f->o = *o;
	f->user_agent = xstrdup(o->user_agent);
	f->proxy = xstrdup(o->proxy);
	f->private_hint = xstrdup(o->private_hint);
	if (f->o.parallel < 1)
		f->o.parallel = 1;
	if (f->o.parallel > PARALLEL_MAX)
		f->o.parallel = PARALLEL_MAX;
	if (f->o.per_host < 1)
		f->o.per_host = 2;
	if (f->o.pause_ms == 0)
		f->o.pause_ms = PAUSE_MS;
	while (o->own != NULL && o->own[n] != NULL)
		n++;
	f->own = xcalloc(n + 1, sizeof(*f->own));
	for (size_t i = 0; i < n; i++)
		f->own[i] = xstrdup(o->own[i]);
}

/*
 * libcurl adds and removes its sockets for each request: telling the kernel
 * of each change costs more than showing it a few sockets each time.  Where
 * they are many, changes add up.
 */
static struct event_base *
new_base(int parallel)
{
	struct event_config *config = event_config_new();
	struct event_base *base = NULL;

	if (config == NULL)
		return NULL;
	if ((parallel > POLLED_MAX ? event_config_set_flag(config,
	    EVENT_BASE_FLAG_EPOLL_USE_CHANGELIST) :
	    event_config_avoid_method(config, "epoll")) == 0)
		base = event_base_new_with_config(config);
	event_config_free(config);
	return base;
}

int
fetch_new(struct fetch **out, const struct fetch_options *o, struct error *e)
{
	struct fetch *f = xcalloc(1, sizeof(*f));
	int rc = 0;

	copy_options(f, o);
	f->ready_end = &f->ready;
	if ((f->base = new_base(f->o.parallel)) == NULL ||
	    (f->tick_ev = event_new(f->base, -1, EV_PERSIST, on_tick, f)) ==
	    NULL)
		rc = error_set(e, E_FAIL, "cannot make an event loop");
	else
		rc = http_init(f, e);
	if (rc != 0) {
		fetch_free(f);
		f = NULL;
	}
	*out = f;
	return rc;
}

static void
free_hosts(struct fetch *f)
{
	struct host *h, *next;

	for (size_t i = 0; i < sizeof(f->table) / sizeof(f->table[0]); i++)
		for (h = f->table[i]; h != NULL; h = next) {
			next = h->next_hash;
			while (h->head != NULL)
				transfer_free(dequeue(f, h));
			free(h);
		}
}

void
fetch_free(struct fetch *f)
{
	struct transfer *t;

	if (f == NULL)
		return;
	while ((t = f->active) != NULL) {
		leave_active(t);
		transfer_free(t);
	}
	http_fini(f);
	if (f->resolver_ev != NULL)
		event_free(f->resolver_ev);
	resolver_free(f->resolver);
	tls_config_free(f->tls);
	if (f->tick_ev != NULL)
		event_free(f->tick_ev);
	free_hosts(f);
	while (f->nbodies > 0)
		buf_free(&f->bodies[--f->nbodies]);
	if (f->base != NULL)
		event_base_free(f->base);
	for (size_t i = 0; f->own[i] != NULL; i++)
		free(f->own[i]);
	free(f->own);
	free(f->user_agent);
	free(f->proxy);
	free(f->private_hint);
	free(f);
}
