/*
 * A mirror by its manifest and the lists that it names.
 *
 * The copy of a list is replaced when all that it names is here.  What the
 * old copy had and the new one has not may have gone over to another list:
 * it is noted in a file, so that a run that is killed forgets nothing, and
 * removed when the whole is here and no list has it.
 */
#include <errno.h>
#include <fcntl.h>
#include <search.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/arena.h"
#include "base/file.h"
#include "base/xalloc.h"
#include "mirror/internal.h"

#define LEFT	"left"		/* paths that are in their list no more */
/* So many, when they are more than what is listed, go if that is asked for. */
#define LEFT_MANY	20

struct lists {
	struct mirror	*m;
	void		*taken;		/* lists; tsearch(3) of their paths */
	size_t		 ntaken;
	struct buf	 left;		/* lines, as the file LEFT has them */
};

/* --- what is in its list no more --- */

/* Remove the file and the directories that are empty then. */
static void
drop(struct mirror *m, struct span path)
{
	char *file = mirror_file(m, path), *slash;
	size_t root = strlen(m->o->dir);

	if (unlink(file) == 0)
		m->r->removed++;
	while ((slash = strrchr(file, '/')) != NULL &&
	    (size_t)(slash - file) > root) {
		*slash = '\0';
		if (rmdir(file) == -1)
			break;
	}
	free(file);
}

/* Lists are taken as such, and never as files that a list names. */
static bool
is_list(struct span path)
{
	return span_eqs(path, MANIFEST_PATH) ||
	    span_starts(path, MANIFEST_DIR "manifest/");
}

static bool
is_part(const struct manifest_file *f)
{
	return f->part && !f->gone && is_list(f->path) &&
	    !span_eqs(f->path, MANIFEST_PATH);
}

/*
 * The copy of a list; text keeps its bytes.  E_NOTFOUND: there is none, or it
 * is no list; else it cannot be read, and what it names is not known.
 */
static int
read_copy(struct lists *l, struct span path, struct buf *text,
    struct manifest *list, struct error *e)
{
	char *file = mirror_file(l->m, path);
	struct error own = { 0 };
	int rc;

	*list = (struct manifest){ .files = NULL };
	text->max = MANIFEST_BYTES_MAX;
	rc = file_read(text, file, &own);
	if (rc == 0 && manifest_read(list, buf_span(text)) != 0)
		rc = E_NOTFOUND;
	else if (rc != 0 && rc != E_NOTFOUND && e != NULL)
		*e = own;
	free(file);
	return rc;
}

static void
leave(struct lists *l, struct span path)
{
	buf_put_span(&l->left, path);
	buf_putc(&l->left, '\n');
}

/* What old has and fresh (NULL: no list any more) has not, and what is in
 * the lists that went. */
static int
leave_old(struct lists *l, const struct manifest *old,
    const struct manifest *fresh, int depth, struct error *e)
{
	int rc = 0;

	for (size_t i = 0; i < old->n && rc == 0; i++) {
		const struct manifest_file *f = &old->files[i];
		struct buf text = { 0 };
		struct manifest below;

		if (f->gone || (fresh != NULL &&
		    manifest_find(fresh, f->path) != NULL))
			continue;
		if (is_part(f) && depth < MANIFEST_DEPTH_MAX) {
			rc = read_copy(l, f->path, &text, &below, e);
			if (rc == 0)
				rc = leave_old(l, &below, NULL, depth + 1, e);
			manifest_free(&below);
			buf_free(&text);
			rc = rc == E_NOTFOUND ? 0 : rc;
		}
		leave(l, f->path);
	}
	return rc;
}

static int
note_left(struct lists *l, size_t had, struct error *e)
{
	struct span fresh = span_from(buf_span(&l->left), had);
	char *file;
	int fd, rc = 0;

	if (fresh.n == 0)
		return 0;
	file = mirror_state(l->m, LEFT);
	fd = open(file, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC |
	    O_NOFOLLOW, 0644);
	/* a run that was killed may have left half a line */
	if (fd == -1)
		rc = error_errno(e, "%s", file);
	else if (file_write_fd(fd, span_str("\n"), e) != 0 ||
	    file_write_fd(fd, fresh, e) != 0)
		rc = error_wrap(e, "%s", file);
	if (fd != -1 && close(fd) == -1 && rc == 0)
		rc = error_errno(e, "%s", file);
	free(file);
	return rc;
}

static int
by_span(const void *a, const void *b)
{
	const struct span *x = a, *y = b;
	int c = memcmp(x->p, y->p, x->n < y->n ? x->n : y->n);

	return c != 0 ? c : (x->n > y->n) - (x->n < y->n);
}

