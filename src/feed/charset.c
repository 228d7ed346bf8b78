/*
 * charset.c - see charset.h.
 */
#include <ctype.h>
#include <errno.h>
#include <iconv.h>
#include <string.h>

#include "base/utf8.h"
#include "feed/charset.h"

#define LABEL_MAX	40	/* bytes of an encoding's name looked at */

/* Spellings (lower case, "_" as "-") and what they are read as. */
struct charset {
	const char	*label, *name, *iconv;
};

#define CP1252	"windows-1252"

static const struct charset charsets[] = {
	{ "utf-8", "utf-8", NULL }, { "utf8", "utf-8", NULL },
	{ "unicode-1-1-utf-8", "utf-8", NULL },
	/* Latin-1 on the web means windows-1252. */
	{ "iso-8859-1", "iso-8859-1", "WINDOWS-1252" },
	{ "iso8859-1", "iso-8859-1", "WINDOWS-1252" },
	{ "iso-8859-1:1987", "iso-8859-1", "WINDOWS-1252" },
	{ "latin1", "iso-8859-1", "WINDOWS-1252" },
	{ "latin-1", "iso-8859-1", "WINDOWS-1252" },
	{ "l1", "iso-8859-1", "WINDOWS-1252" },
	{ "us-ascii", "us-ascii", "WINDOWS-1252" },
	{ "ascii", "us-ascii", "WINDOWS-1252" },
	{ "ansi", CP1252, "WINDOWS-1252" },
	{ "windows-1252", CP1252, "WINDOWS-1252" },
	{ "cp1252", CP1252, "WINDOWS-1252" },
	{ "cp-1252", CP1252, "WINDOWS-1252" },
	{ "x-cp1252", CP1252, "WINDOWS-1252" },
	{ "iso-8859-2", "iso-8859-2", "ISO-8859-2" },
	{ "latin2", "iso-8859-2", "ISO-8859-2" },
	{ "iso-8859-3", "iso-8859-3", "ISO-8859-3" },
	{ "iso-8859-4", "iso-8859-4", "ISO-8859-4" },
	{ "iso-8859-5", "iso-8859-5", "ISO-8859-5" },
	{ "iso-8859-6", "iso-8859-6", "ISO-8859-6" },
	{ "iso-8859-7", "iso-8859-7", "ISO-8859-7" },
	{ "greek", "iso-8859-7", "ISO-8859-7" },
	{ "iso-8859-8", "iso-8859-8", "ISO-8859-8" },
	{ "iso-8859-8-i", "iso-8859-8", "ISO-8859-8" },
	{ "iso-8859-9", "iso-8859-9", "WINDOWS-1254" },
	{ "latin5", "iso-8859-9", "WINDOWS-1254" },
	{ "iso-8859-10", "iso-8859-10", "ISO-8859-10" },
	{ "iso-8859-11", "iso-8859-11", "CP874" },
	{ "tis-620", "tis-620", "CP874" },
	{ "windows-874", "windows-874", "CP874" },
	{ "cp874", "windows-874", "CP874" },
	{ "iso-8859-13", "iso-8859-13", "ISO-8859-13" },
	{ "iso-8859-14", "iso-8859-14", "ISO-8859-14" },
	{ "iso-8859-15", "iso-8859-15", "ISO-8859-15" },
	{ "latin9", "iso-8859-15", "ISO-8859-15" },
	{ "latin-9", "iso-8859-15", "ISO-8859-15" },
	{ "iso-8859-16", "iso-8859-16", "ISO-8859-16" },
	{ "windows-1250", "windows-1250", "WINDOWS-1250" },
	{ "windows-1251", "windows-1251", "WINDOWS-1251" },
	{ "windows-1253", "windows-1253", "WINDOWS-1253" },
	{ "windows-1254", "windows-1254", "WINDOWS-1254" },
	{ "windows-1255", "windows-1255", "WINDOWS-1255" },
	{ "windows-1256", "windows-1256", "WINDOWS-1256" },
	{ "windows-1257", "windows-1257", "WINDOWS-1257" },
	{ "windows-1258", "windows-1258", "WINDOWS-1258" },
	{ "cp1250", "windows-1250", "WINDOWS-1250" },
	{ "cp1251", "windows-1251", "WINDOWS-1251" },
	{ "win-1251", "windows-1251", "WINDOWS-1251" },
	{ "x-cp1251", "windows-1251", "WINDOWS-1251" },
	{ "cp1253", "windows-1253", "WINDOWS-1253" },
	{ "cp1254", "windows-1254", "WINDOWS-1254" },
	{ "cp1255", "windows-1255", "WINDOWS-1255" },
	{ "cp1256", "windows-1256", "WINDOWS-1256" },
	{ "cp1257", "windows-1257", "WINDOWS-1257" },
	{ "cp1258", "windows-1258", "WINDOWS-1258" },
	{ "koi8-r", "koi8-r", "KOI8-R" }, { "koi8r", "koi8-r", "KOI8-R" },
	{ "koi8-u", "koi8-u", "KOI8-U" },
	{ "ibm437", "ibm437", "IBM437" }, { "cp437", "ibm437", "IBM437" },
	{ "ibm850", "ibm850", "IBM850" }, { "cp850", "ibm850", "IBM850" },
	{ "ibm852", "ibm852", "IBM852" }, { "cp852", "ibm852", "IBM852" },
	{ "ibm855", "ibm855", "IBM855" }, { "cp855", "ibm855", "IBM855" },
	{ "ibm862", "ibm862", "IBM862" }, { "cp862", "ibm862", "IBM862" },
	{ "ibm866", "ibm866", "IBM866" }, { "cp866", "ibm866", "IBM866" },
	{ "macintosh", "macintosh", "MACINTOSH" },
	{ "x-mac-roman", "macintosh", "MACINTOSH" },
	{ "mac", "macintosh", "MACINTOSH" },
	{ "x-mac-cyrillic", "x-mac-cyrillic", "MAC-CYRILLIC" },
	{ "big5", "big5", "BIG5-HKSCS" }, { "big-5", "big5", "BIG5-HKSCS" },
	{ "cn-big5", "big5", "BIG5-HKSCS" }, { "x-x-big5", "big5",
	    "BIG5-HKSCS" },
	{ "big5-hkscs", "big5-hkscs", "BIG5-HKSCS" },
	{ "cp950", "cp950", "CP950" },
	{ "gb2312", "gb2312", "GB18030" }, { "gb-2312", "gb2312", "GB18030" },
	{ "euc-cn", "gb2312", "GB18030" }, { "x-gbk", "gbk", "GB18030" },
	{ "gbk", "gbk", "GB18030" }, { "cp936", "gbk", "GB18030" },
	{ "gb18030", "gb18030", "GB18030" },
	{ "gb18030-2000", "gb18030", "GB18030" },
	{ "euc-tw", "euc-tw", "EUC-TW" },
	{ "euc-jp", "euc-jp", "EUC-JP-MS" }, { "eucjp", "euc-jp",
	    "EUC-JP-MS" }, { "x-euc-jp", "euc-jp", "EUC-JP-MS" },
	{ "ujis", "euc-jp", "EUC-JP-MS" },
	{ "shift-jis", "shift_jis", "CP932" },
	{ "shiftjis", "shift_jis", "CP932" }, { "x-sjis", "shift_jis",
	    "CP932" }, { "sjis", "shift_jis", "CP932" },
	{ "ms-kanji", "shift_jis", "CP932" }, { "cp932", "cp932", "CP932" },
	{ "windows-31j", "windows-31j", "CP932" },
	{ "iso-2022-jp", "iso-2022-jp", "ISO-2022-JP" },
	{ "euc-kr", "euc-kr", "CP949" }, { "euckr", "euc-kr", "CP949" },
	{ "ks-c-5601-1987", "euc-kr", "CP949" },
	{ "ksc5601", "euc-kr", "CP949" }, { "cp949", "cp949", "CP949" },
	{ "uhc", "cp949", "CP949" }, { "johab", "johab", "JOHAB" },
	{ "utf-16", "utf-16", "UTF-16" }, { "utf16", "utf-16", "UTF-16" },
	{ "utf-16be", "utf-16be", "UTF-16BE" },
	{ "utf-16le", "utf-16le", "UTF-16LE" },
	{ "utf-32", "utf-32", "UTF-32" }, { "utf32", "utf-32", "UTF-32" },
	{ "ucs-4", "utf-32", "UTF-32" },
	{ "utf-32be", "utf-32be", "UTF-32BE" },
	{ "utf-32le", "utf-32le", "UTF-32LE" },
};

