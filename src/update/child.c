#include <sys/socket.h>
#include <sys/wait.h>

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/file.h"
#include "base/xalloc.h"
#include "feed/parse.h"
#include "update/job.h"
#include "update/zygote.h"

struct child {
	pid_t		 pid;		/* 0: none yet */
	int		 fd;
	int		 jobs;		/* done so far */
	bool		 busy;
	uint32_t	 kind;
	int64_t		 deadline_ms;
	struct buf	 out;		/* request still to be sent */
	size_t		 sent;
	struct buf	 in;		/* reply so far, header included */
	child_done	*done;		/* of JOB_PARSE */
	void		*arg;
	int		 status;	/* of JOB_CONVERT, for the waiter */
	struct error	 error;
};

struct child_pool {
	struct zygote	 zygote;
	int		 n;
	struct child	 child[CHILDREN_MAX];
};

bool
child_sandbox_required(const char *word)
{
	return word != NULL && strcmp(word, "require") == 0;
}

int
child_pool_new(struct child_pool **out, int n, bool require, struct error *e)
{
	struct child_pool *p = xcalloc(1, sizeof(*p));
	int rc;

	if ((rc = zygote_start(&p->zygote, require, e)) != 0) {
		free(p);
		return rc;
	}
	p->n = n < 1 ? 1 : n > CHILDREN_MAX ? CHILDREN_MAX : n;
	for (int i = 0; i < p->n; i++) {
		buf_init(&p->child[i].out, JOB_REQUEST_MAX + 4096);
		buf_init(&p->child[i].in, CHILD_REPLY_MAX);
	}
	*out = p;
	return 0;
}

/* End the child's process; returns its wait status. */
static int
retire(struct child_pool *p, struct child *c)
{
	int status = -1;

	if (c->pid > 0) {
		close(c->fd);
		status = zygote_reap(&p->zygote, c->pid);
	}
	c->pid = 0;
	c->jobs = 0;
	return status;
}

void
child_pool_free(struct child_pool *p)
{
	if (p == NULL)
		return;
	for (int i = 0; i < p->n; i++) {
		if (p->child[i].pid > 0)
			close(p->child[i].fd);
		buf_free(&p->child[i].out);
		buf_free(&p->child[i].in);
	}
	zygote_stop(&p->zygote);
	free(p);
}

/* The job is over: tell who asked.  f may be NULL. */
static void
finish(struct child *c, int status, struct feed *f, struct arena *a)
{
	c->busy = false;
	c->jobs++;
	c->status = status;
	if (c->done != NULL)
		c->done(status, f, a, &c->error, c->arg);
}

static void
finish_dead(struct child_pool *p, struct child *c, bool late)
{
	struct arena none = { 0 };
	int status = retire(p, c);

	if (late)
		error_set(&c->error, E_LIMIT, "parsing took longer than "
		    "%d seconds and was stopped", CHILD_WALL_SECONDS);
	else if (status != -1 && WIFSIGNALED(status) &&
	    WTERMSIG(status) == SIGXCPU)
		error_set(&c->error, E_LIMIT, "parsing took more than "
		    "%d seconds of CPU and was stopped", CHILD_CPU_SECONDS);
	else if (status != -1 && WIFSIGNALED(status) &&
	    WTERMSIG(status) == SIGABRT)
		error_set(&c->error, E_LIMIT, "parsing needed more than "
		    "%zu MB of memory and was stopped", CHILD_MEMORY >> 20);
	else
		error_set(&c->error, E_LIMIT,
		    "the parsing process died and was replaced");
	finish(c, E_LIMIT, NULL, &none);
	arena_free(&none);
}

static void
finish_reply(struct child_pool *p, struct child *c)
{
	struct arena a = { 0 };
	struct feed *f = NULL;
	struct job_header h;
	struct span payload;
	int status;

	memcpy(&h, c->in.p, sizeof(h));
	payload = span_of(c->in.p + sizeof(h), h.length);
	status = -(int)h.kind;
	if (status > 0 || status < E_EXIST)
		status = E_FAIL;
	if (status != 0)
		error_set(&c->error, status, "%.*s",
		    (int)(payload.n < 500 ? payload.n : 500), payload.p);
	else if (c->kind == JOB_PARSE)
		status = feed_decode(&f, &a, payload, &c->error);
	finish(c, status, f, &a);
	arena_free(&a);
	if (c->jobs >= CHILD_JOBS_MAX)
		retire(p, c);
}

/* Read what is there; true when the reply is whole. */
static bool
reply_read(struct child_pool *p, struct child *c)
{
	struct job_header h;
	ssize_t n;
	char *to;

	for (;;) {
		size_t want = sizeof(h);

		if (c->in.n >= sizeof(h)) {
			memcpy(&h, c->in.p, sizeof(h));
			want += h.length;
		}
		if (c->in.n == want && c->in.n >= sizeof(h))
			return true;
		want -= c->in.n;
		if ((to = buf_reserve(&c->in, want)) == NULL)
			break;
		n = recv(c->fd, to, want, MSG_DONTWAIT);
		if (n == -1 && errno == EINTR)
			continue;
		if (n == -1 && (errno == EAGAIN || errno == EWOULDBLOCK))
			return false;
		if (n <= 0)
			break;
		buf_truncate(&c->in, c->in.n + (size_t)n);
	}
	finish_dead(p, c, false);
	return false;
}

