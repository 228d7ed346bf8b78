/*
 * conn_io.c - between the socket, the library and the states.
 */
#include <sys/socket.h>

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/xalloc.h"
#include "serve/conn_io.h"
#include "serve/worker.h"

int
conn_fill(struct conn *c)
{
	struct worker *w = c->worker;
	ssize_t n;

	if (w->in_off < w->in_len)
		return 1;
	w->in_off = w->in_len = 0;
	if (c->eof)
		return -1;
	if (!c->readable)
		return 0;
	while ((n = recv(c->fd, w->in, sizeof(w->in), 0)) == -1 &&
	    errno == EINTR)
		;
	if (n == -1 && (errno == EAGAIN || errno == EWOULDBLOCK)) {
		c->readable = false;
		return 0;
	}
	if (n <= 0) {
		c->eof = true;
		return -1;
	}
	/* Less than asked for: the next call would only say "wait". */
	if ((size_t)n < sizeof(w->in))
		c->readable = false;
	w->in_len = (size_t)n;
	return 1;
}

static int
flush(struct conn *c, int flags)
{
	struct worker *w = c->worker;
	bool stashed = c->out != NULL;
	char *p = stashed ? c->out + c->out_off : w->out;
	size_t n = stashed ? c->out_len - c->out_off : w->out_len, off = 0;

	while (off < n) {
		ssize_t put = send(c->fd, p + off, n - off,
		    MSG_NOSIGNAL | flags);

		if (put == -1 && errno == EINTR)
			continue;
		if (put == -1 && errno != EAGAIN && errno != EWOULDBLOCK)
			return -1;
		if (put == -1)
			break;
		off += (size_t)put;
		conn_progress(c);
	}
	if (stashed) {
		c->out_off += off;
		if (c->out_off < c->out_len)
			return 1;
		free(c->out);
		c->out = NULL;
		c->out_off = c->out_len = 0;
		return 0;
	}
	if (off < n) {
		c->out_len = n - off;
		c->out_off = 0;
		c->out = xmalloc(c->out_len);
		memcpy(c->out, w->out + off, c->out_len);
	}
	w->out_len = 0;
	return off < n ? 1 : 0;
}

int
conn_flush(struct conn *c)
{
	return flush(c, 0);
}

int
conn_flush_last(struct conn *c)
{
	return flush(c, MSG_MORE);
}

bool
conn_room(const struct conn *c)
{
	return c->out == NULL &&
	    WORKER_OUT_MAX - c->worker->out_len >= WORKER_CHUNK + 1024;
}

ssize_t
conn_tls_read(struct tls *t, void *p, size_t n, void *arg)
{
	struct conn *c = arg;
	struct worker *w = c->worker;
	size_t have;

	(void)t;
	switch (conn_fill(c)) {
	case 0:
		return TLS_WANT_POLLIN;
	case -1:
		return 0;
	}
	have = w->in_len - w->in_off;
	if (n > have)
		n = have;
	memcpy(p, w->in + w->in_off, n);
	w->in_off += n;
	return (ssize_t)n;
}

ssize_t
conn_tls_write(struct tls *t, const void *p, size_t n, void *arg)
{
	struct conn *c = arg;
	struct worker *w = c->worker;
	size_t left;
	int rc;

	(void)t;
	if (c->out != NULL && (rc = conn_flush(c)) != 0)
		return rc == -1 ? -1 : TLS_WANT_POLLOUT;
	if (w->out_len == WORKER_OUT_MAX && (rc = conn_flush(c)) != 0)
		return rc == -1 ? -1 : TLS_WANT_POLLOUT;
	left = WORKER_OUT_MAX - w->out_len;
	if (n > left)
		n = left;
	memcpy(w->out + w->out_len, p, n);
	w->out_len += n;
	return (ssize_t)n;
}

void
conn_unpack(struct conn *c)
{
	struct worker *w = c->worker;

	w->in_off = w->in_len = w->out_len = 0;
	if (c->in == NULL)
		return;
	memcpy(w->in, c->in, c->in_len);
	w->in_len = c->in_len;
	free(c->in);
	c->in = NULL;
	c->in_len = 0;
}

void
conn_pack(struct conn *c)
{
	struct worker *w = c->worker;

	if (w->in_off == w->in_len)
		return;
	c->in_len = w->in_len - w->in_off;
	c->in = xmalloc(c->in_len);
	memcpy(c->in, w->in + w->in_off, c->in_len);
}
