// SPDX-License-Identifier: MIT
// Private to store/: facts that carry a time of their own, a file a day (doc/store.md has the format): what
// hosts answered, what was done at honeypots.
//
// A day's file is records in the order of their form, each once, in blocks, and each text once a block; the columns
// of a block and its texts are compressed apart, so that who asks only who answered reads no text. The
// catalogue names it, with a digest of the heads of all blocks, which have those of their contents.
//
// A form is a kind_NAME.c: how two records compare, and what of one stands in the columns. All else is here.
#pragma once

#include "base/buffer.h"
#include "base/disk.h"
#include "honeypot/event.h"
#include "response/response.h"
#include "store/catalog.h"

enum {
	RECORDS_HEADER_SIZE = 16,
	RECORDS_BLOCK_HEADER_SIZE = 40,
	RECORDS_BLOCK_MAX = 4096,         // records of a block
	RECORDS_BLOCK_TEXT = 256 * 1024,  // bytes of its texts: one more may go beyond
	RECORDS_BLOCK_NAMES = 64,
	RECORDS_NAME_MAX = 128,
	RECORDS_TEXT_MAX = RESPONSE_BYTES_MAX,
	RECORDS_SPANS = 3,  // of a record
	RECORDS_SPAN_BYTES = RECORDS_TEXT_MAX + RECORDS_NAME_MAX + HONEYPOT_SESSION_MAX,
};

union store_record {
	struct response response;
	struct honeypot_event event;
};

struct records_writer;
struct records_reader;

struct records_form {
	const char *table;      // of the catalogue, its column that counts, and the ending of files
	const char *const all;  // in messages: "responses", "events"
	char magic[9];

	// Less than, equal to, or greater than 0. Two that are equal are the same record.
	int (*compare)(const union store_record *, const union store_record *);
	uint64_t (*time_ns)(const union store_record *);  // 0: nobody says; that is of day 0
	// What comes first in that order: a name (NULL: there is none), then a number that ascends with it.
	struct span (*group)(const union store_record *);
	uint64_t (*key)(const union store_record *);
	// All that a record points to, and how much of that there is.
	unsigned (*spans)(union store_record *, struct span *out[RECORDS_SPANS]);

	// Append a record to the columns, and read one, both behind `last`, which is all zeros before the first of
	// a block, and theirs to set. False where no such record was written.
	void (*write)(struct records_writer *, const union store_record *);
	bool (*read)(struct records_reader *, union store_record *out);
};
extern const struct records_form records_responses, records_events;
extern const struct records_form *const records_forms[STORE_RECORDS];

// ---- writing: blocks, behind each other, into any file

// NULL: no memory. The file stays the caller's.
struct records_writer *records_writer_new(const struct records_form *, struct disk *,
                                          struct disk_file *);
void records_writer_free(struct records_writer *);  // accepts NULL
// In order. A span that is longer than its form allows is a bug.
bool records_writer_add(struct records_writer *, const union store_record *,
                        struct error *error) MUST_CHECK;
// Ends the last block; then what follows is another section, with a digest of its own.
struct records_section {
	uint64_t bytes, count, digest;
};
bool records_writer_end(struct records_writer *, struct records_section *out,
                        struct error *error) MUST_CHECK;
void records_header(const struct records_form *, int32_t day, uint8_t out[RECORDS_HEADER_SIZE]);

// For a form's write(): the columns; the record before, with a room for what it points to that is the form's own;
// a name or a text, which stands there once a block.
struct buffer *records_keys(struct records_writer *);
union store_record *records_written(struct records_writer *, uint8_t **out_room);
void records_put_name(struct records_writer *, struct span name);
void records_put_text(struct records_writer *, struct span text);

// ---- reading a section

// A source of records that ascend.
struct record_source {
	// False at the end (then error->kind is ERROR_NONE) or at a failure. What *out points to is valid
	// until the next call.
	bool (*next)(struct record_source *, union store_record *out, struct error *error);
};

