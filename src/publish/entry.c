#include <stdlib.h>

#include "base/utf8.h"
#include "gemtext/gemtext.h"
#include "publish/pages.h"

/* Columns of a neighbour's title in a link to it. */
#define NEIGHBOUR_COLUMNS	70

int
page_put(struct site *s, const char *path, const struct buf *page,
    struct error *e)
{
	struct buf full = { 0 };
	int rc;

	buf_putf(&full, "capsule/%s", path);
	rc = tree_put(s->tree, buf_cstr(&full), buf_span(page), e);
	buf_free(&full);
	site_step(s);
	return rc;
}

void
page_line(struct buf *out, const char *mark, struct span s)
{
	buf_puts(out, mark);
	if (mark[0] != '\0') {
		utf8_line(out, s);
		buf_putc(out, '\n');
	} else
		gemtext_put_text(out, s);
}

void
page_link(struct buf *out, const char *path, const char *label)
{
	struct buf url = { 0 };

	buf_putf(&url, "/%s", path);
	gemtext_put_link(out, buf_span(&url), span_str(label));
	buf_free(&url);
}

/* "Source, Author, 14 Jan 2026 5:00pm GMT" */
static void
put_origin(struct buf *out, struct site *s, const struct store_entry *en)
{
	const char *author = site_author(s, en);
	struct buf line = { 0 };

	buf_putf(&line, "%s, ", site_source_name(s, en));
	if (author != NULL)
		buf_putf(&line, "%s, ", author);
	site_time(&line, s, site_date(en));
	page_line(out, "", buf_span(&line));
	buf_free(&line);
}

static void
put_size(struct buf *out, int64_t bytes)
{
	if (bytes >= 1000000)
		buf_putf(out, ", %.1f MB", (double)bytes / 1e6);
	else if (bytes > 0)
		buf_putf(out, ", %lld kB", (long long)(bytes + 999) / 1000);
}

static void
put_enclosures(struct buf *out, const struct store_entry *en)
{
	for (size_t i = 0; i < en->nenclosures; i++) {
		const struct link *l = &en->enclosures[i];
		struct buf label = { 0 };

		if (l->href == NULL)
			continue;
		buf_puts(&label, l->title != NULL && l->title[0] != '\0' ?
		    l->title : "Attachment");
		if (l->type != NULL && l->type[0] != '\0')
			buf_putf(&label, " (%s", l->type);
		else
			buf_puts(&label, " (file");
		put_size(&label, l->length);
		buf_putc(&label, ')');
		gemtext_put_link(out, span_str(l->href), buf_span(&label));
		buf_free(&label);
	}
}

static void
put_labelled(struct buf *out, const char *label, const char *text)
{
	struct buf line = { 0 };

	if (text == NULL || text[0] == '\0')
		return;
	buf_putf(&line, "%s: %s", label, text);
	page_line(out, "", buf_span(&line));
	buf_free(&line);
}

static void
put_tags(struct buf *out, struct site *s, const struct store_entry *en)
{
	struct buf list = { 0 };

	for (size_t i = 0; i < en->ntags; i++)
		buf_putf(&list, "%s%s", i > 0 ? ", " : "", en->tags[i]);
	put_labelled(out, strings_get(s->words, W_tags), buf_cstr(&list));
	buf_free(&list);
}

static void
put_also_in(struct buf *out, struct site *s, const struct store_entry *en)
{
	struct arena a = { 0 };
	struct buf list = { 0 };
	int64_t *feeds;
	size_t n = 0;

	if (store_also_in(s->store, en->id, &feeds, &n, &a) == 0)
		for (size_t i = 0; i < n; i++) {
			const struct store_feed *f = site_feed(s, feeds[i]);

			if (f != NULL)
				buf_putf(&list, "%s%s", list.n > 0 ? ", " : "",
				    f->name);
		}
	put_labelled(out, strings_get(s->words, W_also_in),
	    buf_cstr(&list));
	buf_free(&list);
	arena_free(&a);
}

/* A link to the entry before or after, in the river or in the source. */
static void
put_neighbour(struct buf *out, struct site *s, const struct store_entry *en,
    int64_t feed, bool newer)
{
	struct arena a = { 0 };
	struct store_entry other;
	struct buf path = { 0 }, title = { 0 }, label = { 0 };
	const char *word = strings_get(s->words, newer ? W_newer : W_older);

	if (store_neighbour(s->store, &other, &a, en, feed, newer) != 0)
		goto done;
	site_entry_path(&path, &other);
	site_title(&title, s, &other);
	if (feed != 0)
		buf_putf(&label, "%s (%s): ", word,
		    site_source_name(s, &other));
	else
		buf_putf(&label, "%s: ", word);
	utf8_shorten(&label, buf_span(&title), NEIGHBOUR_COLUMNS);
	page_link(out, buf_cstr(&path), buf_cstr(&label));
done:
	buf_free(&path);
	buf_free(&title);
	buf_free(&label);
	arena_free(&a);
}

static void
put_navigation(struct buf *out, struct site *s, const struct store_entry *en)
{
	const struct store_feed *f = site_feed(s, en->feed);
	struct buf path = { 0 };

	put_neighbour(out, s, en, 0, true);
	put_neighbour(out, s, en, 0, false);
	if (!en->own) {
		put_neighbour(out, s, en, en->feed, true);
		put_neighbour(out, s, en, en->feed, false);
	}
	if (f != NULL && !en->own) {
		site_feed_path(&path, f);
		page_link(out, buf_cstr(&path), f->name);
	}
	page_link(out, "", s->config->name);
	buf_free(&path);
}

int
page_entry(struct site *s, const struct store_entry *en, struct error *e)
{
	struct buf out = { 0 }, b = { 0 };
	size_t mark;
	int rc;

	site_title(&b, s, en);
	page_line(&out, "# ", buf_span(&b));
	put_origin(&out, s, en);
	buf_putc(&out, '\n');
	if (en->gemtext != NULL && en->gemtext[0] != '\0') {
		buf_puts(&out, en->gemtext);
		if (out.p[out.n - 1] != '\n')
			buf_putc(&out, '\n');
		buf_putc(&out, '\n');
	}
	mark = out.n;
	put_enclosures(&out, en);
	if (en->link != NULL)
		gemtext_put_link(&out, span_str(en->link),
		    span_str(strings_get(s->words, W_original)));
	if (en->comments != NULL)
		gemtext_put_link(&out, span_str(en->comments),
		    span_str("Comments"));
	if (out.n > mark)
		buf_putc(&out, '\n');
	mark = out.n;
	put_tags(&out, s, en);
	put_also_in(&out, s, en);
	put_labelled(&out, strings_get(s->words, W_licence),
	    en->license != NULL ? en->license : en->rights);
	if (out.n > mark)
		buf_putc(&out, '\n');
	put_navigation(&out, s, en);
	buf_clear(&b);
	site_entry_path(&b, en);
	rc = page_put(s, buf_cstr(&b), &out, e);
	buf_free(&out);
	buf_free(&b);
	return rc;
}

int
page_entry_gone(struct site *s, const char *path, bool tombstone,
    struct error *e)
{
	struct buf full = { 0 };
	int rc;

	buf_putf(&full, "capsule/%s.gmi", path);
	rc = tree_gone(s->tree, buf_cstr(&full), tombstone, e);
	site_step(s);
	buf_free(&full);
	return rc;
}
