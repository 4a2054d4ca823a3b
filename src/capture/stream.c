// SPDX-License-Identifier: MIT
#include "capture/stream.h"

#include "base/memory.h"
#include "base/text.h"
#include "capture/codec.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

// Debian's libxxhash can choose the widest vectors that the processor has; it
// is twice as fast as the baseline of the instruction set.
#if defined(__x86_64__) && __has_include(<xxh_x86dispatch.h>)
#include <xxh_x86dispatch.h>
#else
#include <xxhash.h>
#endif

enum {
	PAGE = 4096,
	CAPACITY_MIN = STREAM_BLOCK + 16 * PAGE,
	EXPANSION_FREE = 256 * 1024 * 1024,
	EXPANSION_MAX = 1000,
};

// Why a stream, or the reader over it, ended early.
struct ending {
	enum error_kind kind;  // ERROR_NONE: it did not
	uint64_t offset;
	char reason[160];
};

struct stream_private {
	struct input input;
	const struct codec *codec;
	void *codec_state;
	XXH3_state_t *hash;

	void *memory;     // as it was allocated
	uint8_t *buffer;  // its first page
	size_t capacity;
	uint8_t *fill_at;  // = window.end, to write to
	uint8_t *block_end;

	struct ending source;  // found while filling the window
	struct ending reader;  // found by the reader, at or before the other
	bool is_stopped;       // the reader cannot go on
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

static void end_source(struct stream *s, const char *damage)
{
	struct stream_private *p = s->private;
	s->is_over = true;
	p->source.offset = s->length;
	if (p->input.failure.kind != ERROR_NONE) {
		p->source.kind = ERROR_FAILED;
	} else if (damage != NULL) {
		p->source.kind = ERROR_DAMAGED;
		text_copy(p->source.reason, sizeof p->source.reason, damage);
	}
}

// Content that expands without end would cost time without end: a few megabytes
// of bzip2 or zstd can stand for petabytes. Captures do not come near the limit:
// `xz -9` makes a simulated telescope 3 times smaller, and one frame of 1,500
// bytes that comes every millisecond over and over again 605 times, if the clock
// that it was seen by is off by up to 20 microseconds (gzip and bzip2 132, zstd
// -19 412). Only a generator without any jitter comes to 1,030; the first 256 MiB
// are free for such ones.
const char *stream_bomb(const struct stream *s, uint64_t length)
{
	const uint64_t packed = s->private->input.bytes_read;
	const bool is_bomb = length > EXPANSION_FREE && length / EXPANSION_MAX > packed;
	return is_bomb ? "it expands more than 1,000 times, as no capture does" : NULL;
}

// Brings more bytes into the window, or finds that the stream is over. A codec
// is always asked for a whole block, whoever asks for how much: so where damaged
// input ends does not depend on the reader.
static void fill(struct stream *s, size_t wanted)
{
	struct stream_private *p = s->private;
	if (p->fill_at == p->block_end && !begin_block(s, wanted)) {
		stream_out_of_memory(s);
		return;
	}
	const size_t room = (size_t)(p->block_end - p->fill_at);
	const size_t size = room < STREAM_BLOCK ? room : STREAM_BLOCK;
	const char *damage = NULL;
	const size_t length = p->codec->read(p->codec_state, &p->input, p->fill_at, size, &damage);
	if (length > 0)
		XXH3_128bits_update(p->hash, p->fill_at, length);
	p->fill_at += length;
	s->window.end = p->fill_at;
	s->length += length;
	if (damage == NULL)
		damage = stream_bomb(s, s->length);
	if (length == 0 || damage != NULL || p->input.failure.kind != ERROR_NONE)
		end_source(s, damage);
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

static bool start(struct stream *s, const char *path, struct error *error)
{
	struct stream_private *p = s->private;
	if (!input_open(&p->input, path, error))
		return false;
	const struct cursor head = p->input.unread;
	p->codec = codec_for((struct span){ .bytes = head.at, .length = cursor_left(&head) });
	p->codec_state = p->codec->open();
	p->hash = XXH3_createState();
	if (p->codec_state == NULL || p->hash == NULL)
		return error_memory(error, "reading a capture");
	XXH3_128bits_reset(p->hash);

	stream_need(s, STREAM_HEAD);
	if (p->source.kind == ERROR_FAILED || p->reader.kind == ERROR_FAILED) {
		stream_report(s, error);
		return false;
	}
	const size_t left = cursor_left(&s->window);
	s->head = XXH3_64bits(s->window.at, left < STREAM_HEAD ? left : STREAM_HEAD);
	return true;
}

bool stream_open(struct stream **out, const char *path, struct error *error)
{
	struct stream *s = memory_new(1, sizeof *s);
	if (s == NULL)
		return error_memory(error, "reading a capture");
	s->private = memory_new(1, sizeof *s->private);
	if (s->private == NULL) {
		memory_free(s);
		return error_memory(error, "reading a capture");
	}
	s->private->input.fd = -1;
	if (!start(s, path, error)) {
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
	if (p->codec != NULL)
		p->codec->close(p->codec_state);
	input_done(&p->input);
	XXH3_freeState(p->hash);
	memory_free(p->memory);
	memory_free(p);
	memory_free(s);
}

void stream_damage(struct stream *s, uint64_t offset, const char *format, ...)
{
	struct ending *ending = &s->private->reader;
	s->private->is_stopped = true;
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
}

void stream_out_of_memory(struct stream *s)
{
	s->is_over = true;
	s->private->is_stopped = true;
	s->private->reader = (struct ending){ .kind = ERROR_FAILED, .offset = stream_offset(s) };
}

bool stream_is_cut(const struct stream *s)
{
	return s->is_over && s->private->source.kind != ERROR_NONE;
}

bool stream_is_stopped(const struct stream *s)
{
	return s->private->is_stopped;
}

bool stream_report(const struct stream *s, struct error *error)
{
	const struct stream_private *p = s->private;
	const struct ending *ending = p->reader.kind != ERROR_NONE ? &p->reader : &p->source;
	if (ending->kind == ERROR_NONE)
		return false;
	if (ending->kind == ERROR_DAMAGED)
		error_set(error, ERROR_DAMAGED, "%s is damaged at byte %llu%s: %s", p->input.name,
		          (unsigned long long)ending->offset,
		          p->codec->suffix[0] == '\0' ? "" : " of its decompressed content",
		          ending->reason);
	else if (p->input.failure.kind != ERROR_NONE)
		*error = p->input.failure;
	else
		error_memory(error, "reading a capture");
	return true;
}

struct capture_identity stream_identity(const struct stream *s)
{
	struct capture_identity identity = { .length_bytes = s->length };
	XXH128_canonical_t digest;
	XXH128_canonicalFromHash(&digest, XXH3_128bits_digest(s->private->hash));
	memcpy(identity.digest, digest.digest, sizeof identity.digest);
	return identity;
}

const char *stream_suffix(const struct stream *s)
{
	return s->private->codec->suffix;
}

const char *stream_name(const struct stream *s)
{
	return s->private->input.name;
}

uint64_t stream_bytes_read(const struct stream *s)
{
	return s->private->input.bytes_read;
}

uint64_t stream_bytes_total(const struct stream *s)
{
	return s->private->input.bytes_total;
}
