/*
 * config.h - a planet's configuration, typed, with its defaults.
 *
 * The dialect is Planet Venus's config.ini (Python's ConfigParser).
 * doc/orrery.conf.5 documents each key.  Problems are collected, not
 * thrown: config_load() reads to the end and reports every one with
 * file:line, the nearest known key and what to do.
 */
#ifndef CONFIG_CONFIG_H
#define CONFIG_CONFIG_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/error.h"
#include "base/span.h"

enum future_dates { FUTURE_KEEP, FUTURE_IGNORE_DATE, FUTURE_IGNORE_ENTRY };

enum source_kind { SOURCE_FEED, SOURCE_LIST /* a remote reading list */ };

/*
 * One or more POSIX extended regexes, one a line (filter.h); NULL none.
 * Those of a source are complete: what its section does not say, [DEFAULT]
 * and then [Planet] do.
 */
struct filter_rules {
	const char	*include;	/* over all text of the entry */
	const char	*exclude;
	const char	*include_title, *exclude_title;
	const char	*include_author, *exclude_author;
	const char	*include_category, *exclude_category;
	const char	*include_link, *exclude_link;
	const char	*include_language, *exclude_language;
};

struct setting {
	const char	*key, *value;
};

/* One subscription: a section whose name is a URL or a local file. */
struct source {
	const char	*url;		/* as configured, fragment cut, normalised */
	const char	*file;		/* absolute path when it is a local file */
	enum source_kind kind;
	const char	*list_format;	/* of a list: "opml", "config", "txt" */
	const char	*name;		/* NULL: the feed's own title */
	const char	*link;		/* site, overrides the feed's */
	const char	*nick, *face;
	const char	*language;
	const char	**groups;	/* and tags that the keeper gives it */
	size_t		 ngroups;
	struct filter_rules filter;
	int		 max_items;	/* entries kept on pages; 0 no limit */
	int		 new_items;	/* new_feed_items */
	int		 excerpt;	/* characters; 0: full text */
	int		 timeout;	/* seconds */
	int		 interval_min;	/* seconds; floor between requests */
	enum future_dates future_dates;
	bool		 allow_private;	/* may resolve to inner addresses */
	bool		 insecure;	/* https certificates not verified */
	bool		 hidden;	/* `private`: URL never shown */
	bool		 paused;
	int		 archive;	/* -1 by the feed's own wish, 0 no, 1 yes */
	const char	*user, *password; /* HTTP basic; userinfo moved here */
	const char	*title_type, *content_type; /* Venus overrides or NULL */
	const char	*ignore_in_feed;
	struct setting	*extra;		/* every other key (face, nick, location) */
	size_t		 nextra;
	int		 line;		/* of its section */
};

struct vhost {
	const char	*name;		/* host name, ASCII form */
	const char	*root;		/* published tree; NULL: the planet's */
	const char	*cert, *key;	/* files; NULL: made under certs */
	const char	*language;
	const char	**gopher_listen; /* where the hole has this name */
	size_t		 ngopher_listen;
	int		 gopher_port;	/* public one; 0: as listened on */
};

struct redirect {
	const char	*from, *to;	/* to NULL: 52 gone */
};

struct area {
	const char	*prefix;	/* "/members/" */
	const char	*file;		/* SHA-256 lines */
};

