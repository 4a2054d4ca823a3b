// SPDX-License-Identifier: MIT
// Counting how many sources used a value takes a counter for each, of fields of up to 16 bits; which
// values are frequent is known only at the end. As long as there is room, all of them are kept until
// then, in as few bytes as they have; if there is none, the day is read a second time. Only frequent ones
// become items of transactions.
#include "analyse/rules/header_rules_private.h"

#include "base/memory.h"
#include "ipset/ipset.h"

#include <assert.h>

uint64_t packets_of_kinds(const struct host_day *h, uint32_t kinds)
{
	uint64_t packets = 0;
	if (kinds == UINT32_C(1) << KIND_SYN)  // as most are
		return host_day_packets(h, KIND_SYN);
	for (unsigned kind = 0; kind < HOST_KINDS; kind++)
		if (kinds >> (HOST_KIND_FIRST + kind) & 1)
			packets += h->packets[kind];
	return packets;
}

static bool is_counted(unsigned field)
{
	return field_info(field)->width <= 2;
}

// ---- beginning and end

static bool has_failed(const struct field_items *f)
{
	return f->codes.failed | f->values.failed | f->long_counts.failed;
}

bool day_items_init(struct day_items *d, const struct header_rules_request *request,
                    struct mirai_bits mirai, size_t kept_max, struct error *error)
{
	uint64_t mask = 0;
	*d = (struct day_items){ .mirai = mirai,
		                 .keeps = true,
		                 .with_buckets = !request->without_buckets,
		                 .support_min = request->rules.support_min,
		                 .kept_max = kept_max,
		                 .marks = buffer_up_to(SIZE_MAX / 2) };
	for (size_t i = 0; i < request->field_count; i++)
		mask |= UINT64_C(1) << request->fields[i];
	d->fields = memory_new(HEADER_FIELDS_MAX, sizeof *d->fields);
	bool ok = d->fields != NULL;
	for (unsigned field = 0; ok && field < HEADER_FIELDS_MAX; field++) {
		if (!(mask >> field & 1))
			continue;
		struct field_items *f = &d->fields[d->field_count++];
		*f = (struct field_items){ .field = field,
			                   .codes = buffer_up_to(SIZE_MAX / 2),
			                   .values = buffer_up_to(SIZE_MAX / 2),
			                   .long_counts = buffer_up_to(SIZE_MAX / 2) };
		if (is_counted(field)) {
			f->counts = memory_new(header_field_values(field), sizeof *f->counts);
			ok = f->counts != NULL;
		}
	}
	return ok || error_memory(error, "the header values of a day");
}

static void forget_values(struct day_items *d, struct field_items *f)
{
	buffer_done(&f->codes);
	buffer_done(&f->values);
	buffer_done(&f->long_counts);
	d->kept = 0;
}

void day_items_done(struct day_items *d)
{
	for (size_t i = 0; i < d->field_count; i++) {
		struct field_items *f = &d->fields[i];
		forget_values(d, f);
		frequent_values_done(&f->often);
		memory_free(f->counts);
		memory_free(f->frequent);
	}
	memory_free(d->fields);
	memory_free(d->items);
	memory_free(d->supports);
	buffer_done(&d->marks);
	*d = (struct day_items){ .field_count = 0 };
}

// ---- a source

bool day_items_is_mirai(const struct day_items *d, const struct host_day *h)
{
	return is_mirai_host(host_day_packets(h, KIND_SYN), mirai_2016_syns(d->mirai, h));
}

bool day_items_is_other_port(const struct day_items *d, const struct host_day *h)
{
	return !day_items_is_mirai(d, h) &&
	       is_mirai_host(host_day_packets(h, KIND_SYN), mirai_any_port_syns(d->mirai, h));
}

