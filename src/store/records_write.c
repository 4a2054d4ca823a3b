// SPDX-License-Identifier: MIT
#include "store/records.h"

#include "base/memory.h"

#include <xxhash.h>
#include <zstd.h>

enum { SLOTS = 2 * RECORDS_BLOCK_MAX, LEVEL = 3, KEYS_MAX = 1 << 20, PACKED_MAX = 2 << 20 };

struct text {
	uint64_t hash;
	size_t begin, length;
};

struct records_writer {
	const struct records_form *form;
	struct disk *disk;
	struct disk_file *file;
	ZSTD_CCtx *zstd;
	struct buffer keys, texts, packed;
	struct text list[RECORDS_BLOCK_MAX];
	uint16_t slots[SLOTS];  // number of a text, from 1
	size_t text_count, count;
	uint8_t names[RECORDS_BLOCK_NAMES][RECORDS_NAME_MAX];
	size_t name_lengths[RECORDS_BLOCK_NAMES], name_count;
	union store_record last;
	uint8_t room[RECORDS_NAME_MAX + HONEYPOT_SESSION_MAX];  // of what `last` points to
	struct records_section section;
	XXH3_state_t *digest;
};

struct records_writer *records_writer_new(const struct records_form *form, struct disk *disk,
                                          struct disk_file *file)
{
	struct records_writer *w = memory_new(1, sizeof *w);
	if (w == NULL)
		return NULL;
	w->form = form;
	w->disk = disk;
	w->file = file;
	w->keys = buffer_up_to(KEYS_MAX);
	w->texts = buffer_up_to(PACKED_MAX);
	w->packed = buffer_up_to(PACKED_MAX);
	w->zstd = ZSTD_createCCtx();
	w->digest = XXH3_createState();
	if (w->zstd == NULL || w->digest == NULL) {
		records_writer_free(w);
		return NULL;
	}
	XXH3_64bits_reset(w->digest);
	return w;
}

void records_writer_free(struct records_writer *w)
{
	if (w == NULL)
		return;
	ZSTD_freeCCtx(w->zstd);
	XXH3_freeState(w->digest);
	buffer_done(&w->keys);
	buffer_done(&w->texts);
	buffer_done(&w->packed);
	memory_free(w);
}

void records_header(const struct records_form *form, int32_t day, uint8_t out[RECORDS_HEADER_SIZE])
{
	memset(out, 0, RECORDS_HEADER_SIZE);
	memcpy(out, form->magic, 8);
	for (unsigned i = 0; i < 4; i++)
		out[8 + i] = (uint8_t)((uint32_t)day >> 8 * i);
}

// Appends the compressed bytes; their length. False for want of memory.
static bool pack(struct records_writer *w, const struct buffer *bytes, size_t *out_length)
{
	const size_t bound = ZSTD_compressBound(bytes->length);
	if (!buffer_reserve(&w->packed, bound))
		return false;
	const size_t length = ZSTD_compressCCtx(w->zstd, w->packed.bytes + w->packed.length, bound,
	                                        bytes->bytes, bytes->length, LEVEL);
	if (ZSTD_isError(length))
		return false;
	w->packed.length += length;
	*out_length = length;
	return true;
}

static void put_header(struct records_writer *w, size_t keys, size_t texts,
                       uint8_t out[RECORDS_BLOCK_HEADER_SIZE])
{
	struct buffer head = buffer_up_to(RECORDS_BLOCK_HEADER_SIZE);
	buffer_u32(&head, (uint32_t)w->count);
	buffer_u32(&head, (uint32_t)w->keys.length);
	buffer_u32(&head, (uint32_t)keys);
	buffer_u32(&head, (uint32_t)w->texts.length);
	buffer_u32(&head, (uint32_t)texts);
	buffer_u32(&head, 0);
	buffer_u64(&head, XXH3_64bits(w->packed.bytes, keys));
	buffer_u64(&head, XXH3_64bits(w->packed.bytes + keys, texts));
	w->packed.failed |= head.failed;
	if (!head.failed)
		memcpy(out, head.bytes, RECORDS_BLOCK_HEADER_SIZE);
	buffer_done(&head);
}

