// SPDX-License-Identifier: MIT
// The support of a day where nobody said one: the study's at the study's telescope, less at a smaller one, never
// less than what keeps chance away.
#include "analyse/rules/header_support.h"

#include "base/test.h"

TEST(the_study_has_its_own)
{
	CHECK(header_support(SUPPORT_LEAST, 293000, 65536) == SUPPORT_STUDY);
	CHECK(header_support(SUPPORT_LEAST, 293000, 0) == SUPPORT_STUDY);
	CHECK(header_support(SUPPORT_LEAST, 292999, 65536) == SUPPORT_STUDY);
	CHECK(header_support(SUPPORT_LEAST, 292707, 65536) == SUPPORT_STUDY - 1);
}

TEST(more_sources_than_the_telescope_is_for_hide_nothing)
{
	CHECK(header_support(SUPPORT_LEAST, 10000000, 65536) == SUPPORT_STUDY);
	CHECK(header_support(SUPPORT_LEAST, 10000000, 4096) == 62);
	CHECK(header_support(SUPPORT_LEAST, 10000000, 256) == SUPPORT_LEAST);
	CHECK(header_support(SUPPORT_LEAST, 10000000, UINT64_C(1) << 24) == 34130);
	CHECK(header_support(SUPPORT_LEAST, 10000000, 0) == 34130);
}

TEST(few_sources_have_the_least)
{
	CHECK(header_support(SUPPORT_LEAST, 0, 65536) == SUPPORT_LEAST);
	CHECK(header_support(SUPPORT_LEAST, 2930, 0) == SUPPORT_LEAST);
	CHECK(header_support(SUPPORT_LEAST, 2931, 0) == SUPPORT_LEAST + 1);
	CHECK(header_support(25, 2931, 0) == 25);
	CHECK(header_support(1, 0, 0) == 1);
	CHECK(header_support(1, UINT64_MAX, UINT64_C(1) << 32) == UINT64_C(65536000));
}

TEST_MAIN
