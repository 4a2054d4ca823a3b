// SPDX-License-Identifier: MIT
// pcap behind a magic number that is always right, and the same records again
// behind one so long that they lie across a border of the blocks in which a file
// is read: the frames have to be the same.
//
// Input: a byte of choices, then the file from its version on.
#include "check_capture.h"
#include "fuzz.h"

#include "base/buffer.h"
#include "capture/stream.h"

#include <stdlib.h>
#include <string.h>

enum { HEADER = 24, RECORD = 16, LENGTH_MAX = 64 * 1024 };

static const uint32_t magics[] = { 0xa1b2c3d4, 0xa1b23c4d, 0xa1b2cd34 };

static uint32_t magic_of(uint8_t choices)
{
	const uint32_t magic = magics[choices % 3];
	return choices & 0x80 ? __builtin_bswap32(magic) : magic;
}

// A record that ends `distance` bytes before the border.
static size_t put_long_record(uint8_t *at, uint8_t choices, size_t distance)
{
	const size_t header = RECORD + (choices % 3 == 2 ? 8 : 0);
	const uint32_t length = (uint32_t)(STREAM_BLOCK - HEADER - header - distance);
	const uint32_t number = choices & 0x80 ? __builtin_bswap32(length) : length;
	memset(at, 0, header + length);
	memcpy(at + 8, &number, 4);
	memcpy(at + 12, &number, 4);
	return header + length;
}

static void check_across(const uint8_t *header, struct span records, uint8_t choices)
{
	uint8_t *file = fuzz_room(STREAM_BLOCK + records.length);
	memcpy(file, header, HEADER);
	const size_t before = put_long_record(file + HEADER, choices, records.length / 2);
	if (records.length > 0)
		memcpy(file + HEADER + before, records.bytes, records.length);
	struct reading across = reading_of((struct span){ file, HEADER + before + records.length },
	                                   256);
	const size_t skip = 5 * sizeof(uint64_t) + before - RECORD - (choices % 3 == 2 ? 8 : 0);
	memcpy(file + HEADER, records.length > 0 ? records.bytes : header, records.length);
	struct reading plain = reading_of((struct span){ file, HEADER + records.length }, 256);
	// A version that nobody knows has no frames at all.
	if (!fuzz_is_starving && across.frames > 0)
		REQUIRE(across.frames == plain.frames + 1 &&
		        across.is_damaged == plain.is_damaged &&
		        across.length == plain.length + skip &&
		        (plain.length == 0 ||
		         memcmp(across.bytes + skip, plain.bytes, plain.length) == 0));
	reading_done(&across);
	reading_done(&plain);
	free(file);
}

void fuzz_one(struct span input)
{
	const uint8_t choices = fuzz_u8(&input);
	const uint32_t magic = magic_of(choices);
	if (input.length > LENGTH_MAX)
		return;
	uint8_t *file = fuzz_room(4 + input.length);
	memcpy(file, &magic, 4);
	if (input.length > 0)
		memcpy(file + 4, input.bytes, input.length);
	const struct span whole = { file, 4 + input.length };
	check_capture(whole);
	if (whole.length >= HEADER && choices & 0x40)
		check_across(file, span_from(whole, HEADER), choices);
	free(file);
}
