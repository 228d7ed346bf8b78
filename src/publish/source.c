/*
 * The sources: a page that lists them, and a list of entries for each.
 */
#include <string.h>

#include "base/uri.h"
#include "base/utf8.h"
#include "gemtext/gemtext.h"
#include "publish/lists.h"

#define STATES_KEY	"publish_source_states"
#define ABOUT_COLUMNS	500	/* of what a source says of itself */

static bool
is_own(const struct site *s, const struct store_feed *f)
{
	return f->id == s->own || strcmp(f->url, STORE_OWN_URL) == 0;
}

/*
 * Whether it has a page.  One that has left the configuration keeps it as
 * long as there are entries that point to it.
 */
static bool
has_page(const struct site *s, const struct store_feed *f)
{
	return (f->active && !is_own(s, f)) || f->nentries > 0;
}

static const char *
name_of(const struct site *s, const struct store_feed *f)
{
	if (is_own(s, f) || f->name == NULL || f->name[0] == '\0')
		return s->config->name;
	return f->name;
}

/* An address of the feed's, when it may be linked to. */
static void
put_address(struct buf *out, const char *url, const char *label)
{
	char scheme[16];

	if (url == NULL)
		return;
	uri_scheme(scheme, sizeof(scheme), span_str(url));
	if (scheme[0] != '\0' && uri_scheme_linkable(scheme))
		gemtext_put_link(out, span_str(url), span_str(label));
}

static void
put_addresses(struct buf *out, const struct site *s,
    const struct store_feed *f)
{
	struct buf url = { 0 };

	put_address(out, f->link, strings_get(s->words, W_website));
	if (!f->hidden && !is_own(s, f)) {
		uri_public(&url, f->url);
		put_address(out, buf_cstr(&url), strings_get(s->words,
		    W_feed));
	}
	buf_free(&url);
}

/* One failure may be anything; two say something about the source. */
static bool
is_failing(const struct store_feed *f)
{
	return f->active && f->failures > 1 && f->error != NULL &&
	    f->error[0] != '\0';
}

/* "12 entries, 2026-01-14, cannot be read at the moment (404)" */
static void
put_state(struct buf *out, const struct site *s, const struct store_feed *f)
{
	strings_count(out, s->words, W_entries, f->nentries);
	if (f->nentries > 0) {
		buf_puts(out, ", ");
		site_iso_day(out, f->newest);
	}
	if (f->gone)
		buf_putf(out, ", %s", strings_get(s->words, W_gone));
	else if (is_failing(f)) {
		buf_putf(out, ", %s", strings_get(s->words, W_failing));
		if (f->status > 0)
			buf_putf(out, " (%d)", f->status);
	}
	buf_putc(out, '\n');
}

static int
put_source(struct site *s, const struct stale *st,
    const struct store_feed *f, struct error *e)
{
	struct page_list l = { .title = name_of(s, f), .n = f->nentries,
	    .all = st->all, .up = "s/", .q = { .feed = f->id, .own = -1 },
	    .up_label = strings_get(s->words, W_sources) };
	struct buf path = { 0 }, intro = { 0 }, about = { 0 };
	int rc;

	site_feed_path(&path, f);
	if (f->subtitle != NULL && f->subtitle[0] != '\0') {
		utf8_shorten(&about, span_str(f->subtitle), ABOUT_COLUMNS);
		list_line(&intro, "", buf_cstr(&about));
		buf_putc(&intro, '\n');
	}
	put_state(&intro, s, f);
	put_addresses(&intro, s, f);
	l.dir = buf_cstr(&path);
	l.intro = buf_span(&intro);
	rc = list_put(s, st, &l, e);
	buf_free(&path);
	buf_free(&intro);
	buf_free(&about);
	return rc;
}

static void
put_item(struct buf *out, struct site *s, const struct store_feed *f)
{
	struct buf path = { 0 };

	buf_putc(&path, '/');
	site_feed_path(&path, f);
	gemtext_put_link(out, buf_span(&path), span_str(name_of(s, f)));
	put_state(out, s, f);
	put_addresses(out, s, f);
	buf_putc(out, '\n');
	buf_free(&path);
}

/* The other ways through the archive, where there are any. */
static void
put_others(struct buf *out, struct site *s)
{
	static const struct {
		const char	*file, *url;
		enum word	 word;
	} ways[] = { { "capsule/g/index.gmi", "/g/", W_groups },
		{ "capsule/t/index.gmi", "/t/", W_tags },
		{ "capsule/l/index.gmi", "/l/", W_languages } };

	for (size_t i = 0; i < sizeof(ways) / sizeof(ways[0]); i++)
		if (tree_has(s->tree, ways[i].file))
			gemtext_put_link(out, span_str(ways[i].url),
			    span_str(strings_get(s->words, ways[i].word)));
}

