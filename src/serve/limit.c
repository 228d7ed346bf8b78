/*
 * limit.c - a table of addresses in shared memory.
 *
 * The table is cut into stripes with a lock each.  The locks are robust: a
 * worker that dies while it holds one does not stop the others.
 */
#include <sys/mman.h>

#include <errno.h>
#include <netinet/in.h>
#include <pthread.h>
#include <string.h>

#include "serve/limit.h"

#define STRIPES		64
#define STRIPE_SLOTS	96
/* Seconds of the steady rate that may be used at once. */
#define BURST_SECONDS	5
#define BURST_MIN	40

struct slot {
	struct limit_key key;
	bool		 used;
	int64_t		 last_ms;
	double		 tokens;
	unsigned	 total;		/* of open[] */
	uint16_t	 open[LIMIT_WORKERS];
};

struct stripe {
	pthread_mutex_t	 lock;
	struct slot	 slots[STRIPE_SLOTS];
};

struct limits {
	int		 max_open, rate;
	struct stripe	 stripes[STRIPES];
};

struct limits *
limits_new(int max_open, int rate)
{
	pthread_mutexattr_t attr;
	struct limits *l = mmap(NULL, sizeof(*l), PROT_READ | PROT_WRITE,
	    MAP_SHARED | MAP_ANONYMOUS, -1, 0);

	if (l == MAP_FAILED)
		return NULL;
	limits_set(l, max_open, rate);
	pthread_mutexattr_init(&attr);
	pthread_mutexattr_setpshared(&attr, PTHREAD_PROCESS_SHARED);
	pthread_mutexattr_setrobust(&attr, PTHREAD_MUTEX_ROBUST);
	for (size_t i = 0; i < STRIPES; i++)
		pthread_mutex_init(&l->stripes[i].lock, &attr);
	pthread_mutexattr_destroy(&attr);
	return l;
}

void
limits_free(struct limits *l)
{
	if (l != NULL)
		munmap(l, sizeof(*l));
}

void
limits_set(struct limits *l, int max_open, int rate)
{
	l->max_open = max_open;
	l->rate = rate;
}

static double
burst(const struct limits *l)
{
	double b = (double)l->rate * BURST_SECONDS;

	return b < BURST_MIN ? BURST_MIN : b;
}

static void
lock(struct stripe *s)
{
	/* The counts are plain numbers: nothing can be half done. */
	if (pthread_mutex_lock(&s->lock) == EOWNERDEAD)
		pthread_mutex_consistent(&s->lock);
}

bool
limit_key(struct limit_key *k, const struct sockaddr *sa)
{
	memset(k, 0, sizeof(*k));
	if (sa->sa_family == AF_INET) {
		k->net[10] = k->net[11] = 0xff;
		memcpy(k->net + 12,
		    &((const struct sockaddr_in *)sa)->sin_addr, 4);
		return true;
	}
	if (sa->sa_family == AF_INET6) {
		const struct in6_addr *a =
		    &((const struct sockaddr_in6 *)sa)->sin6_addr;

		memcpy(k->net, a, IN6_IS_ADDR_V4MAPPED(a) ? 16 : 8);
		return true;
	}
	return false;
}

static struct stripe *
stripe_of(struct limits *l, const struct limit_key *k)
{
	uint32_t h = 2166136261u;

	for (size_t i = 0; i < sizeof(k->net); i++)
		h = (h ^ k->net[i]) * 16777619u;
	return &l->stripes[(h ^ h >> 16) % STRIPES];
}

/*
 * The slot of k: its own, else a free one, else the one that nobody used
 * for longest.  NULL when every slot has something open.
 */
static struct slot *
find(struct stripe *s, const struct limit_key *k, bool make)
{
	struct slot *best = NULL;

	for (size_t i = 0; i < STRIPE_SLOTS; i++) {
		struct slot *t = &s->slots[i];

		if (t->used && memcmp(&t->key, k, sizeof(*k)) == 0)
			return t;
		if (t->used && t->total > 0)
			continue;
		if (best == NULL || (best->used && (!t->used ||
		    t->last_ms < best->last_ms)))
			best = t;
	}
	if (!make || best == NULL)
		return NULL;
	memset(best, 0, sizeof(*best));
	best->key = *k;
	best->used = true;
	best->last_ms = INT64_MIN;
	return best;
}

static void
refill(const struct limits *l, struct slot *t, int64_t now_ms)
{
	double most = burst(l);

	if (t->last_ms == INT64_MIN)
		t->tokens = most;
	else if (now_ms > t->last_ms)
		t->tokens += (double)(now_ms - t->last_ms) * l->rate / 1000.0;
	if (t->tokens > most)
		t->tokens = most;
	t->last_ms = now_ms;
}

static enum limit_result
judge(const struct limits *l, struct slot *t)
{
	enum limit_result result = LIMIT_OK;

	if (l->max_open > 0 && t->total >= (unsigned)l->max_open) {
		if (t->total >= 2 * (unsigned)l->max_open)
			return LIMIT_DROP;
		result = LIMIT_SLOW;
	}
	if (l->rate > 0) {
		/*
		 * Refused requests cost tokens, too: who does not slow down
		 * waits longer.  The debt has an end, so that who does is
		 * welcome again within seconds.
		 */
		if (t->tokens < -burst(l))
			return LIMIT_DROP;
		t->tokens -= 1.0;
		if (t->tokens < 0)
			result = LIMIT_SLOW;
	}
	return result;
}

enum limit_result
limit_enter(struct limits *l, int worker, const struct limit_key *k,
    int64_t now_ms)
{
	struct stripe *s = stripe_of(l, k);
	enum limit_result result = LIMIT_SLOW;
	struct slot *t;

	lock(s);
	if ((t = find(s, k, true)) != NULL) {
		refill(l, t, now_ms);
		result = judge(l, t);
		if (result != LIMIT_DROP) {
			t->total++;
			t->open[worker % LIMIT_WORKERS]++;
		}
	} else
		result = LIMIT_DROP;
	pthread_mutex_unlock(&s->lock);
	return result;
}

void
limit_leave(struct limits *l, int worker, const struct limit_key *k)
{
	struct stripe *s = stripe_of(l, k);
	struct slot *t;

	lock(s);
	t = find(s, k, false);
	if (t != NULL && t->total > 0 && t->open[worker % LIMIT_WORKERS] > 0) {
		t->total--;
		t->open[worker % LIMIT_WORKERS]--;
	}
	pthread_mutex_unlock(&s->lock);
}

void
limits_forget(struct limits *l, int worker)
{
	for (size_t i = 0; i < STRIPES; i++) {
		struct stripe *s = &l->stripes[i];

		lock(s);
		for (size_t j = 0; j < STRIPE_SLOTS; j++) {
			struct slot *t = &s->slots[j];

			t->total -= t->open[worker % LIMIT_WORKERS];
			t->open[worker % LIMIT_WORKERS] = 0;
		}
		pthread_mutex_unlock(&s->lock);
	}
}
