/*
 * route.c - Gemini requests: which site, which file, which refusal.
 */
#include <sys/stat.h>

#include <arpa/inet.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <time.h>
#include <unistd.h>

#include "base/file.h"
#include "base/uri.h"
#include "base/xalloc.h"
#include "serve/route_internal.h"

/* Clients give up on longer headers. */
#define META_MAX	1024

#define SAY_FOREIGN_HOST "This capsule does not serve that host"
#define SAY_FOREIGN_PORT "This capsule does not serve that port"
#define SAY_SNI		"The host asked for is not the one the connection " \
			    "was made to"
#define SAY_NONE	"There is no such page; start from the front page"
#define SAY_GONE	"This page was taken out for good"
#define SAY_BUSY	"Too much to do at once; try again in a minute"
#define SAY_ASK		"Words to look for"
#define SAY_CERT	"This area needs a client certificate that its keeper " \
			    "has listed"
#define SAY_UNLISTED	"This certificate is not listed; send its SHA-256 to " \
			    "the keeper of this capsule"
#define SAY_EXPIRED	"This certificate is outside its dates; use a valid one"

static void
add_site(struct route *r, const char *name, const char *root,
    const char *language)
{
	struct site *s;
	struct stat st;
	char *capsule, *meta;

	r->sites = xreallocarray(r->sites, r->nsites + 1, sizeof(*r->sites));
	s = &r->sites[r->nsites++];
	memset(s, 0, sizeof(*s));
	s->name = name;
	s->language = language != NULL ? language : "en";
	/* A root of its own is an output directory, or a bare tree. */
	capsule = file_join(root, "capsule");
	meta = file_join(root, "meta");
	if (root != r->config->output_dir && stat(capsule, &st) == -1)
		tree_init(&s->tree, root);
	else
		tree_init(&s->tree, capsule);
	s->table = table_new(meta);
	free(capsule);
	free(meta);
}

static void
collect_paths(struct route *r)
{
	const struct config *c = r->config;
	size_t n = 0;

	r->paths = xcalloc(c->nvhosts + 2, sizeof(*r->paths));
	r->paths[n++] = c->output_dir;
	for (size_t i = 0; i < c->nvhosts; i++)
		if (c->vhosts[i].root != NULL)
			r->paths[n++] = c->vhosts[i].root;
}

int
route_new(struct route **out, const struct config *c, bool search,
    struct error *e)
{
	struct route *r = xcalloc(1, sizeof(*r));
	char *hole = file_join(c->output_dir, "hole");
	int status = 0;

	r->config = c;
	r->search = search;
	r->hot = hot_new(HOT_BYTES);
	r->refreshed = INT64_MIN;
	add_site(r, c->gemini_host, c->output_dir, c->language);
	for (size_t i = 0; i < c->nvhosts; i++)
		add_site(r, c->vhosts[i].name, c->vhosts[i].root != NULL ?
		    c->vhosts[i].root : c->output_dir,
		    c->vhosts[i].language != NULL ? c->vhosts[i].language :
		    c->language);
	tree_init(&r->hole, hole);
	free(hole);
	collect_paths(r);
	for (size_t i = 0; i < c->nareas && status == 0; i++)
		status = area_add(&r->areas, c->areas[i].prefix,
		    c->areas[i].file, e);
	if (status != 0) {
		route_free(r);
		r = NULL;
	}
	*out = r;
	return status;
}

void
route_free(struct route *r)
{
	if (r == NULL)
		return;
	for (size_t i = 0; i < r->nsites; i++) {
		tree_free(&r->sites[i].tree);
		table_free(r->sites[i].table);
	}
	hot_free(r->hot);
	free(r->sites);
	free(r->paths);
	tree_free(&r->hole);
	area_free(&r->areas);
	free(r);
}

void
route_refresh(struct route *r, int64_t now)
{
	if (now == r->refreshed)
		return;
	r->refreshed = now;
	for (size_t i = 0; i < r->nsites; i++) {
		tree_refresh(&r->sites[i].tree);
		table_refresh(r->sites[i].table);
	}
	tree_refresh(&r->hole);
}

