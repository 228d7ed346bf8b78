/*
 * import.c - take over subscriptions from what people have.
 */
#include <sys/stat.h>

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sysexits.h>
#include <unistd.h>

#include <jansson.h>

#include "base/file.h"
#include "base/xalloc.h"
#include "cmd/cmd.h"
#include "cmd/edit.h"
#include "cmd/venus.h"
#include "config/keys.h"
#include "config/lists.h"

#define LIST_BYTES_MAX	((size_t)16 << 20)

static int	run(const struct cmd_global *, int, char **);

const struct command cmd_import = {
	.name = "import",
	.usage = "import [--json] [--dry-run] FILE|DIR",
	.summary = "take over subscriptions from another program's list",
	.help =
	"Reads OPML, configurations of Planet Venus, Pluto and rawdog,\n"
	"newsboat's urls, sfeedrc, moku-pona's sites and plain lists of\n"
	"addresses, and appends what is new to the configuration.  Of a\n"
	"Planet Venus directory the entries in its cache come along.\n"
	"  --dry-run  say what would be taken, change nothing\n"
	"  --json     print what was read as JSON, change nothing\n"
	"\"-\" reads standard input.\n",
	.run = run,
};

/* --- JSON --- */

static json_t *
path_json(const struct list_path *p)
{
	json_t *names = json_array();

	for (size_t i = 0; i < p->n; i++)
		json_array_append_new(names, json_string(p->names[i]));
	return names;
}

static void
set_text(json_t *o, const char *key, const char *value)
{
	json_object_set_new(o, key, value != NULL ? json_string(value) :
	    json_null());
}

static json_t *
feed_json(const struct list_feed *f)
{
	json_t *o = json_object(), *categories = json_array(),
	    *tags = json_array();

	set_text(o, "url", f->url);
	set_text(o, "title", f->title);
	set_text(o, "link", f->link);
	for (size_t i = 0; i < f->npaths; i++) {
		json_array_append_new(categories, path_json(&f->paths[i]));
		if (f->paths[i].n == 1)
			json_array_append_new(tags,
			    json_string(f->paths[i].names[0]));
	}
	json_object_set_new(o, "categories", categories);
	json_object_set_new(o, "tags", tags);
	return o;
}

static void
print_json(const struct list *l)
{
	json_t *o = json_object(), *feeds = json_array(),
	    *left = json_array();

	set_text(o, "format", list_format_name(l->format));
	set_text(o, "title", l->title);
	for (size_t i = 0; i < l->nfeeds; i++)
		json_array_append_new(feeds, feed_json(&l->feeds[i]));
	json_object_set_new(o, "feeds", feeds);
	for (size_t i = 0; i < l->nleft; i++) {
		json_t *it = json_object();

		set_text(it, "what", l->left[i].what);
		set_text(it, "why", l->left[i].why);
		json_array_append_new(left, it);
	}
	json_object_set_new(o, "left", left);
	json_dumpf(o, stdout, JSON_INDENT(2));
	putchar('\n');
	json_decref(o);
}

/* --- sections --- */

/* A value as the configuration reads it back. */
static void
put_value(struct buf *out, const char *key, const char *value)
{
	bool doubled = strstr(value, "%(") != NULL;

	buf_putf(out, value[0] == ';' ? "%s =" : "%s = ", key);
	for (const char *p = value; *p != '\0'; p++) {
		if (*p == '\n')
			buf_puts(out, "\n\t");
		else if (ascii_space(*p) && p[1] == ';')
			continue;	/* would begin a comment */
		else if (*p == '%' && doubled)
			buf_puts(out, "%%");
		else
			buf_putc(out, *p);
	}
	buf_putc(out, '\n');
}

static void
put_groups(struct buf *out, const struct list_feed *f)
{
	struct buf groups = { 0 };

	for (size_t i = 0; i < f->npaths; i++) {
		if (i > 0)
			buf_puts(&groups, ", ");
		for (size_t k = 0; k < f->paths[i].n; k++) {
			if (k > 0)
				buf_putc(&groups, '/');
			for (const char *p = f->paths[i].names[k];
			    *p != '\0'; p++)
				buf_putc(&groups, *p == ',' || *p == ';' ?
				    ' ' : *p);
		}
	}
	if (groups.n > 0)
		put_value(out, "groups", buf_cstr(&groups));
	buf_free(&groups);
}

