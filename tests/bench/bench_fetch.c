/*
 * bench_fetch - what fetching costs beside a bare curl-multi loop that
 * does the same transfers against the same server.
 *
 *	bench_fetch [FEEDS]
 *
 * A server in a process of its own answers on 50 loopback addresses, 304
 * to what is conditional and 20 kB to the rest.  Each client runs in a
 * process of its own; its CPU time and peak memory come from the kernel.
 */
#include <sys/epoll.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/wait.h>

#include <arpa/inet.h>
#include <curl/curl.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "fetch/fetch.h"

#define HOSTS		50
#define PARALLEL	32
#define PER_HOST	2
#define BODY		20000
#define ETAG		"\"a-tag-of-some-length\""

static int	port;
static char	body_head[256];
static char	body[BODY];

/* --- the server --- */

static const char not_modified[] = "HTTP/1.1 304 Not Modified\r\n"
    "ETag: " ETAG "\r\nCache-Control: max-age=600\r\n\r\n";

struct conn {
	int	fd;
	size_t	n;
	char	in[4096];
};

static int
listen_on(int host)
{
	struct sockaddr_in in = { .sin_family = AF_INET,
	    .sin_port = htons((uint16_t)port),
	    .sin_addr = { htonl(0x7f000001u + (uint32_t)host) } };
	socklen_t len = sizeof(in);
	int one = 1, fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

	setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &one, sizeof(one));
	if (bind(fd, (struct sockaddr *)&in, sizeof(in)) == -1 ||
	    listen(fd, 1024) == -1 ||
	    getsockname(fd, (struct sockaddr *)&in, &len) == -1) {
		perror("bench_fetch: listen");
		exit(1);
	}
	port = ntohs(in.sin_port);
	return fd;
}

static void
put(int fd, const char *p, size_t n)
{
	while (n > 0) {
		ssize_t put = write(fd, p, n);

		if (put <= 0)
			return;
		p += put;
		n -= (size_t)put;
	}
}

/* Answer every whole request that is there; false when the peer is gone. */
static bool
answer(struct conn *c)
{
	ssize_t n = read(c->fd, c->in + c->n, sizeof(c->in) - 1 - c->n);
	char *end;

	if (n <= 0)
		return false;
	c->n += (size_t)n;
	c->in[c->n] = '\0';
	while ((end = strstr(c->in, "\r\n\r\n")) != NULL) {
		size_t used = (size_t)(end + 4 - c->in);

		*end = '\0';
		if (strstr(c->in, "If-None-Match") != NULL)
			put(c->fd, not_modified, sizeof(not_modified) - 1);
		else {
			put(c->fd, body_head, strlen(body_head));
			put(c->fd, body, BODY);
		}
		memmove(c->in, c->in + used, c->n - used + 1);
		c->n -= used;
	}
	return true;
}

static void
serve(const int *listeners)
{
	struct epoll_event ev = { .events = EPOLLIN }, got[64];
	int ep = epoll_create1(0), one = 1;

	for (int i = 0; i < HOSTS; i++) {
		struct conn *c = calloc(1, sizeof(*c));

		c->fd = -listeners[i];
		ev.data.ptr = c;
		epoll_ctl(ep, EPOLL_CTL_ADD, listeners[i], &ev);
	}
	for (;;) {
		int n = epoll_wait(ep, got, 64, -1);

		for (int i = 0; i < n; i++) {
			struct conn *c = got[i].data.ptr;

			if (c->fd < 0) {
				struct conn *fresh = calloc(1, sizeof(*fresh));

				fresh->fd = accept(-c->fd, NULL, NULL);
				setsockopt(fresh->fd, IPPROTO_TCP, TCP_NODELAY,
				    &one, sizeof(one));
				ev.data.ptr = fresh;
				epoll_ctl(ep, EPOLL_CTL_ADD, fresh->fd, &ev);
			} else if (!answer(c)) {
				close(c->fd);
				free(c);
			}
		}
	}
}

static void
url_of(char *out, size_t size, int i)
{
	snprintf(out, size, "http://127.0.0.%d:%d/feed-%d.xml", 1 + i % HOSTS,
	    port, i);
}

/* --- the floor: libcurl's multi interface and nothing else --- */

static size_t
ignore(char *p, size_t size, size_t n, void *arg)
{
	(void)p;
	*(size_t *)arg += size * n;
	return size * n;
}

static int
floor_client(int feeds, bool conditional)
{
	CURLM *multi = curl_multi_init();
	CURL *easy[PARALLEL];
	struct curl_slist *headers = NULL;
	size_t bytes = 0;
	int next = 0, ended = 0, running, left;

	curl_multi_setopt(multi, CURLMOPT_MAX_HOST_CONNECTIONS,
	    (long)PER_HOST);
	headers = curl_slist_append(headers, "Accept-Encoding: gzip");
	if (conditional)
		headers = curl_slist_append(headers, "If-None-Match: " ETAG);
	for (int i = 0; i < PARALLEL; i++)
		easy[i] = curl_easy_init();
	for (int i = 0; i < PARALLEL && next < feeds; i++) {
		char url[100];

		url_of(url, sizeof(url), next++);
		curl_easy_setopt(easy[i], CURLOPT_URL, url);
		curl_easy_setopt(easy[i], CURLOPT_HTTPHEADER, headers);
		curl_easy_setopt(easy[i], CURLOPT_WRITEFUNCTION, ignore);
		curl_easy_setopt(easy[i], CURLOPT_WRITEDATA, &bytes);
		curl_easy_setopt(easy[i], CURLOPT_USERAGENT, "bench");
		curl_multi_add_handle(multi, easy[i]);
	}
	while (ended < feeds) {
		CURLMsg *m;

		curl_multi_perform(multi, &running);
		while ((m = curl_multi_info_read(multi, &left)) != NULL) {
			CURL *e = m->easy_handle;
			char url[100];

			if (m->data.result != CURLE_OK)
				return 1;
			ended++;
			curl_multi_remove_handle(multi, e);
			if (next == feeds)
				continue;
			url_of(url, sizeof(url), next++);
			curl_easy_setopt(e, CURLOPT_URL, url);
			curl_multi_add_handle(multi, e);
		}
		if (ended < feeds)
			curl_multi_poll(multi, NULL, 0, 1000, NULL);
	}
	return 0;
}

