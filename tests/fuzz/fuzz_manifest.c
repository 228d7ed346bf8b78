/*
 * A capsule's manifest and robots.txt.
 */
#include <stdint.h>
#include <stdlib.h>

#include "mirror/manifest.h"
#include "mirror/robots.h"

int	LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct span in = span_of((const char *)data, size);
	struct manifest m;

	if (manifest_read(&m, in) == 0)
		for (size_t i = 0; i < m.n; i++)
			if (!manifest_path_safe(m.files[i].path) ||
			    manifest_find(&m, m.files[i].path) == NULL)
				abort();
	manifest_free(&m);
	robots_allow(in, "archiver", span_str("/e/2026/x"));
	return 0;
}
