/*
 * The lists for mirrors (orrery-mirror(5)) and the server's table of what
 * is gone.
 *
 * Entries are most of what there is, so each year of them has a list of its
 * own, or when that is long one for each first letter of their names, and a
 * run rewrites those that it touched.  The health page changes
 * with every run and is in no list, as the lists themselves are not: a run
 * that brings nothing leaves them be.
 */
#include <stdlib.h>
#include <string.h>

#include "base/date.h"
#include "base/file.h"
#include "base/log.h"
#include "publish/small.h"

#define CAPSULE		"capsule/"
#define ENTRIES		CAPSULE "e/"
#define MANIFEST	SMALL_MIRROR "manifest.tsv"
#define PARTS		SMALL_MIRROR "manifest/"
#define GONE		"meta/gone.tsv"
#define HEAD		"# path\tsize\tsha256\tmtime\n"
#define LIST_MAX	131072	/* bytes of a year's list, of a piece of a log */

static const char letters[] = "0123456789abcdefghijklmnopqrstuvwxyz";

/* A year of entries, and the first letters of those that changed. */
struct year {
	const char	*name;		/* "2026" */
	bool		 touched[sizeof(letters)];
};

struct lists {
	struct site	*site;
	struct arena	 arena;
	struct year	*years;		/* whose lists are stale */
	size_t		 nyears;
	bool		 rest;		/* so is the list of all else */
	struct buf	 out;
	struct buf	 gone;		/* the table so far, after a "\n" */
	bool		 stale;		/* and whether it is right no more */
};

/* Whether the lists tell of that file. */
static bool
is_listed(const char *path)
{
	return strncmp(path, CAPSULE, strlen(CAPSULE)) == 0 &&
	    strncmp(path, SMALL_MIRROR, strlen(SMALL_MIRROR)) != 0 &&
	    strcmp(path, SMALL_HEALTH) != 0;
}

static struct year *
add_year(struct lists *l, const char *name, size_t n)
{
	for (size_t i = 0; i < l->nyears; i++)
		if (strlen(l->years[i].name) == n &&
		    memcmp(l->years[i].name, name, n) == 0)
			return &l->years[i];
	l->years = arena_push(&l->arena, l->years, &l->nyears,
	    sizeof(*l->years));
	l->years[l->nyears - 1] = (struct year){
		.name = arena_strndup(&l->arena, name, n) };
	return &l->years[l->nyears - 1];
}

/* Its place among the letters, or at their end. */
static size_t
letter(const char *name)
{
	const char *c = name[0] != '\0' ? strchr(letters, name[0]) : NULL;

	return c != NULL ? (size_t)(c - letters) : sizeof(letters) - 1;
}

/* "capsule/e/2026/..." makes a list of 2026 stale, another path the rest. */
static void
touch(struct lists *l, const char *path)
{
	const char *year = path + strlen(ENTRIES), *slash;

	if (strncmp(path, ENTRIES, strlen(ENTRIES)) == 0 &&
	    (slash = strchr(year, '/')) != NULL)
		add_year(l, year, (size_t)(slash - year))->touched[
		    letter(slash + 1)] = true;
	else
		l->rest = true;
}

/* --- the change log --- */

static int
log_change(char what, const struct store_file *f, void *arg)
{
	struct lists *l = arg;

	if (!is_listed(f->path))
		return 0;
	touch(l, f->path);
	date_rfc3339(&l->out, l->site->now);
	buf_putf(&l->out, "\t%s\t%s\t", what == 'a' ? "added" :
	    what == 'c' ? "changed" : "gone", f->path + strlen(CAPSULE));
	if (what == 'g')
		buf_puts(&l->out, "-\t-\n");
	else
		buf_putf(&l->out, "%lld\t%s\n", (long long)f->size,
		    f->sha256);
	return 0;
}

/*
 * The log as the last run that was completed left it: one that broke off
 * after its file was there will now say the same again.
 */
static void
read_log(struct lists *l, const char *path, struct buf *out)
{
	char *full = file_join(l->site->config->output_dir, path);
	struct store_file had;

	/* one that cannot be read begins anew: it is no page's business */
	if (file_read(out, full, NULL) != 0)
		buf_clear(out);
	if (store_file(l->site->store, &had, &l->arena, path) != 0 || had.gone)
		buf_clear(out);
	else if ((int64_t)out->n > had.size)
		buf_truncate(out, (size_t)had.size);
	if (out->n == 0)
		buf_puts(out, "# time\tchange\tpath\tsize\tsha256\n");
	else if (out->p[out->n - 1] != '\n')
		buf_putc(out, '\n');
	free(full);
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
		    buf_cstr(path)) != 0 || had.gone || had.size < LIST_MAX)
			return;
	}
}

