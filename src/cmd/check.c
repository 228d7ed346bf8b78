/*
 * check.c - everything but start.
 */
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>

#include <errno.h>
#include <inttypes.h>
#include <netdb.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sysexits.h>
#include <unistd.h>

#include <jansson.h>

#include "base/date.h"
#include "base/file.h"
#include "base/sandbox.h"
#include "base/xalloc.h"
#include "certs/certs.h"
#include "cmd/cmd.h"
#include "cmd/library.h"
#include "publish/publish.h"
#include "store/store.h"

static int	run(const struct cmd_global *, int, char **);

const struct command cmd_check = {
	.name = "check",
	.usage = "check [--print] [--json]",
	.summary = "look at everything that update and serve will need",
	.help =
	"Configuration (all errors at once), directories, theme, certificates,\n"
	"ports, sandbox, libraries, store.  Exit status: 0 all well, 78 the\n"
	"configuration has errors, 69 something else would stop a start.\n"
	"  --print  the effective configuration as a file instead\n",
	.run = run,
};

enum state { OK, NOTE, BAD };

struct check {
	const struct cmd_global	*g;
	const struct config	*c;
	json_t			*json;
	size_t			 nbad;
};

static void say(struct check *k, enum state state, const char *what,
    const char *fmt, ...) __attribute__((format(printf, 4, 5)));

static void
say(struct check *k, enum state state, const char *what, const char *fmt, ...)
{
	static const char *const words[] = { "ok", "note", "BAD" };
	struct error text = { 0 };
	char raw[ERROR_MAX];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(raw, sizeof(raw), fmt, ap);
	va_end(ap);
	error_set(&text, 0, "%s", raw);
	k->nbad += state == BAD;
	if (k->g->json)
		json_array_append_new(k->json, json_pack("{s:s,s:s,s:s}",
		    "what", what, "state", state == BAD ? "bad" :
		    words[state], "text", text.msg));
	else if (!k->g->quiet || state == BAD)
		printf("%-4s  %-13s %s\n", words[state], what, text.msg);
}

/* --- directories --- */

/* Made when first needed, so the nearest one that exists must do. */
static void
check_dir(struct check *k, const char *what, const char *path, bool write)
{
	char *at = xstrdup(path), *slash;
	struct stat st;
	bool there = true;

	while (stat(at, &st) == -1 && errno == ENOENT &&
	    (slash = strrchr(at, '/')) != NULL) {
		there = false;
		if (slash == at)
			slash++;
		if (*slash == '\0')
			break;
		*slash = '\0';
	}
	if (stat(at, &st) == -1)
		say(k, BAD, what, "%s: %s", at, strerror(errno));
	else if (!S_ISDIR(st.st_mode))
		say(k, BAD, what, "%s: is no directory; choose another "
		    "place", at);
	else if (write && access(at, W_OK | X_OK) == -1)
		say(k, BAD, what, "%s: cannot be written to by this user; "
		    "chown it or run as its owner", at);
	else if (!there)
		say(k, OK, what, "%s: %s", path, write ? "will be made" :
		    "is not there, and need not be");
	else
		say(k, OK, what, "%s", path);
	free(at);
}

/* --- theme --- */

static void
theme_problem(const char *line, void *arg)
{
	say(arg, BAD, "theme", "%s", line);
}

static void
check_theme(struct check *k)
{
	struct error e = { 0 };

	if (publish_check_theme(k->c, theme_problem, k, &e) == 0)
		say(k, OK, "theme", "%s", k->c->theme);
}

/* --- certificates --- */

