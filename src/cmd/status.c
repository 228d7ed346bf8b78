/*
 * status.c - how the planet's sources do, for people, cron and programs.
 */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sysexits.h>
#include <unistd.h>

#include <jansson.h>

#include "base/date.h"
#include "base/uri.h"
#include "base/utf8.h"
#include "certs/certs.h"
#include "cmd/cmd.h"
#include "store/store.h"

#define WEEKS		26
#define WEEK		(7 * 86400)
#define NAME_COLUMNS	30
/* Fewer failures in a row heal by themselves most of the time. */
#define FAILURES_MAIL	3
#define URGENCY_MAIL	2	/* cert_urgency(): 30 days */

enum state { STATE_CRASHED, STATE_FAILING, STATE_GONE, STATE_WAVERING,
	STATE_NEVER, STATE_OK, STATE_QUIET, STATE_PAUSED, STATE_LEFT };

static const struct {
	const char	*word;
	const char	*colour;
	bool		 mail;	/* worth waking the keeper */
} states[] = {
	[STATE_CRASHED] = { "quarantined", "\033[31m", true },
	[STATE_FAILING] = { "failing", "\033[31m", true },
	[STATE_GONE] = { "gone", "\033[31m", true },
	[STATE_WAVERING] = { "wavering", "\033[33m", false },
	[STATE_NEVER] = { "not yet", "\033[33m", false },
	[STATE_OK] = { "ok", "\033[32m", false },
	[STATE_QUIET] = { "quiet", "", false },
	[STATE_PAUSED] = { "paused", "", false },
	[STATE_LEFT] = { "left", "", false },
};

struct row {
	struct store_feed	 f;
	enum state		 state;
	int64_t			 weeks[WEEKS];
};

struct ending {		/* a certificate */
	const char	*host;
	int64_t		 not_after, days;
	int		 urgency;	/* cert_urgency() */
};

struct status {
	const struct config	*c;
	struct row		*rows;
	size_t			 n;
	int64_t			 now, last_try, entries;
	size_t			 mail;		/* sources worth a look */
	bool			 idle;		/* nothing runs any more */
	struct ending		*endings;
	size_t			 nendings, urgent;
	struct arena		*arena;
	bool			 colour;
};

static enum state
state_of(const struct status *st, const struct store_feed *f)
{
	const struct source *src = config_source(st->c, f->url);

	if (src == NULL && !f->active)
		return STATE_LEFT;
	if (src != NULL && src->paused)
		return STATE_PAUSED;
	if (f->gone)
		return STATE_GONE;
	if (f->crashes >= FAILURES_MAIL)
		return STATE_CRASHED;
	if (f->failures >= FAILURES_MAIL)
		return STATE_FAILING;
	if (f->failures > 0 || f->crashes > 0)
		return STATE_WAVERING;
	if (f->last_ok == 0)
		return STATE_NEVER;
	if (st->c->activity_threshold > 0 &&
	    st->now - f->newest > (int64_t)st->c->activity_threshold * 86400)
		return STATE_QUIET;
	return STATE_OK;
}

static int
by_state(const void *pa, const void *pb)
{
	const struct row *a = pa, *b = pb;

	if (a->state != b->state)
		return a->state < b->state ? -1 : 1;
	return strcasecmp(a->f.name, b->f.name);
}

/* One that cannot be read, or is not valid yet, is for `orrery check`. */
static void
gather_ending(const char *host, const char *cert, const char *key, bool made,
    void *arg)
{
	struct status *st = arg;
	struct cert_info info = { 0 };
	struct ending *end;
	struct error e;

	(void)key;
	(void)made;
	if (cert_read(cert, &info, &e) != 0 || info.not_before > st->now)
		return;
	st->endings = arena_push(st->arena, st->endings, &st->nendings,
	    sizeof(*st->endings));
	end = &st->endings[st->nendings - 1];
	end->host = arena_strdup(st->arena, host);
	end->not_after = info.not_after;
	end->urgency = cert_urgency(&info, st->now, &end->days);
	st->urgent += end->urgency >= URGENCY_MAIL;
}

