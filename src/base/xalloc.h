/*
 * xalloc.h - allocation that does not return NULL.
 *
 * Every size that comes from outside passes a named limit first, so
 * running out of memory here means a machine too small or broken: these
 * say so in one line and end the process with EX_OSERR.  What was not
 * committed is not there; the tree is replaced file by file, so that the
 * last good one stays; whoever supervises the process starts it again.
 */
#ifndef BASE_XALLOC_H
#define BASE_XALLOC_H

#include <stddef.h>

void	*xmalloc(size_t n) __attribute__((returns_nonnull));
/* zeroed; checks n * size */
void	*xcalloc(size_t n, size_t size) __attribute__((returns_nonnull));
void	*xreallocarray(void *p, size_t n, size_t size)
	    __attribute__((returns_nonnull));
char	*xstrdup(const char *s);		/* NULL gives NULL */
char	*xstrndup(const char *s, size_t n);	/* always terminated */
/* A library had no memory: the same end. */
void	 xalloc_failed(const char *who) __attribute__((noreturn));
char	*xasprintf(const char *fmt, ...)
	    __attribute__((format(printf, 1, 2)));

#endif
