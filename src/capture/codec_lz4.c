// SPDX-License-Identifier: MIT
// lz4 (LZ4 Frame Format Description 1.6.4), its blocks through liblz4.
//
// A file is a row of frames (04 22 4d 18), skippable frames (5x 2a 4d 18) and
// legacy frames (02 21 4c 18); what is no block belongs to the next frame. All
// numbers are little-endian.
//
//     frame:  magic, flags, block maximum, [content length: 8], [dictionary: 4],
//             check byte, blocks, 4 zero bytes, [XXH32 of the content]
//     block:  length (highest bit: not compressed), bytes, [XXH32 of the bytes]
//     legacy: magic, blocks of a length and bytes that give up to 8 MiB each,
//             up to the end of the file or the next magic number
//
// Frames are taken apart here and not by liblz4's own reader of frames: that one
// loses a block if it finds damage behind it in the same call, hands out bytes
// before it has seen their checksum, and does not know legacy frames.
//
// A block may refer back to the 64 KiB before it, so the content is decoded to
// memory of our own, with the end of what came before in front.
#include "base/memory.h"
#include "capture/codec.h"

#include <lz4.h>
#include <string.h>
#include <xxhash.h>

enum {
	MAGIC_FRAME = 0x184d2204,
	MAGIC_LEGACY = 0x184c2102,
	HISTORY = 64 * 1024,
	LEGACY_BLOCK = 8 * 1024 * 1024,
	ROOM_MIN = 256 * 1024,  // to decode small blocks without moving the history each time
};

// Flags of a frame.
enum {
	HAS_DICTIONARY = 1,
	HAS_CONTENT_CHECK = 4,
	HAS_LENGTH = 8,
	HAS_BLOCK_CHECK = 16,
	IS_INDEPENDENT = 32,
};

enum where { BETWEEN_FRAMES, IN_FRAME, IN_LEGACY_FRAME };

struct lz4 {
	enum where where;
	unsigned flags;
	size_t block_max;
	uint64_t length_stated, length;  // of the frame's content
	XXH32_state_t *check;

	uint8_t *packed;  // a block that did not lie in one piece in the input
	size_t packed_capacity;

	uint8_t *content;         // history, then what was decoded
	size_t history, at, end;  // where history begins; what was not handed out yet
	size_t content_capacity;
	const char *damage;  // found behind that
};

static bool lz4_recognise(struct span head)
{
	const uint32_t magic = codec_magic(head);
	return magic == MAGIC_FRAME || magic == MAGIC_LEGACY;
}

static void lz4_close(void *state)
{
	struct lz4 *lz4 = state;
	if (lz4 == NULL)
		return;
	XXH32_freeState(lz4->check);
	memory_free(lz4->packed);
	memory_free(lz4->content);
	memory_free(lz4);
}

static void *lz4_open(void)
{
	struct lz4 *lz4 = memory_new(1, sizeof *lz4);
	if (lz4 == NULL)
		return NULL;
	lz4->check = XXH32_createState();
	if (lz4->check == NULL) {
		lz4_close(lz4);
		return NULL;
	}
	return lz4;
}

// Notes why it cannot go on. Returns false.
static bool damaged(struct lz4 *lz4, const char *reason)
{
	lz4->damage = reason;
	return false;
}

static bool breaks_off(struct lz4 *lz4)
{
	return damaged(lz4, "its lz4 stream breaks off");
}

static bool is_corrupt(struct lz4 *lz4)
{
	return damaged(lz4, "its lz4 stream is corrupt");
}

static bool has_wrong_checksum(struct lz4 *lz4)
{
	return damaged(lz4, "the checksum of its lz4 stream is wrong");
}

// Memory for `size` bytes, without what was in it. NULL if there is none.
static uint8_t *grow(uint8_t *old, size_t *capacity, size_t size)
{
	if (size <= *capacity)
		return old;
	memory_free(old);
	uint8_t *memory = memory_room(size);
	*capacity = memory != NULL ? size : 0;
	return memory;
}

// The next `length` bytes of the input, or as many as are left.
static struct span take(struct lz4 *lz4, struct input *input, size_t length)
{
	struct cursor *unread = &input->unread;
	if (cursor_left(unread) == 0)
		input_fill(input);
	if (cursor_left(unread) >= length)
		return cursor_take(unread, length);
	lz4->packed = grow(lz4->packed, &lz4->packed_capacity, length);
	if (lz4->packed == NULL) {
		input_out_of_memory(input);
		return (struct span){ 0 };
	}
	size_t done = 0, got = 1;
	while (done < length && got > 0)
		done += got = input_read(input, lz4->packed + done, length - done);
	return (struct span){ .bytes = lz4->packed, .length = done };
}

