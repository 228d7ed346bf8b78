/*
 * made.h - feeds that are made up: the same every time.
 */
#ifndef BENCH_MADE_H
#define BENCH_MADE_H

#include <string.h>

#include "base/arena.h"
#include "base/date.h"
#include "feed/feed.h"

#define PER_FEED	100
#define PER_DAY		100	/* entries of all sources */
#define CHANGED		10	/* entries that tell their generation */
#define NOW		1767225600

/* A feed of PER_FEED entries of about 2 kB. */
static struct feed *
make_feed(struct arena *a, size_t number, int generation)
{
	static const struct category tags[] = { { .term = "web" },
		{ .term = "rust" }, { .term = "python" }, { .term = "life" },
		{ .term = "music" } };
	struct feed *f = arena_alloc(a, sizeof(*f));
	char words[1500];

	memset(words, 'x', sizeof(words));
	for (size_t i = 7; i < sizeof(words); i += 8)
		words[i] = i % 400 == 399 ? '\n' : ' ';
	words[sizeof(words) - 1] = '\0';
	f->title = arena_printf(a, "Source %zu", number);
	f->entries = arena_alloc(a, PER_FEED * sizeof(*f->entries));
	f->nentries = PER_FEED;
	for (size_t i = 0; i < PER_FEED; i++) {
		struct entry *e = &f->entries[i];
		int told = i < CHANGED ? generation : 0;

		e->id = arena_printf(a, "tag:%zu:%zu", number, i);
		e->link = arena_printf(a, "https://s%zu.example/p/%zu",
		    number, i);
		e->title = arena_printf(a, "Entry %zu of source %zu", i,
		    number);
		/* as many a day however many there are in all */
		e->published = NOW - (int64_t)((number * PER_FEED + i) *
		    (86400 / PER_DAY));
		e->updated = e->date = DATE_NONE;
		e->content.type = CONTENT_HTML;
		e->content.value = arena_printf(a, "<p>%zu %zu %d %s</p>",
		    number, i, told, words);
		e->gemtext = arena_printf(a, "%zu %zu %d\n%s\n", number, i,
		    told, words);
		e->text = e->gemtext;
		e->categories = (struct category *)&tags[(number + i) % 4];
		e->ncategories = 2;
		e->language = number % 5 ? "en" : "de";
	}
	return f;
}

#endif
