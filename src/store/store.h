// SPDX-License-Identifier: MIT
// Host-days <-> disk: a store is a folder.
//
//   catalog.sqlite   the source of truth: settings, captures and their ledgers,
//                    segments, daily summaries (doc/store.md has the tables)
//   DAY.N.segment    immutable, one for each ingest and day (doc/segment.md)
//   N.database       a database of countries or networks that is kept with the store
//   lock             held by the process that writes
//
// A segment is written aside, synced, renamed, its folder synced, and only then
// entered in the catalogue, in one transaction with the captures it came from. So
// a capture is in the store whole or not at all, and a file that the catalogue
// does not name is what a crash or a full disk left behind: the next writer removes it. Readers
// take no lock; they see the store as of their opening until they close it, whatever writers do
// meanwhile: they map all segments when they open it, and the kernel keeps a file as long as it is
// mapped. If one that the catalogue named is gone before it was mapped, they look at the catalogue anew.
#pragma once

#include "base/calendar.h"
#include "capture/beginning.h"
#include "holdings/holdings.h"
#include "ingest/ingest.h"

#include <stdatomic.h>

// Stores of formats from STORE_FORMAT_MIN on open; a writer brings them up to STORE_FORMAT.
// STORE_FORMAT_DATABASES was the first that keeps databases. A store with fingerprints of sources
// has one of its own, which an older hotaru refuses: it would leave days in pieces. A kind of fact
// that is new raises none (kind.h).
enum {
	STORE_FORMAT = 3,
	STORE_FORMAT_DATABASES = 3,
	STORE_FORMAT_OF_SOURCES = 4,
	STORE_FORMAT_MAX = 4,
	STORE_FORMAT_MIN = 1,
	STORE_NAME_SIZE = 64,
};

// What holds for everything in a store, fixed when it is made.
struct store_settings {
	struct zone zone;
	char *telescope;                  // as the user wrote it; "": every destination counts
	struct ipset_prefixes prefixes;   // of it, on any day; count 0: every destination
	struct telescope telescope_days;  // of it, day by day; count 0: every destination
	char *fingerprint_text;           // the user's own; "": none
	bool keeps_events;                // bursts of scans (burst/burst.h), too
	struct fingerprint_set fingerprints;
	int32_t kept_from;  // days before it were forgotten (store_forget()); INT32_MIN: none were
	uint64_t kept_from_ns;  // when it begins; 0
};

// What an ingest asks for; NULL: whatever the store has, or the default.
struct store_request {
	const char *zone;
	const char *telescope;
	const char *fingerprint_text;
	const char *fingerprint_where;  // names the text in errors
	bool keeps_events;              // false: whatever the store does
};

struct store;

// Opens a store to read. Fails if `path` is no store, or one of a format that
// this version does not read.
bool store_open(const char *path, struct store **out, struct error *error) MUST_CHECK;

// Opens a store to write, making it if there is none, and takes its lock. Fails if
// another process has it, or if the request contradicts what the store keeps. What an ingest that was killed left to be
// done is done: its files are removed, and days have no more than STORE_DAY_SEGMENTS segments.
bool store_open_writing(const char *path, const struct store_request *request, struct store **out,
                        struct error *error) MUST_CHECK;

// The same on a disk that is not the real one, which they take over, also when they
// fail; `path` is then what messages call it.
bool store_open_on(struct disk *, const char *path, struct store **out,
                   struct error *error) MUST_CHECK;
bool store_open_writing_on(struct disk *, const char *path, const struct store_request *request,
                           struct store **out, struct error *error) MUST_CHECK;

// Opens a store for store_verify() only: one whose catalogue is damaged, too.
bool store_open_to_verify(const char *path, struct store **out, struct error *error) MUST_CHECK;

void store_close(struct store *);  // accepts NULL
// The same of a store that is written; one that was made by this opening, and has taken nothing in, leaves no file.
void store_close_used(struct store *);  // accepts NULL
unsigned store_format(const struct store *);

const struct store_settings *store_settings(const struct store *);
const char *store_path(const struct store *);
struct disk *store_disk(struct store *);

