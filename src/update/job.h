/*
 * job.h - what a child does: one message in, one message out.
 *
 * The messages are length-prefixed runs of fields; either side trusts
 * nothing of what the other sent.
 */
#ifndef UPDATE_JOB_H
#define UPDATE_JOB_H

#include "update/child.h"

enum job_kind { JOB_PARSE = 1, JOB_CONVERT = 2 };

#define JOB_REQUEST_MAX	((size_t)32 << 20)

/* Every message begins with one of these, in host byte order. */
struct job_header {
	uint32_t	kind;	/* of a request; status of a reply, negated */
	uint32_t	length;	/* bytes that follow */
};

/* Append a request's payload (without its header). */
void	job_put_parse(struct buf *out, const struct child_job *job,
	    struct span bytes);
void	job_put_convert(struct buf *out, const struct content *body,
	    const char *original, int width);

/*
 * Do what a request's payload asks and append the reply's payload: the encoded feed,
 * or the two texts, or (status not 0) a message.
 */
int	job_run(struct buf *reply, uint32_t kind, struct span payload);

/* Take the two texts of a convert reply. */
int	job_get_texts(struct span payload, struct span *gmi, struct span *txt);

#endif
