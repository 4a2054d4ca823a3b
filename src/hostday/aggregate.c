// SPDX-License-Identifier: MIT
// Records, sorted by day and source -> columns.
//
// Most sources send packets that differ in few fields. So the records of a source are
// first laid over each other: a field that differs nowhere is one item, without any
// sorting. The values of the others are gathered, field by field for all sources of the
// slice, as keys of source and value. A few of one source are sorted where they are; all
// others together by the bytes of their values, and dealt back to their sources. So the
// cost of a packet hardly depends on how packets are spread over sources.
#include "hostday/hostday_private.h"

#include "base/memory.h"
#include "ipset/ipset.h"

#include <stddef.h>

enum { SOURCES_MAX = 4096, DAYS_MAX = 64, RECORDS_ENOUGH = 2048, FEW = 16, AHEAD = 16 };
enum { WORDS = sizeof(struct record) / sizeof(uint64_t), WORD_TIME = 0, WORD_WHOSE = 1 };
static_assert(sizeof(struct record) % sizeof(uint64_t) == 0, "records are compared by words");
static_assert(offsetof(struct record, time_ns) == 0, "the time is the first word");
static_assert(offsetof(struct record, day) == 8 && offsetof(struct record, source) == 12,
              "day and source are the second word");

struct words {
	uint64_t at[WORDS];
};

// One source of the slice.
struct source {
	uint32_t begin, end;  // of its records
	bool is_uniform;      // its records are of one kind and stand for one packet each,
	bool is_known;        // and tell the same
	uint64_t fields;      // that it has
	uint64_t varied;      // fields of which its records have to be asked one by one
};

// The days of a slice stand one behind the other in the columns.
struct day {
	uint32_t first;               // of its sources
	size_t begins[COLUMN_COUNT];  // in the columns
};

struct aggregator {
	struct source sources[SOURCES_MAX];
	size_t source_count;
	struct day days[DAYS_MAX + 1];  // and where the last one ends
	struct host_day_batch batches[DAYS_MAX];
	size_t day_count;
	struct host_columns columns;
	struct host_day head;    // of the source at hand: all but its fields
	bool has_flows;          // some record of the slice stands for several packets
	uint64_t varied;         // fields that vary for some source of it
	struct words different;  // bits in which records of one source differ, for some source
	// Of the field at hand: for each source, where its keys begin; and where the
	// next of them goes when they are dealt back.
	uint32_t begins[SOURCES_MAX + 1], next[SOURCES_MAX];
	// Where the entry of each source begins in the column of the destination port.
	size_t ports[SOURCES_MAX + 1];
	// As many as there are records:
	uint64_t *keys, *scratch;  // number of the source << 32 | value
	struct item *items;
	size_t capacity;
	// The same for flows: how many packets the record of a key stands for.
	uint64_t *packets;
	struct ipset_keyed *pairs, *pairs_scratch;
	size_t pair_capacity;
	// The bits, in the words of a record, of each field and of whether it is known; and of
	// what makes a source uniform.
	struct words field_mask[FIELD_MATCHED_PORT + 1], uniform_mask, known_mask;
};

static void set_bytes(struct words *words, size_t offset, size_t size)
{
	memset((char *)words + offset, 0xff, size);
}

struct aggregator *aggregator_new(void)
{
	struct aggregator *a = memory_new(1, sizeof *a);
	if (a == NULL)
		return NULL;
	host_columns_init(&a->columns, 0, SIZE_MAX);
	for (unsigned field = 0; field <= FIELD_MATCHED_PORT; field++) {
		const struct field_info *info = field_info(field);
		const struct record known = { .known = info->known };
		memcpy(&a->field_mask[field], &known, sizeof known);
		set_bytes(&a->field_mask[field], info->offset, info->width);
	}
	set_bytes(&a->uniform_mask, offsetof(struct record, kind), sizeof(uint8_t));
	set_bytes(&a->uniform_mask, offsetof(struct record, more_packets), sizeof(uint16_t));
	const struct record times = { .known = RECORD_TIMES_65536 };
	struct words flows;
	memcpy(&flows, &times, sizeof flows);
	for (unsigned w = 0; w < WORDS; w++)
		a->uniform_mask.at[w] |= flows.at[w];
	set_bytes(&a->known_mask, offsetof(struct record, known), sizeof(uint16_t));
	return a;
}

