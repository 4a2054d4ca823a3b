// SPDX-License-Identifier: MIT
// Compression: one line in the table of codec.c and one file each.
//
// A codec turns the bytes of an input into content. It is told by the first
// bytes of the file, never by the name. What no codec recognises is plain. A
// codec keeps no reference to where it wrote, so it may come to run in a thread
// of its own, ahead of the reader.
#pragma once

#include "capture/input.h"

struct codec {
	const char *suffix;  // what it adds to the name of a format: ".gz"
	bool (*recognise)(struct span head);

	// The state that the other two get; NULL if there is no memory.
	void *(*open)(void);
	void (*close)(void *state);

	// Writes up to `size` bytes of content, and less only where the content
	// ends (plain bytes come as they come). 0 is the end. If the compressed
	// bytes break off or are damaged, it hands out what came before and sets
	// *damage to the reason; it is then not called again.
	size_t (*read)(void *state, struct input *input, uint8_t *to, size_t size,
	               const char **damage);
};

extern const struct codec codec_gzip, codec_zstd;

// The codec for a file that begins with `head`.
const struct codec *codec_for(struct span head);
