// SPDX-License-Identifier: MIT
// What a source used becomes a transaction of the numbers of frequent items, from its host-day or from
// what is kept of it. Transactions of one item and of none are counted apart: they are most of them.
#include "analyse/rules/header_rules_private.h"

#include "base/memory.h"

// Of what they may weigh, so many may be items.
enum { WEIGHT_OF_ITEM = 8 };

// How far the kept values of a field were read.
struct field_cursor {
	const struct field_items *items;
	unsigned width;
	size_t value, long_count;
};

struct making {
	struct making_request request;
	uint64_t support_min;
	bool is_raised, is_over;
	struct transactions *transactions;
	uint32_t item_begin, item_end;
	struct support
		*singles;   // [item_end - item_begin + 1]: of one item, and of none at the end
	uint32_t *numbers;  // of one source
	size_t count, capacity;
};

static const struct field_items *field_at(const struct making *m, size_t i)
{
	return &m->request.items->fields[m->request.first + i];
}

// ---- what they weigh

static bool has_support(const void *context, uint32_t item)
{
	const struct making *m = context;
	return m->request.items->supports[item] >= m->support_min;
}

static size_t items_with_support(const struct making *m)
{
	size_t count = 0;
	for (uint32_t item = m->item_begin; item < m->item_end; item++)
		count += has_support(m, item);
	return count;
}

static void raise_support(struct making *m)
{
	m->support_min += m->support_min / 4 + 1;
	m->is_raised = true;
}

static bool lighten(struct making *m)
{
	if (!m->request.raises_support) {
		transactions_free(m->transactions);
		m->transactions = NULL;
		m->is_over = true;
		return true;
	}
	while (transactions_weight(m->transactions) > m->request.weight_max) {
		raise_support(m);
		if (!transactions_reduce(m->transactions, has_support, m))
			return false;
	}
	return true;
}

// ---- beginning and end

static bool start(struct making *m)
{
	const struct day_items *d = m->request.items;
	const size_t end = m->request.first + m->request.count;
	m->support_min = d->support_min;
	m->item_begin = d->fields[m->request.first].first;
	m->item_end = end < d->field_count ? d->fields[end].first : (uint32_t)d->item_count;
	for (size_t i = 0; i < m->request.count; i++) {
		const uint32_t missed = field_at(m, i)->often.missed;
		if (missed >= m->support_min) {
			m->support_min = missed + UINT64_C(1);
			m->is_raised = true;
		}
	}
	while (items_with_support(m) > m->request.weight_max / WEIGHT_OF_ITEM) {
		m->is_over = !m->request.raises_support;
		if (m->is_over)
			return true;
		raise_support(m);
	}
	m->transactions = transactions_new();
	m->singles = memory_new((size_t)(m->item_end - m->item_begin) + 1, sizeof *m->singles);
	return m->transactions != NULL && m->singles != NULL;
}

bool making_begin(const struct making_request *request, struct making **out, struct error *error)
{
	struct making *m = memory_new(1, sizeof *m);
	if (m != NULL)
		m->request = *request;
	if (m == NULL || !start(m)) {
		making_free(m);
		return error_memory(error, "the transactions of a day");
	}
	*out = m;
	return true;
}

void making_free(struct making *m)
{
	if (m == NULL)
		return;
	transactions_free(m->transactions);
	memory_free(m->singles);
	memory_free(m->numbers);
	memory_free(m);
}

static bool add_singles(struct making *m)
{
	for (uint32_t item = m->item_begin; item <= m->item_end; item++) {
		const bool is_item = item < m->item_end && has_support(m, item);
		const struct support support = m->singles[item - m->item_begin];
		if (support.all > 0 && !transactions_add(m->transactions, &item, is_item, support))
			return false;
	}
	return true;
}

bool making_end(struct making *m, struct transactions **out, uint64_t *out_support,
                struct error *error)
{
	if (!m->is_over && !add_singles(m))
		return error_memory(error, "the transactions of a day");
	*out = m->transactions;
	*out_support = m->support_min;
	m->transactions = NULL;
	return true;
}

// ---- a source

static bool make_room(struct making *m, size_t count)
{
	if (m->capacity - m->count >= count)
		return true;
	const size_t capacity = 2 * (m->count + count);
	uint32_t *numbers = memory_resize(m->numbers, capacity, sizeof *numbers);
	if (numbers == NULL)
		return false;
	m->numbers = numbers;
	m->capacity = capacity;
	return true;
}

static void put(struct making *m, uint32_t number)
{
	m->numbers[m->count] = number - 1;
	m->count += number > 0 && (!m->is_raised || has_support(m, number - 1));
}

