/*
 * worker.h - one process that answers.
 */
#ifndef SERVE_WORKER_H
#define SERVE_WORKER_H

#include <sys/queue.h>

#include <event2/event.h>
#include <event2/event_struct.h>
#include <stdbool.h>
#include <stdint.h>

#include "config/config.h"
#include "serve/access.h"
#include "serve/conn.h"
#include "serve/limit.h"
#include "serve/listen.h"
#include "serve/route.h"
#include "serve/stats.h"
#include "serve/tlsio.h"

/* Exit codes that tell the parent something. */
#define WORKER_EXIT_KEYS	9	/* the key process does not do */

/* What the parent hands to a worker at the fork. */
struct worker_start {
	const struct config	*config;
	int			 slot;		/* in the shared tables */
	struct listener		*listeners;
	size_t			 nlisteners;
	const struct keyd_pair	*pairs;
	size_t			 npairs;
	int			 key_fd;	/* -1: the keys are here */
	int			 search_fd;	/* -1: there is no search */
	int			 ready_fd;	/* gets a byte when all is well */
	struct stats_table	*stats;
	struct limits		*limits;
	int			 nworkers;
};

#define WORKER_IN_MAX	(16 * 1024 + 512)
#define WORKER_OUT_MAX	(68 * 1024)
#define WORKER_CHUNK	(64 * 1024)	/* four TLS records */

TAILQ_HEAD(conn_queue, conn);

struct worker {
	const struct config	*config;
	int			 slot;
	struct event_base	*base;
	struct route		*route;
	struct tls		*tls;
	struct access		*access;
	struct stats_table	*table;
	struct stats		*stats;
	struct limits		*limits;
	struct accepting {
		struct worker	*worker;
		struct listener	*listener;
		struct event	 event;
	}			*accepting;
	size_t			 naccepting;
	bool			 paused;	/* accepting stands still */
	bool			 draining;
	int64_t			 drain_until_ms;
	struct event		 tick, stop, search_event;
	bool			 ticking;
	int			 search_fd;
	uint32_t		 search_id;
	/* by state, each in order of deadline */
	struct conn_queue	 queues[CONN_STATES];
	int			 open, max_open;
	int			 handshaking, max_handshaking;
	int64_t			 now_ms;
	struct proxy_net {
		int		 family, bits;	/* AF_UNIX: any */
		unsigned char	 net[16];
	}			*proxies;
	size_t			 nproxies;
	struct answer		 answer;	/* scratch of the request at hand */
	/* bytes of the connection at hand, see conn.c */
	size_t			 in_off, in_len, out_len;
	char			 in[WORKER_IN_MAX];
	char			 out[WORKER_OUT_MAX];
	char			 chunk[WORKER_CHUNK];
};

/* Never returns. */
void	worker_main(const struct worker_start *s) __attribute__((noreturn));

/* Monotonic milliseconds; cheap, exact to a few of them. */
int64_t	worker_clock(void);
/* A connection has gone: accepting may go on. */
void	worker_freed(struct worker *w);
/* Make room by closing who keeps us waiting; false when nobody does. */
bool	worker_evict(struct worker *w);
/*
 * Room for one more handshake.  When as many as are allowed go on at once,
 * the oldest gives way to it: of the address that most are from, if more than
 * half are from one.
 */
void	worker_room_to_shake(struct worker *w);
/* Send a query; its answer comes to the connection with that id. */
bool	worker_search(struct worker *w, struct conn *c);

#endif
