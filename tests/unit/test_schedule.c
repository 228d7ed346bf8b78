/*
 * When a feed is asked next: a table of single rules, then a month of
 * them with a clock of our own.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdio.h>
#include <string.h>

#include "fetch/schedule.h"

#define HOUR	INT64_C(3600)
#define DAY	(24 * HOUR)
#define WEEK	(7 * DAY)
#define NOW	INT64_C(1767225600)	/* Thu 2026-01-01T00:00:00Z */

static const struct config config = { .interval_min = 3600,
    .interval_max = 86400 };
static const struct source source = { .url = "https://a.example/feed" };

static struct fetch_result
result(enum fetch_outcome outcome, int status)
{
	return (struct fetch_result){ .outcome = outcome, .status = status,
	    .url = "https://a.example/feed", .etag = outcome == FETCH_OK ?
	    "\"e\"" : NULL };
}

static int64_t
next(struct store_feed *f, const struct fetch_result *r, int64_t rhythm)
{
	schedule_next(f, &source, &config, r, false, rhythm, 0, NOW);
	assert_non_null(f->why);
	assert_true(f->why[0] != '\0');
	return f->next_try - NOW;
}

static void
test_rhythm(void **state)
{
	static const struct {
		int64_t	rhythm, wait;
	} rows[] = {
		{ 0, 6 * HOUR },	/* unknown: as if daily */
		{ 60, HOUR },		/* the floor */
		{ 4 * HOUR, HOUR },
		{ DAY, 6 * HOUR },
		{ 2 * DAY, 12 * HOUR },
		{ WEEK, DAY },		/* the ceiling */
		{ 400 * DAY, DAY },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct fetch_result r = result(FETCH_OK, 200);
		struct store_feed f = { .url = source.url };

		assert_int_equal(next(&f, &r, rows[i].rhythm), rows[i].wait);
		assert_int_equal(f.last_try, NOW);
		assert_int_equal(f.last_ok, NOW);
	}
}

static void
test_silent(void **state)
{
	struct fetch_result r = result(FETCH_NOT_MODIFIED, 304);
	struct store_feed f = { .newest = NOW - 300 * DAY };

	(void)state;
	assert_int_equal(next(&f, &r, HOUR), DAY);
	f = (struct store_feed){ .newest = NOW - 2 * DAY };
	assert_int_equal(next(&f, &r, HOUR), 12 * HOUR);
}

static void
test_source_floor(void **state)
{
	const struct source mine = { .interval_min = 2 * 86400 };
	struct fetch_result r = result(FETCH_OK, 200);
	struct store_feed f = { .id = 1 };

	(void)state;
	schedule_next(&f, &mine, &config, &r, false, HOUR, 0, NOW);
	assert_int_equal(f.next_try, NOW + 2 * DAY);
}

static void
test_validators(void **state)
{
	struct fetch_result r = result(FETCH_OK, 200);
	struct store_feed f = { .id = 1 };

	(void)state;
	r.etag = NULL;
	assert_int_equal(next(&f, &r, HOUR), DAY);
	r.last_modified = "x";
	assert_int_equal(next(&f, &r, HOUR), HOUR);
	/* a 304 need not repeat them */
	r = result(FETCH_NOT_MODIFIED, 304);
	assert_int_equal(next(&f, &r, HOUR), HOUR);
	/* Gemini has none to send */
	r = result(FETCH_OK, 20);
	r.etag = NULL;
	r.url = "gemini://a.example/";
	assert_int_equal(next(&f, &r, HOUR), 3 * HOUR);
	assert_int_equal(next(&f, &r, DAY), 6 * HOUR);
	r.url = "gopher://a.example/";
	r.status = 0;
	assert_int_equal(next(&f, &r, HOUR), 3 * HOUR);
}

