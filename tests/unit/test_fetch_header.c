/*
 * What servers say about a body, and how they lie about it.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <zlib.h>

#include "fetch/gunzip.h"
#include "fetch/header.h"
#include "fetch/pin.h"

#define NOW	INT64_C(1767225600)	/* 2026-01-01T00:00:00Z */

static void
test_copy(void **state)
{
	char out[8];

	(void)state;
	assert_true(header_copy(out, sizeof(out), span_str("  W/\"a\" ")));
	assert_string_equal(out, "W/\"a\"");
	assert_false(header_copy(out, sizeof(out), span_str("12345678")));
	assert_string_equal(out, "");
	assert_false(header_copy(out, sizeof(out), span_str("a\033b")));
	assert_false(header_copy(out, sizeof(out), span_of("a\0b", 3)));
	assert_false(header_copy(out, sizeof(out), span_str("a\r\nb")));
}

static void
test_retry_after(void **state)
{
	(void)state;
	assert_int_equal(header_retry_after(span_str("120"), NOW), NOW + 120);
	assert_int_equal(header_retry_after(span_str(" 0 "), NOW), NOW);
	assert_int_equal(header_retry_after(
	    span_str("Thu, 01 Jan 2026 00:05:00 GMT"), NOW), NOW + 300);
	assert_int_equal(header_retry_after(span_str("soon"), NOW), 0);
	assert_int_equal(header_retry_after(span_str("-5"), NOW), 0);
	assert_int_equal(header_retry_after(span_str(""), NOW), 0);
	assert_true(header_retry_after(
	    span_str("99999999999999999999999999"), NOW) > NOW);
}

static void
test_max_age(void **state)
{
	static const struct {
		const char	*value;
		int		 age;	/* -1: none */
	} rows[] = {
		{ "max-age=600", 600 }, { "public, max-age=86400", 86400 },
		{ "MAX-AGE=60 , public", 60 }, { "max-age=\"30\"", 30 },
		{ "max-age=0", 0 }, { "no-cache", 0 },
		{ "no-store, max-age=600", 0 },
		{ "s-maxage=600", -1 }, { "max-age=", -1 },
		{ "max-age=abc", -1 }, { "max-age=-1", -1 }, { "", -1 },
		{ "private", -1 }, { ",,,", -1 },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		int64_t age = -1;
		bool found = header_max_age(span_str(rows[i].value), &age);

		if ((found ? age : -1) != rows[i].age)
			fail_msg("%s gives %lld", rows[i].value,
			    (long long)age);
	}
}

static void
test_coding(void **state)
{
	(void)state;
	assert_int_equal(header_coding(span_str("")), CODING_NONE);
	assert_int_equal(header_coding(span_str("identity")), CODING_NONE);
	assert_int_equal(header_coding(span_str("gzip")), CODING_GZIP);
	assert_int_equal(header_coding(span_str("X-GZIP")), CODING_GZIP);
	assert_int_equal(header_coding(span_str("identity, gzip")),
	    CODING_GZIP);
	assert_int_equal(header_coding(span_str("gzip, gzip")), CODING_OTHER);
	assert_int_equal(header_coding(span_str("br")), CODING_OTHER);
	assert_int_equal(header_coding(span_str("zstd")), CODING_OTHER);
}

/* Every prefix wants more, the whole is taken, and so many bytes are. */
static void
good_gemini(const char *text, size_t taken, int status, const char *meta)
{
	struct span m, all = span_str(text);
	int got = 0;

	for (size_t n = 0; n < taken; n++) {
		/* An own copy lets ASan see a read past its end. */
		char *part = malloc(n + 1);

		memcpy(part, text, n);
		assert_int_equal(header_gemini(span_of(part, n), &got, &m), 0);
		free(part);
	}
	assert_int_equal(header_gemini(all, &got, &m), (int)taken);
	assert_int_equal(got, status);
	assert_true(span_eqs(m, meta));
}

static int
bad_gemini(struct span in)
{
	struct span m;
	int status;

	return header_gemini(in, &status, &m);
}

