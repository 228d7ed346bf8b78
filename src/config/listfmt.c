#include <stdlib.h>
#include <string.h>

#include "base/uri.h"
#include "base/utf8.h"
#include "config/config.h"
#include "config/ini.h"
#include "config/keys.h"
#include "config/listfmt.h"

void
listfmt_lines(struct list *list, struct span bytes,
    void (*each)(struct listfmt *x, struct span line))
{
	struct listfmt x = { .list = list };
	struct buf b = { 0 };
	struct span rest, line;

	utf8_repair(&b, bytes);
	rest = buf_span(&b);
	if (span_starts(rest, "\xef\xbb\xbf"))
		rest = span_from(rest, 3);
	while (span_line(&rest, &line)) {
		x.line++;
		each(&x, line);
	}
	buf_free(&b);
}

/* Take the next word off *s; blanks separate. */
static struct span
next_word(struct span *s)
{
	struct span w;

	*s = span_trim(*s);
	w = span_of(s->p, 0);
	while (w.n < s->n && !ascii_space(s->p[w.n]))
		w.n++;
	*s = span_from(*s, w.n);
	return w;
}

/*
 * Take the next argument as a shell or newsboat would: quotes group,
 * a backslash keeps the next character.  False at the end.
 */
static bool
next_argument(struct span *s, struct buf *out)
{
	char quote = '\0';
	size_t i = 0;

	buf_clear(out);
	*s = span_trim(*s);
	if (s->n == 0 || s->p[0] == '#')
		return false;
	for (; i < s->n; i++) {
		char c = s->p[i];

		if (quote == '\0' && ascii_space(c))
			break;
		if (c == quote)
			quote = '\0';
		else if (quote == '\0' && (c == '"' || c == '\''))
			quote = c;
		else if (c == '\\' && quote != '\'' && i + 1 < s->n)
			buf_putc(out, s->p[++i]);
		else
			buf_putc(out, c);
	}
	*s = span_from(*s, i);
	return true;
}

/* --- rawdog --- */

void
listfmt_rawdog(struct listfmt *x, struct span line)
{
	bool indented = line.n > 0 && ascii_space(line.p[0]);
	struct span rest = span_trim(line), first;

	if (rest.n == 0 || rest.p[0] == '#')
		return;
	first = next_word(&rest);
	if (indented) {
		/* an option of the feed above */
		if (x->feed == NULL || !span_starts(first, "define_name"))
			return;
		if (x->feed->title == NULL)
			x->feed->title = list_text(x->list, rest);
		return;
	}
	x->feed = NULL;
	if (!span_eqs(first, "feed")) {
		list_leave(x->list, span_trim(line), "a setting of rawdog's",
		    x->line);
		return;
	}
	next_word(&rest);	/* its period */
	x->feed = list_add(x->list, next_word(&rest), x->line);
	while (x->feed != NULL && span_trim(rest).n > 0) {
		struct span option = next_word(&rest);

		if (span_starts(option, "define_name=") &&
		    x->feed->title == NULL)
			x->feed->title = list_text(x->list,
			    span_from(option, 12));
	}
}

/* --- newsboat --- */

void
listfmt_newsboat(struct listfmt *x, struct span line)
{
	struct span rest = span_trim(line);
	struct buf arg = { 0 };
	struct list_feed *f = NULL;

	if (rest.n == 0 || rest.p[0] == '#')
		return;
	if (next_argument(&rest, &arg)) {
		struct span url = buf_span(&arg);

		if (span_starts(url, "exec:") || span_starts(url, "filter:"))
			list_leave(x->list, url, "a command; no command is "
			    "ever taken from a list", x->line);
		else if (span_starts(url, "query:"))
			list_leave(x->list, url, "a query; groups and "
			    "filters are the way here", x->line);
		else
			f = list_add(x->list, url, x->line);
	}
	while (f != NULL && next_argument(&rest, &arg)) {
		struct span tag = buf_span(&arg);

		if (span_starts(tag, "~")) {
			if (f->title == NULL)
				f->title = list_text(x->list,
				    span_from(tag, 1));
		} else if (!span_starts(tag, "!")) {
			list_add_tag(x->list, f, tag);
		}
	}
	buf_free(&arg);
}

/* --- sfeedrc --- */

