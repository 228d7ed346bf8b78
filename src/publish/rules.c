/*
 * What the configuration says of entries that are stored already: a rule
 * that changed hides some and shows others.  Entries that come are judged as
 * they come; so a feed is only gone through when its rules are others than
 * the last time, or when it has more entries than max_items.
 */
#include <stdio.h>
#include <string.h>

#include "base/hash.h"
#include "config/filter.h"
#include "publish/publish.h"

#define RULES_KEY	"publish_rules"

struct rules {
	struct store		*s;
	const struct config	*c;
	int64_t			 now;
	struct filter		*filter;
	struct arena		 arena;
	int64_t			*turn;		/* entries to be turned over */
	size_t			 nturn;
};

/* Append the rules of a source, numbered; false when it has none. */
static bool
put_rules(struct buf *out, const struct source *src)
{
	const struct filter_rules *r = &src->filter;
	const char *const all[] = { r->include, r->exclude,
		r->include_title, r->exclude_title, r->include_author,
		r->exclude_author, r->include_category, r->exclude_category,
		r->include_link, r->exclude_link, r->include_language,
		r->exclude_language };
	const size_t n = sizeof(all) / sizeof(all[0]);
	bool any = src->max_items > 0;

	for (size_t i = 0; i < n; i++)
		any = any || all[i] != NULL;
	for (size_t i = 0; i < n && any; i++)
		buf_putf(out, "%zu %s\n", i, all[i] != NULL ? all[i] : "");
	return any;
}

/* Whether a source has any. */
static bool
has_rules(const struct config *c)
{
	struct buf b = { 0 };
	bool any = false;

	for (size_t i = 0; i < c->nsources && !any; i++)
		any = put_rules(&b, &c->sources[i]);
	buf_free(&b);
	return any;
}

/* "\n17 0123abcd\n" for a feed that has rules; else nothing. */
static void
rules_line(struct buf *out, const struct store_feed *f,
    const struct source *src)
{
	char hex[HASH_HEX];
	struct buf b = { 0 };

	if (!put_rules(&b, src))
		return;
	buf_putf(&b, "%d\n", src->max_items);
	hash_hex(buf_span(&b), hex);
	buf_putf(out, "\n%lld %.16s\n", (long long)f->id, hex);
	buf_free(&b);
}

static bool
is_filtered(struct rules *x, const struct source *src,
    const struct store_entry *en)
{
	struct filter_text t = { .title = en->title,
	    .text = en->gemtext != NULL ? en->gemtext : en->excerpt,
	    .author = en->author, .link = en->link,
	    .language = en->language };
	struct buf tags = { 0 };
	bool hidden;

	for (size_t i = 0; i < en->ntags; i++)
		buf_putf(&tags, "%s%s", i > 0 ? "\n" : "", en->tags[i]);
	if (tags.n > 0)
		t.categories = buf_cstr(&tags);
	hidden = filter_hidden_by(x->filter, src, &t) != NULL;
	buf_free(&tags);
	return hidden;
}

/* Judge all entries of a feed, the newest first. */
static int
judge(struct rules *x, const struct store_feed *f, const struct source *src,
    struct error *e)
{
	const struct store_query q = { .feed = f->id, .own = 0, .all = true,
	    .what = STORE_BODY };
	struct store_cursor *c;
	struct store_entry en;
	struct arena a = { 0 };
	int64_t shown = 0;
	int rc;

	if ((rc = store_select(x->s, &c, &q, e)) != 0)
		return rc;
	while ((rc = store_next(c, &en, &a, e)) == 1) {
		/* one that waits for its day is not shown before it */
		bool waits = en.hidden && en.published > x->now;
		bool hide = waits || is_filtered(x, src, &en) ||
		    (src->max_items > 0 && shown >= src->max_items);

		if (en.duplicate_of == 0 && hide != en.hidden) {
			x->turn = arena_push(&x->arena, x->turn, &x->nturn,
			    sizeof(*x->turn));
			x->turn[x->nturn - 1] = hide ? en.id : -en.id;
		}
		shown += !hide && en.duplicate_of == 0;
		arena_free(&a);
	}
	store_cursor_free(c);
	arena_free(&a);
	return rc;
}

/* Whether a feed is to be gone through; its line goes to now. */
static bool
is_due(const struct store_feed *f, const struct source *src,
    const char *had, struct buf *now)
{
	struct buf line = { 0 };
	char id[32];
	bool due;

	rules_line(&line, f, src);
	snprintf(id, sizeof(id), "\n%lld ", (long long)f->id);
	due = line.n > 0 ? strstr(had, buf_cstr(&line)) == NULL :
	    strstr(had, id) != NULL;
	if (src->max_items > 0 && f->nentries > src->max_items)
		due = true;
	buf_put_span(now, buf_span(&line));
	buf_free(&line);
	return due;
}

static int
judge_all(struct rules *x, const char *had, struct buf *now,
    struct error *e)
{
	struct store_feed *feeds;
	size_t n;
	int rc;

	if ((rc = store_feeds(x->s, &feeds, &n, &x->arena, e)) != 0)
		return rc;
	for (size_t i = 0; i < n && rc == 0; i++) {
		const struct source *src = feeds[i].active ?
		    config_source(x->c, feeds[i].url) : NULL;

		if (src != NULL && is_due(&feeds[i], src, had, now))
			rc = judge(x, &feeds[i], src, e);
	}
	for (size_t i = 0; i < x->nturn && rc == 0; i++) {
		int64_t id = x->turn[i];

		rc = store_set_hidden(x->s, id < 0 ? -id : id, id > 0, e);
	}
	return rc;
}

int
publish_rules(struct store *s, const struct config *c, int64_t now,
    struct error *e)
{
	struct rules x = { .s = s, .c = c, .now = now };
	struct buf had = { 0 }, has = { 0 };
	int rc;

	(void)store_meta_get(s, RULES_KEY, &had);
	if (had.n == 0 && !has_rules(c)) {
		buf_free(&had);
		return 0;
	}
	if ((rc = filter_new(&x.filter, c, e)) != 0 ||
	    (rc = store_begin(s, e)) != 0)
		goto done;
	rc = judge_all(&x, buf_cstr(&had), &has, e);
	if (rc == 0 && strcmp(buf_cstr(&had), buf_cstr(&has)) != 0)
		rc = store_meta_set(s, RULES_KEY, buf_cstr(&has), e);
	if (rc == 0)
		rc = store_commit(s, e);
	else
		store_rollback(s);
done:
	filter_free(x.filter);
	buf_free(&had);
	buf_free(&has);
	arena_free(&x.arena);
	return rc;
}
