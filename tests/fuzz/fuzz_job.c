/* The parsing children's protocol: requests, and replies taken apart. */
#include "update/job.h"
#include "feed/parse.h"

int	LLVMFuzzerTestOneInput(const uint8_t *, size_t);

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	struct span in = span_of((const char *)data, n), gmi, txt;
	struct arena a = { 0 };
	struct buf reply;
	struct feed *f;

	if (n == 0)
		return 0;
	buf_init(&reply, CHILD_REPLY_MAX);
	(void)job_run(&reply, data[0] & 3, span_from(in, 1));
	(void)job_get_texts(in, &gmi, &txt);
	(void)feed_decode(&f, &a, in, NULL);
	arena_free(&a);
	buf_free(&reply);
	return 0;
}
