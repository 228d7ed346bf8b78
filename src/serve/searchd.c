/*
 * searchd.c - read-only, without network, with a deadline a query.
 */
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/uio.h>

#include <errno.h>
#include <libgen.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "base/date.h"
#include "base/log.h"
#include "base/sandbox.h"
#include "base/uri.h"
#include "base/utf8.h"
#include "base/xalloc.h"
#include "gemtext/gemtext.h"
#include "gemtext/wrap.h"
#include "serve/searchd.h"

#define DAY		86400
#define MEMORY_MAX	((size_t)1 << 30)
#define COLUMNS		67
#define HINT_LINES	5
#define SNIPPET_LINES	2

struct engine {
	const char	*path;
	struct search	*search;
	struct stat	 opened;
};

/* --- rendering --- */

static void
put_day(struct buf *out, int64_t t)
{
	int year, month, day;

	if (t == DATE_NONE || t == 0)
		return;
	date_civil(t >= 0 ? t / DAY : (t - DAY + 1) / DAY, &year, &month, &day);
	buf_putf(out, "%04d-%02d-%02d", year, month, day);
}

/* What the shell says after a colon, as a sentence of a page. */
static void
put_hint(struct buf *out, const char *hint)
{
	buf_clear(out);
	buf_puts(out, hint);
	if (out->n > 0 && out->p[0] >= 'a' && out->p[0] <= 'z')
		out->p[0] -= 'a' - 'A';
	buf_putc(out, '.');
}

static void
put_line(struct buf *out, const char *s, size_t columns)
{
	struct buf line = { .max = 8192 };

	utf8_line(&line, span_str(s));
	utf8_shorten(out, buf_span(&line), columns);
	buf_free(&line);
}

static void
render_gemini(struct buf *out, const struct searchd_query *q,
    const struct search_results *r)
{
	struct buf hint = { .max = 1024 };

	buf_puts(out, "# Search: ");
	put_line(out, q->query, 200);
	buf_puts(out, "\n\n");
	if (r->hint != NULL) {
		put_hint(&hint, r->hint);
		gemtext_put_text(out, buf_span(&hint));
		buf_putc(out, '\n');
		buf_free(&hint);
	}
	for (size_t i = 0; i < r->nhits; i++) {
		const struct search_hit *h = &r->hits[i];

		buf_puts(out, "=> /");
		uri_escape(out, span_str(h->path), "/");
		buf_puts(out, ".gmi ");
		put_line(out, h->title != NULL && h->title[0] != '\0' ?
		    h->title : "(untitled)", 200);
		buf_puts(out, "\n");
		if (h->source != NULL) {
			struct buf from = { .max = 1024 };

			put_line(&from, h->source, 120);
			if (h->time != DATE_NONE && h->time != 0) {
				buf_puts(&from, ", ");
				put_day(&from, h->time);
			}
			gemtext_put_text(out, buf_span(&from));
			buf_free(&from);
		}
		if (h->snippet != NULL && h->snippet[0] != '\0') {
			buf_puts(out, "> ");
			put_line(out, h->snippet, 400);
			buf_putc(out, '\n');
		}
		buf_putc(out, '\n');
	}
	if (r->more) {
		buf_putf(out, "=> /search/%u?", q->page + 2);
		uri_escape(out, span_of(q->query, q->len), "");
		buf_puts(out, " More results\n");
	}
	buf_puts(out, "=> /search Another search\n=> / Front page\n");
}

static void
put_info(struct buf *out, const char *indent, const char *s)
{
	buf_putf(out, "i%s", indent);
	put_line(out, s, COLUMNS - strlen(indent));
	buf_puts(out, "\t\tnull.host\t1\r\n");
}

/* Text in at most so many lines, the last of which is cut. */
static void
put_wrapped(struct buf *out, const char *indent, const char *text, int lines)
{
	struct buf clean = { .max = 8192 }, wrapped = { 0 }, line = { 0 };
	struct span rest, one;

	utf8_line(&clean, span_str(text));
	wrap_line(&wrapped, buf_span(&clean), COLUMNS - strlen(indent),
	    span_str(""), span_str(""));
	rest = buf_span(&wrapped);
	while (lines-- > 0 && rest.n > 0) {
		if (lines == 0)
			one = rest;	/* put_info() makes one line of it */
		else
			span_line(&rest, &one);
		buf_clear(&line);
		buf_put_span(&line, one);
		put_info(out, indent, buf_cstr(&line));
	}
	buf_free(&line);
	buf_free(&wrapped);
	buf_free(&clean);
}

