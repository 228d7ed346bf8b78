#include <sys/stat.h>

#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "base/file.h"
#include "base/uri.h"
#include "base/xalloc.h"
#include "fetch/pin.h"
#include "mirror/internal.h"
#include "mirror/manifest.h"
#include "mirror/robots.h"

#define ROBOTS_PATH	"robots.txt"
#define TRIES_MAX	6	/* of one request that is put off */
#define PATIENCE_S	600	/* longest wait that a 44 may ask for */
#define HEADER_MAX	2048	/* bytes of an answer's first line */
#define PINS_MAX	((size_t)1 << 20)
#define UNSTORED_MAX	20	/* files in a row that cannot be written */

static int64_t
now(const struct mirror *m)
{
	return m->o->now != NULL ? m->o->now() : (int64_t)time(NULL);
}

void
mirror_say(struct mirror *m, const char *fmt, ...)
{
	struct error line;
	char text[ERROR_MAX];
	va_list ap;

	if (m->o->report == NULL)
		return;
	va_start(ap, fmt);
	vsnprintf(text, sizeof(text), fmt, ap);
	va_end(ap);
	error_set(&line, 0, "%s", text);	/* makes it printable */
	m->o->report(line.msg, m->o->arg);
}

bool
mirror_stopped(struct mirror *m)
{
	return m->o->stop != NULL && m->o->stop(m->o->arg) != 0;
}

bool
mirror_enough(struct mirror *m, size_t requests)
{
	const struct mirror_options *o = m->o;
	int64_t bytes = o->max_bytes > 0 ? o->max_bytes : MIRROR_BYTES_MAX;
	bool was = m->r->cut;

	if (requests > 0 && m->r->requests >= requests) {
		m->r->cut = true;
		if (!was)
			mirror_say(m, "stopped at %zu requests; there is more, "
			    "which --max lets in", requests);
	} else if (m->r->bytes >= bytes) {
		m->r->cut = true;
		if (!was)
			mirror_say(m, "stopped at %lld MB; there is more, "
			    "which --max-mb lets in", (long long)bytes >> 20);
	}
	return m->r->cut;
}

/* --- pins --- */

char *
mirror_state(const struct mirror *m, const char *name)
{
	return xasprintf("%s/" STATE_DIR "/%s", m->o->dir, name);
}

static int
load_pins(struct mirror *m, struct error *e)
{
	char *path = mirror_state(m, "pins");
	int rc = file_read(&m->pins, path, e);

	free(path);
	return rc == E_NOTFOUND ? 0 : rc;
}

static int
save_pin(struct mirror *m, const char *host, const char *spki,
    int64_t not_after, struct error *e)
{
	struct span rest = buf_span(&m->pins), line;
	struct buf fresh = { .max = PINS_MAX };
	char *path = mirror_state(m, "pins");
	size_t n = strlen(host);
	int rc;

	while (span_line(&rest, &line))
		if (line.n <= n || memcmp(line.p, host, n) != 0 ||
		    line.p[n] != '\t') {
			buf_put_span(&fresh, line);
			buf_putc(&fresh, '\n');
		}
	buf_putf(&fresh, "%s\t%s\t%lld\n", host, spki, (long long)not_after);
	rc = file_replace(path, buf_span(&fresh), 0644, true, e);
	buf_free(&m->pins);
	m->pins = fresh;
	free(path);
	return rc;
}

/* Trust on first use, with the pins kept beside the mirror. */
static int
judge_pin(const char *host, const char *spki, int64_t not_after, void *arg,
    struct error *e)
{
	struct mirror *m = arg;
	struct span rest = buf_span(&m->pins), line;
	char known[HASH_HEX] = "", *path;
	size_t n = strlen(host);
	int64_t end = 0;
	int rc;

	while (span_line(&rest, &line))
		if (line.n >= n + HASH_HEX + 1 &&
		    memcmp(line.p, host, n) == 0 && line.p[n] == '\t') {
			memcpy(known, line.p + n + 1, HASH_HEX - 1);
			known[HASH_HEX - 1] = '\0';
			end = atoll(line.p + n + 1 + HASH_HEX);
		}
	path = xasprintf("rm %s/" STATE_DIR "/pins #", m->o->dir);
	rc = pin_judge(host, known, end, spki, now(m), path, e);
	free(path);
	/* A renewed certificate of the same key moves the end of the pin. */
	if (rc == PIN_TAKE || (rc == PIN_SAME && end != not_after))
		rc = save_pin(m, host, spki, not_after, e);
	return rc;
}

/* --- asking --- */

