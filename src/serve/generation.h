/*
 * generation.h - the processes made from one configuration.
 */
#ifndef SERVE_GENERATION_H
#define SERVE_GENERATION_H

#include <sys/types.h>

#include <signal.h>
#include <stdbool.h>
#include <stdint.h>

#include "config/config.h"
#include "serve/keyd.h"
#include "serve/limit.h"
#include "serve/listen.h"
#include "serve/searchd.h"
#include "serve/stats.h"

/* What outlives a generation. */
struct shared {
	struct stats_table	*stats;
	struct limits		*limits;
	sigset_t		 signals, old_signals;
	bool			 slot_used[STATS_WORKERS];
	bool			 keys_warned;	/* said once */
};

struct member {
	pid_t	 pid;			/* 0: none */
	int	 slot;			/* -1: none */
	int	 key[2], search[2];	/* [0] the helper's end */
	int64_t	 started, again_at;	/* seconds; when to try again */
	int	 failures;
};

struct served_cert {
	char	*cert, *key;
	char	*host;
	bool	 made;			/* lies in certs_dir */
	int64_t	 cert_stamp, key_stamp;	/* when it was loaded */
};

struct generation {
	struct generation	*next;
	const struct config	*config;
	bool			 owns_config;
	bool			 draining;
	struct listener		*listeners;
	size_t			 nlisteners;
	struct member		*members;
	int			 nworkers;
	struct served_cert	*certs;
	struct keyd_pair	*pairs;
	size_t			 ncerts;
	int64_t			 cert_until;	/* the first to end; 0 none */
	bool			 key_process;
	pid_t			 keyd;
	char			*search_path;
	pid_t			 searchd[SEARCHD_PROCESSES];
	int64_t			 helpers_at;	/* last start of a helper */
};

/*
 * Load all that c names and start the processes; when it returns 0 they
 * answer.  Sockets of old (may be NULL) are taken over.  On failure
 * nothing has changed.
 */
int	generation_start(struct generation **out, const struct config *c,
	    struct shared *shared, struct generation *old, struct error *e);
/* Have the workers finish; they end by themselves. */
void	generation_drain(struct generation *g);
void	generation_kill(struct generation *g);
/*
 * Note who died; with restart, put others in their place.  The number of
 * workers that live.
 */
int	generation_reap(struct generation *g, struct shared *shared,
	    bool restart);
/* End the helpers and free everything. */
void	generation_free(struct generation *g);

/* Switch to announced keys that are due; whether any file changed. */
bool	generation_certs_changed(struct generation *g, int64_t now);
/* Log how long the certificates last, warn when that is not long. */
void	generation_warn(struct generation *g, int64_t now);

#endif
