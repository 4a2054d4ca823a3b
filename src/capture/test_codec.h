// SPDX-License-Identifier: MIT
// For tests: one maker for each kind of compressed file, and a table of them.
//
// A maker appends one stream (member, frame) with a checksum, if its format has
// one. It begins a new block after every `piece` bytes where the library can.
#pragma once

#include "capture/test_capture.h"

#include <bzlib.h>
#include <lz4.h>
#include <lz4frame.h>
#include <lzma.h>

static inline void make_pieced_gzip(struct buffer *out, struct span bytes, size_t piece)
{
	(void)piece;
	make_gzip(out, bytes);
}

static inline void make_pieced_zstd(struct buffer *out, struct span bytes, size_t piece)
{
	const size_t room = ZSTD_compressBound(bytes.length) + bytes.length / piece * 16 + 64;
	ZSTD_CCtx *context = ZSTD_createCCtx();
	if (!buffer_reserve(out, room))
		return;
	ZSTD_CCtx_setParameter(context, ZSTD_c_checksumFlag, 1);
	ZSTD_outBuffer to = { .dst = out->bytes + out->length, .size = room };
	for (size_t at = 0; at < bytes.length; at += piece) {
		const size_t left = bytes.length - at;
		ZSTD_inBuffer from = { bytes.bytes + at, left < piece ? left : piece, 0 };
		CHECK(ZSTD_compressStream2(context, &to, &from, ZSTD_e_flush) == 0);
	}
	CHECK(ZSTD_compressStream2(context, &to, &(ZSTD_inBuffer){ 0 }, ZSTD_e_end) == 0);
	out->length += to.pos;
	ZSTD_freeCCtx(context);
}

static inline void make_lz4_as(struct buffer *out, struct span bytes, size_t piece,
                               LZ4F_frameInfo_t info)
{
	if (piece > bytes.length)
		piece = bytes.length + 1;
	const LZ4F_preferences_t preferences = { .frameInfo = info, .autoFlush = 1 };
	const size_t room = LZ4F_compressBound(piece, &preferences);
	LZ4F_cctx *context = NULL;
	CHECK(!LZ4F_isError(LZ4F_createCompressionContext(&context, LZ4F_VERSION)));
	if (!buffer_reserve(out, room + LZ4F_HEADER_SIZE_MAX))
		return;
	out->length += LZ4F_compressBegin(context, out->bytes + out->length, LZ4F_HEADER_SIZE_MAX,
	                                  &preferences);
	for (size_t at = 0; at < bytes.length; at += piece) {
		const size_t left = bytes.length - at, length = left < piece ? left : piece;
		if (!buffer_reserve(out, room))
			return;
		const size_t packed = LZ4F_compressUpdate(context, out->bytes + out->length, room,
		                                          bytes.bytes + at, length, NULL);
		CHECK(!LZ4F_isError(packed));
		out->length += packed;
	}
	if (buffer_reserve(out, room))
		out->length += LZ4F_compressEnd(context, out->bytes + out->length, room, NULL);
	LZ4F_freeCompressionContext(context);
}

// Small linked blocks, and a checksum over the whole.
static inline void make_lz4(struct buffer *out, struct span bytes, size_t piece)
{
	make_lz4_as(out, bytes, piece,
	            (LZ4F_frameInfo_t){ .blockSizeID = LZ4F_max64KB,
	                                .blockMode = LZ4F_blockLinked,
	                                .contentChecksumFlag = LZ4F_contentChecksumEnabled });
}

// Large blocks that do not depend on each other, a checksum of each, the length.
static inline void make_lz4_blocks(struct buffer *out, struct span bytes, size_t piece)
{
	make_lz4_as(out, bytes, piece,
	            (LZ4F_frameInfo_t){ .blockSizeID = LZ4F_max4MB,
	                                .blockMode = LZ4F_blockIndependent,
	                                .contentSize = bytes.length,
	                                .blockChecksumFlag = LZ4F_blockChecksumEnabled,
	                                .contentChecksumFlag = LZ4F_contentChecksumEnabled });
}

