/*
 * The hole: texts of entries, and the few files that have fixed names.
 */
#include <stdlib.h>
#include <string.h>

#include "gemtext/gemtext.h"
#include "publish/hole.h"
#include "publish/holetext.h"

#define HOLE_DIR	"hole/"
#define ASCII_DIR	"ascii"
#define COPY_MAX	((size_t)16 << 20)	/* bytes of a file that is copied */

static const char *
hole_host(const struct site *s)
{
	return s->config->gopher_host != NULL ? s->config->gopher_host :
	    site_host(s);
}

static int
hole_port(const struct site *s)
{
	return s->config->gopher_port != 0 ? s->config->gopher_port : 70;
}

void
hole_menu(struct gophermenu *m, const struct site *s, struct buf *out)
{
	*m = (struct gophermenu){ .out = out, .host = hole_host(s),
	    .port = hole_port(s),
	    .nothing = strings_get(s->words, W_nothing),
	    .untitled = strings_get(s->words, W_untitled) };
}

/* Put bytes at "hole/" (or its folded twin) and path. */
static int
put_at(struct site *s, const char *twin, const char *path,
    struct span bytes, struct error *e)
{
	struct buf full = { 0 };
	int rc;

	buf_putf(&full, HOLE_DIR "%s%s", twin, path);
	rc = tree_put(s->tree, buf_cstr(&full), bytes, e);
	buf_free(&full);
	return rc;
}

static int
put_text(struct site *s, const char *path, const struct buf *text,
    struct error *e)
{
	struct buf folded = { 0 };
	struct span rest = buf_span(text), line;
	int rc = put_at(s, "", path, rest, e);

	if (rc == 0 && s->config->gopher_ascii) {
		while (span_line(&rest, &line)) {
			gophertext_ascii(&folded, line);
			buf_puts(&folded, "\r\n");
		}
		rc = put_at(s, ASCII_DIR "/", path, buf_span(&folded), e);
	}
	buf_free(&folded);
	site_step(s);
	return rc;
}

int
hole_put_menu(struct site *s, const char *dir, struct gophermenu *m,
    struct error *e)
{
	struct buf path = { 0 }, folded = { 0 };
	int rc;

	gophermenu_end(m);
	buf_putf(&path, "%s%smenu", dir, dir[0] != '\0' ? "/" : "");
	rc = put_at(s, "", buf_cstr(&path), buf_span(m->out), e);
	if (rc == 0 && s->config->gopher_ascii) {
		gophermenu_ascii(&folded, buf_span(m->out), m->host, m->port,
		    "/" ASCII_DIR);
		rc = put_at(s, ASCII_DIR "/", buf_cstr(&path),
		    buf_span(&folded), e);
	}
	buf_free(&path);
	buf_free(&folded);
	site_step(s);
	return rc;
}

void
hole_home(struct gophermenu *m, const struct site *s)
{
	gophermenu_info(m, span_of("", 0));
	gophermenu_item(m, '1', span_str(s->config->name), "/", false);
}

/* --- texts of entries --- */

static int
entry_gone(struct site *s, const char *path, bool for_ever, struct error *e)
{
	static const char *const twins[] = { "", ASCII_DIR "/" };
	struct buf full = { 0 };
	int rc = 0;

	for (size_t i = 0; i < 2 && rc == 0; i++) {
		buf_clear(&full);
		buf_putf(&full, HOLE_DIR "%s%s.txt", twins[i], path);
		if (tree_has(s->tree, buf_cstr(&full)))
			rc = tree_gone(s->tree, buf_cstr(&full), for_ever, e);
	}
	buf_free(&full);
	return rc;
}

static int
entry_text(struct site *s, const struct store_entry *en, struct error *e)
{
	struct buf title = { 0 }, date = { 0 }, twin = { 0 }, menu = { 0 };
	struct buf path = { 0 }, out = { 0 };
	struct holetext t = { .entry = en, .words = s->words,
	    .author = site_author(s, en),
	    .source = site_source_name(s, en),
	    .width = (size_t)s->config->gopher_width };
	const struct store_feed *f = site_feed(s, en->feed);
	int rc;

	site_title(&title, s, en);
	if (en->date_only)
		site_day(&date, s, site_date(en));
	else
		site_time(&date, s, site_date(en));
	buf_putf(&path, "%s.gmi", en->path);
	if (s->config->gemini)
		site_url(&twin, s, buf_cstr(&path));
	buf_clear(&path);
	buf_putc(&path, '/');
	if (f != NULL && f->slug != NULL)
		hole_source_dir(&path, f->slug);
	site_gopher_url(&menu, s, '1', buf_cstr(&path));
	t.title = buf_cstr(&title);
	t.date = buf_cstr(&date);
	t.gemini = twin.n > 0 ? buf_cstr(&twin) : NULL;
	t.menu = buf_cstr(&menu);
	holetext_put(&out, &t);
	buf_clear(&path);
	buf_putf(&path, "%s.txt", en->path);
	rc = put_text(s, buf_cstr(&path), &out, e);
	buf_free(&title);
	buf_free(&date);
	buf_free(&twin);
	buf_free(&menu);
	buf_free(&path);
	buf_free(&out);
	return rc;
}

