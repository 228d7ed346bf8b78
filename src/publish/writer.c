#include <sys/stat.h>

#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/file.h"
#include "base/xalloc.h"
#include "publish/writer.h"

/* --- one file --- */

/* Make the directories above path, unless they are there. */
static int
make_parents(const char *path, struct error *e)
{
	char *dir = xstrdup(path), *slash = strrchr(dir, '/');
	int rc = 0;

	if (slash != NULL) {
		*slash = '\0';
		rc = file_mkdirs(dir, 0755, e);
	}
	free(dir);
	return rc;
}

/* Its bytes and its times. */
static int
fill(int fd, struct span bytes, int64_t mtime, struct error *e)
{
	const struct timespec when[2] = { { .tv_sec = (time_t)mtime },
	    { .tv_sec = (time_t)mtime } };
	int rc = file_write_fd(fd, bytes, e);

	if (rc == 0 && futimens(fd, when) == -1)
		rc = error_errno(e, "times");
	return rc;
}

/* A whole file under a name of its own, ready to be renamed. */
static int
write_temp(const char *temp, struct span bytes, int64_t mtime,
    struct error *e)
{
	int fd, rc;

	fd = open(temp, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW,
	    0644);
	if (fd == -1)
		return error_errno(e, "%s", temp);
	if ((rc = fill(fd, bytes, mtime, e)) != 0)
		error_wrap(e, "%s", temp);
	if (close(fd) == -1 && rc == 0)
		rc = error_errno(e, "%s", temp);
	return rc;
}

static int
rename_into(const char *temp, const char *path, struct error *e)
{
	int rc;

	if (rename(temp, path) == 0)
		return 0;
	if (errno != ENOENT)
		return error_errno(e, "%s", path);
	if ((rc = make_parents(path, e)) != 0)
		return rc;
	return rename(temp, path) == 0 ? 0 : error_errno(e, "%s", path);
}

/*
 * A file that has no name until it is whole: no other name is made and taken
 * away for it.  Not where path exists, nor on every file system.
 */
static int
write_new(const char *path, struct span bytes, int64_t mtime)
{
	static _Atomic bool refused;
	char *dir, *slash, self[40];
	struct error e;
	int fd, rc;

	if (refused || (slash = strrchr(path, '/')) == NULL)
		return -1;
	dir = xstrndup(path, (size_t)(slash - path));
	fd = open(dir, O_WRONLY | O_TMPFILE | O_CLOEXEC, 0644);
	if (fd == -1 && errno == ENOENT && file_mkdirs(dir, 0755, &e) == 0)
		fd = open(dir, O_WRONLY | O_TMPFILE | O_CLOEXEC, 0644);
	refused = fd == -1 && (errno == EOPNOTSUPP || errno == EISDIR ||
	    errno == EINVAL);
	free(dir);
	if (fd == -1)
		return -1;
	snprintf(self, sizeof(self), "/proc/self/fd/%d", fd);
	rc = fill(fd, bytes, mtime, &e) == 0 && linkat(AT_FDCWD, self,
	    AT_FDCWD, path, AT_SYMLINK_FOLLOW) == 0 ? 0 : -1;
	if (rc != 0 && access("/proc/self/fd", X_OK) == -1)
		refused = true;
	close(fd);
	return rc;
}

int
writer_write(const struct writer_file *f, struct error *e)
{
	int rc;

	/* whatever was in the way, the other way says */
	if (f->fresh && write_new(f->path, f->bytes, f->mtime) == 0)
		return 0;
	if ((rc = write_temp(f->temp, f->bytes, f->mtime, e)) != 0 ||
	    (rc = rename_into(f->temp, f->path, e)) != 0)
		(void)unlink(f->temp);
	return rc;
}

/* --- a queue of them --- */

/* In one piece: the thread frees what another one took. */
struct job {
	struct writer_file	 f;
	char			 mem[];
};

struct writer {
	pthread_t	 thread;
	pthread_mutex_t	 lock;
	pthread_cond_t	 more, less;	/* for the thread, for the others */
	struct job	*ring[WRITER_FILES];
	size_t		 first, n;
	size_t		 bytes;		/* of those that wait */
	bool		 idle;		/* the thread waits for more */
	bool		 waited;	/* somebody waits for less */
	bool		 ending;
	struct error	 failure;	/* status 0: none */
};

