// SPDX-License-Identifier: MIT
// Fingerprints of sources against a naive look at the records of a source; what becomes of the bits.
#include "base/test.h"
#include "hostday/test_hostday.h"

#include "base/text.h"

static struct fingerprint_set set_of_text(const char *text)
{
	struct fingerprint_set set;
	struct error error = { .kind = ERROR_NONE };
	CHECK(fingerprint_set_init(&set, text, "F", &error));
	return set;
}

static uint32_t value_of(const struct record *r, unsigned field)
{
	const struct field_info *info = field_info(field);
	uint64_t value = 0;
	memcpy(&value, (const char *)r + info->offset, info->width);
	return (uint32_t)value;
}

static bool has_value(const struct pile *pile, unsigned field, uint32_t value)
{
	const struct field_info *info = field_info(field);
	for (size_t i = 0; i < pile->count; i++) {
		const struct record *r = &pile->records[i];
		if (r->kind == KIND_SYN && (r->known & info->known) == info->known &&
		    value_of(r, field) == value)
			return true;
	}
	return false;
}

// Every item is asked of every record; none of the fields is sampled.
static bool naive_match(const struct pile *pile, const struct fingerprint *f)
{
	bool all = true;
	for (size_t i = 0; all && i < f->item_count; i++)
		all = has_value(pile, f->items[i].field, f->items[i].value);
	return all;
}

// "source FIELD=VALUE ...": of what some record says, and now and then of what none does.
static void random_rule(struct random *r, const struct pile *pile, char out[FINGERPRINT_RULE_SIZE])
{
	size_t length = strlen(text_copy(out, FINGERPRINT_RULE_SIZE, "f = source") ? out : "");
	for (unsigned i = 1 + random_below(r, 4); i > 0; i--) {
		const struct record *from = &pile->records[random_below(r, (uint32_t)pile->count)];
		struct header_item item = { .field = (uint8_t)random_below(r, FIELD_DESTINATION) };
		char text[HEADER_ITEM_TEXT_SIZE];
		if (item.field == FIELD_OPTIONS)
			item.field = FIELD_TTL;
		item.value = value_of(from, item.field) + (random_below(r, 8) == 0);
		item.value &= (uint32_t)(header_field_values(item.field) - 1);
		header_item_text(&item, text);
		text_format(out + length, FINGERPRINT_RULE_SIZE - length, " %s", text);
		length += strlen(text) + 1;
	}
}

static bool try_one(struct random *r, struct aggregator *a, unsigned *matched)
{
	struct pile pile = random_pile(r, 1 + random_below(r, 40), 7);
	struct host_day h = { .items = NULL }, marked;
	char rule[FINGERPRINT_RULE_SIZE];
	random_rule(r, &pile, rule);
	struct fingerprint_set set = set_of_text(rule);
	const unsigned bit = (unsigned)set.count - 1;
	const struct host_marks marks = host_marks_of(&set);
	for (size_t i = 0; i < pile.count; i++)
		pile.records[i].fingerprints &= (UINT32_C(1) << bit) - 1;
	CHECK(host_day_aggregate(a, pile.list, pile.count, &h));
	const bool is_due = naive_match(&pile, &set.entries[bit]);
	host_day_mark(&h, &marks, &marked);
	bool ok = (marked.matched_mask >> bit & 1) == is_due &&
	          (marked.matched_mask & ~(UINT32_C(1) << bit)) == h.matched_mask;
	if (is_due) {
		const struct item_set ports = h.sets[FIELD_DESTINATION_PORT],
				      found = marked.sets[FIELD_MATCHED_PORT + bit];
		ok = ok && marked.matched[bit] == host_day_packets(&h, KIND_SYN) &&
		     ports.begin == found.begin && ports.count == found.count &&
		     (marked.fields_mask >> (FIELD_MATCHED_PORT + bit) & 1);
	}
	*matched += is_due;
	host_day_done(&h);
	pile_done(&pile);
	fingerprint_set_done(&set);
	return ok;
}

TEST(sources_match_what_a_naive_look_finds)
{
	struct aggregator *a = aggregator_new();
	unsigned matched = 0;
	for (uint64_t seed = 0; seed < 2000; seed++) {
		struct random r = random_from(seed);
		const bool ok = try_one(&r, a, &matched);
		CHECK(ok);
		print_seed(!ok, seed);
	}
	CHECK(matched > 200 && matched < 1800);
	aggregator_free(a);
}

