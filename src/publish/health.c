/*
 * The health page: how each source does, for readers and for the source's
 * keeper.  The only page that tells of runs.
 */
#include <string.h>
#include <strings.h>

#include "base/uri.h"
#include "publish/look.h"
#include "publish/small.h"

#define BROKEN_MAX	3	/* crashes in a row, then it is set aside */
#define SHOWN_MAX	500	/* in trouble, and well; of the others, how many */

static enum word
state(const struct site *s, const struct store_feed *f)
{
	const struct source *src = config_source(s->config, f->url);

	if (src != NULL && src->paused)
		return W_is_paused;
	if (f->gone)
		return W_is_gone;
	if (f->crashes >= BROKEN_MAX)
		return W_is_broken;
	if (f->failures > 0 || f->crashes > 0)
		return f->last_ok > 0 ? W_is_failing : W_never_well;
	if (f->last_ok == 0)
		return W_not_asked;
	if (f->problem != NULL)
		return W_is_damaged;
	return site_feed_lively(s, f) ? W_is_fine : W_is_silent;
}

/* A message on one line, addresses in it without secrets. */
static void
clean(struct buf *out, const char *message)
{
	struct buf word = { 0 };

	while (*message != '\0') {
		size_t n = strcspn(message, " \t\r\n\"'<>()");

		buf_clear(&word);
		buf_put(&word, message, n);
		if (strstr(buf_cstr(&word), "://") != NULL)
			uri_public(out, buf_cstr(&word));
		else
			buf_puts(out, buf_cstr(&word));
		message += n;
		if (*message != '\0')
			buf_putc(out, *message++);
	}
	buf_free(&word);
}

/* The own posts' feed is asked for nowhere. */
static bool
is_shown(const struct store_feed *f)
{
	return f->active && strcmp(f->url, STORE_OWN_URL) != 0;
}

static void
put_feed(struct theme_value *v, const struct site *s,
    const struct store_feed *f, enum word how, struct arena *a)
{
	/* where a file lies on this machine is nobody's business either */
	bool secret = f->hidden || strstr(f->url, "://") == NULL ||
	    strncasecmp(f->url, "file:", 5) == 0;
	struct buf b = { 0 };
	const char *name = f->name != NULL ? f->name : f->slug;
	const char *error = f->error != NULL ? f->error : f->problem;

	/* a file that was not read yet goes by its path */
	if (name[0] == '/')
		name = strrchr(name, '/') + 1;
	v[ST_NAME] = look_text(name[0] != '\0' ? name : f->slug);
	v[ST_STATE] = look_text(strings_get(s->words, how));
	if (f->last_ok > 0) {
		site_time(&b, s, f->last_ok);
		v[ST_LAST] = look_keep(a, &b);
	}
	/* a message may name the address, so a secret one's stays away */
	if (error != NULL && !secret) {
		clean(&b, error);
		v[ST_MESSAGE] = look_keep(a, &b);
	}
	if (!f->gone && f->next_try > 0) {
		site_time(&b, s, f->next_try);
		v[ST_NEXT] = look_keep(a, &b);
	}
	if (!secret) {
		site_address(&b, f, f->url);
		v[ST_FEED] = look_keep(a, &b);
	}
	buf_free(&b);
}

/* How many are not shown, in digits; empty when none. */
static struct theme_value
rest(size_t n, struct arena *a)
{
	return look_text(n > SHOWN_MAX ? arena_printf(a, "%zu",
	    n - SHOWN_MAX) : NULL);
}

int
health_publish(struct site *s, struct error *e)
{
	struct theme_value v[HT_FIELDS] = { 0 };
	struct arena a = { 0 };
	struct look_rows rows = { .a = &a, .width = ST_FIELDS },
	    well = rows;
	size_t n = 0, nwell = 0, damaged = 0;
	int rc;

	for (size_t i = 0; i < s->nfeeds; i++) {
		const struct store_feed *f = &s->feeds[i];
		enum word how;
		bool good;

		if (!is_shown(f))
			continue;
		how = state(s, f);
		/* there is no more to say of it than that */
		good = how == W_is_fine || how == W_is_silent;
		n += !good;
		nwell += good;
		damaged += how == W_is_damaged;
		if ((good ? nwell : n) <= SHOWN_MAX)
			put_feed(look_add(good ? &well : &rows), s, f, how,
			    &a);
	}
	v[HT_SUMMARY] = look_text(arena_printf(&a, "%s: %zu/%zu",
	    strings_get(s->words, W_sources_fine), nwell + damaged,
	    n + nwell));
	v[HT_SOURCES] = look_list(&rows);
	v[HT_WELL] = look_list(&well);
	v[HT_MORE] = rest(n, &a);
	v[HT_MORE_WELL] = rest(nwell, &a);
	rc = look_put(s, PAGE_HEALTH, v, "health.gmi", e);
	arena_free(&a);
	return rc;
}
