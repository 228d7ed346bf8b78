/* HTML's bytes as tags, texts and attributes: see skeleton.h. */
#include <stdlib.h>

#include "base/utf8.h"
#include "base/xalloc.h"
#include "gemtext/builder.h"
#include "gemtext/input.h"
#include "gemtext/skeleton.h"

#define NAME_LEN_MAX	32	/* longer names are cut: none is known */

static bool
letter(char c)
{
	return (c | 0x20) >= 'a' && (c | 0x20) <= 'z';
}

static bool
name_char(char c)
{
	return letter(c) || (c >= '0' && c <= '9') || c == '-' || c == ':' ||
	    c == '_' || c == '.';
}

/* --- beginning and end --- */

#define KEEP_MAX	((size_t)1 << 20)	/* bytes */

/* Outside of all elements the parser begins a paragraph before each text. */
#define ROOT		"<orrery>"

static _Thread_local struct skeleton spare;

void
skeleton_begin(struct skeleton *k, struct build *direct)
{
	*k = spare;
	k->nesting.b = direct;
	if (direct == NULL)
		buf_puts(&k->markup, ROOT);
	spare = (struct skeleton){ 0 };
}

void
skeleton_done(struct skeleton *k)
{
	arena_reset(&k->arena);
	buf_clear(&k->markup);
	buf_clear(&k->text);
	buf_clear(&k->scratch);
	if (spare.markup.p == NULL && k->markup.cap + k->text.cap +
	    k->scratch.cap + k->runs_cap * sizeof(*k->runs) +
	    k->atts_cap * sizeof(*k->atts) <= KEEP_MAX) {
		spare = (struct skeleton){ .markup = k->markup,
		    .text = k->text, .scratch = k->scratch,
		    .arena = k->arena, .runs = k->runs,
		    .runs_cap = k->runs_cap, .atts = k->atts,
		    .atts_cap = k->atts_cap,
		    .nesting = { .open = k->nesting.open,
		    .cap = k->nesting.cap } };
	} else {
		buf_free(&k->markup);
		buf_free(&k->text);
		buf_free(&k->scratch);
		free(k->runs);
		free(k->atts);
		free(k->nesting.open);
		arena_free(&k->arena);
	}
	*k = (struct skeleton){ 0 };
}

/* --- texts --- */

/* Append to the text at hand; stable bytes next to it are not copied. */
static void
add(struct skeleton *k, const char *p, size_t n, bool stable)
{
	struct run *r = &k->now;

	if (n == 0)
		return;
	if (r->n == 0) {
		*r = (struct run){ stable ? p : NULL, k->text.n, n };
		if (!stable)
			buf_put(&k->text, p, n);
		return;
	}
	if (r->p != NULL && stable && r->p + r->n == p) {
		r->n += n;
		return;
	}
	if (r->p != NULL) {
		buf_put(&k->text, r->p, r->n);
		r->p = NULL;
	}
	buf_put(&k->text, p, n);
	r->n += n;
}

static void
put_number(struct buf *out, size_t n)
{
	char digits[12];
	size_t i = sizeof(digits);

	do
		digits[--i] = (char)('@' + (n & 63));
	while ((n >>= 6) > 0);
	buf_put(out, digits + i, sizeof(digits) - i);
}

static const char *
run_bytes(const struct skeleton *k, const struct run *r)
{
	return r->p != NULL ? r->p : k->text.p + r->at;
}

/* White space that is white space for the parser too goes to it as it is,
 * since it opens no paragraph. */
static bool
blank(const char *p, size_t n)
{
	while (n > 0 && (*p == ' ' || *p == '\n' || *p == '\t' || *p == '\r'))
		p++, n--;
	return n == 0;
}

static void
end_text(struct skeleton *k)
{
	struct run *r = &k->now;
	const char *p;

	if (r->n == 0)
		return;
	p = run_bytes(k, r);
	if (k->nesting.b != NULL) {
		nest_text(&k->nesting, p, r->n);
		buf_clear(&k->text);
	} else if (blank(p, r->n))
		buf_put(&k->markup, p, r->n);
	else {
		put_number(&k->markup, k->nruns);
		GROW(k->runs, k->nruns, k->runs_cap);
		k->runs[k->nruns++] = *r;
	}
	r->n = 0;
}

/* --- references --- */

static const char *
cdata_end(const char *p, size_t n)
{
	const char *end = p + n;

	while ((p = memchr(p, ']', (size_t)(end - p))) != NULL) {
		if (end - p >= 3 && p[1] == ']' && p[2] == '>')
			return p;
		p++;
	}
	return NULL;
}

