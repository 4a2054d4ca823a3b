// SPDX-License-Identifier: MIT
// The join against a look at every host-day for every sighting, however the host-days are held: by day, in
// pieces, in panes of minutes; with days that only the telescope has, only honeypots have, that are lost,
// and of flows.
#include "analyse/variants/join.h"

#include "holdings/test_memory.h"
#include "holdings/test_world.h"

#include <stdlib.h>

enum { SIGHTINGS = 900, FAMILIES = 4, SEED = 20161005, MIRAI = 0 };

static int by_order(const void *a, const void *b)
{
	const struct honeypot_sighting *x = a, *y = b;
	if (x->day != y->day)
		return x->day < y->day ? -1 : 1;
	if (x->source != y->source)
		return x->source < y->source ? -1 : 1;
	return (x->family > y->family) - (x->family < y->family);
}

// Sources of the world on their days and on others, and strangers; none on two of the days, some behind the last.
static size_t make_sightings(const struct hosts *hosts, struct honeypot_sighting *out)
{
	struct random dice = random_from(SEED);
	size_t kept = 0;
	for (size_t i = 0; i < SIGHTINGS; i++) {
		const struct day_host *host =
			&hosts->entries[random_below(&dice, (uint32_t)hosts->count)];
		const bool is_stranger = random_below(&dice, 4) == 0;
		out[i] = (struct honeypot_sighting){
			.day = TEST_DAY + (int32_t)random_below(&dice, WORLD_DAYS + 2),
			.source = is_stranger ? random_u32(&dice) : host->host.source,
			.family = random_below(&dice, FAMILIES),
			.scans = random_below(&dice, 3) > 0,
		};
		if (random_below(&dice, 2) == 0)
			out[i].day = host->day;
	}
	qsort(out, SIGHTINGS, sizeof *out, by_order);
	for (size_t i = 0; i < SIGHTINGS; i++)
		if (out[i].day != TEST_DAY + 9 && out[i].day != TEST_DAY + 10 &&
		    (kept == 0 || by_order(&out[i], &out[kept - 1]) != 0))
			out[kept++] = out[i];
	return kept;
}

static const struct host_day *naive_host(const struct hosts *hosts, int32_t day, uint32_t source)
{
	for (size_t i = 0; i < hosts->count; i++)
		if (hosts->entries[i].day == day && hosts->entries[i].host.source == source &&
		    host_day_packets(&hosts->entries[i].host, KIND_SYN) > 0)
			return &hosts->entries[i].host;
	return NULL;
}

static bool naive_has(const struct host_day *h, enum join_what what, uint32_t key)
{
	if (what == JOIN_FINGERPRINTS)
		return host_day_counted(h) >> key & 1;
	const struct item_set *set = &h->sets[FIELD_DESTINATION_PORT];
	bool has = false;
	for (uint32_t i = 0; h->fields_mask >> FIELD_DESTINATION_PORT & 1 && i < set->count; i++)
		has |= h->items[set->begin + i].value == key;
	return has;
}

struct truth {
	const struct hosts *hosts;
	const struct honeypot_sighting *list;
	size_t count;
	int32_t lost_day;
};

// Sources of the row; of those seen, those that have the key (`what` JOIN_WHATS: all).
static uint64_t naive_count(const struct truth *t, const struct join_row *row, bool seen,
                            enum join_what what, uint32_t key)
{
	uint64_t count = 0;
	for (size_t i = 0; i < t->count; i++) {
		const struct honeypot_sighting *s = &t->list[i];
		const bool is_again = i > 0 && t->list[i - 1].day == s->day &&
		                      t->list[i - 1].source == s->source;
		if (s->day != row->day ||
		    (row->family == JOIN_ALL_FAMILIES ? is_again : s->family != row->family))
			continue;
		const struct host_day *h = naive_host(t->hosts, s->day, s->source);
		if (s->day == t->lost_day)
			h = NULL;
		count += !seen || (h != NULL && (what == JOIN_WHATS || naive_has(h, what, key)));
	}
	return count;
}

static void check_rows(const struct truth *t, const struct join *join)
{
	uint64_t all = 0;
	for (size_t i = 0; i < join->row_count; i++) {
		const struct join_row *row = &join->rows[i];
		const bool is_known = row->day < TEST_DAY + WORLD_DAYS &&
		                      row->day != WORLD_SILENT_DAY && row->day != t->lost_day;
		CHECK(row->is_known == is_known && row->sources > 0);
		CHECK(row->sources == naive_count(t, row, false, JOIN_WHATS, 0));
		CHECK(row->seen == naive_count(t, row, true, JOIN_WHATS, 0));
		for (unsigned what = 0; what < JOIN_WHATS; what++)
			for (size_t k = 0; k < row->counts[what]; k++) {
				const struct pair_count *c = &row->of[what][k];
				CHECK(c->group == i &&
				      c->count == naive_count(t, row, true, what, c->place));
				CHECK(k == 0 || c[-1].count > c->count ||
				      (c[-1].count == c->count && c[-1].place < c->place));
			}
		all += row->family == JOIN_ALL_FAMILIES ? 0 : row->sources;
	}
	CHECK(all == t->count);
}

