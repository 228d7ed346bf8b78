#include "store_fixture.h"

#include "base/file.h"
#include "certs/certs.h"
#include "mirror/manifest.h"
#include "mirror/robots.h"
#include "publish/look.h"
#include "publish/small.h"
#include "serve/table.h"

struct planet {
	struct fixture	*f;
	struct site	 site;
	struct publish_options options;
	struct stale	 stale;
	struct tree_counts counts;
	char		 certs[128], meta[128];
	struct buf	 text;
};

static int
setup(void **state)
{
	struct planet *p = calloc(1, sizeof(*p));
	void *fixture;
	struct config *c;

	fixture_setup(&fixture);
	p->f = fixture;
	c = &p->f->c;
	snprintf(p->certs, sizeof(p->certs), "%s/certs", p->f->dir);
	snprintf(p->meta, sizeof(p->meta), "%s/meta", p->f->dir);
	c->name = "Harbour";
	c->language = "en";
	c->robots = "default";
	c->owner_name = "=> A keeper";
	c->owner_email = "keeper@harbour.example";
	c->gemini_host = "harbour.example";
	c->output_dir = p->f->dir;
	c->certs_dir = p->certs;
	for (size_t i = 0; i < 4; i++)
		p->f->sources[i].archive = -1;
	store_set_zone(p->f->s, site_offset);
	p->stale.all = true;
	*state = p;
	return 0;
}

static int
teardown(void **state)
{
	struct planet *p = *state;
	void *fixture = p->f;

	buf_free(&p->text);
	fixture_teardown(&fixture);
	free(p);
	return 0;
}

/* A run at NOW + later with the given pages, then the counts. */
static void
run(struct planet *p, int64_t later, const char *const *pages, size_t n)
{
	struct fixture *f = p->f;
	struct tree_options to = { .dir = f->dir, .now = NOW + later };
	struct site *s = &p->site;

	p->options.now = NOW + later;
	*s = (struct site){ .store = f->s, .config = &f->c,
	    .options = &p->options, .words = strings_for("en"),
	    .now = NOW + later };
	ok(f, look_load(&s->theme, &f->c, NULL, NULL, &f->e));
	look_common(s);
	ok(f, store_begin(f->s, &f->e));
	ok(f, store_feeds(f->s, &s->feeds, &s->nfeeds, &s->arena, &f->e));
	ok(f, tree_begin(&s->tree, f->s, &to, &f->e));
	/* as a page of an own post does, which adds the feed to the list */
	site_feed(s, store_own_feed(f->s, &f->e));
	for (size_t i = 0; i < n; i++)
		if (pages[i][0] == '-')
			ok(f, tree_gone(s->tree, pages[i] + 1, true, &f->e));
		else
			ok(f, tree_put(s->tree, pages[i], span_str("x\n"),
			    &f->e));
	ok(f, small_publish(s, &p->stale, &f->e));
	ok(f, tree_finish(s->tree, &p->counts, &f->e));
	ok(f, store_commit(f->s, &f->e));
	tree_close(s->tree);
	theme_free(s->theme);
	arena_free(&s->arena);
}

static const char *
text_of(struct planet *p, const char *path)
{
	char *full = file_join(p->f->dir, path);

	buf_clear(&p->text);
	if (file_read(&p->text, full, &p->f->e) != 0)
		fail_msg("%s: %s", path, p->f->e.msg);
	free(full);
	return buf_cstr(&p->text);
}

static void
has(struct planet *p, const char *path, const char *what)
{
	if (strstr(text_of(p, path), what) == NULL)
		fail_msg("%s lacks \"%s\":\n%s", path, what,
		    buf_cstr(&p->text));
}

static void
lacks(struct planet *p, const char *path, const char *what)
{
	if (strstr(text_of(p, path), what) != NULL)
		fail_msg("%s has \"%s\":\n%s", path, what,
		    buf_cstr(&p->text));
}

