/*
 * What everything stands on: messages, bytes with a ceiling, files that are
 * replaced whole, statements that are kept, what a database says when it
 * cannot.
 */
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>

#include <errno.h>
#include <fcntl.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sysexits.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/db.h"
#include "base/file.h"
#include "base/log.h"
#include "base/sandbox.h"
#include "base/utf8.h"
#include "base/xalloc.h"

static char	dir[64];

static int
setup(void **state)
{
	(void)state;
	strcpy(dir, "/tmp/orrery-test-XXXXXX");
	return mkdtemp(dir) == NULL;
}

static int
teardown(void **state)
{
	char command[128];

	(void)state;
	snprintf(command, sizeof(command), "rm -rf %s", dir);
	return system(command) != 0;
}

/* --- messages --- */

static void
test_message_is_clean(void **state)
{
	static const struct { const char *in, *want; } cases[] = {
		{ "plain", "plain" },
		{ "two\nlines\ttab", "two?lines?tab" },
		{ "esc \x1b[2J", "esc ?[2J" },
		{ "c1 \xc2\x9b" "2J", "c1 ?2J" },
		{ "raw c1 \x9b" "2J", "raw c1 ?2J" },
		{ "turn \xe2\x80\xae" "x", "turn ?x" },
		{ "half \xe2\x82", "half ?" },
		{ "gr\xc3\xbc\xc3\x9f", "gr\xc3\xbc\xc3\x9f" },
	};
	struct error e;

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		assert_int_equal(error_set(&e, E_LIMIT, "%s", cases[i].in),
		    E_LIMIT);
		assert_string_equal(e.msg, cases[i].want);
	}
	assert_int_equal(error_set(NULL, E_FAIL, "nobody asks"), E_FAIL);
	assert_int_equal(error_wrap(NULL, "nobody"), E_FAIL);
}

static void
test_message_is_cut(void **state)
{
	char text[2 * ERROR_MAX];
	struct error e;

	(void)state;
	/* two bytes a character: one is cut in half */
	for (size_t i = 0; i + 2 < sizeof(text); i += 2)
		memcpy(text + i, "\xc3\xa4", 3);
	error_set(&e, E_FAIL, "%s", text);
	assert_true(strlen(e.msg) < ERROR_MAX);
	assert_true(utf8_valid(span_str(e.msg)));
	error_wrap(&e, "a\nprefix");
	assert_int_equal(strncmp(e.msg, "a?prefix: ", 10), 0);
	assert_true(utf8_valid(span_str(e.msg)));
}

static void
test_message_of_errno(void **state)
{
	struct error e;

	(void)state;
	errno = ENOENT;
	assert_int_equal(error_errno(&e, "%s", "x"), E_NOTFOUND);
	assert_string_equal(e.msg, "x: No such file or directory");
	errno = EACCES;
	assert_int_equal(error_errno(&e, "x"), E_FAIL);
	assert_int_equal(error_errno(NULL, "x"), E_FAIL);
}

static void
test_log(void **state)
{
	char *path = file_join(dir, "log");
	int old = dup(STDERR_FILENO), fd = open(path, O_RDWR | O_CREAT, 0600);
	struct buf b = { 0 };

	(void)state;
	dup2(fd, STDERR_FILENO);
	log_set_level(LOG_INFO);
	log_debug("not said");
	log_info("host \x1b[1m\n%s", "x\xff");
	log_warn("w");
	log_error("e");
	assert_false(log_enabled(LOG_DEBUG));
	log_set_level(LOG_WARN);
	log_set_time(true);
	log_warn("timed");
	log_set_time(false);
	dup2(old, STDERR_FILENO);
	close(old);
	close(fd);
	assert_int_equal(file_read(&b, path, NULL), 0);
	assert_int_equal(strncmp(buf_cstr(&b),
	    "orrery: host \\x1b[1m\\x0ax\\xff\n"
	    "orrery: warning: w\norrery: error: e\n", 64), 0);
	/* 2026-01-31T12:00:00Z orrery: ... */
	assert_non_null(strstr(buf_cstr(&b), "Z orrery: warning: timed\n"));
	buf_free(&b);
	free(path);
}

