/*
 * http.c - one hop over HTTP(S), by libcurl's multi interface on the
 * loop's own events.
 *
 * libcurl follows no redirect and undoes no compression here: both are
 * where its limits do not hold (sizes are counted before unpacking, hops
 * are not ours to judge), so fetch.c and gunzip.c do them.
 */
#include <arpa/inet.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/xalloc.h"
#include "fetch/address.h"
#include "fetch/transfer.h"

/* Short, for each request carries it. */
#define ACCEPT_FEEDS	"application/atom+xml,application/rss+xml,*/*;q=0.1"
#define OWN_HEADERS	3

/*
 * What all requests send, as libcurl wants it: which only reads it.  Its own
 * way with User-Agent would format each letter twice.
 */
static struct curl_slist accept_coding = {
	.data = (char *)"Accept-Encoding: gzip"
};

struct http {
	struct http		*next;		/* in the spare list */
	CURL			*easy;
	struct transfer		*t;
	struct curl_slist	*headers;	/* of own, then those of all */
	struct curl_slist	 own[OWN_HEADERS];
	size_t			 nown;
	struct gunzip		 gunzip;
	const char		*limit;		/* why we stopped it, or NULL */
	bool			 headed;	/* the head is whole */
	bool			 enough;	/* of an error page */
	bool			 proxied;
	char			 errbuf[CURL_ERROR_SIZE];
};

struct watch {
	struct event	ev;
	short		what;
	struct fetch	*f;
};

static void	reap(struct fetch *f);

/* --- libcurl's sockets and timer on our loop --- */

static void
on_socket_event(evutil_socket_t fd, short what, void *arg)
{
	struct fetch *f = ((struct watch *)arg)->f;
	int mask = ((what & EV_READ) ? CURL_CSELECT_IN : 0) |
	    ((what & EV_WRITE) ? CURL_CSELECT_OUT : 0), running;

	curl_multi_socket_action(f->multi, fd, mask, &running);
	reap(f);
}

static int
on_socket(CURL *easy, curl_socket_t fd, int action, void *arg, void *watch)
{
	struct fetch *f = arg;
	struct watch *w = watch;
	short what = EV_PERSIST;

	(void)easy;
	if (action == CURL_POLL_REMOVE) {
		if (w != NULL) {
			event_del(&w->ev);
			free(w);
			curl_multi_assign(f->multi, fd, NULL);
		}
		return 0;
	}
	if (action & CURL_POLL_IN)
		what |= EV_READ;
	if (action & CURL_POLL_OUT)
		what |= EV_WRITE;
	if (w == NULL) {
		w = xcalloc(1, sizeof(*w));
		w->f = f;
		curl_multi_assign(f->multi, fd, w);
	} else if (what == w->what)
		return 0;
	else
		event_del(&w->ev);
	w->what = what;
	event_assign(&w->ev, f->base, fd, what, on_socket_event, w);
	event_add(&w->ev, NULL);
	return 0;
}

static void
on_timer_event(evutil_socket_t fd, short what, void *arg)
{
	struct fetch *f = arg;
	int running;

	(void)fd;
	(void)what;
	curl_multi_socket_action(f->multi, CURL_SOCKET_TIMEOUT, 0, &running);
	reap(f);
}

static int
on_timer(CURLM *multi, long ms, void *arg)
{
	struct fetch *f = arg;
	struct timeval tv = { .tv_sec = ms / 1000,
	    .tv_usec = ms % 1000 * 1000 };

	(void)multi;
	if (ms < 0)
		event_del(f->curl_timer);
	else
		event_add(f->curl_timer, &tv);
	return 0;
}

/* --- what is checked before anything is sent --- */

static curl_socket_t
on_open(void *arg, curlsocktype purpose, struct curl_sockaddr *a)
{
	struct http *h = arg;
	int port = 0;

	if (purpose != CURLSOCKTYPE_IPCXN)
		return CURL_SOCKET_BAD;
	if (a->family == AF_INET) {
		struct sockaddr_in in;

		memcpy(&in, &a->addr, sizeof(in));
		port = ntohs(in.sin_port);
	} else if (a->family == AF_INET6) {
		struct sockaddr_in6 in6;

		memcpy(&in6, &a->addr, sizeof(in6));
		port = ntohs(in6.sin6_port);
	}
	/* A proxy is the keeper's choice and may be near. */
	if (!h->proxied && !transfer_allowed(h->t, &a->addr, port))
		return CURL_SOCKET_BAD;
	return socket(a->family, a->socktype | SOCK_CLOEXEC, a->protocol);
}

