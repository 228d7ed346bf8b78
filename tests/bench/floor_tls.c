/*
 * floor_tls.c - the least a libtls server can do: one process, epoll, one
 * answer in memory.  What bench_serve measures the server against.
 *
 *   floor_tls CERT KEY SIZE     prints "listening PORT"
 */
#include <sys/epoll.h>
#include <sys/socket.h>

#include <netinet/in.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <tls.h>
#include <unistd.h>

struct conn {
	int		 fd, state;	/* 0 handshake, 1 request, 2 answer */
	struct tls	*tls;
	size_t		 n, off;
	char		 req[1026];
};

static struct tls	*server;
static char		*answer;
static size_t		 answer_len;
static int		 ep;

static void
end(struct conn *c)
{
	tls_close(c->tls);
	tls_free(c->tls);
	close(c->fd);
	free(c);
}

static int
want(struct conn *c, ssize_t rc)
{
	struct epoll_event ev = { .data.ptr = c,
	    .events = rc == TLS_WANT_POLLIN ? EPOLLIN : EPOLLOUT };

	if (rc != TLS_WANT_POLLIN && rc != TLS_WANT_POLLOUT)
		return -1;
	epoll_ctl(ep, EPOLL_CTL_MOD, c->fd, &ev);
	return 0;
}

static void
drive(struct conn *c)
{
	ssize_t rc;

	if (c->state == 0) {
		if ((rc = tls_handshake(c->tls)) != 0) {
			if (want(c, rc) == -1)
				end(c);
			return;
		}
		c->state = 1;
	}
	while (c->state == 1) {
		rc = tls_read(c->tls, c->req + c->n, sizeof(c->req) - c->n);
		if (rc <= 0) {
			if (want(c, rc) == -1)
				end(c);
			return;
		}
		c->n += (size_t)rc;
		if (memmem(c->req, c->n, "\r\n", 2) != NULL)
			c->state = 2;
	}
	while (c->off < answer_len) {
		rc = tls_write(c->tls, answer + c->off, answer_len - c->off);
		if (rc <= 0) {
			if (want(c, rc) == -1)
				end(c);
			return;
		}
		c->off += (size_t)rc;
	}
	end(c);
}

static void
take(int listener)
{
	int fd = accept4(listener, NULL, NULL, SOCK_NONBLOCK);
	struct conn *c;
	struct epoll_event ev = { .events = EPOLLIN };

	if (fd == -1)
		return;
	c = calloc(1, sizeof(*c));
	c->fd = fd;
	if (tls_accept_socket(server, &c->tls, fd) == -1) {
		close(fd);
		free(c);
		return;
	}
	ev.data.ptr = c;
	epoll_ctl(ep, EPOLL_CTL_ADD, fd, &ev);
}

static void
make_answer(size_t size)
{
	static const char head[] = "20 text/gemini; lang=en\r\n";

	answer_len = sizeof(head) - 1 + size;
	answer = malloc(answer_len + sizeof(head));
	memset(answer, 'a', answer_len);
	memcpy(answer, head, sizeof(head) - 1);
}

int
main(int argc, char **argv)
{
	struct sockaddr_in in = { .sin_family = AF_INET,
	    .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
	socklen_t len = sizeof(in);
	struct epoll_event ev = { .events = EPOLLIN }, got[64];
	int l = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0);
	struct tls_config *tc = tls_config_new();

	if (argc != 4)
		return 64;
	signal(SIGPIPE, SIG_IGN);
	tls_config_set_keypair_file(tc, argv[1], argv[2]);
	server = tls_server();
	if (tls_configure(server, tc) == -1)
		return 1;
	make_answer((size_t)strtoull(argv[3], NULL, 10));
	bind(l, (struct sockaddr *)&in, sizeof(in));
	listen(l, 4096);
	getsockname(l, (struct sockaddr *)&in, &len);
	printf("listening %d\n", ntohs(in.sin_port));
	fflush(stdout);
	ep = epoll_create1(0);
	epoll_ctl(ep, EPOLL_CTL_ADD, l, &ev);
	for (;;) {
		int n = epoll_wait(ep, got, 64, -1);

		for (int i = 0; i < n; i++) {
			if (got[i].data.ptr == NULL)
				take(l);
			else
				drive(got[i].data.ptr);
		}
	}
}
