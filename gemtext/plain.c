/* Plain text: paragraphs are separated by blank lines. */
#include "base/utf8.h"
#include "gemtext/build.h"

void
plain_parse(struct build *b, struct span in)
{
	struct buf valid = { 0 };
	struct span rest, line;
	const struct tag_info *p = tag_find("p");

	utf8_repair(&valid, in);
	rest = buf_span(&valid);
	build_start(b, p, NULL);
	while (span_line(&rest, &line)) {
		if (span_trim(line).n == 0) {
			build_end(b);
			build_start(b, p, NULL);
		} else {
			build_text(b, line.p, line.n);
			build_text(b, "\n", 1);
		}
	}
	build_end(b);
	buf_free(&valid);
}
