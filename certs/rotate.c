/*
 * rotate.c - a new key, announced before it comes.
 *
 * Readers' programs remember the key of a host.  One that changes is met
 * with a warning, which is only worth something when the new fingerprint
 * could be read beforehand under the old key.
 */
#include <sys/stat.h>

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/date.h"
#include "base/file.h"
#include "base/xalloc.h"
#include "certs/certs.h"

void
cert_files_init(struct cert_files *f, const char *dir, const char *host)
{
	f->cert = xasprintf("%s/%s.crt", dir, host);
	f->key = xasprintf("%s/%s.key", dir, host);
	f->next_cert = xasprintf("%s/%s.next.crt", dir, host);
	f->next_key = xasprintf("%s/%s.next.key", dir, host);
	f->next_date = xasprintf("%s/%s.next.date", dir, host);
}

void
cert_files_free(struct cert_files *f)
{
	free(f->cert);
	free(f->key);
	free(f->next_cert);
	free(f->next_key);
	free(f->next_date);
	memset(f, 0, sizeof(*f));
}

int
cert_announce(const struct cert_files *f, const char *const *names, size_t n,
    int64_t now, int64_t when, int64_t not_after, struct error *e)
{
	struct buf date = { 0 };
	int status;

	if (when < now)
		return error_set(e, E_FAIL,
		    "the day of the change must lie ahead");
	if ((status = cert_make(f->next_cert, f->next_key, names, n, now,
	    not_after, e)) != 0)
		return status;
	date_rfc3339(&date, when);
	buf_putc(&date, '\n');
	status = file_replace(f->next_date, buf_span(&date), 0644, true, e);
	if (status != 0) {
		unlink(f->next_cert);
		unlink(f->next_key);
	}
	buf_free(&date);
	return status;
}

static int
read_date(const struct cert_files *f, int64_t *when, struct error *e)
{
	struct buf date;
	int status;

	buf_init(&date, 256);
	if ((status = file_read(&date, f->next_date, e)) == 0 &&
	    (*when = date_parse(span_trim(buf_span(&date)))) == DATE_NONE)
		status = error_set(e, E_SYNTAX, "%s: not a date", f->next_date);
	buf_free(&date);
	return status;
}

int
cert_announced(const struct cert_files *f, struct cert_info *info,
    int64_t *when, struct error *e)
{
	int status;

	if (access(f->next_date, F_OK) == -1)
		return error_set(e, E_NOTFOUND, "no change of key is announced");
	if ((status = read_date(f, when, e)) != 0)
		return status;
	return cert_read(f->next_cert, info, e);
}

/* Keep a file under another name, by a second link that is made first. */
static int
keep(const char *path, const char *suffix, size_t cut, struct error *e)
{
	size_t n = strlen(path) - cut;
	char *old = xasprintf("%.*s.old%s", (int)n, path, suffix);
	int status = 0;

	if ((unlink(old) == -1 && errno != ENOENT) ||
	    (link(path, old) == -1 && errno != ENOENT))
		status = error_errno(e, "%s", old);
	free(old);
	return status;
}

int
cert_switch(const struct cert_files *f, int64_t now, struct error *e)
{
	struct stat st;
	int64_t when;
	int status;

	if (access(f->next_date, F_OK) == -1)
		return 0;
	if ((status = read_date(f, &when, e)) != 0)
		return status;
	if (now < when)
		return 0;
	/*
	 * After a crash between the two renames the key is new and the
	 * certificate still waits: going on from there is all it takes.
	 */
	if (stat(f->next_key, &st) == 0) {
		if ((status = cert_check(f->next_cert, f->next_key, NULL,
		    e)) != 0)
			return status;
		if ((status = keep(f->cert, ".crt", 4, e)) != 0 ||
		    (status = keep(f->key, ".key", 4, e)) != 0)
			return status;
		if (rename(f->next_key, f->key) == -1)
			return error_errno(e, "%s", f->key);
	}
	if (rename(f->next_cert, f->cert) == -1 && errno != ENOENT)
		return error_errno(e, "%s", f->cert);
	if (unlink(f->next_date) == -1)
		return error_errno(e, "%s", f->next_date);
	return 1;
}
