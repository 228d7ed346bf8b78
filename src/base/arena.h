/*
 * arena.h - allocate many, free once.
 *
 * One feed or one page lives in one arena.  Memory is zeroed and aligned
 * for any type.  Out of memory aborts, as in xalloc.h.
 */
#ifndef BASE_ARENA_H
#define BASE_ARENA_H

#include <stddef.h>

struct arena_block;
struct arena {
	struct arena_block	*head;
	size_t			 used;	/* bytes handed out in all */
};

void	*arena_alloc(struct arena *a, size_t n);
char	*arena_strndup(struct arena *a, const char *s, size_t n);
char	*arena_strdup(struct arena *a, const char *s);	/* NULL gives NULL */
char	*arena_printf(struct arena *a, const char *fmt, ...)
	    __attribute__((format(printf, 2, 3)));
/* Append room for one element of size to a growing array of *n elements. */
void	*arena_push(struct arena *a, void *array, size_t *n, size_t size);
/* The same, for long arrays into which no pointer is kept: array is gone. */
void	*arena_push_moving(struct arena *a, void *array, size_t *n,
	    size_t size);
/* Forget everything, but keep one ordinary block of memory for reuse. */
void	 arena_reset(struct arena *a);
/* Free everything; the arena is then empty and may be used again. */
void	 arena_free(struct arena *a);

#endif
