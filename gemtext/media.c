/*
 * Images, video, audio and embedded pages: a line with what they are.
 */
#include <stdlib.h>

#include "base/uri.h"
#include "base/utf8.h"
#include "base/xalloc.h"
#include "gemtext/builder.h"

/* An attribute as clean text in the arena, or NULL. */
static const char *
att_line(struct build *b, const char *const *atts, const char *name)
{
	const char *s = att(atts, name), *line = NULL;
	struct buf own = { 0 };

	if (s == NULL)
		return NULL;
	utf8_line(&own, span_str(s));
	if (own.n > 0)
		line = arena_strndup(&b->d->arena, own.p, own.n);
	buf_free(&own);
	return line;
}

/* --- images that are none --- */

static bool
tiny(const char *v)
{
	char *end;
	double n;

	if (v == NULL)
		return false;
	n = strtod(v, &end);
	return end != v && n <= 1.0 && *end != '%' &&
	    strncmp(end, "em", 2) != 0 && strncmp(end, "rem", 3) != 0 &&
	    strncmp(end, "v", 1) != 0;
}

/* The value of a property in a style attribute. */
static bool
style_tiny(const char *style, const char *property)
{
	const char *p = style;
	size_t n = strlen(property);

	while (p != NULL && (p = strcasestr(p, property)) != NULL) {
		bool start = p == style || p[-1] == ';' || p[-1] == ' ';

		p += n;
		while (*p == ' ')
			p++;
		if (start && *p == ':') {
			p++;
			while (*p == ' ')
				p++;
			if (tiny(p))
				return true;
		}
	}
	return false;
}

static bool
is_counter(const char *src)
{
	static const char *const hosts[] = { "pixel.wp.com",
	    "stats.wordpress.com", "quantserve.", "scorecardresearch.",
	    "doubleclick.", "feedads." };
	struct uri u;

	uri_split(&u, span_str(src));
	if (memmem(u.host.p != NULL ? u.host.p : "", u.host.n,
	    "feedburner", 10) != NULL &&
	    memchr(u.path.p, '~', u.path.n) != NULL)
		return true;
	for (size_t i = 0; i < sizeof(hosts) / sizeof(hosts[0]); i++)
		if (u.host.n > 0 && memmem(u.host.p, u.host.n, hosts[i],
		    strlen(hosts[i])) != NULL)
			return true;
	return strstr(src, "/~r/") != NULL && strstr(src, "feeds.") != NULL;
}

static bool
is_tracker(const char *const *atts, const char *src)
{
	const char *style = att(atts, "style");

	return tiny(att(atts, "width")) || tiny(att(atts, "height")) ||
	    style_tiny(style, "width") || style_tiny(style, "height") ||
	    (src != NULL && is_counter(src));
}

/* Emoji and formulas are text, not pictures. */
static bool
is_glyph(const char *const *atts, const char *src)
{
	static const char *const words[] = { "wp-smiley", "emoji", "emojione",
	    "twemoji", "smiley", "latex", "tex", "math" };
	const char *class = att(atts, "class");

	for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++)
		if (att_class(atts, words[i]))
			return true;
	return (class != NULL && strstr(class, "mwe-math-") != NULL) ||
	    (src != NULL && (strstr(src, "/images/core/emoji/") != NULL ||
	    strstr(src, "latex.php") != NULL));
}

/* The first address of a srcset. */
static const char *
first_of_srcset(struct build *b, const char *set)
{
	size_t n = 0;

	if (set == NULL)
		return NULL;
	while (ascii_space(*set) || *set == ',')
		set++;
	while (set[n] != '\0' && !ascii_space(set[n]))
		n++;
	while (n > 0 && set[n - 1] == ',')
		n--;
	return n > 0 ? arena_strndup(&b->d->arena, set, n) : NULL;
}

static bool
is_data(const char *s)
{
	while (*s != '\0' && (unsigned char)*s <= ' ')
		s++;
	return strncasecmp(s, "data:", 5) == 0;
}

static const char *
image_source(struct build *b, const char *const *atts)
{
	static const char *const lazy[] = { "data-src", "data-lazy-src",
	    "data-original" };
	const char *src = att(atts, "src"), *class = att(atts, "class"), *s;

	if (src == NULL || src[0] == '\0' || is_data(src) ||
	    (class != NULL && strcasestr(class, "lazy") != NULL))
		for (size_t i = 0; i < sizeof(lazy) / sizeof(lazy[0]); i++)
			if ((s = att(atts, lazy[i])) != NULL && s[0] != '\0')
				return s;
	if (src != NULL && src[0] != '\0')
		return src;
	if ((s = first_of_srcset(b, att(atts, "srcset"))) != NULL)
		return s;
	return first_of_srcset(b, att(atts, "data-srcset"));
}

/* Note a link that stands for a picture or a film, here. */
static uint32_t
put_media(struct build *b, const char *url, const char *what,
    const char *title)
{
	uint32_t link = inline_link(b, url);
	struct link *l = &b->d->links[link];

	l->image = true;
	l->label = title == NULL ? what :
	    arena_printf(&b->d->arena, "%s: %s", what, title);
	build_begin(b);
	inline_mark(b, MARK_IMAGE, link);
	return link;
}

static void
put_bracketed(struct build *b, const char *alt)
{
	build_text(b, "[Image: ", 8);
	build_text(b, alt, strlen(alt));
	build_text(b, "]", 1);
}