/* --- memory --- */

static void
test_buf_ceiling(void **state)
{
	struct buf b = { .max = 10 };
	char *taken, big[400];

	(void)state;
	assert_string_equal(buf_cstr(&b), "");
	buf_puts(&b, "12345");
	buf_puts(&b, "123456");
	assert_true(b.over);
	assert_string_equal(buf_cstr(&b), "12345");
	/* One refusal, and nothing is taken any more: no holes. */
	buf_putc(&b, 'x');
	assert_int_equal(b.n, 5);
	buf_clear(&b);
	buf_puts(&b, "1234567890");
	assert_false(b.over);
	assert_null(buf_reserve(&b, 1));
	buf_free(&b);
	assert_int_equal(b.max, 10);
	memset(big, 'x', sizeof(big));
	big[399] = '\0';
	b.max = 0;
	buf_putf(&b, "%s|%d", big, 7);
	assert_int_equal(b.n, 401);
	assert_string_equal(b.p + 398, "x|7");
	taken = buf_take(&b);
	assert_int_equal(strlen(taken), 401);
	free(taken);
	taken = buf_take(&b);
	assert_string_equal(taken, "");
	free(taken);
}

static void
test_arena(void **state)
{
	struct arena a = { 0 };
	char *big, *first = arena_strdup(&a, "first"), *next;
	int *list = NULL;
	size_t n = 0;

	(void)state;
	big = arena_alloc(&a, 100000);
	assert_int_equal(big[99999], 0);
	/* What is small still goes beside the first piece. */
	next = arena_strdup(&a, "next");
	assert_in_range((uintptr_t)next, (uintptr_t)first,
	    (uintptr_t)first + 4096);
	assert_null(arena_strdup(&a, NULL));
	assert_string_equal(arena_printf(&a, "%d-%s", 5, "x"), "5-x");
	for (int i = 0; i < 100; i++) {
		list = arena_push(&a, list, &n, sizeof(*list));
		list[n - 1] = i;
	}
	for (int i = 0; i < 100; i++)
		assert_int_equal(list[i], i);
	arena_free(&a);
	assert_int_equal(a.used, 0);
}

/* A long array moves; what else the arena holds stays where it is. */
static void
test_arena_moving(void **state)
{
	struct arena a = { 0 };
	struct wide { long v[4]; } *list = NULL;
	const char *kept[40];
	size_t n = 0, after;

	(void)state;
	for (int i = 0; i < 40000; i++) {
		if (i % 1000 == 0)
			kept[i / 1000] = arena_printf(&a, "kept %d", i);
		list = arena_push_moving(&a, list, &n, sizeof(*list));
		assert_int_equal(list[n - 1].v[3], 0);
		list[n - 1].v[3] = i;
	}
	assert_int_equal(n, 40000);
	for (int i = 0; i < 40000; i++)
		assert_int_equal(list[i].v[3], i);
	for (int i = 0; i < 40; i++) {
		char want[20];

		snprintf(want, sizeof(want), "kept %d", i * 1000);
		assert_string_equal(kept[i], want);
	}
	/* one copy of it is held, not one of each size it had */
	after = a.used;
	assert_in_range(after, 65536 * sizeof(*list), 100000 * sizeof(*list));
	arena_free(&a);
}

