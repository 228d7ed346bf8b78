/* Plain text to gemtext, and gemtext as it may come laid out as text. */
#include "converted.h"

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct span in = span_of((const char *)data, size);
	struct buf text = { 0 }, out = { 0 };

	converted(GEMTEXT_PLAIN, data, size);
	utf8_lines(&text, in);
	gemtext_to_text(&out, buf_span(&text), 40);
	clean(buf_span(&out));
	/* what is read of it is never more than it */
	buf_clear(&out);
	gemtext_prose(&out, buf_span(&text));
	must(out.n <= text.n && utf8_valid(buf_span(&out)));
	buf_clear(&out);
	gemtext_put_text(&out, in);
	gemtext_put_link(&out, in, in);
	must(utf8_valid(buf_span(&out)));
	buf_free(&out);
	buf_free(&text);
	return 0;
}