/*
 * A connection kept from a request that was allowed inside must not carry
 * one that is not.
 */
static int
on_request(void *arg, char *ip, char *local, int port, int local_port)
{
	struct http *h = arg;

	(void)local;
	(void)port;
	(void)local_port;
	if (h->proxied || h->t->r.allow_private ||
	    !address_text_is_inner(ip))
		return CURL_PREREQFUNC_OK;
	transfer_denied(h->t, ip);
	return CURL_PREREQFUNC_ABORT;
}

/* --- the answer --- */

static void
take_header(struct http *h, struct span name, struct span value)
{
	struct transfer *t = h->t;
	struct reply *r = t->reply;
	int64_t n;

	if (span_ieqs(name, "etag"))
		header_copy(r->etag, sizeof(r->etag), value);
	else if (span_ieqs(name, "last-modified"))
		header_copy(r->last_modified, sizeof(r->last_modified), value);
	else if (span_ieqs(name, "content-type"))
		header_copy(r->content_type, sizeof(r->content_type), value);
	else if (span_ieqs(name, "location"))
		r->has_location = header_copy(r->location,
		    sizeof(r->location), value);
	else if (span_ieqs(name, "cache-control")) {
		if (header_max_age(value, &n) &&
		    (r->max_age == -1 || n < r->max_age))
			r->max_age = n;
	} else if (span_ieqs(name, "expires")) {
		r->has_expires = true;
		r->expires = header_date(value);
	} else if (span_ieqs(name, "date"))
		r->date = header_date(value);
	else if (span_ieqs(name, "retry-after"))
		t->res->retry_after = header_retry_after(value,
		    fetch_time(t->f));
	else if (span_ieqs(name, "content-encoding")) {
		enum content_coding c = header_coding(value);

		if (c != CODING_NONE)
			r->coding = r->coding == CODING_NONE ? c :
			    CODING_OTHER;
	} else if (span_ieqs(name, "transfer-encoding") &&
	    !span_ieqs(value, "chunked") && !span_ieqs(value, "identity"))
		h->limit = "a Transfer-Encoding that was not asked for";
}

static size_t
on_header(char *p, size_t size, size_t n, void *arg)
{
	struct http *h = arg;
	struct transfer *t = h->t;
	struct span line = span_trim(span_of(p, size * n));
	const char *colon;

	t->res->bytes += (int64_t)(size * n);
	if (span_istarts(line, "HTTP/")) {
		/* A new head: after 1xx, or of the real answer. */
		const char *sp = memchr(line.p, ' ', line.n);

		reply_clear(t->reply);
		t->res->retry_after = 0;
		t->res->status = sp != NULL ? atoi(sp + 1) : 0;
		h->headed = false;
		return size * n;
	}
	if (h->headed)
		return size * n;	/* a trailer */
	h->headed = line.n == 0;
	if ((colon = memchr(line.p, ':', line.n)) != NULL)
		take_header(h, span_of(line.p, (size_t)(colon - line.p)),
		    span_trim(span_from(line,
		    (size_t)(colon - line.p) + 1)));
	return h->limit != NULL ? 0 : size * n;
}

/* Whether a body of that status is the feed. */
static bool
has_body(int status)
{
	return status == 200 || status == 203;
}

static size_t
on_body(char *p, size_t size, size_t n, void *arg)
{
	struct http *h = arg;
	struct transfer *t = h->t;
	struct span in = span_of(p, size * n);
	int rc;

	t->res->bytes += (int64_t)in.n;
	if (!has_body(t->res->status)) {
		h->enough = t->res->bytes > (int64_t)ERROR_BODY_MAX;
		return h->enough ? 0 : in.n;
	}
	if (t->res->bytes > (int64_t)FETCH_WIRE_MAX)
		h->limit = "more than 8 MB came";
	else if (t->reply->coding == CODING_OTHER)
		h->limit = "a Content-Encoding that was not asked for, or "
		    "more than one";
	else if (t->reply->coding == CODING_NONE)
		buf_put_span(&t->res->body, in);
	else if ((rc = gunzip_put(&h->gunzip, &t->res->body, in)) == E_LIMIT)
		h->limit = "more than 16 MB unpacked";
	else if (rc != 0)
		h->limit = "the body says gzip and is not";
	return h->limit != NULL ? 0 : in.n;
}

