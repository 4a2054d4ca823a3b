// SPDX-License-Identifier: MIT
// Bursts against a naive model, and themselves in pieces.
#include "base/random.h"
#include "base/test.h"
#include "burst/burst_private.h"
#include "burst/test_bursts.h"

enum { RECORDS_MAX = 3000, PIECES_MAX = 7 };
#define DAY_NS UINT64_C(86400000000000)
#define BEGIN_NS (17000 * DAY_NS)

// Of few keys and, mostly, few seconds, so that packets meet.
static struct burst_record random_record(struct random *r, enum burst_form form, uint32_t addresses,
                                         uint32_t seconds)
{
	struct burst_record record = {
		.time_ns = BEGIN_NS + random_below(r, seconds) * UINT64_C(1000000000) +
		           (random_below(r, 3) == 0 ? random_below(r, 1000000000) : 0),
		.address = random_below(r, addresses),
		.other = random_below(r, 2) ? random_u32(r) : random_below(r, 70000),
		.packets = random_below(r, 9) ? 1 : random_below(r, 1000) + 1,
		.protocol = random_below(r, 3) ? 6 : 17,
	};
	if (random_below(r, 50) == 0)
		record.flags |= BURST_NO_OTHER;
	if (form == BURST_BACKSCATTER) {
		record.port = (uint16_t)(random_below(r, 2) ? 80 : random_u32(r));
		record.flags |= random_below(r, 4) ? 0 : BURST_NO_PORT;
		record.flags |= random_below(r, 4) ? 0 : BURST_MISMATCH;
		return record;
	}
	record.key_port = (uint16_t)(random_below(r, 2) ? 23 : 2323);
	record.flags |= BURST_NO_PORT;
	record.fingerprints = random_u32(r) & random_u32(r) & random_u32(r);
	return record;
}

static struct burst_record *random_records(struct random *r, enum burst_form form, size_t count)
{
	static struct burst_record records[RECORDS_MAX];
	const uint32_t addresses = 1 + random_below(r, random_below(r, 2) ? 3 : 1000);
	const uint32_t seconds = 1 + random_below(r, random_below(r, 2) ? 300 : 86400);
	for (size_t i = 0; i < count; i++)
		records[i] = random_record(r, form, addresses, seconds);
	return records;
}

// The bursts of a stream, as it closes.
static bool read_all(struct burst_stream *stream, struct test_blocks *out)
{
	struct error error;
	const struct burst *burst = NULL;
	bool ok = stream != NULL;
	while (ok && (ok = stream->next(stream, &burst, &error)) && burst != NULL)
		ok = test_blocks_take(out, burst, &error);
	if (out->count > 0)
		test_blocks_end(out);
	if (stream != NULL)
		stream->close(stream);
	return ok;
}

static bool is_same(const struct buffer *a, const struct buffer *b)
{
	return a->length == b->length &&
	       (a->length == 0 || memcmp(a->bytes, b->bytes, a->length) == 0);
}

// ---- a naive model: each packet looks for the burst that it is in

static bool is_of(const struct burst_record *r, const struct burst *b)
{
	return r->address == b->key.address && r->protocol == b->key.protocol &&
	       r->key_port == b->key.port && r->time_ns >= b->first_ns && r->time_ns <= b->last_ns;
}

static bool set_has(struct span set, uint32_t value)
{
	struct burst_set_reader r = burst_set_read(set);
	uint32_t v;
	while (burst_set_next(&r, &v))
		if (v == value)
			return true;
	return false;
}

static uint64_t slot_packets(const struct burst *b, uint64_t slot)
{
	struct burst_slots s = burst_slots_read(b);
	uint64_t at, packets;
	while (burst_slots_next(&s, &at, &packets))
		if (at == slot)
			return packets;
	return 0;
}