void
media_image(struct build *b, const char *const *atts)
{
	const char *src = image_source(b, atts);
	const char *alt = att_line(b, atts, "alt"), *url = NULL;
	bool internal;
	uint32_t link;

	if (is_tracker(atts, src))
		return;
	if (is_glyph(atts, src)) {
		if (alt != NULL)
			build_text(b, alt, strlen(alt));
		return;
	}
	if (alt == NULL)
		alt = att_line(b, atts, "title");
	if (src != NULL)
		url = inline_url(b, src, &internal);
	if (url == NULL) {
		if (alt != NULL)
			put_bracketed(b, alt);
		return;
	}
	link = put_media(b, url, "Image", alt);
	if (b->linked) {
		b->link_image = link;
		b->link_images++;
		b->link_alt = alt;
	}
	if (b->nfigures > 0) {
		struct figure *f = &b->figures[b->nfigures - 1];

		f->images++;
		f->image = alt == NULL ? link : UINT32_MAX;
	}
}

/* --- film and sound --- */

void
media_start(struct build *b, bool video, const char *const *atts)
{
	const char *src = att(atts, "src"), *url = NULL;
	const char *title = att_line(b, atts, "title");
	const char *what = video ? "Video" : "Audio";
	bool internal;

	b->media_label = title == NULL ? what :
	    arena_printf(&b->d->arena, "%s: %s", what, title);
	b->media_sourced = false;
	if (src == NULL || src[0] == '\0')
		return;
	if ((url = inline_url(b, src, &internal)) == NULL)
		return;
	put_media(b, url, b->media_label, NULL);
	b->mute = b->depth;
}

void
media_source(struct build *b, const char *const *atts)
{
	const char *src = att(atts, "src"), *url;
	size_t i = b->depth - 1;
	bool internal;

	/* Only a source of video or audio: one of picture has a srcset. */
	while (i > 0 && b->stack[i - 1].tag == TAG_SOURCE)
		i--;
	if (i == 0 || (b->stack[i - 1].tag != TAG_VIDEO &&
	    b->stack[i - 1].tag != TAG_AUDIO) || src == NULL)
		return;
	if ((url = inline_url(b, src, &internal)) == NULL)
		return;
	put_media(b, url, b->media_label, NULL);
	b->mute = i;
}

/* --- embedded pages --- */

/* The page of a film that a player shows, or NULL. */
static const char *
film_page(struct build *b, const char *url)
{
	static const struct { const char *host, *path, *page; } players[] = {
		{ "youtube.com", "/embed/",
		    "https://www.youtube.com/watch?v=%.*s" },
		{ "youtube-nocookie.com", "/embed/",
		    "https://www.youtube.com/watch?v=%.*s" },
		{ "youtube.com", "/v/",
		    "https://www.youtube.com/watch?v=%.*s" },
		{ "player.vimeo.com", "/video/", "https://vimeo.com/%.*s" },
	};
	struct uri u;

	uri_split(&u, span_str(url));
	if (span_starts(u.host, "www."))
		u.host = span_from(u.host, 4);
	for (size_t i = 0; i < sizeof(players) / sizeof(players[0]); i++) {
		struct span id;
		size_t n = 0;

		if (!span_eqs(u.host, players[i].host) ||
		    !span_starts(u.path, players[i].path))
			continue;
		id = span_from(u.path, strlen(players[i].path));
		while (n < id.n && (ascii_space(id.p[n]) == false) &&
		    id.p[n] != '/' && id.p[n] != '&')
			n++;
		if (n == 0 || (n == 11 && strncmp(id.p, "videoseries", 11) ==
		    0))
			return NULL;
		return i == 3 ? arena_printf(&b->d->arena,
		    "https://vimeo.com/%.*s", (int)n, id.p) :
		    arena_printf(&b->d->arena,
		    "https://www.youtube.com/watch?v=%.*s", (int)n, id.p);
	}
	return NULL;
}

void
media_embed(struct build *b, const char *const *atts, const char *src)
{
	const char *title = att_line(b, atts, "title"), *url, *page;
	struct uri u;
	bool internal;

	if (src == NULL || src[0] == '\0' ||
	    (url = inline_url(b, src, &internal)) == NULL)
		return;
	if ((page = film_page(b, url)) != NULL) {
		put_media(b, page, "Video", title);
		return;
	}
	uri_split(&u, span_str(url));
	if (title == NULL && u.host.n > 0)
		title = arena_strndup(&b->d->arena, u.host.p, u.host.n);
	put_media(b, url, "Embedded", title);
}

/* --- figures --- */

void
media_figure_start(struct build *b)
{
	GROW(b->figures, b->nfigures, b->figures_cap);
	b->figures[b->nfigures++] = (struct figure){ .image = UINT32_MAX };
	if (b->ntables > 0)
		b->tables[b->ntables - 1].layout = true;
}

/* One image without a description takes the caption for its own. */
void
media_figure_end(struct build *b)
{
	struct doc *d = b->d;
	struct figure f;
	struct block *k;
	struct buf line = { 0 };

	if (b->nfigures == 0)
		return;
	f = b->figures[--b->nfigures];
	if (f.images != 1 || f.image == UINT32_MAX || f.captions != 1 ||
	    f.caption >= d->nblocks)
		return;
	k = &d->blocks[f.caption];
	if (k->mark_end > k->mark || k->kind != BLOCK_PARA)
		return;
	doc_block_line(&line, d, k);
	d->links[f.image].label = arena_printf(&d->arena, "Image: %s",
	    buf_cstr(&line));
	k->dead = true;
	buf_free(&line);
}
