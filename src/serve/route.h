/*
 * route.h - from a request to an answer: a file, a redirect, a search, a
 * refusal.
 *
 * A route is made from the configuration before a worker gives up its
 * rights and used until the worker ends.  Nothing executes: an answer is
 * an open file or a few bytes.
 */
#ifndef SERVE_ROUTE_H
#define SERVE_ROUTE_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

#include "base/buf.h"
#include "base/error.h"
#include "base/hash.h"
#include "config/config.h"
#include "serve/hot.h"
#include "serve/request.h"

struct route;

enum answer_kind {
	ANSWER_BYTES,		/* head alone */
	ANSWER_PAGE,		/* head, then hot */
	ANSWER_FILE,		/* head, then size bytes of fd */
	ANSWER_SEARCH		/* ask the search process; head is empty */
};

struct answer {
	enum answer_kind kind;
	int		 status;	/* two digits; Gopher: 20 or 51, 40 */
	struct buf	 head;		/* the header, or the whole answer */
	struct hot_page	*hot;		/* the caller calls route_release() */
	int		 fd;		/* of ANSWER_FILE; the caller closes it */
	off_t		 size;
	struct span	 query;		/* of ANSWER_SEARCH, in the request */
	bool		 escaped;	/* and it is percent-encoded */
	unsigned	 page;
	bool		 secret;	/* the query is not for the log */
};

/* What is known of the other side, apart from its request. */
struct peer {
	const char	*sni;		/* NULL: none was sent */
	char		 local_ip[64];	/* the address it connected to, or "" */
	int		 local_port;	/* 0: a Unix socket */
	const struct vhost *as;		/* the hole's name here; NULL: its own */
	int		 as_port;	/* and port; 0: as published */
	bool		 has_cert;
	char		 cert[HASH_HEX], cert_key[HASH_HEX];
	int64_t		 cert_from, cert_until;
};

/* c is borrowed for the life of the route. */
int	route_new(struct route **out, const struct config *c, bool search,
	    struct error *e);
void	route_free(struct route *r);
/* Look, at most once a second, whether tables and trees changed. */
void	route_refresh(struct route *r, int64_t now);
/* The directories that have to be readable; NULL-ended, of the route. */
const char *const *route_paths(const struct route *r);
/* Whether any area asks for client certificates. */
bool	route_wants_certs(const struct route *r);

/* Both fill *a, whose head is cleared and reused. */
void	route_gemini(struct route *r, struct answer *a,
	    const struct gemini_request *q, const struct peer *p, int64_t now);
void	route_gopher(struct route *r, struct answer *a,
	    const struct gopher_request *q, const struct peer *p);

/* The page of an answer is sent. */
void	route_release(struct route *r, struct hot_page *p);

/* A header alone: "44 Slow down...". */
void	answer_gemini(struct answer *a, int status, const char *meta);
/* The host of the configuration with the name of the handshake, or NULL. */
const struct vhost *route_gopher_named(const struct route *r,
	    const char *sni);
/* The host and port that menus name to this peer. */
const char *route_gopher_host(const struct route *r, const struct peer *p);
int	route_gopher_port(const struct route *r, const struct peer *p);
/* A menu with an error item and the way back. */
void	answer_gopher_error(struct answer *a, const struct route *r,
	    const struct peer *p, int status, const char *what);

/* Media type of a name, without parameters; NULL: look into the file. */
const char *media_type(const char *name);
/* What XML is, by its first bytes. */
const char *media_type_xml(struct span start);

#endif
