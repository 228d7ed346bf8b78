/*
 * The lists for mirrors (orrery-mirror(5)) and the server's table of what
 * is gone.
 *
 * The health page changes with every run and is in no list, as the lists
 * themselves are not: a run that brings nothing leaves them be.
 */
#include <stdlib.h>
#include <string.h>

#include "base/date.h"
#include "publish/mirrorlists.h"
#include "publish/small.h"

#define CAPSULE		"capsule/"
#define MANIFEST	SMALL_MIRROR "manifest.tsv"
#define GONE		"meta/gone.tsv"
#define LOG_MAX		65536	/* bytes of a piece of a log */
#define TOUCHED_MAX	20000	/* files whose lists are looked for one by one */

struct lists {
	struct site	*site;
	struct arena	 arena;
	bool		 all;		/* all lists are stale */
	const char	**touched;	/* else the files whose lists are */
	size_t		 ntouched;
	struct buf	 out;
	struct buf	 path;		/* of the log's piece in out */
	size_t		 had;		/* so much of it was there */
	struct error	*e;
	struct buf	 gone;		/* the table so far, after a "\n" */
	bool		 stale;		/* and whether it is right no more */
};

static void
touch(struct lists *l, const char *path)
{
	l->touched = arena_push(&l->arena, l->touched, &l->ntouched,
	    sizeof(*l->touched));
	l->touched[l->ntouched - 1] = path;
}

/* --- the change log --- */

/*
 * The log as the last run that was completed left it: one that broke off
 * after its file was there will now say the same again.
 */
static int
read_log(struct lists *l, const char *path, struct buf *out)
{
	struct store_file had;
	int rc = tree_read(l->site->tree, path, out, l->e);

	if (rc != 0 && rc != E_NOTFOUND)
		return rc;
	if (rc == E_NOTFOUND)
		buf_clear(out);
	if (store_file(l->site->store, &had, &l->arena, path) != 0 || had.gone)
		buf_clear(out);
	else if ((int64_t)out->n > had.size)
		buf_truncate(out, (size_t)had.size);
	if (out->n == 0)
		buf_puts(out, "# time\tchange\tpath\tsize\tsha256\n");
	else if (out->p[out->n - 1] != '\n')
		buf_putc(out, '\n');
	return 0;
}

/* The piece of the month's log that is to be added to. */
static void
log_path(struct lists *l, struct buf *path, const char *month)
{
	struct store_file had;

	for (int i = 1;; i++) {
		buf_clear(path);
		buf_putf(path, SMALL_MIRROR "changes-%s", month);
		if (i > 1)
			buf_putf(path, "-%d", i);
		buf_puts(path, ".tsv");
		if (store_file(l->site->store, &had, &l->arena,
		    buf_cstr(path)) != 0 || had.gone || had.size < LOG_MAX)
			return;
	}
}

/* Go on where the log ends. */
static int
begin_log(struct lists *l)
{
	struct buf month = { 0 };
	int rc;

	date_rfc3339(&month, l->site->now);
	buf_truncate(&month, strlen("2026-01"));
	log_path(l, &l->path, buf_cstr(&month));
	rc = read_log(l, buf_cstr(&l->path), &l->out);
	l->had = l->out.n;
	buf_free(&month);
	return rc;
}

static int
put_log(struct lists *l, const char *path, struct error *e)
{
	int rc = l->out.n > l->had ? small_put(l->site, path, &l->out, e) : 0;

	buf_clear(&l->out);
	return rc;
}

