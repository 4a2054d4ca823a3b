// SPDX-License-Identifier: MIT
#include "capture/stream.h"

#include "base/memory.h"
#include "base/text.h"
#include "capture/ahead.h"
#include "capture/content.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

enum {
	PAGE = 4096,
	CAPACITY_MIN = STREAM_BLOCK + 16 * PAGE,
};
_Static_assert((int)AHEAD_BLOCK == (int)STREAM_BLOCK,
               "what a codec is asked for must not depend on threads");

// Why a stream, or the reader over it, ended early.
struct ending {
	enum error_kind kind;  // ERROR_NONE: it did not
	uint64_t offset;
	uint64_t needed_bytes;  // of memory; 0: that is not why
	char reason[160];
};

struct stream_private {
	struct content content;
	uint64_t bytes_read;  // of the file, for what entered the window

	// What the window lies in: memory of its own, filled from fill_at = window.end on,
	// or a block that was read ahead.
	void *memory;     // as it was allocated
	uint8_t *buffer;  // its first page
	size_t capacity;
	uint8_t *fill_at;
	uint8_t *block_end;
	struct ahead *ahead;        // NULL: content is read when it is asked for
	struct ahead_block *shown;  // NULL: the window lies in `memory`

	struct span
		first;  // the content from its first byte on; empty once the window has moved on

	// Where the reader pauses, what is behind the next such length stays out of the window, and
	// so does the end.
	const struct capture_identity *pauses;
	size_t pause_count, pause;  // pause: the next one
	size_t held;                // bytes behind the window
	bool holds_end;

	struct ending source;  // found while filling the window
	struct ending reader;  // found by the reader, at or before the other
	bool is_stopped;       // the reader cannot go on
	bool is_misfit;        // ... because of what stands at this offset:
	uint64_t stopped_at;
};

static size_t round_up(size_t value, size_t multiple)
{
	return (value + multiple - 1) / multiple * multiple;
}

// Moves the tail of the window to the page boundary behind it, in new memory if
// the old does not have `size` bytes.
static bool move_tail(struct stream *s, size_t size)
{
	struct stream_private *p = s->private;
	const size_t tail = cursor_left(&s->window), start = round_up(tail, PAGE);
	void *old = NULL;
	const uint8_t *from = s->window.at;
	if (size > p->capacity) {
		size_t capacity = size > 2 * p->capacity ? size : 2 * p->capacity;
		if (capacity < CAPACITY_MIN)
			capacity = CAPACITY_MIN;
		void *memory = memory_new(capacity + PAGE, 1);
		if (memory == NULL)
			return false;
		old = p->memory;
		p->memory = memory;
		p->buffer = (uint8_t *)round_up((uintptr_t)memory, PAGE);
		p->capacity = capacity;
	}
	p->fill_at = p->buffer + start;
	if (tail > 0)
		memmove(p->fill_at - tail, from, tail);
	memory_free(old);
	s->window = (struct cursor){ .at = p->fill_at - tail, .end = p->fill_at };
	return true;
}

// Makes room for whole blocks, so many that `wanted` bytes are contiguous.
static bool begin_block(struct stream *s, size_t wanted)
{
	struct stream_private *p = s->private;
	const size_t tail = cursor_left(&s->window);
	const size_t missing = round_up(wanted - tail, STREAM_BLOCK);
	if (!move_tail(s, round_up(tail, PAGE) + missing))
		return false;
	p->block_end = p->fill_at + missing;
	return true;
}

static void end_source(struct stream *s, const char *damage, uint64_t needed_bytes)
{
	struct stream_private *p = s->private;
	s->is_over = true;
	p->source.offset = s->length;
	if (p->content.input.failure.kind != ERROR_NONE) {
		p->source.kind = ERROR_FAILED;
	} else if (damage != NULL) {
		p->source.kind = ERROR_DAMAGED;
		p->source.needed_bytes = needed_bytes;
		text_copy(p->source.reason, sizeof p->source.reason, damage);
	}
}

