// SPDX-License-Identifier: MIT
// A block of bursts of anybody's bytes: what comes out of it holds what burst.h says; written anew it is read
// as the same, and merged with itself it is the same bursts of twice the packets.
//
// Input: a byte that chooses the form, then the block.
#include "burst/burst.h"
#include "fuzz.h"

#include <stdlib.h>
#include <string.h>

enum { LENGTH_MAX = 1 << 16 };

static uint64_t check_set(struct span set, uint64_t packets)
{
	struct burst_set_reader r = burst_set_read(set);
	uint64_t count = 0;
	uint32_t value, last = 0;
	for (; burst_set_next(&r, &value); last = value) {
		REQUIRE(count == 0 || value > last);
		count++;
	}
	REQUIRE(count == burst_set_count(set) && count <= packets);
	REQUIRE(burst_set_is_valid(set));
	return count;
}

static void check_slots(const struct burst *b)
{
	struct burst_slots s = burst_slots_read(b);
	uint64_t slot, packets, sum = 0, last = 0;
	while (burst_slots_next(&s, &slot, &packets)) {
		REQUIRE(packets > 0 &&
		        (sum == 0 ? slot == b->first_ns / BURST_SLOT_NS : slot > last));
		sum += packets;
		last = slot;
	}
	REQUIRE(sum == b->packets && last == b->last_ns / BURST_SLOT_NS);
}

static void check_burst(const struct burst *b, enum burst_form form)
{
	REQUIRE(b->packets > 0 && b->mismatches <= b->packets && b->first_ns <= b->last_ns);
	(void)check_set(b->others, b->packets);
	REQUIRE((check_set(b->ports, b->packets) > 0) == b->has_port);
	REQUIRE(!b->has_port || (b->port_ns >= b->first_ns && b->port_ns <= b->last_ns));
	for (uint32_t rest = b->matched_mask; rest != 0; rest &= rest - 1)
		REQUIRE(b->matched[__builtin_ctz(rest)] > 0);
	if (form == BURST_BACKSCATTER)
		check_slots(b);
	else
		REQUIRE(b->slots.length == 0 && !b->has_port && b->mismatches == 0);
}

// Reads all; what is whole of it goes to `out`. How many bursts that is.
static uint32_t copy(struct span block, enum burst_form form, struct burst_writer *out)
{
	struct burst_reader r;
	struct burst_key key = { .address = 0 };
	uint64_t last_ns = 0;
	uint32_t count = 0;
	burst_reader_open(&r, form, block);
	for (; burst_reader_next(&r); count++) {
		const int order = burst_key_compare(&key, &r.burst.key);
		check_burst(&r.burst, form);
		REQUIRE(count == 0 || order < 0 ||
		        (order == 0 && r.burst.first_ns > last_ns &&
		         r.burst.first_ns - last_ns > BURST_SILENCE_NS));
		key = r.burst.key;
		last_ns = r.burst.last_ns;
		burst_writer_add(out, &r.burst);
	}
	return count;
}

// A stream over one block.
struct stream {
	struct burst_stream stream;
	struct burst_reader reader;
};

static bool next(struct burst_stream *stream, const struct burst **out, struct error *error)
{
	struct stream *s = (struct stream *)stream;
	(void)error;
	*out = burst_reader_next(&s->reader) ? &s->reader.burst : NULL;
	return true;
}

static void leave(struct burst_stream *stream)
{
	(void)stream;
}

static void check_merged(struct span block, enum burst_form form, uint32_t count)
{
	struct stream streams[2] = { { .stream = { next, leave } }, { .stream = { next, leave } } };
	struct burst_stream *const both[] = { &streams[0].stream, &streams[1].stream };
	const struct burst *b = NULL;
	struct burst_reader one;
	struct error error;
	burst_reader_open(&streams[0].reader, form, block);
	burst_reader_open(&streams[1].reader, form, block);
	burst_reader_open(&one, form, block);
	struct burst_stream *merged = burst_merger_new(both, 2, BURST_SILENCE_NS);
	if (!WORKS(merged != NULL))
		return;
	while (WORKS(merged->next(merged, &b, &error)) && b != NULL) {
		REQUIRE(burst_reader_next(&one) && count-- > 0);
		const struct burst *x = &one.burst;
		REQUIRE(burst_key_compare(&b->key, &x->key) == 0 && b->first_ns == x->first_ns &&
		        b->last_ns == x->last_ns && b->packets == x->packets * 2);
		REQUIRE(check_set(b->others, b->packets) == burst_set_count(x->others));
		REQUIRE(check_set(b->ports, b->packets) == burst_set_count(x->ports));
		REQUIRE(b->has_port == x->has_port && b->first_port == x->first_port);
	}
	REQUIRE(count == 0 || fuzz_is_starving);
	merged->close(merged);
}

void fuzz_one(struct span input)
{
	const enum burst_form form = fuzz_u8(&input) % BURST_FORMS;
	struct burst_writer first = { .count = 0 }, again = { .count = 0 };
	if (input.length > LENGTH_MAX)
		return;
	burst_writer_begin(&first);
	burst_writer_begin(&again);
	const uint32_t count = copy(input, form, &first);
	const struct span block = { first.block.bytes, first.block.length };
	if (count > 0 && WORKS(!first.block.failed)) {
		REQUIRE(copy(block, form, &again) == count);
		if (WORKS(!again.block.failed))
			REQUIRE(again.block.length == block.length &&
			        memcmp(again.block.bytes, block.bytes, block.length) == 0);
		check_merged(block, form, count);
	}
	burst_writer_done(&first);
	burst_writer_done(&again);
}