// Takes a number of 4 bytes. False if the input ends before; *is_over if it ends
// right here.
static bool take_number(struct lz4 *lz4, struct input *input, uint32_t *number, bool *is_over)
{
	const struct span bytes = take(lz4, input, 4);
	*is_over = bytes.length == 0;
	if (bytes.length < 4)
		return breaks_off(lz4);
	*number = span_u32_le(bytes, 0);
	return true;
}

static bool skip_frame(struct lz4 *lz4, struct input *input)
{
	uint32_t left;
	bool is_over;
	if (!take_number(lz4, input, &left, &is_over))
		return false;
	while (left > 0) {
		struct cursor *unread = &input->unread;
		if (cursor_left(unread) == 0 && !input_fill(input))
			return breaks_off(lz4);
		const size_t here = cursor_left(unread);
		left -= (uint32_t)cursor_take(unread, left < here ? left : here).length;
	}
	return true;
}

// Nothing in a frame refers back to what came before it.
static bool begin_frame(struct lz4 *lz4, struct input *input, enum where where, size_t block_max)
{
	const size_t room = block_max < ROOM_MIN ? ROOM_MIN : block_max;
	lz4->content = grow(lz4->content, &lz4->content_capacity, HISTORY + room);
	if (lz4->content == NULL) {
		input_out_of_memory(input);
		return false;
	}
	lz4->where = where;
	lz4->block_max = block_max;
	lz4->history = lz4->at = lz4->end = 0;
	lz4->length = 0;
	XXH32_reset(lz4->check, 0);
	return true;
}

// Without the magic number.
static size_t header_length(unsigned flags)
{
	size_t length = 3;
	length += (flags & HAS_LENGTH) != 0 ? 8 : 0;
	length += (flags & HAS_DICTIONARY) != 0 ? 4 : 0;
	return length;
}

static bool read_header(struct lz4 *lz4, struct input *input)
{
	enum { HEADER_MAX = 15 };
	uint8_t bytes[HEADER_MAX];
	const struct span start = take(lz4, input, 2);
	if (start.length < 2)
		return breaks_off(lz4);
	memcpy(bytes, start.bytes, 2);
	const size_t length = header_length(bytes[0]);
	const struct span rest = take(lz4, input, length - 2);
	if (rest.length < length - 2)
		return breaks_off(lz4);
	memcpy(bytes + 2, rest.bytes, rest.length);

	const struct span header = { .bytes = bytes, .length = length };
	const unsigned flags = bytes[0], maximum = bytes[1];
	if ((flags >> 6) != 1 || (flags & 2) != 0 || (maximum & 0x8f) != 0 || maximum < 0x40)
		return is_corrupt(lz4);
	if (bytes[length - 1] != (XXH32(bytes, length - 1, 0) >> 8 & 0xff))
		return has_wrong_checksum(lz4);
	if ((flags & HAS_DICTIONARY) != 0)
		return damaged(lz4, "its lz4 stream needs a dictionary");
	lz4->flags = flags;
	lz4->length_stated = (flags & HAS_LENGTH) != 0 ? span_u64_le(header, 2) : 0;
	return begin_frame(lz4, input, IN_FRAME, (size_t)1 << (8 + 2 * (maximum >> 4)));
}

static bool enter(struct lz4 *lz4, struct input *input, uint32_t magic)
{
	lz4->where = BETWEEN_FRAMES;
	lz4->flags = 0;
	if (codec_is_skippable(magic))
		return skip_frame(lz4, input);
	if (magic == MAGIC_LEGACY)
		return begin_frame(lz4, input, IN_LEGACY_FRAME, LEGACY_BLOCK);
	if (magic == MAGIC_FRAME)
		return read_header(lz4, input);
	return damaged(lz4, "what follows is no lz4 frame");
}

// Makes room for a block behind at most HISTORY bytes of what came before.
static void make_room(struct lz4 *lz4)
{
	if (lz4->content_capacity - lz4->end >= lz4->block_max)
		return;
	const size_t length = lz4->end - lz4->history;
	const size_t kept = length < HISTORY ? length : HISTORY;
	memmove(lz4->content, lz4->content + lz4->end - kept, kept);
	lz4->history = 0;
	lz4->at = lz4->end = kept;
}

