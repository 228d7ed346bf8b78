/*
 * Pages about the planet itself, and security.txt.
 */
#include <stdlib.h>
#include <string.h>

#include "base/date.h"
#include "base/uri.h"
#include "certs/certs.h"
#include "gemtext/gemtext.h"
#include "publish/small.h"

#define EXPIRES_MONTHS	11	/* RFC 9116 advises less than a year */

static void
text(struct buf *out, const char *line)
{
	small_line(out, "", line);
}

/* The keeper's mail address in a URI; false when there is none to show. */
static bool
mailto(struct buf *out, const struct site *s)
{
	const char *mail = s->config->owner_email;

	if (mail == NULL || strchr(mail, '@') == NULL ||
	    strpbrk(mail, " \t\r\n<>\"") != NULL)
		return false;
	buf_puts(out, "mailto:");
	uri_escape(out, span_str(mail), "@+");
	return true;
}

/* --- about --- */

static void
keeper(struct buf *out, struct site *s)
{
	struct buf b = { 0 };
	const char *owner = s->config->owner_name;

	small_line(out, "## ", "Who keeps it");
	buf_putc(out, '\n');
	if (owner != NULL && owner[0] != '\0')
		text(out, owner);
	if (mailto(&b, s))
		gemtext_put_link(out, buf_span(&b),
		    span_str(s->config->owner_email));
	if (s->config->link != NULL && s->config->link[0] != '\0')
		gemtext_put_link(out, span_str(s->config->link),
		    span_str(s->config->link));
	buf_putc(out, '\n');
	buf_free(&b);
}

static int
about_page(struct site *s, struct error *e)
{
	struct buf out = { 0 }, b = { 0 };
	int rc;

	buf_putf(&b, "%s: %s", strings_get(s->words, W_about),
	    s->config->name);
	small_line(&out, "# ", buf_cstr(&b));
	buf_putc(&out, '\n');
	if (s->config->subtitle != NULL && s->config->subtitle[0] != '\0') {
		text(&out, s->config->subtitle);
		buf_putc(&out, '\n');
	}
	text(&out, "This planet reads the feeds of its sources and shows their"
	    " posts in one place, newest first. Each post belongs to the one"
	    " who wrote it and names where it came from.");
	buf_putc(&out, '\n');
	keeper(&out, s);
	small_line(&out, "## ", "Joining and leaving");
	buf_puts(&out, "\n");
	text(&out, "To be added, send the keeper the address of your feed:"
	    " Atom, RSS, JSON Feed, or a page with dated links. To leave, ask"
	    " the same way; your posts are then taken out for good, and their"
	    " addresses answer that they are gone.");
	buf_puts(&out, "\n## What is stored\n\n");
	text(&out, "Posts as their feeds give them, with some earlier"
	    " versions, and how asking each feed went. Nothing about readers"
	    " is written into these pages.");
	if (s->config->access_log != NULL)
		text(&out, s->config->log_addresses ?
		    "Requests are logged, with the address they came from." :
		    "Requests are logged, without the address they came"
		    " from.");
	buf_puts(&out, "\n## More\n\n");
	small_link(&out, s, "help.gmi", "How to subscribe");
	small_link(&out, s, "s/", strings_get(s->words, W_sources));
	small_link(&out, s, "health.gmi", strings_get(s->words, W_health));
	small_link(&out, s, "fingerprints.gmi", strings_get(s->words,
	    W_fingerprints));
	small_link(&out, s, "", s->config->name);
	buf_putc(&out, '\n');
	text(&out, "Made with orrery.");
	rc = small_put(s, "capsule/about.gmi", &out, e);
	buf_free(&out);
	buf_free(&b);
	return rc;
}

/* --- help --- */

static int
help_page(struct site *s, struct error *e)
{
	struct buf out = { 0 }, b = { 0 };
	int rc;

	small_line(&out, "# ", strings_get(s->words, W_subscribe));
	buf_putc(&out, '\n');
	text(&out, "A client that follows pages with dated links can subscribe"
	    " to this one, or to the page of a source:");
	site_url(&b, s, tree_has(s->tree, "capsule/feed.gmi") ? "feed.gmi" :
	    "");
	gemtext_put_link(&out, buf_span(&b), buf_span(&b));
	small_link(&out, s, "s/", strings_get(s->words, W_sources));
	if (tree_has(s->tree, "capsule/atom.xml")) {
		buf_putc(&out, '\n');
		text(&out, "A feed reader takes the Atom or the JSON feed, and"
		    " the list of all sources:");
		small_link(&out, s, "atom.xml", "Atom");
		small_link(&out, s, "feed.json", "JSON Feed");
		small_link(&out, s, "feeds.opml", "OPML");
	}
	if (s->config->gopher) {
		buf_putc(&out, '\n');
		text(&out, "The same posts by Gopher:");
		buf_clear(&b);
		site_gopher_url(&b, s, '1', "");
		gemtext_put_link(&out, buf_span(&b), buf_span(&b));
	}
	buf_putc(&out, '\n');
	text(&out, "To keep a copy of everything, begin with the list of all"
	    " files; a mirror then asks only for what changed.");
	gemtext_put_link(&out, span_str("/mirror/manifest.tsv"),
	    span_str("All files with their digests"));
	buf_putc(&out, '\n');
	small_link(&out, s, "", s->config->name);
	rc = small_put(s, "capsule/help.gmi", &out, e);
	buf_free(&out);
	buf_free(&b);
	return rc;
}