static int
one_entry(struct site *s, const struct store_entry *en, struct error *e)
{
	struct store_entry shown = *en;
	struct arena a = { 0 };
	int rc;

	if (en->hidden)
		return entry_gone(s, en->path, false, e);
	site_excerpt(s, &shown, &a);
	rc = entry_text(s, &shown, e);
	arena_free(&a);
	return rc;
}

static int
all_entries(struct site *s, struct error *e)
{
	struct store_query q = { .own = -1, .all = true, .what = STORE_BODY };
	struct store_cursor *c;
	struct store_entry en;
	struct arena a = { 0 };
	int rc;

	if ((rc = store_select(s->store, &c, &q, e)) != 0)
		return rc;
	while ((rc = store_next(c, &en, &a, e)) == 1) {
		if ((rc = one_entry(s, &en, e)) != 0)
			break;
		arena_free(&a);
	}
	store_cursor_free(c);
	arena_free(&a);
	return rc;
}

static int
stale_entries(struct site *s, const struct stale *st, struct error *e)
{
	struct store_entry en;
	struct arena a = { 0 };
	int rc = 0;

	for (size_t i = 0; i < st->nentries && rc == 0; i++) {
		/* One that is not there any more is among the gone. */
		if (store_entry(s->store, &en, &a, st->entries[i],
		    STORE_BODY) == 0)
			rc = one_entry(s, &en, e);
		arena_free(&a);
	}
	return rc;
}

static int
forgotten(struct site *s, const struct stale *st, struct error *e)
{
	static const char *const twins[] = { "", ASCII_DIR "/" };
	struct buf b = { 0 };
	int rc = 0;

	for (size_t i = 0; i < st->ngone && rc == 0; i++)
		rc = entry_gone(s, st->gone[i], true, e);
	for (size_t i = 0; i < 2 * st->ngone_feeds && rc == 0; i++) {
		buf_clear(&b);
		buf_putf(&b, HOLE_DIR "%s", twins[i % 2]);
		hole_source_dir(&b, st->gone_feeds[i / 2]);
		buf_putc(&b, '/');
		rc = tree_gone_prefix(s->tree, buf_cstr(&b), true, e);
	}
	buf_free(&b);
	return rc;
}

/* --- files with fixed names --- */

/* What clients of the caps convention want to know. */
static const char caps[] =
    "CAPS\n"
    "\n"
    "CapsVersion=1\n"
    "ExpireCapsAfter=86400\n"
    "\n"
    "PathDelimeter=/\n"
    "PathIdentity=.\n"
    "PathParent=..\n"
    "PathParentDouble=FALSE\n"
    "PathKeepPreDelimeter=FALSE\n"
    "\n"
    "ServerSoftware=orrery\n"
    "ServerDefaultEncoding=UTF-8\n";

static void
about(struct buf *out, const struct site *s)
{
	const struct config *c = s->config;
	struct buf b = { 0 };
	size_t width = (size_t)c->gopher_width;

	gophertext_wrap(&b, span_str(c->name), width, 0, "\n");
	buf_putc(&b, '\n');
	if (c->subtitle != NULL && c->subtitle[0] != '\0') {
		gophertext_wrap(&b, span_str(c->subtitle), width, 0, "\n");
		buf_putc(&b, '\n');
	}
	gophertext_wrap(&b, span_str(strings_get(s->words, W_what_planet)),
	    width, 0, "\n");
	buf_putf(&b, "\n%s:\n", strings_get(s->words, W_over_gopher));
	site_gopher_url(&b, s, '1', "/");
	if (c->gemini) {
		buf_putf(&b, "\n\n%s:\n", strings_get(s->words,
		    W_over_gemini));
		site_url(&b, s, "");
	}
	if (c->gopher_ascii) {
		buf_putf(&b, "\n\n%s:\n", strings_get(s->words, W_in_ascii));
		site_gopher_url(&b, s, '1', "/" ASCII_DIR);
	}
	buf_putc(&b, '\n');
	if (c->owner_name != NULL && c->owner_name[0] != '\0') {
		buf_putf(&b, "\n%s:\n", strings_get(s->words, W_kept_by));
		gophertext_wrap(&b, span_str(c->owner_name), width, 0, "\n");
		if (c->owner_email != NULL)
			gophertext_wrap(&b, span_str(c->owner_email), width,
			    0, "\n");
	}
	gophertext_put(out, buf_span(&b));
	buf_free(&b);
}

