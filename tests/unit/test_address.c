/*
 * Which addresses a feed may never reach: a table, by every spelling that
 * getaddrinfo() understands.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <netdb.h>
#include <stdio.h>
#include <string.h>

#include "fetch/address.h"

struct row {
	const char	*text;
	bool		 inner;
};

static const struct row rows[] = {
	/* IPv4, the first and last address of each range and its neighbours */
	{ "0.0.0.0", true }, { "0.255.255.255", true }, { "1.0.0.0", false },
	{ "9.255.255.255", false }, { "10.0.0.1", true },
	{ "10.255.255.255", true }, { "11.0.0.0", false },
	{ "100.63.255.255", false }, { "100.64.0.0", true },
	{ "100.127.255.255", true }, { "100.128.0.0", false },
	{ "126.255.255.255", false }, { "127.0.0.1", true },
	{ "127.255.255.255", true }, { "128.0.0.0", false },
	{ "169.253.255.255", false }, { "169.254.169.254", true },
	{ "169.255.0.0", false }, { "172.15.255.255", false },
	{ "172.16.0.0", true }, { "172.31.255.255", true },
	{ "172.32.0.0", false }, { "192.0.0.1", true },
	{ "192.0.1.0", false }, { "192.0.2.1", true },
	{ "192.88.99.1", true }, { "192.88.100.1", false },
	{ "192.167.255.255", false }, { "192.168.0.1", true },
	{ "192.169.0.0", false }, { "198.17.255.255", false },
	{ "198.18.0.0", true }, { "198.19.255.255", true },
	{ "198.20.0.0", false }, { "198.51.100.7", true },
	{ "203.0.113.7", true }, { "203.0.114.0", false },
	{ "223.255.255.255", false }, { "224.0.0.1", true },
	{ "239.255.255.255", true }, { "240.0.0.0", true },
	{ "255.255.255.255", true }, { "8.8.8.8", false },
	{ "93.184.216.34", false },
	/* the same addresses, spelt to slip by */
	{ "2130706433", true }, { "0x7f000001", true }, { "0x7f.1", true },
	{ "127.1", true }, { "0177.0.0.1", true }, { "0", true },
	{ "017700000001", true }, { "0xa9fea9fe", true }, { "10.1", true },
	{ "134744072", false }, { "0x08.8.2056", false },
	/* IPv6 */
	{ "::", true }, { "::1", true }, { "::2", true },
	{ "2001:4860:4860::8888", false }, { "2a00:1450::1", false },
	{ "fc00::1", true }, { "fdff::1", true }, { "fe00::1", false },
	{ "fe80::1", true }, { "febf::1", true }, { "fec0::1", true },
	{ "feff::1", true }, { "ff02::1", true }, { "100::1", true },
	{ "2001::1", true }, { "2001:1ff::1", true },
	{ "2001:200::1", false }, { "2001:db8::1", true },
	{ "64:ff9b:1::1", true }, { "3fff::1", true },
	/* IPv4 inside IPv6: mapped, translated, compatible, NAT64, 6to4, ISATAP */
	{ "::ffff:127.0.0.1", true }, { "::ffff:8.8.8.8", false },
	{ "::ffff:10.0.0.1", true }, { "::ffff:7f00:1", true },
	{ "::ffff:0:127.0.0.1", true }, { "::ffff:0:8.8.8.8", false },
	{ "::127.0.0.1", true }, { "::10.1.2.3", true },
	{ "64:ff9b::7f00:1", true }, { "64:ff9b::10.0.0.1", true },
	{ "64:ff9b::8.8.8.8", false }, { "64:ff9b::169.254.169.254", true },
	{ "2002:7f00:1::", true }, { "2002:0a00:1::1", true },
	{ "2002:0808:0808::1", false },
	{ "2a00::5efe:127.0.0.1", true }, { "2a00::200:5efe:10.0.0.1", true },
	{ "2a00::200:5efe:8.8.8.8", false },
};

