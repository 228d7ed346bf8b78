/*
 * Request lines: the rules of the notes on Gemini (1-9, 46-48) and on
 * gopher (1-13), and threats S01-S04, S27, over the pure parsers.
 */
#include <sys/mman.h>

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "serve/request.h"

static int
judge(struct gemini_request *r, const char *line)
{
	gemini_parse(r, span_str(line));
	return r->status;
}

static void
test_statuses(void **state)
{
	static const struct {
		const char *line;
		int status;
		const char *path;
	} cases[] = {
		{ "gemini://h/", 0, "" },
		{ "gemini://h", 0, "" },		/* rule 7 */
		{ "gemini://h?q", 0, "" },
		{ "GEMINI://H/", 0, "" },		/* rule 8 */
		{ "gemini://h:1965/x", 0, "x" },
		{ "gemini://h:/x", 0, "x" },
		{ "gemini://[::1]:1965/x", 0, "x" },
		{ "gemini://h./", 0, "" },		/* rule 9 */
		{ "gemini://h/a/b/", 0, "a/b/" },
		{ "gemini://h/%61", 0, "a" },		/* rule 46 */
		{ "gemini://h/%2561", 0, "%61" },
		{ "gemini://h/s\xc3\xbc", 0, "s\xc3\xbc" },
		{ "gemini://h/a/../b", 0, "b" },	/* rule 47 */
		{ "gemini://h/a/b/..", 0, "a/" },
		{ "gemini://h/./a/.", 0, "a/" },
		{ "gemini://h/.well-known/x", 0, ".well-known/x" },
		{ "gemini://h/..", 51, NULL },
		{ "gemini://h/../../", 51, NULL },
		{ "gemini://h/a/../../b", 51, NULL },
		{ "gemini://h/%2e%2e/b", 51, NULL },	/* rule 48 */
		{ "gemini://h/.%2e/b", 51, NULL },
		{ "gemini://h/.git/config", 51, NULL },
		{ "gemini://h/a/.well-known", 51, NULL },
		{ "gemini://h//x", 51, NULL },		/* S07 */
		{ "gemini://h/a//b", 51, NULL },
		{ "gemini://h/a%2fb", 59, NULL },
		{ "gemini://h/a%00", 59, NULL },
		{ "gemini://h/a%5cb", 59, NULL },
		{ "gemini://h/a\\b", 59, NULL },
		{ "gemini://h/%c0%ae", 59, NULL },	/* overlong */
		{ "gemini://h/%0d%0a20", 59, NULL },
		{ "gemini://h/%", 59, NULL },		/* rule 5 */
		{ "gemini://h/%4", 59, NULL },
		{ "gemini://h/%zz", 59, NULL },
		{ "", 59, NULL },
		{ "/", 59, NULL },
		{ "//h/", 59, NULL },
		{ "Hello Gemini!", 59, NULL },
		{ "gemini:h/", 59, NULL },
		{ "gemini:///x", 59, NULL },
		{ "gemini://:1965/", 59, NULL },
		{ "gemini://h:x/", 59, NULL },
		{ "gemini://h:0/", 59, NULL },
		{ "gemini://h:65536/", 59, NULL },
		{ "gemini://[::1/", 59, NULL },
		{ "gemini://[h]/", 59, NULL },
		{ "gemini://h/\xff", 59, NULL },
		{ "gemini://u@h/", 59, NULL },		/* rule 6 */
		{ "gemini://h/#f", 59, NULL },
		{ "https://h/", 53, NULL },		/* rule 21 */
		{ "titan://h/;size=1", 53, NULL },
		{ "mailto:a@b", 53, NULL },
	};
	struct gemini_request r;

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		if (judge(&r, cases[i].line) != cases[i].status)
			fail_msg("%s: %d, not %d", cases[i].line, r.status,
			    cases[i].status);
		if (cases[i].path != NULL)
			assert_string_equal(r.path, cases[i].path);
		else
			assert_non_null(r.why);
	}
}

static void
test_parts(void **state)
{
	struct gemini_request r;

	(void)state;
	assert_int_equal(judge(&r, "gemini://[::1]:77/a?b+%20c?d"), 0);
	assert_true(span_eqs(r.host, "::1"));
	assert_true(r.host_literal);
	assert_int_equal(r.port, 77);
	assert_true(r.has_query);
	assert_true(span_eqs(r.query, "b+%20c?d"));
	assert_int_equal(judge(&r, "gemini://h.:1965/?"), 0);
	assert_true(span_eqs(r.host, "h"));
	assert_true(r.has_query);
	assert_int_equal(r.query.n, 0);
}

/* Rule 2: exactly 1024 bytes are a request, one more is not. */
static void
test_length(void **state)
{
	char line[GEMINI_URI_MAX + 4];
	struct gemini_request r;

	(void)state;
	memset(line, 'a', sizeof(line));
	memcpy(line, "gemini://h/", 11);
	gemini_parse(&r, span_of(line, GEMINI_URI_MAX));
	assert_int_equal(r.status, 0);
	gemini_parse(&r, span_of(line, GEMINI_URI_MAX + 1));
	assert_int_equal(r.status, 59);
	memcpy(line + GEMINI_URI_MAX, "\r\n", 2);
	assert_int_equal(gemini_line(line, GEMINI_URI_MAX + 2),
	    GEMINI_URI_MAX);
	assert_int_equal(gemini_line(line, GEMINI_URI_MAX + 1), -1);
	memcpy(line + GEMINI_URI_MAX, "a\r\n", 3);
	assert_int_equal(gemini_line(line, GEMINI_URI_MAX + 3), -2);
}

