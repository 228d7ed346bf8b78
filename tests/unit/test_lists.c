/*
 * Pages that list entries: one title each, dated links that a client can
 * subscribe to, every entry within reach, nothing that leads nowhere.
 */
#include <sys/types.h>

#include "store_fixture.h"

#include "base/file.h"
#include "gemtext/gemtext.h"
#include "publish/lists.h"

#define MANY	250

struct run {
	struct site		 site;
	struct config		 config;
	struct publish_options	 options;
	struct tree_counts	 counts;
	char			 out[96];
};

static void
publish_lists(struct fixture *f, struct run *r, const struct stale *st)
{
	struct tree_options o = { .dir = r->out, .now = NOW };

	r->config.name = "Planet Test";
	r->config.activity_threshold = 90;
	r->options.now = NOW;
	r->site = (struct site){ .store = f->s, .config = &r->config,
	    .options = &r->options, .words = strings_for("en"), .now = NOW };
	snprintf(r->out, sizeof(r->out), "%s/out", f->dir);
	ok(f, look_load(&r->site.theme, &r->config, NULL, NULL, &f->e));
	look_common(&r->site);
	ok(f, store_begin(f->s, &f->e));
	ok(f, store_feeds(f->s, &r->site.feeds, &r->site.nfeeds,
	    &r->site.arena, &f->e));
	ok(f, tree_begin(&r->site.tree, f->s, &o, &f->e));
	ok(f, lists_publish(&r->site, st, &f->e));
	ok(f, tree_finish(r->site.tree, &r->counts, &f->e));
	ok(f, store_commit(f->s, &f->e));
	tree_close(r->site.tree);
	theme_free(r->site.theme);
	arena_free(&r->site.arena);
}

/* MANY entries a week apart in feed 0, three in feed 1. */
static void
fill(struct fixture *f)
{
	static struct category tags[] = { { .term = "Rust" },
		{ .term = "C" } };
	struct entry list[MANY];
	char text[MANY][3][48];

	for (size_t i = 0; i < MANY; i++) {
		snprintf(text[i][0], 48, "id-%zu", i);
		snprintf(text[i][1], 48, "https://a.example/%zu", i);
		/* titles that try to be other lines */
		snprintf(text[i][2], 48, "%s number %zu", i % 3 == 0 ? "#" :
		    i % 3 == 1 ? "=> gemini://x/" : "plain\n# evil", i);
		list[i] = entry_of(text[i][0], text[i][1], text[i][2],
		    "<p>Text</p>", NOW - (int64_t)i * 7 * DAY);
		list[i].categories = tags;
		list[i].ncategories = i < 3 ? 2 : 1;
		list[i].language = i % 2 == 0 ? "en" : "de";
	}
	f->o.new_items = MANY;
	merge_into(f, 0, list, MANY);
	for (size_t i = 0; i < 3; i++) {
		snprintf(text[i][0], 48, "other-%zu", i);
		snprintf(text[i][1], 48, "https://b.example/%zu", i);
		list[i] = entry_of(text[i][0], text[i][1], "Of another",
		    "<p>More</p>", NOW - (int64_t)i * HOUR);
	}
	merge_into(f, 1, list, 3);
}

struct look {
	struct fixture	*f;
	const char	*dir;
	size_t		 pages, dated;
	char		 seen[MANY + 3][64];
	size_t		 nseen;
};

static bool
published(struct look *l, struct span url)
{
	struct store_file sf;
	char path[256];

	if (span_starts(url, "/e/") || span_eqs(url, "/"))
		return true;
	snprintf(path, sizeof(path), "capsule%.*s%s", (int)url.n, url.p,
	    url.p[url.n - 1] == '/' ? "index.gmi" : "");
	return store_file(l->f->s, &sf, &l->f->a, path) == 0 && !sf.gone;
}

static void
note(struct look *l, struct span url)
{
	char path[64];

	snprintf(path, sizeof(path), "%.*s", (int)url.n, url.p);
	for (size_t i = 0; i < l->nseen; i++)
		if (strcmp(l->seen[i], path) == 0)
			return;
	assert_true(l->nseen < MANY + 3);
	memcpy(l->seen[l->nseen++], path, sizeof(path));
}

