/*
 * date.c - see date.h.
 *
 * The two forms that most feeds have are read as they stand.  For the others
 * there are two readers: one for numeric dates (ISO 8601 and what people make
 * of it), one that takes words, numbers and times in nearly any order.
 * For them everything is folded to lower case in a small buffer first; no
 * date is long.
 */
#include <ctype.h>
#include <string.h>
#include <time.h>

#include "base/date.h"
#include "base/utf8.h"

#define DATE_MAX	160	/* bytes looked at */

struct when {
	int	year, month, day, hour, min, sec;
	int	zone;		/* seconds east of UTC */
	int	month_word;	/* a number and a month's name were seen */
};

int64_t
date_days(int year, int month, int day)
{
	int64_t y = (int64_t)year - (month <= 2), era, yoe, doy;

	era = (y >= 0 ? y : y - 399) / 400;
	yoe = y - era * 400;
	doy = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1;
	return era * 146097 + yoe * 365 + yoe / 4 - yoe / 100 + doy - 719468;
}

void
date_civil(int64_t days, int *year, int *month, int *day)
{
	int64_t z = days + 719468, era, doe, yoe, doy, mp;

	era = (z >= 0 ? z : z - 146096) / 146097;
	doe = z - era * 146097;
	yoe = (doe - doe / 1460 + doe / 36524 - doe / 146096) / 365;
	doy = doe - (365 * yoe + yoe / 4 - yoe / 100);
	mp = (5 * doy + 2) / 153;
	*day = (int)(doy - (153 * mp + 2) / 5 + 1);
	*month = (int)(mp < 10 ? mp + 3 : mp - 9);
	*year = (int)(yoe + era * 400 + (*month <= 2));
}

static int
days_in(int year, int month)
{
	static const int len[] = { 31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30,
	    31 };

	if (month == 2 && year % 4 == 0 && (year % 100 != 0 || year % 400 == 0))
		return 29;
	return len[month - 1];
}

static int64_t
finish(const struct when *w)
{
	int sec = w->sec, hour = w->hour;

	if (w->month < 1 || w->month > 12 || w->day < 1 || w->year < 0 ||
	    w->year > 9999 || w->day > days_in(w->year, w->month))
		return DATE_NONE;
	if (hour == 24 && w->min == 0 && sec == 0)
		;	/* the end of that day, by ISO 8601 */
	else if (hour > 23)
		return DATE_NONE;
	if (w->min > 59 || sec > 60)
		return DATE_NONE;
	if (sec == 60)
		sec = 59;	/* POSIX time has no leap seconds */
	return date_days(w->year, w->month, w->day) * 86400 +
	    hour * 3600 + w->min * 60 + sec - w->zone;
}

/* --- names ------------------------------------------------------------- */

struct word {
	const char	*name;
	int		 value;
};

/*
 * Months by their beginnings, in lower case: English, German, Dutch, Danish,
 * Norwegian, Swedish, French, Spanish, Italian, Portuguese, Hungarian,
 * Greek.  Longer beginnings stand before shorter ones.
 */
static const struct word months[] = {
	{ "jan", 1 }, { "feb", 2 }, { "márc", 3 }, { "mar", 3 }, { "apr", 4 },
	{ "may", 5 }, { "jun", 6 }, { "jul", 7 }, { "aug", 8 }, { "sep", 9 },
	{ "oct", 10 }, { "nov", 11 }, { "dec", 12 },
	{ "mär", 3 }, { "maa", 3 }, { "mrt", 3 }, { "mai", 5 }, { "maj", 5 },
	{ "mei", 5 }, { "okt", 10 }, { "dez", 12 }, { "des", 12 },
	{ "janv", 1 }, { "fév", 2 }, { "fev", 2 }, { "fév", 2 }, { "avr", 4 },
	{ "juin", 6 }, { "juil", 7 }, { "août", 8 }, { "aout", 8 },
	{ "déc", 12 }, { "ene", 1 }, { "abr", 4 }, { "ago", 8 }, { "dic", 12 },
	{ "gen", 1 }, { "mag", 5 }, { "giu", 6 }, { "lug", 7 }, { "set", 9 },
	{ "ott", 10 }, { "out", 10 },
	{ "ápr", 4 }, { "áp", 4 }, { "máj", 5 }, { "maí", 5 }, { "jún", 6 },
	{ "júl", 7 }, { "sze", 9 },
	{ "ιαν", 1 }, { "φεβ", 2 }, { "μάρ", 3 }, { "μαρ", 3 }, { "μάώ", 3 },
	{ "μαώ", 3 }, { "απρ", 4 }, { "μάι", 5 }, { "μαϊ", 5 }, { "μαι", 5 },
	{ "μάϊ", 5 }, { "ιούν", 6 }, { "ιουν", 6 }, { "ιον", 6 },
	{ "ιούλ", 7 }, { "ιουλ", 7 }, { "ιολ", 7 }, { "αύγ", 8 }, { "αυγ", 8 },
	{ "σεπ", 9 }, { "οκτ", 10 }, { "νοέ", 11 }, { "νοε", 11 },
	{ "δεκ", 12 },
};

