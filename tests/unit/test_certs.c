/*
 * Certificates: rules 38-44, threat S23, faults O05 and O08.
 */
#include <sys/stat.h>

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/date.h"
#include "base/xalloc.h"
#include "certs/certs.h"

#define NOW	INT64_C(1768366800)	/* 2026-01-14 */
#define DAY	INT64_C(86400)

static char			 dir[] = "/tmp/orrery-certs.XXXXXX";
static struct cert_files	 f;
static const char *const	 names[] = { "planet.example", "127.0.0.1",
	"::1" };

static int
set_up(void **state)
{
	char *host = xasprintf("h%d", rand());

	(void)state;
	cert_files_init(&f, dir, host);
	free(host);
	return 0;
}

static int
tear_down(void **state)
{
	(void)state;
	cert_files_free(&f);
	return 0;
}

static void
make(void)
{
	struct error e;

	if (cert_make(f.cert, f.key, names, 3, NOW, CERTS_FOREVER, &e) != 0)
		fail_msg("%s", e.msg);
}

static void
test_make(void **state)
{
	struct cert_info i;
	struct stat st;
	mode_t mask = umask(0);

	(void)state;
	make();
	umask(mask);
	assert_int_equal(cert_read(f.cert, &i, NULL), 0);
	assert_string_equal(i.names, "planet.example 127.0.0.1 ::1");
	assert_string_equal(i.algorithm, "EC P-256");
	assert_true(i.self_signed);
	assert_true(i.not_before == NOW - DAY);
	assert_true(i.not_after == CERTS_FOREVER);
	assert_int_equal(strlen(i.fingerprint), 64);
	assert_string_not_equal(i.fingerprint, i.key_fingerprint);
	assert_int_equal(stat(f.key, &st), 0);
	assert_int_equal(st.st_mode & 07777, 0600);
	assert_int_equal(cert_check(f.cert, f.key, NULL, NULL), 0);
}

/* What root makes is for whom the directory belongs to. */
static void
test_owner(void **state)
{
	struct stat st;
	uid_t owner = geteuid() == 0 ? 65534 : geteuid();

	(void)state;
	if (geteuid() == 0)
		assert_int_equal(chown(dir, owner, 65534), 0);
	make();
	assert_int_equal(stat(f.key, &st), 0);
	assert_int_equal(st.st_uid, owner);
	assert_int_equal(st.st_mode & 07777, 0600);
	assert_int_equal(stat(f.cert, &st), 0);
	assert_int_equal(st.st_uid, owner);
	if (geteuid() == 0)
		assert_int_equal(chown(dir, 0, 0), 0);
	unlink(f.key);
	unlink(f.cert);
	make();
	assert_int_equal(stat(f.key, &st), 0);
	assert_int_equal(st.st_uid, geteuid());
}

/* Rule 42: whatever is there stays, a dangling link included. */
static void
test_never_over(void **state)
{
	struct cert_info before, after;

	(void)state;
	make();
	assert_int_equal(cert_read(f.cert, &before, NULL), 0);
	assert_int_equal(cert_make(f.cert, f.key, names, 3, NOW, CERTS_FOREVER,
	    NULL), E_EXIST);
	unlink(f.key);
	assert_int_equal(cert_make(f.cert, f.key, names, 3, NOW, CERTS_FOREVER,
	    NULL), E_EXIST);
	assert_int_equal(access(f.key, F_OK), -1);
	assert_int_equal(cert_read(f.cert, &after, NULL), 0);
	assert_string_equal(before.fingerprint, after.fingerprint);
	unlink(f.cert);
	assert_int_equal(symlink("/nonexistent", f.key), 0);
	assert_int_equal(cert_make(f.cert, f.key, names, 3, NOW, CERTS_FOREVER,
	    NULL), E_EXIST);
}

static void
test_refused(void **state)
{
	const char *const comma[] = { "a,DNS:b" };
	struct error e;

	(void)state;
	/* O05: a machine that thinks it is 1970. */
	assert_true(cert_make(f.cert, f.key, names, 3, 1000, CERTS_FOREVER,
	    &e) < 0);
	assert_non_null(strstr(e.msg, "clock"));
	assert_true(cert_make(f.cert, f.key, comma, 1, NOW, CERTS_FOREVER,
	    NULL) < 0);
	assert_true(cert_make(f.cert, f.key, names, 0, NOW, CERTS_FOREVER,
	    NULL) < 0);
	assert_true(cert_make(f.cert, f.key, names, 3, NOW, NOW - 1, NULL) < 0);
	assert_int_equal(access(f.cert, F_OK), -1);
}

static void
test_renew(void **state)
{
	struct cert_info before, after;

	(void)state;
	make();
	assert_int_equal(cert_read(f.cert, &before, NULL), 0);
	assert_int_equal(cert_renew(f.cert, f.key, names, 1, NOW + DAY,
	    NOW + 100 * DAY, NULL), 0);
	assert_int_equal(cert_read(f.cert, &after, NULL), 0);
	assert_string_equal(before.key_fingerprint, after.key_fingerprint);
	assert_string_not_equal(before.fingerprint, after.fingerprint);
	assert_string_equal(after.names, "planet.example");
	assert_true(after.not_after == NOW + 100 * DAY);
}

