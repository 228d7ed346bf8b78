/*
 * look.h - what a theme may show: the kinds of pages and their fields.
 *
 * A writer fills an array of values in the order of its table and calls
 * look_put().  A field that is empty or left out is shown by no theme.
 * orrery-theme(5) describes each for people; keep the two together.
 */
#ifndef PUBLISH_LOOK_H
#define PUBLISH_LOOK_H

#include "publish/site.h"
#include "theme/theme.h"

#define LOOK_ENUM(id, name, type, rows)	id,

/* An entry in a list. */
#define LOOK_ROW(F)						\
	F(ROW_URL, "url", THEME_URL, NULL)			\
	F(ROW_TITLE, "title", THEME_TEXT, NULL)			\
	F(ROW_SHORT, "short_title", THEME_TEXT, NULL)		\
	F(ROW_SOURCE, "source", THEME_TEXT, NULL)		\
	F(ROW_SOURCE_URL, "source_url", THEME_URL, NULL)	\
	F(ROW_NEW_SOURCE, "new_source", THEME_TEXT, NULL)	\
	F(ROW_AUTHOR, "author", THEME_TEXT, NULL)		\
	F(ROW_TIME, "time", THEME_TEXT, NULL)			\
	F(ROW_DATE, "date", THEME_TEXT, NULL)			\
	F(ROW_EXCERPT, "excerpt", THEME_TEXT, NULL)		\
	F(ROW_ORIGINAL, "original_url", THEME_URL, NULL)	\
	F(ROW_OWN, "own", THEME_TEXT, NULL)
enum { LOOK_ROW(LOOK_ENUM) ROW_FIELDS };

/* A link to another page, or to what lies beside an entry. */
#define LOOK_LINK(F)						\
	F(LINK_URL, "url", THEME_URL, NULL)			\
	F(LINK_LABEL, "label", THEME_TEXT, NULL)		\
	F(LINK_COUNT, "count", THEME_TEXT, NULL)		\
	F(LINK_SOURCE, "source", THEME_TEXT, NULL)
enum { LOOK_LINK(LOOK_ENUM) LINK_FIELDS };

/* A day of the river. */
#define LOOK_DAY(F)						\
	F(DAY_NAME, "day", THEME_TEXT, NULL)			\
	F(DAY_DATE, "date", THEME_TEXT, NULL)			\
	F(DAY_URL, "day_url", THEME_URL, NULL)			\
	F(DAY_ENTRIES, "entries", THEME_LIST, look_row)
enum { LOOK_DAY(LOOK_ENUM) DAY_FIELDS };

/* A source among others. */
#define LOOK_SOURCE(F)						\
	F(SRC_URL, "url", THEME_URL, NULL)			\
	F(SRC_NAME, "name", THEME_TEXT, NULL)			\
	F(SRC_STATE, "state", THEME_TEXT, NULL)			\
	F(SRC_SITE, "website_url", THEME_URL, NULL)		\
	F(SRC_FEED, "feed_url", THEME_URL, NULL)
enum { LOOK_SOURCE(LOOK_ENUM) SRC_FIELDS };

/* --- pages --- */

#define LOOK_ENTRY(F)						\
	F(EN_TITLE, "title", THEME_TEXT, NULL)			\
	F(EN_SOURCE, "source", THEME_TEXT, NULL)		\
	F(EN_SOURCE_URL, "source_url", THEME_URL, NULL)		\
	F(EN_AUTHOR, "author", THEME_TEXT, NULL)		\
	F(EN_TIME, "time", THEME_TEXT, NULL)			\
	F(EN_DATE, "date", THEME_TEXT, NULL)			\
	F(EN_DAY_URL, "day_url", THEME_URL, NULL)		\
	F(EN_BODY, "body", THEME_BLOCK, NULL)			\
	F(EN_ENCLOSURES, "enclosures", THEME_LIST, look_link)	\
	F(EN_ORIGINAL, "original_url", THEME_URL, NULL)		\
	F(EN_COMMENTS, "comments_url", THEME_URL, NULL)		\
	F(EN_TAGS, "tags", THEME_TEXT, NULL)			\
	F(EN_ALSO, "also_in", THEME_TEXT, NULL)			\
	F(EN_LICENCE, "licence", THEME_TEXT, NULL)		\
	F(EN_LANGUAGE, "language", THEME_TEXT, NULL)		\
	F(EN_OWN, "own", THEME_TEXT, NULL)			\
	F(EN_NEWER, "newer", THEME_LIST, look_link)		\
	F(EN_OLDER, "older", THEME_LIST, look_link)		\
	F(EN_SRC_NEWER, "source_newer", THEME_LIST, look_link)	\
	F(EN_SRC_OLDER, "source_older", THEME_LIST, look_link)
