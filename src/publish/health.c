/*
 * The health page: how each source does, for readers and for the source's
 * keeper.  The only page that tells of runs.
 */
#include <string.h>
#include <strings.h>

#include "base/uri.h"
#include "gemtext/gemtext.h"
#include "publish/small.h"

#define BROKEN_MAX	3	/* crashes in a row, then it is set aside */

static const char *
state(const struct site *s, const struct store_feed *f)
{
	const struct source *src = config_source(s->config, f->url);

	if (src != NULL && src->paused)
		return "paused by the keeper";
	if (f->gone)
		return "gone for good, by its server's word; not asked again";
	if (f->crashes >= BROKEN_MAX)
		return "set aside: its feed could not be read";
	if (f->failures > 0 || f->crashes > 0)
		return f->last_ok > 0 ? "failing" : "failing from the start";
	if (f->last_ok == 0)
		return "not asked yet";
	if (f->problem != NULL)
		return "fine, but its feed is damaged";
	return site_feed_lively(s, f) ? "fine" : "fine, but silent";
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

static void
put_time(struct buf *out, const struct site *s, const char *label, int64_t t)
{
	struct buf b = { 0 };

	site_time(&b, s, t);
	small_field(out, label, buf_cstr(&b));
	buf_free(&b);
}

/* The own posts' feed is asked for nowhere. */
static bool
is_shown(const struct store_feed *f)
{
	return f->active && strcmp(f->url, STORE_OWN_URL) != 0;
}

static void
put_feed(struct buf *out, const struct site *s, const struct store_feed *f)
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
	small_line(out, "## ", name[0] != '\0' ? name : f->slug);
	buf_putc(out, '\n');
	small_field(out, "State", state(s, f));
	if (f->last_ok > 0)
		put_time(out, s, "Last success", f->last_ok);
	/* a message may name the address, so a secret one's stays away */
	if (error != NULL && error[0] != '\0' && !secret) {
		clean(&b, error);
		small_field(out, "Message", buf_cstr(&b));
	}
	if (!f->gone && f->next_try > 0)
		put_time(out, s, "Next try", f->next_try);
	if (!secret) {
		buf_clear(&b);
		uri_public(&b, f->url);
		gemtext_put_link(out, buf_span(&b), buf_span(&b));
	}
	buf_putc(out, '\n');
	buf_free(&b);
}

int
health_publish(struct site *s, struct error *e)
{
	struct buf out = { 0 };
	size_t n = 0, fine = 0;
	int rc;

	for (size_t i = 0; i < s->nfeeds; i++) {
		const struct store_feed *f = &s->feeds[i];

		if (!is_shown(f))
			continue;
		n++;
		fine += f->last_ok > 0 && f->failures == 0 &&
		    f->crashes == 0 && !f->gone;
	}
	small_line(&out, "# ", strings_get(s->words, W_health));
	buf_putf(&out, "\n%zu of %zu sources %s fine.\n\n", fine, n,
	    n == 1 ? "is" : "are");
	for (size_t i = 0; i < s->nfeeds; i++)
		if (is_shown(&s->feeds[i]))
			put_feed(&out, s, &s->feeds[i]);
	small_link(&out, s, "", s->config->name);
	rc = small_put(s, SMALL_HEALTH, &out, e);
	buf_free(&out);
	return rc;
}
