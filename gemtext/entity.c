/* References: named ones by binary search in the table of all. */
#include <string.h>

#include "base/utf8.h"
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

static size_t
numeric_reference(struct span s, uint32_t *c)
{
	bool hex = s.n > 2 && (s.p[2] | 0x20) == 'x';
	size_t i = hex ? 3 : 2, start = i;
	uint32_t v = 0;

	for (; i < s.n; i++) {
		char d = s.p[i];
		uint32_t digit;

		if (d >= '0' && d <= '9')
			digit = (uint32_t)(d - '0');
		else if (hex && (d | 0x20) >= 'a' && (d | 0x20) <= 'f')
			digit = (uint32_t)((d | 0x20) - 'a' + 10);
		else
			break;
		if (v <= 0x10ffff)
			v = v * (hex ? 16 : 10) + digit;
	}
	if (i == start)
		return 0;
	*c = v > 0x10ffff || (v >= 0xd800 && v <= 0xdfff) ? 0 : v;
	return i + (i < s.n && s.p[i] == ';');
}

size_t
reference_find(struct span s, bool attribute, char room[8], const char **text,
    size_t *len)
{
	uint32_t c;
	size_t n;

	if (s.n > 1 && s.p[1] == '#') {
		if ((n = numeric_reference(s, &c)) == 0)
			return 0;
		*text = room;
		*len = c != 0 ? utf8_encode(c, room) : 0;
		return n;
	}
	if ((n = entity_find(span_from(s, 1), attribute, text)) == 0)
		return 0;
	*len = strlen(*text);
	return n + 1;
}
