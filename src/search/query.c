#include <stdlib.h>
#include <string.h>

#include "base/date.h"
#include "base/utf8.h"
#include "search/internal.h"

#define TERM_MAX	64	/* characters of a term that count */
#define PREFIX_MIN	3	/* letters before "*" */

/* The columns that a term of each field is looked for in. */
static const char *const columns[] = {
	[FIELD_ANY] = "{title source author tags text}",
	[FIELD_FEED] = "{source}",
	[FIELD_TAG] = "{tags}",
	[FIELD_AUTHOR] = "{author}",
	[FIELD_LANG] = "{lang}",
};

/* --- reading --- */

static bool
take_char(struct span *s, char c)
{
	if (s->n == 0 || s->p[0] != c)
		return false;
	*s = span_from(*s, 1);
	return true;
}

/* Up to the closing quote (or the end), or up to white space. */
static struct span
take_text(struct span *s)
{
	struct span t = *s;
	size_t n = 0;

	if (take_char(s, '"')) {
		t = *s;
		while (n < t.n && t.p[n] != '"')
			n++;
		t.n = n;
		*s = span_from(*s, n + 1);
		return t;
	}
	while (n < t.n && !ascii_space(t.p[n]) && t.p[n] != '"')
		n++;
	t.n = n;
	*s = span_from(*s, n);
	return t;
}

static const struct {
	const char	*name;
	enum field	 field;
	int		 when;	/* 1 after, -1 before */
} fields[] = {
	{ "feed:", FIELD_FEED, 0 }, { "source:", FIELD_FEED, 0 },
	{ "tag:", FIELD_TAG, 0 }, { "author:", FIELD_AUTHOR, 0 },
	{ "lang:", FIELD_LANG, 0 }, { "after:", FIELD_ANY, 1 },
	{ "before:", FIELD_ANY, -1 },
};

/* "2026", "2026-03", "2026-03-14": the first moment of it, UTC. */
static int64_t
read_day(struct span s)
{
	int v[3] = { 0, 1, 1 };
	size_t i = 0, part = 0;

	for (part = 0; part < 3 && i < s.n; part++) {
		size_t from;

		if (part > 0 && s.p[i++] != '-')
			return INT64_MIN;
		for (v[part] = 0, from = i; i < s.n && s.p[i] >= '0' &&
		    s.p[i] <= '9' && i - from < 4; i++)
			v[part] = v[part] * 10 + (s.p[i] - '0');
		if (i - from != (part == 0 ? 4u : 2u))
			return INT64_MIN;
	}
	if (i < s.n || part == 0 || v[1] < 1 || v[1] > 12 || v[2] < 1 ||
	    v[2] > 31)
		return INT64_MIN;
	return date_days(v[0], v[1], v[2]) * 86400;
}

static void
add_time(struct query *q, struct arena *a, int when, struct span text)
{
	int64_t t = read_day(text);

	if (t == INT64_MIN)
		q->bad = arena_printf(a, "\"%.*s\" is no date; write it as"
		    " 2026-01-31, 2026-01 or 2026", (int)(text.n < 32 ?
		    text.n : 32), text.p);
	else if (when > 0)
		q->after = t;
	else
		q->before = t;
}

static bool
has_word(struct span s)
{
	uint32_t c;

	for (size_t i = 0; i < s.n; ) {
		i += utf8_decode(span_from(s, i), &c);
		if (script_word(c))
			return true;
	}
	return false;
}

static struct span
cut_chars(struct span s, size_t max)
{
	size_t i = 0;
	uint32_t c;

	while (i < s.n && max-- > 0)
		i += utf8_decode(span_from(s, i), &c);
	return span_of(s.p, i);
}

static void
add_term(struct query *q, struct query_term t)
{
	t.text = cut_chars(t.text, TERM_MAX);
	if (!has_word(t.text))
		return;
	if (q->n == SEARCH_TERMS_MAX) {
		q->dropped = true;
		return;
	}
	q->terms[q->n++] = t;
}

