/*
 * Gemini request lines: what is taken is clean, whatever came in.
 */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "serve/request.h"

int	LLVMFuzzerTestOneInput(const uint8_t *, size_t);

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct gemini_request r;
	char *p = malloc(size + 1);	/* exact, so that overruns show */
	ssize_t n;

	memcpy(p, data, size);
	n = gemini_line(p, size);
	if (n > GEMINI_URI_MAX)
		abort();
	gemini_parse(&r, span_of(p, n >= 0 ? (size_t)n : size));
	if (r.status == 0 && (r.path[0] == '/' || strstr(r.path, "/../") ||
	    strstr(r.path, "//") || strlen(r.path) > GEMINI_URI_MAX))
		abort();
	if (r.status != 0 && r.why == NULL)
		abort();
	free(p);
	return 0;
}
