#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/arena.h"
#include "base/xalloc.h"

#define BLOCK_MIN	((size_t)16 * 1024)
#define BLOCK_FIRST	((size_t)2000)	/* one feed's row and answer */

struct arena_block {
	struct arena_block	*next;
	size_t			 n, cap;
	max_align_t		 mem[];
};

static void *
take(struct arena *a, size_t n)
{
	const size_t align = _Alignof(max_align_t);
	struct arena_block *b = a->head;
	void *p;

	n = (n + align - 1) & ~(align - 1);
	if (b == NULL || b->cap - b->n < n) {
		size_t least = b == NULL ? BLOCK_FIRST : BLOCK_MIN;
		size_t cap = n > least ? n : least;

		b = xmalloc(sizeof(*b) + cap);
		b->n = 0;
		b->cap = cap;
		/* A block made for one big piece must not hide a roomy one. */
		if (n > BLOCK_MIN && a->head != NULL) {
			b->next = a->head->next;
			a->head->next = b;
		} else {
			b->next = a->head;
			a->head = b;
		}
	}
	p = (char *)b->mem + b->n;
	b->n += n;
	a->used += n;
	return p;
}

void *
arena_alloc(struct arena *a, size_t n)
{
	return memset(take(a, n), 0, n);
}

char *
arena_strndup(struct arena *a, const char *s, size_t n)
{
	char *p = take(a, n + 1);

	memcpy(p, s, n);
	p[n] = '\0';
	return p;
}

char *
arena_strdup(struct arena *a, const char *s)
{
	return s == NULL ? NULL : arena_strndup(a, s, strlen(s));
}

char *
arena_printf(struct arena *a, const char *fmt, ...)
{
	char *p;
	int n;
	va_list ap;

	va_start(ap, fmt);
	n = vsnprintf(NULL, 0, fmt, ap);
	va_end(ap);
	if (n < 0)
		return arena_strdup(a, "");
	p = arena_alloc(a, (size_t)n + 1);
	va_start(ap, fmt);
	vsnprintf(p, (size_t)n + 1, fmt, ap);
	va_end(ap);
	return p;
}

void *
arena_push(struct arena *a, void *array, size_t *n, size_t size)
{
	/* Grow when the count reaches a power of two. */
	if (*n == 0 || (*n & (*n - 1)) == 0) {
		size_t cap = *n == 0 ? 1 : *n * 2;
		char *p = arena_alloc(a, cap * size);

		if (*n > 0)
			memcpy(p, array, *n * size);
		array = p;
	}
	(*n)++;
	return array;
}

/* Make the block that holds nothing but array one of n bytes, or NULL. */
static void *
widen(struct arena *a, void *array, size_t n)
{
	struct arena_block **b = &a->head, *wide;
	size_t had;

	while (*b != NULL && (void *)(*b)->mem != array)
		b = &(*b)->next;
	if (*b == NULL || (*b)->cap <= BLOCK_MIN)
		return NULL;
	had = (*b)->n;
	wide = xreallocarray(*b, 1, sizeof(*wide) + n);
	memset((char *)wide->mem + had, 0, n - had);
	wide->n = wide->cap = n;
	a->used += n - had;
	*b = wide;
	return wide->mem;
}

void *
arena_push_moving(struct arena *a, void *array, size_t *n, size_t size)
{
	if (*n * size > BLOCK_MIN && (*n & (*n - 1)) == 0) {
		void *p = widen(a, array, 2 * *n * size);

		if (p != NULL) {
			(*n)++;
			return p;
		}
	}
	return arena_push(a, array, n, size);
}

void
arena_reset(struct arena *a)
{
	struct arena_block *b, *next, *keep = NULL;

	for (b = a->head; b != NULL; b = next) {
		next = b->next;
		if (keep == NULL && b->cap == BLOCK_MIN)
			keep = b;
		else
			free(b);
	}
	if (keep != NULL) {
		keep->next = NULL;
		keep->n = 0;
	}
	*a = (struct arena){ .head = keep };
}

void
arena_free(struct arena *a)
{
	struct arena_block *b, *next;

	for (b = a->head; b != NULL; b = next) {
		next = b->next;
		free(b);
	}
	*a = (struct arena){ 0 };
}
