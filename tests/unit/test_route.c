/*
 * Which answer a request gets: sites, tables, areas, redirects, types
 * (rules 14 to 22, 33, 49 to 54 of the notes on Gemini; 27, 38, 39 of those
 * on gopher).
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

#include "base/file.h"
#include "base/xalloc.h"
#include "serve/route.h"

#define NOW	INT64_C(1790000000)

static char		 dir[] = "/tmp/orrery-route.XXXXXX";
static struct config	*config;
static struct route	*route;
static struct answer	 answer;
static char		 head[4096];

static const char ini[] =
    "[Planet]\nname = T\nlink = gemini://planet.example/\n"
    "owner_name = K\nowner_email = k@planet.example\n"
    "output_dir = output\ncache_directory = cache\n"
    "[gemini]\nlisten = 127.0.0.1:1965\nhost = planet.example\n"
    "port_check = yes\n"
    "[gopher]\nlisten = 127.0.0.1:7070\nhost = hole.example\nport = 70\n"
    "[redirect]\n/old.gmi = /new.gmi\n/far/* = gemini://far.example/\n"
    "[gone]\n/gone.gmi =\n"
    "[areas]\n/members/ = friends.txt\n"
    "[host other.example]\nroot = other\nlanguage = de\n"
    "[host second.example]\ngopher_listen = 192.0.2.2:7071\n";

static void
put(const char *name, const char *text)
{
	char *path = xasprintf("%s/%s", dir, name);
	FILE *f = fopen(path, "w");

	assert_non_null(f);
	fputs(text, f);
	fclose(f);
	free(path);
}

static int
setup(void **state)
{
	static const char *const dirs[] = { "output", "output/capsule",
	    "output/capsule/dir", "output/capsule/empty",
	    "output/capsule/members", "output/hole", "output/hole/dir",
	    "output/hole/names", "output/meta", "other" };
	struct config_problems problems = { 0 };
	struct error e = { 0 };
	char path[128];

	(void)state;
	if (mkdtemp(dir) == NULL)
		return -1;
	for (size_t i = 0; i < sizeof(dirs) / sizeof(dirs[0]); i++) {
		snprintf(path, sizeof(path), "%s/%s", dir, dirs[i]);
		if (mkdir(path, 0755) == -1)
			return -1;
	}
	put("planet.ini", ini);
	put("friends.txt", "# nobody\n" "00000000000000000000000000000000"
	    "00000000000000000000000000000001\n");
	put("output/capsule/index.gmi", "# Front\n");
	put("output/capsule/fr.gmi", "# Bonjour\n");
	put("output/capsule/a.svg", "<svg/>");
	put("output/capsule/a.gpub", "PK");
	put("output/capsule/a.unknown", "?");
	put("output/capsule/atom.xml",
	    "<feed xmlns='http://www.w3.org/2005/Atom'/>");
	put("output/capsule/dir/index.gmi", "# Folder\n");
	put("output/capsule/members/index.gmi", "# Members\n");
	put("output/hole/menu", "iHole\t\tnull.host\t1\r\n.\r\n");
	put("output/hole/dir/menu", "iFolder\t\tnull.host\t1\r\n.\r\n");
	put("output/hole/a.txt", "a\r\n");
	put("output/hole/names/menu", "iTitle\t\tnull.host\t1\r\n"
	    "0Text\t/a.txt\thole.example\t70\r\n"
	    "hOut\tURL:https://hole.example\tHOLE.example\t70\r\n"
	    "1Port\t/\thole.example\t7070\r\n"
	    "1Other\t/hole.example\tfar.example\t70\r\n"
	    "1Plus\t/x\thole.example\t70\t+\r\n"
	    "ihole.example\t70\r\nno fields\n.\r\n");
	put("output/hole/names/text", "0Text\t/a.txt\thole.example\t70\r\n");
	put("output/meta/lang.tsv", "fr.gmi\tfr\t\ntaken.gmi\t-\tgone\n");
	put("other/index.gmi", "# Other\n");
	snprintf(path, sizeof(path), "%s/planet.ini", dir);
	if (config_load(&config, path, &problems, &e) != 0 ||
	    route_new(&route, config, true, &e) != 0) {
		fprintf(stderr, "%s\n", e.msg);
		return -1;
	}
	config_problems_free(&problems);
	return 0;
}

static int
teardown(void **state)
{
	char *rm = xasprintf("rm -rf '%s'", dir);
	int rc = system(rm);

	(void)state;
	free(rm);
	buf_free(&answer.head);
	route_free(route);
	config_free(config);
	return rc;
}

static const struct peer nobody = { .local_ip = "192.0.2.1",
    .local_port = 1965 };

/* The first line of the answer, and its file closed. */
static const char *
gemini_as(const char *uri, const struct peer *p)
{
	struct gemini_request q;
	size_t n;

	gemini_parse(&q, span_str(uri));
	route_refresh(route, NOW);
	route_gemini(route, &answer, &q, p, NOW);
	if (answer.kind == ANSWER_FILE)
		close(answer.fd);
	route_release(route, answer.hot);
	if (answer.kind == ANSWER_SEARCH)
		return "search";
	n = strcspn(buf_cstr(&answer.head), "\r");
	assert_true(n < sizeof(head));
	memcpy(head, answer.head.p, n);
	head[n] = '\0';
	return head;
}