/* Hours do not suffice: minutes east of UTC. */
static const struct word zones[] = {
	{ "ut", 0 }, { "utc", 0 }, { "gmt", 0 }, { "z", 0 }, { "wet", 0 },
	{ "west", 60 }, { "bst", 60 }, { "cet", 60 }, { "met", 60 },
	{ "mez", 60 }, { "mesz", 120 }, { "cest", 120 }, { "mest", 120 },
	{ "eet", 120 }, { "eest", 180 }, { "sast", 120 }, { "msk", 180 },
	{ "msd", 240 }, { "ist", 330 }, { "hkt", 480 }, { "sgt", 480 },
	{ "awst", 480 }, { "jst", 540 }, { "kst", 540 }, { "acst", 570 },
	{ "aest", 600 }, { "acdt", 630 }, { "aedt", 660 }, { "nzst", 720 },
	{ "nzdt", 780 }, { "nst", -210 }, { "ndt", -150 },
	{ "adt", -180 }, { "ast", -240 }, { "at", -240 }, { "brt", -180 },
	{ "edt", -240 }, { "est", -300 }, { "et", -300 }, { "cdt", -300 },
	{ "cst", -360 }, { "ct", -360 }, { "mdt", -360 }, { "mst", -420 },
	{ "mt", -420 }, { "pdt", -420 }, { "pst", -480 }, { "pt", -480 },
	{ "akdt", -480 }, { "akst", -540 }, { "hst", -600 },
	{ "a", -60 }, { "n", 60 }, { "m", -720 }, { "y", 720 },
};

static int
month_of(const char *s, size_t n)
{
	for (size_t i = 0; i < sizeof(months) / sizeof(months[0]); i++) {
		size_t len = strlen(months[i].name);

		if (n >= len && memcmp(s, months[i].name, len) == 0)
			return months[i].value;
	}
	return 0;
}

static bool
zone_of(const char *s, size_t n, int *seconds)
{
	for (size_t i = 0; i < sizeof(zones) / sizeof(zones[0]); i++)
		if (strlen(zones[i].name) == n &&
		    memcmp(s, zones[i].name, n) == 0) {
			*seconds = zones[i].value * 60;
			return true;
		}
	return false;
}

/* --- folding ----------------------------------------------------------- */

/* Lower case of the letters that occur in names of months and days. */
static uint32_t
lower(uint32_t c)
{
	if (c < 0x80)
		return (uint32_t)tolower((int)c);
	if ((c >= 0xc0 && c <= 0xde && c != 0xd7) || (c >= 0x391 && c <= 0x3ab))
		return c + 0x20;
	switch (c) {
	case 0x386: return 0x3ac;
	case 0x388: case 0x389: case 0x38a: return c + 0x25;
	case 0x38c: return 0x3cc;
	case 0x38e: case 0x38f: return c + 0x3f;
	}
	return c;
}

/* Korean writes units behind numbers and the half of the day before them. */
static void
fold_korean(struct buf *b, uint32_t c, bool *pm)
{
	switch (c) {
	case 0xb144: case 0xc6d4:		/* year, month */
		buf_putc(b, '-');
		break;
	case 0xc2dc: case 0xbd84:		/* hour, minute */
		buf_putc(b, ':');
		break;
	case 0xc77c: case 0xcd08:		/* day, second */
		buf_putc(b, ' ');
		break;
	case 0xd6c4:				/* the second half of "p.m." */
		*pm = true;
		break;
	case 0xc624: case 0xc804:
		break;
	default:
		utf8_put(b, c);
	}
}

