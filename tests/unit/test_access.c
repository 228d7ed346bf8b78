/*
 * The access log (rule 59, S21) and the limits per address (rule 57, S11).
 */
#include <arpa/inet.h>
#include <netinet/in.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "serve/access.h"
#include "serve/limit.h"

static void
check_line(enum access_format f, const struct access_entry *en,
    const char *want)
{
	struct buf out = { 0 };

	access_line(&out, f, en);
	assert_string_equal(buf_cstr(&out), want);
	buf_free(&out);
}

static void
test_formats(void **state)
{
	struct access_entry en = { .time = 1768366800, .status = 20,
	    .request = span_str("gemini://h/a?b"), .bytes = 12 };

	(void)state;
	check_line(ACCESS_PLAIN, &en,
	    "2026-01-14T05:00:00Z gemini 20 12 gemini://h/a?b\n");
	en.address = "192.0.2.7";
	check_line(ACCESS_COMMON, &en, "192.0.2.7 - - "
	    "[14/Jan/2026:05:00:00 +0000] \"GEMINI gemini://h/a?b\" 20 12\n");
	en.secret = true;
	check_line(ACCESS_JSON, &en, "{\"time\":\"2026-01-14T05:00:00Z\","
	    "\"protocol\":\"gemini\",\"status\":20,\"request\":\"gemini://h/a\","
	    "\"bytes\":12,\"address\":\"192.0.2.7\"}\n");
	en.gopher = true;
	en.address = NULL;
	en.request = span_str("/search\tprivate words");
	check_line(ACCESS_PLAIN, &en,
	    "2026-01-14T05:00:00Z gopher 20 12 /search\n");
}

static void
test_escapes(void **state)
{
	static const enum access_format all[] = { ACCESS_PLAIN, ACCESS_COMMON,
	    ACCESS_JSON };
	char evil[1024];
	struct access_entry en = { .time = 1768366800, .status = 59,
	    .request = span_of(evil, sizeof(evil)) };

	(void)state;
	for (size_t i = 0; i < sizeof(evil); i++)
		evil[i] = (char)(i * 7);
	for (size_t f = 0; f < 3; f++) {
		struct buf out = { 0 };

		access_line(&out, all[f], &en);
		assert_true(out.n <= ACCESS_LINE_MAX);
		for (size_t i = 0; i + 1 < out.n; i++)
			assert_true(out.p[i] >= ' ' && out.p[i] < 0x7f);
		assert_int_equal(out.p[out.n - 1], '\n');
		buf_free(&out);
	}
	en.request = span_str("a\x1b\"\\");
	check_line(ACCESS_PLAIN, &en,
	    "2026-01-14T05:00:00Z gemini 59 0 a\\x1b\\x22\\x5c\n");
}

static struct limit_key
key_of(const char *ip)
{
	struct sockaddr_in in = { .sin_family = AF_INET };
	struct sockaddr_in6 in6 = { .sin6_family = AF_INET6 };
	struct limit_key k;

	if (inet_pton(AF_INET, ip, &in.sin_addr) == 1)
		assert_true(limit_key(&k, (struct sockaddr *)&in));
	else {
		assert_int_equal(inet_pton(AF_INET6, ip, &in6.sin6_addr), 1);
		assert_true(limit_key(&k, (struct sockaddr *)&in6));
	}
	return k;
}

static void
test_keys(void **state)
{
	struct limit_key a = key_of("2001:db8::1"),
	    b = key_of("2001:db8::ffff:1"), c = key_of("2001:db8:0:1::1"),
	    d = key_of("192.0.2.1"), e = key_of("::ffff:192.0.2.1"),
	    f = key_of("192.0.2.2");
	struct sockaddr local = { .sa_family = AF_UNIX };

	(void)state;
	assert_memory_equal(&a, &b, sizeof(a));		/* one /64 */
	assert_memory_not_equal(&a, &c, sizeof(a));
	assert_memory_equal(&d, &e, sizeof(a));		/* the same host */
	assert_memory_not_equal(&d, &f, sizeof(a));
	assert_false(limit_key(&a, &local));
}

static void
test_open(void **state)
{
	struct limits *l = limits_new(2, 0);
	struct limit_key a = key_of("192.0.2.1"), b = key_of("192.0.2.2");

	(void)state;
	assert_int_equal(limit_enter(l, 0, &a, 0), LIMIT_OK);
	assert_int_equal(limit_enter(l, 1, &a, 0), LIMIT_OK);
	assert_int_equal(limit_enter(l, 0, &a, 0), LIMIT_SLOW);
	assert_int_equal(limit_enter(l, 0, &a, 0), LIMIT_SLOW);
	assert_int_equal(limit_enter(l, 0, &a, 0), LIMIT_DROP);
	assert_int_equal(limit_enter(l, 0, &b, 0), LIMIT_OK);
	limit_leave(l, 0, &a);
	limit_leave(l, 0, &a);
	limit_leave(l, 0, &a);
	assert_int_equal(limit_enter(l, 0, &a, 0), LIMIT_OK);
	/* A worker that died has nothing open any more. */
	limits_forget(l, 0);
	limits_forget(l, 1);
	assert_int_equal(limit_enter(l, 2, &a, 0), LIMIT_OK);
	assert_int_equal(limit_enter(l, 2, &a, 0), LIMIT_OK);
	limits_free(l);
}

static enum limit_result
once(struct limits *l, const struct limit_key *k, int64_t ms)
{
	enum limit_result r = limit_enter(l, 0, k, ms);

	if (r != LIMIT_DROP)
		limit_leave(l, 0, k);
	return r;
}

static void
test_rate(void **state)
{
	struct limits *l = limits_new(0, 10);
	struct limit_key a = key_of("192.0.2.1");
	int64_t t = 1000000;

	(void)state;
	/* A browser that opens ten feeds, five times over, is welcome. */
	for (int i = 0; i < 50; i++)
		assert_int_equal(once(l, &a, t), LIMIT_OK);
	assert_int_equal(once(l, &a, t), LIMIT_SLOW);
	/* Who goes on gets deeper in, and in the end no answer. */
	for (int i = 0; i < 50; i++)
		once(l, &a, t);
	assert_int_equal(once(l, &a, t), LIMIT_DROP);
	/* Who waits is welcome again. */
	assert_int_equal(once(l, &a, t + 5000), LIMIT_SLOW);
	assert_int_equal(once(l, &a, t + 6000), LIMIT_OK);
	/* A crawler of one page a second passes for ever. */
	for (int i = 0; i < 1000; i++)
		assert_int_equal(once(l, &a, t + 20000 + i * 1000), LIMIT_OK);
	limits_free(l);
}

/* More addresses than slots: the oldest idle ones give way. */
static void
test_many(void **state)
{
	struct limits *l = limits_new(2, 10);

	(void)state;
	for (unsigned i = 0; i < 100000; i++) {
		struct sockaddr_in in = { .sin_family = AF_INET,
		    .sin_addr.s_addr = htonl(0x0a000000 + i) };
		struct limit_key k;

		limit_key(&k, (struct sockaddr *)&in);
		assert_int_equal(once(l, &k, 1000 + i), LIMIT_OK);
	}
	limits_free(l);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_formats),
		cmocka_unit_test(test_escapes),
		cmocka_unit_test(test_keys),
		cmocka_unit_test(test_open),
		cmocka_unit_test(test_rate),
		cmocka_unit_test(test_many),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
