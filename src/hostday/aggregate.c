// SPDX-License-Identifier: MIT
// Records, sorted by day and source -> columns.
//
// Most sources send packets that differ in few fields. So the records of a source are
// first laid over each other: a field that differs nowhere is one item, without any
// sorting. The values of the others are gathered, field by field for all sources of the
// slice, as keys of source and value. A few of one source are sorted where they are; all
// others together by the bytes of their values, and dealt back to their sources. So the
// cost of a packet hardly depends on how packets are spread over sources.
#include "hostday/slice.h"

#include "base/memory.h"

struct aggregator *aggregator_new(void)
{
	struct aggregator *a = memory_new(1, sizeof *a);
	if (a == NULL)
		return NULL;
	host_columns_init(&a->columns, 0, SIZE_MAX);
	slice_init(a);
	return a;
}

void aggregator_free(struct aggregator *a)
{
	if (a == NULL)
		return;
	values_done(a);
	host_columns_done(&a->columns);
	memory_free(a);
}

// All SYNs of the source match.
static void repeat_ports(struct aggregator *a, size_t source, unsigned field)
{
	const struct buffer *ports = &a->columns.column[COLUMN_FIELD + FIELD_DESTINATION_PORT];
	const size_t begin = a->ports[source], end = a->ports[source + 1];
	// A column that got no memory has no bytes that could be pointed to.
	if (begin == end)
		return;
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
		values_write(a, source, field);
	} else if (field >= FIELD_MATCHED_PORT) {
		repeat_ports(a, source, field);
	} else {
		const struct field_info *info = field_info(field);
		const struct record *first = records[s->begin];
		write_only(&a->columns, field, value_at(first, info->offset, info->width),
		           has_field(first, info) ? s->end - s->begin : 0);
	}
}

static void write_field(struct aggregator *a, const struct record *const *records, unsigned field)
{
	const bool are_ports = field == FIELD_DESTINATION_PORT;
	const struct buffer *column = &a->columns.column[COLUMN_FIELD + field];
	if (a->varied >> field & 1)
		values_sort(a, records, field);
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

size_t aggregate(struct aggregator *a, const struct zone *zone, const struct record **records,
                 size_t count, const struct host_day_batch **out, size_t *out_count)
{
	uint64_t fields = 0;
	size_t taken = 0;
	a->source_count = a->day_count = 0;
	a->has_flows = false;
	a->varied = 0;
	a->different = (struct words){ .at = { 0 } };
	host_columns_reset(&a->columns, 0);
	while (taken < count && taken < RECORDS_ENOUGH) {
		const struct record *first = records[taken];
		if (taken == 0 || first->day != records[taken - 1]->day) {
			if (a->day_count == DAYS_MAX)
				break;
			begin_day(a, first, zone);
		}
		taken += slice_add_source(a, records, taken, count);
		fields |= a->sources[a->source_count - 1].fields;
		a->varied |= a->sources[a->source_count - 1].varied;
	}
	begin_day(a, NULL, zone);
	if (!values_reserve(a, taken))
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

bool host_day_aggregate(struct aggregator *a, const struct record **records, size_t count,
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
