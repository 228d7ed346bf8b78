/* The typed configuration: values, defaults, problems, round trip. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/file.h"
#include "base/hash.h"
#include "config/config.h"

#define GOLDEN	"tests/golden/config/"

static struct config *
load(const char *text, struct config_problems *p)
{
	static struct config_problems own;
	struct config *c = NULL;

	if (p == NULL)
		p = &own;
	config_read(&c, "/nonexistent/planet.ini", span_str(text), p, NULL);
	if (p == &own)
		config_problems_free(&own);
	return c;
}

static void
defaults(void **state)
{
	struct config *c = load("", NULL);

	(void)state;
	assert_non_null(c);
	assert_string_equal(c->language, "en");
	assert_string_equal(c->timezone, "UTC");
	assert_int_equal(c->items_per_page, 60);
	assert_int_equal(c->new_feed_items, 50);
	assert_int_equal(c->feed_timeout, 20);
	assert_int_equal(c->interval_min, 3600);
	assert_true(c->gemini);
	assert_false(c->gopher);
	assert_int_equal(c->ngemini_listen, 2);
	assert_string_equal(c->gemini_listen[0], "[::]:1965");
	assert_int_equal(c->gemini_port, 1965);
	assert_string_equal(c->gemini_host, "localhost");
	assert_false(c->date_format_given);
	config_free(c);
}

/* Venus's sifters: each is a rule of its own, and whatever they hold is text. */
static void
sifters(void **state)
{
	struct config *c = load("[Planet]\nfilters = regexp_sifter.py?"
	    "require=one regexp_sifter.py?require=two%20%20x%80&exclude=no\n",
	    NULL);

	(void)state;
	assert_non_null(c);
	assert_string_equal(c->defaults.filter.include,
	    "one\ntwo  x\xef\xbf\xbd");
	assert_string_equal(c->defaults.filter.exclude, "no");
	config_free(c);
}

static void
own_sections(void **state)
{
	struct config *c = load("[Planet]\nlink = gemini://p.example:1966/\n"
	    "interval = 2h\nactivity_threshold = 3 weeks\n"
	    "[gemini]\nlisten = 1965, unix:/run/o.sock\n[gopher]\n"
	    "listen = 127.0.0.1:7070\ncharset = ascii\n[server]\nworkers = 3\n"
	    "access_log = -\n[redirect]\n/Old = /new\n[gone]\n/x.gmi\n"
	    "[host b.example]\nlanguage = de\n"
	    "[host c.example]\ngopher_listen = 127.0.0.2:7072, [::1]:7073\n"
	    "[host d.example]\ngopher_listen = unix:/run/d\ngopher_port = 70\n",
	    NULL);

	(void)state;
	assert_non_null(c);
	assert_string_equal(c->gemini_host, "p.example");
	assert_int_equal(c->gemini_port, 1966);
	assert_int_equal(c->ngemini_listen, 3);
	assert_string_equal(c->gemini_listen[1], "0.0.0.0:1965");
	assert_true(c->gopher && c->gopher_ascii);
	assert_int_equal(c->gopher_port, 7070);
	assert_string_equal(c->gopher_host, "p.example");
	assert_int_equal(c->interval_min, 7200);
	assert_int_equal(c->activity_threshold, 21);
	assert_int_equal(c->workers, 3);
	assert_string_equal(c->access_log, "-");
	assert_int_equal(c->nredirects, 2);
	assert_string_equal(c->redirects[0].from, "/Old");
	assert_null(c->redirects[1].to);
	assert_string_equal(c->vhosts[0].name, "b.example");
	assert_int_equal(c->vhosts[0].ngopher_listen, 0);
	assert_int_equal(c->vhosts[0].gopher_port, 0);
	assert_int_equal(c->vhosts[1].ngopher_listen, 2);
	assert_string_equal(c->vhosts[1].gopher_listen[1], "[::1]:7073");
	assert_int_equal(c->vhosts[1].gopher_port, 7072);
	assert_int_equal(c->vhosts[2].gopher_port, 70);
	config_free(c);
}