static int
put_sources(struct site *s, struct error *e)
{
	struct buf out = { 0 }, title = { 0 };
	const struct store_query all = { .own = -1 };
	bool silent = false;
	int rc;

	buf_putf(&title, "%s: %s", s->config->name,
	    strings_get(s->words, W_sources));
	list_line(&out, "# ", buf_cstr(&title));
	/* a sentence, or a heading would be taken for the subtitle */
	buf_putc(&out, '\n');
	strings_count(&out, s->words, W_entries, store_count(s->store, &all));
	buf_puts(&out, "\n\n");
	for (size_t i = 0; i < s->nfeeds; i++)
		if (has_page(s, &s->feeds[i]) &&
		    site_feed_lively(s, &s->feeds[i]))
			put_item(&out, s, &s->feeds[i]);
	for (size_t i = 0; i < s->nfeeds; i++) {
		if (!has_page(s, &s->feeds[i]) ||
		    site_feed_lively(s, &s->feeds[i]))
			continue;
		if (!silent) {
			list_line(&out, "## ", strings_get(s->words,
			    W_inactive));
			buf_putc(&out, '\n');
		}
		silent = true;
		put_item(&out, s, &s->feeds[i]);
	}
	if (out.p[out.n - 2] != '\n')
		buf_putc(&out, '\n');
	put_others(&out, s);
	list_foot(&out, s, "feed.gmi", strings_get(s->words, W_subscribe));
	rc = list_page(s, "s/index.gmi", &out, e);
	buf_free(&out);
	buf_free(&title);
	return rc;
}

/* --- what is stale --- */

/*
 * Fetching and the mere passing of time make no marks, and yet pages say
 * whether a source can be read and is silent: so keep what they said last.
 */
static void
state_line(struct buf *out, const struct site *s, const struct store_feed *f)
{
	buf_putf(out, "\n%lld %c %d\n", (long long)f->id, f->gone ? 'g' :
	    site_feed_lively(s, f) ? 'l' : 's', is_failing(f) ? f->status :
	    -1);
}

static bool
is_stale(const struct site *s, const struct stale *st,
    const struct store_feed *f, const char *states)
{
	struct buf line = { 0 };
	bool stale = st->all;

	for (size_t i = 0; i < st->nfeeds && !stale; i++)
		stale = st->feeds[i] == f->id;
	if (!stale) {
		state_line(&line, s, f);
		stale = strstr(states, buf_cstr(&line)) == NULL;
	}
	buf_free(&line);
	return stale;
}

static int
keep_states(struct site *s, const char *had, struct error *e)
{
	struct buf now = { 0 };
	int rc = 0;

	for (size_t i = 0; i < s->nfeeds; i++)
		state_line(&now, s, &s->feeds[i]);
	if (!s->options->dry_run && strcmp(buf_cstr(&now), had) != 0)
		rc = store_meta_set(s->store, STATES_KEY, buf_cstr(&now), e);
	buf_free(&now);
	return rc;
}

static int
put_stale(struct site *s, const struct stale *st, const char *states,
    bool *any, struct error *e)
{
	struct buf dir = { 0 };
	int rc = 0;

	for (size_t i = 0; i < s->nfeeds && rc == 0; i++) {
		/* a copy: the list may move when a feed is looked up */
		const struct store_feed f = s->feeds[i];

		if (!is_stale(s, st, &f, states))
			continue;
		*any = true;
		buf_clear(&dir);
		buf_puts(&dir, "capsule/");
		site_feed_path(&dir, &f);
		rc = has_page(s, &f) ? put_source(s, st, &f, e) :
		    tree_gone_prefix(s->tree, buf_cstr(&dir), false, e);
	}
	buf_free(&dir);
	return rc;
}

int
sources_publish(struct site *s, const struct stale *st, struct error *e)
{
	struct buf prefix = { 0 }, states = { 0 };
	struct store_feed own;
	bool any = st->all || st->sources || st->ngone_feeds > 0;
	int rc = 0;

	/* not among the store's feeds until it is looked up */
	if (store_feed_by_url(s->store, &own, &s->arena, STORE_OWN_URL) == 0)
		(void)site_feed(s, own.id);
	for (size_t i = 0; i < st->ngone_feeds && rc == 0; i++) {
		buf_clear(&prefix);
		buf_putf(&prefix, "capsule/s/%s/", st->gone_feeds[i]);
		rc = tree_gone_prefix(s->tree, buf_cstr(&prefix), true, e);
	}
	(void)store_meta_get(s->store, STATES_KEY, &states);
	if (rc == 0)
		rc = put_stale(s, st, buf_cstr(&states), &any, e);
	if (rc == 0 && any)
		rc = put_sources(s, e);
	if (rc == 0)
		rc = keep_states(s, buf_cstr(&states), e);
	buf_free(&prefix);
	buf_free(&states);
	return rc;
}
