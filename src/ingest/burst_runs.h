// SPDX-License-Identifier: MIT
// Private to ingest/: runs of bursts. A run is blocks that ascend by form, day, key and time, in memory
// or in a file of its own; several become one, and where there are too many for the room, those that say the
// least stay out.
#pragma once

#include "base/disk.h"
#include "burst/burst.h"

// What a burst counts as where there is no room: the lower, the sooner it goes. Twice its packets, and one
// more where it is not alone.
enum { BURST_CLASSES = 256 };

struct burst_run {
	struct buffer bytes;     // in memory
	struct disk_file *file;  // or here
	char name[32];
	uint64_t length;
	unsigned level;  // of how many merges it came
	uint64_t class_bytes[BURST_CLASSES];
};

struct burst_section {
	enum burst_form form;
	int32_t day;
};

// Bursts that stayed out.
struct burst_evicted {
	struct burst_section of;
	uint64_t bursts, packets;
};
struct burst_evictions {
	struct burst_evicted *list;  // ascending
	size_t count, capacity;
	unsigned class_max;  // of bursts that stay out; 0: none does
};

void burst_run_done(struct burst_run *, struct disk *);  // accepts zeros; removes the file

struct burst_run_writer {
	struct disk *disk;
	const char *name;     // of a file; NULL: it stays in memory
	uint64_t memory_max;  // from so many bytes on it is in a file
	struct burst_evictions *evictions;
	struct burst_run run;
	struct burst_writer block;
	struct burst_section at;
	// The burst that was added last, which may still go: where the block ended before it.
	bool has_last, is_near_before;
	struct burst_key key, key_before;
	uint64_t last_ns, packets;
	size_t length_before;
};
void burst_run_writer_begin(struct burst_run_writer *, struct disk *, const char *name,
                            uint64_t memory_max, struct burst_evictions *);
// Bursts ascend by form, day, key and first_ns.
bool burst_run_writer_add(struct burst_run_writer *, struct burst_section, const struct burst *,
                          struct error *error) MUST_CHECK;
// The run goes to `out`; without it, and after a failure, what was written is dropped.
bool burst_run_writer_end(struct burst_run_writer *, struct burst_run *out,
                          struct error *error) MUST_CHECK;
void burst_run_writer_drop(struct burst_run_writer *);

// Walks a run section by section.
struct burst_run_reader {
	const struct burst_run *run;
	struct disk *disk;
	uint64_t next;  // where the next head begins
	bool has_section;
	struct burst_section at;  // of the block that begins at `next`
	uint32_t block_length;
	uint8_t *block;  // room of a block that comes from a file
	size_t block_room;
};
bool burst_run_reader_open(struct burst_run_reader *, const struct burst_run *, struct disk *,
                           uint64_t at, struct error *error) MUST_CHECK;
// Passes the block that is next.
bool burst_run_reader_skip(struct burst_run_reader *, struct error *error) MUST_CHECK;
void burst_run_reader_done(struct burst_run_reader *);

// The bursts of the section that is next; the reader is behind it then. With `owns_reader` the reader, on
// the heap, is freed with the stream. NULL: no memory, and the reader is as it was.
struct burst_stream *burst_section_stream(struct burst_run_reader *, bool owns_reader);

// Merges runs, which stay; `writer` was begun.
bool burst_runs_merge(const struct burst_run *const *runs, size_t count, struct disk *,
                      struct burst_run_writer *writer, struct error *error) MUST_CHECK;

static inline int burst_section_compare(struct burst_section a, struct burst_section b)
{
	if (a.form != b.form)
		return a.form < b.form ? -1 : 1;
	return (a.day > b.day) - (a.day < b.day);
}

// Counts what stayed out. False: no memory.
bool burst_evicted_add(struct burst_evictions *, struct burst_section, uint64_t bursts,
                       uint64_t packets) MUST_CHECK;
// What stayed out of a section; zeros where nothing did.
struct burst_evicted burst_evicted_of(const struct burst_evictions *, struct burst_section);
