// SPDX-License-Identifier: MIT
// The gap that suits a telescope, by its size, and by a naive count of the silences of random worlds.
#include "analyse/survey/gap.h"

#include "analyse/survey/survey.h"
#include "base/text.h"
#include "holdings/test_memory.h"

#include <math.h>

// T = ln(100) 2^32 / (86,400 n), which is where a device of one packet a second is missed once in a hundred.
TEST(gap_of_a_telescope)
{
	CHECK(gap_of_size(0) == 0);
	CHECK(gap_of_size(1u << 24) == 1 && gap_of_size(UINT64_C(1) << 32) == 1);
	CHECK(gap_of_size(1u << 16) == 4 && gap_of_size(1u << 14) == 14);
	CHECK(gap_of_size(1u << 12) == 56 && gap_of_size(1u << 8) == 895);
	for (uint64_t size = 1; size <= UINT64_C(1) << 32; size *= 2) {
		const double share = (double)size / 4294967296.0;
		const double gap = gap_of_size(size);
		CHECK(exp(-86400 * gap * share) <= 0.01);
		CHECK(gap < 2 || exp(-86400 * (gap - 1) * share) > 0.01);
	}
}

// ---- by silences

enum { SOURCES = 250, DAYS_MAX = 100, GONE = 45 };

struct world {
	uint32_t days;
	bool is_seen[SOURCES][DAYS_MAX];
};

// Half of the sources are seen one day in two, the others one in `rarity`; some stay away for longer than anybody
// waits for.
static void make_world(struct world *w, uint64_t seed, uint32_t days, uint32_t rarity)
{
	struct random dice = random_from(seed);
	w->days = days;
	for (uint32_t source = 0; source < SOURCES; source++) {
		const uint32_t gone = random_below(&dice, 8) == 0 ? random_below(&dice, days)
		                                                  : DAYS_MAX;
		for (uint32_t day = 0; day < DAYS_MAX; day++)
			w->is_seen[source][day] = day < days &&
			                          (day < gone || day >= gone + GONE) &&
			                          random_below(&dice,
			                                       source % 2 == 0 ? 2 : rarity) == 0;
	}
	// There is a first day and a last one.
	w->is_seen[0][0] = w->is_seen[0][days - 1] = true;
}

static struct memory_holdings *hold(const struct holdings_about *about, const struct world *w)
{
	struct pile p = { .records = memory_new(SOURCES * DAYS_MAX, sizeof *p.records),
		          .pieces = memory_new(SOURCES * DAYS_MAX, sizeof *p.pieces) };
	for (uint32_t source = 0; source < SOURCES; source++)
		for (uint32_t day = 0; day < w->days; day++)
			if (w->is_seen[source][day])
				p.records[p.count++] = (struct record){
					.time_ns = (uint64_t)(TEST_DAY + day) * DAY_NS + source,
					.day = TEST_DAY + (int32_t)day,
					.source = source * 0x00101001,
					.kind = KIND_SYN,
					.known = 0xfff,
				};
	struct memory_holdings *m = memory_holdings_of(about, &p, 1, GRAIN_DAYS);
	pile_done(&p);
	return m;
}

// As the header says it, of each source by itself.
static struct gap naive(const struct world *w, uint64_t addresses)
{
	struct gap gap = { .addresses = addresses, .size_days = gap_of_size(addresses) };
	uint64_t lengths[GAP_MOST_DAYS + 1] = { 0 };
	for (uint32_t source = 0; source < SOURCES; source++)
		for (uint32_t last = 0; last + GAP_MOST_DAYS + 1 < w->days; last++) {
			uint32_t next = last + 1;
			while (next < w->days && !w->is_seen[source][next])
				next++;
			const uint32_t length = next - last - 1;
			if (w->is_seen[source][last] && next < w->days && length > 0 &&
			    length <= GAP_MOST_DAYS) {
				gap.silences++;
				for (uint32_t i = length; i <= GAP_MOST_DAYS; i++)
					lengths[i]++;
			}
		}
	gap.days = GAP_MOST_DAYS;
	if (gap.silences >= GAP_SILENCES_MIN) {
		gap.silence_days = 1;
		while ((double)lengths[gap.silence_days] < 0.99 * (double)gap.silences)
			gap.silence_days++;
		gap.days = 7;
		while (gap.days < gap.silence_days)
			gap.days += 7;
	}
	gap.days = gap.days < gap.size_days ? gap.days : gap.size_days;
	return gap;
}

static bool is_same(const struct gap *a, const struct gap *b)
{
	return a->days == b->days && a->addresses == b->addresses && a->size_days == b->size_days &&
	       a->silences == b->silences && a->silence_days == b->silence_days;
}

// How long the gap is, by the random world; 0: not as it should be.
static uint32_t gap_of(const char *telescope, uint64_t addresses, const struct world *w)
{
	struct holdings_about about;
	struct telescope days;
	struct fingerprint_set fingerprints;
	struct zone zone;
	struct ipset_prefixes prefixes;
	struct error error;
	struct gap got[2];
	CHECK(fingerprint_set_init(&fingerprints, NULL, NULL, &error));
	CHECK(zone_parse("UTC", &zone, &error) && telescope_parse(telescope, &days, &error) &&
	      telescope_ever(&days, &prefixes, &error));
	about = (struct holdings_about){
		"memory", &zone, telescope, &prefixes, &days, &fingerprints
	};
	struct memory_holdings *m = hold(&about, w);
	const struct gap want = naive(w, addresses);
	for (unsigned threads = 1; threads <= 2; threads++)
		CHECK(gap_find(&m->holdings, threads, &got[threads - 1], &error));
	CHECK(m->open == 0);
	memory_holdings_free(m);
	ipset_prefixes_done(&prefixes);
	telescope_done(&days);
	fingerprint_set_done(&fingerprints);
	return is_same(&got[0], &want) && is_same(&got[1], &want) ? got[0].days : 0;
}

TEST(small_telescopes_wait_as_long_as_those_who_came_back_were_silent)
{
	static struct world w;
	uint32_t seen = 0;
	for (uint64_t seed = 0; seed < 6; seed++)
		for (uint32_t rarity = 2; rarity <= 14; rarity += 4) {
			make_world(&w, seed, 60 + 5 * (uint32_t)seed, rarity);
			const uint32_t days = gap_of("198.51.100.0/24", 256, &w);
			CHECK(days > 0);
			seen |= UINT32_C(1) << days;
		}
	CHECK(seen == (1u << 7 | 1u << 14 | 1u << 21 | 1u << 28));
	// Never more than the size asks for: 28 days for a /19, of the days on which there was least of it.
	make_world(&w, 1, 90, 2);
	CHECK(gap_of("198.51.0.0/16@..2016-01-01,198.51.0.0/19", 8192, &w) == 7);
}

TEST(young_data_waits_for_four_weeks)
{
	static struct world w;
	make_world(&w, 1, GAP_MOST_DAYS + 1, 2);
	CHECK(gap_of("198.51.100.0/24", 256, &w) == GAP_MOST_DAYS);
	// Silences are few until some days more have passed, and then enough.
	make_world(&w, 1, GAP_MOST_DAYS + 4, 2);
	CHECK(gap_of("198.51.100.0/24", 256, &w) == GAP_MOST_DAYS);
	make_world(&w, 1, GAP_MOST_DAYS + 40, 2);
	CHECK(gap_of("198.51.100.0/24", 256, &w) == 7);
}

TEST_MAIN