struct config {
	const char	*path, *dir;	/* the file; its directory */
	/* [Planet] */
	const char	*name, *link, *owner_name, *owner_email;
	const char	*subtitle;	/* one sentence for the front page */
	const char	*language;	/* BCP 47; "en" */
	const char	*timezone;	/* "UTC"; TZ database name */
	const char	*date_format, *day_format; /* new_date_format */
	bool		 date_format_given, day_format_given;
	const char	*cache_dir, *output_dir;   /* absolute */
	const char	*posts_dir, *theme_dir, *certs_dir;
	const char	*theme;		/* "plain", "river" or a directory */
	int		 items_per_page, days_per_page;
	int		 activity_threshold;	/* days; 0 off */
	int		 new_feed_items;	/* of a feed per run, 50 */
	int		 max_entries;		/* read of a feed, 500 */
	int		 feed_timeout, spider_threads;
	int		 interval_min, interval_max;	/* seconds */
	int		 cache_keep_entries;	/* 0: keep all */
	enum future_dates future_dates;
	struct filter_rules filter;	/* already in each source's own */
	const char	*user_agent_contact;	/* URL or mail for User-Agent */
	const char	*proxy;		/* NULL none, "environment", or a URL */
	int		 log_level;	/* enum log_level */
	bool		 open_archives;	/* one switch of robots.txt */
	const char	*robots;	/* "default", "open", "closed" */
	bool		 books;		/* a Gempub book of each month */
	const char	*bundles;	/* "no", "tar.gz", "tar.zst" of each month */
	/* [gemini] */
	bool		 gemini;	/* serve it */
	const char	**gemini_listen; /* "[::]:1965", "0.0.0.0:1965", "unix:/p" */
	size_t		 ngemini_listen;
	const char	*gemini_host;	/* public name, ASCII form */
	int		 gemini_port;	/* public port */
	struct vhost	*vhosts;
	size_t		 nvhosts;
	struct redirect	*redirects;
	size_t		 nredirects;
	struct area	*areas;
	size_t		 nareas;
	/* [gopher] */
	bool		 gopher;
	const char	**gopher_listen;
	size_t		 ngopher_listen;
	const char	**gophers_listen;
	size_t		 ngophers_listen;
	const char	*gopher_host;
	int		 gopher_port;
	int		 gopher_ascii;	/* charset: 1 has a folded twin */
	int		 gopher_width;
	/* [server] shared by both */
	int		 workers;	/* 0: one per CPU */
	const char	*user;		/* to drop to when started as root */
	const char	*sandbox;	/* "auto", "require", "off" */
	bool		 key_process;	/* the key in a process of its own */
	int		 max_connections, max_per_address;
	int		 rate_per_address; /* requests a second, sustained */
	const char	**proxy_from;	/* addresses that send PROXY headers */
	size_t		 nproxy_from;
	const char	*access_log;	/* file, "-" stderr, NULL none */
	const char	*access_format;	/* "plain", "common", "json" */
	bool		 log_addresses;
	const char	*metrics;	/* file for Prometheus's node exporter */
	bool		 port_check;	/* 53 for a foreign port */
	/* What [Planet] says of every source; new ones start from it. */
	struct source	 defaults;
	/* subscriptions, in file order */
	struct source	*sources;
	size_t		 nsources;
	struct source_index *index;	/* of their addresses; source.c's own */
	/* Venus keys that mean nothing for a capsule, for one line. */
	const char	**ignored;
	size_t		 nignored;
	struct arena	*arena;		/* owns all of it */
};

/* One problem found; text is "file:line: what; what to do". */
struct config_problem {
	bool	 fatal;
	int	 line;		/* 0: of the whole file */
	char	*text;
};
struct config_problems {
	struct config_problem	*list;
	size_t			 n;
};

/*
 * Read path.  Returns 0 with *out (free by config_free()), or E_SYNTAX when
 * any problem is fatal, E_NOTFOUND when path is not there.  All problems, fatal
 * or not, in file order, are in problems (config_problems_free()).
 */
int	config_load(struct config **out, const char *path,
	    struct config_problems *problems, struct error *e);
/* As config_load() of a file's bytes; path names it and its directory. */
int	config_read(struct config **out, const char *path, struct span bytes,
	    struct config_problems *problems, struct error *e);
void	config_free(struct config *c);
/* Note a problem; line 0 is the whole file.  Control characters go. */
void	config_problem(struct config_problems *p, bool fatal,
	    const char *path, int line, const char *fmt, ...)
	    __attribute__((format(printf, 5, 6)));
void	config_problems_free(struct config_problems *p);

/* Append the effective configuration as a file that loads to the same. */
void	config_print(struct buf *out, const struct config *c);

/*
 * Digest (hex, HASH_HEX bytes) of all that pages depend on: a change means
 * that every page is stale.
 */
void	config_revision(const struct config *c, char *hex);

/*
 * Append a source for url that starts as a copy of like (NULL: the
 * planet's defaults), for members of a reading list; NULL when url is no
 * feed's address or is subscribed already.  Earlier pointers into
 * c->sources are then no longer valid.
 */
struct source *config_source_add(struct config *c, const struct source *like,
	    const char *url);
/*
 * Append the normalised form of a feed's address: "feed:" and fragment
 * cut, userinfo kept.  E_SYNTAX (with the reason) when it is none.
 */
int	config_feed_url(struct buf *out, struct span url, struct error *e);

/*
 * The source of that URL (after normalisation, when c was read from a
 * file), or NULL.  Not for threads: the index of addresses is
 * brought up to date here.
 */
const struct source *config_source(const struct config *c, const char *url);
/* Value of an extra key of s, or NULL. */
const char *source_extra(const struct source *s, const char *key);

#endif
