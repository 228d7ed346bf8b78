/*
 * address.c - the deny table, judged on binary addresses only, so that no
 * spelling (decimal, octal, short, a name) makes a difference.
 */
#include <arpa/inet.h>
#include <ifaddrs.h>
#include <netinet/in.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/span.h"
#include "fetch/address.h"

struct net4 {
	uint32_t	addr;
	int		bits;
};

static const struct net4 inner4[] = {
	{ 0x00000000, 8 },	/* this network */
	{ 0x0a000000, 8 },	/* private */
	{ 0x64400000, 10 },	/* carrier-grade NAT */
	{ 0x7f000000, 8 },	/* loopback */
	{ 0xa9fe0000, 16 },	/* link-local, cloud metadata */
	{ 0xac100000, 12 },	/* private */
	{ 0xc0000000, 24 },	/* protocol assignments */
	{ 0xc0000200, 24 },	/* documentation */
	{ 0xc0586300, 24 },	/* 6to4 relays */
	{ 0xc0a80000, 16 },	/* private */
	{ 0xc6120000, 15 },	/* benchmarks */
	{ 0xc6336400, 24 },	/* documentation */
	{ 0xcb007100, 24 },	/* documentation */
	{ 0xe0000000, 4 },	/* multicast */
	{ 0xf0000000, 4 },	/* reserved, broadcast */
};

struct net6 {
	unsigned char	addr[16];
	int		bits;
};

static const struct net6 inner6[] = {
	{ { 0x00, 0x64, 0xff, 0x9b, 0x00, 0x01 }, 48 },	/* local NAT64 */
	{ { 0x01 }, 64 },				/* discard */
	{ { 0x20, 0x01 }, 23 },			/* assignments, Teredo */
	{ { 0x20, 0x01, 0x0d, 0xb8 }, 32 },		/* documentation */
	{ { 0x3f, 0xff }, 20 },			/* documentation */
	{ { 0x5f }, 16 },				/* segment routing */
	{ { 0xfc }, 7 },				/* unique local */
	{ { 0xfe, 0x80 }, 10 },			/* link-local */
	{ { 0xfe, 0xc0 }, 10 },			/* site-local */
	{ { 0xff }, 8 },				/* multicast */
};

/* Ports on which a request line could mean something to another service. */
static const uint16_t denied_ports[] = {
	0, 1, 7, 9, 11, 13, 15, 17, 19, 20, 21, 22, 23, 25, 37, 42, 43, 53,
	69, 77, 87, 95, 101, 102, 103, 104, 109, 110, 111, 113, 115, 117,
	119, 123, 135, 137, 139, 143, 161, 179, 389, 427, 445, 465, 512, 513,
	514, 515, 526, 530, 531, 532, 540, 548, 554, 556, 563, 587, 601, 636,
	873, 989, 990, 992, 993, 995, 1719, 1720, 1723, 2049, 3306, 3389,
	3659, 4045, 4190, 5060, 5061, 5432, 6000, 6379, 6566, 6665, 6666,
	6667, 6668, 6669, 6679, 6697, 9100, 9200, 10080, 11211, 27017,
};

static bool
inner_v4(uint32_t a)
{
	for (size_t i = 0; i < sizeof(inner4) / sizeof(inner4[0]); i++)
		if ((a ^ inner4[i].addr) >> (32 - inner4[i].bits) == 0)
			return true;
	return false;
}

static uint32_t
be32(const unsigned char *p)
{
	return (uint32_t)p[0] << 24 | (uint32_t)p[1] << 16 |
	    (uint32_t)p[2] << 8 | p[3];
}

static bool
prefix(const unsigned char *a, const unsigned char *net, int bits)
{
	int bytes = bits / 8, rest = bits % 8;

	if (memcmp(a, net, (size_t)bytes) != 0)
		return false;
	return rest == 0 || (a[bytes] ^ net[bytes]) >> (8 - rest) == 0;
}

static bool
inner_v6(const unsigned char *a)
{
	static const unsigned char zero[16], mapped[16] = { [10] = 0xff, 0xff },
	    translated[16] = { [8] = 0xff, 0xff },
	    nat64[16] = { 0x00, 0x64, 0xff, 0x9b }, sixtofour[] = { 0x20, 0x02 };

	/* ::, ::1 and IPv4-compatible ones: embedded, or plainly odd. */
	if (prefix(a, zero, 96))
		return be32(a + 12) <= 0xffff || inner_v4(be32(a + 12));
	if (prefix(a, mapped, 96) || prefix(a, translated, 96) ||
	    prefix(a, nat64, 96))
		return inner_v4(be32(a + 12));
	if (prefix(a, sixtofour, 16))
		return inner_v4(be32(a + 2));
	for (size_t i = 0; i < sizeof(inner6) / sizeof(inner6[0]); i++)
		if (prefix(a, inner6[i].addr, inner6[i].bits))
			return true;
	/* ISATAP: an IPv4 address behind 0:5efe in any prefix. */
	if ((be32(a + 8) & 0xfdffffff) == 0x00005efe)
		return inner_v4(be32(a + 12));
	return false;
}