static void begin_block(struct records_writer *w)
{
	w->keys.length = w->texts.length = w->packed.length = 0;
	w->text_count = w->name_count = w->count = 0;
	memset(w->slots, 0, sizeof w->slots);
	memset(&w->last, 0, sizeof w->last);
}

static bool end_block(struct records_writer *w, struct error *error)
{
	uint8_t head[RECORDS_BLOCK_HEADER_SIZE] = { 0 };
	size_t keys = 0, texts = 0;
	if (w->count == 0)
		return true;
	bool ok = !w->keys.failed && !w->texts.failed && pack(w, &w->keys, &keys) &&
	          pack(w, &w->texts, &texts);
	if (ok)
		put_header(w, keys, texts, head);
	if (!ok || w->packed.failed)
		return error_memory(error, w->form->all);
	const struct span header = { head, sizeof head };
	XXH3_64bits_update(w->digest, head, sizeof head);
	w->section.bytes += sizeof head + w->packed.length;
	w->section.count += w->count;
	ok = w->disk->append(w->file, header, error) &&
	     w->disk->append(w->file, buffer_span(&w->packed), error);
	begin_block(w);
	return ok;
}

struct buffer *records_keys(struct records_writer *w)
{
	return &w->keys;
}

union store_record *records_written(struct records_writer *w, uint8_t **out_room)
{
	*out_room = w->room;
	return &w->last;
}

// 0 and the name, or a number from 1.
void records_put_name(struct records_writer *w, struct span name)
{
	assert(name.length <= RECORDS_NAME_MAX);
	for (size_t i = 0; i < w->name_count; i++)
		if (w->name_lengths[i] == name.length &&
		    (name.length == 0 || memcmp(w->names[i], name.bytes, name.length) == 0)) {
			buffer_varint(&w->keys, i + 1);
			return;
		}
	buffer_varint(&w->keys, 0);
	buffer_varint(&w->keys, name.length);
	buffer_append(&w->keys, name.bytes, name.length);
	if (w->name_count == RECORDS_BLOCK_NAMES)
		return;
	if (name.length > 0)
		memcpy(w->names[w->name_count], name.bytes, name.length);
	w->name_lengths[w->name_count++] = name.length;
}

// 0 and the length of a text that is new, or a number from 1.
void records_put_text(struct records_writer *w, struct span bytes)
{
	assert(bytes.length <= RECORDS_TEXT_MAX);
	const uint64_t hash = XXH3_64bits(bytes.bytes, bytes.length);
	size_t slot = hash % SLOTS;
	for (; w->slots[slot] != 0; slot = (slot + 1) % SLOTS) {
		const struct text *text = &w->list[w->slots[slot] - 1];
		if (text->hash == hash && text->length == bytes.length &&
		    (bytes.length == 0 ||
		     memcmp(w->texts.bytes + text->begin, bytes.bytes, bytes.length) == 0)) {
			buffer_varint(&w->keys, w->slots[slot]);
			return;
		}
	}
	w->list[w->text_count++] = (struct text){ hash, w->texts.length, bytes.length };
	w->slots[slot] = (uint16_t)w->text_count;
	buffer_varint(&w->keys, 0);
	buffer_varint(&w->keys, bytes.length);
	buffer_append(&w->texts, bytes.bytes, bytes.length);
}

bool records_writer_add(struct records_writer *w, const union store_record *record,
                        struct error *error)
{
	if ((w->count == RECORDS_BLOCK_MAX || w->texts.length >= RECORDS_BLOCK_TEXT) &&
	    !end_block(w, error))
		return false;
	w->form->write(w, record);
	w->count++;
	return (!w->keys.failed && !w->texts.failed) || error_memory(error, w->form->all);
}

bool records_writer_end(struct records_writer *w, struct records_section *out, struct error *error)
{
	if (!end_block(w, error))
		return false;
	w->section.digest = XXH3_64bits_digest(w->digest);
	*out = w->section;
	w->section = (struct records_section){ .count = 0 };
	XXH3_64bits_reset(w->digest);
	return true;
}
