/*
 * ask.c - a client for tests: sends any bytes, prints what comes back.
 *
 *   ask [options] HOST:PORT REQUEST
 *
 * REQUEST is sent with \xHH, \r, \n, \t and \0 resolved, nothing added.
 *   -p         plain TCP instead of TLS
 *   -u PATH    a Unix socket, then HOST:PORT is ignored
 *   -b BYTES   sent in the clear before everything (a PROXY header)
 *   -S NAME    SNI; "" for none (default: the host part)
 *   -1         TLS 1.2 at most; -0: TLS 1.1 at most
 *   -c F -k F  client certificate and key
 *   -x BYTES   that many bytes of rubbish after the request
 *   -d MS      wait between the bytes of the request
 *   -f ADDR    connect from that local address
 *   -t SEC     give up after that (10)
 *   -l CIPHER  print the suite and group instead of the answer
 * Exit status: 0 an answer with close_notify (or plain end), 1 no
 * connection or handshake, 2 no close_notify, 5 time is up.
 */
#include <sys/socket.h>
#include <sys/un.h>

#include <arpa/inet.h>
#include <netdb.h>
#include <netinet/in.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include <openssl/err.h>
#include <openssl/ssl.h>

struct options {
	bool		 plain, suite;
	const char	*unix_path, *before, *sni, *cert, *key, *from;
	int		 version, delay_ms;
	long		 rubbish;
	unsigned	 seconds;
};

static void
on_alarm(int sig)
{
	(void)sig;
	_exit(5);
}

static size_t
unescape(char *out, const char *s)
{
	size_t n = 0;

	while (*s != '\0') {
		unsigned x;

		if (s[0] != '\\' || s[1] == '\0') {
			out[n++] = *s++;
			continue;
		}
		switch (s[1]) {
		case 'r': out[n++] = '\r'; s += 2; break;
		case 'n': out[n++] = '\n'; s += 2; break;
		case 't': out[n++] = '\t'; s += 2; break;
		case '0': out[n++] = '\0'; s += 2; break;
		case 'x':
			if (sscanf(s + 2, "%2x", &x) == 1) {
				out[n++] = (char)x;
				s += 4;
				break;
			}
			/* FALLTHROUGH */
		default: out[n++] = s[1]; s += 2;
		}
	}
	return n;
}

static int
dial(const struct options *o, char *host, const char *port)
{
	struct addrinfo hints = { .ai_socktype = SOCK_STREAM }, *ai, *at;
	struct sockaddr_un un = { .sun_family = AF_UNIX };
	struct sockaddr_in from = { .sin_family = AF_INET };
	int fd = -1;

	if (o->unix_path != NULL) {
		strncpy(un.sun_path, o->unix_path, sizeof(un.sun_path) - 1);
		fd = socket(AF_UNIX, SOCK_STREAM, 0);
		return connect(fd, (struct sockaddr *)&un, sizeof(un)) == 0 ?
		    fd : -1;
	}
	/* Where localhost is ::1 first, the server may be on 127.0.0.1. */
	if (o->from != NULL) {
		hints.ai_family = AF_INET;
		inet_pton(AF_INET, o->from, &from.sin_addr);
	}
	if (getaddrinfo(host, port, &hints, &ai) != 0)
		return -1;
	for (at = ai; at != NULL && fd == -1; at = at->ai_next) {
		fd = socket(at->ai_family, SOCK_STREAM, 0);
		if ((o->from != NULL && bind(fd, (struct sockaddr *)&from,
		    sizeof(from)) == -1) ||
		    connect(fd, at->ai_addr, at->ai_addrlen) == -1) {
			close(fd);
			fd = -1;
		}
	}
	freeaddrinfo(ai);
	return fd;
}

static int
put(SSL *ssl, int fd, const char *p, size_t n)
{
	while (n > 0) {
		ssize_t w = ssl != NULL ? SSL_write(ssl, p, (int)n) :
		    send(fd, p, n, MSG_NOSIGNAL);

		if (w <= 0)
			return -1;
		p += w;
		n -= (size_t)w;
	}
	return 0;
}

