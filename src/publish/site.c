/*
 * What page writers share: feeds by id, names, times, addresses.
 */
#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <time.h>

#include "base/uri.h"
#include "base/utf8.h"
#include "publish/site.h"

#define SLUG_MAX	40
#define KEY_LEAST	6	/* bytes of a secret, or it is none */
#define SCRAP_COLUMNS	20	/* less of a line says nothing */

static int
by_id(const void *a, const void *b, void *feeds)
{
	const struct store_feed *f = feeds;
	int64_t x = f[*(const size_t *)a].id, y = f[*(const size_t *)b].id;

	return x < y ? -1 : x > y;
}

/* Where the feed stands in the list; nfeeds when it does not. */
static size_t
place(struct site *s, int64_t id)
{
	size_t lo = 0, hi;

	if (s->nby_id != s->nfeeds) {
		s->by_id = arena_alloc(&s->arena, s->nfeeds *
		    sizeof(*s->by_id));
		for (size_t i = 0; i < s->nfeeds; i++)
			s->by_id[i] = i;
		qsort_r(s->by_id, s->nfeeds, sizeof(*s->by_id), by_id,
		    s->feeds);
		s->nby_id = s->nfeeds;
	}
	for (hi = s->nfeeds; lo < hi;) {
		size_t mid = lo + (hi - lo) / 2;
		int64_t at = s->feeds[s->by_id[mid]].id;

		if (at == id)
			return s->by_id[mid];
		if (at < id)
			lo = mid + 1;
		else
			hi = mid;
	}
	return s->nfeeds;
}

const struct store_feed *
site_feed(struct site *s, int64_t id)
{
	size_t at = place(s, id);
	struct store_feed f;

	if (at < s->nfeeds)
		return &s->feeds[at];
	if (store_feed(s->store, &f, &s->arena, id) != 0)
		return NULL;
	s->feeds = arena_push(&s->arena, s->feeds, &s->nfeeds,
	    sizeof(*s->feeds));
	s->feeds[s->nfeeds - 1] = f;
	return &s->feeds[s->nfeeds - 1];
}

/* "feed=rss2", "format=atom": how a site names its formats, and no more. */
static bool
is_format(const char *query)
{
	static const char *const names[] = { "feed", "format", "type", "alt",
		"output", "fmt" };
	static const char *const values[] = { "rss", "rss2", "rss20", "atom",
		"atom10", "atom03", "rdf", "xml", "json", "feed", "rss_200",
		"rss_100", "index.rss" };
	const char *equals = strchr(query, '=');

	if (equals == NULL)
		return false;
	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		if (span_ieqs(span_of(query, (size_t)(equals - query)),
		    names[i]))
			for (size_t k = 0; k < sizeof(values) /
			    sizeof(values[0]); k++)
				if (strcasecmp(equals + 1, values[k]) == 0)
					return true;
	return false;
}

/* Whether address holds what stands behind "?" in url, or a part of it. */
static bool
tells_query(const char *url, const char *address)
{
	const char *q = strchr(url, '?');
	size_t n;

	if (q == NULL || is_format(++q))
		return false;
	if (*q != '\0' && strstr(address, q) != NULL)
		return true;
	for (; *q != '\0'; q += n + (q[n] == '&')) {
		const char *value = memchr(q, '=', n = strcspn(q, "&"));

		value = value != NULL ? value + 1 : q;
		if ((size_t)(q + n - value) >= KEY_LEAST &&
		    memmem(address, strlen(address), value,
		    (size_t)(q + n - value)) != NULL)
			return true;
	}
	return false;
}

void
site_address(struct buf *out, const struct store_feed *f,
    const char *address)
{
	size_t authority = strcspn(address, "/?#");

	if (address[authority] == '/' && address[authority + 1] == '/')
		authority += 2;
	if (tells_query(f->url, address) ||
	    memchr(address + authority, '@', strcspn(address + authority,
	    "/?#")) != NULL)
		uri_public(out, address);
	else
		buf_puts(out, address);
}

bool
site_feed_own(const struct store_feed *f)
{
	return strcmp(f->url, STORE_OWN_URL) == 0;
}

bool
site_feed_listed(const struct store_feed *f)
{
	return (f->active && !site_feed_own(f)) || f->nentries > 0;
}

const char *
site_feed_name(const struct site *s, const struct store_feed *f)
{
	if (site_feed_own(f) || f->name == NULL || f->name[0] == '\0')
		return s->config->name;
	return f->name;
}

bool
site_feed_lively(const struct site *s, const struct store_feed *f)
{
	int days = s->config->activity_threshold;

	return f->active && (days == 0 ||
	    (f->nentries > 0 && f->newest > s->now - (int64_t)days * 86400));
}

