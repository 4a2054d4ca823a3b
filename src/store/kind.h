// SPDX-License-Identifier: MIT
// Private to store/: the kinds of facts that a store keeps, one file each and one line each in
// the table of kind.c.
//
// A fact is of a capture (where its frames went, what it says of drops) and is entered when the
// capture is taken in, or it is of a day (what each source did): then it lies in the day's
// segments, and the catalogue has sums of it.
//
// In the catalogue a row that is of a capture has its id in a column `capture_id`, one that is of a
// segment in a column `segment_id`. That is all it takes to go with it: whatever table such rows
// are in, kinds_forget() deletes them, and verify misses their capture or segment.
//
// A kind that is younger than a store's format needs no other one. Its tables are made when a
// hotaru that knows it opens the store to write; until then nothing is known of it. A hotaru from
// before it reads and seals the tables like all others, but does not know that they have to
// be forgotten. So the layout of such a kind has a trigger that does it.
#pragma once

#include "store/verify.h"
#include "store/write.h"

struct store_kind {
	const char *name;    // of its first table, too
	const char *layout;  // SQL that makes its tables and views
	const char
		*renew;  // SQL that does it in a store of format 1; NULL: they are the same there

	// Queries with a line of text for each thing that is wrong in its tables; NULL ends them.
	const char *const *checks;

	// Of kinds by capture; NULL for others. In a transaction of the caller's, enters what the
	// capture has of it, if it has any; adds what there is of it to a capture that is read (what
	// was added stays there if that fails); frees that.
	bool (*enter)(struct store *, uint64_t capture_id, const struct store_capture *,
	              struct error *);
	bool (*load)(struct store *, uint64_t capture_id, struct store_capture *, struct error *);
	void (*done)(struct store_capture *);

	// Of kinds by day; NULL for others. Enters the sums of a segment; says what is wrong with
	// what a segment has of it, whose checksums are right; writes one segment in place of those of a
	// day, of which there are `count` from `first` on.
	bool (*enter_segment)(struct store *, uint64_t segment_id, const struct segment_summary *,
	                      struct error *);
	void (*verify)(struct verifier *, const struct store_segment *, const struct segment *);
	bool (*merge)(struct store_change *, size_t first, size_t count, uint32_t floor,
	              struct error *);
};

enum { KIND_OWED = 3, KIND_BURSTS = 9, STORE_KINDS = 10 };
extern const struct store_kind *const store_kinds[STORE_KINDS];
extern const struct store_kind kind_ledger, kind_drops, kind_hosts, kind_owed, kind_seen,
	kind_copies, kind_beginning, kind_responses, kind_events, kind_bursts;

// What kind_copies has of a capture.
bool kind_copies_count(struct store *, uint64_t capture_id, uint64_t *out,
                       struct error *error) MUST_CHECK;

// Notes in the list of segments what kind_bursts has of them.
bool kind_bursts_load(struct store *, struct error *error) MUST_CHECK;

// Notes which kinds have tables in the catalogue; then whether that is so, and of all.
bool kinds_find(struct store *, struct error *error) MUST_CHECK;
bool kind_is_there(const struct store *, size_t kind);
bool kinds_are_there(const struct store *);

// Makes the tables of the kinds that have none, and renews those of a store of format 1. In a
// transaction of the caller's, who seals them.
bool kinds_lay_out(struct store *, struct error *error) MUST_CHECK;

// All kinds by capture.
bool kinds_enter(struct store *, uint64_t capture_id, const struct store_capture *,
                 struct error *error) MUST_CHECK;
bool kinds_load(struct store *, uint64_t capture_id, struct store_capture *,
                struct error *error) MUST_CHECK;
void kinds_done(struct store_capture *);

// All kinds by day.
bool kinds_enter_segment(struct store *, uint64_t segment_id, const struct segment_summary *,
                         struct error *error) MUST_CHECK;

// Runs `each` with the name of every table, in quotes, that has a column of that name, until it
// fails.
typedef bool kinds_table(struct store *, const char *table, void *context, struct error *error);
bool kinds_tables(struct store *, const char *column, kinds_table *each, void *context,
                  struct error *error) MUST_CHECK;

// Deletes the rows of a capture ("capture_id") or segment ("segment_id") in all tables.
bool kinds_forget(struct store *, const char *column, uint64_t id, struct error *error) MUST_CHECK;
