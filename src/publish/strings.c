/*
 * The interface in five languages: a plain table.  libc's locales are not
 * asked, since a server has few of them and pages must not depend on that.
 */
#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "publish/strings.h"
#include "base/date.h"

enum { EN, DE, FR, ES, JA, LANGUAGES };

struct strings {
	const char	*code, *day, *time, *month;
	const char	*months[12], *shorts[12], *weekdays[7];
};

static const char *const words[WORDS][LANGUAGES] = {
#define WORD(id, en, de, fr, es, ja) [W_##id] = { en, de, fr, es, ja },
#include "publish/words.h"
#undef WORD
};

static const struct strings languages[LANGUAGES] = {
    [EN] = { "en", "%d %b %Y", "%d %b %Y %H:%M %Z", "%B %Y",
	{ "January", "February", "March", "April", "May", "June", "July",
	"August", "September", "October", "November", "December" },
	{ "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep",
	"Oct", "Nov", "Dec" },
	{ "Sunday", "Monday", "Tuesday", "Wednesday", "Thursday", "Friday",
	"Saturday" } },
    [DE] = { "de", "%e. %B %Y", "%e. %B %Y %H:%M %Z", "%B %Y",
	{ "Januar", "Februar", "März", "April", "Mai", "Juni", "Juli",
	"August", "September", "Oktober", "November", "Dezember" },
	{ "Jan", "Feb", "Mär", "Apr", "Mai", "Jun", "Jul", "Aug", "Sep",
	"Okt", "Nov", "Dez" },
	{ "Sonntag", "Montag", "Dienstag", "Mittwoch", "Donnerstag",
	"Freitag", "Samstag" } },
    [FR] = { "fr", "%e %B %Y", "%e %B %Y %H:%M %Z", "%B %Y",
	{ "janvier", "février", "mars", "avril", "mai", "juin", "juillet",
	"août", "septembre", "octobre", "novembre", "décembre" },
	{ "janv.", "févr.", "mars", "avr.", "mai", "juin", "juil.", "août",
	"sept.", "oct.", "nov.", "déc." },
	{ "dimanche", "lundi", "mardi", "mercredi", "jeudi", "vendredi",
	"samedi" } },
    [ES] = { "es", "%e de %B de %Y", "%e de %B de %Y %H:%M %Z", "%B de %Y",
	{ "enero", "febrero", "marzo", "abril", "mayo", "junio", "julio",
	"agosto", "septiembre", "octubre", "noviembre", "diciembre" },
	{ "ene", "feb", "mar", "abr", "may", "jun", "jul", "ago", "sept",
	"oct", "nov", "dic" },
	{ "domingo", "lunes", "martes", "miércoles", "jueves", "viernes",
	"sábado" } },
    [JA] = { "ja", "%Y年%m月%d日", "%Y年%m月%d日 %H:%M %Z", "%Y年%m月",
	{ "1月", "2月", "3月", "4月", "5月", "6月", "7月", "8月", "9月",
	"10月", "11月", "12月" },
	{ "1月", "2月", "3月", "4月", "5月", "6月", "7月", "8月", "9月",
	"10月", "11月", "12月" },
	{ "日曜日", "月曜日", "火曜日", "水曜日", "木曜日", "金曜日",
	"土曜日" } },
};

static const struct strings *
find(const char *tag)
{
	size_t n = tag != NULL ? strcspn(tag, "-_") : 0;

	for (size_t i = 0; i < LANGUAGES; i++)
		if (n == 2 && strncasecmp(tag, languages[i].code, 2) == 0)
			return &languages[i];
	return NULL;
}

const struct strings *
strings_for(const char *tag)
{
	const struct strings *s = find(tag);

	return s != NULL ? s : &languages[EN];
}

bool
strings_known(const char *tag)
{
	return find(tag) != NULL;
}

const char *
strings_language(const struct strings *s)
{
	return s->code;
}

const char *
strings_get(const struct strings *s, enum word w)
{
	return words[w][s - languages];
}

