#include <string.h>

#include "publish/blogroll.h"
#include "publish/site.h"
#include "publish/xmlout.h"

/* Whether its address can be told as it is: others would subscribe to it. */
static bool
is_public(const struct store_feed *f)
{
	struct buf b = { 0 };
	bool same;

	if (f->hidden || f->url == NULL || strstr(f->url, "://") == NULL)
		return false;
	site_address(&b, f, f->url);
	same = strcmp(buf_cstr(&b), f->url) == 0;
	buf_free(&b);
	return same;
}

static void
put_link(struct buf *out, const char *name, const struct store_feed *f)
{
	struct buf b = { 0 };

	if (f->link != NULL) {
		site_address(&b, f, f->link);
		xmlout_attribute(out, name, buf_cstr(&b));
	}
	buf_free(&b);
}

void
blogroll_opml(struct buf *out, const char *title, const char *owner,
    const char *email, const struct store_feed *feeds, size_t n)
{
	buf_puts(out, "<?xml version=\"1.0\" encoding=\"utf-8\"?>\n"
	    "<opml version=\"2.0\">\n  <head>\n");
	xmlout_element(out, 4, "title", title);
	xmlout_element(out, 4, "ownerName", owner);
	xmlout_element(out, 4, "ownerEmail", email);
	buf_puts(out, "  </head>\n  <body>\n");
	for (size_t i = 0; i < n; i++) {
		const struct store_feed *f = &feeds[i];

		if (!f->active || (!is_public(f) && f->link == NULL))
			continue;
		buf_puts(out, "    <outline");
		xmlout_attribute(out, "text", f->name);
		xmlout_attribute(out, "title", f->title);
		xmlout_attribute(out, "description", f->subtitle);
		/* "rss" is OPML's word for a feed of any format. */
		if (is_public(f)) {
			buf_puts(out, " type=\"rss\"");
			xmlout_attribute(out, "xmlUrl", f->url);
			put_link(out, "htmlUrl", f);
		} else {
			buf_puts(out, " type=\"link\"");
			put_link(out, "url", f);
		}
		xmlout_attribute(out, "language", f->language);
		buf_puts(out, "/>\n");
	}
	buf_puts(out, "  </body>\n</opml>\n");
}

void
blogroll_urls(struct buf *out, const struct store_feed *feeds, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (feeds[i].active && is_public(&feeds[i]))
			buf_putf(out, "%s\n", feeds[i].url);
}
