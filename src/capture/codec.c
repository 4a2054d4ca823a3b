// SPDX-License-Identifier: MIT
// The table of codecs, and the one that does nothing.
#include "capture/codec.h"

static bool plain_recognise(struct span head)
{
	(void)head;
	return true;
}

static void *plain_open(void)
{
	static char no_state;
	return &no_state;
}

static void plain_close(void *state)
{
	(void)state;
}

static size_t plain_read(void *state, struct input *input, uint8_t *to, size_t size,
                         const char **damage)
{
	(void)state;
	(void)damage;
	return input_read(input, to, size);
}

static const struct codec codec_plain = {
	.suffix = "",
	.recognise = plain_recognise,
	.open = plain_open,
	.close = plain_close,
	.read = plain_read,
};

bool codec_is_skippable(uint32_t magic)
{
	return (magic & 0xfffffff0) == 0x184d2a50;
}

uint32_t codec_magic(struct span head)
{
	struct cursor c = cursor_over(head);
	uint32_t magic = 0;
	while (cursor_left(&c) >= 4) {
		magic = span_u32_le(cursor_take(&c, 4), 0);
		if (!codec_is_skippable(magic))
			break;
		const struct span length = cursor_take(&c, 4);
		if (length.length == 4)
			cursor_take(&c, span_u32_le(length, 0));
	}
	return magic;
}

// To add a codec, write its file and add it here.
const struct codec *codec_for(struct span head)
{
	static const struct codec *const codecs[] = {
		&codec_gzip, &codec_zstd, &codec_lz4, &codec_xz, &codec_bzip2,
	};
	for (size_t i = 0; i < sizeof codecs / sizeof codecs[0]; i++)
		if (codecs[i]->recognise(head))
			return codecs[i];
	return &codec_plain;
}

bool codec_is_compressed(struct span head)
{
	return codec_for(head) != &codec_plain;
}
