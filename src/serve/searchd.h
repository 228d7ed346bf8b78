/*
 * searchd.h - the process that queries, so that workers need no database.
 *
 * A worker sends one message a query over a SEQPACKET channel and gets one
 * with the finished body back.  Two such processes read from all channels:
 * that is how many queries run at a time.
 */
#ifndef SERVE_SEARCHD_H
#define SERVE_SEARCHD_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"
#include "search/search.h"

#define SEARCHD_PROCESSES	2
#define SEARCHD_QUERY_MAX	1024
#define SEARCHD_BODY_MAX	((size_t)96 * 1024)

struct searchd_query {
	uint32_t	id;
	uint32_t	page;
	uint32_t	gopher;
	int32_t		port;		/* for the items of a menu */
	char		host[256];
	uint32_t	len;
	char		query[SEARCHD_QUERY_MAX];	/* decoded */
};

struct searchd_reply {
	uint32_t	id;
	int32_t		status;		/* 20, or 40 with a sentence as body */
	/* the body follows */
};

/* The process; never returns. */
void	searchd_main(const char *path, const int *fds, size_t nfds,
	    const char *user, bool sandbox) __attribute__((noreturn));

/* The page of results, as gemtext or as a menu (for the tests, too). */
void	searchd_render(struct buf *out, const struct searchd_query *q,
	    const struct search_results *r);

#endif
