// SPDX-License-Identifier: MIT
#include "analyse/rules/rule_match.h"

#include "base/memory.h"
#include "ipset/ipset.h"

#include <stdlib.h>
#include <string.h>

// Fields of up to 16 bits have a table by value; those of 32 bits a sorted list.
enum { TABLE_VALUES_MAX = 65536, BUCKETS = 32 };

// Items that occur in sets, ascending by header_item_compare(). Numbers count from 1; 0 is none.
struct known_field {
	uint32_t *numbers;  // [table_values], or NULL
	uint32_t table_values;
	const uint32_t *values;     // of 32 bits: ascending; their numbers follow each other
	uint32_t first, count;      // the number of the first value, and how many there are
	uint32_t buckets[BUCKETS];  // [k]: the number of the bucket 2^k
	bool is_asked;
};

struct rule_matcher {
	struct known_field fields[HEADER_FIELDS_MAX];
	struct header_item *items;  // [item_count], number i + 1 at i
	uint32_t *values;           // [item_count]
	uint32_t *waiting_begin;    // [number]: where in `waiting` the sets of an item begin
	uint32_t *waiting;          // [set_count]
	uint32_t *set_begin;        // [set_count + 1]: where in `set_items` they are
	uint32_t *set_items;        // numbers
	size_t item_count, set_count, total;
	uint32_t *seen;  // [item_count + 1]: the host-day that had it last
	uint32_t *here;  // [item_count]: what the host-day has
	uint32_t *found, *scratch;
	uint32_t host;  // counts host-days
};

static int compare_items(const void *a, const void *b)
{
	return header_item_compare(a, b);
}

static unsigned log_of(uint32_t bucket)
{
	return 31 - (unsigned)__builtin_clz(bucket | 1);
}

static void sort_items(struct rule_matcher *m)
{
	size_t distinct = 0;
	qsort(m->items, m->total, sizeof *m->items, compare_items);
	for (size_t i = 0; i < m->total; i++)
		if (distinct == 0 || header_item_compare(&m->items[distinct - 1], &m->items[i]))
			m->items[distinct++] = m->items[i];
	m->item_count = distinct;
}

static bool make_tables(struct rule_matcher *m)
{
	for (size_t i = 0; i < m->item_count; i++) {
		const struct header_item *item = &m->items[i];
		struct known_field *field = &m->fields[item->field];
		const uint64_t values = header_field_values(item->field);
		const uint32_t number = (uint32_t)i + 1;
		field->is_asked = true;
		m->values[i] = item->value;
		if (item->is_bucket) {
			field->buckets[log_of(item->value)] = number;
			continue;
		}
		if (field->count++ == 0) {
			field->first = number;
			field->values = &m->values[i];
		}
		if (values > TABLE_VALUES_MAX || item->value >= values)
			continue;
		if (field->numbers == NULL)
			field->numbers = memory_new(values, sizeof *field->numbers);
		if (field->numbers == NULL)
			return false;
		field->table_values = (uint32_t)values;
		field->numbers[item->value] = number;
	}
	return true;
}

static uint32_t number_of_value(const struct known_field *field, uint32_t value)
{
	if (field->numbers != NULL)
		return value < field->table_values ? field->numbers[value] : 0;
	uint32_t low = 0, high = field->count;
	while (low < high) {
		const uint32_t middle = low + (high - low) / 2;
		if (field->values[middle] < value)
			low = middle + 1;
		else
			high = middle;
	}
	return low < field->count && field->values[low] == value ? field->first + low : 0;
}

static uint32_t number_of(const struct rule_matcher *m, const struct header_item *item)
{
	const struct known_field *field = &m->fields[item->field];
	return item->is_bucket ? field->buckets[log_of(item->value)]
	                       : number_of_value(field, item->value);
}

// The item of a set that the fewest sets have.
static uint32_t anchor_of(const struct rule_matcher *m, size_t set, const uint32_t *sets)
{
	uint32_t anchor = m->set_items[m->set_begin[set]];
	for (uint32_t i = m->set_begin[set]; i < m->set_begin[set + 1]; i++)
		if (sets[m->set_items[i]] < sets[anchor])
			anchor = m->set_items[i];
	return anchor;
}

