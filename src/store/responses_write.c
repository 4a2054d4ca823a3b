// SPDX-License-Identifier: MIT
#include "store/responses.h"

#include "base/memory.h"

#include <xxhash.h>
#include <zstd.h>

enum { SLOTS = 2 * RESPONSES_BLOCK_MAX, LEVEL = 3, KEYS_MAX = 1 << 20, PACKED_MAX = 2 << 20 };

struct text {
	uint64_t hash;
	size_t begin, length;
};

struct responses_writer {
	struct disk *disk;
	struct disk_file *file;
	ZSTD_CCtx *zstd;
	struct buffer keys, texts, packed;
	struct text list[RESPONSES_BLOCK_MAX];
	uint16_t slots[SLOTS];  // number of a text, from 1
	size_t text_count, count;
	char probes[RESPONSES_BLOCK_PROBES][RESPONSE_PROBE_MAX];
	size_t probe_lengths[RESPONSES_BLOCK_PROBES], probe_count;
	struct response last;
	struct responses_section section;
	XXH3_state_t *digest;
};

struct responses_writer *responses_writer_new(struct disk *disk, struct disk_file *file)
{
	struct responses_writer *w = memory_new(1, sizeof *w);
	if (w == NULL)
		return NULL;
	w->disk = disk;
	w->file = file;
	w->keys = buffer_up_to(KEYS_MAX);
	w->texts = buffer_up_to(PACKED_MAX);
	w->packed = buffer_up_to(PACKED_MAX);
	w->zstd = ZSTD_createCCtx();
	w->digest = XXH3_createState();
	if (w->zstd == NULL || w->digest == NULL) {
		responses_writer_free(w);
		return NULL;
	}
	XXH3_64bits_reset(w->digest);
	return w;
}

void responses_writer_free(struct responses_writer *w)
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

void responses_header(int32_t day, uint8_t out[RESPONSES_HEADER_SIZE])
{
	static const char magic[8] = "hotaruR\1";
	memset(out, 0, RESPONSES_HEADER_SIZE);
	memcpy(out, magic, sizeof magic);
	for (unsigned i = 0; i < 4; i++)
		out[8 + i] = (uint8_t)((uint32_t)day >> 8 * i);
}

// Appends the compressed bytes; their length. False for want of memory.
static bool pack(struct responses_writer *w, const struct buffer *bytes, size_t *out_length)
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

static void put_header(struct responses_writer *w, size_t keys, size_t texts,
                       uint8_t out[RESPONSES_BLOCK_HEADER_SIZE])
{
	struct buffer head = buffer_up_to(RESPONSES_BLOCK_HEADER_SIZE);
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
		memcpy(out, head.bytes, RESPONSES_BLOCK_HEADER_SIZE);
	buffer_done(&head);
}

static void begin_block(struct responses_writer *w)
{
	w->keys.length = w->texts.length = w->packed.length = 0;
	w->text_count = w->probe_count = w->count = 0;
	memset(w->slots, 0, sizeof w->slots);
	w->last = (struct response){ .address = 0 };
}

static bool end_block(struct responses_writer *w, struct error *error)
{
	uint8_t head[RESPONSES_BLOCK_HEADER_SIZE] = { 0 };
	size_t keys = 0, texts = 0;
	if (w->count == 0)
		return true;
	bool ok = !w->keys.failed && !w->texts.failed && pack(w, &w->keys, &keys) &&
	          pack(w, &w->texts, &texts);
	if (ok)
		put_header(w, keys, texts, head);
	if (!ok || w->packed.failed)
		return error_memory(error, "responses");
	const struct span header = { head, sizeof head };
	XXH3_64bits_update(w->digest, head, sizeof head);
	w->section.bytes += sizeof head + w->packed.length;
	w->section.count += w->count;
	ok = w->disk->append(w->file, header, error) &&
	     w->disk->append(w->file, buffer_span(&w->packed), error);
	begin_block(w);
	return ok;
}

static uint64_t zigzag(uint64_t difference)
{
	return difference << 1 ^ (uint64_t) - (int64_t)(difference >> 63);
}

// 0 and the name, or a number from 1.
static void add_probe(struct responses_writer *w, struct span probe)
{
	for (size_t i = 0; i < w->probe_count; i++)
		if (w->probe_lengths[i] == probe.length &&
		    (probe.length == 0 || memcmp(w->probes[i], probe.bytes, probe.length) == 0)) {
			buffer_varint(&w->keys, i + 1);
			return;
		}
	buffer_varint(&w->keys, 0);
	buffer_varint(&w->keys, probe.length);
	buffer_append(&w->keys, probe.bytes, probe.length);
	if (w->probe_count == RESPONSES_BLOCK_PROBES)
		return;
	if (probe.length > 0)
		memcpy(w->probes[w->probe_count], probe.bytes, probe.length);
	w->probe_lengths[w->probe_count++] = probe.length;
}

// 0 and the length of a text that is new, or a number from 1.
static void add_text(struct responses_writer *w, struct span bytes)
{
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

static uint8_t bits_of(const struct response *r)
{
	return (uint8_t)((unsigned)r->status | (r->is_cut ? 8u : 0) | (r->is_lossy ? 16u : 0));
}

bool responses_writer_add(struct responses_writer *w, const struct response *r, struct error *error)
{
	assert(r->bytes.length <= RESPONSE_BYTES_MAX && r->probe.length <= RESPONSE_PROBE_MAX);
	if ((w->count == RESPONSES_BLOCK_MAX || w->texts.length >= RESPONSES_BLOCK_TEXT) &&
	    !end_block(w, error))
		return false;
	buffer_varint(&w->keys, r->address - w->last.address);
	buffer_varint(&w->keys, r->port);
	buffer_varint(&w->keys, zigzag(r->time_ns - w->last.time_ns));
	buffer_byte(&w->keys, bits_of(r));
	add_probe(w, r->probe);
	add_text(w, r->bytes);
	w->last = *r;
	w->count++;
	return (!w->keys.failed && !w->texts.failed) || error_memory(error, "responses");
}

bool responses_writer_end(struct responses_writer *w, struct responses_section *out,
                          struct error *error)
{
	if (!end_block(w, error))
		return false;
	w->section.digest = XXH3_64bits_digest(w->digest);
	*out = w->section;
	w->section = (struct responses_section){ .count = 0 };
	XXH3_64bits_reset(w->digest);
	return true;
}
