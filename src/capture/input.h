// SPDX-License-Identifier: MIT
// The bytes of a file as they lie on disk, or come through a pipe: the only
// place in capture/ that makes system calls.
//
// A codec takes compressed bytes block by block from `unread`. Blocks are
// always filled to the brim before they are handed on, however small the pieces
// are in which a pipe delivers, so that what a codec does with damaged input
// does not depend on timing. Uncompressed bytes do not pass through the block:
// input_read() has the kernel put them where they are wanted.
#pragma once

#include "base/cursor.h"
#include "base/error.h"

#include <stdatomic.h>

enum { INPUT_HEAD = 4096, INPUT_BLOCK = 256 * 1024 };

struct input {
	struct cursor unread;  // what of the block has not been taken yet
	bool is_over;          // nothing follows after `unread`
	uint64_t bytes_read;   // from the file so far
	uint64_t bytes_total;  // of a regular file; 0 if not known
	struct error failure;  // why reading stopped before the end, or ERROR_NONE
	uint64_t
		memory_bytes;  // what a codec may take; set by who opens it. CODEC_MEMORY_MIN it may always
	uint64_t
		needed_bytes;  // set by a codec that cannot go on with so little, beside its damage
	// Set by who reads in a thread that holds signals back: whether to give up waiting for
	// a pipe, as nobody wants what comes. NULL: the thread is woken by signals.
	const atomic_bool *is_unwanted;
	char name[256];  // "'x.pcap'" or "standard input", for messages
	int fd;          // private
	void *memory;    // private
	uint8_t *block;  // private: in `memory`
};

// Opens `path` ("-": standard input) and reads its first INPUT_HEAD bytes, so
// that `unread` shows what kind of file it is. Fails if it cannot be read, is a
// folder, or holds nothing.
bool input_open(struct input *, const char *path, struct error *error) MUST_CHECK;

// Closes the file; accepts one that input_open() left half open, or zeros with
// fd = -1.
void input_done(struct input *);

// Once `unread` is used up: fills it with the next block. False at the end of
// the file, or at a failure.
bool input_fill(struct input *);

// There is no memory to make something of the bytes: sets `failure`.
void input_out_of_memory(struct input *);

// Takes up to `size` bytes past the block; 0 at the end or at a failure.
size_t input_read(struct input *, uint8_t *to, size_t size);
