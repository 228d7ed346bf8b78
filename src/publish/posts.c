/*
 * The keeper's own posts: files with front matter, entries of the river.
 *
 * A post is a file of posts_dir that ends in .md or .gmi.  Its name is its
 * identity, so that its page stays when its title changes.  A fault in one
 * costs that post alone.
 */
#include <sys/stat.h>

#include <dirent.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/file.h"
#include "base/utf8.h"
#include "base/xalloc.h"
#include "gemtext/gemtext.h"
#include "publish/site.h"

#define POST_MAX	((size_t)1 << 20)	/* bytes of a file */

struct posts {
	const struct config	*config;
	int64_t			 now;
	void			(*report)(const char *line, void *arg);
	void			*arg;
	struct arena		 arena;
	struct entry		*list;
	size_t			 n;
};

struct post {
	const char	*path;		/* for messages */
	const char	*name;		/* within posts_dir */
	bool		 markdown;
	bool		 draft, bad;
	struct entry	 entry;
	struct span	 body;
};

static void __attribute__((format(printf, 4, 5)))
complain(struct posts *p, struct post *post, int line, const char *fmt, ...)
{
	struct error e = { 0 };
	char text[512];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(text, sizeof(text), fmt, ap);
	va_end(ap);
	error_set(&e, E_SYNTAX, "%s:%d: %s", post->path, line, text);
	post->bad = true;
	if (p->report != NULL)
		p->report(e.msg, p->arg);
}

/* --- front matter --- */

static struct span
unquoted(struct span s)
{
	if (s.n >= 2 && (s.p[0] == '"' || s.p[0] == '\'') &&
	    s.p[s.n - 1] == s.p[0])
		return span_of(s.p + 1, s.n - 2);
	return s;
}

static const char *
clean_line(struct posts *p, struct span s)
{
	struct buf b = { 0 };
	const char *line;

	utf8_line(&b, unquoted(s));
	line = b.n > 0 ? arena_strndup(&p->arena, b.p, b.n) : NULL;
	buf_free(&b);
	return line;
}

static void
take_tags(struct posts *p, struct post *post, struct span s)
{
	struct entry *en = &post->entry;

	if (s.n >= 2 && s.p[0] == '[' && s.p[s.n - 1] == ']')
		s = span_of(s.p + 1, s.n - 2);
	while (s.n > 0) {
		const char *comma = memchr(s.p, ',', s.n);
		size_t n = comma != NULL ? (size_t)(comma - s.p) : s.n;
		const char *tag = clean_line(p, span_trim(span_of(s.p, n)));

		s = span_from(s, n + 1);
		if (tag == NULL)
			continue;
		en->categories = arena_push(&p->arena, en->categories,
		    &en->ncategories, sizeof(*en->categories));
		en->categories[en->ncategories - 1] =
		    (struct category){ .term = tag };
	}
}

static void
take_author(struct posts *p, struct post *post, struct span s)
{
	struct entry *en = &post->entry;

	en->authors = arena_push(&p->arena, en->authors, &en->nauthors,
	    sizeof(*en->authors));
	en->authors[en->nauthors - 1] = (struct person){
	    .name = clean_line(p, s) };
}

static void
take_key(struct posts *p, struct post *post, int line, struct span key,
    struct span value)
{
	if (span_ieqs(key, "title"))
		post->entry.title = clean_line(p, value);
	else if (span_ieqs(key, "author"))
		take_author(p, post, value);
	else if (span_ieqs(key, "lang") || span_ieqs(key, "language"))
		post->entry.language = clean_line(p, value);
	else if (span_ieqs(key, "tags"))
		take_tags(p, post, value);
	else if (span_ieqs(key, "draft")) {
		value = unquoted(value);
		if (span_ieqs(value, "true") || span_ieqs(value, "yes"))
			post->draft = true;
		else if (!span_ieqs(value, "false") &&
		    !span_ieqs(value, "no"))
			complain(p, post, line, "draft is true or false, not "
			    "\"%.*s\"", (int)value.n, value.p);
	} else if (span_ieqs(key, "date")) {
		post->entry.published = date_parse(unquoted(value));
		post->entry.date_only = unquoted(value).n == 10;
		if (post->entry.published == DATE_NONE)
			complain(p, post, line, "\"%.*s\" is no date; write "
			    "2026-01-31 or 2026-01-31T12:00:00Z",
			    (int)(value.n < 60 ? value.n : 60), value.p);
	} else
		complain(p, post, line, "\"%.*s\" is no key of a post; there "
		    "are title, date, author, tags, lang and draft",
		    (int)(key.n < 60 ? key.n : 60), key.p);
}

