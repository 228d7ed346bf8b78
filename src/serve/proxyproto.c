/*
 * proxyproto.c - PROXY protocol, versions 1 (text) and 2 (binary).
 */
#include <arpa/inet.h>
#include <netinet/in.h>
#include <stdlib.h>
#include <string.h>

#include "serve/proxyproto.h"

#define V1_MAX		107
#define V2_HEAD		16

static const unsigned char v2_signature[12] = {
	0x0d, 0x0a, 0x0d, 0x0a, 0x00, 0x0d, 0x0a, 0x51, 0x55, 0x49, 0x54, 0x0a
};

static int
set_address(struct sockaddr_storage *from, int family, const void *ip,
    unsigned port)
{
	if (family == AF_INET) {
		struct sockaddr_in *in = (struct sockaddr_in *)from;

		in->sin_family = AF_INET;
		in->sin_port = htons((uint16_t)port);
		memcpy(&in->sin_addr, ip, 4);
	} else {
		struct sockaddr_in6 *in6 = (struct sockaddr_in6 *)from;

		in6->sin6_family = AF_INET6;
		in6->sin6_port = htons((uint16_t)port);
		memcpy(&in6->sin6_addr, ip, 16);
	}
	return 0;
}

static int
read_port(const char *s, unsigned *port)
{
	unsigned n = 0;

	if (*s == '\0' || strlen(s) > 5)
		return -1;
	for (; *s != '\0'; s++) {
		if (*s < '0' || *s > '9')
			return -1;
		n = n * 10 + (unsigned)(*s - '0');
	}
	*port = n;
	return n <= 65535 ? 0 : -1;
}

/* "PROXY TCP4 source destination port port" */
static int
parse_text(char *line, struct sockaddr_storage *from)
{
	char *field[6], *at = line;
	unsigned char ip[16], to[16];
	unsigned port, to_port;
	size_t n = 0;
	int family;

	if (strcmp(line, "PROXY UNKNOWN") == 0 ||
	    strncmp(line, "PROXY UNKNOWN ", 14) == 0)
		return 0;
	while (n < 6 && at != NULL)
		field[n++] = strsep(&at, " ");
	if (n != 6 || at != NULL)
		return -1;
	if (strcmp(field[1], "TCP4") == 0)
		family = AF_INET;
	else if (strcmp(field[1], "TCP6") == 0)
		family = AF_INET6;
	else
		return -1;
	if (inet_pton(family, field[2], ip) != 1 ||
	    inet_pton(family, field[3], to) != 1 ||
	    read_port(field[4], &port) == -1 ||
	    read_port(field[5], &to_port) == -1)
		return -1;
	return set_address(from, family, ip, port);
}

static ssize_t
parse_v1(const unsigned char *p, size_t n, struct sockaddr_storage *from)
{
	size_t seen = n < V1_MAX ? n : V1_MAX;
	const unsigned char *nl = memchr(p, '\n', seen);
	char line[V1_MAX + 1];
	size_t len;

	if (nl == NULL)
		return n >= V1_MAX ? -2 : -1;
	len = (size_t)(nl - p);
	if (len < 1 || p[len - 1] != '\r' || memchr(p, '\0', len) != NULL)
		return -2;
	memcpy(line, p, len - 1);
	line[len - 1] = '\0';
	return parse_text(line, from) == 0 ? (ssize_t)len + 1 : -2;
}

static ssize_t
parse_v2(const unsigned char *p, size_t n, struct sockaddr_storage *from)
{
	size_t len;

	if (n < V2_HEAD)
		return -1;
	len = (size_t)p[14] << 8 | p[15];
	if ((p[12] & 0xf0) != 0x20 || (p[12] & 0x0f) > 1 ||
	    V2_HEAD + len > PROXY_HEADER_MAX)
		return -2;
	if (n < V2_HEAD + len)
		return -1;
	/* LOCAL: a health check of the proxy's own. */
	if ((p[12] & 0x0f) == 0)
		return (ssize_t)(V2_HEAD + len);
	switch (p[13]) {
	case 0x11:
		if (len < 12)
			return -2;
		set_address(from, AF_INET, p + 16,
		    (unsigned)p[24] << 8 | p[25]);
		break;
	case 0x21:
		if (len < 36)
			return -2;
		set_address(from, AF_INET6, p + 16,
		    (unsigned)p[48] << 8 | p[49]);
		break;
	default:
		break;
	}
	return (ssize_t)(V2_HEAD + len);
}

ssize_t
proxy_parse(const unsigned char *p, size_t n, struct sockaddr_storage *from)
{
	size_t m = n < sizeof(v2_signature) ? n : sizeof(v2_signature);

	memset(from, 0, sizeof(*from));
	from->ss_family = AF_UNSPEC;
	if (n == 0)
		return -1;
	if (memcmp(p, v2_signature, m) == 0)
		return m < sizeof(v2_signature) ? -1 : parse_v2(p, n, from);
	m = n < 6 ? n : 6;
	if (memcmp(p, "PROXY ", m) == 0)
		return m < 6 ? -1 : parse_v1(p, n, from);
	return -2;
}
