// SPDX-License-Identifier: MIT
// Aggregating records against an obvious slow model, and merging against aggregating
// everything at once.
#include "base/test.h"
#include "hostday/test_hostday.h"

#include <math.h>
#include <stdlib.h>

// The value that a record gives to a field, if it gives one: hostday.h in other words.
static bool model_value(const struct record *r, unsigned field, uint32_t *out)
{
	const bool is_syn = r->kind == KIND_SYN;
	switch (field) {
	case FIELD_WINDOW: *out = r->window; return is_syn && (r->known & KNOWN_WINDOW);
	case FIELD_DESTINATION_PORT:
		*out = r->destination_port;
		return is_syn && (r->known & KNOWN_DESTINATION_PORT);
	case FIELD_TTL: *out = r->ttl; return is_syn && (r->known & KNOWN_TTL);
	case FIELD_TOS: *out = r->tos; return is_syn && (r->known & KNOWN_HEADER);
	case FIELD_SOURCE_PORT:
		*out = r->source_port;
		return is_syn && (r->known & KNOWN_SOURCE_PORT);
	case FIELD_IP_ID: *out = r->ip_id; return is_syn && (r->known & KNOWN_HEADER);
	case FIELD_LENGTH: *out = r->length; return is_syn && (r->known & KNOWN_LENGTH);
	case FIELD_TCP_FLAGS: *out = r->tcp_flags; return is_syn && (r->known & KNOWN_TCP_FLAGS);
	case FIELD_OPTIONS: *out = r->options; return is_syn && (r->known & KNOWN_OPTIONS);
	case FIELD_MSS: *out = r->mss; return is_syn && (r->known & KNOWN_MSS);
	case FIELD_DESTINATION: *out = r->destination; return r->known & KNOWN_DESTINATION;
	case FIELD_UDP_PORT:
		*out = r->destination_port;
		return r->kind == KIND_UDP && (r->known & KNOWN_DESTINATION_PORT);
	case FIELD_BACKSCATTER_PORT:
		*out = r->source_port;
		return (r->kind == KIND_SYN_ACK || r->kind == KIND_RST) &&
		       (r->known & KNOWN_SOURCE_PORT);
	default:
		*out = r->destination_port;
		return is_syn && (r->known & KNOWN_DESTINATION_PORT) &&
		       (r->fingerprints >> (field - FIELD_MATCHED_PORT) & 1);
	}
}

static uint64_t model_packets(const struct record *r)
{
	return (r->known >= 0x8000 ? UINT64_C(65536) : 1) * (r->more_packets + UINT64_C(1));
}

static int by_value(const void *a, const void *b)
{
	const struct item *x = a, *y = b;
	return (x->value > y->value) - (x->value < y->value);
}

static int by_hash(const void *a, const void *b)
{
	const uint32_t x = item_hash(((const struct item *)a)->value),
		       y = item_hash(((const struct item *)b)->value);
	return (x > y) - (x < y);
}

// The items of a field, one a record at first.
static struct item_set model_items(const struct pile *pile, unsigned field, struct item *out)
{
	struct item_set set = { .count = 0 };
	uint32_t found = 0;
	for (size_t i = 0; i < pile->count; i++)
		if (model_value(pile->list[i], field, &out[found].value))
			out[found++].packets = model_packets(pile->list[i]);
	qsort(out, found, sizeof *out, by_value);
	for (uint32_t i = 0; i < found; i++) {
		if (set.count > 0 && out[set.count - 1].value == out[i].value)
			out[set.count - 1].packets += out[i].packets;
		else
			out[set.count++] = out[i];
	}
	const uint32_t cap = field_info(field)->values_max;
	if (set.count > cap) {
		qsort(out, set.count, sizeof *out, by_hash);
		qsort(out, cap, sizeof *out, by_value);
		set.count = cap;
		set.is_sampled = true;
	}
	return set;
}

