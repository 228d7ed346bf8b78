/*
 * Successive states of real feeds, from the shared data where it is there:
 * exactly the new, changed and gone entries that are written beside them.
 */
#include "base/file.h"
#include "feed/parse.h"
#include "store_fixture.h"

#include <jansson.h>

static const char *
shared(void)
{
	const char *s = getenv("SHARED");

	return s != NULL ? s : "../shared";
}

/* Whether text is one of the array's names. */
static bool
named(json_t *list, const char *text)
{
	size_t i;
	json_t *v;

	json_array_foreach(list, i, v)
		if (json_is_string(v) && strcmp(json_string_value(v),
		    text) == 0)
			return true;
	return false;
}

static void
step(struct fixture *f, int64_t feed, json_t *st, bool first,
    struct merge_result *r)
{
	struct parse_options po = { .max_entries = 100000,
		.now = f->o.now };
	struct feed *fd;
	struct buf bytes = { 0 };
	char path[512];

	snprintf(path, sizeof(path), "%s/data/feed-sequences/%s", shared(),
	    json_string_value(json_object_get(st, "file")));
	ok(f, file_read(&bytes, path, &f->e));
	ok(f, feed_parse(&fd, &f->a, buf_span(&bytes), &po, &f->e));
	assert_int_equal(fd->nentries,
	    json_integer_value(json_object_get(st, "entries")));
	ok(f, store_merge(f->s, feed, fd, &f->o, r, &f->e));
	if (first)
		assert_int_equal(r->nnew,
		    json_integer_value(json_object_get(st, "distinct")));
	buf_free(&bytes);
}

/* Which entries this step brought or touched, by first_seen and marks. */
static void
compare(struct fixture *f, const char *name, size_t n, json_t *st,
    const struct merge_result *r, int64_t before, int64_t after)
{
	json_t *new = json_object_get(st, "new");
	json_t *changed = json_object_get(st, "changed");
	struct store_query q = { .own = -1, .all = true };
	struct store_cursor *c;
	struct store_entry en;

	if (r->nnew != json_array_size(new) ||
	    r->nchanged != json_array_size(changed))
		fail_msg("%s step %zu: %zu new and %zu changed, expected %zu"
		    " and %zu", name, n, r->nnew, r->nchanged,
		    json_array_size(new), json_array_size(changed));
	/* nothing leaves the store */
	assert_int_equal(after, before + (int64_t)json_array_size(new));
	ok(f, store_select(f->s, &c, &q, &f->e));
	while (store_next(c, &en, &f->a, &f->e) == 1) {
		if (en.first_seen != f->o.now)
			continue;
		if (en.guid != NULL && !named(new, en.guid) &&
		    (en.link == NULL || !named(new, en.link)))
			fail_msg("%s step %zu: %s is not new", name, n,
			    en.guid);
	}
	store_cursor_free(c);
}

static void
test_sequences(void **state)
{
	struct fixture *f = *state;
	struct store_query all = { .own = -1, .all = true };
	char path[512];
	json_t *root, *seq, *st;
	const char *name;
	size_t i, nseq = 0;

	snprintf(path, sizeof(path), "%s/data/feed-sequences/expected.json",
	    shared());
	if ((root = json_load_file(path, 0, NULL)) == NULL) {
		print_message("no shared feed sequences here: skipped\n");
		skip();
	}
	json_object_foreach(root, name, seq) {
		json_t *steps = json_object_get(seq, "steps");
		int64_t base = store_count(f->s, &all);

		assert_true(nseq < 4);
		json_array_foreach(steps, i, st) {
			struct merge_result r;
			int64_t before = store_count(f->s, &all);

			f->o.now += 6 * HOUR;
			step(f, f->feed[nseq], st, i == 0, &r);
			if (i > 0)
				compare(f, name, i + 1, st, &r, before,
				    store_count(f->s, &all));
		}
		assert_true(store_count(f->s, &all) > base);
		nseq++;
	}
	json_decref(root);
	assert_true(nseq > 0);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_sequences,
		    fixture_setup, fixture_teardown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
