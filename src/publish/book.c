#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <archive.h>
#include <archive_entry.h>

#include "base/file.h"
#include "base/uri.h"
#include "base/utf8.h"
#include "gemtext/gemtext.h"
#include "publish/book.h"
#include "publish/gempub.h"

#define LABEL_COLUMNS	120	/* of a page in the book's index */

struct book {
	struct site	*site;
	struct arena	 arena;
	const char	**paths;	/* "e/2026/abc-title", sorted */
	size_t		 n;
	int64_t		 newest;
	size_t		 bytes;
};

static int
by_text(const void *a, const void *b)
{
	return strcmp(*(const char *const *)a, *(const char *const *)b);
}

/* All pages of a book lie side by side: ids keep their names apart. */
static const char *
page_name(struct book *b, const char *path)
{
	const char *slash = strrchr(path, '/');

	return arena_printf(&b->arena, "%s.gmi", slash != NULL ? slash + 1 :
	    path);
}

static int
collect(struct book *b, const struct store_query *q, book_wants *wants,
    struct error *e)
{
	struct store_cursor *c;
	struct store_entry en;
	struct arena a = { 0 };
	int rc;

	if ((rc = store_select(b->site->store, &c, q, e)) != 0)
		return rc;
	while ((rc = store_next(c, &en, &a, e)) == 1) {
		if (wants == NULL || wants(b->site, &en)) {
			b->paths = arena_push(&b->arena, b->paths, &b->n,
			    sizeof(*b->paths));
			b->paths[b->n - 1] = arena_strdup(&b->arena, en.path);
			if (en.sort > b->newest)
				b->newest = en.sort;
		}
		arena_free(&a);
	}
	store_cursor_free(c);
	arena_free(&a);
	if (b->n > 0)
		qsort(b->paths, b->n, sizeof(*b->paths), by_text);
	return rc;
}

static bool
has_page(const struct book *b, const char *path)
{
	return bsearch(&path, b->paths, b->n, sizeof(*b->paths), by_text) !=
	    NULL;
}

/* url as it leads somewhere from within the book. */
static void
put_target(struct buf *out, struct book *b, const struct store_entry *en,
    struct span url)
{
	struct buf base = { 0 }, whole = { .max = URI_MAX }, root = { 0 };
	struct buf path = { 0 };
	char scheme[16];

	site_url(&root, b->site, "");
	buf_putf(&path, "%s.gmi", en->path);
	site_url(&base, b->site, buf_cstr(&path));
	uri_scheme(scheme, sizeof(scheme), url);
	if ((scheme[0] != '\0' && strcmp(scheme, "gemini") != 0) ||
	    uri_resolve(&whole, buf_cstr(&base), url) != 0) {
		buf_put_span(out, url);
		goto done;
	}
	buf_clear(&path);
	if (whole.n > root.n + 4 && memcmp(whole.p, root.p, root.n) == 0 &&
	    memcmp(whole.p + whole.n - 4, ".gmi", 4) == 0) {
		buf_put(&path, whole.p + root.n, whole.n - root.n - 4);
		if (has_page(b, buf_cstr(&path))) {
			buf_puts(out, page_name(b, buf_cstr(&path)));
			goto done;
		}
	}
	buf_put_span(out, buf_span(&whole));
done:
	buf_free(&base);
	buf_free(&whole);
	buf_free(&root);
	buf_free(&path);
}

/* The text of an entry with its links made fit for the book. */
static void
put_body(struct buf *out, struct book *b, const struct store_entry *en)
{
	struct gemtext_reader r = { .rest = span_str(en->gemtext) };
	struct span rest = r.rest, line;
	struct gemtext_line l;
	struct buf url = { 0 };

	while (gemtext_next(&r, &l) && span_line(&rest, &line)) {
		if (l.kind == GEMTEXT_LINK) {
			buf_clear(&url);
			put_target(&url, b, en, l.url);
			gemtext_put_link(out, buf_span(&url), l.text);
			continue;
		}
		buf_put_span(out, line);
		if (line.n == 0 || line.p[line.n - 1] != '\n')
			buf_putc(out, '\n');
	}
	buf_free(&url);
}

