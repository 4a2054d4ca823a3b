// SPDX-License-Identifier: MIT
// The same lengths as libbz2 has, over texts that are made to be awkward, and golden ones (compress_test.c).
#include "cluster/bzip2_length.h"

#include "base/memory.h"
#include "base/random.h"
#include "base/test.h"

#include <bzlib.h>
#include <string.h>

enum { LENGTH_MAX = 150000 };

// The library's memory, the same each time: from the heap it would be 8 MB of pages for each text.
static _Alignas(16) uint8_t arena[10 << 20];
static size_t arena_used;

static void *take(void *context, int count, int size)
{
	const size_t begin = (arena_used + 15) / 16 * 16;
	(void)context;
	arena_used = begin + (size_t)count * (size_t)size;
	return arena_used <= sizeof arena ? arena + begin : NULL;
}

static void give(void *context, void *room)
{
	(void)context, (void)room;
}

static uint32_t library_length(const uint8_t *bytes, size_t length)
{
	static char in[LENGTH_MAX + 1], out[LENGTH_MAX + LENGTH_MAX / 100 + 600];
	bz_stream s = { .bzalloc = take, .bzfree = give };
	arena_used = 0;
	memcpy(in, bytes, length);
	CHECK(BZ2_bzCompressInit(&s, 9, 0, 0) == BZ_OK);
	s.next_in = in;
	s.avail_in = (unsigned)length;
	s.next_out = out;
	s.avail_out = sizeof out;
	CHECK(BZ2_bzCompress(&s, BZ_FINISH) == BZ_STREAM_END);
	const uint32_t written = s.total_out_lo32;
	BZ2_bzCompressEnd(&s);
	return written;
}

static void check(struct bzip2_room *room, const uint8_t *bytes, size_t length)
{
	const uint32_t got = bzip2_length(room, bytes, length);
	const uint32_t wanted = library_length(bytes, length);
	if (got != wanted)
		printf("%zu bytes: %u, not %u\n", length, got, wanted);
	CHECK(got == wanted);
}

enum shape { RANDOM, RUNS, PERIODIC, NEARLY, SKEWED, SHAPES };

static void make(struct random *r, enum shape shape, unsigned letters, uint8_t *bytes,
                 size_t length)
{
	const size_t period = 1 + random_below(r, 50);
	for (size_t i = 0; i < length; i++) {
		const bool is_copy = (shape == RUNS && i > 0 && random_below(r, 3) > 0) ||
		                     (shape == PERIODIC && i >= period) ||
		                     (shape == NEARLY && i >= period && random_below(r, 30) > 0);
		uint32_t letter = random_below(r, letters);
		if (shape == SKEWED)
			letter = random_below(r, random_below(r, letter + 1) + 1);
		bytes[i] = is_copy ? bytes[i - (shape == RUNS ? 1 : period)] : (uint8_t)letter;
	}
}

TEST(lengths_are_those_of_the_library)
{
	static const unsigned letters[] = { 2, 4, 60, 256 };
	static uint8_t bytes[5000];
	struct random r = random_from(21);
	struct bzip2_room *room = bzip2_room_new(sizeof bytes);
	CHECK(room != NULL);
	for (unsigned i = 0; room != NULL && i < random_rounds(1500); i++) {
		const size_t length = random_below(&r, i % 50 == 0 ? 5000 : i % 2 == 0 ? 40 : 700);
		make(&r, random_below(&r, SHAPES), 1 + random_below(&r, letters[i % 4]), bytes,
		     length);
		check(room, bytes, length);
	}
	bzip2_room_free(room);
}

TEST(runs_of_all_lengths)
{
	uint8_t bytes[800];
	struct bzip2_room *room = bzip2_room_new(sizeof bytes);
	CHECK(room != NULL);
	for (size_t length = 0; room != NULL && length < sizeof bytes;
	     length += length < 10 || (length > 250 && length < 270) ? 1 : 13) {
		memset(bytes, 'x', length);
		check(room, bytes, length);
		if (length > 0)
			bytes[length / 2] = 'y';
		check(room, bytes, length);
	}
	bzip2_room_free(room);
}

// With so many symbols there is one code more; random bytes make a few less than there are of them.
TEST(one_symbol_more_and_there_is_another_code)
{
	static const size_t symbols[] = { 200, 600, 1200, 2400 };
	static uint8_t bytes[2500];
	struct random r = random_from(23);
	struct bzip2_room *room = bzip2_room_new(sizeof bytes);
	CHECK(room != NULL);
	for (unsigned i = 0; room != NULL && i < 4; i++)
		for (size_t length = symbols[i] - 3; length < symbols[i] + 18; length++) {
			make(&r, RANDOM, 256, bytes, length);
			check(room, bytes, length);
		}
	bzip2_room_free(room);
}

// Bytes each of which is as frequent as 0.58 of the one before make trees that are too deep for bzip2.
TEST(words_that_would_be_too_long)
{
	static uint8_t bytes[LENGTH_MAX];
	struct random r = random_from(22);
	struct bzip2_room *room = bzip2_room_new(sizeof bytes);
	CHECK(room != NULL);
	for (size_t i = 0; i < sizeof bytes; i++)
		while (bytes[i] < 255 && random_unit(&r) < 0.58)
			bytes[i]++;
	if (room != NULL)
		check(room, bytes, sizeof bytes);
	bzip2_room_free(room);
}

TEST(without_memory_there_is_none)
{
	for (unsigned long at = 1; at < 11; at++) {
		memory_fail_at(at);
		CHECK(bzip2_room_new(100) == NULL);
		memory_fail_at(0);
	}
}

TEST_MAIN
