/*
 * The language of themes: what it can say, what it refuses and where, and
 * that no value begins a line of another type.
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

#include "base/file.h"
#include "config/config.h"
#include "gemtext/gemtext.h"
#include "publish/publish.h"
#include "theme/theme.h"

struct planet {
	char		 dir[64];
	struct error	 e;
	struct buf	 problems, out;
};

static const struct theme_field row[] = {
	{ "url", THEME_URL, NULL }, { "title", THEME_TEXT, NULL },
	{ NULL, 0, NULL }
};
static const struct theme_field page[] = {
	{ "title", THEME_TEXT, NULL }, { "link", THEME_URL, NULL },
	{ "body", THEME_BLOCK, NULL }, { "entries", THEME_LIST, row },
	{ "none", THEME_TEXT, NULL }, { NULL, 0, NULL }
};
static const struct theme_field common[] = {
	{ "planet", THEME_TEXT, NULL }, { NULL, 0, NULL }
};
static const struct theme_kind kinds[] = {
	{ "page", page }, { NULL, NULL }
};

static int
setup(void **state)
{
	struct planet *p = calloc(1, sizeof(*p));

	snprintf(p->dir, sizeof(p->dir), "/tmp/orrery-theme.XXXXXX");
	assert_non_null(mkdtemp(p->dir));
	*state = p;
	return 0;
}

static int
teardown(void **state)
{
	struct planet *p = *state;
	char command[128];

	snprintf(command, sizeof(command), "rm -rf %s", p->dir);
	assert_int_equal(system(command), 0);
	buf_free(&p->problems);
	buf_free(&p->out);
	free(p);
	return 0;
}

static void
put(struct planet *p, const char *name, const char *text)
{
	char *path = file_join(p->dir, name);

	assert_int_equal(file_replace(path, span_str(text), 0644, false,
	    &p->e), 0);
	free(path);
}

static void
note(const char *line, void *arg)
{
	struct planet *p = arg;

	/* the directory's name is another each time */
	assert_memory_equal(line, p->dir, strlen(p->dir));
	buf_putf(&p->problems, "%s\n", line + strlen(p->dir) + 1);
}

static struct theme *
load(struct planet *p)
{
	const char *const dirs[] = { p->dir, NULL };
	const struct theme_options o = { .kinds = kinds, .common = common,
	    .dirs = dirs, .report = note, .arg = p };
	struct theme *t;
	int rc;

	buf_clear(&p->problems);
	rc = theme_new(&t, &o, &p->e);
	assert_int_equal(rc, p->problems.n > 0 ? E_SYNTAX : 0);
	return t;
}

static const struct theme_value rows[] = {
	{ .s = { "/1", 2 } }, { .s = { "One", 3 } },
	{ .s = { "/2", 2 } }, { .s = { "Two", 3 } },
};

/* The page of a partial for these values. */
static void
gives(struct planet *p, const char *partial, const struct theme_value *v,
    const char *want)
{
	static const struct theme_value names[] = { { .s = { "Planet", 6 } } };
	struct theme *t;

	put(p, "page.gmi", partial);
	t = load(p);
	if (t == NULL)
		fail_msg("%s", buf_cstr(&p->problems));
	buf_clear(&p->out);
	assert_int_equal(theme_render(t, 0, names, v, &p->out, &p->e), 0);
	assert_string_equal(buf_cstr(&p->out), want);
	theme_free(t);
}

/* The problems of a partial, "page.gmi:" left out. */
static void
refuses(struct planet *p, const char *partial, const char *want)
{
	struct theme *t;

	put(p, "page.gmi", partial);
	t = load(p);
	assert_null(t);
	if (strncmp(buf_cstr(&p->problems), "page.gmi:", 9) != 0 ||
	    strstr(buf_cstr(&p->problems), want) == NULL)
		fail_msg("\"%s\" gives:\n%s", partial,
		    buf_cstr(&p->problems));
}

