/*
 * Partials to steps.
 *
 * What a line is, its first bytes say, and those are the theme's own: a
 * line that begins with a field is built aside and made safe as a whole.
 */
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/utf8.h"
#include "theme/load.h"

#define NAME_MAX_	32	/* bytes of a field's name */
#define INCLUDES_MAX	500	/* partials named on a page, in all */

struct section {
	struct span	 name;
	size_t		 step;
	int		 line;
	bool		 list;
	bool		 inline_;
};

struct compiler {
	struct theme		*t;
	struct loader		*load;
	const struct theme_kind	*kind;
	const struct theme_field *scopes[THEME_NEST_MAX + 2];
	size_t			 nscopes;
	struct section		 sections[THEME_NEST_MAX];
	size_t			 nsections;
	struct page		*page;
	const struct partial	*file;
	int			 line;
	const struct partial	*files[THEME_NEST_MAX];	/* open partials */
	size_t			 nfiles, includes;
	bool			 pre;		/* between ``` lines */
	size_t			 titles;	/* "# " lines */
	bool			 failed, full;
};

static void bad(struct compiler *, const char *, ...)
    __attribute__((format(printf, 2, 3)));

static void
bad(struct compiler *c, const char *fmt, ...)
{
	char text[300];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(text, sizeof(text), fmt, ap);
	va_end(ap);
	c->failed = true;
	load_report(c->load, "%s:%d: %s", c->file->file, c->line, text);
}

static struct step *
add(struct compiler *c, enum step_what what)
{
	struct page *p = c->page;
	struct step *s;

	if (p->n == THEME_STEPS_MAX) {
		if (!c->full)
			bad(c, "the page has more than %d steps; make it "
			    "shorter", THEME_STEPS_MAX);
		c->full = true;
		p->n--;		/* it is of no use any more */
	}
	p->steps = arena_push(&c->t->arena, p->steps, &p->n, sizeof(*s));
	s = &p->steps[p->n - 1];
	memset(s, 0, sizeof(*s));
	s->what = what;
	return s;
}

/* --- names --- */

static size_t
distance(struct span a, const char *b)
{
	size_t row[NAME_MAX_ + 1], m = strlen(b);

	if (m > NAME_MAX_)
		m = NAME_MAX_;
	for (size_t j = 0; j <= m; j++)
		row[j] = j;
	for (size_t i = 1; i <= a.n; i++) {
		size_t corner = row[0];

		row[0] = i;
		for (size_t j = 1; j <= m; j++) {
			size_t d = corner + (a.p[i - 1] != b[j - 1]);

			corner = row[j];
			if (row[j] + 1 < d)
				d = row[j] + 1;
			if (row[j - 1] + 1 < d)
				d = row[j - 1] + 1;
			row[j] = d;
		}
	}
	return row[m];
}

/* The field nearest to name of all that can be seen from here. */
static const char *
nearest(const struct compiler *c, struct span name)
{
	const char *found = NULL;
	size_t best = name.n / 2 + 1;

	for (size_t i = c->nscopes; i-- > 0;)
		for (const struct theme_field *f = c->scopes[i];
		    f->name != NULL; f++) {
			size_t d = distance(name, f->name);

			if (d < best) {
				best = d;
				found = f->name;
			}
		}
	return found;
}

static const struct theme_field *
field(struct compiler *c, struct span name, struct step *at)
{
	const char *near;

	if (name.n == 0 || name.n > NAME_MAX_) {
		bad(c, "a field's name has 1 to %d letters", NAME_MAX_);
		return NULL;
	}
	for (size_t i = c->nscopes; i-- > 0;)
		for (size_t k = 0; c->scopes[i][k].name != NULL; k++)
			if (span_eqs(name, c->scopes[i][k].name)) {
				at->scope = (uint16_t)i;
				at->field = (uint16_t)k;
				return &c->scopes[i][k];
			}
	near = nearest(c, name);
	if (near != NULL)
		bad(c, "there is no field \"%.*s\" here; did you mean "
		    "\"%s\"?", (int)name.n, name.p, near);
	else
		bad(c, "there is no field \"%.*s\" here; orrery-theme(5) "
		    "lists those of %s", (int)name.n, name.p, c->kind->name);
	return NULL;
}

static uint16_t
width(const struct theme_field *f)
{
	uint16_t n = 0;

	while (f[n].name != NULL)
		n++;
	return n;
}

/* --- sections --- */

