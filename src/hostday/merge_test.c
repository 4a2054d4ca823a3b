// SPDX-License-Identifier: MIT
// Merging streams of host-days against aggregating all records of a source at once.
#include "base/test.h"
#include "hostday/test_hostday.h"

// A stream over columns of its own. Once they are read it claims damage, or not.
struct column_stream {
	struct host_stream stream;
	struct host_columns columns;
	bool is_cut;
};

static bool end_of_columns(struct host_stream *stream)
{
	stream->is_damaged = ((struct column_stream *)stream)->is_cut;
	return false;
}

enum { STREAMS_MAX = 24, SOURCES = 30 };

// Records of few sources, dealt out to streams; the whole day of each source is the model.
struct deal {
	struct column_stream streams[STREAMS_MAX];
	struct host_stream *list[STREAMS_MAX];
	size_t stream_count;
	struct host_day whole[SOURCES];
	size_t whole_count;
};

static void deal_source(struct random *r, struct deal *deal, struct aggregator *a, uint32_t source)
{
	struct pile pile = random_pile(r, 1 + random_below(r, random_below(r, 3) == 0 ? 600 : 5),
	                               source);
	const struct record **own = memory_new(pile.count, sizeof *own);
	struct host_day h = { .items = NULL };
	const uint32_t reach = 1 + random_below(r, (uint32_t)deal->stream_count);
	for (size_t i = 0; i < pile.count; i++)
		pile.records[i].day = (int32_t)random_below(r, reach);
	for (size_t s = 0; s < deal->stream_count; s++) {
		size_t count = 0;
		for (size_t i = 0; i < pile.count; i++)
			if ((size_t)pile.records[i].day == s)
				own[count++] = &pile.records[i];
		if (count > 0) {
			CHECK(host_day_aggregate(a, own, count, &h));
			host_columns_add(&deal->streams[s].columns, &h);
		}
	}
	for (size_t i = 0; i < pile.count; i++)
		pile.records[i].day = 0;
	CHECK(host_day_aggregate(a, pile.list, pile.count, &deal->whole[deal->whole_count++]));
	host_day_done(&h);
	memory_free(own);
	pile_done(&pile);
}

static struct deal *deal_new(struct random *r, size_t stream_count, size_t sources)
{
	struct deal *deal = memory_new(1, sizeof *deal);
	struct aggregator *a = aggregator_new();
	deal->stream_count = stream_count;
	for (size_t s = 0; s < stream_count; s++)
		host_columns_init(&deal->streams[s].columns, TEST_BASE_NS, 1 << 24);
	uint32_t source = random_u32(r) >> 4;
	for (size_t i = 0; i < sources; i++, source += 1 + random_below(r, 1000))
		deal_source(r, deal, a, source);
	for (size_t s = 0; s < stream_count; s++) {
		struct column_stream *self = &deal->streams[s];
		struct span spans[COLUMN_COUNT];
		spans_of(&self->columns, spans);
		host_reader_open(&self->stream.reader, spans, self->columns.host_count,
		                 TEST_BASE_NS, COLUMNS_ALL);
		self->stream.refill = end_of_columns;
		deal->list[s] = &self->stream;
	}
	aggregator_free(a);
	return deal;
}

static void deal_free(struct deal *deal)
{
	for (size_t s = 0; s < deal->stream_count; s++)
		host_columns_done(&deal->streams[s].columns);
	for (size_t i = 0; i < deal->whole_count; i++)
		host_day_done(&deal->whole[i]);
	memory_free(deal);
}

// Merges as far as it goes; what comes is the whole day from its begin.
static enum host_merge_status merge_with(struct host_merger *m, struct deal *deal,
                                         size_t *out_hosts, size_t *out_stream)
{
	const struct host_day *h = NULL;
	enum host_merge_status status;
	size_t hosts = 0;
	while ((status = host_merger_next(m, &h, out_stream)) == HOST_MERGE_HOST) {
		CHECK(hosts < deal->whole_count && same_host_day(h, &deal->whole[hosts]));
		hosts++;
	}
	CHECK(host_merger_next(m, &h, out_stream) == status);
	*out_hosts = hosts;
	return status;
}

static enum host_merge_status merge_all(struct deal *deal, size_t *out_hosts, size_t *out_stream)
{
	struct host_merger *m = host_merger_new(deal->list, deal->stream_count);
	if (m == NULL)
		return HOST_MERGE_MEMORY;
	const enum host_merge_status status = merge_with(m, deal, out_hosts, out_stream);
	host_merger_free(m);
	return status;
}

TEST(merged_streams_are_the_whole_day)
{
	for (uint64_t seed = 0; seed < 100; seed++) {
		struct random r = random_from(seed);
		const unsigned before = test_failed_checks;
		struct deal *deal = deal_new(&r, 1 + random_below(&r, STREAMS_MAX),
		                             random_below(&r, SOURCES + 1));
		size_t hosts = 0, stream = 0;
		CHECK(merge_all(deal, &hosts, &stream) == HOST_MERGE_END &&
		      hosts == deal->whole_count);
		print_seed(test_failed_checks > before, seed);
		deal_free(deal);
	}
	struct deal *none = memory_new(1, sizeof *none);
	size_t hosts = 1, stream = 0;
	CHECK(merge_all(none, &hosts, &stream) == HOST_MERGE_END && hosts == 0);
	deal_free(none);
	host_merger_free(NULL);
}

