/*
 * Text, links and inline marks.  White space collapses here; what is
 * invisible or would steer a terminal is dropped here.
 */
#include <stdio.h>
#include <unictype.h>

#include "base/uri.h"
#include "base/utf8.h"
#include "base/xalloc.h"
#include "gemtext/builder.h"

/* 0x80 to 0x9F as windows-1252; 0 has no meaning. */
static const uint16_t cp1252[32] = { 0x20ac, 0, 0x201a, 0x192, 0x201e, 0x2026,
	0x2020, 0x2021, 0x2c6, 0x2030, 0x160, 0x2039, 0x152, 0, 0x17d, 0, 0,
	0x2018, 0x2019, 0x201c, 0x201d, 0x2022, 0x2013, 0x2014, 0x2dc, 0x2122,
	0x161, 0x203a, 0x153, 0, 0x17e, 0x178 };

static bool
wide(uint32_t c)
{
	if (c < 0x2e80 || (c >= 0x3130 && c <= 0x318f) ||
	    (c >= 0xa960 && c <= 0xa97f) || (c >= 0xac00 && c <= 0xd7ff) ||
	    (c >= 0x1f000 && c <= 0x1faff))
		return false;
	return utf8_width(c) == 2;
}

void
inline_put(struct build *b, const char *s)
{
	buf_puts(&b->d->text, s);
}

uint32_t
inline_link(struct build *b, const char *url)
{
	struct doc *d = b->d;

	GROW(d->links, d->nlinks, d->links_cap);
	d->links[d->nlinks] = (struct doc_link){ .url = url,
	    .url_len = (uint32_t)strlen(url) };
	return (uint32_t)d->nlinks++;
}

void
inline_mark(struct build *b, enum mark_kind kind, uint32_t link)
{
	struct doc *d = b->d;

	GROW(d->marks, d->nmarks, d->marks_cap);
	d->marks[d->nmarks++] = (struct mark){ .pos = (uint32_t)d->text.n,
	    .link = link, .kind = kind };
}

static bool
room_for_link(struct build *b)
{
	if (b->d->nlinks < BUILD_LINKS_MAX)
		return true;
	b->d->cut = true;
	return false;
}

/* Whether <br> here is but a space. */
static bool
breaks_are_spaces(const struct build *b)
{
	return b->cur.kind == BLOCK_HEADING || b->cur.kind == BLOCK_TERM ||
	    b->nitems > b->item_base;
}

/* Settle what waits before the visible character first. */
void
inline_visible(struct build *b, uint32_t first)
{
	struct buf *t = &b->d->text;

	build_begin(b);
	if (b->pre == 0 && t->n > b->cur.text) {
		if (b->breaks > 0 && breaks_are_spaces(b)) {
			b->space = true;
			b->space_lf = false;
		} else if (b->breaks >= 2 && !(b->ntables > 0 &&
		    b->tables[b->ntables - 1].in_cell)) {
			build_flush(b);
			build_begin(b);
		} else if (b->breaks > 0) {
			buf_putc(t, '\n');
			b->space = false;
		}
		if (b->space && t->n > b->cur.text && t->p[t->n - 1] != '\n' &&
		    t->p[t->n - 1] != ' ' && !(b->space_lf && wide(b->last) &&
		    wide(first)))
			buf_putc(t, ' ');
	}
	b->space = b->space_lf = false;
	b->breaks = 0;
	if (b->linked && b->link_pending) {
		b->link_pending = false;
		b->link_text = (uint32_t)t->n;
		b->link_flushes = b->flushes;
		if (b->link_url != NULL && room_for_link(b)) {
			b->link = inline_link(b, b->link_url);
			inline_mark(b, MARK_OPEN, b->link);
		} else
			b->link_url = NULL;
	}
}

static void
put_pre(struct build *b, const char *p, size_t n)
{
	struct span s = span_of(p, n);

	while (s.n > 0) {
		uint32_t c;
		size_t k = 0;

		while (k < s.n && ((s.p[k] >= ' ' && s.p[k] < 0x7f) ||
		    s.p[k] == '\n' || s.p[k] == '\t'))
			k++;
		if (k > 0) {
			b->pile = 0;
			inline_visible(b, 'x');
			buf_put(&b->d->text, s.p, k);
			s = span_from(s, k);
			continue;
		}
		k = utf8_decode(s, &c);
		s = span_from(s, k);
		if (c >= 0x80 && c < 0xa0)
			c = cp1252[c - 0x80];
		if (c == 0 || utf8_is_dropped(c) || utf8_is_piled(&b->pile, c))
			continue;
		inline_visible(b, c);
		utf8_put(&b->d->text, c);
	}
}

