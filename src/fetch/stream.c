/*
 * stream.c - one hop over Gemini or Gopher: dial, (shake hands, look at
 * the key,) send a line, read to the end.
 *
 * Descriptors never block; every state has a deadline.
 */
#include <arpa/inet.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include <openssl/pem.h>
#include <openssl/x509.h>

#include "base/clock.h"
#include "base/hash.h"
#include "base/xalloc.h"
#include "fetch/address.h"
#include "fetch/transfer.h"

#define REQUEST_MAX	1024	/* bytes of a Gemini request's URL */

enum stream_state { RESOLVING, CONNECTING, HANDSHAKE, SENDING, HEADER, BODY };

struct stream {
	struct transfer		*t;
	enum stream_state	 state;
	bool			 gemini, secure;
	char			*host;	/* no brackets */
	int			 port;
	char			 type;	/* of a gopher item */
	struct lookup		*lookup;
	struct addrinfo		*list, *at;
	int			 connect_errno;
	int			 fd;
	struct event		 ev;
	bool			 ev_set;
	struct tls		*tls;
	struct buf		 request;
	size_t			 sent;
	struct buf		 in;	/* header not read yet */
	int64_t			 connect_by_ms, speed_ms;
	int64_t			 speed_bytes;
};

static void	step(struct stream *s);
static void	connect_next(struct stream *s);

/* --- waiting --- */

static void
on_event(evutil_socket_t fd, short what, void *arg)
{
	(void)fd;
	(void)what;
	step(arg);
}

static void
want(struct stream *s, short what)
{
	if (s->ev_set)
		event_del(&s->ev);
	event_assign(&s->ev, s->t->f->base, s->fd, what, on_event, s);
	event_add(&s->ev, NULL);
	s->ev_set = true;
}

static void
hang_up(struct stream *s)
{
	if (s->ev_set)
		event_del(&s->ev);
	s->ev_set = false;
	if (s->tls != NULL) {
		/* Best effort: the peer is told, and nobody waits for it. */
		tls_close(s->tls);
		tls_free(s->tls);
		s->tls = NULL;
	}
	if (s->fd != -1)
		close(s->fd);
	s->fd = -1;
}

void
stream_stop(struct transfer *t)
{
	struct stream *s = t->stream;

	hang_up(s);
	if (s->lookup != NULL)
		resolver_cancel(t->f->resolver, s->lookup);
	if (s->list != NULL)
		freeaddrinfo(s->list);
	buf_free(&s->request);
	buf_free(&s->in);
	free(s->host);
	free(s);
	t->stream = NULL;
}

void
stream_tick(struct transfer *t, int64_t now)
{
	struct stream *s = t->stream;

	if (now >= t->deadline_ms) {
		transfer_end(t, FETCH_UNREACHABLE, "timed out after %lld s",
		    (long long)(now - t->first_ms + 500) / 1000);
		return;
	}
	if (s->state == CONNECTING && now >= s->connect_by_ms) {
		s->connect_errno = ETIMEDOUT;
		hang_up(s);
		connect_next(s);
		return;
	}
	if (s->state < HANDSHAKE || now - s->speed_ms < LOW_SPEED_S * 1000)
		return;
	if (t->res->bytes - s->speed_bytes <
	    (int64_t)LOW_SPEED_BYTES * LOW_SPEED_S) {
		transfer_end(t, FETCH_UNREACHABLE, "too slow: less than "
		    "%d bytes a second for %d s", LOW_SPEED_BYTES, LOW_SPEED_S);
		return;
	}
	s->speed_ms = now;
	s->speed_bytes = t->res->bytes;
}

/* --- dialling --- */

