// SPDX-License-Identifier: MIT
// gzip (RFC 1952) through ISA-L.
//
// A file is a row of members, each with a header that begins 1f 8b, deflated
// content, its CRC-32 and its length; the content is what they hold one after
// another. Tapes and some tools pad the end with zero bytes.
#include "base/memory.h"
#include "capture/codec.h"

#include <isa-l/igzip_lib.h>
#include <string.h>

struct gzip {
	bool is_between_members;
	const char *damage;  // found behind what is still to be handed out
	struct inflate_state inflate;
};

static bool gzip_recognise(struct span head)
{
	return head.length >= 2 && span_u16(head, 0) == 0x1f8b;
}

static void begin_member(struct gzip *gzip)
{
	isal_inflate_reset(&gzip->inflate);
	gzip->inflate.crc_flag = ISAL_GZIP;
	gzip->is_between_members = false;
}

static void *gzip_open(void)
{
	struct gzip *gzip = memory_new(1, sizeof *gzip);
	if (gzip != NULL) {
		isal_inflate_init(&gzip->inflate);
		begin_member(gzip);
	}
	return gzip;
}

static const char *reason_of(int status)
{
	switch (status) {
	case ISAL_INCORRECT_CHECKSUM: return "the checksum of its gzip stream is wrong";
	case ISAL_INVALID_WRAPPER:
	case ISAL_UNSUPPORTED_METHOD: return "what follows is no gzip member";
	default: return "its gzip stream is corrupt";
	}
}

// Behind a member: goes over padding to the next one. False if there is none.
static bool find_member(struct gzip *gzip, struct input *input, const char **damage)
{
	struct cursor *unread = &input->unread;
	do {
		while (cursor_left(unread) > 0 && *unread->at == 0)
			cursor_take(unread, 1);
	} while (cursor_left(unread) == 0 && input_fill(input));
	if (cursor_left(unread) == 0)
		return false;
	if (*unread->at != 0x1f) {
		*damage = reason_of(ISAL_INVALID_WRAPPER);
		return false;
	}
	begin_member(gzip);
	return true;
}

// One round of ISA-L over the input at hand. False if there is no going on.
static bool inflate_some(struct gzip *gzip, struct input *input, const char **damage)
{
	struct inflate_state *inflate = &gzip->inflate;
	struct cursor *unread = &input->unread;
	if (cursor_left(unread) == 0)
		input_fill(input);
	const size_t in_before = cursor_left(unread);
	const uint32_t out_before = inflate->avail_out;
	inflate->next_in = (uint8_t *)(uintptr_t)unread->at;  // ISA-L has no const; it only reads
	inflate->avail_in = (uint32_t)in_before;
	const int status = isal_inflate(inflate);
	cursor_take(unread, in_before - inflate->avail_in);

	if (status < 0) {
		gzip->damage = reason_of(status);
		return true;
	}
	gzip->is_between_members = inflate->block_state == ISAL_BLOCK_FINISH;
	const bool is_stuck = inflate->avail_in == in_before && inflate->avail_out == out_before;
	if (!is_stuck || gzip->is_between_members)
		return true;
	*damage = in_before == 0 ? "its gzip stream breaks off" : reason_of(ISAL_INVALID_BLOCK);
	return false;
}

// ISA-L decodes ahead into a buffer of its own, and leaves it there if it runs
// into damage.
static void hand_out_rest(struct gzip *gzip, const char **damage)
{
	struct inflate_state *inflate = &gzip->inflate;
	const uint32_t held = (uint32_t)(inflate->tmp_out_valid - inflate->tmp_out_processed);
	const uint32_t length = held < inflate->avail_out ? held : inflate->avail_out;
	memcpy(inflate->next_out, inflate->tmp_out_buffer + inflate->tmp_out_processed, length);
	inflate->tmp_out_processed += (int32_t)length;
	inflate->next_out += length;
	inflate->avail_out -= length;
	if (length == held)
		*damage = gzip->damage;
}

static size_t gzip_read(void *state, struct input *input, uint8_t *to, size_t size,
                        const char **damage)
{
	struct gzip *gzip = state;
	assert(size <= UINT32_MAX);
	gzip->inflate.next_out = to;
	gzip->inflate.avail_out = (uint32_t)size;
	while (gzip->inflate.avail_out > 0 && gzip->damage == NULL) {
		if (gzip->is_between_members && !find_member(gzip, input, damage))
			break;
		if (!inflate_some(gzip, input, damage))
			break;
	}
	if (gzip->damage != NULL)
		hand_out_rest(gzip, damage);
	return size - gzip->inflate.avail_out;
}

const struct codec codec_gzip = {
	.suffix = ".gz",
	.recognise = gzip_recognise,
	.open = gzip_open,
	.close = memory_free,
	.read = gzip_read,
};