/* Whether a setting of another program's would load here. */
static bool
is_usable(const struct list_setting *s)
{
	const struct key *k = key_find(keys_source, s->key);
	struct arena a = { 0 };
	struct key_context x = { &a, "." };
	struct source dummy = { 0 };
	bool usable = k == NULL ? key_slip(s->key) == NULL :
	    key_set(&x, &dummy, k, s->value, NULL) == 0;

	/* Venus's programs are not run, but this one's rules are taken */
	if (strcmp(s->key, "filters") == 0)
		usable = strstr(s->value, "regexp_sifter") != NULL;
	arena_free(&a);
	return usable;
}

/* Settings of a whole planet that mean the same in each section. */
static bool
is_common(const struct list_setting *s)
{
	static const char *const common[] = { "filter", "filters", "include",
		"exclude", "future_dates", "ignore_in_feed", NULL };

	for (size_t k = 0; common[k] != NULL; k++)
		if (strcmp(s->key, common[k]) == 0)
			return is_usable(s);
	return false;
}

/* What [Planet] said of every feed there would else be lost. */
static void
put_common(struct buf *out, const struct list *l, const struct list_feed *f)
{
	for (size_t i = 0; i < l->nsettings; i++) {
		const char *key = l->settings[i].key;
		bool own = false;

		for (size_t k = 0; k < f->nsettings; k++)
			own = own || strcmp(f->settings[k].key, key) == 0;
		if (!own && is_common(&l->settings[i]))
			put_value(out, key, l->settings[i].value);
	}
}

static void
put_section(struct buf *out, const struct list *l, const struct list_feed *f)
{
	struct buf url = { 0 };

	/* as written, unless that could not stand in brackets */
	if (strpbrk(f->url, "] \t") == NULL)
		buf_puts(&url, f->url);
	else
		config_feed_url(&url, span_str(f->url), NULL);
	buf_putf(out, "\n[%s]\n", buf_cstr(&url));
	if (f->title != NULL)
		put_value(out, "name", f->title);
	if (f->link != NULL && strstr(f->link, "://") != NULL)
		put_value(out, "link", f->link);
	if (f->language != NULL)
		put_value(out, "language", f->language);
	put_groups(out, f);
	put_common(out, l, f);
	for (size_t i = 0; i < f->nsettings; i++)
		if (is_usable(&f->settings[i]))
			put_value(out, f->settings[i].key,
			    f->settings[i].value);
		else	/* kept for the keeper's eye */
			buf_putf(out, "# not taken: %s\n",
			    f->settings[i].key);
	buf_free(&url);
}

/* --- finding and reading --- */

/* The file in a directory that is most likely meant. */
static char *
file_in(const char *dir)
{
	static const char *const names[] = { "planet.ini", "config.ini",
		"planet.conf", "fancy/config.ini", "config", "urls",
		"sfeedrc", "sites.txt", "subscriptions.opml", "feeds.opml",
		"opml.xml", "feeds.txt", NULL };

	for (const char *const *n = names; *n != NULL; n++) {
		char *path = file_join(dir, *n);
		struct stat st;

		if (stat(path, &st) == 0 && S_ISREG(st.st_mode))
			return path;
		free(path);
	}
	return NULL;
}

static int
resolve(char **path, const char *arg, struct error *e)
{
	struct stat st;

	if (strcmp(arg, "-") == 0 || stat(arg, &st) == -1 ||
	    !S_ISDIR(st.st_mode)) {
		*path = xstrdup(arg);
		return 0;
	}
	if ((*path = file_in(arg)) != NULL)
		return 0;
	return error_set(e, E_NOTFOUND, "%s: no list that is known here in "
	    "this directory; name the file", arg);
}

/* A list of lines is what its lines are: without an address it is none. */
static bool
is_no_list(const struct list *l)
{
	return l->nfeeds == 0 && l->nleft == 0 && l->format != LIST_OPML &&
	    l->format != LIST_VENUS && l->format != LIST_PLUTO;
}

static int
read_list(struct list *l, const char *path, struct error *e)
{
	struct buf bytes;
	int rc;

	buf_init(&bytes, LIST_BYTES_MAX);
	if ((rc = file_read(&bytes, path, e)) == 0 &&
	    (rc = list_read(l, buf_span(&bytes), LIST_UNKNOWN, path, e)) != 0)
		error_wrap(e, "%s", path);
	else if (rc == 0 && is_no_list(l))
		rc = error_set(e, E_SYNTAX, "%s: no list of feeds that is "
		    "known here: it names none", path);
	buf_free(&bytes);
	return rc;
}