static void check_field(const struct pile *pile, const struct host_day *h, unsigned field)
{
	struct item *items = memory_new(pile->count + 1, sizeof *items);
	const struct item_set expected = model_items(pile, field, items);
	const struct item_set found = h->sets[field];
	bool is_same = found.count == expected.count && found.is_sampled == expected.is_sampled;
	for (uint32_t i = 0; is_same && i < found.count; i++)
		is_same = h->items[found.begin + i].value == items[i].value &&
		          h->items[found.begin + i].packets == items[i].packets;
	CHECK(is_same);
	if (!is_same)
		printf("field %u\n", field);
	memory_free(items);
}

// Returns how many fields were sampled.
static unsigned check_against_model(const struct pile *pile, const struct host_day *h)
{
	uint64_t packets[KIND_COUNT] = { 0 }, matched[FINGERPRINTS_MAX] = { 0 };
	uint64_t first = UINT64_MAX, last = 0;
	for (size_t i = 0; i < pile->count; i++) {
		const struct record *r = pile->list[i];
		packets[r->kind] += model_packets(r);
		first = r->time_ns < first ? r->time_ns : first;
		last = r->time_ns > last ? r->time_ns : last;
		for (unsigned bit = 0; bit < FINGERPRINTS_MAX; bit++)
			matched[bit] += (r->fingerprints >> bit & 1) * model_packets(r);
	}
	CHECK(h->source == pile->list[0]->source && h->first_ns == first && h->last_ns == last &&
	      !h->failed);
	for (unsigned kind = HOST_KIND_FIRST; kind < KIND_COUNT; kind++)
		CHECK(host_day_packets(h, (enum kind)kind) == packets[kind]);
	for (unsigned bit = 0; bit < FINGERPRINTS_MAX; bit++) {
		CHECK((h->matched_mask >> bit & 1) == (matched[bit] > 0));
		CHECK(matched[bit] == 0 || h->matched[bit] == matched[bit]);
	}
	unsigned sampled = 0;
	for (unsigned field = 0; field < FIELD_COUNT; field++) {
		const bool is_there = field < FIELD_DESTINATION    ? packets[KIND_SYN] > 0
		                      : field == FIELD_DESTINATION ? true
		                      : field == FIELD_UDP_PORT    ? packets[KIND_UDP] > 0
		                      : field == FIELD_BACKSCATTER_PORT
		                              ? packets[KIND_SYN_ACK] + packets[KIND_RST] > 0
		                      : field >= FIELD_PAIR
		                              ? false
		                              : matched[field - FIELD_MATCHED_PORT] > 0;
		CHECK((h->fields_mask >> field & 1) == is_there);
		if (!is_there || !(h->fields_mask >> field & 1))
			continue;
		check_field(pile, h, field);
		sampled += h->sets[field].is_sampled;
	}
	return sampled;
}

static size_t random_count(struct random *r)
{
	return 1 + random_below(r, random_below(r, 2) == 0 ? 30 : 1500);
}

TEST(a_host_day_is_what_its_records_say)
{
	struct aggregator *a = aggregator_new();
	struct host_day h = { .items = NULL };
	unsigned sampled = 0;
	for (uint64_t seed = 0; seed < 400; seed++) {
		struct random r = random_from(seed);
		const unsigned before = test_failed_checks;
		struct pile pile = random_pile(&r, random_count(&r), random_u32(&r));
		CHECK(host_day_aggregate(a, pile.list, pile.count, &h));
		sampled += check_against_model(&pile, &h);
		print_seed(test_failed_checks > before, seed);
		pile_done(&pile);
	}
	CHECK(sampled > 100);
	host_day_done(&h);
	aggregator_free(a);
}

