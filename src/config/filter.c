#include <locale.h>
#include <regex.h>
#include <stdlib.h>
#include <string.h>

#include "base/uri.h"
#include "base/utf8.h"
#include "base/xalloc.h"
#include "config/filter.h"

/* Most repetitions that the bounds of one expression may multiply to. */
#define REPEATS_MAX	1000
#define NEST_MAX	50

struct compiled {
	char		*pattern;
	regex_t		 regex;
	bool		 usable;
};

struct filter {
	struct compiled	*list;		/* sorted by pattern */
	size_t		 n;
	locale_t	 locale;	/* UTF-8, or 0 */
	struct buf	 all;		/* the text of the entry at hand */
	struct buf	 why;
};

/* --- Perl's notation to POSIX's --- */

/*
 * The product of all repetition bounds, an upper limit of the automaton: in
 * which what stands before a "+" is there twice.
 */
static int
check_bounds(struct span p, struct error *e)
{
	size_t product = 1, depth = 0;
	bool bracket = false;
	char last = '\0';	/* what was read, \0 a plain letter */

	for (size_t i = 0; i < p.n; i++) {
		size_t n = 0, most = 0;
		char before = last;

		last = p.p[i];
		if (p.p[i] == '\\') {
			i++;
			last = '\0';
			continue;
		}
		if (p.p[i] == '[')
			bracket = true;
		else if (p.p[i] == ']')
			bracket = false;
		if (bracket)
			continue;
		if (p.p[i] == '(' && ++depth > NEST_MAX)
			return error_set(e, E_LIMIT, "more than %d groups",
			    NEST_MAX);
		if (p.p[i] == '+' && before != '\0' &&
		    strchr("+*?}", before) != NULL)
			return error_set(e, E_SYNTAX, "\"%c+\" is not "
			    "supported", before);
		if (p.p[i] == '+' && before == ')' &&
		    (product *= 2) > REPEATS_MAX)
			return error_set(e, E_LIMIT, "repetitions that "
			    "multiply beyond %d", REPEATS_MAX);
		if (p.p[i] != '{')
			continue;
		for (i++; i < p.n && p.p[i] != '}'; i++) {
			n = p.p[i] >= '0' && p.p[i] <= '9' && n < 100000 ?
			    n * 10 + (size_t)(p.p[i] - '0') : 0;
			most = n > most ? n : most;
		}
		last = '}';
		product *= most > 1 ? most : 1;
		if (product > REPEATS_MAX)
			return error_set(e, E_LIMIT, "repetitions that "
			    "multiply beyond %d", REPEATS_MAX);
	}
	return 0;
}

static int
put_escape(struct buf *out, char c, bool bracket, struct error *e)
{
	if (c >= '1' && c <= '9')
		return error_set(e, E_SYNTAX, "back-references (\\%c) are "
		    "not supported", c);
	switch (c) {
	case 'd':
		buf_puts(out, bracket ? "0-9" : "[0-9]");
		break;
	case 'D':
		buf_puts(out, "[^0-9]");
		break;
	case 's':
		buf_puts(out, bracket ? "[:space:]" : "[[:space:]]");
		break;
	case 'w':
		buf_puts(out, bracket ? "[:alnum:]_" : "[[:alnum:]_]");
		break;
	case 't':
		buf_putc(out, '\t');
		break;
	case 'n':
		buf_putc(out, '\n');
		break;
	default:
		if (!bracket)
			buf_putc(out, '\\');
		buf_putc(out, c);
	}
	return 0;
}

/* Translate p; *icase is set when it begins with "(?i)". */
static int
translate(struct buf *out, struct span p, bool *icase, struct error *e)
{
	bool bracket = false;
	int rc = 0;

	*icase = span_starts(p, "(?i)");
	if (*icase)
		p = span_from(p, 4);
	for (size_t i = 0; i < p.n && rc == 0; i++) {
		char c = p.p[i];

		if (c == '\\' && i + 1 < p.n) {
			rc = put_escape(out, p.p[++i], bracket, e);
		} else if (c == '(' && !bracket && i + 1 < p.n &&
		    p.p[i + 1] == '?') {
			if (i + 2 >= p.n || p.p[i + 2] != ':')
				return error_set(e, E_SYNTAX, "\"(?\" other "
				    "than \"(?:\" and a leading \"(?i)\" is "
				    "not supported");
			buf_putc(out, '(');
			i += 2;
		} else {
			if (c == '[' && !bracket) {
				bracket = true;
				/* "]" right after "[" or "[^" is itself */
				buf_putc(out, c);
				if (i + 1 < p.n && p.p[i + 1] == '^')
					buf_putc(out, p.p[++i]);
				if (i + 1 < p.n && p.p[i + 1] == ']')
					buf_putc(out, p.p[++i]);
				continue;
			}
			if (c == ']')
				bracket = false;
			buf_putc(out, c);
		}
	}
	return rc;
}