static void
connect_next(struct stream *s)
{
	struct transfer *t = s->t;

	for (; s->at != NULL; s->at = s->at->ai_next) {
		if (!transfer_allowed(t, s->at->ai_addr, s->port))
			continue;
		s->fd = socket(s->at->ai_family, SOCK_STREAM | SOCK_NONBLOCK |
		    SOCK_CLOEXEC, 0);
		if (s->fd == -1) {
			s->connect_errno = errno;
			continue;
		}
		s->state = CONNECTING;
		s->connect_by_ms = clock_ms() + CONNECT_MS;
		if (connect(s->fd, s->at->ai_addr, s->at->ai_addrlen) == 0 ||
		    errno == EINPROGRESS) {
			s->at = s->at->ai_next;
			want(s, EV_WRITE);
			return;
		}
		s->connect_errno = errno;
		close(s->fd);
		s->fd = -1;
	}
	if (s->connect_errno == 0 && t->reply->denied[0] != '\0')
		transfer_end(t, FETCH_FORBIDDEN, "%s", t->reply->denied);
	else
		transfer_end(t, FETCH_UNREACHABLE, "cannot connect to %s port "
		    "%d: %s", s->host, s->port, strerror(s->connect_errno));
}

void
stream_resolved(struct transfer *t, struct addrinfo *list, int error)
{
	struct stream *s = t->stream;

	s->lookup = NULL;
	s->list = s->at = list;
	if (list == NULL) {
		t->res->no_name = error == EAI_NONAME || error == EAI_NODATA;
		transfer_end(t, FETCH_UNREACHABLE, "no address is known for "
		    "%s: %s", s->host, gai_strerror(error));
		return;
	}
	connect_next(s);
}

static void
on_resolver(evutil_socket_t fd, short what, void *arg)
{
	struct fetch *f = arg;
	struct addrinfo *list;
	void *t;
	int error;

	(void)fd;
	(void)what;
	while (resolver_take(f->resolver, &t, &list, &error))
		stream_resolved(t, list, error);
}

static bool
have_resolver(struct fetch *f)
{
	if (f->resolver != NULL)
		return true;
	if ((f->resolver = resolver_new()) == NULL)
		return false;
	f->resolver_ev = event_new(f->base, resolver_fd(f->resolver),
	    EV_READ | EV_PERSIST, on_resolver, f);
	return f->resolver_ev != NULL && event_add(f->resolver_ev, NULL) == 0;
}

static void
dial(struct stream *s)
{
	const struct addrinfo numeric = { .ai_socktype = SOCK_STREAM,
	    .ai_flags = AI_NUMERICHOST | AI_NUMERICSERV };
	struct addrinfo *list = NULL;
	struct transfer *t = s->t;
	char port[16];

	snprintf(port, sizeof(port), "%d", s->port);
	if (getaddrinfo(s->host, port, &numeric, &list) == 0) {
		stream_resolved(t, list, 0);
		return;
	}
	if (!have_resolver(t->f) || (s->lookup = resolver_ask(
	    t->f->resolver, s->host, s->port, t)) == NULL)
		transfer_end(t, FETCH_ERROR, "no thread for looking up %s",
		    s->host);
}

/* --- the certificate --- */

/* SHA-256 of the peer's public key (SubjectPublicKeyInfo), as hex. */
static bool
peer_key(struct tls *tls, char hex[HASH_HEX])
{
	const uint8_t *pem;
	unsigned char *der = NULL;
	X509 *x = NULL;
	size_t n;
	BIO *bio;
	int len;

	if ((pem = tls_peer_cert_chain_pem(tls, &n)) == NULL ||
	    (bio = BIO_new_mem_buf(pem, (int)n)) == NULL)
		return false;
	x = PEM_read_bio_X509(bio, NULL, NULL, NULL);
	BIO_free(bio);
	len = x != NULL ? i2d_X509_PUBKEY(X509_get_X509_PUBKEY(x), &der) : -1;
	if (len > 0)
		hash_hex(span_of((char *)der, (size_t)len), hex);
	OPENSSL_free(der);
	X509_free(x);
	return len > 0;
}

