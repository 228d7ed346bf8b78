/*
 * Which entry is which: rules 45 to 48 for planets, threats F17 to F22.
 */
#include "store_fixture.h"

#define ALL	((struct store_query){ .all = true })
#define RIVER	((struct store_query){ 0 })
#define FRONT	((struct store_query){ .front = true })
#define NONE	DATE_NONE

/* pattern with the number in place of its "%d". */
static const char *
numbered(struct fixture *f, const char *pattern, size_t i)
{
	const char *at = pattern != NULL ? strstr(pattern, "%d") : NULL;

	return at == NULL ? pattern : arena_printf(&f->a, "%.*s%zu%s",
	    (int)(at - pattern), pattern, i, at + 2);
}

/* Titles and texts that differ, for feeds of n entries. */
static struct entry *
series(struct fixture *f, size_t n, const char *id, const char *link,
    int64_t newest)
{
	struct entry *list = arena_alloc(&f->a, n * sizeof(*list));

	for (size_t i = 0; i < n; i++)
		list[i] = entry_of(
		    numbered(f, id, i), numbered(f, link, i),
		    arena_printf(&f->a, "Title %zu", i),
		    arena_printf(&f->a, "<p>The text of number %zu.</p>", i),
		    newest == NONE ? NONE : newest - (int64_t)i * DAY);
	return list;
}

static void
test_same_again(void **state)
{
	struct fixture *f = *state;
	struct entry *l = series(f, 10, "tag:%d", "https://a.example/%d",
	    NOW - DAY);

	merge_into(f, 0, l, 10);
	assert_int_equal(f->r.nnew, 10);
	f->o.now += HOUR;
	/* a feed that only says it was updated */
	for (int i = 0; i < 10; i++)
		l[i].updated = NOW;
	ok(f, store_unmark_all(f->s, &f->e));
	merge_into(f, 0, l, 10);
	assert_int_equal(f->r.nnew, 0);
	assert_int_equal(f->r.nchanged, 0);
	assert_int_equal(f->r.nsame, 10);
	assert_int_equal(db_int(f->s->db, -1, "SELECT count(*) FROM mark",
	    ""), 0);
}

static void
test_one_guid_twenty_entries(void **state)
{
	struct fixture *f = *state;
	struct entry *l = series(f, 20, NULL, "https://a.example/%d",
	    NOW - DAY);

	for (int i = 0; i < 20; i++)
		l[i].id = "https://a.example/";
	merge_into(f, 0, l, 20);
	assert_int_equal(f->r.nnew, 20);
	merge_into(f, 0, l, 20);
	assert_int_equal(f->r.nsame, 20);
	/* without links, and with one link for all, as well */
	l = series(f, 20, NULL, NULL, NOW - DAY);
	for (int i = 0; i < 20; i++)
		l[i].id = "x";
	merge_into(f, 1, l, 20);
	assert_int_equal(f->r.nnew, 20);
	for (int i = 0; i < 20; i++)
		l[i].link = "https://b.example/news";
	merge_into(f, 1, l, 20);
	assert_int_equal(f->r.nnew, 0);
	/* only one of them is left in the feed */
	merge_into(f, 1, l + 7, 1);
	assert_int_equal(f->r.nnew, 0);
	assert_int_equal(count_of(f, ALL), 40);
}

static void
test_rotating_guids(void **state)
{
	struct fixture *f = *state;

	merge_into(f, 0, series(f, 10, "r1-%d", "https://a.example/%d",
	    NOW - DAY), 10);
	merge_into(f, 0, series(f, 10, "r2-%d", "https://a.example/%d",
	    NOW - DAY), 10);
	assert_int_equal(f->r.nnew, 0);
	assert_int_equal(f->r.nsame, 10);
	/* no links to hold on to, and no dates */
	merge_into(f, 1, series(f, 10, "r1-%d", NULL, NONE), 10);
	merge_into(f, 1, series(f, 10, "r2-%d", NULL, NONE), 10);
	assert_int_equal(f->r.nnew, 0);
	/* ids, links and dates all at once: the words are left */
	merge_into(f, 0, series(f, 10, "r3-%d", "https://new.example/p%d",
	    NOW - HOUR), 10);
	assert_int_equal(f->r.nnew, 0);
	assert_int_equal(count_of(f, ALL), 20);
	/* and once more, by the ids it has learnt */
	merge_into(f, 0, series(f, 10, "r3-%d", "https://new.example/p%d",
	    NOW - HOUR), 10);
	assert_int_equal(f->r.nsame, 10);
}

