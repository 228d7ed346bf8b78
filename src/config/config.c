#include <sys/stat.h>

#include <errno.h>
#include <libgen.h>
#include <limits.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/file.h"
#include "base/uri.h"
#include "base/utf8.h"
#include "base/xalloc.h"
#include "config/filter.h"
#include "config/reader.h"

/* Problems told of one file; a file of nonsense has one a line. */
#define PROBLEMS_MAX	200

/* --- problems --- */

static void
problem_push(struct config_problems *p, bool fatal, int line,
    const char *text)
{
	p->list = xreallocarray(p->list, p->n + 1, sizeof(*p->list));
	p->list[p->n++] = (struct config_problem){ .fatal = fatal,
	    .line = line, .text = xstrdup(text) };
}

void
config_problem(struct config_problems *p, bool fatal, const char *path,
    int line, const char *fmt, ...)
{
	struct error text = { 0 };
	char what[ERROR_MAX];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(what, sizeof(what), fmt, ap);
	va_end(ap);
	if (line > 0)
		error_set(&text, 0, "%.400s:%d: %s%s", path, line,
		    fatal ? "" : "warning: ", what);
	else
		error_set(&text, 0, "%.400s: %s%s", path,
		    fatal ? "" : "warning: ", what);
	for (size_t i = 0; i < p->n; i++)
		if (p->list[i].line == line &&
		    strcmp(p->list[i].text, text.msg) == 0)
			return;
	if (p->n < PROBLEMS_MAX)
		problem_push(p, fatal, line, text.msg);
	else if (p->n == PROBLEMS_MAX)
		problem_push(p, fatal, INT_MAX, "further problems are not "
		    "listed; mend these first");
}

void
config_problems_free(struct config_problems *p)
{
	for (size_t i = 0; i < p->n; i++)
		free(p->list[i].text);
	free(p->list);
	*p = (struct config_problems){ 0 };
}

/* By line; equal ones stay in the order in which they were found. */
static void
problems_sort(struct config_problems *p)
{
	for (size_t i = 1; i < p->n; i++) {
		struct config_problem it = p->list[i];
		size_t k = i;

		for (; k > 0 && p->list[k - 1].line > it.line; k--)
			p->list[k] = p->list[k - 1];
		p->list[k] = it;
	}
}

static size_t
count_fatal(const struct config_problems *p)
{
	size_t n = 0;

	for (size_t i = 0; i < p->n; i++)
		n += p->list[i].fatal;
	return n;
}

/* --- sections --- */

static const struct {
	const char		*name;
	enum section_kind	 kind;
} sections[] = {
	{ "Planet", SECTION_PLANET },
	{ "DEFAULT", SECTION_DEFAULT },
	{ "gemini", SECTION_GEMINI },
	{ "gopher", SECTION_GOPHER },
	{ "server", SECTION_SERVER },
	{ "redirect", SECTION_REDIRECT },
	{ "gone", SECTION_GONE },
	{ "areas", SECTION_AREAS },
};
#define NSECTIONS	(sizeof(sections) / sizeof(sections[0]))

/* What Venus gave sections to that are neither feeds nor lists. */
static bool
is_unused(const char *name)
{
	static const char *const ends[] = { ".tmpl", ".xslt", ".xsl",
		".plugin", ".py", ".sed", ".genshi", ".dj", ".html", ".sh",
		".pl", NULL };
	size_t n = strcspn(name, "?");

	for (const char *const *s = ends; *s != NULL; s++) {
		size_t m = strlen(*s);

		if (n > m && strncmp(name + n - m, *s, m) == 0)
			return true;
	}
	return false;
}

