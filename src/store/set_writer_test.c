// SPDX-License-Identifier: MIT
// Sets that are larger than their room: the bytes of a builder that has all in memory, most of which went through the
// file aside; and what fails on the way.
#include "store/set_writer.h"

#include "base/fake_disk.h"
#include "base/memory.h"
#include "base/random.h"
#include "base/test.h"

#include <string.h>

#define NAME "2016-09-01.000001.segment.new"
#define ASIDE NAME ".spill"
enum { FINGERPRINTS = 2, SOURCES = 1500000 };

// All sources, every other one or so, and every tenth: as sets 0, 1 and all.
static uint64_t sets_of(struct random *dice)
{
	const uint32_t n = random_below(dice, 10);
	return UINT64_C(1) << SET_ALL | (n % 2 == 0 ? 1 : 0) | (n == 3 ? 2 : 0);
}

static bool add_all(struct set_writer *w, struct ipset_builder *const *expected, unsigned sources,
                    struct error *error)
{
	struct random dice = random_from(7);
	for (uint32_t i = 0, source = 0; i < sources; i++) {
		source += 1 + random_below(&dice, 40);
		const uint64_t sets = sets_of(&dice);
		if (!set_writer_add(w, sets, source, error))
			return false;
		for (uint64_t rest = sets; expected != NULL && rest != 0; rest &= rest - 1)
			ipset_builder_add(expected[__builtin_ctzll(rest)], source);
	}
	return true;
}

static bool keep(void *context, struct span bytes, struct error *error)
{
	struct buffer *out = context;
	buffer_append(out, bytes.bytes, bytes.length);
	return !out->failed || error_memory(error, "a test");
}

static const unsigned all_sets[] = { 0, 1, SET_ALL };

static void check_same(struct set_writer *w, struct ipset_builder *const *expected)
{
	struct error error;
	for (unsigned i = 0; i < 3; i++) {
		struct buffer got = buffer_up_to(SIZE_MAX);
		struct span want;
		CHECK(set_writer_end(w, all_sets[i], keep, &got, &error));
		CHECK(ipset_builder_finish(expected[all_sets[i]], &want));
		CHECK(got.length == want.length && memcmp(got.bytes, want.bytes, want.length) == 0);
		buffer_done(&got);
	}
}

static void write_and_compare(unsigned sources, struct fake_disk *d)
{
	struct ipset_builder *expected[SETS] = { NULL };
	struct error error;
	for (unsigned i = 0; i < 3; i++)
		expected[all_sets[i]] = ipset_builder_new();
	struct set_writer *w = set_writer_new(&d->disk, NAME, FINGERPRINTS);
	CHECK(add_all(w, expected, sources, &error));
	const struct fake_file *aside = fake_find(d, ASIDE);
	// All but the room, and the containers at hand.
	const uint64_t bytes = sources * UINT64_C(2 * 16) / 10;
	CHECK(bytes < SET_WRITER_ROOM
	              ? aside == NULL
	              : aside != NULL && aside->now_length > bytes - 2 * SET_WRITER_ROOM);
	check_same(w, expected);
	set_writer_free(w);
	CHECK(fake_find(d, ASIDE) == NULL && d->open == 0);
	for (unsigned i = 0; i < 3; i++)
		ipset_builder_free(expected[all_sets[i]]);
}

TEST(sets_larger_than_their_room_have_the_same_bytes)
{
	struct fake_disk *d = fake_disk_new();
	write_and_compare(SOURCES, d);
	write_and_compare(SOURCES / 2, d);
	fake_disk_free(d);
}

TEST(few_sources_make_no_file)
{
	struct fake_disk *d = fake_disk_new();
	fake_disk_fail(d, FAKE_FOR_EVER, 1);
	write_and_compare(1000, d);
	write_and_compare(0, d);
	CHECK(!d->has_fired);
	fake_disk_free(d);
}

static bool write_on(struct fake_disk *d, struct error *error)
{
	struct set_writer *w = set_writer_new(&d->disk, NAME, FINGERPRINTS);
	if (w == NULL)
		return error_memory(error, "sets");
	bool ok = add_all(w, NULL, SOURCES / 3, error);
	for (unsigned i = 0; ok && i < 3; i++) {
		struct buffer got = buffer_up_to(SIZE_MAX);
		ok = set_writer_end(w, all_sets[i], keep, &got, error);
		buffer_done(&got);
	}
	set_writer_free(w);
	return ok;
}

TEST(what_fails_on_the_way_is_told)
{
	static const enum fake_fault faults[] = { FAKE_ONCE, FAKE_FULL };
	for (unsigned fault = 0; fault < 2; fault++)
		for (unsigned at = 1;; at += at < 10 ? 1 : 15) {
			struct fake_disk *d = fake_disk_new();
			struct error error = { .text = "" };
			fake_disk_fail(d, faults[fault], at);
			const bool ok = write_on(d, &error);
			const bool has_fired = d->has_fired;
			// A file that cannot be removed is garbage, which the next writer removes.
			CHECK(ok || (has_fired && strstr(error.text, ASIDE) != NULL));
			CHECK(d->open == 0);
			fake_disk_free(d);
			if (!has_fired)
				break;
		}
	struct fake_disk *d = fake_disk_new();
	for (unsigned at = 1; at < 60; at += 3) {
		struct error error = { .text = "" };
		memory_fail_at(at);
		const bool ok = write_on(d, &error);
		memory_fail_at(0);
		CHECK(ok || strstr(error.text, "memory") != NULL);
		CHECK(fake_find(d, ASIDE) == NULL);
	}
	fake_disk_free(d);
}

TEST_MAIN