static uint64_t naive_telescope(const struct truth *t, int32_t day)
{
	uint64_t count = 0;
	for (size_t i = 0; i < t->hosts->count; i++)
		count += t->hosts->entries[i].day == day && day != t->lost_day &&
		         host_day_counted(&t->hosts->entries[i].host) >> MIRAI & 1;
	return count;
}

static void check_sample(const struct truth *t, const struct join_day *d)
{
	uint64_t unseen = 0, seen = 0, packets = 0;
	for (size_t i = 0; i < t->count && d->knows_fingerprints; i++) {
		bool scans = false;
		if (t->list[i].day != d->day || (i > 0 && t->list[i - 1].day == d->day &&
		                                 t->list[i - 1].source == t->list[i].source))
			continue;
		for (size_t k = i; k < t->count && t->list[k].day == d->day &&
		                   t->list[k].source == t->list[i].source;
		     k++)
			scans |= t->list[k].scans;
		const struct host_day *h = naive_host(t->hosts, d->day, t->list[i].source);
		const bool is_seen = h != NULL && host_day_counted(h) >> MIRAI & 1;
		unseen += scans && !is_seen;
		seen += scans && is_seen;
		packets += scans && is_seen ? h->matched[MIRAI] : 0;
	}
	CHECK(d->sample.unseen == unseen && d->sample.seen.sources == seen &&
	      d->sample.seen.packets == packets);
}

static void check_days(const struct truth *t, const struct join *join)
{
	bool is_gap = true;
	for (size_t i = 0; i < join->day_count; i++) {
		const struct join_day *d = &join->days[i];
		CHECK(i == 0 || join->days[i - 1].day < d->day);
		CHECK(d->knows_fingerprints == (d->is_known && d->day != WORLD_FLOWS_DAY));
		check_sample(t, d);
		CHECK(d->telescope == naive_telescope(t, d->day));
		is_gap &= d->has_sightings || d->day == TEST_DAY + 9 || d->day == TEST_DAY + 10;
	}
	CHECK(is_gap && join->day_count == WORLD_DAYS + 2);
}

static void check_all_grains(const struct holdings_about *about, const struct pile *pile,
                             struct truth *t)
{
	struct error error;
	struct join join;
	for (enum test_grain grain = 0; grain < TEST_GRAINS; grain++) {
		struct memory_holdings *m = memory_holdings_of(about, pile, WORLD_PIECES, grain);
		memory_lose_day(m, t->lost_day);
		const struct join_request request = { .days = all_days,
			                              .sightings = t->list,
			                              .count = t->count,
			                              .fingerprint = MIRAI,
			                              .wants_ports = true,
			                              .wants_countries = true };
		CHECK(join_make(&m->holdings, &request, &join, &error));
		check_rows(t, &join);
		check_days(t, &join);
		join_done(&join);
		memory_holdings_free(m);
	}
}

TEST(as_a_look_at_everything)
{
	static const struct zone utc = { .name = "UTC" };
	struct pile pile = world_pile(SEED);
	struct hosts hosts = pile_hosts(&pile, ALL_PIECES);
	struct fingerprint_set set;
	struct error error;
	CHECK(fingerprint_set_init(&set, NULL, NULL, &error));
	const struct holdings_about about = {
		.name = "m", .zone = &utc, .telescope = "", .fingerprints = &set
	};
	struct honeypot_sighting *list = memory_new(SIGHTINGS, sizeof *list);
	struct truth t = { .hosts = &hosts,
		           .list = list,
		           .count = make_sightings(&hosts, list),
		           .lost_day = TEST_DAY + 12 };
	check_all_grains(&about, &pile, &t);
	memory_free(list);
	fingerprint_set_done(&set);
	hosts_done(&hosts);
	pile_done(&pile);
}

TEST(a_small_sample_takes_days_around)
{
	struct join_day days[5] = {
		{ .day = 100 }, { .day = 101 }, { .day = 103 }, { .day = 104 }, { .day = 130 }
	};
	const struct join join = { .days = days, .day_count = 5 };
	uint32_t count;
	days[0].sample.unseen = 7;
	days[1].sample.unseen = 60;
	days[3].sample.unseen = 50;
	days[4].sample.unseen = 1000;
	CHECK(infected_sample_size(&(struct infected_sample){ .unseen = 3 }) == 3);
	CHECK(join_sample_around(&join, 1, &count).unseen == 117 && count == 3);
	CHECK(join_sample_around(&join, 2, &count).unseen == 110 && count == 2);
	CHECK(join_sample_around(&join, 4, &count).unseen == 1000 && count == 1);
}

TEST_MAIN
