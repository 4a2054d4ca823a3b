// SPDX-License-Identifier: MIT
// Private to store/: what hosts answered, a file a day (doc/store.md has the format).
//
// A day's file is responses in order (response/order.h) in blocks, and each text once a block; the columns of
// a block and its texts are compressed apart, so that who asks only who answered reads no text. The
// catalogue names it, with a digest of the heads of all blocks, which have those of their contents.
#pragma once

#include "base/disk.h"
#include "response/order.h"
#include "store/catalog.h"

enum {
	RESPONSES_HEADER_SIZE = 16,
	RESPONSES_BLOCK_HEADER_SIZE = 40,
	RESPONSES_BLOCK_MAX = 4096,         // responses of a block
	RESPONSES_BLOCK_TEXT = 256 * 1024,  // bytes of its texts: one more may go beyond
	RESPONSES_BLOCK_PROBES = 64,
};

struct store_responses {
	int32_t day;  // 0 also of those without a time
	char file[STORE_NAME_SIZE];
	uint64_t bytes, count, digest;
	struct span map;         // of the file; no bytes: not mapped
	bool is_missing;         // there was no such file when a reader opened the store
	bool is_damaged;         // store_verify() found something wrong
	atomic_bool is_suspect;  // whoever read it did
};

// ---- writing: blocks, behind each other, into any file

struct responses_writer;
// NULL: no memory. The file stays the caller's.
struct responses_writer *responses_writer_new(struct disk *, struct disk_file *);
void responses_writer_free(struct responses_writer *);  // accepts NULL
// In order. A response of more than RESPONSE_BYTES_MAX bytes is a bug.
bool responses_writer_add(struct responses_writer *, const struct response *,
                          struct error *error) MUST_CHECK;
// Ends the last block; then what follows is another section, with a digest of its own.
struct responses_section {
	uint64_t bytes, count, digest;
};
bool responses_writer_end(struct responses_writer *, struct responses_section *out,
                          struct error *error) MUST_CHECK;
void responses_header(int32_t day, uint8_t out[RESPONSES_HEADER_SIZE]);

// ---- reading a section

struct responses_reader {
	struct response_source source;
	struct cursor cursor;
	uint64_t digest_wanted, count_wanted;
	bool wants_bytes;
	const char *name;         // of the file, for messages
	atomic_bool *is_suspect;  // set where something is wrong; NULL: nobody asks
	struct responses_block *block;
};
// The span, the name and the mark outlive it. Without `wants_bytes` answers are empty, and not read.
bool responses_reader_open(struct responses_reader *, struct span section,
                           const struct responses_section *, bool wants_bytes, const char *name,
                           atomic_bool *is_suspect, struct error *error) MUST_CHECK;
void responses_reader_done(struct responses_reader *);

// ---- the files of a store

void responses_name(int32_t day, uint64_t number, bool is_aside, char out[STORE_NAME_SIZE]);
bool store_is_responses_name(const char *name);

// Reads the list anew; mapped ones are let go.
bool catalog_load_responses(struct store *, struct error *error) MUST_CHECK;
void store_unmap_responses(struct store *);
bool catalog_add_responses(struct store *, const struct store_responses *,
                           struct error *error) MUST_CHECK;
bool catalog_remove_responses(struct store *, const char *file, struct error *error) MUST_CHECK;

// Maps what is listed and not mapped yet. False: a file is not there, and that is news.
bool store_map_responses(struct store *);

// Opens a day's file, all of it checked but its blocks.
bool store_responses_open(struct store *, size_t index, bool wants_bytes,
                          struct responses_reader *out, struct error *error) MUST_CHECK;
// Reads every byte.
bool store_responses_check(struct store *, size_t index, struct error *error) MUST_CHECK;

// As holdings_open_responses().
bool store_open_responses(struct store *, int32_t from, int32_t to, bool wants_bytes,
                          struct holdings_responses **out, struct error *error) MUST_CHECK;
// As holdings_next_asked_day().
bool store_next_asked_day(const struct store *, int32_t from, int32_t *out);