static void
test_language(void **state)
{
	struct planet *p = *state;
	const struct theme_value v[] = { { .s = span_str("Hello") },
	    { .s = span_str("/x") }, { .s = span_str("\na\n\n* b\n\n") },
	    { .rows = rows, .nrows = 2 }, { .nrows = 0 } };

	gives(p, "{{! what it is }}\n# {{title}} of {{planet}}\n\n\n{{body}}\n"
	    "\n\nend\n\n", v, "# Hello of Planet\n\na\n\n* b\n\nend\n");
	gives(p, "# T\n{{#entries}}\n=> {{url}} {{title}}\n{{/entries}}\n", v,
	    "# T\n=> /1 One\n=> /2 Two\n");
	gives(p, "# T\n{{?entries}}\n## Some\n{{/entries}}\n"
	    "{{^entries}}\nnone\n{{/entries}}\n{{^none}}\nyes\n{{/none}}\n",
	    v, "# T\n## Some\nyes\n");
	/* inner names hide outer ones, which are seen where there are none */
	gives(p, "# T\n{{#entries}}\n* {{title}}: {{link}}\n{{/entries}}\n"
	    "{{title}}\n", v, "# T\n* One: /x\n* Two: /x\nHello\n");
	gives(p, "# T\n{{#title}}{{title}}, {{/title}}{{#none}}x{{none}}"
	    "{{/none}}{{^none}}no{{/none}}\r\n", v, "# T\nHello, no\n");
	/* a line of empty fields is no line, a link to nowhere no link */
	gives(p, "# T\n{{none}}\n* {{none}}\n## {{none}}\n=> /a {{none}}\n"
	    "a\n", v, "# T\n=> /a\na\n");
	gives(p, "# T\n``` {{title}}\n{{title}}  {{link}}\n\n\n  as it is\n"
	    "```\n", v, "# T\n``` Hello\nHello  /x\n\n\n  as it is\n```\n");
	put(p, "part.gmi", "=> {{url}} {{title}}\n\n");
	gives(p, "# T\n{{#entries}}\n{{>part}}\n{{/entries}}\n", v,
	    "# T\n=> /1 One\n\n=> /2 Two\n");
}

static void
test_no_value_makes_a_line(void **state)
{
	static const char *const bad[] = { "# x", "## x", "=> /x", "> x",
	    "```", "* x", "a\n# x", "a\r\n=> /evil", "\n```\n", "  # x",
	    "\xe2\x80\xa8# x", "\x1b[2J", "a\xff", "" };
	static const char partial[] = "# {{title}}\n{{title}}\n"
	    "{{title}}{{title}}\n{{#title}}{{title}}{{/title}}\n"
	    "=> {{link}} {{title}}\n* {{title}}\n> {{title}}\n"
	    "a {{title}}\n```\n{{title}}\n```\nend\n";
	struct planet *p = *state;
	struct theme *t;

	put(p, "page.gmi", partial);
	assert_non_null(t = load(p));
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		const struct theme_value v[5] = {
		    { .s = span_str(bad[i]) }, { .s = span_str(bad[i]) } };
		size_t titles = 0, links = 0, toggles = 0, items = 0;
		struct gemtext_reader r = { 0 };
		struct gemtext_line line;

		buf_clear(&p->out);
		assert_int_equal(theme_render(t, 0, v, v, &p->out, &p->e), 0);
		r.rest = buf_span(&p->out);
		while (gemtext_next(&r, &line)) {
			titles += line.kind == GEMTEXT_HEADING1 ||
			    line.kind == GEMTEXT_HEADING2;
			links += line.kind == GEMTEXT_LINK;
			toggles += line.kind == GEMTEXT_TOGGLE;
			items += line.kind == GEMTEXT_ITEM ||
			    line.kind == GEMTEXT_QUOTE;
		}
		if (titles > 1 || links > 1 || toggles != 2 || items > 2 ||
		    strstr(buf_cstr(&p->out), "\nend\n") == NULL ||
		    strchr(buf_cstr(&p->out), '\x1b') != NULL)
			fail_msg("\"%s\" gives:\n%s", bad[i],
			    buf_cstr(&p->out));
	}
	theme_free(t);
}

