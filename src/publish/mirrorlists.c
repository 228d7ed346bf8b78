/*
 * The lists form a tree.  Its roots are the years of entries, "e/2026/", and
 * when the rest is too long for the manifest, the capsule's other folders,
 * "s/".  A list of files is e_2026_a.tsv, one of lists e_2026_.parts.tsv, and
 * which of them is there says what its prefix is.  So nothing but the files
 * needs to be known, and a list that got short again is put together.
 */
#include <stdlib.h>
#include <string.h>

#include "base/date.h"
#include "base/xalloc.h"
#include "publish/mirrorlists.h"
#include "publish/small.h"

#define CAPSULE		"capsule/"
#define ENTRIES		CAPSULE "e/"
#define MANIFEST	SMALL_MIRROR "manifest.tsv"
#define PARTS		SMALL_MIRROR "manifest/"
#define HEAD		"# path\tsize\tsha256\tmtime\n"
#define LAST		"\xff"		/* comes after what a path may hold */

struct lists {
	struct site	*site;
	struct arena	 arena;
	struct buf	 out;
	size_t		 max;		/* bytes that out may have */
	const char	**touched;	/* sorted */
	size_t		 ntouched;
	bool		 all;
	size_t		 root;		/* bytes of the prefix of the root */
};

bool
mirrorlists_has(const char *path)
{
	return strncmp(path, CAPSULE, strlen(CAPSULE)) == 0 &&
	    strncmp(path, SMALL_MIRROR, strlen(SMALL_MIRROR)) != 0 &&
	    strcmp(path, SMALL_HEALTH) != 0;
}

void
mirrorlists_line(struct buf *out, const struct store_file *f,
    const char *mark)
{
	const char *path = f->path + strlen(CAPSULE);

	buf_puts(out, path);
	if (f->gone) {
		buf_puts(out, "\tgone\n");
		return;
	}
	buf_putf(out, "\t%lld\t", (long long)f->size);
	buf_puts(out, f->sha256);
	buf_putc(out, '\t');
	date_rfc3339(out, f->mtime);
	buf_puts(out, mark);
	buf_putc(out, '\n');
}

/* --- names --- */

/*
 * The name of a prefix: no two have the same, and that of a longer one begins
 * with that of the shorter.
 */
static const char *
name_of(struct lists *l, const char *prefix)
{
	struct buf b = { 0 };
	const char *name;

	for (const char *c = prefix + strlen(CAPSULE); *c != '\0'; c++)
		if ((*c >= 'a' && *c <= 'z') || (*c >= '0' && *c <= '9') ||
		    *c == '-')
			buf_putc(&b, *c);
		else if (*c == '/')
			buf_putc(&b, '_');
		else
			buf_putf(&b, "=%02x", (unsigned char)*c);
	name = arena_printf(&l->arena, PARTS "%s", buf_cstr(&b));
	buf_free(&b);
	return name;
}

static const char *
files_path(struct lists *l, const char *prefix)
{
	return arena_printf(&l->arena, "%s.tsv", name_of(l, prefix));
}

static const char *
parts_path(struct lists *l, const char *prefix)
{
	return arena_printf(&l->arena, "%s.parts.tsv", name_of(l, prefix));
}

static bool
lists_parts(const char *path)
{
	static const char end[] = ".parts.tsv";
	size_t n = strlen(path);

	return n > strlen(end) && strcmp(path + n - strlen(end), end) == 0;
}

/* --- walking --- */

struct walk {
	struct lists	*l;
	const char	*path;		/* found */
	bool		 published;	/* look for one that is */
};

static int
found(const struct store_file *f, void *arg)
{
	struct walk *w = arg;

	if (w->published && !tree_has(w->l->site->tree, f->path))
		return 0;
	w->path = arena_strdup(&w->l->arena, f->path);
	return 1;
}

/* The first path from one up to another: 1, 0 when there is none. */
static int
next_path(struct lists *l, const char *from, const char *until,
    bool published, const char **path, struct error *e)
{
	struct walk w = { .l = l, .published = published };
	int rc = store_files_between(l->site->store, from, until, found, &w,
	    e);

	*path = w.path;
	return rc;
}

/* What comes after all that begins with the first n bytes of path. */
static const char *
after(struct lists *l, const char *path, size_t n)
{
	return arena_printf(&l->arena, "%.*s" LAST, (int)n, path);
}