static void
test_link_mutations(void **state)
{
	struct fixture *f = *state;
	struct store_entry en;

	merge_into(f, 0, series(f, 5, NULL, "http://a.example/post/%d",
	    NOW - DAY), 5);
	en = nth(f, ALL, 0);
	merge_into(f, 0, series(f, 5, NULL, "https://a.example/post/%d",
	    NOW - DAY), 5);
	assert_int_equal(f->r.nnew, 0);
	merge_into(f, 0, series(f, 5, NULL,
	    "https://www.a.example/post/%d/?utm_source=rss", NOW - DAY), 5);
	assert_int_equal(f->r.nnew, 0);
	assert_int_equal(count_of(f, ALL), 5);
	/* the better scheme was taken, the tracking was not; the path stays */
	assert_string_equal(nth(f, ALL, 0).link, "https://a.example/post/0");
	assert_string_equal(nth(f, ALL, 0).path, en.path);
	assert_string_equal(nth(f, ALL, 0).pid, en.pid);
}

static void
test_changed_title(void **state)
{
	struct fixture *f = *state;
	struct entry e1 = entry_of("1", "https://a.example/1", "Furst",
	    "<p>Text</p>", NOW - DAY);
	struct store_entry was, is;

	merge_into(f, 0, &e1, 1);
	was = nth(f, ALL, 0);
	assert_non_null(strstr(was.path, "-furst"));
	f->o.now += HOUR;
	e1.title = "First";
	merge_into(f, 0, &e1, 1);
	assert_int_equal(f->r.nnew, 0);
	assert_int_equal(f->r.nchanged, 1);
	is = nth(f, ALL, 0);
	assert_string_equal(is.title, "First");
	assert_string_equal(is.path, was.path);
	/* by link alone */
	e1.id = NULL;
	e1.title = "The First";
	merge_into(f, 0, &e1, 1);
	assert_int_equal(f->r.nnew, 0);
}

/* Posts that all link to the front page are told apart by their ids. */
static void
test_weak_links(void **state)
{
	struct fixture *f = *state;
	struct entry a = entry_of("1", "https://a.example/", "One", "<p>1",
	    NOW - 2 * DAY);
	struct entry b = entry_of("2", "https://a.example/", "Two", "<p>2",
	    NOW - DAY);

	merge_into(f, 0, &a, 1);
	merge_into(f, 0, &b, 1);
	assert_int_equal(f->r.nnew, 1);
	assert_int_equal(count_of(f, ALL), 2);
}

/* A change log: parts of one page. */
static void
test_fragments(void **state)
{
	struct fixture *f = *state;
	struct entry a = entry_of(NULL, "https://a.example/log#v1", "One",
	    "<p>1", NOW - 2 * DAY);
	struct entry b = entry_of(NULL, "https://a.example/log#v2", "Two",
	    "<p>2", NOW - DAY);

	merge_into(f, 0, &a, 1);
	merge_into(f, 0, &b, 1);
	assert_int_equal(f->r.nnew, 1);
}

/* "Open thread", word for word, every day, from a feed of one entry. */
static void
test_repeated_words(void **state)
{
	struct fixture *f = *state;

	for (int i = 0; i < 5; i++) {
		struct entry en = entry_of(arena_printf(&f->a, "t%d", i),
		    arena_printf(&f->a, "https://a.example/t/%d", i),
		    "Open thread", "<p>Talk about anything.</p>",
		    NOW - (10 - i) * DAY);

		merge_into(f, 0, &en, 1);
		assert_int_equal(f->r.nnew, 1);
	}
}

