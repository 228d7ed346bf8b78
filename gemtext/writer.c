/*
 * The only code that emits gemtext of a document: line types, escaping,
 * blank lines, and where links go.
 */
#include <stdlib.h>
#include <unictype.h>

#include "base/utf8.h"
#include "base/xalloc.h"
#include "gemtext/doc.h"
#include "gemtext/gemtext.h"

struct writer {
	struct buf		*out;
	const struct doc	*d;
	const struct gemtext_options *o;
	const struct block	*prev;
	bool			 any;
	bool			 rule;		/* one is due */
	bool			 links_last;	/* the last line was a link */
	struct heading_state	 headings;
	const char		**seen;		/* hash set of URLs */
	size_t			 seen_cap;
	uint32_t		*later;		/* a quote's links */
	size_t			 nlater, later_cap;
};

static bool
seen(struct writer *w, const struct doc_link *l, bool add)
{
	uint32_t h = 2166136261u;

	for (const char *p = l->url; *p != '\0'; p++)
		h = (h ^ (unsigned char)*p) * 16777619u;
	for (size_t i = h & (w->seen_cap - 1);; i = (i + 1) & (w->seen_cap -
	    1)) {
		if (w->seen[i] == NULL) {
			if (add)
				w->seen[i] = l->url;
			return false;
		}
		if (strcmp(w->seen[i], l->url) == 0)
			return true;
	}
}

static void
put_link(struct writer *w, const struct doc_link *l, struct span label)
{
	buf_puts(w->out, "=> ");
	buf_put(w->out, l->url, l->url_len);
	label = span_trim(label);
	if (label.n > 0 && !doc_label_is_url(label, span_of(l->url,
	    l->url_len))) {
		buf_putc(w->out, ' ');
		buf_put_span(w->out, label);
	}
	buf_putc(w->out, '\n');
}

static void
put_labelled(struct writer *w, const struct doc_link *l)
{
	struct buf label = { 0 };

	doc_link_label(&label, w->d, l);
	put_link(w, l, buf_span(&label));
	buf_free(&label);
}

/* A link's own line, unless its URL had one. */
static void
link_line(struct writer *w, uint32_t link)
{
	const struct doc_link *l = &w->d->links[link];

	if (l->url != NULL && !seen(w, l, true))
		put_labelled(w, l);
}

/* The same, behind the quote. */
static void
later(struct writer *w, uint32_t link)
{
	const struct doc_link *l = &w->d->links[link];

	if (l->url == NULL || seen(w, l, true))
		return;
	if (w->nlater == w->later_cap) {
		w->later_cap = w->later_cap != 0 ? w->later_cap * 2 : 16;
		w->later = xreallocarray(w->later, w->later_cap,
		    sizeof(*w->later));
	}
	w->later[w->nlater++] = link;
}

/* The line that a mark calls for is due here, if any. */
static bool
due(const struct writer *w, const struct mark *m)
{
	const struct doc_link *l = &w->d->links[m->link];

	if (l->url == NULL)
		return false;
	if (m->kind == MARK_OPEN)
		return l->whole && (l->text_end > l->text || (l->label !=
		    NULL && l->label[0] != '\0'));
	return m->kind == MARK_IMAGE || m->kind == MARK_AFTER;
}

static void
put_escaped(struct writer *w, struct span s)
{
	if (span_starts(s, "=>") || span_starts(s, "#") ||
	    span_starts(s, ">") || span_starts(s, "```") ||
	    span_starts(s, "* "))
		buf_putc(w->out, ' ');
	buf_put_span(w->out, s);
	buf_putc(w->out, '\n');
}

static void
quote_marks(struct writer *w, unsigned n)
{
	for (unsigned i = 0; i < n; i++)
		buf_puts(w->out, i > 0 ? " >" : ">");
}

static void
flush_quote(struct writer *w)
{
	for (size_t i = 0; i < w->nlater; i++)
		put_labelled(w, &w->d->links[w->later[i]]);
	w->nlater = 0;
}

