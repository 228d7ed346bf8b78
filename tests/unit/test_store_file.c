/*
 * The store as a file: opening, lock, damage, migration, backup; threats
 * O01, O04, O06, O10, O15.
 */
#include <sys/wait.h>

#include <fcntl.h>
#include <pthread.h>
#include <signal.h>

#include "store_fixture.h"

static void
test_names(void **state)
{
	static const char *const names[] = { "file:x.db?mode=memory",
		":memory:", "file:///etc/x" };
	struct fixture *f = *state;
	struct store *s;
	struct stat st;
	char old[256];

	assert_non_null(getcwd(old, sizeof(old)));
	assert_int_equal(chdir(f->dir), 0);
	for (size_t i = 0; i < 2; i++) {
		ok(f, store_open(&s, names[i], true, &f->e));
		store_close(s);
		assert_int_equal(stat(names[i], &st), 0);
		assert_int_equal(st.st_mode & 07777, 0600);
	}
	/* no such directory: "file:" */
	assert_int_not_equal(store_open(&s, names[2], true, &f->e), 0);
	assert_int_equal(chdir(old), 0);
	assert_int_equal(store_open(&s, "/tmp/orrery-none/x", false, &f->e),
	    E_NOTFOUND);
	assert_non_null(strstr(f->e.msg, "orrery update"));
}

/* What cannot be handed over is refused, and nothing is stored instead. */
static void
test_too_big(void **state)
{
	struct fixture *f = *state;
	struct buf big = { 0 }, b = { 0 };
	struct error e = { 0 };

	assert_non_null(memset(buf_reserve(&big, 33 << 20), 'x', 33 << 20));
	big.n = 33 << 20;
	big.p[big.n] = '\0';
	assert_int_not_equal(store_meta_set(f->s, "big", buf_cstr(&big), &e),
	    0);
	assert_true(e.msg[0] != '\0');
	assert_int_equal(store_trouble(f->s, NULL), e.status);
	assert_int_not_equal(store_meta_get(f->s, "big", &b), 0);
	/* and the statement works the next time */
	ok(f, store_meta_set(f->s, "big", "small", &f->e));
	ok(f, store_meta_get(f->s, "big", &b));
	assert_string_equal(buf_cstr(&b), "small");
	buf_free(&big);
	buf_free(&b);
}

/* A store of version 1 knows where its feeds were, not whose validators
 * it has. */
static void
test_validators_migrate(void **state)
{
	static const struct {
		const char	*feed;	/* etag, fetch_url, moved_to */
		const char	*of;
	} rows[] = {
		{ "'\"a\"', NULL, NULL", "https://0.example/" },
		{ "'\"b\"', NULL, 'https://moved.example/'",
		    "https://moved.example/" },
		{ "'\"c\"', 'https://asked.example/', 'https://m.example/'",
		    "https://asked.example/" },
		{ "NULL, NULL, NULL", NULL },
	};
	struct fixture *f = *state;
	struct store_feed sf;
	struct store *s;
	struct db *d;
	char path[128], sql[300];

	snprintf(path, sizeof(path), "%s/old.db", f->dir);
	ok(f, db_open(&d, path, DB_CREATE, &f->e));
	ok(f, migrate(d, store_migrations, 1, true, &f->e));
	for (int i = 0; i < 4; i++) {
		snprintf(sql, sizeof(sql), "INSERT INTO feed(url, slug, etag,"
		    " fetch_url, moved_to) VALUES('https://%d.example/', "
		    "'s%d', %s)", i, i, rows[i].feed);
		ok(f, db_exec(d, sql, &f->e));
	}
	db_close(d);
	ok(f, store_open(&s, path, true, &f->e));
	for (int i = 0; i < 4; i++) {
		snprintf(sql, sizeof(sql), "https://%d.example/", i);
		ok(f, store_feed_by_url(s, &sf, &f->a, sql));
		if (rows[i].of == NULL)
			assert_null(sf.validators_of);
		else
			assert_string_equal(sf.validators_of, rows[i].of);
	}
	store_close(s);
}