enum section_kind
reader_kind(const struct reader *r, const struct ini_section *s)
{
	char scheme[32];
	char *path;
	bool there;

	for (size_t i = 0; i < NSECTIONS; i++)
		if (strcmp(s->name, sections[i].name) == 0)
			return sections[i].kind;
	if (strncmp(s->name, "host ", 5) == 0)
		return SECTION_HOST;
	if (ini_own(s, "feed") != NULL && ini_own(s, "feed")->value != NULL)
		return SECTION_PLUTO;
	if (strncmp(s->name, "file:///", 8) == 0)
		return SECTION_FILE;
	uri_scheme(scheme, sizeof(scheme), span_str(s->name));
	if (scheme[0] != '\0')
		return SECTION_FEED;
	path = file_join(r->c->dir, s->name);
	there = access(path, F_OK) == 0;
	free(path);
	if (!there && is_unused(s->name))
		return SECTION_UNUSED;
	if (!there)
		for (size_t i = 0; i < NSECTIONS; i++)
			if (strcasecmp(s->name, sections[i].name) == 0 ||
			    key_distance(s->name, sections[i].name, 2) <= 2)
				return SECTION_WRONG;
	return SECTION_FILE;
}

static void
wrong_section(struct reader *r, const struct ini_section *s)
{
	int best = 3;
	size_t near = 0;

	for (size_t i = 0; i < NSECTIONS; i++) {
		int d = strcasecmp(s->name, sections[i].name) == 0 ? 0 :
		    key_distance(s->name, sections[i].name, 2);

		if (d < best) {
			best = d;
			near = i;
		}
	}
	config_problem(r->problems, true, r->path, s->line,
	    "no section [%.60s]; did you mean [%s]?", s->name,
	    sections[near].name);
}

/* --- values --- */

void
reader_ignore(struct reader *r, int line, const char *name)
{
	struct buf *b = &r->ignored;
	size_t n = strlen(name);

	for (size_t i = 0; i < r->c->nignored; i++)
		if (strcmp(r->c->ignored[i], name) == 0)
			return;
	if (b->n + n < 600) {
		if (b->n > 0)
			buf_puts(b, ", ");
		buf_puts(b, name);
	}
	if (r->ignored_line == 0 || line < r->ignored_line)
		r->ignored_line = line;
	r->c->ignored = arena_push(r->c->arena,
	    (void *)(size_t)r->c->ignored, &r->c->nignored,
	    sizeof(*r->c->ignored));
	r->c->ignored[r->c->nignored - 1] = arena_strdup(r->c->arena, name);
}

int
reader_set(struct reader *r, const struct ini_section *s,
    const struct ini_item *item, const struct key *k, void *base)
{
	struct buf value = { 0 };
	struct error e = { 0 };
	int rc;

	if (item->value == NULL)
		rc = error_set(&e, E_SYNTAX, "there is no \"=\" in this "
		    "line; write \"%s = value\"", k->name);
	else if (k->type == KEY_DATE)	/* "%(" is none of its business */
		rc = key_set(&r->x, base, k, item->value, &e);
	else if ((rc = ini_value(&value, &r->ini, s, item, &e)) == 0)
		rc = key_set(&r->x, base, k, buf_cstr(&value), &e);
	if (rc != 0)
		config_problem(r->problems, !r->foreign ||
		    (k->type != KEY_ADDRESS && k->type != KEY_LANGUAGE),
		    r->path, item->line,
		    "%.60s: %s", item->raw_key, e.msg);
	buf_free(&value);
	return rc;
}

/* What " ;" begins in a file is a comment: the blank is written as "\s". */
static void
put_rule(struct buf *out, struct span s)
{
	bool escaped = false;

	for (size_t i = 0; i < s.n; i++) {
		if (ascii_space(s.p[i]) && i + 1 < s.n && s.p[i + 1] == ';')
			buf_puts(out, escaped ? "s" : "\\s");
		else
			buf_putc(out, s.p[i]);
		escaped = s.p[i] == '\\' && !escaped;
	}
}

static void
join_rule(struct reader *r, const char **rule, struct buf *more)
{
	struct error e = { 0 };
	struct buf clean = { 0 };
	struct span rest, line;

	/* what was escaped can be any bytes; a line is a rule */
	utf8_lines(&clean, buf_span(more));
	buf_clear(more);
	for (rest = buf_span(&clean); span_line(&rest, &line); ) {
		line = span_trim(line);
		if (line.n > 0 && more->n > 0)
			buf_putc(more, '\n');
		put_rule(more, line);
	}
	buf_free(&clean);
	if (more->n == 0)
		return;
	if (filter_check(buf_cstr(more), &e) != 0)
		config_problem(r->problems, false, r->path, 0,
		    "filters: %s; left out", e.msg);
	else
		*rule = *rule == NULL ? arena_strdup(r->c->arena,
		    buf_cstr(more)) : arena_printf(r->c->arena, "%s\n%s",
		    *rule, buf_cstr(more));
}

