// SPDX-License-Identifier: MIT
// Sets: a byte says that it is one value or a list of them; a Roaring bitmap begins with another byte.
#include "burst/burst_private.h"

enum { BITMAP_WORDS = 1024, RUN_BYTES = 4 };

static bool is_one(struct span set)
{
	return set.length == BURST_ONE_BYTES && span_u8(set, 0) == BURST_ONE;
}

static bool is_list(struct span set)
{
	return set.length == 0 || span_u8(set, 0) == BURST_LIST;
}

struct burst_set_reader burst_set_read(struct span set)
{
	struct burst_set_reader r = { .is_one = is_one(set), .is_list = is_list(set) };
	if (r.is_one)
		r.value = burst_one_value(set);
	else if (r.is_list)
		r.list = cursor_over(span_from(set, 1));
	else if (!ipset_view_open(set, &r.view))
		r.view = (struct ipset_view){ .container_count = 0 };
	return r;
}

static bool list_next(struct burst_set_reader *r, uint32_t *out)
{
	if (cursor_left(&r->list) == 0)
		return false;
	r->value += (uint32_t)cursor_varint(&r->list);
	*out = r->value;
	return true;
}

static bool array_next(struct burst_set_reader *r, uint32_t *out)
{
	if (r->at == r->container.count)
		return false;
	*out = span_u16_le(r->container.bytes, (size_t)r->at++ * 2);
	return true;
}

static bool bitmap_next(struct burst_set_reader *r, uint32_t *out)
{
	while (r->bits == 0) {
		if (r->at == BITMAP_WORDS)
			return false;
		r->bits = span_u64_le(r->container.bytes, (size_t)r->at++ * 8);
	}
	*out = (r->at - 1) * 64 + (uint32_t)__builtin_ctzll(r->bits);
	r->bits &= r->bits - 1;
	return true;
}

static bool run_next(struct burst_set_reader *r, uint32_t *out)
{
	if (r->left == 0) {
		const size_t at = 2 + (size_t)r->at * RUN_BYTES;
		if (at + RUN_BYTES > r->container.bytes.length)
			return false;
		r->value = span_u16_le(r->container.bytes, at);
		r->left = (uint32_t)span_u16_le(r->container.bytes, at + 2) + 1;
		r->at++;
	}
	r->left--;
	*out = r->value++;
	return true;
}

static bool low_next(struct burst_set_reader *r, uint32_t *out)
{
	switch (r->container.kind) {
	case IPSET_ARRAY: return array_next(r, out);
	case IPSET_BITMAP: return bitmap_next(r, out);
	case IPSET_RUNS: break;
	}
	return run_next(r, out);
}

bool burst_set_next(struct burst_set_reader *r, uint32_t *out)
{
	if (r->is_list)
		return list_next(r, out);
	if (r->is_one) {
		*out = r->value;
		r->is_one = false;
		r->is_list = true;  // without any more
		return true;
	}
	uint32_t low;
	while (!r->is_begun || !low_next(r, &low)) {
		if (!ipset_view_next(&r->view, &r->container))
			return false;
		r->is_begun = true;
		r->at = r->left = 0;
		r->bits = 0;
	}
	*out = (uint32_t)r->container.key << 16 | (low & 0xffff);
	return true;
}

uint64_t burst_set_count(struct span set)
{
	uint64_t count = 0;
	if (is_one(set))
		return 1;
	if (is_list(set)) {
		for (size_t i = 1; i < set.length; i++)
			count += span_u8(set, i) < 0x80;
		return count;
	}
	struct ipset_view view;
	struct ipset_container container;
	if (!ipset_view_open(set, &view))
		return 0;
	while (ipset_view_next(&view, &container))
		count += container.count;
	return count;
}

static bool is_valid_list(struct span set)
{
	struct cursor c = cursor_over(span_from(set, 1));
	uint64_t value = 0;
	unsigned count = 0;
	while (cursor_left(&c) > 0) {
		const uint64_t more = cursor_varint(&c);
		if (c.is_short || more > UINT32_MAX || (count > 0 && more == 0) ||
		    count == BURST_LIST_MAX)
			return false;
		value += more;
		count++;
	}
	return count > 1 && value <= UINT32_MAX;
}

