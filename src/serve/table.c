/*
 * table.c - the tables of a published tree, in memory, hashed by path.
 */
#include <sys/stat.h>

#include <dirent.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/file.h"
#include "base/log.h"
#include "base/xalloc.h"
#include "serve/table.h"

#define FILE_MAX_BYTES	((size_t)256 << 20)
#define FILES_MAX	64

struct table {
	char		*dir;
	struct buf	 text;		/* all files, one after the other */
	uint32_t	*slots;		/* offset of a line + 1; 0 empty */
	size_t		 nslots;	/* a power of two, or 0 */
	uint32_t	*random;	/* offsets of lines */
	size_t		 nrandom;
	uint64_t	 stamp;		/* of names, times and sizes */
};

struct table *
table_new(const char *dir)
{
	struct table *t = xcalloc(1, sizeof(*t));

	t->dir = xstrdup(dir);
	buf_init(&t->text, FILE_MAX_BYTES);
	return t;
}

static void
empty(struct table *t)
{
	buf_free(&t->text);
	buf_init(&t->text, FILE_MAX_BYTES);
	free(t->slots);
	free(t->random);
	t->slots = t->random = NULL;
	t->nslots = t->nrandom = 0;
}

void
table_free(struct table *t)
{
	if (t == NULL)
		return;
	empty(t);
	free(t->dir);
	free(t);
}

static uint32_t
hash_path(struct span s)
{
	uint32_t h = 2166136261u;

	for (size_t i = 0; i < s.n; i++)
		h = (h ^ (unsigned char)s.p[i]) * 16777619u;
	return h;
}

/* The line at an offset, cut into its three fields. */
static void
fields(const struct table *t, uint32_t off, struct span f[3])
{
	struct span rest = span_from(buf_span(&t->text), off), line;

	f[0] = f[1] = f[2] = span_of("", 0);
	if (!span_line(&rest, &line))
		return;
	for (int i = 0; i < 3; i++) {
		const char *tab = memchr(line.p, '\t', line.n);

		f[i] = tab != NULL ? span_of(line.p, (size_t)(tab - line.p)) :
		    line;
		if (tab == NULL)
			break;
		line = span_from(line, f[i].n + 1);
	}
}

static void
insert(struct table *t, uint32_t off)
{
	struct span f[3], g[3];
	size_t i;

	fields(t, off, f);
	if (f[0].n == 0 || f[0].p[0] == '#')
		return;
	for (i = hash_path(f[0]); t->slots[i & (t->nslots - 1)] != 0; i++) {
		fields(t, t->slots[i & (t->nslots - 1)] - 1, g);
		if (span_eq(f[0], g[0]))
			break;	/* the later line wins */
	}
	t->slots[i & (t->nslots - 1)] = off + 1;
}

static void
index_lines(struct table *t, size_t from, bool random)
{
	struct span rest, line;
	size_t lines = 1;

	for (size_t i = from; i < t->text.n; i++)
		lines += t->text.p[i] == '\n';
	if (random)
		t->random = xcalloc(lines, sizeof(*t->random));
	rest = span_from(buf_span(&t->text), from);
	while (span_line(&rest, &line)) {
		uint32_t off = (uint32_t)(line.p - t->text.p);

		if (!random)
			insert(t, off);
		else if (line.n > 0)
			t->random[t->nrandom++] = off;
	}
}

struct listed {
	char	name[256];
	bool	random;
};

static int
compare(const void *a, const void *b)
{
	return strcmp(((const struct listed *)a)->name,
	    ((const struct listed *)b)->name);
}

/* The names of the files, sorted, and a digest of their state. */
static size_t
list(const struct table *t, struct listed *names, uint64_t *stamp)
{
	struct dirent *d;
	struct stat st;
	size_t n = 0;
	DIR *dir;

	*stamp = 1;
	if ((dir = opendir(t->dir)) == NULL)
		return 0;
	while ((d = readdir(dir)) != NULL && n < FILES_MAX) {
		size_t len = strlen(d->d_name);

		if (d->d_name[0] == '.' || len < 5 || len >= 256 ||
		    strcmp(d->d_name + len - 4, ".tsv") != 0 ||
		    fstatat(dirfd(dir), d->d_name, &st, 0) == -1 ||
		    !S_ISREG(st.st_mode))
			continue;
		memcpy(names[n].name, d->d_name, len + 1);
		names[n++].random = strcmp(d->d_name, "random.tsv") == 0;
		/* Order must not matter: entries come as they please. */
		*stamp += hash_path(span_of(d->d_name, len)) *
		    ((uint64_t)st.st_mtim.tv_sec * 1000003u +
		    (uint64_t)st.st_mtim.tv_nsec * 31u +
		    (uint64_t)st.st_size + (uint64_t)st.st_ino * 7u);
	}
	closedir(dir);
	qsort(names, n, sizeof(*names), compare);
	return n;
}

void
table_refresh(struct table *t)
{
	struct listed names[FILES_MAX];
	size_t starts[FILES_MAX + 1], n, lines = 1;
	uint64_t stamp;
	struct error e;

	n = list(t, names, &stamp);
	if (stamp == t->stamp)
		return;
	empty(t);
	t->stamp = stamp;
	for (size_t i = 0; i < n; i++) {
		char *path = file_join(t->dir, names[i].name);

		starts[i] = t->text.n;
		if (file_read(&t->text, path, &e) != 0) {
			log_warn("serve: %s", e.msg);
			buf_truncate(&t->text, starts[i]);
		} else if (t->text.n > 0 && t->text.p[t->text.n - 1] != '\n')
			buf_putc(&t->text, '\n');
		free(path);
	}
	starts[n] = t->text.n;
	for (size_t i = 0; i < t->text.n; i++)
		lines += t->text.p[i] == '\n';
	for (t->nslots = 16; t->nslots < lines * 2; t->nslots *= 2)
		;
	t->slots = xcalloc(t->nslots, sizeof(*t->slots));
	for (size_t i = 0; i < n; i++) {
		struct buf whole = t->text;

		/* Index one file at a time: each line ends within its own. */
		t->text.n = starts[i + 1];
		index_lines(t, starts[i], names[i].random);
		t->text = whole;
	}
}

bool
table_find(const struct table *t, const char *path, struct table_row *row)
{
	struct span key = span_str(path), f[3];
	size_t i;

	row->lang = span_of("", 0);
	row->gone = false;
	if (t->nslots == 0)
		return false;
	for (i = hash_path(key); t->slots[i & (t->nslots - 1)] != 0; i++) {
		fields(t, t->slots[i & (t->nslots - 1)] - 1, f);
		if (!span_eq(f[0], key))
			continue;
		if (!span_eqs(f[1], "-"))
			row->lang = f[1];
		row->gone = span_eqs(f[2], "gone");
		return true;
	}
	return false;
}

struct span
table_random(const struct table *t, uint32_t dice)
{
	struct span f[3] = { { "", 0 } };

	if (t->nrandom > 0)
		fields(t, t->random[dice % t->nrandom], f);
	return f[0];
}
