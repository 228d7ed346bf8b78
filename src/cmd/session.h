/*
 * session.h - what update, publish and run share: the opened and locked
 * store, and the words on the terminal.
 */
#ifndef CMD_SESSION_H
#define CMD_SESSION_H

#include "cmd/cmd.h"
#include "store/store.h"
#include "update/update.h"

/* What a person sees of a run; zero it first. */
struct show {
	const struct cmd_global	*g;
	bool			 line;		/* a progress line stands */
	int64_t			 last_ms;	/* when it was drawn */
	struct update_progress	 progress;
};

/*
 * Open the store of c for writing and lock it, as the user of [server] when
 * started as root.  Returns 0, or a sysexits
 * code with the reason printed; EX_TEMPFAIL with *busy when another run holds
 * the lock.
 */
int	session_open(struct store **s, const struct config *c, bool *busy);

/* Options whose callbacks print to standard error through show. */
void	session_options(struct update_options *o, struct show *show);
/* Whether a progress line is wanted: on a terminal, and neither -q nor --json. */
bool	session_draws(const struct show *show);
/* Draw the progress line anew, cut to the terminal's width. */
void	session_draw(struct show *show, const char *text);
/* Wipe the progress line. */
void	session_clear(struct show *show);

/* One line that says how a run went, on standard output (or JSON). */
void	session_summary(const struct show *show,
	    const struct update_result *r, int ms);

#endif
