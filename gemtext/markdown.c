/*
 * Markdown by md4c, as HTML: raw HTML in it then follows the same rules
 * wherever it begins and ends.  The buffer's ceiling stops explosions.
 */
#include <md4c.h>

#include "gemtext/doc.h"

#define EVENTS_PER_BYTE	8
#define EVENTS_MIN	100000

struct md {
	struct buf	*out;
	size_t		 events;	/* still allowed */
	unsigned	 image;		/* depth: only text, for alt */
};

static bool
spent(struct md *m)
{
	return m->out->over || m->events == 0 || m->events-- == 1;
}

static void
put_escaped(struct buf *out, struct span s)
{
	while (s.n > 0) {
		size_t n = 0;

		while (n < s.n && s.p[n] != '<' && s.p[n] != '>' &&
		    s.p[n] != '&' && s.p[n] != '"')
			n++;
		buf_put(out, s.p, n);
		s = span_from(s, n);
		if (s.n == 0)
			break;
		buf_puts(out, s.p[0] == '<' ? "&lt;" : s.p[0] == '>' ?
		    "&gt;" : s.p[0] == '&' ? "&amp;" : "&quot;");
		s = span_from(s, 1);
	}
}

static void
put_attribute(struct buf *out, const char *name, const MD_ATTRIBUTE *a)
{
	if (a->size == 0)
		return;
	buf_putf(out, " %s=\"", name);
	for (unsigned i = 0; a->substr_offsets[i] < a->size; i++) {
		struct span s = span_of(a->text + a->substr_offsets[i],
		    a->substr_offsets[i + 1] - a->substr_offsets[i]);

		if (a->substr_types[i] == MD_TEXT_ENTITY)
			buf_put_span(out, s);
		else
			put_escaped(out, s);
	}
	buf_putc(out, '"');
}

static const char *const blocks[] = { [MD_BLOCK_QUOTE] = "blockquote",
	[MD_BLOCK_UL] = "ul", [MD_BLOCK_OL] = "ol", [MD_BLOCK_LI] = "li",
	[MD_BLOCK_P] = "p", [MD_BLOCK_TABLE] = "table",
	[MD_BLOCK_THEAD] = "thead", [MD_BLOCK_TBODY] = "tbody",
	[MD_BLOCK_TR] = "tr", [MD_BLOCK_TH] = "th", [MD_BLOCK_TD] = "td" };

static int
enter_block(MD_BLOCKTYPE t, void *detail, void *arg)
{
	struct md *m = arg;

	switch (t) {
	case MD_BLOCK_DOC:
	case MD_BLOCK_HTML:
		break;
	case MD_BLOCK_HR:
		buf_puts(m->out, "<hr>");
		break;
	case MD_BLOCK_H:
		buf_putf(m->out, "<h%u>", ((MD_BLOCK_H_DETAIL *)detail)->level);
		break;
	case MD_BLOCK_CODE:
		buf_puts(m->out, "<pre");
		put_attribute(m->out, "data-lang",
		    &((MD_BLOCK_CODE_DETAIL *)detail)->lang);
		buf_puts(m->out, "><span></span>");
		break;
	case MD_BLOCK_OL:
		buf_putf(m->out, "<ol start=\"%u\">",
		    ((MD_BLOCK_OL_DETAIL *)detail)->start);
		break;
	case MD_BLOCK_LI:
		buf_puts(m->out, "<li>");
		if (((MD_BLOCK_LI_DETAIL *)detail)->is_task)
			buf_puts(m->out,
			    ((MD_BLOCK_LI_DETAIL *)detail)->task_mark == ' ' ?
			    "<input type=\"checkbox\">" :
			    "<input type=\"checkbox\" checked>");
		break;
	default:
		buf_putf(m->out, "<%s>", blocks[t]);
	}
	return spent(m) ? -1 : 0;
}

static int
leave_block(MD_BLOCKTYPE t, void *detail, void *arg)
{
	struct md *m = arg;

	switch (t) {
	case MD_BLOCK_DOC:
	case MD_BLOCK_HTML:
	case MD_BLOCK_HR:
		break;
	case MD_BLOCK_H:
		buf_putf(m->out, "</h%u>",
		    ((MD_BLOCK_H_DETAIL *)detail)->level);
		break;
	case MD_BLOCK_CODE:
		buf_puts(m->out, "</pre>");
		break;
	default:
		buf_putf(m->out, "</%s>", blocks[t]);
	}
	return spent(m) ? -1 : 0;
}

static int
enter_span(MD_SPANTYPE t, void *detail, void *arg)
{
	struct md *m = arg;

	if (m->image > 0) {
		m->image += t == MD_SPAN_IMG;
		return spent(m) ? -1 : 0;
	}
	if (t == MD_SPAN_CODE)
		buf_puts(m->out, "<code>");
	else if (t == MD_SPAN_DEL)
		buf_puts(m->out, "<del>");
	else if (t == MD_SPAN_A) {
		MD_SPAN_A_DETAIL *a = detail;

		buf_puts(m->out, "<a");
		put_attribute(m->out, "href", &a->href);
		put_attribute(m->out, "title", &a->title);
		buf_puts(m->out, ">");
	} else if (t == MD_SPAN_IMG) {
		MD_SPAN_IMG_DETAIL *i = detail;

		buf_puts(m->out, "<img");
		put_attribute(m->out, "src", &i->src);
		put_attribute(m->out, "title", &i->title);
		buf_puts(m->out, " alt=\"");
		m->image = 1;
	}
	return spent(m) ? -1 : 0;
}

static int
leave_span(MD_SPANTYPE t, void *detail, void *arg)
{
	struct md *m = arg;

	(void)detail;
	if (m->image > 0) {
		if (t == MD_SPAN_IMG && --m->image == 0)
			buf_puts(m->out, "\">");
	} else if (t == MD_SPAN_CODE)
		buf_puts(m->out, "</code>");
	else if (t == MD_SPAN_DEL)
		buf_puts(m->out, "</del>");
	else if (t == MD_SPAN_A)
		buf_puts(m->out, "</a>");
	return spent(m) ? -1 : 0;
}

static int
text(MD_TEXTTYPE t, const MD_CHAR *p, MD_SIZE n, void *arg)
{
	struct md *m = arg;

	switch (t) {
	case MD_TEXT_NULLCHAR:
		break;
	case MD_TEXT_BR:
		buf_puts(m->out, m->image > 0 ? " " : "<br>");
		break;
	case MD_TEXT_SOFTBR:
		buf_putc(m->out, '\n');
		break;
	case MD_TEXT_ENTITY:
		buf_put(m->out, p, n);
		break;
	case MD_TEXT_HTML:
		if (m->image == 0)
			buf_put(m->out, p, n);
		break;
	default:
		put_escaped(m->out, span_of(p, n));
	}
	return spent(m) ? -1 : 0;
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

bool
markdown_html(struct buf *html, struct span in)
{
	static const MD_PARSER parser = { 0, MD_FLAG_TABLES |
	    MD_FLAG_STRIKETHROUGH | MD_FLAG_TASKLISTS |
	    MD_FLAG_PERMISSIVEAUTOLINKS, enter_block, leave_block, enter_span,
	    leave_span, text, NULL, NULL };
	struct md m = { .out = html };

	in = body(in);
	m.events = EVENTS_MIN + EVENTS_PER_BYTE * in.n;
	return md_parse(in.p, (MD_SIZE)in.n, &parser, &m) == 0 && !html->over;
}