/* S23 */
static void
test_check(void **state)
{
	struct cert_files other;
	struct error e;

	(void)state;
	make();
	for (mode_t mode = 0; mode < 0100; mode++) {
		chmod(f.key, 0600 | mode);
		assert_int_equal(cert_check(f.cert, f.key, NULL, NULL) == 0,
		    mode == 0);
	}
	chmod(f.key, 0600);
	assert_true(cert_check(f.cert, f.key, dir, &e) < 0);
	assert_non_null(strstr(e.msg, "published"));
	cert_files_init(&other, dir, "other");
	assert_int_equal(cert_make(other.cert, other.key, names, 1, NOW,
	    CERTS_FOREVER, NULL), 0);
	assert_true(cert_check(f.cert, other.key, NULL, &e) < 0);
	assert_true(cert_check(f.cert, f.cert, NULL, &e) < 0);
	assert_true(cert_check(f.cert, dir, NULL, &e) < 0);
	cert_files_free(&other);
}

static void
test_rotate(void **state)
{
	struct cert_info old, next, now;
	int64_t when = 0;

	(void)state;
	make();
	assert_int_equal(cert_read(f.cert, &old, NULL), 0);
	assert_int_equal(cert_announced(&f, &next, &when, NULL), E_NOTFOUND);
	assert_int_equal(cert_switch(&f, NOW, NULL), 0);
	assert_int_equal(cert_announce(&f, names, 3, NOW, NOW + 30 * DAY,
	    CERTS_FOREVER, NULL), 0);
	assert_int_equal(cert_announce(&f, names, 3, NOW, NOW + 30 * DAY,
	    CERTS_FOREVER, NULL), E_EXIST);
	assert_int_equal(cert_announced(&f, &next, &when, NULL), 0);
	assert_true(when == NOW + 30 * DAY);
	assert_string_not_equal(next.key_fingerprint, old.key_fingerprint);
	assert_int_equal(cert_switch(&f, NOW + 29 * DAY, NULL), 0);
	assert_int_equal(cert_read(f.cert, &now, NULL), 0);
	assert_string_equal(now.fingerprint, old.fingerprint);
	assert_int_equal(cert_switch(&f, NOW + 30 * DAY, NULL), 1);
	assert_int_equal(cert_read(f.cert, &now, NULL), 0);
	assert_string_equal(now.fingerprint, next.fingerprint);
	assert_int_equal(cert_check(f.cert, f.key, NULL, NULL), 0);
	assert_int_equal(cert_switch(&f, NOW + 31 * DAY, NULL), 0);
}

/* A crash between the two renames of a switch. */
static void
test_rotate_halfway(void **state)
{
	struct cert_info next, now;
	int64_t when;

	(void)state;
	make();
	assert_int_equal(cert_announce(&f, names, 3, NOW, NOW + DAY,
	    CERTS_FOREVER, NULL), 0);
	assert_int_equal(cert_announced(&f, &next, &when, NULL), 0);
	assert_int_equal(rename(f.next_key, f.key), 0);
	assert_int_equal(cert_switch(&f, NOW + DAY, NULL), 1);
	assert_int_equal(cert_read(f.cert, &now, NULL), 0);
	assert_string_equal(now.fingerprint, next.fingerprint);
	assert_int_equal(cert_check(f.cert, f.key, NULL, NULL), 0);
}

/* O08 */
static void
test_urgency(void **state)
{
	struct cert_info i = { .not_before = NOW, .not_after = NOW + 61 * DAY };
	int64_t days;

	(void)state;
	assert_int_equal(cert_urgency(&i, NOW, &days), 0);
	assert_true(days == 61);
	assert_int_equal(cert_urgency(&i, NOW + 2 * DAY, NULL), 1);
	assert_int_equal(cert_urgency(&i, NOW + 32 * DAY, NULL), 2);
	assert_int_equal(cert_urgency(&i, NOW + 55 * DAY, NULL), 3);
	assert_int_equal(cert_urgency(&i, NOW + 60 * DAY + 1, NULL), 4);
	assert_int_equal(cert_urgency(&i, NOW + 61 * DAY + 1, NULL), 5);
	assert_int_equal(cert_urgency(&i, NOW - 1, NULL), 5);
}

int
main(void)
{
#define TEST(t)	cmocka_unit_test_setup_teardown(t, set_up, tear_down)
	const struct CMUnitTest tests[] = {
		TEST(test_make), TEST(test_owner),
		TEST(test_never_over),
		TEST(test_refused),
		TEST(test_renew),
		TEST(test_check),
		TEST(test_rotate),
		TEST(test_rotate_halfway),
		TEST(test_urgency),
	};
	char *rm;
	int failed;

	if (mkdtemp(dir) == NULL)
		return 70;
	failed = cmocka_run_group_tests(tests, NULL, NULL);
	rm = xasprintf("rm -rf '%s'", dir);
	if (system(rm) != 0)
		failed++;
	free(rm);
	return failed;
}