enum { LOOK_ENTRY(LOOK_ENUM) EN_FIELDS };

#define LOOK_FRONT(F)						\
	F(FR_DAYS, "days", THEME_LIST, look_day)		\
	F(FR_OLDER, "older_url", THEME_URL, NULL)		\
	F(FR_YEARS, "years", THEME_LIST, look_link)		\
	F(FR_SOURCES, "sources", THEME_LIST, look_source)	\
	F(FR_SEARCH, "search_url", THEME_URL, NULL)		\
	F(FR_GROUPS, "groups_url", THEME_URL, NULL)		\
	F(FR_TAGS, "tags_url", THEME_URL, NULL)			\
	F(FR_LANGUAGES, "languages_url", THEME_URL, NULL)	\
	F(FR_MEMORY, "on_this_day", THEME_LIST, look_link)	\
	F(FR_RANDOM, "random_url", THEME_URL, NULL)		\
	F(FR_GOPHER, "gopher_url", THEME_URL, NULL)
enum { LOOK_FRONT(LOOK_ENUM) FR_FIELDS };

/* A day, a month, a year. */
#define LOOK_TIME(F)						\
	F(TI_NAME, "name", THEME_TEXT, NULL)			\
	F(TI_COUNT, "count", THEME_TEXT, NULL)			\
	F(TI_DAYS, "days", THEME_LIST, look_day)		\
	F(TI_MONTHS, "months", THEME_LIST, look_month)		\
	F(TI_LINKS, "day_links", THEME_LIST, look_link)		\
	F(TI_ENTRIES, "entries", THEME_LIST, look_row)		\
	F(TI_BUNDLES, "bundles", THEME_LIST, look_link)		\
	F(TI_MEMORY, "on_this_day", THEME_LIST, look_link)	\
	F(TI_NEWER, "newer_url", THEME_URL, NULL)		\
	F(TI_OLDER, "older_url", THEME_URL, NULL)		\
	F(TI_UP, "up_url", THEME_URL, NULL)
enum { LOOK_TIME(LOOK_ENUM) TI_FIELDS };

#define LOOK_MONTH(F)						\
	F(MO_NAME, "month", THEME_TEXT, NULL)			\
	F(MO_URL, "month_url", THEME_URL, NULL)			\
	F(MO_LINKS, "day_links", THEME_LIST, look_link)
enum { LOOK_MONTH(LOOK_ENUM) MO_FIELDS };

/* Entries of a source, a tag, a group, a language; of its month or year. */
#define LOOK_LIST(F)						\
	F(LI_TITLE, "title", THEME_TEXT, NULL)			\
	F(LI_PERIOD, "period", THEME_TEXT, NULL)		\
	F(LI_COUNT, "count", THEME_TEXT, NULL)			\
	F(LI_ABOUT, "about", THEME_TEXT, NULL)			\
	F(LI_STATE, "state", THEME_TEXT, NULL)			\
	F(LI_SITE, "website_url", THEME_URL, NULL)		\
	F(LI_FEED, "feed_url", THEME_URL, NULL)			\
	F(LI_ATOM, "atom_url", THEME_URL, NULL)			\
	F(LI_CHART, "chart", THEME_BLOCK, NULL)			\
	F(LI_ENTRIES, "entries", THEME_LIST, look_row)		\
	F(LI_SOURCED, "sourced", THEME_TEXT, NULL)		\
	F(LI_PERIODS, "periods", THEME_LIST, look_link)		\
	F(LI_NEWER, "newer_url", THEME_URL, NULL)		\
	F(LI_OLDER, "older_url", THEME_URL, NULL)		\
	F(LI_UP, "up_url", THEME_URL, NULL)			\
	F(LI_UP_LABEL, "up_label", THEME_TEXT, NULL)
