// SPDX-License-Identifier: MIT
// Private to store/: a change of the store, made of new segments, captures, and
// segments that are replaced. It becomes visible all at once, or not at all.
#pragma once

#include "store/records.h"

#include <pthread.h>

struct new_segment {
	struct store_segment segment;
	struct segment_summary summary;
};

struct store_change {
	struct store *store;
	uint64_t number;               // in the names of its files
	pthread_mutex_t mutex;         // over the list of segments: days end on any thread
	struct new_segment *segments;  // ascending by day once committed
	size_t count, capacity;
	char (*removed)[STORE_NAME_SIZE];
	size_t removed_count, removed_capacity;
	struct new_records {
		enum store_records form;
		bool is_removed;  // a file of the store, of which only the name is told; else one that is aside
		struct store_records_file file;
	} * records;
	size_t record_count, record_capacity;
	struct owed_day {
		struct capture_identity capture;
		int32_t day;
	} * owed;  // days that captures owe from now on
	size_t owed_count;
	const struct capture_identity *refilled;  // captures that owe none any more
	size_t refilled_count;
	struct burst_days *bursts;  // of what comes; NULL: they are not kept
	const struct store_capture *captures;
	size_t capture_count;
	bool has_fingerprints;  // those of the store's settings are entered, too
	bool forgets;           // days before this one, from now on
	int32_t kept_from;
	// All packets are taken in anew, for another telescope: these captures go, and with them whatever
	// there is of days. After the commit the store has the settings, and the change those from before.
	bool is_anew;
	const struct capture_identity *before;
	size_t before_count;
	char *telescope;
	struct telescope telescope_days;
	struct ipset_prefixes prefixes;
	bool keeps_files;  // it was committed, or may have been
};

bool store_change_begin(struct store *, struct store_change **out, struct error *error) MUST_CHECK;

// A segment of the change. Several may be written at the same time.
bool store_change_begin_segment(struct store_change *, int32_t day, uint64_t begin_ns,
                                struct segment_writer **out, struct error *error) MUST_CHECK;
// Ends it and frees the writer, in every case.
bool store_change_end_segment(struct store_change *, struct segment_writer *, uint32_t floor,
                              struct error *error) MUST_CHECK;

// The change takes a segment of the store out. Thread-safe, as the two above are.
bool store_change_remove(struct store_change *, const struct store_segment *,
                         struct error *error) MUST_CHECK;

// The change enters a file of records that is aside and synced, and takes one of the store out.
bool store_change_add_records(struct store_change *, enum store_records,
                              const struct store_records_file *, struct error *error) MUST_CHECK;
bool store_change_remove_records(struct store_change *, enum store_records, const char *file,
                                 struct error *error) MUST_CHECK;

bool store_change_commit(struct store_change *, struct error *error) MUST_CHECK;
// Removes the files of a change that was certainly not committed. Accepts NULL.
void store_change_free(struct store_change *);
