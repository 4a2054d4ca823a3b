// SPDX-License-Identifier: MIT
// Building sets. As addresses ascend, a container is written for good when the next one begins:
// a set takes its own size while it grows, and not what its containers may grow to. The
// choice of the kind is that of CRoaring's run optimisation, so that the bytes are the same.
#include "base/memory.h"
#include "ipset/roaring_form.h"

enum { LOW = 65536, NO_KEY = LOW };

struct ipset_builder {
	uint16_t values[LOW];  // of the container at hand
	uint32_t value_count, key;
	// Of the containers that are done:
	struct buffer heads;  // key and number of values - 1
	struct buffer kinds;  // a byte each
	struct buffer sizes;  // in bytes - 1
	struct buffer bytes;
	struct buffer head;  // of the set, when it has ended
	uint32_t container_count;
	bool has_runs;
};

struct ipset_builder *ipset_builder_new(void)
{
	// The values need no zeros: a segment has a builder for each fingerprint, of 128 KiB.
	struct ipset_builder *b = memory_room(sizeof *b);
	if (b == NULL)
		return NULL;
	b->value_count = b->container_count = 0;
	b->has_runs = false;
	b->key = NO_KEY;
	b->heads = buffer_up_to(LOW * 4);
	b->kinds = buffer_up_to(LOW);
	b->sizes = buffer_up_to(LOW * 2);
	b->bytes = buffer_up_to(SIZE_MAX);
	b->head = buffer_up_to(SIZE_MAX);
	return b;
}

void ipset_builder_free(struct ipset_builder *b)
{
	if (b == NULL)
		return;
	buffer_done(&b->heads);
	buffer_done(&b->kinds);
	buffer_done(&b->sizes);
	buffer_done(&b->bytes);
	buffer_done(&b->head);
	memory_free(b);
}

static uint32_t count_runs(const struct ipset_builder *b)
{
	uint32_t runs = 1;
	for (uint32_t i = 1; i < b->value_count; i++)
		runs += b->values[i] != b->values[i - 1] + 1;
	return runs;
}

static void write_runs(struct ipset_builder *b, uint32_t runs)
{
	buffer_u16(&b->bytes, (uint16_t)runs);
	for (uint32_t i = 0, end; i < b->value_count; i = end) {
		for (end = i + 1; end < b->value_count && b->values[end] == b->values[end - 1] + 1;
		     end++)
			;
		buffer_u16(&b->bytes, b->values[i]);
		buffer_u16(&b->bytes, (uint16_t)(end - i - 1));
	}
}

static void write_array(struct ipset_builder *b)
{
	if (!buffer_reserve(&b->bytes, (size_t)b->value_count * 2))
		return;
	uint8_t *to = b->bytes.bytes + b->bytes.length;
	for (uint32_t i = 0; i < b->value_count; i++) {
		to[2 * i] = (uint8_t)b->values[i];
		to[2 * i + 1] = (uint8_t)(b->values[i] >> 8);
	}
	b->bytes.length += (size_t)b->value_count * 2;
}

static void write_bitmap(struct ipset_builder *b)
{
	if (!buffer_reserve(&b->bytes, BITMAP_BYTES))
		return;
	uint8_t *to = b->bytes.bytes + b->bytes.length;
	memset(to, 0, BITMAP_BYTES);
	for (uint32_t i = 0; i < b->value_count; i++)
		to[b->values[i] / 8] |= (uint8_t)(1u << b->values[i] % 8);
	b->bytes.length += BITMAP_BYTES;
}

static void end_container(struct ipset_builder *b)
{
	if (b->value_count == 0)
		return;
	const uint32_t runs = count_runs(b);
	const size_t plain = b->value_count > ARRAY_MAX ? BITMAP_BYTES : (size_t)b->value_count * 2;
	const bool is_of_runs = 2 + (size_t)runs * 4 < plain;
	buffer_u16(&b->heads, (uint16_t)b->key);
	buffer_u16(&b->heads, (uint16_t)(b->value_count - 1));
	buffer_u16(&b->sizes, (uint16_t)((is_of_runs ? 2 + (size_t)runs * 4 : plain) - 1));
	if (is_of_runs)
		write_runs(b, runs);
	else if (b->value_count > ARRAY_MAX)
		write_bitmap(b);
	else
		write_array(b);
	buffer_byte(&b->kinds, is_of_runs                   ? IPSET_RUNS
	                       : b->value_count > ARRAY_MAX ? IPSET_BITMAP
	                                                    : IPSET_ARRAY);
	b->has_runs |= is_of_runs;
	b->container_count++;
	b->value_count = 0;
}

void ipset_builder_add(struct ipset_builder *b, uint32_t address)
{
	const uint32_t key = address >> 16;
	const uint16_t value = (uint16_t)address;
	if (key != b->key) {
		assert(b->key == NO_KEY || key > b->key);
		end_container(b);
		b->key = key;
	}
	if (b->value_count > 0 && b->values[b->value_count - 1] == value)
		return;
	assert(b->value_count == 0 || b->values[b->value_count - 1] < value);
	b->values[b->value_count++] = value;
}

