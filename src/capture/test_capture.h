// SPDX-License-Identifier: MIT
// For the tests of capture/: captures built in memory, written to files that are
// removed again, and read back whole.
#pragma once

#include "base/buffer.h"
#include "base/test.h"
#include "base/text.h"
#include "capture/capture.h"

#include <isa-l/igzip_lib.h>
#include <stdlib.h>
#include <unistd.h>
#include <zstd.h>

enum { MADE_MAX = 256 * 1024 * 1024, READ_FRAMES = 4096 };

// Numbers in the byte order of the file that is made.
struct maker {
	struct buffer out;
	bool is_big_endian;
};

static inline struct maker maker_for(bool is_big_endian)
{
	return (struct maker){ .out = buffer_up_to(MADE_MAX), .is_big_endian = is_big_endian };
}

static inline void make_u16(struct maker *m, uint16_t value)
{
	buffer_u16(&m->out, m->is_big_endian ? __builtin_bswap16(value) : value);
}

static inline void make_u32(struct maker *m, uint32_t value)
{
	buffer_u32(&m->out, m->is_big_endian ? __builtin_bswap32(value) : value);
}

static inline void make_u64(struct maker *m, uint64_t value)
{
	buffer_u64(&m->out, m->is_big_endian ? __builtin_bswap64(value) : value);
}

static inline void make_bytes(struct maker *m, uint8_t byte, size_t count)
{
	if (count == 0 || !buffer_reserve(&m->out, count))
		return;
	memset(m->out.bytes + m->out.length, byte, count);
	m->out.length += count;
}

static inline void make_pcap(struct maker *m, uint32_t magic, uint16_t minor, uint32_t link_field)
{
	make_u32(m, magic);
	make_u16(m, 2);
	make_u16(m, minor);
	make_u64(m, 0);
	make_u32(m, 65535);
	make_u32(m, link_field);
}

// A record whose frame is `captured` times `fill`.
static inline void make_record(struct maker *m, uint32_t seconds, uint32_t fraction,
                               uint32_t captured, uint8_t fill)
{
	make_u32(m, seconds);
	make_u32(m, fraction);
	make_u32(m, captured);
	make_u32(m, captured + 4);
	make_bytes(m, fill, captured);
}

// Between block_begin() and block_end() stands the body.
static inline size_t block_begin(struct maker *m, uint32_t type)
{
	const size_t start = m->out.length;
	make_u32(m, type);
	make_u32(m, 0);
	return start;
}

static inline void block_end(struct maker *m, size_t start)
{
	make_bytes(m, 0, -(m->out.length - start) % 4);
	const uint32_t total = (uint32_t)(m->out.length - start + 4);
	make_u32(m, total);
	if (!m->out.failed)
		memcpy(m->out.bytes + start + 4, m->out.bytes + m->out.length - 4, 4);
}

static inline void make_section(struct maker *m)
{
	const size_t start = block_begin(m, 0x0a0d0d0a);
	make_u32(m, 0x1a2b3c4d);
	make_u16(m, 1);
	make_u16(m, 0);
	make_u64(m, UINT64_MAX);
	block_end(m, start);
}

// With an if_tsresol of `resolution` unless it is 6, the default, and an
// if_tsoffset unless it is 0.
static inline void make_interface(struct maker *m, uint16_t link_type, uint8_t resolution,
                                  int64_t offset_s)
{
	const size_t start = block_begin(m, 1);
	make_u16(m, link_type);
	make_u16(m, 0);
	make_u32(m, 0);
	if (resolution != 6) {
		make_u16(m, 9);
		make_u16(m, 1);
		make_bytes(m, resolution, 1);
		make_bytes(m, 0, 3);
	}
	if (offset_s != 0) {
		make_u16(m, 14);
		make_u16(m, 8);
		make_u64(m, (uint64_t)offset_s);
	}
	block_end(m, start);
}

static inline void make_packet(struct maker *m, uint32_t interface, uint64_t time,
                               uint32_t captured, uint8_t fill)
{
	const size_t start = block_begin(m, 6);
	make_u32(m, interface);
	make_u32(m, (uint32_t)(time >> 32));
	make_u32(m, (uint32_t)time);
	make_u32(m, captured);
	make_u32(m, captured + 4);
	make_bytes(m, fill, captured);
	block_end(m, start);
}

