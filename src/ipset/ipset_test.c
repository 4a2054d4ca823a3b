// SPDX-License-Identifier: MIT
// Sets against sorted arrays, radix sorts against qsort().
#include "base/memory.h"
#include "base/random.h"
#include "base/test.h"
#include "base/text.h"
#include "ipset/ipset.h"

#include <roaring/roaring.h>
#include <stdlib.h>

enum { LOW = 65536, KEYS_MAX = 9 };

// A set as the sorted array of its addresses.
struct model {
	uint32_t *addresses;
	size_t count;
};

// Shapes that fill() knows; the first is the array.
enum { SHAPES = 6 };

// Marks the low halves of one container: a few, many, runs, all, or one at an edge.
static void fill(struct random *r, unsigned shape, bool *is_in)
{
	memset(is_in, false, LOW * sizeof *is_in);
	const uint32_t few = 1 + random_below(r, 4096), many = 4097 + random_below(r, 90000);
	for (uint32_t i = 0; shape < 2 && i < (shape == 0 ? few : many); i++)
		is_in[random_below(r, LOW)] = true;
	for (uint32_t run = 0; shape == 2 && run < 1 + few % 20; run++) {
		const uint32_t start = random_below(r, LOW), length = random_below(r, 3000);
		for (uint32_t i = start; i < LOW && i <= start + length; i++)
			is_in[i] = true;
	}
	if (shape == 3)
		memset(is_in, true, LOW * sizeof *is_in);
	if (shape == 4)
		is_in[random_below(r, 2) == 0 ? 0 : LOW - 1] = true;
	// Exactly the most that an array may hold, or one more; each second value, so no runs.
	for (uint32_t i = 0; shape == 5 && i < 4096 + few % 2; i++)
		is_in[2 * i] = true;
}

static struct model random_set(struct random *r, unsigned shapes)
{
	static bool is_in[LOW];
	struct model model = { .addresses = memory_new(KEYS_MAX * (size_t)LOW, sizeof(uint32_t)) };
	const unsigned keys = random_below(r, KEYS_MAX + 1);
	uint32_t key = random_below(r, 2) * 9;
	for (unsigned i = 0; i < keys; i++) {
		fill(r, random_below(r, shapes), is_in);
		for (uint32_t low = 0; low < LOW; low++)
			if (is_in[low])
				model.addresses[model.count++] = key << 16 | low;
		// The last container there can be is among them now and then.
		key = key < 65000 && random_below(r, 8) == 0 ? 65535 - KEYS_MAX + i : key + 1;
	}
	return model;
}

// The set, of which containers are taken away as soon as so many bytes of them are there.
static void write_in_parts(struct ipset_builder *builder, const struct model *model, size_t most,
                           struct buffer *out)
{
	struct buffer taken = buffer_up_to(SIZE_MAX);
	struct span head, rest;
	for (size_t i = 0; i < model->count; i++) {
		ipset_builder_add(builder, model->addresses[i]);
		if (ipset_builder_held(builder) < most)
			continue;
		const struct span bytes = ipset_builder_bytes(builder);
		buffer_append(&taken, bytes.bytes, bytes.length);
		ipset_builder_forget(builder);
	}
	CHECK(ipset_builder_end(builder, &head, &rest));
	buffer_append(out, head.bytes, head.length);
	buffer_append(out, taken.bytes, taken.length);
	buffer_append(out, rest.bytes, rest.length);
	ipset_builder_clear(builder);
	buffer_done(&taken);
}

static void write_set(struct ipset_builder *builder, const struct model *model, struct buffer *out)
{
	for (size_t i = 0; i < model->count; i++) {
		ipset_builder_add(builder, model->addresses[i]);
		if (i % 7 == 0)
			ipset_builder_add(builder, model->addresses[i]);
	}
	struct span set;
	CHECK(ipset_builder_finish(builder, &set));
	buffer_append(out, set.bytes, set.length);
	ipset_builder_clear(builder);
}

// CRoaring's bytes of the same set.
static bool is_as_croaring_writes(struct span set, const struct model *model)
{
	roaring_bitmap_t *other = roaring_bitmap_of_ptr(model->count, model->addresses);
	roaring_bitmap_run_optimize(other);
	char *bytes = memory_room(roaring_bitmap_portable_size_in_bytes(other));
	const size_t length = roaring_bitmap_portable_serialize(other, bytes);
	const bool is_same = length == set.length && memcmp(bytes, set.bytes, length) == 0;
	memory_free(bytes);
	roaring_bitmap_free(other);
	return is_same;
}