/* Where the visible ASCII from s.p[i] on ends. */
static size_t
word_length(struct span s, size_t i)
{
	while (i < s.n && s.p[i] > ' ' && s.p[i] < 0x7f)
		i++;
	return i;
}

void
build_text(struct build *b, const char *p, size_t n)
{
	struct span s = span_of(p, n);
	struct buf *t = &b->d->text;

	if (b->skip > 0 || b->mute != 0 || n == 0)
		return;
	if (t->n + n > BUILD_TEXT_MAX) {
		b->d->cut = true;
		return;
	}
	if (b->pre > 0) {
		put_pre(b, p, n);
		return;
	}
	while (s.n > 0) {
		size_t k = word_length(s, 0);
		uint32_t c;
		bool ok;

		if (k > 0) {
			b->pile = 0;
			inline_visible(b, (unsigned char)s.p[0]);
			/* Single spaces within a run go along with it. */
			while (k + 1 < s.n && s.p[k] == ' ' &&
			    s.p[k + 1] > ' ' && s.p[k + 1] < 0x7f)
				k = word_length(s, k + 1);
			buf_put(t, s.p, k);
			b->last = (unsigned char)s.p[k - 1];
			s = span_from(s, k);
			continue;
		}
		k = utf8_decode_ok(s, &c, &ok);
		if (utf8_is_space(c)) {
			if (!b->space)
				b->space_lf = false;
			b->space = true;
			b->space_lf = b->space_lf || c == '\n';
			b->pile = 0;
		} else {
			if (c >= 0x80 && c < 0xa0) {
				c = cp1252[c - 0x80];
				ok = false;
			}
			if (c != 0 && !utf8_is_dropped(c) &&
			    !utf8_is_piled(&b->pile, c)) {
				inline_visible(b, c);
				if (ok)
					buf_put(t, s.p, k);
				else
					utf8_put(t, c);
				b->last = c;
			}
		}
		s = span_from(s, k);
	}
}

/* --- links --- */

#define GEMINI_URL_MAX	1024	/* what a request may hold */

/* A parameter that only says where a reader came from. */
static bool
is_tracking(struct span name)
{
	return span_istarts(name, "utm_") || span_ieqs(name, "fbclid");
}

/* Take such parameters out. */
static void
drop_tracking(struct buf *url)
{
	const char *mark = memchr(url->p, '?', url->n);
	struct span rest, fragment = { "", 0 };
	size_t start, n;
	struct buf kept = { 0 };
	bool dropped = false;

	if (mark == NULL)
		return;
	start = (size_t)(mark - url->p);
	rest = span_from(buf_span(url), start + 1);
	if ((mark = memchr(rest.p, '#', rest.n)) != NULL) {
		fragment = span_from(rest, (size_t)(mark - rest.p));
		rest.n -= fragment.n;
	}
	for (; rest.n > 0; rest = span_from(rest, n + 1)) {
		const char *amp = memchr(rest.p, '&', rest.n);
		const char *eq;

		n = amp != NULL ? (size_t)(amp - rest.p) : rest.n;
		eq = memchr(rest.p, '=', n);
		if (eq != NULL && is_tracking(span_of(rest.p,
		    (size_t)(eq - rest.p)))) {
			dropped = true;
			continue;
		}
		if (kept.n > 0)
			buf_putc(&kept, '&');
		buf_put(&kept, rest.p, n);
	}
	if (dropped) {
		struct buf whole = { 0 };

		buf_put(&whole, url->p, start + (kept.n > 0));
		buf_put_span(&whole, buf_span(&kept));
		buf_put_span(&whole, fragment);
		buf_free(url);
		*url = whole;
	}
	buf_free(&kept);
}

const char *
inline_url(struct build *b, const char *ref, bool *internal)
{
	struct buf abs = { 0 };
	struct span s = span_trim(span_str(ref));
	const char *url = NULL;
	char scheme[32];
	size_t self;

	*internal = s.n == 0 || s.p[0] == '#';
	if (*internal)
		return NULL;
	if (uri_resolve(&abs, b->base, s) == 0) {
		self = b->self != NULL ? strlen(b->self) : 0;
		uri_scheme(scheme, sizeof(scheme), buf_span(&abs));
		if (!b->furniture && strncmp(scheme, "http", 4) == 0)
			drop_tracking(&abs);
		if (self > 0 && abs.n > self && abs.p[self] == '#' &&
		    memcmp(abs.p, b->self, self) == 0)
			*internal = true;
		else if (uri_scheme_linkable(scheme) &&
		    (abs.n <= GEMINI_URL_MAX || strcmp(scheme, "gemini") != 0))
			url = arena_strndup(&b->d->arena, abs.p, abs.n);
	}
	buf_free(&abs);
	return url;
}

