// SPDX-License-Identifier: MIT
#include "simulate/truth.h"

#include "base/memory.h"

#include <assert.h>
#include <string.h>

enum { CAPACITY_FIRST = 1024, CAPACITY_MAX = 1 << 28 };

static const char *const family_names[FAMILY_COUNT] = { "hajime", "hajime-raw", "mirai",
	                                                "mirai-2016" };

bool truth_init(struct truth *t, const struct zone *zone, uint64_t begin_ns, uint64_t end_ns,
                struct error *error)
{
	const int32_t first = zone_day(zone, begin_ns).day, last = zone_day(zone, end_ns - 1).day;
	*t = (struct truth){
		.zone = zone,
		.first_day = first,
		.first_seen = INT32_MAX,
		.last_seen = INT32_MIN,
		.day_count = (size_t)(last - first) + 1,
		.capacity = CAPACITY_FIRST,
	};
	t->words = (t->day_count + 63) / 64;
	t->packets = memory_new(FAMILY_COUNT * t->day_count, sizeof *t->packets);
	t->entries = memory_new(t->capacity, (1 + t->words) * sizeof *t->entries);
	return (t->packets != NULL && t->entries != NULL) || error_memory(error, "the truth");
}

void truth_done(struct truth *t)
{
	memory_free(t->packets);
	memory_free(t->entries);
}

static uint64_t *entry_at(const struct truth *t, size_t slot)
{
	return t->entries + slot * (1 + t->words);
}

// All families of a source start their search in the same place, which makes
// them neighbours.
static size_t slot_of(const struct truth *t, uint64_t source)
{
	return (size_t)((source * UINT64_C(0x9e3779b97f4a7c15)) >> 20) & (t->capacity - 1);
}

// The entry of the key, or the unused one where it belongs.
static uint64_t *find(const struct truth *t, uint64_t key)
{
	size_t slot = slot_of(t, key >> 8);
	while (entry_at(t, slot)[0] != 0 && entry_at(t, slot)[0] != key)
		slot = (slot + 1) & (t->capacity - 1);
	return entry_at(t, slot);
}

static bool grow(struct truth *t)
{
	const struct truth old = *t;
	const size_t entry_size = (1 + t->words) * sizeof *t->entries;
	uint64_t *entries = t->capacity < CAPACITY_MAX ? memory_new(t->capacity * 2, entry_size)
	                                               : NULL;
	if (entries == NULL)
		return false;
	t->entries = entries;
	t->capacity *= 2;
	for (size_t slot = 0; slot < old.capacity; slot++) {
		const uint64_t *entry = entry_at(&old, slot);
		if (entry[0] != 0)
			memcpy(find(t, entry[0]), entry, entry_size);
	}
	memory_free(old.entries);
	return true;
}

static void note_sighting(struct truth *t, uint32_t source, unsigned family, size_t day)
{
	const uint64_t key = (uint64_t)source << 8 | (family + 1);
	uint64_t *entry = find(t, key);
	if (entry[0] == 0) {
		if (t->count >= t->capacity / 8 * 5) {
			if (!grow(t)) {
				t->is_out_of_memory = true;
				return;
			}
			entry = find(t, key);
		}
		entry[0] = key;
		t->count++;
	}
	entry[1 + day / 64] |= UINT64_C(1) << day % 64;
}

static void enter_day(struct truth *t, uint64_t time_ns)
{
	t->span = zone_day(t->zone, time_ns);
	if (t->span.day < t->first_seen)
		t->first_seen = t->span.day;
	if (t->span.day > t->last_seen)
		t->last_seen = t->span.day;
}

void truth_note(struct truth *t, uint64_t time_ns, uint32_t source, unsigned families,
                struct truth_memo *memo)
{
	if (time_ns < t->span.begin_ns || time_ns >= t->span.end_ns)
		enter_day(t, time_ns);
	const size_t day = (size_t)(t->span.day - t->first_day);
	assert(day < t->day_count);
	if (memo->day != day + 1)
		*memo = (struct truth_memo){ .day = (uint16_t)(day + 1) };
	for (unsigned family = 0; families >> family != 0; family++) {
		if ((families >> family & 1) == 0)
			continue;
		t->packets[family * t->day_count + day]++;
		if ((memo->families >> family & 1) == 0 && !t->is_out_of_memory)
			note_sighting(t, source, family, day);
	}
	memo->families |= (uint8_t)families;
}

