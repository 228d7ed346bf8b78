/* Dates: whatever is read is written and read again the same. */
#include <stdlib.h>

#include "base/date.h"

int	LLVMFuzzerTestOneInput(const uint8_t *, size_t);

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	struct buf b = { 0 };
	int64_t t = date_parse(span_of((const char *)data, n));

	if (t == DATE_NONE)
		return 0;
	date_rfc3339(&b, t);
	if (b.n == 20 && b.p[0] != '-' && date_parse(buf_span(&b)) != t)
		abort();
	buf_clear(&b);
	date_rfc822(&b, t);
	buf_free(&b);
	return 0;
}
