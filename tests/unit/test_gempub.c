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

#include "base/file.h"
#include "publish/gempub.h"
#include "publish/holetext.h"

static void
make(const char *path)
{
	struct gempub_about about = { .title = "P\n2026-01: evil",
	    .date = "2026-01-31" };
	struct gempub *g;
	struct error e = { 0 };

	assert_int_equal(gempub_open(&g, path, &about, 86400, &e), 0);
	assert_int_equal(gempub_add(g, "e/2026/a.gmi", "A\n=> x y",
	    span_str("# A\n"), &e), 0);
	assert_int_equal(gempub_add(g, "../a", "A", span_str(""), &e),
	    E_SYNTAX);
	assert_int_equal(gempub_close(g, &e), 0);
}

static void
expect(struct archive *a, const char *name, const char *bytes)
{
	struct archive_entry *ae;
	char got[1024];
	la_ssize_t n;

	assert_int_equal(archive_read_next_header(a, &ae), ARCHIVE_OK);
	assert_string_equal(archive_entry_pathname(ae), name);
	n = archive_read_data(a, got, sizeof(got) - 1);
	assert_true(n >= 0);
	got[n] = '\0';
	assert_string_equal(got, bytes);
}

static void
test_book(void **state)
{
	char one[] = "/tmp/gempub.XXXXXX", two[] = "/tmp/gempub.XXXXXX";
	struct buf a = { 0 }, b = { 0 };
	struct archive *r = archive_read_new();

	(void)state;
	close(mkstemp(one));
	close(mkstemp(two));
	make(one);
	sleep(2);	/* a ZIP counts in steps of two seconds */
	make(two);
	assert_int_equal(file_read(&a, one, NULL), 0);
	assert_int_equal(file_read(&b, two, NULL), 0);
	assert_true(span_eq(buf_span(&a), buf_span(&b)));
	archive_read_support_format_zip(r);
	assert_int_equal(archive_read_open_memory(r, a.p, a.n), ARCHIVE_OK);
	expect(r, "metadata.txt", "title: P 2026-01: evil\n"
	    "gpubVersion: 1.0.0\nindex: index.gmi\ncharset: UTF-8\n"
	    "publishDate: 2026-01-31\n");
	expect(r, "e/2026/a.gmi", "# A\n");
	expect(r, "index.gmi", "# P 2026-01: evil\n\n"
	    "=> e/2026/a.gmi A => x y\n");
	archive_read_free(r);
	unlink(one);
	unlink(two);
	buf_free(&a);
	buf_free(&b);
}

static void
test_text(void **state)		/* rules 30, 32, 36 */
{
	struct store_entry en = { .link = "https://a.example/1",
	    .text = ".\nBody\n" };
	struct holetext t = { .entry = &en, .words = strings_for("en"),
	    .title = "Title", .source = "S",
	    .date = "1 Jan 2026", .menu = "gopher://h/", .width = 67 };
	struct buf b = { 0 };

	(void)state;
	holetext_put(&b, &t);
	assert_string_equal(buf_cstr(&b), "Title\r\n\r\nSource: S\r\n"
	    "Date: 1 Jan 2026\r\nOriginal: https://a.example/1\r\n\r\n .\r\n"
	    "Body\r\n\r\n--\r\nMore: gopher://h/\r\n");
	buf_free(&b);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_book), cmocka_unit_test(test_text),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
