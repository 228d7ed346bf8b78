/*
 * Text within blocks: white space, links, and the marks that gemtext has
 * words for.
 */
#include <stdio.h>
#include <stdlib.h>

#include "base/uri.h"
#include "base/utf8.h"
#include "base/xalloc.h"
#include "gemtext/builder.h"

/* --- text --- */

/* East Asian wide or fullwidth, neither Hangul nor emoji. */
static bool
joins(uint32_t c)
{
	if (c < 0x1100 || (c >= 0x1100 && c <= 0x11ff) ||
	    (c >= 0xac00 && c <= 0xd7ff) || (c >= 0x3130 && c <= 0x318f) ||
	    (c >= 0xa960 && c <= 0xa97f) || (c >= 0x1f000 && c <= 0x1faff) ||
	    (c >= 0x2300 && c <= 0x2bff))
		return false;
	return utf8_width(c) == 2;
}

static bool
breaks_lines(const struct build *b)
{
	return b->cur.kind == BLOCK_PARA || b->cur.kind == BLOCK_TERM;
}

static bool
block_empty(const struct build *b)
{
	return b->d->text.n == b->cur.text;
}

void
inline_put(struct build *b, const char *s)
{
	build_begin(b);
	buf_puts(&b->d->text, s);
	b->last = (unsigned char)s[strlen(s) - 1];
}

/* White space and breaks before a character that shows, and the mark of a
 * link that begins here. */
void
inline_visible(struct build *b, uint32_t first)
{
	struct buf *text = &b->d->text;

	if (b->breaks > 1 && b->in_block && breaks_lines(b) &&
	    !block_empty(b) && !(b->ntables > 0 &&
	    b->tables[b->ntables - 1].in_cell))
		build_flush(b);
	build_begin(b);
	if (!block_empty(b) && b->last != '\n' && b->last != ' ') {
		if (b->breaks > 0 && breaks_lines(b))
			buf_putc(text, '\n');
		else if ((b->space || b->breaks > 0) &&
		    !(b->space_lf && joins(b->last) && joins(first)))
			buf_putc(text, ' ');
	}
	b->breaks = 0;
	b->space = b->space_lf = false;
	if (b->link_pending) {
		b->link_pending = false;
		b->link_text = (uint32_t)text->n;
		b->link_flushes = b->flushes;
		b->link_mark = (uint32_t)b->d->nmarks;
		if (b->link_url != NULL)
			inline_mark(b, MARK_OPEN, b->link);
	}
}

static uint32_t
from_windows_1252(uint32_t c)
{
	static const uint16_t table[32] = {
		0x20ac, 0, 0x201a, 0x0192, 0x201e, 0x2026, 0x2020, 0x2021,
		0x02c6, 0x2030, 0x0160, 0x2039, 0x0152, 0, 0x017d, 0,
		0, 0x2018, 0x2019, 0x201c, 0x201d, 0x2022, 0x2013, 0x2014,
		0x02dc, 0x2122, 0x0161, 0x203a, 0x0153, 0, 0x017e, 0x0178,
	};

	return table[c - 0x80];
}

static void
text_pre(struct build *b, struct span s)
{
	struct buf *text = &b->d->text;
	uint32_t c;

	build_begin(b);
	if (b->link_pending)
		inline_visible(b, 'x');
	while (s.n > 0) {
		size_t n = utf8_decode(s, &c);

		if (c >= 0x80 && c <= 0x9f)
			c = from_windows_1252(c);
		if (c != 0 && c != '\r' && !utf8_is_dropped(c))
			utf8_put(text, c == 0x2028 || c == 0x2029 ? '\n' : c);
		s = span_from(s, n);
	}
}

static bool
plain_ascii(char c)
{
	return c > ' ' && c < 0x7f;
}

void
build_text(struct build *b, const char *p, size_t n)
{
	struct span s = span_of(p, n);
	uint32_t c;

	if (b->skip > 0 || b->mute != 0)
		return;
	if (b->d->text.n > BUILD_TEXT_MAX) {
		b->d->cut = true;
		return;
	}
	if (b->pre > 0) {
		text_pre(b, s);
		return;
	}
	while (s.n > 0) {
		size_t run = 0, len;

		while (run < s.n && plain_ascii(s.p[run]))
			run++;
		if (run > 0) {
			inline_visible(b, (unsigned char)s.p[0]);
			buf_put(&b->d->text, s.p, run);
			b->last = (unsigned char)s.p[run - 1];
			s = span_from(s, run);
			continue;
		}
		len = utf8_decode(s, &c);
		if (c >= 0x80 && c <= 0x9f)
			c = from_windows_1252(c);
		if (c == 0) {
			s = span_from(s, len);
			continue;
		}
		if (utf8_is_space(c)) {
			b->space = true;
			b->space_lf = b->space_lf || c == '\n';
		} else if (!utf8_is_dropped(c)) {
			inline_visible(b, c);
			utf8_put(&b->d->text, c);
			b->last = c;
		}
		s = span_from(s, len);
	}
}

