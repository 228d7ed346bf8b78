/*
 * The search process, sandboxed, over its channel; and its pages, whose
 * lines are of the kinds that were meant whatever is in the entries (S19,
 * S20).
 */
#include <sys/socket.h>
#include <sys/wait.h>

#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/xalloc.h"
#include "serve/searchd.h"

static char	 dir[] = "/tmp/orrery-searchd.XXXXXX";
static char	*path;

static void
fill(void)
{
	static const struct search_doc docs[] = {
		{ .id = 1, .path = "e/2026/aaa111-tea", .title = "Tea",
		    .source = "Kettle", .source_slug = "kettle",
		    .text = "How to make tea with hot water.",
		    .time = 1768366800 },
		{ .id = 2, .path = "e/2026/bbb222-evil",
		    .title = "=> gemini://evil.example/ tea\n# x",
		    .source = "# Evil\tsource", .source_slug = "evil",
		    .text = "tea\n=> gemini://evil.example/ tea\n.\r\n",
		    .time = 1768366801 },
	};
	struct search *s;
	struct error e = { 0 };

	if (search_open(&s, path, true, &e) != 0)
		fail_msg("%s", e.msg);
	assert_int_equal(search_begin(s, &e), 0);
	for (size_t i = 0; i < 2; i++)
		assert_int_equal(search_put(s, &docs[i], &e), 0);
	assert_int_equal(search_commit(s, &e), 0);
	search_close(s);
}

static void
ask(int fd, const char *words, bool gopher, struct buf *out, int *status)
{
	static char bytes[sizeof(struct searchd_reply) + SEARCHD_BODY_MAX];
	static uint32_t id;
	struct searchd_query q = { .id = ++id, .gopher = gopher, .port = 70,
	    .host = "planet.example" };
	struct searchd_reply head;
	ssize_t n;

	q.len = (uint32_t)strlen(words);
	memcpy(q.query, words, q.len);
	assert_int_equal(send(fd, &q, sizeof(q), 0), sizeof(q));
	n = recv(fd, bytes, sizeof(bytes), 0);
	assert_true(n >= (ssize_t)sizeof(head));
	memcpy(&head, bytes, sizeof(head));
	assert_int_equal(head.id, q.id);
	*status = head.status;
	buf_clear(out);
	buf_put(out, bytes + sizeof(head), (size_t)n - sizeof(head));
}

static void
check_gemtext(struct span rest)
{
	struct span line;

	while (span_line(&rest, &line)) {
		if (span_starts(line, "=>"))
			assert_true(span_starts(line, "=> /"));
		else if (span_starts(line, "#"))
			assert_true(span_starts(line, "# Search: "));
		assert_false(span_starts(line, "```"));
	}
}

static void
check_menu(struct span rest)
{
	struct span line;
	size_t lines = 0;

	while (span_line(&rest, &line)) {
		size_t tabs = 0;

		lines++;
		if (span_eqs(line, ".")) {
			assert_int_equal(rest.n, 0);
			return;
		}
		for (size_t i = 0; i < line.n; i++)
			tabs += line.p[i] == '\t';
		assert_int_equal(tabs, 3);
		assert_non_null(strchr("i017", line.p[0]));
	}
	fail_msg("no end after %zu lines", lines);
}

static void
test_process(void **state)
{
	/* Rows 22 and 23 of the threats, and what people type. */
	static const char *const queries[] = { "tea", "", "\"", "(", "*",
	    "foo:bar", "a-b", "tea OR", "NEAR(", "-tea", "^", "tea*", "\xff",
	    "a* a* a* a* a* a* a* a* a* a* a* a*", "feed:", "after:x",
	    "=> gemini://evil.example/\n# x" };
	struct buf out = { 0 };
	int fds[2], status;
	pid_t pid;

	(void)state;
	fill();
	assert_int_equal(socketpair(AF_UNIX, SOCK_SEQPACKET, 0, fds), 0);
	if ((pid = fork()) == 0) {
		close(fds[1]);
		searchd_main(path, fds, 1, NULL, true);
	}
	close(fds[0]);
	ask(fds[1], "tea", false, &out, &status);
	if (status != 20)
		fail_msg("%d %s", status, buf_cstr(&out));
	assert_non_null(strstr(buf_cstr(&out), "=> /e/2026/aaa111-tea.gmi Tea"));
	assert_non_null(strstr(buf_cstr(&out), "\nKettle, 2026-01-14\n"));
	for (size_t i = 0; i < sizeof(queries) / sizeof(queries[0]); i++) {
		ask(fds[1], queries[i], false, &out, &status);
		if (status != 20)
			fail_msg("%s: %d %s", queries[i], status,
			    buf_cstr(&out));
		check_gemtext(buf_span(&out));
		ask(fds[1], queries[i], true, &out, &status);
		assert_int_equal(status, 20);
		check_menu(buf_span(&out));
	}
	/* Its last channel gone, it ends by itself. */
	close(fds[1]);
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_true(WIFEXITED(status) && WEXITSTATUS(status) == 0);
	buf_free(&out);
}

static void
test_more(void **state)
{
	struct search_hit hit = { .path = "e/x", .title = "T", .time = 0 };
	struct search_results r = { .hits = &hit, .nhits = 1, .more = true };
	struct searchd_query q = { .len = 7, .query = "a b\tc&d", .port = 70,
	    .host = "h" };
	struct buf out = { 0 };

	(void)state;
	searchd_render(&out, &q, &r);
	assert_non_null(strstr(buf_cstr(&out),
	    "=> /search/2?a%20b%09c%26d More results\n"));
	buf_clear(&out);
	q.gopher = true;
	searchd_render(&out, &q, &r);
	assert_non_null(strstr(buf_cstr(&out),
	    "1More results\t/search/2/a%20b%09c%26d\th\t70\r\n"));
	check_menu(buf_span(&out));
	buf_free(&out);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_process),
		cmocka_unit_test(test_more),
	};
	char *rm;
	int failed;

	if (mkdtemp(dir) == NULL)
		return 70;
	path = xasprintf("%s/search.db", dir);
	failed = cmocka_run_group_tests(tests, NULL, NULL);
	rm = xasprintf("rm -rf '%s'", dir);
	if (system(rm) != 0)
		failed++;
	free(rm);
	free(path);
	return failed;
}
