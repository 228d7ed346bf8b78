/* Images, films, sounds, embedded pages and figures. */
#include <stdio.h>
#include <stdlib.h>

#include "base/uri.h"
#include "base/utf8.h"
#include "base/xalloc.h"
#include "gemtext/builder.h"

static bool
tiny_number(const char *s)
{
	return s != NULL && s[0] >= '0' && s[0] <= '9' && atoi(s) <= 1 &&
	    strchr(s, '%') == NULL && strchr(s, '.') == NULL;
}

static bool
tiny_style(const char *style, const char *what)
{
	const char *p = style != NULL ? strstr(style, what) : NULL;

	if (p == NULL || (p != style && p[-1] == '-'))
		return false;
	p += strlen(what);
	while (ascii_space(*p))
		p++;
	if (*p++ != ':')
		return false;
	while (ascii_space(*p))
		p++;
	return (p[0] == '0' || p[0] == '1') && (p[1] == '\0' || p[1] == ';' ||
	    strncmp(p + 1, "px", 2) == 0 || p[1] == ' ');
}

static bool
counter(const struct atts *atts, const char *src)
{
	static const char *const hosts[] = { "feedads.", "pixel.wp.com",
		"stats.wordpress.com", "quantserve.com",
		"scorecardresearch.com", "doubleclick.net" };
	const char *style = att_of(atts, ATT_STYLE);

	if (tiny_number(att_of(atts, ATT_WIDTH)) ||
	    tiny_number(att_of(atts, ATT_HEIGHT)) || tiny_style(style, "width") ||
	    tiny_style(style, "height"))
		return true;
	if (src == NULL)
		return false;
	if (strstr(src, "feeds.feedburner.com/~") != NULL)
		return true;
	for (size_t i = 0; i < sizeof(hosts) / sizeof(hosts[0]); i++)
		if (strstr(src, hosts[i]) != NULL)
			return true;
	return false;
}

static bool
is_text(const struct atts *atts, const char *src)
{
	static const char *const words[] = { "wp-smiley", "emoji", "emojione",
		"twemoji", "smiley", "latex", "tex", "math" };
	const char *class = att_of(atts, ATT_CLASS);

	for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++)
		if (att_class(atts, words[i]))
			return true;
	return (class != NULL && strstr(class, "mwe-math-") != NULL) ||
	    (src != NULL && (strstr(src, "/images/core/emoji/") != NULL ||
	    strstr(src, "latex.php") != NULL));
}

static bool
picture_file(const char *url)
{
	static const char *const ends[] = { "jpg", "jpeg", "png", "gif",
		"webp", "avif", "svg", "bmp" };
	struct uri u;

	uri_split(&u, span_str(url));
	for (size_t i = 0; i < sizeof(ends) / sizeof(ends[0]); i++) {
		size_t n = strlen(ends[i]);

		if (u.path.n > n && u.path.p[u.path.n - n - 1] == '.' &&
		    strncasecmp(u.path.p + u.path.n - n, ends[i], n) == 0)
			return true;
	}
	return false;
}

static bool
empty(const char *s)
{
	return s == NULL || s[0] == '\0';
}

/* The address that is meant, behind what loads late; in the arena. */
static const char *
image_source(struct build *b, const struct atts *atts)
{
	static const enum att late[] = { ATT_DATA_SRC, ATT_DATA_LAZY_SRC,
		ATT_DATA_ORIGINAL };
	const char *src = att_of(atts, ATT_SRC), *class = att_of(atts, ATT_CLASS), *s;
	bool lazy = class != NULL && strstr(class, "lazy") != NULL;

	if (empty(src) || strncasecmp(src, "data:", 5) == 0 || lazy) {
		for (size_t i = 0; i < 3; i++)
			if (!empty(s = att_of(atts, late[i])))
				return s;
		if (!empty(s = att_of(atts, ATT_SRCSET)) &&
		    (empty(src) || strncasecmp(src, "data:", 5) == 0)) {
			size_t n;

			while (ascii_space(*s) || *s == ',')
				s++;
			n = strcspn(s, " \t\n\r\f");
			if (n > 0 && s[n - 1] == ',')
				n--;
			return arena_strndup(&b->d->arena, s, n);
		}
	}
	return src;
}

static const char *
labelled(struct build *b, const char *kind, const char *words)
{
	struct buf l = { 0 };
	const char *label;
	size_t n;

	buf_puts(&l, kind);
	buf_puts(&l, ": ");
	n = l.n;
	if (words != NULL)
		utf8_line(&l, span_str(words));
	label = l.n > n ? arena_strndup(&b->d->arena, l.p, l.n) : kind;
	buf_free(&l);
	return label;
}

