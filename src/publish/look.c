/*
 * The tables of look.h, and values as pages want them.
 */
#include <sys/stat.h>

#include <stdlib.h>
#include <string.h>

#include "base/file.h"
#include "base/utf8.h"
#include "publish/look.h"

/* A page of the longest titles is still a page that clients take. */
#define SHORT_COLUMNS	200

#define ROW_OF(id, name, type, rows)	{ name, type, rows },
#define TABLE(table, list) \
static const struct theme_field table[] = { list(ROW_OF) { NULL, 0, NULL } }

TABLE(look_row, LOOK_ROW);
TABLE(look_link, LOOK_LINK);
TABLE(look_day, LOOK_DAY);
TABLE(look_month, LOOK_MONTH);
TABLE(look_source, LOOK_SOURCE);
TABLE(look_state, LOOK_STATE);
TABLE(look_cert, LOOK_CERT);
TABLE(look_host, LOOK_HOST);
TABLE(page_of_entry, LOOK_ENTRY);
TABLE(page_of_front, LOOK_FRONT);
TABLE(page_of_time, LOOK_TIME);
TABLE(page_of_list, LOOK_LIST);
TABLE(page_of_sources, LOOK_SOURCES);
TABLE(page_of_terms, LOOK_TERMS);
TABLE(page_of_feed, LOOK_FEED);
TABLE(page_of_about, LOOK_ABOUT);
TABLE(page_of_help, LOOK_HELP);
TABLE(page_of_mirror, LOOK_MIRROR);
TABLE(page_of_health, LOOK_HEALTH);
TABLE(page_of_keys, LOOK_KEYS);

static const struct theme_kind kinds[PAGE_KINDS + 1] = {
	[PAGE_ENTRY] = { "entry", page_of_entry },
	[PAGE_FRONT] = { "front", page_of_front },
	[PAGE_DAY] = { "day", page_of_time },
	[PAGE_MONTH] = { "month", page_of_time },
	[PAGE_YEAR] = { "year", page_of_time },
	[PAGE_SOURCE] = { "source", page_of_list },
	[PAGE_LIST] = { "list", page_of_list },
	[PAGE_PART] = { "part", page_of_list },
	[PAGE_SOURCES] = { "sources", page_of_sources },
	[PAGE_TERMS] = { "terms", page_of_terms },
	[PAGE_FEED] = { "feed", page_of_feed },
	[PAGE_ABOUT] = { "about", page_of_about },
	[PAGE_HELP] = { "help", page_of_help },
	[PAGE_MIRROR] = { "mirror", page_of_mirror },
	[PAGE_HEALTH] = { "health", page_of_health },
	[PAGE_KEYS] = { "fingerprints", page_of_keys },
};

/* Of every page: the planet, and each word of the interface. */
enum { CO_PLANET, CO_SUBTITLE, CO_INTRO, CO_LANGUAGE, CO_WORDS };