/* Quotes that k and the block before it are both in. */
static unsigned
common_quotes(const struct writer *w, const struct block *k)
{
	return w->prev != NULL && k->kind != BLOCK_PRE &&
	    k->kind != BLOCK_TABLE && w->prev->kind != BLOCK_PRE &&
	    w->prev->kind != BLOCK_TABLE ? doc_common_quotes(w->prev, k) : 0;
}

/* What stands between the last block and k. */
static void
separate(struct writer *w, const struct block *k)
{
	if (!w->any) {
		w->rule = false;
		return;
	}
	if (w->rule) {
		buf_puts(w->out, "\n---\n\n");
		w->rule = false;
		return;
	}
	if (doc_tight(w->prev, k))
		return;
	quote_marks(w, common_quotes(w, k));
	buf_putc(w->out, '\n');
}

static size_t
count_chars(struct span s, bool *words)
{
	size_t n = 0;

	for (size_t i = 0; i < s.n; ) {
		char a = s.p[i];
		uint32_t c;

		if (a > ' ' && a < 0x7f) {
			n++, i++;
			*words = *words || (a >= '0' && a <= '9') ||
			    ((a | 0x20) >= 'a' && (a | 0x20) <= 'z');
			continue;
		}
		i += utf8_decode(span_from(s, i), &c);
		n += c != ' ' && c != '\n';
		*words = *words || uc_is_alnum(c);
	}
	return n;
}

/* How a line with links is written. */
enum place { PLACE_TEXT, PLACE_LINK, PLACE_LINKS };

static enum place
place(struct writer *w, const struct block *k, uint32_t from, uint32_t end,
    size_t *mark, uint32_t *link)
{
	const struct doc *d = w->d;
	size_t inside = 0, outside = 0;
	uint32_t at = from;
	unsigned urls = 0;
	bool words = false, ignore = false, open = false;

	for (; *mark < k->mark_end && d->marks[*mark].pos <= end; ++*mark) {
		const struct mark *m = &d->marks[*mark];
		const struct doc_link *l = &d->links[m->link];

		if (m->kind == MARK_OPEN && m->pos == end && end > from)
			break;
		if (m->kind != MARK_OPEN || !due(w, m) ||
		    l->text_end <= l->text)
			continue;
		if (l->text_end > end) {
			open = true;
			continue;
		}
		if (l->text < at)
			continue;
		outside += count_chars(span_of(d->text.p + at, l->text - at),
		    &words);
		inside += count_chars(span_of(d->text.p + l->text,
		    l->text_end - l->text), &ignore);
		at = l->text_end;
		if (urls == 0 || strcmp(d->links[*link].url, l->url) != 0)
			urls++;
		if (urls == 1)
			*link = m->link;
	}
	if (urls == 0 || open)
		return PLACE_TEXT;
	outside += count_chars(span_of(d->text.p + at, end - at), &words);
	if (urls > 1)
		return words ? PLACE_TEXT : PLACE_LINKS;
	if (!words)
		return PLACE_LINK;
	if (inside >= outside && utf8_columns(span_of(d->text.p + from,
	    end - from)) <= 160)
		return PLACE_LINK;
	return PLACE_TEXT;
}

static void
put_place(struct writer *w, const struct block *k, uint32_t from, uint32_t end,
    size_t mark, size_t mark_end, enum place p, uint32_t link, bool first)
{
	const struct doc *d = w->d;
	struct span s = span_trim(span_of(d->text.p + from, end - from));
	struct buf line = { 0 };

	if (p == PLACE_LINK) {
		if (k->kind == BLOCK_ITEM && k->numbered && first) {
			struct span m;

			doc_marker(&line, d, k);
			m = buf_span(&line);
			while (span_starts(m, "* ") || span_starts(m, "- "))
				m = span_from(m, 2);
			memmove(line.p, m.p, m.n);
			buf_truncate(&line, m.n);
		}
		for (size_t i = 0; i < s.n; i++)
			buf_putc(&line, s.p[i] == '\n' ? ' ' : s.p[i]);
		put_link(w, &d->links[link], buf_span(&line));
		seen(w, &d->links[link], true);
	} else if (p == PLACE_LINKS) {
		for (; mark < mark_end; mark++) {
			const struct mark *m = &d->marks[mark];
			const struct doc_link *l = &d->links[m->link];

			if (m->kind != MARK_OPEN || !due(w, m) ||
			    l->text_end <= l->text)
				continue;
			buf_clear(&line);
			doc_link_label(&line, d, l);
			put_link(w, l, buf_span(&line));
			seen(w, l, true);
		}
	} else if (k->kind == BLOCK_ITEM && first) {
		doc_marker(w->out, d, k);
		buf_put_span(w->out, s);
		buf_putc(w->out, '\n');
	} else if (s.n > 0)
		put_escaped(w, s);
	buf_free(&line);
}

