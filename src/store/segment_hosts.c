// SPDX-License-Identifier: MIT
// The host-days of a segment, through windows onto the columns of a row group.
//
// A day may have hundreds of segments, and a question a thousand days side by side: row groups of all of them, of
// megabytes each, are not for memory. So little of each column is copied from the map at a time, and the map is let
// go of at once: how much the kernel maps around a byte that is looked at is the kernel's choice.
#include "store/segment.h"

#include "base/memory.h"

enum { CHECKED_AT_ONCE = 64 << 10 };

// One column of the group at hand. What it shows of the column is where the reader's cursor is.
struct window {
	unsigned column;
	const struct chunk *chunk;
	size_t shown;  // bytes of the column up to the end of the window
	uint8_t *bytes;
	size_t capacity;
};

struct segment_hosts {
	struct host_stream stream;
	const struct segment *segment;
	uint64_t wanted;
	size_t window_bytes;
	uint32_t next_group;
	struct window *windows;
	size_t window_count;
	uint64_t shown;  // bits of the columns that have one
	struct error error;
};

static bool failed(struct segment_hosts *h)
{
	h->stream.is_damaged = true;
	return false;
}

// As many bytes of room, but no more than the column has from the cursor on; what the window shows moves to its begin.
static bool make_room(struct segment_hosts *h, struct window *w, size_t capacity)
{
	struct cursor *c = &h->stream.reader.column[w->column];
	const size_t left = cursor_left(c), behind = (size_t)w->chunk->length - w->shown;
	capacity = capacity < left + behind ? capacity : left + behind;
	if (capacity != w->capacity) {
		uint8_t *bytes = memory_room(capacity);
		if (bytes == NULL)
			return error_memory(&h->error, "a day");
		if (left > 0)
			memcpy(bytes, c->at, left);
		memory_free(w->bytes);
		w->bytes = bytes;
		w->capacity = capacity;
	} else if (left > 0) {
		memmove(w->bytes, c->at, left);
	}
	c->at = w->bytes;
	c->end = left > 0 ? w->bytes + left : w->bytes;
	return true;
}

// Shows what comes behind the cursor, as far as there is room.
static bool slide(struct segment_hosts *h, struct window *w, size_t capacity)
{
	struct cursor *c = &h->stream.reader.column[w->column];
	if (!make_room(h, w, capacity))
		return failed(h);
	const size_t left = cursor_left(c), more = w->capacity - left;
	const struct span column = segment_chunk_unchecked(h->segment, w->chunk);
	if (more > 0)
		memcpy(w->bytes + left, column.bytes + w->shown, more);
	w->shown += more;
	c->end = w->capacity > 0 ? w->bytes + w->capacity : w->bytes;
	return true;
}

// The columns of a group lie together; letting go of each by itself would cost more than reading them.
static void release(const struct segment_hosts *h)
{
	uint64_t begin = UINT64_MAX, end = 0;
	for (size_t i = 0; i < h->window_count; i++) {
		const struct chunk *chunk = h->windows[i].chunk;
		begin = chunk->offset < begin ? chunk->offset : begin;
		end = chunk->offset + chunk->length > end ? chunk->offset + chunk->length : end;
	}
	if (begin < end)
		segment_release(h->segment, begin, end);
}

// A window that is more than half full and yet too small for a host-day grows; the others have room for many, and are
// filled when there is less than half in them.
static bool show_more(struct host_stream *stream, unsigned column)
{
	struct segment_hosts *h = (struct segment_hosts *)stream;
	bool ok = true, has_more = false;
	for (size_t i = 0; ok && i < h->window_count; i++) {
		struct window *w = &h->windows[i];
		const size_t left = cursor_left(&stream->reader.column[w->column]);
		const bool is_large = left > w->capacity / 2;
		if (w->shown == w->chunk->length || (is_large && w->column != column))
			continue;
		has_more = has_more || w->column == column;
		ok = slide(h, w,
		           is_large                     ? w->capacity * 2
		           : left > h->window_bytes / 2 ? w->capacity
		                                        : h->window_bytes);
	}
	release(h);
	return ok && has_more;
}

