// SPDX-License-Identifier: MIT
#include "ingest/burst_shelf.h"

#include "base/memory.h"
#include "base/text.h"

// So many runs of a level become one of the next; those in memory when they fill it.
enum { FAN_IN = 16 };

static bool add(struct burst_shelf *s, const struct burst_run *run)
{
	if (s->run_count == s->run_capacity) {
		const size_t capacity = s->run_capacity == 0 ? 64 : s->run_capacity * 2;
		struct burst_run *runs = memory_resize(s->runs, capacity, sizeof *runs);
		if (runs == NULL)
			return false;
		s->runs = runs;
		s->run_capacity = capacity;
	}
	s->runs[s->run_count++] = *run;
	return true;
}

static bool is_chosen(const struct burst_run *run, const unsigned *level)
{
	return level == NULL || run->level == *level;
}

// The room of a run in memory is for a later one: the system would have to clear it anew.
static void keep_spare(struct burst_shelf *s, struct burst_run *run)
{
	if (run->bytes.bytes == NULL || s->spare_count == SHELF_SPARE_MAX)
		return;
	run->bytes.length = 0;
	s->spare[s->spare_count++] = run->bytes;
	run->bytes = buffer_up_to(SIZE_MAX);
}

struct buffer burst_shelf_spare(struct burst_shelf *s)
{
	return s->spare_count > 0 ? s->spare[--s->spare_count] : buffer_up_to(SIZE_MAX);
}

static void drop_spare(struct burst_shelf *s)
{
	while (s->spare_count > 0)
		buffer_done(&s->spare[--s->spare_count]);
}

// The runs of the level, or all, are gone.
static void drop_runs(struct burst_shelf *s, const unsigned *level)
{
	size_t kept = 0;
	for (size_t i = 0; i < s->run_count; i++)
		if (is_chosen(&s->runs[i], level)) {
			keep_spare(s, &s->runs[i]);
			burst_run_done(&s->runs[i], s->disk);
		} else {
			s->runs[kept++] = s->runs[i];
		}
	s->run_count = kept;
}

static bool merge_into(struct burst_shelf *s, const struct burst_run **runs, const unsigned *level,
                       uint64_t memory_max, struct error *error)
{
	struct burst_run_writer writer;
	struct burst_run merged;
	char name[sizeof merged.name];
	size_t count = 0;
	unsigned highest = 0;
	for (size_t i = 0; i < s->run_count; i++)
		if (is_chosen(&s->runs[i], level)) {
			runs[count++] = &s->runs[i];
			highest = s->runs[i].level > highest ? s->runs[i].level : highest;
		}
	text_format(name, sizeof name, "bursts-%u.spill", s->files++);
	burst_run_writer_begin(&writer, s->disk, name, memory_max, &s->evictions);
	if (!burst_runs_merge(runs, count, s->disk, &writer, error)) {
		burst_run_writer_drop(&writer);
		return false;
	}
	if (!burst_run_writer_end(&writer, &merged, error))
		return false;
	merged.level = highest + 1;
	drop_runs(s, level);
	if (add(s, &merged))
		return true;
	burst_run_done(&merged, s->disk);
	return error_memory(error, "bursts");
}

// Those of the level, or all, become one, which is in a file if it takes more than `memory_max`.
static bool merge(struct burst_shelf *s, const unsigned *level, uint64_t memory_max,
                  struct error *error)
{
	const struct burst_run **runs = memory_new(s->run_count, sizeof(struct burst_run *));
	const bool ok = runs != NULL ? merge_into(s, runs, level, memory_max, error)
	                             : error_memory(error, "bursts");
	memory_free(runs);
	return ok;
}

static uint64_t bytes_of_runs(const struct burst_shelf *s, const unsigned *level)
{
	uint64_t sum = 0;
	for (size_t i = 0; i < s->run_count; i++)
		sum += is_chosen(&s->runs[i], level) ? s->runs[i].length : 0;
	return sum;
}

// The least class that has to go so that no more than `bytes` stay; more than before.
static unsigned class_to_go(const struct burst_shelf *s, uint64_t all, uint64_t bytes)
{
	unsigned class = 0;
	while (class + 1 < BURST_CLASSES && (all > bytes || class <= s->evictions.class_max)) {
		class ++;
		for (size_t i = 0; i < s->run_count; i++) {
			const uint64_t more = s->runs[i].class_bytes[class];
			all -= more < all ? more : all;
		}
	}
	return class;
}

// Makes room: half of it, so that there is something to fill.
static bool evict(struct burst_shelf *s, struct error *error)
{
	uint64_t bytes;
	while ((bytes = bytes_of_runs(s, NULL)) > s->room_bytes &&
	       s->evictions.class_max + 1 < BURST_CLASSES) {
		s->evictions.class_max = class_to_go(s, bytes, s->room_bytes / 2);
		if (!merge(s, NULL, 0, error))
			return false;
	}
	return true;
}

static unsigned runs_of_level(const struct burst_shelf *s, unsigned level)
{
	unsigned count = 0;
	for (size_t i = 0; i < s->run_count; i++)
		count += s->runs[i].level == level;
	return count;
}

// Makes room, and few runs of many.
static bool tidy(struct burst_shelf *s, struct error *error)
{
	unsigned level = 0;
	if (!evict(s, error))
		return false;
	if (bytes_of_runs(s, &level) <= s->memory_bytes)
		return true;
	do
		if (!merge(s, &level, 0, error))
			return false;
	while (runs_of_level(s, ++level) >= FAN_IN);
	return true;
}

bool burst_shelf_add(struct burst_shelf *s, struct burst_run *run, struct error *error)
{
	if (add(s, run))
		return tidy(s, error);
	burst_run_done(run, s->disk);
	return error_memory(error, "bursts");
}

bool burst_shelf_end(struct burst_shelf *s, struct error *error)
{
	drop_spare(s);
	if (s->run_count > 1 && !merge(s, NULL, s->memory_bytes, error))
		return false;
	drop_spare(s);
	return true;
}

void burst_shelf_clear(struct burst_shelf *s)
{
	drop_runs(s, NULL);
	drop_spare(s);
	s->evictions.count = s->evictions.class_max = 0;
}

void burst_shelf_done(struct burst_shelf *s)
{
	burst_shelf_clear(s);
	memory_free(s->runs);
	memory_free(s->evictions.list);
}
