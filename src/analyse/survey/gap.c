// SPDX-License-Identifier: MIT
#include "analyse/survey/gap.h"

#include "analyse/set_merge.h"
#include "base/memory.h"
#include "holdings/days.h"

#include <math.h>

enum { DAYS_A_WEEK = 7, ADDRESSES = 65536 };
#define NEVER UINT32_MAX

uint32_t gap_of_size(uint64_t addresses)
{
	const double seen_a_day = 86400.0 * (double)addresses / 4294967296.0;
	return addresses == 0 ? 0 : (uint32_t)ceil(log(100) / seen_a_day);
}

// ---- silences that ended

// What one thread counts, one /16 at a time over all days.
struct counter {
	uint32_t
		ripe_days;  // only silences behind a sighting on one of the first so many days count
	uint64_t silences[GAP_MOST_DAYS + 1];  // by days
	uint32_t last[ADDRESSES];              // sighting; NEVER: not in this /16
	uint16_t values[ADDRESSES], touched[ADDRESSES];
	uint32_t touched_count;
};

static struct counter *counter_new(uint32_t ripe_days)
{
	struct counter *c = memory_large(sizeof *c);
	if (c == NULL)
		return NULL;
	c->ripe_days = ripe_days;
	c->touched_count = 0;
	for (size_t i = 0; i <= GAP_MOST_DAYS; i++)
		c->silences[i] = 0;
	for (size_t i = 0; i < ADDRESSES; i++)
		c->last[i] = NEVER;
	return c;
}

static void see(struct counter *c, uint16_t address, uint32_t day)
{
	const uint32_t last = c->last[address];
	if (last == NEVER)
		c->touched[c->touched_count++] = address;
	else if (day > last + 1 && day - last - 1 <= GAP_MOST_DAYS && last < c->ripe_days)
		c->silences[day - last - 1]++;
	c->last[address] = day;
}

static bool see_container(void *state, const struct ipset_container *container, uint32_t day)
{
	struct counter *c = state;
	const uint32_t count = ipset_container_values(container, c->values);
	for (uint32_t i = 0; i < count; i++)
		see(c, c->values[i], day);
	return count > 0;
}

static bool forget(void *state, uint32_t key)
{
	struct counter *c = state;
	(void)key;
	for (uint32_t i = 0; i < c->touched_count; i++)
		c->last[c->touched[i]] = NEVER;
	c->touched_count = 0;
	return true;
}

static const struct set_visitor silence_visitor = { see_container, forget };

static bool count_silences(struct holdings *holdings, struct day_range days, unsigned threads,
                           uint64_t silences[GAP_MOST_DAYS + 1], struct error *error)
{
	const uint32_t day_count = (uint32_t)(days.to - days.from) + 1;
	void *counters[POOL_THREADS_MAX] = { NULL };
	struct set_merge merge = { .visitor = &silence_visitor,
		                   .states = counters,
		                   .threads = pool_threads(threads),
		                   .first_day = days.from };
	bool ok = true;
	if (day_count <= GAP_MOST_DAYS + 1)
		return true;
	for (unsigned i = 0; ok && i < merge.threads; i++) {
		counters[i] = counter_new(day_count - 1 - GAP_MOST_DAYS);
		ok = counters[i] != NULL || error_memory(error, "the silences of sources");
	}
	ok = ok && set_merge_open(&merge, holdings, days.to, HOLDINGS_ALL_SYNS, error) &&
	     set_merge_run(&merge, error);
	set_merge_close(&merge);
	for (unsigned i = 0; i < merge.threads; i++) {
		for (size_t days_of = 0; ok && days_of <= GAP_MOST_DAYS; days_of++)
			silences[days_of] += ((struct counter *)counters[i])->silences[days_of];
		memory_free(counters[i]);
	}
	return ok;
}

// ---- the gap

static uint64_t smallest_telescope(const struct holdings *holdings)
{
	const struct telescope *telescope = holdings_about(holdings).telescope_days;
	struct held_day day = { .count = 0 };
	uint64_t least = 0;
	while (held_day_next(holdings, all_days, &day)) {
		const uint64_t size = telescope_size(telescope, day.day);
		least = size > 0 && (least == 0 || size < least) ? size : least;
	}
	return least;
}

static void by_silences(const uint64_t silences[GAP_MOST_DAYS + 1], struct gap *out)
{
	uint64_t met = 0;
	for (uint32_t days = 1; days <= GAP_MOST_DAYS; days++)
		out->silences += silences[days];
	for (uint32_t days = 1; out->silences >= GAP_SILENCES_MIN && out->silence_days == 0;
	     days++) {
		met += silences[days];
		if (met * 100 >= out->silences * GAP_OF_100)
			out->silence_days = days;
	}
	const uint32_t weeks = (out->silence_days + DAYS_A_WEEK - 1) / DAYS_A_WEEK;
	const uint32_t days = weeks > 0 ? weeks * DAYS_A_WEEK : GAP_MOST_DAYS;
	out->days = days < out->size_days ? days : out->size_days;
}

bool gap_find(struct holdings *holdings, unsigned threads, struct gap *out, struct error *error)
{
	struct gap gap = { .days = SURVEY_GAP_NONE, .addresses = smallest_telescope(holdings) };
	uint64_t silences[GAP_MOST_DAYS + 1] = { 0 };
	struct day_range days;
	gap.size_days = gap_of_size(gap.addresses);
	if (gap.size_days > 0 && gap.size_days <= GAP_SHORT_DAYS) {
		gap.days = gap.size_days;
	} else if (gap.size_days > 0 && held_days_bounds(holdings, all_days, &days)) {
		if (!count_silences(holdings, days, threads, silences, error))
			return false;
		by_silences(silences, &gap);
	}
	*out = gap;
	return true;
}