static const char *
gemini(const char *uri)
{
	return gemini_as(uri, &nobody);
}

static void
status_is(const char *uri, const char *status)
{
	const char *got = gemini(uri);

	if (strncmp(got, status, 2) != 0 || got[2] != ' ')
		fail_msg("%s: \"%s\", not %s", uri, got, status);
}

static void
test_pages(void **state)
{
	(void)state;
	assert_string_equal(gemini("gemini://planet.example/"),
	    "20 text/gemini; lang=en");
	assert_string_equal(gemini("gemini://planet.example/fr.gmi"),
	    "20 text/gemini; lang=fr");
	assert_string_equal(gemini("gemini://planet.example/a.svg"),
	    "20 image/svg+xml");
	assert_string_equal(gemini("gemini://planet.example/a.gpub"),
	    "20 application/gpub+zip");
	assert_string_equal(gemini("gemini://planet.example/a.unknown"),
	    "20 application/octet-stream");
	assert_string_equal(gemini("gemini://planet.example/atom.xml"),
	    "20 application/atom+xml");
	assert_string_equal(gemini("gemini://planet.example/dir"),
	    "31 /dir/");
	assert_string_equal(gemini("gemini://planet.example/dir/"),
	    "20 text/gemini; lang=en");
	status_is("gemini://planet.example/empty/", "51");
	status_is("gemini://planet.example/fr.gmi/", "51");
	status_is("gemini://planet.example/nothing", "51");
	/* Gone by the publisher's table, and by the configuration's. */
	status_is("gemini://planet.example/taken.gmi", "52");
	status_is("gemini://planet.example/gone.gmi", "52");
}

static void
test_hosts(void **state)
{
	struct peer p = nobody;

	(void)state;
	status_is("gemini://elsewhere.example/", "53");
	status_is("gemini://planet.example:1966/", "53");
	status_is("gemini://PLANET.example.:1965/", "20");
	status_is("https://planet.example/", "53");
	status_is("gemini://u@planet.example/", "59");
	assert_string_equal(gemini("gemini://other.example/"),
	    "20 text/gemini; lang=de");
	status_is("gemini://other.example/fr.gmi", "51");
	/* The address that the client came in on, and another one. */
	status_is("gemini://192.0.2.1/", "20");
	status_is("gemini://192.0.2.2/", "53");
	status_is("gemini://[2001:db8::1]/", "53");
	strcpy(p.local_ip, "2001:db8::1");
	assert_string_equal(gemini_as("gemini://[2001:DB8:0::1]/", &p),
	    "20 text/gemini; lang=en");
	/* What was agreed in the handshake holds for the request. */
	p.sni = "other.example";
	assert_int_equal(atoi(gemini_as("gemini://planet.example/", &p)), 53);
	assert_int_equal(atoi(gemini_as("gemini://other.example/", &p)), 20);
	p.sni = "OTHER.example";
	assert_int_equal(atoi(gemini_as("gemini://other.example/", &p)), 20);
	p.sni = "a\033[31m\r\nEVIL";
	assert_int_equal(atoi(gemini_as("gemini://other.example/", &p)), 53);
	/* An address is no name: some clients send it all the same. */
	p.sni = "192.0.2.1";
	assert_int_equal(atoi(gemini_as("gemini://other.example/", &p)), 20);
	/* A port that a forwarder made of ours. */
	p = nobody;
	p.local_port = 7000;
	assert_int_equal(atoi(gemini_as("gemini://planet.example:7000/", &p)),
	    20);
	assert_int_equal(atoi(gemini_as("gemini://planet.example:7001/", &p)),
	    53);
}