static void
read_front_matter(struct posts *p, struct post *post)
{
	struct span rest = post->body, line;
	int n = 1;

	if (span_starts(rest, "\xef\xbb\xbf"))
		rest = span_from(rest, 3);
	post->body = rest;
	if (!span_line(&rest, &line) || !span_eqs(span_trim(line), "---"))
		return;
	while (span_line(&rest, &line)) {
		const char *colon;

		n++;
		line = span_trim(line);
		if (span_eqs(line, "---")) {
			post->body = rest;
			return;
		}
		if (line.n == 0 || line.p[0] == '#')
			continue;
		if ((colon = memchr(line.p, ':', line.n)) == NULL) {
			complain(p, post, n, "a line of front matter is "
			    "\"key: value\"");
			continue;
		}
		take_key(p, post, n,
		    span_trim(span_of(line.p, (size_t)(colon - line.p))),
		    span_trim(span_from(line,
		    (size_t)(colon - line.p) + 1)));
	}
	complain(p, post, 1, "the front matter has no closing \"---\"");
}

/* --- the text --- */

/* Without a title in the front matter the first heading is it. */
static void
title_from_heading(struct posts *p, struct post *post)
{
	struct span rest = post->body, line;

	while (span_line(&rest, &line)) {
		if (span_trim(line).n == 0)
			continue;
		if (span_starts(line, "# ")) {
			if (post->entry.title == NULL)
				post->entry.title = clean_line(p,
				    span_from(line, 2));
			post->body = rest;
		}
		return;
	}
}

/*
 * A gemtext post as the body of its page: headings one level down, and
 * links that were relative to the file lead to its place in the capsule.
 */
static void
nest_gemtext(struct buf *out, struct span body)
{
	struct gemtext_reader r = { body, false };
	struct gemtext_line l;
	bool blank = true;

	while (gemtext_next(&r, &l)) {
		struct buf url = { 0 };

		if (l.kind == GEMTEXT_TEXT && span_trim(l.text).n == 0) {
			if (!blank)
				buf_putc(out, '\n');
			blank = true;
			continue;
		}
		blank = false;
		switch (l.kind) {
		case GEMTEXT_HEADING1:
		case GEMTEXT_HEADING2:
		case GEMTEXT_HEADING3:
			buf_puts(out, l.kind == GEMTEXT_HEADING1 ? "## " :
			    "### ");
			utf8_line(out, l.text);
			buf_putc(out, '\n');
			break;
		case GEMTEXT_LINK:
			if (memchr(l.url.p, ':', l.url.n) == NULL &&
			    l.url.n > 0 && l.url.p[0] != '/')
				buf_puts(&url, "/posts/");
			buf_put_span(&url, l.url);
			gemtext_put_link(out, buf_span(&url), l.text);
			break;
		case GEMTEXT_ITEM:
			buf_puts(out, "* ");
			utf8_line(out, l.text);
			buf_putc(out, '\n');
			break;
		case GEMTEXT_QUOTE:
			buf_puts(out, "> ");
			utf8_line(out, l.text);
			buf_putc(out, '\n');
			break;
		case GEMTEXT_TOGGLE:
			buf_puts(out, "```");
			if (r.pre)
				utf8_line(out, l.text);
			buf_putc(out, '\n');
			break;
		case GEMTEXT_PRE:
			utf8_lines(out, l.text);
			buf_putc(out, '\n');
			break;
		default:
			gemtext_put_text(out, l.text);
			break;
		}
		buf_free(&url);
	}
	if (r.pre)
		buf_puts(out, "```\n");
	while (out->n > 1 && out->p[out->n - 1] == '\n' &&
	    out->p[out->n - 2] == '\n')
		buf_truncate(out, out->n - 1);
}

static void
convert(struct posts *p, struct post *post)
{
	struct site s = { .config = p->config };
	struct buf gmi = { 0 }, txt = { 0 }, base = { 0 };
	struct gemtext_options o = { .heading_shift = 1,
	    .width = p->config->gopher_width > 0 ?
	    (size_t)p->config->gopher_width : GEMTEXT_WIDTH_DEFAULT };
	struct entry *en = &post->entry;

	site_url(&base, &s, "posts/");
	o.base = buf_cstr(&base);
	if (post->markdown)
		(void)gemtext_convert(&gmi, &txt, GEMTEXT_MARKDOWN,
		    post->body, &o, NULL);
	else {
		nest_gemtext(&gmi, post->body);
		gemtext_to_text(&txt, buf_span(&gmi), o.width);
	}
	en->content = (struct content){
	    .type = post->markdown ? CONTENT_MARKDOWN : CONTENT_GEMTEXT,
	    .value = arena_strndup(&p->arena, post->body.p, post->body.n),
	    .base = arena_strndup(&p->arena, base.p, base.n) };
	en->gemtext = arena_strndup(&p->arena, buf_cstr(&gmi), gmi.n);
	en->text = arena_strndup(&p->arena, buf_cstr(&txt), txt.n);
	buf_free(&gmi);
	buf_free(&txt);
	buf_free(&base);
}

