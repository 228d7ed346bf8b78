/*
 * Headers, selectors and pages of strangers: the first byte says which.
 */
#include <stdint.h>
#include <string.h>

#include "base/error.h"
#include "fetch/discover.h"
#include "fetch/gunzip.h"
#include "fetch/header.h"

int	LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct discovery d = { .n = 0 };
	struct gunzip g = { .open = false };
	struct buf out = { .max = 65536 };
	struct span in, part = { "", 0 };
	char text[HEADER_VALUE_MAX + 1], type;
	int64_t n;
	int status;

	if (size == 0)
		return 0;
	in = span_of((const char *)data + 1, size - 1);
	switch (data[0] % 5) {
	case 0:
		header_gemini(in, &status, &part);
		header_copy(text, sizeof(text), in);
		header_retry_after(in, 1767225600);
		header_max_age(in, &n);
		header_coding(in);
		break;
	case 1:
		header_gopher_selector(in, span_of(NULL, 0), &out, &type);
		break;
	case 2:
		buf_put_span(&out, in);
		header_gopher_finish(&out, '1', &part);
		break;
	case 3:
		if (gunzip_put(&g, &out, in) == 0)
			gunzip_end(&g);
		gunzip_free(&g);
		break;
	default:
		discover_html(&d, in, "https://a.example/x/");
		discover_gemtext(&d, in, "gemini://a.example/");
		discover_gopher(&d, in);
		discover_free(&d);
	}
	buf_free(&out);
	return 0;
}
