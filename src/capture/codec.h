// SPDX-License-Identifier: MIT
// Compression: one line in the table of codec.c and one file each.
//
// A codec turns the bytes of an input into content. It is told by the first
// bytes of the file, never by the name. What no codec recognises is plain. A
// codec keeps no reference to where it wrote, so it can run in a thread of its own,
// ahead of the reader (ahead.h).
#pragma once

#include "capture/input.h"

// Formats say how far back they look while they decompress, and so how much memory that takes.
enum { CODEC_MEMORY_MIN = 128 * 1024 * 1024 };

static inline uint64_t codec_memory(const struct input *input)
{
	return input->memory_bytes > CODEC_MEMORY_MIN ? input->memory_bytes : CODEC_MEMORY_MIN;
}

struct codec {
	const char *suffix;  // what it adds to the name of a format: ".gz"
	bool (*recognise)(struct span head);

	// The state that the other two get; NULL if there is no memory.
	void *(*open)(void);
	void (*close)(void *state);

	// Writes up to `size` bytes of content, and less only where the content
	// ends (plain bytes come as they come). 0 is the end. If the compressed
	// bytes break off or are damaged, it hands out all that came before and sets
	// *damage to the reason; if there is no memory, it calls
	// input_out_of_memory(), and any *damage means nothing. It is then not called
	// again. Some libraries see damage late: how much nonsense they hand out behind
	// it, before they do, may depend on `size`, which is why a stream always asks for
	// whole blocks.
	size_t (*read)(void *state, struct input *input, uint8_t *to, size_t size,
	               const char **damage);
};

extern const struct codec codec_bzip2, codec_gzip, codec_lz4, codec_xz, codec_zstd;

// The codec for a file that begins with `head`.
const struct codec *codec_for(struct span head);

// Whether content that begins with `head` is compressed itself.
bool codec_is_compressed(struct span head);

// zstd and lz4 share skippable frames: one of 16 numbers, a length, and as many
// bytes. The number behind those that `head` begins with; theirs, if it is not
// known what is behind them; 0 if there is none.
uint32_t codec_magic(struct span head);
bool codec_is_skippable(uint32_t magic);
