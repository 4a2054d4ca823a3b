// SPDX-License-Identifier: MIT
// Prefixes: what is written, joined, refused and held.
#include "ipset/ipset.h"

#include "base/memory.h"
#include "base/random.h"
#include "base/test.h"
#include "base/text.h"

#include <string.h>

static bool ranges_are(const char *text, const char *expected)
{
	struct ipset_prefixes prefixes;
	struct error error;
	char found[400] = "";
	if (!ipset_prefixes_parse(text, &prefixes, &error))
		return false;
	for (size_t i = 0; i < prefixes.count; i++) {
		char first[TEXT_IPV4_SIZE], last[TEXT_IPV4_SIZE];
		text_from_ipv4(prefixes.ranges[i].first, first);
		text_from_ipv4(prefixes.ranges[i].last, last);
		const size_t length = strlen(found);
		text_format(found + length, sizeof found - length, "%s%s-%s", i > 0 ? " " : "",
		            first, last);
	}
	ipset_prefixes_done(&prefixes);
	return text_equal(found, expected);
}

TEST(prefixes_are_joined_and_sorted)
{
	CHECK(ranges_are("192.0.2.0/24", "192.0.2.0-192.0.2.255"));
	CHECK(ranges_are("192.0.2.1", "192.0.2.1-192.0.2.1"));
	CHECK(ranges_are("192.0.2.1/32", "192.0.2.1-192.0.2.1"));
	CHECK(ranges_are("0.0.0.0/0", "0.0.0.0-255.255.255.255"));
	CHECK(ranges_are("0.0.0.0/0,10.0.0.0/8,255.255.255.255", "0.0.0.0-255.255.255.255"));
	CHECK(ranges_are("10.0.0.0/8, 9.0.0.0/8", "9.0.0.0-10.255.255.255"));
	CHECK(ranges_are("10.0.1.0/24,10.0.0.0/16,10.2.0.0/16",
	                 "10.0.0.0-10.0.255.255 10.2.0.0-10.2.255.255"));
	CHECK(ranges_are("255.255.255.255,255.255.255.254,0.0.0.0",
	                 "0.0.0.0-0.0.0.0 255.255.255.254-255.255.255.255"));
	CHECK(ranges_are("1.2.3.4/31,1.2.3.4/31", "1.2.3.4-1.2.3.5"));
}

TEST(prefixes_that_are_none_are_refused)
{
	static const char *const bad[] = {
		"",
		"x",
		"192.0.2",
		"192.0.2.0/33",
		"192.0.2.0/",
		"192.0.2.0/-1",
		"192.0.2.0/24/24",
		"/24",
		"192.0.2.1/24",
		"0.0.0.1/0",
		"128.0.0.0/0",
		"192.0.2.0/x",
		"256.0.0.0/8",
		"192.0.2.0/24,,192.0.3.0/24",
		"192.0.2.0/24;192.0.3.0/24",
		"192.0.2.0 /24",
		"2001:db8::/32",
		"192.0.2.0/2400000000000000000000000000000000000000000000000000000000000000000000",
		",192.0.2.0"
	};
	for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
		struct ipset_prefixes prefixes = { .count = 77 };
		struct error error = { .kind = ERROR_NONE };
		const bool is_refused = !ipset_prefixes_parse(bad[i], &prefixes, &error);
		CHECK(is_refused && error.kind == ERROR_USAGE && error.text[0] != '\0');
		CHECK(prefixes.count == 77 && prefixes.ranges == NULL);
		if (!is_refused)
			printf("taken: '%s'\n", bad[i]);
	}
	struct ipset_prefixes prefixes;
	struct error error;
	CHECK(!ipset_prefixes_parse("192.0.2.77/28", &prefixes, &error));
	CHECK(strstr(error.text, "192.0.2.64/28") != NULL);
	memory_fail_at(1);
	CHECK(!ipset_prefixes_parse("192.0.2.0/24", &prefixes, &error) &&
	      error.kind == ERROR_FAILED);
	memory_fail_at(0);
}

TEST(prefixes_have_a_maximum)
{
	struct buffer list = buffer_up_to(100000);
	struct ipset_prefixes prefixes = { .count = 0 };
	struct error error;
	for (unsigned i = 0; i < IPSET_PREFIXES_MAX; i++)
		buffer_format(&list, "%s10.%u.%u.0", i == 0 ? "" : ",", i / 256, i % 256);
	buffer_byte(&list, 0);
	CHECK(ipset_prefixes_parse((const char *)list.bytes, &prefixes, &error));
	CHECK(prefixes.count == IPSET_PREFIXES_MAX);
	ipset_prefixes_done(&prefixes);
	list.length--;
	buffer_text(&list, ",1.1.1.1");
	buffer_byte(&list, 0);
	CHECK(!ipset_prefixes_parse((const char *)list.bytes, &prefixes, &error) &&
	      error.kind == ERROR_USAGE);
	buffer_done(&list);
}

enum { LIST_MAX = 40 };

// Random prefixes in a small corner of the addresses, so that they meet, and some outside it.
static void compare_prefixes(uint64_t seed)
{
	struct random r = random_from(seed);
	struct ipset_prefix list[LIST_MAX];
	const unsigned count = 1 + random_below(&r, LIST_MAX);
	struct buffer text = buffer_up_to(4000);
	for (unsigned i = 0; i < count; i++) {
		const unsigned bits = random_below(&r, 6) == 0 ? random_below(&r, 33)
		                                               : 22 + random_below(&r, 11);
		const uint32_t mask = bits == 0 ? 0 : UINT32_MAX << (32 - bits);
		const uint32_t base = (random_below(&r, 5) == 0
		                               ? random_u32(&r)
		                               : 0xc0000000 | random_below(&r, 8192)) &
		                      mask;
		char address[TEXT_IPV4_SIZE];
		list[i] = (struct ipset_prefix){ base, base | ~mask };
		text_from_ipv4(base, address);
		buffer_format(&text, "%s%s/%u", i == 0 ? "" : ", ", address, bits);
	}
	buffer_byte(&text, 0);
	struct ipset_prefixes prefixes = { .count = 0 };
	struct error error;
	CHECK(ipset_prefixes_parse((const char *)text.bytes, &prefixes, &error));
	for (size_t i = 1; i < prefixes.count; i++)
		CHECK((uint64_t)prefixes.ranges[i - 1].last + 1 < prefixes.ranges[i].first);
	for (unsigned i = 0; i < 400; i++) {
		const struct ipset_prefix *near = &list[random_below(&r, count)];
		const uint32_t address = i % 4 == 0   ? random_u32(&r)
		                         : i % 4 == 1 ? near->first - i / 4 % 2
		                         : i % 4 == 2 ? near->last + i / 4 % 2
		                                      : 0xc0000000 | random_below(&r, 8192);
		bool expected = false;
		for (unsigned j = 0; j < count; j++)
			expected |= list[j].first <= address && address <= list[j].last;
		CHECK(ipset_prefixes_hold(&prefixes, address) == expected);
	}
	ipset_prefixes_done(&prefixes);
	buffer_done(&text);
}

TEST(prefixes_hold_what_one_of_the_list_holds)
{
	for (uint64_t seed = 0; seed < 400; seed++) {
		const unsigned before = test_failed_checks;
		compare_prefixes(seed);
		if (test_failed_checks > before)
			printf("seed %llu\n", (unsigned long long)seed);
	}
	const struct ipset_prefixes none = { .count = 0 };
	CHECK(!ipset_prefixes_hold(&none, 0));
}

TEST_MAIN