void
reader_sifter(struct reader *r, const struct ini_section *s,
    const struct ini_item *item, struct filter_rules *rules)
{
	struct buf value = { 0 }, include = { 0 }, exclude = { 0 };
	struct buf other = { 0 }, name = { 0 };

	if (ini_value(&value, &r->ini, s, item, NULL) == 0 &&
	    !filter_sifter(buf_span(&value), &include, &exclude, &other)) {
		buf_putf(&name, "filters (%.200s)", buf_cstr(&other));
		reader_ignore(r, item->line, buf_cstr(&name));
	}
	join_rule(r, &rules->include, &include);
	join_rule(r, &rules->exclude, &exclude);
	buf_free(&value);
	buf_free(&include);
	buf_free(&exclude);
	buf_free(&other);
	buf_free(&name);
}

/* --- [Planet] --- */

static const struct key *
planet_key(const struct reader *r, const char *name, void **base)
{
	const struct key *k = key_find(keys_planet, name);

	*base = r->c;
	if (k != NULL)
		return k;
	k = key_find(keys_source, name);
	*base = &r->c->defaults;
	return k != NULL && k->flags & KEY_PLANET ? k : NULL;
}

static void
planet_item(struct reader *r, const struct ini_section *s,
    const struct ini_item *it)
{
	static const char *const also[] = { "filter", NULL };
	const char *near;
	void *base;
	const struct key *k = planet_key(r, it->key, &base);

	if (k == NULL && s->name == NULL && strcmp(it->key, "title") == 0)
		k = planet_key(r, "name", &base);
	if (k != NULL)
		reader_set(r, s, it, k, base);
	else if (strcmp(it->key, "filters") == 0)
		reader_sifter(r, s, it, &r->c->defaults.filter);
	else if (key_is_ignored(it->key))
		reader_ignore(r, it->line, it->key);
	else if (it->value == NULL)
		config_problem(r->problems, true, r->path, it->line,
		    "\"%.60s\" is neither a section nor a setting; write "
		    "\"key = value\"", it->raw_key);
	else if ((near = key_nearest(it->key, keys_planet, keys_source,
	    also)) != NULL)
		config_problem(r->problems, true, r->path, it->line,
		    "no key \"%.60s\" in [Planet]; did you mean \"%s\"?",
		    it->raw_key, near);
	else
		reader_ignore(r, it->line, it->key);
}

/* `locale = tr_TR.UTF-8` tells the language when nothing else does. */
static void
language_of_locale(struct reader *r, const struct ini_section *s)
{
	const struct ini_item *it = ini_get(&r->ini, s, "locale");
	const struct key *k = key_find(keys_planet, "language");

	if (it == NULL || it->value == NULL || strlen(it->value) < 2 ||
	    ini_get(&r->ini, s, "language") != NULL ||
	    ini_get(&r->ini, s, "lang") != NULL ||
	    strcmp(it->value, "POSIX") == 0)
		return;
	key_set(&r->x, r->c, k, it->value, NULL);
}

static void
read_planet(struct reader *r)
{
	const struct ini_section *before = &r->ini.sections[0];
	const struct ini_section *s = ini_section(&r->ini, "Planet");
	const struct ini_section *d = r->ini.defaults;
	const struct ini_section *own = s != NULL ? s : before;
	struct config *c = r->c;

	for (size_t i = 0; d != NULL && i < d->nitems; i++) {
		void *base;
		const struct key *k = planet_key(r, d->items[i].key, &base);

		if (k != NULL && ini_own(own, d->items[i].key) == NULL)
			reader_set(r, own, &d->items[i], k, base);
	}
	for (size_t i = 0; i < before->nitems; i++)
		planet_item(r, before, &before->items[i]);
	for (size_t i = 0; s != NULL && i < s->nitems; i++)
		planet_item(r, s, &s->items[i]);
	language_of_locale(r, own);
	c->filter = c->defaults.filter;
	c->new_feed_items = c->defaults.new_items;
	c->feed_timeout = c->defaults.timeout;
	c->interval_min = c->defaults.interval_min;
	c->future_dates = c->defaults.future_dates;
	if (c->interval_max < c->interval_min)
		c->interval_max = c->interval_min;
}