static const struct theme_field common[] = {
	[CO_PLANET] = { "planet", THEME_TEXT, NULL },
	[CO_SUBTITLE] = { "subtitle", THEME_TEXT, NULL },
	[CO_INTRO] = { "intro", THEME_TEXT, NULL },
	[CO_LANGUAGE] = { "planet_language", THEME_TEXT, NULL },
#define WORD(id, en, de, fr, es, ja) \
	[CO_WORDS + W_##id] = { "word_" #id, THEME_TEXT, NULL },
#include "publish/words.h"
#undef WORD
	{ NULL, 0, NULL }
};

struct theme_value
look_keep(struct arena *a, struct buf *b)
{
	struct theme_value v = { .s = { "", b->n } };

	if (b->n > 0)
		v.s.p = arena_strndup(a, b->p, b->n);
	buf_clear(b);
	return v;
}

struct theme_value
look_path(struct arena *a, const char *path)
{
	size_t n = strlen(path);
	char *p = arena_alloc(a, n + 2);

	p[0] = '/';
	memcpy(p + 1, path, n + 1);
	return (struct theme_value){ .s = { p, n + 1 } };
}

struct theme_value
look_existing(struct site *s, struct arena *a, const char *path)
{
	size_t n = strlen(path);
	const char *file = arena_printf(a, "capsule/%s%s", path,
	    n > 0 && path[n - 1] == '/' ? "index.gmi" : "");

	return tree_has(s->tree, file) ? look_path(a, path) : look_text(NULL);
}

struct theme_value
look_count(const struct site *s, int64_t n, struct arena *a)
{
	struct buf b = { 0 };
	struct theme_value v;

	strings_count(&b, s->words, W_entries, n);
	v = look_keep(a, &b);
	buf_free(&b);
	return v;
}

struct theme_value *
look_add(struct look_rows *r)
{
	if (r->n == r->room) {
		size_t room = r->room > 0 ? r->room * 2 : 8;
		struct theme_value *v = arena_alloc(r->a,
		    room * r->width * sizeof(*v));

		if (r->n > 0)
			memcpy(v, r->v, r->n * r->width * sizeof(*v));
		r->v = v;
		r->room = room;
	}
	return &r->v[r->n++ * r->width];
}

struct theme_value
look_list(const struct look_rows *r)
{
	return (struct theme_value){ .rows = r->v, .nrows = r->n };
}

void
look_entry(struct theme_value *row, struct site *s,
    const struct store_entry *en, struct arena *a)
{
	const struct store_feed *f = site_feed(s, en->feed);
	struct buf b = { 0 };

	buf_putc(&b, '/');
	site_entry_path(&b, en);
	row[ROW_URL] = look_keep(a, &b);
	site_title(&b, s, en);
	row[ROW_TITLE] = look_keep(a, &b);
	utf8_shorten(&b, row[ROW_TITLE].s, SHORT_COLUMNS);
	row[ROW_SHORT] = look_keep(a, &b);
	row[ROW_SOURCE] = look_text(site_source_name(s, en));
	if (f != NULL) {
		buf_putc(&b, '/');
		site_feed_path(&b, f);
		row[ROW_SOURCE_URL] = look_keep(a, &b);
	}
	row[ROW_AUTHOR] = look_text(site_author(s, en));
	site_time(&b, s, site_date(en));
	row[ROW_TIME] = look_keep(a, &b);
	site_iso_day(&b, site_date(en));
	row[ROW_DATE] = look_keep(a, &b);
	row[ROW_EXCERPT] = look_text(en->excerpt);
	row[ROW_ORIGINAL] = look_text(en->link);
	row[ROW_OWN] = look_text(en->own ? s->config->name : NULL);
	buf_free(&b);
}

void
look_link_to(struct look_rows *r, const char *path, const char *label,
    const char *count)
{
	struct theme_value *row = look_add(r);

	row[LINK_URL] = look_path(r->a, path);
	row[LINK_LABEL] = look_text(arena_strdup(r->a, label));
	row[LINK_COUNT] = look_text(arena_strdup(r->a, count));
}

/* --- pages --- */

char *
look_dir(const struct config *c)
{
	if (c->theme == NULL || theme_is_shipped(c->theme))
		return NULL;
	return file_join(c->dir != NULL ? c->dir : ".", c->theme);
}

static bool
is_dir(const char *path)
{
	struct stat st;

	return stat(path, &st) == 0 && S_ISDIR(st.st_mode);
}

int
look_load(struct theme **out, const struct config *c,
    void (*report)(const char *line, void *arg), void *arg, struct error *e)
{
	const char *dirs[3] = { NULL };
	struct theme_options o = { .kinds = kinds, .common = common,
	    .dirs = dirs, .report = report, .arg = arg };
	char *dir = look_dir(c);
	struct error own = { 0 };
	size_t n = 0;
	int rc = 0;

	*out = NULL;
	if (c->theme_dir != NULL)
		dirs[n++] = c->theme_dir;
	if (dir == NULL) {
		o.shipped = c->theme;
	} else if (is_dir(dir)) {
		dirs[n++] = dir;
	} else {
		rc = error_set(&own, E_SYNTAX, "theme = %s: neither a theme "
		    "of the program (plain, river) nor a directory",
		    c->theme);
		if (report != NULL)
			report(own.msg, arg);
		error_set(e, rc, "%s", own.msg);
	}
	if (rc == 0)
		rc = theme_new(out, &o, e);
	free(dir);
	return rc;
}

void
look_common(struct site *s)
{
	const struct config *c = s->config;
	struct theme_value *v = arena_alloc(&s->arena,
	    (CO_WORDS + WORDS) * sizeof(*v));
	bool described = c->subtitle != NULL && c->subtitle[0] != '\0';

	v[CO_PLANET] = look_text(c->name);
	v[CO_SUBTITLE] = look_text(c->subtitle);
	v[CO_INTRO] = look_text(described ? c->subtitle :
	    strings_get(s->words, W_intro));
	v[CO_LANGUAGE] = look_text(c->language);
	for (int w = 0; w < WORDS; w++)
		v[CO_WORDS + w] = look_text(strings_get(s->words,
		    (enum word)w));
	s->common = v;
}

int
look_put(struct site *s, enum look_kind kind,
    const struct theme_value *page, const char *path, struct error *e)
{
	struct buf out = { 0 }, full = { 0 };
	int rc;

	buf_init(&out, TREE_PAGE_MAX * 2);
	buf_putf(&full, "capsule/%s", path);
	rc = theme_render(s->theme, kind, s->common, page, &out, e);
	if (rc == 0)
		rc = tree_put(s->tree, buf_cstr(&full), buf_span(&out), e);
	site_step(s);
	buf_free(&out);
	buf_free(&full);
	return rc;
}
