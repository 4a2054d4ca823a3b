// SPDX-License-Identifier: MIT
#include "sample/original_key.h"

#include <string.h>

const struct original_key original_keys[] = {
	{ 0xdeadbeef, "the source code of 2016; mirai-toushi, sample/xor_table.json" },
	{ 0xdedeffba, "Masuta: NewSky Security, 2018-01; Hakai: Unit 42, 2018-07" },
	{ 0xdedefbaf, "Sora, Josho: Netlab, VB2018; Trend Micro, 2020-02" },
	{ 0xdfdaacfd, "Echobot: Unit 42, 2019-06" },
	{ 0xdeacfbef, "Okane: Unit 42, 2018-07" },
	{ 0xdeaddaad, "Unstable: Trend Micro, 2020-02" },
	{ 0xbaadf00d, "Omni: Unit 42, 2018-07" },
	{ 0x1337c0d3, "Wicked: Fortinet, 2018-05" },
	{ 0xdf7ecadf, "Akiru: notes of the fork of mirai-toushi, 2026" },
};
const size_t original_key_count = sizeof original_keys / sizeof *original_keys;

static bool find(struct span file, uint32_t constant, bool is_big, size_t *out)
{
	uint8_t bytes[4];
	for (unsigned i = 0; i < 4; i++)
		bytes[i] = (uint8_t)(constant >> 8 * (is_big ? 3 - i : i));
	const uint8_t *at = file.length > 0 ? memmem(file.bytes, file.length, bytes, 4) : NULL;
	if (at != NULL)
		*out = (size_t)(at - file.bytes);
	return at != NULL;
}

void original_key_find(struct span file, uint8_t key, uint32_t *out, size_t *out_offset)
{
	for (size_t i = 0; i < original_key_count; i++) {
		const uint32_t constant = original_keys[i].constant;
		if (original_key_fold(constant) != key)
			continue;
		if (find(file, constant, false, out_offset) ||
		    find(file, constant, true, out_offset)) {
			*out = constant;
			return;
		}
	}
	*out = 0;
}
