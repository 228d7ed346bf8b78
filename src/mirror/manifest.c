#include <stdlib.h>
#include <string.h>

#include "base/date.h"
#include "base/error.h"
#include "base/utf8.h"
#include "base/xalloc.h"
#include "mirror/manifest.h"

bool
manifest_path_safe(struct span path)
{
	size_t start = 0;

	if (path.n == 0 || path.n > MANIFEST_PATH_MAX || !utf8_valid(path))
		return false;
	for (size_t i = 0; i <= path.n; i++) {
		unsigned char c = i < path.n ? (unsigned char)path.p[i] : '/';

		if (c < 0x20 || c == 0x7f || c == '\\')
			return false;
		if (c != '/')
			continue;
		/* Hidden names cover "." and ".." too. */
		if (i == start || i - start > 255 || (path.p[start] == '.' &&
		    !span_eqs(span_of(path.p + start, i - start),
		    ".well-known")))
			return false;
		start = i + 1;
	}
	return true;
}

static bool
is_sha256(struct span s)
{
	if (s.n != HASH_HEX - 1)
		return false;
	for (size_t i = 0; i < s.n; i++)
		if (!((s.p[i] >= '0' && s.p[i] <= '9') ||
		    (s.p[i] >= 'a' && s.p[i] <= 'f')))
			return false;
	return true;
}

static bool
number(struct span s, int64_t *n)
{
	*n = 0;
	if (s.n == 0 || s.n > 15)
		return false;
	for (size_t i = 0; i < s.n; i++) {
		if (s.p[i] < '0' || s.p[i] > '9')
			return false;
		*n = *n * 10 + (s.p[i] - '0');
	}
	return true;
}

static size_t
split(struct span line, struct span *out, size_t max)
{
	size_t n = 0;

	while (n < max) {
		const char *tab = line.n > 0 ? memchr(line.p, '\t', line.n) :
		    NULL;

		out[n].p = line.p;
		out[n].n = tab != NULL ? (size_t)(tab - line.p) : line.n;
		line = span_from(line, out[n++].n + 1);
		if (tab == NULL)
			break;
	}
	return n;
}

/* "path TAB size TAB sha256 TAB mtime [TAB part]", or "path TAB gone ..." */
static bool
read_line(struct manifest_file *f, struct span line)
{
	struct span part[5];
	size_t n = split(line, part, 5);

	*f = (struct manifest_file){ .path = part[0] };
	if (f->path.n > 0 && f->path.p[0] == '/')
		f->path = span_from(f->path, 1);
	if (n < 2 || !manifest_path_safe(f->path))
		return false;
	if (span_eqs(part[1], "gone") ||
	    (n > 2 && span_eqs(part[2], "gone"))) {
		f->gone = true;
		return true;
	}
	if (n < 4 || !number(part[1], &f->size) || !is_sha256(part[2]))
		return false;
	memcpy(f->sha256, part[2].p, part[2].n);
	f->mtime = date_parse(part[3]);
	f->part = n > 4 && span_eqs(part[4], "part");
	return f->mtime != DATE_NONE;
}

static int
by_path(const void *a, const void *b)
{
	struct span x = ((const struct manifest_file *)a)->path;
	struct span y = ((const struct manifest_file *)b)->path;
	int c = memcmp(x.p, y.p, x.n < y.n ? x.n : y.n);

	return c != 0 ? c : (x.n > y.n) - (x.n < y.n);
}

int
manifest_read(struct manifest *m, struct span text)
{
	struct span line;
	size_t cap = 0, kept = 0;

	*m = (struct manifest){ .files = NULL };
	while (span_line(&text, &line)) {
		if (line.n == 0 || line.p[0] == '#')
			continue;
		if (m->n == MANIFEST_FILES_MAX) {
			m->nbad++;
			continue;
		}
		if (m->n == cap) {
			cap = cap == 0 ? 256 : cap * 2;
			m->files = xreallocarray(m->files, cap,
			    sizeof(*m->files));
		}
		if (read_line(&m->files[m->n], line))
			m->n++;
		else
			m->nbad++;
	}
	if (m->n == 0)
		return E_SYNTAX;
	qsort(m->files, m->n, sizeof(*m->files), by_path);
	for (size_t i = 0; i < m->n; i++)
		if (i == 0 || by_path(&m->files[i], &m->files[i - 1]) != 0)
			m->files[kept++] = m->files[i];
		else
			m->nbad++;
	m->n = kept;
	return 0;
}

const struct manifest_file *
manifest_find(const struct manifest *m, struct span path)
{
	const struct manifest_file key = { .path = path };

	return m->n == 0 ? NULL : bsearch(&key, m->files, m->n,
	    sizeof(*m->files), by_path);
}

void
manifest_free(struct manifest *m)
{
	free(m->files);
	*m = (struct manifest){ .files = NULL };
}