static void
sources(void **state)
{
	struct config *c = load("[Planet]\nfeed_timeout = 9\n"
	    "[https://me:pa%20ss@a.example/f]\nprivate = yes\n"
	    "groups = One, two words,One\nexcerpt = 300\n"
	    "[feed://b.example/x]\nfeed_timeout = 1m\nnick = bee\n"
	    "colour = red\n[HTTPS://A.example/other#f]\n"
	    "[https://l.example/list.opml]\ncontent_type = opml\n", NULL);

	(void)state;
	assert_non_null(c);
	assert_int_equal(c->nsources, 4);
	assert_string_equal(c->sources[0].url, "https://a.example/f");
	assert_string_equal(c->sources[0].user, "me");
	assert_string_equal(c->sources[0].password, "pa ss");
	assert_int_equal(c->sources[0].ngroups, 2);
	assert_string_equal(c->sources[0].groups[1], "two words");
	assert_int_equal(c->sources[0].timeout, 9);
	assert_int_equal(c->sources[0].excerpt, 300);
	assert_true(c->sources[0].hidden);
	assert_string_equal(c->sources[1].url, "http://b.example/x");
	assert_int_equal(c->sources[1].timeout, 60);
	assert_string_equal(source_extra(&c->sources[1], "colour"), "red");
	assert_string_equal(c->sources[2].url, "https://a.example/other");
	assert_int_equal(c->sources[3].kind, SOURCE_LIST);
	assert_ptr_equal(config_source(c, "https://a.example/other#x"),
	    &c->sources[2]);
	assert_null(config_source_add(c, NULL, "https://a.example/f"));
	assert_null(config_source_add(c, NULL, "file:///etc/passwd"));
	assert_non_null(config_source_add(c, NULL, "gemini://n.example/"));
	assert_int_equal(c->sources[4].timeout, 9);
	config_free(c);
}

/* A file that Venus was content with. */
static void
venus(void **state)
{
	struct config_problems p = { 0 };
	struct config *c = NULL;
	const struct source *s;

	(void)state;
	assert_int_equal(config_load(&c, GOLDEN "venus.ini", &p, NULL), 0);
	assert_int_equal(p.n, 2);
	assert_non_null(strstr(p.list[0].text, "ignored: output_theme, "
	    "template_files, locale, filters (tidy.py), [index.html.tmpl]"));
	assert_non_null(strstr(p.list[1].text, "venus.ini:36: "));
	assert_string_equal(c->name, "Planet Venus");
	assert_string_equal(c->date_format, "%B %d, %Y %I:%M %p");
	assert_string_equal(c->language, "tr-TR");
	assert_int_equal(c->items_per_page, 15);
	assert_int_equal(c->nsources, 3);
	s = &c->sources[0];
	assert_string_equal(s->url, "http://a.example/feed?cat=2");
	assert_string_equal(s->name, "Ahmet Ayg\u00fcn");
	assert_string_equal(s->face, "a.png");
	assert_string_equal(s->link, "http://people.example/ahmet");
	assert_int_equal(s->ngroups, 2);
	assert_string_equal(s->groups[1], "Friends");
	assert_string_equal(s->filter.include, "planet");
	assert_string_equal(s->filter.exclude, "spam|ham");
	assert_int_equal(s->new_items, 2);
	assert_string_equal(source_extra(s, "facewidth"), "65");
	assert_string_equal(c->sources[1].filter.include,
	    "(clojure|\\(def )");
	assert_null(c->sources[2].filter.include);
	assert_string_equal(c->sources[2].name, "C");
	assert_string_equal(source_extra(&c->sources[2], "facewidth"), "70");
	config_problems_free(&p);
	config_free(c);
}

/* One line each, all at once, in file order. */
static void
all_problems(void **state)
{
	struct config_problems p = { 0 };
	struct config *c = NULL;
	struct error e = { 0 };
	struct buf want = { 0 };
	struct span rest, line;
	size_t n = 0;

	(void)state;
	assert_int_equal(file_read(&want, GOLDEN "bad.expected", NULL), 0);
	assert_int_equal(config_load(&c, GOLDEN "bad.ini", &p, &e), E_SYNTAX);
	assert_null(c);
	rest = buf_span(&want);
	while (span_line(&rest, &line)) {
		struct span got;
		const char *dir = memmem(line.p, line.n, "DIR", 3);

		assert_true(n < p.n);
		got = span_from(span_str(p.list[n].text), strlen(GOLDEN));
		if (dir != NULL)	/* differs by machine */
			got.n = line.n = (size_t)(dir - line.p);
		if (!span_eq(got, line))
			fail_msg("got  %.*s\nwant %.*s", (int)got.n, got.p,
			    (int)line.n, line.p);
		assert_true(p.list[n++].fatal);
	}
	assert_int_equal(n, p.n);
	assert_non_null(strstr(e.msg, "18 errors"));
	config_problems_free(&p);
	buf_free(&want);
}