/* --- from libcurl's result to ours --- */

static const char *
reason(int status)
{
	static const struct {
		int		 status;
		const char	*text;
	} reasons[] = {
		{ 204, "no content" }, { 206, "partial content" },
		{ 300, "multiple choices" }, { 304, "not modified" },
		{ 400, "bad request" }, { 401, "unauthorized" },
		{ 402, "payment required" }, { 403, "forbidden" },
		{ 404, "not found" }, { 405, "method not allowed" },
		{ 406, "not acceptable" }, { 408, "request timeout" },
		{ 409, "conflict" }, { 410, "gone" },
		{ 412, "precondition failed" }, { 415, "unsupported type" },
		{ 418, "a teapot" }, { 421, "misdirected request" },
		{ 425, "too early" }, { 429, "too many requests" },
		{ 451, "unavailable for legal reasons" },
		{ 500, "internal server error" }, { 501, "not implemented" },
		{ 502, "bad gateway" }, { 503, "service unavailable" },
		{ 504, "gateway timeout" }, { 508, "loop detected" },
	};

	for (size_t i = 0; i < sizeof(reasons) / sizeof(reasons[0]); i++)
		if (reasons[i].status == status)
			return reasons[i].text;
	return status >= 500 ? "server error" : status >= 400 ?
	    "request refused" : "unexpected answer";
}

static enum fetch_outcome
status_outcome(int status)
{
	switch (status) {
	case 410:
		return FETCH_GONE;
	case 429:
	case 503:
		return FETCH_SLOW_DOWN;
	case 408:
	case 421:
	case 425:
		return FETCH_ERROR;
	default:
		return status >= 400 && status < 500 ? FETCH_REFUSED :
		    FETCH_ERROR;
	}
}

static void
set_freshness(struct transfer *t)
{
	const struct reply *r = t->reply;
	int64_t now = fetch_time(t->f);

	if (r->max_age >= 0)
		t->res->fresh_until = r->max_age > 0 ? now + r->max_age : 0;
	else if (r->has_expires && r->expires > 0) {
		/* By the server's own clock when it tells it. */
		int64_t age = r->expires - (r->date > 0 ? r->date : now);

		t->res->fresh_until = age > 0 ? now + age : 0;
	}
}

static void
end_by_status(struct transfer *t)
{
	int status = t->res->status;
	bool permanent = status == 301 || status == 308;

	switch (status) {
	case 200:
	case 203:
		set_freshness(t);
		transfer_end(t, FETCH_OK, NULL);
		return;
	case 304:
		set_freshness(t);
		if (t->res->validated)
			transfer_end(t, FETCH_NOT_MODIFIED, NULL);
		else
			transfer_end(t, FETCH_ERROR, "304 not modified, "
			    "though nothing was kept to compare with");
		return;
	case 301:
	case 302:
	case 303:
	case 307:
	case 308:
		if (t->reply->has_location) {
			struct buf where = { .max = URI_MAX + 1 };

			/* The reply is made anew for the next hop. */
			buf_puts(&where, t->reply->location);
			transfer_redirect(t, buf_span(&where), permanent);
			buf_free(&where);
			return;
		}
		transfer_end(t, FETCH_ERROR, "%d without a usable Location",
		    status);
		return;
	default:
		transfer_end(t, status_outcome(status), "%d %s", status,
		    reason(status));
	}
}