static void
test_freshness(void **state)
{
	struct fetch_result r = result(FETCH_OK, 200);
	struct store_feed f = { .id = 1 };

	(void)state;
	r.fresh_until = NOW + 600;	/* never faster than the floor */
	assert_int_equal(next(&f, &r, HOUR), HOUR);
	r.fresh_until = NOW + 10 * HOUR;
	assert_int_equal(next(&f, &r, HOUR), 10 * HOUR);
	assert_int_equal(f.min_until, NOW + 10 * HOUR);
	r.fresh_until = NOW + 365 * DAY;	/* a week at most */
	assert_int_equal(next(&f, &r, HOUR), WEEK);
	r.fresh_until = 0;
	assert_int_equal(next(&f, &r, HOUR), HOUR);
	assert_int_equal(f.min_until, 0);
}

static void
test_hints(void **state)
{
	struct fetch_result r = result(FETCH_OK, 200);
	struct store_feed f = { .ttl = 300 };

	(void)state;
	assert_int_equal(next(&f, &r, HOUR), HOUR);
	f.ttl = 5 * 3600;
	assert_int_equal(next(&f, &r, HOUR), 5 * HOUR);
	f.ttl = 2000000000;
	assert_int_equal(next(&f, &r, HOUR), WEEK);
	/* not at 1 and 2 o'clock: NOW + 1 h is pushed to 3 */
	f.ttl = 0;
	f.skip_hours = 1u << 1 | 1u << 2;
	assert_int_equal(next(&f, &r, HOUR), 3 * HOUR);
	/* not on Thursdays and Fridays: to Saturday midnight */
	f.skip_hours = 0;
	f.skip_days = 1u << 4 | 1u << 5;
	assert_int_equal(next(&f, &r, HOUR), 2 * DAY);
	/* never is no answer */
	f.skip_days = 0x7f;
	f.skip_hours = 0xffffff;
	assert_int_equal(next(&f, &r, HOUR), HOUR);
}

static void
test_backoff(void **state)
{
	static const int64_t waits[] = { 2, 4, 8, 16, 24, 24, 24 };
	static const struct {
		enum fetch_outcome	outcome;
		int			status;
	} kinds[] = {
		{ FETCH_ERROR, 500 }, { FETCH_UNREACHABLE, 0 },
		{ FETCH_REFUSED, 404 }, { FETCH_SLOW_DOWN, 429 },
		{ FETCH_CERTIFICATE, 0 }, { FETCH_FORBIDDEN, 0 },
	};

	(void)state;
	for (size_t k = 0; k < sizeof(kinds) / sizeof(kinds[0]); k++) {
		struct fetch_result r = result(kinds[k].outcome,
		    kinds[k].status), good = result(FETCH_OK, 200);
		struct store_feed f = { .last_ok = NOW - HOUR };

		for (size_t i = 0; i < sizeof(waits) / sizeof(waits[0]); i++)
			assert_int_equal(next(&f, &r, HOUR),
			    waits[i] * HOUR);
		assert_int_equal(f.last_ok, NOW - HOUR);
		assert_int_equal(next(&f, &good, HOUR), HOUR);
		assert_int_equal(f.failures, 0);
	}
}

static void
test_dead(void **state)
{
	struct fetch_result r = result(FETCH_REFUSED, 404);
	struct store_feed f = { .last_ok = NOW - 31 * DAY, .failures = 35 };

	(void)state;
	assert_int_equal(next(&f, &r, HOUR), WEEK);
	r = result(FETCH_UNREACHABLE, 0);
	assert_int_equal(next(&f, &r, HOUR), WEEK);
	/* a server that is broken heals: once a day */
	r = result(FETCH_ERROR, 500);
	assert_int_equal(next(&f, &r, HOUR), DAY);
}

static void
test_network_down(void **state)
{
	struct fetch_result r = result(FETCH_UNREACHABLE, 0);
	struct store_feed f = { .failures = 3 };

	(void)state;
	schedule_next(&f, &source, &config, &r, true, HOUR, 0, NOW);
	assert_int_equal(f.failures, 3);
	assert_int_equal(f.next_try, NOW + HOUR);
	/* an answer is no sign of a dead network */
	r = result(FETCH_REFUSED, 404);
	schedule_next(&f, &source, &config, &r, true, HOUR, 0, NOW);
	assert_int_equal(f.failures, 4);
}

