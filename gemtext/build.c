#include <stdlib.h>

#include "base/uri.h"
#include "base/utf8.h"
#include "base/xalloc.h"
#include "gemtext/builder.h"

/* The next word of *s, false at its end. */
static bool
next_word(const char **s, struct span *word)
{
	const char *p = *s;

	while (ascii_space(*p))
		p++;
	word->p = p;
	while (*p != '\0' && !ascii_space(*p))
		p++;
	word->n = (size_t)(p - word->p);
	*s = p;
	return word->n > 0;
}

bool
att_class(const struct atts *atts, const char *word)
{
	const char *s = att_of(atts, ATT_CLASS);
	struct span w;

	while (s != NULL && next_word(&s, &w))
		if (span_eqs(w, word))
			return true;
	return false;
}

struct build *
build_new(struct doc *d, const struct gemtext_options *o)
{
	struct build *b = xcalloc(1, sizeof(*b));
	const char *hash;

	b->d = d;
	b->furniture = o != NULL && o->furniture;
	d->text.max = BUILD_TEXT_MAX + 65536;
	buf_putc(&d->text, '\n');	/* so that every text has one before */
	if (o != NULL && o->base != NULL && o->base[0] != '\0') {
		struct buf abs = { 0 };

		b->base = arena_strdup(&d->arena, o->base);
		if (uri_resolve(&abs, NULL, span_str(o->base)) == 0) {
			hash = strchr(abs.p, '#');
			b->self = arena_strndup(&d->arena, abs.p,
			    hash != NULL ? (size_t)(hash - abs.p) : abs.n);
			d->self = b->self;
		}
		buf_free(&abs);
	}
	GROW(d->lists, d->nlists, d->lists_cap);
	d->lists[d->nlists++] = (struct list){ .type = '*' };
	return b;
}

/* --- blocks --- */

struct block *
build_push_block(struct build *b)
{
	struct doc *d = b->d;
	struct block *k;

	if (d->nblocks >= BUILD_BLOCKS_MAX) {
		d->cut = true;
		return NULL;
	}
	GROW(d->blocks, d->nblocks, d->blocks_cap);
	k = &d->blocks[d->nblocks++];
	*k = (struct block){ .text = (uint32_t)d->text.n,
	    .text_end = (uint32_t)d->text.n, .mark = (uint32_t)d->nmarks,
	    .mark_end = (uint32_t)d->nmarks,
	    .quotes = (uint8_t)(b->quotes < QUOTE_DEPTH_MAX ? b->quotes :
	    QUOTE_DEPTH_MAX),
	    .lists = (uint8_t)(b->nlists < 255 ? b->nlists : 255) };
	memcpy(k->quote, b->quote, sizeof(k->quote));
	return k;
}

static struct item *
pending_item(struct build *b)
{
	if (b->nitems > b->item_base && b->items[b->nitems - 1].pending)
		return &b->items[b->nitems - 1];
	return NULL;
}

void
build_begin(struct build *b)
{
	if (b->in_block)
		return;
	b->in_block = true;
	b->cur = (struct block){ .kind = BLOCK_PARA,
	    .text = (uint32_t)b->d->text.n, .mark = (uint32_t)b->d->nmarks };
	b->space = b->space_lf = false;
	b->breaks = 0;
	b->last = '\n';
	if (b->pre > 0)
		b->cur.kind = BLOCK_PRE;
	else if (b->heading > 0)
		b->cur.kind = BLOCK_HEADING;
	else if (b->term)
		b->cur.kind = BLOCK_TERM;
	else if (pending_item(b) != NULL)
		b->cur.kind = BLOCK_ITEM;
}

/* Trailing white space of a range of text. */
static uint32_t
trimmed_end(const struct build *b, uint32_t from)
{
	uint32_t end = (uint32_t)b->d->text.n;

	while (end > from && (b->d->text.p[end - 1] == ' ' ||
	    b->d->text.p[end - 1] == '\n'))
		end--;
	return end;
}

