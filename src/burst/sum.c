// SPDX-License-Identifier: MIT
// Slots, and what becomes of several bursts of a key.
#include "burst/burst_private.h"

struct burst_slots burst_slots_read(const struct burst *burst)
{
	return (struct burst_slots){ .content = cursor_over(burst->slots),
		                     .slot = burst->first_ns / BURST_SLOT_NS };
}

bool burst_slots_next(struct burst_slots *s, uint64_t *out_slot, uint64_t *out_packets)
{
	if (cursor_left(&s->content) == 0)
		return false;
	s->slot += cursor_varint(&s->content);
	*out_slot = s->slot;
	*out_packets = cursor_varint(&s->content);
	return !s->content.is_short;
}

static void set_bytes(struct buffer *to, struct span *span, struct span bytes)
{
	to->length = 0;
	buffer_append(to, bytes.bytes, bytes.length);
	*span = buffer_span(to);
}

static void init(struct burst_sum *s)
{
	struct buffer *const all[] = { &s->slots, &s->others, &s->ports, &s->scratch };
	s->builder = ipset_builder_new();
	for (size_t i = 0; i < sizeof all / sizeof *all; i++)
		*all[i] = buffer_up_to(SIZE_MAX);
}

static bool is_whole(const struct burst_sum *s)
{
	return s->builder != NULL && !s->slots.failed && !s->others.failed && !s->ports.failed &&
	       !s->scratch.failed;
}

bool burst_sum_begin(struct burst_sum *s, const struct burst *burst)
{
	if (s->builder == NULL)
		init(s);
	if (s->builder == NULL)
		return false;
	s->burst = *burst;
	set_bytes(&s->slots, &s->burst.slots, burst->slots);
	set_bytes(&s->others, &s->burst.others, burst->others);
	set_bytes(&s->ports, &s->burst.ports, burst->ports);
	return is_whole(s);
}

static void swap(struct buffer *a, struct buffer *b)
{
	const struct buffer held = *a;
	*a = *b;
	*b = held;
}

static void unite(struct burst_sum *s, struct buffer *into, struct span *span, struct span more)
{
	if (more.length == 0)
		return;
	burst_set_unite(&s->scratch, s->builder, *span, more);
	swap(into, &s->scratch);
	*span = buffer_span(into);
}

struct slot_walk {
	struct burst_slots slots;
	uint64_t slot, packets;
	bool has;
};

static void walk_on(struct slot_walk *w)
{
	w->has = burst_slots_next(&w->slots, &w->slot, &w->packets);
}

// Both walked as one, from the earlier beginning on.
static void unite_slots(struct burst_sum *s, const struct burst *more)
{
	struct slot_walk walks[2] = { { .slots = burst_slots_read(&s->burst) },
		                      { .slots = burst_slots_read(more) } };
	const uint64_t first_ns = s->burst.first_ns < more->first_ns ? s->burst.first_ns
	                                                             : more->first_ns;
	uint64_t last = first_ns / BURST_SLOT_NS;
	s->scratch.length = 0;
	walk_on(&walks[0]);
	walk_on(&walks[1]);
	while (walks[0].has || walks[1].has) {
		const bool is_first = !walks[1].has ||
		                      (walks[0].has && walks[0].slot <= walks[1].slot);
		const uint64_t slot = walks[is_first ? 0 : 1].slot;
		uint64_t packets = 0;
		for (unsigned i = 0; i < 2; i++)
			if (walks[i].has && walks[i].slot == slot) {
				packets += walks[i].packets;
				walk_on(&walks[i]);
			}
		buffer_varint(&s->scratch, slot - last);
		buffer_varint(&s->scratch, packets);
		last = slot;
	}
	swap(&s->slots, &s->scratch);
	s->burst.slots = buffer_span(&s->slots);
}

static void unite_first_port(struct burst *to, const struct burst *more)
{
	if (!more->has_port)
		return;
	const bool is_better = !to->has_port || more->port_ns < to->port_ns ||
	                       (more->port_ns == to->port_ns && more->first_port < to->first_port);
	if (!is_better)
		return;
	to->has_port = true;
	to->port_ns = more->port_ns;
	to->first_port = more->first_port;
}

static void unite_matched(struct burst *to, const struct burst *more)
{
	for (uint32_t rest = more->matched_mask; rest != 0; rest &= rest - 1) {
		const unsigned bit = (unsigned)__builtin_ctz(rest);
		const uint64_t before = to->matched_mask >> bit & 1 ? to->matched[bit] : 0;
		to->matched[bit] = before + more->matched[bit];
	}
	to->matched_mask |= more->matched_mask;
}

bool burst_sum_add(struct burst_sum *s, const struct burst *more)
{
	struct burst *to = &s->burst;
	unite_slots(s, more);
	unite(s, &s->others, &to->others, more->others);
	unite(s, &s->ports, &to->ports, more->ports);
	unite_first_port(to, more);
	unite_matched(to, more);
	to->first_ns = more->first_ns < to->first_ns ? more->first_ns : to->first_ns;
	to->last_ns = more->last_ns > to->last_ns ? more->last_ns : to->last_ns;
	to->packets += more->packets;
	to->mismatches += more->mismatches;
	return is_whole(s);
}

void burst_sum_done(struct burst_sum *s)
{
	buffer_done(&s->slots);
	buffer_done(&s->others);
	buffer_done(&s->ports);
	buffer_done(&s->scratch);
	ipset_builder_free(s->builder);
	*s = (struct burst_sum){ .builder = NULL };
}