static int
look_at(const struct store_file *sf, void *arg)
{
	struct look *l = arg;
	struct gemtext_reader r = { 0 };
	struct gemtext_line line;
	struct buf page = { 0 };
	size_t titles = 0, dated = 0, n = 0;
	char *path = file_join(l->dir, sf->path);
	char last[11] = "9999-99-99";

	if (!sf->gone) {
		ok(l->f, file_read(&page, path, &l->f->e));
		r.rest = buf_span(&page);
		assert_null(strstr(buf_cstr(&page), "\n\n\n"));
		assert_int_equal(page.p[page.n - 1], '\n');
		assert_int_not_equal(page.p[page.n - 2], '\n');
		l->pages++;
	}
	while (gemtext_next(&r, &line)) {
		if (line.kind == GEMTEXT_HEADING1) {
			assert_int_equal(n, 0);
			assert_true(span_starts(line.text, "Planet Test") ||
			    span_starts(line.text, "A feed") ||
			    strstr(sf->path, "/s/") != NULL);
			titles++;
		}
		/* what follows the title must not be taken for a subtitle */
		if (n == 2 && line.kind == GEMTEXT_HEADING2)
			fail_msg("%s: a heading under the title", sf->path);
		n++;
		if (line.kind != GEMTEXT_LINK)
			continue;
		if (line.url.p[0] == '/' && !published(l, line.url))
			fail_msg("%s: %.*s leads nowhere", sf->path,
			    (int)line.url.n, line.url.p);
		if (!span_starts(line.url, "/e/"))
			continue;
		dated++;
		if (strstr(sf->path, "/s/") != NULL)
			note(l, line.url);
		assert_true(line.text.n > 11 && line.text.p[4] == '-' &&
		    line.text.p[7] == '-' && line.text.p[10] == ' ');
		/* newest first, and none of the future */
		assert_true(memcmp(line.text.p, last, 10) <= 0);
		assert_true(memcmp(line.text.p, "2026-01-01", 10) <= 0);
		memcpy(last, line.text.p, 10);
	}
	assert_true(dated <= SITE_LIST_MAX);
	assert_int_equal(titles, sf->gone ? 0 : 1);
	l->dated += dated;
	buf_free(&page);
	free(path);
	return 0;
}

static void
look(struct fixture *f, struct run *r, struct look *l)
{
	memset(l, 0, sizeof(*l));
	l->f = f;
	l->dir = r->out;
	ok(f, store_files(f->s, "capsule/", look_at, l, &f->e));
}

static bool
exists(struct fixture *f, const char *path)
{
	struct store_file sf;

	return store_file(f->s, &sf, &f->a, path) == 0 && !sf.gone;
}

static void
every_entry_is_listed(void **state)
{
	struct fixture *f = *state;
	static struct look l;
	struct run r = { 0 };
	const struct stale st = { .all = true };

	fill(f);
	publish_lists(f, &r, &st);
	look(f, &r, &l);
	assert_int_equal(l.nseen, MANY + 3);
	assert_true(exists(f, "capsule/feed.gmi"));
	assert_true(exists(f, "capsule/s/index.gmi"));
	assert_true(exists(f, "capsule/t/rust/index.gmi"));
	assert_true(exists(f, "capsule/t/rust/2025.gmi"));
	/* three entries need no years */
	assert_true(exists(f, "capsule/t/c/index.gmi"));
	assert_false(exists(f, "capsule/t/c/2025.gmi"));
	assert_true(exists(f, "capsule/l/de/index.gmi"));
	assert_false(exists(f, "capsule/g/index.gmi"));
	/* again: not a byte is written */
	publish_lists(f, &r, &st);
	assert_int_equal(r.counts.written, 0);
	assert_int_equal(r.counts.removed, 0);
}

static void
one_language_is_no_choice(void **state)
{
	struct fixture *f = *state;
	struct entry en = entry_of("id", "https://a.example/1", "Title",
	    "<p>x</p>", NOW - DAY);
	const char *stale[] = { "de" };
	struct stale st = { .all = true };
	struct run r = { 0 };

	en.language = "en";
	merge_into(f, 0, &en, 1);
	publish_lists(f, &r, &st);
	assert_false(exists(f, "capsule/l/index.gmi"));
	/* with the second one, the first gets its page too */
	en = entry_of("id-2", "https://b.example/2", "Titel", "<p>y</p>",
	    NOW - DAY);
	en.language = "de-AT";
	merge_into(f, 1, &en, 1);
	st = (struct stale){ .langs = stale, .nlangs = 1 };
	publish_lists(f, &r, &st);
	assert_true(exists(f, "capsule/l/en/index.gmi"));
	assert_true(exists(f, "capsule/l/de/index.gmi"));
}