/* Marks that stand for something without text. */
static bool
has_media(const struct build *b)
{
	for (size_t i = b->cur.mark; i < b->d->nmarks; i++)
		if (b->d->marks[i].kind == MARK_IMAGE ||
		    b->d->marks[i].kind == MARK_AFTER)
			return true;
	return false;
}

static void
take_item(struct build *b, struct block *k)
{
	struct item *it = pending_item(b);
	const struct list *l;

	if (it == NULL)
		return;
	it->pending = false;
	k->list = it->list;
	k->number = it->number;
	k->numbered = it->numbered;
	k->lists = it->lists;
	l = &b->d->lists[it->list];
	k->top = l->top;
}

/* A link goes on over the end of a block: its words are the first's. */
static void
link_over_end(struct build *b, uint32_t end)
{
	struct doc_link *l;

	if (!b->linked || b->link_pending || b->link_url == NULL)
		return;
	l = &b->d->links[b->link];
	if (l->text_end <= l->text && end > b->link_text) {
		l->text = b->link_text;
		l->text_end = end;
	}
}

void
build_flush(struct build *b)
{
	struct doc *d = b->d;
	struct block *k;
	uint32_t end;

	b->breaks = 0;
	b->space = b->space_lf = false;
	if (!b->in_block)
		return;
	b->in_block = false;
	end = b->cur.kind == BLOCK_PRE ? (uint32_t)d->text.n :
	    trimmed_end(b, b->cur.text);
	if (end == b->cur.text && !has_media(b)) {
		/* A link that is open shows itself in the next block. */
		if (b->linked && !b->link_pending && b->link_flushes ==
		    b->flushes)
			b->link_pending = true;
		d->nmarks = b->cur.mark;
		buf_truncate(&d->text, b->cur.text);
		return;
	}
	b->flushes++;
	link_over_end(b, end);
	if ((k = build_push_block(b)) == NULL)
		return;
	k->kind = b->cur.kind;
	k->level = b->heading;
	k->caption = b->caption;
	k->text = b->cur.text;
	k->text_end = end;
	k->mark = b->cur.mark;
	k->alt = b->language;
	if (end == k->text && k->kind != BLOCK_PRE)
		k->kind = BLOCK_PARA;
	else if (k->kind == BLOCK_ITEM)
		take_item(b, k);
	else if (k->kind == BLOCK_TERM)
		k->top = d->lists[b->nlists > 0 ?
		    b->lists[b->nlists - 1] : 0].top;
	if (b->figcaption && b->nfigures > 0) {
		b->figures[b->nfigures - 1].caption =
		    (uint32_t)d->nblocks - 1;
		b->figures[b->nfigures - 1].captions++;
	}
	/* Two blocks never share a byte of text. */
	buf_putc(&d->text, '\n');
}

/* The end of a block element: in a heading only a space. */
static void
boundary(struct build *b)
{
	if (b->pre > 0) {
		if (b->in_block && b->d->text.p[b->d->text.n - 1] != '\n')
			inline_put(b, "\n");
	} else if (b->heading > 0)
		b->space = true;
	else
		build_flush(b);
}

static void
rule(struct build *b)
{
	struct block *k;

	boundary(b);
	if (b->heading == 0 && b->pre == 0 &&
	    (k = build_push_block(b)) != NULL)
		k->kind = BLOCK_RULE;
}

/* --- lists --- */

