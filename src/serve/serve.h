/*
 * serve.h - the Gemini and Gopher server: reads the published tree.
 */
#ifndef SERVE_SERVE_H
#define SERVE_SERVE_H

#include <stdbool.h>

#include "base/error.h"
#include "config/config.h"

struct serve_options {
	/* Called in the parent to read the configuration again on SIGHUP;
	 * NULL on failure (the old one stays in force). */
	struct config	*(*reload)(void *arg);
	void		*arg;
	/* Called in the parent about once a second (for `orrery run`). */
	void		(*tick)(void *arg);
	int		 seconds;	/* stop by itself after that; 0 never */
};

/*
 * Bind, make certificates on first start, fork workers, print on standard
 * output one readiness line per listener ("listening gemini 127.0.0.1:1965")
 * and then "ready"; return when told to stop (SIGTERM, SIGINT).
 */
int	serve(const struct config *c, const struct serve_options *o,
	    struct error *e);

#endif
