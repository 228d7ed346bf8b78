/*
 * A run: what the marks of the store name is rendered, entry pages first,
 * then lists, the front page last; removals wait for the end.  The marks
 * go in the same transaction as the manifest.
 */
#include <sys/stat.h>

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/file.h"
#include "base/xalloc.h"
#include "publish/book.h"
#include "publish/pages.h"
#include "publish/lists.h"
#include "publish/small.h"
#include "publish/feeds.h"
#include "publish/hole.h"
#include "publish/look.h"

/* Changes when pages are laid out in another way: all are made again. */
#define PUBLISH_REVISION	"5"
#define REVISION_KEY		"publish_revision"
#define COPIES_KEY		"publish_copies"
/* An attachment or a file of static/ may be so large. */
#define COPY_MAX		((size_t)64 << 20)
#define STATIC_DEPTH	8	/* directories within each other */

/* --- what is stale --- */

/* A new layout or setting makes everything stale. */
static int
check_revision(struct site *s, bool *all, struct error *e)
{
	char now[2 * HASH_HEX + 8], config[HASH_HEX], theme[HASH_HEX];
	struct buf have = { 0 };
	int rc = 0;

	config_revision(s->config, config);
	theme_hash(s->theme, theme);
	snprintf(now, sizeof(now), "%s-%s-%s", PUBLISH_REVISION, config,
	    theme);
	if (store_meta_get(s->store, REVISION_KEY, &have) != 0 ||
	    strcmp(buf_cstr(&have), now) != 0) {
		*all = true;
		if (!s->options->dry_run)
			rc = store_meta_set(s->store, REVISION_KEY, now, e);
	}
	buf_free(&have);
	return rc;
}

static int
load_stale(struct site *s, struct stale *st, struct error *e)
{
	bool all = s->options->all;
	int rc = check_revision(s, &all, e);

	return rc == 0 ? stale_load(s->store, st, &s->arena, all, e) : rc;
}

/* --- pages --- */

/* The latest entry of a source that the walk has met: what links show. */
struct met {
	int64_t	 id;	/* 0: none yet */
	char	*path, *title, *excerpt;
};

static void
met_forget(struct met *m)
{
	free(m->path);
	free(m->title);
	free(m->excerpt);
	*m = (struct met){ .id = 0 };
}

static void
meet(struct met *m, const struct store_entry *en)
{
	met_forget(m);
	m->id = en->id;
	m->path = xstrdup(en->path);
	m->title = xstrdup(en->title);
	m->excerpt = xstrdup(en->excerpt);
}

/*
 * Each page names its neighbours, which are the rows before and after, and
 * the one of its source that was met before.
 */
static int
all_entries(struct site *s, struct error *e)
{
	const struct store_query q = { .own = -1, .what = STORE_BODY };
	struct met *of_source = xcalloc(s->nfeeds + 1, sizeof(*of_source));
	size_t nsources = s->nfeeds;
	struct store_cursor *c;
	struct store_entry en[3], before;
	struct arena a[3] = { { 0 } };
	int rc, more;

	if ((rc = store_select(s->store, &c, &q, e)) != 0)
		goto done;
	more = rc = store_next(c, &en[0], &a[0], e);
	for (size_t i = 0; more == 1; i++) {
		struct store_entry *now = &en[i % 3], *next = &en[(i + 1) % 3];
		const struct store_feed *f = site_feed(s, now->feed);
		size_t k = f != NULL ? (size_t)(f - s->feeds) : nsources;
		/* one that was not in the list at first is not followed */
		bool known = k < nsources;
		struct met *m = &of_source[known ? k : nsources];
		struct page_beside b = {
			.newer = i > 0 ? &en[(i + 2) % 3] : NULL,
		};

		if (known && m->id != 0) {
			before = (struct store_entry){ .id = m->id,
			    .feed = now->feed, .path = m->path,
			    .title = m->title, .excerpt = m->excerpt };
			b.source_newer = &before;
		}
		arena_reset(&a[(i + 1) % 3]);
		if ((more = store_next(c, next, &a[(i + 1) % 3], e)) < 0) {
			rc = more;
			break;
		}
		b.older = more == 1 ? next : NULL;
		if ((rc = page_entry(s, now, known || now->own ? &b : NULL,
		    e)) != 0)
			break;
		if (known)
			meet(m, now);
	}
	if (rc > 0)
		rc = 0;
	store_cursor_free(c);
done:
	for (size_t i = 0; i < nsources; i++)
		met_forget(&of_source[i]);
	free(of_source);
	for (int i = 0; i < 3; i++)
		arena_free(&a[i]);
	return rc;
}