/* --- links --- */

uint32_t
inline_link(struct build *b, const char *url)
{
	struct doc *d = b->d;

	GROW(d->links, d->nlinks, d->links_cap);
	d->links[d->nlinks] = (struct link){ .url = url,
	    .url_len = url != NULL ? (uint32_t)strlen(url) : 0 };
	return (uint32_t)d->nlinks++;
}

void
inline_mark(struct build *b, enum mark_kind kind, uint32_t link)
{
	struct doc *d = b->d;

	GROW(d->marks, d->nmarks, d->marks_cap);
	d->marks[d->nmarks++] = (struct mark){ (uint32_t)d->text.n, link,
	    kind };
}

const char *
inline_url(struct build *b, const char *ref, bool *internal)
{
	struct buf abs = { 0 };
	const char *url = NULL, *hash, *r = ref;
	char scheme[16];
	size_t n;

	while (*r != '\0' && (unsigned char)*r <= ' ')
		r++;
	*internal = *r == '\0' || *r == '#';
	if (*internal)
		return NULL;
	uri_scheme(scheme, sizeof(scheme), span_str(ref));
	if ((scheme[0] != '\0' && !uri_scheme_linkable(scheme)) ||
	    uri_resolve(&abs, b->base, span_str(ref)) != 0)
		goto done;
	uri_scheme(scheme, sizeof(scheme), buf_span(&abs));
	if (!uri_scheme_linkable(scheme))
		goto done;
	if (strcmp(scheme, "gemini") == 0 && abs.n > 1024)
		goto done;
	hash = memchr(abs.p, '#', abs.n);
	n = hash != NULL ? (size_t)(hash - abs.p) : abs.n;
	if (hash != NULL && b->self != NULL && strlen(b->self) == n &&
	    memcmp(b->self, abs.p, n) == 0)
		*internal = true;
	else if (b->d->nlinks < BUILD_LINKS_MAX)
		url = arena_strndup(&b->d->arena, abs.p, abs.n);
	else
		b->d->cut = true;
done:
	buf_free(&abs);
	return url;
}

void
inline_a_start(struct build *b, const char *const *atts)
{
	const char *href = att(atts, "href");
	struct buf title = { 0 };

	if (b->linked)
		inline_a_end(b);
	if (href == NULL)
		return;
	b->linked = b->link_pending = true;
	b->link_url = inline_url(b, href, &b->link_internal);
	/* Of a heading that links to its own page the words are enough. */
	if (b->heading > 0 && b->link_url != NULL && b->self != NULL &&
	    strcmp(b->link_url, b->self) == 0)
		b->link_url = NULL;
	b->link_title = NULL;
	if (b->link_url != NULL) {
		const char *t = att(atts, "title");

		if (t == NULL || t[0] == '\0')
			t = att(atts, "aria-label");
		if (t != NULL)
			utf8_line(&title, span_str(t));
		if (title.n > 0)
			b->link_title = arena_strndup(&b->d->arena, title.p,
			    title.n);
		b->link = inline_link(b, b->link_url);
	}
	b->link_images = 0;
	b->link_alt = NULL;
	b->link_flushes = b->flushes;
	buf_free(&title);
}