static uint64_t naive_slot(const struct burst *b, const struct burst_record *records, size_t count,
                           uint64_t slot)
{
	uint64_t packets = 0;
	for (size_t i = 0; i < count; i++)
		if (is_of(&records[i], b) && records[i].time_ns / BURST_SLOT_NS == slot)
			packets += records[i].packets;
	return packets;
}

struct naive {
	uint64_t packets, mismatches, port_ns, matched[BURST_FINGERPRINTS];
	uint32_t port;
	size_t others, ports;
	uint32_t other[RECORDS_MAX], of_ports[RECORDS_MAX];
};

static void note(uint32_t *list, size_t *count, uint32_t value)
{
	for (size_t i = 0; i < *count; i++)
		if (list[i] == value)
			return;
	list[(*count)++] = value;
}

static void note_record(struct naive *n, const struct burst_record *r)
{
	n->packets += r->packets;
	n->mismatches += r->flags & BURST_MISMATCH ? r->packets : 0;
	for (unsigned bit = 0; bit < BURST_FINGERPRINTS; bit++)
		n->matched[bit] += r->fingerprints >> bit & 1 ? r->packets : 0;
	if (!(r->flags & BURST_NO_OTHER))
		note(n->other, &n->others, r->other);
	if (r->flags & BURST_NO_PORT)
		return;
	note(n->of_ports, &n->ports, r->port);
	if (r->time_ns < n->port_ns || (r->time_ns == n->port_ns && r->port < n->port)) {
		n->port_ns = r->time_ns;
		n->port = r->port;
	}
}

static void check_matched(const struct burst *b, const struct naive *n)
{
	for (unsigned bit = 0; bit < BURST_FINGERPRINTS; bit++)
		CHECK(n->matched[bit] == (b->matched_mask >> bit & 1 ? b->matched[bit] : 0));
}

static void check_burst(const struct burst *b, const struct burst_record *records, size_t count)
{
	static struct naive n;
	n = (struct naive){ .port_ns = UINT64_MAX };
	uint64_t first = UINT64_MAX, last = 0;
	for (size_t i = 0; i < count; i++)
		if (is_of(&records[i], b)) {
			note_record(&n, &records[i]);
			first = records[i].time_ns < first ? records[i].time_ns : first;
			last = records[i].time_ns > last ? records[i].time_ns : last;
		}
	CHECK(b->first_ns == first && b->last_ns == last);
	CHECK(b->packets == n.packets && b->mismatches == n.mismatches);
	CHECK(burst_set_count(b->others) == n.others && burst_set_count(b->ports) == n.ports);
	for (size_t i = 0; i < n.others; i += 1 + n.others / 8)
		CHECK(set_has(b->others, n.other[i]));
	for (size_t i = 0; i < n.ports; i += 1 + n.ports / 8)
		CHECK(set_has(b->ports, n.of_ports[i]));
	for (size_t i = 0; b->slots.length > 0 && i < count; i += 1 + count / 50)
		if (is_of(&records[i], b))
			CHECK(slot_packets(b, records[i].time_ns / BURST_SLOT_NS) ==
			      naive_slot(b, records, count, records[i].time_ns / BURST_SLOT_NS));
	CHECK(b->has_port == (n.ports > 0));
	if (n.ports > 0)
		CHECK(b->port_ns == n.port_ns && b->first_port == n.port);
	check_matched(b, &n);
}

// Of each record the burst is there, and nothing but these; no two of a key are near each other.
static void check_naively(struct span blocks, enum burst_form form,
                          const struct burst_record *records, size_t count)
{
	struct burst_stream *stream = test_stream_new(form, blocks);
	const struct burst *b;
	struct error error;
	struct burst_key key = { .address = 0 };
	uint64_t sum = 0, all = 0, last_ns = 0;
	for (size_t i = 0; i < count; i++)
		all += records[i].packets;
	while (stream != NULL && stream->next(stream, &b, &error) && b != NULL) {
		check_burst(b, records, count);
		if (sum > 0 && burst_key_compare(&key, &b->key) == 0)
			CHECK(b->first_ns > last_ns + BURST_SILENCE_NS);
		CHECK(sum == 0 || burst_key_compare(&key, &b->key) <= 0);
		key = b->key;
		last_ns = b->last_ns;
		sum += b->packets;
	}
	CHECK(sum == all);
	if (stream != NULL)
		stream->close(stream);
}

