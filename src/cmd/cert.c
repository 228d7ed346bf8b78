/*
 * cert.c - the certificates of the planet's hosts.
 */
#include <sys/stat.h>

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sysexits.h>

#include "base/date.h"
#include "base/file.h"
#include "base/xalloc.h"
#include "certs/certs.h"
#include "cmd/cmd.h"

#define NAMES_MAX	16
#define DAY		INT64_C(86400)

/* Days between the announcement of a key and its use. */
#define ROTATE_DAYS	30

struct wish {
	const struct cmd_global *g;
	const struct config *c;
	const char	*host;		/* NULL: the planet's own */
	const char	*names[NAMES_MAX];
	size_t		 nnames;
	int64_t		 until, when;	/* DATE_NONE: not given */
};

/* Where the pair of the wished host lies, by configuration or by custom. */
static int
find_files(struct cert_files *f, bool *made, const struct wish *w)
{
	const struct config *c = w->c;
	const char *host = w->host != NULL ? w->host : c->gemini_host;

	if (host == NULL || host[0] == '\0' || strchr(host, '/') != NULL) {
		fprintf(stderr, "orrery cert: no host; set `host` in [gemini] "
		    "or name one\n");
		return EX_CONFIG;
	}
	cert_files_init(f, c->certs_dir, host);
	*made = true;
	for (size_t i = 0; i < c->nvhosts; i++) {
		if (strcmp(c->vhosts[i].name, host) != 0 ||
		    c->vhosts[i].cert == NULL)
			continue;
		free(f->cert);
		free(f->key);
		f->cert = xstrdup(c->vhosts[i].cert);
		f->key = xstrdup(c->vhosts[i].key);
		*made = false;
	}
	return EX_OK;
}

/* The names for a certificate: those wished for, else those of the host. */
static void
default_names(struct wish *w, const struct cert_info *old)
{
	static char copy[sizeof(old->names)];
	const struct config *c = w->c;
	char *at, *name;

	if (w->nnames > 0)
		return;
	if (old != NULL && old->names[0] != '\0') {
		memcpy(copy, old->names, sizeof(copy));
		for (at = copy; (name = strsep(&at, " ")) != NULL &&
		    w->nnames < NAMES_MAX;)
			w->names[w->nnames++] = name;
		return;
	}
	w->names[w->nnames++] = w->host != NULL ? w->host : c->gemini_host;
	if (w->host == NULL && c->gopher_host != NULL &&
	    c->ngophers_listen > 0 &&
	    strcmp(c->gopher_host, c->gemini_host) != 0)
		w->names[w->nnames++] = c->gopher_host;
	if (strcmp(w->names[0], "localhost") == 0) {
		w->names[w->nnames++] = "127.0.0.1";
		w->names[w->nnames++] = "::1";
	}
}

static void
print_date(const char *label, int64_t t)
{
	struct buf b = { 0 };

	date_rfc3339(&b, t);
	printf("%s%s", label, buf_cstr(&b));
	buf_free(&b);
}

static void
show_text(const struct cert_info *i, const char *cert, int64_t now)
{
	int64_t days;
	int urgency = cert_urgency(i, now, &days);

	printf("certificate  %s\n", cert);
	printf("names        %s%s\n", i->names[0] != '\0' ? i->names : "none",
	    i->names_cut ? " ..." : "");
	print_date("valid        ", i->not_before);
	print_date(" to ", i->not_after);
	if (urgency == 5)
		printf(now < i->not_before ? "  (not valid yet)\n" :
		    "  (expired)\n");
	else if (urgency > 0)
		printf("  (%" PRId64 " days left)\n", days);
	else
		putchar('\n');
	printf("key          %s, %s\n", i->algorithm,
	    i->self_signed ? "self-signed" : "signed by an authority");
	printf("SHA-256      %s\n", i->fingerprint);
	printf("of its key   %s\n", i->key_fingerprint);
}

