/*
 * flush.c - linked into the coverage build only: processes that end by
 * _exit() or are killed write their counters first, and a sandboxed one may
 * write them at all.  The linker is told --wrap for each function here.
 */
#include <signal.h>
#include <time.h>
#include <unistd.h>

#include "base/sandbox.h"

extern void	__gcov_dump(void);

_Noreturn void	__real__exit(int);
_Noreturn void	__wrap__exit(int);
int		__real_kill(pid_t, int);
int		__wrap_kill(pid_t, int);
int		__real_sandbox_enter(const struct sandbox *, struct error *);
int		__wrap_sandbox_enter(const struct sandbox *, struct error *);

/*
 * Once; and where the signal came amid an earlier dump, which holds locks,
 * the alarm ends it.
 */
static void
dump(void)
{
	static volatile sig_atomic_t begun;

	if (begun)
		return;
	begun = 1;
	alarm(3);
	__gcov_dump();
	alarm(0);
}

static void
on_signal(int sig)
{
	(void)sig;
	dump();
}

static void __attribute__((constructor))
setup(void)
{
	signal(SIGRTMAX, on_signal);
}

_Noreturn void
__wrap__exit(int status)
{
	dump();
	__real__exit(status);
}

int
__wrap_kill(pid_t pid, int sig)
{
	if (sig == SIGKILL && __real_kill(pid, SIGRTMAX) == 0) {
		const struct timespec t = { 0, 50000000 };

		nanosleep(&t, NULL);
	}
	return __real_kill(pid, sig);
}

int
__wrap_sandbox_enter(const struct sandbox *s, struct error *e)
{
	struct sandbox loose = *s;
	const char *paths[16] = { COVERAGE_DIR, NULL };

	for (size_t i = 0; s->write_paths != NULL && s->write_paths[i] != NULL &&
	    i < 14; i++)
		paths[i + 1] = s->write_paths[i];
	loose.write_paths = paths;
	loose.no_new_files = false;
	loose.no_descriptors = false;
	loose.memory_bytes = 0;
	return __real_sandbox_enter(&loose, e);
}