static void
list_start(struct build *b, bool ordered, const struct atts *atts)
{
	struct doc *d = b->d;
	const char *s;
	struct list l = { .type = '*', .next = 1 };

	boundary(b);
	if (ordered) {
		l.type = '1';
		if ((s = att_of(atts, ATT_TYPE)) != NULL &&
		    strchr("1aAiI", s[0]) != NULL && s[0] != '\0')
			l.type = s[0];
		s = att_of(atts, ATT_START);
		l.reversed = att_of(atts, ATT_REVERSED) != NULL && s == NULL;
		if (s != NULL && strlen(s) < 10)
			l.next = (int32_t)strtol(s, NULL, 10);
		if (att_of(atts, ATT_REVERSED) != NULL && s != NULL)
			l.count = -1;	/* counts down from start */
	}
	l.top = b->nlists > 0 ? d->lists[b->lists[0]].top :
	    (uint32_t)d->nlists;
	GROW(d->lists, d->nlists, d->lists_cap);
	d->lists[d->nlists] = l;
	GROW(b->lists, b->nlists, b->lists_cap);
	b->lists[b->nlists++] = (uint32_t)d->nlists++;
}

static void
list_end(struct build *b)
{
	boundary(b);
	if (b->nlists > 0)
		b->nlists--;
}

static void
item_start(struct build *b, const struct atts *atts)
{
	struct doc *d = b->d;
	struct item it = { .pending = true, .lists = 1 };
	struct list *l;
	const char *s;

	boundary(b);
	if (b->nlists > 0) {
		it.list = b->lists[b->nlists - 1];
		it.lists = (uint8_t)(b->nlists < 255 ? b->nlists : 255);
	}
	l = &d->lists[it.list];
	it.numbered = l->type != '*';
	if (it.numbered) {
		if ((s = att_of(atts, ATT_VALUE)) != NULL && strlen(s) < 10 &&
		    s[0] != '\0')
			l->next = (int32_t)strtol(s, NULL, 10);
		it.number = l->next;
		if (l->count < 0)
			l->next--;
		else {
			l->count++;
			l->next++;
		}
	}
	GROW(b->items, b->nitems, b->items_cap);
	b->items[b->nitems++] = it;
}

static void
item_end(struct build *b)
{
	boundary(b);
	if (b->nitems > b->item_base)
		b->nitems--;
}

static void
checkbox(struct build *b, const struct atts *atts)
{
	const char *type = att_of(atts, ATT_TYPE);

	if (type == NULL || strcasecmp(type, "checkbox") != 0 ||
	    b->nitems <= b->item_base)
		return;
	inline_visible(b, '[');
	inline_put(b, att_of(atts, ATT_CHECKED) != NULL ? "[x]" : "[ ]");
	b->space = true;
}

/* --- code --- */

static bool
language_char(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
	    (c >= '0' && c <= '9') || (c != '\0' && strchr("+#._-", c) != NULL);
}

static const char *
language_take(struct build *b, struct span s)
{
	size_t n = 0;

	while (n < s.n && n < 30 && language_char(s.p[n]))
		n++;
	s.n = n;
	if (n == 0 || span_ieqs(s, "text") || span_ieqs(s, "plain") ||
	    span_ieqs(s, "plaintext") || span_ieqs(s, "none"))
		return NULL;
	return arena_strndup(&b->d->arena, s.p, n);
}

/* The language that an element's attributes name, or NULL. */
static const char *
language_of(struct build *b, const struct atts *atts)
{
	static const char *const prefixes[] = { "language-", "lang-",
	    "highlight-source-", "brush:" };
	const char *s = att_of(atts, ATT_DATA_LANG);
	struct span w;

	if (s != NULL && s[0] != '\0')
		return language_take(b, span_str(s));
	s = att_of(atts, ATT_CLASS);
	while (s != NULL && next_word(&s, &w)) {
		if (span_eqs(w, "sourceCode") && next_word(&s, &w))
			return language_take(b, w);
		if (span_eqs(w, "brush:") && next_word(&s, &w))
			return language_take(b, w);
		for (size_t i = 0; i < sizeof(prefixes) /
		    sizeof(prefixes[0]); i++)
			if (span_istarts(w, prefixes[i]) &&
			    w.n > strlen(prefixes[i]))
				return language_take(b,
				    span_from(w, strlen(prefixes[i])));
	}
	return NULL;
}

