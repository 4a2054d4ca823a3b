// SPDX-License-Identifier: MIT
// An answer, masked: no longer than stated, the same for the same text, and in time that grows as its length does.
#include "device/mask.h"
#include "fuzz.h"

#include <stdlib.h>
#include <string.h>
#include <time.h>

enum { LONG = 64 * 1024, REPEATED_BELOW = 8, SLOW_CLOCKS = CLOCKS_PER_SEC / 2 };

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

void fuzz_one(struct span input)
{
	const bool is_repeated = fuzz_u8(&input) < REPEATED_BELOW;
	struct buffer one = masked(input), other = masked(input);
	if (!one.failed && !other.failed) {
		REQUIRE(one.length <= 2 * input.length && one.length == other.length);
		REQUIRE(one.length == 0 || memcmp(one.bytes, other.bytes, one.length) == 0);
	}
	buffer_done(&one);
	buffer_done(&other);
	if (is_repeated && input.length > 0)
		require_linear(input);
}
