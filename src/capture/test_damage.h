// SPDX-License-Identifier: MIT
// For the tests of formats: captures whose frames are not all one byte, read back
// with the bytes; and everything that can happen to a capture on its way here.
#pragma once

#include "base/memory.h"
#include "base/random.h"
#include "capture/reader.h"
#include "capture/test_capture.h"

enum { TAKEN_FRAMES = 64, TAKEN_BYTES = 80 };

struct taken {
	bool is_open, is_damaged;
	struct error error;  // why it did not open, or the damage
	char format[32];
	size_t count;
	uint64_t length;                           // of the content
	struct frame frames[TAKEN_FRAMES];         // the first; their bytes are
	uint8_t bytes[TAKEN_FRAMES][TAKEN_BYTES];  // here, as far as there is room
};

static inline void take_frames(struct taken *t, const struct frame *frames, size_t count)
{
	for (size_t i = 0; i < count; i++, t->count++) {
		uint8_t sum = 0;  // every byte is looked at, for a sanitizer to look on
		for (size_t at = 0; at < frames[i].captured.length; at++) {
			const uint8_t byte = frames[i].captured.bytes[at];
			sum ^= byte;
			if (t->count < TAKEN_FRAMES && at < TAKEN_BYTES)
				t->bytes[t->count][at] = byte;
		}
		__asm__ volatile("" : : "r"(sum));
		if (t->count < TAKEN_FRAMES)
			t->frames[t->count] = frames[i];
	}
}

static inline struct taken take_path(const char *path)
{
	static struct taken t;
	t = (struct taken){ 0 };
	struct capture *capture;
	struct frame frames[7];
	t.is_open = capture_open(path, &capture, &t.error);
	if (!t.is_open)
		return t;
	for (size_t count; (count = capture_next(capture, frames, 7)) > 0;)
		take_frames(&t, frames, count);
	t.is_damaged = capture_damage(capture, &t.error);
	t.length = capture_identity(capture).length_bytes;
	text_copy(t.format, sizeof t.format, capture_format(capture));
	capture_free(capture);
	return t;
}

static inline struct taken take_bytes(struct span bytes)
{
	const struct test_file file = file_with(bytes);
	const struct taken t = take_path(file.path);
	unlink(file.path);
	return t;
}

static inline struct taken take_made(struct maker *m)
{
	CHECK(!m->out.failed);
	const struct taken t = take_bytes(buffer_span(&m->out));
	buffer_done(&m->out);
	return t;
}

static inline bool is_at_byte(const struct taken *t, size_t offset)
{
	char place[40];
	text_format(place, sizeof place, "at byte %zu: ", offset);
	return text_has(t->error.text, place);
}

// `ends` are the offsets at which the header, if there is one, and the records end.
// Cut anywhere, the frames before the cut are there, and the place of the damage is
// that of the record that is cut; but for fewer bytes than `least`, which need not be
// recognised.
static inline void check_every_cut(struct span whole, const size_t *ends, size_t frames,
                                   size_t least)
{
	for (size_t cut = 0; cut <= whole.length; cut++) {
		const struct taken t = take_bytes(span_part(whole, 0, cut));
		size_t done = 0;
		while (done < frames && cut >= ends[done + 1])
			done++;
		if (!t.is_open) {
			CHECK(cut < least);
			continue;
		}
		const bool is_whole = cut >= ends[0] && cut == ends[done];
		CHECK(t.count == done && t.length == cut);
		CHECK(t.is_damaged == !is_whole);
		CHECK(is_whole || is_at_byte(&t, cut < ends[0] ? 0 : ends[done]));
	}
}

