/*
 * bench_fetch - what fetching costs beside floor_curl, a program with a bare
 * curl-multi loop that does the same transfers against the same server, and
 * what a whole update costs beside that and beside other readers.
 *
 *	bench_fetch [--json FILE] [FEEDS]	(2000)
 *
 * A server in a process of its own answers on 50 loopback addresses: a feed
 * of 20 entries, one of them new in each generation, or 304 to who has it
 * already.  Each client runs in a process of its own; its processor time and
 * peak memory come from the kernel, children included.
 */
#include <sys/epoll.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/stat.h>

#include <arpa/inet.h>
#include <curl/curl.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <signal.h>

#include "base/buf.h"
#include "base/xalloc.h"
#include "fetch/fetch.h"
#include "fetch/schedule.h"

#include "bench.h"

#define HOSTS		50
#define PARALLEL	32
#define PER_HOST	2		/* as in floor_curl.c */
#define ENTRIES		20
#define SHELL_FEEDS	20	/* for a reader that is a shell script */
#define PEER_FEEDS	200

static int	 port;
static int	*generation;	/* shared with the server */
static char	 floor_program[512];

/* --- the server --- */

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

/* Newest first: entry "generation" of the feed, and those before it. */
static void
put_feed(struct buf *out, int feed)
{
	static const char words[] = "The tide came in before breakfast and "
	    "left a <em>single</em> boot on the <a href=\"/steps\">steps</a>, "
	    "which nobody claimed. ";

	buf_putf(out, "<?xml version=\"1.0\"?>\n<rss version=\"2.0\"><channel>"
	    "<title>Feed %d</title><link>http://f%d.example/</link>", feed,
	    feed);
	for (int i = 0; i < ENTRIES; i++) {
		int n = *generation + ENTRIES - i;

		buf_putf(out, "<item><title>Entry %d of feed %d</title><link>"
		    "http://f%d.example/%d</link><guid>f%d-%d</guid><pubDate>"
		    "Thu, 01 Jan 2026 %02d:%02d:00 GMT</pubDate><description>"
		    "<![CDATA[<p>", n, feed, feed, n, feed, n, n / 60 % 24,
		    n % 60);
		for (int j = 0; j < 6; j++)
			buf_puts(out, words);
		buf_putf(out, "%d</p>]]></description></item>\n", n);
	}
	buf_puts(out, "</channel></rss>\n");
}

static void
put_answer(int fd, const char *request)
{
	static struct buf body, head;
	const char *number = strstr(request, "feed-");
	char tag[32];

	buf_clear(&body);
	buf_clear(&head);
	snprintf(tag, sizeof(tag), "\"generation-%d\"", *generation);
	if (strstr(request, tag) != NULL) {
		buf_putf(&head, "HTTP/1.1 304 Not Modified\r\nETag: %s\r\n"
		    "Cache-Control: max-age=600\r\n\r\n", tag);
	} else {
		put_feed(&body, number != NULL ? atoi(number + 5) : 0);
		buf_putf(&head, "HTTP/1.1 200 OK\r\nContent-Type: "
		    "application/rss+xml\r\nETag: %s\r\nContent-Length: %zu"
		    "\r\n\r\n", tag, body.n);
	}
	buf_put_span(&head, buf_span(&body));
	put(fd, head.p, head.n);
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
		put_answer(c->fd, c->in);
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
	char (*urls)[100] = xcalloc((size_t)feeds, sizeof(*urls));
	struct fetch *f;
	char tag[32];

	snprintf(tag, sizeof(tag), "\"generation-%d\"", *generation);
	if (fetch_new(&f, &o, NULL) != 0)
		return 1;
	for (int i = 0; i < feeds; i++) {
		const struct fetch_request r = { .url = urls[i],
		    .timeout = 30, .allow_private = true,
		    .etag = conditional ? tag : NULL };

		url_of(urls[i], sizeof(urls[i]), i);
		if (fetch_add(f, &r, done, &t, NULL) != 0)
			return 1;
	}
	if (fetch_run(f, -1, NULL, NULL, NULL) != 0)
		return 1;
	fetch_free(f);
	free(urls);
	return t.good == feeds ? 0 : 1;
}