static void
take_term(struct query *q, struct arena *a, struct span *rest)
{
	struct query_term t = { .field = FIELD_ANY };
	bool quoted;
	int when = 0;

	t.negative = take_char(rest, '-');
	for (size_t i = 0; i < sizeof(fields) / sizeof(fields[0]); i++)
		if (span_istarts(*rest, fields[i].name)) {
			t.field = fields[i].field;
			when = fields[i].when;
			*rest = span_from(*rest, strlen(fields[i].name));
			break;
		}
	quoted = rest->n > 0 && rest->p[0] == '"';
	t.text = take_text(rest);
	if (when != 0) {
		add_time(q, a, when, t.text);
		return;
	}
	if (!quoted && t.text.n > PREFIX_MIN &&
	    t.text.p[t.text.n - 1] == '*') {
		t.text.n--;
		t.prefix = utf8_columns(t.text) >= PREFIX_MIN;
	}
	/* "fr-CA" is indexed as "fr" */
	for (size_t i = 0; t.field == FIELD_LANG && i < t.text.n; i++)
		if (t.text.p[i] == '-' || t.text.p[i] == '_')
			t.text.n = i;
	add_term(q, t);
}

void
query_parse(struct query *q, struct arena *a, struct span typed)
{
	struct buf b = { 0 };
	struct span rest;

	memset(q, 0, sizeof(*q));
	q->after = INT64_MIN;
	q->before = INT64_MAX;
	/* whole characters on one line, and no quotes but our kind */
	utf8_line(&b, typed);
	rest = span_of(arena_strndup(a, buf_cstr(&b), b.n), b.n);
	buf_free(&b);
	for (;;) {
		rest = span_trim(rest);
		if (rest.n == 0)
			break;
		take_term(q, a, &rest);
	}
}

/* --- writing --- */

static void
put_quoted(struct buf *out, const char *column, struct span s, bool prefix)
{
	buf_putf(out, "%s : \"", column);
	for (size_t i = 0; i < s.n; i++) {
		/* a quote is no part of a word, nor is any control */
		char c = s.p[i];

		buf_putc(out, c == '"' || (unsigned char)c < ' ' ? ' ' : c);
	}
	buf_puts(out, prefix ? "\"*" : "\"");
}

/* Pairs of a dense run as a phrase, a lone letter as it is. */
static void
put_dense(struct buf *out, const char *column, struct span run, bool old)
{
	struct buf b = { 0 };
	uint32_t c, last = 0;
	size_t letters = 0;

	for (size_t i = 0; i < run.n; ) {
		i += utf8_decode(span_from(run, i), &c);
		if (!script_dense(c))
			continue;
		if (letters++ > 0) {
			utf8_put(&b, last);
			utf8_put(&b, c);
			buf_putc(&b, ' ');
		}
		last = c;
	}
	if (letters == 1)
		utf8_put(&b, last);
	put_quoted(out, column, buf_span(&b), old && letters == 1);
	buf_free(&b);
}

/* The run at the head of s that is all dense or has nothing dense. */
static struct span
take_run(struct span *s, bool *dense)
{
	struct span run = *s;
	size_t i = 0, n;
	bool known = false;
	uint32_t c;

	*dense = false;
	for (; i < s->n; i += n) {
		bool d;

		n = utf8_decode(span_from(*s, i), &c);
		if (!script_word(c))
			continue;	/* marks go with what they follow */
		d = script_dense(c);
		if (known && d != *dense)
			break;
		*dense = d;
		known = true;
	}
	run.n = i;
	*s = span_from(*s, i);
	return run;
}

/* One term: its runs, all of which must be there. */
static void
put_term(struct buf *out, const struct query_term *t, bool old)
{
	struct span rest = t->text, run;
	const char *column = columns[t->field];
	bool dense, first = true;

	buf_putc(out, '(');
	while (rest.n > 0) {
		run = take_run(&rest, &dense);
		if (!has_word(run))
			continue;
		if (!first)
			buf_puts(out, " AND ");
		first = false;
		if (dense)
			put_dense(out, column, run, old);
		else
			put_quoted(out, column, run,
			    t->prefix && rest.n == 0);
	}
	buf_putc(out, ')');
}

static size_t
put_terms(struct buf *out, const struct query *q, bool negative,
    const char *between)
{
	size_t n = 0;

	for (size_t i = 0; i < q->n; i++) {
		if (q->terms[i].negative != negative)
			continue;
		if (n++ > 0)
			buf_puts(out, between);
		put_term(out, &q->terms[i], q->single);
	}
	return n;
}

void
query_match(struct buf *out, const struct query *q)
{
	struct buf not = { 0 };
	size_t from = out->n;

	buf_putc(out, '(');
	if (put_terms(out, q, false, " AND ") == 0) {
		buf_truncate(out, from);
		return;
	}
	buf_putc(out, ')');
	if (put_terms(&not, q, true, " OR ") > 0) {
		buf_puts(out, " NOT (");
		buf_put_span(out, buf_span(&not));
		buf_putc(out, ')');
	}
	buf_free(&not);
}