/* False when the peer is refused; the transfer has ended then. */
static bool
peer_accepted(struct stream *s)
{
	const struct fetch_options *o = &s->t->f->o;
	struct error e = { 0 };
	char spki[HASH_HEX], name[300];

	if (!peer_key(s->tls, spki)) {
		transfer_end(s->t, FETCH_CERTIFICATE, "%s shows no readable "
		    "certificate", s->host);
		return false;
	}
	snprintf(name, sizeof(name), strchr(s->host, ':') != NULL ?
	    "[%s]:%d" : "%s:%d", s->host, s->port);
	if (o->pin == NULL || o->pin(name, spki,
	    (int64_t)tls_peer_cert_notafter(s->tls), o->pin_arg, &e) == 0)
		return true;
	transfer_end(s->t, FETCH_CERTIFICATE, "%s", e.msg);
	return false;
}

static struct tls_config *
client_config(struct fetch *f)
{
	if (f->tls == NULL && (f->tls = tls_config_new()) != NULL) {
		/* The key is judged by our own pins, not by authorities. */
		tls_config_insecure_noverifycert(f->tls);
		tls_config_insecure_noverifyname(f->tls);
		tls_config_insecure_noverifytime(f->tls);
	}
	return f->tls;
}

static bool
start_tls(struct stream *s)
{
	struct tls_config *config = client_config(s->t->f);

	if (config != NULL && (s->tls = tls_client()) != NULL &&
	    tls_configure(s->tls, config) == 0 &&
	    tls_connect_socket(s->tls, s->fd, s->host) == 0)
		return true;
	transfer_end(s->t, FETCH_ERROR, "TLS cannot start: %s",
	    s->tls != NULL && tls_error(s->tls) != NULL ? tls_error(s->tls) :
	    "no memory");
	return false;
}

/* --- input and output: bytes, 0 at the end, -1 failed, -2 waits --- */

static ssize_t
wait_for(struct stream *s, ssize_t n)
{
	if (n != TLS_WANT_POLLIN && n != TLS_WANT_POLLOUT)
		return n;
	want(s, n == TLS_WANT_POLLIN ? EV_READ : EV_WRITE);
	return -2;
}

static ssize_t
take(struct stream *s, char *p, size_t n)
{
	ssize_t got;

	if (s->tls != NULL)
		return wait_for(s, tls_read(s->tls, p, n));
	do
		got = read(s->fd, p, n);
	while (got == -1 && errno == EINTR);
	if (got == -1 && (errno == EAGAIN || errno == EWOULDBLOCK))
		return wait_for(s, TLS_WANT_POLLIN);
	return got;
}

static ssize_t
give(struct stream *s, const char *p, size_t n)
{
	ssize_t put;

	if (s->tls != NULL)
		return wait_for(s, tls_write(s->tls, p, n));
	do
		put = send(s->fd, p, n, MSG_NOSIGNAL);
	while (put == -1 && errno == EINTR);
	if (put == -1 && (errno == EAGAIN || errno == EWOULDBLOCK))
		return wait_for(s, TLS_WANT_POLLOUT);
	return put;
}

static const char *
io_error(struct stream *s)
{
	const char *text = s->tls != NULL ? tls_error(s->tls) : NULL;

	return text != NULL ? text : strerror(errno);
}

/* --- answers --- */

/* Older servers tell the seconds as META; words may follow them. */
static int64_t
slow_down_until(const struct transfer *t, struct span meta)
{
	int64_t now = fetch_time(t->f), until;
	size_t n = 0;

	while (n < meta.n && meta.p[n] >= '0' && meta.p[n] <= '9')
		n++;
	until = header_retry_after(span_of(meta.p, n), now);
	return until > now ? until : 0;
}

