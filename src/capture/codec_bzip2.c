// SPDX-License-Identifier: MIT
// bzip2 through libbz2.
//
// A file is a row of streams: "BZh", a digit (the size of its blocks in units
// of 100,000 bytes), blocks that begin with the digits of pi, and an end that
// begins with those of its square root. Compressors that use several threads
// make a stream of every block. The least that can be decoded is a block, and
// no block needs more than 4 MiB of memory.
#include "base/memory.h"
#include "capture/codec.h"

#include <bzlib.h>
#include <string.h>

struct bzip2 {
	bz_stream stream;
	bool is_open;  // inside a stream
};

static bool bzip2_recognise(struct span head)
{
	static const uint8_t block[] = { 0x31, 0x41, 0x59, 0x26, 0x53, 0x59 };
	static const uint8_t end[] = { 0x17, 0x72, 0x45, 0x38, 0x50, 0x90 };
	if (head.length < 4 || (span_u32(head, 0) >> 8) != 0x425a68)
		return false;
	const struct span magic = span_from(head, 4);
	const size_t length = magic.length < sizeof block ? magic.length : sizeof block;
	return head.bytes[3] >= '1' && head.bytes[3] <= '9' &&
	       (memcmp(magic.bytes, block, length) == 0 || memcmp(magic.bytes, end, length) == 0);
}

static void *allocate(void *opaque, int count, int size)
{
	(void)opaque;
	return memory_room((size_t)count * (size_t)size);
}

static void release(void *opaque, void *block)
{
	(void)opaque;
	memory_free(block);
}

static bool begin_stream(struct bzip2 *bzip2)
{
	bzip2->stream = (bz_stream){ .bzalloc = allocate, .bzfree = release };
	bzip2->is_open = BZ2_bzDecompressInit(&bzip2->stream, 0, 0) == BZ_OK;
	return bzip2->is_open;
}

static void end_stream(struct bzip2 *bzip2)
{
	if (bzip2->is_open)
		BZ2_bzDecompressEnd(&bzip2->stream);
	bzip2->is_open = false;
}

static void bzip2_close(void *state)
{
	struct bzip2 *bzip2 = state;
	if (bzip2 == NULL)
		return;
	end_stream(bzip2);
	memory_free(bzip2);
}

static void *bzip2_open(void)
{
	struct bzip2 *bzip2 = memory_new(1, sizeof *bzip2);
	if (bzip2 != NULL && !begin_stream(bzip2)) {
		memory_free(bzip2);
		return NULL;
	}
	return bzip2;
}

// Behind a stream: begins the next one. False if there is none.
static bool find_stream(struct bzip2 *bzip2, struct input *input)
{
	if (cursor_left(&input->unread) == 0 && !input_fill(input))
		return false;
	if (begin_stream(bzip2))
		return true;
	input_out_of_memory(input);
	return false;
}

static bool judge(struct bzip2 *bzip2, int status, struct input *input, const char **damage)
{
	switch (status) {
	case BZ_OK: return true;
	case BZ_STREAM_END: end_stream(bzip2); return true;
	case BZ_MEM_ERROR: input_out_of_memory(input); return false;
	case BZ_DATA_ERROR_MAGIC: *damage = "what follows is no bzip2 stream"; return false;
	default: *damage = "its bzip2 stream is corrupt"; return false;
	}
}

// One round of libbz2 over the input at hand. If it finds that a block is corrupt
// it forgets what it has written of it in this round, and nothing before. False
// if there is no going on.
static bool decompress_some(struct bzip2 *bzip2, struct input *input, const char **damage)
{
	bz_stream *stream = &bzip2->stream;
	struct cursor *unread = &input->unread;
	if (cursor_left(unread) == 0)
		input_fill(input);
	const size_t in_before = cursor_left(unread);
	const unsigned out_before = stream->avail_out;
	stream->next_in = (char *)(uintptr_t)unread->at;  // libbz2 has no const; it only reads
	stream->avail_in = (unsigned)in_before;
	const int status = BZ2_bzDecompress(stream);
	cursor_take(unread, in_before - stream->avail_in);
	if (status == BZ_OK && in_before == 0 && stream->avail_out == out_before) {
		*damage = "its bzip2 stream breaks off";
		return false;
	}
	return judge(bzip2, status, input, damage);
}

static size_t bzip2_read(void *state, struct input *input, uint8_t *to, size_t size,
                         const char **damage)
{
	struct bzip2 *bzip2 = state;
	size_t done = 0;
	bool goes_on = true;
	assert(size <= UINT32_MAX);
	while (goes_on && done < size) {
		if (!bzip2->is_open && !find_stream(bzip2, input))
			break;
		bzip2->stream.next_out = (char *)to + done;
		bzip2->stream.avail_out = (unsigned)(size - done);
		goes_on = decompress_some(bzip2, input, damage);
		done = size - bzip2->stream.avail_out;
	}
	return done;
}

const struct codec codec_bzip2 = {
	.suffix = ".bz2",
	.recognise = bzip2_recognise,
	.open = bzip2_open,
	.close = bzip2_close,
	.read = bzip2_read,
};