TEST(damage_of_a_stream_is_told_with_its_number)
{
	for (uint64_t seed = 0; seed < 100; seed++) {
		struct random r = random_from(seed);
		const unsigned before = test_failed_checks;
		struct deal *deal = deal_new(&r, 1 + random_below(&r, STREAMS_MAX),
		                             1 + random_below(&r, SOURCES));
		const size_t bad = random_below(&r, (uint32_t)deal->stream_count);
		deal->streams[bad].is_cut = true;
		deal->streams[bad].stream.reader.host_count = random_below(
			&r, (uint32_t)deal->streams[bad].columns.host_count + 1);
		size_t hosts = 0, stream = SIZE_MAX;
		CHECK(merge_all(deal, &hosts, &stream) == HOST_MERGE_DAMAGED && stream == bad);
		CHECK(hosts <= deal->whole_count);
		print_seed(test_failed_checks > before, seed);
		deal_free(deal);
	}
}

// Whatever became of the streams before: the third ones of each seed are damaged, and the
// fourth are left in the middle.
TEST(a_merger_that_begins_anew_is_as_a_new_one)
{
	struct host_merger *m = host_merger_new(NULL, 0);
	for (uint64_t seed = 0; seed < 200; seed++) {
		struct random r = random_from(seed);
		const unsigned before = test_failed_checks;
		struct deal *deal = deal_new(&r, 1 + random_below(&r, STREAMS_MAX),
		                             1 + random_below(&r, SOURCES));
		const bool is_bad = seed % 4 == 2;
		if (is_bad)
			deal->streams[0].is_cut = true;
		const struct host_day *h = NULL;
		size_t hosts = 0, stream = 0;
		CHECK(host_merger_restart(m, deal->list, deal->stream_count));
		if (seed % 4 == 3)
			CHECK(host_merger_next(m, &h, &stream) == HOST_MERGE_HOST &&
			      same_host_day(h, &deal->whole[0]));
		else
			CHECK(merge_with(m, deal, &hosts, &stream) ==
			              (is_bad ? HOST_MERGE_DAMAGED : HOST_MERGE_END) &&
			      (is_bad || hosts == deal->whole_count));
		print_seed(test_failed_checks > before, seed);
		deal_free(deal);
	}
	CHECK(host_merger_restart(m, NULL, 0));
	size_t stream = 0;
	const struct host_day *h = NULL;
	CHECK(host_merger_next(m, &h, &stream) == HOST_MERGE_END);
	host_merger_free(m);
}

TEST(many_streams_of_one_source_fold_into_one)
{
	struct random r = random_from(12);
	struct host_stream *list[900];
	struct column_stream *streams = memory_new(900, sizeof *streams);
	struct host_day one = { .source = 5, .first_ns = TEST_BASE_NS, .last_ns = TEST_BASE_NS };
	one.packets[KIND_ICMP - HOST_KIND_FIRST] = 3;
	for (size_t i = 0; i < 900; i++) {
		struct span spans[COLUMN_COUNT];
		host_columns_init(&streams[i].columns, TEST_BASE_NS, 1000);
		one.last_ns = TEST_BASE_NS + random_below(&r, 1000);
		host_columns_add(&streams[i].columns, &one);
		spans_of(&streams[i].columns, spans);
		host_reader_open(&streams[i].stream.reader, spans, 1, TEST_BASE_NS,
		                 COLUMN_BIT(COLUMN_TIME));
		streams[i].stream.refill = end_of_columns;
		list[i] = &streams[i].stream;
	}
	struct host_merger *m = host_merger_new(list, 900);
	const struct host_day *h = NULL;
	size_t stream;
	CHECK(host_merger_next(m, &h, &stream) == HOST_MERGE_HOST);
	CHECK(h != NULL && h->source == 5 && host_day_packets(h, KIND_ICMP) == 2700);
	CHECK(h != NULL && h->first_ns == TEST_BASE_NS && h->last_ns > TEST_BASE_NS + 900);
	CHECK(host_merger_next(m, &h, &stream) == HOST_MERGE_END);
	host_merger_free(m);
	for (size_t i = 0; i < 900; i++)
		host_columns_done(&streams[i].columns);
	memory_free(streams);
}

TEST(a_merger_without_memory_says_so)
{
	unsigned long allocation = 1;
	for (bool ok = false; !ok && allocation < 500; allocation++) {
		struct random r = random_from(13);
		struct deal *deal = deal_new(&r, 5, 6);
		size_t hosts = 0, stream = 0;
		memory_fail_at(allocation);
		const enum host_merge_status status = merge_all(deal, &hosts, &stream);
		memory_fail_at(0);
		ok = status == HOST_MERGE_END;
		CHECK(ok ? hosts == deal->whole_count : status == HOST_MERGE_MEMORY);
		deal_free(deal);
	}
	CHECK(allocation > 5 && allocation < 500);
}

TEST_MAIN
