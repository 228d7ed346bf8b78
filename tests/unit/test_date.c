/* Dates as they stand in feeds, and as they are written. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "base/date.h"

struct sample {
	const char	*text, *utc;	/* NULL: no date */
};

static void
check_all(const struct sample *s, size_t n)
{
	struct buf b = { 0 };

	for (size_t i = 0; i < n; i++) {
		int64_t t = date_parse(span_str(s[i].text));

		buf_clear(&b);
		if (t != DATE_NONE)
			date_rfc3339(&b, t);
		else
			buf_puts(&b, "none");
		if (s[i].utc == NULL)
			assert_string_equal(buf_cstr(&b), "none");
		else if (span_eqs(buf_span(&b), s[i].utc) == false)
			fail_msg("%s: %s, not %s", s[i].text, buf_cstr(&b),
			    s[i].utc);
	}
	buf_free(&b);
}

#define CHECK(list)	check_all((list), sizeof(list) / sizeof((list)[0]))

static void
test_rfc822(void **state)
{
	static const struct sample s[] = {
		{ "Wed, 14 Jan 2026 05:00:00 -0500", "2026-01-14T10:00:00Z" },
		{ "14 Jan 2026 5:00 GMT", "2026-01-14T05:00:00Z" },
		{ "Wed, 14 Jan 26 05:00:00 EST", "2026-01-14T10:00:00Z" },
		{ "Fri, 31 Dec 99 23:59:60 GMT", "1999-12-31T23:59:59Z" },
		{ "Wed, 14 Jan 2026", "2026-01-14T00:00:00Z" },
		{ "Wed, Jan 14 2026 05:00:00 GMT", "2026-01-14T05:00:00Z" },
		{ "January 14, 2026 5:04 PM", "2026-01-14T17:04:00Z" },
		{ "Wed,14 January 2026 05:00:00 +01:30",
		    "2026-01-14T03:30:00Z" },
		{ "14-Jan-2026 05:00:00 UTC", "2026-01-14T05:00:00Z" },
		{ "Wed, 14 Jan 2026 05:00:00 GMT+0200 (CEST)",
		    "2026-01-14T03:00:00Z" },
		{ "Wed, 14 Jan 2026 05:00:00 Etc/GMT",
		    "2026-01-14T05:00:00Z" },
		{ "Wed, 14 Jan 2026 05:00:00 Neverland",
		    "2026-01-14T05:00:00Z" },
		{ "Wed, 14 Foo 2026 05:00:00 GMT", NULL },
		{ "Wed, 44 Jan 2026 05:00:00 GMT", NULL },
		{ "Wed, 14 Jan 2026 25:00:00 GMT", NULL },
		{ "Wed, 14 Jan 2026 05:00:00 +xx:00", NULL },
		{ "soon", NULL }, { "", NULL }, { "   ", NULL },
	};

	(void)state;
	CHECK(s);
}

static void
test_iso8601(void **state)
{
	static const struct sample s[] = {
		{ "2026-01-14T05:00:00Z", "2026-01-14T05:00:00Z" },
		{ "2026-01-14t05:00:00.123-08:00", "2026-01-14T13:00:00Z" },
		{ "2026-01-14 05:00:00 -0020", "2026-01-14T05:20:00Z" },
		{ "2026-01-14T05:00", "2026-01-14T05:00:00Z" },
		{ "2026-01-14", "2026-01-14T00:00:00Z" },
		{ "2026-01", "2026-01-01T00:00:00Z" },
		{ "2026", "2026-01-01T00:00:00Z" },
		{ "20260114", "2026-01-14T00:00:00Z" },
		{ "20260114050607", "2026-01-14T05:06:07Z" },
		{ "2026-032", "2026-02-01T00:00:00Z" },
		{ "2026-001-14T00:00:00Z", "2026-01-14T00:00:00Z" },
		{ "26-01-14", "2026-01-14T00:00:00Z" },
		{ "-26-01", "2026-01-01T00:00:00Z" },
		{ "2026-01-14T24:00:00Z", "2026-01-15T00:00:00Z" },
		{ "2024-02-29T00:00:00Z", "2024-02-29T00:00:00Z" },
		{ "2026-02-29T00:00:00Z", NULL },
		{ "2026-13-01T00:00:00Z", NULL },
		{ "2026-01-14T25:00:00Z", NULL },
		{ "1969-12-31T23:59:59Z", "1969-12-31T23:59:59Z" },
		{ "9999-12-31T23:59:59Z", "9999-12-31T23:59:59Z" },
		{ "2038-01-19T03:14:08Z", "2038-01-19T03:14:08Z" },
	};

	(void)state;
	CHECK(s);
}