static bool unpack(struct lz4 *lz4, struct span packed)
{
	make_room(lz4);
	uint8_t *to = lz4->content + lz4->end;
	const bool is_linked = lz4->where == IN_FRAME && (lz4->flags & IS_INDEPENDENT) == 0;
	const size_t before = is_linked ? lz4->end - lz4->history : 0;
	const size_t known = before < HISTORY ? before : HISTORY;
	const int length = LZ4_decompress_safe_usingDict((const char *)packed.bytes, (char *)to,
	                                                 (int)packed.length, (int)lz4->block_max,
	                                                 (const char *)to - known, (int)known);
	if (length < 0)
		return is_corrupt(lz4);
	lz4->end += (size_t)length;
	return true;
}

static void copy(struct lz4 *lz4, struct span bytes)
{
	make_room(lz4);
	if (bytes.length > 0)
		memcpy(lz4->content + lz4->end, bytes.bytes, bytes.length);
	lz4->end += bytes.length;
}

// Of a block that is not compressed as much is handed out as there is of it, if
// it does not have a checksum that could say whether that is right.
static bool read_block(struct lz4 *lz4, struct input *input, size_t length, bool is_compressed)
{
	const size_t check_length = (lz4->flags & HAS_BLOCK_CHECK) != 0 ? 4 : 0;
	const struct span taken = take(lz4, input, length + check_length);
	const bool is_whole = taken.length == length + check_length;
	if (!is_whole && (is_compressed || check_length > 0))
		return breaks_off(lz4);
	const struct span bytes = { .bytes = taken.bytes, .length = taken.length - check_length };
	if (check_length > 0 && XXH32(bytes.bytes, length, 0) != span_u32_le(taken, length))
		return has_wrong_checksum(lz4);
	if (!is_compressed)
		copy(lz4, bytes);
	else if (!unpack(lz4, bytes))
		return false;
	lz4->length += lz4->end - lz4->at;
	if ((lz4->flags & HAS_CONTENT_CHECK) != 0)
		XXH32_update(lz4->check, lz4->content + lz4->at, lz4->end - lz4->at);
	return is_whole || breaks_off(lz4);
}

static bool end_frame(struct lz4 *lz4, struct input *input)
{
	lz4->where = BETWEEN_FRAMES;
	if ((lz4->flags & HAS_LENGTH) != 0 && lz4->length != lz4->length_stated)
		return is_corrupt(lz4);
	if ((lz4->flags & HAS_CONTENT_CHECK) == 0)
		return true;
	uint32_t check;
	bool is_over;
	if (!take_number(lz4, input, &check, &is_over))
		return false;
	return check == XXH32_digest(lz4->check) || has_wrong_checksum(lz4);
}

// Reads on to the next piece of content. False if there is no going on.
static bool read_on(struct lz4 *lz4, struct input *input)
{
	uint32_t number;
	bool is_over;
	if (!take_number(lz4, input, &number, &is_over)) {
		if (is_over && lz4->where != IN_FRAME)
			lz4->damage = NULL;
		return false;
	}
	if (lz4->where == BETWEEN_FRAMES)
		return enter(lz4, input, number);
	if (lz4->where == IN_LEGACY_FRAME)
		return number > LZ4_COMPRESSBOUND(LEGACY_BLOCK)
		               ? enter(lz4, input, number)
		               : read_block(lz4, input, number, true);
	if (number == 0)
		return end_frame(lz4, input);
	const size_t length = number & 0x7fffffff;
	return length <= lz4->block_max ? read_block(lz4, input, length, number >> 31 == 0)
	                                : is_corrupt(lz4);
}

static size_t lz4_read(void *state, struct input *input, uint8_t *to, size_t size,
                       const char **damage)
{
	struct lz4 *lz4 = state;
	size_t done = 0;
	bool goes_on = lz4->damage == NULL;
	for (;;) {
		const size_t ready = lz4->end - lz4->at, left = size - done;
		const size_t step = ready < left ? ready : left;
		if (step > 0)
			memcpy(to + done, lz4->content + lz4->at, step);
		lz4->at += step;
		done += step;
		if (done == size)
			return done;
		if (!goes_on) {
			*damage = lz4->damage;
			return done;
		}
		goes_on = read_on(lz4, input);
	}
}

const struct codec codec_lz4 = {
	.suffix = ".lz4",
	.recognise = lz4_recognise,
	.open = lz4_open,
	.close = lz4_close,
	.read = lz4_read,
};
