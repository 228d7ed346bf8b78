/*
 * parse.c - what orrery reads in a feed, as JSON or for people.
 */
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sysexits.h>

#include <jansson.h>

#include "base/file.h"
#include "base/utf8.h"
#include "cmd/cmd.h"
#include "feed/parse.h"
#include "feed/relink.h"
#include "gemtext/gemtext.h"

#define FILE_MAX	((size_t)16 << 20)	/* as for fetched feeds */

static int	run_parse(const struct cmd_global *, int, char **);

const struct command cmd_parse = {
	.name = "parse",
	.usage = "parse [--json] [--base URL] [--content-type TYPE] [--limit N] FILE",
	.summary = "show what is read in a feed",
	.help =
	    "  --json               everything, as one JSON object\n"
	    "  --base URL           the address the feed is from\n"
	    "  --content-type TYPE  what the server called it\n"
	    "  --limit N            read N entries (10000; an update reads 500)\n"
	    "FILE may be - for standard input.\n",
	.run = run_parse,
};

/* --- members ----------------------------------------------------------- */

static void
put_string(json_t *o, const char *key, const char *s)
{
	if (s != NULL && *s != '\0')
		json_object_set_new(o, key, json_string(s));
}

static void
put_time(json_t *o, const char *key, int64_t t)
{
	struct buf b = { 0 };

	if (t == DATE_NONE)
		return;
	date_rfc3339(&b, t);
	put_string(o, key, buf_cstr(&b));
	buf_free(&b);
}

/* Set the list under key unless it is empty. */
static void
put_list(json_t *o, const char *key, json_t *list)
{
	if (json_array_size(list) > 0)
		json_object_set(o, key, list);
	json_decref(list);
}

static void
put_persons(json_t *o, const char *key, const struct person *p, size_t n)
{
	json_t *list = json_array(), *one;

	for (size_t i = 0; i < n; i++) {
		one = json_object();
		put_string(one, "name", p[i].name);
		put_string(one, "email", p[i].email);
		put_string(one, "uri", p[i].uri);
		json_array_append_new(list, one);
	}
	put_list(o, key, list);
}

static void
put_categories(json_t *o, const struct category *c, size_t n)
{
	json_t *list = json_array(), *one;

	for (size_t i = 0; i < n; i++) {
		one = json_object();
		put_string(one, "term", c[i].term);
		put_string(one, "scheme", c[i].scheme);
		put_string(one, "label", c[i].label);
		json_array_append_new(list, one);
	}
	put_list(o, "categories", list);
}

static void
put_links(json_t *o, const char *key, const char *href, const struct link *l,
    size_t n)
{
	json_t *list = json_array(), *one;

	for (size_t i = 0; i < n; i++) {
		one = json_object();
		put_string(one, "rel", l[i].rel);
		put_string(one, href, l[i].href);
		put_string(one, "type", l[i].type);
		put_string(one, "title", l[i].title);
		put_string(one, "hreflang", l[i].hreflang);
		if (l[i].length >= 0)
			json_object_set_new(one, "length",
			    json_integer(l[i].length));
		json_array_append_new(list, one);
	}
	put_list(o, key, list);
}

static void
put_image(json_t *o, const char *url, const char *title, const char *link)
{
	json_t *image = json_object();

	put_string(image, "url", url);
	put_string(image, "title", title);
	put_string(image, "link", link);
	if (json_object_size(image) > 0)
		json_object_set(o, "image", image);
	json_decref(image);
}

static void
put_construct(json_t *o, const char *key, const struct content *c)
{
	static const char *const types[] = { "", "text", "html", "markdown",
	    "gemtext" };
	struct buf b = { 0 };
	json_t *one;

	if (c->type == CONTENT_NONE && c->src == NULL)
		return;
	one = json_object();
	put_string(one, "type", types[c->type]);
	put_string(one, "language", c->language);
	put_string(one, "src", c->src);
	if (c->type == CONTENT_HTML && c->value != NULL) {
		feed_relink(&b, span_str(c->value), c->base);
		put_string(one, "value", buf_cstr(&b));
	} else
		put_string(one, "value", c->value);
	json_object_set_new(o, key, one);
	buf_free(&b);
}