void
got_free(struct got *g)
{
	buf_free(&g->body);
	free(g->url);
	free(g->type);
	*g = (struct got){ .done = false };
}

static void
on_answer(const struct fetch_request *req, struct fetch_result *res,
    void *arg)
{
	struct got *g = arg;

	(void)req;
	g->outcome = res->outcome;
	g->status = res->status;
	g->body = res->body;
	res->body = (struct buf){ 0 };
	g->url = xstrdup(res->url);
	g->type = xstrdup(res->content_type);
	g->retry_after = res->retry_after;
	memcpy(g->message, res->message, sizeof(g->message));
	g->done = true;
}

static int
on_tick(void *arg)
{
	return mirror_stopped(arg);
}

/* Bytes that the next answer may have: of a file, and of the run. */
static size_t
may_have(const struct mirror *m)
{
	int64_t left = (m->o->max_bytes > 0 ? m->o->max_bytes :
	    MIRROR_BYTES_MAX) - m->r->bytes;
	size_t max = m->body_max > 0 ? m->body_max : MIRROR_FILE_MAX;

	return left < (int64_t)max ? (size_t)(left > HEADER_MAX ? left :
	    HEADER_MAX) : max;
}

static int
ask(struct mirror *m, struct got *g, const char *url, struct error *e)
{
	const struct fetch_request r = { .url = url, .timeout =
	    m->o->timeout > 0 ? m->o->timeout : 60,
	    .allow_private = m->o->allow_private, .same_host = true,
	    .max_bytes = may_have(m) };
	int rc = fetch_add(m->fetch, &r, on_answer, g, e);

	if (m->o->progress != NULL)
		m->o->progress(m->done, m->known, m->o->arg);
	m->r->requests++;
	if (rc == 0)
		rc = fetch_run(m->fetch, -1, on_tick, m, e);
	if (rc == 0 && !g->done)
		rc = error_set(e, E_FAIL, "%s: no answer", url);
	m->r->bytes += (int64_t)g->body.n;
	return rc;
}

/* Sleep for a while, but not when told to stop. */
static void
wait_seconds(struct mirror *m, int64_t s)
{
	const struct timespec tick = { .tv_nsec = 100 * 1000 * 1000 };

	for (int64_t i = 0; i < s * 10 && !mirror_stopped(m); i++)
		nanosleep(&tick, NULL);
}

int
mirror_get(struct mirror *m, struct got *g, const char *url, struct error *e)
{
	int64_t wait = 2, asked;
	int rc;

	for (int try = 0; try < TRIES_MAX; try++) {
		*g = (struct got){ .done = false };
		if ((rc = ask(m, g, url, e)) != 0 ||
		    g->outcome != FETCH_SLOW_DOWN)
			return rc;
		asked = g->retry_after > 0 ? g->retry_after - now(m) : 0;
		if (asked > PATIENCE_S)
			break;
		if (asked > wait)
			wait = asked;
		mirror_say(m, "%s: %s; waiting %lld s", url, g->message,
		    (long long)wait);
		got_free(g);
		wait_seconds(m, wait);
		if (mirror_stopped(m))
			return error_set(e, E_AGAIN, "stopped");
		wait *= 2;
	}
	got_free(g);
	m->busy = true;
	return error_set(e, E_AGAIN, "%s: the server keeps saying slow down; "
	    "come back later", url);
}

/* --- files --- */

char *
mirror_url(const struct mirror *m, struct span path)
{
	struct buf url = { .max = URI_MAX };

	buf_puts(&url, m->root);
	uri_escape(&url, path, "/");
	return buf_take(&url);
}

char *
mirror_file(const struct mirror *m, struct span path)
{
	return xasprintf("%s/%.*s", m->o->dir, (int)path.n, path.p);
}

static void
set_mtime(const char *file, int64_t mtime)
{
	const struct timespec times[2] = { { .tv_nsec = UTIME_OMIT },
	    { .tv_sec = (time_t)mtime } };

	if (mtime != 0)
		(void)utimensat(AT_FDCWD, file, times, 0);
}

static bool
same_bytes(const char *file, struct span body)
{
	struct buf old = { .max = MIRROR_FILE_MAX };
	struct stat st;
	bool same = stat(file, &st) == 0 && st.st_size == (off_t)body.n &&
	    file_read(&old, file, NULL) == 0 && span_eq(buf_span(&old), body);

	buf_free(&old);
	return same;
}

/*
 * A mirror may be served: what is half written lies where nothing is served
 * from, under one name, so that a run that was killed leaves no litter.
 */
static int
replace(const struct mirror *m, const char *file, struct span body,
    struct error *e)
{
	char *part = mirror_state(m, "part");
	int fd = open(part, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC |
	    O_NOFOLLOW, 0644), rc = 0;