struct left {
	struct arena	 arena;
	struct span	*paths;		/* sorted, each once */
	bool		*kept;		/* a list has it */
	size_t		 n;
};

/* Note which of the paths a list or one below it has. */
static int
keep_listed(struct lists *l, struct left *left, const struct manifest *list,
    int depth, struct error *e)
{
	int rc = 0;

	for (size_t i = 0; i < list->n && rc == 0; i++) {
		const struct manifest_file *f = &list->files[i];
		const struct span *at = bsearch(&f->path, left->paths,
		    left->n, sizeof(*left->paths), by_span);
		struct buf text = { 0 };
		struct manifest below;

		if (at != NULL && !f->gone)
			left->kept[at - left->paths] = true;
		if (is_part(f) && depth < MANIFEST_DEPTH_MAX &&
		    l->ntaken > 0) {
			l->ntaken--;
			rc = read_copy(l, f->path, &text, &below, e);
			if (rc == 0)
				rc = keep_listed(l, left, &below, depth + 1,
				    e);
			manifest_free(&below);
			buf_free(&text);
			rc = rc == E_NOTFOUND ? 0 : rc;
		}
	}
	return rc;
}

/*
 * Lists that name less than half of what they named are more likely to be
 * damaged than meant; what they name no more is kept until somebody says so.
 */
static bool
is_doubtful(struct mirror *m, const struct left *left)
{
	size_t gone = 0;

	for (size_t i = 0; i < left->n; i++)
		gone += !left->kept[i];
	if (m->o->prune || gone < LEFT_MANY || gone <= m->known)
		return false;
	mirror_say(m, "%zu files are in no list any more, and %zu are: the "
	    "former are kept; add --prune to have them removed", gone,
	    m->known);
	return true;
}

/* Each that is in no list, once: the file does not grow from run to run. */
static int
note_again(const struct left *left, const char *file, struct error *e)
{
	struct buf b = { 0 };
	int rc;

	for (size_t i = 0; i < left->n; i++)
		if (!left->kept[i]) {
			buf_put_span(&b, left->paths[i]);
			buf_putc(&b, '\n');
		}
	rc = file_replace(file, buf_span(&b), 0644, false, e);
	buf_free(&b);
	return rc;
}

/* All is here: what left its list, and came into none, goes. */
static int
drop_left(struct lists *l, const struct manifest *list, struct error *e)
{
	struct left left = { .n = 0 };
	struct span rest = buf_span(&l->left), line;
	size_t n = 0;
	char *file;
	int rc = 0;

	while (rest.n > 0 && rest.p[rest.n - 1] != '\n')
		rest.n--;
	while (span_line(&rest, &line))
		if (manifest_path_safe(line)) {
			left.paths = arena_push(&left.arena, left.paths,
			    &left.n, sizeof(*left.paths));
			left.paths[left.n - 1] = line;
		}
	if (left.n > 0)
		qsort(left.paths, left.n, sizeof(*left.paths), by_span);
	for (size_t i = 0; i < left.n; i++)
		if (n == 0 || by_span(&left.paths[i], &left.paths[n - 1]) != 0)
			left.paths[n++] = left.paths[i];
	left.n = n;
	if (n > 0) {
		left.kept = xcalloc(n, sizeof(*left.kept));
		/* no more lists than were taken, however they name each
		 * other */
		rc = keep_listed(l, &left, list, 0, e);
		file = mirror_state(l->m, LEFT);
		if (rc == 0 && is_doubtful(l->m, &left)) {
			rc = note_again(&left, file, e);
		} else if (rc == 0) {
			for (size_t i = 0; i < n; i++)
				if (!left.kept[i])
					drop(l->m, left.paths[i]);
			(void)unlink(file);
		}
		free(file);
		free(left.kept);
	}
	arena_free(&left.arena);
	return rc;
}

/* --- taking --- */

static int
take_files(struct mirror *m, const struct manifest *list, struct error *e)
{
	int rc = 0;

	if (list->nbad > 0)
		mirror_say(m, "%zu lines of the manifest make no sense and "
		    "were left out", list->nbad);
	m->known += list->n;
	for (size_t i = 0; rc == 0 && i < list->n; i++, m->done++) {
		const struct manifest_file *f = &list->files[i];

		if (f->gone || is_list(f->path))
			continue;
		if (!mirror_allowed(m, f->path))
			m->r->barred++;
		else if (mirror_is_there(m, f))
			m->r->unchanged++;
		else if (!mirror_enough(m, m->o->max))
			rc = mirror_take(m, f, e);
	}
	return rc;
}

