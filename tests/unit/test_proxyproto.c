/*
 * PROXY headers: whole, cut off at every byte, and false ones.
 */
#include <arpa/inet.h>
#include <netinet/in.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "serve/proxyproto.h"

static ssize_t
parse(const char *p, size_t n, struct sockaddr_storage *ss)
{
	return proxy_parse((const unsigned char *)p, n, ss);
}

static void
test_text(void **state)
{
	static const char v4[] = "PROXY TCP4 192.0.2.7 192.0.2.1 5000 1965\r\n";
	static const char v6[] = "PROXY TCP6 2001:db8::7 ::1 5000 1965\r\n";
	struct sockaddr_storage ss;
	char ip[64];

	(void)state;
	assert_int_equal(parse(v4, sizeof(v4) - 1, &ss), sizeof(v4) - 1);
	assert_int_equal(ss.ss_family, AF_INET);
	inet_ntop(AF_INET, &((struct sockaddr_in *)&ss)->sin_addr, ip,
	    sizeof(ip));
	assert_string_equal(ip, "192.0.2.7");
	assert_int_equal(ntohs(((struct sockaddr_in *)&ss)->sin_port), 5000);
	assert_int_equal(parse(v6, sizeof(v6) - 1, &ss), sizeof(v6) - 1);
	assert_int_equal(ss.ss_family, AF_INET6);
	for (size_t n = 0; n < sizeof(v4) - 1; n++)
		assert_int_equal(parse(v4, n, &ss), -1);
}

static void
test_text_unknown(void **state)
{
	static const char line[] = "PROXY UNKNOWN what ever\r\n";
	struct sockaddr_storage ss;

	(void)state;
	assert_int_equal(parse(line, sizeof(line) - 1, &ss), sizeof(line) - 1);
	assert_int_equal(ss.ss_family, AF_UNSPEC);
}

static void
test_text_false(void **state)
{
	static const char *const lines[] = {
		"PROXY TCP4 192.0.2.7 192.0.2.1 5000\r\n",
		"PROXY TCP4 192.0.2.7 192.0.2.1 5000 1965 x\r\n",
		"PROXY TCP4 ::1 ::1 5000 1965\r\n",
		"PROXY TCP4 192.0.2.7 192.0.2.1 70000 1965\r\n",
		"PROXY TCP4 192.0.2.7 192.0.2.1 +1 1965\r\n",
		"PROXY TCP9 192.0.2.7 192.0.2.1 1 1\r\n",
		"PROXY TCP4  192.0.2.7 192.0.2.1 1 1\r\n",
		"PROXY TCP4 192.0.2.7 192.0.2.1 1 1\n",
		"gemini://localhost/\r\n",
		"\x16\x03\x01",
	};
	char endless[200] = "PROXY ";
	struct sockaddr_storage ss;

	(void)state;
	for (size_t i = 0; i < sizeof(lines) / sizeof(lines[0]); i++)
		if (parse(lines[i], strlen(lines[i]), &ss) != -2)
			fail_msg("taken: %s", lines[i]);
	memset(endless + 6, 'a', sizeof(endless) - 6);
	assert_int_equal(parse(endless, sizeof(endless), &ss), -2);
}

static void
test_binary(void **state)
{
	unsigned char v2[16 + 36 + 5] = { 0x0d, 0x0a, 0x0d, 0x0a, 0x00, 0x0d,
	    0x0a, 0x51, 0x55, 0x49, 0x54, 0x0a, 0x21, 0x11, 0, 12,
	    192, 0, 2, 8, 192, 0, 2, 1, 0x13, 0x88, 0x07, 0xad };
	struct sockaddr_storage ss;

	(void)state;
	assert_int_equal(proxy_parse(v2, 28, &ss), 28);
	assert_int_equal(ss.ss_family, AF_INET);
	assert_memory_equal(&((struct sockaddr_in *)&ss)->sin_addr, v2 + 16, 4);
	assert_int_equal(ntohs(((struct sockaddr_in *)&ss)->sin_port), 5000);
	for (size_t n = 0; n < 28; n++)
		assert_int_equal(proxy_parse(v2, n, &ss), -1);
	v2[13] = 0x21;
	v2[15] = 36 + 5;	/* with more that we do not know */
	assert_int_equal(proxy_parse(v2, sizeof(v2), &ss), sizeof(v2));
	assert_int_equal(ss.ss_family, AF_INET6);
	v2[12] = 0x20;		/* a health check */
	assert_int_equal(proxy_parse(v2, sizeof(v2), &ss), sizeof(v2));
	assert_int_equal(ss.ss_family, AF_UNSPEC);
	v2[12] = 0x31;		/* a version to come */
	assert_int_equal(proxy_parse(v2, sizeof(v2), &ss), -2);
	v2[12] = 0x21;
	v2[15] = 20;		/* too short for IPv6 */
	assert_int_equal(proxy_parse(v2, sizeof(v2), &ss), -2);
	v2[14] = 0xff;
	assert_int_equal(proxy_parse(v2, sizeof(v2), &ss), -2);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_text),
		cmocka_unit_test(test_text_unknown),
		cmocka_unit_test(test_text_false),
		cmocka_unit_test(test_binary),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
