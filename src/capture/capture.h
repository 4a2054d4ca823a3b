// SPDX-License-Identifier: MIT
// Captures: files and standard input -> frames, or flows.
//
// A capture is a stream of bytes (plain or compressed, told by content and not
// by name) under a reader for one format (pcap, pcapng, ERF, snoop, ...; one file
// a format, one line each in the table of capture.c). The reader cuts the stream's
// window into frames without copying a byte.
//
// A file that breaks off or contradicts itself is not an error: the frames
// before the damage are handed out, and capture_damage() then says where and
// why it ended.
#pragma once

#include "base/cursor.h"
#include "base/error.h"
#include "capture/drops.h"

// What capture hands to decode: one frame as it was seen on the wire.
struct frame {
	uint64_t time_ns;      // since the Unix epoch, UTC
	uint32_t length_wire;  // bytes, before the snapshot length cut it
	uint16_t link_type;    // LINKTYPE_ value (tcpdump.org/linktypes.html) of its interface, or:
	uint8_t time_digits;   // digits after the second that the capture recorded: 0-9
	struct span captured;  // valid until the next call of capture_next
};

// The capture does not describe the interface, or by a number that nobody knows.
enum { LINK_TYPE_UNKNOWN = 0xffff };

// Two captures with equal identities hold the same bytes, whatever their names
// and compression: length and XXH3-128 of the decompressed content.
struct capture_identity {
	uint64_t length_bytes;
	uint8_t digest[16];
};

// What somebody else made of packets: how many there were with the same source, port and so
// on in an interval. Which of its fields a file tells is in `known`; numbers are in host
// byte order.
enum flow_known {
	FLOW_SOURCE_PORT = 1u << 0,
	FLOW_DESTINATION_PORT = 1u << 1,
	FLOW_DESTINATION = 1u << 2,  // equal destinations have equal values, and only they
	FLOW_NETWORK = 1u << 3,      // the /24 of `destination` is the real one
	FLOW_TTL = 1u << 4,
	FLOW_LENGTH = 1u << 5,
	FLOW_TCP_FLAGS = 1u << 6,
	FLOW_WINDOW = 1u << 7,
};

struct flow {
	uint64_t time_ns;  // begin of the interval, since the Unix epoch, UTC
	uint64_t packets;  // at least 1
	uint32_t source, destination;
	uint16_t source_port, destination_port, window, length;
	uint8_t protocol, ttl, tcp_flags;
	uint8_t time_digits;
	uint8_t known;      // enum flow_known
	bool is_malformed;  // its numbers cannot be: only time_ns and packets hold
};

// What a capture holds. Sources of CAPTURE_HASHED_FLOWS are not addresses but hashes of
// them, cut to 32 bits: they can be counted and followed, among n about n^2 / 2^33 coincide.
enum capture_content { CAPTURE_FRAMES, CAPTURE_FLOWS, CAPTURE_HASHED_FLOWS };

struct capture;

// Opens a file, or standard input if `path` is "-". Fails with one line that
// names the file if it cannot be read, is a folder, or is no capture that
// hotaru knows (an empty file is none). The caller frees *out.
bool capture_open(const char *path, struct capture **out, struct error *error) MUST_CHECK;

// In what fractions of a second are counted: as the capture says, or whatever it says. Nothing
// changes where the format has none.
enum capture_fractions {
	CAPTURE_FRACTIONS_AS_SAID,
	CAPTURE_FRACTIONS_MICROSECONDS,
	CAPTURE_FRACTIONS_NANOSECONDS,
};

// How a capture is to be opened; all zeros: as capture_open() does.
struct capture_way {
	enum capture_fractions fractions;
	// What it may take to decompress it, where a codec takes what the file says: zstd and xz.
	// 128 MiB is the least.
	uint64_t memory_bytes;
	// Out, if it fails, and why: so much would be needed. Else 0.
	uint64_t needed_bytes;
	// Out, if it fails: it could be read, and is nothing that captures look like.
	bool is_other;
};
bool capture_open_in(struct capture_way *, const char *path, struct capture **out,
                     struct error *error) MUST_CHECK;

// Accepts NULL.
void capture_free(struct capture *);

// It may be taken in again when there is more of it: a last line of text without its end, which may be a
// piece of one, counts as broken off. Else it is a line.
void capture_may_grow(struct capture *);

