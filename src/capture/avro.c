// SPDX-License-Identifier: MIT
#include "capture/avro.h"

#include "base/memory.h"

#include <isa-l/crc.h>
#include <isa-l/igzip_lib.h>
#include <snappy-c.h>
#include <string.h>

enum { SYNC = 16, METADATA_MAX = 1 << 20, KEYS_MAX = 1000, VARINT_DIGITS = 10 };

enum avro_codec { CODEC_NULL, CODEC_DEFLATE, CODEC_SNAPPY };

struct avro {
	struct avro_schema *schema;
	enum avro_codec codec;
	uint8_t sync[SYNC];
	uint8_t *content;  // of the block, if it was compressed
	size_t content_capacity;
	struct cursor records;  // what is left of the block, decompressed
	uint64_t records_left;  // in it
	uint64_t block_offset;  // in the file, for messages
	uint64_t unpacked;      // bytes of all blocks so far
	struct inflate_state inflate;
};

bool avro_recognise(struct span head)
{
	return head.length >= 4 && memcmp(head.bytes, "Obj\1", 4) == 0;
}

// A zigzag number from the stream. False where it breaks off.
static bool read_number(struct stream *stream, int64_t *out)
{
	size_t length = 1;
	while (stream_need(stream, length) && stream->window.at[length - 1] >= 0x80 &&
	       length < VARINT_DIGITS)
		length++;
	struct cursor bytes = { .at = stream->window.at, .end = stream->window.end };
	const int64_t number = avro_number(&bytes);
	if (bytes.is_short)
		return false;
	stream->window.at = bytes.at;
	*out = number;
	return true;
}

// A piece of bytes with its length in front; valid until the next call.
static bool read_piece(struct stream *stream, struct span *out)
{
	int64_t length;
	if (!read_number(stream, &length) || length < 0 || length > METADATA_MAX ||
	    !stream_need(stream, (size_t)length))
		return false;
	*out = cursor_take(&stream->window, (size_t)length);
	return true;
}

static bool span_is(struct span span, const char *text)
{
	return span.length == strlen(text) && memcmp(span.bytes, text, span.length) == 0;
}

struct opening {
	const struct avro_wanted *wanted;
	size_t wanted_count;
	const char *reason;  // why it cannot be read; NULL: it breaks off
	bool has_no_memory;
};

static bool take_codec(struct avro *avro, struct span value, struct opening *opening)
{
	if (span_is(value, "null"))
		avro->codec = CODEC_NULL;
	else if (span_is(value, "deflate"))
		avro->codec = CODEC_DEFLATE;
	else if (span_is(value, "snappy"))
		avro->codec = CODEC_SNAPPY;
	else
		opening->reason = "its Avro codec is not null, deflate or snappy";
	return opening->reason == NULL;
}

static bool take_schema(struct avro *avro, struct span value, struct opening *opening)
{
	if (avro->schema != NULL) {
		opening->reason = "it has two schemas";
		return false;
	}
	avro->schema = avro_schema_compile(value, opening->wanted, opening->wanted_count,
	                                   &opening->reason);
	opening->has_no_memory = avro->schema == NULL && opening->reason == NULL;
	return avro->schema != NULL;
}

static bool read_entry(struct avro *avro, struct stream *stream, struct opening *opening)
{
	struct span key, value;
	if (!read_piece(stream, &key))
		return false;
	const bool is_schema = span_is(key, "avro.schema"), is_codec = span_is(key, "avro.codec");
	if (!read_piece(stream, &value))
		return false;
	if (is_schema)
		return take_schema(avro, value, opening);
	return !is_codec || take_codec(avro, value, opening);
}

static bool read_metadata(struct avro *avro, struct stream *stream, struct opening *opening)
{
	int64_t count, ignored;
	for (int64_t seen = 0;;) {
		if (!read_number(stream, &count))
			return false;
		if (count == 0)
			return true;
		if (count < 0 && !read_number(stream, &ignored))
			return false;
		for (count = avro_run(count); count > 0; count--) {
			if (++seen > KEYS_MAX) {
				opening->reason = "its header has more than 1,000 entries";
				return false;
			}
			if (!read_entry(avro, stream, opening))
				return false;
		}
	}
}

