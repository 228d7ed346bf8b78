/*
 * proxyproto.h - the header in which a proxy names its client.
 */
#ifndef SERVE_PROXYPROTO_H
#define SERVE_PROXYPROTO_H

#include <sys/socket.h>
#include <sys/types.h>

/* No header of either version is longer; what is, is refused. */
#define PROXY_HEADER_MAX	552

/*
 * Read a PROXY header, version 1 or 2, at the start of p[0..n).  Returns
 * its length with the client's address in *from (AF_UNSPEC: the proxy
 * speaks for itself, or does not say), -1 when more is needed, -2 when
 * this is no such header.
 */
ssize_t	proxy_parse(const unsigned char *p, size_t n,
	    struct sockaddr_storage *from);

#endif