static struct addrinfo *
look(const char *text)
{
	const struct addrinfo hints = { .ai_flags = AI_NUMERICHOST,
	    .ai_socktype = SOCK_STREAM };
	struct addrinfo *list = NULL;

	if (getaddrinfo(text, "1965", &hints, &list) != 0)
		fail_msg("%s is no address", text);
	return list;
}

static void
test_table(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct addrinfo *list = look(rows[i].text);

		if (address_is_inner(list->ai_addr) != rows[i].inner)
			fail_msg("%s should be %s", rows[i].text,
			    rows[i].inner ? "inner" : "outer");
		freeaddrinfo(list);
	}
}

static void
test_scope(void **state)
{
	struct addrinfo *list = look("2a00:1450::1");
	struct sockaddr_in6 in6;

	(void)state;
	memcpy(&in6, list->ai_addr, sizeof(in6));
	freeaddrinfo(list);
	assert_false(address_is_inner((struct sockaddr *)&in6));
	in6.sin6_scope_id = 2;
	assert_true(address_is_inner((struct sockaddr *)&in6));
}

static void
test_other_families(void **state)
{
	const struct sockaddr sa = { .sa_family = AF_UNIX };

	(void)state;
	assert_true(address_is_inner(&sa));
}

static void
test_text(void **state)
{
	(void)state;
	assert_true(address_text_is_inner("127.0.0.1"));
	assert_true(address_text_is_inner("::ffff:10.0.0.1"));
	assert_true(address_text_is_inner("2a00::1%eth0"));
	assert_false(address_text_is_inner("8.8.8.8"));
	assert_false(address_text_is_inner("example.org"));
	assert_false(address_text_is_inner(""));
}

static void
test_ports(void **state)
{
	static const int open[] = { 70, 80, 443, 1965, 7070, 8000, 8080, 8443,
	    49152, 65535 };
	static const int shut[] = { -1, 0, 22, 23, 25, 53, 110, 143, 465, 587,
	    993, 6379, 6667, 11211, 65536 };

	(void)state;
	for (size_t i = 0; i < sizeof(open) / sizeof(open[0]); i++)
		assert_false(address_port_denied(open[i]));
	for (size_t i = 0; i < sizeof(shut) / sizeof(shut[0]); i++)
		assert_true(address_port_denied(shut[i]));
}

static bool
own(const char *text, const char *listener)
{
	const char *const list[] = { "192.0.2.99:70", listener, NULL };
	struct addrinfo *ai = look(text);	/* port 1965 */
	bool is = address_is_own(ai->ai_addr, list);

	freeaddrinfo(ai);
	return is;
}

static void
test_own(void **state)
{
	struct addrinfo *ai = look("127.0.0.1");

	(void)state;
	assert_false(address_is_own(ai->ai_addr, NULL));
	freeaddrinfo(ai);
	assert_true(own("127.0.0.1", "127.0.0.1:1965"));
	assert_true(own("::ffff:127.0.0.1", "127.0.0.1:1965"));
	assert_false(own("127.0.0.2", "127.0.0.1:1965"));
	assert_false(own("127.0.0.1", "127.0.0.1:1966"));
	assert_true(own("127.0.0.9", "0.0.0.0:1965"));
	assert_true(own("127.0.0.9", "[::]:1965"));
	assert_true(own("::1", "[::]:1965"));
	assert_true(own("127.0.0.1", ":1965"));
	assert_true(own("127.0.0.1", "*:1965"));
	assert_true(own("0.0.0.0", "0.0.0.0:1965"));
	assert_false(own("8.8.8.8", "0.0.0.0:1965"));
	assert_false(own("127.0.0.1", "unix:/run/x"));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_table),
		cmocka_unit_test(test_scope),
		cmocka_unit_test(test_other_families),
		cmocka_unit_test(test_text),
		cmocka_unit_test(test_ports),
		cmocka_unit_test(test_own),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