static void
test_neither_id_nor_link(void **state)
{
	struct fixture *f = *state;
	struct entry *l = series(f, 30, NULL, NULL, NOW - DAY);

	merge_into(f, 0, l, 30);
	assert_int_equal(f->r.nnew, 30);
	l[3].content.value = "<p>Corrected.</p>";
	merge_into(f, 0, l, 30);
	assert_int_equal(f->r.nnew, 0);
	assert_int_equal(f->r.nchanged, 1);
	/* without dates the title has to do */
	l = series(f, 30, NULL, NULL, NONE);
	merge_into(f, 1, l, 30);
	l[3].content.value = "<p>Corrected.</p>";
	merge_into(f, 1, l, 30);
	assert_int_equal(f->r.nnew, 0);
	assert_int_equal(f->r.nchanged, 1);
}

/* Of untitled entries without ids the time is all there is. */
static void
test_untitled(void **state)
{
	struct fixture *f = *state;
	struct entry l[3];

	for (int i = 0; i < 3; i++)
		l[i] = entry_of(NULL, NULL, NULL, "<p>was added</p>",
		    NOW - DAY - i * 2 * DAY);
	merge_into(f, 0, l, 3);
	assert_int_equal(f->r.nnew, 3);
	merge_into(f, 0, l, 3);
	assert_int_equal(f->r.nsame, 3);
	/* nothing at all: one entry, and that once */
	l[0] = l[1] = entry_of(NULL, NULL, NULL, NULL, NONE);
	merge_into(f, 1, l, 2);
	assert_int_equal(f->r.nnew, 1);
	merge_into(f, 1, l, 2);
	assert_int_equal(f->r.nnew, 0);
}

/* Another author or tag is written down, but is no other text. */
static void
test_retouched(void **state)
{
	struct fixture *f = *state;
	struct entry en = entry_of("1", NULL, "T", "<p>x", NOW - DAY);
	struct person who = { .name = "Ann" };
	struct store_version *v;
	size_t n;

	merge_into(f, 0, &en, 1);
	ok(f, store_unmark_all(f->s, &f->e));
	en.authors = &who;
	en.nauthors = 1;
	merge_into(f, 0, &en, 1);
	assert_int_equal(f->r.nchanged, 0);
	assert_int_equal(f->r.nretouched, 1);
	assert_string_equal(nth(f, RIVER, 0).author, "Ann");
	assert_true(marked_entry(f, nth(f, RIVER, 0).id));
	ok(f, store_versions(f->s, nth(f, RIVER, 0).id, &v, &n, &f->a));
	assert_int_equal(n, 0);
}

static void
test_twice_in_one_fetch(void **state)
{
	struct fixture *f = *state;
	struct entry l[3];

	/* the same entry twice is one; its newer version counts */
	l[0] = entry_of("1", "https://a.example/1", "T", "<p>old</p>",
	    NOW - DAY);
	l[1] = entry_of("1", "https://a.example/1", "T", "<p>new</p>",
	    NOW - DAY);
	l[0].updated = NOW - 7200;
	l[1].updated = NOW - 3600;
	l[2] = l[1];
	merge_into(f, 0, l, 3);
	assert_int_equal(f->r.nnew, 1);
	assert_string_equal(nth(f, (struct store_query){ .all = true,
	    .what = STORE_RAW }, 0).html, "<p>new</p>");
}