void
listfmt_sfeed(struct listfmt *x, struct span line)
{
	struct span rest = span_trim(line);
	struct buf arg = { 0 };
	const char *name;
	struct list_feed *f;

	if (!span_starts(rest, "feed ") && !span_starts(rest, "feed\t"))
		return;
	next_word(&rest);
	if (!next_argument(&rest, &arg))
		goto done;
	name = list_text(x->list, buf_span(&arg));
	if (!next_argument(&rest, &arg))
		goto done;
	if (memchr(arg.p, '$', arg.n) != NULL) {
		list_leave(x->list, buf_span(&arg), "made by the shell; "
		    "write the address out", x->line);
		goto done;
	}
	f = list_add(x->list, buf_span(&arg), x->line);
	if (f == NULL)
		goto done;
	if (f->title == NULL)
		f->title = name;
	if (next_argument(&rest, &arg) && f->link == NULL)
		f->link = list_text(x->list, buf_span(&arg));
done:
	buf_free(&arg);
}

/* --- plain lists, gemtext links, Gopher menus --- */

/* "1Name\t/selector\thost\tport", as moku-pona keeps them. */
static bool
menu_line(struct listfmt *x, struct span s)
{
	struct span field[4] = { { 0 } };
	struct buf url = { 0 };
	struct list_feed *f;
	size_t n = 0;

	while (n < 4) {
		const char *tab = memchr(s.p, '\t', s.n);

		field[n++] = span_of(s.p, tab != NULL ?
		    (size_t)(tab - s.p) : s.n);
		if (tab == NULL)
			break;
		s = span_from(s, field[n - 1].n + 1);
	}
	if (n < 3 || field[0].n == 0 || field[2].n == 0)
		return false;
	if (span_starts(field[1], "URL:") || span_starts(field[1], "GET /")) {
		f = list_add(x->list, span_from(field[1], 4), x->line);
	} else {
		buf_puts(&url, "gopher://");
		buf_put_span(&url, span_trim(field[2]));
		if (n > 3 && !span_eqs(span_trim(field[3]), "70")) {
			buf_putc(&url, ':');
			buf_put_span(&url, span_trim(field[3]));
		}
		buf_putf(&url, "/%c", field[0].p[0]);
		uri_escape(&url, field[1], "/:@!$&'()*+,;=~");
		f = list_add(x->list, buf_span(&url), x->line);
	}
	if (f != NULL && f->title == NULL)
		f->title = list_text(x->list, span_from(field[0], 1));
	buf_free(&url);
	return true;
}

/* "- [title](address)", as lists on code forges have them. */
static bool
markdown_line(struct listfmt *x, struct span s)
{
	const char *mid = memmem(s.p, s.n, "](", 2), *open, *close;
	struct list_feed *f;
	struct span url;

	if (mid == NULL || (open = memchr(s.p, '[', s.n)) == NULL ||
	    open > mid)
		return false;
	url = span_from(s, (size_t)(mid - s.p) + 2);
	if ((close = memchr(url.p, ')', url.n)) == NULL)
		return false;
	url.n = (size_t)(close - url.p);
	f = list_add(x->list, url, x->line);
	if (f != NULL && f->title == NULL)
		f->title = list_text(x->list, span_of(open + 1,
		    (size_t)(mid - open) - 1));
	return true;
}

void
listfmt_plain(struct listfmt *x, struct span line)
{
	struct span rest = span_trim(line), url;
	struct list_feed *f;

	if (rest.n == 0)
		return;
	if (rest.p[0] == '#' || rest.p[0] == ';') {
		/* the first heading names a list in gemtext */
		if (x->list->title == NULL && x->list->nfeeds == 0 &&
		    span_starts(rest, "# "))
			x->list->title = list_text(x->list,
			    span_from(rest, 2));
		return;
	}
	if (memchr(line.p, '\t', line.n) != NULL && strchr("017hIg",
	    line.p[0]) != NULL && line.p[0] != '\0' && menu_line(x, line))
		return;
	if (markdown_line(x, rest))
		return;
	if (span_starts(rest, "=>"))
		rest = span_from(rest, 2);
	else if (span_starts(rest, "* ") || span_starts(rest, "- "))
		rest = span_from(rest, 2);
	url = next_word(&rest);
	if (url.n > 1 && url.p[0] == '<' && url.p[url.n - 1] == '>')
		url = span_of(url.p + 1, url.n - 2);
	f = list_add(x->list, url, x->line);
	if (f != NULL && f->title == NULL)
		f->title = list_text(x->list, rest);
}

/* --- configurations of planets --- */

static const char *
value_of(struct list *list, const struct ini *ini,
    const struct ini_section *s, const struct ini_item *it)
{
	struct buf b = { 0 };
	const char *value = NULL;

	if (it != NULL && it->value != NULL &&
	    ini_value(&b, ini, s, it, NULL) == 0 && b.n > 0)
		value = arena_strdup(&list->arena, buf_cstr(&b));
	buf_free(&b);
	return value;
}

static const char *
line_of(struct list *list, const char *value)
{
	return value != NULL ? list_text(list, span_str(value)) : NULL;
}