static void
request_write(struct child *c)
{
	while (c->sent < c->out.n) {
		ssize_t n = send(c->fd, c->out.p + c->sent,
		    c->out.n - c->sent, MSG_DONTWAIT | MSG_NOSIGNAL);

		if (n == -1 && errno == EINTR)
			continue;
		if (n <= 0)
			return;		/* full, or dead: reading will tell */
		c->sent += (size_t)n;
	}
}

/* Move every busy child on; wait at most timeout_ms for something. */
static void
pump(struct child_pool *p, int timeout_ms)
{
	struct pollfd pfd[CHILDREN_MAX];
	int64_t now = clock_ms();

	for (int i = 0; i < p->n; i++) {
		struct child *c = &p->child[i];
		int64_t left = c->deadline_ms - now;

		pfd[i] = (struct pollfd){ .fd = c->busy ? c->fd : -1,
		    .events = POLLIN };
		if (!c->busy)
			continue;
		if (c->sent < c->out.n)
			pfd[i].events |= POLLOUT;
		if (timeout_ms > 0 && left < timeout_ms)
			timeout_ms = left > 0 ? (int)left : 0;
	}
	if (poll(pfd, (nfds_t)p->n, timeout_ms) == -1)
		return;
	now = clock_ms();
	for (int i = 0; i < p->n; i++) {
		struct child *c = &p->child[i];

		if (!c->busy)
			continue;
		if (pfd[i].revents & POLLOUT)
			request_write(c);
		if ((pfd[i].revents & (POLLIN | POLLHUP | POLLERR)) != 0) {
			if (reply_read(p, c))
				finish_reply(p, c);
		} else if (now >= c->deadline_ms)
			finish_dead(p, c, true);
	}
}

/* An idle child with a process, waiting for one when all are busy. */
static int
idle_child(struct child_pool *p, struct child **out, struct error *e)
{
	for (;;) {
		struct child *found = NULL;

		for (int i = 0; i < p->n; i++) {
			struct child *c = &p->child[i];

			if (!c->busy && (found == NULL || found->pid == 0))
				found = c;
		}
		if (found == NULL) {
			pump(p, 1000);
			continue;
		}
		*out = found;
		if (found->pid > 0)
			return 0;
		return zygote_spawn(&p->zygote, &found->pid, &found->fd, e);
	}
}

/* The request's payload is in c->out after room for its header. */
static int
start(struct child *c, uint32_t kind, child_done *done, void *arg,
    struct error *e)
{
	struct job_header h = { kind, 0 };

	if (c->out.over)
		return error_set(e, E_LIMIT, "more than %zu MB to parse",
		    JOB_REQUEST_MAX >> 20);
	h.length = (uint32_t)(c->out.n - sizeof(h));
	memcpy(c->out.p, &h, sizeof(h));
	buf_clear(&c->in);
	c->error = (struct error){ 0 };
	c->sent = 0;
	c->kind = kind;
	c->done = done;
	c->arg = arg;
	c->busy = true;
	c->deadline_ms = clock_ms() + CHILD_WALL_SECONDS * 1000;
	request_write(c);
	return 0;
}

static void
prepare(struct child *c)
{
	const struct job_header room = { 0 };

	buf_clear(&c->out);
	buf_put(&c->out, &room, sizeof(room));
}

int
child_submit(struct child_pool *p, struct span bytes,
    const struct child_job *job, child_done *done, void *arg, struct error *e)
{
	struct child *c;
	int rc;

	if ((rc = idle_child(p, &c, e)) != 0)
		return rc;
	prepare(c);
	job_put_parse(&c->out, job, bytes);
	return start(c, JOB_PARSE, done, arg, e);
}

void
child_collect(struct child_pool *p, bool wait)
{
	for (;;) {
		bool busy = false;

		for (int i = 0; i < p->n; i++)
			busy = busy || p->child[i].busy;
		if (!busy)
			return;
		pump(p, wait ? 1000 : 0);
		if (!wait)
			return;
	}
}

int
child_convert(struct child_pool *p, struct buf *gmi, struct buf *txt,
    const struct content *body, const char *original, int width,
    struct error *e)
{
	struct span g, t;
	struct child *c;
	int rc;

	if ((rc = idle_child(p, &c, e)) != 0)
		return rc;
	prepare(c);
	job_put_convert(&c->out, body, original, width);
	if ((rc = start(c, JOB_CONVERT, NULL, NULL, e)) != 0)
		return rc;
	while (c->busy)
		pump(p, 1000);
	if (c->status != 0)
		return error_set(e, c->status, "%s", c->error.msg);
	if (job_get_texts(span_from(buf_span(&c->in),
	    sizeof(struct job_header)), &g, &t) != 0)
		return error_set(e, E_FAIL, "malformed reply of a child");
	buf_put_span(gmi, g);
	buf_put_span(txt, t);
	return 0;
}
