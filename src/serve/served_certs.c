/*
 * served_certs.c - find, make on first start, check, watch certificates.
 */
#include <sys/stat.h>

#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/date.h"
#include "base/file.h"
#include "base/log.h"
#include "base/xalloc.h"
#include "certs/certs.h"
#include "serve/served_certs.h"

#define NAMES_MAX	6

static void
add(struct generation *g, const char *host, const char *cert, const char *key)
{
	struct served_cert *s;
	struct cert_files f;

	g->certs = xreallocarray(g->certs, g->ncerts + 1, sizeof(*g->certs));
	s = &g->certs[g->ncerts++];
	memset(s, 0, sizeof(*s));
	s->host = xstrdup(host);
	s->made = cert == NULL || key == NULL;
	if (!s->made) {
		s->cert = xstrdup(cert);
		s->key = xstrdup(key);
		return;
	}
	cert_files_init(&f, g->config->certs_dir, host);
	s->cert = xstrdup(f.cert);
	s->key = xstrdup(f.key);
	cert_files_free(&f);
}

/* The planet's own host first: its pair is the one without SNI. */
static int
collect(struct generation *g, struct error *e)
{
	const struct config *c = g->config;
	const char *host = c->gemini_host != NULL ? c->gemini_host :
	    c->gopher_host;
	const struct vhost *own = NULL;

	if (!c->gemini && c->ngophers_listen == 0)
		return 0;
	if (host == NULL || host[0] == '\0')
		return error_set(e, E_FAIL, "no host name is set; set `host` "
		    "in [gemini] to the name that people will type");
	for (size_t i = 0; i < c->nvhosts; i++)
		if (strcmp(c->vhosts[i].name, host) == 0)
			own = &c->vhosts[i];
	add(g, host, own != NULL ? own->cert : NULL,
	    own != NULL ? own->key : NULL);
	for (size_t i = 0; i < c->nvhosts; i++)
		if (&c->vhosts[i] != own)
			add(g, c->vhosts[i].name, c->vhosts[i].cert,
			    c->vhosts[i].key);
	return 0;
}

/* All the names under which the planet's host can be met. */
static size_t
names_of(const struct generation *g, size_t i, const char *names[NAMES_MAX])
{
	const struct config *c = g->config;
	size_t n = 0;

	names[n++] = g->certs[i].host;
	if (i == 0 && c->ngophers_listen > 0 && c->gopher_host != NULL &&
	    strcmp(c->gopher_host, names[0]) != 0)
		names[n++] = c->gopher_host;
	if (strcmp(names[0], "localhost") == 0) {
		names[n++] = "127.0.0.1";
		names[n++] = "::1";
	}
	return n;
}

static int64_t
stamp(const char *path)
{
	struct stat st;

	if (stat(path, &st) == -1)
		return 0;
	return (int64_t)st.st_mtim.tv_sec * 1000000 +
	    st.st_mtim.tv_nsec / 1000 + (int64_t)st.st_ino;
}

static int
make_missing(struct generation *g, size_t i, int64_t now, struct error *e)
{
	struct served_cert *s = &g->certs[i];
	const char *names[NAMES_MAX];
	struct stat st;
	size_t n;
	int status;

	/* Only when neither file is there at all: see cert_make(). */
	if (!s->made || lstat(s->cert, &st) == 0 || errno != ENOENT ||
	    lstat(s->key, &st) == 0 || errno != ENOENT)
		return 0;
	n = names_of(g, i, names);
	if ((status = file_mkdirs(g->config->certs_dir, 0700, e)) != 0 ||
	    (status = cert_make(s->cert, s->key, names, n, now, CERTS_FOREVER,
	    e)) != 0)
		return status;
	log_info("serve: made a certificate for %s", s->host);
	return 0;
}

static int
check(struct generation *g, size_t i, struct error *e)
{
	struct served_cert *s = &g->certs[i];
	struct cert_info info;
	int status;

	if ((status = cert_check(s->cert, s->key, g->config->output_dir,
	    e)) != 0 || (status = cert_read(s->cert, &info, e)) != 0)
		return status;
	if (g->cert_until == 0 || info.not_after < g->cert_until)
		g->cert_until = info.not_after;
	s->cert_stamp = stamp(s->cert);
	s->key_stamp = stamp(s->key);
	g->pairs[i] = (struct keyd_pair){ s->cert, s->key };
	return 0;
}

static int
switch_due(struct served_cert *s, const char *dir, int64_t now,
    struct error *e)
{
	struct cert_files f;
	int status;

	if (!s->made)
		return 0;
	cert_files_init(&f, dir, s->host);
	status = cert_switch(&f, now, e);
	cert_files_free(&f);
	return status;
}

int
served_certs_load(struct generation *g, int64_t now, struct error *e)
{
	int status;

	if ((status = collect(g, e)) != 0)
		return status;
	g->pairs = xcalloc(g->ncerts + 1, sizeof(*g->pairs));
	for (size_t i = 0; i < g->ncerts && status == 0; i++) {
		if ((status = switch_due(&g->certs[i], g->config->certs_dir,
		    now, e)) > 0)
			status = 0;
		if (status == 0 &&
		    (status = make_missing(g, i, now, e)) == 0)
			status = check(g, i, e);
	}
	return status;
}

void
served_certs_free(struct generation *g)
{
	for (size_t i = 0; i < g->ncerts; i++) {
		free(g->certs[i].cert);
		free(g->certs[i].key);
		free(g->certs[i].host);
	}
	free(g->certs);
	free(g->pairs);
}

bool
generation_certs_changed(struct generation *g, int64_t now)
{
	struct error e = { 0 };
	bool changed = false;

	for (size_t i = 0; i < g->ncerts; i++) {
		struct served_cert *s = &g->certs[i];
		int64_t cert, key;

		if (switch_due(s, g->config->certs_dir, now, &e) < 0)
			log_error("serve: %s", e.msg);
		cert = stamp(s->cert);
		key = stamp(s->key);
		if (cert == s->cert_stamp && key == s->key_stamp)
			continue;
		/* Asked once a change, also when it cannot be used. */
		s->cert_stamp = cert;
		s->key_stamp = key;
		changed = true;
	}
	return changed;
}

void
generation_warn(struct generation *g, int64_t now)
{
	for (size_t i = 0; i < g->ncerts; i++) {
		struct served_cert *s = &g->certs[i];
		struct buf until = { 0 };
		struct cert_info info;
		int64_t days;

		if (cert_read(s->cert, &info, NULL) != 0)
			continue;
		date_rfc3339(&until, info.not_after);
		log_info("serve: certificate host=%s until=%s sha256=%s",
		    s->host, buf_cstr(&until), info.fingerprint);
		if (now < info.not_before)
			log_warn("serve: the certificate of %s is not valid "
			    "yet; readers' programs refuse it", s->host);
		else if (cert_urgency(&info, now, &days) == 5)
			log_warn("serve: the certificate of %s has expired; "
			    "`orrery cert renew` makes a new one with the same "
			    "key", s->host);
		else if (cert_urgency(&info, now, &days) > 0)
			log_warn("serve: the certificate of %s ends in %" PRId64
			    " days; `orrery cert renew` makes a new one with "
			    "the same key", s->host, days);
		buf_free(&until);
	}
}