/* --- the command --- */

static void
say_settings(const struct list *l)
{
	size_t n = 0;

	for (size_t i = 0; i < l->nsettings && n < 40; i++) {
		if (is_common(&l->settings[i]))
			continue;
		printf("%s %s", n++ > 0 ? "," :
		    "left     settings of the planet as a whole:",
		    l->settings[i].key);
	}
	if (n > 0)
		printf("; orrery.conf(5) tells which have a meaning here\n");
}

static void
say_left(const struct cmd_global *g, const struct list *l)
{
	size_t most = g->verbose > 0 ? l->nleft : 20;

	if (l->problem != NULL)
		printf("damage   %s\n", l->problem);
	for (size_t i = 0; i < l->nleft && i < most; i++)
		if (l->left[i].line > 0)
			printf("left     %s (line %d): %s\n", l->left[i].what,
			    l->left[i].line, l->left[i].why);
		else
			printf("left     %s: %s\n", l->left[i].what,
			    l->left[i].why);
	if (l->nleft > most)
		printf("left     %zu more; -v lists them\n",
		    l->nleft - most);
	if (!g->quiet)
		say_settings(l);
}

static int
append(const struct cmd_global *g, const struct config *c,
    const struct list *l, bool dry, struct error *e)
{
	struct buf old = { 0 }, text = { 0 };
	size_t taken = 0, known = 0;
	int rc;

	if ((rc = file_read(&old, g->config, e)) != 0)
		goto done;
	buf_put_span(&text, buf_span(&old));
	if (text.n > 0 && text.p[text.n - 1] != '\n')
		buf_putc(&text, '\n');
	for (size_t i = 0; i < l->nfeeds; i++) {
		if (config_source(c, l->feeds[i].url) != NULL) {
			known++;
			continue;
		}
		put_section(&text, l, &l->feeds[i]);
		taken++;
		if (g->verbose > 0)
			printf("taken    %s\n", l->feeds[i].url);
	}
	if (!dry && taken > 0)
		rc = edit_write(g->config, buf_span(&old), buf_span(&text),
		    NULL, true, e);
	if (rc == 0)
		printf("%s    %zu subscription%s into %s, %zu known "
		    "already\n", dry ? "would be" : "taken", taken,
		    taken == 1 ? "" : "s", g->config, known);
done:
	buf_free(&old);
	buf_free(&text);
	return rc;
}

static int
import(const struct cmd_global *g, const char *arg, bool dry)
{
	struct list l = { 0 };
	struct config *c = NULL;
	struct error e = { 0 };
	char *path = NULL;
	int code = EX_OK;

	if (resolve(&path, arg, &e) != 0 || read_list(&l, path, &e) != 0) {
		code = cmd_fail(&e);
		goto done;
	}
	if (g->json) {
		print_json(&l);
		goto done;
	}
	if ((c = cmd_config(g, &code)) == NULL)
		goto done;
	printf("read     %s: %s, %zu subscription%s\n", path,
	    list_format_name(l.format), l.nfeeds, l.nfeeds == 1 ? "" : "s");
	if (append(g, c, &l, dry, &e) != 0)
		code = cmd_fail(&e);
	say_left(g, &l);
	if (code == EX_OK && l.format == LIST_VENUS && strcmp(path, "-") != 0)
		code = venus_cache(g, &l, path, dry);
done:
	config_free(c);
	list_free(&l);
	free(path);
	return code;
}

static int
run(const struct cmd_global *g, int argc, char **argv)
{
	const char *arg = NULL;
	bool dry = false;

	for (int i = 1; i < argc; i++) {
		if (strcmp(argv[i], "--dry-run") == 0)
			dry = true;
		else if (strcmp(argv[i], "--") == 0)
			continue;
		else if (argv[i][0] == '-' && argv[i][1] != '\0')
			return cmd_unexpected(&cmd_import, argv[i]);
		else if (arg != NULL)
			return cmd_unexpected(&cmd_import, argv[i]);
		else
			arg = argv[i];
	}
	if (arg == NULL)
		return cmd_usage(&cmd_import, "no file given");
	return import(g, arg, dry);
}