TEST(a_field_is_sampled_from_one_value_over_its_cap)
{
	struct aggregator *a = aggregator_new();
	struct host_day h = { .items = NULL };
	const uint32_t cap = field_info(FIELD_DESTINATION)->values_max;
	CHECK(cap == 64 && field_info(FIELD_SOURCE_PORT)->values_max == 256);
	for (uint32_t count = cap - 1; count <= cap + 1; count++) {
		struct pile pile = pile_new(2 * (size_t)count);
		for (uint32_t i = 0; i < 2 * count; i++)
			pile.records[i] = (struct record){ .kind = KIND_ICMP,
				                           .known = KNOWN_IPV4,
				                           .time_ns = TEST_BASE_NS,
				                           .destination = UINT32_MAX - i / 2 };
		CHECK(host_day_aggregate(a, pile.list, pile.count, &h));
		CHECK(h.sets[FIELD_DESTINATION].is_sampled == (count > cap));
		CHECK(h.sets[FIELD_DESTINATION].count == (count > cap ? cap : count));
		check_against_model(&pile, &h);
		pile_done(&pile);
	}
	host_day_done(&h);
	aggregator_free(a);
}

// So many that only some values are sorted: distinct ones, and few that come over and over, of
// which too few have small hashes.
TEST(samples_of_very_many_values_are_exact)
{
	static const uint32_t distinct[] = { 64, 65, 200, 256, 257, 300, 3000, 65536, UINT32_MAX };
	struct aggregator *a = aggregator_new();
	struct host_day h = { .items = NULL };
	unsigned sampled = 0;
	for (uint64_t seed = 0; seed < 3 * sizeof distinct / sizeof *distinct; seed++) {
		struct random r = random_from(seed);
		const uint32_t below = distinct[seed / 3];
		struct pile pile = pile_new(20000 + random_below(&r, 40000));
		const bool is_mixed = seed % 3 == 1;
		for (size_t i = 0; i < pile.count; i++)
			pile.records[i] = (struct record){
				.kind = is_mixed && i % 5 == 0 ? KIND_UDP : KIND_SYN,
				.known = KNOWN_IPV4 | KNOWN_PORTS |
				         (seed % 3 == 2 && i % 2 ? KNOWN_WINDOW : 0),
				.time_ns = TEST_BASE_NS + i,
				.destination = random_below(&r, below),
				.source_port = (uint16_t)random_below(&r, below),
				.window = (uint16_t)random_below(&r, below),
				.ip_id = (uint16_t)(random_below(&r, below) * 977),
			};
		CHECK(host_day_aggregate(a, pile.list, pile.count, &h));
		sampled += check_against_model(&pile, &h);
		print_seed(test_failed_checks > 0, seed);
		pile_done(&pile);
	}
	CHECK(sampled > 40);
	host_day_done(&h);
	aggregator_free(a);
}

// Sources of all sizes on several days, more than one call takes: each as if it were alone.
TEST(sources_of_a_slice_do_not_mix)
{
	enum { SOURCES = 9000, DAYS = 70 };
	struct aggregator *a = aggregator_new(), *alone = aggregator_new();
	struct random r = random_from(3);
	struct pile pile = pile_new(60000);
	uint32_t begins[SOURCES + 1];
	size_t count = 0;
	unsigned sources = 0, seen = 0;
	for (; sources < SOURCES && count < pile.count - 2000; sources++) {
		const struct habits habits = random_habits(&r);
		const uint32_t most = random_below(&r, 40) == 0 ? 2000 : 6;
		begins[sources] = (uint32_t)count;
		for (uint32_t n = 1 + random_below(&r, most); n > 0; n--, count++) {
			pile.records[count] = random_record(&r, &habits,
			                                    sources % (SOURCES / DAYS));
			pile.records[count].day = (int32_t)(sources / (SOURCES / DAYS));
		}
	}
	begins[sources] = (uint32_t)count;
	const struct zone utc = { .offset_s = 0 };
	for (size_t taken, at = 0; at < count; at += taken) {
		const struct host_day_batch *days;
		size_t day_count;
		taken = aggregate(a, &utc, pile.list + at, count - at, &days, &day_count);
		CHECK(taken > 0);
		for (size_t d = 0; taken > 0 && d < day_count; d++) {
			struct host_day got = { .items = NULL }, expected = { .items = NULL };
			struct host_reader reader;
			host_reader_open(&reader, days[d].batch.columns, days[d].batch.host_count,
			                 days[d].batch.base_ns, COLUMNS_ALL);
			for (; host_reader_next(&reader, &got); seen++) {
				const uint32_t begin = begins[seen], end = begins[seen + 1];
				CHECK(days[d].day == pile.records[begin].day);
				CHECK(host_day_aggregate(alone, pile.list + begin, end - begin,
				                         &expected));
				CHECK(same_host_day(&got, &expected));
			}
			CHECK(!reader.is_damaged &&
			      days[d].batch.last_source == reader.last_source);
			host_day_done(&got);
			host_day_done(&expected);
		}
		if (taken == 0)
			break;
	}
	CHECK(seen == sources && sources > 1000);
	pile_done(&pile);
	aggregator_free(a);
	aggregator_free(alone);
}