static void
check_pair(const char *host, const char *cert, const char *key, bool made,
    void *arg)
{
	struct check *k = arg;
	struct cert_info info = { 0 };
	struct error e = { 0 };
	struct buf until = { 0 };
	int64_t days = 0;
	int urgency;

	if (made && access(cert, F_OK) == -1 && errno == ENOENT) {
		say(k, OK, "certificate", "%s: will be made on first start",
		    host);
		return;
	}
	if (cert_check(cert, key, k->c->output_dir, &e) != 0 ||
	    cert_read(cert, &info, &e) != 0) {
		say(k, BAD, "certificate", "%s: %s", host, e.msg);
		return;
	}
	urgency = cert_urgency(&info, cmd_now(), &days);
	date_rfc3339(&until, info.not_after);
	buf_truncate(&until, until.n < 10 ? until.n : 10);
	if (info.not_before > cmd_now())
		say(k, BAD, "certificate", "%s: is not valid yet; look at the"
		    " clock, or `orrery cert renew`", host);
	else if (urgency >= 5)
		say(k, BAD, "certificate", "%s: ended on %s; "
		    "`orrery cert renew`", host, buf_cstr(&until));
	else if (urgency > 0)
		say(k, NOTE, "certificate", "%s: ends in %" PRId64 " days "
		    "(%s); `orrery cert renew`", host, days,
		    buf_cstr(&until));
	else
		say(k, OK, "certificate", "%s: until %s, SHA-256 %s", host,
		    buf_cstr(&until), info.fingerprint);
	buf_free(&until);
}

/* --- ports --- */

static int
try_bind(const struct addrinfo *ai)
{
	int on = 1, saved = 0;
	int fd = socket(ai->ai_family, SOCK_STREAM | SOCK_CLOEXEC, 0);

	if (fd == -1)
		return errno;
	setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof(on));
	if (ai->ai_family == AF_INET6)
		setsockopt(fd, IPPROTO_IPV6, IPV6_V6ONLY, &on, sizeof(on));
	if (bind(fd, ai->ai_addr, ai->ai_addrlen) == -1 ||
	    listen(fd, 1) == -1)
		saved = errno;
	close(fd);
	return saved;
}

static const char *
bind_hint(int error)
{
	switch (error) {
	case EADDRINUSE:
		return "another program (or orrery itself) has it";
	case EACCES:
		return "ports below 1024 need root: start as root with "
		    "`user` set in [server], use socket activation, or "
		    "choose another port";
	case EAFNOSUPPORT:
	case EADDRNOTAVAIL:
		return "this machine has no such address";
	default:
		return "choose another address";
	}
}

static void
check_listen(struct check *k, const char *what, const char *address)
{
	struct addrinfo hints = { .ai_socktype = SOCK_STREAM,
	    .ai_flags = AI_PASSIVE | AI_NUMERICSERV }, *ai = NULL;
	char *host = xstrdup(address), *port, *name = host;
	int error;

	if (strncmp(address, "unix:", 5) == 0) {
		say(k, OK, what, "%s", address);
		goto done;
	}
	port = strrchr(host, ':');
	*port++ = '\0';
	if (name[0] == '[') {
		name++;
		name[strlen(name) - 1] = '\0';
	}
	if ((error = getaddrinfo(name, port, &hints, &ai)) != 0) {
		say(k, BAD, what, "%s: %s", address, gai_strerror(error));
		goto done;
	}
	error = try_bind(ai);
	/* an own server that runs already is no reason to worry a keeper */
	if (error == 0)
		say(k, OK, what, "%s is free", address);
	else
		say(k, error == EADDRINUSE || error == EAFNOSUPPORT ||
		    error == EADDRNOTAVAIL ? NOTE : BAD, what,
		    "%s: %s; %s", address, strerror(error),
		    bind_hint(error));
	freeaddrinfo(ai);
done:
	free(host);
}

static void
check_ports(struct check *k)
{
	const struct config *c = k->c;

	for (size_t i = 0; c->gemini && i < c->ngemini_listen; i++)
		check_listen(k, "gemini", c->gemini_listen[i]);
	for (size_t i = 0; c->gopher && i < c->ngopher_listen; i++)
		check_listen(k, "gopher", c->gopher_listen[i]);
	for (size_t i = 0; c->gopher && i < c->ngophers_listen; i++)
		check_listen(k, "gophers", c->gophers_listen[i]);
	if (!c->gemini && !c->gopher)
		say(k, NOTE, "ports", "neither [gemini] nor [gopher] is "
		    "enabled: there is nothing to serve");
}