/* All that a list names is here: its copy is replaced. */
static int
finish_list(struct lists *l, struct span path, struct span text,
    const struct manifest *list, int64_t mtime, struct error *e)
{
	struct buf old_text = { 0 };
	struct manifest old;
	size_t had = l->left.n;
	int rc;

	rc = read_copy(l, path, &old_text, &old, e);
	if (rc == 0 && !span_eq(buf_span(&old_text), text))
		rc = leave_old(l, &old, list, 0, e);
	else if (rc == E_NOTFOUND)
		rc = 0;
	for (size_t i = 0; i < list->n && rc == 0; i++)
		if (list->files[i].gone)
			drop(l->m, list->files[i].path);
	if (rc == 0)
		rc = note_left(l, had, e);
	if (rc == 0)
		rc = mirror_store(l->m, path, text, mtime, e);
	manifest_free(&old);
	buf_free(&old_text);
	return rc;
}

/* The text of a part: the copy from before, or what the server says now. */
static int
part_text(struct mirror *m, const struct manifest_file *f, struct buf *text,
    bool *have, struct error *e)
{
	char *file, *url;
	struct got g = { .done = false };
	int rc = 0;

	*have = false;
	text->max = MANIFEST_BYTES_MAX;
	if (mirror_is_there(m, f)) {
		file = mirror_file(m, f->path);
		*have = file_read(text, file, NULL) == 0;
		free(file);
	} else if (!mirror_enough(m, m->o->max)) {
		url = mirror_url(m, f->path);
		if ((rc = mirror_get_file(m, f, url, &g, e)) == 1) {
			*have = true;
			buf_put_span(text, buf_span(&g.body));
			rc = 0;
		}
		got_free(&g);
		free(url);
	}
	return rc;
}

static int
by_name(const void *a, const void *b)
{
	return strcmp(a, b);
}

/* Whether the list is to be taken, once in a run. */
static bool
first_time(struct lists *l, struct span path)
{
	char *name;
	const char *const *there;

	name = xstrndup(path.p, path.n);
	there = tsearch(name, &l->taken, by_name);
	if (there == NULL || *there != name) {
		free(name);
		return false;
	}
	l->ntaken++;
	return true;
}

static int	take_list(struct lists *l, struct span path, struct span text,
		    const struct manifest *list, int64_t mtime, int depth,
		    struct error *e);

static int
take_part(struct lists *l, const struct manifest_file *f, int depth,
    struct error *e)
{
	struct manifest list = { .files = NULL };
	struct buf text = { 0 };
	bool have;
	int rc;

	if (depth == MANIFEST_DEPTH_MAX || l->ntaken == MANIFEST_PARTS_MAX) {
		mirror_say(l->m, "%.*s: one list too many; left out",
		    (int)f->path.n, f->path.p);
		l->m->r->failed++;
		return 0;
	}
	if (!first_time(l, f->path))
		return 0;
	if (!mirror_allowed(l->m, f->path)) {
		l->m->r->barred++;
		return 0;
	}
	if ((rc = part_text(l->m, f, &text, &have, e)) == 0 && have) {
		/* one without lines is a list of nothing */
		(void)manifest_read(&list, buf_span(&text));
		rc = take_list(l, f->path, buf_span(&text), &list, f->mtime,
		    depth, e);
	}
	manifest_free(&list);
	buf_free(&text);
	return rc;
}

static int
take_list(struct lists *l, struct span path, struct span text,
    const struct manifest *list, int64_t mtime, int depth, struct error *e)
{
	struct mirror *m = l->m;
	size_t failed = m->r->failed;
	int rc = take_files(m, list, e);

	for (size_t i = 0; rc == 0 && i < list->n; i++)
		if (is_part(&list->files[i]))
			rc = take_part(l, &list->files[i], depth + 1, e);
	if (rc == 0 && m->r->failed == failed && !m->r->cut)
		rc = finish_list(l, path, text, list, mtime, e);
	return rc;
}

int
mirror_lists(struct mirror *m, struct span text, const struct manifest *list,
    struct error *e)
{
	struct lists l = { .m = m, .left = { .max = MANIFEST_BYTES_MAX } };
	char *file = mirror_state(m, LEFT);
	int rc;

	m->r->manifest = true;
	/* of a run that did not come to its end */
	rc = file_read(&l.left, file, e);
	if (rc == 0 || rc == E_NOTFOUND || rc == E_LIMIT)
		rc = take_list(&l, span_str(MANIFEST_PATH), text, list, 0, 0,
		    e);
	if (rc == 0 && m->r->failed == 0 && !m->r->cut)
		rc = drop_left(&l, list, e);
	tdestroy(l.taken, free);
	buf_free(&l.left);
	free(file);
	return rc;
}
