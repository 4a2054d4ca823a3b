// SPDX-License-Identifier: MIT
#include "store/responses.h"

#include "base/memory.h"

#include <xxhash.h>
#include <zstd.h>

// A block takes no more than this, whatever its head says.
enum { RAW_MAX = 2 << 20 };

struct responses_block {
	struct buffer keys, texts;
	struct cursor cursor;  // in the keys
	size_t left;           // responses
	struct span *list;     // texts of the block; room for one of each response
	size_t text_count, texts_used, room;
	uint8_t probes[RESPONSES_BLOCK_PROBES][RESPONSE_PROBE_MAX];
	uint8_t probe[RESPONSE_PROBE_MAX];  // one that has no number
	size_t probe_lengths[RESPONSES_BLOCK_PROBES], probe_count;
	struct response last;
	XXH3_state_t *digest;
	uint64_t count;  // responses that were read
};

static bool damaged(struct responses_reader *r, struct error *error)
{
	if (r->is_suspect != NULL)
		*r->is_suspect = true;
	return error_set(error, ERROR_CORRUPT,
	                 "'%s' is damaged: it is not what was written; see `hotaru verify`",
	                 r->name);
}

static bool unpack(struct responses_reader *r, struct span packed, uint64_t checksum, size_t length,
                   struct buffer *out, struct error *error)
{
	if (length > RAW_MAX || XXH3_64bits(packed.bytes, packed.length) != checksum)
		return damaged(r, error);
	out->length = 0;
	if (!buffer_reserve(out, length + 1))
		return error_memory(error, "responses");
	// Many days are read side by side: none keeps what decompression takes.
	const size_t got = ZSTD_decompress(out->bytes, length, packed.bytes, packed.length);
	if (ZSTD_isError(got) || got != length)
		return damaged(r, error);
	out->length = length;
	return true;
}

// The next block. False at the end of the section, or at damage.
static bool read_block(struct responses_reader *r, struct error *error)
{
	struct responses_block *b = r->block;
	if (cursor_left(&r->cursor) == 0) {
		if (b->count != r->count_wanted ||
		    XXH3_64bits_digest(b->digest) != r->digest_wanted)
			damaged(r, error);
		return false;
	}
	const struct span head = cursor_take(&r->cursor, RESPONSES_BLOCK_HEADER_SIZE);
	if (r->cursor.is_short)
		return damaged(r, error);
	const struct span keys = cursor_take(&r->cursor, span_u32_le(head, 8));
	const struct span texts = cursor_take(&r->cursor, span_u32_le(head, 16));
	b->left = span_u32_le(head, 0);
	if (r->cursor.is_short || b->left == 0 || b->left > RESPONSES_BLOCK_MAX)
		return damaged(r, error);
	XXH3_64bits_update(b->digest, head.bytes, head.length);
	if (!unpack(r, keys, span_u64_le(head, 24), span_u32_le(head, 4), &b->keys, error) ||
	    (r->wants_bytes &&
	     !unpack(r, texts, span_u64_le(head, 32), span_u32_le(head, 12), &b->texts, error)))
		return false;
	struct span *list = memory_resize(b->list, b->left, sizeof *list);
	if (list == NULL)
		return error_memory(error, "responses");
	b->list = list;
	b->room = b->left;
	b->cursor = cursor_over(buffer_span(&b->keys));
	b->text_count = b->texts_used = b->probe_count = 0;
	b->last = (struct response){ .address = 0 };
	return true;
}

static bool read_probe(struct responses_block *b, struct span *out)
{
	const uint64_t number = cursor_varint(&b->cursor);
	if (number > b->probe_count)
		return false;
	if (number > 0) {
		*out = (struct span){ b->probes[number - 1], b->probe_lengths[number - 1] };
		return true;
	}
	const uint64_t length = cursor_varint(&b->cursor);
	if (length > RESPONSE_PROBE_MAX)
		return false;
	const struct span name = cursor_take(&b->cursor, (size_t)length);
	uint8_t *to = b->probe;
	if (b->probe_count < RESPONSES_BLOCK_PROBES) {
		to = b->probes[b->probe_count];
		b->probe_lengths[b->probe_count++] = name.length;
	}
	if (name.length > 0)
		memcpy(to, name.bytes, name.length);
	*out = (struct span){ to, name.length };
	return true;
}

