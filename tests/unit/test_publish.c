/*
 * Published files keep what did not change; posts with a bad head are
 * named by line and cost nobody else.
 */
#include "store_fixture.h"

#include "base/file.h"
#include "publish/publish.h"
#include "publish/tree.h"

static void
begin(struct fixture *f, struct tree **t, int64_t now)
{
	const struct tree_options o = { .dir = f->dir, .now = now };

	ok(f, store_begin(f->s, &f->e));
	ok(f, tree_begin(t, f->s, &o, &f->e));
}

static void
finish(struct fixture *f, struct tree *t, struct tree_counts *n)
{
	ok(f, tree_finish(t, n, &f->e));
	ok(f, store_commit(f->s, &f->e));
	tree_close(t);
}

static void
look(struct fixture *f, const char *path, struct stat *st)
{
	char *full = file_join(f->dir, path);

	if (lstat(full, st) == -1)
		memset(st, 0, sizeof(*st));
	free(full);
}

static void
test_unchanged_keeps_file(void **state)
{
	struct fixture *f = *state;
	struct tree_counts n;
	struct stat was, is;
	struct tree *t;

	begin(f, &t, NOW);
	ok(f, tree_put(t, "capsule/a/x.gmi", span_str("# X\n"), &f->e));
	ok(f, tree_put(t, "capsule/y.gmi", span_str("# Y\n"), &f->e));
	finish(f, t, &n);
	assert_int_equal(n.written, 2);
	look(f, "capsule/a/x.gmi", &was);
	assert_int_equal(was.st_mtime, NOW);

	begin(f, &t, NOW + 60);
	ok(f, tree_put(t, "capsule/a/x.gmi", span_str("# X\n"), &f->e));
	ok(f, tree_put(t, "capsule/y.gmi", span_str("# Z\n"), &f->e));
	finish(f, t, &n);
	assert_int_equal(n.written, 1);
	assert_int_equal(n.unchanged, 1);
	look(f, "capsule/a/x.gmi", &is);
	assert_int_equal(is.st_ino, was.st_ino);
	assert_int_equal(is.st_mtime, was.st_mtime);
	look(f, "capsule/y.gmi", &is);
	assert_int_equal(is.st_mtime, NOW + 60);
}

static void
test_removals_wait(void **state)
{
	struct fixture *f = *state;
	struct tree_counts n;
	struct stat st;
	struct tree *t;

	begin(f, &t, NOW);
	ok(f, tree_put(t, "capsule/a.gmi", span_str("# A\n"), &f->e));
	ok(f, tree_put(t, "capsule/b.gmi", span_str("# B\n"), &f->e));
	finish(f, t, &n);

	begin(f, &t, NOW + 60);
	ok(f, tree_gone(t, "capsule/a.gmi", false, &f->e));
	ok(f, tree_gone(t, "capsule/b.gmi", false, &f->e));
	assert_false(tree_has(t, "capsule/a.gmi"));
	look(f, "capsule/a.gmi", &st);
	assert_int_equal(st.st_size, 4);
	/* a page that comes back in the same run stays */
	ok(f, tree_put(t, "capsule/b.gmi", span_str("# B\n"), &f->e));
	finish(f, t, &n);
	assert_int_equal(n.removed, 1);
	look(f, "capsule/a.gmi", &st);
	assert_int_equal(st.st_ino, 0);
	look(f, "capsule/b.gmi", &st);
	assert_int_equal(st.st_mtime, NOW);
}

/* A file that somebody took away comes back. */
static void
test_lost_file_returns(void **state)
{
	struct fixture *f = *state;
	struct tree_counts n;
	struct stat st;
	struct tree *t;
	char *full = file_join(f->dir, "capsule/a.gmi");

	begin(f, &t, NOW);
	ok(f, tree_put(t, "capsule/a.gmi", span_str("# A\n"), &f->e));
	finish(f, t, &n);
	assert_int_equal(unlink(full), 0);
	begin(f, &t, NOW);
	ok(f, tree_put(t, "capsule/a.gmi", span_str("# A\n"), &f->e));
	finish(f, t, &n);
	assert_int_equal(n.written, 1);
	look(f, "capsule/a.gmi", &st);
	assert_int_equal(st.st_size, 4);
	free(full);
}

static void
keep_line(const char *line, void *arg)
{
	buf_putf(arg, "%s\n", line);
}

#define MANY	500	/* more than are written without a thread */

static const char *
numbered(struct fixture *f, int i)
{
	return arena_printf(&f->a, "capsule/d%d/%d.gmi", i % 7, i);
}

