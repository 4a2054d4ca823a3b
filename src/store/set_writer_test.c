// SPDX-License-Identifier: MIT
// Sets side by side in little memory: their bytes are those of sets that were built in memory, and every fault of the
// disk and of memory is told.
#include "store/set_writer.h"

#include "base/fake_disk.h"
#include "base/memory.h"
#include "base/test.h"
#include "ipset/ipset.h"

#include <string.h>

enum { SETS = 4, SOURCES = 60000, SETTLED_EVERY = 5000, LITTLE = 3000 };
#define MASK (UINT64_C(1) << 0 | UINT64_C(1) << 3 | UINT64_C(1) << 31 | UINT64_C(1) << 32)
static const unsigned sets[SETS] = { 0, 3, 31, 32 };

// Of each set every second, third, ... address, in runs and gaps over some /16s.
static bool has(unsigned i, uint32_t number)
{
	return i == 0 || (number / 100) % (i + 1) == 0;
}

static uint32_t source_of(uint32_t number)
{
	return (number / 4000) << 16 | (number % 4000) * (1 + number / 20000);
}

static bool keep(void *context, struct span bytes, struct error *error)
{
	struct buffer *out = context;
	buffer_append(out, bytes.bytes, bytes.length);
	return !out->failed || error_memory(error, "a test");
}

static bool write_all(struct set_writer *w, struct buffer out[SETS], struct error *error)
{
	bool ok = true;
	for (uint32_t n = 0; ok && n < SOURCES; n++) {
		for (unsigned i = 0; i < SETS; i++)
			if (has(i, n))
				set_writer_add(w, sets[i], source_of(n));
		ok = n % SETTLED_EVERY != 0 || set_writer_settle(w, error);
	}
	for (unsigned i = 0; ok && i < SETS; i++)
		ok = set_writer_finish(w, sets[i], keep, &out[i], error);
	return ok;
}

static bool run(struct fake_disk *d, size_t memory, struct buffer out[SETS], struct error *error)
{
	struct set_writer *w = set_writer_new(&d->disk, "2016-09-01.000001.segment.new", MASK,
	                                      memory);
	const bool ok = w == NULL ? error_memory(error, "sets") : write_all(w, out, error);
	set_writer_free(w);
	return ok;
}

static bool is_right(const struct buffer *got, unsigned i)
{
	struct ipset_builder *builder = ipset_builder_new();
	struct span set;
	for (uint32_t n = 0; n < SOURCES; n++)
		if (has(i, n))
			ipset_builder_add(builder, source_of(n));
	const bool ok = ipset_builder_finish(builder, &set) && set.length == got->length &&
	                memcmp(set.bytes, got->bytes, set.length) == 0;
	ipset_builder_free(builder);
	return ok;
}

static void begin(struct buffer out[SETS])
{
	for (unsigned i = 0; i < SETS; i++)
		out[i] = buffer_up_to(SIZE_MAX);
}

static void end(struct buffer out[SETS])
{
	for (unsigned i = 0; i < SETS; i++)
		buffer_done(&out[i]);
}

TEST(sets_in_little_memory_are_the_same)
{
	static const size_t memories[] = { 0, LITTLE, 40000, SIZE_MAX };
	for (unsigned k = 0; k < sizeof memories / sizeof *memories; k++) {
		struct fake_disk *d = fake_disk_new();
		struct buffer out[SETS];
		struct error error;
		begin(out);
		fake_disk_fail(d, FAKE_ONCE, UINT32_MAX);
		CHECK(run(d, memories[k], out, &error));
		for (unsigned i = 0; i < SETS; i++)
			CHECK(is_right(&out[i], i));
		CHECK((d->calls == 0) == (memories[k] == SIZE_MAX));
		CHECK(d->open == 0 && d->now.count == 0);
		end(out);
		fake_disk_free(d);
	}
}

// Returns whether the fault came to pass.
static bool try_fault(enum fake_fault fault, unsigned at)
{
	struct fake_disk *d = fake_disk_new();
	struct buffer out[SETS];
	struct error error = { .text = "" };
	begin(out);
	fake_disk_fail(d, fault, at);
	memory_fail_at(fault == FAKE_NONE ? at : 0);
	const bool ok = run(d, LITTLE, out, &error);
	const bool has_fired = fault == FAKE_NONE ? !ok : d->has_fired;
	memory_fail_at(0);
	CHECK(ok || (has_fired && error.text[0] != '\0'));
	for (unsigned i = 0; ok && i < SETS; i++)
		CHECK(is_right(&out[i], i));
	CHECK(d->open == 0);
	end(out);
	fake_disk_free(d);
	return has_fired;
}

TEST(every_fault_is_told)
{
	static const enum fake_fault faults[] = { FAKE_ONCE, FAKE_SHORT, FAKE_FULL, FAKE_NONE };
	for (unsigned k = 0; k < sizeof faults / sizeof *faults; k++) {
		unsigned at = 1;
		while (at < 2000 && try_fault(faults[k], at))
			at++;
		CHECK(at > 5 && at < 2000);
	}
}

TEST_MAIN
