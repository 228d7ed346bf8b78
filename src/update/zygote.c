/*
 * The zygote holds nothing but its end of a socket pair.  Commands are
 * one struct each: spawn (with the child's descriptor in SCM_RIGHTS) and
 * reap.  Answers are one int32.
 */
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/wait.h>

#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/file.h"
#include "base/sandbox.h"
#include "update/job.h"
#include "update/zygote.h"

enum command { SPAWN, REAP };

struct message {
	int32_t	command;
	int32_t	pid;
};

/* Read exactly n bytes; false at the end or on an error. */
static bool
read_all(int fd, void *p, size_t n)
{
	char *to = p;

	while (n > 0) {
		ssize_t got = read(fd, to, n);

		if (got == -1 && errno == EINTR)
			continue;
		if (got <= 0)
			return false;
		to += got;
		n -= (size_t)got;
	}
	return true;
}

/* Give the coming job its own CPU allowance: the limit counts the whole
 * life of the process. */
static void
allow_cpu(void)
{
	struct rusage ru;
	struct rlimit rl;

	if (getrusage(RUSAGE_SELF, &ru) == -1)
		return;
	rl.rlim_cur = (rlim_t)(ru.ru_utime.tv_sec + ru.ru_stime.tv_sec) +
	    CHILD_CPU_SECONDS;
	rl.rlim_max = RLIM_INFINITY;
	(void)setrlimit(RLIMIT_CPU, &rl);
}

static int
confine(struct error *e)
{
	const struct sandbox box = {
		.memory_bytes = CHILD_MEMORY,
		.no_new_files = true, .no_descriptors = true,
	};

	return sandbox_enter(&box, e);
}

/* Let a process that ends at once try the sandbox. */
static int
probe(struct error *e)
{
	int status = 1;
	pid_t pid = fork();

	if (pid == -1)
		return error_errno(e, "fork");
	if (pid == 0)
		_exit(confine(NULL) == 0 ? 0 : 1);
	while (waitpid(pid, &status, 0) == -1 && errno == EINTR)
		continue;
	return status == 0 ? 0 : error_set(e, E_FAIL,
	    "feeds cannot be parsed in a sandbox here, and "
	    "`sandbox = require` is set; set it to auto to do without");
}

static void
child_main(int fd, bool require)
{
	struct buf in, out;
	struct job_header h;

	if (confine(NULL) != 0 && require)
		_exit(1);
	buf_init(&in, JOB_REQUEST_MAX);
	buf_init(&out, CHILD_REPLY_MAX);
	while (read_all(fd, &h, sizeof(h)) && h.length <= JOB_REQUEST_MAX) {
		struct job_header reply;
		char *to;

		buf_clear(&in);
		buf_clear(&out);
		if ((to = buf_reserve(&in, h.length)) == NULL ||
		    !read_all(fd, to, h.length))
			break;
		allow_cpu();
		reply.kind = (uint32_t)-job_run(&out, h.kind,
		    span_of(to, h.length));
		if (out.over)
			break;
		reply.length = (uint32_t)out.n;
		if (file_write_fd(fd, span_of((char *)&reply, sizeof(reply)),
		    NULL) != 0 || file_write_fd(fd, buf_span(&out), NULL) != 0)
			break;
	}
	_exit(0);
}

/* Receive a command and, with SPAWN, a descriptor (-1 else). */
static bool
receive(int fd, struct message *m, int *passed)
{
	union {
		struct cmsghdr	h;
		char		space[CMSG_SPACE(sizeof(int))];
	} control;
	struct iovec iov = { m, sizeof(*m) };
	struct msghdr msg = {
		.msg_iov = &iov, .msg_iovlen = 1,
		.msg_control = &control, .msg_controllen = sizeof(control),
	};
	struct cmsghdr *c;
	ssize_t n;

	*passed = -1;
	do
		n = recvmsg(fd, &msg, MSG_CMSG_CLOEXEC);
	while (n == -1 && errno == EINTR);
	if (n != (ssize_t)sizeof(*m))
		return false;
	if ((c = CMSG_FIRSTHDR(&msg)) != NULL &&
	    c->cmsg_type == SCM_RIGHTS &&
	    c->cmsg_len == CMSG_LEN(sizeof(int)))
		memcpy(passed, CMSG_DATA(c), sizeof(int));
	return true;
}