static void
test_redirects(void **state)
{
	(void)state;
	assert_string_equal(gemini("gemini://planet.example/old.gmi"),
	    "31 /new.gmi");
	/* Nothing of the request gets into the new address. */
	assert_string_equal(gemini("gemini://planet.example/old.gmi?a=b"),
	    "31 /new.gmi");
	assert_string_equal(gemini("gemini://planet.example/far/away"),
	    "31 gemini://far.example/");
	status_is("gemini://planet.example/oldx.gmi", "51");
}

static void
test_areas(void **state)
{
	struct peer p = nobody;

	(void)state;
	status_is("gemini://planet.example/members/", "60");
	/* Escapes and dots lead to the same door. */
	status_is("gemini://planet.example/%6Dembers/", "60");
	status_is("gemini://planet.example/dir/../members/index.gmi", "60");
	p.has_cert = true;
	memset(p.cert, '2', sizeof(p.cert) - 1);
	memset(p.cert_key, '3', sizeof(p.cert_key) - 1);
	p.cert_from = NOW - 10;
	p.cert_until = NOW + 10;
	assert_int_equal(atoi(gemini_as("gemini://planet.example/members/",
	    &p)), 61);
	memset(p.cert_key, '0', sizeof(p.cert_key) - 1);
	p.cert_key[sizeof(p.cert_key) - 2] = '1';
	assert_int_equal(atoi(gemini_as("gemini://planet.example/members/",
	    &p)), 20);
	p.cert_until = NOW - 1;
	assert_int_equal(atoi(gemini_as("gemini://planet.example/members/",
	    &p)), 62);
	p.cert_until = NOW + 10;
	p.cert_from = NOW + 1;
	assert_int_equal(atoi(gemini_as("gemini://planet.example/members/",
	    &p)), 62);
	/* Elsewhere nobody looks at it. */
	assert_int_equal(atoi(gemini_as("gemini://planet.example/", &p)), 20);
}

static void
test_search(void **state)
{
	(void)state;
	status_is("gemini://planet.example/search", "10");
	status_is("gemini://planet.example/search?", "10");
	assert_string_equal(gemini("gemini://planet.example/search?a%20b"),
	    "search");
	assert_int_equal((int)answer.query.n, 5);
	assert_true(answer.escaped && answer.secret);
	assert_string_equal(gemini("gemini://planet.example/search/3?a"),
	    "search");
	assert_int_equal((int)answer.page, 2);
	assert_string_equal(gemini("gemini://planet.example/search/x?a"),
	    "search");
	assert_int_equal((int)answer.page, 0);
	status_is("gemini://planet.example/searching?a", "51");
}

static char *
gopher_as(const char *line, const struct peer *p)
{
	static char text[8192];
	struct gopher_request q;
	ssize_t n;

	gopher_parse(&q, span_str(line));
	route_gopher(route, &answer, &q, p);
	if (answer.kind == ANSWER_FILE) {
		n = pread(answer.fd, text, sizeof(text) - 1, 0);
		close(answer.fd);
		text[n > 0 ? n : 0] = '\0';
	} else if (answer.kind == ANSWER_PAGE) {
		snprintf(text, sizeof(text), "%.*s", (int)answer.hot->n,
		    answer.hot->p);
		route_release(route, answer.hot);
	} else if (answer.kind == ANSWER_SEARCH)
		strcpy(text, "search");
	else
		snprintf(text, sizeof(text), "%s", buf_cstr(&answer.head));
	return text;
}