static void free_keys(struct aggregator *a)
{
	memory_free(a->keys);
	memory_free(a->scratch);
	memory_free(a->items);
	a->keys = a->scratch = NULL;
	a->items = NULL;
	a->capacity = 0;
}

static void free_pairs(struct aggregator *a)
{
	memory_free(a->packets);
	memory_free(a->pairs);
	memory_free(a->pairs_scratch);
	a->packets = NULL;
	a->pairs = a->pairs_scratch = NULL;
	a->pair_capacity = 0;
}

void aggregator_free(struct aggregator *a)
{
	if (a == NULL)
		return;
	free_keys(a);
	free_pairs(a);
	host_columns_done(&a->columns);
	memory_free(a);
}

static bool reserve(struct aggregator *a, size_t count)
{
	if (count > a->capacity) {
		free_keys(a);
		a->keys = memory_room(count * sizeof *a->keys);
		a->scratch = memory_room(count * sizeof *a->scratch);
		a->items = memory_room(count * sizeof *a->items);
		if (a->keys == NULL || a->scratch == NULL || a->items == NULL)
			return false;
		a->capacity = count;
	}
	if (a->has_flows && count > a->pair_capacity) {
		free_pairs(a);
		a->packets = memory_room(count * sizeof *a->packets);
		a->pairs = memory_room(count * sizeof *a->pairs);
		a->pairs_scratch = memory_room(count * sizeof *a->pairs_scratch);
		if (a->packets == NULL || a->pairs == NULL || a->pairs_scratch == NULL)
			return false;
		a->pair_capacity = count;
	}
	return true;
}

static inline bool has_any(const struct words *difference, const struct words *mask)
{
	uint64_t any = 0;
	for (unsigned w = WORD_WHOSE + 1; w < WORDS; w++)
		any |= difference->at[w] & mask->at[w];
	return any != 0;
}

// True if some record stands for several packets.
static bool count_one_by_one(const struct record *const *records, size_t count,
                             struct host_day *out)
{
	uint64_t most = 1;
	for (size_t i = 0; i < count; i++) {
		const struct record *r = records[i];
		const uint64_t packets = record_packets(r);
		most |= packets;
		out->packets[r->kind - HOST_KIND_FIRST] += packets;
		for (uint32_t rest = r->fingerprints; rest != 0; rest &= rest - 1) {
			const unsigned bit = (unsigned)__builtin_ctz(rest);
			if (!(out->matched_mask >> bit & 1))
				out->matched[bit] = 0;
			out->matched_mask |= UINT32_C(1) << bit;
			out->matched[bit] += packets;
		}
	}
	return most > 1;
}

// `differing`: the fingerprints that not all match or not.
static void count_uniform(const struct record *const *records, size_t count, uint32_t differing,
                          struct host_day *out)
{
	const struct record *first = records[0];
	out->packets[first->kind - HOST_KIND_FIRST] = count;
	out->matched_mask = first->fingerprints | differing;
	for (uint32_t rest = out->matched_mask; rest != 0; rest &= rest - 1) {
		const unsigned bit = (unsigned)__builtin_ctz(rest);
		out->matched[bit] = count;
		if (!(differing >> bit & 1))
			continue;
		out->matched[bit] = 0;
		for (size_t i = 0; i < count; i++)
			out->matched[bit] += records[i]->fingerprints >> bit & 1;
	}
}

// The fields that not all records of a uniform source have alike. The ports of SYNs that match
// are those of all, but where some match and others not.
static uint64_t varied_fields(const struct aggregator *a, const struct words *difference,
                              uint32_t differing, uint64_t fields)
{
	const uint64_t own = (UINT64_C(1) << FIELD_MATCHED_PORT) - 1;
	uint64_t varied = (uint64_t)differing << FIELD_MATCHED_PORT;
	for (uint64_t rest = fields & own; rest != 0; rest &= rest - 1) {
		const unsigned field = (unsigned)__builtin_ctzll(rest);
		varied |= (uint64_t)has_any(difference, &a->field_mask[field]) << field;
	}
	return varied;
}

