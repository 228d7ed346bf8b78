/*
 * access.c - access lines: escaped, bounded, written in bundles.
 */
#include <sys/stat.h>

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "base/date.h"
#include "base/xalloc.h"
#include "serve/access.h"

/* At most PIPE_BUF, so that bundles of several workers do not mix. */
#define BUNDLE_MAX	4096

struct access {
	int		 fd;
	bool		 own;
	enum access_format format;
	struct buf	 bundle;
	unsigned	 lines;
};

enum access_format
access_format(const char *name)
{
	if (name != NULL && strcmp(name, "common") == 0)
		return ACCESS_COMMON;
	if (name != NULL && strcmp(name, "json") == 0)
		return ACCESS_JSON;
	return ACCESS_PLAIN;
}

/* Printable ASCII stands; all else is \xHH (\u00HH in JSON). */
static void
put_escaped(struct buf *out, struct span s, bool json, size_t room)
{
	size_t end = out->n + room;

	for (size_t i = 0; i < s.n; i++) {
		unsigned char c = (unsigned char)s.p[i];

		if (out->n + 6 > end) {
			buf_puts(out, "...");
			return;
		}
		if (c <= ' ' || c >= 0x7f || c == '"' || c == '\\')
			buf_putf(out, json ? "\\u%04x" : "\\x%02x", c);
		else
			buf_putc(out, (char)c);
	}
}

/* What may be shown of a request: the answers to prompts may not. */
static struct span
shown(const struct access_entry *en)
{
	struct span s = en->request;
	const char *mark;

	if (en->secret && s.n > 0 && (mark = memchr(s.p,
	    en->gopher ? '\t' : '?', s.n)) != NULL)
		s.n = (size_t)(mark - s.p);
	return s;
}

static void
put_common(struct buf *out, const struct access_entry *en)
{
	char stamp[40];
	time_t t = (time_t)en->time;
	struct tm tm;

	gmtime_r(&t, &tm);
	strftime(stamp, sizeof(stamp), "%d/%b/%Y:%H:%M:%S +0000", &tm);
	buf_putf(out, "%s - - [%s] \"%s ",
	    en->address != NULL ? en->address : "-", stamp,
	    en->gopher ? "GOPHER" : "GEMINI");
	put_escaped(out, shown(en), false, ACCESS_LINE_MAX - 180);
	buf_putf(out, "\" %d %" PRIu64 "\n", en->status, en->bytes);
}

static void
put_json(struct buf *out, const struct access_entry *en)
{
	buf_puts(out, "{\"time\":\"");
	date_rfc3339(out, en->time);
	buf_putf(out, "\",\"protocol\":\"%s\",\"status\":%d,\"request\":\"",
	    en->gopher ? "gopher" : "gemini", en->status);
	put_escaped(out, shown(en), true, ACCESS_LINE_MAX - 210);
	buf_putf(out, "\",\"bytes\":%" PRIu64, en->bytes);
	if (en->address != NULL)
		buf_putf(out, ",\"address\":\"%s\"", en->address);
	buf_puts(out, "}\n");
}

void
access_line(struct buf *out, enum access_format f,
    const struct access_entry *en)
{
	if (f == ACCESS_COMMON) {
		put_common(out, en);
		return;
	}
	if (f == ACCESS_JSON) {
		put_json(out, en);
		return;
	}
	date_rfc3339(out, en->time);
	buf_putf(out, " %s %d %" PRIu64 " ", en->gopher ? "gopher" : "gemini",
	    en->status, en->bytes);
	if (en->address != NULL)
		buf_putf(out, "%s ", en->address);
	put_escaped(out, shown(en), false, ACCESS_LINE_MAX - 140);
	buf_putc(out, '\n');
}

int
access_open(struct access **out, const char *path, enum access_format f,
    struct error *e)
{
	struct access *a;
	int fd = STDERR_FILENO;

	*out = NULL;
	if (path == NULL || path[0] == '\0')
		return 0;
	/* A FIFO that nobody reads must not hold the server up. */
	if (strcmp(path, "-") != 0 && (fd = open(path, O_WRONLY | O_APPEND |
	    O_CREAT | O_CLOEXEC | O_NONBLOCK | O_NOCTTY, 0640)) == -1)
		return error_errno(e, "access log %s", path);
	a = xcalloc(1, sizeof(*a));
	a->fd = fd;
	a->own = fd != STDERR_FILENO;
	a->format = f;
	buf_init(&a->bundle, BUNDLE_MAX + ACCESS_LINE_MAX);
	*out = a;
	return 0;
}

void
access_free(struct access *a)
{
	if (a == NULL)
		return;
	access_flush(a);
	if (a->own)
		close(a->fd);
	buf_free(&a->bundle);
	free(a);
}

unsigned
access_flush(struct access *a)
{
	unsigned lost = 0;

	if (a == NULL || a->bundle.n == 0)
		return 0;
	if (write(a->fd, a->bundle.p, a->bundle.n) != (ssize_t)a->bundle.n)
		lost = a->lines;
	buf_clear(&a->bundle);
	a->lines = 0;
	return lost;
}

unsigned
access_note(struct access *a, const struct access_entry *en)
{
	unsigned lost = 0;

	if (a == NULL)
		return 0;
	if (a->bundle.n + ACCESS_LINE_MAX > BUNDLE_MAX)
		lost = access_flush(a);
	access_line(&a->bundle, a->format, en);
	a->lines++;
	return lost;
}
