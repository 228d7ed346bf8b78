#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/xalloc.h"

void
buf_init(struct buf *b, size_t max)
{
	*b = (struct buf){ .max = max };
}

void
buf_free(struct buf *b)
{
	free(b->p);
	*b = (struct buf){ .max = b->max };
}

void
buf_clear(struct buf *b)
{
	b->over = false;
	buf_truncate(b, 0);
}

void
buf_truncate(struct buf *b, size_t n)
{
	if (b->p == NULL)
		return;
	b->n = n;
	b->p[n] = '\0';
}

char *
buf_reserve(struct buf *b, size_t n)
{
	size_t max = b->max != 0 ? b->max : BUF_MAX_DEFAULT;

	if (b->over || n > max || b->n > max - n) {
		b->over = true;
		return NULL;
	}
	if (b->n + n + 1 > b->cap) {
		size_t cap = b->cap < 64 ? 64 : b->cap;

		while (cap < b->n + n + 1)
			cap += cap / 2;
		if (cap - 1 > max)
			cap = max + 1;
		b->p = xreallocarray(b->p, cap, 1);
		b->p[b->n] = '\0';
		b->cap = cap;
	}
	return b->p + b->n;
}

void
buf_put_grow(struct buf *b, const void *p, size_t n)
{
	char *to;

	if (n == 0 || (to = buf_reserve(b, n)) == NULL)
		return;
	memcpy(to, p, n);
	b->n += n;
	b->p[b->n] = '\0';
}

void
buf_puts(struct buf *b, const char *s)
{
	buf_put(b, s, strlen(s));
}

void
buf_putf(struct buf *b, const char *fmt, ...)
{
	char small[256], *big;
	int n;
	va_list ap;

	va_start(ap, fmt);
	n = vsnprintf(small, sizeof(small), fmt, ap);
	va_end(ap);
	if (n < 0)
		return;
	if ((size_t)n < sizeof(small)) {
		buf_put(b, small, (size_t)n);
		return;
	}
	big = xmalloc((size_t)n + 1);
	va_start(ap, fmt);
	vsnprintf(big, (size_t)n + 1, fmt, ap);
	va_end(ap);
	buf_put(b, big, (size_t)n);
	free(big);
}

void
buf_putn(struct buf *b, int64_t v, int width)
{
	char digits[24], *p = digits + sizeof(digits);
	uint64_t u = v < 0 ? 0 - (uint64_t)v : (uint64_t)v;

	do
		*--p = (char)('0' + u % 10);
	while ((u /= 10) > 0);
	while (digits + sizeof(digits) - p < width && p > digits + 1)
		*--p = '0';
	if (v < 0)
		*--p = '-';
	buf_put(b, p, (size_t)(digits + sizeof(digits) - p));
}

const char *
buf_cstr(const struct buf *b)
{
	return b->p != NULL ? b->p : "";
}

char *
buf_take(struct buf *b)
{
	char *p = b->p != NULL ? b->p : xstrdup("");

	*b = (struct buf){ .max = b->max };
	return p;
}