static void
test_gone(void **state)
{
	struct fetch_result r = result(FETCH_GONE, 410);
	struct store_feed f = { .url = "https://a.example/feed" };

	(void)state;
	schedule_next(&f, &source, &config, &r, false, HOUR, 0, NOW);
	assert_true(f.gone);
	assert_false(schedule_due(&f, NOW + 10000 * DAY));
	/* gone from where it had moved to: the keeper's address comes first */
	f = (struct store_feed){ .url = "https://a.example/feed",
	    .fetch_url = "https://b.example/feed" };
	schedule_next(&f, &source, &config, &r, false, HOUR, 0, NOW);
	assert_false(f.gone);
	assert_string_equal(schedule_url(&f), "https://a.example/feed");
}

static void
test_retry_after(void **state)
{
	struct fetch_result r = result(FETCH_SLOW_DOWN, 429);
	struct store_feed f = { .id = 1 };

	(void)state;
	r.retry_after = NOW + 60;	/* sooner than we would come anyway */
	assert_int_equal(next(&f, &r, HOUR), 2 * HOUR);
	r.retry_after = NOW + 3 * DAY;
	assert_int_equal(next(&f, &r, HOUR), 3 * DAY);
	assert_int_equal(f.min_until, NOW + 3 * DAY);
	r.retry_after = INT64_C(253402300799);	/* 9999: a week */
	assert_int_equal(next(&f, &r, HOUR), WEEK);
	/* not asked, because of another feed's 429: no failure */
	f = (struct store_feed){ .last_try = NOW - DAY };
	r = result(FETCH_SLOW_DOWN, 0);
	r.retry_after = NOW + HOUR;
	assert_int_equal(next(&f, &r, HOUR), HOUR);
	assert_int_equal(f.failures, 0);
	assert_int_equal(f.last_try, NOW - DAY);
}

static void
test_jitter(void **state)
{
	struct fetch_result r = result(FETCH_OK, 200);
	struct store_feed f = { .id = 1 };

	(void)state;
	schedule_next(&f, &source, &config, &r, false, HOUR, 0.999, NOW);
	assert_true(f.next_try > NOW + HOUR);
	assert_true(f.next_try <= NOW + HOUR + 360);
}

static void
test_moved(void **state)
{
	struct fetch_result r = result(FETCH_OK, 200);
	struct store_feed f = { .url = "https://a.example/feed" };
	int64_t now = NOW;

	(void)state;
	r.permanent = "https://b.example/feed";
	for (int i = 0; i < 3; i++, now += DAY / 2) {
		schedule_next(&f, &source, &config, &r, false, HOUR, 0, now);
		assert_string_equal(schedule_url(&f), f.url);
	}
	/* often enough, and now for long enough */
	now = NOW + 2 * DAY;
	schedule_next(&f, &source, &config, &r, false, HOUR, 0, now);
	assert_string_equal(schedule_url(&f), "https://b.example/feed");
	/* asked there it redirects no more, and stays so */
	r.permanent = NULL;
	schedule_next(&f, &source, &config, &r, false, HOUR, 0, now);
	assert_string_equal(schedule_url(&f), "https://b.example/feed");
	assert_string_equal(f.moved_to, "https://b.example/feed");
	/* failing there for long leads back */
	r = result(FETCH_REFUSED, 404);
	for (int i = 0; i < 5; i++)
		schedule_next(&f, &source, &config, &r, false, HOUR, 0, now);
	assert_string_equal(schedule_url(&f), "https://a.example/feed");
}

