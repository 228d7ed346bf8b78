#include <fnmatch.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/file.h"
#include "base/hash.h"
#include "base/log.h"
#include "base/uri.h"
#include "base/utf8.h"
#include "base/xalloc.h"
#include "config/filter.h"
#include "feed/mask.h"
#include "fetch/pin.h"
#include "fetch/schedule.h"
#include "gemtext/gemtext.h"
#include "update/child.h"
#include "update/lists.h"
#include "update/update.h"

/* A feed whose parsing killed its child so often in a row is left alone. */
#define CRASHES_MAX	3
#define QUARANTINE	(7 * 86400)
/* Answers that change nothing are committed together, this often. */
#define BATCH_MS	200
/*
 * When the network is down: nobody answered in this run, nor since the last
 * answer of an earlier one, and so many feeds were asked, or at least two and
 * half of all.
 */
#define ALL_FAILED_MIN	3
#define ANSWERED_KEY	"answered"	/* when somebody last did */
/* The longest that one feed's Retry-After keeps the host's others away. */
#define QUIET_OTHERS	3600

struct run;

/* One feed asked in this run, from the question to the commit. */
struct job {
	struct run		*run;
	const struct source	*src;
	struct store_feed	*was;		/* as stored, of the run's list */
	/* from the answer on, to the end: of the body no more than its hash */
	struct arena		 arena;
	struct store_feed	*feed;
	struct fetch_result	*result;
	char			*hash;
	bool			 done;
	bool			 deferred;	/* failed: scheduled at the end */
};

struct run {
	struct store			*store;
	struct config			*config;
	const struct update_options	*o;
	struct update_result		*r;
	struct child_pool		*pool;
	struct fetch			*fetch;
	struct arena			 arena;		/* owns the feeds: */
	struct update_known		 known;
	struct job			*jobs;
	size_t				 njobs;
	struct filter			*filter;
	struct update_progress		 progress;
	struct timespec			 start;
	bool				 in_batch;
	int				 batch_ms;
	size_t				 tries, unreachable, slow_downs;
	int				 rc;	/* first failure of the store */
	struct error			*e;
	unsigned short			 seed[3];
};

static int
elapsed_ms(const struct run *u)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (int)((now.tv_sec - u->start.tv_sec) * 1000 +
	    (now.tv_nsec - u->start.tv_nsec) / 1000000);
}

/* --- the store, in batches --- */

static void
store_failed(struct run *u, int rc)
{
	if (rc != 0 && u->rc == 0)
		u->rc = rc;
}

/* Keep only the first failure's message. */
static struct error *
first_error(struct run *u)
{
	return u->rc == 0 ? u->e : NULL;
}

static void
batch_open(struct run *u)
{
	int rc;

	if (u->in_batch || u->rc != 0)
		return;
	if ((rc = store_begin(u->store, first_error(u))) != 0) {
		store_failed(u, rc);
		return;
	}
	u->in_batch = true;
	u->batch_ms = elapsed_ms(u);
}

static void
batch_close(struct run *u)
{
	if (!u->in_batch)
		return;
	u->in_batch = false;
	store_failed(u, store_commit(u->store, first_error(u)));
}

/* --- one feed's end --- */

static void
tell(struct job *j, size_t nnew, size_t nchanged)
{
	struct run *u = j->run;
	const struct update_event ev = {
		.url = j->was->url, .name = j->was->name,
		.outcome = j->result->outcome, .status = j->result->status,
		.message = j->result->message[0] != '\0' ?
		    j->result->message : NULL,
		.nnew = nnew, .nchanged = nchanged, .ms = j->result->ms,
	};

	if (u->o->event != NULL)
		u->o->event(&ev, u->o->arg);
}

static void
tell_progress(struct run *u)
{
	u->progress.elapsed_ms = elapsed_ms(u);
	if (u->o->progress != NULL)
		u->o->progress(&u->progress, u->o->arg);
}

