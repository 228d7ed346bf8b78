#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sysexits.h>
#include <unistd.h>

#include "base/xalloc.h"

static void __attribute__((noreturn))
end(const char *line, int len)
{
	/* Nothing that might want memory itself, and one write. */
	ssize_t put = write(STDERR_FILENO, line, len > 0 ? (size_t)len : 0);

	(void)put;
	_exit(EX_OSERR);
}

static void __attribute__((noreturn))
out_of_memory(size_t n)
{
	char line[96];

	end(line, snprintf(line, sizeof(line), "orrery: out of memory (%zu "
	    "bytes wanted); what is published stays\n", n));
}

void
xalloc_failed(const char *who)
{
	char line[96];

	end(line, snprintf(line, sizeof(line), "orrery: out of memory (%.20s "
	    "wanted some); what is published stays\n", who));
}

void *
xmalloc(size_t n)
{
	void *p = malloc(n != 0 ? n : 1);

	if (p == NULL)
		out_of_memory(n);
	return p;
}

void *
xcalloc(size_t n, size_t size)
{
	void *p = calloc(n != 0 ? n : 1, size != 0 ? size : 1);

	if (p == NULL)
		out_of_memory(n);
	return p;
}

void *
xreallocarray(void *old, size_t n, size_t size)
{
	void *p = reallocarray(old, n != 0 ? n : 1, size != 0 ? size : 1);

	if (p == NULL)
		out_of_memory(n);
	return p;
}

char *
xstrdup(const char *s)
{
	return s == NULL ? NULL : xstrndup(s, strlen(s));
}

char *
xstrndup(const char *s, size_t n)
{
	char *p = xmalloc(n + 1);

	memcpy(p, s, n);
	p[n] = '\0';
	return p;
}

char *
xasprintf(const char *fmt, ...)
{
	char *p;
	va_list ap;

	va_start(ap, fmt);
	if (vasprintf(&p, fmt, ap) == -1)
		out_of_memory(0);
	va_end(ap);
	return p;
}