static void
test_moved_wavers(void **state)
{
	struct fetch_result r = result(FETCH_OK, 200);
	struct store_feed f = { .url = "https://a.example/feed" };

	(void)state;
	for (int i = 0; i < 20; i++) {
		r.permanent = i % 2 ? "https://b.example/" :
		    "https://c.example/";
		schedule_next(&f, &source, &config, &r, false, HOUR, 0,
		    NOW + i * DAY);
	}
	assert_null(f.fetch_url);
	r.permanent = NULL;
	schedule_next(&f, &source, &config, &r, false, HOUR, 0, NOW);
	assert_null(f.moved_to);
}

static void
test_due(void **state)
{
	struct store_feed f = { .id = 1 };

	(void)state;
	assert_true(schedule_due(&f, NOW));	/* never asked */
	f.next_try = NOW + 1;
	f.last_try = NOW - HOUR;
	assert_false(schedule_due(&f, NOW));
	assert_true(schedule_due(&f, NOW + 1));
	f.min_until = NOW + 50;
	assert_false(schedule_due(&f, NOW + 1));
	/* left over from a clock that was years ahead */
	f = (struct store_feed){ .last_try = NOW + 400 * DAY,
	    .next_try = NOW + 401 * DAY };
	assert_true(schedule_due(&f, NOW));
}

/* --- a month --- */

/* A server with a mood per hour, and what it may hold against us. */
struct server {
	const char	*name;
	bool		 validators;
	int		 max_age;	/* 0 none */
	int		 every;		/* seconds between new entries */
	int		 trouble;	/* every so many requests, 0 never */
	int		 trouble_status;
	int		 retry_after;
	int64_t		 floor;		/* between requests, in fact */
	int		 tag_every;	/* requests between new ETags, 0 never */
	/* the log */
	int		 requests, bare, stale;
	int64_t		 last, fresh_until, quiet_until, worst;
	int64_t		 version_sent;
	char		 tag[16];	/* the ETag it sent last */
};

static struct fetch_result
answer(struct server *s, const struct store_feed *f, int64_t now)
{
	struct fetch_result r = { .url = s->name };
	int64_t version = s->every > 0 ? now / s->every : 0;
	bool conditional = f->etag != NULL;

	if (s->requests > 0 && now - s->last < s->worst)
		s->worst = now - s->last;
	assert_true(now >= s->fresh_until);
	assert_true(now >= s->quiet_until);
	s->last = now;
	s->requests++;
	if (!conditional)
		s->bare++;
	else if (strcmp(f->etag, s->tag) != 0)
		s->stale++;
	if (s->trouble > 0 && s->requests % s->trouble == 0) {
		r.status = s->trouble_status;
		r.outcome = r.status == 429 || r.status == 503 ?
		    FETCH_SLOW_DOWN : r.status == 410 ? FETCH_GONE :
		    r.status == 404 ? FETCH_REFUSED : FETCH_ERROR;
		if (s->retry_after > 0) {
			r.retry_after = now + s->retry_after;
			s->quiet_until = r.retry_after;
		}
		return r;
	}
	if (s->tag[0] == '\0' || (s->tag_every > 0 &&
	    s->requests % s->tag_every == 0))
		snprintf(s->tag, sizeof(s->tag), "\"%d\"", s->requests);
	r.etag = s->validators ? s->tag : NULL;
	r.outcome = conditional && version == s->version_sent ?
	    FETCH_NOT_MODIFIED : FETCH_OK;
	r.status = r.outcome == FETCH_OK ? 200 : 304;
	s->version_sent = version;
	if (s->max_age > 0) {
		s->fresh_until = now + s->max_age;
		r.fresh_until = s->fresh_until;
	}
	return r;
}

static void
month(struct server *s)
{
	struct store_feed f = { .url = s->name };
	char kept[16];
	int64_t start = NOW;

	s->worst = DAY * 99;
	/* cron every five minutes, for thirty days */
	for (int64_t now = start; now < start + 30 * DAY; now += 300) {
		struct fetch_result r;
		double jitter = (double)(now / 300 % 17) / 17;

		if (!schedule_due(&f, now))
			continue;
		r = answer(s, &f, now);
		if (r.etag != NULL) {
			snprintf(kept, sizeof(kept), "%s", r.etag);
			f.etag = kept;
		}
		if (r.outcome == FETCH_OK)
			f.newest = now;
		schedule_next(&f, &source, &config, &r, false, s->every,
		    jitter, now);
	}
}