static bool make_waiting(struct rule_matcher *m)
{
	uint32_t *sets = memory_new(m->item_count + 1, sizeof *sets);
	uint32_t *next = memory_new(m->item_count + 1, sizeof *next);
	const bool ok = sets != NULL && next != NULL;
	for (size_t i = 0; ok && i < m->total; i++)
		sets[m->set_items[i]]++;
	for (size_t s = 0; ok && s < m->set_count; s++)
		m->waiting_begin[anchor_of(m, s, sets) + 1]++;
	for (size_t i = 1; ok && i <= m->item_count; i++) {
		m->waiting_begin[i + 1] += m->waiting_begin[i];
		next[i] = m->waiting_begin[i];
	}
	for (size_t s = 0; ok && s < m->set_count; s++)
		m->waiting[next[anchor_of(m, s, sets)]++] = (uint32_t)s;
	memory_free(sets);
	memory_free(next);
	return ok;
}

static bool make_room(struct rule_matcher *m)
{
	m->items = memory_new(m->total + 1, sizeof *m->items);
	m->values = memory_new(m->total + 1, sizeof *m->values);
	m->waiting_begin = memory_new(m->total + 2, sizeof *m->waiting_begin);
	m->waiting = memory_new(m->set_count + 1, sizeof *m->waiting);
	m->set_begin = memory_new(m->set_count + 1, sizeof *m->set_begin);
	m->set_items = memory_new(m->total + 1, sizeof *m->set_items);
	m->seen = memory_new(m->total + 1, sizeof *m->seen);
	m->here = memory_new(m->total + 1, sizeof *m->here);
	m->found = memory_new(m->set_count + 1, sizeof *m->found);
	m->scratch = memory_new(m->set_count + 1, sizeof *m->scratch);
	return m->items != NULL && m->values != NULL && m->waiting_begin != NULL &&
	       m->waiting != NULL && m->set_begin != NULL && m->set_items != NULL &&
	       m->seen != NULL && m->here != NULL && m->found != NULL && m->scratch != NULL;
}

static bool make_all(struct rule_matcher *m, const struct rule_query *sets)
{
	size_t at = 0;
	if (!make_room(m))
		return false;
	for (size_t s = 0; s < m->set_count; s++) {
		memcpy(m->items + at, sets[s].items, sets[s].count * sizeof *m->items);
		at += sets[s].count;
	}
	sort_items(m);
	if (!make_tables(m))
		return false;
	at = 0;
	for (size_t s = 0; s < m->set_count; s++) {
		m->set_begin[s] = (uint32_t)at;
		for (size_t i = 0; i < sets[s].count; i++)
			m->set_items[at++] = number_of(m, &sets[s].items[i]);
	}
	m->set_begin[m->set_count] = (uint32_t)at;
	return make_waiting(m);
}

bool rule_matcher_new(const struct rule_query *sets, size_t count, struct rule_matcher **out,
                      struct error *error)
{
	struct rule_matcher *m = memory_new(1, sizeof *m);
	if (m == NULL)
		return error_memory(error, "the sources of rules");
	m->set_count = count;
	for (size_t s = 0; s < count; s++)
		m->total += sets[s].count;
	if (m->total >= UINT32_MAX || !make_all(m, sets)) {
		rule_matcher_free(m);
		return error_memory(error, "the sources of rules");
	}
	*out = m;
	return true;
}

void rule_matcher_free(struct rule_matcher *m)
{
	if (m == NULL)
		return;
	for (unsigned field = 0; field < HEADER_FIELDS_MAX; field++)
		memory_free(m->fields[field].numbers);
	memory_free(m->items);
	memory_free(m->values);
	memory_free(m->waiting_begin);
	memory_free(m->waiting);
	memory_free(m->set_begin);
	memory_free(m->set_items);
	memory_free(m->seen);
	memory_free(m->here);
	memory_free(m->found);
	memory_free(m->scratch);
	memory_free(m);
}

