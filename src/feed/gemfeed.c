/*
 * gemfeed.c - gemtext pages that can be subscribed to.
 *
 * A link whose label begins with a date is an entry of noon that day.  On a
 * page without a single one every link is an entry, dated when it is
 * first seen; links to the page itself, to parents, and to nothing that can
 * be read are left out.
 */
#include <ctype.h>
#include <string.h>

#include "base/uri.h"
#include "feed/formats.h"
#include "feed/text.h"
#include "gemtext/gemtext.h"

/* The date at the start of a label, or DATE_NONE; *rest is what follows. */
static int64_t
leading_date(struct span label, struct span *rest)
{
	static const char shape[] = "dddd-dd-dd";
	int64_t t;

	*rest = label;
	if (label.n < 10 || (label.n > 10 && isdigit((unsigned char)
	    label.p[10])))
		return DATE_NONE;
	for (size_t i = 0; i < 10; i++)
		if (shape[i] == 'd' ? !isdigit((unsigned char)label.p[i]) :
		    label.p[i] != '-')
			return DATE_NONE;
	t = date_parse(span_of(label.p, 10));
	if (t == DATE_NONE)
		return t;
	*rest = span_from(label, 10);
	/* " - Title", ": Title", "| Title" */
	while (rest->n > 0 && strchr(" \t-:|,.*/", rest->p[0]) != NULL &&
	    rest->p[0] != '\0')
		*rest = span_from(*rest, 1);
	for (;;) {
		if (span_starts(*rest, "\xe2\x80\x93") ||	/* en dash */
		    span_starts(*rest, "\xe2\x80\x94"))		/* em dash */
			*rest = span_from(*rest, 3);
		else if (rest->n > 0 && ascii_space(rest->p[0]))
			*rest = span_from(*rest, 1);
		else
			break;
	}
	return t + 12 * 3600;
}

/* An address that one can read, other than this page and those above it. */
static bool
is_elsewhere(const char *link, const char *base)
{
	char scheme[16];
	size_t n;

	uri_scheme(scheme, sizeof(scheme), span_str(link));
	if (strcmp(scheme, "gemini") != 0 && strcmp(scheme, "gopher") != 0 &&
	    strcmp(scheme, "http") != 0 && strcmp(scheme, "https") != 0 &&
	    strcmp(scheme, "spartan") != 0)
		return false;
	n = strcspn(link, "?#");
	return base == NULL || strncmp(base, link, n) != 0;
}

static void
add(struct feed *f, struct arena *a, const struct parse_options *o,
    const char *link, struct span label, int64_t t)
{
	struct entry *en = feed_add_entry(f, a, o);

	if (en == NULL)
		return;
	en->id = en->link = link;
	en->title = text_line(a, label);
	en->published = t;
	en->date_only = t != DATE_NONE;
	feed_add_link(a, &en->links, &en->nlinks, (struct link){
	    .rel = "alternate", .href = link, .length = -1 });
	feed_finish_entry(en);
}

static void
read_links(struct feed *f, struct arena *a, struct span s,
    const struct parse_options *o, bool dated)
{
	struct gemtext_reader r = { .rest = s };
	struct gemtext_line line;
	struct span rest;
	const char *link;
	int64_t t;

	while (gemtext_next(&r, &line)) {
		if (line.kind != GEMTEXT_LINK)
			continue;
		t = leading_date(line.text, &rest);
		if (dated != (t != DATE_NONE))
			continue;
		link = text_url(a, o->base_url, line.url);
		if (link == NULL || (!dated && !is_elsewhere(link,
		    o->base_url)))
			continue;
		add(f, a, o, link, rest.n > 0 ? rest : span_str(link), t);
	}
}

/* The first "#" line, and a "##" line right below it. */
static void
read_head(struct feed *f, struct arena *a, struct span s)
{
	struct gemtext_reader r = { .rest = s };
	struct gemtext_line line;

	while (gemtext_next(&r, &line)) {
		if (line.text.n == 0 && line.kind == GEMTEXT_TEXT)
			continue;
		if (f->title != NULL) {
			if (line.kind == GEMTEXT_HEADING2)
				f->subtitle = text_line(a, line.text);
			return;
		}
		if (line.kind == GEMTEXT_HEADING1)
			f->title = text_line(a, line.text);
	}
}

int
feed_read_gemtext(struct feed *f, struct arena *a, struct span s,
    const struct parse_options *o, struct error *e)
{
	f->format = FEED_GEMTEXT;
	f->link = f->url = f->id = o->base_url == NULL ? NULL :
	    arena_strdup(a, o->base_url);
	read_head(f, a, s);
	read_links(f, a, s, o, true);
	if (f->nentries == 0)
		read_links(f, a, s, o, false);
	if (f->nentries == 0 && f->title == NULL)
		return error_set(e, E_SYNTAX, "not a feed: a page with "
		    "neither a heading nor links");
	return 0;
}
