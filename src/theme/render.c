/*
 * A page out of compiled steps and values.
 */
#include "base/utf8.h"
#include "gemtext/gemtext.h"
#include "theme/internal.h"

struct frame {
	uint32_t	 start;		/* the section's first step */
	uint16_t	 scope;		/* EACH: where its rows are seen */
	uint16_t	 width;
	size_t		 left;		/* rows after this one */
};

struct render {
	const struct theme_value *scopes[THEME_NEST_MAX + 2];
	size_t		 nscopes;
	struct frame	 frames[THEME_NEST_MAX];
	size_t		 nframes;
	struct buf	*out, line, url;
	size_t		 begin;		/* of the page in out */
	bool		 blank;		/* one is due before the next line */
};

static const struct theme_value *
value(const struct render *r, const struct step *s)
{
	return &r->scopes[s->scope][s->field];
}

/* What is due before a line can be put. */
static void
before(struct render *r)
{
	struct buf *o = r->out;

	if (r->blank && o->n > r->begin && !(o->n >= r->begin + 2 &&
	    o->p[o->n - 1] == '\n' && o->p[o->n - 2] == '\n'))
		buf_putc(o, '\n');
	r->blank = false;
}

static void
trim_end(struct buf *line)
{
	while (line->n > 0 && line->p[line->n - 1] == ' ')
		buf_truncate(line, line->n - 1);
}

static void
put_block(struct render *r, struct span s)
{
	while (s.n > 0 && s.p[0] == '\n')
		s = span_from(s, 1);
	while (s.n > 0 && s.p[s.n - 1] == '\n')
		s.n--;
	if (s.n == 0)
		return;
	before(r);
	buf_put_span(r->out, s);
	buf_putc(r->out, '\n');
}

/* A line that held nothing but empty fields is none. */
static void
end_mark(struct render *r, size_t mark)
{
	struct buf *l = &r->line;
	size_t i = mark;

	while (i < l->n && l->p[i] == ' ')
		i++;
	if (i == l->n)
		return;
	trim_end(l);
	before(r);
	buf_put_span(r->out, buf_span(l));
	buf_putc(r->out, '\n');
}

static void
end_pre(struct render *r)
{
	before(r);
	if (span_starts(buf_span(&r->line), "```"))
		buf_putc(r->out, ' ');
	buf_put_span(r->out, buf_span(&r->line));
	buf_putc(r->out, '\n');
}

static void
end_text(struct render *r)
{
	if (span_trim(buf_span(&r->line)).n == 0)
		return;
	before(r);
	gemtext_put_text(r->out, buf_span(&r->line));
}

static void
end_link(struct render *r)
{
	if (span_trim(buf_span(&r->url)).n == 0)
		return;
	before(r);
	gemtext_put_link(r->out, buf_span(&r->url), buf_span(&r->line));
}

/* Enter a section or pass it; returns the next step. */
static uint32_t
enter(struct render *r, const struct step *s, uint32_t at)
{
	const struct theme_value *v = value(r, s);
	bool any = v->s.n > 0 || v->nrows > 0;
	struct frame *f;

	if (any == (s->what == STEP_UNLESS))
		return s->end;
	f = &r->frames[r->nframes++];
	*f = (struct frame){ .start = at };
	if (s->what == STEP_EACH) {
		f->left = v->nrows - 1;
		f->width = s->width;
		f->scope = (uint16_t)r->nscopes;
		r->scopes[r->nscopes++] = v->rows;
	}
	return at + 1;
}

static uint32_t
leave(struct render *r, uint32_t at)
{
	struct frame *f = &r->frames[r->nframes - 1];

	if (f->left > 0) {
		f->left--;
		r->scopes[f->scope] += f->width;
		return f->start + 1;
	}
	if (f->scope > 0)
		r->nscopes--;
	r->nframes--;
	return at + 1;
}

static void
build(struct render *r, const struct step *s)
{
	switch (s->what) {
	case STEP_LITERAL:
		before(r);
		buf_put_span(r->out, s->text);
		break;
	case STEP_BLANK:
		r->blank = true;
		break;
	case STEP_BLOCK:
		put_block(r, value(r, s)->s);
		break;
	case STEP_LINE:
		buf_clear(&r->line);
		break;
	case STEP_TEXT:
		buf_put_span(&r->line, s->text);
		break;
	case STEP_FIELD:
		utf8_line(&r->line, value(r, s)->s);
		break;
	case STEP_URL:
		buf_clear(&r->url);
		buf_put_span(&r->url, buf_span(&r->line));
		buf_clear(&r->line);
		break;
	case STEP_END_LINK:
		end_link(r);
		break;
	case STEP_END_TEXT:
		end_text(r);
		break;
	case STEP_END_MARK:
		end_mark(r, s->n);
		break;
	case STEP_END_PRE:
		end_pre(r);
		break;
	default:
		break;
	}
}

bool
theme_uses(const struct theme *t, size_t kind, size_t field)
{
	const struct page *p = &t->pages[kind];

	/* scope 0 has what all pages have, 1 the page's own fields */
	for (size_t i = 0; i < p->n; i++)
		if (p->steps[i].scope == 1 && p->steps[i].field == field)
			return true;
	return false;
}

int
theme_render(const struct theme *t, size_t kind,
    const struct theme_value *common, const struct theme_value *page,
    struct buf *out, struct error *e)
{
	const struct page *p = &t->pages[kind];
	struct render r = { .out = out, .begin = out->n,
	    .scopes = { common, page }, .nscopes = 2 };
	uint32_t at = 0;
	size_t work = 0;
	int rc = 0;

	while (at < p->n) {
		const struct step *s = &p->steps[at];

		if (++work > THEME_WORK_MAX || out->over || r.line.over) {
			rc = error_set(e, E_LIMIT, "the theme's page \"%s\" "
			    "grows without end; look for a list within "
			    "itself", t->kinds[kind].name);
			break;
		}
		if (s->what == STEP_IF || s->what == STEP_UNLESS ||
		    s->what == STEP_EACH) {
			at = enter(&r, s, at);
		} else if (s->what == STEP_CLOSE) {
			at = leave(&r, at);
		} else {
			build(&r, s);
			at++;
		}
	}
	buf_free(&r.line);
	buf_free(&r.url);
	return rc;
}