static void read_header(struct avro *avro, struct stream *stream, struct opening *opening)
{
	cursor_take(&stream->window, 4);
	const bool ok = read_metadata(avro, stream, opening) && stream_need(stream, SYNC);
	if (opening->has_no_memory)
		stream_out_of_memory(stream);
	else if (opening->reason != NULL)
		stream_damage(stream, 0, "%s", opening->reason);
	else if (!ok && stream->is_over)
		stream_break_off(stream, 0, "its Avro header");
	else if (!ok)
		stream_damage(stream, 0, "its Avro header contradicts itself");
	else if (avro->schema == NULL)
		stream_damage(stream, 0, "its Avro header has no schema");
	if (!stream_is_stopped(stream))
		memcpy(avro->sync, cursor_take(&stream->window, SYNC).bytes, SYNC);
}

struct avro *avro_open(struct stream *stream, const struct avro_wanted *wanted, size_t wanted_count)
{
	struct opening opening = { .wanted = wanted, .wanted_count = wanted_count };
	struct avro *avro = memory_new(1, sizeof *avro);
	if (avro != NULL)
		read_header(avro, stream, &opening);
	return avro;
}

void avro_close(struct avro *avro)
{
	if (avro == NULL)
		return;
	memory_free(avro->schema);
	memory_free(avro->content);
	memory_free(avro);
}

bool avro_has(const struct avro *avro, size_t wanted)
{
	return avro->schema != NULL && avro_schema_has(avro->schema, wanted);
}

static bool reserve(struct avro *avro, size_t size)
{
	if (size <= avro->content_capacity)
		return true;
	uint8_t *more = memory_resize(avro->content, size, 1);
	if (more == NULL)
		return false;
	avro->content = more;
	avro->content_capacity = size;
	return true;
}

enum unpacked { UNPACKED, UNPACKED_DAMAGED, UNPACKED_TOO_LARGE, UNPACKED_NO_MEMORY };

// Raw deflate (RFC 1951), in room that doubles until it suffices.
static enum unpacked unpack_deflate(struct avro *avro, struct span block, size_t *out)
{
	struct inflate_state *inflate = &avro->inflate;
	size_t size = avro->content_capacity > 0 ? avro->content_capacity : 1 << 18, length = 0;
	isal_inflate_init(inflate);
	inflate->next_in = (uint8_t *)(uintptr_t)block.bytes;  // ISA-L has no const; it only reads
	inflate->avail_in = (uint32_t)block.length;
	for (;;) {
		if (!reserve(avro, size))
			return UNPACKED_NO_MEMORY;
		inflate->next_out = avro->content + length;
		inflate->avail_out = (uint32_t)(size - length);
		if (isal_inflate(inflate) != ISAL_DECOMP_OK)
			return UNPACKED_DAMAGED;
		length = size - inflate->avail_out;
		if (inflate->block_state == ISAL_BLOCK_FINISH)
			break;
		if (inflate->avail_out > 0)
			return UNPACKED_DAMAGED;  // the input is over, and the stream is not
		if (size == AVRO_CONTENT_MAX)
			return UNPACKED_TOO_LARGE;
		size = size > AVRO_CONTENT_MAX / 2 ? AVRO_CONTENT_MAX : size * 2;
	}
	*out = length;
	return UNPACKED;
}