/* --- orrery's --- */

struct tally {
	int	good;
};

static void
done(const struct fetch_request *r, struct fetch_result *res, void *arg)
{
	struct tally *t = arg;

	(void)r;
	t->good += res->outcome == FETCH_OK ||
	    res->outcome == FETCH_NOT_MODIFIED;
}

static int
orrery_client(int feeds, bool conditional)
{
	const struct fetch_options o = { .user_agent = "bench",
	    .parallel = PARALLEL, .per_host = PER_HOST };
	struct tally t = { .good = 0 };
	struct fetch *f;

	if (fetch_new(&f, &o, NULL) != 0)
		return 1;
	for (int i = 0; i < feeds; i++) {
		char url[100];
		const struct fetch_request r = { .url = url, .timeout = 30,
		    .allow_private = true, .etag = conditional ? ETAG : NULL };

		url_of(url, sizeof(url), i);
		if (fetch_add(f, &r, done, &t, NULL) != 0)
			return 1;
	}
	if (fetch_run(f, -1, NULL, NULL, NULL) != 0)
		return 1;
	fetch_free(f);
	return t.good == feeds ? 0 : 1;
}

/* --- measuring --- */

struct cost {
	double	cpu, wall;	/* seconds */
	long	peak;		/* kB */
};

static struct cost
measure(int (*client)(int, bool), int feeds, bool conditional)
{
	struct timespec t0, t1;
	struct rusage ru;
	struct cost c;
	int status;
	pid_t pid;

	fflush(stdout);
	clock_gettime(CLOCK_MONOTONIC, &t0);
	if ((pid = fork()) == 0)
		_exit(client(feeds, conditional));
	if (wait4(pid, &status, 0, &ru) != pid || status != 0) {
		fprintf(stderr, "bench_fetch: a client failed\n");
		exit(1);
	}
	clock_gettime(CLOCK_MONOTONIC, &t1);
	c.wall = (double)(t1.tv_sec - t0.tv_sec) +
	    (double)(t1.tv_nsec - t0.tv_nsec) / 1e9;
	c.cpu = (double)(ru.ru_utime.tv_sec + ru.ru_stime.tv_sec) +
	    (double)(ru.ru_utime.tv_usec + ru.ru_stime.tv_usec) / 1e6;
	c.peak = ru.ru_maxrss;
	return c;
}

static int
by_cpu(const void *a, const void *b)
{
	double x = ((const struct cost *)a)->cpu;
	double y = ((const struct cost *)b)->cpu;

	return (x > y) - (x < y);
}

/* The median of five runs, client by client in turn. */
static void
compare(const char *what, int feeds, bool conditional)
{
	struct cost bare[5], ours[5];

	for (int i = 0; i < 5; i++) {
		bare[i] = measure(floor_client, feeds, conditional);
		ours[i] = measure(orrery_client, feeds, conditional);
	}
	qsort(bare, 5, sizeof(*bare), by_cpu);
	qsort(ours, 5, sizeof(*ours), by_cpu);
	printf("%-22s %6d feeds: CPU %.0f us each, floor %.0f us, ratio "
	    "%.2f; wall %.2f s, floor %.2f s; peak %ld kB, floor %ld kB\n",
	    what, feeds, ours[2].cpu * 1e6 / feeds, bare[2].cpu * 1e6 / feeds,
	    ours[2].cpu / bare[2].cpu, ours[2].wall, bare[2].wall,
	    ours[2].peak, bare[2].peak);
}

int
main(int argc, char **argv)
{
	int feeds = argc > 1 ? atoi(argv[1]) : 2000, listeners[HOSTS];
	struct cost big;
	pid_t server;

	signal(SIGPIPE, SIG_IGN);
	memset(body, 'x', sizeof(body));
	snprintf(body_head, sizeof(body_head), "HTTP/1.1 200 OK\r\n"
	    "Content-Type: application/rss+xml\r\nETag: " ETAG "\r\n"
	    "Content-Length: %d\r\n\r\n", BODY);
	for (int i = 0; i < HOSTS; i++)
		listeners[i] = listen_on(i);
	if ((server = fork()) == 0) {
		serve(listeners);
		_exit(0);
	}
	for (int i = 0; i < HOSTS; i++)
		close(listeners[i]);
	curl_global_init(CURL_GLOBAL_DEFAULT);
	compare("all not modified", feeds, true);
	compare("all new", feeds, false);
	big = measure(orrery_client, 5 * feeds, true);
	printf("%-22s %6d feeds: CPU %.0f us each; peak %ld kB\n",
	    "five times as many", 5 * feeds, big.cpu * 1e6 / (5 * feeds),
	    big.peak);
	kill(server, SIGKILL);
	waitpid(server, NULL, 0);
	return 0;
}
