/*
 * The part of a run that needs no network: own posts, bodies of an older
 * converter, the search index, the pages.
 */
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/log.h"
#include "gemtext/gemtext.h"
#include "search/search.h"
#include "update/child.h"
#include "update/update.h"

#define REVISION_KEY	"gemtext_revision"
/* So many entries are converted or indexed in one transaction. */
#define CHUNK		500

struct finish {
	struct store			*store;
	const struct config		*config;
	const struct update_options	*o;
	struct child_pool		*pool;
};

static void
phase(const struct finish *f, const char *what, size_t done, size_t total)
{
	if (f->o->phase != NULL)
		f->o->phase(what, done, total, f->o->arg);
}

/* --- a new converter revision --- */

static int
convert_again(struct finish *f, const struct store_entry *en, struct error *e)
{
	const struct content body = { .type = (enum content_type)en->html_type,
	    .value = en->html, .base = en->html_base };
	struct buf gmi = { 0 }, txt = { 0 };
	struct error ce = { 0 };
	int rc = 0;

	if (child_convert(f->pool, &gmi, &txt, &body, en->link,
	    f->config->gopher_width, &ce) != 0) {
		/* The old body stays: it was good once. */
		log_warn("body not converted again entry=%s: %s", en->pid,
		    ce.msg);
	} else {
		rc = store_set_body(f->store, en->id, buf_cstr(&gmi),
		    buf_cstr(&txt), en->excerpt, GEMTEXT_REVISION, e);
	}
	buf_free(&gmi);
	buf_free(&txt);
	return rc;
}

/*
 * Take the next CHUNK entries in the order newest first, after the place
 * in q, which moves on.  *n says how many there were.
 */
static int
chunk(struct finish *f, struct store_query *q, struct store_entry **list,
    size_t *n, struct arena *a, struct error *e)
{
	struct store_cursor *c;
	struct store_entry en;
	int rc;

	*list = NULL;
	*n = 0;
	q->limit = CHUNK;
	if ((rc = store_select(f->store, &c, q, e)) != 0)
		return rc;
	while ((rc = store_next(c, &en, a, e)) == 1) {
		*list = arena_push(a, *list, n, sizeof(en));
		(*list)[*n - 1] = en;
		q->after_sort = en.sort;
		q->after_id = en.id;
	}
	store_cursor_free(c);
	return rc;
}

typedef int	each_entry(struct finish *, const struct store_entry *,
		    void *arg, struct error *);

/* Call fn for every entry, a transaction per chunk. */
static int
for_all(struct finish *f, const char *what, unsigned bodies, each_entry *fn,
    void *arg, struct error *e)
{
	struct store_query q = { .own = -1, .all = true, .what = bodies };
	size_t total = (size_t)store_count(f->store, &q), done = 0, n;
	struct store_entry *list;
	int rc = 0;

	do {
		struct arena a = { 0 };

		phase(f, what, done, total);
		if ((rc = chunk(f, &q, &list, &n, &a, e)) == 0 &&
		    (rc = store_begin(f->store, e)) == 0) {
			for (size_t i = 0; i < n && rc == 0; i++)
				rc = fn(f, &list[i], arg, e);
			if (rc == 0)
				rc = store_commit(f->store, e);
			else
				store_rollback(f->store);
		}
		done += n;
		arena_free(&a);
	} while (rc == 0 && n == CHUNK);
	phase(f, what, done, total);
	return rc;
}

static int
convert_if_old(struct finish *f, const struct store_entry *en, void *arg,
    struct error *e)
{
	(void)arg;
	if (en->revision == GEMTEXT_REVISION || en->html == NULL || en->own)
		return 0;
	return convert_again(f, en, e);
}

static int
reconvert(struct finish *f, struct error *e)
{
	struct buf have = { 0 };
	char now[32];
	int rc = 0;

	snprintf(now, sizeof(now), "%d/%d", GEMTEXT_REVISION,
	    f->config->gopher_width);
	if (store_meta_get(f->store, REVISION_KEY, &have) == 0 &&
	    strcmp(buf_cstr(&have), now) == 0)
		goto done;
	if (have.n > 0) {
		rc = for_all(f, "converting again", STORE_RAW, convert_if_old,
		    NULL, e);
		if (rc == 0)
			rc = store_mark_everything(f->store, e);
	}
	if (rc == 0)
		rc = store_meta_set(f->store, REVISION_KEY, now, e);
done:
	buf_free(&have);
	return rc;
}

/* --- the search index --- */

static int
index_entry(struct finish *f, struct search *s, const struct store_entry *en,
    struct error *e)
{
	struct arena a = { 0 };
	struct store_feed feed = { 0 };
	struct buf tags = { 0 }, text = { 0 };
	struct search_doc d = {
		.id = en->id, .path = en->path, .title = en->title,
		.author = en->author, .language = en->language,
		.time = en->sort,
	};
	int rc;