static void
test_gemini(void **state)
{
	char longest[1100], *p = longest;

	(void)state;
	good_gemini("20 text/gemini\r\n# Hi", 16, 20, "text/gemini");
	good_gemini("20 text/gemini; lang=de\r\n", 25, 20,
	    "text/gemini; lang=de");
	good_gemini("51\r\n", 4, 51, "");
	good_gemini("51 \r\n", 5, 51, "");
	good_gemini("31 /new\r\n", 9, 31, "/new");
	assert_int_equal(bad_gemini(span_str("20 text/gemini\n")), E_SYNTAX);
	assert_int_equal(bad_gemini(span_str("20\ttext/gemini\r\n")), E_SYNTAX);
	assert_int_equal(bad_gemini(span_str("HTTP/1.1 200 OK\r\n")), E_SYNTAX);
	assert_int_equal(bad_gemini(span_str("2")), 0);
	assert_int_equal(bad_gemini(span_str("70 x\r\n")), E_SYNTAX);
	assert_int_equal(bad_gemini(span_str("200 x\r\n")), E_SYNTAX);
	assert_int_equal(bad_gemini(span_str("\xef\xbb\xbf" "20 x\r\n")),
	    E_SYNTAX);
	assert_int_equal(bad_gemini(span_str("51 \033[31mred\r\n")), E_SYNTAX);
	assert_int_equal(bad_gemini(span_of("51 a\0b\r\n", 8)), E_SYNTAX);
	/* META of exactly 1024 bytes, and of one more */
	memcpy(p, "51 ", 3);
	memset(p + 3, 'a', 1025);
	memcpy(p + 3 + 1024, "\r\n", 2);
	assert_int_equal(bad_gemini(span_of(p, 1029)), 1029);
	p[3 + 1024] = 'a';
	memcpy(p + 3 + 1025, "\r\n", 2);
	assert_int_equal(bad_gemini(span_of(p, 1030)), E_LIMIT);
	p[3 + 1025] = 'a';
	assert_int_equal(bad_gemini(span_of(p, 1029)), E_LIMIT);
}

static void
selector(const char *path, const char *query, const char *want, char type)
{
	struct buf out = { .max = 4096 };
	struct span q = query != NULL ? span_str(query) :
	    span_of(NULL, 0);
	char got;
	int rc = header_gopher_selector(span_str(path), q, &out, &got);

	if (want == NULL) {
		assert_int_equal(rc, E_SYNTAX);
	} else {
		assert_int_equal(rc, 0);
		assert_int_equal(got, type);
		assert_string_equal(buf_cstr(&out), want);
	}
	buf_free(&out);
}

static void
test_selector(void **state)
{
	(void)state;
	selector("", NULL, "", '1');
	selector("/", NULL, "", '1');
	selector("/1", NULL, "", '1');
	selector("/0/note.txt", NULL, "/note.txt", '0');
	selector("/1phlog/2026", NULL, "phlog/2026", '1');
	selector("/0/a%20b%2fc", NULL, "/a b/c", '0');
	selector("/1/cgi", "q=1", "/cgi?q=1", '1');
	/* what would end the line, or begin a search, in any spelling */
	selector("/0/a%0d%0aQUIT", NULL, NULL, 0);
	selector("/0/a%0A", NULL, NULL, 0);
	selector("/7/search%09words", NULL, NULL, 0);
	selector("/0/a%00b", NULL, NULL, 0);
	selector("/0/a\rb", NULL, NULL, 0);
	selector("/%0d", NULL, NULL, 0);
	selector("/1/a", "b%0ac", NULL, 0);
}

static void
finish(const char *in, char type, const char *want, const char *error)
{
	struct buf body = { .max = 65536 };
	struct span said = { NULL, 0 };

	buf_puts(&body, in);
	assert_int_equal(header_gopher_finish(&body, type, &said),
	    error != NULL);
	if (error != NULL)
		assert_true(span_eqs(said, error));
	else
		assert_string_equal(buf_cstr(&body), want);
	buf_free(&body);
}

static void
test_gopher_end(void **state)
{
	(void)state;
	finish("iHi\t\th\t1\r\n.\r\n", '1', "iHi\t\th\t1\r\n", NULL);
	finish("iHi\t\th\t1\r\n", '1', "iHi\t\th\t1\r\n", NULL);
	finish("text\r\n.\r\n", '0', "text\r\n", NULL);
	finish("text\n.", '0', "text\n", NULL);
	finish("The end.\r\n", '0', "The end.\r\n", NULL);
	finish("a\r\n..\r\n", '0', "a\r\n..\r\n", NULL);
	finish(".\r\n", '1', "", NULL);
	finish("", '1', "", NULL);
	finish("PK\r\n.\r\n", '9', "PK\r\n.\r\n", NULL);
	finish("3Not here\t\terror.host\t1\r\n.\r\n", '1', NULL, "Not here");
	finish("3Not here\t\terror.host\t1\r\n", '0', NULL, "Not here");
	finish("3 little pigs\r\n", '0', "3 little pigs\r\n", NULL);
}

/* --- gzip --- */

static size_t
pack(unsigned char *out, size_t size, const void *in, size_t n)
{
	z_stream z = { 0 };

	assert_int_equal(deflateInit2(&z, 9, Z_DEFLATED, 31, 8,
	    Z_DEFAULT_STRATEGY), Z_OK);
	z.next_in = (unsigned char *)(uintptr_t)in;
	z.avail_in = (unsigned)n;
	z.next_out = out;
	z.avail_out = (unsigned)size;
	assert_int_equal(deflate(&z, Z_FINISH), Z_STREAM_END);
	size -= z.avail_out;
	deflateEnd(&z);
	return size;
}

