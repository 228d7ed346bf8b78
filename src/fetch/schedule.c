/*
 * schedule.c - the manners of rules about intervals, in one place.
 *
 * Every rule gives an interval or a moment; the latest wins, and its words
 * are kept so that `orrery status --why` can tell them.
 */
#include <string.h>

#include "fetch/schedule.h"

#define HOUR	INT64_C(3600)
#define DAY	(24 * HOUR)
#define WEEK	(7 * DAY)
#define MONTH	(30 * DAY)

/* A Gemini or Gopher answer cannot say "not modified". */
#define SMALL_WEB_MIN	(3 * HOUR)
/* Of a feed that nothing is known about yet. */
#define UNKNOWN_RHYTHM	DAY
/* Fetches per time between two entries. */
#define OVERSAMPLE	4
/* A permanent redirect counts when it was met so often, so long. */
#define MOVED_TIMES	3
#define MOVED_FOR	(2 * DAY)
/* Failures at a followed redirect before the configured address is tried. */
#define MOVED_FAILURES	5
/* Daily tries of a feed that never answered before it is asked weekly. */
#define NEVER_TIMES	35

struct plan {
	int64_t		 at;
	const char	*why;
};

static void
not_before(struct plan *p, int64_t at, const char *why)
{
	if (at > p->at) {
		p->at = at;
		p->why = why;
	}
}

static int64_t
clamp(int64_t v, int64_t lo, int64_t hi)
{
	return v < lo ? lo : v > hi ? hi : v;
}

static int64_t
floor_of(const struct source *src, const struct config *c)
{
	if (src != NULL && src->interval_min > 0)
		return src->interval_min;
	return c->interval_min > 0 ? c->interval_min : HOUR;
}

static int64_t
ceiling_of(const struct config *c, int64_t floor)
{
	int64_t ceiling = c->interval_max > 0 ? c->interval_max : DAY;

	return ceiling > floor ? ceiling : floor;
}

static bool
small_web(const char *url)
{
	return url != NULL && strncmp(url, "http", 4) != 0;
}

/* --- a good answer --- */

/* Hours and days in which the feed asks not to be asked (GMT). */
static int64_t
skip(const struct store_feed *f, int64_t at)
{
	int64_t t = at;

	for (int i = 0; i < 7 * 24; i++) {
		unsigned hour = (unsigned)(t / HOUR % 24);
		/* 1970-01-01 was a Thursday. */
		unsigned day = (unsigned)((t / DAY + 4) % 7);

		if (!(f->skip_hours >> hour & 1) && !(f->skip_days >> day & 1))
			return t;
		t = (t / HOUR + 1) * HOUR;
	}
	return at;	/* it skips always: no hint at all */
}

static void
plan_good(struct plan *p, const struct store_feed *f,
    const struct fetch_result *r, int64_t floor, int64_t ceiling,
    int64_t rhythm, int64_t now)
{
	int64_t own = rhythm > 0 ? rhythm : UNKNOWN_RHYTHM;
	int64_t silent = f->newest > 0 && f->newest < now ? now - f->newest :
	    0;
	bool small = small_web(r->url);

	/* A blog that fell silent is not asked as if it still wrote daily. */
	if (silent > own)
		own = silent;
	own = clamp(own / OVERSAMPLE, floor, ceiling);
	not_before(p, now + own, own == floor ? "the shortest interval "
	    "allowed (interval_min)" : own == ceiling ? "the longest interval "
	    "(interval_max), as the feed is quiet" : "the feed's own rhythm");
	if (small)
		not_before(p, now + SMALL_WEB_MIN, "Gemini and Gopher are "
		    "asked every three hours at most");
	else if (r->outcome == FETCH_OK && r->etag == NULL &&
	    r->last_modified == NULL)
		not_before(p, now + (ceiling < DAY ? ceiling : DAY), "the "
		    "server sends no validators, so each fetch costs it a "
		    "whole answer: once a day");
	if (f->ttl >= HOUR)
		not_before(p, now + clamp(f->ttl, 0, WEEK), "the feed's own "
		    "hint (ttl, sy:updatePeriod)");
	if (r->fresh_until > now)
		not_before(p, clamp(r->fresh_until, now, now + WEEK),
		    "the server says it is fresh until then (max-age or "
		    "Expires)");
	not_before(p, skip(f, p->at), "the feed's skipHours or skipDays");
}

/* --- permanent redirects --- */

static void
note_moved(struct store_feed *f, const struct fetch_result *r, int64_t now)
{
	if (r->permanent == NULL) {
		if (f->fetch_url == NULL) {
			f->moved_to = NULL;
			f->moved_count = 0;
			f->moved_since = 0;
		}
		return;
	}
	if (f->moved_to == NULL || strcmp(f->moved_to, r->permanent) != 0) {
		f->moved_to = r->permanent;
		f->moved_count = 0;
		f->moved_since = now;
	}
	f->moved_count++;
	if (f->moved_count >= MOVED_TIMES && now - f->moved_since >= MOVED_FOR)
		f->fetch_url = f->moved_to;
}

