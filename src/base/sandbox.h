/*
 * sandbox.h - give up what a process does not need.
 *
 * Landlock where the kernel has it, no_new_privs, non-dumpable, rlimits.
 * The
 * caller reports what is missing, once; nothing here is fatal unless the
 * caller says so.
 */
#ifndef BASE_SANDBOX_H
#define BASE_SANDBOX_H

#include <stdbool.h>
#include <stddef.h>

#include "base/error.h"

struct sandbox {
	const char *const *read_paths;	/* may be read beneath; NULL-ended or NULL */
	const char *const *write_paths;	/* may be read and written beneath */
	size_t	memory_bytes;		/* RLIMIT_AS; 0: unlimited */
	unsigned cpu_seconds;		/* RLIMIT_CPU; 0: unlimited */
	bool	no_new_files;		/* RLIMIT_FSIZE 0 */
	bool	no_descriptors;		/* RLIMIT_NOFILE down to those open, */
	unsigned max_descriptors;	/* or to this many when not 0 */
	bool	keep_network;		/* may still bind and connect over TCP */
};

/*
 * Enter the sandbox; there is no way back.  E_NOTFOUND when the kernel
 * lacks Landlock (all else was applied), E_FAIL on any other failure.
 */
int	sandbox_enter(const struct sandbox *s, struct error *e);
/* Landlock's ABI version, 0 when the kernel has none. */
int	sandbox_landlock_abi(void);
/* Drop to user (and its groups) when running as root; checked. */
int	sandbox_drop_user(const char *user, struct error *e);

#endif