static bool
needs_look(const struct status *st)
{
	return st->mail > 0 || st->idle || st->urgent > 0;
}

static int
gather(struct status *st, struct store *s, struct arena *a, struct error *e)
{
	struct store_feed *feeds;
	int64_t newest = 0;
	size_t n;
	int rc;

	if ((rc = store_feeds(s, &feeds, &n, a, e)) != 0)
		return rc;
	st->rows = arena_alloc(a, (n + 1) * sizeof(*st->rows));
	for (size_t i = 0; i < n; i++) {
		struct row *r = &st->rows[st->n];

		r->f = feeds[i];
		r->state = state_of(st, &r->f);
		/* a source that left and brought nothing is no news */
		if (r->state == STATE_LEFT && r->f.nentries == 0)
			continue;
		if (store_histogram(s, r->f.id, st->now + 1, WEEK, r->weeks,
		    WEEKS) != 0)
			return error_set(e, E_FAIL, "the store cannot be"
			    " read; `orrery check` says more");
		st->n++;
		st->mail += states[r->state].mail;
		st->entries += r->f.nentries;
		if (r->f.last_try > newest)
			newest = r->f.last_try;
	}
	st->last_try = newest;
	cmd_certificates(st->c, gather_ending, st);
	/* every source is due within interval_max; twice that is silence */
	st->idle = newest != 0 && st->c->interval_max > 0 &&
	    st->now - newest > 2 * (int64_t)st->c->interval_max;
	qsort(st->rows, st->n, sizeof(*st->rows), by_state);
	return 0;
}

/* --- words --- */

/* "12 min", "3 h", "5 d" of a number of seconds. */
static void
span_words(char *out, size_t size, int64_t t)
{
	if (t < 0)
		t = -t;
	if (t < 90)
		snprintf(out, size, "%" PRId64 " s", t);
	else if (t < 90 * 60)
		snprintf(out, size, "%" PRId64 " min", (t + 30) / 60);
	else if (t < 36 * 3600)
		snprintf(out, size, "%" PRId64 " h", (t + 1800) / 3600);
	else
		snprintf(out, size, "%" PRId64 " d", (t + 43200) / 86400);
}

static void
ago(char *out, size_t size, int64_t t, int64_t now)
{
	char words[32];

	if (t == 0) {
		snprintf(out, size, "never");
		return;
	}
	span_words(words, sizeof(words), now - t);
	if (now >= t)
		snprintf(out, size, "%s ago", words);
	else
		snprintf(out, size, "in %s", words);
}

static void
next_words(char *out, size_t size, const struct row *r, int64_t now)
{
	if (r->state == STATE_LEFT || r->state == STATE_PAUSED ||
	    r->state == STATE_GONE)
		snprintf(out, size, "-");
	else if (r->f.next_try <= now)
		snprintf(out, size, "now");
	else
		ago(out, size, r->f.next_try, now);
}

static void
put_sparkline(struct buf *out, const int64_t weeks[WEEKS])
{
	static const char *const bars[] = { "▁", "▂", "▃", "▄", "▅", "▆",
		"▇", "█" };
	int64_t most = 1;

	for (size_t i = 0; i < WEEKS; i++)
		if (weeks[i] > most)
			most = weeks[i];
	for (size_t i = WEEKS; i-- > 0; )
		buf_puts(out, weeks[i] == 0 ? "·" :
		    bars[(weeks[i] * 8 - 1) / most > 7 ? 7 :
		    (weeks[i] * 8 - 1) / most]);
}

