/*
 * media.c - the media type of a published file.
 */
#include <string.h>
#include <strings.h>

#include "serve/route.h"

static const struct {
	const char *extension, *type;
} types[] = {
	{ "gmi", "text/gemini" },
	{ "gemini", "text/gemini" },
	{ "txt", "text/plain" },
	{ "md", "text/markdown" },
	{ "tsv", "text/tab-separated-values" },
	{ "csv", "text/csv" },
	{ "html", "text/html" },
	{ "htm", "text/html" },
	{ "css", "text/css" },
	{ "atom", "application/atom+xml" },
	{ "rss", "application/rss+xml" },
	{ "opml", "text/x-opml+xml" },
	{ "json", "application/json" },
	{ "png", "image/png" },
	{ "jpg", "image/jpeg" },
	{ "jpeg", "image/jpeg" },
	{ "gif", "image/gif" },
	{ "webp", "image/webp" },
	{ "svg", "image/svg+xml" },
	{ "ico", "image/x-icon" },
	{ "mp3", "audio/mpeg" },
	{ "ogg", "audio/ogg" },
	{ "opus", "audio/ogg" },
	{ "flac", "audio/flac" },
	{ "mp4", "video/mp4" },
	{ "webm", "video/webm" },
	{ "pdf", "application/pdf" },
	{ "epub", "application/epub+zip" },
	{ "gpub", "application/gpub+zip" },
	{ "zip", "application/zip" },
	{ "gz", "application/gzip" },
	{ "tgz", "application/gzip" },
	{ "zst", "application/zstd" },
	{ "tar", "application/x-tar" },
	{ "warc", "application/warc" },
	{ "asc", "text/plain" },
	{ "log", "text/plain" },
	{ "pem", "application/x-pem-file" },
};

const char *
media_type(const char *name)
{
	const char *dot = strrchr(name, '.'), *slash = strrchr(name, '/');

	if (dot == NULL || (slash != NULL && dot < slash))
		return "application/octet-stream";
	if (strcasecmp(dot, ".xml") == 0)
		return NULL;
	for (size_t i = 0; i < sizeof(types) / sizeof(types[0]); i++)
		if (strcasecmp(dot + 1, types[i].extension) == 0)
			return types[i].type;
	return "application/octet-stream";
}

/* The name of the first element: past declaration, comments, DOCTYPE. */
static struct span
first_element(struct span s)
{
	while (s.n > 1) {
		const char *lt = memchr(s.p, '<', s.n);
		size_t n = 0;

		if (lt == NULL)
			break;
		s = span_from(s, (size_t)(lt - s.p) + 1);
		if (span_starts(s, "!--")) {
			const char *end = memmem(s.p, s.n, "-->", 3);

			if (end == NULL)
				break;
			s = span_from(s, (size_t)(end - s.p));
			continue;
		}
		if (s.n == 0 || s.p[0] == '?' || s.p[0] == '!')
			continue;
		while (n < s.n && strchr(" \t\r\n/>", s.p[n]) == NULL)
			n++;
		return span_of(s.p, n);
	}
	return span_of("", 0);
}

const char *
media_type_xml(struct span start)
{
	struct span name = first_element(start);
	const char *colon = name.n > 0 ? memchr(name.p, ':', name.n) : NULL;

	if (colon != NULL)
		name = span_from(name, (size_t)(colon - name.p) + 1);
	if (span_eqs(name, "feed") || span_eqs(name, "entry"))
		return "application/atom+xml";
	if (span_eqs(name, "rss") || span_eqs(name, "RDF"))
		return "application/rss+xml";
	if (span_eqs(name, "opml"))
		return "text/x-opml+xml";
	return "application/xml";
}
