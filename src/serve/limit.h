/*
 * limit.h - what one address may ask for, counted over all workers.
 *
 * An address is an IPv4 address or an IPv6 /64.  Each has open
 * connections and a bucket of requests that fills at a steady rate.  The
 * table lies in memory that the workers share.
 */
#ifndef SERVE_LIMIT_H
#define SERVE_LIMIT_H

#include <sys/socket.h>

#include <stdbool.h>
#include <stdint.h>

/* Worker slots: those of two generations during a reload. */
#define LIMIT_WORKERS	64

struct limits;

struct limit_key {
	unsigned char	net[16];
};

enum limit_result {
	LIMIT_OK,
	LIMIT_SLOW,	/* answer 44 */
	LIMIT_DROP	/* far beyond: not worth a handshake */
};

/* max_open connections (0: any), rate requests a second (0: any). */
struct limits	*limits_new(int max_open, int rate);
void		 limits_free(struct limits *l);
/* Take new settings over. */
void		 limits_set(struct limits *l, int max_open, int rate);

/* False for an address that is not counted (a Unix socket). */
bool		 limit_key(struct limit_key *k, const struct sockaddr *sa);
/*
 * A connection from k begins; unless LIMIT_DROP is returned it is counted
 * and has to be ended by limit_leave().  now in milliseconds.
 */
enum limit_result limit_enter(struct limits *l, int worker,
		    const struct limit_key *k, int64_t now_ms);
void		 limit_leave(struct limits *l, int worker,
		    const struct limit_key *k);
/* A worker died: what it had open is closed. */
void		 limits_forget(struct limits *l, int worker);

#endif