void
inline_a_start(struct build *b, const struct atts *atts)
{
	const char *href = att_of(atts, ATT_HREF);
	const char *title = att_of(atts, ATT_TITLE);

	if (b->linked)
		inline_a_end(b);
	if (href == NULL)
		return;
	if (title == NULL || title[0] == '\0')
		title = att_of(atts, ATT_ARIA_LABEL);
	b->linked = b->link_pending = true;
	b->link_url = inline_url(b, href, &b->link_internal);
	b->link_title = NULL;
	if (title != NULL && title[0] != '\0') {
		struct buf line = { 0 };

		utf8_line(&line, span_str(title));
		b->link_title = arena_strdup(&b->d->arena, buf_cstr(&line));
		buf_free(&line);
	}
	b->link_images = 0;
	b->link_alt = NULL;
}

/* The value of a digit, raised or not; -1 for anything else. */
static int
digit_value(uint32_t c)
{
	if (c >= '0' && c <= '9')
		return (int)(c - '0');
	if (c == 0xb9)
		return 1;
	if (c == 0xb2 || c == 0xb3)
		return (int)(c - 0xb0);
	if (c == 0x2070 || (c >= 0x2074 && c <= 0x2079))
		return (int)(c - 0x2070);
	return -1;
}

/* A link within the document: a footnote's number, or ornament. */
static void
internal_end(struct build *b)
{
	struct buf *t = &b->d->text;
	bool digits = true, words = false;
	char mark[16] = "[";
	size_t n = 1;
	struct span s;

	if (b->link_flushes != b->flushes || !b->in_block || b->pre > 0)
		return;
	s = span_of(t->p + b->link_text, t->n - b->link_text);
	for (size_t i = 0; i < s.n; ) {
		uint32_t c;
		int digit;

		i += utf8_decode(span_from(s, i), &c);
		digit = digit_value(c);
		digits = digits && digit >= 0 && n < sizeof(mark) - 2;
		words = words || digit >= 0 || uc_is_alnum(c);
		if (digits)
			mark[n++] = (char)('0' + digit);
		else if (words)
			break;
	}
	if (s.n == 0)
		return;
	if (digits) {
		mark[n++] = ']';
		mark[n] = '\0';
		buf_truncate(t, b->link_text);
		buf_puts(t, mark);
	} else if (!words) {
		buf_truncate(t, b->link_text);
		if (t->n > b->cur.text && t->p[t->n - 1] == ' ') {
			buf_truncate(t, t->n - 1);
			b->space = true;
		}
	}
}

/* A link's line is due after the block that is open, or was last. */
static void
mark_after(struct build *b, uint32_t link)
{
	struct doc *d = b->d;
	struct block *k;

	if (!b->in_block && d->nblocks > 0) {
		k = &d->blocks[d->nblocks - 1];
		if (k->mark_end == d->nmarks) {
			inline_mark(b, MARK_AFTER, link);
			d->marks[d->nmarks - 1].pos = k->text_end;
			k->mark_end++;
			return;
		}
	}
	build_begin(b);
	inline_mark(b, MARK_AFTER, link);
}

void
inline_a_end(struct build *b)
{
	struct doc_link *l;

	if (!b->linked)
		return;
	b->linked = false;
	if (b->link_internal) {
		if (!b->link_pending)
			internal_end(b);
		b->link_internal = false;
		return;
	}
	if (b->link_url == NULL)
		return;
	if (!b->link_pending) {
		l = &b->d->links[b->link];
		if (b->link_flushes == b->flushes && b->in_block) {
			l->whole = true;
			l->text = b->link_text;
			l->text_end = (uint32_t)b->d->text.n;
			if (l->text_end <= l->text)
				l->label = b->link_alt != NULL ? b->link_alt :
				    b->link_title;
			inline_mark(b, MARK_CLOSE, b->link);
		} else
			mark_after(b, b->link);
	} else if ((b->link_images > 0 && b->link_image == 0) ||
	    (b->link_images == 0 && b->link_title != NULL)) {
		if (!room_for_link(b))
			return;
		b->link = inline_link(b, b->link_url);
		l = &b->d->links[b->link];
		l->label = b->link_alt != NULL ? b->link_alt :
		    b->link_title != NULL ? b->link_title : "";
		if (b->in_block || b->link_images == 0)
			build_begin(b), inline_mark(b, MARK_AFTER, b->link);
		else
			mark_after(b, b->link);
	}
}

