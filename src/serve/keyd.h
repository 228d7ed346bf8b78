/*
 * keyd.h - the process that signs, so that those that read strangers'
 * bytes hold no private key.
 *
 * A channel is a pair of SEQPACKET sockets.  A worker sends the digest to
 * sign and the public point of the key; the answer is the signature.  Each
 * channel has a thread, which keeps to the CPU of its worker: most of what
 * a signature costs here is the way there and back.
 */
#ifndef SERVE_KEYD_H
#define SERVE_KEYD_H

#include <stdbool.h>
#include <stddef.h>

#include "base/error.h"

struct keyd_pair {
	const char	*cert, *key;	/* PEM files */
};

/*
 * The process: read the keys, give up all rights, sign for those at the
 * other ends of fds until all have closed.  Never returns; exits with 0 or 1.
 */
void	keyd_main(const struct keyd_pair *pairs, size_t n, const int *fds,
	    size_t nfds, const char *user, bool sandbox)
	    __attribute__((noreturn));

/* Whether all the keys are of the kind that can live there (EC). */
bool	keyd_can(const struct keyd_pair *pairs, size_t n);

/*
 * In a worker: have libcrypto ask for ECDSA signatures at fd from now on.
 * Waits at most two seconds for each.
 */
int	keyd_attach(int fd, struct error *e);

#endif