/* --- orrery's own sections --- */

static void
read_own(struct reader *r, const struct ini_section *s,
    const struct key *table, void *base)
{
	for (size_t i = 0; i < s->nitems; i++) {
		const struct ini_item *it = &s->items[i];
		const struct key *k = key_find(table, it->key);
		const char *near;

		if (k != NULL) {
			reader_set(r, s, it, k, base);
			continue;
		}
		near = key_nearest(it->key, table, NULL, NULL);
		config_problem(r->problems, true, r->path, it->line,
		    near != NULL ? "no key \"%.60s\" in [%.60s]; did you "
		    "mean \"%s\"?" : "no key \"%.60s\" in [%.60s]; "
		    "orrery.conf(5) lists them%.0s", it->raw_key, s->name,
		    near != NULL ? near : "");
	}
}

static int
listen_port(const char *const *list, size_t n, int otherwise)
{
	const char *colon = n > 0 && strncmp(list[0], "unix:", 5) != 0 ?
	    strrchr(list[0], ':') : NULL;
	int port = colon != NULL ? atoi(colon + 1) : 0;

	return port > 0 ? port : otherwise;
}

static void
read_host(struct reader *r, const struct ini_section *s)
{
	static const struct key name = { "host", KEY_HOST,
		offsetof(struct vhost, name), 0, NULL, 0, 0, NULL, 0 };
	struct config *c = r->c;
	struct vhost h = { 0 };
	struct error e = { 0 };

	if (key_set(&r->x, &h, &name, s->name + 5, &e) != 0 ||
	    h.name == NULL) {
		config_problem(r->problems, true, r->path, s->line,
		    "[%.60s]: %s", s->name, e.msg);
		return;
	}
	read_own(r, s, keys_host, &h);
	if (h.gopher_port == 0)
		h.gopher_port = listen_port(h.gopher_listen, h.ngopher_listen,
		    0);
	if ((h.cert == NULL) != (h.key == NULL))
		config_problem(r->problems, true, r->path, s->line,
		    "[%.60s]: cert and key go together; write both or "
		    "neither", s->name);
	c->vhosts = arena_push(c->arena, c->vhosts, &c->nvhosts,
	    sizeof(*c->vhosts));
	c->vhosts[c->nvhosts - 1] = h;
}

static bool
is_target(const char *to)
{
	char scheme[32];

	uri_scheme(scheme, sizeof(scheme), span_str(to));
	return to[0] == '/' || scheme[0] != '\0';
}

static void
read_moved(struct reader *r, const struct ini_section *s, bool gone)
{
	struct config *c = r->c;

	for (size_t i = 0; i < s->nitems; i++) {
		const struct ini_item *it = &s->items[i];
		const char *to = it->value;

		if (it->raw_key[0] != '/') {
			config_problem(r->problems, true, r->path, it->line,
			    "\"%.80s\" is no path; write it from the root, "
			    "e.g. \"/old.gmi\"", it->raw_key);
			continue;
		}
		if (!gone && (to == NULL || !is_target(to))) {
			config_problem(r->problems, true, r->path, it->line,
			    "\"%.80s\" leads nowhere; write \"%.80s = "
			    "/new.gmi\" or an address", it->raw_key,
			    it->raw_key);
			continue;
		}
		c->redirects = arena_push(c->arena, c->redirects,
		    &c->nredirects, sizeof(*c->redirects));
		c->redirects[c->nredirects - 1] = (struct redirect){
			arena_strdup(c->arena, it->raw_key),
			gone ? NULL : arena_strdup(c->arena, to) };
	}
}