static void
put_line(struct buf *out, const char *mark, struct span s)
{
	buf_puts(out, mark);
	gemtext_put_text(out, s);
	if (out->p[out->n - 1] != '\n')
		buf_putc(out, '\n');
}

static void
put_page(struct buf *out, struct book *b, const struct store_entry *en)
{
	struct site *s = b->site;
	const char *author = site_author(s, en);
	struct buf line = { 0 };

	site_title(&line, s, en);
	put_line(out, "# ", buf_span(&line));
	buf_clear(&line);
	buf_putf(&line, "%s, ", site_source_name(s, en));
	if (author != NULL)
		buf_putf(&line, "%s, ", author);
	site_time(&line, s, site_date(en));
	put_line(out, "", buf_span(&line));
	buf_putc(out, '\n');
	if (en->gemtext != NULL)
		put_body(out, b, en);
	if (out->n < 2 || out->p[out->n - 2] != '\n')
		buf_putc(out, '\n');
	for (size_t i = 0; i < en->nenclosures; i++)
		if (en->enclosures[i].href != NULL)
			gemtext_put_link(out, span_str(en->enclosures[i].href),
			    span_str(strings_get(s->words, W_attached)));
	if (en->link != NULL)
		gemtext_put_link(out, span_str(en->link),
		    span_str(strings_get(s->words, W_original)));
	if (en->license != NULL) {
		buf_clear(&line);
		buf_putf(&line, "%s: %s", strings_get(s->words, W_licence),
		    en->license);
		put_line(out, "", buf_span(&line));
	}
	buf_free(&line);
}

static int
add_page(struct gempub *g, struct book *b, const struct store_entry *en,
    struct error *e)
{
	struct buf page = { .max = BOOK_BYTES_MAX }, label = { 0 };
	struct buf title = { 0 };
	int rc = 0;

	put_page(&page, b, en);
	b->bytes += page.n;
	if (page.over || b->bytes > BOOK_BYTES_MAX)
		rc = error_set(e, E_LIMIT, "the entries are more than %zu"
		    " MB, too much for one book", BOOK_BYTES_MAX >> 20);
	site_iso_day(&label, site_date(en));
	buf_putf(&label, " %s: ", site_source_name(b->site, en));
	site_title(&title, b->site, en);
	utf8_shorten(&label, buf_span(&title), LABEL_COLUMNS);
	if (rc == 0)
		rc = gempub_add(g, page_name(b, en->path), buf_cstr(&label),
		    buf_span(&page), e);
	buf_free(&page);
	buf_free(&label);
	buf_free(&title);
	return rc;
}

static int
add_pages(struct gempub *g, struct book *b, const struct store_query *some,
    book_wants *wants, struct error *e)
{
	struct store_query q = *some;
	struct store_cursor *c;
	struct store_entry en;
	struct arena a = { 0 };
	int rc;

	q.what = STORE_BODY;
	q.order = STORE_OLDEST;
	if ((rc = store_select(b->site->store, &c, &q, e)) != 0)
		return rc;
	while ((rc = store_next(c, &en, &a, e)) == 1) {
		if ((wants == NULL || wants(b->site, &en)) &&
		    (rc = add_page(g, b, &en, e)) != 0)
			break;
		arena_free(&a);
	}
	store_cursor_free(c);
	arena_free(&a);
	return rc;
}