/* In a child: memory runs out. */
static int
run_out(void *(*get)(void))
{
	struct rlimit few = { 64 << 20, 64 << 20 };
	char said[200] = "";
	int fds[2], status;
	pid_t pid;

	assert_int_equal(pipe(fds), 0);
	if ((pid = fork()) == 0) {
		dup2(fds[1], STDERR_FILENO);
		setrlimit(RLIMIT_AS, &few);
		_exit(get() != NULL ? 1 : 2);
	}
	close(fds[1]);
	assert_true(read(fds[0], said, sizeof(said) - 1) > 0);
	close(fds[0]);
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_int_equal(strncmp(said, "orrery: out of memory", 21), 0);
	assert_ptr_equal(strchr(said, '\n'), said + strlen(said) - 1);
	return WIFEXITED(status) ? WEXITSTATUS(status) : 128;
}

static void *
too_much(void)
{
	return xmalloc((size_t)1 << 40);
}

static void *
too_many(void)
{
	return xcalloc((size_t)1 << 20, (size_t)1 << 20);
}

static void *
too_long(void)
{
	return xreallocarray(NULL, SIZE_MAX, 2);
}

static void
test_out_of_memory(void **state)
{
	(void)state;
#if defined(__SANITIZE_ADDRESS__)
	skip();
#endif
	assert_int_equal(run_out(too_much), EX_OSERR);
	assert_int_equal(run_out(too_many), EX_OSERR);
	assert_int_equal(run_out(too_long), EX_OSERR);
}

/* --- files --- */

static void
test_replace(void **state)
{
	char *path = file_join(dir, "f"), *folder = file_join(dir, "d");
	char *in = file_join(dir, "no/such/f");
	struct buf b = { .max = 100 };
	struct stat st;
	struct error e;

	(void)state;
	assert_int_equal(file_replace(path, span_str("one"), 0600, true, &e),
	    0);
	assert_int_equal(file_replace(path, span_str("two"), 0640, false, &e),
	    0);
	assert_int_equal(stat(path, &st), 0);
	assert_int_equal(st.st_mode & 0777, 0640);
	assert_int_equal(file_read(&b, path, &e), 0);
	assert_string_equal(buf_cstr(&b), "two");
	assert_int_equal(file_replace(in, span_str("x"), 0600, false, &e),
	    E_NOTFOUND);
	assert_non_null(strstr(e.msg, "no/such/f"));
	/* Over a directory: refused, and nothing is left lying about. */
	assert_int_equal(file_mkdirs(folder, 0755, &e), 0);
	assert_int_equal(file_replace(folder, span_str("x"), 0600, false, &e),
	    E_FAIL);
	buf_clear(&b);
	assert_int_equal(file_read(&b, folder, &e), E_FAIL);
	assert_non_null(strstr(e.msg, "is a directory"));
	assert_int_equal(rmdir(folder), 0);
	assert_int_equal(unlink(path), 0);
	assert_int_equal(rmdir(dir), 0);	/* empty: no .tmp */
	assert_int_equal(mkdir(dir, 0700), 0);
	buf_free(&b);
	free(path);
	free(folder);
	free(in);
}

static void
test_full_device(void **state)
{
	struct error e;
	int fd = open("/dev/full", O_WRONLY);

	(void)state;
	if (fd == -1)
		skip();
	assert_int_equal(file_write_fd(fd, span_str("x"), &e), E_FAIL);
	assert_string_equal(e.msg, "write: No space left on device");
	close(fd);
}

static void
test_read_ceiling(void **state)
{
	char *path = file_join(dir, "f");
	struct buf b = { .max = 4 };
	struct error e;

	(void)state;
	assert_int_equal(file_replace(path, span_str("1234"), 0600, false, &e),
	    0);
	assert_int_equal(file_read(&b, path, &e), 0);
	assert_int_equal(b.n, 4);
	assert_int_equal(file_replace(path, span_str("12345"), 0600, false,
	    &e), 0);
	buf_clear(&b);
	assert_int_equal(file_read(&b, path, &e), E_LIMIT);
	assert_non_null(strstr(e.msg, "more than 4 bytes"));
	buf_free(&b);
	assert_int_equal(file_read(&b, "/no/such", &e), E_NOTFOUND);
	free(path);
}

