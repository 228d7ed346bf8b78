/*
 * What a mirror reads from strangers: robots.txt and manifests.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include <archive.h>
#include <archive_entry.h>

#include "base/buf.h"
#include "base/error.h"
#include "mirror/manifest.h"
#include "mirror/robots.h"
#include "mirror/warc.h"

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
test_part(void **state)
{
	static const char text[] = "index.gmi\t1\t" SUM
	    "\t2026-01-14T05:00:00Z\n"
	    "mirror/manifest/e-2026.tsv\t9\t" SUM
	    "\t2026-01-14T05:00:00Z\tpart\r\n";
	struct manifest m;

	(void)state;
	assert_int_equal(manifest_read(&m, span_str(text)), 0);
	assert_int_equal(m.n, 2);
	assert_false(m.files[0].part);
	assert_true(m.files[1].part);
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

/* libarchive's own reader gives back what its writer was given. */
static void
read_back(const char *name, const char *const *urls,
    const struct span *bodies, size_t n)
{
	char dir[] = "/tmp/warc.XXXXXX", path[64];
	struct archive *a = archive_read_new();
	struct archive_entry *ae;
	struct error e = { 0 };
	struct warc *w;
	char got[256];

	assert_non_null(mkdtemp(dir));
	snprintf(path, sizeof(path), "%s/%s", dir, name);
	assert_int_equal(warc_open(&w, path, &e), 0);
	for (size_t i = 0; i < n; i++)
		assert_int_equal(warc_put(w, urls[i], bodies[i],
		    1767225600 + (int64_t)i, &e), 0);
	assert_int_equal(warc_close(w, &e), 0);
	assert_int_not_equal(warc_open(&w, path, &e), 0);

	archive_read_support_filter_gzip(a);
	archive_read_support_format_warc(a);
	assert_int_equal(archive_read_open_filename(a, path, 4096),
	    ARCHIVE_OK);
	for (size_t i = 0; i < n; i++) {
		assert_int_equal(archive_read_next_header(a, &ae),
		    ARCHIVE_OK);
		assert_int_equal(archive_entry_size(ae), bodies[i].n);
		assert_int_equal(archive_read_data(a, got, sizeof(got)),
		    bodies[i].n);
		assert_memory_equal(got, bodies[i].p, bodies[i].n);
	}
	assert_int_equal(archive_read_next_header(a, &ae), ARCHIVE_EOF);
	archive_read_free(a);
	unlink(path);
	rmdir(dir);
}

static void
test_warc(void **state)
{
	/* its reader knows the schemes of the Web alone, and no folders */
	static const char *const urls[] = { "https://a.example/index.gmi",
	    "https://a.example/e/1.gmi", "https://a.example/p.png" };
	const struct span bodies[] = { span_str("# Home\n"),
	    span_str("WARC/1.0\r\nWARC-Type: response\r\n\r\n"),
	    span_of("\x89PNG\0\r\n", 7) };

	(void)state;
	read_back("a.warc", urls, bodies, 3);
	read_back("a.warc.gz", urls, bodies, 3);
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
		cmocka_unit_test(test_part),
		cmocka_unit_test(test_warc),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
