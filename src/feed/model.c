/*
 * model.c - what all readers do with the model in the same way.
 */
#include <string.h>

#include "base/uri.h"
#include "feed/formats.h"

/* Most authors, categories, links of one feed or entry. */
#define LIST_MAX	256

void
feed_blank(struct feed *f)
{
	*f = (struct feed){ .updated = DATE_NONE, .published = DATE_NONE };
}

void
feed_blank_entry(struct entry *en)
{
	*en = (struct entry){ .published = DATE_NONE, .updated = DATE_NONE,
	    .date = DATE_NONE, .ncomments = -1, .duration = -1 };
}

struct entry *
feed_add_entry(struct feed *f, struct arena *a, const struct parse_options *o)
{
	size_t max = o->max_entries != 0 ? o->max_entries : FEED_ENTRIES_MAX;

	if (f->nentries >= max || f->nskipped < o->skip_entries) {
		f->nskipped++;
		return NULL;
	}
	f->entries = arena_push(a, f->entries, &f->nentries,
	    sizeof(*f->entries));
	feed_blank_entry(&f->entries[f->nentries - 1]);
	return &f->entries[f->nentries - 1];
}

void
feed_finish_entry(struct entry *en)
{
	int64_t other = en->date;	/* dc:date, created: the last resort */

	if (en->published != DATE_NONE)
		en->date = en->published;
	else if (en->updated != DATE_NONE)
		en->date = en->updated;
	else
		en->date = other;
	en->summary_only = en->content.type == CONTENT_NONE &&
	    en->summary.type != CONTENT_NONE;
}

static bool
is_address(const char *s)
{
	char scheme[16];

	uri_scheme(scheme, sizeof(scheme), span_str(s));
	return scheme[0] != '\0' && uri_scheme_linkable(scheme);
}

static bool
same(const char *a, const char *b)
{
	return a == b || (a != NULL && b != NULL && strcmp(a, b) == 0);
}

void
feed_mend_links(struct feed *f, const char *url)
{
	for (size_t i = 0; i < f->nentries; i++) {
		struct entry *en = &f->entries[i];

		for (size_t k = 0; k < en->nlinks; k++)
			if (same(en->links[k].rel, "canonical") &&
			    is_address(en->links[k].href))
				en->link = en->links[k].href;
		if (en->link == NULL || en->id == NULL)
			continue;
		if (same(en->link, en->id) ? !is_address(en->link) :
		    same(en->link, url) || same(en->link, f->url))
			en->link = is_address(en->id) ? en->id : NULL;
	}
}

const char *
feed_own_address(const struct feed *f)
{
	if (f->url != NULL && is_address(f->url))
		return f->url;
	return f->link != NULL && is_address(f->link) ? f->link : NULL;
}

static void
drop(const char **address)
{
	if (*address != NULL && !is_address(*address))
		*address = NULL;
}

static void
drop_of_people(struct person *list, size_t n)
{
	for (size_t i = 0; i < n; i++)
		drop(&list[i].uri);
}

static void
drop_of_feed(struct feed *f)
{
	drop(&f->link);
	drop(&f->url);
	drop(&f->icon);
	drop(&f->logo);
	drop(&f->image_url);
	drop(&f->image_link);
	drop_of_people(f->authors, f->nauthors);
}

void
feed_drop_relative(struct feed *f)
{
	drop_of_feed(f);
	for (size_t i = 0; i < f->nentries; i++) {
		struct entry *en = &f->entries[i];
		size_t n = 0;

		drop(&en->link);
		drop(&en->comments);
		drop(&en->image_url);
		drop_of_people(en->authors, en->nauthors);
		for (size_t k = 0; k < en->nenclosures; k++)
			if (is_address(en->enclosures[k].href))
				en->enclosures[n++] = en->enclosures[k];
		en->nenclosures = n;
		if (en->source != NULL)
			drop_of_feed(en->source);
	}
}

void
feed_add_category(struct arena *a, struct category **list, size_t *n,
    struct category c)
{
	if ((c.term == NULL && c.label == NULL && c.scheme == NULL) ||
	    *n == LIST_MAX)
		return;
	for (size_t i = 0; i < *n; i++)
		if (same((*list)[i].term, c.term) &&
		    same((*list)[i].scheme, c.scheme) &&
		    same((*list)[i].label, c.label))
			return;
	*list = arena_push(a, *list, n, sizeof(c));
	(*list)[*n - 1] = c;
}

void
feed_add_link(struct arena *a, struct link **list, size_t *n, struct link l)
{
	if (l.href == NULL || *n == LIST_MAX)
		return;
	for (size_t i = 0; i < *n; i++)
		if (same((*list)[i].href, l.href) &&
		    same((*list)[i].rel, l.rel) &&
		    same((*list)[i].type, l.type))
			return;
	*list = arena_push(a, *list, n, sizeof(l));
	(*list)[*n - 1] = l;
}

void
feed_add_person(struct arena *a, struct person **list, size_t *n,
    struct person p)
{
	if ((p.name == NULL && p.email == NULL && p.uri == NULL) ||
	    *n == LIST_MAX)
		return;
	for (size_t i = 0; i < *n; i++) {
		struct person *q = &(*list)[i];

		/* The same again: itunes:author beside author, dc:creator. */
		if ((p.name != NULL && same(q->name, p.name)) ||
		    (p.name == NULL && p.email != NULL &&
		    same(q->email, p.email))) {
			if (q->email == NULL)
				q->email = p.email;
			if (q->uri == NULL)
				q->uri = p.uri;
			return;
		}
	}
	*list = arena_push(a, *list, n, sizeof(p));
	(*list)[*n - 1] = p;
}