static char *
gopher(const char *line)
{
	return gopher_as(line, &nobody);
}

/* Rule 19: one tree under several names. */
static void
test_names(void **state)
{
	struct peer p = { .local_port = 7071, .as_port = 7071 };
	char published[1024];

	(void)state;
	p.as = route_gopher_named(route, "Second.Example");
	assert_non_null(p.as);
	assert_string_equal(p.as->name, "second.example");
	assert_null(route_gopher_named(route, NULL));
	assert_null(route_gopher_named(route, "hole.example"));
	/* That one has a tree of its own. */
	assert_null(route_gopher_named(route, "other.example"));
	strcpy(published, gopher("/names"));
	assert_non_null(strstr(published, "/a.txt\thole.example\t70\r\n"));
	for (int i = 0; i < 2; i++)
		assert_string_equal(gopher_as("/names/", &p),
		    "iTitle\t\tnull.host\t1\r\n"
		    "0Text\t/a.txt\tsecond.example\t7071\r\n"
		    "hOut\tURL:https://hole.example\tsecond.example\t7071\r\n"
		    "1Port\t/\thole.example\t7070\r\n"
		    "1Other\t/hole.example\tfar.example\t70\r\n"
		    "1Plus\t/x\tsecond.example\t7071\t+\r\n"
		    "ihole.example\t70\r\nno fields\n.\r\n");
	assert_string_equal(gopher("/names"), published);
	/* A text is nobody's to edit. */
	assert_string_equal(gopher_as("/names/text", &p),
	    "0Text\t/a.txt\thole.example\t70\r\n");
	assert_non_null(strstr(gopher_as("/nope", &p),
	    "1To the main menu\t/\tsecond.example\t7071\r\n"));
	assert_non_null(strstr(gopher_as("GET / HTTP/1.0", &p),
	    "gopher://second.example:7071/"));
}

static void
test_gopher(void **state)
{
	static const char *const menus[] = { "", "/", "1", "/1", "1/", "/1/" };

	(void)state;
	for (size_t i = 0; i < sizeof(menus) / sizeof(menus[0]); i++)
		assert_true(strncmp(gopher(menus[i]), "iHole\t", 6) == 0);
	assert_true(strncmp(gopher("/dir"), "iFolder\t", 8) == 0);
	assert_true(strncmp(gopher("1/dir/"), "iFolder\t", 8) == 0);
	assert_string_equal(gopher("0/a.txt"), "a\r\n");
	/* The public name and port, whatever the socket is. */
	assert_string_equal(gopher("/nope"),
	    "3There is nothing under \"/nope\"\t\terror.host\t1\r\n"
	    "1To the main menu\t/\thole.example\t70\r\n.\r\n");
	assert_int_equal(answer.status, 51);
	assert_non_null(strstr(gopher("URL:https://a.example/?\"<"),
	    "href=\"https://a.example/?&#34;&#60;\""));
	assert_true(gopher("URL:javascript:alert(1)")[0] == '3');
	assert_string_equal(gopher("/search\ttwo words"), "search");
	assert_false(answer.escaped);
	assert_string_equal(gopher("/search/2/two%20words"), "search");
	assert_true(answer.escaped);
	assert_int_equal((int)answer.page, 1);
	assert_non_null(strstr(gopher("GET / HTTP/1.1"),
	    "gopher://hole.example/"));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_pages),
		cmocka_unit_test(test_hosts),
		cmocka_unit_test(test_redirects),
		cmocka_unit_test(test_areas),
		cmocka_unit_test(test_search),
		cmocka_unit_test(test_gopher),
		cmocka_unit_test(test_names),
	};

	return cmocka_run_group_tests(tests, setup, teardown);
}
