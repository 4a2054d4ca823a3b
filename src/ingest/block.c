// SPDX-License-Identifier: MIT
#include "ingest/block.h"

#include "base/memory.h"

bool block_list_add(struct block_list *list, int32_t day, const struct host_columns *columns)
{
	if (host_columns_failed(columns))
		return false;
	if (list->count == list->capacity) {
		const size_t capacity = list->capacity == 0 ? 4 : list->capacity * 2;
		struct block *blocks = memory_resize(list->blocks, capacity, sizeof *blocks);
		if (blocks == NULL)
			return false;
		list->blocks = blocks;
		list->capacity = capacity;
	}
	// Exactly as long as needed: there are many blocks, and they stay.
	uint8_t head[COLUMN_COUNT * VARINT_MAX], *head_end = head;
	for (unsigned i = 0; i < COLUMN_COUNT; i++)
		head_end = varint_put(head_end, columns->column[i].length);
	const size_t head_length = (size_t)(head_end - head);
	struct block block = { .day = day,
		               .run = list->run,
		               .base_ns = columns->base_ns,
		               .host_count = columns->host_count,
		               .first_source = columns->first_source,
		               .last_source = columns->last_source,
		               .length = head_length + host_columns_bytes(columns) };
	block.bytes = memory_room(block.length);
	if (block.bytes == NULL)
		return false;
	uint8_t *to = block.bytes;
	memcpy(to, head, head_length);
	to += head_length;
	for (unsigned i = 0; i < COLUMN_COUNT; i++) {
		const struct buffer *column = &columns->column[i];
		if (column->length > 0)
			memcpy(to, column->bytes, column->length);
		to += column->length;
	}
	list->blocks[list->count++] = block;
	return true;
}

void block_list_done(struct block_list *list)
{
	for (size_t i = 0; i < list->count; i++)
		memory_free(list->blocks[i].bytes);
	memory_free(list->blocks);
	*list = (struct block_list){ .count = 0 };
}

static bool next(struct host_stream *stream, struct host_day *out)
{
	struct block_stream *block = (struct block_stream *)stream;
	const bool ok = host_reader_next(&block->reader, out);
	stream->is_damaged = block->reader.is_damaged;
	return ok;
}

bool block_stream_open(struct block_stream *stream, const struct block *block, struct disk *disk,
                       struct disk_file *spill, struct error *error)
{
	*stream = (struct block_stream){ .stream.next = next };
	const uint8_t *bytes = block->bytes;
	if (bytes == NULL) {
		stream->loaded = memory_room(block->length);
		if (stream->loaded == NULL)
			return error_memory(error, "a spilled block");
		if (!disk->read_at(spill, block->offset, stream->loaded, block->length, error))
			return false;
		bytes = stream->loaded;
	}
	struct cursor c = cursor_over((struct span){ bytes, block->length });
	uint64_t lengths[COLUMN_COUNT];
	struct host_batch *batch = &stream->batch;
	for (unsigned i = 0; i < COLUMN_COUNT; i++)
		lengths[i] = cursor_varint(&c);
	for (unsigned i = 0; i < COLUMN_COUNT; i++)
		batch->columns[i] = cursor_take(&c, lengths[i]);
	assert(!c.is_short && cursor_left(&c) == 0);
	batch->host_count = block->host_count;
	batch->base_ns = block->base_ns;
	batch->first_source = block->first_source;
	batch->last_source = block->last_source;
	host_reader_open(&stream->reader, batch->columns, block->host_count, block->base_ns,
	                 COLUMNS_ALL);
	return true;
}

void block_stream_done(struct block_stream *stream)
{
	memory_free(stream->loaded);
	stream->loaded = NULL;
}