static int
fixed_files(struct site *s, struct error *e)
{
	const char *robots = s->config->robots;
	struct buf b = { 0 };
	int rc;

	about(&b, s);
	if ((rc = put_text(s, "about.txt", &b, e)) != 0)
		goto out;
	buf_clear(&b);
	gophertext_put(&b, span_str(caps));
	if ((rc = put_at(s, "", "caps.txt", buf_span(&b), e)) != 0)
		goto out;
	buf_clear(&b);
	if (robots != NULL && strcmp(robots, "closed") == 0)
		buf_puts(&b, "User-agent: *\r\nDisallow: /\r\n");
	else if (robots != NULL && strcmp(robots, "open") == 0)
		buf_puts(&b, "User-agent: *\r\nDisallow:\r\n");
	else
		/* Searches are endless, and the twin says all again. */
		buf_puts(&b, "User-agent: *\r\nDisallow: /search\r\n"
		    "Disallow: /" ASCII_DIR "/\r\n");
	rc = put_at(s, "", "robots.txt", buf_span(&b), e);
out:
	buf_free(&b);
	return rc;
}

/* --- what the capsule has as well --- */

static int
read_capsule(struct site *s, const char *path, struct buf *out,
    struct error *e)
{
	struct buf name = { 0 };
	int rc;

	buf_putf(&name, "capsule/%s", path);
	buf_init(out, COPY_MAX);
	rc = tree_read(s->tree, buf_cstr(&name), out, e);
	buf_free(&name);
	return rc;
}

/* A file of the capsule under the same name; none is no failure. */
static int
copy_capsule(struct site *s, const char *path, struct error *e)
{
	struct buf b = { 0 };
	int rc;

	if ((rc = read_capsule(s, path, &b, e)) == 0)
		rc = put_at(s, "", path, buf_span(&b), e);
	buf_free(&b);
	return rc == E_NOTFOUND ? 0 : rc;
}

/* Links within the capsule, made whole: a text has no place of its own. */
static void
whole_links(struct buf *out, const struct site *s, struct span page)
{
	struct buf url = { 0 };
	struct span line;

	while (span_line(&page, &line)) {
		if (span_starts(line, "=> /")) {
			buf_clear(&url);
			site_url(&url, s, "");
			buf_putf(out, "=> %s", buf_cstr(&url));
			line = span_from(line, strlen("=> /"));
		}
		buf_put_span(out, line);
		buf_putc(out, '\n');
	}
	buf_free(&url);
}

static int
is_health(char what, const char *path, void *arg)
{
	(void)what;
	(void)arg;
	return strcmp(path, "capsule/health.gmi") == 0;
}

int
hole_publish_late(struct site *s, bool all, struct error *e)
{
	struct buf page = { 0 }, whole = { 0 }, text = { 0 }, out = { 0 };
	int rc = 0;

	if (!s->config->gopher ||
	    (!all && !tree_changes(s->tree, is_health, NULL)))
		return 0;
	if ((rc = read_capsule(s, "health.gmi", &page, e)) == 0) {
		whole_links(&whole, s, buf_span(&page));
		gemtext_to_text(&text, buf_span(&whole),
		    (size_t)s->config->gopher_width);
		gophertext_put(&out, buf_span(&text));
		rc = put_text(s, HOLE_HEALTH, &out, e);
	}
	buf_free(&page);
	buf_free(&whole);
	buf_free(&text);
	buf_free(&out);
	return rc == E_NOTFOUND ? 0 : rc;
}

/* The feed and the subscriptions, where they are stale. */
static int
feeds(struct site *s, const struct stale *st, struct error *e)
{
	int rc = 0;

	if (st->all || st->front || st->nentries > 0 || st->ngone > 0 ||
	    !tree_has(s->tree, HOLE_DIR HOLE_ATOM))
		rc = copy_capsule(s, HOLE_ATOM, e);
	if (rc == 0 && (st->all || st->sources ||
	    !tree_has(s->tree, HOLE_DIR HOLE_OPML)))
		rc = copy_capsule(s, HOLE_OPML, e);
	return rc;
}

int
hole_publish(struct site *s, const struct stale *st, struct error *e)
{
	int rc;

	if (!s->config->gopher)
		return tree_gone_prefix(s->tree, HOLE_DIR, false, e);
	if (!s->config->gopher_ascii && (rc = tree_gone_prefix(s->tree,
	    HOLE_DIR ASCII_DIR "/", false, e)) != 0)
		return rc;
	rc = st->all ? all_entries(s, e) : stale_entries(s, st, e);
	if (rc == 0)
		rc = forgotten(s, st, e);
	if (rc == 0 && (st->all || !tree_has(s->tree, HOLE_DIR "caps.txt")))
		rc = fixed_files(s, e);
	if (rc == 0)
		rc = feeds(s, st, e);
	return rc == 0 ? hole_menus(s, st, e) : rc;
}
