/*
 * lists.h - subscription lists of every kind, read into one form.
 *
 * OPML, Planet Venus and Pluto configurations, rawdog's configuration,
 * newsboat's urls, sfeedrc, moku-pona's sites.txt, and plain lists of
 * addresses (CAPCOM's, a gemtext page of links).
 *
 * A list may come from a stranger: only addresses of feeds are taken from
 * it, never a local file, a command or a setting.
 */
#ifndef CONFIG_LISTS_H
#define CONFIG_LISTS_H

#include <stdbool.h>
#include <stddef.h>

#include "base/arena.h"
#include "base/error.h"
#include "base/span.h"

#define LIST_FEEDS_MAX		20000
#define LIST_PATH_DEPTH_MAX	32	/* of groups within groups */

/* A group within groups: {"news", "europe"}. */
struct list_path {
	const char	**names;
	size_t		 n;
};

struct list_setting {
	const char	*key, *value;
};

struct list_feed {
	const char		*url;		/* as written, trimmed */
	const char		*title, *link, *description, *language;
	struct list_path	*paths;		/* distinct, in order */
	size_t			 npaths;
	/* What a configuration says besides: "filter", "face"; in order. */
	struct list_setting	*settings;
	size_t			 nsettings;
	int			 line;		/* 0 unknown */
};

/* Something that was not taken, and why. */
struct list_left {
	const char	*what, *why;
	int		 line;
};

enum list_format {
	LIST_UNKNOWN, LIST_OPML, LIST_VENUS, LIST_PLUTO, LIST_RAWDOG,
	LIST_NEWSBOAT, LIST_SFEED, LIST_MOKU_PONA, LIST_PLAIN,
};

struct list {
	enum list_format	 format;
	const char		*title, *owner, *email;
	struct list_feed	*feeds;		/* one per address, in order */
	size_t			 nfeeds;
	struct list_left	*left;
	size_t			 nleft;
	struct list_setting	*settings;	/* of a whole configuration */
	size_t			 nsettings;
	const char		*problem;	/* damage met on the way, or NULL */
	struct arena		 arena;		/* owns all of it */
	struct list_index	*index;		/* while it is being filled */
};

/* "OPML", "Planet Venus configuration"; for people. */
const char *list_format_name(enum list_format format);
/* "opml", "config", "txt" (the names of `list_format`) or LIST_UNKNOWN. */
enum list_format list_format_named(const char *name);

/*
 * What bytes look like; name is the file's (may be NULL) and only decides
 * where the text does not.
 */
enum list_format list_recognise(struct span bytes, const char *name);

/*
 * Read bytes into list (zeroed; free with list_free()); LIST_UNKNOWN looks
 * first.  E_SYNTAX when it is no list that we know.
 */
int	list_read(struct list *list, struct span bytes,
	    enum list_format format, const char *name, struct error *e);
void	list_free(struct list *list);

/*
 * For readers: add the feed of that address, or find it when it is there
 * already; NULL (with the reason noted in list->left) when the address is
 * none, is no feed's, or the list is full.
 */
struct list_feed *list_add(struct list *list, struct span url, int line);
/* Note that what was left out. */
void	list_leave(struct list *list, struct span what, const char *why,
	    int line);
/* Give feed the group path of n names; empty ones are dropped. */
void	list_add_path(struct list *list, struct list_feed *feed,
	    const struct span *names, size_t n);
/* A group of one name. */
void	list_add_tag(struct list *list, struct list_feed *feed,
	    struct span name);
/* s as clean text on one line in the list's arena; NULL when empty. */
const char *list_text(struct list *list, struct span s);

#endif