static void
missing_file(void **state)
{
	struct config_problems p = { 0 };
	struct config *c = NULL;
	struct error e = { 0 };

	(void)state;
	assert_int_equal(config_load(&c, "/nonexistent/planet.ini", &p, &e),
	    E_NOTFOUND);
	assert_non_null(strstr(e.msg, "orrery init"));
	config_problems_free(&p);
}

/* A keeper's own keys are his; near misses of known ones are not. */
static void
slips(void **state)
{
	struct config_problems p = { 0 };
	struct config *c;

	(void)state;
	c = load("[https://a.example/]\nlink2 = x\ntwitter = y\nhobby = z\n",
	    &p);
	assert_non_null(c);
	assert_int_equal(p.n, 0);
	config_free(c);
	assert_null(load("[https://a.example/]\nexlcude = x\n", &p));
	assert_int_equal(p.n, 1);
	assert_non_null(strstr(p.list[0].text, "did you mean \"exclude\"?"));
	config_problems_free(&p);
	c = load("[https://a.example/]\nlinks = 1\n[https://b.example/]\n"
	    "links = 1\n[https://c.example/]\nlinks = 1\n", &p);
	assert_non_null(c);
	config_free(c);
	config_problems_free(&p);
}

/* A secret-bearing terminal sequence in a name stays out of messages. */
static void
messages_are_clean(void **state)
{
	struct config_problems p = { 0 };

	(void)state;
	assert_null(load("[Planet]\nlog_level = \x1b[31mred\n", &p));
	assert_null(strchr(p.list[0].text, '\x1b'));
	config_problems_free(&p);
}

static void
round_trip(const char *path, int *files)
{
	struct config_problems p = { 0 };
	struct config *c = NULL, *again = NULL;
	struct buf one = { 0 }, two = { 0 };
	char a[HASH_HEX], b[HASH_HEX];

	if (config_load(&c, path, &p, NULL) != 0)
		fail_msg("%s: %s", path, p.n > 0 ? p.list[0].text : "?");
	config_print(&one, c);
	config_revision(c, a);
	assert_int_equal(config_read(&again, path, buf_span(&one), &p, NULL),
	    0);
	config_print(&two, again);
	config_revision(again, b);
	assert_string_equal(buf_cstr(&one), buf_cstr(&two));
	assert_string_equal(a, b);
	assert_int_equal(c->nsources, again->nsources);
	++*files;
	config_problems_free(&p);
	config_free(c);
	config_free(again);
	buf_free(&one);
	buf_free(&two);
}

static void
printed_loads_the_same(void **state)
{
	const char *shared = getenv("SHARED");
	char *dir;
	struct dirent *d;
	DIR *all;
	int files = 0;

	(void)state;
	round_trip(GOLDEN "venus.ini", &files);
	dir = file_join(shared != NULL ? shared : "../shared",
	    "data/planet-configs");
	if ((all = opendir(dir)) == NULL)
		print_message("# no %s: real configurations skipped\n", dir);
	while (all != NULL && (d = readdir(all)) != NULL) {
		const char *dot = strrchr(d->d_name, '.');
		char *path;

		if (dot == NULL || strcmp(dot, ".ini") != 0)
			continue;
		path = file_join(dir, d->d_name);
		round_trip(path, &files);
		free(path);
	}
	if (all != NULL)
		closedir(all);
	free(dir);
	assert_true(files >= 1);
}

static void
revision_follows_pages(void **state)
{
	static const char *const texts[] = {
		"[Planet]\nname = A\n[https://a.example/]\n",
		"[Planet]\nname = A\nlog_level = debug\nfeed_timeout = 3\n"
		"[https://a.example/]\n",
		"[Planet]\nname = B\n[https://a.example/]\n",
		"[Planet]\nname = A\n[https://a.example/]\nname = x\n",
	};
	char hex[4][HASH_HEX];

	(void)state;
	for (int i = 0; i < 4; i++) {
		struct config *c = load(texts[i], NULL);

		assert_non_null(c);
		config_revision(c, hex[i]);
		config_free(c);
	}
	assert_string_equal(hex[0], hex[1]);
	assert_string_not_equal(hex[0], hex[2]);
	assert_string_not_equal(hex[0], hex[3]);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(defaults),
		cmocka_unit_test(sifters),
		cmocka_unit_test(own_sections),
		cmocka_unit_test(sources),
		cmocka_unit_test(venus),
		cmocka_unit_test(all_problems),
		cmocka_unit_test(missing_file),
		cmocka_unit_test(slips),
		cmocka_unit_test(messages_are_clean),
		cmocka_unit_test(printed_loads_the_same),
		cmocka_unit_test(revision_follows_pages),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
