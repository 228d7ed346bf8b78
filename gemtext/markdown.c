/*
 * Markdown by md4c, whose events go into the skeleton of the document like
 * HTML's tags: an element may begin in one piece of HTML and end in another.
 */
#include <md4c.h>
#include <stdio.h>

#include "base/utf8.h"
#include "gemtext/builder.h"
#include "gemtext/input.h"
#include "gemtext/skeleton.h"

#define EVENTS_PER_BYTE	8
#define EVENTS_MIN	100000
/* Bytes of text and addresses: a link's definition is written each time. */
#define GROWTH_MAX	((size_t)16 << 20)

enum element { EL_A, EL_BLOCKQUOTE, EL_BR, EL_CODE, EL_DEL, EL_H1, EL_H2,
	EL_H3, EL_H4, EL_H5, EL_H6, EL_HR, EL_IMG, EL_INPUT, EL_LI, EL_OL,
	EL_P, EL_PRE, EL_TABLE, EL_TBODY, EL_TD, EL_TH, EL_THEAD, EL_TR,
	EL_UL, EL_NONE };

static const char *const names[] = { "a", "blockquote", "br", "code", "del",
	"h1", "h2", "h3", "h4", "h5", "h6", "hr", "img", "input", "li", "ol",
	"p", "pre", "table", "tbody", "td", "th", "thead", "tr", "ul" };

struct md {
	struct skeleton	*k;
	size_t		 events;	/* still allowed */
	size_t		 room;		/* bytes, likewise */
	bool		 over;		/* one of them is spent */
	unsigned	 image;		/* depth: only text, for alt */
	struct buf	 raw;		/* HTML that is at hand */
	struct buf	 href, title, alt;
};

static int
spent(struct md *m, size_t bytes)
{
	if (m->k->nesting.unclear)
		return -1;
	if (m->events == 0 || bytes > m->room) {
		m->over = true;
		return -1;
	}
	m->events--;
	m->room -= bytes;
	return 0;
}

/* --- where events go --- */

/* The HTML so far, now that something else follows. */
static void
put_raw(struct md *m)
{
	char *own;

	if (m->raw.n == 0)
		return;
	own = arena_strndup(&m->k->arena, m->raw.p, m->raw.n);
	skeleton_html(m->k, span_of(own, m->raw.n));
	buf_clear(&m->raw);
}

static void
start(struct md *m, enum element e, const struct att_value *v, size_t n)
{
	put_raw(m);
	skeleton_start(m->k, names[e], v, n);
}

static void
end(struct md *m, enum element e)
{
	put_raw(m);
	skeleton_end(m->k, names[e]);
}

static void
words(struct md *m, const char *p, size_t n)
{
	if (m->image > 0) {
		buf_put(&m->alt, p, n);
		return;
	}
	put_raw(m);
	skeleton_text(m->k, span_of(p, n));
}

/* --- values --- */

static void
put_entity(struct buf *out, struct span s)
{
	const char *text;
	char room[8];
	size_t len;

	if (reference_find(s, false, room, &text, &len) == s.n)
		buf_put(out, text, len);
	else
		buf_put_span(out, s);
}

/* Add the attribute unless it is empty. */
static size_t
take(struct buf *own, struct att_value *v, size_t n, enum att which,
    const MD_ATTRIBUTE *a)
{
	buf_clear(own);
	for (unsigned i = 0; a->size > 0 && a->substr_offsets[i] < a->size;
	    i++) {
		struct span s = span_of(a->text + a->substr_offsets[i],
		    a->substr_offsets[i + 1] - a->substr_offsets[i]);

		if (a->substr_types[i] == MD_TEXT_ENTITY)
			put_entity(own, s);
		else if (a->substr_types[i] != MD_TEXT_NULLCHAR)
			buf_put_span(own, s);
	}
	if (own->n == 0)
		return n;
	v[n] = (struct att_value){ which, buf_cstr(own) };
	return n + 1;
}

/* --- events --- */

static enum element
element_of(MD_BLOCKTYPE t, void *detail)
{
	static const uint8_t plain[] = { [MD_BLOCK_DOC] = EL_NONE,
		[MD_BLOCK_QUOTE] = EL_BLOCKQUOTE, [MD_BLOCK_UL] = EL_UL,
		[MD_BLOCK_OL] = EL_OL, [MD_BLOCK_LI] = EL_LI,
		[MD_BLOCK_HR] = EL_HR, [MD_BLOCK_H] = EL_H1,
		[MD_BLOCK_CODE] = EL_PRE, [MD_BLOCK_HTML] = EL_NONE,
		[MD_BLOCK_P] = EL_P, [MD_BLOCK_TABLE] = EL_TABLE,
		[MD_BLOCK_THEAD] = EL_THEAD, [MD_BLOCK_TBODY] = EL_TBODY,
		[MD_BLOCK_TR] = EL_TR, [MD_BLOCK_TH] = EL_TH,
		[MD_BLOCK_TD] = EL_TD };

	if (t == MD_BLOCK_H)
		return EL_H1 + ((MD_BLOCK_H_DETAIL *)detail)->level - 1;
	return plain[t];
}

