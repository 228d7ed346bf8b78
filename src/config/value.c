/*
 * value.c - the text of a value to the member it sets, and back.
 */
#include <sys/stat.h>

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/file.h"
#include "base/uri.h"
#include "base/utf8.h"
#include "base/xalloc.h"
#include "config/filter.h"
#include "config/keys.h"

#define MEMBER(type, base, off)	(*(type *)(void *)((char *)(base) + (off)))
#define CMEMBER(type, base, off) \
	(*(const type *)(const void *)((const char *)(base) + (off)))

/* --- numbers --- */

struct unit {
	const char	*name;
	long		 factor;
};

static const struct unit seconds[] = {
	{ "", 1 }, { "s", 1 }, { "sec", 1 }, { "second", 1 },
	{ "seconds", 1 }, { "m", 60 }, { "min", 60 }, { "minute", 60 },
	{ "minutes", 60 }, { "h", 3600 }, { "hour", 3600 },
	{ "hours", 3600 }, { "d", 86400 }, { "day", 86400 },
	{ "days", 86400 }, { "w", 604800 }, { "week", 604800 },
	{ "weeks", 604800 }, { NULL, 0 },
};
static const struct unit days[] = {
	{ "", 1 }, { "d", 1 }, { "day", 1 }, { "days", 1 }, { "w", 7 },
	{ "week", 7 }, { "weeks", 7 }, { NULL, 0 },
};
static const struct unit plain[] = { { "", 1 }, { NULL, 0 } };

static int
set_number(int *out, const struct key *k, const char *value,
    const struct unit *units, const char *example, struct error *e)
{
	char *end;
	long n;
	size_t len;

	errno = 0;
	n = strtol(value, &end, 10);
	if (end == value)
		return error_set(e, E_SYNTAX, "\"%.60s\" is no number; "
		    "write e.g. \"%s = %s\"", value, k->name, example);
	while (*end == ' ')
		end++;
	/* a number may have a remark behind it: "60 # per page" */
	len = strcspn(end, " \t\n#");
	for (; units->name != NULL; units++)
		if (strlen(units->name) == len &&
		    strncasecmp(units->name, end, len) == 0)
			break;
	if (units->name == NULL || (end[len + strspn(end + len, " \t")] !=
	    '\0' && end[len + strspn(end + len, " \t")] != '#'))
		return error_set(e, E_SYNTAX, "\"%.60s\" is no number%s; "
		    "write e.g. \"%s = %s\"", value, k->type == KEY_NUMBER ?
		    "" : " with a unit known here", k->name, example);
	if (errno == ERANGE || n > k->max / units->factor ||
	    n * units->factor < k->min)
		return error_set(e, E_SYNTAX, "%.60s is out of range; %ld "
		    "to %ld%s will do", value, k->min, k->max, k->type ==
		    KEY_SECONDS ? " seconds" : k->type == KEY_DAYS ?
		    " days" : "");
	*out = (int)(n * units->factor);
	return 0;
}

static int
word_index(const char *words, const char *value)
{
	size_t len = strlen(value);
	int i = 0;

	for (const char *w = words; *w != '\0'; i++) {
		size_t n = strcspn(w, " ");

		if (n == len && strncasecmp(w, value, n) == 0)
			return i;
		w += n;
		w += strspn(w, " ");
	}
	return -1;
}

static int
set_bool(bool *out, const struct key *k, const char *value, struct error *e)
{
	int i = word_index("yes true on 1 no false off 0", value);

	if (i == -1)
		return error_set(e, E_SYNTAX, "\"%.60s\" is neither yes nor "
		    "no; write \"%s = yes\" or \"%s = no\"", value, k->name,
		    k->name);
	*out = i < 4;
	return 0;
}

static int
set_wish(int *out, const struct key *k, const char *value, struct error *e)
{
	bool yes = false;

	if (word_index("auto", value) == 0) {
		*out = -1;
		return 0;
	}
	if (set_bool(&yes, k, value, e) != 0)
		return error_set(e, E_SYNTAX, "\"%.60s\" is none of yes, no, "
		    "auto", value);
	*out = yes;
	return 0;
}