static const struct charset utf8_charset = { "utf-8", "utf-8", NULL };

uint32_t
charset_cp1252(unsigned char c)
{
	static const uint16_t high[32] = {
		0x20ac, 0xfffd, 0x201a, 0x0192, 0x201e, 0x2026, 0x2020, 0x2021,
		0x02c6, 0x2030, 0x0160, 0x2039, 0x0152, 0xfffd, 0x017d, 0xfffd,
		0xfffd, 0x2018, 0x2019, 0x201c, 0x201d, 0x2022, 0x2013, 0x2014,
		0x02dc, 0x2122, 0x0161, 0x203a, 0x0153, 0xfffd, 0x017e, 0x0178,
	};

	return c >= 0x80 && c < 0xa0 ? high[c - 0x80] : c;
}

static const struct charset *
find(struct span label)
{
	char name[LABEL_MAX];

	label = span_trim(label);
	if (label.n == 0 || label.n >= sizeof(name))
		return NULL;
	for (size_t i = 0; i < label.n; i++)
		name[i] = label.p[i] == '_' ? '-' :
		    (char)tolower((unsigned char)label.p[i]);
	name[label.n] = '\0';
	for (size_t i = 0; i < sizeof(charsets) / sizeof(charsets[0]); i++)
		if (strcmp(charsets[i].label, name) == 0)
			return &charsets[i];
	return NULL;
}