// Takes what is behind the next pause out of the window. Where the reader is past it already there is
// nothing to hold.
static void hold_back(struct stream *s)
{
	struct stream_private *p = s->private;
	while (p->pause < p->pause_count && p->pauses[p->pause].length_bytes < stream_offset(s))
		p->pause++;
	if (p->pause == p->pause_count || p->pauses[p->pause].length_bytes >= s->length)
		return;
	p->held = (size_t)(s->length - p->pauses[p->pause].length_bytes);
	p->holds_end = s->is_over;
	s->window.end -= p->held;
	s->length -= p->held;
	s->is_over = false;
}

static void show_held(struct stream *s)
{
	struct stream_private *p = s->private;
	s->window.end += p->held;
	s->length += p->held;
	s->is_over = p->held > 0 ? p->holds_end : s->is_over;
	p->held = 0;
}

// A piece has come to stand behind the window.
static void add_piece(struct stream *s, const struct content_piece *piece)
{
	s->window.end += piece->length;
	s->length += piece->length;
	s->private->bytes_read = piece->bytes_read;
	if (piece->is_last)
		end_source(s, piece->damage, piece->needed_bytes);
	hold_back(s);
}

// Moves the window over to a block: its tail to just in front of it.
static void show(struct stream *s, struct ahead_block *block)
{
	struct stream_private *p = s->private;
	const size_t tail = cursor_left(&s->window);
	if (tail > 0)
		memcpy(block->bytes - tail, s->window.at, tail);
	s->window = (struct cursor){ .at = block->bytes - tail, .end = block->bytes };
	if (p->shown != NULL)
		ahead_give_back(p->ahead, p->shown);
	p->shown = block;
	p->fill_at = p->block_end = NULL;
}

// Moves the window over to memory that has room for `wanted` bytes, and the block to
// its end. False if there is no memory.
static bool gather(struct stream *s, struct ahead_block *block, size_t wanted)
{
	struct stream_private *p = s->private;
	const bool has_room = p->fill_at != p->block_end || begin_block(s, wanted);
	if (has_room && block->piece.length > 0)
		memcpy(p->fill_at, block->bytes, block->piece.length);
	if (has_room)
		p->fill_at += block->piece.length;
	if (p->shown != NULL)
		ahead_give_back(p->ahead, p->shown);
	p->shown = NULL;
	return has_room;
}

// Most blocks are shown where they are, and nothing is copied but the tail. What is
// longer than that is put together.
static void fill_from_ahead(struct stream *s, size_t wanted)
{
	struct stream_private *p = s->private;
	struct ahead_block *block = ahead_take(p->ahead);
	const struct content_piece piece = block->piece;
	const size_t tail = cursor_left(&s->window);
	const bool is_enough = piece.is_last || tail + piece.length >= wanted;
	if (tail <= AHEAD_FRONT && is_enough) {
		show(s, block);
		add_piece(s, &piece);
		return;
	}
	if (gather(s, block, wanted))
		add_piece(s, &piece);
	else
		stream_out_of_memory(s);
	ahead_give_back(p->ahead, block);
}

// Brings more bytes into the window, or finds that the stream is over. A codec
// is always asked for a whole block, whoever asks for how much: so where damaged
// input ends does not depend on the reader.
static void fill(struct stream *s, size_t wanted)
{
	struct stream_private *p = s->private;
	if (p->held > 0) {
		// The reader goes on behind the pause, up to the next one.
		show_held(s);
		p->pause++;
		hold_back(s);
		return;
	}
	p->first = (struct span){ NULL, 0 };
	if (p->ahead != NULL) {
		fill_from_ahead(s, wanted);
		return;
	}
	if (p->fill_at == p->block_end && !begin_block(s, wanted)) {
		stream_out_of_memory(s);
		return;
	}
	const size_t room = (size_t)(p->block_end - p->fill_at);
	const size_t size = room < STREAM_BLOCK ? room : STREAM_BLOCK;
	const struct content_piece piece = content_read(&p->content, p->fill_at, size);
	p->fill_at += piece.length;
	add_piece(s, &piece);
}

