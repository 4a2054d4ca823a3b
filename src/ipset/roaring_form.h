// SPDX-License-Identifier: MIT
// Private to ipset/: the portable form of Roaring bitmaps (github.com/RoaringBitmap/RoaringFormatSpec).
//
// The form, little-endian: a cookie; with runs its high half is the number of
// containers minus one and a bit for each says whether it is one of runs;
// without, the number follows as 32 bits. Then key and count-1 of each container
// (16 bits each), then 32-bit offsets (without runs, or from four containers on),
// then the containers: up to 4,096 values as sorted 16-bit numbers, more as a
// bitmap of 8 KiB, runs as a 16-bit number of (start, length-1) pairs.
#pragma once

#include "ipset/ipset.h"

enum { COOKIE_WITH_RUNS = 12347, COOKIE = 12346, OFFSETS_FROM = 4 };
enum { ARRAY_MAX = 4096, BITMAP_BYTES = 8192 };