static int
write_state(struct job *j)
{
	struct run *u = j->run;

	int rc;

	if (j->src->kind == SOURCE_LIST)
		return lists_state_save(u->store, j->feed, first_error(u));
	rc = store_feed_fetched(u->store, j->feed, j->was, first_error(u));
	if (rc == 0) {
		j->was->last_try = j->feed->last_try;
		j->was->last_ok = j->feed->last_ok;
		j->was->next_try = j->feed->next_try;
		j->was->min_until = j->feed->min_until;
		j->was->why = arena_strdup(&u->arena, j->feed->why);
	}
	return rc;
}

static void
report_moved(struct job *j, const char *asked)
{
	const struct run *u = j->run;
	struct buf line = { 0 };

	if (u->o->report == NULL || j->feed->fetch_url == NULL ||
	    strcmp(asked, j->feed->fetch_url) == 0)
		return;
	uri_public(&line, j->feed->url);
	buf_puts(&line, " has moved for good and is asked at its new address "
	    "now; put that into the configuration: ");
	uri_public(&line, j->feed->fetch_url);
	u->o->report(buf_cstr(&line), u->o->arg);
	buf_free(&line);
}

/* Decide the next try and write the feed's state. */
static void
schedule_and_write(struct job *j, bool all_failed)
{
	struct run *u = j->run;
	const char *asked = schedule_url(j->feed);
	int rc;

	if (j->feed->rhythm < 0)
		j->feed->rhythm = store_feed_rhythm(u->store, j->feed->id);
	schedule_next(j->feed, j->src, u->config, j->result, all_failed,
	    j->feed->rhythm, erand48(u->seed), u->o->now());
	report_moved(j, asked);
	j->feed->error = j->result->message[0] != '\0' ? j->result->message :
	    NULL;
	rc = write_state(j);
	if (rc != 0)
		store_failed(u, rc);
}

static void
job_forget(struct job *j)
{
	arena_free(&j->arena);
	j->feed = NULL;
	j->result = NULL;
	j->hash = NULL;
}

/* The job is over; frees what only it needed unless it was deferred. */
static void
job_end(struct job *j, size_t nnew, size_t nchanged)
{
	struct run *u = j->run;

	j->done = true;
	u->progress.done++;
	u->progress.nnew += nnew;
	u->progress.bytes += j->result->bytes;
	u->r->bytes += j->result->bytes;
	u->r->nnew += nnew;
	u->r->nchanged += nchanged;
	tell(j, nnew, nchanged);
	if (!j->deferred)
		job_forget(j);
}

/*
 * A failure is scheduled when the run ends, because a run in which
 * everything failed (the network is down) lengthens nobody's back-off.
 */
static void
job_failed(struct job *j)
{
	j->deferred = true;
	j->run->r->failed++;
	j->run->progress.failed++;
	job_end(j, 0, 0);
}

static void
job_unchanged(struct job *j)
{
	struct run *u = j->run;

	batch_open(u);
	schedule_and_write(j, false);
	if (j->result->outcome == FETCH_GONE)
		u->r->gone++;
	else
		u->r->unchanged++;
	job_end(j, 0, 0);
}

static bool
filtered(const struct feed *f, const struct entry *en, void *arg)
{
	const struct job *j = arg;
	struct buf authors = { 0 }, categories = { 0 };
	struct filter_text t = { .title = en->title, .text = en->gemtext,
	    .link = en->link, .language = en->language != NULL ?
	    en->language : f->language };
	bool hidden;

	for (size_t i = 0; i < en->nauthors; i++)
		if (en->authors[i].name != NULL)
			buf_putf(&authors, "%s%s", i > 0 ? ", " : "",
			    en->authors[i].name);
	for (size_t i = 0; i < en->ncategories; i++)
		if (en->categories[i].term != NULL)
			buf_putf(&categories, "%s\n", en->categories[i].term);
	t.author = buf_cstr(&authors);
	t.categories = buf_cstr(&categories);
	hidden = filter_hidden_by(j->run->filter, j->src, &t) != NULL;
	buf_free(&authors);
	buf_free(&categories);
	return hidden;
}

