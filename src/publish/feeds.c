#include <string.h>
#include <strings.h>

#include "publish/blogroll.h"
#include "publish/feeds.h"
#include "publish/jsonfeed.h"

/* Entries of a document, when a page has more. */
#define ITEMS_MAX	100

/* The same entries in both forms; json NULL: Atom alone. */
struct documents {
	struct buf	*atom, *json;
	int64_t		 updated;
	size_t		 n;
};

static void
put_entry(struct site *s, struct documents *d, const struct store_entry *en)
{
	struct buf title = { 0 }, path = { 0 }, url = { 0 }, hole = { 0 };
	struct atom_item i = { .entry = en,
	    .feed = en->own ? NULL : site_feed(s, en->feed) };

	site_title(&title, s, en);
	site_entry_path(&path, en);
	site_url(&url, s, buf_cstr(&path));
	if (s->config->gopher) {
		buf_clear(&path);
		buf_putf(&path, "/%s.txt", en->path);
		site_gopher_url(&hole, s, '0', buf_cstr(&path));
		i.gopher = buf_cstr(&hole);
	}
	i.title = buf_cstr(&title);
	i.url = buf_cstr(&url);
	atom_entry(d->atom, &i);
	if (d->json != NULL)
		jsonfeed_item(d->json, &i, d->n == 0);
	if (d->n++ == 0 || atom_updated(en) > d->updated)
		d->updated = atom_updated(en);
	buf_free(&title);
	buf_free(&path);
	buf_free(&url);
	buf_free(&hole);
}

/* The newest of what, as many as the front page has. */
static int
put_entries(struct site *s, struct documents *d,
    const struct store_query *what, struct error *e)
{
	struct store_query q = *what;
	struct store_cursor *c;
	struct store_entry en;
	struct arena a = { 0 };
	int rc;

	q.limit = (size_t)s->config->items_per_page;
	q.what = STORE_BODY;
	if (q.limit == 0 || q.limit > ITEMS_MAX)
		q.limit = ITEMS_MAX;
	if ((rc = store_select(s->store, &c, &q, e)) != 0)
		return rc;
	while ((rc = store_next(c, &en, &a, e)) == 1) {
		site_excerpt(s, &en, &a);
		put_entry(s, d, &en);
		arena_free(&a);
	}
	store_cursor_free(c);
	arena_free(&a);
	return rc;
}

static int
put(struct site *s, const char *path, struct span bytes, struct error *e)
{
	struct buf full = { 0 };
	int rc;

	buf_putf(&full, "capsule/%s", path);
	rc = tree_put(s->tree, buf_cstr(&full), bytes, e);
	buf_free(&full);
	site_step(s);
	return rc;
}

/*
 * The head names the time of the newest entry, so that the entries are
 * written before it.
 */
static int
put_atom(struct site *s, const char *path, struct atom_feed *f,
    const struct buf *entries, struct error *e)
{
	struct buf out = { 0 }, self = { 0 };
	int rc;

	site_url(&self, s, path);
	f->self = f->id = buf_cstr(&self);
	atom_begin(&out, f);
	buf_put_span(&out, buf_span(entries));
	atom_end(&out);
	rc = put(s, path, buf_span(&out), e);
	f->self = f->id = NULL;
	buf_free(&out);
	buf_free(&self);
	return rc;
}

static int
put_json(struct site *s, struct atom_feed *f, const struct buf *items,
    struct error *e)
{
	struct buf out = { 0 }, self = { 0 };
	int rc;

	site_url(&self, s, "feed.json");
	f->self = f->id = buf_cstr(&self);
	jsonfeed_begin(&out, f);
	buf_put_span(&out, buf_span(items));
	jsonfeed_end(&out);
	rc = put(s, "feed.json", buf_span(&out), e);
	f->self = f->id = NULL;
	buf_free(&out);
	buf_free(&self);
	return rc;
}

static const char *
owner(const struct config *c)
{
	return c->owner_name != NULL && c->owner_name[0] != '\0' ?
	    c->owner_name : c->name;
}

static int
planet_feeds(struct site *s, struct error *e)
{
	const struct config *c = s->config;
	const struct store_query q = { .own = -1, .front = true };
	struct buf atom = { 0 }, json = { 0 }, home = { 0 };
	struct documents d = { .atom = &atom, .json = &json };
	struct atom_feed f = { .title = c->name, .subtitle = c->subtitle,
	    .language = c->language, .author = owner(c),
	    .email = c->owner_email };
	int rc;

	site_url(&home, s, "");
	f.alternate = buf_cstr(&home);
	if ((rc = put_entries(s, &d, &q, e)) == 0) {
		f.updated = d.updated;
		rc = put_atom(s, "atom.xml", &f, &atom, e);
	}
	if (rc == 0)
		rc = put_json(s, &f, &json, e);
	buf_free(&atom);
	buf_free(&json);
	buf_free(&home);
	return rc;
}