/* What was learned from a redirect proved wrong: back to the keeper's. */
static bool
forget_moved(struct store_feed *f)
{
	if (f->fetch_url == NULL)
		return false;
	f->fetch_url = NULL;
	f->moved_to = NULL;
	f->moved_count = 0;
	f->moved_since = 0;
	return true;
}

/* --- failures --- */

static bool
failing_for_a_month(const struct store_feed *f, int64_t now)
{
	if (f->last_ok > 0)
		return now - f->last_ok >= MONTH;
	return f->failures >= NEVER_TIMES;
}

/* floor, doubled with each failure in a row, to a day. */
static int64_t
backed_off(int failures, int64_t floor)
{
	int64_t wait = floor;
	int64_t most = floor > DAY ? floor : DAY;

	for (int i = 0; i < failures && wait < most; i++)
		wait *= 2;
	return wait < most ? wait : most;
}

static const char *
failure_words(enum fetch_outcome outcome)
{
	switch (outcome) {
	case FETCH_REFUSED:
		return "the server refuses it; asked less and less often, to "
		    "once a day";
	case FETCH_UNREACHABLE:
		return "it could not be reached; the wait doubles with each "
		    "failure, to a day";
	case FETCH_SLOW_DOWN:
		return "the server asks to slow down; the wait doubles, to a "
		    "day";
	case FETCH_FORBIDDEN:
		return "its address may not be asked; see the error";
	case FETCH_CERTIFICATE:
		return "its certificate is not accepted; see the error";
	default:
		return "the last tries failed; the wait doubles with each, to "
		    "a day";
	}
}

static void
plan_failure(struct plan *p, struct store_feed *f,
    const struct fetch_result *r, bool all_failed, int64_t floor, int64_t now)
{
	bool unasked = r->outcome == FETCH_SLOW_DOWN && r->status == 0;
	bool lost = r->outcome == FETCH_REFUSED ||
	    r->outcome == FETCH_UNREACHABLE;

	if (unasked) {
		/* Another feed's 429: no failure of this one. */
		not_before(p, r->retry_after, "its host asked for quiet");
		return;
	}
	if (all_failed && r->status == 0 &&
	    (r->outcome == FETCH_UNREACHABLE || r->outcome == FETCH_ERROR)) {
		not_before(p, now + floor, "everything failed at once, so "
		    "the network was down here");
		return;
	}
	f->failures++;
	if (lost && failing_for_a_month(f, now))
		not_before(p, now + WEEK, "it has failed for a month: asked "
		    "once a week");
	else
		not_before(p, now + backed_off(f->failures, floor),
		    failure_words(r->outcome));
	if (r->outcome != FETCH_SLOW_DOWN && f->failures >= MOVED_FAILURES)
		forget_moved(f);
}

static void
plan_gone(struct plan *p, struct store_feed *f, int64_t floor, int64_t now)
{
	if (forget_moved(f)) {
		not_before(p, now + floor, "it is gone from where it had "
		    "moved to; the configured address is asked again");
		return;
	}
	f->gone = true;
	not_before(p, now, "the server says it is gone for good: not asked "
	    "again");
}

void
schedule_next(struct store_feed *f, const struct source *src,
    const struct config *c, const struct fetch_result *r, bool all_failed,
    int64_t rhythm, double jitter, int64_t now)
{
	int64_t floor = floor_of(src, c), ceiling = ceiling_of(c, floor);
	bool unasked = r->outcome == FETCH_SLOW_DOWN && r->status == 0;
	struct plan p = { .at = now, .why = "" };

	f->status = r->status;
	if (!unasked)
		f->last_try = now;
	if (r->outcome == FETCH_OK || r->outcome == FETCH_NOT_MODIFIED) {
		f->failures = 0;
		f->last_ok = now;
		f->min_until = 0;
		note_moved(f, r, now);
		plan_good(&p, f, r, floor, ceiling, rhythm, now);
		if (r->fresh_until > now)
			f->min_until = clamp(r->fresh_until, now, now + WEEK);
	} else if (r->outcome == FETCH_GONE)
		plan_gone(&p, f, floor, now);
	else
		plan_failure(&p, f, r, all_failed, floor, now);
	if (r->retry_after > now) {
		int64_t at = clamp(r->retry_after, now, now + WEEK);

		not_before(&p, at, "the server said when to come back "
		    "(Retry-After)");
		if (at > f->min_until)
			f->min_until = at;
	}
	if (f->gone) {
		f->next_try = 0;
		f->why = p.why;
		return;
	}
	/* Later by up to a tenth, so that feeds drift apart. */
	f->next_try = p.at + (int64_t)(jitter * (double)(p.at - now) / 10);
	f->why = p.why;
}

bool
schedule_due(const struct store_feed *f, int64_t now)
{
	if (f->gone)
		return false;
	/* A clock that was wrong once must not silence a feed for years. */
	if (f->last_try > now + HOUR || f->next_try > now + WEEK + 2 * DAY)
		return true;
	return now >= f->next_try && (now >= f->min_until ||
	    f->min_until > now + WEEK + DAY);
}

const char *
schedule_url(const struct store_feed *f)
{
	return f->fetch_url != NULL && f->fetch_url[0] != '\0' ?
	    f->fetch_url : f->url;
}
