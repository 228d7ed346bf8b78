/*
 * filter.c - what the filter rules do to the entries that are there.
 */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sysexits.h>

#include <jansson.h>

#include "base/date.h"
#include "base/utf8.h"
#include "cmd/cmd.h"
#include "config/filter.h"
#include "store/store.h"

#define DAYS_DEFAULT	31
#define DAY		((int64_t)86400)

static int	run(const struct cmd_global *, int, char **);

const struct command cmd_filter = {
	.name = "filter",
	.usage = "filter [--dry-run] [--days N] [--exclude RE] "
	    "[--include RE] [--feed PATTERN]",
	.summary = "what the filter rules would hide of the last month",
	.help =
	"Reads the store and changes nothing; the rules themselves stand in\n"
	"the configuration.  Rules given here are tried instead of those.\n"
	"  --days N        how far back (31)\n"
	"  --exclude RE    try this rule on the whole text of entries\n"
	"  --include RE    likewise; both may be given\n"
	"  --feed PATTERN  only feeds whose address or name contains it\n"
	"  --dry-run       what this command always does\n",
	.run = run,
};

struct trial {
	const struct cmd_global	*g;
	const struct config	*c;
	struct filter		*filter;
	struct filter_rules	 rules;		/* of the command line */
	bool			 own_rules;
	const char		*pattern;
	int64_t			 days;
	size_t			 seen, hidden;
	json_t			*json;
};

static void
report(struct trial *t, const struct store_feed *f,
    const struct store_entry *en, const char *why)
{
	struct buf line = { 0 }, date = { 0 };

	date_rfc3339(&date, en->sort);
	if (t->g->json) {
		json_array_append_new(t->json, json_pack("{s:s?,s:s?,s:s,"
		    "s:s?,s:s}", "title", en->title, "feed", f->name, "date",
		    buf_cstr(&date), "link", en->link, "rule", why));
	} else {
		buf_truncate(&date, 10);
		buf_putf(&line, "%s  %s: %s  [", buf_cstr(&date),
		    f->name != NULL ? f->name : f->url, en->title != NULL ?
		    en->title : "(untitled)");
		buf_puts(&line, why);
		buf_putc(&line, ']');
		puts(buf_cstr(&line));
	}
	buf_free(&line);
	buf_free(&date);
}

static bool
wanted(const struct trial *t, const struct store_feed *f)
{
	return t->pattern == NULL || strcasestr(f->url, t->pattern) != NULL ||
	    (f->name != NULL && strcasestr(f->name, t->pattern) != NULL);
}

/* Categories one a line, as the rules see them. */
static void
join_tags(struct buf *out, const struct store_entry *en)
{
	for (size_t i = 0; i < en->ntags; i++) {
		if (i > 0)
			buf_putc(out, '\n');
		buf_puts(out, en->tags[i]);
	}
}

static void
try_entry(struct trial *t, struct store *s, const struct store_entry *en,
    struct arena *a)
{
	struct store_feed f = { 0 };
	const struct source *src;
	struct buf tags = { 0 };
	const char *why = NULL;
	struct filter_text text = { .title = en->title,
	    .text = en->gemtext != NULL ? en->gemtext : en->excerpt,
	    .author = en->author, .link = en->link,
	    .language = en->language };

	if (store_feed(s, &f, a, en->feed) != 0 || !wanted(t, &f))
		return;
	join_tags(&tags, en);
	text.categories = tags.n > 0 ? tags.p : NULL;
	t->seen++;
	if (t->own_rules)
		why = filter_match(t->filter, &t->rules, &text);
	else if ((src = config_source(t->c, f.url)) != NULL)
		why = filter_hidden_by(t->filter, src, &text);
	if (why != NULL) {
		t->hidden++;
		report(t, &f, en, why);
	}
	buf_free(&tags);
}

static int
try_all(struct trial *t, struct store *s, struct error *e)
{
	struct store_query q = { .from = cmd_now() - t->days * DAY,
	    .until = cmd_now() + DAY, .own = 0, .all = true,
	    .what = STORE_BODY };
	struct store_cursor *cursor = NULL;
	int rc;

	if ((rc = store_select(s, &cursor, &q, e)) != 0)
		return rc;
	for (;;) {
		struct arena a = { 0 };
		struct store_entry en = { 0 };

		if ((rc = store_next(cursor, &en, &a, e)) == 1)
			try_entry(t, s, &en, &a);
		arena_free(&a);
		if (rc != 1)
			break;
	}
	store_cursor_free(cursor);
	return rc;
}

static int
filter(struct trial *t)
{
	struct error e = { 0 };
	struct store *s = NULL;
	char *path = cmd_store_path(t->c);
	int rc;

	if ((rc = filter_new(&t->filter, t->c, &e)) == 0 &&
	    (rc = store_open(&s, path, false, &e)) == 0)
		rc = try_all(t, s, &e);
	if (rc == 0 && t->g->json) {
		json_dumpf(t->json, stdout, JSON_INDENT(2));
		putchar('\n');
	} else if (rc == 0) {
		printf("%zu of %zu entries of the last %" PRId64 " days "
		    "would be hidden\n", t->hidden, t->seen, t->days);
	}
	store_close(s);
	filter_free(t->filter);
	free(path);
	return rc == 0 ? EX_OK : cmd_fail(&e);
}

static int
option(struct trial *t, const char *name, const char *value)
{
	struct error e = { 0 };
	char *end;

	if (strcmp(name, "--days") == 0) {
		t->days = strtoll(value, &end, 10);
		if (*end != '\0' || t->days < 1 || t->days > 36500)
			return cmd_usage(&cmd_filter, "\"%s\" is no number "
			    "of days", value);
	} else if (strcmp(name, "--feed") == 0) {
		t->pattern = value;
	} else if (filter_check(value, &e) != 0) {
		return cmd_usage(&cmd_filter, "%s", e.msg);
	} else {
		t->own_rules = true;
		if (strcmp(name, "--exclude") == 0)
			t->rules.exclude = value;
		else
			t->rules.include = value;
	}
	return EX_OK;
}

static int
run(const struct cmd_global *g, int argc, char **argv)
{
	static const char *const options[] = { "--days", "--feed",
		"--exclude", "--include", NULL };
	struct trial t = { .g = g, .days = DAYS_DEFAULT };
	struct config *c;
	int code = EX_OK;

	for (int i = 1; i < argc; i++) {
		size_t k = 0;

		if (strcmp(argv[i], "--dry-run") == 0)
			continue;
		while (options[k] != NULL && strcmp(options[k], argv[i]) != 0)
			k++;
		if (options[k] == NULL || i + 1 == argc)
			return cmd_unexpected(&cmd_filter, argv[i]);
		if ((code = option(&t, argv[i], argv[i + 1])) != EX_OK)
			return code;
		i++;
	}
	if ((c = cmd_config(g, &code)) == NULL)
		return code;
	t.c = c;
	t.json = g->json ? json_array() : NULL;
	code = filter(&t);
	json_decref(t.json);
	config_free(c);
	return code;
}
