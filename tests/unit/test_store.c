/*
 * The store's lists, counts, marks and plans.
 */
#include "store_fixture.h"

static const struct store_bucket *
bucket(struct fixture *f, enum store_buckets kind, int64_t feed,
    const char *key)
{
	struct store_bucket *b;
	size_t n;

	assert_int_equal(store_buckets(f->s, kind, feed, &b, &n, &f->a), 0);
	for (size_t i = 0; i < n; i++)
		if (strcmp(b[i].key, key) == 0)
			return &b[i];
	return NULL;
}

static void
test_lists_and_counts(void **state)
{
	struct fixture *f = *state;
	const char *groups[] = { "People", "Web" };
	struct store_query q = { 0 };
	struct store_entry en;
	const struct store_bucket *b;

	f->sources[0].groups = groups;
	f->sources[0].ngroups = 2;
	fixture_sync(f, 4);
	fixture_fill(f, 0, 40, NOW - DAY);
	fixture_fill(f, 1, 40, NOW - DAY - HOUR);
	fixture_check_counts(f);
	assert_int_equal(count_of(f, q), 80);
	q.tag = "RUST";
	assert_int_equal(count_of(f, q), 80);
	q.tag = "web dev";
	assert_int_equal(count_of(f, q), 40);
	q.language = "de-AT";
	assert_int_equal(count_of(f, q), 14);
	q.feed = f->feed[0];
	assert_int_equal(count_of(f, q), 7);
	q.tag = "no such tag";
	assert_int_equal(count_of(f, q), 0);
	q = (struct store_query){ .group = "people" };
	assert_int_equal(count_of(f, q), 40);
	/* the group is given to another feed */
	f->sources[1].groups = groups;
	f->sources[1].ngroups = 1;
	f->sources[0].ngroups = 1;
	fixture_sync(f, 4);
	fixture_check_counts(f);
	assert_int_equal(count_of(f, q), 80);
	assert_null(bucket(f, BUCKET_GROUP, 0, "Web"));
	/* by day; one of them twice */
	b = bucket(f, BUCKET_DAY, 0, "2025-12-31");
	assert_non_null(b);
	assert_int_equal(b->n, 1);
	b = bucket(f, BUCKET_DAY, 0, "2025-12-30");
	assert_int_equal(b->n, 2);
	assert_int_equal(b->newest, NOW - DAY - HOUR);
	b = bucket(f, BUCKET_MONTH, f->feed[0], "2025-12");
	assert_int_equal(b->n, 31);
	/* the newest leaves: the counts step back */
	en = nth(f, (struct store_query){ 0 }, 0);
	ok(f, store_forget_entry(f->s, en.pid, &f->e));
	fixture_check_counts(f);
	assert_null(bucket(f, BUCKET_DAY, 0, "2025-12-31"));
	ok(f, store_set_hidden(f->s, nth(f, (struct store_query){ 0 },
	    0).id, true, &f->e));
	fixture_check_counts(f);
	ok(f, store_forget_feed(f->s, f->feed[1], &f->e));
	fixture_check_counts(f);
	assert_int_equal(store_count(f->s, &(struct store_query){
	    .own = -1 }), 39);
	assert_int_equal(db_int(f->s->db, -1, "SELECT count(*) FROM listing l"
	    " LEFT JOIN entry e ON e.id=l.entry WHERE e.shown IS NOT 1", ""),
	    0);
}

static int
berlin(int64_t t)
{
	(void)t;
	return 3600;
}

static void
test_zone(void **state)
{
	struct fixture *f = *state;
	struct entry en = entry_of("1", NULL, "T", "<p>x",
	    NOW - DAY - 1800);

	merge_into(f, 0, &en, 1);
	assert_non_null(bucket(f, BUCKET_DAY, 0, "2025-12-30"));
	ok(f, store_unmark_all(f->s, &f->e));
	store_set_zone(f->s, berlin);
	assert_null(bucket(f, BUCKET_DAY, 0, "2025-12-30"));
	assert_non_null(bucket(f, BUCKET_DAY, 0, "2025-12-31"));
	assert_true(marked(f, "all"));
	/* told the same again, it does nothing */
	ok(f, store_unmark_all(f->s, &f->e));
	store_set_zone(f->s, berlin);
	assert_false(marked(f, "all"));
}