// A host-day with a set of each of these fields, of values 0, 3, 6, ...
static struct host_day host_with(unsigned windows, bool is_sampled, struct item *items)
{
	struct host_day h = { .source = 1, .items = items, .item_count = windows };
	h.packets[KIND_SYN - HOST_KIND_FIRST] = 500;
	h.fields_mask = UINT64_C(1) << FIELD_WINDOW | UINT64_C(1) << FIELD_DESTINATION_PORT;
	for (uint32_t i = 0; i < windows; i++)
		items[i] = (struct item){ .packets = 1, .value = 3 * i };
	h.sets[FIELD_WINDOW] = (struct item_set){ .count = windows, .is_sampled = is_sampled };
	h.sets[FIELD_DESTINATION_PORT] = (struct item_set){ .count = windows };
	return h;
}

TEST(buckets_say_how_many)
{
	static struct item items[256];
	for (unsigned n = 0; n <= 256; n++) {
		const struct host_day h = host_with(n, false, items);
		CHECK(header_bucket_of(&h, FIELD_WINDOW) == (n <= 32    ? 0u
		                                             : n <= 64  ? 32u
		                                             : n <= 128 ? 64u
		                                                        : 128u));
		CHECK(header_bucket_of(&h, FIELD_TTL) == 0);
		for (uint32_t bucket = 32; bucket <= 128; bucket *= 2) {
			const struct header_item item = { FIELD_WINDOW, true, bucket };
			CHECK(host_day_has_item(&h, &item) == (n > bucket && n <= 2 * bucket));
		}
	}
	// More than the sample holds, even if a floor left little of it.
	const struct host_day emptied = host_with(3, true, items);
	CHECK(header_bucket_of(&emptied, FIELD_WINDOW) == 256);
}

TEST(values_are_found_wherever_they_stand)
{
	static struct item items[256];
	for (unsigned n = 0; n <= 256; n += n < 8 ? 1 : 62) {
		const struct host_day h = host_with(n, false, items);
		for (uint32_t value = 0; value < 800; value++) {
			const struct header_item item = { FIELD_WINDOW, false, value };
			CHECK(host_day_has_item(&h, &item) == (value % 3 == 0 && value / 3 < n));
		}
	}
	const struct host_day h = host_with(4, false, items);
	const struct header_item absent = { FIELD_TTL, false, 0 };
	CHECK(!host_day_has_item(&h, &absent));
}

TEST(bits_move_with_their_fingerprints)
{
	static struct item items[256];
	struct fingerprint_set set = set_of_text(
		"a = source window=3 window=6\nb = source window=4\n"
		"c = source window=0");
	struct host_day h = host_with(4, false, items), marked;
	const unsigned a = (unsigned)set.count - 3;
	h.matched_mask = UINT32_C(1) << 1 | UINT32_C(1) << a | UINT32_C(1) << 20 |
	                 UINT32_C(1) << FINGERPRINT_UNKNOWN;
	for (unsigned f = 0; f < FINGERPRINTS_MAX; f++)
		h.matched[f] = 1000 + f;
	h.sets[FIELD_MATCHED_PORT + 1] = (struct item_set){ .begin = 1, .count = 2 };
	h.sets[FIELD_MATCHED_PORT + 20] = (struct item_set){ .begin = 2, .count = 1 };
	h.fields_mask |= (uint64_t)h.matched_mask << FIELD_MATCHED_PORT;
	// As they are: those of sources are asked anew, whatever was said before.
	struct host_marks marks = host_marks_of(&set);
	host_day_mark(&h, &marks, &marked);
	CHECK(marked.matched_mask == (UINT32_C(1) << 1 | UINT32_C(5) << a | UINT32_C(1) << 20 |
	                              UINT32_C(1) << FINGERPRINT_UNKNOWN));
	CHECK(marked.matched[a] == 500 && marked.matched[a + 2] == 500 &&
	      marked.matched[1] == 1001);
	// Moved, asked, dropped.
	memset(marks.from, HOST_MARK_NONE, sizeof marks.from);
	marks.from[2] = 1;
	marks.from[a] = HOST_MARK_ASK;
	marks.from[a + 1] = 20;
	host_day_mark(&h, &marks, &marked);
	CHECK(marked.matched_mask == (UINT32_C(1) << 2 | UINT32_C(3) << a));
	CHECK(marked.matched[2] == 1001 && marked.matched[a] == 500 &&
	      marked.matched[a + 1] == 1020);
	CHECK(marked.sets[FIELD_MATCHED_PORT + 2].count == 2);
	CHECK(marked.sets[FIELD_MATCHED_PORT + a].count == 4);
	CHECK(marked.sets[FIELD_MATCHED_PORT + a + 1].begin == 2);
	CHECK(marked.fields_mask >> FIELD_MATCHED_PORT == marked.matched_mask);
	CHECK((marked.fields_mask & 3) == 3 && marked.packets[1] == 500);
	fingerprint_set_done(&set);
}

TEST_MAIN