const char *const *
route_paths(const struct route *r)
{
	return r->paths;
}

bool
route_wants_certs(const struct route *r)
{
	return r->areas.n > 0;
}

void
answer_gemini(struct answer *a, int status, const char *meta)
{
	a->kind = ANSWER_BYTES;
	a->status = status;
	buf_clear(&a->head);
	buf_putf(&a->head, "%d %s\r\n", status, meta);
}

static bool
name_is(const char *name, struct span host)
{
	if (host.n > 0 && host.p[host.n - 1] == '.')
		host.n--;
	return name != NULL && span_ieqs(host, name);
}

static struct site *
find_name(struct route *r, struct span host)
{
	for (size_t i = 0; i < r->nsites; i++)
		if (name_is(r->sites[i].name, host))
			return &r->sites[i];
	return NULL;
}

static bool
is_address(struct span host)
{
	unsigned char in[16];
	char text[64];

	if (host.n >= sizeof(text))
		return false;
	memcpy(text, host.p, host.n);
	text[host.n] = '\0';
	return inet_pton(AF_INET, text, in) == 1 ||
	    inet_pton(AF_INET6, text, in) == 1;
}

/* Whether a literal is the address that the connection came in on. */
static bool
own_address(struct span host, const struct peer *p)
{
	unsigned char asked[16], have[16];
	char text[64];

	if (host.n >= sizeof(text))
		return false;
	memcpy(text, host.p, host.n);
	text[host.n] = '\0';
	if (inet_pton(AF_INET, text, asked) == 1)
		return inet_pton(AF_INET, p->local_ip, have) == 1 &&
		    memcmp(asked, have, 4) == 0;
	return inet_pton(AF_INET6, text, asked) == 1 &&
	    inet_pton(AF_INET6, p->local_ip, have) == 1 &&
	    memcmp(asked, have, 16) == 0;
}

/* The site by the host of the request; NULL for a foreign one. */
static struct site *
find_site(struct route *r, const struct gemini_request *q,
    const struct peer *p, struct site *by_sni)
{
	struct site *s = find_name(r, q->host);
	struct buf plain = { .max = 1024 }, ascii = { .max = 1024 };

	if (s != NULL)
		return s;
	if (q->host_literal || is_address(q->host))
		return !own_address(q->host, p) ? NULL :
		    by_sni != NULL ? by_sni : &r->sites[0];
	/* The same name in UTF-8 or escaped: compare in ASCII form. */
	uri_unescape(&plain, q->host);
	if (plain.n > 0 && uri_host_ascii(&ascii, buf_span(&plain)) == 0)
		s = find_name(r, buf_span(&ascii));
	buf_free(&plain);
	buf_free(&ascii);
	return s;
}

/*
 * The site asked for, or NULL with a refusal in a.  A name in the
 * handshake must be that of the same site: one site's certificate is not
 * there to vouch for another's pages.
 */
static struct site *
choose_site(struct route *r, struct answer *a, const struct gemini_request *q,
    const struct peer *p)
{
	struct span sni = span_str(p->sni);
	struct site *by_sni = NULL, *s;
	bool named = sni.n > 0 && !is_address(sni);

	if (named)
		by_sni = find_name(r, sni);
	if ((s = find_site(r, q, p, by_sni)) == NULL) {
		answer_gemini(a, 53, SAY_FOREIGN_HOST);
		return NULL;
	}
	if (r->config->port_check && p->local_port != 0 &&
	    q->port != r->config->gemini_port && q->port != p->local_port) {
		answer_gemini(a, 53, SAY_FOREIGN_PORT);
		return NULL;
	}
	if (named && by_sni != s) {
		answer_gemini(a, 53, SAY_SNI);
		return NULL;
	}
	return s;
}