static void
test_hijack(void **state)
{
	struct fixture *f = *state;
	struct entry *mine = series(f, 5, "a-%d", "https://a.example/%d",
	    NOW - DAY), *theirs;
	struct store_entry en;

	merge_into(f, 0, mine, 5);
	ok(f, store_unmark_all(f->s, &f->e));
	theirs = series(f, 5, "a-%d", "https://a.example/%d", NOW - DAY);
	for (int i = 0; i < 5; i++) {
		theirs[i].content.value = "<p>Buy my things</p>";
		theirs[i].title = "Spam";
	}
	merge_into(f, 1, theirs, 5);
	/* A is as it was, and B's are B's own */
	for (size_t i = 0; i < 5; i++) {
		en = nth(f, (struct store_query){ .feed = f->feed[0],
		    .what = STORE_RAW }, i);
		assert_string_equal(en.html, mine[i].content.value);
		assert_false(en.hidden);
	}
	assert_int_equal(count_of(f, (struct store_query){
	    .feed = f->feed[1] }), 5);
	merge_into(f, 0, mine, 5);
	assert_int_equal(f->r.nsame, 5);
}

/* A stranger who is quicker must not hide what the owner says later. */
static void
test_squatter(void **state)
{
	struct fixture *f = *state;
	struct entry bad = entry_of("a-1", "https://a.example/1", "T",
	    "<p>Buy</p>", NOW - DAY);
	struct entry good = entry_of("a-1", "https://a.example/1", "T",
	    "<p>True</p>", NOW - DAY);

	merge_into(f, 1, &bad, 1);
	merge_into(f, 0, &good, 1);
	assert_int_equal(f->r.nduplicate, 0);
	assert_int_equal(count_of(f, RIVER), 2);
}

static void
test_two_feeds_one_post(void **state)
{
	struct fixture *f = *state;
	struct entry *l = series(f, 3, "p-%d", "https://a.example/%d",
	    NOW - DAY);
	struct store_entry en;
	int64_t *also;
	size_t n;

	merge_into(f, 0, l, 3);
	ok(f, store_unmark_all(f->s, &f->e));
	/* another planet carries it, in the same words */
	merge_into(f, 1, l, 1);
	assert_int_equal(f->r.nduplicate, 1);
	/* the writer's feed of one topic has an extract only */
	l[1].content.value = "<p>The text…</p>";
	merge_into(f, 2, l, 2);
	assert_int_equal(f->r.nduplicate, 2);
	assert_int_equal(count_of(f, RIVER), 3);
	assert_int_equal(count_of(f, ALL), 6);
	en = nth(f, RIVER, 0);
	assert_int_equal(en.feed, f->feed[0]);
	assert_int_equal(store_also_in(f->s, en.id, &also, &n, &f->a), 0);
	assert_int_equal(n, 2);
	assert_int_equal(also[0], f->feed[1]);
	assert_int_equal(also[1], f->feed[2]);
	assert_true(marked_entry(f, en.id));
	/* seen again they are still the same */
	merge_into(f, 1, l, 1);
	assert_int_equal(f->r.nnew, 0);
	/* the first owner is forgotten: the next carries on */
	ok(f, store_forget_entry(f->s, en.pid, &f->e));
	assert_int_equal(count_of(f, RIVER), 3);
	en = nth(f, RIVER, 0);
	assert_int_equal(en.feed, f->feed[1]);
	assert_int_equal(store_also_in(f->s, en.id, &also, &n, &f->a), 0);
	assert_int_equal(n, 1);
}