static int
unpack(struct buf *out, const unsigned char *in, size_t n, size_t piece,
    int *end)
{
	struct gunzip g = { .open = false };
	int rc = 0;

	for (size_t i = 0; i < n && rc == 0; i += piece)
		rc = gunzip_put(&g, out, span_of((const char *)in + i,
		    n - i < piece ? n - i : piece));
	*end = gunzip_end(&g);
	gunzip_free(&g);
	return rc;
}

static void
test_gunzip(void **state)
{
	static char text[200000];
	static unsigned char z[200000];
	size_t n;
	int end;

	(void)state;
	for (size_t i = 0; i < sizeof(text); i++)
		text[i] = (char)('a' + i * i % 23);
	n = pack(z, sizeof(z), text, sizeof(text));
	for (size_t piece = 1; piece < n * 2; piece = piece * 3 + 1) {
		struct buf out = { .max = sizeof(text) };

		assert_int_equal(unpack(&out, z, n, piece, &end), 0);
		assert_int_equal(end, 0);
		assert_int_equal(out.n, sizeof(text));
		assert_memory_equal(out.p, text, sizeof(text));
		buf_free(&out);
	}
}

static void
test_gunzip_bad(void **state)
{
	static char text[100000];
	static unsigned char z[200000];
	struct buf out = { .max = sizeof(text) - 1 };
	size_t n, m;
	int end;

	(void)state;
	memset(text, 'x', sizeof(text));
	n = pack(z, sizeof(z), text, sizeof(text));
	/* one byte more than the ceiling */
	assert_int_equal(unpack(&out, z, n, n, &end), E_LIMIT);
	assert_true(out.n <= out.max);
	buf_free(&out);
	/* cut off */
	out.max = sizeof(text);
	assert_int_equal(unpack(&out, z, n - 9, n, &end), 0);
	assert_int_equal(end, E_SYNTAX);
	buf_free(&out);
	/* damaged check sum */
	z[n - 5] ^= 1;
	assert_int_equal(unpack(&out, z, n, 7, &end), E_SYNTAX);
	buf_free(&out);
	z[n - 5] ^= 1;
	/* no gzip at all */
	assert_int_equal(unpack(&out, (const unsigned char *)"<?xml", 5, 5,
	    &end), E_SYNTAX);
	buf_free(&out);
	/* two members, and zero padding after them */
	m = pack(z + n, sizeof(z) - n, "tail", 4);
	memset(z + n + m, 0, 16);
	out.max = sizeof(text) + 4;
	assert_int_equal(unpack(&out, z, n + m + 16, 11, &end), 0);
	assert_int_equal(end, 0);
	assert_int_equal(out.n, sizeof(text) + 4);
	buf_free(&out);
}

/* --- pins --- */

static void
test_pin(void **state)
{
	struct error e;
	char name[300];

	(void)state;
	assert_int_equal(pin_judge("h:1965", NULL, 0, "aa", NOW, "accept",
	    &e), PIN_TAKE);
	assert_int_equal(pin_judge("h:1965", "aa", NOW + 9, "aa", NOW,
	    "accept", &e), PIN_SAME);
	assert_int_equal(pin_judge("h:1965", "aa", NOW - 9, "bb", NOW,
	    "accept", &e), PIN_TAKE);
	assert_int_equal(pin_judge("h:1965", "aa", NOW + 9, "bb", NOW,
	    "orrery pins accept", &e), E_FAIL);
	assert_non_null(strstr(e.msg, "aa"));
	assert_non_null(strstr(e.msg, "bb"));
	assert_non_null(strstr(e.msg, "orrery pins accept h:1965"));
	/* the end of the old one is not known: it does not end */
	assert_int_equal(pin_judge("h:1965", "aa", 0, "bb", NOW, "x", &e),
	    E_FAIL);

	assert_int_equal(pin_name(name, sizeof(name), "example.org"), 0);
	assert_string_equal(name, "example.org:1965");
	assert_int_equal(pin_name(name, sizeof(name), "example.org:1966"), 0);
	assert_string_equal(name, "example.org:1966");
	assert_int_equal(pin_name(name, sizeof(name),
	    "gemini://example.org/feed"), 0);
	assert_string_equal(name, "example.org:1965");
	assert_int_equal(pin_name(name, sizeof(name), "h:99999"), E_SYNTAX);
	assert_int_equal(pin_name(name, sizeof(name), ""), E_SYNTAX);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_copy),
		cmocka_unit_test(test_retry_after),
		cmocka_unit_test(test_max_age),
		cmocka_unit_test(test_coding),
		cmocka_unit_test(test_gemini),
		cmocka_unit_test(test_selector),
		cmocka_unit_test(test_gopher_end),
		cmocka_unit_test(test_gunzip),
		cmocka_unit_test(test_gunzip_bad),
		cmocka_unit_test(test_pin),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