static void
end_by_failure(struct transfer *t, CURLcode code)
{
	struct http *h = t->http;
	char text[CURL_ERROR_SIZE];
	const char *host = t->host->name;

	memcpy(text, h->errbuf, sizeof(text));
	if (text[0] == '\0')
		snprintf(text, sizeof(text), "%s", curl_easy_strerror(code));
	switch (code) {
	case CURLE_COULDNT_RESOLVE_HOST:
		t->res->no_name = true;
		transfer_end(t, FETCH_UNREACHABLE, "no address is known for "
		    "%s", host);
		return;
	case CURLE_OPERATION_TIMEDOUT:
		if (strstr(text, "too slow") != NULL)
			transfer_end(t, FETCH_UNREACHABLE, "too slow: less "
			    "than %d bytes a second for %d s",
			    LOW_SPEED_BYTES, LOW_SPEED_S);
		else
			transfer_end(t, FETCH_UNREACHABLE, "timed out after "
			    "%lld s", (long long)(clock_ms() - t->first_ms +
			    500) / 1000);
		return;
	case CURLE_COULDNT_CONNECT:
	case CURLE_COULDNT_RESOLVE_PROXY:
		transfer_end(t, FETCH_UNREACHABLE, "%s", text);
		return;
	case CURLE_PEER_FAILED_VERIFICATION:
	case CURLE_SSL_ISSUER_ERROR:
		transfer_end(t, FETCH_CERTIFICATE, "the certificate of %s is "
		    "not valid: %s", host, text);
		return;
	case CURLE_PARTIAL_FILE:
		transfer_end(t, FETCH_ERROR, "the body is not whole: %s",
		    text);
		return;
	case CURLE_FILESIZE_EXCEEDED:
		transfer_end(t, FETCH_ERROR, "the body is larger than 8 MB");
		return;
	case CURLE_WEIRD_SERVER_REPLY:
	case CURLE_UNSUPPORTED_PROTOCOL:
		transfer_end(t, FETCH_ERROR, "the answer is no HTTP: %s",
		    text);
		return;
	default:
		transfer_end(t, t->res->status == 0 && t->res->bytes == 0 ?
		    FETCH_UNREACHABLE : FETCH_ERROR, "%s", text);
	}
}

static void
finish(struct transfer *t, CURLcode code)
{
	struct http *h = t->http;

	if (t->reply->denied[0] != '\0' && code != CURLE_OK &&
	    t->res->status == 0) {
		transfer_end(t, FETCH_FORBIDDEN, "%s", t->reply->denied);
	} else if (h->limit != NULL) {
		transfer_end(t, FETCH_ERROR, "%s", h->limit);
	} else if (t->res->body.over) {
		transfer_end(t, FETCH_ERROR, "the body is larger than 16 MB");
	} else if (code == CURLE_OK || (h->headed && t->res->status >= 300)) {
		/* How a page about an error ends does not matter. */
		if (gunzip_end(&h->gunzip) != 0)
			transfer_end(t, FETCH_ERROR, "the body is not whole: "
			    "its gzip stream was cut off");
		else
			end_by_status(t);
	} else
		end_by_failure(t, code);
}

static void
reap(struct fetch *f)
{
	CURLMsg *m;
	int left;

	while ((m = curl_multi_info_read(f->multi, &left)) != NULL) {
		CURLcode code = m->data.result;
		char *p = NULL;

		if (m->msg != CURLMSG_DONE)
			continue;
		curl_easy_getinfo(m->easy_handle, CURLINFO_PRIVATE, &p);
		finish(((struct http *)(void *)p)->t, code);
	}
}

/* --- the request --- */

static bool
has_control(const char *s)
{
	for (; *s != '\0'; s++)
		if ((unsigned char)*s < 0x20 || *s == 0x7f)
			return true;
	return false;
}

static void
add_header(struct http *h, const char *name, const char *value)
{
	struct curl_slist *header;
	struct buf line = { 0 };

	/* Nothing that could end the line early goes out. */
	if (has_control(value))
		return;
	buf_puts(&line, name);
	buf_puts(&line, ": ");
	buf_puts(&line, value);
	header = &h->own[h->nown++];
	*header = (struct curl_slist){ .data = buf_take(&line),
	    .next = h->headers };
	h->headers = header;
}

static void
drop_headers(struct http *h)
{
	while (h->nown > 0)
		free(h->own[--h->nown].data);
	h->headers = NULL;
}

static void
add_validators(struct transfer *t)
{
	const struct fetch_request *r = &t->r;

	t->res->validated = false;
	if (r->validators_of != NULL && strcmp(r->validators_of, t->url) != 0)
		return;
	if (r->etag != NULL && r->etag[0] != '\0') {
		add_header(t->http, "If-None-Match", r->etag);
		t->res->validated = true;
	}
	if (r->last_modified != NULL && r->last_modified[0] != '\0') {
		add_header(t->http, "If-Modified-Since", r->last_modified);
		t->res->validated = true;
	}
}

/* Whether list, "example.org, .intra" or "*", names host or a parent. */
static bool
in_no_proxy(const char *list, struct span host)
{
	while (*list != '\0') {
		size_t n = strcspn(list, ", ");
		struct span one = span_of(list, n);

		if (span_eqs(one, "*"))
			return true;
		if (n > 0 && one.p[0] == '.')
			one = span_from(one, 1);
		if (one.n > 0 && host.n >= one.n &&
		    strncasecmp(host.p + host.n - one.n, one.p, one.n) == 0 &&
		    (host.n == one.n || host.p[host.n - one.n - 1] == '.'))
			return true;
		list += n + strspn(list + n, ", ");
	}
	return false;
}

