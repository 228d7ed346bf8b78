/*
 * writer.c - the only code that writes gemtext from strangers' words.
 *
 * Each block becomes lines of the kind it was asked for and of no other:
 * text lines that would be read as something else get a space in front,
 * labels and items are one line.  Links follow the block they belong to.
 */
#include <stdlib.h>

#include "base/utf8.h"
#include "base/xalloc.h"
#include "gemtext/doc.h"
#include "gemtext/gemtext.h"

/* A line with a link in it becomes the link up to this length. */
#define IN_PLACE_CHARS	160
/* Room for the note that says where a document was cut. */
#define CUT_RESERVE	((size_t)8192)

struct writer {
	struct buf			*out;
	size_t				 start;
	const struct doc		*d;
	const struct gemtext_options	*o;
	uint32_t			*seen;	/* links + 1, by hash of URL */
	size_t				 seen_mask;
	bool				*placed; /* by link: has its line */
	const struct block		*prev;
	struct buf			 quote_links;
	bool				 rule;	/* one is due */
	uint8_t				 levels[8];	/* of open headings */
	unsigned			 nlevels;
};

/* --- which URLs have a line already --- */

static bool
seen_add(struct writer *w, uint32_t link)
{
	const struct link *l = &w->d->links[link];
	uint64_t h = 1469598103934665603u;
	size_t i;

	for (uint32_t k = 0; k < l->url_len; k++)
		h = (h ^ (unsigned char)l->url[k]) * 1099511628211u;
	for (i = h & w->seen_mask; w->seen[i] != 0; i = (i + 1) &
	    w->seen_mask) {
		const struct link *s = &w->d->links[w->seen[i] - 1];

		if (s->url_len == l->url_len &&
		    memcmp(s->url, l->url, l->url_len) == 0)
			return false;
	}
	w->seen[i] = link + 1;
	return true;
}

/* --- lines --- */

static void
put_link_line(struct buf *out, const struct link *l, struct span label)
{
	label = span_trim(label);
	buf_puts(out, "=> ");
	buf_put(out, l->url, l->url_len);
	if (!doc_label_is_url(label, span_of(l->url, l->url_len))) {
		buf_putc(out, ' ');
		buf_put_span(out, label);
	}
	buf_putc(out, '\n');
}

/* A link's line with its own words, once per URL. */
static void
put_link(struct writer *w, struct buf *out, uint32_t link)
{
	const struct link *l = &w->d->links[link];
	struct buf label = { 0 };

	if (l->url == NULL || w->placed[link])
		return;
	w->placed[link] = true;
	if (!seen_add(w, link))
		return;
	doc_link_label(&label, w->d, l);
	put_link_line(out, l, buf_span(&label));
	buf_free(&label);
}

static bool
needs_escape(struct span s)
{
	return span_starts(s, "=>") || span_starts(s, "#") ||
	    span_starts(s, ">") || span_starts(s, "```") ||
	    span_starts(s, "* ");
}

static void
put_text_line(struct buf *out, struct span s)
{
	if (needs_escape(s))
		buf_putc(out, ' ');
	buf_put_span(out, s);
	buf_putc(out, '\n');
}

/* --- lines that are links themselves --- */