static int
list_file(const struct store_file *f, void *arg)
{
	struct lists *l = arg;

	if (mirrorlists_has(f->path))
		mirrorlists_line(&l->out, f, "");
	return l->out.n - strlen(HEAD) > l->max;
}

static void
begin(struct lists *l, size_t max)
{
	l->max = max;
	buf_clear(&l->out);
	buf_puts(&l->out, HEAD);
}

/* A line for the list at path, if it is there. */
static int
list_list(struct lists *l, const char *path)
{
	struct store_file f;

	if (!tree_has(l->site->tree, path) ||
	    store_file(l->site->store, &f, &l->arena, path) != 0)
		return 0;
	mirrorlists_line(&l->out, &f, "\tpart");
	return 1;
}

struct sum {
	struct lists	*l;
	size_t		 n;
};

static int
add_lines(const struct store_file *f, void *arg)
{
	struct sum *s = arg;

	if (!lists_parts(f->path) && tree_has(s->l->site->tree, f->path))
		s->n += (size_t)f->size - strlen(HEAD);
	return s->n > MIRRORLISTS_MAX;
}

/* Bytes of lines in the lists from one name to another; more than
 * MIRRORLISTS_MAX is as good as any. */
static int
lines_between(struct lists *l, const char *from, const char *until,
    size_t *n, struct error *e)
{
	struct sum s = { l, *n };
	int rc = store_files_between(l->site->store, from, until, add_lines,
	    &s, e);

	*n = s.n;
	return rc < 0 ? rc : 0;
}

/* --- a list and those below it --- */

static int
put_files(struct lists *l, const char *prefix, struct error *e)
{
	int rc = tree_gone_prefix(l->site->tree, name_of(l, prefix), false,
	    e);

	if (rc == 0 && l->out.n > strlen(HEAD))
		rc = small_put(l->site, files_path(l, prefix), &l->out, e);
	return rc;
}

/* The list of the lists right below prefix. */
static int
put_parts(struct lists *l, const char *prefix, struct error *e)
{
	const char *name = name_of(l, prefix), *until, *path;
	const char *from = name;
	size_t n = strlen(name);
	int rc;

	until = after(l, name, n);
	begin(l, SIZE_MAX);
	while ((rc = next_path(l, from, until, true, &path, e)) == 1) {
		size_t unit = path[n] == '=' ? 3 : 1;

		if (path[n] == '.') {
			/* its own; "." comes after "-" only */
			from = arena_printf(&l->arena, "%s\x01", path);
			continue;
		}
		(void)list_list(l, arena_printf(&l->arena, "%.*s.parts.tsv",
		    (int)(n + unit), path));
		(void)list_list(l, arena_printf(&l->arena, "%.*s.tsv",
		    (int)(n + unit), path));
		from = after(l, path, n + unit);
	}
	return rc == 0 ? small_put(l->site, parts_path(l, prefix), &l->out,
	    e) : rc;
}

static int	remake(struct lists *l, const char *prefix, struct error *e);

static int
cut(struct lists *l, const char *prefix, struct error *e)
{
	const char *from = prefix, *until, *path;
	size_t n = strlen(prefix);
	int rc;

	until = after(l, prefix, n);
	rc = tree_gone(l->site->tree, files_path(l, prefix), false, e);
	while (rc == 0 &&
	    (rc = next_path(l, from, until, false, &path, e)) == 1) {
		rc = remake(l, arena_printf(&l->arena, "%.*s", (int)n + 1,
		    path), e);
		from = after(l, path, n + 1);
	}
	return rc == 0 ? put_parts(l, prefix, e) : rc;
}

/* The list of prefix from its files, cut if need be. */
static int
remake(struct lists *l, const char *prefix, struct error *e)
{
	struct store *store = l->site->store;
	const char *path;
	bool whole = strlen(prefix) >= l->root + MIRRORLISTS_DEPTH;
	int rc;

	/* nor can the list of a file itself be cut */
	if (!whole) {
		rc = next_path(l, prefix, arena_printf(&l->arena, "%s\x01",
		    prefix), false, &path, e);
		if (rc < 0)
			return rc;
		whole = rc == 1;
	}
	begin(l, whole ? SIZE_MAX : MIRRORLISTS_MAX);
	rc = store_files(store, prefix, list_file, l, e);
	if (rc < 0)
		return rc;
	return rc == 0 ? put_files(l, prefix, e) : cut(l, prefix, e);
}

