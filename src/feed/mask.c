#include <ctype.h>
#include <string.h>

#include "base/span.h"
#include "feed/mask.h"

#define SECRETS_MAX	8
#define NAMED_LEAST	6	/* bytes of a value whose name says "secret" */
#define TOKEN_LEAST	16	/* and of one that merely looks like one */

struct secrets {
	struct span	 list[SECRETS_MAX];
	size_t		 n;
};

static void
add(struct secrets *s, struct span value)
{
	if (s->n < SECRETS_MAX)
		s->list[s->n++] = value;
}

static bool
names_secret(struct span name)
{
	static const char *const words[] = { "key", "token", "auth", "secret",
		"pass", "sig", "hash", "session", "sid", "code" };
	char lower[64];
	size_t n = name.n < sizeof(lower) - 1 ? name.n : sizeof(lower) - 1;

	for (size_t i = 0; i < n; i++)
		lower[i] = (char)tolower((unsigned char)name.p[i]);
	lower[n] = '\0';
	for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++)
		if (strstr(lower, words[i]) != NULL)
			return true;
	return false;
}

static bool
looks_secret(struct span value)
{
	bool letter = false, digit = false;

	for (size_t i = 0; i < value.n; i++) {
		unsigned char c = (unsigned char)value.p[i];

		letter = letter || isalpha(c);
		digit = digit || isdigit(c);
		if (!isalnum(c) && strchr("-_.~%", c) == NULL)
			return false;
	}
	return value.n >= TOKEN_LEAST && letter && digit;
}

static void
find(struct secrets *s, const char *url)
{
	const char *at = strstr(url, "://"), *end, *q = strchr(url, '?');

	if (at != NULL) {
		at += 3;
		end = memchr(at, '@', strcspn(at, "/?#"));
		at = end == NULL ? NULL : memchr(at, ':', (size_t)(end - at));
		if (at != NULL && end - at > NAMED_LEAST)
			add(s, span_of(at + 1, (size_t)(end - at) - 1));
	}
	for (size_t n; q != NULL && *q != '\0' && *q != '#'; q += n) {
		struct span value, name;
		const char *equals;

		n = strcspn(++q, "&;#");
		equals = memchr(q, '=', n);
		name = span_of(q, equals != NULL ? (size_t)(equals - q) : 0);
		value = span_of(equals != NULL ? equals + 1 : q,
		    equals != NULL ? n - name.n - 1 : n);
		if ((value.n >= NAMED_LEAST && names_secret(name)) ||
		    looks_secret(value))
			add(s, value);
	}
}

static void
mask(const char **text, const struct secrets *s, struct arena *a)
{
	size_t left;
	char *copy = NULL;

	if (*text == NULL)
		return;
	left = strlen(*text);
	for (size_t i = 0; i < s->n; i++) {
		const struct span *v = &s->list[i];
		char *at;

		if (memmem(*text, left, v->p, v->n) == NULL)
			continue;
		if (copy == NULL)
			*text = copy = arena_strdup(a, *text);
		for (char *from = copy; (at = memmem(from, left - (size_t)
		    (from - copy), v->p, v->n)) != NULL; from = at + v->n)
			memset(at, 'x', v->n);
	}
}

static void
mask_feed(struct feed *f, const struct secrets *s, struct arena *a)
{
	mask(&f->title, s, a);
	mask(&f->subtitle, s, a);
	mask(&f->id, s, a);
	mask(&f->link, s, a);
}

void
feed_mask(struct feed *f, const char *url, const char *password,
    struct arena *a)
{
	struct secrets s = { .n = 0 };

	find(&s, url);
	if (password != NULL && strlen(password) >= NAMED_LEAST)
		add(&s, span_str(password));
	if (s.n == 0)
		return;
	mask_feed(f, &s, a);
	for (size_t i = 0; i < f->nentries; i++) {
		struct entry *en = &f->entries[i];

		mask(&en->id, &s, a);
		mask(&en->title, &s, a);
		mask(&en->link, &s, a);
		mask(&en->comments, &s, a);
		for (size_t j = 0; j < en->nenclosures; j++)
			mask(&en->enclosures[j].href, &s, a);
		for (size_t j = 0; j < en->nlinks; j++)
			mask(&en->links[j].href, &s, a);
		mask(&en->summary.value, &s, a);
		mask(&en->content.value, &s, a);
		mask(&en->gemtext, &s, a);
		mask(&en->text, &s, a);
		if (en->source != NULL)
			mask_feed(en->source, &s, a);
	}
}
