/*
 * A run: entry pages first, then days and years, the front page last.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "gemtext/gemtext.h"
#include "publish/site.h"

static int
put(struct site *s, const char *path, struct buf *page, struct error *e)
{
	struct buf full = { 0 };
	int rc;

	buf_putf(&full, "capsule/%s", path);
	rc = tree_put(s->tree, buf_cstr(&full), buf_span(page), e);
	buf_free(&full);
	site_step(s);
	return rc;
}

static void
heading(struct buf *out, const char *mark, struct span s)
{
	buf_puts(out, mark);
	gemtext_put_text(out, s);
	if (out->n > 0 && out->p[out->n - 1] != '\n')
		buf_putc(out, '\n');
}

/* "Source: Title", time and author, first paragraph. */
static void
teaser(struct buf *out, struct site *s, const struct store_entry *en)
{
	struct buf url = { 0 }, label = { 0 }, line = { 0 };
	const char *author = site_author(s, en);

	buf_putc(&url, '/');
	site_entry_path(&url, en);
	buf_putf(&label, "%s: ", site_source_name(s, en));
	site_title(&label, s, en);
	gemtext_put_link(out, buf_span(&url), buf_span(&label));
	if (author != NULL)
		buf_putf(&line, "%s, ", author);
	site_time(&line, s, site_date(en));
	heading(out, "", buf_span(&line));
	if (en->excerpt != NULL && en->excerpt[0] != '\0')
		heading(out, "", span_str(en->excerpt));
	buf_putc(out, '\n');
	buf_free(&url);
	buf_free(&label);
	buf_free(&line);
}

static int
entry_page(struct site *s, const struct store_entry *en, struct error *e)
{
	struct buf out = { 0 }, b = { 0 };
	const char *author = site_author(s, en);
	int rc;

	site_title(&b, s, en);
	heading(&out, "# ", buf_span(&b));
	buf_clear(&b);
	buf_putf(&b, "%s%s%s, ", site_source_name(s, en),
	    author != NULL ? ", " : "", author != NULL ? author : "");
	site_time(&b, s, site_date(en));
	heading(&out, "", buf_span(&b));
	buf_putc(&out, '\n');
	if (en->gemtext != NULL && en->gemtext[0] != '\0')
		buf_putf(&out, "%s%s", en->gemtext,
		    en->gemtext[strlen(en->gemtext) - 1] == '\n' ? "\n" :
		    "\n\n");
	for (size_t i = 0; i < en->nenclosures; i++)
		gemtext_put_link(&out, span_str(en->enclosures[i].href),
		    span_str(en->enclosures[i].type));
	if (en->link != NULL)
		gemtext_put_link(&out, span_str(en->link),
		    span_str(strings_get(s->words, W_original)));
	gemtext_put_link(&out, span_str("/"), span_str(s->config->name));
	buf_clear(&b);
	site_entry_path(&b, en);
	rc = put(s, buf_cstr(&b), &out, e);
	buf_free(&out);
	buf_free(&b);
	return rc;
}

/* Entries of q below day headings (unless dayless); or their pages. */
static int
each_entry(struct site *s, const struct store_query *q, struct buf *river,
    struct error *e)
{
	struct store_cursor *c;
	struct store_entry en;
	struct arena a = { 0 };
	struct buf day = { 0 }, last = { 0 };
	int rc;

	if ((rc = store_select(s->store, &c, q, e)) != 0)
		return rc;
	while ((rc = store_next(c, &en, &a, e)) == 1) {
		if (river == NULL) {
			if ((rc = entry_page(s, &en, e)) != 0)
				break;
			arena_free(&a);
			continue;
		}
		buf_clear(&day);
		site_day(&day, s, site_date(&en));
		if (!span_eq(buf_span(&day), buf_span(&last))) {
			heading(river, "## ", buf_span(&day));
			buf_putc(river, '\n');
			buf_clear(&last);
			buf_put_span(&last, buf_span(&day));
		}
		teaser(river, s, &en);
		arena_free(&a);
	}
	store_cursor_free(c);
	arena_free(&a);
	buf_free(&day);
	buf_free(&last);
	return rc;
}