/* --- clients --- */

/* A client over n feeds; conditional: it has what the server has. */
struct client {
	const char	*name;
	int		(*run)(const struct client *, bool conditional);
	int		 feeds;
	char		 dir[96];	/* its state */
};

static int
run_floor(const struct client *c, bool conditional)
{
	char at[16], n[16], match[64] = "";

	snprintf(at, sizeof(at), "%d", port);
	snprintf(n, sizeof(n), "%d", c->feeds);
	if (conditional)
		snprintf(match, sizeof(match), "If-None-Match: "
		    "\"generation-%d\"", *generation);
	execl(floor_program, "floor_curl", at, n, match, (char *)NULL);
	return 127;
}

/* A program of its own as well, so that either's start counts. */
static int
run_loop(const struct client *c, bool conditional)
{
	char at[16], n[16], tag[16];

	snprintf(at, sizeof(at), "%d", port);
	snprintf(n, sizeof(n), "%d", c->feeds);
	snprintf(tag, sizeof(tag), "%d", conditional ? *generation : 0);
	execl("/proc/self/exe", "bench_fetch", "--loop", at, n, tag,
	    (char *)NULL);
	return 127;
}

static int
run_update(const struct client *c, bool conditional)
{
	const char *program = getenv("ORRERY");
	char ini[160];

	(void)conditional;
	snprintf(ini, sizeof(ini), "%s/planet.ini", c->dir);
	execl(program != NULL ? program : "build/orrery", "orrery", "-q", "-c",
	    ini, "update", "--all", (char *)NULL);
	return 127;
}

static int
run_sfeed(const struct client *c, bool conditional)
{
	char command[512];

	(void)conditional;
	snprintf(command, sizeof(command), "exec sfeed_update %s/sfeedrc "
	    ">/dev/null 2>&1", c->dir);
	return bench_sh(command);
}

static int
run_newsboat(const struct client *c, bool conditional)
{
	char command[512];

	(void)conditional;
	snprintf(command, sizeof(command), "HOME=%s exec newsboat -q -u "
	    "%s/urls -c %s/cache.db -C %s/config -x reload >/dev/null 2>&1",
	    c->dir, c->dir, c->dir, c->dir);
	return bench_sh(command);
}

static FILE *
open_in(const struct client *c, const char *name)
{
	char path[200];
	FILE *f;

	snprintf(path, sizeof(path), "%s/%s", c->dir, name);
	if ((f = fopen(path, "w")) == NULL) {
		perror(path);
		exit(1);
	}
	return f;
}

/* Each writes down its subscriptions in its own way. */
static void
prepare(struct client *c, const char *base)
{
	FILE *ini, *rc, *urls, *config;

	snprintf(c->dir, sizeof(c->dir), "%s/%s-%d", base, c->name, c->feeds);
	for (char *p = c->dir + strlen(base) + 1; *p != '\0'; p++)
		if (*p == ' ')
			*p = '-';
	mkdir(c->dir, 0700);
	ini = open_in(c, "planet.ini");
	rc = open_in(c, "sfeedrc");
	urls = open_in(c, "urls");
	config = open_in(c, "config");
	fprintf(config, "reload-threads %d\n", PARALLEL);
	fprintf(ini, "[Planet]\nname = Bench\nallow_private = yes\n"
	    "spider_threads = %d\n", PARALLEL);
	fprintf(rc, "sfeedpath=%s/feeds\nmaxjobs=%d\nfeeds() {\n", c->dir,
	    PARALLEL);
	for (int i = 0; i < c->feeds; i++) {
		char url[100];

		url_of(url, sizeof(url), i);
		fprintf(ini, "[%s]\n", url);
		fprintf(rc, "feed 'f%d' '%s'\n", i, url);
		fprintf(urls, "%s\n", url);
	}
	fprintf(rc, "}\n");
	fclose(ini);
	fclose(rc);
	fclose(urls);
	fclose(config);
}

/* --- measuring --- */

struct asked {
	const struct client	*c;
	bool			 conditional;
};

