/*
 * PROXY headers of both versions.
 */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "serve/proxyproto.h"

int	LLVMFuzzerTestOneInput(const uint8_t *, size_t);

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct sockaddr_storage from;
	uint8_t *p = malloc(size + 1);
	ssize_t n;

	memcpy(p, data, size);
	n = proxy_parse(p, size, &from);
	if (n == 0 || n < -2 || n > (ssize_t)size || n > PROXY_HEADER_MAX)
		abort();
	free(p);
	return 0;
}