static void
test_keyset(void **state)
{
	struct fixture *f = *state;
	struct store_query q = { .limit = 7 };
	struct store_entry en, first, next;
	size_t seen = 0;

	fixture_fill(f, 0, 40, NOW - DAY);
	fixture_fill(f, 1, 40, NOW - DAY);
	for (int order = 0; order < 2; order++) {
		q.order = order ? STORE_OLDEST : STORE_NEWEST;
		q.after_sort = q.after_id = 0;
		for (seen = 0; ; ) {
			struct store_query one = q;
			int64_t n = 0;
			struct store_cursor *c;

			one.own = -1;
			ok(f, store_select(f->s, &c, &one, &f->e));
			while (store_next(c, &en, &f->a, &f->e) == 1) {
				if (q.after_id != 0 && order == 0)
					assert_true(en.sort < q.after_sort ||
					    (en.sort == q.after_sort &&
					    en.id < q.after_id));
				q.after_sort = en.sort;
				q.after_id = en.id;
				n++;
			}
			store_cursor_free(c);
			seen += (size_t)n;
			if (n < 7)
				break;
		}
		assert_int_equal(seen, 80);
	}
	first = nth(f, (struct store_query){ 0 }, 0);
	next = nth(f, (struct store_query){ 0 }, 1);
	assert_int_equal(store_neighbour(f->s, &en, &f->a, &first, 0, true),
	    E_NOTFOUND);
	ok(f, store_neighbour(f->s, &en, &f->a, &first, 0, false));
	assert_int_equal(en.id, next.id);
	ok(f, store_neighbour(f->s, &en, &f->a, &first, first.feed, false));
	assert_int_equal(en.feed, first.feed);
	assert_true(en.sort < first.sort);
}

static void
test_marks(void **state)
{
	struct fixture *f = *state;
	struct store_entry *en[4];
	struct entry l[2];

	fixture_fill(f, 0, 3, NOW - DAY);
	ok(f, store_unmark_all(f->s, &f->e));
	/* one comes between the first and the second */
	l[0] = entry_of("new", NULL, "New", "<p>n", NOW - DAY - HOUR);
	l[0].categories = &(struct category){ .term = "Fresh" };
	l[0].ncategories = 1;
	merge_into(f, 0, l, 1);
	for (size_t i = 0; i < 4; i++) {
		en[i] = arena_alloc(&f->a, sizeof(*en[i]));
		*en[i] = nth(f, (struct store_query){ 0 }, i);
	}
	assert_string_equal(en[1]->guid, "new");
	assert_true(marked_entry(f, en[0]->id));
	assert_true(marked_entry(f, en[1]->id));
	assert_true(marked_entry(f, en[2]->id));
	assert_false(marked_entry(f, en[3]->id));
	assert_true(marked(f, "front") && marked(f, "day:2025-12-30") &&
	    marked(f, "month:2025-12") && marked(f, "year:2025") &&
	    marked(f, "tag:Fresh"));
	assert_true(marked(f, arena_printf(&f->a, "feed:%lld",
	    (long long)f->feed[0])));
	/* its tag changes: the old list is stale as well as the new */
	ok(f, store_unmark_all(f->s, &f->e));
	l[0].categories = &(struct category){ .term = "Stale" };
	merge_into(f, 0, l, 1);
	assert_true(marked(f, "tag:Fresh") && marked(f, "tag:Stale"));
	assert_null(bucket(f, BUCKET_TAG, 0, "Fresh"));
	assert_false(marked_entry(f, en[2]->id));
	fixture_check_counts(f);
	/* what is rolled back marks nothing */
	ok(f, store_unmark_all(f->s, &f->e));
	ok(f, store_begin(f->s, &f->e));
	fixture_fill(f, 1, 3, NOW - DAY);
	store_rollback(f->s);
	assert_int_equal(db_int(f->s->db, -1, "SELECT count(*) FROM mark",
	    ""), 0);
	assert_int_equal(count_of(f, (struct store_query){ 0 }), 4);
}