static void
put_media(struct build *b, const char *url, const char *label)
{
	uint32_t link;

	if (b->d->nlinks >= BUILD_LINKS_MAX) {
		b->d->cut = true;
		return;
	}
	link = inline_link(b, url);
	b->d->links[link].label = label;
	b->d->links[link].image = true;
	build_begin(b);
	inline_mark(b, MARK_IMAGE, link);
}

void
media_image(struct build *b, const struct atts *atts)
{
	const char *alt = att_of(atts, ATT_ALT), *src = image_source(b, atts);
	const char *url, *label;
	bool internal;

	if (is_text(atts, src)) {
		if (alt != NULL)
			build_text(b, alt, strlen(alt));
		return;
	}
	if (counter(atts, src))
		return;
	if (empty(alt))
		alt = att_of(atts, ATT_TITLE);
	label = labelled(b, "Image", alt);
	url = src != NULL ? inline_url(b, src, &internal) : NULL;
	if (b->linked && b->link_url != NULL && picture_file(b->link_url)) {
		url = b->link_url;
		b->link_image = 1;
		b->link_images++;
	} else if (b->linked && url != NULL) {
		b->link_image = 0;
		b->link_images++;
		b->link_alt = strlen(label) > 7 ? label + 7 : NULL;
	}
	if (url == NULL) {
		if (strlen(label) > 7) {
			build_text(b, "[", 1);
			build_text(b, label, strlen(label));
			build_text(b, "]", 1);
		}
		return;
	}
	put_media(b, url, label);
	if (b->nfigures > 0) {
		b->figures[b->nfigures - 1].image =
		    (uint32_t)b->d->nlinks - 1;
		b->figures[b->nfigures - 1].images++;
	}
}

void
media_embed(struct build *b, const struct atts *atts, const char *src)
{
	struct buf page = { 0 };
	const char *url, *title = att_of(atts, ATT_TITLE), *kind = "Embedded";
	char *host;
	struct uri u;
	bool internal;

	if (src == NULL || (url = inline_url(b, src, &internal)) == NULL)
		return;
	uri_split(&u, span_str(url));
	host = arena_strndup(&b->d->arena, u.host.p != NULL ? u.host.p : "",
	    u.host.n);
	if (strstr(host, "youtube") != NULL &&
	    span_starts(u.path, "/embed/") && u.path.n > 7) {
		buf_puts(&page, "https://www.youtube.com/watch?v=");
		buf_put_span(&page, span_from(u.path, 7));
	} else if (strcmp(host, "player.vimeo.com") == 0 &&
	    span_starts(u.path, "/video/")) {
		buf_puts(&page, "https://vimeo.com/");
		buf_put_span(&page, span_from(u.path, 7));
	}
	if (page.n > 0) {
		url = arena_strndup(&b->d->arena, page.p, page.n);
		kind = "Video";
	} else if (empty(title))
		title = host;
	put_media(b, url, labelled(b, kind, title));
	buf_free(&page);
}

void
media_start(struct build *b, bool video, const struct atts *atts)
{
	const char *url, *src = att_of(atts, ATT_SRC);
	bool internal;

	b->media_label = labelled(b, video ? "Video" : "Audio",
	    att_of(atts, ATT_TITLE));
	b->media_depth = b->depth;
	if (src != NULL && (url = inline_url(b, src, &internal)) != NULL) {
		put_media(b, url, b->media_label);
		b->mute = b->depth;
	}
}

void
media_source(struct build *b, const struct atts *atts)
{
	const char *url, *src = att_of(atts, ATT_SRC);
	bool internal;

	if (b->media_depth == 0 || src == NULL ||
	    (url = inline_url(b, src, &internal)) == NULL)
		return;
	put_media(b, url, b->media_label);
	b->mute = b->media_depth;
}

void
media_figure_start(struct build *b)
{
	if (b->ntables > 0)
		b->tables[b->ntables - 1].layout = true;
	GROW(b->figures, b->nfigures, b->figures_cap);
	b->figures[b->nfigures++] = (struct figure){ 0 };
}

void
media_figure_end(struct build *b)
{
	struct figure *f;
	struct buf line = { 0 };
	struct block *k;

	if (b->nfigures == 0)
		return;
	f = &b->figures[--b->nfigures];
	if (f->images != 1 || f->captions != 1 ||
	    strcmp(b->d->links[f->image].label, "Image") != 0)
		return;
	k = &b->d->blocks[f->caption];
	if (k->mark != k->mark_end)
		return;
	doc_block_line(&line, b->d, k);
	b->d->links[f->image].label = labelled(b, "Image", buf_cstr(&line));
	k->dead = true;
	buf_free(&line);
}