static int
set_choice(int *index, const struct key *k, const char *value,
    struct error *e)
{
	int i = word_index(k->choices, value);

	/* Python's names for levels that we have not */
	if (i == -1 && strcmp(k->name, "log_level") == 0)
		i = word_index("critical warn", value);
	if (i == -1)
		return error_set(e, E_SYNTAX, "\"%.60s\" is not known; write "
		    "one of: %s", value, k->choices);
	*index = i;
	return 0;
}

/* --- dates, languages, zones --- */

static int
check_date(const char *value, struct error *e)
{
	bool any = false;

	for (const char *p = value; *p != '\0'; p++) {
		const char *start = p;

		if (*p != '%')
			continue;
		p++;
		p += strspn(p, "_-0^#");
		p += strspn(p, "0123456789");
		if (*p == 'E' || *p == 'O')
			p++;
		if (*p == '\0')
			return error_set(e, E_SYNTAX, "the date format ends "
			    "in the middle of \"%.20s\"; write \"%%%%\" for "
			    "a percent sign", start);
		if (strchr("aAbBcCdDeFgGhHIjklmMnpPrRsStTuUVwWxXyYzZ%+",
		    *p) == NULL)
			return error_set(e, E_SYNTAX, "\"%.*s\" is no part "
			    "of a date format; strftime(3) lists them, "
			    "\"%%%%\" is a percent sign",
			    (int)(p - start + 1), start);
		any = any || (*p != '%' && *p != 'n' && *p != 't');
	}
	if (!any)
		return error_set(e, E_SYNTAX, "\"%.60s\" is no date format, "
		    "every date would look the same; write e.g. "
		    "\"%%d %%b %%Y\"", value);
	return 0;
}

/* "en", "pt-BR", and the forms of locales: "tr_TR.UTF-8". */
static int
set_language(struct key_context *x, const char **out, const char *value,
    struct error *e)
{
	size_t n = strcspn(value, ".@ "), part = 0;
	bool first = true, good = n > 0 && n <= 35;
	char *tag;

	for (size_t i = 0; i <= n && good; i++) {
		char c = i < n ? value[i] : '-';

		if (c == '-' || c == '_') {
			good = part >= (first ? 2 : 1) && part <= 8;
			first = false;
			part = 0;
		} else {
			good = (c >= 'a' && c <= 'z') ||
			    (c >= 'A' && c <= 'Z') ||
			    (!first && c >= '0' && c <= '9');
			part++;
		}
	}
	if (!good)
		return error_set(e, E_SYNTAX, "\"%.60s\" is no language tag; "
		    "write e.g. \"en\" or \"pt-BR\"", value);
	tag = arena_strndup(x->arena, value, n);
	for (char *p = tag; *p != '\0'; p++)
		if (*p == '_')
			*p = '-';
	*out = tag;
	return 0;
}

static int
set_zone(struct key_context *x, const char **out, const char *value,
    struct error *e)
{
	static const char db[] = "/usr/share/zoneinfo";
	char *path = file_join(db, value);
	bool good = value[0] != '/' && strstr(value, "..") == NULL &&
	    strspn(value, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUV"
	    "WXYZ0123456789_+-/") == strlen(value);

	/* without the database there is nothing to hold it against */
	if (good && strcmp(value, "UTC") != 0 && access(db, X_OK) == 0)
		good = access(path, R_OK) == 0;
	free(path);
	if (!good)
		return error_set(e, E_SYNTAX, "no time zone \"%.60s\"; write "
		    "e.g. \"UTC\" or \"Europe/Berlin\"", value);
	*out = arena_strdup(x->arena, value);
	return 0;
}

/* --- paths and addresses --- */

static const char *
path_of(struct key_context *x, const char *value)
{
	char *joined = file_join(x->dir, value);
	const char *path;
	size_t n = strlen(joined);

	while (n > 1 && joined[n - 1] == '/')
		n--;
	path = arena_strndup(x->arena, joined, n);
	free(joined);
	return path;
}

static int
set_file(struct key_context *x, const char **out, const char *value,
    struct error *e)
{
	const char *path = path_of(x, value);