static struct job *
job_new(const struct writer_file *f)
{
	size_t ntemp = strlen(f->temp) + 1, npath = strlen(f->path) + 1;
	struct job *j = xmalloc(sizeof(*j) + ntemp + npath + f->bytes.n);
	char *p = j->mem;

	j->f = *f;
	j->f.temp = memcpy(p, f->temp, ntemp);
	j->f.path = memcpy(p += ntemp, f->path, npath);
	p += npath;
	if (f->bytes.n > 0)
		memcpy(p, f->bytes.p, f->bytes.n);
	j->f.bytes.p = p;
	return j;
}

/*
 * The thread: the first one stays in the ring until it is done.  It sleeps
 * until some are there, and so do those who wait for room: a wake for each
 * would cost as much as the file.
 */
static void *
work(void *arg)
{
	struct writer *w = arg;

	pthread_mutex_lock(&w->lock);
	for (;;) {
		struct error e = { 0 };
		struct job *j;
		int rc = 0;

		while (w->n == 0 && !w->ending) {
			w->idle = true;
			pthread_cond_wait(&w->more, &w->lock);
		}
		w->idle = false;
		if (w->ending)
			break;
		j = w->ring[w->first];
		if (w->failure.status == 0) {
			pthread_mutex_unlock(&w->lock);
			rc = writer_write(&j->f, &e);
			pthread_mutex_lock(&w->lock);
		}
		if (rc != 0 && w->failure.status == 0) {
			w->failure = e;
			w->failure.status = rc;
		}
		w->first = (w->first + 1) % WRITER_FILES;
		w->n--;
		w->bytes -= j->f.bytes.n;
		if (w->waited && (w->n == 0 || (w->n < WRITER_FILES / 2 &&
		    w->bytes < WRITER_BYTES / 2))) {
			w->waited = false;
			pthread_cond_broadcast(&w->less);
		}
		free(j);
	}
	pthread_mutex_unlock(&w->lock);
	return NULL;
}

struct writer *
writer_new(void)
{
	struct writer *w = xcalloc(1, sizeof(*w));
	sigset_t all, old;
	int rc;

	pthread_mutex_init(&w->lock, NULL);
	pthread_cond_init(&w->more, NULL);
	pthread_cond_init(&w->less, NULL);
	/* signals are the caller's */
	sigfillset(&all);
	pthread_sigmask(SIG_SETMASK, &all, &old);
	rc = pthread_create(&w->thread, NULL, work, w);
	pthread_sigmask(SIG_SETMASK, &old, NULL);
	if (rc == 0)
		return w;
	pthread_cond_destroy(&w->more);
	pthread_cond_destroy(&w->less);
	pthread_mutex_destroy(&w->lock);
	free(w);
	return NULL;
}

/* With the lock held. */
static int
told(const struct writer *w, struct error *e)
{
	if (w->failure.status != 0 && e != NULL)
		*e = w->failure;
	return w->failure.status;
}

/* With the lock held: until there is less. */
static void
wait_for_less(struct writer *w)
{
	w->waited = true;
	if (w->idle)
		pthread_cond_signal(&w->more);
	pthread_cond_wait(&w->less, &w->lock);
}

int
writer_put(struct writer *w, const struct writer_file *f, struct error *e)
{
	struct job *j = job_new(f);
	int rc;

	pthread_mutex_lock(&w->lock);
	while (w->n == WRITER_FILES || (w->n > 0 && w->bytes > WRITER_BYTES))
		wait_for_less(w);
	if ((rc = told(w, e)) == 0) {
		w->ring[(w->first + w->n) % WRITER_FILES] = j;
		w->n++;
		w->bytes += j->f.bytes.n;
		if (w->idle && w->n >= WRITER_SOME)
			pthread_cond_signal(&w->more);
	}
	pthread_mutex_unlock(&w->lock);
	if (rc != 0)
		free(j);
	return rc;
}

int
writer_wait(struct writer *w, struct error *e)
{
	int rc;

	pthread_mutex_lock(&w->lock);
	while (w->n > 0)
		wait_for_less(w);
	rc = told(w, e);
	pthread_mutex_unlock(&w->lock);
	return rc;
}

void
writer_free(struct writer *w)
{
	if (w == NULL)
		return;
	pthread_mutex_lock(&w->lock);
	w->ending = true;
	pthread_cond_signal(&w->more);
	pthread_mutex_unlock(&w->lock);
	pthread_join(w->thread, NULL);
	for (size_t i = 0; i < w->n; i++)
		free(w->ring[(w->first + i) % WRITER_FILES]);
	pthread_cond_destroy(&w->more);
	pthread_cond_destroy(&w->less);
	pthread_mutex_destroy(&w->lock);
	free(w);
}
