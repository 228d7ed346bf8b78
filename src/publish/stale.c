/*
 * The marks of the store, told apart.
 */
#include <stdlib.h>
#include <string.h>

#include "publish/stale.h"

static void
push_text(struct arena *a, const char ***list, size_t *n, const char *text)
{
	*list = arena_push(a, *list, n, sizeof(**list));
	(*list)[*n - 1] = arena_strdup(a, text);
}

static void
push_id(struct arena *a, int64_t **list, size_t *n, const char *text)
{
	*list = arena_push(a, *list, n, sizeof(**list));
	(*list)[*n - 1] = strtoll(text, NULL, 10);
}

static const char *
after(const char *mark, const char *prefix)
{
	size_t n = strlen(prefix);

	return strncmp(mark, prefix, n) == 0 ? mark + n : NULL;
}

struct sorting {
	struct stale	*st;
	struct arena	*a;
};

static int
sort_mark(const char *mark, void *arg)
{
	struct stale *st = ((struct sorting *)arg)->st;
	struct arena *a = ((struct sorting *)arg)->a;
	const char *t;

	if (strcmp(mark, "all") == 0)
		st->all = true;
	else if (strcmp(mark, "front") == 0)
		st->front = true;
	else if (strcmp(mark, "sources") == 0)
		st->sources = true;
	else if ((t = after(mark, "entry:")) != NULL)
		push_id(a, &st->entries, &st->nentries, t);
	else if ((t = after(mark, "joined:")) != NULL)
		push_id(a, &st->moved, &st->nmoved, t);
	else if ((t = after(mark, "left:")) != NULL) {
		push_id(a, &st->moved, &st->nmoved, t);
		st->left = true;
	} else if ((t = after(mark, "feed:")) != NULL)
		push_id(a, &st->feeds, &st->nfeeds, t);
	else if ((t = after(mark, "day:")) != NULL)
		push_text(a, &st->days, &st->ndays, t);
	else if ((t = after(mark, "month:")) != NULL)
		push_text(a, &st->months, &st->nmonths, t);
	else if ((t = after(mark, "year:")) != NULL)
		push_text(a, &st->years, &st->nyears, t);
	else if ((t = after(mark, "tag:")) != NULL)
		push_text(a, &st->tags, &st->ntags, t);
	else if ((t = after(mark, "group:")) != NULL)
		push_text(a, &st->groups, &st->ngroups, t);
	else if ((t = after(mark, "lang:")) != NULL)
		push_text(a, &st->langs, &st->nlangs, t);
	else if ((t = after(mark, "gone:")) != NULL)
		push_text(a, &st->gone, &st->ngone, t);
	else if ((t = after(mark, "gonefeed:")) != NULL)
		push_text(a, &st->gone_feeds, &st->ngone_feeds, t);
	return 0;
}

static int
by_time(const void *a, const void *b)
{
	int64_t x = *(const int64_t *)a, y = *(const int64_t *)b;

	return x < y ? -1 : x > y;
}

static void
stale_times(struct store *s, struct stale *st, struct arena *a)
{
	struct arena one = { 0 };
	struct store_entry en;

	for (size_t i = 0; i < st->nentries; i++) {
		if (store_entry(s, &en, &one, st->entries[i], 0) == 0 &&
		    !en.hidden && en.duplicate_of == 0) {
			st->times = arena_push(a, st->times,
			    &st->ntimes, sizeof(*st->times));
			st->times[st->ntimes - 1] = en.sort;
		}
		arena_free(&one);
	}
	if (st->ntimes > 0)
		qsort(st->times, st->ntimes, sizeof(*st->times), by_time);
	if (st->nmoved > 0)
		qsort(st->moved, st->nmoved, sizeof(*st->moved), by_time);
}

int
stale_load(struct store *s, struct stale *st, struct arena *a, bool all,
    struct error *e)
{
	struct sorting so = { st, a };
	int rc;

	memset(st, 0, sizeof(*st));
	st->all = all;
	if ((rc = store_marks(s, sort_mark, &so)) != 0)
		return error_set(e, rc, "the store's marks cannot be read");
	if (!st->all)
		stale_times(s, st, a);
	return 0;
}
