#include <stdlib.h>
#include <string.h>

#include "base/utf8.h"
#include "feed/parse.h"
#include "gemtext/gemtext.h"
#include "update/job.h"

/* --- fields: a 32-bit length and the bytes; NULL is the length ~0 --- */

static void
put_field(struct buf *out, const char *p, size_t n)
{
	uint32_t len = p == NULL ? UINT32_MAX : (uint32_t)n;

	buf_put(out, &len, sizeof(len));
	if (p != NULL)
		buf_put(out, p, n);
}

static void
put_string(struct buf *out, const char *s)
{
	put_field(out, s, s != NULL ? strlen(s) : 0);
}

static void
put_number(struct buf *out, int64_t v)
{
	put_field(out, (const char *)&v, sizeof(v));
}

static bool
get_field(struct span *in, struct span *field)
{
	uint32_t len;

	if (in->n < sizeof(len))
		return false;
	memcpy(&len, in->p, sizeof(len));
	*in = span_from(*in, sizeof(len));
	if (len == UINT32_MAX) {
		*field = span_of(NULL, 0);
		return true;
	}
	if (len > in->n)
		return false;
	*field = span_of(in->p, len);
	*in = span_from(*in, len);
	return true;
}

static bool
get_string(struct span *in, struct arena *a, const char **s)
{
	struct span f;

	if (!get_field(in, &f))
		return false;
	*s = f.p == NULL ? NULL : arena_strndup(a, f.p, f.n);
	return true;
}

static bool
get_number(struct span *in, int64_t *v)
{
	struct span f;

	if (!get_field(in, &f) || f.n != sizeof(*v))
		return false;
	memcpy(v, f.p, sizeof(*v));
	return true;
}

/* --- requests --- */

void
job_put_parse(struct buf *out, const struct child_job *job, struct span bytes)
{
	put_string(out, job->url);
	put_string(out, job->content_type);
	put_number(out, (int64_t)job->max_entries);
	put_number(out, job->now);
	put_number(out, job->width);
	put_field(out, bytes.p != NULL ? bytes.p : "", bytes.n);
}

void
job_put_convert(struct buf *out, const struct content *body,
    const char *original, int width)
{
	put_number(out, body->type);
	put_string(out, body->base);
	put_string(out, original);
	put_number(out, width);
	put_string(out, body->value != NULL ? body->value : "");
}

/* --- the work --- */

/* original is the entry's own page: where a cut text goes on. */
static void
convert_body(struct buf *gmi, struct buf *txt, const struct content *body,
    const char *original, int width)
{
	static const enum gemtext_from from[] = {
		[CONTENT_NONE] = GEMTEXT_PLAIN, [CONTENT_TEXT] = GEMTEXT_PLAIN,
		[CONTENT_HTML] = GEMTEXT_HTML,
		[CONTENT_MARKDOWN] = GEMTEXT_MARKDOWN,
	};
	const struct gemtext_options o = {
		.base = body->base, .original = original,
		.width = width > 0 ? (size_t)width : 0, .heading_shift = 1,
		/* A page of the planet shows all that its author published. */
		.furniture = true,
	};
	struct span value = span_str(body->value);

	/* A cut document is whole and says so: E_LIMIT is no failure here. */
	if (body->type == CONTENT_GEMTEXT) {
		buf_put_span(gmi, value);
		gemtext_to_text(txt, value,
		    o.width != 0 ? o.width : GEMTEXT_WIDTH_DEFAULT);
	} else {
		(void)gemtext_convert(gmi, txt, from[body->type], value, &o,
		    NULL);
	}
}

static void
convert_entry(const struct feed *f, struct entry *en, struct arena *a,
    struct buf *gmi, struct buf *txt, int width)
{
	struct content *body = &en->content;

	if (body->type == CONTENT_NONE || body->value == NULL) {
		body = &en->summary;
		en->summary_only = true;
	}
	/* A local file has no address; its words are at home on the site. */
	if (body->base == NULL)
		body->base = en->link != NULL ? en->link : f->link;
	buf_clear(gmi);
	buf_clear(txt);
	if (body->value != NULL)
		convert_body(gmi, txt, body, en->link, width);
	en->gemtext = arena_strndup(a, buf_cstr(gmi), gmi->n);
	en->text = arena_strndup(a, buf_cstr(txt), txt->n);
}

