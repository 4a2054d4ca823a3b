// SPDX-License-Identifier: MIT
#include "analyse/rules/frequent_values.h"
#include "base/memory.h"
#include "base/random.h"
#include "base/test.h"

enum { VALUES = 1 << 20 };  // that there are

// Many values a few times, and some often, in any order.
static uint32_t draw(struct random *random, uint32_t often)
{
	const uint64_t x = random_u64(random);
	return (uint32_t)(x >> 32) % (x % 4 == 0 ? often : VALUES) * UINT32_C(4093);
}

static void check_list(const struct frequent_values *f, const uint32_t *truth, bool is_exact)
{
	size_t i = 0;
	for (uint64_t value = 0; value < (uint64_t)VALUES * 4093; value += 4093) {
		const uint32_t all = truth[value / 4093];
		if (i < f->count && f->list[i].value == value) {
			const uint32_t count = f->list[i++].count;
			CHECK(is_exact ? count == all : count <= all && all <= count + f->missed);
		} else {
			CHECK(all <= f->missed);
		}
	}
	CHECK(i == f->count);
}

TEST(few_values_are_counted_exactly)
{
	struct frequent_values f;
	uint32_t *truth = memory_new(VALUES, sizeof *truth);
	CHECK(frequent_values_init(&f) && truth != NULL);
	for (uint32_t i = 0; i < 3 * FREQUENT_VALUES_MAX + 5; i++) {
		const uint32_t value = (i * 40503u ^ i >> 3) % FREQUENT_VALUES_MAX;
		truth[value]++;
		frequent_values_add(&f, value * 4093);
	}
	frequent_values_end(&f);
	CHECK(f.missed == 0);
	check_list(&f, truth, true);
	frequent_values_done(&f);
	memory_free(truth);
}

TEST(of_many_values_no_frequent_one_is_missed_and_a_second_pass_counts_them)
{
	for (uint32_t often = 10; often < 100000; often *= 20) {
		struct frequent_values f;
		struct random random = random_from(7), again = random;
		uint32_t *truth = memory_new(VALUES, sizeof *truth);
		const size_t numbers = 3000000;
		CHECK(frequent_values_init(&f) && truth != NULL);
		for (size_t i = 0; i < numbers; i++) {
			const uint32_t value = draw(&random, often);
			truth[value / 4093]++;
			frequent_values_add(&f, value);
		}
		frequent_values_end(&f);
		CHECK(f.missed > 0 && f.missed <= numbers / FREQUENT_VALUES_MAX);
		CHECK(f.count <= FREQUENT_VALUES_MAX);
		check_list(&f, truth, false);
		const uint64_t least = f.missed + UINT64_C(10);
		frequent_values_recount(&f, least);
		for (size_t i = 0; i < numbers; i++)
			frequent_values_count(&f, draw(&again, often));
		size_t expected = 0, found = 0;
		for (size_t i = 0; i < VALUES; i++)
			expected += truth[i] >= least;
		for (size_t i = 0; i < f.count; i++) {
			CHECK(f.list[i].count == truth[f.list[i].value / 4093]);
			found += f.list[i].count >= least;
		}
		CHECK(found == expected && found > 0);
		frequent_values_done(&f);
		memory_free(truth);
	}
}

TEST_MAIN