/* A redirect to a clean path: made anew, never what was received. */
static void
redirect_path(struct answer *a, int status, const char *path,
    const char *suffix)
{
	struct buf meta = { .max = META_MAX };

	buf_puts(&meta, "/");
	uri_escape(&meta, span_str(path), "/!$&'()*+,;=:@");
	buf_puts(&meta, suffix);
	if (meta.over)
		answer_gemini(a, 51, SAY_NONE);
	else
		answer_gemini(a, status, buf_cstr(&meta));
	buf_free(&meta);
}

/* The table of redirects; an entry that ends in "*" covers what follows. */
static bool
find_redirect(struct route *r, struct answer *a, const char *path)
{
	const struct config *c = r->config;

	for (size_t i = 0; i < c->nredirects; i++) {
		const struct redirect *d = &c->redirects[i];
		const char *from = d->from[0] == '/' ? d->from + 1 : d->from;
		size_t n = strlen(from);
		bool hit = n > 0 && from[n - 1] == '*' ?
		    strncmp(path, from, n - 1) == 0 : strcmp(path, from) == 0;

		if (!hit)
			continue;
		if (d->to == NULL)
			answer_gemini(a, 52, SAY_GONE);
		else
			answer_gemini(a, 31, d->to);
		return true;
	}
	return false;
}

