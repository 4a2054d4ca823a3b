// SPDX-License-Identifier: MIT
// pcapng behind a section header that is always right, and the same blocks again
// behind one that nobody knows and that is so long that they lie across a border
// of the blocks in which a file is read: the frames have to be the same.
//
// Input: a byte of choices, then blocks. Where the choices say so, the two
// lengths of each block are made equal, so that mutations reach what is behind.
#include "check_capture.h"
#include "fuzz.h"

#include "capture/stream.h"

#include <stdlib.h>
#include <string.h>

enum { SECTION = 28, LENGTH_MAX = 64 * 1024 };
enum { BIG_ENDIAN_FILE = 0x80, ACROSS = 0x40, MEND = 0x20 };

static void put_u32(uint8_t *at, uint32_t number, uint8_t choices)
{
	if (choices & BIG_ENDIAN_FILE)
		number = __builtin_bswap32(number);
	memcpy(at, &number, 4);
}

static void put_section(uint8_t *at, uint8_t choices)
{
	put_u32(at, 0x0a0d0d0a, choices);
	put_u32(at + 4, SECTION, choices);
	put_u32(at + 8, 0x1a2b3c4d, choices);
	put_u32(at + 12, choices & BIG_ENDIAN_FILE ? 0x10000 : 1, choices);
	memset(at + 16, 0xff, 8);
	put_u32(at + 24, SECTION, choices);
}

static void mend(uint8_t *at, size_t left, uint8_t choices)
{
	while (left >= 12) {
		uint32_t length;
		memcpy(&length, at + 4, 4);
		if (choices & BIG_ENDIAN_FILE)
			length = __builtin_bswap32(length);
		length = (length & 0xffff) / 4 * 4;
		if (length < 12 || length > left)
			length = (uint32_t)(left / 4 * 4);
		put_u32(at + 4, length, choices);
		put_u32(at + length - 4, length, choices);
		at += length;
		left -= length;
	}
}

static void check_across(const uint8_t *plain_file, size_t length, uint8_t choices)
{
	const size_t blocks = length - SECTION;
	const uint32_t filler = (uint32_t)(STREAM_BLOCK - SECTION - blocks / 2) / 4 * 4;
	uint8_t *file = fuzz_room(SECTION + filler + blocks);
	memcpy(file, plain_file, SECTION);
	put_u32(file + SECTION, 0x0bad, choices);
	put_u32(file + SECTION + 4, filler, choices);
	put_u32(file + SECTION + filler - 4, filler, choices);
	memcpy(file + SECTION + filler, plain_file + SECTION, blocks);
	struct reading across = reading_of((struct span){ file, SECTION + filler + blocks }, 256);
	struct reading plain = reading_of((struct span){ plain_file, length }, 256);
	if (!fuzz_is_starving)
		REQUIRE(across.frames == plain.frames && across.length == plain.length &&
		        across.is_damaged == plain.is_damaged &&
		        (plain.length == 0 ||
		         memcmp(across.bytes, plain.bytes, plain.length) == 0));
	reading_done(&across);
	reading_done(&plain);
	free(file);
}

void fuzz_one(struct span input)
{
	const uint8_t choices = fuzz_u8(&input);
	if (input.length > LENGTH_MAX)
		return;
	const size_t length = SECTION + input.length;
	uint8_t *file = fuzz_room(length);
	put_section(file, choices);
	if (input.length > 0)
		memcpy(file + SECTION, input.bytes, input.length);
	if (choices & MEND)
		mend(file + SECTION, input.length, choices);
	check_capture((struct span){ file, length });
	if (choices & ACROSS)
		check_across(file, length, choices);
	free(file);
}
