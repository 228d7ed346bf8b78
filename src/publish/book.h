/*
 * book.h - stored entries as a Gempub book, and published files as a tar.
 */
#ifndef PUBLISH_BOOK_H
#define PUBLISH_BOOK_H

#include "publish/site.h"

/* Bytes of pages in one book or archive: what a mirror takes in one file. */
#define BOOK_BYTES_MAX	((size_t)64 << 20)

/* Whether an entry is to be in it; NULL takes all. */
typedef bool	book_wants(struct site *s, const struct store_entry *en);

/*
 * Write the entries of q, oldest first, as a book at path.  Links between
 * them lead to pages of the book, other links of the capsule to its
 * address.  The same entries give the same bytes.  E_LIMIT when they are
 * more than BOOK_BYTES_MAX, E_NOTFOUND when there are none; then there is
 * no file.
 */
int	book_write(struct site *s, const char *path, const char *title,
	    const struct store_query *q, book_wants *wants, struct error *e);

/* A published file that goes into an archive. */
struct book_file {
	const char	*path;		/* "capsule/e/2026/abc-title.gmi" */
	int64_t		 mtime;
};

/*
 * Write files, in that order and without "capsule/", as a tar at path,
 * packed by "tar.gz" or "tar.zst".  Owners and modes are fixed.
 */
int	book_tar(struct site *s, const char *path, const char *kind,
	    const struct book_file *files, size_t n, struct error *e);

#endif
