// SPDX-License-Identifier: MIT
// Lengths of compressed bytes: what the normalised compression distance is made of. Only lengths are
// wanted, and they have to be those that the usual libraries give at the stated settings, to the byte.
//
// Lengths of xz, raw LZMA and zstd can change with the version of the library; of bzip2, and of deflate as
// zlib writes it, they have not for many years.
#pragma once

#include "base/cursor.h"
#include "base/error.h"

// The first four are offered to users, all are tried against Python's.
enum compressor_kind {
	COMPRESSOR_BZIP2,    // level 9, work factor as usual: bz2.compress(b, 9)
	COMPRESSOR_XZ,       // preset 6, CRC64: lzma.compress(b)
	COMPRESSOR_GZIP,     // deflate of level 9, header and trailer of 18 bytes
	COMPRESSOR_ZSTD,     // ZSTD_compress() of level 19
	COMPRESSOR_ZLIB,     // zlib.compress(b, 9)
	COMPRESSOR_DEFLATE,  // the same without header and checksum
	COMPRESSOR_LZMA,    // raw LZMA1, preset 6 with a dictionary of 64 KiB, ends with its marker
	COMPRESSOR_ZSTD_3,  // ZSTD_compress() of level 3
	COMPRESSOR_KINDS
};
extern const char *const compressor_names[COMPRESSOR_KINDS + 1];  // "bzip2", ...; NULL at the end

// One for each thread: it keeps its memory from one call to the next.
struct compressor;

// For inputs of at most `input_max` bytes, 1 GiB or less. NULL: no memory.
struct compressor *compressor_new(enum compressor_kind, size_t input_max,
                                  struct error *error) MUST_CHECK;
void compressor_free(struct compressor *);  // accepts NULL

// The length of x followed by y, compressed; either may be empty.
bool compressor_length(struct compressor *, struct span x, struct span y, uint32_t *out,
                       struct error *error) MUST_CHECK;

// Whether C(xy) = C(yx) for certain: bzip2 sorts all rotations of its input, and yx is a rotation of xy.
// What it sorts is shortened first, though: a run of 4 and more equal bytes is written as 4 and a count.
// Where such a run crosses one of the two seams, xy and yx are no longer rotations of each other. Others
// but bzip2 never are.
bool compressor_is_symmetric(enum compressor_kind, struct span x, struct span y);

// The normalised compression distance (Cilibrasi and Vitanyi 2005): (C(xy) - min) / max, in this order of
// operations, so that it is the same number wherever it is computed. Nothing is clamped: it can be above 1,
// and of equal bytes it is not 0. 0 if both lengths are.
double ncd_of_lengths(uint32_t x, uint32_t y, uint32_t xy);