static bool
allowed(struct planet *p, const char *agent, const char *path)
{
	text_of(p, "capsule/robots.txt");
	return robots_allow(buf_span(&p->text), agent, span_str(path));
}

/* --- robots.txt: rules 86 to 90 of the collected ones --- */

static void
test_robots(void **state)
{
	struct planet *p = *state;

	run(p, 0, NULL, 0);
	assert_true(allowed(p, "archiver", "/e/2026/a.gmi"));
	assert_true(allowed(p, "researcher", "/e/2026/a.gmi"));
	assert_false(allowed(p, "indexer", "/e/2026/a.gmi"));
	assert_false(allowed(p, "webproxy", "/e/2026/a.gmi"));
	assert_true(allowed(p, "indexer", "/about.gmi"));
	p->f->c.open_archives = true;
	run(p, 1, NULL, 0);
	assert_true(allowed(p, "indexer", "/e/2026/a.gmi"));
	p->f->c.open_archives = false;
	p->f->c.robots = "open";
	run(p, 1, NULL, 0);
	assert_true(allowed(p, "webproxy", "/e/2026/a.gmi"));
	p->f->c.robots = "closed";
	run(p, 2, NULL, 0);
	assert_false(allowed(p, "researcher", "/about.gmi"));
}

static void
test_wishes(void **state)
{
	struct planet *p = *state;
	struct fixture *f = p->f;
	struct entry list[] = { entry_of("1", "https://a.example/1", "One",
	    "x", NOW - DAY) };
	struct entry other[] = { entry_of("2", "https://b.example/2", "Two",
	    "y", NOW - DAY) };
	struct store_query q = { .feed = f->feed[0] };
	struct store_feed feed;
	char path[128];

	merge_into(f, 0, list, 1);
	merge_into(f, 1, other, 1);
	f->sources[0].archive = 0;
	run(p, 0, NULL, 0);
	snprintf(path, sizeof(path), "/%s.gmi", nth(f, q, 0).path);
	assert_false(allowed(p, "archiver", path));
	assert_true(allowed(p, "researcher", path));
	ok(f, store_feed(f->s, &feed, &f->a, f->feed[0]));
	snprintf(path, sizeof(path), "/s/%s/", feed.slug);
	assert_false(allowed(p, "archiver", path));
	q.feed = f->feed[1];
	snprintf(path, sizeof(path), "/%s.gmi", nth(f, q, 0).path);
	assert_true(allowed(p, "archiver", path));
}

static void
test_wishes_bounded(void **state)
{
	struct planet *p = *state;
	struct entry list[300];
	char id[300][16];
	size_t lines = 0;

	for (size_t feed = 0; feed < 2; feed++) {
		for (size_t i = 0; i < 300; i++) {
			snprintf(id[i], sizeof(id[i]), "%zu-%zu", feed, i);
			list[i] = entry_of(id[i], NULL, id[i], id[i],
			    NOW - (int64_t)i * HOUR);
		}
		merge_into(p->f, (int)feed, list, 300);
		p->f->sources[feed].archive = 0;
	}
	run(p, 0, NULL, 0);
	for (const char *at = text_of(p, "capsule/robots.txt");
	    (at = strstr(at, "Disallow: /e/2")) != NULL; at++)
		lines++;
	assert_int_equal(lines, 498);
}

/* --- the server's tables --- */

