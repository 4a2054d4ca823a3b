// SPDX-License-Identifier: MIT
#include "store/records.h"

#include "base/memory.h"

#include <xxhash.h>
#include <zstd.h>

// A block takes no more than this, whatever its head says.
enum { RAW_MAX = 2 << 20 };

struct records_block {
	struct buffer keys, texts;
	struct cursor cursor;  // in the keys
	size_t left;           // records
	struct span *list;     // texts of the block; room for one of each record
	size_t text_count, texts_used, room;
	uint8_t names[RECORDS_BLOCK_NAMES][RECORDS_NAME_MAX];
	uint8_t name[RECORDS_NAME_MAX];  // one that has no number
	size_t name_lengths[RECORDS_BLOCK_NAMES], name_count;
	union store_record last;
	XXH3_state_t *digest;
	uint64_t count;  // records that were read
};

static bool damaged(struct records_reader *r, struct error *error)
{
	if (r->is_suspect != NULL)
		*r->is_suspect = true;
	return error_set(error, ERROR_CORRUPT,
	                 "'%s' is damaged: it is not what was written; see `hotaru verify`",
	                 r->name);
}

static bool unpack(struct records_reader *r, struct span packed, uint64_t checksum, size_t length,
                   struct buffer *out, struct error *error)
{
	if (length > RAW_MAX || XXH3_64bits(packed.bytes, packed.length) != checksum)
		return damaged(r, error);
	out->length = 0;
	if (!buffer_reserve(out, length + 1))
		return error_memory(error, r->form->all);
	// Many days are read side by side: none keeps what decompression takes.
	const size_t got = ZSTD_decompress(out->bytes, length, packed.bytes, packed.length);
	if (ZSTD_isError(got) || got != length)
		return damaged(r, error);
	out->length = length;
	return true;
}

// The next block. False at the end of the section, or at damage.
static bool read_block(struct records_reader *r, struct error *error)
{
	struct records_block *b = r->block;
	if (cursor_left(&r->cursor) == 0) {
		if (b->count != r->count_wanted ||
		    XXH3_64bits_digest(b->digest) != r->digest_wanted)
			damaged(r, error);
		return false;
	}
	const struct span head = cursor_take(&r->cursor, RECORDS_BLOCK_HEADER_SIZE);
	if (r->cursor.is_short)
		return damaged(r, error);
	const struct span keys = cursor_take(&r->cursor, span_u32_le(head, 8));
	const struct span texts = cursor_take(&r->cursor, span_u32_le(head, 16));
	b->left = span_u32_le(head, 0);
	if (r->cursor.is_short || b->left == 0 || b->left > RECORDS_BLOCK_MAX)
		return damaged(r, error);
	XXH3_64bits_update(b->digest, head.bytes, head.length);
	if (!unpack(r, keys, span_u64_le(head, 24), span_u32_le(head, 4), &b->keys, error) ||
	    (r->wants_texts &&
	     !unpack(r, texts, span_u64_le(head, 32), span_u32_le(head, 12), &b->texts, error)))
		return false;
	struct span *list = memory_resize(b->list, b->left, sizeof *list);
	if (list == NULL)
		return error_memory(error, r->form->all);
	b->list = list;
	b->room = b->left;
	b->cursor = cursor_over(buffer_span(&b->keys));
	b->text_count = b->texts_used = b->name_count = 0;
	memset(&b->last, 0, sizeof b->last);
	return true;
}

struct cursor *records_columns(struct records_reader *r)
{
	return &r->block->cursor;
}

const union store_record *records_read(struct records_reader *r)
{
	return &r->block->last;
}

bool records_get_name(struct records_reader *r, struct span *out)
{
	struct records_block *b = r->block;
	const uint64_t number = cursor_varint(&b->cursor);
	if (number > b->name_count)
		return false;
	if (number > 0) {
		*out = (struct span){ b->names[number - 1], b->name_lengths[number - 1] };
		return true;
	}
	const uint64_t length = cursor_varint(&b->cursor);
	if (length > RECORDS_NAME_MAX)
		return false;
	const struct span name = cursor_take(&b->cursor, (size_t)length);
	uint8_t *to = b->name;
	if (b->name_count < RECORDS_BLOCK_NAMES) {
		to = b->names[b->name_count];
		b->name_lengths[b->name_count++] = name.length;
	}
	if (name.length > 0)
		memcpy(to, name.bytes, name.length);
	*out = (struct span){ to, name.length };
	return true;
}

bool records_get_text(struct records_reader *r, size_t max, struct span *out)
{
	struct records_block *b = r->block;
	const uint64_t number = cursor_varint(&b->cursor);
	if (number > b->text_count)
		return false;
	if (number > 0) {
		*out = b->list[number - 1];
		return true;
	}
	const uint64_t length = cursor_varint(&b->cursor);
	if (b->text_count == b->room || length > max ||
	    (r->wants_texts && length > b->texts.length - b->texts_used))
		return false;
	*out = r->wants_texts ? (struct span){ b->texts.bytes + b->texts_used, (size_t)length }
	                      : (struct span){ .length = 0 };
	b->texts_used += r->wants_texts ? (size_t)length : 0;
	b->list[b->text_count++] = *out;
	return true;
}

static bool next(struct record_source *source, union store_record *out, struct error *error)
{
	struct records_reader *r = (struct records_reader *)source;
	struct records_block *b = r->block;
	error->kind = ERROR_NONE;
	if (b->left == 0 && !read_block(r, error))
		return false;
	if (!r->form->read(r, out) || b->cursor.is_short)
		return damaged(r, error);
	b->last = *out;
	b->left--;
	b->count++;
	if (b->left == 0 &&
	    (cursor_left(&b->cursor) > 0 || (r->wants_texts && b->texts_used != b->texts.length)))
		return damaged(r, error);
	return true;
}

bool records_reader_open(struct records_reader *r, const struct records_form *form,
                         struct span section, const struct records_section *wanted,
                         bool wants_texts, const char *name, atomic_bool *is_suspect,
                         struct error *error)
{
	struct records_block *b = memory_new(1, sizeof *b);
	if (b == NULL)
		return error_memory(error, form->all);
	b->keys = buffer_up_to(RAW_MAX + 1);
	b->texts = buffer_up_to(RAW_MAX + 1);
	b->digest = XXH3_createState();
	*r = (struct records_reader){
		.source = { next },
		.form = form,
		.cursor = cursor_over(section),
		.digest_wanted = wanted->digest,
		.count_wanted = wanted->count,
		.wants_texts = wants_texts,
		.name = name,
		.is_suspect = is_suspect,
		.block = b,
	};
	if (b->digest == NULL) {
		records_reader_done(r);
		return error_memory(error, form->all);
	}
	XXH3_64bits_reset(b->digest);
	return true;
}

void records_reader_done(struct records_reader *r)
{
	struct records_block *b = r->block;
	if (b == NULL)
		return;
	memory_free(b->list);
	XXH3_freeState(b->digest);
	buffer_done(&b->keys);
	buffer_done(&b->texts);
	memory_free(b);
	r->block = NULL;
}