struct records_reader {
	struct record_source source;
	const struct records_form *form;
	struct cursor cursor;
	uint64_t digest_wanted, count_wanted;
	bool wants_texts;
	const char *name;         // of the file, for messages
	atomic_bool *is_suspect;  // set where something is wrong; NULL: nobody asks
	struct records_block *block;
};
// The span, the name and the mark outlive it. Without `wants_texts` texts are empty, and not read.
bool records_reader_open(struct records_reader *, const struct records_form *, struct span section,
                         const struct records_section *, bool wants_texts, const char *name,
                         atomic_bool *is_suspect, struct error *error) MUST_CHECK;
void records_reader_done(struct records_reader *);

// For a form's read(): the columns, whose cursor says in the end whether they were too short; the record before;
// a name or a text.
struct cursor *records_columns(struct records_reader *);
const union store_record *records_read(struct records_reader *);
bool records_get_name(struct records_reader *, struct span *out) MUST_CHECK;
bool records_get_text(struct records_reader *, size_t max, struct span *out) MUST_CHECK;

static inline uint64_t zigzag(uint64_t difference)
{
	return difference << 1 ^ (uint64_t) - (int64_t)(difference >> 63);
}
static inline uint64_t unzigzag(uint64_t value)
{
	return value >> 1 ^ (uint64_t) - (int64_t)(value & 1);
}

// ---- records from several sources, each once

struct records_merge {
	const struct records_form *form;
	struct record_source **sources;
	size_t count;
	union store_record *heads;  // of each source
	size_t *heap;               // sources, the one with the least head first
	size_t in_heap;
	bool is_out;  // the first one's head was handed out
	union store_record last;
	struct buffer last_bytes;    // of what it points to
	bool has_last, is_unsorted;  // a source was, with all texts: that is damage
};
// The sources stay the caller's.
bool records_merge_begin(struct records_merge *, const struct records_form *,
                         struct record_source **sources, size_t count,
                         struct error *error) MUST_CHECK;
void records_merge_done(struct records_merge *);
// The next record; *out_source: the first of the sources that have it. As next() above.
bool records_merge_next(struct records_merge *, union store_record *out, size_t *out_source,
                        struct error *error);

// ---- the files of a store

struct store_records_file {
	int32_t day;  // 0 also of those without a time
	char file[STORE_NAME_SIZE];
	uint64_t bytes, count, digest;
	struct span map;         // of the file; no bytes: not mapped
	bool is_missing;         // there was no such file when a reader opened the store
	bool is_damaged;         // store_verify() found something wrong
	atomic_bool is_suspect;  // whoever read it did
};

void records_name(enum store_records, int32_t day, uint64_t number, bool is_aside,
                  char out[STORE_NAME_SIZE]);
bool store_is_records_name(const char *name);
bool store_is_named_records(const struct store *, const char *name);

// Reads the lists of all forms anew; what is mapped is let go.
bool catalog_load_records(struct store *, struct error *error) MUST_CHECK;
void store_unmap_records(struct store *);
bool catalog_add_records(struct store *, enum store_records, const struct store_records_file *,
                         struct error *error) MUST_CHECK;
bool catalog_remove_records(struct store *, enum store_records, const char *file,
                            struct error *error) MUST_CHECK;

// Maps what is listed and not mapped yet. False: a file is not there, and that is news.
bool store_map_records(struct store *);

// The number of the file of that day; that of files: it has none.
size_t store_records_find(const struct store *, enum store_records, int32_t day);

// Opens a day's file, all of it checked but its blocks.
bool store_records_open(struct store *, enum store_records, size_t index, bool wants_texts,
                        struct records_reader *out, struct error *error) MUST_CHECK;
// Reads every byte.
bool store_records_check(struct store *, enum store_records, size_t index,
                         struct error *error) MUST_CHECK;

// As holdings_open_responses(), holdings_open_events(), holdings_next_asked_day() and holdings_next_event_day().
bool store_open_responses(struct store *, int32_t from, int32_t to, bool wants_bytes,
                          struct holdings_responses **out, struct error *error) MUST_CHECK;
bool store_open_events(struct store *, int32_t from, int32_t to, struct holdings_events **out,
                       struct error *error) MUST_CHECK;
bool store_next_records_day(const struct store *, enum store_records, int32_t from, int32_t *out);