	if (access(path, R_OK) == -1)
		return error_set(e, E_NOTFOUND, "%s: %s; put the file there "
		    "or correct the path", path, strerror(errno));
	*out = path;
	return 0;
}

static int
set_address(struct key_context *x, const char **out, const char *value,
    struct error *e)
{
	char scheme[32];
	struct buf b = { 0 };
	int rc = 0;

	uri_scheme(scheme, sizeof(scheme), span_str(value));
	if (scheme[0] == '\0' || uri_resolve(&b, NULL, span_str(value)) != 0)
		rc = error_set(e, E_SYNTAX, "\"%.80s\" is no address; write "
		    "it whole, e.g. \"https://example.org/\"", value);
	else
		*out = arena_strdup(x->arena, buf_cstr(&b));
	buf_free(&b);
	return rc;
}

static int
set_host(struct key_context *x, const char **out, const char *value,
    struct error *e)
{
	struct buf b = { 0 };
	int rc = 0;

	if (uri_host_ascii(&b, span_str(value)) != 0 || b.n == 0)
		rc = error_set(e, E_SYNTAX, "\"%.80s\" is no host name; "
		    "write e.g. \"planet.example\"", value);
	else
		*out = arena_strdup(x->arena, buf_cstr(&b));
	buf_free(&b);
	return rc;
}

/* --- lists --- */

struct names {
	const char	**list;
	size_t		 n;
};

/* Whether one of the names is s already. */
static bool
has_name(const struct names *names, struct span s)
{
	for (size_t i = 0; i < names->n; i++)
		if (span_eqs(s, names->list[i]))
			return true;
	return false;
}

static void
split(struct key_context *x, struct names *names, const char *value,
    const char *separators)
{
	while (*value != '\0') {
		size_t n = strcspn(value, separators);
		struct buf clean = { 0 };

		utf8_line(&clean, span_of(value, n));
		if (clean.n > 0 && !has_name(names, buf_span(&clean))) {
			names->list = arena_push(x->arena,
			    (void *)(size_t)names->list, &names->n,
			    sizeof(*names->list));
			names->list[names->n - 1] = arena_strdup(x->arena,
			    buf_cstr(&clean));
		}
		buf_free(&clean);
		value += n;
		value += strspn(value, separators);
	}
}

static bool
is_port(const char *s)
{
	size_t n = strspn(s, "0123456789");

	return n > 0 && n < 6 && s[n] == '\0' && strtol(s, NULL, 10) < 65536;
}

/* Whether s is HOST:PORT, [V6]:PORT or unix:/PATH. */
static bool
is_listen(const char *s)
{
	const char *colon = strrchr(s, ':');

	if (strncmp(s, "unix:", 5) == 0)
		return s[5] != '\0';
	if (colon == NULL || colon == s || !is_port(colon + 1))
		return false;
	if (s[0] == '[')
		return colon[-1] == ']' && strspn(s + 1, "0123456789abcdef"
		    "ABCDEF:.%abcdefghijklmnopqrstuvwxyz") ==
		    (size_t)(colon - s) - 2;
	return memchr(s, ':', (size_t)(colon - s)) == NULL;
}

static int
set_listen(struct key_context *x, struct names *names, const char *value,
    struct error *e)
{
	struct names raw = { 0 };

	split(x, &raw, value, ", \t\n");
	for (size_t i = 0; i < raw.n; i++) {
		const char *s = raw.list[i];

		if (is_port(s)) {	/* a port alone: every address */
			char *both = arena_printf(x->arena,
			    "[::]:%s,0.0.0.0:%s", s, s);

			split(x, names, both, ",");
			continue;
		}
		if (!is_listen(s))
			return error_set(e, E_SYNTAX, "\"%.80s\" is no "
			    "address to listen on; write e.g. "
			    "\"0.0.0.0:1965\", \"[::1]:1965\" or "
			    "\"unix:/run/orrery.sock\"", s);
		split(x, names, s, ",");
	}
	return 0;
}

/* --- all of them --- */

