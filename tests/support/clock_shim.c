/*
 * clock_shim.c - preloaded to give a process another time of day: CLOCK_ADD
 * seconds are added to the real one, which may be negative.  The monotonic
 * clock goes on as it is, as it does when somebody sets a machine's clock.
 */
#include <sys/time.h>

#include <dlfcn.h>
#include <stddef.h>
#include <stdlib.h>
#include <time.h>

static long long
add(void)
{
	static long long seconds;
	static int known;
	const char *s;

	if (!known) {
		s = getenv("CLOCK_ADD");
		seconds = s != NULL ? atoll(s) : 0;
		known = 1;
	}
	return seconds;
}

int
clock_gettime(clockid_t id, struct timespec *ts)
{
	static int (*real)(clockid_t, struct timespec *);
	int rc;

	if (real == NULL)
		*(void **)&real = dlsym(RTLD_NEXT, "clock_gettime");
	if ((rc = real(id, ts)) == 0 &&
	    (id == CLOCK_REALTIME || id == CLOCK_REALTIME_COARSE))
		ts->tv_sec += add();
	return rc;
}

time_t
time(time_t *out)
{
	struct timespec ts;

	clock_gettime(CLOCK_REALTIME, &ts);
	if (out != NULL)
		*out = ts.tv_sec;
	return ts.tv_sec;
}

int
gettimeofday(struct timeval *restrict tv, void *restrict zone)
{
	struct timespec ts;

	(void)zone;
	clock_gettime(CLOCK_REALTIME, &ts);
	tv->tv_sec = ts.tv_sec;
	tv->tv_usec = ts.tv_nsec / 1000;
	return 0;
}