uint64_t day_items_crowded(const struct day_items *d, const struct host_day *h)
{
	uint64_t crowded = 0;
	for (size_t i = 0; d->with_buckets && i < d->field_count; i++)
		if (header_bucket_of(h, d->fields[i].field) > 0)
			crowded |= UINT64_C(1) << d->fields[i].field;
	return crowded;
}

// Whether so many values more could have made it another bucket, or one at all.
static bool is_unsure(const struct field_items *f, const struct host_day *h,
                      const struct item_set *set, uint64_t packets)
{
	uint64_t kept = 0;
	for (uint32_t i = set->begin; i < set->begin + set->count; i++)
		kept += h->items[i].packets;
	if (kept >= packets)
		return false;
	const uint64_t distinct = host_day_distinct(h, f->field), most = distinct + packets - kept;
	const uint32_t bucket = header_bucket_of(h, f->field);
	return most > HEADER_VALUES_MAX && header_bucket(f->field, most) != bucket;
}

#define COPY_VALUES(type)                                                                          \
	do {                                                                                       \
		type *to = (type *)(void *)(f->values.bytes + f->values.length);                   \
		for (uint32_t i = 0; i < set->count; i++)                                          \
			to[i] = (type)items[i].value;                                              \
	} while (0)

static void keep_values(struct day_items *d, struct field_items *f, const struct item *items,
                        const struct item_set *set)
{
	const unsigned width = field_info(f->field)->width;
	if (!buffer_reserve(&f->values, (size_t)set->count * width))
		return;
	switch (width) {
	case 1: COPY_VALUES(uint8_t); break;
	case 2: COPY_VALUES(uint16_t); break;
	default: COPY_VALUES(uint32_t); break;
	}
	f->values.length += (size_t)set->count * width;
	d->kept += (size_t)set->count * width;
}

static void count_values(struct field_items *f, const struct item *items,
                         const struct item_set *set)
{
	const uint32_t mask = (uint32_t)header_field_values(f->field) - 1;
	for (uint32_t i = 0; i < set->count; i++)
		f->counts[items[i].value & mask]++;
}

static void add_values(struct day_items *d, struct field_items *f, const struct item *items,
                       const struct item_set *set)
{
	if (d->keeps)
		keep_values(d, f, items, set);
	if (f->counts != NULL)
		count_values(f, items, set);
	else if (!d->keeps)
		for (uint32_t i = 0; i < set->count; i++)
			frequent_values_add(&f->often, items[i].value);
}

static void add_code(struct day_items *d, struct field_items *f, uint8_t code)
{
	if (d->keeps)
		buffer_byte(&f->codes, code);
}

static void add_field(struct day_items *d, struct field_items *f, const struct host_day *h,
                      bool is_mirai)
{
	static const struct item_set none;
	const struct item_set *set = h->fields_mask >> f->field & 1 ? &h->sets[f->field] : &none;
	const uint32_t bucket = d->with_buckets ? header_bucket_of(h, f->field) : 0;
	f->total.all++;
	f->total.marked += is_mirai;
	if (bucket > 0) {
		f->buckets[bucket_log(bucket)]++;
		add_code(d, f, (uint8_t)(CODE_BUCKET + bucket_log(bucket)));
		return;
	}
	if (set->count <= CODE_FEW_MAX) {
		add_code(d, f, (uint8_t)set->count);
	} else if (d->keeps) {
		buffer_byte(&f->codes, CODE_MANY);
		buffer_append(&f->long_counts, &set->count, sizeof set->count);
		d->kept += sizeof set->count;
	}
	if (set->count > 0)
		add_values(d, f, h->items + set->begin, set);
}

// From now on values are counted only: too many of them came to be kept.
static void stop_keeping(struct day_items *d)
{
	d->keeps = false;
	for (size_t i = 0; i < d->field_count; i++) {
		struct field_items *f = &d->fields[i];
		const size_t count = f->values.length / sizeof(uint32_t);
		d->has_failed |= has_failed(f);
		if (f->counts == NULL && !frequent_values_init(&f->often))
			d->has_failed = true;
		for (size_t k = 0; f->counts == NULL && !d->has_failed && k < count; k++)
			frequent_values_add(&f->often,
			                    ((const uint32_t *)(const void *)f->values.bytes)[k]);
		forget_values(d, f);
	}
	d->has_failed |= d->marks.failed;
	buffer_done(&d->marks);
}