enum { LOOK_LIST(LOOK_ENUM) LI_FIELDS };

#define LOOK_SOURCES(F)						\
	F(SO_COUNT, "count", THEME_TEXT, NULL)			\
	F(SO_SOURCES, "sources", THEME_LIST, look_source)	\
	F(SO_SILENT, "silent", THEME_LIST, look_source)		\
	F(SO_PAGES, "parts", THEME_LIST, look_link)		\
	F(SO_GROUPS, "groups_url", THEME_URL, NULL)		\
	F(SO_TAGS, "tags_url", THEME_URL, NULL)			\
	F(SO_LANGUAGES, "languages_url", THEME_URL, NULL)
enum { LOOK_SOURCES(LOOK_ENUM) SO_FIELDS };

/* All tags, all groups, all languages. */
#define LOOK_TERMS(F)						\
	F(TE_NAME, "name", THEME_TEXT, NULL)			\
	F(TE_TERMS, "terms", THEME_LIST, look_link)		\
	F(TE_PARTS, "parts", THEME_LIST, look_link)
enum { LOOK_TERMS(LOOK_ENUM) TE_FIELDS };

#define LOOK_FEED(F)						\
	F(FE_ENTRIES, "entries", THEME_LIST, look_row)
enum { LOOK_FEED(LOOK_ENUM) FE_FIELDS };

#define LOOK_ABOUT(F)						\
	F(AB_KEEPER, "keeper", THEME_TEXT, NULL)		\
	F(AB_OWNER, "owner", THEME_TEXT, NULL)			\
	F(AB_MAIL, "mail_url", THEME_URL, NULL)			\
	F(AB_MAIL_LABEL, "mail", THEME_TEXT, NULL)		\
	F(AB_SITE, "website_url", THEME_URL, NULL)		\
	F(AB_LOGGED, "logged", THEME_TEXT, NULL)
enum { LOOK_ABOUT(LOOK_ENUM) AB_FIELDS };

#define LOOK_HELP(F)						\
	F(HE_FEED, "feed_url", THEME_URL, NULL)			\
	F(HE_ATOM, "atom_url", THEME_URL, NULL)			\
	F(HE_GOPHER, "gopher_url", THEME_URL, NULL)
enum { LOOK_HELP(LOOK_ENUM) HE_FIELDS };

/* What mirrors and archives may take: months in one file each. */
#define LOOK_MIRROR(F)						\
	F(MI_BUNDLES, "bundles", THEME_LIST, look_link)
enum { LOOK_MIRROR(LOOK_ENUM) MI_FIELDS };

/* A source's health. */
#define LOOK_STATE(F)						\
	F(ST_NAME, "name", THEME_TEXT, NULL)			\
	F(ST_STATE, "state", THEME_TEXT, NULL)			\
	F(ST_LAST, "last_success", THEME_TEXT, NULL)		\
	F(ST_MESSAGE, "message", THEME_TEXT, NULL)		\
	F(ST_NEXT, "next_try", THEME_TEXT, NULL)		\
	F(ST_FEED, "feed_url", THEME_URL, NULL)
enum { LOOK_STATE(LOOK_ENUM) ST_FIELDS };

#define LOOK_HEALTH(F)						\
	F(HT_SUMMARY, "summary", THEME_TEXT, NULL)		\
	F(HT_SOURCES, "sources", THEME_LIST, look_state)	\
	F(HT_WELL, "well", THEME_LIST, look_state)		\
	F(HT_MORE, "more", THEME_TEXT, NULL)			\
	F(HT_MORE_WELL, "more_well", THEME_TEXT, NULL)
