/*
 * URIs: the first line is the base, the rest a reference.  What resolves
 * is a URI of printable ASCII, and resolving it again changes nothing.
 */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/uri.h"
#include "base/utf8.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void
must(bool so, struct span s)
{
	if (so)
		return;
	fprintf(stderr, "not so: %.*s\n", (int)s.n, s.p);
	abort();
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct span rest = span_of((const char *)data, size), line = { "", 0 };
	struct buf base = { 0 }, out = { 0 }, again = { 0 };

	if (size > 8192)
		return 0;
	(void)span_line(&rest, &line);
	buf_put_span(&base, line);
	if (uri_resolve(&out, buf_cstr(&base), rest) == 0) {
		must(out.n > 0 && out.n <= URI_MAX, buf_span(&out));
		for (size_t i = 0; i < out.n; i++)
			must(out.p[i] > ' ' && out.p[i] < 0x7f &&
			    strchr("<>\"\\^{|}`", out.p[i]) == NULL,
			    buf_span(&out));
		must(uri_resolve(&again, NULL, buf_span(&out)) == 0,
		    buf_span(&out));
		must(span_eq(buf_span(&out), buf_span(&again)),
		    buf_span(&again));
		buf_clear(&again);
		uri_canonical(&again, buf_cstr(&out));
		uri_public(&again, buf_cstr(&out));
		uri_unescape(&again, buf_span(&out));
	} else
		must(out.n == 0, rest);
	buf_free(&base);
	buf_free(&out);
	buf_free(&again);
	return 0;
}