	if (fd == -1 || (rc = file_write_fd(fd, body, e)) != 0)
		rc = fd == -1 ? error_errno(e, "%s", part) :
		    error_wrap(e, "%s", part);
	if (fd != -1 && close(fd) == -1 && rc == 0)
		rc = error_errno(e, "%s", part);
	if (rc == 0 && rename(part, file) == -1)
		rc = error_errno(e, "%s", file);
	if (rc != 0)
		unlink(part);
	free(part);
	return rc;
}

int
mirror_store(struct mirror *m, struct span path, struct span body,
    int64_t mtime, struct error *e)
{
	char *file = mirror_file(m, path), *dir = xstrdup(file);
	int rc;

	*strrchr(dir, '/') = '\0';
	if (same_bytes(file, body)) {
		rc = 0;
		m->r->unchanged++;
	} else if ((rc = file_mkdirs(dir, 0755, e)) == 0 &&
	    (rc = replace(m, file, body, e)) == 0)
		m->r->fetched++;
	if (rc == 0)
		set_mtime(file, mtime);
	free(dir);
	free(file);
	return rc;
}

bool
mirror_allowed(const struct mirror *m, struct span path)
{
	struct buf full = { .max = URI_MAX };
	bool ok;

	buf_putc(&full, '/');
	uri_escape(&full, path, "/");
	ok = robots_allow(buf_span(&m->robots), "archiver", buf_span(&full));
	buf_free(&full);
	return ok;
}

/* --- with a manifest --- */

bool
mirror_is_there(const struct mirror *m, const struct manifest_file *f)
{
	char *file = mirror_file(m, f->path), hex[HASH_HEX];
	struct buf body = { .max = MIRROR_FILE_MAX };
	struct stat st;
	bool there = lstat(file, &st) == 0 && S_ISREG(st.st_mode) &&
	    st.st_size == f->size;

	/* A file with the right time was checked when it was written. */
	if (there && (m->o->verify || st.st_mtime != f->mtime)) {
		there = file_read(&body, file, NULL) == 0;
		hash_hex(buf_span(&body), hex);
		there = there && strcmp(hex, f->sha256) == 0;
		if (there)
			set_mtime(file, f->mtime);
	}
	buf_free(&body);
	free(file);
	return there;
}

int
mirror_get_file(struct mirror *m, const struct manifest_file *f, const char *url,
    struct got *g, struct error *e)
{
	char hex[HASH_HEX];
	int rc;

	/* Much more than was promised is another file; the header counts. */
	m->body_max = f->size < (int64_t)MIRROR_FILE_MAX ?
	    (size_t)f->size + HEADER_MAX : MIRROR_FILE_MAX;
	rc = mirror_get(m, g, url, e);
	m->body_max = 0;
	if (rc != 0)
		return rc;
	if (g->outcome != FETCH_OK) {
		mirror_say(m, "%s: %s", url, g->message);
		m->r->failed++;
		return 0;
	}
	hash_hex(buf_span(&g->body), hex);
	if (strcmp(hex, f->sha256) != 0) {
		mirror_say(m, "%s: what came is not what the manifest says "
		    "(%zu bytes, SHA-256 %.16s...); left out", url,
		    g->body.n, hex);
		m->r->failed++;
		return 0;
	}
	return 1;
}

/* robots.txt was asked for before anything else: its bytes serve twice. */
static bool
is_robots(const struct mirror *m, const struct manifest_file *f)
{
	char hex[HASH_HEX];

	if (!span_eqs(f->path, ROBOTS_PATH))
		return false;
	hash_hex(buf_span(&m->robots), hex);
	return strcmp(hex, f->sha256) == 0;
}

int
mirror_take(struct mirror *m, const struct manifest_file *f, struct error *e)
{
	char *url = mirror_url(m, f->path);
	struct error own = { 0 };
	struct got g = { .done = false };
	int rc = 1;

	if (is_robots(m, f))
		buf_put_span(&g.body, buf_span(&m->robots));
	else
		rc = mirror_get_file(m, f, url, &g, e);

	if (rc != 1)
		goto out;
	if ((rc = mirror_store(m, f->path, buf_span(&g.body), f->mtime,
	    &own)) != 0) {
		/* "a" and "a/b" cannot both be files; or the disk is full. */
		mirror_say(m, "%s: %s; left out", url, own.msg);
		m->r->failed++;
		rc = ++m->unstored < UNSTORED_MAX ? 0 :
		    error_set(e, E_FAIL, "%s", own.msg);
		goto out;
	}
	m->unstored = 0;
	if (m->warc != NULL)
		rc = warc_put(m->warc, url, buf_span(&g.body), now(m), e);
out:
	got_free(&g);
	free(url);
	return rc;
}

