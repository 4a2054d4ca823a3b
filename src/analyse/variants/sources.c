// SPDX-License-Identifier: MIT
#include "analyse/variants/sources.h"

#include <stddef.h>

const char *source_flag_name(enum source_flag flag)
{
	static const char *const names[SOURCE_FLAGS] = { "", "private", "special", "own" };
	return names[flag];
}

enum source_flag source_flag_of(uint32_t address)
{
	static const struct {
		uint32_t first;
		unsigned bits;
		enum source_flag flag;
	} ranges[] = {
		{ 0x0a000000, 8, SOURCE_PRIVATE },  { 0xac100000, 12, SOURCE_PRIVATE },
		{ 0xc0a80000, 16, SOURCE_PRIVATE }, { 0x64400000, 10, SOURCE_PRIVATE },
		{ 0x00000000, 8, SOURCE_SPECIAL },  { 0x7f000000, 8, SOURCE_SPECIAL },
		{ 0xa9fe0000, 16, SOURCE_SPECIAL }, { 0xc6120000, 15, SOURCE_SPECIAL },
		{ 0xe0000000, 3, SOURCE_SPECIAL },
	};
	for (size_t i = 0; i < sizeof ranges / sizeof *ranges; i++)
		if ((address ^ ranges[i].first) >> (32 - ranges[i].bits) == 0)
			return ranges[i].flag;
	return SOURCE_COUNTS;
}