static void
test_tables(void **state)
{
	struct planet *p = *state;
	struct fixture *f = p->f;
	struct entry list[] = {
	    entry_of("1", "https://a.example/1", "Eins", "x", NOW - DAY),
	    entry_of("2", "https://a.example/2", "Two", "y", NOW - 2 * DAY),
	    entry_of("3", "https://a.example/3", "Evil", "z", NOW - 3 * DAY),
	};
	static const char *const first[] = { "capsule/e/2025/old.gmi" };
	static const char *const second[] = { "-capsule/e/2025/old.gmi" };
	struct store_query q = { .feed = f->feed[0] };
	struct table *t = table_new(p->meta);
	struct table_row row;
	char path[128];

	list[0].language = "de-AT";
	list[1].language = "en";
	list[2].language = "fr\tgone";
	merge_into(f, 0, list, 3);
	run(p, 0, first, 1);
	p->stale.all = false;
	run(p, 60, second, 1);
	table_refresh(t);
	snprintf(path, sizeof(path), "%s.gmi", nth(f, q, 0).path);
	assert_true(table_find(t, path, &row));
	assert_true(span_eqs(row.lang, "de-AT"));
	assert_false(row.gone);
	for (size_t i = 1; i < 3; i++) {
		snprintf(path, sizeof(path), "%s.gmi", nth(f, q, i).path);
		assert_false(table_find(t, path, &row));
	}
	assert_true(table_find(t, "e/2025/old.gmi", &row));
	assert_true(row.gone);
	assert_true(span_starts(table_random(t, 7), "e/202"));
	table_free(t);
}

/* --- the lists for mirrors --- */

static void
test_mirror(void **state)
{
	struct planet *p = *state;
	static const char *const first[] = { "capsule/e/2025/a.gmi",
	    "capsule/e/2025/b.gmi", "capsule/index.gmi", "hole/menu" };
	static const char *const second[] = { "-capsule/e/2025/a.gmi" };
	const char *log = "capsule/mirror/changes-2026-01.tsv";
	const char *manifest = "capsule/mirror/manifest.tsv";
	const char *part = "capsule/mirror/manifest/e_2025_.tsv";
	char hex[HASH_HEX], part_hex[HASH_HEX], line[256], *before;
	struct store_feed feed;

	run(p, 0, first, 4);
	hash_hex(span_str("x\n"), hex);
	snprintf(line, sizeof(line), "\ne/2025/a.gmi\t2\t%s\t"
	    "2026-01-01T00:00:00Z\n", hex);
	has(p, part, line);
	lacks(p, manifest, "e/2025/a.gmi");
	hash_hex(span_str(text_of(p, part)), part_hex);
	snprintf(line, sizeof(line), "\nmirror/manifest/e_2025_.tsv\t%zu\t%s\t"
	    "2026-01-01T00:00:00Z\tpart\n", p->text.n, part_hex);
	has(p, manifest, line);
	has(p, manifest, "\nrobots.txt\t");
	lacks(p, manifest, "health.gmi");
	lacks(p, manifest, "mirror/changes");
	lacks(p, manifest, "menu");
	snprintf(line, sizeof(line), "\n2026-01-01T00:00:00Z\tadded\t"
	    "e/2025/a.gmi\t2\t%s\n", hex);
	has(p, log, line);

	/* nothing changes: nothing is written */
	p->stale.all = false;
	run(p, HOUR, first, 4);
	assert_int_equal(p->counts.written, 0);

	/* a run that changes the health page alone leaves the lists be */
	ok(p->f, store_feed(p->f->s, &feed, &p->f->a, p->f->feed[0]));
	feed.last_ok = NOW + HOUR;
	ok(p->f, store_feed_fetched(p->f->s, &feed, NULL, &p->f->e));
	run(p, HOUR, first, 4);
	assert_int_equal(p->counts.written, 1);

	before = strdup(text_of(p, log));
	run(p, 2 * HOUR, second, 1);
	has(p, part, "\ne/2025/a.gmi\tgone\n");
	assert_memory_equal(text_of(p, log), before, strlen(before));
	assert_string_equal(buf_cstr(&p->text) + strlen(before),
	    "2026-01-01T02:00:00Z\tgone\te/2025/a.gmi\t-\t-\n");
	free(before);
	run(p, 40 * DAY, first, 1);
	has(p, "capsule/mirror/changes-2026-02.tsv",
	    "\tadded\te/2025/a.gmi\t2\t");
}