static bool
has_word(struct span s)
{
	uint32_t c;

	while (s.n > 0) {
		s = span_from(s, utf8_decode(s, &c));
		if ((c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') ||
		    (c >= 'A' && c <= 'Z') || (c >= 0xaa && c < 0x2000 &&
		    c != 0xab && c != 0xac && c != 0xae && c != 0xaf &&
		    c != 0xb0 && c != 0xb1 && c != 0xb4 && c != 0xb6 &&
		    c != 0xb7 && c != 0xb8 && c != 0xbb && c != 0xbf &&
		    c != 0xd7 && c != 0xf7) || (c >= 0x2c00 && c < 0x2e00) ||
		    (c >= 0x3040 && c < 0xd800) || (c >= 0xf900 && c < 0xfe00) ||
		    (c >= 0xff10 && c < 0xfff0) || (c >= 0x10000 && c < 0x1f000) ||
		    c >= 0x20000)
			return true;
	}
	return false;
}

static bool
all_digits(struct span s)
{
	for (size_t i = 0; i < s.n; i++)
		if (s.p[i] < '0' || s.p[i] > '9')
			return false;
	return s.n > 0;
}

/* Replace the bytes from..end of the block's text; marks follow. */
static void
replace(struct build *b, uint32_t from, uint32_t end, struct span with,
    bool own_link_stays)
{
	struct doc *d = b->d;
	struct buf tail = { 0 };
	int64_t delta = (int64_t)with.n - (int64_t)(end - from);

	buf_put(&tail, d->text.p + end, d->text.n - end);
	buf_truncate(&d->text, from);
	buf_put_span(&d->text, with);
	buf_put_span(&d->text, buf_span(&tail));
	buf_free(&tail);
	for (size_t i = d->nmarks; i > b->cur.mark; i--) {
		struct mark *m = &d->marks[i - 1];
		struct link *l = &d->links[m->link];

		if (m->pos < from)
			break;
		if (own_link_stays && b->linked && !b->link_pending &&
		    i - 1 == b->link_mark && m->pos <= from)
			continue;
		if (m->pos >= end)
			m->pos = (uint32_t)(m->pos + delta);
		else
			m->pos = from;
		if (m->kind == MARK_CLOSE && l->whole) {
			if (l->text >= end)
				l->text = (uint32_t)(l->text + delta);
			l->text_end = m->pos;
		}
	}
}

static void
internal_end(struct build *b)
{
	struct span s = span_of(b->d->text.p + b->link_text,
	    b->d->text.n - b->link_text);

	if (b->link_pending || b->link_flushes != b->flushes || b->pre > 0)
		return;
	if (all_digits(s)) {
		char mark[32];

		if (s.n > 8)
			return;
		snprintf(mark, sizeof(mark), "[%.*s]", (int)s.n, s.p);
		buf_truncate(&b->d->text, b->link_text);
		inline_put(b, mark);
	} else if (!has_word(s)) {
		buf_truncate(&b->d->text, b->link_text);
		b->last = (unsigned char)b->d->text.p[b->d->text.n - 1];
		if (b->last >= 0x80)
			b->last = 'x';
	}
}

static bool
is_picture(const char *url)
{
	static const char *const ends[] = { ".jpg", ".jpeg", ".png", ".gif",
	    ".webp", ".avif", ".svg", ".bmp" };
	struct uri u;

	uri_split(&u, span_str(url));
	for (size_t i = 0; i < sizeof(ends) / sizeof(ends[0]); i++) {
		size_t n = strlen(ends[i]);

		if (u.path.n > n && strncasecmp(u.path.p + u.path.n - n,
		    ends[i], n) == 0)
			return true;
	}
	return false;
}

/* The line of a link that spans blocks, or has no text, comes after. */
static void
mark_after(struct build *b)
{
	struct doc *d = b->d;
	struct block *last;

	if (!b->in_block && d->nblocks > 0) {
		last = &d->blocks[d->nblocks - 1];
		if (last->mark_end == d->nmarks && !last->dead) {
			inline_mark(b, MARK_AFTER, b->link);
			d->marks[d->nmarks - 1].pos = last->text_end;
			last->mark_end = (uint32_t)d->nmarks;
			return;
		}
	}
	build_begin(b);
	inline_mark(b, MARK_AFTER, b->link);
}

void
inline_a_end(struct build *b)
{
	struct doc *d = b->d;
	struct link *l;
	bool empty;

	if (!b->linked)
		return;
	b->linked = false;
	if (b->link_internal || b->link_url == NULL) {
		if (b->link_internal)
			internal_end(b);
		b->link_pending = false;
		return;
	}
	l = &d->links[b->link];
	empty = b->link_pending || (b->link_flushes == b->flushes &&
	    d->text.n == b->link_text && l->text_end <= l->text);
	if (empty && b->link_images > 0) {
		if (is_picture(l->url)) {
			d->links[b->link_image].url = l->url;
			d->links[b->link_image].url_len = l->url_len;
			l->url = NULL;
		} else
			l->label = b->link_alt != NULL ? b->link_alt :
			    b->link_title;
	} else if (empty && b->link_title != NULL)
		l->label = b->link_title;
	else if (empty)
		l->url = NULL;
	if (b->link_pending) {
		b->link_pending = false;
		if (l->url != NULL)
			mark_after(b);
		return;
	}
	if (!empty && b->link_images > 0 && is_picture(l->url))
		d->links[b->link_image].url = NULL;
	if (b->link_flushes == b->flushes && b->in_block) {
		l->whole = true;
		l->text = b->link_text;
		l->text_end = (uint32_t)d->text.n;
		inline_mark(b, MARK_CLOSE, b->link);
	} else
		mark_after(b);
}

/* --- marks around a range --- */

void
inline_open(struct build *b, struct open *o)
{
	o->flag = b->pre == 0 && b->marks_open[o->tag] == 0;
	o->a = (uint32_t)b->d->text.n;
	o->b = b->flushes;
	b->marks_open[o->tag] = (uint8_t)(b->marks_open[o->tag] + o->flag);
}

static bool
raise_char(struct buf *out, char c, bool up)
{
	static const char *const sups[] = { "⁰", "¹", "²", "³", "⁴", "⁵", "⁶",
	    "⁷", "⁸", "⁹", "⁺", "⁻", "⁼", "⁽", "⁾", "ⁿ" };
	static const char *const subs[] = { "₀", "₁", "₂", "₃", "₄", "₅", "₆",
	    "₇", "₈", "₉", "₊", "₋", "₌", "₍", "₎" };
	static const char chars[] = "0123456789+-=()n";
	const char *at = c != '\0' ? strchr(chars, c) : NULL;

	if (at == NULL || (!up && c == 'n'))
		return false;
	buf_puts(out, up ? sups[at - chars] : subs[at - chars]);
	return true;
}

static void
put_script(struct buf *out, struct span s, bool up)
{
	static const char *const plain[] = { "st", "nd", "rd", "th", "e", "er",
	    "re", "o", "a", "TM", "®" };
	size_t i;

	if (s.p[0] == '[' && s.p[s.n - 1] == ']') {
		buf_put_span(out, s);
		return;
	}
	for (i = 0; up && i < sizeof(plain) / sizeof(plain[0]); i++)
		if (span_eqs(s, plain[i])) {
			buf_put_span(out, s);
			return;
		}
	for (i = 0; i < s.n && raise_char(out, s.p[i], up); i++)
		continue;
	if (i == s.n)
		return;
	buf_clear(out);
	buf_putc(out, up ? '^' : '_');
	if (memchr(s.p, ' ', s.n) != NULL) {
		buf_putc(out, '(');
		buf_put_span(out, s);
		buf_putc(out, ')');
	} else
		buf_put_span(out, s);
}

static void
mark_range(struct build *b, uint32_t from, enum tag tag)
{
	struct span s = span_of(b->d->text.p + from, b->d->text.n - from);
	struct buf own = { 0 };
	const char *before = NULL, *after = NULL;

	switch (tag) {
	case TAG_CODE:
		if (memchr(s.p, '`', s.n) == NULL &&
		    memchr(s.p, '\n', s.n) == NULL)
			before = after = "`";
		break;
	case TAG_DEL:
		before = after = "~~";
		break;
	case TAG_Q:
		before = "“";
		after = "”";
		break;
	case TAG_RT:
		before = "(";
		after = ")";
		break;
	default:
		put_script(&own, s, tag == TAG_SUP);
		if (!span_eq(buf_span(&own), s))
			replace(b, from, from + (uint32_t)s.n, buf_span(&own),
			    true);
		break;
	}
	if (before != NULL) {
		replace(b, from, from, span_str(before), true);
		buf_puts(&b->d->text, after);
	}
	b->last = (unsigned char)b->d->text.p[b->d->text.n - 1];
	if (b->last >= 0x80)
		b->last = 'x';
	buf_free(&own);
}

void
inline_close(struct build *b, const struct open *o)
{
	uint32_t from = o->a;

	b->marks_open[o->tag] = (uint8_t)(b->marks_open[o->tag] - o->flag);
	if (o->flag == 0 || !b->in_block || o->b != b->flushes)
		return;
	if (from < b->cur.text)
		from = b->cur.text;
	while (from < b->d->text.n && (b->d->text.p[from] == ' ' ||
	    b->d->text.p[from] == '\n'))
		from++;
	if (from < b->d->text.n)
		mark_range(b, from, (enum tag)o->tag);
}

/* --- mathematics --- */

void
inline_math_start(struct build *b, const char *const *atts)
{
	const char *alt = att(atts, "alttext");

	b->math_text = (uint32_t)b->d->text.n;
	b->math_flushes = b->flushes;
	if (alt == NULL || alt[0] == '\0')
		return;
	build_text(b, "$", 1);
	build_text(b, alt, strlen(alt));
	b->space = false;
	inline_put(b, "$");
	b->mute = b->depth;
}

void
inline_annotation_start(struct build *b, const char *const *atts)
{
	const char *encoding = att(atts, "encoding");

	if (encoding == NULL || strcasestr(encoding, "tex") == NULL ||
	    b->math_flushes != b->flushes || !b->in_block) {
		b->mute = b->depth;
		return;
	}
	if (b->math_text < b->cur.text)
		b->math_text = b->cur.text;
	while (b->math_text < b->d->text.n &&
	    b->d->text.p[b->math_text] == ' ')
		b->math_text++;
	buf_truncate(&b->d->text, b->math_text);
	b->space = false;
	inline_put(b, "$");
	b->math_done = true;
}

void
inline_annotation_end(struct build *b)
{
	if (!b->math_done)
		return;
	b->math_done = false;
	b->space = false;
	if (b->in_block)
		inline_put(b, "$");
}
