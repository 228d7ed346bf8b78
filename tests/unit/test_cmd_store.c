/*
 * status, search, backup and restore as a keeper, cron and a program meet
 * them: what is printed, and the exit codes.
 */
#include <sys/wait.h>

#include <fcntl.h>
#include <sysexits.h>

#include <jansson.h>

#include "base/file.h"
#include "cmd/cmd.h"
#include "search/search.h"
#include "store_fixture.h"

struct run {
	struct fixture	*f;
	char		 config[128], cache[128];
	struct cmd_global g;
	struct buf	 out, err;
};

static void
put_file(const char *path, const char *text)
{
	FILE *fp = fopen(path, "w");

	assert_non_null(fp);
	fputs(text, fp);
	assert_int_equal(fclose(fp), 0);
}

static int
setup(void **state)
{
	struct run *r = calloc(1, sizeof(*r));
	void *inner = NULL;

	assert_int_equal(fixture_setup(&inner), 0);
	r->f = inner;
	snprintf(r->cache, sizeof(r->cache), "%s/cache", r->f->dir);
	assert_int_equal(mkdir(r->cache, 0700), 0);
	snprintf(r->config, sizeof(r->config), "%s/planet.ini", r->f->dir);
	put_file(r->config, "[Planet]\nname = Test\nowner_name = T\n"
	    "owner_email = t@example.org\ncache_directory = cache\n"
	    "output_dir = output\n\n"
	    "[https://a.example/feed]\nname = Ann's log\n\n"
	    "[https://b.example/feed?token=s3cret]\nname = Bob\n");
	store_close(r->f->s);
	snprintf(r->f->path, sizeof(r->f->path), "%.80s/orrery.db",
	    r->cache);
	ok(r->f, store_open(&r->f->s, r->f->path, true, &r->f->e));
	r->f->sources[0].name = "Ann's log";
	r->f->sources[1].name = "Bob";
	r->f->sources[1].url = "https://b.example/feed?token=s3cret";
	fixture_sync(r->f, 2);
	r->g.config = r->config;
	r->g.no_color = true;
	setenv("ORRERY_NOW", "1767225600", 1);
	*state = r;
	return 0;
}

static int
teardown(void **state)
{
	struct run *r = *state;
	void *inner = r->f;

	buf_free(&r->out);
	buf_free(&r->err);
	free(r);
	return fixture_teardown(&inner);
}

static int
run(struct run *r, const struct command *c, ...)
{
	char *argv[8] = { (char *)c->name }, out[128], err[128];
	int argc = 1, status;
	va_list ap;
	pid_t pid;

	va_start(ap, c);
	while (argc < 7 && (argv[argc] = va_arg(ap, char *)) != NULL)
		argc++;
	va_end(ap);
	snprintf(out, sizeof(out), "%s/out", r->f->dir);
	snprintf(err, sizeof(err), "%s/err", r->f->dir);
	fflush(NULL);
	if ((pid = fork()) == 0) {
		if (freopen(out, "w", stdout) == NULL ||
		    freopen(err, "w", stderr) == NULL)
			_exit(99);
		status = c->run(&r->g, argc, argv);
		fflush(NULL);
		_exit(status);
	}
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_true(WIFEXITED(status));
	buf_clear(&r->out);
	buf_clear(&r->err);
	assert_int_equal(file_read(&r->out, out, NULL), 0);
	assert_int_equal(file_read(&r->err, err, NULL), 0);
	return WEXITSTATUS(status);
}

#define prints(r, text) do {						\
	if (strstr(buf_cstr(&(r)->out), text) == NULL)			\
		fail_msg("no \"%s\" in:\n%s", text,			\
		    buf_cstr(&(r)->out));				\
} while (0)
#define keeps_back(r, text) do {					\
	if (strstr(buf_cstr(&(r)->out), text) != NULL)			\
		fail_msg("\"%s\" in:\n%s", text, buf_cstr(&(r)->out));	\
} while (0)

static void
set_state(struct run *r, int feed, int failures, const char *error)
{
	struct store_feed f;

	ok(r->f, store_feed(r->f->s, &f, &r->f->a, r->f->feed[feed]));
	f.last_try = NOW - 600;
	f.last_ok = failures > 0 ? NOW - 3 * DAY : NOW - 600;
	f.next_try = NOW + 3000;
	f.why = "the floor between requests";
	f.failures = failures;
	f.error = error;
	ok(r->f, store_feed_fetched(r->f->s, &f, NULL, &r->f->e));
}

static void
some_entries(struct run *r)
{
	struct entry l[3];

	for (int i = 0; i < 3; i++)
		l[i] = entry_of(arena_printf(&r->f->a, "%d", i), NULL,
		    arena_printf(&r->f->a, "Entry %d", i), "<p>x",
		    NOW - DAY - i * 7 * DAY);
	merge_into(r->f, 0, l, 3);
}