/* The feed's own name stands on all its pages. */
static void
test_feed_renamed(void **state)
{
	struct fixture *f = *state;
	struct feed fd = { .title = "Another name" };
	struct store_feed sf;

	fixture_fill(f, 0, 3, NOW - DAY);
	fixture_fill(f, 1, 1, NOW - DAY);
	ok(f, store_unmark_all(f->s, &f->e));
	ok(f, store_merge(f->s, f->feed[0], &fd, &f->o, &f->r, &f->e));
	assert_true(marked_entry(f, nth(f, (struct store_query){
	    .feed = f->feed[0] }, 2).id));
	assert_false(marked_entry(f, nth(f, (struct store_query){
	    .feed = f->feed[1] }, 0).id));
	ok(f, store_feed(f->s, &sf, &f->a, f->feed[0]));
	assert_string_equal(sf.name, "Another name");
	assert_int_equal(sf.nentries, 3);
	assert_int_equal(sf.newest, NOW - DAY);
}

static void
test_feeds(void **state)
{
	struct fixture *f = *state;
	struct store_feed sf, *list, was;
	const char *slug;
	size_t n;

	ok(f, store_feed_by_url(f->s, &sf, &f->a, f->sources[0].url));
	assert_string_equal(sf.slug, "a-example");
	assert_string_equal(sf.name, "a.example");
	ok(f, store_feed_by_url(f->s, &sf, &f->a, f->sources[2].url));
	assert_string_equal(sf.slug, "a-example-2");
	slug = sf.slug;
	/* the keeper's name wins, the slug stays */
	f->sources[2].name = "Topic C";
	f->sources[2].hidden = true;
	fixture_sync(f, 3);
	ok(f, store_feed_by_slug(f->s, &sf, &f->a, slug));
	assert_string_equal(sf.name, "Topic C");
	assert_true(sf.hidden);
	/* the fourth left the configuration */
	ok(f, store_feeds(f->s, &list, &n, &f->a, &f->e));
	assert_int_equal(n, 4);
	ok(f, store_feed(f->s, &sf, &f->a, f->feed[3]));
	assert_false(sf.active);
	/* fetching state round trip */
	ok(f, store_feed(f->s, &was, &f->a, f->feed[0]));
	was.etag = "W/\"a\"";
	was.last_modified = "Tue, 1 Jan";
	was.validators_of = "https://new.example/feed";
	was.body_hash = "h";
	was.fetch_url = "https://new.example/feed";
	was.moved_to = "m";
	was.moved_count = 1;
	was.moved_since = 2;
	was.last_try = 3;
	was.last_ok = 4;
	was.last_new = 5;
	was.next_try = 6;
	was.why = "w";
	was.status = 200;
	was.error = "e";
	was.problem = "p";
	was.failures = 7;
	was.crashes = 8;
	was.gone = true;
	was.min_until = 9;
	was.ttl = 10;
	was.skip_hours = 0x800001;
	was.skip_days = 0x41;
	/* one that was forgotten comes back, though nothing was configured */
	ok(f, store_forget_feed(f->s, f->feed[1], &f->e));
	fixture_sync(f, 3);
	assert_int_not_equal(f->feed[1], 0);
	ok(f, store_feed_fetched(f->s, &was, NULL, &f->e));
	ok(f, store_feed(f->s, &sf, &f->a, f->feed[0]));
#define S(m) assert_string_equal(sf.m, was.m)
#define N(m) assert_int_equal(sf.m, was.m)
	S(etag); S(last_modified); S(validators_of); S(body_hash); S(fetch_url); S(moved_to);
	S(why); S(error); S(problem); N(moved_count); N(moved_since);
	N(last_try); N(last_ok); N(last_new); N(next_try); N(status);
	N(failures); N(crashes); N(gone); N(min_until); N(ttl);
	N(skip_hours); N(skip_days);
	/* the keeper follows the move: the same feed, and its validators are
	 * still those of that address */
	f->sources[0].url = "https://new.example/feed";
	fixture_sync(f, 3);
	assert_int_equal(f->feed[0], was.id);
	ok(f, store_feed(f->s, &sf, &f->a, f->feed[0]));
	S(etag); S(validators_of);
	assert_null(sf.fetch_url);
	assert_false(sf.gone);
	/* a feed for own posts is no subscription */
	assert_true(store_own_feed(f->s, &f->e) > 0);
	ok(f, store_feeds(f->s, &list, &n, &f->a, &f->e));
	assert_int_equal(n, 4);
}