static void
test_month(void **state)
{
	struct server servers[] = {
		{ .name = "https://busy.example/", .validators = true,
		    .every = 3600, .floor = HOUR },
		{ .name = "https://weekly.example/", .validators = true,
		    .every = 7 * 86400, .floor = HOUR },
		{ .name = "https://bare.example/", .every = 3600,
		    .floor = DAY },
		{ .name = "https://cached.example/", .validators = true,
		    .every = 3600, .max_age = 5 * 3600, .floor = 5 * HOUR },
		{ .name = "https://moody.example/", .validators = true,
		    .every = 3600, .trouble = 3, .trouble_status = 429,
		    .retry_after = 7 * 3600, .floor = HOUR },
		{ .name = "https://broken.example/", .validators = true,
		    .every = 3600, .trouble = 1, .trouble_status = 500,
		    .floor = HOUR },
		{ .name = "https://missing.example/", .trouble = 1,
		    .trouble_status = 404, .floor = HOUR },
		{ .name = "https://gone.example/", .validators = true,
		    .every = 3600, .trouble = 5, .trouble_status = 410,
		    .floor = HOUR },
		{ .name = "gemini://small.example/", .every = 3600,
		    .floor = 3 * HOUR },
		{ .name = "https://retagged.example/", .validators = true,
		    .every = 3600, .tag_every = 2, .floor = HOUR },
		{ .name = "https://later.example/", .validators = true,
		    .every = 3600, .trouble = 2, .trouble_status = 503,
		    .retry_after = 3 * 86400, .floor = HOUR },
		{ .name = "https://impatient.example/", .validators = true,
		    .every = 60, .max_age = 60, .floor = HOUR },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(servers) / sizeof(servers[0]); i++) {
		struct server *s = &servers[i];

		month(s);
		if (s->worst < s->floor)
			fail_msg("%s was asked after %lld s", s->name,
			    (long long)s->worst);
		/* only the first fetch ever is unconditional */
		if (s->validators && s->trouble != 1)
			assert_int_equal(s->bare, 1);
		/* and each sends what the last answer brought */
		assert_int_equal(s->stale, 0);
		/* no host is asked more than the floor allows in a month */
		assert_true(s->requests <= 30 * DAY / s->floor);
	}
	/* 30 days: hourly with jitter; once a day at most; 410 ends it */
	assert_in_range(servers[0].requests, 500, 720);
	assert_in_range(servers[1].requests, 25, 120);
	assert_in_range(servers[2].requests, 25, 30);
	assert_in_range(servers[5].requests, 25, 36);
	assert_in_range(servers[6].requests, 25, 36);
	assert_int_equal(servers[7].requests, 5);
	/* three days of quiet after every second answer */
	assert_in_range(servers[10].requests, 15, 22);
	/* a minute of max-age makes nobody faster */
	assert_in_range(servers[11].requests, 500, 720);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_rhythm),
		cmocka_unit_test(test_silent),
		cmocka_unit_test(test_source_floor),
		cmocka_unit_test(test_validators),
		cmocka_unit_test(test_freshness),
		cmocka_unit_test(test_hints),
		cmocka_unit_test(test_backoff),
		cmocka_unit_test(test_dead),
		cmocka_unit_test(test_network_down),
		cmocka_unit_test(test_gone),
		cmocka_unit_test(test_retry_after),
		cmocka_unit_test(test_jitter),
		cmocka_unit_test(test_moved),
		cmocka_unit_test(test_moved_wavers),
		cmocka_unit_test(test_due),
		cmocka_unit_test(test_month),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