/* s cleaned and padded to columns. */
static void
put_cell(struct buf *out, const char *s, size_t columns)
{
	struct buf line = { 0 }, cut = { 0 };
	size_t w;

	utf8_line(&line, span_str(s));
	utf8_shorten(&cut, buf_span(&line), columns);
	buf_put_span(out, buf_span(&cut));
	for (w = utf8_columns(buf_span(&cut)); w < columns; w++)
		buf_putc(out, ' ');
	buf_puts(out, "  ");
	buf_free(&line);
	buf_free(&cut);
}

/* --- the table --- */

static void
put_row(struct buf *out, const struct status *st, const struct row *r)
{
	char cell[64];

	put_cell(out, r->f.name, NAME_COLUMNS);
	if (st->colour)
		buf_puts(out, states[r->state].colour);
	put_cell(out, states[r->state].word, 11);
	if (st->colour && states[r->state].colour[0] != '\0')
		buf_puts(out, "\033[0m");
	ago(cell, sizeof(cell), r->f.last_ok, st->now);
	put_cell(out, cell, 10);
	next_words(cell, sizeof(cell), r, st->now);
	put_cell(out, cell, 9);
	buf_putf(out, "%7" PRId64 "  ", r->f.nentries);
	put_sparkline(out, r->weeks);
	buf_putc(out, '\n');
	if (r->f.error != NULL && r->f.error[0] != '\0') {
		buf_puts(out, "    ");
		put_cell(out, r->f.error, 160);
		while (out->n > 0 && out->p[out->n - 1] == ' ')
			buf_truncate(out, out->n - 1);
		buf_putc(out, '\n');
	}
}

static void
put_table(struct buf *out, const struct status *st)
{
	char when[64];

	put_cell(out, "source", NAME_COLUMNS);
	put_cell(out, "state", 11);
	put_cell(out, "last good", 10);
	put_cell(out, "next try", 9);
	buf_puts(out, "entries  posts per week, half a year\n");
	for (size_t i = 0; i < st->n; i++)
		put_row(out, st, &st->rows[i]);
	ago(when, sizeof(when), st->last_try, st->now);
	buf_putf(out, "\n%zu sources, %" PRId64 " entries, last asked %s\n",
	    st->n, st->entries, when);
	if (st->mail > 0)
		buf_putf(out, "%zu need%s a look; `orrery status --why"
		    " SOURCE` says more\n", st->mail, st->mail == 1 ? "s" :
		    "");
	if (st->idle)
		buf_puts(out, "nothing was asked for long; is the update"
		    " timer, or `orrery run`, running?\n");
	for (size_t i = 0; i < st->nendings; i++) {
		const struct ending *end = &st->endings[i];

		if (end->urgency >= 5)
			buf_putf(out, "the certificate of %s has ended;"
			    " `orrery cert renew`\n", end->host);
		else if (end->urgency > 0)
			buf_putf(out, "the certificate of %s ends in %" PRId64
			    " day%s; `orrery cert renew`\n", end->host,
			    end->days, end->days == 1 ? "" : "s");
	}
}

/* --- why --- */

static void
put_time(struct buf *out, const char *label, int64_t t, int64_t now)
{
	char words[64];

	if (t == 0)
		return;
	ago(words, sizeof(words), t, now);
	buf_putf(out, "%-14s ", label);
	date_rfc3339(out, t);
	buf_putf(out, " (%s)\n", words);
}

static void
put_text(struct buf *out, const char *label, const char *s)
{
	if (s == NULL || s[0] == '\0')
		return;
	buf_putf(out, "%-14s ", label);
	utf8_line(out, span_str(s));
	buf_putc(out, '\n');
}

static void
put_address(struct buf *out, const char *label, const char *url)
{
	struct buf b = { 0 };

	/* what is asked for may carry a secret; the keeper knows it */
	if (url != NULL)
		uri_public(&b, url);
	put_text(out, label, b.n > 0 ? buf_cstr(&b) : NULL);
	buf_free(&b);
}

