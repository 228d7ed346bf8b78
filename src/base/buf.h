/*
 * buf.h - growable bytes with a ceiling and a sticky failure.
 *
 * Append as often as you like and look at buf.over once at the end: an
 * append that would pass the ceiling adds nothing and sets it.  The bytes
 * are always followed by a NUL that is not counted.
 */
#ifndef BASE_BUF_H
#define BASE_BUF_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/span.h"

struct buf {
	char	*p;	/* NULL until the first append */
	size_t	 n;	/* bytes held */
	size_t	 cap;	/* bytes allocated, never more than the ceiling and 1 */
	size_t	 max;	/* ceiling in bytes; 0 means BUF_MAX_DEFAULT */
	bool	 over;	/* an append was refused */
};

#define BUF_MAX_DEFAULT	((size_t)1 << 30)

/* Initialise; max is the ceiling in bytes.  A zeroed struct is valid too. */
void	buf_init(struct buf *b, size_t max);
/* Free the bytes; the struct is then empty and may be used again. */
void	buf_free(struct buf *b);
/* Forget the contents, keep the memory, clear over. */
void	buf_clear(struct buf *b);
/* Keep the first n bytes (n <= b->n). */
void	buf_truncate(struct buf *b, size_t n);

/* buf_put() when there may be no room. */
void	buf_put_grow(struct buf *b, const void *p, size_t n);

static inline void
buf_put(struct buf *b, const void *p, size_t n)
{
	if (n == 0 || n >= b->cap - b->n || b->over) {
		buf_put_grow(b, p, n);
		return;
	}
	memcpy(b->p + b->n, p, n);
	b->n += n;
	b->p[b->n] = '\0';
}

static inline void
buf_putc(struct buf *b, char c)
{
	if (1 >= b->cap - b->n || b->over) {
		buf_put_grow(b, &c, 1);
		return;
	}
	b->p[b->n++] = c;
	b->p[b->n] = '\0';
}

void	buf_puts(struct buf *b, const char *s);
void	buf_putf(struct buf *b, const char *fmt, ...)
	    __attribute__((format(printf, 2, 3)));

/* v in decimal, with zeros before it to that width (at most 20). */
void	buf_putn(struct buf *b, int64_t v, int width);

static inline void
buf_put_span(struct buf *b, struct span s)
{
	buf_put(b, s.p, s.n);
}

/* Room for n more bytes at b->p + b->n, or NULL over the ceiling. */
char	*buf_reserve(struct buf *b, size_t n);

/* The contents as a C string, "" when empty; valid until the next append. */
const char *buf_cstr(const struct buf *b);
static inline struct span
buf_span(const struct buf *b)
{
	return span_of(b->p != NULL ? b->p : "", b->n);
}
/* Hand the bytes over to the caller, who frees them; b is then empty. */
char	*buf_take(struct buf *b);

#endif
