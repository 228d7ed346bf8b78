#include "base/utf8.h"
#include "gemtext/doc.h"
#include "gemtext/input.h"

int
gemtext_convert(struct buf *gmi, struct buf *txt, enum gemtext_from from,
    struct span in, const struct gemtext_options *o, struct error *e)
{
	struct doc d = { 0 };
	struct build *b = build_new(&d, o);
	bool whole = true;

	if (in.n > GEMTEXT_INPUT_MAX) {
		in.n = GEMTEXT_INPUT_MAX;
		whole = false;
	}
	if (from == GEMTEXT_HTML)
		html_parse(b, in);
	else if (from == GEMTEXT_MARKDOWN)
		whole = markdown_parse(b, in) && whole;
	else
		plain_parse(b, in);
	build_finish(b);
	d.cut = d.cut || !whole;
	if (gmi != NULL)
		whole = writer_gemtext(gmi, &d, o) && whole;
	if (txt != NULL)
		whole = writer_text(txt, &d, o) && whole;
	doc_free(&d);
	if (!whole)
		return error_set(e, E_LIMIT, "the text is longer than %zu "
		    "bytes in or %zu out, and was cut", GEMTEXT_INPUT_MAX,
		    GEMTEXT_OUTPUT_MAX);
	return 0;
}

void
gemtext_line(struct buf *out, enum gemtext_from from, struct span in)
{
	struct doc d = { 0 };
	struct build *b;
	bool first = true;

	/* Most titles have no markup at all. */
	if (from == GEMTEXT_PLAIN || (memchr(in.p, '<', in.n) == NULL &&
	    memchr(in.p, '&', in.n) == NULL)) {
		utf8_line(out, in);
		return;
	}
	b = build_new(&d, NULL);
	if (from == GEMTEXT_HTML)
		html_parse(b, in);
	else
		(void)markdown_parse(b, in);
	build_finish(b);
	for (size_t i = 0; i < d.nblocks; i++) {
		const struct block *k = &d.blocks[i];

		if (k->text_end == k->text)
			continue;
		if (!first)
			buf_putc(out, ' ');
		first = false;
		doc_block_line(out, &d, k);
	}
	doc_free(&d);
}