/* A paragraph, item or term outside quotes. */
static void
put_lines(struct writer *w, const struct block *k)
{
	const struct doc *d = w->d;
	size_t mark = k->mark, m0;
	uint32_t from = k->text, link = 0;
	bool first = true;
	enum place p;

	m0 = mark;
	p = place(w, k, k->text, k->text_end, &mark, &link);
	if (p == PLACE_LINK && d->links[link].text == k->text &&
	    d->links[link].text_end == k->text_end) {
		put_place(w, k, k->text, k->text_end, m0, mark, p, link, true);
		return;
	}
	mark = k->mark;
	while (from < k->text_end) {
		const char *lf = memchr(d->text.p + from, '\n',
		    k->text_end - from);
		uint32_t end = lf != NULL ? (uint32_t)(lf - d->text.p) :
		    k->text_end;

		m0 = mark;
		p = place(w, k, from, end, &mark, &link);
		put_place(w, k, from, end, m0, mark, p, link, first);
		first = false;
		from = end + 1;
	}
}

static void
put_quote(struct writer *w, const struct block *k)
{
	struct span rest = span_of(w->d->text.p + k->text,
	    k->text_end - k->text), line;
	bool first = true;

	while (span_line(&rest, &line)) {
		quote_marks(w, k->quotes);
		buf_putc(w->out, ' ');
		if (first && k->kind == BLOCK_ITEM)
			doc_marker(w->out, w->d, k);
		buf_put_span(w->out, line);
		buf_putc(w->out, '\n');
		first = false;
	}
}

static void
put_code_lines(struct buf *out, struct span s)
{
	struct span line;

	while (s.n > 0 && ascii_space(s.p[s.n - 1]))
		s.n--;
	while (span_line(&s, &line)) {
		while (line.n > 0 && ascii_space(line.p[line.n - 1]))
			line.n--;
		if (span_starts(line, "```"))
			buf_putc(out, ' ');
		buf_put_span(out, line);
		buf_putc(out, '\n');
	}
}

/* Code without blank lines at its start; empty when there is nothing. */
static struct span
code_of(const struct doc *d, const struct block *k)
{
	struct span s = span_of(d->text.p + k->text, k->text_end - k->text);
	const char *lf;

	if (span_trim(s).n == 0)
		return span_of(s.p, 0);
	while ((lf = memchr(s.p, '\n', s.n)) != NULL &&
	    span_trim(span_of(s.p, (size_t)(lf - s.p))).n == 0)
		s = span_from(s, (size_t)(lf - s.p) + 1);
	return s;
}

static void
plain_cell(struct buf *out, const struct doc *d, const struct block *b,
    void *arg)
{
	(void)arg;
	doc_block_line(out, d, b);
}

static void
put_table(struct writer *w, const struct block *k)
{
	const struct table *t = &w->d->tables[k->table];
	struct buf lines = { 0 };

	if (table_layout(&lines, w->d, t, plain_cell, NULL) <=
	    TABLE_WIDTH_MAX) {
		buf_puts(w->out, "```");
		buf_puts(w->out, k->alt != NULL && k->alt[0] != '\0' &&
		    k->alt[0] != '`' ? k->alt : "table");
		buf_putc(w->out, '\n');
		put_code_lines(w->out, buf_span(&lines));
		buf_puts(w->out, "```\n");
	} else {
		if (k->alt != NULL && k->alt[0] != '\0') {
			put_escaped(w, span_str(k->alt));
			buf_putc(w->out, '\n');
		}
		for (uint32_t i = t->head && t->rows > 1; i < t->rows; i++) {
			size_t at = w->out->n;

			buf_puts(w->out, "* ");
			if (table_record(w->out, w->d, t, i, plain_cell,
			    NULL))
				buf_putc(w->out, '\n');
			else
				buf_truncate(w->out, at);
		}
	}
	buf_free(&lines);
}

