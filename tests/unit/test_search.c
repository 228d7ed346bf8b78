/*
 * The full-text file and its query language; threats S19, S20 and F37.
 */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/utf8.h"
#include "search/internal.h"

#define NOW	1767225600	/* 2026-01-01T00:00:00Z */
#define DAY	86400

struct fixture {
	char		 dir[64], path[96];
	struct search	*s;
	struct error	 e;
	struct arena	 a;
	struct search_results r;
};

#define ok(f, call) do {						\
	int ok_rc = (call);						\
	if (ok_rc != 0)							\
		fail_msg("%s: %d %s", #call, ok_rc, (f)->e.msg);	\
} while (0)

static const struct search_doc docs[] = {
	{ 1, "e/2025/a-gardens", "Gardens in winter", "Ann's log", "anns-log",
	  "Ann Smith", "en", "garden winter",
	  "Pruning roses and the running of a small garden.", NOW - 10 * DAY },
	{ 2, "e/2025/b-cafe", "Une journée", "Le café noir", "le-cafe-noir",
	  "Zoé", "fr-CA", "vie", "Un café à Montréal, s'il vous plaît.",
	  NOW - 20 * DAY },
	{ 3, "e/2024/c-tokyo", "東京都の庭園", "日記", "nikki", "山田", "ja",
	  "旅", "京都と東京の庭園を歩いた。庭は静かだった。", NOW - 400 * DAY },
	{ 4, "e/2023/d-thai", "สวน", "บันทึก", "thai", NULL, "th", "",
	  "ฉันชอบเดินเล่นในสวนสาธารณะ", NOW - 800 * DAY },
	{ 5, "e/2022/e-quotes", "Say \"hello\" (again)", "Bob's log",
	  "bobs-log", "Bob", "en", "garden",
	  "The quick brown fox; C++ and foo:bar and a-b.", NOW - 1200 * DAY },
	{ 6, "e/2021/f-korean", "서울에서 산책", "일기", "ilgi", NULL, "ko",
	  NULL, "오늘은 서울에서 걸었다.", NOW - 1500 * DAY },
};

static int
setup(void **state)
{
	struct fixture *f = calloc(1, sizeof(*f));

	snprintf(f->dir, sizeof(f->dir), "/tmp/orrery-search-XXXXXX");
	assert_non_null(mkdtemp(f->dir));
	snprintf(f->path, sizeof(f->path), "%s/search.db", f->dir);
	ok(f, search_open(&f->s, f->path, true, &f->e));
	assert_true(search_fresh(f->s));
	ok(f, search_begin(f->s, &f->e));
	for (size_t i = 0; i < sizeof(docs) / sizeof(docs[0]); i++)
		ok(f, search_put(f->s, &docs[i], &f->e));
	ok(f, search_commit(f->s, &f->e));
	assert_false(search_fresh(f->s));
	*state = f;
	return 0;
}

static int
teardown(void **state)
{
	struct fixture *f = *state;
	char cmd[128];

	search_close(f->s);
	arena_free(&f->a);
	snprintf(cmd, sizeof(cmd), "rm -rf %s", f->dir);
	if (system(cmd) != 0)
		return -1;
	free(f);
	return 0;
}

static void
look(struct fixture *f, const char *typed)
{
	ok(f, search_query(f->s, &f->r, &f->a, span_str(typed), 0, NOW,
	    &f->e));
}

/* Ids of what is found, in ascending order, as "1 5". */
static void
finds(struct fixture *f, const char *typed, const char *want)
{
	char got[64] = "";

	look(f, typed);
	for (size_t d = 0; d < sizeof(docs) / sizeof(docs[0]); d++)
		for (size_t i = 0; i < f->r.nhits; i++)
			if (strcmp(f->r.hits[i].path, docs[d].path) == 0)
				sprintf(got + strlen(got), "%s%d",
				    got[0] ? " " : "", (int)docs[d].id);
	if (strcmp(got, want) != 0)
		fail_msg("%s: found \"%s\", wanted \"%s\"", typed, got, want);
}

