// SPDX-License-Identifier: MIT
// A day is read once. Counting how many sources used a value takes a counter for each, of fields of up
// to 16 bits; which values are frequent is known only at the end, so all of them are kept until then, in
// as few bytes as they have, and only frequent ones become items of transactions: it is making
// these that costs, not mining them.
#include "analyse/rules/header_rules_private.h"

#include "base/memory.h"
#include "ipset/ipset.h"

#include <assert.h>

// The code of a source: how many values it has, or what it is instead.
enum {
	CODE_MANY = 0xfd,     // as many as the next of long_counts says
	CODE_NO_PART = 0xfe,  // no packet of the kinds of the field
	CODE_BUCKET = 0x80,   // + k: in bucket 2^k
	CODE_BUCKETS = 32,
	CODE_FEW_MAX = CODE_BUCKET - 1,
};

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

static unsigned log_of(uint32_t bucket)
{
	return 31 - (unsigned)__builtin_clz(bucket);
}

static bool is_counted(unsigned field)
{
	return field_info(field)->width <= 2;
}

// ---- beginning and end

bool day_items_init(struct day_items *d, const struct header_rules_request *request,
                    struct mirai_bits mirai, struct error *error)
{
	uint64_t mask = 0;
	*d = (struct day_items){ .mirai = mirai,
		                 .with_buckets = !request->without_buckets,
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

void day_items_done(struct day_items *d)
{
	for (size_t i = 0; i < d->field_count; i++) {
		struct field_items *f = &d->fields[i];
		buffer_done(&f->codes);
		buffer_done(&f->values);
		buffer_done(&f->long_counts);
		memory_free(f->counts);
		memory_free(f->frequent);
	}
	memory_free(d->fields);
	memory_free(d->items);
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

static void keep_values(struct field_items *f, const struct item *items, const struct item_set *set)
{
	const unsigned width = field_info(f->field)->width;
	if (set->count == 0 || !buffer_reserve(&f->values, (size_t)set->count * width))
		return;
	switch (width) {
	case 1: COPY_VALUES(uint8_t); break;
	case 2: COPY_VALUES(uint16_t); break;
	default: COPY_VALUES(uint32_t); break;
	}
	f->values.length += (size_t)set->count * width;
	if (f->counts == NULL)
		return;
	const uint32_t mask = (uint32_t)header_field_values(f->field) - 1;
	for (uint32_t i = 0; i < set->count; i++)
		f->counts[items[i].value & mask]++;
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
		f->buckets[log_of(bucket)]++;
		buffer_byte(&f->codes, (uint8_t)(CODE_BUCKET + log_of(bucket)));
		return;
	}
	if (set->count > CODE_FEW_MAX) {
		buffer_byte(&f->codes, CODE_MANY);
		buffer_append(&f->long_counts, &set->count, sizeof set->count);
	} else {
		buffer_byte(&f->codes, (uint8_t)set->count);
	}
	keep_values(f, h->items + set->begin, set);
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
	if (!has_part)
		return;
	d->sources++;
	buffer_byte(&d->marks, is_mirai);
	for (size_t i = 0; i < d->field_count; i++) {
		struct field_items *f = &d->fields[i];
		if (packets[i] == 0) {
			buffer_byte(&f->codes, CODE_NO_PART);
			continue;
		}
		add_field(d, f, h, is_mirai);
		const bool is_there = h->fields_mask >> f->field & 1;
		is_sampled |= is_there && h->sets[f->field].is_sampled;
		is_bucketed |= d->with_buckets && header_bucket_of(h, f->field) > 0;
		is_any_unsure |= is_there && d->with_buckets && d->floored >> f->field & 1 &&
		                 is_unsure(f, h, &h->sets[f->field], packets[i]);
	}
	d->other_port += day_items_is_other_port(d, h);
	d->bucketed += is_bucketed;
	d->sampled += is_sampled;
	d->unsure += is_any_unsure;
}

// ---- numbers

struct numbering {
	struct day_items *day;
	size_t capacity;
	uint64_t support_min;
};

static bool add_number(struct numbering *n, struct header_item item, uint32_t *out)
{
	struct day_items *d = n->day;
	if (d->item_count == n->capacity) {
		const size_t capacity = n->capacity == 0 ? 256 : 2 * n->capacity;
		struct header_item *items = memory_resize(d->items, capacity, sizeof *items);
		if (items == NULL)
			return false;
		d->items = items;
		n->capacity = capacity;
	}
	d->items[d->item_count++] = item;
	*out = (uint32_t)d->item_count;
	return true;
}

static bool number_counted(struct numbering *n, struct field_items *f)
{
	const uint64_t values = header_field_values(f->field);
	for (uint32_t value = 0; value < values; value++) {
		const bool is_frequent = f->counts[value] >= n->support_min;
		f->counts[value] = 0;
		if (is_frequent &&
		    !add_number(n, (struct header_item){ (uint8_t)f->field, false, value },
		                &f->counts[value]))
			return false;
	}
	return true;
}

// Values of 32 bits are too many to count one by one: equal ones lie together when they are sorted.
static bool number_sorted(struct numbering *n, struct field_items *f)
{
	const size_t count = f->values.length / sizeof(uint32_t);
	uint32_t number;
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
		if (end - begin < n->support_min)
			continue;
		if (!add_number(n, (struct header_item){ (uint8_t)f->field, false, value },
		                &number))
			return false;
		f->frequent[f->count++] = value;
	}
	return true;
}

static bool number_buckets(struct numbering *n, struct field_items *f)
{
	for (unsigned k = 0; k < 32; k++)
		if (f->buckets[k] >= n->support_min && f->buckets[k] > 0 &&
		    !add_number(n,
		                (struct header_item){ (uint8_t)f->field, true, UINT32_C(1) << k },
		                &f->bucket_numbers[k]))
			return false;
	return true;
}

static bool has_failed(const struct day_items *d)
{
	bool failed = d->marks.failed;
	for (size_t i = 0; i < d->field_count; i++)
		failed |= d->fields[i].codes.failed | d->fields[i].values.failed |
		          d->fields[i].long_counts.failed;
	return failed;
}

bool day_items_number(struct day_items *d, uint64_t support_min, struct error *error)
{
	struct numbering n = { .day = d, .support_min = support_min };
	bool ok = !has_failed(d);
	assert(support_min > 0);
	for (size_t i = 0; ok && i < d->field_count; i++) {
		struct field_items *f = &d->fields[i];
		f->first = (uint32_t)d->item_count;
		ok = (is_counted(f->field) ? number_counted(&n, f) : number_sorted(&n, f)) &&
		     number_buckets(&n, f);
	}
	return ok || error_memory(error, "the header values of a day");
}

// ---- transactions

// How far the values of a field were read.
struct field_cursor {
	const struct field_items *items;
	unsigned width;
	size_t value, long_count;
};

struct making {
	struct transactions *transactions;
	struct support *singles;  // [item_count + 1]: of one item, and of none at the end
	uint32_t *numbers;        // of one source
	size_t count, capacity;
};

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
	m->count += number > 0;
}