static void write_head(struct ipset_builder *b)
{
	const uint32_t count = b->container_count;
	struct buffer *out = &b->head;
	out->length = 0;
	if (b->has_runs) {
		buffer_u32(out, COOKIE_WITH_RUNS | (count - 1) << 16);
		for (uint32_t i = 0; i < count; i += 8) {
			uint8_t flags = 0;
			for (uint32_t k = i; k < count && k < i + 8; k++)
				flags |= (uint8_t)((b->kinds.bytes[k] == IPSET_RUNS) << (k - i));
			buffer_byte(out, flags);
		}
	} else {
		buffer_u32(out, COOKIE);
		buffer_u32(out, count);
	}
	buffer_append(out, b->heads.bytes, b->heads.length);
	if (b->has_runs && count < OFFSETS_FROM)
		return;
	const size_t head_length = out->length + (size_t)count * 4;
	for (size_t i = 0, at = 0; i < count; i++) {
		buffer_u32(out, (uint32_t)(head_length + at));
		at += (size_t)span_u16_le(buffer_span(&b->sizes), i * 2) + 1;
	}
}

// The head goes in front of the containers, which move behind it: the set is never there twice.
static bool put_in_front(struct buffer *bytes, const struct buffer *head)
{
	if (head->failed || !buffer_reserve(bytes, head->length))
		return false;
	memmove(bytes->bytes + head->length, bytes->bytes, bytes->length);
	memcpy(bytes->bytes, head->bytes, head->length);
	bytes->length += head->length;
	return true;
}

static bool has_room(const struct ipset_builder *b)
{
	return !b->heads.failed && !b->kinds.failed && !b->sizes.failed && !b->bytes.failed &&
	       !b->head.failed;
}

bool ipset_builder_end(struct ipset_builder *b, struct span *out_head, struct span *out_rest)
{
	end_container(b);
	if (has_room(b))
		write_head(b);
	*out_head = buffer_span(&b->head);
	*out_rest = buffer_span(&b->bytes);
	b->key = NO_KEY;
	return has_room(b);
}

bool ipset_builder_finish(struct ipset_builder *b, struct span *out)
{
	struct span head, rest;
	const bool ok = ipset_builder_end(b, &head, &rest) && put_in_front(&b->bytes, &b->head);
	*out = buffer_span(&b->bytes);
	return ok;
}

size_t ipset_builder_held(const struct ipset_builder *b)
{
	return b->bytes.length;
}

struct span ipset_builder_bytes(const struct ipset_builder *b)
{
	return buffer_span(&b->bytes);
}

void ipset_builder_forget(struct ipset_builder *b)
{
	const bool failed = b->bytes.failed;
	buffer_done(&b->bytes);
	b->bytes.failed = failed;
}

void ipset_builder_clear(struct ipset_builder *b)
{
	buffer_done(&b->heads);
	buffer_done(&b->kinds);
	buffer_done(&b->sizes);
	buffer_done(&b->bytes);
	buffer_done(&b->head);
	b->container_count = b->value_count = 0;
	b->has_runs = false;
	b->key = NO_KEY;
}

// ---- against a set that is there

struct ipset_check {
	struct ipset_builder *builder;
	struct span set;
	size_t at;  // what is compared of the containers ends there
	bool is_same;
};

struct ipset_check *ipset_check_new(struct span set)
{
	struct ipset_check *c = memory_new(1, sizeof *c);
	struct ipset_head head;
	if (c == NULL)
		return NULL;
	c->builder = ipset_builder_new();
	if (c->builder == NULL) {
		ipset_check_free(c);
		return NULL;
	}
	c->set = set;
	c->is_same = ipset_head_read(set, set.length, &head);
	c->at = c->is_same ? head.content_at : 0;
	return c;
}

void ipset_check_free(struct ipset_check *c)
{
	if (c == NULL)
		return;
	ipset_builder_free(c->builder);
	memory_free(c);
}

// Compares the container that is done, and forgets its bytes.
static void compare(struct ipset_check *c)
{
	struct buffer *bytes = &c->builder->bytes;
	c->is_same = c->is_same && bytes->length <= c->set.length - c->at &&
	             (bytes->length == 0 ||
	              memcmp(c->set.bytes + c->at, bytes->bytes, bytes->length) == 0);
	c->at += c->is_same ? bytes->length : 0;
	bytes->length = 0;
}

void ipset_check_add(struct ipset_check *c, uint32_t address)
{
	ipset_builder_add(c->builder, address);
	if (c->builder->bytes.length > 0)
		compare(c);
}

bool ipset_check_end(struct ipset_check *c, bool *out_is_same)
{
	struct span head, rest;
	end_container(c->builder);
	compare(c);
	if (!ipset_builder_end(c->builder, &head, &rest))
		return false;
	*out_is_same = c->is_same && c->at == c->set.length && head.length <= c->at &&
	               memcmp(head.bytes, c->set.bytes, head.length) == 0;
	return true;
}