/* What a try decided moved into a table of its own with version 4. */
static void
test_attempts_migrate(void **state)
{
	struct fixture *f = *state;
	struct store_feed sf;
	struct store *s;
	struct db *d;
	char path[128];

	snprintf(path, sizeof(path), "%s/old.db", f->dir);
	ok(f, db_open(&d, path, DB_CREATE, &f->e));
	ok(f, migrate(d, store_migrations, 3, true, &f->e));
	ok(f, db_exec(d, "INSERT INTO feed(url, slug, last_try, last_ok,"
	    " next_try, min_until, why, newest, rhythm) VALUES"
	    "('https://0.example/', 's0', 11, 12, 13, 14, 'because', 15, 16),"
	    "('https://1.example/', 's1', 0, 0, 0, 0, NULL, 25, 26)",
	    &f->e));
	db_close(d);
	ok(f, store_open(&s, path, true, &f->e));
	ok(f, store_feed_by_url(s, &sf, &f->a, "https://0.example/"));
	assert_int_equal(sf.last_try, 11);
	assert_int_equal(sf.last_ok, 12);
	assert_int_equal(sf.next_try, 13);
	assert_int_equal(sf.min_until, 14);
	assert_string_equal(sf.why, "because");
	assert_int_equal(sf.newest, 15);
	assert_int_equal(sf.rhythm, 16);
	ok(f, store_feed_by_url(s, &sf, &f->a, "https://1.example/"));
	assert_int_equal(sf.last_try, 0);
	assert_int_equal(sf.next_try, 0);
	assert_null(sf.why);
	assert_int_equal(sf.newest, 25);
	/* a forgotten feed leaves none, and its number may come again */
	ok(f, store_feed_by_url(s, &sf, &f->a, "https://0.example/"));
	ok(f, store_forget_feed(s, sf.id, &f->e));
	assert_int_equal(db_int(s->db, -1, "SELECT count(*) FROM attempt",
	    ""), 0);
	store_close(s);
}

/* Many feeds change their addresses at once: each keeps its row. */
static void
test_sync_many(void **state)
{
	enum { MANY = 3000, MOVED = 300 };
	struct fixture *f = *state;
	struct source *list = calloc(MANY, sizeof(*list));
	struct store_feed sf;
	int64_t last;

	for (int i = 0; i < MANY; i++)
		list[i].url = arena_printf(&f->a, "http://%d.example/feed", i);
	f->c.sources = list;
	f->c.nsources = MANY;
	ok(f, store_sync_feeds(f->s, &f->c, NOW, &f->e));
	ok(f, store_feed_by_url(f->s, &sf, &f->a, list[MOVED - 1].url));
	last = sf.id;
	for (int i = 0; i < MOVED; i++)
		list[i].url = arena_printf(&f->a, "https://%d.example/feed",
		    i);
	ok(f, store_sync_feeds(f->s, &f->c, NOW, &f->e));
	ok(f, store_feed_by_url(f->s, &sf, &f->a, list[MOVED - 1].url));
	assert_int_equal(sf.id, last);
	assert_int_equal(db_int(f->s->db, -1, "SELECT count(*) FROM feed",
	    ""), MANY + 4);
	assert_int_equal(db_int(f->s->db, -1, "SELECT count(*) FROM feed"
	    " WHERE active=1", ""), MANY);
	free(list);
}