static void
test_language(void **state)
{
	struct fixture *f = *state;

	finds(f, "garden", "1 5");
	finds(f, "GARDENS", "1 5");
	finds(f, "run", "1");			/* running */
	finds(f, "cafe", "2");			/* café */
	finds(f, "CAFÉ montreal", "2");
	finds(f, "\"small garden\"", "1");
	finds(f, "\"garden small\"", "");
	finds(f, "garden -roses", "5");
	finds(f, "garden -\"quick brown\"", "1");
	finds(f, "feed:anns-log", "1");
	finds(f, "feed:\"Bob's log\" fox", "5");
	finds(f, "tag:winter", "1");
	finds(f, "tag:roses", "");
	finds(f, "author:ann", "1");
	finds(f, "author:bob garden", "5");
	finds(f, "lang:fr", "2");
	finds(f, "lang:fr-CA", "2");
	finds(f, "garden lang:de", "");
	finds(f, "lang:en -author:bob", "1");
	finds(f, "garden after:2025", "1");
	finds(f, "garden before:2025-06-01", "5");
	finds(f, "before:2022", "6");		/* nothing but a date */
	finds(f, "after:2025-12-15", "1");
	finds(f, "prun*", "1");
	finds(f, "pr*", "");			/* too short for a prefix */
	finds(f, "Say hello again", "5");
}

static void
test_dense_scripts(void **state)
{
	struct fixture *f = *state;

	finds(f, "東京", "3");
	finds(f, "東京都", "3");
	finds(f, "京都", "3");
	finds(f, "庭", "3");
	finds(f, "園", "3");			/* last of its run */
	finds(f, "都東", "");
	finds(f, "庭園を歩いた", "3");
	finds(f, "สวน", "4");
	finds(f, "สาธารณะ", "4");
	finds(f, "서울", "6");			/* before its particle */
	finds(f, "庭 -静か", "");
	finds(f, "tag:旅", "3");
	finds(f, "東京tower", "");
}

/* What threats rows 22 and 23 and S19 name, and more of that kind. */
static void
test_torture(void **state)
{
	static const char *const strings[] = {
		"foo:bar", "a-b", "(", ")", "\"", "*", "", " ", "\"\"", "-",
		"--", "-\"", "\"a", "a\"b", "a\"\"b", "NOT", "AND", "OR",
		"NEAR", "NEAR(a b)", "NEAR/2", "a AND", "OR b", "NOT c",
		"^a", "a^", "{title}:a", "{", "}", "title:a", "ft:a",
		"rowid:1", "a + b", "a+b", "a,b", "';--", "' OR 1=1",
		"\\", "\\\"", "%", "_", "?1", ":x", "@x", "$x", "feed:",
		"tag:\"", "author:-", "-feed:", "lang:*", "after:", "after:x",
		"after:9999-99-99", "before:-1", "a*b*c*", "***a***",
		"\xff\xfe", "a\xc3", "\xed\xa0\x80", "\xc2\x9b" "31m",
		"\xe2\x80\xae" "abc", "\x1b[31m", "e\xcc\x81", "\xcc\x81",
		"\xf0\x9f\x98\x80", "\xe0\xb8\xb1", "\xe0\xb8\xb1\xe0\xb8\x81",
		"a\xe2\x80\x99s", "\"-a\" -\"b", "feed:tag:author:x",
	};
	struct fixture *f = *state;
	struct buf b = { 0 };

	for (size_t i = 0; i < sizeof(strings) / sizeof(strings[0]); i++)
		look(f, strings[i]);
	/* a NUL, and what a NUL may hide */
	ok(f, search_query(f->s, &f->r, &f->a, span_of("a\0\" OR", 6), 0, NOW,
	    &f->e));
	/* row 22: keyword storms */
	for (int i = 0; i < 120; i++)
		buf_puts(&b, i ? " OR a*" : "a*");
	ok(f, search_query(f->s, &f->r, &f->a, buf_span(&b), 0, NOW, &f->e));
	buf_clear(&b);
	for (int i = 0; i < 200; i++)
		buf_puts(&b, "( \" gard* ");
	ok(f, search_query(f->s, &f->r, &f->a, buf_span(&b), 0, NOW, &f->e));
	/* one token of a megabyte */
	buf_clear(&b);
	for (int i = 0; i < 1 << 20; i++)
		buf_putc(&b, 'a' + i % 26);
	ok(f, search_query(f->s, &f->r, &f->a, buf_span(&b), 0, NOW, &f->e));
	assert_int_equal(f->r.nhits, 0);
	buf_free(&b);
}

