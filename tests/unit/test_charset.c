/* Which label wins, and that everything ends as valid UTF-8. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <cmocka.h>

#include "base/utf8.h"
#include "feed/charset.h"

static void
expect(const char *in, size_t n, const char *type, const char *want,
    const char *want_name)
{
	struct buf store = { 0 };
	const char *name;
	struct span s = charset_utf8(&store, span_of(in, n), type, &name);

	assert_true(utf8_valid(s));
	if (want != NULL && !span_eqs(s, want))
		fail_msg("%.*s, not %s", (int)s.n, s.p, want);
	assert_string_equal(name, want_name);
	buf_free(&store);
}

#define EXPECT(in, type, want, name) \
	expect((in), sizeof(in) - 1, (type), (want), (name))

static void
test_order(void **state)
{
	(void)state;
	/* transport before declaration */
	EXPECT("<?xml version='1.0' encoding='koi8-r'?>\xe9",
	    "text/xml; charset=\"iso-8859-7\"",
	    "<?xml version='1.0' encoding='koi8-r'?>ι", "iso-8859-7");
	/* declaration alone */
	EXPECT("<?xml version='1.0' encoding='koi8-r'?>\xc1", NULL,
	    "<?xml version='1.0' encoding='koi8-r'?>а", "koi8-r");
	/* a mark before both */
	EXPECT("\xef\xbb\xbf\xd0\xb0", "text/xml; charset=koi8-r", "а",
	    "utf-8");
	/* two marks */
	EXPECT("\xef\xbb\xbf\xef\xbb\xbf<a/>", NULL, "<a/>", "utf-8");
	EXPECT("\xff\xfe<\0a\0", "text/xml; charset=utf-8", "<a", "utf-16le");
	EXPECT("\0<\0a", NULL, "<a", "utf-16be");
	EXPECT("\0\0\0<\0\0\0a", NULL, "<a", "utf-32be");
}

static void
test_lies(void **state)
{
	(void)state;
	/* Latin-1 is windows-1252 here */
	EXPECT("\x93hi\x94", "text/xml; charset=iso-8859-1", "“hi”",
	    "iso-8859-1");
	/* UTF-8 that calls itself Latin-1 */
	EXPECT("caf\xc3\xa9", "text/xml; charset=iso-8859-1", "café", "utf-8");
	/* Latin-1 that calls itself UTF-8 */
	EXPECT("<?xml version='1.0' encoding='utf-8'?>caf\xe9", NULL,
	    "<?xml version='1.0' encoding='utf-8'?>café", "windows-1252");
	/* both in one document */
	EXPECT("\xc3\xa9 \xe9 \xff", NULL, "é é ÿ", "utf-8");
	/* an overlong form, a surrogate: no way round them */
	EXPECT("\xc0\xaf", NULL, "À¯", "windows-1252");
	/* unknown, refused and bogus labels are passed over */
	EXPECT("+ADw-", "text/xml; charset=utf-7", "+ADw-", "utf-8");
	EXPECT("abc", "text/xml; charset=ebcdic-us", "abc", "utf-8");
	EXPECT("abc", "text/xml; charset:iso-8859-1", "abc", "utf-8");
	EXPECT("<?xml version='1.0' encoding='utf-16'?>\xc3\xa9", NULL, NULL,
	    "utf-8");
	EXPECT("", NULL, "", "utf-8");
}

static void
test_multibyte(void **state)
{
	(void)state;
	EXPECT("\xa4\xa4\xa4\xe5", "a/b; charset=big5", "中文", "big5");
	EXPECT("\x93\xfa\x96{", "a/b; charset=Shift_JIS", "日本",
	    "shift_jis");
	EXPECT("\xc6\xfc\xcb\xdc", "a/b; charset=EUC-JP", "日本", "euc-jp");
	EXPECT("\x1b$BF|K\\\x1b(B", "a/b; charset=iso-2022-jp", "日本",
	    "iso-2022-jp");
	EXPECT("\xb3\xe2", "a/b; charset=euc-kr", "년", "euc-kr");
	EXPECT("\xc4\xe3", "a/b; charset=gb2312", "你", "gb2312");
}

static void
mend(const char *in, const char *want)
{
	struct buf out = { 0 };

	assert_int_equal(charset_mend(&out, span_str(in)), want != NULL);
	if (want != NULL)
		assert_string_equal(buf_cstr(&out), want);
	buf_free(&out);
}

static void
test_mend(void **state)
{
	(void)state;
	mend("cafÃ©", "café");			/* encoded twice */
	mend("\xc3\xa2\xc2\x80\xc2\xa6", "…");
	mend("â€œhiâ€\xc2\x9d", "“hi”");	/* through windows-1252 */
	mend("don\xc2\x92t", "don’t");		/* U+0092 */
	mend("\xc2\x9b", "›");			/* never a control sequence */
	mend("CAFÉ…", NULL);
	mend("café", NULL);
	mend("“hi”", NULL);
	mend("plain", NULL);
	mend("日本", NULL);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_order),
		cmocka_unit_test(test_lies),
		cmocka_unit_test(test_multibyte),
		cmocka_unit_test(test_mend),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
