// SPDX-License-Identifier: MIT
// Against a look at every item of every set.
#include "analyse/rules/rule_match.h"
#include "store/test_store.h"

enum { SETS = 300, SET_ITEMS_MAX = 4 };

struct sets {
	struct header_item items[SETS][SET_ITEMS_MAX];
	struct rule_query list[SETS];
	size_t count;
};

static const unsigned fields[] = { FIELD_WINDOW,  FIELD_DESTINATION_PORT, FIELD_TTL,
	                           FIELD_OPTIONS, FIELD_DESTINATION,      FIELD_UDP_PORT };

static struct item_set set_of(const struct host_day *h, unsigned field)
{
	return h->fields_mask >> field & 1 ? h->sets[field] : (struct item_set){ .count = 0 };
}

static const struct item *item_of(const struct host_day *h, const struct header_item *item)
{
	const struct item_set set = set_of(h, item->field);
	for (uint32_t i = set.begin; i < set.begin + set.count; i++)
		if (h->items[i].value == item->value)
			return &h->items[i];
	return NULL;
}

static bool has(const struct host_day *h, const struct header_item *item)
{
	if (!item->is_bucket)
		return item_of(h, item) != NULL;
	uint64_t distinct = host_day_distinct(h, item->field);
	if (set_of(h, item->field).is_sampled && distinct <= field_info(item->field)->values_max)
		distinct = field_info(item->field)->values_max + 1;
	return distinct > item->value && distinct <= 2 * (uint64_t)item->value;
}

static bool has_all(const struct host_day *h, const struct rule_query *set)
{
	for (size_t i = 0; i < set->count; i++)
		if (!has(h, &set->items[i]))
			return false;
	return true;
}

// Values that occur, mostly of one source, so that sets are found.
static struct header_item any_item(struct random *dice, const struct host_day *h)
{
	struct header_item item = { .field = (uint8_t)fields[random_below(dice, 6)] };
	const struct item_set set = set_of(h, item.field);
	item.is_bucket = random_below(dice, 8) == 0;
	if (item.is_bucket)
		item.value = UINT32_C(32) << random_below(dice, 3);
	else if (set.count > 0 && random_below(dice, 8) > 0)
		item.value = h->items[set.begin + random_below(dice, set.count)].value;
	else
		item.value = random_below(dice, 30);
	return item;
}

static void make_sets(struct random *dice, const struct hosts *hosts, struct sets *out)
{
	out->count = SETS;
	for (size_t s = 0; s < SETS; s++) {
		const struct host_day *h =
			&hosts->entries[random_below(dice, (uint32_t)hosts->count)].host;
		out->list[s] = (struct rule_query){ out->items[s],
			                            1 + random_below(dice, SET_ITEMS_MAX) };
		for (size_t i = 0; i < out->list[s].count; i++)
			out->items[s][i] = any_item(dice, h);
	}
}

static uint64_t compare_host(struct rule_matcher *m, const struct sets *sets,
                             const struct host_day *h)
{
	const uint32_t *found;
	const size_t count = rule_matcher_find(m, h, &found);
	size_t at = 0;
	for (size_t s = 0; s < sets->count; s++)
		if (has_all(h, &sets->list[s]))
			CHECK(at < count && found[at++] == s);
	CHECK(at == count);
	return count;
}

TEST(sets_are_found_as_a_naive_look_finds_them)
{
	for (uint64_t seed = 1; seed <= random_rounds(4); seed++) {
		struct random dice = random_from(seed);
		struct pile pile = pile_from(seed, seed % 2 ? 40 : 400, 2, 1, 8000);
		struct hosts hosts = pile_hosts(&pile, ALL_PIECES);
		struct sets sets;
		struct rule_matcher *m = NULL;
		struct error error;
		uint64_t found = 0;
		make_sets(&dice, &hosts, &sets);
		CHECK(rule_matcher_new(sets.list, sets.count, &m, &error));
		for (size_t i = 0; i < hosts.count; i++)
			found += compare_host(m, &sets, &hosts.entries[i].host);
		CHECK(found > 1000);
		rule_matcher_free(m);
		hosts_done(&hosts);
		pile_done(&pile);
	}
}