static void
what_is_not_stale_is_left_alone(void **state)
{
	struct fixture *f = *state;
	struct entry en = entry_of("new", "https://a.example/new", "New",
	    "<p>x</p>", NOW - 2);
	const char *tags[] = { "Rust" }, *months[] = { "2025-12" };
	const char *years[] = { "2025" };
	int64_t moved = NOW - 2;
	struct stale st = { .all = true };
	struct run r = { 0 };

	fill(f);
	publish_lists(f, &r, &st);
	ok(f, store_unmark_all(f->s, &f->e));
	en.categories = &(struct category){ .term = "Rust" };
	en.ncategories = 1;
	merge_into(f, 0, &en, 1);
	st = (struct stale){ .tags = tags, .ntags = 1, .months = months,
	    .nmonths = 1, .years = years, .nyears = 1,
	    .feeds = &f->feed[0], .nfeeds = 1, .front = true,
	    .moved = &moved, .nmoved = 1 };
	publish_lists(f, &r, &st);
	/*
	 * feed.gmi, s/, s/SLUG/ and its month, t/, t/rust/ and its year; the
	 * own month and year had to be asked for, the others' pages not
	 */
	assert_int_equal(r.counts.written, 7);
	assert_int_equal(r.counts.unchanged, 0);
}

/* Parts of a month count from the oldest: a new entry leaves those alone. */
static void
older_parts_stay(void **state)
{
	enum { ENTRIES = 650 };	/* six parts of 100, and the newest of 50 */
	struct fixture *f = *state;
	static struct entry list[ENTRIES];
	static char id[ENTRIES][16];
	const char *months[] = { "2025-12" };
	struct stale st = { .all = true };
	struct run r = { 0 };
	int64_t entry, moved = NOW - 2;

	for (size_t i = 0; i < ENTRIES; i++) {
		snprintf(id[i], sizeof(id[i]), "%zu", i);
		list[i] = entry_of(id[i], NULL, id[i], id[i],
		    NOW - HOUR - (int64_t)i * HOUR);
	}
	f->o.new_items = ENTRIES;
	merge_into(f, 0, list, ENTRIES);
	publish_lists(f, &r, &st);
	list[0] = entry_of("new", NULL, "New", "x", NOW - 2);
	merge_into(f, 0, list, 1);
	entry = nth(f, (struct store_query){ 0 }, 0).id;
	st = (struct stale){ .months = months, .nmonths = 1,
	    .feeds = &f->feed[0], .nfeeds = 1, .entries = &entry,
	    .nentries = 1, .front = true, .moved = &moved, .nmoved = 1 };
	publish_lists(f, &r, &st);
	/* feed.gmi, s/, s/SLUG/ and the newest part; two more are looked at */
	assert_int_equal(r.counts.written, 4);
	assert_int_equal(r.counts.unchanged, 2);
}

static void
a_list_without_entries_goes(void **state)
{
	struct fixture *f = *state;
	const char *stale[] = { "C", "Rust" };
	struct stale st = { .all = true };
	struct run r = { 0 };
	struct store_feed sf;
	const char *gone[1];
	static struct look l;

	fill(f);
	publish_lists(f, &r, &st);
	ok(f, store_feed(f->s, &sf, &f->a, f->feed[0]));
	gone[0] = sf.slug;
	assert_true(exists(f, arena_printf(&f->a, "capsule/s/%s/index.gmi",
	    sf.slug)));
	ok(f, store_forget_feed(f->s, f->feed[0], &f->e));
	st = (struct stale){ .tags = stale, .ntags = 2, .gone_feeds = gone,
	    .ngone_feeds = 1, .sources = true, .front = true };
	publish_lists(f, &r, &st);
	assert_false(exists(f, "capsule/t/c/index.gmi"));
	assert_false(exists(f, "capsule/t/rust/2025.gmi"));
	assert_false(exists(f, arena_printf(&f->a, "capsule/s/%s/index.gmi",
	    sf.slug)));
	/* the pages of languages were not named as stale */
	st = (struct stale){ .all = true };
	publish_lists(f, &r, &st);
	look(f, &r, &l);
	assert_int_equal(l.nseen, 3);
}

static bool
holds(struct fixture *f, struct run *r, const char *path, const char *what)
{
	char *full = file_join(r->out, path);
	struct buf page = { 0 };
	bool found;

	ok(f, file_read(&page, full, &f->e));
	found = strstr(buf_cstr(&page), what) != NULL;
	buf_free(&page);
	free(full);
	return found;
}