/*
 * Lower case, white space single, nothing in brackets, commas as blanks.
 */
static void
fold(struct buf *b, struct span s, bool *pm)
{
	int nested = 0;
	uint32_t c;

	if (s.n > DATE_MAX)
		s.n = DATE_MAX;
	while (s.n > 0) {
		s = span_from(s, utf8_decode(s, &c));
		if (c == '(')
			nested++;
		else if (c == ')' && nested > 0)
			nested--;
		else if (nested > 0)
			continue;
		else if (utf8_is_space(c) || c == ',' || c == ';' ||
		    c == 0x202f || c == 0x2009) {
			if (b->n > 0 && b->p[b->n - 1] != ' ')
				buf_putc(b, ' ');
		} else if (c == 0x2212 || c == 0x2013 || c == 0x2010)
			buf_putc(b, '-');
		else if (c >= 0xac00 && c <= 0xd7a3)
			fold_korean(b, c, pm);
		else
			utf8_put(b, lower(c));
	}
	while (b->n > 0 && b->p[b->n - 1] == ' ')
		buf_truncate(b, b->n - 1);
}

/* --- pieces ------------------------------------------------------------ */

/* Up to max digits at *p; -1 when there is none. */
static int
digits(const char **p, int max, int *count)
{
	int v = 0, n = 0;

	while (n < max && isdigit((unsigned char)**p)) {
		v = v * 10 + (**p - '0');
		(*p)++;
		n++;
	}
	if (count != NULL)
		*count = n;
	return n == 0 ? -1 : v;
}

/* "+0100", "-01:00", "+1", "-0:20", "z" or a name, to the end of the text. */
static bool
read_zone(const char *p, int *seconds)
{
	int sign, h, m = 0, n;

	*seconds = 0;
	while (*p == ' ')
		p++;
	if (*p == '\0')
		return true;
	if (strncmp(p, "etc/", 4) == 0)
		p += 4;
	if ((strncmp(p, "gmt", 3) == 0 || strncmp(p, "utc", 3) == 0) &&
	    (p[3] == '+' || p[3] == '-'))
		p += 3;
	if (*p != '+' && *p != '-') {
		n = (int)strcspn(p, " ");
		zone_of(p, (size_t)n, seconds);
		return true;	/* unknown names count as UTC */
	}
	sign = *p++ == '-' ? -1 : 1;
	while (*p == ' ' || *p == '+' || *p == '-')
		p++;
	h = digits(&p, 2, &n);
	if (h < 0)
		return false;
	if (*p == ':')
		p++;
	m = digits(&p, 2, NULL);
	if (m < 0)
		m = 0;
	if (h > 25 || m > 59)
		return false;
	*seconds = sign * (h * 3600 + m * 60);
	return true;
}

/*
 * "10:14", "10:14:55", "10.14.55", "101455", fractions, "am" and "pm";
 * leaves *p behind it.
 */
static bool
read_time(const char **p, struct when *w)
{
	const char *q = *p;
	int n;
	char sep;

	w->hour = digits(&q, 2, &n);
	if (w->hour < 0)
		return false;
	sep = *q == '.' && isdigit((unsigned char)q[1]) ? '.' : ':';
	if (*q == sep)
		q++;
	w->min = digits(&q, 2, NULL);
	if (w->min < 0)
		w->min = 0;
	if (*q == sep && isdigit((unsigned char)q[1]))
		q++;
	w->sec = digits(&q, 2, NULL);
	if (w->sec < 0)
		w->sec = 0;
	if ((*q == '.' || *q == ':') && isdigit((unsigned char)q[1])) {
		q++;
		while (isdigit((unsigned char)*q))
			q++;
	}
	*p = q;
	while (*q == ' ')
		q++;
	if ((q[0] == 'a' || q[0] == 'p') && q[1] == 'm' &&
	    !isalpha((unsigned char)q[2])) {
		if (q[0] == 'p' && w->hour < 12)
			w->hour += 12;
		else if (q[0] == 'a' && w->hour == 12)
			w->hour = 0;
		*p = q + 2;
	}
	return true;
}

