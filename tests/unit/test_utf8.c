/* Clean text, at every place of a run that is copied as it is. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <cmocka.h>

#include "base/utf8.h"

#define LONG	70	/* more than two of the largest steps */

#define ACUTE	"\xcc\x81"
#define EMOJI_STYLE	"\xef\xb8\x8f"
#define ZWJ	"\xe2\x80\x8d"

struct piece {
	const char	*in, *line, *lines;
};

/* What stands in the middle of letters, and what becomes of it. */
static const struct piece pieces[] = {
	{ "b", "b", "b" },
	{ " ", " ", " " },
	{ "  ", " ", "  " },
	{ "\n", " ", "\n" },
	{ "\t", " ", "\t" },
	{ "\r", " ", "\n" },
	{ "\r\n", " ", "\n" },
	{ "\r\n\r\n", " ", "\n\n" },
	{ "\n\r", " ", "\n\n" },
	{ "\x01", "", "" },
	{ "\x1b[1m", "[1m", "[1m" },
	{ "\x7f", "", "" },
	{ "\x1f ", " ", " " },
	{ "~", "~", "~" },
	{ "\xc2\x80", "", "" },
	{ "\xc2\x9b", "", "" },
	{ "\xc2\xa0", " ", "\xc2\xa0" },
	{ "\xc2\xa1", "\xc2\xa1", "\xc2\xa1" },
	{ "\xc2\xad", "", "" },
	{ "\xd0\x96", "\xd0\x96", "\xd0\x96" },
	{ "\xe2\x80\x8b", "", "" },
	{ "\xe2\x80\xa8", " ", "\n" },
	{ "\xe2\x80\xae", "", "" },
	{ "\xe6\x97\xa5", "\xe6\x97\xa5", "\xe6\x97\xa5" },
	{ "\xf0\x9f\x8c\x8d", "\xf0\x9f\x8c\x8d", "\xf0\x9f\x8c\x8d" },
	/* marks on a letter: four are as many as any writing has */
	{ "e" ACUTE ACUTE ACUTE ACUTE, "e" ACUTE ACUTE ACUTE ACUTE,
	    "e" ACUTE ACUTE ACUTE ACUTE },
	{ "e" ACUTE ACUTE ACUTE ACUTE ACUTE ACUTE "x" ACUTE,
	    "e" ACUTE ACUTE ACUTE ACUTE "x" ACUTE,
	    "e" ACUTE ACUTE ACUTE ACUTE "x" ACUTE },
	{ "1" EMOJI_STYLE "\xe2\x83\xa3", "1" EMOJI_STYLE "\xe2\x83\xa3",
	    "1" EMOJI_STYLE "\xe2\x83\xa3" },
	{ EMOJI_STYLE EMOJI_STYLE EMOJI_STYLE EMOJI_STYLE EMOJI_STYLE,
	    EMOJI_STYLE EMOJI_STYLE EMOJI_STYLE EMOJI_STYLE,
	    EMOJI_STYLE EMOJI_STYLE EMOJI_STYLE EMOJI_STYLE },
	/* what is dropped or joins does not begin the count anew */
	{ "e" ACUTE ACUTE "\xe2\x80\x8b" ACUTE "\xc2\xad" ACUTE
	    "\xef\xbb\xbf" ACUTE ACUTE, "e" ACUTE ACUTE ACUTE ACUTE,
	    "e" ACUTE ACUTE ACUTE ACUTE },
	{ "e" ACUTE ACUTE ZWJ ACUTE ACUTE ZWJ ACUTE ZWJ ACUTE,
	    "e" ACUTE ACUTE ZWJ ACUTE ACUTE ZWJ ZWJ,
	    "e" ACUTE ACUTE ZWJ ACUTE ACUTE ZWJ ZWJ },
	{ "e" ACUTE ACUTE ACUTE ACUTE " " ACUTE,
	    "e" ACUTE ACUTE ACUTE ACUTE " " ACUTE,
	    "e" ACUTE ACUTE ACUTE ACUTE " " ACUTE },
	{ "\xff", "\xef\xbf\xbd", "\xef\xbf\xbd" },
	{ "\xc3", "\xef\xbf\xbd", "\xef\xbf\xbd" },
	{ "\xe6\x97", "\xef\xbf\xbd", "\xef\xbf\xbd" },
	{ "\xed\xa0\x80", "\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd",
	    "\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd" },
	{ "\xc0\x80", "\xef\xbf\xbd\xef\xbf\xbd", "\xef\xbf\xbd\xef\xbf\xbd" },
};

static void
put_between(struct buf *b, size_t before, const char *s, size_t behind)
{
	buf_clear(b);
	for (size_t i = 0; i < before; i++)
		buf_putc(b, 'a');
	buf_puts(b, s);
	for (size_t i = 0; i < behind; i++)
		buf_putc(b, 'z');
}

static void
check(const struct piece *p, size_t before, size_t behind)
{
	struct buf in = { 0 }, want = { 0 }, got = { 0 };
	bool blank = strcmp(p->line, " ") == 0;

	put_between(&in, before, p->in, behind);
	/* At the ends of a line white space goes. */
	put_between(&want, before, blank && (before == 0 || behind == 0) ? "" :
	    p->line, behind);
	utf8_line(&got, buf_span(&in));
	assert_string_equal(buf_cstr(&got), buf_cstr(&want));
	put_between(&want, before, p->lines, behind);
	buf_clear(&got);
	utf8_lines(&got, buf_span(&in));
	assert_string_equal(buf_cstr(&got), buf_cstr(&want));
	buf_free(&in);
	buf_free(&want);
	buf_free(&got);
}

static void
test_clean(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(pieces) / sizeof(pieces[0]); i++)
		for (size_t before = 0; before < LONG; before++)
			for (size_t behind = 0; behind < LONG; behind += 23)
				check(&pieces[i], before, behind);
}

/* The lengths of runs, for each byte at each place. */
static void
test_runs(void **state)
{
	char s[LONG];

	(void)state;
	for (size_t at = 0; at < LONG; at++)
		for (int c = 0; c < 256; c++) {
			bool print = c >= 0x20 && c < 0x7f;

			memset(s, 'a', LONG);
			s[at] = (char)c;
			assert_int_equal(utf8_ascii(span_of(s, LONG)),
			    c < 0x80 ? LONG : at);
			assert_int_equal(utf8_printable(span_of(s, LONG),
			    false), print ? LONG : at);
			assert_int_equal(utf8_printable(span_of(s, LONG),
			    true), print || c == '\n' || c == '\t' ? LONG :
			    at);
		}
}

/* Two bytes of every value behind every start of a sequence. */
static void
test_valid(void **state)
{
	char s[4] = { 0 };
	bool ok;
	uint32_t c;

	(void)state;
	for (int a = 0x80; a < 0x100; a++)
		for (int b = 0; b < 0x100; b++)
			for (int d = 0x70; d < 0xd0; d += 8) {
				struct span rest = span_of(s, 3);

				s[0] = (char)a;
				s[1] = (char)b;
				s[2] = (char)d;
				for (ok = true; ok && rest.n > 0; )
					rest = span_from(rest,
					    utf8_decode_ok(rest, &c, &ok));
				assert_int_equal(utf8_valid(span_of(s, 3)),
				    ok);
			}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_clean),
		cmocka_unit_test(test_runs),
		cmocka_unit_test(test_valid),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