void
key_secret(struct buf *out, struct span s)
{
	size_t start = out->n;

	while (s.n > 0) {
		uint32_t c;
		bool ok;
		size_t n = utf8_decode_ok(s, &c, &ok);

		if (!ok)	/* as in a file that is no UTF-8 */
			c = (unsigned char)s.p[0];
		while (c == ';' && out->n > start &&
		    out->p[out->n - 1] == ' ')
			buf_truncate(out, out->n - 1);
		if ((c > ' ' && c < 0x7f) || c >= 0xa0 ||
		    (c == ' ' && out->n > start))
			utf8_put(out, c);
		s = span_from(s, ok ? n : 1);
	}
	while (out->n > start && out->p[out->n - 1] == ' ')
		buf_truncate(out, out->n - 1);
	if (span_eqs(span_from(buf_span(out), start), "\"\""))
		buf_truncate(out, start);
}

static int
set_text(struct key_context *x, void *base, const struct key *k,
    const char *value, struct error *e)
{
	const char **out = &MEMBER(const char *, base, k->offset);
	struct buf clean = { 0 };
	int index, rc = 0;

	switch (k->type) {
	case KEY_TEXT:
		if (k->flags & KEY_SECRET)
			key_secret(&clean, span_str(value));
		else
			utf8_line(&clean, span_str(value));
		*out = clean.n > 0 ?
		    arena_strdup(x->arena, buf_cstr(&clean)) : NULL;
		buf_free(&clean);
		break;
	case KEY_DATE:
		utf8_line(&clean, span_str(value));
		/* of controls alone it is as good as not there */
		if (clean.n > 0 &&
		    (rc = check_date(buf_cstr(&clean), e)) == 0)
			*out = arena_strdup(x->arena, buf_cstr(&clean));
		buf_free(&clean);
		break;
	case KEY_DIR:
		*out = path_of(x, value);
		break;
	case KEY_OUTFILE:
		*out = strcmp(value, "-") == 0 ?
		    arena_strdup(x->arena, value) : path_of(x, value);
		break;
	case KEY_WORD:
		if ((rc = set_choice(&index, k, value, e)) == 0) {
			char *word = arena_strdup(x->arena, value);

			for (char *p = word; *p != '\0'; p++)
				if (*p >= 'A' && *p <= 'Z')
					*p = (char)(*p | 0x20);
			*out = word;
		}
		break;
	case KEY_RULE:
		if ((rc = filter_check(value, e)) == 0)
			*out = arena_strdup(x->arena, value);
		break;
	case KEY_FILE:
		rc = set_file(x, out, value, e);
		break;
	case KEY_LANGUAGE:
		rc = set_language(x, out, value, e);
		break;
	case KEY_ZONE:
		rc = set_zone(x, out, value, e);
		break;
	case KEY_HOST:
		rc = set_host(x, out, value, e);
		break;
	default:
		rc = set_address(x, out, value, e);
	}
	return rc;
}

static int
set_names(struct key_context *x, void *base, const struct key *k,
    const char *value, struct error *e)
{
	struct names names = { 0 };
	int rc = 0;

	if (k->type == KEY_LISTEN)
		rc = set_listen(x, &names, value, e);
	else
		split(x, &names, value, k->type == KEY_LIST ? ", \t\n" :
		    ",;\n");
	if (rc == 0) {
		MEMBER(const char **, base, k->offset) = names.list;
		MEMBER(size_t, base, k->count) = names.n;
	}
	return rc;
}

static bool
is_text(enum key_type t)
{
	return t == KEY_TEXT || t == KEY_RULE || t == KEY_LANGUAGE ||
	    t == KEY_ADDRESS || t == KEY_HOST || t == KEY_OUTFILE ||
	    t == KEY_FILE;
}

/* Whether nothing of value can be seen: of control characters, say. */
static bool
is_nothing(const char *value)
{
	struct buf clean = { 0 };
	bool nothing;

	utf8_line(&clean, span_str(value));
	nothing = clean.n == 0;
	buf_free(&clean);
	return nothing;
}