/* Bring the lists of prefix up to date with the touched from i up to end. */
static int
refresh(struct lists *l, const char *prefix, size_t i, size_t end,
    struct error *e)
{
	const char *name = name_of(l, prefix);
	size_t n = strlen(prefix), bytes = 0;
	int rc = 0;

	if (l->all || strcmp(l->touched[i], prefix) == 0 ||
	    !tree_has(l->site->tree, parts_path(l, prefix)))
		return remake(l, prefix, e);
	while (i < end && rc == 0) {
		const char *below = arena_printf(&l->arena, "%.*s",
		    (int)n + 1, l->touched[i]);
		size_t from = i;

		while (i < end &&
		    strncmp(l->touched[i], below, n + 1) == 0)
			i++;
		rc = refresh(l, below, from, i, e);
	}
	if (rc == 0)
		rc = lines_between(l, name, after(l, name, strlen(name)),
		    &bytes, e);
	if (rc != 0)
		return rc;
	return bytes <= MIRRORLISTS_MAX ? remake(l, prefix, e) :
	    put_parts(l, prefix, e);
}

/* Bytes of path up to and with its n-th slash below the capsule, or 0. */
static size_t
up_to_slash(const char *path, int n)
{
	const char *c = path + strlen(CAPSULE) - 1;

	while (n-- > 0)
		if ((c = strchr(c + 1, '/')) == NULL)
			return 0;
	return (size_t)(c - path) + 1;
}

static bool
is_entry(const char *path)
{
	return strncmp(path, ENTRIES, strlen(ENTRIES)) == 0;
}

/* The root of a path: "capsule/e/2026/", "capsule/s/"; 0 bytes: none. */
static size_t
root_of(const char *path)
{
	return up_to_slash(path, is_entry(path) ? 2 : 1);
}

/* All roots between two paths. */
static int
remake_roots(struct lists *l, const char *from, const char *until,
    struct error *e)
{
	const char *path;
	int rc;

	while ((rc = next_path(l, from, until, false, &path, e)) == 1) {
		size_t n = root_of(path);

		from = n == 0 ? arena_printf(&l->arena, "%s\x01", path) :
		    after(l, path, n);
		l->root = n;
		if (n != 0 && (rc = remake(l, arena_printf(&l->arena, "%.*s",
		    (int)n, path), e)) != 0)
			break;
	}
	return rc;
}

/* The roots of what was touched, entries or others. */
static int
refresh_roots(struct lists *l, bool entries, struct error *e)
{
	int rc = 0;

	for (size_t i = 0, from; i < l->ntouched && rc == 0;) {
		const char *path = l->touched[i];
		size_t n = root_of(path);

		from = i++;
		if (n == 0)
			continue;
		while (i < l->ntouched &&
		    strncmp(l->touched[i], path, n) == 0)
			i++;
		if (is_entry(path) == entries &&
		    strncmp(path, SMALL_MIRROR, strlen(SMALL_MIRROR)) != 0) {
			l->root = n;
			rc = refresh(l, arena_printf(&l->arena, "%.*s",
			    (int)n, path), from, i, e);
		}
	}
	return rc;
}

/* --- the manifest itself, and what is no entry --- */

/* The lists of the roots. */
static int
list_roots(struct lists *l, struct error *e)
{
	const char *from = PARTS, *path;
	int rc;

	while ((rc = next_path(l, from, PARTS LAST, true, &path, e)) == 1) {
		const char *name = path + strlen(PARTS);
		const char *end = strchr(name, '_');

		if (end != NULL && strncmp(name, "e_", 2) == 0)
			end = strchr(end + 1, '_');
		if (end == NULL) {
			/* of an orrery of before */
			from = arena_printf(&l->arena, "%s\x01", path);
			continue;
		}
		(void)list_list(l, arena_printf(&l->arena, "%.*s.parts.tsv",
		    (int)(end + 1 - path), path));
		(void)list_list(l, arena_printf(&l->arena, "%.*s.tsv",
		    (int)(end + 1 - path), path));
		from = after(l, path, (size_t)(end + 1 - path));
	}
	return rc;
}

/*
 * Everything by path, but what has lists of its own: entries, and when
 * folders have some, they.  *files: bytes of the lines of files.
 */