static void
test_problems_have_a_place(void **state)
{
	struct planet *p = *state;

	refuses(p, "# T\n\n{{titel}}\n", "page.gmi:3: there is no field "
	    "\"titel\" here; did you mean \"title\"?\n");
	refuses(p, "# T\n{{#entries}}\n{{urll}}\n{{/entries}}\n",
	    ":3: there is no field \"urll\" here; did you mean \"url\"?");
	refuses(p, "# T\n{{url}}\n", ":2: there is no field \"url\" here");
	refuses(p, "text\n", ":1: a page has one line that begins with");
	refuses(p, "# T\n# U\n", "this one has 2\n");
	refuses(p, "# T\n{{#entries}}\n", ":2: the section \"entries\" is "
	    "never closed\n");
	refuses(p, "# T\n{{/entries}}\n", ":2: {{/entries}} closes nothing");
	refuses(p, "# T\n{{#title}}\n{{#none}}\n{{/title}}\n{{/none}}\n",
	    ":4: {{/title}} closes nothing; the open section is \"none\" of "
	    "line 3\n");
	refuses(p, "# T\na {{#title}}\n{{/title}}\n", "does not end on its "
	    "line");
	refuses(p, "# T\n{{title\n", ":2: \"{{\" without \"}}\"");
	refuses(p, "# T\n{{entries}}\n", ":2: the field \"entries\" is a "
	    "list");
	refuses(p, "# T\na {{body}}\n", "give it a line of its own");
	refuses(p, "# T\n```\n{{body}}\n```\n", "cannot stand in "
	    "preformatted text");
	refuses(p, "# T\n=> {{title}} x\n", "is no address to link to");
	refuses(p, "# T\n=>\n", ":2: a link without an address");
	refuses(p, "# T\n#{{title}}\n", ":2: put a blank between");
	refuses(p, "# T\n={{title}}\n", ":2: put a blank between");
	refuses(p, "# T\n{{#title}}# {{title}}{{/title}}\n", "on lines of "
	    "their own");
	refuses(p, "# T\n```\n", "``` line is missing");
	refuses(p, "# T\n{{>other}}\n", ":2: there is no partial \"other\"");
	refuses(p, "# T\n{{>../secret}}\n", "there is no partial");
	refuses(p, "# T\n{{>page}}\n", ":2: the partial \"page\" holds "
	    "itself");
	refuses(p, "# T\n\x01\n", ":2: a control character");
	refuses(p, "# T\n\xff\n", ":2: not UTF-8");
	/* a partial's problem is named by its own file and line */
	put(p, "part.gmi", "x\n{{nothing}}\n");
	put(p, "page.gmi", "# T\n{{>part}}\n");
	assert_null(load(p));
	assert_memory_equal(buf_cstr(&p->problems), "part.gmi:2: ", 12);
	/* a file that nobody asks for is misspelt */
	put(p, "part.gmi", "x\n");
	put(p, "pages.gmi", "x\n");
	assert_null(load(p));
	assert_memory_equal(buf_cstr(&p->problems), "pages.gmi: neither", 18);
}

static void
test_bounds(void **state)
{
	static struct theme_value many[2000];
	const struct theme_value v[5] = { [3] = { .rows = many,
	    .nrows = 1000 } };
	struct planet *p = *state;
	struct buf text = { 0 };
	struct theme *t;

	buf_puts(&text, "# T\n");
	for (int i = 0; i < 15; i++)
		buf_puts(&text, "{{#entries}}\n");
	buf_puts(&text, "x\n");
	for (int i = 0; i < 15; i++)
		buf_puts(&text, "{{/entries}}\n");
	put(p, "page.gmi", buf_cstr(&text));
	assert_non_null(t = load(p));
	buf_clear(&p->out);
	assert_int_equal(theme_render(t, 0, v, v, &p->out, &p->e), E_LIMIT);
	assert_non_null(strstr(p->e.msg, "grows without end"));
	theme_free(t);
	buf_clear(&text);
	buf_puts(&text, "# T\n");
	for (int i = 0; i < 17; i++)
		buf_puts(&text, "{{#entries}}\n");
	refuses(p, buf_cstr(&text), "more than 16 sections");
	buf_clear(&text);
	while (text.n <= THEME_FILE_MAX)
		buf_puts(&text, "# a line of a theme\n");
	put(p, "page.gmi", buf_cstr(&text));
	assert_null(load(p));
	assert_non_null(strstr(buf_cstr(&p->problems), "longer than"));
	buf_free(&text);
}

/* Other bytes are another theme, the same ones are the same. */
static void
test_hash(void **state)
{
	struct planet *p = *state;
	char a[HASH_HEX], b[HASH_HEX], c[HASH_HEX];
	struct theme *t;

	put(p, "page.gmi", "# T\n");
	theme_hash(t = load(p), a);
	theme_free(t);
	theme_hash(t = load(p), b);
	theme_free(t);
	put(p, "page.gmi", "# U\n");
	theme_hash(t = load(p), c);
	theme_free(t);
	assert_string_equal(a, b);
	assert_string_not_equal(a, c);
}

static void
fail_with(const char *line, void *arg)
{
	(void)arg;
	fail_msg("%s", line);
}

/* What the program ships compiles for all its pages. */
static void
test_shipped(void **state)
{
	struct planet *p = *state;
	struct config c = { .name = "Planet", .theme = "river" };

	assert_true(theme_is_shipped("plain"));
	assert_true(theme_is_shipped("river"));
	assert_int_equal(publish_check_theme(&c, fail_with, NULL, &p->e), 0);
	c.theme = "plain";
	assert_int_equal(publish_check_theme(&c, fail_with, NULL, &p->e), 0);
	c.theme = "no-such-theme";
	assert_int_equal(publish_check_theme(&c, NULL, NULL, &p->e),
	    E_SYNTAX);
	assert_non_null(strstr(p->e.msg, "no-such-theme"));
}

int
main(void)
{
#define T(f)	cmocka_unit_test_setup_teardown(f, setup, teardown)
	const struct CMUnitTest tests[] = {
		T(test_language), T(test_no_value_makes_a_line),
		T(test_problems_have_a_place), T(test_bounds), T(test_hash),
		T(test_shipped),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
