#include <errno.h>
#include <iconv.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/utf8.h"
#include "config/ini.h"

struct lexer {
	struct ini		*ini;
	ini_report		*report;
	void			*arg;
	struct ini_section	*section;
	bool			 open;		/* an item may be continued */
	size_t			 indent;	/* of that item */
	int			 line;
	struct buf		 value;		/* of the open item */
	struct buf		 repaired;	/* a line that was no UTF-8 */
	bool			 told_encoding;
};

static void
trouble(struct lexer *x, enum ini_trouble kind, int line, const char *what)
{
	if (x->report != NULL)
		x->report(kind, line, what, x->arg);
}

/* --- bytes to lines --- */

/* The upper half of Windows-1252 where it differs from Latin-1. */
static const unsigned short cp1252[32] = {
	0x20ac, 0x81, 0x201a, 0x192, 0x201e, 0x2026, 0x2020, 0x2021,
	0x2c6, 0x2030, 0x160, 0x2039, 0x152, 0x8d, 0x17d, 0x8f,
	0x90, 0x2018, 0x2019, 0x201c, 0x201d, 0x2022, 0x2013, 0x2014,
	0x2dc, 0x2122, 0x161, 0x203a, 0x153, 0x9d, 0x17e, 0x178,
};

/* A line that is no UTF-8 is taken for Windows-1252, Latin-1's superset. */
static struct span
line_repair(struct lexer *x, struct span line)
{
	if (utf8_valid(line))
		return line;
	if (!x->told_encoding)
		trouble(x, INI_ENCODING, x->line,
		    "not UTF-8; read as Latin-1; save the file as UTF-8");
	x->told_encoding = true;
	buf_clear(&x->repaired);
	for (size_t i = 0; i < line.n; i++) {
		unsigned char c = (unsigned char)line.p[i];

		utf8_put(&x->repaired, c >= 0x80 && c < 0xa0 ?
		    cp1252[c - 0x80] : c);
	}
	return buf_span(&x->repaired);
}

static int
from_utf16(struct buf *out, struct span in, const char *charset,
    struct error *e)
{
	iconv_t cd = iconv_open("UTF-8", charset);
	char *p = (char *)(size_t)in.p, *to;
	size_t n = in.n, room = in.n * 2;
	int rc = 0;

	if (cd == (iconv_t)-1)
		return error_errno(e, "iconv %s", charset);
	if ((to = buf_reserve(out, room)) == NULL)
		rc = error_set(e, E_LIMIT, "too long");
	else if (iconv(cd, &p, &n, &to, &room) == (size_t)-1)
		rc = error_set(e, E_SYNTAX, "broken %s text; save it as UTF-8",
		    charset);
	else
		buf_truncate(out, (size_t)(to - out->p));
	iconv_close(cd);
	return rc;
}

/* --- lines to items --- */

static char *
lower(char *s)
{
	for (char *p = s; *p != '\0'; p++)
		if (*p >= 'A' && *p <= 'Z')
			*p = (char)(*p - 'A' + 'a');
	return s;
}

/* Where the trailing comment begins: a ";" after white space. */
static struct span
cut_comment(struct span s)
{
	for (size_t i = 1; i < s.n; i++)
		if (s.p[i] == ';' && ascii_space(s.p[i - 1])) {
			s.n = i;
			break;
		}
	return span_trim(s);
}

static void
item_close(struct lexer *x)
{
	struct ini_item *it;
	struct span v;

	if (!x->open)
		return;
	x->open = false;
	it = &x->section->items[x->section->nitems - 1];
	v = span_trim(buf_span(&x->value));
	if (span_eqs(v, "\"\""))
		v.n = 0;
	it->value = arena_strndup(&x->ini->arena, v.p, v.n);
}

static void
section_open(struct lexer *x, const char *name, int line)
{
	struct ini *ini = x->ini;

	item_close(x);
	ini->sections = arena_push(&ini->arena, ini->sections,
	    &ini->nsections, sizeof(*ini->sections));
	x->section = &ini->sections[ini->nsections - 1];
	*x->section = (struct ini_section){ .name = name, .line = line };
}