TEST(ports_are_all_kept)
{
	struct aggregator *a = aggregator_new();
	struct host_day h = { .items = NULL };
	struct pile pile = pile_new(65536 + 100);
	for (uint32_t i = 0; i < pile.count; i++)
		pile.records[i] = (struct record){ .kind = KIND_SYN,
			                           .known = KNOWN_IPV4 | KNOWN_PORTS,
			                           .time_ns = TEST_BASE_NS,
			                           .fingerprints = 1,
			                           .destination_port = (uint16_t)(i * 40503) };
	CHECK(host_day_aggregate(a, pile.list, pile.count, &h));
	CHECK(h.sets[FIELD_DESTINATION_PORT].count == 65536 &&
	      !h.sets[FIELD_DESTINATION_PORT].is_sampled);
	CHECK(h.sets[FIELD_MATCHED_PORT].count == 65536 && !h.sets[FIELD_MATCHED_PORT].is_sampled);
	CHECK(host_day_distinct(&h, FIELD_DESTINATION_PORT) == 65536);
	check_against_model(&pile, &h);
	for (uint32_t i = 0; i < pile.count; i++)
		pile.records[i].kind = i % 2 == 0 ? KIND_UDP : i % 4 == 1 ? KIND_RST : KIND_SYN_ACK;
	for (uint32_t i = 0; i < pile.count; i++)
		pile.records[i].source_port = (uint16_t)i;
	CHECK(host_day_aggregate(a, pile.list, pile.count, &h));
	CHECK(!h.sets[FIELD_UDP_PORT].is_sampled && !h.sets[FIELD_BACKSCATTER_PORT].is_sampled);
	CHECK(h.sets[FIELD_BACKSCATTER_PORT].count == 32768);
	pile_done(&pile);
	host_day_done(&h);
	aggregator_free(a);
}

TEST(fields_have_a_place)
{
	for (unsigned field = 0; field <= FIELD_MATCHED_PORT; field++) {
		const struct field_info *info = field_info(field);
		CHECK(info->width == 1 || info->width == 2 || info->width == 4);
		CHECK(info->offset + info->width <= sizeof(struct record) && info->values_max > 2);
		if (field < HEADER_FIELDS_MAX)
			CHECK(header_field_values(field) == UINT64_C(1) << 8 * info->width);
	}
	for (unsigned field = FIELD_MATCHED_PORT; field < FIELD_COUNT; field++)
		CHECK((field_info(field) == field_info(FIELD_MATCHED_PORT)) ==
		      (field < FIELD_PAIR));
}

