// SPDX-License-Identifier: MIT
// Blocks. A burst is a byte of flags; how much more its address is than that of the burst before, as a
// varint; where they are others, protocol and port of the key; when it began, in 8 bytes; and what the flags
// say. One of a single packet, as most bursts of a storm are, has no more than that packet's few fields, in bytes
// of fixed number.
#include "burst/burst_private.h"

enum {
	ENTRY_SAME_KIND = 1u << 0,  // protocol and port of the key are those of the burst before
	ENTRY_ONE = 1u << 1,        // one packet
	ENTRY_PORT = 1u << 2,
	ENTRY_MISMATCHES = 1u << 3,
	ENTRY_MATCHED = 1u << 4,
	ENTRY_SLOTS = 1u << 5,
	ENTRY_OTHERS = 1u << 6,
	ENTRY_ALL = (1u << 7) - 1,
};

static const uint8_t one_slot[] = { 0, 1 };

void burst_writer_begin(struct burst_writer *w)
{
	if (w->block.maximum == 0)
		w->block = buffer_up_to(SIZE_MAX);
	w->block.length = 0;
	w->count = 0;
	w->key = (struct burst_key){ .address = 0 };
}

void burst_writer_done(struct burst_writer *w)
{
	buffer_done(&w->block);
}

static unsigned flags_of(const struct burst_writer *w, const struct burst *b)
{
	const bool is_same = w->key.protocol == b->key.protocol && w->key.port == b->key.port;
	return (is_same ? ENTRY_SAME_KIND : 0u) | (b->packets == 1 ? ENTRY_ONE : 0u) |
	       (b->has_port ? ENTRY_PORT : 0u) | (b->mismatches > 0 ? ENTRY_MISMATCHES : 0u) |
	       (b->matched_mask != 0 ? ENTRY_MATCHED : 0u) |
	       (b->slots.length > 0 ? ENTRY_SLOTS : 0u) |
	       (b->others.length > 0 ? ENTRY_OTHERS : 0u);
}

static void put_bytes(struct buffer *out, struct span bytes)
{
	buffer_varint(out, bytes.length);
	buffer_append(out, bytes.bytes, bytes.length);
}

enum { ENTRY_ONE_MAX = 1 + VARINT_MAX + 1 + 2 + 8 + 4 + 2 + 4 };

static uint8_t *put_u16(uint8_t *at, uint16_t value)
{
	at[0] = (uint8_t)value;
	at[1] = (uint8_t)(value >> 8);
	return at + 2;
}

static uint8_t *put_u32(uint8_t *at, uint32_t value)
{
	put_u16(at, (uint16_t)value);
	return put_u16(at + 2, (uint16_t)(value >> 16));
}

static uint8_t *put_u64(uint8_t *at, uint64_t value)
{
	put_u32(at, (uint32_t)value);
	return put_u32(at + 4, (uint32_t)(value >> 32));
}

static uint8_t *put_one(uint8_t *at, const struct burst *b)
{
	if (b->others.length > 0)
		at = put_u32(at, burst_one_value(b->others));
	if (b->has_port)
		at = put_u16(at, b->first_port);
	if (b->matched_mask != 0)
		at = put_u32(at, b->matched_mask);
	return at;
}

static void put_many(struct buffer *out, const struct burst *b)
{
	buffer_varint(out, b->last_ns - b->first_ns);
	buffer_varint(out, b->packets);
	if (b->mismatches > 0)
		buffer_varint(out, b->mismatches);
	if (b->has_port) {
		buffer_varint(out, b->first_port);
		buffer_varint(out, b->port_ns - b->first_ns);
		put_bytes(out, b->ports);
	}
	if (b->slots.length > 0)
		put_bytes(out, b->slots);
	if (b->others.length > 0)
		put_bytes(out, b->others);
	if (b->matched_mask == 0)
		return;
	buffer_varint(out, b->matched_mask);
	for (uint32_t rest = b->matched_mask; rest != 0; rest &= rest - 1)
		buffer_varint(out, b->matched[__builtin_ctz(rest)]);
}