static bool
to_self(const struct writer *w, const struct doc_link *l)
{
	return w->d->self != NULL && l->url != NULL &&
	    strcmp(w->d->self, l->url) == 0;
}

/* The links and images of k: before its text or after it. */
static void
put_links(struct writer *w, const struct block *k, bool before)
{
	for (size_t i = k->mark; i < k->mark_end; i++) {
		const struct mark *m = &w->d->marks[i];
		bool front = m->kind == MARK_IMAGE && m->pos == k->text &&
		    k->text_end > k->text && k->quotes == 0 &&
		    k->kind == BLOCK_PARA;

		if (front != before || !due(w, m) ||
		    (k->kind == BLOCK_HEADING && to_self(w,
		    &w->d->links[m->link])))
			continue;
		if (k->quotes > 0 && k->kind != BLOCK_PRE &&
		    k->kind != BLOCK_TABLE)
			later(w, m->link);
		else
			link_line(w, m->link);
	}
}

static void
put_block(struct writer *w, const struct block *k)
{
	size_t start, body, front, nlater;
	bool rule = w->rule, any = w->any;
	struct span code;

	if (common_quotes(w, k) == 0 || w->rule)
		flush_quote(w);
	start = w->out->n;
	separate(w, k);
	body = w->out->n;
	nlater = w->nlater;
	put_links(w, k, true);
	front = w->out->n;
	if (front > body)
		buf_putc(w->out, '\n');
	switch (k->kind) {
	case BLOCK_HEADING:
		if (k->quotes > 0) {
			put_quote(w, k);
			break;
		}
		for (int i = doc_heading(&w->headings, k->level,
		    w->o->heading_shift); i > 0; i--)
			buf_putc(w->out, '#');
		buf_putc(w->out, ' ');
		doc_block_line(w->out, w->d, k);
		buf_putc(w->out, '\n');
		break;
	case BLOCK_PRE:
		code = code_of(w->d, k);
		if (code.n == 0)
			break;
		buf_puts(w->out, "```");
		if (k->alt != NULL)
			buf_puts(w->out, k->alt);
		buf_putc(w->out, '\n');
		put_code_lines(w->out, code);
		buf_puts(w->out, "```\n");
		break;
	case BLOCK_TABLE:
		put_table(w, k);
		break;
	default:
		if (k->quotes > 0)
			put_quote(w, k);
		else
			put_lines(w, k);
	}
	put_links(w, k, false);
	if (w->out->n == body && w->nlater == nlater) {
		/* Nothing came of it: nor does what was to separate it. */
		buf_truncate(w->out, start);
		w->rule = rule;
		w->any = any;
		return;
	}
	w->prev = k;
	w->any = true;
}

bool
writer_gemtext(struct buf *out, const struct doc *d,
    const struct gemtext_options *o)
{
	struct writer w = { .out = out, .d = d, .o = o };
	size_t start = out->n, good;
	bool whole = true;

	for (w.seen_cap = 64; w.seen_cap < 2 * d->nlinks; w.seen_cap *= 2)
		;
	w.seen = xcalloc(w.seen_cap, sizeof(*w.seen));
	for (size_t i = 0; i < d->nblocks && whole; i++) {
		const struct block *k = &d->blocks[i];

		if (k->dead)
			continue;
		if (k->kind == BLOCK_RULE) {
			w.rule = w.any;
			continue;
		}
		good = out->n;
		put_block(&w, k);
		if (out->n - start > GEMTEXT_OUTPUT_MAX || out->over) {
			buf_truncate(out, good);
			whole = false;
		}
	}
	flush_quote(&w);
	free(w.seen);
	free(w.later);
	return whole;
}