const char *
site_source_name(struct site *s, const struct store_entry *en)
{
	const struct store_feed *f;

	if (en->own)
		return s->config->name;
	f = site_feed(s, en->feed);
	return f != NULL && f->name != NULL ? f->name : s->config->name;
}

const char *
site_author(struct site *s, const struct store_entry *en)
{
	if (en->author == NULL || en->author[0] == '\0' ||
	    strcasecmp(en->author, site_source_name(s, en)) == 0)
		return NULL;
	return en->author;
}

void
site_title(struct buf *out, const struct site *s,
    const struct store_entry *en)
{
	size_t was = out->n;

	if (en->title != NULL)
		utf8_line(out, span_str(en->title));
	if (out->n == was && en->excerpt != NULL)
		utf8_shorten(out, span_str(en->excerpt), 60);
	if (out->n == was)
		buf_puts(out, strings_get(s->words, W_untitled));
}

/* --- excerpts --- */

/* The lines of text that fit into max columns; links are counted by label. */
static const char *
cut(const char *text, size_t max, bool gemtext, struct arena *a)
{
	struct span rest = span_str(text), line;
	struct buf out = { 0 };
	size_t used = 0, n;
	bool pre = false;
	const char *kept;

	while (span_line(&rest, &line)) {
		bool link = gemtext && !pre && span_starts(line, "=>");

		n = link ? 0 : utf8_columns(line);
		if (used + n > max) {
			if (!pre && max - used > SCRAP_COLUMNS)
				utf8_shorten(&out, line, max - used);
			else
				buf_puts(&out, "…");
			buf_putc(&out, '\n');
			break;
		}
		if (gemtext && span_starts(line, "```"))
			pre = !pre;
		used += n;
		buf_put_span(&out, line);
		buf_putc(&out, '\n');
	}
	if (pre)
		buf_puts(&out, "```\n");
	kept = arena_strndup(a, buf_cstr(&out), out.n);
	buf_free(&out);
	return kept;
}

void
site_excerpt(struct site *s, struct store_entry *en, struct arena *a)
{
	const struct store_feed *f = en->own ? NULL : site_feed(s, en->feed);
	const struct source *src = f != NULL && f->active ?
	    config_source(s->config, f->url) : NULL;
	size_t max = src != NULL && src->excerpt > 0 ?
	    (size_t)src->excerpt : 0;

	if (max == 0)
		return;
	if (en->gemtext != NULL && utf8_columns(span_str(en->gemtext)) > max) {
		en->gemtext = cut(en->gemtext, max, true, a);
		en->summary_only = true;
	}
	if (en->text != NULL && utf8_columns(span_str(en->text)) > max)
		en->text = cut(en->text, max, false, a);
}

/* --- time --- */

int
site_offset(int64_t t)
{
	time_t when = (time_t)t;
	struct tm tm;

	return localtime_r(&when, &tm) != NULL ? (int)tm.tm_gmtoff : 0;
}

/* A moment in the planet's zone, by format. */
static void
put_time(struct buf *out, const struct strings *words, const char *format,
    int64_t t)
{
	time_t when = (time_t)t;
	struct tm tm;

	if (localtime_r(&when, &tm) == NULL || tm.tm_zone == NULL ||
	    strcmp(tm.tm_zone, "UTC") == 0)
		strings_date(out, words, format, t, 0, "GMT");
	else
		strings_date(out, words, format, t, (int)tm.tm_gmtoff,
		    tm.tm_zone);
}

int64_t
site_date(const struct store_entry *en)
{
	return en->published != DATE_NONE && en->published <= en->sort ?
	    en->published : en->sort;
}

void
site_time(struct buf *out, const struct site *s, int64_t t)
{
	const char *f = s->config->date_format_given ?
	    s->config->date_format : strings_date_format(s->words);

	put_time(out, s->words, f, t);
}

void
site_day(struct buf *out, const struct site *s, int64_t t)
{
	const char *f = s->config->day_format_given ?
	    s->config->day_format : strings_day_format(s->words);

	put_time(out, s->words, f, t);
}

void
site_iso_day(struct buf *out, int64_t t)
{
	put_time(out, strings_for("en"), "%F", t);
}

/* The instant at which a civil day begins in the planet's zone. */
static int64_t
day_start(int y, int m, int d)
{
	int64_t t = date_days(y, m, d) * 86400;
	int64_t first = t - site_offset(t);

	return t - site_offset(first);
}