static void
test_hints(void **state)
{
	struct fixture *f = *state;

	look(f, "");
	assert_non_null(f->r.hint);
	look(f, "-only -minus");
	assert_non_null(strstr(f->r.hint, "leave out"));
	look(f, "garden after:tomorrow");
	assert_non_null(strstr(f->r.hint, "no date"));
	assert_int_equal(f->r.nhits, 0);
	look(f, "?!?");
	assert_non_null(f->r.hint);
	look(f, "zzzzz");
	assert_non_null(strstr(f->r.hint, "nothing was found"));
	look(f, "a b c d e f g h i j");
	assert_non_null(f->r.hint);
	look(f, "garden");
	assert_null(f->r.hint);
}

static void
test_snippets(void **state)
{
	struct fixture *f = *state;
	struct search_doc d = docs[0];
	struct buf b = { 0 };

	for (int i = 0; i < 500; i++)
		buf_puts(&b, "filler words stand here\n=> gemini://x/ y\n");
	buf_puts(&b, "Then the zébra\x1b[31m came.\nAfter it nobody.");
	d.id = 9;
	d.path = "e/2026/z";
	d.text = buf_cstr(&b);
	ok(f, search_put(f->s, &d, &f->e));
	look(f, "zebras");
	assert_int_equal(f->r.nhits, 1);
	assert_non_null(strstr(f->r.hits[0].snippet, "zébra"));
	assert_null(strpbrk(f->r.hits[0].snippet, "\n\x1b\t"));
	assert_true(utf8_columns(span_str(f->r.hits[0].snippet)) <= 170);
	buf_free(&b);
}

/* Lines without an end of their own are parted by a dot. */
static void
test_snippet_lines(void **state)
{
	struct fixture *f = *state;
	struct search_doc d = docs[0];

	d.id = 9;
	d.path = "e/2026/z";
	d.text = "Provisions\nbread\nsalt, and ropes.\nWeigh anchor!\n出帆\nend";
	ok(f, search_put(f->s, &d, &f->e));
	look(f, "provisions");
	assert_int_equal(f->r.nhits, 1);
	assert_string_equal(f->r.hits[0].snippet, "Provisions · bread · "
	    "salt, and ropes. Weigh anchor! 出帆 · end");
	d.text = "\nSome words before it, which are cut, and then some more"
	    " that stand here, so that there are enough of them to be shown"
	    " when the word stands last: here it is, the very last, at the"
	    " anchor\n\n";
	ok(f, search_put(f->s, &d, &f->e));
	look(f, "anchor");
	assert_string_equal(f->r.hits[0].snippet, "… are cut, and then some"
	    " more that stand here, so that there are enough of them"
	    " to be shown when the word stands last:"
	    " here it is, the very last, at the anchor");
}

/* A file of an earlier revision answers, and says that it is one. */
static void
test_old_revision(void **state)
{
	struct fixture *f = *state;
	char cmd[200];

	assert_false(search_old(f->s));
	search_close(f->s);
	snprintf(cmd, sizeof(cmd), "printf '\\000\\000\\000\\001' | dd"
	    " of=%s bs=1 seek=60 conv=notrunc 2>/dev/null", f->path);
	assert_int_equal(system(cmd), 0);	/* the header's user version */
	ok(f, search_open(&f->s, f->path, false, &f->e));
	finds(f, "garden", "1 5");
	search_close(f->s);
	ok(f, search_open(&f->s, f->path, true, &f->e));
	assert_true(search_old(f->s));
	assert_false(search_fresh(f->s));
	ok(f, search_delete(f->s, 1, &f->e));
	finds(f, "garden", "5");
	ok(f, search_begin(f->s, &f->e));
	ok(f, search_reset(f->s, &f->e));
	ok(f, search_put(f->s, &docs[0], &f->e));
	ok(f, search_commit(f->s, &f->e));
	assert_false(search_old(f->s));
	finds(f, "garden", "1");
}

/* Ids need not follow times: what is old may have come last. */
static void
test_times_and_ids(void **state)
{
	struct fixture *f = *state;
	struct search_doc d = docs[0];

	d.path = docs[1].path;
	d.title = "Ancient garden";
	for (int64_t id = 5000; id < 5003; id++) {
		d.id = id;
		d.time = NOW - (3000 + id) * DAY;
		ok(f, search_put(f->s, &d, &f->e));
	}
	look(f, "garden before:2023");		/* 5, and three far away */
	assert_int_equal(f->r.nhits, 4);
	look(f, "ancient before:2023 after:2000");
	assert_int_equal(f->r.nhits, 3);
	assert_int_equal(f->r.cut, SEARCH_WHOLE);
	look(f, "garden after:2030");
	assert_int_equal(f->r.nhits, 0);
	look(f, "garden -ancient before:2023");
	assert_int_equal(f->r.nhits, 1);
	assert_string_equal(f->r.hits[0].path, docs[4].path);
}