/* --- marks around words --- */

static const char *const open_marks[TAG_VIDEO + 1] = {
	[TAG_CODE] = "`", [TAG_DEL] = "~~", [TAG_Q] = "\u201c",
	[TAG_SUP] = "^", [TAG_SUB] = "_", [TAG_RT] = "("
};

void
inline_open(struct build *b, struct open *o)
{
	if (b->pre > 0 || b->marks_open[o->tag] != 0)
		return;
	inline_visible(b, 'x');
	o->flag = 1;
	b->marks_open[o->tag] = 1;
	o->a = (uint32_t)b->d->text.n;
	o->b = b->flushes;
	inline_put(b, open_marks[o->tag]);
	b->last = 'x';
}

/* Replace the text from pos on, whose first skip bytes were a mark. */
static void
replace(struct build *b, uint32_t pos, uint32_t skip, const char *with)
{
	struct doc *d = b->d;
	uint32_t end = (uint32_t)d->text.n, now;

	if (with != NULL) {
		buf_truncate(&d->text, pos);
		buf_puts(&d->text, with);
	} else {
		memmove(d->text.p + pos, d->text.p + pos + skip,
		    end - pos - skip);
		buf_truncate(&d->text, end - skip);
	}
	now = (uint32_t)d->text.n;
	for (size_t i = d->nmarks; i > b->cur.mark &&
	    d->marks[i - 1].pos > pos; i--) {
		struct mark *m = &d->marks[i - 1];
		struct doc_link *l = &d->links[m->link];

		if (with == NULL)
			m->pos -= skip;
		else
			m->pos = m->kind == MARK_OPEN ? pos : now;
		if (m->kind == MARK_OPEN)
			l->text = m->pos;
		else if (m->kind == MARK_CLOSE)
			l->text_end = m->pos;
	}
	if (b->linked && !b->link_pending && b->link_flushes == b->flushes &&
	    b->link_text > pos)
		b->link_text = with == NULL ? b->link_text - skip : pos;
}

/* s in Unicode's raised or lowered characters, or false. */
static bool
raised(struct buf *out, struct span s, bool up)
{
	static const char *const sup[] = { "⁰", "¹", "²", "³", "⁴", "⁵", "⁶",
		"⁷", "⁸", "⁹", "⁺", "⁻", "⁼", "⁽", "⁾", "ⁿ" };
	static const char *const sub[] = { "₀", "₁", "₂", "₃", "₄", "₅", "₆",
		"₇", "₈", "₉", "₊", "₋", "₌", "₍", "₎" };
	static const char from[] = "0123456789+-=()n";

	for (size_t i = 0; i < s.n; i++) {
		const char *p = s.p[i] != '\0' ? strchr(from, s.p[i]) : NULL;

		if (p == NULL || (!up && *p == 'n'))
			return false;
		buf_puts(out, up ? sup[p - from] : sub[p - from]);
	}
	return s.n > 0;
}

static void
script_close(struct build *b, const struct open *o)
{
	static const char *const plain[] = { "st", "nd", "rd", "th", "e", "er",
		"re", "o", "a", "TM", "®" };
	struct buf with = { 0 };
	struct span s = span_of(b->d->text.p + o->a + 1,
	    b->d->text.n - o->a - 1);
	bool as_is = s.n > 1 && s.p[0] == '[' && s.p[s.n - 1] == ']';

	for (size_t i = 0; o->tag == TAG_SUP && i < sizeof(plain) /
	    sizeof(plain[0]); i++)
		as_is = as_is || span_eqs(s, plain[i]);
	if (as_is)
		replace(b, o->a, 1, NULL);
	else if (s.n <= 64 && raised(&with, s, o->tag == TAG_SUP))
		replace(b, o->a, 1, buf_cstr(&with));
	else if (memchr(s.p, ' ', s.n) != NULL) {
		buf_clear(&with);
		buf_putc(&with, o->tag == TAG_SUP ? '^' : '_');
		buf_putc(&with, '(');
		buf_put_span(&with, s);
		buf_putc(&with, ')');
		replace(b, o->a, 1, buf_cstr(&with));
	}
	buf_free(&with);
}