void
strings_count(struct buf *out, const struct strings *s, enum word w,
    int64_t n)
{
	const char *form = strings_get(s, w), *bar = strchr(form, '|');
	const char *at;
	bool one = n == 1 || (n == 0 && s == &languages[FR]);
	struct span f;

	if (bar != NULL)
		f = one ? span_of(form, (size_t)(bar - form)) :
		    span_str(bar + 1);
	else
		f = span_str(form);
	at = memmem(f.p, f.n, "%lld", 4);
	if (at == NULL) {
		buf_put_span(out, f);
		return;
	}
	buf_put(out, f.p, (size_t)(at - f.p));
	buf_putf(out, "%lld", (long long)n);
	buf_put_span(out, span_from(f, (size_t)(at - f.p) + 4));
}

const char *
strings_month(const struct strings *s, int m)
{
	return s->months[m - 1];
}

const char *
strings_month_short(const struct strings *s, int m)
{
	return s->shorts[m - 1];
}

const char *
strings_weekday(const struct strings *s, int d)
{
	return s->weekdays[d];
}

const char *
strings_day_format(const struct strings *s)
{
	return s->day;
}

const char *
strings_date_format(const struct strings *s)
{
	return s->time;
}

const char *
strings_month_format(const struct strings *s)
{
	return s->month;
}

struct civil {
	int	year, month, day, weekday, hour, minute, second;
};

static void
civil_of(struct civil *c, int64_t t)
{
	int64_t days = t / 86400, rest = t % 86400;

	if (rest < 0)
		days--, rest += 86400;
	date_civil(days, &c->year, &c->month, &c->day);
	c->weekday = (int)(((days + 4) % 7 + 7) % 7);
	c->hour = (int)(rest / 3600);
	c->minute = (int)(rest / 60 % 60);
	c->second = (int)(rest % 60);
}

/* "2026-01-02", "03:04:05"; the third part may be missing (-1). */
static void
put_parts(struct buf *out, char between, int a, int b, int c)
{
	buf_putn(out, a, 2);
	buf_putc(out, between);
	buf_putn(out, b, 2);
	if (c >= 0) {
		buf_putc(out, between);
		buf_putn(out, c, 2);
	}
}

void
strings_date(struct buf *out, const struct strings *s, const char *format,
    int64_t t, int offset, const char *zone)
{
	bool half = strstr(format, "%p") != NULL;
	struct civil c;
	int east = offset < 0 ? -offset : offset;

	civil_of(&c, t + offset);
	for (const char *p = format; *p != '\0'; p++) {
		if (*p != '%' || p[1] == '\0') {
			buf_putc(out, *p);
			continue;
		}
		if (*++p == '-' && p[1] != '\0')
			p++;
		switch (*p) {
		case 'Y': buf_putn(out, c.year, 1); break;
		case 'y': buf_putn(out, c.year % 100, 2); break;
		case 'm': buf_putn(out, c.month, p[-1] == '-' ? 1 : 2); break;
		case 'd': buf_putn(out, c.day, p[-1] == '-' ? 1 : 2); break;
		case 'e': buf_putn(out, c.day, 1); break;
		case 'B': buf_puts(out, strings_month(s, c.month)); break;
		case 'b':
		case 'h': buf_puts(out, strings_month_short(s, c.month));
		    break;
		case 'A':
		case 'a': buf_puts(out, strings_weekday(s, c.weekday)); break;
		case 'H': buf_putn(out, c.hour, 2); break;
		case 'I': buf_putn(out, (c.hour + 11) % 12 + 1, half ? 1 : 2);
		    break;
		case 'M': buf_putn(out, c.minute, 2); break;
		case 'S': buf_putn(out, c.second, 2); break;
		case 'p': buf_puts(out, c.hour < 12 ? "am" : "pm"); break;
		case 'F': put_parts(out, '-', c.year, c.month, c.day); break;
		case 'T': put_parts(out, ':', c.hour, c.minute, c.second);
		    break;
		case 'R': put_parts(out, ':', c.hour, c.minute, -1); break;
		case 'Z': buf_puts(out, zone); break;
		case 'z': buf_putf(out, "%c%02d%02d", offset < 0 ? '-' : '+',
		    east / 3600, east / 60 % 60); break;
		default: buf_putc(out, *p); break;
		}
	}
}