/* Without any time there is a page that says so, and nothing worse. */
static void
test_no_time(void **state)
{
	struct fixture *f = *state;
	static const char *const typed[] = { "garden", "gar*", "before:2027",
		"a b c d e f g h i j", "庭" };

	search_set_limit(f->s, 0);
	for (size_t i = 0; i < sizeof(typed) / sizeof(typed[0]); i++) {
		look(f, typed[i]);
		assert_int_equal(f->r.cut, SEARCH_LATE);
		assert_int_equal(f->r.nhits, 0);
		assert_non_null(strstr(f->r.hint, "not the time"));
	}
	look(f, "-garden");
	assert_non_null(strstr(f->r.hint, "leave out"));
	search_set_limit(f->s, SEARCH_DEADLINE_MS);
	look(f, "garden");
	assert_int_equal(f->r.cut, SEARCH_WHOLE);
	assert_int_equal(f->r.nhits, 2);
}

/*
 * A phrase that is nowhere, of two words that are everywhere: FTS5 looks
 * through all of them in one step.  Millions of places are more than a
 * millisecond's work for any machine.
 */
static void
test_deadline_within_a_step(void **state)
{
	enum { ENTRIES = 200, WORDS = 8000 };
	struct fixture *f = *state;
	struct search_doc d = docs[0];
	struct buf b = { 0 };
	char path[32];

	for (int i = 0; i < WORDS; i++)
		buf_puts(&b, i % 2 ? "port " : "ale ");
	d.text = buf_cstr(&b);
	d.path = path;
	ok(f, search_begin(f->s, &f->e));
	for (int i = 0; i < ENTRIES; i++) {
		snprintf(path, sizeof(path), "e/2026/%d", i);
		d.id = 100 + i;
		ok(f, search_put(f->s, &d, &f->e));
	}
	ok(f, search_commit(f->s, &f->e));
	search_set_limit(f->s, 60 * 1000);
	look(f, "\"ale ale\"");
	assert_int_equal(f->r.cut, SEARCH_WHOLE);
	assert_int_equal(f->r.nhits, 0);
	search_set_limit(f->s, 1);
	look(f, "\"ale ale\"");
	assert_int_equal(f->r.cut, SEARCH_LATE);
	/* and what was interrupted goes on as if nothing had been */
	search_set_limit(f->s, 60 * 1000);
	look(f, "\"ale port\"");
	assert_int_equal(f->r.nhits, SEARCH_PAGE);
	assert_int_equal(f->r.cut, SEARCH_WHOLE);
	buf_free(&b);
}

static void
test_change_and_delete(void **state)
{
	struct fixture *f = *state;
	struct search_doc d = docs[0];

	d.text = "Entirely other things.";
	ok(f, search_put(f->s, &d, &f->e));
	finds(f, "roses", "");
	finds(f, "entirely", "1");
	ok(f, search_delete(f->s, 1, &f->e));
	ok(f, search_delete(f->s, 1, &f->e));
	finds(f, "entirely", "");
	finds(f, "garden", "5");
	assert_int_equal(search_count(f->s), 5);
}

static void
test_pages(void **state)
{
	struct fixture *f = *state;
	char seen[200] = "", path[32];
	struct search_doc d = { .title = "many", .source = "s" };

	ok(f, search_begin(f->s, &f->e));
	for (int i = 0; i < 150; i++) {
		snprintf(path, sizeof(path), "e/2026/%d", i);
		d.id = 100 + i;
		d.path = path;
		d.time = NOW - i * DAY;
		ok(f, search_put(f->s, &d, &f->e));
	}
	ok(f, search_commit(f->s, &f->e));
	for (size_t p = 0; p < 5; p++) {
		ok(f, search_query(f->s, &f->r, &f->a, span_str("many"), p,
		    NOW, &f->e));
		assert_int_equal(f->r.nhits, SEARCH_PAGE);
		assert_int_equal(f->r.more, p < 4);
		for (size_t i = 0; i < f->r.nhits; i++) {
			int k = atoi(f->r.hits[i].path + 7);

			/* equal words: newest first, each once */
			assert_int_equal(k, (int)(p * SEARCH_PAGE + i));
			assert_int_equal(seen[k]++, 0);
		}
	}
	ok(f, search_query(f->s, &f->r, &f->a, span_str("many"), 5, NOW,
	    &f->e));
	assert_int_equal(f->r.nhits, 0);
	ok(f, search_query(f->s, &f->r, &f->a, span_str("many"), SIZE_MAX / 4,
	    NOW, &f->e));
	assert_int_equal(f->r.nhits, 0);
}