/* what: '#' for each row, '?' if there is any, '^' if there is none. */
static void
open_section(struct compiler *c, struct span name, char what, bool in_line)
{
	struct step at = { 0 }, *s;
	const struct theme_field *f;

	if (c->nsections == THEME_NEST_MAX) {
		bad(c, "more than %d sections within each other",
		    THEME_NEST_MAX);
		return;
	}
	f = field(c, name, &at);
	s = add(c, what == '^' ? STEP_UNLESS : STEP_IF);
	s->scope = at.scope;
	s->field = at.field;
	c->sections[c->nsections++] = (struct section){ .name = name,
	    .step = c->page->n - 1, .line = c->line, .inline_ = in_line };
	if (f == NULL || f->type != THEME_LIST || what != '#')
		return;
	s->what = STEP_EACH;
	s->width = width(f->rows);
	c->scopes[c->nscopes++] = f->rows;
	c->sections[c->nsections - 1].list = true;
}

static void
close_section(struct compiler *c, struct span name, bool in_line)
{
	struct section *s = c->nsections > 0 ?
	    &c->sections[c->nsections - 1] : NULL;

	if (s == NULL || !span_eq(s->name, name)) {
		if (s != NULL)
			bad(c, "{{/%.*s}} closes nothing; the open section "
			    "is \"%.*s\" of line %d", (int)name.n, name.p,
			    (int)s->name.n, s->name.p, s->line);
		else
			bad(c, "{{/%.*s}} closes nothing; no section is open",
			    (int)name.n, name.p);
		return;
	}
	if (s->inline_ != in_line) {
		bad(c, "the section \"%.*s\" begins and ends on one line, or "
		    "both its tags stand on lines of their own",
		    (int)name.n, name.p);
	}
	add(c, STEP_CLOSE);
	c->page->steps[s->step].end = (uint32_t)c->page->n;
	if (s->list)
		c->nscopes--;
	c->nsections--;
}

/* --- tags --- */

struct tag {
	char		what;		/* '#' '?' '^' '/' '>' '!', ' ' a field */
	struct span	name;
	size_t		n;		/* bytes of the whole tag */
};

/* The tag that s begins with; n 0: none. */
static struct tag
read_tag(struct span s)
{
	struct tag t = { .what = ' ' };
	const char *end;

	if (!span_starts(s, "{{"))
		return t;
	end = memmem(s.p, s.n, "}}", 2);
	if (end == NULL)
		return t;	/* not on a line that is_whole() */
	t.n = (size_t)(end - s.p) + 2;
	t.name = span_trim(span_of(s.p + 2, t.n - 4));
	if (t.name.n > 0 && strchr("#?^/>!", t.name.p[0]) != NULL) {
		t.what = t.name.p[0];
		t.name = span_trim(span_from(t.name, 1));
	}
	return t;
}

static void include(struct compiler *, struct span);

static void
stand_alone(struct compiler *c, const struct tag *t)
{
	if (strchr("#?^", t->what) != NULL)
		open_section(c, t->name, t->what, false);
	else if (t->what == '/')
		close_section(c, t->name, false);
	else if (t->what == '>')
		include(c, t->name);
}

/* Whether the line is nothing but tags that stand on lines of their own. */
static bool
only_tags(struct span line)
{
	struct span rest = span_trim(line);

	while (rest.n > 0) {
		struct tag t = read_tag(rest);

		if (t.n == 0 || t.what == ' ')
			return false;
		rest = span_trim(span_from(rest, t.n));
	}
	return true;
}

static bool
only_block(struct compiler *c, struct span line)
{
	struct span s = span_trim(line);
	struct tag t = read_tag(s);
	const struct theme_field *f;
	struct step at = { 0 };

	if (t.n == 0 || t.n != s.n || t.what != ' ')
		return false;
	for (size_t i = c->nscopes; i-- > 0;)
		for (size_t k = 0; c->scopes[i][k].name != NULL; k++)
			if (span_eqs(t.name, c->scopes[i][k].name)) {
				f = &c->scopes[i][k];
				if (f->type != THEME_BLOCK)
					return false;
				at.scope = (uint16_t)i;
				at.field = (uint16_t)k;
				goto found;
			}
	return false;
found:
	if (c->pre) {
		bad(c, "the field \"%.*s\" is whole lines of gemtext and "
		    "cannot stand in preformatted text", (int)t.name.n,
		    t.name.p);
		return true;
	}
	*add(c, STEP_BLOCK) = (struct step){ .what = STEP_BLOCK,
	    .scope = at.scope, .field = at.field };
	return true;
}

/* --- lines --- */

static void
put_words(struct compiler *c, struct span s)
{
	if (s.n > 0)
		add(c, STEP_TEXT)->text = s;
}