static int
this_year(void)
{
	int y, m, d;

	date_civil((int64_t)time(NULL) / 86400, &y, &m, &d);
	return y;
}

/* 90 to 99 are the nineties, everything below lies behind them. */
static int
full_year(int y)
{
	return y < 90 ? y + 2000 : y < 100 ? y + 1900 : y;
}

static void
set_ordinal(struct when *w, int ordinal)
{
	int y;

	date_civil(date_days(w->year, 1, 1) + ordinal - 1, &y, &w->month,
	    &w->day);
	if (ordinal < 1 || y != w->year)
		w->month = 0;
}

/* --- numeric dates ----------------------------------------------------- */

/* "-03-12", "-0312", "--03-12", "---12": parts left out at the front. */
static bool
read_truncated(const char **p, struct when *w)
{
	const char *q = *p;
	int dashes = 0, v, n;

	while (*q == '-')
		q++, dashes++;
	v = digits(&q, 4, &n);
	w->year = this_year();
	w->month = w->day = 1;
	if (dashes == 3 && n == 2) {
		w->day = v;
	} else if (dashes == 2 && (n == 2 || n == 4)) {
		w->month = n == 4 ? v / 100 : v;
		w->day = n == 4 ? v % 100 : 1;
		if (n == 2 && *q == '-') {
			q++;
			w->day = digits(&q, 2, NULL);
		}
	} else if (dashes == 1 && n == 3) {
		set_ordinal(w, v);
	} else if (dashes == 1 && (n == 2 || n == 4)) {
		w->year = full_year(n == 4 ? v / 100 : v);
		w->month = n == 4 ? v % 100 : 1;
		if (n == 2 && *q == '-') {
			q++;
			w->month = digits(&q, 2, NULL);
		}
	} else
		return false;
	*p = q;
	return true;
}

/* A run of digits without separators, n of them. */
static bool
read_compact(const char *s, int n, struct when *w)
{
	long v = 0;

	for (int i = 0; i < n; i++)
		v = v * 10 + (s[i] - '0');
	w->month = w->day = 1;
	switch (n) {
	case 4:
		w->year = (int)v;
		return true;
	case 5:
		w->year = full_year((int)(v / 1000));
		set_ordinal(w, (int)(v % 1000));
		return true;
	case 6:
		if (v / 100 >= 1970 && v / 100 < 2100 && v % 100 <= 12) {
			w->year = (int)(v / 100);
			w->month = (int)(v % 100);
			return true;
		}
		w->year = full_year((int)(v / 10000));
		w->month = (int)(v / 100 % 100);
		w->day = (int)(v % 100);
		return true;
	case 7:
		w->year = (int)(v / 1000);
		set_ordinal(w, (int)(v % 1000));
		return true;
	case 8:
		w->year = (int)(v / 10000);
		w->month = (int)(v / 100 % 100);
		w->day = (int)(v % 100);
		return true;
	}
	return false;
}

/*
 * The month and day behind "YYYY-"; *p is behind the separator.  Three digits
 * are a day of the year, unless more follows: then a month with a
 * superfluous zero.
 */
static bool
read_month_day(const char **p, char sep, struct when *w)
{
	const char *q = *p;
	int v, n;

	w->day = 1;
	if (isdigit((unsigned char)*q)) {
		v = digits(&q, 3, &n);
		if (n == 3 && *q != sep) {
			set_ordinal(w, v);
			*p = q;
			return true;
		}
		w->month = v;
	} else {
		n = (int)strcspn(q, " -/.0123456789");
		w->month = month_of(q, (size_t)n);
		q += n;
	}
	while (*q == ' ' && sep == '-' && isdigit((unsigned char)q[1]) &&
	    strchr(q, ':') != NULL && strchr(q, ':') - q > 4)
		q++;	/* "2004-05- 28 01:28" */
	if (*q == sep) {
		q++;
		while (*q == ' ')
			q++;
		w->day = digits(&q, 3, &n);
	}
	*p = q;
	return w->month > 0;
}

