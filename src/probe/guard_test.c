// SPDX-License-Identifier: MIT
#include "probe/guard.h"

#include "base/test.h"

static bool reads(struct guard *g, const char *text, struct error *error)
{
	return guard_read_opt_outs(g, (struct span){ (const uint8_t *)text, strlen(text) }, "list",
	                           error);
}

static bool is_asked(const struct guard *g, const char *text)
{
	uint32_t address = 0;
	CHECK(text_ipv4(text, &address));
	return guard_ask(g, address) == GUARD_FREE;
}

TEST(special_addresses_are_not_asked)
{
	static const char *const special[] = {
		"0.0.0.1",    "10.1.2.3",        "100.64.0.1",   "100.127.255.255",
		"127.0.0.1",  "169.254.1.1",     "172.16.0.1",   "172.31.255.255",
		"192.0.0.8",  "192.0.2.1",       "192.88.99.1",  "192.168.1.1",
		"198.18.0.1", "198.19.255.255",  "198.51.100.1", "203.0.113.1",
		"224.0.0.1",  "239.255.255.255", "240.0.0.1",    "255.255.255.255",
	};
	static const char *const others[] = { "1.0.0.1",    "9.255.255.255", "11.0.0.0",
		                              "100.63.0.1", "100.128.0.1",   "126.255.255.255",
		                              "128.0.0.1",  "172.15.0.1",    "172.32.0.1",
		                              "192.0.1.1",  "192.88.98.255", "192.88.100.0",
		                              "198.17.0.1", "198.20.0.1",    "223.255.255.255" };
	const struct guard guard = { .is_loopback = false };
	for (size_t i = 0; i < sizeof special / sizeof *special; i++)
		CHECK(!is_asked(&guard, special[i]));
	for (size_t i = 0; i < sizeof others / sizeof *others; i++)
		CHECK(is_asked(&guard, others[i]));
}

TEST(on_loopback_nobody_else_is_asked)
{
	const struct guard guard = { .is_loopback = true };
	CHECK(is_asked(&guard, "127.0.0.1") && is_asked(&guard, "127.255.255.255"));
	CHECK(!is_asked(&guard, "126.255.255.255") && !is_asked(&guard, "128.0.0.0"));
	CHECK(!is_asked(&guard, "1.1.1.1") && !is_asked(&guard, "10.0.0.1"));
}

TEST(who_opted_out_is_not_asked)
{
	struct guard guard = { .is_loopback = false };
	struct error error;
	CHECK(reads(&guard, "", &error) && is_asked(&guard, "1.2.3.4"));
	CHECK(reads(&guard,
	            "# by mail\n1.2.3.0/24 2026-11-30 hospital\r\n\n\t5.6.7.8 2027-01-01 # later\n"
	            "9.0.0.0/8\t2020-02-29",
	            &error));
	CHECK(!is_asked(&guard, "1.2.3.4") && is_asked(&guard, "1.2.4.0"));
	CHECK(!is_asked(&guard, "5.6.7.8") && is_asked(&guard, "5.6.7.9"));
	CHECK(!is_asked(&guard, "9.1.1.1"));
	CHECK(guard_ask(&guard, 0x01020304) == GUARD_OPTED_OUT);
	CHECK(guard_ask(&guard, 0x0a000001) == GUARD_SPECIAL);
	guard_done(&guard);
}

TEST(an_opt_out_that_is_wrong_is_no_list)
{
	static const char *const wrong[] = { "1.2.3.4",
		                             "1.2.3.4/24 2026-11-30",
		                             "1.2.3.0/33 2026-11-30",
		                             "example.org 2026-11-30",
		                             "2026-11-30 1.2.3.4",
		                             "1.2.3.4 2026-13-01",
		                             "1.2.3.4 yesterday",
		                             "1.2.3.4 2026-11-30\x01",
		                             "1.2.3.4,5.6.7.8 2026-11-30" };
	struct guard guard = { .is_loopback = false };
	struct error error;
	CHECK(reads(&guard, "9.9.9.9 2026-11-30\n", &error));
	for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
		char text[128];
		text_format(text, sizeof text, "7.7.7.7 2026-11-30\n\n%s\n", wrong[i]);
		CHECK(!reads(&guard, text, &error));
		CHECK(strstr(error.text, "'list' line 3 ") != NULL);
	}
	char text[600] = "7.7.7.7 2026-11-30 ";
	for (size_t i = strlen(text); i < sizeof text - 1; i++)
		text[i] = 'a';
	CHECK(!reads(&guard, text, &error));
	// What was there before stays.
	CHECK(!is_asked(&guard, "9.9.9.9") && is_asked(&guard, "7.7.7.7"));
	guard_done(&guard);
}

TEST_MAIN