static void
test_mkdirs(void **state)
{
	char *deep = file_join(dir, "a/b/c"), *file = file_join(dir, "f");
	char *beneath = file_join(dir, "f/x"), *s;
	struct error e;

	(void)state;
	assert_int_equal(file_mkdirs(deep, 0755, &e), 0);
	assert_int_equal(file_mkdirs(deep, 0755, &e), 0);
	assert_int_equal(file_replace(file, span_str(""), 0600, false, &e), 0);
	assert_int_equal(file_mkdirs(file, 0755, &e), E_FAIL);
	assert_int_not_equal(file_mkdirs(beneath, 0755, &e), 0);
	s = file_join("/", "x");
	assert_string_equal(s, "/x");
	free(s);
	s = file_join("a", "/x");
	assert_string_equal(s, "/x");
	free(s);
	s = file_join(".", "x");
	assert_string_equal(s, "x");
	free(s);
	free(deep);
	free(file);
	free(beneath);
}

/* --- the database --- */

static void
test_db(void **state)
{
	char *path = file_join(dir, "d.db");
	struct arena a = { 0 };
	sqlite3_stmt *st, *twin;
	struct stat stat_;
	struct error e;
	struct db *d;

	(void)state;
	assert_int_equal(db_open(&d, path, DB_READ, &e), E_NOTFOUND);
	assert_int_equal(db_open(&d, path, DB_WRITE, &e), E_NOTFOUND);
	assert_int_equal(db_open(&d, path, DB_CREATE, &e), 0);
	assert_int_equal(stat(path, &stat_), 0);
	assert_int_equal(stat_.st_mode & 0777, 0600);
	assert_string_equal(db_path(d), path);
	assert_int_equal(db_exec(d, "CREATE TABLE t(a, b, c)", &e), 0);
	assert_int_equal(db_exec(d, "no sql", &e), E_FAIL);
	assert_null(db_query(d, &e, "SELECT x FROM nowhere", ""));
	assert_int_equal(db_run(d, NULL, "SELECT x FROM nowhere", ""), E_FAIL);
	assert_int_equal(db_int(d, -7, "SELECT x FROM nowhere", ""), -7);
	/* What was taken for "nothing" is told to who asks, once. */
	assert_int_equal(db_trouble(d, &e), E_FAIL);
	assert_non_null(strstr(e.msg, "syntax error"));
	assert_int_equal(db_trouble(d, &e), 0);
	assert_int_equal(db_run(d, &e, "INSERT INTO t VALUES(?,?,?)", "itd",
	    (int64_t)1, "one", INT64_MIN), 0);
	assert_int_equal(db_run(d, &e, "INSERT INTO t VALUES(?,?,?)", "nbd",
	    2, "bl", 2, (int64_t)99), 0);
	/* The same statement twice at once is two. */
	st = db_query(d, &e, "SELECT a, b, c FROM t ORDER BY a", "");
	twin = db_query(d, &e, "SELECT a, b, c FROM t ORDER BY a", "");
	assert_true(st != NULL && twin != NULL && st != twin);
	assert_int_equal(db_step(d, st, &e), 1);
	assert_int_equal(db_step(d, twin, &e), 1);
	assert_string_equal(db_text(st, 1, &a), "one");
	assert_null(db_text(st, 2, &a));
	assert_true(db_date(st, 2) == INT64_MIN);
	assert_int_equal(db_step(d, st, &e), 1);
	assert_int_equal(db_date(st, 2), 99);
	assert_int_equal(db_step(d, st, &e), 0);
	db_done(d, st);
	db_done(d, twin);
	db_done(d, NULL);
	assert_int_equal(db_int(d, 0, "SELECT c FROM t WHERE a = ?", "n", 2),
	    99);
	assert_int_equal(db_int(d, 5, "SELECT c FROM t WHERE a = ?", "n", 1),
	    5);
	db_close(d);
	db_close(NULL);
	assert_int_equal(db_open(&d, dir, DB_READ, &e), E_FAIL);
	assert_non_null(strstr(e.msg, "not a file"));
	arena_free(&a);
	free(path);
}

