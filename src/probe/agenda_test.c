// SPDX-License-Identifier: MIT
#include "probe/agenda.h"

#include "base/random.h"
#include "base/test.h"

enum { ITEMS = 60 };

// Against a list that is looked through.
TEST(the_first_comes_first)
{
	struct random random = random_from(3);
	uint64_t times[ITEMS];
	struct agenda a;
	struct error error;
	CHECK(agenda_init(&a, ITEMS, &error));
	for (size_t i = 0; i < ITEMS; i++)
		times[i] = UINT64_MAX;
	for (unsigned step = 0; step < 100000; step++) {
		const uint32_t item = random_below(&random, ITEMS);
		uint64_t first = UINT64_MAX;
		uint32_t taken;
		switch (random_below(&random, 4)) {
		case 0:
			agenda_remove(&a, item);
			times[item] = UINT64_MAX;
			break;
		case 1:
			if (agenda_take(&a, 500, &taken)) {
				CHECK(times[taken] <= 500);
				times[taken] = UINT64_MAX;
			}
			break;
		default:
			times[item] = random_below(&random, 1000);
			agenda_set(&a, item, times[item]);
		}
		for (size_t i = 0; i < ITEMS; i++)
			first = times[i] < first ? times[i] : first;
		CHECK(agenda_next_ns(&a) == first);
	}
	agenda_done(&a);
}

TEST_MAIN