static void
read_areas(struct reader *r, const struct ini_section *s)
{
	static const struct key file = { "file", KEY_FILE,
		offsetof(struct area, file), 0, NULL, 0, 0, NULL, 0 };
	struct config *c = r->c;

	for (size_t i = 0; i < s->nitems; i++) {
		const struct ini_item *it = &s->items[i];
		size_t n = strlen(it->raw_key);
		struct area a = { 0 };

		if (it->raw_key[0] != '/' || it->raw_key[n - 1] != '/') {
			config_problem(r->problems, true, r->path, it->line,
			    "\"%.80s\" is no directory of the capsule; "
			    "write e.g. \"/members/ = members.txt\"",
			    it->raw_key);
			continue;
		}
		if (reader_set(r, s, it, &file, &a) != 0)
			continue;
		if (a.file == NULL) {
			config_problem(r->problems, true, r->path, it->line,
			    "%.80s: no file of fingerprints named",
			    it->raw_key);
			continue;
		}
		a.prefix = arena_strdup(c->arena, it->raw_key);
		c->areas = arena_push(c->arena, c->areas, &c->nareas,
		    sizeof(*c->areas));
		c->areas[c->nareas - 1] = a;
	}
}

static void
unused_section(struct reader *r, const struct ini_section *s)
{
	struct buf name = { 0 };

	buf_putf(&name, "[%.200s]", s->name);
	reader_ignore(r, s->line, buf_cstr(&name));
	buf_free(&name);
}

static void
read_section(struct reader *r, const struct ini_section *s)
{
	switch (reader_kind(r, s)) {
	case SECTION_GEMINI:
		read_own(r, s, keys_gemini, r->c);
		break;
	case SECTION_GOPHER:
		read_own(r, s, keys_gopher, r->c);
		break;
	case SECTION_SERVER:
		read_own(r, s, keys_server, r->c);
		break;
	case SECTION_REDIRECT:
		read_moved(r, s, false);
		break;
	case SECTION_GONE:
		read_moved(r, s, true);
		break;
	case SECTION_AREAS:
		read_areas(r, s);
		break;
	case SECTION_HOST:
		read_host(r, s);
		break;
	case SECTION_UNUSED:
		unused_section(r, s);
		break;
	case SECTION_WRONG:
		wrong_section(r, s);
		break;
	default:
		break;
	}
}

/* --- the whole --- */

static void
on_trouble(enum ini_trouble kind, int line, const char *what, void *arg)
{
	struct reader *r = arg;

	config_problem(r->problems, kind != INI_ENCODING, r->path, line,
	    "%s", what);
}

/*
 * A file that shows no sign of orrery but signs of its elders: whatever
 * their parser swallowed is no error then.
 */
static bool
is_foreign(const struct reader *r)
{
	const struct ini_section *s = ini_section(&r->ini, "Planet");
	const struct ini_item *link = s != NULL ? ini_own(s, "link") : NULL;
	bool elder = s == NULL && r->ini.sections[0].nitems > 0;

	if (link != NULL && link->value != NULL &&
	    strncmp(link->value, "gemini:", 7) == 0)
		return false;
	for (size_t i = 1; i < r->ini.nsections; i++) {
		enum section_kind k = reader_kind(r, &r->ini.sections[i]);

		if (k != SECTION_PLANET && k != SECTION_DEFAULT &&
		    k <= SECTION_HOST)
			return false;
	}
	for (size_t i = 0; s != NULL && i < s->nitems; i++)
		elder = elder || key_is_ignored(s->items[i].key);
	return elder;
}

static void
tell_repeated(struct reader *r)
{
	for (size_t i = 1; i < r->ini.nsections; i++) {
		const struct ini_section *s = &r->ini.sections[i];

		if (s->repeated)
			config_problem(r->problems, !r->foreign, r->path,
			    s->line, r->foreign ? "[%.120s] stands in line "
			    "%d already; taken together, the later values "
			    "count" : "[%.120s] stands in line %d already; "
			    "put the two together", s->name,
			    r->ini.sections[s->first].line);
	}
}

