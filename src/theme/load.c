#include <dirent.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/file.h"
#include "base/xalloc.h"
#include "theme/load.h"

#define PROBLEMS_MAX	100

const struct shipped theme_files[] = {
#include "themes.inc"
	{ NULL, NULL, NULL }
};

void
load_report(struct loader *l, const char *fmt, ...)
{
	char text[ERROR_MAX];
	struct error line = { 0 };
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(text, sizeof(text), fmt, ap);
	va_end(ap);
	error_set(&line, E_SYNTAX, "%s", text);
	if (l->problems++ == 0)
		error_set(l->e, E_SYNTAX, "%s", text);
	if (l->o->report != NULL && l->problems <= PROBLEMS_MAX)
		l->o->report(line.msg, l->o->arg);
}

int
theme_is_shipped(const char *name)
{
	for (const struct shipped *f = theme_files; f->theme != NULL; f++)
		if (strcmp(f->theme, name) == 0)
			return 1;
	return 0;
}

static bool
is_name(struct span s)
{
	for (size_t i = 0; i < s.n; i++)
		if (strchr("abcdefghijklmnopqrstuvwxyz0123456789_-",
		    s.p[i]) == NULL)
			return false;
	return s.n > 0 && s.n <= 64;
}

/* Keep a text as a partial: lines end with LF, the last one too. */
static const struct partial *
keep(struct loader *l, const char *name, const char *file, struct span text)
{
	struct arena *a = &l->t->arena;
	struct buf b = { 0 };
	struct span line;
	struct partial *p;

	while (span_line(&text, &line)) {
		/* of CR CR LF one is left, which would pass for CR LF */
		while (line.n > 0 && line.p[line.n - 1] == '\r')
			line.n--;
		buf_put_span(&b, line);
		buf_putc(&b, '\n');
	}
	p = arena_alloc(a, sizeof(*p));
	l->t->partials = arena_push(a, l->t->partials, &l->t->npartials,
	    sizeof(*l->t->partials));
	l->t->partials[l->t->npartials - 1] = p;
	p->name = name;
	p->file = file;
	p->text = span_of(arena_strndup(a, buf_cstr(&b), b.n), b.n);
	buf_free(&b);
	return p;
}

static const struct partial *
from_dir(struct loader *l, const char *dir, const char *name)
{
	struct arena *a = &l->t->arena;
	char *path = file_join(dir, arena_printf(a, "%s.gmi", name));
	const struct partial *p = NULL;
	struct error e = { 0 };
	struct buf b;
	int rc;

	buf_init(&b, THEME_FILE_MAX);
	rc = file_read(&b, path, &e);
	if (rc == 0) {
		p = keep(l, name, arena_strdup(a, path), buf_span(&b));
	} else if (rc == E_LIMIT) {
		load_report(l, "%s: longer than %zu bytes; a partial is a "
		    "small file", path, THEME_FILE_MAX);
	} else if (rc != E_NOTFOUND) {
		l->failed = true;
		load_report(l, "%s", e.msg);
	}
	buf_free(&b);
	free(path);
	return p;
}

static const struct partial *
from_program(struct loader *l, const char *theme, const char *name)
{
	for (const struct shipped *f = theme_files; f->theme != NULL; f++)
		if (strcmp(f->theme, theme) == 0 &&
		    strcmp(f->name, name) == 0)
			return keep(l, name, arena_printf(&l->t->arena,
			    "theme %s, %s.gmi", theme, name),
			    span_str(f->text));
	return NULL;
}

const struct partial *
load_partial(struct loader *l, struct span name)
{
	const struct partial *p = NULL;
	const char *s;

	for (size_t i = 0; i < l->t->npartials; i++)
		if (span_eqs(name, l->t->partials[i]->name))
			return l->t->partials[i];
	if (!is_name(name))
		return NULL;
	s = arena_strndup(&l->t->arena, name.p, name.n);
	for (size_t i = 0; l->o->dirs != NULL && l->o->dirs[i] != NULL &&
	    p == NULL; i++)
		p = from_dir(l, l->o->dirs[i], s);
	if (p == NULL && l->o->shipped != NULL)
		p = from_program(l, l->o->shipped, s);
	return p != NULL ? p : from_program(l, "plain", s);
}

/* A file that no page asks for is a name misspelt. */
static void
unused_in(struct loader *l, const char *dir)
{
	struct dirent **names;
	int n = scandir(dir, &names, NULL, alphasort);

	for (int i = 0; i < n; i++) {
		const char *name = names[i]->d_name;
		size_t len = strlen(name);
		bool used = name[0] == '.' || len < 5 ||
		    strcmp(name + len - 4, ".gmi") != 0;

		for (size_t k = 0; k < l->t->npartials && !used; k++)
			used = span_eqs(span_of(name, len - 4),
			    l->t->partials[k]->name);
		if (!used)
			load_report(l, "%s/%s: neither a page nor a part of "
			    "one; orrery-theme(5) lists the names", dir,
			    name);
		free(names[i]);
	}
	if (n >= 0)
		free(names);
}

int
theme_new(struct theme **out, const struct theme_options *o,
    struct error *e)
{
	struct theme *t = xcalloc(1, sizeof(*t));
	struct loader l = { .t = t, .o = o, .e = e };
	size_t n = 0;
	int rc;

	t->kinds = o->kinds;
	while (o->kinds[n].name != NULL)
		n++;
	t->pages = arena_alloc(&t->arena, (n + 1) * sizeof(*t->pages));
	for (size_t i = 0; i < n; i++)
		compile_page(&l, i);
	for (size_t i = 0; o->dirs != NULL && o->dirs[i] != NULL; i++)
		unused_in(&l, o->dirs[i]);
	rc = l.failed ? E_FAIL : l.problems > 0 ? E_SYNTAX : 0;
	if (rc != 0) {
		theme_free(t);
		t = NULL;
	}
	*out = t;
	return rc;
}

void
theme_free(struct theme *t)
{
	if (t == NULL)
		return;
	arena_free(&t->arena);
	free(t);
}

void
theme_hash(const struct theme *t, char hex[HASH_HEX])
{
	struct buf all = { 0 };

	for (size_t i = 0; i < t->npartials; i++) {
		const struct partial *p = t->partials[i];

		buf_putf(&all, "%s %zu\n", p->name, p->text.n);
		buf_put_span(&all, p->text);
	}
	hash_hex(buf_span(&all), hex);
	buf_free(&all);
}
