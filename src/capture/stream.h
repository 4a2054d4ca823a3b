// SPDX-License-Identifier: MIT
// A window over the content of a file, after decompression.
//
//        window.at            window.end
//            |  not yet consumed  |      room for the rest of the block      |
//
// A reader cuts frames out of the window and moves window.at on. When the
// window holds no whole record any more it asks for as many bytes as it needs
// with stream_need(), and what was handed out before is then gone. Every byte
// that enters the window is hashed, so that the identity of the capture is
// known at its end.
//
// The kernel copies up to five times slower to an address 16 bytes off a page
// than to the page (measured on AMD EPYC, Linux 6). So blocks always begin at a
// page: the unconsumed tail is moved to just in front of the next block. Blocks that
// a thread has read ahead (ahead.h) are shown where they are, with the tail in front.
//
// A stream ends where the file does, where its compression is damaged, where
// reading fails, or where the reader finds damage. The first of these in the
// order of bytes is the one that is reported.
#pragma once

#include "capture/capture.h"

// No record may be longer than this; a block of memory may grow to twice that.
enum {
	STREAM_BLOCK = 256 * 1024,
	STREAM_NEED_MAX = 16 * 1024 * 1024 + 64 * 1024,
	STREAM_HEAD = 64 * 1024,
};

struct stream {
	struct cursor window;  // readers move window.at, nothing else
	uint64_t length;       // bytes that entered the window so far
	bool is_over;          // no more will enter it
	bool may_grow;         // see capture_may_grow()
	uint64_t head;         // XXH3-64 of the first STREAM_HEAD bytes
	struct stream_private *private;
};

// Opens the file and fills the window with its head. Its codec may take so much memory (codec.h).
bool stream_open(struct stream **out, const char *path, uint64_t memory_bytes,
                 struct error *error) MUST_CHECK;

// Accepts NULL.
void stream_free(struct stream *);

// From now on a thread decompresses ahead of the reader: see capture_read_ahead().
void stream_read_ahead(struct stream *, uint64_t memory_bytes);

// Lengths of the content, ascending, at which the reader pauses: before it is asked for frames,
// stream_hold() lets the window end at the next of them, until the reader asks for more than it holds. So
// records that lie before such a length are handed out before any that reach over it, also where
// somebody has looked ahead meanwhile. True: there is one to come. The list stays the caller's, as
// long as the stream is read.
void stream_pause(struct stream *, const struct capture_identity *at, size_t count);
bool stream_hold(struct stream *);

// See capture_measure(), capture_first_bytes(), capture_beginning().
void stream_measure(struct stream *, struct capture_identity *marks, size_t count);
struct span stream_first_bytes(const struct stream *);
const uint32_t *stream_beginning(const struct stream *);

// Fills the window until it holds `length` <= STREAM_NEED_MAX bytes. False if
// the stream ends before; the window then holds what there is.
bool stream_need(struct stream *, size_t length);

// Goes over `length` bytes. False if the stream ends before.
bool stream_skip(struct stream *, uint64_t length);

// Goes over all that is left, and past damage.
void stream_drain(struct stream *);

// Where in the content the window begins.
static inline uint64_t stream_offset(const struct stream *s)
{
	return s->length - cursor_left(&s->window);
}

// The reader cannot go on at `offset`, because what is there contradicts itself.
void stream_damage(struct stream *, uint64_t offset, const char *format, ...)
	__attribute__((format(printf, 3, 4)));

// The reader passes over something at `offset` that it cannot read, and goes on
// behind it. Only the first damage of a stream is reported.
void stream_damage_passed(struct stream *, uint64_t offset, const char *reason);

// The reader cannot go on at `offset`, because the stream ended in the middle of
// `what` there. Where the stream itself knows why it ended, that is the reason.
void stream_break_off(struct stream *, uint64_t offset, const char *what);

// The reader has no memory to go on.
void stream_out_of_memory(struct stream *);

// Why `length` bytes of content are more than what was read of the file may stand for; NULL:
// they are not. For readers whose format has a compression of its own on top of the file's: the
// two together expand no more than the one may.
const char *stream_bomb(const struct stream *, uint64_t length);

// Whether the stream ended early, by damage or a failure, or may go on one day: what is left may be part
// of more.
bool stream_is_cut(const struct stream *);

// Whether the reader has given up.
bool stream_is_stopped(const struct stream *);

// Whether it has because what stands where the window begins is none of its records. Another
// reader may go on there, and what was found wrong there is forgotten.
bool stream_is_stopped_here(const struct stream *);
void stream_go_on(struct stream *);

// How much memory its codec would need to go on from where the stream ended; 0: that is not why.
uint64_t stream_needed_memory(const struct stream *);

// See capture_damage().
bool stream_report(const struct stream *, struct error *error);

struct capture_identity stream_identity(const struct stream *);
const char *stream_suffix(const struct stream *);  // of the codec: ".gz"
const char *stream_name(const struct stream *);    // for messages: "'x.pcap'"
uint64_t stream_bytes_read(const struct stream *);
uint64_t stream_bytes_total(const struct stream *);
