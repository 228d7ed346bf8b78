/*
 * The configuration reader: whatever loads is printed, loads again and
 * prints the same; lists of every other kind are read from the same bytes.
 */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "config/config.h"
#include "config/lists.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static char *
printed(struct span bytes)
{
	struct config_problems problems = { 0 };
	struct config *c = NULL;
	struct buf out = { 0 };
	int rc;

	rc = config_read(&c, "/nonexistent/planet.ini", bytes, &problems,
	    NULL);
	if (rc == 0)
		config_print(&out, c);
	config_problems_free(&problems);
	config_free(c);
	return rc == 0 ? buf_take(&out) : NULL;
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct span bytes = span_of((const char *)data, size);
	struct list l = { 0 };
	char *first, *second;

	if (size > 64 * 1024)
		return 0;
	first = printed(bytes);
	if (first != NULL) {
		second = printed(span_str(first));
		if (second == NULL || strcmp(first, second) != 0)
			abort();
		free(second);
	}
	free(first);
	list_read(&l, bytes, LIST_UNKNOWN, "list", NULL);
	list_free(&l);
	return 0;
}
