/*
 * Our own menus parse strictly under any input: known type, four fields
 * after it, no control characters, narrow, the dot last.
 */
#include <stdint.h>
#include <stdlib.h>

#include "base/utf8.h"
#include "publish/gophermenu.h"

int	LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void
check(struct span line)
{
	const char *tab = memchr(line.p, '\t', line.n);
	struct span display;
	size_t tabs = 0;

	if (tab == NULL || strchr("01379gIphs;dxi", line.p[0]) == NULL)
		abort();
	display = span_of(line.p + 1, (size_t)(tab - line.p) - 1);
	for (size_t i = 0; i < line.n; i++) {
		tabs += line.p[i] == '\t';
		if ((unsigned char)line.p[i] < ' ' && line.p[i] != '\t')
			abort();
	}
	if (tabs != 3 || !utf8_valid(display) ||
	    utf8_columns(display) > GOPHERMENU_COLUMNS)
		abort();
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct buf b = { .max = 1 << 22 }, twin = { .max = 1 << 22 };
	struct gophermenu m = { .out = &b, .host = "hole.example",
	    .port = 70 };
	struct span s = span_of((const char *)data, size), rest, line;
	char *text = strndup((const char *)data, size);

	gophermenu_info(&m, s);
	gophermenu_item(&m, size > 0 ? (char)data[0] : '0', s, text, true);
	gophermenu_link(&m, s, s);
	gophermenu_end(&m);
	gophermenu_ascii(&twin, buf_span(&b), "hole.example", 70, "/ascii");
	for (int i = 0; i < 2; i++) {
		rest = buf_span(i == 0 ? &b : &twin);
		if (rest.n < 3 || memcmp(rest.p + rest.n - 3, ".\r\n", 3) != 0)
			abort();
		rest.n -= 3;
		while (span_line(&rest, &line))
			check(line);
	}
	free(text);
	buf_free(&b);
	buf_free(&twin);
	return 0;
}
