// SPDX-License-Identifier: MIT
// A part of test_store.h: bursts that go with generated host-days. So every test that takes these in has a store with
// bursts: each source was a victim on its day, and of every second piece probes are kept, too.
#pragma once

#include "burst/test_bursts.h"
#include "holdings/test_hosts.h"

struct test_days {
	struct burst_days base;
	const struct hosts *hosts;
	bool keeps[BURST_FORMS];
	uint64_t evicted;  // of every day
};

struct test_day_stream {
	struct burst_stream base;
	struct burst_stream *inner;
	struct test_blocks blocks;
};

static inline bool test_day_next(struct burst_stream *stream, const struct burst **out,
                                 struct error *error)
{
	struct burst_stream *inner = ((struct test_day_stream *)stream)->inner;
	return inner->next(inner, out, error);
}

static inline void test_day_close(struct burst_stream *stream)
{
	struct test_day_stream *s = (struct test_day_stream *)stream;
	if (s->inner != NULL)
		s->inner->close(s->inner);
	test_blocks_done(&s->blocks);
	memory_free(s);
}

// Within a day of any zone.
static inline struct burst_record test_burst_record(const struct day_host *host,
                                                    enum burst_form form)
{
	const uint64_t tens = host->host.first_ns % 360;
	return (struct burst_record){
		.time_ns = ((uint64_t)host->day * 86400 + 10 * 3600 + tens * 10) *
		           UINT64_C(1000000000),
		.address = host->host.source,
		.other = (uint32_t)host->host.last_ns,
		.packets = 1,
		.fingerprints = form == BURST_SCAN ? 1u << tens % 8 : 0,
		.protocol = 6,
		.port = form == BURST_SCAN ? 0 : (uint16_t)tens,
		.key_port = form == BURST_SCAN ? 23 : 0,
		.flags = form == BURST_SCAN ? BURST_NO_PORT : 0,
	};
}

static inline bool test_days_open(struct burst_days *days, enum burst_form form, int32_t day,
                                  struct burst_stream **out, uint64_t evicted[2],
                                  struct error *error)
{
	const struct test_days *d = (const struct test_days *)days;
	*out = NULL;
	if (!d->keeps[form])
		return true;
	struct test_day_stream *s = memory_new(1, sizeof *s);
	struct burst_record *records = memory_new(d->hosts->count + 1, sizeof *records);
	size_t count = 0;
	bool ok = s != NULL && records != NULL;
	for (size_t i = 0; ok && i < d->hosts->count; i++)
		if (d->hosts->entries[i].day == day)
			records[count++] = test_burst_record(&d->hosts->entries[i], form);
	ok = ok && test_blocks_make(&s->blocks, form, records, count, error) &&
	     (s->inner = test_stream_new(form, buffer_span(&s->blocks.bytes))) != NULL;
	memory_free(records);
	if (!ok) {
		if (s != NULL)
			test_day_close(&s->base);
		return error_memory(error, "bursts of a test");
	}
	s->base = (struct burst_stream){ test_day_next, test_day_close };
	evicted[0] = d->evicted;
	evicted[1] = 2 * d->evicted;
	*out = &s->base;
	return true;
}

static inline struct test_days test_days_of(const struct hosts *hosts, unsigned piece)
{
	return (struct test_days){
		.base = { test_days_open },
		.hosts = hosts,
		.keeps = { [BURST_BACKSCATTER] = true, [BURST_SCAN] = piece % 2 == 1 },
		.evicted = piece
	};
}
