/*
 * sandbox.c - Landlock, rlimits and the drop of privileges.
 *
 * There is no system call filter: such filters break with every libc and
 * kernel, while the file system, the network and the rights of the user
 * are what a process that went wrong would reach for.
 */
#include <sys/types.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <pwd.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/sandbox.h"

/*
 * The kernel's interface, spelled out here because the headers at hand
 * may be older than the kernel: every right that is not handled would be
 * left open.
 */
#ifndef SYS_landlock_create_ruleset
#define SYS_landlock_create_ruleset	444
#define SYS_landlock_add_rule		445
#define SYS_landlock_restrict_self	446
#endif

#define RULESET_VERSION		1u	/* flag: tell the ABI */
#define RULE_PATH_BENEATH	1

#define FS_EXECUTE	(UINT64_C(1) << 0)
#define FS_READ_FILE	(UINT64_C(1) << 2)
#define FS_READ_DIR	(UINT64_C(1) << 3)
#define FS_ABI1		((UINT64_C(1) << 13) - 1)
#define FS_REFER	(UINT64_C(1) << 13)	/* ABI 2 */
#define FS_TRUNCATE	(UINT64_C(1) << 14)	/* ABI 3 */
#define FS_IOCTL_DEV	(UINT64_C(1) << 15)	/* ABI 5 */
#define NET_ALL		UINT64_C(3)		/* ABI 4: bind, connect */
#define SCOPE_ALL	UINT64_C(3)		/* ABI 6: sockets, signals */

/* Rights that make no sense on a file that is no directory. */
#define FS_DIR_ONLY	(FS_READ_DIR | (FS_ABI1 & ~(FS_EXECUTE | \
			    (UINT64_C(1) << 1) | FS_READ_FILE)) | FS_REFER)

struct ruleset_attr {
	uint64_t	fs, net, scoped;
};

struct path_beneath_attr {
	uint64_t	allowed;
	int32_t		parent_fd;
} __attribute__((packed));

int
sandbox_landlock_abi(void)
{
	long abi = syscall(SYS_landlock_create_ruleset, NULL, 0,
	    RULESET_VERSION);

	return abi > 0 ? (int)abi : 0;
}

/* The sanitizer reserves terabytes of address space for itself. */
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
#define SANITIZED	1
#elif defined(__has_feature)
#if __has_feature(address_sanitizer)
#define SANITIZED	1
#endif
#endif
#ifndef SANITIZED
#define SANITIZED	0
#endif

static uint64_t
fs_rights(int abi)
{
	uint64_t fs = FS_ABI1;

	if (abi >= 2)
		fs |= FS_REFER;
	if (abi >= 3)
		fs |= FS_TRUNCATE;
	if (abi >= 5)
		fs |= FS_IOCTL_DEV;
	return fs;
}

static int
allow(int ruleset, const char *path, uint64_t rights, struct error *e)
{
	struct path_beneath_attr rule = { .allowed = rights };
	DIR *dir;
	int fd, status = 0;

	if ((fd = open(path, O_PATH | O_CLOEXEC)) == -1) {
		/* What is not there needs no permission. */
		if (errno == ENOENT)
			return 0;
		return error_errno(e, "sandbox: cannot open %s", path);
	}
	rule.parent_fd = fd;
	if ((dir = opendir(path)) != NULL)
		closedir(dir);
	else if (errno == ENOTDIR)
		rule.allowed &= ~FS_DIR_ONLY;
	if (syscall(SYS_landlock_add_rule, ruleset, RULE_PATH_BENEATH, &rule,
	    0) == -1)
		status = error_errno(e, "sandbox: cannot allow %s", path);
	close(fd);
	return status;
}

static int
allow_all(int ruleset, const char *const *paths, uint64_t rights,
    struct error *e)
{
	int status = 0;

	for (size_t i = 0; paths != NULL && paths[i] != NULL && status == 0; i++)
		status = allow(ruleset, paths[i], rights, e);
	return status;
}