/* Text between tags: references, and marks of CDATA that were left. */
static void
add_text(struct skeleton *k, struct span s)
{
	while (s.n > 0) {
		const char *amp = memchr(s.p, '&', s.n), *text;
		size_t n = amp != NULL ? (size_t)(amp - s.p) : s.n, len;
		char room[8];

		if ((amp = cdata_end(s.p, n)) != NULL) {
			add(k, s.p, (size_t)(amp - s.p), true);
			s = span_from(s, (size_t)(amp - s.p) + 3);
			continue;
		}
		add(k, s.p, n, true);
		s = span_from(s, n);
		if (s.n == 0)
			break;
		if ((n = reference_find(s, false, room, &text, &len)) > 0)
			add(k, text, len, false);
		else
			add(k, s.p, n = 1, true);
		s = span_from(s, n);
	}
}

/* --- tags --- */

static void
put_start(struct skeleton *k, const char *name, size_t name_len,
    const struct att_value *v, size_t n, bool ended)
{
	struct buf *out = &k->markup;

	end_text(k);
	if (k->nesting.b != NULL) {
		struct atts a = { v, n, 0 };

		for (size_t i = 0; i < n; i++)
			a.set |= 1u << v[i].att;
		nest_start(&k->nesting, name, name_len, n > 0 ? &a : NULL,
		    ended);
		return;
	}
	buf_putc(out, '<');
	buf_put(out, name, name_len);
	if (n > 0) {
		struct att_value *own = arena_alloc(&k->arena,
		    n * sizeof(*own));
		struct atts a = { own, n, 0 };

		memcpy(own, v, n * sizeof(*own));
		for (size_t i = 0; i < n; i++)
			a.set |= 1u << v[i].att;
		buf_put(out, " i=\"", 4);
		put_number(out, k->natts);
		buf_putc(out, '"');
		GROW(k->atts, k->natts, k->atts_cap);
		k->atts[k->natts++] = a;
	}
	if (ended)
		buf_putc(out, '/');
	buf_putc(out, '>');
	k->searches += name_len == 4 && memcmp(name, "body", 4) == 0;
}

static void
put_end(struct skeleton *k, const char *name, size_t n)
{
	end_text(k);
	if (k->nesting.b != NULL) {
		nest_end(&k->nesting, name, n);
		return;
	}
	buf_put(&k->markup, "</", 2);
	buf_put(&k->markup, name, n);
	buf_putc(&k->markup, '>');
	k->searches++;
}

void
skeleton_start(struct skeleton *k, const char *name,
    const struct att_value *v, size_t n)
{
	struct att_value own[ATT_NONE];

	for (size_t i = 0; i < n && k->nesting.b == NULL; i++)
		own[i] = (struct att_value){ v[i].att,
		    arena_strdup(&k->arena, v[i].value) };
	put_start(k, name, strlen(name), k->nesting.b == NULL ? own : v, n,
	    false);
}

void
skeleton_end(struct skeleton *k, const char *name)
{
	put_end(k, name, strlen(name));
}

void
skeleton_text(struct skeleton *k, struct span s)
{
	add(k, s.p, s.n, false);
}

/* The value s of an attribute, with its references resolved. */
static const char *
take_value(struct skeleton *k, struct span s)
{
	struct buf *b = &k->scratch, valid = { 0 };
	const char *value;

	if (memchr(s.p, '&', s.n) != NULL || memchr(s.p, '\0', s.n) != NULL) {
		buf_clear(b);
		while (s.n > 0) {
			const char *text;
			size_t n = 0, len;
			char room[8];

			if (s.p[0] == '&')
				n = reference_find(s, true, room, &text, &len);
			if (n > 0)
				buf_put(b, text, len);
			else if (n++, s.p[0] != '\0')
				buf_putc(b, s.p[0]);
			s = span_from(s, n);
		}
		s = buf_span(b);
	}
	if (utf8_valid(s))
		return arena_strndup(&k->arena, s.p, s.n);
	utf8_repair(&valid, s);
	value = arena_strndup(&k->arena, valid.p, valid.n);
	buf_free(&valid);
	return value;
}

struct tag_found {
	char		 name[NAME_LEN_MAX + 1];
	size_t		 name_len;
	struct att_value v[ATT_NONE];
	size_t		 n;
	uint32_t	 set;
	bool		 ended;		/* by "/>" */
};

