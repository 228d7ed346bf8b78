/* JSON Feed. */
#include "base/utf8.h"
#include "feed/formats.h"

int	LLVMFuzzerTestOneInput(const uint8_t *, size_t);

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	struct parse_options o = { .base_url = "gemini://a.example/log/" };
	struct arena a = { 0 };
	struct buf text = { 0 };
	struct feed *f = arena_alloc(&a, sizeof(*f));

	feed_blank(f);
	utf8_repair(&text, span_of((const char *)data, n));
	(void)feed_read_json(f, &a, buf_span(&text), &o, NULL);
	buf_free(&text);
	arena_free(&a);
	return 0;
}