static void
pre_start(struct build *b, const struct atts *atts, const char *around)
{
	const char *own = language_of(b, atts);

	if (b->pre == 0)
		build_flush(b);
	b->pre++;
	if (b->pre == 1)
		b->language = own != NULL ? own : around;
}

static void
pre_end(struct build *b)
{
	if (b->pre > 1) {
		b->pre--;
		return;
	}
	build_flush(b);
	b->pre = 0;
	b->language = NULL;
}

/* --- what is not shown --- */

static bool
style_hides(const char *style)
{
	struct buf flat = { 0 };
	bool hides;

	for (; *style != '\0'; style++)
		if (!ascii_space(*style))
			buf_putc(&flat, *style >= 'A' && *style <= 'Z' ?
			    (char)(*style + 32) : *style);
	hides = strstr(buf_cstr(&flat), "display:none") != NULL ||
	    strstr(buf_cstr(&flat), "visibility:hidden") != NULL;
	buf_free(&flat);
	return hides;
}

static bool
class_hides(const char *class, enum tag tag)
{
	static const char *const always[] = { "feedflare", "sharedaddy",
	    "jp-relatedposts", "katex-html", "MathJax_Preview" };
	static const char *const numbers[] = { "gutter", "lineno", "linenos",
	    "line-numbers", "lnt", "rouge-gutter" };
	struct span w;

	while (next_word(&class, &w)) {
		for (size_t i = 0; i < sizeof(always) / sizeof(always[0]); i++)
			if (span_eqs(w, always[i]))
				return true;
		if (tag != TAG_TD)
			continue;
		for (size_t i = 0; i < sizeof(numbers) / sizeof(numbers[0]);
		    i++)
			if (span_eqs(w, numbers[i]))
				return true;
	}
	return false;
}

static bool
not_shown(enum tag tag, const struct atts *atts)
{
	const char *s;

	if (tag == TAG_SKIP || tag == TAG_RP)
		return true;
	if (atts == NULL)
		return false;
	return att_of(atts, ATT_HIDDEN) != NULL ||
	    ((s = att_of(atts, ATT_STYLE)) != NULL && style_hides(s)) ||
	    ((s = att_of(atts, ATT_CLASS)) != NULL && class_hides(s, tag));
}

/* --- elements --- */

static void
quote_start(struct build *b)
{
	boundary(b);
	if (b->quotes < QUOTE_DEPTH_MAX)
		b->quote[b->quotes] = ++b->next_quote;
	b->quotes++;
}

static void
quote_end(struct build *b)
{
	boundary(b);
	if (b->quotes > 0)
		b->quotes--;
}

static void
base_element(struct build *b, const struct atts *atts)
{
	struct buf abs = { 0 };
	const char *href = att_of(atts, ATT_HREF);

	if (href == NULL || b->base_seen)
		return;
	b->base_seen = true;
	if (uri_resolve(&abs, b->base, span_str(href)) == 0)
		b->base = arena_strndup(&b->d->arena, abs.p, abs.n);
	buf_free(&abs);
}

static void
line_break(struct build *b)
{
	if (b->pre > 0) {
		build_begin(b);
		inline_put(b, "\n");
	} else
		b->breaks++;
}

/* The language named by an enclosing element at most three levels up. */
static const char *
language_around(const struct build *b)
{
	for (size_t i = 2; i <= 4 && i <= b->depth; i++)
		if (b->stack[b->depth - i].language != NULL)
			return b->stack[b->depth - i].language;
	return NULL;
}