/* A reader needs no right to write, and follows a rebuild. */
static void
test_reader_and_rebuild(void **state)
{
	struct fixture *f = *state;
	struct search *reader, *w = f->s;
	struct stat st;

	assert_int_equal(chmod(f->dir, 0500), 0);
	ok(f, search_open(&reader, f->path, false, &f->e));
	f->s = reader;
	finds(f, "garden", "1 5");
	assert_int_not_equal(search_put(reader, &docs[0], &f->e), 0);
	assert_int_equal(chmod(f->dir, 0700), 0);
	ok(f, search_begin(w, &f->e));
	ok(f, search_reset(w, &f->e));
	ok(f, search_put(w, &docs[1], &f->e));
	finds(f, "garden", "1 5");	/* until it is whole */
	ok(f, search_commit(w, &f->e));
	finds(f, "garden", "");
	finds(f, "cafe", "2");
	assert_int_equal(stat(f->path, &st), 0);
	assert_int_equal(st.st_mode & 07777, 0600);
	search_close(reader);
	f->s = w;
	finds(f, "cafe", "2");
	ok(f, search_put(w, &docs[0], &f->e));
	finds(f, "garden", "1");
}

static void
test_damage(void **state)
{
	struct fixture *f = *state;
	FILE *fp;

	search_close(f->s);
	f->s = NULL;
	fp = fopen(f->path, "r+");
	assert_non_null(fp);
	for (int i = 0; i < 100; i++)
		fputs("this is no database ", fp);
	fclose(fp);
	assert_int_not_equal(search_open(&f->s, f->path, false, &f->e), 0);
	assert_non_null(strstr(f->e.msg, "orrery publish"));
	assert_int_equal(search_open(&f->s, f->path, true, &f->e), E_FAIL);
	/* a first filling that was stopped is noticed as well */
	assert_int_equal(unlink(f->path), 0);
	ok(f, search_open(&f->s, f->path, true, &f->e));
	assert_true(search_fresh(f->s));
	ok(f, search_begin(f->s, &f->e));
	ok(f, search_put(f->s, &docs[0], &f->e));
	search_close(f->s);
	f->s = NULL;
	assert_int_equal(search_open(&f->s, f->path, true, &f->e), E_FAIL);
	assert_int_equal(unlink(f->path), 0);
	ok(f, search_open(&f->s, f->path, true, &f->e));
	ok(f, search_put(f->s, &docs[0], &f->e));
	finds(f, "garden", "1");
}

static void
test_huge_entry(void **state)
{
	struct fixture *f = *state;
	struct search_doc d = docs[0];
	struct buf b = { 0 };
	struct stat st;

	for (int i = 0; i < 1000000; i++)
		buf_putf(&b, "w%d ", i);
	d.id = 77;
	d.text = buf_cstr(&b);
	ok(f, search_put(f->s, &d, &f->e));
	assert_int_equal(stat(f->path, &st), 0);
	assert_in_range(st.st_size, 1, 1 << 20);
	look(f, "w5");
	assert_int_equal(f->r.nhits, 1);
	look(f, "w999999");
	assert_int_equal(f->r.nhits, 0);
	buf_free(&b);
}

int
main(void)
{
#define T(f) cmocka_unit_test_setup_teardown(f, setup, teardown)
	const struct CMUnitTest tests[] = {
		T(test_language), T(test_dense_scripts), T(test_torture),
		T(test_hints), T(test_snippets), T(test_snippet_lines),
		T(test_old_revision), T(test_no_time), T(test_times_and_ids),
		T(test_deadline_within_a_step), T(test_change_and_delete),
		T(test_pages), T(test_reader_and_rebuild), T(test_damage),
		T(test_huge_entry),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