// The containers of a set have to hold as many values as they say, ascending.
static bool is_valid_container(const struct ipset_container *container)
{
	struct burst_set_reader r = { .container = *container };
	uint32_t low, count = 0, next = 0;
	while (low_next(&r, &low)) {
		if (low < next || low > UINT16_MAX)
			return false;
		next = low + 1;
		count++;
	}
	return count == container->count;
}

bool burst_set_is_valid(struct span set)
{
	struct ipset_view view;
	struct ipset_container container;
	uint64_t count = 0;
	if (set.length == 0 || is_one(set))
		return true;
	if (is_list(set))
		return is_valid_list(set);
	if (!ipset_view_open(set, &view))
		return false;
	while (ipset_view_next(&view, &container)) {
		if (!is_valid_container(&container))
			return false;
		count += container.count;
	}
	return !view.is_damaged && cursor_left(&view.content) == 0 && count > BURST_LIST_MAX;
}

static void write_list(struct buffer *out, const uint32_t *values, size_t count)
{
	if (count == 1) {
		uint8_t one[BURST_ONE_BYTES];
		const struct span set = burst_one_set(one, values[0]);
		buffer_append(out, set.bytes, set.length);
		return;
	}
	buffer_byte(out, BURST_LIST);
	for (size_t i = 0; i < count; i++)
		buffer_varint(out, i == 0 ? values[0] : values[i] - values[i - 1]);
}

// Room for one set more is taken from what was there before.
static void write_bitmap(struct buffer *out, struct ipset_builder *builder)
{
	struct span set;
	if (ipset_builder_finish(builder, &set))
		buffer_append(out, set.bytes, set.length);
	else
		out->failed = true;
	ipset_builder_clear(builder);
}

void burst_set_write(struct buffer *out, struct ipset_builder *builder, const uint32_t *values,
                     size_t count)
{
	out->length = 0;
	if (count <= BURST_LIST_MAX) {
		if (count > 0)
			write_list(out, values, count);
		return;
	}
	for (size_t i = 0; i < count; i++)
		ipset_builder_add(builder, values[i]);
	write_bitmap(out, builder);
}

// A union as it is read: `next` is the least value of both.
struct both {
	struct burst_set_reader sets[2];
	uint32_t values[2];
	bool has[2];
};

static struct both both_read(struct span a, struct span b)
{
	struct both r = { .sets = { burst_set_read(a), burst_set_read(b) } };
	for (unsigned i = 0; i < 2; i++)
		r.has[i] = burst_set_next(&r.sets[i], &r.values[i]);
	return r;
}

static bool both_next(struct both *r, uint32_t *out)
{
	if (!r->has[0] && !r->has[1])
		return false;
	const uint32_t least = !r->has[1] || (r->has[0] && r->values[0] <= r->values[1])
	                               ? r->values[0]
	                               : r->values[1];
	for (unsigned i = 0; i < 2; i++)
		if (r->has[i] && r->values[i] == least)
			r->has[i] = burst_set_next(&r->sets[i], &r->values[i]);
	*out = least;
	return true;
}

void burst_set_unite(struct buffer *out, struct ipset_builder *builder, struct span a,
                     struct span b)
{
	struct both both = both_read(a, b);
	uint32_t few[BURST_LIST_MAX], value;
	size_t count = 0;
	out->length = 0;
	while (count < BURST_LIST_MAX && both_next(&both, &few[count]))
		count++;
	if (count < BURST_LIST_MAX || !both_next(&both, &value)) {
		burst_set_write(out, builder, few, count);
		return;
	}
	for (size_t i = 0; i < count; i++)
		ipset_builder_add(builder, few[i]);
	do
		ipset_builder_add(builder, value);
	while (both_next(&both, &value));
	write_bitmap(out, builder);
}