int
child_parse_here(struct feed **out, struct arena *a, struct span bytes,
    const struct child_job *job, struct error *e)
{
	struct parse_options o = {
		.base_url = job->url, .content_type = job->content_type,
		.max_entries = job->max_entries, .now = job->now,
	};
	struct buf gmi, txt;
	int rc;

	if ((rc = feed_parse(out, a, bytes, &o, e)) != 0)
		return rc;
	/* A file has no address: the one it tells counts, once it is known. */
	if (o.base_url == NULL && (o.base_url = feed_own_address(*out)) != NULL
	    && (rc = feed_parse(out, a, bytes, &o, e)) != 0)
		return rc;
	feed_mend_links(*out, o.base_url);
	feed_drop_relative(*out);
	buf_init(&gmi, 2 * GEMTEXT_OUTPUT_MAX);
	buf_init(&txt, 4 * GEMTEXT_OUTPUT_MAX);
	for (size_t i = 0; i < (*out)->nentries; i++)
		convert_entry(*out, &(*out)->entries[i], a, &gmi, &txt,
		    job->width);
	buf_free(&gmi);
	buf_free(&txt);
	return 0;
}

static int
run_parse(struct buf *reply, struct span payload)
{
	struct child_job job = { 0 };
	struct arena a = { 0 };
	struct error e = { 0 };
	struct feed *f;
	struct span bytes;
	int64_t max, width;
	int rc = E_SYNTAX;

	if (!get_string(&payload, &a, &job.url) ||
	    !get_string(&payload, &a, &job.content_type) ||
	    !get_number(&payload, &max) || !get_number(&payload, &job.now) ||
	    !get_number(&payload, &width) || !get_field(&payload, &bytes)) {
		buf_puts(reply, "malformed request");
		goto done;
	}
	job.max_entries = (size_t)max;
	job.width = (int)width;
	if ((rc = child_parse_here(&f, &a, bytes, &job, &e)) == 0)
		feed_encode(reply, f);
	else
		buf_puts(reply, e.msg);
done:
	arena_free(&a);
	return rc;
}

static int
run_convert(struct buf *reply, struct span payload)
{
	struct content body = { 0 };
	struct arena a = { 0 };
	struct buf gmi, txt;
	const char *original;
	int64_t type, width;
	int rc = E_SYNTAX;

	buf_init(&gmi, 2 * GEMTEXT_OUTPUT_MAX);
	buf_init(&txt, 4 * GEMTEXT_OUTPUT_MAX);
	if (!get_number(&payload, &type) ||
	    !get_string(&payload, &a, &body.base) ||
	    !get_string(&payload, &a, &original) ||
	    !get_number(&payload, &width) ||
	    !get_string(&payload, &a, &body.value) ||
	    type < CONTENT_NONE || type > CONTENT_GEMTEXT) {
		buf_puts(reply, "malformed request");
		goto done;
	}
	body.type = (enum content_type)type;
	convert_body(&gmi, &txt, &body, original, (int)width);
	put_field(reply, buf_cstr(&gmi), gmi.n);
	put_field(reply, buf_cstr(&txt), txt.n);
	rc = 0;
done:
	buf_free(&gmi);
	buf_free(&txt);
	arena_free(&a);
	return rc;
}

int
job_run(struct buf *reply, uint32_t kind, struct span payload)
{
	switch (kind) {
	case JOB_PARSE:
		return run_parse(reply, payload);
	case JOB_CONVERT:
		return run_convert(reply, payload);
	default:
		buf_puts(reply, "malformed request");
		return E_SYNTAX;
	}
}

int
job_get_texts(struct span payload, struct span *gmi, struct span *txt)
{
	if (!get_field(&payload, gmi) || !get_field(&payload, txt) ||
	    gmi->p == NULL || txt->p == NULL)
		return E_SYNTAX;
	return 0;
}
