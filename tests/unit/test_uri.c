/* Addresses: RFC 3986's resolution, and what is refused. */
#include "convert_pairs.h"

#include "base/uri.h"

static void
resolves(const char *base, const char *ref, const char *want)
{
	struct buf out = { 0 };
	int rc = uri_resolve(&out, base, span_str(ref));

	if ((rc != 0) != (want == NULL))
		print_error("of: %s against %s\n", ref, base);
	if (want == NULL)
		assert_int_not_equal(rc, 0);
	else
		assert_int_equal(rc, 0);
	assert_string_equal(buf_cstr(&out), want != NULL ? want : "");
	buf_free(&out);
}

static void
test_resolve(void **state)
{
	static const char base[] = "http://a/b/c/d;p?q";

	(void)state;
	resolves(base, "g", "http://a/b/c/g");
	resolves(base, "./g/", "http://a/b/c/g/");
	resolves(base, "//g", "http://g/");
	resolves(base, "?y", "http://a/b/c/d;p?y");
	resolves(base, "../../../g", "http://a/g");
	resolves(base, "g;x=1/../y", "http://a/b/c/y");
	resolves(base, "mailto:x@y.example", "mailto:x@y.example");
	resolves(NULL, "g", NULL);
	resolves("https:/x", "y", NULL);
	resolves("http:x", "http:http:y", NULL);
}

static void
test_normal_form(void **state)
{
	(void)state;
	resolves(NULL, "HTTPS://S.Example:443", "https://s.example/");
	resolves(NULL, "gemini://s.example:1965/x", "gemini://s.example/x");
	resolves(NULL, "https://s.example/a b\u00e4%7e",
	    "https://s.example/a%20b%C3%A4%7e");
	resolves(NULL, "https://b\u00fccher.example/",
	    "https://xn--bcher-kva.example/");
	resolves(NULL, "https:\\\\s.example\\x", "https://s.example/x");
	resolves(NULL, " https://s.ex\nample/ ", "https://s.example/");
	resolves(NULL, "https://s example/", NULL);
	resolves(NULL, "https://s.example:99999/", NULL);
	resolves(NULL, "x:/.//y", NULL);
	resolves(NULL, "https://\u200b/", NULL);
}

static void
test_compare(void **state)
{
	struct buf a = { 0 }, b = { 0 };

	(void)state;
	uri_canonical(&a, "http://www.s.example/p/?utm_source=x#f");
	uri_canonical(&b, "https://s.example/p");
	assert_string_equal(buf_cstr(&a), buf_cstr(&b));
	buf_clear(&a);
	uri_public(&a, "https://u:p@s.example/p?key=1");
	assert_string_equal(buf_cstr(&a), "https://s.example/p");
	assert_true(uri_scheme_linkable("gemini"));
	assert_false(uri_scheme_linkable("javascript"));
	buf_free(&a);
	buf_free(&b);
}

/* An address in its normal form takes a short way, to the same end. */
static void
test_ports(void **state)
{
	static const char *const ports[] = { "", ":", ":80", ":443", ":8080",
	    ":1", ":0", ":080", ":08080", ":65535", ":65536", ":99999",
	    ":100000", ":8a", ":-1", ":80:80" };

	(void)state;
	for (size_t i = 0; i < 2 * sizeof(ports) / sizeof(ports[0]); i++) {
		struct buf shorter = { 0 }, longer = { 0 }, in = { 0 };
		const char *scheme = i % 2 == 0 ? "http" : "https";
		int rc;

		buf_putf(&in, "%s://h.example%s/x?y", scheme, ports[i / 2]);
		rc = uri_resolve(&shorter, NULL, buf_span(&in));
		buf_clear(&in);
		/* the capital is what is looked at closely */
		buf_putf(&in, "%s://H.example%s/x?y", scheme, ports[i / 2]);
		assert_int_equal(uri_resolve(&longer, NULL, buf_span(&in)), rc);
		assert_string_equal(buf_cstr(&shorter), buf_cstr(&longer));
		buf_free(&shorter);
		buf_free(&longer);
		buf_free(&in);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_resolve),
		cmocka_unit_test(test_normal_form),
		cmocka_unit_test(test_compare),
		cmocka_unit_test(test_ports),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
