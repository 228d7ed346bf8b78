/* The named references of HTML, by binary search in the table of all. */
#include <string.h>

#include "gemtext/input.h"

#include "gemtext/entities.inc"

#define NENTITIES	(sizeof(entities) / sizeof(entities[0]))
#define NAME_MAX_LEN	33

static bool
name_char(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
	    (c >= '0' && c <= '9');
}

static const char *
lookup(const char *p, size_t n)
{
	size_t lo = 0, hi = NENTITIES;

	while (lo < hi) {
		size_t mid = lo + (hi - lo) / 2;
		int r = strncmp(p, entities[mid].name, n);

		if (r == 0 && entities[mid].name[n] != '\0')
			r = -1;
		if (r == 0)
			return entities[mid].text;
		if (r < 0)
			hi = mid;
		else
			lo = mid + 1;
	}
	return NULL;
}

size_t
entity_find(struct span s, bool attribute, const char **text)
{
	size_t n = 0;

	while (n < s.n && n < NAME_MAX_LEN && name_char(s.p[n]))
		n++;
	if (n == 0)
		return 0;
	if (n < s.n && s.p[n] == ';' &&
	    (*text = lookup(s.p, n + 1)) != NULL)
		return n + 1;
	/* Old names need no semicolon; the longest that fits counts. */
	for (size_t k = n < 6 ? n : 6; k >= 2; k--) {
		if ((*text = lookup(s.p, k)) == NULL)
			continue;
		if (attribute && k < s.n && (name_char(s.p[k]) ||
		    s.p[k] == '='))
			return 0;
		return k;
	}
	return 0;
}
