#include <string.h>

#include "publish/blogroll.h"
#include "publish/xmlout.h"

static bool
is_public(const struct store_feed *f)
{
	return !f->hidden && f->url != NULL && strstr(f->url, "://") != NULL;
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
			xmlout_attribute(out, "htmlUrl", f->link);
		} else {
			buf_puts(out, " type=\"link\"");
			xmlout_attribute(out, "url", f->link);
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