static void
test_db_refuses(void **state)
{
	char *path = file_join(dir, "d.db"), *junk = file_join(dir, "junk");
	struct db *d, *other;
	struct error e;

	(void)state;
	assert_int_equal(db_open(&d, path, DB_CREATE, &e), 0);
	assert_int_equal(db_exec(d, "CREATE TABLE t(a)", &e), 0);
	assert_int_equal(db_open(&other, path, DB_READ, &e), 0);
	assert_int_equal(db_exec(other, "INSERT INTO t VALUES(1)", &e), E_FAIL);
	assert_non_null(strstr(e.msg, "cannot be written"));
	db_close(other);
	assert_int_equal(db_open(&other, path, DB_WRITE, &e), 0);
	sqlite3_busy_timeout(db_handle(other), 0);
	assert_int_equal(db_exec(d, "BEGIN IMMEDIATE", &e), 0);
	assert_int_equal(db_exec(other, "BEGIN IMMEDIATE", &e), E_AGAIN);
	assert_non_null(strstr(e.msg, "in use by another process"));
	db_close(other);
	db_close(d);
	assert_int_equal(file_replace(junk, span_str("This is no database, "
	    "however long one looks at it."), 0644, false, &e), 0);
	assert_int_equal(db_open(&d, junk, DB_WRITE, &e), 0);
	db_set_remedy(d, "bring another");
	assert_int_equal(db_exec(d, "SELECT * FROM sqlite_master", &e), E_FAIL);
	assert_non_null(strstr(e.msg, "the file is damaged; bring another"));
	db_close(d);
	free(path);
	free(junk);
}

/* --- the sandbox --- */

static void
test_sandbox(void **state)
{
	const char *readable[] = { dir, "/no/such/folder", NULL };
	char *f = file_join(dir, "f");
	int status;
	pid_t pid;

	(void)state;
	if (sandbox_landlock_abi() < 1)
		skip();
	assert_int_equal(file_replace(f, span_str("x"), 0600, false, NULL), 0);
	if ((pid = fork()) == 0) {
		const struct sandbox s = { .read_paths = readable,
		    .cpu_seconds = 30, .memory_bytes = 1 << 30 };
		int how = 0;

		if (sandbox_enter(&s, NULL) != 0)
			how |= 1;
		if (open(f, O_RDONLY) == -1)
			how |= 2;
		if (open(f, O_RDWR) != -1 || errno != EACCES)
			how |= 4;
		if (open("/etc/passwd", O_RDONLY) != -1)
			how |= 8;
		if (unlink(f) != -1)
			how |= 16;
		_exit(how);
	}
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_true(WIFEXITED(status));
	assert_int_equal(WEXITSTATUS(status), 0);
	free(f);
}

static void
test_no_such_user(void **state)
{
	struct error e;

	(void)state;
	assert_int_equal(sandbox_drop_user(NULL, &e), 0);
	assert_int_equal(sandbox_drop_user("", &e), 0);
	if (geteuid() != 0)
		skip();
	assert_int_equal(sandbox_drop_user("no-such-user", &e), E_NOTFOUND);
	assert_non_null(strstr(e.msg, "does not exist"));
}

int
main(void)
{
#define T(f)	cmocka_unit_test_setup_teardown(f, setup, teardown)
	const struct CMUnitTest tests[] = {
		T(test_message_is_clean),
		T(test_message_is_cut),
		T(test_message_of_errno),
		T(test_log),
		T(test_buf_ceiling),
		T(test_arena),
		T(test_arena_moving),
		T(test_out_of_memory),
		T(test_replace),
		T(test_full_device),
		T(test_read_ceiling),
		T(test_mkdirs),
		T(test_db),
		T(test_db_refuses),
		T(test_sandbox),
		T(test_no_such_user),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