static void
a_new_name_reaches_every_list(void **state)
{
	struct fixture *f = *state;
	struct stale st = { .all = true };
	struct run r = { 0 };

	fill(f);
	publish_lists(f, &r, &st);
	assert_true(holds(f, &r, "capsule/t/rust/2023.gmi", " A feed: "));
	ok(f, store_unmark_all(f->s, &f->e));
	f->sources[0].name = "Renamed";
	fixture_sync(f, 4);
	ok(f, stale_load(f->s, &st, &f->a, false, &f->e));
	publish_lists(f, &r, &st);
	assert_false(holds(f, &r, "capsule/t/rust/2023.gmi", " A feed: "));
	assert_true(holds(f, &r, "capsule/t/rust/2023.gmi", " Renamed: "));
	assert_true(holds(f, &r, "capsule/t/c/index.gmi", " Renamed: "));
	assert_true(holds(f, &r, "capsule/feed.gmi", " Renamed: "));
	assert_true(holds(f, &r, "capsule/s/index.gmi", " Renamed\n"));
}

/* No mark is made for it. */
static void
a_failing_source_is_shown_until_it_is_back(void **state)
{
	struct fixture *f = *state;
	struct stale st = { .all = true };
	struct run r = { 0 };
	struct store_feed sf;
	const char *page;

	fill(f);
	publish_lists(f, &r, &st);
	ok(f, store_feed(f->s, &sf, &f->a, f->feed[1]));
	page = arena_printf(&f->a, "capsule/s/%s/index.gmi", sf.slug);
	st.all = false;
	sf.error = "not found";
	sf.status = 404;
	sf.failures = 1;
	ok(f, store_feed_fetched(f->s, &sf, NULL, &f->e));
	publish_lists(f, &r, &st);
	assert_int_equal(r.counts.written, 0);
	sf.failures = 2;
	ok(f, store_feed_fetched(f->s, &sf, NULL, &f->e));
	publish_lists(f, &r, &st);
	assert_int_equal(r.counts.written, 2);
	assert_true(holds(f, &r, page, "at the moment (404)"));
	assert_true(holds(f, &r, "capsule/s/index.gmi", "(404)"));
	sf.error = NULL;
	sf.failures = 0;
	ok(f, store_feed_fetched(f->s, &sf, NULL, &f->e));
	publish_lists(f, &r, &st);
	assert_false(holds(f, &r, page, "(404)"));
	assert_false(holds(f, &r, "capsule/s/index.gmi", "(404)"));
}

static void
a_group_takes_in_the_past(void **state)
{
	struct fixture *f = *state;
	static const char *groups[] = { "Core" }, *spelled[] = { "core" };
	struct stale st = { .all = true };
	struct run r = { 0 };
	static struct look l;

	fill(f);
	f->sources[0].groups = groups;
	f->sources[0].ngroups = 1;
	fixture_sync(f, 4);
	publish_lists(f, &r, &st);
	assert_true(exists(f, "capsule/g/core/2023.gmi"));
	ok(f, store_unmark_all(f->s, &f->e));
	/* another joins, in another spelling */
	f->sources[1].groups = spelled;
	f->sources[1].ngroups = 1;
	fixture_sync(f, 4);
	ok(f, stale_load(f->s, &st, &f->a, false, &f->e));
	publish_lists(f, &r, &st);
	assert_true(holds(f, &r, "capsule/g/core/index.gmi", "253 entries"));
	assert_true(holds(f, &r, "capsule/g/core/2025.gmi", "Of another"));
	ok(f, store_unmark_all(f->s, &f->e));
	/* the first leaves: its years go */
	f->sources[0].ngroups = 0;
	fixture_sync(f, 4);
	ok(f, stale_load(f->s, &st, &f->a, false, &f->e));
	publish_lists(f, &r, &st);
	assert_true(holds(f, &r, "capsule/g/core/index.gmi", "\n3 entries"));
	assert_false(exists(f, "capsule/g/core/2023.gmi"));
	look(f, &r, &l);
	assert_int_equal(l.nseen, MANY + 3);
}

#define MANY_SOURCES	600

