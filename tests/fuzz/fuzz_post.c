/*
 * The keeper's posts: front matter, first heading, links.  The first byte
 * says whether it is gemtext or Markdown.
 */
#define publish_posts	fuzzed_publish_posts
#define publish_zone	fuzzed_publish_zone
#include "publish/posts.c"

#include "converted.h"

static struct config *
configuration(void)
{
	static struct config *c;
	struct config_problems problems = { 0 };

	if (c == NULL && config_read(&c, "/tmp/planet.ini", span_str(
	    "[Planet]\nname = F\nlink = gemini://localhost/\n"
	    "owner_name = F\nowner_email = f@example.org\n"), &problems,
	    NULL) != 0)
		abort();
	return c;
}

static void
on_line(const char *line, void *arg)
{
	(void)arg;
	must(utf8_valid(span_str(line)));
	for (; *line != '\0'; line++)
		must((unsigned char)*line >= ' ');
}

static void
one_line(const char *s)
{
	must(s == NULL || (s[0] != '\0' && utf8_valid(span_str(s)) &&
	    strpbrk(s, "\r\n\t") == NULL));
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct posts p = { .config = configuration(), .report = on_line };
	struct post post = { .path = "a-post", .name = "a-post" };
	struct buf text = { 0 };

	if (size == 0)
		return 0;
	post.markdown = data[0] & 1;
	utf8_lines(&text, span_of((const char *)data + 1, size - 1));
	post.body = buf_span(&text);
	read_front_matter(&p, &post);
	title_from_heading(&p, &post);
	convert(&p, &post);
	one_line(post.entry.title);
	one_line(post.entry.language);
	for (size_t i = 0; i < post.entry.ncategories; i++)
		one_line(post.entry.categories[i].term);
	clean(span_str(post.entry.gemtext));
	clean(span_str(post.entry.text));
	if (post.markdown)
		lines(span_str(post.entry.gemtext));
	arena_free(&p.arena);
	buf_free(&text);
	return 0;
}