static void
job_fail_parse(struct job *j, int status, const struct error *e)
{
	j->result->outcome = FETCH_ERROR;
	snprintf(j->result->message, sizeof(j->result->message), "%s", e->msg);
	if (status == E_LIMIT)
		j->feed->crashes++;
	job_failed(j);
}

/* What a whole body came with belongs to where it came from. */
static void
keep_validators(struct job *j)
{
	j->feed->etag = j->result->etag;
	j->feed->last_modified = j->result->last_modified;
	j->feed->validators_of = j->result->url;
}

/* A body was read: bring its entries in, in a transaction of its own. */
static void
job_merge(int status, struct feed *f, struct arena *a, const struct error *pe,
    void *arg)
{
	struct job *j = arg;
	struct run *u = j->run;
	const struct source *src = j->src;
	struct merge_options mo = {
		.now = u->o->now(), .new_items = src->new_items,
		.future_dates = src->future_dates,
		.revision = GEMTEXT_REVISION,
		.filtered = filtered, .arg = j,
	};
	struct merge_result mr = { 0 };
	int rc;

	if (status != 0) {
		job_fail_parse(j, status, pe);
		return;
	}
	batch_close(u);
	if (u->rc != 0)
		return;
	if ((rc = store_begin(u->store, first_error(u))) != 0) {
		store_failed(u, rc);
		return;
	}
	feed_mask(f, j->feed->url, src->password, a);
	rc = store_merge(u->store, j->feed->id, f, &mo, &mr, first_error(u));
	if (rc != 0) {
		store_rollback(u->store);
		store_failed(u, rc);
		return;
	}
	j->feed->crashes = 0;
	j->feed->body_hash = j->hash;
	j->feed->problem = f->problem;
	keep_validators(j);
	if (f->ttl > 0)
		j->feed->ttl = f->ttl * 60;
	else
		j->feed->ttl = f->update_period;
	j->feed->skip_hours = f->skip_hours;
	j->feed->skip_days = f->skip_days;
	if (mr.nnew > 0)
		j->feed->last_new = mo.now;
	if (mr.nnew + mr.nchanged > 0)
		j->feed->rhythm = -1;
	schedule_and_write(j, false);
	store_failed(u, store_commit(u->store, first_error(u)));
	u->r->changed += mr.nnew + mr.nchanged > 0;
	u->r->unchanged += mr.nnew + mr.nchanged == 0;
	job_end(j, mr.nnew, mr.nchanged);
}

/* --- bodies --- */

static void
job_body(struct job *j, struct span body, const char *base)
{
	struct run *u = j->run;
	const struct child_job cj = {
		.url = base,
		.content_type = j->src->content_type != NULL &&
		    strchr(j->src->content_type, '/') != NULL ?
		    j->src->content_type : j->result->content_type,
		.max_entries = u->config->max_entries > 0 ?
		    (size_t)u->config->max_entries : 0,
		.now = u->o->now(), .width = u->config->gopher_width,
	};
	struct error e = { 0 };
	int rc;

	if (j->src->kind == SOURCE_LIST) {
		if ((rc = lists_save(u->config, j->src, body, &e)) != 0) {
			job_fail_parse(j, rc, &e);
			return;
		}
		j->feed->body_hash = j->hash;
		keep_validators(j);
		job_unchanged(j);
		return;
	}
	if (body.n == 0) {
		error_set(&e, E_SYNTAX, "not a feed: the body is empty");
		job_fail_parse(j, E_SYNTAX, &e);
		return;
	}
	if ((rc = child_submit(u->pool, body, &cj, job_merge, j, &e)) != 0)
		job_fail_parse(j, rc, &e);
}

