#include <curl/curl.h>
#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "base/uri.h"
#include "fetch/header.h"

static bool
has_control(struct span s)
{
	for (size_t i = 0; i < s.n; i++)
		if ((unsigned char)s.p[i] < 0x20 || s.p[i] == 0x7f)
			return true;
	return false;
}

bool
header_copy(char *out, size_t size, struct span value)
{
	value = span_trim(value);
	if (value.n >= size || has_control(value)) {
		out[0] = '\0';
		return false;
	}
	memcpy(out, value.p, value.n);
	out[value.n] = '\0';
	return true;
}

int64_t
header_date(struct span value)
{
	char s[80];
	time_t t;

	if (!header_copy(s, sizeof(s), value) || s[0] == '\0')
		return 0;
	t = curl_getdate(s, NULL);
	return t > 0 ? (int64_t)t : 0;
}

/* All digits; saturates well below overflow. */
static bool
digits(struct span s, int64_t *n)
{
	*n = 0;
	if (s.n == 0)
		return false;
	for (size_t i = 0; i < s.n; i++) {
		if (s.p[i] < '0' || s.p[i] > '9')
			return false;
		if (*n < INT64_C(100000000000))
			*n = *n * 10 + (s.p[i] - '0');
	}
	return true;
}

int64_t
header_retry_after(struct span value, int64_t now)
{
	int64_t n;

	value = span_trim(value);
	if (digits(value, &n))
		return now + n;
	return header_date(value);
}

static bool
next_token(struct span *rest, struct span *token)
{
	const char *comma;

	if (rest->n == 0)
		return false;
	comma = memchr(rest->p, ',', rest->n);
	token->p = rest->p;
	token->n = comma != NULL ? (size_t)(comma - rest->p) : rest->n;
	*rest = span_from(*rest, token->n + (comma != NULL ? 1 : 0));
	*token = span_trim(*token);
	return true;
}

bool
header_max_age(struct span value, int64_t *seconds)
{
	struct span token;
	bool found = false;

	while (next_token(&value, &token)) {
		if (span_ieqs(token, "no-cache") ||
		    span_ieqs(token, "no-store")) {
			*seconds = 0;
			return true;
		}
		if (span_istarts(token, "max-age=")) {
			struct span n = span_trim(span_from(token, 8));

			if (n.n >= 2 && n.p[0] == '"' && n.p[n.n - 1] == '"')
				n = span_of(n.p + 1, n.n - 2);
			if (digits(n, seconds))
				found = true;
		}
	}
	return found;
}

enum content_coding
header_coding(struct span value)
{
	struct span token;
	enum content_coding coding = CODING_NONE;

	while (next_token(&value, &token)) {
		if (token.n == 0 || span_ieqs(token, "identity"))
			continue;
		if (coding != CODING_NONE)
			return CODING_OTHER;
		if (span_ieqs(token, "gzip") || span_ieqs(token, "x-gzip") ||
		    span_ieqs(token, "deflate"))
			coding = CODING_GZIP;
		else
			return CODING_OTHER;
	}
	return coding;
}

int
header_gemini(struct span in, int *status, struct span *meta)
{
	const char *lf;
	size_t n;

	/* Two digits can be judged as soon as they are there. */
	for (size_t i = 0; i < in.n && i < 2; i++)
		if (in.p[i] < (i == 0 ? '1' : '0') ||
		    in.p[i] > (i == 0 ? '6' : '9'))
			return E_SYNTAX;
	if (in.n > 2 && in.p[2] != ' ' && in.p[2] != '\r')
		return E_SYNTAX;
	lf = memchr(in.p, '\n', in.n);
	if (lf == NULL)
		return in.n > GEMINI_META_MAX + 4 ? E_LIMIT : 0;
	n = (size_t)(lf - in.p);
	if (n < 3 || in.p[n - 1] != '\r')
		return E_SYNTAX;
	*meta = span_trim(span_of(in.p + 2, n - 3));
	if (meta->n > GEMINI_META_MAX)
		return E_LIMIT;
	if (has_control(*meta))
		return E_SYNTAX;
	*status = (in.p[0] - '0') * 10 + (in.p[1] - '0');
	return (int)n + 1;
}

int
header_gopher_selector(struct span path, struct span query,
    struct buf *selector, char *type)
{
	size_t start = selector->n;

	*type = '1';
	if (path.n > 0 && path.p[0] == '/')
		path = span_from(path, 1);
	uri_unescape(selector, path);
	if (query.p != NULL) {
		buf_putc(selector, '?');
		uri_unescape(selector, query);
	}
	if (selector->n > start) {
		*type = selector->p[start];
		memmove(selector->p + start, selector->p + start + 1,
		    selector->n - start - 1);
		buf_truncate(selector, selector->n - 1);
	}
	for (size_t i = start; i < selector->n; i++)
		if (strchr("\t\r\n", selector->p[i]) != NULL)
			return E_SYNTAX;	/* strchr finds the NUL too */
	return *type > 0x20 && *type < 0x7f ? 0 : E_SYNTAX;
}

/* Length of body without a final line that is only ".". */
static size_t
without_dot(struct span body)
{
	size_t n = body.n;

	if (n > 0 && body.p[n - 1] == '\n')
		n--;
	if (n > 0 && body.p[n - 1] == '\r')
		n--;
	if (n == 0 || body.p[n - 1] != '.')
		return body.n;
	n--;
	return n == 0 || body.p[n - 1] == '\n' ? n : body.n;
}

bool
header_gopher_finish(struct buf *body, char type, struct span *error)
{
	struct span rest, line;

	if (type != '0' && type != '1')
		return false;
	buf_truncate(body, without_dot(buf_span(body)));
	rest = buf_span(body);
	/* "3text TAB selector TAB host TAB port": an error, and nothing else
	 * but a few lines of information. */
	if (body->n > 4096 || !span_line(&rest, &line) || line.n == 0 ||
	    line.p[0] != '3')
		return false;
	*error = span_from(line, 1);
	if (memchr(line.p, '\t', line.n) == NULL)
		return false;
	error->n = (size_t)((const char *)memchr(error->p, '\t', error->n) -
	    error->p);
	return true;
}
