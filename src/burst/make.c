// SPDX-License-Identifier: MIT
// Records to bursts: sorted by address, then, of one address, by the rest of the key and time. Captures
// mostly ascend in time, and the sort by address keeps the order, so that there is little left to do.
#include "base/memory.h"
#include "burst/burst_private.h"

#include <stdlib.h>

struct burst_maker {
	const struct burst_record **run;  // records of one address
	uint32_t *values, *scratch;       // of a set
	size_t capacity;
	struct buffer slots, others, ports;
	struct ipset_builder *builder;
	struct burst burst;  // what is handed on; its matched[] is said by its mask
	uint8_t one_other[BURST_ONE_BYTES], one_port[BURST_ONE_BYTES];
	enum burst_form form;
	burst_take *take;
	void *context;
};

struct burst_maker *burst_maker_new(void)
{
	struct burst_maker *m = memory_new(1, sizeof *m);
	if (m == NULL)
		return NULL;
	m->slots = m->others = m->ports = buffer_up_to(SIZE_MAX);
	m->builder = ipset_builder_new();
	if (m->builder != NULL)
		return m;
	memory_free(m);
	return NULL;
}

void burst_maker_free(struct burst_maker *m)
{
	if (m == NULL)
		return;
	memory_free(m->run);
	memory_free(m->values);
	memory_free(m->scratch);
	buffer_done(&m->slots);
	buffer_done(&m->others);
	buffer_done(&m->ports);
	ipset_builder_free(m->builder);
	memory_free(m);
}

static bool make_room(struct burst_maker *m, size_t count)
{
	if (count <= m->capacity)
		return true;
	const size_t capacity = count < 1024 ? 1024 : count + count / 2;
	void *run = memory_resize(m->run, capacity, sizeof *m->run);
	m->run = run != NULL ? run : m->run;
	void *values = memory_resize(m->values, capacity, sizeof *m->values);
	m->values = values != NULL ? values : m->values;
	void *scratch = memory_resize(m->scratch, capacity, sizeof *m->scratch);
	m->scratch = scratch != NULL ? scratch : m->scratch;
	if (run == NULL || values == NULL || scratch == NULL)
		return false;
	m->capacity = capacity;
	return true;
}

static uint32_t kind_of(const struct burst_record *r)
{
	return (uint32_t)r->protocol << 16 | r->key_port;
}

static int by_kind_and_time(const void *a, const void *b)
{
	const struct burst_record *x = *(const struct burst_record *const *)a,
				  *y = *(const struct burst_record *const *)b;
	if (kind_of(x) != kind_of(y))
		return kind_of(x) < kind_of(y) ? -1 : 1;
	return (x->time_ns > y->time_ns) - (x->time_ns < y->time_ns);
}

static void sort_run(const struct burst_record **run, size_t count)
{
	size_t sorted = 1;
	while (sorted < count && by_kind_and_time(&run[sorted - 1], &run[sorted]) <= 0)
		sorted++;
	if (sorted < count)
		qsort(run, count, sizeof *run, by_kind_and_time);
}

static void write_values(struct burst_maker *m, size_t count, struct buffer *to, struct span *out)
{
	size_t kept = 0, sorted = 1;
	while (sorted < count && m->values[sorted - 1] <= m->values[sorted])
		sorted++;
	if (sorted < count)
		ipset_sort_u32(m->values, m->scratch, count);
	for (size_t i = 0; i < count; i++)
		if (kept == 0 || m->values[i] != m->values[kept - 1])
			m->values[kept++] = m->values[i];
	burst_set_write(to, m->builder, m->values, kept);
	*out = buffer_span(to);
}

static void write_others(struct burst_maker *m, const struct burst_record **run, size_t count,
                         struct burst *b)
{
	size_t values = 0;
	for (size_t i = 0; i < count; i++)
		if (!(run[i]->flags & BURST_NO_OTHER))
			m->values[values++] = run[i]->other;
	write_values(m, values, &m->others, &b->others);
}

static void write_ports(struct burst_maker *m, const struct burst_record **run, size_t count,
                        struct burst *b)
{
	size_t values = 0;
	for (size_t i = 0; i < count; i++) {
		const struct burst_record *r = run[i];
		if (r->flags & BURST_NO_PORT)
			continue;
		m->values[values++] = r->port;
		const bool is_first = !b->has_port ||
		                      (r->time_ns == b->port_ns && r->port < b->first_port);
		if (is_first) {
			b->has_port = true;
			b->port_ns = r->time_ns;
			b->first_port = r->port;
		}
	}
	write_values(m, values, &m->ports, &b->ports);
}

static void write_slots(struct burst_maker *m, const struct burst_record **run, size_t count,
                        struct burst *b)
{
	uint64_t last = run[0]->time_ns / BURST_SLOT_NS;
	m->slots.length = 0;
	for (size_t i = 0; i < count;) {
		const uint64_t slot = run[i]->time_ns / BURST_SLOT_NS;
		const uint64_t end_ns = (slot + 1) * BURST_SLOT_NS;
		uint64_t packets = 0;
		for (; i < count && run[i]->time_ns < end_ns; i++)
			packets += run[i]->packets;
		buffer_varint(&m->slots, slot - last);
		buffer_varint(&m->slots, packets);
		last = slot;
	}
	b->slots = buffer_span(&m->slots);
}