/* The charset parameter of a media type, quoted any way or not at all. */
static const struct charset *
from_transport(const char *type)
{
	const char *p = type;
	size_t n;

	while (p != NULL && (p = strcasestr(p, "charset")) != NULL) {
		p += strlen("charset");
		while (*p == ' ' || *p == '\t')
			p++;
		if (*p != '=')
			continue;
		do
			p++;
		while (*p == ' ' || *p == '\t' || *p == '"' || *p == '\'');
		n = strcspn(p, " \t;,\"'\r\n");
		return find(span_of(p, n));
	}
	return NULL;
}

/* The encoding an XML declaration names; in starts with it. */
static const struct charset *
from_declaration(struct span in)
{
	const char *p, *end;
	char quote;
	size_t n;

	in = span_trim(span_of(in.p, in.n < 1024 ? in.n : 1024));
	p = memmem(in.p, in.n, "<?xml", 5);
	if (p == NULL)
		return NULL;
	end = memmem(p, (size_t)(in.p + in.n - p), "?>", 2);
	if (end == NULL)
		return NULL;
	p = memmem(p, (size_t)(end - p), "encoding", 8);
	if (p == NULL)
		return NULL;
	for (p += 8; p < end && (ascii_space(*p) || *p == '='); p++)
		;
	if (p >= end || (*p != '"' && *p != '\''))
		return NULL;
	quote = *p++;
	for (n = 0; p + n < end && p[n] != quote; n++)
		;
	return find(span_of(p, n));
}