bool
site_bounds(const char *key, int64_t *from, int64_t *until)
{
	int y, m = 0, d = 0, n = sscanf(key, "%d-%d-%d", &y, &m, &d);
	int ny, nm, nd;

	if (n < 1 || y < 1 || y > 9999 || (n > 1 && (m < 1 || m > 12)) ||
	    (n > 2 && (d < 1 || d > 31)))
		return false;
	*from = day_start(y, n > 1 ? m : 1, n > 2 ? d : 1);
	if (n == 1) {
		*until = day_start(y + 1, 1, 1);
	} else if (n == 2) {
		*until = day_start(m == 12 ? y + 1 : y, m % 12 + 1, 1);
	} else {
		date_civil(date_days(y, m, d) + 1, &ny, &nm, &nd);
		*until = day_start(ny, nm, nd);
	}
	return true;
}

int64_t
site_count(struct site *s, const char *key)
{
	size_t n = strlen(key);

	return store_bucket_count(s->store, n == strlen("2026") ?
	    BUCKET_YEAR : n == strlen("2026-01") ? BUCKET_MONTH : BUCKET_DAY,
	    key);
}

bool
site_query_bounds(struct store_query *q, const char *key)
{
	if (!site_bounds(key, &q->from, &q->until))
		return false;
	if (q->from == 0)
		q->from = -1;
	if (q->until == 0)
		q->until = -1;
	return true;
}

/* --- addresses --- */

void
site_slug(struct buf *out, const char *s)
{
	size_t was = out->n;
	/* where the hole has a file of that name there can be no directory */
	bool exact = strcasecmp(s, "menu") != 0;
	char hex[HASH_HEX];
	struct buf folded = { 0 };

	for (const char *p = s; *p != '\0'; p++) {
		unsigned char c = (unsigned char)*p;

		buf_putc(&folded, (char)tolower(c));
		if (c < 0x80 && isalnum(c)) {
			if (out->n - was < SLUG_MAX)
				buf_putc(out, (char)tolower(c));
			else
				exact = false;
		} else {
			exact = exact && c == '-' && out->n > was &&
			    out->p[out->n - 1] != '-';
			if (out->n > was && out->p[out->n - 1] != '-')
				buf_putc(out, '-');
		}
	}
	if (out->n > was && out->p[out->n - 1] == '-') {
		buf_truncate(out, out->n - 1);
		exact = false;
	}
	if (!exact || out->n == was) {
		hash_hex(buf_span(&folded), hex);
		buf_putf(out, "%s%.6s", out->n > was ? "-" : "", hex);
	}
	buf_free(&folded);
}

void
site_entry_path(struct buf *out, const struct store_entry *en)
{
	buf_puts(out, en->path);
	buf_puts(out, ".gmi");
}

void
site_feed_path(struct buf *out, const struct store_feed *f)
{
	buf_puts(out, "s/");
	buf_puts(out, f->slug);
	buf_putc(out, '/');
}

static void
slug_path(struct buf *out, char kind, const char *key)
{
	buf_putf(out, "%c/", kind);
	site_slug(out, key);
	buf_putc(out, '/');
}

void
site_tag_path(struct buf *out, const char *tag)
{
	slug_path(out, 't', tag);
}

void
site_group_path(struct buf *out, const char *group)
{
	slug_path(out, 'g', group);
}

void
site_language_path(struct buf *out, const char *lang)
{
	slug_path(out, 'l', lang);
}

void
site_day_path(struct buf *out, const char *day)
{
	buf_putf(out, "%.4s/%.2s/%.2s.gmi", day, day + 5, day + 8);
}

void
site_month_path(struct buf *out, const char *month)
{
	buf_putf(out, "%.4s/%.2s/", month, month + 5);
}

void
site_year_path(struct buf *out, const char *year)
{
	buf_putf(out, "%.4s/", year);
}

const char *
site_host(const struct site *s)
{
	return s->config->gemini_host != NULL ? s->config->gemini_host :
	    "localhost";
}

void
site_url(struct buf *out, const struct site *s, const char *path)
{
	int port = s->config->gemini_port;

	buf_putf(out, "gemini://%s", site_host(s));
	if (port != 0 && port != 1965)
		buf_putf(out, ":%d", port);
	buf_putf(out, "/%s", path);
}

void
site_gopher_url(struct buf *out, const struct site *s, char type,
    const char *selector)
{
	const char *host = s->config->gopher_host != NULL ?
	    s->config->gopher_host : site_host(s);
	int port = s->config->gopher_port;

	buf_putf(out, "gopher://%s", host);
	if (port != 0 && port != 70)
		buf_putf(out, ":%d", port);
	buf_putf(out, "/%c%s", type, selector);
}

void
site_step(struct site *s)
{
	s->done++;
	if (s->options != NULL && s->options->progress != NULL)
		s->options->progress(s->done, s->total, s->options->arg);
}