/*
 * The end of a header is the first "]" with nothing or white space after
 * it, so that an address like "http://[::1]/" stays whole; else the first.
 */
static bool
header_end(struct span s, size_t *end)
{
	bool found = false;

	for (size_t i = 1; i < s.n; i++) {
		if (s.p[i] != ']')
			continue;
		if (!found)
			*end = i;
		found = true;
		if (i + 1 == s.n || ascii_space(s.p[i + 1])) {
			*end = i;
			break;
		}
	}
	return found;
}

static void
lex_header(struct lexer *x, struct span s)
{
	size_t end = 0;
	struct span name;

	if (!header_end(s, &end)) {
		item_close(x);
		trouble(x, INI_SYNTAX, x->line,
		    "a section without its closing \"]\"");
		return;
	}
	name = span_trim(span_of(s.p + 1, end - 1));
	if (name.n == 0 || name.n > INI_NAME_MAX) {
		trouble(x, INI_SYNTAX, x->line, name.n == 0 ?
		    "a section without a name" :
		    "a section name longer than 4096 bytes");
		name.n = 0;
	}
	section_open(x, arena_strndup(&x->ini->arena, name.p, name.n),
	    x->line);
}

static void
lex_item(struct lexer *x, struct span s, size_t indent)
{
	struct arena *a = &x->ini->arena;
	struct span key = s, value = { 0 };
	struct ini_item *it;
	bool has = false;

	item_close(x);
	for (size_t i = 0; i < s.n && !has; i++)
		if (s.p[i] == '=' || s.p[i] == ':') {
			key.n = i;
			value = span_from(s, i + 1);
			has = true;
		}
	key = span_trim(key);
	if (key.n == 0 || key.n > INI_NAME_MAX) {
		trouble(x, INI_SYNTAX, x->line, key.n == 0 ?
		    "a value without a key before it" :
		    "a key longer than 4096 bytes");
		return;
	}
	x->section->items = arena_push(a, x->section->items,
	    &x->section->nitems, sizeof(*it));
	it = &x->section->items[x->section->nitems - 1];
	it->raw_key = arena_strndup(a, key.p, key.n);
	it->key = lower(arena_strdup(a, it->raw_key));
	it->value = NULL;
	it->line = x->line;
	if (!has)
		return;
	buf_clear(&x->value);
	buf_put_span(&x->value, cut_comment(value));
	x->open = true;
	x->indent = indent;
}

static void
lex_line(struct lexer *x, struct span line)
{
	size_t indent = 0;
	struct span s;

	line = line_repair(x, line);
	while (indent < line.n && ascii_space(line.p[indent]))
		indent++;
	s = span_trim(line);
	if (s.n == 0 || s.p[0] == '#' || s.p[0] == ';')
		return;
	if (indent == 0 && (span_istarts(s, "rem ") ||
	    span_istarts(s, "rem\t") || span_ieqs(s, "rem")))
		return;
	if (x->open && indent > x->indent) {
		buf_putc(&x->value, '\n');
		buf_put_span(&x->value, cut_comment(s));
		return;
	}
	if (s.p[0] == '[')
		lex_header(x, s);
	else
		lex_item(x, s, indent);
}

/* --- what the whole file says --- */

static int
by_key(const void *a, const void *b)
{
	const struct ini_item *x = *(const struct ini_item *const *)a;
	const struct ini_item *y = *(const struct ini_item *const *)b;
	int c = strcmp(x->key, y->key);

	return c != 0 ? c : x < y ? -1 : x > y;
}

/* Of several items with one key keep the last, as ConfigParser does. */
static void
section_settle(struct ini *ini, struct ini_section *s, struct lexer *x)
{
	struct ini_item **order;
	size_t n = 0;

	if (s->nitems < 2)
		return;
	order = arena_alloc(&ini->arena, s->nitems * sizeof(*order));
	for (size_t i = 0; i < s->nitems; i++)
		order[i] = &s->items[i];
	qsort(order, s->nitems, sizeof(*order), by_key);
	for (size_t i = 1; i < s->nitems; i++) {
		char what[128];

		if (strcmp(order[i - 1]->key, order[i]->key) != 0)
			continue;
		order[i - 1]->raw_key = NULL;
		if (x == NULL)
			continue;
		snprintf(what, sizeof(what), "\"%.60s\" was set already in "
		    "line %d; keep one", order[i]->key, order[i - 1]->line);
		trouble(x, INI_REPEATED_KEY, order[i]->line, what);
	}
	for (size_t i = 0; i < s->nitems; i++)
		if (s->items[i].raw_key != NULL)
			s->items[n++] = s->items[i];
	s->nitems = n;
}

