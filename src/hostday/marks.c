// SPDX-License-Identifier: MIT
// Fingerprints of sources: whether a host-day has all items of one.
#include "hostday/hostday.h"

static struct item_set set_of(const struct host_day *h, unsigned field)
{
	return h->fields_mask >> field & 1 ? h->sets[field] : (struct item_set){ .count = 0 };
}

static bool has_value(const struct host_day *h, unsigned field, uint32_t value)
{
	const struct item_set set = set_of(h, field);
	uint32_t low = 0, high = set.count;
	while (low < high) {
		const uint32_t middle = low + (high - low) / 2;
		if (h->items[set.begin + middle].value < value)
			low = middle + 1;
		else
			high = middle;
	}
	return low < set.count && h->items[set.begin + low].value == value;
}

uint32_t header_bucket_of(const struct host_day *h, unsigned field)
{
	const struct item_set set = set_of(h, field);
	if (set.count <= HEADER_VALUES_MAX && !set.is_sampled)
		return 0;
	// Of a sample, a floor may have left nothing at all.
	const uint64_t distinct = host_day_distinct(h, field);
	const uint64_t least = set.is_sampled ? field_info(field)->values_max + UINT64_C(1) : 0;
	return header_bucket(field, distinct > least ? distinct : least);
}

bool host_day_has_item(const struct host_day *h, const struct header_item *item)
{
	return item->is_bucket ? header_bucket_of(h, item->field) == item->value
	                       : has_value(h, item->field, item->value);
}

static bool has_items(const struct host_day *h, const struct fingerprint *f)
{
	for (size_t i = 0; i < f->item_count; i++)
		if (!host_day_has_item(h, &f->items[i]))
			return false;
	return true;
}

struct host_marks host_marks_of(const struct fingerprint_set *set)
{
	struct host_marks marks = { .set = set };
	for (unsigned f = 0; f < FINGERPRINTS_MAX; f++)
		marks.from[f] = set->of_sources >> f & 1 ? HOST_MARK_ASK : (uint8_t)f;
	return marks;
}

void host_day_mark(const struct host_day *h, const struct host_marks *marks, struct host_day *out)
{
	*out = *h;
	out->matched_mask = 0;
	for (unsigned f = 0; f < FINGERPRINTS_MAX; f++) {
		const unsigned from = marks->from[f], field = FIELD_MATCHED_PORT + f;
		if (from == HOST_MARK_ASK) {
			if (!has_items(h, &marks->set->entries[f]))
				continue;
			out->matched[f] = host_day_packets(h, KIND_SYN);
			out->sets[field] = set_of(h, FIELD_DESTINATION_PORT);
		} else {
			if (from == HOST_MARK_NONE || !(h->matched_mask >> from & 1))
				continue;
			out->matched[f] = h->matched[from];
			out->sets[field] = set_of(h, FIELD_MATCHED_PORT + from);
		}
		out->matched_mask |= UINT32_C(1) << f;
	}
	out->fields_mask &= ~(UINT64_C(0xffffffff) << FIELD_MATCHED_PORT);
	out->fields_mask |= (uint64_t)out->matched_mask << FIELD_MATCHED_PORT;
}