	if (en->hidden || en->duplicate_of != 0) {
		rc = search_delete(s, en->id, e);
		goto done;
	}
	if (en->own) {
		d.source = f->config->name;
	} else if (store_feed(f->store, &feed, &a, en->feed) == 0) {
		d.source = feed.name;
		d.source_slug = feed.slug;
	}
	for (size_t i = 0; i < en->ntags; i++)
		buf_putf(&tags, "%s%s", i > 0 ? " " : "", en->tags[i]);
	d.tags = buf_cstr(&tags);
	gemtext_prose(&text, span_str(en->gemtext));
	d.text = buf_cstr(&text);
	rc = search_put(s, &d, e);
done:
	buf_free(&text);
	buf_free(&tags);
	arena_free(&a);
	return rc;
}

static int
index_any(struct finish *f, const struct store_entry *en, void *arg,
    struct error *e)
{
	return index_entry(f, arg, en, e);
}

struct indexing {
	struct finish	*f;
	struct search	*s;
	struct error	*e;
};

static int
index_mark(const char *what, void *arg)
{
	struct indexing *x = arg;
	struct arena a = { 0 };
	struct store_entry en;
	long long id;
	int rc;

	if (sscanf(what, "entry:%lld", &id) != 1)
		return 0;
	if (store_entry(x->f->store, &en, &a, id, STORE_BODY) == 0)
		rc = index_entry(x->f, x->s, &en, x->e);
	else
		rc = search_delete(x->s, id, x->e);
	arena_free(&a);
	return rc;
}

static int
index_marked(struct finish *f, struct search *s, struct error *e)
{
	struct indexing x = { f, s, e };

	return store_marks(f->store, index_mark, &x);
}

/*
 * Open the index, and make it anew when it is not usable.  all says whether
 * it is to be filled from the store and not only told what changed.
 */
static int
index_open(struct finish *f, struct search **s, bool *all, struct error *e)
{
	int rc = search_open(s, f->o->search_path, true, e);

	if (rc != 0) {
		unlink(f->o->search_path);
		rc = search_open(s, f->o->search_path, true, e);
	}
	*all = rc == 0 && (search_fresh(*s) || search_old(*s));
	return rc;
}

/*
 * The index is never worth a failed run: it can be made anew, so its
 * faults are told and the pages go on.
 */
static void
index_update(struct finish *f)
{
	struct error e = { 0 };
	struct search *s = NULL;
	bool all, fresh;
	int rc;

	if (f->o->search_path == NULL)
		return;
	rc = index_open(f, &s, &all, &e);
	fresh = rc == 0 && search_fresh(s);
	if (rc == 0 && (rc = search_begin(s, &e)) == 0) {
		/* readers keep an old one until the new one is whole */
		if (all && !fresh)
			rc = search_reset(s, &e);
		if (rc == 0)
			rc = all ? for_all(f, "indexing", STORE_BODY,
			    index_any, s, &e) : index_marked(f, s, &e);
		if (rc == 0)
			rc = search_commit(s, &e);
	}
	search_close(s);
	if (rc != 0) {
		log_error("search index not updated: %s", e.msg);
		/* what it missed is marked nowhere after this run */
		if (fresh || !all)
			unlink(f->o->search_path);
	}
}

/* --- all of it --- */

static void
publish_progress(size_t done, size_t total, void *arg)
{
	phase(arg, "publishing", done, total);
}

int
update_publish_with(struct store *s, const struct config *c,
    const struct update_options *o, const struct update_known *known,
    struct publish_result *r, struct error *e)
{
	struct finish f = { s, c, o, known->pool };
	struct publish_options po = {
		.all = known->all, .dry_run = o->dry_run, .sync = true,
		.now = o->now(), .progress = publish_progress, .arg = &f,
	};
	int rc;

	if ((rc = publish_posts(s, c, po.now, o->report, o->arg, e)) != 0 ||
	    (rc = reconvert(&f, e)) != 0 || (!o->dry_run &&
	    (rc = publish_rules(s, c, po.now, e)) != 0))
		return rc;
	index_update(&f);
	if (known->feeds != NULL && known->stamp == store_feeds_stamp(s)) {
		po.feeds = known->feeds;
		po.nfeeds = known->nfeeds;
	}
	return publish(s, c, &po, r, e);
}

int
update_publish(struct store *s, const struct config *c,
    const struct update_options *o, bool all, struct publish_result *r,
    struct error *e)
{
	struct update_known known = { .all = all };
	int rc;

	if ((rc = child_pool_new(&known.pool, 1,
	    child_sandbox_required(c->sandbox), e)) != 0)
		return rc;
	rc = update_publish_with(s, c, o, &known, r, e);
	child_pool_free(known.pool);
	return rc;
}