static bool end_source(struct making *m, bool is_marked)
{
	if (m->count > 1)
		return transactions_add(m->transactions, m->numbers, m->count,
		                        (struct support){ 1, is_marked }) &&
		       (transactions_weight(m->transactions) <= m->request.weight_max ||
		        lighten(m));
	const uint32_t item = m->count == 0 ? m->item_end : m->numbers[0];
	struct support *single = &m->singles[item - m->item_begin];
	single->all++;
	single->marked += is_marked;
	return true;
}

static uint32_t number_of_value(const struct field_items *f, uint32_t value)
{
	uint32_t low = 0, high = f->count;
	while (low < high) {
		const uint32_t middle = low + (high - low) / 2;
		if (f->frequent[middle] < value)
			low = middle + 1;
		else
			high = middle;
	}
	return low < f->count && f->frequent[low] == value ? f->first + low + 1 : 0;
}

// ---- from its host-day

static uint32_t number_of(const struct field_items *f, uint32_t value)
{
	const uint32_t mask = (uint32_t)header_field_values(f->field) - 1;
	return f->counts != NULL ? f->counts[value & mask] : number_of_value(f, value);
}

static bool take_field(struct making *m, const struct field_items *f, const struct host_day *h)
{
	const uint32_t bucket = m->request.items->with_buckets ? header_bucket_of(h, f->field) : 0;
	const struct item_set set = h->sets[f->field];
	if (!(h->fields_mask >> f->field & 1) && bucket == 0)
		return true;
	if (!make_room(m, (bucket > 0 ? 0 : (size_t)set.count) + 1))
		return false;
	if (bucket > 0) {
		put(m, f->bucket_numbers[bucket_log(bucket)]);
		return true;
	}
	for (uint32_t i = set.begin; i < set.begin + set.count; i++)
		put(m, number_of(f, h->items[i].value));
	return true;
}

bool making_add(struct making *m, const struct host_day *h)
{
	bool has_part = false;
	m->count = 0;
	for (size_t i = 0; !m->is_over && i < m->request.count; i++) {
		const struct field_items *f = field_at(m, i);
		if (packets_of_kinds(h, field_info(f->field)->kinds) == 0)
			continue;
		has_part = true;
		if (!take_field(m, f, h))
			return false;
	}
	return !has_part || end_source(m, day_items_is_mirai(m->request.items, h));
}

// ---- from what is kept

static uint32_t next_number(struct field_cursor *w)
{
	const struct field_items *f = w->items;
	const uint8_t *bytes = f->values.bytes;
	const size_t at = w->value++;
	switch (w->width) {
	case 1: return f->counts[bytes[at]];
	case 2: return f->counts[((const uint16_t *)(const void *)bytes)[at]];
	default: return number_of_value(f, ((const uint32_t *)(const void *)bytes)[at]);
	}
}

// The frequent items of the field that the next source has. *has_part: whether it counts for the field.
static bool take_kept_field(struct making *m, struct field_cursor *w, size_t source, bool *has_part)
{
	const uint8_t code = w->items->codes.bytes[source];
	uint32_t count = code;
	if (code == CODE_NO_PART)
		return true;
	*has_part = true;
	if (code == CODE_MANY)
		memcpy(&count, w->items->long_counts.bytes + sizeof count * w->long_count++,
		       sizeof count);
	else if (code >= CODE_BUCKET)
		count = 0;
	if (!make_room(m, (size_t)count + 1))
		return false;
	if (code >= CODE_BUCKET && code < CODE_BUCKET + CODE_BUCKETS)
		put(m, w->items->bucket_numbers[code - CODE_BUCKET]);
	for (uint32_t i = 0; i < count; i++)
		put(m, next_number(w));
	return true;
}

bool making_add_kept(struct making *m)
{
	const struct day_items *d = m->request.items;
	struct field_cursor cursors[HEADER_FIELDS_MAX];
	for (size_t i = 0; i < m->request.count; i++) {
		const struct field_items *f = field_at(m, i);
		cursors[i] = (struct field_cursor){ .items = f,
			                            .width = field_info(f->field)->width };
	}
	for (size_t source = 0; !m->is_over && source < d->marks.length; source++) {
		bool has_part = false;
		m->count = 0;
		for (size_t i = 0; i < m->request.count; i++)
			if (!take_kept_field(m, &cursors[i], source, &has_part))
				return false;
		if (has_part && !end_source(m, d->marks.bytes[source]))
			return false;
	}
	return true;
}
