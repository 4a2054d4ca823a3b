// SPDX-License-Identifier: MIT
// xz (The .xz File Format, version 1.1.0) through liblzma.
//
// A file is a row of streams (fd 37 7a 58 5a 00), with zero bytes between and
// behind them in multiples of four. A block's header says how large a dictionary
// it needs; for one that needs more than codec_memory() in all it stops. `xz -9`, the
// most that the tool's presets ask for, needs 65 MiB.
//
// The older .lzma format has no magic number: its first bytes are parameters that
// other files can have too, so it is not read.
#include "base/memory.h"
#include "capture/codec.h"

#include <lzma.h>
#include <string.h>

struct xz {
	lzma_stream stream;
	lzma_allocator allocator;
	bool is_limited;
};

static bool xz_recognise(struct span head)
{
	static const uint8_t magic[] = { 0xfd, '7', 'z', 'X', 'Z', 0 };
	return head.length >= sizeof magic && memcmp(head.bytes, magic, sizeof magic) == 0;
}

// liblzma asks for `count` bytes of size 1.
static void *allocate(void *opaque, size_t count, size_t size)
{
	(void)opaque;
	assert(count == 1 || size <= SIZE_MAX / count);
	return memory_room(count * size);
}

static void release(void *opaque, void *block)
{
	(void)opaque;
	memory_free(block);
}

static void xz_close(void *state)
{
	struct xz *xz = state;
	if (xz == NULL)
		return;
	lzma_end(&xz->stream);
	memory_free(xz);
}

static void *xz_open(void)
{
	struct xz *xz = memory_new(1, sizeof *xz);
	if (xz == NULL)
		return NULL;
	xz->stream = (lzma_stream)LZMA_STREAM_INIT;
	xz->allocator = (lzma_allocator){ .alloc = allocate, .free = release };
	xz->stream.allocator = &xz->allocator;
	if (lzma_stream_decoder(&xz->stream, CODEC_MEMORY_MIN, LZMA_CONCATENATED) != LZMA_OK) {
		xz_close(xz);
		return NULL;
	}
	return xz;
}

// False if there is no going on.
static bool judge(struct xz *xz, lzma_ret status, struct input *input, const char **damage)
{
	switch ((int)status) {
	case LZMA_OK: return true;
	case LZMA_STREAM_END: return false;
	case LZMA_MEM_ERROR: input_out_of_memory(input); return false;
	case LZMA_BUF_ERROR: *damage = "its xz stream breaks off"; return false;
	case LZMA_MEMLIMIT_ERROR:
		input->needed_bytes = lzma_memusage(&xz->stream);
		*damage = "its xz stream needs more memory";
		return false;
	case LZMA_OPTIONS_ERROR: *damage = "its xz stream is of an unknown kind"; return false;
	default: *damage = "its xz stream is corrupt"; return false;
	}
}

// One round of liblzma over the input at hand. It hands out what it has decoded
// even where it then finds damage. False if there is no going on.
static bool decompress_some(struct xz *xz, struct input *input, const char **damage)
{
	struct cursor *unread = &input->unread;
	const bool is_over = cursor_left(unread) == 0 && !input_fill(input);
	const size_t in_before = cursor_left(unread);
	xz->stream.next_in = unread->at;
	xz->stream.avail_in = in_before;
	const lzma_ret status = lzma_code(&xz->stream, is_over ? LZMA_FINISH : LZMA_RUN);
	cursor_take(unread, in_before - xz->stream.avail_in);
	return judge(xz, status, input, damage);
}

static size_t xz_read(void *state, struct input *input, uint8_t *to, size_t size,
                      const char **damage)
{
	struct xz *xz = state;
	if (!xz->is_limited) {
		const lzma_ret status = lzma_memlimit_set(&xz->stream, codec_memory(input));
		assert(status == LZMA_OK);
		xz->is_limited = true;
	}
	xz->stream.next_out = to;
	xz->stream.avail_out = size;
	while (xz->stream.avail_out > 0 && decompress_some(xz, input, damage))
		;
	return size - xz->stream.avail_out;
}

const struct codec codec_xz = {
	.suffix = ".xz",
	.recognise = xz_recognise,
	.open = xz_open,
	.close = xz_close,
	.read = xz_read,
};