// Values of 32 bits are counted exactly either way, as long as they are kept.
static bool keeps_too_much(const struct day_items *d)
{
	bool is_too_much = d->kept > d->kept_max;
	for (size_t i = 0; i < d->field_count; i++)
		is_too_much |= d->fields[i].counts == NULL &&
		               d->fields[i].values.length > FREQUENT_VALUES_MAX * sizeof(uint32_t);
	return is_too_much;
}

void day_items_add(struct day_items *d, const struct host_day *h)
{
	const bool is_mirai = day_items_is_mirai(d, h);
	bool is_bucketed = false, is_sampled = false, is_any_unsure = false, has_part = false;
	uint64_t packets[HEADER_FIELDS_MAX];
	for (size_t i = 0; i < d->field_count; i++) {
		packets[i] = packets_of_kinds(h, field_info(d->fields[i].field)->kinds);
		has_part |= packets[i] > 0;
	}
	if (!has_part || d->has_failed)
		return;
	d->sources++;
	if (d->keeps) {
		buffer_byte(&d->marks, is_mirai);
		d->kept += 1 + d->field_count;
	}
	for (size_t i = 0; i < d->field_count; i++) {
		struct field_items *f = &d->fields[i];
		if (packets[i] == 0) {
			add_code(d, f, CODE_NO_PART);
			continue;
		}
		add_field(d, f, h, is_mirai);
		const bool is_there = h->fields_mask >> f->field & 1;
		is_sampled |= is_there && h->sets[f->field].is_sampled;
		is_bucketed |= d->with_buckets && header_bucket_of(h, f->field) > 0;
		is_any_unsure |= is_there && d->with_buckets && d->floored >> f->field & 1 &&
		                 is_unsure(f, h, &h->sets[f->field], packets[i]);
	}
	if (d->keeps && keeps_too_much(d))
		stop_keeping(d);
	d->other_port += day_items_is_other_port(d, h);
	d->bucketed += is_bucketed;
	d->sampled += is_sampled;
	d->unsure += is_any_unsure;
}

// ---- numbers

struct numbering {
	struct day_items *day;
	size_t capacity;
};

static bool add_number(struct numbering *n, struct header_item item, uint64_t support,
                       uint32_t *out)
{
	struct day_items *d = n->day;
	if (d->item_count == n->capacity) {
		const size_t capacity = n->capacity == 0 ? 256 : 2 * n->capacity;
		struct header_item *items = memory_resize(d->items, capacity, sizeof *items);
		if (items == NULL)
			return false;
		d->items = items;
		uint32_t *supports = memory_resize(d->supports, capacity, sizeof *supports);
		if (supports == NULL)
			return false;
		d->supports = supports;
		n->capacity = capacity;
	}
	d->supports[d->item_count] = (uint32_t)support;
	d->items[d->item_count++] = item;
	*out = (uint32_t)d->item_count;
	return true;
}

static bool number_counted(struct numbering *n, struct field_items *f)
{
	const uint64_t values = header_field_values(f->field);
	for (uint32_t value = 0; value < values; value++) {
		const uint32_t support = f->counts[value];
		f->counts[value] = 0;
		if (support >= n->day->support_min &&
		    !add_number(n, (struct header_item){ (uint8_t)f->field, false, value }, support,
		                &f->counts[value]))
			return false;
	}
	return true;
}

