/* The pool of parsing children: work, damage, death, many jobs. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "update/child.h"
#include "update/job.h"

static const char rss[] =
    "<rss version='2.0'><channel><title>T</title>"
    "<link>https://a.example/</link>"
    "<item><title>One</title><guid>g1</guid><link>/one</link>"
    "<description>&lt;p&gt;Hello &lt;a href='/x'&gt;there&lt;/a&gt;, all of "
    "you who read.&lt;/p&gt;</description></item>"
    "</channel></rss>";

struct seen {
	int	calls, status;
	size_t	nentries;
	char	gemtext[256];
	char	message[256];
};

static void
done(int status, struct feed *f, struct arena *a, const struct error *e,
    void *arg)
{
	struct seen *s = arg;

	(void)a;
	s->calls++;
	s->status = status;
	snprintf(s->message, sizeof(s->message), "%.200s", e->msg);
	if (f != NULL) {
		s->nentries = f->nentries;
		if (f->nentries > 0)
			snprintf(s->gemtext, sizeof(s->gemtext), "%.200s",
			    f->entries[0].gemtext);
	}
}

/* Of a file: what tells no address of its own, and what tells one. */
static const char nowhere[] =
    "<rss version='2.0'><channel><title>T</title><link>/</link>"
    "<item><title>One</title><guid isPermaLink='false'>g1</guid>"
    "<link>/one</link><comments>/one#c</comments>"
    "<enclosure url='/a.mp3' type='audio/mpeg' length='1'/>"
    "<enclosure url='https://b.example/b.mp3' type='audio/mpeg'/>"
    "<description>&lt;p&gt;Hello &lt;a href='/x'&gt;there&lt;/a&gt;, all of "
    "you who read.&lt;/p&gt;</description></item></channel></rss>";
static const char somewhere[] =
    "<feed xmlns='http://www.w3.org/2005/Atom'><title>T</title><entry>"
    "<title>One</title><id>u:1</id><link href='one'/>"
    "<content type='html'>&lt;a href='x'&gt;there&lt;/a&gt; and here"
    "</content></entry>"
    "<link rel='self' href='https://a.example/blog/feed'/></feed>";

static const struct child_job job = { .url = "https://a.example/feed",
    .now = 1768400000 };

static int
setup(void **state)
{
	struct error e;

	return child_pool_new((struct child_pool **)state, 2, false, &e);
}

static int
teardown(void **state)
{
	child_pool_free(*state);
	return 0;
}

static void
test_parses_and_converts(void **state)
{
	struct seen s = { 0 };

	assert_int_equal(child_submit(*state, span_str(rss), &job, done, &s,
	    NULL), 0);
	child_collect(*state, true);
	assert_int_equal(s.calls, 1);
	assert_int_equal(s.status, 0);
	assert_int_equal(s.nentries, 1);
	assert_string_equal(s.gemtext, "Hello there, all of you who read.\n"
	    "=> https://a.example/x there\n");
}

static void
test_no_feed_is_said(void **state)
{
	struct seen s = { 0 };

	assert_int_equal(child_submit(*state,
	    span_str("<html><body>503</body></html>"), &job, done, &s, NULL),
	    0);
	child_collect(*state, true);
	assert_int_equal(s.status, E_SYNTAX);
	assert_non_null(strstr(s.message, "not a feed"));
}

static void
test_many_jobs_share_few_children(void **state)
{
	struct seen s[50] = { 0 };

	for (size_t i = 0; i < 50; i++)
		assert_int_equal(child_submit(*state, span_str(rss), &job,
		    done, &s[i], NULL), 0);
	child_collect(*state, true);
	for (size_t i = 0; i < 50; i++) {
		assert_int_equal(s[i].calls, 1);
		assert_int_equal(s[i].status, 0);
	}
}

