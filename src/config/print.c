/*
 * print.c - the effective configuration as a file, and its digest.
 */
#include <stdlib.h>
#include <string.h>

#include "base/hash.h"
#include "config/keys.h"

/* A value that ini.c reads back: lines indented, "%(" kept literal. */
static void
put_value(struct buf *out, const char *value)
{
	bool doubled = strstr(value, "%(") != NULL;

	for (const char *p = value; *p != '\0'; p++) {
		if (*p == '\n')
			buf_puts(out, "\n\t");
		else if (*p == '%' && doubled)
			buf_puts(out, "%%");
		else
			buf_putc(out, *p);
	}
}

/* A ";" after white space would begin a comment. */
static const char *
equals(const char *value)
{
	return value[0] != '\0' && value[0] != ';' ? " = " : " =";
}

static void
put_key(struct buf *out, const struct key *k, const char *value)
{
	buf_puts(out, k->name);
	buf_puts(out, equals(value));
	if (k->type == KEY_DATE)
		buf_puts(out, value);
	else
		put_value(out, value);
	buf_putc(out, '\n');
}

/*
 * The members of base that differ from those of like (NULL: all that are
 * set).  One that is set in like alone is written empty.
 */
static void
put_table(struct buf *out, const void *base, const void *like,
    const struct key *table, unsigned flags)
{
	struct buf value = { 0 }, other = { 0 };

	for (const struct key *k = table; k->name != NULL; k++) {
		bool set, inherited = false;

		if ((k->flags & flags) != flags)
			continue;
		if (like != NULL && key_same(base, like, k))
			continue;
		buf_clear(&value);
		buf_clear(&other);
		set = key_format(&value, base, k);
		if (like != NULL)
			inherited = key_format(&other, like, k);
		if (like != NULL && set == inherited &&
		    strcmp(buf_cstr(&value), buf_cstr(&other)) == 0)
			continue;
		if (set || inherited)
			put_key(out, k, buf_cstr(&value));
	}
	buf_free(&value);
	buf_free(&other);
}

static void
put_defaults(struct buf *out, const struct config *c, unsigned flags)
{
	put_table(out, &c->defaults, NULL, keys_source, KEY_PLANET | flags);
}

/* A key that would be taken for a slip when the file is read again. */
static bool
is_slip(const struct config *c, const char *key)
{
	int n = 0;

	if (key_slip(key) == NULL)
		return false;
	for (size_t i = 0; i < c->nsources && n < KEY_HABIT; i++)
		n += source_extra(&c->sources[i], key) != NULL;
	return n < KEY_HABIT;
}

static void
put_source(struct buf *out, const struct config *c, const struct source *s,
    unsigned flags)
{
	buf_putf(out, "\n[%s]\n", s->url);
	put_table(out, s, &c->defaults, keys_source, flags);
	for (size_t i = 0; i < s->nextra; i++) {
		if (is_slip(c, s->extra[i].key))
			continue;
		buf_puts(out, s->extra[i].key);
		buf_puts(out, equals(s->extra[i].value));
		put_value(out, s->extra[i].value);
		buf_putc(out, '\n');
	}
}

static void
put_moved(struct buf *out, const struct config *c, bool gone)
{
	bool any = false;

	for (size_t i = 0; i < c->nredirects; i++) {
		const struct redirect *r = &c->redirects[i];

		if ((r->to == NULL) != gone)
			continue;
		if (!any)
			buf_puts(out, gone ? "\n[gone]\n" : "\n[redirect]\n");
		any = true;
		if (gone)
			buf_putf(out, "%s =\n", r->from);
		else
			buf_putf(out, "%s = %s\n", r->from, r->to);
	}
}

static void
put_hosts(struct buf *out, const struct config *c)
{
	for (size_t i = 0; i < c->nvhosts; i++) {
		buf_putf(out, "\n[host %s]\n", c->vhosts[i].name);
		put_table(out, &c->vhosts[i], NULL, keys_host, 0);
	}
	if (c->nareas > 0)
		buf_puts(out, "\n[areas]\n");
	for (size_t i = 0; i < c->nareas; i++)
		buf_putf(out, "%s = %s\n", c->areas[i].prefix,
		    c->areas[i].file);
}

void
config_print(struct buf *out, const struct config *c)
{
	buf_puts(out, "[Planet]\n");
	put_table(out, c, NULL, keys_planet, 0);
	put_defaults(out, c, 0);
	buf_puts(out, "\n[gemini]\n");
	put_table(out, c, NULL, keys_gemini, 0);
	/* the section alone would switch it on */
	buf_puts(out, "\n[gopher]\n");
	put_table(out, c, NULL, keys_gopher, 0);
	buf_puts(out, "\n[server]\n");
	put_table(out, c, NULL, keys_server, 0);
	put_moved(out, c, false);
	put_moved(out, c, true);
	put_hosts(out, c);
	for (size_t i = 0; i < c->nsources; i++)
		put_source(out, c, &c->sources[i], 0);
}

void
config_revision(const struct config *c, char *hex)
{
	struct buf b = { 0 };

	put_table(&b, c, NULL, keys_planet, KEY_PAGES);
	put_defaults(&b, c, KEY_PAGES);
	put_table(&b, c, NULL, keys_gemini, KEY_PAGES);
	put_table(&b, c, NULL, keys_gopher, KEY_PAGES);
	for (size_t i = 0; i < c->nsources; i++)
		put_source(&b, c, &c->sources[i], KEY_PAGES);
	hash_hex(buf_span(&b), hex);
	buf_free(&b);
}