static void
put_setting(struct list *list, struct list_setting **settings, size_t *n,
    const char *key, const char *value)
{
	*settings = arena_push(&list->arena, *settings, n,
	    sizeof(**settings));
	(*settings)[*n - 1] = (struct list_setting){
	    arena_strdup(&list->arena, key), value };
}

static void
ini_groups(struct list *list, struct list_feed *f, const char *value)
{
	while (*value != '\0') {
		size_t n = strcspn(value, ",;\n");

		list_add_tag(list, f, span_of(value, n));
		value += n;
		value += strspn(value, ",;\n");
	}
}

static void
ini_item(struct list *list, const struct ini *ini,
    const struct ini_section *s, const struct ini_item *it,
    struct list_feed *f, bool pluto)
{
	const char *value = value_of(list, ini, s, it);
	const struct key *k = key_find(keys_source, it->key);

	if (value == NULL || (pluto && strcmp(it->key, "feed") == 0))
		return;
	if (strcmp(it->key, "name") == 0 || (pluto &&
	    strcmp(it->key, "title") == 0))
		f->title = line_of(list, value);
	else if (strcmp(it->key, "link") == 0)
		f->link = line_of(list, value);
	else if (strcmp(it->key, "language") == 0)
		f->language = line_of(list, value);
	else if (k != NULL && k->type == KEY_NAMES)
		ini_groups(list, f, value);
	else {
		if (strcmp(it->key, "description") == 0)
			f->description = line_of(list, value);
		put_setting(list, &f->settings, &f->nsettings, it->key,
		    value);
	}
}

static void
ini_feed(struct list *list, const struct ini *ini,
    const struct ini_section *s)
{
	const struct ini_item *feed = ini_own(s, "feed");
	bool pluto = feed != NULL && feed->value != NULL;
	struct list_feed *f;
	char scheme[32];

	uri_scheme(scheme, sizeof(scheme), span_str(s->name));
	if (!pluto && (scheme[0] == '\0' || strcmp(scheme, "file") == 0)) {
		list_leave(list, span_str(s->name), "a file, template or "
		    "filter, not an address", s->line);
		return;
	}
	f = list_add(list, span_str(pluto ? feed->value : s->name), s->line);
	if (f == NULL)
		return;
	if (ini->defaults != NULL)
		for (size_t i = 0; i < ini->defaults->nitems; i++) {
			const struct ini_item *it = &ini->defaults->items[i];
			const struct key *k = key_find(keys_source, it->key);

			if (k != NULL && ini_own(s, it->key) == NULL)
				ini_item(list, ini, s, it, f, false);
		}
	for (size_t i = 0; i < s->nitems; i++)
		ini_item(list, ini, s, &s->items[i], f, pluto);
}

static void
ini_planet(struct list *list, const struct ini *ini,
    const struct ini_section *s)
{
	for (size_t i = 0; i < s->nitems; i++) {
		const struct ini_item *it = &s->items[i];
		const char *value = value_of(list, ini, s, it);

		if (value == NULL)
			continue;
		if (strcmp(it->key, "name") == 0 ||
		    (s->name == NULL && strcmp(it->key, "title") == 0))
			list->title = line_of(list, value);
		else if (strcmp(it->key, "owner_name") == 0)
			list->owner = line_of(list, value);
		else if (strcmp(it->key, "owner_email") == 0)
			list->email = line_of(list, value);
		put_setting(list, &list->settings, &list->nsettings,
		    it->key, value);
	}
}

static bool
is_own_section(const char *name)
{
	static const char *const own[] = { "Planet", "DEFAULT", "gemini",
		"gopher", "server", "redirect", "gone", "areas", NULL };

	for (const char *const *o = own; *o != NULL; o++)
		if (strcmp(*o, name) == 0)
			return true;
	return strncmp(name, "host ", 5) == 0;
}

static void
on_trouble(enum ini_trouble kind, int line, const char *what, void *arg)
{
	struct list *list = arg;

	if (kind == INI_SYNTAX && list->problem == NULL)
		list->problem = arena_printf(&list->arena, "line %d: %s",
		    line, what);
}

int
listfmt_ini(struct list *list, struct span bytes, struct error *e)
{
	struct ini ini = { 0 };
	int rc = ini_parse(&ini, bytes, on_trouble, list, e);
	const struct ini_section *planet;

	if (rc == 0) {
		ini_merge(&ini);
		if ((planet = ini_section(&ini, "Planet")) != NULL)
			ini_planet(list, &ini, planet);
		else
			ini_planet(list, &ini, &ini.sections[0]);
	}
	for (size_t i = 1; rc == 0 && i < ini.nsections; i++)
		if (!ini.sections[i].repeated &&
		    !is_own_section(ini.sections[i].name))
			ini_feed(list, &ini, &ini.sections[i]);
	ini_free(&ini);
	return rc;
}
