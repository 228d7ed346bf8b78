/*
 * resolve.h - names to addresses without stopping the loop.
 *
 * getaddrinfo() in a few threads; answers come back through a pipe.
 */
#ifndef FETCH_RESOLVE_H
#define FETCH_RESOLVE_H

#include <netdb.h>
#include <stdbool.h>

struct resolver;
struct lookup;

struct resolver	*resolver_new(void);
/* Lookups under way are left to their threads, which free them. */
void		 resolver_free(struct resolver *r);
/* Readable when an answer is there. */
int		 resolver_fd(const struct resolver *r);
/* Start looking host up; NULL when no thread could be had. */
struct lookup	*resolver_ask(struct resolver *r, const char *host, int port,
		    void *arg);
/* Nobody waits for that answer any more. */
void		 resolver_cancel(struct resolver *r, struct lookup *l);
/*
 * Take one answer: true, with the asker's arg and either *list (freed by
 * freeaddrinfo()) or getaddrinfo()'s error.
 */
bool		 resolver_take(struct resolver *r, void **arg,
		    struct addrinfo **list, int *error);

#endif
