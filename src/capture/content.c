// SPDX-License-Identifier: MIT
#include "capture/content.h"

#include <string.h>

// Debian's libxxhash can choose the widest vectors that the processor has; it
// is twice as fast as the baseline of the instruction set.
#if defined(__x86_64__) && __has_include(<xxh_x86dispatch.h>)
#include <xxh_x86dispatch.h>
#else
#include <xxhash.h>
#endif

enum { EXPANSION_FREE = 256 * 1024 * 1024, EXPANSION_MAX = 1000 };

bool content_open(struct content *content, const char *path, uint64_t memory_bytes,
                  struct error *error)
{
	*content = (struct content){ .input.fd = -1 };
	if (!input_open(&content->input, path, error))
		return false;
	content->input.memory_bytes = memory_bytes;
	const struct cursor *head = &content->input.unread;
	content->codec = codec_for((struct span){ head->at, cursor_left(head) });
	content->codec_state = content->codec->open();
	content->hash = XXH3_createState();
	if (content->codec_state == NULL || content->hash == NULL)
		return error_memory(error, "reading a capture");
	XXH3_128bits_reset(content->hash);
	return true;
}

void content_done(struct content *content)
{
	if (content->codec != NULL)
		content->codec->close(content->codec_state);
	input_done(&content->input);
	XXH3_freeState(content->hash);
	*content = (struct content){ .input.fd = -1 };
}

// Content that expands without end would cost time without end: a few megabytes
// of bzip2 or zstd can stand for petabytes. Captures do not come near the limit:
// `xz -9` makes a simulated telescope 3 times smaller, and one frame of 1,500
// bytes that comes every millisecond over and over again 605 times, if the clock
// that it was seen by is off by up to 20 microseconds (gzip and bzip2 132, zstd
// -19 412). Only a generator without any jitter comes to 1,030; the first 256 MiB
// are free for such ones.
const char *content_bomb(uint64_t length, uint64_t bytes_read)
{
	const bool is_bomb = length > EXPANSION_FREE && length / EXPANSION_MAX > bytes_read;
	return is_bomb ? "it expands more than 1,000 times, as no capture does" : NULL;
}

static void note_digest(const XXH3_state_t *hash, uint8_t digest[16])
{
	XXH128_canonical_t canonical;
	XXH128_canonicalFromHash(&canonical, XXH3_128bits_digest(hash));
	memcpy(digest, canonical.digest, sizeof canonical.digest);
}

void content_measure(struct content *content, struct capture_identity *marks, size_t count)
{
	content->marks = marks;
	content->mark_count = count;
}

// The next length at which the digest is wanted.
static uint64_t next_stop(const struct content *content)
{
	const uint64_t stated = content->stated < BEGINNING_MAX ? beginning_length(content->stated)
	                                                        : UINT64_MAX;
	const bool has_mark = content->mark_count > 0 && content->marks->length_bytes < stated;
	return has_mark ? content->marks->length_bytes : stated;
}

static void stop_here(struct content *content)
{
	if (content->stated < BEGINNING_MAX && beginning_length(content->stated) == content->length)
		content->beginning[content->stated++] =
			(uint32_t)XXH3_128bits_digest(content->hash).low64;
	for (; content->mark_count > 0 && content->marks->length_bytes == content->length;
	     content->marks++, content->mark_count--)
		note_digest(content->hash, content->marks->digest);
}

static void take_in(struct content *content, const uint8_t *bytes, size_t length)
{
	while (length > 0) {
		const uint64_t ahead = next_stop(content) - content->length;
		const size_t step = ahead < length ? (size_t)ahead : length;
		XXH3_128bits_update(content->hash, bytes, step);
		bytes += step;
		length -= step;
		content->length += step;
		stop_here(content);
	}
}

struct content_piece content_read(struct content *content, uint8_t *to, size_t size)
{
	struct content_piece piece = { 0 };
	piece.length = content->codec->read(content->codec_state, &content->input, to, size,
	                                    &piece.damage);
	take_in(content, to, piece.length);
	piece.bytes_read = content->input.bytes_read;
	if (piece.damage == NULL)
		piece.damage = content_bomb(content->length, piece.bytes_read);
	const bool has_failed = content->input.failure.kind != ERROR_NONE;
	if (has_failed)
		piece.damage = NULL;
	if (piece.damage != NULL)
		piece.needed_bytes = content->input.needed_bytes;
	piece.is_last = piece.length == 0 || piece.damage != NULL || has_failed;
	return piece;
}

struct capture_identity content_identity(const struct content *content)
{
	struct capture_identity identity = { .length_bytes = content->length };
	note_digest(content->hash, identity.digest);
	return identity;
}

bool capture_identities(struct span bytes, struct capture_identity *list, size_t count,
                        struct error *error)
{
	XXH3_state_t *hash = XXH3_createState();
	size_t done = 0;
	if (hash == NULL)
		return error_memory(error, "reading a capture");
	XXH3_128bits_reset(hash);
	for (size_t i = 0; i < count; i++) {
		const size_t length = (size_t)list[i].length_bytes;
		assert(length >= done && length <= bytes.length);
		XXH3_128bits_update(hash, bytes.bytes + done, length - done);
		note_digest(hash, list[i].digest);
		done = length;
	}
	XXH3_freeState(hash);
	return true;
}

uint64_t content_hash(struct span bytes)
{
	return XXH3_64bits(bytes.bytes, bytes.length);
}
