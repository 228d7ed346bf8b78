#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "base/error.h"
#include "base/utf8.h"

/*
 * What a terminal would obey, or could not read, becomes "?": controls,
 * characters that hide or turn text, bytes that are no UTF-8, among them
 * half a character where the message was cut.
 */
static void
clean(char *msg)
{
	struct span s = span_str(msg);
	char *to = msg;

	while (s.n > 0) {
		uint32_t c;
		bool ok;
		size_t n = utf8_decode_ok(s, &c, &ok);

		if (!ok || c == '\n' || c == '\t' || utf8_is_dropped(c))
			*to++ = '?';
		else {
			memmove(to, s.p, n);
			to += n;
		}
		s = span_from(s, n);
	}
	*to = '\0';
}

int
error_set(struct error *e, int status, const char *fmt, ...)
{
	va_list ap;

	if (e == NULL)
		return status;
	e->status = status;
	va_start(ap, fmt);
	vsnprintf(e->msg, sizeof(e->msg), fmt, ap);
	va_end(ap);
	clean(e->msg);
	return status;
}

int
error_errno(struct error *e, const char *fmt, ...)
{
	int saved = errno, status = saved == ENOENT ? E_NOTFOUND : E_FAIL;
	size_t n;
	va_list ap;

	if (e == NULL)
		return status;
	e->status = status;
	va_start(ap, fmt);
	vsnprintf(e->msg, sizeof(e->msg), fmt, ap);
	va_end(ap);
	n = strlen(e->msg);
	snprintf(e->msg + n, sizeof(e->msg) - n, ": %s", strerror(saved));
	clean(e->msg);
	return status;
}

int
error_wrap(struct error *e, const char *fmt, ...)
{
	char old[ERROR_MAX];
	size_t n;
	va_list ap;

	if (e == NULL)
		return E_FAIL;
	memcpy(old, e->msg, sizeof(old));
	va_start(ap, fmt);
	vsnprintf(e->msg, sizeof(e->msg), fmt, ap);
	va_end(ap);
	n = strlen(e->msg);
	snprintf(e->msg + n, sizeof(e->msg) - n, ": %s", old);
	clean(e->msg);
	return e->status;
}
