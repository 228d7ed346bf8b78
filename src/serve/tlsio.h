/*
 * tlsio.h - libtls behind a few functions.
 *
 * A connection's bytes pass through two callbacks, so that the server
 * reads and writes the socket in its own, larger steps.
 */
#ifndef SERVE_TLSIO_H
#define SERVE_TLSIO_H

#include <stdbool.h>
#include <stddef.h>
#include <tls.h>

#include "base/error.h"
#include "serve/keyd.h"
#include "serve/route.h"

/* Once per process, before anything else of this. */
int	tlsio_init(struct error *e);

struct tlsio_options {
	const struct keyd_pair	*pairs;	/* the first is the default */
	size_t			 n;
	bool			 key_process;	/* keyd_attach() was called */
	bool			 client_certs;	/* ask for them */
};

/* A server context; free it with tls_free() after the last connection. */
int	tlsio_server(struct tls **out, const struct tlsio_options *o,
	    struct error *e);
/* A whole handshake in memory, to see that keys and library play together. */
int	tlsio_selftest(struct tls *server, struct error *e);
/* A connection with these callbacks; NULL when memory or library fail. */
struct tls *tlsio_accept(struct tls *server, tls_read_cb r, tls_write_cb w,
	    void *arg);
/* What the handshake told of the other side. */
void	tlsio_peer(struct tls *t, struct peer *p);

#endif
