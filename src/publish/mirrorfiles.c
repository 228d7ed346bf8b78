/*
 * The lists for mirrors (orrery-mirror(5)) and the server's table of what
 * is gone, in one walk over the published files.
 *
 * The health page changes with every run and is part of neither list, as
 * the lists themselves are not: a run that brings nothing leaves them be.
 */
#include <stdlib.h>
#include <string.h>

#include "base/date.h"
#include "base/file.h"
#include "publish/small.h"

#define CAPSULE		"capsule/"
#define MANIFEST	SMALL_MIRROR "manifest.tsv"
#define GONE		"meta/gone.tsv"

/* Whether the lists tell of that file. */
static bool
is_listed(const char *path)
{
	return strncmp(path, CAPSULE, strlen(CAPSULE)) == 0 &&
	    strncmp(path, SMALL_MIRROR, strlen(SMALL_MIRROR)) != 0 &&
	    strcmp(path, SMALL_HEALTH) != 0;
}

/* --- the change log --- */

struct change_log {
	struct buf	out;
	int64_t		now;
	size_t		n;
};

static int
log_change(char what, const struct store_file *f, void *arg)
{
	struct change_log *l = arg;

	if (!is_listed(f->path))
		return 0;
	l->n++;
	date_rfc3339(&l->out, l->now);
	buf_putf(&l->out, "\t%s\t%s\t", what == 'a' ? "added" :
	    what == 'c' ? "changed" : "gone", f->path + strlen(CAPSULE));
	if (what == 'g')
		buf_puts(&l->out, "-\t-\n");
	else
		buf_putf(&l->out, "%lld\t%s\n", (long long)f->size,
		    f->sha256);
	return 0;
}

/* Put the month's log with this run's lines at its end; *n of them. */
static int
append_log(struct site *s, size_t *n, struct error *e)
{
	struct change_log l = { .now = s->now };
	struct buf path = { 0 }, new = { 0 };
	char *full = NULL;
	int rc = 0;

	tree_changes(s->tree, log_change, &l);
	*n = l.n;
	if (l.n == 0)
		goto done;
	new = l.out;
	l.out = (struct buf){ 0 };
	date_rfc3339(&path, s->now);
	buf_truncate(&path, strlen("2026-01"));
	buf_putf(&l.out, "%s", buf_cstr(&path));
	buf_clear(&path);
	buf_putf(&path, SMALL_MIRROR "changes-%s.tsv", buf_cstr(&l.out));
	buf_clear(&l.out);
	full = file_join(s->config->output_dir, buf_cstr(&path));
	/* one that cannot be read begins anew: it is no page's business */
	if (file_read(&l.out, full, NULL) != 0)
		buf_clear(&l.out);
	if (l.out.n == 0)
		buf_puts(&l.out, "# time\tchange\tpath\tsize\tsha256\n");
	else if (l.out.p[l.out.n - 1] != '\n')
		buf_putc(&l.out, '\n');
	buf_put_span(&l.out, buf_span(&new));
	rc = small_put(s, buf_cstr(&path), &l.out, e);
done:
	free(full);
	buf_free(&l.out);
	buf_free(&new);
	buf_free(&path);
	return rc;
}

/* --- what there is, and what is gone --- */

struct lists {
	struct buf	manifest, gone;
};

static int
list_file(const struct store_file *f, void *arg)
{
	struct lists *l = arg;
	const char *path = f->path + strlen(CAPSULE);

	if (f->gone)
		buf_putf(&l->gone, "%s\t-\tgone\n", path);
	if (!is_listed(f->path))
		return 0;
	if (f->gone) {
		buf_putf(&l->manifest, "%s\tgone\n", path);
		return 0;
	}
	buf_putf(&l->manifest, "%s\t%lld\t%s\t", path, (long long)f->size,
	    f->sha256);
	date_rfc3339(&l->manifest, f->mtime);
	buf_putc(&l->manifest, '\n');
	return 0;
}

int
mirrorfiles_publish(struct site *s, const struct stale *st, struct error *e)
{
	struct lists l = { 0 };
	size_t changes;
	int rc;

	if (s->options != NULL && s->options->dry_run)
		return 0;
	if ((rc = append_log(s, &changes, e)) != 0)
		return rc;
	if (changes == 0 && !st->all && st->ngone == 0 &&
	    st->ngone_feeds == 0 && tree_has(s->tree, MANIFEST) &&
	    tree_has(s->tree, GONE))
		return 0;
	buf_puts(&l.manifest, "# path\tsize\tsha256\tmtime\n");
	rc = store_files(s->store, CAPSULE, list_file, &l, e);
	if (rc == 0)
		rc = small_put(s, GONE, &l.gone, e);
	if (rc == 0)
		rc = small_put(s, MANIFEST, &l.manifest, e);
	buf_free(&l.manifest);
	buf_free(&l.gone);
	return rc;
}
