/*
 * listen.c - bind, or take what the service manager bound.
 */
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netdb.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/log.h"
#include "base/xalloc.h"
#include "serve/listen.h"

/* Too short a queue makes busy servers look dead. */
#define BACKLOG		4096
/* What a slow reader may pin in the kernel beyond what it took. */
#define NOTSENT_LOWAT	(128 * 1024)
/*
 * In all our protocols the client speaks first.  So long the kernel may
 * keep a connection to itself until it does: we are woken once, not
 * twice, and the silent cost no descriptor.  Then we get it all the same.
 */
#define FIRST_BYTE_SECONDS 1
#define FIRST_GIVEN	3

struct listeners {
	struct listener	*list;
	size_t		 n;
};

const char *
protocol_name(enum protocol p)
{
	return p == PROTOCOL_GEMINI ? "gemini" :
	    p == PROTOCOL_GOPHER ? "gopher" : "gophers";
}

static struct listener *
add(struct listeners *all, enum protocol p, const char *spec, int fd)
{
	struct listener *l;

	all->list = xreallocarray(all->list, all->n + 1, sizeof(*all->list));
	l = &all->list[all->n++];
	memset(l, 0, sizeof(*l));
	l->fd = fd;
	l->protocol = p;
	l->spec = xstrdup(spec);
	return l;
}

int
listen_address(const struct sockaddr_storage *ss, char *ip, size_t size)
{
	const struct sockaddr_in *in = (const struct sockaddr_in *)ss;
	const struct sockaddr_in6 *in6 = (const struct sockaddr_in6 *)ss;

	ip[0] = '\0';
	if (ss->ss_family == AF_INET) {
		inet_ntop(AF_INET, &in->sin_addr, ip, (socklen_t)size);
		return ntohs(in->sin_port);
	}
	if (ss->ss_family == AF_INET6) {
		inet_ntop(AF_INET6, &in6->sin6_addr, ip, (socklen_t)size);
		return ntohs(in6->sin6_port);
	}
	return 0;
}

/* Whether connections to a socket can have but one address of ours. */
static bool
is_fixed(const struct sockaddr_storage *ss)
{
	if (ss->ss_family == AF_INET)
		return ((const struct sockaddr_in *)ss)->sin_addr.s_addr !=
		    htonl(INADDR_ANY);
	return ss->ss_family == AF_INET6 && !IN6_IS_ADDR_UNSPECIFIED(
	    &((const struct sockaddr_in6 *)ss)->sin6_addr);
}

static void
set_name(struct listener *l)
{
	struct sockaddr_storage ss;
	socklen_t len = sizeof(ss);
	char host[96], port[8];

	if (getsockname(l->fd, (struct sockaddr *)&ss, &len) == -1)
		return;
	if (ss.ss_family == AF_UNIX) {
		l->local = true;
		snprintf(l->name, sizeof(l->name), "unix:%s",
		    ((struct sockaddr_un *)&ss)->sun_path);
		return;
	}
	l->port = listen_address(&ss, l->ip, sizeof(l->ip));
	l->fixed = is_fixed(&ss);
	if (getnameinfo((struct sockaddr *)&ss, len, host, sizeof(host), port,
	    sizeof(port), NI_NUMERICHOST | NI_NUMERICSERV) == 0)
		snprintf(l->name, sizeof(l->name),
		    ss.ss_family == AF_INET6 ? "[%s]:%s" : "%s:%s", host, port);
}

/* Set on the listener, these are inherited by every connection. */
static void
set_options(int fd)
{
	int on = 1, lowat = NOTSENT_LOWAT, wait = FIRST_BYTE_SECONDS;

	(void)setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof(on));
	(void)setsockopt(fd, IPPROTO_TCP, TCP_NOTSENT_LOWAT, &lowat,
	    sizeof(lowat));
	(void)setsockopt(fd, SOL_SOCKET, SO_KEEPALIVE, &on, sizeof(on));
	(void)setsockopt(fd, IPPROTO_TCP, TCP_DEFER_ACCEPT, &wait,
	    sizeof(wait));
}