static void
sources_named(struct fixture *f, struct config *c, size_t n)
{
	c->sources = arena_alloc(&f->a, n * sizeof(*c->sources));
	memset(c->sources, 0, n * sizeof(*c->sources));
	c->nsources = n;
	for (size_t i = 0; i < n; i++) {
		c->sources[i].url = arena_printf(&f->a,
		    "https://s%03zu.example/feed", i);
		c->sources[i].name = arena_printf(&f->a, "Source %03zu", i);
	}
	ok(f, store_sync_feeds(f->s, c, NOW, &f->e));
}

/* The same page as a run that makes everything would leave. */
static void
same_as_whole(struct fixture *f, struct run *r, const char *page)
{
	const struct stale all = { .all = true };
	struct buf before = { 0 }, after = { 0 };
	char *path = file_join(r->out, page);

	ok(f, file_read(&before, path, &f->e));
	publish_lists(f, r, &all);
	ok(f, file_read(&after, path, &f->e));
	assert_string_equal(buf_cstr(&before), buf_cstr(&after));
	buf_free(&before);
	buf_free(&after);
	free(path);
}

static void
many_sources_have_pages(void **state)
{
	struct fixture *f = *state;
	struct entry one = entry_of("x", "https://s300.example/x", "News",
	    "<p>More</p>", NOW);
	struct stale st = { .all = true };
	struct store_feed sf;
	struct config c = { 0 };
	struct run r = { 0 };

	sources_named(f, &c, MANY_SOURCES);
	publish_lists(f, &r, &st);
	/* the four of the fixture left and have no entries */
	assert_true(holds(f, &r, "capsule/s/index.gmi",
	    "=> /s/p3.gmi Sources: Source 500 – Source 599\n"));
	assert_false(holds(f, &r, "capsule/s/index.gmi", "Source 250\n"));
	assert_true(holds(f, &r, "capsule/s/p2.gmi", "Source 250\n"));
	assert_true(holds(f, &r, "capsule/s/p2.gmi",
	    "=> /s/ Sources: Source 000 – Source 249\n"));
	assert_false(exists(f, "capsule/s/p4.gmi"));

	/* one posts: it comes to those that do, and all others move */
	ok(f, store_unmark_all(f->s, &f->e));
	ok(f, store_feed_by_url(f->s, &sf, &f->a, c.sources[300].url));
	f->feed[0] = sf.id;
	merge_into(f, 0, &one, 1);
	ok(f, stale_load(f->s, &st, &f->a, false, &f->e));
	publish_lists(f, &r, &st);
	assert_true(holds(f, &r, "capsule/s/index.gmi", "Source 300\n"));
	assert_false(holds(f, &r, "capsule/s/p2.gmi", "Source 300\n"));
	same_as_whole(f, &r, "capsule/s/p2.gmi");

	/* it posts again: its own page alone, and the first for its count */
	ok(f, store_unmark_all(f->s, &f->e));
	one.id = "y";
	one.link = "https://s300.example/y";
	one.title = "More news";
	one.content.value = "<p>Another text</p>";
	one.published = NOW - 60;
	merge_into(f, 0, &one, 1);
	ok(f, stale_load(f->s, &st, &f->a, false, &f->e));
	publish_lists(f, &r, &st);
	assert_true(holds(f, &r, "capsule/s/index.gmi", "2 entries"));
	same_as_whole(f, &r, "capsule/s/index.gmi");
	same_as_whole(f, &r, "capsule/s/p3.gmi");

	/* most leave, and the pages that they filled */
	ok(f, store_unmark_all(f->s, &f->e));
	sources_named(f, &c, 100);
	ok(f, stale_load(f->s, &st, &f->a, false, &f->e));
	publish_lists(f, &r, &st);
	assert_true(exists(f, "capsule/s/index.gmi"));
	assert_false(exists(f, "capsule/s/p2.gmi"));
	assert_false(exists(f, "capsule/s/p3.gmi"));
	assert_false(holds(f, &r, "capsule/s/index.gmi", "/s/p2.gmi"));
	/* who left has a page while there is something to read */
	assert_true(holds(f, &r, "capsule/s/index.gmi", "Source 300\n"));
}

int
main(void)
{
#define T(t)	cmocka_unit_test_setup_teardown(t, fixture_setup, \
		    fixture_teardown)
	const struct CMUnitTest tests[] = {
		T(every_entry_is_listed),
		T(one_language_is_no_choice),
		T(what_is_not_stale_is_left_alone),
		T(older_parts_stay),
		T(a_list_without_entries_goes),
		T(a_new_name_reaches_every_list),
		T(a_failing_source_is_shown_until_it_is_back),
		T(a_group_takes_in_the_past),
		T(many_sources_have_pages),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