// Within a burst no packet is more than the silence behind the one before.
static void check_silence(struct span blocks, const struct burst_record *records, size_t count)
{
	struct burst_stream *stream = test_stream_new(BURST_BACKSCATTER, blocks);
	const struct burst *b;
	struct error error;
	while (stream != NULL && stream->next(stream, &b, &error) && b != NULL)
		for (uint64_t at = b->first_ns; at < b->last_ns;) {
			uint64_t next = at;
			for (size_t i = 0; i < count; i++)
				if (is_of(&records[i], b) && records[i].time_ns > next &&
				    records[i].time_ns <= at + BURST_SILENCE_NS)
					next = records[i].time_ns;
			CHECK(next > at);
			if (next == at)
				break;
			at = next;
		}
	if (stream != NULL)
		stream->close(stream);
}

// ---- tests

static void check_pieces(struct random *r, enum burst_form form, const struct burst_record *records,
                         size_t count, const struct test_blocks *whole)
{
	static struct burst_record parts[PIECES_MAX][RECORDS_MAX];
	size_t counts[PIECES_MAX] = { 0 };
	const unsigned pieces = 1 + random_below(r, PIECES_MAX);
	struct test_blocks made[PIECES_MAX] = { { .count = 0 } }, again = { .count = 0 };
	struct burst_stream *streams[PIECES_MAX];
	struct error error;
	for (size_t i = 0; i < count; i++) {
		const unsigned p = random_below(r, pieces);
		parts[p][counts[p]++] = records[i];
	}
	for (unsigned p = 0; p < pieces; p++) {
		made[p].are_small = random_below(r, 2) != 0;
		CHECK(test_blocks_make(&made[p], form, parts[p], counts[p], &error));
		streams[p] = test_stream_new(form, buffer_span(&made[p].bytes));
		CHECK(streams[p] != NULL);
	}
	CHECK(read_all(burst_merger_new(streams, pieces, BURST_SILENCE_NS), &again));
	CHECK(is_same(&again.bytes, &whole->bytes));
	for (unsigned p = 0; p < pieces; p++)
		test_blocks_done(&made[p]);
	test_blocks_done(&again);
}

TEST(pieces_in_any_order_become_the_same_bytes)
{
	const unsigned rounds = random_rounds(60);
	for (unsigned round = 0; round < rounds; round++) {
		struct random r = random_from(round);
		const enum burst_form form = round % BURST_FORMS;
		const size_t count = random_below(&r, round % 8 == 0 ? RECORDS_MAX : 300);
		const struct burst_record *records = random_records(&r, form, count);
		struct test_blocks whole = { .count = 0 };
		struct error error;
		CHECK(test_blocks_make(&whole, form, records, count, &error));
		check_naively(buffer_span(&whole.bytes), form, records, count);
		if (form == BURST_BACKSCATTER && count < 300)
			check_silence(buffer_span(&whole.bytes), records, count);
		check_pieces(&r, form, records, count, &whole);
		test_blocks_done(&whole);
	}
}