static void
test_versions_of_schema(void **state)
{
	static const struct migration steps[] = {
		{ "CREATE TABLE t(a); INSERT INTO t VALUES(1);" },
		{ "ALTER TABLE t ADD b DEFAULT 2;" },
		{ "UPDATE t SET a=3; INSERT INTO nowhere VALUES(1);" },
	};
	struct fixture *f = *state;
	struct store *s;
	struct db *d;
	char path[128], bak[160];

	snprintf(path, sizeof(path), "%s/m.db", f->dir);
	ok(f, db_open(&d, path, DB_CREATE, &f->e));
	ok(f, migrate(d, steps, 1, true, &f->e));
	snprintf(bak, sizeof(bak), "%s.v1.bak", path);
	assert_int_not_equal(access(bak, F_OK), 0);
	/* a reader waits for the writer to do it */
	assert_int_equal(migrate(d, steps, 2, false, &f->e), E_FAIL);
	ok(f, migrate(d, steps, 2, true, &f->e));
	assert_int_equal(access(bak, F_OK), 0);
	assert_int_equal(db_int(d, 0, "SELECT b FROM t", ""), 2);
	/* a step that fails leaves version 2 as it was */
	assert_int_not_equal(migrate(d, steps, 3, true, &f->e), 0);
	assert_int_equal(db_int(d, 0, "SELECT a FROM t", ""), 1);
	assert_int_equal(db_int(d, 0, "PRAGMA user_version", ""), 2);
	db_close(d);
	ok(f, db_open(&d, bak, DB_READ, &f->e));
	assert_int_equal(db_int(d, 0, "PRAGMA user_version", ""), 1);
	db_close(d);
	/* newer than this program */
	ok(f, db_exec(f->s->db, "PRAGMA user_version=99", &f->e));
	assert_int_equal(store_open(&s, f->path, true, &f->e), E_LIMIT);
	assert_non_null(strstr(f->e.msg, "newer orrery"));
	assert_int_equal(store_open(&s, f->path, false, &f->e), E_LIMIT);
}

static void
test_lock(void **state)
{
	struct fixture *f = *state;
	int to[2], status;
	pid_t pid, left = 0;

	assert_int_equal(pipe(to), 0);
	if ((pid = fork()) == 0) {
		struct store *s;

		if (store_open(&s, f->path, true, NULL) != 0 ||
		    store_lock(s, NULL) != 0)
			_exit(1);
		/* a child of the holder must not keep the lock */
		if ((left = fork()) == 0) {
			close(to[1]);
			pause();
			_exit(0);
		}
		if (write(to[1], &left, sizeof(left)) != sizeof(left))
			_exit(1);
		pause();
		_exit(0);
	}
	close(to[1]);
	assert_int_equal(read(to[0], &left, sizeof(left)), sizeof(left));
	assert_int_equal(store_lock(f->s, &f->e), E_AGAIN);
	assert_non_null(strstr(f->e.msg, "another update is running"));
	kill(pid, SIGKILL);
	assert_int_equal(waitpid(pid, &status, 0), pid);
	ok(f, store_lock(f->s, &f->e));
	ok(f, store_lock(f->s, &f->e));
	kill(left, SIGKILL);
	close(to[0]);
}

/* A process killed between two commits loses only what was not committed. */
static void
test_killed(void **state)
{
	struct fixture *f = *state;
	int status;
	pid_t pid;

	if ((pid = fork()) == 0) {
		ok(f, store_open(&f->s, f->path, true, &f->e));
		fixture_fill(f, 0, 10, NOW - DAY);
		ok(f, store_begin(f->s, &f->e));
		fixture_fill(f, 1, 10, NOW - DAY);
		kill(getpid(), SIGKILL);
	}
	assert_int_equal(waitpid(pid, &status, 0), pid);
	ok(f, store_check(f->s, &f->e));
	assert_int_equal(count_of(f, (struct store_query){ 0 }), 10);
	fixture_check_counts(f);
	assert_true(marked(f, "front"));
}

struct writer {
	struct fixture	*f;
	volatile bool	 stop;
	int		 written;
};

static void *
write_on(void *arg)
{
	struct writer *w = arg;
	struct store *s;
	char key[32];

	if (store_open(&s, w->f->path, true, NULL) != 0)
		return NULL;
	while (!w->stop) {
		snprintf(key, sizeof(key), "k%d", w->written);
		if (store_meta_set(s, key, "v", NULL) == 0)
			w->written++;
	}
	store_close(s);
	return NULL;
}