static void
has_not(struct planet *p, const char *path)
{
	char *full = file_join(p->f->dir, path);

	if (access(full, F_OK) == 0)
		fail_msg("%s is there", path);
	free(full);
}

/* All lists anew are what is there. */
static void
same_anew(struct planet *p, int64_t later)
{
	p->stale.all = true;
	run(p, later, NULL, 0);
	assert_int_equal(p->counts.written, 0);
	assert_int_equal(p->counts.removed, 0);
	p->stale.all = false;
}

/* A list that would be long is cut into lists while it is. */
static void
test_mirror_cut(void **state)
{
	enum { MANY = 1500 };
	struct planet *p = *state;
	static char name[MANY][40];
	static const char *put[MANY], *gone[MANY];
	const char *manifest = "capsule/mirror/manifest.tsv";
	const char *files = "capsule/mirror/manifest/e_2025_.tsv";
	const char *parts = "capsule/mirror/manifest/e_2025_.parts.tsv";
	const char *a = "capsule/mirror/manifest/e_2025_a.tsv";
	const char *seven = "capsule/mirror/manifest/e_2025_7.tsv";

	/* few of 7, and of a so many that it is cut too, by digits */
	for (int i = 0; i < MANY; i++) {
		snprintf(name[i], sizeof(name[i]), "-capsule/e/2025/%c%04d.gmi",
		    i % 10 == 0 ? '7' : 'a', i * 7919 % 10000);
		gone[i] = name[i];
		put[i] = name[i] + 1;
	}
	run(p, 0, put, 500);
	p->stale.all = false;
	has(p, manifest, files + strlen("capsule/"));
	has_not(p, parts);
	run(p, HOUR, put, 700);
	has_not(p, files);
	lacks(p, manifest, files + strlen("capsule/"));
	has(p, manifest, parts + strlen("capsule/"));
	has(p, parts, "\nmirror/manifest/e_2025_7.tsv\t");
	has(p, parts, "\tpart\nmirror/manifest/e_2025_a.parts.tsv\t");
	has(p, "capsule/mirror/manifest/e_2025_a7.tsv", "\ne/2025/a7919.gmi\t");
	lacks(p, "capsule/mirror/manifest/e_2025_a7.tsv", "/a8");
	has(p, seven, "\ne/2025/70000.gmi\t");
	lacks(p, seven, "/a");
	has_not(p, a);
	same_anew(p, HOUR);
	run(p, 2 * HOUR, put, MANY);
	same_anew(p, 2 * HOUR);
	/* the log of the month goes on */
	run(p, 3 * HOUR, gone, 1);
	has(p, "capsule/mirror/changes-2026-01-3.tsv",
	    "Z\tgone\te/2025/70000.gmi\t");
	has(p, seven, "\ne/2025/70000.gmi\tgone\n");
	same_anew(p, 3 * HOUR);
	/* lines of what is gone are short */
	run(p, 4 * HOUR, gone + 440, MANY - 440);
	has(p, parts, "\nmirror/manifest/e_2025_a.tsv\t");
	has_not(p, "capsule/mirror/manifest/e_2025_a.parts.tsv");
	has_not(p, "capsule/mirror/manifest/e_2025_a7.tsv");
	same_anew(p, 4 * HOUR);
	run(p, 5 * HOUR, gone + 1, MANY - 1);
	has(p, manifest, files + strlen("capsule/"));
	has_not(p, parts);
	has_not(p, a);
	same_anew(p, 5 * HOUR);
}

