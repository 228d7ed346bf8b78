/*
 * crash_shim.c - preloaded into orrery: a library that dies of what it reads,
 * a kernel without a sandbox.
 *
 * Asked for EUC-TW, iconv_open() does what CRASH says: "abort" (a fault), "loop"
 * (for ever) or "swell" (take memory for ever).  With NO_LANDLOCK the kernel
 * has none.
 */
#include <sys/syscall.h>

#include <dlfcn.h>
#include <errno.h>
#include <iconv.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#ifndef SYS_landlock_create_ruleset
#define SYS_landlock_create_ruleset	444
#endif

iconv_t
iconv_open(const char *to, const char *from)
{
	iconv_t (*real)(const char *, const char *);
	const char *how = getenv("CRASH");
	volatile int forever = 1;

	*(void **)&real = dlsym(RTLD_NEXT, "iconv_open");
	if (how == NULL || strcmp(from, "EUC-TW") != 0)
		return real(to, from);
	while (strcmp(how, "loop") == 0 && forever)
		continue;
	while (strcmp(how, "swell") == 0 && forever) {
		char *p = malloc(1 << 20);

		if (p == NULL)
			break;
		memset(p, 1, 1 << 20);
	}
	abort();
}

long	syscall(long, ...);

long
syscall(long number, ...)
{
	long (*real)(long, ...);
	long a[6];
	va_list ap;

	*(void **)&real = dlsym(RTLD_NEXT, "syscall");
	va_start(ap, number);
	for (int i = 0; i < 6; i++)
		a[i] = va_arg(ap, long);
	va_end(ap);
	if (number == SYS_landlock_create_ruleset && getenv("NO_LANDLOCK") !=
	    NULL) {
		errno = ENOSYS;
		return -1;
	}
	return real(number, a[0], a[1], a[2], a[3], a[4], a[5]);
}