static void
count_calls(int done, int total, void *arg)
{
	assert_in_range(done, 0, total);
	++*(int *)arg;
}

static void
test_backup_and_restore(void **state)
{
	struct fixture *f = *state;
	struct writer w = { .f = f };
	struct store *b;
	pthread_t t;
	char to[128];
	int calls = 0;

	fixture_fill(f, 0, 200, NOW - DAY);
	snprintf(to, sizeof(to), "%s/backup.db", f->dir);
	assert_int_equal(pthread_create(&t, NULL, write_on, &w), 0);
	while (w.written < 20)
		usleep(1000);
	ok(f, store_backup(f->s, to, count_calls, &calls, &f->e));
	w.stop = true;
	pthread_join(t, NULL);
	assert_true(calls > 0);
	ok(f, store_open(&b, to, false, &f->e));
	ok(f, store_check(b, &f->e));
	assert_int_equal(store_count(b, &(struct store_query){ .own = -1 }),
	    200);
	store_close(b);
	/* more comes in, a reader is there; then back to the copy */
	fixture_fill(f, 1, 50, NOW - DAY);
	ok(f, store_open(&b, f->path, false, &f->e));
	calls = 0;
	ok(f, store_restore_progress(to, f->path, count_calls, &calls,
	    &f->e));
	assert_true(calls > 0);
	assert_int_equal(store_count(b, &(struct store_query){ .own = -1 }),
	    200);
	store_close(b);
	assert_int_equal(count_of(f, (struct store_query){ 0 }), 200);
	fixture_fill(f, 1, 50, NOW - DAY);
	assert_int_equal(count_of(f, (struct store_query){ 0 }), 250);
	/* what is no backup is refused, and nothing touched */
	assert_int_not_equal(store_restore("/etc/passwd", f->path, &f->e), 0);
	assert_int_equal(count_of(f, (struct store_query){ 0 }), 250);
	/* a damaged store is put aside */
	store_close(f->s);
	f->s = NULL;
	{
		FILE *fp = fopen(f->path, "w");

		fputs("no database, but long enough to look at twice", fp);
		fclose(fp);
	}
	assert_int_equal(store_open(&f->s, f->path, true, &f->e), E_FAIL);
	assert_non_null(strstr(f->e.msg, "orrery restore"));
	ok(f, store_restore(to, f->path, &f->e));
	ok(f, store_open(&f->s, f->path, true, &f->e));
	assert_int_equal(count_of(f, (struct store_query){ 0 }), 200);
}

/* Bytes flip at many places: a message or an answer, never a crash. */
static void
test_flipped_bytes(void **state)
{
	struct fixture *f = *state;
	char copy[128];
	struct stat st;
	int refused = 0;

	fixture_fill(f, 0, 60, NOW - DAY);
	snprintf(copy, sizeof(copy), "%s/copy.db", f->dir);
	ok(f, store_backup(f->s, copy, NULL, NULL, &f->e));
	assert_int_equal(stat(copy, &st), 0);
	srand(7);
	for (int round = 0; round < 300; round++) {
		struct store_query q = { .own = -1, .what = STORE_BODY };
		struct store_entry en;
		struct store_cursor *c;
		struct arena a = { 0 };
		struct store *s = NULL;
		struct error e = { 0 };
		unsigned char was, now;
		off_t at = rand() % st.st_size;
		int fd = open(copy, O_RDWR), rc;

		assert_int_equal(pread(fd, &was, 1, at), 1);
		now = (unsigned char)(was ^ (1 << rand() % 8));
		assert_int_equal(pwrite(fd, &now, 1, at), 1);
		if ((rc = store_open(&s, copy, false, &e)) == 0)
			rc = store_check(s, &e);
		if (rc != 0) {
			assert_true(e.msg[0] != '\0');
			refused++;
		}
		if (s != NULL && store_select(s, &c, &q, &e) == 0) {
			while (store_next(c, &en, &a, &e) == 1)
				continue;
			store_cursor_free(c);
		}
		store_close(s);
		arena_free(&a);
		assert_int_equal(pwrite(fd, &was, 1, at), 1);
		close(fd);
	}
	assert_true(refused > 5);
	ok(f, store_check(f->s, &f->e));
}

