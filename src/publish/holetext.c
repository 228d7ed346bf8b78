#include <string.h>

#include "base/utf8.h"
#include "publish/gophermenu.h"
#include "publish/holetext.h"

/* "Label: value", wrapped; continued lines stand under the value. */
static void
put_field(struct buf *out, const char *label, const char *value,
    size_t width)
{
	struct buf wrapped = { .max = 1 << 20 };
	size_t n = utf8_columns(span_str(label)) + 2;
	struct span rest, line;
	bool first = true;

	if (value == NULL || value[0] == '\0')
		return;
	gophertext_wrap(&wrapped, span_str(value), width - n, 0, "\n");
	rest = buf_span(&wrapped);
	while (span_line(&rest, &line)) {
		if (first)
			buf_putf(out, "%s: ", label);
		else
			buf_putf(out, "%*s", (int)n, "");
		buf_put_span(out, line);
		buf_putc(out, '\n');
		first = false;
	}
	buf_free(&wrapped);
}

/* An address is not broken, it would lead nowhere; a long one begins a
 * line of its own. */
static void
put_address(struct buf *out, const char *label, const char *url,
    size_t width)
{
	struct buf clean = { .max = 1 << 16 };

	if (url == NULL || url[0] == '\0')
		return;
	utf8_line(&clean, span_str(url));
	buf_putf(out, "%s:%c", label, utf8_columns(span_str(label)) +
	    2 + utf8_columns(buf_span(&clean)) > width ? '\n' : ' ');
	buf_put_span(out, buf_span(&clean));
	buf_putc(out, '\n');
	buf_free(&clean);
}

static void
put_list(struct buf *out, const struct holetext *t)
{
	const struct store_entry *en = t->entry;

	for (size_t i = 0; i < en->nenclosures; i++) {
		const struct link *l = &en->enclosures[i];

		if (l->href == NULL)
			continue;
		buf_putf(out, "\n%s", strings_get(t->words, W_attached));
		if (l->type != NULL)
			buf_putf(out, " (%s)", l->type);
		if (l->length > 0) {
			buf_puts(out, ", ");
			strings_count(out, t->words, W_bytes, l->length);
		}
		buf_putf(out, ":\n%s\n", l->href);
	}
}

void
holetext_put(struct buf *out, const struct holetext *t)
{
	const struct store_entry *en = t->entry;
	struct buf b = { .max = (size_t)2 << 20 }, tags = { .max = 1 << 16 };

	gophertext_wrap(&b, span_str(t->title), t->width, 0, "\n");
	buf_putc(&b, '\n');
	put_field(&b, strings_get(t->words, W_source), t->source, t->width);
	put_field(&b, strings_get(t->words, W_author), t->author, t->width);
	put_field(&b, strings_get(t->words, W_date), t->date, t->width);
	for (size_t i = 0; i < en->ntags; i++)
		buf_putf(&tags, "%s%s", i > 0 ? ", " : "", en->tags[i]);
	put_field(&b, strings_get(t->words, W_tags), buf_cstr(&tags),
	    t->width);
	put_field(&b, strings_get(t->words, W_licence), en->license, t->width);
	put_field(&b, strings_get(t->words, W_rights), en->rights, t->width);
	put_address(&b, strings_get(t->words, W_original_at), en->link,
	    t->width);
	buf_putc(&b, '\n');
	if (en->text != NULL)
		buf_puts(&b, en->text);
	if (b.n > 0 && b.p[b.n - 1] != '\n')
		buf_putc(&b, '\n');
	if (en->summary_only && en->link != NULL)
		buf_putf(&b, "\n%s\n", strings_get(t->words,
		    W_summary_only));
	put_list(&b, t);
	buf_puts(&b, "\n--\n");
	put_address(&b, strings_get(t->words, W_over_gemini), t->gemini,
	    t->width);
	put_address(&b, strings_get(t->words, W_more), t->menu, t->width);
	gophertext_put(out, buf_span(&b));
	buf_free(&b);
	buf_free(&tags);
}