void burst_writer_add(struct burst_writer *w, const struct burst *b)
{
	struct buffer *out = &w->block;
	const unsigned flags = flags_of(w, b);
	assert(b->key.address >= w->key.address);
	if (!buffer_reserve(out, ENTRY_ONE_MAX))
		return;
	uint8_t *at = out->bytes + out->length;
	*at++ = (uint8_t)flags;
	at = varint_put(at, b->key.address - w->key.address);
	if (!(flags & ENTRY_SAME_KIND)) {
		*at++ = b->key.protocol;
		at = put_u16(at, b->key.port);
	}
	at = put_u64(at, b->first_ns);
	if (flags & ENTRY_ONE)
		at = put_one(at, b);
	out->length = (size_t)(at - out->bytes);
	if (!(flags & ENTRY_ONE))
		put_many(out, b);
	w->key = b->key;
	w->count++;
}

void burst_reader_open(struct burst_reader *r, enum burst_form form, struct span block)
{
	r->burst = (struct burst){ .packets = 0 };
	r->is_damaged = block.length == 0;
	r->content = cursor_over(block);
	r->form = form;
	r->is_first = true;
}

static bool take_number(struct cursor *c, uint64_t max, uint64_t *out)
{
	*out = cursor_varint(c);
	return !c->is_short && *out <= max;
}

static bool take_key(struct burst_reader *r, unsigned flags)
{
	struct burst_key *key = &r->burst.key;
	uint64_t more;
	if (!take_number(&r->content, UINT32_MAX - key->address, &more))
		return false;
	key->address += (uint32_t)more;
	if (flags & ENTRY_SAME_KIND)
		return true;
	const struct span kind = cursor_take(&r->content, 3);
	if (kind.length == 0)
		return false;
	key->protocol = span_u8(kind, 0);
	key->port = span_u16_le(kind, 1);
	return true;
}

static bool take_one(struct burst_reader *r, unsigned flags)
{
	struct burst *b = &r->burst;
	const struct span other = cursor_take(&r->content, flags & ENTRY_OTHERS ? 4 : 0);
	const struct span port = cursor_take(&r->content, flags & ENTRY_PORT ? 2 : 0);
	const struct span mask = cursor_take(&r->content, flags & ENTRY_MATCHED ? 4 : 0);
	if (r->content.is_short)
		return false;
	b->last_ns = b->first_ns;
	b->packets = 1;
	b->mismatches = (flags & ENTRY_MISMATCHES) != 0;
	b->has_port = (flags & ENTRY_PORT) != 0;
	b->first_port = b->has_port ? span_u16_le(port, 0) : 0;
	b->port_ns = b->has_port ? b->first_ns : 0;
	b->matched_mask = flags & ENTRY_MATCHED ? span_u32_le(mask, 0) : 0;
	for (uint32_t rest = b->matched_mask; rest != 0; rest &= rest - 1)
		b->matched[__builtin_ctz(rest)] = 1;
	b->slots = flags & ENTRY_SLOTS ? (struct span){ one_slot, sizeof one_slot }
	                               : (struct span){ .length = 0 };
	b->others = flags & ENTRY_OTHERS ? burst_one_set(r->one_other, span_u32_le(other, 0))
	                                 : (struct span){ .length = 0 };
	b->ports = b->has_port ? burst_one_set(r->one_port, b->first_port)
	                       : (struct span){ .length = 0 };
	return true;
}

static bool take_bytes(struct cursor *c, bool are_there, struct span *out)
{
	*out = (struct span){ .length = 0 };
	if (!are_there)
		return true;
	const uint64_t length = cursor_varint(c);
	if (c->is_short || length == 0 || length > cursor_left(c))
		return false;
	*out = cursor_take(c, (size_t)length);
	return true;
}

static bool is_set_of(struct span set, uint64_t packets)
{
	return burst_set_is_valid(set) && burst_set_count(set) <= packets;
}

static bool is_port_of(const struct burst *b)
{
	if (!b->has_port)
		return true;
	struct burst_set_reader r = burst_set_read(b->ports);
	uint32_t port = 0;
	bool is_there = false;
	while (burst_set_next(&r, &port))
		is_there |= port == b->first_port;
	return is_there && port <= UINT16_MAX;
}