static void
task_mark(struct md *m, const MD_BLOCK_LI_DETAIL *li)
{
	struct att_value v[2] = { { ATT_TYPE, "checkbox" },
		{ ATT_CHECKED, "" } };

	if (li->is_task)
		start(m, EL_INPUT, v, li->task_mark == ' ' ? 1 : 2);
}

static int
enter_block(MD_BLOCKTYPE t, void *detail, void *arg)
{
	struct md *m = arg;
	enum element e = element_of(t, detail);
	struct att_value v[1] = { { ATT_NONE, NULL } };
	char number[16];
	size_t n = 0;

	if (e == EL_HR)
		start(m, e, NULL, 0);
	else if (e != EL_NONE) {
		if (t == MD_BLOCK_CODE)
			n = take(&m->href, v, 0, ATT_DATA_LANG,
			    &((MD_BLOCK_CODE_DETAIL *)detail)->lang);
		else if (t == MD_BLOCK_OL) {
			snprintf(number, sizeof(number), "%u",
			    ((MD_BLOCK_OL_DETAIL *)detail)->start);
			v[n++] = (struct att_value){ ATT_START, number };
		}
		start(m, e, v, n);
	}
	if (t == MD_BLOCK_LI)
		task_mark(m, detail);
	return spent(m, 0);
}

static int
leave_block(MD_BLOCKTYPE t, void *detail, void *arg)
{
	struct md *m = arg;
	enum element e = element_of(t, detail);

	if (e != EL_NONE && e != EL_HR)
		end(m, e);
	return spent(m, 0);
}

static int
enter_span(MD_SPANTYPE t, void *detail, void *arg)
{
	struct md *m = arg;
	struct att_value v[2];
	size_t n = 0, bytes = 0;

	if (m->image > 0)
		m->image += t == MD_SPAN_IMG;
	else if (t == MD_SPAN_CODE)
		start(m, EL_CODE, NULL, 0);
	else if (t == MD_SPAN_DEL)
		start(m, EL_DEL, NULL, 0);
	else if (t == MD_SPAN_A) {
		MD_SPAN_A_DETAIL *a = detail;

		n = take(&m->href, v, n, ATT_HREF, &a->href);
		n = take(&m->title, v, n, ATT_TITLE, &a->title);
		start(m, EL_A, v, n);
		bytes = m->href.n + m->title.n;
	} else if (t == MD_SPAN_IMG) {
		buf_clear(&m->alt);
		m->image = 1;
	}
	return spent(m, bytes);
}

static int
leave_span(MD_SPANTYPE t, void *detail, void *arg)
{
	struct md *m = arg;
	struct att_value v[3];
	size_t n = 0, bytes = 0;

	if (m->image > 0) {
		MD_SPAN_IMG_DETAIL *i = detail;

		if (t != MD_SPAN_IMG || --m->image > 0)
			return spent(m, 0);
		n = take(&m->href, v, n, ATT_SRC, &i->src);
		n = take(&m->title, v, n, ATT_TITLE, &i->title);
		v[n++] = (struct att_value){ ATT_ALT, buf_cstr(&m->alt) };
		start(m, EL_IMG, v, n);
		bytes = m->href.n + m->title.n;
	} else if (t == MD_SPAN_CODE)
		end(m, EL_CODE);
	else if (t == MD_SPAN_DEL)
		end(m, EL_DEL);
	else if (t == MD_SPAN_A)
		end(m, EL_A);
	return spent(m, bytes);
}

static int
html(struct md *m, const char *p, size_t n)
{
	if (m->image == 0)
		buf_put(&m->raw, p, n);
	return spent(m, n);
}

static int
text(MD_TEXTTYPE t, const MD_CHAR *p, MD_SIZE n, void *arg)
{
	struct md *m = arg;
	const char *to;
	char room[8];
	size_t len;

	switch (t) {
	case MD_TEXT_NULLCHAR:
		break;
	case MD_TEXT_BR:
		if (m->image > 0)
			buf_putc(&m->alt, ' ');
		else
			start(m, EL_BR, NULL, 0);
		break;
	case MD_TEXT_SOFTBR:
		words(m, "\n", 1);
		break;
	case MD_TEXT_ENTITY:
		if (reference_find(span_of(p, n), false, room, &to, &len) ==
		    n)
			words(m, to, len);
		else
			words(m, p, n);
		break;
	case MD_TEXT_HTML:
		return html(m, p, n);
	default:
		words(m, p, n);
	}
	return spent(m, n);
}