/* The value at s.p[i] after "=", and past it in *next. */
static struct span
value_at(struct span s, size_t i, size_t *next)
{
	size_t start;

	while (i < s.n && ascii_space(s.p[i]))
		i++;
	if (i < s.n && (s.p[i] == '"' || s.p[i] == '\'')) {
		const char *end = memchr(s.p + i + 1, s.p[i], s.n - i - 1);

		if (end != NULL) {
			*next = (size_t)(end - s.p) + 1;
			return span_of(s.p + i + 1,
			    (size_t)(end - s.p) - i - 1);
		}
		/* One that never ends: the rest is none of its value. */
		i++;
	}
	for (start = i; i < s.n && !ascii_space(s.p[i]) && s.p[i] != '>' &&
	    s.p[i] != '<'; i++)
		continue;
	*next = i;
	return span_of(s.p + start, i - start);
}

/* One attribute from s.p[i] on; where it ends. */
static size_t
attribute(struct skeleton *k, struct tag_found *t, struct span s, size_t i)
{
	size_t start = i, end;
	struct span value = { "", 0 };
	enum att a;

	for (i++; i < s.n && !ascii_space(s.p[i]) && s.p[i] != '=' &&
	    s.p[i] != '>' && s.p[i] != '/' && s.p[i] != '<'; i++)
		continue;
	end = i;
	while (i < s.n && ascii_space(s.p[i]))
		i++;
	if (i < s.n && s.p[i] == '=')
		value = value_at(s, i + 1, &i);
	a = att_find(s.p + start, end - start);
	if (a != ATT_NONE && (t->set >> a & 1) == 0) {
		t->set |= 1u << a;
		t->v[t->n++] = (struct att_value){ a, value.n > 0 ?
		    take_value(k, value) : "" };
	}
	return i;
}

/*
 * In small letters.  No element has a dot in its name, and where the parser
 * looks ahead it takes "<p.x>" for another "<p>".
 */
static char
name_byte(char c)
{
	if (c == '.')
		return '_';
	return (char)(c >= 'A' && c <= 'Z' ? c + 32 : c);
}

/* Read the tag whose name starts at s.p[i]; where it ends. */
static size_t
read_tag(struct skeleton *k, struct tag_found *t, struct span s, size_t i,
    bool attributes)
{
	t->name_len = t->n = 0;
	t->set = 0;
	t->ended = false;
	for (; i < s.n && name_char(s.p[i]); i++)
		if (t->name_len < NAME_LEN_MAX)
			t->name[t->name_len++] = name_byte(s.p[i]);
	t->name[t->name_len] = '\0';
	while (i < s.n) {
		if (s.p[i] == '>') {
			t->ended = s.p[i - 1] == '/';
			return i + 1;
		}
		if (s.p[i] == '<')
			return i;
		if (ascii_space(s.p[i]) || s.p[i] == '/' || !attributes)
			i++;
		else
			i = attribute(k, t, s, i);
	}
	return i;
}

/* --- elements whose content is no markup --- */

/* Bits of skeleton.unclosed; what is done with the content. */
enum raw { RAW_SCRIPT, RAW_STYLE, RAW_TEXTAREA, RAW_TITLE, RAW_IFRAME,
	RAW_NOEMBED, RAW_NOFRAMES, RAW_XMP, RAW_PLAINTEXT, RAW_NONE };

static const char *const raw_names[] = { "script", "style", "textarea",
	"title", "iframe", "noembed", "noframes", "xmp", "plaintext" };

static enum raw
raw_of(const struct tag_found *t)
{
	enum raw r;

	if (t->name_len < 3)
		return RAW_NONE;
	for (r = RAW_SCRIPT; r < RAW_NONE; r++)
		if (t->name[0] == raw_names[r][0] &&
		    t->name[2] == raw_names[r][2] &&
		    strcmp(t->name, raw_names[r]) == 0)
			break;
	return r;
}

/* Whether s goes on with name and nothing that belongs to a longer one. */
static bool
is_name(struct span s, const char *name, size_t n)
{
	return s.n >= n && strncasecmp(s.p, name, n) == 0 &&
	    (s.n == n || !name_char(s.p[n]));
}

/*
 * Where "</name" stands in s, SIZE_MAX when nowhere.  With again, the search
 * ends at a "<name" before it and sets *again.
 */
static size_t
find_end(struct span s, const char *name, bool *again)
{
	size_t n = strlen(name), i = 0;
	const char *p;

	while ((p = memchr(s.p + i, '<', s.n - i)) != NULL) {
		i = (size_t)(p - s.p) + 1;
		if (i < s.n && p[1] == '/' &&
		    is_name(span_from(s, i + 1), name, n))
			return i - 1;
		if (again != NULL && is_name(span_from(s, i), name, n)) {
			*again = true;
			return i - 1;
		}
	}
	return SIZE_MAX;
}

/*
 * What was never closed holds nothing: what follows is the page's.  A frame is
 * named all the same.
 */
