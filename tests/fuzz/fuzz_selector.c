/*
 * Gopher selectors, as they stand and decoded.
 */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "serve/request.h"

int	LLVMFuzzerTestOneInput(const uint8_t *, size_t);

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct gopher_request r;
	char path[GOPHER_LINE_MAX + 1], *p = malloc(size + 1);
	ssize_t n;

	memcpy(p, data, size);
	n = gopher_line(p, size);
	if (n > GOPHER_LINE_MAX)
		abort();
	gopher_parse(&r, span_of(p, n >= 0 ? (size_t)n : size));
	for (int decode = 0; decode < 2; decode++)
		if (request_path(path, sizeof(path), r.selector, decode) == 0 &&
		    (path[0] == '/' || strstr(path, "/../") != NULL))
			abort();
	free(p);
	return 0;
}