/* By name whatever their order was, with as many rows as there are. */
static void
test_feeds_sorted(void **state)
{
	enum { MANY = 700 };
	struct fixture *f = *state;
	struct source *list = calloc(MANY, sizeof(*list));
	struct store_feed *feeds, *more;
	bool *seen = calloc(MANY, sizeof(*seen));
	size_t n;

	for (int i = 0; i < MANY; i++) {
		list[i].url = arena_printf(&f->a, "http://%d.example/", i);
		/* 643 has no divisor in common: each number once; both cases */
		list[i].name = arena_printf(&f->a, i % 2 ? "n%03d" : "N%03d",
		    i * 643 % MANY);
	}
	f->c.sources = list;
	f->c.nsources = MANY;
	ok(f, store_sync_feeds(f->s, &f->c, NOW, &f->e));
	ok(f, store_feeds(f->s, &feeds, &n, &f->a, &f->e));
	assert_int_equal(n, MANY + 4);
	for (size_t i = 0; i < n; i++) {
		int number = -1;

		assert_true(i == 0 ||
		    strcasecmp(feeds[i - 1].name, feeds[i].name) <= 0);
		if (sscanf(feeds[i].url, "http://%d.example/", &number) != 1)
			continue;
		assert_string_equal(feeds[i].name, list[number].name);
		assert_false(seen[number]);
		seen[number] = true;
	}
	for (int i = 0; i < MANY; i++)
		assert_true(seen[i]);
	/* a row more, as who publishes may need */
	more = arena_push(&f->a, feeds, &n, sizeof(*feeds));
	assert_string_equal(more[MANY].url, feeds[MANY].url);
	free(list);
	free(seen);
}

/* The stamp tells whether a list that was read is the stored one still. */
static void
test_feeds_stamp(void **state)
{
	struct fixture *f = *state;
	struct store_feed was, now;
	uint64_t stamp = store_feeds_stamp(f->s);

	ok(f, store_feed(f->s, &was, &f->a, f->feed[0]));
	now = was;
	now.last_try = NOW;
	now.next_try = NOW + DAY;
	now.why = "w";
	ok(f, store_feed_fetched(f->s, &now, &was, &f->e));
	assert_int_equal(store_feeds_stamp(f->s), stamp);
	now.failures = 1;
	ok(f, store_feed_fetched(f->s, &now, &was, &f->e));
	assert_int_not_equal(store_feeds_stamp(f->s), stamp);
	stamp = store_feeds_stamp(f->s);
	f->sources[1].name = "Another";
	fixture_sync(f, 3);
	assert_int_not_equal(store_feeds_stamp(f->s), stamp);
	stamp = store_feeds_stamp(f->s);
	ok(f, store_forget_feed(f->s, f->feed[1], &f->e));
	assert_int_not_equal(store_feeds_stamp(f->s), stamp);
}

