#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <unicase.h>
#include <uninorm.h>

#include "base/date.h"
#include "base/uri.h"
#include "base/utf8.h"
#include "store/internal.h"

/* Lengths go in too, so that no two lists of parts read alike. */
void
ident_print(unsigned char out[PRINT_LEN], const char *const *parts, size_t n)
{
	unsigned char sum[HASH_LEN];
	struct buf b = { 0 };

	for (size_t i = 0; i < n; i++) {
		const char *s = parts[i] != NULL ? parts[i] : "";

		buf_putf(&b, "%zu:", strlen(s));
		buf_puts(&b, s);
	}
	hash_sha256(buf_span(&b), sum);
	memcpy(out, sum, PRINT_LEN);
	buf_free(&b);
}

/*
 * A fragment names a page's part, and change logs have an entry a part;
 * but some are the counting kind ("#xtor=RSS-1", "#ref=rss").
 */
static bool
fragment_counts(struct span f)
{
	return f.n > 0 && memchr(f.p, '=', f.n) == NULL;
}

char *
ident_canonical(const char *link, struct arena *a)
{
	struct buf b = { 0 };
	struct uri u;
	char *s;

	if (link == NULL || link[0] == '\0')
		return NULL;
	uri_canonical(&b, link);
	uri_split(&u, span_str(link));
	if (b.n > 0 && u.fragment.p != NULL && fragment_counts(u.fragment)) {
		buf_putc(&b, '#');
		buf_put_span(&b, u.fragment);
	}
	s = b.n > 0 ? arena_strndup(a, b.p, b.n) : NULL;
	buf_free(&b);
	return s;
}

const char *
ident_host(const char *url, struct arena *a)
{
	struct buf b = { 0 };
	struct uri u;
	char *s;

	if (url == NULL)
		return "";
	uri_canonical(&b, url);
	uri_split(&u, buf_span(&b));
	s = arena_strndup(a, u.host.p != NULL ? u.host.p : "", u.host.n);
	buf_free(&b);
	return s;
}

char *
ident_fold(const char *s, struct arena *a)
{
	struct buf b = { 0 };
	uint8_t *f;
	size_t n;
	char *r;

	utf8_line(&b, span_str(s));
	f = u8_casefold((const uint8_t *)buf_cstr(&b), b.n, NULL, UNINORM_NFC,
	    NULL, &n);
	r = f != NULL ? arena_strndup(a, (char *)f, n) :
	    arena_strndup(a, buf_cstr(&b), b.n);
	free(f);
	buf_free(&b);
	return r;
}

/*
 * Digits and the letters that nobody mistakes for digits; forty bits are
 * enough that collisions are rare, and they are handled.
 */
void
ident_pid(char out[PID_LEN + 1], const char *feed_url, const char *key,
    unsigned attempt)
{
	static const char digits[] = "0123456789abcdefghjkmnpqrstvwxyz";
	unsigned char sum[PRINT_LEN];
	const char *parts[3] = { feed_url, key, NULL };
	char again[16];
	uint64_t v = 0;

	snprintf(again, sizeof(again), "%u", attempt);
	parts[2] = again;
	ident_print(sum, parts, attempt == 0 ? 2 : 3);
	for (int i = 0; i < 5; i++)
		v = v << 8 | sum[i];
	for (int i = PID_LEN - 1; i >= 0; i--, v >>= 5)
		out[i] = digits[v & 31];
	out[PID_LEN] = '\0';
}