static void
end_gemini(struct stream *s, int status, struct span meta)
{
	static const char *const words[] = {
		[10] = "asks for input", [11] = "asks for input",
		[40] = "temporary failure", [41] = "server unavailable",
		[42] = "CGI error", [43] = "proxy error", [44] = "slow down",
		[50] = "permanent failure", [51] = "not found", [52] = "gone",
		[53] = "proxy request refused", [59] = "bad request",
		[60] = "asks for a client certificate",
		[61] = "certificate not authorised",
		[62] = "certificate not valid",
	};
	enum fetch_outcome outcome = FETCH_REFUSED;
	struct transfer *t = s->t;
	char shown[200];
	const char *word = (size_t)status < sizeof(words) / sizeof(words[0]) &&
	    words[status] != NULL ? words[status] : "unknown status";

	if (status == 52)
		outcome = FETCH_GONE;
	else if (status == 44 || status == 41) {
		outcome = FETCH_SLOW_DOWN;
		if (status == 44)
			t->res->retry_after = slow_down_until(t, meta);
	} else if (status / 10 == 4)
		outcome = FETCH_ERROR;
	snprintf(shown, sizeof(shown), "%.*s",
	    (int)(meta.n < 150 ? meta.n : 150), meta.p);
	transfer_end(t, outcome, "%d %s%s%s", status, word,
	    shown[0] != '\0' ? ": " : "", shown);
}

/* True when the body is to be read; else the transfer has gone on. */
static bool
read_header(struct stream *s)
{
	struct transfer *t = s->t;
	struct span meta = { "", 0 };
	int status = 0, n = header_gemini(buf_span(&s->in), &status, &meta);

	if (n == 0)
		return false;
	if (n < 0) {
		transfer_end(t, FETCH_ERROR, n == E_LIMIT ?
		    "the answer's META is longer than 1024 bytes" :
		    "the answer is no Gemini");
		return false;
	}
	t->res->status = status;
	if (status / 10 == 2) {
		if (!header_copy(t->reply->content_type,
		    sizeof(t->reply->content_type), meta) || meta.n == 0)
			snprintf(t->reply->content_type,
			    sizeof(t->reply->content_type), "%s",
			    meta.n == 0 ? "text/gemini; charset=utf-8" : "");
		buf_put(&t->res->body, s->in.p + n, s->in.n - (size_t)n);
		s->state = BODY;
		return true;
	}
	if (status == 30 || status == 31) {
		struct buf where = { .max = URI_MAX + 1 };

		buf_put_span(&where, meta);
		transfer_redirect(t, buf_span(&where), status == 31);
		buf_free(&where);
	} else
		end_gemini(s, status, meta);
	return false;
}

static void
at_end(struct stream *s)
{
	struct transfer *t = s->t;
	struct span error;

	if (s->state == HEADER) {
		transfer_end(t, FETCH_ERROR, "the connection ended before "
		    "the answer");
		return;
	}
	if (!s->gemini && header_gopher_finish(&t->res->body, s->type,
	    &error)) {
		char shown[200];

		snprintf(shown, sizeof(shown), "%.*s",
		    (int)(error.n < 150 ? error.n : 150), error.p);
		transfer_end(t, FETCH_REFUSED, "the server says: %s", shown);
		return;
	}
	if (!s->gemini && t->res->bytes == 0) {
		transfer_end(t, FETCH_ERROR, "an empty answer");
		return;
	}
	transfer_end(t, FETCH_OK, NULL);
}

/* Read all there is; true to be called again. */
static bool
read_some(struct stream *s)
{
	struct transfer *t = s->t;
	char chunk[16 * 1024];
	ssize_t n = take(s, chunk, sizeof(chunk));
	size_t most;

	if (n == -2)
		return false;
	if (n == -1) {
		transfer_end(t, FETCH_ERROR, s->state == HEADER ?
		    "the connection broke before the answer: %s" :
		    "the body is not whole: %s", io_error(s));
		return false;
	}
	if (n == 0) {
		at_end(s);
		return false;
	}
	t->res->bytes += n;
	most = t->r.max_bytes > 0 ? t->r.max_bytes : FETCH_WIRE_MAX;
	if (t->res->bytes > (int64_t)most) {
		transfer_end(t, FETCH_ERROR, "more than %zu MB came",
		    most >> 20);
		return false;
	}
	if (s->state == BODY) {
		buf_put(&t->res->body, chunk, (size_t)n);
		return true;
	}
	buf_put(&s->in, chunk, (size_t)n);
	if (header_gemini(buf_span(&s->in), &(int){ 0 },
	    &(struct span){ NULL, 0 }) == 0)
		return true;
	return read_header(s);
}