static void
test_round_trip(void **state)
{
	struct fixture *f = *state;
	struct entry en = entry_of("g", "https://a.example/x", "Tïtle",
	    "<p>raw</p>", NOW - DAY);
	struct person who[] = { { .name = "Ann", .uri = "https://ann/" },
		{ .email = "b@example" } };
	struct link enc[] = {
		{ .href = "https://a.example/a.mp3", .type = "audio/mpeg",
		    .length = 12345, .title = "Part\tone" },
		{ .href = "https://a.example/b", .length = -1 } };
	struct category cat[] = { { .term = "x", .label = "X label" },
		{ .term = "two\nlines" } };
	struct feed src = { .title = "Source", .link = "https://s/" };
	struct store_entry is;

	en.authors = who;
	en.nauthors = 2;
	en.enclosures = enc;
	en.nenclosures = 2;
	en.categories = cat;
	en.ncategories = 2;
	en.source = &src;
	en.rights = "(c)";
	en.license = "https://cc/";
	en.comments = "https://c/";
	en.image_url = "https://i/";
	en.updated = NOW - 1;
	en.gemtext = "# Head\n=> x y\nFirst paragraph\nSecond\n";
	en.text = "First paragraph";
	en.summary_only = true;
	en.date_only = true;
	en.content.base = "https://base/";
	f->o.revision = 3;
	merge_into(f, 0, &en, 1);
	is = nth(f, (struct store_query){ .what = STORE_BODY | STORE_RAW },
	    0);
	assert_string_equal(is.author, "Ann, b@example");
	assert_string_equal(is.author_uri, "https://ann/");
	assert_int_equal(is.nenclosures, 2);
	assert_string_equal(is.enclosures[0].href, enc[0].href);
	assert_string_equal(is.enclosures[0].title, "Part one");
	assert_int_equal(is.enclosures[0].length, 12345);
	assert_null(is.enclosures[1].type);
	assert_int_equal(is.enclosures[1].length, -1);
	assert_int_equal(is.ntags, 2);
	assert_string_equal(is.tags[0], "X label");
	assert_string_equal(is.tags[1], "two lines");
	assert_string_equal(is.source_title, "Source");
	assert_string_equal(is.gemtext, en.gemtext);
	assert_string_equal(is.excerpt, "First paragraph");
	assert_string_equal(is.html, "<p>raw</p>");
	assert_int_equal(is.html_type, CONTENT_HTML);
	assert_string_equal(is.html_base, "https://base/");
	assert_int_equal(is.revision, 3);
	assert_true(is.summary_only && is.date_only);
	assert_int_equal(is.updated, NOW - 1);
	assert_int_equal(is.first_seen, NOW);
	ok(f, store_entry_by_pid(f->s, &is, &f->a, is.pid, 0));
	assert_null(is.gemtext);
	ok(f, store_set_body(f->s, is.id, "new\n", "new", "new", 4, &f->e));
	ok(f, store_entry(f->s, &is, &f->a, is.id, STORE_BODY));
	assert_string_equal(is.gemtext, "new\n");
	assert_int_equal(is.revision, 4);
}

static int
add_path(const struct store_file *file, void *arg)
{
	strcat(arg, file->path);
	strcat(arg, file->gone ? "! " : " ");
	return 0;
}

static void
test_manifest_and_pins(void **state)
{
	struct fixture *f = *state;
	struct store_file file = { .path = "capsule/b", .size = 3,
	    .mtime = 9, .sha256 = "ff" }, got;
	struct store_pin pin = { .host = "h:1965", .spki = "aa",
	    .not_after = 5 }, *pins;
	char seen[128] = "";
	size_t n;

	ok(f, store_file_put(f->s, &file, &f->e));
	file.path = "capsule/a";
	ok(f, store_file_put(f->s, &file, &f->e));
	file.path = "hole/a";
	ok(f, store_file_put(f->s, &file, &f->e));
	ok(f, store_file_gone(f->s, "capsule/b", true, &f->e));
	ok(f, store_file_gone(f->s, "capsule/never", false, &f->e));
	ok(f, store_files(f->s, "capsule/", add_path, seen, &f->e));
	assert_string_equal(seen, "capsule/a capsule/b! ");
	ok(f, store_file(f->s, &got, &f->a, "capsule/a"));
	assert_int_equal(got.size, 3);
	assert_string_equal(got.sha256, "ff");
	assert_int_equal(store_file(f->s, &got, &f->a, "x"), E_NOTFOUND);
	ok(f, store_pin_set(f->s, &pin, &f->e));
	strcpy(pin.refused, "bb");
	ok(f, store_pin_set(f->s, &pin, &f->e));
	ok(f, store_pins(f->s, &pins, &n, &f->a));
	assert_int_equal(n, 1);
	assert_string_equal(pins[0].refused, "bb");
	ok(f, store_pin_drop(f->s, "h:1965", &f->e));
	assert_int_equal(store_pin_drop(f->s, "h:1965", &f->e), E_NOTFOUND);
	assert_int_equal(store_pin_get(f->s, &pin, &f->a, "h:1965"),
	    E_NOTFOUND);
}

