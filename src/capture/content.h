// SPDX-License-Identifier: MIT
// The content of a file: what its codec makes of it, piece by piece. Every byte is
// hashed, so that the identity of the capture is known at its end.
//
// It knows nothing of who wants it: the same calls come from a stream, or from a
// thread that reads ahead of one (ahead.h). So a piece brings along all that can be
// said of the file up to its end.
#pragma once

#include "capture/beginning.h"
#include "capture/capture.h"
#include "capture/codec.h"

struct content {
	struct input input;
	const struct codec *codec;
	uint64_t length;                    // of all pieces so far
	uint32_t beginning[BEGINNING_MAX];  // of all stated lengths so far
	size_t stated;                      // how many these are
	// What somebody wants to know besides: content_measure().
	struct capture_identity *marks;
	size_t mark_count;          // that are still to come
	void *codec_state;          // private
	struct XXH3_state_s *hash;  // private
};

struct content_piece {
	size_t length;
	bool is_last;           // nothing follows
	const char *damage;     // why it ends; NULL: it is whole, or input.failure says why
	uint64_t needed_bytes;  // of memory, if it ends because there was too little; else 0
	uint64_t bytes_read;    // of the file so far
};

// Opens the file, whose codec may take so much memory (codec.h). If that fails it has to be done
// with all the same.
bool content_open(struct content *, const char *path, uint64_t memory_bytes,
                  struct error *error) MUST_CHECK;

// Accepts one that was not opened: zeros, with input.fd = -1.
void content_done(struct content *);

// Writes the next piece of up to `size` bytes. Not to be called again after the last.
struct content_piece content_read(struct content *, uint8_t *to, size_t size);

// Once the content is as long as a mark says, its identity is what the content was up to there. The
// lengths ascend and are still to come; the marks stay the caller's as long as the content is read.
void content_measure(struct content *, struct capture_identity *marks, size_t count);

// See stream_bomb().
const char *content_bomb(uint64_t length, uint64_t bytes_read);

// Of all pieces so far.
struct capture_identity content_identity(const struct content *);

// XXH3-64, as of the head.
uint64_t content_hash(struct span bytes);
