/* Encodings: the first byte chooses a label, the result is valid UTF-8. */
#include <stdlib.h>

#include "base/utf8.h"
#include "feed/charset.h"

int	LLVMFuzzerTestOneInput(const uint8_t *, size_t);

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	static const char *const types[] = { NULL, "text/xml; charset=utf-8",
	    "text/xml; charset=\"big5\"", "text/xml; charset=iso-2022-jp",
	    "a/b;charset=shift_jis", "a/b;charset=gb18030",
	    "a/b;charset=utf-16", "a/b;charset=windows-1255" };
	struct buf store = { 0 }, mended = { 0 };
	struct span s;
	const char *name;

	if (n == 0)
		return 0;
	s = charset_utf8(&store, span_of((const char *)data + 1, n - 1),
	    types[data[0] % 8], &name);
	if (!utf8_valid(s))
		abort();
	if (charset_mend(&mended, s) && !utf8_valid(buf_span(&mended)))
		abort();
	buf_free(&mended);
	buf_free(&store);
	return 0;
}
