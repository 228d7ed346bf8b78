#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/file.h"
#include "base/log.h"
#include "base/utf8.h"

#define LINE_MAX_BYTES	2048

static enum log_level	threshold = LOG_WARN;
static bool		with_time;

void
log_set_level(enum log_level level)
{
	threshold = level;
}

bool
log_enabled(enum log_level level)
{
	return level <= threshold;
}

void
log_set_time(bool on)
{
	with_time = on;
}

static void
put_escaped(struct buf *out, struct span s)
{
	uint32_t c;
	bool ok;

	while (s.n > 0) {
		size_t n = utf8_decode_ok(s, &c, &ok);

		if (ok && !utf8_is_dropped(c) && c != '\n' && c != '\t')
			buf_put(out, s.p, n);
		else
			for (size_t i = 0; i < n; i++)
				buf_putf(out, "\\x%02x", (unsigned char)s.p[i]);
		s = span_from(s, n);
	}
}

static void __attribute__((format(printf, 2, 0)))
emit(const char *label, const char *fmt, va_list ap)
{
	static struct buf line;
	char raw[LINE_MAX_BYTES];

	buf_clear(&line);
	if (with_time) {
		time_t now = time(NULL);
		struct tm tm;
		char stamp[32];

		gmtime_r(&now, &tm);
		strftime(stamp, sizeof(stamp), "%Y-%m-%dT%H:%M:%SZ ", &tm);
		buf_puts(&line, stamp);
	}
	buf_putf(&line, "orrery: %s", label);
	vsnprintf(raw, sizeof(raw), fmt, ap);
	put_escaped(&line, span_str(raw));
	buf_putc(&line, '\n');
	/* One write per line, so that processes do not mix theirs. */
	(void)file_write_fd(STDERR_FILENO, buf_span(&line), NULL);
}

#define LOGGER(name, level, label)		\
void						\
name(const char *fmt, ...)			\
{						\
	va_list ap;				\
						\
	if (!log_enabled(level))		\
		return;				\
	va_start(ap, fmt);			\
	emit(label, fmt, ap);			\
	va_end(ap);				\
}

LOGGER(log_error, LOG_ERROR, "error: ")
LOGGER(log_warn, LOG_WARN, "warning: ")
LOGGER(log_info, LOG_INFO, "")
LOGGER(log_debug, LOG_DEBUG, "debug: ")