static void
put_why(struct buf *out, const struct status *st, const struct row *r)
{
	const struct store_feed *f = &r->f;

	put_text(out, "source", f->name);
	put_address(out, "address", f->url);
	put_address(out, "asked at", f->fetch_url);
	put_text(out, "state", states[r->state].word);
	put_time(out, "next try", f->next_try, st->now);
	put_text(out, "because", r->state == STATE_PAUSED ?
	    "it is paused in the configuration" : r->state == STATE_LEFT ?
	    "it is no longer in the configuration" : f->why);
	put_time(out, "last try", f->last_try, st->now);
	put_time(out, "last good", f->last_ok, st->now);
	put_time(out, "last new", f->last_new, st->now);
	put_time(out, "not before", f->min_until, st->now);
	if (f->status != 0)
		buf_putf(out, "%-14s %d\n", "last answer", f->status);
	put_text(out, "error", f->error);
	if (f->failures > 0)
		buf_putf(out, "%-14s %d in a row\n", "failures", f->failures);
	if (f->crashes > 0)
		buf_putf(out, "%-14s %d in a row\n", "crashes", f->crashes);
	put_text(out, "damage", f->problem);
	put_address(out, "moved to", f->moved_to);
	if (f->ttl > 0)
		buf_putf(out, "%-14s every %d s at most\n", "feed's wish",
		    f->ttl);
	put_text(out, "ETag", f->etag);
	put_text(out, "Last-Modified", f->last_modified);
	buf_putf(out, "%-14s %" PRId64 "\n", "entries", f->nentries);
	put_time(out, "newest", f->newest, st->now);
	buf_putf(out, "%-14s ", "per week");
	put_sparkline(out, r->weeks);
	buf_putc(out, '\n');
}

/* By address or short name, else the one whose name or address has it in. */
static const struct row *
find(const struct status *st, const char *what, size_t *found)
{
	const struct row *hit = NULL;

	*found = 0;
	for (size_t i = 0; i < st->n; i++)
		if (strcmp(st->rows[i].f.url, what) == 0 ||
		    strcmp(st->rows[i].f.slug, what) == 0 ||
		    strcasecmp(st->rows[i].f.name, what) == 0) {
			*found = 1;
			return &st->rows[i];
		}
	for (size_t i = 0; i < st->n; i++)
		if (strcasestr(st->rows[i].f.name, what) != NULL ||
		    strcasestr(st->rows[i].f.url, what) != NULL) {
			hit = &st->rows[i];
			++*found;
		}
	return *found == 1 ? hit : NULL;
}

/* --- for programs --- */

static json_t *
json_time(int64_t t)
{
	return t == 0 ? json_null() : json_integer(t);
}

static json_t *
json_row(const struct row *r)
{
	const struct store_feed *f = &r->f;
	json_t *weeks = json_array(), *o;

	for (size_t i = WEEKS; i-- > 0; )
		json_array_append_new(weeks, json_integer(r->weeks[i]));
	o = json_pack("{s:s, s:s, s:s, s:s, s:b, s:I, s:i, s:i, s:i}",
	    "name", f->name, "url", f->url, "slug", f->slug, "state",
	    states[r->state].word, "attention", states[r->state].mail,
	    "entries", (json_int_t)f->nentries, "status", f->status,
	    "failures", f->failures, "crashes", f->crashes);
	json_object_set_new(o, "last_ok", json_time(f->last_ok));
	json_object_set_new(o, "last_try", json_time(f->last_try));
	json_object_set_new(o, "last_new", json_time(f->last_new));
	json_object_set_new(o, "next_try", json_time(f->next_try));
	json_object_set_new(o, "newest", json_time(f->newest));
	json_object_set_new(o, "why", f->why != NULL ? json_string(f->why) :
	    json_null());
	json_object_set_new(o, "error", f->error != NULL ?
	    json_string(f->error) : json_null());
	json_object_set_new(o, "problem", f->problem != NULL ?
	    json_string(f->problem) : json_null());
	json_object_set_new(o, "posts_per_week", weeks);
	return o;
}