/* Rules 1 and 3: CR LF ends the line, neither does alone. */
static void
test_line_ends(void **state)
{
	(void)state;
	assert_int_equal(gemini_line("a\r\nb\r\n", 6), 1);
	assert_int_equal(gemini_line("a\nb", 3), -1);
	assert_int_equal(gemini_line("a\rb", 3), -1);
	assert_int_equal(gemini_line("a\r", 2), -1);
	assert_int_equal(gemini_line("a\r\r\n", 4), 2);
	assert_int_equal(gemini_line("", 0), -1);
	assert_int_equal(gopher_line("a\r\n", 3), 1);
	assert_int_equal(gopher_line("a\n", 2), 1);
	assert_int_equal(gopher_line("\n", 1), 0);
	assert_int_equal(gopher_line("a", 1), -1);
}

/* S02: each byte at each place of a request is taken or refused, and what
 * is taken never yields a path that climbs, hides or holds controls. */
static void
test_every_byte(void **state)
{
	static const char good[] = "gemini://host:1965/dir/a.gmi?q";
	char line[sizeof(good)];
	struct gemini_request r;
	int refused = 0;

	(void)state;
	for (size_t at = 0; at < sizeof(good) - 1; at++) {
		for (int byte = 0; byte < 256; byte++) {
			memcpy(line, good, sizeof(good));
			line[at] = (char)byte;
			gemini_parse(&r, span_of(line, sizeof(good) - 1));
			if (r.status != 0) {
				refused++;
				assert_true(r.status == 51 || r.status == 53 ||
				    r.status == 59);
				continue;
			}
			assert_true(byte > ' ' && byte != 0x7f);
			assert_null(strstr(r.path, "/."));
			assert_true(r.path[0] != '.' && r.path[0] != '/');
		}
	}
	/* All controls, the blank, and every byte of broken UTF-8. */
	assert_true(refused > (33 + 128) * (int)(sizeof(good) - 2));
}

/* Every prefix of a request against a page that cannot be read. */
static void
test_guard_page(void **state)
{
	static const char line[] = "gemini://[::1]:1965/a/%41/../b?c%20d\r\n";
	size_t page = (size_t)sysconf(_SC_PAGESIZE), n = sizeof(line) - 1;
	char *p = mmap(NULL, 2 * page, PROT_READ | PROT_WRITE,
	    MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	struct gemini_request r;
	struct gopher_request g;

	(void)state;
	assert_true(p != MAP_FAILED);
	assert_int_equal(mprotect(p + page, page, PROT_NONE), 0);
	for (size_t len = 0; len <= n; len++) {
		char *at = p + page - len;

		memcpy(at, line, len);
		assert_int_equal(gemini_line(at, len),
		    len == n ? (ssize_t)n - 2 : -1);
		gemini_parse(&r, span_of(at, len));
		gopher_line(at, len);
		gopher_parse(&g, span_of(at, len));
	}
	munmap(p, 2 * page);
}

static void
test_gopher(void **state)
{
	static const struct {
		const char *line;
		enum gopher_kind kind;
		const char *selector, *search;
	} cases[] = {
		{ "", GOPHER_ITEM, "", NULL },
		{ "/a", GOPHER_ITEM, "/a", NULL },
		{ "/s\ttwo words", GOPHER_ITEM, "/s", "two words" },
		{ "/s\t", GOPHER_ITEM, "/s", "" },
		{ "/a\t+", GOPHER_ITEM, "/a", NULL },	/* rule 11 */
		{ "/a\t!", GOPHER_PLUS, "/a", NULL },
		{ "/a\t$", GOPHER_PLUS, "/a", NULL },
		{ "/a\twords\t!", GOPHER_PLUS, "/a", "words" },
		{ "GET / HTTP/1.1", GOPHER_HTTP, "GET / HTTP/1.1", NULL },
		{ "HEAD /", GOPHER_HTTP, "HEAD /", NULL },
		{ "POST /x", GOPHER_HTTP, "POST /x", NULL },
		{ "URL:http://x/", GOPHER_URL, "URL:http://x/", NULL },
		{ "/URL:http://x/", GOPHER_URL, "/URL:http://x/", NULL },
		{ "a\rb", GOPHER_BAD, "a\rb", NULL },
	};
	struct gopher_request r;

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		gopher_parse(&r, span_str(cases[i].line));
		if (r.kind != cases[i].kind)
			fail_msg("%s: kind %d", cases[i].line, r.kind);
		assert_true(span_eqs(r.selector, cases[i].selector));
		assert_int_equal(r.has_search, cases[i].search != NULL);
		if (cases[i].search != NULL)
			assert_true(span_eqs(r.search, cases[i].search));
	}
	gopher_parse(&r, span_of("a\0b", 3));
	assert_int_equal(r.kind, GOPHER_BAD);
	gopher_parse(&r, span_str("/URL:gemini://x/"));
	assert_true(span_eqs(r.url, "gemini://x/"));
}

/* Gopher rule 7: without decoding, "%" is a character like others. */
static void
test_selector_path(void **state)
{
	char out[64];

	(void)state;
	assert_int_equal(request_path(out, sizeof(out), span_str("/a%2e"),
	    false), 0);
	assert_string_equal(out, "a%2e");
	assert_int_equal(request_path(out, sizeof(out), span_str("a/../.."),
	    false), 51);
	assert_int_equal(request_path(out, 4, span_str("abcd"), false), 59);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_statuses),
		cmocka_unit_test(test_parts),
		cmocka_unit_test(test_length),
		cmocka_unit_test(test_line_ends),
		cmocka_unit_test(test_every_byte),
		cmocka_unit_test(test_guard_page),
		cmocka_unit_test(test_gopher),
		cmocka_unit_test(test_selector_path),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