static int
listen_unix(const char *path, struct error *e)
{
	struct sockaddr_un un = { .sun_family = AF_UNIX };
	struct stat st;
	int fd;

	if (strlen(path) >= sizeof(un.sun_path))
		return error_set(e, E_LIMIT,
		    "listen unix:%s: the path is too long", path);
	memcpy(un.sun_path, path, strlen(path) + 1);
	if ((fd = socket(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC,
	    0)) == -1)
		return error_errno(e, "listen unix:%s", path);
	/* A socket that nobody answers is left from a run before. */
	if (lstat(path, &st) == 0 && S_ISSOCK(st.st_mode) &&
	    connect(fd, (struct sockaddr *)&un, sizeof(un)) == -1 &&
	    errno == ECONNREFUSED)
		unlink(path);
	if (bind(fd, (struct sockaddr *)&un, sizeof(un)) == -1 ||
	    listen(fd, BACKLOG) == -1) {
		error_errno(e, "listen unix:%s", path);
		close(fd);
		return E_FAIL;
	}
	(void)chmod(path, 0666);
	return fd;
}

static int
split(const char *spec, char *host, size_t size, const char **port)
{
	const char *end, *from = spec;
	size_t n;

	if (spec[0] == '[') {
		from = spec + 1;
		end = strchr(from, ']');
		if (end == NULL || end[1] != ':')
			return -1;
		*port = end + 2;
	} else {
		if ((end = strrchr(spec, ':')) == NULL)
			return -1;
		*port = end + 1;
	}
	n = (size_t)(end - from);
	if (n >= size || **port == '\0')
		return -1;
	memcpy(host, from, n);
	host[n] = '\0';
	return 0;
}

static int
bind_one(const struct addrinfo *ai, const char *spec, struct error *e)
{
	int on = 1, fd = socket(ai->ai_family, SOCK_STREAM | SOCK_NONBLOCK |
	    SOCK_CLOEXEC, 0);

	if (fd == -1 && errno == EAFNOSUPPORT)
		return error_set(e, E_NOTFOUND,
		    "listen %s: this machine has no IPv6", spec);
	if (fd == -1)
		return error_errno(e, "listen %s", spec);
	(void)setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof(on));
	/* Each family has its own socket, so that both can be configured. */
	if (ai->ai_family == AF_INET6)
		(void)setsockopt(fd, IPPROTO_IPV6, IPV6_V6ONLY, &on,
		    sizeof(on));
	if (bind(fd, ai->ai_addr, ai->ai_addrlen) == -1 ||
	    listen(fd, BACKLOG) == -1) {
		int saved = errno;

		close(fd);
		errno = saved;
		if (errno == EADDRINUSE)
			return error_set(e, E_FAIL, "listen %s: the port is "
			    "taken; is another server running?", spec);
		if (ai->ai_family == AF_INET6 && errno == EADDRNOTAVAIL)
			return error_set(e, E_NOTFOUND,
			    "listen %s: this machine has no IPv6", spec);
		if (errno == EACCES)
			return error_set(e, E_FAIL, "listen %s: not allowed; "
			    "ports below 1024 need rights, or the port passed "
			    "by the service manager", spec);
		return error_errno(e, "listen %s", spec);
	}
	set_options(fd);
	return fd;
}

static int
listen_tcp(struct listeners *all, enum protocol p, const char *spec,
    struct error *e)
{
	struct addrinfo hints = { .ai_socktype = SOCK_STREAM,
	    .ai_flags = AI_PASSIVE | AI_NUMERICSERV }, *list, *ai;
	char host[256];
	const char *port;
	int rc, fd = E_FAIL, made = 0;

