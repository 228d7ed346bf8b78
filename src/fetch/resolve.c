#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/xalloc.h"
#include "fetch/resolve.h"

/* A name server that hangs may hold this many names up. */
#define THREADS_MAX	8

struct lookup {
	struct lookup	*next;
	char		*host;
	int		 port;
	void		*arg;
	bool		 cancelled;
	struct addrinfo	*list;
	int		 error;
};

struct resolver {
	pthread_mutex_t	 lock;
	pthread_cond_t	 more;
	struct lookup	*asked, **asked_end;
	struct lookup	*ready;
	int		 threads, idle;
	int		 refs;		/* threads, and the owner */
	bool		 closing;
	int		 fds[2];
};

static void
lookup_free(struct lookup *l)
{
	if (l->list != NULL)
		freeaddrinfo(l->list);
	free(l->host);
	free(l);
}

static void
list_free(struct lookup *l)
{
	struct lookup *next;

	for (; l != NULL; l = next) {
		next = l->next;
		lookup_free(l);
	}
}

/* Give one reference up; the lock is held and is let go. */
static void
unref(struct resolver *r)
{
	bool last = --r->refs == 0;

	pthread_mutex_unlock(&r->lock);
	if (!last)
		return;
	list_free(r->asked);
	list_free(r->ready);
	close(r->fds[0]);
	close(r->fds[1]);
	pthread_cond_destroy(&r->more);
	pthread_mutex_destroy(&r->lock);
	free(r);
}

static void
look_up(struct lookup *l)
{
	const struct addrinfo hints = {
		.ai_family = AF_UNSPEC, .ai_socktype = SOCK_STREAM,
		.ai_flags = AI_NUMERICSERV,
	};
	char port[16];

	snprintf(port, sizeof(port), "%d", l->port);
	l->error = getaddrinfo(l->host, port, &hints, &l->list);
}

static void *
work(void *arg)
{
	struct resolver *r = arg;
	struct lookup *l;

	pthread_mutex_lock(&r->lock);
	for (;;) {
		while (r->asked == NULL && !r->closing) {
			r->idle++;
			pthread_cond_wait(&r->more, &r->lock);
			r->idle--;
		}
		if (r->closing)
			break;
		l = r->asked;
		if ((r->asked = l->next) == NULL)
			r->asked_end = &r->asked;
		pthread_mutex_unlock(&r->lock);
		look_up(l);
		pthread_mutex_lock(&r->lock);
		l->next = r->ready;
		r->ready = l;
		/* The pipe is a bell: full means it rings already. */
		if (write(r->fds[1], "", 1) == -1)
			continue;
	}
	unref(r);
	return NULL;
}

struct resolver *
resolver_new(void)
{
	struct resolver *r = xcalloc(1, sizeof(*r));

	if (pipe2(r->fds, O_CLOEXEC | O_NONBLOCK) == -1) {
		free(r);
		return NULL;
	}
	pthread_mutex_init(&r->lock, NULL);
	pthread_cond_init(&r->more, NULL);
	r->asked_end = &r->asked;
	r->refs = 1;
	return r;
}

void
resolver_free(struct resolver *r)
{
	if (r == NULL)
		return;
	pthread_mutex_lock(&r->lock);
	r->closing = true;
	pthread_cond_broadcast(&r->more);
	unref(r);
}

int
resolver_fd(const struct resolver *r)
{
	return r->fds[0];
}

/* The lock is held. */
static bool
add_thread(struct resolver *r)
{
	pthread_attr_t attr;
	pthread_t thread;
	sigset_t all, old;
	int rc;

	pthread_attr_init(&attr);
	pthread_attr_setdetachstate(&attr, PTHREAD_CREATE_DETACHED);
	/* Signals belong to the main thread. */
	sigfillset(&all);
	pthread_sigmask(SIG_SETMASK, &all, &old);
	rc = pthread_create(&thread, &attr, work, r);
	pthread_sigmask(SIG_SETMASK, &old, NULL);
	pthread_attr_destroy(&attr);
	if (rc != 0)
		return false;
	r->threads++;
	r->refs++;
	return true;
}

struct lookup *
resolver_ask(struct resolver *r, const char *host, int port, void *arg)
{
	struct lookup *l = xcalloc(1, sizeof(*l));

	l->host = xstrdup(host);
	l->port = port;
	l->arg = arg;
	pthread_mutex_lock(&r->lock);
	if (r->idle == 0 && r->threads < THREADS_MAX && !add_thread(r) &&
	    r->threads == 0) {
		pthread_mutex_unlock(&r->lock);
		lookup_free(l);
		return NULL;
	}
	*r->asked_end = l;
	r->asked_end = &l->next;
	pthread_cond_signal(&r->more);
	pthread_mutex_unlock(&r->lock);
	return l;
}

void
resolver_cancel(struct resolver *r, struct lookup *l)
{
	pthread_mutex_lock(&r->lock);
	l->cancelled = true;
	pthread_mutex_unlock(&r->lock);
}

bool
resolver_take(struct resolver *r, void **arg, struct addrinfo **list,
    int *error)
{
	struct lookup *l;
	char bell[64];

	for (;;) {
		pthread_mutex_lock(&r->lock);
		if ((l = r->ready) != NULL)
			r->ready = l->next;
		else if (read(r->fds[0], bell, sizeof(bell)) == -1)
			l = NULL;
		pthread_mutex_unlock(&r->lock);
		if (l == NULL)
			return false;
		if (!l->cancelled)
			break;
		lookup_free(l);
	}
	*arg = l->arg;
	*list = l->list;
	*error = l->error;
	l->list = NULL;
	lookup_free(l);
	return true;
}
