#include <string.h>
#include <strings.h>

#include "gemtext/tags.h"

/* Sorted by name. */
static const struct tag_info tags[] = {
	{ "a", TAG_A, NEST_A, 0 }, { "address", TAG_BLOCK, NEST_ODD, 0 },
	{ "annotation", TAG_ANNOTATION, NEST_FREE, 0 },
	{ "annotation-xml", TAG_ANNOTATION, NEST_FREE, 0 },
	{ "applet", TAG_SKIP, NEST_FREE, 0 },
	{ "area", TAG_OTHER, NEST_ODD, 0 },
	{ "article", TAG_BLOCK, NEST_FREE, 0 },
	{ "aside", TAG_BLOCK, NEST_FREE, 0 },
	{ "audio", TAG_AUDIO, NEST_FREE, 0 }, { "b", TAG_OTHER, NEST_SOFT, 0 },
	{ "base", TAG_BASE, NEST_ODD, 0 },
	{ "basefont", TAG_OTHER, NEST_ODD, 0 },
	{ "big", TAG_OTHER, NEST_SOFT, 0 },
	{ "blockquote", TAG_QUOTE, NEST_DIV, 0 },
	{ "body", TAG_BLOCK, NEST_ODD, 0 }, { "br", TAG_BR, NEST_VOID, 0 },
	{ "button", TAG_SKIP, NEST_FREE, 0 },
	{ "canvas", TAG_SKIP, NEST_FREE, 0 },
	{ "caption", TAG_CAPTION, NEST_CAPTION, 0 },
	{ "center", TAG_BLOCK, NEST_DIV, 0 },
	{ "code", TAG_CODE, NEST_FREE, 0 }, { "col", TAG_OTHER, NEST_ODD, 0 },
	{ "colgroup", TAG_OTHER, NEST_ODD, 0 },
	{ "datalist", TAG_SKIP, NEST_FREE, 0 }, { "dd", TAG_DD, NEST_DD, 0 },
	{ "del", TAG_DEL, NEST_FREE, 0 },
	{ "details", TAG_BLOCK, NEST_FREE, 0 },
	{ "dialog", TAG_BLOCK, NEST_FREE, 0 }, { "dir", TAG_UL, NEST_ODD, 0 },
	{ "div", TAG_BLOCK, NEST_DIV, 0 }, { "dl", TAG_DL, NEST_DL, 0 },
	{ "dt", TAG_DT, NEST_DT, 0 }, { "embed", TAG_EMBED, NEST_FREE, 0 },
	{ "fieldset", TAG_BLOCK, NEST_ODD, 0 },
	{ "figcaption", TAG_FIGCAPTION, NEST_FREE, 0 },
	{ "figure", TAG_FIGURE, NEST_FREE, 0 },
	{ "font", TAG_OTHER, NEST_SOFT, 0 },
	{ "footer", TAG_BLOCK, NEST_FREE, 0 },
	{ "form", TAG_BLOCK, NEST_ODD, 0 },
	{ "frame", TAG_OTHER, NEST_ODD, 0 },
	{ "frameset", TAG_OTHER, NEST_ODD, 0 },
	{ "h1", TAG_HEADING, NEST_HEAD, 1 },
	{ "h2", TAG_HEADING, NEST_HEAD, 2 },
	{ "h3", TAG_HEADING, NEST_HEAD, 3 },
	{ "h4", TAG_HEADING, NEST_HEAD, 4 },
	{ "h5", TAG_HEADING, NEST_HEAD, 5 },
	{ "h6", TAG_HEADING, NEST_HEAD, 6 }, { "head", TAG_SKIP, NEST_ODD, 0 },
	{ "header", TAG_BLOCK, NEST_FREE, 0 },
	{ "hgroup", TAG_BLOCK, NEST_FREE, 0 }, { "hr", TAG_HR, NEST_RULE, 0 },
	{ "html", TAG_BLOCK, NEST_ODD, 0 }, { "i", TAG_OTHER, NEST_SOFT, 0 },
	{ "iframe", TAG_IFRAME, NEST_FREE, 0 },
	{ "img", TAG_IMG, NEST_VOID, 0 }, { "input", TAG_INPUT, NEST_VOID, 0 },
	{ "isindex", TAG_OTHER, NEST_ODD, 0 },
	{ "legend", TAG_BLOCK, NEST_ODD, 0 }, { "li", TAG_LI, NEST_LI, 0 },
	{ "link", TAG_OTHER, NEST_ODD, 0 },
	{ "listing", TAG_PRE, NEST_ODD, 0 },
	{ "main", TAG_BLOCK, NEST_FREE, 0 }, { "map", TAG_SKIP, NEST_FREE, 0 },
	{ "math", TAG_MATH, NEST_FREE, 0 }, { "menu", TAG_UL, NEST_ODD, 0 },
	{ "meta", TAG_OTHER, NEST_ODD, 0 },
	{ "meter", TAG_SKIP, NEST_FREE, 0 },
	{ "nav", TAG_BLOCK, NEST_FREE, 0 },
	{ "noembed", TAG_SKIP, NEST_FREE, 0 },
	{ "noframes", TAG_SKIP, NEST_FREE, 0 },
	{ "object", TAG_OBJECT, NEST_FREE, 0 }, { "ol", TAG_OL, NEST_LIST, 0 },
	{ "optgroup", TAG_BLOCK, NEST_ODD, 0 },
	{ "option", TAG_OTHER, NEST_ODD, 0 }, { "p", TAG_BLOCK, NEST_P, 0 },
	{ "param", TAG_OTHER, NEST_ODD, 0 },
	{ "plaintext", TAG_PRE, NEST_ODD, 0 },
	{ "pre", TAG_PRE, NEST_HEAD, 0 },
	{ "progress", TAG_SKIP, NEST_FREE, 0 }, { "q", TAG_Q, NEST_FREE, 0 },
	{ "rp", TAG_RP, NEST_FREE, 0 }, { "rt", TAG_RT, NEST_FREE, 0 },
	{ "s", TAG_DEL, NEST_SOFT, 0 }, { "script", TAG_SKIP, NEST_FREE, 0 },
	{ "search", TAG_BLOCK, NEST_FREE, 0 },
	{ "section", TAG_BLOCK, NEST_FREE, 0 },
	{ "select", TAG_SKIP, NEST_ODD, 0 },
	{ "small", TAG_OTHER, NEST_SOFT, 0 },
	{ "source", TAG_SOURCE, NEST_FREE, 0 },
	{ "span", TAG_OTHER, NEST_SOFT, 0 },
	{ "strike", TAG_DEL, NEST_SOFT, 0 },
	{ "style", TAG_SKIP, NEST_ODD, 0 }, { "sub", TAG_SUB, NEST_FREE, 0 },
	{ "summary", TAG_BLOCK, NEST_FREE, 0 },
	{ "sup", TAG_SUP, NEST_FREE, 0 }, { "svg", TAG_SKIP, NEST_FREE, 0 },
	{ "table", TAG_TABLE, NEST_TABLE, 0 },
	{ "tbody", TAG_BLOCK, NEST_ROWS, 0 }, { "td", TAG_TD, NEST_CELL, 0 },
	{ "template", TAG_SKIP, NEST_FREE, 0 },
	{ "textarea", TAG_SKIP, NEST_FREE, 0 },
	{ "tfoot", TAG_BLOCK, NEST_ROWS, 0 }, { "th", TAG_TD, NEST_CELL, 1 },
	{ "thead", TAG_BLOCK, NEST_ROWS, 0 },
	{ "title", TAG_SKIP, NEST_ODD, 0 }, { "tr", TAG_TR, NEST_ROW, 0 },
	{ "tt", TAG_OTHER, NEST_SOFT, 0 }, { "u", TAG_OTHER, NEST_SOFT, 0 },
	{ "ul", TAG_UL, NEST_LIST, 0 }, { "video", TAG_VIDEO, NEST_FREE, 0 },
	{ "xmp", TAG_PRE, NEST_ODD, 0 },
};

static const struct tag_info other = { "", TAG_OTHER, NEST_FREE, 0 };

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