	if (split(spec, host, sizeof(host), &port) == -1)
		return error_set(e, E_SYNTAX, "listen %s: write ADDRESS:PORT, "
		    "[ADDRESS]:PORT or unix:PATH", spec);
	rc = getaddrinfo(host[0] == '\0' || strcmp(host, "*") == 0 ? NULL :
	    host, port, &hints, &list);
	if (rc != 0)
		return error_set(e, E_FAIL, "listen %s: %s", spec,
		    gai_strerror(rc));
	for (ai = list; ai != NULL; ai = ai->ai_next) {
		if ((fd = bind_one(ai, spec, e)) < 0)
			continue;
		set_name(add(all, p, spec, fd));
		made++;
	}
	freeaddrinfo(list);
	return made > 0 ? 0 : fd;
}

/* Take sockets of old with that spec; how many there were. */
static int
keep(struct listeners *all, enum protocol p, const char *spec,
    struct listener *old, size_t nold)
{
	int kept = 0;

	for (size_t i = 0; i < nold; i++) {
		struct listener *l;

		if (old[i].fd == -1 || old[i].given || old[i].protocol != p ||
		    strcmp(old[i].spec, spec) != 0)
			continue;
		l = add(all, p, spec, old[i].fd);
		old[i].fd = -1;
		set_name(l);
		kept++;
	}
	return kept;
}

static int
listen_specs(struct listeners *all, enum protocol p, const char **specs,
    size_t n, struct listener *old, size_t nold, struct error *e)
{
	int status = 0;

	for (size_t i = 0; i < n && status == 0; i++) {
		if (keep(all, p, specs[i], old, nold) > 0)
			continue;
		if (strncmp(specs[i], "unix:", 5) == 0) {
			int fd = listen_unix(specs[i] + 5, e);

			if (fd < 0)
				return fd;
			set_name(add(all, p, specs[i], fd));
			continue;
		}
		status = listen_tcp(all, p, specs[i], e);
		/* Without IPv6 the other addresses still do. */
		if (status == E_NOTFOUND) {
			log_warn("serve: %s", e != NULL ? e->msg : specs[i]);
			status = 0;
		}
	}
	return status;
}

/* The protocol of a passed socket: by its name, else by its port. */
static enum protocol
given_protocol(const struct listener *l, const char *name, size_t len)
{
	const char *colon = strrchr(l->name, ':');

	if (len == 6 && strncmp(name, "gopher", 6) == 0)
		return PROTOCOL_GOPHER;
	if (len == 7 && strncmp(name, "gophers", 7) == 0)
		return PROTOCOL_GOPHERS;
	if (len == 6 && strncmp(name, "gemini", 6) == 0)
		return PROTOCOL_GEMINI;
	return colon != NULL && strcmp(colon, ":70") == 0 ? PROTOCOL_GOPHER :
	    PROTOCOL_GEMINI;
}

/* Sockets of sd_listen_fds(3), without the library. */
static void
take_given(struct listeners *all)
{
	const char *pid = getenv("LISTEN_PID"), *fds = getenv("LISTEN_FDS"),
	    *names = getenv("LISTEN_FDNAMES");
	long n;

	if (pid == NULL || fds == NULL || strtol(pid, NULL, 10) != getpid())
		return;
	n = strtol(fds, NULL, 10);
	if (names == NULL)
		names = "";
	for (int fd = FIRST_GIVEN; n > 0 && fd < FIRST_GIVEN + n && n < 64;
	    fd++) {
		size_t len = strcspn(names, ":");
		struct listener *l = add(all, PROTOCOL_GEMINI, "given", fd);
		int flags = fcntl(fd, F_GETFL);

		if (flags != -1)
			fcntl(fd, F_SETFL, flags | O_NONBLOCK);
		fcntl(fd, F_SETFD, FD_CLOEXEC);
		l->given = true;
		set_name(l);
		if (!l->local)
			set_options(fd);
		l->protocol = given_protocol(l, names, len);
		names += names[len] == ':' ? len + 1 : len;
	}
	unsetenv("LISTEN_PID");
	unsetenv("LISTEN_FDS");
	unsetenv("LISTEN_FDNAMES");
}

