/*
 * nolandlock_shim.c - a kernel without Landlock and without openat2(), for
 * LD_PRELOAD.
 */
#include <sys/syscall.h>

#include <dlfcn.h>
#include <errno.h>
#include <stdarg.h>
#include <unistd.h>

long
syscall(long number, ...)
{
	static long (*next)(long, ...);
	long a[6];
	va_list ap;

	va_start(ap, number);
	for (int i = 0; i < 6; i++)
		a[i] = va_arg(ap, long);
	va_end(ap);
	/* landlock_create_ruleset, _add_rule, _restrict_self, openat2 */
	if ((number >= 444 && number <= 446) || number == 437) {
		errno = ENOSYS;
		return -1;
	}
	if (next == NULL)
		*(void **)&next = dlsym(RTLD_NEXT, "syscall");
	return next(number, a[0], a[1], a[2], a[3], a[4], a[5]);
}