int
key_set(struct key_context *x, void *base, const struct key *k,
    const char *value, struct error *e)
{
	int *number = &MEMBER(int, base, k->offset), rc;

	/* an empty value is "as if not set", in lists too */
	if (k->type != KEY_LIST && k->type != KEY_NAMES &&
	    k->type != KEY_LISTEN && is_nothing(value)) {
		if (is_text(k->type) && k->dflt == NULL)
			MEMBER(const char *, base, k->offset) = NULL;
		return 0;
	}
	switch (k->type) {
	case KEY_NUMBER:
		return set_number(number, k, value, plain,
		    k->dflt != NULL ? k->dflt : "10", e);
	case KEY_SECONDS:
		return set_number(number, k, value, seconds, "20s", e);
	case KEY_DAYS:
		return set_number(number, k, value, days, "90", e);
	case KEY_BOOL:
		return set_bool(&MEMBER(bool, base, k->offset), k, value, e);
	case KEY_WISH:
		return set_wish(number, k, value, e);
	case KEY_ENUM:
		return set_choice(number, k, value, e);
	case KEY_LIST:
	case KEY_NAMES:
	case KEY_LISTEN:
		return set_names(x, base, k, value, e);
	default:
		rc = set_text(x, base, k, value, e);
		if (rc == 0 && k->flags & KEY_GIVEN)
			MEMBER(bool, base, k->count) = true;
		return rc;
	}
}

void
keys_default(struct key_context *x, void *base, const struct key *table)
{
	for (const struct key *k = table; k->name != NULL; k++) {
		if (k->dflt == NULL)
			continue;
		key_set(x, base, k, k->dflt, NULL);
		if (k->flags & KEY_GIVEN)
			MEMBER(bool, base, k->count) = false;
	}
}

static void
put_choice(struct buf *out, const char *choices, int index)
{
	const char *w = choices;

	while (index-- > 0) {
		w += strcspn(w, " ");
		w += strspn(w, " ");
	}
	buf_put(out, w, strcspn(w, " "));
}

static bool
format_names(struct buf *out, const void *base, const struct key *k)
{
	const char **list = CMEMBER(char **, base, k->offset) == NULL ?
	    NULL : MEMBER(const char **, (void *)(size_t)base, k->offset);
	size_t n = CMEMBER(size_t, base, k->count);

	for (size_t i = 0; i < n; i++) {
		if (i > 0)
			buf_puts(out, ", ");
		buf_puts(out, list[i]);
	}
	return n > 0;
}

bool
key_same(const void *a, const void *b, const struct key *k)
{
	switch (k->type) {
	case KEY_SECONDS:
	case KEY_NUMBER:
	case KEY_DAYS:
	case KEY_WISH:
	case KEY_ENUM:
		return CMEMBER(int, a, k->offset) ==
		    CMEMBER(int, b, k->offset);
	case KEY_BOOL:
		return CMEMBER(bool, a, k->offset) ==
		    CMEMBER(bool, b, k->offset);
	case KEY_LIST:
	case KEY_NAMES:
	case KEY_LISTEN:
		return CMEMBER(size_t, a, k->count) == 0 &&
		    CMEMBER(size_t, b, k->count) == 0;
	default:
		return CMEMBER(char *, a, k->offset) ==
		    CMEMBER(char *, b, k->offset);
	}
}

bool
key_format(struct buf *out, const void *base, const struct key *k)
{
	const char *text;

	switch (k->type) {
	case KEY_SECONDS:
		buf_putf(out, "%ds", CMEMBER(int, base, k->offset));
		return true;
	case KEY_NUMBER:
	case KEY_DAYS:
		buf_putf(out, "%d", CMEMBER(int, base, k->offset));
		return true;
	case KEY_BOOL:
		buf_puts(out, CMEMBER(bool, base, k->offset) ? "yes" : "no");
		return true;
	case KEY_WISH:
		buf_puts(out, CMEMBER(int, base, k->offset) < 0 ? "auto" :
		    CMEMBER(int, base, k->offset) > 0 ? "yes" : "no");
		return true;
	case KEY_ENUM:
		put_choice(out, k->choices, CMEMBER(int, base, k->offset));
		return true;
	case KEY_LIST:
	case KEY_NAMES:
	case KEY_LISTEN:
		return format_names(out, base, k);
	default:
		text = MEMBER(const char *, (void *)(size_t)base, k->offset);
		if (text != NULL)
			buf_puts(out, text);
		return text != NULL;
	}
}
