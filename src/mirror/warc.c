#include <archive.h>
#include <archive_entry.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/xalloc.h"
#include "mirror/warc.h"

struct warc {
	struct archive	*a;
	int		 fd;
};

static int
failed(struct warc *w, struct error *e)
{
	const char *why = archive_error_string(w->a);

	return error_set(e, E_FAIL, "the WARC file cannot be written: %s",
	    why != NULL ? why : "unknown reason");
}

int
warc_open(struct warc **out, const char *path, struct error *e)
{
	struct warc *w = xcalloc(1, sizeof(*w));
	size_t n = strlen(path);
	int rc = 0;

	*out = NULL;
	w->fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0644);
	if (w->fd == -1) {
		rc = error_errno(e, "%s", path);
		free(w);
		return rc;
	}
	w->a = archive_write_new();
	if (w->a == NULL || archive_write_set_format_warc(w->a) != ARCHIVE_OK ||
	    (n > 3 && strcmp(path + n - 3, ".gz") == 0 &&
	    archive_write_add_filter_gzip(w->a) != ARCHIVE_OK) ||
	    archive_write_open_fd(w->a, w->fd) != ARCHIVE_OK) {
		rc = failed(w, e);
		archive_write_free(w->a);
		close(w->fd);
		free(w);
		return rc;
	}
	*out = w;
	return 0;
}

int
warc_put(struct warc *w, const char *url, struct span body, int64_t when,
    struct error *e)
{
	struct archive_entry *entry = archive_entry_new();
	int rc = 0;

	if (entry == NULL)
		return error_set(e, E_FAIL, "no memory for a WARC record");
	/* A path with a scheme becomes the WARC-Target-URI as it is. */
	archive_entry_set_pathname(entry, url);
	archive_entry_set_filetype(entry, AE_IFREG);
	archive_entry_set_size(entry, (int64_t)body.n);
	archive_entry_set_mtime(entry, (time_t)when, 0);
	if (archive_write_header(w->a, entry) != ARCHIVE_OK ||
	    archive_write_data(w->a, body.p, body.n) != (ssize_t)body.n)
		rc = failed(w, e);
	archive_entry_free(entry);
	return rc;
}

int
warc_close(struct warc *w, struct error *e)
{
	int rc = 0;

	if (w == NULL)
		return 0;
	if (archive_write_close(w->a) != ARCHIVE_OK)
		rc = failed(w, e);
	archive_write_free(w->a);
	if (close(w->fd) == -1 && rc == 0)
		rc = error_errno(e, "the WARC file");
	free(w);
	return rc;
}