static int
front_page(struct site *s, struct error *e)
{
	struct store_query q = { .own = -1, .front = true,
	    .limit = (size_t)s->config->items_per_page };
	struct store_bucket *years;
	struct arena a = { 0 };
	struct buf out = { 0 };
	size_t n = 0;
	int rc;

	heading(&out, "# ", span_str(s->config->name));
	buf_putc(&out, '\n');
	if (s->config->subtitle != NULL && s->config->subtitle[0] != '\0') {
		heading(&out, "", span_str(s->config->subtitle));
		buf_putc(&out, '\n');
	}
	rc = each_entry(s, &q, &out, e);
	if (rc == 0)
		rc = store_buckets(s->store, BUCKET_DAY, 0, &years, &n, &a);
	if (rc == 0 && n > 0) {
		heading(&out, "## ", span_str(strings_get(s->words,
		    W_archive)));
		for (size_t i = 0; i < n && i < SITE_LIST_MAX; i++) {
			struct buf p = { 0 };

			buf_putc(&p, '/');
			site_day_path(&p, years[i].key);
			gemtext_put_link(&out, buf_span(&p),
			    span_str(years[i].key));
			buf_free(&p);
		}
	}
	if (rc == 0)
		rc = put(s, "index.gmi", &out, e);
	arena_free(&a);
	buf_free(&out);
	return rc;
}

static int
day_page(struct site *s, const char *key, struct error *e)
{
	struct store_query q = { .own = -1 };
	struct buf out = { 0 }, path = { 0 };
	int rc = 0;

	if (!site_bounds(key, &q.from, &q.until))
		return 0;
	buf_putf(&out, "# %s: %s\n\n%s\n\n", s->config->name, key,
	    strings_get(s->words, W_archive));
	site_day_path(&path, key);
	if ((rc = each_entry(s, &q, &out, e)) == 0) {
		gemtext_put_link(&out, span_str("/"),
		    span_str(s->config->name));
		rc = put(s, buf_cstr(&path), &out, e);
	}
	buf_free(&out);
	buf_free(&path);
	return rc;
}

static int
pages(struct site *s, struct error *e)
{
	struct store_query q = { .own = -1, .what = STORE_BODY };
	struct store_bucket *days;
	struct arena a = { 0 };
	size_t n = 0;
	int rc;

	if ((rc = each_entry(s, &q, NULL, e)) == 0)
		rc = store_buckets(s->store, BUCKET_DAY, 0, &days, &n, &a);
	for (size_t i = 0; i < n && rc == 0; i++)
		rc = day_page(s, days[i].key, e);
	arena_free(&a);
	return rc == 0 ? front_page(s, e) : rc;
}

int
publish(struct store *store, const struct config *c,
    const struct publish_options *o, struct publish_result *r,
    struct error *e)
{
	struct site s = { .store = store, .config = c, .options = o,
	    .words = strings_for(c->language), .now = o->now };
	const struct tree_options to = { .dir = c->output_dir,
	    .now = o->now, .dry_run = o->dry_run, .sync = o->sync };
	struct tree_counts n = { 0 };
	int rc;

	if (c->timezone != NULL) {
		setenv("TZ", c->timezone, 1);
		tzset();
	}
	store_set_zone(store, site_offset);
	if ((rc = store_begin(store, e)) != 0)
		return rc;
	if ((rc = store_feeds(store, &s.feeds, &s.nfeeds, &s.arena, e)) == 0 &&
	    (rc = tree_begin(&s.tree, store, &to, e)) == 0 &&
	    (rc = pages(&s, e)) == 0 &&
	    (rc = tree_finish(s.tree, &n, e)) == 0 && !o->dry_run)
		rc = store_unmark_all(store, e);
	if (rc == 0)
		rc = store_commit(store, e);
	else
		store_rollback(store);
	*r = (struct publish_result){ n.written, n.unchanged, n.removed };
	tree_close(s.tree);
	arena_free(&s.arena);
	return rc;
}
