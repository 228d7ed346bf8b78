/*
 * fault_shim.c - preloaded into orrery to break it on purpose.
 *
 * Counts the calls that change files beneath FAULT_DIR (write, pwrite,
 * fsync, fdatasync, rename, unlink, open for writing, mkdir, ftruncate) and, at the
 * FAULT_AT-th, either dies as kill -9 would (FAULT=kill) or fails from
 * there on with an errno (FAULT=ENOSPC, EIO, EMFILE, EROFS; FAULT_TIMES
 * calls, default all).  With FAULT=count nothing breaks and the number
 * of calls is written to FAULT_OUT at exit.
 */
#include <sys/stat.h>

#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static const char	*dir, *kind;
static long		 at, times = LONG_MAX, count;
static int		 error_number;
static pid_t		 owner;

static void __attribute__((constructor))
setup(void)
{
	const char *s;

	kind = getenv("FAULT");
	dir = getenv("FAULT_DIR");
	if ((s = getenv("FAULT_AT")) != NULL)
		at = atol(s);
	if ((s = getenv("FAULT_TIMES")) != NULL)
		times = atol(s);
	if (kind != NULL)
		error_number = strcmp(kind, "ENOSPC") == 0 ? ENOSPC :
		    strcmp(kind, "EIO") == 0 ? EIO :
		    strcmp(kind, "EMFILE") == 0 ? EMFILE :
		    strcmp(kind, "EROFS") == 0 ? EROFS : 0;
	owner = getpid();
}

static void __attribute__((destructor))
report(void)
{
	const char *out = getenv("FAULT_OUT");
	FILE *f;

	if (out == NULL || getpid() != owner || kind == NULL ||
	    strcmp(kind, "count") != 0 || (f = fopen(out, "w")) == NULL)
		return;
	fprintf(f, "%ld\n", count);
	fclose(f);
}

static int
beneath(const char *path)
{
	char real[PATH_MAX];

	if (dir == NULL || kind == NULL || path == NULL)
		return 0;
	if (path[0] != '/') {
		if (getcwd(real, sizeof(real)) == NULL)
			return 0;
		return strncmp(real, dir, strlen(dir)) == 0;
	}
	return strncmp(path, dir, strlen(dir)) == 0;
}

static int
beneath_fd(int fd)
{
	char link[64], path[PATH_MAX];
	ssize_t n;

	if (dir == NULL || kind == NULL)
		return 0;
	snprintf(link, sizeof(link), "/proc/self/fd/%d", fd);
	if ((n = readlink(link, path, sizeof(path) - 1)) <= 0)
		return 0;
	path[n] = '\0';
	return beneath(path);
}

/* One counted call; non-zero when it is to fail with errno set. */
static int
strike(void)
{
	count++;
	if (at == 0 || count < at)
		return 0;
	if (strcmp(kind, "kill") == 0) {
		kill(getpid(), SIGKILL);
		for (;;)
			pause();
	}
	if (error_number == 0 || count >= at + times)
		return 0;
	errno = error_number;
	return 1;
}

#define REAL(type, name, ...)					\
	static type (*real)(__VA_ARGS__);			\
	if (real == NULL)					\
		*(void **)&real = dlsym(RTLD_NEXT, #name)

ssize_t
write(int fd, const void *p, size_t n)
{
	REAL(ssize_t, write, int, const void *, size_t);
	return beneath_fd(fd) && strike() ? -1 : real(fd, p, n);
}

ssize_t
pwrite(int fd, const void *p, size_t n, off_t off)
{
	REAL(ssize_t, pwrite, int, const void *, size_t, off_t);
	return beneath_fd(fd) && strike() ? -1 : real(fd, p, n, off);
}

ssize_t
pwrite64(int fd, const void *p, size_t n, off64_t off)
{
	REAL(ssize_t, pwrite64, int, const void *, size_t, off64_t);
	return beneath_fd(fd) && strike() ? -1 : real(fd, p, n, off);
}

int
fsync(int fd)
{
	REAL(int, fsync, int);
	return beneath_fd(fd) && strike() ? -1 : real(fd);
}

int
fdatasync(int fd)
{
	REAL(int, fdatasync, int);
	return beneath_fd(fd) && strike() ? -1 : real(fd);
}

int
ftruncate(int fd, off_t n)
{
	REAL(int, ftruncate, int, off_t);
	return beneath_fd(fd) && strike() ? -1 : real(fd, n);
}

int
rename(const char *from, const char *to)
{
	REAL(int, rename, const char *, const char *);
	return beneath(to) && strike() ? -1 : real(from, to);
}

int
renameat(int a, const char *from, int b, const char *to)
{
	REAL(int, renameat, int, const char *, int, const char *);
	return (to[0] == '/' ? beneath(to) : b == AT_FDCWD ? beneath(to) :
	    beneath_fd(b)) && strike() ? -1 : real(a, from, b, to);
}

int
unlink(const char *path)
{
	REAL(int, unlink, const char *);
	return beneath(path) && strike() ? -1 : real(path);
}

int
unlinkat(int fd, const char *path, int flags)
{
	REAL(int, unlinkat, int, const char *, int);
	return (path[0] == '/' || fd == AT_FDCWD ? beneath(path) :
	    beneath_fd(fd)) && strike() ? -1 : real(fd, path, flags);
}

int
mkdir(const char *path, mode_t mode)
{
	REAL(int, mkdir, const char *, mode_t);
	return beneath(path) && strike() ? -1 : real(path, mode);
}

int
open(const char *path, int flags, ...)
{
	REAL(int, open, const char *, int, ...);
	mode_t mode = 0;
	va_list ap;

	if (flags & (O_CREAT | O_TMPFILE)) {
		va_start(ap, flags);
		mode = va_arg(ap, mode_t);
		va_end(ap);
	}
	if ((flags & (O_WRONLY | O_RDWR)) != 0 && beneath(path) && strike())
		return -1;
	return real(path, flags, mode);
}

int
open64(const char *path, int flags, ...)
{
	REAL(int, open64, const char *, int, ...);
	mode_t mode = 0;
	va_list ap;

	if (flags & (O_CREAT | O_TMPFILE)) {
		va_start(ap, flags);
		mode = va_arg(ap, mode_t);
		va_end(ap);
	}
	if ((flags & (O_WRONLY | O_RDWR)) != 0 && beneath(path) && strike())
		return -1;
	return real(path, flags, mode);
}

int
openat(int fd, const char *path, int flags, ...)
{
	REAL(int, openat, int, const char *, int, ...);
	mode_t mode = 0;
	va_list ap;

	if (flags & (O_CREAT | O_TMPFILE)) {
		va_start(ap, flags);
		mode = va_arg(ap, mode_t);
		va_end(ap);
	}
	if ((flags & (O_WRONLY | O_RDWR)) != 0 &&
	    (path[0] == '/' || fd == AT_FDCWD ? beneath(path) :
	    beneath_fd(fd)) && strike())
		return -1;
	return real(fd, path, flags, mode);
}
