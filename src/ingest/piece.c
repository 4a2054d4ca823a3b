// SPDX-License-Identifier: MIT
#include "ingest/piece.h"

#include "base/memory.h"

// Numbers of a block's head, and of the day behind the block before.
enum { HEAD_MAX = (5 + COLUMN_COUNT) * VARINT_MAX, DAY_BYTES_MAX = 5 };

bool piece_builder_add(struct piece_builder *b, const struct host_day_batch *day)
{
	const struct host_batch *batch = &day->batch;
	struct buffer *to = &b->bytes;
	if (to->length == 0)
		b->first_day = day->day;
	else
		buffer_varint(to, (uint32_t)day->day);
	buffer_varint(to, batch->base_ns / NANOSECONDS_A_SECOND);
	buffer_varint(to, batch->host_count);
	buffer_varint(to, batch->first_source);
	buffer_varint(to, batch->last_source - batch->first_source);
	uint64_t mask = 0;
	for (unsigned c = 0; c < COLUMN_COUNT; c++)
		mask |= (uint64_t)(batch->columns[c].length > 0) << c;
	buffer_varint(to, mask);
	for (uint64_t rest = mask; rest != 0; rest &= rest - 1)
		buffer_varint(to, batch->columns[__builtin_ctzll(rest)].length);
	for (uint64_t rest = mask; rest != 0; rest &= rest - 1) {
		const struct span column = batch->columns[__builtin_ctzll(rest)];
		buffer_append(to, column.bytes, column.length);
	}
	return !to->failed;
}

void piece_room_init(struct piece_room *room, size_t slab_bytes)
{
	*room = (struct piece_room){ .slab_bytes = slab_bytes };
}

void piece_room_clear(struct piece_room *room)
{
	for (size_t i = 0; i < room->count; i++)
		memory_free(room->blocks[i]);
	memory_free(room->blocks);
	piece_room_init(room, room->slab_bytes);
}

static uint8_t *add_block(struct piece_room *room, size_t length)
{
	if (room->count == room->capacity) {
		const size_t capacity = room->capacity == 0 ? 16 : room->capacity * 2;
		uint8_t **blocks = memory_resize(room->blocks, capacity, sizeof(uint8_t *));
		if (blocks == NULL)
			return NULL;
		room->blocks = blocks;
		room->capacity = capacity;
	}
	const bool is_large = length % MEMORY_LARGE_PAGE == 0;
	uint8_t *block = is_large ? memory_large(length) : memory_room(length);
	if (block != NULL)
		room->blocks[room->count++] = block;
	return block;
}

// What is left of a slab when the next piece does not fit is lost: little, as a piece that is
// not much smaller than a slab gets a block of its own.
static uint8_t *room_for(struct piece_room *room, size_t length)
{
	if (length > room->slab_bytes / 8)
		return add_block(room, length);
	if (length > room->left) {
		uint8_t *slab = add_block(room, room->slab_bytes);
		if (slab == NULL)
			return NULL;
		room->at = slab;
		room->left = room->slab_bytes;
	}
	uint8_t *bytes = room->at;
	room->at += length;
	room->left -= length;
	return bytes;
}

bool piece_builder_end(struct piece_builder *b, struct piece_list *list)
{
	if (b->bytes.length == 0)
		return true;
	if (list->count == list->capacity) {
		const size_t capacity = list->capacity == 0 ? 4 : list->capacity * 2;
		struct piece *pieces = memory_resize(list->pieces, capacity, sizeof *pieces);
		if (pieces == NULL)
			return false;
		list->pieces = pieces;
		list->capacity = capacity;
	}
	// Exactly as long as needed: there are many, and they stay.
	uint8_t *bytes = room_for(&b->room, b->bytes.length);
	if (bytes == NULL)
		return false;
	memcpy(bytes, b->bytes.bytes, b->bytes.length);
	list->pieces[list->count++] = (struct piece){ .bytes = bytes,
		                                      .length = b->bytes.length,
		                                      .next_day = b->first_day };
	b->bytes.length = 0;
	return true;
}

void piece_list_done(struct piece_list *list)
{
	memory_free(list->pieces);
	*list = (struct piece_list){ .count = 0 };
}

// Takes the head of a block. Its columns get their lengths, but no bytes yet.
static size_t take_head(struct cursor *c, struct host_batch *out)
{
	size_t length = 0;
	*out = (struct host_batch){ .base_ns = cursor_varint(c) * NANOSECONDS_A_SECOND };
	out->host_count = cursor_varint(c);
	out->first_source = (uint32_t)cursor_varint(c);
	out->last_source = out->first_source + (uint32_t)cursor_varint(c);
	for (uint64_t rest = cursor_varint(c); rest != 0; rest &= rest - 1) {
		struct span *column = &out->columns[__builtin_ctzll(rest)];
		column->length = cursor_varint(c);
		length += column->length;
	}
	return length;
}

static size_t at_most(size_t size, size_t maximum)
{
	return size < maximum ? size : maximum;
}

void block_done(struct block *block)
{
	memory_free(block->loaded);
	block->loaded = NULL;
}

bool piece_damaged(struct error *error)
{
	return error_set(error, ERROR_FAILED,
	                 "the spill file cannot be read back; is the disk sound?");
}

// Brings the next block and the day behind it from the spill file.
static bool load(const struct piece *p, struct disk *disk, struct disk_file *spill,
                 struct block *out, struct error *error)
{
	uint8_t head[HEAD_MAX];
	struct host_batch batch;
	const size_t left = p->length - p->next, head_length = at_most(left, sizeof head);
	if (!disk->read_at(spill, p->offset + p->next, head, head_length, error))
		return false;
	struct cursor c = cursor_over((struct span){ head, head_length });
	const size_t columns = take_head(&c, &batch);
	if (c.is_short || columns > left)
		return piece_damaged(error);
	out->length = at_most((size_t)(c.at - head) + columns + DAY_BYTES_MAX, left);
	out->loaded = memory_room(out->length);
	if (out->loaded == NULL)
		return error_memory(error, "a spilled block");
	if (disk->read_at(spill, p->offset + p->next, out->loaded, out->length, error))
		return true;
	block_done(out);
	return false;
}

bool piece_read(struct piece *p, struct disk *disk, struct disk_file *spill, struct block *out,
                struct error *error)
{
	assert(p->next < p->length);
	struct block block = { .loaded = NULL };
	if (p->bytes == NULL && !load(p, disk, spill, &block, error))
		return false;
	const uint8_t *begin = p->bytes != NULL ? p->bytes + p->next : block.loaded;
	const size_t length = p->bytes != NULL ? p->length - p->next : block.length;
	struct cursor c = cursor_over((struct span){ begin, length });
	take_head(&c, &block.batch);
	for (unsigned i = 0; i < COLUMN_COUNT; i++)
		block.batch.columns[i] = cursor_take(&c, block.batch.columns[i].length);
	if (c.is_short) {
		block_done(&block);
		return piece_damaged(error);
	}
	p->next += (size_t)(c.at - begin);
	if (p->next < p->length) {
		const uint8_t *day = c.at;
		p->next_day = (int32_t)(uint32_t)cursor_varint(&c);
		p->next += (size_t)(c.at - day);
	}
	*out = block;
	return true;
}