bool stream_need(struct stream *s, size_t length)
{
	assert(length <= STREAM_NEED_MAX);
	while (cursor_left(&s->window) < length && !s->is_over)
		fill(s, length);
	return cursor_left(&s->window) >= length;
}

bool stream_skip(struct stream *s, uint64_t length)
{
	for (;;) {
		const size_t left = cursor_left(&s->window);
		const size_t step = length < left ? (size_t)length : left;
		s->window.at += step;
		length -= step;
		if (length == 0)
			return true;
		if (!stream_need(s, 1))
			return false;
	}
}

void stream_drain(struct stream *s)
{
	do {
		s->window.at = s->window.end;
	} while (stream_need(s, 1));
}

static bool start(struct stream *s, const char *path, uint64_t memory_bytes, struct error *error)
{
	struct stream_private *p = s->private;
	if (!content_open(&p->content, path, memory_bytes, error))
		return false;
	stream_need(s, STREAM_HEAD);
	if (p->source.kind == ERROR_FAILED || p->reader.kind == ERROR_FAILED) {
		stream_report(s, error);
		return false;
	}
	const size_t left = cursor_left(&s->window);
	p->first = (struct span){ s->window.at, left };
	s->head = content_hash(
		(struct span){ s->window.at, left < STREAM_HEAD ? left : STREAM_HEAD });
	return true;
}

bool stream_open(struct stream **out, const char *path, uint64_t memory_bytes, struct error *error)
{
	struct stream *s = memory_new(1, sizeof *s);
	if (s == NULL)
		return error_memory(error, "reading a capture");
	s->private = memory_new(1, sizeof *s->private);
	if (s->private == NULL) {
		memory_free(s);
		return error_memory(error, "reading a capture");
	}
	s->private->content.input.fd = -1;
	if (!start(s, path, memory_bytes, error)) {
		stream_free(s);
		return false;
	}
	*out = s;
	return true;
}

void stream_free(struct stream *s)
{
	if (s == NULL)
		return;
	struct stream_private *p = s->private;
	if (p->shown != NULL)
		ahead_give_back(p->ahead, p->shown);
	ahead_end(p->ahead);
	content_done(&p->content);
	memory_free(p->memory);
	memory_free(p);
	memory_free(s);
}

// A piece that is not whole was the last but one: a thread for that is not worth it.
void stream_read_ahead(struct stream *s, uint64_t memory_bytes)
{
	struct stream_private *p = s->private;
	const bool is_compressed = stream_suffix(s)[0] != '\0';
	if (is_compressed && p->ahead == NULL && !s->is_over && s->length % STREAM_BLOCK == 0)
		p->ahead = ahead_begin(&p->content, memory_bytes);
}

void stream_pause(struct stream *s, const struct capture_identity *at, size_t count)
{
	s->private->pauses = at;
	s->private->pause_count = count;
}

bool stream_hold(struct stream *s)
{
	struct stream_private *p = s->private;
	if (p->pause_count == 0)
		return false;
	show_held(s);
	while (p->pause > 0 && p->pauses[p->pause - 1].length_bytes >= stream_offset(s))
		p->pause--;
	hold_back(s);
	return p->pause < p->pause_count;
}

void stream_measure(struct stream *s, struct capture_identity *marks, size_t count)
{
	content_measure(&s->private->content, marks, count);
}

struct span stream_first_bytes(const struct stream *s)
{
	return s->private->first;
}

const uint32_t *stream_beginning(const struct stream *s)
{
	return s->private->content.beginning;
}

void stream_damage(struct stream *s, uint64_t offset, const char *format, ...)
{
	struct ending *ending = &s->private->reader;
	s->private->is_stopped = s->private->is_misfit = true;
	s->private->stopped_at = offset;
	if (ending->kind != ERROR_NONE)
		return;
	*ending = (struct ending){ .kind = ERROR_DAMAGED, .offset = offset };
	va_list arguments;
	va_start(arguments, format);
	vsnprintf(ending->reason, sizeof ending->reason, format, arguments);
	va_end(arguments);
}