static int
compile(regex_t *re, struct span pattern, struct error *e)
{
	struct buf posix = { 0 };
	bool icase = false;
	int rc = 0, bad;

	if (pattern.n > FILTER_PATTERN_MAX)
		rc = error_set(e, E_LIMIT, "longer than %d bytes",
		    FILTER_PATTERN_MAX);
	if (rc == 0)
		rc = translate(&posix, pattern, &icase, e);
	if (rc == 0)
		rc = check_bounds(buf_span(&posix), e);
	if (rc == 0) {
		bad = regcomp(re, buf_cstr(&posix), REG_EXTENDED | REG_NOSUB |
		    (icase ? REG_ICASE : 0));
		if (bad != 0) {
			char text[128];

			regerror(bad, re, text, sizeof(text));
			rc = error_set(e, E_SYNTAX, "%s", text);
		}
	}
	buf_free(&posix);
	if (rc != 0)
		error_wrap(e, "the expression \"%.*s\" does not work",
		    pattern.n < 80 ? (int)pattern.n : 80, pattern.p);
	return rc;
}

/* Characters rather than bytes: "." and classes match "ü" as one. */
static locale_t
utf8_locale(void)
{
	locale_t l = newlocale(LC_CTYPE_MASK, "C.UTF-8", (locale_t)0);

	return l;
}

int
filter_check(const char *rule, struct error *e)
{
	struct span rest = span_str(rule), line;
	locale_t l = utf8_locale(), old = (locale_t)0;
	int rc = 0;

	if (l != (locale_t)0)
		old = uselocale(l);
	while (rc == 0 && span_line(&rest, &line)) {
		regex_t re;

		line = span_trim(line);
		if (line.n > 0 && (rc = compile(&re, line, e)) == 0)
			regfree(&re);
	}
	if (l != (locale_t)0) {
		uselocale(old);
		freelocale(l);
	}
	return rc;
}

/* --- compiled once, found by its text --- */

static size_t
place(const struct filter *f, const char *pattern, bool *found)
{
	size_t lo = 0, hi = f->n;

	*found = false;
	while (lo < hi) {
		size_t mid = lo + (hi - lo) / 2;
		int c = strcmp(f->list[mid].pattern, pattern);

		if (c == 0) {
			*found = true;
			return mid;
		}
		if (c < 0)
			lo = mid + 1;
		else
			hi = mid;
	}
	return lo;
}

static struct compiled *
pattern_get(struct filter *f, struct span line, struct error *e, int *rc)
{
	char *pattern = xstrndup(line.p, line.n);
	struct compiled *c;
	bool found;
	size_t at = place(f, pattern, &found);

	if (found) {
		free(pattern);
		return &f->list[at];
	}
	f->list = xreallocarray(f->list, f->n + 1, sizeof(*f->list));
	c = &f->list[at];
	memmove(c + 1, c, (f->n - at) * sizeof(*c));
	f->n++;
	c->pattern = pattern;
	*rc = compile(&c->regex, line, e);
	c->usable = *rc == 0;
	return c;
}

static int
rule_compile(struct filter *f, const char *rule, struct error *e)
{
	struct span rest = span_str(rule), line;
	int rc = 0;

	while (rc == 0 && span_line(&rest, &line)) {
		line = span_trim(line);
		if (line.n > 0)
			pattern_get(f, line, e, &rc);
	}
	return rc;
}

/* The rules of a set with their names and what each looks at. */
struct rule {
	const char	*name, *value, *subject;
	bool		 exclude;
};
#define NRULES	12

static void
rules_list(struct rule out[NRULES], const struct filter_rules *r,
    const struct filter_text *t, const char *all)
{
	const struct rule list[NRULES] = {
		{ "exclude", r->exclude, all, true },
		{ "exclude_title", r->exclude_title, t->title, true },
		{ "exclude_author", r->exclude_author, t->author, true },
		{ "exclude_category", r->exclude_category, t->categories,
		    true },
		{ "exclude_link", r->exclude_link, t->link, true },
		{ "exclude_language", r->exclude_language, t->language,
		    true },
		{ "include", r->include, all, false },
		{ "include_title", r->include_title, t->title, false },
		{ "include_author", r->include_author, t->author, false },
		{ "include_category", r->include_category, t->categories,
		    false },
		{ "include_link", r->include_link, t->link, false },
		{ "include_language", r->include_language, t->language,
		    false },
	};

	memcpy(out, list, sizeof(list));
}

static int
rules_compile(struct filter *f, const struct filter_rules *r,
    struct error *e)
{
	static const struct filter_text none;
	struct rule rules[NRULES];
	int rc = 0;

	rules_list(rules, r, &none, NULL);
	for (size_t i = 0; i < NRULES && rc == 0; i++)
		rc = rule_compile(f, rules[i].value, e);
	return rc;
}

int
filter_new(struct filter **out, const struct config *c, struct error *e)
{
	struct filter *f = xcalloc(1, sizeof(*f));
	locale_t old = (locale_t)0;
	int rc;

	f->locale = utf8_locale();
	if (f->locale != (locale_t)0)
		old = uselocale(f->locale);
	rc = rules_compile(f, &c->filter, e);
	for (size_t i = 0; i < c->nsources && rc == 0; i++)
		rc = rules_compile(f, &c->sources[i].filter, e);
	if (f->locale != (locale_t)0)
		uselocale(old);
	if (rc != 0) {
		filter_free(f);
		f = NULL;
	}
	*out = f;
	return rc;
}

