/*
 * Which tags follow each other without a question.  These are the rules
 * of libxml2's parser as it was seen to act, for the cases where they and
 * the HTML standard's agree; it looks at the innermost open element only.
 */
#include "base/xalloc.h"
#include "gemtext/builder.h"
#include "gemtext/nest.h"

#define OPEN_MAX	1000	/* deeper ones are the parser's business */

static uint32_t
hash(const char *p, size_t n)
{
	uint32_t h = 2166136261u;

	for (size_t i = 0; i < n; i++)
		h = (h ^ (unsigned char)p[i]) * 16777619u;
	return h;
}

static enum nest
innermost(const struct nesting *s)
{
	return s->n > 0 ? s->open[s->n - 1].nest : NEST_DIV;
}

static void
push(struct nesting *s, uint32_t name, enum nest nest)
{
	GROW(s->open, s->n, s->cap);
	s->open[s->n++] = (struct nest_open){ name, nest };
	s->unclear = s->unclear || s->n > OPEN_MAX;
}

static void
pop(struct nesting *s)
{
	build_end(s->b);
	s->n--;
}

#define BIT(nest)	(1u << (nest))

/* Elements that hold paragraphs, lists and the like. */
#define FLOW	(BIT(NEST_FREE) | BIT(NEST_DIV) | BIT(NEST_LI) | \
		BIT(NEST_DD) | BIT(NEST_CELL))

static const struct {
	uint32_t	closes;		/* as often as one is innermost */
	uint32_t	within;		/* what it may then begin in */
} rules[] = {
	[NEST_FREE] = { 0, UINT32_MAX },
	[NEST_SOFT] = { 0, UINT32_MAX },
	[NEST_A] = { BIT(NEST_A), UINT32_MAX },
	[NEST_P] = { BIT(NEST_P), FLOW | BIT(NEST_A) },
	[NEST_DIV] = { BIT(NEST_P), FLOW | BIT(NEST_A) },
	[NEST_HEAD] = { BIT(NEST_P), FLOW | BIT(NEST_A) },
	[NEST_RULE] = { BIT(NEST_P), FLOW | BIT(NEST_A) },
	[NEST_LIST] = { BIT(NEST_P), FLOW | BIT(NEST_A) },
	[NEST_LI] = { BIT(NEST_P) | BIT(NEST_LI), BIT(NEST_LIST) },
	[NEST_DL] = { BIT(NEST_P), FLOW | BIT(NEST_A) },
	[NEST_DT] = { BIT(NEST_P) | BIT(NEST_DD), BIT(NEST_DL) },
	[NEST_DD] = { BIT(NEST_P) | BIT(NEST_DT), BIT(NEST_DL) },
	[NEST_TABLE] = { BIT(NEST_P), FLOW },
	[NEST_CAPTION] = { 0, BIT(NEST_TABLE) },
	[NEST_ROWS] = { 0, BIT(NEST_TABLE) },
	[NEST_ROW] = { BIT(NEST_P) | BIT(NEST_CELL) | BIT(NEST_ROW),
	    BIT(NEST_TABLE) | BIT(NEST_ROWS) },
	[NEST_CELL] = { BIT(NEST_P) | BIT(NEST_CELL), BIT(NEST_ROW) },
	[NEST_VOID] = { 0, UINT32_MAX },
	[NEST_ODD] = { 0, 0 },
};

void
nest_start(struct nesting *s, const char *name, size_t n,
    const struct atts *a, bool ended)
{
	const struct tag_info *t = tag_find(name);
	enum nest nest = t->nest;

	if (s->unclear)
		return;
	while ((rules[nest].closes & BIT(innermost(s))) != 0)
		pop(s);
	if ((rules[nest].within & BIT(innermost(s))) == 0) {
		s->unclear = true;
		return;
	}
	build_start(s->b, t, a);
	if (ended || nest == NEST_VOID || nest == NEST_RULE)
		build_end(s->b);
	else
		push(s, hash(name, n), nest);
}

void
nest_end(struct nesting *s, const char *name, size_t n)
{
	if (s->unclear)
		return;
	if (s->n > 0 && s->open[s->n - 1].name == hash(name, n))
		pop(s);
	else {
		enum nest nest = tag_find(name)->nest;

		s->unclear = nest != NEST_VOID && nest != NEST_RULE;
	}
}

void
nest_text(struct nesting *s, const char *p, size_t n)
{
	if (!s->unclear)
		build_text(s->b, p, n);
}
