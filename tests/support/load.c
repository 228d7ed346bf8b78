/*
 * load.c - many clients at once, for benchmarks and for tests of patience.
 *
 *   load HOST PORT CONCURRENCY REQUESTS REQUEST
 *	asks REQUESTS times and prints one line: requests/s, answers that
 *	began with 2, others, failures, bytes, p50 and p99 in microseconds.
 *	-p in front: plain TCP.
 *   load -s KIND HOST PORT N REQUEST
 *	holds N slow connections until killed; prints "holding N" when all
 *	are open.  KIND: silent, hello (half a ClientHello), idle (nothing
 *	after the handshake), drip (a request byte a second), reader (reads 10
 *	bytes a second).
 * \r and \n in REQUEST are resolved.
 */
#include <sys/epoll.h>
#include <sys/resource.h>
#include <sys/socket.h>

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include <openssl/err.h>
#include <openssl/ssl.h>

struct client {
	int	 fd;
	SSL	*ssl;
	bool	 connected, asked;
	char	 first;
	double	 began;
};

static SSL_CTX			*ctx;
static struct sockaddr_in	 to;
static int			 ep;
static bool			 plain;
static char			 request[2048];
static size_t			 request_len;
static long			 wanted, started, done, good, other, failed;
static unsigned long long	 bytes;
static double			*times;

static double
now(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return (double)ts.tv_sec * 1e6 + (double)ts.tv_nsec / 1e3;
}

static int
dial(bool wait)
{
	int fd = socket(AF_INET, SOCK_STREAM | (wait ? 0 : SOCK_NONBLOCK), 0);

	if (connect(fd, (struct sockaddr *)&to, sizeof(to)) == -1 &&
	    errno != EINPROGRESS) {
		close(fd);
		return -1;
	}
	return fd;
}

static bool
begin(struct client *c)
{
	struct epoll_event ev = { .events = EPOLLOUT, .data.ptr = c };

	memset(c, 0, sizeof(*c));
	c->began = now();
	if ((c->fd = dial(false)) == -1) {
		failed++;
		done++;
		return false;
	}
	started++;
	if (!plain) {
		c->ssl = SSL_new(ctx);
		SSL_set_fd(c->ssl, c->fd);
		SSL_set_tlsext_host_name(c->ssl, "localhost");
		SSL_set_connect_state(c->ssl);
	}
	epoll_ctl(ep, EPOLL_CTL_ADD, c->fd, &ev);
	return true;
}

static void
finish(struct client *c, bool ok)
{
	times[done++] = now() - c->began;
	if (!ok)
		failed++;
	else if (c->first == '2' || (plain && c->first != '3'))
		good++;
	else
		other++;
	if (c->ssl != NULL) {
		SSL_shutdown(c->ssl);
		SSL_free(c->ssl);
	}
	close(c->fd);
	while (started < wanted && !begin(c))
		;
}

static void
wait_for(struct client *c, int rc)
{
	struct epoll_event ev = { .data.ptr = c };
	int why = c->ssl != NULL ? SSL_get_error(c->ssl, rc) : errno == EAGAIN ?
	    SSL_ERROR_WANT_READ : SSL_ERROR_SYSCALL;

	if (why != SSL_ERROR_WANT_READ && why != SSL_ERROR_WANT_WRITE) {
		ERR_clear_error();
		finish(c, false);
		return;
	}
	ev.events = why == SSL_ERROR_WANT_READ ? EPOLLIN : EPOLLOUT;
	epoll_ctl(ep, EPOLL_CTL_MOD, c->fd, &ev);
}

static void
drive(struct client *c)
{
	static char p[65536];
	int rc;

	if (!c->connected) {
		if (c->ssl != NULL && (rc = SSL_connect(c->ssl)) != 1) {
			wait_for(c, rc);
			return;
		}
		c->connected = true;
	}
	if (!c->asked) {
		rc = c->ssl != NULL ? SSL_write(c->ssl, request,
		    (int)request_len) : (int)send(c->fd, request, request_len,
		    MSG_NOSIGNAL);
		if (rc <= 0) {
			wait_for(c, rc);
			return;
		}
		c->asked = true;
	}
	for (;;) {
		rc = c->ssl != NULL ? SSL_read(c->ssl, p, sizeof(p)) :
		    (int)recv(c->fd, p, sizeof(p), 0);
		if (rc <= 0)
			break;
		if (c->first == 0)
			c->first = p[0];
		bytes += (unsigned)rc;
	}
	if (c->ssl != NULL ? SSL_get_error(c->ssl, rc) ==
	    SSL_ERROR_ZERO_RETURN : rc == 0)
		finish(c, c->first != 0);
	else
		wait_for(c, rc);
}