TEST(columns_are_those_of_the_items)
{
	const struct header_item items[] = { { FIELD_TTL, false, 3 }, { FIELD_MSS, true, 32 } };
	const struct rule_query sets[] = { { items, 1 }, { items, 2 } };
	struct rule_matcher *m = NULL;
	struct error error;
	CHECK(rule_matcher_new(sets, 2, &m, &error));
	CHECK(rule_matcher_columns(m) ==
	      (COLUMN_BIT(COLUMN_FIELD + FIELD_TTL) | COLUMN_BIT(COLUMN_FIELD + FIELD_MSS)));
	rule_matcher_free(m);
	CHECK(rule_matcher_new(NULL, 0, &m, &error));
	CHECK(rule_matcher_columns(m) == 0);
	rule_matcher_free(m);
}

// A source that sent `all` SYNs, of which so many had the window and so many the port.
static bool one_packet(uint64_t all, uint64_t window, uint64_t port)
{
	static const struct header_item items[] = { { FIELD_WINDOW, false, 1320 },
		                                    { FIELD_DESTINATION_PORT, false, 23 } };
	struct item kept[] = { { window, 1320 }, { port, 23 } };
	struct host_day h = { .fields_mask = 1 << FIELD_WINDOW | 1 << FIELD_DESTINATION_PORT,
		              .packets[KIND_SYN - HOST_KIND_FIRST] = all,
		              .packets[KIND_UDP - HOST_KIND_FIRST] = 100,
		              .items = kept };
	const struct rule_query set = { items, 2 };
	h.sets[FIELD_WINDOW] = (struct item_set){ 0, 1, false };
	h.sets[FIELD_DESTINATION_PORT] = (struct item_set){ 1, 1, false };
	return rule_is_in_one_packet(&set, &h);
}

TEST(too_few_packets_for_the_values_to_have_been_in_others)
{
	CHECK(one_packet(1, 1, 1));
	CHECK(one_packet(10, 10, 1));
	CHECK(one_packet(10, 6, 5));
	CHECK(!one_packet(10, 5, 5));
	CHECK(!one_packet(10, 1, 1));
	CHECK(one_packet(UINT64_MAX, UINT64_MAX, 1));
	CHECK(!one_packet(UINT64_MAX, UINT64_MAX / 2, UINT64_MAX / 2));
}

TEST(two_values_of_a_field_fit_no_packet_nor_do_those_of_a_syn_and_a_datagram)
{
	const struct header_item items[] = {
		{ FIELD_WINDOW, false, 1 },      { FIELD_TTL, false, 1 },
		{ FIELD_WINDOW, false, 2 },      { FIELD_TOS, true, 32 },
		{ FIELD_DESTINATION, false, 7 }, { FIELD_UDP_PORT, false, 53 },
		{ FIELD_MSS, false, 1460 }
	};
	CHECK(rule_fits_one_packet(&(struct rule_query){ items, 2 }));
	CHECK(!rule_fits_one_packet(&(struct rule_query){ items, 3 }));
	CHECK(!rule_fits_one_packet(&(struct rule_query){ items + 3, 1 }));
	CHECK(rule_fits_one_packet(&(struct rule_query){ items + 4, 2 }));
	CHECK(!rule_fits_one_packet(&(struct rule_query){ items + 4, 3 }));
}

TEST(no_memory_is_said)
{
	const struct header_item items[] = { { FIELD_WINDOW, false, 1 }, { FIELD_MSS, true, 64 } };
	const struct rule_query sets[] = { { items, 1 }, { items, 2 } };
	struct rule_matcher *m = NULL;
	struct error error;
	bool ok = false;
	unsigned long tries = 0;
	while (!ok && tries < 100) {
		memory_fail_at(++tries);
		ok = rule_matcher_new(sets, 2, &m, &error);
		memory_fail_at(0);
		CHECK(ok || text_starts(error.text, "out of memory"));
	}
	CHECK(ok && tries > 5);
	rule_matcher_free(m);
}

TEST_MAIN