/* --- the run --- */

static int
read_robots(struct mirror *m, struct error *e)
{
	char *url = mirror_url(m, span_str(ROBOTS_PATH));
	struct got g;
	int rc = mirror_get(m, &g, url, e);

	if (rc == 0 && g.outcome == FETCH_OK) {
		buf_put_span(&m->robots, buf_span(&g.body));
		if (!robots_allow(buf_span(&m->robots), "archiver",
		    span_str("/")))
			rc = error_set(e, E_NOTFOUND, "%s asks archivers to "
			    "stay away; ask its keeper", url);
	} else if (rc == 0 && g.outcome != FETCH_REFUSED &&
	    g.outcome != FETCH_GONE)
		/* Without knowing what is allowed, nothing is. */
		rc = error_set(e, g.outcome == FETCH_CERTIFICATE ||
		    g.outcome == FETCH_FORBIDDEN ? E_FAIL : E_AGAIN,
		    "%s: %s", url, g.message);
	got_free(&g);
	free(url);
	return rc;
}

static int
copy(struct mirror *m, struct error *e)
{
	char *url = mirror_url(m, span_str(MANIFEST_PATH));
	struct manifest list = { .files = NULL };
	struct got g = { .done = false };
	int rc;

	if ((rc = read_robots(m, e)) != 0)
		goto out;
	if (mirror_allowed(m, span_str(MANIFEST_PATH)) &&
	    (rc = mirror_get(m, &g, url, e)) != 0)
		goto out;
	if (g.done && g.outcome == FETCH_OK &&
	    manifest_read(&list, buf_span(&g.body)) == 0)
		rc = mirror_lists(m, buf_span(&g.body), &list, e);
	else if (g.done && g.outcome != FETCH_OK &&
	    g.outcome != FETCH_REFUSED && g.outcome != FETCH_GONE)
		rc = error_set(e, E_AGAIN, "%s: %s", url, g.message);
	else
		rc = mirror_crawl(m, e);
	if (rc == 0 && m->r->failed > 0)
		rc = error_set(e, E_AGAIN, "%zu files could not be had; run "
		    "it again later", m->r->failed);
out:
	manifest_free(&list);
	got_free(&g);
	free(url);
	return rc;
}

static int
set_root(struct mirror *m, struct error *e)
{
	struct buf url = { .max = URI_MAX };
	struct uri u;
	int rc = uri_resolve(&url, NULL, span_str(m->o->url));

	uri_split(&u, buf_span(&url));
	if (rc != 0 || !span_eqs(u.scheme, "gemini") || u.host.n == 0)
		rc = error_set(e, E_SYNTAX, "\"%.200s\" is no gemini address; "
		    "give one like gemini://example.org/", m->o->url);
	else
		m->root = xasprintf("gemini://%.*s%s%.*s/", (int)u.host.n,
		    u.host.p, u.port.n > 0 ? ":" : "", (int)u.port.n,
		    u.port.p);
	buf_free(&url);
	return rc;
}

int
mirror_run(const struct mirror_options *o, struct mirror_result *r,
    struct error *e)
{
	struct mirror m = { .o = o, .r = r, .pins = { .max = PINS_MAX } };
	const struct fetch_options fo = { .user_agent = o->user_agent,
	    .parallel = 1, .per_host = 1, .now = o->now, .pin = judge_pin,
	    .pin_arg = &m, .pause_ms = o->delay_ms != 0 ? o->delay_ms :
	    MIRROR_DELAY_MS, .private_hint = "add --allow-private" };
	char *state = xasprintf("%s/" STATE_DIR, o->dir);
	struct error late = { 0 };
	int rc, closed;

	*r = (struct mirror_result){ .manifest = false };
	if ((rc = set_root(&m, e)) == 0 &&
	    (rc = file_mkdirs(state, 0755, e)) == 0 &&
	    (rc = load_pins(&m, e)) == 0 &&
	    (o->warc == NULL || (rc = warc_open(&m.warc, o->warc, e)) == 0) &&
	    (rc = fetch_new(&m.fetch, &fo, e)) == 0)
		rc = copy(&m, e);
	fetch_free(m.fetch);
	closed = warc_close(m.warc, &late);
	if (rc == 0 && closed != 0)
		rc = error_set(e, closed, "%s", late.msg);
	buf_free(&m.robots);
	buf_free(&m.pins);
	free(m.root);
	free(state);
	return rc;
}
