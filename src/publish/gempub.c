#include <stdlib.h>
#include <string.h>

#include <archive.h>
#include <archive_entry.h>

#include "base/utf8.h"
#include "base/xalloc.h"
#include "gemtext/gemtext.h"
#include "publish/gempub.h"

#define INDEX_MAX	((size_t)8 << 20)

struct gempub {
	struct archive	*a;
	struct buf	 index;
	int64_t		 mtime;
};

static int
fail(struct gempub *g, struct error *e)
{
	const char *why = archive_error_string(g->a);

	return error_set(e, E_FAIL, "cannot write the book: %s",
	    why != NULL ? why : "unknown error");
}

static int
put_file(struct gempub *g, const char *name, struct span s, struct error *e)
{
	struct archive_entry *ae = archive_entry_new();
	int r = 0;

	if (ae == NULL)
		return error_set(e, E_FAIL, "out of memory");
	archive_entry_set_pathname(ae, name);
	archive_entry_set_filetype(ae, AE_IFREG);
	archive_entry_set_perm(ae, 0644);
	archive_entry_set_size(ae, (int64_t)s.n);
	archive_entry_set_mtime(ae, (time_t)g->mtime, 0);
	if (archive_write_header(g->a, ae) != ARCHIVE_OK ||
	    (s.n > 0 && archive_write_data(g->a, s.p, s.n) != (la_ssize_t)s.n))
		r = fail(g, e);
	archive_entry_free(ae);
	return r;
}

/* "key: value", on one line whatever value holds. */
static void
put_meta(struct buf *out, const char *key, const char *value)
{
	if (value == NULL || value[0] == '\0')
		return;
	buf_putf(out, "%s: ", key);
	utf8_line(out, span_str(value));
	buf_putc(out, '\n');
}

int
gempub_open(struct gempub **out, const char *path,
    const struct gempub_about *about, int64_t mtime, struct error *e)
{
	struct gempub *g = xcalloc(1, sizeof(*g));
	struct buf meta = { .max = 1 << 16 };
	int r;

	buf_init(&g->index, INDEX_MAX);
	g->mtime = mtime;
	g->a = archive_write_new();
	if (g->a == NULL || archive_write_set_format_zip(g->a) != ARCHIVE_OK ||
	    archive_write_set_options(g->a, "hdrcharset=UTF-8") < ARCHIVE_WARN ||
	    archive_write_open_filename(g->a, path) != ARCHIVE_OK) {
		r = g->a != NULL ? fail(g, e) :
		    error_set(e, E_FAIL, "out of memory");
		goto out;
	}
	put_meta(&meta, "title", about->title);
	put_meta(&meta, "gpubVersion", "1.0.0");
	put_meta(&meta, "index", "index.gmi");
	put_meta(&meta, "author", about->author);
	put_meta(&meta, "language", about->language);
	put_meta(&meta, "charset", "UTF-8");
	put_meta(&meta, "description", about->description);
	put_meta(&meta, "publishDate", about->date);
	put_meta(&meta, "license", about->license);
	buf_puts(&g->index, "# ");
	utf8_line(&g->index, span_str(about->title));
	buf_puts(&g->index, "\n\n");
	r = put_file(g, "metadata.txt", buf_span(&meta), e);
out:
	buf_free(&meta);
	if (r != 0) {
		archive_write_free(g->a);
		buf_free(&g->index);
		free(g);
		g = NULL;
	}
	*out = g;
	return r;
}

static bool
is_inside(const char *name)
{
	return name[0] != '\0' && name[0] != '/' &&
	    strspn(name, "abcdefghijklmnopqrstuvwxyz0123456789-_./") ==
	    strlen(name) && strstr(name, "..") == NULL &&
	    strcmp(name, "index.gmi") != 0;
}

int
gempub_add(struct gempub *g, const char *name, const char *title,
    struct span gemtext, struct error *e)
{
	if (!is_inside(name))
		return error_set(e, E_SYNTAX,
		    "\"%.200s\" is no name for a page of a book", name);
	gemtext_put_link(&g->index, span_str(name), span_str(title));
	return put_file(g, name, gemtext, e);
}

int
gempub_close(struct gempub *g, struct error *e)
{
	int r;

	if (g->index.over)
		r = error_set(e, E_LIMIT, "the index of the book is too long");
	else
		r = put_file(g, "index.gmi", buf_span(&g->index), e);
	if (archive_write_close(g->a) != ARCHIVE_OK && r == 0)
		r = fail(g, e);
	archive_write_free(g->a);
	buf_free(&g->index);
	free(g);
	return r;
}