static void
test_status(void **state)
{
	struct run *r = *state;
	json_t *o;

	some_entries(r);
	set_state(r, 0, 0, NULL);
	set_state(r, 1, 1, "503 Service Unavailable");
	assert_int_equal(run(r, &cmd_status, NULL), EX_OK);
	prints(r, "Ann's log");
	prints(r, "10 min ago");
	prints(r, "in 50 min");
	prints(r, "wavering");
	prints(r, "503 Service Unavailable");
	prints(r, "2 sources, 3 entries");
	prints(r, "·███\n");
	/* the third failure is worth a mail, and the worst stands first */
	set_state(r, 1, 3, "404 Not Found\x1b[31m");
	assert_int_equal(run(r, &cmd_status, NULL), EX_UNAVAILABLE);
	prints(r, "failing");
	prints(r, "1 needs a look");
	keeps_back(r, "\x1b");
	assert_true(strstr(buf_cstr(&r->out), "Bob") <
	    strstr(buf_cstr(&r->out), "Ann"));
	/* the reason, without the secret in the address */
	assert_int_equal(run(r, &cmd_status, "--why", "bob", NULL),
	    EX_UNAVAILABLE);
	prints(r, "because        the floor between requests");
	prints(r, "failures       3 in a row");
	prints(r, "next try       2026-01-01T00:50:00Z (in 50 min)");
	keeps_back(r, "s3cret");
	assert_int_equal(run(r, &cmd_status, "--why", "a.example", NULL),
	    EX_OK);
	assert_int_equal(run(r, &cmd_status, "--why", "nobody", NULL),
	    EX_NOINPUT);
	assert_int_equal(run(r, &cmd_status, "--what", NULL), EX_USAGE);
	/* for programs */
	r->g.json = true;
	assert_int_equal(run(r, &cmd_status, NULL), EX_UNAVAILABLE);
	o = json_loads(buf_cstr(&r->out), 0, NULL);
	assert_non_null(o);
	assert_int_equal(json_array_size(json_object_get(o, "feeds")), 2);
	assert_true(json_is_true(json_object_get(o, "attention")));
	json_decref(o);
	r->g.json = false;
	/* cron hears nothing while all is well */
	set_state(r, 1, 0, NULL);
	r->g.quiet = true;
	assert_int_equal(run(r, &cmd_status, NULL), EX_OK);
	assert_int_equal(r->out.n, 0);
	/* nobody runs updates any more */
	setenv("ORRERY_NOW", "1768225600", 1);
	assert_int_equal(run(r, &cmd_status, NULL), EX_UNAVAILABLE);
	prints(r, "nothing was asked for long");
}

static void
test_search(void **state)
{
	struct run *r = *state;
	struct search_doc d = { .id = 1, .path = "e/2026/abc-t", .title =
	    "Roses\x1b[2J", .source = "Ann", .source_slug = "ann", .text =
	    "Pruning in winter.", .time = NOW - DAY };
	char path[160];
	struct search *s;
	json_t *o;

	assert_int_equal(run(r, &cmd_search, "roses", NULL), EX_NOINPUT);
	snprintf(path, sizeof(path), "%s/search.db", r->cache);
	ok(r->f, search_open(&s, path, true, &r->f->e));
	ok(r->f, search_put(s, &d, &r->f->e));
	search_close(s);
	assert_int_equal(run(r, &cmd_search, "prune", "author:x", NULL),
	    EX_OK);
	assert_int_equal(r->out.n, 0);
	assert_non_null(strstr(buf_cstr(&r->err), "nothing was found"));
	assert_int_equal(run(r, &cmd_search, "prune", "-snow", NULL), EX_OK);
	prints(r, "  1. Roses");
	prints(r, "2025-12-31  Ann  e/2026/abc-t");
	prints(r, "Pruning in winter.");
	keeps_back(r, "\x1b");
	r->g.json = true;
	assert_int_equal(run(r, &cmd_search, "prune", NULL), EX_OK);
	o = json_loads(buf_cstr(&r->out), 0, NULL);
	assert_int_equal(json_array_size(json_object_get(o, "results")), 1);
	json_decref(o);
	assert_int_equal(run(r, &cmd_search, NULL), EX_USAGE);
	assert_int_equal(run(r, &cmd_search, "--page", "0", "x", NULL),
	    EX_USAGE);
}

static void
test_backup_restore(void **state)
{
	struct run *r = *state;
	char file[160];

	some_entries(r);
	snprintf(file, sizeof(file), "%s/copy.db", r->f->dir);
	assert_int_equal(run(r, &cmd_backup, file, NULL), EX_OK);
	/* nothing is ever written over */
	assert_int_equal(run(r, &cmd_backup, file, NULL), EX_CANTCREAT);
	assert_int_equal(run(r, &cmd_backup, NULL), EX_USAGE);
	ok(r->f, store_forget_feed(r->f->s, r->f->feed[0], &r->f->e));
	assert_int_equal(count_of(r->f, (struct store_query){ 0 }), 0);
	/* an update at work comes first */
	ok(r->f, store_lock(r->f->s, &r->f->e));
	assert_int_equal(run(r, &cmd_restore, file, NULL), EX_TEMPFAIL);
	store_close(r->f->s);
	ok(r->f, store_open(&r->f->s, r->f->path, true, &r->f->e));
	assert_int_equal(run(r, &cmd_restore, file, NULL), EX_OK);
	assert_int_equal(count_of(r->f, (struct store_query){ 0 }), 3);
	assert_true(marked(r->f, "all"));
	assert_int_equal(run(r, &cmd_restore, "/nowhere", NULL), EX_NOINPUT);
}

int
main(void)
{
#define T(f) cmocka_unit_test_setup_teardown(f, setup, teardown)
	const struct CMUnitTest tests[] = {
		T(test_status), T(test_search), T(test_backup_restore),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