static void
show_json(const struct cert_info *i, int64_t now)
{
	int64_t days;
	int urgency = cert_urgency(i, now, &days);
	char names[sizeof(i->names)], *at = names, *name;
	bool first = true;

	memcpy(names, i->names, sizeof(names));
	printf("{\"sha256\":\"%s\",\"key_sha256\":\"%s\",\"names\":[",
	    i->fingerprint, i->key_fingerprint);
	while ((name = strsep(&at, " ")) != NULL) {
		/* Names with quotes or backslashes were never DNS names. */
		if (strpbrk(name, "\"\\") != NULL || name[0] == '\0')
			continue;
		printf("%s\"%s\"", first ? "" : ",", name);
		first = false;
	}
	print_date("],\"not_before\":\"", i->not_before);
	print_date("\",\"not_after\":\"", i->not_after);
	printf("\",\"days_left\":%" PRId64 ",\"urgency\":%d,"
	    "\"self_signed\":%s,\"key\":\"%s\"}\n", days, urgency,
	    i->self_signed ? "true" : "false", i->algorithm);
}

static void
show_announced(const struct cert_files *f, const struct wish *w)
{
	struct cert_info next;
	int64_t when;

	if (w->g->json || cert_announced(f, &next, &when, NULL) != 0)
		return;
	print_date("from         ", when);
	printf(" another key:\nSHA-256      %s\nof its key   %s\n",
	    next.fingerprint, next.key_fingerprint);
}

/* Expired or about to: scripts can tell by the exit code. */
static int
run_show(struct wish *w, const struct cert_files *f, bool made,
    struct error *e)
{
	struct cert_info info;
	int64_t now = cmd_now();
	int status;

	(void)made;
	if ((status = cert_read(f->cert, &info, e)) != 0)
		return status == E_NOTFOUND ? error_set(e, E_NOTFOUND,
		    "there is no certificate at %s; `orrery cert make` makes "
		    "one", f->cert) : status;
	if (w->g->json)
		show_json(&info, now);
	else
		show_text(&info, f->cert, now);
	show_announced(f, w);
	if (cert_urgency(&info, now, NULL) >= 2) {
		fprintf(stderr, "orrery cert: the certificate %s; `orrery cert "
		    "renew` makes a new one with the same key\n",
		    cert_urgency(&info, now, NULL) == 5 ?
		    "is not valid now" : "ends soon");
		return 1;
	}
	return 0;
}

static int
run_fingerprint(struct wish *w, const struct cert_files *f, bool made,
    struct error *e)
{
	struct cert_info info;
	int status;

	(void)made;
	if ((status = cert_read(f->cert, &info, e)) != 0)
		return status;
	if (w->g->json)
		show_json(&info, cmd_now());
	else
		printf("%s\n", info.fingerprint);
	return 0;
}

static int
run_make(struct wish *w, const struct cert_files *f, bool made,
    struct error *e)
{
	int status;

	(void)made;
	default_names(w, NULL);
	if ((status = cert_make(f->cert, f->key, w->names, w->nnames,
	    cmd_now(), w->until != DATE_NONE ? w->until : CERTS_FOREVER,
	    e)) != 0)
		return status;
	return run_show(w, f, made, e);
}

static int
run_renew(struct wish *w, const struct cert_files *f, bool made,
    struct error *e)
{
	struct cert_info old;
	int status;

	if ((status = cert_read(f->cert, &old, e)) != 0)
		return status;
	if (!old.self_signed)
		return error_set(e, E_FAIL, "%s is signed by an authority, "
		    "which has to renew it", f->cert);
	default_names(w, &old);
	if ((status = cert_renew(f->cert, f->key, w->names, w->nnames,
	    cmd_now(), w->until != DATE_NONE ? w->until : CERTS_FOREVER,
	    e)) != 0)
		return status;
	return run_show(w, f, made, e);
}

static int
run_rotate(struct wish *w, const struct cert_files *f, bool made,
    struct error *e)
{
	struct cert_info old;
	int64_t now = cmd_now();
	int status;