// Reads all of a set back. Returns the kinds of containers that were seen, a bit each.
static unsigned compare_view(struct span bytes, const struct model *model)
{
	static uint16_t values[LOW];
	struct ipset_view view;
	struct ipset_container container;
	size_t at = 0;
	unsigned kinds = 0;
	const bool is_open = ipset_view_open(bytes, &view);
	CHECK(is_open);
	while (is_open && ipset_view_next(&view, &container)) {
		const uint32_t count = ipset_container_values(&container, values);
		bool is_same = count == container.count && at + count <= model->count && count > 0;
		for (uint32_t i = 0; is_same && i < count; i++)
			is_same = model->addresses[at + i] ==
			          ((uint32_t)container.key << 16 | values[i]);
		CHECK(is_same);
		CHECK(container.kind == IPSET_RUNS ||
		      (container.kind == IPSET_BITMAP) == (count > 4096));
		at += count;
		kinds |= 1u << container.kind;
	}
	CHECK(at == model->count && !view.is_damaged);
	CHECK(!is_open || !ipset_view_next(&view, &container));
	return kinds;
}

TEST(sets_come_back_as_they_were_built)
{
	struct ipset_builder *builder = ipset_builder_new();
	unsigned kinds = 0;
	for (uint64_t seed = 0; seed < 60; seed++) {
		struct random r = random_from(seed);
		const unsigned before = test_failed_checks;
		struct model model = random_set(&r, SHAPES);
		struct buffer bytes = buffer_up_to(1 << 22);
		write_set(builder, &model, &bytes);
		kinds |= compare_view(buffer_span(&bytes), &model);
		CHECK(is_as_croaring_writes(buffer_span(&bytes), &model));
		if (test_failed_checks > before)
			printf("seed %llu\n", (unsigned long long)seed);
		buffer_done(&bytes);
		memory_free(model.addresses);
	}
	CHECK(kinds == (1u << IPSET_ARRAY | 1u << IPSET_BITMAP | 1u << IPSET_RUNS));
	ipset_builder_free(builder);
}

TEST(a_set_that_is_kept_elsewhere_in_parts)
{
	struct random r = random_from(6);
	struct ipset_builder *builder = ipset_builder_new();
	for (unsigned round = 0; round < 60; round++) {
		const struct model model = random_set(&r, round % SHAPES);
		struct buffer whole = buffer_up_to(SIZE_MAX), parts = buffer_up_to(SIZE_MAX);
		write_set(builder, &model, &whole);
		write_in_parts(builder, &model, round % 3 == 0 ? 1 : 1 + random_below(&r, 30000),
		               &parts);
		CHECK(parts.length == whole.length &&
		      memcmp(parts.bytes, whole.bytes, whole.length) == 0);
		buffer_done(&whole);
		buffer_done(&parts);
		memory_free(model.addresses);
	}
	ipset_builder_free(builder);
}

TEST(sets_are_appended_one_after_the_other)
{
	struct ipset_builder *builder = ipset_builder_new();
	struct buffer bytes = buffer_up_to(1000);
	const struct model none = { .count = 0 };
	uint32_t two[] = { 5, UINT32_MAX };
	const struct model pair = { two, 2 };
	write_set(builder, &pair, &bytes);
	const size_t first = bytes.length;
	write_set(builder, &none, &bytes);
	const size_t second = bytes.length;
	write_set(builder, &pair, &bytes);
	compare_view((struct span){ bytes.bytes, first }, &pair);
	compare_view((struct span){ bytes.bytes + first, second - first }, &none);
	compare_view((struct span){ bytes.bytes + second, bytes.length - second }, &pair);
	buffer_done(&bytes);
	ipset_builder_free(builder);
}

TEST(a_set_without_memory_says_so)
{
	struct random r = random_from(4);
	const struct model model = random_set(&r, SHAPES);
	unsigned failures = 0;
	for (bool ok = false; !ok && failures < 100; failures += !ok) {
		struct ipset_builder *builder = ipset_builder_new();
		struct span set;
		memory_fail_at(failures + 1);
		for (size_t i = 0; i < model.count; i++)
			ipset_builder_add(builder, model.addresses[i]);
		ok = ipset_builder_finish(builder, &set);
		memory_fail_at(0);
		CHECK(!ok || is_as_croaring_writes(set, &model));
		ipset_builder_free(builder);
	}
	CHECK(failures > 3 && failures < 100);
	ipset_builder_free(NULL);
	memory_fail_at(1);
	CHECK(ipset_builder_new() == NULL);
	memory_fail_at(0);
	memory_free(model.addresses);
}