static int
stale_entry(struct site *s, int64_t id, struct error *e)
{
	struct arena a = { 0 };
	struct store_entry en;
	int rc = 0;

	if (store_entry(s->store, &en, &a, id, STORE_BODY) == 0)
		rc = en.hidden || en.duplicate_of != 0 ?
		    page_entry_gone(s, en.path, false, e) :
		    page_entry(s, &en, NULL, e);
	arena_free(&a);
	return rc;
}

static int
all_buckets(struct site *s, enum store_buckets kind,
    int (*page)(struct site *, const char *, struct error *),
    struct error *e)
{
	struct store_bucket *list;
	struct arena a = { 0 };
	size_t n = 0;
	int rc;

	if ((rc = store_buckets(s->store, kind, 0, &list, &n, &a)) != 0)
		error_set(e, rc, "the archive's days cannot be listed");
	for (size_t i = 0; i < n && rc == 0; i++)
		rc = page(s, list[i].key, e);
	arena_free(&a);
	return rc;
}

static int
each_text(struct site *s, const char *const *list, size_t n,
    int (*page)(struct site *, const char *, struct error *),
    struct error *e)
{
	int rc = 0;

	for (size_t i = 0; i < n && rc == 0; i++)
		rc = page(s, list[i], e);
	return rc;
}

static int
everything(struct site *s, struct error *e)
{
	int rc;

	s->total = (size_t)store_count(s->store,
	    &(struct store_query){ .own = -1 });
	if ((rc = all_entries(s, e)) != 0 ||
	    (rc = all_buckets(s, BUCKET_DAY, page_day, e)) != 0 ||
	    (rc = all_buckets(s, BUCKET_MONTH, page_month, e)) != 0)
		return rc;
	return all_buckets(s, BUCKET_YEAR, page_year, e);
}

static bool
is_stale_day(const struct stale *st, const char *day)
{
	for (size_t i = 0; i < st->ndays; i++)
		if (strcmp(st->days[i], day) == 0)
			return true;
	return false;
}

static int
by_text(const void *a, const void *b)
{
	return strcmp(*(const char *const *)a, *(const char *const *)b);
}

/* A day that comes or goes changes the links of those that name it. */
static int
days_beside(struct site *s, const struct stale *st, struct error *e)
{
	const char **list = NULL;
	size_t n = 0;
	int rc = 0;

	for (size_t i = 0; i < st->ndays && rc == 0; i++)
		rc = page_day_beside(s, st->days[i], &list, &n, e);
	if (n > 1)
		qsort(list, n, sizeof(*list), by_text);
	for (size_t i = 0; i < n && rc == 0; i++)
		if ((i == 0 || strcmp(list[i], list[i - 1]) != 0) &&
		    !is_stale_day(st, list[i]))
			rc = page_day(s, list[i], e);
	return rc;
}

static int
changed(struct site *s, const struct stale *st, struct error *e)
{
	int rc = 0;

	s->total = st->nentries + st->ndays + st->nmonths + st->nyears;
	for (size_t i = 0; i < st->nentries && rc == 0; i++)
		rc = stale_entry(s, st->entries[i], e);
	if (rc != 0 || (rc = days_beside(s, st, e)) != 0 ||
	    (rc = each_text(s, st->days, st->ndays, page_day, e)) != 0 ||
	    (rc = each_text(s, st->months, st->nmonths, page_month, e)) != 0)
		return rc;
	return each_text(s, st->years, st->nyears, page_year, e);
}

/*
 * Of a run that renders everything: what the marks name and is no longer
 * shown, as after a new filter, which changes the revision as well.
 */
static int
emptied(struct site *s, const struct stale *st, struct error *e)
{
	const struct {
		const char	**list;
		size_t		  n;
		int		(*page)(struct site *, const char *,
				    struct error *);
	} times[] = {
		{ st->days, st->ndays, page_day },
		{ st->months, st->nmonths, page_month },
		{ st->years, st->nyears, page_year },
	};
	struct arena a = { 0 };
	struct store_entry en;
	int rc = 0;

	for (size_t i = 0; i < st->nentries && rc == 0; i++) {
		if (store_entry(s->store, &en, &a, st->entries[i], 0) == 0 &&
		    (en.hidden || en.duplicate_of != 0))
			rc = page_entry_gone(s, en.path, false, e);
		arena_free(&a);
	}
	for (size_t k = 0; k < 3; k++)
		for (size_t i = 0; i < times[k].n && rc == 0; i++) {
			if (site_count(s, times[k].list[i]) == 0)
				rc = times[k].page(s, times[k].list[i], e);
		}
	return rc;
}

