// SPDX-License-Identifier: MIT
// A part of test_memory.h: bursts of days, as they are added.
#pragma once

#include "burst/test_bursts.h"
#include "holdings/test_memory_records.h"
#include "base/test.h"

#include <assert.h>

// Bursts of one form that one piece has of a day.
struct memory_bursts {
	int32_t day;
	enum burst_form form;
	struct holdings_kept kept;
	struct test_blocks blocks;
};

// A piece that keeps these, of any order; of a day and form any number of pieces may be added. What was left out
// of it, or that it is not whole, is said in what is handed back, which is valid until the next call.
static inline struct holdings_kept *memory_add_bursts(struct memory_holdings *m, int32_t day,
                                                      enum burst_form form,
                                                      const struct burst_record *records,
                                                      size_t count)
{
	struct memory_bursts *bursts = memory_resize(m->bursts, m->bursts_count + 1,
	                                             sizeof *bursts);
	struct error error;
	assert(bursts != NULL);
	m->bursts = bursts;
	bursts += m->bursts_count++;
	*bursts = (struct memory_bursts){
		day, form, { .is_some = true, .is_whole = true }, { .count = 0 }
	};
	CHECK(test_blocks_make(&bursts->blocks, form, records, count, &error));
	return &bursts->kept;
}

static inline bool memory_is_lost(const struct memory_holdings *m, int32_t day)
{
	bool is_lost = false;
	for (size_t i = 0; i < m->lost_count; i++)
		is_lost = is_lost || m->lost[i].day == day;
	return is_lost;
}

static inline bool memory_bursts_are_of(const struct memory_holdings *m, size_t index,
                                        struct period period, enum burst_form form)
{
	const struct memory_bursts *b = &m->bursts[index];
	return b->form == form && period_holds(period, period_of_day(b->day)) &&
	       !memory_is_lost(m, b->day);
}

static inline struct holdings_kept memory_kept(const struct holdings *h, struct period period,
                                               enum burst_form form)
{
	const struct memory_holdings *m = memory_of(h);
	struct holdings_kept kept = { .is_some = false };
	bool is_whole = true;
	for (size_t i = 0; i < m->bursts_count; i++) {
		if (!memory_bursts_are_of(m, i, period, form))
			continue;
		kept.is_some = true;
		is_whole = is_whole && m->bursts[i].kept.is_whole;
		kept.evicted_bursts += m->bursts[i].kept.evicted_bursts;
		kept.evicted_packets += m->bursts[i].kept.evicted_packets;
	}
	kept.is_whole = kept.is_some && is_whole;
	return kept;
}

struct memory_burst_stream {
	struct burst_stream base;
	struct burst_stream *inner;
	struct memory_holdings *of;
};

static inline bool memory_next_burst(struct burst_stream *stream, const struct burst **out,
                                     struct error *error)
{
	struct burst_stream *inner = ((struct memory_burst_stream *)stream)->inner;
	return inner->next(inner, out, error);
}

static inline void memory_close_bursts(struct burst_stream *stream)
{
	struct memory_burst_stream *s = (struct memory_burst_stream *)stream;
	s->of->open--;
	s->inner->close(s->inner);
	memory_free(s);
}

static inline bool memory_open_bursts(struct holdings *h, struct period period,
                                      enum burst_form form, struct burst_stream **out,
                                      struct error *error)
{
	struct memory_holdings *m = memory_of(h);
	struct burst_stream **pieces = memory_new(m->bursts_count + 1, sizeof *pieces);
	struct memory_burst_stream *s = memory_new(1, sizeof *s);
	size_t count = 0;
	(void)error;
	assert(pieces != NULL && s != NULL);
	for (size_t i = 0; i < m->bursts_count; i++)
		if (memory_bursts_are_of(m, i, period, form))
			pieces[count++] = test_stream_new(form,
			                                  buffer_span(&m->bursts[i].blocks.bytes));
	*s = (struct memory_burst_stream){ { memory_next_burst, memory_close_bursts },
		                           burst_merger_new(pieces, count, BURST_SILENCE_NS),
		                           m };
	assert(s->inner != NULL);
	memory_free(pieces);
	m->open++;
	*out = &s->base;
	return true;
}

static inline void memory_free_bursts(struct memory_holdings *m)
{
	for (size_t i = 0; i < m->bursts_count; i++)
		test_blocks_done(&m->bursts[i].blocks);
	memory_free(m->bursts);
}
