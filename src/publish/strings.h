/*
 * strings.h - the words of the interface, and dates as people write them.
 */
#ifndef PUBLISH_STRINGS_H
#define PUBLISH_STRINGS_H

#include <stdbool.h>
#include <stdint.h>

#include "base/buf.h"

enum word {
#define WORD(id, en, de, fr, es, ja) W_##id,
#include "publish/words.h"
#undef WORD
	WORDS
};

struct strings;

/*
 * The words of a language tag ("de-AT" finds "de"); English for those not
 * known.  The result is static.
 */
const struct strings *strings_for(const char *language);
/* Whether tag has words of its own. */
bool	strings_known(const char *language);
/* Primary subtag of the words: "en". */
const char *strings_language(const struct strings *s);
const char *strings_get(const struct strings *s, enum word w);
/* "3 entries", "1 entry": the words are "%d entry|%d entries". */
void	strings_count(struct buf *out, const struct strings *s, enum word w,
	    int64_t n);

/* month 1-12, day of week 0 Sunday. */
const char *strings_month(const struct strings *s, int month);
const char *strings_month_short(const struct strings *s, int month);
const char *strings_weekday(const struct strings *s, int day);

/*
 * Append t (UTC) shifted by offset seconds by an strftime format with
 * this language's names.  %I in a format with %p is written without its
 * zero, and %p in lower case: "5:00pm", as planets write it.
 */
void	strings_date(struct buf *out, const struct strings *s,
	    const char *format, int64_t t, int offset, const char *zone);
/* Formats of the language: "%d %b %Y" and "%d %b %Y %H:%M". */
const char *strings_day_format(const struct strings *s);
const char *strings_date_format(const struct strings *s);
const char *strings_month_format(const struct strings *s);

#endif