static int
source_feed(struct site *s, int64_t id, struct error *e)
{
	const struct store_query q = { .own = -1, .feed = id };
	const struct store_feed *found = site_feed(s, id);
	struct buf atom = { 0 }, path = { 0 }, page = { 0 };
	struct documents d = { .atom = &atom };
	struct store_feed feed;
	struct atom_feed f = { 0 };
	int rc;

	if (found == NULL || found->slug == NULL)
		return 0;
	/* The array may move while entries of others are looked up. */
	feed = *found;
	f.title = f.author = feed.name;
	if (strcmp(feed.url, STORE_OWN_URL) == 0) {
		f.title = s->config->name;
		f.author = owner(s->config);
	}
	f.subtitle = feed.subtitle;
	f.rights = feed.rights;
	f.language = feed.language;
	site_feed_path(&path, &feed);
	site_url(&page, s, buf_cstr(&path));
	f.alternate = buf_cstr(&page);
	buf_puts(&path, "atom.xml");
	if ((rc = put_entries(s, &d, &q, e)) == 0) {
		f.updated = d.updated;
		rc = put_atom(s, buf_cstr(&path), &f, &atom, e);
	}
	buf_free(&atom);
	buf_free(&path);
	buf_free(&page);
	return rc;
}

static int
group_feed(struct site *s, const char *group, struct error *e)
{
	const struct store_query q = { .own = -1, .group = group };
	struct buf atom = { 0 }, path = { 0 }, page = { 0 }, title = { 0 };
	struct documents d = { .atom = &atom };
	struct atom_feed f = { .author = owner(s->config),
	    .language = s->config->language };
	int rc = 0;

	if (store_count(s->store, &q) == 0)
		return 0;	/* its directory goes as a whole */
	buf_putf(&title, "%s: %s", s->config->name, group);
	f.title = buf_cstr(&title);
	site_group_path(&path, group);
	site_url(&page, s, buf_cstr(&path));
	f.alternate = buf_cstr(&page);
	buf_puts(&path, "atom.xml");
	if ((rc = put_entries(s, &d, &q, e)) == 0) {
		f.updated = d.updated;
		rc = put_atom(s, buf_cstr(&path), &f, &atom, e);
	}
	buf_free(&atom);
	buf_free(&path);
	buf_free(&page);
	buf_free(&title);
	return rc;
}

static int
group_feeds(struct site *s, const struct stale *st, struct error *e)
{
	struct store_bucket *list;
	struct arena a = { 0 };
	struct buf path = { 0 };
	size_t n = 0;
	int rc = 0;

	if (!st->all && st->ngroups == 0)
		return 0;
	if (store_buckets(s->store, BUCKET_GROUP, 0, &list, &n, &a) != 0)
		return error_set(e, E_FAIL, "the groups cannot be listed");
	for (size_t i = 0; i < n && rc == 0; i++) {
		bool stale = st->all;

		for (size_t k = 0; k < st->ngroups && !stale; k++)
			stale = strcasecmp(st->groups[k], list[i].key) == 0;
		/* one whose spelling differs from its mark's is there anyway */
		buf_clear(&path);
		buf_puts(&path, "capsule/");
		site_group_path(&path, list[i].key);
		buf_puts(&path, "atom.xml");
		if (stale || !tree_has(s->tree, buf_cstr(&path)))
			rc = group_feed(s, list[i].key, e);
	}
	buf_free(&path);
	arena_free(&a);
	return rc;
}

static int
opml(struct site *s, struct error *e)
{
	const struct config *c = s->config;
	struct buf out = { 0 };
	int rc;

	blogroll_opml(&out, c->name, c->owner_name, c->owner_email, s->feeds,
	    s->nfeeds);
	rc = put(s, "feeds.opml", buf_span(&out), e);
	buf_free(&out);
	return rc;
}

int
feeds_publish(struct site *s, const struct stale *st, struct error *e)
{
	size_t known = s->nfeeds;
	int rc = 0;

	for (size_t i = 0; st->all && i < known && rc == 0; i++)
		rc = source_feed(s, s->feeds[i].id, e);
	for (size_t i = 0; i < st->nfeeds && rc == 0; i++)
		rc = source_feed(s, st->feeds[i], e);
	if (rc == 0)
		rc = group_feeds(s, st, e);
	if (rc == 0 && (st->all || st->sources))
		rc = opml(s, e);
	if (rc == 0 && (st->all || st->front || st->nentries > 0))
		rc = planet_feeds(s, e);
	return rc;
}