static void
zygote_main(int fd, bool require)
{
	struct message m;
	int passed;

	signal(SIGINT, SIG_IGN);	/* the parent decides when it ends */
	while (receive(fd, &m, &passed)) {
		int32_t answer = -1;

		if (m.command == SPAWN && passed != -1) {
			if ((answer = fork()) == 0) {
				close(fd);
				child_main(passed, require);
			}
		} else if (m.command == REAP && m.pid > 1) {
			int status = 0;

			(void)kill(m.pid, SIGKILL);
			if (waitpid(m.pid, &status, 0) == m.pid)
				answer = status;
		}
		if (passed != -1)
			close(passed);
		if (file_write_fd(fd, span_of((char *)&answer, sizeof(answer)),
		    NULL) != 0)
			break;
	}
	/* The children die with it; they share its process group. */
	if (getpgrp() == getpid())
		(void)kill(0, SIGKILL);
	_exit(0);
}

int
zygote_start(struct zygote *z, bool require, struct error *e)
{
	int sv[2], rc;

	if (require && (rc = probe(e)) != 0)
		return rc;
	if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, sv) == -1)
		return error_errno(e, "socketpair");
	if ((z->pid = fork()) == -1) {
		close(sv[0]);
		close(sv[1]);
		return error_errno(e, "fork");
	}
	if (z->pid == 0) {
		/* A group of its own, to end all children at once. */
		(void)setpgid(0, 0);
		if (sv[1] != 3)
			dup2(sv[1], 3);
		(void)close_range(4, ~0u, 0);
		zygote_main(3, require);
	}
	(void)setpgid(z->pid, z->pid);	/* whichever of us comes first */
	close(sv[1]);
	z->fd = sv[0];
	return 0;
}

void
zygote_stop(struct zygote *z)
{
	if (z->pid <= 0)
		return;
	close(z->fd);
	(void)kill(-z->pid, SIGKILL);
	(void)kill(z->pid, SIGKILL);
	while (waitpid(z->pid, NULL, 0) == -1 && errno == EINTR)
		continue;
	z->pid = 0;
}

static int32_t
ask(struct zygote *z, const struct message *m, int pass)
{
	union {
		struct cmsghdr	h;
		char		space[CMSG_SPACE(sizeof(int))];
	} control = { 0 };
	struct iovec iov = { (void *)(uintptr_t)m, sizeof(*m) };
	struct msghdr msg = { .msg_iov = &iov, .msg_iovlen = 1 };
	int32_t answer;

	if (pass != -1) {
		msg.msg_control = &control;
		msg.msg_controllen = sizeof(control);
		control.h.cmsg_level = SOL_SOCKET;
		control.h.cmsg_type = SCM_RIGHTS;
		control.h.cmsg_len = CMSG_LEN(sizeof(int));
		memcpy(CMSG_DATA(&control.h), &pass, sizeof(pass));
	}
	if (sendmsg(z->fd, &msg, MSG_NOSIGNAL) != (ssize_t)sizeof(*m) ||
	    !read_all(z->fd, &answer, sizeof(answer)))
		return -1;
	return answer;
}

int
zygote_spawn(struct zygote *z, pid_t *pid, int *fd, struct error *e)
{
	const struct message m = { SPAWN, 0 };
	int sv[2];

	if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, sv) == -1)
		return error_errno(e, "socketpair");
	*pid = ask(z, &m, sv[1]);
	close(sv[1]);
	if (*pid <= 0) {
		close(sv[0]);
		return error_set(e, E_FAIL,
		    "no child process for parsing could be made");
	}
	*fd = sv[0];
	return 0;
}

int
zygote_reap(struct zygote *z, pid_t pid)
{
	const struct message m = { REAP, (int32_t)pid };

	return ask(z, &m, -1);
}
