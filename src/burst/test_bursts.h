// SPDX-License-Identifier: MIT
// For tests: bursts of records as one string of blocks, and a stream that reads them.
#pragma once

#include "base/memory.h"
#include "burst/burst.h"

#include <string.h>

// Blocks, each with its length in front.
struct test_blocks {
	struct buffer bytes;
	struct burst_writer writer;
	size_t count;
	bool are_small;  // a block for each burst
};

static inline void test_blocks_end(struct test_blocks *t)
{
	if (t->writer.count > 0) {
		buffer_varint(&t->bytes, t->writer.block.length);
		buffer_append(&t->bytes, t->writer.block.bytes, t->writer.block.length);
	}
	burst_writer_begin(&t->writer);
}

static inline bool test_blocks_take(void *context, const struct burst *burst, struct error *error)
{
	struct test_blocks *t = context;
	if (t->bytes.maximum == 0) {
		t->bytes = buffer_up_to(SIZE_MAX);
		burst_writer_begin(&t->writer);
	}
	burst_writer_add(&t->writer, burst);
	t->count++;
	if (t->are_small || burst_writer_is_full(&t->writer))
		test_blocks_end(t);
	return !t->writer.block.failed || error_memory(error, "blocks");
}

static inline bool test_blocks_make(struct test_blocks *t, enum burst_form form,
                                    const struct burst_record *records, size_t count,
                                    struct error *error)
{
	uint64_t *order = memory_new(count + 1, sizeof *order);
	uint64_t *scratch = memory_new(count + 1, sizeof *scratch);
	struct burst_maker *maker = burst_maker_new();
	bool ok = order != NULL && scratch != NULL && maker != NULL;
	for (size_t i = 0; ok && i < count; i++)
		order[i] = i;
	ok = ok &&
	     burst_make(maker, form, records, order, scratch, count, test_blocks_take, t, error);
	if (ok && count > 0)
		test_blocks_end(t);
	burst_maker_free(maker);
	memory_free(order);
	memory_free(scratch);
	return ok;
}

static inline void test_blocks_done(struct test_blocks *t)
{
	buffer_done(&t->bytes);
	burst_writer_done(&t->writer);
}

struct test_stream {
	struct burst_stream stream;
	struct cursor blocks;
	struct burst_reader reader;
	enum burst_form form;
	bool is_open;
};

static inline bool test_stream_next(struct burst_stream *stream, const struct burst **out,
                                    struct error *error)
{
	struct test_stream *s = (struct test_stream *)stream;
	*out = NULL;
	while (!s->is_open || !burst_reader_next(&s->reader)) {
		if (s->is_open && s->reader.is_damaged)
			return error_set(error, ERROR_CORRUPT, "the block is damaged");
		if (cursor_left(&s->blocks) == 0)
			return true;
		const size_t length = (size_t)cursor_varint(&s->blocks);
		burst_reader_open(&s->reader, s->form, cursor_take(&s->blocks, length));
		s->is_open = true;
	}
	*out = &s->reader.burst;
	return true;
}

static inline void test_stream_close(struct burst_stream *stream)
{
	memory_free(stream);
}

static inline struct burst_stream *test_stream_new(enum burst_form form, struct span blocks)
{
	struct test_stream *s = memory_new(1, sizeof *s);
	if (s == NULL)
		return NULL;
	s->stream = (struct burst_stream){ .next = test_stream_next, .close = test_stream_close };
	s->blocks = cursor_over(blocks);
	s->form = form;
	return &s->stream;
}
