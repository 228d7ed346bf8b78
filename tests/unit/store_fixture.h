/*
 * store_fixture.h - a store in a directory of its own, and feeds by hand.
 */
#ifndef STORE_FIXTURE_H
#define STORE_FIXTURE_H

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

#include "store/internal.h"

#define NOW	1767225600	/* 2026-01-01T00:00:00Z */
#define HOUR	3600
#define DAY	86400

struct fixture {
	char		 dir[64], path[96];
	struct store	*s;
	struct error	 e;
	struct arena	 a;
	struct merge_result r;
	struct merge_options o;
	struct config	 c;
	struct source	 sources[8];
	int64_t		 feed[8];
};

/* Not every test uses every helper. */
#define HELPER	__attribute__((unused)) static

#define ok(f, call) do {						\
	int ok_rc = (call);						\
	if (ok_rc != 0)							\
		fail_msg("%s: %d %s", #call, ok_rc, (f)->e.msg);	\
} while (0)

HELPER void
fixture_sync(struct fixture *f, size_t n)
{
	struct store_feed sf;

	f->c.sources = f->sources;
	f->c.nsources = n;
	ok(f, store_sync_feeds(f->s, &f->c, NOW, &f->e));
	for (size_t i = 0; i < n; i++) {
		ok(f, store_feed_by_url(f->s, &sf, &f->a,
		    f->sources[i].url));
		f->feed[i] = sf.id;
	}
}

HELPER int
fixture_setup(void **state)
{
	static const char *const urls[] = { "https://a.example/feed",
		"https://b.example/feed", "https://a.example/tag/c.xml",
		"gemini://d.example/" };
	struct fixture *f = calloc(1, sizeof(*f));

	snprintf(f->dir, sizeof(f->dir), "/tmp/orrery-store-XXXXXX");
	assert_non_null(mkdtemp(f->dir));
	snprintf(f->path, sizeof(f->path), "%s/o.db", f->dir);
	ok(f, store_open(&f->s, f->path, true, &f->e));
	for (size_t i = 0; i < 4; i++)
		f->sources[i].url = urls[i];
	f->o.now = NOW;
	f->o.new_items = 50;
	fixture_sync(f, 4);
	ok(f, store_unmark_all(f->s, &f->e));
	*state = f;
	return 0;
}

HELPER int
fixture_teardown(void **state)
{
	struct fixture *f = *state;
	char cmd[128];

	store_close(f->s);
	arena_free(&f->a);
	snprintf(cmd, sizeof(cmd), "rm -rf %s", f->dir);
	if (system(cmd) != 0)
		return -1;
	free(f);
	return 0;
}

HELPER struct entry
entry_of(const char *id, const char *link, const char *title,
    const char *html, int64_t published)
{
	struct entry en = { .id = id, .link = link, .title = title,
	    .published = published, .updated = DATE_NONE, .date = DATE_NONE,
	    .ncomments = -1, .duration = -1 };

	if (html != NULL)
		en.content = (struct content){ .type = CONTENT_HTML,
		    .value = html };
	return en;
}

HELPER void
merge_into(struct fixture *f, int feed, struct entry *list, size_t n)
{
	struct feed fd = { .format = FEED_ATOM, .title = "A feed",
	    .entries = list, .nentries = n, .updated = DATE_NONE,
	    .published = DATE_NONE };

	ok(f, store_merge(f->s, f->feed[feed], &fd, &f->o, &f->r, &f->e));
}

/* The nth entry of a walk; fails when there are fewer. */
HELPER struct store_entry
nth(struct fixture *f, struct store_query q, size_t n)
{
	struct store_entry en = { 0 };
	struct store_cursor *c;

	q.own = -1;
	ok(f, store_select(f->s, &c, &q, &f->e));
	for (size_t i = 0; i <= n; i++)
		if (store_next(c, &en, &f->a, &f->e) != 1)
			fail_msg("only %zu entries, wanted one more", i);
	store_cursor_free(c);
	return en;
}

HELPER int64_t
count_of(struct fixture *f, struct store_query q)
{
	struct store_entry en;
	struct store_cursor *c;
	int64_t n = 0;

	q.own = -1;
	ok(f, store_select(f->s, &c, &q, &f->e));
	while (store_next(c, &en, &f->a, &f->e) == 1)
		n++;
	store_cursor_free(c);
	/* what is counted and what is walked must never differ */
	assert_int_equal(store_count(f->s, &q), n);
	return n;
}

HELPER int
is_mark(const char *what, void *arg)
{
	return strcmp(what, arg) == 0;
}

HELPER bool
marked(struct fixture *f, const char *what)
{
	int rc = store_marks(f->s, is_mark, (void *)(size_t)what);

	assert_true(rc == 0 || rc == 1);
	return rc == 1;
}

HELPER bool
marked_entry(struct fixture *f, int64_t id)
{
	char what[32];

	snprintf(what, sizeof(what), "entry:%lld", (long long)id);
	return marked(f, what);
}

HELPER void
fixture_fill(struct fixture *f, int feed, size_t n, int64_t newest)
{
	struct entry *l = calloc(n, sizeof(*l));
	static const struct category tags[] = { { .term = "Rust" },
		{ .term = "rust" }, { .term = "Web Dev" } };

	for (size_t i = 0; i < n; i++) {
		l[i] = entry_of(arena_printf(&f->a, "%d-%zu", feed, i), NULL,
		    arena_printf(&f->a, "Title %zu", i),
		    arena_printf(&f->a, "<p>%zu in %d</p>", i, feed),
		    newest - (int64_t)i * DAY);
		l[i].categories = (struct category *)tags;
		l[i].ncategories = i % 2 ? 3 : 1;
		l[i].language = i % 3 ? "en-GB" : "de";
	}
	merge_into(f, feed, l, n);
	free(l);
}

/* Every count equals what a walk finds, after any history. */
HELPER void
fixture_check_counts(struct fixture *f)
{
	static const enum store_buckets kinds[] = { BUCKET_DAY, BUCKET_MONTH,
		BUCKET_YEAR, BUCKET_TAG, BUCKET_GROUP, BUCKET_LANGUAGE };
	struct store_bucket *b;
	size_t n;

	for (size_t k = 0; k < 6; k++) {
		int64_t sum = 0;

		ok(f, store_buckets(f->s, kinds[k], 0, &b, &n, &f->a));
		for (size_t i = 0; i < n; i++) {
			struct store_query q = { 0 };
			const char *key = b[i].key;

			sum += b[i].n;
			if (kinds[k] == BUCKET_TAG)
				q.tag = key;
			else if (kinds[k] == BUCKET_GROUP)
				q.group = key;
			else if (kinds[k] == BUCKET_LANGUAGE)
				q.language = key;
			else
				continue;
			assert_int_equal(count_of(f, q), b[i].n);
			assert_int_equal(nth(f, q, 0).sort, b[i].newest);
		}
		if (kinds[k] <= BUCKET_YEAR)
			assert_int_equal(sum, count_of(f,
			    (struct store_query){ 0 }));
		if (kinds[k] == BUCKET_DAY)
			for (size_t i = 0; i < n; i++) {
				char day[16];

				ident_period(f->s, day, BUCKET_DAY,
				    b[i].newest);
				assert_string_equal(day, b[i].key);
			}
	}
}

#endif