static void
test_places(void **state)
{
	struct fixture *f = *state;
	struct store_entry en;
	struct entry l[] = {
		entry_of("undated0", NULL, "u0", "<p>u0", NONE),
		entry_of("undated1", NULL, "u1", "<p>u1", NONE),
		entry_of("future", NULL, "fu", "<p>f", NOW + 400 * DAY),
		entry_of("soon", NULL, "so", "<p>s", NOW + HOUR),
		entry_of("past", NULL, "pa", "<p>p", NOW - 30 * DAY),
		entry_of("year0", NULL, "y0", "<p>y", -62167219200),
		entry_of("absurd", NULL, "ab", "<p>a", INT64_MAX),
		entry_of("epoch", NULL, "ep", "<p>e", 0),
	};

	merge_into(f, 0, l, 8);
	for (size_t i = 0; i < 8; i++) {
		en = nth(f, RIVER, i);
		assert_in_range(en.sort, NOW - 30 * DAY, NOW);
		if (strcmp(en.guid, "past") == 0)
			assert_int_equal(i, 7);
		else
			assert_in_range(en.sort, NOW - 8, NOW);
		if (strcmp(en.guid, "undated0") == 0)
			assert_int_equal(en.sort, NOW);
		if (strcmp(en.guid, "undated1") == 0)
			assert_int_equal(en.sort, NOW - 1);
		if (strcmp(en.guid, "soon") == 0)
			assert_int_equal(en.published, NOW + HOUR);
		if (strcmp(en.guid, "year0") == 0)
			assert_int_equal(en.published, NONE);
	}
	/* once placed, always there */
	f->o.now += 10 * DAY;
	l[0].published = NOW + 5 * DAY;
	l[4].published = NOW + 5 * DAY;
	merge_into(f, 0, l, 8);
	assert_int_equal(f->r.nnew, 0);
	assert_string_equal(nth(f, RIVER, 7).guid, "past");
	assert_int_equal(nth(f, RIVER, 7).published, NOW - 30 * DAY);
}

static void
test_equal_times_keep_order(void **state)
{
	struct fixture *f = *state;
	struct entry l[6];

	for (int i = 0; i < 6; i++)
		l[i] = entry_of(arena_printf(&f->a, "%d", i), NULL,
		    arena_printf(&f->a, "T%d", i), "<p>x", NOW - DAY);
	merge_into(f, 0, l, 6);
	for (size_t i = 0; i < 6; i++)
		assert_int_equal(nth(f, RIVER, i).guid[0], '0' + (int)i);
}

static void
test_future_dates(void **state)
{
	struct fixture *f = *state;
	struct entry a = entry_of("a", NULL, "A", "<p>a", NOW + 3 * DAY);
	struct entry b = entry_of("b", NULL, "B", "<p>b", NOW + HOUR);
	struct feed empty = { .title = "A feed" };

	f->o.future_dates = FUTURE_IGNORE_DATE;
	merge_into(f, 0, &b, 1);
	assert_int_equal(nth(f, RIVER, 0).published, NONE);
	assert_int_equal(nth(f, RIVER, 0).sort, NOW);
	f->o.future_dates = FUTURE_IGNORE_ENTRY;
	merge_into(f, 1, &a, 1);
	assert_int_equal(count_of(f, RIVER), 1);
	/* its day comes, and the feed has dropped it meanwhile */
	f->o.now = NOW + 3 * DAY + 60;
	ok(f, store_unmark_all(f->s, &f->e));
	ok(f, store_merge(f->s, f->feed[1], &empty, &f->o, &f->r, &f->e));
	assert_int_equal(count_of(f, RIVER), 2);
	assert_int_equal(nth(f, RIVER, 0).sort, NOW + 3 * DAY);
	assert_true(marked(f, "day:2026-01-04"));
	assert_true(marked(f, "front"));
}

static void
test_flood(void **state)
{
	struct fixture *f = *state;

	/* an old feed, just added: sorted in, and nothing of it is new */
	merge_into(f, 0, series(f, 300, "a%d", NULL, NOW - DAY), 300);
	assert_int_equal(f->r.nnew, 300);
	assert_int_equal(f->r.narchived, 0);
	/* the same without dates would all be of today */
	merge_into(f, 1, series(f, 300, "b%d", NULL, NONE), 300);
	assert_int_equal(f->r.narchived, 250);
	assert_int_equal(count_of(f, (struct store_query){
	    .feed = f->feed[1], .front = true }), 50);
	/* a known feed floods */
	f->o.now += DAY;
	merge_into(f, 0, series(f, 300, "c%d", "https://a.example/c%d",
	    NOW + DAY), 300);
	assert_true(f->r.nnew == 0 || f->r.narchived == f->r.nnew - 50);
}