static void
read_post(struct posts *p, const char *name)
{
	char *path = file_join(p->config->posts_dir, name);
	struct post post = { .path = path, .name = name };
	struct buf raw = { .max = POST_MAX }, text = { 0 };
	struct error e = { 0 };
	size_t n = strlen(name);

	post.markdown = n > 3 && strcmp(name + n - 3, ".md") == 0;
	post.entry = (struct entry){ .published = DATE_NONE,
	    .updated = DATE_NONE, .date = DATE_NONE, .ncomments = -1,
	    .duration = -1 };
	if (file_read(&raw, path, &e) != 0) {
		if (p->report != NULL)
			p->report(e.msg, p->arg);
		goto done;
	}
	utf8_lines(&text, buf_span(&raw));
	post.body = buf_span(&text);
	read_front_matter(p, &post);
	if (post.bad || post.draft || (post.entry.published != DATE_NONE &&
	    post.entry.published > p->now))
		goto done;
	title_from_heading(p, &post);
	post.entry.id = arena_printf(&p->arena, "post:%s", name);
	post.entry.date = post.entry.published;
	convert(p, &post);
	p->list = arena_push(&p->arena, p->list, &p->n, sizeof(*p->list));
	p->list[p->n - 1] = post.entry;
done:
	buf_free(&raw);
	buf_free(&text);
	free(path);
}

static int
is_post(const struct dirent *d)
{
	size_t n = strlen(d->d_name);

	return d->d_name[0] != '.' &&
	    ((n > 3 && strcmp(d->d_name + n - 3, ".md") == 0) ||
	    (n > 4 && strcmp(d->d_name + n - 4, ".gmi") == 0));
}

/* --- into the store --- */

static bool
has_post(const struct posts *p, const char *guid)
{
	for (size_t i = 0; i < p->n; i++)
		if (guid != NULL && strcmp(p->list[i].id, guid) == 0)
			return true;
	return false;
}

/* A post whose file went away, or became a draft, is not shown. */
static int
hide_missing(struct posts *p, struct store *s, int64_t feed,
    struct error *e)
{
	const struct store_query q = { .feed = feed, .own = -1,
	    .all = true };
	struct { int64_t id; bool hide; } *todo = NULL;
	struct arena a = { 0 };
	struct store_cursor *c;
	struct store_entry en;
	size_t n = 0;
	int rc;

	if ((rc = store_select(s, &c, &q, e)) != 0)
		return rc;
	while ((rc = store_next(c, &en, &a, e)) == 1) {
		bool there = has_post(p, en.guid);

		if (there != en.hidden)
			continue;
		todo = arena_push(&p->arena, todo, &n, sizeof(*todo));
		todo[n - 1].id = en.id;
		todo[n - 1].hide = !there;
	}
	store_cursor_free(c);
	for (size_t i = 0; i < n && rc == 0; i++)
		rc = store_set_hidden(s, todo[i].id, todo[i].hide, e);
	arena_free(&a);
	return rc;
}

static int
merge_posts(struct posts *p, struct store *s, struct error *e)
{
	const struct merge_options mo = { .now = p->now, .own = true,
	    .new_items = (int)p->n + 1, .revision = GEMTEXT_REVISION };
	struct feed f = { .format = FEED_GEMTEXT, .title = p->config->name,
	    .updated = DATE_NONE, .published = DATE_NONE,
	    .language = p->config->language,
	    .entries = p->list, .nentries = p->n };
	struct merge_result r;
	int64_t feed;
	int rc;

	if ((feed = store_own_feed(s, e)) < 0)
		return (int)feed;
	if ((rc = store_merge(s, feed, &f, &mo, &r, e)) != 0)
		return rc;
	return hide_missing(p, s, feed, e);
}

int
publish_posts(struct store *s, const struct config *c, int64_t now,
    void (*report)(const char *line, void *arg), void *arg, struct error *e)
{
	struct posts p = { .config = c, .now = now, .report = report,
	    .arg = arg };
	struct dirent **names = NULL;
	int n = 0, rc;

	publish_zone(s, c);
	if (c->posts_dir != NULL)
		n = scandir(c->posts_dir, &names, is_post, alphasort);
	for (int i = 0; i < n; i++) {
		read_post(&p, names[i]->d_name);
		free(names[i]);
	}
	free(names);
	if ((rc = store_begin(s, e)) == 0) {
		if ((rc = merge_posts(&p, s, e)) == 0)
			rc = store_commit(s, e);
		else
			store_rollback(s);
	}
	arena_free(&p.arena);
	return rc;
}

void
publish_zone(struct store *s, const struct config *c)
{
	setenv("TZ", c->timezone != NULL ? c->timezone : "UTC", 1);
	tzset();
	store_set_zone(s, site_offset);
}