static void close_group(struct segment_hosts *h)
{
	for (size_t i = 0; i < h->window_count; i++)
		memory_free(h->windows[i].bytes);
	h->window_count = 0;
	h->shown = 0;
}

// The chunks of the wanted columns of the group. False: there are two of one.
static bool find_columns(struct segment_hosts *h, uint64_t *out_host_count)
{
	*out_host_count = 0;
	for (size_t i = 0; i < segment_chunk_count(h->segment); i++) {
		const struct chunk *chunk = segment_chunk(h->segment, i);
		if (chunk->kind != CHUNK_COLUMN || chunk->group != h->next_group)
			continue;
		*out_host_count = chunk->count;
		if (!segment_is_wanted(chunk, h->wanted))
			continue;
		if (h->shown & COLUMN_BIT(chunk->id))
			return false;
		h->shown |= COLUMN_BIT(chunk->id);
		h->windows[h->window_count++] = (struct window){ .column = chunk->id,
			                                         .chunk = chunk };
	}
	return true;
}

// Of small ones nothing is let go of: that is done for all columns at once.
static bool is_sound(struct segment_hosts *h, const struct chunk *chunk)
{
	struct span ignored;
	return chunk->length > CHECKED_AT_ONCE
	               ? segment_chunk_check(h->segment, chunk, &h->error)
	               : segment_chunk_bytes(h->segment, chunk, &ignored, &h->error);
}

static bool open_group(struct host_stream *stream)
{
	struct segment_hosts *h = (struct segment_hosts *)stream;
	const struct span none[COLUMN_COUNT] = { { NULL, 0 } };
	close_group(h);
	if (h->next_group == segment_group_count(h->segment))
		return false;
	uint64_t host_count;
	bool ok = find_columns(h, &host_count);
	for (size_t i = 0; ok && i < h->window_count; i++)
		ok = is_sound(h, h->windows[i].chunk);
	if (!ok)
		return failed(h);
	host_reader_open(&stream->reader, none, host_count, segment_begin_ns(h->segment),
	                 h->wanted);
	for (size_t i = 0; ok && i < h->window_count; i++)
		ok = slide(h, &h->windows[i], h->window_bytes);
	release(h);
	h->next_group++;
	return ok;
}

unsigned segment_columns(uint64_t wanted)
{
	const uint64_t always = (COLUMN_BIT(COLUMN_FIELD) - 1) | COLUMNS_OF_PAIRS,
		       all = COLUMN_BIT(COLUMN_COUNT) - 1;
	return (unsigned)__builtin_popcountll((wanted & all) | always);
}

struct segment_hosts *segment_hosts_new(const struct segment *s, uint64_t wanted,
                                        size_t window_bytes)
{
	struct segment_hosts *h = memory_new(1, sizeof *h);
	if (h == NULL)
		return NULL;
	h->stream.refill = open_group;
	h->stream.more = show_more;
	h->segment = s;
	h->wanted = wanted;
	h->window_bytes = window_bytes;
	h->windows = memory_new(segment_columns(wanted), sizeof *h->windows);
	if (h->windows == NULL) {
		memory_free(h);
		return NULL;
	}
	return h;
}

void segment_hosts_free(struct segment_hosts *h)
{
	if (h == NULL)
		return;
	close_group(h);
	memory_free(h->windows);
	memory_free(h);
}

struct host_stream *segment_hosts_stream(struct segment_hosts *h)
{
	return &h->stream;
}

const struct error *segment_hosts_error(struct segment_hosts *h)
{
	if (h->stream.is_damaged && h->error.kind == ERROR_NONE)
		segment_damaged(h->segment, "a row group contradicts itself", &h->error);
	return &h->error;
}
