// SPDX-License-Identifier: MIT
// The sorting of a slot, and the wheel that says who wakes in it, against the
// obvious slow answers.
#include "simulate/order.h"
#include "simulate/wheel.h"

#include "base/memory.h"
#include "base/random.h"
#include "base/test.h"

enum { EVENTS = 6000, HOSTS = 5000 };

static void check_sorted(size_t count, uint32_t times, struct random *random)
{
	static uint64_t events[EVENTS], scratch[EVENTS];
	for (size_t i = 0; i < count; i++)
		events[i] = (uint64_t)random_below(random, times) << 32 | i;
	order_events(events, scratch, count);
	// Stable: of one moment in the order in which they came, so sorted as whole numbers.
	for (size_t i = 1; i < count; i++)
		CHECK(events[i - 1] < events[i]);
}

TEST(events_are_sorted_and_keep_their_order_within_a_moment)
{
	struct random random = random_from(5);
	for (int i = 0; i < 200; i++) {
		check_sorted(random_below(&random, 100), 60000000, &random);
		check_sorted(random_below(&random, EVENTS), 60000000, &random);
		check_sorted(random_below(&random, EVENTS), 20, &random);
	}
}

TEST(wheel_wakes_each_host_in_its_slot)
{
	struct wheel w;
	struct random random = random_from(6);
	uint64_t *wakes = memory_new(HOSTS, sizeof *wakes);
	CHECK(wheel_init(&w) && wheel_reserve(&w, HOSTS / 2) && wheel_reserve(&w, HOSTS));
	for (uint32_t host = 0; host < HOSTS; host++) {
		wakes[host] = random_below(&random, 3000);
		wheel_put(&w, wakes[host], host);
	}
	for (unsigned woken = 0; w.now < 20000; w.now++) {
		uint32_t hosts[WHEEL_CHUNK_HOSTS], due[HOSTS];
		size_t count = 0, taken;
		while ((taken = wheel_take(&w, hosts)) > 0)
			for (size_t i = 0; i < taken; i++)
				due[count++] = hosts[i];
		for (size_t i = 0; i < count; i++) {
			const uint64_t wake = wakes[due[i]];
			// Those beyond its reach come early, to be put again.
			CHECK(wake == w.now || wake > w.now);
			woken += wake == w.now;
			if (wake == w.now)
				wakes[due[i]] += 1 + random_below(&random, 9000);
			wheel_put(&w, wakes[due[i]], due[i]);
		}
		CHECK(w.now < 19999 || woken > HOSTS * 3);
	}
	for (uint32_t host = 0; host < HOSTS; host++)
		CHECK(wakes[host] >= w.now);
	wheel_done(&w);
	memory_free(wakes);
}

TEST_MAIN
