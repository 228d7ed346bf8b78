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

/* A whole file under a name of its own, dated and ready to be renamed. */
static int
write_temp(const char *temp, struct span bytes, int64_t mtime,
    struct error *e)
{
	const struct timespec when[2] = { { .tv_sec = (time_t)mtime },
	    { .tv_sec = (time_t)mtime } };
	int fd, rc;

	fd = open(temp, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW,
	    0644);
	if (fd == -1)
		return error_errno(e, "%s", temp);
	if ((rc = file_write_fd(fd, bytes, e)) != 0)
		error_wrap(e, "%s", temp);
	else if (futimens(fd, when) == -1)
		rc = error_errno(e, "%s", temp);
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

int
writer_write(const char *temp, const char *path, struct span bytes,
    int64_t mtime, struct error *e)
{
	int rc;

	if ((rc = write_temp(temp, bytes, mtime, e)) != 0 ||
	    (rc = rename_into(temp, path, e)) != 0)
		(void)unlink(temp);
	return rc;
}

/* --- a queue of them --- */

struct job {
	char	*temp, *path;
	char	*bytes;
	size_t	 n;
	int64_t	 mtime;
};

struct writer {
	pthread_t	 thread;
	pthread_mutex_t	 lock;
	pthread_cond_t	 changed;
	struct job	 jobs[WRITER_FILES];	/* a ring */
	size_t		 first, n;
	size_t		 bytes;		/* of those that wait */
	bool		 ending;
	struct error	 failure;	/* status 0: none */
};

static void
job_free(struct job *j)
{
	free(j->temp);
	free(j->path);
	free(j->bytes);
}

/* The thread: the first one stays in the ring until it is done. */
static void *
work(void *arg)
{
	struct writer *w = arg;

	pthread_mutex_lock(&w->lock);
	for (;;) {
		struct error e = { 0 };
		struct job j;
		int rc = 0;

		while (w->n == 0 && !w->ending)
			pthread_cond_wait(&w->changed, &w->lock);
		if (w->n == 0 || w->ending)
			break;
		j = w->jobs[w->first];
		if (w->failure.status == 0) {
			pthread_mutex_unlock(&w->lock);
			rc = writer_write(j.temp, j.path, span_of(j.bytes,
			    j.n), j.mtime, &e);
			pthread_mutex_lock(&w->lock);
		}
		if (rc != 0 && w->failure.status == 0) {
			w->failure = e;
			w->failure.status = rc;
		}
		w->first = (w->first + 1) % WRITER_FILES;
		w->n--;
		w->bytes -= j.n;
		job_free(&j);
		pthread_cond_broadcast(&w->changed);
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
	pthread_cond_init(&w->changed, NULL);
	/* signals are the caller's */
	sigfillset(&all);
	pthread_sigmask(SIG_SETMASK, &all, &old);
	rc = pthread_create(&w->thread, NULL, work, w);
	pthread_sigmask(SIG_SETMASK, &old, NULL);
	if (rc == 0)
		return w;
	pthread_cond_destroy(&w->changed);
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

int
writer_put(struct writer *w, const char *temp, const char *path,
    struct span bytes, int64_t mtime, struct error *e)
{
	struct job j = { .temp = xstrdup(temp), .path = xstrdup(path),
	    .bytes = xmalloc(bytes.n), .n = bytes.n, .mtime = mtime };
	int rc;

	if (bytes.n > 0)
		memcpy(j.bytes, bytes.p, bytes.n);
	pthread_mutex_lock(&w->lock);
	while (w->n == WRITER_FILES || (w->n > 0 && w->bytes > WRITER_BYTES))
		pthread_cond_wait(&w->changed, &w->lock);
	if ((rc = told(w, e)) == 0) {
		w->jobs[(w->first + w->n) % WRITER_FILES] = j;
		w->n++;
		w->bytes += j.n;
		pthread_cond_broadcast(&w->changed);
	}
	pthread_mutex_unlock(&w->lock);
	if (rc != 0)
		job_free(&j);
	return rc;
}

int
writer_wait(struct writer *w, struct error *e)
{
	int rc;

	pthread_mutex_lock(&w->lock);
	while (w->n > 0)
		pthread_cond_wait(&w->changed, &w->lock);
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
	pthread_cond_broadcast(&w->changed);
	pthread_mutex_unlock(&w->lock);
	pthread_join(w->thread, NULL);
	for (size_t i = 0; i < w->n; i++)
		job_free(&w->jobs[(w->first + i) % WRITER_FILES]);
	pthread_cond_destroy(&w->changed);
	pthread_mutex_destroy(&w->lock);
	free(w);
}