/* Copy what outlives the fetch's own callback. */
static void
result_keep(struct job *j, const struct fetch_result *r)
{
	j->feed = arena_alloc(&j->arena, sizeof(*j->feed));
	*j->feed = *j->was;
	j->hash = arena_alloc(&j->arena, HASH_HEX);
	j->result = arena_alloc(&j->arena, sizeof(*j->result));
	*j->result = *r;
	j->result->body = (struct buf){ 0 };
	j->result->content_type = arena_strdup(&j->arena, r->content_type);
	j->result->etag = arena_strdup(&j->arena, r->etag);
	j->result->last_modified = arena_strdup(&j->arena, r->last_modified);
	j->result->url = arena_strdup(&j->arena, r->url);
	j->result->permanent = arena_strdup(&j->arena, r->permanent);
}

static void
job_answer(const struct fetch_request *req, struct fetch_result *r, void *arg)
{
	struct job *j = arg;
	struct run *u = j->run;

	(void)req;
	if (j->done)
		return;
	result_keep(j, r);
	/* What needs no network says nothing about it. */
	u->tries += j->src->file == NULL && r->outcome != FETCH_FORBIDDEN;
	switch (r->outcome) {
	case FETCH_OK:
		hash_hex(buf_span(&r->body), j->hash);
		if (j->feed->body_hash != NULL &&
		    strcmp(j->feed->body_hash, j->hash) == 0) {
			j->result->outcome = FETCH_NOT_MODIFIED;
			keep_validators(j);
			job_unchanged(j);
		} else {
			job_body(j, buf_span(&r->body),
			    j->result->url != NULL || j->src->file != NULL ?
			    j->result->url : j->feed->url);
		}
		break;
	case FETCH_NOT_MODIFIED:
		/* RFC 9110, 15.4.5: a 304 may carry newer validators. */
		if (j->result->etag != NULL)
			j->feed->etag = j->result->etag;
		if (j->result->last_modified != NULL)
			j->feed->last_modified = j->result->last_modified;
		job_unchanged(j);
		break;
	case FETCH_GONE:
		job_unchanged(j);
		break;
	case FETCH_UNREACHABLE:
		u->unreachable++;
		job_failed(j);
		break;
	case FETCH_SLOW_DOWN:
		u->slow_downs++;
		job_failed(j);
		break;
	default:
		job_failed(j);
		break;
	}
}

static void
job_file(struct job *j)
{
	struct fetch_result r = { .outcome = FETCH_OK };
	struct error e = { 0 };
	int rc;

	buf_init(&r.body, FETCH_DECODED_MAX);
	if ((rc = file_read(&r.body, j->src->file, &e)) != 0) {
		r.outcome = rc == E_NOTFOUND ? FETCH_REFUSED : FETCH_ERROR;
		snprintf(r.message, sizeof(r.message), "%s", e.msg);
	}
	r.url = j->src->link;
	job_answer(NULL, &r, j);
	buf_free(&r.body);
}

static int
job_start(struct job *j, struct error *e)
{
	const struct config *c = j->run->config;
	const struct fetch_request req = {
		.url = schedule_url(j->was),
		.etag = j->was->etag, .last_modified = j->was->last_modified,
		.validators_of = j->was->validators_of != NULL ?
		    j->was->validators_of : schedule_url(j->was),
		.user = j->src->user, .password = j->src->password,
		.timeout = j->src->timeout > 0 ? j->src->timeout :
		    c->feed_timeout,
		.allow_private = j->src->allow_private,
		.insecure = j->src->insecure,
		.accept = j->src->kind == SOURCE_LIST ?
		    "text/x-opml, application/xml, text/plain, */*" : NULL,
	};

	return fetch_add(j->run->fetch, &req, job_answer, j, e);
}

/* --- which feeds --- */

static bool
wanted(const struct run *u, const struct store_feed *f)
{
	const char *p = u->o->pattern;

	if (f->crashes >= CRASHES_MAX && p == NULL &&
	    f->last_try + QUARANTINE > u->o->now())
		return false;
	if (p != NULL)
		return strstr(f->url, p) != NULL ||
		    (f->name != NULL && strcasestr(f->name, p) != NULL) ||
		    fnmatch(p, f->url, 0) == 0;
	if (f->gone)
		return false;
	return u->o->all || schedule_due(f, u->o->now());
}

