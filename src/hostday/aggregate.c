// SPDX-License-Identifier: MIT
// Records of one source and day -> host-day; and two host-days -> one.
#include "hostday/hostday_private.h"

#include "base/memory.h"

void aggregator_done(struct aggregator *a)
{
	memory_free(a->values);
	memory_free(a->scratch);
	memory_free(a->items);
	*a = (struct aggregator){ .capacity = 0 };
}

static bool reserve(struct aggregator *a, size_t count)
{
	if (count <= a->capacity)
		return true;
	const size_t capacity = count < 4096 ? 4096 : count + count / 2;
	aggregator_done(a);
	a->values = memory_new(capacity, sizeof *a->values);
	a->scratch = memory_new(capacity, sizeof *a->scratch);
	if (a->values == NULL || a->scratch == NULL) {
		aggregator_done(a);
		return false;
	}
	a->capacity = capacity;
	return true;
}

// What all records of a host-day have in common. Nearly all sources send packets of
// one kind, whole: then no record needs a look of its own.
struct common {
	uint32_t kinds;         // bit KIND_x: some record is of that kind
	uint16_t known;         // bits that all records have
	uint32_t fingerprints;  // bits that all records have
	bool has_flows;         // some record stands for several packets
};

static struct common common_of(const struct record *const *records, size_t count)
{
	struct common common = { .known = UINT16_MAX, .fingerprints = UINT32_MAX };
	unsigned more = 0;
	for (size_t i = 0; i < count; i++) {
		common.kinds |= 1u << records[i]->kind;
		common.known &= records[i]->known;
		common.fingerprints &= records[i]->fingerprints;
		more |= records[i]->more_packets | (records[i]->known & RECORD_TIMES_65536);
	}
	common.has_flows = more != 0;
	return common;
}

static inline uint32_t value_at(const struct record *record, size_t offset, unsigned width)
{
	uint16_t two;
	uint32_t four;
	const char *at = (const char *)record + offset;
	if (width == 1)
		return (uint8_t)*at;
	if (width == 2) {
		memcpy(&two, at, sizeof two);
		return two;
	}
	memcpy(&four, at, sizeof four);
	return four;
}

static inline void gather_all(const struct record *const *records, size_t count, size_t offset,
                              unsigned width, uint32_t *out)
{
	for (size_t i = 0; i < count; i++)
		out[i] = value_at(records[i], offset, width);
}

// Copies the field's values of those records that have it.
static size_t gather(const struct record *const *records, size_t count, unsigned field,
                     const struct common *common, uint32_t *out)
{
	const struct field_info *info = field_info(field);
	const uint32_t matched = field < FIELD_MATCHED_PORT
	                                 ? 0
	                                 : UINT32_C(1) << (field - FIELD_MATCHED_PORT);
	const bool all_have_it = (common->kinds & ~info->kinds) == 0 &&
	                         (common->known & info->known) == info->known &&
	                         (common->fingerprints & matched) == matched;
	if (all_have_it) {
		if (info->width == 2)
			gather_all(records, count, info->offset, 2, out);
		else if (info->width == 1)
			gather_all(records, count, info->offset, 1, out);
		else
			gather_all(records, count, info->offset, 4, out);
		return count;
	}
	size_t found = 0;
	for (size_t i = 0; i < count; i++) {
		const struct record *r = records[i];
		out[found] = value_at(r, info->offset, info->width);
		found += (info->kinds >> r->kind & 1) && (r->known & info->known) == info->known &&
		         (r->fingerprints & matched) == matched;
	}
	return found;
}

// The same with how many packets each record stands for.
static size_t gather_items(const struct record *const *records, size_t count, unsigned field,
                           struct item *out)
{
	const struct field_info *info = field_info(field);
	const uint32_t matched = field < FIELD_MATCHED_PORT
	                                 ? 0
	                                 : UINT32_C(1) << (field - FIELD_MATCHED_PORT);
	size_t found = 0;
	for (size_t i = 0; i < count; i++) {
		const struct record *r = records[i];
		if ((info->kinds >> r->kind & 1) && (r->known & info->known) == info->known &&
		    (r->fingerprints & matched) == matched)
			out[found++] = (struct item){ .value = value_at(r, info->offset,
				                                        info->width),
				                      .packets = record_packets(r) };
	}
	return found;
}