// A capture that was taken in.
struct store_capture {
	char *name;  // as it was given when it was taken in
	char format[24];
	bool is_hashed;  // CAPTURE_HASHED_FLOWS
	struct capture_identity identity;
	uint64_t head;
	uint64_t first_ns, last_ns;  // of all that is in it; first > last: there is nothing
	bool is_simulated;           // something carries the mark of `hotaru simulate`
	char *damage;                // NULL: it was whole
	// What there is of the kinds of facts that a capture tells (kind.h), on the heap.
	const struct ingest_ledger *ledger;  // NULL: no packets were in it
	const struct capture_drops *drops;   // NULL: it does not say, or the store does not know
	const struct capture_seen *seen;     // NULL: no frame, or the store does not know
	const uint32_t *beginning;           // digests (capture/beginning.h); NULL: not read
	// For store_ingest_commit(): the capture of the store that it goes on from, and takes the place
	// of; length 0: none.
	struct capture_identity grown_from;
};

// Give a capture that has none a copy of a ledger, and its times and mark; of what it says of drops; of
// when its frames were seen; of the digests of its beginning.
bool store_capture_set_ledger(struct store_capture *, const struct ingest_ledger *,
                              struct error *error) MUST_CHECK;
bool store_capture_set_drops(struct store_capture *, const struct capture_drops *,
                             struct error *error) MUST_CHECK;
// Give one that has a ledger its copies.
bool store_capture_set_copies(struct store_capture *, uint64_t copies,
                              struct error *error) MUST_CHECK;
bool store_capture_set_seen(struct store_capture *, const struct capture_seen *,
                            struct error *error) MUST_CHECK;
bool store_capture_set_beginning(struct store_capture *, const uint32_t *digests,
                                 struct error *error) MUST_CHECK;

// All captures, by name and then by identity. The caller calls store_captures_done(), which lets
// go of all that they point to.
bool store_captures(struct store *, struct store_capture **out, size_t *out_count,
                    struct error *error) MUST_CHECK;
void store_captures_done(struct store_capture *, size_t count);
void store_capture_done(struct store_capture *);  // of one that lies elsewhere

// Calls `each` with every capture's identity, head, and the digests of its beginning (NULL: the
// store does not know them), until it fails.
typedef bool store_beginning(void *context, const struct capture_identity *, uint64_t head,
                             const uint32_t *digests, struct error *);
bool store_beginnings(struct store *, store_beginning *each, void *context,
                      struct error *error) MUST_CHECK;

// Of one capture: the digests of its beginning; frames and copies, as its ledger counts them (zeros if
// it has none).
bool store_capture_beginning(struct store *, const struct capture_identity *,
                             uint32_t out[BEGINNING_MAX], bool *out_is_there,
                             struct error *error) MUST_CHECK;
bool store_capture_counts(struct store *, const struct capture_identity *,
                          struct ingest_ledger *out, struct error *error) MUST_CHECK;

// Whether a capture with that identity is there. *out_name (room for 256 bytes) is what it was
// called.
bool store_has_capture(struct store *, const struct capture_identity *, bool *out, char *out_name,
                       struct error *error) MUST_CHECK;

// Whether any capture owes something (store_owed_days()), and whether one with that head does.
bool store_owes_any(struct store *, bool *out, struct error *error) MUST_CHECK;
bool store_owes_head(struct store *, uint64_t head, bool *out, struct error *error) MUST_CHECK;

// The days that a capture owes, ascending: they were dropped as damaged, and it had something on them. Of a store
// that is written. The caller frees the list.
bool store_owed_days(struct store *, const struct capture_identity *, int32_t **out,
                     size_t *out_count, struct error *error) MUST_CHECK;

// Whether there are captures whose sources are hashes (CAPTURE_HASHED_FLOWS), and others.
bool store_source_kinds(struct store *, bool *out_has_hashes, bool *out_has_addresses,
                        struct error *error) MUST_CHECK;

// Gives a capture that is there the name, if it is smaller than the one it has
// ("-" counts as the largest).
bool store_rename_capture(struct store *, const struct capture_identity *, const char *name,
                          struct error *error) MUST_CHECK;

