// SPDX-License-Identifier: MIT
#include "place/home.h"

#include "base/test.h"

TEST(countries_networks_and_prefixes)
{
	struct home home;
	struct error error;
	CHECK(home_parse("AS4713,jp,192.0.2.0/24,as1", &home, &error));
	CHECK(home.count == 4 && home.entries[0].kind == HOME_NETWORK &&
	      home.entries[1].kind == HOME_COUNTRY && home.entries[2].kind == HOME_PREFIX);
	CHECK(strcmp(home.entries[1].text, "JP") == 0 && strcmp(home.entries[3].text, "AS1") == 0);
	CHECK(home_has_place(&home, "JP") && home_has_place(&home, "AS4713"));
	CHECK(!home_has_place(&home, "J") && !home_has_place(&home, "AS47130"));
	CHECK(!home_has_place(&home, "unknown"));
	CHECK(home_has_address(&home, 0xc0000200) && home_has_address(&home, 0xc00002ff));
	CHECK(!home_has_address(&home, 0xc00001ff) && !home_has_address(&home, 0xc0000300));
}

TEST(what_is_none_is_refused)
{
	static const char *const texts[] = { "",
		                             ",",
		                             "JP,",
		                             "JPN",
		                             "4713",
		                             "AS04713",
		                             "AS12345678901",
		                             "AS4713x",
		                             "192.0.2.0",
		                             "192.0.2.1/24",
		                             "192.0.2.0/33",
		                             "JP,jp",
		                             "J P",
		                             "a very long text indeed, and no place",
		                             "2001:db8::/32" };
	for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
		struct home home = { .count = 7 };
		struct error error;
		CHECK(!home_parse(texts[i], &home, &error));
		CHECK(home.count == 7 && strchr(error.text, '\n') == NULL);
	}
}

TEST_MAIN