static void
put_field(struct compiler *c, struct span name, bool url)
{
	struct step at = { 0 }, *s;
	const struct theme_field *f = field(c, name, &at);

	if (f == NULL)
		return;
	if (f->type == THEME_BLOCK) {
		bad(c, "the field \"%s\" is whole lines of gemtext; give it "
		    "a line of its own", f->name);
	} else if (f->type == THEME_LIST) {
		bad(c, "the field \"%s\" is a list; write {{#%s}} and "
		    "{{/%s}} around what each of it shows", f->name, f->name,
		    f->name);
	} else if (url && f->type != THEME_URL) {
		bad(c, "the field \"%s\" is no address to link to",
		    f->name);
	}
	s = add(c, STEP_FIELD);
	s->scope = at.scope;
	s->field = at.field;
}

/* Words and tags until the end; url: of an address. */
static void
put_inline(struct compiler *c, struct span s, bool url)
{
	size_t open = c->nsections;

	while (s.n > 0) {
		const char *brace = memmem(s.p, s.n, "{{", 2);
		size_t n = brace != NULL ? (size_t)(brace - s.p) : s.n;
		struct tag t;

		put_words(c, span_of(s.p, n));
		s = span_from(s, n);
		if (s.n == 0)
			break;
		t = read_tag(s);
		s = span_from(s, t.n);
		if (t.what == ' ')
			put_field(c, t.name, url);
		else if (strchr("#?^", t.what) != NULL)
			open_section(c, t.name, t.what, true);
		else if (t.what == '/')
			close_section(c, t.name, true);
		else if (t.what == '>')
			bad(c, "a partial stands on a line of its own");
	}
	while (c->nsections > open) {
		struct span name = c->sections[c->nsections - 1].name;

		bad(c, "the section \"%.*s\" does not end on its line",
		    (int)name.n, name.p);
		c->sections[c->nsections - 1].inline_ = true;
		close_section(c, name, true);
	}
}

/* Bytes of the mark that makes a line what it is; 0: plain text. */
static size_t
mark_of(struct span s)
{
	size_t n = 0;

	while (n < 3 && n < s.n && s.p[n] == '#')
		n++;
	if (n > 0)
		return n;
	if (span_starts(s, "* "))
		return 2;
	return span_starts(s, ">") ? 1 : 0;
}

/* The line begins with words; a field right after half a mark is refused. */
static void
mark_line(struct compiler *c, struct span line)
{
	const char *brace = memmem(line.p, line.n, "{{", 2);
	struct span words = span_of(line.p, brace != NULL ?
	    (size_t)(brace - line.p) : line.n);
	size_t n = mark_of(line);

	if (span_eqs(words, "#") || span_eqs(words, "##") ||
	    span_eqs(words, "###") || span_eqs(words, "=") ||
	    span_eqs(words, "`") || span_eqs(words, "``") ||
	    span_eqs(words, "*"))
		bad(c, "put a blank between \"%.*s\" and the field, or its "
		    "words decide what the line is", (int)words.n, words.p);
	if (n == 1 && line.p[0] == '#')
		c->titles++;
	add(c, STEP_LINE);
	put_inline(c, line, false);
	add(c, STEP_END_MARK)->n = (uint32_t)n;
}

/* The line begins with a tag. */
static void
guarded_line(struct compiler *c, struct span line)
{
	struct span s = line;
	struct tag t;

	while ((t = read_tag(s)).n > 0 && t.what != ' ')
		s = span_from(s, t.n);
	if (t.n == 0 && (mark_of(s) > 0 || span_starts(s, "=>") ||
	    span_starts(s, "```")))
		bad(c, "put the section's tags on lines of their own, around "
		    "this one");
	add(c, STEP_LINE);
	put_inline(c, line, false);
	add(c, STEP_END_TEXT);
}

static void
link_line(struct compiler *c, struct span line)
{
	struct span s = span_trim(span_from(line, 2)), url;
	size_t n = 0;

	while (n < s.n && !ascii_space(s.p[n])) {
		struct tag t = read_tag(span_from(s, n));

		n += t.n > 0 ? t.n : 1;
	}
	url = span_of(s.p, n);
	if (n == 0) {
		bad(c, "a link without an address");
		return;
	}
	add(c, STEP_LINE);
	put_inline(c, url, true);
	add(c, STEP_URL);
	put_inline(c, span_trim(span_from(s, n)), false);
	add(c, STEP_END_LINK);
}

/* Lines without tags go out as they are, many as one step. */
static void
literal_lines(struct compiler *c, struct span line)
{
	struct page *p = c->page;
	struct step *last = p->n > 0 ? &p->steps[p->n - 1] : NULL;

	line.n++;		/* with its line feed */
	if (last != NULL && last->what == STEP_LITERAL &&
	    last->text.p + last->text.n == line.p)
		last->text.n += line.n;
	else
		add(c, STEP_LITERAL)->text = line;
}