// The frequent items of the field that the next source has. *has_part: whether it counts for the field.
static bool take_field(struct making *m, struct field_cursor *w, size_t source, bool *has_part)
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

static bool add_source(struct making *m, size_t none, bool is_marked)
{
	if (m->count > 1)
		return transactions_add(m->transactions, m->numbers, m->count,
		                        (struct support){ 1, is_marked });
	struct support *single = &m->singles[m->count == 0 ? none : m->numbers[0]];
	single->all++;
	single->marked += is_marked;
	return true;
}

static bool make_all(const struct day_items *d, struct making *m, struct field_cursor *cursors,
                     size_t cursor_count)
{
	for (size_t source = 0; source < d->marks.length; source++) {
		bool has_part = false;
		m->count = 0;
		for (size_t i = 0; i < cursor_count; i++)
			if (!take_field(m, &cursors[i], source, &has_part))
				return false;
		if (has_part && !add_source(m, d->item_count, d->marks.bytes[source]))
			return false;
	}
	for (size_t i = 0; i <= d->item_count; i++) {
		const uint32_t number = (uint32_t)i;
		if (m->singles[i].all > 0 &&
		    !transactions_add(m->transactions, &number, i < d->item_count, m->singles[i]))
			return false;
	}
	return true;
}

bool day_items_transactions(const struct day_items *d, size_t first, size_t count,
                            struct transactions **out, struct error *error)
{
	struct making m = { .transactions = transactions_new(),
		            .singles = memory_new(d->item_count + 1, sizeof *m.singles) };
	struct field_cursor cursors[HEADER_FIELDS_MAX];
	for (size_t i = 0; i < count; i++)
		cursors[i] = (struct field_cursor){
			.items = &d->fields[first + i],
			.width = field_info(d->fields[first + i].field)->width
		};
	const bool ok = m.transactions != NULL && m.singles != NULL &&
	                make_all(d, &m, cursors, count);
	memory_free(m.singles);
	memory_free(m.numbers);
	if (!ok) {
		transactions_free(m.transactions);
		return error_memory(error, "the transactions of a day");
	}
	*out = m.transactions;
	return true;
}