/* --- the machine --- */

static void
check_user(struct check *k)
{
	struct error e = { 0 };

	if (geteuid() != 0)
		return;
	if (k->c->user == NULL || k->c->user[0] == '\0')
		say(k, NOTE, "user", "this is root; set `user` in [server] so "
		    "that feeds are read and pages served without its rights");
	else if (sandbox_drop_user(k->c->user, &e) != 0)
		say(k, BAD, "user", "%s", e.msg);
	else
		say(k, OK, "user", "%s", k->c->user);
}

static void
check_sandbox(struct check *k)
{
	int abi = sandbox_landlock_abi();

	if (abi > 0)
		say(k, OK, "sandbox", "Landlock version %d", abi);
	else
		say(k, strcmp(k->c->sandbox, "require") == 0 ? BAD : NOTE,
		    "sandbox", "the kernel has no Landlock; children and "
		    "workers are held by limits and privileges alone%s",
		    strcmp(k->c->sandbox, "require") == 0 ?
		    ", but `sandbox = require` forbids that" : "");
}

static void
check_libraries(struct check *k)
{
	struct library list[LIBRARIES];

	libraries(list);
	for (size_t i = 0; i < LIBRARIES; i++)
		if (list[i].weakness != NULL)
			say(k, NOTE, "library", "%s %s: %s", list[i].name,
			    list[i].version, list[i].weakness);
		else
			say(k, OK, "library", "%s %s", list[i].name,
			    list[i].version);
}

static void
check_store(struct check *k)
{
	char *path = cmd_store_path(k->c);
	struct store *s = NULL;
	struct error e = { 0 };

	if (access(path, F_OK) == -1 && errno == ENOENT)
		say(k, OK, "store", "%s: will be made by the first update",
		    path);
	else if (store_open(&s, path, false, &e) != 0 ||
	    store_check(s, &e) != 0)
		say(k, BAD, "store", "%s", e.msg);
	else
		say(k, OK, "store", "%s: whole", path);
	store_close(s);
	free(path);
}

/* --- the command --- */

static void
print(const struct config *c)
{
	struct buf out = { 0 };

	config_print(&out, c);
	fwrite(buf_cstr(&out), 1, out.n, stdout);
	buf_free(&out);
}

static int
check(const struct cmd_global *g, const struct config *c)
{
	struct check k = { .g = g, .c = c };

	k.json = g->json ? json_array() : NULL;
	say(&k, OK, "configuration", "%s: %zu subscription%s", c->path,
	    c->nsources, c->nsources == 1 ? "" : "s");
	/* root binds ports and reads keys; the rest is done by `user` */
	check_dir(&k, "certificates", c->certs_dir, true);
	cmd_certificates(c, check_pair, &k);
	check_ports(&k);
	check_user(&k);
	check_dir(&k, "cache", c->cache_dir, true);
	check_dir(&k, "output", c->output_dir, true);
	check_dir(&k, "posts", c->posts_dir, false);
	check_theme(&k);
	check_sandbox(&k);
	check_libraries(&k);
	check_store(&k);
	if (g->json) {
		json_dumpf(k.json, stdout, JSON_INDENT(2));
		putchar('\n');
		json_decref(k.json);
	} else if (k.nbad > 0) {
		fprintf(stderr, "orrery check: %zu thing%s would stop a "
		    "start\n", k.nbad, k.nbad == 1 ? "" : "s");
	}
	return k.nbad > 0 ? EX_UNAVAILABLE : EX_OK;
}

static int
run(const struct cmd_global *g, int argc, char **argv)
{
	struct config *c;
	bool printing = false;
	int code = EX_OK;

	for (int i = 1; i < argc; i++) {
		if (strcmp(argv[i], "--print") != 0)
			return cmd_unexpected(&cmd_check, argv[i]);
		printing = true;
	}
	if ((c = cmd_config(g, &code)) == NULL)
		return code;
	if (printing)
		print(c);
	else
		code = check(g, c);
	config_free(c);
	return code;
}