static int
by_name(const void *a, const void *b)
{
	const struct ini_section *x = *(const struct ini_section *const *)a;
	const struct ini_section *y = *(const struct ini_section *const *)b;
	int c = strcmp(x->name, y->name);

	return c != 0 ? c : x < y ? -1 : x > y;
}

static void
settle(struct lexer *x)
{
	struct ini *ini = x->ini;
	struct ini_section **order;
	size_t n = ini->nsections - 1;

	item_close(x);
	for (size_t i = 0; i < ini->nsections; i++)
		section_settle(ini, &ini->sections[i], x);
	if (n == 0)
		return;
	order = arena_alloc(&ini->arena, n * sizeof(*order));
	for (size_t i = 0; i < n; i++)
		order[i] = &ini->sections[i + 1];
	qsort(order, n, sizeof(*order), by_name);
	for (size_t i = 0; i < n; i++) {
		order[i]->repeated = i > 0 && strcmp(order[i - 1]->name,
		    order[i]->name) == 0;
		order[i]->first = order[i]->repeated ? order[i - 1]->first :
		    (int)(order[i] - ini->sections);
	}
	ini->defaults = (struct ini_section *)(size_t)
	    ini_section(ini, "DEFAULT");
}

void
ini_merge(struct ini *ini)
{
	bool *merged = arena_alloc(&ini->arena, ini->nsections);

	for (size_t i = 1; i < ini->nsections; i++) {
		struct ini_section *from = &ini->sections[i];
		struct ini_section *to = &ini->sections[from->first];

		if (!from->repeated)
			continue;
		for (size_t k = 0; k < from->nitems; k++) {
			to->items = arena_push(&ini->arena, to->items,
			    &to->nitems, sizeof(*to->items));
			to->items[to->nitems - 1] = from->items[k];
		}
		from->nitems = 0;
		merged[from->first] = true;
	}
	for (size_t i = 1; i < ini->nsections; i++)
		if (merged[i])
			section_settle(ini, &ini->sections[i], NULL);
}

int
ini_parse(struct ini *ini, struct span bytes, ini_report *report, void *arg,
    struct error *e)
{
	struct lexer x = { .ini = ini, .report = report, .arg = arg };
	struct buf wide = { 0 };
	struct span line;
	int rc = 0;

	buf_init(&x.value, INI_FILE_MAX);
	if (span_starts(bytes, "\xff\xfe"))
		rc = from_utf16(&wide, span_from(bytes, 2), "UTF-16LE", e);
	else if (span_starts(bytes, "\xfe\xff"))
		rc = from_utf16(&wide, span_from(bytes, 2), "UTF-16BE", e);
	if (rc == 0 && wide.n > 0)
		bytes = buf_span(&wide);
	if (span_starts(bytes, "\xef\xbb\xbf"))
		bytes = span_from(bytes, 3);
	if (rc == 0 && memchr(bytes.p, '\0', bytes.n) != NULL)
		rc = error_set(e, E_SYNTAX, "not a text file");
	if (rc == 0) {
		section_open(&x, NULL, 0);
		while (span_line(&bytes, &line)) {
			x.line++;
			lex_line(&x, line);
		}
		settle(&x);
	}
	buf_free(&x.value);
	buf_free(&x.repaired);
	buf_free(&wide);
	return rc;
}

void
ini_free(struct ini *ini)
{
	arena_free(&ini->arena);
	*ini = (struct ini){ 0 };
}

const struct ini_section *
ini_section(const struct ini *ini, const char *name)
{
	for (size_t i = 1; i < ini->nsections; i++)
		if (strcmp(ini->sections[i].name, name) == 0)
			return &ini->sections[i];
	return NULL;
}

