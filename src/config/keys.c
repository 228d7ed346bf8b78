#include <string.h>
#include <strings.h>

#include "config/keys.h"

#define P(m)	offsetof(struct config, m)
#define S(m)	offsetof(struct source, m)
#define H(m)	offsetof(struct vhost, m)
#define MANY	1000000000L

#define TEXT(n, o, d, f)	{ n, KEY_TEXT, o, 0, d, 0, 0, NULL, f }
#define NUMBER(n, o, d, lo, hi, f) \
	{ n, KEY_NUMBER, o, 0, d, lo, hi, NULL, f }
#define SECONDS(n, o, d, lo, hi, f) \
	{ n, KEY_SECONDS, o, 0, d, lo, hi, NULL, f }
#define BOOL(n, o, d, f)	{ n, KEY_BOOL, o, 0, d, 0, 0, NULL, f }
#define RULE(n, o)	{ n, KEY_RULE, o, 0, NULL, 0, 0, NULL, KEY_PLANET }
#define OTHER(n, t, o, d, f)	{ n, t, o, 0, d, 0, 0, NULL, f }
#define CHOICE(n, t, o, d, c, f)	{ n, t, o, 0, d, 0, 0, c, f }
#define LIST(k, t, o, d, f) \
	{ k, t, P(o), P(n ## o), d, 0, 0, NULL, f }

const struct key keys_planet[] = {
	TEXT("name", P(name), "Planet", KEY_PAGES),
	OTHER("link", KEY_ADDRESS, P(link), NULL, KEY_PAGES),
	TEXT("owner_name", P(owner_name), NULL, KEY_PAGES),
	TEXT("owner_email", P(owner_email), NULL, KEY_PAGES),
	TEXT("description", P(subtitle), NULL, KEY_PAGES),
	OTHER("language", KEY_LANGUAGE, P(language), "en", KEY_PAGES),
	OTHER("timezone", KEY_ZONE, P(timezone), "UTC", KEY_PAGES),
	{ "date_format", KEY_DATE, P(date_format), P(date_format_given),
	    "%d %b %Y %H:%M %Z", 0, 0, NULL, KEY_PAGES | KEY_GIVEN },
	{ "new_date_format", KEY_DATE, P(day_format), P(day_format_given),
	    "%d %b %Y", 0, 0, NULL, KEY_PAGES | KEY_GIVEN },
	OTHER("cache_directory", KEY_DIR, P(cache_dir), "cache", 0),
	OTHER("output_dir", KEY_DIR, P(output_dir), "output", 0),
	OTHER("posts_directory", KEY_DIR, P(posts_dir), "posts", 0),
	OTHER("theme_directory", KEY_DIR, P(theme_dir), "theme", KEY_PAGES),
	OTHER("certificates_directory", KEY_DIR, P(certs_dir), "certs", 0),
	TEXT("theme", P(theme), "plain", KEY_PAGES),
	NUMBER("items_per_page", P(items_per_page), "60", 1, 10000,
	    KEY_PAGES),
	NUMBER("days_per_page", P(days_per_page), "0", 0, 10000, KEY_PAGES),
	{ "activity_threshold", KEY_DAYS, P(activity_threshold), 0, "0", 0,
	    36500, NULL, KEY_PAGES },
	NUMBER("max_entries", P(max_entries), "500", 1, 100000, 0),
	NUMBER("spider_threads", P(spider_threads), "8", 0, 256, 0),
	SECONDS("interval_max", P(interval_max), "1d", 60, 31536000, 0),
	NUMBER("cache_keep_entries", P(cache_keep_entries), "0", 0, MANY, 0),
	TEXT("contact", P(user_agent_contact), NULL, 0),
	TEXT("proxy", P(proxy), NULL, 0),
	CHOICE("log_level", KEY_ENUM, P(log_level), "warning",
	    "error warning info debug", 0),
	BOOL("open_archives", P(open_archives), "no", KEY_PAGES),
	CHOICE("robots", KEY_WORD, P(robots), "default",
	    "default open closed", KEY_PAGES),
	BOOL("books", P(books), "no", KEY_PAGES),
	CHOICE("bundles", KEY_WORD, P(bundles), "no", "no tar.gz tar.zst",
	    KEY_PAGES),
	{ .name = NULL },
};

const struct key keys_gemini[] = {
	BOOL("enabled", P(gemini), "yes", KEY_PAGES),
	LIST("listen", KEY_LISTEN, gemini_listen,
	    "[::]:1965, 0.0.0.0:1965", 0),
	OTHER("host", KEY_HOST, P(gemini_host), NULL, KEY_PAGES),
	NUMBER("port", P(gemini_port), "0", 0, 65535, KEY_PAGES),
	BOOL("port_check", P(port_check), "yes", 0),
	{ .name = NULL },
};

const struct key keys_gopher[] = {
	BOOL("enabled", P(gopher), "yes", KEY_PAGES),
	LIST("listen", KEY_LISTEN, gopher_listen, "[::]:70, 0.0.0.0:70", 0),
	LIST("tls_listen", KEY_LISTEN, gophers_listen, NULL, 0),
	OTHER("host", KEY_HOST, P(gopher_host), NULL, KEY_PAGES),
	NUMBER("port", P(gopher_port), "0", 0, 65535, KEY_PAGES),
	CHOICE("charset", KEY_ENUM, P(gopher_ascii), "utf-8", "utf-8 ascii",
	    KEY_PAGES),
	NUMBER("width", P(gopher_width), "67", 30, 200, KEY_PAGES),
	{ .name = NULL },
};

const struct key keys_server[] = {
	NUMBER("workers", P(workers), "0", 0, 256, 0),
	TEXT("user", P(user), NULL, 0),
	CHOICE("sandbox", KEY_WORD, P(sandbox), "auto", "auto require off",
	    0),
	BOOL("key_process", P(key_process), "yes", 0),
	NUMBER("max_connections", P(max_connections), "1000", 1, 1000000, 0),
	NUMBER("max_per_address", P(max_per_address), "32", 1, 1000000, 0),
	NUMBER("rate_per_address", P(rate_per_address), "20", 0, 1000000, 0),
	LIST("proxy_from", KEY_LIST, proxy_from, NULL, 0),
	OTHER("access_log", KEY_OUTFILE, P(access_log), NULL, 0),
	CHOICE("access_format", KEY_WORD, P(access_format), "plain",
	    "plain common json", 0),
	BOOL("log_addresses", P(log_addresses), "no", 0),
	OTHER("metrics", KEY_OUTFILE, P(metrics), NULL, 0),
	{ .name = NULL },
};

const struct key keys_source[] = {
	TEXT("name", S(name), NULL, KEY_PAGES),
	OTHER("link", KEY_ADDRESS, S(link), NULL, KEY_PAGES),
	TEXT("nick", S(nick), NULL, KEY_PAGES),
	TEXT("face", S(face), NULL, KEY_PAGES),
	OTHER("language", KEY_LANGUAGE, S(language), NULL, KEY_PAGES),
	{ "groups", KEY_NAMES, S(groups), S(ngroups), NULL, 0, 0, NULL,
	    KEY_PAGES },
	RULE("include", S(filter.include)),
	RULE("exclude", S(filter.exclude)),
	RULE("include_title", S(filter.include_title)),
	RULE("exclude_title", S(filter.exclude_title)),
	RULE("include_author", S(filter.include_author)),
	RULE("exclude_author", S(filter.exclude_author)),
	RULE("include_category", S(filter.include_category)),
	RULE("exclude_category", S(filter.exclude_category)),
	RULE("include_link", S(filter.include_link)),
	RULE("exclude_link", S(filter.exclude_link)),
	RULE("include_language", S(filter.include_language)),
	RULE("exclude_language", S(filter.exclude_language)),
	NUMBER("max_items", S(max_items), "0", 0, MANY,
	    KEY_PLANET | KEY_PAGES),
	NUMBER("new_feed_items", S(new_items), "50", 0, MANY, KEY_PLANET),
	NUMBER("excerpt", S(excerpt), "0", 0, 1000000,
	    KEY_PLANET | KEY_PAGES),
	SECONDS("feed_timeout", S(timeout), "20", 1, 600, KEY_PLANET),
	SECONDS("interval", S(interval_min), "1h", 60, 31536000, KEY_PLANET),
	CHOICE("future_dates", KEY_ENUM, S(future_dates), "keep",
	    "keep ignore_date ignore_entry", KEY_PLANET),
	BOOL("allow_private", S(allow_private), "no", KEY_PLANET),
	BOOL("insecure", S(insecure), "no", 0),
	BOOL("private", S(hidden), "no", KEY_PAGES),
	BOOL("paused", S(paused), "no", KEY_PAGES),
	OTHER("archive", KEY_WISH, S(archive), "auto",
	    KEY_PLANET | KEY_PAGES),
	TEXT("user", S(user), NULL, KEY_SECRET),
	TEXT("password", S(password), NULL, KEY_SECRET),
	TEXT("title_type", S(title_type), NULL, KEY_PLANET),
	TEXT("content_type", S(content_type), NULL, 0),
	TEXT("ignore_in_feed", S(ignore_in_feed), NULL, KEY_PLANET),
	{ .name = NULL },
};

const struct key keys_host[] = {
	OTHER("root", KEY_DIR, H(root), NULL, 0),
	OTHER("cert", KEY_FILE, H(cert), NULL, 0),
	OTHER("key", KEY_FILE, H(key), NULL, 0),
	OTHER("language", KEY_LANGUAGE, H(language), NULL, 0),
	{ "gopher_listen", KEY_LISTEN, H(gopher_listen), H(ngopher_listen),
	    NULL, 0, 0, NULL, 0 },
	NUMBER("gopher_port", H(gopher_port), "0", 0, 65535, 0),
	{ .name = NULL },
};

/* Other spellings; Venus's `filter` is what include does. */
static const struct {
	const char	*alias, *name;
} aliases[] = {
	{ "filter", "include" },
	{ "lang", "language" },
	{ "subtitle", "description" },
	{ "group", "groups" },
	{ "tags", "groups" },
	{ "tag", "groups" },
	{ "category", "groups" },
	{ "categories", "groups" },
	{ "label", "groups" },
	{ "labels", "groups" },
	{ "timeout", "feed_timeout" },
	{ "new_items", "new_feed_items" },
	{ "interval_min", "interval" },
	{ "day_format", "new_date_format" },
	{ "output_directory", "output_dir" },
	{ "hidden", "private" },
	{ "avatar", "face" },
};

/* What HTML templates and Venus's own machinery needed. */
static const char *const ignored[] = {
	"bill_of_materials", "cache_lists_directory",
	"cache_sources_directory", "cache_blacklist_directory", "comments",
	"django_autoescape", "encoding", "filter_directories", "filters",
	"generator_uri", "http_cache_directory", "locale", "log_format",
	"name_type", "offset", "output_theme", "pubsubhubbub_feeds",
	"pubsubhubbub_hub", "summary_type", "template_directories",
	"template_files", "xml_base", "post_to_twitter", "atom_url",
	"stylesheet", "options", NULL,
};

/* Words that real planets give their feeds for templates of their own. */
static const char *const customary[] = {
	"author", "avatar", "blogname", "description", "email", "face",
	"faceheight", "facewidth", "facebook", "feed", "flickr", "gender",
	"github", "icon", "id", "irc", "ircnick", "jabber", "location",
	"logo", "mastodon", "nick", "nickname", "portrait", "rss", "title",
	"truelink", "twitter", "url", "username", "website", "wiki", NULL,
};

static bool
is_one_of(const char *name, const char *const *list)
{
	for (; *list != NULL; list++)
		if (strcmp(name, *list) == 0)
			return true;
	return false;
}

const struct key *
key_find(const struct key *table, const char *name)
{
	const struct key *k;

	for (k = table; k->name != NULL; k++)
		if (strcmp(k->name, name) == 0)
			return k;
	for (size_t i = 0; i < sizeof(aliases) / sizeof(aliases[0]); i++)
		if (strcmp(aliases[i].alias, name) == 0)
			for (k = table; k->name != NULL; k++)
				if (strcmp(k->name, aliases[i].name) == 0)
					return k;
	return NULL;
}

bool
key_is_ignored(const char *name)
{
	return is_one_of(name, ignored);
}

bool
key_is_customary(const char *name)
{
	return is_one_of(name, customary);
}

#define NAME_MAX_	40

int
key_distance(const char *a, const char *b, int limit)
{
	int rows[3][NAME_MAX_ + 1], *row = rows[0], *up = rows[1],
	    *up2 = rows[2];
	int n = (int)strlen(a), m = (int)strlen(b);

	if (n > NAME_MAX_ || m > NAME_MAX_ || n - m > limit || m - n > limit)
		return limit + 1;
	for (int j = 0; j <= m; j++)
		row[j] = j;
	for (int i = 1; i <= n; i++) {
		int *swap = up2;

		up2 = up;
		up = row;
		row = swap;
		row[0] = i;
		for (int j = 1; j <= m; j++) {
			int d = up[j - 1] + (a[i - 1] != b[j - 1]);

			if (up[j] + 1 < d)
				d = up[j] + 1;
			if (row[j - 1] + 1 < d)
				d = row[j - 1] + 1;
			if (i > 1 && j > 1 && a[i - 1] == b[j - 2] &&
			    a[i - 2] == b[j - 1] && up2[j - 2] + 1 < d)
				d = up2[j - 2] + 1;
			row[j] = d;
		}
	}
	return row[m] <= limit ? row[m] : limit + 1;
}

/* "link2" is no misspelt "link" but a second one. */
static bool
is_numbered(const char *name, const char *known)
{
	size_t n = strlen(known);

	return strncmp(name, known, n) == 0 && name[n] != '\0' &&
	    strspn(name + n, "0123456789_") == strlen(name + n);
}

static void
consider(const char *name, const char *known, int *best, const char **nearest)
{
	size_t n = strlen(name), m = strlen(known);
	int limit = m < 3 ? 0 : m < 6 ? 1 : m < 12 ? 2 : 3;
	int d = key_distance(name, known, limit);

	/* "cache_dir" for "cache_directory" */
	if (d > limit && n >= 8 && n < m && strncmp(name, known, n) == 0)
		d = limit;
	if (d <= limit && d < *best && !is_numbered(name, known)) {
		*best = d;
		*nearest = known;
	}
}

const char *
key_nearest(const char *name, const struct key *table,
    const struct key *table2, const char *const *names)
{
	const char *nearest = NULL;
	int best = 100;

	for (const struct key *k = table; k != NULL && k->name != NULL; k++)
		consider(name, k->name, &best, &nearest);
	for (const struct key *k = table2; k != NULL && k->name != NULL; k++)
		if (k->flags & KEY_PLANET || table == NULL)
			consider(name, k->name, &best, &nearest);
	for (; names != NULL && *names != NULL; names++)
		consider(name, *names, &best, &nearest);
	return nearest;
}

const char *
key_slip(const char *name)
{
	static const char *const also[] = { "filter", NULL };

	return key_is_customary(name) ? NULL :
	    key_nearest(name, keys_source, NULL, also);
}
