/*
 * fault_shim.c - preloaded into orrery to break it on purpose.
 *
 * Counts the calls that change files beneath FAULT_DIR (write, pwrite,
 * fsync, fdatasync, rename, linkat, unlink, open for writing, mkdir, ftruncate) and, at the
 * FAULT_AT-th, either dies as kill -9 would (FAULT=kill) or fails from
 * there on with an errno (FAULT=ENOSPC, EIO, EMFILE, EROFS; FAULT_TIMES
 * calls, default all).  With FAULT=count nothing breaks and the number
 * of calls is written to FAULT_OUT at exit.
 *
 * FAULT=malloc and FAULT=fds count requests for memory and for descriptors
 * wherever they come from, in each process from what its parent had counted;
 * the FAULT_AT-th and the FAULT_TIMES - 1 (default 0) after it get none.
 * FAULT=count-malloc and FAULT=count-fds only count.
 */
#include <sys/epoll.h>
#include <sys/socket.h>
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
static enum { FILES, MEMORY, DESCRIPTORS } what;
static long		 at, times = LONG_MAX;
static _Atomic long	 count;
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
	if (kind != NULL && strstr(kind, "malloc") != NULL)
		what = MEMORY;
	if (kind != NULL && strstr(kind, "fds") != NULL)
		what = DESCRIPTORS;
	if (what != FILES)
		times = 1;
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
	    strncmp(kind, "count", 5) != 0 || (f = fopen(out, "w")) == NULL)
		return;
	fprintf(f, "%ld\n", (long)count);
	fclose(f);
}

static int
beneath(const char *path)
{
	char real[PATH_MAX];

	if (dir == NULL || kind == NULL || path == NULL || what != FILES)
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

	if (dir == NULL || kind == NULL || what != FILES)
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

/* One request for memory or a descriptor; non-zero when it gets none. */
static int
refuse(int which, int error)
{
	long n;

	if (kind == NULL || what != (unsigned)which)
		return 0;
	n = ++count;
	if (at == 0 || n < at || n >= at + times)
		return 0;
	errno = error;
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
linkat(int a, const char *from, int b, const char *to, int flags)
{
	REAL(int, linkat, int, const char *, int, const char *, int);
	return (to[0] == '/' || b == AT_FDCWD ? beneath(to) :
	    beneath_fd(b)) && strike() ? -1 : real(a, from, b, to, flags);
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
	if (((flags & (O_WRONLY | O_RDWR)) != 0 && beneath(path) &&
	    strike()) || refuse(DESCRIPTORS, EMFILE))
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
	if (((flags & (O_WRONLY | O_RDWR)) != 0 && beneath(path) &&
	    strike()) || refuse(DESCRIPTORS, EMFILE))
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
	if (refuse(DESCRIPTORS, EMFILE))
		return -1;
	return real(fd, path, flags, mode);
}

/* --- descriptors --- */

int
socket(int domain, int type, int protocol)
{
	REAL(int, socket, int, int, int);
	return refuse(DESCRIPTORS, EMFILE) ? -1 : real(domain, type, protocol);
}

int
socketpair(int domain, int type, int protocol, int fds[2])
{
	REAL(int, socketpair, int, int, int, int[2]);
	return refuse(DESCRIPTORS, EMFILE) ? -1 :
	    real(domain, type, protocol, fds);
}

int
accept4(int fd, __SOCKADDR_ARG sa, socklen_t *len, int flags)
{
	REAL(int, accept4, int, __SOCKADDR_ARG, socklen_t *, int);
	return refuse(DESCRIPTORS, EMFILE) ? -1 : real(fd, sa, len, flags);
}

int
pipe(int fds[2])
{
	REAL(int, pipe, int[2]);
	return refuse(DESCRIPTORS, EMFILE) ? -1 : real(fds);
}

int
pipe2(int fds[2], int flags)
{
	REAL(int, pipe2, int[2], int);
	return refuse(DESCRIPTORS, EMFILE) ? -1 : real(fds, flags);
}

int
epoll_create1(int flags)
{
	REAL(int, epoll_create1, int);
	return refuse(DESCRIPTORS, EMFILE) ? -1 : real(flags);
}

FILE *
fopen(const char *path, const char *mode)
{
	REAL(FILE *, fopen, const char *, const char *);
	return refuse(DESCRIPTORS, EMFILE) ? NULL : real(path, mode);
}

/* --- memory: dlsym() itself asks for some, so glibc's own names --- */

extern void	*__libc_malloc(size_t);
extern void	*__libc_calloc(size_t, size_t);
extern void	*__libc_realloc(void *, size_t);

void *
malloc(size_t n)
{
	return refuse(MEMORY, ENOMEM) ? NULL : __libc_malloc(n);
}

void *
calloc(size_t n, size_t size)
{
	return refuse(MEMORY, ENOMEM) ? NULL : __libc_calloc(n, size);
}

void *
realloc(void *p, size_t n)
{
	return refuse(MEMORY, ENOMEM) ? NULL : __libc_realloc(p, n);
}

void *
reallocarray(void *p, size_t n, size_t size)
{
	size_t all;

	if (__builtin_mul_overflow(n, size, &all)) {
		errno = ENOMEM;
		return NULL;
	}
	return realloc(p, all);
}
