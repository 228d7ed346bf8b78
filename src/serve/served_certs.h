/*
 * served_certs.h - which certificates a configuration serves.
 */
#ifndef SERVE_SERVED_CERTS_H
#define SERVE_SERVED_CERTS_H

#include "serve/generation.h"

/*
 * Find the pair of each host, make those that are missing, check all: a
 * pair that is there is never made anew, usable or not.
 */
int	served_certs_load(struct generation *g, int64_t now, struct error *e);
void	served_certs_free(struct generation *g);

#endif