void stream_damage_passed(struct stream *s, uint64_t offset, const char *reason)
{
	const bool was_stopped = s->private->is_stopped;
	stream_damage(s, offset, "%s", reason);
	s->private->is_stopped = was_stopped;
}

void stream_break_off(struct stream *s, uint64_t offset, const char *what)
{
	struct stream_private *p = s->private;
	if (p->source.kind == ERROR_NONE)
		stream_damage(s, offset, "it breaks off in the middle of %s", what);
	p->is_stopped = true;
	p->is_misfit = false;
}

void stream_out_of_memory(struct stream *s)
{
	if (s->private->ahead != NULL)
		ahead_stop(s->private->ahead);
	s->is_over = true;
	s->private->is_stopped = true;
	s->private->is_misfit = false;
	s->private->reader = (struct ending){ .kind = ERROR_FAILED, .offset = stream_offset(s) };
}

bool stream_is_cut(const struct stream *s)
{
	return s->is_over && (s->may_grow || s->private->source.kind != ERROR_NONE);
}

bool stream_is_stopped(const struct stream *s)
{
	return s->private->is_stopped;
}

bool stream_is_stopped_here(const struct stream *s)
{
	const struct stream_private *p = s->private;
	return p->is_stopped && p->is_misfit && p->stopped_at == stream_offset(s);
}

void stream_go_on(struct stream *s)
{
	struct stream_private *p = s->private;
	if (p->reader.kind == ERROR_DAMAGED && p->reader.offset == p->stopped_at)
		p->reader.kind = ERROR_NONE;
	p->is_stopped = false;
}

static const struct ending *first_ending(const struct stream *s)
{
	const struct stream_private *p = s->private;
	return p->reader.kind != ERROR_NONE ? &p->reader : &p->source;
}

uint64_t stream_needed_memory(const struct stream *s)
{
	return first_ending(s)->needed_bytes;
}

// What is sound, and takes more memory than there is for it.
static void report_memory(const struct stream *s, const struct ending *ending, struct error *error)
{
	enum { MIB = 1024 * 1024 };
	const struct content *content = &s->private->content;
	const unsigned long long needed = (ending->needed_bytes + MIB - 1) / MIB;
	const unsigned long long allowed = codec_memory(&content->input) / MIB;
	char place[80] = "";
	if (ending->offset > 0)
		text_format(place, sizeof place,
		            " is left at byte %llu of its decompressed content: the rest",
		            (unsigned long long)ending->offset);
	error_set(error, ERROR_DAMAGED,
	          "%s%s takes %llu MiB of memory to decompress, more than the %llu MiB that are "
	          "allowed",
	          content->input.name, place, needed, allowed);
}

bool stream_report(const struct stream *s, struct error *error)
{
	const struct stream_private *p = s->private;
	const struct ending *ending = first_ending(s);
	if (ending->kind == ERROR_NONE)
		return false;
	if (ending->needed_bytes > 0)
		report_memory(s, ending, error);
	else if (ending->kind == ERROR_DAMAGED)
		error_set(error, ERROR_DAMAGED, "%s is damaged at byte %llu%s: %s",
		          p->content.input.name, (unsigned long long)ending->offset,
		          p->content.codec->suffix[0] == '\0' ? "" : " of its decompressed content",
		          ending->reason);
	else if (p->content.input.failure.kind != ERROR_NONE)
		*error = p->content.input.failure;
	else
		error_memory(error, "reading a capture");
	return true;
}

const char *stream_bomb(const struct stream *s, uint64_t length)
{
	return content_bomb(length, s->private->bytes_read);
}

struct capture_identity stream_identity(const struct stream *s)
{
	return content_identity(&s->private->content);
}

const char *stream_suffix(const struct stream *s)
{
	return s->private->content.codec->suffix;
}

const char *stream_name(const struct stream *s)
{
	return s->private->content.input.name;
}

uint64_t stream_bytes_read(const struct stream *s)
{
	return s->private->bytes_read;
}

uint64_t stream_bytes_total(const struct stream *s)
{
	return s->private->content.input.bytes_total;
}