static void
element_start(struct build *b, struct open *o, const struct tag_info *t,
    const struct atts *atts)
{
	const char *s;

	switch (t->tag) {
	case TAG_BLOCK:
	case TAG_DL:
		boundary(b);
		o->language = language_of(b, atts);
		break;
	case TAG_HEADING:
		boundary(b);
		if (b->pre == 0 && b->heading == 0) {
			b->heading = t->level;
			o->flag = 1;
		}
		break;
	case TAG_BR:
		line_break(b);
		break;
	case TAG_HR:
		rule(b);
		break;
	case TAG_QUOTE:
		quote_start(b);
		break;
	case TAG_UL:
	case TAG_OL:
		list_start(b, t->tag == TAG_OL, atts);
		break;
	case TAG_LI:
		item_start(b, atts);
		break;
	case TAG_DT:
		boundary(b);
		b->term = b->pre == 0;
		break;
	case TAG_DD:
		item_start(b, NULL);
		break;
	case TAG_PRE:
		pre_start(b, atts, language_around(b));
		break;
	case TAG_CODE:
		if (b->pre > 0 && b->language == NULL)
			b->language = language_of(b, atts);
		inline_open(b, o);
		break;
	case TAG_DEL:
	case TAG_Q:
	case TAG_SUB:
	case TAG_SUP:
	case TAG_RT:
		inline_open(b, o);
		break;
	case TAG_A:
		inline_a_start(b, atts);
		break;
	case TAG_IMG:
		media_image(b, atts);
		break;
	case TAG_VIDEO:
	case TAG_AUDIO:
		media_start(b, t->tag == TAG_VIDEO, atts);
		break;
	case TAG_SOURCE:
		media_source(b, atts);
		break;
	case TAG_IFRAME:
		if (b->ntables > 0)
			b->tables[b->ntables - 1].layout = true;
		media_embed(b, atts, att_of(atts, ATT_SRC));
		b->mute = b->depth;
		break;
	case TAG_EMBED:
		media_embed(b, atts, att_of(atts, ATT_SRC));
		break;
	case TAG_OBJECT:
		if ((s = att_of(atts, ATT_DATA)) != NULL) {
			media_embed(b, atts, s);
			b->mute = b->depth;
		}
		break;
	case TAG_FIGURE:
		boundary(b);
		o->language = language_of(b, atts);
		media_figure_start(b);
		break;
	case TAG_FIGCAPTION:
		boundary(b);
		b->figcaption = true;
		break;
	case TAG_MATH:
		inline_math_start(b, atts);
		break;
	case TAG_ANNOTATION:
		inline_annotation_start(b, atts);
		break;
	case TAG_INPUT:
		checkbox(b, atts);
		break;
	case TAG_TABLE:
		boundary(b);
		cells_table_start(b, atts);
		break;
	case TAG_CAPTION:
		boundary(b);
		b->caption = true;
		break;
	case TAG_TR:
		boundary(b);
		cells_row(b);
		break;
	case TAG_TD:
		boundary(b);
		cells_cell_start(b, t->level == 1, atts);
		break;
	case TAG_BASE:
		base_element(b, atts);
		break;
	default:
		break;
	}
}

static void
element_end(struct build *b, const struct open *o)
{
	switch ((enum tag)o->tag) {
	case TAG_BLOCK:
	case TAG_DL:
	case TAG_TR:
		boundary(b);
		break;
	case TAG_HEADING:
		if (o->flag != 0) {
			build_flush(b);
			b->heading = 0;
		} else
			boundary(b);
		break;
	case TAG_QUOTE:
		quote_end(b);
		break;
	case TAG_UL:
	case TAG_OL:
		list_end(b);
		break;
	case TAG_LI:
	case TAG_DD:
		item_end(b);
		break;
	case TAG_DT:
		boundary(b);
		b->term = false;
		break;
	case TAG_PRE:
		pre_end(b);
		break;
	case TAG_CODE:
	case TAG_DEL:
	case TAG_Q:
	case TAG_SUB:
	case TAG_SUP:
	case TAG_RT:
		inline_close(b, o);
		break;
	case TAG_A:
		inline_a_end(b);
		break;
	case TAG_VIDEO:
	case TAG_AUDIO:
		b->media_depth = 0;
		break;
	case TAG_FIGURE:
		boundary(b);
		media_figure_end(b);
		break;
	case TAG_FIGCAPTION:
		boundary(b);
		b->figcaption = false;
		break;
	case TAG_ANNOTATION:
		inline_annotation_end(b);
		break;
	case TAG_TABLE:
		boundary(b);
		cells_table_end(b);
		break;
	case TAG_CAPTION:
		boundary(b);
		b->caption = false;
		break;
	case TAG_TD:
		boundary(b);
		cells_cell_end(b);
		break;
	default:
		break;
	}
}

