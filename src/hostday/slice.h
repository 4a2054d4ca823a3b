// SPDX-License-Identifier: MIT
// Private to hostday/: a slice of the records that are made columns of, and what is found out
// about it: its sources (slice.c), and of one field at a time the values that vary (values.c).
#pragma once

#include "hostday/hostday_private.h"
#include "ipset/ipset.h"

#include <stddef.h>

// Where a slice ends: its records fit the second cache beside the room that they take.
enum { RECORDS_ENOUGH = 2048, SOURCES_MAX = RECORDS_ENOUGH, DAYS_MAX = 64 };
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
	uint32_t pairs_end;   // of those of pairs, which follow
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

// Sets the masks.
void slice_init(struct aggregator *);
// Takes in the source whose records begin there, and writes all of it but its fields.
// How many records it has.
size_t slice_add_source(struct aggregator *, const struct record **records, size_t begin,
                        size_t count);

// Brings the records of pairs of a source behind its others. How many others there are, and how they differ; *out_fields
// are the fields that the pairs have. Nothing changes where there are none.
size_t slice_part_pairs(const struct record **records, size_t count, struct words *difference,
                        uint64_t *out_fields);

// Room for so many values of a field. False: no memory.
bool values_reserve(struct aggregator *, size_t count);
void values_done(struct aggregator *);
// Gathers the values of a field from all sources of which they vary, and sorts them.
void values_sort(struct aggregator *, const struct record *const *records, unsigned field);
// Writes the item set of a source whose values are there.
void values_write(struct aggregator *, size_t source, unsigned field);