void truth_expect(const struct truth *t, uint32_t source, const struct truth_memo *memo)
{
	if (memo->day != t->span.day - t->first_day + 1)
		__builtin_prefetch(entry_at(t, slot_of(t, source)));
}

// The columns of one family, by day; recovered may lie one day behind the last.
struct columns {
	uint64_t *sources, *fresh, *returned, *recovered;
};

static bool has_ended(const struct truth *t, size_t last, uint64_t gap_days)
{
	const size_t end = (size_t)(t->last_seen - t->first_day);
	if (gap_days == UINT64_MAX)
		return last < end;
	return gap_days < end && last + gap_days + 1 <= end;
}

// Walks the days of one source: a sighting begins a spell if it is the first, or
// if more than `gap_days` days without one lie before it.
static void count_spells(const struct truth *t, const uint64_t *days, uint64_t gap_days,
                         const struct columns *c)
{
	bool is_first = true;
	size_t last = 0;
	for (size_t day = 0; day < t->day_count; day++) {
		if ((days[day / 64] >> day % 64 & 1) == 0)
			continue;
		c->sources[day]++;
		if (is_first) {
			c->fresh[day]++;
		} else if (day - last - 1 > gap_days) {
			c->returned[day]++;
			c->recovered[last + 1]++;
		}
		is_first = false;
		last = day;
	}
	if (!is_first && has_ended(t, last, gap_days))
		c->recovered[last + 1]++;
}

static struct columns columns_of(const struct truth *t, uint64_t *numbers, unsigned family)
{
	const size_t stride = t->day_count + 1;
	uint64_t *at = numbers + family * 4 * stride;
	return (struct columns){ at, at + stride, at + 2 * stride, at + 3 * stride };
}

// A row, and what it takes from the numbers of one family.
struct row {
	int32_t day;
	unsigned family;
	uint64_t cumulative_new[FAMILY_COUNT], cumulative_recovered[FAMILY_COUNT];
};

static void write_row(const struct truth *t, const struct columns *c, struct row *row,
                      struct buffer *out)
{
	const size_t day = (size_t)(row->day - t->first_day);
	const uint64_t started = row->cumulative_new[row->family] += c->fresh[day] +
	                                                             c->returned[day];
	const uint64_t ended = row->cumulative_recovered[row->family] += c->recovered[day];
	const uint64_t numbers[] = { t->packets[row->family * t->day_count + day],
		                     c->sources[day],
		                     c->fresh[day],
		                     c->returned[day],
		                     c->recovered[day],
		                     started,
		                     ended,
		                     started - ended };
	char day_text[CALENDAR_DAY_SIZE];
	day_format(row->day, day_text);
	buffer_format(out, "%s,%s", day_text, family_names[row->family]);
	for (size_t i = 0; i < sizeof numbers / sizeof *numbers; i++)
		buffer_format(out, ",%llu", (unsigned long long)numbers[i]);
	buffer_text(out, "\n");
}

static void write_rows(const struct truth *t, uint64_t *numbers, struct buffer *out)
{
	struct row row = { .day = t->first_seen };
	buffer_text(out, "day,family,packets,sources,new,returned,recovered,"
	                 "cumulative_new,cumulative_recovered,active\n");
	for (; row.day <= t->last_seen; row.day++)
		for (row.family = 0; row.family < FAMILY_COUNT; row.family++) {
			const struct columns c = columns_of(t, numbers, row.family);
			write_row(t, &c, &row, out);
		}
}

bool truth_write(const struct truth *t, uint64_t gap_days, struct buffer *out, struct error *error)
{
	uint64_t *numbers = memory_new(FAMILY_COUNT * 4 * (t->day_count + 1), sizeof *numbers);
	if (t->is_out_of_memory || numbers == NULL) {
		memory_free(numbers);
		return error_memory(error, "the truth");
	}
	for (size_t slot = 0; slot < t->capacity; slot++) {
		const uint64_t *entry = entry_at(t, slot);
		if (entry[0] == 0)
			continue;
		const struct columns c = columns_of(t, numbers, (unsigned)(entry[0] & 0xff) - 1);
		count_spells(t, entry + 1, gap_days, &c);
	}
	write_rows(t, numbers, out);
	memory_free(numbers);
	return !out->failed || error_memory(error, "the table of the truth");
}