/* Many files: each is there when it is asked for, as it was last put. */
static void
test_many(void **state)
{
	struct fixture *f = *state;
	struct tree_counts n;
	struct stat st;
	struct buf b = { 0 };
	struct tree *t;

	begin(f, &t, NOW);
	for (int i = 0; i < MANY; i++) {
		ok(f, tree_put(t, numbered(f, i), span_str(numbered(f, i)),
		    &f->e));
		if (i % 100 != 99)
			continue;
		/* the last one is still under way, or has just come */
		buf_clear(&b);
		ok(f, tree_read(t, numbered(f, i), &b, &f->e));
		assert_string_equal(buf_cstr(&b), numbered(f, i));
		/* the same again is no change, other bytes are */
		ok(f, tree_put(t, numbered(f, i), span_str(numbered(f, i)),
		    &f->e));
		ok(f, tree_put(t, numbered(f, i), span_str("other"), &f->e));
	}
	assert_int_equal(tree_read(t, "capsule/none.gmi", &b, &f->e),
	    E_NOTFOUND);
	finish(f, t, &n);
	assert_int_equal(n.written, MANY + 5);
	assert_int_equal(n.unchanged, 5);
	for (int i = 0; i < MANY; i++) {
		look(f, numbered(f, i), &st);
		assert_int_equal(st.st_size, i % 100 == 99 ? 5 :
		    (off_t)strlen(numbered(f, i)));
		assert_int_equal(st.st_mtime, NOW);
	}
	buf_free(&b);
}

/* A file that cannot be written ends the run, and none after it appears. */
static void
test_many_fail(void **state)
{
	struct fixture *f = *state;
	struct error e = { 0 };
	struct tree_counts n;
	struct stat st;
	struct tree *t;
	char *full = file_join(f->dir, "capsule/d3/stop.gmi/in-the-way");
	int rc = 0, last;

	ok(f, file_mkdirs(full, 0755, &f->e));
	begin(f, &t, NOW);
	for (last = 0; last < MANY && rc == 0; last++) {
		if (last == 200)
			rc = tree_put(t, "capsule/d3/stop.gmi",
			    span_str("x"), &e);
		if (rc == 0)
			rc = tree_put(t, numbered(f, last), span_str("x"),
			    &e);
	}
	if (rc == 0)
		rc = tree_finish(t, &n, &e);
	assert_int_not_equal(rc, 0);
	assert_non_null(strstr(e.msg, "stop.gmi"));
	store_rollback(f->s);
	tree_close(t);
	look(f, numbered(f, 199), &st);
	assert_int_equal(st.st_size, 1);
	for (int i = 200; i < MANY; i++) {
		look(f, numbered(f, i), &st);
		assert_int_equal(st.st_size, 0);
	}
	free(full);
}

static void
test_bad_post_is_named(void **state)
{
	struct fixture *f = *state;
	struct buf said = { 0 };
	char *dir = file_join(f->dir, "posts");
	char *bad = file_join(dir, "bad.md"), *good = file_join(dir, "good.md");
	char *next = file_join(dir, "next.md");

	ok(f, file_mkdirs(dir, 0755, &f->e));
	ok(f, file_replace(bad, span_str("---\ntitle: Bad\nno colon here\n"
	    "---\nText\n"), 0644, false, &f->e));
	ok(f, file_replace(good, span_str("---\ntitle: Good day\n"
	    "date: 2025-12-31\n---\nText\n"), 0644, false, &f->e));
	/* NOW is the first of January: this one waits */
	ok(f, file_replace(next, span_str("---\ntitle: Not yet\n"
	    "date: 2026-01-02\n---\nText\n"), 0644, false, &f->e));
	f->c.posts_dir = dir;
	f->c.name = "Harbour";
	f->c.language = "en";
	ok(f, store_begin(f->s, &f->e));
	ok(f, publish_posts(f->s, &f->c, NOW, keep_line, &said, &f->e));
	ok(f, store_commit(f->s, &f->e));
	assert_non_null(strstr(buf_cstr(&said), "bad.md:3: "));
	assert_null(strstr(buf_cstr(&said), "good.md"));
	assert_int_equal(store_count(f->s,
	    &(struct store_query){ .own = 1 }), 1);
	buf_free(&said);
	free(dir);
	free(bad);
	free(good);
	free(next);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_unchanged_keeps_file,
		    fixture_setup, fixture_teardown),
		cmocka_unit_test_setup_teardown(test_removals_wait,
		    fixture_setup, fixture_teardown),
		cmocka_unit_test_setup_teardown(test_lost_file_returns,
		    fixture_setup, fixture_teardown),
		cmocka_unit_test_setup_teardown(test_many,
		    fixture_setup, fixture_teardown),
		cmocka_unit_test_setup_teardown(test_many_fail,
		    fixture_setup, fixture_teardown),
		cmocka_unit_test_setup_teardown(test_bad_post_is_named,
		    fixture_setup, fixture_teardown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