/* Put the month's log with this run's lines at its end. */
static int
append_log(struct lists *l, struct error *e)
{
	struct buf path = { 0 }, month = { 0 }, log = { 0 };
	int rc = 0;

	tree_changes(l->site->tree, log_change, l);
	if (l->out.n == 0)
		return 0;
	date_rfc3339(&month, l->site->now);
	buf_truncate(&month, strlen("2026-01"));
	log_path(l, &path, buf_cstr(&month));
	read_log(l, buf_cstr(&path), &log);
	buf_put_span(&log, buf_span(&l->out));
	rc = small_put(l->site, buf_cstr(&path), &log, e);
	buf_clear(&l->out);
	buf_free(&log);
	buf_free(&month);
	buf_free(&path);
	return rc;
}

/* --- what there is, and what is gone --- */

static void
put_file(struct buf *out, const struct store_file *f, const char *mark)
{
	const char *path = f->path + strlen(CAPSULE);

	if (f->gone) {
		buf_putf(out, "%s\tgone\n", path);
		return;
	}
	buf_putf(out, "%s\t%lld\t%s\t", path, (long long)f->size,
	    f->sha256);
	date_rfc3339(out, f->mtime);
	buf_puts(out, mark);
	buf_putc(out, '\n');
}

static int
list_file(const struct store_file *f, void *arg)
{
	struct lists *l = arg;

	if (is_listed(f->path))
		put_file(&l->out, f, "");
	return 0;
}

static int
list_part(const struct store_file *f, void *arg)
{
	struct lists *l = arg;

	/* one that is to be removed is no part any more */
	if (!f->gone && tree_has(l->site->tree, f->path))
		put_file(&l->out, f, "\tpart");
	return 0;
}

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
find_year(const struct store_file *f, void *arg)
{
	touch(arg, f->path);
	return 0;
}

static void
head(struct lists *l)
{
	buf_clear(&l->out);
	buf_puts(&l->out, HEAD);
}

/* "capsule/mirror/manifest/e-2026.tsv", with a letter "e-2026-a.tsv". */
static const char *
part_path(struct lists *l, const char *year, const char *letter)
{
	return arena_printf(&l->arena, PARTS "e-%s%s%s.tsv", year,
	    letter[0] != '\0' ? "-" : "", letter);
}

/* Fill out with the entries of a year whose names begin with prefix. */
static int
list_entries_of(struct lists *l, const char *year, const char *prefix,
    struct error *e)
{
	head(l);
	return store_files(l->site->store, arena_printf(&l->arena,
	    ENTRIES "%s/%s", year, prefix), list_file, l, e);
}

static int
put_letter(struct lists *l, const char *year, size_t i, struct error *e)
{
	const char name[2] = { letters[i] };
	const char *path = part_path(l, year, name);
	int rc = list_entries_of(l, year, name, e);

	if (rc == 0 && l->out.n > strlen(HEAD))
		return small_put(l->site, path, &l->out, e);
	return rc != 0 ? rc : tree_gone(l->site->tree, path, false, e);
}

struct total {
	struct tree	*tree;
	int64_t		 n;	/* bytes of lines in lists by letter */
};

static int
add_size(const struct store_file *f, void *arg)
{
	struct total *t = arg;

	if (!f->gone && tree_has(t->tree, f->path))
		t->n += f->size - (int64_t)strlen(HEAD);
	return 0;
}

/* A year whose list would be long has one for each letter. */
static int
put_letters(struct lists *l, const struct year *y, bool all, int64_t *bytes,
    struct error *e)
{
	struct total t = { .tree = l->site->tree };
	int rc = 0;

	for (size_t i = 0; i < sizeof(letters) - 1 && rc == 0; i++)
		if (all || y->touched[i])
			rc = put_letter(l, y->name, i, e);
	if (rc == 0)
		rc = store_files(l->site->store, arena_printf(&l->arena,
		    PARTS "e-%s-", y->name), add_size, &t, e);
	*bytes = t.n;
	return rc;
}

static int
put_whole(struct lists *l, const struct year *y, int64_t *bytes,
    struct error *e)
{
	const char *path = part_path(l, y->name, "");
	int rc = list_entries_of(l, y->name, "", e);