// The format before there were frames: no checksums at all.
static inline void make_lz4_legacy(struct buffer *out, struct span bytes, size_t piece)
{
	enum { BLOCK_MAX = 8 * 1024 * 1024 };
	const size_t block = piece < BLOCK_MAX ? piece : BLOCK_MAX;
	const int room = LZ4_compressBound((int)block);
	buffer_u32(out, 0x184c2102);
	for (size_t at = 0; at < bytes.length; at += block) {
		const size_t left = bytes.length - at, length = left < block ? left : block;
		if (!buffer_reserve(out, (size_t)room + 4))
			return;
		const int packed = LZ4_compress_default((const char *)bytes.bytes + at,
		                                        (char *)out->bytes + out->length + 4,
		                                        (int)length, room);
		CHECK(packed > 0);
		buffer_u32(out, (uint32_t)packed);
		out->length += (size_t)packed;
	}
}

static inline void make_xz(struct buffer *out, struct span bytes, size_t piece)
{
	const size_t room = lzma_stream_buffer_bound(bytes.length) + bytes.length / piece * 128;
	lzma_stream stream = LZMA_STREAM_INIT;
	CHECK(lzma_easy_encoder(&stream, 0, LZMA_CHECK_CRC32) == LZMA_OK);
	if (!buffer_reserve(out, room))
		return;
	stream.next_out = out->bytes + out->length;
	stream.avail_out = room;
	for (size_t at = 0; at < bytes.length; at += piece) {
		const size_t left = bytes.length - at;
		stream.next_in = bytes.bytes + at;
		stream.avail_in = left < piece ? left : piece;
		CHECK(lzma_code(&stream, LZMA_FULL_FLUSH) == LZMA_STREAM_END);
	}
	CHECK(lzma_code(&stream, LZMA_FINISH) == LZMA_STREAM_END);
	out->length += room - stream.avail_out;
	lzma_end(&stream);
}

// Nothing in a stream can be told apart below 100,000 bytes; more pieces are
// more streams, as compressors with several threads make them.
static inline void make_bzip2(struct buffer *out, struct span bytes, size_t piece)
{
	size_t at = 0;
	do {
		const size_t left = bytes.length - at, length = left < piece ? left : piece;
		unsigned room = (unsigned)(length + length / 50 + 600);
		if (!buffer_reserve(out, room))
			return;
		CHECK(BZ2_bzBuffToBuffCompress((char *)out->bytes + out->length, &room,
		                               (char *)(uintptr_t)bytes.bytes + at,
		                               (unsigned)length, 1, 0, 0) == BZ_OK);
		out->length += room;
		at += length;
	} while (at < bytes.length);
}

struct compression {
	const char *suffix;
	void (*make)(struct buffer *, struct span, size_t piece);
	bool has_checksum;
	const char *breaks_off, *garbage;  // reasons
};

static const struct compression compressions[] = {
	{ ".gz", make_pieced_gzip, true, "its gzip stream breaks off",
	  "what follows is no gzip member" },
	{ ".zst", make_pieced_zstd, true, "its zstd stream breaks off",
	  "what follows is no zstd frame" },
	{ ".lz4", make_lz4, true, "its lz4 stream breaks off", "what follows is no lz4 frame" },
	{ ".lz4", make_lz4_blocks, true, "its lz4 stream breaks off",
	  "what follows is no lz4 frame" },
	{ ".lz4", make_lz4_legacy, false, "its lz4 stream breaks off",
	  "what follows is no lz4 frame" },
	{ ".xz", make_xz, true, "its xz stream breaks off", "its xz stream is corrupt" },
	{ ".bz2", make_bzip2, true, "its bzip2 stream breaks off",
	  "what follows is no bzip2 stream" },
};
enum { COMPRESSIONS = sizeof compressions / sizeof compressions[0] };