/* The pids in a children file of /proc, killed; how many. */
static int
kill_children_of(pid_t parent, int depth)
{
	char path[64], text[256] = "";
	FILE *f;
	int n = 0, pid, used;

	snprintf(path, sizeof(path), "/proc/%d/task/%d/children", (int)parent,
	    (int)parent);
	if ((f = fopen(path, "r")) == NULL)
		return 0;
	if (fgets(text, sizeof(text), f) == NULL)
		text[0] = '\0';
	fclose(f);
	for (char *p = text; sscanf(p, "%d%n", &pid, &used) == 1; p += used) {
		if (depth > 0)
			n += kill_children_of(pid, depth - 1);
		else if (kill(pid, SIGKILL) == 0)
			n++;
	}
	return n;
}

static void
test_a_dead_child_costs_its_job_alone(void **state)
{
	static char big[4 << 20];
	struct seen s = { 0 };

	/* A request too long for the socket's buffer: the child is reading
	 * when it is killed. */
	memset(big, ' ', sizeof(big) - 1);
	assert_int_equal(child_submit(*state, span_str(big), &job, done, &s,
	    NULL), 0);
	if (kill_children_of(getpid(), 1) == 0)
		skip();		/* no children file in this kernel */
	child_collect(*state, true);
	assert_int_equal(s.calls, 1);
	assert_int_equal(s.status, E_LIMIT);
	assert_non_null(strstr(s.message, "died"));
	test_parses_and_converts(state);
}

static void
test_converts_again(void **state)
{
	const struct content body = { .type = CONTENT_HTML,
	    .value = "<h1>A</h1><p>b</p>" };
	struct buf gmi = { 0 }, txt = { 0 };

	assert_int_equal(child_convert(*state, &gmi, &txt, &body, NULL, 40,
	    NULL), 0);
	assert_string_equal(buf_cstr(&gmi), "## A\n\nb\n");
	assert_non_null(strstr(buf_cstr(&txt), "b"));
	buf_free(&gmi);
	buf_free(&txt);
}

static void
test_malformed_requests_are_refused(void **state)
{
	static const char junk[] = "\xff\xff\xff\x7f junk";
	struct buf reply = { 0 };

	(void)state;
	for (uint32_t kind = 0; kind < 4; kind++)
		for (size_t n = 0; n < sizeof(junk); n++) {
			buf_clear(&reply);
			assert_int_not_equal(job_run(&reply, kind,
			    span_of(junk, n)), 0);
			assert_string_equal(buf_cstr(&reply),
			    "malformed request");
		}
	buf_free(&reply);
}

static void
test_addresses_of_files(void **state)
{
	const struct child_job file = { .now = 1768400000 };
	struct arena a = { 0 };
	struct entry *en;
	struct feed *f;
	struct error e;

	(void)state;
	assert_int_equal(child_parse_here(&f, &a, span_str(nowhere), &file,
	    &e), 0);
	assert_null(f->link);
	en = &f->entries[0];
	assert_null(en->link);
	assert_null(en->comments);
	assert_int_equal(en->nenclosures, 1);
	assert_string_equal(en->enclosures[0].href,
	    "https://b.example/b.mp3");
	assert_string_equal(en->gemtext, "Hello there, all of you who read.\n");
	assert_int_equal(child_parse_here(&f, &a, span_str(somewhere), &file,
	    &e), 0);
	en = &f->entries[0];
	assert_string_equal(en->link, "https://a.example/blog/one");
	assert_non_null(strstr(en->gemtext, "=> https://a.example/blog/x"));
	arena_free(&a);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_parses_and_converts,
		    setup, teardown),
		cmocka_unit_test_setup_teardown(test_no_feed_is_said,
		    setup, teardown),
		cmocka_unit_test_setup_teardown(
		    test_many_jobs_share_few_children, setup, teardown),
		cmocka_unit_test_setup_teardown(
		    test_a_dead_child_costs_its_job_alone, setup, teardown),
		cmocka_unit_test_setup_teardown(test_converts_again,
		    setup, teardown),
		cmocka_unit_test(test_malformed_requests_are_refused),
		cmocka_unit_test(test_addresses_of_files),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
