/*
 * date.h - the dates that feeds really contain, and dates for people.
 */
#ifndef BASE_DATE_H
#define BASE_DATE_H

#include <stdbool.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/error.h"
#include "base/span.h"

/* No date. */
#define DATE_NONE	INT64_MIN

/*
 * Seconds since the epoch, UTC, or DATE_NONE when s is no date.  Reads
 * RFC 822/2822 with its sins, RFC 3339, W3CDTF, asctime, and the Greek,
 * Hungarian, Korean and Nordic forms that feeds carry; two-digit years;
 * unknown zones count as UTC.
 */
int64_t	date_parse(struct span s);

/* Append "2026-01-14T05:00:00Z". */
void	date_rfc3339(struct buf *out, int64_t t);
/* Append "Wed, 14 Jan 2026 05:00:00 +0000". */
void	date_rfc822(struct buf *out, int64_t t);

/*
 * Days since the epoch of a civil date (proleptic Gregorian), and back;
 * month 1-12, day 1-31.
 */
int64_t	date_days(int year, int month, int day);
void	date_civil(int64_t days, int *year, int *month, int *day);

#endif
