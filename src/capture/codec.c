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

const struct codec *codec_for(struct span head)
{
	static const struct codec *const codecs[] = { &codec_gzip, &codec_zstd };
	for (size_t i = 0; i < sizeof codecs / sizeof codecs[0]; i++)
		if (codecs[i]->recognise(head))
			return codecs[i];
	return &codec_plain;
}
