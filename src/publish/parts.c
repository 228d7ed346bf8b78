/*
 * Parts of a month or year.  Where a time stands in a list is known from the
 * counts of its months and a walk through one of them: what is stale costs
 * the same in a long list as in a short one.
 */
#include <stdlib.h>
#include <string.h>

#include "base/xalloc.h"
#include "publish/parts.h"

#define MONTHS	12
#define BEHIND	2	/* parts with links that a new one changes */
#define NEAR	500	/* entries at the end of a month that are counted */

struct month {
	struct store_query q;	/* oldest first */
	int64_t		 n, before;	/* entries in it, and in older ones */
};

struct period {
	struct store	*store;
	const struct parts *p;
	int64_t		 from, until;
	struct month	 months[MONTHS];	/* oldest first */
	size_t		 nmonths;
	int64_t		 nparts;
	bool		*stale;
};

int64_t
parts_count(int64_t n, int64_t size)
{
	return (n + size - 1) / size;
}

static int
load_months(struct period *d, struct error *e)
{
	size_t n, len = strlen(d->p->key);
	struct store_bucket *list;
	struct arena a = { 0 };
	int64_t before = 0;
	int rc;

	rc = store_periods(d->store, &d->p->q, BUCKET_MONTH, &list, &n, &a);
	if (rc != 0)
		error_set(e, rc, "the months of a list cannot be read");
	while (rc == 0 && n-- > 0) {
		struct month *m = &d->months[d->nmonths];

		if (strncmp(list[n].key, d->p->key, len) != 0 ||
		    d->nmonths == MONTHS)
			continue;
		*m = (struct month){ .q = d->p->q, .n = list[n].n,
		    .before = before };
		m->q.order = STORE_OLDEST;
		if (site_query_bounds(&m->q, list[n].key))
			d->nmonths++;
		before += list[n].n;
	}
	arena_free(&a);
	return rc;
}

/* How many entries of the month are older than t. */
static int64_t
rank_in(const struct period *d, const struct month *m, int64_t t)
{
	struct store_query q = m->q;
	int64_t n;

	/* what is stale is new, mostly */
	q.from = t;
	q.limit = NEAR + 1;
	if (t != 0 && (n = store_count(d->store, &q)) <= NEAR)
		return m->n - n;
	q = m->q;
	/* zero would be no bound */
	q.until = t != 0 ? t : -1;
	return store_count(d->store, &q);
}

/* How many entries are older than t, which is of the period. */
static int64_t
rank(const struct period *d, int64_t t)
{
	int64_t r = 0;

	for (size_t i = 0; i < d->nmonths; i++) {
		const struct month *m = &d->months[i];

		if (t < m->q.from)
			return m->before;
		if (t < m->q.until)
			return m->before + rank_in(d, m, t);
		r = m->before + m->n;
	}
	return r;
}

/* The entry of that rank. */
static int
place(const struct period *d, int64_t r, int64_t *sort, int64_t *id)
{
	for (size_t i = 0; i < d->nmonths; i++) {
		const struct month *m = &d->months[i];
		struct store_query q = m->q;
		int64_t k = r - m->before;

		if (k >= m->n)
			continue;
		/* from the nearer end */
		if (k > m->n / 2) {
			q.order = STORE_NEWEST;
			k = m->n - 1 - k;
		}
		return store_place(d->store, &q, k, sort, id);
	}
	return E_NOTFOUND;
}

static int64_t
least(int64_t a, int64_t b)
{
	return a < b ? a : b;
}

/* The parts that hold an entry of time t. */
static int64_t
mark_time(struct period *d, int64_t t)
{
	int64_t size = d->p->size, sort = t, id, r = rank(d, t), k = r / size;

	/* it may be stale without being listed here */
	if (place(d, r, &sort, &id) != 0 || sort != t)
		return t;
	/* others of that time may stand in the next part */
	while (k < d->nparts && sort == t) {
		d->stale[k++] = true;
		if (place(d, least(k * size, d->p->n) - 1, &sort, &id) != 0)
			break;
	}
	return sort;
}

static void
mark_stale(struct period *d, const struct stale *st)
{
	int64_t covered = INT64_MIN, k = d->nparts;

	for (size_t i = 0; i < st->ntimes; i++)
		if (st->times[i] >= d->from && st->times[i] < d->until &&
		    st->times[i] >= covered)
			covered = mark_time(d, st->times[i]);
	for (size_t i = 0; i < st->nmoved; i++)
		if (st->moved[i] >= d->from && st->moved[i] < d->until) {
			k = least(rank(d, st->moved[i]) / d->p->size,
			    d->nparts - 1) - BEHIND;
			break;
		}
	for (k = k > 0 ? k : 0; k < d->nparts; k++)
		d->stale[k] = true;
}

static int
put_part(struct period *d, int64_t k, struct store_entry *last,
    struct error *e)
{
	int64_t end = (k + 1) * d->p->size;
	struct part part = { .number = k + 1, .of = d->nparts,
	    .n = least(end, d->p->n) - k * d->p->size, .q = d->p->q };
	int rc = 0;

	part.q.from = d->from != 0 ? d->from : -1;
	part.q.until = d->until != 0 ? d->until : -1;
	part.q.order = STORE_NEWEST;
	part.q.limit = (size_t)part.n;
	if (last->id != 0) {
		/* the newer one was put just now */
		part.q.after_sort = last->sort;
		part.q.after_id = last->id;
	} else if (end < d->p->n) {
		rc = place(d, end, &part.q.after_sort, &part.q.after_id);
		if (rc != 0)
			return error_set(e, rc, "%s: its entries are not as "
			    "many as were counted", d->p->key);
	}
	*last = (struct store_entry){ 0 };
	return d->p->put(&part, last, d->p->arg, e);
}

int
parts_put(struct site *s, const struct stale *st, const struct parts *p,
    struct error *e)
{
	struct period d = { .store = s->store, .p = p,
	    .nparts = parts_count(p->n, p->size) };
	struct store_entry last = { 0 };
	int rc;

	if (!site_bounds(p->key, &d.from, &d.until) || d.nparts == 0)
		return 0;
	if ((rc = load_months(&d, e)) != 0)
		return rc;
	d.stale = xcalloc((size_t)d.nparts, sizeof(*d.stale));
	if (p->all)
		memset(d.stale, true, (size_t)d.nparts * sizeof(*d.stale));
	else
		mark_stale(&d, st);
	for (int64_t k = d.nparts; k-- > 0 && rc == 0;) {
		if (d.stale[k])
			rc = put_part(&d, k, &last, e);
		else
			last.id = 0;
	}
	free(d.stale);
	return rc;
}