/* --- plans: nothing that publishing asks walks over all entries --- */

static int
explain(struct fixture *f, const char *sql, struct buf *out)
{
	char *text = sqlite3_mprintf("EXPLAIN QUERY PLAN %s", sql);
	sqlite3_stmt *st;

	assert_int_equal(sqlite3_prepare_v2(db_handle(f->s->db), text, -1,
	    &st, NULL), SQLITE_OK);
	while (sqlite3_step(st) == SQLITE_ROW)
		buf_putf(out, "%s\n", sqlite3_column_text(st, 3));
	sqlite3_finalize(st);
	sqlite3_free(text);
	return 0;
}

static const char *traced[256];
static size_t ntraced;

static int
trace(unsigned what, void *ctx, void *st, void *arg)
{
	const char *sql = sqlite3_sql(st);

	(void)what;
	(void)ctx;
	(void)arg;
	for (size_t i = 0; i < ntraced; i++)
		if (strcmp(traced[i], sql) == 0)
			return 0;
	if (ntraced < 256)
		traced[ntraced++] = strdup(sql);
	return 0;
}

/* Ask all that a page may ask, with every mixture of conditions. */
static void
ask_everything(struct fixture *f)
{
	struct store_entry en = nth(f, (struct store_query){ 0 }, 3), other;
	struct store_bucket *b;
	int64_t *also;
	size_t n;

	for (unsigned bits = 0; bits < 512; bits++) {
		struct store_query q = {
			.feed = bits & 1 ? f->feed[0] : 0,
			.tag = bits & 2 ? "rust" : NULL,
			.language = bits & 4 ? "en" : NULL,
			.group = bits & 8 ? "People" : NULL,
			.from = bits & 16 ? 1 : 0, .until = bits & 16 ? 2 : 0,
			.front = (bits & 32) != 0, .all = (bits & 64) != 0,
			.order = bits & 128 ? STORE_OLDEST : STORE_NEWEST,
			.after_sort = bits & 256 ? en.sort : 0,
			.after_id = bits & 256 ? en.id : 0,
			.own = -1, .limit = 5, .what = STORE_BODY,
		};
		struct store_cursor *c;

		ok(f, store_select(f->s, &c, &q, &f->e));
		while (store_next(c, &other, &f->a, &f->e) == 1)
			continue;
		store_cursor_free(c);
	}
	for (int i = 0; i < 4; i++)
		(void)store_neighbour(f->s, &other, &f->a, &en,
		    i & 1 ? en.feed : 0, (i & 2) != 0);
	for (int k = BUCKET_DAY; k <= BUCKET_LANGUAGE; k++)
		ok(f, store_buckets(f->s, k, k & 1 ? f->feed[0] : 0, &b, &n,
		    &f->a));
	ok(f, store_also_in(f->s, en.id, &also, &n, &f->a));
}