// Whether the check says that the bytes are the set of the model.
static bool is_set_of(struct span set, const struct model *model)
{
	struct ipset_check *check = ipset_check_new(set);
	bool is_same = false;
	for (size_t i = 0; i < model->count; i++)
		ipset_check_add(check, model->addresses[i]);
	CHECK(ipset_check_end(check, &is_same));
	ipset_check_free(check);
	return is_same;
}

// Whatever byte is another one, or missing, or too many.
TEST(a_set_is_told_from_all_that_is_like_it)
{
	struct random r = random_from(5);
	for (int round = 0; round < 30; round++) {
		const struct model model = random_set(&r, SHAPES);
		struct ipset_builder *builder = ipset_builder_new();
		struct buffer bytes = buffer_up_to(SIZE_MAX);
		write_set(builder, &model, &bytes);
		struct span set = buffer_span(&bytes);
		CHECK(is_set_of(set, &model));
		for (int i = 0; i < 20; i++) {
			const size_t at = i < 8 ? (size_t)i
			                        : random_below(&r, (uint32_t)set.length);
			const uint8_t flip = (uint8_t)(1u << random_below(&r, 8));
			bytes.bytes[at] ^= flip;
			CHECK(!is_set_of(set, &model));
			bytes.bytes[at] ^= flip;
		}
		CHECK(!is_set_of((struct span){ set.bytes, set.length - 1 }, &model));
		const struct model fewer = { model.addresses, model.count - 1 };
		CHECK(model.count == 0 || !is_set_of(set, &fewer));
		buffer_byte(&bytes, 0);
		CHECK(!is_set_of(buffer_span(&bytes), &model));
		buffer_done(&bytes);
		ipset_builder_free(builder);
		memory_free(model.addresses);
	}
}

// Bytes by hand from the format's specification: an array {1, 5}, and a run 3..12.
static const uint8_t array_set[] = { 0x3a, 0x30, 0,  0, 1, 0, 0, 0, 7, 0,
	                             1,    0,    16, 0, 0, 0, 1, 0, 5, 0 };
static const uint8_t run_set[] = { 0x3b, 0x30, 0, 0, 1, 7, 0, 9, 0, 1, 0, 3, 0, 9, 0 };

TEST(bytes_are_those_of_the_specification)
{
	uint32_t two[] = { 7 << 16 | 1, 7 << 16 | 5 }, ten[10];
	for (uint32_t i = 0; i < 10; i++)
		ten[i] = 7 << 16 | (3 + i);
	const struct model array = { two, 2 }, run = { ten, 10 };
	CHECK(compare_view((struct span){ array_set, sizeof array_set }, &array) ==
	      1u << IPSET_ARRAY);
	CHECK(compare_view((struct span){ run_set, sizeof run_set }, &run) == 1u << IPSET_RUNS);
	struct ipset_builder *builder = ipset_builder_new();
	struct buffer bytes = buffer_up_to(1000);
	write_set(builder, &array, &bytes);
	CHECK(bytes.length == sizeof array_set &&
	      memcmp(bytes.bytes, array_set, sizeof array_set) == 0);
	write_set(builder, &run, &bytes);
	CHECK(bytes.length == sizeof array_set + sizeof run_set &&
	      memcmp(bytes.bytes + sizeof array_set, run_set, sizeof run_set) == 0);
	buffer_done(&bytes);
	ipset_builder_free(builder);
}

// The bytes in room of exactly their size, so that ASan sees one read too many.
static uint8_t *exactly(const void *bytes, size_t length)
{
	uint8_t *copy = memory_new(length == 0 ? 1 : length, 1);
	memcpy(copy, bytes, length);
	return copy;
}