static int
restrict_files(const struct sandbox *s, struct error *e)
{
	struct ruleset_attr attr = { 0 };
	int abi = sandbox_landlock_abi(), ruleset, status;
	size_t size = abi >= 6 ? 24 : abi >= 4 ? 16 : 8;

	if (abi == 0)
		return error_set(e, E_NOTFOUND,
		    "sandbox: this kernel has no Landlock");
	attr.fs = fs_rights(abi);
	if (abi >= 4 && !s->keep_network)
		attr.net = NET_ALL;
	if (abi >= 6 && !s->keep_network)
		attr.scoped = SCOPE_ALL;
	ruleset = (int)syscall(SYS_landlock_create_ruleset, &attr, size, 0);
	if (ruleset == -1)
		return error_errno(e, "sandbox: cannot make a ruleset");
	if ((status = allow_all(ruleset, s->read_paths,
	    FS_READ_FILE | FS_READ_DIR, e)) == 0)
		status = allow_all(ruleset, s->write_paths,
		    attr.fs & ~(FS_EXECUTE | FS_IOCTL_DEV), e);
	if (status == 0 &&
	    syscall(SYS_landlock_restrict_self, ruleset, 0) == -1)
		status = error_errno(e, "sandbox: cannot enter Landlock");
	close(ruleset);
	return status;
}

static int
limit(int what, rlim_t n, struct error *e)
{
	struct rlimit now, want = { n, n };

	if (getrlimit(what, &now) == 0 && now.rlim_max != RLIM_INFINITY &&
	    now.rlim_max < n)
		want.rlim_cur = want.rlim_max = now.rlim_max;
	if (setrlimit(what, &want) == -1)
		return error_errno(e, "sandbox: cannot set a limit");
	return 0;
}

/* One above the highest descriptor that is open now. */
static rlim_t
descriptors_in_use(void)
{
	struct dirent *d;
	long top = 2;
	DIR *dir;

	if ((dir = opendir("/proc/self/fd")) == NULL)
		return 64;
	while ((d = readdir(dir)) != NULL) {
		long fd = strtol(d->d_name, NULL, 10);

		if (fd != dirfd(dir) && fd > top)
			top = fd;
	}
	closedir(dir);
	return (rlim_t)top + 1;
}

int
sandbox_enter(const struct sandbox *s, struct error *e)
{
	int status;

	if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == -1)
		return error_errno(e, "sandbox: cannot set no_new_privs");
	if (prctl(PR_SET_DUMPABLE, 0, 0, 0, 0) == -1)
		return error_errno(e, "sandbox: cannot forbid dumping");
	if (limit(RLIMIT_CORE, 0, e) != 0)
		return E_FAIL;
	if (s->memory_bytes != 0 && !SANITIZED && limit(RLIMIT_AS, s->memory_bytes, e) != 0)
		return E_FAIL;
	if (s->cpu_seconds != 0) {
		/* The soft limit signals first; the hard one is a second on. */
		struct rlimit cpu = { s->cpu_seconds, s->cpu_seconds + 1 };

		if (setrlimit(RLIMIT_CPU, &cpu) == -1)
			return error_errno(e, "sandbox: cannot limit CPU time");
	}
	if (s->no_new_files && limit(RLIMIT_FSIZE, 0, e) != 0)
		return E_FAIL;
	/* The ruleset needs descriptors: the limit on them comes last. */
	status = restrict_files(s, e);
	if ((status == 0 || status == E_NOTFOUND) && s->no_descriptors &&
	    limit(RLIMIT_NOFILE, s->max_descriptors != 0 ?
	    s->max_descriptors : descriptors_in_use(), e) != 0)
		return E_FAIL;
	return status;
}

int
sandbox_drop_user(const char *user, struct error *e)
{
	struct passwd *pw;
	uid_t uid;
	gid_t gid;

	if (geteuid() != 0 || user == NULL || user[0] == '\0')
		return 0;
	errno = 0;
	if ((pw = getpwnam(user)) == NULL)
		return error_set(e, E_NOTFOUND, "user \"%s\" does not exist; "
		    "set `user` to one that does", user);
	uid = pw->pw_uid;
	gid = pw->pw_gid;
	if (initgroups(user, gid) == -1 || setresgid(gid, gid, gid) == -1 ||
	    setresuid(uid, uid, uid) == -1)
		return error_errno(e, "cannot become user \"%s\"", user);
	if (uid != 0 && (setuid(0) == 0 || seteuid(0) == 0 ||
	    geteuid() != uid || getegid() != gid))
		return error_set(e, E_FAIL,
		    "user \"%s\" could become root again", user);
	return 0;
}
