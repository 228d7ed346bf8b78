#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/buf.h"
#include "base/uri.h"
#include "fetch/pin.h"

int
pin_judge(const char *host, const char *known, int64_t not_after,
    const char *spki, int64_t now, const char *accept, struct error *e)
{
	char until[32] = "an unknown date";
	time_t t = (time_t)not_after;
	struct tm tm;

	if (known == NULL || known[0] == '\0')
		return PIN_TAKE;
	if (strcmp(known, spki) == 0)
		return PIN_SAME;
	if (not_after > 0 && not_after < now)
		return PIN_TAKE;
	if (not_after > 0 && gmtime_r(&t, &tm) != NULL)
		strftime(until, sizeof(until), "%Y-%m-%d", &tm);
	return error_set(e, E_FAIL, "the certificate of %s changed although "
	    "the old one is good until %s: key %s is pinned, it shows %s; if "
	    "that is right, run: %s %s", host, until, known, spki, accept,
	    host);
}

int
pin_name(char *out, size_t size, const char *text)
{
	struct buf ascii = { .max = 300 };
	struct uri u;
	char *full = NULL;
	int rc = E_SYNTAX, port;

	if (strncmp(text, "gemini://", 9) != 0 &&
	    asprintf(&full, "gemini://%s", text) == -1)
		return E_FAIL;
	uri_split(&u, span_str(full != NULL ? full : text));
	port = u.port.n > 0 ? atoi(u.port.p) : 1965;
	if (u.host.n > 0 && port > 0 && port < 65536 &&
	    uri_host_ascii(&ascii, u.host) == 0 &&
	    (size_t)snprintf(out, size, "%s:%d", buf_cstr(&ascii), port) <
	    size)
		rc = 0;
	buf_free(&ascii);
	free(full);
	return rc;
}