const struct ini_item *
ini_own(const struct ini_section *s, const char *key)
{
	for (size_t i = 0; i < s->nitems; i++)
		if (strcmp(s->items[i].key, key) == 0)
			return &s->items[i];
	return NULL;
}

const struct ini_item *
ini_get(const struct ini *ini, const struct ini_section *s, const char *key)
{
	const struct ini_item *it = s != NULL ? ini_own(s, key) : NULL;

	if (it == NULL && ini->defaults != NULL)
		it = ini_own(ini->defaults, key);
	return it;
}

/* --- interpolation --- */

/* One round over in: each "%(name)s" becomes that key's raw value. */
static int
expand_once(struct buf *out, const struct ini *ini,
    const struct ini_section *s, struct span in, struct error *e)
{
	while (in.n > 0) {
		const char *pct = memchr(in.p, '%', in.n), *close;
		const struct ini_item *it;
		struct buf name = { 0 };

		buf_put(out, in.p, pct != NULL ? (size_t)(pct - in.p) : in.n);
		if (pct == NULL)
			break;
		in = span_from(in, (size_t)(pct - in.p));
		if (in.n > 1 && in.p[1] == '%') {
			/* kept doubled until the last round */
			buf_put(out, in.p, 2);
			in = span_from(in, 2);
			continue;
		}
		close = in.n > 1 && in.p[1] == '(' ?
		    memchr(in.p, ')', in.n) : NULL;
		if (close == NULL || close + 1 == in.p + in.n ||
		    close[1] != 's') {
			buf_putc(out, '%');
			in = span_from(in, 1);
			continue;
		}
		buf_put(&name, in.p + 2, (size_t)(close - in.p) - 2);
		buf_putc(&name, '\0');
		it = ini_get(ini, s, lower(name.p));
		if (it == NULL) {
			error_set(e, E_NOTFOUND, "\"%%(%.60s)s\" names no key "
			    "of this section or [DEFAULT]", buf_cstr(&name));
			buf_free(&name);
			return E_NOTFOUND;
		}
		buf_free(&name);
		buf_puts(out, it->value != NULL ? it->value : "");
		in = span_from(in, (size_t)(close - in.p) + 2);
	}
	return 0;
}

static bool
has_reference(struct span s)
{
	for (size_t i = 0; i + 2 < s.n; i++) {
		const char *close;

		if (s.p[i] != '%')
			continue;
		if (s.p[i + 1] == '%') {
			i++;
			continue;
		}
		close = s.p[i + 1] == '(' ?
		    memchr(s.p + i, ')', s.n - i) : NULL;
		if (close != NULL && close + 1 < s.p + s.n && close[1] == 's')
			return true;
	}
	return false;
}

static void
put_undoubled(struct buf *out, struct span s)
{
	for (size_t i = 0; i < s.n; i++) {
		buf_putc(out, s.p[i]);
		if (s.p[i] == '%' && i + 1 < s.n && s.p[i + 1] == '%')
			i++;
	}
}

int
ini_value(struct buf *out, const struct ini *ini, const struct ini_section *s,
    const struct ini_item *item, struct error *e)
{
	struct buf now = { .max = INI_VALUE_MAX }, next = now;
	int rc = 0, depth;

	if (item->value == NULL)
		return 0;
	if (strstr(item->value, "%(") == NULL) {
		buf_puts(out, item->value);
		return 0;
	}
	buf_puts(&now, item->value);
	for (depth = 0; rc == 0 && has_reference(buf_span(&now)); depth++) {
		struct buf swap;

		if (depth == INI_DEPTH_MAX) {
			rc = error_set(e, E_LIMIT, "\"%%(...)s\" refers to "
			    "itself or is nested deeper than %d",
			    INI_DEPTH_MAX);
			break;
		}
		buf_clear(&next);
		rc = expand_once(&next, ini, s, buf_span(&now), e);
		if (rc == 0 && next.over)
			rc = error_set(e, E_LIMIT, "grows beyond %zu bytes "
			    "by \"%%(...)s\"", INI_VALUE_MAX);
		swap = now;
		now = next;
		next = swap;
	}
	if (rc == 0)
		put_undoubled(out, buf_span(&now));
	buf_free(&now);
	buf_free(&next);
	return rc;
}
