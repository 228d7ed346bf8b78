#include <sys/stat.h>

#include <errno.h>
#include <fcntl.h>
#include <libgen.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/file.h"
#include "base/xalloc.h"

int
file_read_fd(struct buf *out, int fd, struct error *e)
{
	size_t chunk = 64 * 1024;
	ssize_t n;
	struct stat st;

	if (fstat(fd, &st) == 0 && S_ISREG(st.st_mode) && st.st_size > 0 &&
	    (size_t)st.st_size < chunk)
		chunk = (size_t)st.st_size + 1;
	for (;;) {
		size_t max = out->max != 0 ? out->max : BUF_MAX_DEFAULT;
		size_t want = max - out->n < chunk ? max - out->n : chunk;
		char probe, *to;

		if (want == 0) {
			if ((n = read(fd, &probe, 1)) == 0)
				return 0;
			if (n == -1 && errno == EINTR)
				continue;
			out->over = true;
			return error_set(e, E_LIMIT,
			    "more than %zu bytes", max);
		}
		if ((to = buf_reserve(out, want)) == NULL)
			return error_set(e, E_LIMIT, "more than %zu bytes",
			    max);
		if ((n = read(fd, to, want)) == -1) {
			if (errno == EINTR)
				continue;
			return error_errno(e, "read");
		}
		buf_truncate(out, out->n + (size_t)n);
		if (n == 0)
			return 0;
	}
}

int
file_read(struct buf *out, const char *path, struct error *e)
{
	struct stat st;
	int fd, rc;

	if (strcmp(path, "-") == 0)
		return file_read_fd(out, STDIN_FILENO, e);
	if ((fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)) == -1)
		return error_errno(e, "%s", path);
	if (fstat(fd, &st) == -1) {
		rc = error_errno(e, "%s", path);
	} else if (S_ISDIR(st.st_mode)) {
		rc = error_set(e, E_FAIL, "%s: is a directory", path);
	} else if ((rc = file_read_fd(out, fd, e)) != 0) {
		error_wrap(e, "%s", path);
	}
	close(fd);
	return rc;
}

int
file_write_fd(int fd, struct span s, struct error *e)
{
	ssize_t n;

	while (s.n > 0) {
		if ((n = write(fd, s.p, s.n)) == -1) {
			if (errno == EINTR)
				continue;
			return error_errno(e, "write");
		}
		s = span_from(s, (size_t)n);
	}
	return 0;
}

static int
sync_parent(const char *path, struct error *e)
{
	char *copy = xstrdup(path);
	int fd, rc = 0;

	if ((fd = open(dirname(copy), O_RDONLY | O_DIRECTORY | O_CLOEXEC)) ==
	    -1 || fsync(fd) == -1)
		rc = error_errno(e, "%s: fsync of its directory", path);
	if (fd != -1)
		close(fd);
	free(copy);
	return rc;
}

int
file_replace(const char *path, struct span s, mode_t mode, bool sync,
    struct error *e)
{
	char *tmp = xasprintf("%s.tmp%ld", path, (long)getpid());
	int fd, rc = 0;

	unlink(tmp);
	fd = open(tmp, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, mode);
	if (fd == -1) {
		rc = error_errno(e, "%s", tmp);
		free(tmp);
		return rc;
	}
	if (fchmod(fd, mode) == -1)
		rc = error_errno(e, "%s", tmp);
	else if ((rc = file_write_fd(fd, s, e)) != 0)
		error_wrap(e, "%s", tmp);
	else if (sync && fsync(fd) == -1)
		rc = error_errno(e, "%s: fsync", tmp);
	if (close(fd) == -1 && rc == 0)
		rc = error_errno(e, "%s: close", tmp);
	if (rc == 0 && rename(tmp, path) == -1)
		rc = error_errno(e, "%s", path);
	if (rc != 0)
		unlink(tmp);
	else if (sync)
		rc = sync_parent(path, e);
	free(tmp);
	return rc;
}

int
file_mkdirs(const char *path, mode_t mode, struct error *e)
{
	char *p, *copy = xstrdup(path);
	struct stat st;
	int rc = 0;

	for (p = copy + 1; copy[0] != '\0'; p++) {
		char c = *p;

		if (c != '/' && c != '\0')
			continue;
		*p = '\0';
		if (mkdir(copy, mode) == -1 && errno != EEXIST) {
			rc = error_errno(e, "%s", copy);
			break;
		}
		*p = c;
		if (c == '\0')
			break;
	}
	if (rc == 0 && (stat(path, &st) == -1 || !S_ISDIR(st.st_mode)))
		rc = error_set(e, E_FAIL, "%s: not a directory", path);
	free(copy);
	return rc;
}

char *
file_join(const char *dir, const char *name)
{
	size_t n = strlen(dir);

	if (name[0] == '/' || n == 0 || strcmp(dir, ".") == 0)
		return xstrdup(name);
	return xasprintf("%s%s%s", dir, dir[n - 1] == '/' ? "" : "/", name);
}