uint64_t rule_matcher_columns(const struct rule_matcher *m)
{
	uint64_t columns = 0;
	for (unsigned field = 0; field < HEADER_FIELDS_MAX; field++)
		if (m->fields[field].is_asked)
			columns |= COLUMN_BIT(COLUMN_FIELD + field);
	return columns;
}

// ---- one host-day

static size_t note(struct rule_matcher *m, uint32_t number, size_t count)
{
	if (number > 0)
		m->seen[number] = m->host;
	m->here[count] = number;
	return count + (number > 0);
}

static size_t note_field(struct rule_matcher *m, unsigned f, const struct host_day *h, size_t count)
{
	const struct known_field *field = &m->fields[f];
	const struct item_set set = h->sets[f];
	for (uint32_t i = set.begin; field->count > 0 && i < set.begin + set.count; i++)
		count = note(m, number_of_value(field, h->items[i].value), count);
	const uint32_t bucket = header_bucket_of(h, f);
	return bucket > 0 ? note(m, field->buckets[log_of(bucket)], count) : count;
}

static bool has_all(const struct rule_matcher *m, uint32_t set)
{
	for (uint32_t i = m->set_begin[set]; i < m->set_begin[set + 1]; i++)
		if (m->seen[m->set_items[i]] != m->host)
			return false;
	return true;
}

size_t rule_matcher_find(struct rule_matcher *m, const struct host_day *h, const uint32_t **out)
{
	size_t count = 0, found = 0;
	if (++m->host == 0) {  // all host-days that can be counted were
		memset(m->seen, 0, (m->item_count + 1) * sizeof *m->seen);
		m->host = 1;
	}
	for (unsigned f = 0; f < HEADER_FIELDS_MAX; f++)
		if (m->fields[f].is_asked && h->fields_mask >> f & 1)
			count = note_field(m, f, h, count);
	for (size_t i = 0; i < count; i++)
		for (uint32_t w = m->waiting_begin[m->here[i]];
		     w < m->waiting_begin[m->here[i] + 1]; w++)
			if (has_all(m, m->waiting[w]))
				m->found[found++] = m->waiting[w];
	ipset_sort_u32(m->found, m->scratch, found);
	*out = m->found;
	return found;
}

// ---- one packet

bool rule_fits_one_packet(const struct rule_query *set)
{
	uint32_t fields = 0, kinds = UINT32_MAX;
	for (size_t i = 0; i < set->count; i++) {
		const uint32_t bit = UINT32_C(1) << set->items[i].field;
		kinds &= field_info(set->items[i].field)->kinds;
		if (set->items[i].is_bucket || fields & bit)
			return false;
		fields |= bit;
	}
	return kinds != 0;  // no packet is a SYN and a datagram of UDP
}

static uint64_t packets_of(const struct header_item *item, const struct host_day *h)
{
	if (!(h->fields_mask >> item->field & 1))
		return 0;
	const struct item_set set = h->sets[item->field];
	for (uint32_t i = set.begin; i < set.begin + set.count; i++)
		if (h->items[i].value == item->value)
			return h->items[i].packets;
	return 0;
}

// Packets among which those of all items are.
static uint64_t packets_in_question(const struct rule_query *set, const struct host_day *h)
{
	uint32_t kinds = 0;
	uint64_t packets = 0;
	for (size_t i = 0; i < set->count; i++)
		kinds |= field_info(set->items[i].field)->kinds;
	for (unsigned kind = 0; kind < HOST_KINDS; kind++)
		if (kinds >> (HOST_KIND_FIRST + kind) & 1)
			packets += h->packets[kind];
	return packets;
}

bool rule_is_in_one_packet(const struct rule_query *set, const struct host_day *h)
{
	const uint64_t all = packets_in_question(set, h);
	uint64_t others = 0;  // packets that lack some value, at most
	if (!rule_fits_one_packet(set))
		return false;
	for (size_t i = 0; i < set->count; i++) {
		const uint64_t packets = packets_of(&set->items[i], h);
		const uint64_t without = packets < all ? all - packets : 0;
		if (without >= all - others)
			return false;
		others += without;
	}
	return others < all;
}
