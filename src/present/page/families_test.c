// SPDX-License-Identifier: MIT
// The order in which families stand.
#include "present/page/families.h"

#include "base/test.h"

#include <string.h>

// Strong ones in front, parts below their whole: mirai with mirai-2016, zmap, hajime with hajime-raw, an own one, all.
TEST(families_stand_by_strength)
{
	enum { FAMILIES = 7 };
	static const struct report_family families[FAMILIES] = {
		{ .name = "*" },
		{ .name = "hajime", .strength = "weak", .chance_bits = 16 },
		{ .name = "hajime-raw",
		  .strength = "published",
		  .chance_bits = 16,
		  .part_of = "hajime" },
		{ .name = "mirai", .strength = "seen", .chance_bits = 32 },
		{ .name = "mirai-2016",
		  .strength = "published",
		  .chance_bits = 32,
		  .part_of = "mirai" },
		{ .name = "mine", .strength = "user" },
		{ .name = "zmap", .strength = "seen", .chance_bits = 16 },
	};
	static const size_t wanted[FAMILIES] = { 3, 4, 6, 1, 2, 5, 0 };
	struct report_survey survey = { .family_count = FAMILIES };
	const struct report report = { .survey = &survey, .families = families };
	size_t order[2 * FAMILIES];
	CHECK(family_order(&report, order) == FAMILIES);
	CHECK(memcmp(order, wanted, sizeof wanted) == 0);
	CHECK(family_whole(&report, 4) == 3 && family_whole(&report, 3) == SIZE_MAX);
	// Without its whole a part stands for itself.
	survey.family_count = 1;
	CHECK(family_order(&(struct report){ .survey = &survey, .families = families + 2 },
	                   order) == 1);
	CHECK(family_whole(&(struct report){ .survey = &survey, .families = families + 2 }, 0) ==
	      SIZE_MAX);
}

TEST_MAIN
