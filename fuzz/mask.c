// SPDX-License-Identifier: MIT
// An answer, masked: no longer than stated, the same for the same text, and in time that grows as its length does.
#include "device/mask.h"
#include "fuzz.h"

#include <stdlib.h>
#include <string.h>
#include <time.h>

// One input in so many is repeated, by the sum of its bytes, of which the first is for that alone (make_seeds.py has all seeds
// repeated). A long answer takes hundreds of times as long as a short one, and a byte that decides by itself would soon be
// so in all that the fuzzer keeps.
enum { LONG = 64 * 1024, REPEATED_ONE_IN = 61, SLOW_CLOCKS = CLOCKS_PER_SEC / 2 };

static struct buffer masked(struct span text)
{
	struct buffer out = buffer_up_to(2 * text.length);
	mask_answer(text, &out);
	REQUIRE(!out.failed || fuzz_is_starving);
	return out;
}

// The input again and again, up to the longest answer that there is: what looks at all the rest from each place takes
// seconds there, and else milliseconds.
static void require_linear(struct span input)
{
	uint8_t *many = fuzz_room(LONG);
	for (size_t at = 0; at < LONG; at++)
		many[at] = input.bytes[at % input.length];
	const clock_t before = clock();
	struct buffer out = masked((struct span){ many, LONG });
	REQUIRE(clock() - before < SLOW_CLOCKS);
	buffer_done(&out);
	free(many);
}

static bool is_repeated(struct span input)
{
	unsigned sum = 0;
	for (size_t i = 0; i < input.length; i++)
		sum += input.bytes[i];
	return sum % REPEATED_ONE_IN == 0;
}

void fuzz_one(struct span input)
{
	const bool repeats = is_repeated(input);
	(void)fuzz_u8(&input);
	struct buffer one = masked(input), other = masked(input);
	if (!one.failed && !other.failed) {
		REQUIRE(one.length <= 2 * input.length && one.length == other.length);
		REQUIRE(one.length == 0 || memcmp(one.bytes, other.bytes, one.length) == 0);
	}
	buffer_done(&one);
	buffer_done(&other);
	if (repeats && input.length > 0)
		require_linear(input);
}
