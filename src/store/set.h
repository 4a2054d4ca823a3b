// SPDX-License-Identifier: MIT
// Private to store/: the set of sources of a segment, read piece by piece.
#pragma once

#include "store/segment.h"

// A set is read piece by piece, for a survey, which reads the sets of all days side by side and has no
// memory for all of them. The bytes are unchecked: whoever reads them looks at every
// length, and draws no result before store_set_end() found that they are what was written.
// Different sets may be read by different threads.
struct store_set {
	size_t length;  // 0: there are no sources
	const struct segment *segment;
	const struct chunk *chunk;
	struct disk_file *file;
	void *hash;
	size_t hashed;
};
bool store_set_open(struct store *, size_t index, unsigned f, struct store_set *out,
                    struct error *error) MUST_CHECK;
// Copies bytes to `out`; of the file nothing stays in memory.
bool store_set_read(const struct store_set *, size_t from, size_t length, uint8_t *out,
                    struct error *error) MUST_CHECK;
// Adds bytes to the checksum that were read `from` there on: no later than where the last
// call ended. Those that it had already are passed over.
void store_set_hash(struct store_set *, size_t from, struct span bytes);
// Reads what was not added yet, and compares the checksum.
bool store_set_end(struct store_set *, struct error *error) MUST_CHECK;
void store_set_close(struct store_set *);  // accepts one of zeros