// Snappy, then a big-endian CRC-32 of the content.
static enum unpacked unpack_snappy(struct avro *avro, struct span block, size_t *out)
{
	if (block.length < 4)
		return UNPACKED_DAMAGED;
	const char *packed = (const char *)block.bytes;
	const size_t length = block.length - 4;
	size_t size;
	if (snappy_uncompressed_length(packed, length, &size) != SNAPPY_OK)
		return UNPACKED_DAMAGED;
	if (size > AVRO_CONTENT_MAX)
		return UNPACKED_TOO_LARGE;
	if (!reserve(avro, size + 1))
		return UNPACKED_NO_MEMORY;
	if (snappy_uncompress(packed, length, (char *)avro->content, &size) != SNAPPY_OK ||
	    crc32_gzip_refl(0, avro->content, size) != span_u32(block, length))
		return UNPACKED_DAMAGED;
	*out = size;
	return UNPACKED;
}

static enum unpacked unpack(struct avro *avro, struct span block)
{
	size_t length = 0;
	if (avro->codec == CODEC_NULL) {
		avro->records = cursor_over(block);
		return UNPACKED;
	}
	const enum unpacked result = avro->codec == CODEC_DEFLATE
	                                     ? unpack_deflate(avro, block, &length)
	                                     : unpack_snappy(avro, block, &length);
	avro->records = cursor_over(
		(struct span){ avro->content, result == UNPACKED ? length : 0 });
	return result;
}

// The head of a block: records and bytes. False at the end of the file, or at damage.
static bool read_block_head(struct avro *avro, struct stream *stream, size_t *size)
{
	int64_t records, bytes;
	if (!stream_need(stream, 1))
		return false;
	if (!read_number(stream, &records) || !read_number(stream, &bytes)) {
		stream_break_off(stream, avro->block_offset, "a block");
		return false;
	}
	if (records < 0 || bytes < 0 || bytes > AVRO_BLOCK_MAX) {
		stream_damage(stream, avro->block_offset,
		              "a block claims %lld records in %lld bytes", (long long)records,
		              (long long)bytes);
		return false;
	}
	avro->records_left = (uint64_t)records;
	*size = (size_t)bytes;
	return true;
}

static bool is_no_bomb(struct avro *avro, struct stream *stream)
{
	avro->unpacked += cursor_left(&avro->records);
	const char *bomb = stream_bomb(stream, avro->unpacked);
	if (bomb == NULL)
		return true;
	stream_damage(stream, avro->block_offset, "%s", bomb);
	return false;
}

static bool read_block(struct avro *avro, struct stream *stream)
{
	size_t size;
	avro->block_offset = stream_offset(stream);
	if (!read_block_head(avro, stream, &size))
		return false;
	if (!stream_need(stream, size + SYNC)) {
		stream_break_off(stream, avro->block_offset, "a block");
		return false;
	}
	const struct span block = cursor_take(&stream->window, size);
	if (memcmp(cursor_take(&stream->window, SYNC).bytes, avro->sync, SYNC) != 0) {
		stream_damage(stream, avro->block_offset,
		              "a block does not end with the sync marker");
		return false;
	}
	switch (unpack(avro, block)) {
	case UNPACKED: return is_no_bomb(avro, stream);
	case UNPACKED_DAMAGED:
		stream_damage(stream, avro->block_offset, "the compression of a block is corrupt");
		return false;
	case UNPACKED_TOO_LARGE:
		stream_damage(stream, avro->block_offset, "a block expands to more than 64 MiB");
		return false;
	case UNPACKED_NO_MEMORY: break;
	}
	stream_out_of_memory(stream);
	return false;
}

bool avro_next(struct avro *avro, struct stream *stream, struct avro_value *values)
{
	if (stream_is_stopped(stream))
		return false;
	while (avro->records_left == 0) {
		if (cursor_left(&avro->records) > 0) {
			stream_damage(stream, avro->block_offset,
			              "a block has more bytes than records");
			return false;
		}
		if (!read_block(avro, stream))
			return false;
	}
	// A record takes bytes, for it has a field that was asked for: this ends.
	avro->records_left--;
	if (avro_schema_read(avro->schema, &avro->records, values))
		return true;
	stream_damage(stream, avro->block_offset, "a block has fewer records than it claims");
	return false;
}
