/*
 * stats.c - counters in shared memory, and their text form.
 */
#include <sys/mman.h>

#include <inttypes.h>

#include "base/file.h"
#include "serve/stats.h"

static const struct {
	const char *name, *help;
} names[STAT_COUNTERS] = {
	[STAT_CONNECTIONS] = { "connections_total", "Connections accepted." },
	[STAT_HANDSHAKES] = { "handshakes_total", "TLS handshakes finished." },
	[STAT_HANDSHAKES_FAILED] = { "handshakes_failed_total",
	    "TLS handshakes that failed." },
	[STAT_RESUMED] = { "handshakes_resumed_total",
	    "TLS sessions resumed." },
	[STAT_BYTES] = { "bytes_total", "Bytes of answers sent." },
	[STAT_LIMITED] = { "limited_total",
	    "Requests answered 44 because of their address." },
	[STAT_DROPPED] = { "dropped_total",
	    "Connections closed far beyond the limits." },
	[STAT_OVERLOAD] = { "overload_total", "Requests answered 41." },
	[STAT_EVICTED] = { "evicted_total",
	    "Slow connections closed to make room." },
	[STAT_TIMEOUTS] = { "timeouts_total", "Connections timed out." },
	[STAT_SEARCHES] = { "searches_total", "Searches asked for." },
	[STAT_SEARCHES_REFUSED] = { "searches_refused_total",
	    "Searches answered 44." },
	[STAT_LOG_LOST] = { "log_lines_lost_total",
	    "Access log lines that could not be written." },
};

struct stats_table *
stats_new(int64_t now)
{
	struct stats_table *t = mmap(NULL, sizeof(*t), PROT_READ | PROT_WRITE,
	    MAP_SHARED | MAP_ANONYMOUS, -1, 0);

	if (t == MAP_FAILED)
		return NULL;
	t->started = now;
	return t;
}

void
stats_free(struct stats_table *t)
{
	if (t != NULL)
		munmap(t, sizeof(*t));
}

void
stats_forget(struct stats_table *t, int worker)
{
	atomic_store(&t->worker[worker].open, 0);
	atomic_store(&t->worker[worker].searching, 0);
}

uint64_t
stats_searching(const struct stats_table *t)
{
	uint64_t n = 0;

	for (size_t i = 0; i < STATS_WORKERS; i++)
		n += atomic_load_explicit(&t->worker[i].searching,
		    memory_order_relaxed);
	return n;
}

static uint64_t
sum(const struct stats_table *t, size_t offset)
{
	uint64_t n = 0;

	for (size_t i = 0; i < STATS_WORKERS; i++) {
		const char *at = (const char *)&t->worker[i] + offset;

		n += atomic_load_explicit((const _Atomic uint64_t *)
		    (const void *)at, memory_order_relaxed);
	}
	return n;
}

static void
put(struct buf *out, const char *name, const char *type, const char *help,
    uint64_t n)
{
	buf_putf(out, "# HELP orrery_%s %s\n# TYPE orrery_%s %s\n"
	    "orrery_%s %" PRIu64 "\n", name, help, name, type, name, n);
}

static void
put_statuses(struct buf *out, const struct stats_table *t)
{
	buf_puts(out, "# HELP orrery_requests_total Requests answered.\n"
	    "# TYPE orrery_requests_total counter\n");
	for (size_t i = 0; i < 100; i++) {
		uint64_t n = sum(t, offsetof(struct stats, gemini) +
		    i * sizeof(uint64_t));

		if (n > 0)
			buf_putf(out, "orrery_requests_total{protocol="
			    "\"gemini\",status=\"%zu\"} %" PRIu64 "\n", i, n);
		n = sum(t, offsetof(struct stats, gopher) +
		    i * sizeof(uint64_t));
		if (n > 0)
			buf_putf(out, "orrery_requests_total{protocol="
			    "\"gopher\",status=\"%zu\"} %" PRIu64 "\n", i, n);
	}
}

int
stats_write(const struct stats_table *t, const char *path, int workers,
    int64_t cert_until, struct error *e)
{
	struct buf out = { 0 };
	int status;

	put_statuses(&out, t);
	for (size_t i = 0; i < STAT_COUNTERS; i++)
		put(&out, names[i].name, "counter", names[i].help,
		    sum(t, offsetof(struct stats, counter) +
		    i * sizeof(uint64_t)));
	put(&out, "connections_open", "gauge", "Connections open now.",
	    sum(t, offsetof(struct stats, open)));
	put(&out, "workers", "gauge", "Worker processes.", (uint64_t)workers);
	put(&out, "worker_restarts_total", "counter",
	    "Workers replaced after they died.", t->restarts);
	put(&out, "reloads_total", "counter",
	    "Configurations and certificates taken up.", t->reloads);
	put(&out, "start_time_seconds", "gauge", "When the server started.",
	    (uint64_t)t->started);
	if (cert_until > 0)
		put(&out, "certificate_not_after_seconds", "gauge",
		    "When the first certificate to expire does.",
		    (uint64_t)cert_until);
	status = file_replace(path, buf_span(&out), 0644, false, e);
	buf_free(&out);
	return status;
}
