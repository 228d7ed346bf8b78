/*
 * listen.h - the sockets that clients come to.
 */
#ifndef SERVE_LISTEN_H
#define SERVE_LISTEN_H

#include <stdbool.h>
#include <stddef.h>

#include "base/error.h"
#include "config/config.h"

enum protocol { PROTOCOL_GEMINI, PROTOCOL_GOPHER, PROTOCOL_GOPHERS };

struct listener {
	int		 fd;
	enum protocol	 protocol;
	bool		 local;		/* a Unix socket */
	bool		 given;		/* by the service manager */
	char		*spec;		/* as configured */
	char		 name[160];	/* as bound: "127.0.0.1:1965" */
	bool		 fixed;		/* bound to one address, which is: */
	char		 ip[64];
	int		 port;
	const struct vhost *host;	/* whose name the hole has here; NULL:
					 * the one it was published under */
};

static inline bool
protocol_is_tls(enum protocol p)
{
	return p != PROTOCOL_GOPHER;
}

/*
 * The listeners of a configuration.  Sockets of old that it still names
 * are kept; their fd in old becomes -1.  Sockets that a service manager
 * passed (LISTEN_FDS) are used instead of binding, on the first call.
 */
int	listen_all(struct listener **out, size_t *n, const struct config *c,
	    struct listener *old, size_t nold, struct error *e);
/* Give sockets that were kept from old back to it. */
void	listen_restore(struct listener *l, size_t n, struct listener *old,
	    size_t nold);
void	listen_free(struct listener *l, size_t n);
const char *protocol_name(enum protocol p);
/* An address in words, "" when it has none; its port, 0 when it has none. */
struct sockaddr_storage;
int	listen_address(const struct sockaddr_storage *ss, char *ip, size_t size);

#endif