void
inline_close(struct build *b, const struct open *o)
{
	struct buf *t = &b->d->text;
	static const char *const close_marks[TAG_VIDEO + 1] = {
		[TAG_CODE] = "`", [TAG_DEL] = "~~", [TAG_Q] = "\u201d",
		[TAG_RT] = ")" };
	static const uint8_t size[TAG_VIDEO + 1] = { [TAG_CODE] = 1,
		[TAG_DEL] = 2, [TAG_Q] = 3, [TAG_SUP] = 1, [TAG_SUB] = 1,
		[TAG_RT] = 1 };
	uint32_t in;

	if (o->flag == 0)
		return;
	b->marks_open[o->tag] = 0;
	if (o->b != b->flushes || !b->in_block) {
		struct block *k = b->d->nblocks > 0 ?
		    &b->d->blocks[b->d->nblocks - 1] : NULL;

		if (close_marks[o->tag] == NULL)
			return;
		if (b->in_block)
			inline_put(b, close_marks[o->tag]);
		else if (k != NULL && k->text_end > k->text && t->n > 0 &&
		    k->text_end < t->n && k->mark_end == b->d->nmarks) {
			buf_truncate(t, k->text_end);
			inline_put(b, close_marks[o->tag]);
			k->text_end = (uint32_t)t->n;
			buf_putc(t, '\n');
		}
		return;
	}
	/* what was put there may have gone with what stood before it */
	if (t->n < o->a + size[o->tag] || memcmp(t->p + o->a,
	    open_marks[o->tag], size[o->tag]) != 0)
		return;
	in = o->a + size[o->tag];
	if (t->n == in) {
		bool trailing;

		buf_truncate(t, o->a);
		trailing = t->n > b->cur.text && t->p[t->n - 1] == ' ';
		if (trailing) {
			buf_truncate(t, t->n - 1);
			b->space = true;
		}
		for (size_t i = b->d->nmarks; i > b->cur.mark &&
		    b->d->marks[i - 1].pos > t->n; i--)
			b->d->marks[i - 1].pos = (uint32_t)t->n;
		if (b->linked && b->link_text > t->n)
			b->link_text = (uint32_t)t->n;
	} else if (o->tag == TAG_SUP || o->tag == TAG_SUB)
		script_close(b, o);
	else if (o->tag == TAG_CODE && (memchr(t->p + in, '`', t->n - in) !=
	    NULL || memchr(t->p + in, '\n', t->n - in) != NULL))
		replace(b, o->a, 1, NULL);
	else
		inline_put(b, close_marks[o->tag]);
	b->last = 'x';
}

/* --- formulas --- */

void
inline_math_start(struct build *b, const struct atts *atts)
{
	const char *alt = att_of(atts, ATT_ALTTEXT);

	b->math_done = false;
	if (alt != NULL && alt[0] != '\0') {
		inline_visible(b, '$');
		inline_put(b, "$");
		build_text(b, alt, strlen(alt));
		inline_put(b, "$");
		b->space = false;
		b->mute = b->depth;
		return;
	}
	inline_visible(b, '$');
	b->math_text = (uint32_t)b->d->text.n;
	b->math_flushes = b->flushes;
	b->math_done = true;
}

/* Whether what the formula has so far holds the start of something open. */
static bool
math_is_open(const struct build *b)
{
	for (uint32_t i = 0; i < b->depth; i++) {
		const struct open *o = &b->stack[i];

		if ((o->tag == TAG_CODE || o->tag == TAG_DEL ||
		    o->tag == TAG_Q || o->tag == TAG_SUP ||
		    o->tag == TAG_SUB || o->tag == TAG_RT) && o->flag != 0 &&
		    o->b == b->flushes && o->a >= b->math_text)
			return true;
	}
	return b->linked && b->link_text > b->math_text;
}

void
inline_annotation_start(struct build *b, const struct atts *atts)
{
	const char *type = att_of(atts, ATT_ENCODING);
	struct doc *d = b->d;

	if (type == NULL || strcasecmp(type, "application/x-tex") != 0 ||
	    !b->math_done || b->math_flushes != b->flushes || !b->in_block ||
	    math_is_open(b)) {
		b->mute = b->depth;
		return;
	}
	while (d->nmarks > b->cur.mark &&
	    d->marks[d->nmarks - 1].pos > b->math_text)
		d->nmarks--;
	buf_truncate(&d->text, b->math_text);
	b->space = false;
	inline_put(b, "$");
	b->stack[b->depth - 1].flag = 1;
}

void
inline_annotation_end(struct build *b)
{
	if (b->depth > 0 && b->stack[b->depth - 1].flag != 0) {
		inline_put(b, "$");
		b->space = false;
		b->math_done = false;
	}
}