static void
print_json(const struct status *st, const struct row *one)
{
	json_t *list = json_array(), *ends = json_array(), *o;

	for (size_t i = 0; i < st->n; i++)
		if (one == NULL || one == &st->rows[i])
			json_array_append_new(list, json_row(&st->rows[i]));
	for (size_t i = 0; i < st->nendings; i++)
		json_array_append_new(ends, json_pack(
		    "{s:s, s:I, s:I, s:i}", "host", st->endings[i].host,
		    "not_after", (json_int_t)st->endings[i].not_after,
		    "days_left", (json_int_t)st->endings[i].days,
		    "urgency", st->endings[i].urgency));
	o = json_pack("{s:o, s:I, s:b, s:b, s:o}", "feeds", list, "entries",
	    (json_int_t)st->entries, "attention", needs_look(st),
	    "idle", st->idle, "certificates", ends);
	json_dumpf(o, stdout, JSON_INDENT(2));
	putchar('\n');
	json_decref(o);
}

/* --- the command --- */

static int
answer(const struct cmd_global *g, const struct status *st, const char *why)
{
	const struct row *one = NULL;
	struct buf out = { 0 };
	size_t found = 0;

	if (why != NULL && (one = find(st, why, &found)) == NULL) {
		utf8_line(&out, span_str(why));
		if (found == 0)
			fprintf(stderr, "orrery: no source is called"
			    " \"%s\"; `orrery status` lists them\n",
			    buf_cstr(&out));
		else
			fprintf(stderr, "orrery: %zu sources fit \"%s\";"
			    " give the whole address\n", found,
			    buf_cstr(&out));
		buf_free(&out);
		return EX_NOINPUT;
	}
	if (g->json)
		print_json(st, one);
	else if (one != NULL)
		put_why(&out, st, one);
	else if (!g->quiet || needs_look(st))
		put_table(&out, st);
	fwrite(buf_cstr(&out), 1, out.n, stdout);
	buf_free(&out);
	if (one != NULL)
		return states[one->state].mail ? EX_UNAVAILABLE : EX_OK;
	return needs_look(st) ? EX_UNAVAILABLE : EX_OK;
}

static int
run(const struct cmd_global *g, int argc, char **argv)
{
	const char *why = NULL, *colour = getenv("NO_COLOR");
	struct arena a = { 0 };
	struct status st = { .now = cmd_now(), .arena = &a };
	struct store *s = NULL;
	struct config *c;
	struct error e;
	char *path;
	int code = EX_OK;

	for (int i = 1; i < argc; i++) {
		if (strcmp(argv[i], "--why") == 0 && i + 1 < argc)
			why = argv[++i];
		else
			return cmd_unexpected(&cmd_status, argv[i]);
	}
	if ((c = cmd_config(g, &code)) == NULL)
		return code;
	st.c = c;
	st.colour = isatty(STDOUT_FILENO) == 1 && !g->no_color &&
	    (colour == NULL || colour[0] == '\0');
	path = cmd_store_path(c);
	if (store_open(&s, path, false, &e) != 0 ||
	    gather(&st, s, &a, &e) != 0)
		code = cmd_fail(&e);
	else
		code = answer(g, &st, why);
	store_close(s);
	free(path);
	arena_free(&a);
	config_free(c);
	return code;
}

const struct command cmd_status = {
	.name = "status",
	.usage = "status [--why SOURCE] [--json]",
	.summary = "how the sources do: state, last success, next try, errors",
	.help =
	    "  --why SOURCE  all about one source: when it is asked next and"
	    " which rule\n"
	    "                decided; SOURCE is an address or (part of) a"
	    " name\n"
	    "  -q            print only when something needs a look (for"
	    " cron)\n"
	    "\nexit status: 0 all is well, 69 a source has failed three times"
	    " or more, is\ngone for good, nothing was asked for long, or a"
	    " certificate ends within 30 days\n",
	.run = run,
};
