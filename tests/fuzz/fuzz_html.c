/* HTML: see converted.h for what must hold. */
#include "converted.h"

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	if (size <= 64 * 1024)
		converted(GEMTEXT_HTML, data, size);
	return 0;
}