// A database that is kept with the store, of countries or of networks. What is in it is
// nothing to the store, which remembers what it was told: whoever keeps one has opened it.
enum { STORE_DATABASES_MAX = 64 };  // of a kind
struct store_database {
	char kind[16];               // "country", "asn"
	char file[STORE_NAME_SIZE];  // in the store's folder
	char name[256], type[64];
	int32_t built_day;       // INT32_MIN: not known
	int32_t from, to;        // the days it is for; INT32_MIN, INT32_MAX: no limit
	uint64_t bytes, digest;  // digest: XXH3-64
};
// All kinds, each in the order in which they were given.
size_t store_database_count(const struct store *);
const struct store_database *store_database_at(const struct store *, size_t index);
// Whether the file is what was kept. Readers ask before they open it.
bool store_database_check(struct store *, size_t index, struct error *error) MUST_CHECK;
// Files of databases are not held open: a reader who misses one lists those anew that are kept by now.
// False: they are the same ones.
bool store_renew_databases(struct store *) MUST_CHECK;

// Keeps copies of databases, in place of all of that kind: count 0 removes them. All of it is
// one change. Nothing changes where the same ones are kept already.
struct store_new_databases {
	const char *kind;
	struct store_database *list;  // `name` to `to` are what is wanted; the rest is filled in
	const struct span *contents;  // one for each
	size_t count;
};
bool store_keep_databases(struct store *, const struct store_new_databases *,
                          struct error *error) MUST_CHECK;

// Taking in: a receiver for ingest_finish() that writes a segment for each day.
struct store_ingest;
bool store_ingest_begin(struct store *, struct store_ingest **out, struct error *error) MUST_CHECK;
struct host_day_receiver *store_ingest_receiver(struct store_ingest *);
// What comes is of captures that are in the store, and only what these days had of it is taken: those that each of the
// captures owes (store_owed_days()). Both have to outlive the ingest.
void store_ingest_refill(struct store_ingest *, const int32_t *days, size_t day_count,
                         const struct capture_identity *captures, size_t capture_count);
// Days that come from now on get their bursts there, which are asked for when all host-days of one came. They have to
// outlive the ingest. Without them, no bursts are kept of what comes.
void store_ingest_bursts(struct store_ingest *, struct burst_days *);
// What comes takes the place of all segments, of the captures with these identities, and of the telescope ("":
// every destination counts). ERROR_USAGE: the text is none. The identities have to outlive the ingest.
bool store_ingest_anew(struct store_ingest *, const char *telescope,
                       const struct capture_identity *before, size_t count,
                       struct error *error) MUST_CHECK;
// Everything is durable and visible once this returned true.
bool store_ingest_commit(struct store_ingest *, const struct store_capture *captures,
                         size_t capture_count, struct error *error) MUST_CHECK;
// After that: merges the small ones of the segments of each day that has more than STORE_DAY_SEGMENTS with what came.
// Nothing depends on it; what fails leaves the segments of that day as they are, and store_open_writing() tries again.
enum { STORE_DAY_SEGMENTS = 8 };
void store_ingest_tidy(struct store_ingest *);
// Removes what was not committed. Accepts NULL.
void store_ingest_free(struct store_ingest *);

// Taking in what carries a time of its own: what hosts answered (response/response.h), by the day in the store's zone on
// which they were asked, and what was done at honeypots (honeypot/event.h). What has no time is of 1970-01-01. Each
// record once, however often it comes. What does not fit `memory_bytes` lies aside in the store's folder meanwhile. One
// change.
enum store_records { STORE_RESPONSES, STORE_EVENTS, STORE_RECORDS };
struct store_take;
struct store_taken {
	uint64_t came, fresh;  // fresh: that the store had not
	uint64_t forgotten;    // of days before those that are kept
	size_t days;           // that got something new
};
bool store_take_begin(struct store *, enum store_records, uint64_t memory_bytes,
                      struct store_take **out, struct error *error) MUST_CHECK;
bool store_take_response(struct store_take *, const struct response *,
                         struct error *error) MUST_CHECK;
bool store_take_event(struct store_take *, const struct honeypot_event *,
                      struct error *error) MUST_CHECK;
// Days are written by so many threads. Everything is durable and visible once this returned true.
bool store_take_commit(struct store_take *, unsigned threads, struct store_taken *out,
                       struct error *error) MUST_CHECK;
// Removes what was not committed. Accepts NULL.
void store_take_free(struct store_take *);