/* A byte order mark, or zeros where "<" or "{" of UTF-16 or 32 has them. */
static const struct charset *
from_bytes(struct span in, size_t *skip)
{
	const unsigned char *p = (const unsigned char *)in.p;

	*skip = 0;
	if (in.n >= 3 && memcmp(p, "\xef\xbb\xbf", 3) == 0) {
		*skip = 3;
		return &utf8_charset;
	}
	if (in.n >= 4) {
		if (memcmp(p, "\0\0\xfe\xff", 4) == 0)
			return *skip = 4, find(span_str("utf-32be"));
		if (memcmp(p, "\xff\xfe\0\0", 4) == 0)
			return *skip = 4, find(span_str("utf-32le"));
		if (p[0] == 0 && p[1] == 0 && p[2] == 0 && p[3] != 0)
			return find(span_str("utf-32be"));
		if (p[0] != 0 && p[1] == 0 && p[2] == 0 && p[3] == 0)
			return find(span_str("utf-32le"));
	}
	if (in.n >= 2) {
		if (p[0] == 0xfe && p[1] == 0xff)
			return *skip = 2, find(span_str("utf-16be"));
		if (p[0] == 0xff && p[1] == 0xfe)
			return *skip = 2, find(span_str("utf-16le"));
		if (p[0] == 0 && p[1] != 0)
			return find(span_str("utf-16be"));
		if (p[0] != 0 && p[1] == 0)
			return find(span_str("utf-16le"));
	}
	return NULL;
}

/*
 * in through iconv into out.  Bytes that are nothing in that encoding become
 * U+FFFD; more than one in 16 of them (and more than a few), and the label is
 * taken for wrong: false.
 */
static bool
convert(struct buf *out, struct span in, const char *from)
{
	char *src = (char *)in.p, *dst;
	size_t left = in.n, room, bad = 0;
	bool ok = false;
	iconv_t cd = iconv_open("UTF-8", from);

	if (cd == (iconv_t)-1)
		return false;
	while (left > 0) {
		room = left + left / 2 + 64;
		dst = buf_reserve(out, room);
		if (dst == NULL)
			goto out;
		if (iconv(cd, &src, &left, &dst, &room) == (size_t)-1 &&
		    errno != E2BIG) {
			out->n = (size_t)(dst - out->p);
			utf8_put(out, UTF8_REPLACEMENT);
			if (errno == EINVAL)	/* cut off at the end */
				break;
			src++;
			left--;
			if (++bad > 8 && bad > (in.n - left) / 16)
				goto out;
		} else
			out->n = (size_t)(dst - out->p);
	}
	ok = true;
out:
	iconv_close(cd);
	return ok && !out->over;
}

/* UTF-8 with strays: each byte that is no UTF-8 is read as windows-1252. */
static const char *
repair(struct buf *out, struct span in)
{
	bool ok, multi = false, bad = false;
	uint32_t c;
	size_t n;

	while (in.n > 0) {
		n = utf8_ascii(in);
		buf_put(out, in.p, n);
		in = span_from(in, n);
		if (in.n == 0)
			break;
		n = utf8_decode_ok(in, &c, &ok);
		if (ok) {
			multi = multi || n > 1;
			buf_put(out, in.p, n);
		} else {
			bad = true;
			n = 1;
			utf8_put(out, charset_cp1252((unsigned char)in.p[0]));
		}
		in = span_from(in, n);
	}
	return bad && !multi ? CP1252 : "utf-8";
}

static bool
is_ascii(struct span s)
{
	return utf8_ascii(s) == s.n && memchr(s.p, 0x1b, s.n) == NULL;
}

static bool
is_wide(const struct charset *c)
{
	return strncmp(c->name, "utf-16", 6) == 0 ||
	    strncmp(c->name, "utf-32", 6) == 0;
}

