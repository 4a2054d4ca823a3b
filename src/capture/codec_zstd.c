// SPDX-License-Identifier: MIT
// Zstandard (RFC 8878) through libzstd.
//
// A file is a row of frames (28 b5 2f fd) and skippable frames (5x 2a 4d 18).
// A frame says how large a window it wants to look back on, and so how much memory is
// needed. `zstd --long` makes 2^27 = 128 MiB, which is always there; `--long=31` the
// most that libzstd decompresses. For one that wants more than codec_memory() it stops.
//
// The allocator is of libzstd's "static" interface, which may change with the
// library; it is there so that a test can make allocations fail.
#include "base/memory.h"
#include "capture/codec.h"

#define ZSTD_STATIC_LINKING_ONLY
#include <zstd.h>
#include <zstd_errors.h>

#include <string.h>

enum { FRAME_HEADER_MIN = 5, BLOCK_HEADER = 3, FRAME_HEADER_MAX = 18 };
#define WINDOW_MAX (UINT64_C(1) << ZSTD_WINDOWLOG_MAX_64)

struct zstd {
	ZSTD_DCtx *context;
	size_t wanted;  // bytes that bring the frame to its next step; 0 between frames
	bool may_hold;  // content that did not fit yet
	bool is_limited;
	// The first bytes of the frame, for what its header says.
	uint8_t head[FRAME_HEADER_MAX];
	size_t head_length;
};

static bool zstd_recognise(struct span head)
{
	const uint32_t magic = codec_magic(head);
	return magic == 0xfd2fb528 || codec_is_skippable(magic);
}

static void *allocate(void *opaque, size_t size)
{
	(void)opaque;
	return memory_room(size);
}

static void release(void *opaque, void *block)
{
	(void)opaque;
	memory_free(block);
}

static void zstd_close(void *state)
{
	struct zstd *zstd = state;
	if (zstd == NULL)
		return;
	ZSTD_freeDCtx(zstd->context);
	memory_free(zstd);
}

static void *zstd_open(void)
{
	struct zstd *zstd = memory_new(1, sizeof *zstd);
	if (zstd == NULL)
		return NULL;
	const ZSTD_customMem memory = { .customAlloc = allocate, .customFree = release };
	zstd->context = ZSTD_createDCtx_advanced(memory);
	if (zstd->context == NULL) {
		memory_free(zstd);
		return NULL;
	}
	return zstd;
}

// How far back the frame looks; 0 if its header does not say.
static uint64_t window_of(const struct zstd *zstd)
{
	ZSTD_frameHeader header;
	const size_t status = ZSTD_getFrameHeader(&header, zstd->head, zstd->head_length);
	return status == 0 ? header.windowSize : 0;
}

static const char *reason_of(const struct zstd *zstd, size_t status, struct input *input)
{
	const ZSTD_ErrorCode code = ZSTD_getErrorCode(status);
	if (code == ZSTD_error_frameParameter_windowTooLarge) {
		const uint64_t window = window_of(zstd);
		if (window == 0)  // libzstd does not even read such a header
			return "its zstd stream needs a window above 2 GiB, more than zstd itself allows";
		input->needed_bytes = window;
		return "its zstd stream needs more memory";
	}
	if (code == ZSTD_error_prefix_unknown)
		return "what follows is no zstd frame";
	if (code == ZSTD_error_checksum_wrong)
		return "the checksum of its zstd stream is wrong";
	return "its zstd stream is corrupt";
}

// How much of the input libzstd gets. What a call has decoded before it runs into
// damage is lost, so each call decodes one block: it gets no more than that, and
// not the next block's header, which libzstd would like to have too; and nothing
// as long as it still has content to hand out.
static size_t step_of(const struct zstd *zstd, size_t left)
{
	if (zstd->may_hold)
		return 0;
	size_t step = zstd->wanted > 0 ? zstd->wanted : FRAME_HEADER_MIN;
	if (step > BLOCK_HEADER)
		step -= BLOCK_HEADER;
	return left < step ? left : step;
}

// Bytes of a frame that are about to be read.
static void note_head(struct zstd *zstd, struct span given)
{
	const size_t room = sizeof zstd->head - zstd->head_length;
	const size_t length = given.length < room ? given.length : room;
	if (length > 0)
		memcpy(zstd->head + zstd->head_length, given.bytes, length);
	zstd->head_length += length;
}

// One step of libzstd. False if there is no going on.
static bool decompress_some(struct zstd *zstd, struct input *input, ZSTD_outBuffer *out,
                            const char **damage)
{
	struct cursor *unread = &input->unread;
	if (cursor_left(unread) == 0)
		input_fill(input);
	const size_t given = step_of(zstd, cursor_left(unread));
	if (zstd->wanted == 0 && !zstd->may_hold)
		zstd->head_length = 0;
	note_head(zstd, (struct span){ unread->at, given });
	ZSTD_inBuffer in = { .src = unread->at, .size = given };
	const size_t out_before = out->pos;
	const size_t status = ZSTD_decompressStream(zstd->context, out, &in);
	if (ZSTD_isError(status)) {
		if (ZSTD_getErrorCode(status) == ZSTD_error_memory_allocation)
			input_out_of_memory(input);
		else
			*damage = reason_of(zstd, status, input);
		return false;
	}
	cursor_take(unread, in.pos);
	const bool has_held = zstd->may_hold;
	zstd->may_hold = out->pos == out->size;
	if (in.pos > 0 || out->pos > out_before || has_held) {
		zstd->wanted = status;
		return true;
	}
	if (zstd->wanted > 0)
		*damage = "its zstd stream breaks off";
	return false;
}

static void limit_window(struct zstd *zstd, uint64_t bytes)
{
	const size_t status = ZSTD_DCtx_setMaxWindowSize(zstd->context,
	                                                 bytes < WINDOW_MAX ? bytes : WINDOW_MAX);
	assert(!ZSTD_isError(status));
	zstd->is_limited = true;
}

static size_t zstd_read(void *state, struct input *input, uint8_t *to, size_t size,
                        const char **damage)
{
	struct zstd *zstd = state;
	ZSTD_outBuffer out = { .dst = to, .size = size };
	if (!zstd->is_limited)
		limit_window(zstd, codec_memory(input));
	while (out.pos < out.size && decompress_some(zstd, input, &out, damage))
		;
	return out.pos;
}

const struct codec codec_zstd = {
	.suffix = ".zst",
	.recognise = zstd_recognise,
	.open = zstd_open,
	.close = zstd_close,
	.read = zstd_read,
};
