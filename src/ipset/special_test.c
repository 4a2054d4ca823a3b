// SPDX-License-Identifier: MIT
#include "base/test.h"
#include "base/text.h"
#include "ipset/ipset.h"

// First and last of each range, and the addresses beside them.
TEST(special_addresses_are_those_of_the_registry)
{
	static const char *const ranges[][2] = {
		{ "0.0.0.0", "0.255.255.255" },       { "10.0.0.0", "10.255.255.255" },
		{ "100.64.0.0", "100.127.255.255" },  { "127.0.0.0", "127.255.255.255" },
		{ "169.254.0.0", "169.254.255.255" }, { "172.16.0.0", "172.31.255.255" },
		{ "192.0.0.0", "192.0.0.255" },       { "192.0.2.0", "192.0.2.255" },
		{ "192.168.0.0", "192.168.255.255" }, { "198.18.0.0", "198.19.255.255" },
		{ "198.51.100.0", "198.51.100.255" }, { "203.0.113.0", "203.0.113.255" },
		{ "224.0.0.0", "255.255.255.255" },
	};
	for (size_t i = 0; i < sizeof ranges / sizeof *ranges; i++) {
		uint32_t first = 0, last = 0;
		CHECK(text_ipv4(ranges[i][0], &first) && text_ipv4(ranges[i][1], &last));
		CHECK(ipset_is_special(first) && ipset_is_special(last));
		CHECK(ipset_is_special(first + (last - first) / 2));
		CHECK(first == 0 || !ipset_is_special(first - 1));
		CHECK(last == UINT32_MAX || !ipset_is_special(last + 1));
	}
}

TEST_MAIN