// The days of which there are some, ascending.
struct store_record_day {
	int32_t day;
	uint64_t count, bytes;
};
size_t store_record_days(const struct store *, enum store_records);
struct store_record_day store_record_day_at(const struct store *, enum store_records, size_t index);

// Segments, ascending by day. They are mapped and checked when first asked for.
// What a segment has of bursts of one form (burst/burst.h).
struct store_bursts {
	struct holdings_kept kept;
	uint64_t bursts, packets;
};

struct store_segment {
	int32_t day;
	char file[STORE_NAME_SIZE];
	uint64_t hosts, bytes;
	// 0: nothing was dropped. Else header values that fewer sources used were, and
	// the day is closed.
	uint32_t floor;
	uint64_t toc_digest;  // of its table of contents: ties the file to the catalogue
	struct store_bursts bursts[BURST_FORMS];
	bool is_damaged;          // store_verify() found something wrong
	bool is_missing;          // private: there was no such file when a reader opened the store
	atomic_bool is_suspect;   // whoever read it found something wrong, on any thread
	struct segment *segment;  // private
};
size_t store_segment_count(const struct store *);
const struct store_segment *store_segment_at(const struct store *, size_t index);

// SYNs of a segment that match fingerprint `f`; of all SYNs for STORE_ALL.
enum { STORE_ALL = HOLDINGS_ALL_SYNS };
bool store_segment_syns(struct store *, size_t index, unsigned f, uint64_t *out,
                        struct error *error) MUST_CHECK;

// What analysis asks: pieces are segments, periods are days. Until store_close().
struct holdings *store_holdings(struct store *);

// Merges the segments of each day that has several; returns how many days in
// *out_days. With a floor above 1 it also rewrites days of one segment, drops
// values of header fields that fewer sources of the day used (ports, option layouts and
// destinations are kept), and closes the days: they take no more captures.
bool store_compact(struct store *, uint32_t floor, size_t *out_days,
                   struct error *error) MUST_CHECK;

// Takes all days before this one out of the store, for good: their segments, and what captures owe of them. Captures
// stay, and are known; but of what they have on these days, when it was seen is not told any more, and nothing that
// is taken in later counts there. One change. A day that is no later than that of an earlier call changes nothing.
struct store_forgotten {
	size_t segments, days;
	int32_t first, last;  // of these days
	uint64_t hosts;
	uint64_t records[STORE_RECORDS];
};
bool store_forget(struct store *, int32_t before, struct store_forgotten *out,
                  struct error *error) MUST_CHECK;

// Gives the store other fingerprints of sources, for all of its days: those of the text, which is
// that of a file as in struct store_request. Those of packets have to be the same as before, since the
// packets are gone. All of it is one change; until it is done, the disk holds both.
struct store_refit {
	const char *text, *where;
	unsigned threads;  // 0 is 1
	// Of the days that are done; may be NULL.
	void (*progress)(void *context, size_t days);
	void *context;
};
struct store_refitted {
	size_t added, removed;  // fingerprints; one that asks something else now is both
	size_t days;            // that were rewritten
	// Days that had a floor when a fingerprint was added: it does not see values there that fewer
	// sources used.
	size_t floor_days;
	int32_t floor_first, floor_last;
	uint32_t floor_max;
};
bool store_set_fingerprints(struct store *, const struct store_refit *, struct store_refitted *out,
                            struct error *error) MUST_CHECK;

// Reads every byte. Calls `found` with one line for each thing that is wrong.
struct store_verify_result {
	uint64_t segments, hosts, bytes, problems;
	uint64_t unchecked;  // problems that are not damage: what could not be looked at
};
bool store_verify(struct store *, void (*found)(void *context, const char *line), void *context,
                  struct store_verify_result *out, struct error *error) MUST_CHECK;

// Takes the days of the segments that store_verify() marked out of a store that was opened
// to write. The captures that reach over those days owe them from then on: taken in again, they fill
// these days and no other. Calls `owes` with the name of each. With `only_plan` it changes nothing, and says what it
// would do.
struct store_dropped {
	size_t segments, damaged_segments, days, captures;
	size_t record_files[STORE_RECORDS];  // that are damaged: no capture has what was in them
};
bool store_drop_damaged(struct store *, bool only_plan,
                        void (*owes)(void *context, const char *name), void *context,
                        struct store_dropped *out, struct error *error) MUST_CHECK;