static int
log_change(char what, const char *path, void *arg)
{
	struct lists *l = arg;
	struct arena a = { 0 };
	struct store_file f;
	char *kept;
	int rc = 0;

	if (!mirrorlists_has(path))
		return 0;
	kept = arena_strdup(&a, path);
	/* of so many, all lists are made anew */
	l->all = l->all || l->ntouched >= TOUCHED_MAX;
	if (!l->all)
		touch(l, arena_strdup(&l->arena, path));
	if (l->out.n >= LOG_MAX) {
		rc = put_log(l, buf_cstr(&l->path), l->e);
		if (rc == 0)
			rc = begin_log(l);
	}
	date_rfc3339(&l->out, l->site->now);
	buf_putf(&l->out, "\t%s\t%s\t", what == 'a' ? "added" :
	    what == 'c' ? "changed" : "gone", kept + strlen(CAPSULE));
	if (what != 'g' && store_file(l->site->store, &f, &a, kept) == 0)
		buf_putf(&l->out, "%lld\t%s\n", (long long)f.size,
		    f.sha256);
	else
		buf_puts(&l->out, "-\t-\n");
	arena_free(&a);
	return rc;
}

/* Put the month's log with this run's lines at its end, in pieces. */
static int
append_log(struct lists *l, struct error *e)
{
	int rc;

	l->e = e;
	if ((rc = begin_log(l)) == 0 &&
	    (rc = tree_changes(l->site->tree, log_change, l)) == 0)
		rc = put_log(l, buf_cstr(&l->path), e);
	buf_free(&l->out);
	buf_free(&l->path);
	return rc;
}

/* --- what there is, and what is gone --- */

static int
list_gone(const struct store_file *f, void *arg)
{
	struct lists *l = arg;

	if (f->gone)
		buf_putf(&l->out, "%s\t-\tgone\n", f->path +
		    strlen(CAPSULE));
	return 0;
}

static int
put_gone(struct lists *l, struct error *e)
{
	int rc;

	buf_clear(&l->out);
	rc = store_files(l->site->store, CAPSULE, list_gone, l, e);
	return rc == 0 ? small_put(l->site, GONE, &l->out, e) : rc;
}

static int
alters_gone(char what, const char *path, void *arg)
{
	struct lists *l = arg;
	struct store_file now;
	struct buf line = { 0 };

	if (what == 'c')
		return 0;
	if (what == 'g') {
		/* removed, or gone for ever? */
		l->stale = store_file(l->site->store, &now, &l->arena,
		    path) == 0 && now.gone;
		return l->stale;
	}
	buf_putf(&line, "\n%s\t", path + strlen(CAPSULE));
	l->stale = memmem(l->gone.p, l->gone.n, line.p, line.n) != NULL;
	buf_free(&line);
	return l->stale;
}

/* The table of what is gone changes seldom, and making it looks at all files:
 * so it is read to see whether it has to be. */
static bool
gone_is_stale(struct lists *l, const struct stale *st)
{
	if (st->all || st->ngone > 0 || st->ngone_feeds > 0 ||
	    !tree_has(l->site->tree, GONE))
		return true;
	buf_putc(&l->gone, '\n');
	if (tree_read(l->site->tree, GONE, &l->gone, NULL) != 0)
		l->stale = true;
	else
		(void)tree_changes(l->site->tree, alters_gone, l);
	return l->stale;
}

static int
put_lists(struct lists *l, const struct stale *st, struct error *e)
{
	for (size_t i = 0; i < st->ngone; i++)
		touch(l, arena_printf(&l->arena, CAPSULE "%s", st->gone[i]));
	for (size_t i = 0; i < st->ngone_feeds; i++)
		touch(l, arena_printf(&l->arena, CAPSULE "s/%s/",
		    st->gone_feeds[i]));
	return l->all || l->ntouched > 0 ? mirrorlists_put(l->site,
	    l->touched, l->ntouched, l->all, e) : 0;
}

int
mirrorfiles_publish(struct site *s, const struct stale *st, struct error *e)
{
	struct lists l = { .site = s };
	int rc;

	if (s->options != NULL && s->options->dry_run)
		return 0;
	l.all = st->all || !tree_has(s->tree, MANIFEST);
	rc = append_log(&l, e);
	if (rc == 0)
		rc = put_lists(&l, st, e);
	if (rc == 0 && gone_is_stale(&l, st))
		rc = put_gone(&l, e);
	buf_free(&l.out);
	buf_free(&l.gone);
	arena_free(&l.arena);
	return rc;
}
