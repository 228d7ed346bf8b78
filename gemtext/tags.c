#include <string.h>
#include <strings.h>

#include "gemtext/tags.h"

/* Sorted by name. */
static const struct tag_info tags[] = {
	{ "a", TAG_A, 0 }, { "address", TAG_BLOCK, 0 },
	{ "annotation", TAG_ANNOTATION, 0 },
	{ "annotation-xml", TAG_ANNOTATION, 0 }, { "applet", TAG_SKIP, 0 },
	{ "article", TAG_BLOCK, 0 }, { "aside", TAG_BLOCK, 0 },
	{ "audio", TAG_AUDIO, 0 }, { "base", TAG_BASE, 0 },
	{ "blockquote", TAG_QUOTE, 0 }, { "body", TAG_BLOCK, 0 },
	{ "br", TAG_BR, 0 }, { "button", TAG_SKIP, 0 },
	{ "canvas", TAG_SKIP, 0 }, { "caption", TAG_CAPTION, 0 },
	{ "center", TAG_BLOCK, 0 }, { "code", TAG_CODE, 0 },
	{ "datalist", TAG_SKIP, 0 }, { "dd", TAG_DD, 0 },
	{ "del", TAG_DEL, 0 }, { "details", TAG_BLOCK, 0 },
	{ "dialog", TAG_BLOCK, 0 }, { "dir", TAG_UL, 0 },
	{ "div", TAG_BLOCK, 0 }, { "dl", TAG_DL, 0 }, { "dt", TAG_DT, 0 },
	{ "embed", TAG_EMBED, 0 }, { "fieldset", TAG_BLOCK, 0 },
	{ "figcaption", TAG_FIGCAPTION, 0 }, { "figure", TAG_FIGURE, 0 },
	{ "footer", TAG_BLOCK, 0 }, { "form", TAG_BLOCK, 0 },
	{ "h1", TAG_HEADING, 1 }, { "h2", TAG_HEADING, 2 },
	{ "h3", TAG_HEADING, 3 }, { "h4", TAG_HEADING, 4 },
	{ "h5", TAG_HEADING, 5 }, { "h6", TAG_HEADING, 6 },
	{ "head", TAG_SKIP, 0 }, { "header", TAG_BLOCK, 0 },
	{ "hgroup", TAG_BLOCK, 0 }, { "hr", TAG_HR, 0 },
	{ "html", TAG_BLOCK, 0 }, { "iframe", TAG_IFRAME, 0 },
	{ "img", TAG_IMG, 0 }, { "input", TAG_INPUT, 0 },
	{ "legend", TAG_BLOCK, 0 }, { "li", TAG_LI, 0 },
	{ "listing", TAG_PRE, 0 }, { "main", TAG_BLOCK, 0 },
	{ "map", TAG_SKIP, 0 }, { "math", TAG_MATH, 0 },
	{ "menu", TAG_UL, 0 }, { "meter", TAG_SKIP, 0 },
	{ "nav", TAG_BLOCK, 0 }, { "noembed", TAG_SKIP, 0 },
	{ "noframes", TAG_SKIP, 0 }, { "object", TAG_OBJECT, 0 },
	{ "ol", TAG_OL, 0 }, { "optgroup", TAG_BLOCK, 0 },
	{ "p", TAG_BLOCK, 0 }, { "plaintext", TAG_PRE, 0 },
	{ "pre", TAG_PRE, 0 }, { "progress", TAG_SKIP, 0 },
	{ "q", TAG_Q, 0 }, { "rp", TAG_RP, 0 }, { "rt", TAG_RT, 0 },
	{ "s", TAG_DEL, 0 }, { "script", TAG_SKIP, 0 },
	{ "search", TAG_BLOCK, 0 }, { "section", TAG_BLOCK, 0 },
	{ "select", TAG_SKIP, 0 }, { "source", TAG_SOURCE, 0 },
	{ "strike", TAG_DEL, 0 }, { "style", TAG_SKIP, 0 },
	{ "sub", TAG_SUB, 0 }, { "summary", TAG_BLOCK, 0 },
	{ "sup", TAG_SUP, 0 }, { "svg", TAG_SKIP, 0 },
	{ "table", TAG_TABLE, 0 }, { "tbody", TAG_BLOCK, 0 },
	{ "td", TAG_TD, 0 }, { "template", TAG_SKIP, 0 },
	{ "textarea", TAG_SKIP, 0 }, { "tfoot", TAG_BLOCK, 0 },
	{ "th", TAG_TD, 1 }, { "thead", TAG_BLOCK, 0 },
	{ "title", TAG_SKIP, 0 }, { "tr", TAG_TR, 0 }, { "ul", TAG_UL, 0 },
	{ "video", TAG_VIDEO, 0 }, { "xmp", TAG_PRE, 0 },
};

static const struct tag_info other = { "", TAG_OTHER, 0 };

const struct tag_info *
tag_find(const char *name)
{
	size_t lo = 0, hi = sizeof(tags) / sizeof(tags[0]);

	while (lo < hi) {
		size_t mid = lo + (hi - lo) / 2;
		int r = name[0] - tags[mid].name[0];

		if (r == 0 && (r = strcmp(name, tags[mid].name)) == 0)
			return &tags[mid];
		if (r < 0)
			hi = mid;
		else
			lo = mid + 1;
	}
	return &other;
}

enum att
att_find(const char *name, size_t n)
{
	/* In the order of the lengths, so that few are compared. */
	static const struct { const char *name; enum att att; } list[] = {
		{ "alt", ATT_ALT }, { "src", ATT_SRC }, { "data", ATT_DATA },
		{ "href", ATT_HREF }, { "role", ATT_ROLE },
		{ "type", ATT_TYPE }, { "class", ATT_CLASS },
		{ "start", ATT_START }, { "style", ATT_STYLE },
		{ "title", ATT_TITLE }, { "value", ATT_VALUE },
		{ "width", ATT_WIDTH }, { "height", ATT_HEIGHT },
		{ "hidden", ATT_HIDDEN }, { "srcset", ATT_SRCSET },
		{ "alttext", ATT_ALTTEXT }, { "checked", ATT_CHECKED },
		{ "colspan", ATT_COLSPAN }, { "data-src", ATT_DATA_SRC },
		{ "encoding", ATT_ENCODING }, { "reversed", ATT_REVERSED },
		{ "data-lang", ATT_DATA_LANG },
		{ "aria-label", ATT_ARIA_LABEL },
		{ "data-lazy-src", ATT_DATA_LAZY_SRC },
		{ "data-original", ATT_DATA_ORIGINAL },
	};
	static const uint8_t first[] = { 0, 0, 0, 0, 2, 6, 12, 15, 18, 21, 22, 23, 23, 23, 25 };

	if (n + 1 >= sizeof(first))
		return ATT_NONE;
	for (size_t i = first[n]; i < first[n + 1]; i++)
		if ((name[0] | 0x20) == list[i].name[0] &&
		    strncasecmp(name, list[i].name, n) == 0)
			return list[i].att;
	return ATT_NONE;
}

const char *
att_of(const struct atts *a, enum att att)
{
	if (a == NULL || (a->set >> att & 1) == 0)
		return NULL;
	for (size_t i = 0; i < a->n; i++)
		if (a->v[i].att == att)
			return a->v[i].value;
	return NULL;
}