/* Past the front matter, if there is one. */
static struct span
body(struct span in)
{
	struct span rest = in, line, mark;

	if (!span_line(&rest, &mark) || (!span_eqs(mark, "---") &&
	    !span_eqs(mark, "+++")))
		return in;
	while (span_line(&rest, &line))
		if (span_eq(line, mark))
			return rest;
	return in;
}

/* --- tables --- */

/* Cells of the row in s, which has no blanks around it. */
static size_t
count_cells(struct span s)
{
	size_t n = 1;

	if (s.n > 0 && s.p[0] == '|')
		s = span_from(s, 1);
	if (s.n > 1 && s.p[s.n - 1] == '|' && s.p[s.n - 2] != '\\')
		s.n--;
	for (size_t i = 0; i < s.n; i++)
		n += s.p[i] == '|' && (i == 0 || s.p[i - 1] != '\\');
	return n;
}

/* Whether s is the line under a table's head, and short of dashes. */
static bool
is_short_rule(struct span s)
{
	bool pipe = false, dash = false;
	size_t run = 0, least = 3;

	for (size_t i = 0; i <= s.n; i++) {
		char c = i < s.n ? s.p[i] : '|';

		if (c == '-') {
			run++;
			dash = true;
		} else if (run > 0 && run < least)
			least = run;
		if (c != '-' && c != ':' && c != ' ' && c != '\t' && c != '|')
			return false;
		if (c != '-')
			run = 0;
		pipe = pipe || (c == '|' && i < s.n);
	}
	return pipe && dash && least < 3;
}

/* Whether there is a dash beside a bar at all. */
static bool
may_have_rules(struct span in)
{
	const char *p = in.p, *end = in.p + in.n;

	for (; (p = memchr(p, '|', (size_t)(end - p))) != NULL; p++)
		if ((p > in.p && p[-1] == '-') || (end - p > 1 &&
		    p[1] == '-') || (end - p > 2 && p[2] == '-'))
			return true;
	return false;
}

/*
 * One dash is enough under a table's head, md4c wants three.  Returns in,
 * or a copy with what was short made long.
 */
static struct span
widen_rules(struct buf *own, struct span in)
{
	struct span rest = in, line, before = { "", 0 };
	char fence = '\0';

	if (!may_have_rules(in))
		return in;
	while (span_line(&rest, &line)) {
		struct span s = span_trim(line);

		if ((span_starts(s, "```") || span_starts(s, "~~~")) &&
		    (fence == '\0' || fence == s.p[0]))
			fence = fence == '\0' ? s.p[0] : '\0';
		if (fence != '\0' || span_starts(line, "    ") ||
		    span_starts(line, "\t") || span_trim(before).n == 0 || !is_short_rule(s) ||
		    memchr(before.p, '|', before.n) == NULL ||
		    count_cells(s) != count_cells(span_trim(before)))
			buf_put_span(own, line);
		else
			for (size_t i = 0; i < line.n; i++) {
				buf_putc(own, line.p[i]);
				if (line.p[i] == '-' && (i == 0 ||
				    line.p[i - 1] != '-'))
					buf_puts(own, "--");
			}
		buf_putc(own, '\n');
		before = line;
	}
	return buf_span(own);
}

enum markdown_result
markdown_parse(struct build *b, struct span in, bool direct)
{
	static const MD_PARSER parser = { 0, MD_FLAG_TABLES |
	    MD_FLAG_STRIKETHROUGH | MD_FLAG_TASKLISTS |
	    MD_FLAG_PERMISSIVEAUTOLINKS, enter_block, leave_block, enter_span,
	    leave_span, text, NULL, NULL };
	struct skeleton k;
	struct md m = { .k = &k, .room = GROWTH_MAX };
	struct buf valid = { 0 }, wide = { 0 };
	bool whole, unclear;

	if (!utf8_valid(in)) {
		utf8_repair(&valid, in);
		in = buf_span(&valid);
	}
	in = widen_rules(&wide, body(in));
	m.events = EVENTS_MIN + EVENTS_PER_BYTE * in.n;
	skeleton_begin(&k, direct ? b : NULL);
	k.pieces = true;
	whole = md_parse(in.p, (MD_SIZE)in.n, &parser, &m) == 0 && !m.over;
	put_raw(&m);
	skeleton_parse(&k, b);
	unclear = k.nesting.unclear;
	skeleton_done(&k);
	buf_free(&m.raw);
	buf_free(&m.href);
	buf_free(&m.title);
	buf_free(&m.alt);
	buf_free(&valid);
	buf_free(&wide);
	if (unclear)
		return MARKDOWN_UNCLEAR;
	return whole ? MARKDOWN_WHOLE : MARKDOWN_CUT;
}