	*bytes = (int64_t)(l->out.n - strlen(HEAD));
	if (rc != 0)
		return rc;
	if (*bytes > LIST_MAX)
		return tree_gone(l->site->tree, path, false, e);
	if ((rc = small_put(l->site, path, &l->out, e)) == 0)
		rc = tree_gone_prefix(l->site->tree, arena_printf(&l->arena,
		    PARTS "e-%s-", y->name), false, e);
	return rc;
}

static int
put_year(struct lists *l, const struct year *y, bool all, struct error *e)
{
	struct total t = { .tree = l->site->tree };
	int64_t bytes = 0;
	int rc;

	/* a name of ours begins with none other */
	if (y->touched[sizeof(letters) - 1])
		log_warn("e/%s: an entry's name begins with no letter",
		    y->name);
	rc = store_files(l->site->store, arena_printf(&l->arena, PARTS "e-%s-",
	    y->name), add_size, &t, e);
	if (rc == 0 && t.n > 0 && !all) {
		rc = put_letters(l, y, false, &bytes, e);
		if (rc != 0 || bytes > LIST_MAX)
			return rc;
	}
	if (rc == 0 && (rc = put_whole(l, y, &bytes, e)) == 0 &&
	    bytes > LIST_MAX)
		rc = put_letters(l, y, true, &bytes, e);
	return rc;
}

/* All but the entries, without a look at them, and the parts in their place. */
static int
put_rest(struct lists *l, struct error *e)
{
	struct store *store = l->site->store;
	int rc;

	head(l);
	/* "0" comes right after "/" */
	if ((rc = store_files_between(store, CAPSULE, ENTRIES, list_file, l,
	    e)) == 0 &&
	    (rc = store_files_between(store, CAPSULE "e0", PARTS, list_file,
	    l, e)) == 0 &&
	    (rc = store_files(store, PARTS, list_part, l, e)) == 0 &&
	    (rc = store_files_between(store, SMALL_MIRROR "manifest0",
	    "capsule0", list_file, l, e)) == 0)
		rc = small_put(l->site, MANIFEST, &l->out, e);
	return rc;
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
alters_gone(char what, const struct store_file *f, void *arg)
{
	struct lists *l = arg;
	struct store_file now;
	struct buf line = { 0 };

	if (what == 'c' || strncmp(f->path, CAPSULE, strlen(CAPSULE)) != 0)
		return 0;
	if (what == 'g') {
		/* removed, or gone for ever? */
		l->stale = store_file(l->site->store, &now, &l->arena,
		    f->path) == 0 && now.gone;
		return l->stale;
	}
	buf_putf(&line, "\n%s\t", f->path + strlen(CAPSULE));
	l->stale = memmem(l->gone.p, l->gone.n, line.p, line.n) != NULL;
	buf_free(&line);
	return l->stale;
}

/* The table of what is gone changes seldom, and making it looks at all files:
 * so it is read to see whether it has to be. */
static bool
gone_is_stale(struct lists *l, const struct stale *st)
{
	char *full;

	if (st->all || st->ngone > 0 || st->ngone_feeds > 0 ||
	    !tree_has(l->site->tree, GONE))
		return true;
	full = file_join(l->site->config->output_dir, GONE);
	buf_putc(&l->gone, '\n');
	if (file_read(&l->gone, full, NULL) != 0)
		l->stale = true;
	else
		(void)tree_changes(l->site->tree, alters_gone, l);
	free(full);
	return l->stale;
}

static int
put_lists(struct lists *l, const struct stale *st, struct error *e)
{
	bool all = st->all || !tree_has(l->site->tree, MANIFEST);
	int rc = 0;

	for (size_t i = 0; i < st->ngone; i++) {
		const char *path = arena_printf(&l->arena, CAPSULE "%s",
		    st->gone[i]);

		touch(l, path);
	}
	if (all)
		rc = store_files(l->site->store, ENTRIES, find_year, l, e);
	for (size_t i = 0; i < l->nyears && rc == 0; i++)
		rc = put_year(l, &l->years[i], all, e);
	if (rc == 0 && (all || l->rest || l->nyears > 0 ||
	    st->ngone_feeds > 0))
		rc = put_rest(l, e);
	return rc;
}

int
mirrorfiles_publish(struct site *s, const struct stale *st, struct error *e)
{
	struct lists l = { .site = s };
	int rc;

	if (s->options != NULL && s->options->dry_run)
		return 0;
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