static int
run_one(void *arg)
{
	const struct asked *a = arg;

	return a->c->run(a->c, a->conditional);
}

static struct bench_cost
measure(const struct client *c, bool conditional)
{
	struct asked a = { c, conditional };
	struct bench_cost cost = bench_child(run_one, &a);

	if (cost.status != 0) {
		fprintf(stderr, "bench_fetch: %s ended with %d\n", c->name,
		    cost.status);
		exit(1);
	}
	return cost;
}

#define CLIENTS	6

struct figures {
	double	cpu[BENCH_ROUNDS], wall[BENCH_ROUNDS], peak[BENCH_ROUNDS];
};

/* All clients in turn, BENCH_ROUNDS times; microseconds a feed. */
static void
rounds(struct figures *out, const struct client *clients, int n,
    bool conditional)
{
	for (int r = 0; r < BENCH_ROUNDS; r++) {
		if (!conditional)
			++*generation;
		for (int i = 0; i < n; i++) {
			struct bench_cost cost = measure(&clients[i],
			    conditional);

			out[i].cpu[r] = cost.cpu * 1e6 / clients[i].feeds;
			out[i].wall[r] = cost.wall * 1e6 / clients[i].feeds;
			out[i].peak[r] = cost.peak;
		}
	}
}

static void
row(const char *what, const char *unit, double ours, const char *peer,
    double other, double target)
{
	const struct bench_row r = { .name = what, .unit = unit, .ours = ours,
	    .peer = peer, .other = other, .target = target };

	bench_put(&r);
}

/* The floor is first, our loop second, the program third, peers follow. */
static void
report(const char *what, struct figures *f, const struct client *clients,
    int n, double target)
{
	double cpu[CLIENTS], wall[CLIENTS];
	char name[100];

	for (int i = 0; i < n; i++) {
		cpu[i] = bench_median(f[i].cpu, BENCH_ROUNDS);
		wall[i] = bench_median(f[i].wall, BENCH_ROUNDS);
	}
	snprintf(name, sizeof(name), "%s: transfers, CPU a feed", what);
	row(name, "us", cpu[1], "floor", cpu[0], target);
	for (int i = 0; i < n; i++) {
		if (i == 1 || i == 2)
			continue;
		snprintf(name, sizeof(name), "%s: update, CPU a feed", what);
		row(name, "us", cpu[2], i == 0 ? "floor" : clients[i].name,
		    cpu[i], i == 0 ? target : 0);
		snprintf(name, sizeof(name), "%s: update, time a feed", what);
		row(name, "us", wall[2], i == 0 ? "floor" : clients[i].name,
		    wall[i], 0);
	}
	snprintf(name, sizeof(name), "%s: update, peak memory", what);
	row(name, "MB", bench_median(f[2].peak, BENCH_ROUNDS), "floor",
	    bench_median(f[0].peak, BENCH_ROUNDS), 0);
}

static void
compare(int feeds, const char *base)
{
	static struct figures f[CLIENTS];
	struct client clients[CLIENTS] = {
		{ .name = "floor", .run = run_floor, .feeds = feeds },
		{ .name = "loop", .run = run_loop, .feeds = feeds },
		{ .name = "update", .run = run_update, .feeds = feeds },
	};
	int n = 3;

	if (bench_has("sfeed_update"))
		clients[n++] = (struct client){ .name = "sfeed_update",
		    .run = run_sfeed, .feeds = SHELL_FEEDS };
	if (bench_has("newsboat"))
		clients[n++] = (struct client){ .name = "newsboat",
		    .run = run_newsboat, .feeds = PEER_FEEDS };
	for (int i = 0; i < n; i++) {
		prepare(&clients[i], base);
		measure(&clients[i], false);	/* the first time ever */
	}
	rounds(f, clients, n, true);
	report("all 304", f, clients, n, 1.3);
	rounds(f, clients, n, false);
	report("all new", f, clients, n, 0);
}