static const char *
first_set(const char *const *names)
{
	for (; *names != NULL; names++) {
		const char *v = getenv(*names);

		if (v != NULL && v[0] != '\0')
			return v;
	}
	return NULL;
}

/* What the environment says for url; NULL: no proxy. */
static const char *
environment_proxy(const char *url)
{
	/* HTTP_PROXY is not read: a CGI's client could set it. */
	static const char *const http[] = { "http_proxy", "all_proxy",
		"ALL_PROXY", NULL };
	static const char *const https[] = { "https_proxy", "HTTPS_PROXY",
		"all_proxy", "ALL_PROXY", NULL };
	static const char *const without[] = { "no_proxy", "NO_PROXY", NULL };
	const char *no = first_set(without);
	struct uri u;

	uri_split(&u, span_str(url));
	if (no != NULL && in_no_proxy(no, u.host))
		return NULL;
	return first_set(span_eqs(u.scheme, "https") ? https : http);
}

/*
 * libcurl is told what to do and never looks into the environment itself: a
 * connection that it made directly where we believe in a proxy would be
 * judged by nobody.
 */
static void
set_proxy(struct http *h, const char *proxy)
{
	if (proxy != NULL && strcmp(proxy, "environment") == 0)
		proxy = environment_proxy(h->t->url);
	h->proxied = proxy != NULL;
	curl_easy_setopt(h->easy, CURLOPT_PROXY, proxy != NULL ? proxy : "");
	/* what a proxy is told of a request has headers of its own */
	curl_easy_setopt(h->easy, CURLOPT_USERAGENT, h->proxied ?
	    h->t->f->user_agent : NULL);
}

/* Options that are the same for every request. */
static void
set_constant(struct http *h)
{
	CURL *c = h->easy;

	curl_easy_setopt(c, CURLOPT_PRIVATE, h);
	curl_easy_setopt(c, CURLOPT_NOSIGNAL, 1L);
	curl_easy_setopt(c, CURLOPT_PROTOCOLS_STR, "http,https");
	curl_easy_setopt(c, CURLOPT_FOLLOWLOCATION, 0L);
	curl_easy_setopt(c, CURLOPT_HTTP_CONTENT_DECODING, 0L);
	curl_easy_setopt(c, CURLOPT_PATH_AS_IS, 1L);
	curl_easy_setopt(c, CURLOPT_HTTP_VERSION,
	    (long)CURL_HTTP_VERSION_2TLS);
	curl_easy_setopt(c, CURLOPT_MAXFILESIZE_LARGE,
	    (curl_off_t)FETCH_WIRE_MAX);
	curl_easy_setopt(c, CURLOPT_LOW_SPEED_LIMIT, (long)LOW_SPEED_BYTES);
	curl_easy_setopt(c, CURLOPT_LOW_SPEED_TIME, (long)LOW_SPEED_S);
	curl_easy_setopt(c, CURLOPT_CONNECTTIMEOUT_MS, (long)CONNECT_MS);
	curl_easy_setopt(c, CURLOPT_ERRORBUFFER, h->errbuf);
	curl_easy_setopt(c, CURLOPT_OPENSOCKETFUNCTION, on_open);
	curl_easy_setopt(c, CURLOPT_OPENSOCKETDATA, h);
	curl_easy_setopt(c, CURLOPT_PREREQFUNCTION, on_request);
	curl_easy_setopt(c, CURLOPT_PREREQDATA, h);
	curl_easy_setopt(c, CURLOPT_HEADERFUNCTION, on_header);
	curl_easy_setopt(c, CURLOPT_HEADERDATA, h);
	curl_easy_setopt(c, CURLOPT_WRITEFUNCTION, on_body);
	curl_easy_setopt(c, CURLOPT_WRITEDATA, h);
	curl_easy_setopt(c, CURLOPT_NOPROXY, "");
}

static struct http *
get_handle(struct fetch *f)
{
	struct http *h = f->spare;

	if (h != NULL) {
		f->spare = h->next;
		return h;
	}
	h = xcalloc(1, sizeof(*h));
	if ((h->easy = curl_easy_init()) == NULL) {
		free(h);
		return NULL;
	}
	set_constant(h);
	return h;
}