TEST(item_hash_is_a_bijection)
{
	// Injective on all 2^32 would take seconds: it is undone step by step instead.
	struct random r = random_from(5);
	for (unsigned i = 0; i < 100000; i++) {
		const uint32_t value = i < 1000 ? i : random_u32(&r);
		uint32_t x = item_hash(value);
		x = (x ^ x >> 16) * 0x7ed1b41d;            // the inverse of 0xc2b2ae35
		x = (x ^ x >> 13 ^ x >> 26) * 0xa5cb9243;  // the inverse of 0x85ebca6b
		CHECK((x ^ x >> 16) == value);
	}
}

enum { PIECES_MAX = 6 };

// Cuts a day into pieces and merges two of them at a time, in any order.
static unsigned compare_merge(uint64_t seed)
{
	struct random r = random_from(seed);
	struct aggregator *a = aggregator_new();
	struct host_day days[PIECES_MAX] = { { .items = NULL } }, whole = { .items = NULL },
			merged = { .items = NULL };
	struct pile pile = random_pile(&r, PIECES_MAX + random_count(&r), random_u32(&r)),
		    piece = pile_new(pile.count);
	const unsigned pieces = 2 + random_below(&r, PIECES_MAX - 1);
	CHECK(host_day_aggregate(a, pile.list, pile.count, &whole));
	for (size_t i = 0; i < pile.count; i++)
		piece.records[i].day =
			(int32_t)(i < pieces ? i : random_below(&r, random_below(&r, pieces) + 1));
	for (unsigned p = 0; p < pieces; p++) {
		size_t count = 0;
		for (size_t i = 0; i < pile.count; i++)
			if (piece.records[i].day == (int32_t)p)
				piece.list[count++] = pile.list[i];
		CHECK(host_day_aggregate(a, piece.list, count, &days[p]));
	}
	for (unsigned left = pieces; left > 1; left--) {
		const unsigned x = random_below(&r, left),
			       y = (x + 1 + random_below(&r, left - 1)) % left;
		const struct host_day *const both[] = { &days[x], &days[y] };
		CHECK(host_day_merge(both, 2, &merged));
		// The merged day takes the place of one of the two, the last day that of the other.
		const struct host_day room = days[x], other = days[y];
		days[x] = merged;
		merged = room;
		days[y] = days[left - 1];
		days[left - 1] = other;
	}
	CHECK(same_host_day(&days[0], &whole));
	unsigned sampled = 0;
	for (unsigned field = 0; field < FIELD_COUNT; field++)
		sampled += (whole.fields_mask >> field & 1) && whole.sets[field].is_sampled;
	for (unsigned p = 0; p < PIECES_MAX; p++)
		host_day_done(&days[p]);
	host_day_done(&whole);
	host_day_done(&merged);
	pile_done(&pile);
	pile_done(&piece);
	aggregator_free(a);
	return sampled;
}

TEST(merged_pieces_are_the_whole_day)
{
	unsigned sampled = 0;
	for (uint64_t seed = 0; seed < 300; seed++) {
		const unsigned before = test_failed_checks;
		sampled += compare_merge(seed);
		print_seed(test_failed_checks > before, seed);
	}
	CHECK(sampled > 100);
}

TEST(a_sampled_field_stays_sampled)
{
	// The second piece brings nothing new, so that the union has as many values as the cap.
	struct aggregator *a = aggregator_new();
	struct host_day many = { .items = NULL }, one = { .items = NULL },
			merged = { .items = NULL };
	struct pile pile = pile_new(65);
	for (uint32_t i = 0; i < 65; i++)
		pile.records[i] = (struct record){ .kind = KIND_ICMP,
			                           .known = KNOWN_IPV4,
			                           .destination = i };
	CHECK(host_day_aggregate(a, pile.list, 65, &many) &&
	      many.sets[FIELD_DESTINATION].is_sampled);
	pile.records[0].destination = many.items[many.sets[FIELD_DESTINATION].begin].value;
	CHECK(host_day_aggregate(a, pile.list, 1, &one) && !one.sets[FIELD_DESTINATION].is_sampled);
	const struct host_day *const both[] = { &many, &one }, *const turned[] = { &one, &many };
	CHECK(host_day_merge(both, 2, &merged));
	CHECK(merged.sets[FIELD_DESTINATION].is_sampled &&
	      merged.sets[FIELD_DESTINATION].count == 64);
	CHECK(host_day_merge(turned, 2, &merged) && merged.sets[FIELD_DESTINATION].is_sampled);
	CHECK(merged.items[merged.sets[FIELD_DESTINATION].begin].packets == 2);
	host_day_done(&many);
	host_day_done(&one);
	host_day_done(&merged);
	pile_done(&pile);
	aggregator_free(a);
}