/* The writer finds damage before it writes. */
static void
test_lock_checks(void **state)
{
	struct fixture *f = *state;
	struct store *s;
	char zero[4096] = "";
	struct stat st;
	int fd;

	fixture_fill(f, 0, 400, NOW - DAY);
	store_close(f->s);
	f->s = NULL;
	assert_int_equal(stat(f->path, &st), 0);
	fd = open(f->path, O_RDWR);
	/* beyond what opening looks at */
	for (off_t at = st.st_size / 16384 * 3 * 4096; at + 4096 <= st.st_size;
	    at += 4096)
		assert_int_equal(pwrite(fd, zero, 4096, at), 4096);
	close(fd);
	ok(f, store_open(&s, f->path, true, &f->e));
	assert_int_equal(store_lock(s, &f->e), E_FAIL);
	assert_non_null(strstr(f->e.msg, "damaged"));
	assert_non_null(strstr(f->e.msg, "orrery restore"));
	store_close(s);
}

/* An update as root must not take the files over from their owner. */
static void
test_owner(void **state)
{
	struct fixture *f = *state;
	struct store *s;

	if (geteuid() != 0)
		skip();
	assert_int_equal(chown(f->path, 12345, -1), 0);
	assert_int_equal(store_open(&s, f->path, true, &f->e), E_FAIL);
	assert_non_null(strstr(f->e.msg, "belongs to user 12345"));
	ok(f, store_open(&s, f->path, false, &f->e));
	store_close(s);
}

/* What fails inside goes alone. */
static void
test_inner_transaction(void **state)
{
	struct fixture *f = *state;
	struct feed fd = { .title = "x" };

	ok(f, store_begin(f->s, &f->e));
	fixture_fill(f, 0, 3, NOW - DAY);
	assert_int_not_equal(store_merge(f->s, 4711, &fd, &f->o, &f->r,
	    &f->e), 0);
	ok(f, store_begin(f->s, &f->e));
	fixture_fill(f, 1, 3, NOW - DAY);
	store_rollback(f->s);
	ok(f, store_commit(f->s, &f->e));
	assert_int_equal(count_of(f, (struct store_query){ 0 }), 3);
	assert_int_not_equal(store_commit(f->s, &f->e), 0);
	fixture_check_counts(f);
}

/* Forgetting leaves no trace in any file of the store. */
static void
test_canary(void **state)
{
	struct fixture *f = *state;
	struct entry en = entry_of("canary-31337", "https://a/canary-31337",
	    "canary-31337", "<p>canary-31337</p>", NOW - DAY);
	char cmd[256];

	fixture_fill(f, 0, 20, NOW - DAY);
	merge_into(f, 0, &en, 1);
	ok(f, store_forget_feed(f->s, f->feed[0], &f->e));
	ok(f, store_unmark_all(f->s, &f->e));
	ok(f, db_exec(f->s->db, "DELETE FROM tombstone", &f->e));
	ok(f, db_exec(f->s->db, "PRAGMA wal_checkpoint(TRUNCATE)", &f->e));
	snprintf(cmd, sizeof(cmd), "! grep -q canary-31337 %s/*", f->dir);
	assert_int_equal(system(cmd), 0);
}

int
main(void)
{
#define T(f) cmocka_unit_test_setup_teardown(f, fixture_setup, \
	fixture_teardown)
	const struct CMUnitTest tests[] = {
		T(test_names), T(test_too_big), T(test_validators_migrate),
		T(test_attempts_migrate),
		T(test_sync_many),
		T(test_versions_of_schema), T(test_lock), T(test_killed),
		T(test_backup_and_restore), T(test_flipped_bytes),
		T(test_lock_checks), T(test_owner),
		T(test_inner_transaction), T(test_canary),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