/* All ids, links and words change, the dates do not: no news. */
static void
test_upheaval(void **state)
{
	struct fixture *f = *state;
	struct entry *l = series(f, 20, "a%d", "https://a.example/%d",
	    NOW - DAY);

	merge_into(f, 0, l, 20);
	l = series(f, 20, "n%d", "https://new.example/%d", NOW - DAY);
	for (int i = 0; i < 20; i++) {
		l[i].title = arena_printf(&f->a, "Renamed %d", i);
		l[i].content.value = arena_printf(&f->a, "<p>Other %d", i);
	}
	f->o.now += DAY;
	merge_into(f, 0, l, 20);
	assert_int_equal(f->r.nnew, 20);
	assert_int_equal(f->r.narchived, 20);
	assert_int_equal(count_of(f, FRONT), 20);
	/* titles and seconds agree: recognised, though all else is new */
	for (int i = 0; i < 20; i++) {
		l[i].id = arena_printf(&f->a, "z%d", i);
		l[i].link = arena_printf(&f->a, "https://z.example/%d", i);
		l[i].content.value = arena_printf(&f->a, "<p>Third %d", i);
	}
	merge_into(f, 0, l, 20);
	assert_int_equal(f->r.nnew, 0);
}

static void
test_flapping(void **state)
{
	struct fixture *f = *state;
	struct entry en = entry_of("1", NULL, "T", NULL, NOW - DAY);
	struct store_version *v;
	size_t n;

	en.content.type = CONTENT_HTML;
	for (int i = 0; i < 100; i++) {
		en.content.value = i & 1 ? "<p>this" : "<p>that";
		f->o.now = NOW + i * 600;
		merge_into(f, 0, &en, 1);
	}
	assert_int_equal(store_versions(f->s, nth(f, ALL, 0).id, &v, &n,
	    &f->a), 0);
	assert_int_equal(n, STORE_VERSIONS);
	for (size_t i = 1; i < n; i++)
		assert_true(v[i - 1].replaced - v[i].replaced >= HOUR);
	assert_int_equal(count_of(f, ALL), 1);
}

static void
test_vanished_stay(void **state)
{
	struct fixture *f = *state;
	struct entry *l = series(f, 10, "a%d", NULL, NOW - DAY);

	merge_into(f, 0, l, 10);
	merge_into(f, 0, l, 0);
	merge_into(f, 0, l, 2);
	assert_int_equal(count_of(f, RIVER), 10);
}

/* The page is what counts: other markup, the same gemtext. */
static void
test_same_page(void **state)
{
	struct fixture *f = *state;
	struct entry en = entry_of("1", NULL, "T", "<p>x</p>", NOW - DAY);

	f->o.revision = 1;
	en.gemtext = "x\n";
	merge_into(f, 0, &en, 1);
	ok(f, store_unmark_all(f->s, &f->e));
	en.content.value = "<p class=\"r4nd0m\">x</p>";
	merge_into(f, 0, &en, 1);
	assert_int_equal(f->r.nsame, 1);
	assert_false(marked(f, "front"));
	en.content.value = "<p>y</p>";
	en.gemtext = "y\n";
	merge_into(f, 0, &en, 1);
	assert_int_equal(f->r.nchanged, 1);
	assert_true(marked(f, "front"));
	assert_string_equal(nth(f, RIVER, 0).excerpt, "y");
}

/* The same planet built twice has the same paths. */
static void
test_paths_repeat(void **state)
{
	struct fixture *f = *state, *g;
	void *other = NULL;
	struct entry *l = series(f, 5, "a%d", NULL, NOW - DAY);

	merge_into(f, 0, l, 5);
	assert_int_equal(fixture_setup(&other), 0);
	g = other;
	merge_into(g, 0, l, 5);
	for (size_t i = 0; i < 5; i++)
		assert_string_equal(nth(f, ALL, i).path,
		    nth(g, ALL, i).path);
	assert_int_equal(fixture_teardown(&other), 0);
}

