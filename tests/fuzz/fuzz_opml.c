/*
 * OPML: whatever is read is written and read again to the same list.
 */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "config/opml.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void
must(bool same)
{
	if (!same)
		abort();
}

static void
compare(const struct list *a, const struct list *b)
{
	must(a->nfeeds == b->nfeeds);
	for (size_t i = 0; i < a->nfeeds; i++) {
		must(strcmp(a->feeds[i].url, b->feeds[i].url) == 0);
		must(a->feeds[i].npaths == b->feeds[i].npaths);
	}
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct list first = { 0 }, second = { 0 };
	struct buf out = { 0 };

	if (size <= 256 * 1024 && opml_read(&first, span_of(
	    (const char *)data, size), NULL) == 0) {
		opml_write(&out, &first, NULL);
		must(opml_read(&second, buf_span(&out), NULL) == 0);
		compare(&first, &second);
	}
	buf_free(&out);
	list_free(&first);
	list_free(&second);
	return 0;
}