static int
by_url(const void *a, const void *b)
{
	return strcmp((*(struct store_feed *const *)a)->url,
	    (*(struct store_feed *const *)b)->url);
}

/*
 * The state of a source; NULL: it is not stored.  feeds: all n that are, by
 * address.
 */
static struct store_feed *
state_of(struct run *u, const struct source *src, struct store_feed **feeds,
    size_t n)
{
	struct store_feed *state, **found;

	if (src->kind == SOURCE_FEED) {
		state = &(struct store_feed){ .url = src->url };
		found = n == 0 ? NULL : bsearch(&state, feeds, n,
		    sizeof(*feeds), by_url);
		return found == NULL ? NULL : *found;
	}
	state = arena_alloc(&u->arena, sizeof(*state));
	lists_state_load(u->store, src, state, &u->arena);
	return state;
}

static int
run_select(struct run *u, struct error *e)
{
	const struct config *c = u->config;
	struct store_feed **feeds;
	size_t n;
	int rc;

	/* Read at once: a question for each would cost more than its row. */
	u->known.stamp = store_feeds_stamp(u->store);
	if ((rc = store_feeds(u->store, &u->known.feeds, &u->known.nfeeds,
	    &u->arena, e)) != 0)
		return rc;
	n = u->known.nfeeds;
	feeds = xcalloc(n + 1, sizeof(*feeds));
	for (size_t i = 0; i < n; i++)
		feeds[i] = &u->known.feeds[i];
	qsort(feeds, n, sizeof(*feeds), by_url);
	u->jobs = xcalloc(c->nsources, sizeof(*u->jobs));
	for (size_t i = 0; i < c->nsources; i++) {
		struct job *j = &u->jobs[u->njobs];

		if (c->sources[i].paused)
			continue;
		u->r->feeds++;
		*j = (struct job){ .run = u, .src = &c->sources[i] };
		j->was = state_of(u, j->src, feeds, n);
		u->njobs += j->was != NULL && wanted(u, j->was);
	}
	free(feeds);
	u->r->due = u->progress.total = u->njobs;
	return 0;
}

static int
tick(void *arg)
{
	struct run *u = arg;

	child_collect(u->pool, false);
	if (u->in_batch && elapsed_ms(u) - u->batch_ms >= BATCH_MS)
		batch_close(u);
	tell_progress(u);
	if (u->rc == 0 && u->o->stop != NULL && u->o->stop(u->o->arg) != 0)
		u->r->stopped = true;
	return u->rc != 0 || u->r->stopped;
}

/* --- the end of the run --- */

/* --- hosts that asked for quiet get it for all their feeds --- */

static struct span
host_of(const struct store_feed *f)
{
	struct uri u;

	uri_split(&u, span_str(schedule_url(f)));
	return u.host;
}

/*
 * When the host of f may be asked again: never more than an hour, so that
 * one feed on a shared host cannot silence its neighbours.
 */
static int64_t
quiet_until(const struct run *u, const struct store_feed *f)
{
	int64_t latest = u->o->now() + QUIET_OTHERS, until = 0;

	for (size_t i = 0; i < u->njobs; i++) {
		const struct job *j = &u->jobs[i];

		if (j->deferred && j->result->outcome == FETCH_SLOW_DOWN &&
		    j->result->retry_after > until &&
		    span_eq(host_of(f), host_of(j->feed)))
			until = j->result->retry_after;
	}
	return until < latest ? until : latest;
}