static int
compare(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;

	return x < y ? -1 : x > y;
}

static int
measure(long concurrency)
{
	struct client *all = calloc((size_t)concurrency, sizeof(*all));
	struct epoll_event got[128];
	double t0 = now();

	times = calloc((size_t)wanted + 1, sizeof(*times));
	for (long i = 0; i < concurrency && started < wanted; i++)
		begin(&all[i]);
	while (done < wanted) {
		int n = epoll_wait(ep, got, 128, 20000);

		if (n == 0)
			break;
		for (int i = 0; i < n; i++)
			drive(got[i].data.ptr);
	}
	t0 = (now() - t0) / 1e6;
	qsort(times, (size_t)done, sizeof(*times), compare);
	printf("rate=%.2f good=%ld other=%ld failed=%ld bytes=%llu p50=%.0f "
	    "p99=%.0f\n", (double)done / t0, good, other,
	    failed + wanted - done, bytes, times[done / 2],
	    times[done * 99 / 100]);
	return 0;
}

/* --- the slow ones --- */

static void __attribute__((noreturn))
slow(const char *kind, long n)
{
	static const char hello[] = { 0x16, 0x03, 0x01, 0x02, 0x00, 0x01 };
	struct client *all = calloc((size_t)n, sizeof(*all));
	bool drip = strcmp(kind, "drip") == 0,
	    idle = strcmp(kind, "idle") == 0,
	    reader = strcmp(kind, "reader") == 0;
	long open = 0;

	for (long i = 0; i < n; i++) {
		int small = 4096;

		if ((all[i].fd = dial(true)) == -1)
			continue;
		open++;
		if (reader)
			setsockopt(all[i].fd, SOL_SOCKET, SO_RCVBUF, &small,
			    sizeof(small));
		if (strcmp(kind, "hello") == 0)
			(void)send(all[i].fd, hello, sizeof(hello),
			    MSG_NOSIGNAL);
		if ((!drip && !idle && !reader) || plain)
			continue;
		all[i].ssl = SSL_new(ctx);
		SSL_set_fd(all[i].ssl, all[i].fd);
		/* Who is refused is refused: that is not ours to mind. */
		if (SSL_connect(all[i].ssl) != 1) {
			ERR_clear_error();
			SSL_free(all[i].ssl);
			all[i].ssl = NULL;
			continue;
		}
		if (reader)
			SSL_write(all[i].ssl, request, (int)request_len);
	}
	printf("holding %ld\n", open);
	fflush(stdout);
	for (size_t at = 0;; at++) {
		for (long i = 0; i < n; i++) {
			char p[10];

			if (reader && all[i].fd != -1)
				(void)recv(all[i].fd, p, sizeof(p),
				    MSG_DONTWAIT);
			else if (drip && all[i].ssl != NULL &&
			    at + 2 < request_len &&
			    SSL_write(all[i].ssl, request + at, 1) != 1)
				all[i].ssl = NULL;
		}
		sleep(1);
	}
}

static void
set_request(const char *s)
{
	for (; *s != '\0' && request_len < sizeof(request); s++) {
		if (s[0] == '\\' && (s[1] == 'r' || s[1] == 'n')) {
			request[request_len++] = s[1] == 'r' ? '\r' : '\n';
			s++;
		} else
			request[request_len++] = *s;
	}
}

int
main(int argc, char **argv)
{
	struct rlimit fds;
	const char *kind = NULL;
	int ch;

	signal(SIGPIPE, SIG_IGN);
	while ((ch = getopt(argc, argv, "+ps:")) != -1) {
		if (ch == 'p')
			plain = true;
		else if (ch == 's')
			kind = optarg;
		else
			return 64;
	}
	argv += optind;
	argc -= optind;
	if (argc != (kind != NULL ? 4 : 5))
		return 64;
	getrlimit(RLIMIT_NOFILE, &fds);
	fds.rlim_cur = fds.rlim_max;
	setrlimit(RLIMIT_NOFILE, &fds);
	ctx = SSL_CTX_new(TLS_client_method());
	ep = epoll_create1(0);
	to.sin_family = AF_INET;
	inet_pton(AF_INET, argv[0], &to.sin_addr);
	to.sin_port = htons((uint16_t)strtol(argv[1], NULL, 10));
	set_request(argv[argc - 1]);
	if (kind != NULL)
		slow(kind, strtol(argv[2], NULL, 10));
	wanted = strtol(argv[3], NULL, 10);
	return measure(strtol(argv[2], NULL, 10));
}