static bool
read_numeric(const char *s, struct when *w, bool pm)
{
	const char *p = s;
	int n, v;
	char sep;

	if (*p == '-') {
		if (!read_truncated(&p, w))
			return false;
		goto rest;
	}
	for (n = 0; isdigit((unsigned char)p[n]); n++)
		;
	if (n == 14) {		/* 20040708235658 */
		read_compact(p, 8, w);
		p += 8;
	} else if (n == 2 && p[2] == '-' && isdigit((unsigned char)p[3])) {
		v = digits(&p, 2, NULL);	/* 03-12-31 */
		w->year = full_year(v);
		p++;
		if (!read_month_day(&p, '-', w))
			return false;
	} else if (n == 4 && (p[4] == '-' || p[4] == '/' || p[4] == '.')) {
		w->year = digits(&p, 4, NULL);
		sep = *p++;
		while (*p == ' ')
			p++;
		if (!read_month_day(&p, sep, w))
			return false;
	} else if (n >= 4 && n <= 8 && (p[n] == '\0' || p[n] == 't' ||
	    p[n] == ' ')) {
		if (!read_compact(p, n, w))
			return false;
		p += n;
	} else
		return false;
rest:
	while (*p == ' ' || *p == 't' || *p == '.')
		p++;
	if (isdigit((unsigned char)*p) && !read_time(&p, w))
		return false;
	if (pm && w->hour < 12)
		w->hour += 12;
	return read_zone(p, &w->zone);
}

/* --- dates with words -------------------------------------------------- */

struct pieces {
	int		 number[3];	/* day and year, in order of appearance */
	int		 width[3];
	int		 nnumbers;
	bool		 year_first;
	bool		 time, zone;
};

/* A word: a month, a zone, or a day's name that says nothing new. */
static bool
take_word(const char *p, size_t n, struct pieces *pc, struct when *w)
{
	int m = month_of(p, n);

	if (strncmp(p, "etc/", 4) == 0) {
		pc->zone = read_zone(p, &w->zone);
		return pc->zone;
	}
	if (pc->time && !pc->zone && zone_of(p, n, &w->zone)) {
		pc->zone = true;
		return read_zone(p, &w->zone);
	}
	/* "mar" and "mai" are days elsewhere: the first word before a number
	 * is a day only if a month follows. */
	if (m != 0 && w->month_word == 0) {
		w->month = m;
		w->month_word = pc->nnumbers + 1;
		return true;
	}
	if (m != 0 && w->month_word == 1 && pc->nnumbers == 1)
		w->month = m;
	return true;
}

/* "2006/09/15", "15/09/2006", "01-Jan-2004": false when it is no date. */
static bool
take_joined(const char *p, size_t n, struct pieces *pc, struct when *w)
{
	const char *q = p;
	int v, width;

	while (q < p + n) {
		if (isdigit((unsigned char)*q)) {
			v = digits(&q, 8, &width);
			if (pc->nnumbers == 3)
				return false;
			pc->width[pc->nnumbers] = width;
			pc->number[pc->nnumbers++] = v;
		} else {
			size_t k = strcspn(q, "/-. 0123456789");

			if (k == 0) {
				q++;
				continue;
			}
			if (!take_word(q, k, pc, w))
				return false;
			q += k;
		}
	}
	return true;
}

static bool
take_piece(const char **p, struct pieces *pc, struct when *w)
{
	const char *q = *p;
	size_t n = strcspn(q, " ");

	if (isdigit((unsigned char)*q) && memchr(q, ':', n) != NULL &&
	    !pc->time) {
		size_t dash = strcspn(q, " -/");

		if (dash < n && memchr(q, ':', dash) == NULL) {
			/* 2004-01-01t10:00 behind a day's name */
			*p = q + n;
			return false;
		}
		if (!read_time(p, w))
			return false;
		pc->time = true;
		if (**p == '+' || **p == '-' || (**p != ' ' && **p != '\0')) {
			n = strcspn(*p, " ");
			pc->zone = true;
			if (!read_zone(*p, &w->zone))
				return false;
			*p += n;
		}
		return true;
	}
	*p = q + n;
	if ((*q == '+' || *q == '-') && pc->time) {
		pc->zone = true;
		return read_zone(q, &w->zone);
	}
	if ((strncmp(q, "gmt", 3) == 0 || strncmp(q, "utc", 3) == 0) &&
	    n > 3) {
		pc->zone = true;
		return read_zone(q, &w->zone);
	}
	if (strpbrk(q, "0123456789") != NULL &&
	    strpbrk(q, "0123456789") < q + n)
		return take_joined(q, n, pc, w);
	return take_word(q, n, pc, w);
}

