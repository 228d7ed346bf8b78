/*
 * Pages about the planet itself, and security.txt.
 */
#include <stdlib.h>
#include <string.h>

#include "base/date.h"
#include "base/uri.h"
#include "certs/certs.h"
#include "publish/look.h"
#include "publish/small.h"

#define EXPIRES_MONTHS	11	/* RFC 9116 advises less than a year */

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

static int
about_page(struct site *s, struct error *e)
{
	const struct config *c = s->config;
	struct theme_value v[AB_FIELDS] = { 0 };
	struct buf b = { 0 };
	int rc;

	v[AB_OWNER] = look_text(c->owner_name);
	if (mailto(&b, s)) {
		v[AB_MAIL] = look_keep(&s->arena, &b);
		v[AB_MAIL_LABEL] = look_text(c->owner_email);
	}
	v[AB_SITE] = look_text(c->link);
	for (int i = AB_OWNER; i <= AB_SITE; i++)
		if (v[i].s.n > 0)
			v[AB_KEEPER] = v[i];
	if (c->access_log != NULL)
		v[AB_LOGGED] = look_text(strings_get(s->words,
		    c->log_addresses ? W_logged_address : W_logged));
	rc = look_put(s, PAGE_ABOUT, v, "about.gmi", e);
	buf_free(&b);
	return rc;
}

/* --- help --- */

static int
help_page(struct site *s, struct error *e)
{
	struct theme_value v[HE_FIELDS] = { 0 };
	struct buf b = { 0 };
	int rc;

	site_url(&b, s, "feed.gmi");
	v[HE_FEED] = look_keep(&s->arena, &b);
	v[HE_ATOM] = look_text("/atom.xml");
	if (s->config->gopher) {
		site_gopher_url(&b, s, '1', "");
		v[HE_GOPHER] = look_keep(&s->arena, &b);
	}
	rc = look_put(s, PAGE_HELP, v, "help.gmi", e);
	buf_free(&b);
	return rc;
}

/* --- fingerprints --- */

static struct theme_value
instant(int64_t t, struct arena *a)
{
	struct theme_value v;
	struct buf b = { 0 };

	date_rfc3339(&b, t);
	v = look_keep(a, &b);
	buf_free(&b);
	return v;
}

/* A certificate; from: when it comes into use, 0 when it is. */
static struct theme_value
certificate(const struct site *s, const struct cert_info *i, int64_t from,
    struct arena *a)
{
	struct look_rows rows = { .a = a, .width = CE_FIELDS };
	struct theme_value *v = look_add(&rows);

	if (from != 0)
		v[CE_FROM] = instant(from, a);
	v[CE_DIGEST] = look_text(arena_strdup(a, i->fingerprint));
	v[CE_KEY] = look_text(arena_strdup(a, i->key_fingerprint));
	v[CE_SINCE] = instant(i->not_before, a);
	v[CE_UNTIL] = i->not_after >= CERTS_FOREVER ?
	    look_text(strings_get(s->words, W_for_ever)) :
	    instant(i->not_after, a);
	v[CE_NAMES] = look_text(arena_strdup(a, i->names));
	return look_list(&rows);
}

/* The certificate of a host: at cert, or where they are made. */
static void
put_host(struct look_rows *rows, const struct site *s, const char *host,
    const char *cert)
{
	struct theme_value *v = look_add(rows);
	struct cert_files f;
	struct cert_info info;
	int64_t when;
	int rc;

	cert_files_init(&f, s->config->certs_dir, host);
	v[HO_NAME] = look_text(host);
	rc = cert_read(cert != NULL ? cert : f.cert, &info, NULL);
	if (rc == 0)
		v[HO_CERTS] = certificate(s, &info, 0, rows->a);
	else
		v[HO_NOTE] = look_text(strings_get(s->words,
		    rc == E_NOTFOUND ? W_key_none : W_key_unread));
	if (cert == NULL && cert_announced(&f, &info, &when, NULL) == 0)
		v[HO_COMING] = certificate(s, &info, when, rows->a);
	cert_files_free(&f);
}

static int
fingerprints_page(struct site *s, struct error *e)
{
	const struct config *c = s->config;
	struct theme_value v[KE_FIELDS] = { 0 };
	struct arena a = { 0 };
	struct look_rows rows = { .a = &a, .width = HO_FIELDS };
	const char *own = NULL;
	int rc;

	for (size_t i = 0; i < c->nvhosts; i++)
		if (strcmp(c->vhosts[i].name, site_host(s)) == 0)
			own = c->vhosts[i].cert;
	if (c->certs_dir != NULL) {
		put_host(&rows, s, site_host(s), own);
		for (size_t i = 0; i < c->nvhosts; i++)
			if (strcmp(c->vhosts[i].name, site_host(s)) != 0)
				put_host(&rows, s, c->vhosts[i].name,
				    c->vhosts[i].cert);
	}
	v[KE_HOSTS] = look_list(&rows);
	rc = look_put(s, PAGE_KEYS, v, "fingerprints.gmi", e);
	arena_free(&a);
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