/* Latin letters that decompose into nothing: their usual spelling. */
static const char *
spelled(uint32_t c)
{
	static const struct {
		uint32_t	 c;
		const char	*s;
	} table[] = {
		{ 0xc6, "ae" }, { 0xe6, "ae" }, { 0xd0, "d" }, { 0xf0, "d" },
		{ 0xd8, "o" }, { 0xf8, "o" }, { 0xde, "th" }, { 0xfe, "th" },
		{ 0xdf, "ss" }, { 0x1e9e, "ss" }, { 0x110, "d" },
		{ 0x111, "d" }, { 0x126, "h" }, { 0x127, "h" },
		{ 0x131, "i" }, { 0x138, "k" }, { 0x141, "l" },
		{ 0x142, "l" }, { 0x14a, "ng" }, { 0x14b, "ng" },
		{ 0x152, "oe" }, { 0x153, "oe" }, { 0x166, "t" },
		{ 0x167, "t" }, { 0x18f, "e" }, { 0x259, "e" },
	};

	for (size_t i = 0; i < sizeof(table) / sizeof(table[0]); i++)
		if (table[i].c == c)
			return table[i].s;
	return NULL;
}

static bool
ascii_word(uint32_t c)
{
	return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') ||
	    (c >= 'A' && c <= 'Z');
}

/* Apostrophes join ("don't" is dont); all else between words is a dash. */
static void
slug_char(struct buf *b, uint32_t c)
{
	if (ascii_word(c))
		buf_putc(b, (char)(c >= 'A' && c <= 'Z' ? c + 32 : c));
	else if (c != '\'' && c != 0x2019 && b->n > 0 &&
	    b->p[b->n - 1] != '-')
		buf_putc(b, '-');
}

static void
slug_cut(struct buf *b, size_t max)
{
	size_t n = b->n;

	if (n > max) {
		n = max;
		while (n > max / 2 && b->p[n] != '-')
			n--;
		if (b->p[n] != '-')
			n = max;
	}
	while (n > 0 && b->p[n - 1] == '-')
		n--;
	buf_truncate(b, n);
}

/*
 * Words in other scripts cannot be spelled; when they are most of the
 * text, a slug of what is left ("2-0") would say nothing.
 */
void
ident_slug(char *out, size_t max, const char *text)
{
	struct buf b = { 0 };
	size_t latin = 0, other = 0, n = 0;
	uint8_t *d;
	uint32_t c;

	out[0] = '\0';
	d = u8_normalize(UNINORM_NFKD, (const uint8_t *)(text != NULL ? text :
	    ""), text != NULL ? strlen(text) : 0, NULL, &n);
	if (d == NULL)
		return;
	for (size_t i = 0; i < n && b.n < 4 * max; ) {
		const char *s;

		i += utf8_decode(span_of((char *)d + i, n - i), &c);
		if ((s = spelled(c)) != NULL)
			while (*s != '\0')
				slug_char(&b, (unsigned char)*s++), latin++;
		else if (c < 0x80) {
			latin += ascii_word(c);
			slug_char(&b, c);
		} else if (utf8_width(c) > 0) {
			/* not a mark that the letter left behind */
			other += c > 0x2bff || (c >= 0xa0 && c < 0x2000);
			slug_char(&b, c);
		}
	}
	free(d);
	if (b.n > 0 && latin > other) {
		slug_cut(&b, max);
		memcpy(out, buf_cstr(&b), b.n + 1);
	}
	buf_free(&b);
}

void
ident_language(char out[9], const char *tag)
{
	size_t n = 0;

	for (; tag != NULL && n < 8 && tag[n] != '\0' && tag[n] != '-' &&
	    tag[n] != '_'; n++) {
		char c = tag[n];

		if (!ascii_word((unsigned char)c)) {
			n = 0;
			break;
		}
		out[n] = (char)(c >= 'A' && c <= 'Z' ? c + 32 : c);
	}
	if (n < 2 || n > 3)
		n = 0;
	out[n] = '\0';
}

void
ident_period(const struct store *s, char out[16], enum store_buckets kind,
    int64_t t)
{
	int64_t local = t + (s->offset != NULL ? s->offset(t) : 0);
	int64_t days = local / 86400 - (local % 86400 < 0);
	int y, m, d;

	date_civil(days, &y, &m, &d);
	if (kind == BUCKET_YEAR)
		snprintf(out, 16, "%04d", y);
	else if (kind == BUCKET_MONTH)
		snprintf(out, 16, "%04d-%02d", y, m);
	else
		snprintf(out, 16, "%04d-%02d-%02d", y, m, d);
}
