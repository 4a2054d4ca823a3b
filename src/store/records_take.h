// SPDX-License-Identifier: MIT
// Private to store/: taking records in. They are gathered, sorted, and put aside where memory is short
// (records_take.c); in the end merged day by day with what the store has (records_days.c).
#pragma once

#include "store/records.h"
#include "store/write.h"

enum { GROUPS_MAX = 1 << 10 };

// A record that was gathered. It lies in a chunk, in front of what it points to.
struct gathered {
	uint64_t key;
	union store_record *record;
	int32_t day;
	uint32_t group;  // number, then its place among all of them
};

// A file of what was put aside.
struct run {
	char name[STORE_NAME_SIZE];
	struct span map;
};

struct section {
	int32_t day;
	size_t run;
	uint64_t offset;
	struct records_section is;
};

struct store_take {
	struct store *store;
	struct store_change *change;
	enum store_records which;
	const struct records_form *form;
	uint64_t memory_bytes;
	struct day_span span;  // the day of the last one
	bool has_span;
	struct gathered *list, *other;  // the second one is for sorting
	size_t count, capacity;
	uint8_t **chunks;
	size_t chunk_count, chunk_at,
		chunk_used;  // in use: those before chunk_at, and of it so much
	struct buffer groups[GROUPS_MAX];
	uint32_t group_count, group;  // group: of the last one
	struct run *runs;
	size_t run_count;
	struct section *sections;
	size_t section_count, section_capacity;
	size_t section_at, list_at;  // of which the days before are merged
	struct store_taken taken;
};

// Sorts what was gathered.
void take_sort(struct store_take *);
// Where the day of the entry at `begin` ends.
size_t take_end_of_day(const struct store_take *, size_t begin);
