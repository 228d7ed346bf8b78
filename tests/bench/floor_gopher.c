/*
 * floor_gopher.c - the least a gopher server can do: one process, epoll, one
 * open file, sendfile.  What bench_serve measures the server against.
 *
 *   floor_gopher FILE     prints "listening PORT"
 */
#include <sys/epoll.h>
#include <sys/sendfile.h>
#include <sys/socket.h>
#include <sys/stat.h>

#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

struct conn {
	int	 fd;
	size_t	 n;
	off_t	 off;
	char	 req[1024];
};

static int	ep, file;
static off_t	size;

static void
end(struct conn *c)
{
	close(c->fd);
	free(c);
}

static void
drive(struct conn *c)
{
	struct epoll_event ev = { .events = EPOLLOUT, .data.ptr = c };
	ssize_t n;

	if (memchr(c->req, '\n', c->n) == NULL) {
		n = recv(c->fd, c->req + c->n, sizeof(c->req) - c->n, 0);
		if (n == -1 && errno == EAGAIN)
			return;
		if (n <= 0) {
			end(c);
			return;
		}
		c->n += (size_t)n;
		if (memchr(c->req, '\n', c->n) == NULL)
			return;
	}
	while (c->off < size) {
		n = sendfile(c->fd, file, &c->off, (size_t)(size - c->off));
		if (n == -1 && errno == EAGAIN) {
			epoll_ctl(ep, EPOLL_CTL_MOD, c->fd, &ev);
			return;
		}
		if (n <= 0)
			break;
	}
	end(c);
}

static void
take(int listener)
{
	struct epoll_event ev = { .events = EPOLLIN };
	int fd = accept4(listener, NULL, NULL, SOCK_NONBLOCK);

	if (fd == -1)
		return;
	ev.data.ptr = calloc(1, sizeof(struct conn));
	((struct conn *)ev.data.ptr)->fd = fd;
	epoll_ctl(ep, EPOLL_CTL_ADD, fd, &ev);
}

int
main(int argc, char **argv)
{
	struct sockaddr_in in = { .sin_family = AF_INET,
	    .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
	socklen_t len = sizeof(in);
	struct epoll_event ev = { .events = EPOLLIN }, got[64];
	int l = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0);
	struct stat st;

	if (argc != 2 || (file = open(argv[1], O_RDONLY)) == -1 ||
	    fstat(file, &st) == -1)
		return 64;
	size = st.st_size;
	signal(SIGPIPE, SIG_IGN);
	if (bind(l, (struct sockaddr *)&in, sizeof(in)) == -1 ||
	    listen(l, 4096) == -1 ||
	    getsockname(l, (struct sockaddr *)&in, &len) == -1)
		return 71;
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