// Walks bytes that may be anything. Returns the number of values that came out, 0 at damage.
static size_t survive(struct span bytes)
{
	uint16_t *values = memory_new(LOW, sizeof *values);
	struct ipset_view view;
	struct ipset_container container;
	size_t sum = 0;
	bool is_sound = ipset_view_open(bytes, &view);
	int32_t last_key = -1;
	while (is_sound && ipset_view_next(&view, &container)) {
		const uint32_t count = ipset_container_values(&container, values);
		CHECK(container.key > last_key && (count == 0 || count == container.count));
		for (uint32_t i = 1; i < count; i++)
			CHECK(values[i - 1] < values[i]);
		is_sound = count > 0;
		last_key = container.key;
		sum += count;
	}
	memory_free(values);
	return is_sound && !view.is_damaged ? sum : 0;
}

static size_t survive_changed(const uint8_t *set, size_t length, size_t at, uint8_t byte)
{
	uint8_t *copy = exactly(set, length);
	copy[at] = byte;
	const size_t sum = survive((struct span){ copy, length });
	memory_free(copy);
	return sum;
}

TEST(sets_that_contradict_themselves_are_refused)
{
	CHECK(survive((struct span){ array_set, sizeof array_set }) == 2);
	CHECK(survive((struct span){ run_set, sizeof run_set }) == 10);
	CHECK(survive_changed(array_set, sizeof array_set, 0, 0) == 0);     // cookie
	CHECK(survive_changed(array_set, sizeof array_set, 4, 2) == 0);     // two containers
	CHECK(survive_changed(array_set, sizeof array_set, 6, 0x7f) == 0);  // 8 million
	CHECK(survive_changed(array_set, sizeof array_set, 10, 2) == 0);    // three values
	CHECK(survive_changed(array_set, sizeof array_set, 16, 5) == 0);    // 5, 5
	CHECK(survive_changed(array_set, sizeof array_set, 16, 9) == 0);    // 9, 5
	CHECK(survive_changed(run_set, sizeof run_set, 7, 8) == 0);         // counts nine
	CHECK(survive_changed(run_set, sizeof run_set, 9, 2) == 0);         // two runs
	CHECK(survive_changed(run_set, sizeof run_set, 9, 0) == 0);         // none
	CHECK(survive_changed(run_set, sizeof run_set, 14, 0xff) == 0);     // 65,290 values
	CHECK(survive((struct span){ NULL, 0 }) == 0);
	for (size_t length = 0; length < sizeof array_set; length++) {
		uint8_t *cut = exactly(array_set, length);
		CHECK(survive((struct span){ cut, length }) == 0);
		memory_free(cut);
	}
	for (size_t length = 0; length < sizeof run_set; length++) {
		uint8_t *cut = exactly(run_set, length);
		CHECK(survive((struct span){ cut, length }) == 0);
		memory_free(cut);
	}
}

TEST(runs_do_not_overlap_and_end_at_65535)
{
	static const uint8_t overlapping[] = { 0x3b, 0x30, 0, 0, 1, 7, 0, 3, 0, 2,
		                               0,    3,    0, 1, 0, 4, 0, 1, 0 };
	static const uint8_t beyond[] = { 0x3b, 0x30, 0, 0, 1, 7, 0, 1, 0, 1, 0, 0xff, 0xff, 1, 0 };
	static const uint8_t keys[] = { 0x3a, 0x30, 0,  0, 2, 0, 0,  0, 7, 0, 0, 0, 7, 0,
		                        0,    0,    24, 0, 0, 0, 26, 0, 0, 0, 1, 0, 5, 0 };
	CHECK(survive((struct span){ overlapping, sizeof overlapping }) == 0);
	CHECK(survive((struct span){ beyond, sizeof beyond }) == 0);
	CHECK(survive((struct span){ keys, sizeof keys }) == 0);
	CHECK(survive_changed(keys, sizeof keys, 12, 8) == 2);
}

TEST(damaged_sets_do_no_harm)
{
	struct ipset_builder *builder = ipset_builder_new();
	for (uint64_t seed = 0; seed < 150; seed++) {
		struct random r = random_from(seed);
		const unsigned before = test_failed_checks;
		struct model model = random_set(&r, seed % 3 == 0 ? SHAPES : 1);
		struct buffer bytes = buffer_up_to(1 << 22);
		write_set(builder, &model, &bytes);
		for (unsigned round = 0; round < 20; round++) {
			const size_t length = round % 4 == 0
			                              ? random_below(&r, (uint32_t)bytes.length)
			                              : bytes.length;
			uint8_t *copy = exactly(bytes.bytes, length);
			// Most of the sense is in the head.
			const uint32_t reach = (uint32_t)(round % 2 == 0 && length > 60 ? 60
			                                                                : length);
			for (unsigned i = 0; length > 0 && i <= random_below(&r, 3); i++)
				copy[random_below(&r, reach)] = (uint8_t)(random_u32(&r) >>
				                                          random_below(&r, 8));
			survive((struct span){ copy, length });
			memory_free(copy);
		}
		if (test_failed_checks > before)
			printf("seed %llu\n", (unsigned long long)seed);
		buffer_done(&bytes);
		memory_free(model.addresses);
	}
	ipset_builder_free(builder);
}