/* The usual forms are read apart; what nearly has one must not be. */
static void
test_usual(void **state)
{
	static const struct sample s[] = {
		{ "2026-01-14T05:00:00Z", "2026-01-14T05:00:00Z" },
		{ " 2026-01-14T05:00:00.123456+05:45\n",
		    "2026-01-13T23:15:00Z" },
		{ "2026-01-14T05:00:00-0800", "2026-01-14T13:00:00Z" },
		{ "2026-01-14T24:00:00Z", "2026-01-15T00:00:00Z" },
		{ "2026-02-30T05:00:00Z", NULL },
		{ "2026-01-14T05:00:00 PST", "2026-01-14T13:00:00Z" },
		{ "Wed, 4 Mar 2026 05:00:00 +0000", "2026-03-04T05:00:00Z" },
		{ "Wed, 04 Mar 2026 05:00:00 -0330", "2026-03-04T08:30:00Z" },
		{ "Wed, 04 Mar 2026 05:00:00 GMT", "2026-03-04T05:00:00Z" },
		{ "Wed, 04 Mar 2026 17:00:00 PM", "2026-03-04T17:00:00Z" },
		{ "Wed, 04 Mar 2026 05:00:00 PM", "2026-03-04T17:00:00Z" },
		{ "Mer, 04 Mar 2026 05:00:00 GMT", "2026-03-04T05:00:00Z" },
		{ "Wed, 04 Mai 2026 05:00:00 GMT", "2026-05-04T05:00:00Z" },
		{ "Wed, 04 Mar 26  05:00:00 GMT", "2026-03-04T05:00:00Z" },
	};

	(void)state;
	CHECK(s);
}

static void
test_elsewhere(void **state)
{
	static const struct sample s[] = {
		{ "Wed Jan 14 05:06:07 2026", "2026-01-14T05:06:07Z" },
		{ "Wed Jan 14 05:06:07 PST 2026", "2026-01-14T13:06:07Z" },
		{ "Fri, 2026/01/16 08:19:53 EDT", "2026-01-16T12:19:53Z" },
		{ "Κυρ, 11 Ιαν 2026 12:00:00 EET", "2026-01-11T10:00:00Z" },
		{ "Δευ, 12 Ιούλ 2004 12:00:00 GMT", "2004-07-12T12:00:00Z" },
		{ "2004-július-13T9:15-05:00", "2004-07-13T14:15:00Z" },
		{ "2026년 01월 14일 05:06:07", "2026-01-14T05:06:07Z" },
		{ "2026-01-14 오후 5:06:07", "2026-01-14T17:06:07Z" },
		{ "ons, 14 okt 2026 05:06:07 +0000", "2026-10-14T05:06:07Z" },
		{ "14. desember 2026", "2026-12-14T00:00:00Z" },
		{ "01/14/2026 02:03:04 PM", "2026-01-14T14:03:04Z" },
		{ "14.01.2026 02:03", "2026-01-14T02:03:00Z" },
	};

	(void)state;
	CHECK(s);
}

static void
test_calendar(void **state)
{
	int y, m, d;

	(void)state;
	assert_int_equal(date_days(1970, 1, 1), 0);
	assert_int_equal(date_days(2000, 3, 1), 11017);
	for (int64_t day = -800000; day < 800000; day += 97) {
		date_civil(day, &y, &m, &d);
		assert_int_equal(date_days(y, m, d), day);
	}
}

static void
test_writing(void **state)
{
	struct buf b = { 0 };

	(void)state;
	date_rfc822(&b, 0);
	assert_string_equal(buf_cstr(&b), "Thu, 01 Jan 1970 00:00:00 +0000");
	buf_clear(&b);
	date_rfc822(&b, -1);
	assert_string_equal(buf_cstr(&b), "Wed, 31 Dec 1969 23:59:59 +0000");
	buf_free(&b);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_rfc822),
		cmocka_unit_test(test_iso8601),
		cmocka_unit_test(test_usual),
		cmocka_unit_test(test_elsewhere),
		cmocka_unit_test(test_calendar),
		cmocka_unit_test(test_writing),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
