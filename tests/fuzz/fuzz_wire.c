/* The answer of a parsing child that went wrong. */
#include <stdlib.h>

#include "feed/parse.h"

int	LLVMFuzzerTestOneInput(const uint8_t *, size_t);

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	struct arena a = { 0 };
	struct buf b = { 0 };
	struct feed *f;

	if (feed_decode(&f, &a, span_of((const char *)data, n), NULL) == 0) {
		feed_encode(&b, f);
		if (!span_eq(buf_span(&b), span_of((const char *)data, n)))
			abort();
	}
	buf_free(&b);
	arena_free(&a);
	return 0;
}
