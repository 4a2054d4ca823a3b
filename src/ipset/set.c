// SPDX-License-Identifier: MIT
// Reading the portable form of sets.
#include "ipset/roaring_form.h"

bool ipset_head_read(struct span begin, size_t set_length, struct ipset_head *out)
{
	struct ipset_head head = { .flags_at = 4 };
	if (begin.length < 4)
		return false;
	const uint32_t cookie = span_u32_le(begin, 0);
	if ((cookie & 0xffff) == COOKIE_WITH_RUNS) {
		head.container_count = (cookie >> 16) + 1;
		head.flags_length = (head.container_count + 7) / 8;
		head.keys_at = head.flags_at + head.flags_length;
	} else if (cookie == COOKIE && begin.length >= 8) {
		head.container_count = span_u32_le(begin, 4);
		head.keys_at = 8;
	} else {
		return false;
	}
	if (head.container_count > IPSET_KEYS)
		return false;
	const bool has_offsets = head.flags_length == 0 || head.container_count >= OFFSETS_FROM;
	head.content_at = head.keys_at + (size_t)head.container_count * (has_offsets ? 8 : 4);
	if (head.content_at > set_length)
		return false;
	*out = head;
	return true;
}

bool ipset_view_open(struct span bytes, struct ipset_view *out)
{
	struct ipset_head head;
	if (!ipset_head_read(bytes, bytes.length, &head))
		return false;
	*out = (struct ipset_view){
		.bytes = bytes,
		.keys = { bytes.bytes + head.keys_at, (size_t)head.container_count * 4 },
		.run_flags = { bytes.bytes + head.flags_at, head.flags_length },
		.content = cursor_over(span_from(bytes, head.content_at)),
		.container_count = head.container_count,
	};
	return true;
}

static struct span take_runs(struct cursor *c)
{
	struct cursor ahead = *c;
	const struct span number = cursor_take(&ahead, 2);
	const size_t runs = ahead.is_short ? 0 : span_u16_le(number, 0);
	return cursor_take(c, 2 + runs * 4);
}

enum ipset_container_kind ipset_container_kind(bool is_of_runs, uint32_t count)
{
	return is_of_runs ? IPSET_RUNS : count > ARRAY_MAX ? IPSET_BITMAP : IPSET_ARRAY;
}

size_t ipset_container_size_max(enum ipset_container_kind kind, uint32_t count)
{
	// A run has 4 bytes, behind 2 that all of them share.
	const size_t values = (size_t)count * 2;
	switch (kind) {
	case IPSET_ARRAY: return values;
	case IPSET_BITMAP: return BITMAP_BYTES;
	case IPSET_RUNS: break;
	}
	return 2 + (values < 4 ? 4 : values > BITMAP_BYTES ? BITMAP_BYTES : values);
}

bool ipset_container_take(struct cursor *c, enum ipset_container_kind kind, uint32_t count,
                          struct ipset_container *out)
{
	struct span bytes;
	switch (kind) {
	case IPSET_ARRAY: bytes = cursor_take(c, (size_t)count * 2); break;
	case IPSET_BITMAP: bytes = cursor_take(c, BITMAP_BYTES); break;
	case IPSET_RUNS:
	default: bytes = take_runs(c); break;
	}
	*out = (struct ipset_container){ .kind = kind, .count = count, .bytes = bytes };
	return !c->is_short;
}

bool ipset_view_next(struct ipset_view *view, struct ipset_container *out)
{
	if (view->is_damaged || view->next == view->container_count)
		return false;
	const uint32_t i = view->next++;
	const uint16_t key = span_u16_le(view->keys, (size_t)i * 4);
	const uint32_t count = (uint32_t)span_u16_le(view->keys, (size_t)i * 4 + 2) + 1;
	const bool is_of_runs = view->run_flags.length > 0 &&
	                        (span_u8(view->run_flags, i / 8) >> (i % 8) & 1);
	const bool is_ascending = i == 0 || span_u16_le(view->keys, (size_t)(i - 1) * 4) < key;
	struct ipset_container container;
	if (!ipset_container_take(&view->content, ipset_container_kind(is_of_runs, count), count,
	                          &container) ||
	    !is_ascending) {
		view->is_damaged = true;
		return false;
	}
	container.key = key;
	*out = container;
	return true;
}

static uint32_t array_values(const struct ipset_container *container, uint16_t *out)
{
	for (uint32_t i = 0; i < container->count; i++) {
		out[i] = span_u16_le(container->bytes, (size_t)i * 2);
		if (i > 0 && out[i] <= out[i - 1])
			return 0;
	}
	return container->count;
}

static uint32_t bitmap_values(const struct ipset_container *container, uint16_t *out)
{
	uint32_t count = 0;
	for (uint32_t word = 0; word < BITMAP_BYTES / 8; word++) {
		uint64_t bits = span_u64_le(container->bytes, (size_t)word * 8);
		for (; bits != 0; bits &= bits - 1)
			out[count++] = (uint16_t)(word * 64 + (uint32_t)__builtin_ctzll(bits));
	}
	return count;
}

static uint32_t run_values(const struct ipset_container *container, uint16_t *out)
{
	uint32_t count = 0, next = 0;
	for (size_t at = 2; at < container->bytes.length; at += 4) {
		const uint32_t start = span_u16_le(container->bytes, at);
		const uint32_t last = start + span_u16_le(container->bytes, at + 2);
		if (start < next || last > 65535)
			return 0;
		for (uint32_t value = start; value <= last; value++)
			out[count++] = (uint16_t)value;
		next = last + 1;
	}
	return count;
}

uint32_t ipset_container_values(const struct ipset_container *container, uint16_t *out)
{
	uint32_t count = 0;
	switch (container->kind) {
	case IPSET_ARRAY: count = array_values(container, out); break;
	case IPSET_BITMAP: count = bitmap_values(container, out); break;
	case IPSET_RUNS: count = run_values(container, out); break;
	}
	return count == container->count ? count : 0;
}
