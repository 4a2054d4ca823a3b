// SPDX-License-Identifier: MIT
// The set of a segment piece by piece: its checksum grows while it is read.
//
// It is read from its file, not from the map: how much the kernel maps around a byte that is
// looked at is the kernel's choice, megabytes of some, and with thousands of segments too much.
// Where there is no file any more, since a compaction has replaced the segment, or where no more
// files may be open, there is the map, which is let go of at once.
#include "store/set.h"

#include "store/catalog.h"

#include <string.h>
#include <xxhash.h>

enum { PIECE_BYTES = 4096 };

bool store_set_open(struct store *s, size_t index, unsigned f, struct store_set *out,
                    struct error *error)
{
	const struct segment *segment;
	if (!store_segment_open(s, index, &segment, error))
		return false;
	struct store_set set = { .segment = segment,
		                 .chunk = segment_find(segment, CHUNK_SET, (uint8_t)f, 0) };
	if (set.chunk != NULL) {
		XXH3_state_t *hash = XXH3_createState();
		if (hash == NULL)
			return error_memory(error, "a set of sources");
		XXH3_64bits_reset(hash);
		set.hash = hash;
		set.length = (size_t)set.chunk->length;
		if (!segment_file(segment, &set.file))
			set.file = NULL;
	}
	*out = set;
	return true;
}

bool store_set_read(const struct store_set *set, size_t from, size_t length, uint8_t *out,
                    struct error *error)
{
	assert(from <= set->length && length <= set->length - from);
	if (length == 0)
		return true;
	if (set->file != NULL)
		return segment_disk(set->segment)
		        ->read_at(set->file, set->chunk->offset + from, out, length, error);
	memcpy(out, segment_chunk_unchecked(set->segment, set->chunk).bytes + from, length);
	segment_release(set->segment, set->chunk->offset, set->chunk->offset + set->length);
	return true;
}

void store_set_hash(struct store_set *set, size_t from, struct span bytes)
{
	assert(from <= set->hashed);
	if (from + bytes.length <= set->hashed)
		return;
	const struct span more = span_from(bytes, set->hashed - from);
	XXH3_64bits_update(set->hash, more.bytes, more.length);
	set->hashed += more.length;
}

bool store_set_end(struct store_set *set, struct error *error)
{
	struct span ignored;
	if (set->chunk == NULL)
		return true;
	while (set->hashed < set->length) {
		uint8_t piece[PIECE_BYTES];
		const size_t left = set->length - set->hashed;
		const size_t length = left < sizeof piece ? left : sizeof piece;
		if (!store_set_read(set, set->hashed, length, piece, error))
			return false;
		store_set_hash(set, set->hashed, (struct span){ piece, length });
	}
	if (XXH3_64bits_digest(set->hash) == set->chunk->checksum)
		return true;
	// Compared whole it says what is damaged.
	return segment_chunk_bytes(set->segment, set->chunk, &ignored, error) &&
	       error_set(error, ERROR_FAILED, "a segment changed while it was read");
}

void store_set_close(struct store_set *set)
{
	if (set->file != NULL)
		segment_disk(set->segment)->close(set->file);
	XXH3_freeState(set->hash);
	*set = (struct store_set){ .length = 0 };
}