static void
quiet_hosts(struct run *u)
{
	struct arena a = { 0 };
	struct store_feed *feeds;
	size_t n = 0;

	if (store_feeds(u->store, &feeds, &n, &a, first_error(u)) != 0)
		n = 0;
	for (size_t i = 0; i < n && u->rc == 0; i++) {
		struct store_feed *f = &feeds[i];
		int64_t until = f->active && !f->gone ? quiet_until(u, f) : 0;

		if (f->next_try >= until)
			continue;
		f->next_try = f->min_until = until;
		f->why = "its host asked to be left alone";
		store_failed(u, store_feed_fetched(u->store, f, NULL,
		    first_error(u)));
	}
	arena_free(&a);
}

/* --- the network --- */

static int64_t
last_answer(struct run *u)
{
	struct buf b = { 0 };
	int64_t t = 0;

	if (store_meta_get(u->store, ANSWERED_KEY, &b) == 0)
		t = strtoll(buf_cstr(&b), NULL, 10);
	buf_free(&b);
	return t;
}

static void
note_answer(struct run *u)
{
	char now[32];

	snprintf(now, sizeof(now), "%lld", (long long)u->o->now());
	store_failed(u, store_meta_set(u->store, ANSWERED_KEY, now,
	    first_error(u)));
}

static bool
asked_now(const struct run *u, int64_t feed)
{
	for (size_t i = 0; i < u->njobs; i++)
		if (u->jobs[i].was->id == feed)
			return true;
	return false;
}

static bool
network_down(struct run *u)
{
	struct arena a = { 0 };
	struct store_feed *feeds;
	size_t n = 0, active = 0, unanswered = u->tries;
	int64_t answered;

	if (u->tries == 0 || u->unreachable < u->tries)
		return false;
	if (u->tries >= ALL_FAILED_MIN)
		return true;
	answered = last_answer(u);
	if (store_feeds(u->store, &feeds, &n, &a, NULL) != 0)
		n = 0;
	for (size_t i = 0; i < n; i++) {
		active += feeds[i].active && !feeds[i].gone;
		unanswered += feeds[i].active && feeds[i].last_try > answered
		    && feeds[i].last_try <= u->o->now() &&
		    !asked_now(u, feeds[i].id);
	}
	arena_free(&a);
	return unanswered >= 2 && unanswered * 2 >= active;
}

static void
run_settle(struct run *u)
{
	bool all_failed = network_down(u);

	batch_open(u);
	if (u->tries > u->unreachable)
		note_answer(u);
	for (size_t i = 0; i < u->njobs && u->rc == 0; i++)
		if (u->jobs[i].deferred)
			schedule_and_write(&u->jobs[i], all_failed);
	if (u->slow_downs > 0 && u->rc == 0)
		quiet_hosts(u);
	batch_close(u);
	for (size_t i = 0; i < u->njobs; i++)
		arena_free(&u->jobs[i].arena);
}

/* Trust on first use: the first key is kept, another one is refused. */
static int
check_pin(const char *host, const char *spki, int64_t not_after, void *arg,
    struct error *e)
{
	struct run *u = arg;
	struct arena a = { 0 };
	struct store_pin p = { 0 };
	int64_t now = u->o->now();
	int rc;

	if (store_pin_get(u->store, &p, &a, host) != 0)
		p = (struct store_pin){ .host = host, .first_seen = now };
	rc = pin_judge(host, p.spki, p.not_after, spki, now,
	    "orrery pins accept", e);
	if (rc < 0) {
		snprintf(p.refused, sizeof(p.refused), "%s", spki);
	} else {
		if (rc == PIN_TAKE)
			p.first_seen = now;
		snprintf(p.spki, sizeof(p.spki), "%s", spki);
		p.not_after = not_after;
		p.last_seen = now;
		p.refused[0] = '\0';
	}
	batch_open(u);
	store_failed(u, store_pin_set(u->store, &p, first_error(u)));
	arena_free(&a);
	return rc < 0 ? rc : 0;
}

