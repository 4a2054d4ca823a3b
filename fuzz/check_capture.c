// SPDX-License-Identifier: MIT
#include "check_capture.h"

#include "capture/capture.h"
#include "capture/codec.h"
#include "check_packet.h"
#include "fingerprint/fingerprint.h"
#include "fuzz.h"

#include <stdlib.h>
#include <string.h>
#include <xxhash.h>

enum { FRAMES_MAX = 256, BLOCK = 1 << 16, CONTENT_MAX = 4 << 20 };

static struct fingerprint_set fingerprints;

// A capture of some hundred bytes may be gigabytes of content, which takes its
// time and finds nothing.
static bool is_too_large(const char *path)
{
	struct input input;
	struct error error;
	const char *damage = NULL;
	size_t length = 0, more = 1;
	if (input_open(&input, path, &error)) {
		const struct span head = { input.unread.at, cursor_left(&input.unread) };
		const struct codec *codec = codec_for(head);
		void *state = codec->open();
		uint8_t *to = fuzz_room(BLOCK);
		while (state != NULL && damage == NULL && more > 0 && length <= CONTENT_MAX) {
			more = codec->read(state, &input, to, BLOCK, &damage);
			length += more;
		}
		if (state != NULL)
			codec->close(state);
		free(to);
	}
	input_done(&input);
	return length > CONTENT_MAX;
}

static void keep(struct reading *r, const void *bytes, size_t length)
{
	static size_t capacity;
	if (r->bytes == NULL)
		capacity = 0;
	if (length > capacity - r->length) {
		capacity = 2 * (r->length + length) + 256;
		r->bytes = realloc(r->bytes, capacity);
		REQUIRE(r->bytes != NULL);
	}
	if (length > 0)
		memcpy(r->bytes + r->length, bytes, length);
	r->length += length;
}

// Copying a frame touches every byte of it; frames of one call lie one behind the other.
static void take_frames(struct reading *r, const struct frame *frames, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		const struct frame *f = &frames[i];
		const uint64_t numbers[] = { f->time_ns, f->length_wire, f->link_type,
			                     f->time_digits, f->captured.length };
		REQUIRE(f->time_digits <= 9);
		REQUIRE(i == 0 ||
		        f->captured.bytes >= f[-1].captured.bytes + f[-1].captured.length);
		keep(r, numbers, sizeof numbers);
		keep(r, f->captured.bytes, f->captured.length);
	}
}

static void take_packets(const struct frame *frames, size_t count)
{
	struct packet packets[FRAMES_MAX];
	decode_frames(frames, count, packets);
	for (size_t i = 0; i < count; i++)
		check_packet(&frames[i], &packets[i]);
	fingerprint_match(&fingerprints, packets, count);
	for (size_t i = 0; i < count; i++)
		REQUIRE(packets[i].fingerprints == 0 || packets[i].kind == KIND_SYN);
}

// Flows keep nothing of the window: their numbers are what is compared.
static size_t take_flows(struct capture *capture, struct reading *r, size_t flows_max)
{
	struct flow flows[FRAMES_MAX];
	struct packet packets[FRAMES_MAX];
	const size_t count = capture_next_flows(capture, flows, flows_max);
	decode_flows(flows, count, packets);
	fingerprint_match(&fingerprints, packets, count);
	for (size_t i = 0; i < count; i++) {
		const struct packet *p = &packets[i];
		const uint64_t numbers[] = { p->time_ns,     p->packets,     p->source,
			                     p->destination, p->source_port, p->destination_port,
			                     p->kind,        p->known };
		REQUIRE(flows[i].packets > 0 && p->packets > 0 && flows[i].time_digits <= 9);
		REQUIRE((p->fingerprints != 0) == (p->kind == KIND_SYN));
		keep(r, numbers, sizeof numbers);
	}
	return count;
}

// Reads on, and checks what there is. 0 at the end.
static size_t take_some(struct capture *capture, struct reading *r, size_t frames_max)
{
	struct frame frames[FRAMES_MAX];
	if (capture_content(capture) != CAPTURE_FRAMES)
		return take_flows(capture, r, frames_max);
	const size_t count = capture_next(capture, frames, frames_max);
	REQUIRE(count <= frames_max);
	take_frames(r, frames, count);
	take_packets(frames, count);
	return count;
}