/* So is what is no entry, by folders; odd names have lists like others. */
static void
test_mirror_folders(void **state)
{
	enum { MANY = 1200, SOME = 800 };
	struct planet *p = *state;
	static char name[MANY][64];
	static const char *put[MANY], *gone[MANY];
	static const char *const folder[] = { "s/foo/", "s/foo-b/", "s/foo/",
	    "s/foo-b/", "s/foo/", "s/foo-b/", "t/", "static/S.\xc3\xa9" };
	const char *manifest = "capsule/mirror/manifest.tsv";
	const char *root = "\nrobots.txt\t";

	for (int i = 0; i < MANY; i++) {
		snprintf(name[i], sizeof(name[i]), "-capsule/%s%04d.gmi",
		    folder[i % 8], i);
		gone[i] = name[i];
		put[i] = name[i] + 1;
	}
	run(p, 0, put, 400);
	p->stale.all = false;
	has(p, manifest, "\ns/foo/0000.gmi\t");
	has(p, manifest, "\ns/foo-b/0001.gmi\t");
	run(p, HOUR, put, SOME);
	lacks(p, manifest, "\ns/");
	lacks(p, manifest, "\nt/");
	has(p, manifest, root);
	has(p, manifest, "\nmirror/manifest/s_.tsv\t");
	has(p, manifest, "\nmirror/manifest/static_.tsv\t");
	same_anew(p, HOUR);
	for (int i = 0; i < 4; i++) {
		run(p, 2 * HOUR, put, MANY / 4 * (size_t)(i + 1));
		same_anew(p, 2 * HOUR);
	}
	has(p, manifest, "\nmirror/manifest/s_.parts.tsv\t");
	/* they have "s/foo" in common, and then "/" and "-" */
	has(p, "capsule/mirror/manifest/s_.parts.tsv",
	    "\nmirror/manifest/s_f.parts.tsv\t");
	has(p, "capsule/mirror/manifest/s_foo.parts.tsv",
	    "\nmirror/manifest/s_foo-.tsv\t");
	has(p, "capsule/mirror/manifest/s_foo.parts.tsv",
	    "\nmirror/manifest/s_foo_.tsv\t");
	has(p, "capsule/mirror/manifest/s_foo_.tsv", "\ns/foo/0000.gmi\t");
	lacks(p, "capsule/mirror/manifest/s_foo_.tsv", "foo-b");
	has(p, manifest, "\nmirror/manifest/static_.tsv\t");
	run(p, 3 * HOUR, gone, MANY);
	same_anew(p, 3 * HOUR);
	lacks(p, manifest, "\tpart");
	has(p, manifest, "\ns/foo/0000.gmi\tgone\n");
}

/* A run that broke off after the log was there says the same again. */
static void
test_log_after_crash(void **state)
{
	struct planet *p = *state;
	static const char *const first[] = { "capsule/index.gmi" };
	static const char *const second[] = { "capsule/e/2026/b.gmi" };
	const char *log = "capsule/mirror/changes-2026-01.tsv";
	char *full = file_join(p->f->dir, log), *before;
	struct buf torn = { 0 };

	run(p, 0, first, 1);
	before = strdup(text_of(p, log));
	buf_puts(&torn, before);
	buf_puts(&torn, "2026-01-01T00:30:00Z\tadded\te/2026/b.gmi\t2\tx\n");
	ok(p->f, file_replace(full, buf_span(&torn), 0644, false, &p->f->e));
	p->stale.all = false;
	run(p, HOUR, second, 1);
	lacks(p, log, "00:30:00Z");
	assert_memory_equal(text_of(p, log), before, strlen(before));
	assert_ptr_equal(strstr(buf_cstr(&p->text), "e/2026/b.gmi"),
	    strstr(buf_cstr(&p->text) + strlen(before), "e/2026/b.gmi"));
	has(p, log, "\n2026-01-01T01:00:00Z\tadded\te/2026/b.gmi\t2\t");
	buf_free(&torn);
	free(before);
	free(full);
}

/* --- pages --- */