/* --- the feed ---------------------------------------------------------- */

static json_t *
feed_json(const struct feed *f)
{
	json_t *o = json_object();

	put_string(o, "title", f->title);
	put_string(o, "subtitle", f->subtitle);
	put_string(o, "link", f->link);
	put_string(o, "id", f->id);
	put_string(o, "url", f->url);
	put_time(o, "updated", f->updated);
	put_time(o, "published", f->published);
	put_persons(o, "authors", f->authors, f->nauthors);
	put_persons(o, "contributors", f->contributors, f->ncontributors);
	put_categories(o, f->categories, f->ncategories);
	put_string(o, "language", f->language);
	put_string(o, "rights", f->rights);
	put_string(o, "license", f->license);
	put_string(o, "generator", f->generator);
	put_string(o, "icon", f->icon);
	put_string(o, "logo", f->logo);
	put_image(o, f->image_url, f->image_title, f->image_link);
	if (f->ttl > 0)
		json_object_set_new(o, "ttl", json_integer(f->ttl));
	put_links(o, "links", "href", f->links, f->nlinks);
	return o;
}

/* The body as a page would have it. */
static void
put_gemtext(json_t *o, const struct entry *en)
{
	const struct content *c = en->content.value != NULL ? &en->content :
	    &en->summary;
	struct gemtext_options options = { .base = c->base,
	    .original = en->link };
	struct buf gmi = { 0 }, clean = { 0 };

	if (c->value == NULL)
		return;
	if (c->type == CONTENT_GEMTEXT)
		buf_puts(&gmi, c->value);
	else
		gemtext_convert(&gmi, NULL, c->type == CONTENT_HTML ?
		    GEMTEXT_HTML : c->type == CONTENT_MARKDOWN ?
		    GEMTEXT_MARKDOWN : GEMTEXT_PLAIN, span_str(c->value),
		    &options, NULL);
	utf8_repair(&clean, buf_span(&gmi));
	json_object_set_new(o, "text", json_string(buf_cstr(&clean)));
	buf_free(&gmi);
	buf_free(&clean);
}

static json_t *
entry_json(const struct entry *en)
{
	json_t *o = json_object(), *list = json_array(), *one;

	put_string(o, "id", en->id);
	put_string(o, "title", en->title);
	put_string(o, "link", en->link);
	put_time(o, "published", en->published);
	put_time(o, "updated", en->updated);
	put_time(o, "date", en->date);
	put_persons(o, "authors", en->authors, en->nauthors);
	put_persons(o, "contributors", en->contributors, en->ncontributors);
	put_construct(o, "summary", &en->summary);
	put_construct(o, "content", &en->content);
	put_gemtext(o, en);
	put_categories(o, en->categories, en->ncategories);
	put_links(o, "enclosures", "url", en->enclosures, en->nenclosures);
	put_string(o, "comments", en->comments);
	if (en->ncomments >= 0)
		json_object_set_new(o, "comment_count",
		    json_integer(en->ncomments));
	put_string(o, "place", en->place);
	put_string(o, "rights", en->rights);
	put_string(o, "license", en->license);
	put_string(o, "language", en->language);
	put_links(o, "links", "href", en->links, en->nlinks);
	if (en->source != NULL)
		json_object_set_new(o, "source", feed_json(en->source));
	put_image(o, en->image_url, NULL, NULL);
	for (size_t i = 0; i < en->nthumbnails; i++) {
		one = json_object();
		put_string(one, "url", en->thumbnails[i]);
		json_array_append_new(list, one);
	}
	put_list(o, "thumbnails", list);
	if (en->duration >= 0)
		json_object_set_new(o, "duration", json_integer(en->duration));
	return o;
}

