/*
 * library.c - versions of libraries, and their known weaknesses.
 */
#include <stdio.h>
#include <string.h>

#include <archive.h>
#include <curl/curl.h>
#include <event2/event.h>
#include <idn2.h>
#include <jansson.h>
#include <libxml/parser.h>
#include <openssl/crypto.h>
#include <sqlite3.h>
#include <unistring/version.h>
#include <zlib.h>

#include "cmd/library.h"

/* Asked of pkg-config when this was compiled. */
#ifndef LIBTLS_VERSION
#define LIBTLS_VERSION	"unknown"
#endif
#ifndef MD4C_VERSION
#define MD4C_VERSION	"unknown"
#endif

/*
 * A version says what its authors mended; a distribution mends older ones
 * without changing the number, so these are notes and no verdicts.
 */
static const struct weakness {
	const char	*name, *from, *before, *text;
} weaknesses[] = {
	{ "libcurl", "7.69.0", "8.4.0", "a SOCKS5 proxy can overflow its "
	    "buffer (CVE-2023-38545) unless the distribution mended it; use "
	    "no socks5h proxy" },
	{ "libxml2", "0", "2.11.0", "tags with very many attributes cost "
	    "time by their square; the parsing children have a CPU limit" },
	{ "SQLite", "0", "3.39.2", "very long strings can overrun an array "
	    "(CVE-2022-35737); entries are bounded long before" },
	{ "SQLite", "3.39.2", "3.41.2", "a statement made to hurt can overrun "
	    "a counter (CVE-2025-7458); no statement comes from outside" },
	{ "OpenSSL", "3.0.0", "3.0.7", "certificate names can overrun a "
	    "buffer (CVE-2022-3602); upgrade it" },
	{ "md4c", "0", "0.5.1", "some documents overrun a buffer or take time "
	    "by their square (issues 167, 174, 238 of md4c); what "
	    "strangers write it reads only in children without files or "
	    "network, under limits of time and memory" },
};

/* "7.88.1" as a number that compares. */
static long
number(const char *version)
{
	long major = 0, minor = 0, patch = 0;

	sscanf(version, "%ld.%ld.%ld", &major, &minor, &patch);
	return major * 1000000 + minor * 1000 + patch;
}

const char *
library_weakness(const char *name, const char *version)
{
	for (size_t i = 0; i < sizeof(weaknesses) / sizeof(weaknesses[0]);
	    i++) {
		const struct weakness *w = &weaknesses[i];

		if (strcmp(w->name, name) == 0 && number(version) > 0 &&
		    number(version) >= number(w->from) &&
		    number(version) < number(w->before))
			return w->text;
	}
	return NULL;
}

static void
put(struct library **l, const char *name, const char *version)
{
	(*l)->name = name;
	/* some say their own name before it */
	snprintf((*l)->version, sizeof((*l)->version), "%s", version +
	    strcspn(version, "0123456789u"));
	(*l)->version[strcspn((*l)->version, " -+")] = '\0';
	(*l)->weakness = library_weakness(name, (*l)->version);
	++*l;
}

/* libxml2 says 20914 for 2.9.14; libunistring 0x010000 for 1.0. */
static void
put_number(struct library **l, const char *name, long major, long minor,
    long patch)
{
	char version[32];

	snprintf(version, sizeof(version), "%ld.%ld.%ld", major, minor,
	    patch);
	put(l, name, version);
}

void
libraries(struct library list[LIBRARIES])
{
	struct library *l = list;
	long xml = 0;

	sscanf(xmlParserVersion, "%ld", &xml);
	put(&l, "libcurl", curl_version_info(CURLVERSION_NOW)->version);
	put_number(&l, "libxml2", xml / 10000, xml / 100 % 100, xml % 100);
	put(&l, "SQLite", sqlite3_libversion());
	put(&l, "OpenSSL", OpenSSL_version(OPENSSL_VERSION_STRING));
	put(&l, "libtls", LIBTLS_VERSION);
	put(&l, "md4c", MD4C_VERSION);
	put(&l, "libevent", event_get_version());
	put(&l, "zlib", zlibVersion());
	put(&l, "libarchive", archive_version_string());
	put(&l, "jansson", jansson_version_str());
	put(&l, "libidn2", idn2_check_version(NULL));
	put_number(&l, "libunistring", _libunistring_version >> 16,
	    _libunistring_version >> 8 & 255, _libunistring_version & 255);
}
