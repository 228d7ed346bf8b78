/*
 * log.h - one line an event, to standard error.
 *
 * A short verb phrase, then key=value pairs.  Control characters and
 * invalid UTF-8 in the formatted line are escaped as \xHH, so nothing from
 * the network reaches a terminal raw.
 */
#ifndef BASE_LOG_H
#define BASE_LOG_H

#include <stdbool.h>

enum log_level { LOG_ERROR, LOG_WARN, LOG_INFO, LOG_DEBUG };

void	log_set_level(enum log_level level);	/* LOG_WARN at start */
bool	log_enabled(enum log_level level);
/* Prefix each line with a UTC time (for servers); off at start. */
void	log_set_time(bool on);
void	log_error(const char *fmt, ...) __attribute__((format(printf, 1, 2)));
void	log_warn(const char *fmt, ...) __attribute__((format(printf, 1, 2)));
void	log_info(const char *fmt, ...) __attribute__((format(printf, 1, 2)));
void	log_debug(const char *fmt, ...) __attribute__((format(printf, 1, 2)));

#endif