int
http_start(struct transfer *t, struct error *e)
{
	struct fetch *f = t->f;
	struct http *h = get_handle(f);
	const struct fetch_request *r = &t->r;
	bool auth = (r->user != NULL || r->password != NULL) &&
	    !t->strange && !t->downgraded;

	if (h == NULL)
		return error_set(e, E_FAIL, "no memory for a transfer");
	h->t = t;
	t->http = h;
	h->limit = NULL;
	h->enough = h->headed = false;
	h->errbuf[0] = '\0';
	t->res->status = 0;
	t->res->bytes = 0;
	drop_headers(h);
	h->headers = r->accept == NULL ? &f->accept_header :
	    &f->agent_header;
	if (r->accept != NULL)
		add_header(h, "Accept", r->accept);
	add_validators(t);
	set_proxy(h, f->proxy);
	curl_easy_setopt(h->easy, CURLOPT_URL, t->url);
	curl_easy_setopt(h->easy, CURLOPT_HTTPHEADER, h->headers);
	curl_easy_setopt(h->easy, CURLOPT_TIMEOUT_MS, (long)t->budget_ms);
	curl_easy_setopt(h->easy, CURLOPT_USERNAME, !auth ? NULL :
	    r->user != NULL ? r->user : "");
	curl_easy_setopt(h->easy, CURLOPT_PASSWORD, auth ? r->password :
	    NULL);
	curl_easy_setopt(h->easy, CURLOPT_SSL_VERIFYPEER,
	    r->insecure ? 0L : 1L);
	curl_easy_setopt(h->easy, CURLOPT_SSL_VERIFYHOST,
	    r->insecure ? 0L : 2L);
	if (curl_multi_add_handle(f->multi, h->easy) != CURLM_OK)
		return error_set(e, E_FAIL, "libcurl takes no more transfers");
	return 0;
}

void
http_stop(struct transfer *t)
{
	struct fetch *f = t->f;
	struct http *h = t->http;

	curl_multi_remove_handle(f->multi, h->easy);
	curl_easy_setopt(h->easy, CURLOPT_HTTPHEADER, NULL);
	drop_headers(h);
	gunzip_free(&h->gunzip);
	h->t = NULL;
	t->http = NULL;
	h->next = f->spare;
	f->spare = h;
}

int
http_init(struct fetch *f, struct error *e)
{
	static bool once;

	if (!once && curl_global_init(CURL_GLOBAL_DEFAULT) != 0)
		return error_set(e, E_FAIL, "libcurl does not start");
	once = true;
	f->agent_header = (struct curl_slist){ .data = xasprintf("User-Agent:"
	    "%s%s", f->user_agent != NULL ? " " : "", f->user_agent != NULL &&
	    !has_control(f->user_agent) ? f->user_agent : ""),
	    .next = &accept_coding };
	f->accept_header = (struct curl_slist){ .data = (char *)"Accept: "
	    ACCEPT_FEEDS, .next = &f->agent_header };
	f->curl_timer = evtimer_new(f->base, on_timer_event, f);
	if (f->curl_timer == NULL || (f->multi = curl_multi_init()) == NULL)
		return error_set(e, E_FAIL, "libcurl does not start");
	curl_multi_setopt(f->multi, CURLMOPT_SOCKETFUNCTION, on_socket);
	curl_multi_setopt(f->multi, CURLMOPT_SOCKETDATA, f);
	curl_multi_setopt(f->multi, CURLMOPT_TIMERFUNCTION, on_timer);
	curl_multi_setopt(f->multi, CURLMOPT_TIMERDATA, f);
	/* Enough that hosts with many feeds find theirs open, few enough
	 * that a thousand hosts do not keep a thousand TLS states. */
	curl_multi_setopt(f->multi, CURLMOPT_MAXCONNECTS,
	    (long)f->o.parallel * 4);
	return 0;
}

void
http_fini(struct fetch *f)
{
	struct http *h, *next;

	for (h = f->spare; h != NULL; h = next) {
		next = h->next;
		curl_easy_cleanup(h->easy);
		free(h);
	}
	f->spare = NULL;
	if (f->multi != NULL)
		curl_multi_cleanup(f->multi);
	if (f->curl_timer != NULL)
		event_free(f->curl_timer);
	free(f->agent_header.data);
}