/*
 * Other names of the hole.  Sockets that were passed have the name of
 * the host that lists their address.
 */
static int
listen_hosts(struct listeners *all, const struct config *c, bool given,
    struct listener *old, size_t nold, struct error *e)
{
	for (size_t i = 0; i < c->nvhosts; i++) {
		const struct vhost *v = &c->vhosts[i];
		size_t n = all->n;
		int status;

		if (!given && (status = listen_specs(all, PROTOCOL_GOPHER,
		    v->gopher_listen, v->ngopher_listen, old, nold, e)) != 0)
			return status;
		for (; n < all->n; n++)
			all->list[n].host = v;
		for (size_t j = 0; j < v->ngopher_listen; j++)
			for (n = 0; n < all->n; n++)
				if (all->list[n].given &&
				    all->list[n].protocol == PROTOCOL_GOPHER &&
				    strcmp(all->list[n].name,
				    v->gopher_listen[j]) == 0)
					all->list[n].host = v;
	}
	return 0;
}

static bool
has(const struct listeners *all, enum protocol p)
{
	for (size_t i = 0; i < all->n; i++)
		if (all->list[i].protocol == p && all->list[i].given)
			return true;
	return false;
}

int
listen_all(struct listener **out, size_t *n, const struct config *c,
    struct listener *old, size_t nold, struct error *e)
{
	struct listeners all = { 0 };
	int status = 0;

	if (old == NULL)
		take_given(&all);
	for (size_t i = 0; i < nold; i++) {
		struct listener *l;

		if (!old[i].given)
			continue;
		l = add(&all, old[i].protocol, "given", old[i].fd);
		l->given = true;
		old[i].fd = -1;
		set_name(l);
	}
	if (c->gemini && !has(&all, PROTOCOL_GEMINI))
		status = listen_specs(&all, PROTOCOL_GEMINI, c->gemini_listen,
		    c->ngemini_listen, old, nold, e);
	if (status == 0 && c->gopher && !has(&all, PROTOCOL_GOPHER))
		status = listen_specs(&all, PROTOCOL_GOPHER, c->gopher_listen,
		    c->ngopher_listen, old, nold, e);
	if (status == 0 && c->gopher)
		status = listen_hosts(&all, c, has(&all, PROTOCOL_GOPHER), old,
		    nold, e);
	if (status == 0 && c->gopher && !has(&all, PROTOCOL_GOPHERS))
		status = listen_specs(&all, PROTOCOL_GOPHERS,
		    c->gophers_listen, c->ngophers_listen, old, nold, e);
	if (status == 0 && all.n == 0)
		status = error_set(e, E_FAIL, "there is nothing to serve: "
		    "neither Gemini nor Gopher has an address to listen on");
	if (status != 0) {
		listen_restore(all.list, all.n, old, nold);
		listen_free(all.list, all.n);
		all = (struct listeners){ 0 };
	}
	*out = all.list;
	*n = all.n;
	return status;
}

void
listen_restore(struct listener *l, size_t n, struct listener *old, size_t nold)
{
	for (size_t i = 0; i < n; i++)
		for (size_t j = 0; j < nold; j++)
			if (old[j].fd == -1 && l[i].fd != -1 &&
			    old[j].protocol == l[i].protocol &&
			    strcmp(old[j].name, l[i].name) == 0) {
				old[j].fd = l[i].fd;
				l[i].fd = -1;
			}
}

void
listen_free(struct listener *l, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		if (l[i].fd != -1) {
			close(l[i].fd);
			if (l[i].local && !l[i].given &&
			    strncmp(l[i].spec, "unix:", 5) == 0)
				unlink(l[i].spec + 5);
		}
		free(l[i].spec);
	}
	free(l);
}