// From the slot of the first packet to that of the last one, with all packets, and no silence.
static bool are_slots_of(const struct burst *b)
{
	enum { APART = BURST_SILENCE_S / BURST_SLOT_S + 1 };
	struct burst_slots slots = burst_slots_read(b);
	uint64_t slot = 0, packets, sum = 0, before = 0;
	while (burst_slots_next(&slots, &slot, &packets)) {
		const bool is_next = sum == 0 ? slot == b->first_ns / BURST_SLOT_NS
		                              : slot > before && slot - before <= APART;
		if (!is_next || packets == 0 || packets > b->packets - sum)
			return false;
		sum += packets;
		before = slot;
	}
	return !slots.content.is_short && sum == b->packets && slot == b->last_ns / BURST_SLOT_NS;
}

static bool take_matched(struct burst_reader *r, unsigned flags)
{
	struct burst *b = &r->burst;
	uint64_t mask = 0;
	if ((flags & ENTRY_MATCHED) && (!take_number(&r->content, UINT32_MAX, &mask) || mask == 0))
		return false;
	b->matched_mask = (uint32_t)mask;
	for (uint32_t rest = b->matched_mask; rest != 0; rest &= rest - 1) {
		uint64_t *matched = &b->matched[__builtin_ctz(rest)];
		if (!take_number(&r->content, b->packets, matched) || *matched == 0)
			return false;
	}
	return true;
}

static bool take_many(struct burst_reader *r, unsigned flags)
{
	struct burst *b = &r->burst;
	struct cursor *c = &r->content;
	uint64_t lasts_ns, port = 0, port_after_ns = 0;
	b->mismatches = 0;
	if (!take_number(c, UINT64_MAX - b->first_ns, &lasts_ns) ||
	    !take_number(c, UINT64_MAX, &b->packets) || b->packets < 2 ||
	    ((flags & ENTRY_MISMATCHES) &&
	     (!take_number(c, b->packets, &b->mismatches) || b->mismatches == 0)) ||
	    ((flags & ENTRY_PORT) &&
	     (!take_number(c, UINT16_MAX, &port) || !take_number(c, lasts_ns, &port_after_ns))))
		return false;
	b->last_ns = b->first_ns + lasts_ns;
	b->has_port = (flags & ENTRY_PORT) != 0;
	b->first_port = (uint16_t)port;
	b->port_ns = b->has_port ? b->first_ns + port_after_ns : 0;
	return take_bytes(c, b->has_port, &b->ports) &&
	       take_bytes(c, flags & ENTRY_SLOTS, &b->slots) &&
	       take_bytes(c, flags & ENTRY_OTHERS, &b->others) && take_matched(r, flags) &&
	       is_set_of(b->ports, b->packets) && is_set_of(b->others, b->packets) &&
	       is_port_of(b) && (!(flags & ENTRY_SLOTS) || are_slots_of(b));
}

// Backscatter has slots, and has no fingerprints; scans have no slots, no ports and no mismatches.
static bool fits_form(enum burst_form form, unsigned flags)
{
	return form == BURST_BACKSCATTER ? (flags & ENTRY_SLOTS) && !(flags & ENTRY_MATCHED)
	                                 : !(flags & (ENTRY_SLOTS | ENTRY_PORT | ENTRY_MISMATCHES));
}

static bool is_behind(const struct burst_reader *r, const struct burst_key *key, uint64_t last_ns)
{
	const int order = burst_key_compare(&r->burst.key, key);
	return order > 0 || (order == 0 && r->burst.first_ns > last_ns &&
	                     r->burst.first_ns - last_ns > BURST_SILENCE_NS);
}

static bool take_entry(struct burst_reader *r)
{
	const struct burst_key key = r->burst.key;
	const uint64_t last_ns = r->burst.last_ns;
	const unsigned flags = span_u8(cursor_take(&r->content, 1), 0);
	if ((flags & ~(unsigned)ENTRY_ALL) || !fits_form(r->form, flags) || !take_key(r, flags))
		return false;
	const struct span first_ns = cursor_take(&r->content, 8);
	if (first_ns.length == 0)
		return false;
	r->burst.first_ns = span_u64_le(first_ns, 0);
	if (!r->is_first && !is_behind(r, &key, last_ns))
		return false;
	r->is_first = false;
	return flags & ENTRY_ONE ? take_one(r, flags) : take_many(r, flags);
}

bool burst_reader_next(struct burst_reader *r)
{
	if (r->is_damaged || cursor_left(&r->content) == 0)
		return false;
	r->is_damaged = !take_entry(r);
	return !r->is_damaged;
}
