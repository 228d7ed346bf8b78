/*
 * robots.txt by the purposes of Gemini's virtual agents.
 *
 * The words of other people are not the planet's to spread on the web or
 * through search engines, so those stay off the copies; archives may have
 * them, but for sources that do not want it.
 */
#include <string.h>

#include "publish/bundles.h"
#include "publish/small.h"

#define LINES_MAX	500	/* for sources that want no archive */

static bool
is_set(const struct site *s, const char *policy)
{
	return s->config->robots != NULL &&
	    strcmp(s->config->robots, policy) == 0;
}

bool
robots_unwilling(const struct site *s, const struct store_feed *f)
{
	const struct source *src = config_source(s->config, f->url);

	if (src != NULL && src->archive != -1)
		return src->archive == 0;
	return f->noarchive && !is_set(s, "open");
}

static int
entry_lines(struct buf *out, struct site *s, int64_t feed, size_t *left,
    struct error *e)
{
	struct store_query q = { .own = -1, .feed = feed, .limit = *left };
	struct store_cursor *c;
	struct store_entry en;
	struct arena a = { 0 };
	int rc;

	if ((rc = store_select(s->store, &c, &q, e)) != 0)
		return rc;
	while (*left > 0 && (rc = store_next(c, &en, &a, e)) == 1) {
		buf_puts(out, "Disallow: /");
		site_entry_path(out, &en);
		buf_putc(out, '\n');
		--*left;
		arena_free(&a);
	}
	store_cursor_free(c);
	arena_free(&a);
	return rc < 0 ? rc : 0;
}

/*
 * Entries have no prefix of their own per source: their paths are for
 * ever, the sources may change.  So each is named, as far as that goes:
 * the sources' pages first, then an equal share of entries for each.
 */
static int
wishes(struct buf *out, struct site *s, struct error *e)
{
	size_t left = LINES_MAX, n = 0, share;
	int rc = 0;

	for (size_t i = 0; i < s->nfeeds; i++)
		n += robots_unwilling(s, &s->feeds[i]);
	if (n == 0)
		return 0;
	buf_putf(out, "# Sources that do not want to be archived: their pages,"
	    " and their newest\n# entries up to %d lines in all.\n",
	    LINES_MAX);
	for (size_t i = 0; i < s->nfeeds && left > 0; i++)
		if (robots_unwilling(s, &s->feeds[i])) {
			buf_puts(out, "Disallow: /");
			site_feed_path(out, &s->feeds[i]);
			buf_putc(out, '\n');
			left--;
		}
	for (size_t i = 0; i < s->nfeeds && left > 0 && rc == 0; i++)
		if (robots_unwilling(s, &s->feeds[i])) {
			size_t mine = share = (left + n - 1) / n;

			rc = entry_lines(out, s, s->feeds[i].id, &mine, e);
			left -= share - mine;
			n--;
		}
	return rc;
}

int
robots_publish(struct site *s, struct error *e)
{
	bool open = is_set(s, "open") || s->config->open_archives;
	struct buf out = { 0 }, wish = { 0 };
	int rc = 0;

	if (is_set(s, "closed")) {
		buf_puts(&out, "User-agent: *\nDisallow: /\n");
		goto put;
	}
	if ((rc = wishes(&wish, s, e)) != 0)
		goto done;
	buf_puts(&out, "User-agent: archiver\n");
	buf_puts(&out, wish.n > 0 ? buf_cstr(&wish) : "Disallow:\n");
	buf_puts(&out, "\nUser-agent: researcher\nDisallow:\n");
	for (int i = 0; i < 2; i++) {
		buf_putf(&out, "\nUser-agent: %s\n", i == 0 ? "indexer" :
		    "webproxy");
		if (!open) {
			buf_puts(&out, "# /e/ holds copies of what others"
			    " wrote.\nDisallow: /e/\n");
			if (s->config->books || (s->config->bundles != NULL &&
			    strcmp(s->config->bundles, "no") != 0))
				buf_puts(&out, "Disallow: /" BUNDLES_DIR "\n");
		} else
			buf_puts(&out, wish.n > 0 ? buf_cstr(&wish) :
			    "Disallow:\n");
	}
put:
	rc = small_put(s, "capsule/robots.txt", &out, e);
done:
	buf_free(&out);
	buf_free(&wish);
	return rc;
}