static const char *
format_name(enum feed_format format)
{
	static const char *const names[] = { "unknown", "rss", "rdf", "atom",
	    "json", "cdf", "gemtext", "gopher" };

	return names[format];
}

static void
print_json(const struct feed *f)
{
	json_t *o = json_object(), *entries = json_array();
	char *text;

	put_string(o, "format", format_name(f->format));
	put_string(o, "encoding", f->encoding);
	put_string(o, "problem", f->problem);
	json_object_set_new(o, "feed", feed_json(f));
	for (size_t i = 0; i < f->nentries; i++)
		json_array_append_new(entries, entry_json(&f->entries[i]));
	json_object_set_new(o, "entries", entries);
	text = json_dumps(o, JSON_INDENT(1));
	if (text != NULL)
		puts(text);
	free(text);
	json_decref(o);
}

/* One line, safe for a terminal. */
static void
print_line(const char *label, const char *s)
{
	struct buf b = { 0 };

	if (s == NULL)
		return;
	utf8_line(&b, span_str(s));
	printf("%-10s %s\n", label, buf_cstr(&b));
	buf_free(&b);
}

static void
print_people(const struct feed *f)
{
	struct buf b = { 0 };

	print_line("format", format_name(f->format));
	print_line("encoding", f->encoding);
	print_line("title", f->title);
	print_line("link", f->link);
	print_line("problem", f->problem);
	printf("%-10s %zu\n", "entries", f->nentries);
	if (f->nskipped > 0)
		printf("%-10s %zu\n", "not read", f->nskipped);
	for (size_t i = 0; i < f->nentries; i++) {
		const struct entry *en = &f->entries[i];

		buf_clear(&b);
		if (en->date != DATE_NONE) {
			date_rfc3339(&b, en->date);
			buf_truncate(&b, 10);
		}
		print_line(b.n > 0 ? buf_cstr(&b) : "undated",
		    en->title != NULL ? en->title : en->link != NULL ?
		    en->link : "(no title)");
	}
	buf_free(&b);
}

static int
run_parse(const struct cmd_global *g, int argc, char **argv)
{
	static const struct option options[] = {
		{ "json", no_argument, NULL, 'j' },
		{ "base", required_argument, NULL, 'b' },
		{ "content-type", required_argument, NULL, 't' },
		{ "limit", required_argument, NULL, 'n' },
		{ NULL, 0, NULL, 0 },
	};
	struct parse_options o = { .now = cmd_now(),
	    .max_entries = 10000 };
	struct buf bytes = { 0 };
	struct arena a = { 0 };
	struct error e = { 0 };
	struct feed *f;
	bool json = g->json;
	int c, code = 0;

	optind = 0;
	opterr = 0;
	while ((c = getopt_long(argc, argv, "", options, NULL)) != -1) {
		if (c == 'j')
			json = true;
		else if (c == 'b')
			o.base_url = optarg;
		else if (c == 't')
			o.content_type = optarg;
		else if (c == 'n')
			o.max_entries = strtoul(optarg, NULL, 10);
		else
			return cmd_unexpected(&cmd_parse, argv[optind - 1]);
	}
	if (optind + 1 != argc)
		return cmd_usage(&cmd_parse, "one file is wanted");
	buf_init(&bytes, FILE_MAX);
	if (file_read(&bytes, argv[optind], &e) != 0 ||
	    feed_parse(&f, &a, buf_span(&bytes), &o, &e) != 0) {
		if (e.status == E_SYNTAX || e.status == E_LIMIT)
			error_wrap(&e, "%s", argv[optind]);
		code = cmd_fail(&e);
	} else if (json)
		print_json(f);
	else
		print_people(f);
	if (code == 0 && (fflush(stdout) != 0 || ferror(stdout)))
		code = EX_IOERR;
	buf_free(&bytes);
	arena_free(&a);
	return code;
}