static void
pre_line(struct compiler *c, struct span line)
{
	add(c, STEP_LINE);
	put_inline(c, line, false);
	add(c, STEP_END_PRE);
}

/* Each "{{" has its "}}". */
static bool
is_whole(struct span line)
{
	const char *at;

	while ((at = memmem(line.p, line.n, "{{", 2)) != NULL) {
		line = span_from(line, (size_t)(at - line.p));
		if ((at = memmem(line.p, line.n, "}}", 2)) == NULL)
			return false;
		line = span_from(line, (size_t)(at - line.p) + 2);
	}
	return true;
}

static bool
is_clean(struct compiler *c, struct span line)
{
	if (!utf8_valid(line)) {
		bad(c, "not UTF-8");
		return false;
	}
	for (size_t i = 0; i < line.n; i++)
		if ((unsigned char)line.p[i] < 0x20 && line.p[i] != '\t') {
			bad(c, "a control character");
			return false;
		}
	if (!is_whole(line)) {
		bad(c, "\"{{\" without \"}}\" on the same line");
		return false;
	}
	return true;
}

static void
compile_line(struct compiler *c, struct span line)
{
	bool tags = memmem(line.p, line.n, "{{", 2) != NULL;

	if (!is_clean(c, line))
		return;
	if (span_starts(line, "```")) {
		c->pre = !c->pre;
		if (tags) {
			add(c, STEP_LINE);
			put_inline(c, line, false);
			add(c, STEP_END_MARK);
		} else
			literal_lines(c, line);
	} else if (tags && only_tags(line)) {
		struct span rest = span_trim(line);

		while (rest.n > 0) {
			struct tag t = read_tag(rest);

			stand_alone(c, &t);
			rest = span_trim(span_from(rest, t.n));
		}
	} else if (tags && only_block(c, line)) {
		return;
	} else if (c->pre) {
		if (tags)
			pre_line(c, line);
		else
			literal_lines(c, line);
	} else if (span_trim(line).n == 0) {
		add(c, STEP_BLANK);
	} else if (span_starts(line, "=>")) {
		link_line(c, line);
	} else if (span_starts(line, "{{")) {
		guarded_line(c, line);
	} else if (tags || mark_of(line) > 0) {
		mark_line(c, line);
	} else {
		literal_lines(c, line);
	}
}

/* --- files --- */

static void
compile_file(struct compiler *c, const struct partial *f)
{
	struct span rest = f->text, line;
	size_t open = c->nsections;
	bool pre = c->pre;

	c->files[c->nfiles++] = c->file = f;
	c->line = 0;
	while (!c->full && span_line(&rest, &line)) {
		c->line++;
		compile_line(c, line);
	}
	if (c->pre != pre)
		bad(c, "a ``` line is missing at the end of preformatted "
		    "text");
	c->pre = pre;
	while (c->nsections > open) {
		struct section *s = &c->sections[c->nsections - 1];

		c->line = s->line;
		bad(c, "the section \"%.*s\" is never closed",
		    (int)s->name.n, s->name.p);
		close_section(c, s->name, s->inline_);
	}
	c->nfiles--;
}

static void
include(struct compiler *c, struct span name)
{
	const struct partial *was = c->file, *f;
	int line = c->line;

	if (c->nfiles == THEME_NEST_MAX || c->includes++ == INCLUDES_MAX) {
		bad(c, "too many partials; %d within each other and %d on a "
		    "page may be", THEME_NEST_MAX, INCLUDES_MAX);
		return;
	}
	f = load_partial(c->load, name);
	if (f == NULL) {
		bad(c, "there is no partial \"%.*s\"", (int)name.n, name.p);
		return;
	}
	for (size_t i = 0; i < c->nfiles; i++)
		if (c->files[i] == f) {
			bad(c, "the partial \"%s\" holds itself", f->name);
			return;
		}
	compile_file(c, f);
	c->file = was;
	c->line = line;
}

bool
compile_page(struct loader *l, size_t kind)
{
	struct compiler c = { .t = l->t, .load = l,
	    .kind = &l->t->kinds[kind], .page = &l->t->pages[kind],
	    .scopes = { l->o->common, l->t->kinds[kind].fields },
	    .nscopes = 2 };
	const struct partial *f;
	size_t before = l->problems;

	f = load_partial(l, span_str(c.kind->name));
	if (f == NULL && l->problems > before)
		return false;
	if (f == NULL) {
		load_report(l, "the theme has no \"%s.gmi\"", c.kind->name);
		return false;
	}
	compile_file(&c, f);
	c.line = 1;
	if (c.titles != 1)
		bad(&c, "a page has one line that begins with \"# \", this "
		    "one has %zu", c.titles);
	return !c.failed;
}
