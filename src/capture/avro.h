// SPDX-License-Identifier: MIT
// Private to capture/: Avro object container files (Apache Avro 1.11, "Object
// Container Files").
//
//   "Obj" 01, metadata (a map with avro.schema and avro.codec), 16 bytes of sync marker
//   blocks: number of records, bytes, the records (compressed), the sync marker again
//
// Numbers are zigzag varints. Codecs: null, deflate and snappy. The schema says what a
// record is; a reader asks for fields by name, everything else is passed over.
#pragma once

#include "capture/stream.h"

enum {
	AVRO_WANTED_MAX = 24,
	AVRO_ITEMS_MAX = 8,
	AVRO_BLOCK_MAX = 16 * 1024 * 1024,    // bytes of a block as it lies in the file
	AVRO_CONTENT_MAX = 64 * 1024 * 1024,  // and decompressed
};

// A zigzag number: a varint whose lowest bit is the sign.
static inline int64_t avro_number(struct cursor *c)
{
	const uint64_t raw = cursor_varint(c);
	return (int64_t)(raw >> 1) ^ -(int64_t)(raw & 1);
}

// Items of arrays and maps come in runs: a count, items; 0 ends them. A negative count is followed
// by the length of the run in bytes. This is how many items such a count stands for.
static inline int64_t avro_run(int64_t count)
{
	return count >= 0 ? count : count == INT64_MIN ? INT64_MAX : -count;
}

// The value of a field that was asked for: an integer, or an array of integers.
struct avro_value {
	bool is_there;  // false: the schema lacks it, or it is null
	int64_t number;
	uint32_t item_count;            // of the array
	int64_t items[AVRO_ITEMS_MAX];  // its first ones
};

struct avro_wanted {
	const char *name;
	bool is_array;
};

struct avro_schema;

// Compiles the JSON text of a schema. NULL: *reason says why it cannot be read. The caller frees
// it with memory_free().
struct avro_schema *avro_schema_compile(struct span json, const struct avro_wanted *wanted,
                                        size_t wanted_count, const char **reason);
// Whether it has the wanted field.
bool avro_schema_has(const struct avro_schema *, size_t wanted);
// Reads one record. False: it does not fit the bytes that are left.
bool avro_schema_read(const struct avro_schema *, struct cursor *, struct avro_value *values);

struct avro;

bool avro_recognise(struct span head);
// Reads the header. NULL if there is no memory; where the header is wrong the stream is
// stopped with the reason.
struct avro *avro_open(struct stream *, const struct avro_wanted *, size_t wanted_count);
void avro_close(struct avro *);  // accepts NULL
bool avro_has(const struct avro *, size_t wanted);

// The next record. False at the end, or at damage, which the stream then has.
bool avro_next(struct avro *, struct stream *, struct avro_value *values);