static void
many(int feeds, const char *base)
{
	struct client big = { .name = "update", .run = run_update,
	    .feeds = 5 * feeds }, loop = { .name = "loop", .run = run_loop,
	    .feeds = 5 * feeds }, small = { .name = "loop", .run = run_loop,
	    .feeds = feeds };

	row("memory of five times as many transfers", "MB",
	    measure(&loop, true).peak, "a fifth", measure(&small, true).peak,
	    0);
	prepare(&big, base);
	measure(&big, false);
	measure(&big, true);	/* reads a store through that grew so much */
	row("memory of an update of five times as many", "MB",
	    measure(&big, true).peak, NULL, 0, 0);
}

/* Who is due, and when those who were asked come next. */
static void
scheduler(void)
{
	enum { MANY = 100000 };
	const struct config c = { .interval_min = 3600,
	    .interval_max = 86400 };
	const struct source src = { .url = "http://a.example/" };
	const struct fetch_result r = { .outcome = FETCH_NOT_MODIFIED,
	    .status = 304, .url = "http://a.example/" };
	struct store_feed *feeds = calloc(MANY, sizeof(*feeds));
	double look[BENCH_ROUNDS], plan[BENCH_ROUNDS], start;
	int64_t now = 1767225600;
	size_t due = 0;

	for (int i = 0; i < BENCH_ROUNDS; i++, now += 3600) {
		start = bench_cpu(RUSAGE_SELF);
		for (size_t j = 0; j < MANY; j++)
			due += schedule_due(&feeds[j], now);
		look[i] = (bench_cpu(RUSAGE_SELF) - start) * 1e3;
		start = bench_cpu(RUSAGE_SELF);
		for (size_t j = 0; j < MANY; j++)
			schedule_next(&feeds[j], &src, &c, &r, false,
			    (int64_t)(j % 200) * 3600, (double)(j % 10) / 10,
			    now);
		plan[i] = (bench_cpu(RUSAGE_SELF) - start) * 1e3;
	}
	if (due == 0)
		exit(1);
	row("100 000 feeds: who is due", "ms", bench_median(look,
	    BENCH_ROUNDS), NULL, 0, 0);
	row("100 000 feeds: when next", "ms", bench_median(plan,
	    BENCH_ROUNDS), NULL, 0, 0);
	free(feeds);
}

int
main(int argc, char **argv)
{
	int feeds, listeners[HOSTS];
	char base[] = "/tmp/orrery-bench-XXXXXX", command[64];
	pid_t server;

	bench_start("fetch", &argc, argv);
	snprintf(floor_program, sizeof(floor_program), "%.*s/floor_curl",
	    (int)(strrchr(argv[0], '/') != NULL ? strrchr(argv[0], '/') -
	    argv[0] : 1), strrchr(argv[0], '/') != NULL ? argv[0] : ".");
	feeds = argc > 1 ? atoi(argv[1]) : 2000;
	signal(SIGPIPE, SIG_IGN);
	if (argc == 5 && strcmp(argv[1], "--loop") == 0) {
		generation = &(int){ atoi(argv[4]) };
		port = atoi(argv[2]);
		curl_global_init(CURL_GLOBAL_DEFAULT);
		return orrery_client(atoi(argv[3]), *generation > 0);
	}
	generation = mmap(NULL, sizeof(*generation), PROT_READ | PROT_WRITE,
	    MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	if (generation == MAP_FAILED || mkdtemp(base) == NULL) {
		perror("bench_fetch");
		return 1;
	}
	scheduler();
	for (int i = 0; i < HOSTS; i++)
		listeners[i] = listen_on(i);
	if ((server = fork()) == 0) {
		serve(listeners);
		_exit(0);
	}
	for (int i = 0; i < HOSTS; i++)
		close(listeners[i]);
	curl_global_init(CURL_GLOBAL_DEFAULT);
	printf("# %d feeds of %d entries; newsboat: %d, sfeed_update: %d\n", feeds,
	    ENTRIES, PEER_FEEDS, SHELL_FEEDS);
	compare(feeds, base);
	many(feeds, base);
	kill(server, SIGKILL);
	waitpid(server, NULL, 0);
	snprintf(command, sizeof(command), "rm -rf %s", base);
	return system(command) == 0 ? bench_end() : 1;
}