static void add_matched(struct burst *b, const struct burst_record *r)
{
	for (uint32_t rest = r->fingerprints; rest != 0; rest &= rest - 1) {
		const unsigned bit = (unsigned)__builtin_ctz(rest);
		b->matched[bit] = (b->matched_mask >> bit & 1 ? b->matched[bit] : 0) + r->packets;
	}
	b->matched_mask |= r->fingerprints;
}

// Room that failed once is failed for good.
static void drop_room(struct burst_maker *m)
{
	buffer_done(&m->slots);
	buffer_done(&m->others);
	buffer_done(&m->ports);
}

static void begin_burst(struct burst_maker *m, const struct burst_record *first, uint64_t last_ns)
{
	struct burst *b = &m->burst;
	b->key = (struct burst_key){ first->address, first->protocol, first->key_port };
	b->first_ns = first->time_ns;
	b->last_ns = last_ns;
	b->packets = b->mismatches = b->port_ns = 0;
	b->first_port = 0;
	b->has_port = false;
	b->matched_mask = 0;
	b->slots = b->others = b->ports = (struct span){ .length = 0 };
}

static void add_counts(struct burst *b, const struct burst_record *r)
{
	b->packets += r->packets;
	b->mismatches += r->flags & BURST_MISMATCH ? r->packets : 0;
	if (r->fingerprints != 0)
		add_matched(b, r);
}

// Of one packet, as most are in a storm, there is nothing to sort and to sum up.
static bool hand_on_one(struct burst_maker *m, const struct burst_record *r, struct error *error)
{
	static const uint8_t slot[] = { 0, 1 };
	struct burst *b = &m->burst;
	begin_burst(m, r, r->time_ns);
	add_counts(b, r);
	if (!(r->flags & BURST_NO_OTHER))
		b->others = burst_one_set(m->one_other, r->other);
	if (m->form == BURST_BACKSCATTER)
		b->slots = (struct span){ slot, sizeof slot };
	if (m->form == BURST_BACKSCATTER && !(r->flags & BURST_NO_PORT)) {
		b->has_port = true;
		b->port_ns = r->time_ns;
		b->first_port = r->port;
		b->ports = burst_one_set(m->one_port, r->port);
	}
	return m->take(m->context, b, error);
}

static bool hand_on(struct burst_maker *m, const struct burst_record **run, size_t count,
                    struct error *error)
{
	struct burst *b = &m->burst;
	begin_burst(m, run[0], run[count - 1]->time_ns);
	for (size_t i = 0; i < count; i++)
		add_counts(b, run[i]);
	write_others(m, run, count, b);
	if (m->form == BURST_BACKSCATTER) {
		write_ports(m, run, count, b);
		write_slots(m, run, count, b);
	}
	if (m->slots.failed || m->others.failed || m->ports.failed) {
		drop_room(m);
		return error_memory(error, "bursts");
	}
	return m->take(m->context, b, error);
}

static bool is_one_burst(const struct burst_record *before, const struct burst_record *r)
{
	return kind_of(before) == kind_of(r) && r->time_ns - before->time_ns <= BURST_SILENCE_NS;
}

static bool make_of_address(struct burst_maker *m, size_t count, struct error *error)
{
	sort_run(m->run, count);
	for (size_t begin = 0, end; begin < count; begin = end) {
		end = begin + 1;
		while (end < count && is_one_burst(m->run[end - 1], m->run[end]))
			end++;
		const bool is_one = end - begin == 1 && m->run[begin]->packets == 1;
		if (!(is_one ? hand_on_one(m, m->run[begin], error)
		             : hand_on(m, m->run + begin, end - begin, error)))
			return false;
	}
	return true;
}

// Those of one address, which is that of the upper halves.
static bool make_of_order(struct burst_maker *m, const struct burst_record *records,
                          const uint64_t *order, size_t count, struct error *error)
{
	const struct burst_record *first = &records[order[0] & UINT32_MAX];
	if (count == 1 && first->packets == 1)
		return hand_on_one(m, first, error);
	if (!make_room(m, count))
		return error_memory(error, "bursts");
	for (size_t i = 0; i < count; i++)
		m->run[i] = &records[order[i] & UINT32_MAX];
	return make_of_address(m, count, error);
}

bool burst_make(struct burst_maker *m, enum burst_form form, const struct burst_record *records,
                uint64_t *order, uint64_t *scratch, size_t count, burst_take *take, void *context,
                struct error *error)
{
	for (size_t i = 0; i < count; i++) {
		const uint64_t number = order[i] & UINT32_MAX;
		order[i] = (uint64_t)records[number].address << 32 | number;
	}
	const uint64_t *sorted = ipset_sort_u64(order, scratch, count, 4, 4);
	m->form = form;
	m->take = take;
	m->context = context;
	for (size_t begin = 0, end; begin < count; begin = end) {
		end = begin + 1;
		while (end < count && sorted[end] >> 32 == sorted[begin] >> 32)
			end++;
		if (!make_of_order(m, records, sorted + begin, end - begin, error))
			return false;
	}
	return true;
}