// A longer silence gives what its own records would have: each burst ends where nothing comes for so long.
TEST(a_longer_silence_joins_what_is_nearer)
{
	const uint64_t silence_ns = 300 * UINT64_C(1000000000);
	for (unsigned round = 0; round < random_rounds(20); round++) {
		struct random r = random_from(round);
		const size_t count = 1 + random_below(&r, 200);
		const struct burst_record *records = random_records(&r, BURST_BACKSCATTER, count);
		struct test_blocks whole = { .count = 0 };
		struct error error;
		const struct burst *b = NULL;
		uint64_t sum = 0, slots = 0, slot, packets;
		CHECK(test_blocks_make(&whole, BURST_BACKSCATTER, records, count, &error));
		struct burst_stream *one = test_stream_new(BURST_BACKSCATTER,
		                                           buffer_span(&whole.bytes));
		struct burst_stream *joined = burst_merger_new(&one, 1, silence_ns);
		while (joined != NULL && joined->next(joined, &b, &error) && b != NULL) {
			struct burst_slots s = burst_slots_read(b);
			while (burst_slots_next(&s, &slot, &packets))
				slots += packets;
			check_burst(b, records, count);
			sum += b->packets;
			for (size_t i = 0; i < count; i++) {
				struct burst_record near = records[i];
				const bool is_near = near.time_ns < b->first_ns
				                             ? b->first_ns - near.time_ns <=
				                                       silence_ns
				                             : near.time_ns - b->last_ns <=
				                                       silence_ns;
				if (near.time_ns >= b->first_ns && near.time_ns <= b->last_ns)
					continue;
				near.time_ns = b->first_ns;
				CHECK(!is_near || !is_of(&near, b));
			}
		}
		for (size_t i = 0; i < count; i++)
			sum -= records[i].packets;
		CHECK(sum == 0 && slots > 0);
		joined->close(joined);
		test_blocks_done(&whole);
	}
}

// At the edge: exactly a minute is no silence, a nanosecond more is.
TEST(a_minute_is_the_longest_silence_within_a_burst)
{
	struct error error;
	for (unsigned more = 0; more < 2; more++) {
		const struct burst_record records[] = {
			{ .time_ns = BEGIN_NS, .address = 7, .packets = 1, .port = 80 },
			{ .time_ns = BEGIN_NS + BURST_SILENCE_NS + more,
			  .address = 7,
			  .packets = 1 },
		};
		struct test_blocks apart = { .count = 0 };
		CHECK(test_blocks_make(&apart, BURST_BACKSCATTER, records, 2, &error));
		CHECK(apart.count == 1 + more);
		test_blocks_done(&apart);
	}
}

static void add_spread(struct burst_record *records, size_t count)
{
	for (size_t i = 0; i < count; i++)
		records[i] = (struct burst_record){ .time_ns = BEGIN_NS + i,
			                            .address = 9,
			                            .other = (uint32_t)(i * 2654435761u),
			                            .packets = 1,
			                            .port = (uint16_t)i };
}

// Sets of every size around where their form changes.
TEST(a_set_is_exact_whatever_its_size)
{
	static struct burst_record records[RECORDS_MAX];
	struct error error;
	for (size_t count = 1; count < 600; count += count < 250 || count > 260 ? 13 : 1) {
		struct test_blocks made = { .count = 0 };
		add_spread(records, count);
		CHECK(test_blocks_make(&made, BURST_BACKSCATTER, records, count, &error));
		check_naively(buffer_span(&made.bytes), BURST_BACKSCATTER, records, count);
		test_blocks_done(&made);
	}
}

// What a telescope of 2^24 addresses can see of one victim.
TEST(a_set_of_a_whole_8_takes_little)
{
	struct ipset_builder *builder = ipset_builder_new();
	struct buffer set = buffer_up_to(SIZE_MAX), other = buffer_up_to(SIZE_MAX);
	static uint32_t values[1 << 20];
	CHECK(builder != NULL);
	for (unsigned part = 0; part < 8; part++) {
		for (uint32_t i = 0; i < 1 << 20; i++)
			values[i] = 0x0a000000 + (part << 21) + i * 2;
		burst_set_write(&other, builder, values, 1 << 20);
		struct buffer united = buffer_up_to(SIZE_MAX);
		burst_set_unite(&united, builder, buffer_span(&set), buffer_span(&other));
		buffer_done(&set);
		set = united;
	}
	CHECK(burst_set_count(buffer_span(&set)) == 1 << 23);
	CHECK(set.length <= (2 << 20) + 4096 && burst_set_is_valid(buffer_span(&set)));
	buffer_done(&set);
	buffer_done(&other);
	ipset_builder_free(builder);
}