/* Which of the numbers are day, month and year. */
static bool
settle(struct pieces *pc, struct when *w)
{
	int *v = pc->number, *width = pc->width;

	if (w->month_word != 0) {
		if (pc->nnumbers != 2)
			return false;
		if (width[0] == 4) {
			w->year = v[0];
			w->day = v[1];
		} else {
			w->day = v[0];
			w->year = width[1] <= 2 ? full_year(v[1]) : v[1];
		}
		return true;
	}
	if (pc->nnumbers != 3)
		return false;
	if (width[0] == 4) {			/* 2006/09/15 */
		w->year = v[0];
		w->month = v[1];
		w->day = v[2];
	} else {				/* 15.09.2006, else 9/15/2006 */
		w->year = width[2] <= 2 ? full_year(v[2]) : v[2];
		w->month = v[1] <= 12 ? v[1] : v[0];
		w->day = v[1] <= 12 ? v[0] : v[1];
	}
	return true;
}

static bool
read_words(const char *s, struct when *w)
{
	struct pieces pc = { 0 };
	const char *p = s;

	while (*p != '\0') {
		while (*p == ' ' || *p == '.')
			p++;
		if (*p != '\0' && !take_piece(&p, &pc, w))
			return false;
	}
	return settle(&pc, w);
}

/* The numeric date behind "Fri, ", if there is one. */
static const char *
skip_day_name(const char *s)
{
	const char *p = s;

	while (*p != '\0' && *p != ' ' && !isdigit((unsigned char)*p))
		p++;
	while (*p == ' ')
		p++;
	return p;
}

/* --- the usual forms --------------------------------------------------- */

/* The number of n digits at p, or -1. */
static int
fixed(const char *p, int n)
{
	int v = 0;

	for (; n > 0; n--, p++) {
		if (*p < '0' || *p > '9')
			return -1;
		v = v * 10 + (*p - '0');
	}
	return v;
}

/* "10:14:55" of an ordinary day. */
static bool
fixed_time(const char *p, struct when *w)
{
	w->hour = fixed(p, 2);
	w->min = fixed(p + 3, 2);
	w->sec = fixed(p + 6, 2);
	return p[2] == ':' && p[5] == ':' && w->hour >= 0 && w->hour < 24 &&
	    w->min >= 0 && w->min < 60 && w->sec >= 0 && w->sec < 60;
}

/* "Z", "GMT", "+0100", "+01:00", and nothing behind it. */
static bool
fixed_zone(struct span s, struct when *w)
{
	int h, m;

	if (span_eqs(s, "Z") || span_eqs(s, "GMT"))
		return true;
	if ((s.n != 5 && (s.n != 6 || s.p[3] != ':')) ||
	    (s.p[0] != '+' && s.p[0] != '-'))
		return false;
	h = fixed(s.p + 1, 2);
	m = fixed(s.p + s.n - 2, 2);
	w->zone = (s.p[0] == '-' ? -1 : 1) * (h * 3600 + m * 60);
	return h >= 0 && h < 24 && m >= 0 && m < 60;
}

/* "2026-01-14T05:00:00Z" (RFC 3339). */
static bool
read_rfc3339(struct span s, struct when *w)
{
	size_t i = 19;

	if (s.n < 20 || s.p[4] != '-' || s.p[7] != '-' || s.p[10] != 'T')
		return false;
	w->year = fixed(s.p, 4);
	w->month = fixed(s.p + 5, 2);
	w->day = fixed(s.p + 8, 2);
	if (s.p[i] == '.')
		for (i++; i < s.n && s.p[i] >= '0' && s.p[i] <= '9'; i++)
			;
	return fixed_time(s.p + 11, w) && fixed_zone(span_from(s, i), w);
}

/* Where three letters are in a list of such names, from 1, or 0. */
static int
name_among(const char *p, const char *names)
{
	for (int i = 0; names[i] != '\0'; i += 3)
		if (memcmp(p, names + i, 3) == 0)
			return i / 3 + 1;
	return 0;
}

