/*
 * What a mirror reads from strangers: robots.txt and manifests.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <string.h>

#include "base/buf.h"
#include "base/error.h"
#include "mirror/manifest.h"
#include "mirror/robots.h"

#define SUM	"e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"

static bool
allowed(const char *robots, const char *path)
{
	return robots_allow(span_str(robots), "archiver", span_str(path));
}

static void
test_robots(void **state)
{
	static const char two[] = "# hello\n"
	    "User-agent: *\nDisallow: /\n\n"
	    "User-Agent: indexer\r\nUser-agent: Archiver # both\r\n"
	    "Disallow: /e/\r\nDisallow: /cgi\r\n";

	(void)state;
	assert_true(allowed("", "/"));
	assert_true(allowed("nonsense\n:\n::\n", "/"));
	assert_false(allowed("User-agent: *\nDisallow: /\n", "/x"));
	assert_true(allowed("User-agent: *\nDisallow:\n", "/x"));
	/* the group that names us counts alone */
	assert_true(allowed(two, "/"));
	assert_true(allowed(two, "/about"));
	assert_false(allowed(two, "/e/2026"));
	assert_false(allowed(two, "/cgi-bin/x"));
	assert_true(allowed(two, "/E/2026"));
	/* another's group does not */
	assert_true(allowed("User-agent: indexer\nDisallow: /\n", "/"));
	/* names in a row end with the first rule */
	assert_true(allowed("User-agent: archiver\nDisallow: /a\n"
	    "User-agent: indexer\nDisallow: /b\n", "/b"));
	/* several groups of one agent add up */
	assert_false(allowed("User-agent: archiver\nDisallow: /a\n"
	    "User-agent: x\nDisallow: /b\n"
	    "User-agent: archiver\nDisallow: /c\n", "/c"));
	/* the longest rule wins */
	assert_true(allowed("User-agent: *\nAllow: /e/own/\nDisallow: /e/\n",
	    "/e/own/x"));
	assert_false(allowed("\xef\xbb\xbfUser-agent: *\nDisallow: /\n",
	    "/"));
}

static void
test_paths(void **state)
{
	static const char *const good[] = { "index.gmi", "e/2026/a-b.gmi",
	    ".well-known/security.txt", "a b", "caf\xc3\xa9/x", "a.b/c..d" };
	static const char *const bad[] = { "", "/", "/x", "x/", "a//b", ".",
	    "..", "a/../b", "../x", ".git/config", ".orrery-mirror/pins",
	    "a\tb", "a\nb", "a\\b", "\xff", "a/./b", "..c/x" };

	(void)state;
	for (size_t i = 0; i < sizeof(good) / sizeof(good[0]); i++)
		assert_true(manifest_path_safe(span_str(good[i])));
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
		if (manifest_path_safe(span_str(bad[i])))
			fail_msg("\"%s\" is not safe", bad[i]);
	assert_false(manifest_path_safe(span_of("a\0b", 3)));
}

static void
test_long_paths(void **state)
{
	struct buf b = { .max = 4096 };

	(void)state;
	for (int i = 0; i < 255; i++)
		buf_putc(&b, 'a');
	assert_true(manifest_path_safe(buf_span(&b)));
	buf_putc(&b, 'a');
	assert_false(manifest_path_safe(buf_span(&b)));
	buf_clear(&b);
	for (int i = 0; i < 500; i++)
		buf_puts(&b, i > 0 ? "/a" : "a");
	assert_true(manifest_path_safe(buf_span(&b)));
	buf_puts(&b, "/aa");
	assert_false(manifest_path_safe(buf_span(&b)));
	buf_free(&b);
}

static void
test_manifest(void **state)
{
	static const char text[] = "# path size sha256 mtime\n"
	    "z.gmi\t0\t" SUM "\t2026-01-14T05:00:00Z\n"
	    "/a.gmi\t12\t" SUM "\t2026-01-14T05:00:01Z\textra\n"
	    "\n"
	    "old.gmi\tgone\r\n"
	    "older.gmi\t-\tgone\t2026-01-01T00:00:00Z\n"
	    /* and what makes no sense */
	    "../x\t0\t" SUM "\t2026-01-14T05:00:00Z\n"
	    "b.gmi\t-1\t" SUM "\t2026-01-14T05:00:00Z\n"
	    "b.gmi\t1\tabc\t2026-01-14T05:00:00Z\n"
	    "b.gmi\t1\t" SUM "\tyesterday\n"
	    "b.gmi\t99999999999999999999\t" SUM "\t2026-01-14T05:00:00Z\n"
	    "b.gmi\n"
	    "z.gmi\t5\t" SUM "\t2026-01-14T05:00:00Z\n";
	const struct manifest_file *f;
	struct manifest m;

	(void)state;
	assert_int_equal(manifest_read(&m, span_str(text)), 0);
	assert_int_equal(m.n, 4);
	assert_int_equal(m.nbad, 7);
	f = manifest_find(&m, span_str("a.gmi"));
	assert_non_null(f);
	assert_int_equal(f->size, 12);
	assert_int_equal(f->mtime, 1768366801);
	assert_string_equal(f->sha256, SUM);
	assert_true(manifest_find(&m, span_str("old.gmi"))->gone);
	assert_true(manifest_find(&m, span_str("older.gmi"))->gone);
	assert_null(manifest_find(&m, span_str("b.gmi")));
	manifest_free(&m);
}

static void
test_no_manifest(void **state)
{
	struct manifest m;

	(void)state;
	assert_int_equal(manifest_read(&m, span_str("")), E_SYNTAX);
	assert_int_equal(manifest_read(&m, span_str("# Not found\n")),
	    E_SYNTAX);
	assert_int_equal(manifest_read(&m, span_str("=> / home\n")),
	    E_SYNTAX);
	assert_null(manifest_find(&m, span_str("x")));
	manifest_free(&m);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_robots),
		cmocka_unit_test(test_paths),
		cmocka_unit_test(test_long_paths),
		cmocka_unit_test(test_manifest),
		cmocka_unit_test(test_no_manifest),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
