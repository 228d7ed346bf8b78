/* From bytes to a document, and from it to both kinds of output. */
#include "base/uri.h"
#include "base/utf8.h"
#include "gemtext/build.h"

/* One way through the document; false when it must be another. */
static bool
parse_once(struct build *b, enum gemtext_from from, struct span in,
    bool direct, bool *whole)
{
	enum markdown_result r;

	if (from == GEMTEXT_HTML)
		return html_parse(b, in, direct);
	if (from == GEMTEXT_MARKDOWN) {
		r = markdown_parse(b, in, direct);
		if (r == MARKDOWN_CUT)
			*whole = false;
		return r != MARKDOWN_UNCLEAR;
	}
	plain_parse(b, in);
	return true;
}

static bool
parse(struct doc *d, enum gemtext_from from, struct span in,
    const struct gemtext_options *o)
{
	bool whole = in.n <= GEMTEXT_INPUT_MAX, clear;
	struct build *b;

	if (!whole)
		in.n = GEMTEXT_INPUT_MAX;
	for (bool direct = true;; direct = false) {
		doc_begin(d);
		(void)buf_reserve(&d->text, in.n);
		b = build_new(d, o);
		clear = parse_once(b, from, in, direct, &whole);
		build_finish(b);
		if (clear)
			break;
		doc_end(d);
	}
	return whole && !d->cut;
}

#define CUT_NOTE "[Cut here: the rest is too long to be shown.]"

static void
note_cut(struct buf *out, const struct gemtext_options *o, bool gemtext)
{
	struct buf url = { 0 };
	bool linked = o->original != NULL && uri_resolve(&url, NULL,
	    span_str(o->original)) == 0;

	if (out->n > 0)
		buf_putc(out, '\n');
	buf_puts(out, CUT_NOTE "\n");
	if (linked && gemtext)
		gemtext_put_link(out, buf_span(&url),
		    span_str("The whole text"));
	else if (linked)
		buf_putf(out, "The whole text: %s\n", buf_cstr(&url));
	buf_free(&url);
}

int
gemtext_convert(struct buf *gmi, struct buf *txt, enum gemtext_from from,
    struct span in, const struct gemtext_options *o, struct error *e)
{
	static const struct gemtext_options none;
	struct doc d;
	bool whole, g = true, t = true;

	if (o == NULL)
		o = &none;
	whole = parse(&d, from, in, o);
	if (gmi != NULL && d.text.n < GEMTEXT_OUTPUT_MAX)
		(void)buf_reserve(gmi, d.text.n + d.text.n / 4);
	if (gmi != NULL && (!(g = writer_gemtext(gmi, &d, o)) || !whole))
		note_cut(gmi, o, true);
	if (txt != NULL && (!(t = writer_text(txt, &d, o)) || !whole))
		note_cut(txt, o, false);
	doc_end(&d);
	if (whole && g && t)
		return 0;
	return error_set(e, E_LIMIT, "document cut: longer than %zu bytes of "
	    "input or %zu of output, or too many blocks or links",
	    GEMTEXT_INPUT_MAX, GEMTEXT_OUTPUT_MAX);
}

void
gemtext_line(struct buf *out, enum gemtext_from from, struct span in)
{
	static const struct gemtext_options none;
	struct doc d;
	struct buf line = { 0 };

	if (from == GEMTEXT_PLAIN || (memchr(in.p, '<', in.n) == NULL &&
	    memchr(in.p, '&', in.n) == NULL && from == GEMTEXT_HTML)) {
		utf8_line(out, in);
		return;
	}
	parse(&d, from, in, &none);
	for (size_t i = 0; i < d.nblocks; i++)
		if (!d.blocks[i].dead && d.blocks[i].text_end >
		    d.blocks[i].text) {
			if (line.n > 0)
				buf_putc(&line, ' ');
			doc_block_line(&line, &d, &d.blocks[i]);
		}
	utf8_line(out, buf_span(&line));
	buf_free(&line);
	doc_end(&d);
}