static bool read_text(struct responses_block *b, bool wants_bytes, struct span *out)
{
	const uint64_t number = cursor_varint(&b->cursor);
	if (number > b->text_count)
		return false;
	if (number > 0) {
		*out = b->list[number - 1];
		return true;
	}
	const uint64_t length = cursor_varint(&b->cursor);
	if (b->text_count == b->room || length > RESPONSE_BYTES_MAX ||
	    (wants_bytes && length > b->texts.length - b->texts_used))
		return false;
	*out = wants_bytes ? (struct span){ b->texts.bytes + b->texts_used, (size_t)length }
	                   : (struct span){ .length = 0 };
	b->texts_used += wants_bytes ? (size_t)length : 0;
	b->list[b->text_count++] = *out;
	return true;
}

static uint64_t unzigzag(uint64_t value)
{
	return value >> 1 ^ (uint64_t) - (int64_t)(value & 1);
}

static bool read_response(struct responses_reader *r, struct response *out)
{
	struct responses_block *b = r->block;
	const uint64_t step = cursor_varint(&b->cursor), port = cursor_varint(&b->cursor);
	const uint64_t time = cursor_varint(&b->cursor);
	const struct span bits = cursor_take(&b->cursor, 1);
	if (b->cursor.is_short || step > UINT32_MAX - b->last.address || port > UINT16_MAX ||
	    (bits.bytes[0] & 7) >= RESPONSE_STATUSES || bits.bytes[0] >= 1 << 5)
		return false;
	*out = (struct response){
		.address = b->last.address + (uint32_t)step,
		.port = (uint16_t)port,
		.time_ns = b->last.time_ns + unzigzag(time),
		.status = bits.bytes[0] & 7,
		.is_cut = bits.bytes[0] >> 3 & 1,
		.is_lossy = bits.bytes[0] >> 4 & 1,
	};
	if (!read_probe(b, &out->probe) || !read_text(b, r->wants_bytes, &out->bytes) ||
	    b->cursor.is_short)
		return false;
	b->last = *out;
	return true;
}

static bool next(struct response_source *source, struct response *out, struct error *error)
{
	struct responses_reader *r = (struct responses_reader *)source;
	struct responses_block *b = r->block;
	error->kind = ERROR_NONE;
	if (b->left == 0 && !read_block(r, error))
		return false;
	if (!read_response(r, out))
		return damaged(r, error);
	b->left--;
	b->count++;
	if (b->left == 0 &&
	    (cursor_left(&b->cursor) > 0 || (r->wants_bytes && b->texts_used != b->texts.length)))
		return damaged(r, error);
	return true;
}

bool responses_reader_open(struct responses_reader *r, struct span section,
                           const struct responses_section *wanted, bool wants_bytes,
                           const char *name, atomic_bool *is_suspect, struct error *error)
{
	struct responses_block *b = memory_new(1, sizeof *b);
	if (b == NULL)
		return error_memory(error, "responses");
	b->keys = buffer_up_to(RAW_MAX + 1);
	b->texts = buffer_up_to(RAW_MAX + 1);
	b->digest = XXH3_createState();
	*r = (struct responses_reader){
		.source = { next },
		.cursor = cursor_over(section),
		.digest_wanted = wanted->digest,
		.count_wanted = wanted->count,
		.wants_bytes = wants_bytes,
		.name = name,
		.is_suspect = is_suspect,
		.block = b,
	};
	if (b->digest == NULL) {
		responses_reader_done(r);
		return error_memory(error, "responses");
	}
	XXH3_64bits_reset(b->digest);
	return true;
}

void responses_reader_done(struct responses_reader *r)
{
	struct responses_block *b = r->block;
	if (b == NULL)
		return;
	memory_free(b->list);
	XXH3_freeState(b->digest);
	buffer_done(&b->keys);
	buffer_done(&b->texts);
	memory_free(b);
	r->block = NULL;
}