// From now on a thread of its own reads and decompresses, up to `memory_bytes` ahead of
// who takes frames, at least about a megabyte. Nothing that capture tells depends on it; where
// there is nothing to decompress, or no thread to be had, nothing changes.
void capture_read_ahead(struct capture *, uint64_t memory_bytes);

// Fills up to `frames_max` frames and returns how many; 0 only at the end of the
// capture, or at its damage. Frames point into the capture's window.
size_t capture_next(struct capture *, struct frame *frames, size_t frames_max);

// Which of capture_next() and capture_next_flows() is to be called.
enum capture_content capture_content(const struct capture *);

// Like capture_next(), for flows.
size_t capture_next_flows(struct capture *, struct flow *flows, size_t flows_max);

// After capture_next returned 0: true if the capture ended in damage; then
// *error (kind ERROR_DAMAGED) names the file, the byte offset in the
// decompressed stream, and the reason. An operating error while reading (EIO)
// is reported here too, with kind ERROR_FAILED.
bool capture_damage(const struct capture *, struct error *error);

// XXH3-64 of the first 64 KiB of decompressed content (less if it is shorter).
// Known as soon as the capture is open: captures with different heads are
// different, so that only those with equal heads need to be compared whole.
uint64_t capture_head(const struct capture *);

// Known after capture_next returned 0. Bytes behind a damage belong to it too.
struct capture_identity capture_identity(const struct capture *);

// Digests of the content at all stated lengths that it has (beginning.h): as many as
// beginning_count(capture_length()). Valid as long as the capture is.
const uint32_t *capture_beginning(const struct capture *);

// Of the content so far: what is known of the capture is known up to there. Then whether that is all.
uint64_t capture_length(const struct capture *);
bool capture_is_read(const struct capture *);

// Of a capture that was just opened: its content from the first byte on, 64 KiB at least, or all of it.
// Empty once more than that was read.
struct span capture_first_bytes(const struct capture *);

// Fills in the digests that beginnings of `content` have; the lengths in the list ascend, up to that of
// `content`.
bool capture_identities(struct span content, struct capture_identity *list, size_t count,
                        struct error *error) MUST_CHECK;

// The same for lengths that are still to be read, which ascend: their digests are filled in as they are
// passed; those that the capture never has stay as they are. The list stays the caller's as long as the
// capture is read. To be called before capture_read_ahead().
void capture_measure(struct capture *, struct capture_identity *list, size_t count);

// Has frames that lie within such a length of content, to the end of their records, come in other calls of
// capture_next() than those that do not: with the first of these capture_length() is greater than it.
// For a capture of which no frame was taken; the lengths ascend, and the list stays the caller's as
// long as frames are taken.
void capture_pause(struct capture *, const struct capture_identity *list, size_t count);

// What the capture says of packets that did not get into it. Known after capture_next returned 0;
// what is behind a damage is not looked at, nor what was skimmed. False: it says nothing.
bool capture_drops(const struct capture *, struct capture_drops *out);

// Reads the rest of the capture without looking at frames, so that
// capture_identity() is known. For a capture that was just opened.
void capture_skim(struct capture *);

// For progress: bytes of the file itself (still compressed) read so far, and in
// all; 0 in all where that is not known (standard input).
uint64_t capture_bytes_read(const struct capture *);
uint64_t capture_bytes_total(const struct capture *);

// What is to be known of a capture that is no damage. Known after capture_next returned 0.
struct capture_remarks {
	uint64_t captures;   // so many were written into the file, one behind the other: 1 mostly
	uint64_t second_at;  // where in the decompressed content the second of them begins
	uint64_t frames;
	uint64_t wide_frames;        // see capture_is_wide()
	bool has_wide_microseconds;  // some of them under a clock of microseconds
};
struct capture_remarks capture_remarks(const struct capture *);

// Formats that keep a fraction beside the second can have one of more than a second: most often
// nanoseconds under a header that says microseconds, which puts frames up to 999 seconds late.
// True if that holds of all frames that capture_next() gave last; of none of them otherwise.
bool capture_is_wide(const struct capture *);

// After capture_damage(): how much memory it takes to decompress what was not read; 0: that is
// not why it ended.
uint64_t capture_needed_memory(const struct capture *);

// "pcap", "pcapng", "erf", "flowtuple", ..., and with compression "pcap.gz", "pcapng.zst".
const char *capture_format(const struct capture *);

// Whether captures of the format of that name are CAPTURE_HASHED_FLOWS.
bool capture_format_has_hashes(const char *format);