static bool
tag_is_clean(struct span s)
{
	for (size_t i = 0; i < s.n; i++) {
		char c = s.p[i];

		if (!((c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
		    (c >= '0' && c <= '9') || c == '-' || c == ','))
			return false;
	}
	return s.n > 0 && s.n < 128;
}

enum tree_result
route_open(struct route *r, struct answer *a, const struct hot_key *k,
    const char *path, hot_edit *edit, void *arg)
{
	enum tree_result found;
	struct stat st;
	int fd;

	if ((a->hot = hot_find(r->hot, k)) != NULL) {
		a->kind = ANSWER_PAGE;
		return TREE_FILE;
	}
	found = tree_open(k->tree, path, &fd, &st);
	if (found != TREE_FILE)
		return found;
	a->hot = hot_read(r->hot, k, path, fd, &st, (int64_t)time(NULL),
	    edit, arg);
	if (a->hot != NULL) {
		a->kind = ANSWER_PAGE;
		close(fd);
		return found;
	}
	a->kind = ANSWER_FILE;
	a->fd = fd;
	a->size = st.st_size;
	return found;
}

void
route_release(struct route *r, struct hot_page *p)
{
	hot_release(r->hot, p);
}

/* The type of XML is in its first bytes. */
static const char *
look_inside(const struct answer *a)
{
	char start[1024];
	ssize_t n;

	if (a->kind == ANSWER_PAGE)
		return media_type_xml(span_of(a->hot->p, a->hot->n <
		    sizeof(start) ? a->hot->n : sizeof(start)));
	n = pread(a->fd, start, sizeof(start), 0);
	return media_type_xml(span_of(start, n > 0 ? (size_t)n : 0));
}

static void
success(struct answer *a, const struct site *s, const char *path,
    struct span lang)
{
	const char *type = media_type(path);

	if (type == NULL)
		type = look_inside(a);
	a->status = 20;
	buf_clear(&a->head);
	buf_putf(&a->head, "20 %s", type);
	if (strcmp(type, "text/gemini") == 0) {
		if (!tag_is_clean(lang))
			lang = span_str(s->language);
		if (tag_is_clean(lang))
			buf_putf(&a->head,
			    memchr(lang.p, ',', lang.n) != NULL ?
			    "; lang=\"%.*s\"" : "; lang=%.*s", (int)lang.n,
			    lang.p);
	} else if (strncmp(type, "text/", 5) == 0 &&
	    strcmp(type, "text/x-opml+xml") != 0)
		buf_puts(&a->head, "; charset=utf-8");
	buf_puts(&a->head, "\r\n");
}

/* Whether a file is one that is being written beside its place. */
bool
route_is_work_file(const char *path)
{
	const char *tmp = strrchr(path, '.');

	return tmp != NULL && strncmp(tmp, ".tmp", 4) == 0 &&
	    strspn(tmp + 4, "0123456789") == strlen(tmp + 4);
}

static void
serve_path(struct route *r, struct site *s, struct answer *a,
    const char *path)
{
	char name[GEMINI_URI_MAX + sizeof("index.gmi")];
	struct hot_key key = { .tree = &s->tree, .name = name };
	size_t n = strlen(path);
	struct table_row row;

	memcpy(name, path, n + 1);
	if (n == 0 || path[n - 1] == '/')
		memcpy(name + n, "index.gmi", sizeof("index.gmi"));
	if (table_find(s->table, name, &row) && row.gone) {
		answer_gemini(a, 52, SAY_GONE);
		return;
	}
	if (route_is_work_file(name)) {
		answer_gemini(a, 51, SAY_NONE);
		return;
	}
	switch (route_open(r, a, &key, name, NULL, NULL)) {
	case TREE_FILE:
		success(a, s, name, row.lang);
		break;
	case TREE_DIRECTORY:
		redirect_path(a, 31, name, "/");
		break;
	case TREE_BUSY:
		answer_gemini(a, 41, SAY_BUSY);
		break;
	case TREE_NONE:
		/* The folder itself may be what was taken out. */
		if (table_find(s->table, path, &row) && row.gone)
			answer_gemini(a, 52, SAY_GONE);
		else
			answer_gemini(a, 51, SAY_NONE);
	}
}

unsigned
route_page(const char *s)
{
	unsigned page = 0;

	for (; *s >= '0' && *s <= '9' && page < 1000; s++)
		page = page * 10 + (unsigned)(*s - '0');
	return *s == '\0' && page > 0 ? page - 1 : 0;
}

static bool
serve_search(struct route *r, struct answer *a, const char *path,
    const struct gemini_request *q)
{
	if (strcmp(path, "search") != 0 && strncmp(path, "search/", 7) != 0)
		return false;
	if (!r->search)
		return false;
	a->secret = true;
	if (!q->has_query || q->query.n == 0) {
		answer_gemini(a, 10, SAY_ASK);
		return true;
	}
	a->kind = ANSWER_SEARCH;
	a->status = 20;
	a->query = q->query;
	a->escaped = true;
	a->page = path[6] == '/' ? route_page(path + 7) : 0;
	buf_clear(&a->head);
	return true;
}

static bool
serve_random(struct route *r, struct site *s, struct answer *a,
    const char *path)
{
	struct span to;
	char clean[GEMINI_URI_MAX + 1];

	if (strcmp(path, "random") != 0)
		return false;
	r->dice = r->dice * 1664525u + 1013904223u + (uint32_t)r->refreshed;
	to = table_random(s->table, r->dice >> 8);
	if (to.n == 0 || request_path(clean, sizeof(clean), to, false) != 0)
		return false;
	redirect_path(a, 30, clean, "");
	return true;
}

void
route_gemini(struct route *r, struct answer *a, const struct gemini_request *q,
    const struct peer *p, int64_t now)
{
	char full[GEMINI_URI_MAX + 2];
	struct site *s;
	int status;

	a->kind = ANSWER_BYTES;
	a->hot = NULL;
	a->fd = -1;
	a->secret = false;
	/* What is malformed or foreign is said before any page is looked for. */
	if (q->status == 59 || q->status == 53) {
		answer_gemini(a, q->status, q->why);
		return;
	}
	if ((s = choose_site(r, a, q, p)) == NULL)
		return;
	if (q->status != 0) {
		answer_gemini(a, q->status, q->why);
		return;
	}
	snprintf(full, sizeof(full), "/%s", q->path);
	if (r->areas.n > 0 && (status = area_check(&r->areas, full,
	    p->has_cert, p->cert, p->cert_key, p->cert_from, p->cert_until,
	    now)) != 0) {
		answer_gemini(a, status, status == 60 ? SAY_CERT :
		    status == 61 ? SAY_UNLISTED : SAY_EXPIRED);
		return;
	}
	if (find_redirect(r, a, q->path) || serve_search(r, a, q->path, q) ||
	    serve_random(r, s, a, q->path))
		return;
	serve_path(r, s, a, q->path);
}
