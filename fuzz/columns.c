// SPDX-License-Identifier: MIT
// Host-days read from arbitrary columns; written anew they are the same, and
// two copies merged are each source once, with twice its packets.
//
// Input: number of host-days, columns that are wanted, then the columns, each
// with its number and length in front.
#include "fuzz.h"
#include "hostday/hostday.h"

#include <stdlib.h>
#include <string.h>

enum { COLUMN_MAX = 1 << 16 };
#define BASE_NS UINT64_C(1472688000000000000)

struct input {
	struct span columns[COLUMN_COUNT];
	uint64_t host_count, wanted;
};

static struct input read_input(struct span bytes)
{
	struct input in = { .host_count = fuzz_u8(&bytes) };
	in.wanted = fuzz_u8(&bytes) & 1 ? fuzz_u16(&bytes) : COLUMNS_ALL;
	while (bytes.length > 0) {
		const unsigned column = fuzz_u8(&bytes) % COLUMN_COUNT;
		size_t length = fuzz_u8(&bytes);
		if (length > bytes.length)
			length = bytes.length;
		in.columns[column] = (struct span){ bytes.bytes, length };
		bytes = span_from(bytes, length);
	}
	return in;
}

static void check_items(const struct host_day *h, unsigned field)
{
	const struct item_set set = h->sets[field];
	const struct field_info *info = field_info(field);
	REQUIRE((size_t)set.begin + set.count <= h->item_count);
	REQUIRE(set.count <= info->values_max);
	for (uint32_t i = 0; i < set.count; i++) {
		const struct item *item = &h->items[set.begin + i];
		REQUIRE(i == 0 || item->value > item[-1].value);
		REQUIRE(info->width == 4 || item->value >> 8 * info->width == 0);
		REQUIRE(item->packets > 0);
	}
	(void)host_day_distinct(h, field);
}

static void check_host(const struct host_day *h)
{
	REQUIRE(h->first_ns >= BASE_NS && h->last_ns >= h->first_ns);
	for (uint64_t rest = h->fields_mask; rest != 0; rest &= rest - 1)
		check_items(h, (unsigned)__builtin_ctzll(rest));
	for (uint32_t rest = h->matched_mask; rest != 0; rest &= rest - 1)
		REQUIRE(h->matched[__builtin_ctz(rest)] > 0);
}

static bool is_same(const struct host_day *a, const struct host_day *b)
{
	if (a->source != b->source || a->first_ns != b->first_ns || a->last_ns != b->last_ns ||
	    a->matched_mask != b->matched_mask || a->fields_mask != b->fields_mask ||
	    memcmp(a->packets, b->packets, sizeof a->packets) != 0)
		return false;
	for (uint32_t rest = a->matched_mask; rest != 0; rest &= rest - 1)
		if (a->matched[__builtin_ctz(rest)] != b->matched[__builtin_ctz(rest)])
			return false;
	for (uint64_t rest = a->fields_mask; rest != 0; rest &= rest - 1) {
		const struct item_set x = a->sets[__builtin_ctzll(rest)],
				      y = b->sets[__builtin_ctzll(rest)];
		if (x.count != y.count || x.is_sampled != y.is_sampled)
			return false;
		for (uint32_t i = 0; i < x.count; i++)
			if (a->items[x.begin + i].value != b->items[y.begin + i].value ||
			    a->items[x.begin + i].packets != b->items[y.begin + i].packets)
				return false;
	}
	return true;
}

// Reads all host-days and adds them to `out`. How many there were.
static uint64_t copy(const struct input *in, struct host_columns *out)
{
	struct host_reader reader;
	struct host_day host = { .items = NULL };
	uint64_t count = 0, next_source = 0;
	host_reader_open(&reader, in->columns, in->host_count, BASE_NS, in->wanted);
	while (host_reader_next(&reader, &host)) {
		REQUIRE(host.source >= next_source);
		next_source = (uint64_t)host.source + 1;
		check_host(&host);
		host_columns_add(out, &host);
		count++;
	}
	REQUIRE(!host.failed || fuzz_is_starving);
	REQUIRE(host.failed || reader.is_damaged || count == in->host_count);
	host_day_done(&host);
	return count;
}

static void check_again(const struct input *in, const struct host_batch *batch)
{
	struct host_reader first, again;
	struct host_day a = { .items = NULL }, b = { .items = NULL };
	host_reader_open(&first, in->columns, in->host_count, BASE_NS, in->wanted);
	host_reader_open(&again, batch->columns, batch->host_count, BASE_NS, in->wanted);
	for (uint64_t i = 0; i < batch->host_count; i++) {
		if (!WORKS(host_reader_next(&first, &a)) || !WORKS(host_reader_next(&again, &b)))
			break;
		REQUIRE(is_same(&a, &b));
	}
	host_day_done(&a);
	host_day_done(&b);
}

// One copy has all columns, and the other too: each source comes once.
static void check_merge(const struct host_batch *batch, uint64_t wanted)
{
	struct host_stream streams[2] = { { .refill = NULL }, { .refill = NULL } };
	struct host_stream *const both[] = { &streams[0], &streams[1] };
	for (size_t i = 0; i < 2; i++)
		host_reader_open(&streams[i].reader, batch->columns, batch->host_count, BASE_NS,
		                 wanted);
	struct host_merger *merger = host_merger_new(both, 2);
	if (!WORKS(merger != NULL))
		return;
	const struct host_day *host;
	size_t failed;
	uint64_t count = 0, next_source = 0;
	enum host_merge_status status;
	while ((status = host_merger_next(merger, &host, &failed)) == HOST_MERGE_HOST) {
		REQUIRE(host->source >= next_source);
		next_source = (uint64_t)host->source + 1;
		for (unsigned kind = 0; kind < HOST_KINDS; kind++)
			REQUIRE(host->packets[kind] % 2 == 0);
		count++;
	}
	REQUIRE(status == HOST_MERGE_END || fuzz_is_starving);
	REQUIRE(count == batch->host_count || fuzz_is_starving);
	host_merger_free(merger);
}

void fuzz_one(struct span bytes)
{
	struct input in = read_input(bytes);
	struct host_columns columns;
	// Times that were not read cannot be written.
	host_columns_init(&columns, BASE_NS, COLUMN_MAX);
	const uint64_t count = copy(&in, &columns);
	if (count > 0 && !WORKS(!host_columns_failed(&columns)))
		goto done;
	if (count > 0) {
		const struct host_batch batch = host_columns_batch(&columns);
		check_again(&in, &batch);
		check_merge(&batch, in.wanted);
	}
done:
	host_columns_done(&columns);
}