bool
address_is_inner(const struct sockaddr *sa)
{
	if (sa->sa_family == AF_INET) {
		struct sockaddr_in in;

		memcpy(&in, sa, sizeof(in));
		return inner_v4(ntohl(in.sin_addr.s_addr));
	}
	if (sa->sa_family == AF_INET6) {
		struct sockaddr_in6 in6;

		memcpy(&in6, sa, sizeof(in6));
		return in6.sin6_scope_id != 0 ||
		    inner_v6(in6.sin6_addr.s6_addr);
	}
	/* Neither of the two: nothing a feed could rightly live at. */
	return true;
}

static bool
from_text(struct sockaddr_storage *ss, struct span text)
{
	struct sockaddr_in in = { .sin_family = AF_INET };
	struct sockaddr_in6 in6 = { .sin6_family = AF_INET6 };
	char s[INET6_ADDRSTRLEN + 1], *scope;

	if (text.n == 0 || text.n >= sizeof(s))
		return false;
	memcpy(s, text.p, text.n);
	s[text.n] = '\0';
	*ss = (struct sockaddr_storage){ 0 };
	if (inet_pton(AF_INET, s, &in.sin_addr) == 1) {
		memcpy(ss, &in, sizeof(in));
		return true;
	}
	if ((scope = strchr(s, '%')) != NULL) {
		*scope = '\0';
		in6.sin6_scope_id = 1;
	}
	if (inet_pton(AF_INET6, s, &in6.sin6_addr) == 1) {
		memcpy(ss, &in6, sizeof(in6));
		return true;
	}
	return false;
}

bool
address_text_is_inner(const char *text)
{
	struct sockaddr_storage ss;

	return from_text(&ss, span_str(text)) &&
	    address_is_inner((struct sockaddr *)&ss);
}

bool
address_port_denied(int port)
{
	if (port < 0 || port > 65535)
		return true;
	for (size_t i = 0; i < sizeof(denied_ports) / sizeof(*denied_ports);
	    i++)
		if (denied_ports[i] == port)
			return true;
	return false;
}

/* The 16 bytes of sa, IPv4 in mapped form, and its port. */
static bool
normal(const struct sockaddr *sa, unsigned char out[16], int *port)
{
	memset(out, 0, 16);
	if (sa->sa_family == AF_INET) {
		struct sockaddr_in in;

		memcpy(&in, sa, sizeof(in));
		out[10] = out[11] = 0xff;
		memcpy(out + 12, &in.sin_addr, 4);
		*port = ntohs(in.sin_port);
		return true;
	}
	if (sa->sa_family == AF_INET6) {
		struct sockaddr_in6 in6;

		memcpy(&in6, sa, sizeof(in6));
		memcpy(out, &in6.sin6_addr, 16);
		*port = ntohs(in6.sin6_port);
		return true;
	}
	return false;
}

static bool
of_this_machine(const unsigned char addr[16])
{
	static const unsigned char one[16] = { [15] = 1 },
	    loop4[16] = { [10] = 0xff, 0xff, 127 };
	struct ifaddrs *list, *i;
	unsigned char a[16];
	bool found = memcmp(addr, one, 16) == 0 || prefix(addr, loop4, 104);
	int port;

	if (found || getifaddrs(&list) != 0)
		return found;
	for (i = list; i != NULL && !found; i = i->ifa_next)
		found = i->ifa_addr != NULL && normal(i->ifa_addr, a, &port) &&
		    memcmp(a, addr, 16) == 0;
	freeifaddrs(list);
	return found;
}

static bool
is_wildcard(const unsigned char a[16])
{
	static const unsigned char any6[16],
	    any4[16] = { [10] = 0xff, 0xff };

	return memcmp(a, any6, 16) == 0 || memcmp(a, any4, 16) == 0;
}

bool
address_is_own(const struct sockaddr *sa, const char *const *own)
{
	struct sockaddr_storage ss;
	unsigned char theirs[16], ours[16];
	int port, unused;

	if (own == NULL || !normal(sa, theirs, &port))
		return false;
	for (; *own != NULL; own++) {
		const char *colon = strrchr(*own, ':');
		struct span host;

		if (colon == NULL || atoi(colon + 1) != port)
			continue;
		host = span_of(*own, (size_t)(colon - *own));
		if (host.n >= 2 && host.p[0] == '[')
			host = span_of(host.p + 1, host.n - 2);
		if (host.n == 0 || span_eqs(host, "*"))
			host = span_str("::");
		if (!from_text(&ss, host) ||
		    !normal((struct sockaddr *)&ss, ours, &unused))
			continue;
		if (memcmp(ours, theirs, 16) == 0 ||
		    (is_wildcard(ours) && (is_wildcard(theirs) ||
		    of_this_machine(theirs))))
			return true;
	}
	return false;
}

void
address_text(const struct sockaddr *sa, char *out, size_t size)
{
	struct sockaddr_in in;
	struct sockaddr_in6 in6;

	snprintf(out, size, "?");
	if (sa->sa_family == AF_INET) {
		memcpy(&in, sa, sizeof(in));
		inet_ntop(AF_INET, &in.sin_addr, out, (socklen_t)size);
	} else if (sa->sa_family == AF_INET6) {
		memcpy(&in6, sa, sizeof(in6));
		inet_ntop(AF_INET6, &in6.sin6_addr, out, (socklen_t)size);
	}
}