// Any byte may have any value: whatever comes of it, comes without harm.
static inline void check_every_byte(struct buffer *whole, uint64_t seed)
{
	struct random random = random_from(seed);
	for (size_t at = 0; at < whole->length; at++)
		for (int round = 0; round < 6; round++) {
			static const uint8_t edges[] = { 0, 0x7f, 0x80, 0xff };
			const uint8_t right = whole->bytes[at];
			whole->bytes[at] = round < 4 ? edges[round]
			                             : (uint8_t)random_below(&random, 256);
			const struct taken t = take_bytes(buffer_span(whole));
			CHECK(!t.is_open || t.length == whole->length);
			CHECK(t.is_open || t.error.text[0] != '\0');
			whole->bytes[at] = right;
		}
}

// Nor does it matter how many bytes are wrong, behind the first `keep`, which show what
// kind of file it is.
static inline void check_random_bytes(struct span whole, size_t keep, uint64_t seed)
{
	struct random random = random_from(seed);
	for (int round = 0; round < 500; round++) {
		struct buffer copy = buffer_up_to(MADE_MAX);
		buffer_append(&copy, whole.bytes, whole.length);
		uint32_t wrong = 1 + random_below(&random, 1u << random_below(&random, 9));
		while (wrong-- > 0) {
			const size_t left = whole.length - keep;
			const size_t at = keep + random_below(&random, (uint32_t)left);
			copy.bytes[at] = (uint8_t)random_u32(&random);
		}
		const struct taken t = take_bytes(buffer_span(&copy));
		CHECK(!t.is_open || t.length == whole.length);
		CHECK(t.count <= whole.length);
		buffer_done(&copy);
	}
}

// Every allocation fails once, with all later ones: the reason is one line, and
// nothing leaks.
static inline void check_every_allocation(struct span whole)
{
	const struct test_file file = file_with(whole);
	const struct taken right = take_path(file.path);
	unsigned failures = 0;
	bool has_failed = true;
	while (has_failed && failures < 100) {
		memory_fail_at(++failures);
		const struct taken t = take_path(file.path);
		memory_fail_at(0);
		has_failed = !t.is_open || t.is_damaged != right.is_damaged;
		CHECK(!has_failed || (t.error.kind == ERROR_FAILED && t.error.text[0] != '\0'));
		CHECK(has_failed || t.count == right.count);
	}
	CHECK(failures > 2 && failures < 100);
	unlink(file.path);
}

// Of `heads` random beginnings of files, how many the format takes for its own.
static inline unsigned count_mistaken(const struct reader_format *format, unsigned heads,
                                      uint64_t seed)
{
	struct random random = random_from(seed);
	static uint8_t bytes[STREAM_HEAD];
	unsigned mistaken = 0;
	for (size_t at = 0; at < sizeof bytes; at++)
		bytes[at] = (uint8_t)random_below(&random, 256);
	for (unsigned i = 0; i < heads; i++) {
		for (size_t at = 0; at < 2048; at += 8) {
			const uint64_t value = random_u64(&random);
			memcpy(bytes + at, &value, 8);
		}
		const size_t length = i % 2 == 0 ? sizeof bytes : random_below(&random, 2048);
		mistaken += format->recognise((struct span){ bytes, length });
	}
	return mistaken;
}

// Zeros, ones, and lines of text of any kind and length are of no format.
static inline bool is_mistaken_for_text(const struct reader_format *format, uint64_t seed)
{
	struct random random = random_from(seed);
	static uint8_t bytes[STREAM_HEAD];
	bool is_mistaken = false;
	for (int fill = 0; fill < 256; fill++) {
		memset(bytes, fill, sizeof bytes);
		for (size_t length = 0; length <= sizeof bytes; length = length * 3 + 1)
			is_mistaken |= format->recognise((struct span){ bytes, length });
	}
	for (int round = 0; round < 3000; round++) {
		for (size_t at = 0; at < sizeof bytes; at++) {
			const uint32_t byte = ' ' + random_below(&random, 100);
			bytes[at] = (uint8_t)(byte <= '~' ? byte : byte % 2 == 0 ? '\n' : '\t');
		}
		is_mistaken |= format->recognise((struct span){ bytes, sizeof bytes });
	}
	return is_mistaken;
}