// One gzip member with `bytes`, at the end of `out`.
static inline void make_gzip(struct buffer *out, struct span bytes)
{
	const size_t room = bytes.length + bytes.length / 8 + 1024;
	if (!buffer_reserve(out, room))
		return;
	struct isal_zstream z;
	isal_deflate_stateless_init(&z);
	z.gzip_flag = IGZIP_GZIP;
	z.end_of_stream = 1;
	z.next_in = (uint8_t *)(uintptr_t)bytes.bytes;
	z.avail_in = (uint32_t)bytes.length;
	z.next_out = out->bytes + out->length;
	z.avail_out = (uint32_t)room;
	CHECK(isal_deflate_stateless(&z) == COMP_OK);
	out->length += room - z.avail_out;
}

// One zstd frame with a checksum.
static inline void make_zstd(struct buffer *out, struct span bytes)
{
	const size_t room = ZSTD_compressBound(bytes.length);
	ZSTD_CCtx *context = ZSTD_createCCtx();
	if (context != NULL && buffer_reserve(out, room)) {
		ZSTD_CCtx_setParameter(context, ZSTD_c_checksumFlag, 1);
		const size_t length = ZSTD_compress2(context, out->bytes + out->length, room,
		                                     bytes.bytes, bytes.length);
		CHECK(!ZSTD_isError(length));
		out->length += ZSTD_isError(length) ? 0 : length;
	}
	ZSTD_freeCCtx(context);
}

static inline struct span span_part(struct span s, size_t from, size_t to)
{
	return (struct span){ .bytes = s.bytes + from, .length = to - from };
}

struct test_file {
	char path[256];
};

static inline struct test_file file_with(struct span bytes)
{
	struct test_file file;
	const char *folder = getenv("TMPDIR");
	CHECK(text_format(file.path, sizeof file.path, "%s/hotaru-capture-XXXXXX",
	                  folder != NULL ? folder : "/tmp"));
	const int fd = mkstemp(file.path);
	CHECK(fd >= 0);
	for (size_t at = 0; fd >= 0 && at < bytes.length;) {
		const ssize_t written = write(fd, bytes.bytes + at, bytes.length - at);
		CHECK(written > 0);
		if (written <= 0)
			break;
		at += (size_t)written;
	}
	close(fd);
	return file;
}

// What reading a capture from end to end gave.
struct reading {
	bool is_open, is_damaged;
	struct error error;  // why it did not open, or the damage
	char format[32];
	size_t frames;
	struct frame first[8];  // without the bytes, which are gone
	uint8_t fill[8];        // the first byte of each, 0 if it is empty
	uint64_t head;
	struct capture_identity identity;
	bool says_drops;
	struct capture_drops drops;
};

static inline void note_frames(struct reading *r, const struct frame *frames, size_t count)
{
	for (size_t i = 0; i < count; i++, r->frames++) {
		const struct span captured = frames[i].captured;
		// Every frame that the makers make is one byte, repeated.
		const size_t last = captured.length - 1;
		CHECK(captured.length == 0 || captured.bytes[last] == captured.bytes[0]);
		if (r->frames >= 8)
			continue;
		r->first[r->frames] = frames[i];
		r->fill[r->frames] = captured.length > 0 ? captured.bytes[0] : 0;
	}
}

static inline struct reading read_path(const char *path, size_t frames_max)
{
	static struct frame frames[READ_FRAMES];
	struct reading r = { 0 };
	struct capture *capture;
	r.is_open = capture_open(path, &capture, &r.error);
	if (!r.is_open)
		return r;
	size_t count;
	while ((count = capture_next(capture, frames, frames_max)) > 0)
		note_frames(&r, frames, count);
	CHECK(capture_next(capture, frames, frames_max) == 0);
	r.is_damaged = capture_damage(capture, &r.error);
	r.head = capture_head(capture);
	r.identity = capture_identity(capture);
	r.says_drops = capture_drops(capture, &r.drops);
	text_copy(r.format, sizeof r.format, capture_format(capture));
	capture_free(capture);
	return r;
}

static inline struct reading read_bytes(struct span bytes)
{
	const struct test_file file = file_with(bytes);
	const struct reading r = read_path(file.path, READ_FRAMES);
	unlink(file.path);
	return r;
}

// Reads what was made, and frees it.
static inline struct reading read_made(struct maker *m)
{
	CHECK(!m->out.failed);
	const struct reading r = read_bytes(buffer_span(&m->out));
	buffer_done(&m->out);
	return r;
}

static inline bool identity_equal(struct capture_identity a, struct capture_identity b)
{
	return a.length_bytes == b.length_bytes && memcmp(a.digest, b.digest, sizeof a.digest) == 0;
}

static inline bool text_has(const char *text, const char *part)
{
	for (; *text != '\0'; text++)
		if (text_starts(text, part))
			return true;
	return *part == '\0';
}