enum { LOOK_HEALTH(LOOK_ENUM) HT_FIELDS };

/* A certificate; a host has the one in use and one to come. */
#define LOOK_CERT(F)						\
	F(CE_FROM, "used_from", THEME_TEXT, NULL)		\
	F(CE_DIGEST, "fingerprint", THEME_TEXT, NULL)		\
	F(CE_KEY, "key_fingerprint", THEME_TEXT, NULL)		\
	F(CE_SINCE, "valid_from", THEME_TEXT, NULL)		\
	F(CE_UNTIL, "valid_until", THEME_TEXT, NULL)		\
	F(CE_NAMES, "names", THEME_TEXT, NULL)
enum { LOOK_CERT(LOOK_ENUM) CE_FIELDS };

#define LOOK_HOST(F)						\
	F(HO_NAME, "host", THEME_TEXT, NULL)			\
	F(HO_NOTE, "note", THEME_TEXT, NULL)			\
	F(HO_CERTS, "certificate", THEME_LIST, look_cert)	\
	F(HO_COMING, "coming", THEME_LIST, look_cert)
enum { LOOK_HOST(LOOK_ENUM) HO_FIELDS };

#define LOOK_KEYS(F)						\
	F(KE_HOSTS, "hosts", THEME_LIST, look_host)
enum { LOOK_KEYS(LOOK_ENUM) KE_FIELDS };

enum look_kind { PAGE_ENTRY, PAGE_FRONT, PAGE_DAY, PAGE_MONTH, PAGE_YEAR,
	PAGE_SOURCE, PAGE_LIST, PAGE_PART, PAGE_SOURCES, PAGE_TERMS,
	PAGE_FEED, PAGE_ABOUT, PAGE_HELP, PAGE_MIRROR, PAGE_HEALTH,
	PAGE_KEYS, PAGE_KINDS };

/* --- values --- */

static inline struct theme_value
look_text(const char *s)
{
	return (struct theme_value){ .s = span_str(s) };
}
/* What b holds, kept in a; b is then empty and keeps its memory. */
struct theme_value look_keep(struct arena *a, struct buf *b);
/* "/" and path within the capsule. */
struct theme_value look_path(struct arena *a, const char *path);

/* "/t/" or "/s/x/atom.xml", if it is published by now; kept in a. */
struct theme_value look_existing(struct site *s, struct arena *a,
	    const char *path);
/* "3 entries" */
struct theme_value look_count(const struct site *s, int64_t n,
	    struct arena *a);

/* Rows of a list, in an arena. */
struct look_rows {
	struct arena		*a;
	size_t			 width;		/* ROW_FIELDS and so on */
	struct theme_value	*v;
	size_t			 n, room;
};
/* One more row, all empty.  Earlier rows may move. */
struct theme_value *look_add(struct look_rows *r);
struct theme_value look_list(const struct look_rows *r);

/* Fill a row (ROW_FIELDS) from an entry whose strings live in a. */
void	look_entry(struct theme_value *row, struct site *s,
	    const struct store_entry *en, struct arena *a);
/* A row (LINK_FIELDS) to a page of the capsule. */
void	look_link_to(struct look_rows *r, const char *path,
	    const char *label, const char *count);

/* --- pages --- */

/* The directory that c names as its theme; NULL: one of the program's own.
 * The caller frees it. */
char	*look_dir(const struct config *c);
/* The theme that c names; each problem goes to report. */
int	look_load(struct theme **out, const struct config *c,
	    void (*report)(const char *line, void *arg), void *arg,
	    struct error *e);
/* The values of the fields that every page has, in s->arena. */
void	look_common(struct site *s);
/* Render and put "capsule/" and path. */
int	look_put(struct site *s, enum look_kind kind,
	    const struct theme_value *page, const char *path,
	    struct error *e);

#endif