static bool number_value(struct numbering *n, struct field_items *f, uint32_t value, size_t support)
{
	uint32_t number;
	if (support < n->day->support_min || support <= f->often.missed)
		return true;
	f->frequent[f->count++] = value;
	return add_number(n, (struct header_item){ (uint8_t)f->field, false, value }, support,
	                  &number);
}

// Values of 32 bits are too many to count one by one: equal ones lie together when they are sorted.
static bool number_sorted(struct numbering *n, struct field_items *f)
{
	const size_t count = f->values.length / sizeof(uint32_t);
	f->frequent = memory_room((2 * count + 1) * sizeof *f->frequent);
	if (f->frequent == NULL)
		return false;
	if (count > 0)
		memcpy(f->frequent, f->values.bytes, count * sizeof *f->frequent);
	ipset_sort_u32(f->frequent, f->frequent + count, count);
	for (size_t begin = 0, end; begin < count; begin = end) {
		const uint32_t value = f->frequent[begin];
		for (end = begin; end < count && f->frequent[end] == value; end++)
			;
		if (!number_value(n, f, value, end - begin))
			return false;
	}
	return true;
}

static bool number_often(struct numbering *n, struct field_items *f)
{
	f->frequent = memory_room((f->often.count + 1) * sizeof *f->frequent);
	if (f->frequent == NULL)
		return false;
	for (size_t i = 0; i < f->often.count; i++)
		if (!number_value(n, f, f->often.list[i].value, f->often.list[i].count))
			return false;
	return true;
}

static bool number_buckets(struct numbering *n, struct field_items *f)
{
	for (unsigned k = 0; k < 32; k++)
		if (f->buckets[k] >= n->day->support_min &&
		    !add_number(n,
		                (struct header_item){ (uint8_t)f->field, true, UINT32_C(1) << k },
		                f->buckets[k], &f->bucket_numbers[k]))
			return false;
	return true;
}

static bool number_field(struct numbering *n, struct field_items *f)
{
	f->first = (uint32_t)n->day->item_count;
	const bool ok = is_counted(f->field) ? number_counted(n, f)
	                : n->day->keeps      ? number_sorted(n, f)
	                                     : number_often(n, f);
	return ok && number_buckets(n, f);
}

bool day_items_number(struct day_items *d, struct error *error)
{
	struct numbering n = { .day = d };
	bool ok = !d->has_failed && !d->marks.failed;
	assert(d->support_min > 0);
	for (size_t i = 0; ok && i < d->field_count; i++)
		ok = !has_failed(&d->fields[i]) && number_field(&n, &d->fields[i]);
	return ok || error_memory(error, "the header values of a day");
}

// ---- a second pass

bool day_items_end(struct day_items *d)
{
	bool is_exact = true;
	for (size_t i = 0; !d->keeps && !d->has_failed && i < d->field_count; i++) {
		struct frequent_values *often = &d->fields[i].often;
		if (d->fields[i].counts != NULL)
			continue;
		frequent_values_end(often);
		is_exact &= often->missed == 0;
	}
	return is_exact;
}

void day_items_recount(struct day_items *d)
{
	for (size_t i = 0; i < d->field_count; i++) {
		struct frequent_values *often = &d->fields[i].often;
		if (d->fields[i].counts == NULL)
			frequent_values_recount(often, d->support_min > often->missed
			                                       ? d->support_min
			                                       : often->missed + UINT64_C(1));
	}
}

void day_items_count(struct day_items *d, const struct host_day *h)
{
	for (size_t i = 0; i < d->field_count; i++) {
		struct field_items *f = &d->fields[i];
		if (f->counts != NULL || packets_of_kinds(h, field_info(f->field)->kinds) == 0 ||
		    !(h->fields_mask >> f->field & 1) ||
		    (d->with_buckets && header_bucket_of(h, f->field) > 0))
			continue;
		const struct item_set set = h->sets[f->field];
		for (uint32_t k = set.begin; k < set.begin + set.count; k++)
			frequent_values_count(&f->often, h->items[k].value);
	}
}
