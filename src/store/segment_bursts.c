// SPDX-License-Identifier: MIT
// The bursts of a segment, block by block. What a block says is checked by who decodes it; that blocks follow each
// other as bursts do, here.
#include "store/segment.h"

#include "base/memory.h"

struct segment_bursts {
	struct burst_stream base;
	const struct segment *segment;
	enum burst_form form;
	size_t next;                // the first chunk that was not looked at
	const struct chunk *chunk;  // the one at hand; NULL: none
	uint32_t groups;            // blocks that were opened
	uint64_t left;              // bursts of the chunk that were not read
	struct burst_reader reader;
	struct burst_key last;  // the burst that was read last; of time 0: none was
	uint64_t last_ns;
};

static bool damaged(const struct segment_bursts *s, struct error *error)
{
	return segment_damaged(s->segment, "its bursts contradict each other", error);
}

// Opens the next block. *out false: there is none.
static bool open_block(struct segment_bursts *s, bool *out, struct error *error)
{
	const size_t count = segment_chunk_count(s->segment);
	struct span block;
	*out = false;
	for (; s->next < count && !*out; s->next++) {
		s->chunk = segment_chunk(s->segment, s->next);
		*out = s->chunk->kind == CHUNK_BURSTS && s->chunk->id == s->form;
	}
	if (!*out) {
		s->chunk = NULL;
		return true;
	}
	if (s->chunk->group != s->groups++)
		return damaged(s, error);
	if (!segment_chunk_bytes(s->segment, s->chunk, &block, error))
		return false;
	s->left = s->chunk->count;
	burst_reader_open(&s->reader, s->form, block);
	return true;
}

// Within a block the reader has seen to it.
static bool follows(const struct segment_bursts *s)
{
	const struct burst *b = &s->reader.burst;
	const int order = burst_key_compare(&s->last, &b->key);
	return s->groups == 1 || s->left + 1 != s->chunk->count || order < 0 ||
	       (order == 0 && b->first_ns > s->last_ns &&
	        b->first_ns - s->last_ns > BURST_SILENCE_NS);
}

static bool next(struct burst_stream *stream, const struct burst **out, struct error *error)
{
	struct segment_bursts *s = (struct segment_bursts *)stream;
	bool is_open = true;
	*out = NULL;
	if (s->chunk == NULL && !open_block(s, &is_open, error))
		return false;
	while (is_open && !burst_reader_next(&s->reader)) {
		if (s->reader.is_damaged || s->left > 0)
			return damaged(s, error);
		segment_chunk_release(s->segment, s->chunk);
		if (!open_block(s, &is_open, error))
			return false;
	}
	if (!is_open)
		return true;
	if (s->left-- == 0 || !follows(s))
		return damaged(s, error);
	s->last = s->reader.burst.key;
	s->last_ns = s->reader.burst.last_ns;
	*out = &s->reader.burst;
	return true;
}

static void done(struct burst_stream *stream)
{
	struct segment_bursts *s = (struct segment_bursts *)stream;
	if (s->chunk != NULL)
		segment_chunk_release(s->segment, s->chunk);
	memory_free(s);
}

struct burst_stream *segment_bursts_new(const struct segment *segment, enum burst_form form)
{
	struct segment_bursts *s = memory_new(1, sizeof *s);
	if (s == NULL)
		return NULL;
	s->base = (struct burst_stream){ next, done };
	s->segment = segment;
	s->form = form;
	return &s->base;
}