static uint64_t sum_of_slots(const struct burst *b)
{
	struct burst_slots s = burst_slots_read(b);
	uint64_t slot, packets, sum = 0;
	while (burst_slots_next(&s, &slot, &packets))
		sum += packets;
	return sum;
}

// How many bursts come of it. All that is said of them holds.
static unsigned read_damaged(enum burst_form form, struct span block, bool *out_is_damaged)
{
	struct burst_reader reader;
	unsigned count = 0;
	burst_reader_open(&reader, form, block);
	for (; burst_reader_next(&reader); count++) {
		const struct burst *b = &reader.burst;
		CHECK(b->packets > 0 && b->mismatches <= b->packets && b->first_ns <= b->last_ns);
		CHECK(burst_set_count(b->others) <= b->packets);
		CHECK(form == BURST_SCAN || sum_of_slots(b) == b->packets);
		CHECK(b->has_port == (b->ports.length > 0));
	}
	*out_is_damaged = reader.is_damaged;
	return count;
}

static void check_damaged(enum burst_form form, struct span block, unsigned count)
{
	static uint8_t copy[BURST_BLOCK_BYTES * 2];
	struct random r = random_from(1);
	unsigned noticed = 0;
	bool is_damaged;
	CHECK(block.length <= sizeof copy);
	for (size_t at = 0; at < block.length; at += sweep_step()) {
		memcpy(copy, block.bytes, block.length);
		copy[at] ^= (uint8_t)(1 + random_below(&r, 255));
		(void)read_damaged(form, (struct span){ copy, block.length }, &is_damaged);
		noticed += is_damaged;
		CHECK(read_damaged(form, (struct span){ block.bytes, at }, &is_damaged) < count);
	}
	CHECK(noticed > 0);
}

// Any byte of a block changed, or cut off there: it ends, and what came of it holds.
TEST(a_damaged_block_ends)
{
	struct random r = random_from(5);
	struct error error;
	bool is_damaged;
	for (unsigned form = 0; form < BURST_FORMS; form++) {
		struct test_blocks made = { .count = 0 };
		CHECK(test_blocks_make(&made, form, random_records(&r, form, 300), 300, &error));
		struct cursor c = cursor_over(buffer_span(&made.bytes));
		const struct span block = cursor_take(&c, (size_t)cursor_varint(&c));
		const unsigned count = read_damaged(form, block, &is_damaged);
		CHECK(count == made.count && !is_damaged);
		check_damaged(form, block, count);
		test_blocks_done(&made);
	}
}

static bool make_and_merge(const struct burst_record *records, size_t count,
                           struct test_blocks *made, struct test_blocks *again)
{
	struct error error;
	struct burst_stream *streams[2] = { NULL, NULL };
	if (!test_blocks_make(made, BURST_BACKSCATTER, records, count, &error))
		return false;
	for (size_t i = 0; i < 2; i++)
		streams[i] = test_stream_new(BURST_BACKSCATTER, buffer_span(&made->bytes));
	if (streams[0] != NULL && streams[1] != NULL)
		return read_all(burst_merger_new(streams, 2, BURST_SILENCE_NS), again);
	memory_free(streams[0]);
	memory_free(streams[1]);
	return false;
}

TEST(without_memory_it_fails)
{
	struct random r = random_from(3);
	const struct burst_record *records = random_records(&r, BURST_BACKSCATTER, 100);
	bool ok = false;
	unsigned long at = 1;
	for (; !ok && at < 200; at++) {
		struct test_blocks made = { .count = 0 }, again = { .count = 0 };
		memory_fail_at(at);
		ok = make_and_merge(records, 100, &made, &again);
		memory_fail_at(0);
		CHECK(!ok || again.count == made.count);
		test_blocks_done(&made);
		test_blocks_done(&again);
	}
	CHECK(ok && at > 10);
}

TEST_MAIN