void
build_start(struct build *b, const struct tag_info *t,
    const struct atts *atts)
{
	struct open *o;

	if (b->skip > 0) {
		b->skip++;
		return;
	}
	if (b->depth >= BUILD_DEPTH_MAX) {
		b->beyond++;
		build_shallow(b, t);
		if (t->tag == TAG_BLOCK)
			boundary(b);
		return;
	}
	if (b->mute == 0 && not_shown(t->tag, atts)) {
		b->skip = 1;
		return;
	}
	GROW(b->stack, b->depth, b->stack_cap);
	o = &b->stack[b->depth++];
	*o = (struct open){ .tag = (uint8_t)(b->mute != 0 ? TAG_MUTED :
	    t->tag) };
	if (b->mute != 0)
		return;
	if (t->tag == TAG_BLOCK || t->tag == TAG_FIGURE || t->tag == TAG_OTHER)
		o->language = atts != NULL ? language_of(b, atts) : NULL;
	element_start(b, o, t, atts);
}

void
build_shallow(struct build *b, const struct tag_info *t)
{
	switch (t->tag) {
	case TAG_OTHER:
	case TAG_BLOCK:
	case TAG_BR:
	case TAG_HR:
	case TAG_IMG:
	case TAG_INPUT:
	case TAG_EMBED:
		return;
	/* One more below those that are shown is no loss. */
	case TAG_QUOTE:
		if (b->quotes > QUOTE_DEPTH_MAX)
			return;
		break;
	case TAG_UL:
	case TAG_OL:
	case TAG_LI:
		if (b->nlists > ITEM_DASHES_MAX)
			return;
		break;
	default:
		break;
	}
	if (b->skip == 0)
		b->d->cut = true;
}

void
build_end(struct build *b)
{
	struct open o;

	if (b->skip > 0) {
		b->skip--;
		return;
	}
	if (b->beyond > 0) {
		b->beyond--;
		return;
	}
	if (b->depth == 0)
		return;
	o = b->stack[b->depth - 1];
	if (b->mute == b->depth)
		b->mute = 0;
	element_end(b, &o);
	b->depth--;
}

/* "The post ... appeared first on ...": a feed's signature, not a text. */
static void
drop_signature(struct doc *d)
{
	struct buf line = { 0 };
	size_t i = d->nblocks;
	bool drop;

	while (i > 0 && d->blocks[i - 1].dead)
		i--;
	if (i == 0 || d->blocks[i - 1].kind != BLOCK_PARA)
		return;
	doc_block_line(&line, d, &d->blocks[i - 1]);
	drop = line.n < 2000 && span_starts(buf_span(&line), "The post ") &&
	    (strstr(line.p, " appeared first on ") != NULL ||
	    strstr(line.p, " first appeared on ") != NULL);
	if (drop)
		d->blocks[i - 1].dead = true;
	buf_free(&line);
}

void
build_finish(struct build *b)
{
	b->skip = b->beyond = 0;
	while (b->depth > 0)
		build_end(b);
	build_flush(b);
	if (!b->furniture)
		drop_signature(b->d);
	if (b->d->text.over)
		b->d->cut = true;
	free(b->stack);
	free(b->lists);
	free(b->items);
	free(b->figures);
	free(b->tables);
	free(b->cells);
	free(b);
}