// A host-day whose field has exactly so many values.
static void with_destinations(struct random *r, struct aggregator *a, uint32_t count,
                              struct host_day *out)
{
	struct pile pile = pile_new(count);
	const uint32_t start = random_u32(r), step = random_u32(r) | 1;
	for (uint32_t i = 0; i < count; i++)
		pile.records[i] = (struct record){ .kind = KIND_SYN,
			                           .destination = start + i * step,
			                           .known = UINT16_MAX >> 1,
			                           .source_port = (uint16_t)(i * (step & 0xffff)) };
	CHECK(host_day_aggregate(a, pile.list, pile.count, out));
	pile_done(&pile);
}

TEST(distinct_values_are_exact_up_to_the_cap_and_estimated_beyond)
{
	struct aggregator *a = aggregator_new();
	struct host_day h = { .items = NULL };
	struct random r = random_from(9);
	for (uint32_t count = 1; count <= 64; count++) {
		with_destinations(&r, a, count, &h);
		CHECK(host_day_distinct(&h, FIELD_DESTINATION) == count);
		CHECK(host_day_distinct(&h, FIELD_SOURCE_PORT) == count);
		CHECK(host_day_distinct(&h, FIELD_UDP_PORT) == 0);
	}
	double sum = 0, port_sum = 0;
	enum { ROUNDS = 200 };
	for (unsigned round = 0; round < ROUNDS; round++) {
		const uint32_t count = 300 + random_below(&r, 8000);
		with_destinations(&r, a, count, &h);
		const double error = (double)host_day_distinct(&h, FIELD_DESTINATION) / count - 1;
		const double port_error = (double)host_day_distinct(&h, FIELD_SOURCE_PORT) / count -
		                          1;
		CHECK(fabs(error) < 5 / sqrt(62) && fabs(port_error) < 5 / sqrt(254));
		sum += error;
		port_sum += port_error;
	}
	// Without a bias the mean of many is far closer than each.
	CHECK(fabs(sum / ROUNDS) < 4 / sqrt(62 * ROUNDS) &&
	      fabs(port_sum / ROUNDS) < 4 / sqrt(254 * ROUNDS));
	host_day_done(&h);
	aggregator_free(a);
}

TEST(without_memory_aggregating_and_merging_say_so)
{
	struct random r = random_from(2);
	struct pile pile = random_pile(&r, 3000, 7);
	for (size_t i = 0; i < pile.count; i++)
		pile.records[i].destination = random_u32(&r);
	unsigned failures = 0;
	for (bool ok = false; !ok && failures < 100; failures += !ok) {
		struct aggregator *a = aggregator_new();
		struct host_day h = { .items = NULL }, merged = { .items = NULL };
		const struct host_day *const twice[] = { &h, &h };
		memory_fail_at(failures + 1);
		ok = host_day_aggregate(a, pile.list, pile.count, &h) &&
		     host_day_merge(twice, 2, &merged);
		memory_fail_at(0);
		CHECK(!ok || (!h.failed && !merged.failed && merged.item_count > 0));
		host_day_done(&h);
		host_day_done(&merged);
		aggregator_free(a);
	}
	CHECK(failures > 4 && failures < 100);
	pile_done(&pile);
}

TEST_MAIN