/* What follows from other settings when it was not set itself. */
static void
finish(struct reader *r)
{
	struct config *c = r->c;
	const char *host = NULL;
	struct uri u = { 0 };
	int port = 0;

	if (c->link != NULL)
		uri_split(&u, span_str(c->link));
	if (span_eqs(u.scheme, "gemini") && u.host.n > 0) {
		host = arena_strndup(c->arena, u.host.p, u.host.n);
		if (u.port.n > 0 && u.port.n < 6)
			port = atoi(u.port.p);
	}
	if (c->gemini_host == NULL)
		c->gemini_host = host != NULL ? host : "localhost";
	if (c->gopher_host == NULL)
		c->gopher_host = c->gemini_host;
	if (c->gemini_port == 0)
		c->gemini_port = port != 0 ? port : listen_port(
		    c->gemini_listen, c->ngemini_listen, 1965);
	if (c->gopher_port == 0)
		c->gopher_port = listen_port(c->gopher_listen,
		    c->ngopher_listen, 70);
	if (ini_section(&r->ini, "gopher") == NULL)
		c->gopher = false;
	if (r->ignored.n > 0)
		config_problem(r->problems, false, r->path, r->ignored_line,
		    "without meaning for a capsule, ignored: %s",
		    buf_cstr(&r->ignored));
}

static void
set_place(struct config *c, const char *path)
{
	char *copy = xstrdup(path), *real;

	c->path = arena_strdup(c->arena, path);
	real = realpath(dirname(copy), NULL);
	c->dir = arena_strdup(c->arena, real != NULL ? real : ".");
	free(real);
	free(copy);
}

static struct config *
config_new(void)
{
	struct arena a = { 0 };
	struct config *c = arena_alloc(&a, sizeof(*c));

	c->arena = arena_alloc(&a, sizeof(*c->arena));
	*c->arena = a;
	return c;
}

static void
read_all(struct reader *r)
{
	struct config *c = r->c;

	keys_default(&r->x, c, keys_planet);
	keys_default(&r->x, c, keys_gemini);
	keys_default(&r->x, c, keys_gopher);
	keys_default(&r->x, c, keys_server);
	keys_default(&r->x, &c->defaults, keys_source);
	r->foreign = is_foreign(r);
	tell_repeated(r);
	ini_merge(&r->ini);
	read_planet(r);
	for (size_t i = 1; i < r->ini.nsections; i++)
		if (!r->ini.sections[i].repeated)
			read_section(r, &r->ini.sections[i]);
	reader_sources(r);
	finish(r);
}

int
config_read(struct config **out, const char *path, struct span bytes,
    struct config_problems *problems, struct error *e)
{
	struct reader r = { .problems = problems, .path = path };
	size_t bad;
	int rc;

	*out = NULL;
	r.c = config_new();
	set_place(r.c, path);
	r.x = (struct key_context){ r.c->arena, r.c->dir };
	rc = ini_parse(&r.ini, bytes, on_trouble, &r, e);
	if (rc == 0)
		read_all(&r);
	else
		error_wrap(e, "%s", path);
	problems_sort(problems);
	bad = count_fatal(problems);
	if (rc == 0 && bad > 0)
		rc = error_set(e, E_SYNTAX, "%s: %zu error%s; nothing was "
		    "done", path, bad, bad == 1 ? "" : "s");
	ini_free(&r.ini);
	buf_free(&r.ignored);
	if (rc == 0)
		*out = r.c;
	else
		config_free(r.c);
	return rc;
}

int
config_load(struct config **out, const char *path,
    struct config_problems *problems, struct error *e)
{
	struct buf bytes = { 0 };
	int rc;

	*out = NULL;
	buf_init(&bytes, INI_FILE_MAX);
	if ((rc = file_read(&bytes, path, e)) == 0)
		rc = config_read(out, path, buf_span(&bytes), problems, e);
	else if (rc == E_NOTFOUND)
		error_set(e, rc, "no configuration %s here; `orrery init` "
		    "makes one, -c FILE names another", path);
	buf_free(&bytes);
	return rc;
}

void
config_free(struct config *c)
{
	struct arena a;

	if (c == NULL)
		return;
	a = *c->arena;
	arena_free(&a);
}
