/*
 * gunzip.c - the unpacked size is counted here and nowhere else, so that a
 * bomb stops at the ceiling whatever it claims.
 */
#include <stdint.h>

#include "base/error.h"
#include "fetch/gunzip.h"

#define CHUNK	((size_t)32 * 1024)

static int
start(struct gunzip *g)
{
	/* 15 + 32: gzip or zlib header, whichever is there. */
	if (!g->open && inflateInit2(&g->z, 15 + 32) != Z_OK)
		return E_FAIL;
	g->open = true;
	return 0;
}

int
gunzip_put(struct gunzip *g, struct buf *out, struct span in)
{
	int rc;

	if (in.n == 0)
		return 0;
	if ((rc = start(g)) != 0)
		return rc;
	g->z.next_in = (unsigned char *)(uintptr_t)in.p;
	g->z.avail_in = (unsigned)in.n;
	for (;;) {
		size_t max = out->max != 0 ? out->max : BUF_MAX_DEFAULT;
		size_t room = max - out->n < CHUNK ? max - out->n : CHUNK;
		unsigned char extra[1];
		char *to;

		/* At the ceiling one more byte tells a full body from more. */
		to = room > 0 ? buf_reserve(out, room) : (char *)extra;
		if (to == NULL)
			return E_LIMIT;
		g->z.next_out = (unsigned char *)to;
		g->z.avail_out = room > 0 ? (unsigned)room : 1;
		if (g->whole) {
			/* Another member, or padding after the end. */
			if (g->z.avail_in == 0 || g->z.next_in[0] == 0)
				return 0;
			if (inflateReset(&g->z) != Z_OK)
				return E_FAIL;
			g->whole = false;
		}
		rc = inflate(&g->z, Z_NO_FLUSH);
		if (room == 0 && g->z.avail_out == 0)
			return E_LIMIT;
		if (room > 0)
			buf_truncate(out, out->n + room - g->z.avail_out);
		if (rc == Z_STREAM_END)
			g->whole = true;
		else if (rc == Z_BUF_ERROR)
			return 0;
		else if (rc != Z_OK)
			return E_SYNTAX;
		else if (g->z.avail_in == 0 && g->z.avail_out > 0)
			return 0;
	}
}

int
gunzip_end(const struct gunzip *g)
{
	return g->open && !g->whole ? E_SYNTAX : 0;
}

void
gunzip_free(struct gunzip *g)
{
	if (g->open)
		inflateEnd(&g->z);
	*g = (struct gunzip){ .open = false };
}