/* --- fingerprints --- */

static void
field_time(struct buf *out, const char *label, int64_t t)
{
	struct buf b = { 0 };

	date_rfc3339(&b, t);
	small_field(out, label, buf_cstr(&b));
	buf_free(&b);
}

static void
put_cert(struct buf *out, const struct cert_info *i)
{
	small_field(out, "SHA-256 of the certificate", i->fingerprint);
	small_field(out, "SHA-256 of its public key", i->key_fingerprint);
	field_time(out, "Valid from", i->not_before);
	if (i->not_after >= CERTS_FOREVER)
		small_field(out, "Valid until", "for ever");
	else
		field_time(out, "Valid until", i->not_after);
	if (i->names[0] != '\0')
		small_field(out, "Names", i->names);
}

/* The certificate of a host: at cert, or where they are made. */
static void
put_host(struct buf *out, const struct site *s, const char *host,
    const char *cert)
{
	struct cert_files f;
	struct cert_info info;
	int64_t when;
	int rc;

	cert_files_init(&f, s->config->certs_dir, host);
	small_line(out, "## ", host);
	buf_putc(out, '\n');
	rc = cert_read(cert != NULL ? cert : f.cert, &info, NULL);
	if (rc == 0)
		put_cert(out, &info);
	else
		text(out, rc == E_NOTFOUND ? "There is none yet: it is made"
		    " when the server starts for the first time." :
		    "It cannot be read at the moment.");
	if (cert == NULL && cert_announced(&f, &info, &when, NULL) == 0) {
		buf_putc(out, '\n');
		small_line(out, "### ", "To come");
		buf_putc(out, '\n');
		field_time(out, "In use from", when);
		put_cert(out, &info);
	}
	buf_putc(out, '\n');
	cert_files_free(&f);
}

static int
fingerprints_page(struct site *s, struct error *e)
{
	const struct config *c = s->config;
	const char *own = NULL;
	struct buf out = { 0 };
	int rc;

	for (size_t i = 0; i < c->nvhosts; i++)
		if (strcmp(c->vhosts[i].name, site_host(s)) == 0)
			own = c->vhosts[i].cert;
	small_line(&out, "# ", strings_get(s->words, W_fingerprints));
	buf_putc(&out, '\n');
	text(&out, "Compare these with what your client shows. A key that is"
	    " to be replaced is named here before it is used.");
	buf_putc(&out, '\n');
	if (c->certs_dir != NULL) {
		put_host(&out, s, site_host(s), own);
		for (size_t i = 0; i < c->nvhosts; i++)
			if (strcmp(c->vhosts[i].name, site_host(s)) != 0)
				put_host(&out, s, c->vhosts[i].name,
				    c->vhosts[i].cert);
	}
	small_link(&out, s, "", c->name);
	rc = small_put(s, "capsule/fingerprints.gmi", &out, e);
	buf_free(&out);
	return rc;
}

/* --- security.txt --- */

static int
security_txt(struct site *s, struct error *e)
{
	static const char path[] = "capsule/.well-known/security.txt";
	struct buf out = { 0 };
	int year, month, day, rc;

	buf_puts(&out, "Contact: ");
	if (!mailto(&out, s)) {
		rc = tree_gone(s->tree, path, false, e);
		goto done;
	}
	/* counted from the month, so that it changes once in it */
	date_civil(s->now / 86400, &year, &month, &day);
	month += EXPIRES_MONTHS;
	buf_puts(&out, "\nExpires: ");
	date_rfc3339(&out, date_days(year + (month - 1) / 12,
	    (month - 1) % 12 + 1, 1) * 86400);
	if (small_is_language(s->config->language))
		buf_putf(&out, "\nPreferred-Languages: %s",
		    s->config->language);
	buf_puts(&out, "\nCanonical: ");
	site_url(&out, s, ".well-known/security.txt");
	buf_putc(&out, '\n');
	rc = small_put(s, path, &out, e);
done:
	buf_free(&out);
	return rc;
}

int
about_publish(struct site *s, struct error *e)
{
	int rc;

	if ((rc = help_page(s, e)) == 0 &&
	    (rc = fingerprints_page(s, e)) == 0 &&
	    (rc = about_page(s, e)) == 0)
		rc = security_txt(s, e);
	return rc;
}