static void
test_health(void **state)
{
	struct planet *p = *state;
	struct fixture *f = p->f;
	struct store_feed feed;

	f->sources[0].url = "https://a.example/feed?key=s3cret";
	f->sources[1].url = "https://b.example/hidden";
	f->sources[1].hidden = true;
	f->sources[1].name = "Quiet one";
	fixture_sync(f, 2);
	for (size_t i = 0; i < 2; i++) {
		ok(f, store_feed(f->s, &feed, &f->a, f->feed[i]));
		feed.error = "https://b.example/hidden?key=s3cret:\n# 404";
		feed.failures = 2;
		feed.last_ok = NOW - DAY;
		feed.next_try = NOW + DAY;
		ok(f, store_feed_fetched(f->s, &feed, NULL, &f->e));
		if (i == 1)
			break;
	}
	f->sources[0].name = "=> /evil\n# Name";
	f->sources[2].url = "/home/keeper/feed.xml";
	fixture_sync(f, 3);
	run(p, 0, NULL, 0);
	lacks(p, "capsule/health.gmi", "s3cret");
	lacks(p, "capsule/health.gmi", "\n=> /evil");
	lacks(p, "capsule/health.gmi", "\n# ");
	has(p, "capsule/health.gmi", "=> https://a.example/feed ");
	has(p, "capsule/health.gmi", "\nState: failing\n");
	has(p, "capsule/health.gmi", "\nLast success: 31 Dec 2025");
	has(p, "capsule/health.gmi", "\nNext try: 02 Jan 2026");
	has(p, "capsule/health.gmi", "\n## Quiet one\n");
	lacks(p, "capsule/health.gmi", "=> https://b.example/hidden");
	lacks(p, "capsule/health.gmi", "keeper");
	lacks(p, "capsule/health.gmi", "orrery:posts");
	has(p, "capsule/health.gmi", "Sources that are well: 0/3");
}

static void
test_about(void **state)
{
	struct planet *p = *state;
	const char *names[] = { "harbour.example" };
	static const char *const front[] = { "capsule/index.gmi" };
	struct cert_files cf;
	struct cert_info info;

	run(p, 0, front, 1);
	has(p, "capsule/fingerprints.gmi", "There is none yet");
	has(p, "capsule/about.gmi", "# About: Harbour\n");
	has(p, "capsule/about.gmi", "\n =");
	has(p, "capsule/about.gmi",
	    "\n=> mailto:keeper@harbour.example keeper@harbour.example\n");
	has(p, "capsule/about.gmi", "\n=> /health.gmi ");
	has(p, "capsule/help.gmi", "\n=> gemini://harbour.example/feed.gmi ");
	has(p, "capsule/.well-known/security.txt",
	    "Contact: mailto:keeper@harbour.example\n"
	    "Expires: 2026-12-01T00:00:00Z\n");
	mkdir(p->certs, 0700);
	cert_files_init(&cf, p->certs, names[0]);
	ok(p->f, cert_make(cf.cert, cf.key, names, 1, NOW, CERTS_FOREVER,
	    &p->f->e));
	ok(p->f, cert_read(cf.cert, &info, &p->f->e));
	p->f->c.owner_email = NULL;
	run(p, 1, NULL, 0);
	has(p, "capsule/fingerprints.gmi", info.fingerprint);
	has(p, "capsule/fingerprints.gmi", "\nValid until: for ever\n");
	assert_int_equal(access(p->certs, F_OK), 0);
	cert_files_free(&cf);
	snprintf(p->meta, sizeof(p->meta), "%s/capsule/.well-known/"
	    "security.txt", p->f->dir);
	assert_int_equal(access(p->meta, F_OK), -1);
}

int
main(void)
{
#define T(f)	cmocka_unit_test_setup_teardown(f, setup, teardown)
	const struct CMUnitTest tests[] = {
		T(test_robots), T(test_wishes), T(test_wishes_bounded),
		T(test_tables), T(test_mirror), T(test_log_after_crash),
		T(test_mirror_cut), T(test_mirror_folders),
		T(test_health),
		T(test_about),
	};

	setenv("TZ", "UTC", 1);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
