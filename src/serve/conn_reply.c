/*
 * conn_reply.c - from an answer to the end of its connection.
 */
#include <sys/sendfile.h>
#include <sys/socket.h>

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/xalloc.h"
#include "serve/conn_step.h"

/* An answer as a whole: a minute, and a second for each KB. */
#define TOTAL_MS	60000
#define DRAIN_BYTES	(4u << 20)
#define SENDFILE_MAX	(256 * 1024)
/* Less than this leaves in one piece with the end, which sendfile cannot. */
#define SENDFILE_MIN	(16 * 1024)

void
conn_reply_bytes(struct conn *c, const char *p, size_t n)
{
	if (n > 0) {
		c->body = xmalloc(n);
		memcpy(c->body, p, n);
	}
	c->body_len = n;
	c->off = 0;
	c->size = 0;
	c->total_ms = c->worker->now_ms + TOTAL_MS + (int64_t)n;
	conn_enter(c, CONN_REPLY);
}

enum step
conn_reply(struct conn *c, struct answer *a)
{
	c->status = (short)a->status;
	c->secret = a->secret;
	conn_reply_bytes(c, a->head.p != NULL ? a->head.p : "", a->head.n);
	if (a->kind == ANSWER_FILE) {
		c->file = a->fd;
		c->size = a->size;
		c->total_ms += c->size;
	} else if (a->kind == ANSWER_PAGE) {
		c->page = a->hot;
		c->size = (int64_t)a->hot->n;
		c->total_ms += c->size;
	}
	return STEP_ON;
}

enum step
conn_refuse(struct conn *c, int status, const char *what)
{
	struct worker *w = c->worker;
	struct peer p = { 0 };

	if (conn_is_gopher(c)) {
		conn_local(c, &p);
		answer_gopher_error(&w->answer, w->route, &p, status, what);
	} else
		answer_gemini(&w->answer, status, what);
	w->answer.secret = c->secret;
	return conn_reply(c, &w->answer);
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
 * memory, then the page or the file.  Its length; 0 at the end, -1 when the
 * file is shorter than it was.
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
	if (c->off == c->size || n == WORKER_CHUNK)
		return (ssize_t)n;
	want = WORKER_CHUNK - n;
	if ((int64_t)want > c->size - c->off)
		want = (size_t)(c->size - c->off);
	if (c->page != NULL) {
		memcpy(w->chunk + n, c->page->p + c->off, want);
		c->off += (int64_t)want;
		return (ssize_t)(n + want);
	}
	got = pread(c->file, w->chunk + n, want, c->off);
	if (got <= 0)
		return -1;
	c->off += got;
	return (ssize_t)n + got;
}

/* Some of the page or the file, in the clear and past the worker's chunk. */
static ssize_t
send_some(const struct conn *c)
{
	size_t left = (size_t)(c->size - c->off);
	off_t off = (off_t)c->off;

	/* Its last bytes leave with the end of the connection. */
	if (c->page != NULL)
		return send(c->fd, c->page->p + c->off, left, MSG_NOSIGNAL |
		    MSG_MORE);
	return sendfile(c->fd, c->file, &off, left > SENDFILE_MAX ?
	    SENDFILE_MAX : left);
}

static enum step
send_rest(struct conn *c)
{
	while (c->off < c->size) {
		ssize_t n = send_some(c);

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
	conn_enter(c, CONN_NOTIFY);
	return STEP_ON;
}

enum step
conn_step_reply(struct conn *c)
{
	ssize_t n;
	int rc;

	if (c->worker->now_ms > c->total_ms)
		return STEP_CLOSE;
	for (;;) {
		if (!conn_room(c) && (rc = conn_flush(c)) != 0)
			return rc == -1 ? STEP_CLOSE : STEP_WRITE;
		if (c->tls == NULL && c->body == NULL &&
		    (c->page != NULL || c->size > SENDFILE_MIN)) {
			if ((rc = conn_flush(c)) != 0)
				return rc == -1 ? STEP_CLOSE : STEP_WRITE;
			return send_rest(c);
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
		if (c->body == NULL && c->off == c->size)
			break;
	}
	if (c->file != -1) {
		close(c->file);
		c->file = -1;
	}
	conn_enter(c, CONN_NOTIFY);
	return STEP_ON;
}

enum step
conn_step_notify(struct conn *c)
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
	if ((rc = conn_flush_last(c)) != 0)
		return rc == -1 ? STEP_CLOSE : STEP_WRITE;
	conn_note(c);
	/*
	 * A line of Gopher with nothing behind it leaves nothing unread that
	 * could cost the answer.
	 */
	if (c->nothing_behind || c->eof || shutdown(c->fd, SHUT_WR) == -1)
		return STEP_CLOSE;
	route_release(c->worker->route, c->page);
	c->page = NULL;
	/* All that is left costs nearly nothing: the next one may come. */
	free(c->request);
	c->request = NULL;
	conn_uncount(c);
	conn_enter(c, CONN_LINGER);
	return STEP_ON;
}

/*
 * Closing with input unread would reset the connection and could take the
 * answer with it: read on, within bounds, until the peer has closed.
 */
enum step
conn_step_drain(struct conn *c)
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