/* Forgotten entries leave a tombstone on both sides. */
static int
forgotten(struct site *s, const struct stale *st, struct error *e)
{
	int rc = 0;

	for (size_t i = 0; i < st->ngone && rc == 0; i++) {
		struct buf text = { 0 };

		rc = page_entry_gone(s, st->gone[i], true, e);
		buf_putf(&text, "hole/%s.txt", st->gone[i]);
		if (rc == 0)
			rc = tree_gone(s->tree, buf_cstr(&text), true, e);
		buf_free(&text);
	}
	return rc;
}

/* --- files that are published as they are --- */

static bool
is_copied(const char *name, bool posts)
{
	size_t n = strlen(name);

	if (name[0] == '.' || strchr(name, '\\') != NULL)
		return false;
	return !posts || !((n > 3 && strcmp(name + n - 3, ".md") == 0) ||
	    (n > 4 && strcmp(name + n - 4, ".gmi") == 0));
}

static int
copy_file(struct site *s, const char *dir, const char *name,
    const char *to, struct error *e)
{
	char *path = file_join(dir, name);
	struct buf bytes, target = { 0 };
	struct stat st;
	int rc = 0;

	buf_init(&bytes, COPY_MAX);
	buf_putf(&target, "capsule/%s%s", to, name);
	if (stat(path, &st) == 0 && S_ISREG(st.st_mode) &&
	    (rc = file_read(&bytes, path, e)) == 0) {
		buf_putf(&s->copies, "%s\n", buf_cstr(&target));
		rc = tree_put(s->tree, buf_cstr(&target), buf_span(&bytes),
		    e);
	}
	buf_free(&bytes);
	buf_free(&target);
	free(path);
	return rc;
}

static int copy_dir(struct site *, const char *, const char *, int,
    struct error *);

/* A file, or a directory when depth is left. */
static int
copy_one(struct site *s, const char *dir, const char *name, const char *to,
    int depth, struct error *e)
{
	char *path = file_join(dir, name);
	struct buf beneath = { 0 };
	struct stat st;
	int rc = 0;

	if (depth == 0 || stat(path, &st) == -1 || !S_ISDIR(st.st_mode)) {
		rc = copy_file(s, dir, name, to, e);
	} else {
		buf_putf(&beneath, "%s%s/", to, name);
		rc = copy_dir(s, path, buf_cstr(&beneath), depth - 1, e);
	}
	buf_free(&beneath);
	free(path);
	return rc;
}

/* Directories within it too, as deep as that; -1: attachments of posts. */
static int
copy_dir(struct site *s, const char *dir, const char *to, int depth,
    struct error *e)
{
	struct dirent **names;
	int n, rc = 0;

	if (dir == NULL || (n = scandir(dir, &names, NULL, alphasort)) == -1)
		return 0;
	for (int i = 0; i < n; i++) {
		if (rc == 0 && is_copied(names[i]->d_name, depth < 0))
			rc = copy_one(s, dir, names[i]->d_name, to,
			    depth < 0 ? 0 : depth, e);
		free(names[i]);
	}
	free(names);
	return rc;
}

static int
copy_static(struct site *s, const char *theme, struct error *e)
{
	char *dir = file_join(theme, "static");
	int rc = copy_dir(s, dir, "", STATIC_DEPTH, e);

	free(dir);
	return rc;
}

/* Whether text has that line. */
static bool
has_line(struct span text, struct span want)
{
	struct span line;

	while (span_line(&text, &line))
		if (span_eq(line, want))
			return true;
	return false;
}

/*
 * What was copied once and is no longer there.  A page of the planet's own
 * may have been hidden by it, so all of them are looked at again.
 */
static int
drop_copies(struct site *s, struct stale *st, struct error *e)
{
	struct buf had = { 0 };
	struct span rest, line;
	int rc = 0;

	(void)store_meta_get(s->store, COPIES_KEY, &had);
	rest = buf_span(&had);
	if (s->options->dry_run || span_eq(rest, buf_span(&s->copies)))
		goto done;
	while (rc == 0 && span_line(&rest, &line)) {
		if (has_line(buf_span(&s->copies), line))
			continue;
		st->all = true;
		rc = tree_gone(s->tree, arena_strndup(&s->arena, line.p,
		    line.n), false, e);
	}
	if (rc == 0)
		rc = store_meta_set(s->store, COPIES_KEY,
		    buf_cstr(&s->copies), e);
done:
	buf_free(&had);
	buf_free(&s->copies);
	return rc;
}

static int
copies(struct site *s, struct stale *st, struct error *e)
{
	char *theme = look_dir(s->config);
	int rc;

	rc = copy_dir(s, s->config->posts_dir, "posts/", -1, e);
	if (rc == 0 && theme != NULL)
		rc = copy_static(s, theme, e);
	if (rc == 0 && s->config->theme_dir != NULL)
		rc = copy_static(s, s->config->theme_dir, e);
	if (rc == 0)
		rc = drop_copies(s, st, e);
	free(theme);
	return rc;
}