static size_t
hold_nothing(struct skeleton *k, const struct tag_found *t, enum raw r)
{
	if (r == RAW_IFRAME) {
		put_start(k, t->name, t->name_len, t->v, t->n, false);
		put_end(k, t->name, t->name_len);
	}
	return 0;
}

/*
 * An element of raw text was begun before s: how much of s it takes, up to
 * its end tag.  Without one before the next of its name it is left unclosed.
 * A script takes all then, since it is no text.
 */
static size_t
raw_content(struct skeleton *k, const struct tag_found *t, enum raw r,
    struct span s)
{
	size_t n = SIZE_MAX;
	bool code = r == RAW_SCRIPT || r == RAW_STYLE, again = false;
	bool shown = r == RAW_XMP || r == RAW_PLAINTEXT;

	if (r == RAW_PLAINTEXT)
		n = s.n;
	else if ((k->unclosed >> r & 1) == 0)
		n = find_end(s, t->name, code || shown ? NULL : &again);
	if (n == SIZE_MAX) {
		k->unclosed |= 1u << r;
		if (code && !k->pieces)
			return s.n;
		/* In pieces the end may come later, but of a frame's. */
		again = !code && !shown && (!k->pieces || r == RAW_IFRAME);
		n = 0;
	}
	if (again)
		return hold_nothing(k, t, r);
	if (!code)
		put_start(k, t->name, t->name_len, t->v, t->n, false);
	else if ((k->unclosed >> r & 1) != 0)
		/* Where its content comes later; the parser's own idea of
		 * a script's end is another. */
		put_start(k, "template", 8, NULL, 0, false);
	if (shown)
		add(k, s.p, n, true);
	return n;
}

/* --- documents --- */

static size_t
start_tag(struct skeleton *k, struct span s)
{
	struct tag_found t;
	size_t n = read_tag(k, &t, s, 1, true);
	enum raw r = raw_of(&t);

	if (t.ended && (r == RAW_SCRIPT || r == RAW_STYLE))
		return n;
	if (r != RAW_NONE && !t.ended)
		return n + raw_content(k, &t, r, span_from(s, n));
	put_start(k, t.name, t.name_len, t.v, t.n, t.ended);
	return n;
}

static size_t
end_tag(struct skeleton *k, struct span s)
{
	struct tag_found t;
	size_t n = read_tag(k, &t, s, 2, false);

	if (strcmp(t.name, "br") == 0)
		put_start(k, "br", 2, NULL, 0, false);
	else if (strcmp(t.name, "script") == 0 || strcmp(t.name, "style") == 0) {
		if (k->pieces)
			put_end(k, "template", 8);
	} else
		put_end(k, t.name, t.name_len);
	return n;
}

/* A comment, doctype or instruction at the start of s: its length. */
static size_t
comment(struct span s)
{
	const char *end;
	size_t from = 4;

	if (!span_starts(s, "<!--")) {
		end = memchr(s.p, '>', s.n);
		return end != NULL ? (size_t)(end - s.p) + 1 : s.n;
	}
	if (span_starts(span_from(s, 4), ">"))
		return 5;
	if (span_starts(span_from(s, 4), "->"))
		return 6;
	while ((end = memchr(s.p + from, '>', s.n - from)) != NULL) {
		from = (size_t)(end - s.p) + 1;
		if ((end[-1] == '-' && end[-2] == '-') || (end[-1] == '!' &&
		    end[-2] == '-' && end[-3] == '-'))
			return from;
	}
	return s.n;
}

/* What begins with "<" at the start of s; how much of it was taken. */
static size_t
markup(struct skeleton *k, struct span s)
{
	char c = s.n > 1 ? s.p[1] : '\0';

	if (letter(c))
		return start_tag(k, s);
	if (c == '/' && s.n > 2) {
		if (letter(s.p[2]))
			return end_tag(k, s);
		return s.p[2] == '>' ? 3 : 2;
	}
	if (span_starts(s, "<![CDATA["))
		return 9;
	if (c == '!' || c == '?')
		return comment(s);
	add(k, s.p, 1, true);
	return 1;
}

void
skeleton_html(struct skeleton *k, struct span s)
{
	k->unclosed = 0;
	/* Tags are about half of a document. */
	if (k->nesting.b == NULL)
		(void)buf_reserve(&k->markup, s.n / 2);
	while (s.n > 0 && !k->nesting.unclear) {
		const char *lt = memchr(s.p, '<', s.n);
		size_t n = lt != NULL ? (size_t)(lt - s.p) : s.n;

		if (n > 0)
			add_text(k, span_of(s.p, n));
		s = span_from(s, n);
		if (s.n > 0)
			s = span_from(s, markup(k, s));
	}
}

void
skeleton_close(struct skeleton *k)
{
	end_text(k);
}