/* "Wed, 14 Jan 2026 05:00:00 +0000" (RFC 822, 2822). */
static bool
read_rfc822(struct span s, struct when *w)
{
	const char *p = s.p + 5;

	if (s.n < 27 || name_among(s.p, "MonTueWedThuFriSatSun") == 0 ||
	    s.p[3] != ',' || s.p[4] != ' ')
		return false;
	if (p[1] == ' ') {
		w->day = fixed(p, 1);
		p += 2;
	} else {
		w->day = fixed(p, 2);
		p += 3;
	}
	w->month = name_among(p, "JanFebMarAprMayJunJulAugSepOctNovDec");
	w->year = fixed(p + 4, 4);
	return p[-1] == ' ' && p[3] == ' ' && p[8] == ' ' && p[17] == ' ' &&
	    fixed_time(p + 9, w) &&
	    fixed_zone(span_from(s, (size_t)(p + 18 - s.p)), w);
}

int64_t
date_parse(struct span s)
{
	struct buf b = { 0 };
	struct when w = { 0 };
	bool pm = false;
	int64_t t = DATE_NONE;

	s = span_trim(s);
	if ((read_rfc3339(s, &w) || read_rfc822(s, &w)) &&
	    (t = finish(&w)) != DATE_NONE)
		return t;
	w = (struct when){ 0 };
	buf_init(&b, 4 * DATE_MAX);
	fold(&b, s, &pm);
	if (b.n == 0 || b.over)
		goto out;
	if (read_numeric(buf_cstr(&b), &w, pm)) {
		t = finish(&w);
		if (t != DATE_NONE)
			goto out;
	}
	w = (struct when){ 0 };
	if (read_words(buf_cstr(&b), &w)) {
		t = finish(&w);
		goto out;
	}
	w = (struct when){ 0 };
	if (!isdigit((unsigned char)*buf_cstr(&b)) &&
	    isdigit((unsigned char)*skip_day_name(buf_cstr(&b))) &&
	    read_numeric(skip_day_name(buf_cstr(&b)), &w, pm))
		t = finish(&w);
out:
	buf_free(&b);
	return t;
}

/* --- writing ----------------------------------------------------------- */

struct civil {
	int	year, month, day, hour, min, sec, weekday;
};

static struct civil
civil_of(int64_t t)
{
	struct civil c;
	int64_t days = t / 86400, rest = t % 86400;

	if (rest < 0) {
		rest += 86400;
		days--;
	}
	date_civil(days, &c.year, &c.month, &c.day);
	c.hour = (int)(rest / 3600);
	c.min = (int)(rest / 60 % 60);
	c.sec = (int)(rest % 60);
	c.weekday = (int)(((days + 4) % 7 + 7) % 7);
	return c;
}

static void
two_digits(char *to, int n)
{
	to[0] += (char)(n / 10);
	to[1] += (char)(n % 10);
}

void
date_rfc3339(struct buf *out, int64_t t)
{
	struct civil c = civil_of(t);
	char text[] = "0000-00-00T00:00:00Z";

	if (c.year < 0 || c.year > 9999) {
		buf_putf(out, "%04d-%02d-%02dT%02d:%02d:%02dZ", c.year,
		    c.month, c.day, c.hour, c.min, c.sec);
		return;
	}
	/* lists of all files have one for each */
	two_digits(text, c.year / 100);
	two_digits(text + 2, c.year % 100);
	two_digits(text + 5, c.month);
	two_digits(text + 8, c.day);
	two_digits(text + 11, c.hour);
	two_digits(text + 14, c.min);
	two_digits(text + 17, c.sec);
	buf_put(out, text, sizeof(text) - 1);
}

void
date_rfc822(struct buf *out, int64_t t)
{
	static const char days[] = "SunMonTueWedThuFriSat";
	static const char names[] = "JanFebMarAprMayJunJulAugSepOctNovDec";
	struct civil c = civil_of(t);

	buf_putf(out, "%.3s, %02d %.3s %04d %02d:%02d:%02d +0000",
	    days + 3 * c.weekday, c.day, names + 3 * (c.month - 1), c.year,
	    c.hour, c.min, c.sec);
}