enum { SORTED_MAX = 3000 };

static int by_value(const void *a, const void *b)
{
	const uint32_t x = *(const uint32_t *)a, y = *(const uint32_t *)b;
	return (x > y) - (x < y);
}

static int by_key_and_index(const void *a, const void *b)
{
	const struct ipset_keyed *x = a, *y = b;
	return x->key != y->key ? (x->key > y->key) - (x->key < y->key)
	                        : (x->index > y->index) - (x->index < y->index);
}

// Any bytes of the eight; what is not sorted stays in its order.
static void compare_byte_sort(struct random *r)
{
	static uint64_t values[SORTED_MAX], scratch[SORTED_MAX];
	static struct ipset_keyed expected[SORTED_MAX];
	const size_t count = random_below(r, random_below(r, 2) == 0 ? 40 : SORTED_MAX);
	const unsigned first = random_below(r, 5), bytes = 1 + random_below(r, 4);
	const uint64_t mask = ((UINT64_C(1) << 8 * bytes) - 1) << 8 * first;
	const uint64_t varying = random_below(r, 2) == 0 ? UINT64_MAX
	                                                 : random_u64(r) & random_u64(r);
	for (uint32_t i = 0; i < count; i++) {
		values[i] = random_u64(r) & varying;
		expected[i] = (struct ipset_keyed){ .key = values[i] & mask, .index = i };
	}
	qsort(expected, count, sizeof *expected, by_key_and_index);
	static uint64_t before[SORTED_MAX];
	memcpy(before, values, count * sizeof *values);
	const uint64_t *sorted = ipset_sort_u64(values, scratch, count, first, bytes);
	CHECK(sorted == values || sorted == scratch);
	bool is_same = true;
	for (size_t i = 0; i < count; i++)
		is_same &= sorted[i] == before[expected[i].index];
	CHECK(is_same);
}

// Sizes around the switch to the radix sort; masks that leave some bytes equal.
static void compare_sorts(struct random *r)
{
	static uint32_t values[SORTED_MAX], expected[SORTED_MAX], scratch[SORTED_MAX];
	static struct ipset_keyed keyed[SORTED_MAX], keyed_expected[SORTED_MAX],
		keyed_scratch[SORTED_MAX];
	const size_t count = random_below(r, random_below(r, 2) == 0 ? 40 : SORTED_MAX);
	const uint64_t mask = random_below(r, 4) == 0
	                              ? UINT64_MAX
	                              : UINT64_C(0xff) << 8 * random_below(r, 8) |
	                                        UINT64_C(0x0f) << 4 * random_below(r, 16);
	const uint64_t common = random_u64(r) & ~mask;
	for (uint32_t i = 0; i < count; i++) {
		const uint64_t key = (random_u64(r) & mask) | common;
		expected[i] = values[i] = (uint32_t)(key ^ key >> 32);
		keyed_expected[i] = keyed[i] = (struct ipset_keyed){ .key = key, .index = i };
	}
	ipset_sort_u32(values, scratch, count);
	ipset_sort_keyed(keyed, keyed_scratch, count);
	qsort(expected, count, sizeof *expected, by_value);
	qsort(keyed_expected, count, sizeof *keyed, by_key_and_index);
	CHECK(memcmp(values, expected, count * sizeof *values) == 0);
	bool is_same = true;
	for (size_t i = 0; i < count; i++)
		is_same &= keyed[i].key == keyed_expected[i].key &&
		           keyed[i].index == keyed_expected[i].index;
	CHECK(is_same);
}

TEST(radix_sorts_sort_like_qsort)
{
	for (uint64_t seed = 0; seed < 500; seed++) {
		struct random r = random_from(seed);
		const unsigned before = test_failed_checks;
		compare_sorts(&r);
		compare_byte_sort(&r);
		if (test_failed_checks > before)
			printf("seed %llu\n", (unsigned long long)seed);
	}
}

TEST_MAIN