static void
test_slugs(void **state)
{
	static const struct { const char *title, *slug; } table[] = {
		{ "Hello, World!", "hello-world" },
		{ "Ça va? Straße, Œuvre, Łódź", "ca-va-strasse-oeuvre-lodz" },
		{ "Don't panic", "dont-panic" },
		{ "日本語 2.0", "" },
		{ "Привет", "" },
		{ "../../etc/passwd", "etc-passwd" },
		{ "  --CON--  ", "con" },
		{ "\x01\x7f\n", "" },
		{ "ｆｕｌｌ width", "full-width" },
	};
	char out[SLUG_MAX + 1];

	(void)state;
	for (size_t i = 0; i < sizeof(table) / sizeof(table[0]); i++) {
		ident_slug(out, SLUG_MAX, table[i].title);
		assert_string_equal(out, table[i].slug);
	}
	ident_slug(out, SLUG_MAX, "a very long title that goes on and on until"
	    " nobody remembers how it began in the first place");
	assert_string_equal(out, "a-very-long-title-that-goes-on-and-on-until"
	    "-nobody-remembers");
	memset(out, 'x', sizeof(out));
	ident_slug(out, SLUG_MAX, "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
	    "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa");
	assert_int_equal(strlen(out), SLUG_MAX);
}

static void
test_forgotten_stay_away(void **state)
{
	struct fixture *f = *state;
	struct entry *l = series(f, 3, "a%d", "https://a.example/%d",
	    NOW - DAY);
	struct store_entry en;

	l[1].content.value = "<p>canary-31337</p>";
	merge_into(f, 0, l, 3);
	l[1].content.value = "<p>canary-31337 again</p>";
	f->o.now += DAY;
	merge_into(f, 0, l, 3);
	en = nth(f, RIVER, 1);
	ok(f, store_unmark_all(f->s, &f->e));
	ok(f, store_forget_entry(f->s, en.pid, &f->e));
	assert_int_equal(store_forget_entry(f->s, en.pid, &f->e),
	    E_NOTFOUND);
	assert_true(marked(f, arena_printf(&f->a, "gone:%s", en.path)));
	assert_false(marked_entry(f, en.id));
	assert_true(marked_entry(f, nth(f, RIVER, 0).id));
	/* it comes back under its id, its link, its words: in vain */
	merge_into(f, 0, l, 3);
	l[1].id = "other";
	merge_into(f, 0, l, 3);
	l[1].link = "https://a.example/elsewhere";
	merge_into(f, 0, l, 3);
	assert_int_equal(count_of(f, ALL), 2);
	assert_int_equal(db_int(f->s->db, -1, "SELECT count(*) FROM body"
	    " WHERE html LIKE '%canary%'", ""), 0);
	assert_int_equal(db_int(f->s->db, -1, "SELECT count(*) FROM version"
	    " WHERE html LIKE '%canary%'", ""), 0);
}

int
main(void)
{
#define T(f) cmocka_unit_test_setup_teardown(f, fixture_setup, \
	fixture_teardown)
	const struct CMUnitTest tests[] = {
		T(test_same_again), T(test_one_guid_twenty_entries),
		T(test_rotating_guids), T(test_link_mutations),
		T(test_changed_title), T(test_weak_links),
		T(test_fragments), T(test_repeated_words),
		T(test_neither_id_nor_link), T(test_untitled),
		T(test_retouched), T(test_twice_in_one_fetch),
		T(test_hijack), T(test_squatter),
		T(test_two_feeds_one_post), T(test_places),
		T(test_equal_times_keep_order), T(test_future_dates),
		T(test_flood), T(test_upheaval), T(test_flapping),
		T(test_vanished_stay), T(test_same_page),
		T(test_paths_repeat), T(test_forgotten_stay_away),
		cmocka_unit_test(test_slugs),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