static void
render_gopher(struct buf *out, const struct searchd_query *q,
    const struct search_results *r)
{
	struct buf line = { .max = 8192 };

	buf_puts(&line, "Search: ");
	buf_put(&line, q->query, q->len);
	put_info(out, "", buf_cstr(&line));
	put_info(out, "", "");
	if (r->hint != NULL) {
		put_hint(&line, r->hint);
		put_wrapped(out, "", buf_cstr(&line), HINT_LINES);
		if (r->nhits > 0)
			put_info(out, "", "");
	}
	for (size_t i = 0; i < r->nhits; i++) {
		const struct search_hit *h = &r->hits[i];

		buf_putc(out, '0');
		put_line(out, h->title != NULL && h->title[0] != '\0' ?
		    h->title : "(untitled)", COLUMNS);
		buf_puts(out, "\t/");
		uri_escape(out, span_str(h->path), "/");
		buf_putf(out, ".txt\t%s\t%d\r\n", q->host, (int)q->port);
		buf_clear(&line);
		put_day(&line, h->time);
		if (h->source != NULL)
			buf_putf(&line, "%s%s", line.n > 0 ? "  " : "",
			    h->source);
		put_info(out, "  ", buf_cstr(&line));
		if (h->snippet != NULL && h->snippet[0] != '\0')
			put_wrapped(out, "  ", h->snippet, SNIPPET_LINES);
	}
	put_info(out, "", "");
	if (r->more) {
		/* A selector cannot hold a TAB: the words are part of it. */
		buf_putf(out, "1More results\t/search/%u/", q->page + 2);
		uri_escape(out, span_of(q->query, q->len), "");
		buf_putf(out, "\t%s\t%d\r\n", q->host, (int)q->port);
	}
	buf_putf(out, "7Another search\t/search\t%s\t%d\r\n"
	    "1To the main menu\t/\t%s\t%d\r\n.\r\n", q->host, (int)q->port,
	    q->host, (int)q->port);
	buf_free(&line);
}

void
searchd_render(struct buf *out, const struct searchd_query *q,
    const struct search_results *r)
{
	if (q->gopher)
		render_gopher(out, q, r);
	else
		render_gemini(out, q, r);
}

/* --- the process --- */

/* Open the file, or open it anew when another took its place. */
static int
ready(struct engine *g, struct error *e)
{
	struct stat now;

	if (stat(g->path, &now) == -1)
		return error_set(e, E_NOTFOUND, "no index yet");
	if (g->search != NULL && now.st_ino == g->opened.st_ino &&
	    now.st_dev == g->opened.st_dev)
		return 0;
	search_close(g->search);
	g->search = NULL;
	g->opened = now;
	return search_open(&g->search, g->path, false, e);
}

static int
look(struct engine *g, struct buf *body, const struct searchd_query *q)
{
	struct search_results r = { 0 };
	struct arena a = { 0 };
	struct error e = { 0 };
	int status = 20, rc;

	if ((rc = ready(g, &e)) == 0)
		rc = search_query(g->search, &r, &a, span_of(q->query, q->len),
		    q->page, (int64_t)time(NULL), &e);
	if (rc == 0) {
		searchd_render(body, q, &r);
	} else {
		status = 40;
		log_debug("search: %s", e.msg);
		buf_puts(body, "The search is not ready; try again later");
		search_close(g->search);
		g->search = NULL;
	}
	arena_free(&a);
	return status;
}

static void
serve_one(struct engine *g, int fd, struct searchd_query *q)
{
	struct buf body;
	struct searchd_reply head = { .id = q->id };
	struct iovec iov[2];
	struct msghdr msg = { .msg_iov = iov, .msg_iovlen = 2 };

	if (q->len >= sizeof(q->query))
		q->len = sizeof(q->query) - 1;
	q->query[q->len] = '\0';
	q->host[sizeof(q->host) - 1] = '\0';
	buf_init(&body, SEARCHD_BODY_MAX);
	head.status = look(g, &body, q);
	iov[0] = (struct iovec){ &head, sizeof(head) };
	iov[1] = (struct iovec){ body.p, body.n };
	(void)sendmsg(fd, &msg, MSG_NOSIGNAL | MSG_DONTWAIT);
	buf_free(&body);
}

static void
enter_sandbox(const char *path)
{
	char *copy = xstrdup(path);
	const char *dir = dirname(copy);
	const char *const paths[] = { dir, NULL };
	struct sandbox box = { .read_paths = paths, .no_new_files = true,
	    .memory_bytes = MEMORY_MAX };
	struct error e;
	int status = sandbox_enter(&box, &e);

	free(copy);
	if (status != 0 && status != E_NOTFOUND) {
		log_error("search: %s", e.msg);
		_exit(1);
	}
}

void
searchd_main(const char *path, const int *fds, size_t nfds, const char *user,
    bool sandbox)
{
	struct engine g = { .path = path };
	struct pollfd *p = xcalloc(nfds, sizeof(*p));
	size_t open = nfds;
	struct error e;

	signal(SIGHUP, SIG_IGN);
	signal(SIGINT, SIG_IGN);
	if (sandbox_drop_user(user, &e) != 0) {
		log_error("search: %s", e.msg);
		_exit(1);
	}
	if (sandbox)
		enter_sandbox(path);
	for (size_t i = 0; i < nfds; i++)
		p[i] = (struct pollfd){ .fd = fds[i], .events = POLLIN };
	while (open > 0) {
		if (poll(p, nfds, -1) == -1 && errno != EINTR)
			break;
		for (size_t i = 0; i < nfds; i++) {
			struct searchd_query q;
			ssize_t n;

			if (p[i].fd == -1 || p[i].revents == 0)
				continue;
			n = recv(p[i].fd, &q, sizeof(q), MSG_DONTWAIT);
			if (n == (ssize_t)sizeof(q))
				serve_one(&g, p[i].fd, &q);
			else if (n == 0 || (n == -1 && errno != EAGAIN &&
			    errno != EINTR)) {
				p[i].fd = -1;
				open--;
			}
		}
	}
	_exit(0);
}