struct span
charset_utf8(struct buf *store, struct span in, const char *content_type,
    const char **name)
{
	const struct charset *try[3];
	size_t skip;
	bool ascii, valid;

	if (in.n == 0)
		in = span_str("");	/* and not NULL */
	try[0] = from_bytes(in, &skip);
	in = span_from(in, skip);
	/* A second mark, and white space before the declaration, happen. */
	while (span_starts(in, "\xef\xbb\xbf"))
		in = span_from(in, 3);
	if (try[0] != NULL && try[0]->iconv != NULL) {
		*name = try[0]->name;
		if (convert(store, in, try[0]->iconv)) {
			struct span s = buf_span(store);

			while (span_starts(s, "\xef\xbb\xbf"))
				s = span_from(s, 3);
			return s;
		}
		buf_clear(store);
	}
	try[1] = from_transport(content_type);
	try[2] = from_declaration(in);
	ascii = is_ascii(in);
	valid = ascii || utf8_valid(in);
	for (int i = 0; i < 3; i++) {
		if (try[i] == NULL || (try[i]->iconv != NULL && is_wide(try[i])))
			continue;
		/*
		 * Text in another encoding is hardly ever valid UTF-8 by
		 * chance: then the label is wrong.
		 */
		if (valid && (ascii || try[i]->iconv == NULL)) {
			*name = try[i]->name;
			return in;
		}
		if (try[i]->iconv == NULL || (valid && in.n > 3 &&
		    (strcmp(try[i]->iconv, "WINDOWS-1252") == 0 ||
		    strcmp(try[i]->iconv, "ISO-8859-15") == 0)))
			continue;
		if (convert(store, in, try[i]->iconv)) {
			*name = try[i]->name;
			return buf_span(store);
		}
		buf_clear(store);
	}
	*name = "utf-8";
	if (valid)
		return in;
	*name = repair(store, in);
	return buf_span(store);
}

/* --- mending ----------------------------------------------------------- */

/* The byte that c is in windows-1252, or in Latin-1 what has no place there. */
static int
single_byte(uint32_t c, bool *mark)
{
	*mark = false;
	if (c <= 0xff)
		return (int)c;
	*mark = true;
	for (int byte = 0x80; c != UTF8_REPLACEMENT && byte < 0xa0; byte++)
		if (charset_cp1252((unsigned char)byte) == c)
			return byte;
	return -1;
}

/* One of the bytes that windows-1252 leaves undefined. */
static bool
is_undefined(int byte)
{
	return byte == 0x81 || byte == 0x8d || byte == 0x8f || byte == 0x90 ||
	    byte == 0x9d;
}

/*
 * Append s as the bytes it is in a single-byte encoding if they are UTF-8
 * then, that is, if s is UTF-8 taken for one.  Characters that only
 * windows-1252 has may stand behind a capital letter ("CAF\u00c9\u2026") and
 * look so by chance; with them, a byte must be there that it leaves
 * undefined: a control character, which no text has.
 */
static bool
undo_double(struct buf *out, struct span s)
{
	size_t run;
	uint32_t c;
	bool mark, marks = false, undefined = false;
	int byte;

	while (s.n > 0) {
		run = utf8_ascii(s);
		buf_put(out, s.p, run);
		s = span_from(s, run);
		run = out->n;
		while (s.n > 0 && (unsigned char)s.p[0] >= 0x80) {
			s = span_from(s, utf8_decode(s, &c));
			byte = single_byte(c, &mark);
			if (byte < 0)
				return false;
			marks = marks || mark;
			undefined = undefined || is_undefined(byte);
			buf_putc(out, (char)byte);
		}
		if (!utf8_valid(span_from(buf_span(out), run)))
			return false;
	}
	return !marks || undefined;
}

/* Whether valid UTF-8 has one of U+0080 to U+009F. */
static bool
has_c1(struct span s)
{
	const char *p = s.p, *end = s.p + s.n;

	while ((p = memchr(p, 0xc2, (size_t)(end - p))) != NULL && p + 1 < end)
		if ((unsigned char)*++p < 0xa0)
			return true;
	return false;
}

bool
charset_mend(struct buf *out, struct span s)
{
	uint32_t c;

	if (utf8_ascii(s) == s.n)
		return false;
	if (undo_double(out, s))
		return true;
	buf_clear(out);
	if (!has_c1(s))
		return false;
	while (s.n > 0) {
		s = span_from(s, utf8_decode(s, &c));
		utf8_put(out, c < 0x100 ? charset_cp1252((unsigned char)c) :
		    c);
	}
	return true;
}