// Lays the records of the first source over each other. How many there are.
static size_t lay_over(const struct record *const *records, size_t count, struct words *difference,
                       struct host_day *head)
{
	struct words first, different = { .at = { 0 } };
	memcpy(&first, records[0], sizeof first);
	uint64_t first_ns = first.at[WORD_TIME], last_ns = first_ns;
	size_t i = 1;
	for (; i < count; i++) {
		struct words r;
		if (i + AHEAD < count)
			__builtin_prefetch(records[i + AHEAD]);
		memcpy(&r, records[i], sizeof r);
		if (r.at[WORD_WHOSE] != first.at[WORD_WHOSE])
			break;
		for (unsigned w = WORD_WHOSE + 1; w < WORDS; w++)
			different.at[w] |= r.at[w] ^ first.at[w];
		first_ns = r.at[WORD_TIME] < first_ns ? r.at[WORD_TIME] : first_ns;
		last_ns = r.at[WORD_TIME] > last_ns ? r.at[WORD_TIME] : last_ns;
	}
	*difference = different;
	head->source = records[0]->source;
	head->first_ns = first_ns;
	head->last_ns = last_ns;
	return i;
}

// Takes in the source whose records begin there, and writes all of it but its fields.
// How many records it has.
static size_t add_source(struct aggregator *a, const struct record *const *records, size_t begin,
                         size_t count)
{
	struct words difference;
	struct record different;
	const struct record *first = records[begin];
	const size_t taken = lay_over(records + begin, count - begin, &difference, &a->head);
	const bool is_uniform = !has_any(&difference, &a->uniform_mask) &&
	                        record_packets(first) == 1;
	memset(a->head.packets, 0, sizeof a->head.packets);
	a->head.matched_mask = 0;
	memcpy(&different, &difference, sizeof different);
	if (is_uniform)
		count_uniform(records + begin, taken, different.fingerprints, &a->head);
	else
		a->has_flows |= count_one_by_one(records + begin, taken, &a->head);
	host_columns_add_head(&a->columns, &a->head);
	const uint64_t fields = host_fields(a->head.packets, a->head.matched_mask);
	a->sources[a->source_count++] = (struct source){
		.begin = (uint32_t)begin,
		.end = (uint32_t)(begin + taken),
		.is_uniform = is_uniform,
		.is_known = is_uniform && !has_any(&difference, &a->known_mask),
		.fields = fields,
		.varied = is_uniform ? varied_fields(a, &difference, different.fingerprints, fields)
		                     : fields,
	};
	for (unsigned w = WORD_WHOSE + 1; w < WORDS; w++)
		a->different.at[w] |= difference.at[w];
	return taken;
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

static inline bool has_field(const struct record *r, const struct field_info *info)
{
	return (info->kinds >> r->kind & 1) && (r->known & info->known) == info->known;
}

static inline uint64_t *gather_all(const struct record *const *records, const struct source *s,
                                   uint64_t key, size_t offset, unsigned width, uint64_t *to)
{
	for (uint32_t i = s->begin; i < s->end; i++)
		*to++ = key | value_at(records[i], offset, width);
	return to;
}

// The values of those records that know the field.
static inline uint64_t *gather_known(const struct record *const *records, const struct source *s,
                                     uint64_t key, const struct field_info *info, uint64_t *to)
{
	for (uint32_t i = s->begin; i < s->end; i++) {
		*to = key | value_at(records[i], info->offset, info->width);
		to += (records[i]->known & info->known) == info->known;
	}
	return to;
}

static uint64_t *gather_uniform(const struct record *const *records, const struct source *s,
                                uint64_t key, const struct field_info *info, uint64_t *to)
{
	if (!s->is_known || !has_field(records[s->begin], info))
		return gather_known(records, s, key, info, to);
	if (info->width == 2)
		return gather_all(records, s, key, info->offset, 2, to);
	if (info->width == 1)
		return gather_all(records, s, key, info->offset, 1, to);
	return gather_all(records, s, key, info->offset, 4, to);
}

// The values of those records that have the field; `packets` is only filled for flows.
static uint64_t *gather_mixed(const struct aggregator *a, const struct record *const *records,
                              const struct source *s, uint64_t key, unsigned field, uint64_t *to)
{
	const struct field_info *info = field_info(field);
	const uint32_t matched = field < FIELD_MATCHED_PORT
	                                 ? 0
	                                 : UINT32_C(1) << (field - FIELD_MATCHED_PORT);
	for (uint32_t i = s->begin; i < s->end; i++) {
		const struct record *r = records[i];
		if (!has_field(r, info) || (r->fingerprints & matched) != matched)
			continue;
		if (a->has_flows)
			a->packets[to - a->keys] = record_packets(r);
		*to++ = key | value_at(r, info->offset, info->width);
	}
	return to;
}

static void insertion_sort(uint64_t *keys, size_t count)
{
	for (size_t i = 1; i < count; i++) {
		const uint64_t key = keys[i];
		size_t at = i;
		for (; at > 0 && keys[at - 1] > key; at--)
			keys[at] = keys[at - 1];
		keys[at] = key;
	}
}

static size_t count_distinct(const uint64_t *keys, size_t count)
{
	size_t distinct = count > 0;
	for (size_t i = 1; i < count; i++)
		distinct += keys[i] != keys[i - 1];
	return distinct;
}

// Of very many values only the sample of those with the smallest hashes stays, and it is a
// waste to sort the others. So those are taken whose hashes are below what some multiple of the
// sample is expected to have. If their values are more than the sample, it is among them:
// they are sorted, and how many they are is returned. Otherwise SIZE_MAX: nothing has changed.
static size_t thin_out(uint64_t *keys, size_t count, unsigned field, uint64_t *scratch)
{
	enum { ENOUGH = 4, MUCH_MORE = 4 };
	const struct field_info *info = field_info(field);
	const uint64_t possible = UINT64_C(1) << 8 * info->width;
	const uint64_t distinct_max = count < possible ? count : possible;
	if (distinct_max < (uint64_t)info->values_max * ENOUGH * MUCH_MORE)
		return SIZE_MAX;
	const uint64_t limit = (uint64_t)info->values_max * ENOUGH * (UINT64_C(1) << 32) /
	                       distinct_max;
	size_t kept = 0;
	for (size_t i = 0; i < count; i++) {
		scratch[kept] = keys[i];
		kept += item_hash((uint32_t)keys[i]) < limit;
	}
	if (kept > count / 2)
		return SIZE_MAX;
	const uint64_t *sorted = ipset_sort_u64(scratch, scratch + kept, kept, 0, info->width);
	if (count_distinct(sorted, kept) <= info->values_max)
		return SIZE_MAX;
	memcpy(keys, sorted, kept * sizeof *keys);
	return kept;
}

// Gathers the keys of all sources whose values of the field vary. Few of one source are sorted
// at once; how many others there are, which are copied to `scratch` too.
static size_t gather(struct aggregator *a, const struct record *const *records, unsigned field)
{
	size_t count = 0, many = 0;
	for (size_t i = 0; i < a->source_count; i++) {
		const struct source *s = &a->sources[i];
		a->begins[i] = a->next[i] = (uint32_t)count;
		if (!(s->varied >> field & 1))
			continue;
		const uint64_t key = (uint64_t)i << 32;
		uint64_t *begin = a->keys + count, *end;
		end = s->is_uniform && !a->has_flows && field < FIELD_MATCHED_PORT
		              ? gather_uniform(records, s, key, field_info(field), begin)
		              : gather_mixed(a, records, s, key, field, begin);
		const size_t gathered = (size_t)(end - begin);
		const size_t thinned = a->has_flows ? SIZE_MAX
		                                    : thin_out(begin, gathered, field,
		                                               a->scratch + many);
		count += thinned != SIZE_MAX ? thinned : gathered;
		if (thinned != SIZE_MAX)
			continue;
		if (gathered > FEW) {
			memcpy(a->scratch + many, begin, gathered * sizeof *begin);
			many += gathered;
		} else if (!a->has_flows) {
			insertion_sort(begin, gathered);
		}
	}
	a->begins[a->source_count] = (uint32_t)count;
	return many;
}

// Sorts `count` keys in `scratch` by value, and deals them back to their sources.
static void sort_many(struct aggregator *a, size_t count, unsigned width)
{
	const uint64_t *sorted = ipset_sort_u64(a->scratch, (uint64_t *)(void *)a->items, count, 0,
	                                        width);
	for (size_t i = 0; i < count; i++)
		a->keys[a->next[sorted[i] >> 32]++] = sorted[i];
}

static void sort_flows(struct aggregator *a)
{
	const size_t count = a->begins[a->source_count];
	for (size_t i = 0; i < count; i++)
		a->pairs[i] = (struct ipset_keyed){ .key = a->keys[i], .index = (uint32_t)i };
	ipset_sort_keyed(a->pairs, a->pairs_scratch, count);
}

// Sorted keys -> values and counts.
static uint32_t items_of_keys(const uint64_t *keys, size_t count, struct item *out)
{
	uint32_t distinct = 0;
	for (size_t i = 0; i < count;) {
		size_t end = i + 1;
		while (end < count && keys[end] == keys[i])
			end++;
		out[distinct++] = (struct item){ .packets = end - i, .value = (uint32_t)keys[i] };
		i = end;
	}
	return distinct;
}

static uint32_t items_of_flows(const struct aggregator *a, size_t begin, size_t end,
                               struct item *out)
{
	uint32_t distinct = 0;
	for (size_t i = begin; i < end; i++) {
		const struct item item = { .packets = a->packets[a->pairs[i].index],
			                   .value = (uint32_t)a->pairs[i].key };
		if (distinct > 0 && out[distinct - 1].value == item.value)
			out[distinct - 1].packets += item.packets;
		else
			out[distinct++] = item;
	}
	return distinct;
}

// Writes the item set of a source, whose sorted keys are there.
static void write_varied(struct aggregator *a, size_t source, unsigned field)
{
	const size_t begin = a->begins[source], end = a->begins[source + 1];
	uint32_t count = a->has_flows ? items_of_flows(a, begin, end, a->items)
	                              : items_of_keys(a->keys + begin, end - begin, a->items);
	const bool is_sampled = items_sample(field, a->items, &count,
	                                     (uint32_t *)(void *)a->scratch);
	host_columns_add_items(&a->columns, field, a->items, count, is_sampled);
}

// All SYNs of the source match.
static void repeat_ports(struct aggregator *a, size_t source, unsigned field)
{
	const struct buffer *ports = &a->columns.column[COLUMN_FIELD + FIELD_DESTINATION_PORT];
	const size_t begin = a->ports[source], end = a->ports[source + 1];
	buffer_append(&a->columns.column[COLUMN_FIELD + field], ports->bytes + begin, end - begin);
}

// One value that so many packets have; 0: no value.
static inline void write_only(struct host_columns *out, unsigned field, uint32_t value,
                              uint32_t packets)
{
	struct buffer *to = &out->column[COLUMN_FIELD + field];
	if (!buffer_reserve(to, 3 * VARINT_MAX))
		return;
	uint8_t *at = to->bytes + to->length;
	*at++ = packets > 0 ? 2 : 0;
	if (packets > 0)
		at = varint_put(at, (uint64_t)value << 1 | (packets > 1));
	if (packets > 1)
		at = varint_put(at, packets - 2);
	to->length = (size_t)(at - to->bytes);
}

static void write_entry(struct aggregator *a, const struct record *const *records, size_t source,
                        unsigned field)
{
	const struct source *s = &a->sources[source];
	if (s->varied >> field & 1) {
		write_varied(a, source, field);
	} else if (field >= FIELD_MATCHED_PORT) {
		repeat_ports(a, source, field);
	} else {
		const struct field_info *info = field_info(field);
		const struct record *first = records[s->begin];
		write_only(&a->columns, field, value_at(first, info->offset, info->width),
		           has_field(first, info) ? s->end - s->begin : 0);
	}
}

// The bytes of the values that sorting has to look at.
static unsigned differing_bytes(const struct aggregator *a, const struct field_info *info)
{
	struct record different;
	memcpy(&different, &a->different, sizeof different);
	const uint32_t bits = value_at(&different, info->offset, info->width);
	return bits == 0 ? 1 : (39 - (unsigned)__builtin_clz(bits)) / 8;
}

static void write_field(struct aggregator *a, const struct record *const *records, unsigned field)
{
	const bool are_ports = field == FIELD_DESTINATION_PORT;
	const struct buffer *column = &a->columns.column[COLUMN_FIELD + field];
	if (a->varied >> field & 1) {
		const size_t many = gather(a, records, field);
		if (a->has_flows)
			sort_flows(a);
		else
			sort_many(a, many, differing_bytes(a, field_info(field)));
	}
	for (size_t d = 0; d < a->day_count; d++) {
		a->days[d].begins[COLUMN_FIELD + field] = column->length;
		for (size_t i = a->days[d].first; i < a->days[d + 1].first; i++) {
			if (are_ports)
				a->ports[i] = column->length;
			if (a->sources[i].fields >> field & 1)
				write_entry(a, records, i, field);
		}
	}
	if (are_ports)
		a->ports[a->source_count] = column->length;
}

// Where the next day begins in the columns that are not fields.
static void begin_day(struct aggregator *a, const struct record *first, const struct zone *zone)
{
	struct day *day = &a->days[a->day_count];
	day->first = (uint32_t)a->source_count;
	for (unsigned c = 0; c < COLUMN_COUNT; c++)
		day->begins[c] = a->columns.column[c].length;
	if (first == NULL)
		return;
	// The first source of a day is written relative to nothing.
	a->columns.host_count = 0;
	a->columns.base_ns = zone_day(zone, first->time_ns).begin_ns;
	a->batches[a->day_count++] = (struct host_day_batch){
		.day = first->day,
		.batch = { .base_ns = a->columns.base_ns, .first_source = first->source },
	};
}

static void fill_batches(struct aggregator *a, const struct record *const *records)
{
	for (size_t d = 0; d < a->day_count; d++) {
		struct host_batch *batch = &a->batches[d].batch;
		const struct day *day = &a->days[d], *next = &a->days[d + 1];
		batch->host_count = next->first - day->first;
		batch->last_source = records[a->sources[next->first - 1].begin]->source;
		for (unsigned c = 0; c < COLUMN_COUNT; c++) {
			const size_t end = d + 1 < a->day_count ? next->begins[c]
			                                        : a->columns.column[c].length;
			batch->columns[c] = span_from(buffer_span(&a->columns.column[c]),
			                              day->begins[c]);
			batch->columns[c].length = end - day->begins[c];
		}
	}
}

size_t aggregate(struct aggregator *a, const struct zone *zone, const struct record *const *records,
                 size_t count, const struct host_day_batch **out, size_t *out_count)
{
	uint64_t fields = 0;
	size_t taken = 0;
	a->source_count = a->day_count = 0;
	a->has_flows = false;
	a->varied = 0;
	a->different = (struct words){ .at = { 0 } };
	host_columns_reset(&a->columns, 0);
	while (taken < count && taken < RECORDS_ENOUGH && a->source_count < SOURCES_MAX) {
		const struct record *first = records[taken];
		if (taken == 0 || first->day != records[taken - 1]->day) {
			if (a->day_count == DAYS_MAX)
				break;
			begin_day(a, first, zone);
		}
		taken += add_source(a, records, taken, count);
		fields |= a->sources[a->source_count - 1].fields;
		a->varied |= a->sources[a->source_count - 1].varied;
	}
	begin_day(a, NULL, zone);
	if (!reserve(a, taken))
		return 0;
	for (; fields != 0; fields &= fields - 1)
		write_field(a, records, (unsigned)__builtin_ctzll(fields));
	if (host_columns_failed(&a->columns))
		return 0;
	fill_batches(a, records);
	*out = a->batches;
	*out_count = a->day_count;
	return taken;
}

bool host_day_aggregate(struct aggregator *a, const struct record *const *records, size_t count,
                        struct host_day *out)
{
	const struct zone utc = { .offset_s = 0 };
	const struct host_day_batch *days;
	size_t day_count;
	struct host_reader reader;
	const size_t taken = aggregate(a, &utc, records, count, &days, &day_count);
	assert(taken == 0 || (taken == count && day_count == 1 && days->batch.host_count == 1));
	if (taken == 0)
		return false;
	host_reader_open(&reader, days->batch.columns, 1, days->batch.base_ns, COLUMNS_ALL);
	const bool ok = host_reader_next(&reader, out);
	assert(!reader.is_damaged);
	return ok;
}