	if (!made)
		return error_set(e, E_FAIL, "%s is set by hand in the "
		    "configuration; put the new files there on the day", f->cert);
	if ((status = cert_read(f->cert, &old, e)) != 0)
		return status;
	default_names(w, &old);
	if ((status = cert_announce(f, w->names, w->nnames, now,
	    w->when != DATE_NONE ? w->when : now + ROTATE_DAYS * DAY,
	    w->until != DATE_NONE ? w->until : CERTS_FOREVER, e)) != 0)
		return status;
	status = run_show(w, f, made, e);
	if (!w->g->json && !w->g->quiet)
		printf("\nThe next `orrery publish` shows it on the page of "
		    "fingerprints.\nThe server changes over by itself.\n");
	return status > 0 ? 0 : status;
}

static const struct verb {
	const char	*name;
	int		(*run)(struct wish *, const struct cert_files *, bool,
			    struct error *);
} verbs[] = {
	{ "show", run_show },
	{ "make", run_make },
	{ "renew", run_renew },
	{ "rotate", run_rotate },
	{ "fingerprint", run_fingerprint },
};

static int
parse_date(int64_t *out, const char *option, const char *value)
{
	if (value == NULL)
		return cmd_usage(&cmd_cert, "%s wants a date", option);
	if ((*out = date_parse(span_str(value))) == DATE_NONE)
		return cmd_usage(&cmd_cert, "%s wants a date like 2030-12-31, "
		    "not \"%.60s\"", option, value);
	return EX_OK;
}

static int
parse(struct wish *w, int argc, char **argv)
{
	int code = EX_OK;

	for (int i = 2; i < argc && code == EX_OK; i++) {
		const char *next = i + 1 < argc ? argv[i + 1] : NULL;

		if (strcmp(argv[i], "--until") == 0) {
			code = parse_date(&w->until, argv[i], next);
			i++;
		} else if (strcmp(argv[i], "--on") == 0) {
			code = parse_date(&w->when, argv[i], next);
			i++;
		} else if (strcmp(argv[i], "--name") == 0) {
			if (next == NULL || w->nnames == NAMES_MAX)
				return cmd_usage(&cmd_cert,
				    "--name wants a host name");
			w->names[w->nnames++] = next;
			i++;
		} else if (argv[i][0] == '-' || w->host != NULL)
			return cmd_unexpected(&cmd_cert, argv[i]);
		else
			w->host = argv[i];
	}
	return code;
}

static int
run(const struct cmd_global *g, int argc, char **argv)
{
	struct wish w = { .g = g, .until = DATE_NONE, .when = DATE_NONE };
	const struct verb *verb = NULL;
	const char *what = argc > 1 ? argv[1] : "show";
	struct cert_files f = { 0 };
	struct error e = { 0 };
	struct config *c;
	bool made;
	int code, status;

	for (size_t i = 0; i < sizeof(verbs) / sizeof(verbs[0]); i++)
		if (strcmp(what, verbs[i].name) == 0)
			verb = &verbs[i];
	if (verb == NULL && what[0] == '-')
		return cmd_unexpected(&cmd_cert, what);
	if (verb == NULL)
		return cmd_usage(&cmd_cert, "\"%.60s\" is none of show, make, "
		    "renew, rotate, fingerprint", what);
	if ((code = parse(&w, argc, argv)) != EX_OK)
		return code;
	if ((c = cmd_config(g, &code)) == NULL)
		return code;
	w.c = c;
	if ((code = find_files(&f, &made, &w)) == EX_OK) {
		status = verb->run(&w, &f, made, &e);
		code = status < 0 ? cmd_fail(&e) : status;
		cert_files_free(&f);
	}
	config_free(c);
	return code;
}

const struct command cmd_cert = {
	.name = "cert",
	.usage = "cert [show|make|renew|rotate|fingerprint] [HOST] "
	    "[--name NAME]... [--until DATE] [--on DATE]",
	.summary = "show, make and change the server's certificate",
	.help =
	    "  show          names, dates and fingerprints; exit status 1 in\n"
	    "                the last 30 days\n"
	    "  make          a pair that is not there yet\n"
	    "  renew         a new certificate with the same key\n"
	    "  rotate        announce a new key, to be used from --on DATE\n"
	    "                (in 30 days)\n"
	    "  fingerprint   the SHA-256 alone\n"
	    "  --name NAME   a name or address to certify; may be repeated\n"
	    "  --until DATE  the last day (9999-12-31)\n",
	.run = run,
};