/* --- the course of a connection --- */

static bool
connected(struct stream *s)
{
	int error = 0;
	socklen_t n = sizeof(error);

	if (getsockopt(s->fd, SOL_SOCKET, SO_ERROR, &error, &n) == -1)
		error = errno;
	if (error != 0) {
		s->connect_errno = error;
		hang_up(s);
		connect_next(s);
		return false;
	}
	s->speed_ms = clock_ms();
	s->state = s->secure ? HANDSHAKE : SENDING;
	return !s->secure || start_tls(s);
}

static bool
shake_hands(struct stream *s)
{
	ssize_t n = wait_for(s, tls_handshake(s->tls));

	if (n == -2)
		return false;
	if (n != 0) {
		transfer_end(s->t, FETCH_UNREACHABLE, "TLS handshake with %s "
		    "failed: %s", s->host, io_error(s));
		return false;
	}
	if (!peer_accepted(s))
		return false;
	s->state = SENDING;
	return true;
}

static bool
send_request(struct stream *s)
{
	while (s->sent < s->request.n) {
		ssize_t n = give(s, s->request.p + s->sent,
		    s->request.n - s->sent);

		if (n == -2)
			return false;
		if (n < 0) {
			transfer_end(s->t, FETCH_ERROR, "the connection broke "
			    "while asking: %s", io_error(s));
			return false;
		}
		s->sent += (size_t)n;
	}
	s->state = s->gemini ? HEADER : BODY;
	return true;
}

static void
step(struct stream *s)
{
	bool more = true;

	/* Each returns false when it waits, or when s is gone. */
	while (more) {
		switch (s->state) {
		case RESOLVING:
			return;
		case CONNECTING:
			more = connected(s);
			break;
		case HANDSHAKE:
			more = shake_hands(s);
			break;
		case SENDING:
			more = send_request(s);
			break;
		case HEADER:
		case BODY:
			more = read_some(s);
			break;
		}
	}
}

/* --- the request --- */

static bool
make_request(struct stream *s, const struct uri *u)
{
	struct transfer *t = s->t;
	int rc;

	if (s->gemini) {
		if (strlen(t->url) > REQUEST_MAX) {
			transfer_end(t, FETCH_ERROR, "the address is longer "
			    "than %d bytes", REQUEST_MAX);
			return false;
		}
		buf_puts(&s->request, t->url);
	} else {
		rc = header_gopher_selector(u->path, u->query, &s->request,
		    &s->type);
		if (rc != 0) {
			transfer_end(t, FETCH_FORBIDDEN, "the selector holds "
			    "control characters");
			return false;
		}
		if (strchr("27T8", s->type) != NULL) {
			transfer_end(t, FETCH_FORBIDDEN, "item type %c is no "
			    "text or menu", s->type);
			return false;
		}
	}
	buf_puts(&s->request, "\r\n");
	return true;
}

void
stream_start(struct transfer *t)
{
	struct stream *s = xcalloc(1, sizeof(*s));
	struct span host;
	struct uri u;

	t->stream = s;
	t->res->status = 0;
	t->res->bytes = 0;
	s->t = t;
	s->fd = -1;
	uri_split(&u, span_str(t->url));
	s->gemini = span_eqs(u.scheme, "gemini");
	s->secure = s->gemini || span_eqs(u.scheme, "gophers");
	s->port = u.port.n > 0 ? atoi(u.port.p) : s->gemini ? 1965 : 70;
	host = u.host;
	if (host.n > 2 && host.p[0] == '[')
		host = span_of(host.p + 1, host.n - 2);
	s->host = xstrndup(host.p, host.n);
	if (!make_request(s, &u))
		return;
	if (!s->gemini)
		snprintf(t->reply->content_type,
		    sizeof(t->reply->content_type), "%s", s->type == '1' ?
		    "application/gopher-menu" : s->type == '0' ?
		    "text/plain" : "");
	dial(s);
}
