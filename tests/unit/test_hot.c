/*
 * Pages in memory: only while the file is the same, within a bound.
 */
#include <sys/stat.h>

#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/file.h"
#include "base/xalloc.h"
#include "serve/hot.h"

/* Later than any file made here, so that it counts as settled. */
#define LATER	((int64_t)time(NULL) + 60)

static char		 dir[] = "/tmp/orrery-hot-XXXXXX";
static struct tree	 tree;

static int
setup(void **state)
{
	(void)state;
	if (mkdtemp(dir) == NULL)
		return -1;
	tree_init(&tree, dir);
	return 0;
}

static int
teardown(void **state)
{
	char *rm = xasprintf("rm -rf '%s'", dir);
	int rc = system(rm);

	(void)state;
	free(rm);
	tree_free(&tree);
	return rc;
}

static void
put(const char *name, const char *text)
{
	char *path = file_join(dir, name);

	assert_int_equal(file_replace(path, span_str(text), 0644, false,
	    NULL), 0);
	free(path);
}

static void
signed_by(struct buf *out, struct span page, void *arg)
{
	buf_putf(out, "%s: ", (const char *)arg);
	buf_put_span(out, page);
}

static struct hot_page *
read_as(struct hot *h, const struct hot_key *k, int64_t now)
{
	struct hot_page *p;
	struct stat st;
	int fd;

	assert_int_equal(tree_open(&tree, k->name, &fd, &st), TREE_FILE);
	p = hot_read(h, k, k->name, fd, &st, now, k->variant != NULL ?
	    signed_by : NULL, (void *)(uintptr_t)k->variant);
	close(fd);
	return p;
}

/* Read and released: whatever is there later was kept. */
static void
take(struct hot *h, const struct hot_key *k)
{
	struct hot_page *p = read_as(h, k, LATER);

	assert_non_null(p);
	hot_release(h, p);
}

static bool
is_kept(struct hot *h, const struct hot_key *k)
{
	struct hot_page *p = hot_find(h, k);

	hot_release(h, p);
	return p != NULL;
}

static void
test_same_file(void **state)
{
	const struct hot_key a = { .tree = &tree, .name = "a" };
	struct hot *h = hot_new(10000);
	struct hot_page *p;
	char *path = file_join(dir, "a");
	FILE *f;

	(void)state;
	put("a", "one");
	assert_false(is_kept(h, &a));
	take(h, &a);
	p = hot_find(h, &a);
	assert_non_null(p);
	assert_int_equal(p->n, 3);
	assert_memory_equal(p->p, "one", 3);
	/* Replaced by another of the same length; who reads goes on. */
	put("a", "two");
	assert_false(is_kept(h, &a));
	assert_memory_equal(p->p, "one", 3);
	hot_release(h, p);
	assert_int_equal(hot_held(h), 0);
	/* Written over in place. */
	take(h, &a);
	assert_non_null(f = fopen(path, "a"));
	fputs("more", f);
	fclose(f);
	assert_false(is_kept(h, &a));
	/* Removed. */
	take(h, &a);
	assert_true(is_kept(h, &a));
	unlink(path);
	assert_false(is_kept(h, &a));
	assert_int_equal(hot_held(h), 0);
	free(path);
	hot_free(h);
}

/* What changed a moment ago may change again within the same tick. */
static void
test_unsettled(void **state)
{
	const struct hot_key a = { .tree = &tree, .name = "fresh" };
	struct hot *h = hot_new(10000);
	struct hot_page *p;

	(void)state;
	put("fresh", "one");
	p = read_as(h, &a, (int64_t)time(NULL));
	assert_non_null(p);
	assert_memory_equal(p->p, "one", 3);
	hot_release(h, p);
	assert_int_equal(hot_held(h), 0);
	assert_false(is_kept(h, &a));
	hot_free(h);
}

static void
test_bounds(void **state)
{
	struct hot *h = hot_new(8000);
	struct hot_key k = { .tree = &tree };
	struct hot_page *used[16] = { NULL };
	char text[1001] = "", name[8];
	size_t held = 0;

	(void)state;
	memset(text, 'x', 1000);
	for (int i = 0; i < 16; i++) {
		snprintf(name, sizeof(name), "b%d", i);
		k.name = name;
		put(name, text);
		take(h, &k);
		assert_true(hot_held(h) <= 8000);
		/* The first one is used all the time. */
		k.name = "b0";
		assert_true(is_kept(h, &k));
	}
	k.name = "b1";
	assert_false(is_kept(h, &k));
	/* What is being sent is not dropped, but has a bound as well. */
	for (int i = 0; i < 16; i++) {
		snprintf(name, sizeof(name), "b%d", i);
		k.name = name;
		if ((used[i] = hot_find(h, &k)) == NULL)
			used[i] = read_as(h, &k, LATER);
		held += used[i] != NULL ? used[i]->n : 0;
	}
	assert_true(held >= 8000 && held <= 16000);
	assert_null(used[15]);
	assert_true(hot_held(h) <= 16000 + 1000);
	for (int i = 0; i < 16; i++)
		hot_release(h, used[i]);
	assert_true(hot_held(h) <= 8000);
	hot_free(h);
}

static void
test_lengths(void **state)
{
	struct hot_key k = { .tree = &tree, .name = "empty" };
	struct hot *h = hot_new(HOT_BYTES);
	struct hot_page *p;
	char *big = xcalloc(1, HOT_PAGE_MAX + 2);

	(void)state;
	put("empty", "");
	take(h, &k);
	p = hot_find(h, &k);
	assert_int_equal(p->n, 0);
	hot_release(h, p);
	memset(big, 'b', HOT_PAGE_MAX + 1);
	put("big", big);
	k.name = "big";
	assert_null(read_as(h, &k, LATER));
	big[HOT_PAGE_MAX] = '\0';
	put("big", big);
	take(h, &k);
	assert_true(is_kept(h, &k));
	free(big);
	hot_free(h);
}

/* Each form of a page is kept for itself, and none for long files. */
static void
test_edited(void **state)
{
	const struct hot_key plain = { .tree = &tree, .name = "edit" };
	struct hot_key a = plain, b = plain;
	struct hot *h = hot_new(HOT_BYTES);
	struct hot_page *p;
	char *big = xcalloc(1, HOT_EDIT_MAX + 2);

	(void)state;
	a.variant = "a";
	b.variant = a.variant;
	b.port = 70;
	put("edit", "text");
	take(h, &plain);
	take(h, &a);
	assert_false(is_kept(h, &b));
	take(h, &b);
	p = hot_find(h, &a);
	assert_int_equal(p->n, strlen("a: text"));
	assert_memory_equal(p->p, "a: text", p->n);
	hot_release(h, p);
	p = hot_find(h, &plain);
	assert_memory_equal(p->p, "text", p->n);
	hot_release(h, p);
	put("edit", "new");
	assert_false(is_kept(h, &a));
	memset(big, 'b', HOT_PAGE_MAX);
	put("edit", big);
	p = read_as(h, &a, LATER);
	assert_int_equal(p->n, HOT_PAGE_MAX + strlen("a: "));
	hot_release(h, p);
	assert_false(is_kept(h, &a));
	memset(big, 'b', HOT_EDIT_MAX + 1);
	put("edit", big);
	assert_null(read_as(h, &a, LATER));
	free(big);
	hot_free(h);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_same_file),
		cmocka_unit_test(test_unsettled),
		cmocka_unit_test(test_bounds),
		cmocka_unit_test(test_lengths),
		cmocka_unit_test(test_edited),
	};

	return cmocka_run_group_tests(tests, setup, teardown);
}