static int
list_all(struct lists *l, bool folders, size_t *files, struct error *e)
{
	const char *from = CAPSULE, *path;
	size_t lists = 0;
	int rc;

	begin(l, SIZE_MAX);
	while ((rc = next_path(l, from, CAPSULE LAST, false, &path, e)) == 1) {
		size_t n = root_of(path), had = l->out.n;

		from = n == 0 ? arena_printf(&l->arena, "%s\x01", path) :
		    after(l, path, n);
		if (strncmp(path, SMALL_MIRROR, strlen(SMALL_MIRROR)) == 0) {
			rc = list_roots(l, e);
			lists = l->out.n - had;
		} else if (n == 0 || (!folders && !is_entry(path))) {
			rc = store_files_between(l->site->store, path, from,
			    list_file, l, e);
		} else {
			rc = 0;
		}
		if (rc != 0)
			break;
	}
	*files = l->out.n - lists - strlen(HEAD);
	return rc;
}

/* Whether folders have lists of their own. */
static int
has_folders(struct lists *l, struct error *e)
{
	const char *path;
	int rc = next_path(l, PARTS, PARTS "e_", true, &path, e);

	return rc != 0 ? rc :
	    next_path(l, PARTS "e_" LAST, PARTS LAST, true, &path, e);
}

static int
drop_between(struct lists *l, const char *from, const char *until,
    struct error *e)
{
	const char *path;
	int rc;

	while ((rc = next_path(l, from, until, true, &path, e)) == 1) {
		if ((rc = tree_gone(l->site->tree, path, false, e)) != 0)
			break;
		from = path;
	}
	return rc;
}

/* Make lists for the folders, or take them back. */
static int
cut_folders(struct lists *l, bool cut, struct error *e)
{
	int rc;

	if (!cut) {
		rc = drop_between(l, PARTS, PARTS "e_", e);
		return rc == 0 ? drop_between(l, PARTS "e_" LAST, PARTS LAST,
		    e) : rc;
	}
	rc = remake_roots(l, CAPSULE, ENTRIES, e);
	if (rc == 0)
		rc = remake_roots(l, ENTRIES LAST, SMALL_MIRROR, e);
	if (rc == 0)
		rc = remake_roots(l, SMALL_MIRROR LAST, CAPSULE LAST, e);
	return rc;
}

/* Bytes of lines of files, in the manifest and the lists of folders. */
static int
rest_size(struct lists *l, size_t *n, struct error *e)
{
	int rc = lines_between(l, PARTS, PARTS "e_", n, e);

	if (rc == 0 && *n <= MIRRORLISTS_MAX)
		rc = lines_between(l, PARTS "e_" LAST, PARTS LAST, n, e);
	return rc;
}

static int
put_manifest(struct lists *l, struct error *e)
{
	int had = has_folders(l, e), folders = had, rc = 0;
	size_t n = 0;

	if (had < 0)
		return had;
	if (had)
		rc = refresh_roots(l, false, e);
	if (rc == 0)
		rc = list_all(l, had, &n, e);
	if (rc == 0 && had)
		rc = rest_size(l, &n, e);
	if (rc == 0)
		folders = n > MIRRORLISTS_MAX;
	if (rc == 0 && folders != had &&
	    (rc = cut_folders(l, folders, e)) == 0)
		rc = list_all(l, folders, &n, e);
	return rc == 0 ? small_put(l->site, MANIFEST, &l->out, e) : rc;
}

static int
by_path(const void *a, const void *b)
{
	return strcmp(*(const char *const *)a, *(const char *const *)b);
}

int
mirrorlists_put(struct site *s, const char **touched, size_t n, bool all,
    struct error *e)
{
	struct lists l = { .site = s, .touched = touched, .ntouched = n,
	    .all = all };
	int rc = 0;

	if (n > 0)
		qsort(touched, n, sizeof(*touched), by_path);
	if (all) {
		rc = tree_gone_prefix(s->tree, PARTS, false, e);
		if (rc == 0)
			rc = remake_roots(&l, ENTRIES, ENTRIES LAST, e);
	} else {
		rc = refresh_roots(&l, true, e);
	}
	if (rc == 0)
		rc = put_manifest(&l, e);
	buf_free(&l.out);
	arena_free(&l.arena);
	return rc;
}