static void check_end(struct capture *capture, struct reading *r)
{
	struct error error = { .kind = ERROR_NONE };
	REQUIRE(take_some(capture, r, 1) == 0);
	r->is_damaged = capture_damage(capture, &error);
	REQUIRE(!r->is_damaged || error.kind == ERROR_DAMAGED || fuzz_is_starving);
	REQUIRE(r->is_damaged == (error.kind != ERROR_NONE));
	REQUIRE(capture_bytes_read(capture) <= capture_bytes_total(capture));
	struct capture_drops drops;
	uint64_t lost = 0;
	if (!capture_drops(capture, &drops))
		return;
	REQUIRE(drops.said != 0 && drops.said < 1 << DROP_COUNTERS);
	for (unsigned counter = 0; counter < DROP_COUNTERS; counter++)
		REQUIRE(drops.packets[counter] <= DROPS_MAX &&
		        (drops_say(&drops, counter) || drops.packets[counter] == 0));
	REQUIRE(!drops_lost(&drops, &lost) || lost <= DROPS_MAX);
	keep(r, drops.packets, sizeof drops.packets);
	keep(r, &drops.said, sizeof drops.said);
}

// The identity of uncompressed bytes is theirs.
static void check_identity(const struct capture *capture, struct span file)
{
	const struct capture_identity identity = capture_identity(capture);
	XXH128_canonical_t digest;
	if (strchr(capture_format(capture), '.') != NULL || fuzz_is_starving)
		return;
	XXH128_canonicalFromHash(&digest, XXH3_128bits(file.bytes, file.length));
	REQUIRE(identity.length_bytes == file.length);
	REQUIRE(memcmp(identity.digest, digest.digest, sizeof identity.digest) == 0);
}

static struct reading read_pausing(struct span file, size_t frames_max,
                                   const struct capture_identity *pauses, size_t pause_count)
{
	struct reading r = { .bytes = NULL };
	struct capture *capture;
	struct error error = { .kind = ERROR_NONE };
	size_t count;
	if (!capture_open(fuzz_file(0, file), &capture, &error)) {
		REQUIRE(error.kind == ERROR_FAILED && error.text[0] != '\0');
		return r;
	}
	r.is_open = true;
	capture_pause(capture, pauses, pause_count);
	while ((count = take_some(capture, &r, frames_max)) > 0)
		r.frames += count;
	check_end(capture, &r);
	check_identity(capture, file);
	capture_free(capture);
	return r;
}

struct reading reading_of(struct span file, size_t frames_max)
{
	return read_pausing(file, frames_max, NULL, 0);
}

// Anywhere, also twice at the same length, and where the capture ends.
static struct reading reading_with_pauses(struct span file)
{
	const uint64_t some = XXH3_64bits(file.bytes, file.length), length = file.length;
	const struct capture_identity pauses[] = {
		{ .length_bytes = some % (length / 4 + 1) },
		{ .length_bytes = length / 4 + (some >> 16) % (length / 4 + 1) },
		{ .length_bytes = length / 2 + (some >> 32) % (length / 2 + 1) },
		{ .length_bytes = length },
		{ .length_bytes = length },
	};
	return read_pausing(file, FRAMES_MAX, pauses, sizeof pauses / sizeof *pauses);
}

void reading_done(struct reading *r)
{
	free(r->bytes);
	*r = (struct reading){ .bytes = NULL };
}

static bool is_same(const struct reading *a, const struct reading *b)
{
	return a->is_open == b->is_open && a->is_damaged == b->is_damaged &&
	       a->frames == b->frames && a->length == b->length &&
	       (a->length == 0 || memcmp(a->bytes, b->bytes, a->length) == 0);
}

// What is skimmed has the identity of what is read.
static void check_skim(struct span file)
{
	struct capture *skimmed, *read;
	struct error error;
	struct reading ignored = { .bytes = NULL };
	if (!WORKS(capture_open(fuzz_file(1, file), &skimmed, &error)))
		return;
	if (WORKS(capture_open(fuzz_file(1, file), &read, &error))) {
		capture_skim(skimmed);
		while (take_some(read, &ignored, 1) > 0)
			;
		reading_done(&ignored);
		const struct capture_identity a = capture_identity(skimmed),
					      b = capture_identity(read);
		REQUIRE(fuzz_is_starving || (a.length_bytes == b.length_bytes &&
		                             memcmp(a.digest, b.digest, sizeof a.digest) == 0));
		REQUIRE(capture_head(skimmed) == capture_head(read));
		capture_free(read);
	}
	capture_free(skimmed);
}

void check_capture(struct span file)
{
	struct error error;
	if (fingerprints.count == 0)
		REQUIRE(WORKS(fingerprint_set_init(&fingerprints, NULL, "", &error)));
	if (is_too_large(fuzz_file(0, file)))
		return;
	struct reading many = reading_of(file, FRAMES_MAX);
	if (many.is_open && !fuzz_is_starving) {
		struct reading one = reading_of(file, 1), seven = reading_of(file, 7);
		struct reading paused = reading_with_pauses(file);
		REQUIRE(is_same(&many, &one) && is_same(&many, &seven) && is_same(&many, &paused));
		reading_done(&paused);
		reading_done(&one);
		reading_done(&seven);
	}
	if (many.is_open)
		check_skim(file);
	reading_done(&many);
}