static bool build_weighted(struct aggregator *a, const struct record *const *records, size_t count,
                           unsigned field, struct host_day *out)
{
	if (count > a->item_capacity) {
		memory_free(a->items);
		a->items = memory_new(count, sizeof *a->items);
		a->item_capacity = a->items == NULL ? 0 : count;
		if (a->items == NULL)
			return false;
	}
	const size_t found = gather_items(records, count, field, a->items);
	return item_set_build_weighted(out, field, a->items, found, a->values, a->scratch);
}

static void count_packets(const struct record *const *records, size_t count, struct host_day *out)
{
	for (size_t i = 0; i < count; i++) {
		const struct record *r = records[i];
		const uint64_t packets = record_packets(r);
		if (r->time_ns < out->first_ns)
			out->first_ns = r->time_ns;
		if (r->time_ns > out->last_ns)
			out->last_ns = r->time_ns;
		out->packets[r->kind - HOST_KIND_FIRST] += packets;
		for (uint32_t rest = r->fingerprints; rest != 0; rest &= rest - 1) {
			const unsigned bit = (unsigned)__builtin_ctz(rest);
			if (!(out->matched_mask >> bit & 1))
				out->matched[bit] = 0;
			out->matched_mask |= UINT32_C(1) << bit;
			out->matched[bit] += packets;
		}
	}
}

// Begins anew, keeping the room for items.
static void clear(struct host_day *h, uint32_t source)
{
	h->source = source;
	h->matched_mask = 0;
	h->fields_mask = 0;
	h->first_ns = UINT64_MAX;
	h->last_ns = 0;
	memset(h->packets, 0, sizeof h->packets);
	h->item_count = 0;
	h->failed = false;
}

bool host_day_aggregate(struct aggregator *a, const struct record *const *records, size_t count,
                        struct host_day *out)
{
	assert(count > 0);
	if (!reserve(a, count))
		return false;
	clear(out, records[0]->source);
	count_packets(records, count, out);
	out->fields_mask = host_day_fields(out);
	const struct common common = common_of(records, count);
	for (uint64_t rest = out->fields_mask; rest != 0; rest &= rest - 1) {
		const unsigned field = (unsigned)__builtin_ctzll(rest);
		if (common.has_flows) {
			if (!build_weighted(a, records, count, field, out))
				return false;
			continue;
		}
		const size_t found = gather(records, count, field, &common, a->values);
		if (!item_set_build(out, field, a->values, a->scratch, found))
			return false;
	}
	return true;
}

bool host_day_merge(const struct host_day *a, const struct host_day *b, struct host_day *out)
{
	assert(a->source == b->source && out != a && out != b);
	clear(out, a->source);
	out->first_ns = a->first_ns < b->first_ns ? a->first_ns : b->first_ns;
	out->last_ns = a->last_ns > b->last_ns ? a->last_ns : b->last_ns;
	for (unsigned kind = 0; kind < HOST_KINDS; kind++)
		out->packets[kind] = a->packets[kind] + b->packets[kind];
	out->matched_mask = a->matched_mask | b->matched_mask;
	for (uint32_t rest = out->matched_mask; rest != 0; rest &= rest - 1) {
		const unsigned bit = (unsigned)__builtin_ctz(rest);
		out->matched[bit] = (a->matched_mask >> bit & 1 ? a->matched[bit] : 0) +
		                    (b->matched_mask >> bit & 1 ? b->matched[bit] : 0);
	}
	out->fields_mask = a->fields_mask | b->fields_mask;
	for (uint64_t rest = out->fields_mask; rest != 0; rest &= rest - 1)
		if (!item_set_merge(out, (unsigned)__builtin_ctzll(rest), a, b))
			return false;
	return true;
}