static void
test_plans(void **state)
{
	struct fixture *f = *state;
	const char *groups[] = { "People" };
	struct entry dup = entry_of("0-1", "https://a.example/q", "T",
	    "<p>q</p>", NOW - DAY);

	f->sources[0].groups = groups;
	f->sources[0].ngroups = 1;
	fixture_sync(f, 4);
	sqlite3_trace_v2(db_handle(f->s->db), SQLITE_TRACE_STMT, trace, NULL);
	fixture_fill(f, 0, 40, NOW - DAY);
	merge_into(f, 0, &dup, 1);
	merge_into(f, 1, &dup, 1);
	dup.title = "U";
	merge_into(f, 0, &dup, 1);
	ask_everything(f);
	ok(f, store_forget_entry(f->s, nth(f, (struct store_query){ 0 },
	    0).pid, &f->e));
	sqlite3_trace_v2(db_handle(f->s->db), 0, NULL, NULL);
	assert_true(ntraced > 60);
	for (size_t i = 0; i < ntraced; i++) {
		struct buf plan = { 0 };
		const char *at;

		if (strncmp(traced[i], "SELECT", 6) == 0 ||
		    strncmp(traced[i], "UPDATE", 6) == 0 ||
		    strncmp(traced[i], "DELETE", 6) == 0)
			explain(f, traced[i], &plan);
		/* along an index in its order is a walk that stops */
		at = strstr(buf_cstr(&plan), "SCAN e");
		if (at != NULL && strstr(at, "USING") == NULL)
			fail_msg("%s\nreads all entries:\n%s", traced[i],
			    buf_cstr(&plan));
		if (strstr(buf_cstr(&plan), "SCAN listing") != NULL ||
		    strstr(buf_cstr(&plan), "SCAN l\n") != NULL ||
		    strstr(buf_cstr(&plan), "SCAN body") != NULL ||
		    strstr(buf_cstr(&plan), "SCAN bucket") != NULL ||
		    (strstr(buf_cstr(&plan), "B-TREE") != NULL &&
		    strstr(traced[i], "sort") != NULL))
			fail_msg("%s\nsorts or scans:\n%s", traced[i],
			    buf_cstr(&plan));
		buf_free(&plan);
		free((char *)traced[i]);
	}
	ntraced = 0;
}

/* --- the file --- */

static int
utc(int64_t t)
{
	(void)t;
	return 0;
}

/* The months of a term are counted, also in a store made before they were. */
static void
test_term_months(void **state)
{
	struct fixture *f = *state;
	static struct category tag = { .term = "Rust" };
	static const int64_t ago[] = { 1, 2, 33, 400 };
	struct store_query q = { .tag = "rust" };
	struct store_bucket *list;
	struct entry en[4];
	int64_t sort, id;
	size_t n;

	for (int i = 0; i < 4; i++) {
		en[i] = entry_of(arena_printf(&f->a, "%d", i), NULL, "t", "x",
		    NOW - ago[i] * DAY);
		en[i].categories = &tag;
		en[i].ncategories = 1;
	}
	store_set_zone(f->s, utc);
	merge_into(f, 0, en, 4);
	for (int again = 0; again < 2; again++) {
		ok(f, store_periods(f->s, &q, BUCKET_MONTH, &list, &n,
		    &f->a));
		assert_int_equal(n, 3);
		assert_string_equal(list[0].key, "2025-12");
		assert_int_equal(list[0].n, 2);
		assert_string_equal(list[1].key, "2025-11");
		assert_string_equal(list[2].key, "2024-11");
		ok(f, store_periods(f->s, &q, BUCKET_YEAR, &list, &n, &f->a));
		assert_int_equal(n, 2);
		assert_string_equal(list[0].key, "2025");
		assert_int_equal(list[0].n, 3);
		/* as an older program left it, and opened anew */
		f->s->zoned = false;
		ok(f, db_exec(f->s->db, "DELETE FROM bucket WHERE kind=6;"
		    "DELETE FROM meta WHERE key='term_months'", &f->e));
		store_set_zone(f->s, utc);
	}
	q.order = STORE_OLDEST;
	ok(f, store_place(f->s, &q, 1, &sort, &id));
	assert_int_equal(sort, NOW - 33 * DAY);
	assert_int_equal(store_place(f->s, &q, 4, &sort, &id), E_NOTFOUND);
	ok(f, store_set_hidden(f->s, id, true, &f->e));
	ok(f, store_periods(f->s, &q, BUCKET_MONTH, &list, &n, &f->a));
	assert_int_equal(n, 2);
}

int
main(void)
{
#define T(f) cmocka_unit_test_setup_teardown(f, fixture_setup, \
	fixture_teardown)
	const struct CMUnitTest tests[] = {
		T(test_lists_and_counts), T(test_zone), T(test_keyset),
		T(test_marks), T(test_feed_renamed), T(test_feeds),
		T(test_feeds_sorted), T(test_feeds_stamp),
		T(test_round_trip), T(test_manifest_and_pins), T(test_plans),
		T(test_term_months),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
