/*
 * area.c - lists of client certificates.
 *
 * Certificates are recognised by digest alone: the name in one is whatever
 * its maker typed.
 */
#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/file.h"
#include "base/xalloc.h"
#include "serve/area.h"

#define FILE_MAX_BYTES	((size_t)4 << 20)

/* The digest of a line into out; 0, 1 for an empty line, < 0 for nonsense. */
static int
parse_line(char out[HASH_HEX], struct span line)
{
	const char *mark = memchr(line.p, '#', line.n);
	size_t n = 0;

	if (mark != NULL)
		line.n = (size_t)(mark - line.p);
	line = span_trim(line);
	if (line.n == 0)
		return 1;
	if (span_istarts(line, "sha256:"))
		line = span_trim(span_from(line, 7));
	for (size_t i = 0; i < line.n; i++) {
		char c = line.p[i];

		/* openssl prints colons between the bytes; a label may follow. */
		if (c == ':')
			continue;
		if (ascii_space(c))
			break;
		if (!isxdigit((unsigned char)c) || n == HASH_HEX - 1)
			return E_SYNTAX;
		out[n++] = (char)tolower((unsigned char)c);
	}
	out[n] = '\0';
	return n == HASH_HEX - 1 ? 0 : E_SYNTAX;
}

int
area_add(struct areas *a, const char *prefix, const char *file,
    struct error *e)
{
	struct area_keys *area;
	struct buf text;
	struct span rest, line;
	int number = 0, status;

	buf_init(&text, FILE_MAX_BYTES);
	a->list = xreallocarray(a->list, a->n + 1, sizeof(*a->list));
	area = &a->list[a->n++];
	*area = (struct area_keys){ .prefix = prefix };
	if ((status = file_read(&text, file, e)) != 0)
		goto done;
	rest = buf_span(&text);
	while (span_line(&rest, &line)) {
		number++;
		area->keys = xreallocarray(area->keys, area->n + 1,
		    sizeof(*area->keys));
		switch (parse_line(area->keys[area->n], line)) {
		case 0:
			area->n++;
			break;
		case 1:
			break;
		default:
			status = error_set(e, E_SYNTAX, "%s:%d: not a SHA-256 "
			    "in 64 hexadecimal digits", file, number);
			goto done;
		}
	}
done:
	buf_free(&text);
	return status;
}

void
area_free(struct areas *a)
{
	for (size_t i = 0; i < a->n; i++)
		free(a->list[i].keys);
	free(a->list);
	a->list = NULL;
	a->n = 0;
}

/* The area with the longest prefix of path; NULL when it is open to all. */
static const struct area_keys *
find(const struct areas *a, const char *path)
{
	const struct area_keys *best = NULL;
	size_t longest = 0;

	for (size_t i = 0; i < a->n; i++) {
		size_t n = strlen(a->list[i].prefix);

		if (strncmp(path, a->list[i].prefix, n) == 0 && n >= longest) {
			best = &a->list[i];
			longest = n;
		}
	}
	return best;
}

int
area_check(const struct areas *a, const char *path, bool has_cert,
    const char *cert, const char *key, int64_t from, int64_t until,
    int64_t now)
{
	const struct area_keys *area = find(a, path);
	bool listed = false;

	if (area == NULL)
		return 0;
	if (!has_cert)
		return 60;
	if (now < from || now > until)
		return 62;
	for (size_t i = 0; i < area->n; i++)
		listed |= strcmp(area->keys[i], cert) == 0 ||
		    strcmp(area->keys[i], key) == 0;
	return listed ? 0 : 61;
}