static void
send_all(const struct options *o, SSL *ssl, int fd, const char *p, size_t n)
{
	static char rubbish[65536];
	struct timespec ts = { o->delay_ms / 1000,
	    o->delay_ms % 1000 * 1000000L };

	if (o->delay_ms == 0)
		put(ssl, fd, p, n);
	else
		for (size_t i = 0; i < n && put(ssl, fd, p + i, 1) == 0; i++)
			nanosleep(&ts, NULL);
	for (long left = o->rubbish; left > 0; left -= 65536)
		if (put(ssl, fd, rubbish, left > 65536 ? 65536 :
		    (size_t)left) == -1)
			break;
}

static SSL *
wrap(const struct options *o, int fd, const char *host)
{
	SSL_CTX *ctx = SSL_CTX_new(TLS_client_method());
	const char *sni = o->sni != NULL ? o->sni : host;
	SSL *ssl;

	if (o->version == 11)
		SSL_CTX_set_cipher_list(ctx, "ALL:@SECLEVEL=0");
	if (o->version != 0)
		SSL_CTX_set_max_proto_version(ctx, o->version == 11 ?
		    TLS1_1_VERSION : TLS1_2_VERSION);
	if (o->version == 11)
		SSL_CTX_set_min_proto_version(ctx, TLS1_VERSION);
	if (o->cert != NULL &&
	    (SSL_CTX_use_certificate_chain_file(ctx, o->cert) != 1 ||
	    SSL_CTX_use_PrivateKey_file(ctx, o->key, SSL_FILETYPE_PEM) != 1))
		return NULL;
	ssl = SSL_new(ctx);
	SSL_set_fd(ssl, fd);
	if (sni[0] != '\0')
		SSL_set_tlsext_host_name(ssl, sni);
	if (SSL_connect(ssl) != 1) {
		ERR_print_errors_fp(stderr);
		return NULL;
	}
	return ssl;
}

static int
receive(SSL *ssl, int fd)
{
	char p[16384];
	ssize_t n;

	for (;;) {
		n = ssl != NULL ? SSL_read(ssl, p, sizeof(p)) :
		    recv(fd, p, sizeof(p), 0);
		if (n <= 0)
			break;
		fwrite(p, 1, (size_t)n, stdout);
	}
	if (ssl == NULL)
		return n == 0 ? 0 : 2;
	return SSL_get_error(ssl, (int)n) == SSL_ERROR_ZERO_RETURN ? 0 : 2;
}

int
main(int argc, char **argv)
{
	struct options o = { .seconds = 10 };
	char host[256], *port, *bytes;
	SSL *ssl = NULL;
	size_t n;
	int ch, fd;

	signal(SIGPIPE, SIG_IGN);
	while ((ch = getopt(argc, argv, "+pu:b:S:10c:k:x:d:f:t:l")) != -1) {
		switch (ch) {
		case 'p': o.plain = true; break;
		case 'u': o.unix_path = optarg; break;
		case 'b': o.before = optarg; break;
		case 'S': o.sni = optarg; break;
		case '1': o.version = 12; break;
		case '0': o.version = 11; break;
		case 'c': o.cert = optarg; break;
		case 'k': o.key = optarg; break;
		case 'x': o.rubbish = strtol(optarg, NULL, 10); break;
		case 'd': o.delay_ms = (int)strtol(optarg, NULL, 10); break;
		case 'f': o.from = optarg; break;
		case 't': o.seconds = (unsigned)strtol(optarg, NULL, 10); break;
		case 'l': o.suite = true; break;
		default: return 64;
		}
	}
	if (argc - optind != 2)
		return 64;
	signal(SIGALRM, on_alarm);
	alarm(o.seconds);
	snprintf(host, sizeof(host), "%s", argv[optind]);
	if ((port = strrchr(host, ':')) == NULL)
		return 64;
	*port++ = '\0';
	if ((fd = dial(&o, host, port)) == -1)
		return 1;
	bytes = malloc(strlen(argv[optind + 1]) + 1024);
	if (o.before != NULL) {
		char *b = malloc(strlen(o.before) + 1);

		put(NULL, fd, b, unescape(b, o.before));
		free(b);
	}
	if (!o.plain && (ssl = wrap(&o, fd, host)) == NULL)
		return 1;
	if (o.suite) {
		printf("%s %s tickets=%d\n", SSL_get_version(ssl),
		    SSL_get_cipher(ssl), SSL_SESSION_has_ticket(
		    SSL_get0_session(ssl)));
		return 0;
	}
	n = unescape(bytes, argv[optind + 1]);
	send_all(&o, ssl, fd, bytes, n);
	return receive(ssl, fd);
}