/* --- all of it --- */

static int
pages(struct site *s, struct stale *st, struct error *e)
{
	bool any;
	int rc;

	if ((rc = copies(s, st, e)) != 0)
		return rc;
	any = st->all || st->front || st->sources || st->nentries > 0 ||
	    st->nfeeds > 0 || st->ndays > 0 || st->ngone > 0 ||
	    st->ngone_feeds > 0;
	rc = st->all ? everything(s, e) : changed(s, st, e);
	if (rc == 0 && st->all)
		rc = emptied(s, st, e);
	if (rc == 0)
		rc = forgotten(s, st, e);
	if (rc == 0)
		rc = feeds_publish(s, st, e);
	if (rc == 0)
		rc = lists_publish(s, st, e);
	if (rc == 0)
		rc = hole_publish(s, st, e);
	if (rc == 0 && any)
		rc = page_front(s, e);
	if (rc == 0)
		rc = small_publish(s, st, e);
	if (rc == 0)
		rc = hole_publish_late(s, st->all, e);
	return rc;
}

static int
load_feeds(struct site *s, struct error *e)
{
	const struct publish_options *o = s->options;

	if (o->feeds == NULL)
		return store_feeds(s->store, &s->feeds, &s->nfeeds, &s->arena,
		    e);
	s->feeds = o->feeds;
	s->nfeeds = o->nfeeds;
	return 0;
}

int
publish(struct store *store, const struct config *c,
    const struct publish_options *o, struct publish_result *r,
    struct error *e)
{
	struct site s = { .store = store, .config = c, .options = o,
	    .words = strings_for(c->language), .now = o->now };
	const struct tree_options to = { .dir = c->output_dir,
	    .now = o->now, .dry_run = o->dry_run, .sync = o->sync };
	struct tree_counts n = { 0 };
	struct stale st = { 0 };
	int rc;

	*r = (struct publish_result){ 0 };
	if ((rc = look_load(&s.theme, c, NULL, NULL, e)) != 0)
		return rc;
	publish_zone(store, c);
	look_common(&s);
	(void)store_trouble(store, NULL);
	if ((rc = store_begin(store, e)) != 0)
		goto done;
	/* A page that took a failure for "nothing there" stays marked. */
	if ((rc = load_feeds(&s, e)) == 0 &&
	    (rc = load_stale(&s, &st, e)) == 0 &&
	    (rc = tree_begin(&s.tree, store, &to, e)) == 0 &&
	    (rc = pages(&s, &st, e)) == 0 &&
	    (rc = store_trouble(store, e)) == 0 &&
	    (rc = tree_finish(s.tree, &n, e)) == 0 &&
	    (rc = store_trouble(store, e)) == 0 && !o->dry_run)
		rc = store_unmark_all(store, e);
	if (rc == 0)
		rc = store_commit(store, e);
	else {
		/* who only saw that a question failed knows no words for it */
		if (e != NULL && e->msg[0] == '\0')
			(void)store_trouble(store, e);
		store_rollback(store);
	}
	*r = (struct publish_result){ n.written, n.unchanged, n.removed };
	tree_close(s.tree);
done:
	theme_free(s.theme);
	arena_free(&s.arena);
	return rc;
}

int
publish_check_theme(const struct config *c,
    void (*report)(const char *line, void *arg), void *arg, struct error *e)
{
	struct theme *t;
	int rc = look_load(&t, c, report, arg, e);

	theme_free(t);
	return rc;
}

int
publish_book(struct store *store, const struct config *c, int64_t now,
    int64_t feed, const char *month, const char *path, struct error *e)
{
	const struct publish_options o = { .now = now };
	struct site s = { .store = store, .config = c, .options = &o,
	    .words = strings_for(c->language), .now = now };
	struct store_query q = { .own = -1, .feed = feed };
	const struct store_feed *f;
	struct buf title = { 0 };
	int rc;

	publish_zone(store, c);
	if (feed == 0 && !site_query_bounds(&q, month))
		return error_set(e, E_SYNTAX, "\"%.60s\" is no month; write it"
		    " like 2026-01", month);
	if ((rc = store_feeds(store, &s.feeds, &s.nfeeds, &s.arena, e)) != 0)
		goto done;
	f = feed != 0 ? site_feed(&s, feed) : NULL;
	if (f != NULL && f->name != NULL && strcmp(f->url, STORE_OWN_URL) != 0)
		buf_putf(&title, "%s", f->name);
	else
		buf_putf(&title, "%s", c->name);
	if (feed == 0)
		buf_putf(&title, ": %s", month);
	rc = book_write(&s, path, buf_cstr(&title), &q, NULL, e);
done:
	buf_free(&title);
	arena_free(&s.arena);
	return rc;
}