int
book_write(struct site *s, const char *path, const char *title,
    const struct store_query *q, book_wants *wants, struct error *e)
{
	struct book b = { .site = s };
	struct buf day = { 0 };
	struct gempub_about about = { .title = title,
	    .author = s->config->owner_name, .language = s->config->language,
	    .description = s->config->subtitle };
	struct error late = { 0 };
	struct gempub *g = NULL;
	int rc, closed;

	if ((rc = collect(&b, q, wants, e)) != 0)
		goto done;
	if (b.n == 0) {
		rc = error_set(e, E_NOTFOUND, "there are no entries for a"
		    " book");
		goto done;
	}
	site_iso_day(&day, b.newest);
	about.date = buf_cstr(&day);
	if ((rc = gempub_open(&g, path, &about, b.newest, e)) != 0)
		goto done;
	rc = add_pages(g, &b, q, wants, e);
	closed = gempub_close(g, &late);
	if (rc == 0 && closed != 0)
		rc = error_set(e, closed, "%s", late.msg);
	if (rc != 0)
		(void)unlink(path);
done:
	buf_free(&day);
	arena_free(&b.arena);
	return rc;
}

/* --- tar --- */

static int
tar_failed(struct archive *a, struct error *e)
{
	const char *why = archive_error_string(a);

	return error_set(e, E_FAIL, "cannot write the archive: %s",
	    why != NULL ? why : "unknown error");
}

static int
tar_open(struct archive *a, const char *path, const char *kind,
    struct error *e)
{
	bool gz = strcmp(kind, "tar.gz") == 0;

	if (archive_write_set_format_pax_restricted(a) != ARCHIVE_OK ||
	    (gz ? archive_write_add_filter_gzip(a) :
	    archive_write_add_filter_zstd(a)) != ARCHIVE_OK ||
	    /* else the head of the file would say when it was made */
	    (gz && archive_write_set_filter_option(a, "gzip", "timestamp",
	    NULL) != ARCHIVE_OK) ||
	    archive_write_open_filename(a, path) != ARCHIVE_OK)
		return tar_failed(a, e);
	return 0;
}

static int
tar_file(struct archive *a, struct site *s, const struct book_file *f,
    size_t *total, struct error *e)
{
	static const char root[] = "capsule/";
	struct archive_entry *ae = archive_entry_new();
	char *full = file_join(s->config->output_dir, f->path);
	struct buf bytes = { .max = BOOK_BYTES_MAX };
	int rc;

	if (ae == NULL) {
		rc = error_set(e, E_FAIL, "out of memory");
		goto done;
	}
	if ((rc = file_read(&bytes, full, e)) != 0)
		goto done;
	if ((*total += bytes.n) > BOOK_BYTES_MAX) {
		rc = error_set(e, E_LIMIT, "the pages are more than %zu MB,"
		    " too much for one archive", BOOK_BYTES_MAX >> 20);
		goto done;
	}
	archive_entry_set_pathname(ae, strncmp(f->path, root,
	    strlen(root)) == 0 ? f->path + strlen(root) : f->path);
	archive_entry_set_filetype(ae, AE_IFREG);
	archive_entry_set_perm(ae, 0644);
	archive_entry_set_size(ae, (int64_t)bytes.n);
	archive_entry_set_mtime(ae, (time_t)f->mtime, 0);
	if (archive_write_header(a, ae) != ARCHIVE_OK || (bytes.n > 0 &&
	    archive_write_data(a, bytes.p, bytes.n) != (la_ssize_t)bytes.n))
		rc = tar_failed(a, e);
done:
	archive_entry_free(ae);
	buf_free(&bytes);
	free(full);
	return rc;
}

int
book_tar(struct site *s, const char *path, const char *kind,
    const struct book_file *files, size_t n, struct error *e)
{
	struct archive *a = archive_write_new();
	size_t total = 0;
	int rc;

	if (a == NULL)
		return error_set(e, E_FAIL, "out of memory");
	rc = tar_open(a, path, kind, e);
	for (size_t i = 0; i < n && rc == 0; i++)
		rc = tar_file(a, s, &files[i], &total, e);
	if (archive_write_close(a) != ARCHIVE_OK && rc == 0)
		rc = tar_failed(a, e);
	archive_write_free(a);
	if (rc != 0)
		(void)unlink(path);
	return rc;
}