void
filter_free(struct filter *f)
{
	if (f == NULL)
		return;
	for (size_t i = 0; i < f->n; i++) {
		if (f->list[i].usable)
			regfree(&f->list[i].regex);
		free(f->list[i].pattern);
	}
	free(f->list);
	if (f->locale != (locale_t)0)
		freelocale(f->locale);
	buf_free(&f->all);
	buf_free(&f->why);
	free(f);
}

/* --- matching --- */

static void
put_part(struct buf *out, const char *s)
{
	struct span t = span_str(s);
	bool space = out->n > 0;

	if (t.n > FILTER_TEXT_MAX)
		t.n = FILTER_TEXT_MAX;
	for (size_t i = 0; i < t.n; i++) {
		if (ascii_space(t.p[i])) {
			space = true;
			continue;
		}
		if (space && out->n > 0)
			buf_putc(out, ' ');
		space = false;
		buf_putc(out, t.p[i]);
	}
}

/* The line of rule that decides against subject, or an empty span. */
static struct span
rule_against(struct filter *f, const struct rule *r)
{
	struct span rest = span_str(r->value), line;

	while (span_line(&rest, &line)) {
		struct compiled *c;
		int rc = 0;
		bool found;

		line = span_trim(line);
		if (line.n == 0)
			continue;
		c = pattern_get(f, line, NULL, &rc);
		if (!c->usable)
			continue;
		found = regexec(&c->regex, r->subject != NULL ? r->subject :
		    "", 0, NULL, 0) == 0;
		if (found == r->exclude)
			return line;
	}
	return span_str(NULL);
}

const char *
filter_match(struct filter *f, const struct filter_rules *r,
    const struct filter_text *t)
{
	struct rule rules[NRULES];
	const char *why = NULL;
	locale_t old = (locale_t)0;

	buf_clear(&f->all);
	if (r->include != NULL || r->exclude != NULL) {
		put_part(&f->all, t->title);
		put_part(&f->all, t->author);
		put_part(&f->all, t->categories);
		put_part(&f->all, t->text);
	}
	rules_list(rules, r, t, buf_cstr(&f->all));
	if (f->locale != (locale_t)0)
		old = uselocale(f->locale);
	for (size_t i = 0; i < NRULES && why == NULL; i++) {
		struct span line;

		if (rules[i].value == NULL || (t->language == NULL &&
		    strstr(rules[i].name, "language") != NULL))
			continue;
		line = rule_against(f, &rules[i]);
		if (line.n == 0)
			continue;
		buf_clear(&f->why);
		buf_putf(&f->why, "%s = ", rules[i].name);
		buf_put_span(&f->why, line);
		why = buf_cstr(&f->why);
	}
	if (f->locale != (locale_t)0)
		uselocale(old);
	return why;
}

const char *
filter_hidden_by(struct filter *f, const struct source *s,
    const struct filter_text *t)
{
	return filter_match(f, &s->filter, t);
}

/* --- Venus's regexp_sifter.py?require=...&exclude=... --- */

static void
put_pattern(struct buf *out, struct span escaped)
{
	if (escaped.n == 0)
		return;
	if (out->n > 0)
		buf_putc(out, '\n');
	/* "+" is a blank in a query, and stays one after unescaping */
	for (size_t i = 0; i < escaped.n; i++) {
		size_t run = i;

		while (run < escaped.n && escaped.p[run] != '+')
			run++;
		uri_unescape(out, span_of(escaped.p + i, run - i));
		if (run < escaped.n)
			buf_putc(out, ' ');
		i = run;
	}
}

static void
sifter_query(struct span query, struct buf *include, struct buf *exclude)
{
	while (query.n > 0) {
		const char *amp = memchr(query.p, '&', query.n);
		struct span pair = span_of(query.p, amp != NULL ?
		    (size_t)(amp - query.p) : query.n);

		if (span_starts(pair, "require="))
			put_pattern(include, span_from(pair, 8));
		else if (span_starts(pair, "exclude="))
			put_pattern(exclude, span_from(pair, 8));
		query = span_from(query, pair.n + (amp != NULL ? 1 : 0));
	}
}

bool
filter_sifter(struct span words, struct buf *include, struct buf *exclude,
    struct buf *other)
{
	bool all = true;

	while ((words = span_trim(words)).n > 0) {
		struct span word = words;
		const char *q;

		word.n = 0;
		while (word.n < words.n && !ascii_space(words.p[word.n]))
			word.n++;
		words = span_from(words, word.n);
		q = memchr(word.p, '?', word.n);
		if (span_starts(word, "regexp_sifter") && q != NULL) {
			sifter_query(span_from(word,
			    (size_t)(q - word.p) + 1), include, exclude);
			continue;
		}
		all = false;
		if (other->n > 0)
			buf_putc(other, ' ');
		buf_put_span(other, word);
	}
	return all;
}