/* Where this planet listens itself, NULL-ended: never fetched from. */
static const char **
own_addresses(const struct config *c)
{
	const char **own = xcalloc(c->ngemini_listen + c->ngopher_listen +
	    c->ngophers_listen + 1, sizeof(*own));
	size_t n = 0;

	for (size_t i = 0; i < c->ngemini_listen; i++)
		own[n++] = c->gemini_listen[i];
	for (size_t i = 0; i < c->ngopher_listen; i++)
		own[n++] = c->gopher_listen[i];
	for (size_t i = 0; i < c->ngophers_listen; i++)
		own[n++] = c->gophers_listen[i];
	return own;
}

static int
run_fetch(struct run *u, struct error *e)
{
	const char **own = own_addresses(u->config);
	char *agent = xasprintf("orrery/%s%s%s%s", u->o->version,
	    u->config->user_agent_contact != NULL ? " (+" : "",
	    u->config->user_agent_contact != NULL ?
	    u->config->user_agent_contact : "",
	    u->config->user_agent_contact != NULL ? ")" : "");
	const struct fetch_options fo = {
		.user_agent = agent, .parallel = u->config->spider_threads,
		.per_host = 2, .proxy = u->config->proxy, .now = u->o->now,
		.own = own,
		.pin = check_pin, .pin_arg = u,
		.pause_ms = u->o->quick ? -1 : 0,
	};
	int rc;

	if ((rc = fetch_new(&u->fetch, &fo, e)) != 0)
		goto done;
	for (size_t i = 0; i < u->njobs && rc == 0; i++)
		if (u->jobs[i].src->file == NULL)
			rc = job_start(&u->jobs[i], e);
	for (size_t i = 0; i < u->njobs && rc == 0 && u->rc == 0; i++)
		if (u->jobs[i].src->file != NULL) {
			job_file(&u->jobs[i]);
			(void)tick(u);
		}
	if (rc == 0 && (rc = fetch_run(u->fetch, -1, tick, u, e)) == E_AGAIN)
		rc = 0;
	child_collect(u->pool, true);
	batch_close(u);
	tell_progress(u);
done:
	fetch_free(u->fetch);
	free(own);
	free(agent);
	return rc;
}

static void
run_dry(struct run *u)
{
	for (size_t i = 0; i < u->njobs; i++) {
		struct job *j = &u->jobs[i];

		j->result = &(struct fetch_result){ .outcome = FETCH_OK };
		tell(j, 0, 0);
	}
}

int
update_run(struct store *s, struct config *c, const struct update_options *o,
    struct update_result *r, struct error *e)
{
	struct run u = { .store = s, .config = c, .o = o, .r = r, .e = e };
	int64_t now = o->now();
	int rc;

	*r = (struct update_result){ 0 };
	clock_gettime(CLOCK_MONOTONIC, &u.start);
	memcpy(u.seed, &u.start.tv_nsec, sizeof(u.seed));
	u.pool = o->pool;
	if (u.pool == NULL && !o->dry_run && (rc = child_pool_new(&u.pool,
	    UPDATE_CHILDREN, child_sandbox_required(c->sandbox), e)) != 0)
		return rc;
	publish_zone(s, c);
	lists_expand(c, o->report, o->arg);
	if ((rc = filter_new(&u.filter, c, e)) != 0 ||
	    (rc = store_sync_feeds(s, c, now, e)) != 0)
		goto done;
	if ((rc = run_select(&u, e)) != 0)
		goto done;
	if (o->dry_run) {
		run_dry(&u);
		goto done;
	}
	rc = run_fetch(&u, e);
	run_settle(&u);
	free(u.jobs);
	u.jobs = NULL;
	u.known.pool = u.pool;
	if (u.known.stamp != store_feeds_stamp(s)) {
		/* others are there: these need not be kept beside them */
		arena_free(&u.arena);
		u.known.feeds = NULL;
	}
	if (rc == 0)
		rc = u.rc;
	if (rc == 0)
		rc = update_publish_with(s, c, o, &u.known, &r->published, e);
done:
	free(u.jobs);
	arena_free(&u.arena);
	filter_free(u.filter);
	if (o->pool == NULL)
		child_pool_free(u.pool);
	return rc;
}
