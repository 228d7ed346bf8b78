/*
 * A connection without TLS, state by state: PROXY header, request, answer,
 * drain.  The first byte chooses the connection, the second how its bytes
 * come in pieces; the client may stop listening, or be late.  Whatever is
 * sent, the answer ends as Gopher wants it and the connection ends.
 */
#include <sys/socket.h>

#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/file.h"
#include "base/xalloc.h"
#include "serve/worker.h"

/* Begins with what no error repeats. */
#define CANARY	"\001not for anybody"

enum { PROXIED = 1, SLOW = 2, LATE = 4, GONE = 8, SMALL = 16 };

int	LLVMFuzzerTestOneInput(const uint8_t *, size_t);

static struct worker	*w;
static struct listener	 plain = { .fd = -1, .protocol = PROTOCOL_GOPHER };

static void
put(const char *dir, const char *name, const char *text)
{
	char *path = file_join(dir, name);

	if (file_replace(path, span_str(text), 0644, false, NULL) != 0)
		abort();
	free(path);
}

static void
remove_tree(void)
{
	char *command = xasprintf("rm -rf '%s'", getenv("FUZZ_CONN_DIR"));

	if (system(command) != 0)
		abort();
	free(command);
}

static void
setup(void)
{
	char dir[] = "/tmp/orrery-fuzz-XXXXXX", *text, *path;
	struct config_problems problems = { 0 };
	struct config *c;

	if (mkdtemp(dir) == NULL || chdir(dir) == -1 ||
	    file_mkdirs("output/hole/sub", 0755, NULL) != 0)
		abort();
	setenv("FUZZ_CONN_DIR", dir, 1);
	atexit(remove_tree);
	put(dir, "secret", CANARY);
	put(dir, "output/hole/gophermap", "iHello\t\tlocalhost\t70\r\n.\r\n");
	put(dir, "output/hole/a.txt", "Words.\n.\n");
	put(dir, "output/hole/sub/gophermap", "0A\t/a.txt\tlocalhost\t70\r\n");
	path = file_join(dir, "planet.ini");
	text = xasprintf("[Planet]\nname = F\nlink = gemini://localhost/\n"
	    "owner_name = F\nowner_email = f@example.org\n"
	    "output_dir = output\ncache_directory = cache\n"
	    "[gopher]\nlisten = 127.0.0.1:7070\nhost = localhost\n");
	w = xcalloc(1, sizeof(*w));
	if (config_read(&c, path, span_str(text), &problems, NULL) != 0 ||
	    route_new(&w->route, c, true, NULL) != 0)
		abort();
	w->config = c;
	w->table = stats_new(0);
	w->stats = &w->table->worker[0];
	w->limits = limits_new(0, 0);
	w->base = event_base_new();
	w->search_fd = -1;
	w->max_open = 10;
	w->now_ms = 1000;
	for (int i = 0; i < CONN_STATES; i++)
		TAILQ_INIT(&w->queues[i]);
	w->proxies = xcalloc(1, sizeof(*w->proxies));
	w->proxies[0].family = AF_UNIX;
	free(text);
	free(path);
}

static void
turn(void)
{
	while (event_base_loop(w->base, EVLOOP_NONBLOCK) == 0 &&
	    event_base_get_num_events(w->base, EVENT_BASE_COUNT_ACTIVE) > 0)
		;
}

static void
expire(int64_t ms)
{
	w->now_ms += ms;
	for (int s = 0; s < CONN_STATES; s++) {
		struct conn *c, *next;

		for (c = TAILQ_FIRST(&w->queues[s]);
		    c != NULL && c->deadline_ms <= w->now_ms; c = next) {
			next = TAILQ_NEXT(c, link);
			conn_timeout(c);
		}
	}
}

static void
listen_to(int fd, struct buf *answer)
{
	char bytes[4096];
	ssize_t n;

	while ((n = read(fd, bytes, sizeof(bytes))) > 0)
		buf_put(answer, bytes, (size_t)n);
}

/* A menu or an error ends in a dot; a file of ours is what it is. */
static void
check(struct span answer)
{
	struct span line;

	if (memmem(answer.p, answer.n, CANARY, strlen(CANARY)) != NULL)
		abort();
	if (answer.n == 0 || span_eqs(answer, "Words.\n.\n"))
		return;
	for (size_t i = 0; i < answer.n; i++)
		if ((unsigned char)answer.p[i] < ' ' &&
		    strchr("\t\r\n", answer.p[i]) == NULL)
			abort();
	while (span_line(&answer, &line))
		/* an address twice, each letter of it escaped */
		if (line.n > 12 * (size_t)GEMINI_URI_MAX)
			abort();
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct sockaddr_storage from = { .ss_family = AF_UNIX };
	struct buf answer = { .max = 1 << 20 };
	int how, room = 1, sv[2];
	size_t piece;

	if (size < 2)
		return 0;
	if (w == NULL)
		setup();
	how = data[0];
	piece = data[1] != 0 ? data[1] : size;
	plain.local = (how & PROXIED) != 0;
	w->nproxies = plain.local ? 1 : 0;
	if (!plain.local) {
		struct sockaddr_in in = { .sin_family = AF_INET,
		    .sin_addr = { htonl(INADDR_LOOPBACK) } };

		memcpy(&from, &in, sizeof(in));
	}
	if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0,
	    sv) == -1)
		abort();
	if (how & SMALL)
		(void)setsockopt(sv[0], SOL_SOCKET, SO_SNDBUF, &room,
		    sizeof(room));
	conn_new(w, &plain, sv[0], (struct sockaddr *)&from,
	    how & SLOW ? 44 : 0);
	for (size_t at = 2; at < size; at += piece) {
		size_t n = size - at < piece ? size - at : piece;

		/* What does not fit, or is not wanted any more, is lost. */
		if (send(sv[1], data + at, n, MSG_NOSIGNAL) == -1)
			break;
		turn();
		if (how & LATE)
			expire(4000);
		listen_to(sv[1], &answer);
	}
	if (how & GONE)
		shutdown(sv[1], SHUT_WR);
	turn();
	expire(40000);
	turn();
	listen_to(sv[1], &answer);
	close(sv[1]);
	turn();
	expire(100000);
	expire(100000);
	turn();
	if (w->open != 0)
		abort();
	check(buf_span(&answer));
	buf_free(&answer);
	return 0;
}