/* Words and other visible characters of a range. */
static void
weigh(struct span s, size_t *chars, bool *word)
{
	uint32_t c;

	while (s.n > 0) {
		s = span_from(s, utf8_decode(s, &c));
		if (c == ' ')
			continue;
		(*chars)++;
		*word = *word || (c >= '0' && c <= '9') ||
		    (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
		    (c >= 0xc0 && c < 0x2000) || (c >= 0x2c00 && c < 0x2e00) ||
		    (c > 0x303f && c < 0xfe00) || c > 0xffff;
	}
}

struct line_links {
	size_t	 n;		/* whole links in the line */
	bool	 same;		/* all to one URL */
	size_t	 outside, inside;	/* visible characters */
	bool	 word_outside;
	uint32_t first;
};

/* Look at the whole links between from and end; mark is the first mark at or
 * after from and is moved on. */
static struct line_links
line_look(const struct writer *w, const struct block *k, uint32_t from,
    uint32_t end)
{
	const struct doc *d = w->d;
	struct line_links r = { .same = true };
	uint32_t at = from;
	bool ignored = false;

	for (uint32_t i = k->mark; i < k->mark_end; i++) {
		const struct mark *m = &d->marks[i];
		const struct link *l = &d->links[m->link];

		if (m->kind != MARK_CLOSE || !l->whole || l->url == NULL ||
		    l->text < from || l->text_end > end || l->text < at)
			continue;
		if (r.n++ == 0)
			r.first = m->link;
		else if (d->links[r.first].url_len != l->url_len ||
		    memcmp(d->links[r.first].url, l->url, l->url_len) != 0)
			r.same = false;
		weigh(span_of(d->text.p + at, l->text - at), &r.outside,
		    &r.word_outside);
		weigh(span_of(d->text.p + l->text, l->text_end - l->text),
		    &r.inside, &ignored);
		at = l->text_end;
	}
	weigh(span_of(d->text.p + at, end - at), &r.outside,
	    &r.word_outside);
	return r;
}

static size_t
count_chars(struct span s)
{
	size_t n = 0;

	for (size_t i = 0; i < s.n; i++)
		n += ((unsigned char)s.p[i] & 0xc0) != 0x80;
	return n;
}

/* Mark the whole links of a range as placed. */
static void
place_all(struct writer *w, const struct block *k, uint32_t from,
    uint32_t end)
{
	for (uint32_t i = k->mark; i < k->mark_end; i++) {
		uint32_t link = w->d->marks[i].link;
		const struct link *l = &w->d->links[link];

		if (l->whole && l->url != NULL && l->text >= from &&
		    l->text_end <= end && w->d->marks[i].kind == MARK_CLOSE) {
			w->placed[link] = true;
			(void)seen_add(w, link);
		}
	}
}

static void
put_each_link(struct writer *w, struct buf *out, const struct block *k,
    uint32_t from, uint32_t end)
{
	for (uint32_t i = k->mark; i < k->mark_end; i++) {
		uint32_t link = w->d->marks[i].link;
		const struct link *l = &w->d->links[link];
		struct buf label = { 0 };

		if (w->d->marks[i].kind != MARK_CLOSE || !l->whole ||
		    l->url == NULL || l->text < from || l->text_end > end)
			continue;
		w->placed[link] = true;
		(void)seen_add(w, link);
		doc_link_label(&label, w->d, l);
		put_link_line(out, l, buf_span(&label));
		buf_free(&label);
	}
}

/*
 * Write a line of a paragraph or item that is a link, or only links, as
 * such; false when it is text.
 */
static bool
put_in_place(struct writer *w, struct buf *out, const struct block *k,
    uint32_t from, uint32_t end, struct span prefix)
{
	const struct doc *d = w->d;
	struct span text = span_of(d->text.p + from, end - from);
	struct line_links r;
	struct buf label = { 0 };

	if (k->mark == k->mark_end || k->quotes > 0)
		return false;
	r = line_look(w, k, from, end);
	if (r.n == 0)
		return false;
	if (r.same && (!r.word_outside || (r.inside >= r.outside &&
	    count_chars(text) <= IN_PLACE_CHARS))) {
		buf_put_span(&label, prefix);
		buf_put_span(&label, text);
		put_link_line(out, &d->links[r.first], buf_span(&label));
		buf_free(&label);
		place_all(w, k, from, end);
		return true;
	}
	if (!r.same && !r.word_outside) {
		put_each_link(w, out, k, from, end);
		return true;
	}
	return false;
}

/* --- blocks --- */

static void
put_quote_prefix(struct buf *out, unsigned depth)
{
	while (depth-- > 0)
		buf_puts(out, "> ");
}

static void
put_paragraph(struct writer *w, struct buf *out, const struct block *k)
{
	const struct doc *d = w->d;
	uint32_t at = k->text;

	while (at < k->text_end) {
		struct span rest = span_of(d->text.p + at, k->text_end - at);
		const char *lf = memchr(rest.p, '\n', rest.n);
		uint32_t n = lf != NULL ? (uint32_t)(lf - rest.p) :
		    (uint32_t)rest.n;
		struct span line = span_trim(span_of(rest.p, n));

		if (line.n == 0) {
			/* only a line break left of something vanished */
		} else if (k->quotes > 0) {
			put_quote_prefix(out, k->quotes);
			buf_put_span(out, line);
			buf_putc(out, '\n');
		} else if (!put_in_place(w, out, k, at, at + n,
		    span_of("", 0)))
			put_text_line(out, line);
		at += n + 1;
	}
}

static void
put_item(struct writer *w, struct buf *out, const struct block *k)
{
	struct buf marker = { 0 }, line = { 0 };
	struct span number = { "", 0 };

	doc_marker(&marker, w->d, k);
	if (k->numbered && k->lists <= 1)
		number = buf_span(&marker);
	else if (k->numbered) {
		doc_number(&line, w->d->lists[k->list].type, k->number);
		buf_puts(&line, ". ");
		number = buf_span(&line);
	}
	if (!put_in_place(w, out, k, k->text, k->text_end, number)) {
		put_quote_prefix(out, k->quotes);
		buf_put_span(out, buf_span(&marker));
		doc_block_line(out, w->d, k);
		buf_putc(out, '\n');
	}
	buf_free(&marker);
	buf_free(&line);
}

/* A heading's level on the page. */
static unsigned
page_level(struct writer *w, unsigned level)
{
	if (w->o == NULL || w->o->heading_shift == 0)
		return level > 3 ? 3 : level;
	while (w->nlevels > 0 && w->levels[w->nlevels - 1] >= level)
		w->nlevels--;
	w->levels[w->nlevels++] = (uint8_t)level;
	level = w->nlevels + (unsigned)w->o->heading_shift;
	return level > 3 ? 3 : level;
}

static void
put_heading(struct writer *w, struct buf *out, const struct block *k)
{
	unsigned level = page_level(w, k->level);

	if (k->quotes > 0)
		put_quote_prefix(out, k->quotes);
	else {
		while (level-- > 0)
			buf_putc(out, '#');
		buf_putc(out, ' ');
	}
	doc_block_line(out, w->d, k);
	buf_putc(out, '\n');
}

static void
put_pre(struct writer *w, struct buf *out, const struct block *k)
{
	struct span rest = span_of(w->d->text.p + k->text,
	    k->text_end - k->text), line;
	size_t blank = 0, start = out->n;

	buf_puts(out, "```");
	if (k->alt != NULL)
		buf_puts(out, k->alt);
	buf_putc(out, '\n');
	start = out->n;
	while (span_line(&rest, &line)) {
		while (line.n > 0 && ascii_space(line.p[line.n - 1]))
			line.n--;
		if (line.n == 0) {
			blank += out->n > start;
			continue;
		}
		for (; blank > 0; blank--)
			buf_putc(out, '\n');
		if (span_starts(line, "```"))
			buf_putc(out, ' ');
		buf_put_span(out, line);
		buf_putc(out, '\n');
	}
	if (out->n == start)
		buf_clear(out);
	else
		buf_puts(out, "```\n");
}

static void
put_cell(struct buf *out, const struct doc *d, const struct block *k,
    void *arg)
{
	(void)arg;
	doc_block_line(out, d, k);
}

static void
put_table(struct writer *w, struct buf *out, const struct block *k)
{
	const struct table *t = &w->d->tables[k->table];
	struct buf lines = { 0 };

	if (table_layout(&lines, w->d, t, put_cell, NULL) <=
	    TABLE_WIDTH_MAX) {
		struct span rest = buf_span(&lines), line;

		buf_putf(out, "```%s\n", k->alt != NULL ? k->alt : "table");
		while (span_line(&rest, &line)) {
			if (span_starts(line, "```"))
				buf_putc(out, ' ');
			buf_put_span(out, line);
			buf_putc(out, '\n');
		}
		buf_puts(out, "```\n");
	} else {
		if (k->alt != NULL)
			put_text_line(out, span_str(k->alt));
		if (k->alt != NULL)
			buf_putc(out, '\n');
		for (uint32_t r = t->head ? 1 : 0; r < t->rows; r++) {
			struct buf row = { 0 };

			if (table_record(&row, w->d, t, r, put_cell, NULL))
				buf_putf(out, "* %s\n", row.p);
			buf_free(&row);
		}
	}
	buf_free(&lines);
}

/* Images before a paragraph's first word stand before it. */
static void
put_leading_images(struct writer *w, struct buf *out, const struct block *k)
{
	if (k->kind != BLOCK_PARA || k->quotes > 0)
		return;
	for (uint32_t i = k->mark; i < k->mark_end; i++)
		if (w->d->marks[i].kind == MARK_IMAGE &&
		    w->d->marks[i].pos <= k->text)
			put_link(w, out, w->d->marks[i].link);
}

static void
put_links_after(struct writer *w, struct buf *out, const struct block *k)
{
	for (uint32_t i = k->mark; i < k->mark_end; i++)
		if (w->d->marks[i].kind != MARK_OPEN)
			put_link(w, out, w->d->marks[i].link);
}

/* --- between blocks --- */

static unsigned
common_quotes(const struct block *a, const struct block *b)
{
	unsigned n = 0;

	while (n < a->quotes && n < b->quotes && a->quote[n] == b->quote[n])
		n++;
	return n;
}

static void
flush_quote_links(struct writer *w)
{
	buf_put_span(w->out, buf_span(&w->quote_links));
	buf_clear(&w->quote_links);
}

static void
separate(struct writer *w, const struct block *k)
{
	unsigned common;

	if (w->prev == NULL)
		return;
	if (k->kind == BLOCK_ITEM && (w->prev->kind == BLOCK_ITEM ||
	    w->prev->kind == BLOCK_TERM) && w->prev->top == k->top &&
	    w->prev->quotes == k->quotes && !w->rule &&
	    (k->quotes == 0 || common_quotes(w->prev, k) == k->quotes))
		return;
	common = w->rule ? 0 : common_quotes(w->prev, k);
	if (common > 0) {
		for (unsigned i = 0; i < common; i++)
			buf_puts(w->out, i > 0 ? " >" : ">");
		buf_putc(w->out, '\n');
		return;
	}
	flush_quote_links(w);
	buf_putc(w->out, '\n');
	if (w->rule)
		buf_puts(w->out, "---\n\n");
	w->rule = false;
}

static void
put_block(struct writer *w, struct block *k)
{
	struct buf before = { 0 }, body = { 0 }, links = { 0 };
	struct block image = *k;

	if (k->kind == BLOCK_PRE || k->kind == BLOCK_TABLE)
		k->quotes = 0;
	put_leading_images(w, &before, k);
	switch (k->kind) {
	case BLOCK_HEADING:
		put_heading(w, &body, k);
		break;
	case BLOCK_ITEM:
		put_item(w, &body, k);
		break;
	case BLOCK_PRE:
		put_pre(w, &body, k);
		break;
	case BLOCK_TABLE:
		put_table(w, &body, k);
		break;
	default:
		put_paragraph(w, &body, k);
		break;
	}
	put_links_after(w, &links, k);
	if (before.n > 0) {
		image.kind = BLOCK_PARA;
		separate(w, &image);
		buf_put_span(w->out, buf_span(&before));
		w->prev = k;
	}
	if (body.n > 0) {
		separate(w, k);
		buf_put_span(w->out, buf_span(&body));
		w->prev = k;
	}
	if (links.n > 0 && k->quotes > 0 && body.n > 0)
		buf_put_span(&w->quote_links, buf_span(&links));
	else if (links.n > 0) {
		if (body.n == 0) {
			image.kind = BLOCK_PARA;
			image.quotes = 0;
			k->quotes = 0;
			separate(w, &image);
			w->prev = k;
		}
		buf_put_span(w->out, buf_span(&links));
	}
	buf_free(&before);
	buf_free(&body);
	buf_free(&links);
}

/* Say that something is missing, and where the whole is. */
static void
put_cut_note(struct writer *w)
{
	if (w->prev != NULL)
		buf_putc(w->out, '\n');
	buf_puts(w->out, "[The text goes on, but is cut here for its length.]\n");
	if (w->o != NULL && w->o->original != NULL) {
		buf_puts(w->out, "=> ");
		buf_puts(w->out, w->o->original);
		buf_puts(w->out, " The whole text\n");
	}
}

bool
writer_gemtext(struct buf *out, const struct doc *d,
    const struct gemtext_options *o)
{
	struct writer w = { .out = out, .start = out->n, .d = d, .o = o };
	size_t max = out->max != 0 && out->max < GEMTEXT_OUTPUT_MAX ?
	    out->max : GEMTEXT_OUTPUT_MAX, size = 16;
	bool cut = d->cut;

	max = max > CUT_RESERVE ? max - CUT_RESERVE : 0;
	while (size < 2 * d->nlinks + 2)
		size *= 2;
	w.seen = xcalloc(size, sizeof(*w.seen));
	w.seen_mask = size - 1;
	w.placed = xcalloc(d->nlinks, sizeof(*w.placed));
	for (size_t i = 0; i < d->nblocks; i++) {
		struct block *k = &d->blocks[i];
		const struct block *prev = w.prev;
		size_t mark = out->n;

		if (k->dead)
			continue;
		if (k->kind == BLOCK_RULE) {
			w.rule = w.prev != NULL;
			continue;
		}
		put_block(&w, k);
		if (out->n - w.start + w.quote_links.n > max || out->over) {
			out->over = false;
			buf_truncate(out, mark);
			w.prev = prev;
			cut = true;
			break;
		}
	}
	flush_quote_links(&w);
	if (cut)
		put_cut_note(&w);
	buf_free(&w.quote_links);
	free(w.seen);
	free(w.placed);
	return !cut;
}
